//! FHIR R4 resources made from what vaults and the chain say: what the vault's `/fhir` routes, the local
//! gateway and `salus chart export` hand out. `docs/fhir.md` shows the mappings.
//!
//! | module | what lives there |
//! |---|---|
//! | `document` | a record as DocumentReference |
//! | `consent` | directives as Consent, and back |
//! | `audit` | a disclosure as AuditEvent |
//! | `patient`, `binary`, `bundle`, `outcome`, `capability` | the resources of these names |
//! | `export` | a chart as one Bundle with its contents |
//! | `negotiate` | in which form an answer is wanted |
//!
//! Whom a resource names is named by DID ([`crate::did`]), as an identifier in a reference: no vault serves
//! people and organisations.

mod audit;
mod binary;
mod bundle;
mod capability;
mod consent;
mod document;
mod export;
mod negotiate;
mod outcome;
mod patient;

#[cfg(test)]
mod tests;

pub use audit::{accounting, audit_event};
pub use binary::binary;
pub use bundle::{searchset, Found};
pub use capability::{capability_statement, Served, CAPACITY, SERVED};
pub use consent::{consent, consents, ConsentError, ConsentReader};
pub use document::{document_reference, loinc};
pub use export::{content_url, Export, Inlined};
pub use negotiate::{form, Form};
pub use outcome::operation_outcome;
pub use patient::patient;

pub use crate::content::FHIR_JSON;

use crate::content::format_instant;
use salus_primitives::{
	did::{Did, Subject},
	ids::OrganisationId,
	time::Moment,
};
use serde_json::{json, Value};

/// Media type of an envelope, see `docs/envelope.md`.
pub const ENVELOPE: &str = "application/vnd.salus.envelope";
/// Largest content in bytes that is put into a Binary resource as Base64: 16 MiB.
pub const MAX_INLINE: u64 = 16 * 1024 * 1024;

/// Names of our own code systems and extensions. There is no domain that is the consortium's, so they are
/// UUIDs: version 5 of `fhir/…` in the namespace of the DID method's terms.
pub mod names {
	/// Code system of the categories of records.
	pub const CATEGORY: &str = "urn:uuid:db21b411-bede-52d7-abcc-5aa4351424eb";
	/// Code system of the codes of refusals, [`crate::vault_api::codes`].
	pub const ERROR: &str = "urn:uuid:6178ca19-d784-5339-8b41-a210446161b2";
	/// Code system of the chain's deny reasons.
	pub const DENY_REASON: &str = "urn:uuid:2b0dee59-bf95-5c35-9b83-14eb034373a0";
	/// Code system of the forms in which content is handed out.
	pub const FORMAT: &str = "urn:uuid:efe565cd-a577-5344-8da5-041bb5af1c92";
	/// Code system of the roles of staff.
	pub const ROLE: &str = "urn:uuid:ec13b221-2293-541b-b399-6084fd3ae2db";
	/// Code system of the rights in which access is permitted.
	pub const BASIS: &str = "urn:uuid:797b1e60-e6cf-5b08-9026-6f68b92b8c37";
	/// Code system of what a Consent says in general.
	pub const POLICY: &str = "urn:uuid:5b8cee37-5575-5057-86d7-80f6e611a865";
	/// Identifiers of directives.
	pub const DIRECTIVE: &str = "urn:uuid:62ec0e6a-7f37-5857-ab31-602e16c358e9";
	/// Identifiers of guardians: their leaves under the chart's guard.
	pub const GUARDIAN: &str = "urn:uuid:214fb982-081f-508d-beb6-fbe5c72327a8";
	/// Identifiers of links: the hashes over their keys.
	pub const LINK: &str = "urn:uuid:b857ba65-0f1b-57c4-b11c-8f23fb78276b";
	/// Extension of an Attachment: BLAKE2b-256 of the content.
	pub const CONTENT_DIGEST: &str = "urn:uuid:ee2bb83d-4b43-5616-a743-498b3dded996";
	/// Extension of `Binary.data`: what came in the header `salus-release`.
	pub const RELEASE: &str = "urn:uuid:3a47b0e7-369f-5205-a7a4-0fea79a067fa";
	/// Code system of whether a disclosure must be accounted for.
	pub const ACCOUNTING: &str = "urn:uuid:0c91058c-c3f0-55fd-9581-e9a27b426671";
	/// Extension of an AuditEvent: where the entry stands in the log and on the chain.
	pub const DISCLOSURE: &str = "urn:uuid:46e8f7a7-22ac-5daf-b8dc-467bca5564ae";
	/// Modifier extension of a Consent's provision: an obligation under which it permits.
	pub const OBLIGATION: &str = "urn:uuid:0ad040af-2a84-54d5-98a2-6b8f7cd0e6be";
	/// Modifier extension of a Consent's provision: of its records only those of this encounter.
	pub const ENCOUNTER: &str = "urn:uuid:f3c4073f-b3d3-52ae-9873-fce5971cff36";
	/// Extension of a Consent: in whose right it is given.
	pub const GRANTOR_BASIS: &str = "urn:uuid:91ad9485-6d21-5dbf-b5af-15136bb03ea4";
	/// Code in [`FORMAT`]: an envelope of suite 1, which the reader opens.
	pub const ENVELOPE_FORMAT: &str = "salus-envelope-1";
}

/// Identifiers that are URIs.
const URI: &str = "urn:ietf:rfc:3986";
/// Latest moment that FHIR can write: the end of the year 9999.
const LATEST: Moment = 253_402_300_799_999;

/// Whose records are shown, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Who keeps the records.
	pub custodian: OrganisationId,
	/// URL of its FHIR routes, without `/` at the end; empty where it is not known.
	pub base: String,
}

impl House {
	/// URL of one of the routes.
	pub fn url(&self, route: &str) -> String {
		format!("{}/{route}", self.base)
	}

	fn did(&self, subject: Subject) -> Did {
		Did::new(&self.genesis, subject)
	}

	/// A reference to someone whom nobody serves as a resource.
	fn named(&self, kind: &str, subject: Subject) -> Value {
		named_by(kind, &self.did(subject).to_string())
	}

	fn organisation(&self, organisation: OrganisationId) -> Value {
		self.named("Organization", Subject::Organisation(organisation))
	}
}

fn named_by(kind: &str, uri: &str) -> Value {
	json!({ "type": kind, "identifier": { "system": URI, "value": uri } })
}

/// The id of the resource that stands for something with these bytes: its 64 hexadecimal digits.
pub fn id(bytes: impl AsRef<[u8]>) -> String {
	hex::encode(bytes)
}

/// Reads what [`id`] wrote; in lower case alone, for FHIR's ids are told apart by their case.
pub fn parse_id(text: &str) -> Option<[u8; 32]> {
	if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
		return None;
	}
	let mut bytes = [0; 32];
	hex::decode_to_slice(text, &mut bytes).ok()?;
	Some(bytes)
}

fn reference(kind: &str, bytes: impl AsRef<[u8]>) -> Value {
	json!({ "reference": format!("{kind}/{}", id(bytes)), "type": kind })
}

/// FHIR's `instant`. What lies beyond the year 9999 is its end.
fn instant(moment: Moment) -> String {
	format_instant(moment.min(LATEST))
}

/// A media type as FHIR's `code` takes it: a record's may be any printable text.
fn media_type(text: &str) -> &str {
	let is_code = !text.is_empty() && text.split(' ').all(|word| !word.is_empty());
	if is_code {
		text
	} else {
		"application/octet-stream"
	}
}

fn coding(system: &str, code: &str) -> Value {
	json!({ "system": system, "code": code })
}

fn concept(codings: Vec<Value>) -> Value {
	json!({ "coding": codings })
}

/// Leaves out what has no value, as FHIR's JSON does.
fn present(value: Value) -> Value {
	let empty = |value: &Value| match value {
		Value::Null => true,
		Value::Array(items) => items.is_empty(),
		Value::Object(members) => members.is_empty(),
		_ => false,
	};
	match value {
		Value::Array(items) => items.into_iter().map(present).filter(|item| !empty(item)).collect(),
		Value::Object(members) => members
			.into_iter()
			.map(|(name, value)| (name, present(value)))
			.filter(|(_, value)| !empty(value))
			.collect::<serde_json::Map<_, _>>()
			.into(),
		other => other,
	}
}

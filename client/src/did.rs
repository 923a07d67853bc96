//! DID documents of the method `salus`, made from what the chain says. `docs/did.md` is the method's
//! specification.
//!
//! Organisations and practitioners, public by nature, have full documents. A chart resolves to its key
//! and its state: nothing here tells at whom it is kept or what is on it.

use crate::{
	chain::{At, Chain, ChainError},
	vault_api::{Head, PRACTITIONER_PROFILE},
};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{ChartState, OrganisationState},
	decision::ChartFacts,
	did::{Did, DidError, DidUrl, Fragment, Network, Subject},
	ids::AccountBytes,
	views::{EncryptionKey, OrganisationView, PractitionerView},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Context of DID Core 1.0.
pub const DID_CONTEXT: &str = "https://www.w3.org/ns/did/v1";
/// Context of the verification method type `Multikey`.
pub const MULTIKEY_CONTEXT: &str = "https://w3id.org/security/multikey/v1";

/// Type of every verification method here.
const MULTIKEY: &str = "Multikey";
/// Type of the service that is an organisation's vault.
pub const VAULT_SERVICE: &str = "SalusVault";
/// Type of the service that hands out a practitioner's profile.
pub const PROFILE_SERVICE: &str = "SalusProfile";
/// What our own types are in full. A UUID, as the method has no domain of its own.
const TERMS: &str = "urn:uuid:df2fab81-b2bc-4ebb-b18a-b0a6a6333884#";

/// Codes of multicodec, as the varints that stand before a key.
mod multicodec {
	pub(super) const X25519_PUB: [u8; 2] = [0xec, 0x01];
	pub(super) const SR25519_PUB: [u8; 2] = [0xef, 0x01];
}

/// A part of `@context`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ContextEntry {
	/// The address of a context.
	Address(String),
	/// Terms and what they are in full.
	Terms(BTreeMap<String, String>),
}

/// A DID document, DID Core 1.0, section 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
	/// What the terms mean.
	#[serde(rename = "@context")]
	pub context: Vec<ContextEntry>,
	/// Its subject.
	pub id: Did,
	/// The subject's identifiers elsewhere, as URIs.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub also_known_as: Vec<String>,
	/// Keys.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub verification_method: Vec<VerificationMethod>,
	/// Keys that sign in for the subject.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub authentication: Vec<DidUrl>,
	/// Keys that make statements for the subject.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub assertion_method: Vec<DidUrl>,
	/// Keys to which is encrypted what the subject shall read.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub key_agreement: Vec<DidUrl>,
	/// Keys that act on the chain for the subject.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub capability_invocation: Vec<DidUrl>,
	/// Where the subject is met.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub service: Vec<Service>,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
	/// Its name.
	pub id: DidUrl,
	/// `Multikey`.
	#[serde(rename = "type")]
	pub kind: String,
	/// Whose it is.
	pub controller: Did,
	/// The key with its multicodec code, in multibase's base58btc.
	pub public_key_multibase: String,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
	/// Its name.
	pub id: DidUrl,
	/// [`VAULT_SERVICE`] or [`PROFILE_SERVICE`].
	#[serde(rename = "type")]
	pub kind: String,
	/// Its URL.
	pub service_endpoint: String,
}

impl Document {
	/// A document without keys and services.
	fn bare(id: Did) -> Self {
		Self {
			context: vec![ContextEntry::Address(DID_CONTEXT.into())],
			id,
			also_known_as: Vec::new(),
			verification_method: Vec::new(),
			authentication: Vec::new(),
			assertion_method: Vec::new(),
			key_agreement: Vec::new(),
			capability_invocation: Vec::new(),
			service: Vec::new(),
		}
	}

	/// An organisation's. Before the council has admitted it, it is what it says of itself, so its
	/// document is bare; one that has left keeps its identifiers alone. One that is suspended signs in and
	/// reads, but neither states nor does anything.
	pub fn of_organisation(genesis: &[u8; 32], view: &OrganisationView) -> Self {
		let mut document = Self::bare(Did::new(genesis, Subject::Organisation(view.id)));
		if view.state == OrganisationState::Applied {
			return document;
		}
		// The chain takes them from an application that was withdrawn.
		document.also_known_as = view.gln.map(gln).into_iter().chain(view.npi.map(npi)).collect();
		let acts = match view.state {
			OrganisationState::Applied | OrganisationState::Withdrawn => return document,
			OrganisationState::Active => true,
			OrganisationState::Suspended => false,
		};
		view.administrators
			.iter()
			.for_each(|account| document.add_account(account, acts));
		document.add_encryption(view.encryption_key);
		if let Some(endpoint) = endpoint(&view.endpoint) {
			document.add_service(Fragment::Vault, VAULT_SERVICE, endpoint);
		}
		document.finished()
	}

	/// A practitioner's, with the key to which records are released to them, and the vault that hands
	/// out their profile, where one is known.
	pub fn of_practitioner(
		genesis: &[u8; 32],
		view: &PractitionerView,
		encryption_key: Option<EncryptionKey>,
		profile_at: Option<&OrganisationView>,
	) -> Self {
		let mut document = Self::bare(Did::new(genesis, Subject::Practitioner(view.id)));
		document.also_known_as = view.npi.map(npi).into_iter().collect();
		document.add_account(&view.account, true);
		document.add_encryption(encryption_key);
		let is_published = view.profile.is_some_and(|profile| profile.digest.is_some());
		let profile_at = profile_at.filter(|_| is_published);
		if let Some(vault) = profile_at.and_then(|house| endpoint(&house.endpoint)) {
			let route = PRACTITIONER_PROFILE.replace("{practitioner}", &view.id.to_string());
			document.add_service(Fragment::Profile, PROFILE_SERVICE, [vault, route].concat());
		}
		document.finished()
	}

	/// A chart's: its key, and nothing else.
	pub fn of_chart(genesis: &[u8; 32], facts: &ChartFacts) -> Self {
		let mut document = Self::bare(Did::new(genesis, Subject::Chart(facts.chart)));
		document.add_account(&facts.key, true);
		document.finished()
	}

	/// Adds an account that signs in for the subject and, unless that is suspended, acts for it. The chain does not say of which kind its key is; all
	/// that our wallets and key files hold is sr25519.
	fn add_account(&mut self, account: &AccountBytes, acts: bool) {
		let key = self.add_key(Fragment::Account(*account), multicodec::SR25519_PUB, account);
		self.authentication.push(key);
		if acts {
			self.assertion_method.push(key);
			self.capability_invocation.push(key);
		}
	}

	fn add_encryption(&mut self, key: Option<EncryptionKey>) {
		if let Some(EncryptionKey { version, key }) = key {
			let key = self.add_key(Fragment::Encryption(version), multicodec::X25519_PUB, &key);
			self.key_agreement.push(key);
		}
	}

	fn add_key(&mut self, fragment: Fragment, code: [u8; 2], key: &[u8; 32]) -> DidUrl {
		let id = self.id.url(fragment);
		self.verification_method.push(VerificationMethod {
			id,
			kind: MULTIKEY.into(),
			controller: self.id,
			public_key_multibase: multibase(&[code.as_slice(), key].concat()),
		});
		id
	}

	fn add_service(&mut self, fragment: Fragment, kind: &str, service_endpoint: String) {
		let id = self.id.url(fragment);
		self.service.push(Service { id, kind: kind.into(), service_endpoint });
	}

	/// Adds the contexts of what the document holds.
	fn finished(mut self) -> Self {
		if !self.verification_method.is_empty() {
			self.context.push(ContextEntry::Address(MULTIKEY_CONTEXT.into()));
		}
		if !self.service.is_empty() {
			let terms = self.service.iter().map(|service| {
				let name = service.kind.clone();
				let full = [TERMS, &name].concat();
				(name, full)
			});
			self.context.push(ContextEntry::Terms(terms.collect()));
		}
		self
	}
}

/// What resolving a DID gives, DID Core 1.0, section 7.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
	/// How it went.
	pub did_resolution_metadata: ResolutionMetadata,
	/// The document; none when it went wrong.
	pub did_document: Option<Document>,
	/// About the document.
	pub did_document_metadata: DocumentMetadata,
}

/// How resolving went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResolutionMetadata {
	/// Why there is no document.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub error: Option<ResolutionError>,
	/// What is wrong and what to do.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub message: Option<String>,
}

/// Why there is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResolutionError {
	/// It is no DID of this method.
	InvalidDid,
	/// The chain does not know the subject.
	NotFound,
	/// It is a DID of another method.
	MethodNotSupported,
}

/// About a document. The chain keeps no date of its last change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentMetadata {
	/// Whether the subject is gone for good.
	#[serde(default, skip_serializing_if = "core::ops::Not::not")]
	pub deactivated: bool,
	/// Hash of the block at which the document holds.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub version_id: Option<String>,
	/// State of the organisation or chart on the chain.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub state: Option<String>,
}

impl Resolution {
	/// An organisation as it is at this block.
	pub fn of_organisation(genesis: &[u8; 32], head: &Head, view: &OrganisationView) -> Self {
		let state = view.state;
		let deactivated = state == OrganisationState::Withdrawn;
		let document = Document::of_organisation(genesis, view);
		Self::found(document, head, deactivated, Some(state.code()))
	}

	/// A practitioner as they are at this block.
	pub fn of_practitioner(
		genesis: &[u8; 32],
		head: &Head,
		view: &PractitionerView,
		encryption_key: Option<EncryptionKey>,
		profile_at: Option<&OrganisationView>,
	) -> Self {
		let document = Document::of_practitioner(genesis, view, encryption_key, profile_at);
		Self::found(document, head, false, None)
	}

	/// A chart as it is at this block.
	pub fn of_chart(genesis: &[u8; 32], head: &Head, facts: &ChartFacts) -> Self {
		let deactivated = match facts.state {
			ChartState::Active | ChartState::Deceased => false,
			ChartState::Deactivated => true,
		};
		let document = Document::of_chart(genesis, facts);
		Self::found(document, head, deactivated, Some(facts.state.code()))
	}

	fn found(
		document: Document,
		head: &Head,
		deactivated: bool,
		state: Option<&'static str>,
	) -> Self {
		Self {
			did_resolution_metadata: ResolutionMetadata::default(),
			did_document: Some(document),
			did_document_metadata: DocumentMetadata {
				deactivated,
				version_id: Some(format!("0x{}", hex::encode(head.hash))),
				state: state.map(Into::into),
			},
		}
	}

	/// No document.
	pub fn failed(error: ResolutionError, message: impl Into<String>) -> Self {
		Self {
			did_resolution_metadata: ResolutionMetadata {
				error: Some(error),
				message: Some(message.into()),
			},
			did_document: None,
			did_document_metadata: DocumentMetadata::default(),
		}
	}
}

impl From<DidError> for Resolution {
	fn from(fault: DidError) -> Self {
		let error = match fault {
			DidError::OtherMethod => ResolutionError::MethodNotSupported,
			_ => ResolutionError::InvalidDid,
		};
		Self::failed(error, fault.to_string())
	}
}

/// Resolves a DID at the finalised head. Only a node that does not answer is an error here; what is
/// wrong with the DID is said in the resolution.
pub async fn resolve(chain: &Chain, did: &str) -> Result<Resolution, ChainError> {
	let genesis = chain.genesis();
	match did.parse::<Did>() {
		Err(fault) => Ok(fault.into()),
		Ok(did) if did.network != Network::of(&genesis) => {
			let message = "it is of another network: ask a node of that chain";
			Ok(Resolution::failed(ResolutionError::NotFound, message))
		},
		Ok(did) => resolve_at(&chain.finalised().await?, &genesis, did.subject).await,
	}
}

/// Resolves a subject of the chain with this genesis hash at one of its blocks.
pub async fn resolve_at(
	at: &At,
	genesis: &[u8; 32],
	subject: Subject,
) -> Result<Resolution, ChainError> {
	let head = at.head();
	let found = match subject {
		Subject::Organisation(id) => at
			.organisation(id)
			.await?
			.map(|view| Resolution::of_organisation(genesis, &head, &view)),
		Subject::Practitioner(id) => match at.practitioner(id).await? {
			Some(view) => {
				let key = at.account_key(view.account).await?;
				Some(Resolution::of_practitioner(genesis, &head, &view, key, None))
			},
			None => None,
		},
		Subject::Chart(id) => {
			at.chart(id).await?.map(|facts| Resolution::of_chart(genesis, &head, &facts))
		},
	};
	Ok(found.unwrap_or_else(|| {
		let message =
			"the finalised chain does not know it: check the id, or wait until it is final";
		Resolution::failed(ResolutionError::NotFound, message)
	}))
}

/// A Global Location Number as a GS1 Digital Link.
fn gln(gln: Gln) -> String {
	format!("https://id.gs1.org/417/{:013}", gln.0)
}

/// A National Provider Identifier under its object identifier.
fn npi(npi: Npi) -> String {
	format!("urn:oid:2.16.840.1.113883.4.6.{}", npi.0)
}

/// The endpoint without a slash at its end, if it is a URL that can be asked: what an organisation
/// wrote on the chain must not make its document invalid.
fn endpoint(bytes: &[u8]) -> Option<String> {
	let url = reqwest::Url::parse(core::str::from_utf8(bytes).ok()?).ok()?;
	let is_anonymous = url.username().is_empty() && url.password().is_none();
	let is_plain = url.query().is_none() && url.fragment().is_none() && is_anonymous;
	(matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain)
		.then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// Multibase: `z` and the bytes in base58 with Bitcoin's alphabet.
fn multibase(bytes: &[u8]) -> String {
	const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	// Digits of base 58, the lowest first.
	let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 2);
	for byte in bytes {
		let mut carry = u32::from(*byte);
		for digit in &mut digits {
			carry += u32::from(*digit) << 8;
			*digit = u8::try_from(carry % 58).unwrap_or_default();
			carry /= 58;
		}
		while carry > 0 {
			digits.push(u8::try_from(carry % 58).unwrap_or_default());
			carry /= 58;
		}
	}
	let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
	let leading = core::iter::repeat_n(0, zeros);
	let text = leading
		.chain(digits.into_iter().rev())
		.map(|digit| char::from(ALPHABET[usize::from(digit)]));
	core::iter::once('z').chain(text).collect()
}

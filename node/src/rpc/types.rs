//! What `salus_` methods take and answer, as JSON. Ids and hashes are `0x` and 64 hexadecimal
//! digits, accounts SS58 addresses, moments milliseconds since 1970, codes those of
//! `salus-primitives`.

use crate::service::Hash;
use codec::{Decode, Encode};
use salus_primitives::{
	codes::{
		ChartState, DirectiveState, Jurisdiction, LicenceClass, LicenceState, OrganisationKind,
		OrganisationState, RecordState, RequestState, StandingReason, StandingReasons,
	},
	decision::{ChartFacts, RecordFacts},
	ids::{
		ChartId, DirectiveId, LicenceId, OrganisationId, PractitionerId, RecordId, RequestId, Seal,
	},
	time::Moment,
	views,
};
use salus_runtime::AccountId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// An answer and the block it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct At<T> {
	/// The block.
	pub block: BlockRef,
	/// What the chain says at that block; null when it knows no such thing.
	pub value: T,
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockRef {
	/// Its number.
	pub number: u32,
	/// Its hash.
	#[schemars(with = "String")]
	pub hash: Hash,
}

/// How far the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finality {
	/// Number of the finalised head.
	pub number: u32,
	/// Hash of the finalised head.
	#[schemars(with = "String")]
	pub hash: Hash,
	/// The finalised head's time; 0 for genesis, which has none.
	pub timestamp: Moment,
	/// The best block.
	pub best: BlockRef,
}

/// An account, as SS58 address or as `0x` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account(pub AccountId);

impl<'de> Deserialize<'de> for Account {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let text = String::deserialize(from)?;
		AccountId::from_str(&text).map(Self).map_err(|_| {
			serde::de::Error::custom(format!(
				"'{text}' is no account: expected an SS58 address or 0x and 64 hexadecimal digits"
			))
		})
	}
}

/// A practitioner, by number or by account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a practitioner's number or account")]
pub enum PractitionerRef {
	/// By number.
	Number(PractitionerId),
	/// By account.
	Account(Account),
}

/// A public encryption key (X25519).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EncryptionKey {
	/// Counts from 1 with each key its owner publishes.
	pub version: u32,
	/// The key.
	#[schemars(with = "String")]
	pub key: Hash,
}

/// An organisation of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
	/// Its number.
	pub id: OrganisationId,
	/// What it is.
	#[schemars(with = "String")]
	pub kind: OrganisationKind,
	/// Its public display name.
	pub name: String,
	/// Where it is, ISO 3166.
	#[schemars(with = "String")]
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number, 13 digits.
	pub gln: Option<String>,
	/// Its standing: active, suspended or withdrawn.
	#[schemars(with = "String")]
	pub state: OrganisationState,
	/// The key to which its records are wrapped.
	pub encryption_key: Option<EncryptionKey>,
	/// Base URL of its vault.
	pub endpoint: Option<String>,
}

/// Some organisations, in order of admission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrganisationPage {
	/// The organisations.
	pub organisations: Vec<Organisation>,
	/// Give it to the same method for what follows; null at the end.
	pub cursor: Option<String>,
}

/// A practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Practitioner {
	/// Their number.
	pub id: PractitionerId,
	/// Their account.
	#[schemars(with = "String")]
	pub account: AccountId,
	/// Their National Provider Identifier, 10 digits.
	pub npi: Option<String>,
	/// Their licences, oldest first.
	pub licences: Vec<Licence>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Licence {
	/// Its number.
	pub id: LicenceId,
	/// The board that issued it.
	pub board: OrganisationId,
	/// What it allows.
	#[schemars(with = "String")]
	pub class: LicenceClass,
	/// Where it is valid, ISO 3166.
	#[schemars(with = "Vec<String>")]
	pub jurisdictions: Vec<Jurisdiction>,
	/// First moment of its validity.
	pub from: Moment,
	/// First moment after its validity.
	pub until: Option<Moment>,
	/// As its board set it: active, suspended or revoked.
	#[schemars(with = "String")]
	pub state: LicenceState,
}

/// Whether an account may act in a role for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Standing {
	/// Whether it may.
	pub good: bool,
	/// Every reason why not.
	pub reasons: Vec<Reason>,
}

/// Why an account may not act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
	/// The stable number, 1 to 19.
	pub code: u8,
	/// The reason.
	#[schemars(with = "String")]
	pub reason: StandingReason,
	/// What is wrong and what to do.
	pub message: String,
}

/// A chart: a patient's pseudonymous file at one custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Chart {
	/// Its id.
	#[schemars(with = "String")]
	pub id: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its signing key.
	#[schemars(with = "String")]
	pub key: AccountId,
	/// Its state.
	#[schemars(with = "String")]
	pub state: ChartState,
	/// Its active directives, oldest first.
	pub directives: Vec<SealedDirective>,
}

/// A directive's id and seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SealedDirective {
	/// Its id.
	#[schemars(with = "String")]
	pub id: DirectiveId,
	/// What it says, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Record {
	/// Its id.
	#[schemars(with = "String")]
	pub id: RecordId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its sealed leaf.
	#[schemars(with = "String")]
	pub leaf: Seal,
	/// Its state: current, superseded or entered-in-error.
	#[schemars(with = "String")]
	pub state: RecordState,
	/// The version it replaces.
	#[schemars(with = "Option<String>")]
	pub replaces: Option<RecordId>,
}

/// A consent directive, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Directive {
	/// Its id.
	#[schemars(with = "String")]
	pub id: DirectiveId,
	/// The chart it is about.
	#[schemars(with = "String")]
	pub chart: ChartId,
	/// What it says, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// Its state: active, revoked, superseded or entered-in-error.
	#[schemars(with = "String")]
	pub state: DirectiveState,
	/// The directive it replaces.
	#[schemars(with = "Option<String>")]
	pub replaces: Option<DirectiveId>,
}

/// An access request, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Request {
	/// Its id.
	#[schemars(with = "String")]
	pub id: RequestId,
	/// The account that asks.
	#[schemars(with = "String")]
	pub requester: AccountId,
	/// Its practitioner number when it asked.
	pub practitioner: PractitionerId,
	/// The organisation it acts for.
	pub organisation: OrganisationId,
	/// What is asked, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// First moment at which the request is no longer open.
	pub lapses: Moment,
	/// Its state at the block's time: requested, withdrawn or lapsed.
	#[schemars(with = "String")]
	pub state: RequestState,
}

/// A Merkle root over a custodian's disclosures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisclosureRoot {
	/// Its number among the custodian's, from 0.
	pub number: u32,
	/// The root.
	#[schemars(with = "String")]
	pub root: Hash,
	/// Number of leaves, padding included.
	pub leaves: u32,
	/// When it was posted.
	pub posted_at: Moment,
}

/// Where a page of organisations ended, and at which block, so that all pages tell of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
	/// The block.
	pub block: Hash,
	/// The first organisation of the next page.
	pub next: OrganisationId,
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

impl std::fmt::Display for Cursor {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&sp_core::bytes::to_hex(&self.encode(), false))
	}
}

impl FromStr for Cursor {
	type Err = NotACursor;
	fn from_str(text: &str) -> Result<Self, NotACursor> {
		let bytes = sp_core::bytes::from_hex(text).map_err(|_| NotACursor)?;
		codec::DecodeAll::decode_all(&mut &*bytes).map_err(|_| NotACursor)
	}
}

impl From<views::EncryptionKey> for EncryptionKey {
	fn from(key: views::EncryptionKey) -> Self {
		Self { version: key.version, key: key.key.into() }
	}
}

impl From<views::OrganisationView> for Organisation {
	fn from(view: views::OrganisationView) -> Self {
		let endpoint = String::from_utf8_lossy(&view.endpoint).into_owned();
		Self {
			id: view.id,
			kind: view.kind,
			name: String::from_utf8_lossy(&view.name).into_owned(),
			jurisdiction: view.jurisdiction,
			gln: view.gln.map(|gln| format!("{:013}", gln.0)),
			state: view.state,
			encryption_key: view.encryption_key.map(Into::into),
			endpoint: Some(endpoint).filter(|url| !url.is_empty()),
		}
	}
}

impl From<views::PractitionerView> for Practitioner {
	fn from(view: views::PractitionerView) -> Self {
		Self {
			id: view.id,
			account: view.account.into(),
			npi: view.npi.map(|npi| npi.0.to_string()),
			licences: view.licences.into_iter().map(Into::into).collect(),
		}
	}
}

impl From<views::LicenceView> for Licence {
	fn from(view: views::LicenceView) -> Self {
		Self {
			id: view.id,
			board: view.board,
			class: view.class,
			jurisdictions: view.jurisdictions,
			from: view.valid.from,
			until: view.valid.until,
			state: view.state,
		}
	}
}

impl From<StandingReasons> for Standing {
	fn from(reasons: StandingReasons) -> Self {
		let explain = |reason: StandingReason| Reason {
			code: reason.index(),
			reason,
			message: reason.sentence().to_owned(),
		};
		Self { good: reasons.is_empty(), reasons: reasons.iter().map(explain).collect() }
	}
}

impl From<ChartFacts> for Chart {
	fn from(facts: ChartFacts) -> Self {
		let sealed = |(id, seal)| SealedDirective { id, seal };
		Self {
			id: facts.chart,
			custodian: facts.custodian,
			key: facts.key.into(),
			state: facts.state,
			directives: facts.directives.into_iter().map(sealed).collect(),
		}
	}
}

impl From<(RecordId, RecordFacts)> for Record {
	fn from((id, facts): (RecordId, RecordFacts)) -> Self {
		let RecordFacts { custodian, leaf, state, replaces } = facts;
		Self { id, custodian, leaf, state, replaces }
	}
}

impl From<views::DirectiveView> for Directive {
	fn from(view: views::DirectiveView) -> Self {
		let views::DirectiveView { id, chart, seal, state, replaces } = view;
		Self { id, chart, seal, state, replaces }
	}
}

impl From<views::RequestView> for Request {
	fn from(view: views::RequestView) -> Self {
		Self {
			id: view.id,
			requester: view.requester.into(),
			practitioner: view.practitioner,
			organisation: view.organisation,
			seal: view.seal,
			lapses: view.lapses,
			state: view.state,
		}
	}
}

impl From<(u32, views::DisclosureRoot)> for DisclosureRoot {
	fn from((number, root): (u32, views::DisclosureRoot)) -> Self {
		Self { number, root: root.root.into(), leaves: root.leaves, posted_at: root.at }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::check_digit::Gln;
	use serde_json::json;

	const ADDRESS: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn an_organisation_reads_as_documented() {
		let view = views::OrganisationView {
			id: 1,
			kind: OrganisationKind::Hospital,
			name: b"Mercy General Hospital".to_vec(),
			jurisdiction: "US-CA".parse().unwrap(),
			gln: Some(Gln(614_141_000_012)),
			state: OrganisationState::Active,
			encryption_key: Some(views::EncryptionKey { version: 2, key: [7; 32] }),
			endpoint: vec![],
		};
		assert_eq!(
			serde_json::to_value(Organisation::from(view)).unwrap(),
			json!({
				"id": 1,
				"kind": "hospital",
				"name": "Mercy General Hospital",
				"jurisdiction": "US-CA",
				"gln": "0614141000012",
				"state": "active",
				"encryptionKey": { "version": 2, "key": format!("0x{}", "07".repeat(32)) },
				"endpoint": null,
			})
		);
	}

	#[test]
	fn standing_names_every_reason() {
		let reasons =
			StandingReasons::of(&[StandingReason::RoleNotHeld, StandingReason::LicenceExpired]);
		let standing = serde_json::to_value(Standing::from(reasons)).unwrap();
		assert_eq!(standing["good"], false);
		assert_eq!(standing["reasons"][1]["code"], 10);
		assert_eq!(standing["reasons"][1]["reason"], "licence-expired");
		assert!(Standing::from(StandingReasons::EMPTY).good);
	}

	#[test]
	fn accounts_are_read_in_both_forms() {
		let address: Account = serde_json::from_value(json!(ADDRESS)).unwrap();
		let bytes = sp_core::bytes::to_hex(address.0.as_ref(), false);
		assert_eq!(serde_json::from_value::<Account>(json!(bytes)).unwrap(), address);
		assert!(serde_json::from_value::<Account>(json!("nobody")).is_err());
	}

	#[test]
	fn practitioners_are_named_by_number_or_account() {
		let read = |value| serde_json::from_value::<PractitionerRef>(value);
		assert_eq!(read(json!(3)).unwrap(), PractitionerRef::Number(3));
		assert!(matches!(read(json!(ADDRESS)).unwrap(), PractitionerRef::Account(_)));
		let error = read(json!("nobody")).unwrap_err().to_string();
		assert_eq!(error, "expected a practitioner's number or account");
	}

	#[test]
	fn cursors_come_back_as_they_were_given() {
		let cursor = Cursor { block: [3; 32].into(), next: 101 };
		assert_eq!(cursor.to_string().parse(), Ok(cursor));
		for text in ["", "0x00", "101", &format!("{cursor}00")] {
			assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
		}
	}
}

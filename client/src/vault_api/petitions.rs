//! Petitions, erasure and legal holds.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`CHART_PETITIONS`] | the chart's key | [`PostedPetition`] → [`PetitionDone`], once it is final |
//! | GET [`CHART_PETITIONS`] | the chart's key | query `from` → [`PetitionList`] |
//! | GET [`PETITIONS`] | records officer | query `from` → [`PetitionList`], open ones first |
//! | DELETE [`PETITION`] | the chart's key | [`PetitionDone`]: withdraws it |
//! | POST [`PETITION_ANSWER`] | records officer | [`AnswerPetition`] → [`PetitionAnswered`], once it is final |
//! | POST [`RECORD_HOLDS`] | records officer | [`PostedHold`] → [`HoldDone`], once it is final |
//! | GET [`RECORD_HOLDS`] | records officer | [`HoldList`] |
//! | DELETE [`RECORD_HOLD`] | records officer | [`HoldDone`]: releases it |

use super::{hex_bytes, Head, Signature};
use codec::{Decode, Encode};
use salus_primitives::{
	codes::{PetitionState, RefusalReason},
	hold::HoldTerms,
	ids::{hex_schema, AccountBytes, RecordId, Seal},
	petition::{AnswerTerms, PetitionTerms, Statement},
	seal::Opening,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of a chart's petitions.
pub const CHART_PETITIONS: &str = "/charts/{chart}/petitions";
/// Route of all petitions.
pub const PETITIONS: &str = "/petitions";
/// Route of one petition.
pub const PETITION: &str = "/petitions/{record}/{number}";
/// Route of an [`AnswerPetition`].
pub const PETITION_ANSWER: &str = "/petitions/{record}/{number}/answer";
/// Route of a record's legal holds.
pub const RECORD_HOLDS: &str = "/records/{record}/holds";
/// Route of one legal hold.
pub const RECORD_HOLD: &str = "/records/{record}/holds/{seal}";

/// Most petitions in a [`PetitionList`] of a house; of a chart's, most records whose petitions are in it.
pub const PETITIONS_PER_PAGE: u32 = 32;

/// Names what a chart's key signs when its patient asks, and its version.
pub const PETITION_DOMAIN: [u8; 16] = *b"salus/petition/s";

/// What a patient asks about a record. The custodian files its seal on chain; the signature, which both
/// sides keep, shows that the patient asked for this and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct PostedPetition {
	/// Opens the seal that is filed.
	pub opening: Opening<PetitionTerms>,
	/// The chart key's, over one of [`PostedPetition::signable`].
	pub signature: Signature,
}

impl PostedPetition {
	/// The two byte strings a wallet may sign: the encoded domain, genesis hash, chart, record, kind and
	/// seal, or what browser wallets sign, which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(genesis: &[u8; 32], opening: &Opening<PetitionTerms>) -> [Vec<u8>; 2] {
		let PetitionTerms { chart, record, kind, .. } = &opening.terms;
		let raw = (PETITION_DOMAIN, genesis, chart, record, kind, opening.seal()).encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}

	/// Whether `account`, which must be the chart's signing key, asked for this.
	pub fn is_signed_by(&self, genesis: &[u8; 32], account: &AccountBytes) -> bool {
		self.signature.verify_any(&Self::signable(genesis, &self.opening), account)
	}
}

/// The petition is filed, or withdrawn, on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PetitionDone {
	/// The record.
	pub record: RecordId,
	/// The petition's number among the record's, from 0.
	pub number: u32,
	/// First moment at which its answer is overdue.
	pub due: Moment,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// Some petitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PetitionList {
	/// A chart's: by record. A house's: the open ones first, by due date, then the others, newest first.
	pub petitions: Vec<ListedPetition>,
	/// Where the next page begins, if there is one; asked for by `from`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub next: Option<u32>,
}

/// A petition in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListedPetition {
	/// Its number among the record's.
	pub number: u32,
	/// What was asked, and the proof of it.
	#[serde(flatten)]
	pub posted: PostedPetition,
	/// The chart's key that signed it; another may have followed since.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// Its state.
	pub state: PetitionState,
	/// When it was filed on chain.
	pub filed: Moment,
	/// First moment at which the answer is overdue.
	pub due: Moment,
	/// Whether it is overdue.
	pub overdue: bool,
	/// Opens the answer, once there is one.
	#[serde(default)]
	pub answer: Option<Opening<AnswerTerms>>,
}

/// Answers a petition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerPetition {
	/// Whether it is granted.
	pub granted: bool,
	/// Why not; needed for a refusal and for nothing else.
	#[serde(default)]
	pub reason: Option<RefusalReason>,
	/// First moment at which the reason holds no more, where that is known: the end of retention.
	#[serde(default)]
	pub until: Option<Moment>,
	/// In the custodian's words.
	#[serde(default)]
	pub statement: Statement,
	/// First moment at which no backup holds the record any more. Needed where an erasure is granted and
	/// the vault makes backups.
	#[serde(default)]
	pub backups_until: Option<Moment>,
	/// Whether it stays in the custodian's own record system, of an erasure that is granted.
	#[serde(default)]
	pub source_system: bool,
}

/// The answer is on the finalised chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PetitionAnswered {
	/// The record.
	pub record: RecordId,
	/// The petition's number.
	pub number: u32,
	/// Opens the answer on chain; of an erasure, with the receipt.
	pub answer: Opening<AnswerTerms>,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// What a patient says against a record: goes with each release while the petition is open or refused
/// (45 CFR 164.526(d)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisputeStatement {
	/// The petition's number among the record's.
	pub number: u32,
	/// Whether it is open or refused.
	pub state: PetitionState,
	/// Opens the petition on chain.
	pub opening: Opening<PetitionTerms>,
}

/// A record that was erased, as its patient sees it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedRecord {
	/// Its id.
	pub id: RecordId,
	/// Its place among the chart's records.
	pub sequence: u32,
	/// Number of the petition that was granted, whose answer has the receipt; unknown after the vault was
	/// restored from a backup of before.
	#[serde(default)]
	pub petition: Option<u32>,
}

/// A legal hold that is to be placed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct PostedHold {
	/// Opens the seal that goes on chain; the vault keeps it.
	pub opening: Opening<HoldTerms>,
}

/// The hold is placed, or released, on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldDone {
	/// The record.
	pub record: RecordId,
	/// The seal over the matter.
	pub seal: Seal,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// The holds on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldList {
	/// Those on the chain now, and then those that were released.
	pub holds: Vec<ListedHold>,
}

/// A hold in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListedHold {
	/// The seal over the matter.
	pub seal: Seal,
	/// Opens it, unless it was placed past this vault.
	#[serde(default)]
	pub opening: Option<Opening<HoldTerms>>,
	/// Whether it is on the chain.
	pub held: bool,
}

impl ListedPetition {
	/// What was asked.
	pub const fn terms(&self) -> &PetitionTerms {
		&self.posted.opening.terms
	}
}

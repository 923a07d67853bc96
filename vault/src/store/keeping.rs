//! What the vault keeps about petitions, legal holds and erasure.

use super::{Map, Queue};
use codec::{Decode, Encode};
use salus_client::vault_api::{PostedHold, PostedPetition};
use salus_primitives::{
	codes::PetitionState,
	hold::HoldTerms,
	ids::{AccountBytes, ChartId, RecordId, Seal},
	petition::AnswerTerms,
	seal::Opening,
	time::Moment,
};

/// The petitions about a record, in order of number.
pub(crate) const PETITIONS: Map<RecordId, Vec<PetitionRow>> = Map::named("petitions");
/// The records of a chart about which there are petitions, in order of the first.
pub(crate) const CHART_PETITIONS: Map<ChartId, Vec<RecordId>> = Map::named("chart-petitions");
/// All petitions in order of filing.
pub(crate) const PETITION_INBOX: Queue<InboxRow> = Queue::named("petition-inbox");
/// The legal holds on a record, those that were released among them.
pub(crate) const HOLDS: Map<RecordId, Vec<HoldRow>> = Map::named("holds");
/// What is left of an erased record.
pub(crate) const ERASED: Map<RecordId, ErasedRow> = Map::named("erased");
/// Objects of erased records that may still be there.
pub(crate) const ERASED_OBJECTS: Queue<Vec<[u8; 32]>> = Queue::named("erased-objects");
/// What is to be done on chain about records and is not known to be done.
pub(crate) const RECORD_ACTS: Queue<RecordAct> = Queue::named("record-acts");
/// What the file held of erased records and must not hold any more: how their sealed rows began.
pub(crate) const SCRUBBING: Queue<Vec<u8>> = Queue::named("scrubbing");

/// A petition.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PetitionRow {
	/// Its number on chain.
	pub(crate) number: u32,
	pub(crate) posted: PostedPetition,
	/// Whose signature came with it.
	pub(crate) account: AccountBytes,
	pub(crate) state: PetitionState,
	/// When it was filed, as the chain says.
	pub(crate) filed: Moment,
	pub(crate) answer: Option<Opening<AnswerTerms>>,
	/// Its place in [`PETITION_INBOX`].
	pub(crate) inbox: u64,
}

/// A petition's place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct InboxRow {
	pub(crate) record: RecordId,
	pub(crate) number: u32,
	pub(crate) due: Moment,
	pub(crate) open: bool,
}

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HoldRow {
	pub(crate) opening: Opening<HoldTerms>,
	/// The account that placed it.
	pub(crate) account: AccountBytes,
}

/// What is left of an erased record, for its patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ErasedRow {
	pub(crate) chart: ChartId,
	/// Its place in the chart; [`u32::MAX`] where a restore found it erased before it had one here.
	pub(crate) sequence: u32,
	/// Number of the petition that was granted, if this vault granted it.
	pub(crate) petition: Option<u32>,
}

/// What is to be done on chain about a record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum RecordAct {
	/// Files a petition.
	#[codec(index = 0)]
	File { posted: PostedPetition, account: AccountBytes },
	/// Withdraws one.
	#[codec(index = 1)]
	Withdraw { record: RecordId, number: u32 },
	/// Grants or refuses one.
	#[codec(index = 2)]
	Answer { opening: Opening<AnswerTerms> },
	/// Places a hold.
	#[codec(index = 3)]
	Hold { posted: PostedHold, account: AccountBytes },
	/// Releases one.
	#[codec(index = 4)]
	Release { record: RecordId, seal: Seal },
}

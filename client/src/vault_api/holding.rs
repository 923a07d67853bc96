//! A whole holding on its way to a successor: what administrators ask their vaults, and what the
//! receiver's vault asks the giver's. `docs/custody.md` tells the whole.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | GET [`HOLDINGS`] | administrator | [`HoldingList`] |
//! | POST [`HOLDING_RECEIPT`] | administrator of the receiver | [`ReceiveHolding`] → [`HoldingList`]: begins to copy |
//! | POST [`HOLDING_READINESS`] | administrator of the receiver | [`ReceiveHolding`] → [`HoldingList`]: begins the last pass; [`ReceivingState::Ready`] when it is done |
//! | GET [`HANDED_CHARTS`] | the receiver's system account | query [`HoldingQuery`] → [`HandedCharts`] |
//! | GET [`HANDED_CHART`] | the receiver's system account | query [`HoldingQuery`] → [`HandedRows`] |
//! | GET [`HANDED_DISCLOSURES`] | the receiver's system account | query [`HoldingQuery`] → [`HandedLeaves`] |
//! | GET [`HANDED_BATCH`] | the receiver's system account | query [`HoldingQuery`] → [`HandedNodes`] |
//! | GET [`HANDED_CONTENT`] | the receiver's system account | query [`HoldingQuery`] → ciphertext, from byte `from` on |
//! | POST [`HOLDING_CLOSURE`] | the receiver's system account | query [`HoldingQuery`] → [`HoldingClosed`] |

use super::{ChartKey, Head, PostedPetition, RecordWraps, Wrap};
use codec::{Decode, Encode};
use salus_primitives::{
	ask::{Ask, AskAnswerTerms, AskExtensionTerms, AskTerms},
	batch::Inclusion,
	codes::PetitionState,
	directive::{DirectiveTerms, RequestTerms},
	disclosure::DisclosureEntry,
	hold::HoldTerms,
	ids::{
		hex_schema, AccountBytes, BatchId, ChartId, Digest, DirectiveId, OrganisationId, RecordId,
		RequestId, Seal,
	},
	paper::PaperTerms,
	petition::AnswerTerms,
	record::RecordTerms,
	seal::Opening,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hex_bytes;

/// Route of a [`HoldingList`].
pub const HOLDINGS: &str = "/holdings";
/// Route by which a vault is told to copy a holding that is offered to it.
pub const HOLDING_RECEIPT: &str = "/holdings/receive";
/// Route by which a vault is told to make the last pass before the holding is accepted on chain.
pub const HOLDING_READINESS: &str = "/holdings/ready";
/// Route of [`HandedCharts`], for the receiver's vault.
pub const HANDED_CHARTS: &str = "/holdings/handed/charts";
/// Route of [`HandedRows`], for the receiver's vault.
pub const HANDED_CHART: &str = "/holdings/handed/charts/{chart}";
/// Route of [`HandedLeaves`], for the receiver's vault.
pub const HANDED_DISCLOSURES: &str = "/holdings/handed/disclosures/{number}";
/// Route of [`HandedNodes`], for the receiver's vault.
pub const HANDED_BATCH: &str = "/holdings/handed/batches/{batch}";
/// Route of a ciphertext, for the receiver's vault.
pub const HANDED_CONTENT: &str = "/holdings/handed/records/{record}";
/// Route by which the receiver's vault has the giver's vault serve nobody else.
pub const HOLDING_CLOSURE: &str = "/holdings/handed/closure";
/// Route of a key service's [`HandOverHolding`].
pub const HAND_OVER_HOLDING: &str = "/hand-over-holding";

/// Charts in one [`HandedCharts`].
pub const HANDED_CHARTS_PER_PAGE: usize = 32;
/// Rows in one [`HandedRows`].
pub const HANDED_ROWS_PER_PAGE: u32 = 128;
/// Runs of nodes in one [`HandedNodes`], each of up to 64 nodes.
pub const HANDED_RUNS_PER_PAGE: u32 = 64;
/// Most records of one [`HandOverHolding`].
pub const MAX_HANDED_OVER: usize = 32;
/// For how long a giver stays closed at most, in milliseconds of the chain's time: 15 minutes.
pub const HOLDING_CLOSED_FOR: Moment = 15 * 60 * 1000;

/// The holding of a vault's own organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HoldingState {
	/// It keeps it.
	Kept,
	/// It is offered to another organisation: nothing is written any more that changes what moves.
	Offered,
	/// The receiver makes its last pass: nobody else is served.
	Closed,
	/// Another organisation keeps it: nobody but that one is served.
	Moved,
}

/// What a vault knows of its own organisation's holding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnHolding {
	/// The organisation.
	pub organisation: OrganisationId,
	/// Where it is.
	pub state: HoldingState,
	/// To whom it is offered, or who took it over.
	#[serde(default)]
	pub to: Option<OrganisationId>,
	/// While it is closed: the moment of the chain at which it opens by itself.
	#[serde(default)]
	pub closed_until: Option<Moment>,
	/// Writes, batches and other work of the vault that is on its way to the chain. The last pass waits
	/// for it.
	pub waiting: u64,
	/// Charts of which the receiver got something.
	pub charts_handed: u64,
	/// What its people have to do before it can be closed.
	#[serde(default)]
	pub fault: Option<String>,
}

/// How far a vault is with another organisation's holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReceivingState {
	/// It is being copied.
	#[codec(index = 0)]
	Copying,
	/// All of it was copied once; what changes meanwhile comes with the last pass.
	#[codec(index = 1)]
	Copied,
	/// The last pass: the giver is asked to close, and what changed is copied.
	#[codec(index = 2)]
	Closing,
	/// All is here and the giver is closed: it may be accepted on chain.
	#[codec(index = 3)]
	Ready,
	/// The chain says that this house keeps it: what was copied is being taken into service.
	#[codec(index = 4)]
	Activating,
	/// It is in service.
	#[codec(index = 5)]
	Kept,
	/// The offer was withdrawn: what was copied is removed.
	#[codec(index = 6)]
	Withdrawn,
}

/// What a vault knows of a holding that it copies, or copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceivedHolding {
	/// Whose it was.
	pub from: OrganisationId,
	/// How far it is.
	pub state: ReceivingState,
	/// While it is ready: the moment of the chain until which the giver stays closed.
	#[serde(default)]
	pub ready_until: Option<Moment>,
	/// Charts that are here.
	pub charts: u64,
	/// Charts that the giver has.
	pub charts_of: u64,
	/// Records that are here.
	pub records: u64,
	/// Records that the giver has.
	pub records_of: u64,
	/// Why it does not go on at present; it is tried again.
	#[serde(default)]
	pub fault: Option<String>,
	/// What is wrong with charts that are not here as the giver has them, as the last look over all said.
	#[serde(default)]
	pub faults: Vec<HoldingFault>,
	/// Whether it went into service without asking the giver once more, which was away.
	#[serde(default)]
	pub unasked: bool,
}

/// What is wrong with some charts of a holding; the others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldingFault {
	/// What it is.
	pub fault: String,
	/// With how many.
	pub charts: u64,
}

/// Holdings on their way from a vault and to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldingList {
	/// The vault's own organisation's.
	pub own: OwnHolding,
	/// Those of others.
	pub received: Vec<ReceivedHolding>,
}

/// Names the organisation whose holding is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceiveHolding {
	/// Who offers it.
	pub from: OrganisationId,
}

/// For whom a vault asks the giver's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldingQuery {
	/// The receiver, whose system account asks.
	pub organisation: OrganisationId,
	/// Where a page, or the bytes of a record, begin.
	#[serde(default)]
	pub from: u64,
	/// Behind which chart a page of charts begins, as the page before said.
	#[serde(default)]
	pub after: Option<String>,
	/// Whether the receiver has the keys of the records that it asks for, so that none is wrapped anew: the
	/// chart's own wrap then stands in the place of the custodian's.
	#[serde(default)]
	pub keys_known: bool,
	/// Whether the vault is to close once more although it was closed for this offer before and the time
	/// ran out. The receiver's vault asks so only where an administrator has the last pass made.
	#[serde(default)]
	pub again: bool,
}

/// A chart, and by what it is seen whether it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct HandedChart {
	/// The chart.
	pub chart: ChartId,
	/// How many rows there are of it.
	pub rows: u32,
	/// [`chart_digest`] of them.
	pub digest: Digest,
}

/// Some charts of a holding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedCharts {
	/// In an order that says nothing.
	pub charts: Vec<HandedChart>,
	/// Charts of this page that the giver's vault can not read whole, so that they are not handed over.
	#[serde(default)]
	pub unreadable: Vec<ChartId>,
	/// Behind what the next page begins, if there is one.
	#[serde(default)]
	pub next: Option<String>,
	/// Charts in all.
	pub charts_of: u64,
	/// Records in all.
	pub records_of: u64,
}

/// The end of a list whose items name their predecessor.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
pub struct HandedEnd {
	/// Sequence of the next item.
	pub next: u32,
	/// Leaf of the last item.
	#[serde(default)]
	pub last: Option<Seal>,
}

/// A place in a batch of disclosures, by the giver's own number of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct DisclosurePlace {
	/// The batch; route [`HANDED_DISCLOSURES`] has its leaves.
	pub batch: u64,
	/// Place of the leaf.
	pub index: u32,
}

/// A place in a batch of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct RecordPlace {
	/// The batch; route [`HANDED_BATCH`] has the nodes of its tree.
	pub batch: BatchId,
	/// Leaves of the batch.
	pub leaves: u32,
	/// Place of the record's leaf.
	pub index: u32,
}

/// A row of a chart that moves with its holding. The rows of a chart have one order: the chart itself,
/// directives in order of arrival and then those that are not listed, requests, the log, records and what
/// is left of erased ones with their holds, records that moved, petitions.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "row", rename_all = "kebab-case")]
pub enum HandedRow {
	/// The chart itself.
	#[codec(index = 0)]
	Chart {
		/// The chart.
		chart: ChartId,
		/// The signing key that gave its word for the encryption key.
		#[serde(with = "hex_bytes")]
		#[schemars(schema_with = "hex_schema::<32>")]
		key: AccountBytes,
		/// The encryption key.
		encryption_key: ChartKey,
		/// The end of its records.
		records: HandedEnd,
		/// The end of its log.
		disclosures: HandedEnd,
	},
	/// The opening of a directive.
	#[codec(index = 1)]
	Directive {
		/// The directive.
		id: DirectiveId,
		/// Opens it.
		opening: Opening<DirectiveTerms>,
		/// Whether it is among the chart's directives in order of arrival.
		listed: bool,
		/// Opens what the paper was, if it came on paper.
		#[serde(default)]
		paper: Option<Opening<PaperTerms>>,
	},
	/// An access request.
	#[codec(index = 2)]
	Request {
		/// The request.
		id: RequestId,
		/// Who asked.
		#[serde(with = "hex_bytes")]
		#[schemars(schema_with = "hex_schema::<32>")]
		requester: AccountBytes,
		/// Opens it.
		opening: Opening<RequestTerms>,
		/// The JSON of the patient's answer ([`super::RequestAnswer`]), if there is one.
		#[serde(default)]
		answer: Option<String>,
	},
	/// A line of the log.
	#[codec(index = 3)]
	Disclosure {
		/// Opens its leaf.
		opening: Opening<DisclosureEntry>,
		/// Its place in a batch whose root is on chain, once it is in one.
		#[serde(default)]
		batch: Option<DisclosurePlace>,
	},
	/// A record, but for its ciphertext.
	#[codec(index = 4)]
	Record {
		/// Its id.
		record: RecordId,
		/// Opens its leaf on the chain.
		opening: Opening<RecordTerms>,
		/// The version that it replaces.
		#[serde(default)]
		replaces: Option<RecordId>,
		/// Media type of the content.
		media_type: String,
		/// The content key, wrapped to the receiver and, as it was, to the chart.
		wraps: RecordWraps,
		/// Where it is in a batch; none for one with an entry of its own.
		#[serde(default)]
		place: Option<RecordPlace>,
		/// Where the giver saw it final.
		block: Head,
	},
	/// What is left of an erased record.
	#[codec(index = 5)]
	Erased {
		/// Its id.
		record: RecordId,
		/// Its place among the chart's records.
		sequence: u32,
		/// Number of the petition that was granted.
		#[serde(default)]
		petition: Option<u32>,
	},
	/// A legal hold on a record, also one that was released.
	#[codec(index = 6)]
	Hold {
		/// The record.
		record: RecordId,
		/// Opens the matter.
		opening: Opening<HoldTerms>,
		/// The account that placed it.
		#[serde(with = "hex_bytes")]
		#[schemars(schema_with = "hex_schema::<32>")]
		account: AccountBytes,
	},
	/// That another custodian took a record over, by itself.
	#[codec(index = 7)]
	Moved {
		/// The record.
		record: RecordId,
		/// The place among the chart's records that it left empty.
		sequence: u32,
		/// Who took it over.
		to: OrganisationId,
		/// The finalised block at which the giver saw that.
		block: u32,
	},
	/// A petition.
	#[codec(index = 8)]
	Petition {
		/// Its number on chain, among the record's.
		number: u32,
		/// What was asked; its opening names the record.
		posted: PostedPetition,
		/// Whose signature came with it.
		#[serde(with = "hex_bytes")]
		#[schemars(schema_with = "hex_schema::<32>")]
		account: AccountBytes,
		/// Its state.
		state: PetitionState,
		/// When it was filed, as the chain says.
		filed: Moment,
		/// First moment at which its answer is overdue.
		due: Moment,
		/// Opens the answer, if there is one.
		#[serde(default)]
		answer: Option<Opening<AnswerTerms>>,
	},
	/// What the patient asked of the custodian.
	#[codec(index = 9)]
	Ask {
		/// As the chain last had it.
		known: Ask,
		/// Opens it.
		opening: Opening<AskTerms>,
		/// Opens why the answer was put off, if it was.
		#[serde(default)]
		extension: Option<Opening<AskExtensionTerms>>,
		/// Opens the answer, if there is one.
		#[serde(default)]
		answer: Option<Opening<AskAnswerTerms>>,
	},
}

impl HandedRow {
	/// By what it is seen whether it changed. The custodian's wrap is not in it, for it is made anew each
	/// time.
	pub fn digest(&self) -> Digest {
		match self {
			Self::Record { record, opening, replaces, media_type, wraps, place, block } => {
				let rest = (4u8, record, opening, replaces, media_type, &wraps.chart, place, block);
				Digest::of(&rest.encode())
			},
			row => Digest::of(&row.encode()),
		}
	}
}

/// The digest of a chart: of the digests of its rows, in order.
pub fn chart_digest<'a>(rows: impl IntoIterator<Item = &'a HandedRow>) -> Digest {
	let digests: Vec<Digest> = rows.into_iter().map(HandedRow::digest).collect();
	Digest::of(&digests.encode())
}

/// The digest of a holding: of its charts in order of their ids.
pub fn holding_digest(mut charts: Vec<HandedChart>) -> Digest {
	charts.sort_unstable_by_key(|handed| handed.chart);
	Digest::of(&charts.encode())
}

/// Some rows of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedRows {
	/// In their order.
	pub rows: Vec<HandedRow>,
	/// Where the next page begins, if there is one.
	#[serde(default)]
	pub next: Option<u64>,
	/// All rows of the chart. When it is another one on the next page, the chart has changed meanwhile,
	/// and is asked for again from its beginning.
	pub of: HandedChart,
}

/// The leaves of a batch of disclosures, whose root is on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedLeaves {
	/// Who posted the root: the giver, or one whose holding it took over before.
	pub organisation: OrganisationId,
	/// The root's number there.
	pub number: u32,
	/// Padding included.
	pub leaves: Vec<Seal>,
}

/// Some nodes of the tree of a batch of records: runs of up to 64, row by row from the hashed leaves up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedNodes {
	/// The runs.
	pub runs: Vec<Vec<Seal>>,
	/// Number of the next run, if there is one.
	#[serde(default)]
	pub next: Option<u64>,
}

/// What is counted of a holding that does not change any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct HoldingTotals {
	/// Its charts.
	pub charts: u64,
	/// Rows of all charts.
	pub rows: u64,
	/// [`holding_digest`].
	pub digest: Digest,
}

/// A giver that serves nobody but the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldingClosed {
	/// The moment of the chain at which it opens by itself, unless its holding was accepted by then; none
	/// once it was.
	#[serde(default)]
	pub until: Option<Moment>,
	/// Names this closing: a vault that opened in between, or was restored, tells another. Zeros where the
	/// holding was accepted and the vault knows of no closing before.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub closing: [u8; 32],
	/// Work of the vault that is on its way to the chain.
	pub waiting: u64,
	/// Why that does not end by itself, where the giver's people have to do something.
	#[serde(default)]
	pub fault: Option<String>,
	/// What there is, once nothing is on its way; charts that are not readable are not counted.
	#[serde(default)]
	pub totals: Option<HoldingTotals>,
	/// Charts that the giver's vault can not read whole, once nothing is on its way.
	#[serde(default)]
	pub unreadable: Vec<ChartId>,
}

/// Asks the giver's key service to wrap content keys to the receiver of the whole holding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandOverHolding {
	/// The receiver.
	pub to: OrganisationId,
	/// At most [`MAX_HANDED_OVER`].
	pub records: Vec<HandOverRecord>,
}

/// A record whose key is to be wrapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandOverRecord {
	/// The record.
	pub record: RecordId,
	/// Opens its leaf.
	pub opening: Opening<RecordTerms>,
	/// The custodian's stored wrap.
	pub wrap: Wrap,
	/// Where it is in a batch, if it has no entry of its own.
	#[serde(default)]
	pub inclusion: Option<Inclusion>,
}

/// What the key service made, after it saw for itself that the chain says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedOverHolding {
	/// The custodian's wraps to the receiver, in the order asked; none if the chain says no to one of them.
	#[serde(default)]
	pub wraps: Option<Vec<Wrap>>,
	/// Number of the finalised block at which it looked.
	pub block: u32,
}

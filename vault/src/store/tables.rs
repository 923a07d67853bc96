//! What the vault keeps.

use super::{
	asks::{ASKS, ASKS_COMING, ASKS_SEEN, ASK_INBOX, CHART_ASKS},
	attempts::{ATTEMPTS, ATTEMPT_NAMES},
	bulk::{ANCHORING, BATCH_NODES, BLANKING, IMPORTS, OPEN_IMPORTS, SEALED_IMPORTS, STAGED},
	cards::{CARDS, CARD_USES, CHART_CARDS},
	emergencies::{EMERGENCIES, STATEMENTS, STATEMENT_POSTS},
	finding::{
		EMERGENCY_CARDS, FINDABLE, FINDABLE_SINCE, MISSES, MISS_PLACES, PERSONS, SEARCH_HITS,
	},
	holding::{
		BATCH_POSTERS, HANDED, HELD_BATCHES, HELD_BODIES, HELD_CHARTS, HELD_NODES, HELD_ROWS,
		HELD_RUNS, HOLDING_CLOSED, HOLDING_MOVED, LEFT_BEFORE, POSTED_BATCHES, RECEIVING, TAKEN_IN,
	},
	keeping::{
		CHART_PETITIONS, ERASED, ERASED_OBJECTS, HOLDS, PETITIONS, PETITION_INBOX, RECORD_ACTS,
		SCRUBBING,
	},
	links::{LINKS, LINKS_SINCE},
	papers::PAPERS,
	recalls::{RECALLED, RECALLED_PLACES, RECALLS, RECALLS_OF, RECALLS_OF_COUNT, UNDER, WATCHED},
	rendezvous::{RENDEZVOUS, RENDEZVOUS_ENDS},
	Identity, Map, Queue,
};
use crate::custody::rows::{ArrivedRecord, MovedRow, SourceRow, TakenRecord, TransferRow};
use codec::{Decode, Encode};
use salus_client::vault_api::{
	ChartKey, Head, NewRecord, RecordWraps, Signature, StockOrder, UploadId,
};
use salus_primitives::{
	directive::{DirectiveTerms, RequestTerms},
	disclosure::DisclosureEntry,
	enrolment::EnrolmentStatement,
	ids::{
		AccountBytes, BatchId, ChartId, Digest, DirectiveId, PractitionerId, RecordId, RequestId,
		Seal,
	},
	order::ChartOrder,
	record::RecordTerms,
	seal::Opening,
	time::Moment,
};

/// Whose database this is.
pub(super) const IDENTITY: Map<(), Identity> = Map::named("identity");
/// Enrolled charts.
pub(crate) const CHARTS: Map<ChartId, ChartRow> = Map::named("charts");
/// Charts on their way to the chain.
pub(crate) const PENDING_CHARTS: Queue<PendingChart> = Queue::named("pending-charts");
/// Anchored records.
pub(crate) const RECORDS: Map<RecordId, RecordRow> = Map::named("records");
/// Records of a chart by sequence.
pub(crate) const CHART_RECORDS: Map<(ChartId, u32), RecordId> = Map::named("chart-records");
/// Records on their way to the chain.
pub(crate) const PENDING_RECORDS: Queue<PendingRecord> = Queue::named("pending-records");
/// Records whose ciphertext is here and that no transaction holds yet.
pub(crate) const WAITING_RECORDS: Queue<WaitingRecord> = Queue::named("waiting-records");
/// Names of objects that no other row holds.
pub(crate) const INCOMING: Queue<Vec<[u8; 32]>> = Queue::named("incoming");
/// Uploads that were begun.
pub(crate) const UPLOADS: Queue<UploadRow> = Queue::named("uploads");
/// Segments of an upload that are here, in order.
pub(crate) const UPLOAD_SEGMENTS: Map<(UploadId, u32), Segment> = Map::named("upload-segments");
/// Openings of directives.
pub(crate) const DIRECTIVES: Map<(ChartId, DirectiveId), Opening<DirectiveTerms>> =
	Map::named("directives");
/// Directives of a chart in order of arrival.
pub(crate) const CHART_DIRECTIVES: Map<(ChartId, u32), DirectiveId> =
	Map::named("chart-directives");
/// Access requests.
pub(crate) const REQUESTS: Map<RequestId, RequestRow> = Map::named("requests");
/// Requests in a chart's mailbox in order of arrival.
pub(crate) const CHART_REQUESTS: Map<(ChartId, u32), RequestId> = Map::named("chart-requests");
/// The disclosure log of each chart.
pub(crate) const DISCLOSURES: Map<(ChartId, u32), DisclosureRow> = Map::named("disclosures");
/// Disclosures that are in no batch yet.
pub(crate) const OUTBOX: Queue<OutboxEntry> = Queue::named("outbox");
/// Batches of disclosures.
pub(crate) const BATCHES: Map<u64, Batch> = Map::named("batches");
/// How many batches there are.
pub(crate) const BATCH_COUNT: Map<(), u64> = Map::named("batch-count");
/// Batches that are not known to be on chain, by number.
pub(crate) const POSTING: Queue<Posting> = Queue::named("posting");

/// What charts left to be submitted when others change.
pub(crate) const COVER: Map<ChartId, CoverRow> = Map::named("cover");
/// The orders that they left, by chart and serial number.
pub(crate) const STOCK: Map<(ChartId, u32), StockOrder> = Map::named("stock");
/// Charts of each cohort.
pub(crate) const COHORTS: Map<u32, Vec<ChartId>> = Map::named("cohorts");
/// How many cohorts there are.
pub(crate) const COHORT_COUNT: Map<(), u32> = Map::named("cohort-count");
/// Orders that wait for their transaction.
pub(crate) const WAITING_ORDERS: Queue<WaitingOrder> = Queue::named("waiting-orders");
/// Transactions of orders that are not known to be final.
pub(crate) const RELAYING: Queue<RelayBatch> = Queue::named("relaying");

/// Profiles of practitioners. Public; sealed like the rest all the same.
pub(crate) const PROFILES: Map<PractitionerId, ProfileRow> = Map::named("profiles");

/// Transfers of records to other custodians.
pub(crate) const TRANSFERS: Queue<TransferRow> = Queue::named("transfers");
/// Records that another custodian took over.
pub(crate) const MOVED: Map<RecordId, MovedRow> = Map::named("moved");
/// Custodians from whom records are taken over.
pub(crate) const SOURCES: Queue<SourceRow> = Queue::named("sources");
/// Records of another custodian whose ciphertext is here.
pub(crate) const ARRIVED: Queue<ArrivedRecord> = Queue::named("arrived");
/// Records of another custodian that are being taken over on chain.
pub(crate) const TAKING: Queue<TakenRecord> = Queue::named("taking");

/// Every table, so that all exist from the start.
pub(super) const NAMES: [&str; 92] = [
	IDENTITY.name,
	CHARTS.name,
	PENDING_CHARTS.name,
	RECORDS.name,
	CHART_RECORDS.name,
	PENDING_RECORDS.name,
	WAITING_RECORDS.name,
	INCOMING.name,
	UPLOADS.name,
	UPLOAD_SEGMENTS.name,
	DIRECTIVES.name,
	CHART_DIRECTIVES.name,
	REQUESTS.name,
	CHART_REQUESTS.name,
	DISCLOSURES.name,
	OUTBOX.name,
	BATCHES.name,
	BATCH_COUNT.name,
	POSTING.name,
	PROFILES.name,
	COVER.name,
	STOCK.name,
	COHORTS.name,
	COHORT_COUNT.name,
	WAITING_ORDERS.name,
	RELAYING.name,
	PETITIONS.name,
	CHART_PETITIONS.name,
	PETITION_INBOX.name,
	HOLDS.name,
	ERASED.name,
	RECORD_ACTS.name,
	SCRUBBING.name,
	ERASED_OBJECTS.name,
	IMPORTS.name,
	SEALED_IMPORTS.name,
	OPEN_IMPORTS.name,
	STAGED.name,
	ANCHORING.name,
	BATCH_NODES.name,
	BLANKING.name,
	TRANSFERS.name,
	MOVED.name,
	SOURCES.name,
	ARRIVED.name,
	TAKING.name,
	LINKS.name,
	LINKS_SINCE.name,
	HOLDING_CLOSED.name,
	HOLDING_MOVED.name,
	HANDED.name,
	RECEIVING.name,
	HELD_CHARTS.name,
	LEFT_BEFORE.name,
	HELD_ROWS.name,
	HELD_BODIES.name,
	HELD_BATCHES.name,
	BATCH_POSTERS.name,
	HELD_NODES.name,
	EMERGENCIES.name,
	STATEMENTS.name,
	STATEMENT_POSTS.name,
	EMERGENCY_CARDS.name,
	PERSONS.name,
	FINDABLE.name,
	FINDABLE_SINCE.name,
	SEARCH_HITS.name,
	MISSES.name,
	MISS_PLACES.name,
	HELD_RUNS.name,
	POSTED_BATCHES.name,
	TAKEN_IN.name,
	CARDS.name,
	CHART_CARDS.name,
	CARD_USES.name,
	ATTEMPTS.name,
	ATTEMPT_NAMES.name,
	ASKS.name,
	CHART_ASKS.name,
	ASK_INBOX.name,
	ASKS_COMING.name,
	ASKS_SEEN.name,
	PAPERS.name,
	WATCHED.name,
	UNDER.name,
	RECALLS.name,
	RECALLED.name,
	RECALLED_PLACES.name,
	RECALLS_OF.name,
	RECALLS_OF_COUNT.name,
	RENDEZVOUS.name,
	RENDEZVOUS_ENDS.name,
];

/// A chart to enrol.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct NewChart {
	pub(crate) chart: ChartId,
	/// Its signing key.
	pub(crate) key: AccountBytes,
	/// Its X25519 key, with the word of its signing key.
	pub(crate) encryption_key: ChartKey,
}

impl PartialEq for NewChart {
	/// Whether chart and keys are the same. Signatures of the same word differ each time.
	fn eq(&self, other: &Self) -> bool {
		self.chart == other.chart
			&& self.key == other.key
			&& self.encryption_key.key == other.encryption_key.key
	}
}

impl Eq for NewChart {}

/// A chart that waits to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PendingChart {
	pub(crate) new: NewChart,
	/// What its key signed, as the chain wants it.
	pub(crate) statement: EnrolmentStatement,
	pub(crate) signature: Signature,
}

/// A chart's encryption key without a word that holds, for tests that do not look at it.
#[cfg(test)]
pub(crate) fn unvouched(key: [u8; 32]) -> ChartKey {
	ChartKey { key, signature: Signature::Sr25519([0; 64]) }
}

/// A chart and the ends of its lists.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ChartRow {
	pub(crate) new: NewChart,
	pub(crate) records: End,
	pub(crate) disclosures: End,
	pub(crate) directives: u32,
	pub(crate) requests: u32,
}

impl ChartRow {
	/// A chart without anything yet.
	pub(crate) fn empty(new: NewChart) -> Self {
		Self {
			new,
			records: End::default(),
			disclosures: End::default(),
			directives: 0,
			requests: 0,
		}
	}
}

/// The end of a list whose items name their predecessor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct End {
	/// Sequence of the next item.
	pub(crate) next: u32,
	/// Leaf of the last item.
	pub(crate) last: Option<Seal>,
}

impl End {
	/// The end after an item with this leaf was added.
	pub(crate) fn after(self, leaf: Seal) -> Self {
		Self { next: self.next.saturating_add(1), last: Some(leaf) }
	}

	/// The end when the item of this sequence has been added, before those that follow it or after.
	pub(crate) fn past(self, sequence: u32, leaf: Seal) -> Self {
		if sequence < self.next {
			self
		} else {
			Self { next: sequence.saturating_add(1), last: Some(leaf) }
		}
	}
}

/// A finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Block {
	number: u32,
	hash: [u8; 32],
	at: u64,
}

impl From<Head> for Block {
	fn from(Head { number, hash, at }: Head) -> Self {
		Self { number, hash, at }
	}
}

impl From<Block> for Head {
	fn from(Block { number, hash, at }: Block) -> Self {
		Self { number, hash, at }
	}
}

/// Where a ciphertext lies.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Body {
	/// In objects of its own, in this order.
	#[codec(index = 0)]
	Segments(Vec<Segment>),
	/// In one object with others, as it came with an import.
	#[codec(index = 1)]
	Packed(Packed),
}

impl Body {
	/// Bytes in all.
	pub(crate) fn size(&self) -> u64 {
		match self {
			Self::Segments(segments) => {
				segments.iter().map(|segment| u64::from(segment.size)).sum()
			},
			Self::Packed(packed) => packed.part.size.into(),
		}
	}

	/// Names of the objects that are this body's alone, and go with it.
	pub(crate) fn objects(&self) -> Vec<[u8; 32]> {
		match self {
			Self::Segments(segments) => segments.iter().map(|segment| segment.name).collect(),
			// `own_entry` takes it out of there first.
			Self::Packed(_) => Vec::new(),
		}
	}
}

/// A ciphertext among others in one object, whose record was anchored in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Packed {
	/// Name of the whole object; size and digest of this part.
	pub(crate) part: Segment,
	/// Where it begins there.
	pub(crate) offset: u32,
	/// The batch.
	pub(crate) batch: BatchId,
	/// Leaves of the batch.
	pub(crate) leaves: u32,
	/// Place of the record's leaf.
	pub(crate) index: u32,
}

/// A part of a ciphertext, in an object of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Segment {
	/// Name of the object.
	pub(crate) name: [u8; 32],
	/// Its bytes.
	pub(crate) size: u32,
	/// blake2_256 of them.
	pub(crate) digest: Digest,
}

/// An upload that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct UploadRow {
	pub(crate) id: UploadId,
	pub(crate) account: AccountBytes,
	pub(crate) chart: ChartId,
	/// Its digests come at the end.
	pub(crate) new: NewRecord,
	/// Names of its segments follow from this.
	pub(crate) seed: [u8; 32],
	/// First moment at which it is nothing any more.
	pub(crate) expires: Moment,
}

/// A record whose ciphertext is here.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct WaitingRecord {
	pub(crate) chart: ChartId,
	pub(crate) new: NewRecord,
	pub(crate) body: Body,
}

/// A record on its way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PendingRecord {
	pub(crate) id: RecordId,
	pub(crate) opening: Opening<RecordTerms>,
	pub(crate) replaces: Option<RecordId>,
	pub(crate) media_type: String,
	/// Its ciphertext.
	pub(crate) body: Body,
	pub(crate) wraps: RecordWraps,
}

/// An anchored record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RecordRow {
	pub(crate) record: PendingRecord,
	/// Where the vault saw it final.
	pub(crate) block: Block,
}

/// A request in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RequestRow {
	pub(crate) chart: ChartId,
	pub(crate) requester: AccountBytes,
	pub(crate) opening: Opening<RequestTerms>,
	/// JSON of the answer.
	pub(crate) answer: Option<Vec<u8>>,
}

/// A practitioner's profile.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ProfileRow {
	pub(crate) version: u32,
	/// The file.
	pub(crate) file: Vec<u8>,
}

/// A line of a chart's disclosure log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct DisclosureRow {
	pub(crate) opening: Opening<DisclosureEntry>,
	/// Its batch and its place there, once it is in one.
	pub(crate) batch: Option<(u64, u32)>,
}

/// A disclosure that waits for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct OutboxEntry {
	pub(crate) chart: ChartId,
	pub(crate) sequence: u32,
	pub(crate) leaf: Seal,
}

/// Disclosures under one root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Batch {
	/// Leaves, padding included.
	pub(crate) leaves: Vec<Seal>,
	/// Number of the root on chain, once it is final.
	pub(crate) number: Option<u32>,
}

/// A batch that is not known to be on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Posting {
	pub(crate) root: [u8; 32],
	pub(crate) leaves: u32,
	/// The first number that its root can have on chain.
	pub(crate) from: u32,
	/// Set before a transaction is sent: the block after which that one can not come in any more.
	pub(crate) in_flight_until: Option<u32>,
}

/// What a chart left to be submitted when others change.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct CoverRow {
	pub(crate) cohort: u32,
	/// Serial number of its next order of stock.
	pub(crate) serial: u32,
	pub(crate) places: Vec<PlaceRow>,
}

/// A place of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PlaceRow {
	/// The directive that is there, or about to be.
	pub(crate) current: DirectiveId,
	/// Whether that is among the chart's directives in order of arrival.
	pub(crate) listed: bool,
	/// The one before, and the same of it.
	pub(crate) previous: Option<(DirectiveId, bool)>,
	/// Serial number of the next order of its stock.
	pub(crate) next: u32,
	/// The first serial number beyond its stock.
	pub(crate) end: u32,
	/// When that expires, which says for which periods it is.
	pub(crate) expires: Moment,
}

impl PlaceRow {
	/// A place without stock.
	pub(crate) const fn new(current: DirectiveId, listed: bool) -> Self {
		Self { current, listed, previous: None, next: 0, end: 0, expires: 0 }
	}
}

/// An order that waits for its transaction.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct WaitingOrder {
	pub(crate) cohort: u32,
	pub(crate) order: ChartOrder<Signature>,
	pub(crate) opening: Option<Opening<DirectiveTerms>>,
	/// What follows at its place.
	pub(crate) stock: Vec<StockOrder>,
}

/// A transaction of orders.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RelayBatch {
	pub(crate) cohort: u32,
	pub(crate) orders: Vec<ChartOrder<Signature>>,
}

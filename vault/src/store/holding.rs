//! What the vault keeps of whole holdings on their way to a successor, and from a predecessor.

use super::{Map, Queue, Segment};
use codec::{Decode, Encode};
use salus_client::vault_api::{HandedChart, HandedRow, LeftBefore, ReceivingState};
use salus_primitives::{
	ids::{BatchId, ChartId, OrganisationId, RecordId},
	time::Moment,
};

/// While the vault serves nobody but the receiver of its holding.
pub(crate) const HOLDING_CLOSED: Map<(), ClosedRow> = Map::named("holding-closed");
/// Who took the vault's own holding over. Once this is here it stays.
pub(crate) const HOLDING_MOVED: Map<(), MovedHolding> = Map::named("holding-moved");
/// Charts of which the receiver got something under the present offer, which their logs tell.
pub(crate) const HANDED: Map<ChartId, OrganisationId> = Map::named("handed");
/// Holdings of others that are copied, or were.
pub(crate) const RECEIVING: Queue<ReceivingRow> = Queue::named("receiving");
/// Charts of holdings that are not this house's yet.
pub(crate) const HELD_CHARTS: Map<ChartId, HeldChart> = Map::named("held-charts");
/// Their rows. Nothing here is served: it is looked up nowhere else.
pub(crate) const HELD_ROWS: Map<(ChartId, u32), HandedRow> = Map::named("held-rows");
/// Where the ciphertexts of their records lie.
pub(crate) const HELD_BODIES: Map<RecordId, HeldBody> = Map::named("held-bodies");
/// Batches of disclosures that came from others: their number at the giver, and here.
pub(crate) const HELD_BATCHES: Map<(OrganisationId, u64), u64> = Map::named("held-batches");
/// Who posted the root of a batch of disclosures, where that was another organisation.
pub(crate) const BATCH_POSTERS: Map<u64, OrganisationId> = Map::named("batch-posters");
/// Records that had left a chart before it came here.
pub(crate) const LEFT_BEFORE: Map<ChartId, Vec<LeftBefore>> = Map::named("left-before");
/// How many runs of a batch's nodes came so far; all of them once `whole`.
pub(crate) const HELD_NODES: Map<BatchId, HeldNodes> = Map::named("held-nodes");

/// That the vault is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ClosedRow {
	/// For whom.
	pub(crate) to: OrganisationId,
	/// The moment of the chain at which it opens by itself.
	pub(crate) until: Moment,
	/// Names this closing.
	pub(crate) closing: [u8; 32],
	/// Whether it has opened by itself since. The row stays for as long as the offer does, so that it is
	/// not closed again and again.
	pub(crate) opened: bool,
}

/// That another organisation took the holding over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MovedHolding {
	/// To whom it was given.
	pub(crate) to: OrganisationId,
	/// Who keeps it as far as is known, to whom it may have been given on.
	pub(crate) keeper: OrganisationId,
	/// Number of the finalised block that says so.
	pub(crate) block: u32,
}

/// A holding that is copied.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ReceivingRow {
	/// Whose it is.
	pub(crate) from: OrganisationId,
	pub(crate) state: ReceivingState,
	/// Behind what the next page of charts begins.
	pub(crate) after: Option<String>,
	/// Charts and records that are here.
	pub(crate) charts: u64,
	pub(crate) records: u64,
	/// Charts and records that the giver has.
	pub(crate) charts_of: u64,
	pub(crate) records_of: u64,
	/// While it is ready: until when the giver stays closed.
	pub(crate) ready_until: Option<Moment>,
}

impl ReceivingRow {
	/// One of which nothing is here.
	pub(crate) const fn begun(from: OrganisationId) -> Self {
		Self {
			from,
			state: ReceivingState::Copying,
			after: None,
			charts: 0,
			records: 0,
			charts_of: 0,
			records_of: 0,
			ready_until: None,
		}
	}

	/// Whether nothing more becomes of it.
	pub(crate) const fn is_over(&self) -> bool {
		matches!(self.state, ReceivingState::Kept | ReceivingState::Withdrawn)
	}
}

/// A chart that is here whole, as it was when it was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HeldChart {
	/// Whose holding it is of.
	pub(crate) from: OrganisationId,
	/// Its rows, and their digest.
	pub(crate) of: HandedChart,
	/// Records among its rows.
	pub(crate) records: u32,
}

/// A ciphertext that is here whole and checked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HeldBody {
	pub(crate) from: OrganisationId,
	pub(crate) record: RecordId,
	pub(crate) segments: Vec<Segment>,
}

/// How much of a batch's tree is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct HeldNodes {
	/// Runs that came.
	pub(crate) runs: u32,
	/// Whether none is missing.
	pub(crate) whole: bool,
}

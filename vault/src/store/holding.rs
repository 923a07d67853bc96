//! What the vault keeps of whole holdings on their way to a successor, and from a predecessor.

use super::{Map, Queue, Segment};
use codec::{Decode, Encode};
use salus_client::vault_api::{HandedChart, HandedRow, LeftBefore, ReceivingState};
use salus_primitives::{
	ids::{AccountBytes, BatchId, ChartId, OrganisationId, RecordId, Seal},
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
/// The same by who posted its root, and the root's number there.
pub(crate) const POSTED_BATCHES: Map<(OrganisationId, u32), u64> = Map::named("posted-batches");
/// Charts that came with holdings and are in service.
pub(crate) const TAKEN_IN: Map<ChartId, TakenIn> = Map::named("taken-in");
/// Who posted the root of a batch of disclosures, where that was another organisation.
pub(crate) const BATCH_POSTERS: Map<u64, OrganisationId> = Map::named("batch-posters");
/// Records that had left a chart before it came here.
pub(crate) const LEFT_BEFORE: Map<ChartId, Vec<LeftBefore>> = Map::named("left-before");
/// How many runs of a batch's nodes came so far; all of them, proven, once `whole`.
pub(crate) const HELD_NODES: Map<BatchId, HeldNodes> = Map::named("held-nodes");
/// The runs that came, until the tree is whole: by batch, row and place in its row.
pub(crate) const HELD_RUNS: Map<(BatchId, u32, u32), Vec<Seal>> = Map::named("held-runs");

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
	/// In the last pass and after it: until when the giver stays closed, as it said first.
	pub(crate) until: Option<Moment>,
	/// The name of that closing.
	pub(crate) closing: Option<[u8; 32]>,
	/// Whether an administrator asked for a last pass of which the giver does not know yet.
	pub(crate) again: bool,
	/// Whether the chain said before `until` that it is ours.
	pub(crate) in_time: bool,
	/// While it is taken into service: whether all that is here was compared with what the giver has.
	pub(crate) confirmed: bool,
	/// Whether it went into service although the giver could not be asked once more.
	pub(crate) unasked: bool,
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
			until: None,
			closing: None,
			again: false,
			in_time: false,
			confirmed: false,
			unasked: false,
		}
	}

	/// Whether its last pass is being made, or was: nothing of it may change hands by itself.
	pub(crate) const fn is_last(&self) -> bool {
		matches!(
			self.state,
			ReceivingState::Closing | ReceivingState::Ready | ReceivingState::Activating
		)
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

/// That a chart came with a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TakenIn {
	/// Whose holding it was of.
	pub(crate) from: OrganisationId,
	/// The key that the giver told, where the chain named another: it proves nothing.
	pub(crate) other_key: Option<AccountBytes>,
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
	/// Who handed it over.
	pub(crate) from: OrganisationId,
	pub(crate) batch: BatchId,
	/// Leaves of the batch.
	pub(crate) leaves: u32,
	/// Runs that came.
	pub(crate) runs: u32,
	/// Whether none is missing, they are the tree of the batch's root, and lie where they are read from.
	pub(crate) whole: bool,
}

//! What the vault keeps of rendezvous.

use super::{Map, Queue};
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{ChartId, Digest, RequestId},
	time::Moment,
};

/// Rendezvous, by what stands in the place of the chart. Their requests are among the others.
pub(crate) const RENDEZVOUS: Map<ChartId, RendezvousRow> = Map::named("rendezvous");
/// The same in the order in which they came.
pub(crate) const RENDEZVOUS_ENDS: Queue<RendezvousEnd> = Queue::named("rendezvous-ends");

/// A rendezvous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RendezvousRow {
	pub(crate) request: RequestId,
	/// When it came.
	pub(crate) posted: Moment,
	/// Digest of the name of its one use, once that began.
	pub(crate) used: Option<Digest>,
	/// First moment at which it is nothing any more.
	pub(crate) until: Moment,
}

/// When a rendezvous' row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RendezvousEnd {
	pub(crate) rendezvous: ChartId,
	pub(crate) until: Moment,
}

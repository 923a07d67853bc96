//! What the vault keeps of links.

use super::Map;
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{ChartId, Digest, Seal},
	time::Moment,
};

/// Links of the directives whose openings came, by the hash over their keys.
pub(crate) const LINKS: Map<Seal, LinkRow> = Map::named("links");

/// A link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LinkRow {
	/// Whose patient made it.
	pub(crate) chart: ChartId,
	/// From when on its directive counts.
	pub(crate) from: Moment,
	/// Its one use, once that began.
	pub(crate) used: Option<LinkUse>,
	/// Refused attempts that the log tells of.
	pub(crate) refused: u8,
	/// From when on its directive does not count any more.
	pub(crate) until: Option<Moment>,
}

/// The use of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LinkUse {
	/// When it began, by the finalised head.
	pub(crate) at: Moment,
	/// Digest of its random name.
	pub(crate) attempt: Digest,
	/// Whether another request went on with it.
	pub(crate) went_on: bool,
}

/// Set in a vault that was restored from a backup: links that began before were used, as far as it knows, and
/// so were rendezvous that came before.
pub(crate) const LINKS_SINCE: Map<(), Moment> = Map::named("links-since");

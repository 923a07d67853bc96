//! What the vault keeps of break-glass.

use super::Map;
use codec::{Decode, Encode};
use salus_primitives::ids::{BreakGlassId, ChartId};

/// The break-glasses by which something of a chart was released, in the order of their first release.
pub(crate) const EMERGENCIES: Map<ChartId, Vec<EmergencyRow>> = Map::named("emergencies");

/// Which lines of a chart's log are due to a break-glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EmergencyRow {
	pub(crate) id: BreakGlassId,
	/// Sequence of the first release.
	pub(crate) first: u32,
	/// Sequence of the last one.
	pub(crate) last: u32,
	pub(crate) releases: u32,
}

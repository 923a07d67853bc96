//! What the vault keeps of break-glass.

use super::{Map, Queue};
use codec::{Decode, Encode};
use salus_client::vault_api::SignedStatement;
use salus_primitives::ids::{AccountBytes, BreakGlassId, ChartId};

/// Statements by which something was released while finality stalled. They stay, for whoever asks how.
pub(crate) const STATEMENTS: Map<BreakGlassId, SignedStatement> = Map::named("statements");
/// Those that are not known to be on chain, and whose they are.
pub(crate) const STATEMENT_POSTS: Queue<(BreakGlassId, AccountBytes)> =
	Queue::named("statement-posts");

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

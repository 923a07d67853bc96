//! What the vault keeps of recalls.

use super::Map;
use codec::{Decode, Encode};
use salus_client::vault_api::{RecallId, RecallWord, Recipient};
use salus_primitives::{
	codes::{Action, Purpose, Role},
	ids::{AccountBytes, ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId},
	time::Moment,
};

/// Charts of which something was released to other houses under directives that have not been found ended.
pub(crate) const WATCHED: Map<ChartId, WatchedChart> = Map::named("watched");
/// Sequences of such releases in the chart's log, by directive and in order.
pub(crate) const UNDER: Map<(ChartId, DirectiveId, u32), u32> = Map::named("under");
/// What recipients are told.
pub(crate) const RECALLS: Map<RecallId, RecallRow> = Map::named("recalls");
/// The records of each, in the order of their first release.
pub(crate) const RECALLED: Map<(RecallId, u32), RecalledRecord> = Map::named("recalled");
/// Their places in that.
pub(crate) const RECALLED_PLACES: Map<(RecallId, RecordId), u32> = Map::named("recalled-places");
/// Recalls of a chart, an account or a house, in the order in which they were found.
pub(crate) const RECALLS_OF: Map<(RecallsOf, u32), RecallId> = Map::named("recalls-of");
/// How many there are of each.
pub(crate) const RECALLS_OF_COUNT: Map<RecallsOf, u32> = Map::named("recalls-of-count");

/// A chart whose directives are watched.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct WatchedChart {
	pub(crate) chart: ChartId,
	pub(crate) directives: Vec<WatchedDirective>,
}

/// A directive under which something was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct WatchedDirective {
	pub(crate) directive: DirectiveId,
	/// Place of the first release that was not looked at since the directive ended.
	pub(crate) from: u32,
	/// Place of the next release.
	pub(crate) end: u32,
}

/// Whose recalls a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum RecallsOf {
	#[codec(index = 0)]
	Chart(ChartId),
	#[codec(index = 1)]
	Account(AccountBytes),
	#[codec(index = 2)]
	House(OrganisationId),
}

/// What a recipient is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RecallRow {
	pub(crate) id: RecallId,
	pub(crate) chart: ChartId,
	pub(crate) directive: DirectiveId,
	pub(crate) recipient: Recipient,
	pub(crate) practitioner: Option<PractitionerId>,
	/// When it was found.
	pub(crate) since: Moment,
	pub(crate) records: u32,
	pub(crate) answer: Option<RecallWord>,
}

/// A record of a recall, and in which way it was released first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RecalledRecord {
	pub(crate) record: RecordId,
	pub(crate) role: Role,
	pub(crate) action: Action,
	pub(crate) purpose: Purpose,
}

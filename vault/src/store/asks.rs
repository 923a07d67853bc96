//! What the vault keeps of asks.

use super::{Map, Queue};
use codec::{Decode, Encode};
use salus_primitives::{
	ask::{Ask, AskAnswerTerms, AskExtensionTerms, AskTerms},
	ids::{AskId, ChartId},
	seal::Opening,
	time::Moment,
};

/// What patients ask.
pub(crate) const ASKS: Map<(ChartId, AskId), AskRow> = Map::named("asks");
/// The asks of a chart in order of arrival.
pub(crate) const CHART_ASKS: Map<ChartId, Vec<AskId>> = Map::named("chart-asks");
/// All asks that are on the chain, in the order in which that was seen.
pub(crate) const ASK_INBOX: Queue<AskInboxRow> = Queue::named("ask-inbox");

/// Charts with an ask that was not seen on the chain yet.
pub(crate) const ASKS_COMING: Map<ChartId, ChartId> = Map::named("asks-coming");
/// The number of the head at which something new was last seen of a chart's asks.
pub(crate) const ASKS_SEEN: Map<ChartId, u32> = Map::named("asks-seen");

/// What a patient asks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AskRow {
	pub(crate) opening: Opening<AskTerms>,
	/// As the chain last had it; none before it was seen there.
	pub(crate) known: Option<Ask>,
	/// Reasons for an extension: each is here before its transaction is sent, and once one is on the chain
	/// it is the only one.
	pub(crate) extensions: Vec<Opening<AskExtensionTerms>>,
	/// Answers, the same way.
	pub(crate) answers: Vec<Opening<AskAnswerTerms>>,
	/// Its place in [`ASK_INBOX`].
	pub(crate) inbox: Option<u64>,
}

/// An ask's place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AskInboxRow {
	pub(crate) chart: ChartId,
	pub(crate) ask: AskId,
	pub(crate) due: Moment,
	pub(crate) open: bool,
}

//! Asks: what patients ask of the custodian of their chart, and the answers.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`CHART_ASKS`] | the chart's key | [`PostedAsk`] → [`AskDone`], once it is final |
//! | GET [`CHART_ASKS`] | the chart's key | query `from` → [`AskList`], newest first |
//! | GET [`ASKS`] | records officer | query `from` → [`AskList`], open ones first |
//! | POST [`ASK_EXTENSION`] | records officer | [`ExtendAsk`] → [`AskDone`], once it is final |
//! | POST [`ASK_ANSWER`] | records officer | [`AnswerAsk`] → [`AskAnswered`], once it is final |
//!
//! One is withdrawn by a call of the chart's key, which goes to [`super::CHART_CALLS`] or to any node.

use super::{Head, PostedCall};
use salus_primitives::{
	ask::{AskAnswerTerms, AskExtensionTerms, AskTerms},
	codes::{AskState, DenialGround},
	ids::{AskId, ChartId},
	petition::Statement,
	seal::Opening,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of a chart's asks.
pub const CHART_ASKS: &str = "/charts/{chart}/asks";
/// Route of all asks.
pub const ASKS: &str = "/asks";
/// Route of an [`ExtendAsk`].
pub const ASK_EXTENSION: &str = "/charts/{chart}/asks/{ask}/extension";
/// Route of an [`AnswerAsk`].
pub const ASK_ANSWER: &str = "/charts/{chart}/asks/{ask}/answer";

/// Most asks in an [`AskList`].
pub const ASKS_PER_PAGE: u32 = 32;

/// What a patient asks, with the transaction by which the chart's key files it: the vault keeps the one
/// and submits the other, so that none is on chain of which it knows nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedAsk {
	/// Its id.
	pub id: AskId,
	/// Opens the seal that is filed.
	pub opening: Opening<AskTerms>,
	/// The transaction: a call of `file_ask` with this chart, id and seal.
	pub call: PostedCall,
}

/// The ask is filed, or its answer put off, on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskDone {
	/// The ask.
	pub ask: AskId,
	/// First moment at which its answer is overdue.
	pub due: Moment,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// Some asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskList {
	/// A chart's: newest first. A house's: the open ones first, by due date, then the others, newest first.
	pub asks: Vec<ListedAsk>,
	/// Where the next page begins, if there is one; asked for by `from`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub next: Option<u32>,
}

/// An ask in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListedAsk {
	/// Its id.
	pub ask: AskId,
	/// What was asked.
	pub opening: Opening<AskTerms>,
	/// Its state.
	pub state: AskState,
	/// When it was filed on chain.
	pub filed: Moment,
	/// First moment at which the answer is overdue.
	pub due: Moment,
	/// Whether it is overdue.
	pub overdue: bool,
	/// Whether the answer was put off.
	pub extended: bool,
	/// Opens why it was put off. Missing in a vault that was restored from a backup of before.
	#[serde(default)]
	pub extension: Option<Opening<AskExtensionTerms>>,
	/// Opens the answer, once there is one. Missing in a vault that was restored from a backup of before.
	#[serde(default)]
	pub answer: Option<Opening<AskAnswerTerms>>,
}

impl ListedAsk {
	/// What was asked.
	pub const fn terms(&self) -> &AskTerms {
		&self.opening.terms
	}

	/// The chart whose patient asks.
	pub const fn chart(&self) -> ChartId {
		self.opening.terms.chart
	}
}

/// Puts an answer off by 30 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExtendAsk {
	/// Why, in the custodian's words; not empty.
	pub statement: Statement,
}

/// Answers an ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerAsk {
	/// Whether it is granted.
	pub granted: bool,
	/// Why not; needed for a refusal and for nothing else.
	#[serde(default)]
	pub ground: Option<DenialGround>,
	/// In the custodian's words; a refusal needs some.
	#[serde(default)]
	pub statement: Statement,
}

/// The answer is on the finalised chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskAnswered {
	/// The ask.
	pub ask: AskId,
	/// Opens the answer on chain.
	pub answer: Opening<AskAnswerTerms>,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

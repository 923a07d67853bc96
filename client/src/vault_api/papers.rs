//! Directives on paper: what two of the house's staff bring to its vault, and who sees it.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`CHART_PAPERS`] | anyone signed in whose openings fit the chain | [`PostedPaper`] |
//! | GET [`CHART_PAPERS`] | the chart's key, the house's staff who may stand for paper | query `from` → [`PaperList`] |

use salus_primitives::{
	directive::DirectiveTerms, ids::DirectiveId, paper::PaperTerms, seal::Opening,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of what came on paper about a chart.
pub const CHART_PAPERS: &str = "/charts/{chart}/papers";

/// Places of a chart's directives that one page of [`PaperList`] goes through.
pub const PAPERS_PER_PAGE: u32 = 256;

/// A directive that came on paper, opened. The vault keeps it once both openings fit the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedPaper {
	/// The directive.
	pub id: DirectiveId,
	/// Opens what it says.
	pub opening: Opening<DirectiveTerms>,
	/// Opens what the paper was.
	pub paper: Opening<PaperTerms>,
}

/// A page of what came on paper about a chart. Who stood for it and whether it still counts, the chain says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaperList {
	/// In order of arrival.
	pub papers: Vec<PostedPaper>,
	/// Where the next page begins, if there is one.
	pub next: Option<u32>,
}

//! What the vault keeps of directives on paper, beside what they say.

use super::Map;
use salus_primitives::{
	ids::{ChartId, DirectiveId},
	paper::PaperTerms,
	seal::Opening,
};

/// Openings of what the paper was, of directives whose own opening is here too.
pub(crate) const PAPERS: Map<(ChartId, DirectiveId), Opening<PaperTerms>> = Map::named("papers");

//! Directives on paper.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{PaperList, PostedPaper, CHART_PAPERS},
};
use reqwest::Method;
use salus_primitives::ids::ChartId;

impl VaultClient {
	/// Brings what opens a directive on paper.
	pub async fn post_paper(&self, chart: &ChartId, posted: &PostedPaper) -> Result<()> {
		self.tell(CHART_PAPERS, &[("chart", &chart)], posted).await
	}

	/// What came on paper about a chart, in order of arrival.
	pub async fn papers(&self, chart: &ChartId) -> Result<Vec<PostedPaper>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(CHART_PAPERS, &[("chart", &chart)]);
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: PaperList = self.answer(request).await?;
			all.extend(page.papers);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}
}

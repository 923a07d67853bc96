//! Recalls.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		Recall, RecallId, RecallPage, RecallWord, RecalledRecords, CHART_RECALLS, RECALL,
		RECALLED_RECORDS, RECALLS, RECALL_ANSWER,
	},
};
use reqwest::{Method, Url};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};

impl VaultClient {
	/// Those who were told that they may read no more of this chart, and their answers.
	pub async fn chart_recalls(&self, chart: &ChartId) -> Result<Vec<Recall>> {
		self.all_recalls(self.url(CHART_RECALLS, &[("chart", &chart)])).await
	}

	/// What is recalled from the account that is signed in, or from everybody who acted for a house.
	pub async fn recalls(&self, house: Option<OrganisationId>) -> Result<Vec<Recall>> {
		let mut url = self.url(RECALLS, &[]);
		if let Some(house) = house {
			url.query_pairs_mut().append_pair("house", &house.to_string());
		}
		self.all_recalls(url).await
	}

	/// One recall.
	pub async fn recall(&self, recall: &RecallId) -> Result<Recall> {
		self.get(RECALL, &[("recall", &recall)]).await
	}

	/// The records of a recall.
	pub async fn recalled_records(&self, recall: &RecallId) -> Result<Vec<RecordId>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(RECALLED_RECORDS, &[("recall", &recall)]);
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: RecalledRecords = self.answer(request).await?;
			all.extend(page.records);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Answers a recall.
	pub async fn answer_recall(&self, word: &RecallWord) -> Result<Recall> {
		self.post(RECALL_ANSWER, &[("recall", &word.statement.recall)], word).await
	}

	async fn all_recalls(&self, route: Url) -> Result<Vec<Recall>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = route.clone();
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: RecallPage = self.answer(request).await?;
			all.extend(page.recalls);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}
}

//! Asks.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		AnswerAsk, AskAnswered, AskDone, AskList, ExtendAsk, ListedAsk, PostedAsk, ASKS,
		ASK_ANSWER, ASK_EXTENSION, CHART_ASKS,
	},
};
use reqwest::{Method, Url};
use salus_primitives::ids::{AskId, ChartId};

impl VaultClient {
	/// Asks something of the custodian, and waits until that is filed on the chain.
	pub async fn ask(&self, chart: &ChartId, ask: &PostedAsk) -> Result<AskDone> {
		self.post(CHART_ASKS, &[("chart", &chart)], ask).await
	}

	/// What the chart's patient asked, and the answers, newest first.
	pub async fn chart_asks(&self, chart: &ChartId) -> Result<Vec<ListedAsk>> {
		self.all_asks(self.url(CHART_ASKS, &[("chart", &chart)])).await
	}

	/// All asks of the house's patients: the open ones first, by due date.
	pub async fn asks(&self) -> Result<Vec<ListedAsk>> {
		self.all_asks(self.url(ASKS, &[])).await
	}

	async fn all_asks(&self, route: Url) -> Result<Vec<ListedAsk>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = route.clone();
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: AskList = self.answer(request).await?;
			all.extend(page.asks);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Puts the answer off by 30 days, and waits until that is final.
	pub async fn extend_ask(
		&self,
		chart: &ChartId,
		ask: &AskId,
		why: &ExtendAsk,
	) -> Result<AskDone> {
		self.post(ASK_EXTENSION, &[("chart", &chart), ("ask", &ask)], why).await
	}

	/// Answers an ask, and waits until the answer is final.
	pub async fn answer_ask(
		&self,
		chart: &ChartId,
		ask: &AskId,
		answer: &AnswerAsk,
	) -> Result<AskAnswered> {
		self.post(ASK_ANSWER, &[("chart", &chart), ("ask", &ask)], answer).await
	}
}

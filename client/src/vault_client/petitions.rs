//! Petitions and legal holds.

use super::{VaultClient, ANSWER_TIMEOUT, FINALITY_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		AnswerPetition, HoldDone, HoldList, ListedPetition, PetitionAnswered, PetitionDone,
		PetitionList, PostedHold, PostedPetition, CHART_PETITIONS, PETITION, PETITIONS,
		PETITION_ANSWER, RECORD_HOLD, RECORD_HOLDS,
	},
};
use reqwest::{Method, Url};
use salus_primitives::ids::{ChartId, RecordId, Seal};

impl VaultClient {
	/// Asks the custodian to erase or amend a record, and waits until that is filed on the chain.
	pub async fn petition(
		&self,
		chart: &ChartId,
		petition: &PostedPetition,
	) -> Result<PetitionDone> {
		self.post(CHART_PETITIONS, &[("chart", &chart)], petition).await
	}

	/// What was asked about a chart's records, and the answers.
	pub async fn chart_petitions(&self, chart: &ChartId) -> Result<Vec<ListedPetition>> {
		self.all_petitions(self.url(CHART_PETITIONS, &[("chart", &chart)])).await
	}

	/// All petitions of the house: the open ones first, by due date.
	pub async fn petitions(&self) -> Result<Vec<ListedPetition>> {
		self.all_petitions(self.url(PETITIONS, &[])).await
	}

	async fn all_petitions(&self, route: Url) -> Result<Vec<ListedPetition>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = route.clone();
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: PetitionList = self.answer(request).await?;
			all.extend(page.petitions);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Takes a petition back.
	pub async fn withdraw_petition(&self, record: &RecordId, number: u32) -> Result<PetitionDone> {
		let request =
			self.request(Method::DELETE, PETITION, &[("record", &record), ("number", &number)])?;
		self.answer(request.timeout(FINALITY_TIMEOUT)).await
	}

	/// Answers a petition, and waits until the answer is final. A granted erasure is carried out then.
	pub async fn answer_petition(
		&self,
		record: &RecordId,
		number: u32,
		answer: &AnswerPetition,
	) -> Result<PetitionAnswered> {
		self.post(PETITION_ANSWER, &[("record", &record), ("number", &number)], answer)
			.await
	}

	/// Places a legal hold.
	pub async fn place_hold(&self, record: &RecordId, hold: &PostedHold) -> Result<HoldDone> {
		self.post(RECORD_HOLDS, &[("record", &record)], hold).await
	}

	/// Releases a legal hold.
	pub async fn release_hold(&self, record: &RecordId, seal: &Seal) -> Result<HoldDone> {
		let request =
			self.request(Method::DELETE, RECORD_HOLD, &[("record", &record), ("seal", &seal)])?;
		self.answer(request.timeout(FINALITY_TIMEOUT)).await
	}

	/// The legal holds on a record, with their matters.
	pub async fn holds(&self, record: &RecordId) -> Result<HoldList> {
		self.get(RECORD_HOLDS, &[("record", &record)]).await
	}
}

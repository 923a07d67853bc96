//! Finding a patient's chart in an emergency.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		encode_header, AskSearch, Disclosure, DisclosurePage, Findable, MissedSearch, Particulars,
		PutCard, SearchAnswer, SearchList, SetFindable, ShownInSearch, CHART_EMERGENCY_CARD,
		CHART_FINDABLE, CHART_PARTICULARS, SEARCHES, SEARCH_DISCLOSURES, SEARCH_HEADER,
	},
};
use reqwest::Method;
use salus_primitives::ids::{BreakGlassId, ChartId, Digest, OrganisationId};

impl VaultClient {
	/// From now on the chart is found by the code of this digest, and by none before it.
	pub async fn put_emergency_card(&self, chart: &ChartId, code: Digest) -> Result<()> {
		let request = self.request(Method::PUT, CHART_EMERGENCY_CARD, &[("chart", &chart)])?;
		self.send(request.timeout(ANSWER_TIMEOUT).json(&PutCard { code }))
			.await
			.map(drop)
	}

	/// Ends the chart's card.
	pub async fn revoke_emergency_card(&self, chart: &ChartId) -> Result<()> {
		let request = self.request(Method::DELETE, CHART_EMERGENCY_CARD, &[("chart", &chart)])?;
		self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
	}

	/// Whether and how the chart can be found.
	pub async fn findable(&self, chart: &ChartId) -> Result<Findable> {
		self.get(CHART_FINDABLE, &[("chart", &chart)]).await
	}

	/// Opts the chart out of being found, or in again.
	pub async fn set_findable(&self, chart: &ChartId, opted_out: bool) -> Result<Findable> {
		let request = self.request(Method::PUT, CHART_FINDABLE, &[("chart", &chart)])?;
		self.answer(request.timeout(ANSWER_TIMEOUT).json(&SetFindable { opted_out }))
			.await
	}

	/// Registers by which particulars the chart is found.
	pub async fn put_particulars(&self, chart: &ChartId, particulars: &Particulars) -> Result<()> {
		let request = self.request(Method::PUT, CHART_PARTICULARS, &[("chart", &chart)])?;
		self.send(request.timeout(ANSWER_TIMEOUT).json(particulars)).await.map(drop)
	}

	/// Forgets the particulars of a chart.
	pub async fn remove_particulars(&self, chart: &ChartId) -> Result<()> {
		let request = self.request(Method::DELETE, CHART_PARTICULARS, &[("chart", &chart)])?;
		self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
	}

	/// Asks by a search whether a chart is here.
	pub async fn search(&self, asked: &AskSearch) -> Result<SearchAnswer> {
		let request = self.request(Method::POST, SEARCHES, &[])?;
		self.answer(request.timeout(ANSWER_TIMEOUT).json(asked)).await
	}

	/// The searches that found nothing here, for a quality officer of the house.
	pub async fn searches(&self) -> Result<Vec<MissedSearch>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(SEARCHES, &[]);
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: SearchList = self.answer(request).await?;
			all.extend(page.searches);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// The log's lines of a search, for a quality officer of this house who shows it.
	pub async fn search_disclosures(
		&self,
		shown: &ShownInSearch,
		organisation: OrganisationId,
	) -> Result<Vec<Disclosure>> {
		let id: &BreakGlassId = &shown.shown.id;
		let header = encode_header(shown).map_err(|error| self.nonsense(error.to_string()))?;
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(SEARCH_DISCLOSURES, &[("emergency", &id)]);
			url.query_pairs_mut()
				.append_pair("organisation", &organisation.to_string())
				.append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: DisclosurePage = self.answer(request.header(SEARCH_HEADER, &header)).await?;
			all.extend(page.entries);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}
}

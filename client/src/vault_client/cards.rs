//! Cards with a PIN.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		CardList, CardUse, CardUsePage, ListedCard, OpenCard, OpenedCard, PostedCard, CARD_OPENING,
		CARD_UNLOCKING, CHART_CARD, CHART_CARDS, CHART_CARD_USES,
	},
};
use reqwest::Method;
use salus_primitives::ids::{ChartId, Digest};

impl VaultClient {
	/// Leaves a card at the vault, or seals anew one that is there.
	pub async fn put_card(
		&self,
		chart: &ChartId,
		card: &Digest,
		posted: &PostedCard,
	) -> Result<()> {
		let request =
			self.request(Method::PUT, CHART_CARD, &[("chart", &chart), ("card", &card)])?;
		self.send(request.timeout(ANSWER_TIMEOUT).json(posted)).await.map(drop)
	}

	/// Blocks a card.
	pub async fn remove_card(&self, chart: &ChartId, card: &Digest) -> Result<()> {
		let request =
			self.request(Method::DELETE, CHART_CARD, &[("chart", &chart), ("card", &card)])?;
		self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
	}

	/// The cards of a chart.
	pub async fn cards(&self, chart: &ChartId) -> Result<Vec<ListedCard>> {
		let list: CardList = self.get(CHART_CARDS, &[("chart", &chart)]).await?;
		Ok(list.cards)
	}

	/// All that happened with the cards of a chart.
	pub async fn card_uses(&self, chart: &ChartId) -> Result<Vec<CardUse>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(CHART_CARD_USES, &[("chart", &chart)]);
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: CardUsePage = self.answer(request).await?;
			all.extend(page.uses);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Asks for the vault's half of a card, for staff of its house.
	pub async fn open_card(&self, card: &Digest, asked: &OpenCard) -> Result<OpenedCard> {
		self.post(CARD_OPENING, &[("card", &card)], asked).await
	}

	/// Unlocks a card, for a records officer who saw the person.
	pub async fn unlock_card(&self, card: &Digest) -> Result<()> {
		let request = self.request(Method::POST, CARD_UNLOCKING, &[("card", &card)])?;
		self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
	}
}

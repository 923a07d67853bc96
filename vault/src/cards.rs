//! Cards with a PIN. The vault has one half of a guardian's key, which it can not open, and gives it to
//! staff of its house against the right PIN, of which it knows a hash.
//!
//! A wrong try is on disk before it is answered, so that neither a kill nor a second request at the same
//! time gives another one. After five in a row the card is locked, until a records officer who tried none
//! of them unlocks it; after fifty since it was made it stays locked, so that who tries a few before each
//! visit of its owner comes to an end too. Nobody who has not seen the printed card can name its id, and so
//! lock it.

use crate::{
	errors::{Error, Result},
	store::{CardRow, Rows, Store, StoreError, Writing, CARDS, CARD_USES, CHART_CARDS},
	vault::Vault,
};
use salus_client::vault_api::{
	CardBefore, CardEvent, CardList, CardOpening, CardPin, CardUse, CardUsePage, ListedCard,
	OpenCard, OpenedCard, PostedCard, CARD_TRIES, CARD_TRIES_EVER, CARD_UNLOCKINGS,
	CARD_USES_PER_PAGE, MAX_CARDS, MAX_CARD_VALIDITY, MAX_SEALED_CARD,
};
use salus_primitives::{
	codes::Role,
	ids::{AccountBytes, ChartId, Digest},
	time::Moment,
};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Who works at a desk.
const DESK: [Role; 2] = [Role::RecordsOfficer, Role::Clinician];

impl CardRow {
	fn tries(&self) -> u32 {
		u32::try_from(self.wrong.len()).unwrap_or(u32::MAX)
	}

	/// Wrong PINs that are left until it is locked.
	fn left(&self) -> u32 {
		let in_a_row = CARD_TRIES.saturating_sub(self.tries());
		in_a_row.min(CARD_TRIES_EVER.saturating_sub(self.wrong_ever))
	}

	fn is_locked(&self) -> bool {
		self.left() == 0
	}

	/// Whether nobody unlocks it, once it is locked.
	fn is_for_good(&self) -> bool {
		self.unlockings >= CARD_UNLOCKINGS || self.wrong_ever >= CARD_TRIES_EVER
	}
}

/// Takes a card from its patient, or the same card sealed anew.
pub(crate) async fn put(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	card: Digest,
	posted: PostedCard,
) -> Result<()> {
	vault.own_chart_now(chart, account).await?;
	let at = vault.node.finalised().await?.head().at;
	vault.stored(move |store| keep(store, account, chart, card, posted, at)).await
}

fn keep(
	store: &Store,
	account: AccountBytes,
	chart: ChartId,
	card: Digest,
	posted: PostedCard,
	at: Moment,
) -> Result<()> {
	let PostedCard { sealed, pin, until } = posted;
	if sealed.len() > MAX_SEALED_CARD {
		return Err(Error::Malformed(format!("a sealed card has at most {MAX_SEALED_CARD} bytes")));
	}
	store.write(|rows| {
		let known = rows.get(&CARDS, &card)?;
		if let Some(row) = known {
			// Whose it is else is told to nobody.
			if row.chart != chart || pin.is_some_and(|pin| pin.proof != row.proof) {
				return Err(Error::AlreadyExists(
					"another card has this id, or this one another PIN: make a new card",
				));
			}
			return Ok(rows.put(&CARDS, &card, &CardRow { sealed, ..row })?);
		}
		let CardPin { proof, pinned } = pin.ok_or(Error::CardUnknown)?;
		if until <= at || until > at.saturating_add(MAX_CARD_VALIDITY) {
			return Err(Error::Malformed("a card ends within 731 days from now".into()));
		}
		let mut of_chart = rows.get(&CHART_CARDS, &chart)?.unwrap_or_default();
		let mut left = Vec::with_capacity(of_chart.cards.len());
		for id in of_chart.cards {
			// What is over makes room.
			if rows.get(&CARDS, &id)?.is_some_and(|row| at < row.until) {
				left.push(id);
			} else {
				rows.remove(&CARDS, &id)?;
			}
		}
		if left.len() >= MAX_CARDS {
			return Err(Error::TooManyCards(MAX_CARDS));
		}
		left.push(card);
		of_chart.cards = left;
		rows.put(&CHART_CARDS, &chart, &of_chart)?;
		let row = CardRow {
			chart,
			sealed,
			proof,
			pinned,
			made: at,
			until,
			wrong: Vec::new(),
			wrong_ever: 0,
			wrong_before: 0,
			unlockings: 0,
			used: None,
		};
		rows.put(&CARDS, &card, &row)?;
		Ok(note(rows, &chart, CardUse { card, at, account, event: CardEvent::Made })?)
	})
}

/// Writes down what happened with a card.
fn note(rows: &Writing<'_>, chart: &ChartId, line: CardUse) -> Result<(), StoreError> {
	let mut of_chart = rows.get(&CHART_CARDS, chart)?.unwrap_or_default();
	rows.put(&CARD_USES, &(*chart, of_chart.uses), &line)?;
	of_chart.uses = of_chart.uses.saturating_add(1);
	rows.put(&CHART_CARDS, chart, &of_chart)
}

/// Blocks a card: nobody opens it any more. One that is not there is blocked already.
pub(crate) async fn block(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	card: Digest,
) -> Result<()> {
	vault.own_chart_now(chart, account).await?;
	let at = vault.node.finalised().await?.head().at;
	vault.stored(move |store| forget(store, account, chart, card, at)).await
}

fn forget(
	store: &Store,
	account: AccountBytes,
	chart: ChartId,
	card: Digest,
	at: Moment,
) -> Result<()> {
	store.write(|rows| {
		if rows.get(&CARDS, &card)?.is_none_or(|row| row.chart != chart) {
			return Ok(());
		}
		rows.remove(&CARDS, &card)?;
		let mut of_chart = rows.get(&CHART_CARDS, &chart)?.unwrap_or_default();
		of_chart.cards.retain(|known| *known != card);
		rows.put(&CHART_CARDS, &chart, &of_chart)?;
		Ok(note(rows, &chart, CardUse { card, at, account, event: CardEvent::Blocked })?)
	})
}

/// The cards of a chart, for its key.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<CardList> {
	vault.own_chart(chart, account).await?;
	vault.stored(move |store| listed(store, chart)).await
}

fn listed(store: &Store, chart: ChartId) -> Result<CardList> {
	let cards = store.read(|rows| {
		let known = rows.get(&CHART_CARDS, &chart)?.unwrap_or_default();
		known
			.cards
			.into_iter()
			.map(|card| {
				let row = rows.get(&CARDS, &card)?.ok_or(StoreError::Damaged)?;
				let (wrong, locked) = (row.tries(), row.is_locked());
				let CardRow { made, until, wrong_ever, unlockings, used, .. } = row;
				let used = used.map(|opening| opening.at);
				Ok(ListedCard { card, made, until, wrong, wrong_ever, locked, unlockings, used })
			})
			.collect::<Result<_, StoreError>>()
	})?;
	Ok(CardList { cards })
}

/// A page of what happened with the cards of a chart, for its key.
pub(crate) async fn uses(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	from: u32,
) -> Result<CardUsePage> {
	vault.own_chart(chart, account).await?;
	vault.stored(move |store| page(store, chart, from)).await
}

fn page(store: &Store, chart: ChartId, from: u32) -> Result<CardUsePage> {
	Ok(store.read(|rows| {
		let end = rows.get(&CHART_CARDS, &chart)?.unwrap_or_default().uses;
		let until = end.min(from.saturating_add(CARD_USES_PER_PAGE));
		let uses = (from..until)
			.map(|number| rows.get(&CARD_USES, &(chart, number))?.ok_or(StoreError::Damaged))
			.collect::<Result<_, _>>()?;
		Ok(CardUsePage { uses, next: (until < end).then_some(until) })
	})?)
}

/// Gives the vault's half of a card to staff of this house, against the right PIN.
pub(crate) async fn open(
	vault: &Arc<Vault>,
	account: AccountBytes,
	card: Digest,
	asked: OpenCard,
) -> Result<OpenedCard> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &DESK).await?;
	known(vault, card).await?;
	let limited = vault.ops.limits.card(card);
	limited.inspect_err(|_| vault.ops.metrics.limited("cards"))?;
	let at = at.head().at;
	vault.stored(move |store| attempt(store, account, card, &asked, at)).await
}

/// Refuses ids that no card has, before anything is remembered of them.
async fn known(vault: &Arc<Vault>, card: Digest) -> Result<()> {
	vault
		.stored(move |store| {
			store.read(|rows| rows.get(&CARDS, &card))?.map(drop).ok_or(Error::CardUnknown)
		})
		.await
}

fn attempt(
	store: &Store,
	account: AccountBytes,
	card: Digest,
	asked: &OpenCard,
	at: Moment,
) -> Result<OpenedCard> {
	// A refusal is written like the rest: what the transaction answers is told only once it is on disk.
	store.write::<_, Error>(|rows| {
		let row = rows.get(&CARDS, &card)?.filter(|row| at < row.until);
		let mut row = row.ok_or(Error::CardUnknown)?;
		if row.is_locked() {
			return Err(locked(&row));
		}
		let is_right = bool::from(Digest::of(&asked.proof).0.ct_eq(&row.proof.0));
		let (answer, event) = if is_right {
			let before = CardBefore {
				wrong: row.wrong_ever.saturating_sub(row.wrong_before),
				unlockings: row.unlockings,
				opened: row.used,
			};
			row.wrong.clear();
			row.wrong_before = row.wrong_ever;
			row.unlockings = 0;
			row.used = Some(CardOpening { at, account, task: asked.task });
			let opened = OpenedCard { sealed: row.sealed.clone(), pinned: row.pinned, before };
			(Ok(opened), CardEvent::Opened(asked.task))
		} else {
			row.wrong.push(account);
			row.wrong_ever = row.wrong_ever.saturating_add(1);
			(Err(Error::PinWrong(row.left())), CardEvent::WrongPin)
		};
		rows.put(&CARDS, &card, &row)?;
		note(rows, &row.chart, CardUse { card, at, account, event })?;
		Ok(answer)
	})?
}

fn locked(row: &CardRow) -> Error {
	Error::CardLocked { for_good: row.is_for_good() }
}

/// Unlocks a card, for a records officer who has seen the person. One that is not locked stays as it is.
pub(crate) async fn unlock(vault: &Arc<Vault>, account: AccountBytes, card: Digest) -> Result<()> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	let at = at.head().at;
	vault.stored(move |store| release(store, account, card, at)).await
}

fn release(store: &Store, account: AccountBytes, card: Digest, at: Moment) -> Result<()> {
	store.write(|rows| {
		let row = rows.get(&CARDS, &card)?.filter(|row| at < row.until);
		let mut row = row.ok_or(Error::CardUnknown)?;
		if !row.is_locked() {
			return Ok(());
		}
		if row.is_for_good() {
			return Err(locked(&row));
		}
		// Otherwise one who found a card could try on by themselves.
		if row.wrong.contains(&account) {
			return Err(Error::CardTried);
		}
		row.wrong.clear();
		row.unlockings = row.unlockings.saturating_add(1);
		rows.put(&CARDS, &card, &row)?;
		Ok(note(rows, &row.chart, CardUse { card, at, account, event: CardEvent::Unlocked })?)
	})
}

#[cfg(test)]
mod tests;

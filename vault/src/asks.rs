//! Asks: what patients ask of this house, and its answers.
//!
//! The chart's key files an ask, by a transaction that comes with its opening; the house's records officers
//! answer through the vault, which seals their words. Whatever is to be sealed on chain is on disk before
//! its transaction is sent, so that no seal is ever without its opening; what became of it is read from the
//! chain.

mod follow;

pub(crate) use follow::follow_forever;
use follow::refresh;

use crate::{
	clock::random,
	errors::{Error, Result},
	petitions::{on_duty, plain},
	store::{
		AskInboxRow, AskRow, Rows, StoreError, Writing, ASKS, ASKS_COMING, ASK_INBOX, CHART_ASKS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{At, Call, ChainError, Signed},
	vault_api::{
		AnswerAsk, AskAnswered, AskDone, AskList, ExtendAsk, Head, ListedAsk, PostedAsk,
		ASKS_PER_PAGE,
	},
};
use salus_primitives::{
	ask::{Ask, AskAnswerTerms, AskExtensionTerms, AskTerms},
	ids::{AccountBytes, AskId, ChartId, Salt, Seal},
	petition::Statement,
	seal::{Opening, Sealable},
	time::Moment,
};
use std::{cmp::Reverse, collections::HashMap, sync::Arc, time::Duration};
use tokio::time::sleep;
use tracing::Instrument;

/// Most asks of one chart that are kept. One more makes the vault forget the oldest that has ended.
const MOST_KEPT: usize = 256;
/// Most asks of one chart whose transactions are on their way. One more makes the vault forget the oldest.
const MOST_COMING: usize = 8;
/// Most different words whose transactions may be on their way.
const MOST_DRAFTS: usize = 8;
/// How often and how long to look for what is final at the head that the node tells.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Takes what a patient asks, and submits the transaction that files it. Sent again, answers the same.
pub(crate) async fn file(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	posted: PostedAsk,
) -> Result<AskDone> {
	vault.own_chart_now(chart, account).await?;
	let PostedAsk { id, opening, call } = posted;
	if opening.terms.chart != chart {
		return Err(Error::Malformed("the ask is about another chart".into()));
	}
	plain(&opening.terms.statement)?;
	let signed =
		Signed::read(call.transaction).map_err(|fault| Error::Malformed(fault.to_string()))?;
	if signed.signer() != account || signed.chart() != chart {
		return Err(Error::NotTheChartsKey);
	}
	let seal = opening.seal();
	if !signed.says(&Call::file_ask(chart, id, seal)) {
		return Err(Error::SealMismatch);
	}
	let working = Arc::clone(vault);
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		let row = AskRow {
			opening,
			known: None,
			extensions: Vec::new(),
			answers: Vec::new(),
			inbox: None,
		};
		working
			.stored(move |store| store.write(|rows| keep(rows, chart, id, row)))
			.await?;
		let sent = working.node.chain().await?.submit_signed(&signed).await;
		let is_it = |ask: &Ask| ask.id == id && ask.seal == seal;
		let looks = if sent.is_ok() { LOOKS } else { 1 };
		match (sent, seen(&working, chart, looks, is_it).await) {
			(_, Ok(Some((at, ask)))) => Ok(AskDone { ask: id, due: ask.due(), block: at.head() }),
			(Ok(_), Ok(None)) => Err(Error::NotFinalInTime),
			(Err(error), Ok(None)) if is_refused(&error) => {
				working
					.stored(move |store| store.write(|rows| drop_coming(rows, chart, id)))
					.await?;
				Err(told(error))
			},
			(Err(error), _) => Err(error.into()),
			(Ok(_), Err(error)) => Err(error),
		}
	};
	whole(task).await
}

/// Whether the chain refused it. What the pool refuses may be on its way already, by the same transaction sent
/// before.
const fn is_refused(error: &ChainError) -> bool {
	matches!(error, ChainError::Refused { .. } | ChainError::NotEnrolled { .. })
}

/// Goes on when the caller hangs up.
async fn whole<T: Send + 'static>(
	task: impl std::future::Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
	tokio::spawn(task.in_current_span())
		.await
		.map_err(|_| Error::Internal("work on an ask was broken off".into()))?
}

/// Keeps an ask that is about to be filed.
fn keep(rows: &Writing<'_>, chart: ChartId, id: AskId, row: AskRow) -> Result<()> {
	if let Some(known) = rows.get(&ASKS, &(chart, id))? {
		return if known.opening == row.opening { Ok(()) } else { Err(Error::SealMismatch) };
	}
	let mut list = rows.get(&CHART_ASKS, &chart)?.unwrap_or_default();
	let (mut coming, mut ended) = (Vec::new(), None);
	for id in &list {
		let known = rows.get(&ASKS, &(chart, *id))?.ok_or(StoreError::Damaged)?.known;
		match known {
			None => coming.push(*id),
			Some(ask) if !ask.is_open() && ended.is_none() => ended = Some(*id),
			Some(_) => {},
		}
	}
	if coming.len() >= MOST_COMING {
		// Its transaction has not come in for as long as it took to make all the others.
		if let Some(oldest) = coming.first() {
			remove(rows, chart, *oldest, &mut list)?;
		}
	}
	if list.len() >= MOST_KEPT {
		let oldest = ended.ok_or(Error::TooManyAsks)?;
		remove(rows, chart, oldest, &mut list)?;
	}
	list.push(id);
	rows.put(&CHART_ASKS, &chart, &list)?;
	rows.put(&ASKS_COMING, &chart, &chart)?;
	Ok(rows.put(&ASKS, &(chart, id), &row)?)
}

/// Drops an ask that the chain refused, unless it was filed by another transaction.
fn drop_coming(rows: &Writing<'_>, chart: ChartId, id: AskId) -> Result<()> {
	let Some(row) = rows.get(&ASKS, &(chart, id))? else { return Ok(()) };
	if row.known.is_some() {
		return Ok(());
	}
	let mut list = rows.get(&CHART_ASKS, &chart)?.unwrap_or_default();
	remove(rows, chart, id, &mut list)?;
	Ok(rows.put(&CHART_ASKS, &chart, &list)?)
}

/// Removes an ask, also from this list of its chart's.
fn remove(
	rows: &Writing<'_>,
	chart: ChartId,
	id: AskId,
	list: &mut Vec<AskId>,
) -> Result<(), StoreError> {
	if let Some(place) = rows.get(&ASKS, &(chart, id))?.and_then(|row| row.inbox) {
		rows.drop_at(&ASK_INBOX, place)?;
	}
	rows.remove(&ASKS, &(chart, id))?;
	list.retain(|known| *known != id);
	Ok(())
}

/// Looks at the finalised head until the chain has an ask of the chart like this, and brings what is kept
/// in line with it.
async fn seen(
	vault: &Arc<Vault>,
	chart: ChartId,
	looks: u32,
	is_it: impl Fn(&Ask) -> bool,
) -> Result<Option<(At, Ask)>> {
	for look in 0..looks {
		if look > 0 {
			sleep(LOOK_AGAIN).await;
		}
		let at = vault.node.finalised().await?;
		let views = at.asks(chart).await?;
		if let Some(view) = views.iter().find(|view| is_it(&view.ask)).copied() {
			let head = at.head().number;
			vault
				.stored(move |store| store.write(|rows| Ok(refresh(rows, chart, &views, head)?)))
				.await?;
			return Ok(Some((at, view.ask)));
		}
	}
	Ok(None)
}

/// Puts an ask into the vault that came with its custodian's holding.
pub(crate) fn arrived(
	rows: &Writing<'_>,
	chart: ChartId,
	known: Ask,
	opening: Opening<AskTerms>,
	extension: Option<Opening<AskExtensionTerms>>,
	answer: Option<Opening<AskAnswerTerms>>,
) -> Result<(), StoreError> {
	let place = AskInboxRow { chart, ask: known.id, due: known.due(), open: known.is_open() };
	let row = AskRow {
		opening,
		known: Some(known),
		extensions: extension.into_iter().collect(),
		answers: answer.into_iter().collect(),
		inbox: Some(rows.push(&ASK_INBOX, &place)?),
	};
	let mut list = rows.get(&CHART_ASKS, &chart)?.unwrap_or_default();
	if !list.contains(&known.id) {
		list.push(known.id);
		rows.put(&CHART_ASKS, &chart, &list)?;
	}
	rows.put(&ASKS, &(chart, known.id), &row)
}

/// Those of a chart that the chain has had, in order of arrival.
pub(crate) fn of(rows: &impl Rows, chart: ChartId) -> Result<Vec<(Ask, AskRow)>, StoreError> {
	let mut found = Vec::new();
	for id in rows.get(&CHART_ASKS, &chart)?.unwrap_or_default() {
		let row = rows.get(&ASKS, &(chart, id))?.ok_or(StoreError::Damaged)?;
		if let Some(ask) = row.known {
			found.push((ask, row));
		}
	}
	Ok(found)
}

impl AskRow {
	/// Opens why the answer was put off, if it was.
	pub(crate) fn extension(&self) -> Option<Opening<AskExtensionTerms>> {
		opens(&self.extensions, self.known?.extension?)
	}

	/// Opens the answer, if there is one.
	pub(crate) fn answer(&self) -> Option<Opening<AskAnswerTerms>> {
		opens(&self.answers, self.known?.answer?)
	}

	fn listed(self, ask: Ask, at: Moment) -> ListedAsk {
		ListedAsk {
			ask: ask.id,
			state: ask.state,
			filed: ask.filed,
			due: ask.due(),
			overdue: ask.is_overdue(at),
			extended: ask.extension.is_some(),
			extension: self.extension(),
			answer: self.answer(),
			opening: self.opening,
		}
	}
}

fn opens<T: Sealable + Clone>(drafts: &[Opening<T>], seal: Seal) -> Option<Opening<T>> {
	drafts.iter().find(|opening| opening.opens(&seal)).cloned()
}

/// The part of a list from this place on, and where the next one begins.
fn page<T>(list: &[T], from: u32) -> (&[T], Option<u32>) {
	let begin = usize::try_from(from).unwrap_or(usize::MAX).min(list.len());
	let end = from.saturating_add(ASKS_PER_PAGE);
	let until = usize::try_from(end).unwrap_or(usize::MAX).min(list.len());
	(list.get(begin..until).unwrap_or_default(), (until < list.len()).then_some(end))
}

/// A page of a chart's asks, for the chart's key: the newest first.
pub(crate) async fn of_chart(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	from: u32,
) -> Result<AskList> {
	vault.own_chart_now(chart, account).await?;
	let at = vault.node.fresh().await?;
	let views = at.asks(chart).await?;
	let Head { number, at: time, .. } = at.head();
	vault
		.stored(move |store| {
			store.write::<_, StoreError>(|rows| refresh(rows, chart, &views, number))?;
			let mut all = store.read(|rows| of(rows, chart))?;
			all.reverse();
			let (page, next) = page(&all, from);
			let asks = page.iter().map(|(ask, row)| row.clone().listed(*ask, time)).collect();
			Ok(AskList { asks, next })
		})
		.await
}

/// A page of all asks, for records officers: the open ones first, by due date.
pub(crate) async fn inbox(vault: &Arc<Vault>, account: AccountBytes, from: u32) -> Result<AskList> {
	let at = vault.node.fresh().await?;
	on_duty(vault, &at, account).await?;
	let (places, next) = vault
		.stored(move |store| {
			let all = store.read(|rows| sorted(rows))?;
			let (page, next) = page(&all, from);
			Ok((page.to_vec(), next))
		})
		.await?;
	// Patients withdraw past the vault: what is told is as the chain has it.
	let mut views = HashMap::new();
	for AskInboxRow { chart, .. } in &places {
		if !views.contains_key(chart) {
			views.insert(*chart, at.asks(*chart).await?);
		}
	}
	let Head { number, at: time, .. } = at.head();
	vault
		.stored(move |store| {
			store.write::<_, StoreError>(|rows| {
				views.iter().try_for_each(|(chart, views)| refresh(rows, *chart, views, number))
			})?;
			let asks = store.read(|rows| {
				let mut asks = Vec::with_capacity(places.len());
				for AskInboxRow { chart, ask, .. } in &places {
					// One may have been forgotten meanwhile.
					let row = rows.get(&ASKS, &(*chart, *ask))?;
					let known = row.and_then(|row| Some((row.known?, row)));
					asks.extend(known.map(|(ask, row)| row.listed(ask, time)));
				}
				Ok(asks)
			})?;
			Ok(AskList { asks, next })
		})
		.await
}

/// All asks, the open ones first, by due date, then the others, newest first.
fn sorted(rows: &impl Rows) -> Result<Vec<AskInboxRow>, StoreError> {
	let mut all = rows.first(&ASK_INBOX, usize::MAX)?;
	all.sort_by_key(|(number, row)| {
		let newest_first = Reverse(if row.open { 0 } else { *number });
		(!row.open, if row.open { row.due } else { 0 }, newest_first)
	});
	Ok(all.into_iter().map(|(_, row)| row).collect())
}

/// The ask as the chain has it, for a records officer.
async fn answered_by(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	id: AskId,
) -> Result<(At, Ask)> {
	let at = vault.node.fresh().await?;
	on_duty(vault, &at, account).await?;
	vault.chart(chart).await?;
	let views = at.asks(chart).await?;
	let found = views.iter().find(|view| view.ask.id == id).map(|view| view.ask);
	let head = at.head().number;
	let here = vault
		.stored(move |store| {
			store.write::<_, StoreError>(|rows| refresh(rows, chart, &views, head))?;
			Ok(store.read(|rows| rows.get(&ASKS, &(chart, id)))?)
		})
		.await?;
	// Nobody answers what this house can not read.
	let known = here.and_then(|row| row.known).ok_or(Error::AskUnknown)?;
	Ok((at, found.unwrap_or(known)))
}

/// Puts an answer off, for records officers. Asked again, answers the same.
pub(crate) async fn extend(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	id: AskId,
	asked: ExtendAsk,
) -> Result<AskDone> {
	said(&asked.statement, "an answer is put off with a reason: say why")?;
	let (at, ask) = answered_by(vault, account, chart, id).await?;
	let terms = AskExtensionTerms { chart, ask: id, statement: asked.statement };
	let salt = Salt(random()?);
	if ask.extension.is_some() {
		let row = row(vault, chart, id).await?;
		return match row.extension() {
			Some(known) if known.terms == terms => {
				Ok(AskDone { ask: id, due: ask.due(), block: at.head() })
			},
			_ => Err(Error::AlreadyExtended),
		};
	}
	if !ask.is_open() {
		return Err(Error::AskNotOpen);
	}
	if ask.is_overdue(at.head().at) {
		return Err(Error::ExtensionTooLate);
	}
	let opening = vault
		.stored(move |store| {
			store.write(|rows| {
				let mut row = rows.get(&ASKS, &(chart, id))?.ok_or(Error::AskUnknown)?;
				let opening = draft(&mut row.extensions, Opening { terms, salt })?;
				rows.put(&ASKS, &(chart, id), &row)?;
				Ok(opening)
			})
		})
		.await?;
	let seal = opening.seal();
	let is_done = move |ask: &Ask| ask.id == id && ask.extension == Some(seal);
	let (at, ask) = submit(vault, Call::extend_ask(chart, id, seal), chart, is_done).await?;
	Ok(AskDone { ask: id, due: ask.due(), block: at.head() })
}

/// Grants or refuses an ask, for records officers. Asked again, answers the same.
pub(crate) async fn answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	id: AskId,
	asked: AnswerAsk,
) -> Result<AskAnswered> {
	check(&asked)?;
	let (at, ask) = answered_by(vault, account, chart, id).await?;
	let AnswerAsk { granted, ground, statement } = asked;
	let terms = AskAnswerTerms { chart, ask: id, granted, ground, statement };
	let salt = Salt(random()?);
	if !ask.is_open() {
		let row = row(vault, chart, id).await?;
		return match row.answer() {
			Some(answer) if answer.terms == terms => {
				Ok(AskAnswered { ask: id, answer, block: at.head() })
			},
			_ => Err(Error::AskNotOpen),
		};
	}
	let opening = vault
		.stored(move |store| {
			store.write(|rows| {
				let mut row = rows.get(&ASKS, &(chart, id))?.ok_or(Error::AskUnknown)?;
				let opening = draft(&mut row.answers, Opening { terms, salt })?;
				rows.put(&ASKS, &(chart, id), &row)?;
				Ok(opening)
			})
		})
		.await?;
	let seal = opening.seal();
	let call = if granted { Call::grant_ask } else { Call::refuse_ask };
	let is_done = move |ask: &Ask| ask.id == id && ask.answer == Some(seal);
	let (at, _) = submit(vault, call(chart, id, seal), chart, is_done).await?;
	Ok(AskAnswered { ask: id, answer: opening, block: at.head() })
}

async fn row(vault: &Arc<Vault>, chart: ChartId, id: AskId) -> Result<AskRow> {
	vault
		.stored(move |store| {
			store.read(|rows| rows.get(&ASKS, &(chart, id)))?.ok_or(Error::AskUnknown)
		})
		.await
}

/// Whether an answer says what it must say, and nothing else.
fn check(asked: &AnswerAsk) -> Result<()> {
	if asked.granted == asked.ground.is_some() {
		return Err(Error::Malformed(
			"a refusal has a ground, and nothing else has: give one, or none".into(),
		));
	}
	if asked.granted {
		plain(&asked.statement)
	} else {
		said(&asked.statement, "a refusal says in words why, and what the patient can do: say it")
	}
}

/// Refuses words that are none.
fn said(statement: &Statement, otherwise: &str) -> Result<()> {
	plain(statement)?;
	if statement.as_str().trim().is_empty() {
		return Err(Error::Malformed(otherwise.into()));
	}
	Ok(())
}

/// Words that are about to be sealed on chain: those that were sent before and say the same, or new ones.
/// Different ones stay beside each other, for each may be on its way.
fn draft<T: Sealable + Clone + PartialEq>(
	drafts: &mut Vec<Opening<T>>,
	new: Opening<T>,
) -> Result<Opening<T>> {
	if let Some(known) = drafts.iter().find(|known| known.terms == new.terms) {
		return Ok(known.clone());
	}
	if drafts.len() >= MOST_DRAFTS {
		return Err(Error::Busy);
	}
	drafts.push(new.clone());
	Ok(new)
}

/// Submits a call about an ask as the vault's system account, and waits until the chain has what it does.
async fn submit(
	vault: &Arc<Vault>,
	call: Call,
	chart: ChartId,
	is_done: impl Fn(&Ask) -> bool + Send + 'static,
) -> Result<(At, Ask)> {
	let working = Arc::clone(vault);
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		match working.submit(&call).await {
			Ok(_) => seen(&working, chart, LOOKS, is_done).await?.ok_or(Error::NotFinalInTime),
			Err(error) => Err(told(error)),
		}
	};
	whole(task).await
}

/// What the chain refused, in the vault's own words where it has some.
fn told(error: ChainError) -> Error {
	let ChainError::Refused { error: name, .. } = &error else { return error.into() };
	match name.rsplit('.').next().unwrap_or_default() {
		"TooManyAsks" => Error::TooManyAsks,
		"AskNotOpen" => Error::AskNotOpen,
		"AlreadyExtended" => Error::AlreadyExtended,
		"ExtensionTooLate" => Error::ExtensionTooLate,
		_ => error.into(),
	}
}

#[cfg(test)]
mod tests;

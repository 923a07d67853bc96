//! What became of asks: the vault brings what it keeps in line with what the chain says.

use crate::{
	errors::{Error, Result},
	store::{
		AskInboxRow, Rows, StoreError, Writing, ASKS, ASKS_COMING, ASKS_SEEN, ASK_INBOX, CHART_ASKS,
	},
	vault::Vault,
};
use salus_primitives::{ask::Ask, codes::AskState, ids::ChartId, views::AskView};
use std::{sync::Arc, time::Duration};
use tokio::time::{interval, MissedTickBehavior};

/// How long it is from one page of charts to the next.
const LOOK_AGAIN: Duration = Duration::from_secs(6);
/// Charts with asks on their way that are looked at in one go.
const CHARTS: usize = 64;

/// The task that looks for asks that came in when nobody waited for them any more, until told to end: the office
/// is to see each, and its days run.
pub(crate) async fn follow_forever(vault: Arc<Vault>) {
	let mut after = None;
	let mut ticks = interval(LOOK_AGAIN);
	ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
	loop {
		let done = tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			_ = ticks.tick() => turn(&vault, &mut after).await,
		};
		match done {
			// It goes on at the next start.
			Err(Error::Stopping) => return,
			Err(error) => tracing::warn!(%error, "asks on their way can not be looked for yet"),
			Ok(()) => {},
		}
	}
}

/// Looks for those of the next page of charts; `after` says behind which it begins.
async fn turn(vault: &Arc<Vault>, after: &mut Option<Vec<u8>>) -> Result<()> {
	let from = after.take();
	let page = vault
		.stored(move |store| Ok(store.page(&ASKS_COMING, from.as_deref(), CHARTS)?))
		.await?;
	*after = page.last().map(|(place, _)| place.clone()).filter(|_| page.len() == CHARTS);
	if page.is_empty() {
		return Ok(());
	}
	let at = vault.node.finalised().await?;
	let head = at.head().number;
	for (_, chart) in page {
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping);
		}
		let views = at.asks(chart).await?;
		vault
			.stored(move |store| store.write(|rows| Ok(refresh(rows, chart, &views, head)?)))
			.await?;
	}
	Ok(())
}

/// Brings what is kept of a chart's asks in line with all that the chain has of them at this head. What an older
/// head says than one that was looked at is nothing new.
///
/// The chain forgets only what has ended. So one that was open when last seen, and is not there any more, has ended
/// too: as what, nothing says, and it counts as withdrawn at an unknown moment.
pub(super) fn refresh(
	rows: &Writing<'_>,
	chart: ChartId,
	views: &[AskView],
	head: u32,
) -> Result<(), StoreError> {
	if rows.get(&ASKS_SEEN, &chart)?.is_some_and(|seen| head < seen) {
		return Ok(());
	}
	let (mut is_new, mut comes) = (false, false);
	for id in rows.get(&CHART_ASKS, &chart)?.unwrap_or_default() {
		let mut row = rows.get(&ASKS, &(chart, id))?.ok_or(StoreError::Damaged)?;
		let mut views = views.iter().map(|view| view.ask);
		let ask = match (views.find(|ask| ask.id == id && row.opening.opens(&ask.seal)), row.known)
		{
			(Some(ask), _) => ask,
			(None, Some(known)) if known.is_open() => Ask { state: AskState::Withdrawn, ..known },
			(None, Some(_)) => continue,
			(None, None) => {
				comes = true;
				continue;
			},
		};
		if row.known == Some(ask) {
			continue;
		}
		is_new = true;
		row.known = Some(ask);
		if let Some(seal) = ask.extension {
			row.extensions.retain(|opening| opening.opens(&seal));
		}
		if let Some(seal) = ask.answer {
			row.answers.retain(|opening| opening.opens(&seal));
		}
		let place = AskInboxRow { chart, ask: id, due: ask.due(), open: ask.is_open() };
		match row.inbox {
			Some(inbox) => rows.set(&ASK_INBOX, inbox, &place)?,
			None => row.inbox = Some(rows.push(&ASK_INBOX, &place)?),
		}
		rows.put(&ASKS, &(chart, id), &row)?;
	}
	if is_new {
		rows.put(&ASKS_SEEN, &chart, &head)?;
	}
	if !comes {
		rows.remove(&ASKS_COMING, &chart)?;
	}
	Ok(())
}

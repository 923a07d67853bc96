//! Statements: what is released by a clinician's signed word while finality stalls, and its way to the chain.
//!
//! Whether a statement opens anything, the decision says, here and again at the key service, each by its own
//! node and clock. It is kept in the same write as the line of the log, before anything leaves; once finality is
//! back the house's machine posts it, so that it is accounted for and reviewed like a break-glass. Its id is
//! over all that it says, and posting it again does nothing: so it comes in exactly once, however often the
//! vault is killed.

use crate::{
	disclosures::{log_with, Access},
	errors::{Error, Result},
	guardians::Reader,
	store::{Rows, StoreError, Writing, STATEMENTS, STATEMENT_POSTS},
	vault::Vault,
};
use salus_client::{chain::Call, vault_api::SignedStatement};
use salus_primitives::{
	break_glass::{BreakGlassStatement, MAX_POSTING},
	decision::Basis,
	disclosure::Outcome,
	ids::BreakGlassId,
	time::Moment,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{interval, MissedTickBehavior};

/// Most statements that wait to be posted. More open nothing until some are.
const MAX_WAITING: usize = 4096;
/// Most of them of one clinician, who has signed one for each chart.
const MAX_OF_CLINICIAN: usize = 64;

/// Keeps the statement that a release was by, if it was by one, in the write of its line.
pub(crate) fn kept_with(
	reader: &Reader,
	basis: Basis,
) -> impl FnOnce(&Writing<'_>) -> Result<()> + Send + 'static {
	let said = reader.emergency().and_then(|shown| shown.statement_of(basis));
	move |rows| said.map_or(Ok(()), |said| keep(rows, &said))
}

/// Logs a release, and keeps the statement that it was by. Answers the entry's sequence.
pub(crate) async fn log_released(
	vault: &Arc<Vault>,
	access: Access,
	basis: Basis,
	reader: &Reader,
) -> Result<u32> {
	let kept = kept_with(reader, basis);
	let (sequence, ()) = log_with(vault, access, Outcome::Released(basis), kept).await?;
	Ok(sequence)
}

/// Keeps a statement, and has it posted.
fn keep(rows: &Writing<'_>, said: &SignedStatement) -> Result<()> {
	let (id, account) = (said.statement.id(), said.statement.account);
	if rows.get(&STATEMENTS, &id)?.is_some() {
		return Ok(());
	}
	let waiting = rows.first(&STATEMENT_POSTS, MAX_WAITING)?;
	let own = waiting.iter().filter(|(_, (_, of))| *of == account).count();
	if waiting.len() >= MAX_WAITING || own >= MAX_OF_CLINICIAN {
		return Err(Error::Busy);
	}
	rows.put(&STATEMENTS, &id, said)?;
	rows.push(&STATEMENT_POSTS, &(id, account))?;
	Ok(())
}

/// The task that posts, until told to end; then once more.
pub(crate) async fn post_forever(vault: Arc<Vault>, every: Duration) {
	let mut ticks = interval(every);
	ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
	loop {
		let last = tokio::select! {
			_ = ticks.tick() => false,
			() = vault.ops.farewell.closing() => true,
		};
		if let Err(error) = round(&vault).await {
			tracing::warn!(%error, "statements of emergencies wait to be posted");
		}
		if last {
			return;
		}
	}
}

/// Posts what waits, if finality is back.
async fn round(vault: &Arc<Vault>) -> Result<()> {
	let waiting = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&STATEMENT_POSTS, MAX_WAITING))?))
		.await?;
	if waiting.is_empty() {
		return Ok(());
	}
	match vault.node.fresh().await {
		Err(Error::HeadStale { .. }) => return Ok(()),
		fresh => drop(fresh?),
	}
	let mut failed = None;
	for (place, (id, _)) in waiting {
		// What the chain does not take now keeps none of the others waiting.
		if let Err(error) = advance(vault, place, id).await {
			failed = Some(error);
		}
	}
	failed.map_or(Ok(()), Err)
}

/// Brings a statement a step further.
async fn advance(vault: &Arc<Vault>, place: u64, id: BreakGlassId) -> Result<()> {
	let said = vault
		.stored(move |store| {
			Ok(store.read(|rows| rows.get(&STATEMENTS, &id)?.ok_or(StoreError::Damaged))?)
		})
		.await?;
	let at = vault.node.finalised().await?;
	let posted = at.break_glass(id).await?.is_some();
	match next(&said.statement, posted, at.head().at) {
		Next::Done => {},
		Next::TooLate => {
			tracing::error!(
				"a statement of an emergency could not be posted within 7 days: it stays here, and the \
				 council must be told"
			);
		},
		Next::Wait => return Ok(()),
		Next::Post => {
			let call = Call::post_break_glass(vault.organisation, &said.statement, &said.signature);
			vault.submit(&call).await?;
			if vault.node.finalised().await?.break_glass(id).await?.is_none() {
				// The next round finds it.
				return Ok(());
			}
		},
	}
	vault
		.stored(move |store| Ok(store.write(|rows| rows.drop_at(&STATEMENT_POSTS, place))?))
		.await
}

/// What to do with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
	/// It is on chain.
	Done,
	/// The chain takes it no more.
	TooLate,
	/// The chain's time is not there yet.
	Wait,
	/// Post it.
	Post,
}

/// What to do with a statement that is on chain or not, at this time of the chain.
fn next(statement: &BreakGlassStatement, posted: bool, now: Moment) -> Next {
	if posted {
		Next::Done
	} else if statement.at.saturating_add(MAX_POSTING) < now {
		Next::TooLate
	} else if now < statement.at {
		Next::Wait
	} else {
		Next::Post
	}
}

#[cfg(test)]
mod tests;

//! Rendezvous: an access request for whoever has the code that its requester shows.
//!
//! There is no sign-in: the patient has no chart here, and says nothing of who they are. The vault knows the
//! rendezvous, which follows one-way from the code and stands in the request's terms; who sends the code, and the
//! name of a use, gets the request. It is good for one use, which is on disk before the request leaves; who named
//! it goes on with it, and answers. Nobody else is told anything, and of a code that nobody made nothing is kept.

use crate::{
	clock::now,
	errors::{Error, Result},
	mailbox,
	store::{
		RendezvousEnd, RendezvousRow, RequestRow, Rows, Store, StoreError, Writing, CHARTS,
		LINKS_SINCE, RENDEZVOUS, RENDEZVOUS_ENDS, REQUESTS,
	},
	vault::Vault,
};
use salus_client::vault_api::{
	AnswerRendezvous, OpenRendezvous, PostedRequest, RENDEZVOUS_KNOWN_AFTER,
};
use salus_primitives::{
	codes::RequestState,
	ids::{AccountBytes, ChartId, Digest, RequestId},
	time::Moment,
};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Rows that are removed in one write.
const AT_ONCE: usize = 256;
/// Writes in a row; the next sweep goes on.
const STEPS: usize = 64;

/// Takes a request's opening from its requester.
pub(crate) async fn take(
	vault: &Arc<Vault>,
	account: AccountBytes,
	posted: PostedRequest,
) -> Result<()> {
	let view = mailbox::sent(vault, account, &posted).await?;
	if view.state != RequestState::Requested {
		return Err(Error::RequestNotOpen(view.state));
	}
	vault
		.stored(move |store| keep(store, account, posted, view.lapses, now()))
		.await
}

fn keep(
	store: &Store,
	requester: AccountBytes,
	posted: PostedRequest,
	lapses: Moment,
	at: Moment,
) -> Result<()> {
	let PostedRequest { id: request, opening } = posted;
	let rendezvous = opening.terms.chart;
	store.write(|rows| {
		match rows.get(&RENDEZVOUS, &rendezvous)? {
			Some(known) if known.request == request => return Ok(()),
			Some(_) => {
				return Err(Error::AlreadyExists(
					"another request has this rendezvous: send one with a new code",
				));
			},
			None => {},
		}
		// What lies in a chart's mailbox is for the chart's key alone.
		if rows.get(&REQUESTS, &request)?.is_some() || rows.get(&CHARTS, &rendezvous)?.is_some() {
			return Err(Error::AlreadyExists(
				"the request is to a chart here: put it into the chart's mailbox",
			));
		}
		let until = lapses.saturating_add(RENDEZVOUS_KNOWN_AFTER);
		let row = RequestRow { chart: rendezvous, requester, opening, answer: None };
		rows.put(&REQUESTS, &request, &row)?;
		let row = RendezvousRow { request, posted: at, used: None, until };
		rows.put(&RENDEZVOUS, &rendezvous, &row)?;
		rows.push(&RENDEZVOUS_ENDS, &RendezvousEnd { rendezvous, until })?;
		Ok(())
	})
}

/// Gives the request to whoever has the code, if nobody else got it before.
pub(crate) async fn open(
	vault: &Arc<Vault>,
	rendezvous: ChartId,
	shown: OpenRendezvous,
) -> Result<PostedRequest> {
	let id = admit(vault, rendezvous, &shown).await?;
	let attempt = Digest::of(&shown.attempt);
	vault
		.stored(move |store| {
			store.write(|rows| {
				let RequestRow { opening, .. } = begin(rows, rendezvous, attempt)?;
				Ok(PostedRequest { id, opening })
			})
		})
		.await
}

/// Takes the answer of who opened it.
pub(crate) async fn answer(
	vault: &Arc<Vault>,
	rendezvous: ChartId,
	asked: AnswerRendezvous,
) -> Result<()> {
	let AnswerRendezvous { by, answer } = asked;
	let json = mailbox::fit(&answer)?;
	let id = admit(vault, rendezvous, &by).await?;
	let attempt = Digest::of(&by.attempt);
	vault
		.stored(move |store| {
			store.write(|rows| {
				let row = begin(rows, rendezvous, attempt)?;
				Ok(rows.put(&REQUESTS, &id, &RequestRow { answer: Some(json), ..row })?)
			})
		})
		.await
}

/// The request, if the code is the right one and the chain has the request open.
async fn admit(
	vault: &Arc<Vault>,
	rendezvous: ChartId,
	shown: &OpenRendezvous,
) -> Result<RequestId> {
	if !bool::from(shown.code.id(&vault.genesis).0.ct_eq(&rendezvous.0)) {
		return Err(Error::RendezvousUnknown);
	}
	let row = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&RENDEZVOUS, &rendezvous))?))
		.await?
		.filter(|row| now() < row.until)
		.ok_or(Error::RendezvousUnknown)?;
	let limited = vault.ops.limits.rendezvous(rendezvous);
	limited.inspect_err(|_| vault.ops.metrics.limited("rendezvous"))?;
	let view = vault.node.fresh().await?.request(row.request).await?;
	match view.ok_or(Error::RequestUnknown)?.state {
		RequestState::Requested => Ok(row.request),
		over => Err(Error::RequestNotOpen(over)),
	}
}

/// Begins the one use, or goes on with it; gives the request.
fn begin(rows: &Writing<'_>, rendezvous: ChartId, attempt: Digest) -> Result<RequestRow> {
	let row = rows.get(&RENDEZVOUS, &rendezvous)?.ok_or(Error::RendezvousUnknown)?;
	// A backup knows nothing of the uses since it was made.
	let since = rows.get(&LINKS_SINCE, &())?;
	match row.used {
		Some(used) if bool::from(used.0.ct_eq(&attempt.0)) => {},
		None if since.is_none_or(|since| since < row.posted) => {
			let row = RendezvousRow { used: Some(attempt), ..row };
			rows.put(&RENDEZVOUS, &rendezvous, &row)?;
		},
		Some(_) | None => return Err(Error::RendezvousUsed),
	}
	Ok(rows.get(&REQUESTS, &row.request)?.ok_or(StoreError::Damaged)?)
}

/// Removes rendezvous whose requests lapsed a day before this moment; a bounded number of them. Gives how many.
pub(crate) async fn purge(vault: &Arc<Vault>, at: Moment) -> Result<usize> {
	let mut removed = 0usize;
	for _ in 0..STEPS {
		let step = vault.stored(move |store| purge_step(store, at)).await?;
		removed = removed.saturating_add(step);
		if step < AT_ONCE {
			break;
		}
	}
	Ok(removed)
}

/// In the order in which they came, so one may wait for another that lapses later, 30 days at most.
fn purge_step(store: &Store, at: Moment) -> Result<usize> {
	let over = |rows: Vec<(u64, RendezvousEnd)>| -> Vec<(u64, RendezvousEnd)> {
		rows.into_iter().take_while(|(_, row)| row.until <= at).collect()
	};
	if over(store.read(|rows| rows.first(&RENDEZVOUS_ENDS, 1))?).is_empty() {
		return Ok(0);
	}
	store.write(|rows| {
		let over = over(rows.first(&RENDEZVOUS_ENDS, AT_ONCE)?);
		for (number, RendezvousEnd { rendezvous, .. }) in &over {
			if let Some(RendezvousRow { request, .. }) = rows.get(&RENDEZVOUS, rendezvous)? {
				// An answer stays for the requester, as those by a mailbox do.
				if rows.get(&REQUESTS, &request)?.is_some_and(|row| row.answer.is_none()) {
					rows.remove(&REQUESTS, &request)?;
				}
				rows.remove(&RENDEZVOUS, rendezvous)?;
			}
			rows.drop_at(&RENDEZVOUS_ENDS, *number)?;
		}
		Ok(over.len())
	})
}

#[cfg(test)]
mod tests;

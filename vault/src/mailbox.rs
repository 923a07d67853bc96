//! The mailbox of a chart: access requests of this house's staff, and the patient's answers.

use crate::{
	errors::{Error, Result},
	store::{RequestRow, Rows, StoreError, CHARTS, CHART_REQUESTS, REQUESTS},
	vault::Vault,
};
use salus_client::vault_api::{MailboxRequest, PostedRequest, RequestAnswer, RequestList};
use salus_primitives::{
	ids::{AccountBytes, ChartId, RequestId},
	views::RequestView,
};
use std::sync::Arc;

/// Most requests in a list: the newest.
const MOST: u32 = 256;
/// Most custodians named in one answer.
const MAX_ANSWERS: usize = 64;
/// Longest endpoint, as the chain bounds it.
const MAX_ENDPOINT: usize = 128;

/// Takes a request's opening from its requester.
pub(crate) async fn take(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	posted: PostedRequest,
) -> Result<()> {
	vault.chart(chart).await?;
	sent(vault, account, &posted).await?;
	let PostedRequest { id, opening } = posted;
	if opening.terms.chart != chart {
		return Err(Error::SealMismatch);
	}
	vault
		.stored(move |store| {
			store.write(|rows| {
				if rows.get(&REQUESTS, &id)?.is_some() {
					return Ok(());
				}
				let mut row = rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?;
				let request = RequestRow { chart, requester: account, opening, answer: None };
				rows.put(&REQUESTS, &id, &request)?;
				rows.put(&CHART_REQUESTS, &(chart, row.requests), &id)?;
				row.requests = row.requests.saturating_add(1);
				Ok(rows.put(&CHARTS, &chart, &row)?)
			})
		})
		.await
}

/// The request as the chain has it, if this account sent it for this house and the opening is its own.
pub(crate) async fn sent(
	vault: &Arc<Vault>,
	account: AccountBytes,
	posted: &PostedRequest,
) -> Result<RequestView> {
	let id = posted.id;
	let view = vault
		.node
		.await_at_head(|at| async move { at.request(id).await })
		.await?
		.ok_or(Error::RequestUnknown)?;
	if view.requester != account || view.organisation != vault.organisation {
		return Err(Error::NotTheRequester);
	}
	if !posted.opening.opens(&view.seal) {
		return Err(Error::SealMismatch);
	}
	Ok(view)
}

/// The newest requests, for the chart's key.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<RequestList> {
	let end = vault.own_chart(chart, account).await?.requests;
	let requests = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				(end.saturating_sub(MOST)..end)
					.map(|place| {
						let id = rows
							.get(&CHART_REQUESTS, &(chart, place))?
							.ok_or(StoreError::Damaged)?;
						let row = rows.get(&REQUESTS, &id)?.ok_or(StoreError::Damaged)?;
						let answered = row.answer.is_some();
						Ok(MailboxRequest { id, opening: row.opening, answered })
					})
					.collect()
			})?)
		})
		.await?;
	Ok(RequestList { requests })
}

/// Takes the patient's answer. A later one replaces it: who declined may still approve.
pub(crate) async fn answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	id: RequestId,
	answer: RequestAnswer,
) -> Result<()> {
	vault.own_chart(chart, account).await?;
	let json = fit(&answer)?;
	vault
		.stored(move |store| {
			store.write(|rows| {
				let mut row = rows
					.get(&REQUESTS, &id)?
					.filter(|row| row.chart == chart)
					.ok_or(Error::RequestUnknown)?;
				row.answer = Some(json);
				Ok(rows.put(&REQUESTS, &id, &row)?)
			})
		})
		.await
}

/// The JSON of an answer that says what it must, within bounds.
pub(crate) fn fit(answer: &RequestAnswer) -> Result<Vec<u8>> {
	let too_long = answer.answers.iter().any(|answer| answer.endpoint.len() > MAX_ENDPOINT);
	if answer.answers.len() > MAX_ANSWERS || too_long {
		return Err(Error::Malformed(format!(
			"an answer names at most {MAX_ANSWERS} custodians, with endpoints of at most \
			 {MAX_ENDPOINT} bytes"
		)));
	}
	if answer.declined != answer.answers.is_empty() {
		return Err(Error::Malformed("an answer names custodians, or declines".into()));
	}
	serde_json::to_vec(answer).map_err(|error| Error::Internal(error.to_string()))
}

/// The patient's answer, for the requester.
pub(crate) async fn read_answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	id: RequestId,
) -> Result<RequestAnswer> {
	let row = vault
		.stored(move |store| {
			store.read(|rows| rows.get(&REQUESTS, &id))?.ok_or(Error::RequestUnknown)
		})
		.await?;
	if row.requester != account {
		return Err(Error::NotTheRequester);
	}
	let json = row.answer.ok_or(Error::NotAnswered)?;
	serde_json::from_slice(&json).map_err(|_| Error::StorageDamaged)
}

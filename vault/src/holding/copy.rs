//! The receiver's side: the task that copies a holding, makes the last pass, and takes the holding into
//! service or removes what was copied, as the finalised chain says.

use super::{
	activate::{activate, remove},
	bring::{bring, Giver},
	check::Parties,
	give::of_charts,
	hand::gives_to,
	told::{administrator, list},
	LOOK_AGAIN,
};
use crate::{
	custody::PullError,
	errors::{Error, Result},
	store::{ReceivingRow, Rows, Store, StoreError, HELD_CHARTS, RECEIVING},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{HandedChart, HoldingList, HoldingTotals, ReceiveHolding, ReceivingState},
	vault_client::VaultClient,
};
use salus_primitives::{
	ids::{AccountBytes, OrganisationId},
	time::Moment,
	views::HoldingView,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, Instant};

/// How long what is copied rests before it is looked at again.
const REFRESH: Duration = Duration::from_secs(60);
/// How far our node may trail the giver's.
const CATCH_UP: Duration = Duration::from_secs(5);
/// Charts that are read from the database at once.
const PAGE: usize = 256;

/// Has a holding copied, or the last pass made.
pub(crate) async fn receive(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: ReceiveHolding,
	last_pass: bool,
) -> Result<HoldingList> {
	let at = vault.node.fresh().await?;
	administrator(vault, &at, account).await?;
	let from = asked.from;
	let unknown = || {
		Error::Malformed("the chain knows no vault of that organisation: check its number".into())
	};
	let giver = at.organisation(from).await?.ok_or_else(unknown)?;
	if from == vault.organisation || giver.endpoint.is_empty() {
		return Err(unknown());
	}
	if !gives_to(&at.holding(from).await?, vault.organisation) {
		return Err(Error::HoldingNotOffered);
	}
	vault.stored(move |store| begin(store, from, last_pass)).await?;
	vault.holdings.note(from, None);
	vault.holdings.refresh_after(from, Duration::ZERO);
	vault.holdings.to_copy.notify_one();
	list(vault, account).await
}

/// Notes what is wanted. What is further already stays so.
pub(super) fn begin(store: &Store, from: OrganisationId, last_pass: bool) -> Result<()> {
	use ReceivingState as S;
	store.write(|rows| {
		let known = rows.first(&RECEIVING, usize::MAX)?.into_iter();
		let known = known.into_iter().find(|(_, row)| row.from == from);
		let (number, mut row) = match known {
			Some((number, row)) => (number, row),
			None => {
				let row = ReceivingRow::begun(from);
				(rows.push(&RECEIVING, &row)?, row)
			},
		};
		row.state = match row.state {
			S::Kept | S::Activating | S::Ready | S::Closing => return Ok(()),
			// Offered anew.
			S::Withdrawn => S::Copying,
			S::Copied if last_pass => S::Closing,
			S::Copying if last_pass => {
				return Err(Error::AlreadyExists(
					"the holding is still being copied: wait until it is copied, and then make the last \
					 pass",
				));
			},
			state => state,
		};
		if row.state == S::Closing {
			row.after = None;
		}
		Ok(rows.set(&RECEIVING, number, &row)?)
	})
}

/// The task that copies, until told to end.
pub(crate) async fn copy_forever(vault: Arc<Vault>) {
	loop {
		let busy = match step_all(&vault).await {
			Ok(busy) => busy,
			Err(error) => {
				tracing::warn!(%error, "holdings of others can not be looked at");
				true
			},
		};
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = vault.holdings.to_copy.notified() => {},
			() = sleep(LOOK_AGAIN), if busy => {},
		}
	}
}

/// Brings each holding a step further. Whether there is more to do.
async fn step_all(vault: &Arc<Vault>) -> Result<bool> {
	let all = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&RECEIVING, usize::MAX))?))
		.await?;
	let mut busy = false;
	for (number, row) in all {
		if row.is_over() || vault.ops.farewell.is_closing() {
			continue;
		}
		busy = true;
		let from = row.from;
		match step(vault, number, row).await {
			Ok(fault) => vault.holdings.note(from, fault),
			// It goes on at the next start.
			Err(PullError::Here(Error::Stopping)) => return Ok(false),
			Err(error) => {
				tracing::warn!(organisation = from, "a holding that is to be copied waits");
				vault.holdings.note(from, Some(error.to_string()));
			},
		}
	}
	Ok(busy)
}

/// What is to be done for a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
	/// Copy what is not here as it is there.
	Copy,
	/// The same now and then, until the last pass is asked for, so that little is left for that.
	Refresh,
	/// Nothing.
	Wait,
	/// Have the giver close and compare.
	Close,
	/// Take it into service.
	Activate,
	/// Remove what was copied.
	Remove,
	/// It was not accepted in time; another last pass is needed.
	Expire,
}

/// What the chain's word at this moment of it means for a holding that is so far.
pub(super) fn next(
	row: &ReceivingRow,
	view: &HoldingView,
	here: OrganisationId,
	at: Moment,
) -> Next {
	use ReceivingState as S;
	let ours = view.given == Some(here);
	if !ours && view.offered != Some(here) {
		// Given to another, or offered to nobody.
		return match row.state {
			S::Activating => Next::Activate,
			_ => Next::Remove,
		};
	}
	match row.state {
		S::Copying => Next::Copy,
		S::Copied if ours => Next::Close,
		S::Copied => Next::Refresh,
		S::Closing => Next::Close,
		// Accepted while the giver was closed: what is here is all there is.
		S::Ready if ours && row.ready_until.is_none_or(|until| at <= until) => Next::Activate,
		S::Ready if ours => Next::Close,
		S::Ready if row.ready_until.is_some_and(|until| until < at) => Next::Expire,
		S::Ready => Next::Wait,
		S::Activating => Next::Activate,
		S::Kept | S::Withdrawn => Next::Wait,
	}
}

/// Brings a holding a step further. Why it does not go on, where that is no fault.
async fn step(
	vault: &Arc<Vault>,
	number: u64,
	row: ReceivingRow,
) -> Result<Option<String>, PullError> {
	let at = vault.node.fresh().await?;
	let from = row.from;
	let view = at.holding(from).await?;
	match next(&row, &view, vault.organisation, at.head().at) {
		Next::Wait => Ok(None),
		Next::Expire => {
			set(vault, number, |row| {
				row.state = ReceivingState::Copied;
				row.ready_until = None;
			})
			.await?;
			Ok(None)
		},
		Next::Remove => {
			remove(vault, from).await?;
			set(vault, number, |row| {
				*row = ReceivingRow {
					state: ReceivingState::Withdrawn,
					..ReceivingRow::begun(row.from)
				};
			})
			.await?;
			tracing::info!(
				organisation = from,
				"a holding is not offered any more; its copy is removed"
			);
			Ok(None)
		},
		Next::Activate => {
			set(vault, number, |row| row.state = ReceivingState::Activating).await?;
			activate(vault, from).await?;
			set(vault, number, |row| row.state = ReceivingState::Kept).await?;
			tracing::info!(organisation = from, "a holding is in service");
			Ok(None)
		},
		// After a pass, also one in which something was wrong.
		Next::Copy | Next::Refresh if !vault.holdings.refresh_is_due(from) => {
			Ok(vault.holdings.fault(from))
		},
		Next::Copy | Next::Refresh => {
			let began = Instant::now();
			let client = giver(vault, &at, from).await?;
			let fault = pass(vault, &client, number, row, &view).await?;
			if fault.is_none() {
				set(vault, number, |row| {
					if row.state == ReceivingState::Copying {
						row.state = ReceivingState::Copied;
					}
				})
				.await?;
			}
			// At most half of the time goes into it.
			vault.holdings.refresh_after(from, began.elapsed().max(REFRESH));
			Ok(fault)
		},
		Next::Close => close(vault, &at, number, row, &view).await,
	}
}

/// Has the giver close, copies what differs, and compares.
async fn close(
	vault: &Arc<Vault>,
	at: &At,
	number: u64,
	row: ReceivingRow,
	view: &HoldingView,
) -> Result<Option<String>, PullError> {
	let from = row.from;
	let client = giver(vault, at, from).await?;
	set(vault, number, |row| row.state = ReceivingState::Closing).await?;
	let closed = client.close_holding(vault.organisation, true).await?;
	let Some(totals) = closed.totals else {
		return Ok(Some(format!(
			"the giver's vault is closed and has {} things on their way to the chain",
			closed.waiting
		)));
	};
	if own_totals(vault, from).await? != totals {
		let fault = pass(vault, &client, number, row, view).await?;
		let again = client.close_holding(vault.organisation, true).await?;
		let same = again.totals == Some(own_totals(vault, from).await?);
		if !same || again.until != closed.until {
			return Ok(Some(fault.unwrap_or_else(|| {
				"what is here is not yet what the giver's vault has; it is compared again".into()
			})));
		}
	}
	match closed.until {
		Some(until) => {
			set(vault, number, move |row| {
				row.state = ReceivingState::Ready;
				row.ready_until = Some(until);
			})
			.await?;
			Ok(None)
		},
		// It moved: nothing changes there any more.
		None => {
			set(vault, number, |row| row.state = ReceivingState::Activating).await?;
			vault.holdings.to_copy.notify_one();
			Ok(None)
		},
	}
}

/// The giver's vault, where this house's system account is signed in.
async fn giver(vault: &Vault, at: &At, from: OrganisationId) -> Result<VaultClient, PullError> {
	let unknown = || Error::Malformed("the chain knows no vault of that organisation".into());
	let known = at.organisation(from).await?.ok_or_else(unknown)?;
	let endpoint = String::from_utf8(known.endpoint).map_err(|_| unknown())?;
	let mut client = VaultClient::new(&endpoint)?;
	client.sign_in(&vault.system, &vault.genesis, from).await?;
	Ok(client)
}

/// Goes over all charts of the giver from where it was broken off. What is wrong with one of them does not
/// hold up the others; it is told, and the pass begins anew later.
async fn pass(
	vault: &Arc<Vault>,
	client: &VaultClient,
	number: u64,
	row: ReceivingRow,
	view: &HoldingView,
) -> Result<Option<String>, PullError> {
	let parties = Parties {
		genesis: vault.genesis,
		from: row.from,
		keeper: view.keeper,
		here: vault.organisation,
	};
	let (mut after, mut fault) = (row.after, None);
	loop {
		let page = client.handed_charts(vault.organisation, after.as_deref()).await?;
		for chart in page.charts {
			if vault.ops.farewell.is_closing() {
				return Err(Error::Stopping.into());
			}
			match bring_patiently(vault, client, parties, chart).await {
				Ok(_) => {},
				Err(error @ PullError::Wrong(_)) => fault = Some(error.to_string()),
				Err(error) => return Err(error),
			}
		}
		if page.next.is_some() && page.next == after {
			return Err(PullError::Wrong("pages that do not advance"));
		}
		after = page.next;
		let place = after.clone();
		set(vault, number, move |row| {
			row.after = place;
			(row.charts_of, row.records_of) = (page.charts_of, page.records_of);
		})
		.await?;
		if after.is_none() {
			return Ok(fault);
		}
	}
}

/// Brings a chart here. Looks once more where it does not fit the chain: our node may trail the giver's.
async fn bring_patiently(
	vault: &Arc<Vault>,
	client: &VaultClient,
	parties: Parties,
	chart: HandedChart,
) -> Result<bool, PullError> {
	let mut again = false;
	loop {
		let at = vault.node.fresh().await?;
		match bring(vault, &Giver { client, at: &at, parties }, chart).await {
			Err(PullError::Wrong(_)) if !again => again = true,
			brought => return brought,
		}
		sleep(CATCH_UP).await;
	}
}

/// What is here of a holding, counted as the giver counts.
async fn own_totals(vault: &Arc<Vault>, from: OrganisationId) -> Result<HoldingTotals> {
	vault.stored(move |store| Ok(of_charts(held(store, from)?))).await
}

/// The charts that are here of a holding.
pub(super) fn held(store: &Store, from: OrganisationId) -> Result<Vec<HandedChart>, StoreError> {
	let (mut all, mut after) = (Vec::new(), None::<Vec<u8>>);
	loop {
		let page = store.page(&HELD_CHARTS, after.as_deref(), PAGE)?;
		let Some((last, _)) = page.last() else { return Ok(all) };
		after = Some(last.clone());
		all.extend(page.into_iter().filter(|(_, held)| held.from == from).map(|(_, held)| held.of));
	}
}

/// Changes what is kept of a holding.
async fn set(
	vault: &Arc<Vault>,
	number: u64,
	change: impl FnOnce(&mut ReceivingRow) + Send + 'static,
) -> Result<()> {
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				let mut row = rows.at(&RECEIVING, number)?.ok_or(StoreError::Damaged)?;
				change(&mut row);
				rows.set(&RECEIVING, number, &row)
			})?)
		})
		.await
}

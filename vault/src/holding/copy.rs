//! The receiver's side: the task that copies a holding, makes the last pass, and takes the holding into
//! service or removes what was copied, as the finalised chain says.

use super::{
	activate::{drop_unused, remove},
	give::of_charts,
	hand::gives_to,
	last::{close, confirm, expire, one_by_one, ONE_BY_ONE},
	pass::{go_on, take_rest, For},
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
use std::{
	collections::{HashMap, HashSet},
	future::Future,
	sync::Arc,
	time::Duration,
};
use tokio::{
	task::{Id, JoinSet},
	time::sleep,
};
use tracing::Instrument;

/// How long what is copied rests before it is looked at again.
const REFRESH: Duration = Duration::from_secs(60);
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

/// Notes what is wanted. What is further already stays so; a last pass that is asked for anew asks the giver
/// anew.
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
			S::Kept | S::Activating | S::Closing => return Ok(()),
			// Offered anew.
			S::Withdrawn => S::Copying,
			S::Copied | S::Ready if last_pass => S::Closing,
			S::Copying if last_pass => {
				return Err(Error::AlreadyExists(
					"the holding is still being copied: wait until it is copied, and then make the last \
					 pass",
				));
			},
			state => state,
		};
		if row.state == S::Closing {
			if one_by_one(rows, from)? > 0 {
				return Err(Error::AlreadyExists(ONE_BY_ONE));
			}
			(row.after, row.until, row.closing, row.again) = (None, None, None, true);
		}
		Ok(rows.set(&RECEIVING, number, &row)?)
	})
}

/// What is worked on at once: a task for each, so that none waits for another.
#[derive(Default)]
pub(super) struct Tasks {
	set: JoinSet<()>,
	numbers: HashMap<Id, u64>,
}

impl Tasks {
	/// Begins to work on this one, unless that goes on.
	pub(super) fn begin(&mut self, number: u64, work: impl Future<Output = ()> + Send + 'static) {
		if self.numbers.values().all(|known| *known != number) {
			let task = self.set.spawn(work);
			self.numbers.insert(task.id(), number);
		}
	}

	/// Waits until one ends; for ever if there is none. Whether it ended as it should.
	pub(super) async fn ended(&mut self) -> bool {
		match self.set.join_next_with_id().await {
			Some(Ok((id, ()))) => {
				self.numbers.remove(&id);
				true
			},
			Some(Err(error)) => {
				self.numbers.remove(&error.id());
				false
			},
			None => std::future::pending().await,
		}
	}

	/// Waits until all have ended.
	async fn all_ended(&mut self) {
		while self.set.join_next().await.is_some() {}
	}
}

/// The task that copies, until told to end.
pub(crate) async fn copy_forever(vault: Arc<Vault>) {
	let mut tasks = Tasks::default();
	let mut swept = HashSet::new();
	loop {
		let known = vault
			.stored(|store| Ok(store.read(|rows| rows.first(&RECEIVING, usize::MAX))?))
			.await;
		let mut again = false;
		match known {
			Ok(all) => {
				for (number, row) in all {
					if !row.is_over() {
						let work = work_on(Arc::clone(&vault), number, row.from);
						tasks.begin(number, work.instrument(tracing::Span::current()));
					} else if row.state == ReceivingState::Kept && !swept.contains(&row.from) {
						match drop_unused(&vault, row.from).await {
							Ok(()) => drop(swept.insert(row.from)),
							Err(error) => {
								tracing::warn!(%error, "ciphertexts of no use can not be removed");
								again = true;
							},
						}
					}
				}
			},
			Err(error) => {
				tracing::warn!(%error, "holdings of others can not be looked at");
				again = true;
			},
		}
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => {
				tasks.all_ended().await;
				return;
			},
			() = vault.holdings.to_copy.notified() => {},
			fine = tasks.ended() => {
				if !fine {
					tracing::error!("work on a holding of another was broken off; it begins anew");
					sleep(LOOK_AGAIN).await;
				}
			},
			() = sleep(REFRESH), if again => {},
		}
	}
}

/// Brings one holding further, turn by turn, until nothing more becomes of it.
async fn work_on(vault: Arc<Vault>, number: u64, from: OrganisationId) {
	loop {
		let known = vault
			.stored(move |store| Ok(store.read(|rows| rows.at(&RECEIVING, number))?))
			.await;
		let rests = match known {
			Ok(Some(row)) if !row.is_over() => match step(&vault, number, row).await {
				Ok(Turn::More) => false,
				Ok(Turn::Rest(fault)) => {
					vault.holdings.note(from, fault);
					true
				},
				// It goes on at the next start.
				Err(PullError::Here(Error::Stopping)) => return,
				Err(error) => {
					tracing::warn!(organisation = from, "a holding that is to be copied waits");
					vault.holdings.note(from, Some(error.to_string()));
					true
				},
			},
			Ok(_) => return,
			Err(error) => {
				tracing::warn!(%error, "a holding of another can not be looked at");
				true
			},
		};
		if vault.ops.farewell.is_closing() {
			return;
		}
		if rests {
			tokio::select! {
				biased;
				() = vault.ops.farewell.closing() => return,
				() = sleep(LOOK_AGAIN) => {},
			}
		}
	}
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
	/// There is more to do at once.
	More,
	/// Later; and why it does not go on, where something is wrong.
	Rest(Option<String>),
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
	/// Ask the giver whether all is still as it was when that was compared.
	Confirm,
	/// Take into service, chart by chart, what is here as the giver has it.
	Take,
	/// Take all that is here into service.
	Activate,
	/// Remove what was copied.
	Remove,
	/// It was not accepted in time, or the last pass was not made in time; another is needed.
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
	let activating = if row.confirmed { Next::Activate } else { Next::Take };
	match row.state {
		S::Kept | S::Withdrawn => Next::Wait,
		S::Activating => activating,
		// Given to another, or offered to nobody.
		_ if !ours && view.offered != Some(here) => Next::Remove,
		S::Ready if ours => Next::Confirm,
		// Accepted too early.
		S::Copying | S::Copied | S::Closing if ours => Next::Take,
		S::Copying => Next::Copy,
		S::Copied => Next::Refresh,
		S::Closing | S::Ready if row.until.is_some_and(|until| until < at) => Next::Expire,
		S::Closing => Next::Close,
		S::Ready => Next::Wait,
	}
}

/// Brings a holding a step further.
async fn step(vault: &Arc<Vault>, number: u64, row: ReceivingRow) -> Result<Turn, PullError> {
	let at = vault.node.fresh().await?;
	let from = row.from;
	let view = at.holding(from).await?;
	let passes = &vault.holdings.passes;
	match next(&row, &view, vault.organisation, at.head().at) {
		Next::Wait => Ok(Turn::Rest(None)),
		Next::Expire => {
			let fault = match row.state {
				ReceivingState::Ready => {
					"it was not accepted in time: make the last pass again".into()
				},
				_ => format!(
					"the last pass was not done in time, and the giver serves again: {}",
					vault.holdings.fault(from).unwrap_or_else(|| "it took too long".into())
				),
			};
			expire(vault, number).await?;
			passes.end(from);
			// It stands there until the next look is due.
			vault.holdings.refresh_after(from, REFRESH);
			Ok(Turn::Rest(Some(fault)))
		},
		Next::Remove => {
			remove(vault, from).await?;
			passes.end(from);
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
			Ok(Turn::Rest(None))
		},
		Next::Activate => {
			take_rest(vault, from).await?;
			if is_empty(vault, from).await? {
				return kept(vault, number, from).await;
			}
			// What is wrong may be mended at the giver's.
			set(vault, number, |row| (row.confirmed, row.after) = (false, None)).await?;
			Ok(Turn::Rest(passes.told(from)))
		},
		Next::Take => take(vault, &at, number, row, &view).await,
		// After a pass, also one in which something was wrong.
		Next::Copy | Next::Refresh
			if !passes.goes_on(from) && !vault.holdings.refresh_is_due(from) =>
		{
			Ok(Turn::Rest(vault.holdings.fault(from)))
		},
		Next::Copy | Next::Refresh => {
			let client = giver(vault, &at, from).await?;
			if !go_on(vault, &client, (number, &row), &view, For::Copy).await? {
				return Ok(Turn::More);
			}
			let fault = passes.told(from);
			if fault.is_none() {
				set(vault, number, |row| {
					if row.state == ReceivingState::Copying {
						row.state = ReceivingState::Copied;
					}
				})
				.await?;
			}
			// At most half of the time goes into it.
			vault.holdings.refresh_after(from, passes.took(from).max(REFRESH));
			Ok(Turn::Rest(fault))
		},
		Next::Close => close(vault, &at, number, row, &view).await,
		Next::Confirm => confirm(vault, &at, number, row).await,
	}
}

/// Goes over the giver's charts and takes into service what is here as it is there.
async fn take(
	vault: &Arc<Vault>,
	at: &At,
	number: u64,
	row: ReceivingRow,
	view: &HoldingView,
) -> Result<Turn, PullError> {
	let from = row.from;
	let passes = &vault.holdings.passes;
	if row.state != ReceivingState::Activating {
		// From the first chart on: what is not met is what the giver has no more.
		passes.end(from);
		set(vault, number, |row| {
			row.state = ReceivingState::Activating;
			row.after = None;
		})
		.await?;
		vault.holdings.refresh_after(from, Duration::ZERO);
		return Ok(Turn::More);
	}
	let client = giver(vault, at, from).await?;
	if !passes.goes_on(from) {
		if !vault.holdings.refresh_is_due(from) {
			return Ok(Turn::Rest(vault.holdings.fault(from)));
		}
		// What is on its way there is part of a chart, too.
		let closed = client.close_holding(vault.organisation, false).await?;
		if closed.until.is_some() || closed.totals.is_none() {
			let fault = format!(
				"it was accepted before it was ready, and the giver's vault has {} things on their way",
				closed.waiting
			);
			go_on(vault, &client, (number, &row), view, For::Copy).await?;
			passes.end(from);
			return Ok(Turn::Rest(Some(closed.fault.unwrap_or(fault))));
		}
	}
	if !go_on(vault, &client, (number, &row), view, For::Service).await? {
		return Ok(Turn::More);
	}
	match passes.told(from) {
		None if is_empty(vault, from).await? => kept(vault, number, from).await,
		fault => {
			vault.holdings.refresh_after(from, REFRESH);
			Ok(Turn::Rest(fault))
		},
	}
}

/// Whether nothing more of the holding is held.
async fn is_empty(vault: &Arc<Vault>, from: OrganisationId) -> Result<bool> {
	vault.stored(move |store| Ok(held(store, from)?.is_empty())).await
}

/// Notes that all is in service. Only then what is of no use is removed.
async fn kept(vault: &Arc<Vault>, number: u64, from: OrganisationId) -> Result<Turn, PullError> {
	set(vault, number, |row| row.state = ReceivingState::Kept).await?;
	tracing::info!(organisation = from, "a holding is in service");
	vault.holdings.to_copy.notify_one();
	vault.custody.to_take();
	Ok(Turn::Rest(None))
}

/// The giver's vault, where this house's system account is signed in.
pub(super) async fn giver(
	vault: &Vault,
	at: &At,
	from: OrganisationId,
) -> Result<VaultClient, PullError> {
	let unknown = || Error::Malformed("the chain knows no vault of that organisation".into());
	let known = at.organisation(from).await?.ok_or_else(unknown)?;
	let endpoint = String::from_utf8(known.endpoint).map_err(|_| unknown())?;
	let mut client = VaultClient::new(&endpoint)?;
	client.sign_in(&vault.system, &vault.genesis, from).await?;
	Ok(client)
}

/// What is here of a holding, counted as the giver counts.
pub(super) async fn own_totals(vault: &Arc<Vault>, from: OrganisationId) -> Result<HoldingTotals> {
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
pub(super) async fn set(
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

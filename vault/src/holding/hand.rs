//! The giver's side: what the receiver's vault gets. It signs in as its organisation's system account, and
//! the finalised chain says that the holding is offered to it or that it took it over. The receipt is in a
//! chart's log before anything of the chart leaves.

use super::{
	asked::{count, on_its_way, AskedChart},
	give::{self, handed, moved_records, open_transfers, rows_of},
	note, Own,
};
use crate::{
	clock::random,
	disclosures::{log_in_any_case, Access},
	errors::{Error, Result},
	own_entry::{self, inclusion},
	store::{
		bulk::{BATCH_NODES, NODES},
		ClosedRow, Rows, Store, StoreError, BATCHES, BATCH_POSTERS, CHARTS, HANDED, HOLDING_CLOSED,
		RECORDS,
	},
	vault::Vault,
};
use bytes::Bytes;
use futures::Stream;
use salus_client::{
	chain::At,
	envelope::Wrap,
	vault_api::{
		HandOverHolding, HandOverRecord, HandedCharts, HandedLeaves, HandedNodes, HandedRow,
		HandedRows, HoldingClosed, HANDED_CHARTS_PER_PAGE, HANDED_ROWS_PER_PAGE,
		HANDED_RUNS_PER_PAGE, HOLDING_CLOSED_FOR, MAX_HANDED_OVER,
	},
};
use salus_primitives::{
	codes::{Action, Purpose, Role},
	decision::{Accessor, Basis},
	disclosure::{Outcome, Subject},
	ids::{AccountBytes, BatchId, ChartId, OrganisationId, RecordId},
	time::Moment,
	views::HoldingView,
};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};

/// How long the key service's node may trail ours.
const CATCH_UP: Duration = Duration::from_secs(5);
/// How often to ask it meanwhile.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Who receives the holding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Successor {
	pub(crate) account: AccountBytes,
	pub(crate) organisation: OrganisationId,
}

impl Successor {
	/// The fresh head, at which the account is a system account of that organisation in good standing, and
	/// the holding is offered to it, or was taken over by it.
	async fn at(&self, vault: &Vault) -> Result<(At, HoldingView)> {
		let at = vault.node.fresh().await?;
		let reasons = at.standing(self.account, self.organisation, Role::System).await?;
		if let Some(reason) = reasons.iter().next() {
			return Err(Error::NotInStanding(reason));
		}
		let view = at.holding(vault.organisation).await?;
		if gives_to(&view, self.organisation) {
			Ok((at, view))
		} else {
			Err(Error::HoldingNotOffered)
		}
	}
}

/// Whether the holding is offered to that organisation, or was taken over by it.
pub(super) fn gives_to(view: &HoldingView, to: OrganisationId) -> bool {
	to != view.organisation && (view.offered == Some(to) || view.given == Some(to))
}

/// A page of the charts, with what tells whether they changed.
pub(crate) async fn charts(
	vault: &Arc<Vault>,
	successor: Successor,
	after: Option<String>,
) -> Result<HandedCharts> {
	successor.at(vault).await?;
	let after = after.map(hex::decode).transpose().map_err(|_| {
		Error::Malformed("the place of a page is not one that a page before told".into())
	})?;
	vault
		.stored(move |store| {
			let page = give::page(store, after.as_deref(), HANDED_CHARTS_PER_PAGE)?;
			let give::Page { charts, unreadable, last } = page;
			let (charts_of, records_of) =
				store.read(|rows| Ok((rows.count_map(&CHARTS)?, rows.count_map(&RECORDS)?)))?;
			let next = last.map(hex::encode);
			Ok(HandedCharts { charts, unreadable, next, charts_of, records_of })
		})
		.await
}

/// A page of the rows of a chart from this one on, with keys wrapped to the receiver unless it has them.
pub(crate) async fn rows(
	vault: &Arc<Vault>,
	successor: Successor,
	chart: ChartId,
	(from, keys_known): (u64, bool),
) -> Result<HandedRows> {
	let (at, _) = successor.at(vault).await?;
	log_handing(vault, successor, chart, &at).await?;
	let by = successor.organisation;
	let asked = &vault.holdings.asked;
	// From its beginning it is read anew, so that whoever asks hears what changed.
	let (all, of) = match asked.chart(chart, by).filter(|_| from > 0) {
		Some(kept) => (kept.rows, kept.of),
		None => {
			vault
				.stored(move |store| {
					let all = store.read(|rows| rows_of(rows, chart, &moved_records(rows)?))?;
					let all = all.ok_or(Error::ChartUnknown)?;
					let of = handed(chart, &all);
					Ok((Arc::new(all), of))
				})
				.await?
		},
	};
	let (mut rows, next) = window(&all, from);
	let at_once = || AskedChart { chart, by, at: Instant::now(), of, rows: Arc::clone(&all) };
	asked.keep(next.map(|_| at_once()));
	if keys_known {
		without_keys(&mut rows);
	} else {
		wrap_all(vault, successor.organisation, &mut rows, &at).await?;
	}
	Ok(HandedRows { rows, next, of })
}

/// The rows of a page, and where the next one begins.
pub(super) fn window(all: &[HandedRow], from: u64) -> (Vec<HandedRow>, Option<u64>) {
	let from = usize::try_from(from).unwrap_or(usize::MAX).min(all.len());
	let most = usize::try_from(HANDED_ROWS_PER_PAGE).unwrap_or(usize::MAX);
	let rows: Vec<_> = all.iter().skip(from).take(most).cloned().collect();
	let end = from.saturating_add(rows.len());
	(rows, (end < all.len()).then_some(end as u64))
}

/// Notes in the chart's log that the receiver gets it, once for each offer.
async fn log_handing(
	vault: &Arc<Vault>,
	successor: Successor,
	chart: ChartId,
	at: &At,
) -> Result<()> {
	let Successor { account, organisation } = successor;
	vault.chart(chart).await?;
	let noted = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HANDED, &chart))?))
		.await?;
	if noted == Some(organisation) {
		return Ok(());
	}
	let access = Access {
		account,
		chart,
		accessor: Accessor::Staff { account, organisation, role: Role::System },
		practitioner: None,
		action: Action::Disclose,
		purpose: Purpose::Operations,
		subject: Subject::Listing,
		head: at.head(),
	};
	// It goes because its custodian gives it to the next.
	log_in_any_case(vault, access, Outcome::Released(Basis::Custodian)).await?;
	// After the line is there: who counts sees either this or that the line is on its way.
	vault.holdings.asked.changed();
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| rows.put(&HANDED, &chart, &organisation))?)
		})
		.await
}

/// Takes out what only this house's key service opens.
fn without_keys(rows: &mut [HandedRow]) {
	for row in rows {
		if let HandedRow::Record { wraps, .. } = row {
			wraps.custodian = wraps.chart.clone();
		}
	}
}

/// Puts wraps to the receiver in the place of the custodian's.
async fn wrap_all(
	vault: &Arc<Vault>,
	to: OrganisationId,
	rows: &mut [HandedRow],
	at: &At,
) -> Result<()> {
	let mut asked = Vec::new();
	for row in rows.iter() {
		let HandedRow::Record { record, opening, wraps, place, .. } = row else { continue };
		let included = match place {
			Some(_) => {
				let stored = vault.record(*record).await?.record;
				inclusion(vault, &stored).await?
			},
			None => None,
		};
		asked.push(HandOverRecord {
			record: *record,
			opening: opening.clone(),
			wrap: wraps.custodian.clone(),
			inclusion: included,
		});
	}
	let mut made = Vec::with_capacity(asked.len());
	while !asked.is_empty() {
		let rest = asked.split_off(asked.len().min(MAX_HANDED_OVER));
		let records = std::mem::replace(&mut asked, rest);
		made.extend(hand_over(vault, HandOverHolding { to, records }, at).await?);
	}
	let mut made = made.into_iter();
	for row in rows {
		if let HandedRow::Record { wraps, .. } = row {
			wraps.custodian = made.next().ok_or_else(fewer)?;
		}
	}
	Ok(())
}

fn fewer() -> Error {
	Error::KeyServiceUnavailable("it made fewer keys than it was asked for".into())
}

/// Has the key service wrap to the receiver. Asks again where its node trails ours.
async fn hand_over(vault: &Vault, asked: HandOverHolding, at: &At) -> Result<Vec<Wrap>> {
	let began = Instant::now();
	loop {
		let patient = began.elapsed() < CATCH_UP;
		let answer = vault.key_service.hand_over_holding(&asked).await;
		vault.ops.metrics.key_service(answer.is_ok());
		match answer {
			Ok(answer) => match answer.wraps {
				Some(wraps) if wraps.len() == asked.records.len() => return Ok(wraps),
				Some(_) => return Err(fewer()),
				None if patient && answer.block < at.head().number => {},
				None => {
					return Err(Error::KeyServiceUnavailable(
						"it does not see that the holding is offered, or that a record is part of it"
							.into(),
					));
				},
			},
			Err(Error::NodeUnavailable(_)) if patient => {},
			Err(Error::NodeUnavailable(detail)) => {
				return Err(Error::KeyServiceUnavailable(detail));
			},
			Err(error) => return Err(error),
		}
		tokio::time::sleep(ASK_AGAIN).await;
	}
}

/// The leaves of a batch of disclosures whose root is on chain.
pub(crate) async fn leaves(
	vault: &Arc<Vault>,
	successor: Successor,
	number: u64,
) -> Result<HandedLeaves> {
	successor.at(vault).await?;
	let here = vault.organisation;
	vault
		.stored(move |store| {
			let found = store.read(|rows| {
				Ok((rows.get(&BATCHES, &number)?, rows.get(&BATCH_POSTERS, &number)?))
			})?;
			let (Some(batch), poster) = found else { return Err(Error::BatchUnknown) };
			let root = batch.number.ok_or(Error::BatchUnknown)?;
			let organisation = poster.unwrap_or(here);
			Ok(HandedLeaves { organisation, number: root, leaves: batch.leaves })
		})
		.await
}

/// The runs of nodes of a tree over so many leaves: row and place of each in its row.
pub(super) fn runs(leaves: u32) -> impl Iterator<Item = (u32, u32)> {
	let mut length = Some(leaves).filter(|leaves| *leaves > 0);
	let lengths = std::iter::from_fn(move || {
		let now = length?;
		length = (now > 1).then(|| now.div_ceil(2));
		Some(now)
	});
	(0u32..)
		.zip(lengths)
		.flat_map(|(row, length)| (0..length.div_ceil(NODES)).map(move |run| (row, run)))
}

/// Some nodes of the tree of a batch of records.
pub(crate) async fn nodes(
	vault: &Arc<Vault>,
	successor: Successor,
	batch: BatchId,
	from: u64,
) -> Result<HandedNodes> {
	let (at, view) = successor.at(vault).await?;
	let facts = at.batch(batch).await?.filter(|facts| facts.custodian == view.keeper);
	let leaves = facts.ok_or(Error::BatchUnknown)?.leaves;
	vault
		.stored(move |store| {
			let skip = usize::try_from(from).unwrap_or(usize::MAX);
			let most = usize::try_from(HANDED_RUNS_PER_PAGE).unwrap_or(usize::MAX);
			let mut places = runs(leaves).skip(skip);
			let found = store.read(|rows| {
				let mut found = Vec::new();
				for (row, run) in places.by_ref().take(most) {
					let nodes = rows.get(&BATCH_NODES, &(batch, row, run))?;
					found.push(nodes.ok_or(StoreError::Damaged)?);
				}
				Ok(found)
			})?;
			let next = places.next().map(|_| from.saturating_add(found.len() as u64));
			Ok(HandedNodes { runs: found, next })
		})
		.await
}

/// The ciphertext of a record of a chart of which the receiver got something, from this byte on.
pub(crate) async fn content(
	vault: &Arc<Vault>,
	successor: Successor,
	record: RecordId,
	from: u64,
) -> Result<(u64, impl Stream<Item = Result<Bytes>>)> {
	let place = Arc::clone(&vault.downloads).try_acquire_owned().map_err(|_| Error::Busy)?;
	successor.at(vault).await?;
	let row = vault.record(record).await?;
	let chart = row.record.opening.terms.chart;
	let logged = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HANDED, &chart))?))
		.await?;
	if logged != Some(successor.organisation) {
		return Err(Error::RecordUnknown);
	}
	let ready = own_entry::look(vault, &row.record, from).await?;
	let length = ready.length();
	Ok((length, ready.stream(Arc::clone(vault), place)))
}

/// Serves nobody but the receiver from now on, and tells what there is once nothing is on its way. Asked
/// again, it stays closed no longer for that; once the time ran out it closes for the same offer only when
/// it is asked to `again`.
pub(crate) async fn close(
	vault: &Arc<Vault>,
	successor: Successor,
	again: bool,
) -> Result<HoldingClosed> {
	let to = successor.organisation;
	// Nobody else makes others wait.
	successor.at(vault).await?;
	let (until, closing) = {
		// Whoever looks at the chain meanwhile waits, so that no older head has the last word.
		let _changing = vault.holdings.changing.lock().await;
		let (at, view) = successor.at(vault).await?;
		let head = at.head();
		if !vault.holdings.is_newest(&head) {
			return Err(Error::NodeUnavailable("its head is older than one seen before".into()));
		}
		let (now, closing) = (head.at, random()?);
		let (own, closing) = vault
			.stored(move |store| {
				let own = note(store, &view, &head)?;
				if let Own::Moved { .. } = own {
					let known = store.read(|rows| rows.get(&HOLDING_CLOSED, &()))?;
					return Ok((own, closing_of(known, to)));
				}
				let row = shut(store, to, now, again, closing)?;
				Ok((Own::Closed(row), row.closing))
			})
			.await?;
		if vault.holdings.own() != own {
			vault.holdings.set(own);
		}
		match own {
			Own::Closed(row) => (Some(row.until), closing),
			_ => (None, closing),
		}
	};
	// Whoever writes a line does so before this.
	drop(vault.holdings.lines.write().await);
	let moved = until.is_none();
	let (mut waiting, fault) = on_its_way(vault, moved).await?;
	let mut counted = None;
	if waiting == 0 {
		counted = count(vault, moved).await?;
		if counted.is_none() {
			waiting = on_its_way(vault, moved).await?.0;
		}
	}
	let (totals, unreadable) =
		counted.map_or((None, Vec::new()), |found| (Some(found.totals), found.unreadable));
	Ok(HoldingClosed { until, closing, waiting, fault, totals, unreadable })
}

/// The closing that still stands; zeros if the vault has opened since, or was never closed for that one.
pub(super) fn closing_of(known: Option<ClosedRow>, to: OrganisationId) -> [u8; 32] {
	let stands = known.filter(|row| row.to == to && !row.opened);
	stands.map_or([0; 32], |row| row.closing)
}

/// Notes that the vault is closed for that organisation from this moment on, by this name.
pub(super) fn shut(
	store: &Store,
	to: OrganisationId,
	now: Moment,
	again: bool,
	closing: [u8; 32],
) -> Result<ClosedRow> {
	store.write(|rows| {
		match rows.get(&HOLDING_CLOSED, &())?.filter(|row| row.to == to) {
			Some(row) if now <= row.until && !row.opened => return Ok(row),
			Some(_) if !again => return Err(Error::HoldingOpened),
			_ => {},
		}
		// Nobody could withdraw them while it is closed.
		match open_transfers(rows)? {
			0 => {},
			open => return Err(Error::TransfersOpen(open)),
		}
		let until = now.saturating_add(HOLDING_CLOSED_FOR);
		let row = ClosedRow { to, until, closing, opened: false };
		rows.put(&HOLDING_CLOSED, &(), &row)?;
		Ok(row)
	})
}

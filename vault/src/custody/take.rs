//! The receiver's side: taking over on chain what is here whole, and the task that brings it.

use super::{
	pull::pull,
	rows::{ArrivedRecord, SourceRow, TakenRecord},
	LOOK_AGAIN,
};
use crate::{
	batches::shuffle,
	charts::is_settled,
	errors::{Error, Result},
	records::{as_it_came, discard, keep, place, BATCH, RETRY},
	store::{
		bulk::ANCHORING, Rows, Store, StoreError, ARRIVED, INCOMING, MOVED, PENDING_RECORDS,
		RECEIVING, RECORDS, SOURCES, TAKING,
	},
	vault::Vault,
};
use salus_client::{
	chain::{Call, ChainError, TakeRecord},
	vault_api::{Head, Receipt, ReceiptList, ReceiveTransfers},
};
use salus_primitives::{
	codes::Role,
	ids::{AccountBytes, OrganisationId},
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
};
use tokio::time::sleep;

/// Has what this custodian offers taken over, now and until nothing is left.
pub(crate) async fn receive(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: ReceiveTransfers,
) -> Result<ReceiptList> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	let giver = at.organisation(asked.from).await?;
	if asked.from == vault.organisation || giver.is_none_or(|giver| giver.endpoint.is_empty()) {
		return Err(Error::Malformed(
			"the chain knows no vault of that organisation: check its number".into(),
		));
	}
	let from = asked.from;
	vault.stored(move |store| begin(store, from)).await?;
	vault.custody.note(from, None);
	vault.custody.to_take.notify_one();
	told(vault).await
}

/// How far it is.
pub(crate) async fn receipts(vault: &Arc<Vault>, account: AccountBytes) -> Result<ReceiptList> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	told(vault).await
}

async fn told(vault: &Arc<Vault>) -> Result<ReceiptList> {
	let (sources, arrived, taking) = vault
		.stored(|store| {
			Ok(store.read(|rows| {
				Ok((
					rows.first(&SOURCES, usize::MAX)?,
					rows.first(&ARRIVED, usize::MAX)?,
					rows.first(&TAKING, usize::MAX)?,
				))
			})?)
		})
		.await?;
	let receipts = sources.into_iter().map(|(_, SourceRow { from, running, received })| {
		let arrived = arrived.iter().filter(|(_, record)| record.from == from).count();
		let taking = taking.iter().filter(|(_, record)| record.from == from).count();
		let waiting = u32::try_from(arrived.saturating_add(taking)).unwrap_or(u32::MAX);
		Receipt { from, running, waiting, received, fault: vault.custody.fault(from) }
	});
	Ok(ReceiptList { receipts: receipts.collect() })
}

/// Changes what is kept of a source, or begins it.
fn with_source(
	rows: &crate::store::Writing<'_>,
	from: OrganisationId,
	change: impl FnOnce(&mut SourceRow),
) -> Result<(), StoreError> {
	let known = rows.first(&SOURCES, usize::MAX)?;
	match known.into_iter().find(|(_, row)| row.from == from) {
		Some((number, mut row)) => {
			change(&mut row);
			rows.set(&SOURCES, number, &row)
		},
		None => {
			let mut row = SourceRow { from, running: false, received: 0 };
			change(&mut row);
			rows.push(&SOURCES, &row).map(drop)
		},
	}
}

pub(super) fn begin(store: &Store, from: OrganisationId) -> Result<()> {
	Ok(store.write::<_, StoreError>(|rows| with_source(rows, from, |row| row.running = true))?)
}

/// The task that takes over, until told to end.
pub(crate) async fn take_forever(vault: Arc<Vault>) {
	loop {
		let busy = match step(&vault).await {
			Ok(busy) => busy,
			Err(error) => {
				tracing::warn!(%error, "records of another custodian wait");
				true
			},
		};
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = vault.custody.to_take.notified() => {},
			() = sleep(LOOK_AGAIN), if busy => {},
		}
	}
}

/// Takes over what is here, then brings the next from each source. Whether there is more to do.
async fn step(vault: &Arc<Vault>) -> Result<bool> {
	let mut busy = accept_all(vault).await?;
	let (sources, last) = vault
		.stored(
			|store| Ok(store.read(|rows| Ok((rows.first(&SOURCES, usize::MAX)?, last(rows)?)))?),
		)
		.await?;
	for (_, SourceRow { from, running, .. }) in sources {
		// Who gives all away takes on nothing more; and nothing comes alone of what comes whole.
		if !running || !vault.holdings.is_kept() || last.contains(&from) {
			continue;
		}
		loop {
			if vault.ops.farewell.is_closing() {
				return Ok(false);
			}
			match pull(vault, from).await {
				Ok(pulled) => {
					vault.custody.note(from, None);
					if pulled.arrived > 0 {
						busy |= accept_all(vault).await?;
						continue;
					}
					busy |= pulled.open;
					if !pulled.open {
						let end = move |store: &Store| {
							Ok(store.write::<_, StoreError>(|rows| {
								with_source(rows, from, |row| row.running = false)
							})?)
						};
						vault.stored(end).await?;
					}
				},
				Err(error) => {
					tracing::warn!(organisation = from, "what another custodian offers waits");
					vault.custody.note(from, Some(error.to_string()));
					busy = true;
				},
			}
			break;
		}
	}
	Ok(busy)
}

/// Whose holding is in its last pass or being taken into service here: nothing of theirs changes hands by
/// itself then.
fn last(rows: &impl Rows) -> Result<HashSet<OrganisationId>, StoreError> {
	let all = rows.first(&RECEIVING, usize::MAX)?.into_iter();
	Ok(all.filter(|(_, row)| row.is_last()).map(|(_, row)| row.from).collect())
}

/// Takes over on chain all that is here. Whether something is left.
pub(super) async fn accept_all(vault: &Arc<Vault>) -> Result<bool> {
	loop {
		let _turn = vault.custody.turn.lock().await;
		let (unsettled, mut arrived) = vault
			.stored(|store| {
				Ok(store.read(|rows| {
					let unsettled =
						rows.first(&PENDING_RECORDS, 1)?.len() + rows.first(&TAKING, 1)?.len();
					let unsettled = unsettled > 0 || rows.get(&ANCHORING, &())?.is_some();
					Ok((unsettled, rows.first(&ARRIVED, BATCH)?))
				})?)
			})
			.await?;
		if unsettled {
			// What the last process left is settled first, by the task that anchors.
			return Ok(true);
		}
		if arrived.is_empty() {
			return Ok(false);
		}
		shuffle(&mut arrived, |(_, record)| record.record.chart)?;
		let (batch, kept) = screen(vault, arrived).await?;
		if batch.is_empty() {
			if kept {
				return Ok(true);
			}
			continue;
		}
		let alone = batch.len() == 1;
		let mut refused = attempt(vault, batch.clone()).await?;
		if refused.is_some() && !alone {
			// All or none: each alone, then.
			refused = None;
			for (_, one) in batch {
				let number = number_of(vault, &one).await?;
				if let Some(number) = number {
					refused = attempt(vault, vec![(number, one)]).await?.or(refused);
				}
			}
		}
		if let Some(refused) = refused {
			return Err(refused.into());
		}
	}
}

/// Under which number a record waits that was taken back.
async fn number_of(vault: &Arc<Vault>, record: &ArrivedRecord) -> Result<Option<u64>> {
	let id = record.record.new.id;
	let waiting = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&ARRIVED, usize::MAX))?))
		.await?;
	let found = waiting.into_iter().find(|(_, arrived)| arrived.record.new.id == id);
	Ok(found.map(|(number, _)| number))
}

type Arrived = Vec<(u64, ArrivedRecord)>;

/// Those that are still offered to us; what is not any more is removed.
async fn screen(vault: &Arc<Vault>, arrived: Arrived) -> Result<(Arrived, bool)> {
	let at = vault.node.fresh().await?;
	let (mut batch, mut kept) = (Vec::with_capacity(arrived.len()), false);
	let last = vault.stored(|store| Ok(store.read(|rows| last(rows))?)).await?;
	for (number, record) in arrived {
		let id = record.record.new.id;
		let view = at.record_view(id).await?;
		if view.as_ref().is_some_and(|view| view.offered == Some(vault.organisation)) {
			if last.contains(&record.from) {
				kept = true;
			} else {
				batch.push((number, record));
			}
			continue;
		}
		// It came with all that its giver had.
		let is_here = vault
			.stored(move |store| Ok(store.read(|rows| rows.get(&RECORDS, &id))?.is_some()))
			.await?;
		let is_ours = view.is_some_and(|view| view.facts.custodian == vault.organisation);
		if is_ours && last.contains(&record.from) && !is_here {
			kept = true;
			continue;
		}
		// As a restored vault finds it: it took the record over since, and the giver has it no more.
		if is_ours && !is_here {
			let why =
				"a record that was taken over after the backup has lost its place in its chart";
			tracing::error!(organisation = record.from, "{why}; its ciphertext is kept");
			vault.custody.note(record.from, Some(why.into()));
			kept = true;
			continue;
		}
		let objects = record.record.body.objects();
		let noted = objects.clone();
		let incoming = vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| {
					rows.erase_at(&ARRIVED, number)?;
					rows.push(&INCOMING, &noted)
				})?)
			})
			.await?;
		discard(vault, incoming, &objects).await?;
		vault.acts.wake();
		tracing::info!(organisation = record.from, "an offer was withdrawn; its record is removed");
	}
	Ok((batch, kept))
}

/// Takes over a batch; gives the chain's refusal, after which it waits again.
async fn attempt(vault: &Arc<Vault>, batch: Arrived) -> Result<Option<ChainError>> {
	let taking = vault.stored(move |store| give_places(store, batch)).await?;
	if taking.is_empty() {
		return Ok(None);
	}
	match settle(vault, &taking, false).await {
		Ok(()) => Ok(None),
		Err(error) => {
			take_back_surely(vault, &taking).await;
			Ok(Some(error))
		},
	}
}

/// Settles what the last process left, before anybody gives places in charts. For the task that anchors.
pub(crate) async fn settle_left(vault: &Arc<Vault>) {
	let left = loop {
		let taking = vault.stored(|store| Ok(store.read(|rows| rows.first(&TAKING, usize::MAX))?));
		match taking.await {
			Ok(taking) => break taking,
			Err(error) => tracing::error!(%error, "records being taken over can not be read"),
		}
		sleep(RETRY).await;
	};
	if left.is_empty() {
		return;
	}
	tracing::info!(records = left.len(), "settling records that were being taken over");
	if let Err(error) = settle(vault, &left, true).await {
		tracing::warn!(%error, "records that were being taken over were refused");
		take_back_surely(vault, &left).await;
	}
	vault.custody.to_take.notify_one();
}

/// Submits a batch that is noted until its fate is known. `unsure` says that an earlier transaction with
/// it may be on its way.
async fn settle(
	vault: &Arc<Vault>,
	taking: &[(u64, TakenRecord)],
	mut unsure: bool,
) -> Result<(), ChainError> {
	let records: Vec<_> = taking
		.iter()
		.map(|(_, taken)| TakeRecord { record: taken.record.id, leaf: taken.record.opening.seal() })
		.collect();
	let call = Call::accept_custody(vault.organisation, &records);
	loop {
		let tried = async {
			if unsure {
				if let Some(block) = are_taken(vault, &records).await? {
					return Ok(block);
				}
			}
			match vault.submit(&call).await {
				Ok(done) => Ok(done.block),
				Err(refused @ ChainError::Refused { .. }) => {
					are_taken(vault, &records).await?.ok_or(refused)
				},
				Err(error) => Err(error),
			}
		};
		match tried.await {
			Ok(block) => loop {
				let taken = taking.to_vec();
				match vault.stored(move |store| commit(store, &taken, block)).await {
					Ok(()) => return Ok(()),
					Err(error) => tracing::error!(%error, "taken records can not be written"),
				}
				sleep(RETRY).await;
			},
			Err(error @ ChainError::Refused { .. }) => return Err(error),
			Err(error) if is_settled(&error) && !unsure => return Err(error),
			Err(error) => {
				tracing::warn!(%error, "records wait to be taken over");
				unsure = true;
			},
		}
		sleep(RETRY).await;
	}
}

/// The finalised head, if all these records are ours there, with these leaves.
async fn are_taken(vault: &Vault, records: &[TakeRecord]) -> Result<Option<Head>, ChainError> {
	let at = vault.node.finalised().await?;
	for taken in records {
		match at.record(taken.record).await? {
			Some(facts) if facts.leaf == taken.leaf && facts.custodian == vault.organisation => {},
			_ => return Ok(None),
		}
	}
	Ok(Some(at.head()))
}

/// Gives each record of a batch its place in the person's chart here.
pub(crate) fn give_places(store: &Store, batch: Arrived) -> Result<Vec<(u64, TakenRecord)>> {
	store.write(|rows| {
		let mut ends = HashMap::new();
		let mut taking = Vec::with_capacity(batch.len());
		let last = last(rows)?;
		for (number, ArrivedRecord { from, record }) in batch {
			// It waits, until the last pass is over.
			if last.contains(&from) {
				continue;
			}
			let taken = TakenRecord { from, record: place(rows, &mut ends, record)? };
			rows.drop_at(&ARRIVED, number)?;
			taking.push((rows.push(&TAKING, &taken)?, taken));
		}
		Ok(taking)
	})
}

/// Makes records count that the chain says are ours.
pub(super) fn commit(store: &Store, taking: &[(u64, TakenRecord)], block: Head) -> Result<()> {
	store.write(|rows| {
		for (number, taken) in taking {
			keep(rows, &taken.record, block)?;
			// It may have been here before, and gone.
			rows.remove(&MOVED, &taken.record.id)?;
			rows.drop_at(&TAKING, *number)?;
			with_source(rows, taken.from, |row| row.received = row.received.saturating_add(1))?;
		}
		Ok(())
	})
}

/// Takes a refused batch back: its records wait again, without a place.
pub(super) fn take_back(store: &Store, taking: &[(u64, TakenRecord)]) -> Result<()> {
	store.write(|rows| {
		for (number, TakenRecord { from, record }) in taking {
			rows.drop_at(&TAKING, *number)?;
			let record = as_it_came(record);
			rows.push(&ARRIVED, &ArrivedRecord { from: *from, record })?;
		}
		Ok(())
	})
}

/// [`take_back`] until it is on disk. The next batch gives the same places again.
async fn take_back_surely(vault: &Arc<Vault>, taking: &[(u64, TakenRecord)]) {
	loop {
		let taken = taking.to_vec();
		match vault.stored(move |store| take_back(store, &taken)).await {
			Ok(()) => return,
			Err(error) => tracing::error!(%error, "refused records can not be taken back"),
		}
		sleep(RETRY).await;
	}
}

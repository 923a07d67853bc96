//! The giver's side: transfers as records officers ask for them, and their offers on chain.

use super::{
	check_word,
	rows::{Moving, TransferRow},
	LOOK_AGAIN,
};
use crate::{
	batches::shuffle,
	charts::is_settled,
	custody::lines::{lines, pages},
	errors::{Error, Result},
	guardians::Reader,
	own_entry::ensure_own_entries,
	records::BATCH,
	store::{
		Rows, Store, StoreError, CHARTS, CHART_RECORDS, ERASED, LEFT_BEFORE, MOVED, RECORDS,
		RECORD_ACTS, TRANSFERS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{Call, ChainError},
	petitions,
	vault_api::{
		MovingState, OfferTransfer, Transfer, TransferId, TransferList, TransferWord, MAX_TRANSFER,
	},
};
use salus_primitives::{
	codes::{PetitionState, RecordState, Role},
	ids::{AccountBytes, ChartId, OrganisationId, RecordId},
	views::{PetitionView, RecordView},
};
use std::{
	collections::{BTreeMap, HashMap, HashSet},
	sync::Arc,
};
use tokio::time::sleep;

/// Notes a transfer, whose offers then go to the chain. Asked again with the same word, it takes on what
/// is not part of it yet, and what was withdrawn or refused.
pub(crate) async fn offer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	asked: OfferTransfer,
) -> Result<Transfer> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	vault.chart(chart).await?;
	let said = asked.word.statement;
	if said.from != vault.organisation || said.genesis != vault.genesis || said.from_chart != chart
	{
		return Err(Error::WrongChain);
	}
	check_word(&at, &vault.genesis, &asked.word, at.head().at).await?;
	let to = at.organisation(said.to).await?;
	if to.and_then(|to| to.encryption_key).is_none() {
		return Err(Error::OrganisationKeyMissing);
	}
	let OfferTransfer { word, records } = asked;
	let row = vault.stored(move |store| note(store, word, &records)).await?;
	vault.custody.to_offer.notify_one();
	vault.custody.to_follow.notify_one();
	Ok(row.told())
}

/// The transfers from a chart, for records officers, its key, and guardians who may read.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
) -> Result<TransferList> {
	vault.chart(chart).await?;
	let at = vault.node.fresh().await?;
	let officer = vault.in_standing(&at, reader.account(), &[Role::RecordsOfficer]).await;
	if officer.is_err() {
		reader.chart(vault, chart).await?;
	}
	let rows = transfers(vault).await?;
	let of = rows.into_iter().filter(|(_, row)| row.word.statement.from_chart == chart);
	let transfers = of.map(|(_, row)| row.told()).collect();
	let left = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&LEFT_BEFORE, &chart))?))
		.await?;
	Ok(TransferList { transfers, left_before: left.unwrap_or_default() })
}

/// Withdraws what was not taken over of a transfer, as a records officer or the chart's key asks.
pub(crate) async fn withdraw(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	transfer: TransferId,
) -> Result<Transfer> {
	vault.chart(chart).await?;
	let at = vault.node.fresh().await?;
	if vault.in_standing(&at, account, &[Role::RecordsOfficer]).await.is_err() {
		vault.own_chart_now(chart, account).await?;
	}
	let row = vault.stored(move |store| take_back(store, chart, transfer)).await?;
	vault.custody.to_follow.notify_one();
	Ok(row.told())
}

/// All transfers, oldest first.
pub(super) async fn transfers(vault: &Arc<Vault>) -> Result<Vec<(u64, TransferRow)>> {
	vault
		.stored(|store| Ok(store.read(|rows| rows.first(&TRANSFERS, usize::MAX))?))
		.await
}

/// Records with the number of their transfer.
pub(super) type Numbered = Vec<(u64, RecordId)>;

/// Brings those of these records that are in the one state into the other, and gives them.
pub(super) fn change(
	store: &Store,
	records: &[(u64, RecordId)],
	was: &MovingState,
	state: &MovingState,
) -> Result<Numbered> {
	let mut by_transfer: BTreeMap<u64, HashSet<RecordId>> = BTreeMap::new();
	for (number, record) in records {
		by_transfer.entry(*number).or_default().insert(*record);
	}
	store.write(|rows| {
		let mut changed = HashSet::new();
		// What will bind a record, and with it the versions of its line, is not on chain yet.
		let mut bound = Vec::new();
		if *state == MovingState::Offered {
			let acts = rows.first(&RECORD_ACTS, usize::MAX)?.into_iter();
			bound.extend(acts.filter(|(_, act)| act.binds()).map(|(_, act)| act.record()));
		}
		let moving = records.iter().map(|(_, record)| *record).filter(|_| !bound.is_empty());
		let lines = lines(rows, bound.iter().copied().chain(moving))?;
		let bound: HashSet<_> = bound.iter().filter_map(|record| lines.get(record)).collect();
		let is_bound =
			|record: &RecordId| lines.get(record).is_some_and(|line| bound.contains(line));
		for (number, of) in &by_transfer {
			let mut row = rows.at(&TRANSFERS, *number)?.ok_or(Error::TransferUnknown)?;
			for moving in &mut row.records {
				let free = of.contains(&moving.record) && !is_bound(&moving.record);
				if moving.state == *was && free {
					moving.state = state.clone();
					changed.insert((*number, moving.record));
				}
			}
			rows.set(&TRANSFERS, *number, &row)?;
		}
		Ok(records.iter().copied().filter(|record| changed.contains(record)).collect())
	})
}

/// As [`change`], without holding up requests.
pub(super) async fn set(
	vault: &Arc<Vault>,
	records: Numbered,
	was: MovingState,
	state: MovingState,
) -> Result<Numbered> {
	vault.stored(move |store| change(store, &records, &was, &state)).await
}

/// Marks a transfer as withdrawn. What was never sent to the chain stays at once.
pub(super) fn take_back(
	store: &Store,
	chart: ChartId,
	transfer: TransferId,
) -> Result<TransferRow> {
	store.write(|rows| {
		let known = rows.first(&TRANSFERS, usize::MAX)?;
		let found = known
			.into_iter()
			.find(|(_, row)| row.id() == transfer && row.word.statement.from_chart == chart);
		let (number, mut row) = found.ok_or(Error::TransferUnknown)?;
		row.withdrawn = true;
		for moving in &mut row.records {
			if moving.state == MovingState::Noted {
				moving.state = MovingState::Stays;
			}
		}
		rows.set(&TRANSFERS, number, &row)?;
		Ok(row)
	})
}

/// Notes the records, or all of the chart, with all their versions.
pub(super) fn note(store: &Store, word: TransferWord, wanted: &[RecordId]) -> Result<TransferRow> {
	let chart = word.statement.from_chart;
	store.write(|rows| {
		let end = rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?.records.next;
		let mut here = BTreeMap::new();
		for sequence in 0..end {
			let Some(id) = rows.get(&CHART_RECORDS, &(chart, sequence))? else { continue };
			let Some(row) = rows.get(&RECORDS, &id)? else {
				// Of one that was erased nothing is left to move.
				rows.get(&ERASED, &id)?.ok_or(StoreError::Damaged)?;
				continue;
			};
			here.insert(sequence, (id, row.record.replaces));
		}
		for id in wanted {
			if here.values().all(|(known, _)| known != id) {
				let moved = rows.get(&MOVED, id)?;
				return Err(moved.map_or(Error::RecordUnknown, |row| Error::RecordMoved(row.to)));
			}
		}
		let chosen = with_versions(&here, wanted);
		let known = rows.first(&TRANSFERS, usize::MAX)?;
		let id = word.statement.id();
		let mut row = TransferRow { word, records: Vec::new(), withdrawn: false };
		let mut place = None;
		for (number, other) in known {
			if other.id() == id {
				if other.withdrawn && other.is_open() {
					return Err(Error::AlreadyExists(
						"this transfer is being withdrawn: wait until that is done",
					));
				}
				(place, row) = (Some(number), other);
				row.withdrawn = false;
				continue;
			}
			let open = |moving: &Moving| {
				!moving.state.is_final() && chosen.iter().any(|(_, id)| *id == moving.record)
			};
			if other.records.iter().any(open) {
				return Err(Error::AlreadyExists(
					"a record is part of another transfer: withdraw that one first",
				));
			}
		}
		for (sequence, record) in chosen {
			match row.moving_mut(&record) {
				Some(moving) if moving.state.is_final() => moving.state = MovingState::Noted,
				Some(_) => {},
				None => row.records.push(Moving {
					record,
					sequence,
					state: MovingState::Noted,
					logged: false,
				}),
			}
		}
		row.records.sort_by_key(|moving| moving.sequence);
		if row.records.is_empty() {
			return Err(Error::Malformed("the chart has no records here".into()));
		}
		if row.records.len() > MAX_TRANSFER {
			return Err(Error::Malformed(format!(
				"a transfer has at most {MAX_TRANSFER} records: name those of the first"
			)));
		}
		match place {
			Some(number) => rows.set(&TRANSFERS, number, &row)?,
			None => drop(rows.push(&TRANSFERS, &row)?),
		}
		Ok(row)
	})
}

/// The records wanted, or all if none is, with what replaces them and what they replace.
fn with_versions(
	here: &BTreeMap<u32, (RecordId, Option<RecordId>)>,
	wanted: &[RecordId],
) -> Vec<(u32, RecordId)> {
	let mut lines: HashMap<RecordId, RecordId> = HashMap::new();
	for (id, replaces) in here.values() {
		// What a version replaces has a place before it.
		let first = replaces.and_then(|before| lines.get(&before).copied()).unwrap_or(*id);
		lines.insert(*id, first);
	}
	let lines_wanted: HashSet<_> = wanted.iter().filter_map(|id| lines.get(id)).collect();
	here.iter()
		.filter(|(_, (id, _))| {
			wanted.is_empty() || lines.get(id).is_some_and(|line| lines_wanted.contains(line))
		})
		.map(|(sequence, (id, _))| (*sequence, *id))
		.collect()
}

/// What waits to be offered, by receiver.
fn waiting(rows: &[(u64, TransferRow)]) -> BTreeMap<OrganisationId, Numbered> {
	let mut waiting: BTreeMap<_, Numbered> = BTreeMap::new();
	for (number, row) in rows.iter().filter(|(_, row)| !row.withdrawn) {
		let noted = row.records.iter().filter(|moving| moving.state == MovingState::Noted);
		let noted: Vec<_> = noted.map(|moving| (*number, moving.record)).collect();
		if !noted.is_empty() {
			waiting.entry(row.word.statement.to).or_default().extend(noted);
		}
	}
	waiting
}

/// The task that offers, with the batches of the vault's writes, until told to end.
pub(crate) async fn offer_forever(vault: Arc<Vault>) {
	loop {
		let farewell = &vault.ops.farewell;
		let waits = match transfers(&vault).await {
			// What was not offered when the holding was is the receiver's, or waits until that is withdrawn.
			Ok(rows) => vault.holdings.is_kept() && !waiting(&rows).is_empty(),
			Err(error) => {
				tracing::error!(%error, "transfers can not be read");
				false
			},
		};
		tokio::select! {
			biased;
			() = farewell.closing() => return,
			() = vault.writes.rhythm.tick(), if waits => {},
			() = vault.custody.to_offer.notified(), if !waits => continue,
		}
		if let Err(error) = offer_all(&vault).await {
			tracing::warn!(%error, "records wait to be offered to another custodian");
			tokio::select! {
				() = sleep(LOOK_AGAIN) => {},
				() = farewell.closing() => return,
			}
		}
		vault.custody.to_follow.notify_one();
	}
}

/// Offers all that waits. Records of all charts that go to one receiver are shuffled, so that pages do not
/// tell which belong together when there are several; versions of one line go in one page.
async fn offer_all(vault: &Arc<Vault>) -> Result<()> {
	let _giving = vault.custody.giving.lock().await;
	for (to, mut records) in waiting(&transfers(vault).await?) {
		shuffle(&mut records, |(number, _)| *number)?;
		let lines = lines_of(vault, &records).await?;
		let line = |(_, record): &(u64, RecordId)| lines.get(record).copied().unwrap_or(*record);
		for page in pages(records, line, BATCH) {
			if !vault.holdings.is_kept() {
				return Ok(());
			}
			offer_page(vault, to, &page, &lines).await?;
		}
	}
	Ok(())
}

async fn lines_of(vault: &Arc<Vault>, records: &Numbered) -> Result<Lines> {
	let records: Vec<_> = records.iter().map(|(_, record)| *record).collect();
	vault.stored(move |store| Ok(store.read(|rows| lines(rows, records))?)).await
}

/// The line of each record.
type Lines = HashMap<RecordId, RecordId>;

/// Those of a page whose whole line can go, and the others with what keeps them here.
pub(super) fn sort(
	page: &[(u64, RecordId)],
	lines: &Lines,
	kept: &HashMap<RecordId, String>,
) -> (Numbered, Vec<(u64, RecordId, String)>) {
	let line = |record: &RecordId| lines.get(record).copied().unwrap_or(*record);
	let reasons: HashMap<_, _> = kept.iter().map(|(record, why)| (line(record), why)).collect();
	let (mut free, mut stay) = (Numbered::new(), Vec::new());
	for (number, record) in page {
		match (kept.get(record), reasons.get(&line(record))) {
			(Some(why), _) => stay.push((*number, *record, why.clone())),
			(None, Some(why)) => {
				stay.push((*number, *record, format!("another version of it stays: {why}")));
			},
			(None, None) => free.push((*number, *record)),
		}
	}
	(free, stay)
}

/// Has those stay that are in this state; notes why.
async fn keep(
	vault: &Arc<Vault>,
	stay: Vec<(u64, RecordId, String)>,
	was: &MovingState,
) -> Result<()> {
	for (number, record, why) in stay {
		let refused = MovingState::Refused { why };
		set(vault, vec![(number, record)], was.clone(), refused).await?;
	}
	Ok(())
}

async fn offer_page(
	vault: &Arc<Vault>,
	to: OrganisationId,
	page: &[(u64, RecordId)],
	lines: &Lines,
) -> Result<()> {
	let at = vault.node.fresh().await?;
	let mut kept = HashMap::new();
	for (_, record) in page {
		if let Some(why) = at.record_view(*record).await?.as_ref().and_then(bound) {
			kept.insert(*record, why.to_owned());
		}
	}
	let (page, stay) = sort(page, lines, &kept);
	keep(vault, stay, &MovingState::Noted).await?;
	let wanted = page.clone();
	let here = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let mut here = Vec::new();
				for (_, record) in wanted {
					here.extend(rows.get(&RECORDS, &record)?.map(|_| record));
				}
				Ok::<_, StoreError>(here)
			})?)
		})
		.await?;
	ensure_own_entries(vault, &here).await?;
	// Before it is sent, so that a withdrawal knows that it may have been.
	let page = set(vault, page, MovingState::Noted, MovingState::Offered).await?;
	let records: Vec<_> = page.iter().map(|(_, record)| *record).collect();
	if records.is_empty() {
		return Ok(());
	}
	let refused = match vault.submit(&Call::offer_custody(vault.organisation, to, &records)).await {
		Ok(_) => return Ok(()),
		Err(ChainError::Refused { error, .. }) => error,
		Err(error) => {
			if is_settled(&error) {
				set(vault, page, MovingState::Offered, MovingState::Noted).await?;
			}
			return Err(error.into());
		},
	};
	// All or none: those that can not be offered took the others with them.
	let at = vault.node.finalised().await?;
	let mut kept = HashMap::new();
	for (_, record) in &page {
		let view = at.record_view(*record).await?;
		if !can_be_offered(view.as_ref(), vault.organisation, to) {
			kept.insert(*record, refused.clone());
		}
	}
	if kept.is_empty() {
		kept.extend(page.iter().map(|(_, record)| (*record, refused.clone())));
	}
	let (fit, stay) = sort(&page, lines, &kept);
	keep(vault, stay, &MovingState::Offered).await?;
	set(vault, fit, MovingState::Offered, MovingState::Noted).await?;
	Ok(())
}

/// What keeps a record here: matters, petitions and statements are this vault's to keep and to answer, and
/// no other has them.
pub(super) fn bound(view: &RecordView) -> Option<&'static str> {
	let is_open = |found: &PetitionView| found.petition.state == PetitionState::Open;
	if !view.holds.is_empty() {
		Some("a legal hold is on it: release that first")
	} else if view.petitions.iter().any(is_open) {
		Some("a petition about it is open: answer that first")
	} else if petitions::disputes(view).next().is_some() {
		Some("the patient disputes it, and the statement stays with it here")
	} else {
		None
	}
}

/// Whether a record of which the chain says this can be offered.
pub(super) fn can_be_offered(
	view: Option<&RecordView>,
	here: OrganisationId,
	to: OrganisationId,
) -> bool {
	view.is_some_and(|view| {
		view.facts.custodian == here
			&& view.facts.state != RecordState::Erased
			&& view.offered.is_none_or(|offered| offered == to)
	})
}

//! The giver's side: what there is of a chart, in the order in which it moves, and what is still on its
//! way to the chain.

use crate::{
	asks,
	custody::rows::{MovedRow, TransferRow},
	errors::Error,
	store::{
		bulk::{ANCHORING, SEALED_IMPORTS},
		Batch, Body, Map, PetitionRow, PlaceRow, Reading, Rows, Store, StoreError, ARRIVED,
		BATCHES, CHARTS, CHART_DIRECTIVES, CHART_PETITIONS, CHART_RECORDS, CHART_REQUESTS, COVER,
		DIRECTIVES, DISCLOSURES, ERASED, HOLDS, LEFT_BEFORE, MOVED, OUTBOX, PAPERS, PENDING_CHARTS,
		PENDING_RECORDS, PETITIONS, PETITION_INBOX, POSTING, RECEIVING, RECORDS, RECORD_ACTS,
		RELAYING, REQUESTS, STATEMENT_POSTS, TAKING, TRANSFERS, WAITING_ORDERS, WAITING_RECORDS,
	},
};
use codec::Encode;
use salus_client::vault_api::{
	chart_digest, holding_digest, DisclosurePlace, HandedChart, HandedEnd, HandedRow,
	HoldingTotals, LeftBefore, MovingState, RecordPlace,
};
use salus_primitives::ids::{ChartId, DirectiveId, RecordId};
use std::collections::{HashMap, HashSet};

/// Charts read at once where all are.
const PAGE: usize = 64;

/// Records that moved by themselves, by the chart that they left.
pub(super) type MovedRecords = HashMap<ChartId, Vec<(LeftBefore, MovedRow)>>;

/// The notes of records that another custodian took over, as far as a transfer names them.
pub(super) fn moved_records(rows: &impl Rows) -> Result<MovedRecords, StoreError> {
	let mut moved: MovedRecords = HashMap::new();
	for (_, TransferRow { records, .. }) in rows.first(&TRANSFERS, usize::MAX)? {
		for moving in records {
			if !matches!(moving.state, MovingState::Moved { .. }) {
				continue;
			}
			// It may have come back since.
			let Some(note) = rows.get(&MOVED, &moving.record)? else { continue };
			let of = moved.entry(note.chart).or_default();
			let left = LeftBefore { record: moving.record, sequence: moving.sequence };
			if of.iter().all(|(known, _)| *known != left) {
				of.push((left, note));
			}
		}
	}
	Ok(moved)
}

/// The row that must be there.
fn there<K: Encode, V: codec::Decode>(
	rows: &impl Rows,
	map: &Map<K, V>,
	key: &K,
) -> Result<V, StoreError> {
	rows.get(map, key)?.ok_or(StoreError::Damaged)
}

/// All rows of a chart, with the custodian's wraps as they are stored; none of a chart that is not here.
pub(super) fn rows_of(
	rows: &impl Rows,
	chart: ChartId,
	moved: &MovedRecords,
) -> Result<Option<Vec<HandedRow>>, StoreError> {
	let Some(row) = rows.get(&CHARTS, &chart)? else { return Ok(None) };
	let end = |end: crate::store::End| HandedEnd { next: end.next, last: end.last };
	let mut all = vec![HandedRow::Chart {
		chart,
		key: row.new.key,
		encryption_key: row.new.encryption_key,
		records: end(row.records),
		disclosures: end(row.disclosures),
	}];
	directives(rows, chart, row.directives, &mut all)?;
	for place in 0..row.requests {
		let id = there(rows, &CHART_REQUESTS, &(chart, place))?;
		let request = there(rows, &REQUESTS, &id)?;
		let answer = request.answer.map(String::from_utf8).transpose();
		all.push(HandedRow::Request {
			id,
			requester: request.requester,
			opening: request.opening,
			answer: answer.map_err(|_| StoreError::Damaged)?,
		});
	}
	let mut posted: HashMap<u64, bool> = HashMap::new();
	for sequence in 0..row.disclosures.next {
		let line = there(rows, &DISCLOSURES, &(chart, sequence))?;
		let mut batch = None;
		if let Some((number, index)) = line.batch {
			let known = posted.get(&number).copied();
			let on_chain = match known {
				Some(known) => known,
				None => {
					let Batch { number: root, .. } = there(rows, &BATCHES, &number)?;
					posted.insert(number, root.is_some());
					root.is_some()
				},
			};
			batch = on_chain.then_some(DisclosurePlace { batch: number, index });
		}
		all.push(HandedRow::Disclosure { opening: line.opening, batch });
	}
	for sequence in 0..row.records.next {
		let Some(record) = rows.get(&CHART_RECORDS, &(chart, sequence))? else { continue };
		all.push(match rows.get(&RECORDS, &record)? {
			Some(row) => {
				let place = match row.record.body {
					Body::Packed(packed) => Some(RecordPlace {
						batch: packed.batch,
						leaves: packed.leaves,
						index: packed.index,
					}),
					Body::Segments(_) => None,
				};
				HandedRow::Record {
					record,
					opening: row.record.opening,
					replaces: row.record.replaces,
					media_type: row.record.media_type,
					wraps: row.record.wraps,
					place,
					block: row.block.into(),
				}
			},
			None => {
				let erased = there(rows, &ERASED, &record)?;
				HandedRow::Erased { record, sequence, petition: erased.petition }
			},
		});
		holds(rows, record, &mut all)?;
	}
	let mut gone = moved.get(&chart).cloned().unwrap_or_default();
	for left in rows.get(&LEFT_BEFORE, &chart)?.unwrap_or_default() {
		if gone.iter().all(|(known, _)| *known != left) {
			gone.extend(rows.get(&MOVED, &left.record)?.map(|note| (left, note)));
		}
	}
	// In an order that stays when a transfer is forgotten and its places are noted.
	gone.sort_by_key(|(left, _)| (left.sequence, left.record));
	let mut told = HashSet::new();
	for (LeftBefore { record, sequence }, MovedRow { to, block, .. }) in gone {
		all.push(HandedRow::Moved { record, sequence, to, block });
		if told.insert(record) {
			holds(rows, record, &mut all)?;
		}
	}
	for record in rows.get(&CHART_PETITIONS, &chart)?.unwrap_or_default() {
		for PetitionRow { number, posted, account, state, filed, answer, inbox } in
			there(rows, &PETITIONS, &record)?
		{
			let due = rows.at(&PETITION_INBOX, inbox)?.ok_or(StoreError::Damaged)?.due;
			all.push(HandedRow::Petition { number, posted, account, state, filed, due, answer });
		}
	}
	for (known, row) in asks::of(rows, chart)? {
		let (extension, answer) = (row.extension(), row.answer());
		all.push(HandedRow::Ask { known, opening: row.opening, extension, answer });
	}
	Ok(Some(all))
}

/// The openings in order of arrival, then those at the chart's places that are not among them.
fn directives(
	rows: &impl Rows,
	chart: ChartId,
	end: u32,
	all: &mut Vec<HandedRow>,
) -> Result<(), StoreError> {
	let mut seen: HashSet<DirectiveId> = HashSet::new();
	for place in 0..end {
		let id = there(rows, &CHART_DIRECTIVES, &(chart, place))?;
		let opening = there(rows, &DIRECTIVES, &(chart, id))?;
		seen.insert(id);
		let paper = rows.get(&PAPERS, &(chart, id))?;
		all.push(HandedRow::Directive { id, opening, listed: true, paper });
	}
	let places = rows.get(&COVER, &chart)?.map_or(Vec::new(), |row| row.places);
	let at_places = places.into_iter().flat_map(|PlaceRow { current, previous, .. }| {
		core::iter::once(current).chain(previous.map(|(id, _)| id))
	});
	for id in at_places {
		// One of stock that was never used has no opening on chain yet.
		let opening = rows.get(&DIRECTIVES, &(chart, id))?;
		if let Some(opening) = opening.filter(|_| seen.insert(id)) {
			all.push(HandedRow::Directive { id, opening, listed: false, paper: None });
		}
	}
	Ok(())
}

fn holds(rows: &impl Rows, record: RecordId, all: &mut Vec<HandedRow>) -> Result<(), StoreError> {
	let holds = rows.get(&HOLDS, &record)?.unwrap_or_default().into_iter();
	all.extend(holds.map(|row| HandedRow::Hold {
		record,
		opening: row.opening,
		account: row.account,
	}));
	Ok(())
}

/// A chart by its rows.
pub(super) fn handed(chart: ChartId, rows: &[HandedRow]) -> HandedChart {
	let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
	HandedChart { chart, rows: count, digest: chart_digest(rows) }
}

/// Some charts of the holding.
pub(super) struct Page {
	pub(super) charts: Vec<HandedChart>,
	/// Those that can not be read whole. One of them does not keep the others here.
	pub(super) unreadable: Vec<ChartId>,
	/// The place of its last, if there are more.
	pub(super) last: Option<Vec<u8>>,
}

/// A page of the charts, behind this place.
pub(super) fn page(store: &Store, after: Option<&[u8]>, most: usize) -> Result<Page, StoreError> {
	let found = store.page(&CHARTS, after, most)?;
	let last = found.last().map(|(place, _)| place.clone()).filter(|_| found.len() == most);
	let (charts, unreadable) = store.read(|rows| {
		let moved = moved_records(rows)?;
		let (mut charts, mut unreadable) = (Vec::with_capacity(found.len()), Vec::new());
		for (_, row) in &found {
			let chart = row.new.chart;
			match rows_of(rows, chart, &moved) {
				Ok(Some(all)) => charts.push(handed(chart, &all)),
				Ok(None) | Err(StoreError::Damaged) => unreadable.push(chart),
				Err(error) => return Err(error),
			}
		}
		Ok((charts, unreadable))
	})?;
	Ok(Page { charts, unreadable, last })
}

/// What there is in all, and the charts that can not be read whole.
pub(super) fn totals(store: &Store) -> Result<(HoldingTotals, Vec<ChartId>), StoreError> {
	let (mut all, mut unreadable, mut after) = (Vec::new(), Vec::new(), None::<Vec<u8>>);
	loop {
		let page = page(store, after.as_deref(), PAGE)?;
		all.extend(page.charts);
		unreadable.extend(page.unreadable);
		match page.last {
			Some(last) => after = Some(last),
			None => return Ok((of_charts(all), unreadable)),
		}
	}
}

/// The totals over these charts.
pub(super) fn of_charts(charts: Vec<HandedChart>) -> HoldingTotals {
	let rows = charts.iter().fold(0u64, |sum, one| sum.saturating_add(one.rows.into()));
	HoldingTotals { charts: charts.len() as u64, rows, digest: holding_digest(charts) }
}

/// Transfers of single records of which something more becomes: what they move is not the receiver's.
pub(super) fn open_transfers(rows: &impl Rows) -> Result<u64, StoreError> {
	let all = rows.first(&TRANSFERS, usize::MAX)?;
	Ok(all.iter().filter(|(_, row)| row.is_open()).count() as u64)
}

/// What is told where so many of them are open.
pub(super) fn open_fault(open: u64) -> Option<String> {
	(open > 0).then(|| Error::TransfersOpen(open).to_string())
}

/// How much is on its way to the chain and would change what moves, or was not settled. What the chain does
/// not take any more once the holding `moved` is not waited for.
pub(super) fn waiting(rows: &Reading<'_>, moved: bool) -> Result<u64, StoreError> {
	let until_moved = match moved {
		true => 0,
		false => rows
			.count(&ARRIVED)?
			.saturating_add(rows.count(&SEALED_IMPORTS)?)
			.saturating_add(open_transfers(rows)?),
	};
	// What is not here whole can not be given on.
	let receiving = rows.first(&RECEIVING, usize::MAX)?.into_iter();
	let receiving = receiving.filter(|(_, row)| !row.is_over()).count() as u64;
	let counts = [
		receiving,
		rows.count(&PENDING_CHARTS)?,
		rows.count(&WAITING_RECORDS)?,
		rows.count(&PENDING_RECORDS)?,
		until_moved,
		rows.count_map(&ANCHORING)?,
		rows.count(&RECORD_ACTS)?,
		rows.count(&TAKING)?,
		rows.count(&WAITING_ORDERS)?,
		rows.count(&RELAYING)?,
		rows.count(&OUTBOX)?,
		rows.count(&POSTING)?,
		rows.count(&STATEMENT_POSTS)?,
	];
	Ok(counts.into_iter().fold(0, u64::saturating_add))
}

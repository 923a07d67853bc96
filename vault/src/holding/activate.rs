//! The receiver's side: taking what was copied into service, once the finalised chain says that this house
//! keeps it; or removing it, once it says that it is not offered any more.

use super::{
	bring::{erase_row, forget_nodes},
	check::granted,
};
use crate::{
	asks,
	custody::{rows::MovedRow, PullError},
	emergency,
	errors::{Error, Result},
	finding,
	records::discard,
	store::{
		Body, ChartRow, DisclosureRow, End, ErasedRow, HeldBody, HeldChart, HoldRow, InboxRow,
		NewChart, Packed, PendingRecord, PetitionRow, RecordRow, RequestRow, Rows, Segment, Store,
		StoreError, TakenIn, Writing, CHARTS, CHART_DIRECTIVES, CHART_PETITIONS, CHART_RECORDS,
		CHART_REQUESTS, DIRECTIVES, DISCLOSURES, ERASED, HELD_BODIES, HELD_CHARTS, HELD_NODES,
		HELD_ROWS, HOLDS, INCOMING, LEFT_BEFORE, MOVED, PAPERS, PETITIONS, PETITION_INBOX, RECORDS,
		REQUESTS, TAKEN_IN, TAKING,
	},
	vault::Vault,
};
use futures::{StreamExt, TryStreamExt};
use salus_client::{
	chain::At,
	vault_api::{HandedEnd, HandedRow, LeftBefore},
};
use salus_primitives::{
	codes::{PetitionState, RecordState},
	disclosure::Subject,
	ids::{AccountBytes, ChartId, DirectiveId, OrganisationId, RecordId},
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
};

/// Questions to our node at once.
const ASKED_AT_ONCE: usize = 16;

/// Charts that are looked at in one go.
const PAGE: usize = 64;

/// What became of a record since it was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
	/// It was erased, by this petition.
	Erased(Option<u32>),
	/// That organisation took it over by itself.
	Moved(OrganisationId),
	/// This house took it over by itself, for another chart.
	CameBefore,
}

/// What the chain says of a chart at the moment at which it is taken into service.
#[derive(Clone, Debug, Default)]
pub(super) struct Fates {
	/// Records that do not go into service with it.
	pub(super) records: HashMap<RecordId, Fate>,
	/// Openings of directives that the chain does not know: whoever has the right one brings it.
	pub(super) unknown: HashSet<DirectiveId>,
	/// The key that the giver told, where the chain names another.
	pub(super) other_key: Option<AccountBytes>,
	/// The block.
	pub(super) block: u32,
}

/// Asks the chain what became of a chart that is held. Records of batches without an entry of their own can
/// not have moved alone, nor been erased.
pub(super) async fn fates(
	vault: &Arc<Vault>,
	at: &At,
	held: &HeldChart,
) -> Result<Fates, PullError> {
	let HeldChart { from, of, .. } = *held;
	let chart = of.chart;
	let keeper = at.holding(from).await?.keeper;
	let facts = at.chart(chart).await?.filter(|facts| facts.custodian == keeper);
	let facts = facts.ok_or(PullError::Wrong("a chart that is not of the holding"))?;
	let mut fates = Fates { block: at.head().number, ..Fates::default() };
	let rows = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let mut alone = Vec::new();
				for place in 0..of.rows {
					match rows.get(&HELD_ROWS, &(chart, place))?.ok_or(StoreError::Damaged)? {
						HandedRow::Record { place: Some(_), .. } => {},
						row => alone.push(row),
					}
				}
				Ok(alone)
			})?)
		})
		.await?;
	let mut records = Vec::new();
	for row in rows {
		match row {
			HandedRow::Chart { key, .. } if key != facts.key => fates.other_key = Some(key),
			HandedRow::Directive { id, opening, listed: false, .. } => {
				let view = at.directive(id).await?;
				if !view.is_some_and(|view| view.chart == chart && opening.opens(&view.seal)) {
					fates.unknown.insert(id);
				}
			},
			HandedRow::Record { record, opening, .. } => records.push((record, opening)),
			_ => {},
		}
	}
	let here = vault.organisation;
	let asked = futures::stream::iter(records.into_iter().map(|(record, opening)| async move {
		let view = at.record_view(record).await?;
		let view = view.ok_or(PullError::Wrong("a record that the chain does not know"))?;
		let moved = view.facts.custodian != keeper;
		let fate = if view.facts.state == RecordState::Erased && !moved {
			Some(Fate::Erased(granted(&view)))
		} else if moved && view.facts.custodian != here {
			Some(Fate::Moved(view.facts.custodian))
		} else if !opening.opens(&view.facts.leaf) {
			Some(Fate::CameBefore)
		} else {
			None
		};
		Ok::<_, PullError>(fate.map(|fate| (record, fate)))
	}));
	let found: Vec<_> = asked.buffer_unordered(ASKED_AT_ONCE).try_collect().await?;
	fates.records = found.into_iter().flatten().collect();
	Ok(fates)
}

/// Removes all that was copied of this holding, ciphertexts too.
pub(super) async fn remove(vault: &Arc<Vault>, from: OrganisationId) -> Result<()> {
	each_chart(vault, from, forget).await?;
	for body in bodies(vault, from).await? {
		drop_body(vault, body).await?;
	}
	let mut after = None::<Vec<u8>>;
	loop {
		let behind = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&HELD_NODES, behind.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { return Ok(()) };
		after = Some(last.clone());
		for (_, held) in page.into_iter().filter(|(_, held)| held.from == from) {
			vault.stored(move |store| forget_nodes(store, &held)).await?;
		}
	}
}

/// Does this with each chart of the holding, which takes it out of the list of those that are held.
async fn each_chart(
	vault: &Arc<Vault>,
	from: OrganisationId,
	work: fn(&Store, &HeldChart) -> Result<()>,
) -> Result<()> {
	let mut after = None::<Vec<u8>>;
	loop {
		let behind = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&HELD_CHARTS, behind.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { return Ok(()) };
		after = Some(last.clone());
		for (_, held) in page {
			if held.from == from {
				vault.stored(move |store| work(store, &held)).await?;
			}
		}
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping);
		}
	}
}

/// Removes a chart that is held.
pub(super) fn forget(store: &Store, held: &HeldChart) -> Result<()> {
	store.write(|rows| {
		for place in 0..held.of.rows {
			erase_row(rows, held.of.chart, place)?;
		}
		rows.remove(&HELD_CHARTS, &held.of.chart)?;
		Ok(())
	})
}

/// Ciphertexts that came with the holding and that no record here names.
async fn bodies(vault: &Arc<Vault>, from: OrganisationId) -> Result<Vec<HeldBody>> {
	let (mut all, mut after) = (Vec::new(), None::<Vec<u8>>);
	loop {
		let behind = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&HELD_BODIES, behind.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { return Ok(all) };
		after = Some(last.clone());
		all.extend(page.into_iter().map(|(_, body)| body).filter(|body| body.from == from));
	}
}

async fn drop_body(vault: &Arc<Vault>, body: HeldBody) -> Result<()> {
	let names: Vec<_> = body.segments.iter().map(|segment| segment.name).collect();
	let noted = names.clone();
	let incoming = vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				rows.remove(&HELD_BODIES, &body.record)?;
				rows.push(&INCOMING, &noted)
			})?)
		})
		.await?;
	discard(vault, incoming, &names).await
}

/// Removes the ciphertexts that came with a holding which is in service, and are of no use: their records are
/// here with others, were erased, or are another's. What the chain says is this house's stays, for it may be
/// the only one.
pub(super) async fn drop_unused(vault: &Arc<Vault>, from: OrganisationId) -> Result<()> {
	let at = vault.node.fresh().await?;
	let keeper = at.holding(from).await?.keeper;
	for body in bodies(vault, from).await? {
		let record = body.record;
		let here = vault
			.stored(move |store| Ok(store.read(|rows| rows.get(&RECORDS, &record))?.is_some()))
			.await?;
		let facts = at.record(record).await?;
		let gone = facts
			.is_some_and(|facts| facts.custodian != keeper || facts.state == RecordState::Erased);
		if here || gone {
			drop_body(vault, body).await?;
		} else {
			tracing::error!("a ciphertext that came with a holding has lost its row; it is kept");
		}
	}
	Ok(())
}

/// Puts the rows of a chart where they are served from. What is here of another chart of this house is
/// never written over: its place in this one stays empty, and is told of.
pub(super) fn take_in(store: &Store, held: &HeldChart, fates: &Fates) -> Result<()> {
	let chart = held.of.chart;
	store.write(|rows| {
		let taking = rows.first(&TAKING, usize::MAX)?.into_iter();
		let taking: HashSet<RecordId> = taking.map(|(_, taken)| taken.record.id).collect();
		if rows.get(&CHARTS, &chart)?.is_some() {
			return Err(Error::AlreadyExists("a chart that came with a holding is here already"));
		}
		let mut target = None;
		for place in 0..held.of.rows {
			let row = rows.get(&HELD_ROWS, &(chart, place))?.ok_or(StoreError::Damaged)?;
			rows.remove(&HELD_ROWS, &(chart, place))?;
			match row {
				HandedRow::Chart { key, encryption_key, records, disclosures, .. } => {
					let new = NewChart { chart, key, encryption_key };
					let (records, disclosures) = (end(records), end(disclosures));
					target = Some(ChartRow { records, disclosures, ..ChartRow::empty(new) });
				},
				row => {
					let target = target.as_mut().ok_or(StoreError::Damaged)?;
					place_row(rows, chart, target, as_it_is(rows, &taking, fates, row)?)?;
				},
			}
		}
		rows.put(&CHARTS, &chart, &target.ok_or(StoreError::Damaged)?)?;
		rows.remove(&HELD_CHARTS, &chart)?;
		let taken = TakenIn { from: held.from, other_key: fates.other_key };
		Ok(rows.put(&TAKEN_IN, &chart, &taken)?)
	})
}

/// A row as it is taken into service.
enum Placed {
	/// As it came.
	Row(Box<HandedRow>),
	/// Only that a place among the chart's records is empty, for the record is here for another.
	Left(LeftBefore),
	/// Not at all.
	Nothing,
}

fn as_it_is(
	rows: &impl Rows,
	taking: &HashSet<RecordId>,
	fates: &Fates,
	row: HandedRow,
) -> Result<Placed, StoreError> {
	let named = match &row {
		HandedRow::Record { record, opening, .. } => Some((*record, opening.terms.sequence)),
		HandedRow::Erased { record, sequence, .. } | HandedRow::Moved { record, sequence, .. } => {
			Some((*record, *sequence))
		},
		HandedRow::Directive { id, listed: false, .. } if fates.unknown.contains(id) => {
			return Ok(Placed::Nothing);
		},
		// Its matter went with what was erased.
		HandedRow::Hold { record, .. } if rows.get(&ERASED, record)?.is_some() => {
			return Ok(Placed::Nothing);
		},
		_ => None,
	};
	let Some((record, sequence)) = named else { return Ok(Placed::Row(row.into())) };
	let left = Placed::Left(LeftBefore { record, sequence });
	let here = rows.get(&RECORDS, &record)?.is_some() || taking.contains(&record);
	if here || rows.get(&ERASED, &record)?.is_some() {
		return Ok(left);
	}
	let is_record = matches!(row, HandedRow::Record { .. });
	Ok(match fates.records.get(&record).filter(|_| is_record) {
		None => Placed::Row(row.into()),
		Some(Fate::CameBefore) => left,
		Some(Fate::Erased(petition)) => {
			let petition = *petition;
			Placed::Row(HandedRow::Erased { record, sequence, petition }.into())
		},
		Some(Fate::Moved(to)) => {
			let (to, block) = (*to, fates.block);
			Placed::Row(HandedRow::Moved { record, sequence, to, block }.into())
		},
	})
}

fn leave(rows: &Writing<'_>, chart: ChartId, left: LeftBefore) -> Result<(), StoreError> {
	let mut all = rows.get(&LEFT_BEFORE, &chart)?.unwrap_or_default();
	all.push(left);
	rows.put(&LEFT_BEFORE, &chart, &all)
}

const fn end(HandedEnd { next, last }: HandedEnd) -> End {
	End { next, last }
}

fn place_row(
	rows: &Writing<'_>,
	chart: ChartId,
	target: &mut ChartRow,
	row: Placed,
) -> Result<(), StoreError> {
	let row = match row {
		Placed::Row(row) => *row,
		Placed::Left(left) => return leave(rows, chart, left),
		Placed::Nothing => return Ok(()),
	};
	match row {
		HandedRow::Chart { .. } => Err(StoreError::Damaged),
		HandedRow::Directive { id, opening, listed, paper } => {
			rows.put(&DIRECTIVES, &(chart, id), &opening)?;
			if let Some(paper) = paper {
				rows.put(&PAPERS, &(chart, id), &paper)?;
			}
			if listed {
				rows.put(&CHART_DIRECTIVES, &(chart, target.directives), &id)?;
				target.directives = target.directives.saturating_add(1);
			}
			Ok(())
		},
		HandedRow::Request { id, requester, opening, answer } => {
			let answer = answer.map(String::into_bytes);
			rows.put(&REQUESTS, &id, &RequestRow { chart, requester, opening, answer })?;
			rows.put(&CHART_REQUESTS, &(chart, target.requests), &id)?;
			target.requests = target.requests.saturating_add(1);
			Ok(())
		},
		HandedRow::Disclosure { opening, batch } => {
			let sequence = opening.terms.sequence;
			let batch = batch.map(|place| (place.batch, place.index));
			if let Some(id) = opening.terms.broken_glass() {
				emergency::note(rows, &chart, id, sequence)?;
				if opening.terms.subject == Subject::Presence {
					finding::note(rows, &chart, id)?;
				}
			}
			rows.put(&DISCLOSURES, &(chart, sequence), &DisclosureRow { opening, batch })
		},
		HandedRow::Record { record, opening, replaces, media_type, wraps, place, block } => {
			let held = rows.get(&HELD_BODIES, &record)?.ok_or(StoreError::Damaged)?;
			rows.remove(&HELD_BODIES, &record)?;
			let body = match (place, held.segments.as_slice()) {
				(Some(place), [part]) => {
					let Segment { name, size, digest } = *part;
					Body::Packed(Packed {
						part: Segment { name, size, digest },
						offset: 0,
						batch: place.batch,
						leaves: place.leaves,
						index: place.index,
					})
				},
				(Some(_), _) => return Err(StoreError::Damaged),
				(None, _) => Body::Segments(held.segments),
			};
			rows.put(&CHART_RECORDS, &(chart, opening.terms.sequence), &record)?;
			let record = PendingRecord { id: record, opening, replaces, media_type, body, wraps };
			let id = record.id;
			// It may have been here before, and gone with a transfer.
			rows.remove(&MOVED, &id)?;
			rows.put(&RECORDS, &id, &RecordRow { record, block: block.into() })
		},
		HandedRow::Erased { record, sequence, petition } => {
			rows.put(&CHART_RECORDS, &(chart, sequence), &record)?;
			rows.put(&ERASED, &record, &ErasedRow { chart, sequence, petition })
		},
		HandedRow::Hold { record, opening, account } => {
			let mut holds = rows.get(&HOLDS, &record)?.unwrap_or_default();
			holds.push(HoldRow { opening, account });
			rows.put(&HOLDS, &record, &holds)
		},
		HandedRow::Moved { record, sequence, to, block } => {
			leave(rows, chart, LeftBefore { record, sequence })?;
			rows.put(&MOVED, &record, &MovedRow { chart, to, block })
		},
		HandedRow::Ask { known, opening, extension, answer } => {
			asks::arrived(rows, chart, known, opening, extension, answer)
		},
		HandedRow::Petition { number, posted, account, state, filed, due, answer } => {
			let record = posted.opening.terms.record;
			let open = state == PetitionState::Open;
			let inbox = rows.push(&PETITION_INBOX, &InboxRow { record, number, due, open })?;
			let mut known = rows.get(&PETITIONS, &record)?.unwrap_or_default();
			known.push(PetitionRow { number, posted, account, state, filed, answer, inbox });
			known.sort_by_key(|row| row.number);
			rows.put(&PETITIONS, &record, &known)?;
			let mut records = rows.get(&CHART_PETITIONS, &chart)?.unwrap_or_default();
			if !records.contains(&record) {
				records.push(record);
				rows.put(&CHART_PETITIONS, &chart, &records)?;
			}
			Ok(())
		},
	}
}

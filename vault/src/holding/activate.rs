//! The receiver's side: taking what was copied into service, once the finalised chain says that this house
//! keeps it; or removing it, once it says that it is not offered any more.

use crate::{
	custody::rows::MovedRow,
	emergency,
	errors::{Error, Result},
	records::discard,
	store::{
		Body, ChartRow, DisclosureRow, End, ErasedRow, HeldChart, HoldRow, InboxRow, NewChart,
		Packed, PendingRecord, PetitionRow, RecordRow, RequestRow, Rows, Segment, Store,
		StoreError, Writing, CHARTS, CHART_DIRECTIVES, CHART_PETITIONS, CHART_RECORDS,
		CHART_REQUESTS, DIRECTIVES, DISCLOSURES, ERASED, HELD_BATCHES, HELD_BODIES, HELD_CHARTS,
		HELD_ROWS, HOLDS, INCOMING, LEFT_BEFORE, MOVED, PETITIONS, PETITION_INBOX, RECORDS,
		REQUESTS,
	},
	vault::Vault,
};
use salus_client::vault_api::{HandedEnd, HandedRow, LeftBefore};
use salus_primitives::{
	codes::PetitionState,
	decision::Basis,
	disclosure::Outcome,
	ids::{ChartId, OrganisationId},
};
use std::sync::Arc;

/// Charts that are looked at in one go.
const PAGE: usize = 64;

/// Takes all charts of this holding into service. In one step each, so that a kill leaves none half.
pub(super) async fn activate(vault: &Arc<Vault>, from: OrganisationId) -> Result<()> {
	each_chart(vault, from, take_in).await?;
	drop_bodies(vault, from).await
}

/// Removes all that was copied of this holding, ciphertexts too.
pub(super) async fn remove(vault: &Arc<Vault>, from: OrganisationId) -> Result<()> {
	each_chart(vault, from, forget).await?;
	drop_bodies(vault, from).await
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
			rows.remove(&HELD_ROWS, &(held.of.chart, place))?;
		}
		rows.remove(&HELD_CHARTS, &held.of.chart)?;
		Ok(())
	})
}

/// Ciphertexts that no chart named in the end.
async fn drop_bodies(vault: &Arc<Vault>, from: OrganisationId) -> Result<()> {
	let mut after = None::<Vec<u8>>;
	loop {
		let behind = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&HELD_BODIES, behind.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { return Ok(()) };
		after = Some(last.clone());
		for (_, body) in page.into_iter().filter(|(_, body)| body.from == from) {
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
			discard(vault, incoming, &names).await?;
		}
	}
}

/// Puts the rows of a chart where they are served from.
pub(super) fn take_in(store: &Store, held: &HeldChart) -> Result<()> {
	let chart = held.of.chart;
	store.write(|rows| {
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
					place_row(rows, held.from, chart, target, row)?;
				},
			}
		}
		rows.put(&CHARTS, &chart, &target.ok_or(StoreError::Damaged)?)?;
		rows.remove(&HELD_CHARTS, &chart)?;
		Ok(())
	})
}

const fn end(HandedEnd { next, last }: HandedEnd) -> End {
	End { next, last }
}

fn place_row(
	rows: &Writing<'_>,
	from: OrganisationId,
	chart: ChartId,
	target: &mut ChartRow,
	row: HandedRow,
) -> Result<(), StoreError> {
	match row {
		HandedRow::Chart { .. } => Err(StoreError::Damaged),
		HandedRow::Directive { id, opening, listed } => {
			rows.put(&DIRECTIVES, &(chart, id), &opening)?;
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
			let batch = match batch {
				Some(place) => {
					let number = rows.get(&HELD_BATCHES, &(from, place.batch))?;
					Some((number.ok_or(StoreError::Damaged)?, place.index))
				},
				None => None,
			};
			if let Outcome::Released(Basis::BreakGlass(id)) = opening.terms.outcome {
				emergency::note(rows, &chart, id, sequence)?;
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
			let mut left = rows.get(&LEFT_BEFORE, &chart)?.unwrap_or_default();
			left.push(LeftBefore { record, sequence });
			rows.put(&LEFT_BEFORE, &chart, &left)?;
			// One that moved to this house before is here, and not gone.
			if rows.get(&RECORDS, &record)?.is_none() {
				rows.put(&MOVED, &record, &MovedRow { chart, to, block })?;
			}
			Ok(())
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

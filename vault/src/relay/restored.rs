//! What becomes of orders when a vault is restored: what it has of them is of the past.

use super::{stock::kill, MOST_WAITING};
use crate::{
	errors::Result,
	store::{
		PlaceRow, Rows, Store, StoreError, Writing, COHORTS, COHORT_COUNT, COVER, DIRECTIVES,
		STOCK, WAITING_ORDERS,
	},
	vault::Vault,
};
use salus_client::vault_api::StockOrder;
use salus_primitives::ids::{ChartId, DirectiveId};
use std::sync::Arc;

/// Drops the orders that waited, for they were done or refused since, and has every place hold what the
/// chain says is active. What was on its way is sent once more, which does no harm. `active` tells the
/// active directives of a chart.
pub(crate) async fn after_restore(
	vault: &Arc<Vault>,
	active: impl AsyncFn(ChartId) -> Result<Vec<DirectiveId>>,
) -> Result<()> {
	let cohorts = vault
		.stored(|store| {
			store.write(|rows| {
				for (number, _) in rows.first(&WAITING_ORDERS, MOST_WAITING)? {
					rows.drop_at(&WAITING_ORDERS, number)?;
				}
				Ok(rows.get(&COHORT_COUNT, &())?.unwrap_or(0))
			})
		})
		.await?;
	for cohort in 0..cohorts {
		let members = vault
			.stored(move |store| Ok(store.read(|rows| rows.get(&COHORTS, &cohort))?))
			.await?;
		for chart in members.unwrap_or_default() {
			let active = active(chart).await?;
			vault.stored(move |store| follow(store, &chart, &active)).await?;
		}
	}
	Ok(())
}

/// Moves each place of the chart on to the directive of its stock that is active by now; one of which
/// none is goes, and the wallet gives it again.
pub(super) fn follow(store: &Store, chart: &ChartId, active: &[DirectiveId]) -> Result<()> {
	store.write(|rows| {
		let Some(mut row) = rows.get(&COVER, chart)? else { return Ok(()) };
		let mut number = 0usize;
		while let Some(place) = row.places.get_mut(number) {
			// The one before is active where the last transaction did not come in yet.
			let previous = place.previous.map(|(previous, _)| previous);
			if [Some(place.current), previous].iter().flatten().any(|id| active.contains(id)) {
				number = number.saturating_add(1);
				continue;
			}
			let found = seek(rows, chart, place, active)?;
			forget(rows, chart, place)?;
			let Some((serial, stocked)) = found else {
				kill(rows, chart, &mut row, number)?;
				continue;
			};
			for used in place.next..=serial {
				rows.remove(&STOCK, &(*chart, used))?;
			}
			let id = stocked.order.act.directive();
			rows.put(&DIRECTIVES, &(*chart, id), &stocked.opening)?;
			(place.current, place.listed, place.previous) = (id, false, None);
			place.next = serial.saturating_add(1);
			number = number.saturating_add(1);
		}
		Ok(rows.put(&COVER, chart, &row)?)
	})
}

/// The order of a place's stock whose directive is active.
fn seek(
	rows: &Writing<'_>,
	chart: &ChartId,
	place: &PlaceRow,
	active: &[DirectiveId],
) -> Result<Option<(u32, StockOrder)>> {
	for serial in place.next..place.end {
		let stocked = rows.get(&STOCK, &(*chart, serial))?.ok_or(StoreError::Damaged)?;
		if active.contains(&stocked.order.act.directive()) {
			return Ok(Some((serial, stocked)));
		}
	}
	Ok(None)
}

/// Removes the openings of what was at a place, unless they are listed.
pub(super) fn forget(rows: &Writing<'_>, chart: &ChartId, place: &PlaceRow) -> Result<()> {
	let current = (place.current, place.listed);
	for (id, listed) in [Some(current), place.previous].into_iter().flatten() {
		if !listed {
			rows.remove(&DIRECTIVES, &(*chart, id))?;
		}
	}
	Ok(())
}

//! Transfers that have ended: told of for a year, then forgotten. A word joins two charts of one person.

use super::rows::TransferRow;
use crate::{
	clock::DAY,
	errors::{Error, Result},
	store::{Rows, Store, StoreError, Writing, LEFT_BEFORE, TRANSFERS},
	vault::Vault,
};
use salus_client::vault_api::{LeftBefore, MovingState};
use salus_primitives::time::Moment;
use std::sync::Arc;

/// How long a transfer that has ended is told of, from when its word is good no more.
pub(super) const KEPT: Moment = 365 * DAY;

/// Whether nothing becomes of it any more and its time is over.
fn is_over(row: &TransferRow, at: Moment) -> bool {
	!row.is_open() && row.word.statement.expires.saturating_add(KEPT) <= at
}

/// Removes the transfers whose time is over, also from the database's file; tells how many.
pub(crate) async fn drop_ended(vault: &Arc<Vault>, at: Moment) -> Result<usize> {
	// Rows of a chart do not change while the receiver of the holding compares them.
	let _open = match vault.holdings.logging().await {
		Ok(open) => open,
		Err(Error::HoldingClosed { .. } | Error::HoldingMoved(_)) => return Ok(0),
		Err(error) => return Err(error),
	};
	let dropped = vault.stored(move |store| forget_ended(store, at)).await?;
	if dropped > 0 {
		vault.acts.wake();
	}
	Ok(dropped)
}

pub(crate) fn forget_ended(store: &Store, at: Moment) -> Result<usize> {
	let over = |rows: &[(u64, TransferRow)]| -> Vec<u64> {
		rows.iter()
			.filter(|(_, row)| is_over(row, at))
			.map(|(number, _)| *number)
			.collect()
	};
	if over(&store.read(|rows| rows.first(&TRANSFERS, usize::MAX))?).is_empty() {
		return Ok(0);
	}
	store.write(|rows| {
		let numbers = over(&rows.first(&TRANSFERS, usize::MAX)?);
		for number in &numbers {
			let row = rows.at(&TRANSFERS, *number)?.ok_or(StoreError::Damaged)?;
			leave_places(rows, &row)?;
			rows.erase_at(&TRANSFERS, *number)?;
		}
		Ok(numbers.len())
	})
}

/// Notes which places of the chart are empty because their records moved: without that they would look
/// withheld. The other chart is not in it.
fn leave_places(rows: &Writing<'_>, row: &TransferRow) -> Result<(), StoreError> {
	let chart = row.word.statement.from_chart;
	let mut left = rows.get(&LEFT_BEFORE, &chart)?.unwrap_or_default();
	let before = left.len();
	for moving in &row.records {
		let place = LeftBefore { record: moving.record, sequence: moving.sequence };
		if matches!(moving.state, MovingState::Moved { .. }) && !left.contains(&place) {
			left.push(place);
		}
	}
	if left.len() > before {
		rows.put(&LEFT_BEFORE, &chart, &left)?;
	}
	Ok(())
}

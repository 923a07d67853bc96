//! Transfers that have ended: told of for a year, then forgotten. A word joins two charts of one person.

use super::rows::TransferRow;
use crate::{
	clock::DAY,
	errors::Result,
	store::{Rows, Store, TRANSFERS},
	vault::Vault,
};
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
	let dropped = vault.stored(move |store| forget_ended(store, at)).await?;
	if dropped > 0 {
		vault.acts.wake();
	}
	Ok(dropped)
}

pub(super) fn forget_ended(store: &Store, at: Moment) -> Result<usize> {
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
			rows.erase_at(&TRANSFERS, *number)?;
		}
		Ok(numbers.len())
	})
}

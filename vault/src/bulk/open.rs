//! Imports that are not sealed: how many an account may have, and what becomes of those that stand still.

use super::remove;
use crate::{
	clock::DAY,
	errors::{Error, Result},
	store::{
		bulk::{OpenImport, IMPORTS, OPEN_IMPORTS},
		Rows, StoreError, Writing,
	},
	vault::Vault,
};
use salus_client::vault_api::ImportId;
use salus_primitives::{ids::AccountBytes, time::Moment};
use std::sync::Arc;

/// Imports of one account that may be open at once.
pub(super) const PER_ACCOUNT: usize = 16;
/// How long an import may stand still before it is removed.
pub(super) const IDLE: Moment = 7 * DAY;

impl OpenImport {
	/// Whether nothing has come of it for so long that it is removed.
	const fn is_idle(&self, at: Moment) -> bool {
		self.touched.saturating_add(IDLE) <= at
	}
}

/// Notes an import that is begun at this moment, if its account may have another one.
pub(super) fn begun(
	rows: &Writing<'_>,
	import: ImportId,
	account: AccountBytes,
	at: Moment,
) -> Result<()> {
	let known = rows.first(&OPEN_IMPORTS, usize::MAX)?;
	let theirs = known.iter().filter(|(_, open)| open.account == account && !open.is_idle(at));
	if theirs.count() >= PER_ACCOUNT {
		return Err(Error::TooManyImports(PER_ACCOUNT));
	}
	rows.push(&OPEN_IMPORTS, &OpenImport { import, account, touched: at })?;
	Ok(())
}

/// Notes that something came of an import at this moment.
pub(super) fn touched(
	rows: &Writing<'_>,
	import: ImportId,
	account: AccountBytes,
	at: Moment,
) -> Result<(), StoreError> {
	let open = OpenImport { import, account, touched: at };
	match number(rows, import)? {
		Some(number) => rows.set(&OPEN_IMPORTS, number, &open),
		None => rows.push(&OPEN_IMPORTS, &open).map(drop),
	}
}

/// Notes that an import is sealed or removed.
pub(super) fn closed(rows: &Writing<'_>, import: ImportId) -> Result<(), StoreError> {
	match number(rows, import)? {
		Some(number) => rows.drop_at(&OPEN_IMPORTS, number),
		None => Ok(()),
	}
}

fn number(rows: &impl Rows, import: ImportId) -> Result<Option<u64>, StoreError> {
	let known = rows.first(&OPEN_IMPORTS, usize::MAX)?;
	Ok(known
		.into_iter()
		.find(|(_, open)| open.import == import)
		.map(|(number, _)| number))
}

/// Removes the imports of which nothing has come for long, with all that came before. Tells how many.
pub(crate) async fn expire(vault: &Arc<Vault>, at: Moment) -> Result<usize> {
	let known = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&OPEN_IMPORTS, usize::MAX))?))
		.await?;
	let mut removed = 0usize;
	for import in known.iter().filter(|(_, open)| open.is_idle(at)).map(|(_, open)| open.import) {
		let _turn = vault.bulk.turn.lock().await;
		// A page may have come meanwhile, or the end.
		let row = vault
			.stored(move |store| {
				Ok(store.read(|rows| {
					let open = rows.first(&OPEN_IMPORTS, usize::MAX)?;
					let idle = |open: &OpenImport| open.import == import && open.is_idle(at);
					let is_idle = open.iter().any(|(_, open)| idle(open));
					Ok(rows.get(&IMPORTS, &import)?.filter(|row| is_idle && !row.sealed))
				})?)
			})
			.await?;
		if let Some(row) = row {
			remove(vault, import, row.pages).await?;
			removed = removed.saturating_add(1);
		}
	}
	Ok(removed)
}

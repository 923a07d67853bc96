//! Imports: taking a backlog in, page by page.
//!
//! A page's ciphertexts lie in one object, its facts in one sealed row, so that a thousand records cost as
//! many writes as one. Pages are there whole or not at all, in order, and once. When an import is sealed,
//! the task that anchors everyday records takes it up between two of their transactions (see `anchor`),
//! since that is where the sequences of charts are given. Until its batch is final, nothing of it is
//! listed, released or counted.

mod anchor;
mod open;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use anchor::{anchor_next, is_noted, node};
pub(crate) use open::expire;

use crate::{
	bodies::STALL,
	clock::{now, random},
	errors::{Error, Result},
	records::{self, discard},
	store::{
		bulk::{ImportRow, StagedPage, StagedRecord, IMPORTS, SEALED_IMPORTS, STAGED},
		Rows, Store, StoreError, CHARTS, ERASED, INCOMING, RECORDS,
	},
	vault::Vault,
};
use bytes::{Bytes, BytesMut};
use codec::DecodeAll;
use futures::{Stream, TryStreamExt};
use salus_client::{
	envelope::envelope_size,
	vault_api::{
		ErrorBody, Import, ImportId, ImportState, PageRecord, MAX_PAGE, MAX_PAGES, MAX_PAGE_RECORDS,
	},
};
use salus_primitives::{
	codes::Role,
	ids::{AccountBytes, ChartId, Digest, OrganisationId},
};
use std::{
	collections::{HashMap, HashSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	sync::{Mutex as Turn, Notify, Semaphore},
	time::{timeout, Instant},
};
use tracing::Instrument;

/// Pages that are taken at once; each holds some 50 MiB meanwhile.
const PAGES_AT_ONCE: usize = 4;

/// Who may import.
const IMPORTERS: [Role; 2] = [Role::RecordsOfficer, Role::System];

/// What imports share.
pub(crate) struct Bulk {
	places: Semaphore,
	/// For whoever writes a page, so that pages come one after the other.
	turn: Turn<()>,
	/// For whoever takes a ciphertext out of a pack.
	pub(crate) packs: Turn<()>,
	wake: Notify,
	work: Mutex<Work>,
}

/// What there is to anchor.
struct Work {
	/// Whether there may be something.
	waits: bool,
	/// When to try again what was refused.
	rests_until: Option<Instant>,
	/// Why the chain refused the last batch of an import.
	faults: HashMap<ImportId, ErrorBody>,
}

impl Default for Bulk {
	fn default() -> Self {
		// The last process may have left something.
		let work = Work { waits: true, rests_until: None, faults: HashMap::new() };
		Self {
			places: Semaphore::new(PAGES_AT_ONCE),
			turn: Turn::new(()),
			packs: Turn::new(()),
			wake: Notify::new(),
			work: Mutex::new(work),
		}
	}
}

impl Bulk {
	fn work(&self) -> MutexGuard<'_, Work> {
		self.work.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether there is something to be done now.
	fn is_due(&self) -> bool {
		let work = self.work();
		work.waits && work.rests_until.is_none_or(|until| until <= Instant::now())
	}

	/// Waits until there is something to anchor.
	pub(crate) async fn due(&self) {
		loop {
			let woken = self.wake.notified();
			let until = {
				let work = self.work();
				match (work.waits, work.rests_until) {
					(false, _) => None,
					(true, None) => return,
					(true, Some(until)) => Some(until),
				}
			};
			match until {
				None => woken.await,
				Some(until) => return tokio::time::sleep_until(until).await,
			}
		}
	}

	fn wake(&self) {
		self.work().waits = true;
		self.wake.notify_one();
	}

	fn rest(&self, pause: Duration) {
		self.work().rests_until = Some(Instant::now() + pause);
	}
}

/// Begins an import. Begun again, it is the same.
pub(crate) async fn begin(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
) -> Result<Import> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &IMPORTERS).await?;
	take_begin(vault, account, import).await
}

async fn take_begin(vault: &Arc<Vault>, account: AccountBytes, import: ImportId) -> Result<Import> {
	let row = vault
		.stored(move |store| {
			store.write(|rows| match rows.get(&IMPORTS, &import)? {
				Some(row) if row.account == account => Ok(row),
				Some(_) => Err(Error::AlreadyExists(
					"another account began an import of this name: make a new name",
				)),
				None => {
					open::begun(rows, import, account, now())?;
					let row = ImportRow::begun(account);
					rows.put(&IMPORTS, &import, &row)?;
					Ok(row)
				},
			})
		})
		.await?;
	Ok(told(vault, import, &row))
}

/// How it stands with an import.
pub(crate) async fn look(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
) -> Result<Import> {
	let row = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&IMPORTS, &import))?))
		.await?;
	Ok(told(vault, import, &of(row, account)?))
}

/// The import, if it is this account's.
fn of(row: Option<ImportRow>, account: AccountBytes) -> Result<ImportRow> {
	row.filter(|row| row.account == account).ok_or(Error::ImportUnknown)
}

fn told(vault: &Vault, import: ImportId, row: &ImportRow) -> Import {
	let state = match row {
		ImportRow { sealed: false, .. } => ImportState::Open,
		ImportRow { pages, anchored_pages, .. } if anchored_pages < pages => ImportState::Sealed,
		_ => ImportState::Done,
	};
	Import {
		import,
		state,
		pages: row.pages,
		records: row.records,
		bytes: row.bytes,
		anchored: row.anchored,
		known: row.known,
		batches: row.batches,
		fault: vault.bulk.work().faults.get(&import).cloned(),
	}
}

/// Takes a page. One that is here already is taken once, if it is the same.
pub(crate) async fn put_page(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
	page: u32,
	pieces: impl Stream<Item = Result<Bytes>>,
) -> Result<Import> {
	let _place = vault.bulk.places.try_acquire().map_err(|_| Error::Busy)?;
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &IMPORTERS).await?;
	let body = whole(pieces).await?;
	let taking = Arc::clone(vault);
	// Goes on when the caller hangs up, so that what was begun is settled.
	let task = async move { take_page(&taking, account, import, page, body).await };
	tokio::spawn(task.in_current_span())
		.await
		.map_err(|_| Error::Internal("taking a page was broken off".into()))?
}

/// A page, once all of it came.
async fn whole(pieces: impl Stream<Item = Result<Bytes>>) -> Result<Bytes> {
	let (mut pieces, mut whole) = (std::pin::pin!(pieces), BytesMut::new());
	loop {
		let piece = timeout(STALL, pieces.try_next())
			.await
			.map_err(|_| Error::Malformed("the page stood still: send it again".into()))??;
		match piece {
			None => return Ok(whole.freeze()),
			Some(piece) if piece.len() > MAX_PAGE.saturating_sub(whole.len()) => {
				return Err(Error::TooLarge);
			},
			Some(piece) => whole.extend_from_slice(&piece),
		}
	}
}

async fn take_page(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
	page: u32,
	body: Bytes,
) -> Result<Import> {
	let organisation = vault.organisation;
	let (checked, digest) = tokio::task::spawn_blocking(move || {
		let digest = Digest::of(&body);
		check(organisation, &body).map(|checked| (checked, digest))
	})
	.await
	.map_err(|_| Error::Internal("looking a page through was broken off".into()))??;
	let Checked { records, pack } = checked;

	let _turn = vault.bulk.turn.lock().await;
	let wanted = vault
		.stored(move |store| Ok(place_of(store, account, import, page, &digest)))
		.await??;
	let (row, true) = wanted else { return Ok(told(vault, import, &wanted.0)) };
	debug_assert_eq!(row.pages, page);
	let name: [u8; 32] = random()?;
	let incoming = vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &vec![name]))?)
		})
		.await?;
	let staged = StagedPage { digest, pack: name, records };
	let taken = async {
		vault.objects.put(&name, pack).await?;
		vault.stored(move |store| stage(store, import, page, &staged, incoming)).await
	};
	match taken.await {
		Ok(row) => Ok(told(vault, import, &row)),
		Err(error) => {
			discard(vault, incoming, &[name]).await?;
			Err(error)
		},
	}
}

/// The import, and whether the page is the one that comes next; otherwise it is here already.
fn place_of(
	store: &Store,
	account: AccountBytes,
	import: ImportId,
	page: u32,
	digest: &Digest,
) -> Result<(ImportRow, bool)> {
	let (row, staged) = store
		.read(|rows| Ok((rows.get(&IMPORTS, &import)?, rows.get(&STAGED, &(import, page))?)))?;
	let row = of(row, account)?;
	if staged.is_some_and(|staged| staged.digest != *digest) {
		return Err(Error::AlreadyExists(
			"another page is kept under this number: ask how many there are and go on with the next",
		));
	}
	match row.pages {
		pages if page < pages => Ok((row, false)),
		pages if page > pages || pages >= MAX_PAGES => Err(Error::PageWrong(pages)),
		_ if row.sealed => Err(Error::AlreadyExists("the import is sealed: begin another one")),
		_ => Ok((row, true)),
	}
}

/// A page that can be taken.
struct Checked {
	records: Vec<StagedRecord>,
	/// Its ciphertexts, one after the other.
	pack: Bytes,
}

/// Looks a page through.
fn check(organisation: OrganisationId, body: &[u8]) -> Result<Checked> {
	let page = Vec::<PageRecord>::decode_all(&mut &*body)
		.map_err(|fault| Error::Malformed(format!("the page is no list of records: {fault}")))?;
	if page.is_empty() || page.len() > MAX_PAGE_RECORDS {
		return Err(Error::Malformed(format!(
			"a page must have 1 to {MAX_PAGE_RECORDS} records: cut it otherwise"
		)));
	}
	let mut ids = HashSet::with_capacity(page.len());
	let (mut records, mut pack) = (Vec::with_capacity(page.len()), Vec::with_capacity(body.len()));
	for PageRecord { chart, new, ciphertext } in page {
		records::check_form(organisation, chart, &new)?;
		if new.replaces.is_some() || new.version != 1 {
			return Err(Error::Malformed(
				"an imported record replaces nothing and has version 1: amend records one by one"
					.into(),
			));
		}
		if !ids.insert(new.id) {
			return Err(Error::Malformed("two records of the page have one id".into()));
		}
		if ciphertext.len() as u64 != envelope_size(new.size) {
			return Err(Error::Malformed(
				"the size announced is not that of the content sent: send the page again".into(),
			));
		}
		if Digest::of(&ciphertext) != new.ciphertext_digest {
			return Err(Error::DigestMismatch);
		}
		let place = |length: usize| u32::try_from(length).map_err(|_| Error::TooLarge);
		let (offset, size) = (place(pack.len())?, place(ciphertext.len())?);
		pack.extend_from_slice(&ciphertext);
		records.push(StagedRecord { chart, new, offset, size });
	}
	Ok(Checked { records, pack: pack.into() })
}

/// Keeps a page whose ciphertexts are on disk.
fn stage(
	store: &Store,
	import: ImportId,
	page: u32,
	staged: &StagedPage,
	incoming: u64,
) -> Result<ImportRow> {
	store.write(|rows| {
		let charts: HashSet<ChartId> = staged.records.iter().map(|record| record.chart).collect();
		for chart in charts {
			rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?;
		}
		for record in &staged.records {
			if rows.get(&RECORDS, &record.new.id)?.is_some() {
				return Err(Error::AlreadyExists(
					"a record of the page is stored already: make the page anew",
				));
			}
			if rows.get(&ERASED, &record.new.id)?.is_some() {
				return Err(Error::AlreadyExists(
					"a record of the page was stored and has been erased: make the page anew",
				));
			}
		}
		let mut row = rows.get(&IMPORTS, &import)?.ok_or(Error::ImportUnknown)?;
		let bytes = staged.records.iter().map(|record| u64::from(record.size));
		row.pages = page.saturating_add(1);
		row.records = row.records.saturating_add(staged.records.len() as u64);
		row.bytes = row.bytes.saturating_add(bytes.sum());
		rows.put(&IMPORTS, &import, &row)?;
		rows.put(&STAGED, &(import, page), staged)?;
		open::touched(rows, import, row.account, now())?;
		rows.drop_at(&INCOMING, incoming)?;
		Ok(row)
	})
}

/// Says that no page follows, and has the records anchored. Sealed again, it stays as it is.
pub(crate) async fn seal(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
	pages: u32,
) -> Result<Import> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &IMPORTERS).await?;
	take_seal(vault, account, import, pages).await
}

async fn take_seal(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
	pages: u32,
) -> Result<Import> {
	let _turn = vault.bulk.turn.lock().await;
	let row = vault
		.stored(move |store| {
			store.write(|rows| {
				let mut row = of(rows.get(&IMPORTS, &import)?, account)?;
				if row.pages != pages {
					return Err(Error::PageWrong(row.pages));
				}
				if !row.sealed {
					row.sealed = true;
					rows.put(&IMPORTS, &import, &row)?;
					rows.push(&SEALED_IMPORTS, &import)?;
					open::closed(rows, import)?;
				}
				Ok(row)
			})
		})
		.await?;
	vault.bulk.wake();
	Ok(told(vault, import, &row))
}

/// Removes an import that is not sealed, with all that came.
pub(crate) async fn abandon(
	vault: &Arc<Vault>,
	account: AccountBytes,
	import: ImportId,
) -> Result<()> {
	let _turn = vault.bulk.turn.lock().await;
	let row = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&IMPORTS, &import))?))
		.await?;
	let row = of(row, account)?;
	if row.sealed {
		return Err(Error::AlreadyExists("the import is sealed: its records are being anchored"));
	}
	remove(vault, import, row.pages).await
}

/// Removes an import of so many pages. For whoever has the turn.
async fn remove(vault: &Arc<Vault>, import: ImportId, pages: u32) -> Result<()> {
	// From the last page back, each in one step, so that one that a kill leaves is like one less far.
	for page in (0..pages).rev() {
		let (incoming, name) = vault.stored(move |store| unstage(store, import, page)).await?;
		discard(vault, incoming, &[name]).await?;
	}
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				open::closed(rows, import)?;
				rows.remove(&IMPORTS, &import).map(drop)
			})?)
		})
		.await
}

/// Gives up the last page; its ciphertexts are noted for whoever removes them.
fn unstage(store: &Store, import: ImportId, page: u32) -> Result<(u64, [u8; 32])> {
	store.write(|rows| {
		let staged = rows.get(&STAGED, &(import, page))?.ok_or(StoreError::Damaged)?;
		let mut row = rows.get(&IMPORTS, &import)?.ok_or(Error::ImportUnknown)?;
		let bytes = staged.records.iter().map(|record| u64::from(record.size));
		row.pages = page;
		row.records = row.records.saturating_sub(staged.records.len() as u64);
		row.bytes = row.bytes.saturating_sub(bytes.sum());
		rows.put(&IMPORTS, &import, &row)?;
		rows.remove(&STAGED, &(import, page))?;
		Ok((rows.push(&INCOMING, &vec![staged.pack])?, staged.pack))
	})
}

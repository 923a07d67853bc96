//! Uploads in several requests, for what is too large for one.
//!
//! What came is kept in segments; each is whole and on disk, with its row, before it counts. So the
//! offset survives a vault that is killed, and a connection that breaks costs nothing that had come. An
//! upload belongs to the account that began it, takes one request at a time and is swept when it
//! expires. When it is completed its segments become the record's.

use crate::{
	batches::{Answer, Preference},
	bodies::{self, Cutter, STALL},
	clock::{now, random},
	errors::{Error, Result},
	objects::Name,
	store::{
		mac, Body, Rows, Segment, StoreError, UploadRow, WaitingRecord, UPLOADS, UPLOAD_SEGMENTS,
	},
	vault::Vault,
	writes,
};
use bytes::Bytes;
use futures::Stream;
use salus_client::{
	envelope::{envelope_size, ContentHasher},
	vault_api::{
		CompleteUpload, NewRecord, StoredRecord, Upload, UploadId, SEGMENT, UPLOAD_VALIDITY,
	},
};
use salus_primitives::{
	ids::{AccountBytes, ChartId, RecordId},
	time::Moment,
};
use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	time::Duration,
};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

/// Transfers into the vault at once; each holds up to two segments.
const AT_ONCE: usize = 32;
/// Uploads that an account may have open.
const PER_ACCOUNT: usize = 8;
/// Uploads that may be open.
const IN_ALL: usize = 1024;
/// Segments beyond those that are full: each request may end in one that is not.
const SHORT_SEGMENTS: u64 = 2048;
/// How often expired uploads are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// The uploads that are open.
pub(crate) struct Uploads {
	open: Mutex<HashMap<UploadId, Arc<Open>>>,
	/// For requests that bring ciphertext, of either kind.
	pub(crate) places: Arc<Semaphore>,
}

impl Default for Uploads {
	fn default() -> Self {
		Self { open: Mutex::new(HashMap::new()), places: Arc::new(Semaphore::new(AT_ONCE)) }
	}
}

/// An open upload.
struct Open {
	/// Its number in [`UPLOADS`].
	number: u64,
	row: UploadRow,
	/// Bytes that are kept.
	offset: AtomicU64,
	turn: Arc<Turn<Kept>>,
}

/// What is kept of an upload.
struct Kept {
	segments: Vec<Segment>,
	/// Over all of them; none since the vault was started anew.
	digest: Option<ContentHasher>,
	/// Whether it was completed or removed meanwhile.
	closed: bool,
}

impl Uploads {
	/// Requests that bring ciphertext now.
	pub(crate) fn in_progress(&self) -> usize {
		AT_ONCE.saturating_sub(self.places.available_permits())
	}

	/// Those that were begun and are neither completed nor removed.
	pub(crate) fn open(&self) -> usize {
		self.map().len()
	}

	fn map(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Open>>> {
		self.open.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// The account's upload, if it has not expired.
	fn of(&self, account: AccountBytes, id: &UploadId) -> Result<Arc<Open>> {
		let found = self.map().get(id).cloned();
		found
			.filter(|open| open.row.account == account && open.row.expires > now())
			.ok_or(Error::UploadUnknown)
	}
}

impl Open {
	fn size(&self) -> u64 {
		envelope_size(self.row.new.size)
	}

	fn told(&self) -> Upload {
		Upload {
			id: self.row.id,
			offset: self.offset.load(Ordering::SeqCst),
			size: self.size(),
			expires: self.row.expires,
		}
	}

	/// One request at a time writes.
	fn take_turn(&self) -> Result<OwnedMutexGuard<Kept>> {
		let kept = Arc::clone(&self.turn).try_lock_owned().map_err(|_| Error::UploadBusy)?;
		if kept.closed {
			return Err(Error::UploadUnknown);
		}
		Ok(kept)
	}
}

/// The name of an upload's segment. It follows from a random seed that lies sealed, so that what a
/// killed vault left half-written can be found without a note before each segment.
fn segment_name(seed: &[u8; 32], place: u32) -> Name {
	mac(seed, &[b"salus/segment/1 ", &place.to_be_bytes()])
}

/// Begins an upload of a record that was admitted.
pub(crate) async fn begin(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	new: NewRecord,
) -> Result<Upload> {
	let expires = now().saturating_add(UPLOAD_VALIDITY);
	let id = UploadId(random()?);
	let row = UploadRow { id, account, chart, new, seed: random()?, expires };
	bounded(&vault.uploads.map(), account)?;
	let noted = row.clone();
	let number = vault
		.stored(move |store| Ok(store.write::<_, StoreError>(|rows| rows.push(&UPLOADS, &noted))?))
		.await?;
	let open = Arc::new(Open {
		number,
		row,
		offset: AtomicU64::new(0),
		turn: Arc::new(Turn::new(Kept {
			segments: Vec::new(),
			digest: Some(ContentHasher::default()),
			closed: false,
		})),
	});
	// Others may have begun meanwhile.
	let begun = {
		let mut map = vault.uploads.map();
		bounded(&map, account).map(|()| drop(map.insert(id, open.clone())))
	};
	if let Err(error) = begun {
		vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| rows.drop_at(&UPLOADS, number))?)
			})
			.await?;
		return Err(error);
	}
	Ok(open.told())
}

fn bounded(map: &HashMap<UploadId, Arc<Open>>, account: AccountBytes) -> Result<()> {
	if map.values().filter(|open| open.row.account == account).count() >= PER_ACCOUNT {
		return Err(Error::TooManyUploads(PER_ACCOUNT));
	}
	if map.len() >= IN_ALL {
		return Err(Error::Busy);
	}
	Ok(())
}

/// How far an upload is.
pub(crate) fn look(vault: &Vault, account: AccountBytes, id: UploadId) -> Result<Upload> {
	Ok(vault.uploads.of(account, &id)?.told())
}

/// Whose bytes an upload holds.
pub(crate) fn record(vault: &Vault, account: AccountBytes, id: UploadId) -> Result<RecordId> {
	Ok(vault.uploads.of(account, &id)?.row.new.id)
}

/// The turn to write to an upload.
pub(crate) struct Writer {
	open: Arc<Open>,
	kept: OwnedMutexGuard<Kept>,
	_place: OwnedSemaphorePermit,
}

/// Gives the turn to write from `offset` on, if that is where the upload ends.
pub(crate) fn writer(
	vault: &Vault,
	account: AccountBytes,
	id: UploadId,
	offset: u64,
) -> Result<Writer> {
	let open = vault.uploads.of(account, &id)?;
	let kept = open.take_turn()?;
	let at = open.offset.load(Ordering::SeqCst);
	if offset != at {
		return Err(Error::OffsetWrong(at));
	}
	let places = Arc::clone(&vault.uploads.places);
	let _place = places.try_acquire_owned().map_err(|_| Error::Busy)?;
	Ok(Writer { open, kept, _place })
}

/// Takes the next bytes. What came before the body broke off is kept.
pub(crate) async fn append(
	vault: &Arc<Vault>,
	writer: Writer,
	body: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<Upload> {
	let vault = Arc::clone(vault);
	// Goes on when the caller hangs up, so that what came is kept.
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		let Writer { open, mut kept, _place } = writer;
		let room = open.size().saturating_sub(open.offset.load(Ordering::SeqCst));
		let mut cutter = Cutter::new(body, room, STALL);
		while let Some(bytes) = cutter.next().await? {
			keep(&vault, &open, &mut kept, bytes).await?;
		}
		Ok(open.told())
	};
	tokio::spawn(task.in_current_span())
		.await
		.map_err(|_| Error::Internal("an upload was broken off".into()))?
}

/// Keeps a segment: on disk, then in its row, then counted.
async fn keep(vault: &Arc<Vault>, open: &Open, kept: &mut Kept, bytes: Bytes) -> Result<()> {
	let place = u32::try_from(kept.segments.len()).map_err(|_| Error::TooLarge)?;
	if u64::from(place) >= open.size().div_ceil(SEGMENT).saturating_add(SHORT_SEGMENTS) {
		return Err(Error::Malformed(
			"the upload came in too many small requests: begin anew, with larger ones".into(),
		));
	}
	// Without the digest so far, that over all is taken from disk at the end.
	let so_far = kept.digest.clone();
	let (digest, of_segment) =
		bodies::hash(so_far.clone().unwrap_or_default(), bytes.clone()).await?;
	let name = segment_name(&open.row.seed, place);
	let segment = bodies::put(&vault.objects, name, bytes, of_segment).await?;
	let id = open.row.id;
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				rows.put(&UPLOAD_SEGMENTS, &(id, place), &segment)
			})?)
		})
		.await?;
	kept.digest = so_far.map(|_| digest);
	kept.segments.push(segment);
	open.offset.fetch_add(segment.size.into(), Ordering::SeqCst);
	Ok(())
}

/// Ends an upload: what came becomes a record that waits to be anchored, if it is all there and as its
/// digest says.
pub(crate) async fn complete(
	vault: &Arc<Vault>,
	account: AccountBytes,
	id: UploadId,
	said: CompleteUpload,
	preference: Preference,
) -> Result<Answer<StoredRecord>> {
	let open = vault.uploads.of(account, &id)?;
	let mut kept = open.take_turn()?;
	let offset = open.offset.load(Ordering::SeqCst);
	if offset != open.size() {
		return Err(Error::OffsetWrong(offset));
	}
	if said.size != offset {
		return Err(Error::Malformed(format!(
			"the upload has {offset} bytes, not {}: begin anew, with the size of the content",
			said.size
		)));
	}
	let record = open.row.new.id;
	vault.writes.fates.wait(record);
	let settled = Arc::clone(vault);
	// Goes on when the caller hangs up or does not wait.
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		let vault = settled;
		let done = finish(&vault, &open, &mut kept, said).await;
		if let Err(error) = &done {
			vault.writes.fates.refuse(record, error.body());
		}
		done
	};
	let task = tokio::spawn(task.in_current_span());
	writes::wait_for(vault, record, preference, async {
		let answer =
			task.await.map_err(|_| Error::Internal("an upload was broken off".into()))??;
		writes::answer_of(answer).await
	})
	.await
}

async fn finish(
	vault: &Arc<Vault>,
	open: &Open,
	kept: &mut Kept,
	said: CompleteUpload,
) -> Result<writes::Answering> {
	let digest = match kept.digest.take() {
		Some(digest) => digest,
		None => bodies::digest(&vault.objects, &kept.segments).await?,
	};
	kept.digest = Some(digest.clone());
	if digest.finish() != said.ciphertext_digest {
		remove(vault, open, kept).await?;
		return Err(Error::DigestMismatch);
	}
	let mut new = open.row.new.clone();
	new.content_digest = said.content_digest;
	new.ciphertext_digest = said.ciphertext_digest;
	let body = Body::Segments(kept.segments.clone());
	let record = WaitingRecord { chart: open.row.chart, new, body };
	let (number, id, count) = (open.number, open.row.id, kept.segments.len());
	let answering = writes::accept(vault, record, move |rows| {
		rows.drop_at(&UPLOADS, number)?;
		for place in (0..).take(count) {
			rows.remove(&UPLOAD_SEGMENTS, &(id, place))?;
		}
		Ok(())
	})
	.await?;
	kept.closed = true;
	vault.uploads.map().remove(&id);
	Ok(answering)
}

/// Removes an upload.
pub(crate) async fn abandon(vault: &Arc<Vault>, account: AccountBytes, id: UploadId) -> Result<()> {
	let open = vault.uploads.of(account, &id)?;
	let mut kept = open.take_turn()?;
	remove(vault, &open, &mut kept).await
}

/// The objects go before their rows, so that a killed vault finds again what is left.
async fn remove(vault: &Arc<Vault>, open: &Open, kept: &mut Kept) -> Result<()> {
	let count = u32::try_from(kept.segments.len()).unwrap_or(u32::MAX);
	// One more may have been half-written.
	for place in 0..=count {
		vault.objects.discard(&segment_name(&open.row.seed, place)).await?;
	}
	let (number, id) = (open.number, open.row.id);
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				rows.drop_at(&UPLOADS, number)?;
				for place in 0..count {
					rows.remove(&UPLOAD_SEGMENTS, &(id, place))?;
				}
				Ok(())
			})?)
		})
		.await?;
	kept.closed = true;
	vault.uploads.map().remove(&id);
	Ok(())
}

/// Opens the uploads that the last process left.
pub(crate) async fn resume(vault: &Arc<Vault>) -> Result<()> {
	let found = vault
		.stored(|store| {
			Ok(store.read(|rows| {
				let mut found = Vec::new();
				for (number, row) in rows.first(&UPLOADS, usize::MAX)? {
					let mut segments = Vec::new();
					for place in 0u32.. {
						match rows.get(&UPLOAD_SEGMENTS, &(row.id, place))? {
							Some(segment) => segments.push(segment),
							None => break,
						}
					}
					found.push((number, row, segments));
				}
				Ok(found)
			})?)
		})
		.await?;
	let mut map = vault.uploads.map();
	for (number, row, segments) in found {
		let offset = segments.iter().map(|segment| u64::from(segment.size)).sum();
		let digest = segments.is_empty().then(ContentHasher::default);
		let turn = Arc::new(Turn::new(Kept { segments, digest, closed: false }));
		map.insert(row.id, Arc::new(Open { number, row, offset: AtomicU64::new(offset), turn }));
	}
	Ok(())
}

/// Removes expired uploads that no request writes to.
pub(crate) async fn sweep(vault: &Arc<Vault>, at: Moment) -> Result<usize> {
	let expired: Vec<_> = {
		let map = vault.uploads.map();
		map.values().filter(|open| open.row.expires <= at).cloned().collect()
	};
	let mut removed = 0;
	for open in expired {
		let Ok(mut kept) = open.take_turn() else { continue };
		remove(vault, &open, &mut kept).await?;
		removed += 1;
	}
	Ok(removed)
}

/// The task that sweeps, until told to end.
pub(crate) async fn sweep_forever(vault: Arc<Vault>) {
	loop {
		match sweep(&vault, now()).await {
			Ok(0) => {},
			Ok(uploads) => tracing::info!(uploads, "removed uploads that had expired"),
			Err(error) => tracing::error!(%error, "an expired upload could not be removed"),
		}
		tokio::select! {
			() = tokio::time::sleep(SWEEP) => {},
			() = vault.ops.farewell.closing() => return,
		}
	}
}

#[cfg(test)]
mod tests;

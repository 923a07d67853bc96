//! Making a backup: the rows of one moment, the objects, then the manifest; at last what no backup
//! needs any more is removed. Killed anywhere, it leaves the backups before whole, and what it wrote
//! need not be written again.

use super::{
	place::{self, object_place, piece_place, ListedObject, Manifest, Signed, TableRows, FORMAT},
	Fault, Target,
};
use crate::{
	clock::now,
	objects::{Name, Objects},
	store::SealedRow,
	vault::Vault,
};
use bytes::Bytes;
use codec::Encode;
use futures::{StreamExt, TryStreamExt};
use object_store::{
	path::Path as Place, ObjectStore, ObjectStoreExt, PutMode, PutOptions, WriteMultipart,
};
use salus_client::{envelope::ContentHasher, vault_api::BackupSummary};
use salus_primitives::{ids::Digest, time::Moment};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
};
use tokio::sync::mpsc;

/// Objects of at most this many bytes are copied in memory.
const WHOLE: u64 = 8 * 1024 * 1024;
/// By how much the clock of the storage may differ from ours. What was written so shortly before the last
/// backup is read again.
const SKEW: Moment = 60 * 60 * 1000;
/// Objects copied at once.
const AT_ONCE: usize = 8;
/// Bytes of a part of a larger object, as buckets take them.
const PART: usize = 5 * 1024 * 1024;
/// Parts of one object on their way at once.
const PARTS: usize = 2;
/// Bytes of rows after which a piece ends in any case.
const MAX_ROWS: usize = 4 * 1024 * 1024;
/// Lines of the list of objects after which a piece ends in any case.
const MAX_LINES: usize = 65_536;
/// One in so many places ends a piece. Since the place decides, a row that comes or goes changes one
/// piece and not all behind it.
const CUT: u16 = 1_024;

/// Makes a backup.
pub(super) async fn make(vault: &Arc<Vault>, target: &Target) -> Result<BackupSummary, Fault> {
	let to = &*target.storage.files;
	let mut numbers = place::numbers(to).await?;
	let number = numbers.last().map_or(1, |last| last.saturating_add(1));
	vault.backups.note(|progress| progress.number = number);
	let mut pieces = place::pieces(to).await?;
	let there = place::objects(to).await?;
	let known = known(vault, to, &numbers).await;

	let at = now();
	let tables = write_rows(vault, to, &mut pieces).await?;
	// Looked for after the rows were read: what those rows name is there, unless it was erased since.
	let found: Vec<_> = vault.objects.list().try_collect().await.map_err(of_vault)?;
	let (mut objects, mut new) = (Vec::with_capacity(found.len()), Vec::new());
	for (name, size, written) in found {
		match known.objects.get(&name) {
			// A segment of an upload may have been written again, with something else in it.
			Some((digest, before))
				if *before == size
					&& written.saturating_add(SKEW) < known.at
					&& there.get(digest) == Some(&size) =>
			{
				objects.push((name, *digest, size));
			},
			_ => new.push((name, size)),
		}
	}
	drop(known);
	let copied = copy_new(vault, to, &there, new).await?;
	let (mut new_objects, mut new_bytes) = (0u64, 0u64);
	for (_, digest, size) in &copied {
		if !there.contains_key(digest) {
			new_objects = new_objects.saturating_add(1);
			new_bytes = new_bytes.saturating_add(*size);
		}
	}
	objects.extend(copied);
	objects.sort_unstable_by_key(|(name, _, _)| *name);

	let mut object_lists = Vec::new();
	for lines in cut(&objects) {
		object_lists.push(put_piece(to, lines.encode(), &mut pieces).await?);
	}
	let manifest = Manifest {
		format: FORMAT,
		number,
		at,
		genesis: vault.genesis,
		organisation: vault.organisation,
		tables,
		object_lists,
		objects: objects.len() as u64,
		object_bytes: objects.iter().fold(0, |sum, (_, _, size)| sum.saturating_add(*size)),
		new_objects,
		new_bytes,
	};
	let summary = manifest.summary();
	let seal = vault.store.vouch(&manifest.encode());
	let bytes = serde_json::to_vec_pretty(&Signed { manifest, seal })
		.map_err(|error| Fault::Other(error.to_string()))?;
	// Never over another one's: two vaults at one place would tear each other's backups.
	let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
	to.put_opts(&place::manifest_place(number), bytes.into(), create).await?;

	numbers.push(number);
	if let Err(fault) = prune(to, numbers, target.keep).await {
		// The new one is whole all the same; the next one tries again.
		tracing::warn!(%fault, "backups that are not kept could not be removed");
	}
	Ok(summary)
}

/// The newest backup.
#[derive(Default)]
struct Known {
	/// When it was begun.
	at: Moment,
	/// Digest and size of its objects.
	objects: HashMap<Name, (Digest, u64)>,
}

/// What is known of the newest backup.
async fn known(vault: &Vault, to: &dyn ObjectStore, numbers: &[u32]) -> Known {
	let mut known = Known::default();
	let read = async {
		let Some(newest) = numbers.last() else { return Ok(()) };
		let signed = place::manifest(to, *newest).await?;
		// Whoever can write there could have it name other bytes, and each backup from now on with it.
		if !signed.is_sealed(&vault.store.vouch(&signed.manifest.encode())) {
			return Err(Fault::Damaged(place::manifest_place(*newest)));
		}
		let manifest = signed.manifest;
		known.at = manifest.at;
		for list in manifest.object_lists {
			let listed = place::listed(to, &list).await?;
			known
				.objects
				.extend(listed.into_iter().map(|(name, digest, size)| (name, (digest, size))));
		}
		Ok::<_, Fault>(())
	};
	if let Err(fault) = read.await {
		// Those that are not known are read once more.
		tracing::warn!(%fault, "the newest backup is not whole any more");
	}
	known
}

fn of_vault(error: crate::errors::Error) -> Fault {
	Fault::Other(match error {
		crate::errors::Error::Internal(detail) => detail,
		error => error.to_string(),
	})
}

/// Writes the rows of one moment.
async fn write_rows(
	vault: &Arc<Vault>,
	to: &dyn ObjectStore,
	there: &mut HashSet<Digest>,
) -> Result<Vec<TableRows>, Fault> {
	let (sender, mut groups) = mpsc::channel(2);
	let exporting = {
		let vault = Arc::clone(vault);
		tokio::task::spawn_blocking(move || export(&vault, &sender))
	};
	let mut tables: Vec<TableRows> = Vec::new();
	while let Some((name, rows)) = groups.recv().await {
		let count = rows.len() as u64;
		let digest = put_piece(to, rows.encode(), there).await?;
		if tables.last().is_none_or(|table| table.name != name) {
			tables.push(TableRows { name: name.into(), rows: 0, pieces: Vec::new() });
		}
		if let Some(table) = tables.last_mut() {
			table.rows = table.rows.saturating_add(count);
			table.pieces.push(digest);
		}
		vault
			.backups
			.note(|progress| progress.rows = progress.rows.saturating_add(count));
	}
	exporting
		.await
		.map_err(|_| Fault::Other("reading the database was broken off".into()))??;
	Ok(tables)
}

type Group = (&'static str, Vec<SealedRow>);

/// Sends the rows in groups, none of which is empty.
fn export(vault: &Vault, to: &mpsc::Sender<Group>) -> Result<(), Fault> {
	let (mut group, mut size): (Option<Group>, usize) = (None, 0);
	let send = |group: Group| {
		to.blocking_send(group)
			.map_err(|_| Fault::Other("writing the rows was broken off".into()))
	};
	vault.store.export(|table, row| {
		let ends = ends_piece(&row.0);
		let mut current = match group.take() {
			Some(current) if current.0 == table => current,
			other => {
				other.map(send).transpose()?;
				size = 0;
				(table, Vec::new())
			},
		};
		size = size.saturating_add(row.0.len()).saturating_add(row.1.len());
		current.1.push(row);
		if ends || size >= MAX_ROWS {
			size = 0;
			send(current)
		} else {
			group = Some(current);
			Ok::<_, Fault>(())
		}
	})?;
	group.map_or(Ok(()), send)
}

/// Whether what lies at this place is the last of its piece.
fn ends_piece(place: &[u8]) -> bool {
	let [one, two, ..] = Digest::of(place).0;
	u16::from_le_bytes([one, two]).is_multiple_of(CUT)
}

/// Cuts the list of objects into pieces.
fn cut(objects: &[ListedObject]) -> Vec<&[ListedObject]> {
	objects
		.split_inclusive(|(name, _, _)| ends_piece(name))
		.flat_map(|lines| lines.chunks(MAX_LINES))
		.collect()
}

/// Writes a piece, unless it is there.
async fn put_piece(
	to: &dyn ObjectStore,
	bytes: Vec<u8>,
	there: &mut HashSet<Digest>,
) -> Result<Digest, Fault> {
	let digest = Digest::of(&bytes);
	if !there.contains(&digest) {
		to.put(&piece_place(&digest), bytes.into()).await?;
		there.insert(digest);
	}
	Ok(digest)
}

/// Copies the objects that no backup has. What is not there any more was erased or removed meanwhile,
/// and is left out.
async fn copy_new(
	vault: &Arc<Vault>,
	to: &dyn ObjectStore,
	there: &HashMap<Digest, u64>,
	new: Vec<(Name, u64)>,
) -> Result<Vec<ListedObject>, Fault> {
	let bytes = new.iter().fold(0u64, |sum, (_, size)| sum.saturating_add(*size));
	vault.backups.note(|progress| {
		progress.objects = new.len() as u64;
		progress.bytes = bytes;
	});
	let from = vault.objects.files();
	let copies = new.into_iter().map(|(name, size)| async move {
		let copied = copy_one(from, to, there, name).await?;
		vault.backups.note(|progress| {
			progress.objects_done = progress.objects_done.saturating_add(1);
			progress.bytes_done = progress.bytes_done.saturating_add(size);
		});
		Ok::<_, Fault>(copied)
	});
	let copied: Vec<_> =
		futures::stream::iter(copies).buffer_unordered(AT_ONCE).try_collect().await?;
	Ok(copied.into_iter().flatten().collect())
}

/// Copies an object, unless a backup that was broken off has done so. Not there any more: none.
async fn copy_one(
	from: &dyn ObjectStore,
	to: &dyn ObjectStore,
	there: &HashMap<Digest, u64>,
	name: Name,
) -> Result<Option<ListedObject>, Fault> {
	let source = Objects::place(&name);
	let found = match from.get(&source).await {
		Ok(found) => found,
		Err(object_store::Error::NotFound { .. }) => return Ok(None),
		Err(error) => return Err(error.into()),
	};
	let size = found.meta.size;
	if size <= WHOLE {
		let bytes = found.bytes().await?;
		let digest = Digest::of(&bytes);
		if there.get(&digest) != Some(&size) {
			to.put(&object_place(&digest), bytes.into()).await?;
		}
		return Ok(Some((name, digest, size)));
	}
	// It lies under its digest, so a large one is read twice.
	let mut pieces = found.into_stream();
	let mut digest = ContentHasher::default();
	while let Some(piece) = pieces.try_next().await? {
		digest.update(&piece);
	}
	let digest = digest.finish();
	if there.get(&digest) == Some(&size) {
		return Ok(Some((name, digest, size)));
	}
	match copy(from, &source, to, &object_place(&digest), &digest).await {
		Ok(()) => Ok(Some((name, digest, size))),
		Err(Fault::Missing(_)) => Ok(None),
		Err(fault) => Err(fault),
	}
}

/// Copies what has this digest; nothing is there before all of it came and has it.
pub(super) async fn copy(
	from: &dyn ObjectStore,
	source: &Place,
	to: &dyn ObjectStore,
	target: &Place,
	expected: &Digest,
) -> Result<(), Fault> {
	let found = from.get(source).await.map_err(|error| place::missing(source, error))?;
	if found.meta.size <= WHOLE {
		let bytes = found.bytes().await?;
		if Digest::of(&bytes) != *expected {
			return Err(Fault::Damaged(source.clone()));
		}
		to.put(target, bytes.into()).await?;
		return Ok(());
	}
	let upload = to.put_multipart(target).await?;
	let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
	match stream(found.into_stream(), &mut upload).await {
		Ok(digest) if digest == *expected => {
			upload.finish().await?;
			Ok(())
		},
		other => {
			// What stays behind is no object.
			let _ = upload.abort().await;
			other.map_or_else(|error| Err(error.into()), |_| Err(Fault::Damaged(source.clone())))
		},
	}
}

async fn stream(
	mut pieces: impl futures::Stream<Item = object_store::Result<Bytes>> + Unpin,
	upload: &mut WriteMultipart,
) -> object_store::Result<Digest> {
	let mut digest = ContentHasher::default();
	while let Some(piece) = pieces.try_next().await? {
		digest.update(&piece);
		upload.wait_for_capacity(PARTS).await?;
		upload.put(piece);
	}
	Ok(digest.finish())
}

/// Removes backups but the newest, then what none of those needs.
async fn prune(to: &dyn ObjectStore, mut numbers: Vec<u32>, keep: usize) -> Result<(), Fault> {
	let kept = numbers.split_off(numbers.len().saturating_sub(keep));
	// First the manifests, so that none that is there lacks anything.
	for number in numbers {
		remove(to, &place::manifest_place(number)).await?;
	}
	let (mut pieces, mut lists) = (HashSet::new(), HashSet::new());
	for number in kept {
		let manifest = place::manifest(to, number).await?.manifest;
		pieces.extend(manifest.pieces().copied());
		lists.extend(manifest.object_lists);
	}
	let mut objects = HashSet::new();
	for list in &lists {
		let listed = place::listed(to, list).await?;
		objects.extend(listed.into_iter().map(|(_, digest, _)| digest));
	}
	for digest in place::pieces(to).await? {
		if !pieces.contains(&digest) {
			remove(to, &piece_place(&digest)).await?;
		}
	}
	for digest in place::objects(to).await?.into_keys() {
		if !objects.contains(&digest) {
			remove(to, &object_place(&digest)).await?;
		}
	}
	Ok(())
}

async fn remove(to: &dyn ObjectStore, place: &Place) -> Result<(), Fault> {
	match to.delete(place).await {
		Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
		Err(error) => Err(error.into()),
	}
}

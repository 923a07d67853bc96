//! Making a vault's data anew from a backup, without node and key service.
//!
//! Killed anywhere, it leaves either a folder from which no vault starts, and in which the same restore
//! goes on, or a whole one: a file that says so is written first; the ciphertexts come next, then the
//! database under another name, which gets its own at last.

use super::{
	place::{self, object_place, Signed},
	write::copy,
	Fault,
};
use crate::{
	objects::Objects,
	start::StartError,
	storage::{Location, Storage},
	store::Unopened,
};
use clap::Args;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use serde::Serialize;
use std::{
	collections::{HashMap, HashSet},
	fs::{self, File},
	io::{ErrorKind, Write},
	path::{Path, PathBuf},
};

/// Says that a restore into this folder has begun; holds the backup's manifest.
const BEGUN: &str = "restoring.json";
/// Says that a restore has ended, to the vault that starts next; holds the backup's manifest.
pub(super) const ENDED: &str = "restored.json";
/// The database, and its name while it is filled.
const DATABASE: &str = "vault.redb";
const FILLED: &str = "vault.redb.part";
/// Objects copied at once.
const AT_ONCE: usize = 8;

/// What is restored, and where to.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
	/// The backup: a folder or s3://BUCKET/PREFIX, as --backup of the vault named it.
	#[arg(long, value_name = "URL")]
	pub(super) from: Location,
	/// File with the credentials and the endpoint of --from, in place of the environment.
	#[arg(long, value_name = "FILE")]
	pub(super) from_credentials: Option<PathBuf>,
	/// Number of the backup [default: the newest].
	#[arg(long, value_name = "N")]
	pub(super) number: Option<u32>,
	/// Folder for the vault's data, with nothing in it.
	#[arg(long, value_name = "DIR")]
	pub(super) data: PathBuf,
	/// Where the ciphertexts shall lie, with nothing there [default: `objects` in --data].
	#[arg(long, value_name = "URL")]
	pub(super) storage: Option<Location>,
	/// File with the credentials and the endpoint of --storage, in place of the environment.
	#[arg(long, value_name = "FILE", requires = "storage")]
	pub(super) storage_credentials: Option<PathBuf>,
}

/// Restores a backup, and prints what it was.
pub(crate) async fn run(options: Options) -> Result<(), StartError> {
	if let Location::Folder(folder) = &options.from {
		// It would be made otherwise.
		if !folder.is_dir() {
			return Err(StartError::Other(format!("there is no folder {}", folder.display())));
		}
	}
	let backup = options.from.open(options.from_credentials.as_deref()).await?;
	let told = |fault: Fault| StartError::Other(format!("the backup is not restored: {fault}"));
	let number = match options.number {
		Some(number) => number,
		None => *place::numbers(&*backup.files)
			.await
			.map_err(told)?
			.last()
			.ok_or_else(|| StartError::Other(format!("{} holds no backup", options.from)))?,
	};
	let signed = place::manifest(&*backup.files, number).await.map_err(told)?;
	let to = options.storage.as_ref().map(ToString::to_string);
	let to = to.as_deref();
	let resumed = has_begun(&options.data, &signed, to).map_err(told)?;
	let storage = match &options.storage {
		Some(place) => {
			let storage = place.open(options.storage_credentials.as_deref()).await?;
			if !resumed && !storage.is_empty().await.map_err(|error| told(error.into()))? {
				return Err(StartError::Other(format!(
					"{place} is not empty: choose a place with nothing there, or clear it first"
				)));
			}
			begin(&options.data, &signed, to).map_err(told)?;
			storage
		},
		None => {
			begin(&options.data, &signed, to).map_err(told)?;
			Location::Folder(options.data.join("objects")).open(None).await?
		},
	};
	copy_objects(&signed, &backup, &storage).await.map_err(told)?;
	fill(&signed, &*backup.files, &options.data).await.map_err(told)?;
	end(&options.data).map_err(told)?;
	let manifest = signed.manifest;
	let said = serde_json::json!({
		"number": manifest.number,
		"organisation": manifest.organisation,
		"at": manifest.at,
		"rows": manifest.rows(),
		"objects": manifest.objects,
		"bytes": manifest.object_bytes,
	});
	let mut out = std::io::stdout().lock();
	writeln!(out, "restored {said}")
		.and_then(|()| out.flush())
		.map_err(|error| StartError::Other(error.to_string()))
}

/// Refuses a folder in which a restore was begun and not ended.
pub(crate) fn refuse_half(data: &Path) -> Result<(), StartError> {
	match data.join(BEGUN).try_exists() {
		Ok(false) => Ok(()),
		Ok(true) => Err(StartError::Other(format!(
			"a restore into {} has not come to its end: run the same `salus-vault restore` again",
			data.display()
		))),
		Err(error) => Err(StartError::Other(format!("{}: {error}", data.display()))),
	}
}

/// Whether an earlier attempt with the same backup has begun in this folder. Refuses one that holds
/// anything else.
pub(super) fn has_begun(data: &Path, signed: &Signed, to: Option<&str>) -> Result<bool, Fault> {
	let begun = data.join(BEGUN);
	match fs::read(&begun) {
		Ok(known) if known == note(signed, to)? => return Ok(true),
		Ok(_) => {
			return Err(Fault::Other(format!(
				"{} holds what a restore of another backup, or into another storage, has left: choose another folder, or clear it first",
				data.display()
			)));
		},
		Err(error) if error.kind() == ErrorKind::NotFound => {},
		Err(error) => return Err(of_file(&begun, &error)),
	}
	let mut there = match fs::read_dir(data) {
		Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
		there => there.map_err(|error| of_file(data, &error))?,
	};
	if there.next().is_some() {
		return Err(Fault::Other(format!(
			"{} is not empty: choose a folder with nothing in it, or clear it first",
			data.display()
		)));
	}
	Ok(false)
}

/// Notes that this backup is restored here, durably.
pub(super) fn begin(data: &Path, signed: &Signed, to: Option<&str>) -> Result<(), Fault> {
	let (begun, note) = (data.join(BEGUN), note(signed, to)?);
	fs::create_dir_all(data)
		.and_then(|()| File::create(&begun))
		.and_then(|mut file| file.write_all(&note).and_then(|()| file.sync_all()))
		.and_then(|()| File::open(data)?.sync_all())
		.map_err(|error| of_file(&begun, &error))
}

/// What is restored, and into which storage the objects go, unless it is the folder's own.
#[derive(Serialize)]
struct Note<'a> {
	#[serde(flatten)]
	signed: &'a Signed,
	#[serde(skip_serializing_if = "Option::is_none")]
	storage: Option<&'a str>,
}

fn note(signed: &Signed, storage: Option<&str>) -> Result<Vec<u8>, Fault> {
	serde_json::to_vec(&Note { signed, storage }).map_err(|error| Fault::Other(error.to_string()))
}

/// Copies the objects, except what an earlier attempt has copied.
pub(super) async fn copy_objects(
	signed: &Signed,
	backup: &Storage,
	storage: &Storage,
) -> Result<(), Fault> {
	let manifest = &signed.manifest;
	let target = Objects::new(storage.clone());
	let there: Vec<_> = target
		.list()
		.try_collect()
		.await
		.map_err(|error| Fault::Other(error.to_string()))?;
	// Nothing is there before it is whole, so its size must do.
	let there: HashMap<_, _> = there.into_iter().map(|(name, size, _)| (name, size)).collect();
	let (from, to) = (&*backup.files, target.files());
	let mut count = 0u64;
	for list in &manifest.object_lists {
		let listed = place::listed(from, list).await?;
		count = count.saturating_add(listed.len() as u64);
		let copies = listed
			.into_iter()
			.filter(|(name, _, size)| there.get(name) != Some(size))
			.map(|(name, digest, _)| async move {
				let source = object_place(&digest);
				copy(from, &source, to, &Objects::place(&name), &digest).await
			});
		futures::stream::iter(copies)
			.buffer_unordered(AT_ONCE)
			.try_collect::<()>()
			.await?;
		tracing::info!(objects = count, of = manifest.objects, "restoring");
	}
	if count != manifest.objects {
		return Err(Fault::Damaged(place::manifest_place(manifest.number)));
	}
	Ok(())
}

/// Fills the database under its other name.
pub(super) async fn fill(
	signed: &Signed,
	backup: &dyn ObjectStore,
	data: &Path,
) -> Result<(), Fault> {
	let damaged = || Fault::Damaged(place::manifest_place(signed.manifest.number));
	let path = data.join(FILLED);
	match fs::remove_file(&path) {
		Err(error) if error.kind() != ErrorKind::NotFound => return Err(of_file(&path, &error)),
		_ => {},
	}
	let database = Unopened::create(&path)?;
	let mut names = HashSet::new();
	for table in &signed.manifest.tables {
		if !names.insert(&table.name) {
			return Err(damaged());
		}
		for piece in &table.pieces {
			database.fill(&table.name, &place::rows(backup, piece).await?)?;
		}
		if database.rows(&table.name)? != table.rows {
			return Err(damaged());
		}
	}
	Ok(())
}

/// Gives the database its name and says that the vault may start.
pub(super) fn end(data: &Path) -> Result<(), Fault> {
	let folder = || File::open(data)?.sync_all();
	fs::rename(data.join(FILLED), data.join(DATABASE))
		.and_then(|()| folder())
		.and_then(|()| fs::rename(data.join(BEGUN), data.join(ENDED)))
		.and_then(|()| folder())
		.map_err(|error| of_file(data, &error))
}

fn of_file(path: &Path, error: &std::io::Error) -> Fault {
	Fault::Other(format!("{}: {error}", path.display()))
}

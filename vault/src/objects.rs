//! Objects with random names, there completely or not at all. What they hold, and whether it is as it
//! was stored, `bodies` knows.

mod listing;
#[cfg(test)]
mod store_tests;

use crate::{
	errors::{Error, Result},
	storage::Storage,
};
use bytes::Bytes;
use object_store::{path::Path as Place, ObjectStore, ObjectStoreExt};
#[cfg(test)]
use std::path::Path;
use std::{path::PathBuf, sync::Arc};

/// Random name of an object.
pub(crate) type Name = [u8; 32];

/// The objects.
pub(crate) struct Objects {
	files: Arc<dyn ObjectStore>,
	/// Where they lie, if that is a folder of this machine.
	folder: Option<PathBuf>,
}

impl Objects {
	/// The objects that lie there.
	pub(crate) fn new(storage: Storage) -> Self {
		let Storage { files, folder } = storage;
		Self { files, folder }
	}

	/// The objects in this folder, which is made if it is not there.
	#[cfg(test)]
	pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
		Ok(Self::new(Storage::folder(folder)?))
	}

	/// Writes the object, in place of what has this name. Durable when it returns.
	pub(crate) async fn put(&self, name: &Name, bytes: Bytes) -> Result<()> {
		self.files.put(&place(name), bytes.into()).await.map_err(storage)?;
		Ok(())
	}

	/// How many bytes the object has, if it is there.
	pub(crate) async fn size(&self, name: &Name) -> Result<Option<u64>> {
		match self.files.head(&place(name)).await {
			Ok(found) => Ok(Some(found.size)),
			Err(object_store::Error::NotFound { .. }) => Ok(None),
			Err(error) => Err(storage(error)),
		}
	}

	/// The object, which must have this size: another one is not read.
	pub(crate) async fn get(&self, name: &Name, size: u64) -> Result<Bytes> {
		let found = self.files.get(&place(name)).await.map_err(|error| match error {
			object_store::Error::NotFound { .. } => Error::StorageDamaged,
			error => storage(error),
		})?;
		if found.meta.size != size {
			return Err(Error::StorageDamaged);
		}
		found.bytes().await.map_err(storage)
	}

	/// So many bytes of the object from `offset` on, which must be there.
	pub(crate) async fn part(&self, name: &Name, offset: u32, size: u32) -> Result<Bytes> {
		let from = u64::from(offset);
		let range = from..from.saturating_add(size.into());
		let found = self.files.get_range(&place(name), range).await;
		let bytes = found.map_err(|error| match error {
			object_store::Error::NotFound { .. } => Error::StorageDamaged,
			error => storage(error),
		})?;
		if u32::try_from(bytes.len()) == Ok(size) {
			Ok(bytes)
		} else {
			Err(Error::StorageDamaged)
		}
	}

	/// Removes the object and what an upload under its name left behind.
	pub(crate) async fn discard(&self, name: &Name) -> Result<()> {
		match self.files.delete(&place(name)).await {
			Ok(()) | Err(object_store::Error::NotFound { .. }) => {},
			Err(error) => return Err(storage(error)),
		}
		// In a folder, uploads in progress lie beside their name, with `#` and a number. In a bucket they
		// are not to be seen; its lifecycle rule ends them.
		let Some(folder) = &self.folder else { return Ok(()) };
		let file = folder.join(place(name).as_ref());
		let (Some(folder), Some(stem)) = (file.parent(), file.file_name()) else { return Ok(()) };
		let prefix = format!("{}#", stem.to_string_lossy());
		let Ok(beside) = std::fs::read_dir(folder) else { return Ok(()) };
		for entry in beside.flatten() {
			if entry.file_name().to_string_lossy().starts_with(&prefix) {
				std::fs::remove_file(entry.path()).map_err(|error| internal(&error))?;
			}
		}
		Ok(())
	}
}

/// Where an object lies: spread over 256 folders.
fn place(name: &Name) -> Place {
	let digits = hex::encode(name);
	let (folder, file) = digits.split_at(2);
	Place::from(format!("{folder}/{file}"))
}

fn storage(error: object_store::Error) -> Error {
	internal(&error)
}

fn internal(error: &dyn std::error::Error) -> Error {
	// The text names the random object at most.
	Error::Internal(format!("the object store failed: {error}"))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn files_in(folder: &Path) -> usize {
		std::fs::read_dir(folder)
			.unwrap()
			.flatten()
			.map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 })
			.sum()
	}

	#[tokio::test]
	async fn what_was_put_is_read_again() {
		let folder = tempfile::tempdir().unwrap();
		let objects = Objects::open(folder.path()).unwrap();
		objects.put(&[1; 32], Bytes::from_static(b"other")).await.unwrap();
		objects.put(&[1; 32], Bytes::from_static(b"one two")).await.unwrap();
		assert_eq!(objects.size(&[1; 32]).await.unwrap(), Some(7));
		assert_eq!(objects.get(&[1; 32], 7).await.unwrap(), "one two");
		objects.discard(&[1; 32]).await.unwrap();
		objects.discard(&[1; 32]).await.unwrap();
		assert_eq!(objects.size(&[1; 32]).await.unwrap(), None);
		assert_eq!(files_in(folder.path()), 0);
	}

	#[tokio::test]
	async fn what_is_missing_or_of_another_size_is_damage() {
		let folder = tempfile::tempdir().unwrap();
		let objects = Objects::open(folder.path()).unwrap();
		objects.put(&[1; 32], Bytes::from_static(b"one")).await.unwrap();
		assert!(matches!(objects.get(&[1; 32], 4).await, Err(Error::StorageDamaged)));
		assert!(matches!(objects.get(&[2; 32], 3).await, Err(Error::StorageDamaged)));
	}

	#[tokio::test]
	async fn an_upload_that_a_kill_interrupted_is_discarded() {
		let folder = tempfile::tempdir().unwrap();
		let objects = Objects::open(folder.path()).unwrap();
		let mut upload = objects.files.put_multipart(&place(&[1; 32])).await.unwrap();
		upload.put_part(Bytes::from_static(b"half").into()).await.unwrap();
		std::mem::forget(upload);
		assert_eq!(files_in(folder.path()), 1);
		objects.discard(&[1; 32]).await.unwrap();
		assert_eq!(files_in(folder.path()), 0);
	}
}

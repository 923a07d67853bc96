//! Ciphertexts: objects with random names, there completely or not at all, and checked against their
//! digest whenever they are read.

mod listing;
#[cfg(test)]
mod store_tests;

use crate::{
	errors::{Error, Result},
	storage::Storage,
};
use bytes::Bytes;
use futures::{stream::BoxStream, Stream, StreamExt, TryStreamExt};
use object_store::{path::Path as Place, ObjectStore, ObjectStoreExt, WriteMultipart};
use salus_client::{envelope::ContentHasher, vault_api::MAX_CIPHERTEXT};
use salus_primitives::ids::Digest;
#[cfg(test)]
use std::path::Path;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Bytes written at once to a folder.
const PIECE: usize = 1024 * 1024;
/// Bytes written at once to a bucket, which takes no smaller parts.
const BUCKET_PIECE: usize = 5 * 1024 * 1024;
/// How long an upload may stand still, as it holds one of few places.
const STALL: Duration = Duration::from_secs(30);
/// Pieces of one upload in memory at once.
const PIECES: usize = 2;

/// Random name of an object.
pub(crate) type Name = [u8; 32];

/// The ciphertexts.
pub(crate) struct Objects {
	files: Arc<dyn ObjectStore>,
	/// Where they lie, if that is a folder of this machine.
	folder: Option<PathBuf>,
	/// Bytes written at once.
	piece: usize,
	/// How long an upload may stand still.
	patience: Duration,
}

impl Objects {
	/// The objects that lie there.
	pub(crate) fn new(storage: Storage) -> Self {
		let Storage { files, folder } = storage;
		let piece = if folder.is_some() { PIECE } else { BUCKET_PIECE };
		Self { files, folder, piece, patience: STALL }
	}

	/// The objects in this folder, which is made if it is not there.
	#[cfg(test)]
	pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
		Ok(Self::new(Storage::folder(folder)?))
	}

	/// Writes what comes under this name and tells how many bytes came. Nothing is there before all
	/// of it came and has the digest announced.
	pub(crate) async fn put(
		&self,
		name: &Name,
		expected: &Digest,
		body: impl Stream<Item = Result<Bytes>>,
	) -> Result<u64> {
		let upload = self.files.put_multipart(&place(name)).await.map_err(storage)?;
		let mut upload = WriteMultipart::new_with_chunk_size(upload, self.piece);
		match receive(&mut upload, expected, body, self.patience).await {
			Ok(size) => {
				upload.finish().await.map_err(storage)?;
				Ok(size)
			},
			Err(error) => {
				// What stays behind when this fails is removed at the next start.
				let _ = upload.abort().await;
				Err(error)
			},
		}
	}

	/// Whether the object is there and has this digest.
	pub(crate) async fn check(&self, name: &Name, expected: &Digest) -> Result<()> {
		let mut pieces = self.stream(name).await?;
		let mut digest = ContentHasher::default();
		while let Some(piece) = pieces.try_next().await? {
			digest.update(&piece);
		}
		if digest.finish() == *expected {
			Ok(())
		} else {
			Err(Error::StorageDamaged)
		}
	}

	/// The object's bytes; the stream ends in an error when they have not this digest, so that a
	/// reader never takes damaged bytes for whole.
	pub(crate) async fn read(
		&self,
		name: &Name,
		expected: Digest,
	) -> Result<impl Stream<Item = Result<Bytes>>> {
		let pieces = self.stream(name).await?;
		let begun = (pieces, Some(ContentHasher::default()));
		Ok(futures::stream::try_unfold(begun, move |(mut pieces, digest)| async move {
			let Some(mut digest) = digest else { return Ok(None) };
			match pieces.try_next().await? {
				Some(piece) => {
					digest.update(&piece);
					Ok(Some((piece, (pieces, Some(digest)))))
				},
				None if digest.finish() == expected => Ok(None),
				None => Err(Error::StorageDamaged),
			}
		}))
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

	async fn stream(&self, name: &Name) -> Result<BoxStream<'static, Result<Bytes>>> {
		let found = self.files.get(&place(name)).await.map_err(|error| match error {
			object_store::Error::NotFound { .. } => Error::StorageDamaged,
			error => storage(error),
		})?;
		Ok(found.into_stream().map_err(storage).boxed())
	}
}

async fn receive(
	upload: &mut WriteMultipart,
	expected: &Digest,
	body: impl Stream<Item = Result<Bytes>>,
	patience: Duration,
) -> Result<u64> {
	let mut body = std::pin::pin!(body);
	let (mut digest, mut size) = (ContentHasher::default(), 0u64);
	let stalled = |_| Error::Malformed("the body stood still: send the record again".into());
	while let Some(piece) = timeout(patience, body.try_next()).await.map_err(stalled)?? {
		size = size.saturating_add(piece.len() as u64);
		if size > MAX_CIPHERTEXT {
			return Err(Error::TooLarge);
		}
		digest.update(&piece);
		upload.wait_for_capacity(PIECES).await.map_err(storage)?;
		upload.put(piece);
	}
	if digest.finish() == *expected {
		Ok(size)
	} else {
		Err(Error::DigestMismatch)
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

	fn body(pieces: &[&'static [u8]]) -> impl Stream<Item = Result<Bytes>> {
		futures::stream::iter(
			pieces.iter().map(|piece| Ok(Bytes::from_static(piece))).collect::<Vec<_>>(),
		)
	}

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
		let digest = Digest::of(b"one two");
		objects.put(&[1; 32], &digest, body(&[b"one ", b"two"])).await.unwrap();
		objects.check(&[1; 32], &digest).await.unwrap();
		let read: Vec<Bytes> =
			objects.read(&[1; 32], digest).await.unwrap().try_collect().await.unwrap();
		assert_eq!(read.concat(), b"one two");
		objects.discard(&[1; 32]).await.unwrap();
		objects.discard(&[1; 32]).await.unwrap();
		assert_eq!(files_in(folder.path()), 0);
	}

	#[tokio::test]
	async fn an_upload_with_another_digest_or_a_broken_body_leaves_nothing() {
		let folder = tempfile::tempdir().unwrap();
		let objects = Objects::open(folder.path()).unwrap();
		let wrong = objects.put(&[1; 32], &Digest::of(b"other"), body(&[b"one"])).await;
		assert!(matches!(wrong, Err(Error::DigestMismatch)));
		let broken = futures::stream::iter([
			Ok(Bytes::from_static(b"one")),
			Err(Error::Malformed("broke off".into())),
		]);
		assert!(objects.put(&[2; 32], &Digest::of(b"one"), broken).await.is_err());
		assert_eq!(files_in(folder.path()), 0);
	}

	#[tokio::test]
	async fn an_upload_that_stands_still_is_given_up() {
		let folder = tempfile::tempdir().unwrap();
		let mut objects = Objects::open(folder.path()).unwrap();
		objects.patience = Duration::from_millis(1);
		let still = body(&[b"one"]).chain(futures::stream::pending());
		let given_up = objects.put(&[1; 32], &Digest::of(b"one"), still).await;
		assert!(matches!(given_up, Err(Error::Malformed(_))));
		assert_eq!(files_in(folder.path()), 0);
	}

	#[tokio::test]
	async fn damage_shows_on_every_read() {
		let folder = tempfile::tempdir().unwrap();
		let objects = Objects::open(folder.path()).unwrap();
		let digest = Digest::of(b"one");
		objects.put(&[1; 32], &digest, body(&[b"one"])).await.unwrap();
		let file = folder.path().join(place(&[1; 32]).as_ref());
		std::fs::write(&file, b"two").unwrap();
		assert!(matches!(objects.check(&[1; 32], &digest).await, Err(Error::StorageDamaged)));
		let read: Result<Vec<Bytes>> =
			objects.read(&[1; 32], digest).await.unwrap().try_collect().await;
		assert!(matches!(read, Err(Error::StorageDamaged)));
		std::fs::remove_file(file).unwrap();
		assert!(matches!(objects.check(&[1; 32], &digest).await, Err(Error::StorageDamaged)));
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

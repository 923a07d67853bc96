//! The same in a folder and in a bucket.

use super::*;
use crate::storage::tests::S3;
use futures::future::BoxFuture;

fn body(pieces: &[&[u8]]) -> impl Stream<Item = Result<Bytes>> {
	let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
	futures::stream::iter(pieces)
}

async fn names(objects: &Objects) -> Vec<(Name, u64)> {
	let mut names: Vec<_> = objects.list().try_collect().await.unwrap();
	names.sort_unstable();
	names
}

/// Runs the test on objects in a folder, then in a bucket; it may overwrite what lies at a place.
async fn in_both(test: impl for<'a> Fn(&'a Objects, &'a Path) -> BoxFuture<'a, ()>) {
	let folder = tempfile::tempdir().unwrap();
	test(&Objects::open(folder.path()).unwrap(), folder.path()).await;
	let s3 = S3::start().await;
	let objects = Objects::new(s3.storage("clinics/2").await);
	test(&objects, &s3.folder.path().join("salus/clinics/2")).await;
}

#[tokio::test]
async fn what_was_put_is_listed_read_and_discarded() {
	in_both(|objects, _| {
		Box::pin(async move {
			// More than one part of an upload, and an end of its own.
			let large = vec![7; 2 * BUCKET_PIECE + 5];
			let digest = Digest::of(&large);
			let pieces: Vec<_> = large.chunks(700_001).collect();
			let size = objects.put(&[1; 32], &digest, body(&pieces)).await.unwrap();
			assert_eq!(size, large.len() as u64);
			let small = Digest::of(b"one two");
			objects.put(&[2; 32], &small, body(&[b"one ", b"two"])).await.unwrap();
			assert_eq!(names(objects).await, [([1; 32], size), ([2; 32], 7)]);
			for (name, digest) in [([1; 32], digest), ([2; 32], small)] {
				objects.check(&name, &digest).await.unwrap();
				let read: Vec<Bytes> =
					objects.read(&name, digest).await.unwrap().try_collect().await.unwrap();
				assert_eq!(Digest::of(&read.concat()), digest);
			}
			objects.discard(&[1; 32]).await.unwrap();
			objects.discard(&[1; 32]).await.unwrap();
			assert_eq!(names(objects).await, [([2; 32], 7)]);
			let gone = objects.check(&[1; 32], &digest).await;
			assert!(matches!(gone, Err(Error::StorageDamaged)));
		})
	})
	.await;
}

#[tokio::test]
async fn what_does_not_come_whole_is_not_there() {
	in_both(|objects, _| {
		Box::pin(async move {
			let wrong = objects.put(&[1; 32], &Digest::of(b"other"), body(&[b"one"])).await;
			assert!(matches!(wrong, Err(Error::DigestMismatch)));
			let large = vec![1; BUCKET_PIECE + 1];
			let broken = body(&[&large])
				.chain(futures::stream::iter([Err(Error::Malformed("broke off".into()))]));
			assert!(objects.put(&[2; 32], &Digest::of(&large), broken).await.is_err());
			assert!(names(objects).await.is_empty());
		})
	})
	.await;
}

#[tokio::test]
async fn damage_shows_on_every_read() {
	in_both(|objects, folder| {
		Box::pin(async move {
			let digest = Digest::of(b"one");
			objects.put(&[1; 32], &digest, body(&[b"one"])).await.unwrap();
			std::fs::write(folder.join(place(&[1; 32]).as_ref()), b"two").unwrap();
			let checked = objects.check(&[1; 32], &digest).await;
			assert!(matches!(checked, Err(Error::StorageDamaged)));
			let read: Result<Vec<Bytes>> =
				objects.read(&[1; 32], digest).await.unwrap().try_collect().await;
			assert!(matches!(read, Err(Error::StorageDamaged)));
		})
	})
	.await;
}

#[tokio::test]
async fn prefixes_keep_organisations_apart() {
	let s3 = S3::start().await;
	let one = Objects::new(s3.storage("organisations/1").await);
	let other = Objects::new(s3.storage("organisations/2").await);
	let digest = Digest::of(b"one");
	one.put(&[1; 32], &digest, body(&[b"one"])).await.unwrap();
	assert!(names(&other).await.is_empty());
	assert!(matches!(other.check(&[1; 32], &digest).await, Err(Error::StorageDamaged)));
	other.discard(&[1; 32]).await.unwrap();
	one.check(&[1; 32], &digest).await.unwrap();
}

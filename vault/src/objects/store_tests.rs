//! The same in a folder and in a bucket.

use super::*;
use crate::{bodies, storage::tests::S3};
use futures::{future::BoxFuture, TryStreamExt};
use salus_primitives::ids::Digest;

async fn names(objects: &Objects) -> Vec<(Name, u64)> {
	let listed: Vec<_> = objects.list().try_collect().await.unwrap();
	let mut names: Vec<_> = listed.into_iter().map(|(name, size, _)| (name, size)).collect();
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
			let large = Bytes::from(vec![7; bodies::SEGMENT]);
			let size = large.len() as u64;
			objects.put(&[1; 32], large.clone()).await.unwrap();
			objects.put(&[2; 32], Bytes::from_static(b"one two")).await.unwrap();
			assert_eq!(names(objects).await, [([1; 32], size), ([2; 32], 7)]);
			assert_eq!(objects.get(&[1; 32], size).await.unwrap(), large);
			assert_eq!(objects.get(&[2; 32], 7).await.unwrap(), "one two");
			assert_eq!(objects.size(&[2; 32]).await.unwrap(), Some(7));
			objects.discard(&[1; 32]).await.unwrap();
			objects.discard(&[1; 32]).await.unwrap();
			assert_eq!(names(objects).await, [([2; 32], 7)]);
			assert_eq!(objects.size(&[1; 32]).await.unwrap(), None);
			let gone = objects.get(&[1; 32], size).await;
			assert!(matches!(gone, Err(Error::StorageDamaged)));
		})
	})
	.await;
}

#[tokio::test]
async fn damage_shows_on_every_read() {
	in_both(|objects, folder| {
		Box::pin(async move {
			let bytes = Bytes::from_static(b"one");
			let digest = Digest::of(&bytes);
			let segment = bodies::put(objects, [1; 32], bytes, digest).await.unwrap();
			assert_eq!(bodies::get(objects, &segment).await.unwrap(), "one");
			let file = folder.join(place(&[1; 32]).as_ref());
			for damaged in ["two", "ones"] {
				std::fs::write(&file, damaged).unwrap();
				let read = bodies::get(objects, &segment).await;
				assert!(matches!(read, Err(Error::StorageDamaged)), "{damaged}");
			}
		})
	})
	.await;
}

#[tokio::test]
async fn prefixes_keep_organisations_apart() {
	let s3 = S3::start().await;
	let one = Objects::new(s3.storage("organisations/1").await);
	let other = Objects::new(s3.storage("organisations/2").await);
	one.put(&[1; 32], Bytes::from_static(b"one")).await.unwrap();
	assert!(names(&other).await.is_empty());
	assert_eq!(other.size(&[1; 32]).await.unwrap(), None);
	other.discard(&[1; 32]).await.unwrap();
	assert_eq!(one.size(&[1; 32]).await.unwrap(), Some(3));
}

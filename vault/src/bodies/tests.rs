use super::*;
use tokio::sync::Semaphore;

type Pieces = Vec<Result<Bytes>>;

fn cutter(pieces: Pieces, room: u64) -> Cutter<impl Stream<Item = Result<Bytes>>> {
	Cutter::new(futures::stream::iter(pieces), room, STALL)
}

fn objects(folder: &tempfile::TempDir) -> Objects {
	Objects::open(folder.path()).unwrap()
}

async fn stored(objects: &Objects, parts: &[&'static [u8]]) -> Body {
	let mut segments = Vec::new();
	for (place, part) in (1u8..).zip(parts) {
		let bytes = Bytes::from_static(part);
		segments.push(put(objects, [place; 32], bytes, Digest::of(part)).await.unwrap());
	}
	Body::Segments(segments)
}

#[tokio::test]
async fn bodies_are_cut_into_full_segments_and_a_rest() {
	let piece = Bytes::from(vec![7; SEGMENT / 2 + 1]);
	let mut cutter = cutter((0..4).map(|_| Ok(piece.clone())).collect(), u64::MAX);
	let mut sizes = Vec::new();
	while let Some(segment) = cutter.next().await.unwrap() {
		sizes.push(segment.len());
	}
	assert_eq!(sizes, [SEGMENT, SEGMENT, 4]);
	assert!(cutter.next().await.unwrap().is_none());
}

#[tokio::test]
async fn what_came_before_a_fault_counts() {
	let broken = || Err(Error::Malformed("broke off".into()));
	let mut cut = cutter(vec![Ok(Bytes::from_static(b"one")), broken()], u64::MAX);
	assert_eq!(cut.next().await.unwrap().unwrap(), "one");
	assert!(matches!(cut.next().await, Err(Error::Malformed(_))));
	let mut cut = cutter(vec![Ok(Bytes::from_static(b"one")), Ok(Bytes::from_static(b"two"))], 5);
	assert_eq!(cut.next().await.unwrap().unwrap(), "one");
	assert!(matches!(cut.next().await, Err(Error::TooLarge)));
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up() {
	let still =
		futures::stream::iter([Ok(Bytes::from_static(b"one"))]).chain(futures::stream::pending());
	let mut cut = Cutter::new(still, u64::MAX, Duration::from_millis(1));
	assert_eq!(cut.next().await.unwrap().unwrap(), "one");
	assert!(matches!(cut.next().await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn a_ciphertext_is_handed_out_from_any_offset() {
	let harness = crate::routes::tests::Harness::new();
	let body = stored(&harness.vault.objects, &[b"abc", b"defg", b"h"]).await;
	for offset in 0..=8u64 {
		let ready = Ready::look(&harness.vault.objects, &body, offset).await.unwrap();
		assert_eq!(ready.length(), 8 - offset);
		let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
		let read: Vec<Bytes> =
			ready.stream(harness.vault.clone(), place).try_collect().await.unwrap();
		let offset = usize::try_from(offset).unwrap();
		assert_eq!(read.concat(), b"abcdefgh"[offset..]);
	}
	let beyond = Ready::look(&harness.vault.objects, &body, 9).await;
	assert!(matches!(beyond, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn damage_is_seen_before_a_byte_of_its_segment_leaves() {
	let harness = crate::routes::tests::Harness::new();
	let objects = &harness.vault.objects;
	let body = stored(objects, &[b"abc", b"defg"]).await;
	objects.put(&[2; 32], Bytes::from_static(b"deXg")).await.unwrap();
	let ready = Ready::look(objects, &body, 0).await.unwrap();
	let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
	let read: Vec<_> = ready.stream(harness.vault.clone(), place).collect().await;
	assert_eq!(read[0].as_ref().unwrap(), "abc");
	assert!(matches!(read[1], Err(Error::StorageDamaged)));
	assert_eq!(read.len(), 2);
	// The first to be sent is looked at before anything is said.
	assert!(matches!(Ready::look(objects, &body, 3).await, Err(Error::StorageDamaged)));
}

#[tokio::test]
async fn what_is_missing_or_cut_is_seen_before_anything_is_handed_out() {
	let folder = tempfile::tempdir().unwrap();
	let objects = objects(&folder);
	let body = stored(&objects, &[b"abc", b"defg", b"h"]).await;
	assert_eq!(body.size(), 8);
	objects.put(&[3; 32], Bytes::from_static(b"hh")).await.unwrap();
	assert!(matches!(Ready::look(&objects, &body, 0).await, Err(Error::StorageDamaged)));
	objects.discard(&[3; 32]).await.unwrap();
	assert!(matches!(Ready::look(&objects, &body, 0).await, Err(Error::StorageDamaged)));
}

#[tokio::test]
async fn the_digest_over_all_segments_is_that_of_the_whole() {
	let folder = tempfile::tempdir().unwrap();
	let objects = objects(&folder);
	let body = stored(&objects, &[b"abc", b"defg", b"h"]).await;
	let Body::Segments(segments) = body else { panic!("packed") };
	let whole = digest(&objects, &segments).await.unwrap().finish();
	assert_eq!(whole, Digest::of(b"abcdefgh"));
	objects.put(&[1; 32], Bytes::from_static(b"abd")).await.unwrap();
	assert!(matches!(digest(&objects, &segments).await, Err(Error::StorageDamaged)));
}

//! What the file shows, and what it does not.

use super::*;
use salus_primitives::{
	ids::{ChartId, Seal},
	seal::Opening,
};
use std::path::PathBuf;
use tempfile::TempDir;

const CHART: ChartId = ChartId([0xc7; 32]);
const IDENTITY_HERE: Identity = Identity::new([1; 32], 7);

fn key(byte: u8) -> DatabaseKey {
	DatabaseKey { key: [byte; 32] }
}

fn path(folder: &TempDir) -> PathBuf {
	folder.path().join("vault.redb")
}

fn new_chart() -> NewChart {
	NewChart { chart: CHART, key: [0xa1; 32], encryption_key: unvouched([0xe2; 32]) }
}

fn holds(file: &[u8], bytes: &[u8]) -> bool {
	file.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn the_file_tells_no_id_and_no_value() {
	let folder = tempfile::tempdir().unwrap();
	let store = Store::open(&path(&folder), &key(9), IDENTITY_HERE).unwrap();
	let request = RequestRow {
		chart: CHART,
		requester: [0x5b; 32],
		opening: Opening {
			terms: salus_primitives::directive::RequestTerms {
				chart: CHART,
				practitioner: 1,
				organisation: 2,
				custodian: None,
				categories: Default::default(),
				actions: Default::default(),
				purpose: salus_primitives::codes::Purpose::Treatment,
				period: salus_primitives::time::Period { from: 0, until: None },
			},
			salt: salus_primitives::ids::Salt([0x54; 32]),
		},
		answer: Some(b"an answer in plain text".to_vec()),
	};
	let entry = OutboxEntry { chart: CHART, sequence: 3, leaf: Seal([0x1f; 32]) };
	store
		.write::<_, StoreError>(|rows| {
			rows.put(&CHARTS, &CHART, &ChartRow::empty(new_chart()))?;
			rows.put(&REQUESTS, &[0x4e; 32].into(), &request)?;
			rows.push(&OUTBOX, &entry)?;
			rows.push(&INCOMING, &vec![[0x0b; 32]])?;
			Ok(())
		})
		.unwrap();
	drop(store);
	let file = std::fs::read(path(&folder)).unwrap();
	for secret in [0xc7u8, 0xa1, 0xe2, 0x5b, 0x54, 0x4e, 0x1f, 0x0b, 9, 1] {
		assert!(!holds(&file, &[secret; 16]), "{secret:#x} lies open");
	}
	assert!(!holds(&file, b"plain text"));
	// The search finds what does lie open.
	assert!(holds(&file, b"chart-requests"));

	let store = Store::open(&path(&folder), &key(9), IDENTITY_HERE).unwrap();
	let read = store.read(|rows| {
		Ok((
			rows.get(&CHARTS, &CHART)?,
			rows.first(&OUTBOX, 9)?,
			rows.get(&REQUESTS, &[0x4e; 32].into())?,
		))
	});
	let (chart, outbox, row) = read.unwrap();
	assert_eq!(chart, Some(ChartRow::empty(new_chart())));
	assert_eq!(outbox, [(0, entry)]);
	assert_eq!(row, Some(request));
}

#[test]
fn equal_rows_look_different_and_keys_are_blinded_per_table() {
	let sealing = Sealing::new(&key(1));
	let sealed = [(); 2].map(|()| sealing.seal("t", b"place", b"value").unwrap());
	assert_ne!(sealed[0], sealed[1]);
	assert_eq!(&sealing.open("t", b"place", &sealed[0]).unwrap()[..5], b"value");
	assert_ne!(sealing.blind("t", b"key"), sealing.blind("u", b"key"));
	assert_ne!(sealing.blind("t", b"key"), Sealing::new(&key(2)).blind("t", b"key"));
	assert_ne!(sealing.blind("t", b"key"), sealing.blind("t", b"kez"));
}

#[test]
fn a_value_opens_only_in_its_place() {
	let sealing = Sealing::new(&key(1));
	let sealed = sealing.seal("t", b"place", b"value").unwrap();
	let mut flipped = sealed.clone();
	flipped[30] ^= 1;
	for (table, place, bytes) in [
		("u", b"place".as_slice(), sealed.as_slice()),
		("t", b"other", &sealed),
		("t", b"place", &flipped),
		("t", b"place", &sealed[..10]),
	] {
		assert!(matches!(sealing.open(table, place, bytes), Err(StoreError::Damaged)));
	}
}

#[test]
fn lengths_tell_little() {
	let sealing = Sealing::new(&key(1));
	let length = |value: &[u8]| sealing.seal("t", b"p", value).unwrap().len();
	assert_eq!(length(&[1]), length(&[1; 128]));
	assert!(length(&[1; 129]) > length(&[1; 128]));
}

#[test]
fn another_key_chain_or_organisation_is_refused() {
	let folder = tempfile::tempdir().unwrap();
	drop(Store::open(&path(&folder), &key(1), IDENTITY_HERE).unwrap());
	let open = |byte, identity| Store::open(&path(&folder), &key(byte), identity).map(drop);
	assert!(matches!(open(2, IDENTITY_HERE), Err(StoreError::WrongKey)));
	assert!(matches!(open(1, Identity::new([2; 32], 7)), Err(StoreError::WrongChain)));
	assert!(matches!(open(1, Identity::new([1; 32], 8)), Err(StoreError::WrongOrganisation(7))));
	open(1, IDENTITY_HERE).unwrap();
}

#[test]
fn only_one_process_has_it_open() {
	let folder = tempfile::tempdir().unwrap();
	let _open = Store::open(&path(&folder), &key(1), IDENTITY_HERE).unwrap();
	let second = Store::open(&path(&folder), &key(1), IDENTITY_HERE);
	assert!(matches!(second.map(drop), Err(StoreError::InUse)));
}

#[test]
fn a_failed_write_changes_nothing() {
	let folder = tempfile::tempdir().unwrap();
	let store = Store::open(&path(&folder), &key(1), IDENTITY_HERE).unwrap();
	let failed = store.write(|rows| {
		rows.push(&INCOMING, &vec![[1; 32]])?;
		Err::<(), _>(StoreError::Random)
	});
	assert!(failed.is_err());
	assert!(store.read(|rows| rows.first(&INCOMING, 9)).unwrap().is_empty());
}

#[test]
fn queues_keep_their_order() {
	let folder = tempfile::tempdir().unwrap();
	let store = Store::open(&path(&folder), &key(1), IDENTITY_HERE).unwrap();
	let numbers = store
		.write::<_, StoreError>(|rows| {
			(0..300u32)
				.map(|n| rows.push(&INCOMING, &vec![[n as u8; 32]]))
				.collect::<Result<Vec<_>, _>>()
		})
		.unwrap();
	assert_eq!(numbers, (0..300).collect::<Vec<_>>());
	store.write::<_, StoreError>(|rows| rows.drop_at(&INCOMING, 0)).unwrap();
	let first = store.read(|rows| rows.first(&INCOMING, 2)).unwrap();
	assert_eq!(first, [(1, vec![[1; 32]]), (2, vec![[2; 32]])]);
}

//! Backups are whole or not there, and what is restored is what was.

mod killed;

use super::{place, restore, *};
use crate::{
	acts::tests as acts,
	bodies,
	bulk::tests as imports,
	objects::Name,
	routes::tests::Harness,
	storage::{tests::S3, Location},
	store::{
		Body, PendingRecord, RecordAct, RecordRow, Rows, Segment, Store, CHARTS, CHART_RECORDS,
		ERASED, INCOMING, PENDING_RECORDS, PETITIONS, PETITION_INBOX, RECORDS, RECORD_ACTS,
	},
	tenants::tests::{enrol, person, vault},
};
use bytes::Bytes;
use codec::Encode;
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use salus_client::{
	envelope::{Wrap, WrapContext},
	vault_api::{PostedPetition, RecordWraps},
};
use salus_primitives::{
	codes::{Category, Confidentiality, PetitionKind, PetitionState},
	ids::{ChartId, Digest, RecordId, Salt, Seal},
	petition::Petition,
	record::RecordTerms,
	seal::Opening,
	views::PetitionView,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const CHART: ChartId = ChartId([0xc4; 32]);

/// The row of a record of this chart, of which only ids and places are meant.
pub(crate) fn record(id: RecordId, chart: ChartId, sequence: u32) -> RecordRow {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	let terms = RecordTerms {
		chart,
		sequence,
		previous_leaf: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		size: 0,
		content_digest: Digest([0; 32]),
		ciphertext_digest: Digest([0; 32]),
	};
	let record = PendingRecord {
		id,
		opening: Opening { terms, salt: Salt([3; 32]) },
		replaces: None,
		media_type: "application/fhir+json".into(),
		body: Body::Segments(vec![Segment { name: id.0, size: 0, digest: Digest([0; 32]) }]),
		wraps: RecordWraps {
			custodian: wrap(WrapContext::Custodian { organisation: 1, key_version: 1 }),
			chart: wrap(WrapContext::Chart { chart }),
		},
	};
	let head = salus_client::vault_api::Head { number: 1, hash: [1; 32], at: 1 };
	RecordRow { record, block: head.into() }
}

/// A vault of organisation 1 with a place for its backups.
struct House {
	folder: TempDir,
	backup: PathBuf,
	vault: Arc<Vault>,
}

impl House {
	fn new(keep: u32) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let backup = folder.path().join("backup");
		let storage = Storage::folder(&folder.path().join("data/objects")).unwrap();
		let vault = vault(&folder.path().join("data"), 1, storage);
		vault.backups.keep_at(Storage::folder(&backup).unwrap(), keep);
		enrol(&vault, CHART);
		Self { folder, backup, vault }
	}

	fn target(&self) -> &Target {
		self.vault.backups.target().unwrap()
	}

	/// Stores a record with this content under an id and a name of this byte.
	async fn store(&self, byte: u8, content: &[u8]) {
		let name = [byte; 32];
		self.vault.objects.put(&name, Bytes::copy_from_slice(content)).await.unwrap();
		let (id, sequence) = (RecordId(name), u32::from(byte));
		self.vault
			.store
			.write::<_, StoreError>(|rows| {
				rows.put(&CHART_RECORDS, &(CHART, sequence), &id)?;
				rows.put(&RECORDS, &id, &record(id, CHART, sequence))
			})
			.unwrap();
	}

	async fn back_up(&self) -> BackupSummary {
		write::make(&self.vault, self.target()).await.unwrap()
	}

	fn options(&self, data: &str) -> restore::Options {
		restore::Options {
			from: Location::Folder(self.backup.clone()),
			from_credentials: None,
			number: None,
			data: self.folder.path().join(data),
			storage: None,
			storage_credentials: None,
		}
	}

	/// Restores into this folder and opens the vault there.
	async fn restored(&self, data: &str) -> Arc<Vault> {
		let options = self.options(data);
		let folder = options.data.clone();
		restore::run(options).await.unwrap();
		restore::refuse_half(&folder).unwrap();
		vault(&folder, 1, Storage::folder(&folder.join("objects")).unwrap())
	}

	async fn why_not_restored(&self, data: &str) -> String {
		restore::run(self.options(data)).await.unwrap_err().to_string()
	}
}

fn rows(store: &Store) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
	let mut all = Vec::new();
	store
		.export::<StoreError>(|table, (place, value)| {
			all.push((table, place, value));
			Ok(())
		})
		.unwrap();
	all
}

async fn content(vault: &Vault, byte: u8, expected: &[u8]) {
	let read = vault.objects.get(&[byte; 32], expected.len() as u64).await.unwrap();
	assert_eq!(read, expected);
}

async fn names(vault: &Vault) -> Vec<Name> {
	let listed: Vec<_> = vault.objects.list().try_collect().await.unwrap();
	let mut names: Vec<_> = listed.into_iter().map(|(name, ..)| name).collect();
	names.sort_unstable();
	names
}

/// Files in this folder and below, without the folder's own part.
fn files(folder: &Path) -> Vec<PathBuf> {
	let mut found = Vec::new();
	for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
		let path = entry.path();
		if path.is_dir() {
			found.extend(files(&path));
		} else {
			found.push(path);
		}
	}
	found.sort();
	found
}

#[tokio::test]
async fn what_is_restored_is_what_was() {
	let house = House::new(7);
	let large = vec![9; 9 * 1024 * 1024];
	house.store(1, b"one").await;
	house.store(2, &large).await;
	let before = rows(&house.vault.store);
	let made = house.back_up().await;
	assert_eq!((made.number, made.objects, made.new_objects), (1, 2, 2));
	assert_eq!(made.bytes, 3 + large.len() as u64);
	assert_eq!(made.rows, before.len() as u64);
	let House { folder, backup, vault } = house;
	drop(vault);
	std::fs::remove_dir_all(folder.path().join("data")).unwrap();

	let house = House { vault: House::new(1).vault, folder, backup };
	let restored = house.restored("anew").await;
	assert_eq!(rows(&restored.store), before);
	content(&restored, 1, b"one").await;
	content(&restored, 2, &large).await;
	let row = restored.store.read(|rows| rows.get(&RECORDS, &RecordId([1; 32]))).unwrap();
	assert_eq!(row, Some(record(RecordId([1; 32]), CHART, 1)));
}

#[tokio::test]
async fn a_bucket_is_backed_up_into_a_bucket_and_restored_into_one() {
	let s3 = S3::start().await;
	let folder = tempfile::tempdir().unwrap();
	let live = vault(folder.path(), 1, s3.storage("live").await);
	live.backups.keep_at(s3.storage("backup").await, 2);
	let large = vec![9; 9 * 1024 * 1024];
	for (byte, content) in [(1, b"one".as_slice()), (2, &large)] {
		live.objects.put(&[byte; 32], Bytes::copy_from_slice(content)).await.unwrap();
	}
	for number in 1..=3 {
		let made = write::make(&live, live.backups.target().unwrap()).await.unwrap();
		assert_eq!((made.number, made.objects), (number, 2));
	}
	let kept = place::numbers(&*s3.storage("backup").await.files).await.unwrap();
	assert_eq!(kept, [2, 3]);

	let credentials = s3.credentials("its-secret");
	let data = folder.path().join("anew");
	restore::run(restore::Options {
		from: "s3://salus/backup".parse().unwrap(),
		from_credentials: Some(credentials.path().into()),
		number: Some(2),
		data: data.clone(),
		storage: Some("s3://salus/anew".parse().unwrap()),
		storage_credentials: Some(credentials.path().into()),
	})
	.await
	.unwrap();
	let restored = vault(&data, 1, s3.storage("anew").await);
	content(&restored, 1, b"one").await;
	content(&restored, 2, &large).await;
	assert_eq!(rows(&restored.store), rows(&live.store));
}

#[tokio::test]
async fn only_what_is_new_is_written_again() {
	let house = House::new(7);
	for byte in 0..40 {
		house.store(byte, &[byte; 100]).await;
	}
	house.back_up().await;
	let before = files(&house.backup).len();
	let made = house.back_up().await;
	assert_eq!((made.number, made.objects, made.new_objects, made.new_bytes), (2, 40, 0, 0));
	// A manifest, and nothing else.
	assert_eq!(files(&house.backup).len(), before + 1);
	house.store(99, b"new").await;
	let made = house.back_up().await;
	assert_eq!((made.objects, made.new_objects, made.new_bytes), (41, 1, 3));
}

#[tokio::test]
async fn old_backups_go_with_what_only_they_have() {
	let house = House::new(2);
	house.store(1, b"one").await;
	house.store(2, b"two").await;
	house.back_up().await;
	house.vault.objects.discard(&[1; 32]).await.unwrap();
	house.back_up().await;
	let store = &*house.target().storage.files;
	let has_one = async || place::objects(store).await.unwrap().contains_key(&Digest::of(b"one"));
	assert!(has_one().await);
	house.back_up().await;
	assert_eq!(place::numbers(store).await.unwrap(), [2, 3]);
	assert!(!has_one().await);
	let restored = house.restored("anew").await;
	content(&restored, 2, b"two").await;
	assert_eq!(names(&restored).await, [[2; 32]]);
}

#[tokio::test]
async fn an_older_backup_can_be_named() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.back_up().await;
	house.store(2, b"two").await;
	house.back_up().await;
	let mut options = house.options("older");
	options.number = Some(1);
	let data = options.data.clone();
	restore::run(options).await.unwrap();
	let restored = vault(&data, 1, Storage::folder(&data.join("objects")).unwrap());
	assert_eq!(names(&restored).await, [[1; 32]]);
	let mut options = house.options("none");
	options.number = Some(9);
	let said = restore::run(options).await.unwrap_err().to_string();
	assert!(said.contains("lacks manifests/0000000009.json"), "{said}");
}

#[tokio::test]
async fn whatever_is_missing_or_altered_is_named() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.store(2, &vec![9; 9 * 1024 * 1024]).await;
	house.back_up().await;
	for (number, path) in files(&house.backup).into_iter().enumerate() {
		let place = path.strip_prefix(&house.backup).unwrap().to_str().unwrap().to_owned();
		let whole = std::fs::read(&path).unwrap();
		let mut altered = whole.clone();
		let middle = altered.len() / 2;
		altered[middle] ^= 1;
		let is_manifest = place.starts_with("manifests");
		for (kind, bytes) in [
			("missing", None),
			("altered", Some(altered)),
			("short", Some(whole[..middle].to_vec())),
		] {
			match bytes {
				None => std::fs::remove_file(&path).unwrap(),
				Some(bytes) => std::fs::write(&path, bytes).unwrap(),
			}
			let data = format!("{kind}-{number}");
			match (is_manifest, kind) {
				(true, "missing") => {
					assert!(house.why_not_restored(&data).await.contains("holds no backup"));
				},
				// A digit of a manifest may be altered so that it reads on: its seal tells, see below.
				(true, "altered") => {},
				_ => {
					let said = house.why_not_restored(&data).await;
					assert!(said.contains(&place), "{kind} {place}: {said}");
					let data = house.folder.path().join(data);
					assert!(!data.join("vault.redb").exists(), "a vault could start");
					assert!(is_manifest || restore::refuse_half(&data).is_err());
				},
			}
			std::fs::write(&path, &whole).unwrap();
		}
	}
	house.restored("whole").await;
}

#[tokio::test]
async fn a_manifest_that_the_vault_did_not_write_is_refused_at_the_start() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.back_up().await;
	let store = &*house.target().storage.files;
	let honest = place::latest(store).await.unwrap().unwrap();
	// Leaves out the records, with everything else as it should be.
	let mut forged = honest.clone();
	forged.manifest.tables.retain(|table| table.name != "records");
	let bytes = serde_json::to_vec(&forged).unwrap();
	store.put(&place::manifest_place(1), bytes.into()).await.unwrap();
	let restored = house.restored("forged").await;
	let refused = after_restore(&restored, &house.folder.path().join("forged")).await;
	assert!(matches!(refused, Err(Error::Internal(said)) if said.contains("altered")));

	// The honest one passes, and goes on to ask the node, which is away here.
	let bytes = serde_json::to_vec(&honest).unwrap();
	store.put(&place::manifest_place(1), bytes.into()).await.unwrap();
	let restored = house.restored("honest").await;
	let data = house.folder.path().join("honest");
	let refused = after_restore(&restored, &data).await;
	assert!(matches!(refused, Err(Error::NodeUnavailable(_))));
	assert!(data.join("restored.json").exists(), "it must be asked again at the next start");
	// A vault that was not restored asks nobody.
	after_restore(&house.vault, &house.folder.path().join("data")).await.unwrap();
}

#[tokio::test]
async fn a_manifest_that_the_vault_did_not_write_leads_no_later_backup_astray() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.store(2, b"two").await;
	// Long ago, so that they are not read again for being new.
	for file in files(&house.folder.path().join("data/objects")) {
		let file = std::fs::File::options().write(true).open(file).unwrap();
		file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
	}
	house.back_up().await;
	let store = &*house.target().storage.files;
	let mut forged = place::latest(store).await.unwrap().unwrap();
	// The two change places.
	let lines: Vec<place::ListedObject> =
		vec![([1; 32], Digest::of(b"two"), 3), ([2; 32], Digest::of(b"one"), 3)];
	let piece = lines.encode();
	forged.manifest.object_lists = vec![Digest::of(&piece)];
	store.put(&place::piece_place(&Digest::of(&piece)), piece.into()).await.unwrap();
	let bytes = serde_json::to_vec(&forged).unwrap();
	store.put(&place::manifest_place(1), bytes.into()).await.unwrap();
	house.back_up().await;
	let restored = house.restored("anew").await;
	content(&restored, 1, b"one").await;
	content(&restored, 2, b"two").await;
}

#[tokio::test]
async fn what_was_erased_does_not_come_back() {
	let house = House::new(7);
	for byte in 1..=3 {
		house.store(byte, &[byte; 10]).await;
	}
	house.back_up().await;
	let restored = house.restored("anew").await;
	let dropped = reconcile::reconcile(&restored, async |record| Ok(record == RecordId([2; 32])));
	assert_eq!(dropped.await.unwrap(), 1);
	crate::records::sweep(&restored).await.unwrap();
	assert_eq!(names(&restored).await, [[1; 32], [3; 32]]);
	let known = |id: u8| {
		restored
			.store
			.read(|rows| {
				let row = rows.get(&RECORDS, &RecordId([id; 32]))?;
				Ok((row.is_some(), rows.get(&CHART_RECORDS, &(CHART, u32::from(id)))?.is_some()))
			})
			.unwrap()
	};
	assert_eq!([known(1), known(2), known(3)], [(true, true), (false, true), (true, true)]);
	assert!(restored.store.read(|rows| rows.first(&INCOMING, 1)).unwrap().is_empty());
	assert!(restored.store.read(|rows| rows.get(&CHARTS, &CHART)).unwrap().is_some());
}

#[tokio::test]
async fn what_was_on_its_way_and_erased_since_does_not_come_back() {
	let house = House::new(7);
	for byte in 1..=3u8 {
		let name = [byte; 32];
		house.vault.objects.put(&name, Bytes::from_static(b"on its way")).await.unwrap();
		let row = record(RecordId(name), CHART, u32::from(byte) - 1);
		house
			.vault
			.store
			.write::<_, StoreError>(|rows| rows.push(&PENDING_RECORDS, &row.record))
			.unwrap();
	}
	house.back_up().await;
	let restored = house.restored("anew").await;
	let dropped = reconcile::reconcile(&restored, async |id| Ok(id != RecordId([1; 32])));
	assert_eq!(dropped.await.unwrap(), 2);
	crate::records::sweep(&restored).await.unwrap();
	assert_eq!(names(&restored).await, [[1; 32]]);
	let left = restored.store.read(|rows| rows.first(&PENDING_RECORDS, 9)).unwrap();
	assert_eq!(left.len(), 1);
	assert_eq!(left[0].1.id, RecordId([1; 32]));
	// The places of the others stay taken, and the one that is left does not take theirs.
	let end = || restored.store.read(|rows| rows.get(&CHARTS, &CHART)).unwrap().unwrap().records;
	let last = record(RecordId([3; 32]), CHART, 2).record.opening.seal();
	assert_eq!((end().next, end().last), (3, Some(last)));
	assert_eq!(end().past(0, left[0].1.opening.seal()), end());
}

#[tokio::test]
async fn what_was_staged_and_erased_since_is_known_to_be_gone() {
	let harness = imports::harness();
	imports::sealed(&harness, &[imports::page(1, 3), imports::page(4, 3)]).await;
	let erased = imports::page(5, 1)[0].new.id;
	let gone = async |record| Ok(record == erased);
	assert_eq!(reconcile::reconcile(&harness.vault, gone).await.unwrap(), 1);
	let row = harness.vault.store.read(|rows| rows.get(&ERASED, &erased)).unwrap().unwrap();
	assert_eq!((row.chart, row.petition), (imports::CHARTS_HERE[1], None));
	let batch = imports::begin_batch(&harness).unwrap();
	assert_eq!(batch.leaves, 5);
	imports::commit(&harness);
	let refused = harness.vault.record(erased).await.unwrap_err();
	assert_eq!(refused.status_and_code().1, "record-erased");
}

#[tokio::test]
async fn petitions_that_ended_since_are_not_open_and_releases_are_not_repeated() {
	let harness = Harness::new();
	let (vault, store) = (&harness.vault, &harness.vault.store);
	acts::stored(store);
	let posted = acts::file(store, PetitionKind::Erasure, 0);
	let amendment = acts::file(store, PetitionKind::Amendment, 1);
	let release = RecordAct::Release { record: acts::RECORD, seal: Seal([1; 32]) };
	acts::noted(store, &release).unwrap();
	let view = |posted: &PostedPetition, number, state| {
		let (kind, seal) = (posted.opening.terms.kind, posted.opening.seal());
		let petition = Petition { kind, seal, state, filed: 10, answer: None, answered: None };
		PetitionView { number, petition, due: petition.due(), overdue: false }
	};
	let views =
		[view(&posted, 0, PetitionState::Refused), view(&amendment, 1, PetitionState::Open)];
	reconcile::settle_acts(vault, async |_| Ok(views.to_vec())).await.unwrap();
	let (rows, inbox, noted) = store
		.read(|rows| {
			Ok((
				rows.get(&PETITIONS, &acts::RECORD)?.unwrap(),
				rows.first(&PETITION_INBOX, 9)?,
				rows.first(&RECORD_ACTS, 9)?,
			))
		})
		.unwrap();
	let states: Vec<_> = rows.iter().map(|row| row.state).collect();
	assert_eq!(states, [PetitionState::Refused, PetitionState::Open]);
	let open: Vec<_> = inbox.iter().map(|(_, row)| row.open).collect();
	assert_eq!((open, noted.len()), (vec![false, true], 0));
}

#[tokio::test]
async fn nothing_in_a_backup_lies_open() {
	let house = House::new(7);
	house.store(1, b"a ciphertext").await;
	house.back_up().await;
	let holds =
		|bytes: &[u8], sought: &[u8]| bytes.windows(sought.len()).any(|part| part == sought);
	for file in files(&house.backup) {
		let bytes = std::fs::read(&file).unwrap();
		let patient = person("//Patient").account();
		for secret in [&CHART.0[..], &patient, b"application/fhir+json", &[3; 32]] {
			assert!(!holds(&bytes, secret), "{}", file.display());
		}
	}
	// Nor does the database open with another key.
	let data = house.folder.path().join("anew");
	drop(house.restored("anew").await);
	let identity = crate::store::Identity::new([2; 32], 1);
	let key = salus_client::vault_api::DatabaseKey { key: [8; 32] };
	let opened = Store::open(&data.join("vault.redb"), &key, identity);
	assert!(matches!(opened.map(drop), Err(StoreError::WrongKey)));
}

#[tokio::test]
async fn one_backup_is_made_at_a_time_and_told_of() {
	let house = House::new(7);
	house.store(1, b"one").await;
	assert_eq!(house.vault.backups.status().await.unwrap(), BackupStatus::default());
	start(&house.vault);
	start(&house.vault);
	let done = loop {
		let status = house.vault.backups.status().await.unwrap();
		if status.running.is_none() {
			break status;
		}
		tokio::time::sleep(std::time::Duration::from_millis(5)).await;
	};
	assert_eq!((done.latest.map(|made| made.number), done.fault), (Some(1), None));
	// A process that starts anew finds it.
	let other = House::new(1);
	let again = Backups::default();
	again.keep_at(house.target().storage.clone(), 1);
	assert_eq!(again.status().await.unwrap().latest, done.latest);
	// One without a place says so.
	let nowhere = Backups::default();
	assert!(matches!(nowhere.status().await, Err(Error::NoPlaceForBackups)));
	drop(other);
}

#[tokio::test]
async fn all_segments_of_a_record_are_restored_and_an_erased_one_loses_all() {
	let house = House::new(7);
	let pieces: [(u8, &[u8]); 3] = [(10, b"first "), (11, b"second "), (12, b"third")];
	let mut segments = Vec::new();
	for (byte, bytes) in pieces {
		let bytes = Bytes::from_static(bytes);
		let digest = Digest::of(&bytes);
		let stored = bodies::put(&house.vault.objects, [byte; 32], bytes, digest).await;
		segments.push(stored.unwrap());
	}
	let id = RecordId([1; 32]);
	let mut row = record(id, CHART, 1);
	row.record.body = Body::Segments(segments.clone());
	house
		.vault
		.store
		.write::<_, StoreError>(|rows| {
			rows.put(&CHART_RECORDS, &(CHART, 1), &id)?;
			rows.put(&RECORDS, &id, &row)
		})
		.unwrap();
	house.back_up().await;
	let restored = house.restored("anew").await;
	let back = restored.store.read(|rows| rows.get(&RECORDS, &id)).unwrap().unwrap();
	assert_eq!(back, row);
	let whole = bodies::digest(&restored.objects, &segments).await.unwrap().finish();
	assert_eq!(whole, Digest::of(b"first second third"));

	assert_eq!(reconcile::reconcile(&restored, async |_| Ok(true)).await.unwrap(), 1);
	crate::records::sweep(&restored).await.unwrap();
	assert!(names(&restored).await.is_empty());
}

#[tokio::test]
async fn a_segment_that_was_written_again_is_backed_up_again() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.back_up().await;
	house.vault.objects.put(&[1; 32], Bytes::from_static(b"two")).await.unwrap();
	let made = house.back_up().await;
	assert_eq!((made.objects, made.new_objects), (1, 1));
	let restored = house.restored("anew").await;
	content(&restored, 1, b"two").await;
}

//! Files that go to a vault and come back, with breaks in between. The vault here is only its HTTP
//! interface; the real one runs in the end-to-end tests.

mod readers;

use super::{journal::Journal, source::Source, *};
use crate::{
	content::ContentInfo,
	envelope::{
		decrypt, envelope_size, ContentKey, EncryptionSecret, RecordVersion, CHUNK, HEADER,
		NONCE_PREFIX, TAG,
	},
	keys::KeyFile,
	records::{Place, Written},
	vault_api::{
		self as api, decode_header, encode_header, ChartKey, ChartKeys, Head, NewRecord,
		PublishedKey, Release, ReleaseRequest, Signature, StoredRecord, Upload, UploadId,
	},
};
use axum::{
	body::{Body, Bytes},
	extract::State,
	http::{HeaderMap, StatusCode},
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use futures::{StreamExt, TryStreamExt};
use salus_primitives::{
	codes::{Action, Category, Confidentiality, Obligations, Purpose},
	decision::Basis,
	ids::{ChartId, Digest, RecordId, Salt, Seal},
	record::RecordTerms,
	seal::Opening,
};
use std::{
	fs,
	sync::{Mutex, MutexGuard},
};

const GENESIS: [u8; 32] = [6; 32];
const CHART: ChartId = ChartId([4; 32]);
const HEAD: Head = Head { number: 1, hash: [0; 32], at: 0 };
const OF: RecordVersion = RecordVersion { genesis: GENESIS, record: RecordId([5; 32]), version: 1 };
/// More than one request takes.
const LARGE: usize = 17 * 1024 * 1024 + 77;

fn content(size: usize) -> Vec<u8> {
	(0..size).map(|place| (place / 3 + place / 65_000) as u8).collect()
}

fn written(folder: &tempfile::TempDir, bytes: &[u8]) -> std::path::PathBuf {
	let path = folder.path().join("study.dcm");
	fs::write(&path, bytes).unwrap();
	path
}

fn identity(uri: &str) -> Identity {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

fn measured(path: &std::path::Path, key: &ContentKey) -> (Arc<Source>, crate::envelope::Sealed) {
	let (source, sealed) = Source::measure(path, key, &OF, [9; NONCE_PREFIX], &|_, _| ()).unwrap();
	(Arc::new(source), sealed)
}

async fn read(source: &Arc<Source>, from: u64, until: u64) -> Vec<u8> {
	let pieces: Vec<bytes::Bytes> = source.envelope(from, until).try_collect().await.unwrap();
	pieces.concat()
}

#[tokio::test]
async fn an_envelope_can_be_taken_up_anywhere() {
	let folder = tempfile::tempdir().unwrap();
	let key = ContentKey::generate().unwrap();
	for size in [0, 1, CHUNK, CHUNK + 1, 8 * 1024 * 1024, LARGE] {
		let bytes = content(size);
		let (source, sealed) = measured(&written(&folder, &bytes), &key);
		let all = source.envelope_size();
		let whole = read(&source, 0, all).await;
		assert_eq!(whole.len() as u64, all);
		assert_eq!(sealed.ciphertext_digest, Digest::of(&whole));
		assert_eq!(sealed.content_digest, Digest::of(&bytes));
		let mut opened = Vec::new();
		decrypt(&mut whole.as_slice(), &mut opened, &key, &OF).unwrap();
		assert!(opened == bytes, "{size} bytes");
		let block = (8 * 1024 * 1024 / CHUNK * (CHUNK + TAG) + HEADER) as u64;
		for from in [0, 1, 25, 26, 27, block - 1, block, block + 1, all - 1, all] {
			let from = from.min(all);
			let until = (from + 100_000).min(all);
			let (first, last) = (usize::try_from(from).unwrap(), usize::try_from(until).unwrap());
			assert!(read(&source, from, until).await == whole[first..last], "{from}");
		}
	}
}

#[tokio::test]
async fn a_file_that_changed_is_never_encrypted_under_the_same_nonces() {
	let folder = tempfile::tempdir().unwrap();
	let key = ContentKey::generate().unwrap();
	let mut bytes = content(LARGE);
	let path = written(&folder, &bytes);
	let (source, _) = measured(&path, &key);
	bytes[LARGE - 1] ^= 1;
	fs::write(&path, &bytes).unwrap();
	let pieces: Vec<_> = source.envelope(0, source.envelope_size()).collect().await;
	assert!(pieces.last().unwrap().is_err());
	assert_eq!(source.take_fault().unwrap().code(), "file-changed");
	// What did not change can still be sent.
	assert_eq!(read(&source, 0, 100).await.len(), 100);
	fs::write(&path, b"short").unwrap();
	let pieces: Vec<_> = source.envelope(0, 10).collect().await;
	assert!(pieces[0].is_err());
}

/// What the fake vault has, and how it behaves.
#[derive(Default)]
struct Fake {
	new: Option<NewRecord>,
	bytes: Vec<u8>,
	begun: u32,
	requests: u32,
	/// Requests that break off half-way.
	breaks: Vec<u32>,
	/// Whether the upload stands still from the second request on.
	hangs: bool,
	stored: Option<StoredRecord>,
	release: Option<Release>,
	offsets: Vec<u64>,
	/// By which names it was asked for.
	attempts: Vec<String>,
	/// Whether the first name is one that was used for something else.
	knows_first: bool,
}

type Shared = Arc<Mutex<Fake>>;

fn of(shared: &Shared) -> MutexGuard<'_, Fake> {
	shared.lock().unwrap()
}

fn refusal(status: StatusCode, code: &str) -> Response {
	let body = api::ErrorBody { code: code.into(), message: "no".into(), reason: None };
	(status, Json(body)).into_response()
}

fn told(fake: &Fake) -> Upload {
	let size = envelope_size(fake.new.as_ref().unwrap().size);
	Upload { id: UploadId([1; 32]), offset: fake.bytes.len() as u64, size, expires: u64::MAX }
}

async fn begin(State(shared): State<Shared>, headers: HeaderMap) -> Response {
	let new: NewRecord = decode_header(headers[api::RECORD_HEADER].to_str().unwrap()).unwrap();
	let mut fake = of(&shared);
	fake.begun += 1;
	fake.new = Some(new);
	fake.bytes.clear();
	(StatusCode::CREATED, Json(told(&fake))).into_response()
}

async fn look(State(shared): State<Shared>) -> Response {
	let fake = of(&shared);
	if fake.new.is_none() || fake.stored.is_some() {
		return refusal(StatusCode::NOT_FOUND, api::codes::UPLOAD_UNKNOWN);
	}
	Json(told(&fake)).into_response()
}

async fn append(State(shared): State<Shared>, headers: HeaderMap, body: Body) -> Response {
	let (breaks, hangs) = {
		let mut fake = of(&shared);
		fake.requests += 1;
		let offset: usize = headers[api::OFFSET_HEADER].to_str().unwrap().parse().unwrap();
		assert_eq!(offset, fake.bytes.len());
		(fake.breaks.contains(&fake.requests), fake.hangs && fake.requests > 1)
	};
	let mut pieces = body.into_data_stream();
	let mut came = 0;
	while let Some(piece) = pieces.next().await {
		let Ok(piece) = piece else { break };
		came += piece.len();
		of(&shared).bytes.extend_from_slice(&piece);
		if breaks && came > 1_000_000 {
			return refusal(StatusCode::SERVICE_UNAVAILABLE, "busy");
		}
		if hangs && came > 1_000_000 {
			std::future::pending::<()>().await;
		}
	}
	Json(told(&of(&shared))).into_response()
}

async fn complete(State(shared): State<Shared>, Json(said): Json<api::CompleteUpload>) -> Response {
	let mut fake = of(&shared);
	assert_eq!(said.ciphertext_digest, Digest::of(&fake.bytes));
	let new = fake.new.clone().unwrap();
	fake.stored = Some(StoredRecord {
		record: new.id,
		sequence: 0,
		version: 1,
		leaf: Seal([0; 32]),
		block: HEAD,
	});
	(StatusCode::ACCEPTED, Json(api::RecordStatus::Waiting { batch: 1 })).into_response()
}

async fn status(State(shared): State<Shared>) -> Response {
	match of(&shared).stored.clone() {
		Some(stored) => Json(api::RecordStatus::Stored(stored)).into_response(),
		None => refusal(StatusCode::NOT_FOUND, api::codes::RECORD_UNKNOWN),
	}
}

async fn release(
	State(shared): State<Shared>,
	headers: HeaderMap,
	Json(asked): Json<ReleaseRequest>,
) -> Response {
	let mut fake = of(&shared);
	fake.attempts.push(headers[api::ATTEMPT_HEADER].to_str().unwrap().into());
	if fake.knows_first && fake.attempts.len() == 1 {
		return refusal(StatusCode::CONFLICT, api::codes::ALREADY_EXISTS);
	}
	fake.offsets.push(asked.offset);
	let number = u32::try_from(fake.offsets.len()).unwrap();
	let header = encode_header(fake.release.as_ref().unwrap()).unwrap();
	let rest = Bytes::copy_from_slice(&fake.bytes[usize::try_from(asked.offset).unwrap()..]);
	let length = rest.len();
	let breaks = fake.breaks.contains(&number);
	let body = if breaks {
		let half = rest.slice(..length / 2);
		let pieces: Vec<Result<Bytes, std::io::Error>> =
			vec![Ok(half), Err(std::io::Error::other("broke off"))];
		// What was sent before the break must have left.
		Body::from_stream(futures::stream::iter(pieces).then(|piece| async {
			tokio::time::sleep(Duration::from_millis(50)).await;
			piece
		}))
	} else {
		Body::from(rest)
	};
	let headers = [(api::RELEASE_HEADER, header), ("content-length", length.to_string())];
	(headers, body).into_response()
}

async fn vault(shared: &Shared) -> VaultClient {
	let routes = Router::new()
		.route(api::UPLOADS, post(begin))
		.route(api::UPLOAD, get(look).patch(append).delete(|| async { StatusCode::NO_CONTENT }))
		.route(api::UPLOAD_COMPLETE, post(complete))
		.route(api::RECORD_STATUS, get(status))
		.route(api::RELEASE, post(release))
		.layer(axum::extract::DefaultBodyLimit::disable())
		.with_state(shared.clone());
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
	VaultClient::new(&format!("http://{address}")).unwrap()
}

struct Study {
	path: std::path::PathBuf,
	info: ContentInfo,
	chart: EncryptionSecret,
	keys: ChartKeys,
}

fn study(folder: &tempfile::TempDir, bytes: &[u8]) -> Study {
	let chart = EncryptionSecret::generate().unwrap();
	let custodian = EncryptionSecret::generate().unwrap();
	let keys = ChartKeys {
		chart_key: ChartKey { key: chart.public(), signature: Signature::Sr25519([0; 64]) },
		organisation_key: PublishedKey { version: 1, key: custodian.public() },
	};
	let info = ContentInfo {
		patients: Vec::new(),
		media_type: crate::content::DICOM,
		kind: "DICOM".into(),
		category: Category::Imaging,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		clinical_date: None,
		remarks: Vec::new(),
	};
	Study { path: written(folder, bytes), info, chart, keys }
}

impl Study {
	async fn store(&self, vault: &VaultClient, watch: Watcher) -> Result<NewRecord> {
		let who = identity("//Mercy//Records");
		let session = Session { who: &who, card: None, genesis: GENESIS, organisation: 1 };
		let written = Written { author: None, encounter: None, clinical_date: now() };
		let place = Place { genesis: GENESIS, custodian: 1, chart: CHART, replaces: None };
		let outgoing = Outgoing {
			file: &self.path,
			info: &self.info,
			written: &written,
			dated: false,
			place: &place,
			keys: &self.keys,
		};
		store_file(vault, &session, outgoing, watch).await.map(|(new, _)| new)
	}

	/// What was sent, opened with the chart's key.
	fn opened(&self, shared: &Shared) -> Vec<u8> {
		let fake = of(shared);
		let new = fake.new.as_ref().unwrap();
		let of = RecordVersion { genesis: GENESIS, record: new.id, version: 1 };
		let key = new.wraps.chart.open(&self.chart, &of, 0).unwrap();
		let mut opened = Vec::new();
		decrypt(&mut fake.bytes.as_slice(), &mut opened, &key, &of).unwrap();
		opened
	}
}

fn unwatched() -> Watcher {
	Arc::new(|_, _| ())
}

#[tokio::test]
async fn a_large_file_is_stored_through_breaks() {
	let folder = tempfile::tempdir().unwrap();
	let bytes = content(LARGE);
	let study = study(&folder, &bytes);
	let shared = Shared::default();
	of(&shared).breaks = vec![1, 2];
	let vault = vault(&shared).await;
	let seen = Arc::new(Mutex::new((0, 0)));
	let watched = seen.clone();
	let watch: Watcher = Arc::new(move |done, all| *watched.lock().unwrap() = (done, all));
	study.store(&vault, watch).await.unwrap();
	assert!(study.opened(&shared) == bytes);
	assert_eq!(*seen.lock().unwrap(), (envelope_size(LARGE as u64), envelope_size(LARGE as u64)));
	let fake = of(&shared);
	assert_eq!(fake.begun, 1);
	assert!(fake.requests >= 3);
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no journal is left");
}

#[tokio::test]
async fn an_upload_goes_on_after_its_program_was_killed() {
	let folder = tempfile::tempdir().unwrap();
	let bytes = content(LARGE);
	let study = study(&folder, &bytes);
	let shared = Shared::default();
	{
		let mut fake = of(&shared);
		(fake.breaks, fake.hangs) = (vec![1], true);
	}
	let vault = vault(&shared).await;
	// The future is dropped in the middle, as a kill would.
	let killed = tokio::time::timeout(Duration::from_secs(20), study.store(&vault, unwatched()));
	let far = async {
		let is_far = || {
			let fake = of(&shared);
			fake.requests >= 2 && fake.bytes.len() >= 2_000_000
		};
		while !is_far() {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
	};
	tokio::select! {
		done = killed => panic!("it ended by itself: {done:?}"),
		() = far => {},
	}
	let journal = fs::read(journal::place(&study.path)).unwrap();
	let came = of(&shared).bytes.len();
	assert!(came >= 2_000_000);
	let first = {
		let mut fake = of(&shared);
		fake.hangs = false;
		fake.new.as_ref().unwrap().id
	};
	let text = String::from_utf8(journal).unwrap();
	assert!(!text.contains(&hex::encode(first.0)), "the journal tells nothing");
	let new = study.store(&vault, unwatched()).await.unwrap();
	assert!(study.opened(&shared) == bytes);
	let begun = of(&shared).begun;
	assert_eq!((begun, new.id), (1, first));
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no journal is left");
}

#[tokio::test]
async fn a_file_changed_between_two_calls_is_uploaded_anew() {
	let folder = tempfile::tempdir().unwrap();
	let mut bytes = content(LARGE);
	let study = study(&folder, &bytes);
	let shared = Shared::default();
	of(&shared).hangs = true;
	of(&shared).requests = 1;
	let vault = vault(&shared).await;
	let far = async {
		while of(&shared).bytes.len() < 1_000_000 {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
	};
	tokio::select! {
		done = study.store(&vault, unwatched()) => panic!("it ended by itself: {done:?}"),
		() = far => {},
	}
	let first = of(&shared).new.clone().unwrap();
	of(&shared).hangs = false;
	// The same size and time, as if someone wanted to hide it.
	let modified = fs::metadata(&study.path).unwrap().modified().unwrap();
	bytes[LARGE / 2] ^= 1;
	fs::write(&study.path, &bytes).unwrap();
	fs::File::options()
		.write(true)
		.open(&study.path)
		.unwrap()
		.set_modified(modified)
		.unwrap();
	assert_eq!(study.store(&vault, unwatched()).await.unwrap_err().code(), "file-changed");
	// And without hiding, or once that was told: a new record under a new key.
	let second = study.store(&vault, unwatched()).await.unwrap();
	assert_ne!(first.id, second.id);
	assert_ne!(first.wraps, second.wraps);
	assert!(study.opened(&shared) == bytes);
}

#[tokio::test]
async fn a_completed_upload_whose_answer_was_lost_is_not_sent_again() {
	let folder = tempfile::tempdir().unwrap();
	let bytes = content(LARGE);
	let study = study(&folder, &bytes);
	let shared = Shared::default();
	let vault = vault(&shared).await;
	let journal = journal::place(&study.path);
	let kept = Arc::new(Mutex::new(Vec::new()));
	let (keeping, at) = (kept.clone(), journal.clone());
	let watch: Watcher = Arc::new(move |done, all| {
		if done == all {
			*keeping.lock().unwrap() = fs::read(&at).unwrap();
		}
	});
	let new = study.store(&vault, watch).await.unwrap();
	fs::write(&journal, &*kept.lock().unwrap()).unwrap();
	let again = study.store(&vault, unwatched()).await.unwrap();
	assert_eq!(again, new);
	assert_eq!(of(&shared).begun, 1);
	assert!(!journal.exists());
}

#[test]
fn a_journal_is_for_its_writers_key_alone() {
	let folder = tempfile::tempdir().unwrap();
	let path = written(&folder, b"content");
	let (mine, other) = (identity("//Mercy//Records"), identity("//Alice"));
	assert!(Journal::load(&path, &mine).unwrap().is_none());
	let key = ContentKey::generate().unwrap();
	let study = study(&folder, b"content");
	let sealed = crate::envelope::Sealed {
		size: 7,
		content_digest: Digest::of(b"content"),
		ciphertext_digest: Digest::of(b""),
	};
	let place = Place { genesis: GENESIS, custodian: 1, chart: CHART, replaces: None };
	let about = Written { author: None, encounter: None, clinical_date: 0 };
	let new = crate::records::describe(
		OF.record,
		&OF,
		&sealed,
		&key,
		&study.info,
		&about,
		&place,
		&study.keys,
	)
	.unwrap();
	let journal = Journal {
		genesis: GENESIS,
		chart: CHART,
		new: new.clone(),
		key: key.clone(),
		nonce_prefix: [9; NONCE_PREFIX],
		blocks: vec![Digest::of(b"content")],
		modified: 3,
		upload: Some(UploadId([1; 32])),
	};
	journal.save(&path, &mine).unwrap();
	let loaded = Journal::load(&path, &mine).unwrap().unwrap();
	assert_eq!((loaded.new, loaded.key.bytes()), (new, key.bytes()));
	assert_eq!((loaded.upload, loaded.modified), (Some(UploadId([1; 32])), 3));
	assert!(Journal::load(&path, &other).unwrap().is_none());
	let text = fs::read_to_string(journal::place(&path)).unwrap();
	assert!(!text.contains(&hex::encode(key.bytes())));
	fs::write(journal::place(&path), &text[..text.len() - 9]).unwrap();
	assert!(Journal::load(&path, &mine).unwrap().is_none());
	Journal::remove(&path).unwrap();
	Journal::remove(&path).unwrap();
}

/// A record at the fake vault, and how to ask for it.
fn kept(folder: &tempfile::TempDir, bytes: &[u8], who: &Identity) -> (Shared, Seal) {
	let study = study(folder, bytes);
	let key = ContentKey::generate().unwrap();
	let mut envelope = Vec::new();
	let sealed = crate::envelope::encrypt(&mut &*bytes, &mut envelope, &key, &OF).unwrap();
	let keys = ChartKeys {
		chart_key: ChartKey { key: who.encryption().public(), ..study.keys.chart_key },
		..study.keys
	};
	let place = Place { genesis: GENESIS, custodian: 1, chart: CHART, replaces: None };
	let about = Written { author: None, encounter: None, clinical_date: 0 };
	let new =
		crate::records::describe(OF.record, &OF, &sealed, &key, &study.info, &about, &place, &keys)
			.unwrap();
	let terms = RecordTerms {
		chart: CHART,
		sequence: 0,
		previous_leaf: None,
		version: 1,
		category: new.category,
		confidentiality: new.confidentiality,
		sensitivity: new.sensitivity,
		author: None,
		encounter: None,
		clinical_date: 0,
		size: new.size,
		content_digest: new.content_digest,
		ciphertext_digest: new.ciphertext_digest,
	};
	let opening = Opening { terms, salt: Salt([1; 32]) };
	let leaf = opening.seal();
	let release = Release {
		opening,
		media_type: new.media_type,
		wrap: new.wraps.chart,
		basis: Basis::Patient,
		obligations: Obligations::EMPTY,
		disclosure: 0,
		head: HEAD,
		statements: Vec::new(),
		inclusion: None,
	};
	let fake = Fake { bytes: envelope, release: Some(release), ..Fake::default() };
	(Arc::new(Mutex::new(fake)), leaf)
}

fn wanted(leaf: Seal, out: &std::path::Path) -> Wanted<'_> {
	let request = ReleaseRequest {
		capacity: None,
		action: Action::Access,
		purpose: Purpose::PatientRequested,
		offset: 0,
	};
	let known = Known::Leaf(leaf);
	Wanted { record: OF.record, request, known, chart: Some(CHART), out, resumable: true }
}

async fn fetch(
	vault: &VaultClient,
	who: &Identity,
	leaf: Seal,
	out: &std::path::Path,
) -> Result<()> {
	let session = Session { who, card: None, genesis: GENESIS, organisation: 1 };
	read_file(vault, &session, wanted(leaf, out), unwatched()).await.map(drop)
}

fn part(out: &std::path::Path) -> std::path::PathBuf {
	crate::sealed_file::sibling(out, &format!(".{}.part", "05".repeat(8)))
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let bytes = content(1_000_000);
	let (shared, leaf) = kept(&folder, &bytes, &who);
	of(&shared).breaks = vec![1, 2];
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	fetch(&vault, &who, leaf, &out).await.unwrap();
	assert!(fs::read(&out).unwrap() == bytes);
	assert!(!part(&out).exists());
	let offsets = of(&shared).offsets.clone();
	assert_eq!((offsets.len(), offsets[0]), (3, 0));
	assert!(offsets[1] > 0 && offsets[2] > offsets[1], "{offsets:?}");
}

#[tokio::test]
async fn what_a_killed_program_fetched_is_ciphertext_and_is_used() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let bytes = content(1_000_000);
	let (shared, leaf) = kept(&folder, &bytes, &who);
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	let half = of(&shared).bytes[..400_000].to_vec();
	fs::write(part(&out), &half).unwrap();
	fetch(&vault, &who, leaf, &out).await.unwrap();
	assert!(fs::read(&out).unwrap() == bytes);
	assert_eq!(of(&shared).offsets, [400_000]);
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
	}
	// What is damaged is fetched anew, once.
	of(&shared).offsets.clear();
	fs::remove_file(&out).unwrap();
	fs::write(part(&out), vec![7; 400_000]).unwrap();
	fetch(&vault, &who, leaf, &out).await.unwrap();
	assert!(fs::read(&out).unwrap() == bytes);
	assert_eq!(of(&shared).offsets, [400_000, 0]);
}

#[tokio::test]
async fn what_is_not_as_the_chain_has_it_leaves_nothing() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let (shared, leaf) = kept(&folder, &content(1000), &who);
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	let other = fetch(&vault, &who, Seal([0; 32]), &out).await.unwrap_err();
	assert_eq!(other.code(), "release-mismatch");
	of(&shared).bytes[500] ^= 1;
	assert_eq!(fetch(&vault, &who, leaf, &out).await.unwrap_err().code(), "release-mismatch");
	let stranger = fetch(&vault, &identity("//Alice"), leaf, &out).await.unwrap_err();
	assert_eq!(stranger.code(), "wrap-refused");
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the content is left");
}

#[tokio::test]
async fn refusals_are_not_asked_for_again_before_anything_came() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let asked = Arc::new(Mutex::new(0));
	let counted = asked.clone();
	let routes = Router::new().route(
		api::RELEASE,
		post(move || async move {
			*counted.lock().unwrap() += 1;
			refusal(StatusCode::SERVICE_UNAVAILABLE, api::codes::KEY_SERVICE_UNAVAILABLE)
		}),
	);
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
	let vault = VaultClient::new(&format!("http://{address}")).unwrap();
	let out = folder.path().join("out");
	let refused = fetch(&vault, &who, Seal([0; 32]), &out).await.unwrap_err();
	assert_eq!(refused.code(), "key-service-unavailable");
	assert_eq!(*asked.lock().unwrap(), 1);
	// The next call goes on by the same name.
	assert!(!part(&out).exists() && readers::journal(&out).exists());
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

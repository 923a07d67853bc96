//! Imports against a vault that keeps what comes.

use super::{source::Content, *};
use crate::{
	envelope::{decrypt, EncryptionSecret, RecordVersion},
	keys::{Identity, KeyFile},
	vault_api::{codes, ChartKey, ErrorBody, PublishedKey, Signature},
};
use axum::{
	extract::{DefaultBodyLimit, Path as Named, State},
	http::StatusCode,
	response::{IntoResponse, Response},
	routing::{get, post, put},
	Json, Router,
};
use codec::DecodeAll;
use serde_json::{json, Value};
use std::{collections::HashSet, fs, path::Path, sync::Mutex};
use tempfile::TempDir;

const CHARTS_HERE: [ChartId; 2] = [ChartId([1; 32]), ChartId([2; 32])];

/// What the vault keeps.
#[derive(Default)]
struct Kept {
	pages: Vec<Vec<PageRecord>>,
	sealed: bool,
	/// How many pages it takes before it refuses.
	most: Option<usize>,
}

type Shared = Arc<Mutex<Kept>>;

fn told(import: ImportId, kept: &Kept) -> Import {
	let records = kept.pages.iter().map(Vec::len).sum::<usize>() as u64;
	Import {
		import,
		state: if kept.sealed { ImportState::Done } else { ImportState::Open },
		pages: kept.pages.len() as u32,
		records,
		bytes: 0,
		anchored: if kept.sealed { records } else { 0 },
		known: 0,
		batches: u32::from(kept.sealed),
		fault: None,
	}
}

async fn page(
	State(shared): State<Shared>,
	Named((import, number)): Named<(ImportId, usize)>,
	bytes: Bytes,
) -> Response {
	let mut kept = shared.lock().unwrap();
	if kept.most == Some(kept.pages.len()) {
		let message = "enough".into();
		let said = ErrorBody { code: codes::MALFORMED.into(), message, reason: None };
		return (StatusCode::BAD_REQUEST, Json(said)).into_response();
	}
	assert_eq!(number, kept.pages.len());
	assert!(bytes.len() <= MAX_PAGE);
	kept.pages.push(Vec::decode_all(&mut &*bytes).unwrap());
	Json(told(import, &kept)).into_response()
}

async fn vault(shared: &Shared) -> VaultClient {
	let begin = |State(shared): State<Shared>, Json(asked): Json<Value>| async move {
		let import = serde_json::from_value(asked["import"].clone()).unwrap();
		Json(told(import, &shared.lock().unwrap()))
	};
	let look = |State(shared): State<Shared>, Named(import): Named<ImportId>| async move {
		Json(told(import, &shared.lock().unwrap()))
	};
	let seal = |State(shared): State<Shared>, Named(import): Named<ImportId>| async move {
		let mut kept = shared.lock().unwrap();
		kept.sealed = true;
		Json(told(import, &kept))
	};
	let router = Router::new()
		.route("/bulk", post(begin))
		.route("/bulk/{import}", get(look))
		.route("/bulk/{import}/pages/{page}", put(page))
		.route("/bulk/{import}/seal", post(seal))
		.layer(DefaultBodyLimit::disable())
		.with_state(shared.clone());
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let endpoint = format!("http://{}", listener.local_addr().unwrap());
	tokio::spawn(async move { axum::serve(listener, router).await });
	VaultClient::new(&endpoint).unwrap()
}

fn identity() -> Identity {
	KeyFile::from_dev_uri("//Mercy//Records").unwrap().into_identity()
}

fn observation(n: usize) -> Value {
	json!({
		"resourceType": "Observation",
		"status": "final",
		"code": { "text": format!("observation {n}") },
		"subject": { "reference": format!("Patient/{}", n % 3) },
		"effectiveDateTime": "2024-05-31",
	})
}

struct Backlog {
	folder: TempDir,
	secret: EncryptionSecret,
}

impl Backlog {
	/// A file of so many observations of two patients with charts and one without.
	fn new(count: usize) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let lines: Vec<_> = (0..count).map(|n| observation(n).to_string()).collect();
		fs::write(folder.path().join("a.ndjson"), lines.join("\n") + "\n\n").unwrap();
		Self { folder, secret: EncryptionSecret::generate().unwrap() }
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	fn job(&self) -> Job {
		let mapping = self.path("mapping.csv");
		let [one, two] = CHARTS_HERE;
		fs::write(&mapping, format!("Patient/0,{one}\nPatient/1,{two}\n")).unwrap();
		let key = self.secret.public();
		let keys = ChartKeys {
			chart_key: ChartKey { key, signature: Signature::Sr25519([0; 64]) },
			organisation_key: PublishedKey { version: 1, key },
		};
		Job {
			sources: Sources::of(&[self.path("a.ndjson")]).unwrap(),
			charts: Charts::read(&mapping).unwrap(),
			keys: CHARTS_HERE.map(|chart| (chart, keys)).into_iter().collect(),
			journal: self.path("journal"),
			report: self.path("report"),
		}
	}

	async fn import(&self, shared: &Shared) -> Result<Imported> {
		let who = identity();
		let session = Session { who: &who, card: None, genesis: [6; 32], organisation: 1 };
		import(&vault(shared).await, &session, self.job(), |_| ()).await
	}

	fn report(&self) -> Vec<Value> {
		let text = fs::read_to_string(self.path("report")).unwrap();
		text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
	}

	/// The contents that came, each opened with the chart's key, and its chart.
	fn contents(&self, shared: &Shared) -> Vec<(ChartId, Value)> {
		let kept = shared.lock().unwrap();
		let opened = kept.pages.iter().flatten().map(|PageRecord { chart, new, ciphertext }| {
			let of = RecordVersion { genesis: [6; 32], record: new.id, version: 1 };
			assert_eq!(new.ciphertext_digest, Digest::of(ciphertext));
			assert_eq!(new.id.anchored_by(), 1);
			let key = new.wraps.chart.open(&self.secret, &of, 0).unwrap();
			let mut content = Vec::new();
			decrypt(&mut ciphertext.as_slice(), &mut content, &key, &of).unwrap();
			(*chart, serde_json::from_slice(&content).unwrap())
		});
		opened.collect()
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_imported_is_and_the_rest_is_listed() {
	let backlog = Backlog::new(9);
	let mut text = fs::read_to_string(backlog.path("a.ndjson")).unwrap();
	text.push_str("{\"resourceType\":\"Observation\",\"status\":\"odd\"}\nno json\n");
	fs::write(backlog.path("a.ndjson"), text).unwrap();
	let shared = Shared::default();
	let imported = backlog.import(&shared).await.unwrap();
	assert_eq!((imported.records, imported.refused, imported.batches), (6, 5, 1));
	let expected: Vec<_> = [0, 1, 3, 4, 6, 7].map(|n| (CHARTS_HERE[n % 3], observation(n))).into();
	assert_eq!(backlog.contents(&shared), expected);
	let report = backlog.report();
	let listed: Vec<_> = report.iter().map(|line| (&line["line"], &line["code"])).collect();
	let (unmapped, fhir, json) = ("import-unmapped", "content-not-fhir", "content-not-json");
	let of = |line: u64, code: &str| (json!(line), json!(code));
	// A blank line counts as one.
	let wanted = [of(3, unmapped), of(6, unmapped), of(9, unmapped), of(11, fhir), of(12, json)];
	assert!(listed.into_iter().eq(wanted.iter().map(|(line, code)| (line, code))), "{report:?}");
	assert_eq!(report[3]["file"], json!(backlog.path("a.ndjson")));
	assert!(report[3]["path"].as_str().unwrap().starts_with("Observation"));
	// Once more, it is done.
	let again = backlog.import(&shared).await.unwrap();
	assert_eq!((again.records, again.refused, backlog.report().len()), (6, 5, 5));
	assert_eq!(shared.lock().unwrap().pages.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_goes_on_without_a_gap() {
	let count = 3 * 1_600;
	let backlog = Backlog::new(count);
	let shared = Shared::default();
	for most in [1, 3] {
		shared.lock().unwrap().most = Some(most);
		assert_eq!(backlog.import(&shared).await.unwrap_err().code(), codes::MALFORMED);
	}
	// A kill in the middle of a line of the journal.
	let journal = fs::read_to_string(backlog.path("journal")).unwrap();
	assert!(!journal.contains("Observation"));
	fs::write(backlog.path("journal"), journal + "{\"place\":{\"fi").unwrap();
	shared.lock().unwrap().most = None;
	let imported = backlog.import(&shared).await.unwrap();
	assert_eq!((imported.records, imported.refused), (3_200, 1_600));
	let contents = backlog.contents(&shared);
	let texts: HashSet<_> = contents.iter().map(|(_, one)| one["code"]["text"].clone()).collect();
	assert_eq!((contents.len(), texts.len()), (3_200, 3_200));
	let lines: HashSet<_> = backlog.report().iter().map(|line| line["line"].as_u64()).collect();
	assert_eq!((lines.len(), backlog.report().len()), (1_600, 1_600));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_other_files_is_not_gone_on_with() {
	let backlog = Backlog::new(3);
	backlog.import(&Shared::default()).await.unwrap();
	fs::write(backlog.path("a.ndjson"), observation(0).to_string()).unwrap();
	let refused = backlog.import(&Shared::default()).await.unwrap_err();
	assert_eq!(refused.code(), "journal-unusable");
}

fn read_all(sources: &Sources, from: Place) -> Vec<(Option<u64>, Place, Option<usize>)> {
	let mut all = Vec::new();
	sources.read(from, |chunk| {
		all.extend(chunk.unwrap().into_iter().map(|read| {
			let length = match read.content {
				Content::Bytes(bytes) => Some(bytes.len()),
				Content::Nothing => Some(0),
				Content::TooLarge => None,
			};
			(read.line, read.after, length)
		}));
		true
	});
	all
}

#[test]
fn files_are_read_from_any_place_on() {
	let folder = tempfile::tempdir().unwrap();
	let write = |name: &str, bytes: &[u8]| {
		let path: &Path = &folder.path().join(name);
		fs::create_dir_all(path.parent().unwrap()).unwrap();
		fs::write(path, bytes).unwrap();
	};
	let long = vec![b' '; MAX_CONTENT as usize + 10];
	write("b/one.json", b"{}");
	write("b/.hidden", b"{}");
	write("a.NDJSON", b"{\"a\":1}\r\n\n  {}\n[1]");
	write("c.jsonl", &[b"1\n".as_slice(), &long, b"2\n33\n"].concat());
	write("d.dcm", &long);
	let sources = Sources::of(&[folder.path().into()]).unwrap();
	let all = read_all(&sources, Place::default());
	let seen: Vec<_> = all.iter().map(|(line, _, length)| (*line, *length)).collect();
	let expected = [
		(Some(1), Some(7)),
		(Some(2), Some(0)),
		(Some(3), Some(2)),
		(Some(4), Some(3)),
		(None, Some(2)),
		(Some(1), Some(1)),
		(Some(2), None),
		(Some(3), Some(2)),
		(None, None),
	];
	assert_eq!(seen, expected);
	for (at, (_, after, _)) in all.iter().enumerate() {
		assert_eq!(read_all(&sources, *after), all[at + 1..]);
	}
	assert_eq!(sources.read_until(all[8].1), sources.bytes());
}

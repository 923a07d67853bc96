//! Uploads over HTTP, as far as no node is needed: what is admitted is begun here.

use super::*;
use crate::{
	routes::{
		router,
		tests::{person, Harness},
	},
	store::{INCOMING, WAITING_RECORDS},
};
use axum::{body::Body as HttpBody, http::Request as HttpRequest};
use salus_client::{
	envelope::{Wrap, WrapContext},
	vault_api::{self as api, RecordWraps},
};
use salus_primitives::{
	codes::{Category, Confidentiality},
	ids::Digest,
};
use serde_json::{json, Value};
use tower::ServiceExt;

const CHART: ChartId = ChartId([0xc4; 32]);
const OFFICER: &str = "//Mercy//Records";

fn new_record(size: u64) -> NewRecord {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	NewRecord {
		id: RecordId([5; 32]),
		replaces: None,
		version: 1,
		category: Category::Imaging,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		media_type: "application/dicom".into(),
		size,
		content_digest: Digest::default(),
		ciphertext_digest: Digest::default(),
		wraps: RecordWraps {
			custodian: wrap(WrapContext::Custodian { organisation: 1, key_version: 1 }),
			chart: wrap(WrapContext::Chart { chart: CHART }),
		},
	}
}

/// Bytes as if they were the envelope of so many bytes of content.
fn ciphertext(size: u64) -> Vec<u8> {
	(0..envelope_size(size)).map(|place| (place * 7 / 3) as u8).collect()
}

async fn begun(harness: &Harness, size: u64) -> Upload {
	let account = person(OFFICER).account();
	begin(&harness.vault, account, CHART, new_record(size)).await.unwrap()
}

async fn send(
	harness: &Harness,
	who: &str,
	method: &str,
	route: &str,
	headers: &[(&str, String)],
	body: impl Into<HttpBody>,
) -> (u16, Value) {
	let mut request = HttpRequest::builder()
		.method(method)
		.uri(route)
		.header("authorization", format!("Bearer {}", harness.token(who)));
	for (name, value) in headers {
		request = request.header(*name, value);
	}
	let request = request.body(body.into()).unwrap();
	let response = router(harness.vault.clone()).oneshot(request).await.unwrap();
	let status = response.status().as_u16();
	let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
	(status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn at(id: UploadId) -> String {
	api::UPLOAD.replace("{upload}", &id.to_string())
}

async fn patch(harness: &Harness, id: UploadId, offset: u64, bytes: &[u8]) -> (u16, Value) {
	let headers = [(api::OFFSET_HEADER, offset.to_string())];
	send(harness, OFFICER, "PATCH", &at(id), &headers, bytes.to_vec()).await
}

async fn finish_it(
	harness: &Harness,
	id: UploadId,
	bytes: &[u8],
	preference: &str,
) -> (u16, Value) {
	let said = CompleteUpload {
		size: bytes.len() as u64,
		content_digest: Digest([8; 32]),
		ciphertext_digest: Digest::of(bytes),
	};
	let route = api::UPLOAD_COMPLETE.replace("{upload}", &id.to_string());
	let headers = [(api::PREFER_HEADER, preference.to_owned())];
	send(harness, OFFICER, "POST", &route, &headers, serde_json::to_vec(&said).unwrap()).await
}

fn code(said: &(u16, Value)) -> (u16, &str) {
	(said.0, said.1["code"].as_str().unwrap_or_default())
}

fn files_of(harness: &Harness) -> usize {
	fn count(folder: &std::path::Path) -> usize {
		let entries = std::fs::read_dir(folder).unwrap().flatten();
		entries
			.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 })
			.sum()
	}
	count(&harness.folder.path().join("objects"))
}

#[tokio::test]
async fn what_comes_piece_by_piece_becomes_a_record_that_waits() {
	let mut harness = Harness::new();
	let bytes = ciphertext(SEGMENT + 5);
	let upload = begun(&harness, SEGMENT + 5).await;
	assert_eq!((upload.offset, upload.size), (0, bytes.len() as u64));
	let mut offset = 0;
	for size in [3, 0, SEGMENT as usize, bytes.len()] {
		let piece = &bytes[offset..(offset + size).min(bytes.len())];
		let (status, said) = patch(&harness, upload.id, offset as u64, piece).await;
		offset += piece.len();
		assert_eq!((status, &said["offset"]), (200, &json!(offset)), "{said}");
	}
	let (status, said) = finish_it(&harness, upload.id, &bytes, "respond-async").await;
	assert_eq!((status, &said["state"]), (202, &json!("waiting")), "{said}");
	harness.jobs.recv().await.unwrap();
	// The segments are the record's now, in the same step; the upload is no more.
	let (waiting, incoming, uploads) = harness
		.vault
		.store
		.read(|rows| {
			Ok((
				rows.first(&WAITING_RECORDS, 9)?,
				rows.first(&INCOMING, 9)?,
				rows.first(&UPLOADS, 9)?,
			))
		})
		.unwrap();
	assert!(incoming.is_empty() && uploads.is_empty());
	let record = &waiting[0].1;
	assert_eq!(record.new.ciphertext_digest, Digest::of(&bytes));
	assert_eq!(record.new.content_digest, Digest([8; 32]));
	let Body::Segments(segments) = &record.body else { panic!("packed") };
	let sizes: Vec<_> = segments.iter().map(|segment| segment.size as usize).collect();
	assert_eq!(sizes, [3, SEGMENT as usize, bytes.len() - SEGMENT as usize - 3]);
	let whole = bodies::digest(&harness.vault.objects, segments).await.unwrap().finish();
	assert_eq!(whole, Digest::of(&bytes));
	let gone = send(&harness, OFFICER, "GET", &at(upload.id), &[], "").await;
	assert_eq!(code(&gone), (404, "upload-unknown"));
	assert!(harness.vault.writes.fates.waits(&RecordId([5; 32])));
}

#[tokio::test]
async fn an_upload_goes_on_after_a_kill_where_its_segments_end() {
	let harness = Harness::new();
	let bytes = ciphertext(1000);
	let upload = begun(&harness, 1000).await;
	assert_eq!(patch(&harness, upload.id, 0, &bytes[..400]).await.0, 200);
	// A kill in the middle of a segment leaves it half-written, without its row.
	let half = segment_name(&harness.vault.uploads.map()[&upload.id].row.seed, 1);
	harness.vault.objects.put(&half, Bytes::from_static(b"half")).await.unwrap();
	let mut harness = harness.killed();
	resume(&harness.vault).await.unwrap();
	let (status, said) = send(&harness, OFFICER, "GET", &at(upload.id), &[], "").await;
	assert_eq!((status, &said["offset"]), (200, &json!(400)));
	assert_eq!(patch(&harness, upload.id, 400, &bytes[400..]).await.0, 200);
	// The digest over all is taken from what lies on disk.
	assert_eq!(finish_it(&harness, upload.id, &bytes, "respond-async").await.0, 202);
	harness.jobs.recv().await.unwrap();
	let waiting = harness.vault.store.read(|rows| rows.first(&WAITING_RECORDS, 9)).unwrap();
	assert_eq!(waiting[0].1.body.size(), bytes.len() as u64);
	assert_eq!(files_of(&harness), 2);
}

#[tokio::test]
async fn what_lies_damaged_is_not_made_a_record() {
	let harness = Harness::new();
	let bytes = ciphertext(1000);
	let upload = begun(&harness, 1000).await;
	assert_eq!(patch(&harness, upload.id, 0, &bytes).await.0, 200);
	let name = segment_name(&harness.vault.uploads.map()[&upload.id].row.seed, 0);
	let harness = harness.killed();
	resume(&harness.vault).await.unwrap();
	harness
		.vault
		.objects
		.put(&name, Bytes::from(vec![0; bytes.len()]))
		.await
		.unwrap();
	let refused = finish_it(&harness, upload.id, &bytes, "wait=20").await;
	assert_eq!(code(&refused), (500, "storage-damaged"));
}

#[tokio::test]
async fn a_connection_that_breaks_costs_nothing_that_had_come() {
	let harness = Harness::new();
	let bytes = ciphertext(1000);
	let upload = begun(&harness, 1000).await;
	let account = person(OFFICER).account();
	let broken = futures::stream::iter([
		Ok(Bytes::copy_from_slice(&bytes[..300])),
		Err(Error::Malformed("broke off".into())),
	]);
	let turn = writer(&harness.vault, account, upload.id, 0).unwrap();
	assert!(append(&harness.vault, turn, broken).await.is_err());
	assert_eq!(look(&harness.vault, account, upload.id).unwrap().offset, 300);
	assert_eq!(patch(&harness, upload.id, 300, &bytes[300..]).await.0, 200);
}

#[tokio::test]
async fn wrong_offsets_sizes_and_digests_are_refused() {
	let harness = Harness::new();
	let bytes = ciphertext(1000);
	let upload = begun(&harness, 1000).await;
	assert_eq!(code(&patch(&harness, upload.id, 1, &bytes[1..]).await), (409, "offset-wrong"));
	let unread = send(&harness, OFFICER, "PATCH", &at(upload.id), &[], "x").await;
	assert_eq!(code(&unread), (400, "malformed"));
	assert_eq!(patch(&harness, upload.id, 0, &bytes[..9]).await.0, 200);
	assert_eq!(code(&patch(&harness, upload.id, 0, &bytes).await), (409, "offset-wrong"));
	let early = finish_it(&harness, upload.id, &bytes, "wait=20").await;
	assert_eq!(code(&early), (409, "offset-wrong"));
	// More than was announced.
	let longer = [&bytes[9..], b"more"].concat();
	assert_eq!(code(&patch(&harness, upload.id, 9, &longer).await), (413, "too-large"));
	let offset = look(&harness.vault, person(OFFICER).account(), upload.id).unwrap().offset;
	let rest = &bytes[usize::try_from(offset).unwrap()..];
	assert_eq!(patch(&harness, upload.id, offset, rest).await.0, 200);
	let other = [&bytes[..1], b"x", &bytes[2..]].concat();
	let wrong = finish_it(&harness, upload.id, &other, "wait=20").await;
	assert_eq!(code(&wrong), (400, "digest-mismatch"));
	// Nothing is left of it.
	let gone = send(&harness, OFFICER, "GET", &at(upload.id), &[], "").await;
	assert_eq!(code(&gone), (404, "upload-unknown"));
	assert_eq!(files_of(&harness), 0);
	let why = harness.vault.writes.fates.refusal(&RecordId([5; 32])).unwrap();
	assert_eq!(why.code, "digest-mismatch");
}

#[tokio::test]
async fn an_upload_is_its_accounts_alone() {
	let harness = Harness::new();
	let upload = begun(&harness, 1000).await;
	for (method, route) in [
		("GET", at(upload.id)),
		("PATCH", at(upload.id)),
		("DELETE", at(upload.id)),
		("POST", api::UPLOAD_COMPLETE.replace("{upload}", &upload.id.to_string())),
	] {
		let said = json!({
			"size": 1, "content_digest": Digest([0; 32]), "ciphertext_digest": Digest([0; 32]),
		});
		let headers = [(api::OFFSET_HEADER, "0".to_owned())];
		let other = "//Mercy//DrAdams";
		let refused = send(&harness, other, method, &route, &headers, said.to_string()).await;
		assert_eq!(code(&refused), (404, "upload-unknown"), "{method} {route}");
	}
	assert_eq!(send(&harness, OFFICER, "DELETE", &at(upload.id), &[], "").await.0, 204);
	let gone = send(&harness, OFFICER, "GET", &at(upload.id), &[], "").await;
	assert_eq!(code(&gone), (404, "upload-unknown"));
}

#[tokio::test]
async fn one_request_at_a_time_writes() {
	let harness = Harness::new();
	let upload = begun(&harness, 1000).await;
	let account = person(OFFICER).account();
	let turn = writer(&harness.vault, account, upload.id, 0).unwrap();
	assert_eq!(code(&patch(&harness, upload.id, 0, b"x").await), (409, "upload-busy"));
	let busy = send(&harness, OFFICER, "DELETE", &at(upload.id), &[], "").await;
	assert_eq!(code(&busy), (409, "upload-busy"));
	drop(turn);
	assert_eq!(patch(&harness, upload.id, 0, b"x").await.0, 200);
}

#[tokio::test]
async fn expired_uploads_are_unknown_and_swept() {
	let harness = Harness::new();
	let upload = begun(&harness, 1000).await;
	assert_eq!(patch(&harness, upload.id, 0, b"some").await.0, 200);
	assert_eq!(sweep(&harness.vault, upload.expires - 1).await.unwrap(), 0);
	assert_eq!(sweep(&harness.vault, upload.expires).await.unwrap(), 1);
	assert_eq!(files_of(&harness), 0);
	let harness = harness.killed();
	resume(&harness.vault).await.unwrap();
	assert!(harness.vault.uploads.map().is_empty());
}

#[tokio::test]
async fn an_account_has_few_uploads_open() {
	let harness = Harness::new();
	for _ in 0..PER_ACCOUNT {
		begun(&harness, 1000).await;
	}
	let account = person(OFFICER).account();
	let refused = begin(&harness.vault, account, CHART, new_record(1)).await;
	assert!(matches!(refused, Err(Error::TooManyUploads(PER_ACCOUNT))));
	begin(&harness.vault, person("//Mercy//DrAdams").account(), CHART, new_record(1))
		.await
		.unwrap();
}

#[tokio::test]
async fn small_records_come_in_one_request() {
	let mut harness = Harness::new();
	let bytes = ciphertext(1000);
	let new = NewRecord { ciphertext_digest: Digest::of(&bytes), ..new_record(1000) };
	let at_once = Preference { respond_async: true, wait: None };
	let store = |new: NewRecord, bytes: Vec<u8>| {
		let vault = harness.vault.clone();
		async move {
			let body = futures::stream::iter([Ok(Bytes::from(bytes))]);
			writes::store(&vault, CHART, new, at_once, body).await
		}
	};
	let wrong = store(new.clone(), ciphertext(999)).await;
	assert!(matches!(wrong, Err(Error::DigestMismatch)));
	let short = NewRecord { size: 999, ..new.clone() };
	assert!(matches!(store(short, bytes.clone()).await, Err(Error::Malformed(_))));
	let large = NewRecord { size: api::MAX_AT_ONCE, ..new.clone() };
	assert!(matches!(store(large, bytes.clone()).await, Err(Error::TooLarge)));
	assert_eq!(files_of(&harness), 0);
	assert!(matches!(store(new, bytes).await, Ok(Answer::Waits(_))));
	harness.jobs.recv().await.unwrap();
	assert_eq!(files_of(&harness), 1);
	let incoming = harness.vault.store.read(|rows| rows.first(&INCOMING, 9)).unwrap();
	assert!(incoming.is_empty());
}

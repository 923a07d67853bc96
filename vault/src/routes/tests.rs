//! What can be answered without a node, and how the lack of one is told.

use super::*;
use crate::{
	batches::Rhythm,
	clock,
	enrolments::Enrolments,
	key_client::KeyService,
	limits::LimitOptions,
	node::Node,
	objects::Objects,
	ops::{Ops, Process},
	records::Job,
	store::{
		unvouched, ChartRow, Identity, NewChart, Store, StoreError, CHARTS, CHART_REQUESTS,
		PROFILES, REQUESTS,
	},
	vault::Parts,
	writes::Writes,
};
use axum::{body::Body as HttpBody, http::Request as HttpRequest};
use codec::Encode;
use salus_client::{
	guardians::WalletGuard,
	keys::{Identity as Person, KeyFile},
	profile::{Profile, SignedProfile},
	vault_api::{DatabaseKey, ErrorBody},
};
use salus_primitives::{
	codes::{Power, Powers, Relation},
	guardian::GuardianTerms,
};
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tower::ServiceExt;
use zeroize::Zeroizing;

mod custody;
mod document;
mod limits;
pub(crate) mod logs;
mod papers;

/// The routes, with every answer compared with the document.
fn router(vault: Arc<Vault>) -> Router {
	super::router(vault).layer(middleware::from_fn(document::compared))
}

pub(crate) const CHART: ChartId = ChartId([0xc4; 32]);

pub(crate) struct Harness {
	pub(crate) folder: TempDir,
	process: Process,
	pub(crate) vault: Arc<Vault>,
	/// What waits for the task that anchors.
	pub(crate) jobs: mpsc::Receiver<Job>,
}

pub(crate) fn person(uri: &str) -> Person {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

impl Harness {
	/// A vault of organisation 1 with one chart, whose node is away.
	pub(crate) fn new() -> Self {
		Self::limited(&LimitOptions::default())
	}

	fn limited(limits: &LimitOptions) -> Self {
		let harness = Self::in_folder(tempfile::tempdir().unwrap(), limits);
		let new = NewChart {
			chart: CHART,
			key: person("//Patient").account(),
			encryption_key: unvouched([4; 32]),
		};
		harness
			.vault
			.store
			.write::<_, StoreError>(|rows| rows.put(&CHARTS, &CHART, &ChartRow::empty(new)))
			.unwrap();
		harness
	}

	/// The same vault after a kill: what was in memory is gone.
	pub(crate) fn killed(self) -> Self {
		let Self { folder, process, vault, jobs } = self;
		drop((process, jobs));
		assert_eq!(Arc::strong_count(&vault), 1, "something still works");
		drop(vault);
		Self::in_folder(folder, &LimitOptions::default())
	}

	fn in_folder(folder: TempDir, limits: &LimitOptions) -> Self {
		let key = DatabaseKey { key: [1; 32] };
		let identity = Identity::new([2; 32], 1);
		let store = Store::open(&folder.path().join("vault.redb"), &key, identity).unwrap();
		let (writes, jobs) = Writes::new(Rhythm::every(std::time::Duration::ZERO));
		let process = Process::new().unwrap();
		let vault = Vault::new(Parts {
			organisation: 1,
			genesis: [2; 32],
			node: Node::new("ws://127.0.0.1:1"),
			system: person("//Mercy//Vault"),
			store,
			objects: Objects::open(&folder.path().join("objects")).unwrap(),
			key_service: KeyService::new("http://127.0.0.1:1", Zeroizing::default()).unwrap(),
			writes,
			enrolments: Enrolments::new(Rhythm::every(std::time::Duration::from_secs(900))),
			ops: Ops::new(limits, 1, &process).unwrap(),
			cohort: 4,
		})
		.unwrap();
		Self { folder, process, vault, jobs }
	}

	/// A token, given as if the chain had confirmed the account.
	pub(crate) fn token(&self, uri: &str) -> String {
		let challenge = self.vault.sign_ins.challenge(person(uri).account()).unwrap();
		self.vault.sign_ins.sign_in(&challenge).unwrap().token
	}

	pub(crate) async fn send<T: DeserializeOwned>(
		&self,
		method: &str,
		route: &str,
		token: Option<&str>,
		body: impl Into<HttpBody>,
	) -> (u16, T) {
		let mut request = HttpRequest::builder().method(method).uri(route);
		if let Some(token) = token {
			request = request.header("authorization", format!("Bearer {token}"));
		}
		let request = request.body(body.into()).unwrap();
		let response = router(self.vault.clone()).oneshot(request).await.unwrap();
		let status = response.status().as_u16();
		let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
		(status, serde_json::from_slice(&bytes).unwrap())
	}

	pub(crate) async fn refusal(
		&self,
		method: &str,
		route: &str,
		token: Option<&str>,
		body: impl Into<HttpBody>,
	) -> (u16, String) {
		let (status, said): (_, ErrorBody) = self.send(method, route, token, body).await;
		assert!(!said.message.is_empty());
		(status, said.code)
	}
}

fn at_chart(route: &str) -> String {
	route
		.replace("{chart}", &CHART.to_string())
		.replace("{record}", &RecordId([5; 32]).to_string())
		.replace("{request}", &RequestId([6; 32]).to_string())
		.replace("{upload}", &api::UploadId([7; 32]).to_string())
		.replace("{transfer}", &api::TransferId([8; 32]).to_string())
		.replace("{emergency}", &RecordId([9; 32]).to_string())
		.replace("{rendezvous}", &RecordId([11; 32]).to_string())
		.replace("{card}", &RecordId([10; 32]).to_string())
		.replace("{recall}", &RecordId([10; 32]).to_string())
		.replace("{practitioner}", "3")
		.replace("{number}", "0")
		.replace("{seal}", &RecordId([8; 32]).to_string())
}

#[tokio::test]
async fn every_route_but_the_door_asks_for_a_token() {
	let harness = Harness::new();
	for route in table().into_iter().filter(|route| route.is_signed_in()) {
		for token in [None, Some("00"), Some(&*"0".repeat(64))] {
			let (method, path) = (route.method.as_str(), at_chart(route.path));
			let refused = harness.refusal(method, &path, token, "").await;
			assert_eq!(refused, (401, "not-signed-in".into()), "{method} {path}");
		}
	}
}

#[tokio::test]
async fn unknown_routes_and_methods_are_told() {
	let harness = Harness::new();
	for (method, route) in [("GET", "/nowhere"), ("DELETE", api::HEALTH)] {
		let refused = harness.refusal(method, route, None, "").await;
		assert_eq!(refused, (404, "route-unknown".into()));
	}
}

#[tokio::test]
async fn unreadable_requests_are_told() {
	let harness = Harness::new();
	let token = harness.token("//Patient");
	let body = "{\"account\": \"0x12\"}";
	let refused = harness.refusal("POST", api::CHALLENGE, None, body).await;
	assert_eq!(refused, (400, "malformed".into()));
	let refused = harness.refusal("GET", "/charts/0x12/directives", Some(&token), "").await;
	assert_eq!(refused, (400, "malformed".into()));
	let refused = harness.refusal("GET", &at_chart(api::CHART_RECORDS), Some(&token), "").await;
	assert_eq!(refused, (400, "malformed".into()));
	let refused = harness
		.refusal("POST", &at_chart(api::CHART_RECORDS), Some(&token), "bytes")
		.await;
	assert_eq!(refused, (400, "malformed".into()));
	let refused = harness.refusal("POST", api::CHALLENGE, None, vec![b' '; MAX_JSON + 1]).await;
	assert_eq!(refused, (413, "too-large".into()));
}

#[tokio::test]
async fn health_says_that_the_node_is_away() {
	let harness = Harness::new();
	let (status, health): (_, api::Health) = harness.send("GET", api::HEALTH, None, "").await;
	assert_eq!(status, 200);
	assert_eq!((health.organisation, health.genesis), (1, [2; 32]));
	assert!(health.head.is_none() && health.head_age.is_none() && health.stale);
	assert!(!health.key_service && health.version == env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn while_it_is_stopped_nothing_new_is_begun() {
	let harness = Harness::new();
	let token = harness.token("//Patient");
	harness.vault.ops.farewell.begin();
	let list = at_chart(api::CHART_DIRECTIVES);
	for (route, token) in [(api::HEALTH, None), (api::OPENAPI, None), (&*list, Some(&*token))] {
		let refused = harness.refusal("GET", route, token, "").await;
		assert_eq!(refused, (503, "stopping".into()), "{route}");
	}
}

#[tokio::test]
async fn numbers_are_told_without_a_node() {
	let harness = Harness::new();
	let _: (_, api::Health) = harness.send("GET", api::HEALTH, None, "").await;
	let vaults = [harness.vault.clone()].into();
	let text = ops::numbers(harness.process.clone(), vaults).await.unwrap();
	let text = String::from_utf8(text).unwrap();
	for line in [
		"requests_total{method=\"GET\",organisation=\"1\",route=\"/health\",status=\"200\"} 1",
		"outbox_entries{organisation=\"1\"} 0",
		"records_waiting{organisation=\"1\"} 0",
		"enrolments_waiting{organisation=\"1\"} 0",
		"uploads{organisation=\"1\"} 0",
		"uploads_open{organisation=\"1\"} 0",
		"downloads{organisation=\"1\"} 0",
		"head_age_seconds{organisation=\"1\"} inf",
	] {
		let line = format!("salus_vault_{line}");
		assert!(text.lines().any(|told| told == line), "{line} in {text}");
	}
}

#[tokio::test]
async fn without_a_node_nobody_signs_in_and_no_challenge_is_lost() {
	let harness = Harness::new();
	let who = person("//Mercy//Records");
	let asked = json!({ "account": format!("0x{}", hex::encode(who.account())) }).to_string();
	let (status, challenge): (_, api::Challenge) =
		harness.send("POST", api::CHALLENGE, None, asked).await;
	assert_eq!(status, 200);
	let signature = who.sign(&challenge.encode());
	let said = serde_json::to_string(&api::SignIn { challenge: challenge.clone(), signature });
	for _ in 0..2 {
		let refused = harness
			.refusal("POST", api::SIGN_IN, None, said.as_ref().unwrap().clone())
			.await;
		assert_eq!(refused, (503, "node-unavailable".into()));
	}
	// As it goes on once the node is there.
	harness.vault.sign_ins.sign_in(&challenge).unwrap();
	let refused = harness.refusal("POST", api::SIGN_IN, None, said.unwrap()).await;
	assert_eq!(refused, (401, "challenge-used-or-unknown".into()));
}

#[tokio::test]
async fn forged_sign_ins_are_refused() {
	let harness = Harness::new();
	let challenge = harness.vault.sign_ins.challenge(person("//Alice").account()).unwrap();
	let signature = person("//Bob").sign(&challenge.encode());
	let said = serde_json::to_string(&api::SignIn { challenge, signature }).unwrap();
	let refused = harness.refusal("POST", api::SIGN_IN, None, said).await;
	assert_eq!(refused, (401, "signature-wrong".into()));
}

#[tokio::test]
async fn a_chart_answers_to_its_key_alone() {
	let harness = Harness::new();
	let (patient, other) = (harness.token("//Patient"), harness.token("//Mercy//DrAdams"));
	for route in [api::CHART_DIRECTIVES, api::CHART_DISCLOSURES, api::CHART_REQUESTS] {
		let (status, list): (_, Value) =
			harness.send("GET", &at_chart(route), Some(&patient), "").await;
		assert_eq!(status, 200, "{list}");
		let refused = harness.refusal("GET", &at_chart(route), Some(&other), "").await;
		assert_eq!(refused, (403, "not-the-charts-key".into()));
		let unknown = at_chart(route).replace(&CHART.to_string(), &ChartId([9; 32]).to_string());
		let refused = harness.refusal("GET", &unknown, Some(&patient), "").await;
		assert_eq!(refused, (404, "chart-unknown".into()));
	}
}

/// What //Mother shows of this chart's card, until then.
fn shown(chart: ChartId, expires: u64) -> String {
	let mother = person("//Mother");
	let terms = GuardianTerms {
		chart,
		key: mother.account(),
		relation: Relation::Parent,
		powers: Powers::of(&[Power::Read]),
		until: None,
	};
	let card = WalletGuard::new(&[terms]).unwrap().cards([2; 32], 1).unwrap().remove(0);
	encode_header(&card.reading(&mother, expires).unwrap()).unwrap()
}

#[tokio::test]
async fn what_a_guardian_shows_is_checked_before_the_chain_is_asked() {
	let harness = Harness::new();
	let soon = clock::now() + 60_000;
	let listing = format!("{}?purpose=PATRQT", at_chart(api::CHART_RECORDS));
	let ask = |token: &str, route: &str, shown: &str| {
		let request = HttpRequest::get(route)
			.header("authorization", format!("Bearer {token}"))
			.header(api::GUARDIAN_HEADER, shown)
			.body(HttpBody::empty())
			.unwrap();
		let router = router(harness.vault.clone());
		async move {
			let response = router.oneshot(request).await.unwrap();
			let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
			serde_json::from_slice::<ErrorBody>(&body).unwrap().code
		}
	};
	let (mother, other) = (harness.token("//Mother"), harness.token("//Alice"));
	for route in [&*listing, &at_chart(api::CHART_DISCLOSURES)] {
		// Whether she is one is the chain's to say, and our node is away.
		assert_eq!(ask(&mother, route, &shown(CHART, soon)).await, "node-unavailable");
		let refused = "guardians-word-refused";
		assert_eq!(ask(&other, route, &shown(CHART, soon)).await, refused);
		assert_eq!(ask(&mother, route, &shown(CHART, clock::now())).await, refused);
		let week = 7 * 24 * 60 * 60 * 1000;
		assert_eq!(ask(&mother, route, &shown(CHART, soon + week)).await, refused);
		assert_eq!(ask(&mother, route, "no header").await, "malformed");
	}
	let capacity = format!("{listing}&organisation=1&role=clinician");
	assert_eq!(ask(&mother, &capacity, &shown(CHART, soon)).await, "node-unavailable");
	// Her key alone opens nothing of the patient's.
	let refused = harness
		.refusal("GET", &at_chart(api::CHART_DISCLOSURES), Some(&mother), "")
		.await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
}

#[tokio::test]
async fn no_word_for_an_encryption_key_is_taken_while_the_node_is_away() {
	let harness = Harness::new();
	let word = serde_json::to_string(&person("//Patient").vouch(&[2; 32], &CHART)).unwrap();
	for token in [harness.token("//Patient"), harness.token("//Alice")] {
		let refused = harness
			.refusal("POST", &at_chart(api::CHART_KEY), Some(&token), word.clone())
			.await;
		assert_eq!(refused, (503, "node-unavailable".into()));
	}
}

#[tokio::test]
async fn a_request_is_answered_by_the_patient_and_read_by_the_requester() {
	let harness = Harness::new();
	let (patient, doctor) = (harness.token("//Patient"), harness.token("//Mercy//DrAdams"));
	let other = harness.token("//Alice");
	let id = RequestId([6; 32]);
	let read = at_chart(api::REQUEST_ANSWER);
	let refused = harness.refusal("GET", &read, Some(&doctor), "").await;
	assert_eq!(refused, (404, "request-unknown".into()));

	let terms = salus_primitives::directive::RequestTerms {
		chart: CHART,
		practitioner: 1,
		organisation: 1,
		custodian: None,
		categories: Default::default(),
		actions: Default::default(),
		purpose: salus_primitives::codes::Purpose::Treatment,
		period: salus_primitives::time::Period { from: 0, until: None },
	};
	let row = crate::store::RequestRow {
		chart: CHART,
		requester: person("//Mercy//DrAdams").account(),
		opening: salus_primitives::seal::Opening { terms, salt: Default::default() },
		answer: None,
	};
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| {
			use crate::store::Rows;
			let mut chart = rows.get(&CHARTS, &CHART)?.unwrap();
			chart.requests = 1;
			rows.put(&CHARTS, &CHART, &chart)?;
			rows.put(&CHART_REQUESTS, &(CHART, 0), &id)?;
			rows.put(&REQUESTS, &id, &row)
		})
		.unwrap();
	let refused = harness.refusal("GET", &read, Some(&doctor), "").await;
	assert_eq!(refused, (404, "not-answered".into()));
	let refused = harness.refusal("GET", &read, Some(&other), "").await;
	assert_eq!(refused, (403, "not-the-requester".into()));

	let answer = at_chart(api::CHART_REQUEST_ANSWER);
	let declined = json!({ "answers": [], "declined": true }).to_string();
	let refused = harness.refusal("POST", &answer, Some(&other), declined.clone()).await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
	let neither = json!({ "answers": [], "declined": false }).to_string();
	let refused = harness.refusal("POST", &answer, Some(&patient), neither).await;
	assert_eq!(refused, (400, "malformed".into()));
	let request = HttpRequest::post(&answer)
		.header("authorization", format!("Bearer {patient}"))
		.body(HttpBody::from(declined))
		.unwrap();
	let response = router(harness.vault.clone()).oneshot(request).await.unwrap();
	assert_eq!(response.status(), StatusCode::NO_CONTENT);
	let (status, said): (_, api::RequestAnswer) =
		harness.send("GET", &read, Some(&doctor), "").await;
	assert_eq!((status, said.declined), (200, true));
	let (_, list): (_, api::RequestList) =
		harness.send("GET", &at_chart(api::CHART_REQUESTS), Some(&patient), "").await;
	assert!(list.requests[0].answered);
}

/// A profile of practitioner 3.
fn profile(genesis: [u8; 32]) -> SignedProfile {
	let profile = Profile {
		genesis,
		practitioner: 3,
		version: 1,
		salt: [9; 32],
		name: "Dr Ana Brooks".into(),
		photograph: None,
		languages: vec!["en".into()],
		qualifications: Vec::new(),
		contact: Vec::new(),
	};
	profile.sign(&person("//Mercy//DrBrooks")).unwrap()
}

#[tokio::test]
async fn a_profile_is_read_without_sign_in() {
	let harness = Harness::new();
	let route = at_chart(api::PRACTITIONER_PROFILE);
	let refused = harness.refusal("GET", &route, None, "").await;
	assert_eq!(refused, (404, "profile-unknown".into()));
	let refused = harness.refusal("GET", "/practitioners/0x3/profile", None, "").await;
	assert_eq!(refused, (400, "malformed".into()));

	// Whether it is current, the chain tells.
	let file = profile([2; 32]).to_json();
	let row = crate::store::ProfileRow { version: 1, file };
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| rows.put(&PROFILES, &3, &row))
		.unwrap();
	let refused = harness.refusal("GET", &route, None, "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
}

#[tokio::test]
async fn a_profile_is_not_sent_twice() {
	let file = profile([2; 32]).to_json();
	let tag = format!("\"{}\"", "ab".repeat(32));
	let get = |known: Option<String>| {
		let mut headers = HeaderMap::new();
		if let Some(known) = known {
			headers.insert(IF_NONE_MATCH, known.parse().unwrap());
		}
		profile_response(file.clone(), &tag, &headers).unwrap()
	};
	let response = get(None);
	assert_eq!(response.status(), StatusCode::OK);
	assert_eq!(response.headers()[CACHE_CONTROL], PROFILE_CACHE);
	assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
	assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
	assert_eq!(response.headers()[ETAG], tag);
	let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
	assert_eq!(body, file);
	for known in [tag.clone(), format!("\"a\", W/{tag}"), "*".into()] {
		let response = get(Some(known));
		assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
		assert_eq!(response.headers()[ETAG], tag);
		let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
		assert!(body.is_empty());
	}
	for other in ["\"a\"", tag.trim_matches('"'), ""] {
		assert_eq!(get(Some(other.into())).status(), StatusCode::OK, "{other}");
	}
}

#[tokio::test]
async fn a_profile_is_looked_at_before_the_chain_is_asked() {
	let harness = Harness::new();
	let token = harness.token("//Mercy//DrBrooks");
	let route = at_chart(api::PRACTITIONER_PROFILE);
	let file = profile([2; 32]).to_json();
	for (body, expected) in [
		(b"{}".to_vec(), (400, "profile-refused")),
		(vec![b' '; MAX_FILE + 1], (413, "too-large")),
		// What is well made waits for the chain's word.
		(file, (503, "node-unavailable")),
	] {
		let refused = harness.refusal("PUT", &route, Some(&token), body).await;
		assert_eq!(refused, (expected.0, expected.1.into()));
	}
	let refused = harness.refusal("DELETE", &route, Some(&token), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
}

#[tokio::test]
async fn what_needs_the_chain_says_that_the_node_is_away() {
	let harness = Harness::new();
	let token = harness.token("//Patient");
	let listing = format!("{}?purpose=PATRQT", at_chart(api::CHART_RECORDS));
	let refused = harness.refusal("GET", &listing, Some(&token), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let refused = harness.refusal("GET", &at_chart(api::CHART_KEYS), Some(&token), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	// Nothing was decided, so nothing is logged.
	let log: api::DisclosurePage =
		harness.send("GET", &at_chart(api::CHART_DISCLOSURES), Some(&token), "").await.1;
	assert!(log.entries.is_empty());
}

//! What can be answered without a node, and how the lack of one is told.

use super::*;
use crate::{
	batches::Rhythm,
	enrolments::Enrolments,
	key_client::KeyService,
	node::Node,
	objects::Objects,
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
	keys::{Identity as Person, KeyFile},
	profile::{Profile, SignedProfile},
	vault_api::{DatabaseKey, ErrorBody},
};
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tower::ServiceExt;
use zeroize::Zeroizing;

const CHART: ChartId = ChartId([0xc4; 32]);

pub(crate) struct Harness {
	pub(crate) folder: TempDir,
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
		let harness = Self::in_folder(tempfile::tempdir().unwrap());
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
		let Self { folder, vault, jobs } = self;
		drop(jobs);
		assert_eq!(Arc::strong_count(&vault), 1, "something still works");
		drop(vault);
		Self::in_folder(folder)
	}

	fn in_folder(folder: TempDir) -> Self {
		let key = DatabaseKey { key: [1; 32] };
		let identity = Identity::new([2; 32], 1);
		let store = Store::open(&folder.path().join("vault.redb"), &key, identity).unwrap();
		let (writes, jobs) = Writes::new(Rhythm::every(std::time::Duration::ZERO));
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
		})
		.unwrap();
		Self { folder, vault, jobs }
	}

	/// A token, given as if the chain had confirmed the account.
	pub(crate) fn token(&self, uri: &str) -> String {
		let challenge = self.vault.sign_ins.challenge(person(uri).account()).unwrap();
		self.vault.sign_ins.sign_in(&challenge).unwrap().token
	}

	async fn send<T: DeserializeOwned>(
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

	async fn refusal(
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
		.replace("{practitioner}", "3")
}

#[tokio::test]
async fn every_route_but_the_door_asks_for_a_token() {
	let harness = Harness::new();
	let routes = [
		("POST", api::CHARTS),
		("GET", api::CHART_KEYS),
		("GET", api::CHART_RECORDS),
		("POST", api::CHART_RECORDS),
		("POST", api::UPLOADS),
		("GET", api::UPLOAD),
		("PATCH", api::UPLOAD),
		("DELETE", api::UPLOAD),
		("POST", api::UPLOAD_COMPLETE),
		("GET", api::RECORD_STATUS),
		("GET", api::CHART_ENROLMENT),
		("POST", api::ENTERED_IN_ERROR),
		("POST", api::RELEASE),
		("GET", api::CHART_DIRECTIVES),
		("POST", api::CHART_DIRECTIVES),
		("GET", api::CHART_DISCLOSURES),
		("GET", api::CHART_REQUESTS),
		("POST", api::CHART_REQUESTS),
		("POST", api::CHART_REQUEST_ANSWER),
		("GET", api::REQUEST_ANSWER),
		("PUT", api::PRACTITIONER_PROFILE),
		("DELETE", api::PRACTITIONER_PROFILE),
	];
	for (method, route) in routes {
		for token in [None, Some("00"), Some(&*"0".repeat(64))] {
			let refused = harness.refusal(method, &at_chart(route), token, "").await;
			assert_eq!(refused, (401, "not-signed-in".into()), "{method} {route}");
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
	assert!(health.head.is_none() && health.stale);
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

#[tokio::test]
async fn a_charts_key_gives_its_word_for_its_encryption_key() {
	let harness = Harness::new();
	let (patient, other) = (person("//Patient"), person("//Alice"));
	let route = at_chart(api::CHART_KEY);
	let word = |by: &Person| serde_json::to_string(&by.vouch(&[2; 32], &CHART)).unwrap();
	let token = harness.token("//Alice");
	let refused = harness.refusal("POST", &route, Some(&token), word(&other)).await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
	let token = harness.token("//Patient");
	let refused = harness.refusal("POST", &route, Some(&token), word(&other)).await;
	assert_eq!(refused.1, "signature-wrong");
	let request = HttpRequest::post(&route)
		.header("authorization", format!("Bearer {token}"))
		.header("content-type", "application/json")
		.body(HttpBody::from(word(&patient)))
		.unwrap();
	let response = router(harness.vault.clone()).oneshot(request).await.unwrap();
	assert_eq!(response.status(), StatusCode::NO_CONTENT);
	let row = harness.vault.chart(CHART).await.unwrap();
	assert_eq!(row.new.encryption_key.key, patient.public().encryption_key);
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

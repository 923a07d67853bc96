//! What can be answered without a node: forms, codes, and who is asked for what.

use super::*;
use crate::{
	batches::Rhythm,
	enrolments::Enrolments,
	key_client::KeyService,
	node::Node,
	objects::Objects,
	store::{
		unvouched, ChartRow, DisclosureRow, Identity, NewChart, Store, StoreError, CHARTS,
		DISCLOSURES,
	},
	vault::Parts,
	writes::Writes,
};
use axum::{body::Body as HttpBody, http::Request as HttpRequest};
use salus_client::{
	content::check_fhir,
	fhir::{names, SERVED},
	keys::{Identity as Person, KeyFile},
	vault_api::DatabaseKey,
};
use salus_primitives::{
	codes::{Action, Purpose},
	decision::Accessor,
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::Salt,
	seal::Opening,
};
use tempfile::TempDir;
use tower::ServiceExt;
use zeroize::Zeroizing;

const CHART: ChartId = ChartId([0xc4; 32]);
const DISCLOSED: u32 = 3;

struct Harness {
	_folder: TempDir,
	vault: Arc<Vault>,
}

fn person(uri: &str) -> Person {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

struct Said {
	status: u16,
	headers: HeaderMap,
	body: Value,
}

impl Said {
	/// Code of the refusal.
	fn code(&self) -> &str {
		let coding = &self.body["issue"][0]["details"]["coding"][0];
		assert_eq!(coding["system"], names::ERROR, "{}", self.body);
		coding["code"].as_str().unwrap()
	}
}

impl Harness {
	/// A vault of organisation 1 with one chart whose log has some entries, and whose node is away.
	fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		let key = DatabaseKey { key: [1; 32] };
		let identity = Identity::new([2; 32], 1);
		let store = Store::open(&folder.path().join("vault.redb"), &key, identity).unwrap();
		let account = person("//Patient").account();
		let new = NewChart { chart: CHART, key: account, encryption_key: unvouched([4; 32]) };
		store
			.write::<_, StoreError>(|rows| {
				let mut chart = ChartRow::empty(new);
				for sequence in 0..DISCLOSED {
					let terms = DisclosureEntry {
						chart: CHART,
						sequence,
						previous: chart.disclosures.last,
						at: 1,
						head: [0; 32],
						accessor: Accessor::Patient { account },
						practitioner: None,
						action: Action::Access,
						purpose: Purpose::PatientRequested,
						subject: Subject::Listing,
						outcome: Outcome::Refused(32),
					};
					let opening = Opening { terms, salt: Salt([7; 32]) };
					chart.disclosures = chart.disclosures.after(opening.seal());
					let row = DisclosureRow { opening, batch: None };
					rows.put(&DISCLOSURES, &(CHART, sequence), &row)?;
				}
				rows.put(&CHARTS, &CHART, &chart)
			})
			.unwrap();
		let (writes, _) = Writes::new(Rhythm::every(std::time::Duration::ZERO));
		let process = crate::ops::Process::new().unwrap();
		let vault = Vault::new(Parts {
			organisation: 1,
			genesis: [2; 32],
			node: Node::new("ws://127.0.0.1:1"),
			system: person("//Mercy//Vault"),
			store,
			objects: Objects::open(&folder.path().join("objects")).unwrap(),
			key_service: KeyService::new("http://127.0.0.1:1", Zeroizing::default()).unwrap(),
			writes,
			enrolments: Enrolments::new(Rhythm::every(std::time::Duration::ZERO)),
			ops: crate::ops::Ops::new(&crate::limits::LimitOptions::default(), 1, &process)
				.unwrap(),
			cohort: 4,
		})
		.unwrap();
		Self { _folder: folder, vault }
	}

	async fn ask(&self, method: &str, route: &str, who: Option<&str>, accept: &str) -> Said {
		let mut request = HttpRequest::builder().method(method).uri(format!("{FHIR}/{route}"));
		if let Some(who) = who {
			let challenge = self.vault.sign_ins.challenge(person(who).account()).unwrap();
			let token = self.vault.sign_ins.sign_in(&challenge).unwrap().token;
			request = request.header("authorization", format!("Bearer {token}"));
		}
		if !accept.is_empty() {
			request = request.header("accept", accept);
		}
		let request = request.body(HttpBody::empty()).unwrap();
		let response = crate::routes::router(self.vault.clone()).oneshot(request).await.unwrap();
		let (parts, body) = response.into_parts();
		assert_eq!(parts.headers[CONTENT_TYPE], FHIR_JSON, "{method} {route}");
		assert_eq!(parts.headers[CACHE_CONTROL], "no-store", "{method} {route}");
		let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
		let body = if bytes.is_empty() {
			Value::Null
		} else {
			check_fhir(&bytes).unwrap();
			serde_json::from_slice(&bytes).unwrap()
		};
		Said { status: parts.status.as_u16(), headers: parts.headers, body }
	}

	async fn get(&self, route: &str) -> Said {
		self.ask("GET", route, Some("//Patient"), "").await
	}
}

#[tokio::test]
async fn few_contents_at_once_become_json() {
	let harness = Harness::new();
	let read = format!("Binary/{}?purpose=PATRQT&_format=", id());
	let (json, envelope) = (format!("{read}application/fhir%2Bjson"), format!("{read}{ENVELOPE}"));
	assert_eq!(harness.get(&json).await.code(), "record-unknown");
	let all = harness.vault.inlined.available_permits();
	let taken = harness.vault.inlined.try_acquire_many(u32::try_from(all).unwrap()).unwrap();
	let said = harness.get(&json).await;
	assert_eq!((said.status, said.code()), (503, "busy"));
	// In its own form it flows through, and needs no place.
	assert_eq!(harness.get(&envelope).await.code(), "record-unknown");
	drop(taken);
	assert_eq!(harness.get(&json).await.code(), "record-unknown");
}

fn id() -> String {
	"c4".repeat(32)
}

#[tokio::test]
async fn anybody_may_know_what_is_served() {
	let harness = Harness::new();
	for method in ["GET", "HEAD"] {
		let said = harness.ask(method, "metadata", None, "").await;
		assert_eq!(said.status, 200);
	}
	let said = harness.ask("GET", "metadata?_format=json", None, "text/html").await;
	assert_eq!(said.body["fhirVersion"], "4.0.1");
}

#[tokio::test]
async fn what_is_said_to_be_served_is_and_asks_for_a_token() {
	let harness = Harness::new();
	for served in SERVED {
		let mut routes = Vec::new();
		if served.read {
			routes.push(format!("{}/{}", served.kind, id()));
		}
		if !served.search.is_empty() {
			routes.push(served.kind.to_owned());
		}
		if let Some((name, _)) = served.operation {
			routes.push(format!("{}/{}/${name}", served.kind, id()));
		}
		for route in routes {
			let said = harness.ask("GET", &route, None, "").await;
			assert_eq!((said.status, said.code()), (401, "not-signed-in"), "{route}");
			assert_eq!(said.headers[WWW_AUTHENTICATE], "Bearer");
			for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD"] {
				let said = harness.ask(method, &route, None, "").await;
				assert_eq!(said.status, 405, "{method} {route}");
				assert_eq!(said.headers[ALLOW], "GET");
				if method != "HEAD" {
					assert_eq!(said.code(), "method-not-allowed");
				}
			}
		}
	}
	// And nothing else.
	for route in ["Observation", "Patient", "Patient/1/2/3", &format!("AuditEvent/{}", id())] {
		let said = harness.ask("GET", route, Some("//Patient"), "").await;
		assert_eq!((said.status, said.code()), (404, "route-unknown"), "{route}");
	}
}

#[tokio::test]
async fn search_parameters_are_those_of_the_statement() {
	let harness = Harness::new();
	for served in SERVED.iter().filter(|served| !served.search.is_empty()) {
		let capacity = CAPACITY.iter().filter(|_| served.capacity);
		for name in served.search.iter().map(|(name, _)| name).chain(capacity) {
			// Read, and refused as a value: not as a parameter.
			let said = harness.get(&format!("{}?{name}=%7F", served.kind)).await;
			assert_eq!(said.code(), "malformed");
			let told = said.body["issue"][0]["diagnostics"].as_str().unwrap();
			assert!(!told.contains("no parameter"), "{} {name}: {told}", served.kind);
		}
		let said = harness.get(&format!("{}?subject=1", served.kind)).await;
		let told = said.body["issue"][0]["diagnostics"].as_str().unwrap();
		assert!(told.contains("no parameter"), "{told}");
	}
}

#[tokio::test]
async fn unreadable_requests_are_told() {
	let harness = Harness::new();
	let chart = id();
	for (route, status, code) in [
		("DocumentReference?purpose=TREAT".to_owned(), 400, "malformed"),
		(format!("DocumentReference?patient={chart}"), 400, "malformed"),
		(format!("DocumentReference?patient=0x{chart}&purpose=TREAT"), 400, "malformed"),
		(format!("DocumentReference?patient={chart}&purpose=ANY"), 400, "malformed"),
		(format!("DocumentReference?patient={chart}&purpose=TREAT&date=soon"), 400, "malformed"),
		(
			format!("DocumentReference?patient={chart}&purpose=TREAT&organisation=1"),
			400,
			"malformed",
		),
		(format!("Binary/{chart}?purpose=TREAT&role=clinician"), 400, "malformed"),
		(format!("Binary/{chart}"), 400, "malformed"),
		(format!("Binary/{chart}?purpose=TREAT"), 404, "record-unknown"),
		("Binary/1?purpose=TREAT".to_owned(), 404, "record-unknown"),
		(format!("DocumentReference/{chart}?purpose=TREAT"), 404, "record-unknown"),
		("Patient/1".to_owned(), 404, "chart-unknown"),
		(format!("Patient/{}", "00".repeat(32)), 404, "chart-unknown"),
		(format!("Patient/{chart}?name=any"), 400, "malformed"),
		(format!("Patient/{}/$everything?purpose=TREAT", "00".repeat(32)), 404, "chart-unknown"),
	] {
		let said = harness.get(&route).await;
		assert_eq!((said.status, said.code()), (status, code), "{route}");
	}
}

#[tokio::test]
async fn forms_that_are_not_to_be_had_are_refused() {
	let harness = Harness::new();
	let patient = format!("Patient/{}", id());
	for (route, accept) in [
		(format!("{patient}?_format=xml"), ""),
		(patient.clone(), "application/fhir+xml"),
		(patient.clone(), ENVELOPE),
		(format!("Binary/{}?purpose=TREAT", id()), "image/png"),
	] {
		let said = harness.ask("GET", &route, Some("//Patient"), accept).await;
		assert_eq!((said.status, said.code()), (406, "not-acceptable"), "{route} {accept}");
	}
	let said = harness.ask("GET", &patient, Some("//Patient"), "application/fhir+json").await;
	assert_eq!(said.status, 200);
	assert_eq!(said.body["resourceType"], "Patient");
}

#[tokio::test]
async fn what_needs_a_decision_says_that_the_node_is_away() {
	let harness = Harness::new();
	for route in [
		format!("DocumentReference?patient=Patient/{}&purpose=PATRQT&_count=5", id()),
		format!("Patient/{}/$everything?purpose=PATRQT", id()),
	] {
		let said = harness.get(&route).await;
		assert_eq!((said.status, said.code()), (503, "node-unavailable"), "{route}");
	}
}

#[tokio::test]
async fn the_log_is_paged_for_the_charts_key_alone() {
	let harness = Harness::new();
	let route = format!("AuditEvent?patient={}", id());
	let said = harness.ask("GET", &route, Some("//Somebody"), "").await;
	assert_eq!((said.status, said.code()), (403, "not-the-charts-key"));
	let said = harness.get(&route).await;
	assert_eq!(said.status, 200);
	assert_eq!(said.body["entry"].as_array().unwrap().len(), 3);
	assert_eq!(said.body["link"].as_array().unwrap().len(), 1);

	let (mut next, mut seen) = (Some(format!("{route}&_count=2")), Vec::new());
	while let Some(page) = next {
		let said = harness.get(&page).await;
		for entry in said.body["entry"].as_array().unwrap() {
			seen.push(
				entry["resource"]["extension"][0]["extension"][0]["valueUnsignedInt"].clone(),
			);
		}
		next = said.body["link"][1]["url"].as_str().map(str::to_owned);
	}
	// Each of these requests signed in anew, and those before the last one are in the log by now.
	assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_search_that_ends_in_a_refusal_has_ended() {
	use salus_primitives::decision::DenyReason;
	let refused = |reason, from| page(Err(Error::AccessDenied(reason)), from);
	assert!(refused(DenyReason::NothingPermits, 0).is_err());
	assert!(refused(DenyReason::NotTheChartsKey, 50).is_err());
	let (list, outcome) = refused(DenyReason::NothingPermits, 50).unwrap();
	assert!(list.records.is_empty() && list.next.is_none());
	assert_eq!(outcome.unwrap()["issue"][0]["code"], "forbidden");
}

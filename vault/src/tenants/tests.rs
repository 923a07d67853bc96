//! Two organisations in one process know nothing of each other.

use super::*;
use crate::{
	batches::Rhythm,
	enrolments::Enrolments,
	key_client::KeyService,
	limits::LimitOptions,
	node::Node,
	objects::Objects,
	ops::Ops,
	storage::Storage,
	store::{unvouched, ChartRow, Identity, NewChart, Rows, Store, StoreError, CHARTS, RECORDS},
	vault::Parts,
	writes::Writes,
};
use axum::{body::Body, http::Request};
use salus_client::{
	keys::{Identity as Person, KeyFile},
	vault_api::{self as api, DatabaseKey, ErrorBody},
};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};
use std::{num::NonZeroU32, path::Path, time::Duration};
use tower::ServiceExt;
use zeroize::Zeroizing;

/// Requests without a sign-in per minute at organisation 3.
const FEW: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

const GENESIS: [u8; 32] = [2; 32];

pub(crate) fn person(uri: &str) -> Person {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

/// The database key of an organisation in these tests.
pub(crate) fn database_key(organisation: OrganisationId) -> DatabaseKey {
	DatabaseKey { key: [organisation as u8; 32] }
}

/// A vault in this folder whose node and key service are away.
pub(crate) fn vault(folder: &Path, organisation: OrganisationId, storage: Storage) -> Arc<Vault> {
	vault_of(&Process::new().unwrap(), folder, organisation, storage)
}

fn vault_of(
	process: &Process,
	folder: &Path,
	organisation: OrganisationId,
	storage: Storage,
) -> Arc<Vault> {
	// Organisation 3 is asked less often.
	let limit_address = if organisation == 3 { FEW } else { NonZeroU32::MAX };
	let limits = LimitOptions { limit_address, ..LimitOptions::default() };
	let identity = Identity::new(GENESIS, organisation);
	let path = folder.join("vault.redb");
	let store = Store::open(&path, &database_key(organisation), identity).unwrap();
	let rhythm = Rhythm::every(Duration::from_secs(900));
	let (writes, _) = Writes::new(rhythm);
	Vault::new(Parts {
		organisation,
		genesis: GENESIS,
		node: Node::new("ws://127.0.0.1:1"),
		system: person("//Vault"),
		store,
		objects: Objects::new(storage),
		key_service: KeyService::new("http://127.0.0.1:1", Zeroizing::default()).unwrap(),
		writes,
		enrolments: Enrolments::new(rhythm),
		ops: Ops::new(&limits, organisation, process).unwrap(),
		cohort: 4,
	})
	.unwrap()
}

/// A chart whose key is the patient's.
pub(crate) fn enrol(vault: &Vault, chart: ChartId) {
	let key = person("//Patient").account();
	let new = NewChart { chart, key, encryption_key: unvouched([4; 32]) };
	vault
		.store
		.write::<_, StoreError>(|rows| rows.put(&CHARTS, &chart, &ChartRow::empty(new)))
		.unwrap();
}

struct Two {
	_folder: tempfile::TempDir,
	process: Process,
	vaults: [Arc<Vault>; 2],
}

/// Organisation 2 with chart 2, organisation 3 with chart 3.
fn two() -> Two {
	let folder = tempfile::tempdir().unwrap();
	let process = Process::new().unwrap();
	let vaults = [2u32, 3].map(|number| {
		let data = folder.path().join(number.to_string());
		let storage = Storage::folder(&data.join("objects")).unwrap();
		let vault = vault_of(&process, &data, number, storage);
		enrol(&vault, ChartId([number as u8; 32]));
		vault
	});
	Two { _folder: folder, process, vaults }
}

impl Two {
	/// A token of the patient at one of them.
	fn token(&self, at: usize) -> String {
		let sign_ins = &self.vaults[at].sign_ins;
		let challenge = sign_ins.challenge(person("//Patient").account()).unwrap();
		sign_ins.sign_in(&challenge).unwrap().token
	}

	async fn ask(
		&self,
		method: &str,
		route: &str,
		token: Option<&str>,
		body: String,
	) -> (u16, serde_json::Value) {
		let mut request = Request::builder().method(method).uri(route);
		if let Some(token) = token {
			request = request.header("authorization", format!("Bearer {token}"));
		}
		let request = request.body(Body::from(body)).unwrap();
		let router = router(self.vaults.iter().cloned().collect(), true, &self.process);
		let response = router.oneshot(request).await.unwrap();
		let status = response.status().as_u16();
		let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
		(status, serde_json::from_slice(&bytes).unwrap())
	}

	async fn refused(&self, route: &str, token: Option<&str>) -> (u16, String) {
		let (status, said) = self.ask("GET", route, token, String::new()).await;
		(status, serde_json::from_value::<ErrorBody>(said).unwrap().code)
	}
}

#[tokio::test]
async fn each_is_served_under_its_own_path_alone() {
	let two = two();
	for (number, path) in [(2, "/organisations/2/health"), (3, "/organisations/3/health")] {
		let (status, health) = two.ask("GET", path, None, String::new()).await;
		assert_eq!((status, health["organisation"].as_u64()), (200, Some(number)));
	}
	for nobodys in [
		"/openapi.json",
		"/",
		"/organisations",
		"/organisations/2",
		"/organisations/4/health",
		"/organisations/02/health",
		"/organisations/2/organisations/3/health",
		"/organisations/2/../3/health",
	] {
		assert_eq!(two.refused(nobodys, None).await, (404, "route-unknown".into()), "{nobodys}");
	}
}

#[tokio::test]
async fn one_alone_is_served_at_the_root() {
	let Two { _folder, process, vaults: [one, _] } = two();
	for (path, status) in [("/health", 200), ("/organisations/2/health", 404)] {
		let request = Request::get(path).body(Body::empty()).unwrap();
		let response =
			router([one.clone()].into(), false, &process).oneshot(request).await.unwrap();
		assert_eq!(response.status().as_u16(), status, "{path}");
	}
}

#[tokio::test]
async fn a_sign_in_is_worth_nothing_at_the_other() {
	let two = two();
	let route = |at: usize| {
		format!("/organisations/{}/charts/{}/directives", at + 2, ChartId([at as u8 + 2; 32]))
	};
	for (own, other) in [(0, 1), (1, 0)] {
		let token = two.token(own);
		let (status, said) = two.ask("GET", &route(own), Some(&token), String::new()).await;
		assert_eq!(status, 200, "{said}");
		let refused = two.refused(&route(other), Some(&token)).await;
		assert_eq!(refused, (401, "not-signed-in".into()));
	}
	// Nor is a challenge of the one taken by the other.
	let who = person("//Patient");
	let asked = serde_json::json!({ "account": format!("0x{}", hex::encode(who.account())) });
	let route = format!("/organisations/2{}", api::CHALLENGE);
	let (_, challenge) = two.ask("POST", &route, None, asked.to_string()).await;
	let challenge: api::Challenge = serde_json::from_value(challenge).unwrap();
	assert_eq!(challenge.organisation, 2);
	let signature = who.sign(&codec::Encode::encode(&challenge));
	let said = serde_json::to_string(&api::SignIn { challenge, signature }).unwrap();
	let route = format!("/organisations/3{}", api::SIGN_IN);
	let (status, said) = two.ask("POST", &route, None, said).await;
	assert_eq!((status, said["code"].as_str()), (400, Some("wrong-chain")));
}

#[tokio::test]
async fn charts_and_records_of_the_one_are_unknown_at_the_other() {
	let two = two();
	let token = two.token(1);
	let theirs = format!("/organisations/3/charts/{}/directives", ChartId([2; 32]));
	assert_eq!(two.refused(&theirs, Some(&token)).await, (404, "chart-unknown".into()));

	let record = RecordId([7; 32]);
	two.vaults[0]
		.store
		.write::<_, StoreError>(|rows| {
			rows.put(&RECORDS, &record, &crate::backup::tests::record(record, ChartId([2; 32]), 0))
		})
		.unwrap();
	let known = |at: usize| two.vaults[at].store.read(|rows| rows.get(&RECORDS, &record)).unwrap();
	assert!(known(0).is_some() && known(1).is_none());
	let route = format!("/organisations/3/records/{record}/release");
	let asked = serde_json::json!({ "action": "access", "purpose": "PATRQT" }).to_string();
	let (status, said) = two.ask("POST", &route, Some(&token), asked).await;
	assert_eq!((status, said["code"].as_str()), (404, Some("record-unknown")), "{said}");
}

#[tokio::test]
async fn objects_and_rows_of_the_one_are_nothing_to_the_other() {
	let two = two();
	two.vaults[0]
		.objects
		.put(&[9; 32], bytes::Bytes::from_static(b"one"))
		.await
		.unwrap();
	assert_eq!(two.vaults[0].objects.size(&[9; 32]).await.unwrap(), Some(3));
	assert_eq!(two.vaults[1].objects.size(&[9; 32]).await.unwrap(), None);

	// The one's database does not open with the other's key, nor as the other's.
	let Two { _folder, vaults, .. } = two;
	drop(vaults);
	let path = _folder.path().join("2/vault.redb");
	let open = |key, number| {
		Store::open(&path, &database_key(key), Identity::new(GENESIS, number)).map(drop)
	};
	assert!(matches!(open(3, 3), Err(StoreError::WrongKey)));
	assert!(matches!(open(2, 3), Err(StoreError::WrongOrganisation(2))));
	open(2, 2).unwrap();
}

#[tokio::test]
async fn the_root_tells_how_all_are_until_all_are_stopped() {
	let two = two();
	let (status, health) = two.ask("GET", "/health", None, String::new()).await;
	assert_eq!(status, 200);
	let health: api::SharedHealth = serde_json::from_value(health).unwrap();
	let numbers: Vec<_> = health.organisations.iter().map(|one| one.organisation).collect();
	assert_eq!(numbers, [2, 3]);
	two.process.farewell.begin();
	for path in ["/health", "/organisations/2/health", "/organisations/3/health"] {
		assert_eq!(two.refused(path, None).await, (503, "stopping".into()), "{path}");
	}
}

#[tokio::test]
async fn the_limits_of_the_one_are_not_those_of_the_other() {
	let two = two();
	let profile = |number: u32| format!("/organisations/{number}/practitioners/1/profile");
	for _ in 0..FEW.get() {
		assert_eq!(two.refused(&profile(3), None).await.0, 404);
	}
	for _ in 0..=FEW.get() {
		assert_eq!(two.refused(&profile(3), None).await.0, 429);
		assert_eq!(two.refused(&profile(2), None).await.0, 404);
	}
	// Health is under no limit, and who is signed in under another one.
	let (status, _) = two.ask("GET", "/organisations/3/health", None, String::new()).await;
	assert_eq!(status, 200);
	let token = two.token(1);
	let directives = format!("/organisations/3/charts/{}/directives", ChartId([3; 32]));
	assert_eq!(two.ask("GET", &directives, Some(&token), String::new()).await.0, 200);
}

#[tokio::test]
async fn one_process_tells_the_numbers_of_all() {
	let two = two();
	two.ask("GET", "/organisations/2/health", None, String::new()).await;
	two.ask("GET", "/organisations/3/nowhere", None, String::new()).await;
	two.ask("GET", "/health", None, String::new()).await;
	let vaults = two.vaults.iter().cloned().collect();
	let text = ops::numbers(two.process.clone(), vaults).await.unwrap();
	let text = String::from_utf8(text).unwrap();
	for (organisation, route, status) in
		[("2", "/health", 200), ("3", "-", 404), ("", "/health", 200)]
	{
		let line = format!(
			"salus_vault_requests_total{{method=\"GET\",organisation=\"{organisation}\",\
			 route=\"{route}\",status=\"{status}\"}} 1"
		);
		assert!(text.lines().any(|told| told == line), "no {line} in {text}");
	}
	for organisation in [2, 3] {
		let line = format!("salus_vault_outbox_entries{{organisation=\"{organisation}\"}} 0");
		assert!(text.lines().any(|told| told == line), "{text}");
	}
}

#[test]
fn places_told_are_those_of_the_organisation() {
	let mut response = axum::response::Response::new(Body::empty());
	response
		.headers_mut()
		.insert(LOCATION, HeaderValue::from_static("/uploads/0x00"));
	let placed = placed(response, "/organisations/2");
	assert_eq!(placed.headers()[LOCATION], "/organisations/2/uploads/0x00");
	let without = axum::response::Response::new(Body::empty());
	assert!(super::placed(without, "/organisations/2").headers().is_empty());
}

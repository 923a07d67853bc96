//! Two organisations in one process know nothing of each other.

use super::*;
use crate::{
	key_client::KeyService,
	node::Node,
	objects::Objects,
	records::QUEUE,
	storage::Storage,
	store::{unvouched, ChartRow, Identity, NewChart, Rows, Store, StoreError, CHARTS, RECORDS},
	vault::Parts,
};
use axum::{body::Body, http::Request};
use salus_client::{
	keys::{Identity as Person, KeyFile},
	vault_api::{self as api, DatabaseKey, ErrorBody},
};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};
use std::path::Path;
use tokio::sync::mpsc;
use tower::ServiceExt;
use zeroize::Zeroizing;

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
	let identity = Identity::new(GENESIS, organisation);
	let path = folder.join("vault.redb");
	let store = Store::open(&path, &database_key(organisation), identity).unwrap();
	let (anchoring, _) = mpsc::channel(QUEUE);
	Vault::new(Parts {
		organisation,
		genesis: GENESIS,
		node: Node::new("ws://127.0.0.1:1"),
		system: person("//Vault"),
		store,
		objects: Objects::new(storage),
		key_service: KeyService::new("http://127.0.0.1:1", Zeroizing::default()).unwrap(),
		anchoring,
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
	vaults: [Arc<Vault>; 2],
}

/// Organisation 2 with chart 2, organisation 3 with chart 3.
fn two() -> Two {
	let folder = tempfile::tempdir().unwrap();
	let vaults = [2u32, 3].map(|number| {
		let data = folder.path().join(number.to_string());
		let storage = Storage::folder(&data.join("objects")).unwrap();
		let vault = vault(&data, number, storage);
		enrol(&vault, ChartId([number as u8; 32]));
		vault
	});
	Two { _folder: folder, vaults }
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
		let router = router(self.vaults.to_vec(), true);
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
		"/health",
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
	let Two { _folder, vaults: [one, _] } = two();
	for (path, status) in [("/health", 200), ("/organisations/2/health", 404)] {
		let request = Request::get(path).body(Body::empty()).unwrap();
		let response = router(vec![one.clone()], false).oneshot(request).await.unwrap();
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
	let digest = salus_primitives::ids::Digest::of(b"one");
	let body = futures::stream::iter([Ok(bytes::Bytes::from_static(b"one"))]);
	two.vaults[0].objects.put(&[9; 32], &digest, body).await.unwrap();
	two.vaults[0].objects.check(&[9; 32], &digest).await.unwrap();
	assert!(two.vaults[1].objects.check(&[9; 32], &digest).await.is_err());

	// The one's database does not open with the other's key, nor as the other's.
	let Two { _folder, vaults } = two;
	drop(vaults);
	let path = _folder.path().join("2/vault.redb");
	let open = |key, number| {
		Store::open(&path, &database_key(key), Identity::new(GENESIS, number)).map(drop)
	};
	assert!(matches!(open(3, 3), Err(StoreError::WrongKey)));
	assert!(matches!(open(2, 3), Err(StoreError::WrongOrganisation(2))));
	open(2, 2).unwrap();
}

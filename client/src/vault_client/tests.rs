use super::*;
use crate::{
	envelope::{envelope_size, Wrap, WrapContext},
	guardians::WalletGuard,
	keys::KeyFile,
	records::{prepare, Place, Written},
	vault_api::{decode_header, RECORD_HEADER, RELEASE_HEADER},
};
use axum::{
	body::Bytes,
	extract::{Path as InPath, Query, State},
	http::{HeaderMap, StatusCode},
	response::IntoResponse,
	routing::{get, post},
	Json, Router,
};
use salus_primitives::{
	codes::{
		Action, Category, Confidentiality, Obligations, Power, Powers, RecordState, Relation, Role,
		Sensitivities,
	},
	decision::Basis,
	guardian::GuardianTerms,
	ids::{Digest, Salt, Seal},
	record::RecordTerms,
	seal::Opening,
};
use std::{collections::HashMap, sync::Arc};

const GENESIS: [u8; 32] = [6; 32];
const CHART: ChartId = ChartId([4; 32]);
const RECORD: RecordId = RecordId([5; 32]);
const HEAD: api::Head = api::Head { number: 7, hash: [1; 32], at: 9 };

async fn client(routes: Router) -> VaultClient {
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
	VaultClient::new(&format!("http://{address}/vaults/1/")).unwrap()
}

/// Routes below a path, as behind a proxy that many vaults share.
fn below(routes: Router) -> Router {
	Router::new().nest("/vaults/1", routes)
}

fn terms(ciphertext: &[u8], size: u64) -> RecordTerms {
	RecordTerms {
		chart: CHART,
		sequence: 0,
		previous_leaf: None,
		version: 1,
		category: Category::Document,
		confidentiality: Confidentiality::Normal,
		sensitivity: Sensitivities::EMPTY,
		author: None,
		encounter: None,
		clinical_date: 0,
		size,
		content_digest: Digest::of(b""),
		ciphertext_digest: Digest::of(ciphertext),
	}
}

fn release_of(terms: RecordTerms) -> api::Release {
	api::Release {
		opening: Opening { terms, salt: Salt([2; 32]) },
		media_type: "application/dicom".into(),
		wrap: Wrap {
			suite: 1,
			encapsulated_key: [3; 32],
			ciphertext: [4; 48],
			context: WrapContext::Chart { chart: CHART },
		},
		basis: Basis::Patient,
		obligations: Obligations::EMPTY,
		disclosure: 3,
		head: HEAD,
		statements: Vec::new(),
		inclusion: None,
	}
}

const ASK: api::ReleaseRequest = api::ReleaseRequest {
	capacity: None,
	action: Action::Access,
	purpose: Purpose::Treatment,
	offset: 0,
};

#[tokio::test]
async fn signs_in_and_sends_the_token() {
	let account = KeyFile::from_dev_uri("//Mercy").unwrap().into_identity();
	let key = account.account();
	let challenge = api::Challenge {
		domain: api::CHALLENGE_DOMAIN,
		genesis: GENESIS,
		organisation: 1,
		account: key,
		nonce: [9; 32],
		expires: 1,
	};
	let given = challenge.clone();
	let routes = Router::new()
		.route(api::CHALLENGE, post(move || async move { Json(given) }))
		.route(
			api::SIGN_IN,
			post(move |Json(body): Json<api::SignIn>| async move {
				assert!(body.signature.verify_any(&body.challenge.signable(), &key));
				Json(api::SignedIn { token: "secret".into(), expires: 2 })
			}),
		)
		.route(
			api::CHART_RECORDS,
			get(
				|InPath(chart): InPath<String>,
				 Query(query): Query<HashMap<String, String>>,
				 headers: HeaderMap| async move {
					assert_eq!(chart, CHART.to_string());
					assert_eq!(headers["authorization"], "Bearer secret");
					assert_eq!(query["organisation"], "2");
					assert_eq!(query["role"], "clinician");
					assert_eq!(query["purpose"], "TREAT");
					Json(api::RecordList {
						records: vec![api::ListedRecord {
							id: RECORD,
							opening: release_of(terms(b"", 0)).opening,
							media_type: "application/dicom".into(),
							state: RecordState::Current,
							replaces: None,
							statements: Vec::new(),
							inclusion: None,
						}],
						erased: Vec::new(),
						next: (query["from"] == "0").then_some(50),
					})
				},
			),
		);
	let mut vault = client(below(routes)).await;
	vault.sign_in(&account, &GENESIS, 1).await.unwrap();
	let capacity = api::StaffCapacity { organisation: 2, role: Role::Clinician };
	let list = vault.records(&CHART, Some(capacity), Purpose::Treatment).await.unwrap();
	assert_eq!(list.len(), 2, "one on each page");
	assert!(!format!("{vault:?}").contains("secret"));
}

#[tokio::test]
async fn profiles_are_put_read_and_removed() {
	let made = crate::profile::Profile {
		genesis: GENESIS,
		practitioner: 3,
		version: 1,
		salt: [9; 32],
		name: "Dr Ana Brooks".into(),
		photograph: None,
		languages: Vec::new(),
		qualifications: Vec::new(),
		contact: Vec::new(),
	};
	let key = KeyFile::from_dev_uri("//Mercy//DrBrooks").unwrap().into_identity();
	let signed = made.sign(&key).unwrap();
	let file = signed.to_json();
	let routes = Router::new().route(
		api::PRACTITIONER_PROFILE,
		get({
			let file = file.clone();
			move |InPath(practitioner): InPath<u32>| async move {
				let error = |code: &str| {
					let body = ErrorBody { code: code.into(), message: "no".into(), reason: None };
					(StatusCode::NOT_FOUND, Json(body)).into_response()
				};
				match practitioner {
					3 => file.into_response(),
					4 => error(api::codes::PROFILE_UNKNOWN),
					5 => b"nonsense".into_response(),
					_ => error(api::codes::ROUTE_UNKNOWN),
				}
			}
		})
		.put(move |InPath(practitioner): InPath<u32>, body: Bytes| async move {
			assert_eq!((practitioner, body.to_vec()), (3, file));
			StatusCode::NO_CONTENT
		})
		.delete(|| async { StatusCode::NO_CONTENT }),
	);
	let vault = client(below(routes)).await;
	vault.put_profile(&signed).await.unwrap();
	assert_eq!(vault.profile(3).await.unwrap(), Some(signed));
	assert_eq!(vault.profile(4).await.unwrap(), None);
	assert_eq!(vault.profile(5).await.unwrap_err().code(), "profile-malformed");
	assert_eq!(vault.profile(6).await.unwrap_err().code(), "route-unknown");
	vault.remove_profile(3).await.unwrap();
}

async fn signed_it() -> StatusCode {
	panic!("a challenge for something else was signed")
}

#[tokio::test]
async fn signs_no_challenge_for_something_else() {
	let account = KeyFile::from_dev_uri("//Mercy").unwrap().into_identity();
	let right = api::Challenge {
		domain: api::CHALLENGE_DOMAIN,
		genesis: GENESIS,
		organisation: 1,
		account: account.account(),
		nonce: [9; 32],
		expires: 1,
	};
	for wrong in [
		api::Challenge { domain: *b"salus/enrolment1", ..right.clone() },
		api::Challenge { genesis: [0; 32], ..right.clone() },
		api::Challenge { organisation: 2, ..right.clone() },
		api::Challenge { account: [0; 32], ..right.clone() },
	] {
		let routes = Router::new()
			.route(api::CHALLENGE, post(move || async move { Json(wrong) }))
			.route(api::SIGN_IN, post(signed_it));
		let mut vault = client(below(routes)).await;
		let error = vault.sign_in(&account, &GENESIS, 1).await.unwrap_err();
		assert_eq!(error.code(), "vault-answer");
	}
}

#[tokio::test]
async fn refusals_keep_code_message_and_reason() {
	let refuse = || async {
		let body = api::ErrorBody {
			code: api::codes::ACCESS_DENIED.into(),
			message: "the patient has denied this access".into(),
			reason: Some(31),
		};
		(StatusCode::FORBIDDEN, Json(body))
	};
	let vault = client(below(Router::new().route(api::RELEASE, post(refuse)))).await;
	let folder = tempfile::tempdir().unwrap();
	let error = vault.release(&RECORD, &ASK, folder.path(), &no_progress).await.unwrap_err();
	let Error::Vault { status, reason, .. } = &error else { panic!("{error:?}") };
	assert_eq!((*status, *reason, error.code()), (403, Some(31), "access-denied"));
	assert_eq!(error.to_string(), "the vault refused: the patient has denied this access");
	assert!(!error.help().is_empty());
	assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn unanswered_requests_are_none() {
	let refuse = || async {
		let body = api::ErrorBody {
			code: api::codes::NOT_ANSWERED.into(),
			message: String::new(),
			reason: None,
		};
		(StatusCode::NOT_FOUND, Json(body))
	};
	let vault = client(below(Router::new().route(api::REQUEST_ANSWER, get(refuse)))).await;
	assert_eq!(vault.request_answer(&RequestId([1; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn records_are_sent_with_their_description() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("content.json");
	let text = "x".repeat(300_000);
	let content = format!(r#"{{"resourceType":"Basic","code":{{"text":"{text}"}}}}"#);
	std::fs::write(&path, &content).unwrap();
	let key = KeyFile::generate().unwrap().identity().public().encryption_key;
	let keys = api::ChartKeys {
		chart_key: api::ChartKey { key, signature: api::Signature::Sr25519([0; 64]) },
		organisation_key: api::PublishedKey { version: 1, key },
	};
	let place = Place { genesis: GENESIS, custodian: 1, chart: CHART, replaces: None };
	let written = Written { author: None, encounter: None, clinical_date: 0 };
	let info = crate::content::inspect_file(&path).unwrap();
	let prepared = prepare(&path, &info, &written, &place, &keys, folder.path()).unwrap();
	// The first time the vault asks for a pause: a body that was begun is sent anew.
	let paused = Arc::new(std::sync::atomic::AtomicBool::new(false));
	let routes = Router::new().route(
		api::CHART_RECORDS,
		post(move |headers: HeaderMap, body: Bytes| async move {
			if !paused.swap(true, std::sync::atomic::Ordering::SeqCst) {
				return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
			}
			let record: api::NewRecord =
				decode_header(headers[RECORD_HEADER].to_str().unwrap()).unwrap();
			assert_eq!(headers["content-length"], body.len().to_string().as_str());
			assert_eq!(record.ciphertext_digest, Digest::of(&body));
			Json(api::StoredRecord {
				record: record.id,
				sequence: 0,
				version: record.version,
				leaf: Seal([0; 32]),
				block: HEAD,
			})
			.into_response()
		}),
	);
	let vault = client(below(routes)).await;
	let seen = Arc::new(std::sync::Mutex::new((0, 0)));
	let watched = seen.clone();
	let progress = move |done, all| *watched.lock().unwrap() = (done, all);
	let stored = vault.store(&CHART, &prepared, progress).await.unwrap();
	assert_eq!(stored.record, prepared.record.id);
	let (done, all) = *seen.lock().unwrap();
	assert_eq!(done, all);
	assert_eq!(all, envelope_size(content.len() as u64));
}

#[tokio::test]
async fn released_bytes_must_have_their_digest() {
	let envelope = vec![7u8; usize::try_from(envelope_size(100)).unwrap()];
	let right = terms(&envelope, 100);
	let longer = [&envelope[..], b"more"].concat();
	for (terms, sent, good) in [
		(right.clone(), envelope.clone(), true),
		(right.clone(), envelope[1..].to_vec(), false),
		(right.clone(), longer.clone(), false),
		(RecordTerms { ciphertext_digest: Digest::of(b"other"), ..right.clone() }, envelope, false),
		(RecordTerms { ciphertext_digest: Digest::of(&longer), ..right }, longer, false),
	] {
		let told = encode_header(&release_of(terms)).unwrap();
		let answer = (Arc::new(told), Arc::new(sent.clone()));
		type Answer = (Arc<String>, Arc<Vec<u8>>);
		let give = |State((told, sent)): State<Answer>| async move {
			([(RELEASE_HEADER, told.as_str())], sent.to_vec()).into_response()
		};
		let routes = Router::new().route(api::RELEASE, post(give)).with_state(answer);
		let vault = client(below(routes)).await;
		let folder = tempfile::tempdir().unwrap();
		match vault.release(&RECORD, &ASK, folder.path(), &no_progress).await {
			Ok((release, file)) => {
				assert!(good);
				assert_eq!(release.disclosure, 3);
				assert_eq!(std::fs::read(file.path()).unwrap(), sent);
			},
			Err(error) => {
				assert!(!good);
				assert_eq!(error.code(), "release-mismatch");
			},
		}
		assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
	}
}

#[tokio::test]
async fn records_of_impossible_size_are_not_waited_for() {
	let told = encode_header(&release_of(terms(b"", u64::MAX))).unwrap();
	let give = move || async move { [(RELEASE_HEADER, told)] };
	let vault = client(below(Router::new().route(api::RELEASE, post(give)))).await;
	let folder = tempfile::tempdir().unwrap();
	let error = vault.release(&RECORD, &ASK, folder.path(), &no_progress).await.unwrap_err();
	assert_eq!(error.code(), "vault-answer");
}

#[tokio::test]
async fn disclosures_come_page_by_page() {
	let routes = Router::new().route(
		api::CHART_DISCLOSURES,
		get(|Query(query): Query<api::DisclosureQuery>| async move {
			let next = if query.from < 20 { Some(query.from + 10) } else { None };
			Json(api::DisclosurePage { entries: Vec::new(), next })
		}),
	);
	let vault = client(below(routes)).await;
	assert_eq!(vault.disclosures(&CHART, 0).await.unwrap(), []);

	let stuck = Router::new().route(
		api::CHART_DISCLOSURES,
		get(|| async { Json(api::DisclosurePage { entries: Vec::new(), next: Some(0) }) }),
	);
	let error = client(below(stuck)).await.disclosures(&CHART, 0).await.unwrap_err();
	assert_eq!(error.code(), "vault-answer");

	let stuck = Router::new().route(
		api::CHART_RECORDS,
		get(|| async {
			Json(api::RecordList { records: Vec::new(), erased: Vec::new(), next: Some(0) })
		}),
	);
	let vault = client(below(stuck)).await;
	let error = vault.records(&CHART, None, Purpose::PatientRequested).await.unwrap_err();
	assert_eq!(error.code(), "vault-answer");
}

#[tokio::test]
async fn what_is_no_vault_is_told_apart() {
	let page = Router::new().route(api::HEALTH, get(|| async { "<html>" }));
	assert_eq!(client(below(page)).await.health().await.unwrap_err().code(), "vault-answer");
	assert_eq!(client(Router::new()).await.health().await.unwrap_err().code(), "vault-answer");

	let gone = tokio::net::TcpListener::bind("127.0.0.1:0")
		.await
		.unwrap()
		.local_addr()
		.unwrap();
	let error = VaultClient::new(&format!("http://{gone}")).unwrap().health().await.unwrap_err();
	assert_eq!(error.code(), "vault-unreachable");
	assert!(error.to_string().contains("refused"), "{error}");

	for endpoint in ["", "vault", "ftp://vault", "http://", "file:///vault"] {
		assert_eq!(VaultClient::new(endpoint).unwrap_err().code(), "bad-endpoint", "{endpoint}");
	}
	for endpoint in ["http://vault.example.org", "http://10.0.0.1:8080", "http://[2001:db8::1]/"] {
		assert_eq!(VaultClient::new(endpoint).unwrap_err().code(), "plain-endpoint", "{endpoint}");
	}
	for endpoint in ["https://vault.example.org", "http://localhost:1", "http://[::1]:8080/"] {
		assert!(VaultClient::new(endpoint).is_ok(), "{endpoint}");
	}
	assert!(VaultClient::new("https://vault.example.org").is_ok());
}

/// A route that asks for pauses this often before it answers, and says how often it was asked.
fn pausing(
	pauses: u32,
	seconds: &'static str,
	answer: impl IntoResponse + Clone + Send + Sync + 'static,
) -> (axum::routing::MethodRouter, Arc<std::sync::atomic::AtomicU32>) {
	let asked = Arc::new(std::sync::atomic::AtomicU32::new(0));
	let count = asked.clone();
	let handler = move |_: Bytes| {
		let before = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
		let answer = answer.clone();
		async move {
			if before >= pauses {
				return answer.into_response();
			}
			let body = ErrorBody {
				code: api::codes::TOO_MANY_REQUESTS.into(),
				message: "wait".into(),
				reason: None,
			};
			(StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)], Json(body)).into_response()
		}
	};
	(axum::routing::any(handler), asked)
}

#[tokio::test]
async fn waits_as_told_and_not_for_ever() {
	let times =
		|asked: Arc<std::sync::atomic::AtomicU32>| asked.load(std::sync::atomic::Ordering::SeqCst);
	let (route, asked) = pausing(2, "0", Json(api::RequestList { requests: Vec::new() }));
	let vault = client(below(Router::new().route(api::CHART_REQUESTS, route))).await;
	assert!(vault.requests(&CHART).await.unwrap().requests.is_empty());
	assert_eq!(times(asked), 3);
	for (seconds, expected) in [("0", 6), ("61", 1), ("soon", 1)] {
		let (route, asked) = pausing(u32::MAX, seconds, StatusCode::OK);
		let vault = client(below(Router::new().route(api::CHART_REQUESTS, route))).await;
		let refused = vault.requests(&CHART).await.unwrap_err();
		assert_eq!(refused.code(), "too-many-requests");
		assert_eq!(times(asked), expected, "{seconds}");
	}
}

#[tokio::test]
async fn a_guardian_shows_the_card_with_every_request() {
	let mother = KeyFile::from_dev_uri("//Mother").unwrap().into_identity();
	let terms = GuardianTerms {
		chart: CHART,
		key: mother.account(),
		relation: Relation::Parent,
		powers: Powers::of(&[Power::Read]),
		until: None,
	};
	let card = WalletGuard::new(&[terms]).unwrap().cards(GENESIS, 1).unwrap().remove(0);
	let reading = card.reading(&mother, 10).unwrap();
	let routes = Router::new().route(
		api::CHART_DISCLOSURES,
		get(move |headers: HeaderMap| async move {
			let shown = headers[api::GUARDIAN_HEADER].to_str().unwrap();
			assert_eq!(decode_header::<api::GuardianReading>(shown).unwrap(), reading);
			Json(api::DisclosurePage { entries: Vec::new(), next: None })
		}),
	);
	let mut vault = client(below(routes)).await;
	vault.show(&reading).unwrap();
	assert!(vault.disclosures(&CHART, 0).await.unwrap().is_empty());
}

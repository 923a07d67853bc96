//! What the key service does without a node.

use super::*;
use crate::routes::tests::logs::{listen, Log};
use axum::{body::Body as HttpBody, http::Request as HttpRequest};
use salus_client::{envelope::ContentKey, guardians::WalletGuard, keys::KeyFile};
use salus_primitives::{
	codes::{Action, Category, Confidentiality, Power, Powers, Purpose, Relation, Role},
	decision::AccessQuery,
	guardian::{GuardianTerms, ReadStatement, ReadWord},
	ids::{ChartId, Digest, RecordId, Salt},
	link::LinkKeys,
	record::RecordTerms,
	seal::Opening,
};
use tower::ServiceExt;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";

fn service(organisation: OrganisationId) -> Service {
	Service {
		organisation,
		genesis: [1; 32],
		node: Node::new("ws://127.0.0.1:1"),
		secret: EncryptionSecret::from_bytes([7; 32]),
		token: Zeroizing::new(TOKEN.into()),
	}
}

fn asked(service: &Service, key: &ContentKey, version: u32) -> Rewrap {
	let record = RecordId([3; 32]);
	let of = RecordVersion { genesis: service.genesis, record, version };
	let context = WrapContext::Custodian { organisation: service.organisation, key_version: 1 };
	let wrap = Wrap::seal(key, &of, context, &service.secret.public()).unwrap();
	let terms = RecordTerms {
		chart: ChartId([4; 32]),
		sequence: 0,
		previous_leaf: None,
		version,
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
	let query = AccessQuery {
		accessor: Accessor::Staff { account: [5; 32], organisation: 2, role: Role::Clinician },
		action: Action::Access,
		purpose: Purpose::Treatment,
		record,
		opening: Opening { terms, salt: Salt([0; 32]) },
		directives: Vec::new(),
		inclusion: None,
		guardian: None,
		emergency: None,
	};
	Rewrap { query, wrap, version, word: None, link: None }
}

/// Two organisations in one process: 2 has a token and a key of its own.
fn both() -> [Arc<Service>; 2] {
	let other = Service {
		secret: EncryptionSecret::from_bytes([8; 32]),
		token: Zeroizing::new(OTHER_TOKEN.into()),
		..service(2)
	};
	[service(1), other].map(Arc::new)
}

async fn post(token: &str, route: &str, body: String) -> u16 {
	let request = HttpRequest::post(route)
		.header("authorization", format!("Bearer {token}"))
		.body(HttpBody::from(body))
		.unwrap();
	served(&Farewell::new()).oneshot(request).await.unwrap().status().as_u16()
}

/// The routes of both.
fn served(farewell: &Farewell) -> Router {
	let (_, requests) = crate::metrics::plain("salus_key_service").unwrap();
	router(both(), Observed { requests, farewell: farewell.clone(), organisation: None })
}

#[tokio::test]
async fn wrong_tokens_are_bounded_and_the_right_ones_are_not() {
	let log = Log::default();
	let _guard = listen(tracing_subscriber::fmt().with_writer(log.clone()).finish());
	let farewell = Farewell::new();
	let served = served(&farewell);
	let show = |token: &str| {
		let request = HttpRequest::get(KEY_SERVICE_ALIVE)
			.header("authorization", format!("Bearer {token}"))
			.body(HttpBody::empty())
			.unwrap();
		let answered = served.clone().oneshot(request);
		async { answered.await.unwrap().status().as_u16() }
	};
	for _ in 0..WRONG_TOKENS.get() {
		assert_eq!(show("0").await, 401);
	}
	for _ in 0..3 {
		assert_eq!(show("0").await, 429);
	}
	// And so are the lines about them.
	let lines = log.text().matches("a wrong token was shown").count();
	assert_eq!(lines, usize::try_from(WRONG_TOKENS.get()).unwrap());
	for right in [TOKEN, OTHER_TOKEN] {
		assert_eq!(show(right).await, 204);
	}
	farewell.begin();
	for right in [TOKEN, OTHER_TOKEN] {
		assert_eq!(show(right).await, 503);
	}
}

#[tokio::test]
async fn only_the_token_opens() {
	for wrong in ["", "0", "0123456789abcdef0123456789abcdeg"] {
		assert_eq!(post(wrong, DATABASE_KEY, "null".into()).await, 401);
		assert_eq!(post(wrong, REWRAP, "{}".into()).await, 401);
		assert_eq!(post(wrong, "/elsewhere", String::new()).await, 401);
	}
	assert_eq!(post(TOKEN, DATABASE_KEY, "null".into()).await, 200);
	assert_eq!(post(TOKEN, "/elsewhere", String::new()).await, 404);
	assert_eq!(post(TOKEN, REWRAP, "{}".into()).await, 400);
}

#[tokio::test]
async fn a_token_opens_its_own_organisation_alone() {
	let key_of = |token: &'static str, organisation: u32| async move {
		let request = HttpRequest::post(DATABASE_KEY)
			.header("authorization", format!("Bearer {token}"))
			.body(HttpBody::from(format!("{{\"organisation\": {organisation}}}")))
			.unwrap();
		let response = served(&Farewell::new()).oneshot(request).await.unwrap();
		let status = response.status().as_u16();
		let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
		(status, serde_json::from_slice::<DatabaseKey>(&body).ok().map(|answer| answer.key))
	};
	let [one, two] = both();
	assert_eq!(key_of(TOKEN, 1).await, (200, Some(one.database_key().key)));
	assert_eq!(key_of(OTHER_TOKEN, 2).await, (200, Some(two.database_key().key)));
	assert_ne!(one.database_key().key, two.database_key().key);
	assert_eq!(key_of(TOKEN, 2).await, (400, None));
	assert_eq!(key_of(OTHER_TOKEN, 1).await, (400, None));
	// What is wrapped to the one does not open with the other's token.
	let asked = asked(&one, &ContentKey::generate().unwrap(), 1);
	let recipient =
		EncryptionKey { version: 1, key: EncryptionSecret::generate().unwrap().public() };
	one.wrap_to(&asked, Basis::Custodian, recipient).unwrap();
	assert!(two.wrap_to(&asked, Basis::Custodian, recipient).is_err());
}

#[tokio::test]
async fn without_a_node_nothing_is_wrapped() {
	let asked = asked(&service(1), &ContentKey::generate().unwrap(), 1);
	assert_eq!(post(TOKEN, REWRAP, serde_json::to_string(&asked).unwrap()).await, 503);
}

#[test]
fn the_database_key_is_the_organisations_own() {
	assert_eq!(service(1).database_key().key, service(1).database_key().key);
	assert_ne!(service(1).database_key().key, service(2).database_key().key);
	assert_ne!(&service(1).database_key().key, service(1).secret.expose());
}

#[test]
fn wraps_to_the_recipient_for_five_minutes() {
	let (service, key) = (service(1), ContentKey::generate().unwrap());
	let asked = asked(&service, &key, 2);
	let secret = EncryptionSecret::generate().unwrap();
	let recipient = EncryptionKey { version: 4, key: secret.public() };
	let wrap = service.wrap_to(&asked, Basis::Custodian, recipient).unwrap();
	let WrapContext::Recipient { basis: Basis::Custodian, key_version: 4, expires } = wrap.context
	else {
		panic!("{:?}", wrap.context)
	};
	assert!((now()..=now() + RELEASE_VALIDITY).contains(&expires));
	let of = RecordVersion { genesis: [1; 32], record: asked.query.record, version: 2 };
	wrap.open(&secret, &of, now()).unwrap();
	assert!(wrap.open(&secret, &of, expires).is_err());
}

#[test]
fn a_guardian_is_wrapped_to_by_their_own_word_alone() {
	let (service, key) = (service(1), ContentKey::generate().unwrap());
	let mother = KeyFile::from_dev_uri("//Mother").unwrap().into_identity();
	let terms = GuardianTerms {
		chart: ChartId([4; 32]),
		key: mother.account(),
		relation: Relation::Parent,
		powers: Powers::of(&[Power::Read]),
		until: None,
	};
	let guard = WalletGuard::new(&[terms]).unwrap();
	let card = &guard.cards(service.genesis, 1).unwrap()[0];
	let reading = card.reading(&mother, 1_000).unwrap();
	let mut good = asked(&service, &key, 1);
	good.query.accessor = Accessor::Guardian { leaf: reading.guardian.leaf() };
	good.query.guardian = Some(reading.guardian);
	good.word = Some(reading.word);
	let recipient = service.guardians_key(&good, 999).unwrap();
	assert_eq!((recipient.version, recipient.key), (0, mother.encryption().public()));
	let wrap = service.wrap_to(&good, Basis::Guardian, recipient).unwrap();
	let of = RecordVersion { genesis: [1; 32], record: good.query.record, version: 1 };
	wrap.open(mother.encryption(), &of, now()).unwrap();

	assert_eq!(service.guardians_key(&good, 1_000), None);
	let other = KeyFile::from_dev_uri("//Vault").unwrap().into_identity();
	let changes: [&dyn Fn(&mut Rewrap); 5] = [
		&|asked| asked.word = None,
		&|asked| asked.query.guardian = None,
		// A vault that puts its own key there, with the old signature or one of its own.
		&|asked| {
			asked.word.as_mut().unwrap().encryption_key = other.encryption().public();
		},
		&|asked| {
			let statement = ReadStatement::new([1; 32], terms.chart, [9; 32], 1_000);
			asked.word = Some(ReadWord {
				encryption_key: [9; 32],
				expires: 1_000,
				signature: other.sign(&statement.encode()),
			});
		},
		&|asked| asked.query.guardian.as_mut().unwrap().terms.chart = ChartId([5; 32]),
	];
	for change in changes {
		let mut bad = good.clone();
		change(&mut bad);
		assert_eq!(service.guardians_key(&bad, 999), None);
	}
}

#[test]
fn who_has_a_link_is_wrapped_to_by_the_key_in_its_hash_alone() {
	let (service, key) = (service(1), ContentKey::generate().unwrap());
	let holder = KeyFile::from_dev_uri("//Holder").unwrap().into_identity().public();
	let keys = LinkKeys { account: holder.account, encryption_key: holder.encryption_key };
	let mut good = asked(&service, &key, 1);
	good.query.accessor = Accessor::Bearer { link: keys.seal() };
	good.link = Some(keys);
	let recipient = links_key(&good, keys.seal()).unwrap();
	assert_eq!((recipient.version, recipient.key), (0, holder.encryption_key));
	// A vault that puts its own key there, or none.
	good.link = Some(LinkKeys { encryption_key: [9; 32], ..keys });
	assert_eq!(links_key(&good, keys.seal()), None);
	good.link = None;
	assert_eq!(links_key(&good, keys.seal()), None);
}

#[test]
fn wraps_of_others_do_not_open() {
	let (service, key) = (service(1), ContentKey::generate().unwrap());
	let recipient =
		EncryptionKey { version: 1, key: EncryptionSecret::generate().unwrap().public() };
	let good = asked(&service, &key, 1);
	let mut wrong: [Rewrap; 4] = [(); 4].map(|()| good.clone());
	wrong[0].version = 2;
	wrong[1].query.record = RecordId([9; 32]);
	wrong[2].wrap.ciphertext[0] ^= 1;
	wrong[3].wrap.context = WrapContext::Custodian { organisation: 2, key_version: 1 };
	for asked in wrong {
		assert!(matches!(
			service.wrap_to(&asked, Basis::Custodian, recipient),
			Err(Error::StorageDamaged)
		));
	}
	service.wrap_to(&good, Basis::Custodian, recipient).unwrap();
}

//! That what is answered is what the OpenAPI document says.

use super::*;
use axum::{
	extract::{MatchedPath, Request},
	middleware::Next,
};
use salus_client::{
	envelope::{Wrap, WrapContext, WRAP_SUITE},
	vault_api::{Disclosure, DisclosureProof, Head, ListedRecord, PostedDirective, RecordWraps},
};
use salus_primitives::{
	batch::{BatchProof, Inclusion},
	codes::{
		Action, Category, Confidentiality, GrantorBasis, Purpose, RecordState, Role, Rule,
		Sensitivities, Strength,
	},
	decision::{Accessor, Basis},
	directive::{DirectiveTerms, Grantee, Scope},
	disclosure::{DisclosureEntry, LeafProof, Outcome, Subject},
	ids::{BatchId, Digest, DirectiveId, EncounterId, Salt, Seal},
	record::RecordTerms,
	seal::Opening,
	time::Period,
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document(&table()));

/// What the part of the document at `place`, which is a schema, has against `value`.
fn faults(place: &str, value: &Value) -> Vec<String> {
	let mut schema = DOCUMENT.clone();
	schema["$ref"] = json!(format!("#{place}"));
	let schema = jsonschema::draft202012::new(&schema).unwrap();
	schema
		.iter_errors(value)
		.map(|fault| format!("{}: {fault}", fault.instance_path()))
		.collect()
}

fn escaped(path: &str) -> String {
	path.replace('~', "~0")
		.replace('/', "~1")
		.replace('{', "%7B")
		.replace('}', "%7D")
}

/// Compares an answer with the document.
pub(super) async fn compared(request: Request, next: Next) -> Response {
	let method = request.method().as_str().to_ascii_lowercase();
	let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
	let (parts, body) = next.run(request).await.into_parts();
	let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
	let status = parts.status.as_u16();
	assert!(parts.headers.contains_key(api::REQUEST_ID_HEADER));
	let operation = path.as_ref().map(|path| &DOCUMENT["paths"][path][&method]);
	match operation.filter(|operation| operation.is_object()) {
		None => {
			// Who asks too often is told so before the route is looked at.
			let said: ErrorBody = serde_json::from_slice(&body).unwrap();
			assert!(
				["route-unknown", "too-many-requests", "stopping"].contains(&said.code.as_str()),
				"{method} {path:?} is served, but not in the table of routes: {}",
				said.code
			);
		},
		Some(operation) => {
			let of = format!("{method} {}", path.as_deref().unwrap_or_default());
			let response = &operation["responses"][status.to_string()];
			let body_text = String::from_utf8_lossy(&body);
			assert!(response.is_object(), "{of} answers {status}, undocumented: {body_text}");
			for (name, header) in response["headers"].as_object().into_iter().flatten() {
				let needed = header["required"] == true;
				assert!(!needed || parts.headers.contains_key(name), "{of}: no {name}");
			}
			if response["content"]["application/json"].is_object() {
				let value = serde_json::from_slice(&body).unwrap();
				let place = format!(
					"/paths/{}/{method}/responses/{status}/content/application~1json/schema",
					escaped(path.as_deref().unwrap_or_default())
				);
				let faults = faults(&place, &value);
				assert!(faults.is_empty(), "{of} answers {status} {value}: {faults:?}");
			}
		},
	}
	Response::from_parts(parts, body.into())
}

#[tokio::test]
async fn every_route_answers_as_the_document_says() {
	let harness = Harness::new();
	let token = harness.token("//Patient");
	for route in table() {
		for body in ["", "{}", "[1]"] {
			for token in [None, Some(token.as_str())] {
				let mut request = HttpRequest::builder()
					.method(&route.method)
					.uri(format!("{}?purpose=TREAT", at_chart(route.path)));
				if let Some(token) = token {
					request = request.header("authorization", format!("Bearer {token}"));
				}
				let request = request.body(HttpBody::from(body)).unwrap();
				router(harness.vault.clone()).oneshot(request).await.unwrap();
			}
		}
	}
}

#[tokio::test]
async fn the_document_is_served() {
	let harness = Harness::new();
	let (status, document): (_, Value) = harness.send("GET", api::OPENAPI, None, "").await;
	assert_eq!((status, document), (200, DOCUMENT.clone()));
}

#[test]
fn the_document_takes_what_is_sent_and_answered_with_a_chain() {
	let head = Head { number: 1, hash: [1; 32], at: 2 };
	let context = WrapContext::Custodian { organisation: 1, key_version: 1 };
	let wrap = Wrap { suite: WRAP_SUITE, encapsulated_key: [1; 32], ciphertext: [2; 48], context };
	let terms = RecordTerms {
		chart: CHART,
		sequence: 1,
		previous_leaf: Some(Seal([3; 32])),
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Sensitivities::all(),
		author: Some(3),
		encounter: Some(EncounterId([4; 32])),
		clinical_date: 5,
		size: 6,
		content_digest: Digest([7; 32]),
		ciphertext_digest: Digest([8; 32]),
	};
	let opening = Opening { terms, salt: Salt([9; 32]) };
	let record = RecordId([5; 32]);
	let scope = Scope {
		records: Some(vec![record].try_into().unwrap()),
		record_period: Some(Period { from: 1, until: None }),
		..Scope::default()
	};
	let directive = DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(1, 2),
		scope,
		actions: [Action::Access].into_iter().collect(),
		purposes: [Purpose::Treatment].into_iter().collect(),
		period: Period { from: 1, until: Some(2) },
		obligations: Default::default(),
		basis: GrantorBasis::Own,
	};
	let entry = DisclosureEntry {
		chart: CHART,
		sequence: 0,
		previous: None,
		at: 1,
		head: [1; 32],
		accessor: Accessor::Staff { account: [2; 32], organisation: 1, role: Role::Clinician },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Record(record),
		outcome: Outcome::Released(Basis::Directive(DirectiveId([1; 32]))),
	};
	let proof = LeafProof { siblings: vec![Seal([1; 32])], index: 0, leaves: 8 };
	let proof = Some(DisclosureProof { organisation: 1, number: 1, proof });
	let log = Disclosure { opening: Opening { terms: entry, salt: Salt([1; 32]) }, proof };
	let proof = BatchProof { siblings: vec![Seal([1; 32])].try_into().unwrap(), index: 1 };
	let inclusion = Inclusion { batch: BatchId([1; 32]), proof };
	let listed = ListedRecord {
		id: record,
		opening: opening.clone(),
		media_type: "text/plain".into(),
		state: RecordState::Current,
		replaces: None,
		statements: Vec::new(),
		inclusion: Some(inclusion.clone()),
	};
	let posted = PostedDirective {
		id: DirectiveId([1; 32]),
		opening: Opening { terms: directive, salt: Salt([1; 32]) },
	};
	let wraps = RecordWraps { custodian: wrap.clone(), chart: wrap.clone() };
	let new = api::NewRecord {
		id: record,
		replaces: None,
		version: 1,
		category: Category::Imaging,
		confidentiality: Confidentiality::Normal,
		sensitivity: Sensitivities::EMPTY,
		author: None,
		encounter: None,
		clinical_date: 1,
		media_type: "text/plain".into(),
		size: 1,
		content_digest: Digest([1; 32]),
		ciphertext_digest: Digest([1; 32]),
		wraps,
	};
	let release = api::Release {
		opening,
		media_type: "text/plain".into(),
		wrap,
		basis: Basis::Custodian,
		obligations: Default::default(),
		disclosure: 1,
		head,
		statements: Vec::new(),
		inclusion: Some(inclusion),
	};
	for (name, value) in [
		(
			"RecordList",
			json!(api::RecordList { records: vec![listed], erased: Vec::new(), next: Some(1) }),
		),
		("PostedDirective", json!(posted)),
		("DisclosurePage", json!(api::DisclosurePage { entries: vec![log], next: None })),
		("NewRecord", json!(new)),
		("Release", json!(release)),
	] {
		let place = format!("/components/schemas/{name}");
		assert_eq!(faults(&place, &value), [""; 0], "{value}");
		assert!(!faults(&place, &json!({ "head": 1 })).is_empty(), "{name}");
	}
}

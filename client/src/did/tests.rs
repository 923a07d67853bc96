//! Documents are checked in two ways: every identifier by a DID library, and every term, type and
//! reference against the contexts as W3C and its community group published them.

use super::*;
use proptest::prelude::*;
use salus_primitives::{
	codes::{Jurisdiction, OrganisationKind},
	decision::ActiveDirective,
	ids::{ChartId, Digest, DirectiveId, Seal},
	views::ProfileCommitment,
};
use serde_json::{json, Map, Value};
use std::collections::BTreeSet;

const GENESIS: [u8; 32] = [
	0x91, 0xb1, 0x71, 0xbb, 0x15, 0x8e, 0x2d, 0x38, 0x48, 0xfa, 0x23, 0xa9, 0xf1, 0xc2, 0x51, 0x82,
	0xfb, 0x8e, 0x20, 0x31, 0x3b, 0x2c, 0x1e, 0xb4, 0x92, 0x19, 0xda, 0x7a, 0x70, 0xce, 0x90, 0xc3,
];
const HEAD: Head = Head { number: 7, hash: [0xab; 32], at: 9 };

fn organisation(state: OrganisationState) -> OrganisationView {
	OrganisationView {
		id: 2,
		kind: OrganisationKind::Hospital,
		name: b"Lakeside".to_vec(),
		jurisdiction: "US-NV".parse::<Jurisdiction>().unwrap(),
		gln: Some(Gln(614_141_000_005)),
		npi: Some(Npi(1_234_567_893)),
		state,
		since: 5,
		sponsor: Some(1),
		head: Some(1),
		administrators: vec![[0xa1; 32], [0xa2; 32]],
		encryption_key: Some(EncryptionKey { version: 3, key: [0xe1; 32] }),
		endpoint: b"https://vault.lakeside.example/2/".to_vec(),
	}
}

fn practitioner() -> PractitionerView {
	PractitionerView {
		id: 12,
		account: [0xd1; 32],
		npi: Some(Npi(1_234_567_893)),
		registrar: 4,
		profile: Some(ProfileCommitment { version: 1, digest: Some(Digest([5; 32])) }),
		licences: Vec::new(),
	}
}

fn chart() -> ChartFacts {
	ChartFacts {
		chart: ChartId([0xc4; 32]),
		custodian: 2,
		key: [0xb1; 32],
		state: ChartState::Active,
		posthumous: None,
		directives: vec![ActiveDirective {
			id: DirectiveId([0xf1; 32]),
			seal: Seal([0xf2; 32]),
			guardian: None,
			paper: None,
		}],
	}
}

/// A document of each shape there is.
fn documents() -> Vec<Document> {
	let house = organisation(OrganisationState::Active);
	let bare = OrganisationView {
		gln: None,
		npi: None,
		administrators: vec![[1; 32]],
		encryption_key: None,
		endpoint: Vec::new(),
		..house.clone()
	};
	let unlicensed = PractitionerView { npi: None, ..practitioner() };
	let key = Some(EncryptionKey { version: 1, key: [0xe2; 32] });
	vec![
		Document::of_organisation(&GENESIS, &house),
		Document::of_organisation(&GENESIS, &organisation(OrganisationState::Withdrawn)),
		Document::of_organisation(&GENESIS, &bare),
		Document::of_practitioner(&GENESIS, &practitioner(), key, Some(&house)),
		Document::of_practitioner(&GENESIS, &unlicensed, None, Some(&bare)),
		Document::of_chart(&GENESIS, &chart()),
		Document::of_organisation(&GENESIS, &organisation(OrganisationState::Applied)),
		Document::of_organisation(&GENESIS, &organisation(OrganisationState::Suspended)),
	]
}

/// A context and what the terms in it mean.
fn published(address: &str) -> Result<Value, String> {
	let text = match address {
		DID_CONTEXT => include_str!("contexts/did-v1.jsonld"),
		MULTIKEY_CONTEXT => include_str!("contexts/multikey-v1.jsonld"),
		_ => return Err(format!("unknown context {address}")),
	};
	let context: Value = serde_json::from_str(text).unwrap();
	Ok(context["@context"].clone())
}

type Terms = Map<String, Value>;

/// Adds terms, which may not redefine what a protected context defines.
fn extend(terms: &mut Terms, context: &Value) -> Result<(), String> {
	for (term, meaning) in context.as_object().ok_or("a context is no object")? {
		match terms.get(term) {
			_ if term == "@protected" => {},
			Some(known) if known != meaning => return Err(format!("{term} is redefined")),
			_ => drop(terms.insert(term.clone(), meaning.clone())),
		}
	}
	Ok(())
}

/// The terms that hold within a value: those around it, those of its property, those of its type.
fn scoped(around: &Terms, property: &Value, value: &Map<String, Value>) -> Result<Terms, String> {
	let mut terms = around.clone();
	if let Some(context) = property.get("@context") {
		extend(&mut terms, context)?;
	}
	if let Some(context) =
		value.get("type").and_then(|kind| around.get(kind.as_str()?)?.get("@context"))
	{
		extend(&mut terms, context)?;
	}
	Ok(terms)
}

/// Whether every term means something, and every reference is one.
fn expands(terms: &Terms, value: &Map<String, Value>) -> Result<(), String> {
	for (term, value) in value.iter().filter(|(term, _)| *term != "@context") {
		let meaning = terms.get(term).ok_or(format!("the term {term} means nothing"))?;
		let is_reference = meaning.get("@type").is_some_and(|kind| kind == "@id");
		let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
		if values.is_empty() {
			return Err(format!("{term} is empty"));
		}
		for value in values {
			match &value {
				Value::Object(inner) => expands(&scoped(terms, meaning, inner)?, inner)?,
				Value::String(text) if meaning == "@type" => {
					let full = terms.get(text).ok_or(format!("the type {text} means nothing"))?;
					let full = full.as_str().or(full["@id"].as_str()).unwrap_or_default();
					reqwest::Url::parse(full).map_err(|fault| format!("{full}: {fault}"))?;
				},
				Value::String(text) if is_reference || meaning == "@id" => {
					reqwest::Url::parse(text).map_err(|fault| format!("{text}: {fault}"))?;
				},
				Value::String(_) => {},
				other => return Err(format!("{term} is {other}")),
			}
		}
	}
	Ok(())
}

/// What DID Core 1.0 demands of a document in JSON-LD, as far as ours use it.
fn valid(document: &Value) -> Result<(), String> {
	let root = document.as_object().ok_or("no object")?;
	let contexts = root.get("@context").and_then(Value::as_array).ok_or("no contexts")?;
	if contexts.first().is_none_or(|first| first != DID_CONTEXT) {
		return Err("DID Core's context does not come first".into());
	}
	let mut terms = Terms::new();
	for context in contexts {
		match context.as_str() {
			Some(address) => extend(&mut terms, &published(address)?)?,
			None => extend(&mut terms, context)?,
		}
	}
	expands(&terms, root)?;

	let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no text".to_owned());
	let parse = |text: &str| did_url_parser::DID::parse(text).map_err(|e| format!("{text}: {e}"));
	let id = text(root.get("id").ok_or("no id")?)?;
	let did = parse(&id)?;
	if did.method() != "salus" || !did.path().is_empty() || did.query().or(did.fragment()).is_some()
	{
		return Err(format!("{id} is no DID of the method"));
	}
	let list = |name: &str| match root.get(name) {
		None => Ok(Vec::new()),
		Some(list) => list.as_array().cloned().ok_or(format!("{name} is no list")),
	};
	let mut names = BTreeSet::new();
	for part in [list("verificationMethod")?, list("service")?].concat() {
		let name = text(&part["id"])?;
		let url = parse(&name)?;
		if url.fragment().is_none_or(str::is_empty) || !name.starts_with(&format!("{id}#")) {
			return Err(format!("{name} is no part of {id}"));
		}
		if !names.insert(name.clone()) {
			return Err(format!("{name} is there twice"));
		}
		text(&part["type"])?;
	}
	for method in list("verificationMethod")? {
		if text(&method["controller"])? != id {
			return Err("another controller".into());
		}
		let key = decoded(&text(&method["publicKeyMultibase"])?)?;
		if key.len() != 34 {
			return Err(format!("a key of {} bytes", key.len()));
		}
	}
	for service in list("service")? {
		reqwest::Url::parse(&text(&service["serviceEndpoint"])?).map_err(|e| e.to_string())?;
	}
	let keys: Vec<_> =
		list("verificationMethod")?.iter().map(|method| method["id"].clone()).collect();
	for relation in ["authentication", "assertionMethod", "keyAgreement", "capabilityInvocation"] {
		if let Some(dangling) = list(relation)?.iter().find(|name| !keys.contains(name)) {
			return Err(format!("{relation} refers to {dangling}"));
		}
	}
	Ok(())
}

/// Base58btc read the slow and plain way, apart from how it is written.
fn decoded(multibase: &str) -> Result<Vec<u8>, String> {
	let alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	let text = multibase.strip_prefix('z').ok_or("not base58btc")?;
	let mut bytes: Vec<u8> = Vec::new();
	for character in text.chars() {
		let mut carry = alphabet.find(character).ok_or(format!("{character} is no digit"))?;
		for byte in bytes.iter_mut().rev() {
			carry += usize::from(*byte) * 58;
			*byte = (carry % 256) as u8;
			carry /= 256;
		}
		if carry > 0 {
			bytes.insert(0, carry as u8);
		}
	}
	let zeros = text.chars().take_while(|character| *character == '1').count();
	Ok([vec![0; zeros], bytes].concat())
}

#[test]
fn every_document_is_valid() {
	for document in documents() {
		let json = serde_json::to_value(&document).unwrap();
		assert_eq!(valid(&json), Ok(()), "{json:#}");
		assert_eq!(serde_json::from_value::<Document>(json).unwrap(), document);
	}
}

#[test]
fn the_check_finds_what_is_wrong() {
	let whole = serde_json::to_value(&documents()[0]).unwrap();
	let with = |pointer: &str, value: Value| {
		let mut altered = whole.clone();
		let (parent, name) = pointer.rsplit_once('/').unwrap();
		match altered.pointer_mut(parent).unwrap() {
			Value::Object(object) => drop(object.insert(name.into(), value)),
			Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
			other => panic!("{other}"),
		}
		valid(&altered)
	};
	assert_eq!(with("/id", whole["id"].clone()), Ok(()));
	for (pointer, value) in [
		("/nickname", json!("a term of nobody")),
		("/id", json!("did:salus")),
		("/id", json!("did:other:1")),
		("/@context/0", json!(MULTIKEY_CONTEXT)),
		("/@context/2", json!({ "authentication": "urn:a:b" })),
		("/@context", json!([DID_CONTEXT])),
		("/alsoKnownAs", json!(["not a URI"])),
		("/authentication", json!([])),
		("/authentication/0", json!(format!("{}#nobody", whole["id"].as_str().unwrap()))),
		("/verificationMethod/0/type", json!("Unheard")),
		("/verificationMethod/0/controller", json!("did:salus:other")),
		("/verificationMethod/0/publicKeyMultibase", json!("z6Mk0")),
		("/verificationMethod/0/publicKeyMultibase", json!("z6Mk")),
		("/verificationMethod/0/id", whole["verificationMethod"][1]["id"].clone()),
		("/verificationMethod/0/publicKeyJwk", json!({})),
		("/service/0/type", json!("Unheard")),
		("/service/0/serviceEndpoint", json!("somewhere")),
		("/service/0/id", json!("did:salus:1#vault")),
	] {
		assert!(with(pointer, value.clone()).is_err(), "{pointer}: {value}");
	}
}

#[test]
fn keys_are_multikeys() {
	// As the examples of `did:key` have it: an Ed25519 key and its code.
	let bytes = hex::decode("ed012e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6");
	assert_eq!(multibase(&bytes.unwrap()), "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
	assert_eq!(multibase(&[0, 0, 1]), "z112");
	let document = &documents()[0];
	let codes: Vec<_> = document
		.verification_method
		.iter()
		.map(|key| decoded(&key.public_key_multibase).unwrap())
		.collect();
	assert_eq!(codes[0], [[0xef, 0x01].as_slice(), &[0xa1; 32]].concat());
	assert_eq!(codes[2], [[0xec, 0x01].as_slice(), &[0xe1; 32]].concat());
	// Those in use for such keys begin alike.
	assert!(document.verification_method[0].public_key_multibase.starts_with("z6Q"));
	assert!(document.verification_method[2].public_key_multibase.starts_with("z6LS"));
}

#[test]
fn an_organisation_has_a_full_document() {
	let json = serde_json::to_value(&documents()[0]).unwrap();
	let id = "did:salus:91b171bb158e2d3848fa23a9f1c25182:organisation:2";
	assert_eq!(json["id"], id);
	assert_eq!(
		json["alsoKnownAs"],
		json!(["https://id.gs1.org/417/0614141000005", "urn:oid:2.16.840.1.113883.4.6.1234567893"])
	);
	let administrators = json!([
		format!("{id}#account-{}", "a1".repeat(32)),
		format!("{id}#account-{}", "a2".repeat(32))
	]);
	for relation in ["authentication", "assertionMethod", "capabilityInvocation"] {
		assert_eq!(json[relation], administrators);
	}
	assert_eq!(json["keyAgreement"], json!([format!("{id}#encryption-3")]));
	assert_eq!(
		json["service"],
		json!([{
			"id": format!("{id}#vault"),
			"type": "SalusVault",
			"serviceEndpoint": "https://vault.lakeside.example/2",
		}])
	);
}

#[test]
fn the_states_of_organisations_are_told() {
	for state in OrganisationState::ALL {
		use OrganisationState::*;
		let gone = *state == Withdrawn;
		let resolution = Resolution::of_organisation(&GENESIS, &HEAD, &organisation(*state));
		let json = serde_json::to_value(&resolution).unwrap();
		assert_eq!(json["didDocumentMetadata"]["state"], state.code());
		assert_eq!(json["didDocumentMetadata"]["versionId"], format!("0x{}", "ab".repeat(32)));
		let deactivated = json["didDocumentMetadata"].get("deactivated");
		assert_eq!(deactivated, gone.then_some(&Value::Bool(true)));
		assert_eq!(json["didResolutionMetadata"], json!({}));
		let lacks = |part: &str| json["didDocument"].get(part).is_none();
		// Keys of an organisation that is not in, or is gone, speak for nobody.
		for part in ["verificationMethod", "authentication", "keyAgreement", "service"] {
			assert_eq!(lacks(part), matches!(state, Applied | Withdrawn), "{part}");
		}
		// Those of a suspended one sign in and read.
		for part in ["assertionMethod", "capabilityInvocation"] {
			assert_eq!(lacks(part), *state != Active, "{part}");
		}
		// What an applicant says of itself, nobody has looked at.
		assert_eq!(lacks("alsoKnownAs"), *state == Applied);
	}
}

#[test]
fn a_practitioner_has_a_full_document() {
	let json = serde_json::to_value(&documents()[3]).unwrap();
	let id = "did:salus:91b171bb158e2d3848fa23a9f1c25182:practitioner:12";
	assert_eq!(json["id"], id);
	assert_eq!(json["alsoKnownAs"], json!(["urn:oid:2.16.840.1.113883.4.6.1234567893"]));
	assert_eq!(json["authentication"], json!([format!("{id}#account-{}", "d1".repeat(32))]));
	assert_eq!(json["keyAgreement"], json!([format!("{id}#encryption-1")]));
	assert_eq!(
		json["service"],
		json!([{
			"id": format!("{id}#profile"),
			"type": "SalusProfile",
			"serviceEndpoint":
				"https://vault.lakeside.example/2/practitioners/12/profile",
		}])
	);
}

#[test]
fn a_profile_that_was_withdrawn_is_no_service() {
	let house = organisation(OrganisationState::Active);
	let withdrawn = Some(ProfileCommitment { version: 2, digest: None });
	for profile in [withdrawn, None] {
		let view = PractitionerView { profile, ..practitioner() };
		let document = Document::of_practitioner(&GENESIS, &view, None, Some(&house));
		assert_eq!(document.service, []);
	}
}

#[test]
fn a_chart_resolves_to_its_key_and_state_alone() {
	let resolution = Resolution::of_chart(&GENESIS, &HEAD, &chart());
	let id = ["did:salus:91b171bb158e2d3848fa23a9f1c25182:chart:", &"c4".repeat(32)].concat();
	let key = format!("{id}#account-{}", "b1".repeat(32));
	assert_eq!(
		serde_json::to_value(&resolution).unwrap(),
		json!({
			"didResolutionMetadata": {},
			"didDocument": {
				"@context": [DID_CONTEXT, MULTIKEY_CONTEXT],
				"id": id,
				"verificationMethod": [{
					"id": key,
					"type": "Multikey",
					"controller": id,
					"publicKeyMultibase": multibase(&[[0xef, 0x01].as_slice(), &[0xb1; 32]].concat()),
				}],
				"authentication": [key],
				"assertionMethod": [key],
				"capabilityInvocation": [key],
			},
			"didDocumentMetadata": { "versionId": format!("0x{}", "ab".repeat(32)), "state": "active" },
		})
	);
	// Neither its custodian nor its directives follow from what is public of it.
	let elsewhere = ChartFacts { custodian: 99, directives: Vec::new(), ..chart() };
	assert_eq!(Resolution::of_chart(&GENESIS, &HEAD, &elsewhere), resolution);
}

#[test]
fn faults_of_a_did_are_those_of_did_resolution() {
	for (text, error) in [
		("did:web:example.com", "methodNotSupported"),
		("did:salus:1", "invalidDid"),
		("nonsense", "invalidDid"),
		("", "invalidDid"),
	] {
		let json =
			serde_json::to_value(Resolution::from(text.parse::<Did>().unwrap_err())).unwrap();
		assert_eq!(json["didResolutionMetadata"]["error"], error, "{text}");
		assert!(json["didResolutionMetadata"]["message"].is_string());
		assert_eq!(json["didDocument"], Value::Null);
		assert_eq!(json["didDocumentMetadata"], json!({}));
	}
	let missing =
		serde_json::to_value(Resolution::failed(ResolutionError::NotFound, "no")).unwrap();
	assert_eq!(missing["didResolutionMetadata"]["error"], "notFound");
}

#[test]
fn what_stands_on_the_chain_as_endpoint_does_not_break_the_document() {
	for text in [
		"",
		"nonsense",
		"ftp://a.example",
		"javascript:alert(1)",
		"https://",
		"https://user:secret@a.example",
		"https://user@a.example",
		"https://:secret@a.example",
		"https://a.example/?b#c",
	] {
		assert_eq!(endpoint(text.as_bytes()), None, "{text}");
	}
	assert_eq!(endpoint(&[0xff, 0xfe]), None);
	assert_eq!(endpoint(b"http://127.0.0.1:8080/").as_deref(), Some("http://127.0.0.1:8080"));
}

/// The examples at the end of the method's specification are what this program says. To write them
/// anew, run this test with `SALUS_WRITE_DOCS=1`.
#[test]
fn the_specification_shows_true_documents() {
	const MARK: &str = "<!-- Below is made from the program: SALUS_WRITE_DOCS=1 scripts/test -->\n";
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/did.md");
	let text = std::fs::read_to_string(path).unwrap();
	let (written, made) = text.split_once(MARK).unwrap();
	let documents = documents();
	let shown = [(0, "An organisation"), (3, "A practitioner"), (5, "A chart")];
	let expected: String = shown
		.into_iter()
		.map(|(which, title)| {
			let json = serde_json::to_string_pretty(&documents[which]).unwrap();
			format!("\n### {title}\n\n```json\n{json}\n```\n")
		})
		.collect();
	if std::env::var_os("SALUS_WRITE_DOCS").is_some() {
		std::fs::write(path, format!("{written}{MARK}{expected}")).unwrap();
		return;
	}
	assert!(made == expected, "run this test with SALUS_WRITE_DOCS=1 and commit docs/did.md");
}

proptest! {
	#[test]
	fn base58_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
		prop_assert_eq!(decoded(&multibase(&bytes)), Ok(bytes));
	}

	#[test]
	fn no_organisation_has_an_invalid_document(
		id in 1u32..,
		administrators in proptest::collection::btree_set(any::<[u8; 32]>(), 1..5),
		key in proptest::option::of((1u32.., any::<[u8; 32]>())),
		endpoint in proptest::collection::vec(any::<u8>(), 0..40),
		url in "https?://[a-z0-9.:/%@?#\\[\\] é-]{0,40}",
		as_url: bool,
	) {
		let view = OrganisationView {
			id,
			administrators: administrators.into_iter().collect(),
			encryption_key: key.map(|(version, key)| EncryptionKey { version, key }),
			endpoint: if as_url { url.into_bytes() } else { endpoint },
			..organisation(OrganisationState::Active)
		};
		let json = serde_json::to_value(Document::of_organisation(&GENESIS, &view)).unwrap();
		prop_assert_eq!(valid(&json), Ok(()), "{:#}", json);
	}
}

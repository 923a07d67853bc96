//! Every resource is checked with our own validator against R4's definitions.

use super::*;
use crate::{
	accounting::{Accounted, Exemption},
	content::{check_fhir, inspect, parse_date},
	vault_api::{Disclosure, DisclosureProof, DisputeStatement, ErrorBody, ListedRecord},
};
use salus_primitives::{
	codes::{
		Action, Category, Confidentiality, PetitionKind, PetitionState, Purpose, RecordState, Role,
		Sensitivities, Sensitivity,
	},
	decision::{Accessor, Basis, DenyReason},
	disclosure::{prove, DisclosureEntry, Outcome, Subject as Of, NOT_HANDED_OUT},
	ids::{ChartId, Digest, DirectiveId, EncounterId, RecordId, Salt, Seal},
	petition::PetitionTerms,
	record::RecordTerms,
	seal::Opening,
};
use std::path::Path;

const CHART: ChartId = ChartId([0xc4; 32]);
const RECORD: RecordId = RecordId([0x5e; 32]);
const NETWORK: &str = "did:salus:01010101010101010101010101010101";

fn house() -> House {
	House { genesis: [1; 32], custodian: 7, base: "https://vault.example/7/fhir".into() }
}

fn record() -> ListedRecord {
	let terms = RecordTerms {
		chart: CHART,
		sequence: 3,
		previous_leaf: None,
		version: 2,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Restricted,
		sensitivity: [Sensitivity::Hiv, Sensitivity::Psychiatry].into_iter().collect(),
		author: Some(12),
		encounter: Some(EncounterId([8; 32])),
		clinical_date: parse_date("2026-11-23T16:05:00Z").unwrap(),
		size: 1234,
		content_digest: Digest([9; 32]),
		ciphertext_digest: Digest([10; 32]),
	};
	ListedRecord {
		id: RECORD,
		opening: Opening { terms, salt: Salt([1; 32]) },
		media_type: FHIR_JSON.into(),
		state: RecordState::Current,
		replaces: Some(RecordId([0x4d; 32])),
		statements: Vec::new(),
		inclusion: None,
	}
}

fn disclosure(accessor: Accessor, subject: Of, outcome: Outcome) -> Disclosure {
	let terms = DisclosureEntry {
		chart: CHART,
		sequence: 4,
		previous: None,
		at: parse_date("2026-11-23T16:05:00Z").unwrap(),
		head: [2; 32],
		accessor,
		practitioner: Some(12),
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject,
		outcome,
	};
	Disclosure { opening: Opening { terms, salt: Salt([1; 32]) }, proof: None }
}

/// The resource, which must be FHIR R4.
fn valid(resource: Value) -> Value {
	if let Err(fault) = check_fhir(resource.to_string().as_bytes()) {
		panic!("{fault}\n{resource:#}");
	}
	resource
}

const STAFF: Accessor =
	Accessor::Staff { account: [3; 32], organisation: 2, role: Role::Clinician };

#[test]
fn instants_are_written_as_they_are_read() {
	for text in ["1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "9999-12-31T23:59:59.999Z"]
	{
		assert_eq!(instant(parse_date(text).unwrap()), text);
	}
	assert_eq!(instant(Moment::MAX), "9999-12-31T23:59:59.999Z");
}

#[test]
fn ids_are_64_digits_in_lower_case() {
	assert_eq!(parse_id(&id(RECORD)), Some(RECORD.0));
	for wrong in ["", "5e", &"5E".repeat(32), &format!("0x{}", id(RECORD)), &"zz".repeat(32)] {
		assert_eq!(parse_id(wrong), None, "{wrong}");
	}
}

#[test]
fn what_the_patient_disputes_is_described() {
	let undisputed = valid(document_reference(&house(), &record()));
	assert!(undisputed.get("description").is_none());
	let terms = PetitionTerms {
		chart: CHART,
		record: RECORD,
		kind: PetitionKind::Amendment,
		at: 0,
		statement: "never had it\nnor that".parse().unwrap(),
	};
	let opening = Opening { terms, salt: Salt([1; 32]) };
	let said = DisputeStatement { number: 0, state: PetitionState::Refused, opening };
	let disputed = ListedRecord { statements: vec![said], ..record() };
	let document = valid(document_reference(&house(), &disputed));
	assert_eq!(document["description"], "The patient disputes this: never had it\nnor that");
}

#[test]
fn a_record_is_a_document_reference() {
	let document = valid(document_reference(&house(), &record()));
	let at = |place: &str| document.pointer(place).cloned().unwrap_or_default();
	assert_eq!(at("/id"), "5e".repeat(32));
	assert_eq!(at("/status"), "current");
	assert_eq!(at("/category/0/coding/0/code"), "laboratory");
	assert_eq!(at("/category/0/coding/1/system"), document::LOINC);
	assert_eq!(at("/category/0/coding/1/code"), "26436-6");
	let labels: Vec<_> = (0..3).map(|n| at(&format!("/securityLabel/{n}/coding/0/code"))).collect();
	assert_eq!(labels, ["R", "HIV", "PSY"]);
	assert_eq!(at("/date"), "2026-11-23T16:05:00.000Z");
	assert_eq!(at("/subject/reference"), format!("Patient/{}", "c4".repeat(32)));
	assert_eq!(at("/author/0/identifier/value"), format!("{NETWORK}:practitioner:12"));
	assert_eq!(at("/custodian/identifier/value"), format!("{NETWORK}:organisation:7"));
	assert_eq!(at("/relatesTo/0/code"), "replaces");
	let replaced = format!("DocumentReference/{}", "4d".repeat(32));
	assert_eq!(at("/relatesTo/0/target/reference"), replaced);
	let attachment = at("/content/0/attachment");
	assert_eq!(attachment["contentType"], FHIR_JSON);
	assert_eq!(attachment["size"], 1234);
	let url = format!("https://vault.example/7/fhir/Binary/{}", "5e".repeat(32));
	assert_eq!(attachment["url"], url);
	assert!(attachment.get("hash").is_none(), "FHIR's hash is SHA-1");
	assert_eq!(attachment["extension"][0]["url"], names::CONTENT_DIGEST);
	assert_eq!(at("/content/0/format/code"), names::ENVELOPE_FORMAT);
}

#[test]
fn records_that_tell_little_are_document_references_too() {
	for category in Category::ALL {
		for state in RecordState::ALL {
			let mut record = record();
			record.state = *state;
			record.replaces = None;
			record.media_type = String::new();
			let terms = &mut record.opening.terms;
			terms.category = *category;
			terms.sensitivity = Sensitivities::EMPTY;
			(terms.author, terms.encounter) = (None, None);
			(terms.size, terms.clinical_date) = (u64::MAX, u64::MAX);
			let document = valid(document_reference(&house(), &record));
			assert!(document.get("author").is_none() && document.get("relatesTo").is_none());
			assert!(document.pointer("/content/0/attachment/size").is_none());
		}
	}
}

#[test]
fn codes_of_loinc_lead_back_to_their_category() {
	for category in Category::ALL {
		let Some(code) = loinc(*category) else {
			assert_eq!(*category, Category::Document);
			continue;
		};
		let composition = json!({
			"resourceType": "Composition",
			"status": "final",
			"type": { "coding": [{ "system": document::LOINC, "code": code }] },
			"subject": { "reference": "Patient/1" },
			"date": "2026-11-23",
			"author": [{ "reference": "Practitioner/1" }],
			"title": "any",
		});
		let info = inspect(composition.to_string().as_bytes()).unwrap();
		assert_eq!(info.category, *category, "{code}");
	}
}

#[test]
fn a_chart_is_a_patient_and_nothing_else() {
	let patient = valid(patient(&house(), CHART));
	let names: Vec<_> = patient.as_object().unwrap().keys().map(String::as_str).collect();
	assert_eq!(names, ["id", "identifier", "managingOrganization", "resourceType"]);
	assert_eq!(patient["identifier"][0]["value"], format!("{NETWORK}:chart:{}", "c4".repeat(32)));
}

#[test]
fn disclosures_are_audit_events() {
	let directive = Basis::Directive(DirectiveId([6; 32]));
	let mut released = disclosure(STAFF, Of::Record(RECORD), Outcome::Released(directive));
	let leaves = [Seal([0; 32]), released.opening.seal()];
	let proof = prove(&leaves, 1).unwrap();
	released.proof = Some(DisclosureProof { organisation: 7, number: 5, proof });
	let event = valid(audit_event(&house(), &released));
	let at = |place: &str| event.pointer(place).cloned().unwrap_or_default();
	assert_eq!(at("/id"), id(released.opening.seal()));
	assert_eq!((at("/action"), at("/outcome")), ("R".into(), "0".into()));
	assert_eq!(at("/subtype/0/code"), "read");
	assert_eq!(at("/recorded"), "2026-11-23T16:05:00.000Z");
	assert_eq!(at("/purposeOfEvent/0/coding/0/code"), "TREAT");
	assert_eq!(at("/agent/0/who/identifier/value"), format!("{NETWORK}:practitioner:12"));
	assert_eq!(at("/agent/0/role/0/coding/0/code"), "clinician");
	assert_eq!(at("/agent/1/who/identifier/value"), format!("{NETWORK}:organisation:2"));
	assert_eq!(at("/source/observer/identifier/value"), format!("{NETWORK}:organisation:7"));
	let of = format!("DocumentReference/{}", "5e".repeat(32));
	assert_eq!(at("/entity/1/what/reference"), of);
	assert_eq!(at("/entity/2/what/identifier/system"), names::DIRECTIVE);
	let parts = at("/extension/0/extension");
	let part = |name: &str, kind: &str| {
		let found = parts.as_array().unwrap().iter().find(|part| part["url"] == name);
		found.map(|part| part[kind].clone()).unwrap_or_default()
	};
	assert_eq!(part("sequence", "valueUnsignedInt"), 4);
	assert_eq!(part("basis", "valueCoding")["code"], "directive");
	assert_eq!(part("root", "valueUnsignedInt"), 5);
	assert_eq!(part("index", "valueUnsignedInt"), 1);
	assert_eq!(part("leaves", "valueUnsignedInt"), 2);
}

#[test]
fn whoever_had_a_link_is_named_by_it_alone() {
	let link = Seal([0xb1; 32]);
	let released = Outcome::Released(Basis::Directive(DirectiveId([6; 32])));
	for (outcome, code) in [(released, "0"), (Outcome::Refused(DenyReason::LinkUsed.code()), "4")] {
		let mut entry = disclosure(Accessor::Bearer { link }, Of::Record(RECORD), outcome);
		entry.opening.terms.practitioner = None;
		let event = valid(audit_event(&house(), &entry));
		assert_eq!(event["outcome"], code);
		let agents = event["agent"].as_array().unwrap();
		assert_eq!(agents.len(), 1);
		assert_eq!(agents[0]["who"]["identifier"]["system"], names::LINK);
		assert_eq!(agents[0]["who"]["identifier"]["value"], link.to_string());
	}
}

#[test]
fn refusals_and_lists_are_audit_events_too() {
	let patient = Accessor::Patient { account: [3; 32] };
	for (code, outcome, said) in [
		(32, "4", DenyReason::NothingPermits.sentence()),
		(10, "4", "licence"),
		(NOT_HANDED_OUT, "8", "nothing was handed out"),
		(99, "4", "does not know"),
	] {
		for accessor in [patient, STAFF] {
			for subject in [Of::Listing, Of::Record(RECORD), Of::Log, Of::Presence] {
				for practitioner in [None, Some(1)] {
					let mut entry = disclosure(accessor, subject, Outcome::Refused(code));
					entry.opening.terms.practitioner = practitioner;
					let event = valid(audit_event(&house(), &entry));
					assert_eq!(event["outcome"], outcome);
					let told = event["outcomeDesc"].as_str().unwrap();
					assert!(told.contains(said), "{told}");
					let action = if subject == Of::Record(RECORD) { "R" } else { "E" };
					assert_eq!(event["action"], action);
				}
			}
		}
	}
	for action in Action::ALL {
		for purpose in Purpose::ALL {
			let mut entry = disclosure(patient, Of::Listing, Outcome::Released(Basis::Patient));
			(entry.opening.terms.action, entry.opening.terms.purpose) = (*action, *purpose);
			valid(audit_event(&house(), &entry));
		}
	}
}

#[test]
fn an_accounting_marks_its_audit_events() {
	let lines = [
		(disclosure(STAFF, Of::Listing, Outcome::Refused(32)), Accounted::Out(Exemption::Refused)),
		(disclosure(STAFF, Of::Record(RECORD), Outcome::Released(Basis::Custodian)), Accounted::In),
	];
	for base in ["", "https://vault.example/7/fhir"] {
		let house = House { base: base.into(), ..house() };
		let marked = lines.iter().map(|(line, accounted)| (&house, line, *accounted));
		let bundle = valid(accounting(marked, 1_000));
		assert_eq!(bundle["type"], "collection");
		assert_eq!(bundle["entry"][0].get("fullUrl").is_some(), !base.is_empty());
		let tag = |place: usize| bundle["entry"][place]["resource"]["meta"]["tag"][0].clone();
		assert_eq!(
			(tag(0)["code"].clone(), tag(1)["code"].clone()),
			("out-refused".into(), "in".into())
		);
		assert_eq!(tag(1)["system"], names::ACCOUNTING);
	}
	assert!(valid(accounting([], 1_000)).get("entry").is_none());
}

#[test]
fn refusals_are_operation_outcomes() {
	for status in [400, 401, 403, 404, 405, 406, 409, 410, 413, 429, 500, 503, 504] {
		let body = ErrorBody { code: "any".into(), message: "all of it".into(), reason: Some(32) };
		let outcome = valid(operation_outcome(status, &body));
		let issue = &outcome["issue"][0];
		assert_eq!(issue["details"]["coding"][0]["code"], "any");
		assert_eq!(issue["details"]["coding"][1]["code"], "32");
		assert_eq!(issue["diagnostics"], "all of it");
	}
}

#[test]
fn search_results_are_bundles() {
	for base in ["", "https://vault.example/7/fhir"] {
		let house = House { base: base.into(), ..house() };
		let body = ErrorBody { code: "any".into(), message: "any".into(), reason: None };
		let found = Found {
			resources: vec![patient(&house, CHART), document_reference(&house, &record())],
			outcome: Some(operation_outcome(403, &body)),
			this: "https://vault.example/a".into(),
			next: Some("https://vault.example/b".into()),
		};
		let bundle = valid(searchset(&house, found));
		assert_eq!(bundle["link"][1]["relation"], "next");
		assert_eq!(bundle["entry"][2]["search"]["mode"], "outcome");
		assert_eq!(bundle["entry"][1].get("fullUrl").is_some(), !base.is_empty());
		assert!(bundle.get("total").is_none());
	}
	let nothing = Found { this: "AuditEvent".into(), ..Found::default() };
	assert!(valid(searchset(&house(), nothing)).get("entry").is_none());
}

#[test]
fn what_is_served_is_a_capability_statement() {
	for base in ["", "https://vault.example/7/fhir"] {
		let house = House { base: base.into(), ..house() };
		let statement = valid(capability_statement(&house, "0.1.0"));
		let resources = statement["rest"][0]["resource"].as_array().unwrap();
		assert_eq!(resources.len(), SERVED.len());
	}
}

#[test]
fn bytes_are_binaries() {
	let whole = valid(binary(RECORD, ENVELOPE, b"SALUS", Some("e30=")));
	assert_eq!(whole["data"], "U0FMVVM=");
	assert_eq!(whole["_data"]["extension"][0]["url"], names::RELEASE);
	assert!(valid(binary(RECORD, ENVELOPE, b"", None)).get("data").is_none());
}

/// Exports two contents.
fn export(first: (&str, &[u8]), second: (&str, &[u8])) -> (Vec<u8>, Vec<Inlined>) {
	let folder = tempfile::tempdir().unwrap();
	let place = Path::new("bundle.json");
	let mut export = Export::begin(Vec::new(), place, &house(), CHART, 5).unwrap();
	let mut how = Vec::new();
	for (number, (media_type, bytes)) in (1u8..).zip([first, second]) {
		let content = folder.path().join(number.to_string());
		std::fs::write(&content, bytes).unwrap();
		let mut record = record();
		record.id = RecordId([number; 32]);
		record.media_type = media_type.into();
		how.push(export.record(&house(), &record, &content).unwrap());
	}
	let (bytes, entries) = export.finish().unwrap();
	assert_eq!(entries, 5);
	check_fhir(&bytes).unwrap();
	(bytes, how)
}

#[test]
fn a_chart_is_exported_with_its_contents() {
	let resource = br#"{"resourceType":"Basic","code":{"text":"a"},"extension":[{"url":"urn:a","valueDecimal":1.00}]}"#;
	let image = [0u8, 1, 2, 255].repeat(50_000);
	let (bytes, how) = export((FHIR_JSON, resource), ("application/dicom", &image));
	assert_eq!(how, [Inlined::Resource, Inlined::Binary]);
	let text = String::from_utf8(bytes).unwrap();
	assert!(text.contains(std::str::from_utf8(resource).unwrap()), "to the letter, 1.00 and all");
	let bundle: Value = serde_json::from_str(&text).unwrap();
	assert_eq!(bundle["type"], "collection");
	let kinds: Vec<_> =
		(0..5).map(|n| bundle["entry"][n]["resource"]["resourceType"].clone()).collect();
	assert_eq!(kinds, ["Patient", "DocumentReference", "Basic", "DocumentReference", "Binary"]);
	// Each document leads to the entry that is its content.
	for document in [1, 3] {
		let content = &bundle["entry"][document]["resource"]["content"][0];
		assert_eq!(content["attachment"]["url"], bundle["entry"][document + 1]["fullUrl"]);
		assert!(content.get("format").is_none());
	}
	use base64::Engine;
	let data = bundle["entry"][4]["resource"]["data"].as_str().unwrap();
	assert_eq!(base64::engine::general_purpose::STANDARD.decode(data).unwrap(), image);
}

#[test]
fn what_is_no_resource_is_exported_as_bytes() {
	let (bytes, how) = export((FHIR_JSON, b"{\"resourceType\":\"Nothing\"}"), ("", b""));
	assert_eq!(how, [Inlined::Binary, Inlined::Binary]);
	let bundle: Value = serde_json::from_slice(&bytes).unwrap();
	assert_eq!(bundle["entry"][2]["resource"]["contentType"], FHIR_JSON);
	assert!(bundle["entry"][4]["resource"].get("data").is_none());
}

#[test]
fn contents_have_names_of_their_own() {
	let url = content_url(RecordId([0xff; 32]));
	assert_eq!(url, "urn:uuid:ffffffff-ffff-8fff-bfff-ffffffffffff");
	let url = content_url(RecordId([0; 32]));
	assert_eq!(url, "urn:uuid:00000000-0000-8000-8000-000000000000");
}

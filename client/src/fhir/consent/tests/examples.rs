//! The twelve Consents of HL7's examples for R4, `tests/data/consent`, and what comes of each.

use super::*;
use crate::content::parse_date;
use salus_primitives::did::Subject;

/// The example, read with everybody in it known: `Organization/f001` is the custodian, 7.
fn example(name: &str) -> Result<Vec<DirectiveTerms>, String> {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/consent");
	let file = format!("{path}/Consent-consent-example-{name}.json");
	let json = std::fs::read(file).unwrap();
	let patient = serde_json::from_slice::<Value>(&json).unwrap()["patient"]["reference"].clone();
	let reader = ConsentReader {
		patient: patient.as_str().map(Into::into),
		actors: [
			("Organization/f001", Subject::Organisation(7)),
			("Practitioner/f204", Subject::Practitioner(12)),
			("Practitioner/13", Subject::Practitioner(13)),
			("Practitioner/xcda-author", Subject::Practitioner(14)),
		]
		.map(|(reference, subject)| (reference.into(), subject))
		.into(),
		..reader()
	};
	reader.read(&json).map_err(|fault| {
		assert_eq!(fault.code(), "consent-refused", "{fault}");
		fault.to_string()
	})
}

fn general(rule: Rule) -> DirectiveTerms {
	DirectiveTerms { rule, strength: Strength::Default, ..permit() }
}

#[test]
fn out_denies_in_general() {
	assert_eq!(example("Out"), Ok(vec![general(Rule::Deny)]));
}

#[test]
fn emergency_denies_by_default_and_specifically() {
	let purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	let emergencies = DirectiveTerms { purposes, ..general(Rule::Deny) };
	let all = DirectiveTerms { rule: Rule::Deny, ..permit() };
	assert_eq!(example("Emergency"), Ok(vec![emergencies, all]));
}

/// The elements of these say to permit, though their words say to deny: words decide nothing.
#[test]
fn opting_in_permits_whatever_the_words_say() {
	let period = |from: &str, until: &str| Period {
		from: parse_date(from).unwrap(),
		until: parse_date(until),
	};
	let permit = general(Rule::Permit);
	let dated = |period| DirectiveTerms { period, ..permit.clone() };
	assert_eq!(example("basic"), Ok(vec![dated(period("1970-01-01", "2016-01-02"))]));
	assert_eq!(example("notTime"), Ok(vec![dated(period("2015-01-01", "2015-02-02"))]));
	assert_eq!(example("notAuthor"), Ok(vec![permit.clone()]));
	let nurse = DirectiveTerms {
		grantee: Grantee::Practitioner(12),
		actions: Actions::of(&[Action::Access, Action::Correct]),
		..permit
	};
	assert_eq!(example("notThem"), Ok(vec![nurse]));
}

#[test]
fn the_others_are_refused_with_their_path() {
	for (name, said) in [
		("grantor", "Consent.provision.actor[1].reference.reference: 'Patient/example' is no DID"),
		("notOrg", "Consent.provision.type: must not be in the root"),
		("notThis", "Consent.provision.data[0]: must be instance of a DocumentReference/{id}"),
		("pkb", "Consent.provision.provision[0].type: is missing"),
		("signature", "Consent.provision.provision[0].code: must not stand beside class"),
		(
			"smartonfhir",
			"Consent.provision.provision[0].class[0].system: must be urn:uuid:db21b411",
		),
	] {
		let fault = example(name).unwrap_err();
		assert!(fault.starts_with(said), "{name}: {fault}");
	}
}

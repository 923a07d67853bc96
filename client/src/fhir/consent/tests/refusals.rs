//! What is refused, each with its path; nothing is taken for less than it says.

use super::*;

/// A Consent whose root says nothing and whose only provision is this.
fn nested(rule: Value) -> Value {
	with(written(&permit()), "/provision/provision/0", rule)
}

/// A Consent that opts in, with this root provision.
fn rooted(root: Value) -> Value {
	let general = written(&DirectiveTerms { strength: Strength::Default, ..permit() });
	with(general, "/provision", root)
}

fn actor(role: &str, reference: Value) -> Value {
	json!({ "role": { "coding": [{ "system": PARTICIPATION, "code": role }] }, "reference": reference })
}

fn did(subject: &str) -> Value {
	json!({ "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("{NETWORK}:{subject}") } })
}

fn refused(resource: Value, said: &str) {
	let fault = fault(&resource);
	assert!(fault.starts_with(said), "{fault}\nis not: {said}");
}

#[test]
fn what_is_no_consent() {
	let fault = |json: &str| reader().read(json.as_bytes()).unwrap_err();
	assert_eq!(fault("{").code(), "content-not-json");
	assert_eq!(fault(r#"{"resourceType":"Consent"}"#).code(), "content-not-fhir");
	refused(json!({ "resourceType": "Patient" }), "Patient.resourceType: must be Consent");
	let bundle = consents(vec![written(&permit())]);
	refused(with(bundle.clone(), "/type", json!("batch")), "Bundle.type: must be collection");
	refused(json!({ "resourceType": "Bundle", "type": "collection" }), "Bundle.entry: is missing");
	let entry = json!({ "resource": { "resourceType": "Patient" } });
	refused(
		with(bundle.clone(), "/entry/1", entry),
		"Bundle.entry[1].resource.resourceType: must be Consent",
	);
	let inner = written(&permit());
	let inner = with(inner, "/status", json!("draft"));
	refused(
		with(bundle, "/entry/1", json!({ "resource": inner })),
		"Bundle.entry[1].resource.status: must be active",
	);
}

#[test]
fn what_does_not_hold_around_the_rules() {
	let good = || written(&permit());
	let coded =
		|system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
	for status in ["draft", "proposed", "rejected", "inactive", "entered-in-error"] {
		refused(with(good(), "/status", json!(status)), "Consent.status: must be active");
	}
	refused(
		with(good(), "/scope", coded(CONSENT_SCOPE, "research")),
		"Consent.scope.coding[0].code: must be patient-privacy",
	);
	refused(
		with(good(), "/scope", json!({ "text": "privacy" })),
		"Consent.scope.coding: must be there, and one alone",
	);
	refused(
		with(good(), "/policyRule", coded(ACT_CODE, "HIPAAAuth")),
		"Consent.policyRule.coding[0].code: no directive knows this policy",
	);
	refused(
		with(good(), "/policyRule", json!({ "coding": [{ "code": "OPTIN" }] })),
		"Consent.policyRule.coding[0].system: is missing",
	);
	let mut without = good();
	without.as_object_mut().unwrap().remove("policyRule");
	refused(without, "Consent.policyRule: is missing");
	let mut without = good();
	without.as_object_mut().unwrap().remove("patient");
	refused(without, "Consent.patient: is missing");
	let mut without = good();
	without.as_object_mut().unwrap().remove("provision");
	refused(without, "Consent.provision: must hold provisions");
	let text = json!({ "status": "additional", "div": "<div>But not to my neighbour.</div>" });
	refused(with(good(), "/text", text), "Consent.text.status: must not be additional");
	let labelled = json!({ "security": [{ "system": "a", "code": "b" }] });
	refused(with(good(), "/meta", labelled), "Consent.meta.security: no directive says this");
}

#[test]
fn what_no_directive_says() {
	let good = || written(&permit());
	let other = json!([{ "url": "http://a", "valueBoolean": true }]);
	for (place, value) in [
		("/policy", json!([{ "uri": "http://a" }])),
		("/verification", json!([{ "verified": true }])),
		("/implicitRules", json!("http://a")),
		("/modifierExtension", other.clone()),
		("/_status", json!({ "extension": other })),
	] {
		let said = format!("Consent.{}: no directive says this", place.trim_start_matches('/'));
		refused(with(good(), place, value), &said);
	}
	refused(with(good(), "/extension", other.clone()), "Consent.extension[0]: no directive knows");
	let rule = |name: &str, value: Value| {
		let mut rule = json!({ "type": "permit" });
		rule[name] = value;
		nested(rule)
	};
	let at = "Consent.provision.provision[0]";
	refused(rule("extension", other.clone()), &format!("{at}.extension: no directive says"));
	let unknown = format!("{at}.modifierExtension[0]: no directive knows this extension");
	refused(rule("modifierExtension", other.clone()), &unknown);
	let start = json!({ "start": "2016", "_start": { "extension": other } });
	refused(rule("period", start), &format!("{at}.period._start: no directive says"));
	refused(
		rule("provision", json!([{ "type": "deny" }])),
		&format!("{at}.provision: a rule within a rule"),
	);
	refused(rooted(json!({ "type": "permit" })), "Consent.provision.type: must not be in the root");
	refused(
		with(good(), "/provision/period", json!({ "start": "2016" })),
		"Consent.provision.period: no directive says",
	);
	let duty = |code: &str| json!([{ "url": crate::fhir::names::OBLIGATION, "valueCoding": { "system": ACT_CODE, "code": code } }]);
	refused(
		rule("modifierExtension", duty("PRIVMARK")),
		&format!("{at}.modifierExtension[0].valueCoding.code: no directive knows 'PRIVMARK'"),
	);
	let deny = json!({ "type": "deny", "modifierExtension": duty("ENCRYPT") });
	refused(nested(deny), &format!("{at}.modifierExtension[0]: must not be in a deny"));
	let basis = json!({ "url": crate::fhir::names::GRANTOR_BASIS, "valueCode": "guardian" });
	refused(
		with(good(), "/extension", json!([basis, basis])),
		"Consent.extension[1]: is there twice",
	);
}

#[test]
fn codes_that_are_not_known() {
	let at = "Consent.provision.provision[0]";
	let rule = |name: &str, value: Value| {
		let mut rule = json!({ "type": "permit" });
		rule[name] = value;
		nested(rule)
	};
	let coding = |code: &str| json!({ "system": "http://loinc.org", "code": code });
	for (name, value, said) in [
		(
			"action",
			json!([{ "coding": [coding("access")] }]),
			"action[0].coding[0].system: must be",
		),
		("action", json!([{ "text": "read" }]), "action[0].coding: must be there"),
		("purpose", json!([coding("TREAT")]), "purpose[0].system: must be"),
		("securityLabel", json!([coding("R")]), "securityLabel[0].system: must be"),
		("class", json!([coding("11450-4")]), "class[0].system: must be"),
		("code", json!([{ "coding": [coding("1-8")] }]), "code[0].coding[0].code: stands for no"),
		("code", json!([{ "coding": [coding("11450-4"), coding("1-8")] }]), "code[0].coding: must"),
	] {
		refused(rule(name, value), &format!("{at}.{said}"));
	}
	let action = |code: &str| json!([{ "coding": [{ "system": crate::fhir::audit::CONSENT_ACTION, "code": code }] }]);
	refused(
		rule("action", action("destroy")),
		&format!("{at}.action[0].coding[0].code: no directive knows 'destroy': known are access"),
	);
	let label =
		|code: &str| json!({ "system": crate::fhir::document::CONFIDENTIALITY, "code": code });
	refused(
		rule("securityLabel", json!([label("N"), label("R")])),
		&format!("{at}.securityLabel[1]: must be the only confidentiality"),
	);
	let class = json!([{ "system": crate::fhir::names::CATEGORY, "code": "laboratory" }]);
	let both =
		json!({ "type": "permit", "class": class, "code": [{ "coding": [coding("11450-4")] }] });
	refused(nested(both), &format!("{at}.code: must not stand beside class"));
}

#[test]
fn people_who_are_not_known() {
	let at = "Consent.provision.provision[0].actor[0]";
	let rule = |actors: Value| nested(json!({ "type": "permit", "actor": actors }));
	let to = |reference: Value| rule(json!([actor("PRCP", reference)]));
	let by = |reference: &str| json!({ "reference": reference });
	for (resource, said) in [
		(
			to(by("Organization/f001")),
			".reference.reference: 'Organization/f001' is no DID: say whom",
		),
		(to(by("#nobody")), ".reference.reference: leads to nothing"),
		(to(json!({ "display": "Dr Brooks" })), ".reference: names nobody"),
		(to(json!({ "identifier": { "value": "7" } })), ".reference.identifier.system: must be"),
		(
			to(json!({ "identifier": { "system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2" } })),
			".reference.identifier.value: not a DID",
		),
		(
			to(
				json!({ "identifier": { "system": "urn:ietf:rfc:3986", "value": "did:salus:02020202020202020202020202020202:organisation:1" } }),
			),
			".reference.identifier.value: is a DID of another chain",
		),
		(to(did(&format!("chart:{}", "c4".repeat(32)))), ".reference: must be an organisation"),
		(rule(json!([actor("AUT", did("organisation:1"))])), ".reference: must be a practitioner"),
		(rule(json!([actor("CST", did("organisation:1"))])), ".reference: 'did:salus:"),
		(rule(json!([actor("INF", did("organisation:1"))])), ".role.coding[0].code: no directive"),
	] {
		refused(resource, &format!("{at}{said}"));
	}
	let mut both = did("organisation:1");
	both["reference"] = json!("Organization/1");
	refused(to(both), &format!("{at}.reference.identifier: stands beside a reference"));
	let mut typed = did("organisation:1");
	typed["type"] = json!("Practitioner");
	refused(to(typed), &format!("{at}.reference.type: must be Organization"));
	let authors = [3, 4].map(|id| actor("AUT", did(&format!("practitioner:{id}"))));
	refused(
		rule(json!(authors)),
		"Consent.provision.provision[0].actor[1]: must be the only author",
	);

	let contained = |resource: Value| with(written(&permit()), "/contained", json!([resource]));
	refused(
		contained(json!({ "resourceType": "PractitionerRole", "id": "a" })),
		"Consent.contained[0]: is referred to by no actor",
	);
	let used = |resource: Value| {
		let resource = contained(resource);
		with(resource, "/provision/provision/0/actor", json!([actor("PRCP", by("#a"))]))
	};
	refused(
		used(json!({ "resourceType": "Organization", "id": "a" })),
		"Consent.contained[0].resourceType: must be PractitionerRole",
	);
	refused(
		used(
			json!({ "resourceType": "PractitionerRole", "id": "a", "practitioner": did("practitioner:1") }),
		),
		"Consent.contained[0].organization: is missing",
	);
	let limited = json!({
		"resourceType": "PractitionerRole",
		"id": "a",
		"practitioner": did("practitioner:1"),
		"organization": did("organisation:1"),
		"period": { "end": "2016" },
	});
	refused(used(limited), "Consent.contained[0].period: no directive says");
}

#[test]
fn other_patients_and_custodians() {
	let patient = |reference: Value| with(written(&permit()), "/patient", reference);
	refused(
		patient(json!({ "reference": "Patient/f001" })),
		"Consent.patient: 'Patient/f001' is not this chart: if it is its patient, say so with `--patient",
	);
	refused(patient(did(&format!("chart:{}", "c5".repeat(32)))), "Consent.patient: 'did:salus:");
	let own = patient(did(&format!("chart:{}", "c4".repeat(32))));
	assert_eq!(read(&own), Ok(vec![permit()]));

	let at = |reference: Value| with(written(&permit()), "/organization", json!([reference]));
	let other = at(did("organisation:8"));
	refused(other.clone(), "Consent.organization[0]: 'did:salus:");
	// Who carries a Consent to another custodian says so.
	let moved = ConsentReader { custodian: Some(format!("{NETWORK}:organisation:8")), ..reader() };
	assert_eq!(moved.read(other.to_string().as_bytes()), Ok(vec![permit()]));
	let known = ConsentReader { patient: Some("Patient/f001".into()), ..reader() };
	let named = patient(json!({ "reference": "Patient/f001" }));
	assert_eq!(known.read(named.to_string().as_bytes()), Ok(vec![permit()]));
}

#[test]
fn data_that_can_not_be_listed() {
	let at = "Consent.provision.provision[0].data";
	let data = |data: Value| nested(json!({ "type": "permit", "data": data }));
	let record = |byte: &str| format!("DocumentReference/{}", byte.repeat(32));
	let one = |meaning: &str, reference: &str| json!({ "meaning": meaning, "reference": { "reference": reference } });
	for meaning in ["related", "dependents", "authoredby"] {
		let said = format!("{at}[0]: must be instance of a DocumentReference");
		refused(data(json!([one(meaning, &record("5e"))])), &said);
	}
	for reference in ["DocumentReference/1", "Task/example3", &record("5E")] {
		let said = format!("{at}[0].reference.reference: must be DocumentReference/");
		refused(data(json!([one("instance", reference)])), &said);
	}
	let encounter = |value: &str| json!({ "meaning": "dependents", "reference": { "type": "Encounter", "identifier": { "value": value } } });
	let id = format!("0x{}", "08".repeat(32));
	refused(
		data(json!([encounter("1")])),
		&format!("{at}[0].reference.identifier.value: not an id"),
	);
	refused(
		data(json!([encounter(&id), encounter(&id)])),
		&format!("{at}[1]: must be the only encounter"),
	);
	refused(
		data(json!([encounter(&id), one("instance", &record("5e"))])),
		&format!("{at}[1]: must not list records beside an encounter"),
	);
	let many: Vec<_> = (0..65).map(|_| one("instance", &record("5e"))).collect();
	refused(data(json!(many)), &format!("{at}: lists more than 64 records"));
}

/// A limit of the root holds in a permit nested in it only if that says so itself.
#[test]
fn permits_inside_that_leave_out_a_limit() {
	let limited = |name: &str, value: Value| {
		let mut root = json!({ "provision": [{ "type": "permit" }] });
		root[name] = value.clone();
		let said =
			format!("Consent.provision.provision[0].{name}: is missing, and the root has one");
		refused(rooted(root.clone()), &said);
		// A deny that reaches further is none to be afraid of.
		let deny = with(root.clone(), "/provision/0/type", json!("deny"));
		assert_eq!(read(&rooted(deny)).map(|terms| terms.len()), Ok(2));
		root["provision"][0][name] = value;
		assert_eq!(read(&rooted(root)).map(|terms| terms.len()), Ok(2));
	};
	let duty = json!({ "system": ACT_CODE, "code": "ENCRYPT" });
	limited("period", json!({ "start": "2016", "end": "2017" }));
	limited("actor", json!([actor("PRCP", did("organisation:2"))]));
	limited("actor", json!([actor("AUT", did("practitioner:2"))]));
	limited(
		"action",
		json!([{ "coding": [{ "system": crate::fhir::audit::CONSENT_ACTION, "code": "access" }] }]),
	);
	limited("purpose", json!([{ "system": crate::fhir::audit::REASON, "code": "TREAT" }]));
	limited("class", json!([{ "system": crate::fhir::names::CATEGORY, "code": "imaging" }]));
	limited("securityLabel", json!([{ "system": ACT_CODE, "code": "PSY" }]));
	limited("dataPeriod", json!({ "end": "2017" }));
	limited(
		"modifierExtension",
		json!([{ "url": crate::fhir::names::OBLIGATION, "valueCoding": duty }]),
	);
	let ceiling = json!({ "system": crate::fhir::document::CONFIDENTIALITY, "code": "N" });
	let label = json!({ "system": ACT_CODE, "code": "PSY" });
	refused(
		rooted(json!({
			"securityLabel": [ceiling],
			"provision": [{ "type": "permit", "securityLabel": [label] }],
		})),
		"Consent.provision.provision[0].securityLabel: is missing",
	);
}

#[test]
fn several_grantees_are_a_directive_each() {
	let to = |organisation: u32| DirectiveTerms {
		grantee: Grantee::Organisation(organisation),
		..permit()
	};
	let actors = [2, 3, 2].map(|id| actor("IRCP", did(&format!("organisation:{id}"))));
	let resource = nested(json!({ "type": "permit", "actor": actors }));
	assert_eq!(read(&resource), Ok(vec![to(2), to(3)]));
}

use super::*;

#[test]
fn are_as_strict_as_their_strictest_entry() {
	let open = labelled(&[coding(CONFIDENTIALITY, "U")]);
	let closed = labelled(&[coding(CONFIDENTIALITY, "R"), coding(ACT_CODE, "HIV")]);
	let info = taken(&bundle(&[&open, &bundle(&[&closed])]));
	assert_eq!(info.confidentiality, Confidentiality::Restricted);
	assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
	assert_eq!(info.category, Category::Problem);
	// Labels of what an operation carried count too.
	let wrapped = format!(
		r#"{{"resourceType":"Parameters","parameter":[{{"name":"a","part":[{{"name":"b","resource":{closed}}}]}}]}}"#
	);
	assert_eq!(taken(&bundle(&[&open, &wrapped])).confidentiality, Confidentiality::Restricted);
}

#[test]
fn have_the_category_of_what_they_are_about() {
	let problem = resource("Condition", "");
	let patient = resource("Patient", "");
	let medication = resource("MedicationRequest", "");
	let doctor = resource("Practitioner", "");
	assert_eq!(taken(&bundle(&[&patient, &doctor, &problem])).category, Category::Problem);
	// A directive on one category must not open another one.
	assert_eq!(taken(&bundle(&[&problem, &medication])).category, Category::Document);
	assert_eq!(taken(&bundle(&[&doctor])).category, Category::Document);
	let composition = resource("Composition", &concept("type", "http://loinc.org", "11502-2"));
	let document = bundle(&[&composition, &problem]).replace("collection", "document");
	assert_eq!(taken(&document).category, Category::Laboratory);
}

#[test]
fn about_no_patient_are_refused() {
	let definition = resource("ValueSet", r#""status":"active""#);
	let group = resource("Observation", r#""subject":{"reference":"Group/1"}"#);
	for entries in [&[][..], &[definition.as_str()], &[group.as_str()]] {
		let json = bundle(entries).replace(r#","entry":[]"#, "");
		assert_eq!(refused(&json).code(), "content-not-about-patient", "{json}");
	}
	// What an answer to a questionnaire was asked with may come along.
	let problem = resource("Condition", "");
	assert_eq!(taken(&bundle(&[&definition, &problem])).category, Category::Problem);
}

fn of(patients: [&str; 2]) -> String {
	let [one, other] =
		patients.map(|to| resource("Observation", &format!(r#""subject":{{"reference":"{to}"}}"#)));
	bundle(&[&one, &other])
}

#[test]
fn of_two_patients_are_refused() {
	for patients in [
		["Patient/1", "Patient/2"],
		["Patient/1", "http://a/Patient/2"],
		["http://a/Patient/1", "http://b/Patient/1"],
	] {
		let fault = refused(&of(patients));
		assert_eq!(fault.code(), "content-two-patients");
		assert_eq!(
			fault.to_string(),
			"Bundle.entry[1].resource.subject names another patient than Bundle.entry[0].resource.subject"
		);
	}
	for patients in [
		["Patient/1", "Patient/1"],
		["Patient/1", "http://a/Patient/1"],
		["Patient/1", "Patient/1/_history/3"],
		["Patient/1", "urn:uuid:1"],
	] {
		taken(&of(patients));
	}
	let two = bundle(&[&resource("Patient", r#""id":"1""#), &resource("Patient", r#""id":"2""#)]);
	assert_eq!(refused(&two).code(), "content-two-patients");
	// Two entries of one person say so.
	let linked = resource(
		"Patient",
		r#""id":"1","link":[{"other":{"reference":"Patient/2"},"type":"replaces"}]"#,
	);
	taken(&bundle(&[&linked, &resource("Patient", r#""id":"2""#)]));
}

#[test]
fn know_patients_by_their_full_url() {
	let entries = |url: &str, id: &str, to: &str| {
		let observation = resource("Observation", &format!(r#""subject":{{"reference":"{to}"}}"#));
		let patient = resource("Patient", id);
		format!(
			r#"{{"resourceType":"Bundle","type":"collection","entry":[
			{{"fullUrl":"{url}","resource":{patient}}},{{"resource":{observation}}}]}}"#
		)
	};
	taken(&entries("urn:uuid:1", "", "urn:uuid:1"));
	taken(&entries("urn:uuid:1", r#""id":"a""#, "urn:uuid:1"));
	taken(&entries("http://a/Patient/a", r#""id":"a""#, "http://a/Patient/a"));
	let other = entries("http://a/Patient/a", r#""id":"a""#, "Patient/b");
	assert_eq!(refused(&other).code(), "content-two-patients");
}

#[test]
fn date_from_the_first_that_has_one() {
	let later = resource("Observation", r#""effectiveDateTime":"2024-05-31""#);
	let json = bundle(&[&resource("Patient", ""), &resource("Observation", ""), &later])
		.replace("\"type\"", "\"timestamp\":\"2025-01-01T00:00:00Z\",\"type\"");
	assert_eq!(taken(&json).clinical_date, parse_date("2024-05-31"));
	let json = bundle(&[&resource("Patient", "")])
		.replace("\"type\"", "\"timestamp\":\"2025-01-01T00:00:00Z\",\"type\"");
	assert_eq!(taken(&json).clinical_date, parse_date("2025-01-01"));
}

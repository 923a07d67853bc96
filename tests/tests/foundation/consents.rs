//! Directives that come and go as FHIR Consents.

use crate::{
	cases::{Case, DOCTOR, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_client::content::check_fhir;
use salus_tests::{args, people::text, Result};
use serde_json::{json, Value};
use std::{collections::BTreeSet, fs, path::Path};

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";

/// Permits the house `Organization/lakeside` what is not more than normally confidential, but of that no
/// imaging to its surgeon, and nothing at all to the physician of Mercy.
fn wish() -> Value {
	let coding = |system: &str, code: &str| json!({ "system": format!("{TERMINOLOGY}/{system}"), "code": code });
	let concept = |system: &str, code: &str| json!({ "coding": [coding(system, code)] });
	let to = |reference: &str| json!([{ "role": concept("v3-ParticipationType", "PRCP"), "reference": { "reference": reference } }]);
	let read = json!([concept("consentaction", "access")]);
	let treat = json!([coding("v3-ActReason", "TREAT")]);
	let policy = json!({ "system": salus_client::fhir::names::POLICY, "code": "as-otherwise" });
	let imaging = json!({ "coding": [{ "system": "http://loinc.org", "code": "18748-4" }] });
	json!({
		"resourceType": "Consent",
		"status": "active",
		"scope": concept("consentscope", "patient-privacy"),
		"category": [{ "coding": [{ "system": "http://loinc.org", "code": "59284-0" }] }],
		"patient": { "reference": "Patient/me" },
		"organization": [{ "reference": "Organization/mercy" }],
		"dateTime": "2026-11-25",
		"policyRule": { "coding": [policy] },
		"provision": { "provision": [
			{
				"type": "permit",
				"actor": to("Organization/lakeside"),
				"action": read,
				"purpose": treat,
				"securityLabel": [coding("v3-Confidentiality", "N")],
			},
			{ "type": "deny", "actor": to("Practitioner/brooks"), "code": [imaging] },
			{ "type": "deny", "actor": to("Practitioner/adams") },
		] },
	})
}

/// The terms in an answer, in any order.
fn terms(answer: &Value) -> Result<BTreeSet<String>> {
	let directives = answer["directives"].as_array().ok_or("no directives")?;
	Ok(directives.iter().map(|one| one["terms"].to_string()).collect())
}

/// A laboratory result that its writer has labelled restricted.
fn restricted(from: &Path, to: &Path) -> Result<()> {
	let mut observation: Value = serde_json::from_slice(&fs::read(from)?)?;
	let system = format!("{TERMINOLOGY}/v3-Confidentiality");
	observation["meta"] = json!({ "security": [{ "system": system, "code": "R" }] });
	Ok(fs::write(to, observation.to_string())?)
}

pub(crate) fn resources(world: &mut World) -> Result<()> {
	let mut case = Case::new(world, "consent-resources")?;
	let officer = world.devnet.people.key(OFFICER)?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	let cli = &world.devnet.cli;
	let wallet = case.patient.wallet.clone();
	let folder = case.patient.folder.clone();

	let labelled = folder.join("restricted.json");
	restricted(&case.files[LABORATORY], &labelled)?;
	let said = cli.run(args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		labelled
	])?;
	let secret = case.records.len();
	case.records.push(text(&said, "stored.0.record")?);
	case.files.push(labelled);
	case.denied(world, LABORATORY, SURGEON, 32)?;
	case.reads(world, IMAGE, DOCTOR)?;

	let file = folder.join("consent.json");
	let importing = |custodian: &str, file: &Path, more: &[&str]| {
		let mut arguments =
			args!["directive", "import", "--wallet", wallet, "--custodian", custodian].to_vec();
		arguments.extend(more.iter().map(Into::into));
		arguments.push(file.into());
		arguments
	};
	let known = [
		"--patient",
		"Patient/me",
		"--custodian-as",
		"Organization/mercy",
		"--actor",
		"Organization/lakeside=2",
		"--actor",
		"Practitioner/brooks=practitioner:2",
		"--actor",
		"Practitioner/adams=practitioner:1",
	];

	// One element that no directive says, in the last rule: nothing is issued.
	let mut wrong = wish();
	wrong["provision"]["provision"][2]["data"] =
		json!([{ "meaning": "related", "reference": { "reference": "Task/1" } }]);
	fs::write(&file, wrong.to_string())?;
	let refused = cli.fail(importing("1", &file, &known))?;
	assert_eq!(refused.code, "consent-refused");
	assert!(refused.message.starts_with("Consent.provision.provision[2].data[0]: "), "{refused}");
	let listed = cli.run(args!["directive", "list", "--wallet", wallet])?;
	assert_eq!(listed["directives"], json!([]));

	// Who is meant has to be said.
	fs::write(&file, wish().to_string())?;
	let refused = cli.fail(importing("1", &file, &known[..4]))?;
	let place = "Consent.provision.provision[0].actor[0].reference.reference: ";
	assert!(refused.message.starts_with(place), "{refused}");

	// Looked at first, then issued, and then done already.
	let mut look = known.to_vec();
	look.push("--check");
	let meant = cli.run(importing("1", &file, &look))?;
	assert_eq!(meant["issued"], false);
	case.denied(world, LABORATORY, SURGEON, 32)?;
	let issued = cli.run(importing("1", &file, &known))?;
	assert_eq!(terms(&issued)?, terms(&meant)?);
	assert_eq!(terms(&issued)?.len(), 3);
	let again = cli.run(importing("1", &file, &known))?;
	for one in again["directives"].as_array().ok_or("no directives")? {
		assert_eq!(one["active"], true, "{one}");
	}

	// The decision follows.
	case.reads(world, LABORATORY, SURGEON)?;
	case.denied(world, secret, SURGEON, 32)?;
	case.denied(world, IMAGE, SURGEON, 31)?;
	case.denied(world, LABORATORY, DOCTOR, 31)?;

	// What is exported is FHIR R4, and elsewhere the same again.
	let exported = folder.join("exported.json");
	cli.run(args![
		"directive",
		"export",
		"--wallet",
		wallet,
		"--custodian",
		"1",
		"--out",
		exported
	])?;
	let bytes = fs::read(&exported)?;
	assert_eq!(check_fhir(&bytes)?, "Bundle");
	let bundle: Value = serde_json::from_slice(&bytes)?;
	assert_eq!(bundle["entry"].as_array().map(Vec::len), Some(3));
	let resource = &bundle["entry"][0]["resource"];
	let lakeside = world.devnet.people.key("//Lakeside//Records")?;
	case.patient.enrol(2, &lakeside)?;
	let refused = cli.fail(importing("2", &exported, &[]))?;
	let place = "Bundle.entry[0].resource.patient: ";
	assert!(refused.message.starts_with(place), "{refused}");
	let there = cli.run(importing(
		"2",
		&exported,
		&[
			"--patient",
			&text(resource, "patient.reference")?,
			"--custodian-as",
			&text(resource, "organization.0.identifier.value")?,
		],
	))?;
	assert_eq!(terms(&there)?, terms(&issued)?);
	Ok(())
}

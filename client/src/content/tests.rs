mod bundles;
mod dicom_files;
mod labels;

use super::*;
use proptest::prelude::*;
use salus_primitives::codes::Sensitivity;
use std::{collections::BTreeSet, fs};

const CONFIDENTIALITY: &str = table::CONFIDENTIALITY;
const ACT_CODE: &str = table::ACT_CODE;

fn data(name: &str) -> std::path::PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(name)
}

fn example(name: &str) -> ContentInfo {
	inspect_file(data(name)).unwrap()
}

fn taken(json: &str) -> ContentInfo {
	inspect(json.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {json}"))
}

fn refused(json: &str) -> ContentError {
	inspect(json.as_bytes()).unwrap_err()
}

/// A resource of `kind` that has what it must.
fn resource(kind: &str, members: &str) -> String {
	let needed = match kind {
		"Observation" => r#","status":"final","code":{"text":"a"}"#,
		"DiagnosticReport" => r#","status":"final","code":{"text":"a"}"#,
		"Condition" | "AllergyIntolerance" => r#","NAME":{"reference":"Patient/1"}"#,
		"MedicationRequest" => {
			r#","status":"active","intent":"order","medicationCodeableConcept":{"text":"a"},
			"subject":{"reference":"Patient/1"}"#
		},
		"Composition" => {
			r#","status":"final","date":"2024","author":[{"display":"a"}],"title":"a""#
		},
		_ => "",
	};
	let name = if kind == "Condition" { "subject" } else { "patient" };
	let needed = needed.replace("NAME", name);
	let comma = if members.is_empty() { "" } else { "," };
	format!(r#"{{"resourceType":"{kind}"{needed}{comma}{members}}}"#)
}

fn coding(system: &str, code: &str) -> String {
	format!(r#"{{"system":"{system}","code":"{code}"}}"#)
}

fn concept(element: &str, system: &str, code: &str) -> String {
	format!(r#""{element}":{{"coding":[{}]}}"#, coding(system, code))
}

fn labelled(codings: &[String]) -> String {
	resource("Condition", &format!(r#""meta":{{"security":[{}]}}"#, codings.join(",")))
}

fn bundle(entries: &[&str]) -> String {
	let entries: Vec<_> =
		entries.iter().map(|entry| format!(r#"{{"resource":{entry}}}"#)).collect();
	format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

mod examples {
	use super::*;

	#[test]
	fn of_hl7_are_classified() {
		let expected = [
			("Bundle-f001.json", Category::Laboratory),
			("Observation-f001.json", Category::Laboratory),
			("Observation-f002.json", Category::Laboratory),
			("Observation-f003.json", Category::Laboratory),
			("Observation-f004.json", Category::Laboratory),
			("Observation-f005.json", Category::Laboratory),
			("Organization-f001.json", Category::Document),
			("Patient-f001.json", Category::Document),
			("Practitioner-f001.json", Category::Document),
			("Practitioner-f002.json", Category::Document),
			("Practitioner-f003.json", Category::Document),
			("Practitioner-f004.json", Category::Document),
			("Practitioner-f005.json", Category::Document),
		];
		let there = fs::read_dir(data("fhir")).unwrap();
		let there: BTreeSet<_> =
			there.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
		assert_eq!(there, expected.iter().map(|(name, _)| (*name).to_owned()).collect());
		for (name, category) in expected {
			let info = example(&format!("fhir/{name}"));
			assert_eq!(info.category, category, "{name}");
			assert_eq!(info.media_type, FHIR_JSON);
			assert_eq!(info.kind, name.split('-').next().unwrap());
			assert_eq!(info.confidentiality, Confidentiality::Normal);
			assert!(info.sensitivity.is_empty() && info.remarks.is_empty());
		}
		// 2013-04-02T09:30:10+01:00
		assert_eq!(example("fhir/Observation-f001.json").clinical_date, Some(1_364_891_410_000));
		assert!(example("fhir/Bundle-f001.json").clinical_date.is_some());
	}

	#[test]
	fn of_dicom_is_classified() {
		let image = example("dicom/CT_small.dcm");
		assert_eq!((image.media_type, image.category), (DICOM, Category::Imaging));
		assert_eq!(image.confidentiality, Confidentiality::Normal);
		// 2004-01-19
		assert_eq!(image.clinical_date, Some(1_074_470_400_000));
		assert_eq!(image, inspect(&fs::read(data("dicom/CT_small.dcm")).unwrap()).unwrap());
	}
}

mod types {
	use super::*;
	use table::{Standing, TYPES};

	#[test]
	fn each_of_r4_stands_in_the_table_once() {
		let mut named = BTreeSet::from(["Bundle"]);
		for (_, _, names) in TYPES {
			for name in *names {
				assert!(named.insert(name), "{name} is there twice");
			}
		}
		assert_eq!(named, definitions::R4.resources());
	}

	#[test]
	fn what_tells_of_a_patient_names_it() {
		// These say it through what they belong to, or not at all.
		let silent =
			["AuditEvent", "AppointmentResponse", "Appointment", "Binary", "Patient", "Person"];
		let silent = [&silent[..], &["Provenance", "SupplyRequest"]].concat();
		for (standing, _, names) in TYPES {
			if matches!(standing, Standing::Patient | Standing::Context) {
				for name in names.iter().filter(|name| !silent.contains(name)) {
					let shape = definitions::R4.resource(name).unwrap();
					assert!(
						table::SUBJECTS.iter().any(|subject| shape.slot(subject).is_some()),
						"{name}"
					);
				}
			}
		}
	}

	#[test]
	fn decide_on_the_category() {
		for (kind, category) in [
			("Observation", Category::Document),
			("DiagnosticReport", Category::Laboratory),
			("Condition", Category::Problem),
			("AllergyIntolerance", Category::Allergy),
			("MedicationRequest", Category::Medication),
			("Practitioner", Category::Document),
			("Medication", Category::Medication),
		] {
			assert_eq!(taken(&resource(kind, "")).category, category, "{kind}");
		}
	}

	#[test]
	fn what_is_about_no_patient_is_refused() {
		let status = r#""status":"active""#;
		for (kind, members, what) in [
			("ValueSet", status, "a definition, the same for all patients"),
			("Slot", "", "an entry of a catalogue"),
			("Parameters", "", "a message between systems"),
		] {
			let members = match kind {
				"Slot" => {
					r#""schedule":{"reference":"Schedule/1"},"status":"free",
					"start":"2024-01-01T00:00:00Z","end":"2024-01-01T00:10:00Z""#
				},
				_ => members,
			};
			let fault = refused(&resource(kind, members));
			assert_eq!(fault.code(), "content-not-about-patient");
			assert!(fault.to_string().contains(what), "{fault}");
		}
		// By what it says itself.
		let fault = refused(&resource("Observation", r#""subject":{"reference":"Location/1"}"#));
		assert_eq!(
			fault.to_string(),
			"Observation is not about a patient: its subject is a Location"
		);
		let inside =
			r##""contained":[{"resourceType":"Device","id":"a"}],"subject":{"reference":"#a"}"##;
		assert_eq!(refused(&resource("Observation", inside)).code(), "content-not-about-patient");
		let inside = inside.replace("Device", "Patient");
		assert_eq!(taken(&resource("Observation", &inside)).category, Category::Document);
	}
}

mod codes {
	use super::*;

	fn category(kind: &str, element: &str, system: &str, code: &str) -> Category {
		let coded = match (kind, element) {
			("Observation" | "DiagnosticReport" | "Composition", "category") => {
				format!(r#""category":[{{"coding":[{}]}}]"#, coding(system, code))
			},
			_ => concept(element, system, code),
		};
		let json = resource(kind, &coded);
		// The code that a resource must have gives way to the one asked for.
		let json =
			if element == "code" { json.replace(r#""code":{"text":"a"},"#, "") } else { json };
		let json = if kind == "Composition" && element == "category" {
			json.replace(r#""title""#, r#""type":{"text":"a"},"title""#)
		} else {
			json
		};
		taken(&json).category
	}

	#[test]
	fn decide_on_the_category() {
		for (system, found, codes) in table::CODES {
			for code in *codes {
				assert_eq!(category("Observation", "category", system, code), *found, "{code}");
				assert_eq!(category("DiagnosticReport", "category", system, code), *found);
				assert_eq!(category("Composition", "type", system, code), *found);
			}
		}
		let v2 = "http://terminology.hl7.org/CodeSystem/v2-0074";
		assert_eq!(category("DiagnosticReport", "category", v2, "RAD"), Category::Imaging);
		assert_eq!(category("DiagnosticReport", "category", v2, "XX"), Category::Laboratory);
		assert_eq!(category("Composition", "category", v2, "LAB"), Category::Laboratory);
		// The same code of another system says nothing.
		assert_eq!(
			category("DiagnosticReport", "category", "http://a", "RAD"),
			Category::Laboratory
		);
		assert_eq!(
			category("Observation", "category", "http://a", "vital-signs"),
			Category::Document
		);
	}

	#[test]
	fn of_loinc_and_specimens_make_a_laboratory_result() {
		assert_eq!(
			category("Observation", "code", "http://loinc.org", "15074-8"),
			Category::Laboratory
		);
		assert_eq!(
			category("Observation", "code", "http://loinc.org", "8867-4"),
			Category::VitalSigns
		);
		assert_eq!(category("Observation", "code", "http://a", "15074-8"), Category::Document);
		let specimen = resource("Observation", r#""specimen":{"reference":"Specimen/1"}"#);
		assert_eq!(taken(&specimen).category, Category::Laboratory);
	}

	#[test]
	fn are_known_once() {
		let mut known = BTreeSet::new();
		for (system, _, codes) in table::CODES {
			for code in *codes {
				assert!(known.insert((system, code)), "{system} {code}");
			}
		}
	}

	#[test]
	fn that_speak_for_themselves_restrict() {
		let condition = |system: &str, code: &str| {
			taken(&resource("Condition", &concept("code", system, code)))
		};
		let info = condition("http://hl7.org/fhir/sid/icd-10-cm", "B20");
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
		assert_eq!(info.confidentiality, Confidentiality::Restricted);
		let info = condition("http://hl7.org/fhir/sid/icd-10", "F32.1");
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Psychiatry]));
		let info = condition("http://hl7.org/fhir/sid/icd-10", "J45");
		assert!(info.sensitivity.is_empty());
		assert_eq!(info.confidentiality, Confidentiality::Normal);
		// The writer's own word on the level counts.
		let meta = format!(r#""meta":{{"security":[{}]}}"#, coding(CONFIDENTIALITY, "N"));
		let code = concept("code", "http://snomed.info/sct", "86406008");
		let info = taken(&resource("Condition", &format!("{meta},{code}")));
		assert_eq!(info.confidentiality, Confidentiality::Normal);
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
		// Also in what is contained.
		let code = concept("code", "http://snomed.info/sct", "86406008");
		let inside = format!(
			r#""contained":[{{"resourceType":"Condition","id":"a","subject":{{"reference":"Patient/1"}},{code}}}]"#
		);
		let info = taken(&resource("Condition", &inside));
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
	}
}

mod files {
	use super::*;

	#[test]
	fn that_are_too_large_are_not_read() {
		let file = tempfile::NamedTempFile::new().unwrap();
		file.as_file().set_len(MAX_CIPHERTEXT).unwrap();
		assert_eq!(inspect_file(file.path()).unwrap_err().code(), "too-large");
		file.as_file().set_len(MAX_FHIR + 1).unwrap();
		assert_eq!(inspect_file(file.path()).unwrap_err().code(), "content-too-large");
	}

	#[test]
	fn of_other_formats_are_refused() {
		for (bytes, what) in [
			(&b""[..], "line 1, column 1: the text ends where a value is expected"),
			(b"{\"a\":", "line 1, column 6: the text ends where a value is expected"),
			(b"<Patient xmlns=\"http://hl7.org/fhir\"/>", "this is XML; FHIR is taken in JSON"),
			(b"%PDF-\xff", "byte 5 is no UTF-8"),
		] {
			let fault = inspect(bytes).unwrap_err();
			assert_eq!(fault.to_string(), format!("neither DICOM nor JSON: {what}"));
			assert_eq!(fault.code(), "content-not-json");
		}
	}

	#[test]
	fn that_are_no_fhir_are_refused_with_the_place() {
		let json = bundle(&[
			&resource("Patient", ""),
			&resource("Condition", ""),
			&resource("Observation", "").replace("final", "foo"),
		]);
		let fault = refused(&json);
		assert_eq!(fault.code(), "content-not-fhir");
		assert!(fault.to_string().starts_with(
			"not FHIR R4: Bundle.entry[2].resource.status: 'foo' is no code of observation-status; known are "
		));
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn nothing_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
		let _ = inspect(&bytes);
		let _ = inspect(&[&[0; 128][..], b"DICM", &bytes].concat());
	}

	/// Real files with some bytes altered or cut off.
	#[test]
	fn nothing_panics_on_damaged_files(
		changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
		end in any::<prop::sample::Index>(),
		whole in any::<bool>(),
		name in prop::sample::select(vec!["fhir/Bundle-f001.json", "dicom/CT_small.dcm"]),
	) {
		let mut bytes = fs::read(data(name)).unwrap();
		// The beginning of an image is where there is something to go wrong.
		let reach = bytes.len().min(6000);
		for (at, byte) in changes {
			bytes[at.index(reach)] = byte;
		}
		if !whole {
			bytes.truncate(end.index(bytes.len()));
		}
		let _ = inspect(&bytes);
	}

	/// Any JSON in the place of an element.
	#[test]
	fn nothing_panics_on_misplaced_elements(
		kind in prop::sample::select(vec!["Patient", "Observation", "Bundle", "Parameters", "Composition"]),
		name in prop::sample::select(vec![
			"id", "meta", "contained", "extension", "_id", "subject", "entry", "link", "name",
			"component", "valueQuantity", "status", "parameter", "category", "code", "type",
		]),
		value in prop::sample::select(vec![
			"null", "1", "\"a\"", "[]", "{}", "[null]", "[[]]", "[{}]", "[[{}]]", "{\"security\":1}",
			"{\"security\":[1]}", "{\"reference\":\"Patient/\"}", "{\"reference\":\"/\"}",
			"[{\"resource\":{\"resourceType\":\"Patient\"}}]", "{\"coding\":[{\"code\":1}]}",
			"[{\"other\":{\"reference\":\"Patient/é\"},\"type\":\"seealso\"}]",
		]),
	) {
		let json = format!(r#"{{"resourceType":"{kind}","{name}":{value}}}"#);
		let _ = inspect(json.as_bytes());
		let _ = inspect(bundle(&[&json]).as_bytes());
	}
}

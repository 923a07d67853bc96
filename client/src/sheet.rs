//! The sheet of an offline clinic: a patient summary to carry, and the code of a link that opens it once.
//!
//! The summary is made of FHIR R4 resources that are checked as every content is; the document behind the
//! link holds exactly these. What is printed is what they say in words, in sections as the International
//! Patient Summary requires them: allergies, medications, problems.

use crate::{
	content::{self, ContentError, ContentInfo, FHIR_JSON, MAX_FHIR},
	error::{Error, Result},
	link::Link,
	recovery::Escaped,
};
use salus_primitives::time::Moment;
use serde_json::Value;
use std::{
	fmt::Write,
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Most resources on a sheet.
pub const MAX_RESOURCES: usize = 64;
/// Most characters of one line that come from a resource.
const MAX_WORDS: usize = 200;

const STYLE: &str = "\
@page{margin:14mm}\
body{font:11pt/1.35 Georgia,'Liberation Serif',serif;color:#000;background:#fff;max-width:182mm;margin:8mm auto}\
h1{font-size:18pt;margin:0 0 2mm}\
h2{font-size:12pt;margin:4mm 0 1mm}\
ul{margin:0;padding-left:6mm}\
.code svg{width:60mm;height:60mm}\
.code{display:flex;gap:6mm;align-items:center;border-top:1pt solid #000;margin-top:6mm;padding-top:3mm;break-inside:avoid}\
@media print{body{margin:0;max-width:none}}";

/// What is printed, and the document that is stored.
#[derive(Debug)]
pub struct Summary {
	patient: Option<String>,
	allergies: Vec<String>,
	medications: Vec<String>,
	problems: Vec<String>,
	/// A FHIR R4 Bundle of the resources, each as it was given.
	pub document: String,
	/// What it says of itself.
	pub info: ContentInfo,
}

impl Summary {
	/// Reads the resources in these files, one in each: AllergyIntolerance, MedicationStatement,
	/// MedicationRequest, Condition, and the Patient.
	///
	/// # Errors
	///
	/// [`Error::Content`] for what is no such resource, and for resources about two patients;
	/// [`Error::SheetUnfit`] for more than a sheet holds.
	pub fn read(files: &[PathBuf]) -> Result<Self> {
		if files.len() > MAX_RESOURCES {
			return Err(Error::SheetUnfit("it holds 64 resources at most"));
		}
		let mut found = Self {
			patient: None,
			allergies: Vec::new(),
			medications: Vec::new(),
			problems: Vec::new(),
			document: String::from(r#"{"resourceType":"Bundle","type":"collection","entry":["#),
			info: nothing_yet(),
		};
		for (place, path) in files.iter().enumerate() {
			let text = read(path)?;
			let refused = |fault| Error::Content { path: path.clone(), fault };
			let info = content::inspect(text.as_bytes()).map_err(refused)?;
			let resource: Value = serde_json::from_str(&text)
				.map_err(|fault| refused(ContentError::NotJson(fault.to_string())))?;
			found.take(&info.kind, &resource)?;
			if place > 0 {
				found.document.push(',');
			}
			// The very text, for a decimal that is read and written again is not the same.
			found.document.push_str(r#"{"resource":"#);
			found.document.push_str(text.trim());
			found.document.push('}');
		}
		found.document.push_str("]}");
		let whole = content::inspect(found.document.as_bytes());
		found.info = whole.map_err(|fault| Error::Content { path: "the sheet".into(), fault })?;
		Ok(found)
	}

	/// Reads the document that another made, as [`Self::document`] is, for whoever signs for it.
	///
	/// # Errors
	///
	/// As [`Self::read`].
	pub fn of_document(document: String) -> Result<Self> {
		let refused = |fault| Error::Content { path: "the sheet".into(), fault };
		let info = content::inspect(document.as_bytes()).map_err(refused)?;
		let bundle: Value = serde_json::from_str(&document)
			.map_err(|fault| refused(ContentError::NotJson(fault.to_string())))?;
		let mut found = Self {
			patient: None,
			allergies: Vec::new(),
			medications: Vec::new(),
			problems: Vec::new(),
			document,
			info,
		};
		for entry in bundle["entry"].as_array().into_iter().flatten() {
			let resource = &entry["resource"];
			found.take(resource["resourceType"].as_str().unwrap_or_default(), resource)?;
		}
		Ok(found)
	}

	/// Whom it is about, where it says so.
	pub fn patient(&self) -> Option<&str> {
		self.patient.as_deref()
	}

	/// What it says, in words, by section.
	pub fn sections(&self) -> [(&'static str, &[String]); 3] {
		[
			("Allergies", &self.allergies),
			("Medications", &self.medications),
			("Problems", &self.problems),
		]
	}

	fn take(&mut self, kind: &str, resource: &Value) -> Result<()> {
		if is_modified(resource) {
			return Err(Error::SheetUnfit(
				"a resource has doNotPerform, modifierExtension or implicitRules, which turn what it says \
				 into something else, and the sheet can not print that",
			));
		}
		self.add(kind, resource).ok_or(Error::SheetUnfit(
			"it holds AllergyIntolerance, MedicationStatement, MedicationRequest, Condition and Patient",
		))
	}

	fn add(&mut self, kind: &str, resource: &Value) -> Option<()> {
		match kind {
			"Patient" => self.patient = self.patient.take().or_else(|| patient(resource)),
			"AllergyIntolerance" => self.allergies.push(allergy(resource)),
			"MedicationStatement" | "MedicationRequest" => {
				self.medications.push(medication(resource));
			},
			"Condition" => self.problems.push(problem(resource)),
			_ => return None,
		}
		Some(())
	}

	/// The sheet as HTML that needs nothing from elsewhere. Whoever has it has the link.
	///
	/// # Errors
	///
	/// [`Error::SheetUnfit`] if the link is too long for a code.
	pub fn html(&self, link: &Link, at: Moment) -> Result<Zeroizing<String>> {
		let drawing = link.drawing().ok_or(Error::SheetUnfit("the link is too long for a code"))?;
		// Room for all of it, so that no copies are left behind while it grows.
		let words: usize = [&self.allergies, &self.medications, &self.problems]
			.into_iter()
			.flatten()
			.map(|line| line.len().saturating_mul(6).saturating_add(16))
			.sum();
		let room = drawing.len().saturating_add(words).saturating_add(8 * 1024);
		let mut out = Zeroizing::new(String::with_capacity(room));
		self.write(&mut out, link, at, &drawing)
			.map_err(|_| Error::SheetUnfit("it can not be written"))?;
		Ok(out)
	}

	fn write(&self, out: &mut String, link: &Link, at: Moment, drawing: &str) -> std::fmt::Result {
		let patient = self.patient.as_deref().unwrap_or("Patient");
		write!(
			out,
			"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Patient summary</title><style>{STYLE}</style></head><body>\
			 <h1>Patient summary</h1><p>{}, made {}</p>",
			Escaped(patient),
			date(at)
		)?;
		for (title, lines) in self.sections() {
			write!(out, "<section><h2>{title}</h2>")?;
			if lines.is_empty() {
				out.push_str("<p>None given here. That does not say that there are none.</p>");
			} else {
				out.push_str("<ul>");
				for line in lines {
					write!(out, "<li>{}</li>", Escaped(line))?;
				}
				out.push_str("</ul>");
			}
			out.push_str("</section>");
		}
		let place = link.place();
		// An XML declaration is for files of their own.
		let svg = drawing.find("<svg").and_then(|from| drawing.get(from..)).unwrap_or(drawing);
		write!(
			out,
			"<div class=\"code\">{svg}<div><p>Opens this summary once, until {}: <b>salus link open</b>. \
			 It opens when organisation {} has sent it on.</p>\
			 <p>Whoever has this code has the summary: give it to whom it is for alone.</p></div></div></body></html>",
			date(place.until),
			place.custodian
		)
	}
}

fn nothing_yet() -> ContentInfo {
	ContentInfo {
		media_type: FHIR_JSON,
		kind: String::new(),
		category: salus_primitives::codes::Category::Document,
		confidentiality: salus_primitives::codes::Confidentiality::Normal,
		sensitivity: salus_primitives::codes::Sensitivities::EMPTY,
		clinical_date: None,
		patients: Vec::new(),
		remarks: Vec::new(),
	}
}

fn read(path: &Path) -> Result<String> {
	let mut text = String::new();
	let file = File::open(path).map_err(Error::io(path))?;
	let size = file.metadata().map_err(Error::io(path))?.len();
	if size > MAX_FHIR {
		let fault = ContentError::TooLarge(size);
		return Err(Error::Content { path: path.to_owned(), fault });
	}
	file.take(MAX_FHIR).read_to_string(&mut text).map_err(Error::io(path))?;
	// A mark of the byte order is no part of a resource.
	Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn date(at: Moment) -> String {
	let (year, month, day) = content::civil(at / 86_400_000);
	format!("{year:04}-{month:02}-{day:02}")
}

/// Whether something anywhere in it changes what the rest says, beyond what is printed of it.
fn is_modified(of: &Value) -> bool {
	match of {
		Value::Object(fields) => fields.iter().any(|(name, value)| match name.as_str() {
			"modifierExtension" | "implicitRules" => true,
			"doNotPerform" => *value != Value::Bool(false),
			_ => is_modified(value),
		}),
		Value::Array(values) => values.iter().any(is_modified),
		_ => false,
	}
}

/// Words of others, in one line of bounded length; what was cut ends so.
fn words(text: &str) -> String {
	let clean = text.trim().chars().map(|sign| if sign.is_control() { ' ' } else { sign });
	let mut line: String = clean.clone().take(MAX_WORDS).collect();
	if clean.count() > MAX_WORDS {
		line.push('…');
	}
	line
}

/// A CodeableConcept in words: its text, else what its first coding is called, else its code.
fn concept(of: Option<&Value>) -> Option<String> {
	let of = of?;
	let coding = &of["coding"][0];
	[&of["text"], &coding["display"], &coding["code"]]
		.into_iter()
		.find_map(Value::as_str)
		.map(words)
}

fn code(of: &Value, name: &str) -> Option<String> {
	of[name]["coding"][0]["code"].as_str().map(words)
}

fn with(what: Option<String>, more: impl IntoIterator<Item = Option<String>>) -> String {
	let mut line = what.unwrap_or_else(|| "not named".into());
	let more: Vec<_> = more.into_iter().flatten().collect();
	if !more.is_empty() {
		line.push_str(" (");
		line.push_str(&more.join("; "));
		line.push(')');
	}
	line
}

fn plain(of: &Value, name: &str) -> Option<String> {
	of[name].as_str().map(words)
}

fn patient(of: &Value) -> Option<String> {
	let name = &of["name"][0];
	let given = name["given"].as_array().into_iter().flatten().filter_map(Value::as_str);
	let parts: Vec<_> = given.chain(name["family"].as_str()).collect();
	let called = match name["text"].as_str() {
		Some(text) => words(text),
		None if parts.is_empty() => return None,
		None => words(&parts.join(" ")),
	};
	Some(with(Some(called), [plain(of, "birthDate").map(|date| format!("born {date}"))]))
}

fn allergy(of: &Value) -> String {
	let reactions = of["reaction"].as_array().into_iter().flatten();
	let manifest: Vec<_> = reactions
		.flat_map(|reaction| reaction["manifestation"].as_array().into_iter().flatten())
		.filter_map(|manifestation| concept(Some(manifestation)))
		.collect();
	let reaction = (!manifest.is_empty()).then(|| manifest.join(", "));
	with(
		concept(of.get("code")),
		[
			code(of, "clinicalStatus"),
			code(of, "verificationStatus"),
			plain(of, "criticality").map(|how| format!("criticality {how}")),
			reaction,
		],
	)
}

fn medication(of: &Value) -> String {
	let named = concept(of.get("medicationCodeableConcept"))
		.or_else(|| of["medicationReference"]["display"].as_str().map(words));
	let dosage = of.get("dosage").or_else(|| of.get("dosageInstruction"));
	let dosage = dosage.and_then(Value::as_array).into_iter().flatten();
	let doses = dosage.map(|dose| {
		let said = dose["text"].as_str().map(words);
		Some(said.unwrap_or_else(|| "a dosage without words: see the document".into()))
	});
	with(named, [plain(of, "status")].into_iter().chain(doses))
}

fn problem(of: &Value) -> String {
	with(
		concept(of.get("code")),
		[
			code(of, "clinicalStatus"),
			code(of, "verificationStatus"),
			plain(of, "onsetDateTime").map(|date| format!("since {date}")),
		],
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::link::LinkPlace;
	use salus_primitives::{
		codes::{Category, Purpose},
		ids::RecordId,
	};
	use std::fs;

	const ALLERGY: &str = r#"{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"criticality":"high","code":{"text":"Penicillin <G>"},"patient":{"reference":"Patient/1"},"reaction":[{"manifestation":[{"text":"Hives"}]}]}"#;
	const MEDICATION: &str = r#"{"resourceType":"MedicationStatement","status":"active","medicationCodeableConcept":{"coding":[{"display":"Metformin 500 mg"}]},"subject":{"reference":"Patient/1"},"dosage":[{"text":"twice a day"}]}"#;
	const PROBLEM: &str = r#"{"resourceType":"Condition","code":{"text":"Type 2 diabetes"},"subject":{"reference":"Patient/1"},"onsetDateTime":"2019-04"}"#;

	fn files(folder: &tempfile::TempDir, resources: &[&str]) -> Vec<PathBuf> {
		let write = |(place, text): (usize, &&str)| {
			let path = folder.path().join(format!("{place}.json"));
			fs::write(&path, text).unwrap();
			path
		};
		resources.iter().enumerate().map(write).collect()
	}

	fn link() -> Link {
		Link::new(LinkPlace {
			vault: "https://vault.example/1".into(),
			genesis: [1; 32],
			custodian: 1,
			record: RecordId([2; 32]),
			purpose: Purpose::PatientRequested,
			until: 86_400_000,
		})
		.unwrap()
	}

	#[test]
	fn a_sheet_says_what_the_document_holds() {
		let folder = tempfile::tempdir().unwrap();
		let summary = Summary::read(&files(&folder, &[ALLERGY, MEDICATION, PROBLEM])).unwrap();
		assert_eq!(summary.info.category, Category::Document);
		for resource in [ALLERGY, MEDICATION, PROBLEM] {
			assert!(summary.document.contains(resource));
		}
		let html = summary.html(&link(), 0).unwrap();
		// Who signs for the document reads the same.
		let again = Summary::of_document(summary.document.clone()).unwrap();
		assert_eq!(again.sections(), summary.sections());
		for words in [
			"Penicillin &lt;G&gt; (active; criticality high; Hives)",
			"Metformin 500 mg (active; twice a day)",
			"Type 2 diabetes (since 2019-04)",
			"<svg",
			"until 1970-01-02",
		] {
			assert!(html.contains(words), "{words} is not in {}", &**html);
		}
		assert!(!html.contains("<?xml") && !html.contains("http://allergy"));
	}

	#[test]
	fn silence_is_not_taken_for_absence() {
		let folder = tempfile::tempdir().unwrap();
		let html = Summary::read(&files(&folder, &[PROBLEM])).unwrap().html(&link(), 0).unwrap();
		assert_eq!(html.matches("That does not say that there are none").count(), 2);
	}

	#[test]
	fn an_order_not_to_give_a_medicine_is_not_printed_as_one() {
		let folder = tempfile::tempdir().unwrap();
		let request = r#"{"resourceType":"MedicationRequest","status":"active","intent":"order","doNotPerform":NOT,"medicationCodeableConcept":{"text":"Metformin"},"subject":{"reference":"Patient/1"}}"#;
		let read = |resource: &str| Summary::read(&files(&folder, &[resource]));
		assert!(read(&request.replace("NOT", "false")).is_ok());
		let refused = read(&request.replace("NOT", "true")).unwrap_err();
		assert_eq!(refused.code(), "sheet-unfit");
		for changed in [
			r#"{"dosage":[{"modifierExtension":[]}]}"#,
			r#"{"implicitRules":"https://x.example"}"#,
			r#"{"contained":[{"doNotPerform":true}]}"#,
		] {
			assert!(is_modified(&serde_json::from_str(changed).unwrap()), "{changed}");
		}
	}

	#[test]
	fn all_dosages_are_printed_and_what_is_cut_says_so() {
		let folder = tempfile::tempdir().unwrap();
		let long = "x".repeat(MAX_WORDS + 1);
		let two = MEDICATION.replace(
			r#"[{"text":"twice a day"}]"#,
			&format!(
				r#"[{{"text":"twice a day"}},{{"text":"{long}"}},{{"asNeededBoolean":true}}]"#
			),
		);
		let html = Summary::read(&files(&folder, &[&two])).unwrap().html(&link(), 0).unwrap();
		let cut = format!("twice a day; {}…; a dosage without words", &long[1..]);
		assert!(html.contains(&cut), "{}", &**html);
		assert_eq!(words(&long[1..]), long[1..]);
	}

	#[test]
	fn what_is_no_summary_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let code = |resources: &[&str]| {
			Summary::read(&files(&folder, resources)).unwrap_err().code().to_owned()
		};
		let observation = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"}}"#;
		assert_eq!(code(&[observation]), "sheet-unfit");
		assert_eq!(code(&["{}"]), "content-not-fhir");
		let other = PROBLEM.replace("Patient/1", "Patient/2");
		assert_eq!(code(&[ALLERGY, &other]), "content-two-patients");
		assert_eq!(code(&[PROBLEM; MAX_RESOURCES + 1]), "sheet-unfit");
		assert_eq!(code(&[]), "content-not-fhir");
	}
}

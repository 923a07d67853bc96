//! What a file says about itself: FHIR R4 JSON or DICOM.
//!
//! A thin reading that fills in a record's terms. It does not validate the resource against FHIR's
//! profiles; what it needs and can not read, it refuses with the place of the fault.
//!
//! | `resourceType` | category |
//! |---|---|
//! | Bundle | that of its first entry |
//! | DiagnosticReport, Observation | by the first `category` code that says more: v2-0074's CT, CUS, IMG, NMR, NMS, OUS, RAD, RUS, RX, VUS, XRC and `imaging` → imaging; `vital-signs`; `procedure`; `social-history`, `survey`, `exam`, `therapy`, `activity` → document; otherwise laboratory |
//! | Specimen | laboratory |
//! | ImagingStudy, Media | imaging |
//! | Medication, MedicationRequest, MedicationStatement, MedicationAdministration, MedicationDispense | medication |
//! | Encounter, EpisodeOfCare, Appointment | encounter |
//! | Procedure | procedure |
//! | Immunization, ImmunizationRecommendation | immunisation |
//! | AllergyIntolerance | allergy |
//! | Condition | problem |
//! | CarePlan, CareTeam, Goal, ServiceRequest | care-plan |
//! | any other | document |
//!
//! | field | read from |
//! |---|---|
//! | confidentiality | highest code of `meta.security` in v3-Confidentiality, else normal; in a Bundle that of the highest resource |
//! | sensitivity | codes of `meta.security` in v3-ActCode that are known labels; in a Bundle those of all resources |
//! | clinical date | the first of `effectiveDateTime`, `effectiveInstant`, `effectivePeriod.start`, `performedDateTime`, `performedPeriod.start`, `occurrenceDateTime`, `onsetDateTime`, `period.start`, `started`, `authoredOn`, `recordedDate`, `dateAsserted`, `issued`, `timestamp`, `date`; in a Bundle that of the first resource that has one |
//!
//! A date without a zone counts as UTC, one without day or month as its first day; before 1970 is 1970.
//!
//! DICOM (part 10 files, `DICM` after 128 bytes) is of category imaging and of normal
//! confidentiality, since its header has no label that HL7 shares; its clinical date is Study Date
//! (0008,0020), or else the caller's.

use crate::{
	envelope::envelope_size,
	error::{Error, Result},
	vault_api::MAX_CIPHERTEXT,
};
use salus_primitives::{
	codes::{Category, Confidentiality, Sensitivities, Sensitivity},
	time::Moment,
};
use serde_json::Value;
use std::{io::Read, path::Path};

/// Media type of FHIR JSON.
pub const FHIR_JSON: &str = "application/fhir+json";
/// Media type of DICOM.
pub const DICOM: &str = "application/dicom";

const CONFIDENTIALITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// Why a file is no content that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
	/// Neither DICOM nor JSON.
	#[error("neither DICOM nor JSON: {0}")]
	NotJson(String),
	/// Something at this place is not as FHIR R4 has it.
	#[error("not FHIR R4: {path} {expected}")]
	NotFhir {
		/// FHIRPath of the element.
		path: String,
		/// What it should be.
		expected: &'static str,
	},
}

impl ContentError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotJson(_) => "content-not-json",
			Self::NotFhir { .. } => "content-not-fhir",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::NotJson(_) => "store FHIR R4 resources in JSON or DICOM part 10 files",
			Self::NotFhir { .. } => "correct the element named and try again",
		}
	}
}

/// What a file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentInfo {
	/// [`FHIR_JSON`] or [`DICOM`].
	pub media_type: &'static str,
	/// FHIR's resource type, or `DICOM`.
	pub kind: String,
	/// Kind of record.
	pub category: Category,
	/// HL7 v3-Confidentiality.
	pub confidentiality: Confidentiality,
	/// HL7 v3-ActSensitivity labels.
	pub sensitivity: Sensitivities,
	/// When what it tells of took place, if it says so.
	pub clinical_date: Option<Moment>,
}

/// Reads what the file at `path` says about itself.
pub fn inspect_file(path: impl AsRef<Path>) -> Result<ContentInfo> {
	let path = path.as_ref();
	let mut bytes = Vec::new();
	let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
	let size = file.metadata().map_err(Error::io(path))?.len();
	if envelope_size(size) > MAX_CIPHERTEXT {
		return Err(Error::TooLarge { path: path.to_owned(), size });
	}
	// A DICOM file tells what we need in its first part, whatever its size.
	file.by_ref()
		.take(DICOM_HEAD)
		.read_to_end(&mut bytes)
		.map_err(Error::io(path))?;
	if !is_dicom(&bytes) {
		file.read_to_end(&mut bytes).map_err(Error::io(path))?;
	}
	inspect(&bytes).map_err(|fault| Error::Content { path: path.to_owned(), fault })
}

/// Reads what these bytes say about themselves.
pub fn inspect(bytes: &[u8]) -> Result<ContentInfo, ContentError> {
	if is_dicom(bytes) {
		return Ok(ContentInfo {
			media_type: DICOM,
			kind: "DICOM".into(),
			category: Category::Imaging,
			confidentiality: Confidentiality::Normal,
			sensitivity: Sensitivities::EMPTY,
			clinical_date: dicom::study_date(bytes),
		});
	}
	let resource: Value =
		serde_json::from_slice(bytes).map_err(|error| ContentError::NotJson(error.to_string()))?;
	fhir(&resource, "$this")
}

/// Bytes of a DICOM file in which we look for its date.
const DICOM_HEAD: u64 = 64 * 1024;

fn is_dicom(bytes: &[u8]) -> bool {
	bytes.get(128..132) == Some(b"DICM")
}

fn not_fhir(path: impl Into<String>, expected: &'static str) -> ContentError {
	ContentError::NotFhir { path: path.into(), expected }
}

fn fhir(resource: &Value, path: &str) -> Result<ContentInfo, ContentError> {
	let fields = resource
		.as_object()
		.ok_or_else(|| not_fhir(path, "must be a resource, an object"))?;
	let kind = fields
		.get("resourceType")
		.ok_or_else(|| not_fhir(format!("{path}.resourceType"), "is missing"))?
		.as_str()
		.filter(|name| {
			name.starts_with(|first: char| first.is_ascii_uppercase())
				&& name.bytes().all(|byte| byte.is_ascii_alphabetic())
		})
		.ok_or_else(|| not_fhir(format!("{path}.resourceType"), "must name a resource type"))?;
	let (labelled, sensitivity) = security(resource, path)?;
	let mut info = ContentInfo {
		media_type: FHIR_JSON,
		kind: kind.into(),
		category: category(kind, resource),
		confidentiality: labelled.unwrap_or(Confidentiality::Normal),
		sensitivity,
		clinical_date: clinical_date(resource, path)?,
	};
	if kind == "Bundle" {
		for (at, part) in entries(resource, path)?.into_iter().enumerate() {
			let Some(part) = part else { continue };
			let part = fhir(part, &format!("{path}.entry[{at}].resource"))?;
			if at == 0 {
				info.category = part.category;
				// The Bundle's own time is when it was put together.
				info.clinical_date = part.clinical_date.or(info.clinical_date);
			}
			info.confidentiality = info.confidentiality.max(part.confidentiality);
			info.sensitivity = info.sensitivity.union(part.sensitivity);
			info.clinical_date = info.clinical_date.or(part.clinical_date);
		}
	}
	Ok(info)
}

/// The resources of a Bundle; an entry may have none.
fn entries<'a>(bundle: &'a Value, path: &str) -> Result<Vec<Option<&'a Value>>, ContentError> {
	let Some(entries) = bundle.get("entry") else { return Ok(Vec::new()) };
	let entries = entries
		.as_array()
		.ok_or_else(|| not_fhir(format!("{path}.entry"), "must be a list"))?;
	Ok(entries.iter().map(|entry| entry.get("resource")).collect())
}

fn category(kind: &str, resource: &Value) -> Category {
	match kind {
		"DiagnosticReport" | "Observation" => codings(resource.get("category"))
			.find_map(diagnostic_category)
			.unwrap_or(Category::Laboratory),
		"Specimen" => Category::Laboratory,
		"ImagingStudy" | "Media" => Category::Imaging,
		"Medication"
		| "MedicationRequest"
		| "MedicationStatement"
		| "MedicationAdministration"
		| "MedicationDispense" => Category::Medication,
		"Encounter" | "EpisodeOfCare" | "Appointment" => Category::Encounter,
		"Procedure" => Category::Procedure,
		"Immunization" | "ImmunizationRecommendation" => Category::Immunisation,
		"AllergyIntolerance" => Category::Allergy,
		"Condition" => Category::Problem,
		"CarePlan" | "CareTeam" | "Goal" | "ServiceRequest" => Category::CarePlan,
		_ => Category::Document,
	}
}

fn diagnostic_category(code: &str) -> Option<Category> {
	Some(match code {
		"CT" | "CUS" | "IMG" | "NMR" | "NMS" | "OUS" | "RAD" | "RUS" | "RX" | "VUS" | "XRC"
		| "imaging" => Category::Imaging,
		"vital-signs" => Category::VitalSigns,
		"procedure" => Category::Procedure,
		"social-history" | "survey" | "exam" | "therapy" | "activity" => Category::Document,
		_ => return None,
	})
}

/// Codes of a list of CodeableConcepts.
fn codings(concepts: Option<&Value>) -> impl Iterator<Item = &str> {
	concepts
		.and_then(Value::as_array)
		.into_iter()
		.flatten()
		.filter_map(|concept| concept.get("coding")?.as_array())
		.flatten()
		.filter_map(|coding| coding.get("code")?.as_str())
}

fn security(
	resource: &Value,
	path: &str,
) -> Result<(Option<Confidentiality>, Sensitivities), ContentError> {
	let (mut highest, mut labels) = (None, Sensitivities::EMPTY);
	let Some(meta) = resource.get("meta") else { return Ok((highest, labels)) };
	if !meta.is_object() {
		return Err(not_fhir(format!("{path}.meta"), "must be an object"));
	}
	let Some(security) = meta.get("security") else { return Ok((highest, labels)) };
	let path = format!("{path}.meta.security");
	for (at, label) in security
		.as_array()
		.ok_or_else(|| not_fhir(&path, "must be a list"))?
		.iter()
		.enumerate()
	{
		let text = |field: &str| label.get(field).and_then(Value::as_str);
		match text("system") {
			Some(CONFIDENTIALITY_SYSTEM) => {
				// A label that can not be read must not leave the record more open than it asks.
				let code = text("code").and_then(|code| code.parse().ok()).ok_or_else(|| {
					not_fhir(format!("{path}[{at}].code"), "must be one of U, L, M, N, R, V")
				})?;
				highest = highest.max(Some(code));
			},
			Some(ACT_CODE_SYSTEM) => {
				if let Some(Ok(label)) = text("code").map(str::parse::<Sensitivity>) {
					labels = labels.with(label);
				}
			},
			Some(_) | None if label.is_object() => {},
			_ => return Err(not_fhir(format!("{path}[{at}]"), "must be a Coding")),
		}
	}
	Ok((highest, labels))
}

/// Where resources say when, most telling first.
const DATES: [&[&str]; 15] = [
	&["effectiveDateTime"],
	&["effectiveInstant"],
	&["effectivePeriod", "start"],
	&["performedDateTime"],
	&["performedPeriod", "start"],
	&["occurrenceDateTime"],
	&["onsetDateTime"],
	&["period", "start"],
	&["started"],
	&["authoredOn"],
	&["recordedDate"],
	&["dateAsserted"],
	&["issued"],
	&["timestamp"],
	&["date"],
];

fn clinical_date(resource: &Value, path: &str) -> Result<Option<Moment>, ContentError> {
	let found = DATES.iter().find_map(|steps| {
		let value = steps.iter().try_fold(resource, |at, step| at.get(step))?;
		Some((steps, value))
	});
	let Some((steps, value)) = found else { return Ok(None) };
	value.as_str().and_then(date::parse).map(Some).ok_or_else(|| {
		not_fhir(format!("{path}.{}", steps.join(".")), "must be a date like 2024-05-31T09:30:00Z")
	})
}

/// The moment of FHIR's date, dateTime or instant, at a coarse date its beginning; `None` if the text
/// is none.
pub fn parse_date(text: &str) -> Option<Moment> {
	date::parse(text)
}

/// FHIR's date, dateTime and instant.
mod date {
	use super::Moment;

	/// The moment, at a coarse date its beginning; `None` if the text is no date.
	pub(super) fn parse(text: &str) -> Option<Moment> {
		let (day, time) = match text.split_once('T') {
			Some((day, time)) => (day, Some(time)),
			None => (text, None),
		};
		let mut parts = day.split('-');
		let year = number(parts.next()?, 4)?;
		let month = parts.next().map_or(Some(1), |text| number(text, 2))?;
		let day_of_month = match parts.next() {
			Some(text) => number(text, 2)?,
			None if time.is_some() => return None,
			None => 1,
		};
		if parts.next().is_some() {
			return None;
		}
		let milliseconds = time.map_or(Some(0), time_of_day)?;
		from_days(year, month, day_of_month, milliseconds)
	}

	/// DICOM's DA: `20240531`.
	pub(super) fn parse_da(text: &str) -> Option<Moment> {
		let (year, rest) = text.split_at_checked(4)?;
		let (month, day) = rest.split_at_checked(2)?;
		from_days(number(year, 4)?, number(month, 2)?, number(day, 2)?, 0)
	}

	fn from_days(year: i64, month: i64, day: i64, milliseconds: i64) -> Option<Moment> {
		let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		let length = match month {
			4 | 6 | 9 | 11 => 30,
			2 if leap => 29,
			2 => 28,
			1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
			_ => return None,
		};
		if year == 0 || !(1..=length).contains(&day) {
			return None;
		}
		// Days since 1970 of the proleptic Gregorian calendar, in years that begin in March.
		let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
		let days =
			365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
		Some(Moment::try_from(days * 86_400_000 + milliseconds).unwrap_or(0))
	}

	/// Milliseconds since midnight UTC, which a zone may bring out of the day.
	fn time_of_day(text: &str) -> Option<i64> {
		let (clock, offset) = match text.find(['Z', '+', '-']) {
			Some(at) => {
				let (clock, zone) = text.split_at(at);
				(clock, zone_minutes(zone)?)
			},
			None => (text, 0),
		};
		let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
		if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
			return None;
		}
		let thousandths: i64 = fraction
			.bytes()
			.chain(*b"00")
			.take(3)
			.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
		let mut parts = clock.split(':');
		let hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
		let minute = number(parts.next()?, 2).filter(|minute| *minute < 60)?;
		let second = parts.next().map_or(Some(0), |text| number(text, 2))?;
		// FHIR allows a leap second.
		if second > 60 || parts.next().is_some() {
			return None;
		}
		Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + thousandths)
	}

	fn zone_minutes(zone: &str) -> Option<i64> {
		let (sign, rest) = match zone.split_at_checked(1)? {
			("Z", "") => return Some(0),
			("+", rest) => (1, rest),
			("-", rest) => (-1, rest),
			_ => return None,
		};
		let (hours, minutes) = rest.split_once(':')?;
		let hours = number(hours, 2).filter(|hours| *hours <= 14)?;
		let minutes = number(minutes, 2).filter(|minutes| *minutes < 60)?;
		Some(sign * (hours * 60 + minutes))
	}

	fn number(text: &str, digits: usize) -> Option<i64> {
		(text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
			.then(|| text.parse().ok())?
	}
}

/// As much of DICOM part 10 as leads to the study's date.
mod dicom {
	use super::{date, Moment};

	const IMPLICIT_LITTLE_ENDIAN: &[u8] = b"1.2.840.10008.1.2";
	const DEFLATED: &[u8] = b"1.2.840.10008.1.2.1.99";
	const EXPLICIT_BIG_ENDIAN: &[u8] = b"1.2.840.10008.1.2.2";

	/// Study Date (0008,0020), if it stands where any reader finds it.
	pub(super) fn study_date(bytes: &[u8]) -> Option<Moment> {
		let mut rest = bytes.get(132..)?;
		let mut syntax: &[u8] = b"";
		// Group 2 is explicit little endian whatever follows.
		while rest.starts_with(&[2, 0]) {
			let (tag, value, after) = element(rest, true)?;
			if tag == (0x0002, 0x0010) {
				syntax = trimmed(value);
			}
			rest = after;
		}
		if [DEFLATED, EXPLICIT_BIG_ENDIAN].contains(&syntax) {
			return None;
		}
		loop {
			let (tag, value, after) = element(rest, syntax != IMPLICIT_LITTLE_ENDIAN)?;
			match tag {
				(0x0008, 0x0020) => {
					return date::parse_da(core::str::from_utf8(trimmed(value)).ok()?)
				},
				tag if tag > (0x0008, 0x0020) => return None,
				_ => rest = after,
			}
		}
	}

	type Element<'a> = ((u16, u16), &'a [u8], &'a [u8]);

	/// The first element, its value and what follows it. Undefined lengths are not read.
	fn element(bytes: &[u8], explicit: bool) -> Option<Element<'_>> {
		let (tag, rest) = bytes.split_first_chunk::<4>()?;
		let tag = (u16::from_le_bytes([tag[0], tag[1]]), u16::from_le_bytes([tag[2], tag[3]]));
		let (length, rest) = if explicit {
			let (vr, rest) = rest.split_first_chunk::<2>()?;
			if [
				b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT",
				b"UV",
			]
			.contains(&vr)
			{
				let (length, rest) = rest.get(2..)?.split_first_chunk::<4>()?;
				(u32::from_le_bytes(*length), rest)
			} else {
				let (length, rest) = rest.split_first_chunk::<2>()?;
				(u32::from(u16::from_le_bytes(*length)), rest)
			}
		} else {
			let (length, rest) = rest.split_first_chunk::<4>()?;
			(u32::from_le_bytes(*length), rest)
		};
		let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
		Some((tag, value, rest))
	}

	fn trimmed(value: &[u8]) -> &[u8] {
		let end = value.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |at| at + 1);
		value.get(..end).unwrap_or_default()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn example(name: &str) -> ContentInfo {
		let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(name);
		inspect_file(path).unwrap()
	}

	fn fault(json: &str) -> String {
		inspect(json.as_bytes()).unwrap_err().to_string()
	}

	#[test]
	fn reads_hl7s_examples() {
		let observation = example("fhir/Observation-f001.json");
		assert_eq!(observation.media_type, FHIR_JSON);
		assert_eq!(observation.kind, "Observation");
		assert_eq!(observation.category, Category::Laboratory);
		assert_eq!(observation.confidentiality, Confidentiality::Normal);
		// 2013-04-02T09:30:10+01:00
		assert_eq!(observation.clinical_date, Some(1_364_891_410_000));
		let bundle = example("fhir/Bundle-f001.json");
		assert_eq!((bundle.kind.as_str(), bundle.category), ("Bundle", Category::Laboratory));
		assert!(bundle.clinical_date.is_some());
		assert_eq!(example("fhir/Patient-f001.json").category, Category::Document);
	}

	#[test]
	fn reads_a_dicom_file() {
		let image = example("dicom/CT_small.dcm");
		assert_eq!((image.media_type, image.category), (DICOM, Category::Imaging));
		// 2004-01-19
		assert_eq!(image.clinical_date, Some(1_074_470_400_000));
	}

	#[test]
	fn reads_labels_and_takes_the_strictest_of_a_bundle() {
		let labelled = |codes: &str| {
			format!(r#"{{"resourceType":"Condition","meta":{{"security":[{codes}]}}}}"#)
		};
		let code = |system: &str, code: &str| format!(r#"{{"system":"{system}","code":"{code}"}}"#);
		let restricted = labelled(
			&[
				code(CONFIDENTIALITY_SYSTEM, "L"),
				code(CONFIDENTIALITY_SYSTEM, "R"),
				code(ACT_CODE_SYSTEM, "HIV"),
				code(ACT_CODE_SYSTEM, "NORDSCLCD"),
			]
			.join(","),
		);
		let info = inspect(restricted.as_bytes()).unwrap();
		assert_eq!(info.category, Category::Problem);
		assert_eq!(info.confidentiality, Confidentiality::Restricted);
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));

		let open = labelled(&code(CONFIDENTIALITY_SYSTEM, "U"));
		let bundle = format!(
			r#"{{"resourceType":"Bundle","entry":[{{"resource":{open}}},{{}},{{"resource":{restricted}}}]}}"#
		);
		let info = inspect(bundle.as_bytes()).unwrap();
		assert_eq!(info.confidentiality, Confidentiality::Restricted);
		assert_eq!(info.sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
		assert_eq!(info.category, Category::Problem);
	}

	#[test]
	fn categories_follow_the_table() {
		let category = |kind: &str, code: &str| {
			let json = format!(
				r#"{{"resourceType":"{kind}","category":[{{"coding":[{{"code":"{code}"}}]}}]}}"#
			);
			inspect(json.as_bytes()).unwrap().category
		};
		assert_eq!(category("Observation", "vital-signs"), Category::VitalSigns);
		assert_eq!(category("Observation", "survey"), Category::Document);
		assert_eq!(category("DiagnosticReport", "RAD"), Category::Imaging);
		assert_eq!(category("DiagnosticReport", "HM"), Category::Laboratory);
		assert_eq!(category("MedicationRequest", ""), Category::Medication);
		assert_eq!(category("Questionnaire", ""), Category::Document);
	}

	#[test]
	fn what_is_too_large_is_not_read() {
		let file = tempfile::NamedTempFile::new().unwrap();
		file.as_file().set_len(MAX_CIPHERTEXT).unwrap();
		assert_eq!(inspect_file(file.path()).unwrap_err().code(), "too-large");
	}

	#[test]
	fn faults_name_their_place() {
		assert!(fault("").starts_with("neither DICOM nor JSON: "));
		assert!(fault("{\"a\":").contains("line 1"));
		assert_eq!(fault("[]"), "not FHIR R4: $this must be a resource, an object");
		assert_eq!(fault("{}"), "not FHIR R4: $this.resourceType is missing");
		assert_eq!(
			fault(r#"{"resourceType":"lower"}"#),
			"not FHIR R4: $this.resourceType must name a resource type"
		);
		assert_eq!(
			fault(r#"{"resourceType":"Bundle","entry":[{},{"resource":{}}]}"#),
			"not FHIR R4: $this.entry[1].resource.resourceType is missing"
		);
		assert_eq!(
			fault(r#"{"resourceType":"Condition","onsetDateTime":"yesterday"}"#),
			"not FHIR R4: $this.onsetDateTime must be a date like 2024-05-31T09:30:00Z"
		);
		let label = format!(
			r#"{{"resourceType":"A","meta":{{"security":[{{"system":"{CONFIDENTIALITY_SYSTEM}","code":"X"}}]}}}}"#
		);
		assert_eq!(
			fault(&label),
			"not FHIR R4: $this.meta.security[0].code must be one of U, L, M, N, R, V"
		);
	}

	#[test]
	fn dates_are_read_as_fhir_writes_them() {
		for (text, moment) in [
			("1970", 0),
			("1969-12-31", 0),
			("1970-01-02", 86_400_000),
			("2024-03", 1_709_251_200_000),
			("2024-02-29", 1_709_164_800_000),
			("2024-05-31T09:30:00Z", 1_717_147_800_000),
			("2024-05-31T09:30:00.25+02:00", 1_717_140_600_250),
			("2024-05-31T09:30-04:30", 1_717_164_000_000),
		] {
			assert_eq!(date::parse(text), Some(moment), "{text}");
		}
		for text in [
			"",
			"24",
			"2024-13",
			"2023-02-29",
			"2024-05-32",
			"2024-05-31T",
			"2024-05T09:30Z",
			"2024-05-31T24:00Z",
			"2024-05-31T09:61Z",
			"2024-05-31T09:30:00+15:00",
			"2024-5-1",
			"2024-05-31T09:30:00.Z",
			"+024-01-01",
			"2024-05-31-01",
		] {
			assert_eq!(date::parse(text), None, "{text}");
		}
	}
}

//! What a file says about itself: FHIR R4 JSON or DICOM.
//!
//! A file is taken or refused here, before anything of it is encrypted or sent. A resource is checked
//! against R4's definitions, a DICOM file looked through to its end. What is taken gets category,
//! confidentiality, sensitivity and date from one table; `docs/content.md` shows that table and says what
//! is refused.
//!
//! | module | what lives there |
//! |---|---|
//! | `table` | the table, data only |
//! | `fhir`, `dicom` | reading a file by the table |
//! | `validate` | whether a resource is FHIR R4 |
//! | `definitions`, `r4.txt` | what R4's resources and types may hold |
//! | `primitive`, `date`, `json` | the forms of values, and JSON itself |

mod date;
mod definitions;
mod dicom;
mod fhir;
mod json;
mod primitive;
mod table;
mod validate;

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;

pub(crate) use validate::shown;

use crate::{
	envelope::envelope_size,
	error::{Error, Result},
	vault_api::MAX_CIPHERTEXT,
};
use salus_primitives::{
	codes::{Category, Confidentiality, Sensitivities},
	time::Moment,
};
use std::{
	fs::File,
	io::{Cursor, Read, Seek},
	path::Path,
};

/// Media type of FHIR JSON.
pub const FHIR_JSON: &str = "application/fhir+json";
/// Media type of DICOM.
pub const DICOM: &str = "application/dicom";

/// Largest FHIR file in bytes: unlike DICOM it is held in memory, at three to twelve times its size.
pub const MAX_FHIR: u64 = 64 * 1024 * 1024;

/// Why a file is no content that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
	/// Neither DICOM nor JSON.
	#[error("neither DICOM nor JSON: {0}")]
	NotJson(String),
	/// Something at this place is not as FHIR R4 has it.
	#[error("not FHIR R4: {path}: {what}")]
	NotFhir {
		/// FHIRPath of the element.
		path: String,
		/// What is wrong with it.
		what: String,
	},
	/// Something at this place is not as DICOM has it.
	#[error("no DICOM file that can be stored: {place} {what}")]
	NotDicom {
		/// Tag of the element.
		place: String,
		/// What is wrong with it.
		what: String,
	},
	/// A resource that does not belong into a patient's chart.
	#[error("{kind} is not about a patient: {reason}")]
	NotAboutPatient {
		/// FHIR's resource type.
		kind: String,
		/// What it is instead.
		reason: String,
	},
	/// Two resources of one file tell of two patients.
	#[error("{second} names another patient than {first}")]
	TwoPatients {
		/// FHIRPath of the first that names a patient.
		first: String,
		/// FHIRPath of the one that names another.
		second: String,
	},
	/// A FHIR file that is too large.
	#[error("FHIR in JSON of {0} bytes is more than is taken, 64 MiB")]
	TooLarge(u64),
}

impl ContentError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotJson(_) => "content-not-json",
			Self::NotFhir { .. } => "content-not-fhir",
			Self::NotDicom { .. } => "content-not-dicom",
			Self::NotAboutPatient { .. } => "content-not-about-patient",
			Self::TwoPatients { .. } => "content-two-patients",
			Self::TooLarge(_) => "content-too-large",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::NotJson(_) => "store FHIR R4 resources in JSON or DICOM part 10 files",
			Self::NotFhir { .. } | Self::NotDicom { .. } => {
				"correct the element named and try again"
			},
			Self::NotAboutPatient { .. } => {
				"store only what tells of the patient whose chart it is"
			},
			Self::TwoPatients { .. } => "store what tells of each patient in that patient's chart",
			Self::TooLarge(_) => "store it as several resources; images belong into DICOM files",
		}
	}
}

impl From<validate::Fault> for ContentError {
	fn from(validate::Fault { path, what }: validate::Fault) -> Self {
		Self::NotFhir { path, what }
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
	/// What names the patient: references without their server, and identifiers, those of a system both as
	/// `system|value` and alone. Sorted.
	pub patients: Vec<String>,
	/// What the writer should know, such as a label that was not understood.
	pub remarks: Vec<String>,
}

/// Reads what the file at `path` says about itself.
pub fn inspect_file(path: impl AsRef<Path>) -> Result<ContentInfo> {
	let path = path.as_ref();
	let mut file = File::open(path).map_err(Error::io(path))?;
	let size = file.metadata().map_err(Error::io(path))?.len();
	if envelope_size(size) > MAX_CIPHERTEXT {
		return Err(Error::TooLarge { path: path.to_owned(), size });
	}
	let refused = |fault| Error::Content { path: path.to_owned(), fault };
	let mut bytes = Vec::new();
	file.by_ref()
		.take(dicom::PREAMBLE as u64)
		.read_to_end(&mut bytes)
		.map_err(Error::io(path))?;
	if dicom::is_dicom(&bytes) {
		file.rewind().map_err(Error::io(path))?;
		return dicom::inspect(file, size).map_err(|stop| match stop {
			dicom::Stop::Content(fault) => refused(fault),
			dicom::Stop::Io(error) => Error::io(path)(error),
		});
	}
	if size > MAX_FHIR {
		return Err(refused(ContentError::TooLarge(size)));
	}
	// The file may have grown since.
	file.take(MAX_FHIR).read_to_end(&mut bytes).map_err(Error::io(path))?;
	inspect(&bytes).map_err(refused)
}

/// Reads what these bytes say about themselves.
pub fn inspect(bytes: &[u8]) -> Result<ContentInfo, ContentError> {
	let size = bytes.len() as u64;
	if dicom::is_dicom(bytes) {
		return dicom::inspect(Cursor::new(bytes), size).map_err(|stop| match stop {
			dicom::Stop::Content(fault) => fault,
			dicom::Stop::Io(error) => ContentError::NotJson(error.to_string()),
		});
	}
	if size > MAX_FHIR {
		return Err(ContentError::TooLarge(size));
	}
	let resource = parse_json(bytes)?;
	let kind = validate::check(&resource)?;
	fhir::classify(&resource, kind)
}

fn parse_json(bytes: &[u8]) -> Result<json::Json<'_>, ContentError> {
	let text = std::str::from_utf8(bytes).map_err(|fault| {
		ContentError::NotJson(format!("byte {} is no UTF-8", fault.valid_up_to()))
	})?;
	if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
		return Err(ContentError::NotJson("this is XML; FHIR is taken in JSON".into()));
	}
	json::parse(text).map_err(|fault| ContentError::NotJson(fault.describe(text)))
}

/// Checks that these bytes are a resource of FHIR R4 in JSON, whatever it is about. The answer is its
/// type.
pub fn check_fhir(bytes: &[u8]) -> Result<String, ContentError> {
	let size = bytes.len() as u64;
	if size > MAX_FHIR {
		return Err(ContentError::TooLarge(size));
	}
	let resource = parse_json(bytes)?;
	Ok(validate::check(&resource)?.to_owned())
}

/// The moment of FHIR's date, dateTime or instant, at a coarse date its beginning; `None` if the text
/// is none.
pub fn parse_date(text: &str) -> Option<Moment> {
	date::parse(text)
}

/// The moment as FHIR's instant, in UTC with milliseconds.
pub fn format_instant(moment: Moment) -> String {
	let (day, rest) = (moment / 86_400_000, moment % 86_400_000);
	let (year, month, day) = civil(day);
	let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
	let (second, milliseconds) = (rest / 1000 % 60, rest % 1000);
	format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Year, month and day of a day since 1970, in the Gregorian calendar.
pub const fn civil(days: u64) -> (u64, u64, u64) {
	// Eras of 400 years that begin on 1 March.
	let days = days + 719_468;
	let (era, of_era) = (days / 146_097, days % 146_097);
	let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
	let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	let shifted = (5 * of_year + 2) / 153;
	let day = of_year - (153 * shifted + 2) / 5 + 1;
	let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
	let year = era * 400 + year_of_era + if month < 3 { 1 } else { 0 };
	(year, month, day)
}

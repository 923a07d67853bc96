//! DICOM part 10 files: read as far as [`super::table`] asks, and looked through to their end.

use super::{
	date,
	table::{self, Sop},
	ContentError, ContentInfo, DICOM,
};
use salus_primitives::{
	codes::{Category, Confidentiality, Sensitivities},
	time::Moment,
};
use std::io::{BufReader, ErrorKind, Read, Seek};

/// Bytes before the first element: 128 of any content, and `DICM`.
pub(super) const PREAMBLE: usize = 132;

const IMPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2";
const EXPLICIT_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
/// Transfer syntaxes in which the data set is compressed as a whole.
const COMPRESSED: [&str; 3] =
	["1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"];

const UNDEFINED: u32 = u32::MAX;
/// How deep sequences of undefined length may lie in each other.
const MAX_DEPTH: u32 = 32;
/// Longest value that is read and not skipped.
const MAX_VALUE: u32 = 1024;

/// Group and element.
type Tag = (u16, u16);

const MEDIA_SOP_CLASS: Tag = (0x0002, 0x0002);
const TRANSFER_SYNTAX: Tag = (0x0002, 0x0010);
const SOP_CLASS: Tag = (0x0008, 0x0016);
const PATIENT_ID: Tag = (0x0010, 0x0020);
const STUDY_DATE: Tag = (0x0008, 0x0020);
const MODALITY: Tag = (0x0008, 0x0060);
const CONFIDENTIALITY_CONSTRAINT: Tag = (0x0040, 0x1008);
const ITEM: Tag = (0xfffe, 0xe000);
const ITEM_END: Tag = (0xfffe, 0xe00d);
const SEQUENCE_END: Tag = (0xfffe, 0xe0dd);

/// Whether this is how a part 10 file begins.
pub(super) fn is_dicom(bytes: &[u8]) -> bool {
	bytes.get(128..PREAMBLE) == Some(b"DICM")
}

/// Why reading stopped.
pub(super) enum Stop {
	Content(ContentError),
	Io(std::io::Error),
}

/// Reads a file of `size` bytes.
pub(super) fn inspect(file: impl Read + Seek, size: u64) -> Result<ContentInfo, Stop> {
	let mut walk = Walk { file: BufReader::with_capacity(64 * 1024, file), at: 0, size };
	walk.skip((0, 0), PREAMBLE as u64)?;
	let header = Header::read(&mut walk)?;
	header.describe().map_err(|what| fault(what.0, what.1))
}

fn fault(tag: Tag, what: impl Into<String>) -> Stop {
	let place = format!("({:04X},{:04X})", tag.0, tag.1);
	Stop::Content(ContentError::NotDicom { place, what: what.into() })
}

/// What is read of a file.
#[derive(Debug, Default)]
struct Header {
	media_class: Option<String>,
	syntax: Option<String>,
	class: Option<String>,
	modality: Option<String>,
	study_date: Option<String>,
	patient: Option<String>,
	constraint: Option<String>,
	/// The data set is compressed, so that only the beginning could be read.
	compressed: bool,
}

impl Header {
	fn read(walk: &mut Walk<impl Read + Seek>) -> Result<Self, Stop> {
		let mut header = Self::default();
		let explicit = Syntax { explicit: true, big: false };
		// Group 2 is explicit little endian whatever follows.
		let mut last = (0, 0);
		while walk.next_group()? == Some(2) {
			let element = walk.element(explicit, &mut last)?;
			header.take(walk, element, explicit)?;
		}
		let Some(syntax) = &header.syntax else {
			return Err(fault(TRANSFER_SYNTAX, "the transfer syntax is missing"));
		};
		header.compressed = COMPRESSED.contains(&syntax.as_str());
		if header.compressed {
			return Ok(header);
		}
		let syntax = Syntax {
			explicit: syntax != IMPLICIT_LITTLE_ENDIAN,
			big: syntax == EXPLICIT_BIG_ENDIAN,
		};
		while walk.at < walk.size {
			let element = walk.element(syntax, &mut last)?;
			header.take(walk, element, syntax)?;
		}
		Ok(header)
	}

	fn take(
		&mut self,
		walk: &mut Walk<impl Read + Seek>,
		element: Element,
		syntax: Syntax,
	) -> Result<(), Stop> {
		let place = match element.tag {
			MEDIA_SOP_CLASS => &mut self.media_class,
			TRANSFER_SYNTAX => &mut self.syntax,
			SOP_CLASS => &mut self.class,
			MODALITY => &mut self.modality,
			STUDY_DATE => &mut self.study_date,
			PATIENT_ID => &mut self.patient,
			CONFIDENTIALITY_CONSTRAINT => &mut self.constraint,
			_ if element.length == UNDEFINED => return walk.items(element, syntax, 0),
			tag => return walk.skip(tag, element.length.into()),
		};
		if element.length > MAX_VALUE {
			return Err(fault(element.tag, "its value is too long"));
		}
		let value = walk.value(element)?;
		*place = Some(value).filter(|value| !value.is_empty());
		Ok(())
	}

	fn describe(self) -> Result<ContentInfo, (Tag, String)> {
		let Some(media_class) = self.media_class else {
			return Err((MEDIA_SOP_CLASS, "the SOP class is missing".into()));
		};
		if !is_uid(&media_class) {
			return Err((MEDIA_SOP_CLASS, "is no UID".into()));
		}
		let directory = sop(&media_class) == Some(("directory of a medium", Sop::NoPatient));
		match &self.class {
			Some(class) if *class != media_class => {
				return Err((SOP_CLASS, "is another SOP class than in the file's header".into()));
			},
			None if !self.compressed && !directory => {
				return Err((SOP_CLASS, "the SOP class is missing".into()));
			},
			_ => {},
		}
		let sop = sop(&media_class);
		let category = match sop {
			Some((name, Sop::NoPatient)) => {
				return Err((MEDIA_SOP_CLASS, format!("is no record of a patient: {name}")));
			},
			Some((_, Sop::Is(category, modality))) => {
				let other = self
					.modality
					.as_deref()
					.filter(|other| !modality.is_empty() && *other != modality);
				if other.is_some() {
					return Err((MODALITY, format!("must be {modality} in this SOP class")));
				}
				category
			},
			Some((_, Sop::ByModality(otherwise))) => {
				self.modality.as_deref().map_or(otherwise, by_modality)
			},
			None => match self.modality.as_deref() {
				Some(modality) => by_modality(modality),
				None => return Err((MODALITY, "the modality is missing".into())),
			},
		};
		let clinical_date = match self.study_date.as_deref() {
			None => None,
			Some(text) => match study_date(text) {
				Some(date) => Some(date),
				None => return Err((STUDY_DATE, "must be a date like 20240531".into())),
			},
		};
		// Free text, so all that it tells is that there is something to heed.
		let restricted = self.constraint.is_some();
		let mut remarks = Vec::new();
		if restricted {
			remarks.push(
				"(0040,1008): a confidentiality constraint in words, so the record is R".to_owned(),
			);
		}
		if self.compressed {
			remarks.push("the data set is compressed: only the file's header was read".to_owned());
		}
		Ok(ContentInfo {
			media_type: DICOM,
			kind: "DICOM".into(),
			category,
			confidentiality: match restricted {
				true => Confidentiality::Restricted,
				false => Confidentiality::Normal,
			},
			sensitivity: Sensitivities::EMPTY,
			clinical_date,
			patients: self.patient.into_iter().collect(),
			remarks,
		})
	}
}

/// The row that fits best.
fn sop(class: &str) -> Option<(&'static str, Sop)> {
	let fits = |uid: &str| {
		let rest = match uid.strip_prefix('.') {
			Some(_) => class.strip_prefix(table::STORAGE).and_then(|rest| rest.strip_prefix(uid)),
			None => class.strip_prefix(uid),
		};
		rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
	};
	let rows = table::SOP_CLASSES.iter().filter(|(uid, ..)| fits(uid));
	rows.max_by_key(|(uid, ..)| uid.len()).map(|(_, name, sop)| (*name, *sop))
}

fn by_modality(modality: &str) -> Category {
	let row = table::MODALITIES.iter().find(|(_, modalities)| modalities.contains(&modality));
	row.map_or(Category::Imaging, |(category, _)| *category)
}

/// DA, and the form with dots that files of before 1993 have.
fn study_date(text: &str) -> Option<Moment> {
	date::parse_da(&text.replace('.', ""))
}

fn is_uid(text: &str) -> bool {
	text.len() <= 64
		&& text.split('.').all(|part| {
			!part.is_empty()
				&& part.bytes().all(|byte| byte.is_ascii_digit())
				&& (part == "0" || !part.starts_with('0'))
		})
}

#[derive(Clone, Copy)]
struct Syntax {
	explicit: bool,
	big: bool,
}

#[derive(Clone, Copy)]
struct Element {
	tag: Tag,
	unknown: bool,
	length: u32,
}

/// Goes through the elements of a file.
struct Walk<R> {
	file: BufReader<R>,
	at: u64,
	size: u64,
}

impl<R: Read + Seek> Walk<R> {
	/// Group of the next element in little endian.
	fn next_group(&mut self) -> Result<Option<u16>, Stop> {
		if self.at.saturating_add(2) > self.size {
			return Ok(None);
		}
		let mut bytes = [0; 2];
		self.file.read_exact(&mut bytes).map_err(Stop::Io)?;
		self.file.seek_relative(-2).map_err(Stop::Io)?;
		Ok(Some(u16::from_le_bytes(bytes)))
	}

	fn bytes<const N: usize>(&mut self, tag: Tag) -> Result<[u8; N], Stop> {
		let mut bytes = [0; N];
		self.fill(tag, &mut bytes)?;
		Ok(bytes)
	}

	fn fill(&mut self, tag: Tag, bytes: &mut [u8]) -> Result<(), Stop> {
		self.ahead(tag, bytes.len() as u64)?;
		self.file.read_exact(bytes).map_err(|error| match error.kind() {
			ErrorKind::UnexpectedEof => fault(tag, "the file ends inside it"),
			_ => Stop::Io(error),
		})
	}

	fn skip(&mut self, tag: Tag, length: u64) -> Result<(), Stop> {
		self.ahead(tag, length)?;
		let length = i64::try_from(length).map_err(|_| fault(tag, "its value is too long"))?;
		self.file.seek_relative(length).map_err(Stop::Io)
	}

	/// Counts what is read or skipped next, which the file must have.
	fn ahead(&mut self, tag: Tag, length: u64) -> Result<(), Stop> {
		match self.at.checked_add(length).filter(|end| *end <= self.size) {
			Some(end) => {
				self.at = end;
				Ok(())
			},
			None => Err(fault(tag, "the file ends inside it")),
		}
	}

	fn value(&mut self, element: Element) -> Result<String, Stop> {
		let mut bytes = vec![0; usize::try_from(element.length).unwrap_or_default()];
		self.fill(element.tag, &mut bytes)?;
		let text = String::from_utf8_lossy(&bytes);
		Ok(text.trim_matches(['\0', ' ']).to_owned())
	}

	fn tag(&mut self, before: Tag, big: bool) -> Result<Tag, Stop> {
		let bytes = self.bytes::<4>(before)?;
		let number =
			|at: [u8; 2]| if big { u16::from_be_bytes(at) } else { u16::from_le_bytes(at) };
		Ok((number([bytes[0], bytes[1]]), number([bytes[2], bytes[3]])))
	}

	fn length(&mut self, tag: Tag, big: bool) -> Result<u32, Stop> {
		let bytes = self.bytes(tag)?;
		Ok(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
	}

	/// Tag, type and length of the next element, whose tag must be higher than the last one.
	fn element(&mut self, syntax: Syntax, last: &mut Tag) -> Result<Element, Stop> {
		let tag = self.tag(*last, syntax.big)?;
		if tag <= *last {
			return Err(fault(tag, format!("must not come after ({:04X},{:04X})", last.0, last.1)));
		}
		*last = tag;
		self.rest(tag, syntax)
	}

	fn rest(&mut self, tag: Tag, syntax: Syntax) -> Result<Element, Stop> {
		if !syntax.explicit || tag.0 == ITEM.0 {
			return Ok(Element { tag, unknown: false, length: self.length(tag, syntax.big)? });
		}
		let vr = self.bytes::<2>(tag)?;
		if !vr.iter().all(u8::is_ascii_uppercase) {
			return Err(fault(tag, "has no value representation"));
		}
		let length = match &vr {
			b"AE" | b"AS" | b"AT" | b"CS" | b"DA" | b"DS" | b"DT" | b"FD" | b"FL" | b"IS"
			| b"LO" | b"LT" | b"PN" | b"SH" | b"SL" | b"SS" | b"ST" | b"TM" | b"UI" | b"UL"
			| b"US" => {
				let bytes = self.bytes(tag)?;
				u32::from(if syntax.big {
					u16::from_be_bytes(bytes)
				} else {
					u16::from_le_bytes(bytes)
				})
			},
			_ => {
				self.skip(tag, 2)?;
				self.length(tag, syntax.big)?
			},
		};
		Ok(Element { tag, unknown: &vr == b"UN", length })
	}

	/// Skips the items of a sequence, or the fragments of a value, of undefined length.
	fn items(&mut self, of: Element, syntax: Syntax, depth: u32) -> Result<(), Stop> {
		if depth >= MAX_DEPTH {
			return Err(fault(of.tag, "sequences are nested too deeply"));
		}
		// What is of unknown type is in the default syntax inside.
		let syntax = if of.unknown { Syntax { explicit: false, big: false } } else { syntax };
		loop {
			let tag = self.tag(of.tag, syntax.big)?;
			let length = self.length(of.tag, syntax.big)?;
			match (tag, length) {
				(SEQUENCE_END, _) => return Ok(()),
				(ITEM, UNDEFINED) => self.item(of, syntax, depth)?,
				(ITEM, length) => self.skip(of.tag, length.into())?,
				_ => return Err(fault(of.tag, "must be made of items")),
			}
		}
	}

	/// Skips the elements of an item of undefined length.
	fn item(&mut self, of: Element, syntax: Syntax, depth: u32) -> Result<(), Stop> {
		loop {
			let tag = self.tag(of.tag, syntax.big)?;
			if tag == ITEM_END {
				self.length(of.tag, syntax.big)?;
				return Ok(());
			}
			let element = self.rest(tag, syntax)?;
			match element.length {
				UNDEFINED => self.items(element, syntax, depth + 1)?,
				length => self.skip(tag, length.into())?,
			}
		}
	}
}

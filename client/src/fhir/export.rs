//! A chart as one Bundle with its contents: a patient's own copy, written piece by piece, so that it takes
//! no more memory than its largest FHIR resource.

use super::{binary, document_reference, instant, media_type, patient, present, House, FHIR_JSON};
use crate::{
	content::{check_fhir, ContentError, MAX_FHIR},
	error::{Error, Result},
	vault_api::ListedRecord,
};
use base64::{engine::general_purpose::STANDARD, write::EncoderWriter};
use salus_primitives::{
	ids::{ChartId, RecordId},
	time::Moment,
};
use serde_json::{json, Value};
use std::{
	fs::File,
	io::{self, Write},
	path::{Path, PathBuf},
};

/// A Bundle of type `collection` that is being written.
pub struct Export<W: Write> {
	out: W,
	path: PathBuf,
	entries: u32,
}

/// How a content stands in a Bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inlined {
	/// As the resource it is, to the letter.
	Resource,
	/// As Binary.
	Binary,
}

/// Name of a record's content in a Bundle: a UUID of version 8 that begins as the record's id does.
pub fn content_url(record: RecordId) -> String {
	let mut bytes = [0; 16];
	bytes.iter_mut().zip(record.0).for_each(|(to, from)| *to = from);
	let mut number = u128::from_be_bytes(bytes);
	number = number & !(0xf << 76) | 0x8 << 76;
	number = number & !(0x3 << 62) | 0x2 << 62;
	let digits = format!("{number:032x}");
	let part = |from, to| digits.get(from..to).unwrap_or_default();
	let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
	format!("urn:uuid:{}", parts.join("-"))
}

impl<W: Write> Export<W> {
	/// Begins a Bundle of this chart; `path` is what errors name.
	pub fn begin(out: W, path: &Path, house: &House, chart: ChartId, now: Moment) -> Result<Self> {
		let mut export = Self { out, path: path.into(), entries: 0 };
		let head =
			json!({ "resourceType": "Bundle", "type": "collection", "timestamp": instant(now) });
		let head = head.to_string();
		export.write(head.strip_suffix('}').unwrap_or(&head).as_bytes())?;
		export.write(b",\"entry\":[")?;
		export.resource(house, &patient(house, chart))?;
		Ok(export)
	}

	/// Adds a record: its DocumentReference and its content, which lies in `content`.
	pub fn record(
		&mut self,
		house: &House,
		record: &ListedRecord,
		content: &Path,
	) -> Result<Inlined> {
		let mut document = document_reference(house, record);
		if let Some(part) = document.pointer_mut("/content/0").and_then(Value::as_object_mut) {
			// It is the content itself that stands here.
			part.remove("format");
			if let Some(attachment) = part.get_mut("attachment").and_then(Value::as_object_mut) {
				attachment.insert("url".into(), content_url(record.id).into());
			}
		}
		self.resource(house, &present(document))?;
		self.content(record, content)
	}

	/// Ends the Bundle. The answer is how many entries it has.
	pub fn finish(mut self) -> Result<(W, u32)> {
		self.write(b"]}\n")?;
		self.out.flush().map_err(Error::io(&self.path))?;
		Ok((self.out, self.entries))
	}

	fn resource(&mut self, house: &House, resource: &Value) -> Result<()> {
		let text = resource.to_string();
		self.checked(text.as_bytes())?;
		let name = |name| resource.get(name).and_then(Value::as_str).unwrap_or_default();
		self.open(&house.url(&format!("{}/{}", name("resourceType"), name("id"))))?;
		self.write(text.as_bytes())?;
		self.write(b"}")
	}

	fn content(&mut self, record: &ListedRecord, content: &Path) -> Result<Inlined> {
		let mut file = File::open(content).map_err(Error::io(content))?;
		let size = file.metadata().map_err(Error::io(content))?.len();
		if record.media_type == FHIR_JSON && size <= MAX_FHIR {
			let bytes = std::fs::read(content).map_err(Error::io(content))?;
			// What is no resource stays what it is, bytes.
			if check_fhir(&bytes).is_ok() {
				self.open(&content_url(record.id))?;
				self.write(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes))?;
				self.write(b"}")?;
				return Ok(Inlined::Resource);
			}
		}
		let shell = binary(record.id, media_type(&record.media_type), b"", None).to_string();
		self.checked(shell.as_bytes())?;
		self.open(&content_url(record.id))?;
		self.write(shell.strip_suffix('}').unwrap_or(&shell).as_bytes())?;
		if size > 0 {
			self.write(b",\"data\":\"")?;
			let mut encoder = EncoderWriter::new(&mut self.out, &STANDARD);
			io::copy(&mut file, &mut encoder)
				.and_then(|_| encoder.finish())
				.map_err(Error::io(&self.path))?;
			drop(encoder);
			self.write(b"\"")?;
		}
		self.write(b"}}")?;
		Ok(Inlined::Binary)
	}

	/// Begins an entry up to its resource.
	fn open(&mut self, url: &str) -> Result<()> {
		let comma = if self.entries > 0 { "," } else { "" };
		self.entries = self.entries.saturating_add(1);
		let url = Value::from(url);
		self.write(format!("{comma}\n{{\"fullUrl\":{url},\"resource\":").as_bytes())
	}

	fn write(&mut self, bytes: &[u8]) -> Result<()> {
		self.out.write_all(bytes).map_err(Error::io(&self.path))
	}

	fn checked(&self, resource: &[u8]) -> Result<()> {
		let refused = |fault: ContentError| Error::Content { path: self.path.clone(), fault };
		check_fhir(resource).map(drop).map_err(refused)
	}
}

//! From a resource to an encrypted record.

use super::{
	charts::Charts,
	source::{Content, Read, Sources},
	MAX_CONTENT,
};
use crate::{
	content::{inspect, ContentError},
	envelope::{encrypt, envelope_size, ContentKey},
	error::{Error, Result},
	records::{describe, new_version, Place, Written},
	transfer::now,
	vault_api::{ChartKeys, PageRecord},
};
use salus_primitives::ids::{ChartId, OrganisationId};
use serde::Serialize;
use std::{collections::HashMap, path::PathBuf};

/// Why a resource is not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refusal {
	/// The file.
	pub(super) file: PathBuf,
	/// Its line, from 1; none where the file is one resource.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(super) line: Option<u64>,
	/// The element at fault, where there is one.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(super) path: Option<String>,
	/// A stable code.
	pub(super) code: &'static str,
	/// What is wrong.
	pub(super) message: String,
}

impl Refusal {
	pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
		Self { file: PathBuf::new(), line: None, path: None, code, message: message.into() }
	}
}

impl From<ContentError> for Refusal {
	fn from(fault: ContentError) -> Self {
		let path = match &fault {
			ContentError::NotFhir { path, .. } => Some(path.clone()),
			ContentError::NotDicom { place, .. } => Some(place.clone()),
			ContentError::TwoPatients { second, .. } => Some(second.clone()),
			_ => None,
		};
		Self { path, ..Self::new(fault.code(), fault.to_string()) }
	}
}

/// What came of a resource.
pub(super) enum Made {
	/// It is a record.
	Record(Box<PageRecord>),
	/// It is not imported.
	Refused(Box<Refusal>),
	/// There was none, but blank lines.
	Nothing,
}

/// What it takes to make records.
pub(super) struct Maker {
	pub(super) genesis: [u8; 32],
	pub(super) custodian: OrganisationId,
	pub(super) charts: Charts,
	pub(super) keys: HashMap<ChartId, ChartKeys>,
}

impl Maker {
	/// Makes a record of what was read, or says why not.
	pub(super) fn make(&self, sources: &Sources, read: Read) -> Made {
		let made = match &read.content {
			Content::Nothing => return Made::Nothing,
			Content::TooLarge => Err(Refusal::new(
				"import-too-large",
				format!(
					"it has more than {} MiB: store it with `salus record store`",
					MAX_CONTENT / (1024 * 1024)
				),
			)),
			Content::Bytes(bytes) => self.record(bytes),
		};
		match made {
			Ok(record) => Made::Record(Box::new(record)),
			Err(refusal) => Made::Refused(Box::new(Refusal {
				file: sources.path(read.file),
				line: read.line,
				..refusal
			})),
		}
	}

	fn record(&self, bytes: &[u8]) -> Result<PageRecord, Refusal> {
		let info = inspect(bytes)?;
		let chart = self.charts.of(&info.patients)?;
		let keys = self.keys.get(&chart).ok_or_else(|| {
			Refusal::new("chart-unknown", "its chart is not enrolled at this custodian")
		})?;
		let sealed = || {
			let place =
				Place { genesis: self.genesis, custodian: self.custodian, chart, replaces: None };
			let (id, of) = new_version(&place)?;
			let key = ContentKey::generate()?;
			let size = usize::try_from(envelope_size(bytes.len() as u64)).unwrap_or_default();
			let mut ciphertext = Vec::with_capacity(size);
			let sealed = encrypt(&mut &*bytes, &mut ciphertext, &key, &of)?;
			let written = Written {
				author: None,
				encounter: None,
				clinical_date: info.clinical_date.unwrap_or_else(now),
			};
			let new = describe(id, &of, &sealed, &key, &info, &written, &place, keys)?;
			Ok(PageRecord { chart, new, ciphertext })
		};
		sealed().map_err(|fault: Error| Refusal::new("import-failed", fault.to_string()))
	}
}

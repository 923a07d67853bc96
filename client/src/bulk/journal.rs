//! What lets an import go on after its program was killed: where in the files each page ends. And the
//! report of what was refused, which is cut back to the page from which it goes on.

use super::{make::Refusal, source::Place};
use crate::{
	error::{Error, Result},
	sealed_file::{open_owner_only, random, replace, sync_folder},
	transfer::{lock, Session},
	vault_api::{hex_bytes, ImportId},
};
use salus_primitives::ids::{Digest, OrganisationId};
use serde::{Deserialize, Serialize};
use std::{
	fs::File,
	io::{BufWriter, ErrorKind, Seek, SeekFrom, Write},
	path::{Path, PathBuf},
};

const FORMAT: &str = "salus-import-1";

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
	format: String,
	#[serde(with = "hex_bytes")]
	genesis: [u8; 32],
	custodian: OrganisationId,
	/// Who imports.
	#[serde(with = "hex_bytes")]
	account: [u8; 32],
	/// Files, sizes and mapping.
	inputs: Digest,
	import: ImportId,
}

/// How it stood at the end of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended {
	/// Where the next resource begins.
	pub(super) place: Place,
	/// Records up to there.
	pub(super) records: u64,
	/// Resources refused up to there.
	pub(super) refused: u64,
	/// Bytes of the report up to there.
	pub(super) report: u64,
}

/// The journal.
pub(super) struct Journal {
	path: PathBuf,
	heading: Heading,
	ended: Vec<Ended>,
	/// Keeps other processes away.
	_lock: File,
}

fn unusable(path: &Path, detail: impl Into<String>) -> Error {
	Error::JournalUnusable { journal: path.to_owned(), detail: detail.into() }
}

impl Journal {
	/// The journal at `path`, which must be of these inputs, or a new one.
	pub(super) fn open(path: &Path, session: &Session<'_>, inputs: Digest) -> Result<Self> {
		let mut beside = path.as_os_str().to_owned();
		beside.push(".lock");
		let beside = PathBuf::from(beside);
		let _lock = lock(open_owner_only(&beside)?, &beside)?;
		let text = match std::fs::read_to_string(path) {
			Ok(text) => text,
			Err(fault) if fault.kind() == ErrorKind::NotFound => String::new(),
			Err(fault) => return Err(Error::io(path)(fault)),
		};
		let mut lines = text.split_inclusive('\n');
		let heading = match lines.next() {
			None => {
				let mut name = [0; 32];
				random(&mut name)?;
				let heading = Heading {
					format: FORMAT.into(),
					genesis: session.genesis,
					custodian: session.organisation,
					account: session.who.account(),
					inputs,
					import: ImportId(name),
				};
				let journal = Self { path: path.to_owned(), heading, ended: Vec::new(), _lock };
				journal.write()?;
				return Ok(journal);
			},
			Some(line) => serde_json::from_str::<Heading>(line).map_err(|fault| {
				unusable(path, format!("its first line is no heading: {fault}"))
			})?,
		};
		let of = |what: &str| unusable(path, format!("it is of another {what}"));
		if heading.format != FORMAT {
			return Err(of("version of this program"));
		}
		if heading.genesis != session.genesis || heading.custodian != session.organisation {
			return Err(of("chain or organisation"));
		}
		if heading.account != session.who.account() {
			return Err(of("account"));
		}
		if heading.inputs != inputs {
			return Err(of("selection of files, which may have changed, or of another mapping"));
		}
		let mut ended = Vec::new();
		for line in lines {
			match serde_json::from_str(line) {
				Ok(end) => ended.push(end),
				// A kill broke off the last line; its page was not sent.
				Err(_) if !line.ends_with('\n') => break,
				Err(fault) => {
					return Err(unusable(path, format!("a line of it is damaged: {fault}")))
				},
			}
		}
		Ok(Self { path: path.to_owned(), heading, ended, _lock })
	}

	/// Writes all of it anew.
	fn write(&self) -> Result<()> {
		let line = |value: serde_json::Result<String>| {
			value.map_err(|fault| unusable(&self.path, fault.to_string()))
		};
		let mut text = line(serde_json::to_string(&self.heading))?;
		text.push('\n');
		for end in &self.ended {
			text.push_str(&line(serde_json::to_string(end))?);
			text.push('\n');
		}
		replace(&self.path, text.as_bytes())
	}

	/// The import's name.
	pub(super) fn import(&self) -> ImportId {
		self.heading.import
	}

	/// How it stood at the end of the files, where the vault was told that no page follows.
	pub(super) fn end(&self) -> Ended {
		self.ended.last().copied().unwrap_or_default()
	}

	/// How it stood after so many pages, from which it goes on: later ones were not kept.
	pub(super) fn go_on_from(&mut self, pages: u32) -> Result<Ended> {
		let kept = usize::try_from(pages).unwrap_or(usize::MAX);
		if self.ended.len() < kept {
			return Err(unusable(
				&self.path,
				format!("the vault keeps {pages} pages, of which it tells less"),
			));
		}
		if self.ended.len() > kept {
			self.ended.truncate(kept);
			self.write()?;
		}
		Ok(self.ended.last().copied().unwrap_or_default())
	}

	/// Notes the end of a page before it is sent. Durable when it returns.
	pub(super) fn note(&mut self, page: u32, end: Ended) -> Result<()> {
		if u32::try_from(self.ended.len()) != Ok(page) {
			return Err(unusable(&self.path, "a page of it is missing"));
		}
		let mut line =
			serde_json::to_vec(&end).map_err(|fault| unusable(&self.path, fault.to_string()))?;
		line.push(b'\n');
		let mut file = open_owner_only(&self.path)?;
		file.write_all(&line)
			.and_then(|()| file.sync_data())
			.map_err(Error::io(&self.path))?;
		self.ended.push(end);
		Ok(())
	}
}

/// The report: what was refused, one JSON object per line.
pub(super) struct Report {
	path: PathBuf,
	file: BufWriter<File>,
	length: u64,
}

impl Report {
	/// The report, of which so many bytes are kept.
	pub(super) fn open(path: &Path, length: u64) -> Result<Self> {
		let mut file = open_owner_only(path)?;
		let there = file.metadata().map_err(Error::io(path))?.len();
		if there < length {
			return Err(unusable(path, "the report is shorter than the journal says"));
		}
		file.set_len(length)
			.and_then(|()| file.seek(SeekFrom::Start(length)))
			.map_err(Error::io(path))?;
		sync_folder(path)?;
		Ok(Self { path: path.to_owned(), file: BufWriter::new(file), length })
	}

	/// Adds a line.
	pub(super) fn note(&mut self, refusal: &Refusal) -> Result<()> {
		let mut line =
			serde_json::to_vec(refusal).map_err(|fault| unusable(&self.path, fault.to_string()))?;
		line.push(b'\n');
		self.length = self.length.saturating_add(line.len() as u64);
		self.file.write_all(&line).map_err(Error::io(&self.path))
	}

	/// Its bytes, which are on disk.
	pub(super) fn length(&mut self) -> Result<u64> {
		self.file
			.flush()
			.and_then(|()| self.file.get_ref().sync_data())
			.map_err(Error::io(&self.path))?;
		Ok(self.length)
	}

	/// Where it lies.
	pub(super) fn path(&self) -> PathBuf {
		self.path.clone()
	}
}

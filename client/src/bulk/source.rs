//! The files of an import, one resource after the other.

use super::MAX_CONTENT;
use crate::error::{Error, Result};
use codec::{Decode, Encode};
use salus_primitives::ids::Digest;
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File},
	io::{BufRead, BufReader, Read as _, Seek, SeekFrom},
	path::{Path, PathBuf},
};

/// Endings of files with one resource per line.
const LINES: [&str; 2] = ["ndjson", "jsonl"];
/// Most resources that are read at once, and most bytes before no more are added.
const CHUNK: usize = 64;
const CHUNK_BYTES: usize = 1024 * 1024;

/// The files.
#[derive(Clone, Debug)]
pub struct Sources {
	/// In order, with their sizes.
	files: Vec<(PathBuf, u64)>,
}

/// Where a resource begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub(super) struct Place {
	/// Which file.
	pub(super) file: u32,
	/// Byte of the file.
	pub(super) offset: u64,
	/// Lines before it.
	pub(super) line: u64,
}

/// What was read.
pub(super) struct Read {
	/// Which file.
	pub(super) file: u32,
	/// Its line, from 1, in a file of lines.
	pub(super) line: Option<u64>,
	/// Where the next one begins.
	pub(super) after: Place,
	pub(super) content: Content,
}

/// What a line or file holds.
pub(super) enum Content {
	/// A resource, perhaps.
	Bytes(Vec<u8>),
	/// More than is imported.
	TooLarge,
	/// Nothing.
	Nothing,
}

impl Sources {
	/// These files, and all in these folders, except what begins with a dot.
	pub fn of(paths: &[PathBuf]) -> Result<Self> {
		let mut files = Vec::new();
		for path in paths {
			add(path, &mut files)?;
		}
		Ok(Self { files })
	}

	/// Bytes in all.
	pub fn bytes(&self) -> u64 {
		self.files
			.iter()
			.map(|(_, size)| size)
			.fold(0, |sum, size| sum.saturating_add(*size))
	}

	/// Number of files.
	pub fn count(&self) -> usize {
		self.files.len()
	}

	/// The same for the same files in the same order.
	pub(super) fn digest(&self) -> Digest {
		let files: Vec<_> = self
			.files
			.iter()
			.map(|(path, size)| (path.as_os_str().as_encoded_bytes().to_vec(), *size))
			.collect();
		Digest::of(&files.encode())
	}

	/// The path of a file.
	pub(super) fn path(&self, file: u32) -> PathBuf {
		self.file(file).map(|(path, _)| path.to_owned()).unwrap_or_default()
	}

	fn file(&self, file: u32) -> Option<(&Path, u64)> {
		let (path, size) = self.files.get(usize::try_from(file).ok()?)?;
		Some((path, *size))
	}

	/// Bytes before this place.
	pub(super) fn read_until(&self, place: Place) -> u64 {
		let before = usize::try_from(place.file).unwrap_or(usize::MAX);
		let whole = self.files.iter().take(before).map(|(_, size)| *size);
		whole.fold(place.offset, u64::saturating_add)
	}

	/// Reads from this place to the end, chunk by chunk, until `take` wants no more.
	pub(super) fn read(&self, from: Place, mut take: impl FnMut(Result<Vec<Read>>) -> bool) {
		let mut chunk = Chunk { reads: Vec::new(), bytes: 0, take: &mut take };
		let mut place = from;
		while let Some((path, size)) = self.file(place.file) {
			let read = if is_lines(path) {
				lines(path, place, &mut chunk)
			} else {
				whole(path, size, place, &mut chunk)
			};
			match read {
				Ok(true) => {},
				Ok(false) => return,
				Err(fault) => {
					(chunk.take)(Err(fault));
					return;
				},
			}
			place = next_file(place);
		}
		chunk.flush();
	}
}

fn next_file(place: Place) -> Place {
	Place { file: place.file.saturating_add(1), offset: 0, line: 0 }
}

fn is_lines(path: &Path) -> bool {
	let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
	LINES.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn add(path: &Path, files: &mut Vec<(PathBuf, u64)>) -> Result<()> {
	let found = fs::metadata(path).map_err(Error::io(path))?;
	if !found.is_dir() {
		files.push((path.to_owned(), found.len()));
		return Ok(());
	}
	let entries = fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
	let mut entries = entries.map_err(Error::io(path))?;
	entries.sort_by_key(|entry| entry.file_name());
	for entry in entries {
		let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
		let link = entry.file_type().map_err(Error::io(entry.path()))?.is_symlink();
		if !hidden && !link {
			add(&entry.path(), files)?;
		}
	}
	Ok(())
}

/// What is read before it is handed on.
struct Chunk<'a> {
	reads: Vec<Read>,
	bytes: usize,
	take: &'a mut dyn FnMut(Result<Vec<Read>>) -> bool,
}

impl Chunk<'_> {
	/// Adds what was read. Whether more is wanted.
	fn add(&mut self, read: Read) -> bool {
		if let Content::Bytes(bytes) = &read.content {
			self.bytes = self.bytes.saturating_add(bytes.len());
		}
		self.reads.push(read);
		(self.reads.len() < CHUNK && self.bytes < CHUNK_BYTES) || self.flush()
	}

	fn flush(&mut self) -> bool {
		self.bytes = 0;
		let reads = std::mem::take(&mut self.reads);
		reads.is_empty() || (self.take)(Ok(reads))
	}
}

/// Reads a file of lines. Whether more is wanted.
fn lines(path: &Path, from: Place, chunk: &mut Chunk<'_>) -> Result<bool> {
	let mut file = File::open(path).map_err(Error::io(path))?;
	file.seek(SeekFrom::Start(from.offset)).map_err(Error::io(path))?;
	let mut reader = BufReader::with_capacity(256 * 1024, file);
	let mut place = from;
	loop {
		let mut bytes = Vec::new();
		// A line that is too long is passed over piece by piece.
		let (mut length, mut too_large) = (0u64, false);
		loop {
			bytes.clear();
			let read = reader.by_ref().take(MAX_CONTENT + 2).read_until(b'\n', &mut bytes);
			let read = read.map_err(Error::io(path))? as u64;
			length = length.saturating_add(read);
			if read < MAX_CONTENT + 2 || bytes.ends_with(b"\n") {
				break;
			}
			too_large = true;
		}
		if length == 0 {
			return Ok(true);
		}
		place.offset = place.offset.saturating_add(length);
		place.line = place.line.saturating_add(1);
		let content = match bytes.trim_ascii() {
			_ if too_large => Content::TooLarge,
			[] => Content::Nothing,
			line => Content::Bytes(line.to_vec()),
		};
		let read = Read { file: place.file, line: Some(place.line), after: place, content };
		if !chunk.add(read) {
			return Ok(false);
		}
	}
}

/// Reads a file that is one resource. Whether more is wanted.
fn whole(path: &Path, size: u64, place: Place, chunk: &mut Chunk<'_>) -> Result<bool> {
	let content = if size > MAX_CONTENT {
		Content::TooLarge
	} else {
		let mut bytes = Vec::new();
		let file = File::open(path).map_err(Error::io(path))?;
		file.take(MAX_CONTENT + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
		// It may have grown since.
		if bytes.len() as u64 > MAX_CONTENT {
			Content::TooLarge
		} else {
			Content::Bytes(bytes)
		}
	};
	let read = Read { file: place.file, line: None, after: next_file(place), content };
	Ok(chunk.add(read))
}

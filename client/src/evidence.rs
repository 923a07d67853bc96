//! Commitments to evidence: what a board, an inspector or an applicant has in a file, and the chain
//! only as a salted digest. Form letters can be guessed, so a bare digest would tell what was seen.
//!
//! The opening lies beside the file. Whoever is shown both can prove them against the chain.

use crate::{
	sealed_file::{random, sibling, write_new},
	vault_api::hex_bytes,
	Error, Result,
};
use codec::Encode;
use salus_primitives::ids::Digest;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Format of opening files.
pub const FORMAT: &str = "salus-evidence-opening-1";
/// Names what is committed to, and its version.
pub const EVIDENCE_DOMAIN: [u8; 16] = *b"salus/evidence/1";

/// What is wrong with evidence or its opening.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
	/// Not the JSON expected.
	#[error("{} is no {FORMAT} file: {detail}", path.display())]
	NotAnOpening {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		detail: String,
	},
	/// Its commitment is not made of its other parts.
	#[error("{} was altered: its commitment is not that of its digest and salt", .0.display())]
	Altered(PathBuf),
	/// It opens the commitment to another file.
	#[error(
		"{} is not the file that {} was made for, or has changed since",
		file.display(),
		opening.display()
	)]
	OtherFile {
		/// The evidence.
		file: PathBuf,
		/// The opening.
		opening: PathBuf,
	},
	/// It opens another commitment.
	#[error("the evidence has the commitment {found}, not {expected}")]
	OtherCommitment {
		/// The opening's.
		found: Digest,
		/// The one asked about.
		expected: Digest,
	},
}

impl EvidenceError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotAnOpening { .. } => "evidence-opening-malformed",
			Self::Altered(_) => "evidence-opening-altered",
			Self::OtherFile { .. } => "evidence-other-file",
			Self::OtherCommitment { .. } => "evidence-other-commitment",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::NotAnOpening { .. } | Self::Altered(_) => "restore the opening from a copy",
			Self::OtherFile { .. } => {
				"put the file back as it was; to commit to a new one, give it a name of its own"
			},
			Self::OtherCommitment { .. } => {
				"check the entry on the chain, and ask for its evidence"
			},
		}
	}
}

/// What opens a commitment to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
	format: String,
	/// blake2_256 over the file.
	pub file: Digest,
	/// Random, so that nobody finds the file by guessing.
	#[serde(with = "hex_bytes")]
	pub salt: [u8; 32],
	/// What goes on the chain.
	pub commitment: Digest,
}

impl Opening {
	/// A new one for a file of this digest.
	pub fn new(file: Digest) -> Result<Self> {
		let mut salt = [0; 32];
		random(&mut salt)?;
		let commitment = commitment(file, salt);
		Ok(Self { format: FORMAT.into(), file, salt, commitment })
	}

	/// Reads an opening and checks that it holds together.
	pub fn read(path: &Path) -> Result<Self> {
		let bytes = std::fs::read(path).map_err(Error::io(path))?;
		let malformed = |detail: String| EvidenceError::NotAnOpening { path: path.into(), detail };
		let read: Self =
			serde_json::from_slice(&bytes).map_err(|fault| malformed(fault.to_string()))?;
		if read.format != FORMAT {
			return Err(malformed("it has another format".into()).into());
		}
		if read.commitment != commitment(read.file, read.salt) {
			return Err(EvidenceError::Altered(path.into()).into());
		}
		Ok(read)
	}

	/// Reads the opening that must be this file's.
	fn read_for(path: &Path, file: &Path, digest: Digest) -> Result<Self> {
		let read = Self::read(path)?;
		if read.file != digest {
			let (file, opening) = (file.into(), path.into());
			return Err(EvidenceError::OtherFile { file, opening }.into());
		}
		Ok(read)
	}
}

/// The commitment to a file of this digest under this salt.
pub fn commitment(file: Digest, salt: [u8; 32]) -> Digest {
	Digest::of(&(EVIDENCE_DOMAIN, salt, file).encode())
}

/// Where the opening of a file lies.
pub fn opening_path(file: &Path) -> PathBuf {
	sibling(file, ".opening.json")
}

/// Commits to a file. Its opening is written beside it, where only the owner can read it; one that is
/// there is used again, if it is this file's.
pub fn commit(file: &Path) -> Result<Opening> {
	let digest = digest(file)?;
	let path = opening_path(file);
	if path.try_exists().map_err(Error::io(&path))? {
		return Opening::read_for(&path, file, digest);
	}
	let opening = Opening::new(digest)?;
	let mut text =
		serde_json::to_vec_pretty(&opening).unwrap_or_else(|_| unreachable!("texts are JSON"));
	text.push(b'\n');
	match write_new(&path, &text) {
		// Somebody else committed to it meanwhile.
		Err(Error::FileExists(_)) => Opening::read_for(&path, file, digest),
		written => written.map(|()| opening),
	}
}

/// Proves a file against a commitment on the chain, with the opening beside it or another one.
pub fn verify(file: &Path, opening: Option<&Path>, expected: Digest) -> Result<Opening> {
	let digest = digest(file)?;
	let path = opening.map_or_else(|| opening_path(file), Into::into);
	let opening = Opening::read_for(&path, file, digest)?;
	if opening.commitment != expected {
		return Err(EvidenceError::OtherCommitment { found: opening.commitment, expected }.into());
	}
	Ok(opening)
}

fn digest(file: &Path) -> Result<Digest> {
	Ok(Digest::of(&std::fs::read(file).map_err(Error::io(file))?))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn letter() -> (tempfile::TempDir, PathBuf) {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("letter.pdf");
		std::fs::write(&file, b"your licence is suspended").unwrap();
		(folder, file)
	}

	fn code<T: core::fmt::Debug>(result: Result<T>) -> String {
		let error = result.unwrap_err();
		assert!(!error.help().is_empty() && !error.to_string().is_empty());
		error.code().to_owned()
	}

	#[test]
	fn a_commitment_is_salted_and_proven_by_its_opening() {
		let (_folder, file) = letter();
		let made = commit(&file).unwrap();
		let digest = Digest::of(b"your licence is suspended");
		assert_eq!(made.file, digest);
		let bytes = [b"salus/evidence/1".as_slice(), &made.salt, &digest.0].concat();
		assert_eq!(made.commitment, Digest::of(&bytes));
		assert_ne!(Opening::new(digest).unwrap().commitment, made.commitment);
		// The same file again is the same evidence.
		assert_eq!(commit(&file).unwrap(), made);
		assert_eq!(verify(&file, None, made.commitment).unwrap(), made);
		let elsewhere = file.with_file_name("kept.json");
		std::fs::rename(opening_path(&file), &elsewhere).unwrap();
		assert_eq!(code(verify(&file, None, made.commitment)), "io");
		assert_eq!(verify(&file, Some(&elsewhere), made.commitment).unwrap(), made);
		assert_eq!(code(verify(&file, Some(&elsewhere), digest)), "evidence-other-commitment");
	}

	#[test]
	fn a_file_that_has_changed_is_told() {
		let (_folder, file) = letter();
		let made = commit(&file).unwrap();
		std::fs::write(&file, b"your licence is revoked").unwrap();
		assert_eq!(code(commit(&file)), "evidence-other-file");
		assert_eq!(code(verify(&file, None, made.commitment)), "evidence-other-file");
		// The opening of the first is still there.
		assert_eq!(Opening::read(&opening_path(&file)).unwrap(), made);
	}

	#[test]
	fn an_opening_that_is_none_is_told() {
		let (_folder, file) = letter();
		let made = commit(&file).unwrap();
		let path = opening_path(&file);
		let with = |change: &dyn Fn(&mut serde_json::Value)| {
			let mut json = serde_json::to_value(&made).unwrap();
			change(&mut json);
			std::fs::write(&path, json.to_string()).unwrap();
			code(commit(&file))
		};
		let digest = Digest([1; 32]).to_string();
		assert_eq!(with(&|json| json["format"] = "other".into()), "evidence-opening-malformed");
		assert_eq!(with(&|json| json["salt"] = "0x00".into()), "evidence-opening-malformed");
		assert_eq!(with(&|json| json["more"] = 1.into()), "evidence-opening-malformed");
		for part in ["salt", "commitment", "file"] {
			let altered = with(&|json| json[part] = digest.clone().into());
			assert_eq!(altered, "evidence-opening-altered", "{part}");
		}
		std::fs::write(&path, b"").unwrap();
		assert_eq!(code(commit(&file)), "evidence-opening-malformed");
	}

	#[cfg(unix)]
	#[test]
	fn only_the_owner_reads_the_opening() {
		use std::os::unix::fs::PermissionsExt;
		let (_folder, file) = letter();
		commit(&file).unwrap();
		let mode = std::fs::metadata(opening_path(&file)).unwrap().permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
	}
}

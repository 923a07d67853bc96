//! Reading a record into a file.

use super::{blocking, lock, may_pass, now, Persistent, Session, Watcher};
use crate::{
	batched::facts,
	chain::At,
	envelope::{envelope_size, ContentHasher, ContentKey, RecordVersion, CHUNK},
	error::{Error, Result},
	records::open_with,
	sealed_file::{open_owner_only, replace, sibling},
	vault_api::{Attempt, Release, ReleaseRequest},
	vault_client::VaultClient,
};
use futures::StreamExt;
use salus_primitives::ids::{ChartId, Digest, OrganisationId, RecordId, Seal};
use std::{
	fs::{self, File},
	io::Read,
	path::{Path, PathBuf},
};
use tokio::io::AsyncWriteExt;

/// Failures in a row that are borne before a byte came, and once some did.
const FEW: u32 = 3;
const MANY: u32 = 12;

/// What is known of a record that is to be read.
#[derive(Clone)]
pub enum Known {
	/// Its leaf on the chain.
	Leaf(Seal),
	/// The chain has no entry of it: what is released must be proven to lie in a batch that this custodian
	/// keeps, as the chain is here.
	Batched(At, OrganisationId),
	/// Nothing: the chain is not asked, and what is released counts as it describes itself.
	Nothing,
}

impl core::fmt::Debug for Known {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::Leaf(leaf) => f.debug_tuple("Leaf").field(leaf).finish(),
			Self::Batched(_, custodian) => f.debug_tuple("Batched").field(custodian).finish(),
			Self::Nothing => f.write_str("Nothing"),
		}
	}
}

impl Known {
	/// Refuses what is not as the chain has it.
	async fn check(&self, record: RecordId, release: &Release) -> Result<()> {
		let opening = &release.opening;
		let holds = match self {
			Self::Nothing => true,
			Self::Leaf(leaf) => opening.opens(leaf),
			Self::Batched(at, custodian) => {
				let facts = facts(at, record, opening, release.inclusion.as_ref()).await?;
				facts.is_some_and(|facts| {
					facts.custodian == *custodian && opening.opens(&facts.leaf)
				})
			},
		};
		if holds {
			Ok(())
		} else {
			Err(Error::ReleaseMismatch("its terms do not open the leaf on the chain".into()))
		}
	}
}

/// A record that is to be read.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
	/// Which one.
	pub record: RecordId,
	/// How it is asked for; where it goes on is found out.
	pub request: ReleaseRequest,
	/// What the chain says of it.
	pub known: Known,
	/// The chart to which it must belong, if that is known.
	pub chart: Option<ChartId>,
	/// The file for its content.
	pub out: &'a Path,
	/// Whether what came stays beside that file when this call ends without all of it, for the next one
	/// to go on with.
	pub resumable: bool,
}

/// Reads a record into a file, which is whole and as the chain has it, or not there. What a call before
/// this one fetched is not fetched again, where the caller wants that: ciphertext rests beside the file,
/// never plaintext. Gives what the vault said with the last bytes.
pub async fn read_file(
	vault: &VaultClient,
	session: &Session<'_>,
	wanted: Wanted<'_>,
	watch: Watcher,
) -> Result<Release> {
	let mut persistent = Persistent::new(vault, session, FEW);
	// Each time that a release is asked for is logged: not again and again before anything came.
	persistent.bears_refusals = false;
	let mut part = Part::open(&wanted)?;
	loop {
		match fetch(&mut persistent, &wanted, &mut part, &watch).await {
			Ok(fetched) => match part.finish(&wanted, fetched).await {
				// Bytes of a call before may be what is wrong: once more, from the start.
				Err(Error::ReleaseMismatch(_)) if part.was_resumed => part.restart()?,
				Err(fault) => {
					part.leave(&fault)?;
					return Err(fault);
				},
				Ok(release) => return Ok(release),
			},
			Err(fault) => {
				if let Err(fault) = persistent.bear(fault).await {
					part.leave(&fault)?;
					return Err(fault);
				}
			},
		}
	}
}

/// What is known once all bytes are there.
struct Fetched {
	release: Release,
	key: ContentKey,
	of: RecordVersion,
}

/// The ciphertext that is here already.
struct Part {
	path: PathBuf,
	/// By which name it is asked for, and the file that keeps that for the next call.
	attempt: Attempt,
	journal: PathBuf,
	file: tokio::fs::File,
	length: u64,
	was_resumed: bool,
	/// Whether it goes with this value.
	passes: bool,
}

impl Part {
	/// The part beside the file; its name tells the record, whose ciphertext never changes.
	fn open(wanted: &Wanted<'_>) -> Result<Self> {
		let record = hex::encode(wanted.record.0);
		let path = sibling(wanted.out, &format!(".{}.part", record.get(..16).unwrap_or_default()));
		let file = lock(open_owner_only(&path)?, &path)?;
		let length = file.metadata().map_err(Error::io(&path))?.len();
		let (file, passes) = (tokio::fs::File::from_std(file), !wanted.resumable);
		let journal =
			sibling(wanted.out, &format!(".{}.attempt", record.get(..16).unwrap_or_default()));
		// The lock on the part keeps others away from it.
		let attempt = match read_attempt(&journal) {
			Some(attempt) if wanted.resumable => attempt,
			_ => Attempt::random()?,
		};
		let part = Self { path, attempt, journal, file, length, was_resumed: length > 0, passes };
		part.note_attempt()?;
		Ok(part)
	}

	/// Keeps the attempt's name before anything is asked for by it.
	fn note_attempt(&self) -> Result<()> {
		if self.passes {
			return Ok(());
		}
		replace(&self.journal, self.attempt.to_string().as_bytes())
	}

	/// Goes on by a new name, where the vault knows this one for something else.
	fn begin_attempt(&mut self) -> Result<()> {
		self.attempt = Attempt::random()?;
		self.note_attempt()
	}

	fn restart(&mut self) -> Result<()> {
		self.was_resumed = false;
		self.length = 0;
		let file = File::options().write(true).open(&self.path).map_err(Error::io(&self.path))?;
		file.set_len(0).map_err(Error::io(&self.path))
	}

	fn remove(&self) -> Result<()> {
		if !self.passes {
			// Where it stays all the same, the next reading of this record into this place has the same line.
			let _ = fs::remove_file(&self.journal);
		}
		self.remove_part()
	}

	fn remove_part(&self) -> Result<()> {
		fs::remove_file(&self.path).map_err(Error::io(&self.path))
	}

	/// Leaves what another call may go on with.
	fn leave(&self, fault: &Error) -> Result<()> {
		let is_wrong = matches!(fault, Error::ReleaseMismatch(_) | Error::Envelope(_));
		let is_of_use = self.length > 0 && !is_wrong;
		match fault {
			_ if is_of_use => Ok(()),
			// It may be in the log already that this was released.
			fault if may_pass(fault) => self.remove_part(),
			_ => self.remove(),
		}
	}

	/// Checks the ciphertext, then decrypts it to where it is wanted.
	async fn finish(&mut self, wanted: &Wanted<'_>, fetched: Fetched) -> Result<Release> {
		let (path, out) = (self.path.clone(), wanted.out.to_owned());
		let release = blocking(wanted.out, move || {
			let Fetched { release, key, of } = fetched;
			if digest(&path)? != release.opening.terms.ciphertext_digest {
				return Err(Error::ReleaseMismatch(
					"the bytes have another digest than the record's terms".into(),
				));
			}
			open_with(&key, &of, &release, &path, &out)?;
			Ok(release)
		})
		.await?;
		self.remove()?;
		Ok(release)
	}
}

impl Drop for Part {
	fn drop(&mut self) {
		if self.passes {
			// It is gone already once all of it was there.
			let _ = fs::remove_file(&self.path);
		}
	}
}

/// The attempt's name that a call before this one kept.
fn read_attempt(path: &Path) -> Option<Attempt> {
	fs::read_to_string(path).ok()?.trim().parse().ok()
}

fn digest(path: &Path) -> Result<Digest> {
	let mut file = File::open(path).map_err(Error::io(path))?;
	let (mut digest, mut piece) = (ContentHasher::default(), vec![0; CHUNK]);
	loop {
		match file.read(&mut piece) {
			Ok(0) => return Ok(digest.finish()),
			Ok(length) => digest.update(piece.get(..length).unwrap_or_default()),
			Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {},
			Err(fault) => return Err(Error::io(path)(fault)),
		}
	}
}

/// Asks for what is missing, and appends it to the part.
async fn fetch(
	persistent: &mut Persistent<'_>,
	wanted: &Wanted<'_>,
	part: &mut Part,
	watch: &Watcher,
) -> Result<Fetched> {
	let vault = persistent.vault.clone();
	let request = ReleaseRequest { offset: part.length, ..wanted.request };
	let asked = vault.ask_release_in(&wanted.record, &request, Some(&part.attempt)).await;
	let asked = match asked {
		Err(fault) if fault.code() == crate::vault_api::codes::ALREADY_EXISTS => {
			part.begin_attempt()?;
			vault.ask_release_in(&wanted.record, &request, Some(&part.attempt)).await
		},
		asked => asked,
	};
	let (release, response) = match asked {
		// More is here than the record has, so it is of something else.
		Err(fault) if part.length > 0 && fault.code() == crate::vault_api::codes::MALFORMED => {
			part.restart()?;
			let request = ReleaseRequest { offset: 0, ..wanted.request };
			vault.ask_release_in(&wanted.record, &request, Some(&part.attempt)).await?
		},
		other => other?,
	};
	// Before gigabytes are fetched of what is not as the chain has it.
	wanted.known.check(wanted.record, &release).await?;
	let terms = &release.opening.terms;
	if wanted.chart.is_some_and(|chart| chart != terms.chart) {
		return Err(Error::ReleaseMismatch("it belongs to another chart".into()));
	}
	// A wrap is good for minutes, a transfer may take hours: it is opened now.
	let Session { who, genesis, .. } = *persistent.session;
	let of = RecordVersion { genesis, record: wanted.record, version: terms.version };
	let key = release.wrap.open(who.encryption(), &of, now())?;
	let size = envelope_size(terms.size);
	let mut pieces = std::pin::pin!(vault.pieces(response));
	while part.length < size {
		let Some(piece) = pieces.next().await else { break };
		let written =
			part.length.saturating_add(piece.as_ref().map_or(0, |piece| piece.len() as u64));
		let piece = match piece {
			Ok(piece) if written <= size => piece,
			Ok(_) => {
				return Err(Error::ReleaseMismatch("it has more bytes than its terms say".into()))
			},
			Err(fault) => {
				part.file.flush().await.map_err(Error::io(&part.path))?;
				return Err(fault);
			},
		};
		part.file.write_all(&piece).await.map_err(Error::io(&part.path))?;
		part.length = written;
		persistent.succeeded();
		(persistent.most, persistent.bears_refusals) = (MANY, true);
		watch(part.length, size);
	}
	part.file.flush().await.map_err(Error::io(&part.path))?;
	let more = pieces.next().await.is_some_and(|piece| piece.is_ok());
	if part.length != size || more {
		return Err(Error::ReleaseMismatch(
			"it has another number of bytes than its terms say".into(),
		));
	}
	Ok(Fetched { release, key, of })
}

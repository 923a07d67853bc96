//! Storing a file.

use super::{blocking, journal::Journal, lock, source::Source, Persistent, Session, Watcher};
use crate::{
	content::ContentInfo,
	envelope::{envelope_size, ContentKey, RecordVersion, NONCE_PREFIX},
	error::{Error, Result},
	keys::Identity,
	records::{describe, new_version, prepare, Place, Written},
	sealed_file::random,
	vault_api::{
		codes, ChartKeys, CompleteUpload, NewRecord, RecordStatus, StoredRecord, UploadId,
		MAX_AT_ONCE, SEGMENT,
	},
	vault_client::VaultClient,
};
use futures::StreamExt;
use std::{
	fs::File,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::UNIX_EPOCH,
};

/// Failures in a row that are borne: about two seconds for what is sent anew in one request, over a
/// minute for what would have to come all again.
const FEW: u32 = 3;
const MANY: u32 = 12;
/// Bytes of one request: whole segments of the vault, and few enough to come through before a slow line
/// is taken for a dead one.
const REQUEST: u64 = 8 * SEGMENT;

/// A file that is to become a record.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
	/// The file.
	pub file: &'a Path,
	/// What it says of itself.
	pub info: &'a ContentInfo,
	/// What it does not say.
	pub written: &'a Written,
	/// Whether the clinical date was named, and is not just that of today.
	pub dated: bool,
	/// Where it goes.
	pub place: &'a Place,
	/// To whom its key is wrapped.
	pub keys: &'a ChartKeys,
}

/// Stores a file and waits until its record is anchored. A large one whose upload was broken off, even
/// by a kill, goes on where it stood when it is stored again.
pub async fn store_file(
	vault: &VaultClient,
	session: &Session<'_>,
	outgoing: Outgoing<'_>,
	watch: Watcher,
) -> Result<(NewRecord, StoredRecord)> {
	let path = outgoing.file;
	let size = path.metadata().map_err(Error::io(path))?.len();
	if envelope_size(size) > MAX_AT_ONCE {
		Upload::open(outgoing, session, &watch).await?.send(vault, session, watch).await
	} else {
		at_once(vault, session, outgoing, watch).await
	}
}

async fn at_once(
	vault: &VaultClient,
	session: &Session<'_>,
	outgoing: Outgoing<'_>,
	watch: Watcher,
) -> Result<(NewRecord, StoredRecord)> {
	let Outgoing { file, info, written, place, keys, .. } = outgoing;
	let (path, info, written, place, keys) =
		(file.to_owned(), info.clone(), *written, *place, *keys);
	let prepared = blocking(file, move || {
		prepare(&path, &info, &written, &place, &keys, &std::env::temp_dir())
	})
	.await?;
	let mut persistent = Persistent::new(vault, session, FEW);
	loop {
		let watch = Arc::clone(&watch);
		let progress = move |done, all| watch(done, all);
		// Sent again it is the same record, so nothing is stored twice.
		match persistent.vault.store(&place.chart, &prepared, progress).await {
			Ok(stored) => return Ok((prepared.record, stored)),
			Err(fault) => persistent.bear(fault).await?,
		}
	}
}

/// An upload in several requests.
struct Upload {
	path: PathBuf,
	journal: Journal,
	source: Arc<Source>,
	/// Keeps other processes from the same file.
	_lock: File,
}

impl Upload {
	/// Goes on with the upload that the journal tells of, or prepares a new one.
	async fn open(outgoing: Outgoing<'_>, session: &Session<'_>, watch: &Watcher) -> Result<Self> {
		let Outgoing { file, info, written, place, keys, .. } = outgoing;
		let path = file.to_owned();
		let held = lock(File::open(file).map_err(Error::io(file))?, file)?;
		let modified = modified(&held, file)?;
		if let Some(journal) = Journal::load(file, session.who)? {
			if fits(&journal, &outgoing, modified) {
				let Journal { new, key, nonce_prefix, blocks, .. } = &journal;
				let of = RecordVersion {
					genesis: journal.genesis,
					record: new.id,
					version: new.version,
				};
				let source = Source::new(file, new.size, blocks.clone(), key, &of, *nonce_prefix);
				return Ok(Self { path, journal, source: Arc::new(source), _lock: held });
			}
		}
		let (id, of) = new_version(place)?;
		let key = ContentKey::generate()?;
		let mut nonce_prefix = [0; NONCE_PREFIX];
		random(&mut nonce_prefix)?;
		let (measured, with) = (path.clone(), key.clone());
		let watch = Arc::clone(watch);
		let (source, sealed) = blocking(file, move || {
			Source::measure(&measured, &with, &of, nonce_prefix, &|_, all| watch(0, all))
		})
		.await?;
		let new = describe(id, &of, &sealed, &key, info, written, place, keys)?;
		let (genesis, chart) = (place.genesis, place.chart);
		let blocks = source.blocks().to_vec();
		let journal =
			Journal { genesis, chart, new, key, nonce_prefix, blocks, modified, upload: None };
		// Before anything is encrypted under it for others to see.
		journal.save(file, session.who)?;
		Ok(Self { path, journal, source: Arc::new(source), _lock: held })
	}

	async fn send(
		mut self,
		vault: &VaultClient,
		session: &Session<'_>,
		watch: Watcher,
	) -> Result<(NewRecord, StoredRecord)> {
		let mut persistent = Persistent::new(vault, session, MANY);
		loop {
			let sent = self.attempt(&mut persistent, &watch).await;
			match sent {
				Ok(stored) => {
					Journal::remove(&self.path)?;
					return Ok((self.journal.new.clone(), stored));
				},
				Err(fault) => {
					if let Err(fault) = persistent.bear(fault).await {
						self.give_up(&persistent.vault, &fault).await?;
						return Err(fault);
					}
				},
			}
		}
	}

	/// One attempt, from where the vault says that the upload stands.
	async fn attempt(
		&mut self,
		persistent: &mut Persistent<'_>,
		watch: &Watcher,
	) -> Result<StoredRecord> {
		let vault = persistent.vault.clone();
		let record = self.journal.new.id;
		let known = match self.journal.upload {
			None => None,
			Some(id) => match vault.upload(&id).await {
				Ok(upload) => Some(upload),
				Err(fault) if fault.code() == codes::UPLOAD_UNKNOWN => {
					// It was completed before the answer came, or it has expired.
					match vault.record_status(&record).await {
						Ok(RecordStatus::Refused(_)) => None,
						Ok(_) => return vault.await_record(&record).await,
						Err(fault) if fault.code() == codes::RECORD_UNKNOWN => None,
						Err(fault) => return Err(fault),
					}
				},
				Err(fault) => return Err(fault),
			},
		};
		let mut upload = match known {
			Some(upload) => upload,
			None => {
				let begun = vault.begin_upload(&self.journal.chart, &self.journal.new).await?;
				self.remember(begun.id, persistent.session.who)?;
				begun
			},
		};
		let size = self.source.envelope_size();
		if upload.size != size {
			return Err(Error::VaultAnswer {
				endpoint: vault.endpoint().into(),
				detail: format!("the upload has {} bytes instead of {size}", upload.size),
			});
		}
		while upload.offset < size {
			let from = upload.offset;
			let until = (from / REQUEST).saturating_add(1).saturating_mul(REQUEST).min(size);
			let sent = Arc::new(AtomicU64::new(from));
			let watch = Arc::clone(watch);
			let bytes = self.source.envelope(from, until).inspect(move |piece| {
				let length = piece.as_ref().map_or(0, |piece| piece.len() as u64);
				watch(sent.fetch_add(length, Ordering::Relaxed).saturating_add(length), size);
			});
			let appended =
				vault.append_upload(&upload.id, from, until.saturating_sub(from), bytes).await;
			if let Some(fault) = self.source.take_fault() {
				return Err(fault);
			}
			upload = match appended {
				Ok(upload) => upload,
				// What the connection hid: the vault's own word, and what came all the same.
				Err(fault) => {
					let now = vault.upload(&upload.id).await?;
					if now.offset <= from {
						return Err(fault);
					}
					now
				},
			};
			persistent.succeeded();
		}
		let said = CompleteUpload {
			size,
			content_digest: self.journal.new.content_digest,
			ciphertext_digest: self.journal.new.ciphertext_digest,
		};
		vault.complete_upload(&upload.id, &record, &said).await
	}

	fn remember(&mut self, upload: UploadId, who: &Identity) -> Result<()> {
		self.journal.upload = Some(upload);
		self.journal.save(&self.path, who)
	}

	/// What can never go on leaves nothing behind; what may, stays for the next call.
	async fn give_up(&self, vault: &VaultClient, fault: &Error) -> Result<()> {
		let is_final =
			match fault {
				Error::FileChanged(_) => true,
				Error::Vault { code, .. } => matches!(
					code.as_str(),
					codes::DIGEST_MISMATCH
						| codes::MALFORMED | codes::ALREADY_EXISTS
						| codes::NOT_CURRENT
						| codes::CHAIN_REFUSED
						| codes::TOO_LARGE | codes::STORAGE_DAMAGED
				),
				_ => false,
			};
		if !is_final {
			return Ok(());
		}
		if let Some(upload) = &self.journal.upload {
			// It expires by itself, if this does not reach the vault.
			let _ = vault.remove_upload(upload).await;
		}
		Journal::remove(&self.path)
	}
}

/// Whether the journal is of this file, as it is now, going to the same place with the same description.
fn fits(journal: &Journal, outgoing: &Outgoing<'_>, modified: u64) -> bool {
	let Outgoing { file, info, written, dated, place, .. } = outgoing;
	let new = &journal.new;
	journal.modified == modified
		&& file.metadata().is_ok_and(|data| data.len() == new.size)
		&& journal.genesis == place.genesis
		&& journal.chart == place.chart
		&& new.replaces == place.replaces.map(|(id, _)| id)
		&& new.media_type == info.media_type
		&& new.category == info.category
		&& new.confidentiality == info.confidentiality
		&& new.sensitivity == info.sensitivity
		&& new.author == written.author
		&& new.encounter == written.encounter
		&& (!dated || new.clinical_date == written.clinical_date)
		&& wrapped_to(new, outgoing.keys)
}

/// Whether the record's key is wrapped to the custodian's key that is published now.
fn wrapped_to(new: &NewRecord, keys: &ChartKeys) -> bool {
	use crate::envelope::WrapContext;
	matches!(
		new.wraps.custodian.context,
		WrapContext::Custodian { key_version, .. } if key_version == keys.organisation_key.version
	)
}

fn modified(file: &File, path: &Path) -> Result<u64> {
	let modified = file.metadata().and_then(|data| data.modified()).map_err(Error::io(path))?;
	let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
	Ok(since.as_millis().try_into().unwrap_or(u64::MAX))
}

//! From a file to an envelope with its wraps, and back: what a writer and a reader do around a
//! vault.

use crate::{
	content::ContentInfo,
	envelope::{self, ContentKey, EncryptionSecret, RecordVersion, Sealed, Wrap, WrapContext},
	error::{Error, Result},
	sealed_file::{create_owner_only, random, sync_folder, temporary_beside},
	vault_api::{ChartKeys, NewRecord, RecordWraps, Release},
};
use salus_primitives::{
	ids::{ChartId, EncounterId, OrganisationId, PractitionerId, RecordId, Salt},
	time::Moment,
};
use std::{
	fs::{self, File},
	io::{BufReader, BufWriter, Write},
	path::{Path, PathBuf},
};

/// A file that is deleted when dropped.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
	/// Creates an empty file beside `path`, readable by its owner alone.
	pub fn beside(path: &Path) -> Result<(Self, File)> {
		let name = temporary_beside(path)?;
		let file = create_owner_only(&name)?;
		Ok((Self(name), file))
	}

	/// Where it lies.
	pub fn path(&self) -> &Path {
		&self.0
	}

	/// Gives it its final name, in place of what has that name.
	pub fn keep_as(self, path: &Path) -> Result<()> {
		fs::rename(&self.0, path).map_err(Error::io(path))?;
		sync_folder(path)
	}
}

impl Drop for Temporary {
	fn drop(&mut self) {
		// It is gone already once it was kept.
		let _ = fs::remove_file(&self.0);
	}
}

/// Where a new record goes and what it replaces.
#[derive(Clone, Copy, Debug)]
pub struct Place {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// The chart.
	pub chart: ChartId,
	/// The current version that it replaces, and that version's number.
	pub replaces: Option<(RecordId, u32)>,
}

/// What the file does not say and the writer knows.
#[derive(Clone, Copy, Debug)]
pub struct Written {
	/// Who wrote it, if a registered practitioner did.
	pub author: Option<PractitionerId>,
	/// The encounter it was written in.
	pub encounter: Option<EncounterId>,
	/// When what it tells of took place.
	pub clinical_date: Moment,
}

/// A record ready to be stored: [`crate::vault_client::VaultClient::store`] takes it.
#[derive(Debug)]
pub struct Prepared {
	/// What goes with the envelope.
	pub record: NewRecord,
	/// The envelope, deleted with this value.
	pub envelope: Temporary,
}

/// Encrypts the file at `content` under a fresh key and wraps that to custodian and chart. The
/// envelope is written to a temporary file in `folder`.
pub fn prepare(
	content: &Path,
	info: &ContentInfo,
	written: &Written,
	place: &Place,
	keys: &ChartKeys,
	folder: &Path,
) -> Result<Prepared> {
	let (id, _) = new_version(place)?;
	prepare_as(id, content, info, written, place, keys, folder)
}

/// [`prepare`] under an id that was derived before, as that of [`crate::papers::SheetDocument`].
pub fn prepare_as(
	id: RecordId,
	content: &Path,
	info: &ContentInfo,
	written: &Written,
	place: &Place,
	keys: &ChartKeys,
	folder: &Path,
) -> Result<Prepared> {
	let of = version_of(id, place);
	let key = ContentKey::generate()?;

	let (envelope, file) = Temporary::beside(&folder.join("record"))?;
	let mut reader = BufReader::new(File::open(content).map_err(Error::io(content))?);
	let sealed = envelope::encrypt(&mut reader, &mut BufWriter::new(file), &key, &of)?;
	let record = describe(id, &of, &sealed, &key, info, written, place, keys)?;
	Ok(Prepared { record, envelope })
}

/// A fresh id, and what its envelope is bound to.
pub(crate) fn new_version(place: &Place) -> Result<(RecordId, RecordVersion)> {
	let mut salt = Salt::default();
	random(&mut salt.0)?;
	let id = RecordId::derive(&place.genesis, place.custodian, &salt);
	Ok((id, version_of(id, place)))
}

fn version_of(id: RecordId, place: &Place) -> RecordVersion {
	let version = place.replaces.map_or(1, |(_, version)| version.saturating_add(1));
	RecordVersion { genesis: place.genesis, record: id, version }
}

/// What goes with an envelope: its description, and its key wrapped to custodian and chart.
#[allow(clippy::too_many_arguments)]
pub(crate) fn describe(
	id: RecordId,
	of: &RecordVersion,
	sealed: &Sealed,
	key: &ContentKey,
	info: &ContentInfo,
	written: &Written,
	place: &Place,
	keys: &ChartKeys,
) -> Result<NewRecord> {
	let organisation_key = keys.organisation_key;
	let to_custodian = WrapContext::Custodian {
		organisation: place.custodian,
		key_version: organisation_key.version,
	};
	let to_chart = WrapContext::Chart { chart: place.chart };
	let wraps = RecordWraps {
		custodian: Wrap::seal(key, of, to_custodian, &organisation_key.key)?,
		chart: Wrap::seal(key, of, to_chart, &keys.chart_key.key)?,
	};
	Ok(NewRecord {
		id,
		replaces: place.replaces.map(|(id, _)| id),
		version: of.version,
		category: info.category,
		confidentiality: info.confidentiality,
		sensitivity: info.sensitivity,
		author: written.author,
		encounter: written.encounter,
		clinical_date: written.clinical_date,
		media_type: info.media_type.into(),
		size: sealed.size,
		content_digest: sealed.content_digest,
		ciphertext_digest: sealed.ciphertext_digest,
		wraps,
	})
}

/// Opens what a vault released of the record `id` and writes the content to `out`. There it is whole
/// and as its terms say, or not at all.
pub fn open(
	id: RecordId,
	release: &Release,
	envelope: &Path,
	genesis: [u8; 32],
	secret: &EncryptionSecret,
	now: Moment,
	out: &Path,
) -> Result<()> {
	let terms = &release.opening.terms;
	let of = RecordVersion { genesis, record: id, version: terms.version };
	let key = release.wrap.open(secret, &of, now)?;
	open_with(&key, &of, release, envelope, out)
}

/// [`open`] with a key that was unwrapped before.
pub(crate) fn open_with(
	key: &ContentKey,
	of: &RecordVersion,
	release: &Release,
	envelope: &Path,
	out: &Path,
) -> Result<()> {
	let terms = &release.opening.terms;
	let mut reader = BufReader::new(File::open(envelope).map_err(Error::io(envelope))?);
	let (temporary, file) = Temporary::beside(out)?;
	let mut writer = BufWriter::new(file);
	let opened = envelope::decrypt(&mut reader, &mut writer, key, of)?;
	if opened.content_digest != terms.content_digest || opened.size != terms.size {
		return Err(Error::ReleaseMismatch("the content has another digest than its terms".into()));
	}
	writer
		.flush()
		.and_then(|()| writer.get_ref().sync_all())
		.map_err(Error::io(out))?;
	temporary.keep_as(out)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		content,
		vault_api::{ChartKey, Head, PublishedKey, Signature},
	};
	use salus_primitives::{
		codes::Obligations, decision::Basis, ids::Digest, record::RecordTerms, seal::Opening,
	};

	const GENESIS: [u8; 32] = [6; 32];
	const CONTENT: &[u8] = br#"{"resourceType":"Basic","code":{"text":"any"}}"#;

	struct Stored {
		folder: tempfile::TempDir,
		custodian: EncryptionSecret,
		chart: EncryptionSecret,
		prepared: Prepared,
	}

	fn stored(replaces: Option<(RecordId, u32)>) -> Stored {
		let folder = tempfile::tempdir().unwrap();
		let content = folder.path().join("content.json");
		fs::write(&content, CONTENT).unwrap();
		let (custodian, chart) =
			(EncryptionSecret::generate().unwrap(), EncryptionSecret::generate().unwrap());
		let keys = ChartKeys {
			chart_key: ChartKey { key: chart.public(), signature: Signature::Sr25519([0; 64]) },
			organisation_key: PublishedKey { version: 1, key: custodian.public() },
		};
		let info = content::inspect_file(&content).unwrap();
		let written = Written { author: Some(1), encounter: None, clinical_date: 5 };
		let place = Place { genesis: GENESIS, custodian: 1, chart: ChartId([4; 32]), replaces };
		let prepared = prepare(&content, &info, &written, &place, &keys, folder.path()).unwrap();
		Stored { folder, custodian, chart, prepared }
	}

	fn release(record: &NewRecord, wrap: Wrap) -> Release {
		let terms = RecordTerms {
			chart: ChartId([4; 32]),
			sequence: 0,
			previous_leaf: None,
			version: record.version,
			category: record.category,
			confidentiality: record.confidentiality,
			sensitivity: record.sensitivity,
			author: record.author,
			encounter: record.encounter,
			clinical_date: record.clinical_date,
			size: record.size,
			content_digest: record.content_digest,
			ciphertext_digest: record.ciphertext_digest,
		};
		Release {
			opening: Opening { terms, salt: Salt([1; 32]) },
			media_type: record.media_type.clone(),
			wrap,
			basis: Basis::Patient,
			obligations: Obligations::EMPTY,
			disclosure: 0,
			head: Head { number: 1, hash: [0; 32], at: 0 },
			statements: Vec::new(),
			inclusion: None,
		}
	}

	#[test]
	fn what_is_prepared_opens_for_custodian_and_chart() {
		let Stored { folder, custodian, chart, prepared } = stored(None);
		let record = &prepared.record;
		assert_eq!((record.version, record.replaces), (1, None));
		assert_eq!(record.content_digest, Digest::of(CONTENT));
		let envelope = fs::read(prepared.envelope.path()).unwrap();
		assert_eq!(record.ciphertext_digest, Digest::of(&envelope));
		for (wrap, secret) in [(&record.wraps.custodian, custodian), (&record.wraps.chart, chart)] {
			let out = folder.path().join("out");
			let release = release(record, wrap.clone());
			open(record.id, &release, prepared.envelope.path(), GENESIS, &secret, 0, &out).unwrap();
			assert_eq!(fs::read(&out).unwrap(), CONTENT);
		}
	}

	#[test]
	fn amendments_count_versions() {
		let record = stored(Some((RecordId([8; 32]), 3))).prepared.record;
		assert_eq!((record.version, record.replaces), (4, Some(RecordId([8; 32]))));
	}

	#[test]
	fn envelopes_are_deleted_with_their_value() {
		let Stored { folder, prepared, .. } = stored(None);
		let path = prepared.envelope.path().to_owned();
		assert!(path.exists());
		drop(prepared);
		assert!(!path.exists());
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the content is left");
	}

	#[test]
	fn nothing_is_written_of_what_does_not_match() {
		let Stored { folder, chart, prepared, .. } = stored(None);
		let record = &prepared.record;
		let out = folder.path().join("out");
		let open = |id, release: &Release| {
			let path = prepared.envelope.path();
			let error = open(id, release, path, GENESIS, &chart, 0, &out).unwrap_err();
			assert!(!out.exists());
			error.code().to_owned()
		};
		let good = release(record, record.wraps.chart.clone());
		assert_eq!(open(RecordId([9; 32]), &good), "wrap-refused");
		let mut other = good.clone();
		other.opening.terms.version = 2;
		assert_eq!(open(record.id, &other), "wrap-refused");
		let mut other = good.clone();
		other.opening.terms.content_digest = Digest([0; 32]);
		assert_eq!(open(record.id, &other), "release-mismatch");
		let other = release(record, record.wraps.custodian.clone());
		assert_eq!(open(record.id, &other), "wrap-refused");
		fs::write(prepared.envelope.path(), b"SALUS").unwrap();
		assert_eq!(open(record.id, &good), "envelope-truncated");
	}
}

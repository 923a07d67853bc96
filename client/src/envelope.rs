//! Encryption of records: the content under a random key, and that key wrapped to whoever may read.
//!
//! `docs/envelope.md` states the bytes. In short:
//!
//! - *Content* is XChaCha20-Poly1305 in chunks of 64 KiB by the STREAM construction, so that files of
//!   any size pass through constant memory, and every bit, the order of chunks and the end are
//!   authenticated. See [`Encryptor`], [`Decryptor`], [`encrypt`] and [`decrypt`].
//! - A *wrap* is HPKE (RFC 9180), base mode, of the 32-byte content key. See [`Wrap`].
//! - Both are bound to the chain, the record and its version ([`RecordVersion`]): what was made for
//!   another does not open.
//!
//! Chunks are handed out as they are authenticated, so that a reader has seen authentic bytes only,
//! but knows that it has seen all of them, in this version, only when the end was reached without an
//! error. Throw away what was written when it was not.

mod stream;
mod wrap;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use stream::{
	decrypt, encrypt, envelope_size, ContentHasher, Decryptor, Encryptor, Opened, Sealed, CHUNK,
	HEADER, MAGIC, TAG,
};
pub(crate) use stream::{Chunks, NONCE_PREFIX};
pub use wrap::{EncryptionSecret, Wrap, WrapContext};

use codec::Encode;
use salus_primitives::{ids::RecordId, time::Moment};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The suite of contents: XChaCha20-Poly1305, STREAM with a big-endian 32-bit counter, 64 KiB chunks.
pub const CONTENT_SUITE: u8 = 1;
/// The suite of wraps: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
pub const WRAP_SUITE: u8 = 1;
/// Reserved for wraps by X-Wing, which is ML-KEM-768 with X25519: this program refuses them by name.
pub const HYBRID_SUITE: u8 = 2;

const CONTENT_DOMAIN: &[u8; 16] = b"salus/content/1 ";
const WRAP_DOMAIN: &[u8; 16] = b"salus/wrap/1    ";

/// What content and wraps are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct RecordVersion {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// The record.
	pub record: RecordId,
	/// Its version, from 1.
	pub version: u32,
}

/// The random key of one version of one record.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
	/// A fresh random key.
	pub fn generate() -> Result<Self, EnvelopeError> {
		let mut key = Self([0; 32]);
		getrandom::fill(&mut key.0).map_err(|_| EnvelopeError::Random)?;
		Ok(key)
	}

	/// The key of an envelope that was begun before.
	pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	pub(crate) fn bytes(&self) -> &[u8; 32] {
		&self.0
	}
}

impl core::fmt::Debug for ContentKey {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("ContentKey(…)")
	}
}

/// Why something is not encrypted, decrypted, wrapped or opened.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
	/// The bytes do not begin like an envelope.
	#[error("this is no Salus envelope")]
	NotAnEnvelope,
	/// Another suite than this program knows.
	#[error("the envelope's suite {0}{name} is not known to this program", name = suite_name(*.0))]
	WrongSuite(u8),
	/// The end is missing.
	#[error("the envelope ends too early: its last part is missing")]
	Truncated,
	/// Altered, or made with another key or for another record, version or chain.
	#[error("the content was altered, or belongs to another record, version or key")]
	Tampered,
	/// The wrap may not be opened any more.
	#[error("the wrap expired at {0}")]
	Expired(Moment),
	/// Altered, or made for another recipient, record, version, chain, basis or expiry.
	#[error("the wrap was altered, or is for another key, record, version, basis or expiry")]
	WrapRefused,
	/// The recipient's public key is no key to encrypt to.
	#[error("the recipient's encryption key is not usable")]
	BadRecipientKey,
	/// More chunks than the counter can number.
	#[error("the content is too long for one envelope")]
	TooLong,
	/// The operating system gave no random bytes.
	#[error("the operating system gave no random bytes")]
	Random,
	/// Reading or writing failed.
	#[error("reading or writing failed: {0}")]
	Io(#[from] std::io::Error),
}

/// What a reserved suite is called.
const fn suite_name(suite: u8) -> &'static str {
	if suite == HYBRID_SUITE {
		" (hybrid post-quantum)"
	} else {
		""
	}
}

impl EnvelopeError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotAnEnvelope => "not-an-envelope",
			Self::WrongSuite(_) => "wrong-suite",
			Self::Truncated => "envelope-truncated",
			Self::Tampered => "content-tampered",
			Self::Expired(_) => "wrap-expired",
			Self::WrapRefused => "wrap-refused",
			Self::BadRecipientKey => "bad-recipient-key",
			Self::TooLong => "content-too-long",
			Self::Random => "no-randomness",
			Self::Io(_) => "io",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::NotAnEnvelope => "check that this is the file that a vault released",
			Self::WrongSuite(_) => "update this program",
			Self::Truncated => "fetch the record again; the download or the stored file broke off",
			Self::Tampered | Self::WrapRefused =>
				"fetch the record again; if this persists, tell the custodian that its copy is damaged",
			Self::Expired(_) => "ask the vault to release the record again",
			Self::BadRecipientKey => "ask the recipient to publish a new encryption key",
			Self::TooLong => "split the content into several records",
			Self::Random => "check the operating system's random number source",
			Self::Io(_) => "check the disk and the file's permissions",
		}
	}
}

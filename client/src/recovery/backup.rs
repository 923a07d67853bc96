//! What a wallet holds beside its root secret, encrypted under a key derived from it: a file that may
//! lie anywhere, since only the wallet made again opens it.

use super::{error::RecoveryError, Fingerprint};
use crate::{
	cover::Place,
	error::{Error, Result},
	sealed_file::{random, replace},
	vault_api::hex_bytes,
	wallet::{IssuedDirective, RootSecret, SeenRequest, WalletChart},
};
use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use codec::Encode;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

const FORMAT: &str = "salus-wallet-backup-1";
const CIPHER: &str = "xchacha20-poly1305";
/// Contents are filled up with blanks to a multiple of this, so that their length tells little.
const STEP: usize = 4096;
/// Most bytes of a file that is read.
const MOST: u64 = 64 * 1024 * 1024;

/// What a wallet holds beside its root secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
	/// Its charts.
	pub charts: Vec<WalletChart>,
	/// The directives it issued, with their openings.
	pub directives: Vec<IssuedDirective>,
	/// The requests it has seen.
	pub requests: Vec<SeenRequest>,
	/// The places of its charts.
	#[serde(default)]
	pub places: Vec<Place>,
}

/// Such a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
	format: String,
	cipher: String,
	/// Which wallet opens it.
	fingerprint: Fingerprint,
	#[serde(with = "hex_bytes")]
	nonce: [u8; 24],
	#[serde(with = "hex_bytes")]
	ciphertext: Vec<u8>,
}

impl Backup {
	/// Encrypts what a wallet holds.
	pub fn seal(root: &RootSecret, kept: &Kept) -> Result<Self> {
		let bad = |fault: &dyn std::fmt::Display| RecoveryError::BadBackup(fault.to_string());
		let mut contents = Zeroizing::new(serde_json::to_vec(kept).map_err(|fault| bad(&fault))?);
		let length = contents.len().next_multiple_of(STEP);
		contents.resize(length, b' ');
		let mut backup = Self {
			format: FORMAT.into(),
			cipher: CIPHER.into(),
			fingerprint: root.fingerprint(),
			nonce: [0; 24],
			ciphertext: Vec::new(),
		};
		random(&mut backup.nonce)?;
		let payload = Payload { msg: &contents, aad: &backup.associated_data() };
		backup.ciphertext = cipher(root)
			.encrypt((&backup.nonce).into(), payload)
			.map_err(|_| RecoveryError::BadBackup("it is too long".into()))?;
		Ok(backup)
	}

	/// Decrypts it.
	pub fn open(&self, root: &RootSecret) -> Result<Kept, RecoveryError> {
		let payload = Payload { msg: &self.ciphertext, aad: &self.associated_data() };
		let contents = cipher(root)
			.decrypt((&self.nonce).into(), payload)
			.map(Zeroizing::new)
			.map_err(|_| RecoveryError::BackupRefused)?;
		serde_json::from_slice(&contents)
			.map_err(|fault| RecoveryError::BadBackup(fault.to_string()))
	}

	/// Which wallet opens it.
	pub const fn fingerprint(&self) -> Fingerprint {
		self.fingerprint
	}

	/// Writes the file in one step, in place of an older one.
	pub fn save(&self, path: &Path) -> Result<()> {
		let mut text = serde_json::to_vec_pretty(self)
			.map_err(|fault| RecoveryError::BadBackup(fault.to_string()))?;
		text.push(b'\n');
		replace(path, &text)
	}

	/// Reads a file.
	pub fn load(path: &Path) -> Result<Self> {
		let size = std::fs::metadata(path).map_err(Error::io(path))?.len();
		if size > MOST {
			return Err(RecoveryError::BadBackup("it is far too long".into()).into());
		}
		let text = std::fs::read(path).map_err(Error::io(path))?;
		let backup: Self = serde_json::from_slice(&text)
			.map_err(|fault| RecoveryError::BadBackup(fault.to_string()))?;
		if backup.format != FORMAT || backup.cipher != CIPHER {
			let what =
				format!("its format is '{}' and its cipher {}", backup.format, backup.cipher);
			return Err(RecoveryError::BadBackup(what).into());
		}
		Ok(backup)
	}

	fn associated_data(&self) -> Vec<u8> {
		(&self.format, &self.cipher, self.fingerprint.to_string()).encode()
	}
}

fn cipher(root: &RootSecret) -> XChaCha20Poly1305 {
	XChaCha20Poly1305::new((&*root.backup_key()).into())
}

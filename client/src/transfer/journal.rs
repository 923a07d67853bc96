//! What lets an upload go on after its program was killed: the envelope's key and nonce prefix, the
//! digests of the content's blocks and the upload's name, encrypted beside the file.
//!
//! The key is derived from the X25519 secret of the key file, so that the journal is of no use to whoever
//! has the file's folder but not the key file and its passphrase.

use crate::{
	envelope::{ContentKey, NONCE_PREFIX},
	error::{Error, Result},
	keys::{derive_secret, Identity},
	sealed_file::{random, replace, sibling, sync_folder},
	vault_api::{hex_bytes, NewRecord, UploadId},
};
use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use codec::{DecodeAll, Encode};
use salus_primitives::ids::{ChartId, Digest};
use serde::{Deserialize, Serialize};
use std::{
	fs,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const FORMAT: &str = "salus-upload-1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Container {
	format: String,
	#[serde(with = "hex_bytes")]
	nonce: [u8; 24],
	#[serde(with = "hex_bytes")]
	ciphertext: Vec<u8>,
}

/// An upload that was begun, or is about to be.
pub(super) struct Journal {
	pub(super) genesis: [u8; 32],
	pub(super) chart: ChartId,
	pub(super) new: NewRecord,
	pub(super) key: ContentKey,
	pub(super) nonce_prefix: [u8; NONCE_PREFIX],
	/// Digest of each block of the content.
	pub(super) blocks: Vec<Digest>,
	/// When the file was last changed, in milliseconds.
	pub(super) modified: u64,
	pub(super) upload: Option<UploadId>,
}

type Fields = (
	[u8; 32],
	ChartId,
	NewRecord,
	[u8; 32],
	[u8; NONCE_PREFIX],
	Vec<Digest>,
	u64,
	Option<UploadId>,
);

/// Where the journal of this file lies.
pub(super) fn place(file: &Path) -> PathBuf {
	sibling(file, ".salus-upload")
}

fn cipher(who: &Identity) -> XChaCha20Poly1305 {
	let key = derive_secret(who.encryption().expose(), b"salus/upload/jrn", &[]);
	XChaCha20Poly1305::new((&*key).into())
}

impl Journal {
	/// The journal beside this file, if there is one that this identity wrote. One that it can not read
	/// is as good as none: a new upload begins with a new key.
	pub(super) fn load(file: &Path, who: &Identity) -> Result<Option<Self>> {
		let path = place(file);
		let text = match fs::read(&path) {
			Ok(text) => text,
			Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
			Err(fault) => return Err(Error::io(&path)(fault)),
		};
		let opened = serde_json::from_slice::<Container>(&text)
			.ok()
			.filter(|container| container.format == FORMAT)
			.and_then(|container| {
				let payload = Payload { msg: &container.ciphertext, aad: FORMAT.as_bytes() };
				cipher(who).decrypt((&container.nonce).into(), payload).ok()
			})
			.map(Zeroizing::new);
		let fields = opened.and_then(|bytes| Fields::decode_all(&mut bytes.as_slice()).ok());
		Ok(fields.map(|(genesis, chart, new, key, nonce_prefix, blocks, modified, upload)| {
			let key = ContentKey::from_bytes(*Zeroizing::new(key));
			Self { genesis, chart, new, key, nonce_prefix, blocks, modified, upload }
		}))
	}

	/// Writes the journal; durable when it returns.
	pub(super) fn save(&self, file: &Path, who: &Identity) -> Result<()> {
		let path = place(file);
		let contents = Zeroizing::new(
			(
				self.genesis,
				self.chart,
				&self.new,
				self.key.bytes(),
				self.nonce_prefix,
				&self.blocks,
				self.modified,
				self.upload,
			)
				.encode(),
		);
		let mut nonce = [0; 24];
		random(&mut nonce)?;
		let payload = Payload { msg: &contents, aad: FORMAT.as_bytes() };
		let wrong =
			|detail: String| Error::WrongFormat { path: path.clone(), format: FORMAT, detail };
		let ciphertext = cipher(who)
			.encrypt((&nonce).into(), payload)
			.map_err(|_| wrong("it is too long".into()))?;
		let container = Container { format: FORMAT.into(), nonce, ciphertext };
		let text = serde_json::to_vec(&container).map_err(|fault| wrong(fault.to_string()))?;
		replace(&path, &text)
	}

	/// Removes the journal of this file.
	pub(super) fn remove(file: &Path) -> Result<()> {
		let path = place(file);
		match fs::remove_file(&path) {
			Ok(()) => sync_folder(&path),
			Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(()),
			Err(fault) => Err(Error::io(&path)(fault)),
		}
	}
}

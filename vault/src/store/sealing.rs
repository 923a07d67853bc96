//! How rows rest: values sealed, keys blinded.

use super::StoreError;
use blake2::{
	digest::{consts::U32, FixedOutput, Update},
	Blake2bMac,
};
use chacha20poly1305::{
	aead::{Aead, Payload},
	KeyInit, XChaCha20Poly1305, XNonce,
};
use salus_client::vault_api::DatabaseKey;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of the nonce before each sealed value.
const NONCE: usize = 24;
/// Values are filled up to a multiple of this, so that their length tells little.
const PADDING: usize = 128;

/// The two keys of a store, derived from the database key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Sealing {
	sealing: [u8; 32],
	blinding: [u8; 32],
}

impl Sealing {
	pub(crate) fn new(key: &DatabaseKey) -> Self {
		Self {
			sealing: mac(&key.key, &[b"salus/vault/seal"]),
			blinding: mac(&key.key, &[b"salus/vault/blind"]),
		}
	}

	/// The key under which a row with this key lies in `table`: tells nothing without the database
	/// key, and rows of one chart do not lie together.
	pub(crate) fn blind(&self, table: &str, key: &[u8]) -> [u8; 32] {
		mac(&self.blinding, &[&length_prefixed(table), key])
	}

	/// Seals a value to its place.
	pub(crate) fn seal(
		&self,
		table: &str,
		place: &[u8],
		value: &[u8],
	) -> Result<Vec<u8>, StoreError> {
		let mut padded = value.to_vec();
		padded.resize(value.len().next_multiple_of(PADDING), 0);
		let mut nonce = [0; NONCE];
		getrandom::fill(&mut nonce).map_err(|_| StoreError::Random)?;
		let aad = [&length_prefixed(table), place].concat();
		let sealed = self
			.cipher()
			.encrypt(&XNonce::from(nonce), Payload { msg: &padded, aad: &aad })
			.map_err(|_| StoreError::Damaged);
		padded.zeroize();
		Ok([nonce.as_slice(), &sealed?].concat())
	}

	/// Opens what [`Self::seal`] sealed to the same place; padding follows the value.
	pub(crate) fn open(
		&self,
		table: &str,
		place: &[u8],
		sealed: &[u8],
	) -> Result<Vec<u8>, StoreError> {
		let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::Damaged)?;
		let aad = [&length_prefixed(table), place].concat();
		self.cipher()
			.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad })
			.map_err(|_| StoreError::Damaged)
	}

	fn cipher(&self) -> XChaCha20Poly1305 {
		XChaCha20Poly1305::new(&self.sealing.into())
	}
}

fn length_prefixed(table: &str) -> Vec<u8> {
	codec::Encode::encode(&table)
}

/// Keyed blake2b over these parts, 32 bytes.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
	let mut mac = Blake2bMac::<U32>::new_from_slice(key)
		.unwrap_or_else(|_| unreachable!("keys of 32 bytes are taken"));
	for part in parts {
		mac.update(part);
	}
	mac.finalize_fixed().into()
}

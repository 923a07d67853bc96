//! The cipher of SLIP-0039: four Feistel rounds of PBKDF2 over the whole secret. It checks nothing:
//! each passphrase gives a secret.

use super::error::RecoveryError;
use crate::{error::Result, sealed_file::Passphrase};
use sha2::Sha256;
use std::path::Path;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Rounds, each with a fourth of the iterations.
const ROUNDS: u8 = 4;
/// Iterations of a round at exponent 0.
const ITERATIONS: u32 = 10_000 / ROUNDS as u32;

/// A passphrase that the sheets need beside them; most have none. Wiped when dropped; never printed.
#[derive(Clone, Default, ZeroizeOnDrop)]
pub struct SheetPassphrase(Zeroizing<Vec<u8>>);

impl SheetPassphrase {
	/// No passphrase: the sheets alone bring the wallet back.
	pub fn none() -> Self {
		Self::default()
	}

	/// Takes a passphrase of printable ASCII, which every keyboard in every country can type.
	pub fn new(text: &str) -> Result<Self, RecoveryError> {
		match text.chars().position(|sign| !matches!(sign, ' '..='~')) {
			Some(place) => {
				Err(RecoveryError::BadSheetPassphrase { place: place.saturating_add(1) })
			},
			None => Ok(Self(Zeroizing::new(text.as_bytes().to_vec()))),
		}
	}

	/// Reads the passphrase from a file, whose last line ending does not count.
	pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
		Ok(Self::new(Passphrase::from_file(path)?.expose())?)
	}

	/// Whether there is none.
	pub fn is_none(&self) -> bool {
		self.0.is_empty()
	}
}

impl core::fmt::Debug for SheetPassphrase {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("SheetPassphrase(…)")
	}
}

/// What the cipher takes beside the passphrase; it stands on every share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cipher {
	/// Random, 15 bits: one per splitting.
	pub(super) identifier: u16,
	/// Whether the cipher leaves the identifier out, so that one passphrase gives the same secret for
	/// every splitting.
	pub(super) extendable: bool,
	/// Two to this many times the iterations.
	pub(super) exponent: u8,
}

impl Cipher {
	/// Encrypts a secret of an even number of bytes.
	pub(super) fn encrypt(
		&self,
		secret: &[u8],
		passphrase: &SheetPassphrase,
	) -> Zeroizing<Vec<u8>> {
		self.rounds(secret, passphrase, 0..ROUNDS)
	}

	/// Decrypts.
	pub(super) fn decrypt(
		&self,
		secret: &[u8],
		passphrase: &SheetPassphrase,
	) -> Zeroizing<Vec<u8>> {
		self.rounds(secret, passphrase, (0..ROUNDS).rev())
	}

	fn rounds(
		&self,
		secret: &[u8],
		passphrase: &SheetPassphrase,
		rounds: impl Iterator<Item = u8>,
	) -> Zeroizing<Vec<u8>> {
		let (left, right) = secret.split_at(secret.len() / 2);
		let mut left = Zeroizing::new(left.to_vec());
		let mut right = Zeroizing::new(right.to_vec());
		for round in rounds {
			for (byte, mask) in left.iter_mut().zip(self.round(round, passphrase, &right).iter()) {
				*byte ^= mask;
			}
			core::mem::swap(&mut left, &mut right);
		}
		joined(&[&right, &left])
	}

	fn round(&self, round: u8, passphrase: &SheetPassphrase, half: &[u8]) -> Zeroizing<Vec<u8>> {
		let identifier = self.identifier.to_be_bytes();
		let domain: [&[u8]; 2] =
			if self.extendable { [b"", b""] } else { [b"shamir", &identifier] };
		let [domain, identifier] = domain;
		let salt = joined(&[domain, identifier, half]);
		let password = joined(&[&[round], &passphrase.0]);
		let mut mask = Zeroizing::new(vec![0; half.len()]);
		let iterations = ITERATIONS << self.exponent;
		pbkdf2::pbkdf2_hmac::<Sha256>(&password, &salt, iterations, &mut mask);
		mask
	}
}

/// Sized beforehand, since a buffer that grows leaves copies behind.
fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
	let mut all = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
	parts.iter().for_each(|part| all.extend_from_slice(part));
	all
}

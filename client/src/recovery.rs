//! Loss of a wallet: its root secret in shares of which some number brings it back, sheets to print
//! them on, and what a wallet made again finds out by itself.
//!
//! Shares are those of SLIP-0039 (*Shamir's Secret-Sharing for Mnemonic Codes*): the secret is
//! encrypted under a passphrase, which may be empty, divided among groups and each group's part
//! among its members. Fewer shares than needed tell nothing of the secret. Whoever reads a share is
//! told by its checksum whether it was read right; whoever combines them, by a digest, whether they
//! belong together; only a wrong passphrase passes unnoticed and gives another secret. So each sheet
//! names the wallet's [`Fingerprint`], and [`Collection::secret`] refuses any other wallet.
//!
//! What the secret brings back and what it does not is in `docs/recovery.md`.

mod backup;
mod checksum;
mod cipher;
mod collection;
mod error;
mod field;
mod find;
mod page;
mod scheme;
mod share;
mod sheet;
mod words;

#[cfg(test)]
mod tests;

pub use backup::{Backup, Kept};
pub use cipher::SheetPassphrase;
pub use collection::{Collection, GroupProgress, Missing};
pub use error::RecoveryError;
pub use find::{adopt_openings, find, Change, Finding, Found, FoundChart, SkippedVault};
pub(crate) use page::Escaped;
pub use page::Page;
pub use scheme::{Group, Scheme, MAX_SHARES};
pub use share::{Share, WALLET_WORDS};
pub use sheet::{kit, share_sheet, Kind, Sheet, SheetOf};
pub use words::{check_word, tokens};

use crate::{error::Result, sealed_file::random, wallet::RootSecret};
use serde::{Deserialize, Serialize};

/// How often the cipher of SLIP-0039 hashes the passphrase: 10,000 · 2⁴ times in all. What that
/// slows down is guessing the passphrase of someone whose sheets were gathered.
const EXPONENT: u8 = 4;

/// Tells a wallet from any other, and nothing else: 32 bits derived from its root secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; 4]);

impl Fingerprint {
	pub(crate) const fn new(bytes: [u8; 4]) -> Self {
		Self(bytes)
	}
}

impl core::fmt::Display for Fingerprint {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let [a, b, c, d] = self.0;
		write!(f, "{a:02X}{b:02X}-{c:02X}{d:02X}")
	}
}

impl core::fmt::Debug for Fingerprint {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

impl core::str::FromStr for Fingerprint {
	type Err = RecoveryError;

	fn from_str(text: &str) -> Result<Self, RecoveryError> {
		let bad = || RecoveryError::BadFingerprint(text.into());
		let digits: String = text.chars().filter(|sign| !matches!(sign, '-' | ' ')).collect();
		let mut bytes = [0; 4];
		hex::decode_to_slice(digits, &mut bytes).map_err(|_| bad())?;
		Ok(Self(bytes))
	}
}

impl From<Fingerprint> for String {
	fn from(fingerprint: Fingerprint) -> Self {
		fingerprint.to_string()
	}
}

impl TryFrom<String> for Fingerprint {
	type Error = RecoveryError;

	fn try_from(text: String) -> Result<Self, RecoveryError> {
		text.parse()
	}
}

/// Divides a wallet's root secret. One list of shares per group, in the scheme's order.
///
/// The shares are put together again, and the secret compared, before they are given out.
pub fn split(
	root: &RootSecret,
	scheme: &Scheme,
	passphrase: &SheetPassphrase,
) -> Result<Vec<Vec<Share>>> {
	let mut identifier = [0; 2];
	random(&mut identifier)?;
	let cipher = cipher::Cipher {
		identifier: u16::from_be_bytes(identifier) & share::MAX_IDENTIFIER,
		extendable: true,
		exponent: EXPONENT,
	};
	let shares = scheme.divide(root.expose(), &cipher, passphrase)?;
	// The last ones of each group, since the first are chosen and not computed.
	let mut collection = Collection::default();
	for (group, shares) in scheme.groups().iter().zip(&shares).rev() {
		for share in shares.iter().rev().take(group.threshold().into()) {
			collection.add(share.clone())?;
		}
	}
	collection.secret(passphrase, Some(root.fingerprint()))?;
	Ok(shares)
}

//! How a secret is divided: groups, and how many of their members and of them are needed.

use super::{
	cipher::{Cipher, SheetPassphrase},
	error::{RecoveryError, SchemeFault},
	field::interpolate,
	share::{Set, Share},
};
use crate::{error::Result, sealed_file::random};
use pbkdf2::hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Most groups, and most shares of one.
pub const MAX_SHARES: u8 = 16;
/// Place of the secret on the polynomials.
pub(super) const SECRET: u8 = 255;
/// Place of its digest, with the random bytes that go into it.
pub(super) const DIGEST: u8 = 254;
/// Bytes of the digest.
pub(super) const DIGEST_LENGTH: usize = 4;

/// A group: how many shares it has and how many of them are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
	threshold: u8,
	members: u8,
}

impl Group {
	/// A group of `members` shares of which any `threshold` are enough. Where one is enough there is
	/// one only: several alike would be copies.
	pub const fn new(threshold: u8, members: u8) -> Result<Self, RecoveryError> {
		match check(threshold, members) {
			Ok(()) if threshold == 1 && members > 1 => {
				Err(RecoveryError::BadScheme(SchemeFault::AllAlike(members)))
			},
			Ok(()) => Ok(Self { threshold, members }),
			Err(fault) => Err(RecoveryError::BadScheme(fault)),
		}
	}

	/// How many shares are needed.
	pub const fn threshold(&self) -> u8 {
		self.threshold
	}

	/// How many there are.
	pub const fn members(&self) -> u8 {
		self.members
	}
}

const fn check(needed: u8, there: u8) -> Result<(), SchemeFault> {
	if needed == 0 || there == 0 {
		Err(SchemeFault::Nothing)
	} else if there > MAX_SHARES {
		Err(SchemeFault::TooMany)
	} else if needed > there {
		Err(SchemeFault::Unreachable { needed, there })
	} else {
		Ok(())
	}
}

/// How a secret is divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
	threshold: u8,
	groups: Vec<Group>,
}

impl Scheme {
	/// Groups of which any `threshold` are enough.
	pub fn new(threshold: u8, groups: Vec<Group>) -> Result<Self, RecoveryError> {
		let count = u8::try_from(groups.len()).unwrap_or(u8::MAX);
		check(threshold, count).map_err(RecoveryError::BadScheme)?;
		Ok(Self { threshold, groups })
	}

	/// One group: any `threshold` of `shares`.
	pub fn simple(threshold: u8, shares: u8) -> Result<Self, RecoveryError> {
		Self::new(1, vec![Group::new(threshold, shares)?])
	}

	/// How many groups are needed.
	pub const fn threshold(&self) -> u8 {
		self.threshold
	}

	/// The groups.
	pub fn groups(&self) -> &[Group] {
		&self.groups
	}

	/// Encrypts a secret and divides it.
	pub(super) fn divide(
		&self,
		secret: &[u8],
		cipher: &Cipher,
		passphrase: &SheetPassphrase,
	) -> Result<Vec<Vec<Share>>> {
		let secret = cipher.encrypt(secret, passphrase);
		let count = u8::try_from(self.groups.len()).unwrap_or(u8::MAX);
		let set = Set { cipher: *cipher, group_threshold: self.threshold, groups: count };
		let parts = divide(&secret, self.threshold, count)?;
		(0..)
			.zip(parts.iter().zip(&self.groups))
			.map(|(group, (part, Group { threshold, members }))| {
				let values = divide(part, *threshold, *members)?;
				let share =
					|(member, value)| Share { set, group, member, threshold: *threshold, value };
				Ok((0..).zip(values).map(share).collect())
			})
			.collect()
	}
}

/// Divides a secret into `count` values of which any `threshold` give it back, together with a digest
/// that tells whether they belong together. A secret that is not divided has no digest.
fn divide(secret: &[u8], threshold: u8, count: u8) -> Result<Vec<Zeroizing<Vec<u8>>>> {
	if threshold == 1 {
		return Ok((0..count).map(|_| Zeroizing::new(secret.to_vec())).collect());
	}
	let chosen = threshold.saturating_sub(2);
	let mut values = Vec::with_capacity(count.into());
	for _ in 0..chosen {
		let mut value = Zeroizing::new(vec![0; secret.len()]);
		random(&mut value)?;
		values.push(value);
	}
	let mut digest = Zeroizing::new(vec![0; secret.len()]);
	let (head, tail) = digest.split_at_mut(DIGEST_LENGTH);
	random(tail)?;
	head.copy_from_slice(&*self::digest(secret, tail));
	let computed: Vec<_> = {
		let points: Vec<(u8, &[u8])> = (0..)
			.zip(&values)
			.map(|(place, value)| (place, value.as_slice()))
			.chain([(DIGEST, digest.as_slice()), (SECRET, secret)])
			.collect();
		(chosen..count).map(|place| interpolate(&points, place)).collect()
	};
	values.extend(computed);
	Ok(values)
}

/// The digest of a divided secret, under the random bytes beside it.
pub(super) fn digest(secret: &[u8], key: &[u8]) -> Zeroizing<[u8; DIGEST_LENGTH]> {
	let mut mac = Hmac::<Sha256>::new_from_slice(key)
		.unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
	mac.update(secret);
	let whole = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
	let [a, b, c, d, ..] = *whole;
	Zeroizing::new([a, b, c, d])
}

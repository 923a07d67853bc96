//! Shares that were gathered, and what they give once there are enough.

use super::{
	cipher::SheetPassphrase,
	error::{DisagreeOf, MixedOver, RecoveryError},
	field::interpolate,
	scheme::{self, DIGEST, DIGEST_LENGTH, SECRET},
	share::Share,
	Fingerprint,
};
use crate::wallet::RootSecret;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Shares of one splitting.
#[derive(Clone, Debug, Default)]
pub struct Collection {
	shares: Vec<Share>,
}

/// How far a group is of which a share was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupProgress {
	/// Which group, from 1.
	pub group: u8,
	/// How many of its shares were given.
	pub given: u8,
	/// How many are needed.
	pub needed: u8,
}

impl GroupProgress {
	/// How many of its shares are missing.
	pub const fn missing(&self) -> u8 {
		self.needed.saturating_sub(self.given)
	}
}

/// What is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
	/// How many groups are needed.
	pub groups_needed: u8,
	/// How many groups there are.
	pub groups: u8,
	/// The groups of which shares were given.
	pub begun: Vec<GroupProgress>,
}

impl Missing {
	/// How many groups are still to be completed.
	pub fn groups_missing(&self) -> u8 {
		let complete = self.begun.iter().filter(|group| group.missing() == 0).count();
		self.groups_needed.saturating_sub(u8::try_from(complete).unwrap_or(u8::MAX))
	}
}

impl fmt::Display for Missing {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let shares = |count: u8| if count == 1 { "share is" } else { "shares are" };
		let begun: Vec<_> = self.begun.iter().filter(|group| group.missing() > 0).collect();
		match begun.as_slice() {
			[] if self.begun.is_empty() => f.write_str("no share is given"),
			[group] if self.groups == 1 => {
				let missing = group.missing();
				write!(
					f,
					"{missing} more {} missing: {} of {}",
					shares(missing),
					group.given,
					group.needed
				)
			},
			_ => {
				let groups = self.groups_missing();
				let word = if groups == 1 { "group is" } else { "groups are" };
				write!(f, "{groups} more {word} missing, of {} needed", self.groups_needed)?;
				begun.iter().try_for_each(|group| {
					let missing = group.missing();
					write!(f, "; group {} lacks {missing} of {}", group.group, group.needed)
				})
			},
		}
	}
}

impl Collection {
	/// Adds a share.
	pub fn add(&mut self, share: Share) -> Result<(), RecoveryError> {
		for other in &self.shares {
			fits(&share, other)?;
		}
		self.shares.push(share);
		Ok(())
	}

	/// How many shares were given.
	pub fn len(&self) -> usize {
		self.shares.len()
	}

	/// Whether none was given.
	pub fn is_empty(&self) -> bool {
		self.shares.is_empty()
	}

	/// What is missing; nothing once there are enough.
	pub fn missing(&self) -> Option<Missing> {
		let mut begun: Vec<GroupProgress> = Vec::new();
		for share in &self.shares {
			let group = share.group();
			match begun.iter_mut().find(|progress| progress.group == group) {
				Some(progress) => progress.given = progress.given.saturating_add(1),
				None => begun.push(GroupProgress { group, given: 1, needed: share.threshold }),
			}
		}
		begun.sort_unstable_by_key(|progress| progress.group);
		let set = self.shares.first().map(|share| share.set);
		let missing = Missing {
			groups_needed: set.map_or(1, |set| set.group_threshold),
			groups: set.map_or(1, |set| set.groups),
			begun,
		};
		(missing.groups_missing() > 0).then_some(missing)
	}

	/// The secret, decrypted. Whether the passphrase is right this can not tell.
	pub fn combine(
		&self,
		passphrase: &SheetPassphrase,
	) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
		let first = match (self.shares.first(), self.missing()) {
			(Some(first), None) => first,
			(_, missing) => return Err(RecoveryError::TooFew(missing.unwrap_or_default())),
		};
		let mut parts: Vec<(u8, Zeroizing<Vec<u8>>)> = Vec::new();
		for group in 0..first.set.groups {
			let shares: Vec<_> = self.shares.iter().filter(|share| share.group == group).collect();
			if shares.first().is_some_and(|share| shares.len() >= share.threshold.into()) {
				let points: Vec<(u8, &[u8])> =
					shares.iter().map(|share| (share.member, share.value.as_slice())).collect();
				let needed = shares.first().map_or(0, |share| share.threshold);
				let of = DisagreeOf::Group(group.saturating_add(1));
				parts.push((group, join(&points, needed, of)?));
			}
		}
		let points: Vec<(u8, &[u8])> =
			parts.iter().map(|(group, part)| (*group, part.as_slice())).collect();
		let secret = join(&points, first.set.group_threshold, DisagreeOf::Groups)?;
		Ok(first.set.cipher.decrypt(&secret, passphrase))
	}

	/// The wallet's root secret, if it is the wallet that is expected.
	pub fn secret(
		&self,
		passphrase: &SheetPassphrase,
		expected: Option<Fingerprint>,
	) -> Result<RootSecret, RecoveryError> {
		let secret = self.combine(passphrase)?;
		let root: [u8; 32] = secret
			.as_slice()
			.try_into()
			.map_err(|_| RecoveryError::NoWallet { bytes: secret.len() })?;
		let root = RootSecret::from_bytes(root);
		root.expect(expected)?;
		Ok(root)
	}
}

/// Whether two shares can be of one splitting.
fn fits(share: &Share, other: &Share) -> Result<(), RecoveryError> {
	let (this, others) = (share.identifier(), other.identifier());
	let mixed = |what| Err(RecoveryError::MixedThresholds { what });
	if this != others {
		return Err(RecoveryError::OtherSet { this, others });
	}
	if share.set.cipher != other.set.cipher {
		return mixed(MixedOver::Cipher);
	}
	if share.set != other.set {
		return mixed(MixedOver::Groups);
	}
	if share.value.len() != other.value.len() {
		return mixed(MixedOver::Length);
	}
	if share.group != other.group {
		return Ok(());
	}
	if share.threshold != other.threshold {
		return mixed(MixedOver::Members(share.group()));
	}
	if share.member == other.member {
		let (group, member) = (share.group(), share.member());
		return Err(if share.same_value(other) {
			RecoveryError::Twice { group, member }
		} else {
			RecoveryError::NumberTaken { group, member }
		});
	}
	Ok(())
}

/// What was divided, of `needed` points or more. Those beyond what is needed must fit too.
fn join(
	points: &[(u8, &[u8])],
	needed: u8,
	of: DisagreeOf,
) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
	let (enough, more) = points.split_at(points.len().min(needed.into()));
	let same = |one: &[u8], other: &[u8]| bool::from(one.ct_eq(other));
	let (secret, fits) = match (needed, enough) {
		(1, [(_, value)]) => {
			(Zeroizing::new(value.to_vec()), more.iter().all(|(_, other)| same(value, other)))
		},
		_ => {
			let secret = interpolate(enough, SECRET);
			let digest = interpolate(enough, DIGEST);
			let (digest, key) = digest.split_at(DIGEST_LENGTH.min(digest.len()));
			let right = same(digest, &*scheme::digest(&secret, key));
			let fit = more.iter().all(|(place, value)| same(value, &interpolate(enough, *place)));
			(secret, right && fit)
		},
	};
	if fits {
		Ok(secret)
	} else {
		Err(RecoveryError::Disagree { of })
	}
}

//! One share: its numbers, its value, and the words that say both.

use super::{checksum, cipher::Cipher, error::RecoveryError, words};
use crate::error::Result;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Largest identifier: it has 15 bits.
pub(super) const MAX_IDENTIFIER: u16 = 0x7fff;
/// Bits that a word says.
const WORD_BITS: usize = 10;
/// Words before the value.
const HEADER: usize = 4;
/// Words that say no bits of the value.
const FRAME: usize = HEADER + checksum::LENGTH;
/// Fewest words of a share: its value has 128 bits at least.
const FEWEST: usize = FRAME + 13;
/// Words of a share of a wallet, whose root secret has 256 bits.
pub const WALLET_WORDS: usize = FRAME + 26;

/// What all shares of one splitting have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
	/// How the secret is encrypted.
	pub(super) cipher: Cipher,
	/// How many groups are needed.
	pub(super) group_threshold: u8,
	/// How many groups there are.
	pub(super) groups: u8,
}

/// One share. Its value is wiped when dropped, and never printed.
#[derive(Clone)]
pub struct Share {
	pub(super) set: Set,
	pub(super) group: u8,
	pub(super) member: u8,
	pub(super) threshold: u8,
	pub(super) value: Zeroizing<Vec<u8>>,
}

// Its one secret wipes itself.
impl ZeroizeOnDrop for Share {}

impl Share {
	/// How many groups are needed.
	pub const fn group_threshold(&self) -> u8 {
		self.set.group_threshold
	}

	/// How many groups there are.
	pub const fn groups(&self) -> u8 {
		self.set.groups
	}

	/// Which group it is of, from 1.
	pub const fn group(&self) -> u8 {
		self.group.saturating_add(1)
	}

	/// Which share of its group it is, from 1.
	pub const fn member(&self) -> u8 {
		self.member.saturating_add(1)
	}

	/// How many shares of its group are needed.
	pub const fn threshold(&self) -> u8 {
		self.threshold
	}

	/// The number that all shares of one splitting have in common.
	pub const fn identifier(&self) -> u16 {
		self.set.cipher.identifier
	}

	/// Whether both have the same value, in time that does not tell where they differ.
	pub(super) fn same_value(&self, other: &Self) -> bool {
		self.value.ct_eq(&other.value).into()
	}

	/// The words, one blank between them.
	pub fn phrase(&self) -> Zeroizing<String> {
		let numbers = self.numbers();
		// No word has more than eight letters.
		let mut phrase = Zeroizing::new(String::with_capacity(numbers.len() * 9));
		for number in numbers.iter() {
			if !phrase.is_empty() {
				phrase.push(' ');
			}
			phrase.push_str(words::word(*number));
		}
		phrase
	}

	fn numbers(&self) -> Zeroizing<Vec<u16>> {
		let Set { cipher, group_threshold, groups } = self.set;
		let fields = [
			(u64::from(cipher.identifier), 15),
			(cipher.extendable.into(), 1),
			(cipher.exponent.into(), 4),
			(self.group.into(), 4),
			(group_threshold.saturating_sub(1).into(), 4),
			(groups.saturating_sub(1).into(), 4),
			(self.member.into(), 4),
			(self.threshold.saturating_sub(1).into(), 4),
		];
		let header = fields.iter().fold(0, |header, (field, bits)| (header << bits) | field);
		let value_words = self.value.len().saturating_mul(8).div_ceil(WORD_BITS);
		let mut numbers = Zeroizing::new(Vec::with_capacity(FRAME.saturating_add(value_words)));
		numbers.extend([30, 20, 10, 0].map(|shift| ((header >> shift) & 0x3ff) as u16));
		// The value stands at the end of its words, behind zeros.
		let padding = value_words * WORD_BITS - self.value.len() * 8;
		let mut bits = Zeroizing::new(vec![0; padding]);
		bits.reserve_exact(self.value.len() * 8);
		bits.extend(
			self.value
				.iter()
				.flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)),
		);
		numbers.extend(
			bits.chunks(WORD_BITS)
				.map(|bits| bits.iter().fold(0, |number, bit| (number << 1) | u16::from(*bit))),
		);
		let sum = checksum::make(cipher.extendable, &numbers);
		numbers.extend(sum);
		numbers
	}

	/// Reads a share from its words.
	pub fn read(text: &str) -> Result<Self, RecoveryError> {
		let mut numbers = Zeroizing::new(Vec::with_capacity(text.len() / 2));
		for (place, token) in words::tokens(text).enumerate() {
			numbers.push(words::numbered(token, place.saturating_add(1))?);
		}
		Self::from_numbers(&numbers)
	}

	/// Reads a share of a wallet, which has [`WALLET_WORDS`] words.
	pub fn read_of_wallet(text: &str) -> Result<Self, RecoveryError> {
		let words = words::tokens(text).count();
		let share = Self::read(text);
		match share {
			// A wrong word says more than a wrong count, a wrong count more than a wrong checksum.
			Err(RecoveryError::UnknownWord { .. }) => share,
			_ if words != WALLET_WORDS => Err(RecoveryError::WrongLength { words }),
			_ => share,
		}
	}

	fn from_numbers(numbers: &[u16]) -> Result<Self, RecoveryError> {
		let words = numbers.len();
		let padding = words.saturating_sub(FRAME) * WORD_BITS % 16;
		if words < FEWEST || padding > 8 {
			return Err(RecoveryError::WrongLength { words });
		}
		let (header, rest) = numbers.split_at(HEADER);
		let header = header
			.iter()
			.fold(0u64, |header, word| (header << WORD_BITS) | u64::from(*word));
		let field = |shift: u8, bits: u8| ((header >> shift) & ((1 << bits) - 1)) as u16;
		let extendable = field(24, 1) == 1;
		if !checksum::is_right(extendable, numbers) {
			return Err(RecoveryError::WrongChecksum);
		}
		let small = |shift| field(shift, 4) as u8;
		let share = Self {
			set: Set {
				cipher: Cipher { identifier: field(25, 15), extendable, exponent: small(20) },
				group_threshold: small(12).saturating_add(1),
				groups: small(8).saturating_add(1),
			},
			group: small(16),
			member: small(4),
			threshold: small(0).saturating_add(1),
			value: value(&rest[..rest.len() - checksum::LENGTH], padding)?,
		};
		if share.set.group_threshold > share.set.groups || share.group >= share.set.groups {
			return Err(RecoveryError::Impossible);
		}
		Ok(share)
	}
}

/// The value that these words say behind this many zeros.
fn value(words: &[u16], padding: usize) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
	let mut bits = Zeroizing::new(Vec::with_capacity(words.len() * WORD_BITS));
	bits.extend(
		words
			.iter()
			.flat_map(|word| (0..WORD_BITS).rev().map(move |bit| (word >> bit) & 1)),
	);
	let (zeros, bits) = bits.split_at(padding);
	if zeros.iter().any(|bit| *bit != 0) {
		return Err(RecoveryError::BadPadding);
	}
	let bytes = bits
		.chunks(8)
		.map(|bits| bits.iter().fold(0, |byte, bit| (byte << 1) | *bit as u8));
	Ok(Zeroizing::new(bytes.collect()))
}

impl core::fmt::Debug for Share {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let (group, member) = (self.group(), self.member());
		write!(f, "Share({}, group {group}, member {member}, …)", self.identifier())
	}
}

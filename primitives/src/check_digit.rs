//! Numbers with check digits: GS1's Global Location Number, whose rule is the `epcis` crate's, and the
//! National Provider Identifier (Luhn over the prefix 80840, 45 CFR 162.406).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Global Location Number: 13 digits, the last a GS1 check digit.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Gln(pub u64);

/// National Provider Identifier: 10 digits, the last a Luhn check digit.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Npi(pub u64);

impl Gln {
	/// Whether it has at most 13 digits and the check digit is right.
	pub fn is_valid(&self) -> bool {
		self.0 < 10_000_000_000_000
			&& u64::from(epcis::gs1::check_digit(self.0 / 10)) == self.0 % 10
	}
}

impl Npi {
	/// Whether it has 10 digits, starts with 1 or 2, and the check digit is right.
	pub fn is_valid(&self) -> bool {
		(1_000_000_000..3_000_000_000).contains(&self.0)
			&& luhn_check_digit(80_840_000_000_000 + self.0 / 10) == self.0 % 10
	}
}

/// The Luhn digit that completes `digits`: every second digit from the right doubled.
fn luhn_check_digit(digits: u64) -> u64 {
	let (mut rest, mut sum, mut double) = (digits, 0, true);
	while rest > 0 {
		let digit = rest % 10 * if double { 2 } else { 1 };
		sum += digit / 10 + digit % 10;
		double = !double;
		rest /= 10;
	}
	(10 - sum % 10) % 10
}

//! Serial Shipping Container Code (General Specifications, section 2.2).

use super::check_digit::{parse_key, KeyError};
use core::fmt;

/// Which logistic unit: 18 digits, the first an extension digit, the last a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sscc(u64);

impl Sscc {
	/// Reads 18 digits.
	///
	/// Errors: [`KeyError`].
	pub fn parse(text: &str) -> Result<Self, KeyError> {
		parse_key("SSCC", &[18], text).map(Self)
	}

	/// The key of a number whose check digit was just computed.
	pub(crate) const fn unchecked(number: u64) -> Self {
		Self(number)
	}

	/// Its digits as a number, below 10¹⁸.
	pub const fn number(self) -> u64 {
		self.0
	}
}

impl fmt::Display for Sscc {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:018}", self.0)
	}
}

impl core::str::FromStr for Sscc {
	type Err = KeyError;
	fn from_str(text: &str) -> Result<Self, KeyError> {
		Self::parse(text)
	}
}

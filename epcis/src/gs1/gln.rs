//! Global Location Number (General Specifications, section 2.4).

use super::check_digit::{parse_key, KeyError};
use core::fmt;

/// Which party or place: 13 digits, the last a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gln(u64);

impl Gln {
	/// Reads 13 digits.
	///
	/// Errors: [`KeyError`].
	pub fn parse(text: &str) -> Result<Self, KeyError> {
		parse_key("GLN", &[13], text).map(Self)
	}

	/// The key of a number whose check digit was just computed.
	pub(crate) const fn unchecked(number: u64) -> Self {
		Self(number)
	}

	/// Its digits as a number, below 10¹³.
	pub const fn number(self) -> u64 {
		self.0
	}
}

impl fmt::Display for Gln {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:013}", self.0)
	}
}

impl core::str::FromStr for Gln {
	type Err = KeyError;
	fn from_str(text: &str) -> Result<Self, KeyError> {
		Self::parse(text)
	}
}

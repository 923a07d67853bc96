//! Global Trade Item Number (General Specifications, section 2.1).

use super::check_digit::{checked, parse_key, KeyError};
use core::fmt;

/// How many digits a GTIN needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GtinFormat {
	/// Small packs.
	Gtin8 = 8,
	/// North American retail (UPC-A).
	Gtin12 = 12,
	/// Retail elsewhere (EAN-13).
	Gtin13 = 13,
	/// Trade items that are not sold at retail; the first digit tells the packaging level.
	Gtin14 = 14,
}

/// Which trade item, of any pack size: 8, 12, 13 or 14 digits, the last a check digit.
///
/// Leading zeros tell no two GTINs apart, so `614141999996` and `00614141999996` are equal; it
/// prints as the 14 digits that AI 01, Digital Link URIs and EPCs take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

impl Gtin {
	/// Reads 8, 12, 13 or 14 digits.
	///
	/// Errors: [`KeyError`].
	pub fn parse(text: &str) -> Result<Self, KeyError> {
		parse_key("GTIN", &[8, 12, 13, 14], text).map(Self)
	}

	/// The GTIN whose digits write `value`.
	///
	/// Errors: `Length` above 14 digits, `CheckDigit`.
	pub fn from_number(value: u64) -> Result<Self, KeyError> {
		if value >= 100_000_000_000_000 {
			let found = value.ilog10() as usize + 1;
			return Err(KeyError::Length { key: "GTIN", expected: &[8, 12, 13, 14], found });
		}
		checked("GTIN", value).map(Self)
	}

	/// The key of a number whose check digit was just computed.
	pub(crate) const fn unchecked(number: u64) -> Self {
		Self(number)
	}

	/// Its digits as a number, below 10¹⁴.
	pub const fn number(self) -> u64 {
		self.0
	}

	/// The shortest format that holds it.
	pub const fn format(self) -> GtinFormat {
		match self.0 {
			0..=99_999_999 => GtinFormat::Gtin8,
			100_000_000..=999_999_999_999 => GtinFormat::Gtin12,
			1_000_000_000_000..=9_999_999_999_999 => GtinFormat::Gtin13,
			_ => GtinFormat::Gtin14,
		}
	}

	/// Its digits in this format; none if it needs more.
	pub fn digits(self, format: GtinFormat) -> Option<alloc::string::String> {
		let width = format as usize;
		(self.format() as usize <= width).then(|| alloc::format!("{:0width$}", self.0))
	}
}

impl fmt::Display for Gtin {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:014}", self.0)
	}
}

impl core::str::FromStr for Gtin {
	type Err = KeyError;
	fn from_str(text: &str) -> Result<Self, KeyError> {
		Self::parse(text)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn formats_are_told_by_leading_zeros() {
		for (text, format) in [
			("95012346", GtinFormat::Gtin8),
			("614141999996", GtinFormat::Gtin12),
			("0614141999996", GtinFormat::Gtin12),
			("4012345111118", GtinFormat::Gtin13),
			("80614141123458", GtinFormat::Gtin14),
		] {
			let gtin = Gtin::parse(text).unwrap();
			assert_eq!(gtin.format(), format, "{text}");
			assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
			assert_eq!(Gtin::from_number(gtin.number()), Ok(gtin));
		}
		let gtin = Gtin::parse("614141999996").unwrap();
		assert_eq!(gtin.to_string(), "00614141999996");
		assert_eq!(gtin.digits(GtinFormat::Gtin12).unwrap(), "614141999996");
		assert_eq!(gtin.digits(GtinFormat::Gtin8), None);
	}

	#[test]
	fn parse_fails_on_other_lengths() {
		for text in ["", "1", "12345678901", "123456789012345"] {
			assert!(matches!(Gtin::parse(text), Err(KeyError::Length { .. })), "{text}");
		}
		assert!(matches!(Gtin::from_number(u64::MAX), Err(KeyError::Length { found: 20, .. })));
	}
}

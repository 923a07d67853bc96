//! The check digit of the numeric GS1 keys (General Specifications, section 7.9.1).

use core::fmt;

/// Why a text is no numeric GS1 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
	/// It has a number of characters that the key never has.
	Length {
		/// Name of the key.
		key: &'static str,
		/// The numbers of digits it may have.
		expected: &'static [usize],
		/// How many characters there are.
		found: usize,
	},
	/// A character is no ASCII digit.
	NotDigit {
		/// Name of the key.
		key: &'static str,
		/// Which character, from 0.
		at: usize,
		/// The character.
		found: char,
	},
	/// The last digit does not fit the others: a misread or mistyped key.
	CheckDigit {
		/// Name of the key.
		key: &'static str,
		/// The digit that fits.
		expected: u8,
		/// The digit that is there.
		found: u8,
	},
}

impl fmt::Display for KeyError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { key, expected, found } => {
				write!(f, "{key} of {found} characters; it has")?;
				expected
					.iter()
					.enumerate()
					.try_for_each(|(at, n)| write!(f, "{} {n}", if at > 0 { " or" } else { "" }))
			},
			Self::NotDigit { key, at, found } => {
				write!(f, "{key} has {found:?} at {at}; it has digits only")
			},
			Self::CheckDigit { key, expected, found } => {
				write!(f, "{key} ends in check digit {found}; its other digits need {expected}")
			},
		}
	}
}

impl core::error::Error for KeyError {}

/// The digit that completes a key whose other digits are `payload`: weights 3, 1, 3, … from the
/// right.
///
/// ```
/// assert_eq!(epcis::gs1::check_digit(629104150021), 3);
/// ```
pub const fn check_digit(payload: u64) -> u8 {
	let (mut rest, mut sum, mut weight) = (payload, 0, 3);
	while rest > 0 {
		sum += rest % 10 * weight;
		weight = 4 - weight;
		rest /= 10;
	}
	((10 - sum % 10) % 10) as u8
}

/// The number that `text` writes, if it has one of these lengths (at most 18) and its last digit
/// fits.
pub(crate) fn parse_key(
	key: &'static str,
	expected: &'static [usize],
	text: &str,
) -> Result<u64, KeyError> {
	let found = text.chars().count();
	if !expected.contains(&found) {
		return Err(KeyError::Length { key, expected, found });
	}
	let mut value = 0_u64;
	for (at, found) in text.chars().enumerate() {
		let digit = found.to_digit(10).ok_or(KeyError::NotDigit { key, at, found })?;
		value = value * 10 + u64::from(digit);
	}
	checked(key, value)
}

/// `value`, if its last digit fits the others.
pub(crate) fn checked(key: &'static str, value: u64) -> Result<u64, KeyError> {
	let (expected, found) = (check_digit(value / 10), (value % 10) as u8);
	if expected != found {
		return Err(KeyError::CheckDigit { key, expected, found });
	}
	Ok(value)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn check_digit_is_that_of_the_general_specifications() {
		// The worked examples of section 7.9.1 and keys on packs.
		for (payload, expected) in [
			(629104150021, 3),
			(37610425002123456, 9),
			(0, 0),
			(950110153100, 0),
			(9501234, 6),
			(99999999999999999, 5),
		] {
			assert_eq!(check_digit(payload), expected, "{payload}");
		}
	}

	#[test]
	fn parse_key_has_one_error_per_fault() {
		assert_eq!(
			parse_key("GLN", &[13], "123"),
			Err(KeyError::Length { key: "GLN", expected: &[13], found: 3 })
		);
		assert_eq!(
			parse_key("GLN", &[13], "401234500001٣"),
			Err(KeyError::NotDigit { key: "GLN", at: 12, found: '٣' })
		);
		assert_eq!(
			parse_key("GLN", &[13], "4012345000017"),
			Err(KeyError::CheckDigit { key: "GLN", expected: 6, found: 7 })
		);
	}
}

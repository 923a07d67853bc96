//! The PIN of a card.

use crate::error::{Error, Result};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Fewest digits.
const FEWEST: usize = 6;
/// Most digits.
const MOST: usize = 12;
/// A part of at most so many digits that is only said again and again makes no PIN.
const LONGEST_PART: usize = 3;

/// A PIN: 6 to 12 digits. Wiped when dropped; never printed.
#[derive(ZeroizeOnDrop)]
pub struct Pin(Zeroizing<String>);

impl Pin {
	/// Takes the PIN of a card that was made. White space around it does not count.
	///
	/// # Errors
	///
	/// [`Error::BadPin`] if it has other signs than digits, or too few or too many.
	pub fn new(text: &str) -> Result<Self> {
		let text = text.trim();
		if !text.bytes().all(|digit| digit.is_ascii_digit()) {
			return Err(Error::BadPin("it has other signs than digits"));
		}
		if !(FEWEST..=MOST).contains(&text.len()) {
			return Err(Error::BadPin("it has not 6 to 12 digits"));
		}
		Ok(Self(Zeroizing::new(text.to_owned())))
	}

	/// Takes the PIN for a new card, and refuses those that are tried first.
	///
	/// # Errors
	///
	/// As [`Pin::new`]; [`Error::BadPin`] also where all digits are the same, go up or down one by one, or
	/// repeat a part of three digits or less.
	pub fn chosen(text: &str) -> Result<Self> {
		let pin = Self::new(text)?;
		let digits = pin.0.as_bytes();
		let steps = |step: u8| {
			digits.windows(2).all(|pair| match pair {
				[one, next] => (one - b'0' + step) % 10 == next - b'0',
				_ => false,
			})
		};
		if steps(0) {
			return Err(Error::BadPin("all its digits are the same"));
		}
		if steps(1) || steps(9) {
			return Err(Error::BadPin("its digits only go up or down"));
		}
		let repeats = |part: usize| {
			digits.iter().zip(digits.iter().skip(part)).all(|(digit, later)| digit == later)
		};
		if (2..=LONGEST_PART).any(repeats) {
			return Err(Error::BadPin("it only repeats a few digits"));
		}
		Ok(pin)
	}

	pub(super) fn expose(&self) -> &str {
		&self.0
	}
}

impl core::fmt::Debug for Pin {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Pin(…)")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pins_have_six_to_twelve_digits() {
		for right in ["824613", " 824613\n", "901274650382"] {
			assert_eq!(Pin::new(right).unwrap().expose(), right.trim());
			assert!(Pin::chosen(right).is_ok());
		}
		for wrong in ["", "82461", "9012746503821", "82461x", "８２４６１３", "8246 13"] {
			assert_eq!(Pin::new(wrong).unwrap_err().code(), "bad-pin", "{wrong}");
		}
	}

	#[test]
	fn weak_pins_are_not_chosen() {
		for weak in [
			"000000",
			"777777777",
			"123456",
			"890123",
			"654321",
			"210987",
			"121212",
			"123123",
			"1231231",
			"010101",
		] {
			assert_eq!(Pin::chosen(weak).unwrap_err().code(), "bad-pin", "{weak}");
			// Whoever has such a card all the same is let in.
			assert!(Pin::new(weak).is_ok());
		}
		for fit in ["123457", "112233", "121213", "908172"] {
			assert!(Pin::chosen(fit).is_ok(), "{fit}");
		}
		assert_eq!(format!("{:?}", Pin::new("824613").unwrap()), "Pin(…)");
	}
}

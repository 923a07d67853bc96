//! The character sets of element strings (General Specifications, section 7.11) and the text of 1
//! to 20 characters that serials and lots are.

use alloc::string::String;
use core::fmt;

/// Why a text is no data of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
	/// There is none.
	Empty {
		/// Name of the field.
		field: &'static str,
	},
	/// It is longer than the field.
	TooLong {
		/// Name of the field.
		field: &'static str,
		/// Most characters.
		max: usize,
		/// How many there are.
		found: usize,
	},
	/// A character is outside the field's character set.
	Character {
		/// Name of the field.
		field: &'static str,
		/// Which character, from 0.
		at: usize,
		/// The character.
		found: char,
	},
}

impl fmt::Display for TextError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Empty { field } => write!(f, "{field} is empty"),
			Self::TooLong { field, max, found } => {
				write!(f, "{field} of {found} characters; it has at most {max}")
			},
			Self::Character { field, at, found } => {
				write!(f, "{field} has {found:?} at {at}, outside its character set")
			},
		}
	}
}

impl core::error::Error for TextError {}

/// Whether AI encodable character set 82 has it (figure 7.11-1): the invariant part of ISO/IEC 646.
pub const fn is_charset82(character: char) -> bool {
	matches!(character, '!' | '"' | '%'..='?' | 'A'..='Z' | '_' | 'a'..='z')
}

/// Whether AI encodable character set 39 has it (figure 7.11-2): component and part identifiers.
pub const fn is_charset39(character: char) -> bool {
	matches!(character, '#' | '-' | '/' | '0'..='9' | 'A'..='Z')
}

/// Whether AI encodable character set 64 has it (figure 7.11-3): file- and URI-safe base 64.
pub const fn is_charset64(character: char) -> bool {
	matches!(character, '-' | '0'..='9' | '=' | 'A'..='Z' | '_' | 'a'..='z')
}

/// Text of 1 to 20 characters of set 82 (format X..20): a serial (AI 21) or a batch or lot (AI 10).
///
/// Case and leading zeros count: `a1`, `A1` and `0A1` are three serials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text20(String);

impl Text20 {
	/// Most characters.
	pub const MAX: usize = 20;

	/// `text`, if it is 1 to 20 characters of set 82.
	pub fn new(text: &str) -> Result<Self, TextError> {
		check("serial or lot", text, Self::MAX, is_charset82)?;
		Ok(Self(text.into()))
	}

	/// The text.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl fmt::Display for Text20 {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&self.0)
	}
}

impl core::str::FromStr for Text20 {
	type Err = TextError;
	fn from_str(text: &str) -> Result<Self, TextError> {
		Self::new(text)
	}
}

/// Whether `text` is 1 to `max` characters of this set.
pub(crate) fn check(
	field: &'static str,
	text: &str,
	max: usize,
	set: fn(char) -> bool,
) -> Result<(), TextError> {
	let found = text.chars().count();
	if found == 0 {
		return Err(TextError::Empty { field });
	}
	if found > max {
		return Err(TextError::TooLong { field, max, found });
	}
	match text.chars().enumerate().find(|(_, character)| !set(*character)) {
		Some((at, found)) => Err(TextError::Character { field, at, found }),
		None => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sets_have_as_many_characters_as_their_names_say() {
		let count = |set: fn(char) -> bool| ('\0'..='\u{24f}').filter(|c| set(*c)).count();
		assert_eq!(count(is_charset82), 82);
		assert_eq!(count(is_charset39), 39);
		// 64 and the padding.
		assert_eq!(count(is_charset64), 65);
	}

	#[test]
	fn text20_has_one_error_per_fault() {
		let field = "serial or lot";
		assert_eq!(Text20::new(""), Err(TextError::Empty { field }));
		assert_eq!(
			Text20::new("123456789012345678901"),
			Err(TextError::TooLong { field, max: 20, found: 21 })
		);
		assert_eq!(Text20::new("A B"), Err(TextError::Character { field, at: 1, found: ' ' }));
		assert_eq!(Text20::new("Ä"), Err(TextError::Character { field, at: 0, found: 'Ä' }));
		assert_eq!(Text20::new("12345678901234567890").unwrap().as_str().len(), 20);
	}
}

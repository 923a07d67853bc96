//! Element strings: what a GS1 DataMatrix, GS1-128, GS1 QR code or GS1 DataBar carries (General
//! Specifications, sections 3 and 7.8).
//!
//! A scanner hands over a symbology identifier (`]d2` for DataMatrix), then application identifiers
//! with their data. Data of variable length end at FNC1, which scanners transmit as the control
//! character GS (29).

use super::{
	ai::{Ai, Rule},
	check_digit::{parse_key, KeyError},
	Gln, Gtin, Lgtin, Sgtin, Sscc, Text20,
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// FNC1 as scanners transmit it between element strings: the control character GS.
pub const FNC1: char = '\u{1d}';

/// Most characters of a message that [`ElementStrings::parse`] reads: more than a DataMatrix holds.
pub const MAX_LENGTH: usize = 4096;

/// The symbology identifiers that announce element strings (General Specifications, figure 5.1.2-2):
/// GS1-128, GS1 DataBar and composites, GS1 DataMatrix, GS1 DotCode, GS1 QR code.
const SYMBOLOGIES: &[&str] = &["]C1", "]e0", "]e1", "]e2", "]d2", "]J1", "]Q3"];

/// Why the data of an application identifier are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataError {
	/// Too few characters, or FNC1 too early.
	TooShort {
		/// Fewest characters.
		min: usize,
		/// How many there are.
		found: usize,
	},
	/// Too many characters: FNC1 is probably missing.
	TooLong {
		/// Most characters.
		max: usize,
		/// How many there are up to FNC1 or the end.
		found: usize,
	},
	/// A character is outside the set that its place has.
	Character {
		/// Which character of the data, from 0.
		at: usize,
		/// The character.
		found: char,
	},
	/// The key in the data has a wrong check digit.
	Key(KeyError),
	/// The data are no date YYMMDD (DD may be 00, the end of the month), or no time after it.
	Date {
		/// The data.
		found: String,
	},
}

impl fmt::Display for DataError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::TooShort { min, found } => {
				write!(f, "{found} characters; there are at least {min}")
			},
			Self::TooLong { max, found } => {
				write!(f, "{found} characters; there are at most {max}, and FNC1 ends them")
			},
			Self::Character { at, found } => write!(f, "{found:?} at {at} is not allowed there"),
			Self::Key(error) => error.fmt(f),
			Self::Date { found } => write!(f, "'{found}' is no date YYMMDD"),
		}
	}
}

/// Why a text is no sequence of element strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementStringError {
	/// There is no element string.
	Empty,
	/// The text is longer than [`MAX_LENGTH`].
	Long {
		/// Bytes there are.
		found: usize,
	},
	/// The symbology identifier announces no element strings.
	Symbology {
		/// The three characters.
		found: String,
	},
	/// No application identifier begins here.
	UnknownAi {
		/// Where, in bytes from the start of the text.
		at: usize,
		/// What is there, four characters at most.
		found: String,
	},
	/// The data of an application identifier are refused.
	Data {
		/// The application identifier.
		ai: Ai,
		/// Why.
		error: DataError,
	},
	/// An application identifier comes twice with different data (section 4.13).
	Repeated {
		/// The application identifier.
		ai: Ai,
	},
}

impl fmt::Display for ElementStringError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Empty => f.write_str("no element string"),
			Self::Long { found } => write!(f, "{found} bytes; at most {MAX_LENGTH} are read"),
			Self::Symbology { found } => {
				write!(f, "symbology identifier '{found}' announces no element strings")
			},
			Self::UnknownAi { at, found } => {
				write!(f, "no application identifier at {at}, where there is {found:?}")
			},
			Self::Data { ai, error } => write!(f, "({ai}) {}: {error}", ai.title()),
			Self::Repeated { ai } => write!(f, "({ai}) {} comes twice, differently", ai.title()),
		}
	}
}

impl core::error::Error for ElementStringError {}

/// One application identifier and its data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Element {
	ai: Ai,
	value: String,
}

impl Element {
	/// `value` as the data of `ai`.
	///
	/// Errors: [`DataError`].
	pub fn new(ai: Ai, value: &str) -> Result<Self, DataError> {
		check(ai, value)?;
		Ok(Self { ai, value: value.into() })
	}

	/// The application identifier.
	pub fn ai(&self) -> Ai {
		self.ai
	}

	/// The data.
	pub fn value(&self) -> &str {
		&self.value
	}
}

impl fmt::Display for Element {
	/// As humans read it: `(17)271231`.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "({}){}", self.ai, self.value)
	}
}

/// A day as element strings write it: two digits of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShortDate {
	/// The year without its century, 0–99.
	pub year: u8,
	/// 1–12.
	pub month: u8,
	/// 1–31; none where 00 stands for the end of the month.
	pub day: Option<u8>,
}

impl ShortDate {
	/// Reads YYMMDD.
	pub fn parse(text: &str) -> Option<Self> {
		let bytes = text.as_bytes();
		if bytes.len() != 6 || !bytes.iter().all(u8::is_ascii_digit) {
			return None;
		}
		let two = |at: usize| (bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0');
		let (year, month, day) = (two(0), two(2), two(4));
		// Two digits cannot tell 2100 from 2000, so every fourth year counts as a leap year.
		let last = match month {
			2 if year % 4 == 0 => 29,
			2 => 28,
			4 | 6 | 9 | 11 => 30,
			1..=12 => 31,
			_ => return None,
		};
		(day <= last).then_some(Self { year, month, day: (day > 0).then_some(day) })
	}

	/// The full year, seen from the year in which the barcode is read: 49 years back to 50 ahead
	/// (General Specifications, section 7.12).
	pub fn full_year(self, reading_year: u16) -> u16 {
		let century = reading_year / 100 * 100;
		let year = i32::from(century) + i32::from(self.year);
		let year = match i32::from(self.year) - i32::from(reading_year % 100) {
			51.. => year - 100,
			..=-50 => year + 100,
			_ => year,
		};
		u16::try_from(year).unwrap_or_default()
	}
}

/// Element strings in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementStrings {
	elements: Vec<Element>,
}

impl ElementStrings {
	/// Reads what a scanner transmits, with or without symbology identifier and leading FNC1.
	/// Separators are taken, as section 7.8.6 has it, after data of any length.
	///
	/// ```
	/// use epcis::gs1::ElementStrings;
	/// let text = "]d201040123451111181727123110A7\u{1d}21XYZ";
	/// let pack = ElementStrings::parse(text).unwrap();
	/// assert_eq!(pack.to_string(), "(01)04012345111118(17)271231(10)A7(21)XYZ");
	/// ```
	///
	/// Errors: [`ElementStringError`].
	pub fn parse(text: &str) -> Result<Self, ElementStringError> {
		if text.len() > MAX_LENGTH {
			return Err(ElementStringError::Long { found: text.len() });
		}
		let mut at = 0;
		if text.starts_with(']') {
			if !SYMBOLOGIES.iter().any(|symbology| text.starts_with(symbology)) {
				return Err(ElementStringError::Symbology {
					found: text.chars().take(3).collect(),
				});
			}
			at = 3;
		}
		let skip_separators = |at: usize| {
			let rest = text.get(at..).unwrap_or_default();
			text.len() - rest.trim_start_matches(FNC1).len()
		};
		at = skip_separators(at);
		let mut read = Self::default();
		while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
			let ai = Ai::at_start_of(rest).ok_or_else(|| ElementStringError::UnknownAi {
				at,
				found: rest.chars().take(4).collect(),
			})?;
			let data = rest.get(ai.digits()..).unwrap_or_default();
			let (_, max) = ai.spec().map_or((0, 0), |spec| spec.length());
			let up_to_separator = data.split(FNC1).next().unwrap_or_default();
			let value = if ai.needs_separator() {
				up_to_separator
			} else {
				let end =
					up_to_separator.char_indices().nth(max).map_or(up_to_separator.len(), |c| c.0);
				up_to_separator.get(..end).unwrap_or_default()
			};
			let element =
				Element::new(ai, value).map_err(|error| ElementStringError::Data { ai, error })?;
			at = skip_separators(at + ai.digits() + value.len());
			read.push(element)?;
		}
		if read.elements.is_empty() {
			return Err(ElementStringError::Empty);
		}
		Ok(read)
	}

	/// Appends an element string.
	///
	/// Errors: `Repeated` if its application identifier is there with other data.
	pub fn push(&mut self, element: Element) -> Result<(), ElementStringError> {
		match self.get(element.ai) {
			Some(value) if value == element.value => {},
			Some(_) => return Err(ElementStringError::Repeated { ai: element.ai }),
			None => self.elements.push(element),
		}
		Ok(())
	}

	/// The element strings.
	pub fn elements(&self) -> &[Element] {
		&self.elements
	}

	/// The data of an application identifier.
	pub fn get(&self, ai: Ai) -> Option<&str> {
		self.elements.iter().find(|element| element.ai == ai).map(Element::value)
	}

	/// The trade item (AI 01).
	pub fn gtin(&self) -> Option<Gtin> {
		Gtin::parse(self.get(Ai::GTIN)?).ok()
	}

	/// The trade item in the logistic unit (AI 02).
	pub fn content(&self) -> Option<Gtin> {
		Gtin::parse(self.get(Ai::CONTENT)?).ok()
	}

	/// The logistic unit (AI 00).
	pub fn sscc(&self) -> Option<Sscc> {
		Sscc::parse(self.get(Ai::SSCC)?).ok()
	}

	/// The location (AI 414).
	pub fn gln(&self) -> Option<Gln> {
		Gln::parse(self.get(Ai::GLN)?).ok()
	}

	/// The batch or lot (AI 10).
	pub fn lot(&self) -> Option<Text20> {
		Text20::new(self.get(Ai::LOT)?).ok()
	}

	/// The serial (AI 21).
	pub fn serial(&self) -> Option<Text20> {
		Text20::new(self.get(Ai::SERIAL)?).ok()
	}

	/// The expiration date (AI 17).
	pub fn expiry(&self) -> Option<ShortDate> {
		ShortDate::parse(self.get(Ai::EXPIRY)?)
	}

	/// The unit (AI 01 and 21).
	pub fn sgtin(&self) -> Option<Sgtin> {
		Some(Sgtin { gtin: self.gtin()?, serial: self.serial()? })
	}

	/// The lot of the trade item (AI 01 and 10).
	pub fn lgtin(&self) -> Option<Lgtin> {
		Some(Lgtin { gtin: self.gtin()?, lot: self.lot()? })
	}

	/// As a barcode carries them: FNC1 after data of variable length, but not at the end.
	pub fn to_fnc1(&self) -> String {
		let mut out = String::new();
		for (at, element) in self.elements.iter().enumerate() {
			out.push_str(&alloc::format!("{}{}", element.ai, element.value));
			if element.ai.needs_separator() && at + 1 < self.elements.len() {
				out.push(FNC1);
			}
		}
		out
	}

	/// As a scanner transmits a GS1 DataMatrix: `]d2` and [`Self::to_fnc1`].
	pub fn to_data_matrix(&self) -> String {
		alloc::format!("]d2{}", self.to_fnc1())
	}
}

impl fmt::Display for ElementStrings {
	/// As humans read them: `(01)04012345111118(21)XYZ` (section 4.14).
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.elements.iter().try_for_each(|element| element.fmt(f))
	}
}

/// Whether `value` is data of `ai`.
fn check(ai: Ai, value: &str) -> Result<(), DataError> {
	let Some(spec) = ai.spec() else { return Ok(()) };
	let ((min, max), found) = (spec.length(), value.chars().count());
	if found < min {
		return Err(DataError::TooShort { min, found });
	}
	if found > max {
		return Err(DataError::TooLong { max, found });
	}
	let mut characters = value.chars().enumerate();
	for field in spec.fields {
		for (at, found) in characters.by_ref().take(field.max) {
			if !(field.set)(found) {
				return Err(DataError::Character { at, found });
			}
		}
	}
	match spec.rule {
		Rule::Date | Rule::DateTime | Rule::DateRange if !is_date(&spec.rule, value) => {
			Err(DataError::Date { found: value.into() })
		},
		Rule::Key(digits) => {
			let key = value.get(..digits).unwrap_or_default();
			let lengths: &[usize] = match digits {
				13 => &[13],
				14 => &[14],
				17 => &[17],
				_ => &[18],
			};
			parse_key("the key", lengths, key).map(|_| ()).map_err(DataError::Key)
		},
		_ => Ok(()),
	}
}

/// Whether data begin with a day and go on as their rule says.
fn is_date(rule: &Rule, value: &str) -> bool {
	let (day, rest) = value.split_at_checked(6).unwrap_or((value, ""));
	let rest_fits = match rule {
		Rule::DateRange => rest.is_empty() || ShortDate::parse(rest).is_some(),
		Rule::DateTime => {
			let below = |at: usize, limit: u8| {
				let pair = rest.get(at..at + 2).map(str::parse::<u8>);
				pair.is_none_or(|pair| pair.is_ok_and(|value| value < limit))
			};
			rest == "9999" || (rest.len() % 2 == 0 && below(0, 24) && below(2, 60) && below(4, 60))
		},
		_ => rest.is_empty(),
	};
	ShortDate::parse(day).is_some() && rest_fits
}

#[cfg(test)]
mod tests {
	use super::*;

	const PACK: &str = "01040123451111181727123110A7\u{1d}21XYZ/1";

	#[test]
	fn pack_of_medicine_reads_and_prints() {
		for text in
			[PACK.into(), alloc::format!("]d2{PACK}"), alloc::format!("]d2\u{1d}{PACK}\u{1d}")]
		{
			let pack = ElementStrings::parse(&text).unwrap();
			assert_eq!(pack.to_string(), "(01)04012345111118(17)271231(10)A7(21)XYZ/1");
			assert_eq!(pack.to_fnc1(), PACK);
			assert_eq!(pack.sgtin().unwrap().to_string(), "(01)04012345111118(21)XYZ/1");
			assert_eq!(pack.lgtin().unwrap().to_string(), "(01)04012345111118(10)A7");
			assert_eq!(pack.expiry(), Some(ShortDate { year: 27, month: 12, day: Some(31) }));
		}
	}

	#[test]
	fn each_fault_has_its_error() {
		let data = |text: &str| match ElementStrings::parse(text) {
			Err(ElementStringError::Data { error, .. }) => error,
			other => panic!("{other:?}"),
		};
		assert_eq!(ElementStrings::parse(""), Err(ElementStringError::Empty));
		assert_eq!(ElementStrings::parse("]d2"), Err(ElementStringError::Empty));
		assert!(matches!(
			ElementStrings::parse(&"9".repeat(5000)),
			Err(ElementStringError::Long { found: 5000 })
		));
		assert_eq!(
			ElementStrings::parse("]E00401234511111"),
			Err(ElementStringError::Symbology { found: "]E0".into() })
		);
		assert_eq!(
			ElementStrings::parse("10A\u{1d}0512"),
			Err(ElementStringError::UnknownAi { at: 4, found: "0512".into() })
		);
		assert_eq!(
			ElementStrings::parse("10A\u{1d}10B"),
			Err(ElementStringError::Repeated { ai: Ai::LOT })
		);
		assert_eq!(data("0104012345"), DataError::TooShort { min: 14, found: 8 });
		assert_eq!(data("10"), DataError::TooShort { min: 1, found: 0 });
		assert_eq!(data("10ABCDEFGHIJKLMNOPQRSTUVWXYZ"), DataError::TooLong { max: 20, found: 26 });
		assert_eq!(data("10A B"), DataError::Character { at: 1, found: ' ' });
		assert_eq!(data("17271331"), DataError::Date { found: "271331".into() });
		assert_eq!(data("17270229"), DataError::Date { found: "270229".into() });
		assert_eq!(data("70032712319960"), DataError::Date { found: "2712319960".into() });
		assert_eq!(data("7007271231271301"), DataError::Date { found: "271231271301".into() });
		assert!(ElementStrings::parse("43242712319999").is_ok());
		assert!(matches!(
			data("0104012345111119"),
			DataError::Key(KeyError::CheckDigit { expected: 8, found: 9, .. })
		));
	}

	#[test]
	fn data_of_fixed_length_end_at_a_separator_that_comes_early() {
		assert_eq!(
			ElementStrings::parse("0104012345\u{1d}10A"),
			Err(ElementStringError::Data {
				ai: Ai::GTIN,
				error: DataError::TooShort { min: 14, found: 8 }
			})
		);
	}

	#[test]
	fn short_dates_are_seen_from_the_reading_year() {
		let of = |year| ShortDate { year, month: 1, day: None };
		assert_eq!(of(27).full_year(2026), 2027);
		assert_eq!(of(76).full_year(2026), 2076);
		assert_eq!(of(77).full_year(2026), 1977);
		assert_eq!(of(10).full_year(2070), 2110);
		assert_eq!(of(99).full_year(0), 0);
		assert_eq!(ShortDate::parse("280229").unwrap().day, Some(29));
		assert_eq!(ShortDate::parse("271200").unwrap().day, None);
		assert_eq!(ShortDate::parse("27120é"), None);
	}
}

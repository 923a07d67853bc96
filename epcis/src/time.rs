//! Instants as EPCIS writes them (`xsd:dateTimeStamp`) and as the event hash takes them.

use core::fmt;

/// Most characters of a time that [`Timestamp::parse`] reads.
pub const MAX_LENGTH: usize = 64;

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
	/// It is longer than [`MAX_LENGTH`].
	Long,
	/// It is not `YYYY-MM-DDThh:mm:ss`, with a fraction or not, and a zone.
	Format,
	/// The zone is missing: without it the instant is unknown.
	NoZone,
	/// A month, day, hour, minute, second or zone that does not exist, or a year outside 1 to 9999.
	Range,
}

impl fmt::Display for TimeError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Long => "a time of more than 64 characters",
			Self::Format => "no time YYYY-MM-DDThh:mm:ss.sss+hh:mm",
			Self::NoZone => "a time without zone",
			Self::Range => "a time that does not exist",
		})
	}
}

impl core::error::Error for TimeError {}

/// An instant, to the millisecond. It prints in UTC: `2020-03-04T10:00:30.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
	/// The start of 1970 in UTC.
	pub const EPOCH: Self = Self(0);

	/// Reads `xsd:dateTimeStamp`, year 1 to 9999.
	///
	/// CBV 2.0, section 8.9 asks for milliseconds and leaves rounding open. As the reference
	/// implementation does, six digits of the fraction count, and half a millisecond goes to the even
	/// neighbour.
	///
	/// Errors: [`TimeError`].
	pub fn parse(text: &str) -> Result<Self, TimeError> {
		if text.len() > MAX_LENGTH {
			return Err(TimeError::Long);
		}
		let mut read = Read(text.as_bytes());
		let (year, month, day) = (read.digits(4)?, read.after(b'-')?, read.after(b'-')?);
		let (hour, minute, second) = (read.after(b'T')?, read.after(b':')?, read.after(b':')?);
		let mut micros = 0;
		if read.take(b'.') {
			let mut weight = 100_000;
			micros = read.digit().ok_or(TimeError::Format)? * weight;
			while let Some(digit) = read.digit() {
				weight /= 10;
				micros += digit * weight;
			}
		}
		let zone = match read.0.first() {
			None => return Err(TimeError::NoZone),
			Some(b'Z') => {
				read.take(b'Z');
				0
			},
			Some(b'+') => offset(read.after(b'+')?, read.after(b':')?)?,
			Some(b'-') => -offset(read.after(b'-')?, read.after(b':')?)?,
			Some(_) => return Err(TimeError::Format),
		};
		if !read.0.is_empty() {
			return Err(TimeError::Format);
		}
		let exists = (1..=12).contains(&month)
			&& (1..=days_in(year, month)).contains(&day)
			&& hour < 24
			&& minute < 60
			&& second < 60
			&& year > 0;
		if !exists {
			return Err(TimeError::Range);
		}
		let (whole, rest) = (micros / 1000, micros % 1000);
		let millis = whole + i64::from(rest > 500 || (rest == 500 && whole % 2 == 1));
		let minutes = (days_before(year, month, day) * 24 + hour) * 60 + minute - zone;
		let instant = (minutes * 60 + second) * 1000 + millis;
		if (YEAR_1..YEAR_10000).contains(&instant) {
			Ok(Self(instant))
		} else {
			Err(TimeError::Range)
		}
	}

	/// Milliseconds since 1970 in UTC; negative before.
	pub const fn unix_millis(self) -> i64 {
		self.0
	}
}

impl fmt::Display for Timestamp {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (days, rest) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
		let (year, month, day) = date_of(days);
		let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
		let (second, millis) = (rest / 1000 % 60, rest % 1000);
		write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
	}
}

impl core::str::FromStr for Timestamp {
	type Err = TimeError;
	fn from_str(text: &str) -> Result<Self, TimeError> {
		Self::parse(text)
	}
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
const YEAR_1: i64 = -719_162 * DAY;
const YEAR_10000: i64 = 2_932_897 * DAY;

/// Minutes of a zone `hh:mm`, at most 14 hours.
fn offset(hours: i64, minutes: i64) -> Result<i64, TimeError> {
	let total = hours * 60 + minutes;
	if minutes < 60 && total <= 14 * 60 {
		Ok(total)
	} else {
		Err(TimeError::Range)
	}
}

/// Whether `text` is a zone as `eventTimeZoneOffset` has it: `+hh:mm` or `-hh:mm`, at most 14 hours.
pub fn is_zone_offset(text: &str) -> bool {
	let mut read = Read(text.as_bytes());
	let signed = read.take(b'+') || read.take(b'-');
	let zone = read.digits(2).and_then(|hours| offset(hours, read.after(b':')?));
	signed && zone.is_ok() && read.0.is_empty()
}

fn days_in(year: i64, month: i64) -> i64 {
	match month {
		2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
		2 => 28,
		4 | 6 | 9 | 11 => 30,
		_ => 31,
	}
}

/// Days from 1970-01-01: years start in March, so that the leap day comes last.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
	let year = if month <= 2 { year - 1 } else { year };
	let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
	year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + in_year
		- 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
	let days = days + 719_468;
	let era = days.div_euclid(146_097);
	let in_era = days.rem_euclid(146_097);
	let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
	let in_year = in_era - (365 * year + year / 4 - year / 100);
	let month = (5 * in_year + 2) / 153;
	let day = in_year - (153 * month + 2) / 5 + 1;
	let month = if month < 10 { month + 3 } else { month - 9 };
	(era * 400 + year + i64::from(month <= 2), month, day)
}

struct Read<'a>(&'a [u8]);

impl Read<'_> {
	fn take(&mut self, byte: u8) -> bool {
		match self.0.split_first() {
			Some((first, rest)) if *first == byte => {
				self.0 = rest;
				true
			},
			_ => false,
		}
	}

	fn digit(&mut self) -> Option<i64> {
		let (first, rest) = self.0.split_first()?;
		first.is_ascii_digit().then(|| {
			self.0 = rest;
			i64::from(first - b'0')
		})
	}

	fn digits(&mut self, count: usize) -> Result<i64, TimeError> {
		(0..count).try_fold(0, |value, _| Ok(value * 10 + self.digit().ok_or(TimeError::Format)?))
	}

	/// Two digits after `byte`.
	fn after(&mut self, byte: u8) -> Result<i64, TimeError> {
		if self.take(byte) {
			self.digits(2)
		} else {
			Err(TimeError::Format)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn times_print_in_utc() {
		for (text, expected) in [
			("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
			("2020-02-29T23:59:59.9Z", "2020-02-29T23:59:59.900Z"),
			("2000-01-01T00:30:00+01:00", "1999-12-31T23:30:00.000Z"),
			("2005-04-03T20:33:31.116000-06:00", "2005-04-04T02:33:31.116Z"),
			("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
			("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
			("2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"),
			("2023-02-02T11:04:03.1425Z", "2023-02-02T11:04:03.142Z"),
			("2023-02-02T11:04:03.14259Z", "2023-02-02T11:04:03.143Z"),
			("2023-02-02T11:04:03.1425009Z", "2023-02-02T11:04:03.142Z"),
			("2023-12-31T23:59:59.9996Z", "2024-01-01T00:00:00.000Z"),
		] {
			assert_eq!(Timestamp::parse(text).unwrap().to_string(), expected, "{text}");
		}
		assert_eq!(Timestamp::parse("1970-01-01T00:00:01Z").unwrap().unix_millis(), 1000);
	}

	#[test]
	fn each_fault_has_its_error() {
		for (text, error) in [
			("2020-03-04T11:00:30", TimeError::NoZone),
			("2020-03-04", TimeError::Format),
			("2020-03-04T11:00:30.Z", TimeError::Format),
			("2020-03-04T11:00:30Zz", TimeError::Format),
			("2020-03-04 11:00:30Z", TimeError::Format),
			("2020-03-04T11:00:30+0100", TimeError::Format),
			("２020-03-04T11:00:30Z", TimeError::Format),
			("2023-02-29T11:00:30Z", TimeError::Range),
			("2020-13-04T11:00:30Z", TimeError::Range),
			("2020-12-04T24:00:00Z", TimeError::Range),
			("2020-12-04T11:00:30+14:01", TimeError::Range),
			("0000-12-04T11:00:30Z", TimeError::Range),
			("9999-12-31T23:59:59.9999Z", TimeError::Range),
			("0001-01-01T00:00:00+01:00", TimeError::Range),
			("", TimeError::Format),
		] {
			assert_eq!(Timestamp::parse(text), Err(error), "{text}");
		}
		assert_eq!(Timestamp::parse(&"0".repeat(65)), Err(TimeError::Long));
	}

	#[test]
	fn zone_offsets_have_a_sign() {
		assert!(["+01:00", "-14:00", "+00:00"].into_iter().all(is_zone_offset));
		assert!(!["01:00", "Z", "+14:30", "+1:00", "+01:0", "+01:000", ""]
			.into_iter()
			.any(is_zone_offset));
	}
}

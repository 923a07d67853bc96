//! FHIR's date, dateTime and instant, and DICOM's DA.

use salus_primitives::time::Moment;

/// The moment, at a coarse date its beginning; `None` if the text is no date.
pub(super) fn parse(text: &str) -> Option<Moment> {
	let (day, time) = match text.split_once('T') {
		Some((day, time)) => (day, Some(time)),
		None => (text, None),
	};
	let mut parts = day.split('-');
	let year = number(parts.next()?, 4)?;
	let month = parts.next().map_or(Some(1), |text| number(text, 2))?;
	let day_of_month = match parts.next() {
		Some(text) => number(text, 2)?,
		None if time.is_some() => return None,
		None => 1,
	};
	if parts.next().is_some() {
		return None;
	}
	let milliseconds = time.map_or(Some(0), time_of_day)?;
	from_days(year, month, day_of_month, milliseconds)
}

/// DICOM's DA: `20240531`.
pub(super) fn parse_da(text: &str) -> Option<Moment> {
	let (year, rest) = text.split_at_checked(4)?;
	let (month, day) = rest.split_at_checked(2)?;
	from_days(number(year, 4)?, number(month, 2)?, number(day, 2)?, 0)
}

fn from_days(year: i64, month: i64, day: i64, milliseconds: i64) -> Option<Moment> {
	let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	let length = match month {
		4 | 6 | 9 | 11 => 30,
		2 if leap => 29,
		2 => 28,
		1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
		_ => return None,
	};
	if year == 0 || !(1..=length).contains(&day) {
		return None;
	}
	// Days since 1970 of the proleptic Gregorian calendar, in years that begin in March.
	let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
	let days =
		365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
	Some(Moment::try_from(days * 86_400_000 + milliseconds).unwrap_or(0))
}

/// Milliseconds since midnight UTC, which a zone may bring out of the day.
fn time_of_day(text: &str) -> Option<i64> {
	let (clock, offset) = match text.find(['Z', '+', '-']) {
		Some(at) => {
			let (clock, zone) = text.split_at(at);
			(clock, zone_minutes(zone)?)
		},
		None => (text, 0),
	};
	let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
	if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
		return None;
	}
	let thousandths: i64 = fraction
		.bytes()
		.chain(*b"00")
		.take(3)
		.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
	let mut parts = clock.split(':');
	let hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
	let minute = number(parts.next()?, 2).filter(|minute| *minute < 60)?;
	let second = parts.next().map_or(Some(0), |text| number(text, 2))?;
	// FHIR allows a leap second.
	if second > 60 || parts.next().is_some() {
		return None;
	}
	Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + thousandths)
}

fn zone_minutes(zone: &str) -> Option<i64> {
	let (sign, rest) = match zone.split_at_checked(1)? {
		("Z", "") => return Some(0),
		("+", rest) => (1, rest),
		("-", rest) => (-1, rest),
		_ => return None,
	};
	let (hours, minutes) = rest.split_once(':')?;
	let hours = number(hours, 2).filter(|hours| *hours <= 14)?;
	let minutes = number(minutes, 2).filter(|minutes| *minutes < 60)?;
	Some(sign * (hours * 60 + minutes))
}

fn number(text: &str, digits: usize) -> Option<i64> {
	(text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
		.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn dates_are_read_as_fhir_writes_them() {
		for (text, moment) in [
			("1970", 0),
			("1969-12-31", 0),
			("1970-01-02", 86_400_000),
			("2024-03", 1_709_251_200_000),
			("2024-02-29", 1_709_164_800_000),
			("2024-05-31T09:30:00Z", 1_717_147_800_000),
			("2024-05-31T09:30:00.25+02:00", 1_717_140_600_250),
			("2024-05-31T09:30-04:30", 1_717_164_000_000),
		] {
			assert_eq!(parse(text), Some(moment), "{text}");
		}
		for text in [
			"",
			"24",
			"2024-13",
			"2023-02-29",
			"2024-05-32",
			"2024-05-31T",
			"2024-05T09:30Z",
			"2024-05-31T24:00Z",
			"2024-05-31T09:61Z",
			"2024-05-31T09:30:00+15:00",
			"2024-5-1",
			"2024-05-31T09:30:00.Z",
			"+024-01-01",
			"2024-05-31-01",
		] {
			assert_eq!(parse(text), None, "{text}");
		}
	}
}

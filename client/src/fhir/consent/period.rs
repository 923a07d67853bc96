//! FHIR's Period, whose end lies inside, as precise as it is written; ours ends before its end.

use super::{
	place::{Place, Result},
	ALWAYS,
};
use crate::{
	content::parse_date,
	fhir::{instant, LATEST},
};
use salus_primitives::time::{Moment, Period};
use serde_json::{json, Value};

const DAY: i64 = 86_400_000;
/// Days after which the calendar repeats, 400 years.
const CYCLE: i64 = 146_097 * DAY;

/// Milliseconds since 1970 of the beginning of what the text says, before 1970 too.
fn beginning(text: &str) -> Option<i64> {
	let (year, rest) = text.split_at_checked(4)?;
	let year: u16 = year.parse().ok()?;
	// Dates before 1970 are cut off, the same ones of the next cycle are not; what is older still is
	// taken for 1570, which is as much before everything that is kept.
	let (year, shift) = if year < 1971 { (year + 400, CYCLE) } else { (year, 0) };
	let moment = i64::try_from(parse_date(&format!("{year:04}{rest}"))?).ok()?;
	Some(moment - shift)
}

/// Digits of a second's fraction.
fn fraction(text: &str) -> &str {
	let Some((_, rest)) = text.split_once('.') else { return "" };
	rest.split(|read: char| !read.is_ascii_digit()).next().unwrap_or_default()
}

/// The first moment that is not before what the text says.
fn first(text: &str) -> Option<i64> {
	let finer = fraction(text).bytes().skip(3).any(|digit| digit != b'0');
	Some(beginning(text)? + i64::from(finer))
}

/// The first moment after what the text says, all of it: a year to its end, a second to its end.
fn after(text: &str) -> Option<i64> {
	let next = |year: i64, month: i64| match year {
		10_000 => Some(LATEST as i64 + 1),
		_ => beginning(&format!("{year:04}-{month:02}")),
	};
	let begins = beginning(text)?;
	match text.len() {
		4 => next(text.parse::<i64>().ok()? + 1, 1),
		7 => {
			let (year, month) = text.split_once('-')?;
			let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
			if month == 12 {
				next(year + 1, 1)
			} else {
				next(year, month + 1)
			}
		},
		10 => Some(begins + DAY),
		_ => Some(
			begins
				+ match fraction(text).len() {
					0 => 1000,
					1 => 100,
					2 => 10,
					_ => 1,
				},
		),
	}
}

/// Reads a Period, of the moments since 1970.
pub(super) fn read(place: &Place<'_>) -> Result<Period> {
	place.only(&["start", "end"])?;
	let moment = |name: &str, of: fn(&str) -> Option<i64>| {
		place
			.to(name)
			.map(|said| match of(said.as_text()) {
				Some(moment) => Ok(moment),
				None => said.refuse("must be a date"),
			})
			.transpose()
	};
	let from = moment("start", first)?.map_or(0, |from| Moment::try_from(from).unwrap_or(0));
	let until = match moment("end", after)? {
		None => None,
		Some(until) => match Moment::try_from(until) {
			Ok(until) if until > 0 => Some(until),
			_ => return place.refuse_at("end", "lies before 1970, and nothing is kept of then"),
		},
	};
	let period = Period { from, until };
	if period.is_empty() {
		return place.refuse_at("end", "lies before the start: no moment is between them");
	}
	Ok(period)
}

/// Whether FHIR can write the period.
pub(super) fn is_sayable(period: &Period) -> bool {
	period.from <= LATEST && period.until.is_none_or(|until| until <= LATEST + 1)
}

/// Writes a period; nothing if it is every moment.
pub(super) fn write(period: &Period) -> Option<Value> {
	(*period != ALWAYS).then(|| {
		let start = Some(period.from).filter(|from| *from > 0).map(instant);
		let end = period.until.map(|until| instant(until.saturating_sub(1)));
		json!({ "start": start, "end": end })
	})
}

/// Writes a period that stands there even if it is every moment.
pub(super) fn write_anyway(period: &Period) -> Value {
	write(period).unwrap_or_else(|| json!({ "start": instant(0) }))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn read_back(start: &str, end: &str) -> Period {
		let value = json!({ "start": start, "end": end });
		read(&Place::root("p", &value)).unwrap()
	}

	#[test]
	fn ends_lie_inside_as_precise_as_they_are_written() {
		for (end, until) in [
			("1970", "1971-01-01T00:00:00Z"),
			("2016", "2017-01-01T00:00:00Z"),
			("2016-02", "2016-03-01T00:00:00Z"),
			("2016-12", "2017-01-01T00:00:00Z"),
			("2016-02-28", "2016-02-29T00:00:00Z"),
			("2016-12-31", "2017-01-01T00:00:00Z"),
			("2016-06-23T17:32:33+10:00", "2016-06-23T07:32:34Z"),
			("2016-06-23T07:32:33.5Z", "2016-06-23T07:32:33.600Z"),
			("2016-06-23T07:32:33.50Z", "2016-06-23T07:32:33.510Z"),
			("2016-06-23T07:32:33.500Z", "2016-06-23T07:32:33.501Z"),
			("2016-06-23T07:32:33.5009Z", "2016-06-23T07:32:33.501Z"),
		] {
			assert_eq!(read_back("1964-01-01", end).until, parse_date(until), "{end}");
		}
		for end in ["9999", "9999-12", "9999-12-31", "9999-12-31T23:59:59.999Z"] {
			assert_eq!(read_back("2016", end).until, Some(LATEST + 1), "{end}");
		}
	}

	#[test]
	fn starts_are_where_what_is_written_begins() {
		for (start, from) in [
			("0001", 0),
			("1569-12-31", 0),
			("1964-01-01", 0),
			("1970-01-01T00:30:00+01:00", 0),
			("1970-01-01T00:00:00.001Z", 1),
			("1970-01-01T00:00:00.0010Z", 1),
			("1970-01-01T00:00:00.0011Z", 2),
			("1971", 31_536_000_000),
		] {
			assert_eq!(read_back(start, "2016").from, from, "{start}");
		}
	}

	#[test]
	fn what_holds_no_moment_is_refused() {
		for (start, end, said) in [
			("2016-01-02", "2016-01-01", "p.end: lies before the start"),
			("1960", "1969", "p.end: lies before 1970"),
			("1960", "1970-01-01T00:30:00+01:00", "p.end: lies before 1970"),
		] {
			let value = json!({ "start": start, "end": end });
			let fault = read(&Place::root("p", &value)).unwrap_err().to_string();
			assert!(fault.starts_with(said), "{fault}");
		}
	}
}

//! Reading the parameters of FHIR routes, strictly.

use crate::{
	errors::{Error, Result},
	release::Window,
};
use axum::{
	extract::Query,
	http::{header::ACCEPT, HeaderMap, Uri},
};
use salus_client::{
	content::parse_date,
	fhir::{form, loinc, names, parse_id, Form, House},
	vault_api::{ListQuery, ListedRecord, ReleaseRequest, StaffCapacity},
};
use salus_primitives::{
	codes::{Action, Category, Purpose, RecordState},
	ids::ChartId,
	time::Moment,
};
use std::{fmt::Display, str::FromStr};

/// Parameters that may stand more than once: all of them must hold.
const REPEATED: [&str; 2] = ["category", "date"];
const DAY: Moment = 24 * 60 * 60 * 1000;

/// The parameters of a request, each of them known.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
	/// Reads them; `known` are those that the route has besides `_format`.
	pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self> {
		let read = Query::<Vec<(String, String)>>::try_from_uri(uri);
		let Query(pairs) = read.map_err(|fault| Error::Malformed(fault.body_text()))?;
		for (place, (name, _)) in pairs.iter().enumerate() {
			if name != "_format" && !known.contains(&name.as_str()) {
				return malformed(format!(
					"'{}' is no parameter here: use {}",
					name.escape_debug(),
					known.join(", ")
				));
			}
			let before = pairs.iter().take(place).any(|(other, _)| other == name);
			if before && !REPEATED.contains(&name.as_str()) {
				return malformed(format!("{name} is there twice: give it once"));
			}
		}
		Ok(Self(pairs))
	}

	fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
		let named = self.0.iter().filter(move |(known, _)| known == name);
		named.map(|(_, value)| value.as_str())
	}

	fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
		self.all(name).next()
	}

	fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>> {
		let read = self.one(name).map(str::parse).transpose();
		read.map_err(|fault| Error::Malformed(format!("{name}: {fault}")))
	}

	/// The form wanted; what is not to be had is refused.
	pub(super) fn form(&self, headers: &HeaderMap, native: Option<&str>) -> Result<Form> {
		let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
		let accept = accept.collect::<Vec<_>>().join(",");
		form(self.one("_format"), Some(&accept), native).ok_or(Error::NotAcceptable)
	}

	/// Refuses every form but JSON.
	pub(super) fn json(&self, headers: &HeaderMap) -> Result<()> {
		// No media type is empty, so nothing is native.
		self.form(headers, Some("")).map(drop)
	}

	/// The chart that `patient` names.
	pub(super) fn patient(&self) -> Result<ChartId> {
		let Some(said) = self.one("patient") else {
			return malformed("patient is missing: name the chart by the id of its Patient");
		};
		let id = said.strip_prefix("Patient/").unwrap_or(said);
		match parse_id(id) {
			Some(chart) => Ok(ChartId(chart)),
			None => malformed("patient: expected 64 hexadecimal digits in lower case, without 0x"),
		}
	}

	/// In which capacity and what for, as on the vault's own route of a list.
	pub(super) fn capacity(&self) -> Result<ListQuery> {
		let Some(purpose) = self.parsed::<Purpose>("purpose")? else {
			return malformed("purpose is missing: give a code such as TREAT or PATRQT");
		};
		let (organisation, role) = (self.parsed("organisation")?, self.parsed("role")?);
		Ok(ListQuery { organisation, role, purpose })
	}

	/// The same with what is to be done, as on the vault's own route of a release.
	pub(super) fn release(&self) -> Result<ReleaseRequest> {
		let ListQuery { organisation, role, purpose } = self.capacity()?;
		let capacity = StaffCapacity::of(organisation, role)
			.ok_or_else(|| Error::Malformed(StaffCapacity::HALF.into()))?;
		let action = self.parsed("action")?.unwrap_or(Action::Access);
		Ok(ReleaseRequest { capacity, action, purpose, offset: 0 })
	}

	/// Which part of a list; of more than `most` there come `most`.
	pub(super) fn window(&self, most: u32) -> Result<Window> {
		let count = self.parsed::<u32>("_count")?.unwrap_or(most);
		if count == 0 {
			return malformed("_count: at least 1; what may not be seen is not counted either");
		}
		Ok(Window { from: self.parsed("_page")?.unwrap_or(0), count: count.min(most) })
	}

	/// The address of the page that begins at `from` of this very search.
	pub(super) fn link(&self, house: &House, route: &str, from: u32) -> String {
		let others = self.0.iter().filter(|(name, _)| name != "_page");
		let mut pairs: Vec<_> =
			others.map(|(name, value)| (name.as_str(), value.as_str())).collect();
		let place = from.to_string();
		if from > 0 {
			pairs.push(("_page", &place));
		}
		let query: Vec<_> =
			pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
		let address = if house.base.is_empty() { route.to_owned() } else { house.url(route) };
		if query.is_empty() {
			address
		} else {
			format!("{address}?{}", query.join("&"))
		}
	}
}

/// A value as it stands in an address.
fn escaped(value: &str) -> String {
	value.bytes().fold(String::new(), |mut out, byte| {
		match byte {
			b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
				out.push(char::from(byte));
			},
			other => out.push_str(&format!("%{other:02X}")),
		}
		out
	})
}

fn malformed<T>(what: impl Into<String>) -> Result<T> {
	Err(Error::Malformed(what.into()))
}

/// Which of the records that may be seen are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
	/// One of each group.
	categories: Vec<Vec<Category>>,
	dates: Vec<Dated>,
	/// One of these, if there are any.
	states: Vec<RecordState>,
}

impl Filter {
	pub(super) fn of(asked: &Parameters) -> Result<Self> {
		let categories = asked
			.all("category")
			.map(|group| group.split(',').map(category).collect())
			.collect::<Result<_>>()?;
		let dates = asked.all("date").map(str::parse).collect::<Result<_>>()?;
		let states = asked.one("status").map_or(Ok(Vec::new()), |group| {
			let state = |text: &str| {
				text.parse().map_err(|fault| Error::Malformed(format!("status: {fault}")))
			};
			group.split(',').map(state).collect()
		})?;
		Ok(Self { categories, dates, states })
	}

	pub(super) fn keeps(&self, record: &ListedRecord) -> bool {
		let terms = &record.opening.terms;
		self.categories.iter().all(|group| group.contains(&terms.category))
			&& self.dates.iter().all(|date| date.holds(terms.clinical_date))
			&& (self.states.is_empty() || self.states.contains(&record.state))
	}
}

/// A token: a code of ours or of LOINC, with or without its system.
fn category(token: &str) -> Result<Category> {
	let (system, code) = match token.split_once('|') {
		Some((system, code)) => (Some(system), code),
		None => (None, token),
	};
	let is_ours = system.is_none_or(|system| system == names::CATEGORY);
	let is_loinc = system.is_none_or(|system| system == "http://loinc.org");
	let found = Category::ALL
		.iter()
		.find(|known| is_ours && known.code() == code || is_loinc && loinc(**known) == Some(code));
	match found {
		Some(found) => Ok(*found),
		None => {
			let known: Vec<_> = Category::ALL.iter().map(|known| known.code()).collect();
			malformed(format!("category: no such code; known are {}", known.join(" ")))
		},
	}
}

/// How a date compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
	Within,
	Outside,
	Before,
	BeforeOrWithin,
	After,
	AfterOrWithin,
}

/// A span of time as precise as it is written, and what is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dated {
	compared: Compared,
	from: Moment,
	until: Moment,
}

impl Dated {
	fn holds(&self, moment: Moment) -> bool {
		let (before, after) = (moment < self.from, moment >= self.until);
		match self.compared {
			Compared::Within => !before && !after,
			Compared::Outside => before || after,
			Compared::Before => before,
			Compared::BeforeOrWithin => !after,
			Compared::After => after,
			Compared::AfterOrWithin => !before,
		}
	}
}

impl FromStr for Dated {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		let (prefix, date) = match text.split_at_checked(2) {
			Some((prefix, date)) if prefix.bytes().all(|byte| byte.is_ascii_lowercase()) => {
				(prefix, date)
			},
			_ => ("eq", text),
		};
		let compared = match prefix {
			"eq" => Compared::Within,
			"ne" => Compared::Outside,
			"lt" | "eb" => Compared::Before,
			"le" => Compared::BeforeOrWithin,
			"gt" | "sa" => Compared::After,
			"ge" => Compared::AfterOrWithin,
			_ => return malformed("date: no such comparison; known are eq ne lt le gt ge sa eb"),
		};
		match span(date) {
			Some((from, until)) => Ok(Self { compared, from, until }),
			None => malformed("date: expected a date like 2026-11-23 or 2026-11-23T16:05:00Z"),
		}
	}
}

/// The moments that a date means.
fn span(date: &str) -> Option<(Moment, Moment)> {
	let from = parse_date(date)?;
	// Any day of the next year or month leads to its first.
	let first = |days: Moment, length: usize| {
		let later = salus_client::content::format_instant(from.checked_add(days * DAY)?);
		parse_date(later.get(..length)?)
	};
	let until = match date.split_once('T') {
		None if date.len() == 4 => first(370, 4)?,
		None if date.len() == 7 => first(35, 7)?,
		None => from.checked_add(DAY)?,
		Some((_, time)) if time.contains('.') => from.checked_add(1)?,
		Some((_, time)) => {
			// Minutes have one colon before the zone.
			let clock = time.split(['Z', '+', '-']).next()?;
			let length = if clock.matches(':').count() < 2 { 60_000 } else { 1000 };
			from.checked_add(length)?
		},
	};
	Some((from, until))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn holds(asked: &str, moment: &str) -> bool {
		asked.parse::<Dated>().unwrap().holds(parse_date(moment).unwrap())
	}

	#[test]
	fn dates_are_as_precise_as_they_are_written() {
		for (asked, first, last, after) in [
			("2024", "2024-01-01", "2024-12-31T23:59:59Z", "2025-01-01"),
			("2024-02", "2024-02-01", "2024-02-29T23:59:59Z", "2024-03-01"),
			("2024-12-31", "2024-12-31", "2024-12-31T23:59:59Z", "2025-01-01"),
			("2024-12-31T10:05:00Z", "2024-12-31T10:05:00Z", "2024-12-31T10:05:00Z", "2025-01-01"),
		] {
			assert!(holds(asked, first) && holds(asked, last), "{asked}");
			assert!(!holds(asked, after), "{asked}");
			assert!(holds(&format!("ne{asked}"), after) && !holds(&format!("ne{asked}"), last));
			assert!(holds(&format!("gt{asked}"), after) && !holds(&format!("gt{asked}"), last));
			assert!(holds(&format!("ge{asked}"), first));
			assert!(holds(&format!("le{asked}"), last) && !holds(&format!("le{asked}"), after));
			assert!(holds(&format!("lt{asked}"), "2000") && !holds(&format!("lt{asked}"), first));
		}
	}

	#[test]
	fn what_is_no_date_is_refused() {
		for wrong in ["", "ap2024", "2024-13", "yesterday", "2024-1-1", "ge"] {
			assert!(wrong.parse::<Dated>().is_err(), "{wrong}");
		}
	}

	#[test]
	fn categories_have_two_systems() {
		for token in [
			"laboratory",
			"26436-6",
			"http://loinc.org|26436-6",
			&format!("{}|laboratory", names::CATEGORY),
		] {
			assert_eq!(category(token).unwrap(), Category::Laboratory, "{token}");
		}
		for token in ["", "lab", "http://loinc.org|laboratory", "|laboratory"] {
			assert!(category(token).is_err(), "{token}");
		}
	}

	#[test]
	fn unknown_and_repeated_parameters_are_refused() {
		let read = |query: &str| {
			let uri = format!("http://a/b?{query}").parse().unwrap();
			Parameters::of(&uri, &["patient", "date", "_page", "_count"])
		};
		assert!(read("patient=1&date=2024&date=2025&_format=json").is_ok());
		for wrong in ["patient=1&patient=2", "subject=1", "date:missing=true", "Patient=1"] {
			assert!(matches!(read(wrong), Err(Error::Malformed(_))), "{wrong}");
		}
		assert!(read("_count=0").unwrap().window(50).is_err());
		assert_eq!(read("_count=9999&_page=7").unwrap().window(50).unwrap(), Window::page(7));
	}

	#[test]
	fn links_lead_to_the_same_search() {
		let uri = "http://a/b?patient=Patient/1&_page=3&date=ge2024".parse().unwrap();
		let asked = Parameters::of(&uri, &["patient", "date", "_page"]).unwrap();
		let mut house = House { genesis: [1; 32], custodian: 1, base: "https://v/fhir".into() };
		let link = asked.link(&house, "DocumentReference", 50);
		assert_eq!(
			link,
			"https://v/fhir/DocumentReference?patient=Patient%2F1&date=ge2024&_page=50"
		);
		house.base.clear();
		assert_eq!(
			asked.link(&house, "AuditEvent", 0),
			"AuditEvent?patient=Patient%2F1&date=ge2024"
		);
	}
}

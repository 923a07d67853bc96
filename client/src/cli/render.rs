//! How results look: JSON for programs, aligned lines for people.

use salus_client::{chain::Submitted, content::civil, vault_api::Head, Error};
use salus_primitives::{
	decision::Basis,
	directive::{DirectiveTerms, Grantee, Scope},
	time::{Moment, Period},
};
use serde::Serialize;
use std::{
	fmt::Display,
	io::{Result, Write},
};

/// A result that people and programs can read.
pub(super) trait Report: Serialize {
	/// Writes it for people.
	fn human(&self, out: &mut dyn Write) -> Result<()>;
}

/// Labelled values, one a line, aligned.
#[derive(Default)]
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
	pub(super) fn add(mut self, label: &'static str, value: impl Display) -> Self {
		self.0.push((label, printable(value)));
		self
	}

	pub(super) fn maybe(self, label: &'static str, value: Option<impl Display>) -> Self {
		match value {
			Some(value) => self.add(label, value),
			None => self,
		}
	}

	pub(super) fn write(&self, out: &mut dyn Write) -> Result<()> {
		let width = self.0.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
		self.0
			.iter()
			.try_for_each(|(label, value)| writeln!(out, "{label:width$}  {value}"))
	}
}

/// Rows under headings, aligned.
pub(super) struct Table {
	rows: Vec<Vec<String>>,
}

impl Table {
	pub(super) fn new(headings: &[&str]) -> Self {
		Self { rows: vec![headings.iter().map(|heading| heading.to_string()).collect()] }
	}

	pub(super) fn row(&mut self, cells: Vec<String>) {
		self.rows.push(cells.into_iter().map(printable).collect());
	}

	/// Writes the table, or `nothing` when it has no rows.
	pub(super) fn write(&self, out: &mut dyn Write, nothing: &str) -> Result<()> {
		if self.rows.len() < 2 {
			return writeln!(out, "{nothing}");
		}
		let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
		let width = |column: usize| {
			self.rows
				.iter()
				.filter_map(|row| row.get(column))
				.map(|cell| cell.chars().count())
				.max()
		};
		let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
		for row in &self.rows {
			let cells: Vec<_> =
				row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
			writeln!(out, "{}", cells.join("  ").trim_end())?;
		}
		Ok(())
	}
}

/// Text that others wrote, such as a vault's, without the characters that steer a terminal.
pub(super) fn printable(text: impl Display) -> String {
	let steers = |character: char| character.is_control();
	text.to_string().replace(steers, "\u{fffd}")
}

/// An id with its middle left out.
pub(super) fn short(id: &impl Display) -> String {
	let id = id.to_string();
	match (id.get(..10), id.len().checked_sub(4).and_then(|from| id.get(from..))) {
		(Some(begin), Some(end)) if id.len() > 15 => format!("{begin}…{end}"),
		_ => id,
	}
}

/// 32 bytes as `0x…`.
pub(super) fn hex(bytes: &[u8; 32]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// A moment as `2026-11-23 16:05:00Z`; without its time when that is midnight.
pub(super) fn moment(moment: Moment) -> String {
	let (days, rest) = (moment / 86_400_000, moment / 1000 % 86_400);
	let (year, month, day) = civil(days);
	let date = format!("{year:04}-{month:02}-{day:02}");
	match rest {
		0 => date,
		_ => format!("{date} {:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60),
	}
}

/// A period as `from … until …`.
pub(super) fn period(period: &Period) -> String {
	match period.until {
		Some(until) => format!("{} until {}", moment(period.from), moment(until)),
		None => format!("from {}", moment(period.from)),
	}
}

/// When something is due, and whether it should have been done.
pub(super) fn due(due: Option<Moment>, overdue: bool) -> String {
	match due {
		Some(due) if overdue => format!("{} (overdue)", moment(due)),
		Some(due) => format!("by {}", moment(due)),
		None => "-".into(),
	}
}

/// A span of time in days, rounded down.
pub(super) fn days(span: Moment) -> String {
	match span / 86_400_000 {
		1 => "1 day".into(),
		days => format!("{days} days"),
	}
}

/// Codes with spaces between; `-` for none.
pub(super) fn codes(codes: impl Iterator<Item = impl Display>) -> String {
	let codes: Vec<_> = codes.map(|code| code.to_string()).collect();
	if codes.is_empty() {
		"-".into()
	} else {
		codes.join(" ")
	}
}

/// Bytes in the unit that suits.
pub(super) fn size(bytes: u64) -> String {
	match bytes {
		0..1024 => format!("{bytes} B"),
		1024..1_048_576 => format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024),
		_ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
	}
}

pub(super) fn grantee(grantee: &Grantee) -> String {
	match grantee {
		Grantee::Anyone => "anyone".into(),
		Grantee::Organisation(organisation) => format!("organisation {organisation}"),
		Grantee::Practitioner(practitioner) => format!("practitioner {practitioner}"),
		Grantee::PractitionerAt(practitioner, organisation) => {
			format!("practitioner {practitioner} at organisation {organisation}")
		},
		Grantee::Bearer(link) => format!("whoever has the link {}", short(link)),
	}
}

pub(super) fn basis(basis: &Basis) -> String {
	match basis {
		Basis::Patient => "the patient's own".into(),
		Basis::Custodian => "treating staff of the custodian".into(),
		Basis::Directive(directive) => format!("directive {}", short(directive)),
		Basis::Guardian => "a guardian of the patient".into(),
		Basis::BreakGlass(id) => format!("break-glass {}", short(id)),
	}
}

/// A scope in words; `all records` when it has no filter.
pub(super) fn scope(scope: &Scope) -> String {
	let mut filters = Vec::new();
	if let Some(categories) = scope.categories {
		filters.push(codes(categories.iter()));
	}
	if let Some(labels) = scope.sensitivity {
		filters.push(format!("labelled {}", codes(labels.iter())));
	}
	if let Some(ceiling) = scope.confidentiality_ceiling {
		filters.push(format!("confidentiality up to {ceiling}"));
	}
	if let Some(author) = scope.author {
		filters.push(format!("by practitioner {author}"));
	}
	if let Some(encounter) = &scope.encounter {
		filters.push(format!("of encounter {}", short(encounter)));
	}
	if let Some(records) = &scope.records {
		filters.push(format!("{} listed records", records.len()));
	}
	if let Some(dated) = &scope.record_period {
		filters.push(format!("dated {}", period(dated)));
	}
	if filters.is_empty() {
		return "all records".into();
	}
	filters.join(", ")
}

/// The terms of a directive, for people.
pub(super) fn terms(fields: Fields, terms: &DirectiveTerms) -> Fields {
	fields
		.add("rule", format!("{} ({})", terms.rule, terms.strength))
		.add("grantee", grantee(&terms.grantee))
		.add("scope", scope(&terms.scope))
		.add("actions", codes(terms.actions.iter()))
		.add("purposes", codes(terms.purposes.iter()))
		.add("period", period(&terms.period))
		.add("obligations", codes(terms.obligations.iter()))
}

/// Where and how fast a call became final.
pub(super) fn submitted(done: &Submitted) -> String {
	format!(
		"block {} (in a block after {} ms, final after {} ms)",
		done.block.number, done.in_block_ms, done.finalised_ms
	)
}

pub(super) fn block(head: &Head) -> String {
	format!("{} {}", head.number, short(&hex(&head.hash)))
}

/// An error with what to do: two lines, or one JSON document.
pub(super) fn error(error: &Error, json: bool) -> String {
	let (code, message, help) = (error.code(), error.to_string(), error.help());
	if !json {
		return format!("error: {}\nhelp: {help}", printable(message));
	}
	let mut body = serde_json::json!({ "code": code, "message": message, "help": help });
	if let (Error::Vault { reason: Some(reason), .. }, Some(body)) = (error, body.as_object_mut()) {
		body.insert("reason".into(), (*reason).into());
	}
	serde_json::json!({ "error": body }).to_string()
}

//! `salus disclosure accounting`.

use super::{
	super::{now, render, terms::date, usage, Context},
	faults, Status, Whose,
};
use clap::Args;
use render::{Report, Table};
use salus_client::{
	accounting::{accounted, handed_to, Accounted, ACCOUNTED},
	chain::At,
	fhir::{accounting, House},
	sealed_file::write_new,
	vault_api::{Disclosure, FHIR},
	Error, Result,
};
use salus_primitives::{
	codes::BreakGlassState,
	decision::Accessor,
	disclosure::DisclosureEntry,
	ids::{ChartId, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::{
	collections::{btree_map::Entry as Slot, BTreeMap},
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Args)]
pub(super) struct Options {
	#[command(flatten)]
	whose: Whose,
	/// From this day on; six years ago unless given.
	#[arg(long, value_name = "DATE", value_parser = date)]
	since: Option<Moment>,
	/// Before this day; until now unless given.
	#[arg(long, value_name = "DATE", value_parser = date)]
	until: Option<Moment>,
	/// Only the lines that must be accounted for.
	#[arg(long)]
	only_in: bool,
	/// Write the lines as AuditEvents in one FHIR R4 Bundle, too.
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// Accounts for the disclosures of a period.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { whose, since, until, only_in, out: file } = options;
	let since = since.unwrap_or_else(|| now().saturating_sub(ACCOUNTED));
	let until = until.unwrap_or_else(now);
	if until <= since {
		return Err(usage(
			"the period ends before it begins",
			"give --until a later day than --since",
		));
	}
	if let Some(file) = file.as_ref().filter(|file| file.exists()) {
		return Err(Error::FileExists(file.clone()));
	}
	let logs = whose.logs(context).await?;
	let genesis = context.chain().await?.genesis();
	let at = context.finalised().await?;
	// To whom who kept a chart gave it.
	let mut given = BTreeMap::new();
	for entry in logs.iter().flat_map(|log| &log.entries) {
		let (Some(proof), Some(_)) = (&entry.whole.proof, handed_to(&entry.entry)) else {
			continue;
		};
		if let Slot::Vacant(slot) = given.entry(proof.organisation) {
			slot.insert(at.holding(proof.organisation).await?.given);
		}
	}
	let mut organisations = BTreeMap::new();
	let mut lines = Vec::new();
	for log in &logs {
		for entry in &log.entries {
			let DisclosureEntry { at: when, accessor, .. } = &entry.entry;
			// Who kept the chart then posted the root.
			let keeper =
				entry.whole.proof.as_ref().map_or(log.custodian, |proof| proof.organisation);
			let given = given.get(&keeper).copied().flatten();
			let unjustified = is_unjustified(&at, &entry.entry).await?;
			let accounted = accounted(&entry.entry, keeper, given, unjustified);
			if !(since..until).contains(when) || only_in && accounted != Accounted::In {
				continue;
			}
			let named = [Some(log.custodian), Some(keeper), organisation(accessor)];
			for named in named.into_iter().flatten() {
				organisations.entry(named).or_insert(None);
			}
			lines.push(Line {
				chart: log.chart,
				custodian: keeper,
				own: log.own,
				accounted,
				recipient: None,
				status: entry.status,
				entry: entry.entry.clone(),
				whole: entry.whole.clone(),
			});
		}
	}
	for (organisation, known) in &mut organisations {
		*known = at.organisation(*organisation).await?;
	}
	for line in &mut lines {
		let asked = organisation(&line.entry.accessor);
		let known = asked.and_then(|asked| organisations.get(&asked)?.as_ref());
		line.recipient = known.map(|known| String::from_utf8_lossy(&known.name).into_owned());
	}
	let file = match file {
		Some(file) => {
			let endpoint = |organisation: &OrganisationId| {
				let known = organisations.get(organisation).and_then(Option::as_ref);
				let endpoint = known.map(|known| String::from_utf8_lossy(&known.endpoint));
				endpoint.filter(|endpoint| !endpoint.is_empty())
			};
			let houses: BTreeMap<_, _> = organisations
				.keys()
				.map(|custodian| {
					let base = endpoint(custodian);
					let base = base.map_or(String::new(), |base| {
						format!("{}{FHIR}", base.trim_end_matches('/'))
					});
					(*custodian, House { genesis, custodian: *custodian, base })
				})
				.collect();
			write(&file, &houses, &lines)?;
			Some(file)
		},
		None => None,
	};
	let faults = faults(&logs);
	let wrong = logs.into_iter().flat_map(|log| log.faults).collect();
	context.print(&Accounting { since, until, lines, file, faults: wrong }, out)?;
	faults
}

/// Whether it was released under a break-glass that was found unjustified.
async fn is_unjustified(at: &At, entry: &DisclosureEntry) -> Result<bool> {
	let Some(id) = entry.broken_glass() else { return Ok(false) };
	let known = at.break_glass(id).await?;
	Ok(known.is_some_and(|known| known.state == BreakGlassState::Unjustified))
}

/// For which organisation somebody asked.
fn organisation(accessor: &Accessor) -> Option<OrganisationId> {
	match accessor {
		Accessor::Staff { organisation, .. } => Some(*organisation),
		Accessor::Patient { .. } | Accessor::Guardian { .. } | Accessor::Bearer { .. } => None,
	}
}

fn write(file: &Path, houses: &BTreeMap<OrganisationId, House>, lines: &[Line]) -> Result<()> {
	let lines = lines
		.iter()
		.filter_map(|line| Some((houses.get(&line.custodian)?, &line.whole, line.accounted)));
	let bundle = accounting(lines, now());
	write_new(file, format!("{bundle:#}\n").as_bytes())
}

#[derive(Serialize)]
struct Accounting {
	/// The period in milliseconds, half open.
	since: Moment,
	until: Moment,
	lines: Vec<Line>,
	/// Where the Bundle is.
	file: Option<PathBuf>,
	/// What is wrong with the logs.
	faults: Vec<String>,
}

#[derive(Serialize)]
struct Line {
	chart: ChartId,
	/// Who kept it.
	custodian: OrganisationId,
	/// Whether the patient reads it.
	#[serde(skip)]
	own: bool,
	/// Whether it must be accounted for.
	#[serde(serialize_with = "code")]
	accounted: Accounted,
	/// Name of the organisation to which it went, as the chain has it now.
	recipient: Option<String>,
	status: Status,
	#[serde(flatten)]
	entry: DisclosureEntry,
	#[serde(skip)]
	whole: Disclosure,
}

fn code<S: serde::Serializer>(accounted: &Accounted, to: S) -> Result<S::Ok, S::Error> {
	to.serialize_str(accounted.code())
}

impl Report for Accounting {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Self { since, until, .. } = self;
		let (since, until) = (render::moment(*since), render::moment(*until));
		writeln!(out, "Accounting of disclosures from {since} until {until}")?;
		let mut table = Table::new(&[
			"WHEN",
			"KEPT BY",
			"TO WHOM",
			"WHAT",
			"PURPOSE",
			"ACCOUNTED FOR",
			"PROOF",
		]);
		for line in &self.lines {
			let entry = &line.entry;
			let who = super::who(entry, line.own);
			table.row(vec![
				render::moment(entry.at),
				line.custodian.to_string(),
				match &line.recipient {
					Some(name) => format!("{name}: {who}"),
					None => who,
				},
				super::what(&entry.subject),
				entry.purpose.to_string(),
				line.accounted.words().into(),
				match line.status {
					Status::Verified => "verified".into(),
					Status::Pending => "pending".into(),
					Status::Wrong => "WRONG".into(),
				},
			]);
		}
		table.write(out, "nothing in this period")?;
		let is_in = self.lines.iter().filter(|line| line.accounted == Accounted::In).count();
		writeln!(out, "{is_in} of {} lines must be accounted for", self.lines.len())?;
		if let Some(file) = &self.file {
			writeln!(out, "written to {}", file.display())?;
		}
		self.faults.iter().try_for_each(|fault| writeln!(out, "FAULT: {fault}"))
	}
}

//! What was released by a break-glass, or found by a search, for its reviewer.

use super::find::{keepers, Fault};
use crate::cli::{
	disclosure::{what, Proven, Status},
	render::{self, Report, Table},
	usage, Context,
};
use clap::Args;
use futures::future::join_all;
use salus_client::{
	emergency::{GlassFile, SearchFile},
	keys::Identity,
	vault_api::Disclosure,
	Error, Result,
};
use salus_primitives::{
	disclosure::{DisclosureEntry, Subject},
	ids::{BreakGlassId, ChartId, OrganisationId},
};
use serde::Serialize;
use std::{collections::BTreeSet, io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Options {
	/// Key file of the quality officer.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The break-glass's or search's file, from the clinician.
	file: PathBuf,
}

pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { key, organisation, file } = options;
	match SearchFile::read(&file) {
		Ok(search) => {
			ensure_here(search.genesis, context).await?;
			let identity = context.open_key(&key)?;
			of_search(&search, organisation, &identity, context, out).await
		},
		Err(Error::WrongFormat { .. }) => {
			let glass = GlassFile::read(&file)?;
			ensure_here(glass.genesis, context).await?;
			let identity = context.open_key(&key)?;
			of_chart(&glass, organisation, &identity, context, out).await
		},
		Err(fault) => Err(fault),
	}
}

async fn ensure_here(genesis: [u8; 32], context: &Context) -> Result<()> {
	if genesis == context.chain().await?.genesis() {
		return Ok(());
	}
	Err(usage("the glass was broken on another chain", "name a node of its chain"))
}

async fn of_chart(
	glass: &GlassFile,
	organisation: OrganisationId,
	identity: &Identity,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let (id, terms) = (glass.shown.id, glass.shown.opening.terms);
	let custodian = context.keeper(terms.custodian).await?;
	let mut vault = context.session(custodian, identity).await?;
	vault.show_break_glass(&glass.at(context.finalised().await?.head().number))?;
	let entries = vault.emergency_disclosures(&id, organisation).await?;
	let is_due =
		|entry: &DisclosureEntry| entry.chart == terms.chart && entry.subject != Subject::Presence;
	let lines = checked(id, custodian, entries, is_due, context).await?;
	let told =
		Lines { break_glass: id, chart: Some(terms.chart), custodian, unnamed: false, lines };
	let wrong = told.wrong();
	context.print(&told, out)?;
	faults(wrong)
}

/// Each house that keeps charts says what the search found there, whatever the file says of who was asked: it is
/// the clinician's. None that does not answer hides what the others say.
async fn of_search(
	search: &SearchFile,
	organisation: OrganisationId,
	identity: &Identity,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let mut named = BTreeSet::new();
	for custodian in &search.custodians {
		named.insert(context.keeper(*custodian).await?);
	}
	let mut asked = keepers(context).await?;
	asked.extend(&named);
	let looks = asked.iter().map(|custodian| async move {
		(*custodian, found_at(search, *custodian, organisation, identity, context).await)
	});
	let answers = context.wait("asking the custodians", join_all(looks)).await;
	let (mut searched, mut silent, mut due) = (Vec::new(), Vec::new(), None);
	for (custodian, answer) in answers {
		let unnamed = !named.contains(&custodian);
		match answer {
			Ok(lines) => searched.push(Lines { unnamed, ..lines }),
			Err(fault) => {
				silent.push(Fault::of(custodian, &fault));
				if !unnamed {
					due.get_or_insert(fault);
				}
			},
		}
	}
	let wrong = searched.iter().map(Lines::wrong).sum();
	context.print(&Searched { search: search.shown.id, searched, faults: silent }, out)?;
	faults(wrong)?;
	// Everything is shown by now; that one who was asked said nothing is not to be missed.
	due.map_or(Ok(()), Err)
}

/// What the search found at one house.
async fn found_at(
	search: &SearchFile,
	custodian: OrganisationId,
	organisation: OrganisationId,
	identity: &Identity,
	context: &Context,
) -> Result<Lines> {
	let id = search.shown.id;
	let vault = context.session(custodian, identity).await?;
	let shown = search.at(context.finalised().await?.head().number);
	let entries = vault.search_disclosures(&shown, organisation).await?;
	let chart = entries.first().map(|entry| entry.opening.terms.chart);
	// It found one chart, and opened nothing.
	let is_due =
		|entry: &DisclosureEntry| Some(entry.chart) == chart && entry.subject == Subject::Presence;
	let lines = checked(id, custodian, entries, is_due, context).await?;
	Ok(Lines { break_glass: id, chart, custodian, unnamed: false, lines })
}

fn faults(wrong: usize) -> Result<()> {
	match wrong {
		0 => Ok(()),
		wrong => Err(Error::LogFaulty(wrong)),
	}
}

/// The lines, each compared with the chain and with the break-glass.
async fn checked(
	id: BreakGlassId,
	custodian: OrganisationId,
	entries: Vec<Disclosure>,
	is_due: impl Fn(&DisclosureEntry) -> bool,
	context: &Context,
) -> Result<Vec<Line>> {
	let mut proven = Proven::new(context.finalised().await?, custodian);
	let known = context.finalised().await?.break_glass(id).await?.map(|known| known.glass);
	let mut lines = Vec::with_capacity(entries.len());
	for Disclosure { opening, proof } in entries {
		let entry = &opening.terms;
		let due = is_due(entry)
			&& entry.broken_glass() == Some(id)
			&& known.as_ref().is_some_and(|known| known.accounts_for(entry));
		let status = match proven.status(&opening, &proof).await? {
			_ if !due => Status::Wrong,
			status => status,
		};
		lines.push(Line { status, entry: opening.terms });
	}
	Ok(lines)
}

#[derive(Serialize)]
struct Searched {
	search: BreakGlassId,
	searched: Vec<Lines>,
	/// Who could not be asked, or gave no answer that can be used.
	faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Lines {
	break_glass: BreakGlassId,
	chart: Option<ChartId>,
	custodian: OrganisationId,
	/// Whether the search's file does not name this house.
	#[serde(skip_serializing_if = "std::ops::Not::not")]
	unnamed: bool,
	lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
	status: Status,
	#[serde(flatten)]
	entry: DisclosureEntry,
}

impl Lines {
	fn wrong(&self) -> usize {
		self.lines.iter().filter(|line| line.status == Status::Wrong).count()
	}
}

impl Report for Searched {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		self.searched.iter().try_for_each(|lines| lines.human(out))?;
		self.faults.iter().try_for_each(|fault| fault.human(out))
	}
}

impl Report for Lines {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		match &self.chart {
			Some(chart) => {
				let chart = render::short(chart);
				writeln!(out, "Chart {chart} at organisation {}", self.custodian)?;
			},
			None => writeln!(out, "Organisation {}", self.custodian)?,
		}
		if self.unnamed && !self.lines.is_empty() {
			writeln!(out, "The file does not say that this house was asked.")?;
		}
		let mut table = Table::new(&["SEQ", "WHEN", "BY", "WHAT", "PROOF"]);
		for Line { status, entry } in &self.lines {
			table.row(vec![
				entry.sequence.to_string(),
				render::moment(entry.at),
				entry.practitioner.map_or("-".into(), |by| format!("practitioner {by}")),
				what(&entry.subject),
				status.word().into(),
			]);
		}
		table.write(out, "nothing was released by it")
	}
}

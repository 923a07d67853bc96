//! What was released by a break-glass, for its reviewer.

use crate::cli::{
	disclosure::{what, Proven, Status},
	render::{self, Report, Table},
	usage, Context,
};
use clap::Args;
use salus_client::{emergency::GlassFile, vault_api::Disclosure, Error, Result};
use salus_primitives::{
	disclosure::DisclosureEntry,
	ids::{BreakGlassId, ChartId, OrganisationId},
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Options {
	/// Key file of the quality officer.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The break-glass's file, from the clinician.
	file: PathBuf,
}

pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { key, organisation, file } = options;
	let glass = GlassFile::read(&file)?;
	if glass.genesis != context.chain().await?.genesis() {
		return Err(usage("the glass was broken on another chain", "name a node of its chain"));
	}
	let (id, terms) = (glass.shown.id, glass.shown.opening.terms);
	let identity = context.open_key(&key)?;
	let custodian = context.keeper(terms.custodian).await?;
	let mut vault = context.session(custodian, &identity).await?;
	vault.show_break_glass(&glass.at(context.finalised().await?.head().number))?;
	let entries = vault.emergency_disclosures(&id, organisation).await?;
	let mut proven = Proven::new(context.finalised().await?, custodian);
	let known = context.finalised().await?.break_glass(id).await?.map(|known| known.glass);
	let mut lines = Vec::with_capacity(entries.len());
	for Disclosure { opening, proof } in entries {
		let entry = &opening.terms;
		let due = entry.chart == terms.chart
			&& entry.broken_glass() == Some(id)
			&& known.as_ref().is_some_and(|known| known.accounts_for(entry));
		let status = match proven.status(&opening, &proof).await? {
			_ if !due => Status::Wrong,
			status => status,
		};
		lines.push(Line { status, entry: opening.terms });
	}
	let wrong = lines.iter().filter(|line| line.status == Status::Wrong).count();
	let told = Lines { break_glass: id, chart: terms.chart, custodian, lines };
	context.print(&told, out)?;
	match wrong {
		0 => Ok(()),
		wrong => Err(Error::LogFaulty(wrong)),
	}
}

#[derive(Serialize)]
struct Lines {
	break_glass: BreakGlassId,
	chart: ChartId,
	custodian: OrganisationId,
	lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
	status: Status,
	#[serde(flatten)]
	entry: DisclosureEntry,
}

impl Report for Lines {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		writeln!(out, "Chart {} at organisation {}", render::short(&self.chart), self.custodian)?;
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

//! `salus provider inspection`.

use super::{Administrator, Done, Evidence};
use crate::cli::{
	every_page,
	render::{self, Report, Table},
	terms::{code_of, date},
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{chain::Call, Result};
use salus_primitives::{
	codes::InspectionOutcome,
	ids::{InspectionId, OrganisationId},
	time::Moment,
	views::InspectionView,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List an organisation's inspections.
	List {
		/// The organisation.
		#[arg(value_name = "N")]
		organisation: OrganisationId,
	},
	/// Record an inspection, as an administrator or quality officer of the authority; the evidence is
	/// the report.
	Record {
		#[command(flatten)]
		by: Administrator,
		/// Number of the organisation that was inspected.
		#[arg(long, value_name = "N")]
		inspected: OrganisationId,
		/// What it led to: no action, voluntary action or official action indicated.
		#[arg(long, value_parser = code_of!(InspectionOutcome))]
		outcome: InspectionOutcome,
		/// When it was done [default: now].
		#[arg(long, value_name = "DATE", value_parser = date)]
		conducted: Option<Moment>,
		/// By when faults are to be mended: after official action always, after voluntary action maybe,
		/// else never.
		#[arg(long, value_name = "DATE", value_parser = date)]
		follow_up_due: Option<Moment>,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Record that what an inspection asked for was mended; the evidence is the proof.
	CloseFollowUp {
		#[command(flatten)]
		on: On,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Mark an inspection entered in error; the entry stays.
	MarkInError {
		#[command(flatten)]
		on: On,
	},
}

#[derive(Debug, Args)]
struct On {
	/// Key file of an administrator or quality officer of the authority that is responsible for it.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Number of the inspection.
	#[arg(long, value_name = "N")]
	inspection: InspectionId,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut numbered = None;
	let (key, call) = match options.command {
		Command::List { organisation } => {
			context.organisation(organisation).await?;
			let at = context.finalised().await?;
			let inspections = every_page(0, |from| at.inspections(organisation, from)).await?;
			return context.print(&Inspections { organisation, inspections }, out);
		},
		Command::Record { by, inspected, outcome, conducted, follow_up_due, evidence } => {
			let conducted = match conducted {
				Some(conducted) => conducted,
				None => context.finalised().await?.head().at,
			};
			let report = evidence.digest()?;
			let call = Call::record_inspection(
				by.organisation,
				inspected,
				outcome,
				conducted,
				report,
				follow_up_due,
			);
			numbered = Some(("Credentials", "InspectionRecorded", "inspection"));
			(by.key, call)
		},
		Command::CloseFollowUp { on, evidence } => {
			(on.key, Call::close_follow_up(on.inspection, evidence.digest()?))
		},
		Command::MarkInError { on } => {
			(on.key, Call::mark_inspection_entered_in_error(on.inspection))
		},
	};
	Done::submit(context, &key, &call, numbered, out).await
}

#[derive(Serialize)]
struct Inspections {
	organisation: OrganisationId,
	inspections: Vec<InspectionView>,
}

impl Report for Inspections {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table =
			Table::new(&["N", "INSPECTOR", "CONDUCTED", "OUTCOME", "STATE", "FOLLOW-UP"]);
		for view in &self.inspections {
			let done = &view.inspection;
			table.row(vec![
				view.id.to_string(),
				done.inspector.to_string(),
				render::moment(done.conducted),
				done.outcome.to_string(),
				done.state.to_string(),
				render::due(done.follow_up_due, view.overdue),
			]);
		}
		table.write(out, "no inspections")
	}
}

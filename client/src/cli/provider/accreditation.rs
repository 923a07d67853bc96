//! `salus provider accreditation`.

use super::{Administrator, Done, End, Evidence};
use crate::cli::{
	render::{self, Report, Table},
	terms::{code_of, date},
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{chain::Call, Result};
use salus_primitives::{
	codes::{AccreditationState, Programme},
	ids::{AccreditationId, OrganisationId},
	time::{Moment, Period},
	views::AccreditationView,
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
	/// List an organisation's accreditations.
	List {
		/// The organisation.
		#[arg(value_name = "N")]
		organisation: OrganisationId,
	},
	/// Record a first decision on an organisation, as an accreditation body.
	Give {
		#[command(flatten)]
		by: Administrator,
		/// Number of the organisation that was surveyed.
		#[arg(long, value_name = "N")]
		to_organisation: OrganisationId,
		/// For what.
		#[arg(long, value_parser = code_of!(Programme))]
		programme: Programme,
		/// What was decided.
		#[arg(long, value_parser = code_of!(AccreditationState), default_value = "accredited")]
		state: AccreditationState,
		/// Its first day, which is not ahead [default: now].
		#[arg(long, value_name = "DATE", value_parser = date)]
		from: Option<Moment>,
		/// The day after its last [default: without end].
		#[arg(long, value_name = "DATE", value_parser = date)]
		until: Option<Moment>,
		#[command(flatten)]
		follow_up: FollowUp,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Decide on an accreditation, as the body that is responsible for it.
	Decide {
		#[command(flatten)]
		on: On,
		/// What was decided.
		#[arg(long, value_parser = code_of!(AccreditationState))]
		state: AccreditationState,
		#[command(flatten)]
		follow_up: FollowUp,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Renew an accreditation without a gap, as the body that is responsible for it.
	Renew {
		#[command(flatten)]
		on: On,
		#[command(flatten)]
		end: End,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Appeal against a preliminary denial, as the organisation; the evidence holds the grounds.
	Appeal {
		#[command(flatten)]
		on: On,
		#[command(flatten)]
		evidence: Evidence,
	},
	/// Withdraw from an accreditation, as the organisation; final.
	Withdraw {
		#[command(flatten)]
		on: On,
	},
}

#[derive(Debug, Args)]
struct On {
	/// Key file of an administrator.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Number of the accreditation.
	#[arg(long, value_name = "N")]
	accreditation: AccreditationId,
}

#[derive(Debug, Args)]
struct FollowUp {
	/// By when faults are to be mended: with follow-up always, for a limited time maybe, else never.
	#[arg(long, value_name = "DATE", value_parser = date)]
	follow_up_due: Option<Moment>,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut numbered = None;
	let (key, call) = match options.command {
		Command::List { organisation } => {
			context.organisation(organisation).await?;
			let accreditations = context.finalised().await?.accreditations(organisation).await?;
			return context.print(&Accreditations { organisation, accreditations }, out);
		},
		Command::Give {
			by,
			to_organisation,
			programme,
			state,
			from,
			until,
			follow_up,
			evidence,
		} => {
			let from = match from {
				Some(from) => from,
				None => context.finalised().await?.head().at,
			};
			let call = Call::accredit(
				by.organisation,
				to_organisation,
				programme,
				state,
				Period { from, until },
				follow_up.follow_up_due,
				evidence.digest()?,
			);
			numbered = Some(("Credentials", "AccreditationDecided", "accreditation"));
			(by.key, call)
		},
		Command::Decide { on, state, follow_up, evidence } => {
			let (due, evidence) = (follow_up.follow_up_due, evidence.digest()?);
			(on.key, Call::decide_accreditation(on.accreditation, state, due, evidence))
		},
		Command::Renew { on, end, evidence } => {
			(on.key, Call::renew_accreditation(on.accreditation, end.until, evidence.digest()?))
		},
		Command::Appeal { on, evidence } => {
			(on.key, Call::appeal_denial(on.accreditation, evidence.digest()?))
		},
		Command::Withdraw { on } => (on.key, Call::withdraw_accreditation(on.accreditation)),
	};
	Done::submit(context, &key, &call, numbered, out).await
}

#[derive(Serialize)]
struct Accreditations {
	organisation: OrganisationId,
	accreditations: Vec<AccreditationView>,
}

impl Report for Accreditations {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table =
			Table::new(&["N", "PROGRAMME", "BODY", "PERIOD", "STATE", "FOLLOW-UP", "APPEAL"]);
		for view in &self.accreditations {
			let held = &view.accreditation;
			table.row(vec![
				view.id.to_string(),
				held.programme.to_string(),
				view.authority.to_string(),
				render::period(&held.valid),
				view.standing.to_string(),
				render::due(held.follow_up_due, view.overdue),
				held.appeal.map_or("-".into(), |appeal| render::moment(appeal.filed)),
			]);
		}
		table.write(out, "no accreditations")
	}
}

//! `salus provider staff`.

use super::{Administrator, Done};
use crate::cli::{
	every_page,
	render::{self, Report, Table},
	terms::{code_of, Account},
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{chain::Call, Result};
use salus_primitives::{
	codes::Role,
	ids::{OrganisationId, PractitionerId},
	views::StaffView,
};
use serde::Serialize;
use std::io::Write;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List an organisation's staff.
	List {
		/// The organisation.
		#[arg(value_name = "N")]
		organisation: OrganisationId,
	},
	/// Add a staff account, or change its roles.
	Set {
		#[command(flatten)]
		by: Administrator,
		/// The account.
		#[arg(long)]
		account: Account,
		/// All its roles.
		#[arg(long, required = true, value_parser = code_of!(Role), value_delimiter = ',')]
		role: Vec<Role>,
	},
	/// Remove a staff account.
	Remove {
		#[command(flatten)]
		by: Administrator,
		/// The account.
		#[arg(long)]
		account: Account,
	},
	/// Say under whom a practitioner works at the organisation, or that it ends.
	Supervise {
		#[command(flatten)]
		by: Administrator,
		/// Number of the practitioner who is supervised.
		#[arg(long, value_name = "N")]
		practitioner: PractitionerId,
		/// Number of the practitioner who supervises.
		#[arg(long, value_name = "N", required_unless_present = "end", conflicts_with = "end")]
		supervisor: Option<PractitionerId>,
		/// End the supervision.
		#[arg(long)]
		end: bool,
	},
	/// Offer to hand your administration over to another account, which must accept.
	OfferAdministration {
		#[command(flatten)]
		by: Administrator,
		/// The account that is to take over.
		#[arg(long)]
		to: Account,
	},
	/// Take an offer to hand over back.
	WithdrawOffer {
		#[command(flatten)]
		by: Administrator,
	},
	/// Take an administration over that is offered to you.
	AcceptAdministration {
		/// Key file of the account to which it is offered.
		#[arg(long, value_name = "FILE")]
		key: std::path::PathBuf,
		/// The organisation.
		#[arg(long, value_name = "N")]
		organisation: OrganisationId,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let (key, call) = match options.command {
		Command::List { organisation } => {
			// An organisation that is not there has no staff either; say which of the two it is.
			context.organisation(organisation).await?;
			let at = context.finalised().await?;
			let staff = every_page(0, |from| at.staff(organisation, from)).await?;
			return context.print(&Staff { organisation, staff }, out);
		},
		Command::Set { by, account, role } => {
			(by.key, Call::set_staff(by.organisation, account.0, role.into_iter().collect()))
		},
		Command::Remove { by, account } => (by.key, Call::remove_staff(by.organisation, account.0)),
		Command::Supervise { by, practitioner, supervisor, end: _ } => {
			(by.key, Call::assign_supervisor(by.organisation, practitioner, supervisor))
		},
		Command::OfferAdministration { by, to } => {
			(by.key, Call::offer_administration(by.organisation, to.0))
		},
		Command::WithdrawOffer { by } => {
			(by.key, Call::withdraw_administration_offer(by.organisation))
		},
		Command::AcceptAdministration { key, organisation } => {
			(key, Call::accept_administration(organisation))
		},
	};
	Done::submit(context, &key, &call, None, out).await
}

#[derive(Serialize)]
struct Staff {
	organisation: OrganisationId,
	staff: Vec<StaffView>,
}

impl Report for Staff {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["ACCOUNT", "ROLES", "PRACTITIONER", "SUPERVISED BY"]);
		let number = |id: Option<PractitionerId>| id.map_or("-".into(), |id| id.to_string());
		for member in &self.staff {
			table.row(vec![
				render::hex(&member.account),
				render::codes(member.roles.iter()),
				number(member.practitioner),
				number(member.supervisor),
			]);
		}
		table.write(out, "no staff")
	}
}

//! `salus provider practitioner`.

use super::{called, licence, npi, Administrator, Done};
use crate::cli::{
	every_page,
	render::{self, Fields, Report, Table},
	terms::Account,
	Context,
};
use clap::{Args, Subcommand};
use salus_client::{chain::Call, vault_api::Head, Error, Result};
use salus_primitives::{check_digit::Npi, ids::PractitionerId, views::PractitionerView};
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
	/// List all practitioners.
	List,
	/// Show a practitioner with the licences that can still count.
	Show {
		/// Their number.
		#[arg(value_name = "N", required_unless_present = "account", conflicts_with = "account")]
		practitioner: Option<PractitionerId>,
		/// Their account.
		#[arg(long)]
		account: Option<Account>,
	},
	/// Register a practitioner, as a licensing board.
	Register {
		#[command(flatten)]
		by: Administrator,
		/// Their account.
		#[arg(long)]
		account: Account,
		/// Their National Provider Identifier.
		#[arg(long, value_parser = npi)]
		npi: Option<Npi>,
	},
	/// Give a practitioner another account; number and licences stay, roles do not follow.
	ChangeAccount {
		/// Key file of the practitioner or, when that is lost, of an administrator of the board that
		/// registered them.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Number of the practitioner.
		#[arg(long, value_name = "N")]
		practitioner: PractitionerId,
		/// Their account from now on.
		#[arg(long)]
		account: Account,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut numbered = None;
	let (key, call) = match options.command {
		Command::List => {
			let at = context.finalised().await?;
			let practitioners = every_page(1, |from| at.practitioners(from)).await?;
			return context.print(&Practitioners { practitioners }, out);
		},
		Command::Show { practitioner, account } => {
			let at = context.finalised().await?;
			let id = match (practitioner, account) {
				(Some(id), _) => Some(id),
				(None, Some(account)) => at.practitioner_of(account.0).await?,
				(None, None) => None,
			};
			let known = match id {
				Some(id) => at.practitioner(id).await?,
				None => None,
			};
			let said = || match (id, account) {
				(Some(id), _) => id.to_string(),
				(None, account) => account.map_or(String::new(), |known| render::hex(&known.0)),
			};
			let practitioner =
				known.ok_or_else(|| Error::NotFound { what: "practitioner", id: said() })?;
			let registrar = called(&at, practitioner.registrar).await?;
			return context.print(&Practitioner { practitioner, at: at.head(), registrar }, out);
		},
		Command::Register { by, account, npi } => {
			numbered = Some(("Providers", "PractitionerRegistered", "practitioner"));
			(by.key, Call::register_practitioner(by.organisation, account.0, npi))
		},
		Command::ChangeAccount { key, practitioner, account } => {
			(key, Call::change_practitioner_account(practitioner, account.0))
		},
	};
	Done::submit(context, &key, &call, numbered, out).await
}

#[derive(Serialize)]
struct Practitioners {
	practitioners: Vec<PractitionerView>,
}

impl Report for Practitioners {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["N", "ACCOUNT", "NPI", "BOARD", "LICENCES"]);
		for practitioner in &self.practitioners {
			let licences = practitioner.licences.iter();
			table.row(vec![
				practitioner.id.to_string(),
				render::hex(&practitioner.account),
				practitioner.npi.map_or("-".into(), |npi| npi.0.to_string()),
				practitioner.registrar.to_string(),
				render::codes(
					licences.map(|view| format!("{} ({})", view.licence.class, view.standing)),
				),
			]);
		}
		table.write(out, "no practitioners")
	}
}

#[derive(Serialize)]
struct Practitioner {
	practitioner: PractitionerView,
	at: Head,
	#[serde(skip)]
	registrar: String,
}

impl Report for Practitioner {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Self { practitioner, at, registrar } = self;
		let profile = practitioner.profile.map(|profile| match profile.digest {
			Some(digest) => format!("version {}, {digest}", profile.version),
			None => format!("withdrawn with version {}", profile.version),
		});
		Fields::default()
			.add("practitioner", practitioner.id)
			.add("account", render::hex(&practitioner.account))
			.maybe("NPI", practitioner.npi.map(|npi| npi.0))
			.add("registered by", registrar)
			.add("profile", profile.unwrap_or("none published".into()))
			.add("as of", format!("block {}", render::block(at)))
			.write(out)?;
		writeln!(out)?;
		licence::table(&practitioner.licences).write(out, "no licences")
	}
}

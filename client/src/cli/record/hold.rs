//! `salus record hold`.

use super::petition::{facts, statement};
use crate::cli::{
	now, render,
	render::{Fields, Report, Table},
	usage, Context,
};
use clap::Subcommand;
use salus_client::{
	petitions::hold,
	vault_api::{HoldDone, HoldList},
	vault_client::VaultClient,
	Result,
};
use salus_primitives::{
	ids::{OrganisationId, RecordId, Seal},
	petition::Statement,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Place a legal hold.
	Place {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// File that names the matter; at most 4,096 bytes. The vault keeps it, the chain its seal.
		#[arg(long, value_name = "FILE", required_unless_present = "matter")]
		matter_file: Option<PathBuf>,
		/// The same on the command line, where others on this machine may see it.
		#[arg(long, value_name = "TEXT", conflicts_with = "matter_file")]
		matter: Option<Statement>,
		/// The organisation that keeps the record [default: as the chain knows].
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
		/// The record.
		record: RecordId,
	},
	/// Release a legal hold.
	Release {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The hold's seal, as `list` shows it.
		#[arg(long, value_name = "SEAL")]
		seal: Seal,
		/// The record.
		record: RecordId,
	},
	/// List the legal holds on a record, with their matters.
	List {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The record.
		record: RecordId,
	},
}

/// Runs the command.
pub(super) async fn run(command: Command, context: &Context, out: &mut impl Write) -> Result<()> {
	match command {
		Command::Place { key, matter_file, matter, custodian, record } => {
			let matter = match (matter_file, matter) {
				(Some(path), _) => statement(&path)?,
				(None, matter) => matter.unwrap_or_default(),
			};
			if matter.as_str().trim().is_empty() {
				return Err(usage(
					"a hold names the matter for whose sake it is placed",
					"name it with --matter-file or --matter",
				));
			}
			let vault = session(&key, custodian, record, context).await?;
			let posted = hold(record, now(), matter)?;
			let placing = vault.place_hold(&record, &posted);
			let done = context.wait("placing the hold", placing).await?;
			context.print(&Changed { done, held: true }, out)
		},
		Command::Release { key, seal, record } => {
			let vault = session(&key, None, record, context).await?;
			let releasing = vault.release_hold(&record, &seal);
			let done = context.wait("releasing the hold", releasing).await?;
			context.print(&Changed { done, held: false }, out)
		},
		Command::List { key, record } => {
			let vault = session(&key, None, record, context).await?;
			let list = vault.holds(&record).await?;
			context.print(&Holds { record, list }, out)
		},
	}
}

async fn session(
	key: &Path,
	custodian: Option<OrganisationId>,
	record: RecordId,
	context: &Context,
) -> Result<VaultClient> {
	let identity = context.open_key(key)?;
	let custodian = match custodian {
		Some(custodian) => custodian,
		None => facts(&context.finalised().await?, record).await?.custodian,
	};
	context.session(custodian, &identity).await
}

#[derive(Serialize)]
struct Changed {
	#[serde(flatten)]
	done: HoldDone,
	held: bool,
}

impl Report for Changed {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("record", self.done.record)
			.add("hold", self.done.seal)
			.add("state", if self.held { "placed" } else { "released" })
			.add("final in block", self.done.block.number)
			.write(out)
	}
}

#[derive(Serialize)]
struct Holds {
	record: RecordId,
	#[serde(flatten)]
	list: HoldList,
}

impl Report for Holds {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["HOLD", "STATE", "SINCE", "MATTER"]);
		for hold in &self.list.holds {
			let terms = hold.opening.as_ref().map(|opening| &opening.terms);
			table.row(vec![
				hold.seal.to_string(),
				if hold.held { "held" } else { "released" }.into(),
				terms.map_or("-".into(), |terms| render::moment(terms.at)),
				terms.map_or("not known here".into(), |terms| terms.matter.to_string()),
			]);
		}
		table.write(out, "no holds")
	}
}

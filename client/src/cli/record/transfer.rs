//! `salus record transfer`.

use crate::cli::{
	chart::read_json,
	render::{Fields, Report, Table},
	usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	keys::Identity,
	vault_api::{
		codes, MovingRecord, MovingState, OfferTransfer, Receipt, ReceiptList, Transfer,
		TransferId, TransferWord,
	},
	vault_client::VaultClient,
	Error, Result,
};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};
use serde::Serialize;
use std::{io::Write, path::PathBuf, time::Duration};

/// How often a vault is asked how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Offer records of a chart to another custodian, with all their versions.
	Offer {
		#[command(flatten)]
		officer: Officer,
		/// The patient's word, from `salus chart transfer-word`.
		#[arg(long, value_name = "FILE")]
		word: PathBuf,
		/// All records of the chart.
		#[arg(long, conflicts_with = "records", required_unless_present = "records")]
		all: bool,
		/// The records.
		#[arg(value_name = "RECORD")]
		records: Vec<RecordId>,
	},
	/// Withdraw what was not taken over of a transfer.
	Withdraw {
		#[command(flatten)]
		officer: Officer,
		/// The chart that its records leave.
		#[arg(long, value_name = "ID")]
		chart: ChartId,
		/// The transfer.
		transfer: TransferId,
	},
	/// Have the vault take over what another custodian offers, until nothing is left.
	Receive {
		#[command(flatten)]
		officer: Officer,
		/// The organisation that offers.
		#[arg(long, value_name = "N")]
		from: OrganisationId,
		/// Wait until that is done.
		#[arg(long)]
		wait: bool,
	},
	/// Show what the vault takes over, or where the records are that leave a chart.
	Status {
		#[command(flatten)]
		officer: Officer,
		/// The chart that records leave.
		#[arg(long, value_name = "ID")]
		chart: Option<ChartId>,
	},
}

/// Whose records officer.
#[derive(Debug, Args)]
struct Officer {
	/// Key file of a records officer of the organisation.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

impl Officer {
	async fn session(&self, context: &Context) -> Result<(Identity, VaultClient)> {
		let identity = context.open_key(&self.key)?;
		let vault = context.session(self.custodian, &identity).await?;
		Ok((identity, vault))
	}
}

/// Runs the command.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Offer { officer, word, all: _, records } => {
			let word: TransferWord = read_json(&word, "a transfer word")?;
			let said = word.statement;
			if said.from != officer.custodian {
				return Err(usage(
					format!("the word is for records of organisation {}", said.from),
					"ask the patient for a word that names this custodian",
				));
			}
			let (_, vault) = officer.session(context).await?;
			let offer = OfferTransfer { word, records };
			let transfer = vault.offer_transfer(&said.from_chart, &offer).await?;
			context.print(&Transfers { transfers: vec![transfer] }, out)
		},
		Command::Withdraw { officer, chart, transfer } => {
			let (_, vault) = officer.session(context).await?;
			let transfer = vault.withdraw_transfer(&chart, &transfer).await?;
			context.print(&Transfers { transfers: vec![transfer] }, out)
		},
		Command::Receive { officer, from, wait } => {
			let (identity, vault) = officer.session(context).await?;
			let mut list = vault.receive_transfers(from).await?;
			if wait {
				let waiting = wait_for(&officer, &identity, vault, from, context);
				list = context.wait("taking over records", waiting).await?;
			}
			context.print(&Receipts(list), out)
		},
		Command::Status { officer, chart } => {
			let (_, vault) = officer.session(context).await?;
			match chart {
				Some(chart) => {
					let transfers = vault.transfers(&chart).await?.transfers;
					context.print(&Transfers { transfers }, out)
				},
				None => context.print(&Receipts(vault.receipts().await?), out),
			}
		},
	}
}

/// Waits until the vault has all that the other one offers; says so once when it can not go on.
async fn wait_for(
	officer: &Officer,
	identity: &Identity,
	mut vault: VaultClient,
	from: OrganisationId,
	context: &Context,
) -> Result<ReceiptList> {
	let mut told = None;
	loop {
		tokio::time::sleep(LOOK_AGAIN).await;
		let list = match vault.receipts().await {
			// Much to take over outlasts a sign-in.
			Err(Error::Vault { code, .. }) if code == codes::NOT_SIGNED_IN => {
				vault = context.session(officer.custodian, identity).await?;
				continue;
			},
			other => other?,
		};
		let Some(receipt) = list.receipts.iter().find(|receipt| receipt.from == from) else {
			return Ok(list);
		};
		if !receipt.running && receipt.waiting == 0 {
			return Ok(list);
		}
		if receipt.fault.is_some() && receipt.fault != told {
			told.clone_from(&receipt.fault);
			if let Some(fault) = &told {
				eprintln!("note: it waits: {}", crate::cli::render::printable(fault));
			}
		}
	}
}

/// Transfers from a chart.
#[derive(Serialize)]
pub(crate) struct Transfers {
	pub(crate) transfers: Vec<Transfer>,
}

impl Transfers {
	/// Those of which something can be withdrawn.
	pub(crate) fn open(&self) -> Vec<TransferId> {
		let is_open = |transfer: &&Transfer| {
			!transfer.withdrawn && transfer.records.iter().any(|moving| !moving.state.is_final())
		};
		self.transfers.iter().filter(is_open).map(|transfer| transfer.id).collect()
	}
}

impl Report for Transfers {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		if self.transfers.is_empty() {
			return writeln!(out, "no transfers from this chart");
		}
		for transfer in &self.transfers {
			Fields::default()
				.add("transfer", transfer.id)
				.add("to", transfer.to)
				.add("withdrawn", if transfer.withdrawn { "yes" } else { "no" })
				.write(out)?;
			let mut table = Table::new(&["RECORD", "SEQ", "STATE"]);
			for MovingRecord { record, sequence, state } in &transfer.records {
				table.row(vec![record.to_string(), sequence.to_string(), described(state)]);
			}
			table.write(out, "no records")?;
		}
		Ok(())
	}
}

fn described(state: &MovingState) -> String {
	match state {
		MovingState::Noted => "waits to be offered".into(),
		MovingState::Offered => "offered".into(),
		MovingState::Moved { block } => format!("moved, seen in block {block}"),
		MovingState::Stays => "stays".into(),
		MovingState::Refused { why } => {
			format!("stays, the chain refused: {}", crate::cli::render::printable(why))
		},
	}
}

#[derive(Serialize)]
#[serde(transparent)]
struct Receipts(ReceiptList);

impl Report for Receipts {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["FROM", "STATE", "WAITING", "RECEIVED"]);
		for Receipt { from, running, waiting, received, .. } in &self.0.receipts {
			table.row(vec![
				from.to_string(),
				if *running { "running" } else { "done" }.into(),
				waiting.to_string(),
				received.to_string(),
			]);
		}
		table.write(out, "nothing was received")?;
		for Receipt { from, fault, .. } in &self.0.receipts {
			if let Some(fault) = fault {
				let fault = crate::cli::render::printable(fault);
				writeln!(out, "what organisation {from} offers waits: {fault}")?;
			}
		}
		Ok(())
	}
}

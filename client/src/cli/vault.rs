//! `salus vault`.

use super::{render, render::Fields, render::Report, usage, Context};
use clap::{Args, Subcommand};
use indicatif::{HumanBytes, ProgressBar};
use salus_client::{
	keys::Identity,
	vault_api::{codes, BackupProgress, BackupStatus, BackupSummary},
	vault_client::VaultClient,
	Error, Result,
};
use salus_primitives::ids::OrganisationId;
use serde::Serialize;
use std::{io::Write, path::PathBuf, time::Duration};

/// How often a vault is asked how far its backup is.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Have the vault back itself up to the place it was started with, and wait until that is done.
	Backup(Administrator),
	/// Show the newest backup, and how far the one is that is being made.
	BackupStatus(Administrator),
}

#[derive(Debug, Args)]
struct Administrator {
	/// Key file of an administrator of the organisation.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Backup(who) => backup(&who, context, out).await,
		Command::BackupStatus(who) => {
			let identity = context.open_key(&who.key)?;
			let vault = context.session_of_house(who.custodian, &identity).await?;
			context.print(&Shown(vault.backup_status().await?), out)
		},
	}
}

async fn backup(who: &Administrator, context: &Context, out: &mut impl Write) -> Result<()> {
	let identity = context.open_key(&who.key)?;
	let vault = context.session_of_house(who.custodian, &identity).await?;
	let bar = context.transfer_bar(0);
	let status = wait(who, &identity, vault, context, &bar).await;
	bar.finish_and_clear();
	let status = status?;
	match (status.fault, status.latest) {
		(Some(fault), _) => Err(usage(
			format!("the backup failed: {fault}"),
			"what it has written is used by the next one: mend the fault, then repeat",
		)),
		(None, Some(latest)) => context.print(&Made { backup: latest }, out),
		(None, None) => Err(usage(
			"the vault has made no backup",
			"it may have been started anew meanwhile: repeat the command",
		)),
	}
}

/// Begins a backup and waits until none is being made.
async fn wait(
	who: &Administrator,
	identity: &Identity,
	mut vault: VaultClient,
	context: &Context,
	bar: &ProgressBar,
) -> Result<BackupStatus> {
	let mut asked = vault.begin_backup().await;
	loop {
		match asked {
			// A large backup outlasts a sign-in.
			Err(Error::Vault { code, .. }) if code == codes::NOT_SIGNED_IN => {
				vault = context.session_of_house(who.custodian, identity).await?;
			},
			Ok(BackupStatus { running: Some(running), .. }) => show(bar, &running),
			other => return other,
		}
		tokio::time::sleep(LOOK_AGAIN).await;
		asked = vault.backup_status().await;
	}
}

fn show(bar: &ProgressBar, running: &BackupProgress) {
	if running.objects == 0 {
		return bar.set_message(format!("{} rows", running.rows));
	}
	bar.set_length(running.bytes);
	bar.set_position(running.bytes_done);
	bar.set_message(format!("{} of {} objects", running.objects_done, running.objects));
}

#[derive(Serialize)]
struct Made {
	backup: BackupSummary,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		fields(&self.backup).write(out)
	}
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown(BackupStatus);

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		match &self.0.latest {
			Some(latest) => fields(latest).write(out)?,
			None => writeln!(out, "no backup")?,
		}
		if let Some(running) = &self.0.running {
			writeln!(
				out,
				"Backup {} is being made: {} rows, {} of {} new objects",
				running.number, running.rows, running.objects_done, running.objects
			)?;
		}
		if let Some(fault) = &self.0.fault {
			writeln!(out, "The last attempt failed: {}", render::printable(fault))?;
		}
		Ok(())
	}
}

fn fields(backup: &BackupSummary) -> Fields {
	Fields::default()
		.add("Backup", backup.number)
		.add("State of", render::moment(backup.at))
		.add("Rows", backup.rows)
		.add("Objects", format!("{}, {}", backup.objects, HumanBytes(backup.bytes)))
		.add("New", format!("{}, {}", backup.new_objects, HumanBytes(backup.new_bytes)))
}

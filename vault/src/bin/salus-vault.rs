//! A custodian's vault.

use clap::Parser;
use salus_vault::{
	config::{run, VaultOptions},
	start::{finish, log_to_stderr},
};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	let options = VaultOptions::parse();
	log_to_stderr(options.log_format());
	finish(run(options).await)
}

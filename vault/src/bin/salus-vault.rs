//! A custodian's vault.

use clap::Parser;
use salus_vault::{
	config::{run, VaultOptions},
	start::finish,
};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	finish(run(VaultOptions::parse()).await)
}

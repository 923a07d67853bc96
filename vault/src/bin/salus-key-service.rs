//! A custodian's key service.

use clap::Parser;
use salus_vault::{
	key_service::{run, KeyServiceOptions},
	start::{finish, log_to_stderr},
};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	let options = KeyServiceOptions::parse();
	log_to_stderr(options.log_format());
	finish(run(options).await)
}

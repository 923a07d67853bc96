//! A custodian's key service.

use clap::Parser;
use salus_vault::{
	key_service::{run, KeyServiceOptions},
	start::finish,
};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	finish(run(KeyServiceOptions::parse()).await)
}

//! `salus completion`.

use super::Cli;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use salus_client::{Error, Result};
use std::io::Write;

#[derive(Debug, Args)]
pub(crate) struct Options {
	/// The shell.
	#[arg(value_enum)]
	shell: Shell,
}

/// Prints the completion script.
pub(crate) fn run(options: Options, out: &mut impl Write) -> Result<()> {
	let mut script = Vec::new();
	clap_complete::generate(options.shell, &mut Cli::command(), "salus", &mut script);
	out.write_all(&script).map_err(Error::io("standard output"))
}

//! `salus provider evidence`.

use crate::cli::{
	render::{Fields, Report},
	Context,
};
use clap::{Args, Subcommand};
use salus_client::{evidence::verify, Result};
use salus_primitives::ids::Digest;
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
	/// Prove that a file is what a commitment on the chain stands for.
	Verify {
		/// The file.
		#[arg(long, value_name = "FILE")]
		evidence: PathBuf,
		/// Its opening [default: the file's name with .opening.json].
		#[arg(long, value_name = "FILE")]
		opening: Option<PathBuf>,
		/// The commitment on the chain: 0x and 64 hexadecimal digits.
		#[arg(long, value_name = "DIGEST")]
		commitment: Digest,
	},
}

/// Runs the command. No node is asked.
pub(crate) fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Command::Verify { evidence, opening, commitment } = options.command;
	let opening = verify(&evidence, opening.as_deref(), commitment)?;
	context.print(&Verified { evidence, digest: opening.file, commitment }, out)
}

#[derive(Serialize)]
struct Verified {
	evidence: PathBuf,
	digest: Digest,
	commitment: Digest,
}

impl Report for Verified {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("evidence", self.evidence.display())
			.add("digest", self.digest)
			.add("commitment", self.commitment)
			.add("verified", "the commitment stands for this file")
			.write(out)
	}
}

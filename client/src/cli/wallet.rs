//! `salus wallet`.

use super::{render, render::Fields, render::Report, render::Table, Context};
use clap::{Args, Subcommand};
use salus_client::{wallet::Wallet, Error, Result};
use salus_primitives::ids::{ChartId, OrganisationId};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a wallet and print the 24 words from which it can be made again.
	Create(File),
	/// Make a wallet again from its 24 words.
	Restore {
		#[command(flatten)]
		file: File,
		/// File with the words.
		#[arg(long, value_name = "FILE")]
		phrase_file: PathBuf,
	},
	/// Show the wallet's charts and how many directives and requests it knows.
	Show(File),
}

#[derive(Debug, Args)]
struct File {
	/// The wallet file.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Create(File { wallet }) => {
			let made = Wallet::create(&wallet, &context.new_passphrase(&wallet)?)?;
			context.print(&Created { wallet, phrase: &made.phrase() }, out)
		},
		Command::Restore { file: File { wallet }, phrase_file } => {
			let phrase = std::fs::read_to_string(&phrase_file).map(Zeroizing::new);
			let phrase = phrase.map_err(Error::io(&phrase_file))?;
			let passphrase = context.new_passphrase(&wallet)?;
			let made = Wallet::restore(&wallet, &passphrase, phrase.trim())?;
			context.print(&shown(&wallet, &made)?, out)
		},
		Command::Show(File { wallet }) => {
			let opened = context.open_wallet(&wallet)?;
			context.print(&shown(&wallet, &opened)?, out)
		},
	}
}

fn shown(path: &Path, wallet: &Wallet) -> Result<Shown> {
	let charts = wallet.charts().iter().map(|chart| {
		Ok(Chart {
			chart: chart.chart,
			custodian: chart.custodian,
			genesis: render::hex(&chart.genesis),
			key: render::hex(&wallet.identity(chart)?.account()),
		})
	});
	Ok(Shown {
		wallet: path.into(),
		charts: charts.collect::<Result<_>>()?,
		directives: wallet.directives().len(),
		requests: wallet.requests().len(),
	})
}

#[derive(Serialize)]
struct Created<'a> {
	wallet: PathBuf,
	phrase: &'a str,
}

impl Report for Created<'_> {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("wallet", self.wallet.display())
			.add("words", self.phrase)
			.write(out)?;
		writeln!(
			out,
			"Write the words down and keep them safe: they bring the wallet back, for anyone."
		)
	}
}

#[derive(Serialize)]
struct Shown {
	wallet: PathBuf,
	charts: Vec<Chart>,
	directives: usize,
	requests: usize,
}

#[derive(Serialize)]
struct Chart {
	chart: ChartId,
	custodian: OrganisationId,
	genesis: String,
	key: String,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("wallet", self.wallet.display())
			.add("directives", self.directives)
			.add("requests", self.requests)
			.write(out)?;
		writeln!(out)?;
		let mut table = Table::new(&["CUSTODIAN", "CHART", "KEY"]);
		for chart in &self.charts {
			table.row(vec![
				chart.custodian.to_string(),
				chart.chart.to_string(),
				render::short(&chart.key),
			]);
		}
		table.write(out, "no charts: make one with `salus chart statement`")
	}
}

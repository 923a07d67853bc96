//! `salus wallet`.

mod gather;
mod sheets;
#[cfg(test)]
mod tests;

use super::{render, render::Fields, render::Report, render::Table, Context};
use clap::{Args, Subcommand};
use gather::{gather, typed, SheetPassphraseOption};
use salus_client::{
	recovery::{self, Backup, Finding, Fingerprint, Found, Kind, Sheet, SheetOf, SkippedVault},
	wallet::{RootSecret, Wallet},
	Error, Result,
};
use salus_primitives::ids::{ChartId, OrganisationId};
use serde::Serialize;
use sheets::{Format, GroupOption};
use std::{
	io::Write,
	path::{Path, PathBuf},
};

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
		/// File with the words, or of a kit [default: you type them].
		#[arg(long, value_name = "FILE")]
		phrase_file: Option<PathBuf>,
		/// Backup of the wallet.
		#[arg(long, value_name = "FILE")]
		backup: Option<PathBuf>,
	},
	/// Show the wallet's charts and how many directives and requests it knows.
	Show(File),
	/// Print a kit: one page with the 24 words, which bring the wallet back alone.
	Kit {
		#[command(flatten)]
		file: File,
		/// File for the page, .html or .txt.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// Divide the wallet into sheets of which some number brings it back, and fewer tell nothing.
	Share {
		#[command(flatten)]
		file: File,
		/// How many sheets bring the wallet back; with --group, how many groups.
		#[arg(long, value_name = "M")]
		threshold: u8,
		/// How many sheets there are.
		#[arg(long, value_name = "N", required_unless_present = "group", conflicts_with = "group")]
		shares: Option<u8>,
		/// A group of sheets, such as family:2-of-3; give it once for each group.
		#[arg(long, value_name = "NAME:M-of-N")]
		group: Vec<GroupOption>,
		/// Folder for the sheets.
		#[arg(long, value_name = "DIR")]
		out_dir: PathBuf,
		/// Form of the sheets.
		#[arg(long, default_value = "html")]
		format: Format,
		#[command(flatten)]
		passphrase: SheetPassphraseOption,
	},
	/// Check a sheet or a kit without any other: every word, the checksum, which wallet it is of.
	Verify {
		/// Files of sheets [default: you type one].
		#[arg(long, value_name = "FILE", num_args = 1..)]
		share: Vec<PathBuf>,
	},
	/// Make a wallet again from enough of its sheets.
	Recover {
		#[command(flatten)]
		file: File,
		/// Files of sheets [default: you type them, one after another].
		#[arg(long, value_name = "FILE", num_args = 1..)]
		share: Vec<PathBuf>,
		/// The fingerprint on the sheets, which tells a wrong passphrase [default: as their files say].
		#[arg(long, value_name = "FINGERPRINT")]
		fingerprint: Option<Fingerprint>,
		/// Take whatever wallet comes back, when no fingerprint is known.
		#[arg(long, conflicts_with = "fingerprint")]
		unchecked: bool,
		/// Backup of the wallet.
		#[arg(long, value_name = "FILE")]
		backup: Option<PathBuf>,
		#[command(flatten)]
		passphrase: SheetPassphraseOption,
	},
	/// Find the wallet's charts on the chain, and its directives in the custodians' vaults.
	Find(File),
	/// Write what the wallet holds beside its secret to a file that only the wallet itself can open.
	Backup {
		#[command(flatten)]
		file: File,
		/// The file; an older one is replaced.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
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
			let created =
				Created { wallet, fingerprint: made.fingerprint(), phrase: &made.phrase() };
			context.print(&created, out)
		},
		Command::Restore { file: File { wallet }, phrase_file, backup } => {
			refuse_to_overwrite(&wallet)?;
			let root = match phrase_file {
				Some(file) => match gather::read(&file, Kind::Kit)?.of {
					SheetOf::Kit(root) => root,
					SheetOf::Share(_) => unreachable!("a kit was asked for"),
				},
				None => RootSecret::from_phrase(&typed(Kind::Kit, 1)?)?,
			};
			let made = remake(&wallet, root, backup.as_deref(), context)?;
			context.print(&shown(&wallet, &made)?.made_again(), out)
		},
		Command::Show(File { wallet }) => {
			let opened = context.open_wallet(&wallet)?;
			context.print(&shown(&wallet, &opened)?, out)
		},
		Command::Kit { file: File { wallet }, out: file } => {
			let format = Format::of(&file)?;
			let opened = context.open_wallet(&wallet)?;
			let page = recovery::kit(opened.secret(), &sheets::today());
			sheets::write(&file, &page, format)?;
			let fingerprint = opened.fingerprint();
			context.print(&sheets::KitWritten { wallet, fingerprint, file }, out)
		},
		Command::Share { file, threshold, shares, group, out_dir, format, passphrase } => {
			let divided = sheets::Divided::new(threshold, shares, group)?;
			let opened = context.open_wallet(&file.wallet)?;
			let passphrase = passphrase.choose()?.unwrap_or_default();
			let (root, scheme) = (opened.secret(), &divided.scheme);
			let dividing = async { recovery::split(root, scheme, &passphrase) };
			let shares = context.wait("dividing the wallet", dividing).await?;
			let fingerprint = opened.fingerprint();
			let written =
				divided.write(&shares, fingerprint, !passphrase.is_none(), &out_dir, format)?;
			context.print(&written, out)
		},
		Command::Verify { share } => {
			let mut checked = Vec::new();
			for file in &share {
				let text = gather::load(file)?;
				let sheet = Sheet::read(&text, Sheet::kind_of(&text)).map_err(gather::of(file))?;
				checked.push(sheets::Checked::new(Some(file.clone()), &sheet));
			}
			if share.is_empty() {
				let sheet = Sheet::read(&typed(Kind::Share, 1)?, Kind::Share)?;
				checked.push(sheets::Checked::new(None, &sheet));
			}
			context.print(&sheets::Verified { sheets: checked }, out)
		},
		Command::Recover { file, share, fingerprint, unchecked, backup, passphrase } => {
			let wallet = file.wallet;
			refuse_to_overwrite(&wallet)?;
			let gathered = gather(&share, fingerprint)?;
			let combining = || context.spinner("putting the wallet together".into());
			let root = gathered.secret(unchecked, &passphrase, combining)?;
			let made = remake(&wallet, root, backup.as_deref(), context)?;
			context.print(&shown(&wallet, &made)?.made_again(), out)
		},
		Command::Find(File { wallet }) => {
			let mut opened = context.open_wallet(&wallet)?;
			let chain = context.chain().await?;
			let spinner = context.spinner("asking the chain".into());
			let found = recovery::find(chain, &mut opened, |finding| {
				spinner.set_message(match finding {
					Finding::Charts { organisations, charts } => {
						format!("{charts} charts found; {organisations} organisations asked about")
					},
					Finding::Vault(organisation) => {
						format!("asking the vault of organisation {organisation}")
					},
				})
			})
			.await;
			spinner.finish_and_clear();
			context.print(&FoundAgain { wallet, found: found? }, out)
		},
		Command::Backup { file: File { wallet }, out: file } => {
			let opened = context.open_wallet(&wallet)?;
			opened.backup()?.save(&file)?;
			let kept = BackedUp {
				wallet,
				fingerprint: opened.fingerprint(),
				file,
				charts: opened.charts().len(),
				directives: speaking(&opened),
				requests: opened.requests().len(),
			};
			context.print(&kept, out)
		},
	}
}

/// How many of the wallet's directives are more than cover.
fn speaking(wallet: &Wallet) -> usize {
	let directives = wallet.directives().iter();
	directives.filter(|issued| !issued.opening.terms.is_cover()).count()
}

/// Better before thirty words are typed than after.
fn refuse_to_overwrite(wallet: &Path) -> Result<()> {
	if wallet.exists() {
		return Err(Error::FileExists(wallet.into()));
	}
	Ok(())
}

/// The wallet of this secret, with what its backup holds.
fn remake(
	path: &Path,
	root: RootSecret,
	backup: Option<&Path>,
	context: &Context,
) -> Result<Wallet> {
	let backup = backup.map(Backup::load).transpose()?;
	if let Some(backup) = &backup {
		backup.open(&root)?;
	}
	let mut made = Wallet::from_secret(path, &context.new_passphrase(path)?, root)?;
	if let Some(backup) = &backup {
		made.absorb(backup)?;
	}
	Ok(made)
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
		fingerprint: wallet.fingerprint(),
		charts: charts.collect::<Result<_>>()?,
		directives: speaking(wallet),
		requests: wallet.requests().len(),
		made_again: false,
	})
}

#[derive(Serialize)]
struct Created<'a> {
	wallet: PathBuf,
	fingerprint: Fingerprint,
	/// For people only: what programs print is logged.
	#[serde(skip)]
	phrase: &'a str,
}

impl Report for Created<'_> {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("wallet", self.wallet.display())
			.add("fingerprint", self.fingerprint)
			.add("words", self.phrase)
			.write(out)?;
		writeln!(
			out,
			"Write the words down and keep them safe: they bring the wallet back, for anyone.\n\
			 `salus wallet kit` prints them; `salus wallet share` divides them among people you trust."
		)
	}
}

#[derive(Serialize)]
struct Shown {
	wallet: PathBuf,
	fingerprint: Fingerprint,
	charts: Vec<Chart>,
	directives: usize,
	requests: usize,
	#[serde(skip)]
	made_again: bool,
}

impl Shown {
	fn made_again(self) -> Self {
		Self { made_again: true, ..self }
	}
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
			.add("fingerprint", self.fingerprint)
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
		let nothing = if self.made_again {
			"no charts yet"
		} else {
			"no charts: make one with `salus chart statement`"
		};
		table.write(out, nothing)?;
		if self.made_again {
			let wallet = self.wallet.display();
			writeln!(
				out,
				"\nFind its charts and directives with `salus wallet find --wallet {wallet}`."
			)?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct BackedUp {
	wallet: PathBuf,
	fingerprint: Fingerprint,
	file: PathBuf,
	charts: usize,
	directives: usize,
	requests: usize,
}

impl Report for BackedUp {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("backup", self.file.display())
			.add("of wallet", self.fingerprint)
			.add("charts", self.charts)
			.add("directives", self.directives)
			.add("requests", self.requests)
			.write(out)?;
		writeln!(
			out,
			"Only this wallet opens it, so it may lie anywhere, and is no way back by itself."
		)
	}
}

#[derive(Serialize)]
struct FoundAgain {
	wallet: PathBuf,
	#[serde(flatten)]
	found: Found,
}

impl Report for FoundAgain {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["CUSTODIAN", "CHART", "STATE", "DIRECTIVES", "NOTE"]);
		for chart in &self.found.charts {
			let mut notes = Vec::new();
			if chart.new {
				notes.push("found".to_owned());
			}
			if !chart.key_is_current {
				notes.push("has another key now".into());
			}
			if !chart.unopened.is_empty() {
				notes.push(format!("{} active ones without their terms", chart.unopened.len()));
			}
			if let Some(skipped) = &chart.skipped {
				notes.push(format!("vault not read ({})", skipped.code));
			}
			table.row(vec![
				chart.custodian.to_string(),
				chart.chart.to_string(),
				chart.state.to_string(),
				format!("{} found", chart.directives.len()),
				notes.join(", "),
			]);
		}
		let asked = self.found.organisations;
		table.write(out, &format!("no charts at any of {asked} organisations of this chain"))?;
		for chart in &self.found.charts {
			if let Some(skipped) = &chart.skipped {
				let SkippedVault { message, help, .. } = skipped;
				writeln!(out, "\norganisation {}: {message}\nhelp: {help}", chart.custodian)?;
			}
			for id in &chart.unopened {
				writeln!(out, "active, terms unknown; `salus directive revoke` ends it: {id}")?;
			}
		}
		Ok(())
	}
}

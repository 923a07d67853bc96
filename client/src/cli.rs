//! What all commands share: global options, opening keys and wallets, the connection to the chain,
//! printing results and errors.

pub(crate) mod ask;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod completion;
pub(crate) mod council;
pub(crate) mod custody;
pub(crate) mod directive;
pub(crate) mod disclosure;
pub(crate) mod emergency;
pub(crate) mod fhir;
mod keeper;
pub(crate) mod key;
pub(crate) mod link;
pub(crate) mod paper;
pub(crate) mod provider;
pub(crate) mod recall;
pub(crate) mod record;
mod relay;
mod render;
pub(crate) mod request;
mod terms;
pub(crate) mod vault;
pub(crate) mod wallet;

#[cfg(test)]
mod tests;

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use render::Report;
use salus_client::{
	chain::{At, Call, Chain, ChainError, Receipt, Stage, Submitted, DEFAULT_NODE},
	keys::{Identity, KeyFile},
	sealed_file::Passphrase,
	vault_client::VaultClient,
	wallet::Wallet,
	Error, Result,
};
use salus_primitives::{
	ids::OrganisationId,
	time::Moment,
	views::{OrganisationView, Page},
};
use std::{
	future::Future,
	io::{IsTerminal, Write},
	path::{Path, PathBuf},
	process::ExitCode,
	time::Duration,
};
use zeroize::Zeroizing;

/// Salus, a healthcare consortium chain: keys, charts, records, consent.
#[derive(Debug, Parser)]
#[command(name = "salus", version, arg_required_else_help = true)]
pub(crate) struct Cli {
	#[command(flatten)]
	pub(crate) global: Global,
	#[command(subcommand)]
	pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
	/// WebSocket URL of a node.
	#[arg(long, global = true, env = "SALUS_NODE", hide_env_values = true, default_value = DEFAULT_NODE, value_name = "URL")]
	node: String,
	/// Print one JSON document; errors too, on standard error.
	#[arg(long, global = true)]
	json: bool,
	/// File with the passphrase of the key or wallet; without it you are asked.
	#[arg(
		long,
		global = true,
		env = "SALUS_PASSPHRASE_FILE",
		hide_env_values = true,
		value_name = "FILE"
	)]
	passphrase_file: Option<PathBuf>,
	/// Seconds to wait until a transaction is final.
	#[arg(long, global = true, default_value_t = 60, value_name = "SECONDS")]
	finality_timeout: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Key files of staff and machines.
	Key(key::Options),
	/// A patient's wallet.
	Wallet(wallet::Options),
	/// Charts: a patient's pseudonymous file at one custodian.
	Chart(chart::Options),
	/// Cards with a PIN, and proxies at the desk, for people without a phone.
	Card(card::Options),
	/// Store, list, read and correct records.
	Record(record::Options),
	/// Ask a patient for access, and answer.
	Request(request::Options),
	/// Ask something of a custodian, and answer for it.
	Ask(ask::Options),
	/// What a patient permits and denies.
	Directive(directive::Options),
	/// Links that open one record for somebody outside the consortium.
	Link(link::Options),
	/// What patients without a phone sign by hand, issued by two of the house's staff.
	Paper(paper::Options),
	/// Who saw what.
	Disclosure(disclosure::Options),
	/// What was read under a permission that has ended: who has it, and their answers.
	Recall(recall::Options),
	/// Break the glass in an emergency, answer for it, and review it.
	Emergency(emergency::Options),
	/// Records for programs that speak FHIR.
	Fhir(fhir::Options),
	/// Organisations, their people, licences, accreditations and inspections.
	Provider(provider::Options),
	/// The council's motions and votes.
	Council(council::Options),
	/// All charts and records of an organisation, on their way to a successor.
	Custody(custody::Options),
	/// The administration of an organisation's vault.
	Vault(vault::Options),
	/// Completion for a shell.
	Completion(completion::Options),
}

/// Writes what the libraries log, when `RUST_LOG` asks for it, to standard error.
pub(crate) fn start_logging() {
	let filter = tracing_subscriber::EnvFilter::builder()
		.with_default_directive(tracing_subscriber::filter::LevelFilter::OFF.into())
		.from_env_lossy();
	tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_writer(std::io::stderr)
		.init();
}

/// What a command works with.
pub(crate) struct Context {
	global: Global,
	chain: tokio::sync::OnceCell<Chain>,
}

impl Context {
	pub(crate) fn new(global: Global) -> Self {
		Self { global, chain: tokio::sync::OnceCell::new() }
	}

	/// The chain, connected to at first use.
	async fn chain(&self) -> Result<&Chain> {
		let connect = || async {
			let chain = Chain::connect(&self.global.node).await?;
			let patience = Duration::from_secs(self.global.finality_timeout);
			Ok(chain.with_finality_timeout(patience).await)
		};
		self.chain.get_or_try_init(connect).await
	}

	/// The chain at its finalised head.
	async fn finalised(&self) -> Result<At> {
		Ok(self.chain().await?.finalised().await?)
	}

	/// Submits a call, showing on a terminal how far it is.
	async fn submit(&self, signer: &Identity, call: &Call) -> Result<Submitted> {
		Ok(self.submit_for_events(signer, call).await?.submitted)
	}

	/// [`Context::submit`] that also gives what the chain said of the call.
	async fn submit_for_events(&self, signer: &Identity, call: &Call) -> Result<Receipt> {
		let chain = self.chain().await?;
		let spinner = self.spinner(format!("{call}: sending"));
		let done = chain
			.submit_for_events(signer.keypair(), call, |stage| {
				spinner.set_message(match stage {
					Stage::Sent => format!("{call}: waiting for a block"),
					Stage::InBlock => format!("{call}: waiting for finality"),
				});
			})
			.await;
		spinner.finish_and_clear();
		Ok(done?)
	}

	/// Runs `task` under a spinner.
	async fn wait<T>(&self, message: &str, task: impl Future<Output = T>) -> T {
		let spinner = self.spinner(message.into());
		let done = task.await;
		spinner.finish_and_clear();
		done
	}

	/// A spinner on standard error; invisible when that is no terminal.
	fn spinner(&self, message: String) -> ProgressBar {
		let spinner = ProgressBar::new_spinner().with_message(message);
		if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
			spinner.set_style(style);
		}
		spinner.enable_steady_tick(Duration::from_millis(100));
		spinner
	}

	/// A bar over so many bytes with their rate, on standard error; invisible when that is no terminal
	/// or JSON is asked for.
	fn transfer_bar(&self, bytes: u64) -> ProgressBar {
		let target = if self.global.json {
			ProgressDrawTarget::hidden()
		} else {
			ProgressDrawTarget::stderr()
		};
		let bar = ProgressBar::with_draw_target(Some(bytes), target);
		let template =
			"{bar:30} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {msg} ({eta} left)";
		if let Ok(style) = ProgressStyle::with_template(template) {
			bar.set_style(style);
		}
		bar.enable_steady_tick(Duration::from_millis(100));
		bar
	}

	/// The passphrase of the file at `path`: from the file named, or from whoever sits there.
	fn passphrase(&self, path: &Path) -> Result<Passphrase> {
		match &self.global.passphrase_file {
			Some(file) => Passphrase::from_file(file),
			None => Passphrase::new(ask(&format!("Passphrase of {}: ", path.display()))?),
		}
	}

	/// A passphrase for a new file at `path`, asked for twice.
	fn new_passphrase(&self, path: &Path) -> Result<Passphrase> {
		if let Some(file) = &self.global.passphrase_file {
			return Passphrase::from_file(file);
		}
		let first = ask(&format!("New passphrase of {}: ", path.display()))?;
		if *Zeroizing::new(ask("The same again: ")?) != first {
			return Err(usage("the two passphrases differ", "type the same passphrase twice"));
		}
		Passphrase::new(first)
	}

	/// Who acts with a key file.
	fn open_key(&self, path: &Path) -> Result<Identity> {
		Ok(KeyFile::load(path, &self.passphrase(path)?)?.into_identity())
	}

	fn open_wallet(&self, path: &Path) -> Result<Wallet> {
		Wallet::open(path, &self.passphrase(path)?)
	}

	/// The organisation, which must be there.
	async fn organisation(&self, id: OrganisationId) -> Result<OrganisationView> {
		organisation(self.chain().await?, id).await
	}

	/// The vault of an organisation, by the endpoint it has on chain.
	async fn vault(&self, id: OrganisationId) -> Result<VaultClient> {
		vault(self.chain().await?, id).await
	}

	/// Prints a result: tidy for people, or as one JSON document.
	fn print(&self, report: &impl Report, out: &mut impl Write) -> Result<()> {
		let written = if self.global.json {
			serde_json::to_writer_pretty(&mut *out, report)
				.map_err(std::io::Error::from)
				.and_then(|()| writeln!(out))
		} else {
			report.human(out)
		};
		match written.and_then(|()| out.flush()) {
			// Whoever reads has had enough.
			Err(fault) if fault.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
			other => other.map_err(Error::io("standard output")),
		}
	}

	/// Prints what went wrong, and gives the exit code.
	pub(crate) fn finish(&self, done: Result<()>) -> ExitCode {
		match done {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				eprintln!("{}", render::error(&error, self.global.json));
				ExitCode::FAILURE
			},
		}
	}
}

async fn organisation(chain: &Chain, id: OrganisationId) -> Result<OrganisationView> {
	let found = chain.finalised().await?.organisation(id).await?;
	found.ok_or(Error::NotFound { what: "organisation", id: id.to_string() })
}

async fn vault(chain: &Chain, id: OrganisationId) -> Result<VaultClient> {
	let organisation = organisation(chain, id).await?;
	if organisation.endpoint.is_empty() {
		return Err(usage(
			format!("organisation {id} has published no vault"),
			format!("its administrator does so with `salus provider organisation set-endpoint --organisation {id}`"),
		));
	}
	VaultClient::new(&String::from_utf8_lossy(&organisation.endpoint))
}

/// Asks for a passphrase on the terminal, without showing it.
fn ask(prompt: &str) -> Result<String> {
	ask_or(prompt, || {
		usage(
			"no passphrase given and no terminal to ask at",
			"name a file with --passphrase-file or SALUS_PASSPHRASE_FILE",
		)
	})
}

/// Asks for a secret on the terminal, without showing it, where there is one.
fn ask_or(prompt: &str, otherwise: impl FnOnce() -> Error) -> Result<String> {
	if !std::io::stdin().is_terminal() {
		return Err(otherwise());
	}
	eprint!("{prompt}");
	console::Term::stderr().read_secure_line().map_err(Error::io("terminal"))
}

/// A command used in a way that can not work.
fn usage(message: impl Into<String>, help: impl Into<String>) -> Error {
	Error::Usage { message: message.into(), help: help.into() }
}

/// All entries of a list whose pages begin at `first`.
async fn every_page<T, F>(first: u32, page: impl Fn(u32) -> F) -> Result<Vec<T>>
where
	F: Future<Output = Result<Page<T>, ChainError>>,
{
	let (mut entries, mut next) = (Vec::new(), Some(first));
	while let Some(from) = next {
		let mut page = page(from).await?;
		entries.append(&mut page.entries);
		// A list that leads back would never end.
		next = page.next.filter(|next| *next > from);
	}
	Ok(entries)
}

/// Repeats what a vault refuses because its node does not know yet what ours knows, for up to ten
/// seconds.
async fn until_known<T, F>(code: &str, attempt: impl Fn() -> F) -> Result<T>
where
	F: Future<Output = Result<T>>,
{
	for _ in 0..100 {
		match attempt().await {
			Err(Error::Vault { code: said, .. }) if said == code => {
				tokio::time::sleep(Duration::from_millis(100)).await
			},
			other => return other,
		}
	}
	attempt().await
}

/// Milliseconds since 1970, by this machine's clock.
fn now() -> Moment {
	std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.map_or(0, |since| since.as_millis().try_into().unwrap_or(Moment::MAX))
}

/// Days in milliseconds.
const fn days(count: u32) -> Moment {
	count as Moment * 24 * 60 * 60 * 1000
}

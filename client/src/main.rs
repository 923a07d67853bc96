//! The `salus` command line. See `docs/cli.md`.

mod cli;

use clap::Parser;
use cli::{
	ask, card, chart, completion, council, custody, directive, disclosure, emergency, fhir, key,
	link, paper, provider, recall, record, request, vault, wallet,
};
use cli::{Cli, Command, Context};
use std::{io::Write, process::ExitCode};

fn main() -> ExitCode {
	let cli = Cli::parse();
	cli::start_logging();
	let context = Context::new(cli.global);
	let done = match tokio::runtime::Runtime::new() {
		Ok(runtime) => runtime.block_on(run(cli.command, &context, &mut std::io::stdout())),
		Err(fault) => Err(salus_client::Error::io("threads")(fault)),
	};
	context.finish(done)
}

async fn run(
	command: Command,
	context: &Context,
	out: &mut impl Write,
) -> salus_client::Result<()> {
	match command {
		Command::Key(options) => key::run(options, context, out).await,
		Command::Wallet(options) => wallet::run(options, context, out).await,
		Command::Chart(options) => chart::run(options, context, out).await,
		Command::Card(options) => card::run(options, context, out).await,
		Command::Record(options) => record::run(options, context, out).await,
		Command::Request(options) => request::run(options, context, out).await,
		Command::Ask(options) => ask::run(options, context, out).await,
		Command::Directive(options) => directive::run(options, context, out).await,
		Command::Link(options) => link::run(options, context, out).await,
		Command::Paper(options) => paper::run(options, context, out).await,
		Command::Disclosure(options) => disclosure::run(options, context, out).await,
		Command::Recall(options) => recall::run(options, context, out).await,
		Command::Emergency(options) => emergency::run(options, context, out).await,
		Command::Fhir(options) => fhir::run(options, context, out).await,
		Command::Provider(options) => provider::run(options, context, out).await,
		Command::Council(options) => council::run(options, context, out).await,
		Command::Custody(options) => custody::run(options, context, out).await,
		Command::Vault(options) => vault::run(options, context, out).await,
		Command::Completion(options) => completion::run(options, out),
	}
}

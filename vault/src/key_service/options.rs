//! The key service's command line, and starting it.

use super::service::{failures, router, Service};
use crate::{
	clock::random,
	farewell::Farewell,
	metrics,
	node::Node,
	observe::Observed,
	start::{identity, listen, token, LogFormat, Running, StartError},
	web,
};
use clap::{Args, Parser, Subcommand};
use salus_client::{
	chain::DEFAULT_NODE,
	keys::KeyFile,
	sealed_file::{write_new, Passphrase},
};
use salus_primitives::ids::OrganisationId;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

/// A custodian's key service: holds the organisation's secret key and wraps content keys to those whom
/// the chain permits.
#[derive(Clone, Debug, Parser)]
#[command(
	name = "salus-key-service",
	version,
	args_conflicts_with_subcommands = true,
	subcommand_negates_reqs = true
)]
pub struct KeyServiceOptions {
	#[command(subcommand)]
	command: Option<Command>,
	#[command(flatten)]
	serve: Option<Serve>,
	// Not within `Serve`: clap does not see that one is asked for when it holds another of its kind.
	#[command(flatten)]
	running: Running,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
	/// Makes the organisation's key file and prints its public key, which an administrator publishes.
	Generate(Generate),
}

#[derive(Clone, Debug, Args)]
struct Serve {
	/// Number of the organisation whose key it holds.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The organisation's own node. It sees openings, so nobody else's will do.
	// No environment variables here: clap takes one that is set for the wish to serve, and `generate`
	// would then ask for an organisation.
	#[arg(long, value_name = "URL", default_value = DEFAULT_NODE)]
	node: String,
	/// Where to listen: for the vault alone.
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
	listen: SocketAddr,
	/// The organisation's key file.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// File with the key file's passphrase.
	#[arg(long, value_name = "FILE")]
	passphrase_file: PathBuf,
	/// File with the token that the vault must show.
	#[arg(long, value_name = "FILE")]
	token: PathBuf,
}

impl KeyServiceOptions {
	/// The form of its log.
	pub fn log_format(&self) -> LogFormat {
		self.running.log_format
	}
}

#[derive(Clone, Debug, Args)]
struct Generate {
	/// The key file to make.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// File with the passphrase for it.
	#[arg(long, value_name = "FILE", env = "SALUS_PASSPHRASE_FILE")]
	passphrase_file: PathBuf,
	/// A token file to make as well, for the key service and its vault.
	#[arg(long, value_name = "FILE")]
	token: Option<PathBuf>,
}

/// Runs the key service until it is told to stop, or makes its files.
pub async fn run(options: KeyServiceOptions) -> Result<(), StartError> {
	match (options.command, options.serve) {
		(Some(Command::Generate(generate)), _) => make_files(&generate),
		(None, Some(serve)) => self::serve(serve, &options.running).await,
		(None, None) => Err(StartError::Other("say what to do: see --help".into())),
	}
}

fn make_files(options: &Generate) -> Result<(), StartError> {
	let passphrase = Passphrase::from_file(&options.passphrase_file)?;
	let file = KeyFile::generate()?;
	file.save(&options.key, &passphrase)?;
	if let Some(path) = &options.token {
		let token = Zeroizing::new(hex::encode(*Zeroizing::new(random()?)));
		write_new(path, token.as_bytes())?;
	}
	println!("0x{}", hex::encode(file.identity().public().encryption_key));
	Ok(())
}

async fn serve(options: Serve, running: &Running) -> Result<(), StartError> {
	let identity = identity(&options.key, &options.passphrase_file)?;
	let token = token(&options.token)?;
	let node = Node::new(&options.node);
	let genesis = node.chain().await?.genesis();
	let organisation = node
		.finalised()
		.await?
		.organisation(options.organisation)
		.await?
		.ok_or_else(|| {
			StartError::Other(format!(
				"the chain at {} knows no organisation {}: check --organisation and --node",
				options.node, options.organisation
			))
		})?;
	let secret = identity.encryption().clone();
	match organisation.encryption_key {
		Some(published) if published.key == secret.public() => {},
		Some(_) => tracing::warn!(
			"the organisation has published another key than this: new records will not open here"
		),
		None => tracing::warn!("the organisation has not published this key yet"),
	}
	let listener = listen(options.listen).await?;
	let (numbers, requests) = metrics::plain("salus_key_service")
		.map_err(|error| StartError::Other(error.to_string()))?;
	if let Some(address) = running.metrics {
		metrics::serve(address, move || std::future::ready(numbers.text())).await?;
	}
	let farewell = Farewell::new();
	let service = Arc::new(Service {
		organisation: options.organisation,
		genesis,
		node,
		secret,
		token,
		failures: failures(),
		farewell: farewell.clone(),
	});
	let observed = Observed { requests, farewell: farewell.clone() };
	web::serve(listener, router(service, observed), &farewell, running.patience())
		.await
		.map_err(|error| StartError::Other(error.to_string()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn serves_or_generates() {
		let needed =
			["--organisation", "1", "--key", "k", "--passphrase-file", "p", "--token", "t"];
		let parse = |args: &[&str]| {
			KeyServiceOptions::try_parse_from([&["salus-key-service"], args].concat())
		};
		let options = parse(&needed).unwrap();
		assert!(options.serve.unwrap().listen.ip().is_loopback());
		let options = parse(&["generate", "--key", "k", "--passphrase-file", "p"]).unwrap();
		assert!(options.command.is_some() && options.serve.is_none());
	}

	#[test]
	fn the_environment_makes_no_one_serve() {
		let command = <KeyServiceOptions as clap::CommandFactory>::command();
		assert!(command.get_arguments().all(|argument| argument.get_env().is_none()));
	}

	#[test]
	fn generated_files_are_taken_and_never_overwritten() {
		let folder = tempfile::tempdir().unwrap();
		let path = |name| folder.path().join(name);
		std::fs::write(path("passphrase"), "p\n").unwrap();
		let generate = Generate {
			key: path("key"),
			passphrase_file: path("passphrase"),
			token: Some(path("token")),
		};
		make_files(&generate).unwrap();
		identity(&generate.key, &generate.passphrase_file).unwrap();
		assert_eq!(token(&path("token")).unwrap().len(), 64);
		assert!(make_files(&generate).is_err());
	}

	#[test]
	fn short_tokens_are_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("token");
		std::fs::write(&path, "short\n").unwrap();
		assert!(token(&path).unwrap_err().to_string().contains("at least 32"));
	}
}

//! The key service's command line, and starting it.

use super::service::{router, Service};
use crate::{
	clock::random,
	config_file,
	farewell::Farewell,
	metrics,
	node::Node,
	observe::Observed,
	start::{identity, listen, log_to_stderr, separate, token, Running, RunningInFile, StartError},
	web,
};
use clap::{Args, Parser, Subcommand};
use salus_client::{
	chain::DEFAULT_NODE,
	keys::KeyFile,
	sealed_file::{write_new, Passphrase},
};
use salus_primitives::ids::OrganisationId;
use serde::Deserialize;
use std::{
	net::SocketAddr,
	path::{Path, PathBuf},
	sync::Arc,
};
use zeroize::Zeroizing;

/// Where the key service listens when it is not told.
const DEFAULT_LISTEN: &str = "127.0.0.1:8090";

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
	/// File that names several organisations to serve, in place of the options of one.
	#[arg(long, value_name = "FILE", conflicts_with_all = ["organisation", "key", "token"])]
	config: Option<PathBuf>,
	/// The organisation's own node. It sees openings, so nobody else's will do.
	// No environment variables here: clap takes one that is set for the wish to serve, and `generate`
	// would then ask for an organisation.
	#[arg(long, value_name = "URL", default_value = DEFAULT_NODE)]
	node: String,
	/// Where to listen: for the vault alone.
	#[arg(long, value_name = "ADDRESS", default_value = DEFAULT_LISTEN)]
	listen: SocketAddr,
	#[command(flatten)]
	one: Option<Held>,
	// Not within `Held`: clap does not see that one is asked for when it holds another of its kind.
	#[command(flatten)]
	running: Running,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
	/// Makes the organisation's key file and prints its public key, which an administrator publishes.
	Generate(Generate),
}

/// What concerns one organisation: options of the command line, and an entry of the file.
#[derive(Clone, Debug, Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Held {
	/// Number of the organisation whose key it holds.
	#[arg(long, value_name = "N", required = false, required_unless_present = "config")]
	#[serde(rename = "number")]
	organisation: OrganisationId,
	/// The organisation's key file.
	#[arg(long, value_name = "FILE", required = false, required_unless_present = "config")]
	key: PathBuf,
	/// File with the key file's passphrase.
	#[arg(long, value_name = "FILE", required = false, required_unless_present = "config")]
	passphrase_file: PathBuf,
	/// File with the token that the vault must show.
	#[arg(long, value_name = "FILE", required = false, required_unless_present = "config")]
	token: PathBuf,
}

/// The file of `--config`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConfigFile {
	node: Option<String>,
	listen: Option<SocketAddr>,
	#[serde(flatten)]
	running: RunningInFile,
	#[serde(default)]
	organisation: Vec<Held>,
}

impl Held {
	/// Reads paths from the file's folder on.
	fn in_file(mut self, folder: &Path) -> Self {
		for path in [&mut self.key, &mut self.passphrase_file, &mut self.token] {
			*path = folder.join(&*path);
		}
		self
	}
}

/// What the process serves.
struct Served {
	node: String,
	listen: SocketAddr,
	organisations: Vec<Held>,
	shared: bool,
	running: Running,
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
	match &options.command {
		Some(Command::Generate(generate)) => {
			log_to_stderr(options.running.log_format);
			make_files(generate)
		},
		None => {
			let served = served(options)?;
			log_to_stderr(served.running.log_format);
			serve(served).await
		},
	}
}

/// Reads the file, or takes the one organisation of the command line.
fn served(options: KeyServiceOptions) -> Result<Served, StartError> {
	let KeyServiceOptions { config, node, listen, one, running, .. } = options;
	let Some(path) = config else {
		let one = one.ok_or_else(|| StartError::Other("say what to do: see --help".into()))?;
		return Ok(Served { node, listen, organisations: vec![one], shared: false, running });
	};
	let file: ConfigFile = config_file::read(&path)?;
	config_file::distinct(&path, file.organisation.iter().map(|entry| entry.organisation))?;
	let folder = config_file::folder(&path);
	let organisations = file.organisation.into_iter().map(|entry| entry.in_file(&folder)).collect();
	let (node, listen) = (file.node.unwrap_or(node), file.listen.unwrap_or(listen));
	let running = running.or(file.running)?;
	Ok(Served { node, listen, organisations, shared: true, running })
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

async fn serve(served: Served) -> Result<(), StartError> {
	let Served { node: url, listen: address, organisations, shared, running } = served;
	let node = Node::new(&url);
	let mut services = Vec::with_capacity(organisations.len());
	for held in organisations {
		let number = held.organisation;
		let opened = open(held, &node, &url).await;
		services.push(opened.map_err(|error| if shared { error.of(number) } else { error })?);
	}
	let tokens: Vec<_> = services.iter().map(|one| (one.organisation, one.token.clone())).collect();
	separate(&tokens, "token")?;
	let keys: Vec<_> = services.iter().map(|one| (one.organisation, one.secret.public())).collect();
	separate(&keys, "key")?;
	let listener = listen(address).await?;
	let (numbers, requests) = metrics::plain("salus_key_service")
		.map_err(|error| StartError::Other(error.to_string()))?;
	if let Some(address) = running.metrics {
		metrics::serve(address, move || std::future::ready(numbers.text())).await?;
	}
	let farewell = Farewell::new();
	// The token, which comes later, says whose a request is.
	let observed = Observed { requests, farewell: farewell.clone(), organisation: None };
	web::serve(listener, router(services, observed), &farewell, running.patience())
		.await
		.map_err(|error| StartError::Other(error.to_string()))
}

/// Opens what one organisation's service needs.
async fn open(held: Held, node: &Node, url: &str) -> Result<Arc<Service>, StartError> {
	let identity = identity(&held.key, &held.passphrase_file)?;
	let token = token(&held.token)?;
	let genesis = node.chain().await?.genesis();
	let number = held.organisation;
	let organisation = node.finalised().await?.organisation(number).await?.ok_or_else(|| {
		StartError::Other(format!(
			"the chain at {url} knows no organisation {number}: check --organisation and --node"
		))
	})?;
	let secret = identity.encryption().clone();
	match organisation.encryption_key {
		Some(published) if published.key == secret.public() => {},
		Some(_) => tracing::warn!(
			organisation = number,
			"the organisation has published another key than this: new records will not open here"
		),
		None => {
			tracing::warn!(organisation = number, "the organisation has not published this key yet")
		},
	}
	Ok(Arc::new(Service { organisation: number, genesis, node: node.clone(), secret, token }))
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
		assert!(options.one.is_some() && options.listen.ip().is_loopback());
		let options = parse(&["generate", "--key", "k", "--passphrase-file", "p"]).unwrap();
		assert!(options.command.is_some() && options.one.is_none());
		assert!(parse(&["--config", "c", "--organisation", "1"]).is_err());
		assert!(parse(&[]).is_err());
	}

	#[test]
	fn a_file_names_several_organisations() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key-service.toml");
		let entry = |number: u32| {
			format!(
				"[[organisation]]\nnumber = {number}\nkey = \"{number}.key\"\n\
				 passphrase-file = \"/p\"\ntoken = \"{number}.token\"\n"
			)
		};
		let read = |text: String| {
			std::fs::write(&path, text).unwrap();
			let path = path.to_str().unwrap();
			served(
				KeyServiceOptions::try_parse_from(["salus-key-service", "--config", path]).unwrap(),
			)
		};
		let served = read(format!(
			"listen = \"127.0.0.1:7\"\nmetrics = \"127.0.0.1:9\"\nfarewell = 3\n{}{}",
			entry(2),
			entry(3)
		))
		.unwrap();
		assert_eq!(served.running.patience(), std::time::Duration::from_secs(3));
		assert_eq!(served.running.metrics.map(|address| address.port()), Some(9));
		assert_eq!((served.listen.port(), served.organisations.len()), (7, 2));
		assert_eq!(served.organisations[1].key, folder.path().join("3.key"));
		for wrong in [entry(2) + &entry(2), entry(2) + "more = 1\n", String::new()] {
			assert!(read(wrong).is_err());
		}
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

//! What can be asked for on the command line.

use crate::{chain_spec, session_keys};
use sc_cli::{
	clap::{self, Args},
	CliConfiguration, Error, ImportParams, KeystoreParams, NetworkParams, OffchainWorkerParams,
	PrometheusParams, Result, RpcEndpoint, RpcParams, RuntimeParams, SharedParams, SubstrateCli,
	TelemetryParams, TransactionPoolParams,
};
use sc_service::{
	config::{
		BasePath, Configuration, IpNetwork, KeystoreConfig, NodeKeyConfig, PrometheusConfig,
		RpcBatchRequestConfig, RpcMethods, TransactionPoolOptions,
	},
	ChainSpec, ChainType, KeystoreContainer, Role,
};
use sc_telemetry::TelemetryEndpoints;
use std::{fmt::Write, num::NonZeroU32, path::PathBuf};

/// The whole command line.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run a node.
	#[command(flatten)]
	pub run: Run,
}

/// What the node does besides running.
#[derive(Debug, clap::Subcommand)]
// Parsed once, so its size matters to nobody.
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Makes, shows and inserts keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Writes a chain specification to a file.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Executes a block again and checks it.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Writes blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Reads blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Removes the chain's database, not the keys.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Takes back blocks that are not final.
	Revert(sc_cli::RevertCmd),

	/// Prints best and finalised block of the database.
	ChainInfo(sc_cli::ChainInfoCmd),
}

/// How to run a node.
#[derive(Debug, Clone, Args)]
pub struct Run {
	/// Takes part in writing and finalising blocks.
	///
	/// Needs a network key and, in the keystore, an Aura and a GRANDPA key.
	#[arg(long)]
	pub validator: bool,

	/// Runs as this validator of a development chain.
	///
	/// Its session keys, which everyone knows, are held in memory. Works on chains of type
	/// development and local only.
	#[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=4))]
	pub dev_validator: Option<u8>,

	/// Does not finalise blocks.
	#[arg(long)]
	pub no_grandpa: bool,

	/// Name of the node, for people.
	#[arg(long, value_name = "NAME")]
	pub name: Option<String>,

	/// Writes blocks even without peers.
	#[arg(long)]
	pub force_authoring: bool,

	/// Keeps everything in a folder that is removed at the end.
	#[arg(long, conflicts_with = "base_path")]
	pub tmp: bool,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub rpc_params: RpcParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub telemetry_params: TelemetryParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub prometheus_params: PrometheusParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub runtime_params: RuntimeParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub offchain_worker_params: OffchainWorkerParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub shared_params: SharedParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub import_params: ImportParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub network_params: NetworkParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub pool_params: TransactionPoolParams,

	#[allow(missing_docs)]
	#[command(flatten)]
	pub keystore_params: KeystoreParams,
}

impl Run {
	/// The validator of the development presets whose keys this node uses.
	fn development_validator(&self) -> Option<u8> {
		self.dev_validator.or((self.shared_params.dev && !self.validator).then_some(1))
	}

	/// Refuses to start a validator that could only pretend to be one.
	pub fn check_validator(&self, config: &Configuration) -> Result<()> {
		if !config.role.is_authority() {
			return Ok(());
		}
		if config.dev_key_seed.is_some() {
			return match config.chain_spec.chain_type() {
				ChainType::Development | ChainType::Local => Ok(()),
				_ => Err(sentence(format!(
					"--dev-validator uses keys that everyone knows, so the chain '{}' does not \
					 take it: use --validator with keys of your own",
					config.chain_spec.id()
				))),
			};
		}
		let keystore = KeystoreContainer::new(&config.keystore)?.keystore();
		let missing = session_keys::missing(&keystore).map_err(|_| Error::KeystoreOperation)?;
		if missing.is_empty() {
			return Ok(());
		}
		let path = match &config.keystore {
			KeystoreConfig::Path { path, .. } => path.display().to_string(),
			KeystoreConfig::InMemory => "memory".to_owned(),
		};
		Err(sentence(session_keys::explain(&missing, &path, &self.keystore_options())))
	}

	/// The options by which a `key` command finds this node's chain.
	fn chain_option(&self) -> String {
		let chain = self.shared_params.chain_id(self.shared_params.dev);
		format!(" --chain {chain}")
	}

	/// The options by which `key insert` finds this node's keystore.
	fn keystore_options(&self) -> String {
		let mut options = self.chain_option();
		for (option, path) in [
			("--base-path", &self.shared_params.base_path),
			("--keystore-path", &self.keystore_params.keystore_path),
			("--password-filename", &self.keystore_params.password_filename),
		] {
			if let Some(path) = path {
				let _ = write!(options, " {option} {}", path.display());
			}
		}
		options
	}

	/// One sentence for a validator without a network key.
	fn network_key_missing(&self, path: &std::path::Path) -> Error {
		let place = match (&self.network_params.node_key_params.node_key_file, &self.shared_params)
		{
			(Some(file), _) => format!(" --file {}", file.display()),
			(None, SharedParams { base_path: Some(base), .. }) => {
				format!(" --base-path {}", base.display())
			},
			(None, _) => " --default-base-path".to_owned(),
		};
		sentence(format!(
			"this validator has no network key at {}, by which other nodes know it: make it once \
			 with `salus-node key generate-node-key{}{place}`",
			path.display(),
			self.chain_option(),
		))
	}
}

/// An error that is a sentence for whoever typed the command.
fn sentence(text: String) -> Error {
	Error::Application(text.into())
}

impl CliConfiguration for Run {
	fn shared_params(&self) -> &SharedParams {
		&self.shared_params
	}

	fn import_params(&self) -> Option<&ImportParams> {
		Some(&self.import_params)
	}

	fn network_params(&self) -> Option<&NetworkParams> {
		Some(&self.network_params)
	}

	fn keystore_params(&self) -> Option<&KeystoreParams> {
		Some(&self.keystore_params)
	}

	fn offchain_worker_params(&self) -> Option<&OffchainWorkerParams> {
		Some(&self.offchain_worker_params)
	}

	fn base_path(&self) -> Result<Option<BasePath>> {
		if self.tmp {
			return Ok(Some(BasePath::new_temp_dir()?));
		}
		self.shared_params.base_path()
	}

	fn node_name(&self) -> Result<String> {
		let Some(name) = self.name.clone() else { return Ok(sc_cli::generate_node_name()) };
		if !(1..64).contains(&name.chars().count()) || name.contains(['.', '@', '\\', '/']) {
			return Err(sentence(format!(
				"'{name}' does not do as --name: take 1 to 63 characters without . @ / and \\"
			)));
		}
		Ok(name)
	}

	fn role(&self, _is_dev: bool) -> Result<Role> {
		let validates = self.validator || self.development_validator().is_some();
		Ok(if validates { Role::Authority } else { Role::Full })
	}

	fn dev_key_seed(&self, _is_dev: bool) -> Result<Option<String>> {
		Ok(self.development_validator().map(|number| format!("//Validator{number}")))
	}

	fn force_authoring(&self) -> Result<bool> {
		Ok(self.force_authoring || self.shared_params.dev)
	}

	fn disable_grandpa(&self) -> Result<bool> {
		Ok(self.no_grandpa)
	}

	fn node_key(&self, net_config_dir: &PathBuf) -> Result<NodeKeyConfig> {
		// A development validator is nobody's landmark: its network key may be made on the way.
		let is_dev = self.development_validator().is_some();
		self.network_params
			.node_key_params
			.node_key(net_config_dir, self.role(is_dev)?, is_dev)
			.map_err(|error| match error {
				Error::NetworkKeyNotFound(path) => self.network_key_missing(&path),
				error => error,
			})
	}

	fn telemetry_endpoints(
		&self,
		_chain_spec: &Box<dyn ChainSpec>,
	) -> Result<Option<TelemetryEndpoints>> {
		// What a chain specification says does not count: telemetry goes where the operator says.
		let TelemetryParams { no_telemetry, telemetry_endpoints } = &self.telemetry_params;
		if *no_telemetry || telemetry_endpoints.is_empty() {
			return Ok(None);
		}
		let endpoints = TelemetryEndpoints::new(telemetry_endpoints.clone());
		endpoints.map(Some).map_err(|error| Error::Input(error.to_string()))
	}

	fn prometheus_config(
		&self,
		default_listen_port: u16,
		chain_spec: &Box<dyn ChainSpec>,
	) -> Result<Option<PrometheusConfig>> {
		let chain = chain_spec.id().to_owned();
		Ok(self.prometheus_params.prometheus_config(default_listen_port, chain))
	}

	fn transaction_pool(&self, is_dev: bool) -> Result<TransactionPoolOptions> {
		Ok(self.pool_params.transaction_pool(is_dev))
	}

	fn max_runtime_instances(&self) -> Result<Option<usize>> {
		Ok(Some(self.runtime_params.max_runtime_instances))
	}

	fn runtime_cache_size(&self) -> Result<u8> {
		Ok(self.runtime_params.runtime_cache_size)
	}

	fn rpc_addr(&self, default_listen_port: u16) -> Result<Option<Vec<RpcEndpoint>>> {
		let mut endpoints = self.rpc_params.rpc_addr(
			self.shared_params.dev,
			self.validator,
			default_listen_port,
		)?;
		if self.rpc_params.rpc_port.is_some() {
			// Whoever names a port wants that one or an error, not another one.
			for endpoint in endpoints.iter_mut().flatten() {
				endpoint.retry_random_port = false;
			}
		}
		Ok(endpoints)
	}

	fn rpc_cors(&self, is_dev: bool) -> Result<Option<Vec<String>>> {
		self.rpc_params.rpc_cors(is_dev)
	}

	fn rpc_methods(&self) -> Result<RpcMethods> {
		Ok(self.rpc_params.rpc_methods.into())
	}

	fn rpc_max_connections(&self) -> Result<u32> {
		Ok(self.rpc_params.rpc_max_connections)
	}

	fn rpc_max_request_size(&self) -> Result<u32> {
		Ok(self.rpc_params.rpc_max_request_size)
	}

	fn rpc_max_response_size(&self) -> Result<u32> {
		Ok(self.rpc_params.rpc_max_response_size)
	}

	fn rpc_max_subscriptions_per_connection(&self) -> Result<u32> {
		Ok(self.rpc_params.rpc_max_subscriptions_per_connection)
	}

	fn rpc_buffer_capacity_per_connection(&self) -> Result<u32> {
		Ok(self.rpc_params.rpc_message_buffer_capacity_per_connection)
	}

	fn rpc_batch_config(&self) -> Result<RpcBatchRequestConfig> {
		self.rpc_params.rpc_batch_config()
	}

	fn rpc_rate_limit(&self) -> Result<Option<NonZeroU32>> {
		Ok(self.rpc_params.rpc_rate_limit)
	}

	fn rpc_rate_limit_whitelisted_ips(&self) -> Result<Vec<IpNetwork>> {
		Ok(self.rpc_params.rpc_rate_limit_whitelisted_ips.clone())
	}

	fn rpc_rate_limit_trust_proxy_headers(&self) -> Result<bool> {
		Ok(self.rpc_params.rpc_rate_limit_trust_proxy_headers)
	}
}

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Salus Node".into()
	}

	fn impl_version() -> String {
		let version = env!("CARGO_PKG_VERSION");
		// Set for releases only: otherwise each commit would build the node anew.
		match option_env!("SALUS_COMMIT") {
			Some(commit) => format!("{version}-{commit}"),
			None => version.into(),
		}
	}

	fn executable_name() -> String {
		"salus-node".into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the issue tracker of the repository this node was built from".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
		// `key` wants a chain only to know a folder, and often none: it is content with this one.
		let id = match (&self.subcommand, id) {
			(Some(Subcommand::Key(_)), "") => "local",
			_ => id,
		};
		chain_spec::load(id).map(|spec| Box::new(spec) as _)
	}

	fn setup_command(command: clap::Command) -> clap::Command {
		command
			.name(Self::executable_name())
			.version(Self::impl_version())
			.author(Self::author())
			.about(Self::description())
			.long_about(Self::description())
			.propagate_version(true)
			.args_conflicts_with_subcommands(true)
			.subcommand_negates_reqs(true)
			.mut_arg("chain", |arg| {
				let help = "The chain: dev, local, or the path of a chain specification";
				arg.help(help).long_help(help)
			})
			.mut_arg("dev", |arg| {
				let help = "Runs a development chain alone: --chain dev, --dev-validator 1, \
					--force-authoring, --rpc-cors all and, without --base-path, --tmp";
				arg.help(help).long_help(help)
			})
			// The SDK exposes unsafe methods on loopback. Keys and peers are not for every process
			// of the machine.
			.mut_arg("rpc_methods", |arg| arg.default_value("safe"))
			// No pallet has an off-chain worker.
			.mut_arg("enabled", |arg| arg.default_value("never"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn parse(arguments: &str) -> std::result::Result<Cli, clap::Error> {
		Cli::try_from_iter(std::iter::once("salus-node").chain(arguments.split_whitespace()))
	}

	fn run(arguments: &str) -> Run {
		parse(arguments).unwrap().run
	}

	#[test]
	fn every_argument_is_well_formed() {
		Cli::setup_command(Cli::command()).debug_assert();
	}

	#[test]
	fn every_sub_command_parses() {
		for arguments in [
			"key generate --scheme sr25519",
			"key insert --chain local --key-type aura --scheme sr25519 --suri //Validator1",
			"key generate-node-key --file key",
			"export-chain-spec --chain local --raw",
			"check-block 1",
			"export-blocks --to 3 blocks",
			"import-blocks blocks",
			"purge-chain -y --chain local",
			"revert 3",
			"chain-info --chain local",
		] {
			assert!(parse(arguments).unwrap().subcommand.is_some(), "{arguments}");
		}
	}

	#[test]
	fn unsafe_methods_and_telemetry_are_off_unless_asked_for() {
		let spec: Box<dyn ChainSpec> = Box::new(chain_spec::load("dev").unwrap());
		for (arguments, methods, telemetry) in [
			("--chain local", "Safe", false),
			("--dev", "Safe", false),
			("--dev --rpc-methods unsafe", "Unsafe", false),
			("--telemetry-url", "Safe", true),
		] {
			let mut arguments: Vec<_> = arguments.split_whitespace().collect();
			if telemetry {
				arguments.push("wss://telemetry.example/submit 0");
			}
			let arguments = std::iter::once("salus-node").chain(arguments);
			let run = Cli::try_from_iter(arguments).unwrap().run;
			assert_eq!(format!("{:?}", run.rpc_methods().unwrap()), methods);
			assert_eq!(run.telemetry_endpoints(&spec).unwrap().is_some(), telemetry);
		}
	}

	#[test]
	fn development_validators_bring_their_keys() {
		assert_eq!(run("--dev").dev_key_seed(true).unwrap().unwrap(), "//Validator1");
		assert!(run("--dev").role(true).unwrap().is_authority());
		let second = run("--chain local --dev-validator 2");
		assert_eq!(second.dev_key_seed(false).unwrap().unwrap(), "//Validator2");
		assert!(second.role(false).unwrap().is_authority());
		assert!(second.node_key(&PathBuf::from("/nowhere")).is_ok());
		assert!(parse("--chain local --dev-validator 5").is_err());
		assert!(parse("--alice").is_err());
	}

	#[test]
	fn others_bring_none() {
		for arguments in ["--chain local", "--chain local --validator", "--dev --validator"] {
			assert_eq!(run(arguments).dev_key_seed(false).unwrap(), None, "{arguments}");
		}
		assert!(!run("--chain local").role(false).unwrap().is_authority());
	}

	#[test]
	fn a_validator_without_a_network_key_learns_how_to_make_one() {
		for (arguments, command) in [
			(
				"--chain local --validator --base-path /data",
				"`salus-node key generate-node-key --chain local --base-path /data`",
			),
			(
				"--chain local --validator",
				"`salus-node key generate-node-key --chain local --default-base-path`",
			),
			(
				"--chain local --validator --node-key-file /nowhere/key",
				"`salus-node key generate-node-key --chain local --file /nowhere/key`",
			),
		] {
			let error = run(arguments).node_key(&PathBuf::from("/nowhere")).unwrap_err();
			assert!(error.to_string().ends_with(command), "{error}");
		}
	}

	#[test]
	fn a_named_port_is_taken_or_refused() {
		let endpoints = |arguments| run(arguments).rpc_addr(9944).unwrap().unwrap();
		assert!(endpoints("--dev --rpc-port 9945").iter().all(|one| !one.retry_random_port));
		assert!(endpoints("--dev").iter().all(|one| one.retry_random_port));
	}

	#[test]
	fn names_are_short_and_no_addresses() {
		assert_eq!(run("--dev --name mercy-1").node_name().unwrap(), "mercy-1");
		for name in ["https://example", "a@b", &"a".repeat(64)] {
			assert!(run(&format!("--dev --name {name}")).node_name().is_err(), "{name}");
		}
	}

	#[test]
	fn a_chain_must_be_named_but_not_for_keys() {
		assert!(parse("").unwrap().load_spec("").is_err());
		assert!(parse("key generate").unwrap().load_spec("").is_ok());
	}
}

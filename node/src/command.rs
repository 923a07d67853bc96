//! What each sub-command does.

use crate::{
	cli::{Cli, Subcommand},
	service::{self, Block},
};
use sc_cli::{Error, Result, SubstrateCli};
use sc_service::{Error as ServiceError, PartialComponents};
use std::io;

/// Parses the command line and does what it says.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => {
			let runner = cli.create_runner(&cli.run)?;
			cli.run.check_validator(runner.config())?;
			runner.run_node_until_exit(|config| async move {
				service::new_full(config).map_err(Error::Service)
			})
		},
		Some(Subcommand::Key(command)) => command.run(&cli),
		Some(Subcommand::ExportChainSpec(command)) => command.run(cli.load_spec(&command.chain)?),
		Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, import_queue, .. } =
				service::new_partial(&config)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Some(Subcommand::ExportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let PartialComponents { client, task_manager, .. } = service::new_partial(&config)?;
				Ok((command.run(client, config.database), task_manager))
			})
		},
		Some(Subcommand::ImportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let PartialComponents { client, task_manager, import_queue, .. } =
					service::new_partial(&config)?;
				Ok((command.run(client, import_queue), task_manager))
			})
		},
		Some(Subcommand::PurgeChain(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		},
		Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, backend, .. } =
				service::new_partial(&config)?;
			// What GRANDPA remembers of the blocks taken back goes with them.
			let revert_grandpa = Box::new(|client, _, blocks| {
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((command.run(client, backend, Some(revert_grandpa)), task_manager))
		}),
		Some(Subcommand::ChainInfo(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config))
		},
	}
}

/// The error as a sentence, without the names of the layers it came through.
pub fn explain(error: &Error) -> String {
	match error {
		Error::Input(text) | Error::Service(ServiceError::Other(text)) => text.clone(),
		Error::Service(ServiceError::Application(cause)) => {
			match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
				// Nothing else of the node's binds a port so early that it stops the start.
				Some(io::ErrorKind::AddrInUse) => "another process listens on the JSON-RPC port: \
					stop it, or choose another port with --rpc-port"
					.to_owned(),
				_ => cause.to_string(),
			}
		},
		error => error.to_string(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn errors_are_sentences() {
		let application = |cause| Error::Service(ServiceError::Application(cause));
		for (error, text) in [
			(Error::from("no chain named"), "no chain named"),
			(Error::Service(ServiceError::Other("no peers".into())), "no peers"),
			(application("no room".into()), "no room"),
			(Error::KeystoreOperation, "Key store operation failed"),
		] {
			assert_eq!(explain(&error), text);
		}
		let taken = application(Box::new(io::Error::from(io::ErrorKind::AddrInUse)));
		assert!(explain(&taken).ends_with("--rpc-port"));
	}
}

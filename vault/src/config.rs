//! The vault's command line, and starting it.

use crate::{
	batches::Rhythm,
	disclosures,
	enrolments::{self, Enrolments},
	key_client::KeyService,
	node::Node,
	objects::Objects,
	records, routes,
	start::{identity, listen, token, StartError},
	store::{Identity, Store},
	uploads,
	vault::{Parts, Vault},
	web,
	writes::Writes,
};
use clap::Parser;
use salus_client::{chain::DEFAULT_NODE, vault_api::DatabaseKey};
use salus_primitives::{codes::Role, ids::OrganisationId};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// How often and how long the key service is waited for at the start.
const KEY_SERVICE_TRIES: u32 = 20;
const KEY_SERVICE_PAUSE: Duration = Duration::from_millis(500);

/// A custodian's vault: keeps ciphertexts and openings, releases what the chain permits, logs it.
#[derive(Clone, Debug, Parser)]
#[command(name = "salus-vault", version)]
pub struct VaultOptions {
	/// Number of the organisation whose records it keeps.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The organisation's own node. It sees openings, so nobody else's will do.
	#[arg(long, value_name = "URL", env = "SALUS_NODE", default_value = DEFAULT_NODE)]
	node: String,
	/// Where to listen. Put a TLS proxy before it to serve other machines.
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
	listen: SocketAddr,
	/// Folder of the database and the ciphertexts.
	#[arg(long, value_name = "DIR")]
	data: PathBuf,
	/// Key file of an account with the role `system` at the organisation.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// File with the key file's passphrase.
	#[arg(long, value_name = "FILE", env = "SALUS_PASSPHRASE_FILE")]
	passphrase_file: PathBuf,
	/// The organisation's key service.
	#[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8090")]
	key_service: String,
	/// File with the token that the key service asks for.
	#[arg(long, value_name = "FILE")]
	key_service_token: PathBuf,
	/// Seconds between two postings of disclosures.
	#[arg(long, value_name = "SECONDS", default_value_t = 30,
		value_parser = clap::value_parser!(u64).range(1..=60))]
	disclosure_interval: u64,
	/// Seconds between two batches of records; 0 anchors at once, and tells when each was written.
	#[arg(long, value_name = "SECONDS", default_value_t = 15,
		value_parser = clap::value_parser!(u64).range(0..=300))]
	write_interval: u64,
	/// Seconds between two batches of enrolments; 0 enrols at once, and tells when each patient came.
	#[arg(long, value_name = "SECONDS", default_value_t = 900,
		value_parser = clap::value_parser!(u64).range(0..=3600))]
	enrolment_interval: u64,
}

/// Runs a vault until it is told to stop.
pub async fn run(options: VaultOptions) -> Result<(), StartError> {
	let other = |error: &dyn std::fmt::Display| StartError::Other(error.to_string());
	let organisation = options.organisation;
	let system = identity(&options.key, &options.passphrase_file)?;
	let token = token(&options.key_service_token)?;
	let node = Node::new(&options.node);
	let genesis = node.chain().await?.genesis();
	let at = node.finalised().await?;
	if at.organisation(organisation).await?.is_none() {
		return Err(StartError::Other(format!(
			"the chain at {} knows no organisation {organisation}: check --organisation and --node",
			options.node
		)));
	}
	let reasons = at.standing(system.account(), organisation, Role::System).await?;
	if let Some(reason) = reasons.iter().next() {
		return Err(StartError::Other(format!(
			"the account of --key may not act as system of organisation {organisation}: {}",
			reason.sentence()
		)));
	}
	let key_service = KeyService::new(&options.key_service, token)?;
	let database_key = database_key(&key_service).await?;

	let listener = listen(options.listen).await?;
	let objects = Objects::open(&options.data.join("objects")).map_err(|error| other(&error))?;
	let identity = Identity::new(genesis, organisation);
	let store = Store::open(&options.data.join("vault.redb"), &database_key, identity)
		.map_err(|error| other(&error))?;
	drop(database_key);
	let every = |seconds| Rhythm::every(Duration::from_secs(seconds));
	let (writes, jobs) = Writes::new(every(options.write_interval));
	let enrolments = Enrolments::new(every(options.enrolment_interval));
	let vault = Vault::new(Parts {
		organisation,
		genesis,
		node,
		system,
		store,
		objects,
		key_service,
		writes,
		enrolments,
	})?;
	records::sweep(&vault).await?;
	uploads::resume(&vault).await?;
	tokio::spawn(uploads::sweep_forever(vault.clone()));
	tokio::spawn(enrolments::enrol_forever(vault.clone()));
	let left = records::left_waiting(&vault).await?;
	tokio::spawn(records::anchor_forever(vault.clone(), left, jobs));
	let every = Duration::from_secs(options.disclosure_interval);
	tokio::spawn(disclosures::post_forever(vault.clone(), every));
	web::serve(listener, routes::router(vault)).await.map_err(|error| other(&error))
}

/// The database's key; the key service may still be starting.
async fn database_key(key_service: &KeyService) -> Result<DatabaseKey, StartError> {
	let mut tries = 0u32;
	loop {
		tries = tries.saturating_add(1);
		match key_service.database_key().await {
			Ok(key) => return Ok(key),
			Err(error) if tries >= KEY_SERVICE_TRIES => return Err(error.into()),
			Err(_) => tokio::time::sleep(KEY_SERVICE_PAUSE).await,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const NEEDED: [&str; 11] = [
		"salus-vault",
		"--organisation",
		"1",
		"--data",
		"d",
		"--key",
		"k",
		"--passphrase-file",
		"p",
		"--key-service-token",
		"t",
	];

	#[test]
	fn defaults_stay_on_this_machine() {
		let options = VaultOptions::try_parse_from(NEEDED).unwrap();
		assert!(options.listen.ip().is_loopback());
		assert_eq!(options.disclosure_interval, 30);
		assert_eq!((options.write_interval, options.enrolment_interval), (15, 900));
	}

	#[test]
	fn batches_wait_no_longer_than_is_bearable() {
		for (option, most) in [("--write-interval", 300), ("--enrolment-interval", 3600)] {
			for (seconds, is_taken) in [(0, true), (most, true), (most + 1, false)] {
				let seconds = seconds.to_string();
				let args = NEEDED.into_iter().chain([option, &seconds]);
				assert_eq!(VaultOptions::try_parse_from(args).is_ok(), is_taken);
			}
		}
	}

	#[test]
	fn disclosures_are_posted_within_a_minute() {
		for seconds in ["0", "61"] {
			let args = NEEDED.into_iter().chain(["--disclosure-interval", seconds]);
			assert!(VaultOptions::try_parse_from(args).is_err());
		}
	}
}

//! The vault's command line and its file, and starting it.

use crate::{
	acts, asks,
	backup::{self, restore},
	batches::Rhythm,
	config_file, custody, disclosures,
	enrolments::{self, Enrolments},
	farewell::Tasks,
	holding,
	key_client::KeyService,
	limits::LimitOptions,
	metrics,
	node::Node,
	objects::Objects,
	ops::{self, Ops, Process},
	own_entry, recalls, records,
	records::Job,
	relay, stalled,
	start::{identity, listen, log_to_stderr, separate, token, Running, RunningInFile, StartError},
	storage::Location,
	store::{Identity, Store},
	tenants, tidy, uploads,
	vault::{Parts, Vault},
	web,
	writes::Writes,
};
use clap::{Args, Parser, Subcommand};
use salus_client::{chain::DEFAULT_NODE, keys::Identity as Account, vault_api::DatabaseKey};
use salus_primitives::{codes::Role, ids::OrganisationId};
use serde::Deserialize;
use std::{
	net::{IpAddr, SocketAddr},
	ops::RangeInclusive,
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};
use tokio::sync::mpsc;
use tracing::Instrument;
use zeroize::Zeroizing;

/// How often and how long the key service is waited for at the start.
const KEY_SERVICE_TRIES: u32 = 20;
const KEY_SERVICE_PAUSE: Duration = Duration::from_millis(500);

/// Where the vault listens when it is not told.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_KEY_SERVICE: &str = "http://127.0.0.1:8090";
const DEFAULT_INTERVAL: u64 = 30;
const DEFAULT_WRITE_INTERVAL: u64 = 15;
const DEFAULT_ENROLMENT_INTERVAL: u64 = 900;
/// Seconds that batches may lie apart.
const WRITE_INTERVALS: RangeInclusive<u64> = 0..=300;
const ENROLMENT_INTERVALS: RangeInclusive<u64> = 0..=3600;
const DEFAULT_COHORT: u32 = 128;
const DEFAULT_KEEP: u32 = 7;

/// Names the file with the key file's passphrase where no option does. Read by hand: clap would take
/// the variable for the wish to serve one organisation.
const PASSPHRASE_VARIABLE: &str = "SALUS_PASSPHRASE_FILE";

/// A custodian's vault: keeps ciphertexts and openings, releases what the chain permits, logs it.
#[derive(Clone, Debug, Parser)]
#[command(
	name = "salus-vault",
	version,
	args_conflicts_with_subcommands = true,
	subcommand_negates_reqs = true
)]
pub struct VaultOptions {
	#[command(subcommand)]
	command: Option<Command>,
	/// File that names several organisations to serve, in place of the options of one.
	#[arg(long, value_name = "FILE", conflicts_with_all = [
		"organisation", "data", "key", "limit_address", "limit_account", "limit_appends",
		"limit_refusals", "limit_changes",
	])]
	config: Option<PathBuf>,
	/// The organisation's own node. It sees openings, so nobody else's will do.
	#[arg(long, value_name = "URL", env = "SALUS_NODE", default_value = DEFAULT_NODE)]
	node: String,
	/// Where to listen. Put a TLS proxy before it to serve other machines.
	#[arg(long, value_name = "ADDRESS", default_value = DEFAULT_LISTEN)]
	listen: SocketAddr,
	#[command(flatten)]
	one: Option<OrganisationOptions>,
	#[command(flatten)]
	running: Running,
	// Not within `OrganisationOptions`: clap does not see that one is asked for when it holds another of
	// its kind.
	#[command(flatten)]
	limits: LimitOptions,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
	/// Makes the data of a vault anew from a backup. Needs neither node nor key service.
	Restore(restore::Options),
}

/// What concerns one organisation: options of the command line, and an entry of the file.
#[derive(Clone, Debug, Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct OrganisationOptions {
	/// Number of the organisation whose records it keeps.
	#[arg(long, value_name = "N", required = false, required_unless_present = "config")]
	#[serde(rename = "number")]
	pub(crate) organisation: OrganisationId,
	/// Folder of the database and, unless --storage says otherwise, the ciphertexts.
	#[arg(long, value_name = "DIR", required = false, required_unless_present = "config")]
	pub(crate) data: PathBuf,
	/// Key file of an account with the role `system` at the organisation.
	#[arg(long, value_name = "FILE", required = false, required_unless_present = "config")]
	key: PathBuf,
	/// File with the key file's passphrase [default: as SALUS_PASSPHRASE_FILE says].
	#[arg(long, value_name = "FILE")]
	passphrase_file: Option<PathBuf>,
	/// The organisation's key service.
	#[arg(long, value_name = "URL", default_value = DEFAULT_KEY_SERVICE)]
	#[serde(default = "default_key_service")]
	key_service: String,
	/// File with the token that the key service asks for.
	#[arg(long, value_name = "FILE", required = false, required_unless_present = "config")]
	key_service_token: PathBuf,
	/// Seconds between two postings of disclosures, 1 to 60.
	#[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_INTERVAL,
		value_parser = clap::value_parser!(u64).range(1..=60))]
	#[serde(default = "default_interval")]
	disclosure_interval: u64,
	/// Seconds between two batches of records, up to 300; 0 anchors at once, and tells when each was
	/// written.
	#[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_WRITE_INTERVAL,
		value_parser = clap::value_parser!(u64).range(WRITE_INTERVALS))]
	#[serde(default = "default_write_interval")]
	write_interval: u64,
	/// Seconds between two batches of enrolments, up to 3600; 0 enrols at once, and tells when each
	/// patient came.
	#[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_ENROLMENT_INTERVAL,
		value_parser = clap::value_parser!(u64).range(ENROLMENT_INTERVALS))]
	#[serde(default = "default_enrolment_interval")]
	enrolment_interval: u64,
	/// Where the ciphertexts lie: a folder or s3://BUCKET/PREFIX [default: `objects` in --data].
	/// Credentials and endpoint of a bucket are taken from the environment.
	#[arg(long, value_name = "URL")]
	storage: Option<Location>,
	/// File with the credentials and the endpoint of --storage, in place of the environment.
	#[arg(long, value_name = "FILE", requires = "storage")]
	storage_credentials: Option<PathBuf>,
	/// Where backups go: a folder or s3://BUCKET/PREFIX, of this organisation alone.
	#[arg(long, value_name = "URL")]
	backup: Option<Location>,
	/// File with the credentials and the endpoint of --backup, in place of the environment.
	#[arg(long, value_name = "FILE", requires = "backup")]
	backup_credentials: Option<PathBuf>,
	/// How many backups are kept, 1 to 1000; older ones are removed once a new one is whole.
	#[arg(long, value_name = "N", default_value_t = DEFAULT_KEEP,
		value_parser = clap::value_parser!(u32).range(1..=1000))]
	#[serde(default = "default_keep")]
	backup_keep: u32,
	/// Charts that change together, so that nobody sees which of them was meant, 1 to 128. Those that
	/// have a cohort stay where they are.
	#[arg(long, value_name = "N", default_value_t = DEFAULT_COHORT,
		value_parser = clap::value_parser!(u32).range(1..=128))]
	#[serde(default = "default_cohort")]
	cohort: u32,
	#[arg(skip)]
	#[serde(flatten)]
	limits: LimitOptions,
}

fn default_key_service() -> String {
	DEFAULT_KEY_SERVICE.into()
}

const fn default_interval() -> u64 {
	DEFAULT_INTERVAL
}

const fn default_write_interval() -> u64 {
	DEFAULT_WRITE_INTERVAL
}

const fn default_enrolment_interval() -> u64 {
	DEFAULT_ENROLMENT_INTERVAL
}

const fn default_cohort() -> u32 {
	DEFAULT_COHORT
}

const fn default_keep() -> u32 {
	DEFAULT_KEEP
}

/// The file of `--config`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ConfigFile {
	node: Option<String>,
	listen: Option<SocketAddr>,
	#[serde(default)]
	trusted_proxy: Vec<IpAddr>,
	#[serde(flatten)]
	running: RunningInFile,
	#[serde(default)]
	organisation: Vec<OrganisationOptions>,
}

impl OrganisationOptions {
	/// Where the ciphertexts lie.
	fn storage(&self) -> Location {
		self.storage
			.clone()
			.unwrap_or_else(|| Location::Folder(self.data.join("objects")))
	}

	/// Reads paths from the file's folder on, and refuses what the command line would refuse.
	fn in_file(mut self, folder: &Path) -> Result<Self, StartError> {
		for path in [&mut self.data, &mut self.key, &mut self.key_service_token]
			.into_iter()
			.chain(&mut self.passphrase_file)
			.chain(&mut self.storage_credentials)
			.chain(&mut self.backup_credentials)
		{
			*path = folder.join(&*path);
		}
		for location in self.storage.iter_mut().chain(&mut self.backup) {
			location.resolve(folder);
		}
		let fault = |text: &str| Err(StartError::Other(text.into()).of(self.organisation));
		if !(1..=60).contains(&self.disclosure_interval) {
			return fault("disclosure-interval must be 1 to 60 seconds");
		}
		if !WRITE_INTERVALS.contains(&self.write_interval) {
			return fault("write-interval must be 0 to 300 seconds");
		}
		if !ENROLMENT_INTERVALS.contains(&self.enrolment_interval) {
			return fault("enrolment-interval must be 0 to 3600 seconds");
		}
		if !(1..=128).contains(&self.cohort) {
			return fault("cohort must be 1 to 128 charts");
		}
		if !(1..=1000).contains(&self.backup_keep) {
			return fault("backup-keep must be 1 to 1000");
		}
		if self.storage_credentials.is_some() && self.storage.is_none() {
			return fault("storage-credentials are given without storage");
		}
		if self.backup_credentials.is_some() && self.backup.is_none() {
			return fault("backup-credentials are given without backup");
		}
		Ok(self)
	}
}

/// What the process serves.
#[derive(Debug)]
struct Served {
	node: String,
	listen: SocketAddr,
	organisations: Vec<OrganisationOptions>,
	/// Whether each organisation has a path of its own.
	shared: bool,
	running: Running,
}

/// Reads the file, or takes the one organisation of the command line.
fn served(options: VaultOptions) -> Result<Served, StartError> {
	let VaultOptions { config, node, listen, one, running, limits, .. } = options;
	let Some(path) = config else {
		let mut one = one.ok_or_else(|| {
			StartError::Other(
				"say whom to serve, with --organisation or --config: see --help".into(),
			)
		})?;
		one.limits = limits;
		return Ok(Served { node, listen, organisations: vec![one], shared: false, running });
	};
	let file: ConfigFile = config_file::read(&path)?;
	let folder = config_file::folder(&path);
	let mut organisations = file
		.organisation
		.into_iter()
		.map(|entry| entry.in_file(&folder))
		.collect::<Result<Vec<_>, _>>()?;
	let proxies =
		if file.trusted_proxy.is_empty() { limits.trusted_proxy } else { file.trusted_proxy };
	for entry in &mut organisations {
		entry.limits.trusted_proxy.clone_from(&proxies);
	}
	config_file::distinct(&path, organisations.iter().map(|entry| entry.organisation))?;
	let (node, listen) = (file.node.unwrap_or(node), file.listen.unwrap_or(listen));
	let running = running.or(file.running)?;
	Ok(Served { node, listen, organisations, shared: true, running })
}

/// Refuses places that two organisations, or ciphertexts and backups, would share.
fn places_apart(organisations: &[OrganisationOptions]) -> Result<(), StartError> {
	let mut known: Vec<(OrganisationId, &'static str, Location)> = Vec::new();
	for entry in organisations {
		let number = entry.organisation;
		let theirs = [
			Some(("data", Location::Folder(entry.data.clone()))),
			entry.storage.clone().map(|place| ("storage", place)),
			entry.backup.clone().map(|place| ("backup", place)),
		];
		for (what, place) in theirs.into_iter().flatten() {
			let taken = known.iter().find(|(of, other, at)| {
				// Its own ciphertexts lie in its data folder by default.
				let own = *of == number && (*other, what) == ("data", "storage");
				!own && place.overlaps(at)
			});
			if let Some((of, other, _)) = taken {
				return Err(StartError::Other(format!(
					"its {what}, {place}, lies where the {other} of organisation {of} lies: give it a \
					 place of its own"
				))
				.of(number));
			}
			known.push((number, what, place));
		}
	}
	Ok(())
}

/// An organisation whose keys and node were found right.
struct Ready {
	options: OrganisationOptions,
	system: Account,
	key_service: KeyService,
	database_key: DatabaseKey,
}

/// Runs a vault until it is told to stop, or restores one.
pub async fn run(options: VaultOptions) -> Result<(), StartError> {
	if let Some(Command::Restore(restore)) = options.command {
		log_to_stderr(options.running.log_format);
		return restore::run(restore).await;
	}
	let Served { node: url, listen: address, organisations, shared, running } = served(options)?;
	log_to_stderr(running.log_format);
	let of = |number| move |error: StartError| if shared { error.of(number) } else { error };
	places_apart(&organisations)?;
	let node = Node::new(&url);
	node.chain().await?;
	let tokens = organisations
		.iter()
		.map(|entry| {
			let number = entry.organisation;
			Ok((number, token(&entry.key_service_token).map_err(of(number))?))
		})
		.collect::<Result<Vec<_>, StartError>>()?;
	separate(&tokens, "key-service token")?;
	let mut ready = Vec::with_capacity(organisations.len());
	for (entry, (number, token)) in organisations.into_iter().zip(tokens) {
		ready.push(prepare(entry, token, &node, &url).await.map_err(of(number))?);
	}
	let accounts: Vec<_> = ready
		.iter()
		.map(|one| (one.options.organisation, one.system.account()))
		.collect();
	separate(&accounts, "account of the vault")?;

	let listener = listen(address).await?;
	let process = Process::new()?;
	let mut vaults = Vec::with_capacity(ready.len());
	for one in ready {
		let number = one.options.organisation;
		let interval = Duration::from_secs(one.options.disclosure_interval);
		let span = tracing::info_span!("vault", organisation = number);
		let opened = open(one, &node, &process).instrument(span).await;
		vaults.push((opened.map_err(of(number))?, interval));
	}
	// Nobody is served before everybody can be.
	let served: Arc<[Arc<Vault>]> = vaults.iter().map(|(opened, _)| opened.vault.clone()).collect();
	if let Some(address) = running.metrics {
		let (process, served) = (process.clone(), served.clone());
		metrics::serve(address, move || ops::numbers(process.clone(), served.clone())).await?;
	}
	let mut tasks = Tasks::default();
	for (Opened { vault, left, jobs }, interval) in vaults {
		let span = vault.span();
		let anchoring = records::anchor_forever(vault.clone(), left, jobs);
		tasks.begin(anchoring.instrument(span.clone()));
		tasks.begin(enrolments::enrol_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(custody::offer_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(custody::follow_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(custody::take_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(holding::follow_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(holding::copy_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(uploads::sweep_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(acts::carry_out_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(own_entry::blank_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(asks::follow_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(recalls::follow_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(tidy::tidy_forever(vault.clone()).instrument(span.clone()));
		tasks.begin(stalled::post_forever(vault.clone(), interval).instrument(span.clone()));
		tasks.begin(disclosures::post_forever(vault, interval).instrument(span));
	}
	let (farewell, patience) = (&process.farewell, running.patience());
	web::serve(listener, tenants::router(served, shared, &process), farewell, patience)
		.await
		.map_err(|error| StartError::Other(error.to_string()))?;
	if !tasks.end(farewell, patience).await {
		tracing::warn!("what is not done yet is durable and goes on at the next start");
	}
	Ok(())
}

/// Looks whether what the organisation needs elsewhere is right.
async fn prepare(
	options: OrganisationOptions,
	token: Zeroizing<String>,
	node: &Node,
	url: &str,
) -> Result<Ready, StartError> {
	let organisation = options.organisation;
	let passphrase = options
		.passphrase_file
		.clone()
		.or_else(|| std::env::var_os(PASSPHRASE_VARIABLE).map(PathBuf::from))
		.ok_or_else(|| {
			StartError::Other(
				"the key file's passphrase is missing: name a file with --passphrase-file".into(),
			)
		})?;
	let system = identity(&options.key, &passphrase)?;
	let at = node.finalised().await?;
	if at.organisation(organisation).await?.is_none() {
		return Err(StartError::Other(format!(
			"the chain at {url} knows no organisation {organisation}: check --organisation and --node"
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
	let database_key = database_key(&key_service, organisation).await?;
	Ok(Ready { options, system, key_service, database_key })
}

/// A vault whose tasks have not begun.
struct Opened {
	vault: Arc<Vault>,
	/// Records that the last process left waiting.
	left: Vec<Job>,
	/// Those that come.
	jobs: mpsc::Receiver<Job>,
}

/// Opens what the organisation has here, and brings to its end what the last process left.
async fn open(ready: Ready, node: &Node, process: &Process) -> Result<Opened, StartError> {
	let Ready { options, system, key_service, database_key } = ready;
	let other = |error: &dyn std::fmt::Display| StartError::Other(error.to_string());
	restore::refuse_half(&options.data)?;
	std::fs::create_dir_all(&options.data).map_err(|error| {
		StartError::Other(format!("the data folder {}: {error}", options.data.display()))
	})?;
	let storage = options.storage().open(options.storage_credentials.as_deref()).await?;
	let genesis = node.chain().await?.genesis();
	let identity = Identity::new(genesis, options.organisation);
	let store = Store::open(&options.data.join("vault.redb"), &database_key, identity)
		.map_err(|error| other(&error))?;
	drop(database_key);
	let every = |seconds| Rhythm::every(Duration::from_secs(seconds));
	let (writes, jobs) = Writes::new(every(options.write_interval));
	let enrolments = Enrolments::new(every(options.enrolment_interval));
	let vault = Vault::new(Parts {
		organisation: options.organisation,
		genesis,
		node: node.clone(),
		system,
		store,
		objects: Objects::new(storage),
		key_service,
		writes,
		enrolments,
		ops: Ops::new(&options.limits, options.organisation, process)?,
		cohort: options.cohort,
	})?;
	if let Some(place) = &options.backup {
		let storage = place.prepare(options.backup_credentials.as_deref())?;
		if let Err(error) = place.look(&storage).await {
			// Records must be read while backups can not be made.
			tracing::error!(%error, "the place for backups does not answer");
		}
		vault.backups.keep_at(storage, options.backup_keep);
	}
	backup::after_restore(&vault, &options.data).await?;
	// Before anybody is served: a vault that was restored, too, must know whether its holding moved.
	holding::first_look(&vault).await?;
	records::sweep(&vault).await?;
	uploads::resume(&vault).await?;
	relay::resume(&vault).await?;
	let left = records::left_waiting(&vault).await?;
	Ok(Opened { vault, left, jobs })
}

/// The database's key; the key service may still be starting.
async fn database_key(
	key_service: &KeyService,
	organisation: OrganisationId,
) -> Result<DatabaseKey, StartError> {
	let mut tries = 0u32;
	loop {
		tries = tries.saturating_add(1);
		match key_service.database_key(organisation).await {
			Ok(key) => return Ok(key),
			Err(error) if tries >= KEY_SERVICE_TRIES => return Err(error.into()),
			Err(_) => tokio::time::sleep(KEY_SERVICE_PAUSE).await,
		}
	}
}

#[cfg(test)]
mod tests;

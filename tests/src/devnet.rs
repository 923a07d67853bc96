//! A development network: nodes and three custodians in one folder, which keeps their state.

use crate::{
	block_on,
	cli::Cli,
	custodian::{self, Custodian, Profile, BRIGHT_SMILE, LAKESIDE, MERCY},
	network::{Network, Shape},
	people::People,
	Result,
};
use salus_client::chain::Chain;
use salus_primitives::ids::OrganisationId;
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, TryLockError},
	path::{Path, PathBuf},
	time::{Duration, Instant, SystemTime},
};

/// How a development network is started.
#[derive(Clone, Debug)]
pub struct Settings {
	/// Where everything lies.
	pub folder: PathBuf,
	/// Validators, 1 or 4; as before, or 1, when not given.
	pub validators: Option<u32>,
	/// Seconds between two disclosure roots of a custodian.
	pub disclosure_interval: u32,
}

/// A running development network.
pub struct Devnet {
	/// The custodians, in order of their numbers.
	pub custodians: Vec<Custodian>,
	/// The nodes: the validators, then an archive node.
	pub network: Network,
	/// Calls against the archive node.
	pub cli: Cli,
	/// The staff's key files.
	pub people: People,
	/// Where everything lies.
	pub folder: PathBuf,
	/// Validators.
	pub validators: u32,
	/// Whether the folder was empty before.
	pub is_new: bool,
	/// From the start until a node knew a new block to be final.
	pub first_block: Duration,
	/// From the start until everything ran.
	pub ready: Duration,
	/// Held while the network runs; given back with the file.
	_lock: File,
}

/// What a folder remembers of its network.
#[derive(Serialize, Deserialize)]
struct Remembered {
	validators: u32,
}

/// Deletes a folder's network, if no other program runs it.
pub fn reset(folder: &Path) -> Result<()> {
	if !folder.exists() {
		return Ok(());
	}
	let lock = lock(folder)?;
	let known = folder.join(REMEMBERED);
	let is_empty =
		fs::read_dir(folder)?.all(|entry| entry.is_ok_and(|entry| entry.file_name() == LOCK));
	if !known.exists() && !is_empty {
		let folder = folder.display();
		return Err(format!("{folder} holds no development network, so it is not deleted").into());
	}
	fs::remove_dir_all(folder)?;
	drop(lock);
	Ok(())
}

const LOCK: &str = "lock";
const REMEMBERED: &str = "devnet.json";

fn lock(folder: &Path) -> Result<File> {
	let file = File::options().create(true).append(true).open(folder.join(LOCK))?;
	match file.try_lock() {
		Ok(()) => Ok(file),
		Err(TryLockError::WouldBlock) => Err(format!(
			"a development network runs in {} already: stop that one, or name another folder with --data",
			folder.display()
		)
		.into()),
		Err(TryLockError::Error(fault)) => Err(fault.into()),
	}
}

impl Devnet {
	/// Starts everything, from where it stood if it ran in this folder before. `stage` hears what is
	/// being done.
	pub fn start(settings: &Settings, stage: &dyn Fn(&str)) -> Result<Self> {
		let began = Instant::now();
		let since = SystemTime::now();
		fs::create_dir_all(&settings.folder)?;
		// Programs are told paths, wherever they are started.
		let folder = fs::canonicalize(&settings.folder)?;
		let lock = lock(&folder)?;
		let (validators, is_new) = remember(&folder, settings.validators)?;
		let passphrase = folder.join("passphrase");
		fs::write(&passphrase, "known to everybody")?;

		stage("starting the nodes");
		let shape = Shape { validators, archive: true };
		let network = Network::start(&folder.join("nodes"), shape)?;
		stage("waiting for the first final block");
		let mut first_block = None;
		for index in 0..network.nodes.len() {
			network.wait_for_finality(index, since)?;
			first_block.get_or_insert_with(|| began.elapsed());
		}

		stage("starting key services and vaults");
		let cli = Cli::new(&network.url(), &passphrase);
		let people = People::new(&cli, &folder.join("people"))?;
		let mut custodians = Vec::new();
		std::thread::scope(|scope| {
			let starting: Vec<_> = [MERCY, LAKESIDE, BRIGHT_SMILE]
				.into_iter()
				.map(|profile| {
					let at = (profile.organisation as usize - 1) % validators as usize;
					let settings = custodian::Settings {
						node: network.nodes[at].url(),
						passphrase: passphrase.clone(),
						disclosure_interval: settings.disclosure_interval,
						// Whoever develops or tests does not wait for batches.
						write_interval: 0,
						enrolment_interval: 0,
					};
					let folder = folder.join("custodians");
					let cli = &cli;
					scope.spawn(move || begin(&folder, profile, settings, cli))
				})
				.collect();
			for thread in starting {
				let started = thread.join().map_err(|_| "starting a custodian panicked")?;
				custodians.push(started?);
			}
			Ok::<_, crate::Error>(())
		})?;
		Ok(Self {
			custodians,
			network,
			cli,
			people,
			folder,
			validators,
			is_new,
			first_block: first_block.ok_or("there are no nodes")?,
			ready: began.elapsed(),
			_lock: lock,
		})
	}

	/// The custodian with this number.
	pub fn custodian(&mut self, organisation: OrganisationId) -> Result<&mut Custodian> {
		self.custodians
			.iter_mut()
			.find(|custodian| custodian.profile.organisation == organisation)
			.ok_or_else(|| format!("organisation {organisation} is no custodian here").into())
	}

	/// Stops everything in order: vaults before key services, both before the nodes.
	pub fn stop(self) -> Result<()> {
		for custodian in self.custodians {
			custodian.stop()?;
		}
		self.network.stop()
	}
}

/// How many validators, and whether the folder is new.
fn remember(folder: &Path, wanted: Option<u32>) -> Result<(u32, bool)> {
	let file = folder.join(REMEMBERED);
	if file.exists() {
		let known: Remembered = serde_json::from_slice(&fs::read(&file)?)?;
		return match wanted {
			Some(other) if other != known.validators => Err(format!(
				"the network in {} has {} validators, not {other}: leave out --validators, or begin anew with --reset",
				folder.display(),
				known.validators
			)
			.into()),
			_ => Ok((known.validators, false)),
		};
	}
	let validators = wanted.unwrap_or(1);
	fs::write(&file, serde_json::to_vec(&Remembered { validators })?)?;
	Ok((validators, true))
}

/// Starts a custodian, and has its administrator publish what is not on the chain yet: the key to
/// which records are wrapped, and where the vault is.
fn begin(
	folder: &Path,
	profile: Profile,
	settings: custodian::Settings,
	cli: &Cli,
) -> Result<Custodian> {
	let custodian = Custodian::start(folder, profile, settings)?;
	let organisation = profile.organisation;
	let known = block_on(async {
		Chain::connect(cli.node())
			.await?
			.finalised()
			.await?
			.organisation(organisation)
			.await
	})?
	.ok_or_else(|| format!("the chain knows no organisation {organisation}"))?;
	let administrator = custodian.key("administrator");
	let number = organisation.to_string();
	let encryption_key = custodian.encryption_key()?;
	if known.encryption_key.is_none_or(|known| known.key != encryption_key) {
		let key = format!("0x{}", hex::encode(encryption_key));
		cli.run(args![
			"provider",
			"organisation",
			"publish-key",
			"--key",
			administrator,
			"--organisation",
			number,
			key
		])?;
	}
	let endpoint = custodian.endpoint();
	if known.endpoint != endpoint.as_bytes() {
		cli.run(args![
			"provider",
			"organisation",
			"set-endpoint",
			"--key",
			administrator,
			"--organisation",
			number,
			endpoint
		])?;
	}
	Ok(custodian)
}

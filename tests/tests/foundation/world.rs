//! The network that all tests share.

use libtest_mimic::{Failed, Trial};
use salus_client::{
	chain::{At, Chain},
	keys::{Identity, KeyFile},
	sealed_file::Passphrase,
	vault_client::VaultClient,
	wallet::Wallet,
};
use salus_primitives::ids::OrganisationId;
use salus_tests::{block_on, devnet, interrupted, process, Devnet, Patient, Result};
use std::{
	panic::{catch_unwind, resume_unwind, AssertUnwindSafe},
	path::{Path, PathBuf},
	sync::{Mutex, PoisonError},
};

/// Seconds between two disclosure roots.
pub(crate) const DISCLOSURE_INTERVAL: u32 = 2;

static WORLD: Mutex<Option<World>> = Mutex::new(None);

/// A running network and a connection to its archive node.
pub(crate) struct World {
	pub(crate) devnet: Devnet,
	pub(crate) chain: Chain,
}

/// A test of the shared network, which the first one starts.
pub(crate) fn test(name: &'static str, body: fn(&mut World) -> Result<()>) -> Trial {
	trial(name, false, body)
}

/// A test of a network of its own, for one that leaves no other a network to work with, or needs one in
/// which no other has damaged anything.
pub(crate) fn test_anew(name: &'static str, body: fn(&mut World) -> Result<()>) -> Trial {
	trial(name, true, body)
}

fn trial(name: &'static str, anew: bool, body: fn(&mut World) -> Result<()>) -> Trial {
	Trial::test(name, move || {
		let mut world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
		if let Some(World { devnet, .. }) = world.take_if(|_| anew) {
			if let Err(fault) = devnet.stop() {
				eprintln!("the network before did not stop in good order: {fault}");
			}
		}
		if world.is_none() {
			*world = Some(World::start().map_err(|fault| Failed::from(fault.to_string()))?);
		}
		let running = world.as_mut().ok_or("there is no network")?;
		let done = catch_unwind(AssertUnwindSafe(|| body(running)));
		if anew || !matches!(done, Ok(Ok(()))) {
			// It may have left programs down: the next test begins with a network of its own.
			*world = None;
		}
		match done {
			Ok(done) => done.map_err(|fault| Failed::from(fault.to_string())),
			Err(panic) => resume_unwind(panic),
		}
	})
}

/// Stops the network, if a test started it.
pub(crate) fn tear_down() {
	let world = WORLD.lock().unwrap_or_else(PoisonError::into_inner).take();
	if let Some(World { devnet, .. }) = world {
		if let Err(fault) = devnet.stop() {
			eprintln!("the network did not stop in good order: {fault}");
		}
	}
}

/// No process outlives the tests when they are interrupted.
pub(crate) fn end_with_signals() {
	std::thread::spawn(|| {
		if let Err(fault) = block_on(interrupted()) {
			return eprintln!("signals can not be waited for: {fault}");
		}
		process::end_all();
		std::process::exit(130);
	});
}

/// Where the network lies; kept after the tests, for its logs.
fn folder() -> PathBuf {
	Path::new(env!("CARGO_TARGET_TMPDIR")).join("foundation")
}

impl World {
	fn start() -> Result<Self> {
		devnet::reset(&folder())?;
		let settings = devnet::Settings {
			folder: folder(),
			validators: Some(4),
			disclosure_interval: DISCLOSURE_INTERVAL,
		};
		let devnet = Devnet::start(&settings, &|_| ())?;
		let chain = block_on(Chain::connect(devnet.cli.node()))?;
		Ok(Self { devnet, chain })
	}

	/// The chain at the archive node's finalised head.
	pub(crate) fn now(&self) -> Result<At> {
		Ok(block_on(self.chain.finalised())?)
	}

	/// A folder for this test.
	pub(crate) fn folder(&self, test: &str) -> PathBuf {
		self.devnet.folder.join("tests").join(test)
	}

	/// A new patient with a wallet.
	pub(crate) fn patient(&self, test: &str) -> Result<Patient> {
		Patient::new(&self.devnet.cli, &self.folder(test))
	}

	/// The wallet of a patient, opened in this process.
	pub(crate) fn wallet(&self, patient: &Patient) -> Result<Wallet> {
		let passphrase = Passphrase::from_file(self.devnet.cli.passphrase())?;
		Ok(Wallet::open(&patient.wallet, &passphrase)?)
	}

	/// A client of a custodian's vault for this account.
	pub(crate) fn session(
		&self,
		organisation: OrganisationId,
		identity: &Identity,
	) -> Result<VaultClient> {
		let endpoint = self.endpoint(organisation)?;
		let genesis = self.chain.genesis();
		Ok(block_on(async {
			let mut vault = VaultClient::new(&endpoint)?;
			vault.sign_in(identity, &genesis, organisation).await?;
			Ok::<_, salus_client::Error>(vault)
		})?)
	}

	/// URL of a custodian's vault.
	pub(crate) fn endpoint(&self, organisation: OrganisationId) -> Result<String> {
		self.devnet
			.custodians
			.iter()
			.find(|custodian| custodian.profile.organisation == organisation)
			.map(|custodian| custodian.endpoint())
			.ok_or_else(|| "no such custodian".into())
	}
}

/// A development account.
pub(crate) fn identity(uri: &str) -> Result<Identity> {
	Ok(KeyFile::from_dev_uri(uri)?.into_identity())
}

//! A custodian: its key files, its key service and its vault.

use crate::{
	cli::Cli,
	process::{program, remembered_ports, Process},
	Result,
};
use salus_client::keys::KeyFile;
use salus_primitives::ids::OrganisationId;
use std::{
	fs,
	net::TcpStream,
	path::{Path, PathBuf},
	process::Command,
};

/// Who a custodian is, in the development presets.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
	/// Its number.
	pub organisation: OrganisationId,
	/// Root of its development keys: `//Mercy` signs for the administrator, `//Mercy//Vault` for
	/// the vault.
	pub uri: &'static str,
	/// Its name in the data folder.
	pub folder: &'static str,
}

/// Mercy General Hospital.
pub const MERCY: Profile = Profile { organisation: 1, uri: "//Mercy", folder: "mercy" };
/// Lakeside University Hospital.
pub const LAKESIDE: Profile = Profile { organisation: 2, uri: "//Lakeside", folder: "lakeside" };
/// Bright Smile Dental Clinic.
pub const BRIGHT_SMILE: Profile =
	Profile { organisation: 3, uri: "//BrightSmile", folder: "bright-smile" };

/// Charts that change together: few, so that they can be told apart while looking on.
pub(crate) const COHORT: u32 = 4;

/// How a custodian's programs are started.
#[derive(Clone, Debug)]
pub struct Settings {
	/// WebSocket URL of its node.
	pub node: String,
	/// The file with the passphrase of every key file.
	pub passphrase: PathBuf,
	/// Seconds between two disclosure roots.
	pub disclosure_interval: u32,
	/// Seconds between two batches of records; 0 for at once.
	pub write_interval: u32,
	/// Seconds between two batches of enrolments; 0 for at once.
	pub enrolment_interval: u32,
}

/// A custodian's two running programs.
pub struct Custodian {
	/// Who it is.
	pub profile: Profile,
	/// Its folder.
	pub folder: PathBuf,
	/// How its programs are started.
	pub settings: Settings,
	vault_port: u16,
	key_service_port: u16,
	key_service: Option<Process>,
	vault: Option<Process>,
}

impl Custodian {
	/// Makes the key files, if they are not there, and starts key service and vault.
	pub fn start(folder: &Path, profile: Profile, settings: Settings) -> Result<Self> {
		let folder = folder.join(profile.folder);
		fs::create_dir_all(&folder)?;
		let cli = Cli::new(&settings.node, &settings.passphrase);
		for (name, suffix) in [("administrator", ""), ("vault", "//Vault")] {
			let key = folder.join(format!("{name}.key"));
			if !key.exists() {
				let uri = format!("{}{suffix}", profile.uri);
				cli.run(args!["key", "import-dev", uri, "--key", key])?;
			}
		}
		let organisation_key = folder.join("organisation.key");
		let token = folder.join("key-service.token");
		if !organisation_key.exists() {
			let output = Command::new(program("salus-key-service")?)
				.arg("generate")
				.arg("--key")
				.arg(&organisation_key)
				.arg("--token")
				.arg(&token)
				.arg("--passphrase-file")
				.arg(&settings.passphrase)
				.output()?;
			if !output.status.success() {
				let said = String::from_utf8_lossy(&output.stderr);
				return Err(format!("salus-key-service generate failed: {said}").into());
			}
		}
		let [vault_port, key_service_port] = remembered_ports(&folder.join("ports.json"))?;
		let mut custodian = Self {
			profile,
			folder,
			settings,
			vault_port,
			key_service_port,
			key_service: None,
			vault: None,
		};
		custodian.start_key_service()?;
		custodian.start_vault()?;
		Ok(custodian)
	}

	/// Base URL of the vault.
	pub fn endpoint(&self) -> String {
		format!("http://127.0.0.1:{}", self.vault_port)
	}

	/// Base URL of the key service.
	pub fn key_service(&self) -> String {
		format!("http://127.0.0.1:{}", self.key_service_port)
	}

	/// A key file of this custodian's folder.
	pub fn key(&self, name: &str) -> PathBuf {
		self.folder.join(format!("{name}.key"))
	}

	/// The key to which the organisation's records are wrapped.
	pub fn encryption_key(&self) -> Result<[u8; 32]> {
		Ok(KeyFile::show(self.key("organisation"))?.encryption_key)
	}

	/// Where the vault keeps database and ciphertext.
	pub fn vault_data(&self) -> PathBuf {
		self.folder.join("vault")
	}

	/// Where the vault's backups go.
	pub fn backup(&self) -> PathBuf {
		self.folder.join("backup")
	}

	/// Id of the vault's process, while it runs.
	pub fn vault_id(&self) -> Option<u32> {
		self.vault.as_ref().map(Process::id)
	}

	/// Starts the key service.
	pub fn start_key_service(&mut self) -> Result<()> {
		let mut command = Command::new(program("salus-key-service")?);
		self.common_options(&mut command, "organisation", self.key_service_port);
		command.arg("--token").arg(self.folder.join("key-service.token"));
		self.key_service = Some(self.launch("key-service", command, self.key_service_port)?);
		Ok(())
	}

	/// Starts the vault.
	pub fn start_vault(&mut self) -> Result<()> {
		let mut command = Command::new(program("salus-vault")?);
		self.common_options(&mut command, "vault", self.vault_port);
		command
			.arg("--data")
			.arg(self.vault_data())
			.args(["--key-service", &format!("http://127.0.0.1:{}", self.key_service_port)])
			.arg("--key-service-token")
			.arg(self.folder.join("key-service.token"))
			.arg("--backup")
			.arg(self.backup())
			.args(["--disclosure-interval", &self.settings.disclosure_interval.to_string()])
			.args(["--write-interval", &self.settings.write_interval.to_string()])
			.args(["--enrolment-interval", &self.settings.enrolment_interval.to_string()])
			.args(["--cohort", &COHORT.to_string()]);
		self.vault = Some(self.launch("vault", command, self.vault_port)?);
		Ok(())
	}

	/// Ends the vault as a power cut would.
	pub fn kill_vault(&mut self) -> Result<()> {
		self.vault.take().ok_or("the vault does not run")?.kill()
	}

	/// Ends the key service as a power cut would.
	pub fn kill_key_service(&mut self) -> Result<()> {
		self.key_service.take().ok_or("the key service does not run")?.kill()
	}

	/// Stops both programs in good order.
	pub fn stop(mut self) -> Result<()> {
		self.halt()
	}

	/// Stops both programs in good order; they can be started again.
	pub fn halt(&mut self) -> Result<()> {
		for process in [self.vault.take(), self.key_service.take()].into_iter().flatten() {
			process.stop()?;
		}
		Ok(())
	}

	fn common_options(&self, command: &mut Command, key: &str, port: u16) {
		command
			.args(["--organisation", &self.profile.organisation.to_string()])
			.args(["--node", &self.settings.node])
			.args(["--listen", &format!("127.0.0.1:{port}")])
			.arg("--key")
			.arg(self.key(key))
			.arg("--passphrase-file")
			.arg(&self.settings.passphrase);
	}

	fn launch(&self, name: &str, command: Command, port: u16) -> Result<Process> {
		let log = self.folder.join(format!("{name}.log"));
		let mut process =
			Process::start(&format!("{} {name}", self.profile.folder), command, &log)?;
		process.wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())?;
		Ok(process)
	}
}

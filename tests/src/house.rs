//! Several organisations in one vault process and one key-service process.

use crate::{
	custodian::COHORT,
	process::{program, remembered_ports, Process},
	Custodian, Result,
};
use salus_primitives::ids::OrganisationId;
use std::{
	fmt::Write,
	fs,
	net::TcpStream,
	path::{Path, PathBuf},
	process::Command,
};

/// A vault and a key service that several custodians share, on the custodians' own data.
pub struct House {
	/// Its folder, with the files of both programs and their logs.
	pub folder: PathBuf,
	vault_port: u16,
	key_service_port: u16,
	key_service: Option<Process>,
	vault: Option<Process>,
}

impl House {
	/// Starts both programs for these custodians, whose own must not run.
	pub fn start(folder: &Path, node: &str, members: &[&Custodian]) -> Result<Self> {
		fs::create_dir_all(folder)?;
		let [vault_port, key_service_port] = remembered_ports(&folder.join("ports.json"))?;
		let mut house = Self {
			folder: folder.into(),
			vault_port,
			key_service_port,
			key_service: None,
			vault: None,
		};
		let (mut vault, mut key_service) = (String::new(), String::new());
		writeln!(vault, "node = {node:?}\nlisten = \"127.0.0.1:{vault_port}\"")?;
		writeln!(key_service, "node = {node:?}\nlisten = \"127.0.0.1:{key_service_port}\"")?;
		for member in members {
			let common = |name: &str| {
				format!(
					"\n[[organisation]]\nnumber = {}\nkey = {:?}\npassphrase-file = {:?}",
					member.profile.organisation,
					member.key(name),
					member.settings.passphrase
				)
			};
			let token = member.folder.join("key-service.token");
			writeln!(
				vault,
				"{}\ndata = {:?}\nkey-service = \"http://127.0.0.1:{key_service_port}\"\n\
				 key-service-token = {token:?}\ndisclosure-interval = {}\nwrite-interval = {}\n\
				 enrolment-interval = {}\ncohort = {COHORT}",
				common("vault"),
				member.vault_data(),
				member.settings.disclosure_interval,
				member.settings.write_interval,
				member.settings.enrolment_interval
			)?;
			writeln!(key_service, "{}\ntoken = {token:?}", common("organisation"))?;
		}
		fs::write(house.config("vault"), vault)?;
		fs::write(house.config("key-service"), key_service)?;
		house.key_service = Some(house.launch("key-service", house.key_service_port)?);
		house.vault = Some(house.launch("vault", house.vault_port)?);
		Ok(house)
	}

	/// The file that one of the programs reads.
	pub fn config(&self, name: &str) -> PathBuf {
		self.folder.join(format!("{name}.toml"))
	}

	/// Base URL of the vault for this organisation.
	pub fn endpoint(&self, organisation: OrganisationId) -> String {
		format!("http://127.0.0.1:{}/organisations/{organisation}", self.vault_port)
	}

	/// Stops both programs in good order.
	pub fn stop(mut self) -> Result<()> {
		for process in [self.vault.take(), self.key_service.take()].into_iter().flatten() {
			process.stop()?;
		}
		Ok(())
	}

	fn launch(&self, name: &str, port: u16) -> Result<Process> {
		let mut command = Command::new(program(&format!("salus-{name}"))?);
		command.arg("--config").arg(self.config(name));
		let log = self.folder.join(format!("{name}.log"));
		let mut process = Process::start(&format!("shared {name}"), command, &log)?;
		process.wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())?;
		Ok(process)
	}
}

//! Programs of this workspace as child processes.

use crate::Result;
use std::{
	collections::BTreeSet,
	fs::File,
	io::{Read, Seek, SeekFrom},
	net::TcpListener,
	os::unix::process::CommandExt,
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	sync::{Mutex, PoisonError},
	time::{Duration, Instant},
};

/// How long a program may take to become ready or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ids of the programs that run.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Ends every program that this process started, at once. For when it must end itself.
pub fn end_all() {
	let running = std::mem::take(&mut *RUNNING.lock().unwrap_or_else(PoisonError::into_inner));
	for id in running {
		// It may have ended already.
		let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
	}
}

/// The built program `name`: beside the running one, which lies in the target folder or, for tests,
/// in its `deps`.
pub fn program(name: &str) -> Result<PathBuf> {
	let own = std::env::current_exe()?;
	own.ancestors()
		.skip(1)
		.take(2)
		.map(|folder| folder.join(name))
		.find(|path| path.is_file())
		.ok_or_else(|| {
			format!("{name} is not built: run `cargo build --workspace --all-targets` first").into()
		})
}

/// A port of 127.0.0.1 that nothing listens on.
pub fn free_port() -> Result<u16> {
	Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The ports remembered in `file`, where they are still free, so that addresses stay what they were;
/// others in place of those that are taken.
pub fn remembered_ports<const N: usize>(file: &Path) -> Result<[u16; N]> {
	let known: Vec<u16> =
		if file.exists() { serde_json::from_slice(&std::fs::read(file)?)? } else { Vec::new() };
	let mut ports = [0; N];
	for (at, port) in ports.iter_mut().enumerate() {
		*port = match known.get(at) {
			Some(known) if TcpListener::bind(("127.0.0.1", *known)).is_ok() => *known,
			_ => free_port()?,
		};
	}
	std::fs::write(file, serde_json::to_vec(ports.as_slice())?)?;
	Ok(ports)
}

/// A running program. It is killed when dropped, by its own id.
pub struct Process {
	name: String,
	log: PathBuf,
	child: Child,
}

impl Process {
	/// Starts `command`; what it prints is appended to `log`.
	pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
		let output = File::options().create(true).append(true).open(log)?;
		// In a process group of its own: Ctrl-C on the terminal is for the one who started it, who then
		// stops it in order.
		let child = command
			.stdin(Stdio::null())
			.stdout(output.try_clone()?)
			.stderr(output)
			.process_group(0)
			.spawn()
			.map_err(|error| format!("{name} does not start: {error}"))?;
		RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(child.id());
		Ok(Self { name: name.into(), log: log.into(), child })
	}

	/// Id of the process.
	pub fn id(&self) -> u32 {
		self.child.id()
	}

	/// Waits until `ready` holds; fails with the end of the log when the program ends before or time
	/// runs out.
	pub fn wait_until(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
		let start = Instant::now();
		loop {
			if ready() {
				return Ok(());
			}
			if let Some(status) = self.child.try_wait()? {
				return Err(format!("{} ended ({status}):\n{}", self.name, self.log_end()).into());
			}
			if start.elapsed() > PATIENCE {
				return Err(format!("{} is not ready:\n{}", self.name, self.log_end()).into());
			}
			std::thread::sleep(Duration::from_millis(50));
		}
	}

	/// Asks the program to stop and waits for it.
	pub fn stop(mut self) -> Result<ExitStatus> {
		let id = self.child.id().to_string();
		Command::new("kill").args(["-TERM", &id]).status()?;
		let start = Instant::now();
		while start.elapsed() < PATIENCE {
			if let Some(status) = self.child.try_wait()? {
				return Ok(status);
			}
			std::thread::sleep(Duration::from_millis(50));
		}
		Err(format!("{} does not stop:\n{}", self.name, self.log_end()).into())
	}

	/// Ends the program at once, as a power cut would.
	pub fn kill(mut self) -> Result<()> {
		self.child.kill()?;
		self.child.wait()?;
		Ok(())
	}

	/// The last of what the program printed.
	pub fn log_end(&self) -> String {
		const END: i64 = 4096;
		let mut text = Vec::new();
		if let Ok(mut file) = File::open(&self.log) {
			let end = file.metadata().map_or(0, |data| data.len().min(END as u64)) as i64;
			if file.seek(SeekFrom::End(-end)).is_ok() && file.read_to_end(&mut text).is_err() {
				text.clear();
			}
		}
		String::from_utf8_lossy(&text).into_owned()
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		// The program may have ended already; there is nobody to tell.
		let _ = self.child.kill();
		let _ = self.child.wait();
		RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.child.id());
	}
}

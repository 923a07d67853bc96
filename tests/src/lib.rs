//! A Salus network of real processes on loopback: for the end-to-end tests, and for `salus-devnet`.
//!
//! Nothing here stands in for a part of Salus: nodes, key services, vaults and the command line are
//! the programs of this workspace, started as a person would start them.

#[macro_use]
pub mod cli;
pub mod custodian;
pub mod devnet;
pub mod house;
pub mod journey;
pub mod network;
pub mod people;
pub mod process;

pub use cli::{Cli, Failure};
pub use custodian::Custodian;
pub use devnet::Devnet;
pub use network::{Network, Node};
pub use people::{Patient, People};

use std::{
	future::Future,
	sync::LazyLock,
	time::{Duration, Instant},
};

/// What goes wrong in the harness itself, as a sentence.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// A result of the harness.
pub type Result<T> = std::result::Result<T, Error>;

/// How long the harness waits for something that must happen.
const DEADLINE: Duration = Duration::from_secs(90);

/// Runs the SDK's asynchronous calls for a harness that is not.
pub fn block_on<F: Future>(task: F) -> F::Output {
	static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
		tokio::runtime::Runtime::new().unwrap_or_else(|fault| panic!("no threads: {fault}"))
	});
	RUNTIME.block_on(task)
}

/// Waits for SIGINT, SIGTERM or SIGHUP.
pub async fn interrupted() -> std::io::Result<()> {
	use tokio::signal::unix::{signal, SignalKind};
	let mut terminated = signal(SignalKind::terminate())?;
	let mut hung_up = signal(SignalKind::hangup())?;
	tokio::select! {
		interrupted = tokio::signal::ctrl_c() => interrupted,
		_ = terminated.recv() => Ok(()),
		_ = hung_up.recv() => Ok(()),
	}
}

/// Waits until `look` finds what it looks for; fails with what was awaited when that does not come.
pub fn until<T>(awaited: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
	let start = Instant::now();
	loop {
		if let Some(found) = look()? {
			return Ok(found);
		}
		if start.elapsed() > DEADLINE {
			return Err(format!("waited {DEADLINE:?} in vain until {awaited}").into());
		}
		std::thread::sleep(Duration::from_millis(50));
	}
}

//! Starting: everything that must be right before requests are served is checked here, and said in
//! one sentence when it is not.

use crate::{errors, metrics::loopback};
use clap::{Args, ValueEnum};
use salus_client::{
	chain::ChainError,
	keys::{Identity, KeyFile},
	sealed_file::Passphrase,
};
use salus_primitives::ids::OrganisationId;
use serde::Deserialize;
use std::{net::SocketAddr, path::Path, time::Duration};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

/// Fewest characters of a token.
const MIN_TOKEN: usize = 32;

/// Why a program does not start or ends.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
	/// A key file or passphrase is not usable.
	#[error("{0}: {help}", help = .0.help())]
	Keys(#[from] salus_client::Error),
	/// The node is not reachable or not ours.
	#[error("{0}: {help}", help = .0.help())]
	Chain(#[from] ChainError),
	/// One of several organisations can not be served.
	#[error("organisation {0}: {1}")]
	Organisation(OrganisationId, Box<StartError>),
	/// Something else is wrong.
	#[error("{0}")]
	Other(String),
}

impl StartError {
	/// Says of which organisation this is told.
	pub(crate) fn of(self, organisation: OrganisationId) -> Self {
		Self::Organisation(organisation, Box::new(self))
	}
}

impl From<errors::Error> for StartError {
	fn from(error: errors::Error) -> Self {
		Self::Other(match error {
			errors::Error::KeyServiceUnavailable(detail) => format!(
				"the key service gives no answer: {detail}: start it first, or name it with \
				 --key-service"
			),
			errors::Error::Internal(detail) | errors::Error::NodeUnavailable(detail) => detail,
			error => error.to_string(),
		})
	}
}

/// The keys in this file.
pub(crate) fn identity(key: &Path, passphrase_file: &Path) -> Result<Identity, StartError> {
	let passphrase = Passphrase::from_file(passphrase_file)?;
	Ok(KeyFile::load(key, &passphrase)?.into_identity())
}

/// The token in this file.
pub(crate) fn token(path: &Path) -> Result<Zeroizing<String>, StartError> {
	let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
		StartError::Other(format!("the token file {}: {error}", path.display()))
	})?;
	let token = text.trim();
	if token.len() < MIN_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
		return Err(StartError::Other(format!(
			"the token file {} must hold one token of at least {MIN_TOKEN} printable characters: \
			 `salus-key-service generate --token FILE` makes one",
			path.display()
		)));
	}
	Ok(Zeroizing::new(token.into()))
}

/// Refuses what two organisations have in common, for it would open both. Every pair is compared,
/// in constant time.
pub(crate) fn separate<T: AsRef<[u8]>>(
	theirs: &[(OrganisationId, T)],
	what: &str,
) -> Result<(), StartError> {
	for (place, (number, one)) in theirs.iter().enumerate() {
		for (before, other) in theirs.iter().take(place) {
			if bool::from(one.as_ref().ct_eq(other.as_ref())) {
				return Err(StartError::Other(format!(
					"its {what} is that of organisation {before} too: give each its own"
				))
				.of(*number));
			}
		}
	}
	Ok(())
}

/// Listens at this address.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
	TcpListener::bind(address)
		.await
		.map_err(|error| StartError::Other(format!("can not listen on {address}: {error}")))
}

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
	/// Lines for people.
	#[default]
	Text,
	/// One JSON object per line.
	Json,
}

/// Most seconds of a farewell.
const MAX_FAREWELL: u64 = 600;

/// What both programs are told about their running.
#[derive(Clone, Debug, Args)]
pub(crate) struct Running {
	/// Form of the log, which goes to standard error.
	#[arg(long, value_name = "FORM", value_enum, default_value_t)]
	pub(crate) log_format: LogFormat,
	/// Where to tell metrics, at /metrics: a loopback address. Without it nowhere.
	#[arg(long, value_name = "ADDRESS", value_parser = loopback)]
	pub(crate) metrics: Option<SocketAddr>,
	/// Seconds that requests, and then tasks, get to end when the program is told to stop.
	#[arg(long, value_name = "SECONDS", default_value_t = 10,
		value_parser = clap::value_parser!(u64).range(0..=MAX_FAREWELL))]
	farewell: u64,
}

/// What a file says about it, in place of the command line.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct RunningInFile {
	log_format: Option<LogFormat>,
	metrics: Option<String>,
	farewell: Option<u64>,
}

impl Running {
	/// As the file says, where it does.
	pub(crate) fn or(self, file: RunningInFile) -> Result<Self, StartError> {
		let farewell = file.farewell.unwrap_or(self.farewell);
		if farewell > MAX_FAREWELL {
			return Err(StartError::Other(format!("farewell must be 0 to {MAX_FAREWELL} seconds")));
		}
		let metrics = file.metrics.map(|text| loopback(&text)).transpose();
		let metrics = metrics.map_err(|fault| StartError::Other(format!("metrics: {fault}")))?;
		Ok(Self {
			log_format: file.log_format.unwrap_or(self.log_format),
			metrics: metrics.or(self.metrics),
			farewell,
		})
	}

	/// How long what is in progress gets.
	pub(crate) fn patience(&self) -> Duration {
		Duration::from_secs(self.farewell)
	}
}

/// Logs to standard error; `RUST_LOG` says what.
pub(crate) fn log_to_stderr(format: LogFormat) {
	use tracing_subscriber::EnvFilter;
	let filter = EnvFilter::try_from_default_env()
		.unwrap_or_else(|_| EnvFilter::new("warn,salus_vault=info,salus_client=info"));
	let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
	match format {
		LogFormat::Text => log.init(),
		LogFormat::Json => log.json().flatten_event(true).with_current_span(true).init(),
	}
}

/// Runs a program to its end; an error goes to standard error in one line.
pub fn finish(ended: Result<(), StartError>) -> std::process::ExitCode {
	match ended {
		Ok(()) => std::process::ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error}");
			std::process::ExitCode::FAILURE
		},
	}
}

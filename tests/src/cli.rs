//! The `salus` command line, as a person or a script would call it.

use crate::{process::program, Result};
use serde_json::Value;
use std::{
	ffi::OsStr,
	path::{Path, PathBuf},
	process::Command,
};

/// Arguments of different kinds of text in one list.
#[macro_export]
macro_rules! args {
	($($argument:expr),* $(,)?) => {
		[$(std::ffi::OsString::from(&$argument)),*]
	};
}

/// How to call `salus`: against which node, with which passphrase.
#[derive(Clone, Debug)]
pub struct Cli {
	node: String,
	passphrase: PathBuf,
}

/// What `salus --json` prints when a command fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Failure {
	/// Stable code.
	pub code: String,
	/// What was wrong.
	pub message: String,
	/// What to do.
	pub help: String,
	/// Code of the chain's deny reason, where one stands behind it.
	pub reason: Option<u64>,
}

impl Cli {
	/// Calls against `node`, opening key files and wallets with the passphrase in this file.
	pub fn new(node: &str, passphrase: &Path) -> Self {
		Self { node: node.into(), passphrase: passphrase.into() }
	}

	/// The node that is asked.
	pub fn node(&self) -> &str {
		&self.node
	}

	/// The file with the passphrase.
	pub fn passphrase(&self) -> &Path {
		&self.passphrase
	}

	/// Calls against another node.
	#[must_use]
	pub fn against(&self, node: &str) -> Self {
		Self::new(node, &self.passphrase)
	}

	/// Runs a command that should succeed and returns its JSON.
	pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Value> {
		let (command, outcome) = self.call(arguments)?;
		outcome.map_err(|failure| format!("`{command}` failed: {failure}").into())
	}

	/// Runs a command that should fail and returns how it did.
	pub fn fail<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Failure> {
		match self.call(arguments)? {
			(_, Err(failure)) => Ok(failure),
			(command, Ok(answer)) => {
				Err(format!("`{command}` should have failed and said {answer}").into())
			},
		}
	}

	fn call<S: AsRef<OsStr>>(
		&self,
		arguments: impl IntoIterator<Item = S>,
	) -> Result<(String, std::result::Result<Value, Failure>)> {
		let mut command = Command::new(program("salus")?);
		command
			.args(["--json", "--node", &self.node, "--passphrase-file"])
			.arg(&self.passphrase)
			.args(arguments);
		let output = command.output()?;
		let line = format!("{command:?}");
		if output.status.success() {
			let answer = serde_json::from_slice(&output.stdout)
				.map_err(|error| format!("`{line}` printed no JSON: {error}"))?;
			return Ok((line, Ok(answer)));
		}
		let said = String::from_utf8_lossy(&output.stderr);
		let error: Value =
			said.lines().rev().find_map(|text| serde_json::from_str(text).ok()).ok_or_else(
				|| format!("`{line}` ended {} without a JSON error: {said}", output.status),
			)?;
		let text = |name: &str| error["error"][name].as_str().unwrap_or_default().to_string();
		Ok((
			line,
			Err(Failure {
				code: text("code"),
				message: text("message"),
				help: text("help"),
				reason: error["error"]["reason"].as_u64(),
			}),
		))
	}
}

//! People: staff with their key files, and patients with their wallets.

use crate::{cli::Cli, Result};
use salus_primitives::ids::OrganisationId;
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
};

/// The staff of the development presets, with their key files in one folder.
#[derive(Clone, Debug)]
pub struct People {
	cli: Cli,
	folder: PathBuf,
}

impl People {
	/// Keeps key files in `folder`.
	pub fn new(cli: &Cli, folder: &Path) -> Result<Self> {
		fs::create_dir_all(folder)?;
		Ok(Self { cli: cli.clone(), folder: folder.into() })
	}

	/// The key file of the development account with this path, made when it is first asked for.
	pub fn key(&self, uri: &str) -> Result<PathBuf> {
		let name = uri.trim_start_matches('/').replace("//", "-").to_lowercase();
		let path = self.folder.join(format!("{name}.key"));
		if !path.exists() {
			self.cli.run(args!["key", "import-dev", uri, "--key", &path])?;
		}
		Ok(path)
	}

	/// The key file of someone whose encryption key is published, as records are released to it.
	pub fn reader(&self, uri: &str) -> Result<PathBuf> {
		let path = self.key(uri)?;
		self.cli.run(args!["key", "publish", "--key", &path])?;
		Ok(path)
	}
}

/// A patient.
#[derive(Clone, Debug)]
pub struct Patient {
	/// Their folder.
	pub folder: PathBuf,
	/// Their wallet.
	pub wallet: PathBuf,
	cli: Cli,
}

impl Patient {
	/// Someone new, with a wallet in `folder`.
	pub fn new(cli: &Cli, folder: &Path) -> Result<Self> {
		fs::create_dir_all(folder)?;
		let wallet = folder.join("patient.wallet");
		cli.run(args!["wallet", "create", "--wallet", &wallet])?;
		Ok(Self { folder: folder.into(), wallet, cli: cli.clone() })
	}

	/// The file with the statement by which this custodian can enrol the patient, freshly signed.
	pub fn statement(&self, custodian: OrganisationId) -> Result<PathBuf> {
		let file = self.folder.join(format!("statement-{custodian}.json"));
		let number = custodian.to_string();
		self.cli.run(args![
			"chart",
			"statement",
			"--wallet",
			&self.wallet,
			"--custodian",
			number,
			"--out",
			&file
		])?;
		Ok(file)
	}

	/// Has the patient enrolled by the custodian's records officer, whose key file this is; returns
	/// what the command line says of the new chart.
	pub fn enrol(&self, custodian: OrganisationId, officer: &Path) -> Result<Value> {
		let statement = self.statement(custodian)?;
		let number = custodian.to_string();
		self.cli.run(args![
			"chart",
			"enrol",
			"--key",
			officer,
			"--custodian",
			number,
			"--statement",
			&statement
		])
	}
}

/// The text at `path` in an answer, such as `terms.purpose`.
pub fn text(answer: &Value, path: &str) -> Result<String> {
	let found = path.split('.').try_fold(answer, |value, part| match part.parse::<usize>() {
		Ok(index) => value.get(index),
		Err(_) => value.get(part),
	});
	match found {
		Some(Value::String(text)) => Ok(text.clone()),
		Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
		_ => Err(format!("no {path} in {answer}").into()),
	}
}

/// The number at `path` in an answer.
pub fn number(answer: &Value, path: &str) -> Result<u64> {
	text(answer, path)?
		.parse()
		.map_err(|_| format!("{path} is no number in {answer}").into())
}

//! Where objects lie: a folder of this machine, or a bucket of an S3-compatible service.
//!
//! The place is named by a URL without secrets. Credentials, region and endpoint come from the
//! environment (`AWS_…`) or from a file with the same names, never from arguments.

use crate::start::StartError;
use futures::StreamExt;
use object_store::{
	aws::{AmazonS3Builder, AmazonS3ConfigKey},
	local::LocalFileSystem,
	path::Path as Place,
	prefix::PrefixStore,
	ObjectStore, RetryConfig,
};
use serde::Deserialize;
use std::{
	fmt,
	path::{Path, PathBuf},
	str::FromStr,
	sync::Arc,
	time::Duration,
};
use zeroize::Zeroizing;

/// How often a request to a bucket is tried again, and for how long, before the fault is told.
const RETRIES: usize = 4;
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

/// Names of what may be told of a bucket begin with this, in the environment and in a file.
const PREFIX: &str = "AWS_";

/// Where objects lie.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Location {
	/// A folder.
	Folder(PathBuf),
	/// What begins with `prefix` in a bucket.
	Bucket { bucket: String, prefix: Place },
}

impl FromStr for Location {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let path = match text.split_once("://") {
			None => text,
			Some(("file", path)) if path.starts_with('/') => path,
			Some(("s3", rest)) => {
				let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
				let usable = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
				if bucket.is_empty() || !bucket.bytes().all(usable) {
					return Err(format!(
						"`{text}` names no bucket: write s3://BUCKET/PREFIX, without credentials"
					));
				}
				let prefix = Place::parse(prefix.trim_end_matches('/'))
					.map_err(|_| format!("the prefix in `{text}` is not usable"))?;
				return Ok(Self::Bucket { bucket: bucket.into(), prefix });
			},
			Some(_) => {
				return Err(format!(
					"`{text}` is no place known here: name a folder, file:///FOLDER or \
					 s3://BUCKET/PREFIX"
				));
			},
		};
		if path.is_empty() {
			return Err("name a folder or s3://BUCKET/PREFIX".into());
		}
		Ok(Self::Folder(path.into()))
	}
}

impl TryFrom<String> for Location {
	type Error = String;

	fn try_from(text: String) -> Result<Self, String> {
		text.parse()
	}
}

impl fmt::Display for Location {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Folder(folder) => write!(f, "{}", folder.display()),
			Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
		}
	}
}

/// An opened place.
#[derive(Clone)]
pub(crate) struct Storage {
	/// What lies there.
	pub(crate) files: Arc<dyn ObjectStore>,
	/// The folder, if it is one of this machine.
	pub(crate) folder: Option<PathBuf>,
}

impl fmt::Debug for Storage {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Storage({:?})", self.folder)
	}
}

impl Storage {
	/// The objects in this folder, which is made if it is not there.
	pub(crate) fn folder(folder: &Path) -> std::io::Result<Self> {
		std::fs::create_dir_all(folder)?;
		let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
		Ok(Self { files: Arc::new(files), folder: Some(folder.into()) })
	}

	/// Whether nothing lies there. An error says why the place can not be used.
	pub(crate) async fn is_empty(&self) -> object_store::Result<bool> {
		self.files.list(None).next().await.transpose().map(|first| first.is_none())
	}
}

impl Location {
	/// Opens the place, with what the environment or this file tells of it, and looks whether it
	/// answers.
	pub(crate) async fn open(&self, credentials: Option<&Path>) -> Result<Storage, StartError> {
		let storage = self.prepare(credentials)?;
		self.look(&storage).await?;
		Ok(storage)
	}

	/// Whether the place answers.
	pub(crate) async fn look(&self, storage: &Storage) -> Result<(), StartError> {
		storage.is_empty().await.map(drop).map_err(|error| self.fault(&error))
	}

	fn fault(&self, error: &dyn fmt::Display) -> StartError {
		StartError::Other(format!("the storage {self}: {error}"))
	}

	/// Opens the place without looking whether it answers.
	pub(crate) fn prepare(&self, credentials: Option<&Path>) -> Result<Storage, StartError> {
		let fault = |error: &dyn fmt::Display| self.fault(error);
		Ok(match self {
			Self::Folder(folder) => Storage::folder(folder).map_err(|error| fault(&error))?,
			Self::Bucket { bucket, prefix } => {
				// An error says that a TLS provider is there already.
				let _ = rustls::crypto::ring::default_provider().install_default();
				let builder = match credentials {
					Some(file) => from_file(file)?,
					None => AmazonS3Builder::from_env(),
				};
				let retries = RetryConfig {
					max_retries: RETRIES,
					retry_timeout: RETRY_TIMEOUT,
					..RetryConfig::default()
				};
				let files = builder
					.with_bucket_name(bucket)
					.with_retry(retries)
					.build()
					.map_err(|error| fault(&error))?;
				let files: Arc<dyn ObjectStore> = if prefix.as_ref().is_empty() {
					Arc::new(files)
				} else {
					Arc::new(PrefixStore::new(files, prefix.clone()))
				};
				Storage { files, folder: None }
			},
		})
	}

	/// Whether one lies in the other, so that what is written to one shows in the other.
	pub(crate) fn overlaps(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Folder(one), Self::Folder(other)) => {
				let (one, other) = (plain(one), plain(other));
				one.starts_with(&other) || other.starts_with(&one)
			},
			(
				Self::Bucket { bucket, prefix },
				Self::Bucket { bucket: other_bucket, prefix: other_prefix },
			) => {
				bucket == other_bucket
					&& (prefix.prefix_matches(other_prefix) || other_prefix.prefix_matches(prefix))
			},
			_ => false,
		}
	}

	/// Reads a folder's path from `base` on, where it is relative.
	pub(crate) fn resolve(&mut self, base: &Path) {
		if let Self::Folder(folder) = self {
			*folder = base.join(&*folder);
		}
	}
}

/// The path without links, as far as it exists.
fn plain(path: &Path) -> PathBuf {
	let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
	for known in absolute.ancestors() {
		if let (Ok(real), Ok(rest)) = (known.canonicalize(), absolute.strip_prefix(known)) {
			// An empty rest would put a separator at the end.
			return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
		}
	}
	absolute
}

/// A bucket's credentials, region and endpoint from a file of lines `AWS_NAME=value`. What it does
/// not say is not taken from the environment: that may be another organisation's.
fn from_file(path: &Path) -> Result<AmazonS3Builder, StartError> {
	let fault = |detail: String| {
		StartError::Other(format!("the storage credentials {}: {detail}", path.display()))
	};
	let text = std::fs::read_to_string(path)
		.map(Zeroizing::new)
		.map_err(|error| fault(error.to_string()))?;
	let mut builder = AmazonS3Builder::new();
	for (number, line) in text.lines().enumerate() {
		let line = line.trim();
		if line.is_empty() || line.starts_with('#') {
			continue;
		}
		// The line itself may hold a secret: its number must do.
		let number = number.saturating_add(1);
		let (name, value) = line
			.split_once('=')
			.ok_or_else(|| fault(format!("line {number} is not of the form {PREFIX}NAME=value")))?;
		let key = Some(name.trim())
			.filter(|name| name.starts_with(PREFIX))
			.and_then(|name| name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().ok())
			.ok_or_else(|| fault(format!("line {number} names nothing known")))?;
		builder = builder.with_config(key, value.trim());
	}
	Ok(builder)
}

#[cfg(test)]
pub(crate) mod tests;

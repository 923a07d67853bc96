//! Files that name several organisations, of the vault and of the key service.

use crate::start::StartError;
use salus_primitives::ids::OrganisationId;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Reads a TOML file.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, StartError> {
	let text = std::fs::read_to_string(path).map_err(|error| fault(path, &error))?;
	toml::from_str(&text).map_err(|error| {
		let line = error.span().and_then(|span| text.get(..span.start)).map(|before| {
			let line = before.matches('\n').count().saturating_add(1);
			format!("line {line}: ")
		});
		fault(path, &format!("{}{}", line.unwrap_or_default(), error.message()))
	})
}

/// The folder from which the file's relative paths are read.
pub(crate) fn folder(path: &Path) -> PathBuf {
	path.parent().unwrap_or(Path::new("")).into()
}

/// Refuses a file that names nobody, or somebody twice.
pub(crate) fn distinct(
	path: &Path,
	numbers: impl Iterator<Item = OrganisationId>,
) -> Result<(), StartError> {
	let mut known = std::collections::BTreeSet::new();
	for number in numbers {
		if !known.insert(number) {
			return Err(fault(path, &format!("organisation {number} is there twice")));
		}
	}
	if known.is_empty() {
		return Err(fault(path, &"it names no [[organisation]]"));
	}
	Ok(())
}

fn fault(path: &Path, detail: &dyn std::fmt::Display) -> StartError {
	// A message of several lines would not be one line.
	let detail = detail.to_string().replace('\n', " ");
	StartError::Other(format!("the file {}: {detail}", path.display()))
}

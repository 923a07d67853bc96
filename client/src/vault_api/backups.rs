//! Backups of a vault.

use salus_primitives::time::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route by which a backup is begun.
pub const BACKUPS: &str = "/backups";
/// Route of [`BackupStatus`].
pub const LATEST_BACKUP: &str = "/backups/latest";

/// How it stands with a vault's backups.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BackupStatus {
	/// The one that is being made.
	#[serde(default)]
	pub running: Option<BackupProgress>,
	/// The newest that is whole.
	#[serde(default)]
	pub latest: Option<BackupSummary>,
	/// Why the last one that this process made failed, unless one was whole after it.
	#[serde(default)]
	pub fault: Option<String>,
}

/// How far a backup is. What is counted grows until everything was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct BackupProgress {
	/// Its number.
	pub number: u32,
	/// Rows of the database written.
	pub rows: u64,
	/// Objects that are to be copied, as the backup does not have them yet.
	pub objects: u64,
	/// Those copied.
	pub objects_done: u64,
	/// Bytes of the objects that are to be copied.
	pub bytes: u64,
	/// Those copied.
	pub bytes_done: u64,
}

/// A whole backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupSummary {
	/// Its number; each is one higher than the one before.
	pub number: u32,
	/// When what it holds was the vault's state.
	pub at: Moment,
	/// Rows of the database.
	pub rows: u64,
	/// Objects.
	pub objects: u64,
	/// Bytes of the objects.
	pub bytes: u64,
	/// Objects among them that no backup before had.
	pub new_objects: u64,
	/// Their bytes.
	pub new_bytes: u64,
}

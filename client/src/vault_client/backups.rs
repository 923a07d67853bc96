//! Backups.

use super::VaultClient;
use crate::{
	error::Result,
	vault_api::{BackupStatus, BACKUPS, LATEST_BACKUP},
};

impl VaultClient {
	/// Has the vault make a backup, unless it is making one, and tells how it stands.
	pub async fn begin_backup(&self) -> Result<BackupStatus> {
		self.post(BACKUPS, &[], &()).await
	}

	/// How it stands with the vault's backups.
	pub async fn backup_status(&self) -> Result<BackupStatus> {
		self.get(LATEST_BACKUP, &[]).await
	}
}

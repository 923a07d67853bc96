//! Backing up the running vault, and what a restored one does first.
//!
//! A backup holds the rows of the database as they lie, sealed, the ciphertexts, and a manifest with
//! the digests of everything, written last and sealed with a key that only this vault can get. Without
//! the key service nothing in it opens. What an earlier backup has is not written again.

mod place;
mod reconcile;
pub(crate) mod restore;
#[cfg(test)]
pub(crate) mod tests;
mod write;

use crate::{
	errors::{Error, Result},
	storage::Storage,
	store::StoreError,
	vault::Vault,
};
use object_store::path::Path as Place;
pub(crate) use reconcile::after_restore;
use salus_client::vault_api::{BackupProgress, BackupStatus, BackupSummary};
use salus_primitives::{codes::Role, ids::AccountBytes};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tracing::Instrument;

/// Why a backup is not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
	/// The storage does not do what was asked.
	#[error("the storage failed: {0}")]
	Storage(#[from] object_store::Error),
	/// Something that the backup should have is not there.
	#[error(
		"the backup lacks {0}: restore another one, or bring it back from a copy of the backup"
	)]
	Missing(Place),
	/// Something in the backup is not what was written.
	#[error(
		"{0} in the backup is damaged: restore another one, or bring it back from a copy of the backup"
	)]
	Damaged(Place),
	/// The database failed.
	#[error(transparent)]
	Store(#[from] StoreError),
	/// Something else.
	#[error("{0}")]
	Other(String),
}

/// A vault's backups.
#[derive(Default)]
pub(crate) struct Backups {
	target: OnceLock<Target>,
	state: Mutex<State>,
}

/// Where they go, and how many are kept.
#[derive(Clone, Debug)]
pub(crate) struct Target {
	storage: Storage,
	keep: usize,
}

#[derive(Default)]
struct State {
	running: Option<BackupProgress>,
	/// Once it was looked for.
	latest: Option<Option<BackupSummary>>,
	fault: Option<String>,
}

impl Backups {
	/// Has backups go there.
	pub(crate) fn keep_at(&self, storage: Storage, keep: u32) {
		let keep = usize::try_from(keep).unwrap_or(usize::MAX).max(1);
		// Set once, at the start.
		let _ = self.target.set(Target { storage, keep });
	}

	/// Whether there is a place for them.
	pub(crate) fn are_made(&self) -> bool {
		self.target.get().is_some()
	}

	fn target(&self) -> Result<&Target> {
		self.target.get().ok_or(Error::NoPlaceForBackups)
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether one is being made.
	pub(crate) fn is_running(&self) -> bool {
		self.state().running.is_some()
	}

	/// Notes how far the running backup is.
	fn note(&self, change: impl FnOnce(&mut BackupProgress)) {
		if let Some(running) = &mut self.state().running {
			change(running);
		}
	}

	/// How it stands. Asks the storage for the latest one once.
	async fn status(&self) -> Result<BackupStatus> {
		let target = self.target()?;
		let known = self.state().latest;
		let latest = match known {
			Some(latest) => latest,
			None => {
				let found = place::latest(&*target.storage.files).await;
				let found = found.map_err(|fault| Error::Internal(fault.to_string()))?;
				let summary = found.map(|signed| signed.manifest.summary());
				*self.state().latest.get_or_insert(summary)
			},
		};
		let state = self.state();
		Ok(BackupStatus { running: state.running, latest, fault: state.fault.clone() })
	}
}

/// Begins a backup for an administrator, unless one is being made, and tells how it stands.
pub(crate) async fn begin(vault: &Arc<Vault>, account: AccountBytes) -> Result<BackupStatus> {
	admit(vault, account).await?;
	vault.backups.target()?;
	start(vault);
	vault.backups.status().await
}

/// Tells an administrator how it stands.
pub(crate) async fn status(vault: &Arc<Vault>, account: AccountBytes) -> Result<BackupStatus> {
	admit(vault, account).await?;
	vault.backups.status().await
}

async fn admit(vault: &Arc<Vault>, account: AccountBytes) -> Result<()> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::Administrator]).await
}

/// Starts the task, unless it runs.
fn start(vault: &Arc<Vault>) {
	let mut state = vault.backups.state();
	if state.running.is_some() {
		return;
	}
	state.running = Some(BackupProgress::default());
	drop(state);
	let (vault, span) = (Arc::clone(vault), vault.span());
	let making = async move {
		let working = Arc::clone(&vault);
		let make = async move {
			let target =
				working.backups.target().map_err(|error| Fault::Other(error.to_string()))?;
			write::make(&working, target).await
		};
		let done = tokio::spawn(make.in_current_span());
		let done = done.await.unwrap_or_else(|_| Err(Fault::Other("it was broken off".into())));
		let mut state = vault.backups.state();
		state.running = None;
		match done {
			Ok(summary) => {
				tracing::info!(
					number = summary.number,
					rows = summary.rows,
					objects = summary.objects,
					new_objects = summary.new_objects,
					"a backup is whole"
				);
				state.latest = Some(Some(summary));
				state.fault = None;
			},
			Err(fault) => {
				tracing::error!(%fault, "a backup failed");
				state.fault = Some(fault.to_string());
			},
		}
	};
	tokio::spawn(making.instrument(span));
}

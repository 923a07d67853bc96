//! Storing and reading files of any size, going on after a break.
//!
//! A file that fits into one request is encrypted and sent in it. A larger one is uploaded in several,
//! encrypted as it streams; a journal beside it (`….salus-upload`), encrypted under the key file's
//! secret, lets the next call go on where this one was killed. A record that is read comes as ciphertext
//! into a file beside the one wanted (`….part`), which the next call goes on with where the caller wants that; plaintext is written
//! only once all of it is there and has its digest. The name by which it is asked for (`….attempt`) rests there too, so
//! that the vault's log has one line for all calls.
//!
//! Either way memory holds a piece at a time, and broken connections are made again.

mod download;
mod journal;
mod source;
#[cfg(test)]
mod tests;
mod upload;

pub use download::{read_file, Known, Wanted};
pub use upload::{store_file, Outgoing};

use crate::{
	error::{Error, Result},
	guardians::GuardianCard,
	keys::Identity,
	vault_api::codes,
	vault_client::VaultClient,
};
use salus_primitives::{ids::OrganisationId, time::Moment};
use std::{
	fs::{File, TryLockError},
	path::Path,
	sync::Arc,
	time::Duration,
};

/// Hears how far a transfer is: bytes done, bytes in all.
pub type Watcher = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// First and longest pause before a broken connection is made again.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Who transfers: signs in again when a sign-in expires under way.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
	/// Whose account.
	pub who: &'a Identity,
	/// The guardian's card, if it is one: it is shown with every sign-in.
	pub card: Option<&'a GuardianCard>,
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Whose vault.
	pub organisation: OrganisationId,
}

impl Session<'_> {
	/// Signs in again.
	async fn sign_in(&self, vault: &mut VaultClient) -> Result<()> {
		let Self { who, card, genesis, organisation } = *self;
		match card {
			Some(card) => vault.sign_in_as_guardian(who, card, now()).await,
			None => vault.sign_in(who, &genesis, organisation).await,
		}
	}
}

/// A vault, with the patience to ask it again.
pub(crate) struct Persistent<'a> {
	pub(crate) vault: VaultClient,
	session: &'a Session<'a>,
	/// Failures in a row that are borne.
	most: u32,
	failures: u32,
	/// Whether refusals are borne that may pass; otherwise only broken connections are.
	bears_refusals: bool,
}

impl<'a> Persistent<'a> {
	pub(crate) fn new(vault: &VaultClient, session: &'a Session<'a>, most: u32) -> Self {
		Self { vault: vault.clone(), session, most, failures: 0, bears_refusals: true }
	}

	/// Something came through.
	pub(crate) fn succeeded(&mut self) {
		self.failures = 0;
	}

	/// Gets ready to ask again after a fault that may pass; gives any other one back.
	pub(crate) async fn bear(&mut self, fault: Error) -> Result<()> {
		// What a guardian shows expires like the sign-in, and with that is made anew.
		let signed_out = fault.code() == codes::NOT_SIGNED_IN
			|| (self.session.card.is_some() && fault.code() == codes::GUARDIANS_WORD_REFUSED);
		let refused = matches!(fault, Error::Vault { .. });
		let borne = signed_out || (may_pass(&fault) && (self.bears_refusals || !refused));
		if !borne || self.failures >= self.most {
			return Err(fault);
		}
		self.failures = self.failures.saturating_add(1);
		if signed_out {
			match self.session.sign_in(&mut self.vault).await {
				Ok(()) => return Ok(()),
				Err(fault) if may_pass(&fault) => {},
				Err(fault) => return Err(fault),
			}
		}
		let doubled = 2u32.saturating_pow(self.failures.saturating_sub(1));
		tokio::time::sleep(PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)).await;
		Ok(())
	}
}

/// Whether asking again may help.
fn may_pass(fault: &Error) -> bool {
	match fault {
		Error::VaultUnreachable { .. } | Error::VaultTimedOut { .. } => true,
		Error::Vault { status, code, .. } => match code.as_str() {
			codes::UPLOAD_BUSY | codes::TOO_MANY_REQUESTS => true,
			codes::STORAGE_DAMAGED | codes::INTERNAL | codes::NOT_FINAL_IN_TIME => false,
			_ => *status >= 500,
		},
		_ => false,
	}
}

/// Keeps other processes from working on the same file, until the value is dropped.
pub(crate) fn lock(file: File, path: &Path) -> Result<File> {
	match file.try_lock() {
		Ok(()) => Ok(file),
		Err(TryLockError::WouldBlock) => Err(Error::FileBusy(path.to_owned())),
		Err(TryLockError::Error(fault)) => Err(Error::io(path)(fault)),
	}
}

/// Work that holds up a thread.
pub(crate) async fn blocking<T: Send + 'static>(
	path: &Path,
	work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
	tokio::task::spawn_blocking(work)
		.await
		.map_err(|fault| Error::io(path)(fault.into()))?
}

/// Milliseconds since 1970, by this machine's clock.
pub(crate) fn now() -> Moment {
	std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.map_or(0, |since| since.as_millis().try_into().unwrap_or(Moment::MAX))
}

//! Signed profiles of the practitioners on the staff. Taken in when they are what the chain says the
//! practitioner has published; handed out to anybody, who checks them again, while the chain says so.

use crate::{
	errors::{Error, Result},
	store::{ProfileRow, Rows, Store, PROFILES},
	vault::Vault,
};
use salus_client::{chain::At, profile::SignedProfile};
use salus_primitives::{
	codes::{Role, StandingReason},
	ids::{AccountBytes, Digest, PractitionerId},
	views::{PractitionerView, ProfileCommitment},
};
use std::sync::Arc;

/// Who of the house may put and remove profiles of its staff.
const KEEPERS: [Role; 2] = [Role::Administrator, Role::RecordsOfficer];

/// Takes a practitioner's profile.
pub(crate) async fn put(
	vault: &Arc<Vault>,
	account: AccountBytes,
	practitioner: PractitionerId,
	file: &[u8],
) -> Result<()> {
	let profile = SignedProfile::from_json(file).map_err(Error::ProfileRefused)?;
	let at = vault.node.fresh().await?;
	let view = authorised(vault, &at, account, practitioner).await?;
	// Any role serves: whether the account is on the staff is not asked otherwise.
	let reasons = at.standing(view.account, vault.organisation, Role::Clinician).await?;
	if reasons.contains(StandingReason::NotStaff) {
		return Err(Error::NotStaffHere);
	}
	// The practitioner may have seen the commitment final before our node does.
	let version = profile.profile.version;
	let published = vault
		.node
		.await_at_head(|at| async move {
			let found = at.practitioner(practitioner).await?;
			Ok(found.filter(|view| view.profile.is_some_and(|known| known.version >= version)))
		})
		.await?;
	let view = published.unwrap_or(view);
	profile.verify(&vault.genesis, &view).map_err(Error::ProfileRefused)?;
	// As we spell it, so that equal profiles have equal tags.
	let row = ProfileRow { version, file: profile.to_json() };
	vault.stored(move |store| store_newest(store, practitioner, &row)).await
}

/// Forgets a practitioner's profile. Also that of one who has left.
pub(crate) async fn remove(
	vault: &Arc<Vault>,
	account: AccountBytes,
	practitioner: PractitionerId,
) -> Result<()> {
	let at = vault.node.fresh().await?;
	authorised(vault, &at, account, practitioner).await?;
	vault.stored(move |store| forget(store, practitioner)).await
}

/// A practitioner's profile file and its entity tag, unless the practitioner has taken it back or
/// replaced it. Without a node nobody knows, so it is not handed out.
pub(crate) async fn read(
	vault: &Arc<Vault>,
	practitioner: PractitionerId,
) -> Result<(Vec<u8>, String)> {
	let row = vault
		.stored(move |store| {
			store
				.read(|rows| rows.get(&PROFILES, &practitioner))?
				.ok_or(Error::ProfileUnknown)
		})
		.await?;
	let view = vault.node.finalised().await?.practitioner(practitioner).await?;
	check_current(row.version, view.and_then(|view| view.profile))?;
	let tag = format!("\"{}\"", hex::encode(Digest::of(&row.file).0));
	Ok((row.file, tag))
}

/// Whether the profile of this version is still the one published.
fn check_current(version: u32, published: Option<ProfileCommitment>) -> Result<()> {
	match published {
		// Our node may trail the one that we took the profile by.
		Some(known) if known.version < version => Ok(()),
		Some(known) if known.version == version && known.digest.is_some() => Ok(()),
		_ => Err(Error::ProfileGone),
	}
}

/// The practitioner, if `account` is theirs or may act for them here.
async fn authorised(
	vault: &Arc<Vault>,
	at: &At,
	account: AccountBytes,
	practitioner: PractitionerId,
) -> Result<PractitionerView> {
	let view = at.practitioner(practitioner).await?.ok_or(Error::PractitionerUnknown)?;
	if view.account == account {
		return Ok(view);
	}
	match vault.in_standing(at, account, &KEEPERS).await {
		Ok(()) => Ok(view),
		Err(Error::NotInStanding(StandingReason::NotStaff | StandingReason::RoleNotHeld)) => {
			Err(Error::NotThePractitioner)
		},
		Err(error) => Err(error),
	}
}

/// Stores the profile, unless a newer one came in meanwhile.
fn store_newest(store: &Store, practitioner: PractitionerId, row: &ProfileRow) -> Result<()> {
	store.write(|rows| match rows.get(&PROFILES, &practitioner)? {
		Some(known) if known.version > row.version => Ok(()),
		_ => Ok(rows.put(&PROFILES, &practitioner, row)?),
	})
}

fn forget(store: &Store, practitioner: PractitionerId) -> Result<()> {
	match store.write::<_, Error>(|rows| Ok(rows.remove(&PROFILES, &practitioner)?))? {
		true => Ok(()),
		false => Err(Error::ProfileUnknown),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::store::Identity;
	use salus_client::vault_api::DatabaseKey;

	fn stored(store: &Store) -> Option<ProfileRow> {
		store.read(|rows| rows.get(&PROFILES, &3)).unwrap()
	}

	#[test]
	fn what_was_withdrawn_or_replaced_is_not_handed_out() {
		let published =
			|version, digest| check_current(2, Some(ProfileCommitment { version, digest }));
		let digest = Some(Digest([1; 32]));
		assert!(published(2, digest).is_ok());
		assert!(published(1, digest).is_ok() && published(1, None).is_ok());
		for gone in [published(3, digest), published(3, None), published(2, None)] {
			assert!(matches!(gone, Err(Error::ProfileGone)));
		}
		assert!(matches!(check_current(2, None), Err(Error::ProfileGone)));
	}

	#[test]
	fn the_newest_stays_until_it_is_removed() {
		let folder = tempfile::tempdir().unwrap();
		let key = DatabaseKey { key: [1; 32] };
		let path = folder.path().join("vault.redb");
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		let row = |version, file: &[u8]| ProfileRow { version, file: file.to_vec() };
		for (came, stays) in [
			(row(2, b"b"), row(2, b"b")),
			(row(1, b"a"), row(2, b"b")),
			// Signed again.
			(row(2, b"c"), row(2, b"c")),
			(row(3, b"d"), row(3, b"d")),
		] {
			store_newest(&store, 3, &came).unwrap();
			assert_eq!(stored(&store), Some(stays));
		}
		assert!(matches!(forget(&store, 4), Err(Error::ProfileUnknown)));
		forget(&store, 3).unwrap();
		assert_eq!(stored(&store), None);
		assert!(matches!(forget(&store, 3), Err(Error::ProfileUnknown)));
	}
}

//! Enrolling charts.
//!
//! What is checked before a chart waits for its batch ([`crate::enrolments`]), and what stays of it. The
//! first encryption key that comes with a chart stays, until a key that follows the chart's gives its
//! word for another; each key gives one word.

use crate::{
	batches::{Answer, Preference},
	clock::now,
	enrolments,
	errors::{Error, Result},
	store::{ChartRow, NewChart, PendingChart, Rows, Store, StoreError, CHARTS, PENDING_CHARTS},
	vault::Vault,
};
use salus_client::{
	chain::{At, ChainError},
	vault_api::{ChartEnrolled, ChartKey, ChartKeys, EnrolChart},
};
use salus_primitives::{
	codes::Role,
	enrolment::ENROLMENT_DOMAIN,
	ids::{AccountBytes, ChartId},
};
use std::sync::Arc;

pub(crate) const OTHER_KEYS: &str =
	"another chart is enrolled under this id, or this one with other keys: make a new statement";

const OTHER_WORD: &str =
	"a word for the chart's encryption key is here already: rotate the chart's key to give another";

/// Enrols a chart on chain and opens it here. Asked again, answers the same.
pub(crate) async fn enrol(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: EnrolChart,
	preference: Preference,
) -> Result<Answer<ChartEnrolled>> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	let EnrolChart { statement, signature, encryption_key } = asked;
	if statement.domain != ENROLMENT_DOMAIN
		|| statement.genesis != vault.genesis
		|| statement.custodian != vault.organisation
	{
		return Err(Error::WrongChain);
	}
	if !signature.verify_any(&statement.signable(), &statement.key) {
		return Err(Error::SignatureWrong);
	}
	if !encryption_key.is_vouched_for(&vault.genesis, &statement.chart, &statement.key) {
		return Err(Error::SignatureWrong);
	}
	let new = NewChart { chart: statement.chart, key: statement.key, encryption_key };
	match vault.chart(new.chart).await {
		Ok(row) if row.new == new => {
			return Ok(Answer::Done(ChartEnrolled { chart: new.chart, block: at.head() }));
		},
		Ok(_) => return Err(Error::AlreadyExists(OTHER_KEYS)),
		Err(Error::ChartUnknown) => {},
		Err(error) => return Err(error),
	}
	if let Some(ours) = is_enrolled(vault, &at, &new).await? {
		if !ours {
			return Err(Error::AlreadyExists(OTHER_KEYS));
		}
		open(vault, new.clone(), None).await?;
		return Ok(Answer::Done(ChartEnrolled { chart: new.chart, block: at.head() }));
	}
	let rhythm = &vault.enrolments.rhythm;
	if !rhythm.interval().is_zero() && statement.expires <= rhythm.next().max(now()) {
		return Err(Error::Malformed(
			"the statement expires before the next batch: let the patient sign one for longer"
				.into(),
		));
	}
	enrolments::enqueue(vault, PendingChart { new, statement, signature }, preference).await
}

/// Takes the word of the chart's key for its encryption key, once another key has followed: those who
/// write look for the word of the key that the chain knows.
pub(crate) async fn vouch(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	key: ChartKey,
) -> Result<()> {
	let seen = vault.own_chart_now(chart, account).await?.new.key;
	if !key.is_vouched_for(&vault.genesis, &chart, &account) {
		return Err(Error::SignatureWrong);
	}
	vault.stored(move |store| write_word(store, chart, seen, account, key)).await
}

/// Writes the word of `account` for the chart's encryption key, where `seen` was the last key to give
/// one when `account` was found to be the chart's.
fn write_word(
	store: &Store,
	chart: ChartId,
	seen: AccountBytes,
	account: AccountBytes,
	key: ChartKey,
) -> Result<()> {
	store.write(|rows| {
		let mut row = rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?;
		// Another may have followed and given its word since; and each key gives one word.
		let follows = row.new.key == seen && row.new.key != account;
		let again = row.new.key == account && row.new.encryption_key.key == key.key;
		if !follows && !again {
			return Err(Error::AlreadyExists(OTHER_WORD));
		}
		row.new.key = account;
		row.new.encryption_key = key;
		Ok(rows.put(&CHARTS, &chart, &row)?)
	})
}

/// The keys to which records of the chart are wrapped.
pub(crate) async fn keys(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<ChartKeys> {
	let at = vault.node.fresh().await?;
	vault
		.in_standing(&at, account, &[Role::RecordsOfficer, Role::Clinician, Role::System])
		.await?;
	let row = vault.chart(chart).await?;
	let organisation_key = at
		.organisation(vault.organisation)
		.await?
		.and_then(|organisation| organisation.encryption_key)
		.ok_or(Error::OrganisationKeyMissing)?;
	Ok(ChartKeys { chart_key: row.new.encryption_key, organisation_key: organisation_key.into() })
}

/// Whether the chain knows the chart, and then whether it is this one.
pub(crate) async fn is_enrolled(
	vault: &Vault,
	at: &At,
	new: &NewChart,
) -> Result<Option<bool>, ChainError> {
	let facts = at.chart(new.chart).await?;
	Ok(facts.map(|facts| facts.custodian == vault.organisation && facts.key == new.key))
}

/// Opens a chart that is on the chain; its note goes.
pub(crate) async fn open(vault: &Arc<Vault>, new: NewChart, noted: Option<u64>) -> Result<()> {
	if vault.stored(move |store| write_open(store, &new, noted)).await? {
		Ok(())
	} else {
		Err(Error::AlreadyExists(OTHER_KEYS))
	}
}

/// Whether the chart is open with these keys. Its note goes either way.
fn write_open(store: &Store, new: &NewChart, noted: Option<u64>) -> Result<bool> {
	store.write(|rows| {
		if let Some(number) = noted {
			rows.drop_at(&PENDING_CHARTS, number)?;
		}
		match rows.get(&CHARTS, &new.chart)? {
			None => {
				rows.put(&CHARTS, &new.chart, &ChartRow::empty(new.clone()))?;
				Ok(true)
			},
			Some(row) => Ok(row.new == *new),
		}
	})
}

/// Removes a note.
pub(crate) async fn forget(vault: &Arc<Vault>, noted: u64) -> Result<()> {
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| rows.drop_at(&PENDING_CHARTS, noted))?)
		})
		.await
}

/// Whether the transaction can not take effect any more.
pub(crate) fn is_settled(error: &ChainError) -> bool {
	matches!(
		error,
		ChainError::Refused { .. }
			| ChainError::PoolRefused { .. }
			| ChainError::NotEnrolled { .. }
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::store::{unvouched, Identity};
	use salus_client::vault_api::{DatabaseKey, Signature};
	use salus_primitives::enrolment::EnrolmentStatement;

	fn pending(new: NewChart) -> PendingChart {
		let statement = EnrolmentStatement {
			domain: ENROLMENT_DOMAIN,
			genesis: [0; 32],
			custodian: 1,
			chart: new.chart,
			key: new.key,
			expires: 1,
			guard: None,
		};
		PendingChart { new, statement, signature: Signature::Sr25519([0; 64]) }
	}

	#[test]
	fn a_chart_noted_with_two_keys_opens_with_the_first_and_leaves_no_note() {
		let folder = tempfile::tempdir().unwrap();
		let key = DatabaseKey { key: [5; 32] };
		let path = folder.path().join("vault.redb");
		let store = Store::open(&path, &key, Identity::new([0; 32], 1)).unwrap();
		let first =
			NewChart { chart: ChartId([1; 32]), key: [2; 32], encryption_key: unvouched([3; 32]) };
		let second = NewChart { encryption_key: unvouched([4; 32]), ..first.clone() };
		let noted = [&first, &second].map(|new| {
			let pending = pending(new.clone());
			store
				.write::<_, StoreError>(|rows| rows.push(&PENDING_CHARTS, &pending))
				.unwrap()
		});
		assert!(write_open(&store, &first, Some(noted[0])).unwrap());
		assert!(!write_open(&store, &second, Some(noted[1])).unwrap());
		let (row, notes) = store
			.read(|rows| Ok((rows.get(&CHARTS, &first.chart)?, rows.first(&PENDING_CHARTS, 2)?)))
			.unwrap();
		assert_eq!((row.unwrap().new, notes), (first, Vec::new()));
	}

	#[test]
	fn each_key_gives_one_word_and_none_of_before_comes_late() {
		let folder = tempfile::tempdir().unwrap();
		let key = DatabaseKey { key: [1; 32] };
		let path = folder.path().join("vault.redb");
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		let chart = ChartId([3; 32]);
		let (first, second, third) = ([1; 32], [2; 32], [3; 32]);
		let new = NewChart { chart, key: first, encryption_key: unvouched([9; 32]) };
		assert!(write_open(&store, &new, None).unwrap());
		let word = |seen, account, encryption| {
			write_word(&store, chart, seen, account, unvouched([encryption; 32]))
		};
		// The first key gave its word when the chart came; the same again is no other.
		word(first, first, 9).unwrap();
		assert!(matches!(word(first, first, 8), Err(Error::AlreadyExists(_))));
		word(first, second, 8).unwrap();
		// Looked up before the second gave its word, and written after it.
		assert!(matches!(word(first, third, 7), Err(Error::AlreadyExists(_))));
		word(second, third, 7).unwrap();
		let row = store.read(|rows| rows.get(&CHARTS, &chart)).unwrap().unwrap();
		assert_eq!((row.new.key, row.new.encryption_key.key), (third, [7; 32]));
	}
}

//! What recipients, their houses and patients see of recalls, and the answers.

use super::follow::{may_read, MayRead};
use crate::{
	clock::now,
	errors::{Error, Result},
	guardians::Reader,
	release::directives,
	store::{
		PendingRecord, RecallRow, RecalledRecord, RecallsOf, Rows, Store, StoreError, RECALLED,
		RECALLS, RECALLS_OF, RECALLS_OF_COUNT, RECORDS,
	},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{
		Recall, RecallAnswer, RecallId, RecallPage, RecallQuery, RecallWord, RecalledRecords,
		RECALLED_PER_PAGE, RECALLS_PER_PAGE, RECALL_DUE, RECALL_WORD_AGE, RECALL_WORD_AHEAD,
	},
};
use salus_primitives::{
	codes::{Role, StandingReason},
	ids::{AccountBytes, ChartId, OrganisationId},
	time::Moment,
};
use std::sync::Arc;

/// Decisions that one page may ask for, to find what was permitted again. What is beyond is not called so.
const DECISIONS: u32 = 128;

/// A page of the recalls of a chart, for its key and guardians who may read.
pub(crate) async fn of_chart(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
	from: u32,
) -> Result<RecallPage> {
	reader.chart_as_known(vault, chart).await?;
	page(vault, RecallsOf::Chart(chart), from).await
}

/// A page of the recalls of the caller, or of a house for those who speak for it.
pub(crate) async fn of_caller(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: RecallQuery,
) -> Result<RecallPage> {
	let list = match asked.house {
		Some(house) => {
			let at = vault.node.fresh().await?;
			speaks_for(&at, account, house).await?.map_err(Error::NotInStanding)?;
			RecallsOf::House(house)
		},
		// Also of who has lost every licence since.
		None => RecallsOf::Account(account),
	};
	page(vault, list, asked.from).await
}

/// One recall, for its recipient and those who speak for their house.
pub(crate) async fn one(vault: &Arc<Vault>, account: AccountBytes, id: RecallId) -> Result<Recall> {
	let row = concerned(vault, account, id).await?;
	told(vault, row, &mut Budget::default()).await
}

/// A page of the records of a recall, for the same.
pub(crate) async fn records(
	vault: &Arc<Vault>,
	account: AccountBytes,
	id: RecallId,
	from: u32,
) -> Result<RecalledRecords> {
	let row = concerned(vault, account, id).await?;
	let until = row.records.min(from.saturating_add(RECALLED_PER_PAGE));
	let records = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				(from..until)
					.map(|place| {
						let recalled = rows.get(&RECALLED, &(id, place))?;
						Ok(recalled.ok_or(StoreError::Damaged)?.record)
					})
					.collect::<Result<Vec<_>, StoreError>>()
			})?)
		})
		.await?;
	Ok(RecalledRecords { records, next: (until < row.records).then_some(until) })
}

/// Takes the answer of a recipient, or of who speaks for their house. Who has lost licence or place since
/// can still say that they deleted what they had.
pub(crate) async fn answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	id: RecallId,
	word: RecallWord,
) -> Result<Recall> {
	check(vault, account, id, &word, now())?;
	concerned(vault, account, id).await?;
	let row = vault.stored(move |store| keep(store, id, word)).await?;
	told(vault, row, &mut Budget::default()).await
}

/// Whether what was sent is this account's own word on this recall here, of now.
pub(super) fn check(
	vault: &Vault,
	account: AccountBytes,
	id: RecallId,
	word: &RecallWord,
	now: Moment,
) -> Result<()> {
	let said = &word.statement;
	if said.genesis != vault.genesis || said.custodian != vault.organisation {
		return Err(Error::WrongChain);
	}
	if said.recall != id || said.account != account {
		return Err(Error::Malformed(
			"the answer is about another recall, or by another account than the one that is signed in"
				.into(),
		));
	}
	if !word.holds(&vault.genesis, vault.organisation, &id) {
		return Err(Error::SignatureWrong);
	}
	let oldest = now.saturating_sub(RECALL_WORD_AGE);
	if said.at < oldest || said.at > now.saturating_add(RECALL_WORD_AHEAD) {
		return Err(Error::Malformed(
			"the answer is not of now: set the clock of the machine that signs, and sign anew"
				.into(),
		));
	}
	Ok(())
}

/// Writes an answer down, unless another one stands against it.
pub(super) fn keep(store: &Store, id: RecallId, word: RecallWord) -> Result<RecallRow> {
	store.write(|rows| {
		let mut row = rows.get(&RECALLS, &id)?.ok_or(Error::RecallUnknown)?;
		let said = word.statement;
		if said.records != row.records {
			return Err(Error::RecallGrew(row.records));
		}
		let before = row.answer.map(|word| word.statement);
		let before = before.filter(|before| before.records == row.records);
		match before.map(|before| before.answer) {
			Some(RecallAnswer::Deleted) if said.answer == RecallAnswer::Deleted => return Ok(row),
			Some(RecallAnswer::Deleted) => return Err(Error::DeletionAttested),
			_ => {},
		}
		row.answer = Some(word);
		rows.put(&RECALLS, &id, &row)?;
		Ok(row)
	})
}

/// The recall, if it concerns the account: as its recipient, or as one who speaks for their house.
async fn concerned(vault: &Arc<Vault>, account: AccountBytes, id: RecallId) -> Result<RecallRow> {
	let row = vault
		.stored(move |store| {
			store.read(|rows| rows.get(&RECALLS, &id))?.ok_or(Error::RecallUnknown)
		})
		.await?;
	if row.recipient.account != account {
		let at = vault.node.fresh().await?;
		let speaks = speaks_for(&at, account, row.recipient.organisation).await?;
		speaks.map_err(|_| Error::NotTheRecipient)?;
	}
	Ok(row)
}

/// Whether the account speaks for the house: as administrator or as records officer, in good standing.
async fn speaks_for(
	at: &At,
	account: AccountBytes,
	house: OrganisationId,
) -> Result<Result<(), StandingReason>> {
	let mut closest = StandingReason::NotStaff;
	for role in [Role::Administrator, Role::RecordsOfficer] {
		let reasons = at.standing(account, house, role).await?;
		let Some(reason) = reasons.iter().next() else { return Ok(Ok(())) };
		closest = closest.max(reason);
	}
	Ok(Err(closest))
}

async fn page(vault: &Arc<Vault>, list: RecallsOf, from: u32) -> Result<RecallPage> {
	let (found, next) = vault.stored(move |store| Ok(listed(store, list, from)?)).await?;
	let mut budget = Budget::default();
	let mut recalls = Vec::with_capacity(found.len());
	for row in found {
		recalls.push(told(vault, row, &mut budget).await?);
	}
	Ok(RecallPage { recalls, next })
}

/// The rows of a page, and where the next one begins.
pub(super) fn listed(
	store: &Store,
	list: RecallsOf,
	from: u32,
) -> Result<(Vec<RecallRow>, Option<u32>), StoreError> {
	store.read(|rows| {
		let end = rows.get(&RECALLS_OF_COUNT, &list)?.unwrap_or(0);
		let until = end.min(from.saturating_add(RECALLS_PER_PAGE));
		let found = (from..until).map(|place| {
			let id = rows.get(&RECALLS_OF, &(list, place))?.ok_or(StoreError::Damaged)?;
			rows.get(&RECALLS, &id)?.ok_or(StoreError::Damaged)
		});
		Ok((found.collect::<Result<_, _>>()?, (until < end).then_some(until)))
	})
}

/// How many decisions a request has left.
struct Budget(u32);

impl Default for Budget {
	fn default() -> Self {
		Self(DECISIONS)
	}
}

async fn told(vault: &Arc<Vault>, row: RecallRow, budget: &mut Budget) -> Result<Recall> {
	let RecallRow { id, chart, directive, recipient, practitioner, since, records, answer } = row;
	let permitted_again = is_permitted_again(vault, &row, budget).await?;
	let due = since.saturating_add(RECALL_DUE);
	Ok(Recall {
		id,
		chart,
		directive,
		recipient,
		practitioner,
		since,
		due,
		records,
		permitted_again,
		answer,
	})
}

/// Whether all of it that is still here may be read again, as at first. While that can not be seen, it is not
/// said.
async fn is_permitted_again(
	vault: &Arc<Vault>,
	row: &RecallRow,
	budget: &mut Budget,
) -> Result<bool> {
	if row.records > budget.0 {
		return Ok(false);
	}
	// Lists are read while our node is away, too.
	let Ok(at) = vault.node.fresh().await else { return Ok(false) };
	let (id, count) = (row.id, row.records);
	let records = vault
		.stored(move |store| Ok(store.read(|rows| recalled(rows, id, count))?))
		.await?;
	let held = directives(vault, &at, row.chart).await?;
	let mut any = false;
	for (recalled, record) in records {
		let Some(record) = record else { continue };
		budget.0 = budget.0.saturating_sub(1);
		match may_read(vault, &at, row.recipient, recalled, record, &held).await? {
			MayRead::Yes(_) => any = true,
			MayRead::Erased => {},
			MayRead::No | MayRead::NotSaid => return Ok(false),
		}
	}
	Ok(any)
}

/// The records of a recall, with what is still here of each.
fn recalled(
	rows: &impl Rows,
	id: RecallId,
	count: u32,
) -> Result<Vec<(RecalledRecord, Option<PendingRecord>)>, StoreError> {
	(0..count)
		.map(|place| {
			let recalled = rows.get(&RECALLED, &(id, place))?.ok_or(StoreError::Damaged)?;
			let record = rows.get(&RECORDS, &recalled.record)?.map(|row| row.record);
			Ok((recalled, record))
		})
		.collect()
}

//! The log of who saw what: durable before anything leaves, then under roots on the chain.
//!
//! An entry is appended to its chart's log and to the outbox in one transaction. Every interval the
//! outbox becomes a batch, padded with random leaves to a power of two, so that its size tells
//! little. A batch is posted once, however often the vault is killed: before a transaction is sent,
//! the batch is marked with the block after which that transaction can not come in any more; as long
//! as that block is not final, the batch's root is only looked for on chain, never sent again.

use crate::{
	charts::is_settled,
	clock::random,
	emergency, erasure,
	errors::{Error, Result},
	finding, recalls,
	store::{
		Batch, DisclosureRow, OutboxEntry, Posting, Rows, Store, StoreError, Writing, BATCHES,
		BATCH_COUNT, BATCH_POSTERS, CHARTS, DISCLOSURES, OUTBOX, POSTING,
	},
	vault::Vault,
};
use salus_client::{
	chain::{At, Call, ChainError},
	vault_api::{Disclosure, DisclosurePage, DisclosureProof, Head, DISCLOSURES_PER_PAGE},
};
use salus_primitives::{
	codes::{Action, Purpose},
	decision::{Accessor, DenyReason},
	disclosure::{self, DisclosureEntry, Outcome, Subject},
	ids::{AccountBytes, ChartId, OrganisationId, PractitionerId, Salt, Seal},
	seal::Opening,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::{interval, MissedTickBehavior};

pub(crate) mod looks;

/// Fewest leaves of a batch.
const MIN_LEAVES: usize = 8;
/// Most entries of a batch; more make another one.
const MAX_ENTRIES: usize = 4096;
/// Blocks within which a transaction that was sent comes in or never does. A transaction lives for
/// 128 (see `Chain::submit`), counted from when it is signed, which may be some blocks after the
/// head was read.
const IN_FLIGHT: u32 = 128 + 64;

/// An access to be logged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
	/// Who is signed in, which the log does not tell of guardians.
	pub(crate) account: AccountBytes,
	pub(crate) chart: ChartId,
	pub(crate) accessor: Accessor,
	pub(crate) practitioner: Option<PractitionerId>,
	pub(crate) action: Action,
	pub(crate) purpose: Purpose,
	pub(crate) subject: Subject,
	/// The finalised head at which it was decided.
	pub(crate) head: Head,
}

/// Logs an access with its outcome; on disk when this returns. Answers the entry's sequence.
pub(crate) async fn log(vault: &Arc<Vault>, access: Access, outcome: Outcome) -> Result<u32> {
	let (sequence, ()) = log_with(vault, access, outcome, |_| Ok(())).await?;
	Ok(sequence)
}

/// As [`log`], also while the holding is closed: for what its receiver gets.
pub(crate) async fn log_in_any_case(
	vault: &Arc<Vault>,
	access: Access,
	outcome: Outcome,
) -> Result<u32> {
	let (sequence, ()) = write(vault, access, outcome, |_| Ok(())).await?;
	Ok(sequence)
}

/// [`log`], and something else in the same write; if that fails, nothing is logged.
pub(crate) async fn log_with<T: Send + 'static>(
	vault: &Arc<Vault>,
	access: Access,
	outcome: Outcome,
	also: impl FnOnce(&Writing<'_>) -> Result<T> + Send + 'static,
) -> Result<(u32, T)> {
	// Held until the line is on disk: who closes the holding waits for it.
	let _open = vault.holdings.logging().await?;
	write(vault, access, outcome, also).await
}

/// Changes rows by `work`, which appends by [`append_to`] the line with the outcome that it gives, or none; all or
/// nothing.
pub(crate) async fn log_by<T: Send + 'static>(
	vault: &Arc<Vault>,
	work: impl FnOnce(&Writing<'_>) -> Result<(T, Option<Outcome>)> + Send + 'static,
) -> Result<T> {
	let _open = vault.holdings.logging().await?;
	let (done, logged) = vault.stored(move |store| store.write(work)).await?;
	if let Some(outcome) = logged {
		vault.ops.metrics.disclosure(&outcome);
	}
	Ok(done)
}

async fn write<T: Send + 'static>(
	vault: &Arc<Vault>,
	access: Access,
	outcome: Outcome,
	also: impl FnOnce(&Writing<'_>) -> Result<T> + Send + 'static,
) -> Result<(u32, T)> {
	let here = vault.organisation;
	let work = move |store: &Store| {
		store.write(|rows| {
			let done = also(rows)?;
			Ok::<_, Error>((append_to(rows, here, &access, outcome)?, done))
		})
	};
	let logged = vault.stored(work).await?;
	vault.ops.metrics.disclosure(&outcome);
	Ok(logged)
}

/// Logs that an access was refused before anything was logged as released. An account that is refused
/// again and again is told to wait instead, so that it can not grow a chart's log without bound. Answers
/// the entry's sequence; there is none of somebody who only says to be a guardian, for anybody can make
/// such a card, and its leaf would name nobody.
pub(crate) async fn log_refusal(
	vault: &Arc<Vault>,
	access: Access,
	code: u8,
) -> Result<Option<u32>> {
	limit_refusals(vault, &access)?;
	if code == DenyReason::NotAGuardian.code() {
		return Ok(None);
	}
	log(vault, access, Outcome::Refused(code)).await.map(Some)
}

/// Takes one of the refusals that the account has with this chart.
pub(crate) fn limit_refusals(vault: &Vault, access: &Access) -> Result<()> {
	let limited = vault.ops.limits.refusal(access.account, access.chart);
	limited.inspect_err(|_| vault.ops.metrics.limited("refusals"))
}

#[cfg(test)]
pub(crate) fn append(
	store: &Store,
	here: OrganisationId,
	access: &Access,
	outcome: Outcome,
) -> Result<u32> {
	store.write(|rows| append_to(rows, here, access, outcome))
}

/// Appends the line in this write. Answers its sequence.
pub(crate) fn append_to(
	rows: &Writing<'_>,
	here: OrganisationId,
	access: &Access,
	outcome: Outcome,
) -> Result<u32> {
	if let (Subject::Record(record), Outcome::Released(_)) = (access.subject, outcome) {
		// Its receipt says who has it, and is sealed: nobody may follow.
		if erasure::is_under_way(rows, &record)? {
			return Err(Error::RecordBeingErased);
		}
	}
	let mut chart = rows.get(&CHARTS, &access.chart)?.ok_or(Error::ChartUnknown)?;
	let terms = DisclosureEntry {
		chart: access.chart,
		sequence: chart.disclosures.next,
		previous: chart.disclosures.last,
		at: access.head.at,
		head: access.head.hash,
		accessor: access.accessor,
		practitioner: access.practitioner,
		action: access.action,
		purpose: access.purpose,
		subject: access.subject,
		outcome,
	};
	let (sequence, glass) = (terms.sequence, terms.broken_glass());
	let opening = Opening { terms, salt: Salt(random()?) };
	let leaf = opening.seal();
	chart.disclosures = chart.disclosures.after(leaf);
	rows.put(&CHARTS, &access.chart, &chart)?;
	recalls::note(rows, here, &opening.terms)?;
	let row = DisclosureRow { opening, batch: None };
	rows.put(&DISCLOSURES, &(access.chart, sequence), &row)?;
	rows.push(&OUTBOX, &OutboxEntry { chart: access.chart, sequence, leaf })?;
	if let Some(id) = glass {
		emergency::note(rows, &access.chart, id, sequence)?;
		if access.subject == Subject::Presence {
			finding::note(rows, &access.chart, id)?;
		}
	}
	Ok(sequence)
}

/// A page of the chart's log.
fn read_page(
	rows: &impl Rows,
	organisation: OrganisationId,
	chart: ChartId,
	from: u32,
) -> Result<DisclosurePage, StoreError> {
	let end = rows.get(&CHARTS, &chart)?.map_or(0, |row| row.disclosures.next);
	let until = end.min(from.saturating_add(DISCLOSURES_PER_PAGE));
	let mut batches: HashMap<u64, Batch> = HashMap::new();
	let mut entries = Vec::new();
	for sequence in from..until {
		let row = rows.get(&DISCLOSURES, &(chart, sequence))?.ok_or(StoreError::Damaged)?;
		let proof = match row.batch {
			None => None,
			Some((number, index)) => {
				// What came with a holding lies under roots of whoever kept it then.
				let poster = rows.get(&BATCH_POSTERS, &number)?;
				let organisation = poster.unwrap_or(organisation);
				if let std::collections::hash_map::Entry::Vacant(slot) = batches.entry(number) {
					slot.insert(rows.get(&BATCHES, &number)?.ok_or(StoreError::Damaged)?);
				}
				batches.get(&number).and_then(|batch| {
					let proof = disclosure::prove(&batch.leaves, index)?;
					Some(DisclosureProof { organisation, number: batch.number?, proof })
				})
			},
		};
		entries.push(Disclosure { opening: row.opening, proof });
	}
	Ok(DisclosurePage { entries, next: (until < end).then_some(until) })
}

/// The task that posts, until told to end; then once more.
pub(crate) async fn post_forever(vault: Arc<Vault>, every: Duration) {
	let mut ticks = interval(every);
	ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
	loop {
		let last = tokio::select! {
			_ = ticks.tick() => false,
			() = vault.ops.farewell.closing() => true,
		};
		if let Err(error) = round(&vault).await {
			tracing::warn!(%error, "disclosures wait to be posted");
		}
		if last {
			return;
		}
	}
}

/// Makes batches of the outbox, and brings every batch a step further.
async fn round(vault: &Arc<Vault>) -> Result<()> {
	let waiting = vault
		.stored(|store| {
			Ok(store.read(|rows| {
				Ok(!rows.first(&OUTBOX, 1)?.is_empty() || !rows.first(&POSTING, 1)?.is_empty())
			})?)
		})
		.await?;
	if !waiting {
		return Ok(());
	}
	let at = vault.node.finalised().await?;
	let from = at.disclosure_root_count(vault.organisation).await?;
	while vault.stored(move |store| form_batch(store, from)).await? {}
	let postings = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&POSTING, MAX_ENTRIES))?))
		.await?;
	for (batch, posting) in postings {
		advance(vault, batch, posting).await?;
	}
	Ok(())
}

/// Brings a batch a step further.
async fn advance(vault: &Arc<Vault>, batch: u64, posting: Posting) -> Result<()> {
	let at = vault.node.finalised().await?;
	if let Some(number) = find(vault.organisation, &at, &posting).await? {
		return vault.stored(move |store| posted(store, batch, number)).await;
	}
	if !may_send(&posting, at.head().number) {
		return Ok(());
	}
	let until = at.head().number.saturating_add(IN_FLIGHT);
	vault.stored(move |store| set_in_flight(store, batch, Some(until))).await?;
	let call = Call::post_disclosure_root(vault.organisation, posting.root, posting.leaves);
	match vault.submit(&call).await {
		Ok(_) => {
			let at = vault.node.finalised().await?;
			match find(vault.organisation, &at, &posting).await? {
				Some(number) => vault.stored(move |store| posted(store, batch, number)).await,
				// The next round finds it.
				None => Ok(()),
			}
		},
		Err(error) => {
			// Executed and refused, or never taken: nothing is on its way.
			if is_settled(&error) {
				vault.stored(move |store| set_in_flight(store, batch, None)).await?;
			}
			Err(error.into())
		},
	}
}

/// The number of the batch's root on chain.
async fn find(
	organisation: OrganisationId,
	at: &At,
	posting: &Posting,
) -> Result<Option<u32>, ChainError> {
	// The newest first: it lies at the end, unless it was lost sight of.
	for number in (posting.from..at.disclosure_root_count(organisation).await?).rev() {
		let root = at.disclosure_root(organisation, number).await?;
		if root.is_some_and(|posted| posted.root == posting.root) {
			return Ok(Some(number));
		}
	}
	Ok(None)
}

/// Whether a batch whose root is not on the chain up to the finalised `head` can be sent without a
/// danger that it comes in twice.
fn may_send(posting: &Posting, head: u32) -> bool {
	posting.in_flight_until.is_none_or(|until| until < head)
}

/// Makes a batch of the outbox, whose root can have a number from `from` on. Whether there was
/// something to make one of.
fn form_batch(store: &Store, from: u32) -> Result<bool> {
	store.write(|rows| {
		let entries = rows.first(&OUTBOX, MAX_ENTRIES)?;
		if entries.is_empty() {
			return Ok(false);
		}
		let batch = rows.get(&BATCH_COUNT, &())?.unwrap_or(0);
		let mut leaves = Vec::new();
		for (index, (place, entry)) in (0u32..).zip(entries) {
			let key = (entry.chart, entry.sequence);
			let mut row = rows.get(&DISCLOSURES, &key)?.ok_or(StoreError::Damaged)?;
			row.batch = Some((batch, index));
			rows.put(&DISCLOSURES, &key, &row)?;
			rows.drop_at(&OUTBOX, place)?;
			leaves.push(entry.leaf);
		}
		while leaves.len() < MIN_LEAVES || !leaves.len().is_power_of_two() {
			leaves.push(Seal(random()?));
		}
		let posting = Posting {
			root: disclosure::root(&leaves),
			leaves: u32::try_from(leaves.len()).map_err(|_| StoreError::Damaged)?,
			from,
			in_flight_until: None,
		};
		rows.put(&BATCHES, &batch, &Batch { leaves, number: None })?;
		rows.put(&BATCH_COUNT, &(), &batch.saturating_add(1))?;
		rows.set(&POSTING, batch, &posting)?;
		Ok(true)
	})
}

fn set_in_flight(store: &Store, batch: u64, until: Option<u32>) -> Result<()> {
	store.write(|rows| {
		let mut posting = rows.at(&POSTING, batch)?.ok_or(StoreError::Damaged)?;
		posting.in_flight_until = until;
		Ok(rows.set(&POSTING, batch, &posting)?)
	})
}

/// The batch's root is final under this number.
fn posted(store: &Store, batch: u64, number: u32) -> Result<()> {
	store.write(|rows| {
		let mut row = rows.get(&BATCHES, &batch)?.ok_or(StoreError::Damaged)?;
		row.number = Some(number);
		rows.put(&BATCHES, &batch, &row)?;
		Ok(rows.drop_at(&POSTING, batch)?)
	})
}

#[cfg(test)]
mod tests;

//! Storing records: ciphertext first, then a waiting row, then a pending one, then the chain, then the
//! row that counts.
//!
//! One task anchors for the whole vault, at its ticks, up to [`BATCH`] records in one transaction, one
//! transaction at a time. So the sequence of every chart is given in one place, and a vault that is
//! killed leaves one batch to settle: anchored on chain, it is committed at the next start; otherwise
//! it is submitted again, which does no harm, for the chain takes the same record twice as once. What
//! waited for its batch waits again. What the chain refuses is removed, ciphertext and all.
//!
//! Between two transactions the same task anchors a batch of an import (`bulk`).

use crate::{
	batches::shuffle,
	bulk,
	charts::is_settled,
	clock::random,
	custody,
	errors::{Error, Result},
	own_entry::ensure_own_entry,
	store::{
		End, PendingRecord, RecordRow, Rows, Store, StoreError, WaitingRecord, Writing, CHARTS,
		CHART_RECORDS, INCOMING, PENDING_RECORDS, RECORDS, WAITING_RECORDS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{AnchorRecord, At, Call, ChainError},
	envelope::{envelope_size, WrapContext},
	vault_api::{
		Head, MarkEnteredInError, MarkedEnteredInError, NewRecord, StoredRecord, MAX_CIPHERTEXT,
	},
};
use salus_primitives::{
	codes::{RecordState, Role},
	ids::{AccountBytes, ChartId, OrganisationId, RecordId, Salt},
	seal::Opening,
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::{
	sync::{mpsc, oneshot},
	time::sleep,
};

/// Most records in one transaction, as the chain bounds it.
pub(crate) const BATCH: usize = 128;
/// Most records that wait for their transaction.
pub(crate) const QUEUE: usize = 1024;
/// How long to wait before a batch of unknown fate is looked at again.
pub(crate) const RETRY: Duration = Duration::from_secs(2);
/// Longest media type.
pub(crate) const MAX_MEDIA_TYPE: usize = 128;

/// Who may store and correct records.
pub(crate) const WRITERS: [Role; 3] = [Role::RecordsOfficer, Role::Clinician, Role::System];

/// A record that waits to be anchored.
pub(crate) struct Job {
	/// Its number in [`WAITING_RECORDS`].
	pub(crate) waiting: u64,
	pub(crate) record: WaitingRecord,
	/// To whoever waits for it.
	pub(crate) reply: Reply,
}

type Reply = Option<oneshot::Sender<Result<StoredRecord>>>;

/// Refuses what can not be stored, before its bytes are taken.
pub(crate) async fn admit(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	new: &NewRecord,
) -> Result<()> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &WRITERS).await?;
	vault.chart(chart).await?;
	check_form(vault.organisation, chart, new)?;
	match new.replaces {
		Some(replaced) => ensure_own_entry(vault, replaced).await,
		None => Ok(()),
	}
}

/// Refuses what is not as a record of this chart at this custodian must be.
pub(crate) fn check_form(custodian: OrganisationId, chart: ChartId, new: &NewRecord) -> Result<()> {
	if new.id.anchored_by() != custodian {
		return Err(Error::Malformed(
			"the record's id ends with the number of another organisation: derive it for this one"
				.into(),
		));
	}
	let printable = new.media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
	if new.media_type.len() > MAX_MEDIA_TYPE || !printable {
		return Err(Error::Malformed(format!(
			"the media type must be at most {MAX_MEDIA_TYPE} printable ASCII characters"
		)));
	}
	if envelope_size(new.size) > MAX_CIPHERTEXT {
		return Err(Error::TooLarge);
	}
	let to_custodian = matches!(
		new.wraps.custodian.context,
		WrapContext::Custodian { organisation, .. } if organisation == custodian
	);
	let patient =
		matches!(new.wraps.chart.context, WrapContext::Chart { chart: to } if to == chart);
	if !to_custodian || !patient {
		return Err(Error::Malformed(
			"the wraps must be for this custodian and for this chart".into(),
		));
	}
	Ok(())
}

/// Marks a record entered in error on chain. Asked again, answers the same.
pub(crate) async fn mark_entered_in_error(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
	asked: MarkEnteredInError,
) -> Result<MarkedEnteredInError> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &WRITERS).await?;
	vault.record(record).await?;
	let is_marked = |at: At| async move {
		let facts = at.record(record).await?;
		Ok::<_, ChainError>(facts.is_some_and(|facts| facts.state == RecordState::EnteredInError))
	};
	let block = at.head();
	if is_marked(at).await? {
		return Ok(MarkedEnteredInError { record, block });
	}
	ensure_own_entry(vault, record).await?;
	match vault.submit(&Call::mark_entered_in_error(record, asked.reason)).await {
		Ok(done) => Ok(MarkedEnteredInError { record, block: done.block }),
		Err(error) => {
			let at = vault.node.finalised().await?;
			let block = at.head();
			if is_marked(at).await? {
				return Ok(MarkedEnteredInError { record, block });
			}
			Err(error.into())
		},
	}
}

/// Removes the ciphertexts of uploads that the last process did not bring to an end.
pub(crate) async fn sweep(vault: &Arc<Vault>) -> Result<()> {
	loop {
		let left = vault
			.stored(|store| Ok(store.read(|rows| rows.first(&INCOMING, BATCH))?))
			.await?;
		if left.is_empty() {
			return Ok(());
		}
		for (number, names) in left {
			discard(vault, number, &names).await?;
		}
	}
}

/// What waited when the last process ended; nobody listens to it. To be asked before anything new is
/// taken, which has its job from the start.
pub(crate) async fn left_waiting(vault: &Arc<Vault>) -> Result<Vec<Job>> {
	let rows = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&WAITING_RECORDS, usize::MAX))?))
		.await?;
	let jobs = rows.into_iter().map(|(waiting, record)| {
		vault.writes.fates.wait(record.new.id);
		Job { waiting, record, reply: None }
	});
	Ok(jobs.collect())
}

/// The task that anchors: what was left waiting, then what comes, until told to end. What waits then
/// waits again in the next process.
pub(crate) async fn anchor_forever(
	vault: Arc<Vault>,
	mut waiting: Vec<Job>,
	mut jobs: mpsc::Receiver<Job>,
) {
	let turn = vault.custody.turn.lock().await;
	let left = loop {
		let pending =
			vault.stored(|store| Ok(store.read(|rows| rows.first(&PENDING_RECORDS, usize::MAX))?));
		match pending.await {
			Ok(pending) => break pending,
			Err(error) => tracing::error!(%error, "pending records can not be read"),
		}
		sleep(RETRY).await;
	};
	if !left.is_empty() {
		tracing::info!(records = left.len(), "settling records that were on their way");
		for (_, record) in &left {
			vault.writes.fates.wait(record.id);
		}
		match settle(&vault, &left, true, |_| ()).await {
			Ok(_) => left.iter().for_each(|(_, record)| vault.writes.fates.settle(record.id)),
			Err(error) => {
				// One of them takes the others with it: each has its turn below.
				tracing::warn!(%error, "records that were on their way were refused");
				let numbers = withdraw_surely(&vault, &left).await;
				waiting.extend(numbers.into_iter().zip(&left).map(|(waiting, (_, record))| Job {
					waiting,
					record: as_it_came(record),
					reply: None,
				}));
			},
		}
	}
	custody::settle_left(&vault).await;
	drop(turn);
	loop {
		// One batch of an import, then everyday writes have their turn.
		let more = bulk::anchor_next(&vault).await;
		// One that is left in the middle keeps its places.
		if !matches!(bulk::is_noted(&vault).await, Ok(false)) {
			tokio::select! {
				() = sleep(RETRY) => continue,
				() = vault.ops.farewell.closing() => return,
			}
		}
		if waiting.is_empty() {
			while let Some(job) = jobs.try_recv().ok().filter(|_| waiting.len() < QUEUE) {
				waiting.push(job);
			}
		}
		if waiting.is_empty() && more && !vault.ops.farewell.is_closing() {
			continue;
		}
		if waiting.is_empty() {
			tokio::select! {
				biased;
				count = jobs.recv_many(&mut waiting, BATCH) => if count == 0 { return },
				() = vault.ops.farewell.closing() => return,
				() = vault.bulk.due() => continue,
			}
		}
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = vault.writes.rhythm.tick() => {},
		}
		while waiting.len() < QUEUE {
			let Ok(job) = jobs.try_recv() else { break };
			waiting.push(job);
		}
		if let Err(error) = shuffle(&mut waiting, |job| job.record.chart) {
			tracing::error!(%error, "a batch can not be shuffled, so it is not sent");
			sleep(RETRY).await;
			continue;
		}
		while !waiting.is_empty() {
			if vault.ops.farewell.is_closing() {
				return;
			}
			let rest = waiting.split_off(waiting.len().min(BATCH));
			waiting = anchor(&vault, waiting).await;
			waiting.extend(rest);
		}
	}
}

/// Anchors what of these can go together; gives back the others.
async fn anchor(vault: &Arc<Vault>, jobs: Vec<Job>) -> Vec<Job> {
	let (batch, later) = screen(vault, jobs).await;
	if batch.is_empty() {
		return later;
	}
	for mut refused in attempt(vault, batch).await {
		// All or none: one that the chain refuses takes the others with it. Each alone, then.
		if refused.alone {
			answer(vault, refused.job, Err(refused.error)).await;
		} else {
			refused = match attempt(vault, vec![refused.job]).await.pop() {
				Some(refused) => refused,
				None => continue,
			};
			answer(vault, refused.job, Err(refused.error)).await;
		}
	}
	later
}

/// A job that the chain refused, alone or with others.
struct Refused {
	job: Job,
	error: Error,
	alone: bool,
}

/// Anchors a batch; gives back the jobs if the chain refuses it.
async fn attempt(vault: &Arc<Vault>, batch: Vec<Job>) -> Vec<Refused> {
	let _turn = vault.custody.turn.lock().await;
	let alone = batch.len() == 1;
	let rows: Vec<_> = batch.iter().map(|job| (job.waiting, job.record.clone())).collect();
	let pending = match vault.stored(move |store| write_pending(store, rows)).await {
		Ok(pending) => pending,
		Err(error) => {
			let error = error.to_string();
			return batch
				.into_iter()
				.map(|job| Refused { job, error: Error::Internal(error.clone()), alone: true })
				.collect();
		},
	};
	let mut replies: Vec<_> = batch.into_iter().map(|job| (job.reply, job.record)).collect();
	let settled = settle(vault, &pending, false, |error| {
		// Whoever waits is told that the fate is open; it is settled all the same.
		for reply in replies.iter_mut().filter_map(|(reply, _)| reply.take()) {
			let _ = reply.send(Err(error.clone().into()));
		}
	})
	.await;
	match settled {
		Ok(block) => {
			for ((reply, _), (_, record)) in replies.into_iter().zip(&pending) {
				vault.writes.fates.settle(record.id);
				if let Some(reply) = reply {
					let _ = reply.send(Ok(stored_record(record, block)));
				}
			}
			Vec::new()
		},
		Err(error) => {
			let waiting = withdraw_surely(vault, &pending).await;
			let jobs = replies.into_iter().zip(waiting);
			jobs.map(|((reply, record), waiting)| Refused {
				// One that was told already has nobody listening.
				job: Job { waiting, record, reply },
				error: error.clone().into(),
				alone,
			})
			.collect()
		},
	}
}

/// Submits a batch that is noted as pending until its fate is known. `unsure` says that an earlier
/// transaction with it may be on its way; `open` is told each time its fate stays open for now.
async fn settle(
	vault: &Arc<Vault>,
	pending: &[(u64, PendingRecord)],
	mut unsure: bool,
	mut open: impl FnMut(&ChainError),
) -> Result<Head, ChainError> {
	let records: Vec<_> = pending
		.iter()
		.map(|(_, record)| AnchorRecord {
			id: record.id,
			leaf: record.opening.seal(),
			replaces: record.replaces,
		})
		.collect();
	let call = Call::anchor_records(vault.organisation, &records);
	loop {
		let tried = async {
			if unsure {
				if let Some(block) = are_anchored(vault, &records).await? {
					return Ok(block);
				}
			}
			match vault.submit(&call).await {
				Ok(done) => Ok(done.block),
				Err(refused @ ChainError::Refused { .. }) => {
					are_anchored(vault, &records).await?.ok_or(refused)
				},
				Err(error) => Err(error),
			}
		};
		match tried.await {
			Ok(block) => loop {
				let anchored = pending.to_vec();
				match vault.stored(move |store| commit(store, &anchored, block)).await {
					Ok(()) => return Ok(block),
					Err(error) => tracing::error!(%error, "anchored records can not be written"),
				}
				sleep(RETRY).await;
			},
			Err(error @ ChainError::Refused { .. }) => return Err(error),
			Err(error) if is_settled(&error) && !unsure => return Err(error),
			Err(error) => {
				tracing::warn!(%error, "records wait to be anchored");
				unsure = true;
				open(&error);
			},
		}
		sleep(RETRY).await;
	}
}

/// The finalised head, if all these records are anchored there.
async fn are_anchored(vault: &Vault, records: &[AnchorRecord]) -> Result<Option<Head>, ChainError> {
	let at = vault.node.finalised().await?;
	for record in records {
		match at.record(record.id).await? {
			Some(facts) if facts.leaf == record.leaf => {},
			_ => return Ok(None),
		}
	}
	Ok(Some(at.head()))
}

/// Answers what needs no transaction; sorts the others into those that can go together and those
/// that must wait for them.
async fn screen(vault: &Arc<Vault>, jobs: Vec<Job>) -> (Vec<Job>, Vec<Job>) {
	let (mut batch, mut later): (Vec<Job>, Vec<Job>) = (Vec::new(), Vec::new());
	let at = match vault.node.fresh().await {
		Ok(at) => at,
		Err(error) => {
			let mut error = Some(error);
			for job in jobs {
				// What nobody waits for was promised to be kept.
				if job.reply.as_ref().is_none_or(oneshot::Sender::is_closed) {
					later.push(job);
					continue;
				}
				let error = error.take().unwrap_or(Error::NodeUnavailable("as before".into()));
				answer(vault, job, Err(error)).await;
			}
			if !later.is_empty() {
				sleep(RETRY).await;
			}
			return (batch, later);
		},
	};
	let mut taken = HashSet::new();
	for job in jobs {
		let ids = [Some(job.record.new.id), job.record.new.replaces];
		if ids.iter().flatten().any(|id| taken.contains(id)) {
			later.push(job);
			continue;
		}
		match check(vault, &at, &job).await {
			Ok(None) => {
				taken.extend(ids.into_iter().flatten());
				batch.push(job);
			},
			Ok(Some(stored)) => answer(vault, job, Ok(stored)).await,
			Err(error) => answer(vault, job, Err(error)).await,
		}
	}
	(batch, later)
}

/// Whether the record can be anchored; gives it back if it is stored already.
async fn check(vault: &Arc<Vault>, at: &At, job: &Job) -> Result<Option<StoredRecord>> {
	let (new, chart) = (job.record.new.clone(), job.record.chart);
	let (known, replaced) = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let replaced = new.replaces.map(|id| rows.get(&RECORDS, &id)).transpose()?;
				Ok((rows.get(&RECORDS, &new.id)?, replaced.flatten()))
			})?)
		})
		.await?;
	let new = &job.record.new;
	if let Some(RecordRow { record, block }) = known {
		let same = record.opening.terms.chart == chart
			&& record.opening.terms.ciphertext_digest == new.ciphertext_digest
			&& record.replaces == new.replaces;
		return if same {
			Ok(Some(stored_record(&record, block.into())))
		} else {
			Err(Error::AlreadyExists("another record is stored under this id: make a new id"))
		};
	}
	let version = match (new.replaces, replaced) {
		(None, _) => Some(1),
		(Some(_), None) => return Err(Error::RecordUnknown),
		(Some(id), Some(row)) => {
			let terms = &row.record.opening.terms;
			if terms.chart != chart {
				return Err(Error::RecordUnknown);
			}
			let facts = at.record(id).await?;
			if facts.is_none_or(|facts| facts.state != RecordState::Current) {
				return Err(Error::NotCurrent);
			}
			terms.version.checked_add(1)
		},
	};
	if version != Some(new.version) {
		return Err(Error::Malformed(
			"the version must be 1, or one more than the version replaced".into(),
		));
	}
	if at.record(new.id).await?.is_some() {
		return Err(Error::AlreadyExists(
			"the chain knows another record by this id: make a new id",
		));
	}
	Ok(None)
}

/// Answers a job that goes no further, and removes its ciphertext.
async fn answer(vault: &Arc<Vault>, job: Job, answer: Result<StoredRecord>) {
	let names = job.record.body.objects();
	let (waiting, noted) = (job.waiting, names.clone());
	let dropped = vault.stored(move |store| {
		Ok(store.write::<_, StoreError>(|rows| {
			rows.drop_at(&WAITING_RECORDS, waiting)?;
			rows.push(&INCOMING, &noted)
		})?)
	});
	let answer = match dropped.await {
		Ok(incoming) => discard(vault, incoming, &names).await.and(answer),
		Err(error) => Err(error),
	};
	match &answer {
		Ok(stored) => vault.writes.fates.settle(stored.record),
		Err(error) => vault.writes.fates.refuse(job.record.new.id, error.body()),
	}
	if let Some(reply) = job.reply {
		let _ = reply.send(answer);
	}
}

/// Removes objects that no row but this one of [`INCOMING`] holds.
pub(crate) async fn discard(vault: &Arc<Vault>, incoming: u64, names: &[[u8; 32]]) -> Result<()> {
	for name in names {
		vault.objects.discard(name).await?;
	}
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| rows.drop_at(&INCOMING, incoming))?)
		})
		.await
}

/// [`withdraw`] until it is on disk. The next batch gives the same places in the charts' sequences
/// again, so it must not begin before.
async fn withdraw_surely(vault: &Arc<Vault>, pending: &[(u64, PendingRecord)]) -> Vec<u64> {
	loop {
		let withdrawn = pending.to_vec();
		match vault.stored(move |store| withdraw(store, &withdrawn)).await {
			Ok(waiting) => return waiting,
			Err(error) => tracing::error!(%error, "refused records can not be withdrawn"),
		}
		sleep(RETRY).await;
	}
}

/// What is told of an anchored record.
pub(crate) fn stored_record(record: &PendingRecord, block: Head) -> StoredRecord {
	StoredRecord {
		record: record.id,
		sequence: record.opening.terms.sequence,
		version: record.opening.terms.version,
		leaf: record.opening.seal(),
		block,
	}
}

/// Notes a batch as pending: completes the terms, each chart's records in sequence.
fn write_pending(
	store: &Store,
	batch: Vec<(u64, WaitingRecord)>,
) -> Result<Vec<(u64, PendingRecord)>> {
	store.write(|rows| {
		let mut ends = HashMap::new();
		let mut pending = Vec::with_capacity(batch.len());
		for (waiting, record) in batch {
			let record = place(rows, &mut ends, record)?;
			let number = rows.push(&PENDING_RECORDS, &record)?;
			rows.drop_at(&WAITING_RECORDS, waiting)?;
			pending.push((number, record));
		}
		Ok(pending)
	})
}

/// Gives a record the next place in its chart. `ends` has the ends of charts of which others of the batch
/// have theirs.
pub(crate) fn place(
	rows: &impl Rows,
	ends: &mut HashMap<ChartId, End>,
	WaitingRecord { chart, new, body }: WaitingRecord,
) -> Result<PendingRecord> {
	let end = match ends.get(&chart) {
		Some(end) => *end,
		None => rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?.records,
	};
	let terms = new.terms(chart, end.next, end.last);
	let opening = Opening { terms, salt: Salt(random()?) };
	ends.insert(chart, end.after(opening.seal()));
	Ok(PendingRecord {
		id: new.id,
		opening,
		replaces: new.replaces,
		media_type: new.media_type,
		body,
		wraps: new.wraps,
	})
}

/// Makes anchored records count.
fn commit(store: &Store, pending: &[(u64, PendingRecord)], block: Head) -> Result<()> {
	store.write(|rows| {
		for (number, record) in pending {
			keep(rows, record, block)?;
			rows.drop_at(&PENDING_RECORDS, *number)?;
		}
		Ok(())
	})
}

/// Makes a record count that has its place in its chart.
pub(crate) fn keep(rows: &Writing<'_>, record: &PendingRecord, block: Head) -> Result<()> {
	let terms = &record.opening.terms;
	let mut chart = rows.get(&CHARTS, &terms.chart)?.ok_or(Error::ChartUnknown)?;
	// After a restore, one that follows and was erased may be past already.
	chart.records = chart.records.past(terms.sequence, record.opening.seal());
	rows.put(&CHARTS, &terms.chart, &chart)?;
	rows.put(&CHART_RECORDS, &(terms.chart, terms.sequence), &record.id)?;
	let row = RecordRow { record: record.clone(), block: block.into() };
	rows.put(&RECORDS, &record.id, &row)?;
	Ok(())
}

/// Takes a pending batch back: its records wait again.
fn withdraw(store: &Store, pending: &[(u64, PendingRecord)]) -> Result<Vec<u64>> {
	store.write(|rows| {
		pending
			.iter()
			.map(|(number, record)| {
				rows.drop_at(&PENDING_RECORDS, *number)?;
				Ok(rows.push(&WAITING_RECORDS, &as_it_came(record))?)
			})
			.collect()
	})
}

/// A record without what its batch gave it.
pub(crate) fn as_it_came(record: &PendingRecord) -> WaitingRecord {
	let terms = &record.opening.terms;
	let new = NewRecord {
		id: record.id,
		replaces: record.replaces,
		version: terms.version,
		category: terms.category,
		confidentiality: terms.confidentiality,
		sensitivity: terms.sensitivity,
		author: terms.author,
		encounter: terms.encounter,
		clinical_date: terms.clinical_date,
		media_type: record.media_type.clone(),
		size: terms.size,
		content_digest: terms.content_digest,
		ciphertext_digest: terms.ciphertext_digest,
		wraps: record.wraps.clone(),
	};
	WaitingRecord { chart: terms.chart, new, body: record.body.clone() }
}

#[cfg(test)]
mod tests;

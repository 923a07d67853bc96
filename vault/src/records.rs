//! Storing records: ciphertext first, then a pending row, then the chain, then the row that counts.
//!
//! One task anchors for the whole vault, up to [`BATCH`] records in one transaction, one transaction
//! at a time. So the sequence of every chart is given in one place, and a vault that is killed leaves
//! one batch to settle: anchored on chain, it is committed at the next start; otherwise it is
//! submitted again, which does no harm, for the chain takes the same record twice as once. What the
//! chain refuses is removed, ciphertext and all.

use crate::{
	charts::is_settled,
	clock::random,
	errors::{Error, Result},
	store::{
		PendingRecord, RecordRow, Rows, Store, StoreError, CHARTS, CHART_RECORDS, INCOMING,
		PENDING_RECORDS, RECORDS,
	},
	vault::Vault,
};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use salus_client::{
	chain::{AnchorRecord, At, Call, ChainError},
	envelope::{envelope_size, WrapContext},
	vault_api::{
		Head, MarkEnteredInError, MarkedEnteredInError, NewRecord, StoredRecord, MAX_CIPHERTEXT,
	},
};
use salus_primitives::{
	codes::{RecordState, Role},
	ids::{AccountBytes, ChartId, RecordId, Salt},
	record::RecordTerms,
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
use tracing::Instrument;

/// Most records in one transaction, as the chain bounds it.
pub(crate) const BATCH: usize = 128;
/// Most records that wait for their transaction.
pub(crate) const QUEUE: usize = 256;
/// How long more records are waited for before a transaction is made.
const GATHER: Duration = Duration::from_millis(10);
/// How long a caller waits for finality.
const PATIENCE: Duration = Duration::from_secs(100);
/// How long to wait before a batch of unknown fate is looked at again.
const RETRY: Duration = Duration::from_secs(2);
/// Longest media type.
const MAX_MEDIA_TYPE: usize = 128;

/// Who may store and correct records.
const WRITERS: [Role; 3] = [Role::RecordsOfficer, Role::Clinician, Role::System];

/// A record whose ciphertext is stored and that waits to be anchored.
pub(crate) struct Job {
	chart: ChartId,
	new: NewRecord,
	object: [u8; 32],
	/// Its row in [`INCOMING`].
	incoming: u64,
	reply: oneshot::Sender<Result<StoredRecord>>,
}

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
	let printable = new.media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
	if new.media_type.len() > MAX_MEDIA_TYPE || !printable {
		return Err(Error::Malformed(format!(
			"the media type must be at most {MAX_MEDIA_TYPE} printable ASCII characters"
		)));
	}
	if envelope_size(new.size) > MAX_CIPHERTEXT {
		return Err(Error::TooLarge);
	}
	let custodian = matches!(
		new.wraps.custodian.context,
		WrapContext::Custodian { organisation, .. } if organisation == vault.organisation
	);
	let patient =
		matches!(new.wraps.chart.context, WrapContext::Chart { chart: to } if to == chart);
	if !custodian || !patient {
		return Err(Error::Malformed(
			"the wraps must be for this custodian and for this chart".into(),
		));
	}
	Ok(())
}

/// Stores and anchors a record. Sent again, answers the same.
pub(crate) async fn store(
	vault: &Arc<Vault>,
	chart: ChartId,
	new: NewRecord,
	body: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<StoredRecord> {
	let vault = Arc::clone(vault);
	// Goes on when the caller hangs up, so that what was begun is settled.
	let task = async move {
		let _permit = vault.uploads.try_acquire().map_err(|_| Error::Busy)?;
		let object = random()?;
		let incoming = vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &object))?)
			})
			.await?;
		let put = vault.objects.put(&object, &new.ciphertext_digest, body).await;
		// Readers do not take an envelope of another size than its terms tell.
		let whole = put.and_then(|size| {
			if size == envelope_size(new.size) {
				return Ok(());
			}
			Err(Error::Malformed(
				"the size announced is not that of the content sent: send the record again".into(),
			))
		});
		if let Err(error) = whole {
			discard(&vault, incoming, object).await?;
			return Err(error);
		}
		let (reply, answer) = oneshot::channel();
		let job = Job { chart, new, object, incoming, reply };
		match vault.anchoring.try_send(job) {
			Ok(()) => Ok(answer),
			Err(_) => {
				discard(&vault, incoming, object).await?;
				Err(Error::Busy)
			},
		}
	};
	let answer = tokio::spawn(task.in_current_span())
		.await
		.map_err(|_| Error::Internal("an upload was broken off".into()))??;
	match tokio::time::timeout(PATIENCE, answer).await {
		Ok(Ok(answered)) => answered,
		Ok(Err(_)) => Err(Error::Internal("the anchoring task has ended".into())),
		Err(_) => Err(Error::NotFinalInTime),
	}
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
		for (number, object) in left {
			discard(vault, number, object).await?;
		}
	}
}

/// The task that anchors, until told to end when nothing waits.
pub(crate) async fn anchor_forever(vault: Arc<Vault>, mut jobs: mpsc::Receiver<Job>) {
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
		let settled = settle(&vault, &left, true, |_| ()).await;
		if let Err(error) = settled {
			tracing::warn!(%error, "records that were on their way were refused and removed");
			let incoming = withdraw_surely(&vault, &left).await;
			for ((_, record), incoming) in left.iter().zip(incoming) {
				if let Err(error) = discard(&vault, incoming, record.object).await {
					tracing::error!(%error, "a refused record's ciphertext could not be removed");
				}
			}
		}
	}
	let mut waiting = Vec::new();
	loop {
		if waiting.is_empty() {
			tokio::select! {
				biased;
				count = jobs.recv_many(&mut waiting, BATCH) => if count == 0 { return },
				() = vault.ops.farewell.closing() => return,
			}
		}
		sleep(GATHER).await;
		while waiting.len() < BATCH {
			let Ok(job) = jobs.try_recv() else { break };
			waiting.push(job);
		}
		waiting = anchor(&vault, std::mem::take(&mut waiting)).await;
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
	let alone = batch.len() == 1;
	let rows: Vec<_> = batch
		.iter()
		.map(|job| (job.chart, job.new.clone(), job.object, job.incoming))
		.collect();
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
	let mut replies: Vec<_> =
		batch.into_iter().map(|job| (Some(job.reply), job.chart, job.new)).collect();
	let settled = settle(vault, &pending, false, |error| {
		// Whoever waits is told that the fate is open; it is settled all the same.
		for reply in replies.iter_mut().filter_map(|(reply, _, _)| reply.take()) {
			let _ = reply.send(Err(error.clone().into()));
		}
	})
	.await;
	match settled {
		Ok(block) => {
			for ((reply, _, _), (_, record)) in replies.into_iter().zip(&pending) {
				if let Some(reply) = reply {
					let _ = reply.send(Ok(stored_record(record, block)));
				}
			}
			Vec::new()
		},
		Err(error) => {
			let incoming = withdraw_surely(vault, &pending).await;
			let jobs = replies.into_iter().zip(pending).zip(incoming);
			jobs.map(|(((reply, chart, new), (_, record)), incoming)| Refused {
				job: Job {
					chart,
					new,
					object: record.object,
					incoming,
					// One that was told already has nobody listening.
					reply: reply.unwrap_or_else(|| oneshot::channel().0),
				},
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
				let error = error.take().unwrap_or(Error::NodeUnavailable("as before".into()));
				answer(vault, job, Err(error)).await;
			}
			return (batch, later);
		},
	};
	let mut taken = HashSet::new();
	for job in jobs {
		let ids = [Some(job.new.id), job.new.replaces];
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
	let (new, chart) = (job.new.clone(), job.chart);
	let (known, replaced) = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let replaced = new.replaces.map(|id| rows.get(&RECORDS, &id)).transpose()?;
				Ok((rows.get(&RECORDS, &new.id)?, replaced.flatten()))
			})?)
		})
		.await?;
	let new = &job.new;
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
	let discarded = discard(vault, job.incoming, job.object).await;
	let _ = job.reply.send(discarded.and(answer));
}

async fn discard(vault: &Arc<Vault>, incoming: u64, object: [u8; 32]) -> Result<()> {
	vault.objects.discard(&object).await?;
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
			Ok(incoming) => return incoming,
			Err(error) => tracing::error!(%error, "refused records can not be withdrawn"),
		}
		sleep(RETRY).await;
	}
}

fn stored_record(record: &PendingRecord, block: Head) -> StoredRecord {
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
	batch: Vec<(ChartId, NewRecord, [u8; 32], u64)>,
) -> Result<Vec<(u64, PendingRecord)>> {
	store.write(|rows| {
		let mut ends = HashMap::new();
		let mut pending = Vec::with_capacity(batch.len());
		for (chart, new, object, incoming) in batch {
			let end = match ends.get(&chart) {
				Some(end) => *end,
				None => rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?.records,
			};
			let terms = RecordTerms {
				chart,
				sequence: end.next,
				previous_leaf: end.last,
				version: new.version,
				category: new.category,
				confidentiality: new.confidentiality,
				sensitivity: new.sensitivity,
				author: new.author,
				encounter: new.encounter,
				clinical_date: new.clinical_date,
				size: new.size,
				content_digest: new.content_digest,
				ciphertext_digest: new.ciphertext_digest,
			};
			let opening = Opening { terms, salt: Salt(random()?) };
			ends.insert(chart, end.after(opening.seal()));
			let record = PendingRecord {
				id: new.id,
				opening,
				replaces: new.replaces,
				media_type: new.media_type,
				object,
				wraps: new.wraps,
			};
			let number = rows.push(&PENDING_RECORDS, &record)?;
			rows.drop_at(&INCOMING, incoming)?;
			pending.push((number, record));
		}
		Ok(pending)
	})
}

/// Makes anchored records count.
fn commit(store: &Store, pending: &[(u64, PendingRecord)], block: Head) -> Result<()> {
	store.write(|rows| {
		for (number, record) in pending {
			let terms = &record.opening.terms;
			let mut chart = rows.get(&CHARTS, &terms.chart)?.ok_or(Error::ChartUnknown)?;
			chart.records = chart.records.after(record.opening.seal());
			rows.put(&CHARTS, &terms.chart, &chart)?;
			rows.put(&CHART_RECORDS, &(terms.chart, terms.sequence), &record.id)?;
			let row = RecordRow { record: record.clone(), block: block.into() };
			rows.put(&RECORDS, &record.id, &row)?;
			rows.drop_at(&PENDING_RECORDS, *number)?;
		}
		Ok(())
	})
}

/// Takes a pending batch back: its ciphertexts are nobody's again.
fn withdraw(store: &Store, pending: &[(u64, PendingRecord)]) -> Result<Vec<u64>> {
	store.write(|rows| {
		pending
			.iter()
			.map(|(number, record)| {
				rows.drop_at(&PENDING_RECORDS, *number)?;
				Ok(rows.push(&INCOMING, &record.object)?)
			})
			.collect()
	})
}

/// A request's body as a stream of pieces.
pub(crate) fn pieces(body: axum::body::Body) -> impl Stream<Item = Result<Bytes>> + Send {
	body.into_data_stream()
		.map_err(|_| Error::Malformed("the body broke off: send the record again".into()))
}

#[cfg(test)]
mod tests;

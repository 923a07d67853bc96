//! Taking records in: the ciphertext in one request, and the wait for the batch, which outlives a vault
//! that is killed and a caller who hangs up. `records` anchors what waits here.

use crate::{
	batches::{Answer, Fates, Preference, Rhythm},
	bodies::{self, Cutter, STALL},
	clock::random,
	errors::{Error, Result},
	records::{discard, stored_record, Job, QUEUE, WRITERS},
	store::{Body, RecordRow, StoreError, WaitingRecord, Writing, INCOMING, WAITING_RECORDS},
	vault::Vault,
};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use salus_client::{
	envelope::{envelope_size, ContentHasher},
	vault_api::{NewRecord, RecordStatus, StoredRecord, MAX_AT_ONCE, SEGMENT},
};
use salus_primitives::ids::{AccountBytes, ChartId, RecordId};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;

/// How long a caller waits for finality, beyond the time to the next batch.
const PATIENCE: Duration = Duration::from_secs(100);
/// How often to look whether a record has come in.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Writes that wait for their batch.
pub(crate) struct Writes {
	pub(crate) rhythm: Rhythm,
	pub(crate) fates: Fates<RecordId>,
	/// To the task that anchors.
	anchoring: mpsc::Sender<Job>,
}

impl Writes {
	/// Batches in this rhythm, and what the task that anchors receives.
	pub(crate) fn new(rhythm: Rhythm) -> (Self, mpsc::Receiver<Job>) {
		let (anchoring, jobs) = mpsc::channel(QUEUE);
		(Self { rhythm, fates: Fates::default(), anchoring }, jobs)
	}
}

/// The answer to come.
pub(crate) type Answering = oneshot::Receiver<Result<StoredRecord>>;

/// Stores and anchors a record that comes in one request. Sent again, answers the same.
pub(crate) async fn store(
	vault: &Arc<Vault>,
	chart: ChartId,
	new: NewRecord,
	preference: Preference,
	body: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<Answer<StoredRecord>> {
	if envelope_size(new.size) > MAX_AT_ONCE {
		return Err(Error::TooLarge);
	}
	let record = new.id;
	let storing = Arc::clone(vault);
	// Goes on when the caller hangs up, so that what was begun is settled.
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		let vault = storing;
		let _place = vault.uploads.places.try_acquire().map_err(|_| Error::Busy)?;
		let segments = envelope_size(new.size).div_ceil(SEGMENT);
		let names = (0..segments).map(|_| random()).collect::<Result<Vec<_>>>()?;
		let noted = names.clone();
		let incoming = vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &noted))?)
			})
			.await?;
		let taken = match receive(&vault, &new, &names, body).await {
			Ok(body) => {
				let record = WaitingRecord { chart, new, body };
				accept(&vault, record, move |rows| rows.drop_at(&INCOMING, incoming)).await
			},
			Err(error) => Err(error),
		};
		if taken.is_err() {
			discard(&vault, incoming, &names).await?;
		}
		taken
	};
	let task = tokio::spawn(task.in_current_span());
	wait_for(vault, record, preference, async {
		let answering =
			task.await.map_err(|_| Error::Internal("an upload was broken off".into()))??;
		answer_of(answering).await
	})
	.await
}

/// Writes a ciphertext that comes in one request under these names.
async fn receive(
	vault: &Vault,
	new: &NewRecord,
	names: &[[u8; 32]],
	body: impl Stream<Item = Result<Bytes>>,
) -> Result<Body> {
	// Readers do not take an envelope of another size than its terms tell.
	let wrong_size = || {
		Error::Malformed(
			"the size announced is not that of the content sent: send the record again".into(),
		)
	};
	let size = envelope_size(new.size);
	// Beyond the size announced, so that what is too large for it is told from what is for any.
	let mut cutter = Cutter::new(body, MAX_AT_ONCE, STALL);
	let (mut whole, mut segments) = (ContentHasher::default(), Vec::with_capacity(names.len()));
	while let Some(bytes) = cutter.next().await? {
		let name = names.get(segments.len()).ok_or_else(wrong_size)?;
		let (more, digest) = bodies::hash(whole, bytes.clone()).await?;
		whole = more;
		segments.push(bodies::put(&vault.objects, *name, bytes, digest).await?);
	}
	if whole.finish() != new.ciphertext_digest {
		return Err(Error::DigestMismatch);
	}
	let body = Body::Segments(segments);
	if body.size() == size {
		Ok(body)
	} else {
		Err(wrong_size())
	}
}

/// Has a record wait for its batch, durably: in one step with `give_up`, by which the rows go that held
/// its segments before.
pub(crate) async fn accept(
	vault: &Arc<Vault>,
	record: WaitingRecord,
	give_up: impl FnOnce(&Writing<'_>) -> Result<(), StoreError> + Send + 'static,
) -> Result<Answering> {
	let place = vault.writes.anchoring.clone().try_reserve_owned().map_err(|_| Error::Busy)?;
	let row = record.clone();
	let waiting = vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				give_up(rows)?;
				rows.push(&WAITING_RECORDS, &row)
			})?)
		})
		.await?;
	vault.writes.fates.wait(record.new.id);
	let (reply, answering) = oneshot::channel();
	place.send(Job { waiting, record, reply: Some(reply) });
	Ok(answering)
}

/// The answer, once it is there.
pub(crate) async fn answer_of(answering: Answering) -> Result<StoredRecord> {
	answering
		.await
		.unwrap_or_else(|_| Err(Error::Internal("the anchoring task has ended".into())))
}

/// Waits for a record to be anchored for as long as the caller wants.
pub(crate) async fn wait_for(
	vault: &Vault,
	record: RecordId,
	preference: Preference,
	answer: impl Future<Output = Result<StoredRecord>>,
) -> Result<Answer<StoredRecord>> {
	let Writes { rhythm, fates, .. } = &vault.writes;
	let most = PATIENCE.saturating_add(rhythm.interval());
	let patience = match preference {
		Preference { respond_async: true, wait } => wait.unwrap_or_default().min(most),
		Preference { wait, .. } => wait.unwrap_or(most).min(most),
	};
	let waits = || preference.respond_async && fates.waits(&record);
	let mut answer = std::pin::pin!(answer);
	loop {
		// Who takes the answer that it waits is not waited for by a vault that is being stopped.
		let patience = async {
			tokio::select! {
				() = tokio::time::sleep(patience) => {},
				() = vault.ops.farewell.stopping(), if preference.respond_async => {},
			}
		};
		let answered = tokio::select! {
			biased;
			answered = &mut answer => Ok(answered),
			() = patience => Err(()),
		};
		match answered {
			Ok(Ok(stored)) => return Ok(Answer::Done(stored)),
			// Its fate is open, and it is kept.
			Ok(Err(_)) if waits() => return Ok(Answer::Waits(rhythm.next())),
			Ok(Err(error)) => return Err(error),
			Err(()) if waits() => return Ok(Answer::Waits(rhythm.next())),
			// Its bytes are still coming in.
			Err(()) if preference.respond_async => {},
			Err(()) => return Err(Error::NotFinalInTime),
		}
		tokio::time::sleep(LOOK_AGAIN).await;
	}
}

/// What became of a record that was sent here.
pub(crate) async fn status(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
) -> Result<RecordStatus> {
	let at = vault.node.finalised().await?;
	vault.in_standing(&at, account, &WRITERS).await?;
	let Writes { rhythm, fates, .. } = &vault.writes;
	match vault.record(record).await {
		Ok(RecordRow { record, block }) => {
			Ok(RecordStatus::Stored(stored_record(&record, block.into())))
		},
		Err(Error::RecordUnknown) if fates.waits(&record) => {
			Ok(RecordStatus::Waiting { batch: rhythm.next() })
		},
		Err(Error::RecordUnknown) => {
			fates.refusal(&record).map(RecordStatus::Refused).ok_or(Error::RecordUnknown)
		},
		Err(error) => Err(error),
	}
}

/// A request's body as a stream of pieces.
pub(crate) fn pieces(body: axum::body::Body) -> impl Stream<Item = Result<Bytes>> + Send {
	body.into_data_stream()
		.map_err(|_| Error::Malformed("the body broke off: send the record again".into()))
}

//! Charts that wait to be enrolled: durably, in batches at the vault's ticks, shuffled, so that the time
//! of an enrolment does not tell who came to the desk just then.
//!
//! The chain takes a batch whole or not at all. One that it refuses is halved until those are found that
//! it refuses alone; they do not hold up the others.

use crate::{
	batches::{shuffle, Answer, Fates, Preference, Rhythm},
	charts::{forget, is_enrolled, is_settled, open, OTHER_KEYS},
	errors::{Error, Result},
	finding,
	store::{PendingChart, Rows, PENDING_CHARTS},
	vault::Vault,
};
use salus_client::{
	chain::{Call, ChainError},
	vault_api::{ChartEnrolled, Enrolment, Head},
};
use salus_primitives::{
	codes::Role,
	ids::{AccountBytes, ChartId},
};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::{
	sync::{oneshot, Notify},
	time::sleep,
};

/// Most charts in one transaction, as the chain bounds it.
const BATCH: usize = 64;
/// Charts that may wait.
const QUEUE: usize = 4096;
/// How long a caller waits for finality where enrolments go at once.
const PATIENCE: Duration = Duration::from_secs(100);
/// How long to wait before a batch of unknown fate is looked at again.
const RETRY: Duration = Duration::from_secs(2);

type Replies = Vec<oneshot::Sender<Result<ChartEnrolled>>>;

/// Enrolments that wait for their batch.
pub(crate) struct Enrolments {
	pub(crate) rhythm: Rhythm,
	fates: Fates<ChartId>,
	waiters: Mutex<HashMap<ChartId, Replies>>,
	wake: Notify,
}

impl Enrolments {
	/// Batches in this rhythm.
	pub(crate) fn new(rhythm: Rhythm) -> Self {
		let waiters = Mutex::new(HashMap::new());
		Self { rhythm, fates: Fates::default(), waiters, wake: Notify::new() }
	}

	fn listen(&self, chart: ChartId) -> oneshot::Receiver<Result<ChartEnrolled>> {
		let (reply, answer) = oneshot::channel();
		let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
		waiters.retain(|_, replies| {
			replies.retain(|reply| !reply.is_closed());
			!replies.is_empty()
		});
		waiters.entry(chart).or_default().push(reply);
		answer
	}

	fn tell(&self, chart: ChartId, answer: impl Fn() -> Result<ChartEnrolled>) {
		let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
		for reply in waiters.remove(&chart).into_iter().flatten() {
			let _ = reply.send(answer());
		}
	}
}

/// Has a chart wait for the next batch, durably; waits with it where batches go at once, or the caller
/// prefers to.
pub(crate) async fn enqueue(
	vault: &Arc<Vault>,
	pending: PendingChart,
	preference: Preference,
) -> Result<Answer<ChartEnrolled>> {
	let enrolments = &vault.enrolments;
	let chart = pending.new.chart;
	let answer = enrolments.listen(chart);
	enrolments.fates.wait(chart);
	let noted = vault
		.stored(move |store| {
			store.write(|rows| {
				let waiting = rows.first(&PENDING_CHARTS, QUEUE)?;
				match waiting.iter().find(|(_, known)| known.new.chart == chart) {
					Some((_, known)) if known.new == pending.new => return Ok(()),
					Some(_) => return Err(Error::AlreadyExists(OTHER_KEYS)),
					None if waiting.len() >= QUEUE => return Err(Error::Busy),
					None => {},
				}
				finding::begin(rows, chart)?;
				rows.push(&PENDING_CHARTS, &pending)?;
				Ok(())
			})
		})
		.await;
	match noted {
		Ok(()) => {},
		// It waits, with the keys that came first.
		Err(error @ Error::AlreadyExists(_)) => return Err(error),
		Err(error) => {
			enrolments.fates.settle(chart);
			return Err(error);
		},
	}
	enrolments.wake.notify_one();
	let at_once = enrolments.rhythm.interval().is_zero() && !preference.respond_async;
	let patience = match preference.wait {
		Some(wait) => wait.min(PATIENCE),
		None if at_once => PATIENCE,
		None => Duration::ZERO,
	};
	let waits = || Answer::Waits(enrolments.rhythm.next());
	// Who takes the answer that it waits is not waited for by a vault that is being stopped.
	let patience = async {
		tokio::select! {
			() = sleep(patience) => {},
			() = vault.ops.farewell.stopping(), if !at_once => {},
		}
	};
	let answered = tokio::select! {
		biased;
		answered = answer => Ok(answered),
		() = patience => Err(()),
	};
	match answered {
		Ok(Ok(Ok(enrolled))) => Ok(Answer::Done(enrolled)),
		// Its fate is open, and it is kept.
		Ok(Ok(Err(_))) if !at_once && enrolments.fates.waits(&chart) => Ok(waits()),
		Ok(Ok(Err(error))) => Err(error),
		Ok(Err(_)) => Err(Error::Internal("the enrolling task has ended".into())),
		Err(()) if at_once => Err(Error::NotFinalInTime),
		Err(()) => Ok(waits()),
	}
}

/// What became of a chart that was to be enrolled here.
pub(crate) async fn status(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<Enrolment> {
	let at = vault.node.finalised().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	let Enrolments { rhythm, fates, .. } = &vault.enrolments;
	match vault.chart(chart).await {
		Ok(_) => Ok(Enrolment::Enrolled(ChartEnrolled { chart, block: at.head() })),
		Err(Error::ChartUnknown) if fates.waits(&chart) => {
			Ok(Enrolment::Waiting { batch: rhythm.next() })
		},
		Err(Error::ChartUnknown) => {
			fates.refusal(&chart).map(Enrolment::Refused).ok_or(Error::ChartUnknown)
		},
		Err(error) => Err(error),
	}
}

/// The task that enrols, until told to end. What the last process left waits again.
pub(crate) async fn enrol_forever(vault: Arc<Vault>) {
	loop {
		let waiting = waiting(&vault).await;
		waiting
			.iter()
			.for_each(|(_, pending)| vault.enrolments.fates.wait(pending.new.chart));
		let due = async {
			if waiting.is_empty() {
				vault.enrolments.wake.notified().await;
			}
			vault.enrolments.rhythm.tick().await;
		};
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = due => {},
		}
		let mut due = self::waiting(&vault).await;
		if let Err(error) = shuffle(&mut due, |(number, _)| *number) {
			tracing::error!(%error, "enrolments can not be shuffled, so they are not sent");
			sleep(RETRY).await;
			continue;
		}
		while !due.is_empty() {
			if vault.ops.farewell.is_closing() {
				return;
			}
			let rest = due.split_off(due.len().min(BATCH));
			enrol_all(&vault, due).await;
			due = rest;
		}
	}
}

type Waiting = Vec<(u64, PendingChart)>;

async fn waiting(vault: &Arc<Vault>) -> Waiting {
	loop {
		let rows = vault.stored(|store| Ok(store.read(|rows| rows.first(&PENDING_CHARTS, QUEUE))?));
		match rows.await {
			Ok(rows) => return rows,
			Err(error) => tracing::error!(%error, "waiting enrolments can not be read"),
		}
		sleep(RETRY).await;
	}
}

/// Enrols a batch, or those of it that the chain takes.
async fn enrol_all(vault: &Arc<Vault>, batch: Waiting) {
	let mut groups = vec![batch];
	while let Some(group) = groups.pop() {
		let (mut left, error) = enrol_together(vault, group).await;
		let Some(error) = error else { continue };
		if left.len() > 1 {
			let half = left.len() / 2;
			groups.push(left.split_off(half));
			groups.push(left);
			continue;
		}
		for (number, pending) in left {
			refuse(vault, number, &pending, || error.clone().into()).await;
		}
	}
}

/// Enrols these in one transaction. Those that the chain does not take together are given back, with
/// what it said.
async fn enrol_together(vault: &Arc<Vault>, mut group: Waiting) -> (Waiting, Option<ChainError>) {
	let mut refused = None;
	loop {
		let tried = async {
			// Some may have come in already: before the vault was killed, or by another way.
			let at = vault.node.finalised().await?;
			let mut left = Vec::with_capacity(group.len());
			for (number, pending) in std::mem::take(&mut group) {
				match is_enrolled(vault, &at, &pending.new).await {
					Ok(Some(true)) => settle(vault, number, &pending, at.head()).await,
					Ok(Some(false)) => {
						refuse(vault, number, &pending, || Error::AlreadyExists(OTHER_KEYS)).await;
					},
					Ok(None) => left.push((number, pending)),
					Err(error) => {
						// Looked at again, with those after it.
						tracing::debug!(%error, "a chart can not be looked up");
						left.push((number, pending));
					},
				}
			}
			group = left;
			if group.is_empty() || refused.is_some() {
				return Ok(());
			}
			let entries: Vec<_> = group
				.iter()
				.map(|(_, pending)| (pending.statement.clone(), pending.signature))
				.collect();
			let done = vault.submit(&Call::enrol_charts(vault.organisation, &entries)).await?;
			for (number, pending) in std::mem::take(&mut group) {
				settle(vault, number, &pending, done.block).await;
			}
			Ok::<_, ChainError>(())
		};
		match tried.await {
			Ok(()) => return (group, refused),
			Err(error) if is_settled(&error) => refused = Some(error),
			Err(error) => {
				tracing::warn!(%error, "charts wait to be enrolled");
				// Whoever waits is told that the fate is open; it is settled all the same.
				for (_, pending) in &group {
					vault.enrolments.tell(pending.new.chart, || Err(error.clone().into()));
				}
				if vault.ops.farewell.is_closing() {
					// Looked at again by the next process.
					return (Vec::new(), None);
				}
				sleep(RETRY).await;
			},
		}
	}
}

/// Opens a chart that is on the chain.
async fn settle(vault: &Arc<Vault>, number: u64, pending: &PendingChart, block: Head) {
	let chart = pending.new.chart;
	loop {
		match open(vault, pending.new.clone(), Some(number)).await {
			Ok(()) => break,
			Err(Error::AlreadyExists(_)) => {
				let why = Error::AlreadyExists(OTHER_KEYS);
				vault.enrolments.fates.refuse(chart, why.body());
				return vault.enrolments.tell(chart, || Err(Error::AlreadyExists(OTHER_KEYS)));
			},
			Err(error) => tracing::error!(%error, "an enrolled chart can not be opened"),
		}
		sleep(RETRY).await;
	}
	vault.enrolments.fates.settle(chart);
	vault.enrolments.tell(chart, || Ok(ChartEnrolled { chart, block }));
}

async fn refuse(
	vault: &Arc<Vault>,
	number: u64,
	pending: &PendingChart,
	error: impl Fn() -> Error,
) {
	while let Err(error) = forget(vault, number).await {
		tracing::error!(%error, "a refused enrolment can not be removed");
		sleep(RETRY).await;
	}
	let chart = pending.new.chart;
	vault.enrolments.fates.refuse(chart, error().body());
	vault.enrolments.tell(chart, || Err(error()));
}

#[cfg(test)]
mod tests;

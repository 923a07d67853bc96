//! What the vault does on chain about single records: petitions, their answers, legal holds.
//!
//! Each act is noted on disk before its transaction is sent, and the note goes with what follows from the
//! act, in one step. A vault that is killed carries out what is noted when it starts, and then every few
//! seconds; the chain takes the same act twice as once. Erasing is what follows from a granted erasure:
//! it can not be forgotten, and never comes before the chain has it.

use crate::{
	charts::is_settled,
	custody::rows::TransferRow,
	erasure,
	errors::{Error, Result},
	own_entry::ensure_own_entry,
	petitions,
	store::{
		HoldRow, RecordAct, Rows, Store, StoreError, Writing, HOLDS, MOVED, RECORDS, RECORD_ACTS,
		TRANSFERS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{At, Call, ChainError},
	vault_api::{Head, MovingState},
};
use salus_primitives::{
	codes::PetitionState,
	ids::RecordId,
	petition::AnswerTerms,
	seal::Opening,
	views::{PetitionView, RecordView},
};
use std::{
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::{sync::Notify, time::sleep};
use tracing::Instrument;

/// How long to wait before what is noted is looked at again.
const RETRY: Duration = Duration::from_secs(10);
/// How often and how long to look for what is final at the head that the node tells.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Acts that are being carried out.
#[derive(Default)]
pub(crate) struct Acts {
	/// Their numbers, once for each that works at them.
	working: Mutex<Vec<u64>>,
	/// Says that there may be something to do.
	woken: Notify,
}

impl Acts {
	fn working(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
		self.working.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Has the task look at what is to be done.
	pub(crate) fn wake(&self) {
		self.woken.notify_one();
	}
}

/// Somebody works at an act for as long as this lives.
struct AtWork<'a>(&'a Acts, u64);

impl<'a> AtWork<'a> {
	fn at(acts: &'a Acts, number: u64) -> Self {
		acts.working().push(number);
		Self(acts, number)
	}
}

impl Drop for AtWork<'_> {
	fn drop(&mut self) {
		let mut working = self.0.working();
		if let Some(place) = working.iter().position(|number| *number == self.1) {
			working.swap_remove(place);
		}
	}
}

/// An act that is done on the finalised chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
	pub(crate) block: Head,
	/// The petition that it was about, as it is now.
	pub(crate) petition: Option<PetitionView>,
}

impl RecordAct {
	/// The record that it is about.
	pub(crate) const fn record(&self) -> RecordId {
		match self {
			Self::File { posted, .. } => posted.opening.terms.record,
			Self::Withdraw { record, .. } | Self::Release { record, .. } => *record,
			Self::Answer { opening } => opening.terms.record,
			Self::Hold { posted, .. } => posted.opening.terms.record,
		}
	}

	/// Whether a record is to stay with this vault for it.
	pub(crate) const fn binds(&self) -> bool {
		match self {
			Self::File { .. } | Self::Hold { .. } => true,
			Self::Withdraw { .. } | Self::Answer { .. } | Self::Release { .. } => false,
		}
	}

	/// Whether what this act does is the reverse of the other one, which is not to be done after it.
	fn undoes(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Hold { posted, .. }, Self::Release { record, seal })
			| (Self::Release { record, seal }, Self::Hold { posted, .. }) => {
				(posted.opening.terms.record, posted.opening.seal()) == (*record, *seal)
			},
			_ => false,
		}
	}

	fn call(&self) -> Call {
		match self {
			Self::File { posted, .. } => {
				let opening = &posted.opening;
				Call::file_petition(opening.terms.record, opening.terms.kind, opening.seal())
			},
			Self::Withdraw { record, number } => Call::withdraw_petition(*record, *number),
			Self::Answer { opening } => {
				let terms = &opening.terms;
				let call = if terms.granted { Call::grant_petition } else { Call::refuse_petition };
				call(terms.record, terms.number, opening.seal())
			},
			Self::Hold { posted, .. } => {
				Call::place_hold(posted.opening.terms.record, posted.opening.seal())
			},
			Self::Release { record, seal } => Call::release_hold(*record, *seal),
		}
	}

	/// Whether the chain says that it is done, and then what it says of the petition.
	fn look(&self, view: &RecordView) -> Option<Option<PetitionView>> {
		let petition = |fits: &dyn Fn(&PetitionView) -> bool| {
			view.petitions.iter().find(|petition| fits(petition)).copied().map(Some)
		};
		match self {
			Self::File { posted, .. } => {
				let wanted = (posted.opening.terms.kind, posted.opening.seal());
				petition(&|view| (view.petition.kind, view.petition.seal) == wanted)
			},
			Self::Withdraw { number, .. } => petition(&|view| {
				view.number == *number && view.petition.state == PetitionState::Withdrawn
			}),
			Self::Answer { opening } => {
				let answer = Some(opening.seal());
				petition(&|view| {
					view.number == opening.terms.number && view.petition.answer == answer
				})
			},
			Self::Hold { posted, .. } => {
				view.holds.contains(&posted.opening.seal()).then_some(None)
			},
			Self::Release { seal, .. } => (!view.holds.contains(seal)).then_some(None),
		}
	}
}

/// Notes an act and carries it out; goes on when the caller hangs up. Where its fate stays open this
/// fails, and it is carried out all the same.
pub(crate) async fn undertake(vault: &Arc<Vault>, act: RecordAct) -> Result<Done> {
	let record = act.record();
	Ok(undertake_made(vault, record, move |_| Ok(act)).await?.1)
}

/// The same with an answer that is made in the step that notes it.
pub(crate) async fn undertake_answer(
	vault: &Arc<Vault>,
	record: RecordId,
	make: impl FnOnce(&Writing<'_>) -> Result<Opening<AnswerTerms>> + Send + 'static,
) -> Result<(Opening<AnswerTerms>, Done)> {
	let make = move |rows: &Writing<'_>| Ok(RecordAct::Answer { opening: make(rows)? });
	match undertake_made(vault, record, make).await? {
		(RecordAct::Answer { opening }, done) => Ok((opening, done)),
		_ => Err(Error::Internal("an answer became another act".into())),
	}
}

async fn undertake_made(
	vault: &Arc<Vault>,
	record: RecordId,
	make: impl FnOnce(&Writing<'_>) -> Result<RecordAct> + Send + 'static,
) -> Result<(RecordAct, Done)> {
	let working = Arc::clone(vault);
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let task = async move {
		let _working_on = working_on;
		ensure_entry(&working, record).await?;
		let noted = working.stored(move |store| {
			store.write(|rows| {
				let act = make(rows)?;
				Ok((note(rows, &act)?, act))
			})
		});
		let (number, act) = noted.await?;
		let done = carry_out(&working, number, &act, false).await?;
		Ok((act, done))
	};
	tokio::spawn(task.in_current_span())
		.await
		.map_err(|_| Error::Internal("an act about a record was broken off".into()))?
}

/// Makes sure that the chain has an entry of the record's own, which acts about it need.
async fn ensure_entry(vault: &Arc<Vault>, record: RecordId) -> Result<()> {
	let is_here = vault.stored(move |store| Ok(store.read(|rows| rows.get(&RECORDS, &record))?));
	if is_here.await?.is_some() {
		return ensure_own_entry(vault, record).await;
	}
	// Of one that was erased the same may be asked again.
	match vault.node.fresh().await?.record(record).await? {
		Some(_) => Ok(()),
		None => Err(Error::RecordUnknown),
	}
}

/// Why nothing binds a record that is offered to another custodian, whose vault would not have it.
pub(crate) const OFFERED: Error = Error::AlreadyExists(
	"the record is offered to another custodian: withdraw that transfer, or wait for its end",
);

/// The number of the act's note; one that is there already is not noted twice.
fn note(rows: &Writing<'_>, act: &RecordAct) -> Result<u64> {
	let noted = rows.first(&RECORD_ACTS, usize::MAX)?;
	if let Some((number, _)) = noted.iter().find(|(_, known)| known == act) {
		return Ok(*number);
	}
	let record = act.record();
	let offered = |row: &TransferRow| {
		row.moving(&record).is_some_and(|moving| moving.state == MovingState::Offered)
	};
	let transfers = rows.first(&TRANSFERS, usize::MAX)?;
	if act.binds() && transfers.iter().any(|(_, row)| offered(row)) {
		return Err(OFFERED);
	}
	let number = rows.push(&RECORD_ACTS, act)?;
	// After the new one has its number, which is another's nowhere then.
	for (undone, _) in noted.iter().filter(|(_, known)| act.undoes(known)) {
		rows.drop_at(&RECORD_ACTS, *undone)?;
	}
	Ok(number)
}

/// Forgets an act's note, unless the number is another's by now.
fn unnote(rows: &Writing<'_>, number: u64, act: &RecordAct) -> Result<bool, StoreError> {
	let is_its = rows.at(&RECORD_ACTS, number)?.as_ref() == Some(act);
	if is_its {
		rows.drop_at(&RECORD_ACTS, number)?;
	}
	Ok(is_its)
}

/// Sends an act's transaction, and does what follows from it once it is final. `again` says that an earlier
/// transaction with it may be on its way.
async fn carry_out(vault: &Arc<Vault>, number: u64, act: &RecordAct, again: bool) -> Result<Done> {
	let _at_work = AtWork::at(&vault.acts, number);
	let sent = vault.submit(&act.call()).await;
	let looks = if sent.is_ok() { LOOKS } else { 1 };
	match (sent, find(vault, act, looks).await) {
		(_, Ok(Some(done))) => {
			let followed = act.clone();
			let erased = vault.stored(move |store| follow(store, number, &followed, &done)).await?;
			if erased {
				// What is to go is noted: a fault here delays it.
				if let Err(error) = erasure::discard(vault).await {
					tracing::error!(%error, "ciphertexts of an erased record are not removed yet");
				}
				vault.acts.wake();
			}
			Ok(done)
		},
		(Ok(_), Ok(None)) => Err(Error::NotFinalInTime),
		(Err(error), Ok(None)) if is_over(&error, again) => {
			let over = act.clone();
			vault
				.stored(move |store| {
					Ok(store.write::<_, StoreError>(|rows| unnote(rows, number, &over))?)
				})
				.await?;
			Err(told(error))
		},
		(Ok(_), Err(error)) => Err(error.into()),
		(Err(error), _) => Err(error.into()),
	}
}

/// Whether the act can not take effect any more.
fn is_over(error: &ChainError, again: bool) -> bool {
	matches!(error, ChainError::Refused { .. }) || (is_settled(error) && !again)
}

/// What the chain refused, in the vault's own words where it has some.
fn told(error: ChainError) -> Error {
	let ChainError::Refused { error: name, .. } = &error else { return error.into() };
	match name.rsplit('.').next().unwrap_or_default() {
		"RecordHeld" => Error::RecordHeld,
		"StillCurrent" => Error::StillCurrent,
		"PetitionOpen" => Error::PetitionOpen,
		"PetitionNotOpen" => Error::PetitionNotOpen,
		"PetitionUnknown" => Error::PetitionUnknown,
		"HoldUnknown" => Error::HoldUnknown,
		_ => error.into(),
	}
}

/// Looks whether an act is done at the finalised head.
async fn find(vault: &Vault, act: &RecordAct, looks: u32) -> Result<Option<Done>, ChainError> {
	for look in 0..looks {
		if look > 0 {
			sleep(LOOK_AGAIN).await;
		}
		let at = vault.node.finalised().await?;
		if let Some(done) = done(&at, act).await? {
			return Ok(Some(done));
		}
	}
	Ok(None)
}

async fn done(at: &At, act: &RecordAct) -> Result<Option<Done>, ChainError> {
	let Some(view) = at.record_view(act.record()).await? else { return Ok(None) };
	Ok(act.look(&view).map(|petition| Done { block: at.head(), petition }))
}

/// Does what follows from an act that is done, and forgets the note. Whether a record was erased.
fn follow(store: &Store, number: u64, act: &RecordAct, done: &Done) -> Result<bool> {
	store.write(|rows| {
		// Another who worked at the same was first: what follows is done, and the number may be another's.
		if !unnote(rows, number, act)? {
			return Ok(false);
		}
		// Another custodian took the record over since: nothing is kept of it here.
		let record = act.record();
		if rows.get(&MOVED, &record)?.is_some() && rows.get(&RECORDS, &record)?.is_none() {
			return Ok(false);
		}
		let mut erased = false;
		match (act, &done.petition) {
			(RecordAct::File { posted, account }, Some(view)) => {
				petitions::filed(rows, posted, *account, view)?;
			},
			(RecordAct::Withdraw { record, .. }, Some(view)) => {
				petitions::ended(rows, record, view, None)?;
			},
			(RecordAct::Answer { opening }, Some(view)) => {
				let terms = &opening.terms;
				petitions::ended(rows, &terms.record, view, Some(opening.clone()))?;
				if terms.receipt.is_some() {
					erased = erasure::erase(rows, &terms.record, Some(terms.number))?;
				}
			},
			(RecordAct::Hold { posted, account }, _) => {
				let record = posted.opening.terms.record;
				let mut holds = rows.get(&HOLDS, &record)?.unwrap_or_default();
				let row = HoldRow { opening: posted.opening.clone(), account: *account };
				if !holds.iter().any(|known| known.opening == row.opening) {
					holds.push(row);
					rows.put(&HOLDS, &record, &holds)?;
				}
			},
			// The opening stays: whoever asks later learns for what it was held.
			(RecordAct::Release { .. }, _) => {},
			(_, None) => return Err(Error::Internal("an act is done without its petition".into())),
		}
		Ok(erased)
	})
}

/// The task that carries out what is noted and nobody works at, and has erased rows leave the file, until
/// told to end.
pub(crate) async fn carry_out_forever(vault: Arc<Vault>) {
	loop {
		if let Err(error) = round(&vault).await {
			tracing::warn!(%error, "acts about records wait to be carried out");
		}
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = vault.acts.woken.notified() => {},
			() = sleep(RETRY) => {},
		}
	}
}

async fn round(vault: &Arc<Vault>) -> Result<()> {
	let noted = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&RECORD_ACTS, usize::MAX))?))
		.await?;
	for (number, act) in noted {
		if vault.ops.farewell.is_closing() {
			return Ok(());
		}
		if vault.acts.working().contains(&number) {
			continue;
		}
		// One that waits keeps none of the others from being carried out.
		if let Err(error) = carry_out(vault, number, &act, true).await {
			tracing::warn!(%error, "an act about a record is not carried out");
		}
	}
	erasure::discard(vault).await?;
	erasure::scrub(vault).await
}

#[cfg(test)]
pub(crate) mod tests;

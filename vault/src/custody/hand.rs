//! The giver's side: what the receiver's vault gets. It signs in as its organisation's system account,
//! and the finalised chain says which records are offered to it. Each record is in the chart's log before
//! what opens it leaves.

use super::{
	check_word,
	give::transfers,
	rows::{Moving, TransferRow},
};
use crate::{
	disclosures::{log, Access},
	errors::{Error, Result},
	own_entry,
	store::{RecordRow, Rows, TRANSFERS},
	vault::Vault,
};
use bytes::Bytes;
use futures::Stream;
use salus_client::{
	chain::At,
	vault_api::{
		HandOver, HandedPage, HandedRecord, MovingState, Offers, RecordWraps, TransferId,
		HANDED_PER_PAGE,
	},
};
use salus_primitives::{
	codes::{Action, Purpose, Role},
	decision::{Accessor, Basis},
	disclosure::{Outcome, Subject},
	ids::{AccountBytes, OrganisationId, RecordId},
};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};

/// How long the key service's node may trail ours.
const CATCH_UP: Duration = Duration::from_secs(5);
/// How often to ask it meanwhile.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Who receives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiver {
	pub(crate) account: AccountBytes,
	pub(crate) organisation: OrganisationId,
}

impl Receiver {
	/// The fresh head, at which the account is a system account of that organisation, in good standing.
	async fn at(&self, vault: &Vault) -> Result<At> {
		let at = vault.node.fresh().await?;
		let reasons = at.standing(self.account, self.organisation, Role::System).await?;
		match reasons.iter().next() {
			None => Ok(at),
			Some(reason) => Err(Error::NotInStanding(reason)),
		}
	}
}

/// What waits for this receiver.
pub(crate) async fn offers(vault: &Arc<Vault>, receiver: Receiver) -> Result<Offers> {
	receiver.at(vault).await?;
	let rows = transfers(vault).await?;
	let theirs = rows.into_iter().filter(|(_, row)| {
		row.word.statement.to == receiver.organisation && !row.withdrawn && row.is_open()
	});
	Ok(Offers { words: theirs.map(|(_, row)| row.word).collect() })
}

/// A transfer to this receiver that is not withdrawn.
async fn transfer(
	vault: &Arc<Vault>,
	receiver: Receiver,
	id: TransferId,
) -> Result<(u64, TransferRow)> {
	let rows = transfers(vault).await?;
	let found = rows.into_iter().find(|(_, row)| {
		row.id() == id && row.word.statement.to == receiver.organisation && !row.withdrawn
	});
	found.ok_or(Error::TransferUnknown)
}

/// A page of the records that are offered to the receiver on the finalised chain.
pub(crate) async fn page(
	vault: &Arc<Vault>,
	receiver: Receiver,
	id: TransferId,
	from: u64,
) -> Result<HandedPage> {
	let at = receiver.at(vault).await?;
	let (number, row) = transfer(vault, receiver, id).await?;
	check_word(&at, &vault.genesis, &row.word, at.head().at).await?;
	let (window, next) = window(&row.records, from);
	let mut records = Vec::with_capacity(window.len());
	for moving in window {
		if moving.state != MovingState::Offered
			|| !is_offered(&at, vault, receiver, moving.record).await?
		{
			continue;
		}
		// What came back meanwhile has gone through another transfer.
		let Ok(RecordRow { record, .. }) = vault.record(moving.record).await else { continue };
		if !moving.logged {
			log_handing(vault, receiver, &row, moving.record, &at).await?;
			note_logged(vault, number, moving.record).await?;
		}
		let asked = HandOver {
			record: record.id,
			opening: record.opening,
			wrap: record.wraps.custodian,
			word: row.word,
		};
		let wraps = hand_over(vault, &asked, &at).await?;
		records.push(HandedRecord {
			record: asked.record,
			opening: asked.opening,
			media_type: record.media_type,
			replaces: record.replaces,
			wraps,
		});
	}
	Ok(HandedPage { records, next })
}

/// The records of a page, and where the next one begins.
pub(super) fn window(records: &[Moving], from: u64) -> (&[Moving], Option<u64>) {
	let from = usize::try_from(from).unwrap_or(usize::MAX).min(records.len());
	let most = usize::try_from(HANDED_PER_PAGE).unwrap_or(usize::MAX);
	let until = from.saturating_add(most).min(records.len());
	let next = (until < records.len()).then_some(until as u64);
	(records.get(from..until).unwrap_or_default(), next)
}

/// The ciphertext of a record of which the receiver has the opening, from this byte on.
pub(crate) async fn content(
	vault: &Arc<Vault>,
	receiver: Receiver,
	id: TransferId,
	record: RecordId,
	from: u64,
) -> Result<(u64, impl Stream<Item = Result<Bytes>>)> {
	let place = Arc::clone(&vault.downloads).try_acquire_owned().map_err(|_| Error::Busy)?;
	let at = receiver.at(vault).await?;
	let (_, row) = transfer(vault, receiver, id).await?;
	let moving = row.moving(&record).ok_or(Error::RecordUnknown)?;
	let open = moving.state == MovingState::Offered && moving.logged;
	if !open || !is_offered(&at, vault, receiver, record).await? {
		return Err(Error::RecordUnknown);
	}
	let row = vault.record(record).await?;
	let ready = own_entry::look(vault, &row.record, from).await?;
	let length = ready.length();
	Ok((length, ready.stream(Arc::clone(vault), place)))
}

/// Whether this organisation keeps the record and offers it to the receiver.
async fn is_offered(at: &At, vault: &Vault, receiver: Receiver, record: RecordId) -> Result<bool> {
	let view = at.record_view(record).await?;
	Ok(view.is_some_and(|view| {
		view.facts.custodian == vault.organisation && view.offered == Some(receiver.organisation)
	}))
}

async fn log_handing(
	vault: &Arc<Vault>,
	receiver: Receiver,
	row: &TransferRow,
	record: RecordId,
	at: &At,
) -> Result<()> {
	let Receiver { account, organisation } = receiver;
	let access = Access {
		account,
		chart: row.word.statement.from_chart,
		accessor: Accessor::Staff { account, organisation, role: Role::System },
		practitioner: None,
		action: Action::Disclose,
		purpose: Purpose::PatientRequested,
		subject: Subject::Record(record),
		head: at.head(),
	};
	// The person's own word is what lets it go.
	log(vault, access, Outcome::Released(Basis::Patient)).await?;
	Ok(())
}

async fn note_logged(vault: &Arc<Vault>, number: u64, record: RecordId) -> Result<()> {
	vault
		.stored(move |store| {
			store.write(|rows| {
				let mut row = rows.at(&TRANSFERS, number)?.ok_or(Error::TransferUnknown)?;
				if let Some(moving) = row.moving_mut(&record) {
					moving.logged = true;
				}
				Ok(rows.set(&TRANSFERS, number, &row)?)
			})
		})
		.await
}

/// Has the key service wrap to the receiver. Asks again where its node trails ours.
async fn hand_over(vault: &Vault, asked: &HandOver, at: &At) -> Result<RecordWraps> {
	let began = Instant::now();
	loop {
		let patient = began.elapsed() < CATCH_UP;
		let answer = vault.key_service.hand_over(asked).await;
		vault.ops.metrics.key_service(answer.is_ok());
		match answer {
			Ok(answer) => match answer.wraps {
				Some(wraps) => return Ok(wraps),
				None if patient && answer.block < at.head().number => {},
				None => {
					return Err(Error::KeyServiceUnavailable(
						"it does not see that a record is offered, or refuses the person's word"
							.into(),
					));
				},
			},
			Err(Error::NodeUnavailable(_)) if patient => {},
			Err(Error::NodeUnavailable(detail)) => {
				return Err(Error::KeyServiceUnavailable(detail));
			},
			Err(error) => return Err(error),
		}
		tokio::time::sleep(ASK_AGAIN).await;
	}
}

//! The receiver's side: the last pass, after which both have the same; and, once the chain says that this
//! house keeps the holding, whether that still holds.

use super::{
	copy::{giver, held, own_totals, set, Turn},
	pass::{go_on, For},
};
use crate::{
	custody::PullError,
	errors::{Error, Result},
	store::{ReceivingRow, Rows, Store, StoreError, ARRIVED, HELD_ROWS, RECEIVING, TAKING},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{codes, HandedRow, HoldingClosed, HoldingTotals, ReceivingState, RecordPlace},
};
use salus_primitives::{
	batch::leaf_data,
	codes::RecordState,
	ids::{BatchId, Digest, OrganisationId, RecordId, Seal},
	time::Moment,
	views::HoldingView,
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};

/// After how long without an answer of the giver what is here goes into service unasked: the holding was
/// accepted while it was closed, so that it has nothing else unless it was tampered with.
pub(super) const ALONE: Duration = Duration::from_secs(5 * 60);

/// For how long it is told at least why a last pass came to nothing.
const AGAIN: Duration = Duration::from_secs(60);

/// Why nothing is ready while records come from the giver one by one.
pub(super) const ONE_BY_ONE: &str =
	"records that it offers one by one are on their way here: have them taken over or withdrawn first, and \
	 make the last pass then";

/// Records of transfers from this giver that are here and not settled.
pub(super) fn one_by_one(rows: &impl Rows, from: OrganisationId) -> Result<usize, StoreError> {
	let arrived = rows.first(&ARRIVED, usize::MAX)?.into_iter();
	let taking = rows.first(&TAKING, usize::MAX)?.into_iter();
	Ok(arrived.filter(|(_, record)| record.from == from).count()
		+ taking.filter(|(_, record)| record.from == from).count())
}

/// Has the giver close, copies what differs, and compares.
pub(super) async fn close(
	vault: &Arc<Vault>,
	at: &At,
	number: u64,
	row: ReceivingRow,
	view: &HoldingView,
) -> Result<Turn, PullError> {
	let from = row.from;
	let passes = &vault.holdings.passes;
	let client = giver(vault, at, from).await?;
	if passes.goes_on(from) {
		let last = go_on(vault, &client, (number, &row), view, For::Copy).await?;
		return Ok(match passes.told(from).filter(|_| last) {
			Some(fault) => Turn::Rest(Some(fault)),
			None => Turn::More,
		});
	}
	let closed = match client.close_holding(vault.organisation, row.again).await {
		Ok(closed) => closed,
		// Here, too, things go on until a last pass is asked for again.
		Err(fault) if [codes::TRANSFERS_OPEN, codes::HOLDING_OPENED].contains(&fault.code()) => {
			expire(vault, number).await?;
			vault.holdings.refresh_after(from, AGAIN);
			return Ok(Turn::Rest(Some(PullError::There(fault).to_string())));
		},
		Err(fault) => return Err(fault.into()),
	};
	// It was accepted just now, and the next look at the chain says so.
	let Some(until) = closed.until else { return Ok(Turn::Rest(None)) };
	let (closing, known) = (closing_of(&closed), row.closing);
	if known.is_some_and(|known| known != closing) {
		expire(vault, number).await?;
		vault.holdings.refresh_after(from, AGAIN);
		return Ok(Turn::Rest(Some("the giver's vault has opened since it was closed".into())));
	}
	set(vault, number, move |row| note_closing(row, until, closing)).await?;
	let Some(totals) = closed.totals else {
		return Ok(Turn::Rest(Some(closed.fault.unwrap_or_else(|| {
			format!(
				"the giver's vault is closed and has {} things on their way to the chain",
				closed.waiting
			)
		}))));
	};
	if !closed.unreadable.is_empty() {
		let count = closed.unreadable.len();
		return Ok(Turn::Rest(Some(format!(
			"the giver's vault can not read {count} of its charts whole: it has to be mended or restored"
		))));
	}
	let own = own_totals(vault, from).await?;
	if own != totals {
		set(vault, number, |row| row.after = None).await?;
		let row = ReceivingRow { after: None, ..row };
		let last = go_on(vault, &client, (number, &row), view, For::Copy).await?;
		return Ok(match passes.told(from).filter(|_| last) {
			Some(fault) => Turn::Rest(Some(fault)),
			None if last && own_totals(vault, from).await? != totals => {
				Turn::Rest(Some(differs(&own, &totals).into()))
			},
			None => Turn::More,
		});
	}
	if let Some(fault) = missing(vault, at, from, view.keeper).await? {
		return Ok(Turn::Rest(Some(fault)));
	}
	let ready = vault.stored(move |store| set_ready(store, number)).await?;
	Ok(Turn::Rest((!ready).then(|| ONE_BY_ONE.into())))
}

fn differs(own: &HoldingTotals, totals: &HoldingTotals) -> &'static str {
	if own.charts > totals.charts {
		"the giver has less charts than it had: it was restored from a backup, and what is here stays"
	} else {
		"what is here is not yet what the giver's vault has; it is compared again"
	}
}

/// The name of a closing.
const fn closing_of(closed: &HoldingClosed) -> [u8; 32] {
	closed.closing
}

/// Keeps the first word of how long the giver stays closed; asking again makes it no longer.
pub(super) fn note_closing(row: &mut ReceivingRow, until: Moment, closing: [u8; 32]) {
	row.until.get_or_insert(until);
	row.closing.get_or_insert(closing);
	row.again = false;
}

/// Notes that all is here and the giver is closed, unless records came from it meanwhile by themselves.
pub(super) fn set_ready(store: &Store, number: u64) -> Result<bool> {
	store.write(|rows| {
		let mut row = rows.at(&RECEIVING, number)?.ok_or(StoreError::Damaged)?;
		if row.state != ReceivingState::Closing || one_by_one(rows, row.from)? > 0 {
			return Ok(false);
		}
		row.state = ReceivingState::Ready;
		rows.set(&RECEIVING, number, &row)?;
		Ok(true)
	})
}

/// Back to where a last pass is to be asked for.
pub(super) async fn expire(vault: &Arc<Vault>, number: u64) -> Result<()> {
	set(vault, number, expired).await
}

/// What is kept of a holding whose last pass came to nothing.
pub(super) fn expired(row: &mut ReceivingRow) {
	row.state = ReceivingState::Copied;
	(row.until, row.closing, row.again, row.after) = (None, None, false, None);
}

/// What the chain has and did not come: each entry of the giver's that is in its keeper's hands, and each leaf of
/// a batch of which something came, must be here, or known to be gone.
async fn missing(
	vault: &Arc<Vault>,
	at: &At,
	from: OrganisationId,
	keeper: OrganisationId,
) -> Result<Option<String>, PullError> {
	let (came, mut count) = vault
		.stored(move |store| {
			let charts = held(store, from)?;
			Ok(store.read(|rows| {
				let mut came = Came::default();
				for of in charts {
					for place in 0..of.rows {
						let row = rows.get(&HELD_ROWS, &(of.chart, place))?;
						came.note(&row.ok_or(StoreError::Damaged)?);
					}
				}
				let lost = came.lost(rows)?;
				Ok((came, lost))
			})?)
		})
		.await?;
	let mut place = 0;
	loop {
		let page = at.records(from, place).await?;
		for view in &page.entries {
			let theirs = view.facts.custodian == keeper && view.facts.state != RecordState::Erased;
			if theirs && !came.named.contains(&view.id) {
				count = count.saturating_add(1);
			}
		}
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping.into());
		}
		match page.next {
			Some(next) if next > place => place = next,
			_ => break,
		}
	}
	Ok((count > 0).then(|| {
		format!(
			"{count} records that the chain says the giver keeps did not come: its vault has lost them, and \
			 has to be restored"
		)
	}))
}

/// The records that came.
#[derive(Default)]
pub(super) struct Came {
	named: HashSet<RecordId>,
	/// Places in batches, with the leaves of each.
	batches: HashMap<BatchId, (u32, HashSet<u32>)>,
	/// Leaves of records that are in no batch any more, as a tree would have them.
	alone: HashSet<Seal>,
	/// Records of which a note is left, whose leaf nobody can tell.
	gone: u64,
}

impl Came {
	pub(super) fn note(&mut self, row: &HandedRow) {
		match row {
			HandedRow::Record { record, opening, place, .. } => {
				self.named.insert(*record);
				match place {
					Some(RecordPlace { batch, leaves, index }) => {
						let (_, places) =
							self.batches.entry(*batch).or_insert_with(|| (*leaves, HashSet::new()));
						places.insert(*index);
					},
					None => {
						let Digest(leaf) = Digest::of(&leaf_data(record, &opening.seal()));
						self.alone.insert(Seal(leaf));
					},
				}
			},
			HandedRow::Erased { record, .. } | HandedRow::Moved { record, .. } => {
				self.named.insert(*record);
				self.gone = self.gone.saturating_add(1);
			},
			_ => {},
		}
	}

	/// How many leaves of the batches, whose trees are here, are of records that did not come.
	pub(super) fn lost(&self, rows: &impl Rows) -> Result<u64, StoreError> {
		let mut lost = 0u64;
		for (batch, (leaves, places)) in &self.batches {
			for index in (0..*leaves).filter(|index| !places.contains(index)) {
				let leaf = Seal(crate::bulk::node(rows, *batch, 0, index)?);
				if !self.alone.contains(&leaf) {
					lost = lost.saturating_add(1);
				}
			}
		}
		Ok(lost.saturating_sub(self.gone))
	}
}

/// What follows from a giver's answer after the acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
	/// It has been closed all the time, and has what is here.
	Same,
	/// It opened in between, or was restored: it is gone over once more.
	Other,
	/// It does not know yet, or something is on its way.
	Later,
}

pub(super) fn word(row: &ReceivingRow, closed: &HoldingClosed, own: &HoldingTotals) -> Word {
	match (closed.until, closed.totals) {
		(None, Some(totals)) => {
			let stood = row.closing == Some(closed.closing) && closed.unreadable.is_empty();
			if stood && totals == *own {
				Word::Same
			} else {
				Word::Other
			}
		},
		_ => Word::Later,
	}
}

/// Whether the giver can not be asked at all.
pub(super) fn is_away(error: &PullError) -> bool {
	match error {
		PullError::There(salus_client::Error::Vault { status, .. }) => *status >= 500,
		PullError::There(fault) => matches!(
			fault,
			salus_client::Error::VaultUnreachable { .. }
				| salus_client::Error::VaultTimedOut { .. }
		),
		_ => false,
	}
}

/// Asks the giver once more, after the chain said that this house keeps the holding: since all was compared
/// the offer may have been withdrawn and made anew.
pub(super) async fn confirm(
	vault: &Arc<Vault>,
	at: &At,
	number: u64,
	mut row: ReceivingRow,
) -> Result<Turn, PullError> {
	let from = row.from;
	let passes = &vault.holdings.passes;
	if !row.in_time && row.until.is_some_and(|until| at.head().at <= until) {
		row.in_time = true;
		set(vault, number, |row| row.in_time = true).await?;
	}
	let asked = async {
		let client = giver(vault, at, from).await?;
		Ok::<_, PullError>(client.close_holding(vault.organisation, false).await?)
	};
	let (confirmed, unasked) = match asked.await {
		Ok(closed) => {
			passes.answered(from);
			match word(&row, &closed, &own_totals(vault, from).await?) {
				Word::Same => (true, false),
				Word::Other => (false, false),
				Word::Later => {
					return Ok(Turn::Rest(Some(closed.fault.unwrap_or_else(|| {
						"the giver's vault does not see yet that its holding was accepted, or has \
						 something on its way to the chain"
							.into()
					}))));
				},
			}
		},
		Err(error) if is_away(&error) && row.in_time && passes.away(from) >= ALONE => {
			tracing::warn!(organisation = from, "a holding goes into service unasked: {error}");
			(true, true)
		},
		Err(error) => return Err(error),
	};
	passes.end(from);
	set(vault, number, move |row| {
		row.state = ReceivingState::Activating;
		(row.confirmed, row.unasked, row.after) = (confirmed, unasked, None);
	})
	.await?;
	Ok(Turn::More)
}

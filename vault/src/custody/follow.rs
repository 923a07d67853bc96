//! The giver's side: what became of its offers on the finalised chain. What another custodian took over
//! is removed here, and only then.

use super::{
	give::{set, transfers, Numbered},
	keeper_elsewhere,
	rows::{MovedRow, Moving},
	LOOK_AGAIN,
};
use crate::{
	errors::{Error, Result},
	petitions,
	records::{discard, BATCH},
	store::{
		bulk::BLANKING, Body, Rows, Store, CHART_RECORDS, HOLDS, INCOMING, MOVED, RECORDS,
		TRANSFERS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{At, Call},
	vault_api::MovingState,
};
use salus_primitives::{
	codes::RecordState,
	ids::{OrganisationId, RecordId, Seal},
	views::RecordView,
};
use std::sync::Arc;
use tokio::time::sleep;

/// Records looked at in one go.
const PAGE: usize = 256;

/// What is to be done with a record that was offered, or may have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
	/// This organisation keeps it now.
	Moved(OrganisationId),
	/// Nothing yet.
	Waits,
	/// The offer did not come in.
	OfferAgain,
	/// Its offer is to be withdrawn.
	Withdraw,
	/// It stays.
	Stays,
}

/// What the chain's word about a record means for its transfer. `own` is the leaf that the record has
/// here, if it is here.
pub(super) fn verdict(
	view: Option<&RecordView>,
	own: Option<Seal>,
	here: OrganisationId,
	to: OrganisationId,
	withdrawn: bool,
) -> Verdict {
	let Some(view) = view else { return Verdict::Stays };
	if view.facts.custodian != here {
		// When all of the organisation's holding was given away, leaves stay as they were.
		return if own == Some(view.facts.leaf) {
			Verdict::Waits
		} else {
			Verdict::Moved(view.facts.custodian)
		};
	}
	if withdrawn {
		return Verdict::Withdraw;
	}
	match view.offered {
		Some(offered) if offered == to => Verdict::Waits,
		Some(_) => Verdict::Stays,
		None if view.facts.state == RecordState::Erased => Verdict::Stays,
		None => Verdict::OfferAgain,
	}
}

/// The task that follows what was offered, until told to end.
pub(crate) async fn follow_forever(vault: Arc<Vault>) {
	loop {
		let open = match follow(&vault).await {
			Ok(open) => open,
			Err(error) => {
				tracing::warn!(%error, "what became of offered records can not be seen yet");
				true
			},
		};
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = vault.custody.to_follow.notified() => {},
			() = sleep(LOOK_AGAIN), if open => {},
		}
	}
}

/// Looks once at everything that was offered. Whether something is still on its way.
async fn follow(vault: &Arc<Vault>) -> Result<bool> {
	let is_offered = |moving: &&Moving| moving.state == MovingState::Offered;
	let known = transfers(vault).await?;
	if !known
		.iter()
		.any(|(_, row)| row.records.iter().any(|moving| is_offered(&moving)))
	{
		return Ok(false);
	}
	// No offer is being sent meanwhile, so what is not on chain did not come in.
	let _giving = vault.custody.giving.lock().await;
	let rows = transfers(vault).await?;
	let at = vault.node.finalised().await?;
	let (mut to_withdraw, mut again, mut stay) =
		(Numbered::new(), Numbered::new(), Numbered::new());
	for (number, row) in rows {
		let said = row.word.statement;
		for moving in row.records.iter().filter(is_offered) {
			let record = moving.record;
			let view = at.record_view(record).await?;
			let own = vault
				.stored(move |store| Ok(store.read(|rows| rows.get(&RECORDS, &record))?))
				.await?
				.map(|row| row.record.opening.seal());
			match verdict(view.as_ref(), own, vault.organisation, said.to, row.withdrawn) {
				Verdict::Moved(to) => {
					let moved = MovedRow { chart: said.from_chart, to, block: at.head().number };
					remove(vault, record, moved, Some(number)).await?;
				},
				Verdict::Waits => {},
				Verdict::OfferAgain => again.push((number, record)),
				Verdict::Withdraw => to_withdraw.push((number, record)),
				Verdict::Stays => stay.push((number, record)),
			}
		}
	}
	set(vault, stay, MovingState::Offered, MovingState::Stays).await?;
	if !again.is_empty() {
		set(vault, again, MovingState::Offered, MovingState::Noted).await?;
		vault.custody.to_offer.notify_one();
	}
	for page in to_withdraw.chunks(BATCH) {
		// Those too that are not offered at this head: their offer may still be on its way, and this
		// comes after it.
		let records: Vec<_> = page.iter().map(|(_, record)| *record).collect();
		vault.submit(&Call::withdraw_offer(vault.organisation, &records)).await?;
		set(vault, page.to_vec(), MovingState::Offered, MovingState::Stays).await?;
	}
	Ok(true)
}

/// Removes all that this vault has of a record that another custodian took over.
async fn remove(
	vault: &Arc<Vault>,
	record: RecordId,
	moved: MovedRow,
	transfer: Option<u64>,
) -> Result<()> {
	let left = vault.stored(move |store| forget(store, record, moved, transfer)).await?;
	if let Some((incoming, objects)) = left {
		discard(vault, incoming, &objects).await?;
		vault.acts.wake();
	}
	Ok(())
}

/// Objects that no record holds any more, and the row that does.
type Left = Option<(u64, Vec<[u8; 32]>)>;

/// Puts a note of where it went in the place of a record, and its ciphertext to what is to be removed.
pub(super) fn forget(
	store: &Store,
	record: RecordId,
	moved: MovedRow,
	transfer: Option<u64>,
) -> Result<Left> {
	store.write(|rows| {
		let left = match rows.get(&RECORDS, &record)? {
			Some(row) => {
				let terms = &row.record.opening.terms;
				rows.erase(&RECORDS, &record)?;
				if let Body::Packed(packed) = &row.record.body {
					rows.push(&BLANKING, &(packed.part.name, packed.offset, packed.part.size))?;
				}
				rows.remove(&CHART_RECORDS, &(terms.chart, terms.sequence))?;
				petitions::forget(rows, &terms.chart, &record)?;
				rows.erase(&HOLDS, &record)?;
				let objects = row.record.body.objects();
				Some((rows.push(&INCOMING, &objects)?, objects))
			},
			None => None,
		};
		rows.put(&MOVED, &record, &moved)?;
		if let Some(number) = transfer {
			let mut row = rows.at(&TRANSFERS, number)?.ok_or(Error::TransferUnknown)?;
			if let Some(moving) = row.moving_mut(&record) {
				moving.state = MovingState::Moved { block: moved.block };
			}
			rows.set(&TRANSFERS, number, &row)?;
		}
		Ok(left)
	})
}

/// Removes from a restored vault what another custodian took over after the backup was made; tells how
/// many records.
pub(crate) async fn after_restore(
	vault: &Arc<Vault>,
	head: impl AsyncFn() -> Result<At>,
) -> Result<u64> {
	let (mut after, mut moved) = (None::<Vec<u8>>, 0u64);
	loop {
		let from = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&RECORDS, from.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { return Ok(moved) };
		after = Some(last.clone());
		for (_, row) in page {
			let record = row.record;
			let at = head().await?;
			let Some(to) = keeper_elsewhere(vault, &at, &record).await? else { continue };
			let chart = record.opening.terms.chart;
			let note = MovedRow { chart, to, block: at.head().number };
			remove(vault, record.id, note, None).await?;
			moved = moved.saturating_add(1);
		}
	}
}

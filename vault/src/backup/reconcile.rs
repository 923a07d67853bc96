//! What a restored vault does before it serves: it looks whether the backup was its own, and drops what
//! was erased after the backup was made, and orders of the past.

use super::{place::Signed, restore::ENDED};
use crate::{
	custody, erasure,
	errors::{Error, Result},
	finding, links, petitions, relay,
	store::{
		bulk::{StagedRecord, STAGED},
		ErasedRow, PendingRecord, RecordAct, Rows, Store, StoreError, CHARTS, ERASED, INCOMING,
		PENDING_RECORDS, RECORDS, RECORD_ACTS,
	},
	vault::Vault,
};
use codec::Encode;
use salus_client::chain::At;
use salus_primitives::{
	codes::{PetitionState, RecordState},
	ids::RecordId,
	views::PetitionView,
};
use std::{io::ErrorKind, path::Path, sync::Arc, time::Duration};
use tokio::{
	sync::Mutex,
	time::{sleep, Instant},
};

/// Records looked at in one go.
const PAGE: usize = 256;
/// Pages of imports looked at in one go; each has up to 1,024 records.
const STAGED_PAGES: usize = 4;
/// How long the finalised head is waited for to be fresh: an older one may not know an erasure.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one finalised head is asked: nodes forget the state of old ones, and much takes hours to look
/// through.
const HEAD_FOR: Duration = Duration::from_secs(60);
/// How often to look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Brings a restored vault in line with the chain; does nothing in any other. Killed on the way, it
/// begins anew at the next start.
pub(crate) async fn after_restore(vault: &Arc<Vault>, data: &Path) -> Result<()> {
	let path = data.join(ENDED);
	let fault = |detail: &dyn std::fmt::Display| {
		Error::Internal(format!("{} of a restore: {detail}", path.display()))
	};
	let bytes = match std::fs::read(&path) {
		Ok(bytes) => bytes,
		Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
		Err(error) => return Err(fault(&error)),
	};
	let signed: Signed = serde_json::from_slice(&bytes).map_err(|error| fault(&error))?;
	if !signed.is_sealed(&vault.store.vouch(&signed.manifest.encode())) {
		return Err(fault(
			&"the backup was not written by this organisation's vault, or was altered: restore \
			  another one",
		));
	}
	let heads = Heads::new(vault).await?;
	let dropped =
		reconcile(vault, async |record| is_gone(&heads.at().await?, record).await).await?;
	let moved = custody::after_restore(vault, async || heads.at().await).await?;
	settle_acts(vault, async |record| {
		let view = heads.at().await?.record_view(record).await?;
		Ok(view.map_or(Vec::new(), |view| view.petitions))
	})
	.await?;
	relay::after_restore(vault, async |chart| {
		let facts = heads.at().await?.chart(chart).await?;
		let active = facts.map_or(Vec::new(), |facts| facts.directives);
		Ok(active.into_iter().map(|directive| directive.id).collect())
	})
	.await?;
	let at = heads.at().await?.head().at;
	vault
		.stored(move |store| {
			store.write(|rows| {
				links::after_restore(rows, at)?;
				Ok(finding::after_restore(rows, at)?)
			})
		})
		.await?;
	tracing::info!(number = signed.manifest.number, dropped, moved, "goes on from a backup");
	std::fs::remove_file(&path).map_err(|error| fault(&error))
}

/// The finalised head, a newer one from time to time.
struct Heads<'a> {
	vault: &'a Vault,
	last: Mutex<(At, Instant)>,
}

impl<'a> Heads<'a> {
	async fn new(vault: &'a Vault) -> Result<Self> {
		Ok(Self { vault, last: Mutex::new((fresh(vault).await?, Instant::now())) })
	}

	async fn at(&self) -> Result<At> {
		let mut last = self.last.lock().await;
		if last.1.elapsed() >= HEAD_FOR {
			*last = (fresh(self.vault).await?, Instant::now());
		}
		Ok(last.0.clone())
	}
}

async fn fresh(vault: &Vault) -> Result<At> {
	let began = Instant::now();
	loop {
		match vault.node.fresh().await {
			Err(Error::HeadStale { .. }) if began.elapsed() < PATIENCE => sleep(LOOK_AGAIN).await,
			Err(error @ Error::HeadStale { .. }) => {
				return Err(Error::Internal(format!(
					"which records were erased since the backup can not be seen: {error}"
				)));
			},
			other => return other,
		}
	}
}

/// Whether the chain says that the record must not be here any more.
async fn is_gone(at: &At, record: RecordId) -> Result<bool> {
	Ok(at.record(record).await?.is_some_and(|facts| !stays(facts.state)))
}

/// Whether a vault keeps a record in this state.
const fn stays(state: RecordState) -> bool {
	match state {
		RecordState::Current | RecordState::Superseded | RecordState::EnteredInError => true,
		RecordState::Erased => false,
	}
}

/// Drops the records that are gone by the chain's word, and tells how many. The ciphertexts of
/// those that were on their way are left to the sweep that follows.
pub(super) async fn reconcile(
	vault: &Arc<Vault>,
	is_gone: impl AsyncFn(RecordId) -> Result<bool>,
) -> Result<u64> {
	let (mut after, mut dropped) = (None::<Vec<u8>>, 0u64);
	loop {
		let from = after.take();
		let page = vault
			.stored(move |store| Ok(store.page(&RECORDS, from.as_deref(), PAGE)?))
			.await?;
		let Some((last, _)) = page.last() else { break };
		after = Some(last.clone());
		for (_, row) in page {
			let record = row.record;
			if is_gone(record.id).await? {
				drop_record(vault, record.id).await?;
				dropped = dropped.saturating_add(1);
			}
		}
	}
	erasure::discard(vault).await?;
	// Those on their way when the backup was made may have arrived and been erased since.
	let pending = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&PENDING_RECORDS, usize::MAX))?))
		.await?;
	for (number, record) in pending {
		if is_gone(record.id).await? {
			vault.stored(move |store| Ok(drop_pending(store, number, &record)?)).await?;
			dropped = dropped.saturating_add(1);
		}
	}
	Ok(dropped.saturating_add(reconcile_staged(vault, &is_gone).await?))
}

/// Has the records of imports that are gone by the chain's word stay away when their batch is written, and
/// tells how many.
async fn reconcile_staged(
	vault: &Arc<Vault>,
	is_gone: &impl AsyncFn(RecordId) -> Result<bool>,
) -> Result<u64> {
	let (mut after, mut gone) = (None::<Vec<u8>>, 0u64);
	loop {
		let from = after.take();
		let pages = vault
			.stored(move |store| Ok(store.page(&STAGED, from.as_deref(), STAGED_PAGES)?))
			.await?;
		let Some((last, _)) = pages.last() else { return Ok(gone) };
		after = Some(last.clone());
		for StagedRecord { chart, new, .. } in pages.into_iter().flat_map(|(_, page)| page.records)
		{
			if !is_gone(new.id).await? {
				continue;
			}
			let row = ErasedRow { chart, sequence: u32::MAX, petition: None };
			vault
				.stored(move |store| {
					Ok(store.write::<_, StoreError>(|rows| {
						match rows.get(&ERASED, &new.id)? {
							Some(_) => Ok(()),
							None => rows.put(&ERASED, &new.id, &row),
						}
					})?)
				})
				.await?;
			gone = gone.saturating_add(1);
		}
	}
}

/// Ends the petitions that ended on chain since the backup, whose answers the backup has not, and forgets
/// notes of releases: a hold that was placed again since is to stay.
pub(super) async fn settle_acts(
	vault: &Arc<Vault>,
	petitions: impl AsyncFn(RecordId) -> Result<Vec<PetitionView>>,
) -> Result<()> {
	let open = vault.stored(|store| Ok(store.read(|rows| petitions::open(rows))?)).await?;
	for (record, number) in open {
		let known = petitions(record).await?.into_iter();
		let ended = |view: &PetitionView| {
			view.number == number && view.petition.state != PetitionState::Open
		};
		for view in known.filter(ended) {
			vault
				.stored(move |store| {
					Ok(store.write::<_, StoreError>(|rows| {
						petitions::ended(rows, &record, &view, None)
					})?)
				})
				.await?;
		}
	}
	vault
		.stored(|store| {
			Ok(store.write::<_, StoreError>(|rows| {
				for (number, act) in rows.first(&RECORD_ACTS, usize::MAX)? {
					if matches!(act, RecordAct::Release { .. }) {
						rows.drop_at(&RECORD_ACTS, number)?;
					}
				}
				Ok(())
			})?)
		})
		.await
}

/// Removes all that opens a record that was on its way. Its place in the chart's sequence stays taken.
fn drop_pending(store: &Store, number: u64, record: &PendingRecord) -> Result<(), StoreError> {
	let terms = &record.opening.terms;
	store.write(|rows| {
		if let Some(mut chart) = rows.get(&CHARTS, &terms.chart)? {
			chart.records = chart.records.past(terms.sequence, record.opening.seal());
			rows.put(&CHARTS, &terms.chart, &chart)?;
		}
		rows.drop_at(&PENDING_RECORDS, number)?;
		rows.push(&INCOMING, &record.body.objects())?;
		Ok(())
	})
}

/// Removes all that opens a record, and notes its ciphertext.
async fn drop_record(vault: &Arc<Vault>, record: RecordId) -> Result<()> {
	vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| {
				// Its place in the chart stays, for the patient. Which petition it was, the backup may not know.
				erasure::erase(rows, &record, None)?;
				Ok(())
			})?)
		})
		.await
}

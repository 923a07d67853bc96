//! Taking a record out of its batch, before something is done to it alone.
//!
//! A record of an import has no entry on chain, and its ciphertext lies among others. Before it is
//! superseded, entered in error or the like, it gets an entry and an object of its own; where its
//! ciphertext lay there are zeros then, so that an erasure leaves nothing behind. Reading needs none of
//! it: the proof that a record is in its batch goes with the question.

use crate::{
	bodies::{self, Ready},
	bulk::node,
	clock::random,
	errors::{Error, Result},
	records::discard,
	store::{bulk::BLANKING, Body, Packed, PendingRecord, Rows, StoreError, INCOMING, RECORDS},
	vault::Vault,
};
use bytes::BytesMut;
use salus_client::chain::{Call, UnfoldRecord};
use salus_primitives::{
	batch::{BatchProof, Inclusion},
	ids::RecordId,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::sleep;

/// Most records that one transaction takes out of batches.
const MAX_UNFOLDED: usize = 32;
/// How often to look for what is still to be overwritten.
const SWEEP: Duration = Duration::from_secs(60);

/// Where a record lies in its batch; none for one that was anchored by itself.
pub(crate) async fn inclusion(
	vault: &Arc<Vault>,
	record: &PendingRecord,
) -> Result<Option<Inclusion>> {
	let Body::Packed(Packed { batch, leaves, index, .. }) = record.body else { return Ok(None) };
	let proof = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				BatchProof::read(leaves, index, |row, place| node(rows, batch, row, place))
			})?)
		})
		.await?;
	proof.map(|proof| Some(Inclusion { batch, proof })).ok_or(Error::StorageDamaged)
}

/// Gives a record that was anchored in a batch an entry and an object of its own, unless it has them.
/// On the finalised chain and on disk when it returns.
pub(crate) async fn ensure_own_entry(vault: &Arc<Vault>, record: RecordId) -> Result<()> {
	ensure_own_entries(vault, &[record]).await
}

/// The same for several records, with few transactions.
pub(crate) async fn ensure_own_entries(vault: &Arc<Vault>, records: &[RecordId]) -> Result<()> {
	for records in records.chunks(MAX_UNFOLDED) {
		let at = vault.node.fresh().await?;
		let (mut batched, mut unfolded) = (Vec::new(), Vec::new());
		for record in records {
			let row = vault.record(*record).await?.record;
			let Some(inclusion) = inclusion(vault, &row).await? else { continue };
			batched.push(*record);
			if at.record(*record).await?.is_none() {
				let (record, leaf) = (*record, row.opening.seal());
				unfolded.push(UnfoldRecord { record, leaf, inclusion });
			}
		}
		if !unfolded.is_empty() {
			vault.submit(&Call::unfold_records(vault.organisation, &unfolded)).await?;
		}
		for record in batched {
			own_object(vault, record).await?;
		}
	}
	Ok(())
}

/// Moves a record's ciphertext out of the object that it shares.
async fn own_object(vault: &Arc<Vault>, record: RecordId) -> Result<()> {
	let turn = vault.bulk.packs.lock().await;
	let row = vault.record(record).await?.record;
	let Body::Packed(packed) = row.body else { return Ok(()) };
	copy(vault, record, packed).await?;
	drop(turn);
	// What can not be overwritten now is so later.
	if let Err(error) = blank(vault).await {
		tracing::error!(%error, "where a ciphertext lay could not be overwritten");
	}
	Ok(())
}

/// Copies a ciphertext into an object that is its record's alone.
async fn copy(vault: &Arc<Vault>, record: RecordId, packed: Packed) -> Result<()> {
	let bytes = bodies::unpack(&vault.objects, &packed).await?;
	let name: [u8; 32] = random()?;
	let incoming = vault
		.stored(move |store| {
			Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &vec![name]))?)
		})
		.await?;
	let moved = async {
		let segment = bodies::put(&vault.objects, name, bytes, packed.part.digest).await?;
		vault
			.stored(move |store| {
				store.write(|rows| {
					let mut row = rows.get(&RECORDS, &record)?.ok_or(Error::RecordUnknown)?;
					row.record.body = Body::Segments(vec![segment]);
					rows.put(&RECORDS, &record, &row)?;
					rows.push(&BLANKING, &(packed.part.name, packed.offset, packed.part.size))?;
					Ok(rows.drop_at(&INCOMING, incoming)?)
				})
			})
			.await
	};
	if let Err(error) = moved.await {
		discard(vault, incoming, &[name]).await?;
		return Err(error);
	}
	Ok(())
}

/// Overwrites what was moved. While a backup is made it waits, for the backup has the rows of before.
async fn blank(vault: &Arc<Vault>) -> Result<()> {
	let _turn = vault.bulk.packs.lock().await;
	let left = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&BLANKING, usize::MAX))?))
		.await?;
	let mut packs: HashMap<[u8; 32], (Vec<u64>, Vec<Part>)> = HashMap::new();
	for (number, (name, offset, size)) in left {
		let (numbers, parts) = packs.entry(name).or_default();
		numbers.push(number);
		parts.push((offset, size));
	}
	for (name, (numbers, parts)) in packs {
		if vault.backups.is_running() {
			return Ok(());
		}
		if let Err(error) = overwrite(vault, &name, &parts).await {
			// It keeps no other from being overwritten.
			tracing::error!(%error, "where a ciphertext lay could not be overwritten");
			continue;
		}
		vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| {
					numbers.iter().try_for_each(|number| rows.drop_at(&BLANKING, *number))
				})?)
			})
			.await?;
	}
	Ok(())
}

/// Where a ciphertext begins in its pack, and its bytes.
type Part = (u32, u32);

/// Writes zeros over parts of an object, if it is there. One that holds nothing else any more goes.
async fn overwrite(vault: &Vault, name: &[u8; 32], parts: &[Part]) -> Result<()> {
	let Some(length) = vault.objects.size(name).await? else { return Ok(()) };
	let mut bytes = BytesMut::from(vault.objects.get(name, length).await?);
	let (mut changed, mut fits) = (false, true);
	for (offset, size) in parts {
		let from = usize::try_from(*offset).unwrap_or(usize::MAX);
		let until = from.saturating_add(usize::try_from(*size).unwrap_or(usize::MAX));
		match bytes.get_mut(from..until) {
			Some(part) => {
				changed |= part.iter().any(|byte| *byte != 0);
				part.fill(0);
			},
			None => fits = false,
		}
	}
	// An envelope does not begin with zeros, so nothing of a record is left.
	if bytes.iter().all(|byte| *byte == 0) {
		vault.objects.discard(name).await?;
	} else if changed {
		vault.objects.put(name, bytes.freeze()).await?;
	}
	if fits {
		Ok(())
	} else {
		Err(Error::StorageDamaged)
	}
}

/// Looks whether a record's ciphertext can be handed out from `offset` on; once more where it has left its
/// pack since the record was loaded.
pub(crate) async fn look(vault: &Arc<Vault>, record: &PendingRecord, offset: u64) -> Result<Ready> {
	match Ready::look(&vault.objects, &record.body, offset).await {
		Err(Error::StorageDamaged) if matches!(record.body, Body::Packed(_)) => {
			let body = vault.record(record.id).await?.record.body;
			if body == record.body {
				return Err(Error::StorageDamaged);
			}
			Ready::look(&vault.objects, &body, offset).await
		},
		looked => looked,
	}
}

/// The task that overwrites what a kill or a backup left, until told to end.
pub(crate) async fn blank_forever(vault: Arc<Vault>) {
	loop {
		if let Err(error) = blank(&vault).await {
			tracing::error!(%error, "where a ciphertext lay could not be overwritten");
		}
		tokio::select! {
			() = sleep(SWEEP) => {},
			() = vault.ops.farewell.closing() => return,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::bulk::tests::{anchored, page};
	use futures::TryStreamExt;

	#[tokio::test]
	async fn a_ciphertext_moves_and_leaves_zeros() {
		let mut harness = anchored(&[page(1, 6)]).await;
		let records = page(1, 6);
		let (moved, rest) = (&records[3], [&records[2], &records[4]]);
		let row = harness.vault.record(moved.new.id).await.unwrap().record;
		let Body::Packed(packed) = row.body.clone() else { panic!("not packed") };
		assert!(inclusion(&harness.vault, &row).await.unwrap().is_some());
		own_object(&harness.vault, moved.new.id).await.unwrap();
		own_object(&harness.vault, moved.new.id).await.unwrap();
		for _ in 0..2 {
			let vault = &harness.vault;
			let row = vault.record(moved.new.id).await.unwrap().record;
			assert!(inclusion(vault, &row).await.unwrap().is_none());
			let Body::Segments(segments) = &row.body else { panic!("still packed") };
			let bytes = bodies::get(&vault.objects, &segments[0]).await.unwrap();
			assert_eq!((segments.len(), bytes.as_ref()), (1, moved.ciphertext.as_slice()));
			let left = vault.objects.part(&packed.part.name, packed.offset, packed.part.size);
			assert!(left.await.unwrap().iter().all(|byte| *byte == 0));
			// Those beside it are as they were.
			for one in rest {
				let row = vault.record(one.new.id).await.unwrap().record;
				let Body::Packed(packed) = &row.body else { panic!("not packed") };
				let bytes = bodies::unpack(&vault.objects, packed).await.unwrap();
				assert_eq!(bytes, one.ciphertext);
			}
			harness = harness.killed();
		}
	}

	fn packed(row: &PendingRecord) -> Packed {
		let Body::Packed(packed) = row.body else { panic!("not packed") };
		packed
	}

	#[tokio::test]
	async fn who_loaded_a_record_before_it_left_its_pack_reads_it_all_the_same() {
		let harness = anchored(&[page(1, 3)]).await;
		let (vault, moved) = (&harness.vault, &page(1, 3)[1]);
		let loaded = vault.record(moved.new.id).await.unwrap().record;
		own_object(vault, moved.new.id).await.unwrap();
		let ready = look(vault, &loaded, 0).await.unwrap();
		assert_eq!(ready.length(), moved.ciphertext.len() as u64);
		// What is damaged where it lies is told to be.
		let other = vault.record(page(1, 3)[0].new.id).await.unwrap().record;
		let Packed { part, offset, .. } = packed(&other);
		overwrite(vault, &part.name, &[(offset, part.size)]).await.unwrap();
		assert!(matches!(look(vault, &other, 0).await, Err(Error::StorageDamaged)));
	}

	#[tokio::test]
	async fn a_pack_of_which_every_part_is_gone_is_removed() {
		let harness = anchored(&[page(1, 3)]).await;
		let (vault, records) = (&harness.vault, page(1, 3));
		let first = vault.record(records[0].new.id).await.unwrap().record;
		let name = packed(&first).part.name;
		for (number, one) in records.iter().enumerate() {
			assert!(vault.objects.size(&name).await.unwrap().is_some(), "{number} have gone");
			own_object(vault, one.new.id).await.unwrap();
		}
		assert_eq!(vault.objects.size(&name).await.unwrap(), None);
		for one in &records {
			let row = vault.record(one.new.id).await.unwrap().record;
			assert!(look(vault, &row, 0).await.is_ok());
		}
	}

	#[tokio::test]
	async fn a_copy_that_can_not_be_kept_leaves_nothing_behind() {
		let harness = anchored(&[page(1, 3)]).await;
		let (vault, moved) = (&harness.vault, &page(1, 3)[1]);
		let row = vault.record(moved.new.id).await.unwrap().record;
		// The record goes while its copy is made: what is written of it is no record's.
		let gone = vault.store.write::<_, StoreError>(|rows| rows.remove(&RECORDS, &row.id));
		assert!(gone.unwrap());
		let refused = copy(vault, row.id, packed(&row)).await;
		assert!(matches!(refused, Err(Error::RecordUnknown)));
		let left = vault.store.read(|rows| rows.first(&INCOMING, 9)).unwrap();
		assert!(left.is_empty());
		let objects: Vec<_> = vault.objects.list().try_collect().await.unwrap();
		assert_eq!(objects.len(), 1, "the pack alone");
	}

	#[tokio::test]
	async fn what_a_kill_left_is_overwritten_later() {
		let harness = anchored(&[page(1, 3)]).await;
		let row = harness.vault.record(page(1, 3)[1].new.id).await.unwrap().record;
		let Body::Packed(packed) = row.body else { panic!("not packed") };
		let note = (packed.part.name, packed.offset, packed.part.size);
		let store = &harness.vault.store;
		store.write::<_, StoreError>(|rows| rows.push(&BLANKING, &note)).unwrap();
		blank(&harness.vault).await.unwrap();
		assert!(matches!(
			bodies::unpack(&harness.vault.objects, &packed).await,
			Err(Error::StorageDamaged)
		));
		assert!(store.read(|rows| rows.first(&BLANKING, 9)).unwrap().is_empty());
	}
}

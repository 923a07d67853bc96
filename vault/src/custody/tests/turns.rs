//! Imports and take-overs that come at once: one of them gives places in charts at a time.

use super::*;
use crate::{
	bulk::{
		anchor_next,
		tests::{
			begin_batch, chain_of, commit as commit_batch, harness, page, sealed, CHARTS_HERE,
		},
	},
	routes::tests::Harness,
	store::bulk::ANCHORING,
};
use std::time::Duration;
use tokio::time::timeout;

/// Has a record arrive in a chart to which the import gives places, too.
fn arrive(harness: &Harness) -> (u64, ArrivedRecord) {
	let mut record = arrived(0xee);
	record.record.chart = CHARTS_HERE[0];
	let pushed = |rows: &crate::store::Writing<'_>| rows.push(&ARRIVED, &record);
	(harness.vault.store.write::<_, StoreError>(pushed).unwrap(), record)
}

#[tokio::test]
async fn while_a_batch_has_places_nothing_is_taken_over() {
	let harness = harness();
	sealed(&harness, &[page(1, 5)]).await;
	let batch = begin_batch(&harness).unwrap();
	let (number, record) = arrive(&harness);
	// As a kill leaves it, too: the batch is noted on disk.
	let harness = harness.killed();
	assert!(take::accept_all(&harness.vault).await.unwrap(), "it waits");
	let (waits, taking) = harness
		.vault
		.store
		.read(|rows| Ok((rows.first(&ARRIVED, 9)?.len(), rows.first(&TAKING, 9)?.len())))
		.unwrap();
	assert_eq!((waits, taking), (1, 0));
	// Then it goes behind the last of the batch.
	commit_batch(&harness);
	let taking = give_places(&harness.vault.store, vec![(number, record)]).unwrap();
	commit(&harness.vault.store, &taking, HEAD).unwrap();
	let ids = chain_of(&harness, CHARTS_HERE[0], &[batch]);
	assert_eq!((ids.len(), ids.last().copied()), (3, Some(taking[0].1.record.id)));
}

#[tokio::test]
async fn while_records_are_taken_over_no_batch_gets_places() {
	let harness = harness();
	sealed(&harness, &[page(1, 5)]).await;
	let vault = &harness.vault;
	let noted = || vault.store.read(|rows| rows.get(&ANCHORING, &())).unwrap();
	let taking_over = vault.custody.turn.lock().await;
	assert!(timeout(Duration::from_millis(300), anchor_next(vault)).await.is_err(), "it waits");
	assert_eq!(noted(), None);
	drop(taking_over);
	// The node is away, so it does not come further than that.
	assert!(timeout(Duration::from_millis(300), anchor_next(vault)).await.is_err());
	assert!(noted().is_some());
}

//! What the store holds between the steps of storing a record.

use super::*;
use crate::store::{unvouched, Body, ChartRow, Identity, NewChart, Segment};
use proptest::prelude::*;
use salus_client::{
	envelope::Wrap,
	vault_api::{DatabaseKey, RecordWraps},
};
use salus_primitives::{
	codes::{Category, Confidentiality},
	ids::Digest,
};
use tempfile::TempDir;

const CHARTS_HERE: [ChartId; 2] = [ChartId([1; 32]), ChartId([2; 32])];

fn open(folder: &TempDir) -> Store {
	let key = DatabaseKey { key: [5; 32] };
	Store::open(&folder.path().join("vault.redb"), &key, Identity::new([0; 32], 1)).unwrap()
}

fn with_charts(folder: &TempDir) -> Store {
	let store = open(folder);
	store
		.write::<_, StoreError>(|rows| {
			for chart in CHARTS_HERE {
				let new = NewChart { chart, key: [3; 32], encryption_key: unvouched([4; 32]) };
				rows.put(&CHARTS, &chart, &ChartRow::empty(new))?;
			}
			Ok(())
		})
		.unwrap();
	store
}

fn new_record(id: u8) -> NewRecord {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	NewRecord {
		id: RecordId([id; 32]),
		replaces: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		media_type: "application/fhir+json".into(),
		size: 1,
		content_digest: Digest([0; 32]),
		ciphertext_digest: Digest([id; 32]),
		wraps: RecordWraps {
			custodian: wrap(WrapContext::Custodian { organisation: 1, key_version: 1 }),
			chart: wrap(WrapContext::Chart { chart: CHARTS_HERE[0] }),
		},
	}
}

/// A batch as it comes from uploads: each record waits in its row.
fn uploaded(store: &Store, charts: &[usize], first: u8) -> Vec<(u64, WaitingRecord)> {
	(first..)
		.zip(charts)
		.map(|(id, chart)| {
			let segment = Segment { name: [id; 32], size: 42, digest: Digest([id; 32]) };
			let record = WaitingRecord {
				chart: CHARTS_HERE[*chart],
				new: new_record(id),
				body: Body::Segments(vec![segment]),
			};
			let waiting = store
				.write::<_, StoreError>(|rows| rows.push(&WAITING_RECORDS, &record))
				.unwrap();
			(waiting, record)
		})
		.collect()
}

fn head() -> Head {
	Head { number: 1, hash: [7; 32], at: 8 }
}

fn pending(store: &Store) -> Vec<(u64, PendingRecord)> {
	store.read(|rows| rows.first(&PENDING_RECORDS, usize::MAX)).unwrap()
}

fn waiting(store: &Store) -> Vec<WaitingRecord> {
	let rows = store.read(|rows| rows.first(&WAITING_RECORDS, usize::MAX)).unwrap();
	rows.into_iter().map(|(_, record)| record).collect()
}

fn records_of(batch: &[(u64, WaitingRecord)]) -> Vec<WaitingRecord> {
	batch.iter().map(|(_, record)| record.clone()).collect()
}

/// Ids of a chart's records, if its sequence has no gap and every leaf names the one before.
fn chain_of(store: &Store, chart: ChartId) -> Option<Vec<RecordId>> {
	let mut previous = None;
	store
		.read(|rows| {
			let end = rows.get(&CHARTS, &chart)?.unwrap().records;
			let mut ids = Vec::new();
			for sequence in 0..end.next {
				let Some(id) = rows.get(&CHART_RECORDS, &(chart, sequence))? else {
					return Ok(None);
				};
				let opening = rows.get(&RECORDS, &id)?.unwrap().record.opening;
				if opening.terms.sequence != sequence || opening.terms.previous_leaf != previous {
					return Ok(None);
				}
				previous = Some(opening.seal());
				ids.push(id);
			}
			Ok((end.last == previous).then_some(ids))
		})
		.unwrap()
}

#[test]
fn a_batch_gives_each_chart_its_own_sequence() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_charts(&folder);
	let batch = uploaded(&store, &[0, 1, 0, 0], 10);
	let rows = write_pending(&store, batch).unwrap();
	let sequences: Vec<_> = rows.iter().map(|(_, record)| record.opening.terms.sequence).collect();
	assert_eq!(sequences, [0, 0, 1, 2]);
	assert!(waiting(&store).is_empty());
	// Nothing counts before the chain has it.
	assert_eq!(chain_of(&store, CHARTS_HERE[0]), Some(vec![]));
	commit(&store, &rows, head()).unwrap();
	let ids = [10, 12, 13].map(|id| RecordId([id; 32])).to_vec();
	assert_eq!(chain_of(&store, CHARTS_HERE[0]), Some(ids));
	assert_eq!(chain_of(&store, CHARTS_HERE[1]), Some(vec![RecordId([11; 32])]));
	assert!(pending(&store).is_empty());
}

#[test]
fn a_kill_after_any_step_loses_nothing() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_charts(&folder);
	let batch = uploaded(&store, &[0, 0], 10);
	drop(store);
	// Uploaded: both wait for their batch.
	let store = open(&folder);
	assert_eq!(waiting(&store), records_of(&batch));
	let rows = write_pending(&store, batch).unwrap();
	drop(store);
	// Pending: what the next start settles is what was submitted.
	let store = open(&folder);
	assert_eq!(pending(&store), rows);
	commit(&store, &rows, head()).unwrap();
	drop(store);
	let store = open(&folder);
	assert!(pending(&store).is_empty() && waiting(&store).is_empty());
	assert_eq!(chain_of(&store, CHARTS_HERE[0]).unwrap().len(), 2);
}

#[test]
fn a_refused_batch_waits_as_it_came() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_charts(&folder);
	let batch = uploaded(&store, &[0, 1], 10);
	let rows = write_pending(&store, batch.clone()).unwrap();
	let numbers = withdraw(&store, &rows).unwrap();
	assert_eq!(numbers.len(), 2);
	assert_eq!(waiting(&store), records_of(&batch));
	assert!(pending(&store).is_empty());
	assert_eq!(chain_of(&store, CHARTS_HERE[0]), Some(vec![]));
}

#[test]
fn records_of_unknown_charts_are_not_noted() {
	let folder = tempfile::tempdir().unwrap();
	let store = open(&folder);
	let batch = uploaded(&store, &[0], 10);
	assert!(matches!(write_pending(&store, batch), Err(Error::ChartUnknown)));
	assert!(pending(&store).is_empty());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(16))]

	/// Whatever batches come, are refused or anchored, with kills between: no chart ever has a gap.
	#[test]
	fn sequences_never_have_gaps(
		batches in proptest::collection::vec(
			(proptest::collection::vec(0usize..2, 1..5), any::<bool>(), any::<bool>()),
			1..8,
		)
	) {
		let folder = tempfile::tempdir().unwrap();
		let mut store = with_charts(&folder);
		let mut expected = [0usize; 2];
		let mut first = 1u8;
		for (charts, anchored, killed) in batches {
			let batch = uploaded(&store, &charts, first);
			first += charts.len() as u8;
			let rows = write_pending(&store, batch).unwrap();
			if killed {
				drop(store);
				store = open(&folder);
				prop_assert_eq!(&pending(&store), &rows);
			}
			if anchored {
				commit(&store, &rows, head()).unwrap();
				charts.iter().for_each(|chart| expected[*chart] += 1);
			} else {
				withdraw(&store, &rows).unwrap();
			}
			for (chart, count) in CHARTS_HERE.into_iter().zip(expected) {
				prop_assert_eq!(chain_of(&store, chart).map(|ids| ids.len()), Some(count));
			}
		}
	}
}

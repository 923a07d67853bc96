//! What the store holds between the steps of an import.

use super::{
	anchor::{commit_page, next, withdraw},
	*,
};
use crate::{
	clock::DAY,
	erasure,
	routes::tests::{person, Harness},
	store::{
		bulk::{AnchoringBatch, ANCHORING, BLANKING, OPEN_IMPORTS},
		unvouched, Body, ChartRow, ErasedRow, NewChart, Packed, Writing, CHART_RECORDS,
	},
};
use codec::Encode;
use proptest::prelude::*;
use salus_client::{
	envelope::{Wrap, WrapContext},
	vault_api::{Head, NewRecord, RecordWraps},
};
use salus_primitives::{
	batch::BatchProof,
	codes::{Category, Confidentiality},
	ids::RecordId,
};

pub(crate) const CHARTS_HERE: [ChartId; 2] = [ChartId([1; 32]), ChartId([2; 32])];
const IMPORT: ImportId = ImportId([7; 32]);

pub(crate) fn harness() -> Harness {
	let harness = Harness::new();
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| {
			for chart in CHARTS_HERE {
				let new = NewChart { chart, key: [3; 32], encryption_key: unvouched([4; 32]) };
				rows.put(&CHARTS, &chart, &ChartRow::empty(new))?;
			}
			Ok(())
		})
		.unwrap();
	harness
}

fn importer() -> AccountBytes {
	person("//Mercy//Records").account()
}

fn record(n: u32, chart: ChartId) -> PageRecord {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	let ciphertext = vec![n as u8; envelope_size(u64::from(n % 7)) as usize];
	let mut id = [0; 32];
	id[..4].copy_from_slice(&n.to_be_bytes());
	let new = NewRecord {
		id: RecordId(id).anchored_at(1),
		replaces: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		media_type: "application/fhir+json".into(),
		size: u64::from(n % 7),
		content_digest: Digest([0; 32]),
		ciphertext_digest: Digest::of(&ciphertext),
		wraps: RecordWraps {
			custodian: wrap(WrapContext::Custodian { organisation: 1, key_version: 1 }),
			chart: wrap(WrapContext::Chart { chart }),
		},
	};
	PageRecord { chart, new, ciphertext }
}

/// A page of so many records, which go to the two charts in turn.
pub(crate) fn page(first: u32, count: u32) -> Vec<PageRecord> {
	(first..first + count)
		.map(|n| record(n, CHARTS_HERE[(n % 2) as usize]))
		.collect()
}

async fn put(harness: &Harness, number: u32, page: &[PageRecord]) -> Result<Import> {
	take_page(&harness.vault, importer(), IMPORT, number, page.encode().into()).await
}

/// An import of these pages, sealed.
pub(crate) async fn sealed(harness: &Harness, pages: &[Vec<PageRecord>]) {
	take_begin(&harness.vault, importer(), IMPORT).await.unwrap();
	for (number, page) in (0..).zip(pages) {
		put(harness, number, page).await.unwrap();
	}
	let count = pages.len() as u32;
	let sealed = take_seal(&harness.vault, importer(), IMPORT, count).await.unwrap();
	assert_eq!(sealed.state, if count == 0 { ImportState::Done } else { ImportState::Sealed });
}

pub(crate) fn begin_batch(harness: &Harness) -> Option<AnchoringBatch> {
	next(&harness.vault.store, &[2; 32], 1).unwrap()
}

/// A vault with an import of these pages, whose batches are final.
pub(crate) async fn anchored(pages: &[Vec<PageRecord>]) -> Harness {
	let harness = harness();
	sealed(&harness, pages).await;
	while begin_batch(&harness).is_some() {
		commit(&harness);
	}
	harness
}

const BLOCK: Head = Head { number: 1, hash: [7; 32], at: 8 };

pub(crate) fn commit(harness: &Harness) {
	while commit_page(&harness.vault.store, BLOCK).unwrap() {}
}

async fn looked(harness: &Harness) -> Import {
	look(&harness.vault, importer(), IMPORT).await.unwrap()
}

/// Ids of a chart's records, whose sequence must be without a gap, each leaf naming the one before, and
/// proven to lie in its batch.
pub(crate) fn chain_of(
	harness: &Harness,
	chart: ChartId,
	batches: &[AnchoringBatch],
) -> Vec<RecordId> {
	let store = &harness.vault.store;
	store
		.read(|rows| {
			let end = rows.get(&CHARTS, &chart)?.unwrap().records;
			let (mut previous, mut ids) = (None, Vec::new());
			for sequence in 0..end.next {
				let id = rows.get(&CHART_RECORDS, &(chart, sequence))?.unwrap();
				let row = rows.get(&RECORDS, &id)?.unwrap().record;
				assert_eq!(row.opening.terms.sequence, sequence);
				assert_eq!(row.opening.terms.previous_leaf, previous);
				previous = Some(row.opening.seal());
				ids.push(id);
				let Body::Packed(Packed { batch, leaves, index, .. }) = row.body else { continue };
				let of = batches.iter().find(|known| known.batch == batch).unwrap();
				let proof =
					BatchProof::read(leaves, index, |row, place| node(rows, batch, row, place));
				let proof = proof?.unwrap();
				assert!(proof.verify(&of.root, of.leaves, &id, &row.opening.seal()));
			}
			assert_eq!(end.last, previous);
			Ok(ids)
		})
		.unwrap()
}

#[tokio::test]
async fn a_page_that_is_sent_twice_is_taken_once() {
	let harness = harness();
	take_begin(&harness.vault, importer(), IMPORT).await.unwrap();
	let again = take_begin(&harness.vault, importer(), IMPORT).await.unwrap();
	assert_eq!((again.state, again.pages), (ImportState::Open, 0));
	let one = put(&harness, 0, &page(0, 5)).await.unwrap();
	assert_eq!((one.pages, one.records), (1, 5));
	assert_eq!(put(&harness, 0, &page(0, 5)).await.unwrap(), one);
	let other = put(&harness, 0, &page(0, 4)).await.unwrap_err();
	assert!(matches!(other, Error::AlreadyExists(_)));
	assert!(matches!(put(&harness, 2, &page(5, 1)).await.unwrap_err(), Error::PageWrong(1)));
	assert_eq!(put(&harness, 1, &page(5, 1)).await.unwrap().pages, 2);
	// What a kill leaves is what came.
	let harness = harness.killed();
	assert_eq!(looked(&harness).await.pages, 2);
	assert_eq!(put(&harness, 1, &page(5, 1)).await.unwrap().records, 6);
}

#[tokio::test]
async fn what_is_wrong_with_a_page_refuses_all_of_it() {
	let harness = harness();
	take_begin(&harness.vault, importer(), IMPORT).await.unwrap();
	let wrong = |change: fn(&mut PageRecord)| {
		let mut page = page(0, 3);
		change(&mut page[1]);
		page
	};
	for (page, code) in [
		(wrong(|record| record.ciphertext[0] ^= 1), "digest-mismatch"),
		(wrong(|record| record.ciphertext.push(0)), "malformed"),
		(wrong(|record| record.new.id = RecordId([9; 32])), "malformed"),
		(wrong(|record| record.new.version = 2), "malformed"),
		(wrong(|record| record.new.replaces = Some(RecordId([1; 32]))), "malformed"),
		(wrong(|record| record.chart = CHARTS_HERE[0]), "malformed"),
		(vec![record(1, CHARTS_HERE[0]), record(1, CHARTS_HERE[0])], "malformed"),
		(vec![record(1, ChartId([9; 32]))], "chart-unknown"),
		(vec![], "malformed"),
	] {
		assert_eq!(put(&harness, 0, &page).await.unwrap_err().status_and_code().1, code);
	}
	let nonsense = take_page(&harness.vault, importer(), IMPORT, 0, Bytes::from_static(b"\x05"));
	assert!(matches!(nonsense.await, Err(Error::Malformed(_))));
	assert_eq!((looked(&harness).await.pages, looked(&harness).await.records), (0, 0));
	let left = harness.vault.store.read(|rows| rows.first(&INCOMING, 9)).unwrap();
	assert!(left.is_empty(), "its objects are gone");
}

#[tokio::test]
async fn an_import_is_for_the_account_that_began_it() {
	let harness = harness();
	sealed(&harness, &[page(0, 2)]).await;
	let other = person("//Patient").account();
	let vault = &harness.vault;
	let refused = look(vault, other, IMPORT).await.unwrap_err();
	assert!(matches!(refused, Error::ImportUnknown));
	let body = Bytes::from(page(2, 1).encode());
	let refused = take_page(vault, other, IMPORT, 1, body).await.unwrap_err();
	assert!(matches!(refused, Error::ImportUnknown));
	assert!(matches!(take_begin(vault, other, IMPORT).await, Err(Error::AlreadyExists(_))));
	assert!(matches!(take_seal(vault, other, IMPORT, 1).await, Err(Error::ImportUnknown)));
	assert!(matches!(abandon(vault, other, IMPORT).await, Err(Error::ImportUnknown)));
}

#[tokio::test]
async fn what_is_sealed_takes_no_page_and_is_sealed_once() {
	let harness = harness();
	sealed(&harness, &[page(0, 2)]).await;
	let vault = &harness.vault;
	assert!(matches!(take_seal(vault, importer(), IMPORT, 2).await, Err(Error::PageWrong(1))));
	take_seal(vault, importer(), IMPORT, 1).await.unwrap();
	let queue = vault.store.read(|rows| rows.first(&SEALED_IMPORTS, 9)).unwrap();
	assert_eq!(queue.len(), 1);
	assert!(matches!(put(&harness, 1, &page(2, 1)).await, Err(Error::AlreadyExists(_))));
	assert!(matches!(abandon(vault, importer(), IMPORT).await, Err(Error::AlreadyExists(_))));
}

#[tokio::test]
async fn an_import_that_is_removed_leaves_nothing() {
	let harness = harness();
	take_begin(&harness.vault, importer(), IMPORT).await.unwrap();
	for (number, page) in [page(0, 3), page(3, 3)].iter().enumerate() {
		put(&harness, number as u32, page).await.unwrap();
	}
	abandon(&harness.vault, importer(), IMPORT).await.unwrap();
	assert!(matches!(look(&harness.vault, importer(), IMPORT).await, Err(Error::ImportUnknown)));
	let objects: Vec<_> = harness.vault.objects.list().try_collect().await.unwrap();
	assert!(objects.is_empty());
}

#[tokio::test]
async fn nothing_counts_before_its_batch_is_final() {
	let harness = harness();
	sealed(&harness, &[page(0, 5), page(5, 4)]).await;
	let batch = begin_batch(&harness).unwrap();
	assert_eq!((batch.leaves, batch.until), (9, 2));
	assert!(is_noted(&harness.vault).await.unwrap(), "nobody else gets a place in a chart");
	assert!(chain_of(&harness, CHARTS_HERE[0], &[]).is_empty());
	assert!(matches!(
		harness.vault.record(record(0, CHARTS_HERE[0]).new.id).await,
		Err(Error::RecordUnknown)
	));
	commit(&harness);
	assert!(!is_noted(&harness.vault).await.unwrap());
	let ids = |from: u32| (from..9).step_by(2).map(|n| record(n, CHARTS_HERE[0]).new.id);
	let batches = [batch];
	assert!(chain_of(&harness, CHARTS_HERE[0], &batches).into_iter().eq(ids(0)));
	assert!(chain_of(&harness, CHARTS_HERE[1], &batches).into_iter().eq(ids(1)));
	let done = looked(&harness).await;
	assert_eq!((done.state, done.anchored, done.batches), (ImportState::Done, 9, 1));
	assert_eq!(begin_batch(&harness), None);
	// Its ciphertexts are there.
	for n in 0..9 {
		let row = harness.vault.record(record(n, CHARTS_HERE[0]).new.id).await.unwrap().record;
		let Body::Packed(packed) = &row.body else { panic!("not packed") };
		let bytes = crate::bodies::unpack(&harness.vault.objects, packed).await.unwrap();
		assert_eq!(bytes, record(n, CHARTS_HERE[0]).ciphertext);
	}
}

#[tokio::test]
async fn a_kill_between_two_pages_goes_on_with_the_next() {
	let mut harness = harness();
	sealed(&harness, &[page(0, 5), page(5, 4), page(9, 3)]).await;
	let batch = begin_batch(&harness).unwrap();
	loop {
		harness = harness.killed();
		// What was begun is found again, the same.
		let found = begin_batch(&harness).unwrap();
		assert_eq!((found.root, found.batch), (batch.root, batch.batch));
		if !commit_page(&harness.vault.store, BLOCK).unwrap() {
			break;
		}
	}
	let batches = [batch];
	let counts = CHARTS_HERE.map(|chart| chain_of(&harness, chart, &batches).len());
	assert_eq!(counts, [6, 6]);
	assert_eq!(looked(&harness).await.anchored, 12);
}

#[tokio::test]
async fn a_refused_batch_is_made_anew_after_what_came_between() {
	let harness = harness();
	sealed(&harness, &[page(0, 5)]).await;
	let refused = begin_batch(&harness).unwrap();
	let store = &harness.vault.store;
	withdraw(store).unwrap();
	assert!(store.read(|rows| node(rows, refused.batch, 0, 0)).is_err(), "its tree is gone");
	// An everyday record takes the place meanwhile.
	let between = store
		.write::<_, StoreError>(|rows| {
			let mut chart = rows.get(&CHARTS, &CHARTS_HERE[0])?.unwrap();
			let one = record(90, CHARTS_HERE[0]).new;
			let opening = salus_primitives::seal::Opening {
				terms: one.terms(CHARTS_HERE[0], chart.records.next, chart.records.last),
				salt: Default::default(),
			};
			chart.records = chart.records.after(opening.seal());
			rows.put(&CHARTS, &CHARTS_HERE[0], &chart)?;
			rows.put(&CHART_RECORDS, &(CHARTS_HERE[0], 0), &one.id)?;
			let row = crate::store::PendingRecord {
				id: one.id,
				opening,
				replaces: None,
				media_type: one.media_type,
				body: Body::Segments(vec![]),
				wraps: one.wraps,
			};
			let row = crate::store::RecordRow { record: row, block: BLOCK.into() };
			rows.put(&RECORDS, &one.id, &row)?;
			Ok(one.id)
		})
		.unwrap();
	let batch = begin_batch(&harness).unwrap();
	assert_ne!(batch.batch, refused.batch);
	commit(&harness);
	let ids = chain_of(&harness, CHARTS_HERE[0], &[batch]);
	assert_eq!((ids.len(), ids[0]), (4, between));
}

#[tokio::test]
async fn a_record_that_came_twice_counts_once() {
	let harness = harness();
	let mut twice = page(5, 4);
	twice.push(record(2, CHARTS_HERE[0]));
	// The last page is one whole repetition.
	sealed(&harness, &[page(0, 5), twice, page(0, 3)]).await;
	let batch = begin_batch(&harness).unwrap();
	assert_eq!(batch.leaves, 9);
	commit(&harness);
	let batches = [batch];
	let counts = CHARTS_HERE.map(|chart| chain_of(&harness, chart, &batches).len());
	assert_eq!(counts, [5, 4]);
	let done = looked(&harness).await;
	assert_eq!((done.state, done.anchored, done.known), (ImportState::Done, 9, 4));
	let left = harness.vault.store.read(|rows| rows.get(&ANCHORING, &())).unwrap();
	assert_eq!(left, None);
}

fn write(harness: &Harness, write: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>) {
	harness.vault.store.write::<_, StoreError>(write).unwrap();
}

#[tokio::test]
async fn what_was_erased_since_its_batch_was_noted_keeps_its_place_and_nothing_else() {
	let harness = harness();
	// The last page repeats it.
	sealed(&harness, &[page(1, 5), page(2, 1)]).await;
	let batch = begin_batch(&harness).unwrap();
	let (chart, id) = (CHARTS_HERE[0], page(2, 1)[0].new.id);
	// A restore found it erased.
	let erased = ErasedRow { chart, sequence: u32::MAX, petition: None };
	write(&harness, |rows| rows.put(&ERASED, &id, &erased));
	let harness = harness.killed();
	assert_eq!(begin_batch(&harness), Some(batch.clone()));
	commit(&harness);
	let store = &harness.vault.store;
	let (row, place, erased, blanking) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &id)?,
				rows.get(&CHART_RECORDS, &(chart, 0))?,
				rows.get(&ERASED, &id)?.unwrap(),
				rows.first(&BLANKING, 9)?,
			))
		})
		.unwrap();
	assert_eq!((row, place, erased.sequence), (None, Some(id), 0));
	let size = page(2, 1)[0].ciphertext.len() as u32;
	assert_eq!(blanking.len(), 1, "the repetition goes with its whole pack");
	assert_eq!((blanking[0].1 .1, blanking[0].1 .2), (page(1, 1)[0].ciphertext.len() as u32, size));
	// The one behind it names its leaf, and is in the batch.
	let next = harness.vault.record(page(4, 1)[0].new.id).await.unwrap().record;
	assert_eq!(next.opening.terms.sequence, 1);
	assert!(next.opening.terms.previous_leaf.is_some());
	assert_eq!(looked(&harness).await.state, ImportState::Done);
}

#[tokio::test]
async fn what_was_erased_does_not_come_back_with_a_second_import() {
	let harness = harness();
	let other = ImportId([8; 32]);
	let vault = &harness.vault;
	take_begin(vault, importer(), other).await.unwrap();
	let body = page(1, 3).encode();
	take_page(vault, importer(), other, 0, body.into()).await.unwrap();
	let body = page(7, 2).encode();
	take_page(vault, importer(), other, 1, body.into()).await.unwrap();
	sealed(&harness, &[page(1, 3), page(4, 2)]).await;
	while begin_batch(&harness).is_some() {
		commit(&harness);
	}
	let id = page(2, 1)[0].new.id;
	write(&harness, |rows| erasure::erase(rows, &id, None).map(drop));
	take_seal(vault, importer(), other, 2).await.unwrap();
	let batch = begin_batch(&harness).unwrap();
	assert_eq!(batch.leaves, 2);
	commit(&harness);
	assert!(vault.store.read(|rows| rows.get(&RECORDS, &id)).unwrap().is_none());
	let done = look(vault, importer(), other).await.unwrap();
	assert_eq!((done.state, done.anchored, done.known), (ImportState::Done, 2, 3));
	// Nor with a page that comes after.
	let third = ImportId([9; 32]);
	take_begin(vault, importer(), third).await.unwrap();
	let body = page(2, 1).encode();
	let refused = take_page(vault, importer(), third, 0, body.into()).await.unwrap_err();
	assert!(refused.to_string().contains("erased"));
}

#[tokio::test]
async fn what_is_passed_over_beside_others_leaves_its_pack() {
	let harness = harness();
	let mut twice = page(5, 2);
	twice.push(page(2, 1).remove(0));
	sealed(&harness, &[page(1, 4), twice]).await;
	begin_batch(&harness).unwrap();
	commit(&harness);
	let blanking = harness.vault.store.read(|rows| rows.first(&BLANKING, 9)).unwrap();
	assert_eq!(blanking.len(), 1);
}

#[tokio::test]
async fn an_account_has_so_many_imports_open_and_idle_ones_go() {
	let harness = harness();
	let vault = &harness.vault;
	let import = |n: u8| ImportId([n; 32]);
	for n in 0..open::PER_ACCOUNT as u8 {
		take_begin(vault, importer(), import(n)).await.unwrap();
	}
	let refused = take_begin(vault, importer(), import(99)).await.unwrap_err();
	assert_eq!(refused.status_and_code().1, "too-many-imports");
	assert!(refused.to_string().contains("16 imports"));
	// Begun again it is the same, and another account has its own.
	take_begin(vault, importer(), import(0)).await.unwrap();
	let other = person("//Patient").account();
	take_begin(vault, other, import(98)).await.unwrap();
	// One that is sealed or removed makes room.
	take_seal(vault, importer(), import(0), 0).await.unwrap();
	abandon(vault, importer(), import(1)).await.unwrap();
	take_begin(vault, importer(), import(99)).await.unwrap();
	// One of them has a page.
	put(&harness, 0, &page(0, 3)).await.unwrap();

	// Nothing came of these for a week, but of one.
	assert_eq!(expire(vault, now()).await.unwrap(), 0);
	let at = now() + open::IDLE;
	write(&harness, |rows| open::touched(rows, import(2), importer(), at - DAY));
	assert_eq!(expire(vault, at + 1).await.unwrap(), open::PER_ACCOUNT - 1);
	let left = vault.store.read(|rows| rows.first(&OPEN_IMPORTS, 99)).unwrap();
	assert_eq!(left.len(), 1);
	assert_eq!(left[0].1.import, import(2));
	assert!(matches!(look(vault, importer(), IMPORT).await, Err(Error::ImportUnknown)));
	let objects: Vec<_> = vault.objects.list().try_collect().await.unwrap();
	assert!(objects.is_empty(), "what came of them is gone");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(12))]

	#[test]
	fn whatever_pages_come_every_chart_is_without_a_gap(
		sizes in prop::collection::vec(1u32..80, 1..40),
		kills in prop::collection::vec(any::<bool>(), 40),
	) {
		let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
		runtime.block_on(async {
			let mut harness = harness();
			let (mut first, mut pages) = (0, Vec::new());
			for size in sizes {
				pages.push(page(first, size));
				first += size;
			}
			sealed(&harness, &pages).await;
			let mut batches = Vec::new();
			while let Some(batch) = begin_batch(&harness) {
				batches.push(batch);
				let mut kills = kills.iter();
				while commit_page(&harness.vault.store, BLOCK).unwrap() {
					if kills.next() == Some(&true) {
						harness = harness.killed();
					}
				}
			}
			let counts = CHARTS_HERE.map(|chart| chain_of(&harness, chart, &batches).len() as u32);
			assert_eq!(counts[0] + counts[1], first);
		});
	}
}

//! What both vaults hold between the steps of handing over a holding, whichever of them is killed there.

mod checks;
mod states;

use super::{
	activate::{forget, take_in, Fate, Fates},
	bring::{
		forget_nodes, hold, keep_leaves, keep_nodes, keys_of, put_keys, runs_here, settle_nodes,
		LESS,
	},
	check::{self, Parties},
	copy::held,
	give::{handed, moved_records, rows_of, totals},
	hand::{runs, window},
	last::Came,
};
use crate::{
	custody::rows::{MovedRow, Moving, TakenRecord, TransferRow},
	errors::Error,
	store::{
		bulk::{BATCH_NODES, NODES},
		Batch, Body, ChartRow, DisclosureRow, HeldBody, HeldNodes, HoldRow, Identity, InboxRow,
		NewChart, OutboxEntry, Packed, PendingRecord, PetitionRow, ReceivingRow, RecordRow,
		RequestRow, Rows, Segment, Store, StoreError, TakenIn, BATCHES, BATCH_COUNT, BATCH_POSTERS,
		CHARTS, CHART_DIRECTIVES, CHART_PETITIONS, CHART_RECORDS, CHART_REQUESTS, DIRECTIVES,
		DISCLOSURES, ERASED, HELD_BATCHES, HELD_BODIES, HELD_CHARTS, HELD_NODES, HELD_ROWS,
		HELD_RUNS, HOLDS, LEFT_BEFORE, MOVED, OUTBOX, PETITIONS, PETITION_INBOX, RECEIVING,
		RECORDS, REQUESTS, TAKEN_IN, TAKING, TRANSFERS,
	},
};
use salus_client::{
	envelope::{Wrap, WrapContext},
	keys::{Identity as Person, KeyFile},
	petitions::petition,
	vault_api::{
		DatabaseKey, HandedChart, HandedLeaves, HandedRow, Head, MovingState, PostedPetition,
		RecordPlace, RecordWraps, TransferStatement, TransferWord, HANDED_ROWS_PER_PAGE,
		TRANSFER_DOMAIN,
	},
};
use salus_primitives::{
	batch::{BatchFacts, BatchProof, BatchTree},
	codes::{Action, Category, Confidentiality, PetitionKind, PetitionState, Purpose, Role},
	decision::{Accessor, Basis},
	directive::{DirectiveTerms, RequestTerms},
	disclosure::{self, DisclosureEntry, Outcome, Subject},
	hold::HoldTerms,
	ids::{BatchId, ChartId, Digest, DirectiveId, RecordId, RequestId, Salt, Seal},
	petition::PetitionTerms,
	record::RecordTerms,
	seal::Opening,
	time::Period,
};
use tempfile::TempDir;

const GENESIS: [u8; 32] = [2; 32];
const CHART: ChartId = ChartId([1; 32]);
const HEAD: Head = Head { number: 9, hash: [9; 32], at: 9 };
const TREE: BatchId = BatchId([7; 32]);
/// Who gives, and who receives.
const PARTIES: Parties = Parties { genesis: GENESIS, from: 1, keeper: 1, here: 2 };

fn open(folder: &TempDir, organisation: u32) -> Store {
	let key = DatabaseKey { key: [5; 32] };
	let identity = Identity::new(GENESIS, organisation);
	Store::open(&folder.path().join("vault.redb"), &key, identity).unwrap()
}

fn patient() -> Person {
	KeyFile::from_dev_uri("//Patient").unwrap().into_identity()
}

fn id(n: u8) -> RecordId {
	RecordId([n; 32])
}

fn wraps(organisation: u32) -> RecordWraps {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	RecordWraps {
		custodian: wrap(WrapContext::Custodian { organisation, key_version: 1 }),
		chart: wrap(WrapContext::Chart { chart: CHART }),
	}
}

fn segment(n: u8) -> Segment {
	Segment { name: [n; 32], size: 42, digest: Digest([n; 32]) }
}

fn opening(n: u8, sequence: u32) -> Opening<RecordTerms> {
	let terms = RecordTerms {
		chart: CHART,
		sequence,
		previous_leaf: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 7,
		size: 1,
		content_digest: Digest([3; 32]),
		ciphertext_digest: Digest([4; 32]),
	};
	Opening { terms, salt: Salt([n; 32]) }
}

fn pending(n: u8, sequence: u32, body: Body) -> PendingRecord {
	PendingRecord {
		id: id(n),
		opening: opening(n, sequence),
		replaces: None,
		media_type: "application/fhir+json".into(),
		body,
		wraps: wraps(1),
	}
}

fn entry(sequence: u32, previous: Option<Seal>) -> Opening<DisclosureEntry> {
	let terms = DisclosureEntry {
		chart: CHART,
		sequence,
		previous,
		at: 5,
		head: [1; 32],
		accessor: Accessor::Staff { account: [2; 32], organisation: 1, role: Role::Clinician },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Listing,
		outcome: Outcome::Released(Basis::Custodian),
	};
	Opening { terms, salt: Salt([sequence as u8; 32]) }
}

fn asked() -> PostedPetition {
	let statement = "that was somebody else".parse().unwrap();
	let kind = PetitionKind::Amendment;
	let terms = PetitionTerms { chart: CHART, record: id(1), kind, at: 5, statement };
	petition(&patient(), &GENESIS, terms).unwrap()
}

fn matter() -> Opening<HoldTerms> {
	let terms = HoldTerms { record: id(1), at: 5, matter: "a claim".parse().unwrap() };
	Opening { terms, salt: Salt([8; 32]) }
}

/// The tree of the batch in which record 2 is, the second of three.
fn tree() -> BatchTree {
	let leaf = |n| (id(n), opening(n, 1).seal());
	BatchTree::new([leaf(9), leaf(2), leaf(8)]).unwrap()
}

fn tree_facts() -> BatchFacts {
	BatchFacts { custodian: 1, root: tree().root(), leaves: 3, at: 0 }
}

fn transfer() -> TransferRow {
	let there = patient();
	let to_chart = ChartId([6; 32]);
	let signature = there.sign(b"");
	let statement = TransferStatement {
		domain: TRANSFER_DOMAIN,
		genesis: GENESIS,
		from: 1,
		from_chart: CHART,
		to: 3,
		to_chart,
		to_key: there.vouch(&GENESIS, &to_chart),
		expires: 100,
	};
	let word = TransferWord { statement, from_signature: signature, to_signature: signature };
	let state = MovingState::Moved { block: 4 };
	let moving = Moving { record: id(4), sequence: 3, state, logged: true };
	TransferRow { word, records: vec![moving], withdrawn: false }
}

/// A chart with a record of its own that is held and disputed, one of a batch, one that was erased and one
/// that moved, two directives, an answered request, and a log of two lines in the giver's batch 3.
fn giver(folder: &TempDir) -> Store {
	let store = open(folder, 1);
	let person = patient();
	store
		.write::<_, Error>(|rows| {
			let encryption_key = person.vouch(&GENESIS, &CHART);
			let new = NewChart { chart: CHART, key: person.account(), encryption_key };
			let mut chart = ChartRow::empty(new);
			(chart.directives, chart.requests) = (2, 1);
			let lines = [entry(0, None), entry(1, Some(entry(0, None).seal()))];
			for (place, line) in (0u32..).zip(&lines) {
				chart.disclosures = chart.disclosures.after(line.seal());
				let row = DisclosureRow { opening: line.clone(), batch: Some((3, place)) };
				rows.put(&DISCLOSURES, &(CHART, place), &row)?;
			}
			let leaves = lines.iter().map(Opening::seal).chain([Seal([9; 32]); 6]).collect();
			rows.put(&BATCHES, &3, &Batch { leaves, number: Some(5) })?;
			rows.put(&CHARTS, &CHART, &chart)?;
			for n in 0u8..2 {
				let place = u32::from(n);
				let terms = DirectiveTerms::cover();
				let directive = DirectiveId([n; 32]);
				let opening = Opening { terms, salt: Salt([n; 32]) };
				rows.put(&DIRECTIVES, &(CHART, directive), &opening)?;
				rows.put(&CHART_DIRECTIVES, &(CHART, place), &directive)?;
			}
			let terms = RequestTerms {
				chart: CHART,
				practitioner: 1,
				organisation: 1,
				custodian: None,
				categories: Default::default(),
				actions: Default::default(),
				purpose: Purpose::Treatment,
				period: Period { from: 0, until: None },
			};
			let request = RequestRow {
				chart: CHART,
				requester: [4; 32],
				opening: Opening { terms, salt: Salt([4; 32]) },
				answer: Some(br#"{"declined":true,"answers":[]}"#.to_vec()),
			};
			rows.put(&REQUESTS, &RequestId([4; 32]), &request)?;
			rows.put(&CHART_REQUESTS, &(CHART, 0), &RequestId([4; 32]))?;
			let packed = Packed { part: segment(2), offset: 7, batch: TREE, leaves: 3, index: 1 };
			let bodies = [
				Body::Segments(vec![segment(1)]),
				Body::Packed(packed),
				Body::Segments(vec![segment(3)]),
				Body::Segments(vec![segment(4)]),
			];
			for (sequence, body) in (0u8..).zip(bodies) {
				let record = pending(sequence + 1, sequence.into(), body);
				crate::records::keep(rows, &record, HEAD)?;
			}
			for (row, nodes) in (0u32..).zip(tree().rows()) {
				let nodes: Vec<_> = nodes.iter().copied().map(Seal).collect();
				rows.put(&BATCH_NODES, &(TREE, row, 0), &nodes)?;
			}
			crate::erasure::erase(rows, &id(3), Some(1))?;
			rows.remove(&RECORDS, &id(4))?;
			rows.remove(&CHART_RECORDS, &(CHART, 3))?;
			rows.put(&MOVED, &id(4), &MovedRow { chart: CHART, to: 3, block: 4 })?;
			rows.push(&TRANSFERS, &transfer())?;
			rows.put(&HOLDS, &id(1), &vec![HoldRow { opening: matter(), account: [6; 32] }])?;
			let inbox = InboxRow { record: id(1), number: 0, due: 90, open: true };
			let inbox = rows.push(&PETITION_INBOX, &inbox)?;
			let petition = PetitionRow {
				number: 0,
				posted: asked(),
				account: person.account(),
				state: PetitionState::Open,
				filed: 10,
				answer: None,
				inbox,
			};
			rows.put(&PETITIONS, &id(1), &vec![petition])?;
			Ok(rows.put(&CHART_PETITIONS, &CHART, &vec![id(1)])?)
		})
		.unwrap();
	store
}

/// The rows of the chart, as this vault would hand them over.
fn all_of(store: &Store) -> Vec<HandedRow> {
	let rows = store.read(|rows| rows_of(rows, CHART, &moved_records(rows)?)).unwrap();
	rows.unwrap()
}

/// The same with the custodian's wraps to the receiver, as they come.
fn as_they_come(store: &Store) -> Vec<HandedRow> {
	let mut all = all_of(store);
	for row in &mut all {
		if let HandedRow::Record { wraps: of, .. } = row {
			*of = wraps(2);
		}
	}
	all
}

fn came_leaves() -> HandedLeaves {
	let lines = [entry(0, None), entry(1, Some(entry(0, None).seal()))];
	let leaves = lines.iter().map(Opening::seal).chain([Seal([9; 32]); 6]).collect();
	HandedLeaves { organisation: 1, number: 5, leaves }
}

/// A vault that has posted seven batches of its own, with the ciphertexts and batches of the chart.
fn receiver(folder: &TempDir) -> Store {
	let store = open(folder, 2);
	store
		.write::<_, StoreError>(|rows| {
			rows.put(&BATCH_COUNT, &(), &7)?;
			rows.push(&RECEIVING, &ReceivingRow::begun(1))?;
			for n in [1, 2] {
				let body = HeldBody { from: 1, record: id(n), segments: vec![segment(n + 100)] };
				rows.put(&HELD_BODIES, &id(n), &body)?;
			}
			Ok(())
		})
		.unwrap();
	keep_leaves(&store, 1, 3, came_leaves()).unwrap();
	store
}

fn receiving(store: &Store) -> ReceivingRow {
	store.read(|rows| rows.first(&RECEIVING, 9)).unwrap().remove(0).1
}

#[test]
fn a_chart_arrives_as_it_was_and_is_served_only_then() {
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (giver, mut store) = (giver(&folders[0]), receiver(&folders[1]));
	let all = as_they_come(&giver);
	let of = handed(CHART, &all);
	assert_eq!(of, handed(CHART, &all_of(&giver)), "wraps are made anew each time");
	assert_eq!(check::shape(PARTIES, &of, &all), Ok(()));
	assert_eq!(store.read(|rows| check::places(rows, 1, &all)).unwrap(), Ok(()));
	hold(&store, 1, of, &all).unwrap().unwrap();
	assert_eq!((receiving(&store).charts, receiving(&store).records), (1, 2));
	let (totals, unreadable) = totals(&giver).unwrap();
	assert!(unreadable.is_empty());
	assert_eq!(super::give::of_charts(held(&store, 1).unwrap()), totals);

	// Killed here, all of it is there, and nothing of it where anything is served from.
	drop(store);
	store = open(&folders[1], 2);
	let (chart, record, petitions) = store
		.read(|rows| {
			Ok((
				rows.get(&CHARTS, &CHART)?,
				rows.get(&RECORDS, &id(1))?,
				rows.first(&PETITION_INBOX, 9)?,
			))
		})
		.unwrap();
	assert!(chart.is_none() && record.is_none() && petitions.is_empty());

	let held_chart = store.read(|rows| rows.get(&HELD_CHARTS, &CHART)).unwrap().unwrap();
	take_in(&store, &held_chart, &Fates::default()).unwrap();
	let mut here = all_of(&store);
	for row in &mut here {
		// Its batch has a number of its own here, beside those of this house.
		if let HandedRow::Disclosure { batch: Some(place), .. } = row {
			assert_eq!(place.batch, 7);
			place.batch = 3;
		}
	}
	assert_eq!(here, all);
	let (own, moved, chart, erased) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &id(2))?,
				rows.get(&MOVED, &id(4))?,
				rows.get(&CHARTS, &CHART)?,
				rows.get(&ERASED, &id(3))?,
			))
		})
		.unwrap();
	let Body::Packed(packed) = own.unwrap().record.body else { panic!("its batch is lost") };
	assert_eq!((packed.part, packed.offset, packed.index), (segment(102), 0, 1));
	assert_eq!(moved.unwrap().to, 3);
	assert_eq!(erased.unwrap().petition, Some(1));
	// What comes next goes on where the giver ended.
	let chart = chart.unwrap();
	assert_eq!((chart.records.next, chart.disclosures.next), (4, 2));
	assert_eq!(chart.disclosures.last, Some(entry(1, Some(entry(0, None).seal())).seal()));
	assert!(store.read(|rows| rows.get(&HELD_ROWS, &(CHART, 0))).unwrap().is_none());
	// A second time, after a kill in between, there is nothing left to take in.
	assert!(held(&store, 1).unwrap().is_empty());
	assert!(take_in(&store, &held_chart, &Fates::default()).is_err());
}

#[test]
fn leaves_of_records_that_did_not_come_are_missed() {
	let folder = tempfile::tempdir().unwrap();
	// Its batch has three leaves, of which one is in this chart.
	let store = giver(&folder);
	let all = as_they_come(&store);
	let lost = |rows: &[HandedRow]| {
		let mut came = Came::default();
		rows.iter().for_each(|row| came.note(row));
		store.read(|rows| came.lost(rows)).unwrap()
	};
	// Two are gone, of which nobody knows the leaf.
	assert_eq!(lost(&all), 0);
	let is_gone =
		|row: &HandedRow| matches!(row, HandedRow::Erased { .. } | HandedRow::Moved { .. });
	let mut here: Vec<_> = all.into_iter().filter(|row| !is_gone(row)).collect();
	assert_eq!(lost(&here), 2);
	// One that has an object of its own by now.
	let is_record = |row: &&HandedRow| matches!(row, HandedRow::Record { .. });
	let mut other = here.iter().find(is_record).unwrap().clone();
	if let HandedRow::Record { record, opening: of, place, .. } = &mut other {
		(*record, *of, *place) = (id(9), opening(9, 1), None);
	}
	here.push(other);
	assert_eq!(lost(&here), 1);
}

/// The chart taken into service by a vault in which this was done before, with what the chain says by then.
fn taken_in(before: impl FnOnce(&Store), fates: &Fates) -> (TempDir, Store) {
	let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
	let (giver, store) = (giver(&folder), receiver(&into));
	let all = as_they_come(&giver);
	hold(&store, 1, handed(CHART, &all), &all).unwrap().unwrap();
	before(&store);
	let held_chart = store.read(|rows| rows.get(&HELD_CHARTS, &CHART)).unwrap().unwrap();
	take_in(&store, &held_chart, fates).unwrap();
	(into, store)
}

fn left(store: &Store) -> Vec<u32> {
	let left = store.read(|rows| rows.get(&LEFT_BEFORE, &CHART)).unwrap().unwrap_or_default();
	left.into_iter().map(|left| left.sequence).collect()
}

#[test]
fn what_this_house_has_of_another_chart_is_never_written_over() {
	// It took the record over by itself, for a chart of its own.
	let there = ChartId([6; 32]);
	let mut ours = pending(1, 5, Body::Segments(vec![segment(77)]));
	ours.opening.terms.chart = there;
	let row = RecordRow { record: ours.clone(), block: HEAD.into() };
	let put = |store: &Store| {
		store.write::<_, StoreError>(|rows| rows.put(&RECORDS, &id(1), &row)).unwrap();
	};
	let (_folder, store) = taken_in(put, &Fates::default());
	let (here, placed, moved, body) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &id(1))?,
				rows.get(&CHART_RECORDS, &(CHART, 0))?,
				rows.get(&MOVED, &id(1))?,
				rows.get(&HELD_BODIES, &id(1))?,
			))
		})
		.unwrap();
	assert_eq!(here.unwrap().record, ours);
	assert!(placed.is_none() && moved.is_none() && body.is_some());
	assert_eq!(left(&store), [0, 3]);

	// It is being taken over.
	let put = |store: &Store| {
		let taken = TakenRecord { from: 1, record: ours.clone() };
		store
			.write::<_, StoreError>(|rows| rows.push(&TAKING, &taken).map(drop))
			.unwrap();
	};
	let (_folder, store) = taken_in(put, &Fates::default());
	assert!(store.read(|rows| rows.get(&RECORDS, &id(1))).unwrap().is_none());
	assert_eq!(left(&store), [0, 3]);
}

#[test]
fn what_the_chain_says_by_then_counts() {
	let of = |fate| Fates { records: [(id(1), fate)].into(), block: 12, ..Fates::default() };
	let looked = |store: &Store| {
		store
			.read(|rows| {
				let (record, erased) = (rows.get(&RECORDS, &id(1))?, rows.get(&ERASED, &id(1))?);
				let holds = rows.get(&HOLDS, &id(1))?.is_some();
				Ok((record.is_some(), erased, rows.get(&MOVED, &id(1))?, holds))
			})
			.unwrap()
	};
	let (_folder, store) = taken_in(|_| {}, &of(Fate::Erased(Some(2))));
	let (record, erased, moved, holds) = looked(&store);
	assert_eq!((record, moved, holds), (false, None, false));
	assert_eq!(erased.unwrap().petition, Some(2));
	let (_folder, store) = taken_in(|_| {}, &of(Fate::Moved(9)));
	let (record, erased, moved, _) = looked(&store);
	assert!(!record && erased.is_none());
	assert_eq!(moved.map(|row| (row.to, row.block)), Some((9, 12)));
	let (_folder, store) = taken_in(|_| {}, &of(Fate::CameBefore));
	assert!(!looked(&store).0 && looked(&store).2.is_none());
	assert_eq!(left(&store), [0, 3]);

	// Nor is a key believed that the chain does not name.
	let other_key = Some([7; 32]);
	let (_folder, store) = taken_in(|_| {}, &Fates { other_key, ..Fates::default() });
	let taken = store.read(|rows| rows.get(&TAKEN_IN, &CHART)).unwrap();
	assert_eq!(taken, Some(TakenIn { from: 1, other_key }));
}

#[test]
fn keys_that_are_here_are_not_made_anew() {
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (giver, store) = (giver(&folders[0]), receiver(&folders[1]));
	let all = as_they_come(&giver);
	hold(&store, 1, handed(CHART, &all), &all).unwrap().unwrap();
	let known = store.read(|rows| rows.get(&HELD_CHARTS, &CHART)).unwrap().unwrap();
	let keys = keys_of(&store, &known).unwrap();
	let mut bare = all_of(&giver);
	assert_ne!(bare, all);
	assert!(put_keys(&mut bare, &keys));
	assert_eq!(bare, all);
	// One of another leaf has none here.
	for row in &mut bare {
		if let HandedRow::Record { opening, .. } = row {
			opening.salt = Salt([0; 32]);
		}
	}
	assert!(!put_keys(&mut bare, &keys));
}

#[test]
fn a_batch_keeps_who_posted_its_root_and_gets_a_number_of_its_own() {
	let folder = tempfile::tempdir().unwrap();
	let store = receiver(&folder);
	let of = |batch: u64| {
		store
			.read(|rows| Ok((rows.get(&BATCHES, &batch)?, rows.get(&BATCH_POSTERS, &batch)?)))
			.unwrap()
	};
	let (batch, poster) = of(7);
	let batch = batch.unwrap();
	assert_eq!((batch.number, poster), (Some(5), Some(1)));
	// The proof that the patient gets is under the giver's root.
	let proof = disclosure::prove(&batch.leaves, 1).unwrap();
	assert_eq!(
		(proof.index, disclosure::root(&batch.leaves)),
		(1, {
			let HandedLeaves { leaves, .. } = came_leaves();
			disclosure::root(&leaves)
		})
	);
	// Asked for again, it is not there twice, and this house's next is another.
	keep_leaves(&store, 1, 3, came_leaves()).unwrap();
	assert_eq!(store.read(|rows| rows.get(&BATCH_COUNT, &())).unwrap(), Some(8));
	// Nor when another hands it over.
	keep_leaves(&store, 4, 3, came_leaves()).unwrap();
	assert_eq!(store.read(|rows| rows.get(&BATCH_COUNT, &())).unwrap(), Some(8));
	assert_eq!(store.read(|rows| rows.get(&HELD_BATCHES, &(4, 3))).unwrap(), Some(7));
	// A giver that was restored gives its number again, to another batch.
	let other = HandedLeaves { organisation: 1, number: 6, leaves: vec![Seal([4; 32]); 8] };
	keep_leaves(&store, 1, 3, other).unwrap();
	assert_eq!(store.read(|rows| rows.get(&HELD_BATCHES, &(1, 3))).unwrap(), Some(8));
	assert_eq!((of(7).0.unwrap().number, of(8).0.unwrap().number), (Some(5), Some(6)));
}

#[test]
fn what_is_here_is_never_replaced_by_less() {
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (giver, store) = (giver(&folders[0]), receiver(&folders[1]));
	let all = as_they_come(&giver);
	hold(&store, 1, handed(CHART, &all), &all).unwrap().unwrap();
	// What a giver that was restored from a backup may not have: any of these.
	let is_less = |row: &HandedRow| {
		matches!(
			row,
			HandedRow::Directive { .. }
				| HandedRow::Request { .. }
				| HandedRow::Record { .. }
				| HandedRow::Erased { .. }
				| HandedRow::Hold { .. }
				| HandedRow::Petition { .. }
		)
	};
	for place in (0..all.len()).filter(|place| is_less(&all[*place])) {
		let mut less = all.clone();
		less.remove(place);
		let refused = hold(&store, 1, handed(CHART, &less), &less).unwrap();
		assert_eq!(refused, Err(LESS), "{:?}", all[place]);
	}
	let change = |change: fn(&mut HandedRow)| {
		let mut changed = all.clone();
		changed.iter_mut().for_each(change);
		hold(&store, 1, handed(CHART, &changed), &changed).unwrap()
	};
	let shorter = change(|row| {
		if let HandedRow::Chart { disclosures, .. } = row {
			disclosures.next = 1;
		}
	});
	assert_eq!(shorter, Err(LESS));
	// A log that went on otherwise.
	let forked = change(|row| {
		if let HandedRow::Disclosure { opening, .. } = row {
			opening.salt = Salt([99; 32]);
		}
	});
	assert_eq!(forked, Err(LESS));
	let unanswered = change(|row| {
		if let HandedRow::Request { answer, .. } = row {
			*answer = None;
		}
	});
	assert_eq!(unanswered, Err(LESS));
	let held_chart = store.read(|rows| rows.get(&HELD_CHARTS, &CHART)).unwrap().unwrap();
	assert_eq!(held_chart.of, handed(CHART, &all));
}

#[test]
fn what_changed_takes_the_place_of_what_was_here() {
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (giver, store) = (giver(&folders[0]), receiver(&folders[1]));
	let all = as_they_come(&giver);
	hold(&store, 1, handed(CHART, &all), &all).unwrap().unwrap();
	giver
		.write::<_, StoreError>(|rows| {
			let mut chart = rows.get(&CHARTS, &CHART)?.unwrap();
			let line = entry(2, chart.disclosures.last);
			chart.disclosures = chart.disclosures.after(line.seal());
			rows.put(&CHARTS, &CHART, &chart)?;
			rows.put(&DISCLOSURES, &(CHART, 2), &DisclosureRow { opening: line, batch: None })?;
			// Two rows less: notes of what moved by itself are not kept for ever.
			rows.remove(&MOVED, &id(4))?;
			crate::erasure::erase(rows, &id(1), None).map(drop)
		})
		.unwrap();
	let changed = as_they_come(&giver);
	assert_ne!(handed(CHART, &changed).digest, handed(CHART, &all).digest);
	assert_eq!(check::shape(PARTIES, &handed(CHART, &changed), &changed), Ok(()));
	assert!(changed.len() < all.len());
	hold(&store, 1, handed(CHART, &changed), &changed).unwrap().unwrap();
	assert_eq!((receiving(&store).charts, receiving(&store).records), (1, 1));
	let end = u32::try_from(changed.len()).unwrap();
	let (last, beyond) = store
		.read(|rows| {
			Ok((rows.get(&HELD_ROWS, &(CHART, end - 1))?, rows.get(&HELD_ROWS, &(CHART, end))?))
		})
		.unwrap();
	assert_eq!((last.as_ref(), beyond), (changed.last(), None));

	// The offer is withdrawn: nothing stays.
	let held_chart = store.read(|rows| rows.get(&HELD_CHARTS, &CHART)).unwrap().unwrap();
	forget(&store, &held_chart).unwrap();
	assert!(held(&store, 1).unwrap().is_empty());
	assert!(store.read(|rows| rows.get(&HELD_ROWS, &(CHART, 0))).unwrap().is_none());
}

#[test]
fn a_line_that_waits_for_its_batch_is_handed_without_one() {
	let folder = tempfile::tempdir().unwrap();
	let store = giver(&folder);
	let batch = store.read(|rows| rows.get(&BATCHES, &3)).unwrap().unwrap();
	let unposted = Batch { number: None, ..batch };
	let leaf = entry(0, None).seal();
	store
		.write::<_, StoreError>(|rows| {
			rows.push(&OUTBOX, &OutboxEntry { chart: CHART, sequence: 0, leaf })?;
			rows.put(&BATCHES, &3, &unposted)
		})
		.unwrap();
	let placed = |row: &HandedRow| matches!(row, HandedRow::Disclosure { batch: Some(_), .. });
	assert!(!all_of(&store).iter().any(placed));
	assert_eq!(store.read(|rows| super::give::waiting(rows, false)).unwrap(), 1);
}

#[test]
fn a_chart_that_can_not_be_read_keeps_no_other_here() {
	let folder = tempfile::tempdir().unwrap();
	let store = giver(&folder);
	let other = ChartId([0x77; 32]);
	store
		.write::<_, StoreError>(|rows| {
			let encryption_key = patient().vouch(&GENESIS, &other);
			let new = NewChart { chart: other, key: patient().account(), encryption_key };
			rows.put(&CHARTS, &other, &ChartRow::empty(new))
		})
		.unwrap();
	let (whole, unreadable) = totals(&store).unwrap();
	assert_eq!((whole.charts, unreadable.len()), (2, 0));
	store.write::<_, StoreError>(|rows| rows.remove(&ERASED, &id(3))).unwrap();
	let page = super::give::page(&store, None, 32).unwrap();
	let charts: Vec<_> = page.charts.iter().map(|handed| handed.chart).collect();
	assert_eq!((charts, page.unreadable), (vec![other], vec![CHART]));
	let (left, unreadable) = totals(&store).unwrap();
	assert_eq!((left.charts, unreadable), (1, vec![CHART]));
}

#[test]
fn places_of_records_that_moved_stay_known_when_their_transfer_is_forgotten() {
	let folder = tempfile::tempdir().unwrap();
	let store = giver(&folder);
	let before = handed(CHART, &all_of(&store));
	let over = transfer().word.statement.expires + 366 * crate::clock::DAY;
	assert_eq!(crate::custody::forget_ended(&store, over).unwrap(), 1);
	assert!(store.read(|rows| rows.first(&TRANSFERS, 9)).unwrap().is_empty());
	assert_eq!(handed(CHART, &all_of(&store)), before, "the receiver hears the same");
	let left = store
		.read(|rows| rows.get(&crate::store::LEFT_BEFORE, &CHART))
		.unwrap()
		.unwrap();
	assert_eq!(
		left.iter().map(|left| (left.record, left.sequence)).collect::<Vec<_>>(),
		[(id(4), 3)]
	);
}

#[test]
fn pages_of_rows_follow_each_other() {
	let row = |block| HandedRow::Moved { record: id(1), sequence: 0, to: 1, block };
	let all: Vec<_> = (0..HANDED_ROWS_PER_PAGE + 1).map(row).collect();
	let (first, next) = window(&all, 0);
	assert_eq!((first.len(), next), (128, Some(128)));
	let (second, next) = window(&all, 128);
	assert_eq!((second, next), (vec![row(128)], None));
	for beyond in [129, u64::MAX] {
		assert_eq!(window(&all, beyond), (Vec::new(), None));
	}
}

#[test]
fn a_tree_comes_in_runs_and_goes_on_where_it_broke_off() {
	assert_eq!(runs(0).count(), 0);
	assert_eq!(runs(1).collect::<Vec<_>>(), [(0, 0)]);
	assert_eq!(runs(NODES).count(), 7);
	let places: Vec<_> = runs(130).collect();
	assert_eq!(places[..5], [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]);

	let folder = tempfile::tempdir().unwrap();
	let mut store = open(&folder, 2);
	let nodes: Vec<Vec<Seal>> = tree()
		.rows()
		.iter()
		.map(|row| row.iter().copied().map(Seal).collect())
		.collect();
	let keep = |store: &Store, runs, came: &[Vec<Seal>]| {
		let known = HeldNodes { from: 1, batch: TREE, leaves: 3, runs, whole: false };
		keep_nodes(store, known, came).unwrap()
	};
	let here = |store: &Store| store.read(|rows| runs_here(rows, TREE)).unwrap();
	assert_eq!(here(&store), Some(0));
	assert_eq!(keep(&store, 0, &nodes[..1]), Ok(false));
	drop(store);
	store = open(&folder, 2);
	assert_eq!(here(&store), Some(1));
	assert_eq!(keep(&store, 1, &nodes[1..]), Ok(true));
	assert!(keep(&store, 3, &nodes[..1]).is_err(), "more nodes than a tree has");
	for wrong in [Vec::new(), vec![Seal([0; 32]); 65]] {
		assert!(keep(&store, 0, &[wrong]).is_err());
	}
	// Nothing is read from it before it is the tree of its root.
	let is_read = |store: &Store| store.read(|rows| rows.get(&BATCH_NODES, &(TREE, 0, 0))).unwrap();
	assert_eq!(is_read(&store), None);
	settle_nodes(&store, TREE, &tree_facts()).unwrap().unwrap();
	let proof = store
		.read(|rows| BatchProof::read(3, 1, |row, place| crate::bulk::node(rows, TREE, row, place)))
		.unwrap();
	let proof = proof.unwrap();
	assert!(proof.verify(&tree().root(), 3, &id(2), &opening(2, 1).seal()));
	assert_eq!(here(&store), None);
	let run = store.read(|rows| rows.get(&HELD_RUNS, &(TREE, 0, 0))).unwrap();
	assert_eq!(run, None);

	// The offer is withdrawn.
	let held = store.read(|rows| rows.get(&HELD_NODES, &TREE)).unwrap().unwrap();
	forget_nodes(&store, &held).unwrap();
	assert_eq!((is_read(&store), here(&store)), (None, Some(0)));
}

#[test]
fn a_tree_that_is_none_leaves_nothing_behind() {
	let folder = tempfile::tempdir().unwrap();
	let store = open(&folder, 2);
	let mut nodes: Vec<Vec<Seal>> = tree()
		.rows()
		.iter()
		.map(|row| row.iter().copied().map(Seal).collect())
		.collect();
	nodes[0][2] = Seal([0; 32]);
	let known = HeldNodes { from: 1, batch: TREE, leaves: 3, runs: 0, whole: false };
	assert_eq!(keep_nodes(&store, known, &nodes).unwrap(), Ok(true));
	let refused = settle_nodes(&store, TREE, &tree_facts()).unwrap().unwrap_err();
	assert!(refused.contains("not the tree"));
	let (read, run, held) = store
		.read(|rows| {
			Ok((
				rows.get(&BATCH_NODES, &(TREE, 0, 0))?,
				rows.get(&HELD_RUNS, &(TREE, 0, 0))?,
				rows.get(&HELD_NODES, &TREE)?,
			))
		})
		.unwrap();
	assert_eq!((read, run, held), (None, None, None));
}

#[test]
fn a_tree_of_this_house_is_never_written_over() {
	let folder = tempfile::tempdir().unwrap();
	// It made the batch itself.
	let store = giver(&folder);
	assert_eq!(store.read(|rows| runs_here(rows, TREE)).unwrap(), None);
	let before = store.read(|rows| rows.get(&BATCH_NODES, &(TREE, 0, 0))).unwrap();
	let known = HeldNodes { from: 1, batch: TREE, leaves: 3, runs: 0, whole: false };
	let others = [vec![Seal([1; 32]); 3], vec![Seal([1; 32]); 2], vec![Seal([1; 32])]];
	keep_nodes(&store, known, &others).unwrap().unwrap();
	assert!(settle_nodes(&store, TREE, &tree_facts()).unwrap().is_err());
	assert_eq!(store.read(|rows| rows.get(&BATCH_NODES, &(TREE, 0, 0))).unwrap(), before);
}

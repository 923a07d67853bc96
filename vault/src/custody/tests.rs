//! What both vaults hold between the steps of a transfer, whichever of them is killed there.

mod left;
mod turns;

use super::{
	ended::{forget_ended, KEPT},
	follow::{forget, verdict, Verdict},
	give::{bound, can_be_offered, change, note, take_back},
	hand::window,
	pull::{admit, is_here},
	rows::{ArrivedRecord, MovedRow, Moving, SourceRow, TransferRow},
	take::{self, begin, commit, give_places},
};
use crate::{
	errors::Error,
	store::{
		unvouched, Body, ChartRow, ErasedRow, Identity, NewChart, PendingRecord, RecordRow, Rows,
		Segment, Store, StoreError, WaitingRecord, ARRIVED, CHARTS, CHART_RECORDS, ERASED,
		INCOMING, MOVED, RECORDS, SOURCES, TAKING, TRANSFERS,
	},
};
use salus_client::{
	envelope::{Wrap, WrapContext},
	vault_api::{
		DatabaseKey, HandedRecord, Head, MovingState, NewRecord, RecordWraps, Signature,
		TransferStatement, TransferWord, HANDED_PER_PAGE, TRANSFER_DOMAIN,
	},
};
use salus_primitives::{
	codes::{Category, Confidentiality, PetitionKind, PetitionState, RecordState},
	decision::RecordFacts,
	ids::{ChartId, Digest, RecordId, Salt, Seal},
	petition::Petition,
	record::RecordTerms,
	seal::Opening,
	views::{PetitionView, RecordView},
};
use tempfile::TempDir;

const HERE: ChartId = ChartId([1; 32]);
const THERE: ChartId = ChartId([2; 32]);
const HEAD: Head = Head { number: 9, hash: [9; 32], at: 9 };

fn open(folder: &TempDir) -> Store {
	let key = DatabaseKey { key: [5; 32] };
	Store::open(&folder.path().join("vault.redb"), &key, Identity::new([0; 32], 1)).unwrap()
}

fn id(n: u8) -> RecordId {
	RecordId([n; 32])
}

fn word() -> TransferWord {
	let signature = Signature::Sr25519([0; 64]);
	let statement = TransferStatement {
		domain: TRANSFER_DOMAIN,
		genesis: [0; 32],
		from: 1,
		from_chart: HERE,
		to: 2,
		to_chart: THERE,
		to_key: unvouched([4; 32]),
		expires: 100,
	};
	TransferWord { statement, from_signature: signature, to_signature: signature }
}

fn wraps(organisation: u32, chart: ChartId) -> RecordWraps {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	RecordWraps {
		custodian: wrap(WrapContext::Custodian { organisation, key_version: 1 }),
		chart: wrap(WrapContext::Chart { chart }),
	}
}

fn terms(sequence: u32) -> RecordTerms {
	RecordTerms {
		chart: HERE,
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
	}
}

fn pending(n: u8, sequence: u32, replaces: Option<u8>) -> PendingRecord {
	let segment = Segment { name: [n; 32], size: 42, digest: Digest([n; 32]) };
	PendingRecord {
		id: id(n),
		opening: Opening { terms: terms(sequence), salt: Salt([n; 32]) },
		replaces: replaces.map(id),
		media_type: "application/fhir+json".into(),
		body: Body::Segments(vec![segment]),
		wraps: wraps(1, HERE),
	}
}

/// A vault with one chart and these records, each with the one that it replaces.
fn with_records(folder: &TempDir, chart: ChartId, records: &[(u8, Option<u8>)]) -> Store {
	let store = open(folder);
	store
		.write::<_, Error>(|rows| {
			let new = NewChart { chart, key: [3; 32], encryption_key: unvouched([4; 32]) };
			rows.put(&CHARTS, &chart, &ChartRow::empty(new))?;
			for (sequence, (n, replaces)) in (0..).zip(records) {
				crate::records::keep(rows, &pending(*n, sequence, *replaces), HEAD)?;
			}
			Ok(())
		})
		.unwrap();
	store
}

fn transfer(store: &Store) -> TransferRow {
	store.read(|rows| rows.first(&TRANSFERS, 9)).unwrap().pop().unwrap().1
}

fn ids(row: &TransferRow) -> Vec<RecordId> {
	row.records.iter().map(|moving| moving.record).collect()
}

fn states(store: &Store) -> Vec<MovingState> {
	transfer(store).records.into_iter().map(|moving| moving.state).collect()
}

fn set(store: &Store, n: u8, was: MovingState, state: MovingState) -> usize {
	change(store, &[(0, id(n))], &was, &state).unwrap().len()
}

#[test]
fn versions_move_with_their_line() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None), (3, Some(1)), (4, Some(3))]);
	let row = note(&store, word(), &[id(3)]).unwrap();
	assert_eq!(ids(&row), [id(1), id(3), id(4)]);
	// The same word again takes on the rest.
	let row = note(&store, word(), &[]).unwrap();
	assert_eq!(ids(&row), [id(1), id(2), id(3), id(4)]);
	assert_eq!(store.read(|rows| rows.first(&TRANSFERS, 9)).unwrap().len(), 1);
}

#[test]
fn what_is_not_here_or_in_another_transfer_is_not_noted() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	assert!(matches!(note(&store, word(), &[id(9)]), Err(Error::RecordUnknown)));
	note(&store, word(), &[id(1)]).unwrap();
	let mut other = word();
	other.statement.to = 3;
	assert!(matches!(note(&store, other, &[]), Err(Error::AlreadyExists(_))));
	note(&store, other, &[id(2)]).unwrap();
	let moved = MovedRow { chart: HERE, to: 2, block: 5 };
	forget(&store, id(1), moved, Some(0)).unwrap();
	assert!(matches!(note(&store, other, &[id(1)]), Err(Error::RecordMoved(2))));
	let empty = tempfile::tempdir().unwrap();
	let store = with_records(&empty, HERE, &[]);
	assert!(matches!(note(&store, word(), &[]), Err(Error::Malformed(_))));
}

#[test]
fn what_moved_leaves_a_note_and_an_empty_place_in_one_step() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	note(&store, word(), &[]).unwrap();
	assert_eq!(set(&store, 1, MovingState::Noted, MovingState::Offered), 1);
	let moved = MovedRow { chart: HERE, to: 2, block: 5 };
	let left = forget(&store, id(1), moved, Some(0)).unwrap();
	assert_eq!(left, Some((0, vec![[1; 32]])));
	// Killed here: the ciphertext is in the row that the next start sweeps.
	drop(store);
	let store = open(&folder);
	let (record, place, noted, incoming) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &id(1))?,
				rows.get(&CHART_RECORDS, &(HERE, 0))?,
				rows.get(&MOVED, &id(1))?,
				rows.first(&INCOMING, 9)?,
			))
		})
		.unwrap();
	assert_eq!((record, place, noted), (None, None, Some(moved)));
	assert_eq!(incoming, [(0, vec![[1; 32]])]);
	assert_eq!(states(&store), [MovingState::Moved { block: 5 }, MovingState::Noted]);
	// Seen again, nothing more happens.
	assert_eq!(forget(&store, id(1), moved, Some(0)).unwrap(), None);
	// The chart's next record goes on from where it was.
	let end = store.read(|rows| rows.get(&CHARTS, &HERE)).unwrap().unwrap().records;
	assert_eq!((end.next, end.last), (2, Some(pending(2, 1, None).opening.seal())));
}

#[test]
fn a_withdrawal_keeps_what_was_never_sent_and_asks_the_chain_about_the_rest() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	let row = note(&store, word(), &[]).unwrap();
	set(&store, 1, MovingState::Noted, MovingState::Offered);
	assert!(matches!(take_back(&store, THERE, row.id()), Err(Error::TransferUnknown)));
	let row = take_back(&store, HERE, row.id()).unwrap();
	assert!(row.withdrawn && row.is_open());
	assert_eq!(states(&store), [MovingState::Offered, MovingState::Stays]);
	// An offer that was about to be sent is not: the record is in that state no more.
	assert_eq!(set(&store, 2, MovingState::Noted, MovingState::Offered), 0);
	assert!(matches!(note(&store, word(), &[]), Err(Error::AlreadyExists(_))));
	set(&store, 1, MovingState::Offered, MovingState::Stays);
	// Once that is done, the same word offers them again.
	let row = note(&store, word(), &[]).unwrap();
	assert!(!row.withdrawn);
	assert_eq!(states(&store), [MovingState::Noted, MovingState::Noted]);
}

fn view(custodian: u32, offered: Option<u32>, leaf: Seal) -> RecordView {
	let facts = RecordFacts { custodian, leaf, state: RecordState::Current, replaces: None };
	RecordView { id: id(1), number: 0, facts, offered, holds: Vec::new(), petitions: Vec::new() }
}

#[test]
fn what_binds_a_record_keeps_it_here() {
	let of = |kind, state| {
		let seal = Seal([3; 32]);
		let petition = Petition { kind, seal, state, filed: 0, answer: None, answered: None };
		let found = PetitionView { number: 0, petition, due: 1, overdue: false };
		RecordView { petitions: vec![found], ..view(1, None, Seal([1; 32])) }
	};
	assert_eq!(bound(&view(1, None, Seal([1; 32]))), None);
	let held = RecordView { holds: vec![Seal([2; 32])], ..view(1, None, Seal([1; 32])) };
	assert!(bound(&held).unwrap().contains("hold"));
	use PetitionState::*;
	for kind in [PetitionKind::Erasure, PetitionKind::Amendment] {
		assert!(bound(&of(kind, Open)).unwrap().contains("open"));
		assert_eq!(bound(&of(kind, Withdrawn)), None);
		assert_eq!(bound(&of(kind, Granted)), None);
	}
	assert_eq!(bound(&of(PetitionKind::Erasure, Refused)), None);
	assert!(bound(&of(PetitionKind::Amendment, Refused)).unwrap().contains("disputes"));
}

#[test]
fn what_was_erased_is_no_part_of_a_transfer() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	store
		.write::<_, StoreError>(|rows| {
			let erased = ErasedRow { chart: HERE, sequence: 0, petition: None };
			rows.remove(&RECORDS, &id(1))?;
			rows.put(&ERASED, &id(1), &erased)
		})
		.unwrap();
	let row = note(&store, word(), &[]).unwrap();
	assert_eq!(ids(&row), [id(2)]);
}

#[test]
fn the_chain_says_what_becomes_of_an_offered_record() {
	let (own, theirs) = (Seal([1; 32]), Seal([2; 32]));
	let of = |view: &RecordView, withdrawn| verdict(Some(view), Some(own), 1, 2, withdrawn);
	assert_eq!(of(&view(1, Some(2), own), false), Verdict::Waits);
	assert_eq!(of(&view(1, None, own), false), Verdict::OfferAgain);
	assert_eq!(of(&view(1, Some(3), own), false), Verdict::Stays);
	for offered in [None, Some(2)] {
		assert_eq!(of(&view(1, offered, own), true), Verdict::Withdraw);
	}
	// Taken over, whether it was withdrawn too late or not, and wherever it went from there.
	for withdrawn in [false, true] {
		assert_eq!(of(&view(2, None, theirs), withdrawn), Verdict::Moved(2));
		assert_eq!(of(&view(3, None, theirs), withdrawn), Verdict::Moved(3));
	}
	// All that the organisation had was given away: nothing is removed for that.
	assert_eq!(of(&view(2, None, own), false), Verdict::Waits);
	let mut erased = view(1, None, own);
	erased.facts.state = RecordState::Erased;
	assert_eq!(of(&erased, false), Verdict::Stays);
	assert_eq!(verdict(None, Some(own), 1, 2, false), Verdict::Stays);
	assert_eq!(verdict(Some(&view(2, None, theirs)), None, 1, 2, false), Verdict::Moved(2));

	assert!(can_be_offered(Some(&view(1, None, own)), 1, 2));
	assert!(can_be_offered(Some(&view(1, Some(2), own)), 1, 2));
	for unfit in [view(1, Some(3), own), view(2, None, own), erased] {
		assert!(!can_be_offered(Some(&unfit), 1, 2));
	}
	assert!(!can_be_offered(None, 1, 2));
}

#[test]
fn pages_follow_each_other() {
	let moving = |sequence: u32| Moving {
		record: id(1),
		sequence,
		state: MovingState::Offered,
		logged: false,
	};
	let records: Vec<_> = (0..HANDED_PER_PAGE + 1).map(moving).collect();
	let (first, next) = window(&records, 0);
	assert_eq!((first.len(), next), (32, Some(32)));
	let (second, next) = window(&records, 32);
	assert_eq!((second[0].sequence, second.len(), next), (32, 1, None));
	for beyond in [33, u64::MAX] {
		assert_eq!(window(&records, beyond), (&[][..], None));
	}
}

fn handed(n: u8) -> HandedRecord {
	let PendingRecord { id, opening, replaces, media_type, .. } = pending(n, 0, None);
	HandedRecord { record: id, opening, media_type, replaces, wraps: wraps(2, THERE) }
}

#[test]
fn the_receiver_takes_in_what_the_chain_and_the_word_say() {
	let good = view(1, Some(2), handed(1).opening.seal());
	let new = admit(2, &word(), handed(1), Some(&good)).unwrap();
	let terms = handed(1).opening.terms;
	assert_eq!((new.id, new.version, new.size), (id(1), terms.version, terms.size));
	assert_eq!((new.content_digest, new.clinical_date), (terms.content_digest, 7));

	let refused = |handed: HandedRecord, view: Option<&RecordView>| {
		admit(2, &word(), handed, view).unwrap_err()
	};
	assert!(refused(handed(1), None).contains("does not know"));
	let leaf = good.facts.leaf;
	for elsewhere in [view(1, None, leaf), view(1, Some(3), leaf), view(2, Some(2), leaf)] {
		assert!(refused(handed(1), Some(&elsewhere)).contains("not offered"));
	}
	assert!(refused(handed(2), Some(&good)).contains("another leaf"));
	let other = HandedRecord { replaces: Some(id(8)), ..handed(1) };
	assert!(refused(other, Some(&good)).contains("predecessor"));
	for wrong in [wraps(1, THERE), wraps(2, HERE)] {
		let other = HandedRecord { wraps: wrong, ..handed(1) };
		assert!(refused(other, Some(&good)).contains("others"));
	}
	for media_type in ["a\nb".into(), "a".repeat(129)] {
		let other = HandedRecord { media_type, ..handed(1) };
		assert!(refused(other, Some(&good)).contains("media type"));
	}
	let mut large = handed(1);
	large.opening.terms.size = u64::MAX / 2;
	let of = view(1, Some(2), large.opening.seal());
	assert!(refused(large, Some(&of)).contains("too large"));
	let mut elsewhere = handed(1);
	elsewhere.opening.terms.chart = THERE;
	let of = view(1, Some(2), elsewhere.opening.seal());
	assert!(refused(elsewhere, Some(&of)).contains("another chart"));
}

fn arrived(n: u8) -> ArrivedRecord {
	let handed = handed(n);
	let seal = handed.opening.seal();
	let new: NewRecord = admit(2, &word(), handed, Some(&view(1, Some(2), seal))).unwrap();
	let body = pending(n, 0, None).body;
	ArrivedRecord { from: 1, record: WaitingRecord { chart: THERE, new, body } }
}

fn source(store: &Store) -> SourceRow {
	store.read(|rows| rows.first(&SOURCES, 9)).unwrap().pop().unwrap().1
}

#[test]
fn the_receiver_goes_on_wherever_it_was_killed() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, THERE, &[]);
	begin(&store, 1).unwrap();
	let batch: Vec<_> = [1, 2]
		.map(|n| {
			let record = arrived(n);
			let number = store.write::<_, StoreError>(|rows| rows.push(&ARRIVED, &record));
			(number.unwrap(), record)
		})
		.into();
	let here = |store: &Store, n| store.read(|rows| is_here(rows, &id(n))).unwrap();
	assert!(here(&store, 1) && !here(&store, 3));

	// Killed with places given: they are in one row each, and not asked for again.
	let taking = give_places(&store, batch).unwrap();
	let places: Vec<_> = taking
		.iter()
		.map(|(_, taken)| {
			let terms = &taken.record.opening.terms;
			(terms.chart, terms.sequence, terms.previous_leaf)
		})
		.collect();
	let first = taking[0].1.record.opening.seal();
	assert_eq!(places, [(THERE, 0, None), (THERE, 1, Some(first))]);
	drop(store);
	let store = open(&folder);
	let left = store.read(|rows| rows.first(&TAKING, 9)).unwrap();
	assert_eq!(left, taking);
	assert!(here(&store, 1) && here(&store, 2));

	// Refused: they wait again, and the same places are given.
	take::take_back(&store, &left).unwrap();
	assert!(store.read(|rows| rows.first(&TAKING, 9)).unwrap().is_empty());
	let again = store.read(|rows| rows.first(&ARRIVED, 9)).unwrap();
	assert_eq!(
		again.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>(),
		[arrived(1), arrived(2)]
	);
	let taking = give_places(&store, again).unwrap();
	commit(&store, &taking, HEAD).unwrap();
	let (row, place, end) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &id(2))?,
				rows.get(&CHART_RECORDS, &(THERE, 1))?,
				rows.get(&CHARTS, &THERE)?,
			))
		})
		.unwrap();
	let RecordRow { record, .. } = row.unwrap();
	assert_eq!((record, place), (taking[1].1.record.clone(), Some(id(2))));
	assert_eq!(end.unwrap().records.next, 2);
	assert_eq!(source(&store), SourceRow { from: 1, running: true, received: 2 });
	// Killed after that, before the giver heard: it is here, so it does not come twice.
	assert!(here(&store, 1) && here(&store, 2));
}

#[test]
fn what_comes_back_is_here_again() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, THERE, &[]);
	let moved = MovedRow { chart: THERE, to: 1, block: 5 };
	store.write::<_, StoreError>(|rows| rows.put(&MOVED, &id(1), &moved)).unwrap();
	let number = store.write::<_, StoreError>(|rows| rows.push(&ARRIVED, &arrived(1))).unwrap();
	let taking = give_places(&store, vec![(number, arrived(1))]).unwrap();
	commit(&store, &taking, HEAD).unwrap();
	let (row, moved) = store
		.read(|rows| Ok((rows.get(&RECORDS, &id(1))?, rows.get(&MOVED, &id(1))?)))
		.unwrap();
	assert!(row.is_some() && moved.is_none());
}

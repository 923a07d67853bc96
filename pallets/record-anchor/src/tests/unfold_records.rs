use super::*;
use codec::{Decode, Encode};
use salus_primitives::directory::RecordDirectory;

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(anchor_tree(1, 5));
		assert_ok!(unfold([unfolded(1, 5, 4), unfolded(1, 5, 0)]));
		let anchored =
			|number, n| Event::RecordAnchored { custodian: HOUSE, number, record: id(n) };
		assert_eq!(events()[2..], [anchored(1, 104), anchored(2, 100)]);
		let unfolded = details(104);
		assert_eq!((unfolded.leaf, unfolded.number), (seal(104), 1));
		assert_eq!((unfolded.state, unfolded.replaces), (RecordState::Current, None));
	});
}

#[test]
fn what_is_unfolded_is_a_record_like_others() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		assert_noop!(anchor([record(2, Some(100))]), Error::<Test>::ReplacedUnknown);
		assert_ok!(unfold((0..5).map(|place| unfolded(1, 5, place))));
		assert_ok!(anchor([record(2, Some(100))]));
		assert_ok!(mark(101, ErrorReason::Duplicate));
		erase(102);
		assert_ok!(hold(103, 1));
		assert_ok!(offer([104]));
		assert_ok!(accept([104]));
		let states = [100, 101, 102, 103, 104].map(|n| state(n).unwrap());
		use RecordState::*;
		assert_eq!(states, [Superseded, EnteredInError, Erased, Current, Current]);
	});
}

#[test]
fn changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		assert_ok!(unfold([unfolded(1, 5, 1)]));
		erase(101);
		let before = events();
		assert_ok!(unfold([unfolded(1, 5, 1), unfolded(1, 5, 1)]));
		assert_eq!(events(), before);
		assert_eq!(state(101), Some(RecordState::Erased));
	});
}

#[test]
fn a_batchs_record_is_known_by_its_proof() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		let Unfolded { record, leaf, inclusion } = unfolded(1, 5, 2);
		let facts = RecordAnchor::batched(&record, &leaf, &inclusion).unwrap();
		assert_eq!((facts.custodian, facts.leaf), (HOUSE, leaf));
		assert_eq!((facts.state, facts.replaces), (RecordState::Current, None));
		assert_eq!(RecordAnchor::record(&record), None);
		assert_eq!(RecordAnchor::batched(&id(9), &leaf, &inclusion), None);
		assert_eq!(RecordAnchor::batched(&record, &seal(9), &inclusion), None);
		let other = Inclusion { batch: batch_id(9), ..inclusion.clone() };
		assert_eq!(RecordAnchor::batched(&record, &leaf, &other), None);
		hand_over();
		let facts = RecordAnchor::batched(&record, &leaf, &inclusion).unwrap();
		assert_eq!(facts.custodian, OTHER);
	});
}

#[test]
fn takes_as_many_as_it_can_and_no_more() {
	run(|| {
		let most = MAX_UNFOLDED as u8;
		assert_ok!(anchor_tree(1, most));
		let records: Vec<_> = (0..most).map(|place| unfolded(1, most, place)).collect();
		assert_ok!(unfold(records.clone()));
		let over = [records.as_slice(), &records[..1]].concat();
		assert!(UnfoldedBatch::decode(&mut &over.encode()[..]).is_err());
		assert_noop!(unfold([]), Error::<Test>::EmptyBatch);
	});
}

#[test]
fn fails_when_batch_is_unknown() {
	run(|| {
		assert_noop!(unfold([unfolded(1, 5, 0)]), Error::<Test>::BatchUnknown);
	});
}

#[test]
fn fails_when_batch_is_anothers() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		let records = vec![unfolded(1, 5, 0)].try_into().unwrap();
		assert_noop!(
			RecordAnchor::unfold_records(signed(OTHERS_SYSTEM), OTHER, records),
			Error::<Test>::NotTheCustodian
		);
	});
}

#[test]
fn fails_when_proof_is_wrong() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		assert_ok!(anchor_tree(2, 4));
		let good = unfolded(1, 5, 0);
		let changes: [fn(&mut Unfolded); 5] = [
			|unfolded| unfolded.record = id(9),
			|unfolded| unfolded.leaf = seal(9),
			|unfolded| unfolded.inclusion.batch = batch_id(2),
			|unfolded| unfolded.inclusion.proof.index = 1,
			|unfolded| unfolded.inclusion.proof.siblings[0] = seal(9),
		];
		for change in changes {
			let mut bad = good.clone();
			change(&mut bad);
			// All or nothing.
			assert_noop!(unfold([unfolded(1, 5, 1), bad]), Error::<Test>::WrongProof);
		}
	});
}

#[test]
fn fails_when_the_id_is_anothers_to_give() {
	run(|| {
		let tree = BatchTree::new([(id(200), seal(1))]).unwrap();
		let root = tree.root();
		assert_ok!(RecordAnchor::anchor_batch(signed(SYSTEM), HOUSE, batch_id(1), root, 1));
		let inclusion = Inclusion { batch: batch_id(1), proof: tree.prove(0).unwrap() };
		assert_eq!(RecordAnchor::batched(&id(200), &seal(1), &inclusion), None);
		let other = Unfolded { record: id(200), leaf: seal(1), inclusion };
		assert_noop!(unfold([other]), Error::<Test>::NotItsId);
	});
}

#[test]
fn fails_when_another_record_has_the_id() {
	run(|| {
		let mut other = record(100, None);
		other.leaf = seal(9);
		assert_ok!(anchor([other]));
		assert_ok!(anchor_tree(1, 5));
		assert_noop!(unfold([unfolded(1, 5, 0)]), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_holding_is_given_away() {
	run(|| {
		assert_ok!(anchor_tree(1, 5));
		hand_over();
		assert_noop!(unfold([unfolded(1, 5, 0)]), Error::<Test>::HoldingGivenAway);
		// Who keeps it now unfolds it.
		let records = vec![unfolded(1, 5, 0)].try_into().unwrap();
		assert_ok!(RecordAnchor::unfold_records(signed(OTHERS_SYSTEM), OTHER, records));
		assert_eq!(details(100).custodian, OTHER);
	});
}

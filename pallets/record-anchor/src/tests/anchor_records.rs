use super::*;
use codec::{Decode, Encode};
use frame_support::weights::constants::WEIGHT_REF_TIME_PER_SECOND;
use salus_primitives::{decision::RecordFacts, directory::RecordDirectory, ids::Seal};

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None)]));

		let anchored =
			|number, n| Event::RecordAnchored { custodian: HOUSE, number, record: id(n) };
		assert_eq!(events(), [anchored(0, 1), anchored(1, 2)]);
		let facts = RecordFacts {
			custodian: HOUSE,
			leaf: Seal([1; 32]),
			state: RecordState::Current,
			replaces: None,
		};
		assert_eq!(RecordAnchor::record(&id(1)), Some(facts));
		assert_eq!(RecordAnchor::record(&id(3)), None);
		assert_eq!(RecordCounts::<Test>::get(HOUSE), 2);
		assert_eq!(RecordSequence::<Test>::get(HOUSE, 1), Some(id(2)));
	});
}

#[test]
fn numbers_each_custodians_records_apart() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(RecordAnchor::anchor_records(
			RuntimeOrigin::signed(OTHERS_SYSTEM),
			OTHER,
			batch([record(200, None)])
		));
		assert_eq!(RecordSequence::<Test>::get(OTHER, 0), Some(id(200)));
		assert_eq!(RecordCounts::<Test>::get(HOUSE), 1);
	});
}

#[test]
fn supersedes_what_it_replaces() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(anchor([record(2, Some(1))]));
		assert_eq!(state(1), Some(RecordState::Superseded));
		assert_eq!(state(2), Some(RecordState::Current));
		let superseded = Event::RecordSuperseded { record: id(1), by: id(2) };
		System::assert_last_event(superseded.into());
	});
}

#[test]
fn replaces_within_a_batch() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(3, Some(2))]));
		assert_eq!(state(1), Some(RecordState::Superseded));
		assert_eq!(state(2), Some(RecordState::Superseded));
		assert_eq!(state(3), Some(RecordState::Current));
		assert_noop!(
			anchor([record(4, Some(3)), record(5, Some(3))]),
			Error::<Test>::ReplacedNotCurrent
		);
	});
}

#[test]
fn changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(anchor([record(2, Some(1))]));
		assert_ok!(mark(2, ErrorReason::WrongContent));
		let before = events();

		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(1, None)]));
		assert_eq!(events(), before);
		assert_eq!(RecordCounts::<Test>::get(HOUSE), 2);
		assert_eq!(state(1), Some(RecordState::Superseded));
		assert_eq!(state(2), Some(RecordState::EnteredInError));
	});
}

#[test]
fn takes_a_full_batch_and_no_more() {
	run(|| {
		let most = MAX_RECORDS as u8;
		assert_ok!(anchor((1..=most).map(|n| record(n, None))));
		assert_eq!(RecordCounts::<Test>::get(HOUSE), MAX_RECORDS);
		let over: Vec<_> = (0..=most).map(|n| record(n, None)).collect();
		assert!(RecordBatch::decode(&mut &over.encode()[..]).is_err());
	});
}

#[test]
fn weighs_more_the_more_it_anchors() {
	let weight = |records| <() as WeightInfo>::anchor_records(records).ref_time();
	assert!(weight(2) > weight(1));
	// A full batch fits into a block of one second with half of it left.
	assert!(weight(MAX_RECORDS) < WEIGHT_REF_TIME_PER_SECOND / 2);
}

#[test]
fn fails_when_batch_is_empty() {
	run(|| {
		assert_noop!(anchor([]), Error::<Test>::EmptyBatch);
	});
}

#[test]
fn fails_when_organisation_is_suspended() {
	run(|| {
		let records = batch([record(1, None)]);
		assert_noop!(
			RecordAnchor::anchor_records(RuntimeOrigin::signed(SYSTEM), SUSPENDED, records),
			Error::<Test>::NotAuthorised
		);
	});
}

#[test]
fn fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None)]));
		let mut other_leaf = record(1, None);
		other_leaf.leaf = Seal([9; 32]);
		for again in [other_leaf, record(1, Some(2))] {
			assert_noop!(anchor([again]), Error::<Test>::AlreadyExists);
		}
		let origin = RuntimeOrigin::signed(OTHERS_SYSTEM);
		assert_noop!(
			RecordAnchor::anchor_records(origin, OTHER, batch([record(1, None)])),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_replaced_is_unknown_or_anothers() {
	run(|| {
		assert_noop!(anchor([record(2, Some(1))]), Error::<Test>::ReplacedUnknown);
		assert_noop!(anchor([record(1, Some(1))]), Error::<Test>::ReplacedUnknown);
		assert_ok!(anchor([record(1, None)]));
		let origin = RuntimeOrigin::signed(OTHERS_SYSTEM);
		assert_noop!(
			RecordAnchor::anchor_records(origin, OTHER, batch([record(2, Some(1))])),
			Error::<Test>::ReplacedUnknown
		);
	});
}

#[test]
fn fails_when_replaced_is_not_current() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(3, None)]));
		assert_ok!(mark(3, ErrorReason::Duplicate));
		for replaced in [1, 3] {
			assert_noop!(anchor([record(4, Some(replaced))]), Error::<Test>::ReplacedNotCurrent);
		}
	});
}

#[test]
fn fails_when_the_id_is_anothers_to_give() {
	run(|| {
		assert_noop!(anchor([record(200, None)]), Error::<Test>::NotItsId);
		let records = batch([record(1, None)]);
		assert_noop!(
			RecordAnchor::anchor_records(signed(OTHERS_SYSTEM), OTHER, records),
			Error::<Test>::NotItsId
		);
	});
}

#[test]
fn fails_when_numbers_run_out() {
	new_test_ext().execute_with(|| {
		RecordCounts::<Test>::insert(HOUSE, u32::MAX);
		assert_noop!(anchor([record(1, None)]), Error::<Test>::TooManyRecords);
	});
}

#[test]
fn anchors_all_or_nothing() {
	run(|| {
		assert_noop!(anchor([record(1, None), record(2, Some(3))]), Error::<Test>::ReplacedUnknown);
		assert_eq!(state(1), None);
	});
}

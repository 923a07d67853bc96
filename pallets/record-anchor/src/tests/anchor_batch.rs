use super::*;
use salus_primitives::batch::{BatchFacts, MAX_BATCH_LEAVES};

fn anchor_root(who: u64, organisation: OrganisationId, leaves: u32) -> DispatchResult {
	RecordAnchor::anchor_batch(signed(who), organisation, batch_id(1), [1; 32], leaves)
}

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor_tree(1, 3));
		assert_ok!(anchor_tree(2, 5));
		let anchored =
			|number, n| Event::BatchAnchored { custodian: HOUSE, number, batch: batch_id(n) };
		assert_eq!(events(), [anchored(0, 1), anchored(1, 2)]);
		let facts = BatchFacts { custodian: HOUSE, root: tree(3).root(), leaves: 3, at: 1_000_000 };
		assert_eq!(RecordAnchor::batch(&batch_id(1)), Some(facts));
		assert_eq!(RecordAnchor::batch(&batch_id(3)), None);
		assert_eq!(BatchCounts::<Test>::get(HOUSE), 2);
		assert_eq!(BatchSequence::<Test>::get(HOUSE, 1), Some(batch_id(2)));
	});
}

#[test]
fn changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(anchor_tree(1, 3));
		let before = events();
		Timestamp::set_timestamp(2_000_000);
		assert_ok!(anchor_tree(1, 3));
		assert_eq!(events(), before);
		assert_eq!(RecordAnchor::batch(&batch_id(1)).unwrap().at, 1_000_000);
	});
}

#[test]
fn takes_one_leaf_to_the_most_and_no_more() {
	run(|| {
		for leaves in [0, MAX_BATCH_LEAVES + 1, u32::MAX] {
			assert_noop!(anchor_root(SYSTEM, HOUSE, leaves), Error::<Test>::InvalidLeafCount);
		}
		assert_ok!(anchor_root(SYSTEM, HOUSE, MAX_BATCH_LEAVES));
		assert_ok!(anchor_tree(2, 1));
	});
}

#[test]
fn fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(anchor_root(SYSTEM, HOUSE, 3));
		let exists = DispatchError::from(Error::<Test>::AlreadyExists);
		assert_noop!(anchor_root(SYSTEM, HOUSE, 4), exists);
		assert_noop!(anchor_tree(1, 3), exists);
		assert_noop!(anchor_root(OTHERS_SYSTEM, OTHER, 3), exists);
	});
}

#[test]
fn fails_when_numbers_run_out() {
	new_test_ext().execute_with(|| {
		BatchCounts::<Test>::insert(HOUSE, u32::MAX);
		assert_noop!(anchor_tree(1, 3), Error::<Test>::TooManyRecords);
	});
}

#[test]
fn fails_when_holding_is_given_away() {
	run(|| {
		hand_over();
		assert_noop!(anchor_tree(1, 3), Error::<Test>::HoldingGivenAway);
	});
}

use super::*;

/// Anchors two versions, a single record and one in error, corrupts the state and expects this
/// finding.
fn finds(finding: &'static str, corrupt: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(3, None), record(4, None)]));
		assert_ok!(mark(4, ErrorReason::Duplicate));
		assert_ok!(RecordAnchor::do_try_state());
		corrupt();
		assert_eq!(RecordAnchor::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

fn change(n: u8, change: impl FnOnce(&mut salus_primitives::decision::RecordFacts)) {
	Records::<Test>::mutate(id(n), |facts| change(facts.as_mut().unwrap()));
}

#[test]
fn finds_gaps_and_strays_among_numbers() {
	let gap = "1: a custodian's numbers have a gap";
	finds(gap, || RecordSequence::<Test>::remove(HOUSE, 1));
	finds(gap, || RecordCounts::<Test>::insert(HOUSE, 5));
	let beyond = "1: a number lies beyond its custodian's count";
	finds(beyond, || RecordCounts::<Test>::insert(HOUSE, 3));
}

#[test]
fn finds_numbers_and_records_that_do_not_match() {
	let unnamed = "2: a number names no record of its custodian";
	finds(unnamed, || RecordSequence::<Test>::insert(HOUSE, 2, id(9)));
	finds(unnamed, || change(3, |facts| facts.custodian = OTHER));
	finds("2: a record has two numbers", || RecordSequence::<Test>::insert(HOUSE, 0, id(3)));
	finds("2: a record has no number", || {
		let facts = Records::<Test>::get(id(3)).unwrap();
		Records::<Test>::insert(id(5), facts);
	});
}

#[test]
fn finds_broken_versions() {
	let broken = "3: a replaced record is unknown, another custodian's or still current";
	finds(broken, || change(1, |facts| facts.state = RecordState::Current));
	finds(broken, || change(3, |facts| facts.replaces = Some(id(9))));
	finds("3: a record is replaced twice", || change(3, |facts| facts.replaces = Some(id(1))));
	finds("4: a superseded record is replaced by none", || {
		change(3, |facts| facts.state = RecordState::Superseded)
	});
}

#[test]
fn finds_reasons_that_do_not_match() {
	let disagree = "5: reason and state of a record disagree";
	finds(disagree, || ErrorReasons::<Test>::remove(id(4)));
	finds(disagree, || ErrorReasons::<Test>::insert(id(3), ErrorReason::Duplicate));
	finds("5: a reason is kept for no record", || {
		ErrorReasons::<Test>::insert(id(9), ErrorReason::Duplicate)
	});
}

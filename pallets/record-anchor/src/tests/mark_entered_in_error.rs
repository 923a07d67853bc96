use super::*;

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1))]));
		for (n, reason) in [(1, ErrorReason::WrongContent), (2, ErrorReason::WrongPatient)] {
			assert_ok!(mark(n, reason));
			assert_eq!(state(n), Some(RecordState::EnteredInError));
			assert_eq!(ErrorReasons::<Test>::get(id(n)), Some(reason));
			let marked = Event::RecordEnteredInError { record: id(n), reason };
			System::assert_last_event(marked.into());
		}
	});
}

#[test]
fn fails_when_record_is_unknown() {
	run(|| {
		assert_noop!(mark(1, ErrorReason::Duplicate), Error::<Test>::NotFound);
	});
}

#[test]
fn fails_when_record_is_anothers() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		let origin = RuntimeOrigin::signed(OTHERS_SYSTEM);
		assert_noop!(
			RecordAnchor::mark_entered_in_error(origin, id(1), ErrorReason::Duplicate),
			Error::<Test>::NotAuthorised
		);
	});
}

#[test]
fn fails_when_marked_before() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(mark(1, ErrorReason::Duplicate));
		for reason in [ErrorReason::Duplicate, ErrorReason::WrongPatient] {
			assert_noop!(mark(1, reason), Error::<Test>::AlreadyEnteredInError);
		}
	});
}

//! Legal holds: `place_hold` and `release_hold`.

use super::*;

#[test]
fn a_held_record_is_not_erased_until_every_hold_is_released() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, PetitionKind::Erasure, 1));
		for matter in [1, 2] {
			assert_ok!(hold(1, matter));
			let placed = Event::HoldPlaced { record: id(1), seal: seal(matter) };
			System::assert_last_event(placed.into());
		}
		for matter in [1, 2] {
			assert_noop!(grant(1, 0), Error::<Test>::RecordHeld);
			assert_ok!(release(1, matter));
			let released = Event::HoldReleased { record: id(1), seal: seal(matter) };
			System::assert_last_event(released.into());
		}
		assert_ok!(grant(1, 0));
		assert_eq!(state(1), Some(RecordState::Erased));
	});
}

#[test]
fn everything_else_goes_on_under_a_hold() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(3, None)]));
		assert_ok!(hold(1, 1));
		assert_ok!(hold(3, 1));
		assert_ok!(anchor([record(2, Some(1))]));
		assert_ok!(file(1, PetitionKind::Amendment, 1));
		assert_ok!(grant(1, 0));
		assert_ok!(mark(3, ErrorReason::Duplicate));
		assert_ok!(offer([1, 3]));
		assert_ok!(accept([1, 3]));
		// The holds have travelled.
		assert_eq!(Holds::<Test>::get(id(1)).into_inner(), [seal(1)]);
		assert_noop!(release(1, 1), Error::<Test>::NotAuthorised);
		assert_ok!(RecordAnchor::release_hold(signed(OTHERS_SYSTEM), id(1), seal(1)));
	});
}

#[test]
fn place_changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(hold(1, 1));
		let before = events();
		assert_ok!(hold(1, 1));
		assert_eq!(events(), before);
	});
}

#[test]
fn place_fails_when_there_are_too_many() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		for matter in 0..MAX_HOLDS as u8 {
			assert_ok!(hold(1, matter));
		}
		assert_noop!(hold(1, 200), Error::<Test>::TooManyHolds);
		assert_ok!(hold(1, 0));
	});
}

#[test]
fn place_fails_when_record_is_unknown_or_erased() {
	run(|| {
		assert_noop!(hold(1, 1), Error::<Test>::NotFound);
		assert_ok!(anchor([record(1, None)]));
		erase(1);
		assert_noop!(hold(1, 1), Error::<Test>::RecordErased);
	});
}

#[test]
fn release_fails_when_record_or_hold_is_unknown() {
	run(|| {
		assert_noop!(release(1, 1), Error::<Test>::NotFound);
		assert_ok!(anchor([record(1, None)]));
		assert_noop!(release(1, 1), Error::<Test>::HoldUnknown);
		assert_ok!(hold(1, 1));
		assert_noop!(release(1, 2), Error::<Test>::HoldUnknown);
	});
}

//! Petitions: `file_petition`, `withdraw_petition`, `refuse_petition` and `grant_petition`.

use super::*;
use salus_primitives::petition::MAX_PETITIONS;
use PetitionKind::*;

fn petition(n: u8, number: usize) -> Petition {
	Petitions::<Test>::get(id(n))[number]
}

#[test]
fn file_works() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		for (number, kind) in [(0, Erasure), (1, Amendment)] {
			assert_ok!(file(1, kind, number));
			let number = number.into();
			System::assert_last_event(Event::PetitionFiled { record: id(1), number, kind }.into());
		}
		let filed = Petition {
			kind: Amendment,
			seal: seal(1),
			state: PetitionState::Open,
			filed: 1_000_000,
			answer: None,
			answered: None,
		};
		assert_eq!(petition(1, 1), filed);
	});
}

#[test]
fn file_changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		let before = events();
		assert_ok!(file(1, Erasure, 1));
		assert_eq!(events(), before);
		assert_ok!(grant(1, 0));
		let before = events();
		assert_ok!(file(1, Erasure, 1));
		assert_eq!(events(), before);
	});
}

#[test]
fn file_fails_when_one_of_the_kind_is_open() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		assert_noop!(file(1, Erasure, 2), Error::<Test>::PetitionOpen);
		assert_ok!(refuse(1, 0));
		assert_ok!(file(1, Erasure, 2));
		assert_ok!(withdraw(1, 1));
		assert_ok!(file(1, Erasure, 3));
		assert_eq!(Petitions::<Test>::get(id(1)).len(), 3);
	});
}

#[test]
fn file_fails_when_there_were_too_many() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		for number in 0..MAX_PETITIONS {
			assert_ok!(file(1, Amendment, number as u8));
			assert_ok!(refuse(1, number));
		}
		assert_noop!(file(1, Amendment, 200), Error::<Test>::TooManyPetitions);
	});
}

#[test]
fn file_fails_when_record_is_unknown_or_erased() {
	run(|| {
		assert_noop!(file(1, Erasure, 1), Error::<Test>::NotFound);
		assert_ok!(anchor([record(1, None)]));
		erase(1);
		for kind in [Erasure, Amendment] {
			assert_noop!(file(1, kind, 1), Error::<Test>::RecordErased);
		}
	});
}

#[test]
fn withdraw_works_once() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		assert_ok!(withdraw(1, 0));
		let withdrawn = Event::PetitionWithdrawn { record: id(1), number: 0 };
		System::assert_last_event(withdrawn.into());
		assert_eq!(petition(1, 0).state, PetitionState::Withdrawn);
		assert_eq!((petition(1, 0).answer, petition(1, 0).answered), (None, None));
		let before = events();
		assert_ok!(withdraw(1, 0));
		assert_eq!(events(), before);
	});
}

#[test]
fn refuse_works_once() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		Timestamp::set_timestamp(2_000_000);
		assert_ok!(refuse(1, 0));
		System::assert_last_event(Event::PetitionRefused { record: id(1), number: 0 }.into());
		let refused = petition(1, 0);
		assert_eq!(refused.state, PetitionState::Refused);
		assert_eq!((refused.answer, refused.answered), (Some(seal(90)), Some(2_000_000)));
		assert_eq!((refused.filed, state(1)), (1_000_000, Some(RecordState::Current)));
		let before = events();
		assert_ok!(refuse(1, 0));
		assert_eq!(events(), before);
		let again = RecordAnchor::refuse_petition(signed(RECORDS), id(1), 0, seal(1));
		assert_noop!(again, Error::<Test>::PetitionNotOpen);
	});
}

#[test]
fn grant_of_an_erasure_erases_from_every_state() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(3, None)]));
		assert_ok!(mark(3, ErrorReason::WrongPatient));
		for n in [1, 2, 3] {
			assert_ok!(file(n, Erasure, 1));
			assert_ok!(grant(n, 0));
			let granted = Event::PetitionGranted { record: id(n), number: 0 };
			let erased = Event::RecordErased { record: id(n) };
			assert!(events().ends_with(&[granted, erased]));
			assert_eq!(state(n), Some(RecordState::Erased));
			assert_eq!(petition(n, 0).state, PetitionState::Granted);
		}
		let before = events();
		assert_ok!(grant(1, 0));
		assert_eq!(events(), before);
	});
}

#[test]
fn an_erased_record_is_neither_replaced_nor_marked_nor_offered() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		erase(1);
		assert_noop!(anchor([record(2, Some(1))]), Error::<Test>::ReplacedNotCurrent);
		assert_noop!(mark(1, ErrorReason::Duplicate), Error::<Test>::RecordErased);
		assert_noop!(offer([1]), Error::<Test>::RecordErased);
		// Its anchoring can still be repeated.
		assert_ok!(anchor([record(1, None)]));
		assert_eq!(state(1), Some(RecordState::Erased));
	});
}

#[test]
fn grant_of_an_erasure_fails_when_held_or_offered() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None)]));
		assert_ok!(file(1, Erasure, 1));
		assert_ok!(hold(1, 1));
		assert_noop!(grant(1, 0), Error::<Test>::RecordHeld);
		assert_ok!(file(2, Erasure, 1));
		assert_ok!(offer([2]));
		assert_noop!(grant(2, 0), Error::<Test>::RecordOffered);
		assert_ok!(take_back([2]));
		assert_ok!(grant(2, 0));
	});
}

#[test]
fn grant_of_an_amendment_comes_after_the_amendment() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(3, None)]));
		for n in [1, 3] {
			assert_ok!(file(n, Amendment, 1));
			assert_noop!(grant(n, 0), Error::<Test>::StillCurrent);
		}
		assert_ok!(anchor([record(2, Some(1))]));
		assert_ok!(mark(3, ErrorReason::WrongContent));
		for n in [1, 3] {
			assert_ok!(grant(n, 0));
			System::assert_last_event(Event::PetitionGranted { record: id(n), number: 0 }.into());
		}
		assert_eq!(state(1), Some(RecordState::Superseded));
	});
}

#[test]
fn an_open_amendment_of_an_erased_record_can_still_be_answered() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Amendment, 1));
		erase(1);
		assert_ok!(refuse(1, 0));
	});
}

#[test]
fn answers_fail_when_petition_is_unknown() {
	run(|| {
		let calls: [fn(u8, u32) -> DispatchResult; 3] = [withdraw, refuse, grant];
		for call in calls {
			assert_noop!(call(1, 0), Error::<Test>::NotFound);
		}
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		for call in calls {
			assert_noop!(call(1, 1), Error::<Test>::PetitionUnknown);
			assert_noop!(call(1, u32::MAX), Error::<Test>::PetitionUnknown);
		}
	});
}

#[test]
fn answers_fail_when_petition_has_ended() {
	let calls: [fn(u8, u32) -> DispatchResult; 3] = [withdraw, refuse, grant];
	for (first, end) in calls.iter().enumerate() {
		for (then, call) in calls.iter().enumerate() {
			run(|| {
				assert_ok!(anchor([record(1, None)]));
				assert_ok!(file(1, Erasure, 1));
				assert_ok!(end(1, 0));
				if first != then {
					assert_noop!(call(1, 0), Error::<Test>::PetitionNotOpen);
				}
			});
		}
	}
}

#[test]
fn petitions_travel_with_the_record() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(file(1, Erasure, 1));
		assert_ok!(offer([1]));
		assert_ok!(accept([1]));
		assert_noop!(grant(1, 0), Error::<Test>::NotAuthorised);
		let granted = RecordAnchor::grant_petition(signed(OTHERS_SYSTEM), id(1), 0, seal(1));
		assert_ok!(granted);
		assert_eq!(state(1), Some(RecordState::Erased));
	});
}

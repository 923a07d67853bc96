//! Asking for access and taking it back.

use super::*;
use salus_primitives::{ids::OrganisationId, time::Moment, views::RequestView};

const REQUEST: RequestId = RequestId([1; 32]);

fn ask(who: AccountId32, organisation: OrganisationId, lapses: Moment) -> DispatchResult {
	Consent::request_access(RuntimeOrigin::signed(who), organisation, REQUEST, seal(1), lapses)
}

fn withdraw(who: AccountId32) -> DispatchResult {
	Consent::withdraw_request(RuntimeOrigin::signed(who), REQUEST)
}

fn request_state() -> RequestState {
	Consent::request_view(REQUEST).unwrap().state
}

#[test]
fn request_works() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		let asked = Event::AccessRequested {
			request: REQUEST,
			organisation: OTHER,
			practitioner: THE_SURGEON,
		};
		assert_eq!(events(), [asked]);
		let view = RequestView {
			id: REQUEST,
			requester: SURGEON.into(),
			practitioner: THE_SURGEON,
			organisation: OTHER,
			seal: seal(1),
			lapses: NOW + 10,
			state: RequestState::Requested,
		};
		assert_eq!(Consent::request_view(REQUEST), Some(view));
		assert_eq!(Consent::request_view(RequestId([2; 32])), None);
	});
}

#[test]
fn request_lapses_by_its_date() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		Timestamp::set_timestamp(NOW + 9);
		assert_eq!(request_state(), RequestState::Requested);
		Timestamp::set_timestamp(NOW + 10);
		assert_eq!(request_state(), RequestState::Lapsed);
		assert_noop!(withdraw(SURGEON), Error::<Test>::NotOpen);
	});
}

#[test]
fn request_changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_ok!(withdraw(SURGEON));
		Timestamp::set_timestamp(NOW + 20);
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_eq!(request_state(), RequestState::Withdrawn);
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn request_fails_when_it_lapses_too_early_or_too_late() {
	run(|| {
		let last = NOW + MAX_REQUEST_VALIDITY;
		assert_noop!(ask(SURGEON, OTHER, NOW), Error::<Test>::LapsesTooEarly);
		assert_noop!(ask(SURGEON, OTHER, last + 1), Error::<Test>::LapsesTooLate);
		assert_noop!(ask(SURGEON, OTHER, Moment::MAX), Error::<Test>::LapsesTooLate);
		assert_ok!(ask(SURGEON, OTHER, last));
	});
}

#[test]
fn request_fails_when_standing_is_not_good() {
	run(|| {
		assert_noop!(ask(SURGEON, HOUSE, NOW + 10), Error::<Test>::NotAuthorised);
		assert_noop!(ask(CLINICIAN, SUSPENDED, NOW + 10), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn request_fails_when_sender_is_no_practitioner() {
	run(|| {
		assert_noop!(ask(UNREGISTERED, HOUSE, NOW + 10), Error::<Test>::NotAPractitioner);
	});
}

#[test]
fn request_fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_noop!(ask(SURGEON, OTHER, NOW + 11), Error::<Test>::AlreadyExists);
		assert_noop!(ask(CLINICIAN, HOUSE, NOW + 10), Error::<Test>::AlreadyExists);
		let origin = RuntimeOrigin::signed(SURGEON);
		assert_noop!(
			Consent::request_access(origin, OTHER, REQUEST, seal(2), NOW + 10),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn withdraw_works() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_ok!(withdraw(SURGEON));
		System::assert_last_event(Event::RequestWithdrawn { request: REQUEST }.into());
		assert_eq!(request_state(), RequestState::Withdrawn);
		Timestamp::set_timestamp(NOW + 10);
		assert_eq!(request_state(), RequestState::Withdrawn);
	});
}

#[test]
fn withdraw_fails_when_request_is_unknown_or_anothers() {
	run(|| {
		assert_noop!(withdraw(SURGEON), Error::<Test>::NotFound);
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_noop!(withdraw(CLINICIAN), Error::<Test>::NotTheRequester);
	});
}

#[test]
fn withdraw_fails_when_withdrawn_before() {
	run(|| {
		assert_ok!(ask(SURGEON, OTHER, NOW + 10));
		assert_ok!(withdraw(SURGEON));
		assert_noop!(withdraw(SURGEON), Error::<Test>::NotOpen);
	});
}

#[test]
fn withdrawn_in_the_block_of_its_approval_what_counts_is_the_directive() {
	// An approval is a directive: which of the two comes first in a block makes no difference.
	for approved_first in [true, false] {
		run(|| {
			assert_ok!(ask(SURGEON, OTHER, NOW + 10));
			if approved_first {
				assert_ok!(issue(1, None));
				assert_ok!(withdraw(SURGEON));
			} else {
				assert_ok!(withdraw(SURGEON));
				assert_ok!(issue(1, None));
			}
			assert_eq!(request_state(), RequestState::Withdrawn);
			assert_eq!(active(), [1]);
			assert_ok!(revoke(1));
			assert!(active().is_empty());
		});
	}
}

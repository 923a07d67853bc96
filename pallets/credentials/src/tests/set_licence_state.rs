use super::*;
use LicenceState::*;

fn set(state: LicenceState) -> DispatchResult {
	set_state(BOARD_ADMIN, LICENCE, state)
}

#[test]
fn works() {
	build_and_execute(|| {
		for state in [Suspended, Active, Revoked] {
			assert_ok!(set(state));
			assert_eq!(licence_of(LICENCE).state, state);
		}
		let changed = |state| Event::LicenceStateChanged { licence: LICENCE, state };
		assert_eq!(events(), [changed(Suspended), changed(Active), changed(Revoked)]);
	});
}

#[test]
fn takes_effect_in_this_block() {
	build_and_execute(|| {
		let need = Need { place: place("US-CA"), site: Some(HOSPITAL), schedule: None, at: NOW };
		let classes = LicenceClasses::of(&[LicenceClass::Physician]);
		let licensed = || Credentials::practitioner_licensed(PRACTITIONER, classes, &need);
		assert!(licensed().is_ok());
		assert_ok!(set(Suspended));
		assert_eq!(licensed(), Err(StandingReasons::of(&[StandingReason::LicenceSuspended])));
		assert_ok!(set(Active));
		assert!(licensed().is_ok());
	});
}

#[test]
fn the_council_stops_and_does_not_reinstate() {
	build_and_execute(|| {
		for state in [Active, IssuedInError, Pending, Surrendered, Expired, Lapsed] {
			assert_noop!(set_state(COUNCIL, LICENCE, state), Error::InvalidTransition);
		}
		assert_ok!(set_state(COUNCIL, LICENCE, Suspended));
		assert_noop!(set_state(COUNCIL, LICENCE, Active), Error::InvalidTransition);
		// Also when nobody else can.
		suspend(BOARD);
		assert_ok!(set_state(COUNCIL, FACILITY, Suspended));
	});
}

#[test]
fn the_council_revokes_where_the_board_cannot_only() {
	for (can, disable) in [
		(true, (|| ()) as fn()),
		(false, || suspend(BOARD)),
		(false, revoke_authority),
		(false, || demand_a_licence(OrganisationKind::LicensingBoard)),
		// The successor has no authority.
		(false, || {
			assert_ok!(succeed(BOARD, REGULATOR));
		}),
		(true, || {
			assert_ok!(succeed(BOARD, REGULATOR));
			assert_ok!(authorise(REGULATOR, "US-CA"));
		}),
	] {
		build_and_execute(|| {
			disable();
			if can {
				assert_noop!(set_state(COUNCIL, LICENCE, Revoked), Error::BoardResponsible);
				assert_ok!(set_state(COUNCIL, LICENCE, Suspended));
				assert_noop!(set_state(COUNCIL, LICENCE, Revoked), Error::BoardResponsible);
			} else {
				assert_ok!(set_state(COUNCIL, LICENCE, Revoked));
			}
		});
	}
}

#[test]
fn a_pending_one_is_marked_in_error_only() {
	build_and_execute(|| {
		assert_ok!(issue(|_| ()));
		for state in LicenceState::ALL.iter().filter(|state| **state != IssuedInError) {
			assert_noop!(set_state(BOARD_ADMIN, 3, *state), Error::InvalidTransition);
		}
		assert_ok!(set_state(BOARD_ADMIN, 3, IssuedInError));
	});
}

#[test]
fn what_is_expired_is_stopped_and_what_has_lapsed_only_ended() {
	build_and_execute(|| {
		at(END);
		assert_ok!(set(Suspended));
		assert_ok!(set(Active));
		at(END + RENEWAL_WINDOW);
		assert_noop!(set(Suspended), Error::InvalidTransition);
		assert_ok!(set(Revoked));
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, IssuedInError));
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		for signer in [BOARD_ADMIN, COUNCIL] {
			assert_noop!(set_state(signer, UNKNOWN, Revoked), Error::LicenceUnknown);
		}
	});
}

#[test]
fn fails_when_another_board_issued_it() {
	build_and_execute(|| {
		assert_noop!(set_state(OTHER_BOARD_ADMIN, LICENCE, Revoked), Error::NotAdministrator);
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(set(Revoked), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_it_is_over() {
	for state in [Revoked, IssuedInError] {
		build_and_execute(|| {
			assert_ok!(set(state));
			for next in LicenceState::ALL {
				assert_noop!(set(*next), Error::InvalidTransition);
			}
		});
	}
}

#[test]
fn fails_when_it_is_in_that_state() {
	build_and_execute(|| {
		assert_noop!(set(Active), Error::InvalidTransition);
		assert_ok!(set(Suspended));
		assert_noop!(set(Suspended), Error::InvalidTransition);
	});
}

#[test]
fn reinstating_fails_when_the_holder_has_joined_the_boards_group() {
	build_and_execute(|| {
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, Suspended));
		affiliate(BOARD, HOSPITAL);
		assert_noop!(set_state(BOARD_ADMIN, FACILITY, Active), Error::ConflictOfInterest);
		// Nobody joins the board to keep a licence.
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, Revoked));
	});
}

#[test]
fn reinstating_fails_when_the_board_is_not_authorised_any_more() {
	build_and_execute(|| {
		assert_ok!(set(Suspended));
		revoke_authority();
		assert_noop!(set(Active), Error::BoardNotAuthorised);
		assert_ok!(set(Revoked));
	});
}

#[test]
fn reinstating_fails_when_the_board_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		assert_ok!(set(Suspended));
		demand_a_licence(OrganisationKind::LicensingBoard);
		assert_noop!(set(Active), Error::AuthorityNotInStanding);
		assert_ok!(set(Revoked));
	});
}

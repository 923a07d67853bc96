use super::*;

/// A pending licence, the third.
const PENDING: LicenceId = 3;

fn verify(signer: AccountId32, licence: LicenceId) -> DispatchResult {
	Credentials::verify_licence(signed(signer), licence, seen(9_000))
}

#[test]
fn works_on_a_pending_one() {
	build_and_execute(|| {
		assert_ok!(issue(|_| ()));
		let before = licence_of(PENDING);
		at(1_600);
		assert_ok!(verify(BOARD_ADMIN, PENDING));

		assert_eq!(
			licence_of(PENDING),
			Licence {
				state: LicenceState::Active,
				verified: Some(1_600),
				verification: Some(seen(9_000)),
				..before
			}
		);
		assert_eq!(
			events()[1..],
			[
				Event::LicenceVerified { licence: PENDING, next_due: 9_000 },
				Event::LicenceStateChanged { licence: PENDING, state: LicenceState::Active },
			]
		);
	});
}

#[test]
fn leaves_the_state_of_others() {
	build_and_execute(|| {
		assert_ok!(verify(BOARD_ADMIN, LICENCE));
		assert_eq!(licence_of(LICENCE).verified, Some(NOW));
		assert_eq!(events(), [Event::LicenceVerified { licence: LICENCE, next_due: 9_000 }]);

		assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Suspended));
		assert_ok!(verify(BOARD_ADMIN, LICENCE));
		assert_eq!(licence_of(LICENCE).state, LicenceState::Suspended);
		at(END);
		assert_ok!(verify(BOARD_ADMIN, FACILITY));
		assert_eq!(licence_of(FACILITY).state_at(END), LicenceState::Expired);
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		assert_noop!(verify(BOARD_ADMIN, UNKNOWN), Error::LicenceUnknown);
	});
}

#[test]
fn fails_when_another_board_issued_it() {
	build_and_execute(|| {
		assert_noop!(verify(OTHER_BOARD_ADMIN, LICENCE), Error::NotAdministrator);
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(verify(BOARD_ADMIN, LICENCE), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_the_holder_has_joined_the_boards_group() {
	build_and_execute(|| {
		affiliate(BOARD, HOSPITAL);
		assert_noop!(verify(BOARD_ADMIN, FACILITY), Error::ConflictOfInterest);
		assert_ok!(verify(BOARD_ADMIN, LICENCE));
	});
}

#[test]
fn fails_when_the_board_is_not_authorised_any_more() {
	build_and_execute(|| {
		revoke_authority();
		assert_noop!(verify(BOARD_ADMIN, LICENCE), Error::BoardNotAuthorised);
	});
}

#[test]
fn fails_when_the_board_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		demand_a_licence(OrganisationKind::LicensingBoard);
		assert_noop!(verify(BOARD_ADMIN, LICENCE), Error::AuthorityNotInStanding);
	});
}

#[test]
fn fails_when_it_is_over() {
	build_and_execute(|| {
		assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Revoked));
		assert_noop!(verify(BOARD_ADMIN, LICENCE), Error::InvalidTransition);
		at(END + RENEWAL_WINDOW);
		let verification = seen(Moment::MAX);
		assert_noop!(
			Credentials::verify_licence(signed(BOARD_ADMIN), FACILITY, verification),
			Error::InvalidTransition
		);
	});
}

#[test]
fn fails_when_the_next_is_not_ahead() {
	build_and_execute(|| {
		let verify = |due| Credentials::verify_licence(signed(BOARD_ADMIN), LICENCE, seen(due));
		assert_noop!(verify(NOW), Error::VerificationDueInPast);
		assert_ok!(verify(NOW + 1));
	});
}

#[test]
fn fails_when_it_is_due_over_5_years_ahead() {
	build_and_execute(|| {
		let verify = |due| Credentials::verify_licence(signed(BOARD_ADMIN), LICENCE, seen(due));
		assert_noop!(verify(NOW + MAX_DUE + 1), Error::DueTooLate);
		assert_ok!(verify(NOW + MAX_DUE));
	});
}

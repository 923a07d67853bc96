use super::*;

fn renew(until: Option<Moment>) -> DispatchResult {
	Credentials::renew_licence(signed(BOARD_ADMIN), LICENCE, until, None)
}

#[test]
fn works_without_a_gap_before_the_end() {
	build_and_execute(|| {
		at(END - 1);
		assert_ok!(renew(Some(3_000)));

		let valid = Period { from: 1_000, until: Some(3_000) };
		assert_eq!(licence_of(LICENCE).valid, valid);
		assert_eq!(events(), [Event::LicenceRenewed { licence: LICENCE, valid }]);
		assert_eq!(licence_of(LICENCE).verified, Some(1_000));
	});
}

#[test]
fn works_from_now_on_after_the_end() {
	build_and_execute(|| {
		for (now, until) in [(END, 3_000), (3_000 + RENEWAL_WINDOW - 1, 3_000 + RENEWAL_WINDOW)] {
			at(now);
			assert_eq!(licence_of(LICENCE).state_at(now), LicenceState::Expired);
			assert_ok!(renew(Some(until)));
			assert_eq!(licence_of(LICENCE).valid, Period { from: now, until: Some(until) });
			assert_eq!(licence_of(LICENCE).state_at(now), LicenceState::Active);
		}
	});
}

#[test]
fn works_without_end_and_with_a_verification() {
	build_and_execute(|| {
		let verification = Some(seen(9_000));
		assert_ok!(Credentials::renew_licence(signed(BOARD_ADMIN), LICENCE, None, verification));

		let licence = licence_of(LICENCE);
		assert_eq!(licence.valid, Period { from: 1_000, until: None });
		assert_eq!((licence.verified, licence.verification), (Some(NOW), verification));
		assert_noop!(renew(None), Error::NotRenewable);
	});
}

#[test]
fn leaves_a_suspended_one_suspended() {
	build_and_execute(|| {
		assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Suspended));
		at(END);
		assert_ok!(renew(Some(3_000)));
		assert_eq!(licence_of(LICENCE).state_at(END), LicenceState::Suspended);
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Credentials::renew_licence(signed(BOARD_ADMIN), UNKNOWN, None, None),
			Error::LicenceUnknown
		);
	});
}

#[test]
fn fails_when_another_board_issued_it() {
	build_and_execute(|| {
		assert_noop!(
			Credentials::renew_licence(signed(OTHER_BOARD_ADMIN), LICENCE, None, None),
			Error::NotAdministrator
		);
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(renew(None), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_the_holder_has_joined_the_boards_group() {
	build_and_execute(|| {
		affiliate(BOARD, HOSPITAL);
		assert_noop!(
			Credentials::renew_licence(signed(BOARD_ADMIN), FACILITY, None, None),
			Error::ConflictOfInterest
		);
	});
}

#[test]
fn fails_when_the_board_is_not_authorised_any_more() {
	build_and_execute(|| {
		revoke_authority();
		assert_noop!(renew(None), Error::BoardNotAuthorised);
	});
}

#[test]
fn fails_when_the_board_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		demand_a_licence(OrganisationKind::LicensingBoard);
		assert_noop!(renew(None), Error::AuthorityNotInStanding);
	});
}

#[test]
fn fails_when_it_is_pending() {
	build_and_execute(|| {
		assert_ok!(issue(|_| ()));
		assert_noop!(
			Credentials::renew_licence(signed(BOARD_ADMIN), 3, None, Some(seen(9_000))),
			Error::NotRenewable
		);
	});
}

#[test]
fn fails_when_it_has_lapsed() {
	build_and_execute(|| {
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Suspended));
		at(END + RENEWAL_WINDOW);
		for licence in [LICENCE, FACILITY] {
			assert_noop!(
				Credentials::renew_licence(signed(BOARD_ADMIN), licence, None, None),
				Error::NotRenewable
			);
		}
	});
}

#[test]
fn fails_when_it_was_ended() {
	for state in [LicenceState::Revoked, LicenceState::IssuedInError] {
		build_and_execute(|| {
			assert_ok!(set_state(BOARD_ADMIN, LICENCE, state));
			assert_noop!(renew(None), Error::NotRenewable);
		});
	}
	build_and_execute(|| {
		assert_ok!(Credentials::surrender_licence(signed(SURGEON), LICENCE));
		assert_noop!(renew(None), Error::NotRenewable);
	});
}

#[test]
fn fails_when_it_ends_no_later() {
	build_and_execute(|| {
		for until in [END - 1, END] {
			assert_noop!(renew(Some(until)), Error::PeriodNotLonger);
		}
		at(3_000);
		for until in [END + 1, 3_000] {
			assert_noop!(renew(Some(until)), Error::PeriodNotLonger);
		}
		assert_ok!(renew(Some(3_001)));
	});
}

#[test]
fn fails_when_the_next_verification_is_not_ahead() {
	build_and_execute(|| {
		assert_noop!(
			Credentials::renew_licence(signed(BOARD_ADMIN), LICENCE, None, Some(seen(NOW))),
			Error::VerificationDueInPast
		);
	});
}

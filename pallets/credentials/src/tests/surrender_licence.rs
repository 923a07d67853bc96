use super::*;

fn surrender(signer: AccountId32, licence: LicenceId) -> DispatchResult {
	Credentials::surrender_licence(signed(signer), licence)
}

#[test]
fn works_for_a_practitioner() {
	build_and_execute(|| {
		assert_ok!(surrender(SURGEON, LICENCE));

		let state = LicenceState::Surrendered;
		assert_eq!(licence_of(LICENCE).state, state);
		assert_eq!(events(), [Event::LicenceStateChanged { licence: LICENCE, state }]);
	});
}

#[test]
fn works_for_an_organisation() {
	build_and_execute(|| {
		assert_ok!(surrender(HOSPITAL_ADMIN, FACILITY));
		assert_eq!(licence_of(FACILITY).state, LicenceState::Surrendered);
	});
}

#[test]
fn works_in_every_state_that_is_not_over() {
	build_and_execute(|| {
		assert_ok!(issue(|_| ()));
		assert_ok!(surrender(SURGEON, 3));
		at(END + RENEWAL_WINDOW - 1);
		assert_ok!(surrender(SURGEON, LICENCE));
	});
}

/// Else nobody could be revoked who saw it coming.
#[test]
fn fails_while_it_is_suspended() {
	build_and_execute(|| {
		for (signer, id) in [(SURGEON, LICENCE), (HOSPITAL_ADMIN, FACILITY)] {
			assert_ok!(set_state(BOARD_ADMIN, id, LicenceState::Suspended));
			assert_noop!(surrender(signer.clone(), id), Error::InvalidTransition);
			assert_ok!(set_state(BOARD_ADMIN, id, LicenceState::Active));
			assert_ok!(surrender(signer, id));
		}
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		assert_noop!(surrender(SURGEON, UNKNOWN), Error::LicenceUnknown);
	});
}

#[test]
fn fails_when_another_holds_it() {
	build_and_execute(|| {
		for signer in [BOARD_ADMIN, HOSPITAL_ADMIN, STRANGER, COUNCIL] {
			assert_noop!(surrender(signer, LICENCE), Error::NotHolder);
		}
		for signer in [BOARD_ADMIN, SURGEON, CLINIC_ADMIN] {
			assert_noop!(surrender(signer, FACILITY), Error::NotAdministrator);
		}
	});
}

#[test]
fn fails_when_the_organisation_is_not_active() {
	build_and_execute(|| {
		suspend(HOSPITAL);
		assert_noop!(surrender(HOSPITAL_ADMIN, FACILITY), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_it_is_over() {
	build_and_execute(|| {
		assert_ok!(surrender(SURGEON, LICENCE));
		assert_noop!(surrender(SURGEON, LICENCE), Error::InvalidTransition);
		for id in [3, 4] {
			assert_ok!(issue(|new| new.verification = Some(seen(9_000))));
			let state = if id == 3 { LicenceState::Revoked } else { LicenceState::IssuedInError };
			assert_ok!(set_state(BOARD_ADMIN, id, state));
			assert_noop!(surrender(SURGEON, id), Error::InvalidTransition);
		}
		at(END + RENEWAL_WINDOW);
		assert_noop!(surrender(HOSPITAL_ADMIN, FACILITY), Error::InvalidTransition);
	});
}

use super::*;

fn set(state: LicenceState) -> DispatchResult {
	Providers::set_licence_state(signed(BOARD_ADMIN), LICENCE, state)
}

fn surgeon() -> StandingReasons {
	Providers::standing(&SURGEON, HOSPITAL, Role::Clinician, NOW)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert!(surgeon().is_empty());
		assert_ok!(set(LicenceState::Suspended));

		assert_eq!(surgeon(), StandingReasons::of(&[StandingReason::LicenceSuspended]));
		assert_eq!(
			events(),
			[Event::LicenceStateChanged { licence: LICENCE, state: LicenceState::Suspended }]
		);

		assert_ok!(set(LicenceState::Active));
		assert!(surgeon().is_empty());
		assert_ok!(set(LicenceState::Revoked));
		assert_eq!(surgeon(), StandingReasons::of(&[StandingReason::LicenceRevoked]));
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::set_licence_state(signed(BOARD_ADMIN), 9, LicenceState::Revoked),
			Error::<Test>::LicenceUnknown
		);
	});
}

#[test]
fn fails_when_another_board_issued_it() {
	build_and_execute(|| {
		assert_noop!(
			Providers::set_licence_state(signed(OTHER_BOARD_ADMIN), LICENCE, LicenceState::Revoked),
			Error::<Test>::NotAdministrator
		);
	});
}

#[test]
fn fails_when_it_is_revoked() {
	build_and_execute(|| {
		assert_ok!(set(LicenceState::Revoked));
		for state in LicenceState::ALL {
			assert_noop!(set(*state), Error::<Test>::InvalidTransition);
		}
	});
}

#[test]
fn a_board_that_lost_its_authority_can_stop_but_not_reinstate() {
	build_and_execute(|| {
		assert_ok!(Providers::revoke_board_authority(council(), BOARD, place("US-CA")));
		assert_ok!(set(LicenceState::Suspended));
		assert_noop!(set(LicenceState::Active), Error::<Test>::BoardNotAuthorised);
		assert_ok!(set(LicenceState::Revoked));
	});
}

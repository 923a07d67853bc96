//! `authorise_board` and `revoke_board_authority`.

use super::*;
use salus_primitives::codes::Jurisdiction;

fn authorise(organisation: u32, code: &str) -> DispatchResult {
	Providers::authorise_board(council(), organisation, place(code))
}

fn revoke(organisation: u32, code: &str) -> DispatchResult {
	Providers::revoke_board_authority(council(), organisation, place(code))
}

#[test]
fn authorising_works() {
	build_and_execute(|| {
		assert_ok!(authorise(BOARD, "US-NV"));

		assert_eq!(BoardAuthorities::<Test>::get(BOARD), vec![place("US-CA"), place("US-NV")]);
		assert_eq!(
			events(),
			[Event::BoardAuthorised { organisation: BOARD, jurisdiction: place("US-NV") }]
		);
	});
}

#[test]
fn authorising_fails_when_it_is_no_board() {
	build_and_execute(|| {
		assert_noop!(authorise(HOSPITAL, "US-CA"), Error::<Test>::NotABoard);
	});
}

#[test]
fn authorising_fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(authorise(BOARD, "US-NV"), Error::<Test>::OrganisationNotActive);
	});
}

#[test]
fn authorising_fails_when_the_jurisdiction_is_none() {
	build_and_execute(|| {
		assert_noop!(
			Providers::authorise_board(council(), BOARD, Jurisdiction([0; 6])),
			Error::<Test>::InvalidJurisdiction
		);
	});
}

#[test]
fn authorising_fails_when_it_is_authorised_already() {
	build_and_execute(|| {
		assert_noop!(authorise(BOARD, "US-CA"), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn authorising_fails_over_64() {
	build_and_execute(|| {
		for n in 10..10 + MAX_AUTHORITIES - 1 {
			assert_ok!(authorise(BOARD, &format!("DE-{n}")));
		}
		assert_noop!(authorise(BOARD, "FR"), Error::<Test>::TooManyAuthorities);
	});
}

#[test]
fn revoking_works() {
	build_and_execute(|| {
		assert_ok!(revoke(BOARD, "US-CA"));

		assert!(!BoardAuthorities::<Test>::contains_key(BOARD));
		assert_eq!(
			events(),
			[Event::BoardAuthorityRevoked { organisation: BOARD, jurisdiction: place("US-CA") }]
		);
	});
}

#[test]
fn revoking_leaves_other_authorities_and_licences() {
	build_and_execute(|| {
		assert_ok!(authorise(BOARD, "US-NV"));
		assert_ok!(revoke(BOARD, "US-CA"));

		assert_eq!(BoardAuthorities::<Test>::get(BOARD), vec![place("US-NV")]);
		assert!(Providers::standing(&SURGEON, HOSPITAL, Role::Clinician, NOW).is_empty());
	});
}

#[test]
fn revoking_works_on_a_suspended_board() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_ok!(revoke(BOARD, "US-CA"));
	});
}

#[test]
fn revoking_fails_when_it_is_not_authorised() {
	build_and_execute(|| {
		assert_noop!(revoke(BOARD, "US"), Error::<Test>::BoardNotAuthorised);
		assert_noop!(revoke(9, "US-CA"), Error::<Test>::BoardNotAuthorised);
	});
}

use super::*;
use salus_primitives::codes::{DrugSchedule, DrugSchedules, Role, Roles};

fn limits(schedules: &[DrugSchedule], supervised: bool, sites: &[OrganisationId]) -> Limits {
	Limits {
		schedules: DrugSchedules::of(schedules),
		supervised,
		sites: sites.to_vec().try_into().unwrap(),
	}
}

fn set(licence: LicenceId, limits: Limits) -> DispatchResult {
	Credentials::set_licence_limits(signed(BOARD_ADMIN), licence, limits)
}

/// Each is wider than none at all, or narrower.
fn wider() -> Limits {
	limits(&[DrugSchedule::II], false, &[])
}

fn narrower() -> Limits {
	limits(&[], true, &[HOSPITAL])
}

#[test]
fn works() {
	build_and_execute(|| {
		for limits in [wider(), narrower(), limits(&[DrugSchedule::V], true, &[CLINIC, HOSPITAL])] {
			assert_ok!(set(LICENCE, limits.clone()));
			assert_eq!(licence_of(LICENCE).limits, limits);
		}
		assert_eq!(events(), vec![Event::LicenceLimitsSet { licence: LICENCE }; 3]);
	});
}

#[test]
fn takes_effect_in_this_block() {
	build_and_execute(|| {
		let schedule = Some(DrugSchedule::II);
		let need = Need { place: place("US-CA"), site: Some(HOSPITAL), schedule, at: NOW };
		let classes = LicenceClasses::of(&[LicenceClass::Physician]);
		let licensed = || Credentials::practitioner_licensed(PRACTITIONER, classes, &need);
		assert_eq!(licensed(), Err(StandingReasons::of(&[StandingReason::ScheduleNotLicensed])));
		assert_ok!(set(LICENCE, wider()));
		assert!(licensed().is_ok_and(|licensed| !licensed.supervised));
		assert_ok!(set(LICENCE, limits(&[DrugSchedule::II], true, &[CLINIC])));
		assert_eq!(
			licensed(),
			Err(StandingReasons::of(&[StandingReason::LicenceLimitedToOtherSites]))
		);
	});
}

#[test]
fn fails_when_the_licence_is_unknown() {
	build_and_execute(|| {
		assert_noop!(set(UNKNOWN, wider()), Error::LicenceUnknown);
	});
}

#[test]
fn fails_when_another_board_issued_it() {
	build_and_execute(|| {
		for limits in [wider(), narrower()] {
			assert_noop!(
				Credentials::set_licence_limits(signed(OTHER_BOARD_ADMIN), LICENCE, limits),
				Error::NotAdministrator
			);
		}
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(set(LICENCE, narrower()), Error::OrganisationNotActive);
	});
}

#[test]
fn widening_fails_when_the_board_is_not_authorised_any_more() {
	build_and_execute(|| {
		revoke_authority();
		assert_noop!(set(LICENCE, wider()), Error::BoardNotAuthorised);
		assert_ok!(set(LICENCE, narrower()));
		assert_noop!(set(LICENCE, Limits::default()), Error::BoardNotAuthorised);
	});
}

#[test]
fn widening_fails_when_the_board_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		demand_a_licence(OrganisationKind::LicensingBoard);
		assert_noop!(set(LICENCE, wider()), Error::AuthorityNotInStanding);
		assert_ok!(set(LICENCE, narrower()));
	});
}

#[test]
fn widening_fails_when_the_holder_has_joined_the_boards_group() {
	build_and_execute(|| {
		assert_ok!(set(FACILITY, wider()));
		affiliate(BOARD, HOSPITAL);
		let more = limits(&[DrugSchedule::II, DrugSchedule::III], false, &[]);
		assert_noop!(set(FACILITY, more), Error::ConflictOfInterest);
		assert_ok!(set(FACILITY, Limits::default()));
	});
}

#[test]
fn widening_fails_for_the_administrators_own_licence() {
	build_and_execute(|| {
		let roles = Roles::of(&[Role::Administrator]);
		assert_ok!(Providers::set_staff(signed(BOARD_ADMIN), BOARD, SURGEON, roles));
		let set = |limits| Credentials::set_licence_limits(signed(SURGEON), LICENCE, limits);
		assert_noop!(set(wider()), Error::ConflictOfInterest);
		assert_ok!(set(narrower()));
	});
}

#[test]
fn fails_when_it_is_over() {
	build_and_execute(|| {
		assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Revoked));
		assert_noop!(set(LICENCE, narrower()), Error::InvalidTransition);
		at(END + RENEWAL_WINDOW);
		assert_noop!(set(FACILITY, wider()), Error::InvalidTransition);
	});
}

#[test]
fn fails_when_an_organisations_licence_gets_a_practitioners_limits() {
	build_and_execute(|| {
		for limits in [limits(&[], true, &[]), limits(&[], false, &[CLINIC])] {
			assert_noop!(set(FACILITY, limits), Error::InvalidLimits);
		}
	});
}

#[test]
fn fails_when_a_site_is_unknown() {
	build_and_execute(|| {
		let limits = limits(&[], false, &[HOSPITAL, UNKNOWN]);
		assert_noop!(set(LICENCE, limits), Error::OrganisationUnknown);
	});
}

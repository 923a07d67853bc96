use super::*;
use StandingReason::*;

fn standing(account: AccountId32, role: Role, at: u64) -> Vec<StandingReason> {
	Providers::standing(&account, HOSPITAL, role, at).iter().collect()
}

/// A licence by its place, state and dates.
type Given = (&'static str, LicenceState, Period);

/// Gives the surgeon these licences in place of the others.
fn licences(given: &[Given]) {
	LicencesOf::<Test>::insert(PRACTITIONER, LicenceIds::default());
	Licences::<Test>::remove(LICENCE);
	LicenceCount::<Test>::put(0);
	for (code, state, valid) in given {
		let board = if *code == "US-NY" { OTHER_BOARD } else { BOARD };
		let class = LicenceClass::Physician;
		assert_ok!(Providers::do_issue_licence(
			board,
			PRACTITIONER,
			class,
			places(&[code]),
			*valid
		));
		let id = LicenceCount::<Test>::get();
		Licences::<Test>::mutate(id, |licence| {
			if let Some(licence) = licence {
				licence.state = *state;
			}
		});
	}
}

const PAST: Period = Period { from: 0, until: Some(NOW) };
const FUTURE: Period = Period { from: NOW + 1, until: None };

#[test]
fn is_good_for_staff_in_its_roles() {
	build_and_execute(|| {
		assert_eq!(standing(HOSPITAL_ADMIN, Role::Administrator, NOW), []);
		assert_eq!(standing(RECORDS, Role::RecordsOfficer, NOW), []);
		assert_eq!(standing(SURGEON, Role::Clinician, NOW), []);
	});
}

#[test]
fn names_every_reason() {
	build_and_execute(|| {
		suspend(HOSPITAL);
		assert_eq!(
			standing(STRANGER, Role::Clinician, NOW),
			[OrganisationSuspended, NotStaff, NotAPractitioner]
		);
		assert_eq!(
			standing(SURGEON, Role::Pharmacist, NOW),
			[OrganisationSuspended, RoleNotHeld, LicenceMissing]
		);
		assert_ok!(Providers::set_organisation_state(
			council(),
			HOSPITAL,
			OrganisationState::Withdrawn
		));
		assert_eq!(standing(RECORDS, Role::RecordsOfficer, NOW), [OrganisationWithdrawn]);
	});
}

#[test]
fn is_nothing_with_an_unknown_organisation() {
	build_and_execute(|| {
		assert_eq!(
			Providers::standing(&SURGEON, 9, Role::Clinician, NOW),
			StandingReasons::of(&[OrganisationUnknown])
		);
	});
}

#[test]
fn does_not_carry_over_to_another_organisation() {
	build_and_execute(|| {
		assert_eq!(
			Providers::standing(&HOSPITAL_ADMIN, BOARD, Role::Administrator, NOW),
			StandingReasons::of(&[NotStaff])
		);
	});
}

#[test]
fn follows_the_licences_dates() {
	build_and_execute(|| {
		assert_eq!(standing(SURGEON, Role::Clinician, 999), [LicenceNotYetValid]);
		assert_eq!(standing(SURGEON, Role::Clinician, 1_000), []);
		assert_eq!(standing(SURGEON, Role::Clinician, 1_999), []);
		assert_eq!(standing(SURGEON, Role::Clinician, 2_000), [LicenceExpired]);
	});
}

#[test]
fn needs_a_licence_of_the_roles_class() {
	build_and_execute(|| {
		assert_eq!(standing(PHARMACIST, Role::Pharmacist, NOW), [NotAPractitioner]);
		assert_ok!(Providers::do_register_practitioner(PHARMACIST, None));
		assert_eq!(standing(PHARMACIST, Role::Pharmacist, NOW), [LicenceMissing]);
		let (class, valid) = (LicenceClass::Nurse, VALID);
		assert_ok!(Providers::do_issue_licence(BOARD, 2, class, places(&["US-CA"]), valid));
		assert_eq!(standing(PHARMACIST, Role::Pharmacist, NOW), [LicenceMissing]);
		let class = LicenceClass::Pharmacist;
		assert_ok!(Providers::do_issue_licence(BOARD, 2, class, places(&["US-CA"]), valid));
		assert_eq!(standing(PHARMACIST, Role::Pharmacist, NOW), []);
	});
}

#[test]
fn takes_a_countrys_licence_in_its_parts() {
	build_and_execute(|| {
		assert_ok!(Providers::authorise_board(council(), BOARD, place("US")));
		licences(&[("US", LicenceState::Active, VALID)]);
		assert_eq!(standing(SURGEON, Role::Clinician, NOW), []);
	});
}

#[test]
fn names_what_is_wrong_with_the_closest_licences() {
	use LicenceState::*;
	let table: &[(&[Given], &[StandingReason])] = &[
		(&[], &[LicenceMissing]),
		(&[("US-NY", Active, VALID)], &[LicenceOutOfJurisdiction]),
		(&[("US-NY", Revoked, PAST)], &[LicenceOutOfJurisdiction]),
		(&[("US-CA", Suspended, PAST)], &[LicenceSuspended]),
		(&[("US-CA", Revoked, VALID)], &[LicenceRevoked]),
		(&[("US-CA", Active, PAST)], &[LicenceExpired]),
		(&[("US-CA", Active, FUTURE)], &[LicenceNotYetValid]),
		(&[("US-NY", Active, VALID), ("US-CA", Active, PAST)], &[LicenceExpired]),
		(&[("US-CA", Suspended, VALID), ("US-CA", Active, PAST)], &[LicenceExpired]),
		(&[("US-CA", Suspended, VALID), ("US-NY", Active, VALID)], &[LicenceSuspended]),
		(
			&[("US-CA", Active, PAST), ("US-CA", Active, FUTURE)],
			&[LicenceNotYetValid, LicenceExpired],
		),
		(
			&[("US-CA", Revoked, PAST), ("US-CA", Suspended, FUTURE)],
			&[LicenceSuspended, LicenceRevoked],
		),
		(&[("US-CA", Revoked, VALID), ("US-CA", Active, VALID)], &[]),
		(&[("US-CA", Active, VALID), ("US-NY", Suspended, PAST)], &[]),
	];
	for (given, expected) in table {
		build_and_execute(|| {
			licences(given);
			assert_eq!(standing(SURGEON, Role::Clinician, NOW), *expected, "{given:?}");
		});
	}
}

#[test]
fn is_read_at_the_time_asked() {
	build_and_execute(|| {
		Timestamp::set_timestamp(5_000);
		assert_eq!(standing(SURGEON, Role::Clinician, NOW), []);
	});
}

//! Who may act under a supervisor, and who may be one.

use super::*;
use salus_primitives::{
	codes::{DrugSchedule, DrugSchedules},
	credential::Limits,
	time::{Moment, Period},
};
use StandingReason::*;

fn of(account: &AccountId32, role: Role, at: Moment) -> Vec<StandingReason> {
	<Providers as ProviderDirectory<_>>::standing(account, HOSPITAL, role, at)
		.iter()
		.collect()
}

fn surgeon() -> Vec<StandingReason> {
	of(&SURGEON, Role::Clinician, NOW)
}

fn limit(licence: LicenceId, limits: Limits) {
	assert_ok!(Credentials::set_licence_limits(signed(BOARD_ADMIN), licence, limits));
}

/// The surgeon works under someone from now on.
fn supervise() {
	limit(LICENCE, Limits { supervised: true, ..Limits::default() });
	assert_eq!(surgeon(), [SupervisorMissing]);
}

/// A colleague of the surgeon with this licence, who supervises the surgeon; its number.
fn supervisor(change: impl FnOnce(&mut GenesisLicence)) -> LicenceId {
	let colleague = colleague(STRANGER);
	let mut given = licence(Holder::Practitioner(colleague), LicenceClass::Physician);
	change(&mut given);
	let id = issue(given);
	assert_ok!(Providers::assign_supervisor(
		signed(HOSPITAL_ADMIN),
		HOSPITAL,
		PRACTITIONER,
		Some(colleague)
	));
	id
}

#[test]
fn works() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		assert_eq!(surgeon(), []);
	});
}

#[test]
fn fails_when_the_supervisor_is_of_another_profession() {
	build_and_execute(|| {
		supervise();
		supervisor(|given| given.class = LicenceClass::Nurse);
		assert_eq!(surgeon(), [SupervisorMissing]);
	});
}

#[test]
fn is_not_asked_of_another_licence() {
	build_and_execute(|| {
		supervise();
		issue(licence(Holder::Practitioner(PRACTITIONER), LicenceClass::Dentist));
		assert_eq!(surgeon(), []);
	});
}

#[test]
fn ends_with_the_assignment() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		assert_ok!(Providers::assign_supervisor(
			signed(HOSPITAL_ADMIN),
			HOSPITAL,
			PRACTITIONER,
			None
		));
		assert_eq!(surgeon(), [SupervisorMissing]);
	});
}

#[test]
fn takes_the_same_role() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		assert_ok!(set_staff(STRANGER, LOGISTICS));
		assert_eq!(surgeon(), [SupervisorMissing]);
		assert_ok!(set_staff(STRANGER, CLINICIAN));
		assert_eq!(surgeon(), []);
	});
}

#[test]
fn takes_staff() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		assert_ok!(Providers::remove_staff(signed(HOSPITAL_ADMIN), HOSPITAL, STRANGER));
		assert_eq!(surgeon(), [SupervisorMissing]);
	});
}

#[test]
fn takes_a_licence_in_force() {
	build_and_execute(|| {
		supervise();
		let id = supervisor(|_| {});
		let state = LicenceState::Suspended;
		assert_ok!(Credentials::set_licence_state(signed(BOARD_ADMIN), id, state));
		assert_eq!(surgeon(), [SupervisorMissing]);
	});
}

#[test]
fn takes_a_licence_of_the_roles_class() {
	build_and_execute(|| {
		supervise();
		supervisor(|licence| licence.class = LicenceClass::Pharmacist);
		assert_eq!(surgeon(), [SupervisorMissing]);
	});
}

#[test]
fn takes_someone_without_a_supervisor() {
	build_and_execute(|| {
		supervise();
		let id = supervisor(|licence| licence.limits.supervised = true);
		assert_eq!(surgeon(), [SupervisorMissing]);
		limit(id, Limits::default());
		assert_eq!(surgeon(), []);
	});
}

/// Two under supervision do not vouch for each other.
#[test]
fn does_not_go_round() {
	build_and_execute(|| {
		supervise();
		supervisor(|licence| licence.limits.supervised = true);
		assert_ok!(Providers::assign_supervisor(
			signed(HOSPITAL_ADMIN),
			HOSPITAL,
			2,
			Some(PRACTITIONER)
		));
		assert_eq!(surgeon(), [SupervisorMissing]);
		assert_eq!(of(&STRANGER, Role::Clinician, NOW), [SupervisorMissing]);
	});
}

#[test]
fn takes_a_licence_for_this_house() {
	build_and_execute(|| {
		supervise();
		let id = supervisor(|_| {});
		limit(id, Limits { sites: vec![BOARD].try_into().unwrap(), ..Limits::default() });
		assert_eq!(surgeon(), [SupervisorMissing]);
		limit(id, Limits { sites: vec![HOSPITAL].try_into().unwrap(), ..Limits::default() });
		assert_eq!(surgeon(), []);
	});
}

/// One is supervised where one works: another house's supervisor does not count.
#[test]
fn is_of_one_house() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		let other = admit(OrganisationKind::Payer, "US-CA", APPLICANT_ADMIN);
		for account in [SURGEON, STRANGER] {
			let by = signed(APPLICANT_ADMIN);
			assert_ok!(Providers::set_staff(by, other, account, CLINICIAN));
		}
		let there = || {
			let role = Role::Clinician;
			<Providers as ProviderDirectory<_>>::standing(&SURGEON, other, role, NOW)
		};
		assert_eq!(there(), StandingReasons::of(&[SupervisorMissing]));
		let by = signed(APPLICANT_ADMIN);
		assert_ok!(Providers::assign_supervisor(by, other, PRACTITIONER, Some(2)));
		assert!(there().is_empty());
	});
}

/// The supervisor's licence is asked for the same schedule.
#[test]
fn takes_a_licence_for_the_schedule() {
	build_and_execute(|| {
		let schedules = DrugSchedules::of(&[DrugSchedule::II]);
		let drugs = || Limits { schedules, ..Limits::default() };
		limit(LICENCE, Limits { supervised: true, ..drugs() });
		issue(GenesisLicence {
			limits: drugs(),
			..licence(Holder::Organisation(HOSPITAL), LicenceClass::ControlledDrugs)
		});
		let id = supervisor(|_| {});
		let asked = || {
			let schedule = Some(DrugSchedule::II);
			Providers::standing_view(&SURGEON, HOSPITAL, Role::Clinician, schedule, None).reasons
		};
		assert_eq!(surgeon(), []);
		assert_eq!(asked(), StandingReasons::of(&[SupervisorMissing]));
		limit(id, drugs());
		assert!(asked().is_empty());
	});
}

#[test]
fn follows_the_supervisor_to_another_account() {
	build_and_execute(|| {
		supervise();
		supervisor(|_| {});
		assert_ok!(Providers::change_practitioner_account(signed(STRANGER), 2, RECORDS));
		assert_eq!(surgeon(), [SupervisorMissing]);
		assert_ok!(set_staff(RECORDS, CLINICIAN));
		assert_eq!(surgeon(), []);
	});
}

#[test]
fn is_read_at_the_moment_asked_about() {
	build_and_execute(|| {
		supervise();
		supervisor(|licence| licence.valid = Period { from: 0, until: Some(1_800) });
		assert_eq!(of(&SURGEON, Role::Clinician, 1_799), []);
		assert_eq!(of(&SURGEON, Role::Clinician, 1_800), [SupervisorMissing]);
	});
}

//! What organisations and practitioners are told: the pure rules on what is stored.

use super::*;
use salus_primitives::{
	codes::{DrugSchedule, Role},
	credential::Authorisation,
	directory::ProviderDirectory,
};

const GRACE: Moment = 100;

fn asked(organisation: OrganisationId, at: Moment) -> Authorisation {
	let (house, _) = <Providers as OrganisationDirectory<_>>::organisation(organisation).unwrap();
	Credentials::authorisation(&house, None, at)
}

fn require(kind: OrganisationKind, code: &str, licences: &[LicenceClass], from: Moment) {
	let requirement = Requirement {
		licences: LicenceClasses::of(licences),
		accreditation: Programmes::EMPTY,
		grace: 0,
		from,
	};
	assert_ok!(Credentials::set_requirement(council(), kind, place(code), requirement));
}

/// A hospital in California needs an accreditation, too.
fn require_accreditation() {
	let requirement = Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility]),
		accreditation: Programmes::of(&[Programme::Hospital]),
		grace: GRACE,
		from: NOW,
	};
	let kind = OrganisationKind::Hospital;
	assert_ok!(Credentials::set_requirement(council(), kind, place("US-CA"), requirement));
}

fn reasons(of: &[StandingReason]) -> StandingReasons {
	StandingReasons::of(of)
}

fn shows(found: Authorisation, flag: StandingFlag) -> bool {
	found.flags.contains(flag)
}

#[test]
fn what_is_said_of_a_subdivision_replaces_what_is_said_of_its_country() {
	build_and_execute(|| {
		let kind = OrganisationKind::Clinic;
		let unknown = reasons(&[StandingReason::RequirementsUnknown]);
		let missing = reasons(&[StandingReason::AuthorisationMissing]);
		assert_eq!(asked(CLINIC, NOW).practice, unknown);
		require(kind, "US", &[LicenceClass::Facility], NOW);
		assert_eq!(asked(CLINIC, NOW).practice, missing);
		require(kind, "US-NY", &[], NOW);
		assert_eq!(asked(CLINIC, NOW).practice, missing);
		// Until it begins, the country's holds.
		require(kind, "US-CA", &[], NOW + 10);
		assert_eq!(asked(CLINIC, NOW + 9).practice, missing);
		assert!(asked(CLINIC, NOW + 10).practice.is_empty());
		// And of the subdivision's, one after the other.
		at(NOW + 10);
		require(kind, "US-CA", &[LicenceClass::PharmacyPermit], NOW + 20);
		assert!(asked(CLINIC, NOW + 19).practice.is_empty());
		assert_eq!(asked(CLINIC, NOW + 20).practice, missing);
	});
}

#[test]
fn a_house_without_its_licence_neither_practises_nor_takes_anyone_on() {
	build_and_execute(|| {
		let surgeon = || Providers::standing(&SURGEON, HOSPITAL, Role::Clinician, NOW);
		assert!(surgeon().is_empty() && asked(HOSPITAL, NOW).intake.is_empty());
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Suspended));
		let suspended = reasons(&[StandingReason::AuthorisationSuspended]);
		assert_eq!(surgeon(), suspended);
		assert_eq!(asked(HOSPITAL, NOW).intake, suspended);
		assert!(!shows(asked(HOSPITAL, NOW), StandingFlag::TakesOnNothingNew));
	});
}

/// "A lapsed accreditation flags and, after a grace, restricts; it never stops treatment."
#[test]
fn a_lapsed_accreditation_flags_then_restricts_and_never_stops_treatment() {
	build_and_execute(|| {
		assert_ok!(Credentials::renew_licence(signed(BOARD_ADMIN), FACILITY, None, None));
		assert_ok!(Credentials::renew_licence(signed(BOARD_ADMIN), LICENCE, None, None));
		require_accreditation();
		assert_ok!(accredit(|_| ()));
		let surgeon = |at| Providers::standing(&SURGEON, HOSPITAL, Role::Clinician, at);

		for (at, lapsed, restricted) in [
			(END - 1, false, false),
			(END, true, false),
			(END + GRACE - 1, true, false),
			(END + GRACE, false, true),
			(END + 9 * GRACE, false, true),
		] {
			let found = asked(HOSPITAL, at);
			assert!(found.practice.is_empty() && surgeon(at).is_empty());
			assert_eq!(shows(found, StandingFlag::AccreditationLapsed), lapsed, "{at}");
			assert_eq!(shows(found, StandingFlag::TakesOnNothingNew), restricted, "{at}");
			assert_eq!(!found.intake.is_empty(), restricted, "{at}");
			assert_eq!(Providers::intake(HOSPITAL, at), found.intake);
		}
	});
}

#[test]
fn the_grace_of_who_never_had_one_runs_from_the_requirement() {
	build_and_execute(|| {
		require_accreditation();
		assert!(shows(asked(HOSPITAL, NOW + GRACE - 1), StandingFlag::AccreditationLapsed));
		assert!(asked(HOSPITAL, NOW + GRACE - 1).intake.is_empty());
		let missing = reasons(&[StandingReason::AccreditationMissing]);
		assert_eq!(asked(HOSPITAL, NOW + GRACE).intake, missing);
	});
}

#[test]
fn a_denial_restricts_at_once_unless_another_body_accredits() {
	build_and_execute(|| {
		assert_ok!(Credentials::renew_licence(signed(BOARD_ADMIN), FACILITY, None, None));
		require_accreditation();
		let hospital = Programmes::of(&[Programme::Hospital]);
		assert_ok!(Credentials::authorise_body(council(), OTHER_BODY, hospital));
		assert_ok!(accredit(|survey| survey.state = AccreditationState::PreliminaryDenial));
		// Nothing is lost yet.
		assert!(asked(HOSPITAL, NOW).intake.is_empty());
		assert_ok!(Credentials::appeal_denial(signed(HOSPITAL_ADMIN), 1, EVIDENCE));
		assert_ok!(decide(1, AccreditationState::Denied, None));
		let missing = reasons(&[StandingReason::AccreditationMissing]);
		assert_eq!(asked(HOSPITAL, NOW).intake, missing);
		assert!(asked(HOSPITAL, NOW).practice.is_empty());

		assert_ok!(accredit(|survey| {
			survey.signer = OTHER_BODY_ADMIN;
			survey.body = OTHER_BODY;
			survey.state = AccreditationState::LimitedTemporary;
		}));
		assert!(asked(HOSPITAL, NOW).intake.is_empty());
		// It ended last, so that its end counts.
		assert!(asked(HOSPITAL, END).intake.is_empty());
		assert_eq!(asked(HOSPITAL, END + GRACE).intake, missing);
	});
}

#[test]
fn a_preliminary_denial_flags() {
	build_and_execute(|| {
		require_accreditation();
		assert_ok!(accredit(|_| ()));
		assert_ok!(decide(1, AccreditationState::PreliminaryDenial, None));
		let found = asked(HOSPITAL, NOW);
		assert!(shows(found, StandingFlag::AccreditationDenialPreliminary));
		assert!(found.intake.is_empty());
	});
}

#[test]
fn an_overdue_follow_up_flags_until_it_is_closed() {
	build_and_execute(|| {
		assert_ok!(inspect_with_follow_up());
		let overdue = |at| shows(asked(HOSPITAL, at), StandingFlag::InspectionFollowUpOverdue);
		assert!(!overdue(END - 1) && overdue(END));
		at(END);
		assert_ok!(Credentials::close_follow_up(signed(BODY_ADMIN), 1, EVIDENCE));
		assert!(!overdue(END));
	});
}

#[test]
fn a_schedule_takes_a_licence_for_it() {
	build_and_execute(|| {
		let (house_of, _) =
			<Providers as OrganisationDirectory<_>>::organisation(HOSPITAL).unwrap();
		let ask = |schedule| Credentials::authorisation(&house_of, Some(schedule), NOW).practice;
		let no = reasons(&[StandingReason::ScheduleNotAuthorised]);
		assert_eq!(ask(DrugSchedule::II), no);
		assert_ok!(issue(|new| {
			new.holder = house(HOSPITAL);
			new.class = LicenceClass::ControlledDrugs;
			new.verification = Some(seen(9_000));
			new.limits.schedules = salus_primitives::codes::DrugSchedules::of(&[DrugSchedule::II]);
		}));
		assert!(ask(DrugSchedule::II).is_empty());
		assert_eq!(ask(DrugSchedule::III), no);
	});
}

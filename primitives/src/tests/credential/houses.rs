use super::*;
use AccreditationState::*;
use StandingReason::*;

const HOUSE: House = House {
	id: SITE,
	kind: OrganisationKind::Hospital,
	place: Jurisdiction(*b"US-CA\0"),
	since: 0,
};

/// A facility licence and an accreditation, with ten days' grace.
fn requirement() -> Requirement {
	Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility]),
		accreditation: Programmes::of(&[Programme::Hospital, Programme::AmbulatoryCare]),
		grace: 10 * DAY,
		from: 0,
	}
}

fn ask(accreditations: &[Accreditation], at: Moment) -> Authorisation {
	let facility = Licence { verification: None, ..licence(LicenceClass::Facility) };
	authorisation(
		&HOUSE,
		Some(&in_force(requirement())),
		&[facility],
		accreditations,
		&[],
		None,
		at,
	)
}

fn flags(of: &[StandingFlag]) -> StandingFlags {
	StandingFlags::of(of)
}

#[test]
fn requirements_follow_each_other() {
	let (first, second) = (requirement(), Requirement { grace: 0, from: NOW, ..requirement() });
	let both = Requirements { version: 2, current: Some(first), next: second };
	assert_eq!(both.at(NOW - 1), Some(&first));
	assert_eq!(both.at(NOW), Some(&second));
	let only = Requirements { version: 1, current: None, next: second };
	assert_eq!((only.at(NOW - 1), only.at(NOW)), (None, Some(&second)));
}

#[test]
fn without_requirements_who_practises_may_not() {
	for kind in OrganisationKind::ALL {
		let house = House { kind: *kind, ..HOUSE };
		let found = authorisation(&house, None, &[], &[], &[], None, NOW);
		let expected = match kind.practises() {
			true => reasons(&[RequirementsUnknown]),
			false => StandingReasons::EMPTY,
		};
		assert_eq!((found.practice, found.intake), (expected, expected), "{kind}");
	}
}

#[test]
fn each_licence_that_is_asked_for_counts() {
	let requirement = Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility, LicenceClass::PharmacyPermit]),
		accreditation: Programmes::EMPTY,
		..requirement()
	};
	let ask = |licences: &[Licence]| {
		authorisation(&HOUSE, Some(&in_force(requirement)), licences, &[], &[], None, NOW)
	};
	let good = [licence(LicenceClass::Facility), licence(LicenceClass::PharmacyPermit)];
	assert_eq!(ask(&good), Authorisation::default());
	assert_eq!(ask(&good[..1]).practice, reasons(&[AuthorisationMissing]));
	type Change = fn(&mut Licence);
	let cases: [(Change, StandingReason); 9] = [
		(|held| held.valid.from = NOW + 1, AuthorisationNotYetValid),
		(|held| held.valid.until = Some(NOW), AuthorisationExpired),
		(|held| held.valid.until = Some(NOW - 90 * DAY), AuthorisationExpired),
		(|held| held.state = LicenceState::Suspended, AuthorisationSuspended),
		(|held| held.state = LicenceState::Revoked, AuthorisationEnded),
		(|held| held.state = LicenceState::Surrendered, AuthorisationEnded),
		(|held| held.state = LicenceState::IssuedInError, AuthorisationEnded),
		(|held| held.state = LicenceState::Pending, AuthorisationPending),
		(|held| held.jurisdictions[0] = place("DE"), AuthorisationMissing),
	];
	for (change, reason) in cases {
		let [facility, mut permit] = good.clone();
		change(&mut permit);
		let found = ask(&[facility, permit]);
		// Who may not practise takes on nobody.
		assert_eq!((found.practice, found.intake), (reasons(&[reason]), reasons(&[reason])));
		assert_eq!(found.flags, StandingFlags::EMPTY);
	}
	let [mut facility, permit] = good;
	facility.valid.until = Some(NOW + DAY);
	facility.verification.as_mut().unwrap().next_due = NOW;
	assert_eq!(
		ask(&[facility, permit]).flags,
		flags(&[
			StandingFlag::AuthorisationVerificationOverdue,
			StandingFlag::AuthorisationEndsSoon
		])
	);
}

#[test]
fn schedules_take_a_licence_for_controlled_drugs() {
	let mut drugs = licence(LicenceClass::ControlledDrugs);
	let ask = |drugs: &Licence, schedule| {
		let licences = [licence(LicenceClass::Facility), drugs.clone()];
		let accredited = [held(Accredited, 0, None)];
		let requirement = requirement();
		authorisation(
			&HOUSE,
			Some(&in_force(requirement)),
			&licences,
			&accredited,
			&[],
			schedule,
			NOW,
		)
		.practice
	};
	let no = reasons(&[ScheduleNotAuthorised]);
	assert!(ask(&drugs, None).is_empty());
	assert_eq!(ask(&drugs, Some(DrugSchedule::II)), no);
	drugs.limits.schedules = DrugSchedules::of(&[DrugSchedule::II]);
	assert!(ask(&drugs, Some(DrugSchedule::II)).is_empty());
	assert_eq!(ask(&drugs, Some(DrugSchedule::V)), no);
	type Change = fn(&mut Licence);
	let cases: [(Change, StandingReason); 5] = [
		(|drugs| drugs.state = LicenceState::Suspended, AuthorisationSuspended),
		(|drugs| drugs.state = LicenceState::Revoked, AuthorisationEnded),
		(|drugs| drugs.state = LicenceState::Pending, AuthorisationPending),
		(|drugs| drugs.valid.until = Some(NOW), AuthorisationExpired),
		(|drugs| drugs.jurisdictions[0] = place("DE"), ScheduleNotAuthorised),
	];
	for (change, reason) in cases {
		let mut drugs = drugs.clone();
		change(&mut drugs);
		assert_eq!(ask(&drugs, Some(DrugSchedule::II)), reasons(&[reason]));
	}
}

/// What is shown and whether anything new is taken on; practice goes on in any case.
fn of(accreditations: &[Accreditation], at: Moment) -> (StandingFlags, bool) {
	let found = ask(accreditations, at);
	assert!(found.practice.is_empty());
	(found.flags, found.intake.is_empty())
}

fn good() -> (StandingFlags, bool) {
	(StandingFlags::EMPTY, true)
}

fn grace() -> (StandingFlags, bool) {
	(flags(&[StandingFlag::AccreditationLapsed]), true)
}

fn nothing_new() -> (StandingFlags, bool) {
	(flags(&[StandingFlag::TakesOnNothingNew]), false)
}

#[test]
fn the_grace_runs_from_the_end() {
	let ended = [held(Accredited, 0, Some(NOW))];
	for (at, expected) in [
		(NOW - 1, good()),
		(NOW, grace()),
		(NOW + 10 * DAY - 1, grace()),
		(NOW + 10 * DAY, nothing_new()),
	] {
		assert_eq!(of(&ended, at), expected, "{at}");
	}
}

#[test]
fn who_never_had_one_has_the_grace_from_the_later_of_requirement_and_membership() {
	for (from, since) in
		[(NOW - 10 * DAY, 0), (0, NOW - 10 * DAY), (NOW - 11 * DAY, NOW - 10 * DAY)]
	{
		let requirement = Requirement { from, licences: LicenceClasses::EMPTY, ..requirement() };
		let house = House { since, ..HOUSE };
		let ask = |at| authorisation(&house, Some(&in_force(requirement)), &[], &[], &[], None, at);
		assert!(ask(NOW - 1).intake.is_empty());
		assert_eq!(ask(NOW).intake, reasons(&[AccreditationMissing]));
		assert!(ask(NOW).practice.is_empty());
	}
}

#[test]
fn who_was_not_asked_when_it_ended_has_the_grace_from_when_it_was() {
	let ended = [held(Accredited, 0, Some(NOW - 50 * DAY))];
	let requirement = Requirement { licences: LicenceClasses::EMPTY, ..requirement() };
	for (asked_since, since) in
		[(NOW - 10 * DAY, 0), (0, NOW - 10 * DAY), (NOW - 10 * DAY, NOW - 70 * DAY)]
	{
		let house = House { since, ..HOUSE };
		// A new version gives no new one.
		let version = Requirement { from: NOW - DAY, ..requirement };
		let asked = InForce { requirement: version, accreditation_asked_since: asked_since };
		for held in [&ended[..], &[]] {
			let ask = |at| authorisation(&house, Some(&asked), &[], held, &[], None, at);
			assert!(ask(NOW - 1).intake.is_empty());
			assert_eq!(ask(NOW).intake, reasons(&[AccreditationMissing]));
		}
	}
}

#[test]
fn denied_or_taken_back_has_no_grace() {
	for state in [Denied, Withdrawn] {
		assert_eq!(of(&[held(state, NOW, None)], NOW), nothing_new());
		// Nor where it ended at the same moment as another.
		let both = [held(Accredited, 0, Some(NOW)), held(state, NOW, None)];
		assert_eq!(of(&both, NOW), nothing_new());
		assert_eq!(of(&[both[1].clone(), both[0].clone()], NOW), nothing_new());
	}
}

#[test]
fn of_several_the_one_that_ended_last_counts() {
	// Withdrawn from another body long ago; renewed by this one since, and ended now.
	let renewed = held(Accredited, 5 * DAY, Some(NOW));
	let other = held(Withdrawn, 20 * DAY, Some(NOW + DAY));
	assert_eq!(of(&[renewed.clone(), other.clone()], NOW), grace());
	let later = held(Denied, NOW + DAY, None);
	assert_eq!(of(&[renewed, other, later], NOW + DAY), nothing_new());
}

#[test]
fn a_first_survey_without_decision_takes_nothing_away() {
	let mut first = held(PreliminaryDenial, NOW, Some(NOW + 20 * DAY));
	first.granted = None;
	let ended = held(Accredited, 0, Some(NOW));
	assert_eq!(of(&[ended.clone(), first.clone()], NOW + DAY), grace());
	assert_eq!(of(std::slice::from_ref(&first), NOW), nothing_new());
	// Nor does its end give anything.
	assert_eq!(of(&[ended, first], NOW + 20 * DAY), nothing_new());
}

#[test]
fn one_that_has_not_begun_counts_as_none() {
	let mut later = held(Accredited, 0, None);
	later.valid.from = NOW + 1;
	assert_eq!(of(&[later, held(Accredited, 0, Some(NOW))], NOW), grace());
}

#[test]
fn others_programmes_do_not_count() {
	let mut imaging = held(Accredited, 0, None);
	imaging.programme = Programme::Imaging;
	assert_eq!(of(std::slice::from_ref(&imaging), NOW), nothing_new());
	imaging.programme = Programme::AmbulatoryCare;
	assert_eq!(of(&[imaging], NOW), good());
}

#[test]
fn one_that_is_sound_is_enough() {
	let denying = held(PreliminaryDenial, 0, None);
	let mut overdue = held(AccreditedWithFollowUp, 0, None);
	overdue.follow_up_due = Some(NOW);
	let sound = held(Accredited, 0, None);
	let (denial, late) =
		(StandingFlag::AccreditationDenialPreliminary, StandingFlag::AccreditationFollowUpOverdue);
	assert_eq!(of(std::slice::from_ref(&denying), NOW), (flags(&[denial]), true));
	assert_eq!(of(std::slice::from_ref(&overdue), NOW), (flags(&[late]), true));
	let both = [denying.clone(), overdue.clone()];
	assert_eq!(of(&both, NOW), (flags(&[denial, late]), true));
	assert_eq!(of(&[denying, overdue, sound], NOW), good());
}

#[test]
fn nothing_is_asked_where_no_programme_is() {
	let requirement = Requirement { accreditation: Programmes::EMPTY, ..requirement() };
	let licences = [licence(LicenceClass::Facility)];
	let denied = [held(Denied, NOW, None)];
	let found =
		authorisation(&HOUSE, Some(&in_force(requirement)), &licences, &denied, &[], None, NOW);
	assert_eq!(found, Authorisation::default());
}

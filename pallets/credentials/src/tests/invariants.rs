use super::*;

/// Corrupts a sound state and expects exactly this message.
fn violated(message: &str, corrupt: impl FnOnce()) {
	new_test_ext(genesis()).execute_with(|| {
		assert_ok!(accredit(|_| ()));
		assert_ok!(inspect_with_follow_up());
		assert_ok!(issue(|_| ()));
		assert_ok!(Credentials::do_try_state());
		corrupt();
		assert_eq!(Credentials::do_try_state(), Err(DispatchError::Other(leak(message))));
	});
}

fn leak(message: &str) -> &'static str {
	String::from(message).leak()
}

/// The pending licence, the third.
const PENDING: LicenceId = 3;
const HELD: AccreditationId = 1;
const VISIT: InspectionId = 1;

fn licence(id: LicenceId, change: impl FnOnce(&mut Licence)) {
	Licences::<Test>::mutate(id, |found| change(found.as_mut().unwrap()));
}

fn accreditation(change: impl FnOnce(&mut Accreditation)) {
	Accreditations::<Test>::mutate(HELD, |found| change(found.as_mut().unwrap()));
}

fn inspection(change: impl FnOnce(&mut Inspection)) {
	Inspections::<Test>::mutate(VISIT, |found| change(found.as_mut().unwrap()));
}

#[test]
fn one_authorities_are_of_boards() {
	let of_board = || BoardAuthorities::<Test>::get(BOARD);
	let message = "credentials 1: authority of no board";
	for nobody in [HOSPITAL, BODY, UNKNOWN] {
		violated(message, || BoardAuthorities::<Test>::insert(nobody, of_board()));
	}
	let message = "credentials 1: authority without a place or class, or for a place twice";
	violated(message, || BoardAuthorities::<Test>::insert(BOARD, Authorities::default()));
	let change = |change: fn(&mut Authority)| {
		BoardAuthorities::<Test>::mutate(BOARD, |held| change(&mut held[0]));
	};
	violated(message, || change(|held| held.classes = LicenceClasses::EMPTY));
	violated(message, || change(|held| held.jurisdiction = Jurisdiction([0; 6])));
	violated(message, || {
		BoardAuthorities::<Test>::mutate(BOARD, |held| held.force_push(held[0]));
	});
}

#[test]
fn one_programmes_are_of_bodies() {
	let message = "credentials 1: programmes of no body, or none";
	violated(message, || AccreditingBodies::<Test>::insert(BOARD, Programmes::all()));
	violated(message, || AccreditingBodies::<Test>::insert(BODY, Programmes::EMPTY));
}

#[test]
fn two_successions_are_sound() {
	let message = "credentials 2: a succession of organisations that are not alike";
	for (authority, successor) in [(BOARD, BODY), (HOSPITAL, BOARD), (UNKNOWN, UNKNOWN + 1)] {
		violated(message, || Successors::<Test>::insert(authority, successor));
	}
	violated("credentials 2: a succession without end", || {
		Successors::<Test>::insert(BOARD, OTHER_BOARD);
		Successors::<Test>::insert(OTHER_BOARD, BOARD);
	});
	violated("credentials 2: a succession that is not counted", || {
		Successors::<Test>::insert(BOARD, OTHER_BOARD);
	});
}

#[test]
fn three_requirements_are_sound() {
	let requirements = |change: fn(&mut Requirements)| {
		RequirementsOf::<Test>::mutate(OrganisationKind::Hospital, place("US-CA"), |found| {
			change(found.as_mut().unwrap());
		});
	};
	let message = "credentials 3: a requirement of no place, or without version";
	violated(message, || requirements(|found| found.version = 0));
	violated(message, || {
		let kind = OrganisationKind::Hospital;
		let found = RequirementsOf::<Test>::get(kind, place("US-CA")).unwrap();
		RequirementsOf::<Test>::insert(kind, Jurisdiction([0; 6]), found);
	});
	let message = "credentials 3: a class that organisations do not hold";
	violated(message, || requirements(|found| found.next.licences = LicenceClasses::all()));
	violated(message, || {
		requirements(|found| {
			let licences = LicenceClasses::of(&[LicenceClass::Nurse]);
			found.current = Some(Requirement { licences, ..found.next });
		});
	});
	violated("credentials 3: what follows began before what is in force", || {
		requirements(|found| {
			found.current = Some(Requirement { from: found.next.from + 1, ..found.next });
		});
	});
	let asked = |kind, current, next| {
		AccreditationAskedSince::<Test>::insert(kind, place("US-CA"), AskedSince { current, next });
	};
	let message = "credentials 3: an accreditation is asked for after the requirement began";
	violated(message, || asked(OrganisationKind::Hospital, 0, 1));
	violated(message, || {
		requirements(|found| found.current = Some(found.next));
		asked(OrganisationKind::Hospital, 1, 0);
	});
	let message = "credentials 3: an accreditation is asked for by no requirement";
	violated(message, || asked(OrganisationKind::Payer, 0, 0));
}

#[test]
fn four_licences_are_sound() {
	let message = "credentials 4: licences are not numbered without gaps";
	violated(message, || LicenceCount::<Test>::put(4));
	violated(message, || Licences::<Test>::remove(FACILITY));
	let message = "credentials 4: a licence of nobody, or of a class that is not theirs";
	violated(message, || licence(LICENCE, |found| found.holder = Holder::Practitioner(UNKNOWN)));
	violated(message, || licence(FACILITY, |found| found.holder = house(UNKNOWN)));
	violated(message, || licence(LICENCE, |found| found.class = LicenceClass::Facility));
	violated(message, || licence(FACILITY, |found| found.class = LicenceClass::Nurse));
	let message = "credentials 4: a licence of no board";
	violated(message, || licence(LICENCE, |found| found.board = HOSPITAL));
	let message = "credentials 4: a licence without a valid place or period";
	violated(message, || licence(LICENCE, |found| found.jurisdictions = places(&[])));
	violated(message, || licence(LICENCE, |found| found.jurisdictions[0].0 = [0; 6]));
	violated(message, || licence(LICENCE, |found| found.valid.until = Some(0)));
	let message = "credentials 4: a state that is read from dates is stored";
	for state in [LicenceState::Expired, LicenceState::Lapsed] {
		violated(message, || licence(LICENCE, |found| found.state = state));
	}
	let message = "credentials 4: a licence in force was never verified, or a pending one was";
	violated(message, || licence(LICENCE, |found| found.verified = None));
	violated(message, || licence(LICENCE, |found| found.verification = None));
	violated(message, || licence(LICENCE, |found| found.state = LicenceState::Pending));
	violated(message, || licence(PENDING, |found| found.state = LicenceState::Active));
}

#[test]
fn five_holders_have_their_licences() {
	let list = |ids: &[LicenceId]| {
		LicencesOf::<Test>::insert(surgeon(), LicenceIds::truncate_from(ids.to_vec()));
	};
	let message = "credentials 5: licences out of order";
	violated(message, || list(&[PENDING, LICENCE]));
	violated(message, || list(&[LICENCE, LICENCE, PENDING]));
	let message = "credentials 5: a licence is listed with another holder";
	violated(message, || list(&[LICENCE, FACILITY, PENDING]));
	violated(message, || list(&[LICENCE, PENDING, 4]));
	violated("credentials 5: a licence that can count is not listed", || list(&[LICENCE]));
}

#[test]
fn six_licences_are_listed_where_they_are_valid() {
	let message = "credentials 6: licences are not listed where they are valid";
	let key = (place("US-CA"), LicenceClass::Dentist, 0);
	violated(message, || LicencesIn::<Test>::remove(key));
	violated(message, || LicencesIn::<Test>::insert(key, LICENCE));
	violated(message, || LicencesIn::<Test>::insert((key.0, key.1, 1), PENDING));
	violated(message, || LicencesInCount::<Test>::insert(key.0, key.1, 2));
	violated(message, || LicencesInCount::<Test>::insert(place("US"), key.1, 1));
	violated(message, || licence(PENDING, |found| found.jurisdictions = places(&["US-NV"])));
	// One of two is listed twice.
	violated(message, || {
		assert_ok!(issue(|_| ()));
		assert_ok!(Credentials::do_try_state());
		LicencesIn::<Test>::insert((key.0, key.1, 1), PENDING);
	});
}

#[test]
fn six_licences_are_listed_by_whom_they_were_issued() {
	let message = "credentials 6: licences are not listed by whom they were issued";
	violated(message, || LicencesBy::<Test>::remove(BOARD, 0));
	violated(message, || LicencesBy::<Test>::insert(BOARD, 0, FACILITY));
	violated(message, || LicencesBy::<Test>::insert(BOARD, 3, LICENCE));
	violated(message, || LicencesBy::<Test>::insert(BOARD, 0, 4));
	violated(message, || LicencesByCount::<Test>::insert(BOARD, 4));
	violated(message, || LicencesByCount::<Test>::insert(OTHER_BOARD, 1));
	violated(message, || licence(LICENCE, |found| found.board = OTHER_BOARD));
}

#[test]
fn seven_accreditations_are_sound() {
	use AccreditationState::*;
	let message = "credentials 7: accreditations are not numbered without gaps";
	violated(message, || AccreditationCount::<Test>::put(2));
	let message = "credentials 7: an accreditation of nobody, by no body, or of oneself";
	violated(message, || accreditation(|found| found.organisation = UNKNOWN));
	violated(message, || accreditation(|found| found.body = BOARD));
	violated(message, || accreditation(|found| found.organisation = BODY));
	let message = "credentials 7: a state that is read from dates is stored, or no period";
	violated(message, || accreditation(|found| found.state = Expired));
	violated(message, || accreditation(|found| found.valid.until = Some(0)));
	let message = "credentials 7: a due date where none belongs, or none where one does";
	violated(message, || accreditation(|found| found.follow_up_due = Some(9_000)));
	violated(message, || accreditation(|found| found.state = AccreditedWithFollowUp));
	let message = "credentials 7: accredited, yet never granted";
	violated(message, || accreditation(|found| found.granted = None));
	violated("credentials 7: an appeal against no denial", || {
		accreditation(|found| found.appeal = Some(Appeal { filed: NOW, grounds: EVIDENCE }));
	});
}

#[test]
fn eight_organisations_have_their_accreditations() {
	let list = |organisation, ids: &[AccreditationId]| {
		let ids = AccreditationIds::truncate_from(ids.to_vec());
		AccreditationsOf::<Test>::insert(organisation, ids);
	};
	let message = "credentials 8: accreditations out of order, or listed with another organisation";
	violated(message, || list(HOSPITAL, &[HELD, HELD]));
	violated(message, || list(CLINIC, &[HELD]));
	violated(message, || list(HOSPITAL, &[HELD, 2]));
	let message = "credentials 8: an accreditation that can count is not listed";
	violated(message, || AccreditationsOf::<Test>::remove(HOSPITAL));
}

#[test]
fn nine_inspections_are_sound() {
	let message = "credentials 9: inspections are not numbered without gaps";
	violated(message, || InspectionCount::<Test>::put(2));
	let message = "credentials 9: an inspection of nobody, by nobody, or of oneself";
	violated(message, || inspection(|found| found.organisation = UNKNOWN));
	violated(message, || inspection(|found| found.inspector = UNKNOWN));
	violated(message, || inspection(|found| found.inspector = HOSPITAL));
	let message = "credentials 9: something is due without a date";
	violated(message, || inspection(|found| found.follow_up_due = None));
	let message = "credentials 9: an inspection is listed twice, past the count or elsewhere";
	violated(message, || InspectionsOf::<Test>::insert(CLINIC, 0, VISIT));
	violated(message, || InspectionsOf::<Test>::insert(HOSPITAL, 1, VISIT));
	violated(message, || {
		InspectionsOf::<Test>::insert(HOSPITAL, 1, VISIT);
		InspectionsOfCount::<Test>::insert(HOSPITAL, 2);
	});
	let message = "credentials 9: an inspection is not listed, or a list has a gap";
	violated(message, || InspectionsOf::<Test>::remove(HOSPITAL, 0));
	violated(message, || InspectionsOfCount::<Test>::insert(HOSPITAL, 2));
	let message = "credentials 9: what is due is not what is listed as open";
	violated(message, || OpenFollowUps::<Test>::remove(HOSPITAL));
	violated(message, || inspection(|found| found.state = InspectionState::Closed));
	violated(message, || {
		OpenFollowUps::<Test>::try_append(CLINIC, VISIT).unwrap();
	});
}

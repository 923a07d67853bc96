//! Each invariant fails when storage breaks it, and says so.

use super::*;

/// Corrupts a sound state and expects exactly this failure.
#[track_caller]
fn violated(expected: &'static str, corrupt: impl FnOnce()) {
	new_test_ext(genesis()).execute_with(|| {
		assert_ok!(Providers::do_try_state());
		corrupt();
		assert_eq!(Providers::do_try_state(), Err(expected.into()));
	});
}

fn organisation(id: OrganisationId, change: impl FnOnce(&mut Organisation)) {
	Organisations::<Test>::mutate(id, |found| change(found.as_mut().unwrap()));
}

fn profile(id: OrganisationId, change: impl FnOnce(&mut Profile)) {
	Profiles::<Test>::mutate(id, |found| change(found.as_mut().unwrap()));
}

fn practitioner(change: impl FnOnce(&mut Practitioner<AccountId32>)) {
	Practitioners::<Test>::mutate(PRACTITIONER, |found| change(found.as_mut().unwrap()));
}

const KEY: EncryptionKey = EncryptionKey { version: 1, key: [1; 32] };
/// No organisation has it.
const NOBODY: OrganisationId = 9;

#[test]
fn organisations_are_whole() {
	let gaps = "providers 1: organisations are not numbered without gaps";
	violated(gaps, || OrganisationCount::<Test>::put(4));
	violated(gaps, || Organisations::<Test>::remove(OTHER_BOARD));

	let differ = "providers 1: organisations and profiles differ";
	violated(differ, || Profiles::<Test>::remove(BOARD));
	violated(differ, || {
		Profiles::<Test>::insert(NOBODY, Profiles::<Test>::get(BOARD).unwrap());
	});

	let invalid = "providers 1: an organisation has an invalid jurisdiction or name";
	violated(invalid, || profile(BOARD, |found| found.name = Name::default()));
	violated(invalid, || organisation(BOARD, |found| found.jurisdiction.0 = [0; 6]));
}

#[test]
fn nothing_belongs_to_no_organisation() {
	let expected = "providers 1: something belongs to no organisation";
	violated(expected, || Endpoints::<Test>::insert(NOBODY, endpoint("https://h")));
	violated(expected, || Endpoints::<Test>::insert(BOARD, endpoint("")));
	violated(expected, || Endpoints::<Test>::insert(BOARD, endpoint("h")));
	violated(expected, || OrganisationKeys::<Test>::insert(NOBODY, KEY));
	violated(expected, || {
		Staff::<Test>::insert(NOBODY, RECORDS, StaffMember { roles: LOGISTICS, number: 0 });
	});
	violated(expected, || StaffCount::<Test>::insert(NOBODY, 1));
	violated(expected, || {
		Administrators::<Test>::insert(NOBODY, Administrators::<Test>::get(BOARD));
	});
	violated(expected, || {
		let offer = Offer { from: HOSPITAL_ADMIN, to: RECORDS };
		AdministrationOffers::<Test>::insert(NOBODY, offer);
	});
	violated(expected, || Supervisors::<Test>::insert(NOBODY, PRACTITIONER, 2));
}

#[test]
fn identifiers_are_indexed() {
	let gln = "providers 2: a GLN is invalid, shared, or not in the index";
	violated(gln, || OrganisationOfGln::<Test>::remove(GLN));
	violated(gln, || profile(BOARD, |found| found.gln = Some(GLN)));
	violated(gln, || {
		profile(BOARD, |found| found.gln = Some(Gln(1)));
		OrganisationOfGln::<Test>::insert(Gln(1), BOARD);
	});

	let npi = "providers 2: an organisation's NPI is invalid, shared, or not in the index";
	violated(npi, || profile(BOARD, |found| found.npi = Some(OTHER_NPI)));
	violated(npi, || {
		profile(BOARD, |found| found.npi = Some(Npi(1)));
		OrganisationOfNpi::<Test>::insert(Npi(1), BOARD);
	});
	// The surgeon has it.
	violated(npi, || {
		profile(BOARD, |found| found.npi = Some(NPI));
		OrganisationOfNpi::<Test>::insert(NPI, BOARD);
	});

	let practitioners = "providers 2: a practitioner's NPI is invalid, shared, or not in the index";
	violated(practitioners, || PractitionerOfNpi::<Test>::remove(NPI));
	violated(practitioners, || practitioner(|found| found.npi = Some(Npi(1))));

	let index = "providers 2: an index names what is not there";
	violated(index, || OrganisationOfGln::<Test>::insert(OTHER_GLN, BOARD));
	violated(index, || OrganisationOfNpi::<Test>::insert(OTHER_NPI, BOARD));
	violated(index, || PractitionerOfNpi::<Test>::insert(OTHER_NPI, PRACTITIONER));
}

#[test]
fn staff_can_act_and_is_numbered() {
	let member = |account: &AccountId32| Staff::<Test>::get(HOSPITAL, account).unwrap();
	violated("providers 3: staff without a role", || {
		let without = StaffMember { roles: Roles::EMPTY, ..member(&RECORDS) };
		Staff::<Test>::insert(HOSPITAL, RECORDS, without);
	});
	violated("providers 3: staff not enrolled", || {
		Staff::<Test>::insert(HOSPITAL, STRANGER, StaffMember { roles: LOGISTICS, number: 4 });
	});
	violated("providers 3: staff is a chart's key", || {
		Gate::enrol(&CHART_KEY);
		Staff::<Test>::insert(HOSPITAL, CHART_KEY, StaffMember { roles: LOGISTICS, number: 4 });
	});

	let numbered = "providers 3: staff is not numbered";
	violated(numbered, || StaffCount::<Test>::insert(HOSPITAL, 3));
	violated(numbered, || StaffNumbers::<Test>::remove(HOSPITAL, 1));
	violated(numbered, || StaffNumbers::<Test>::insert(HOSPITAL, 1, SURGEON));
	violated(numbered, || Staff::<Test>::insert(HOSPITAL, BOARD_ADMIN, member(&RECORDS)));

	let nobody = "providers 3: a number is of nobody";
	violated(nobody, || StaffNumbers::<Test>::insert(HOSPITAL, 7, STRANGER));
	violated(nobody, || Staff::<Test>::remove(HOSPITAL, RECORDS));
}

#[test]
fn administrators_are_those_of_the_staff() {
	violated("providers 4: an organisation without administrator", || {
		Administrators::<Test>::remove(HOSPITAL);
	});

	let differ = "providers 4: administrators are not those of the staff";
	violated(differ, || {
		Administrators::<Test>::mutate(HOSPITAL, |named| named.force_push(RECORDS));
	});
	violated(differ, || {
		Administrators::<Test>::mutate(HOSPITAL, |named| named.force_push(HOSPITAL_ADMIN));
	});
	violated(differ, || {
		Staff::<Test>::mutate(HOSPITAL, RECORDS, |member| {
			member.as_mut().unwrap().roles = ADMINISTRATOR;
		});
	});
}

#[test]
fn offers_can_be_accepted() {
	let offer = |from: AccountId32, to: AccountId32| {
		AdministrationOffers::<Test>::insert(HOSPITAL, Offer { from, to });
	};
	violated("providers 4: an offer from someone who is no administrator", || {
		offer(RECORDS, SURGEON);
	});
	let to = "providers 4: an offer to someone who cannot accept";
	violated(to, || offer(HOSPITAL_ADMIN, STRANGER));
	violated(to, || offer(HOSPITAL_ADMIN, HOSPITAL_ADMIN));
	violated("providers 4: an offer to a chart's key", || {
		Gate::enrol(&CHART_KEY);
		offer(HOSPITAL_ADMIN, CHART_KEY);
	});
}

#[test]
fn organisations_are_listed_where_they_are() {
	let (there, country) = (place("US-CA"), place("US"));
	let twice = "providers 5: an organisation is listed twice, or past the count";
	violated(twice, || OrganisationsIn::<Test>::insert(there, 2, BOARD));
	violated(twice, || OrganisationsInCount::<Test>::insert(there, 1));
	violated(twice, || {
		OrganisationsIn::<Test>::insert(there, 2, BOARD);
		OrganisationsInCount::<Test>::insert(there, 3);
	});

	let elsewhere = "providers 5: organisations are not listed where they are";
	violated(elsewhere, || OrganisationsIn::<Test>::remove(country, 2));
	violated(elsewhere, || OrganisationsIn::<Test>::insert(there, 1, OTHER_BOARD));
	violated(elsewhere, || organisation(BOARD, |found| found.jurisdiction = place("US-NV")));

	let miscounted = "providers 5: organisations of a place are miscounted";
	violated(miscounted, || OrganisationsInCount::<Test>::insert(there, 3));
	violated(miscounted, || OrganisationsInCount::<Test>::insert(place("DE"), 1));
}

#[test]
fn practitioners_are_whole() {
	let gaps = "providers 6: practitioners are not numbered without gaps";
	violated(gaps, || PractitionerCount::<Test>::put(2));
	violated(gaps, || {
		practitioner(|found| found.npi = None);
		PractitionerOfNpi::<Test>::remove(NPI);
		Practitioners::<Test>::remove(PRACTITIONER);
	});
	violated("providers 6: a practitioner not enrolled", || {
		practitioner(|found| found.account = STRANGER);
	});

	violated("providers 6: a practitioner is a chart's key", || {
		Gate::enrol(&CHART_KEY);
		practitioner(|found| found.account = CHART_KEY);
	});

	let shared = "providers 6: two practitioners share an account, or the index differs";
	violated(shared, || PractitionerOf::<Test>::remove(SURGEON));
	violated(shared, || practitioner(|found| found.account = RECORDS));
	violated(shared, || {
		let twin = Practitioner { account: SURGEON, npi: None, registrar: BOARD };
		Practitioners::<Test>::insert(2, twin);
		PractitionerCount::<Test>::put(2);
	});

	violated("providers 6: a practitioner whom no organisation registered", || {
		practitioner(|found| found.registrar = NOBODY);
	});
	violated("providers 6: an index names what is not there", || {
		PractitionerOf::<Test>::insert(STRANGER, PRACTITIONER);
	});
	violated("providers 6: a former account of nobody", || {
		FormerAccounts::<Test>::insert(STRANGER, (99, NOW));
	});
}

#[test]
fn profiles_and_supervisors_are_practitioners() {
	let profile = "providers 6: a profile of nobody, or without version";
	let digest = Digest([1; 32]);
	violated(profile, || {
		ProfileCommitments::<Test>::insert(
			2,
			ProfileCommitment { version: 1, digest: Some(digest) },
		);
	});
	violated(profile, || {
		ProfileCommitments::<Test>::insert(
			PRACTITIONER,
			ProfileCommitment { version: 0, digest: Some(digest) },
		);
	});

	let supervisor = "providers 6: a supervisor of or who is nobody, or supervises themselves";
	for (practitioner, by) in [(PRACTITIONER, PRACTITIONER), (PRACTITIONER, 2), (2, PRACTITIONER)] {
		violated(supervisor, || Supervisors::<Test>::insert(HOSPITAL, practitioner, by));
	}
}

#[test]
fn applications_are_counted() {
	violated("providers 7: an application that nobody sponsors", || {
		organisation(BOARD, |found| found.state = OrganisationState::Applied);
	});

	let miscounted = "providers 7: open applications are miscounted";
	violated(miscounted, || OpenApplications::<Test>::insert(HOSPITAL, 1));
	violated(miscounted, || OpenApplications::<Test>::insert(NOBODY, 0));
	violated(miscounted, || {
		applicant();
		OpenApplications::<Test>::remove(HOSPITAL);
	});

	violated("providers 7: too many applications of one sponsor", || {
		for _ in 0..MAX_OPEN_APPLICATIONS {
			applicant();
		}
		let last = admit(OrganisationKind::Clinic, "US-CA", STRANGER);
		organisation(last, |found| found.state = OrganisationState::Applied);
		Sponsors::<Test>::insert(last, HOSPITAL);
		OpenApplications::<Test>::insert(HOSPITAL, MAX_OPEN_APPLICATIONS + 1);
	});

	let nobody = "providers 7: a sponsor of or who is no organisation";
	violated(nobody, || Sponsors::<Test>::insert(NOBODY, HOSPITAL));
	violated(nobody, || Sponsors::<Test>::insert(HOSPITAL, NOBODY));
}

#[test]
fn keys_are_whole() {
	let whole = "providers 8: a key without version, or zero";
	violated(whole, || {
		OrganisationKeys::<Test>::insert(BOARD, EncryptionKey { version: 0, ..KEY });
	});
	violated(whole, || {
		OrganisationKeys::<Test>::insert(BOARD, EncryptionKey { key: [0; 32], ..KEY });
	});
	violated(whole, || {
		AccountKeys::<Test>::insert(SURGEON, EncryptionKey { version: 0, ..KEY });
	});
	violated(whole, || {
		AccountKeys::<Test>::insert(SURGEON, EncryptionKey { key: [0; 32], ..KEY });
	});
	violated("providers 8: a key of an account that is not enrolled", || {
		AccountKeys::<Test>::insert(STRANGER, KEY);
	});
}

#[test]
fn groups_have_one_level() {
	let levels = "providers 9: a group with more than one level, or of no organisations";
	violated(levels, || Heads::<Test>::insert(HOSPITAL, HOSPITAL));
	violated(levels, || Heads::<Test>::insert(HOSPITAL, NOBODY));
	violated(levels, || Heads::<Test>::insert(NOBODY, HOSPITAL));
	violated(levels, || {
		Heads::<Test>::insert(HOSPITAL, BOARD);
		Heads::<Test>::insert(BOARD, OTHER_BOARD);
		GroupSizes::<Test>::insert(BOARD, 1);
		GroupSizes::<Test>::insert(OTHER_BOARD, 1);
	});

	let miscounted = "providers 9: groups are miscounted";
	violated(miscounted, || Heads::<Test>::insert(HOSPITAL, BOARD));
	violated(miscounted, || GroupSizes::<Test>::insert(BOARD, 1));
	violated(miscounted, || GroupSizes::<Test>::insert(BOARD, 0));
}

/// Whoever is named is enrolled, and so holds the reference that keeps the account.
#[test]
fn those_named_hold_a_reference() {
	for (account, expected) in [
		(RECORDS, "providers 3: staff not enrolled"),
		(STRANGER, "providers 4: an offer to someone who cannot accept"),
		(APPLICANT_ADMIN, "providers 6: a practitioner not enrolled"),
		(COUNCIL, "providers 8: a key of an account that is not enrolled"),
	] {
		violated(expected, || {
			assert_ok!(Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, STRANGER));
			register(APPLICANT_ADMIN);
			Gate::enrol(&COUNCIL);
			assert_ok!(Providers::publish_account_key(council(), [1; 32]));
			assert_ok!(Providers::do_try_state());
			System::dec_sufficients(&account);
		});
	}
}

use super::*;

/// Corrupts a sound state and expects this invariant to fail.
fn violated(number: u8, corrupt: impl FnOnce()) {
	new_test_ext(genesis()).execute_with(|| {
		assert_ok!(Providers::do_try_state());
		corrupt();
		let Err(DispatchError::Other(failure)) = Providers::do_try_state() else {
			panic!("invariant {number} still holds");
		};
		assert!(failure.starts_with(&format!("providers {number}: ")), "{failure}");
	});
}

fn licence(change: impl FnOnce(&mut Licence)) {
	Licences::<Test>::mutate(LICENCE, |licence| change(licence.as_mut().unwrap()));
}

#[test]
fn organisations_are_whole() {
	violated(1, || OrganisationCount::<Test>::put(4));
	violated(1, || Organisations::<Test>::remove(2));
	violated(1, || Profiles::<Test>::remove(2));
	violated(1, || {
		Profiles::<Test>::insert(2, Profile { name: Name::default(), gln: None });
	});
	violated(1, || {
		Organisations::<Test>::mutate(2, |found| {
			found.as_mut().unwrap().jurisdiction.0 = [0; 6];
		});
	});
	violated(1, || Endpoints::<Test>::insert(9, endpoint("https://h")));
	violated(1, || Endpoints::<Test>::insert(2, endpoint("")));
	violated(1, || {
		OrganisationKeys::<Test>::insert(9, EncryptionKey { version: 1, key: [1; 32] });
	});
	violated(1, || Staff::<Test>::insert(9, RECORDS, Roles::all()));
	violated(1, || {
		BoardAuthorities::<Test>::insert(9, BoardAuthorities::<Test>::get(BOARD));
	});
}

#[test]
fn glns_are_indexed() {
	violated(2, || OrganisationOfGln::<Test>::remove(GLN));
	violated(2, || OrganisationOfGln::<Test>::insert(OTHER_GLN, BOARD));
	violated(2, || {
		Profiles::<Test>::mutate(BOARD, |profile| profile.as_mut().unwrap().gln = Some(GLN));
	});
}

#[test]
fn staff_can_act() {
	violated(3, || Staff::<Test>::insert(HOSPITAL, RECORDS, Roles::EMPTY));
	violated(3, || Staff::<Test>::insert(HOSPITAL, STRANGER, Roles::of(&[Role::System])));
}

#[test]
fn administrators_are_counted() {
	violated(4, || Staff::<Test>::remove(HOSPITAL, HOSPITAL_ADMIN));
	violated(4, || AdministratorCount::<Test>::insert(HOSPITAL, 2));
	violated(4, || AdministratorCount::<Test>::insert(9, 1));
}

#[test]
fn only_boards_have_authorities() {
	let of_board = || BoardAuthorities::<Test>::get(BOARD);
	violated(5, || BoardAuthorities::<Test>::insert(HOSPITAL, of_board()));
	violated(5, || BoardAuthorities::<Test>::insert(BOARD, Authorities::default()));
	violated(5, || {
		BoardAuthorities::<Test>::mutate(BOARD, |found| found.force_push(place("US-CA")));
	});
}

#[test]
fn practitioners_are_indexed() {
	violated(6, || PractitionerCount::<Test>::put(2));
	violated(6, || PractitionerOf::<Test>::remove(SURGEON));
	violated(6, || PractitionerOf::<Test>::insert(STRANGER, PRACTITIONER));
	violated(6, || PractitionerOfNpi::<Test>::remove(NPI));
	violated(6, || PractitionerOfNpi::<Test>::insert(OTHER_NPI, PRACTITIONER));
	violated(6, || {
		Practitioners::<Test>::insert(
			PRACTITIONER,
			Practitioner { account: STRANGER, npi: Some(NPI) },
		);
	});
}

#[test]
fn licences_are_whole() {
	violated(7, || LicenceCount::<Test>::put(2));
	violated(7, || LicencesOf::<Test>::remove(PRACTITIONER));
	violated(7, || {
		LicencesOf::<Test>::mutate(PRACTITIONER, |found| found.force_push(LICENCE));
	});
	violated(7, || LicencesOf::<Test>::insert(2, LicencesOf::<Test>::get(PRACTITIONER)));
	violated(7, || licence(|licence| licence.board = HOSPITAL));
	violated(7, || licence(|licence| licence.practitioner = 2));
	violated(7, || licence(|licence| licence.jurisdictions = Jurisdictions::default()));
	violated(7, || licence(|licence| licence.valid.until = Some(0)));
}

#[test]
fn keys_are_whole() {
	let key = EncryptionKey { version: 1, key: [1; 32] };
	violated(8, || {
		OrganisationKeys::<Test>::insert(BOARD, EncryptionKey { version: 0, ..key });
	});
	violated(8, || {
		AccountKeys::<Test>::insert(SURGEON, EncryptionKey { key: [0; 32], ..key });
	});
	violated(8, || AccountKeys::<Test>::insert(STRANGER, key));
}

use super::*;

fn set(text: &str, gln: Option<Gln>, npi: Option<Npi>) -> DispatchResult {
	Providers::set_organisation_profile(council(), HOSPITAL, name(text), gln, npi)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(set("Renamed", Some(OTHER_GLN), Some(OTHER_NPI)));

		assert_eq!(
			Profiles::<Test>::get(HOSPITAL),
			Some(Profile { name: name("Renamed"), gln: Some(OTHER_GLN), npi: Some(OTHER_NPI) })
		);
		assert_eq!(OrganisationOfGln::<Test>::get(OTHER_GLN), Some(HOSPITAL));
		assert_eq!(OrganisationOfGln::<Test>::get(GLN), None);
		assert_eq!(OrganisationOfNpi::<Test>::get(OTHER_NPI), Some(HOSPITAL));
		assert_eq!(events(), [Event::OrganisationProfileSet { organisation: HOSPITAL }]);
	});
}

#[test]
fn works_with_its_own_identifiers() {
	build_and_execute(|| {
		assert_ok!(set("One", Some(GLN), Some(OTHER_NPI)));
		assert_ok!(set("Two", Some(GLN), Some(OTHER_NPI)));
		assert_eq!(OrganisationOfGln::<Test>::get(GLN), Some(HOSPITAL));
		assert_eq!(OrganisationOfNpi::<Test>::get(OTHER_NPI), Some(HOSPITAL));
	});
}

#[test]
fn frees_the_identifiers_it_takes_away() {
	build_and_execute(|| {
		assert_ok!(set("Bare", None, Some(OTHER_NPI)));
		assert_ok!(set("Bare", None, None));
		let of_board = |gln, npi| {
			Providers::set_organisation_profile(council(), BOARD, name("Board"), gln, npi)
		};
		assert_ok!(of_board(Some(GLN), Some(OTHER_NPI)));
		assert_eq!(OrganisationOfGln::<Test>::get(GLN), Some(BOARD));
	});
}

#[test]
fn works_for_an_applicant() {
	build_and_execute(|| {
		let applicant = applicant();
		assert_ok!(Providers::set_organisation_profile(
			council(),
			applicant,
			name("Mended"),
			None,
			None
		));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::set_organisation_profile(council(), NEWCOMER, name("None"), None, None),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_the_name_cannot_be_read() {
	build_and_execute(|| {
		for text in ["", "\t", "Bell\u{7}"] {
			assert_noop!(set(text, None, None), Error::<Test>::InvalidName);
		}
	});
}

#[test]
fn fails_when_the_gln_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(set("Hospital", Some(Gln(GLN.0 + 1)), None), Error::<Test>::InvalidGln);
	});
}

#[test]
fn fails_when_the_npi_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(set("Hospital", None, Some(Npi(NPI.0 + 1))), Error::<Test>::InvalidNpi);
	});
}

#[test]
fn fails_when_another_has_the_gln() {
	build_and_execute(|| {
		assert_noop!(
			Providers::set_organisation_profile(council(), BOARD, name("B"), Some(GLN), None),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_another_has_the_npi() {
	build_and_execute(|| {
		assert_noop!(set("Hospital", None, Some(NPI)), Error::<Test>::AlreadyExists);
		assert_ok!(set("Hospital", None, Some(OTHER_NPI)));
		assert_noop!(
			Providers::set_organisation_profile(council(), BOARD, name("B"), None, Some(OTHER_NPI)),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_council_only(Call::set_organisation_profile {
			organisation: HOSPITAL,
			name: name("Renamed"),
			gln: None,
			npi: None,
		});
	});
}

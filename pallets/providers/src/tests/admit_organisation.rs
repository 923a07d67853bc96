use super::*;
use salus_primitives::codes::Jurisdiction;

fn admit(
	name: Name,
	jurisdiction: Jurisdiction,
	gln: Option<Gln>,
	npi: Option<Npi>,
) -> DispatchResult {
	let kind = OrganisationKind::Clinic;
	Providers::admit_organisation(council(), kind, name, jurisdiction, gln, npi, STRANGER)
}

fn named(text: &str) -> DispatchResult {
	admit(name(text), place("DE"), None, None)
}

fn identified(gln: Option<Gln>, npi: Option<Npi>) -> DispatchResult {
	admit(name("Clinic"), place("DE"), gln, npi)
}

#[test]
fn works() {
	build_and_execute(|| {
		let text = name("Zahnarztpraxis Müller");
		assert_ok!(admit(text.clone(), place("DE-BY"), Some(OTHER_GLN), Some(OTHER_NPI)));

		assert_eq!(
			Organisations::<Test>::get(NEWCOMER),
			Some(Organisation {
				kind: OrganisationKind::Clinic,
				jurisdiction: place("DE-BY"),
				state: OrganisationState::Active,
				since: NOW,
			})
		);
		assert_eq!(
			Profiles::<Test>::get(NEWCOMER),
			Some(Profile { name: text, gln: Some(OTHER_GLN), npi: Some(OTHER_NPI) })
		);
		assert_eq!(OrganisationOfGln::<Test>::get(OTHER_GLN), Some(NEWCOMER));
		assert_eq!(OrganisationOfNpi::<Test>::get(OTHER_NPI), Some(NEWCOMER));
		assert_eq!(OrganisationsIn::<Test>::get(place("DE-BY"), 0), Some(NEWCOMER));
		assert_eq!(OrganisationsIn::<Test>::get(place("DE"), 0), Some(NEWCOMER));
		assert_eq!(Sponsors::<Test>::get(NEWCOMER), None);
		assert_eq!(
			Staff::<Test>::get(NEWCOMER, STRANGER),
			Some(StaffMember { roles: ADMINISTRATOR, number: 0 })
		);
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[
				Event::OrganisationAdmitted { organisation: NEWCOMER, administrator: STRANGER },
				Event::StaffSet { organisation: NEWCOMER, account: STRANGER, roles: ADMINISTRATOR }
			]
		);
	});
}

#[test]
fn works_for_one_administrator_of_several() {
	build_and_execute(|| {
		assert_ok!(named("One"));
		assert_ok!(named("Two"));
		assert_eq!(OrganisationCount::<Test>::get(), 5);
	});
}

#[test]
fn works_with_a_name_of_64_bytes() {
	build_and_execute(|| {
		assert_ok!(named(&"n".repeat(64)));
	});
	assert!(Name::try_from(vec![b'n'; 65]).is_err());
}

#[test]
fn fails_when_the_name_cannot_be_read() {
	build_and_execute(|| {
		for text in ["", " ", "Line\nbreak", "\u{7f}"] {
			assert_noop!(named(text), Error::<Test>::InvalidName);
		}
		let latin1 = Name::try_from(vec![0xe9]).unwrap();
		assert_noop!(admit(latin1, place("DE"), None, None), Error::<Test>::InvalidName);
	});
}

#[test]
fn fails_when_the_jurisdiction_is_none() {
	build_and_execute(|| {
		for code in [*b"us-ca\0", *b"U\0\0\0\0\0", *b"XX\0\0\0\0", [0; 6], *b"US-\0\0\0"] {
			assert_noop!(
				admit(name("Clinic"), Jurisdiction(code), None, None),
				Error::<Test>::InvalidJurisdiction
			);
		}
	});
}

#[test]
fn fails_when_the_gln_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(identified(Some(Gln(GLN.0 + 1)), None), Error::<Test>::InvalidGln);
	});
}

#[test]
fn fails_when_another_has_the_gln() {
	build_and_execute(|| {
		assert_noop!(identified(Some(GLN), None), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_npi_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(identified(None, Some(Npi(NPI.0 + 1))), Error::<Test>::InvalidNpi);
	});
}

#[test]
fn fails_when_another_organisation_has_the_npi() {
	build_and_execute(|| {
		assert_ok!(identified(None, Some(OTHER_NPI)));
		assert_noop!(identified(None, Some(OTHER_NPI)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_a_practitioner_has_the_npi() {
	build_and_execute(|| {
		assert_noop!(identified(None, Some(NPI)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_numbers_are_used_up() {
	new_test_ext(genesis()).execute_with(|| {
		OrganisationCount::<Test>::put(u32::MAX);
		assert_noop!(named("Clinic"), sp_runtime::ArithmeticError::Overflow);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_council_only(Call::admit_organisation {
			kind: OrganisationKind::Clinic,
			name: name("Clinic"),
			jurisdiction: place("DE"),
			gln: None,
			npi: None,
			administrator: STRANGER,
		});
	});
}

use super::*;
use salus_primitives::codes::Jurisdiction;

fn admit(text: &str, jurisdiction: Jurisdiction, gln: Option<Gln>) -> DispatchResult {
	let kind = OrganisationKind::Clinic;
	Providers::admit_organisation(council(), kind, name(text), jurisdiction, gln, STRANGER)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(admit("Zahnarztpraxis Müller", place("DE-BY"), Some(OTHER_GLN)));

		let roles = Roles::of(&[Role::Administrator]);
		assert_eq!(
			Organisations::<Test>::get(4),
			Some(Organisation {
				kind: OrganisationKind::Clinic,
				jurisdiction: place("DE-BY"),
				state: OrganisationState::Active,
			})
		);
		assert_eq!(
			Profiles::<Test>::get(4),
			Some(Profile { name: name("Zahnarztpraxis Müller"), gln: Some(OTHER_GLN) })
		);
		assert_eq!(Staff::<Test>::get(4, STRANGER), Some(roles));
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[
				Event::OrganisationAdmitted { organisation: 4, administrator: STRANGER },
				Event::StaffSet { organisation: 4, account: STRANGER, roles }
			]
		);
	});
}

#[test]
fn works_for_one_administrator_of_several() {
	build_and_execute(|| {
		assert_ok!(admit("One", place("DE"), None));
		assert_ok!(admit("Two", place("DE"), None));
		assert_eq!(OrganisationCount::<Test>::get(), 5);
	});
}

#[test]
fn takes_a_name_of_64_bytes() {
	build_and_execute(|| {
		assert_ok!(admit(&"n".repeat(64), place("DE"), None));
	});
	assert!(Name::try_from(vec![b'n'; 65]).is_err());
}

#[test]
fn fails_when_the_name_cannot_be_read() {
	build_and_execute(|| {
		for text in ["", " ", "Line\nbreak", "\u{7f}"] {
			assert_noop!(admit(text, place("DE"), None), Error::<Test>::InvalidName);
		}
		let latin1 = Name::try_from(vec![0xe9]).unwrap();
		assert_noop!(
			Providers::admit_organisation(
				council(),
				OrganisationKind::Clinic,
				latin1,
				place("DE"),
				None,
				STRANGER
			),
			Error::<Test>::InvalidName
		);
	});
}

#[test]
fn fails_when_the_jurisdiction_is_none() {
	build_and_execute(|| {
		for code in [*b"us-ca\0", *b"U\0\0\0\0\0", [0; 6], *b"US-\0\0\0"] {
			assert_noop!(
				admit("Clinic", Jurisdiction(code), None),
				Error::<Test>::InvalidJurisdiction
			);
		}
	});
}

#[test]
fn fails_when_the_gln_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(admit("Clinic", place("DE"), Some(Gln(GLN.0 + 1))), Error::<Test>::InvalidGln);
	});
}

#[test]
fn fails_when_another_has_the_gln() {
	build_and_execute(|| {
		assert_noop!(admit("Clinic", place("DE"), Some(GLN)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_noop!(
			Providers::admit_organisation(
				signed(HOSPITAL_ADMIN),
				OrganisationKind::Clinic,
				name("Clinic"),
				place("DE"),
				None,
				STRANGER
			),
			BadOrigin
		);
	});
}

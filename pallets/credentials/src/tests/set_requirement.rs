use super::*;

const KIND: OrganisationKind = OrganisationKind::Clinic;

fn asking(class: LicenceClass, from: Moment) -> Requirement {
	Requirement {
		licences: LicenceClasses::of(&[class]),
		accreditation: Programmes::of(&[Programme::AmbulatoryCare]),
		grace: 10,
		from,
	}
}

fn set(requirement: Requirement) -> DispatchResult {
	Credentials::set_requirement(council(), KIND, place("US-CA"), requirement)
}

fn stored() -> Requirements {
	RequirementsOf::<Test>::get(KIND, place("US-CA")).unwrap()
}

#[test]
fn works() {
	build_and_execute(|| {
		let requirement = asking(LicenceClass::Facility, NOW);
		assert_ok!(set(requirement));

		assert_eq!(stored(), Requirements { version: 1, current: None, next: requirement });
		assert_eq!(
			events(),
			[Event::RequirementSet {
				kind: KIND,
				jurisdiction: place("US-CA"),
				version: 1,
				requirement
			}]
		);
	});
}

#[test]
fn one_in_force_holds_until_the_next_begins() {
	build_and_execute(|| {
		let (first, second) =
			(asking(LicenceClass::Facility, NOW), asking(LicenceClass::PharmacyPermit, 1_600));
		assert_ok!(set(first));
		assert_ok!(set(second));

		assert_eq!(stored(), Requirements { version: 2, current: Some(first), next: second });
		assert_eq!(stored().at(1_599), Some(&first));
		assert_eq!(stored().at(1_600), Some(&second));
	});
}

#[test]
fn one_that_has_not_begun_is_replaced() {
	build_and_execute(|| {
		let first = asking(LicenceClass::Facility, NOW);
		assert_ok!(set(first));
		assert_ok!(set(asking(LicenceClass::PharmacyPermit, 1_600)));
		let third = asking(LicenceClass::Wholesaler, 1_700);
		assert_ok!(set(third));

		assert_eq!(stored(), Requirements { version: 3, current: Some(first), next: third });
		assert_eq!(stored().at(1_650), Some(&first));
	});
}

#[test]
fn the_first_is_replaced_too_before_it_begins() {
	build_and_execute(|| {
		assert_ok!(set(asking(LicenceClass::Facility, 1_600)));
		let second = asking(LicenceClass::Wholesaler, 1_700);
		assert_ok!(set(second));

		assert_eq!(stored(), Requirements { version: 2, current: None, next: second });
		assert_eq!(stored().at(1_699), None);
	});
}

#[test]
fn may_ask_for_nothing() {
	build_and_execute(|| {
		assert_ok!(set(Requirement {
			licences: LicenceClasses::EMPTY,
			accreditation: Programmes::EMPTY,
			grace: 0,
			from: NOW
		}));
	});
}

#[test]
fn fails_when_the_jurisdiction_is_none() {
	build_and_execute(|| {
		let requirement = asking(LicenceClass::Facility, NOW);
		assert_noop!(
			Credentials::set_requirement(council(), KIND, Jurisdiction([0; 6]), requirement),
			Error::InvalidJurisdiction
		);
	});
}

#[test]
fn fails_when_practitioners_hold_the_class() {
	build_and_execute(|| {
		for class in LicenceClass::ALL.iter().filter(|class| !class.is_for_organisations()) {
			let mut requirement = asking(*class, NOW);
			requirement.licences = requirement.licences.with(LicenceClass::Facility);
			assert_noop!(set(requirement), Error::WrongHolder);
		}
	});
}

#[test]
fn fails_when_it_begins_in_the_past() {
	build_and_execute(|| {
		assert_noop!(set(asking(LicenceClass::Facility, NOW - 1)), Error::RequirementInPast);
		assert_ok!(set(asking(LicenceClass::Facility, NOW)));
	});
}

fn asked_since() -> AskedSince {
	AccreditationAskedSince::<Test>::get(KIND, place("US-CA")).unwrap()
}

#[test]
fn a_new_version_gives_no_new_grace() {
	build_and_execute(|| {
		assert_ok!(set(asking(LicenceClass::Facility, NOW)));
		assert_ok!(set(asking(LicenceClass::PharmacyPermit, 1_600)));
		assert_eq!(asked_since(), AskedSince { current: NOW, next: NOW });
		at(1_700);
		assert_ok!(set(asking(LicenceClass::Facility, 1_800)));
		assert_eq!(asked_since(), AskedSince { current: NOW, next: NOW });
	});
}

#[test]
fn a_grace_begins_where_no_accreditation_was_asked_for() {
	build_and_execute(|| {
		let without =
			Requirement { accreditation: Programmes::EMPTY, ..asking(LicenceClass::Facility, NOW) };
		assert_ok!(set(without));
		assert_ok!(set(asking(LicenceClass::Facility, 1_600)));
		assert_eq!(asked_since(), AskedSince { current: NOW, next: 1_600 });
		// What has not begun asks for nothing yet.
		assert_ok!(set(asking(LicenceClass::Facility, 1_700)));
		assert_eq!(asked_since().next, 1_700);
		at(1_700);
		assert_ok!(set(Requirement { from: 1_800, ..without }));
		at(1_800);
		assert_ok!(set(asking(LicenceClass::Facility, 1_900)));
		assert_eq!(asked_since().next, 1_900);
	});
}

#[test]
fn what_the_country_asked_for_counts() {
	build_and_execute(|| {
		let requirement = asking(LicenceClass::Facility, NOW);
		assert_ok!(Credentials::set_requirement(council(), KIND, place("US"), requirement));
		at(1_600);
		assert_ok!(set(asking(LicenceClass::Facility, 1_600)));
		assert_eq!(asked_since().next, NOW);
	});
}

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

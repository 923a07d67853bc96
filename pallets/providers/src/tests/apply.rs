use super::*;
use salus_primitives::codes::Jurisdiction;

fn apply(
	text: &str,
	jurisdiction: Jurisdiction,
	gln: Option<Gln>,
	npi: Option<Npi>,
) -> DispatchResult {
	let kind = OrganisationKind::Clinic;
	let by = signed(HOSPITAL_ADMIN);
	Providers::apply(by, HOSPITAL, kind, name(text), jurisdiction, gln, npi, APPLICANT_ADMIN)
}

fn identified(gln: Option<Gln>, npi: Option<Npi>) -> DispatchResult {
	apply("Clinic", place("DE"), gln, npi)
}

fn call(sponsor: OrganisationId) -> Call<Test> {
	Call::apply {
		sponsor,
		kind: OrganisationKind::Clinic,
		name: name("Clinic"),
		jurisdiction: place("US-CA"),
		gln: None,
		npi: None,
		administrator: APPLICANT_ADMIN,
	}
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(apply("Clinic", place("US-NV"), Some(OTHER_GLN), Some(OTHER_NPI)));

		assert_eq!(
			Organisations::<Test>::get(NEWCOMER),
			Some(Organisation {
				kind: OrganisationKind::Clinic,
				jurisdiction: place("US-NV"),
				state: OrganisationState::Applied,
				since: NOW,
			})
		);
		assert_eq!(
			Profiles::<Test>::get(NEWCOMER),
			Some(Profile { name: name("Clinic"), gln: Some(OTHER_GLN), npi: Some(OTHER_NPI) })
		);
		assert_eq!(Sponsors::<Test>::get(NEWCOMER), Some(HOSPITAL));
		assert_eq!(OpenApplications::<Test>::get(HOSPITAL), 1);
		assert!(Gate::is_enrolled(&APPLICANT_ADMIN));
		assert_eq!(
			events(),
			[
				Event::OrganisationApplied {
					organisation: NEWCOMER,
					sponsor: HOSPITAL,
					administrator: APPLICANT_ADMIN
				},
				Event::StaffSet {
					organisation: NEWCOMER,
					account: APPLICANT_ADMIN,
					roles: ADMINISTRATOR
				}
			]
		);
	});
}

/// Whoever has applied is no member: nobody acts for it.
#[test]
fn gives_the_applicant_nothing_to_do() {
	build_and_execute(|| {
		let applicant = applicant();
		assert_noop!(
			Providers::set_staff(signed(APPLICANT_ADMIN), applicant, STRANGER, LOGISTICS),
			Error::<Test>::OrganisationNotActive
		);
		assert_noop!(
			dispatch(&call(applicant), signed(APPLICANT_ADMIN)),
			Error::<Test>::OrganisationNotActive
		);
	});
}

#[test]
fn works_for_eight_at_a_time() {
	build_and_execute(|| {
		for _ in 0..MAX_OPEN_APPLICATIONS {
			assert_ok!(put_forward());
		}
		assert_eq!(OpenApplications::<Test>::get(HOSPITAL), 8);

		assert_noop!(put_forward(), Error::<Test>::TooManyApplications);
		// Another member's are counted apart.
		assert_ok!(dispatch(&call(BOARD), signed(BOARD_ADMIN)));
		// One that is decided on makes room for one.
		set_state(NEWCOMER, OrganisationState::Active);
		assert_ok!(put_forward());
		assert_noop!(put_forward(), Error::<Test>::TooManyApplications);
	});
}

#[test]
fn fails_when_the_sponsor_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			dispatch(&call(9), signed(HOSPITAL_ADMIN)),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_sponsor_signs() {
	build_and_execute(|| assert_administrators_only(call(HOSPITAL)));
}

#[test]
fn fails_when_the_name_cannot_be_read() {
	build_and_execute(|| {
		assert_noop!(apply(" ", place("DE"), None, None), Error::<Test>::InvalidName);
	});
}

#[test]
fn fails_when_the_jurisdiction_is_none() {
	build_and_execute(|| {
		assert_noop!(
			apply("Clinic", Jurisdiction([0; 6]), None, None),
			Error::<Test>::InvalidJurisdiction
		);
	});
}

#[test]
fn fails_when_the_gln_is_mistyped() {
	build_and_execute(|| {
		assert_noop!(identified(Some(Gln(1)), None), Error::<Test>::InvalidGln);
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
		assert_noop!(identified(None, Some(Npi(1))), Error::<Test>::InvalidNpi);
	});
}

#[test]
fn fails_when_another_has_the_npi() {
	build_and_execute(|| {
		assert_noop!(identified(None, Some(NPI)), Error::<Test>::AlreadyExists);
		// Those who have only applied hold theirs, too.
		assert_ok!(identified(None, Some(OTHER_NPI)));
		assert_noop!(identified(None, Some(OTHER_NPI)), Error::<Test>::AlreadyExists);
	});
}

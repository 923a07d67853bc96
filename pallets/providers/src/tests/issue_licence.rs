use super::*;

fn issue(codes: &[&str], valid: Period) -> DispatchResult {
	Providers::issue_licence(
		signed(BOARD_ADMIN),
		BOARD,
		PRACTITIONER,
		LicenceClass::Dentist,
		places(codes),
		valid,
	)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(issue(&["US-CA"], VALID));

		assert_eq!(LicencesOf::<Test>::get(PRACTITIONER), vec![LICENCE, 2]);
		assert_eq!(
			Licences::<Test>::get(2),
			Some(Licence {
				practitioner: PRACTITIONER,
				board: BOARD,
				class: LicenceClass::Dentist,
				jurisdictions: places(&["US-CA"]),
				valid: VALID,
				state: LicenceState::Active,
			})
		);
		assert_eq!(
			events(),
			[Event::LicenceIssued { licence: 2, board: BOARD, practitioner: PRACTITIONER }]
		);
	});
}

#[test]
fn works_in_all_parts_of_a_country_that_the_board_is_authorised_for() {
	build_and_execute(|| {
		assert_ok!(Providers::authorise_board(council(), BOARD, place("DE")));
		assert_ok!(issue(&["DE-BY", "DE", "US-CA"], VALID));
	});
}

#[test]
fn fails_when_the_practitioner_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::issue_licence(
				signed(BOARD_ADMIN),
				BOARD,
				9,
				LicenceClass::Nurse,
				places(&["US-CA"]),
				VALID
			),
			Error::<Test>::PractitionerUnknown
		);
	});
}

#[test]
fn fails_without_jurisdiction() {
	build_and_execute(|| {
		assert_noop!(issue(&[], VALID), Error::<Test>::JurisdictionsMissing);
	});
}

#[test]
fn fails_when_a_jurisdiction_is_none() {
	build_and_execute(|| {
		let mut jurisdictions = places(&["US-CA"]);
		jurisdictions.force_push(salus_primitives::codes::Jurisdiction([0xff; 6]));
		assert_noop!(
			Providers::issue_licence(
				signed(BOARD_ADMIN),
				BOARD,
				PRACTITIONER,
				LicenceClass::Nurse,
				jurisdictions,
				VALID
			),
			Error::<Test>::InvalidJurisdiction
		);
	});
}

#[test]
fn fails_when_the_board_is_not_authorised_everywhere() {
	build_and_execute(|| {
		for codes in [&["US-NY"][..], &["US-CA", "US-NY"], &["US"]] {
			assert_noop!(issue(codes, VALID), Error::<Test>::BoardNotAuthorised);
		}
	});
}

#[test]
fn fails_when_the_period_is_empty() {
	build_and_execute(|| {
		for until in [0, 999, 1_000] {
			assert_noop!(
				issue(&["US-CA"], Period { from: 1_000, until: Some(until) }),
				Error::<Test>::EmptyPeriod
			);
		}
	});
}

#[test]
fn fails_over_32_licences() {
	build_and_execute(|| {
		for _ in 1..MAX_LICENCES {
			assert_ok!(issue(&["US-CA"], VALID));
		}
		assert_noop!(issue(&["US-CA"], VALID), Error::<Test>::TooManyLicences);
	});
}

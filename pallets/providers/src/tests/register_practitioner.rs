use super::*;

fn register(account: AccountId32, npi: Option<Npi>) -> DispatchResult {
	Providers::register_practitioner(signed(BOARD_ADMIN), BOARD, account, npi)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(register(STRANGER, Some(OTHER_NPI)));

		assert_eq!(PractitionerOf::<Test>::get(STRANGER), Some(2));
		assert_eq!(PractitionerOfNpi::<Test>::get(OTHER_NPI), Some(2));
		assert_eq!(
			Practitioners::<Test>::get(2),
			Some(Practitioner { account: STRANGER, npi: Some(OTHER_NPI), registrar: BOARD })
		);
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[Event::PractitionerRegistered { practitioner: 2, account: STRANGER }]
		);
	});
}

#[test]
fn works_without_npi() {
	build_and_execute(|| {
		assert_ok!(register(STRANGER, None));
		assert_ok!(register(RECORDS, None));
		assert_eq!(PractitionerCount::<Test>::get(), 3);
	});
}

#[test]
fn fails_when_the_board_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::register_practitioner(signed(BOARD_ADMIN), NEWCOMER, STRANGER, None),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_board_signs() {
	build_and_execute(|| {
		let call = Call::register_practitioner { board: BOARD, account: STRANGER, npi: None };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
		for signer in [COUNCIL, HOSPITAL_ADMIN, OTHER_BOARD_ADMIN, SURGEON, STRANGER] {
			assert_noop!(dispatch(&call, signed(signer)), Error::<Test>::NotAdministrator);
		}
	});
}

#[test]
fn fails_when_the_board_is_suspended() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(register(STRANGER, None), Error::<Test>::OrganisationNotActive);
	});
}

#[test]
fn fails_when_the_board_is_authorised_nowhere() {
	build_and_execute(|| {
		assert_ok!(Credentials::revoke_board_authority(council(), BOARD, place("US-CA")));
		assert_noop!(register(STRANGER, None), Error::<Test>::BoardNotAuthorised);
	});
}

#[test]
fn fails_when_it_is_no_board() {
	build_and_execute(|| {
		assert_noop!(
			Providers::register_practitioner(signed(HOSPITAL_ADMIN), HOSPITAL, STRANGER, None),
			Error::<Test>::BoardNotAuthorised
		);
	});
}

#[test]
fn fails_when_the_npi_is_mistyped() {
	build_and_execute(|| {
		for npi in [0, NPI.0 + 1, 3_000_000_000, u64::MAX] {
			assert_noop!(register(STRANGER, Some(Npi(npi))), Error::<Test>::InvalidNpi);
		}
	});
}

#[test]
fn fails_when_another_practitioner_has_the_npi() {
	build_and_execute(|| {
		assert_noop!(register(STRANGER, Some(NPI)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_an_organisation_has_the_npi() {
	build_and_execute(|| {
		assert_ok!(Providers::set_organisation_profile(
			council(),
			HOSPITAL,
			name("Hospital"),
			None,
			Some(OTHER_NPI)
		));
		assert_noop!(register(STRANGER, Some(OTHER_NPI)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_account_is_a_practitioners() {
	build_and_execute(|| {
		assert_noop!(register(SURGEON, Some(OTHER_NPI)), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_numbers_are_used_up() {
	new_test_ext(genesis()).execute_with(|| {
		PractitionerCount::<Test>::put(u32::MAX);
		assert_noop!(register(STRANGER, None), sp_runtime::ArithmeticError::Overflow);
	});
}

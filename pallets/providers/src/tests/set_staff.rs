use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(set_staff(STRANGER, LOGISTICS));

		// The administrator and three others came before.
		assert_eq!(
			Staff::<Test>::get(HOSPITAL, STRANGER),
			Some(StaffMember { roles: LOGISTICS, number: 4 })
		);
		assert_eq!(StaffNumbers::<Test>::get(HOSPITAL, 4), Some(STRANGER));
		assert_eq!(StaffCount::<Test>::get(HOSPITAL), 5);
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[Event::StaffSet { organisation: HOSPITAL, account: STRANGER, roles: LOGISTICS }]
		);
	});
}

#[test]
fn replaces_all_roles_and_keeps_the_number() {
	build_and_execute(|| {
		let before = Staff::<Test>::get(HOSPITAL, RECORDS).unwrap();
		assert_ok!(set_staff(RECORDS, LOGISTICS));

		assert_eq!(
			Staff::<Test>::get(HOSPITAL, RECORDS),
			Some(StaffMember { roles: LOGISTICS, ..before })
		);
		assert_eq!(StaffCount::<Test>::get(HOSPITAL), 4);
	});
}

#[test]
fn enrols_an_account_once() {
	build_and_execute(|| {
		assert_ok!(set_staff(STRANGER, LOGISTICS));
		assert_ok!(set_staff(STRANGER, CLINICIAN));
		assert_eq!(System::sufficients(&STRANGER), 1);
	});
}

#[test]
fn names_and_unnames_administrators() {
	build_and_execute(|| {
		assert_ok!(set_staff(STRANGER, ADMINISTRATOR.union(LOGISTICS)));
		assert_eq!(administrators(), [HOSPITAL_ADMIN, STRANGER]);
		assert_ok!(set_staff(HOSPITAL_ADMIN, LOGISTICS));
		assert_eq!(administrators(), [STRANGER]);

		assert_noop!(set_staff(RECORDS, LOGISTICS), Error::<Test>::NotAdministrator);
	});
}

#[test]
fn works_for_sixteen_administrators() {
	build_and_execute(|| {
		for n in 1..MAX_ADMINISTRATORS as u8 {
			assert_ok!(set_staff(someone(n), ADMINISTRATOR));
		}
		assert_eq!(administrators().len(), 16);

		assert_noop!(set_staff(STRANGER, ADMINISTRATOR), Error::<Test>::TooManyAdministrators);
		// Those there are can have other roles, and another takes the place of one who has not.
		assert_ok!(set_staff(someone(1), ADMINISTRATOR.union(LOGISTICS)));
		assert_ok!(set_staff(someone(1), LOGISTICS));
		assert_ok!(set_staff(STRANGER, ADMINISTRATOR));
	});
}

/// An offer does not come back with the role of who made it.
#[test]
fn ends_the_offer_of_who_is_no_administrator_any_more() {
	build_and_execute(|| {
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_ok!(Providers::offer_administration(signed(RECORDS), HOSPITAL, STRANGER));
		forget_events();

		assert_ok!(set_staff(RECORDS, LOGISTICS));

		assert!(!AdministrationOffers::<Test>::contains_key(HOSPITAL));
		assert_eq!(
			events(),
			[
				Event::AdministrationOfferWithdrawn { organisation: HOSPITAL },
				Event::StaffSet { organisation: HOSPITAL, account: RECORDS, roles: LOGISTICS }
			]
		);
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_noop!(
			Providers::accept_administration(signed(STRANGER), HOSPITAL),
			Error::<Test>::OfferUnknown
		);
	});
}

#[test]
fn ends_the_offer_to_who_is_administrator_already() {
	build_and_execute(|| {
		assert_ok!(Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, STRANGER));
		assert_ok!(set_staff(STRANGER, LOGISTICS));
		assert!(AdministrationOffers::<Test>::contains_key(HOSPITAL));
		assert_ok!(set_staff(STRANGER, ADMINISTRATOR));
		assert!(!AdministrationOffers::<Test>::contains_key(HOSPITAL));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::set_staff(signed(HOSPITAL_ADMIN), NEWCOMER, RECORDS, LOGISTICS),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		assert_administrators_only(Call::set_staff {
			organisation: HOSPITAL,
			account: RECORDS,
			roles: LOGISTICS,
		});
	});
}

#[test]
fn fails_when_roles_are_missing() {
	build_and_execute(|| {
		assert_noop!(set_staff(STRANGER, Roles::EMPTY), Error::<Test>::RolesMissing);
	});
}

#[test]
fn fails_when_the_last_administrator_would_lose_the_role() {
	build_and_execute(|| {
		assert_noop!(set_staff(HOSPITAL_ADMIN, LOGISTICS), Error::<Test>::LastAdministrator);
		assert_ok!(set_staff(HOSPITAL_ADMIN, LOGISTICS.union(ADMINISTRATOR)));
	});
}

#[test]
fn fails_when_the_numbers_are_used_up() {
	new_test_ext(genesis()).execute_with(|| {
		StaffCount::<Test>::insert(HOSPITAL, u32::MAX);
		assert_noop!(set_staff(STRANGER, LOGISTICS), sp_runtime::ArithmeticError::Overflow);
		assert_ok!(set_staff(RECORDS, LOGISTICS));
	});
}

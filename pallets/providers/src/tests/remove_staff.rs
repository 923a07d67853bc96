use super::*;

fn remove(account: AccountId32) -> DispatchResult {
	Providers::remove_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account)
}

#[test]
fn works() {
	build_and_execute(|| {
		let number = Staff::<Test>::get(HOSPITAL, RECORDS).unwrap().number;

		assert_ok!(remove(RECORDS));

		assert_eq!(roles(&RECORDS), None);
		assert_eq!(StaffNumbers::<Test>::get(HOSPITAL, number), None);
		assert_eq!(StaffCount::<Test>::get(HOSPITAL), 4, "numbers are never reused");
		assert!(Gate::is_enrolled(&RECORDS), "enrolment is never undone");
		assert_eq!(events(), [Event::StaffRemoved { organisation: HOSPITAL, account: RECORDS }]);
	});
}

#[test]
fn works_for_an_administrator_who_is_not_the_last() {
	build_and_execute(|| {
		assert_ok!(set_staff(STRANGER, ADMINISTRATOR));
		assert_ok!(remove(HOSPITAL_ADMIN));
		assert_eq!(administrators(), [STRANGER]);
	});
}

#[test]
fn gives_who_comes_back_a_new_number() {
	build_and_execute(|| {
		assert_ok!(remove(RECORDS));
		assert_ok!(set_staff(RECORDS, LOGISTICS));
		assert_eq!(Staff::<Test>::get(HOSPITAL, RECORDS).unwrap().number, 4);
	});
}

#[test]
fn ends_the_offer_of_who_leaves() {
	build_and_execute(|| {
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_ok!(Providers::offer_administration(signed(RECORDS), HOSPITAL, STRANGER));
		forget_events();

		assert_ok!(remove(RECORDS));

		assert_eq!(
			events(),
			[
				Event::AdministrationOfferWithdrawn { organisation: HOSPITAL },
				Event::StaffRemoved { organisation: HOSPITAL, account: RECORDS }
			]
		);
		assert_noop!(
			Providers::accept_administration(signed(STRANGER), HOSPITAL),
			Error::<Test>::OfferUnknown
		);
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::remove_staff(signed(HOSPITAL_ADMIN), NEWCOMER, RECORDS),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		assert_administrators_only(Call::remove_staff { organisation: HOSPITAL, account: RECORDS });
	});
}

#[test]
fn fails_when_it_is_no_staff() {
	build_and_execute(|| {
		for account in [STRANGER, BOARD_ADMIN] {
			assert_noop!(remove(account), Error::<Test>::StaffUnknown);
		}
		assert_ok!(remove(RECORDS));
		assert_noop!(remove(RECORDS), Error::<Test>::StaffUnknown);
	});
}

#[test]
fn fails_when_it_is_the_last_administrator() {
	build_and_execute(|| {
		assert_noop!(remove(HOSPITAL_ADMIN), Error::<Test>::LastAdministrator);
	});
}

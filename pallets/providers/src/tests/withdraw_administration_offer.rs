use super::*;

fn withdraw(organisation: OrganisationId) -> DispatchResult {
	Providers::withdraw_administration_offer(signed(HOSPITAL_ADMIN), organisation)
}

fn offer() {
	assert_ok!(Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, STRANGER));
}

#[test]
fn works() {
	build_and_execute(|| {
		offer();
		forget_events();

		assert_ok!(withdraw(HOSPITAL));

		assert!(!AdministrationOffers::<Test>::contains_key(HOSPITAL));
		assert_eq!(events(), [Event::AdministrationOfferWithdrawn { organisation: HOSPITAL }]);
		assert_noop!(
			Providers::accept_administration(signed(STRANGER), HOSPITAL),
			Error::<Test>::OfferUnknown
		);
	});
}

#[test]
fn works_for_any_administrator() {
	build_and_execute(|| {
		offer();
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_ok!(Providers::withdraw_administration_offer(signed(RECORDS), HOSPITAL));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(withdraw(NEWCOMER), Error::<Test>::OrganisationUnknown);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		offer();
		assert_administrators_only(Call::withdraw_administration_offer { organisation: HOSPITAL });
	});
}

#[test]
fn fails_when_there_is_no_offer() {
	build_and_execute(|| {
		assert_noop!(withdraw(HOSPITAL), Error::<Test>::OfferUnknown);
	});
}

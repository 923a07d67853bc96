use super::*;

fn replace(account: AccountId32) -> DispatchResult {
	Providers::replace_administrators(council(), HOSPITAL, account)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR.union(LOGISTICS)));
		forget_events();

		assert_ok!(replace(STRANGER));

		assert_eq!(administrators(), [STRANGER]);
		assert_eq!(roles(&STRANGER), Some(ADMINISTRATOR));
		assert_eq!(roles(&HOSPITAL_ADMIN), None);
		assert_eq!(roles(&RECORDS), Some(LOGISTICS));
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[
				Event::StaffRemoved { organisation: HOSPITAL, account: HOSPITAL_ADMIN },
				Event::StaffSet { organisation: HOSPITAL, account: RECORDS, roles: LOGISTICS },
				Event::StaffSet { organisation: HOSPITAL, account: STRANGER, roles: ADMINISTRATOR },
				Event::AdministratorsReplaced { organisation: HOSPITAL, administrator: STRANGER }
			]
		);
	});
}

#[test]
fn keeps_other_roles_of_who_is_named() {
	build_and_execute(|| {
		assert_ok!(replace(SURGEON));
		assert_eq!(roles(&SURGEON), Some(CLINICIAN.union(ADMINISTRATOR)));
	});
}

#[test]
fn works_for_one_of_the_administrators() {
	build_and_execute(|| {
		let before = Staff::<Test>::get(HOSPITAL, HOSPITAL_ADMIN);
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_ok!(replace(HOSPITAL_ADMIN));
		assert_eq!(administrators(), [HOSPITAL_ADMIN]);
		assert_eq!(Staff::<Test>::get(HOSPITAL, HOSPITAL_ADMIN), before);
		assert_eq!(roles(&RECORDS), None);
	});
}

#[test]
fn works_on_sixteen_administrators() {
	build_and_execute(|| {
		for n in 1..MAX_ADMINISTRATORS as u8 {
			assert_ok!(set_staff(someone(n), ADMINISTRATOR));
		}
		assert_ok!(replace(STRANGER));
		assert_eq!(administrators(), [STRANGER]);
	});
}

/// Whoever stole a key may have made the offer.
#[test]
fn ends_an_offer() {
	build_and_execute(|| {
		for (account, to) in [(STRANGER, RECORDS), (STRANGER, SURGEON)] {
			let from = administrators()[0].clone();
			assert_ok!(Providers::offer_administration(signed(from), HOSPITAL, to));
			forget_events();
			assert_ok!(replace(account));
			assert!(!AdministrationOffers::<Test>::contains_key(HOSPITAL));
			assert_eq!(events()[0], Event::AdministrationOfferWithdrawn { organisation: HOSPITAL });
		}
	});
}

#[test]
fn works_in_every_state() {
	build_and_execute(|| {
		let applicant = applicant();
		assert_ok!(Providers::replace_administrators(council(), applicant, STRANGER));
		assert_ok!(Providers::withdraw_application(signed(STRANGER), applicant));
		suspend(HOSPITAL);
		assert_ok!(replace(STRANGER));
		set_state(HOSPITAL, OrganisationState::Withdrawn);
		assert_ok!(replace(RECORDS));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::replace_administrators(council(), NEWCOMER, STRANGER),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_council_only(Call::replace_administrators {
			organisation: HOSPITAL,
			account: STRANGER,
		});
	});
}

use super::*;

fn offer(to: AccountId32) -> DispatchResult {
	Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, to)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(offer(STRANGER));

		assert_eq!(
			AdministrationOffers::<Test>::get(HOSPITAL),
			Some(Offer { from: HOSPITAL_ADMIN, to: STRANGER })
		);
		assert!(Gate::is_enrolled(&STRANGER), "only who can transact can accept");
		assert_eq!(administrators(), [HOSPITAL_ADMIN], "nothing changes until it is accepted");
		assert_eq!(roles(&STRANGER), None);
		assert_eq!(
			events(),
			[Event::AdministrationOffered {
				organisation: HOSPITAL,
				from: HOSPITAL_ADMIN,
				to: STRANGER
			}]
		);
	});
}

#[test]
fn replaces_an_earlier_offer() {
	build_and_execute(|| {
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		assert_ok!(offer(STRANGER));
		assert_ok!(Providers::offer_administration(signed(RECORDS), HOSPITAL, SURGEON));
		assert_eq!(
			AdministrationOffers::<Test>::get(HOSPITAL),
			Some(Offer { from: RECORDS, to: SURGEON })
		);
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::offer_administration(signed(HOSPITAL_ADMIN), NEWCOMER, STRANGER),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		assert_administrators_only(Call::offer_administration {
			organisation: HOSPITAL,
			to: STRANGER,
		});
	});
}

#[test]
fn fails_when_it_is_administrator_already() {
	build_and_execute(|| {
		assert_ok!(set_staff(RECORDS, ADMINISTRATOR));
		for to in [HOSPITAL_ADMIN, RECORDS] {
			assert_noop!(offer(to), Error::<Test>::AlreadyExists);
		}
	});
}

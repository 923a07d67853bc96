use super::*;

fn offer(to: AccountId32) {
	assert_ok!(Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, to));
	forget_events();
}

fn accept(account: AccountId32) -> DispatchResult {
	Providers::accept_administration(signed(account), HOSPITAL)
}

#[test]
fn works() {
	build_and_execute(|| {
		offer(STRANGER);

		assert_ok!(accept(STRANGER));

		assert_eq!(administrators(), [STRANGER]);
		assert_eq!(roles(&STRANGER), Some(ADMINISTRATOR));
		assert_eq!(roles(&HOSPITAL_ADMIN), None);
		assert!(!AdministrationOffers::<Test>::contains_key(HOSPITAL));
		assert_eq!(
			events(),
			[
				Event::StaffRemoved { organisation: HOSPITAL, account: HOSPITAL_ADMIN },
				Event::StaffSet { organisation: HOSPITAL, account: STRANGER, roles: ADMINISTRATOR },
				Event::AdministrationTransferred {
					organisation: HOSPITAL,
					from: HOSPITAL_ADMIN,
					to: STRANGER
				}
			]
		);
	});
}

#[test]
fn leaves_both_their_other_roles() {
	build_and_execute(|| {
		assert_ok!(set_staff(HOSPITAL_ADMIN, ADMINISTRATOR.union(LOGISTICS)));
		offer(SURGEON);

		assert_ok!(accept(SURGEON));

		assert_eq!(roles(&SURGEON), Some(CLINICIAN.union(ADMINISTRATOR)));
		assert_eq!(roles(&HOSPITAL_ADMIN), Some(LOGISTICS));
		assert_eq!(
			events(),
			[
				Event::StaffSet {
					organisation: HOSPITAL,
					account: HOSPITAL_ADMIN,
					roles: LOGISTICS
				},
				Event::StaffSet {
					organisation: HOSPITAL,
					account: SURGEON,
					roles: CLINICIAN.union(ADMINISTRATOR)
				},
				Event::AdministrationTransferred {
					organisation: HOSPITAL,
					from: HOSPITAL_ADMIN,
					to: SURGEON
				}
			]
		);
	});
}

/// Taking over adds no administrator, so that it works when there is no room for one.
#[test]
fn works_among_sixteen_administrators() {
	build_and_execute(|| {
		for n in 1..MAX_ADMINISTRATORS as u8 {
			assert_ok!(set_staff(someone(n), ADMINISTRATOR));
		}
		offer(STRANGER);
		assert_ok!(accept(STRANGER));
		assert_eq!(administrators().len(), 16);
		assert_eq!(administrators()[0], STRANGER);
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::accept_administration(signed(STRANGER), NEWCOMER),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_nobody_signs() {
	build_and_execute(|| {
		offer(STRANGER);
		let call = Call::accept_administration { organisation: HOSPITAL };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
	});
}

#[test]
fn fails_when_the_organisation_is_not_active() {
	build_and_execute(|| {
		offer(STRANGER);
		suspend(HOSPITAL);
		assert_noop!(accept(STRANGER), Error::<Test>::OrganisationNotActive);
		set_state(HOSPITAL, OrganisationState::Active);
		assert_ok!(accept(STRANGER));
	});
}

#[test]
fn fails_when_there_is_no_offer() {
	build_and_execute(|| {
		assert_noop!(accept(STRANGER), Error::<Test>::OfferUnknown);
		offer(STRANGER);
		assert_ok!(accept(STRANGER));
		assert_noop!(accept(STRANGER), Error::<Test>::OfferUnknown);
	});
}

#[test]
fn fails_when_it_is_offered_to_another() {
	build_and_execute(|| {
		offer(STRANGER);
		for account in [COUNCIL, HOSPITAL_ADMIN, RECORDS, BOARD_ADMIN] {
			assert_noop!(accept(account), Error::<Test>::OfferUnknown);
		}
	});
}

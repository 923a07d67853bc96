use super::*;

fn withdraw(organisation: OrganisationId) -> DispatchResult {
	Providers::withdraw_application(signed(APPLICANT_ADMIN), organisation)
}

#[test]
fn works() {
	build_and_execute(|| {
		let applicant = applicant();
		forget_events();

		assert_ok!(withdraw(applicant));

		let found = Organisations::<Test>::get(applicant).unwrap();
		assert_eq!(found.state, OrganisationState::Withdrawn);
		assert!(!OpenApplications::<Test>::contains_key(HOSPITAL));
		assert_eq!(
			events(),
			[Event::OrganisationStateChanged {
				organisation: applicant,
				state: OrganisationState::Withdrawn
			}]
		);
	});
}

/// Neither the applicant, which may apply anew, nor anybody else is kept from an identifier.
#[test]
fn releases_identifiers() {
	build_and_execute(|| {
		let apply = || {
			Providers::apply(
				signed(HOSPITAL_ADMIN),
				HOSPITAL,
				OrganisationKind::Clinic,
				name("Clinic"),
				place("US-CA"),
				Some(OTHER_GLN),
				Some(OTHER_NPI),
				APPLICANT_ADMIN,
			)
		};
		assert_ok!(apply());
		assert_noop!(apply(), Error::<Test>::AlreadyExists);
		assert_ok!(withdraw(OrganisationCount::<Test>::get()));
		assert_ok!(apply());
		// Whom the council refuses, too.
		let refused = OrganisationCount::<Test>::get();
		set_state(refused, OrganisationState::Withdrawn);
		assert_ok!(apply());
	});
}

#[test]
fn works_when_the_sponsor_is_suspended() {
	build_and_execute(|| {
		let applicant = applicant();
		suspend(HOSPITAL);
		assert_ok!(withdraw(applicant));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(withdraw(NEWCOMER), Error::<Test>::OrganisationUnknown);
	});
}

#[test]
fn fails_when_no_administrator_of_the_applicant_signs() {
	build_and_execute(|| {
		let call = Call::withdraw_application { organisation: applicant() };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
		// Not even its sponsor.
		for signer in [COUNCIL, HOSPITAL_ADMIN, BOARD_ADMIN, STRANGER] {
			assert_noop!(dispatch(&call, signed(signer)), Error::<Test>::NotAdministrator);
		}
	});
}

#[test]
fn fails_when_the_council_has_decided() {
	build_and_execute(|| {
		let applicant = applicant();
		for state in
			[OrganisationState::Active, OrganisationState::Suspended, OrganisationState::Withdrawn]
		{
			set_state(applicant, state);
			assert_noop!(withdraw(applicant), Error::<Test>::InvalidTransition);
		}
	});
}

/// One stolen key does not end a hospital's membership.
#[test]
fn fails_when_a_member_would_leave() {
	build_and_execute(|| {
		assert_noop!(
			Providers::withdraw_application(signed(HOSPITAL_ADMIN), HOSPITAL),
			Error::<Test>::InvalidTransition
		);
	});
}

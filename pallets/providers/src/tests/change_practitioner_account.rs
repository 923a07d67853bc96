use super::*;

fn change(signer: AccountId32, account: AccountId32) -> DispatchResult {
	Providers::change_practitioner_account(signed(signer), PRACTITIONER, account)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(change(SURGEON, STRANGER));

		assert_eq!(
			Practitioners::<Test>::get(PRACTITIONER),
			Some(Practitioner { account: STRANGER, npi: Some(NPI), registrar: BOARD })
		);
		assert_eq!(PractitionerOf::<Test>::get(STRANGER), Some(PRACTITIONER));
		assert_eq!(PractitionerOf::<Test>::get(SURGEON), None);
		assert!(Gate::is_enrolled(&STRANGER) && Gate::is_enrolled(&SURGEON));
		assert_eq!(
			events(),
			[Event::PractitionerAccountChanged {
				practitioner: PRACTITIONER,
				from: SURGEON,
				to: STRANGER
			}]
		);
	});
}

#[test]
fn leaves_roles_with_the_account_and_licences_with_the_practitioner() {
	build_and_execute(|| {
		let standing = |account| {
			<Providers as ProviderDirectory<_>>::standing(&account, HOSPITAL, Role::Clinician, NOW)
		};
		assert_ok!(change(SURGEON, STRANGER));
		assert_eq!(standing(SURGEON), StandingReasons::of(&[StandingReason::NotAPractitioner]));
		assert_eq!(standing(STRANGER), StandingReasons::of(&[StandingReason::NotStaff]));

		assert_ok!(set_staff(STRANGER, CLINICIAN));
		assert!(standing(STRANGER).is_empty());
	});
}

#[test]
fn what_the_account_signed_before_stays_the_practitioners() {
	build_and_execute(|| {
		let ever = <Providers as ProviderDirectory<_>>::practitioner_ever;
		let then = <Providers as ProviderDirectory<_>>::practitioner_then;
		assert_ok!(change(SURGEON, STRANGER));
		assert_eq!(FormerAccounts::<Test>::get(SURGEON), Some((PRACTITIONER, NOW)));
		assert_eq!((ever(&SURGEON), ever(&STRANGER)), (Some(PRACTITIONER), Some(PRACTITIONER)));
		// Whoever has the old key from then on speaks for nobody.
		assert_eq!((then(&SURGEON, NOW), then(&SURGEON, NOW + 1)), (Some(PRACTITIONER), None));
		assert_eq!(then(&STRANGER, NOW + 1), Some(PRACTITIONER));
		// It can be taken up again.
		assert_ok!(change(STRANGER, SURGEON));
		assert_eq!(then(&SURGEON, NOW + 1), Some(PRACTITIONER));
		assert_eq!(then(&STRANGER, NOW + 1), None);
	});
}

/// Nobody keeps an account from its owner by naming it once.
#[test]
fn leaves_the_old_account_to_whoever_is_registered_by_it() {
	build_and_execute(|| {
		let then = <Providers as ProviderDirectory<_>>::practitioner_then;
		assert_ok!(change(SURGEON, STRANGER));
		let other = register(SURGEON);
		assert_eq!(
			(then(&SURGEON, NOW), then(&SURGEON, NOW + 1)),
			(Some(PRACTITIONER), Some(other))
		);
	});
}

#[test]
fn works_for_the_board_when_the_key_is_lost() {
	build_and_execute(|| {
		assert_ok!(change(BOARD_ADMIN, STRANGER));
	});
}

#[test]
fn works_for_the_boards_successor() {
	build_and_execute(|| {
		assert_ok!(Credentials::appoint_successor(council(), BOARD, OTHER_BOARD));
		assert_noop!(change(BOARD_ADMIN, STRANGER), Error::<Test>::NotAdministrator);
		assert_ok!(change(OTHER_BOARD_ADMIN, STRANGER));
	});
}

/// The old account can be another practitioner's, or the same's again.
#[test]
fn frees_the_old_account() {
	build_and_execute(|| {
		assert_ok!(change(SURGEON, STRANGER));
		assert_noop!(change(SURGEON, RECORDS), Error::<Test>::NotAdministrator);
		assert_ok!(change(STRANGER, SURGEON));
		assert_ok!(change(SURGEON, STRANGER));
		assert_eq!(register(AccountId32::new([0xee; 32])), 2);
		assert_ok!(Providers::change_practitioner_account(signed(BOARD_ADMIN), 2, SURGEON));
	});
}

#[test]
fn fails_when_the_practitioner_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::change_practitioner_account(signed(BOARD_ADMIN), 2, STRANGER),
			Error::<Test>::PractitionerUnknown
		);
	});
}

#[test]
fn fails_when_neither_the_practitioner_nor_the_board_signs() {
	build_and_execute(|| {
		let call =
			Call::change_practitioner_account { practitioner: PRACTITIONER, account: STRANGER };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
		for signer in [COUNCIL, HOSPITAL_ADMIN, OTHER_BOARD_ADMIN, RECORDS, STRANGER] {
			assert_noop!(dispatch(&call, signed(signer)), Error::<Test>::NotAdministrator);
		}
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(change(BOARD_ADMIN, STRANGER), Error::<Test>::OrganisationNotActive);
		assert_ok!(change(SURGEON, STRANGER));
	});
}

#[test]
fn fails_when_the_board_is_authorised_no_longer() {
	build_and_execute(|| {
		assert_ok!(Credentials::revoke_board_authority(council(), BOARD, place("US-CA")));
		assert_noop!(change(BOARD_ADMIN, STRANGER), Error::<Test>::BoardNotAuthorised);
		assert_ok!(change(SURGEON, STRANGER));
	});
}

#[test]
fn fails_when_the_account_is_a_practitioners() {
	build_and_execute(|| {
		register(STRANGER);
		for account in [SURGEON, STRANGER] {
			assert_noop!(change(SURGEON, account), Error::<Test>::AlreadyExists);
		}
	});
}

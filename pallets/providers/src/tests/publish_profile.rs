use super::*;

fn publish(account: AccountId32, digest: Digest) -> DispatchResult {
	Providers::publish_profile(signed(account), Some(digest))
}

#[test]
fn works() {
	build_and_execute(|| {
		for version in [1, 2] {
			forget_events();
			let digest = Digest([version as u8; 32]);

			assert_ok!(publish(SURGEON, digest));

			assert_eq!(
				ProfileCommitments::<Test>::get(PRACTITIONER),
				Some(ProfileCommitment { version, digest: Some(digest) })
			);
			assert_eq!(events(), [Event::ProfilePublished { practitioner: PRACTITIONER, version }]);
		}
	});
}

#[test]
fn withdraws() {
	build_and_execute(|| {
		assert_ok!(publish(SURGEON, Digest([1; 32])));
		assert_ok!(Providers::publish_profile(signed(SURGEON), None));
		assert_eq!(
			ProfileCommitments::<Test>::get(PRACTITIONER),
			Some(ProfileCommitment { version: 2, digest: None })
		);
	});
}

#[test]
fn goes_on_with_another_account() {
	build_and_execute(|| {
		assert_ok!(publish(SURGEON, Digest([1; 32])));
		assert_ok!(Providers::change_practitioner_account(signed(SURGEON), PRACTITIONER, STRANGER));
		assert_noop!(publish(SURGEON, Digest([2; 32])), Error::<Test>::PractitionerUnknown);
		assert_ok!(publish(STRANGER, Digest([2; 32])));
		assert_eq!(ProfileCommitments::<Test>::get(PRACTITIONER).unwrap().version, 2);
	});
}

#[test]
fn fails_when_no_practitioner_signs() {
	build_and_execute(|| {
		let call = Call::publish_profile { digest: Some(Digest([1; 32])) };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
		for signer in [COUNCIL, HOSPITAL_ADMIN, BOARD_ADMIN, PHARMACIST, STRANGER] {
			assert_noop!(dispatch(&call, signed(signer)), Error::<Test>::PractitionerUnknown);
		}
	});
}

#[test]
fn fails_when_the_versions_are_used_up() {
	build_and_execute(|| {
		let digest = Digest([1; 32]);
		ProfileCommitments::<Test>::insert(
			PRACTITIONER,
			ProfileCommitment { version: u32::MAX, digest: Some(digest) },
		);
		assert_noop!(publish(SURGEON, digest), sp_runtime::ArithmeticError::Overflow);
	});
}

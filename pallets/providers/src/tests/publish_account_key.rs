use super::*;

fn publish(account: AccountId32, key: [u8; 32]) -> DispatchResult {
	Providers::publish_account_key(signed(account), key)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(publish(SURGEON, [1; 32]));

		assert_eq!(
			AccountKeys::<Test>::get(SURGEON),
			Some(EncryptionKey { version: 2, key: [1; 32] })
		);
		assert_eq!(events(), [Event::AccountKeyPublished { account: SURGEON, version: 2 }]);
	});
}

#[test]
fn works_for_any_enrolled_account() {
	build_and_execute(|| {
		Gate::enrol(&STRANGER);
		assert_ok!(publish(STRANGER, [1; 32]));
	});
}

#[test]
fn fails_when_nobody_signs() {
	build_and_execute(|| {
		let call = Call::publish_account_key { key: [1; 32] };
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
	});
}

#[test]
fn fails_when_not_enrolled() {
	build_and_execute(|| {
		assert_noop!(publish(STRANGER, [1; 32]), Error::<Test>::NotEnrolled);
	});
}

#[test]
fn fails_when_the_key_is_zero() {
	build_and_execute(|| {
		assert_noop!(publish(SURGEON, [0; 32]), Error::<Test>::InvalidKey);
	});
}

#[test]
fn fails_when_the_versions_are_used_up() {
	build_and_execute(|| {
		AccountKeys::<Test>::insert(SURGEON, EncryptionKey { version: u32::MAX, key: [1; 32] });
		assert_noop!(publish(SURGEON, [2; 32]), sp_runtime::ArithmeticError::Overflow);
	});
}

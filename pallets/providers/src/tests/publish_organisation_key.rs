use super::*;

fn publish(organisation: OrganisationId, key: [u8; 32]) -> DispatchResult {
	Providers::publish_organisation_key(signed(HOSPITAL_ADMIN), organisation, key)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(publish(HOSPITAL, [1; 32]));
		assert_eq!(
			OrganisationKeys::<Test>::get(HOSPITAL),
			Some(EncryptionKey { version: 2, key: [1; 32] })
		);
		assert_ok!(Providers::publish_organisation_key(signed(BOARD_ADMIN), BOARD, [2; 32]));
		assert_eq!(
			events(),
			[
				Event::OrganisationKeyPublished { organisation: HOSPITAL, version: 2 },
				Event::OrganisationKeyPublished { organisation: BOARD, version: 1 }
			]
		);
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(publish(NEWCOMER, [1; 32]), Error::<Test>::OrganisationUnknown);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		assert_administrators_only(Call::publish_organisation_key {
			organisation: HOSPITAL,
			key: [1; 32],
		});
	});
}

#[test]
fn fails_when_the_key_is_zero() {
	build_and_execute(|| {
		assert_noop!(publish(HOSPITAL, [0; 32]), Error::<Test>::InvalidKey);
	});
}

#[test]
fn fails_when_the_versions_are_used_up() {
	build_and_execute(|| {
		OrganisationKeys::<Test>::insert(
			HOSPITAL,
			EncryptionKey { version: u32::MAX, key: [1; 32] },
		);
		assert_noop!(publish(HOSPITAL, [2; 32]), sp_runtime::ArithmeticError::Overflow);
	});
}

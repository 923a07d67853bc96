//! `publish_organisation_key`, `set_endpoint` and `publish_account_key`.

use super::*;

#[test]
fn organisation_key_works() {
	build_and_execute(|| {
		assert_ok!(Providers::publish_organisation_key(signed(HOSPITAL_ADMIN), HOSPITAL, [1; 32]));
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
fn organisation_key_fails_when_it_is_zero() {
	build_and_execute(|| {
		assert_noop!(
			Providers::publish_organisation_key(signed(HOSPITAL_ADMIN), HOSPITAL, [0; 32]),
			Error::<Test>::InvalidKey
		);
	});
}

#[test]
fn endpoint_works() {
	build_and_execute(|| {
		for url in ["https://vault.example/salus", "http://127.0.0.1:8080"] {
			assert_ok!(Providers::set_endpoint(signed(HOSPITAL_ADMIN), HOSPITAL, endpoint(url)));
			assert_eq!(Endpoints::<Test>::get(HOSPITAL), Some(endpoint(url)));
		}
		assert_ok!(Providers::set_endpoint(signed(HOSPITAL_ADMIN), HOSPITAL, endpoint("")));
		assert!(!Endpoints::<Test>::contains_key(HOSPITAL));
		assert_eq!(events(), vec![Event::EndpointSet { organisation: HOSPITAL }; 3]);
	});
}

#[test]
fn endpoint_takes_128_bytes() {
	build_and_execute(|| {
		let url = format!("https://{}", "e".repeat(120));
		assert_ok!(Providers::set_endpoint(signed(HOSPITAL_ADMIN), HOSPITAL, endpoint(&url)));
	});
	assert!(Endpoint::try_from(vec![b'e'; 129]).is_err());
}

#[test]
fn endpoint_fails_when_it_is_no_url() {
	build_and_execute(|| {
		for url in ["vault.example", "ftp://h", "https://", "https:///a", "https://h h", "http://é"]
		{
			assert_noop!(
				Providers::set_endpoint(signed(HOSPITAL_ADMIN), HOSPITAL, endpoint(url)),
				Error::<Test>::InvalidEndpoint
			);
		}
	});
}

#[test]
fn account_key_works() {
	build_and_execute(|| {
		assert_ok!(Providers::publish_account_key(signed(SURGEON), [1; 32]));

		assert_eq!(
			Providers::account_key(&SURGEON),
			Some(EncryptionKey { version: 2, key: [1; 32] })
		);
		assert_eq!(events(), [Event::AccountKeyPublished { account: SURGEON, version: 2 }]);
	});
}

#[test]
fn account_key_works_for_any_enrolled_account() {
	build_and_execute(|| {
		Gate::enrol(&STRANGER);
		assert_ok!(Providers::publish_account_key(signed(STRANGER), [1; 32]));
	});
}

#[test]
fn account_key_fails_when_not_enrolled() {
	build_and_execute(|| {
		assert_noop!(
			Providers::publish_account_key(signed(STRANGER), [1; 32]),
			Error::<Test>::NotEnrolled
		);
	});
}

#[test]
fn account_key_fails_when_it_is_zero() {
	build_and_execute(|| {
		assert_noop!(
			Providers::publish_account_key(signed(SURGEON), [0; 32]),
			Error::<Test>::InvalidKey
		);
	});
}

use super::*;

fn set(organisation: OrganisationId, url: &str) -> DispatchResult {
	Providers::set_endpoint(signed(HOSPITAL_ADMIN), organisation, endpoint(url))
}

#[test]
fn works() {
	build_and_execute(|| {
		for url in ["https://vault.example/salus", "http://127.0.0.1:8080"] {
			assert_ok!(set(HOSPITAL, url));
			assert_eq!(Endpoints::<Test>::get(HOSPITAL), Some(endpoint(url)));
		}
		assert_ok!(set(HOSPITAL, ""));
		assert!(!Endpoints::<Test>::contains_key(HOSPITAL));
		assert_eq!(events(), vec![Event::EndpointSet { organisation: HOSPITAL }; 3]);
	});
}

#[test]
fn works_with_128_bytes() {
	build_and_execute(|| {
		assert_ok!(set(HOSPITAL, &format!("https://{}", "e".repeat(120))));
	});
	assert!(Endpoint::try_from(vec![b'e'; 129]).is_err());
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(set(NEWCOMER, "https://h"), Error::<Test>::OrganisationUnknown);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		assert_administrators_only(Call::set_endpoint {
			organisation: HOSPITAL,
			endpoint: endpoint("https://h"),
		});
	});
}

#[test]
fn fails_when_it_is_no_url() {
	build_and_execute(|| {
		for url in ["vault.example", "ftp://h", "https://", "https:///a", "https://h h", "http://é"]
		{
			assert_noop!(set(HOSPITAL, url), Error::<Test>::InvalidEndpoint);
		}
	});
}

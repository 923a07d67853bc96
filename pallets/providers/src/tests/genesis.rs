use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_eq!(OrganisationCount::<Test>::get(), 3);
		assert_eq!(PractitionerCount::<Test>::get(), 1);
		assert_eq!(LicenceCount::<Test>::get(), 1);
		for account in [HOSPITAL_ADMIN, RECORDS, SURGEON, PHARMACIST, BOARD_ADMIN] {
			assert!(Gate::is_enrolled(&account));
		}
	});
}

#[test]
#[should_panic(expected = "genesis organisation")]
fn fails_when_an_organisation_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.organisations[0].board_authorities = vec![place("US-CA")];
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "longer than its bound")]
fn fails_when_a_name_is_too_long() {
	let mut genesis = genesis();
	genesis.organisations[0].name = "n".repeat(65);
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis practitioner")]
fn fails_when_a_licence_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.practitioners[0].licences[0].board = HOSPITAL;
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis key")]
fn fails_when_a_key_breaks_a_rule() {
	new_test_ext(GenesisConfig { account_keys: vec![(SURGEON, [0; 32])], ..genesis() });
}

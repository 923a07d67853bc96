use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_eq!(OrganisationCount::<Test>::get(), 3);
		assert_eq!(PractitionerCount::<Test>::get(), 1);
		assert_eq!(
			Organisations::<Test>::get(HOSPITAL),
			Some(Organisation {
				kind: OrganisationKind::Hospital,
				jurisdiction: place("US-CA"),
				state: OrganisationState::Active,
				since: 0,
			})
		);
		assert_eq!(
			Profiles::<Test>::get(HOSPITAL),
			Some(Profile { name: name("hospital of US-CA"), gln: Some(GLN), npi: None })
		);
		assert_eq!(Endpoints::<Test>::get(HOSPITAL), Some(endpoint("https://vault.example")));
		assert_eq!(
			OrganisationKeys::<Test>::get(HOSPITAL),
			Some(EncryptionKey { version: 1, key: [7; 32] })
		);
		assert_eq!(administrators(), [HOSPITAL_ADMIN]);
		assert_eq!(roles(&PHARMACIST), Some(Roles::of(&[Role::Pharmacist])));
		assert_eq!(
			Practitioners::<Test>::get(PRACTITIONER),
			Some(Practitioner { account: SURGEON, npi: Some(NPI), registrar: BOARD })
		);
		assert_eq!(
			AccountKeys::<Test>::get(SURGEON),
			Some(EncryptionKey { version: 1, key: [9; 32] })
		);
		for account in [HOSPITAL_ADMIN, RECORDS, SURGEON, PHARMACIST, BOARD_ADMIN] {
			assert_eq!(System::sufficients(&account), 1);
		}
		assert!(!Gate::is_enrolled(&STRANGER));
	});
}

/// A chain can begin without providers. The mock's credentials would name some.
#[test]
fn works_with_nothing() {
	use sp_runtime::BuildStorage;
	let storage = GenesisConfig::<Test>::default().build_storage().unwrap();
	sp_io::TestExternalities::new(storage).execute_with(|| {
		assert_ok!(Providers::do_try_state());
		assert_eq!(OrganisationCount::<Test>::get(), 0);
	});
}

#[test]
fn works_with_a_group() {
	let mut genesis = genesis();
	genesis.organisations[2].head = Some(HOSPITAL);
	new_test_ext(genesis).execute_with(|| {
		assert_eq!(Heads::<Test>::get(OTHER_BOARD), Some(HOSPITAL));
		assert_eq!(GroupSizes::<Test>::get(HOSPITAL), 1);
		assert_ok!(Providers::do_try_state());
	});
}

/// Builds the genesis after this change.
fn build(change: impl FnOnce(&mut GenesisConfig<Test>)) {
	let mut genesis = genesis();
	change(&mut genesis);
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "longer than its bound")]
fn fails_when_a_name_is_too_long() {
	build(|genesis| genesis.organisations[0].name = "n".repeat(65));
}

#[test]
#[should_panic(expected = "InvalidName")]
fn fails_when_a_name_cannot_be_read() {
	build(|genesis| genesis.organisations[0].name = " ".into());
}

#[test]
#[should_panic(expected = "AlreadyExists")]
fn fails_when_two_organisations_share_a_gln() {
	build(|genesis| genesis.organisations[1].gln = Some(GLN));
}

#[test]
#[should_panic(expected = "genesis practitioner")]
fn fails_when_an_organisation_and_a_practitioner_share_an_npi() {
	build(|genesis| genesis.organisations[1].npi = Some(NPI));
}

#[test]
#[should_panic(expected = "RolesMissing")]
fn fails_when_staff_has_no_role() {
	build(|genesis| genesis.organisations[0].staff.push((STRANGER, Roles::EMPTY)));
}

#[test]
#[should_panic(expected = "LastAdministrator")]
fn fails_when_staff_names_the_administrator_without_the_role() {
	build(|genesis| genesis.organisations[0].staff.push((HOSPITAL_ADMIN, LOGISTICS)));
}

/// Heads come before those of their group.
#[test]
#[should_panic(expected = "OrganisationUnknown")]
fn fails_when_a_head_comes_later() {
	build(|genesis| genesis.organisations[0].head = Some(BOARD));
}

#[test]
#[should_panic(expected = "OwnHead")]
fn fails_when_an_organisation_heads_itself() {
	build(|genesis| genesis.organisations[0].head = Some(HOSPITAL));
}

#[test]
#[should_panic(expected = "InvalidKey")]
fn fails_when_an_organisations_key_is_zero() {
	build(|genesis| genesis.organisations[0].encryption_key = Some([0; 32]));
}

#[test]
#[should_panic(expected = "InvalidEndpoint")]
fn fails_when_an_endpoint_is_no_url() {
	build(|genesis| genesis.organisations[0].endpoint = "vault.example".into());
}

#[test]
#[should_panic(expected = "longer than its bound")]
fn fails_when_an_endpoint_is_too_long() {
	build(|genesis| {
		genesis.organisations[0].endpoint = format!("https://{}", "e".repeat(121));
	});
}

#[test]
#[should_panic(expected = "genesis practitioner")]
fn fails_when_the_registrar_is_unknown() {
	build(|genesis| genesis.practitioners[0].registrar = NEWCOMER);
}

#[test]
#[should_panic(expected = "genesis practitioner")]
fn fails_when_two_practitioners_share_an_account() {
	build(|genesis| {
		let twin = GenesisPractitioner { npi: None, ..genesis.practitioners[0].clone() };
		genesis.practitioners.push(twin);
	});
}

#[test]
#[should_panic(expected = "genesis key")]
fn fails_when_an_accounts_key_is_zero() {
	build(|genesis| genesis.account_keys = vec![(SURGEON, [0; 32])]);
}

#[test]
#[should_panic(expected = "genesis key")]
fn fails_when_the_account_of_a_key_is_not_enrolled() {
	build(|genesis| genesis.account_keys = vec![(STRANGER, [1; 32])]);
}

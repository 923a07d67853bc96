use super::*;
use salus_primitives::views::{OrganisationView, Page, PractitionerView, StaffView};

/// The numbers of a page, and where the next begins.
fn numbers(page: Page<OrganisationView>) -> (Vec<u32>, Option<u32>) {
	(page.entries.iter().map(|found| found.id).collect(), page.next)
}

#[test]
fn organisation_works() {
	build_and_execute(|| {
		assert_eq!(
			Providers::organisation(HOSPITAL),
			Some(OrganisationView {
				id: HOSPITAL,
				kind: OrganisationKind::Hospital,
				name: b"hospital of US-CA".to_vec(),
				jurisdiction: place("US-CA"),
				gln: Some(GLN),
				npi: None,
				state: OrganisationState::Active,
				since: 0,
				sponsor: None,
				head: None,
				administrators: vec![HOSPITAL_ADMIN.into()],
				encryption_key: Some(EncryptionKey { version: 1, key: [7; 32] }),
				endpoint: b"https://vault.example".to_vec(),
			})
		);
		assert_eq!(Providers::organisation(0), None);
		assert_eq!(Providers::organisation(NEWCOMER), None);
	});
}

#[test]
fn organisation_shows_sponsor_and_head() {
	build_and_execute(|| {
		let applicant = applicant();
		assert_ok!(Providers::declare_affiliation(council(), applicant, HOSPITAL));
		assert_eq!(
			Providers::organisation_view(applicant),
			Some(OrganisationView {
				id: applicant,
				kind: OrganisationKind::Clinic,
				name: b"Applicant".to_vec(),
				jurisdiction: place("US-CA"),
				gln: None,
				npi: None,
				state: OrganisationState::Applied,
				since: NOW,
				sponsor: Some(HOSPITAL),
				head: Some(HOSPITAL),
				administrators: vec![APPLICANT_ADMIN.into()],
				encryption_key: None,
				endpoint: Vec::new(),
			})
		);
	});
}

#[test]
fn organisations_come_in_pages() {
	build_and_execute(|| {
		for _ in 4..=220 {
			admit(OrganisationKind::Clinic, "DE", STRANGER);
		}
		let page = |from| numbers(Providers::organisations(from));
		assert_eq!(page(0), ((1..=100).collect(), Some(101)));
		assert_eq!(page(1), page(0));
		assert_eq!(page(101), ((101..=200).collect(), Some(201)));
		assert_eq!(page(201), ((201..=220).collect(), None));
		assert_eq!(page(121), ((121..=220).collect(), None));
		assert_eq!(page(221), (vec![], None));
		assert_eq!(page(u32::MAX), (vec![], None));
	});
}

#[test]
fn organisations_in_a_place_come_in_pages() {
	build_and_execute(|| {
		// Every other one in Nevada, from number 4 on.
		for n in 4..=303 {
			let code = if n % 2 == 0 { "US-NV" } else { "DE-BY" };
			admit(OrganisationKind::Clinic, code, STRANGER);
		}
		let page = |code, from| numbers(Providers::organisations_in(place(code), from));
		let even = |from, to| (from..=to).step_by(2).collect::<Vec<u32>>();

		assert_eq!(page("US-NV", 0), (even(4, 202), Some(100)));
		assert_eq!(page("US-NV", 100), (even(204, 302), None));
		assert_eq!(page("US-NV", 150), (vec![], None));
		assert_eq!(page("US-NV", u32::MAX), (vec![], None));
		assert_eq!(page("US-CA", 0), (vec![HOSPITAL, BOARD], None));
		assert_eq!(page("FR", 0), (vec![], None));
	});
}

#[test]
fn organisations_in_a_country_include_its_parts() {
	build_and_execute(|| {
		let country = admit(OrganisationKind::Regulator, "US", STRANGER);
		let part = admit(OrganisationKind::Clinic, "US-NV", STRANGER);
		admit(OrganisationKind::Clinic, "DE", STRANGER);
		let page = |code| numbers(Providers::organisations_in(place(code), 0));

		assert_eq!(page("US"), (vec![HOSPITAL, BOARD, OTHER_BOARD, country, part], None));
		// Those of the whole country are in none of its parts.
		assert_eq!(page("US-NV"), (vec![part], None));
	});
}

#[test]
fn staff_works() {
	build_and_execute(|| {
		let colleague = register(PHARMACIST);
		assert_ok!(Providers::assign_supervisor(
			signed(HOSPITAL_ADMIN),
			HOSPITAL,
			PRACTITIONER,
			Some(colleague)
		));
		let member = |account: AccountId32, roles, practitioner, supervisor| StaffView {
			account: account.into(),
			roles,
			practitioner,
			supervisor,
		};
		assert_eq!(
			Providers::staff(HOSPITAL, 0),
			Page {
				entries: vec![
					member(HOSPITAL_ADMIN, ADMINISTRATOR, None, None),
					member(RECORDS, Roles::of(&[Role::RecordsOfficer]), None, None),
					member(SURGEON, CLINICIAN, Some(PRACTITIONER), Some(colleague)),
					member(PHARMACIST, Roles::of(&[Role::Pharmacist]), Some(colleague), None),
				],
				next: None,
			}
		);
		assert_eq!(Providers::staff(NEWCOMER, 0), Page { entries: vec![], next: None });
	});
}

#[test]
fn staff_comes_in_pages_with_gaps() {
	build_and_execute(|| {
		let member = |n: u32| AccountId32::new(sp_io::hashing::blake2_256(&n.to_le_bytes()));
		for n in 4..250 {
			assert_ok!(set_staff(member(n), LOGISTICS));
		}
		// One in each page, and all of the second but one.
		let remove = |account| {
			assert_ok!(Providers::remove_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account));
		};
		remove(RECORDS);
		(100..199).chain([200]).for_each(|n| remove(member(n)));
		let page = |from| {
			let page = Providers::staff(HOSPITAL, from);
			let accounts: Vec<AccountId32> =
				page.entries.into_iter().map(|found| found.account.into()).collect();
			(accounts, page.next)
		};

		let first = [HOSPITAL_ADMIN, SURGEON, PHARMACIST].into_iter().chain((4..100).map(member));
		assert_eq!(page(0), (first.collect(), Some(100)));
		assert_eq!(page(100), (vec![member(199)], Some(200)));
		assert_eq!(page(200), ((201..250).map(member).collect(), None));
		// A page can be empty and not the last.
		remove(member(199));
		assert_eq!(page(100), (vec![], Some(200)));
		assert_eq!(page(250), (vec![], None));
		assert_eq!(page(u32::MAX), (vec![], None));

		// Who comes back comes last.
		assert_ok!(set_staff(RECORDS, LOGISTICS));
		assert_eq!(page(250), (vec![RECORDS], None));
	});
}

#[test]
fn practitioner_works() {
	build_and_execute(|| {
		assert_ok!(Providers::publish_profile(signed(SURGEON), Some(Digest([5; 32]))));
		let found = Providers::practitioner(PRACTITIONER).unwrap();
		assert_eq!(
			found,
			PractitionerView {
				id: PRACTITIONER,
				account: SURGEON.into(),
				npi: Some(NPI),
				registrar: BOARD,
				profile: Some(ProfileCommitment { version: 1, digest: Some(Digest([5; 32])) }),
				licences: found.licences.clone(),
			}
		);
		let licences: Vec<_> =
			found.licences.iter().map(|found| (found.id, found.licence.class)).collect();
		assert_eq!(licences, [(LICENCE, LicenceClass::Physician)]);
		assert_eq!(Providers::practitioner(0), None);
		assert_eq!(Providers::practitioner(2), None);
	});
}

#[test]
fn practitioners_come_in_pages() {
	build_and_execute(|| {
		for n in 2..=150u32 {
			register(AccountId32::new(sp_io::hashing::blake2_256(&n.to_le_bytes())));
		}
		let page = |from| {
			let page = Providers::practitioners(from);
			(page.entries.iter().map(|found| found.id).collect::<Vec<_>>(), page.next)
		};
		assert_eq!(page(0), ((1..=100).collect(), Some(101)));
		assert_eq!(page(1), page(0));
		assert_eq!(page(101), ((101..=150).collect(), None));
		assert_eq!(page(151), (vec![], None));
	});
}

#[test]
fn account_key_works() {
	build_and_execute(|| {
		assert_eq!(
			Providers::account_key(&SURGEON),
			Some(EncryptionKey { version: 1, key: [9; 32] })
		);
		assert_eq!(Providers::account_key(&STRANGER), None);
	});
}

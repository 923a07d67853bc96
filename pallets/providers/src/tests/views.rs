use super::*;
use salus_primitives::views::{LicenceView, OrganisationView, PractitionerView};

#[test]
fn organisation_works() {
	build_and_execute(|| {
		assert_eq!(
			Providers::organisation_view(HOSPITAL),
			Some(OrganisationView {
				id: HOSPITAL,
				kind: OrganisationKind::Hospital,
				name: b"hospital of US-CA".to_vec(),
				jurisdiction: place("US-CA"),
				gln: Some(GLN),
				state: OrganisationState::Active,
				encryption_key: Some(EncryptionKey { version: 1, key: [7; 32] }),
				endpoint: b"https://vault.example".to_vec(),
			})
		);
		assert_eq!(Providers::organisation_view(0), None);
		assert_eq!(Providers::organisation_view(4), None);
	});
}

#[test]
fn organisations_come_in_pages() {
	build_and_execute(|| {
		for n in 4..=120 {
			assert_ok!(Providers::admit_organisation(
				council(),
				OrganisationKind::Clinic,
				name(&format!("Clinic {n}")),
				place("DE"),
				None,
				STRANGER
			));
		}
		let numbers = |from| -> Vec<u32> {
			Providers::organisations_from(from).iter().map(|found| found.id).collect()
		};
		assert_eq!(numbers(0), (1..=100).collect::<Vec<_>>());
		assert_eq!(numbers(1), (1..=100).collect::<Vec<_>>());
		assert_eq!(numbers(101), (101..=120).collect::<Vec<_>>());
		assert!(numbers(121).is_empty());
		assert!(numbers(u32::MAX).is_empty());
	});
}

#[test]
fn practitioner_works() {
	build_and_execute(|| {
		assert_eq!(
			Providers::practitioner_view(PRACTITIONER),
			Some(PractitionerView {
				id: PRACTITIONER,
				account: SURGEON.into(),
				npi: Some(NPI),
				licences: vec![LicenceView {
					id: LICENCE,
					board: BOARD,
					class: LicenceClass::Physician,
					jurisdictions: vec![place("US-CA")],
					valid: VALID,
					state: LicenceState::Active,
				}],
			})
		);
		assert_eq!(Providers::practitioner_view(2), None);
		assert_eq!(Providers::practitioner(&SURGEON), Some(PRACTITIONER));
		assert_eq!(Providers::practitioner(&STRANGER), None);
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

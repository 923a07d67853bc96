//! The presets.

use super::chain::{config, run_on};
use crate::{
	genesis_presets::{self, account},
	CouncilMembership, Runtime, RuntimeGenesisConfig, Session,
};
use salus_primitives::codes::{OrganisationKind, Role};
use salus_runtime_api::runtime_decl_for_providers_api::ProvidersApiV1;
use sp_runtime::BuildStorage;

/// Staff of the presets and the role in which they can act.
const STAFF: [(&str, u32, Role); 16] = [
	("Mercy", 1, Role::Administrator),
	("Mercy//Records", 1, Role::RecordsOfficer),
	("Mercy//Vault", 1, Role::System),
	("Mercy//DrAdams", 1, Role::Clinician),
	("Lakeside", 2, Role::Administrator),
	("Lakeside//Records", 2, Role::RecordsOfficer),
	("Lakeside//Vault", 2, Role::System),
	("Lakeside//DrBrooks", 2, Role::Clinician),
	("BrightSmile", 3, Role::Administrator),
	("BrightSmile//Records", 3, Role::RecordsOfficer),
	("BrightSmile//Vault", 3, Role::System),
	("BrightSmile//DrChen", 3, Role::Clinician),
	("BoardCA", 4, Role::Administrator),
	("BoardNY", 5, Role::Administrator),
	("Accreditor", 6, Role::Administrator),
	("Accreditor//Inspector", 6, Role::QualityOfficer),
];

#[test]
fn every_preset_builds_and_holds_its_invariants() {
	for (name, validators) in genesis_presets::names().into_iter().zip([1, 4]) {
		run_on(config(name.as_ref()), || {
			assert_eq!(Session::validators().len(), validators);
			assert_eq!(CouncilMembership::members().len(), 4);
			let organisations = Runtime::organisations(1).entries;
			let kinds: Vec<_> = organisations.iter().map(|view| view.kind).collect();
			use OrganisationKind::*;
			assert_eq!(
				kinds,
				[Hospital, Hospital, Clinic, LicensingBoard, LicensingBoard, AccreditationBody]
			);
			for (staff, organisation, role) in STAFF {
				let reasons = Runtime::standing(account(staff).into(), organisation, role);
				assert!(reasons.is_empty(), "{staff}: {reasons:?}");
			}
			for (number, staff) in [
				"Mercy//DrAdams",
				"Lakeside//DrBrooks",
				"Lakeside//DrExpired",
				"BrightSmile//DrChen",
			]
			.into_iter()
			.enumerate()
			{
				let practitioner = Runtime::practitioner_of(account(staff).into());
				assert_eq!(practitioner, Some(number as u32 + 1), "{staff}");
			}
		});
	}
}

#[test]
fn the_presets_know_no_patients() {
	for name in genesis_presets::names() {
		run_on(config(name.as_ref()), || {
			assert_eq!(pallet_patient_identity::Charts::<Runtime>::iter().count(), 0);
			assert_eq!(pallet_record_anchor::Records::<Runtime>::iter().count(), 0);
		});
	}
}

#[test]
fn there_are_no_other_presets() {
	assert_eq!(genesis_presets::preset(&"main".into()), None);
	assert_eq!(genesis_presets::names().len(), 2);
}

#[test]
fn the_default_configuration_builds() {
	RuntimeGenesisConfig::default().build_storage().unwrap();
}

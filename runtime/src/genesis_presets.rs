//! Chains to start from: `development` with one validator, `local_testnet` with four.
//!
//! Both hold the same consortium, and no patients. Every key is well known: `//Name` over the
//! development phrase of the SDK. A real consortium starts from a file of its own.

use crate::{
	AccountId, ConsortiumConfig, CouncilMembershipConfig, CredentialsConfig, PatientIdentityConfig,
	ProvidersConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys,
};
use alloc::{format, string::ToString, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_credentials::{GenesisAccreditation, GenesisLicence};
use pallet_providers::{GenesisOrganisation, GenesisPractitioner};
use salus_primitives::{
	codes::{
		AccreditationState, DrugSchedules, Jurisdiction, LicenceClass, LicenceClasses,
		OrganisationKind, Programme, Programmes, Role, Roles,
	},
	credential::{Holder, Limits, Requirement, Verification},
	ids::{Digest, OrganisationId, PractitionerId},
	time::{Moment, Period},
};
use sp_core::{crypto::get_public_from_string_or_panic, ed25519, sr25519};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// Blocks in a session: ten minutes. A rotation takes a block, and finality proofs hand over with it.
const SESSION_LENGTH: u32 = 600;

/// How long a re-keying waits here: 20 seconds, so that it can be tried out and tested. A chain with
/// patients keeps the three days of the default.
const REKEYING_DELAY: Moment = 20_000;

/// 2020-01-01T00:00:00Z.
const YEAR_2020: Moment = 1_577_836_800_000;
/// 2025-01-01T00:00:00Z.
pub(crate) const YEAR_2025: Moment = 1_735_689_600_000;
/// 2025-06-01T00:00:00Z.
const JUNE_2025: Moment = 1_748_736_000_000;
/// 2035-01-01T00:00:00Z.
const YEAR_2035: Moment = 2_051_222_400_000;

/// The United States.
const UNITED_STATES: Jurisdiction = Jurisdiction(*b"US\0\0\0\0");
const CALIFORNIA: Jurisdiction = Jurisdiction(*b"US-CA\0");
const NEW_YORK: Jurisdiction = Jurisdiction(*b"US-NY\0");

const MERCY: OrganisationId = 1;
const LAKESIDE: OrganisationId = 2;
const BRIGHT_SMILE: OrganisationId = 3;
const BOARD_OF_CALIFORNIA: OrganisationId = 4;
const BOARD_OF_NEW_YORK: OrganisationId = 5;
const ACCREDITOR: OrganisationId = 6;

/// The council: one seat each for the two hospitals, the clinic and the board of New York.
const COUNCIL: [&str; 4] = ["Council1", "Council2", "Council3", "Council4"];

/// An organisation of the presets: kind, name, place, administrator, staff.
type House =
	(OrganisationKind, &'static str, Jurisdiction, &'static str, &'static [(&'static str, Role)]);

/// The organisations, numbered from 1.
const HOUSES: [House; 6] = [
	(
		OrganisationKind::Hospital,
		"Mercy General Hospital",
		CALIFORNIA,
		"Mercy",
		&[
			("Mercy//Records", Role::RecordsOfficer),
			("Mercy//Vault", Role::System),
			("Mercy//DrAdams", Role::Clinician),
		],
	),
	(
		OrganisationKind::Hospital,
		"Lakeside University Hospital",
		NEW_YORK,
		"Lakeside",
		&[
			("Lakeside//Records", Role::RecordsOfficer),
			("Lakeside//Vault", Role::System),
			("Lakeside//DrBrooks", Role::Clinician),
			("Lakeside//DrExpired", Role::Clinician),
			("Lakeside//Unlicensed", Role::Clinician),
		],
	),
	(
		OrganisationKind::Clinic,
		"Bright Smile Dental Clinic",
		CALIFORNIA,
		"BrightSmile",
		&[
			("BrightSmile//Records", Role::RecordsOfficer),
			("BrightSmile//Vault", Role::System),
			("BrightSmile//DrChen", Role::Clinician),
		],
	),
	(OrganisationKind::LicensingBoard, "Medical Board of California", CALIFORNIA, "BoardCA", &[]),
	(
		OrganisationKind::LicensingBoard,
		"New York State Board for Medicine",
		NEW_YORK,
		"BoardNY",
		&[],
	),
	(
		OrganisationKind::AccreditationBody,
		"Pacific Accreditation Commission",
		CALIFORNIA,
		"Accreditor",
		&[("Accreditor//Inspector", Role::QualityOfficer)],
	),
];

/// The practitioners, numbered from 1, each with one licence: class, board, place, from, until.
const PRACTITIONERS: [(&str, LicenceClass, OrganisationId, Jurisdiction, Moment, Moment); 4] = [
	(
		"Mercy//DrAdams",
		LicenceClass::Physician,
		BOARD_OF_CALIFORNIA,
		CALIFORNIA,
		YEAR_2025,
		YEAR_2035,
	),
	(
		"Lakeside//DrBrooks",
		LicenceClass::Physician,
		BOARD_OF_NEW_YORK,
		NEW_YORK,
		YEAR_2025,
		YEAR_2035,
	),
	(
		"Lakeside//DrExpired",
		LicenceClass::Physician,
		BOARD_OF_NEW_YORK,
		NEW_YORK,
		YEAR_2020,
		JUNE_2025,
	),
	(
		"BrightSmile//DrChen",
		LicenceClass::Dentist,
		BOARD_OF_CALIFORNIA,
		CALIFORNIA,
		YEAR_2025,
		YEAR_2035,
	),
];

/// Names of the presets.
pub fn names() -> Vec<PresetId> {
	[DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET].map(PresetId::from).to_vec()
}

/// The preset of that name, as JSON over the default configuration.
pub fn preset(name: &PresetId) -> Option<Vec<u8>> {
	let validators = match name.as_ref() {
		DEV_RUNTIME_PRESET => 1,
		LOCAL_TESTNET_RUNTIME_PRESET => 4,
		_ => return None,
	};
	Some(consortium(validators).to_string().into_bytes())
}

/// The account of the well-known key `//name`.
pub fn account(name: &str) -> AccountId {
	AccountId::from(get_public_from_string_or_panic::<sr25519::Public>(name))
}

/// The keys with which the well-known validator `//name` works.
pub fn session_keys(name: &str) -> SessionKeys {
	SessionKeys {
		aura: get_public_from_string_or_panic::<sr25519::Public>(name).into(),
		grandpa: get_public_from_string_or_panic::<ed25519::Public>(name).into(),
	}
}

/// The consortium with the first `validators` of its validators.
fn consortium(validators: u32) -> serde_json::Value {
	let validators: Vec<_> = (1..=validators).map(|n| format!("Validator{n}")).collect();
	let council: Vec<_> = COUNCIL.into_iter().map(account).collect();
	build_struct_json_patch!(RuntimeGenesisConfig {
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|name| (account(name), account(name), session_keys(name)))
				.collect(),
		},
		council_membership: CouncilMembershipConfig {
			members: council.clone().try_into().expect("the council has room for four"),
		},
		consortium: ConsortiumConfig {
			validators: validators.iter().map(|name| account(name)).collect(),
			accounts: council,
			session_length: SESSION_LENGTH,
		},
		patient_identity: PatientIdentityConfig { rekeying_delay: REKEYING_DELAY },
		providers: ProvidersConfig {
			organisations: HOUSES.iter().map(organisation).collect(),
			practitioners: practitioners(),
		},
		credentials: CredentialsConfig {
			boards: [(BOARD_OF_CALIFORNIA, CALIFORNIA), (BOARD_OF_NEW_YORK, NEW_YORK)]
				.map(|(board, place)| (board, place, LicenceClasses::all()))
				.to_vec(),
			bodies: [(ACCREDITOR, Programmes::all())].to_vec(),
			requirements: requirements(),
			licences: licences(),
			accreditations: [MERCY, LAKESIDE].map(accreditation).to_vec(),
		},
	})
}

fn organisation(house: &House) -> GenesisOrganisation<AccountId> {
	let (kind, name, jurisdiction, administrator, staff) = *house;
	GenesisOrganisation {
		kind,
		name: name.into(),
		jurisdiction,
		gln: None,
		npi: None,
		administrator: account(administrator),
		staff: staff.iter().map(|(name, role)| (account(name), Roles::of(&[*role]))).collect(),
		head: None,
		encryption_key: None,
		endpoint: Default::default(),
	}
}

fn practitioners() -> Vec<GenesisPractitioner<AccountId>> {
	PRACTITIONERS
		.iter()
		.map(|(name, _, board, ..)| GenesisPractitioner {
			account: account(name),
			npi: None,
			registrar: *board,
		})
		.collect()
}

/// What the council asks of organisations anywhere in the United States: a licence to run the house,
/// and of hospitals an accreditation, with a quarter of a year's grace.
fn requirements() -> Vec<(OrganisationKind, Jurisdiction, Requirement)> {
	const GRACE: Moment = 90 * 24 * 60 * 60 * 1000;
	let asked = |kind, class, accreditation: &[Programme]| {
		let requirement = Requirement {
			licences: LicenceClasses::of(&[class]),
			accreditation: Programmes::of(accreditation),
			grace: GRACE,
			from: YEAR_2025,
		};
		(kind, UNITED_STATES, requirement)
	};
	[
		asked(OrganisationKind::Hospital, LicenceClass::Facility, &[Programme::Hospital]),
		asked(OrganisationKind::Clinic, LicenceClass::Facility, &[]),
		asked(OrganisationKind::ImagingCentre, LicenceClass::Facility, &[]),
		asked(OrganisationKind::Laboratory, LicenceClass::LaboratoryCertificate, &[]),
		asked(OrganisationKind::Pharmacy, LicenceClass::PharmacyPermit, &[]),
		asked(OrganisationKind::Wholesaler, LicenceClass::Wholesaler, &[]),
		asked(OrganisationKind::Manufacturer, LicenceClass::Manufacturer, &[]),
	]
	.into()
}

/// The practitioners' licences and then the houses', each verified by its board.
fn licences() -> Vec<GenesisLicence> {
	let licence = |board, holder, class, jurisdiction, from, until| GenesisLicence {
		board,
		holder,
		class,
		jurisdictions: [jurisdiction].into(),
		valid: Period { from, until: Some(until) },
		limits: Limits { schedules: DrugSchedules::all(), ..Limits::default() },
		verification: Some(Verification { evidence: Digest([0; 32]), next_due: YEAR_2035 }),
	};
	let of_practitioners = (1..).zip(PRACTITIONERS).map(
		|(number, (_, class, board, jurisdiction, from, until)): (PractitionerId, _)| {
			licence(board, Holder::Practitioner(number), class, jurisdiction, from, until)
		},
	);
	let houses = [
		(MERCY, BOARD_OF_CALIFORNIA, CALIFORNIA),
		(LAKESIDE, BOARD_OF_NEW_YORK, NEW_YORK),
		(BRIGHT_SMILE, BOARD_OF_CALIFORNIA, CALIFORNIA),
	];
	let of_houses = houses.into_iter().map(|(house, board, place)| {
		let holder = Holder::Organisation(house);
		licence(board, holder, LicenceClass::Facility, place, YEAR_2025, YEAR_2035)
	});
	of_practitioners.chain(of_houses).collect()
}

fn accreditation(hospital: OrganisationId) -> GenesisAccreditation {
	GenesisAccreditation {
		body: ACCREDITOR,
		organisation: hospital,
		programme: Programme::Hospital,
		state: AccreditationState::Accredited,
		valid: Period { from: YEAR_2025, until: Some(YEAR_2035) },
		follow_up_due: None,
		evidence: Digest([0; 32]),
	}
}

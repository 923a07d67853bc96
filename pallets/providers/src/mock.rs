use crate as pallet_providers;
use crate::*;
use frame_support::{derive_impl, ord_parameter_types, traits::ConstU64};
use frame_system::EnsureSignedBy;
use pallet_credentials::GenesisLicence;
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		Jurisdiction, LicenceClass, LicenceClasses, OrganisationKind, Programmes, Role, Roles,
	},
	credential::{Holder, Limits, Requirement, Verification},
	directory::{ChartKeys, Enrolment},
	ids::{Digest, LicenceId, OrganisationId, PractitionerId},
	time::{Moment, Period},
};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

const fn account(n: u8) -> AccountId32 {
	AccountId32::new([n; 32])
}

/// Speaks for the council; not enrolled in this mock.
pub(crate) const COUNCIL: AccountId32 = account(1);
pub(crate) const STRANGER: AccountId32 = account(2);
/// A patient's.
pub(crate) const CHART_KEY: AccountId32 = account(3);

/// A hospital in California.
pub(crate) const HOSPITAL: OrganisationId = 1;
pub(crate) const HOSPITAL_ADMIN: AccountId32 = account(11);
pub(crate) const RECORDS: AccountId32 = account(12);
pub(crate) const SURGEON: AccountId32 = account(13);
pub(crate) const PHARMACIST: AccountId32 = account(14);

/// California's board.
pub(crate) const BOARD: OrganisationId = 2;
pub(crate) const BOARD_ADMIN: AccountId32 = account(21);

/// New York's board.
pub(crate) const OTHER_BOARD: OrganisationId = 3;
pub(crate) const OTHER_BOARD_ADMIN: AccountId32 = account(31);

/// Administers what a test puts forward or lets in.
pub(crate) const APPLICANT_ADMIN: AccountId32 = account(41);
/// The number of the first organisation that enters after genesis.
pub(crate) const NEWCOMER: OrganisationId = 4;

/// The surgeon.
pub(crate) const PRACTITIONER: PractitionerId = 1;
/// The surgeon's licence in California.
pub(crate) const LICENCE: LicenceId = 1;
/// The hospital's licence.
pub(crate) const FACILITY: LicenceId = 2;
/// When those licences are valid.
pub(crate) const VALID: Period = Period { from: 1_000, until: Some(2_000) };
pub(crate) const NOW: Moment = 1_500;

pub(crate) const GLN: Gln = Gln(9_506_000_134_352);
pub(crate) const OTHER_GLN: Gln = Gln(4_000_000_000_013);
pub(crate) const NPI: Npi = Npi(1_234_567_893);
pub(crate) const OTHER_NPI: Npi = Npi(1_000_000_012);

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;

	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp::Pallet<Test>;

	#[runtime::pallet_index(2)]
	pub type Providers = pallet_providers::Pallet<Test>;

	#[runtime::pallet_index(3)]
	pub type Credentials = pallet_credentials::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
}

impl pallet_timestamp::Config for Test {
	type Moment = Moment;
	type OnTimestampSet = ();
	type MinimumPeriod = ConstU64<1>;
	type WeightInfo = ();
}

ord_parameter_types! {
	pub const Council: AccountId32 = COUNCIL;
}

impl Config for Test {
	type ChartKeys = Gate;
	type CouncilOrigin = EnsureSignedBy<Council, AccountId32>;
	type Credentials = Credentials;
	type Enrolment = Gate;
	type Time = Timestamp;
	type WeightInfo = ();
}

impl pallet_credentials::Config for Test {
	type CouncilOrigin = EnsureSignedBy<Council, AccountId32>;
	type Organisations = Providers;
	type Time = Timestamp;
	type WeightInfo = ();
}

/// Enrols as the consortium does.
pub struct Gate;

impl Enrolment<AccountId32> for Gate {
	fn enrol(account: &AccountId32) {
		if !Self::is_enrolled(account) {
			System::inc_sufficients(account);
		}
	}

	fn is_enrolled(account: &AccountId32) -> bool {
		System::sufficients(account) > 0
	}
}

impl ChartKeys<AccountId32> for Gate {
	fn is_chart_key(account: &AccountId32) -> bool {
		*account == CHART_KEY
	}
}

pub(crate) fn place(code: &str) -> Jurisdiction {
	code.parse().unwrap()
}

fn organisation(
	kind: OrganisationKind,
	code: &str,
	administrator: AccountId32,
) -> GenesisOrganisation<AccountId32> {
	GenesisOrganisation {
		kind,
		name: format!("{kind} of {code}"),
		jurisdiction: place(code),
		gln: None,
		npi: None,
		administrator,
		staff: Vec::new(),
		head: None,
		encryption_key: None,
		endpoint: String::new(),
	}
}

pub(crate) fn genesis() -> GenesisConfig<Test> {
	GenesisConfig {
		organisations: vec![
			GenesisOrganisation {
				gln: Some(GLN),
				staff: vec![
					(RECORDS, Roles::of(&[Role::RecordsOfficer])),
					(SURGEON, Roles::of(&[Role::Clinician])),
					(PHARMACIST, Roles::of(&[Role::Pharmacist])),
				],
				encryption_key: Some([7; 32]),
				endpoint: "https://vault.example".into(),
				..organisation(OrganisationKind::Hospital, "US-CA", HOSPITAL_ADMIN)
			},
			organisation(OrganisationKind::LicensingBoard, "US-CA", BOARD_ADMIN),
			organisation(OrganisationKind::LicensingBoard, "US-NY", OTHER_BOARD_ADMIN),
		],
		practitioners: vec![GenesisPractitioner {
			account: SURGEON,
			npi: Some(NPI),
			registrar: BOARD,
		}],
		account_keys: vec![(SURGEON, [9; 32])],
	}
}

/// A licence that California's board has verified.
pub(crate) fn licence(holder: Holder, class: LicenceClass) -> GenesisLicence {
	GenesisLicence {
		board: BOARD,
		holder,
		class,
		jurisdictions: vec![place("US-CA")],
		valid: VALID,
		limits: Limits::default(),
		verification: Some(Verification { evidence: Digest([3; 32]), next_due: 10_000 }),
	}
}

/// Both boards license everything where they are; a hospital in California needs a facility licence.
/// The surgeon and the hospital have theirs.
pub(crate) fn credentials() -> pallet_credentials::GenesisConfig<Test> {
	pallet_credentials::GenesisConfig {
		boards: vec![
			(BOARD, place("US-CA"), LicenceClasses::all()),
			(OTHER_BOARD, place("US-NY"), LicenceClasses::all()),
		],
		requirements: vec![(
			OrganisationKind::Hospital,
			place("US-CA"),
			Requirement {
				licences: LicenceClasses::of(&[LicenceClass::Facility]),
				accreditation: Programmes::EMPTY,
				grace: 0,
				from: 0,
			},
		)],
		licences: vec![
			licence(Holder::Practitioner(PRACTITIONER), LicenceClass::Physician),
			licence(Holder::Organisation(HOSPITAL), LicenceClass::Facility),
		],
		..Default::default()
	}
}

pub(crate) fn new_test_ext(genesis: GenesisConfig<Test>) -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	genesis.assimilate_storage(&mut storage).unwrap();
	credentials().assimilate_storage(&mut storage).unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
	});
	ext
}

/// Runs the test and checks every invariant after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext(genesis()).execute_with(|| {
		test();
		Providers::do_try_state().unwrap();
		Credentials::do_try_state().unwrap();
	});
}

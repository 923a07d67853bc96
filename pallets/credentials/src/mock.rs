use crate as pallet_credentials;
use crate::*;
use frame_support::{derive_impl, ord_parameter_types, traits::ConstU64};
use frame_system::EnsureSignedBy;
use pallet_providers::{GenesisOrganisation, GenesisPractitioner};
use salus_primitives::{
	codes::{
		Jurisdiction, LicenceClass, LicenceClasses, OrganisationKind, Programme, Programmes, Role,
		Roles,
	},
	credential::{Holder, Jurisdictions, Limits, Requirement, Verification},
	directory::Enrolment,
	ids::{Digest, LicenceId, OrganisationId, PractitionerId},
	time::{Moment, Period},
};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const fn account(n: u8) -> AccountId32 {
	AccountId32::new([n; 32])
}

/// Speaks for the council; not enrolled in this mock.
pub(crate) const COUNCIL: AccountId32 = account(1);
pub(crate) const STRANGER: AccountId32 = account(2);

/// A hospital in California.
pub(crate) const HOSPITAL: OrganisationId = 1;
pub(crate) const HOSPITAL_ADMIN: AccountId32 = account(11);
pub(crate) const SURGEON: AccountId32 = account(13);

/// California's board.
pub(crate) const BOARD: OrganisationId = 2;
pub(crate) const BOARD_ADMIN: AccountId32 = account(21);

/// New York's board.
pub(crate) const OTHER_BOARD: OrganisationId = 3;
pub(crate) const OTHER_BOARD_ADMIN: AccountId32 = account(31);

/// An accreditation body, for hospitals.
pub(crate) const BODY: OrganisationId = 4;
pub(crate) const BODY_ADMIN: AccountId32 = account(41);
pub(crate) const BODY_INSPECTOR: AccountId32 = account(42);

/// A clinic in California, of the hospital's group.
pub(crate) const CLINIC: OrganisationId = 5;
pub(crate) const CLINIC_ADMIN: AccountId32 = account(51);

/// A second accreditation body, without authority.
pub(crate) const OTHER_BODY: OrganisationId = 6;
pub(crate) const OTHER_BODY_ADMIN: AccountId32 = account(61);

/// A regulator in California, without authority.
pub(crate) const REGULATOR: OrganisationId = 7;
pub(crate) const REGULATOR_ADMIN: AccountId32 = account(71);

/// The surgeon.
pub(crate) const PRACTITIONER: PractitionerId = 1;
/// The surgeon's licence in California.
pub(crate) const LICENCE: LicenceId = 1;
/// The hospital's licence.
pub(crate) const FACILITY: LicenceId = 2;
/// When those licences are valid.
pub(crate) const VALID: Period = Period { from: 1_000, until: Some(2_000) };
pub(crate) const NOW: Moment = 1_500;
pub(crate) const EVIDENCE: Digest = Digest([3; 32]);

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

impl pallet_providers::Config for Test {
	type ChartKeys = ();
	type CouncilOrigin = EnsureSignedBy<Council, AccountId32>;
	type Credentials = Credentials;
	type Enrolment = Gate;
	type Time = Timestamp;
	type WeightInfo = ();
}

impl Config for Test {
	type CouncilOrigin = EnsureSignedBy<Council, AccountId32>;
	type Organisations = Providers;
	type Time = Timestamp;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Entrance;
}

/// Lets organisations and practitioners in for the benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Entrance;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId32> for Entrance {
	fn organisation(kind: OrganisationKind, place: Jurisdiction) -> (AccountId32, OrganisationId) {
		let council = RuntimeOrigin::signed(COUNCIL);
		let name = b"Benchmark".to_vec().try_into().unwrap();
		// Each has its own: nobody judges the house whose staff they are.
		let number = pallet_providers::OrganisationCount::<Test>::get() + 1;
		let administrator = account(100 + u8::try_from(number).unwrap());
		let admin = administrator.clone();
		Providers::admit_organisation(council, kind, name, place, None, None, admin).unwrap();
		(administrator, number)
	}

	fn practitioner() -> (AccountId32, PractitionerId) {
		(SURGEON, PRACTITIONER)
	}
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

pub(crate) fn place(code: &str) -> Jurisdiction {
	code.parse().unwrap()
}

pub(crate) fn places(codes: &[&str]) -> Jurisdictions {
	codes.iter().map(|code| place(code)).collect::<Vec<_>>().try_into().unwrap()
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

pub(crate) fn organisations() -> pallet_providers::GenesisConfig<Test> {
	pallet_providers::GenesisConfig {
		organisations: vec![
			GenesisOrganisation {
				staff: vec![(SURGEON, Roles::of(&[Role::Clinician]))],
				..organisation(OrganisationKind::Hospital, "US-CA", HOSPITAL_ADMIN)
			},
			organisation(OrganisationKind::LicensingBoard, "US-CA", BOARD_ADMIN),
			organisation(OrganisationKind::LicensingBoard, "US-NY", OTHER_BOARD_ADMIN),
			GenesisOrganisation {
				staff: vec![(BODY_INSPECTOR, Roles::of(&[Role::QualityOfficer]))],
				..organisation(OrganisationKind::AccreditationBody, "US-CA", BODY_ADMIN)
			},
			GenesisOrganisation {
				head: Some(HOSPITAL),
				..organisation(OrganisationKind::Clinic, "US-CA", CLINIC_ADMIN)
			},
			organisation(OrganisationKind::AccreditationBody, "US-CA", OTHER_BODY_ADMIN),
			organisation(OrganisationKind::Regulator, "US-CA", REGULATOR_ADMIN),
		],
		practitioners: vec![GenesisPractitioner { account: SURGEON, npi: None, registrar: BOARD }],
		account_keys: Vec::new(),
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
		verification: Some(Verification { evidence: EVIDENCE, next_due: 10_000 }),
	}
}

/// Both boards license everything where they are; a hospital in California needs a facility licence.
/// The surgeon and the hospital have theirs.
pub(crate) fn genesis() -> GenesisConfig<Test> {
	GenesisConfig {
		boards: vec![
			(BOARD, place("US-CA"), LicenceClasses::all()),
			(OTHER_BOARD, place("US-NY"), LicenceClasses::all()),
		],
		bodies: vec![(BODY, Programmes::of(&[Programme::Hospital]))],
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
	organisations().assimilate_storage(&mut storage).unwrap();
	genesis.assimilate_storage(&mut storage).unwrap();
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

use crate as pallet_record_anchor;
use crate::*;
use frame_support::{derive_impl, traits::ConstU64};
use salus_primitives::{
	codes::{RecordState, Role, StandingReason, StandingReasons},
	directory::ProviderDirectory,
	ids::{OrganisationId, PractitionerId, RecordId, Seal},
	time::Moment,
};
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const HOUSE: OrganisationId = 1;
pub(crate) const OTHER: OrganisationId = 2;
pub(crate) const SUSPENDED: OrganisationId = 3;

pub(crate) const RECORDS: u64 = 101;
pub(crate) const SYSTEM: u64 = 102;
pub(crate) const CLINICIAN: u64 = 103;
pub(crate) const PHARMACIST: u64 = 104;
pub(crate) const ADMINISTRATOR: u64 = 105;
pub(crate) const OTHERS_SYSTEM: u64 = 106;
pub(crate) const STRANGER: u64 = 107;

const STAFF: [(u64, OrganisationId, Role); 7] = [
	(RECORDS, HOUSE, Role::RecordsOfficer),
	(SYSTEM, HOUSE, Role::System),
	(CLINICIAN, HOUSE, Role::Clinician),
	(PHARMACIST, HOUSE, Role::Pharmacist),
	(ADMINISTRATOR, HOUSE, Role::Administrator),
	(OTHERS_SYSTEM, OTHER, Role::System),
	(SYSTEM, SUSPENDED, Role::System),
];

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
	pub type RecordAnchor = pallet_record_anchor::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

impl pallet_timestamp::Config for Test {
	type Moment = Moment;
	type OnTimestampSet = ();
	type MinimumPeriod = ConstU64<1>;
	type WeightInfo = ();
}

impl Config for Test {
	type Providers = Directory;
	type Time = Timestamp;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Directory;
}

/// [`STAFF`], and one organisation that is suspended.
pub struct Directory;

impl ProviderDirectory<u64> for Directory {
	fn standing(
		account: &u64,
		organisation: OrganisationId,
		role: Role,
		_: Moment,
	) -> StandingReasons {
		Self::membership(account, organisation, role)
	}

	fn membership(account: &u64, organisation: OrganisationId, role: Role) -> StandingReasons {
		let mut reasons = StandingReasons::EMPTY;
		if organisation == SUSPENDED {
			reasons = reasons.with(StandingReason::OrganisationSuspended);
		}
		if !STAFF.contains(&(*account, organisation, role)) {
			reasons = reasons.with(StandingReason::NotStaff);
		}
		reasons
	}

	fn intake(_: OrganisationId, _: Moment) -> StandingReasons {
		StandingReasons::EMPTY
	}

	fn practitioner(_: &u64) -> Option<PractitionerId> {
		None
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<u64> for Directory {
	fn staff(_: Role) -> (u64, OrganisationId) {
		(CLINICIAN, HOUSE)
	}
}

/// The `n`th record's id.
pub(crate) fn id(n: u8) -> RecordId {
	RecordId([n; 32])
}

/// The `n`th record, which replaces that one.
pub(crate) fn record(n: u8, replaces: Option<u8>) -> NewRecord {
	NewRecord { id: id(n), leaf: Seal([n; 32]), replaces: replaces.map(id) }
}

pub(crate) fn batch(records: impl IntoIterator<Item = NewRecord>) -> RecordBatch {
	records.into_iter().collect::<Vec<_>>().try_into().unwrap()
}

pub(crate) fn state(n: u8) -> Option<RecordState> {
	Records::<Test>::get(id(n)).map(|facts| facts.state)
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(1_000_000);
	});
	ext
}

/// Runs the test and checks every invariant after it.
pub(crate) fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		RecordAnchor::do_try_state().unwrap();
	});
}

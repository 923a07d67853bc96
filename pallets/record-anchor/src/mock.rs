use crate as pallet_record_anchor;
use crate::*;
use frame_support::{derive_impl, traits::ConstU64};
use salus_primitives::{
	codes::{
		Jurisdiction, OrganisationKind, OrganisationState, RecordState, Role, StandingReason,
		StandingReasons,
	},
	credential::House,
	directory::{OrganisationDirectory, ProviderDirectory},
	ids::{OrganisationId, PractitionerId, RecordId, Seal},
	time::Moment,
};
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const HOUSE: OrganisationId = 1;
pub(crate) const OTHER: OrganisationId = 2;
pub(crate) const SUSPENDED: OrganisationId = 3;
/// Takes on nothing new.
pub(crate) const RESTRICTED: OrganisationId = 4;
/// More organisations, up to this number, each with [`BOARD`] as its administrator.
pub(crate) const LAST: OrganisationId = 20;

pub(crate) const RECORDS: u64 = 101;
pub(crate) const SYSTEM: u64 = 102;
pub(crate) const CLINICIAN: u64 = 103;
pub(crate) const PHARMACIST: u64 = 104;
pub(crate) const ADMINISTRATOR: u64 = 105;
pub(crate) const OTHERS_SYSTEM: u64 = 106;
pub(crate) const STRANGER: u64 = 107;
pub(crate) const OTHERS_ADMINISTRATOR: u64 = 108;
pub(crate) const BOARD: u64 = 109;

const STAFF: [(u64, OrganisationId, Role); 11] = [
	(RECORDS, HOUSE, Role::RecordsOfficer),
	(SYSTEM, HOUSE, Role::System),
	(CLINICIAN, HOUSE, Role::Clinician),
	(PHARMACIST, HOUSE, Role::Pharmacist),
	(ADMINISTRATOR, HOUSE, Role::Administrator),
	(OTHERS_SYSTEM, OTHER, Role::System),
	(SYSTEM, SUSPENDED, Role::System),
	(OTHERS_ADMINISTRATOR, OTHER, Role::Administrator),
	(ADMINISTRATOR, SUSPENDED, Role::Administrator),
	(ADMINISTRATOR, RESTRICTED, Role::Administrator),
	(SYSTEM, RESTRICTED, Role::System),
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
	type Organisations = Directory;
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
		<Self as ProviderDirectory<u64>>::membership(account, organisation, role)
	}

	fn membership(account: &u64, organisation: OrganisationId, role: Role) -> StandingReasons {
		let mut reasons = StandingReasons::EMPTY;
		if organisation == SUSPENDED {
			reasons = reasons.with(StandingReason::OrganisationSuspended);
		}
		let board = *account == BOARD
			&& (RESTRICTED + 1..=LAST).contains(&organisation)
			&& role == Role::Administrator;
		if !board && !STAFF.contains(&(*account, organisation, role)) {
			reasons = reasons.with(StandingReason::NotStaff);
		}
		reasons
	}

	fn intake(organisation: OrganisationId, _: Moment) -> StandingReasons {
		match organisation {
			RESTRICTED => StandingReasons::of(&[StandingReason::AccreditationMissing]),
			_ => StandingReasons::EMPTY,
		}
	}

	fn practitioner(_: &u64) -> Option<PractitionerId> {
		None
	}

	fn is_independent(
		_: PractitionerId,
		_: &u64,
		house: OrganisationId,
		(_, reviewer): (&u64, OrganisationId),
	) -> bool {
		house != reviewer
	}
}

impl OrganisationDirectory<u64> for Directory {
	fn organisation(organisation: OrganisationId) -> Option<(House, OrganisationState)> {
		let house = House {
			id: organisation,
			kind: OrganisationKind::Hospital,
			place: Jurisdiction(*b"US-CA\0"),
			since: 0,
		};
		let state = match organisation {
			SUSPENDED => OrganisationState::Suspended,
			_ => OrganisationState::Active,
		};
		(HOUSE..=LAST).contains(&organisation).then_some((house, state))
	}

	fn membership(account: &u64, organisation: OrganisationId, role: Role) -> StandingReasons {
		<Self as ProviderDirectory<u64>>::membership(account, organisation, role)
	}

	fn are_affiliated(_: OrganisationId, _: OrganisationId) -> bool {
		false
	}

	fn is_practitioner(_: PractitionerId) -> bool {
		false
	}

	fn practitioner(_: &u64) -> Option<PractitionerId> {
		None
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<u64> for Directory {
	fn staff(role: Role) -> (u64, OrganisationId) {
		(if role == Role::Administrator { ADMINISTRATOR } else { SYSTEM }, HOUSE)
	}
	fn receiver(role: Role) -> (u64, OrganisationId) {
		(if role == Role::Administrator { OTHERS_ADMINISTRATOR } else { OTHERS_SYSTEM }, OTHER)
	}
}

/// The id of the `n`th record: from 190 on the other house's, before that the house's.
pub(crate) fn id(n: u8) -> RecordId {
	RecordId([n; 32]).anchored_at(if n < 190 { HOUSE } else { OTHER })
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

use crate as pallet_consortium;
use crate::*;
use frame_support::{
	derive_impl, ord_parameter_types,
	traits::{ConstU32, ValidatorRegistration},
};
use frame_system::EnsureSignedBy;
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

/// Speaks for the council.
pub(crate) const COUNCIL: u64 = 1;
pub(crate) const FIRST: u64 = 11;
pub(crate) const SECOND: u64 = 12;
/// Has session keys and is not enrolled.
pub(crate) const THIRD: u64 = 13;
/// Is enrolled as staff is, without being an operator.
pub(crate) const STAFF: u64 = 21;
pub(crate) const STRANGER: u64 = 31;
/// From here on accounts have no session keys.
pub(crate) const KEYLESS: u64 = 1_000;
pub(crate) const MAX_VALIDATORS: u32 = 5;
pub(crate) const SESSION: u32 = 20;

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
	pub type Consortium = pallet_consortium::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

ord_parameter_types! {
	pub const Council: u64 = COUNCIL;
}

pub struct Keys;

impl ValidatorRegistration<u64> for Keys {
	fn is_registered(who: &u64) -> bool {
		*who < KEYLESS
	}
}

impl Config for Test {
	type CouncilOrigin = EnsureSignedBy<Council, u64>;
	type SessionKeys = Keys;
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type WeightInfo = ();
}

/// Two validators, and an account of someone's staff.
pub(crate) fn genesis() -> GenesisConfig<Test> {
	GenesisConfig {
		validators: vec![FIRST, SECOND],
		accounts: vec![STAFF],
		session_length: SESSION,
	}
}

pub(crate) fn new_test_ext(genesis: GenesisConfig<Test>) -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	genesis.assimilate_storage(&mut storage).unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs the test and checks every invariant after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	new_test_ext(genesis()).execute_with(|| {
		test();
		Consortium::do_try_state().unwrap();
	});
}

//! What every chain has: accounts, time, batches, migrations.

use crate::{
	constants::{
		BlockLength, BlockWeights, MaxMigrationWeight, BLOCK_HASH_COUNT, SLOT_DURATION, SS58_PREFIX,
	},
	AccountId, Aura, Block, Hash, MultiBlockMigrations, Nonce, OriginCaller, PalletInfo, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, VERSION,
};
use frame_support::{
	derive_impl,
	migrations::FreezeChainOnFailedMigration,
	parameter_types,
	traits::{ConstU16, ConstU32, ConstU64},
	weights::constants::ParityDbWeight,
};
use sp_version::RuntimeVersion;

parameter_types! {
	/// The version of the runtime.
	pub const Version: RuntimeVersion = VERSION;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountId = AccountId;
	type Block = Block;
	type BlockHashCount = ConstU32<BLOCK_HASH_COUNT>;
	type BlockLength = BlockLength;
	type BlockWeights = BlockWeights;
	type DbWeight = ParityDbWeight;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type Hash = Hash;
	type MultiBlockMigrator = MultiBlockMigrations;
	type Nonce = Nonce;
	type SS58Prefix = ConstU16<SS58_PREFIX>;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	// Half a slot: no two blocks of neighbouring slots are closer.
	type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
	type Moment = u64;
	type OnTimestampSet = Aura;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type CursorMaxLen = ConstU32<65_536>;
	// A half-migrated state must not be worked on. No transaction passes then, the council's neither:
	// the operators mend it together, by `codeSubstitutes` in the chain specification.
	type FailedMigrationHandler = FreezeChainOnFailedMigration;
	type IdentifierMaxLen = ConstU32<256>;
	type MaxServiceWeight = MaxMigrationWeight;
	type MigrationStatusHandler = ();
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = ();
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}

//! Speed and size of the chain, and why.
//!
//! # Time
//!
//! A slot is one second. In it one validator builds a block, the network carries it, and the author
//! of the next slot has executed it again before it builds on it:
//!
//! | part of the slot | at most |
//! |---|---|
//! | the author executes | 400 ms ([`MAX_BLOCK_COMPUTE`]) |
//! | the network carries the block | 200 ms |
//! | the next author executes it again | 400 ms |
//!
//! A quarter of the block is kept for operational calls, so that governance and consensus get
//! through a block that others fill. The heaviest single call, `apply_authorized_upgrade` at about
//! 167 ms, fits an operational call's share.
//!
//! # Length
//!
//! A full block of ordinary transactions is [`NORMAL_BLOCK_LENGTH`], which a 100 Mbit/s line carries
//! in 84 ms. A batch of 128 records takes 13 kB of it. Operational calls may fill
//! [`MAX_BLOCK_LENGTH`], since `apply_authorized_upgrade` carries the runtime in one transaction:
//! well under 1 MB as released, and 3.4 MB as built for development, where it is not compressed. Such a
//! block may miss its slot, and there is one per upgrade.
//!
//! # Weight of the database
//!
//! Reads and writes weigh what the SDK states for ParityDB, the database of `salus-node`: 8 µs and
//! 50 µs. They were measured on the SDK's reference hardware, not on a consortium's machines and not
//! on this chain's state. The weights of the SDK's pallets come from the same hardware.

use crate::BlockNumber;
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	weights::{
		constants::{BlockExecutionWeight, ExtrinsicBaseWeight, WEIGHT_REF_TIME_PER_MILLIS},
		Weight,
	},
};
use frame_system::limits;
use sp_runtime::Perbill;

/// Length of a slot in milliseconds.
pub const SLOT_DURATION: u64 = 1_000;

/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60;
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;

/// How many block hashes the runtime remembers: the longest a mortal transaction lives, 68 minutes.
/// The SDK's 256 would be four minutes here, too short for a clinician who is called away.
pub const BLOCK_HASH_COUNT: BlockNumber = 4_096;

/// The prefix of addresses: the SDK's generic one.
pub const SS58_PREFIX: u16 = 42;

/// How long a block may compute. Only time is bounded: without a relay chain nobody carries proofs.
pub const MAX_BLOCK_COMPUTE: Weight = milliseconds(400);

/// How long the ordinary calls of a block may compute.
pub const NORMAL_BLOCK_COMPUTE: Weight = milliseconds(300);

/// What operational calls get in a block that others fill.
const RESERVED_BLOCK_COMPUTE: Weight = milliseconds(100);

const fn milliseconds(count: u64) -> Weight {
	Weight::from_parts(WEIGHT_REF_TIME_PER_MILLIS.saturating_mul(count), u64::MAX)
}

/// The part of a block that goes to hooks on average.
const INITIALIZATION_RATIO: Perbill = Perbill::from_percent(10);

/// The longest a block may be, in bytes. Holds the runtime with room to grow.
pub const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

/// The longest that ordinary calls may make a block, in bytes.
pub const NORMAL_BLOCK_LENGTH: u32 = 1024 * 1024;

/// Most validators there can be.
pub const MAX_VALIDATORS: u32 = 100;

/// Most members the council can have.
pub const MAX_COUNCIL_MEMBERS: u32 = 100;

parameter_types! {
	/// Limits of a block's weight.
	pub BlockWeights: limits::BlockWeights = limits::BlockWeights::builder()
		.base_block(BlockExecutionWeight::get())
		.for_class(DispatchClass::all(), |weights| {
			weights.base_extrinsic = ExtrinsicBaseWeight::get();
		})
		.for_class(DispatchClass::Normal, |weights| {
			weights.max_total = Some(NORMAL_BLOCK_COMPUTE);
		})
		.for_class(DispatchClass::Operational, |weights| {
			weights.max_total = Some(MAX_BLOCK_COMPUTE);
			weights.reserved = Some(RESERVED_BLOCK_COMPUTE);
		})
		.avg_block_initialization(INITIALIZATION_RATIO)
		.build_or_panic();

	/// Limits of a block's length.
	pub BlockLength: limits::BlockLength = limits::BlockLength::builder()
		.max_length(MAX_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |length| {
			*length = NORMAL_BLOCK_LENGTH;
		})
		.build();

	/// What one dispatch by the council or the scheduler may weigh: half a block.
	pub MaxGovernanceWeight: Weight = milliseconds(200);

	/// What a block spends on a migration that runs over several blocks.
	pub MaxMigrationWeight: Weight = NORMAL_BLOCK_COMPUTE;
}

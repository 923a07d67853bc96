//! Weights of the calls, set by hand and conservative: database accesses counted in the code,
//! processor time from the cost of a signature check, both rounded up.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};
use salus_primitives::directory::STANDING_READS;

/// Weights of this pallet's calls.
pub trait WeightInfo {
	/// For `entries` statements.
	fn enrol_charts(entries: u32) -> Weight;
}

/// By the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn enrol_charts(entries: u32) -> Weight {
		enrol_charts(T::DbWeight::get(), entries)
	}
}

impl WeightInfo for () {
	fn enrol_charts(entries: u32) -> Weight {
		enrol_charts(RocksDbWeight::get(), entries)
	}
}

/// Decoding, event and bookkeeping of one call: 20 µs.
const BASE: Weight = Weight::from_parts(20_000_000, 0);
/// Two signature checks of at most 70 µs, hashing, one event: 160 µs.
const ENTRY: Weight = Weight::from_parts(160_000_000, 0);

fn enrol_charts(db: RuntimeDbWeight, entries: u32) -> Weight {
	let entries = u64::from(entries);
	// Genesis hash and time; for each entry chart, key, gate and account, each read and written.
	let reads = entries.saturating_mul(4).saturating_add(STANDING_READS).saturating_add(2);
	BASE.saturating_add(ENTRY.saturating_mul(entries))
		.saturating_add(db.reads_writes(reads, entries.saturating_mul(4)))
}

//! Weights of the calls, set by hand and conservative: database accesses counted in the code,
//! processor time rounded up.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};
use salus_primitives::directory::STANDING_READS;

/// Weights of this pallet's calls.
pub trait WeightInfo {
	/// For `records` records.
	fn anchor_records(records: u32) -> Weight;
	/// Of the call.
	fn mark_entered_in_error() -> Weight;
}

/// By the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn anchor_records(records: u32) -> Weight {
		anchor_records(T::DbWeight::get(), records)
	}
	fn mark_entered_in_error() -> Weight {
		mark_entered_in_error(T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn anchor_records(records: u32) -> Weight {
		anchor_records(RocksDbWeight::get(), records)
	}
	fn mark_entered_in_error() -> Weight {
		mark_entered_in_error(RocksDbWeight::get())
	}
}

/// Decoding, event and bookkeeping of one call: 20 µs.
const BASE: Weight = Weight::from_parts(20_000_000, 0);
/// Lookup in the batch, encoding and two events: 15 µs.
const RECORD: Weight = Weight::from_parts(15_000_000, 0);

fn anchor_records(db: RuntimeDbWeight, records: u32) -> Weight {
	let records = u64::from(records);
	// Time and count; for each record itself and what it replaces are read and written, and its
	// number is written.
	let reads = records.saturating_mul(2).saturating_add(STANDING_READS).saturating_add(2);
	let writes = records.saturating_mul(3).saturating_add(1);
	BASE.saturating_add(RECORD.saturating_mul(records))
		.saturating_add(db.reads_writes(reads, writes))
}

fn mark_entered_in_error(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(2), 2))
}

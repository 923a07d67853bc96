//! Weights of the calls, set by hand and conservative: database accesses counted in the code,
//! processor time from the cost of a signature check, both rounded up.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};
use salus_primitives::directory::{MAX_HANDOVERS, STANDING_READS};

/// Weights of this pallet's calls.
pub trait WeightInfo {
	/// For `entries` statements.
	fn enrol_charts(entries: u32) -> Weight;
	/// Of the call.
	fn rotate_key() -> Weight;
	/// Of the call.
	fn set_guard() -> Weight;
	/// Of the call.
	fn start_rekeying() -> Weight;
	/// Of the call.
	fn cancel_rekeying() -> Weight;
	/// Of the call.
	fn complete_rekeying() -> Weight;
	/// Of the call.
	fn deactivate() -> Weight;
	/// Of the call.
	fn reactivate() -> Weight;
	/// Of the call.
	fn report_death() -> Weight;
	/// Of the call.
	fn dispute_death() -> Weight;
	/// Of the call.
	fn dispute_death_as_guardian() -> Weight;
	/// Of the call.
	fn set_posthumous_rule() -> Weight;
	/// Of the call.
	fn uphold_rekeying() -> Weight;
}

/// By the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn enrol_charts(entries: u32) -> Weight {
		enrol_charts(T::DbWeight::get(), entries)
	}
	fn rotate_key() -> Weight {
		rotate_key(T::DbWeight::get())
	}
	fn set_guard() -> Weight {
		set_guard(T::DbWeight::get())
	}
	fn start_rekeying() -> Weight {
		start_rekeying(T::DbWeight::get())
	}
	fn cancel_rekeying() -> Weight {
		cancel_rekeying(T::DbWeight::get())
	}
	fn complete_rekeying() -> Weight {
		complete_rekeying(T::DbWeight::get())
	}
	fn deactivate() -> Weight {
		change_state(T::DbWeight::get())
	}
	fn reactivate() -> Weight {
		change_state(T::DbWeight::get())
	}
	fn report_death() -> Weight {
		report_death(T::DbWeight::get())
	}
	fn dispute_death() -> Weight {
		dispute_death(T::DbWeight::get())
	}
	fn dispute_death_as_guardian() -> Weight {
		dispute_death_as_guardian(T::DbWeight::get())
	}
	fn set_posthumous_rule() -> Weight {
		set_posthumous_rule(T::DbWeight::get())
	}
	fn uphold_rekeying() -> Weight {
		uphold_rekeying(T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn enrol_charts(entries: u32) -> Weight {
		enrol_charts(RocksDbWeight::get(), entries)
	}
	fn rotate_key() -> Weight {
		rotate_key(RocksDbWeight::get())
	}
	fn set_guard() -> Weight {
		set_guard(RocksDbWeight::get())
	}
	fn start_rekeying() -> Weight {
		start_rekeying(RocksDbWeight::get())
	}
	fn cancel_rekeying() -> Weight {
		cancel_rekeying(RocksDbWeight::get())
	}
	fn complete_rekeying() -> Weight {
		complete_rekeying(RocksDbWeight::get())
	}
	fn deactivate() -> Weight {
		change_state(RocksDbWeight::get())
	}
	fn reactivate() -> Weight {
		change_state(RocksDbWeight::get())
	}
	fn report_death() -> Weight {
		report_death(RocksDbWeight::get())
	}
	fn dispute_death() -> Weight {
		dispute_death(RocksDbWeight::get())
	}
	fn dispute_death_as_guardian() -> Weight {
		dispute_death_as_guardian(RocksDbWeight::get())
	}
	fn set_posthumous_rule() -> Weight {
		set_posthumous_rule(RocksDbWeight::get())
	}
	fn uphold_rekeying() -> Weight {
		uphold_rekeying(RocksDbWeight::get())
	}
}

/// Decoding, event and bookkeeping of one call: 20 µs.
const BASE: Weight = Weight::from_parts(20_000_000, 0);
/// The way to who keeps a chart.
const WAY: u64 = 8;
const _: () = assert!(MAX_HANDOVERS == 8, "the way counts a read for each step");
/// Two signature checks of at most 70 µs, hashing, three events: 180 µs.
const ENTRY: Weight = Weight::from_parts(180_000_000, 0);

fn enrol_charts(db: RuntimeDbWeight, entries: u32) -> Weight {
	let entries = u64::from(entries);
	// Genesis hash, time and who keeps the house's holding; for each entry chart, key, gate and account, each read and
	// written, and a guard written.
	let reads = entries.saturating_mul(4).saturating_add(STANDING_READS).saturating_add(2 + WAY);
	BASE.saturating_add(ENTRY.saturating_mul(entries))
		.saturating_add(db.reads_writes(reads, entries.saturating_mul(5)))
}

/// Two signature checks of at most 70 µs, five hashes of a guard's leaf and way: 160 µs.
const WORD: Weight = Weight::from_parts(160_000_000, 0);

/// Reads chart, keeper, re-keying, time, genesis hash, key, gate and account; writes chart, key, gate
/// and account.
fn rotate_key(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(WORD).saturating_add(db.reads_writes(7 + WAY, 4))
}

/// Reads chart, re-keying and guard; writes the guard.
fn set_guard(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(3, 1))
}

/// Reads chart, keeper, standing, re-keying, time, genesis hash, delay, key and gate; writes key and
/// re-keying.
fn start_rekeying(db: RuntimeDbWeight) -> Weight {
	let reads = STANDING_READS.saturating_add(8 + 2 * WAY);
	BASE.saturating_add(WORD).saturating_add(db.reads_writes(reads, 2))
}

/// Reads chart, keeper, standing, time, re-keying and contest; writes re-keying and contest.
fn cancel_rekeying(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(4 + WAY), 2))
}

/// Reads chart, keeper, standing in two roles, re-keying, contest, time, gate and account; writes
/// re-keying, contest, chart, gate and account.
fn complete_rekeying(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(7 + WAY), 5))
}

/// Reads and writes the chart.
fn change_state(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(1, 1))
}

/// Reads chart, keeper, standing, practitioner and time; writes report and chart.
fn report_death(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(3 + WAY), 2))
}

/// Reads chart, keeper, standing, time and report; writes chart and report.
fn dispute_death(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(3 + WAY), 2))
}

/// Reads chart, report, guard, time and genesis hash; writes chart and report.
fn dispute_death_as_guardian(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(WORD).saturating_add(db.reads_writes(5, 2))
}

/// Reads and writes the rule.
fn set_posthumous_rule(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(1, 1))
}

/// Reads chart and contest; writes the contest.
fn uphold_rekeying(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(2, 1))
}

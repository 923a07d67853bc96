//! Weights of the calls, set by hand and conservative: database accesses counted in the code,
//! processor time rounded up.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};
use salus_primitives::{decision::MAX_ACTIVE_DIRECTIVES, directory::STANDING_READS};

/// Weights of this pallet's calls.
pub trait WeightInfo {
	/// Of the call.
	fn issue_directive() -> Weight;
	/// Of the call.
	fn revoke_directive() -> Weight;
	/// Of the call.
	fn mark_directive_entered_in_error() -> Weight;
	/// Of the call.
	fn request_access() -> Weight;
	/// Of the call.
	fn withdraw_request() -> Weight;
	/// Of the call.
	fn post_disclosure_root() -> Weight;
	/// Of the call.
	fn issue_directive_as_guardian() -> Weight;
	/// Of the call.
	fn revoke_directive_as_guardian() -> Weight;
	/// Of the call.
	fn mark_directive_entered_in_error_as_guardian() -> Weight;
	/// Of the call with `n` orders.
	fn submit_orders(n: u32) -> Weight;
}

/// By the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn issue_directive() -> Weight {
		issue_directive(T::DbWeight::get())
	}
	fn revoke_directive() -> Weight {
		end_directive(T::DbWeight::get())
	}
	fn mark_directive_entered_in_error() -> Weight {
		end_directive(T::DbWeight::get())
	}
	fn request_access() -> Weight {
		request_access(T::DbWeight::get())
	}
	fn withdraw_request() -> Weight {
		withdraw_request(T::DbWeight::get())
	}
	fn post_disclosure_root() -> Weight {
		post_disclosure_root(T::DbWeight::get())
	}
	fn issue_directive_as_guardian() -> Weight {
		issue_directive_as_guardian(T::DbWeight::get())
	}
	fn revoke_directive_as_guardian() -> Weight {
		as_guardian(T::DbWeight::get(), end_directive)
	}
	fn mark_directive_entered_in_error_as_guardian() -> Weight {
		as_guardian(T::DbWeight::get(), end_directive)
	}
	fn submit_orders(n: u32) -> Weight {
		submit_orders(T::DbWeight::get(), n)
	}
}

impl WeightInfo for () {
	fn issue_directive() -> Weight {
		issue_directive(RocksDbWeight::get())
	}
	fn revoke_directive() -> Weight {
		end_directive(RocksDbWeight::get())
	}
	fn mark_directive_entered_in_error() -> Weight {
		end_directive(RocksDbWeight::get())
	}
	fn request_access() -> Weight {
		request_access(RocksDbWeight::get())
	}
	fn withdraw_request() -> Weight {
		withdraw_request(RocksDbWeight::get())
	}
	fn post_disclosure_root() -> Weight {
		post_disclosure_root(RocksDbWeight::get())
	}
	fn issue_directive_as_guardian() -> Weight {
		issue_directive_as_guardian(RocksDbWeight::get())
	}
	fn revoke_directive_as_guardian() -> Weight {
		as_guardian(RocksDbWeight::get(), end_directive)
	}
	fn mark_directive_entered_in_error_as_guardian() -> Weight {
		as_guardian(RocksDbWeight::get(), end_directive)
	}
	fn submit_orders(n: u32) -> Weight {
		submit_orders(RocksDbWeight::get(), n)
	}
}

/// Decoding, two events and a full list of 64 ids: 40 µs.
const BASE: Weight = Weight::from_parts(40_000_000, 0);

/// Two signature checks of at most 70 µs, five hashes of a guard's leaf and way: 160 µs.
const WORD: Weight = Weight::from_parts(160_000_000, 0);

/// Two signature checks of at most 70 µs and the event of a refusal: 150 µs.
const ORDER: Weight = Weight::from_parts(150_000_000, 0);

/// Each order at worst issues a directive; reads chart, time and genesis hash besides.
fn submit_orders(db: RuntimeDbWeight, n: u32) -> Weight {
	let order = issue_directive(db).saturating_add(ORDER).saturating_add(db.reads(3));
	BASE.saturating_add(order.saturating_mul(n.into()))
}

/// What it takes by the chart's key; reads guard, time and genesis hash besides.
fn as_guardian(db: RuntimeDbWeight, by_key: fn(RuntimeDbWeight) -> Weight) -> Weight {
	by_key(db).saturating_add(WORD).saturating_add(db.reads(3))
}

/// Reads every directive of a full list besides, to count the guardians'.
fn issue_directive_as_guardian(db: RuntimeDbWeight) -> Weight {
	let counted = db.reads(MAX_ACTIVE_DIRECTIVES.into());
	as_guardian(db, issue_directive).saturating_add(counted)
}

/// Reads chart, and of a dead patient's custodian and rules, new and replaced directive, list and
/// count; writes them and the number.
fn issue_directive(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(8, 5))
}

/// Reads directive, list and chart, and of a dead patient's custodian and rules; writes directive and list.
fn end_directive(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(6, 2))
}

/// Reads time, standing, practitioner and request; writes the request.
fn request_access(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(3), 1))
}

/// Reads time and request; writes the request.
fn withdraw_request(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(2, 1))
}

/// Reads time, standing and count; writes count and root.
fn post_disclosure_root(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(2), 2))
}

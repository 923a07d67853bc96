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
	/// Of the call.
	fn open_break_glass() -> Weight;
	/// Of the call.
	fn widen_break_glass() -> Weight;
	/// Of the call.
	fn renew_break_glass() -> Weight;
	/// Of the call.
	fn close_break_glass() -> Weight;
	/// Of the call.
	fn confirm_break_glass() -> Weight;
	/// Of the call.
	fn account_for_break_glass() -> Weight;
	/// Of the call.
	fn review_break_glass() -> Weight;
	/// Of the call.
	fn restore_emergency_privilege() -> Weight;
	/// Of the call.
	fn post_break_glass() -> Weight;
	/// Of the call.
	fn file_ask() -> Weight;
	/// Of the call.
	fn withdraw_ask() -> Weight;
	/// Of the call.
	fn extend_ask() -> Weight;
	/// Of the call.
	fn grant_ask() -> Weight;
	/// Of the call.
	fn refuse_ask() -> Weight;
	/// Of the call.
	fn issue_directive_on_paper() -> Weight;
	/// Of the call.
	fn end_directive_on_paper() -> Weight;
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
	fn open_break_glass() -> Weight {
		open_break_glass(T::DbWeight::get())
	}
	fn widen_break_glass() -> Weight {
		go_on(T::DbWeight::get())
	}
	fn renew_break_glass() -> Weight {
		go_on(T::DbWeight::get())
	}
	fn close_break_glass() -> Weight {
		close_break_glass(T::DbWeight::get())
	}
	fn confirm_break_glass() -> Weight {
		confirm_break_glass(T::DbWeight::get())
	}
	fn account_for_break_glass() -> Weight {
		account_for_break_glass(T::DbWeight::get())
	}
	fn review_break_glass() -> Weight {
		review_break_glass(T::DbWeight::get())
	}
	fn restore_emergency_privilege() -> Weight {
		restore_emergency_privilege(T::DbWeight::get())
	}
	fn post_break_glass() -> Weight {
		post_break_glass(T::DbWeight::get())
	}
	fn file_ask() -> Weight {
		ask_custodian(T::DbWeight::get())
	}
	fn withdraw_ask() -> Weight {
		ask_custodian(T::DbWeight::get())
	}
	fn extend_ask() -> Weight {
		answer_patient(T::DbWeight::get())
	}
	fn grant_ask() -> Weight {
		answer_patient(T::DbWeight::get())
	}
	fn refuse_ask() -> Weight {
		answer_patient(T::DbWeight::get())
	}
	fn issue_directive_on_paper() -> Weight {
		issue_directive_on_paper(T::DbWeight::get())
	}
	fn end_directive_on_paper() -> Weight {
		on_paper(T::DbWeight::get(), end_directive)
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
	fn open_break_glass() -> Weight {
		open_break_glass(RocksDbWeight::get())
	}
	fn widen_break_glass() -> Weight {
		go_on(RocksDbWeight::get())
	}
	fn renew_break_glass() -> Weight {
		go_on(RocksDbWeight::get())
	}
	fn close_break_glass() -> Weight {
		close_break_glass(RocksDbWeight::get())
	}
	fn confirm_break_glass() -> Weight {
		confirm_break_glass(RocksDbWeight::get())
	}
	fn account_for_break_glass() -> Weight {
		account_for_break_glass(RocksDbWeight::get())
	}
	fn review_break_glass() -> Weight {
		review_break_glass(RocksDbWeight::get())
	}
	fn restore_emergency_privilege() -> Weight {
		restore_emergency_privilege(RocksDbWeight::get())
	}
	fn post_break_glass() -> Weight {
		post_break_glass(RocksDbWeight::get())
	}
	fn file_ask() -> Weight {
		ask_custodian(RocksDbWeight::get())
	}
	fn withdraw_ask() -> Weight {
		ask_custodian(RocksDbWeight::get())
	}
	fn extend_ask() -> Weight {
		answer_patient(RocksDbWeight::get())
	}
	fn grant_ask() -> Weight {
		answer_patient(RocksDbWeight::get())
	}
	fn refuse_ask() -> Weight {
		answer_patient(RocksDbWeight::get())
	}
	fn issue_directive_on_paper() -> Weight {
		issue_directive_on_paper(RocksDbWeight::get())
	}
	fn end_directive_on_paper() -> Weight {
		on_paper(RocksDbWeight::get(), end_directive)
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

/// Reads of a practitioner's privilege: withdrawal, two lists, and each of the
/// [`MAX_UNACCOUNTED`](crate::MAX_UNACCOUNTED) and
/// [`MAX_POSTED_UNACCOUNTED`](crate::MAX_POSTED_UNACCOUNTED) that can be listed.
const PRIVILEGE_READS: u64 = 99;

/// Reads time, standing, practitioner, break-glass, privilege, the list once more from the overlay, recent
/// openings and count; writes break-glass, list, recent openings, place, its reverse and count.
fn open_break_glass(db: RuntimeDbWeight) -> Weight {
	let reads = STANDING_READS.saturating_add(PRIVILEGE_READS).saturating_add(5);
	BASE.saturating_add(db.reads_writes(reads, 6))
}

/// Of widening and renewing. Reads time, break-glass, practitioner, standing and privilege; writes the
/// break-glass.
fn go_on(db: RuntimeDbWeight) -> Weight {
	let reads = STANDING_READS.saturating_add(PRIVILEGE_READS).saturating_add(3);
	BASE.saturating_add(db.reads_writes(reads, 1))
}

/// Reads time, break-glass and practitioner; writes the break-glass.
fn close_break_glass(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(3, 1))
}

/// Reads time, standing, practitioner and break-glass; writes the break-glass.
fn confirm_break_glass(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(3), 1))
}

/// Reads time, break-glass and practitioner, and of a posted one itself among the further ones, list, and the
/// first of the further ones; writes break-glass, list and that one.
fn account_for_break_glass(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(7, 3))
}

/// Reads time, standing, break-glass, the clinician's account, two heads of groups, staff, practitioner,
/// and place, count and last of what is unsettled; writes break-glass, privilege, count, two places and
/// their reverses.
fn review_break_glass(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(10), 7))
}

/// Reads and removes the withdrawal.
fn restore_emergency_privilege(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(1, 1))
}

/// Reads time, standing, practitioner and former one of both accounts, break-glass, genesis and head hash,
/// number, list and count; writes break-glass, list or further one, place, its reverse and count. Two
/// signature checks as in [`ORDER`].
fn post_break_glass(db: RuntimeDbWeight) -> Weight {
	let reads = STANDING_READS.saturating_add(12);
	BASE.saturating_add(ORDER).saturating_add(db.reads_writes(reads, 5))
}

/// Of filing and withdrawing. Reads chart, and of a dead patient's custodian and rules, asks and time;
/// writes the asks.
fn ask_custodian(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(6, 1))
}

/// Of putting off and answering. The same, and reads standing, for each of two roles at worst.
fn answer_patient(db: RuntimeDbWeight) -> Weight {
	BASE.saturating_add(db.reads_writes(STANDING_READS.saturating_add(6), 1))
}

/// What it takes by the chart's key; reads time, genesis hash, standing, practitioner and former one of both
/// witnesses besides.
fn on_paper(db: RuntimeDbWeight, by_key: fn(RuntimeDbWeight) -> Weight) -> Weight {
	let reads = STANDING_READS.saturating_mul(2).saturating_add(6);
	by_key(db).saturating_add(ORDER).saturating_add(db.reads(reads))
}

/// Reads every directive of a full list besides, to count those on paper.
fn issue_directive_on_paper(db: RuntimeDbWeight) -> Weight {
	let counted = db.reads(MAX_ACTIVE_DIRECTIVES.into());
	on_paper(db, issue_directive).saturating_add(counted)
}

//! Weights: storage accesses counted by hand, worst case, over a fixed base for the computation.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Computation of one call besides its storage accesses: 50 µs, several times what it takes.
const BASE: Weight = Weight::from_parts(50_000_000, 0);

fn bound(database: RuntimeDbWeight, reads: u64, writes: u64) -> Weight {
	BASE.saturating_add(database.reads_writes(reads, writes))
}

/// Declares the trait and both implementations from one table of storage accesses.
macro_rules! weights {
	($($call:ident: $reads:literal reads, $writes:literal writes;)+) => {
		/// Weights of the calls.
		pub trait WeightInfo {
			$(
				#[doc = concat!("Weight of `", stringify!($call), "`.")]
				fn $call() -> Weight;
			)+
		}

		/// Weights with the runtime's database.
		pub struct SubstrateWeight<T>(PhantomData<T>);

		impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
			$(fn $call() -> Weight { bound(T::DbWeight::get(), $reads, $writes) })+
		}

		/// For tests.
		impl WeightInfo for () {
			$(fn $call() -> Weight { bound(RocksDbWeight::get(), $reads, $writes) })+
		}
	};
}

weights! {
	authorise_board: 2 reads, 1 writes;
	revoke_board_authority: 1 reads, 1 writes;
	authorise_body: 2 reads, 1 writes;
	appoint_successor: 20 reads, 9 writes;
	set_requirement: 5 reads, 2 writes;
	issue_licence: 210 reads, 37 writes;
	verify_licence: 120 reads, 1 writes;
	renew_licence: 120 reads, 1 writes;
	set_licence_state: 120 reads, 1 writes;
	surrender_licence: 4 reads, 1 writes;
	set_licence_limits: 130 reads, 1 writes;
	accredit: 200 reads, 3 writes;
	decide_accreditation: 110 reads, 1 writes;
	renew_accreditation: 110 reads, 1 writes;
	appeal_denial: 6 reads, 1 writes;
	withdraw_accreditation: 12 reads, 1 writes;
	record_inspection: 145 reads, 6 writes;
	close_follow_up: 110 reads, 2 writes;
	mark_inspection_entered_in_error: 110 reads, 2 writes;
}

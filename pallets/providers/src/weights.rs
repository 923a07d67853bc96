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
	admit_organisation: 6 reads, 8 writes;
	set_organisation_state: 1 reads, 1 writes;
	authorise_board: 2 reads, 1 writes;
	revoke_board_authority: 1 reads, 1 writes;
	set_staff: 7 reads, 4 writes;
	remove_staff: 5 reads, 2 writes;
	register_practitioner: 9 reads, 6 writes;
	issue_licence: 7 reads, 3 writes;
	set_licence_state: 5 reads, 1 writes;
	publish_organisation_key: 4 reads, 1 writes;
	set_endpoint: 3 reads, 1 writes;
	publish_account_key: 2 reads, 1 writes;
}

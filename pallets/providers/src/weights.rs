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
	admit_organisation: 15 reads, 15 writes;
	set_organisation_state: 6 reads, 5 writes;
	set_staff: 10 reads, 7 writes;
	remove_staff: 6 reads, 5 writes;
	register_practitioner: 87 reads, 6 writes;
	publish_organisation_key: 3 reads, 1 writes;
	set_endpoint: 2 reads, 1 writes;
	publish_account_key: 2 reads, 1 writes;
	apply: 18 reads, 17 writes;
	withdraw_application: 7 reads, 5 writes;
	set_organisation_profile: 4 reads, 5 writes;
	offer_administration: 6 reads, 3 writes;
	withdraw_administration_offer: 3 reads, 1 writes;
	accept_administration: 12 reads, 9 writes;
	replace_administrators: 43 reads, 56 writes;
	declare_affiliation: 8 reads, 2 writes;
	end_affiliation: 2 reads, 2 writes;
	change_practitioner_account: 92 reads, 6 writes;
	publish_profile: 2 reads, 1 writes;
	assign_supervisor: 6 reads, 1 writes;
}

//! Weights of the calls, set by hand and conservative: database accesses counted in the code,
//! processor time rounded up.
//!
//! Who keeps a record, batch or holding takes up to [`MAX_HANDOVERS`] reads; where many of them are looked
//! at in one call, each is counted with its own way.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};
use salus_primitives::directory::{MAX_HANDOVERS, STANDING_READS};

/// Decoding, event and bookkeeping of one call: 20 µs.
const BASE: Weight = Weight::from_parts(20_000_000, 0);
/// Lookup in the batch, encoding and two events: 15 µs.
const RECORD: Weight = Weight::from_parts(15_000_000, 0);
/// The same and 21 hashes on the way to a root: 40 µs.
const PROOF: Weight = Weight::from_parts(40_000_000, 0);
/// Time, and whether the organisation keeps its own holding.
const GATE: u64 = STANDING_READS + 2;
/// The way to who keeps something.
const WAY: u64 = 8;
const _: () = assert!(MAX_HANDOVERS == 8, "the way counts a read for each step");

/// Storage accesses of a call: of itself, and of each record where it takes many.
#[derive(Clone, Copy)]
struct Cost {
	reads: u64,
	writes: u64,
	each: Weight,
	reads_each: u64,
	writes_each: u64,
}

impl Cost {
	const fn once(reads: u64, writes: u64) -> Self {
		Self { reads, writes, each: Weight::zero(), reads_each: 0, writes_each: 0 }
	}

	fn weight(self, db: RuntimeDbWeight, records: u32) -> Weight {
		let records = u64::from(records);
		let reads = self.reads_each.saturating_mul(records).saturating_add(self.reads);
		let writes = self.writes_each.saturating_mul(records).saturating_add(self.writes);
		BASE.saturating_add(self.each.saturating_mul(records))
			.saturating_add(db.reads_writes(reads, writes))
	}
}

/// Declares the trait and both implementations from one table.
macro_rules! weights {
	(
		each { $($(#[$many_doc:meta])* $many:ident: $many_cost:expr;)+ }
		once { $($(#[$one_doc:meta])* $one:ident: $one_cost:expr;)+ }
	) => {
		/// Weights of this pallet's calls.
		pub trait WeightInfo {
			$($(#[$many_doc])* fn $many(records: u32) -> Weight;)+
			$($(#[$one_doc])* fn $one() -> Weight;)+
		}

		/// By the runtime's database weights.
		pub struct SubstrateWeight<T>(PhantomData<T>);

		impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
			$(fn $many(records: u32) -> Weight { $many_cost.weight(T::DbWeight::get(), records) })+
			$(fn $one() -> Weight { $one_cost.weight(T::DbWeight::get(), 0) })+
		}

		impl WeightInfo for () {
			$(fn $many(records: u32) -> Weight { $many_cost.weight(RocksDbWeight::get(), records) })+
			$(fn $one() -> Weight { $one_cost.weight(RocksDbWeight::get(), 0) })+
		}
	};
}

weights! {
	each {
		/// Count; for each record itself and what it replaces with its keeper are read and written, and its
		/// number is written.
		anchor_records: Cost {
			reads: GATE + 1, writes: 1, each: RECORD, reads_each: 2 + WAY, writes_each: 3,
		};
		/// Count; for each record batch and record with their keepers are read, record and number written.
		unfold_records: Cost {
			reads: GATE + 1, writes: 1, each: PROOF, reads_each: 2 + 2 * WAY, writes_each: 2,
		};
		/// Receiver, its holding, count; each record with its keeper is read and written.
		offer_custody: Cost {
			reads: GATE + 3, writes: 0, each: RECORD, reads_each: 1 + WAY, writes_each: 1,
		};
		/// Count; each record with its keeper is read and written.
		withdraw_offer: Cost {
			reads: GATE + 1, writes: 0, each: RECORD, reads_each: 1 + WAY, writes_each: 1,
		};
		/// Count; each record with its keeper is read and written, and its old and new number are written.
		accept_custody: Cost {
			reads: GATE + 1, writes: 1, each: RECORD, reads_each: 1 + 2 * WAY, writes_each: 3,
		};
	}
	once {
		/// Record and keeper; writes record and reason.
		mark_entered_in_error: Cost::once(GATE + 1 + WAY, 2);
		/// Batch with its keeper and count; writes batch, number and count.
		anchor_batch: Cost::once(GATE + 2 + WAY, 3);
		/// Record, keeper and holds; writes the holds.
		place_hold: Cost::once(GATE + 2 + WAY, 1);
		/// Record, keeper and holds; writes the holds.
		release_hold: Cost::once(GATE + 2 + WAY, 1);
		/// Record, keeper and petitions; writes the petitions.
		file_petition: Cost::once(GATE + 2 + WAY, 1);
		/// Record, keeper and petitions; writes the petitions.
		withdraw_petition: Cost::once(GATE + 2 + WAY, 1);
		/// Record, keeper and petitions; writes the petitions.
		refuse_petition: Cost::once(GATE + 2 + WAY, 1);
		/// Record, keeper, petitions and holds; writes petitions and record.
		grant_petition: Cost::once(GATE + 3 + WAY, 2);
		/// Offer, receiver and its holding; writes the offer.
		offer_holding: Cost::once(GATE + 3, 1);
		/// Reads and writes the offer.
		withdraw_holding: Cost::once(GATE + 1, 1);
		/// Step, offer and both depths; writes offer, step and depth.
		accept_holding: Cost::once(GATE + 4, 3);
	}
}

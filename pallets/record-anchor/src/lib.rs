//! # Record anchor
//!
//! Sealed commitments to clinical records: that a record is the one that was written, who keeps it
//! and what replaced it.
//!
//! ## Overview
//!
//! A custodian's vault stores the encrypted record; the chain holds its leaf, which seals the
//! record's terms (chart, place, category, digests), its state and the version it replaces.
//!
//! ## Terminology
//!
//! - **Record**: one version of one clinical record, named by 32 bytes that say nothing.
//! - **Leaf**: the seal over its [`RecordTerms`](salus_primitives::record::RecordTerms).
//! - **Number**: a record's place among those of its custodian, from 0, for ordered reads.
//!
//! ## Scenario
//!
//! A hospital anchors a laboratory report. The report is corrected: the new version names the old
//! one, which becomes superseded. The corrected version turns out to be another patient's: it is
//! marked entered in error, with the reason, and stays readable to its own house. What is then
//! right is anchored as a record of its own.
//!
//! ```text
//! Current ──replaced──▶ Superseded
//!    └──marked──▶ EnteredInError ◀──marked──┘
//! ```
//!
//! ## Privacy
//!
//! On chain are id, custodian, leaf, state, replaced version and the code of an error's reason.
//! Never: the chart, category, sensitivity, author, dates, sizes or digests; those are sealed, and
//! the id is derived without the chart, so that nothing tells which records belong together but
//! the versions of one record.
//!
//! ## Invariants
//!
//! Checked by `try_state`, numbered there:
//!
//! 1. a custodian's numbers run from 0 without a gap up to its count, and none lies beyond;
//! 2. each number names a record of that custodian, and each record has exactly one number;
//! 3. what a record replaces exists, has the same custodian, is not current and is replaced once;
//! 4. each superseded record is replaced by another;
//! 5. a reason is kept for exactly the records entered in error.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::unwrap_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::as_conversions
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod functions;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
// In native builds always, so that tests of the runtime end in it too.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
// The macro converts with `as`.
#[allow(clippy::as_conversions)]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		codes::ErrorReason,
		decision::RecordFacts,
		directory::ProviderDirectory,
		ids::{OrganisationId, RecordId},
		time::Moment,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who may act for which organisation.
		type Providers: ProviderDirectory<Self::AccountId>;
		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// Prepares what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// The records: what every decision reads.
	///
	/// Blake2-128: custodians choose the ids, so they must not be able to shape the tree.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, RecordFacts>;

	/// Why records were entered in error. Apart from [`Records`], since decisions never read it.
	///
	/// Blake2-128, as [`Records`].
	#[pallet::storage]
	pub type ErrorReasons<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, ErrorReason>;

	/// The custodian's records in order of anchoring.
	///
	/// Twox-64: the chain counts both keys itself.
	#[pallet::storage]
	pub type RecordSequence<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, RecordId>;

	/// How many records the custodian has anchored.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type RecordCounts<T: Config> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A record was anchored.
		RecordAnchored {
			/// Who keeps it.
			custodian: OrganisationId,
			/// Its number among the custodian's records.
			number: u32,
			/// The record.
			record: RecordId,
		},
		/// A record was replaced by a newer version.
		RecordSuperseded {
			/// The replaced record.
			record: RecordId,
			/// The version that holds.
			by: RecordId,
		},
		/// A record was marked entered in error.
		RecordEnteredInError {
			/// The record.
			record: RecordId,
			/// Why.
			reason: ErrorReason,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The sender is neither clinician, records officer nor system of the custodian with good
		/// standing: ask its administrator, and see the sender's standing for the reasons.
		NotAuthorised,
		/// The batch is empty: submit at least one record.
		EmptyBatch,
		/// Another record has this id: derive the id from a new salt.
		AlreadyExists,
		/// The chain knows no record with this id: check it, or wait until it is anchored.
		NotFound,
		/// The record to replace is unknown, or another custodian's: name one's own.
		ReplacedUnknown,
		/// The record to replace is not current: replace the latest version.
		ReplacedNotCurrent,
		/// The record was entered in error before: nothing is left to do.
		AlreadyEnteredInError,
		/// The custodian has anchored as many records as can be numbered.
		TooManyRecords,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Anchors records.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, with good
		/// standing.
		///
		/// # Details
		/// All or nothing, in order: a record may replace one of the same batch. What is replaced
		/// becomes superseded, so versions form a line. A record that the custodian anchored
		/// before with the same leaf and predecessor is left as it is, whatever became of it, so a
		/// submission can be repeated.
		///
		/// # Parameters
		/// - `organisation`: the custodian.
		/// - `records`: 1 to [`MAX_RECORDS`] records.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::EmptyBatch`], [`Error::AlreadyExists`],
		/// [`Error::ReplacedUnknown`], [`Error::ReplacedNotCurrent`], [`Error::TooManyRecords`].
		///
		/// # Events
		/// For each new record [`Event::RecordAnchored`], and [`Event::RecordSuperseded`] when it
		/// replaces one.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::anchor_records(batch_len(records)))]
		pub fn anchor_records(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			records: RecordBatch,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_anchor_records(who, organisation, records)
		}

		/// Marks a record entered in error.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the record's custodian,
		/// with good standing.
		///
		/// # Details
		/// Final. The record stays, with its reason; other houses no longer read it.
		///
		/// # Parameters
		/// - `record`: a current or superseded record.
		/// - `reason`: why.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::AlreadyEnteredInError`].
		///
		/// # Events
		/// [`Event::RecordEnteredInError`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(1)]
		pub fn mark_entered_in_error(
			origin: OriginFor<T>,
			record: RecordId,
			reason: ErrorReason,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_mark_entered_in_error(who, record, reason)
		}
	}
}

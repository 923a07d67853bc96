//! # Patient identity
//!
//! Charts: a patient's pseudonymous file at one custodian, and the key that speaks for it.
//!
//! ## Overview
//!
//! A patient has no funds and no account. Their wallet derives one key per custodian and signs an
//! enrolment statement with it; the custodian submits the statement, which opens the chart and
//! lets the key transact. Nothing on chain joins two charts of one patient.
//!
//! ## Terminology
//!
//! - **Custodian**: an organisation that keeps records.
//! - **Chart**: the patient's file at one custodian, named by 32 bytes that say nothing.
//! - **Chart key**: the account that signs for the chart.
//! - **Enrolment statement**: what the chart key signs, see
//!   [`EnrolmentStatement`](salus_primitives::enrolment::EnrolmentStatement).
//!
//! ## Scenario
//!
//! At the front desk the patient's wallet signs a statement for this hospital, on this chain, good
//! for seven days at most. The hospital submits it, alone or with those of other patients. From
//! that block on the patient issues and revokes directives under the chart's key, at any node.
//!
//! ## Privacy
//!
//! Chart id, custodian and chart key are on chain, and nothing else: no name, no date of birth, no
//! national number, no guardian, nothing that two charts of one person have in common. They remain
//! pseudonymous personal data while a wallet or a vault can join them to a person. Submitting
//! statements in batches keeps the moment of an enrolment from telling when somebody stood at the
//! desk.
//!
//! ## Invariants
//!
//! Checked by `try_state`, numbered there:
//!
//! 1. each enrolled key names a chart whose key it is;
//! 2. each chart's key is enrolled, for that chart;
//! 3. each chart's key passed the gate through which accounts enter the chain.

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
		directory::{Enrolment, ProviderDirectory},
		ids::{ChartId, OrganisationId},
		time::Moment,
	};
	use sp_runtime::AccountId32;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32> {
		/// Who may act for which organisation.
		type Providers: ProviderDirectory<Self::AccountId>;
		/// The gate through which chart keys enter the chain.
		type Enrolment: Enrolment<Self::AccountId>;
		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// Prepares what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The charts.
	///
	/// Blake2-128: a custodian chooses the id, so it must not be able to shape the tree.
	#[pallet::storage]
	pub type Charts<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, ChartDetails>;

	/// Every key that ever enrolled, with its chart. A key enrols once, ever.
	///
	/// Blake2-128: wallets choose their keys.
	#[pallet::storage]
	pub type EnrolledKeys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ChartId>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A chart was opened and its key let in.
		ChartEnrolled {
			/// The organisation that keeps the chart.
			custodian: OrganisationId,
			/// The chart.
			chart: ChartId,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The sender is neither records officer nor system of the organisation, or the
		/// organisation is not active: ask its administrator, and see the sender's standing.
		NotAuthorised,
		/// The batch is empty: submit at least one statement.
		EmptyBatch,
		/// The statement does not begin with this version's domain: sign it with a current wallet.
		WrongDomain,
		/// The statement was signed for another chain: sign it for this genesis hash.
		WrongChain,
		/// The statement names another custodian: sign one for the organisation that submits it.
		WrongCustodian,
		/// The statement has expired: sign a new one.
		StatementExpired,
		/// The statement is valid for more than seven days: sign one that expires earlier.
		ValidityTooLong,
		/// A chart has this id already: leave the statement out, or derive a chart from a new salt.
		AlreadyExists,
		/// The key has enrolled before, or belongs to a member of staff: derive a new one.
		KeyAlreadyEnrolled,
		/// The chart's key did not sign this statement: sign exactly what is submitted.
		BadSignature,
		/// The accreditation that the organisation needs is over and so is its grace: it takes on no
		/// new patients until it is accredited.
		TakesOnNothingNew,
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
		/// Opens charts and lets their keys in.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of the organisation, with good standing.
		///
		/// # Details
		/// All or nothing. Each statement must be for this chain and this custodian, unexpired,
		/// valid for at most [`MAX_ENROLMENT_VALIDITY`] and signed by the key it names, raw or
		/// between `<Bytes>` and `</Bytes>`. Chart and key must both be new to the chain.
		///
		/// # Parameters
		/// - `organisation`: the custodian.
		/// - `entries`: 1 to [`MAX_ENROLMENTS`] statements with their signatures.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::TakesOnNothingNew`], [`Error::EmptyBatch`],
		/// [`Error::WrongDomain`], [`Error::WrongChain`], [`Error::WrongCustodian`], [`Error::StatementExpired`],
		/// [`Error::ValidityTooLong`], [`Error::AlreadyExists`], [`Error::KeyAlreadyEnrolled`],
		/// [`Error::BadSignature`].
		///
		/// # Events
		/// [`Event::ChartEnrolled`] for each chart, in order.
		///
		/// # Weight
		/// Linear in the number of entries; two signature checks each.
		///
		/// [`MAX_ENROLMENT_VALIDITY`]: salus_primitives::enrolment::MAX_ENROLMENT_VALIDITY
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::enrol_charts(batch_len(entries)))]
		pub fn enrol_charts(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			entries: EnrolmentBatch,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_enrol_charts(who, organisation, entries)
		}
	}
}

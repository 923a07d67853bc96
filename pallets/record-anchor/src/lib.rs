//! # Record anchor
//!
//! Sealed commitments to clinical records: that a record is the one that was written, who keeps it,
//! what replaced it, what binds it and what its patient asked of it.
//!
//! ## Overview
//!
//! A custodian's vault stores the encrypted record; the chain holds its leaf, which seals the
//! record's terms (chart, place, category, digests), its state and the version it replaces. Of many
//! records at once it holds one root; single ones are made records of their own when something befalls
//! them.
//!
//! ## Terminology
//!
//! - **Record**: one version of one clinical record, named by 32 bytes that say nothing.
//! - **Leaf**: the seal over its [`RecordTerms`](salus_primitives::record::RecordTerms).
//! - **Number**: a record's place among those of its custodian, from 0, for ordered reads.
//! - **Batch**: up to 2^20 records under one root, see [`batch`](salus_primitives::batch).
//! - **Unfold**: to make a batch's record one of its own, by its proof.
//! - **Hold**: a sealed matter for whose sake a record must not be erased.
//! - **Petition**: a patient's wish about one record, see [`petition`](salus_primitives::petition).
//! - **Holding**: all charts and records of an organisation.
//! - **Keeper**: who keeps what an organisation took in: itself, or whoever accepted its holding.
//!
//! ## Scenario
//!
//! A hospital anchors a laboratory report. The report is corrected: the new version names the old
//! one, which becomes superseded. The corrected version turns out to be another patient's: it is
//! marked entered in error, with the reason, and stays readable to its own house. What is then
//! right is anchored as a record of its own.
//!
//! A hospital brings in twenty years of records: ten batches. A patient asks that one of them be erased.
//! The hospital unfolds it and files the petition; a lawsuit holds it, so that it is refused. When the
//! hold is released the patient asks again, and it is granted: key and salt are destroyed, and nobody
//! reads the record any more.
//!
//! A clinic closes. Its administrator offers the holding to the hospital, whose administrator accepts:
//! from that block on every chart and record of the clinic is the hospital's, and the clinic takes on
//! nothing more.
//!
//! ```text
//! record:   Current ──replaced──▶ Superseded
//!              └──marked──▶ EnteredInError ◀──marked──┘      any of them ──granted──▶ Erased
//! petition: Open ──▶ Withdrawn | Refused | Granted
//! custody:  kept ◀──▶ offered ──accepted──▶ kept by the receiver
//! ```
//!
//! ## Privacy
//!
//! On chain are id, custodian, leaf, state, replaced version and the code of an error's reason; the
//! seals of holds; kind, moments, state and seals of petitions; to whom custody is offered; of a batch
//! root, number of leaves and moment. Never: the chart, category, sensitivity, author, dates, sizes or
//! digests, what a hold is for, what a patient says or is told; those are sealed, and
//! the id is derived without the chart, so that nothing tells which records belong together but
//! the versions of one record, and those that move on at one time. A petition is filed by the custodian
//! and not by the chart's key, which would join chart and record.
//!
//! The chain cannot see which ids a batch holds. A custodian that anchors an id of a batch once more, with
//! another leaf, has two records by one id, of which the one that is not the batch's counts. Ids are
//! derived from random salts, so only the custodian itself can bring this about, and only for itself.
//!
//! ## Invariants
//!
//! Checked by `try_state`, numbered there:
//!
//! 1. no number of a custodian lies beyond its count;
//! 2. each number names a record that has this custodian and number, and each record is named;
//! 3. what a record replaces exists, is not current and is replaced once;
//! 4. each superseded record is replaced by another;
//! 5. each record entered in error has a reason, and each reason is of a record entered in error or
//!    erased;
//! 6. a custodian's batches are numbered from 0 without a gap up to its count, none lies beyond, and each
//!    has one number and 1 to 2^20 leaves;
//! 7. holds are on records that there are and are not erased, no seal twice, and never stored empty;
//! 8. petitions are about records that there are, never stored empty, and at most one of a kind is open;
//!    answer and its moment are there exactly for those refused or granted; a granted erasure is of an
//!    erased record, and each erased record has one;
//! 9. no erased record is offered by its keeper, and none to that keeper;
//! 10. who gave its holding away offers it no more; every way to a keeper ends, within
//!     [`MAX_HANDOVERS`](salus_primitives::directory::MAX_HANDOVERS) steps, and no longer way leads to an
//!     organisation than its depth says.

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

mod batches;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod custody;
mod errors;
mod events;
mod functions;
mod impls;
#[cfg(test)]
mod mock;
mod petitions;
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

use frame_support::pallet_macros::import_section;

#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
// The macro converts with `as`.
#[allow(clippy::as_conversions)]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		batch::BatchFacts,
		codes::{ErrorReason, PetitionKind},
		directory::{OrganisationDirectory, ProviderDirectory},
		ids::{BatchId, OrganisationId, RecordId, Seal},
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
		/// Whether a receiver is an active organisation.
		type Organisations: OrganisationDirectory<Self::AccountId>;
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
	pub type Records<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, RecordDetails>;

	/// Why records were entered in error. Apart from [`Records`], since decisions never read it.
	///
	/// Blake2-128, as [`Records`].
	#[pallet::storage]
	pub type ErrorReasons<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, ErrorReason>;

	/// The custodian's records in order of anchoring. One that moved on leaves its number empty.
	///
	/// Twox-64: the chain counts both keys itself.
	#[pallet::storage]
	pub type RecordSequence<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, RecordId>;

	/// How many records the custodian has taken in.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type RecordCounts<T: Config> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// The batches.
	///
	/// Blake2-128: custodians choose the ids.
	#[pallet::storage]
	pub type Batches<T: Config> = StorageMap<_, Blake2_128Concat, BatchId, BatchFacts>;

	/// The custodian's batches in order of anchoring.
	///
	/// Twox-64: the chain counts both keys itself.
	#[pallet::storage]
	pub type BatchSequence<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, BatchId>;

	/// How many batches the custodian has anchored.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type BatchCounts<T: Config> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// The legal holds on records. Apart from [`Records`], since decisions never read them.
	///
	/// Blake2-128, as [`Records`].
	#[pallet::storage]
	pub type Holds<T: Config> = StorageMap<_, Blake2_128Concat, RecordId, HoldList, ValueQuery>;

	/// The petitions about records, by number. Apart from [`Records`], since decisions never read them.
	///
	/// Blake2-128, as [`Records`].
	#[pallet::storage]
	pub type Petitions<T: Config> =
		StorageMap<_, Blake2_128Concat, RecordId, PetitionList, ValueQuery>;

	/// To whom organisations offer their holdings.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type HoldingOffers<T: Config> = StorageMap<_, Twox64Concat, OrganisationId, OrganisationId>;

	/// To whom organisations gave their holdings: one step on the way to who keeps them.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type Keepers<T: Config> = StorageMap<_, Twox64Concat, OrganisationId, OrganisationId>;

	/// The most steps of a way that leads to an organisation, so that none grows too long.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type HandoverDepths<T: Config> =
		StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

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
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::EmptyBatch`],
		/// [`Error::AlreadyExists`], [`Error::NotItsId`], [`Error::ReplacedUnknown`],
		/// [`Error::ReplacedNotCurrent`], [`Error::RecordOffered`], [`Error::TooManyRecords`].
		///
		/// # Events
		/// For each new record [`Event::RecordAnchored`], and [`Event::RecordSuperseded`] when it
		/// replaces one.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::anchor_records(len(records)))]
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
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::AlreadyEnteredInError`],
		/// [`Error::RecordErased`], [`Error::RecordOffered`].
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

		/// Anchors many records under one root.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, with good
		/// standing.
		///
		/// # Details
		/// The batch's leaves are records without a state of their own: current, until they are unfolded. A
		/// batch that was anchored before with the same root and leaves is left as it is, so a submission
		/// can be repeated.
		///
		/// # Parameters
		/// - `organisation`: the custodian.
		/// - `batch`: the batch's id, derived by the custodian.
		/// - `root`: the root over its leaves, see [`root`](salus_primitives::batch::root).
		/// - `leaves`: number of leaves, 1 to 2^20.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::InvalidLeafCount`],
		/// [`Error::AlreadyExists`], [`Error::TooManyRecords`].
		///
		/// # Events
		/// [`Event::BatchAnchored`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(2)]
		pub fn anchor_batch(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			batch: BatchId,
			root: [u8; 32],
			leaves: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_anchor_batch(who, organisation, batch, root, leaves)
		}

		/// Makes records of batches records of their own.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, with good
		/// standing.
		///
		/// # Details
		/// All or nothing, in order. Each becomes current, with the organisation's next number, and can be
		/// superseded, marked, held, petitioned about, erased and moved from then on. One that was unfolded
		/// before is left as it is, whatever became of it, so a submission can be repeated.
		///
		/// # Parameters
		/// - `organisation`: the custodian.
		/// - `records`: 1 to [`MAX_UNFOLDED`] records with their proofs.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::EmptyBatch`],
		/// [`Error::BatchUnknown`], [`Error::NotTheCustodian`], [`Error::WrongProof`],
		/// [`Error::AlreadyExists`], [`Error::NotItsId`], [`Error::TooManyRecords`].
		///
		/// # Events
		/// [`Event::RecordAnchored`] for each new record.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::unfold_records(len(records)))]
		pub fn unfold_records(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			records: UnfoldedBatch,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unfold_records(who, organisation, records)
		}

		/// Places a legal hold on a record.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// While a record is under a hold it cannot be erased; everything else goes on. A hold that is
		/// there is left as it is.
		///
		/// # Parameters
		/// - `record`: a record in any state but erased.
		/// - `seal`: the seal over the matter for whose sake it is held; at most [`MAX_HOLDS`] a record.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::RecordErased`], [`Error::TooManyHolds`].
		///
		/// # Events
		/// [`Event::HoldPlaced`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(4)]
		pub fn place_hold(origin: OriginFor<T>, record: RecordId, seal: Seal) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_place_hold(who, record, seal)
		}

		/// Releases a legal hold on a record.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Other holds on it stay.
		///
		/// # Parameters
		/// - `record`: the record.
		/// - `seal`: the seal that was placed.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::HoldUnknown`].
		///
		/// # Events
		/// [`Event::HoldReleased`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(5)]
		pub fn release_hold(origin: OriginFor<T>, record: RecordId, seal: Seal) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_release_hold(who, record, seal)
		}

		/// Files what a patient asks about a record.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// The patient asks in the vault, with the chart's signature; on chain the custodian files it,
		/// since the chart's key would join chart and record. The answer is due as [`PetitionKind::term`]
		/// says. A petition that was filed before with the same kind and seal is left as it is, whatever
		/// became of it.
		///
		/// # Parameters
		/// - `record`: a record in any state but erased.
		/// - `kind`: what is asked; one of a kind can be open.
		/// - `seal`: the seal over its [`PetitionTerms`](salus_primitives::petition::PetitionTerms).
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::RecordErased`], [`Error::PetitionOpen`],
		/// [`Error::TooManyPetitions`].
		///
		/// # Events
		/// [`Event::PetitionFiled`].
		///
		/// # Weight
		/// Constant: a full list of petitions.
		#[pallet::call_index(6)]
		pub fn file_petition(
			origin: OriginFor<T>,
			record: RecordId,
			kind: PetitionKind,
			seal: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_file_petition(who, record, kind, seal)
		}

		/// Withdraws a petition, as its patient asked.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Final. One that is withdrawn already is left as it is.
		///
		/// # Parameters
		/// - `record`: the record.
		/// - `number`: the petition's number.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::PetitionUnknown`],
		/// [`Error::PetitionNotOpen`].
		///
		/// # Events
		/// [`Event::PetitionWithdrawn`].
		///
		/// # Weight
		/// Constant: a full list of petitions.
		#[pallet::call_index(7)]
		pub fn withdraw_petition(
			origin: OriginFor<T>,
			record: RecordId,
			number: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_petition(who, record, number)
		}

		/// Refuses a petition.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Final for this petition; the patient may file another. One that was refused with the same answer
		/// is left as it is.
		///
		/// # Parameters
		/// - `record`: the record.
		/// - `number`: the petition's number.
		/// - `answer`: the seal over its [`AnswerTerms`](salus_primitives::petition::AnswerTerms), which
		///   say why.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::PetitionUnknown`],
		/// [`Error::PetitionNotOpen`].
		///
		/// # Events
		/// [`Event::PetitionRefused`].
		///
		/// # Weight
		/// Constant: a full list of petitions.
		#[pallet::call_index(8)]
		pub fn refuse_petition(
			origin: OriginFor<T>,
			record: RecordId,
			number: u32,
			answer: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_refuse_petition(who, record, number, answer)
		}

		/// Grants a petition.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the record, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Final. An erasure makes the record erased: destroy key, salt and ciphertext first, since the
		/// receipt in the answer says what could not be reached. An amendment needs that the record is no
		/// longer current: the amended version, or the mark that it was entered in error, comes first. One
		/// that was granted with the same answer is left as it is.
		///
		/// # Parameters
		/// - `record`: the record.
		/// - `number`: the petition's number.
		/// - `answer`: the seal over its [`AnswerTerms`](salus_primitives::petition::AnswerTerms).
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotAuthorised`], [`Error::PetitionUnknown`],
		/// [`Error::PetitionNotOpen`], [`Error::RecordErased`], [`Error::RecordHeld`],
		/// [`Error::RecordOffered`], [`Error::StillCurrent`].
		///
		/// # Events
		/// [`Event::PetitionGranted`], and [`Event::RecordErased`] for an erasure.
		///
		/// # Weight
		/// Constant: a full list of petitions.
		#[pallet::call_index(9)]
		pub fn grant_petition(
			origin: OriginFor<T>,
			record: RecordId,
			number: u32,
			answer: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_grant_petition(who, record, number, answer)
		}

		/// Offers records to another custodian.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// All or nothing. While a record is offered it is not superseded, marked or erased. One that is
		/// offered to the receiver already, or kept by it, is left as it is, so a submission can be
		/// repeated.
		///
		/// # Parameters
		/// - `organisation`: who keeps the records.
		/// - `to`: another active organisation.
		/// - `records`: 1 to [`MAX_RECORDS`] records, not erased.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::ReceiverUnfit`],
		/// [`Error::EmptyBatch`], [`Error::NotFound`], [`Error::NotTheCustodian`], [`Error::RecordErased`],
		/// [`Error::RecordOffered`].
		///
		/// # Events
		/// [`Event::CustodyOffered`] for each record.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::offer_custody(len(records)))]
		pub fn offer_custody(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			to: OrganisationId,
			records: RecordList,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_offer_custody(who, organisation, to, records)
		}

		/// Withdraws the offer of records.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// All or nothing. A record that is not offered is left as it is.
		///
		/// # Parameters
		/// - `organisation`: who keeps the records.
		/// - `records`: 1 to [`MAX_RECORDS`] records.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::EmptyBatch`], [`Error::NotFound`],
		/// [`Error::NotTheCustodian`].
		///
		/// # Events
		/// [`Event::CustodyOfferWithdrawn`] for each offer.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::withdraw_offer(len(records)))]
		pub fn withdraw_offer(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			records: RecordList,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_offer(who, organisation, records)
		}

		/// Takes over records that are offered.
		///
		/// # Dispatch origin
		/// Signed by a clinician, records officer or system account of the organisation, with good
		/// standing.
		///
		/// # Details
		/// All or nothing, in order. Each gets the organisation's next number and a leaf that seals its
		/// terms in the person's chart there; the giver's number is left empty. Holds, petitions and
		/// versions stay with the record; a version that stays behind is its giver's. A record that was
		/// taken over before with the same leaf is left as it is, so a submission can be repeated.
		///
		/// # Parameters
		/// - `organisation`: to whom they are offered.
		/// - `records`: 1 to [`MAX_RECORDS`] records with their leaves.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::EmptyBatch`],
		/// [`Error::NotFound`], [`Error::NotOffered`], [`Error::TooManyRecords`].
		///
		/// # Events
		/// [`Event::CustodyAccepted`] for each record.
		///
		/// # Weight
		/// Linear in the number of records.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::accept_custody(len(records)))]
		pub fn accept_custody(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			records: TakenBatch,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_custody(who, organisation, records)
		}

		/// Offers all charts and records to another organisation.
		///
		/// # Dispatch origin
		/// Signed by an administrator of the organisation, also while it is suspended or may not practise.
		///
		/// # Details
		/// The organisation goes on as before until the other accepts. An offer to the same one is left as
		/// it is.
		///
		/// # Parameters
		/// - `organisation`: whose they are.
		/// - `to`: another active organisation that has not given its own away.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::HoldingOffered`],
		/// [`Error::ReceiverUnfit`].
		///
		/// # Events
		/// [`Event::HoldingOffered`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(13)]
		pub fn offer_holding(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			to: OrganisationId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_offer_holding(who, organisation, to)
		}

		/// Withdraws the offer of all charts and records.
		///
		/// # Dispatch origin
		/// Signed by an administrator of the organisation, also while it is suspended or may not practise.
		///
		/// # Details
		/// Nothing has changed hands.
		///
		/// # Parameters
		/// - `organisation`: whose they are.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingNotOffered`].
		///
		/// # Events
		/// [`Event::HoldingOfferWithdrawn`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(14)]
		pub fn withdraw_holding(
			origin: OriginFor<T>,
			organisation: OrganisationId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_holding(who, organisation)
		}

		/// Takes over all charts and records of an organisation.
		///
		/// # Dispatch origin
		/// Signed by an administrator of the receiving organisation, with good standing.
		///
		/// # Details
		/// Final. From this block on the receiver keeps every chart, record and batch of the giver, and
		/// what others had given to that; the giver takes on nothing more. Nothing is rewritten: who keeps
		/// them is resolved when they are read. A holding that was accepted before is left as it is.
		///
		/// # Parameters
		/// - `organisation`: to whom it is offered.
		/// - `from`: whose it is.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::HoldingNotOffered`], [`Error::HoldingGivenAway`],
		/// [`Error::TakesOnNothingNew`], [`Error::TooManyHandovers`].
		///
		/// # Events
		/// [`Event::HoldingAccepted`].
		///
		/// # Weight
		/// Constant, however much it is.
		#[pallet::call_index(15)]
		pub fn accept_holding(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			from: OrganisationId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_holding(who, organisation, from)
		}
	}
}

//! # Consent
//!
//! Sealed directives, access requests, break-glass, what patients ask of custodians, and disclosure roots; and the decision over them.
//!
//! ## Overview
//!
//! A patient permits and denies by directives. The chain holds each directive's seal and whether
//! it counts; what it says is in its opening, which the wallet gives to the custodian's vault. A
//! vault that is asked for a record hands every opening it has to [`Pallet::decide`], which gathers
//! what the chain knows at that block and asks [`salus_primitives::decision::decide`]. An active
//! directive whose opening is missing denies, so a vault cannot forget a deny; a break-glass then reaches
//! its first scope and no further.
//!
//! ## Terminology
//!
//! - **Directive**: a patient's permit or deny on one chart; counts while active.
//! - **Guardian**: whoever a chart's guard names; their word, submitted by any account, issues and ends
//!   directives as far as their powers go.
//! - **On paper**: signed by hand and issued by two of the custodian's staff, see
//!   [`salus_primitives::paper`].
//! - **Order**: what the chart's key signed for somebody else to submit; many go in one transaction.
//! - **Access request**: a practitioner's sealed wish to see; the answer is a directive.
//! - **Ask**: what a patient asks of the custodian of a chart, with a due date, see
//!   [`salus_primitives::ask`].
//! - **Break-glass**: a clinician's word on chain that they open a sealed chart in an emergency, see
//!   [`salus_primitives::break_glass`]; reviewed by another house.
//! - **Disclosure root**: a Merkle root over a custodian's log of who saw what, refusals included.
//! - **Number**: a place in an owner's sequence, from 0, for ordered reads.
//!
//! ## Scenario
//!
//! A surgeon in another state seals what they need and sends the request. The patient's wallet
//! shows it; one approval issues a directive on the chart of the hospital that keeps the records.
//! The surgeon reads. The hospital's vault posts the root over its log, and the patient verifies
//! the entry. Later the patient revokes the directive; from that block on the surgeon is refused.
//!
//! ```text
//! directive: Active ──▶ Revoked | Superseded | EnteredInError
//! request:   Requested ──▶ Withdrawn, or Lapsed by its date
//! ask: Open ──▶ Withdrawn | Granted | Refused, overdue by its date
//! break-glass: Active ──▶ Closed | Expired ──▶ PendingReview | Escalated ──▶ Justified | Unjustified | Inconclusive
//! ```
//!
//! ## Privacy
//!
//! On chain are ids, seals, states, the chart of a directive and its predecessor, and of a guardian who
//! issued one key, relation, powers and end of the guardianship; of one on paper the two accounts that stand
//! for it and the seal over what the paper was; requester, practitioner, organisation and lapse of a request;
//! chart, dates, seals and outcome of an ask; root and size of a disclosure batch. Never:
//! permit or deny, grantees, purposes, categories, periods of access, the patient or chart that a
//! request is about, or who saw what. Batches of disclosures are padded to powers of two, so their
//! size says little. Of a break-glass: clinician, organisation, reason, whether it was widened, every date,
//! who looked and reviewed and with what outcome. So everybody sees how often a clinician breaks the glass
//! and what reviewers thought of it; for which patient, at which custodian and why in words is sealed. A vault asks [`Pallet::decide`] on a node of its own, since the query holds
//! openings.
//!
//! ## Invariants
//!
//! Checked by `try_state`, numbered there:
//!
//! 1. a chart's numbers run from 0 without a gap up to its count, and none lies beyond;
//! 2. each number names a directive of that chart, and each directive has exactly one number;
//! 3. the active list of a chart is its active directives in order of issue, and never stored
//!    empty;
//! 4. what a directive replaces exists on the same chart, is superseded and replaced once, and
//!    each superseded directive is replaced by another;
//! 5. each directive is on a chart that the chart directory knows;
//! 6. a custodian's roots are numbered from 0 without a gap up to its count, none lies beyond, and
//!    each has a number of leaves that is a power of two within bounds;
//! 7. no guardian has more than [`MAX_ACTIVE_OF_GUARDIAN`] directives active on a chart, and all of
//!    them, with those on paper, no more than [`MAX_ACTIVE_OF_GUARDIANS`];
//! 8. dates of a break-glass follow each other, it lasts as long as its renewals allow at most, and its id is of
//!    a statement if it was posted;
//! 9. its reviews are by different houses, none the clinician's, and only an inconclusive one is followed
//!    by another; the second clinician is another;
//! 10. what is unsettled has places from 0 without a gap, one each, and nothing else has;
//! 11. what has no own account is listed once, under its practitioner, apart by whether it was posted; lists
//!     are never stored empty, and that of posted ones is full while there are further ones;
//! 12. a withdrawn privilege names an unjustified break-glass of that practitioner;
//! 13. recent openings are in order and never stored empty;
//! 14. asks are of charts that there are, in order of filing, no id twice, never stored empty and
//!     at most [`MAX_OPEN_ASKS`](salus_primitives::ask::MAX_OPEN_ASKS) open;
//! 15. an ask has an answer exactly if granted or refused, and an end exactly if not open;
//! 16. no chart has more than [`MAX_ACTIVE_ON_PAPER`] directives on paper active; two accounts stand for
//!     each, no guardian issued it, and it replaces nothing but paper.

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

mod asks;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod break_glass;
mod errors;
mod events;
mod functions;
#[cfg(test)]
mod mock;
mod paper;
#[cfg(test)]
mod tests;
// In native builds always, so that tests of the runtime end in it too.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;

// Of the pallet, apart for their length.
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
// The macro converts with `as`.
#[allow(clippy::as_conversions)]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{EnsureOrigin, Time},
	};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		break_glass::{BreakGlass, BreakGlassStatement},
		codes::{BreakGlassReason, ReviewOutcome},
		directory::{
			ChartDirectory, GuardianDirectory, OrderDirectory, ProviderDirectory, RecordDirectory,
		},
		ids::{
			AskId, BreakGlassId, ChartId, DirectiveId, OrganisationId, PractitionerId, RequestId,
			Seal,
		},
		paper::PaperDirective,
		time::Moment,
		views::DisclosureRoot,
	};
	use sp_runtime::{AccountId32, MultiSignature};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32> {
		/// Who may act for which organisation.
		type Providers: ProviderDirectory<Self::AccountId>;
		/// The charts and their keys.
		type Charts: ChartDirectory;
		/// Who may act for a patient beside the chart's key.
		type Guardians: GuardianDirectory<
			Signature = MultiSignature,
			Error: Into<sp_runtime::DispatchError>,
		>;
		/// Whose orders are good.
		type Orders: OrderDirectory<
			Signature = MultiSignature,
			Error: Into<sp_runtime::DispatchError>,
		>;
		/// The records and their leaves.
		type Records: RecordDirectory;
		/// Who gives a withdrawn privilege back: a majority of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Shortest time between two blocks, in milliseconds.
		#[pallet::constant]
		type SlotDuration: Get<Moment>;
		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// Prepares what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The directives, whatever became of them.
	///
	/// Blake2-128: wallets choose the ids, so they must not be able to shape the tree.
	#[pallet::storage]
	pub type Directives<T: Config> = StorageMap<_, Blake2_128Concat, DirectiveId, DirectiveDetails>;

	/// The chart's active directives, oldest first: what every decision reads.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type ActiveDirectives<T: Config> =
		StorageMap<_, Blake2_128Concat, ChartId, ActiveList, ValueQuery>;

	/// The chart's directives in order of issue.
	///
	/// Blake2-128, then Twox-64: custodians choose chart ids, the chain counts the rest.
	#[pallet::storage]
	pub type DirectiveSequence<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, ChartId, Twox64Concat, u32, DirectiveId>;

	/// How many directives the chart has had.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type DirectiveCounts<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, u32, ValueQuery>;

	/// The access requests.
	///
	/// Blake2-128: requesters choose the ids.
	#[pallet::storage]
	pub type Requests<T: Config> =
		StorageMap<_, Blake2_128Concat, RequestId, RequestDetails<T::AccountId>>;

	/// The custodian's disclosure roots in order of posting.
	///
	/// Twox-64: the chain counts both keys itself.
	#[pallet::storage]
	pub type DisclosureRoots<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, DisclosureRoot>;

	/// How many disclosure roots the custodian has posted.
	///
	/// Twox-64: the chain counts organisations itself.
	#[pallet::storage]
	pub type DisclosureRootCounts<T: Config> =
		StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// The break-glasses, whatever became of them.
	///
	/// Blake2-128: clinicians choose the ids.
	#[pallet::storage]
	pub type BreakGlasses<T: Config> = StorageMap<_, Blake2_128Concat, BreakGlassId, BreakGlass>;

	/// Those that a review has not settled, by place: reviewers read this list. What is settled gives its
	/// place to the last.
	///
	/// Twox-64: the chain counts places itself.
	#[pallet::storage]
	pub type UnsettledBreakGlasses<T: Config> = StorageMap<_, Twox64Concat, u32, BreakGlassId>;

	/// The place of what is unsettled.
	///
	/// Blake2-128: clinicians choose the ids.
	#[pallet::storage]
	pub type UnsettledPlaces<T: Config> = StorageMap<_, Blake2_128Concat, BreakGlassId, u32>;

	/// How many are unsettled.
	#[pallet::storage]
	pub type UnsettledCount<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// The practitioner's break-glasses without an own account that were opened on chain, oldest first: their
	/// number and dates are asked at each opening.
	///
	/// Twox-64: the chain counts practitioners itself.
	#[pallet::storage]
	pub type UnaccountedBreakGlasses<T: Config> =
		StorageMap<_, Twox64Concat, PractitionerId, UnaccountedList, ValueQuery>;

	/// The practitioner's posted break-glasses without an own account: asked for the privilege, and not
	/// counted at an opening, so that who worked through a stall can break the glass after it.
	///
	/// Twox-64: the chain counts practitioners itself.
	#[pallet::storage]
	pub type UnaccountedPosted<T: Config> =
		StorageMap<_, Twox64Concat, PractitionerId, PostedList, ValueQuery>;

	/// Those for which that list had no place: one comes into it whenever a place gets free.
	///
	/// Twox-64: the chain counts practitioners itself. Blake2-128: clinicians choose what ids are hashed of.
	#[pallet::storage]
	pub type FurtherPosted<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PractitionerId,
		Blake2_128Concat,
		BreakGlassId,
		(),
		OptionQuery,
	>;

	/// When the practitioner last broke the glass, for the rate: the oldest first, too few to tell more.
	///
	/// Twox-64: the chain counts practitioners itself.
	#[pallet::storage]
	pub type RecentBreakGlasses<T: Config> = StorageMap<
		_,
		Twox64Concat,
		PractitionerId,
		BoundedVec<Moment, ConstU32<{ break_glass::RECENT }>>,
		ValueQuery,
	>;

	/// Practitioners who lost the privilege: by which unjustified break-glass, and when.
	///
	/// Twox-64: the chain counts practitioners itself.
	#[pallet::storage]
	pub type WithdrawnPrivileges<T: Config> =
		StorageMap<_, Twox64Concat, PractitionerId, (BreakGlassId, Moment)>;

	/// What patients ask of the custodians of their charts, oldest first. In one list, for it is short and
	/// read whole.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type Asks<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, AskList, ValueQuery>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Issues a directive.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// The directive counts from this block on. With `replaces` the named one becomes
		/// superseded in the same block, so that there is no moment without either. A directive
		/// that was issued before with the same content is left as it is, whatever became of it,
		/// so a submission can be repeated.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: the directive's id, derived by the wallet.
		/// - `seal`: the seal over its terms.
		/// - `replaces`: an active directive of the same chart.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::AlreadyExists`],
		/// [`Error::ChartNotActive`], [`Error::ReplacedNotActive`], [`Error::TooManyDirectives`], [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::DirectiveIssued`], and [`Event::DirectiveSuperseded`] when it replaces one.
		///
		/// # Weight
		/// Constant: a full list of active directives.
		#[pallet::call_index(0)]
		pub fn issue_directive(
			origin: OriginFor<T>,
			chart: ChartId,
			id: DirectiveId,
			seal: Seal,
			replaces: Option<DirectiveId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue_directive(Actor::Signer(&who), chart, id, seal, replaces)
		}

		/// Revokes a directive.
		///
		/// # Dispatch origin
		/// Signed by the key of the directive's chart.
		///
		/// # Details
		/// Final; it counts no more from this block on.
		///
		/// # Parameters
		/// - `id`: an active directive.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::ChartUnknown`], [`Error::NotTheChartsKey`],
		/// [`Error::NotActive`].
		///
		/// # Events
		/// [`Event::DirectiveRevoked`].
		///
		/// # Weight
		/// Constant: a full list of active directives.
		#[pallet::call_index(1)]
		pub fn revoke_directive(origin: OriginFor<T>, id: DirectiveId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_revoke_directive(Actor::Signer(&who), id)
		}

		/// Marks a directive entered in error: it never should have been.
		///
		/// # Dispatch origin
		/// Signed by the key of the directive's chart.
		///
		/// # Details
		/// Final; it counts no more from this block on. What was released under it stays in the
		/// log.
		///
		/// # Parameters
		/// - `id`: an active directive.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::ChartUnknown`], [`Error::NotTheChartsKey`],
		/// [`Error::NotActive`].
		///
		/// # Events
		/// [`Event::DirectiveEnteredInError`].
		///
		/// # Weight
		/// Constant: a full list of active directives.
		#[pallet::call_index(2)]
		pub fn mark_directive_entered_in_error(
			origin: OriginFor<T>,
			id: DirectiveId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_mark_directive_entered_in_error(Actor::Signer(&who), id)
		}

		/// Asks for access.
		///
		/// # Dispatch origin
		/// Signed by a clinician or pharmacist of the organisation, with good standing.
		///
		/// # Details
		/// The chain learns that this practitioner asks somebody for something. The terms travel
		/// to the patient through a vault; the answer is a directive. A request that was made
		/// before with the same content is left as it is, so a submission can be repeated.
		///
		/// # Parameters
		/// - `organisation`: for whom the sender acts.
		/// - `id`: the request's id, derived by the requester.
		/// - `seal`: the seal over its terms.
		/// - `lapses`: first moment at which it is no longer open, in milliseconds; within 30 days.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::NotAPractitioner`], [`Error::AlreadyExists`],
		/// [`Error::LapsesTooEarly`], [`Error::LapsesTooLate`].
		///
		/// # Events
		/// [`Event::AccessRequested`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(3)]
		pub fn request_access(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			id: RequestId,
			seal: Seal,
			lapses: Moment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request_access(who, organisation, id, seal, lapses)
		}

		/// Takes an access request back.
		///
		/// # Dispatch origin
		/// Signed by the requester, whatever their standing has become.
		///
		/// # Details
		/// Final.
		///
		/// # Parameters
		/// - `id`: an open request.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotTheRequester`], [`Error::NotOpen`].
		///
		/// # Events
		/// [`Event::RequestWithdrawn`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(4)]
		pub fn withdraw_request(origin: OriginFor<T>, id: RequestId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_request(who, id)
		}

		/// Posts a Merkle root over disclosures.
		///
		/// # Dispatch origin
		/// Signed by a system account of the organisation, with good standing but for a suspension of
		/// the organisation: it still owes evidence of what it disclosed.
		///
		/// # Details
		/// The root can never be changed: what a vault logged stays provable.
		///
		/// # Parameters
		/// - `organisation`: the custodian.
		/// - `root`: see [`salus_primitives::disclosure::root`].
		/// - `leaves`: number of leaves, padding included: a power of two, at most
		///   [`MAX_DISCLOSURE_LEAVES`](salus_primitives::disclosure::MAX_DISCLOSURE_LEAVES).
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::InvalidLeafCount`], [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::DisclosureRootPosted`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(5)]
		pub fn post_disclosure_root(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			root: [u8; 32],
			leaves: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_post_disclosure_root(who, organisation, root, leaves)
		}

		/// Issues a directive by a guardian's word.
		///
		/// # Dispatch origin
		/// Signed by any account: what counts is the guardian's signature.
		///
		/// # Details
		/// As [`Self::issue_directive`]. The terms must name the basis that goes with the guardian's
		/// relation, or every access is denied. What it permits ends with the guardianship. A guardian
		/// has [`MAX_ACTIVE_OF_GUARDIAN`] active ones at most, and all guardians together
		/// [`MAX_ACTIVE_OF_GUARDIANS`], so that there is place for another's deny and for the patient.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: the directive's id, derived by the guardian.
		/// - `seal`: the seal over its terms.
		/// - `replaces`: an active directive of the same chart that the guardian may end.
		/// - `word`: the guardian's, with the power to consent.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], those of patient identity for the word, [`Error::AlreadyExists`],
		/// [`Error::ChartNotActive`], [`Error::ReplacedNotActive`], [`Error::NotTheGuardiansToEnd`],
		/// [`Error::TooManyOfGuardian`], [`Error::TooManyOfGuardians`], [`Error::TooManyDirectives`],
		/// [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::DirectiveIssued`], and [`Event::DirectiveSuperseded`] when it replaces one.
		///
		/// # Weight
		/// Constant: a full list of active directives and two signature checks.
		#[pallet::call_index(6)]
		pub fn issue_directive_as_guardian(
			origin: OriginFor<T>,
			chart: ChartId,
			id: DirectiveId,
			seal: Seal,
			replaces: Option<DirectiveId>,
			word: WordOf,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_issue_directive(Actor::Guardian(&word), chart, id, seal, replaces)
		}

		/// Revokes a directive by a guardian's word.
		///
		/// # Dispatch origin
		/// Signed by any account: what counts is the guardian's signature.
		///
		/// # Details
		/// As [`Self::revoke_directive`]. A guardian ends what they issued themselves with the power to
		/// revoke, under this guard or an earlier one, and what the patient or another guardian issued
		/// with the power to overrule, while the patient is not reported dead.
		///
		/// # Parameters
		/// - `id`: an active directive.
		/// - `word`: the guardian's.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::ChartUnknown`], those of patient identity for the word,
		/// [`Error::NotTheGuardiansToEnd`], [`Error::ChartNotActive`], [`Error::NotActive`].
		///
		/// # Events
		/// [`Event::DirectiveRevoked`].
		///
		/// # Weight
		/// Constant: a full list of active directives and two signature checks.
		#[pallet::call_index(7)]
		pub fn revoke_directive_as_guardian(
			origin: OriginFor<T>,
			id: DirectiveId,
			word: WordOf,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_revoke_directive(Actor::Guardian(&word), id)
		}

		/// Marks a directive entered in error by a guardian's word.
		///
		/// # Dispatch origin
		/// Signed by any account: what counts is the guardian's signature.
		///
		/// # Details
		/// As [`Self::mark_directive_entered_in_error`], with the powers that it takes to revoke.
		///
		/// # Parameters
		/// - `id`: an active directive.
		/// - `word`: the guardian's.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::ChartUnknown`], those of patient identity for the word,
		/// [`Error::NotTheGuardiansToEnd`], [`Error::ChartNotActive`], [`Error::NotActive`].
		///
		/// # Events
		/// [`Event::DirectiveEnteredInError`].
		///
		/// # Weight
		/// Constant: a full list of active directives and two signature checks.
		#[pallet::call_index(8)]
		pub fn mark_directive_entered_in_error_as_guardian(
			origin: OriginFor<T>,
			id: DirectiveId,
			word: WordOf,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_mark_directive_entered_in_error(Actor::Guardian(&word), id)
		}

		/// Submits orders of charts' keys.
		///
		/// # Dispatch origin
		/// Signed by any account: what counts is the signature in each order.
		///
		/// # Details
		/// Each order stands for itself: it takes effect as [`Self::issue_directive`],
		/// [`Self::revoke_directive`] or [`Self::mark_directive_entered_in_error`] would, or it does
		/// nothing and is told in an event, with the error that the call would have had. An order that
		/// issues what was issued before is left as it is, so a submission can be repeated.
		///
		/// # Parameters
		/// - `orders`: at most [`MAX_ORDERS`](salus_primitives::order::MAX_ORDERS), in the order in which
		///   they are done.
		///
		/// # Errors
		/// None of its own. In [`Event::OrderRefused`]: those of the calls, and those of patient
		/// identity for the order's time and signature.
		///
		/// # Events
		/// Those of the calls; [`Event::OrderRefused`] for each order that is refused.
		///
		/// # Weight
		/// Linear in the number of orders.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::submit_orders(orders.len().try_into().unwrap_or(u32::MAX)))]
		pub fn submit_orders(origin: OriginFor<T>, orders: Orders) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_submit_orders(&orders);
			Ok(())
		}

		/// Breaks the glass.
		///
		/// # Dispatch origin
		/// Signed by a clinician of the organisation, with good standing, who holds the privilege.
		///
		/// # Details
		/// Opens what the first scope covers for 3 hours. Often within a day, a second clinician is asked to
		/// look, which holds up nothing. What was opened before with the same content is left as it is, so
		/// a submission can be repeated.
		///
		/// # Parameters
		/// - `id`: its id, derived by the clinician.
		/// - `organisation`: for whom the sender acts.
		/// - `reason`: why.
		/// - `seal`: the seal over chart and custodian.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::NotAPractitioner`], [`Error::AlreadyExists`],
		/// [`Error::IdOfStatement`], [`Error::PrivilegeWithdrawn`], [`Error::AccountOverdue`],
		/// [`Error::TooManyBreakGlasses`], [`Error::TooManyUnaccounted`], [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::BreakGlassOpened`], [`Event::SecondClinicianAsked`].
		///
		/// # Weight
		/// Constant: a full list of those without own account.
		#[pallet::call_index(10)]
		pub fn open_break_glass(
			origin: OriginFor<T>,
			id: BreakGlassId,
			organisation: OrganisationId,
			reason: BreakGlassReason,
			seal: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_break_glass(who, id, organisation, reason, seal)
		}

		/// Widens a break-glass to the whole chart.
		///
		/// # Dispatch origin
		/// Signed by the account that opened it, as [`Self::open_break_glass`].
		///
		/// # Details
		/// A step of its own, so that who needs more than the summary says so. Can be repeated.
		///
		/// # Parameters
		/// - `id`: an active break-glass.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotTheOpener`], [`Error::NotAuthorised`],
		/// [`Error::BreakGlassOver`], [`Error::PrivilegeWithdrawn`], [`Error::AccountOverdue`].
		///
		/// # Events
		/// [`Event::BreakGlassWidened`].
		///
		/// # Weight
		/// Constant: a full list of those without own account.
		#[pallet::call_index(11)]
		pub fn widen_break_glass(origin: OriginFor<T>, id: BreakGlassId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_widen_break_glass(who, id)
		}

		/// Lets a break-glass go on for 3 hours from now.
		///
		/// # Dispatch origin
		/// Signed by the account that opened it, as [`Self::open_break_glass`].
		///
		/// # Details
		/// At most [`MAX_RENEWALS`](salus_primitives::break_glass::MAX_RENEWALS) times.
		///
		/// # Parameters
		/// - `id`: an active break-glass.
		///
		/// # Errors
		/// Those of [`Self::widen_break_glass`], and [`Error::TooManyRenewals`].
		///
		/// # Events
		/// [`Event::BreakGlassRenewed`].
		///
		/// # Weight
		/// Constant: a full list of those without own account.
		#[pallet::call_index(12)]
		pub fn renew_break_glass(origin: OriginFor<T>, id: BreakGlassId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_renew_break_glass(who, id)
		}

		/// Closes a break-glass.
		///
		/// # Dispatch origin
		/// Signed by the practitioner who opened it, whatever their standing has become.
		///
		/// # Details
		/// Final; it opens nothing from this block on.
		///
		/// # Parameters
		/// - `id`: an active break-glass.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotTheOpener`], [`Error::BreakGlassOver`].
		///
		/// # Events
		/// [`Event::BreakGlassClosed`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(13)]
		pub fn close_break_glass(origin: OriginFor<T>, id: BreakGlassId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close_break_glass(who, id)
		}

		/// Says that a second clinician looked.
		///
		/// # Dispatch origin
		/// Signed by a clinician of the organisation, with good standing, who did not open it.
		///
		/// # Details
		/// Also where none was asked. Can be repeated.
		///
		/// # Parameters
		/// - `id`: an active break-glass.
		/// - `organisation`: for whom the sender acts.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::NotAPractitioner`], [`Error::NotFound`],
		/// [`Error::SamePractitioner`], [`Error::AlreadyConfirmed`], [`Error::BreakGlassOver`].
		///
		/// # Events
		/// [`Event::BreakGlassConfirmed`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(14)]
		pub fn confirm_break_glass(
			origin: OriginFor<T>,
			id: BreakGlassId,
			organisation: OrganisationId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_confirm_break_glass(who, id, organisation)
		}

		/// Gives the clinician's own account of a break-glass.
		///
		/// # Dispatch origin
		/// Signed by the practitioner who opened it, whatever their standing has become.
		///
		/// # Details
		/// Due within 24 hours of its end; overdue, it costs the privilege until it is given. The words
		/// go to the reviewer off chain. Can be repeated.
		///
		/// # Parameters
		/// - `id`: a break-glass that is over.
		/// - `seal`: the seal over the account.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::NotTheOpener`], [`Error::AlreadyAccounted`], [`Error::StillOpen`].
		///
		/// # Events
		/// [`Event::BreakGlassAccounted`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(15)]
		pub fn account_for_break_glass(
			origin: OriginFor<T>,
			id: BreakGlassId,
			seal: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_account_for_break_glass(who, id, seal)
		}

		/// Reviews a break-glass.
		///
		/// # Dispatch origin
		/// Signed by a quality officer of the organisation, with good standing. It is neither the
		/// clinician's nor of its group, does not employ them, and has not reviewed it before.
		///
		/// # Details
		/// Once the account is given or overdue. An inconclusive one can be reviewed once more, by a third
		/// house. Unjustified takes the clinician's privilege at once.
		///
		/// # Parameters
		/// - `id`: a break-glass that is pending review or escalated, or was inconclusive once.
		/// - `organisation`: for whom the sender acts.
		/// - `outcome`: what came of it.
		/// - `findings`: the seal over what the reviewer found.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::NotFound`], [`Error::ReviewerNotIndependent`],
		/// [`Error::NotUnderReview`].
		///
		/// # Events
		/// [`Event::BreakGlassReviewed`], [`Event::EmergencyPrivilegeWithdrawn`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(16)]
		pub fn review_break_glass(
			origin: OriginFor<T>,
			id: BreakGlassId,
			organisation: OrganisationId,
			outcome: ReviewOutcome,
			findings: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_review_break_glass(who, id, organisation, outcome, findings)
		}

		/// Gives a practitioner the privilege back that a review took.
		///
		/// # Dispatch origin
		/// [`Config::CouncilOrigin`].
		///
		/// # Details
		/// An overdue account still stands in the way.
		///
		/// # Parameters
		/// - `practitioner`: whose privilege.
		/// - `break_glass`: by which it was lost, so that what is voted on does not lift a later finding.
		///
		/// # Errors
		/// [`Error::PrivilegeNotWithdrawn`].
		///
		/// # Events
		/// [`Event::EmergencyPrivilegeRestored`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(17)]
		pub fn restore_emergency_privilege(
			origin: OriginFor<T>,
			practitioner: PractitionerId,
			break_glass: BreakGlassId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_restore_emergency_privilege(practitioner, break_glass)
		}

		/// Posts a break-glass that was opened by a signed statement while finality stalled.
		///
		/// # Dispatch origin
		/// Signed by a system account of any organisation, whose vault released by it, or by the clinician
		/// while on the staff of the statement's organisation in that role; also while the organisation is
		/// suspended or a licence is gone.
		///
		/// # Details
		/// It comes in as opened then and already over: account and review are due, counted from now. It
		/// opens nothing. Neither privilege nor rate is asked, since what was done has to be answered for.
		/// Where the chain still knows the hash of the statement's head, it must be that; where it does
		/// not, the number tells how old the head was at least. Its id is over all that the statement says,
		/// so that nothing else has it. It counts as of whoever has the account, or had it when it was signed:
		/// of an account that was changed since, by a system account's word alone. From a system account it
		/// comes in however many accounts are owed, from the clinician while fewer than
		/// [`MAX_UNACCOUNTED`] posted ones wait for theirs. Each costs the privilege when its account is
		/// overdue. Can be repeated.
		///
		/// # Parameters
		/// - `organisation`: for whom the sender posts.
		/// - `statement`: what the clinician signed, at most 7 days ago.
		/// - `signature`: the clinician's.
		///
		/// # Errors
		/// [`Error::NotAuthorised`], [`Error::OtherChain`], [`Error::InvalidSignature`],
		/// [`Error::NotAPractitioner`], [`Error::StatementInFuture`], [`Error::PostedTooLate`],
		/// [`Error::WrongHead`], [`Error::HeadTooOld`], [`Error::TooManyUnaccounted`],
		/// [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::BreakGlassPosted`].
		///
		/// # Weight
		/// Constant: two signature checks.
		#[pallet::call_index(18)]
		pub fn post_break_glass(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			statement: BreakGlassStatement,
			signature: MultiSignature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_post_break_glass(who, organisation, statement, signature)
		}

		/// Asks something of the custodian of a chart.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// The answer is due 30 days later (45 CFR 164.524(b)(2)). The terms go to the custodian's vault.
		/// A chart has 8 open ones at most; the chain keeps 16 and then forgets the oldest that has ended.
		/// One that was filed before with the same seal is left as it is, whatever became of it.
		///
		/// # Parameters
		/// - `chart`: the chart, in whatever state.
		/// - `id`: its id, derived by the wallet.
		/// - `seal`: the seal over its
		///   [`AskTerms`](salus_primitives::ask::AskTerms).
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::AlreadyExists`],
		/// [`Error::TooManyAsks`].
		///
		/// # Events
		/// [`Event::AskFiled`].
		///
		/// # Weight
		/// Constant: a full list of asks.
		#[pallet::call_index(22)]
		pub fn file_ask(
			origin: OriginFor<T>,
			chart: ChartId,
			id: AskId,
			seal: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_file_ask(who, chart, id, seal)
		}

		/// Takes an ask back.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// Final. One that is withdrawn already is left as it is.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: an open ask of it.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::NotFound`],
		/// [`Error::AskNotOpen`].
		///
		/// # Events
		/// [`Event::AskWithdrawn`].
		///
		/// # Weight
		/// Constant: a full list of asks.
		#[pallet::call_index(23)]
		pub fn withdraw_ask(origin: OriginFor<T>, chart: ChartId, id: AskId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_ask(who, chart, id)
		}

		/// Puts the answer to an ask off by 30 days, once.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the chart, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Before the answer is overdue (45 CFR 164.524(b)(2)(ii)). With the same reason again it is left as it
		/// is.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: an open ask of it.
		/// - `reason`: the seal over the
		///   [`AskExtensionTerms`](salus_primitives::ask::AskExtensionTerms).
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::NotFound`],
		/// [`Error::AskNotOpen`], [`Error::AlreadyExtended`], [`Error::ExtensionTooLate`].
		///
		/// # Events
		/// [`Event::AskExtended`].
		///
		/// # Weight
		/// Constant: a full list of asks.
		#[pallet::call_index(24)]
		pub fn extend_ask(
			origin: OriginFor<T>,
			chart: ChartId,
			id: AskId,
			reason: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_extend_ask(who, chart, id, reason)
		}

		/// Grants an ask.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the chart, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Final. It says that what was asked is done, and opens nothing: a directive does. With the same
		/// answer again it is left as it is.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: an open ask of it.
		/// - `answer`: the seal over the
		///   [`AskAnswerTerms`](salus_primitives::ask::AskAnswerTerms).
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::NotFound`],
		/// [`Error::AskNotOpen`].
		///
		/// # Events
		/// [`Event::AskGranted`].
		///
		/// # Weight
		/// Constant: a full list of asks.
		#[pallet::call_index(25)]
		pub fn grant_ask(
			origin: OriginFor<T>,
			chart: ChartId,
			id: AskId,
			answer: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_grant_ask(who, chart, id, answer)
		}

		/// Refuses an ask.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of whoever keeps the chart, also while it is
		/// suspended or may not practise.
		///
		/// # Details
		/// Final. The ground is sealed in the answer. With the same answer again it is left as it is.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `id`: an open ask of it.
		/// - `answer`: the seal over the
		///   [`AskAnswerTerms`](salus_primitives::ask::AskAnswerTerms).
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::NotFound`],
		/// [`Error::AskNotOpen`].
		///
		/// # Events
		/// [`Event::AskRefused`].
		///
		/// # Weight
		/// Constant: a full list of asks.
		#[pallet::call_index(26)]
		pub fn refuse_ask(
			origin: OriginFor<T>,
			chart: ChartId,
			id: AskId,
			answer: Seal,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_refuse_ask(who, chart, id, answer)
		}

		/// Issues a directive that the patient signed on paper.
		///
		/// # Dispatch origin
		/// Signed by a clinician, pharmacist, records officer, quality officer or administrator of the chart's
		/// custodian, with good standing.
		///
		/// # Details
		/// A second such account, of another person, has signed the same, see
		/// [`PaperStatement`](salus_primitives::paper::PaperStatement). One of the two is a clinician or
		/// pharmacist there, whom no administrator can make up. The terms must name witnessed paper as
		/// their basis, or every access is denied. It replaces paper alone. The chart's key ends it as it ends
		/// any other, guardians as they end the patient's. At most [`MAX_ACTIVE_ON_PAPER`] are active. What was
		/// issued before with the same content by the same two is left as it is, so a submission can be
		/// repeated.
		///
		/// # Parameters
		/// - `paper`: what is to be issued.
		/// - `word`: the second witness's, good for 7 days at most.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::SameWitness`],
		/// [`Error::WitnessNotAuthorised`], [`Error::NoneLicensed`], [`Error::PaperExpired`],
		/// [`Error::PaperValidTooLong`], [`Error::InvalidSignature`], [`Error::AlreadyExists`],
		/// [`Error::ChartNotActive`],
		/// [`Error::ReplacedNotActive`], [`Error::NotOnPaper`], [`Error::TooManyOnPaper`],
		/// [`Error::TooManyDirectives`], [`Error::SequenceFull`].
		///
		/// # Events
		/// [`Event::DirectiveIssued`], [`Event::DirectiveWitnessed`], and [`Event::DirectiveSuperseded`] when it
		/// replaces one.
		///
		/// # Weight
		/// Constant: a full list of active directives and two signature checks.
		#[pallet::call_index(19)]
		pub fn issue_directive_on_paper(
			origin: OriginFor<T>,
			paper: PaperDirective,
			word: PaperWordOf,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue_directive_on_paper(who, paper, &word)
		}

		/// Revokes a directive that came on paper.
		///
		/// # Dispatch origin
		/// Signed by an account with one of the roles of [`Self::issue_directive_on_paper`], also while the
		/// custodian is suspended or a licence is gone; not necessarily one of those who issued it.
		///
		/// # Details
		/// A second such account, of another person, has signed the same; none of them needs a licence.
		/// Final; it counts no more from this block on. What the patient or a guardian issued stays.
		///
		/// # Parameters
		/// - `id`: an active directive on paper.
		/// - `word`: the second witness's, good for 7 days at most.
		///
		/// # Errors
		/// [`Error::NotFound`], [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::SameWitness`],
		/// [`Error::WitnessNotAuthorised`], [`Error::PaperExpired`], [`Error::PaperValidTooLong`],
		/// [`Error::InvalidSignature`], [`Error::NotOnPaper`], [`Error::ChartNotActive`],
		/// [`Error::NotActive`].
		///
		/// # Events
		/// [`Event::DirectiveRevoked`].
		///
		/// # Weight
		/// Constant: a full list of active directives and two signature checks.
		#[pallet::call_index(20)]
		pub fn end_directive_on_paper(
			origin: OriginFor<T>,
			id: DirectiveId,
			word: PaperWordOf,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_end_directive_on_paper(who, id, &word)
		}
	}
}

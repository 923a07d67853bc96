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
//! - **Chart**: the patient's file at one custodian, named by 32 bytes that say nothing. An organisation
//!   can hand all its charts to another, which is then their custodian in everything.
//! - **Chart key**: the account that signs for the chart.
//! - **Enrolment statement**: what the chart key signs, see
//!   [`EnrolmentStatement`](salus_primitives::enrolment::EnrolmentStatement).
//! - **Rotation**: the chart key names the one that follows it.
//! - **Re-keying**: after a loss, the custodian names the key that follows; the old key has a delay in
//!   which to cancel.
//! - **Contest**: the chart's key cancelled a re-keying. A thief can do so as well as the patient, so
//!   the council can uphold the next.
//! - **Guard**: a root over the sealed terms of those who may act for the patient, see
//!   [`guardian`](salus_primitives::guardian).
//!
//! ## Scenario
//!
//! At the front desk the patient's wallet signs a statement for this hospital, on this chain, good
//! for seven days at most. The hospital submits it, alone or with those of other patients. From
//! that block on the patient issues and revokes directives under the chart's key, at any node.
//!
//! Years later the phone is lost. The patient comes to the desk with a new wallet; a records officer
//! starts a re-keying, and completes it three days later, for nobody cancelled. The directives have
//! stayed. A custodian that re-keys a chart whose patient lost nothing is seen and stopped. A thief who
//! holds the old key can cancel just so; when the patient has shown themselves once more, the council
//! upholds the next re-keying, and it goes its way.
//!
//! ```text
//! state:  Active ◀──▶ Deactivated          by the chart's key
//!         either  ──▶ Deceased ──▶ before  reported by a clinician, disputed by key or guardian
//! key:    current ──▶ former               by rotation, or by re-keying after its delay
//! ```
//!
//! ## Privacy
//!
//! Chart id, custodian, chart keys, state and a root over the guardians are on chain, and nothing
//! else: no name, no date of birth, no national number, nothing that two charts of one person have in
//! common. A guardian's key, relation, powers and end show once that guardian acts, and then show
//! nothing of the others, not even how many there are. A report of a death names the chart and the
//! practitioner. They remain
//! pseudonymous personal data while a wallet or a vault can join them to a person. Submitting
//! statements in batches keeps the moment of an enrolment from telling when somebody stood at the
//! desk.
//!
//! ## Invariants
//!
//! Checked by `try_state`, numbered there:
//!
//! 1. each enrolled key names a chart that there is;
//! 2. each chart's key is enrolled, for that chart;
//! 3. each chart's key passed the gate through which accounts enter the chain;
//! 4. each re-keying is of a chart that there is, to a key that is enrolled for it and not its own;
//! 5. each guard is of a chart that there is;
//! 6. a chart is deceased exactly when there is a report, and no report says it was so before;
//! 7. each contest is of a chart that there is, and over a cancellation at least.

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
mod life;
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
// The macro converts with `as`. A guardian's word makes one call larger than the others, and calls are
// not kept.
#[allow(clippy::as_conversions, clippy::large_enum_variant)]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{ConstU64, Time},
	};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		codes::{ChartState, Jurisdiction, PosthumousRule},
		directory::{Enrolment, HoldingDirectory, OrganisationDirectory, ProviderDirectory},
		ids::{ChartId, GuardRoot, OrganisationId, PractitionerId},
		time::Moment,
		views::{Contest, DeathReport, Rekeying},
	};
	use sp_runtime::AccountId32;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = AccountId32, Hash = GenesisHash> {
		/// Who may act for which organisation.
		type Providers: ProviderDirectory<Self::AccountId>;
		/// Who decides for the consortium.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Where custodians are.
		type Organisations: OrganisationDirectory<Self::AccountId>;
		/// Who keeps what an organisation took in.
		type Holdings: HoldingDirectory;
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

	/// Every key that was ever named for a chart, with that chart. A key enrols once, ever: one that
	/// is not its chart's current key is a former one, or waits for a re-keying, or waited in vain.
	///
	/// Blake2-128: wallets choose their keys.
	#[pallet::storage]
	pub type EnrolledKeys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ChartId>;

	/// The roots over the guardians of charts that have any. Apart from the charts, since only who
	/// acts as guardian needs them.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type Guards<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, GuardRoot>;

	/// The re-keyings on their way, one a chart at most.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type Rekeyings<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, Rekeying>;

	/// The charts over which key and custodian are at odds, until a re-keying is completed.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type Contests<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, Contest>;

	/// The reports of deaths that nobody disputed.
	///
	/// Blake2-128: custodians choose chart ids.
	#[pallet::storage]
	pub type DeathReports<T: Config> = StorageMap<_, Blake2_128Concat, ChartId, DeathReport>;

	/// What jurisdictions let open of the charts of the dead, where it is not what directives say.
	///
	/// Twox-64: the council chooses the keys.
	#[pallet::storage]
	pub type PosthumousRules<T: Config> = StorageMap<_, Twox64Concat, Jurisdiction, PosthumousRule>;

	/// How long a re-keying waits, in milliseconds; set in genesis.
	#[pallet::storage]
	pub type RekeyingDelay<T> =
		StorageValue<_, Moment, ValueQuery, ConstU64<{ DEFAULT_REKEYING_DELAY }>>;

	/// How charts begin.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// How long a re-keying waits, in milliseconds.
		pub rekeying_delay: Moment,
		/// Of the chain it is for.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { rekeying_delay: DEFAULT_REKEYING_DELAY, _config: Default::default() }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.rekeying_delay > 0, "rekeying_delay must leave time to cancel");
			RekeyingDelay::<T>::put(self.rekeying_delay);
		}
	}

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
		/// A chart has another key, by the word of the one before.
		KeyRotated {
			/// The chart.
			chart: ChartId,
		},
		/// A chart's guardians were set, or it has none any more.
		GuardSet {
			/// The chart.
			chart: ChartId,
		},
		/// Notice to whoever holds a chart's key: its custodian is about to give the chart another.
		RekeyingStarted {
			/// The chart.
			chart: ChartId,
			/// First moment at which it can be completed.
			ready: Moment,
		},
		/// The chart's key or its custodian cancelled a re-keying.
		RekeyingCancelled {
			/// The chart.
			chart: ChartId,
		},
		/// A chart has another key, by the custodian's word.
		ChartRekeyed {
			/// The chart.
			chart: ChartId,
		},
		/// The patient closed a chart or opened it again.
		ChartStateChanged {
			/// The chart.
			chart: ChartId,
			/// What it is now.
			state: ChartState,
		},
		/// A practitioner reported that a patient is dead.
		DeathReported {
			/// The chart.
			chart: ChartId,
			/// The practitioner.
			practitioner: PractitionerId,
		},
		/// A report of a death was disputed and holds no more.
		DeathDisputed {
			/// The chart.
			chart: ChartId,
		},
		/// The council decided what a jurisdiction lets open of the charts of the dead.
		PosthumousRuleSet {
			/// Where.
			jurisdiction: Jurisdiction,
			/// What; none for what applies without a decision.
			rule: Option<PosthumousRule>,
		},
		/// The council decided whether a chart's key can cancel the next re-keying.
		RekeyingUpheld {
			/// The chart.
			chart: ChartId,
			/// Whether it can not.
			upheld: bool,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The sender may not do this for the organisation that keeps the chart: see the sender's
		/// standing for the reasons.
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
		/// The key was named for a chart before, or belongs to a member of staff: derive a new one.
		KeyAlreadyEnrolled,
		/// The key did not sign this statement: sign exactly what is submitted, for this chain.
		BadSignature,
		/// The accreditation that the organisation needs is over and so is its grace: it takes on no
		/// new patients until it is accredited.
		TakesOnNothingNew,
		/// The chain knows no such chart: check its id, or enrol it first.
		ChartUnknown,
		/// The sender's key is not the chart's, or is so no more, and no other that may do this: sign with
		/// its current key, or see the standing of the custodian's staff.
		NotTheChartsKey,
		/// The patient is reported dead: if that is wrong, dispute it first.
		Deceased,
		/// Nobody reported that the patient is dead: nothing is left to dispute.
		NotDeceased,
		/// The chart is in that state already: nothing is left to change.
		NothingToChange,
		/// A re-keying of the chart is on its way: complete it, or let the chart's key or a records
		/// officer cancel it.
		RekeyingOpen,
		/// No re-keying of the chart is on its way: start one, unless it is completed or cancelled.
		NoRekeying,
		/// The chart's key may still cancel the re-keying: complete it when its delay is over.
		TooEarly,
		/// These terms are not under the chart's guard, or it has none: ask the patient for a new card.
		NotAGuardian,
		/// The guardianship is over: the patient acts for themselves, or names the guardian anew.
		GuardianshipOver,
		/// The guardian has not the power that this takes: ask the patient, or another guardian.
		PowerMissing,
		/// The jurisdiction is none of ISO 3166: correct it.
		InvalidJurisdiction,
		/// The organisation has given its holding away: who keeps it now enrols.
		HoldingGivenAway,
		/// The chart's key cancelled no re-keying: the custodian starts and completes one by itself.
		NotContested,
		/// The council upholds the re-keying, so that the chart's key can not cancel it: speak to the
		/// custodian, whose records officers can, or to the council.
		RekeyingUpheld,
		/// The end of a parent's guardianship tells a birthday: name the parent anew, until the first
		/// moment of a calendar year.
		EndNotRounded,
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
		/// [`Error::NotAuthorised`], [`Error::HoldingGivenAway`], [`Error::TakesOnNothingNew`],
		/// [`Error::EmptyBatch`],
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

		/// Gives the chart another key.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// The new key acts from this block on, the old one no more. Directives and guard stay. The
		/// new key signs a [`KeyStatement`] with [`ROTATION_DOMAIN`], so that nobody names a key that
		/// is in nobody's hands. Not while a re-keying is on its way, for then somebody questions the
		/// key: cancel it first.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `new`: the key, with its word.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::Deceased`],
		/// [`Error::RekeyingOpen`], [`Error::StatementExpired`], [`Error::ValidityTooLong`],
		/// [`Error::KeyAlreadyEnrolled`], [`Error::BadSignature`].
		///
		/// # Events
		/// [`Event::KeyRotated`].
		///
		/// # Weight
		/// Constant: two signature checks.
		///
		/// [`KeyStatement`]: salus_primitives::enrolment::KeyStatement
		/// [`ROTATION_DOMAIN`]: salus_primitives::enrolment::ROTATION_DOMAIN
		#[pallet::call_index(1)]
		pub fn rotate_key(origin: OriginFor<T>, chart: ChartId, new: NewKeyOf) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_rotate_key(who, chart, new)
		}

		/// Sets who guards the chart.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// Whoever is not under the new root can act no more. What they did stays. Not while a re-keying
		/// is on its way, for then somebody questions the key.
		///
		/// # Parameters
		/// - `chart`: the chart.
		/// - `guard`: the root, see [`Guard`](salus_primitives::guardian::Guard); none for nobody.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::Deceased`],
		/// [`Error::RekeyingOpen`].
		///
		/// # Events
		/// [`Event::GuardSet`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(2)]
		pub fn set_guard(
			origin: OriginFor<T>,
			chart: ChartId,
			guard: Option<GuardRoot>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_guard(who, chart, guard)
		}

		/// Starts to give another key to a chart whose own is lost.
		///
		/// # Dispatch origin
		/// Signed by a records officer of the chart's custodian, with good standing, who has seen the
		/// patient.
		///
		/// # Details
		/// The event is the notice. Until [`RekeyingDelay`] has passed and the custodian completes it,
		/// the chart's key can cancel, unless the council upholds it, and so can a records officer. Until
		/// then the key is not rotated and the guard not changed. Possible in every state, also where a death was reported in
		/// error of somebody whose key is lost. The new key signs a [`KeyStatement`] with
		/// [`REKEYING_DOMAIN`], and is this chart's or nobody's from here on.
		///
		/// # Parameters
		/// - `chart`: a chart of the sender's organisation.
		/// - `new`: the key, with its word.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::RekeyingOpen`],
		/// [`Error::StatementExpired`], [`Error::ValidityTooLong`], [`Error::KeyAlreadyEnrolled`],
		/// [`Error::BadSignature`].
		///
		/// # Events
		/// [`Event::RekeyingStarted`].
		///
		/// # Weight
		/// Constant: two signature checks.
		///
		/// [`KeyStatement`]: salus_primitives::enrolment::KeyStatement
		/// [`REKEYING_DOMAIN`]: salus_primitives::enrolment::REKEYING_DOMAIN
		#[pallet::call_index(3)]
		pub fn start_rekeying(
			origin: OriginFor<T>,
			chart: ChartId,
			new: NewKeyOf,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_start_rekeying(who, chart, new)
		}

		/// Cancels a re-keying.
		///
		/// # Dispatch origin
		/// Signed by the chart's key, or by a records officer of the chart's custodian, with good standing,
		/// who knows now that it was not the patient, or not the patient's key.
		///
		/// # Details
		/// At any time before it is completed, after its delay too. The next one waits its whole delay.
		/// When the chart's key cancels, the chart is contested: it is counted, and the council can uphold
		/// the next, see [`Self::uphold_rekeying`].
		///
		/// # Parameters
		/// - `chart`: the chart.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::NoRekeying`],
		/// [`Error::RekeyingUpheld`].
		///
		/// # Events
		/// [`Event::RekeyingCancelled`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(4)]
		pub fn cancel_rekeying(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_rekeying(who, chart)
		}

		/// Completes a re-keying.
		///
		/// # Dispatch origin
		/// Signed by a records officer or system account of the chart's custodian, with good standing.
		///
		/// # Details
		/// The new key acts from this block on, the old one no more. Directives and guard stay; a contest
		/// is over.
		///
		/// # Parameters
		/// - `chart`: a chart of the sender's organisation.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::NoRekeying`],
		/// [`Error::TooEarly`].
		///
		/// # Events
		/// [`Event::ChartRekeyed`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(5)]
		pub fn complete_rekeying(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_complete_rekeying(who, chart)
		}

		/// Closes a chart.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// No directive is issued any more and none permits anything; denies go on, and so does what
		/// the house itself does for the patient.
		///
		/// # Parameters
		/// - `chart`: an active chart.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::Deceased`],
		/// [`Error::NothingToChange`].
		///
		/// # Events
		/// [`Event::ChartStateChanged`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(6)]
		pub fn deactivate(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deactivate(who, chart)
		}

		/// Opens a chart again that its patient closed.
		///
		/// # Dispatch origin
		/// Signed by the chart's key.
		///
		/// # Details
		/// The directives that are active speak again.
		///
		/// # Parameters
		/// - `chart`: a deactivated chart.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::Deceased`],
		/// [`Error::NothingToChange`].
		///
		/// # Events
		/// [`Event::ChartStateChanged`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(7)]
		pub fn reactivate(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_reactivate(who, chart)
		}

		/// Reports that a patient is dead.
		///
		/// # Dispatch origin
		/// Signed by a clinician of the chart's custodian, with good standing.
		///
		/// # Details
		/// No directive is issued any more. What opens then is for the custodian's jurisdiction to say,
		/// see [`Self::set_posthumous_rule`].
		///
		/// # Parameters
		/// - `chart`: a chart of the sender's organisation.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotAuthorised`], [`Error::Deceased`].
		///
		/// # Events
		/// [`Event::DeathReported`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(8)]
		pub fn report_death(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_report_death(who, chart)
		}

		/// Disputes that the patient is dead.
		///
		/// # Dispatch origin
		/// Signed by the chart's key, or by a clinician of the chart's custodian, with good standing, who
		/// sees that the wrong chart was named.
		///
		/// # Details
		/// The chart is what it was before the report, at any time after it. A signature of the chart's key
		/// proves little of the patient's life where others have it, or the custodian has just given it;
		/// it can be reported again, by somebody who answers for it.
		///
		/// # Parameters
		/// - `chart`: a chart whose patient is reported dead.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotTheChartsKey`], [`Error::NotDeceased`].
		///
		/// # Events
		/// [`Event::DeathDisputed`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(9)]
		pub fn dispute_death(origin: OriginFor<T>, chart: ChartId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_dispute_death(who, chart)
		}

		/// Disputes that the patient is dead, by a guardian's word.
		///
		/// # Dispatch origin
		/// Signed by any account: what counts is the guardian's signature.
		///
		/// # Details
		/// As [`Self::dispute_death`]. The word is good for reports of that moment alone.
		///
		/// # Parameters
		/// - `chart`: a chart whose patient is reported dead.
		/// - `word`: the guardian's, with the power to dispute.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotDeceased`], [`Error::StatementExpired`],
		/// [`Error::ValidityTooLong`], [`Error::NotAGuardian`], [`Error::GuardianshipOver`],
		/// [`Error::PowerMissing`], [`Error::EndNotRounded`], [`Error::BadSignature`].
		///
		/// # Events
		/// [`Event::DeathDisputed`].
		///
		/// # Weight
		/// Constant: two signature checks and the way to the guard.
		#[pallet::call_index(10)]
		pub fn dispute_death_as_guardian(
			origin: OriginFor<T>,
			chart: ChartId,
			word: WordOf,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_dispute_death_as_guardian(chart, &word)
		}

		/// Says what a jurisdiction lets open of the charts of the dead.
		///
		/// # Dispatch origin
		/// The council.
		///
		/// # Details
		/// Applies from this block on to every chart of every custodian there. A subdivision's rule
		/// goes before its country's; where neither is set, directives go on as they are.
		///
		/// # Parameters
		/// - `jurisdiction`: a country or subdivision.
		/// - `rule`: the rule; none to go back to what applies without one.
		///
		/// # Errors
		/// [`Error::InvalidJurisdiction`].
		///
		/// # Events
		/// [`Event::PosthumousRuleSet`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(11)]
		pub fn set_posthumous_rule(
			origin: OriginFor<T>,
			jurisdiction: Jurisdiction,
			rule: Option<PosthumousRule>,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
			PosthumousRules::<T>::set(jurisdiction, rule);
			Self::deposit_event(Event::PosthumousRuleSet { jurisdiction, rule });
			Ok(())
		}

		/// Decides over a contested chart: whether the chart's key can cancel the next re-keying.
		///
		/// # Dispatch origin
		/// The council.
		///
		/// # Details
		/// A key that cancels may be a thief's or the patient's; the chain does not tell them apart. Of a
		/// chart whose key has cancelled, the council can say that the re-keying on its way, or else the
		/// next, is not for the key to cancel. The custodian still starts and completes it, with its
		/// whole delay, and can cancel it. Holds until one is completed or the council takes it back.
		///
		/// # Parameters
		/// - `chart`: a chart whose key cancelled a re-keying since the last that was completed.
		/// - `upheld`: whether the key can not cancel; false to take it back.
		///
		/// # Errors
		/// [`Error::ChartUnknown`], [`Error::NotContested`], [`Error::NothingToChange`].
		///
		/// # Events
		/// [`Event::RekeyingUpheld`].
		///
		/// # Weight
		/// Constant.
		#[pallet::call_index(12)]
		pub fn uphold_rekeying(
			origin: OriginFor<T>,
			chart: ChartId,
			upheld: bool,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_uphold_rekeying(chart, upheld)
		}
	}
}

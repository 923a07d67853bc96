//! # Credentials
//!
//! Licences, accreditations and inspections: who gave what to whom, until when, within which limits.
//!
//! ## Overview
//!
//! `pallet-providers` asks this pallet whether a practitioner's licences are good for an act, and
//! whether an organisation has what its kind needs. The rules are pure functions of
//! [`salus_primitives::credential`]; this pallet keeps what they read, and lets only those change it
//! who may. Nothing is swept: expired, lapsed and overdue are read from dates, and suspending a
//! licence takes effect in the block that does it.
//!
//! ## Terminology
//!
//! - **Board**: a licensing board or regulator that the council authorised for classes of licences
//!   in a jurisdiction.
//! - **Accreditation body**: an organisation that the council authorised for programmes.
//! - **Authority**: any of the two. One that loses its own standing issues nothing more; what it
//!   issued stays valid until its dates, and the council can hand it to a *successor*.
//! - **Requirement**: what the council asks of a kind of organisation in a jurisdiction: licences,
//!   accreditation, and the grace after one has ended.
//! - **Verification**: a board's look at the primary source, with the date of the next.
//!
//! ## Scenario
//!
//! The council authorises California's board and an accreditation body, and says that a hospital
//! there needs a facility licence and an accreditation. The board licenses the hospital and a
//! dentist; the body surveys the hospital and accredits it with a follow-up; a regulator inspects
//! it. When the accreditation ends, people see a flag; when the grace is over too, the hospital
//! takes on no new patients, and treats those it has.
//!
//! ## Privacy
//!
//! All of this is public by nature, and nothing of it is about patients. Evidence, reports and
//! grounds stay with those who wrote them: the chain holds commitments.
//!
//! ## Invariants
//!
//! See `try_state.rs`.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

extern crate alloc;

mod accreditation;
mod authorities;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod errors;
mod events;
mod genesis;
mod impls;
mod licences;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use genesis::{GenesisAccreditation, GenesisLicence};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;
use sp_runtime::{ArithmeticError, DispatchError};

/// The number after `count`.
pub(crate) fn next(count: u32) -> Result<u32, DispatchError> {
	count.checked_add(1).ok_or(ArithmeticError::Overflow.into())
}

// Of the pallet, apart for their length.
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	#[cfg(feature = "runtime-benchmarks")]
	use crate::BenchmarkHelper;
	use crate::{
		accreditation::{Decision, Finding},
		licences::Issue,
		AccreditationIds, AskedSince, Authorities, GenesisAccreditation, GenesisLicence,
		InspectionIds, LicenceIds, WeightInfo,
	};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		codes::{
			AccreditationState, InspectionOutcome, InspectionState, Jurisdiction, LicenceClass,
			LicenceClasses, LicenceState, OrganisationKind, Programme, Programmes,
		},
		credential::{
			Accreditation, Holder, Inspection, Jurisdictions, Licence, Limits, Requirement,
			Requirements, Verification,
		},
		directory::OrganisationDirectory,
		ids::{AccreditationId, Digest, InspectionId, LicenceId, OrganisationId},
		time::{Moment, Period},
		views::{AccreditationView, AuthorityView, InspectionView, LicenceView, Page},
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who speaks for the consortium: a majority of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Organisations and practitioners.
		type Organisations: OrganisationDirectory<Self::AccountId>;

		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Prepares what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Where a board may license, and what.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type BoardAuthorities<T> =
		StorageMap<_, Twox64Concat, OrganisationId, Authorities, ValueQuery>;

	/// For what a body may accredit.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type AccreditingBodies<T> =
		StorageMap<_, Twox64Concat, OrganisationId, Programmes, ValueQuery>;

	/// To whom the council handed what an authority had issued.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Successors<T> = StorageMap<_, Twox64Concat, OrganisationId, OrganisationId>;

	/// How many times at most what an authority is responsible for was handed on to it.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type SuccessionDepths<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// What organisations of a kind need in a jurisdiction.
	///
	/// The council chooses the keys: kinds are few, `twox_64`; places `blake2_128`.
	#[pallet::storage]
	pub type RequirementsOf<T> = StorageDoubleMap<
		_,
		Twox64Concat,
		OrganisationKind,
		Blake2_128Concat,
		Jurisdiction,
		Requirements,
	>;

	/// Since when accreditation is asked for by what [`RequirementsOf`] holds, earlier versions
	/// included: a new version gives no new grace. The requirement's own beginning without an entry.
	///
	/// Keys as there.
	#[pallet::storage]
	pub type AccreditationAskedSince<T> = StorageDoubleMap<
		_,
		Twox64Concat,
		OrganisationKind,
		Blake2_128Concat,
		Jurisdiction,
		AskedSince,
	>;

	/// How many licences were ever issued; the number of the last.
	#[pallet::storage]
	pub type LicenceCount<T> = StorageValue<_, LicenceId, ValueQuery>;

	/// Licences, those that are over included.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Licences<T> = StorageMap<_, Twox64Concat, LicenceId, Licence>;

	/// A holder's licences, oldest first. Those that are over make room for new ones.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type LicencesOf<T> = StorageMap<_, Twox64Concat, Holder, LicenceIds, ValueQuery>;

	/// The licences of a class that name a jurisdiction, in order of issue, from 0.
	///
	/// Places are chosen by boards: hashed with `blake2_128`. Classes are few and numbers counted:
	/// `twox_64`.
	#[pallet::storage]
	pub type LicencesIn<T> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, Jurisdiction>,
			NMapKey<Twox64Concat, LicenceClass>,
			NMapKey<Twox64Concat, u32>,
		),
		LicenceId,
	>;

	/// How many licences of a class name a jurisdiction.
	///
	/// Places are chosen by boards: hashed with `blake2_128`. Classes are few: `twox_64`.
	#[pallet::storage]
	pub type LicencesInCount<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		Jurisdiction,
		Twox64Concat,
		LicenceClass,
		u32,
		ValueQuery,
	>;

	/// The licences that a board issued, in order of issue, from 0.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type LicencesBy<T> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, LicenceId>;

	/// How many licences a board issued.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type LicencesByCount<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// How many accreditations there ever were; the number of the last.
	#[pallet::storage]
	pub type AccreditationCount<T> = StorageValue<_, AccreditationId, ValueQuery>;

	/// Accreditations, those that are over included.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Accreditations<T> = StorageMap<_, Twox64Concat, AccreditationId, Accreditation>;

	/// An organisation's accreditations, oldest first. Those that are over make room for new ones.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type AccreditationsOf<T> =
		StorageMap<_, Twox64Concat, OrganisationId, AccreditationIds, ValueQuery>;

	/// How many inspections were ever recorded; the number of the last.
	#[pallet::storage]
	pub type InspectionCount<T> = StorageValue<_, InspectionId, ValueQuery>;

	/// Inspections.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Inspections<T> = StorageMap<_, Twox64Concat, InspectionId, Inspection>;

	/// An organisation's inspections in order of recording, from 0.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type InspectionsOf<T> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, InspectionId>;

	/// How many inspections an organisation had.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type InspectionsOfCount<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// The inspections of which an organisation has something to follow up, so that overdue is known
	/// without a search.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type OpenFollowUps<T> =
		StorageMap<_, Twox64Concat, OrganisationId, InspectionIds, ValueQuery>;

	/// Credentials at genesis. What they name goes by the rules of the calls. Built after the
	/// organisations and practitioners that they name.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Where which board may license what.
		pub boards: Vec<(OrganisationId, Jurisdiction, LicenceClasses)>,
		/// Which body may accredit for what.
		pub bodies: Vec<(OrganisationId, Programmes)>,
		/// What which kind of organisation needs where.
		pub requirements: Vec<(OrganisationKind, Jurisdiction, Requirement)>,
		/// Licences; their numbers follow from their order, from 1.
		pub licences: Vec<GenesisLicence>,
		/// Accreditations; their numbers follow from their order, from 1.
		pub accreditations: Vec<GenesisAccreditation>,
		/// Nothing.
		#[serde(skip)]
		pub marker: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			crate::genesis::build(self)
		}
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Says what a board may license in a jurisdiction.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// A country's authority covers its subdivisions. Said again, it replaces the classes.
		///
		/// ## Parameters
		/// - `organisation`: an active licensing board or regulator.
		/// - `jurisdiction`: where; at most 64 for a board.
		/// - `classes`: all classes it may license there from now on.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotABoard`], [`Error::OrganisationNotActive`],
		/// [`Error::InvalidJurisdiction`], [`Error::ClassesMissing`], [`Error::AlreadyExists`],
		/// [`Error::TooManyAuthorities`].
		///
		/// ## Events
		/// [`Event::BoardAuthorised`].
		///
		/// ## Weight
		/// Reads and writes all authorities of the board.
		#[pallet::call_index(0)]
		pub fn authorise_board(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			jurisdiction: Jurisdiction,
			classes: LicenceClasses,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_authorise_board(organisation, jurisdiction, classes)
		}

		/// Takes a board's authority for a jurisdiction away.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// Licences already issued stay valid until their dates; the board can still suspend and
		/// revoke them, but not reinstate, renew or verify them.
		///
		/// ## Parameters
		/// - `organisation`: the board.
		/// - `jurisdiction`: as it was authorised.
		///
		/// ## Errors
		/// [`Error::BoardNotAuthorised`].
		///
		/// ## Events
		/// [`Event::BoardAuthorityRevoked`].
		///
		/// ## Weight
		/// Reads and writes all authorities of the board.
		#[pallet::call_index(1)]
		pub fn revoke_board_authority(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			jurisdiction: Jurisdiction,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_revoke_board_authority(organisation, jurisdiction)
		}

		/// Says for what a body may accredit.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// What it gave stays valid until its dates.
		///
		/// ## Parameters
		/// - `organisation`: an accreditation body, active unless its authority is taken away.
		/// - `programmes`: all programmes from now on; none takes its authority away.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAnAccreditationBody`],
		/// [`Error::OrganisationNotActive`], [`Error::AlreadyExists`].
		///
		/// ## Events
		/// [`Event::BodyAuthorised`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(2)]
		pub fn authorise_body(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			programmes: Programmes,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_authorise_body(organisation, programmes)
		}

		/// Hands what an authority issued to another.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// From this block on the successor, and nobody else, renews, suspends, revokes and decides.
		/// It needs the authority for that itself. Who has handed on issues nothing more.
		///
		/// ## Parameters
		/// - `authority`: who issued.
		/// - `successor`: an active organisation of the same kind; a board's may be a regulator, and
		///   the other way round. Handed on at most 8 times.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::SuccessorUnfit`],
		/// [`Error::OrganisationNotActive`], [`Error::AlreadyExists`],
		/// [`Error::TooManySuccessions`].
		///
		/// ## Events
		/// [`Event::SuccessorAppointed`].
		///
		/// ## Weight
		/// Follows up to 8 successions.
		#[pallet::call_index(3)]
		pub fn appoint_successor(
			origin: OriginFor<T>,
			authority: OrganisationId,
			successor: OrganisationId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_appoint_successor(authority, successor)
		}

		/// Says what organisations of a kind need in a jurisdiction to practise.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// What is said of a subdivision replaces what is said of its country. A requirement that
		/// has not begun is replaced; one in force holds until the new one begins. Where both ask
		/// for an accreditation, nobody's grace begins anew. What held earlier is read at past blocks.
		///
		/// ## Parameters
		/// - `kind`: the kind.
		/// - `jurisdiction`: where.
		/// - `requirement`: licences, accreditation, grace in milliseconds, and from when on it
		///   holds: not before the block's time.
		///
		/// ## Errors
		/// [`Error::InvalidJurisdiction`], [`Error::WrongHolder`] for a class that practitioners
		/// hold, [`Error::RequirementInPast`].
		///
		/// ## Events
		/// [`Event::RequirementSet`].
		///
		/// ## Weight
		/// Reads what is asked there and in the country.
		#[pallet::call_index(4)]
		pub fn set_requirement(
			origin: OriginFor<T>,
			kind: OrganisationKind,
			jurisdiction: Jurisdiction,
			requirement: Requirement,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_set_requirement(kind, jurisdiction, requirement)
		}

		/// Issues a licence.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of an active board in standing that is authorised for the class
		/// in every jurisdiction named.
		///
		/// ## Details
		/// It is active within its dates at once if the primary source was verified, and else
		/// pending until it is.
		///
		/// ## Parameters
		/// - `board`: the board.
		/// - `holder`: a practitioner who is not the signer, or an organisation not of the board's
		///   group and whose staff the signer is not; at most 32 licences that still count each.
		/// - `class`: what it allows.
		/// - `jurisdictions`: where it is valid, 1 to 16, each once.
		/// - `valid`: when it is valid, in milliseconds since 1970, half-open; not over.
		/// - `limits`: what it does not extend to; at most 8 sites.
		/// - `verification`: what was seen at the primary source, and when to look again, at most 5
		///   years ahead.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::HolderUnknown`], [`Error::WrongHolder`],
		/// [`Error::ConflictOfInterest`], [`Error::JurisdictionsMissing`],
		/// [`Error::InvalidJurisdiction`], [`Error::JurisdictionTwice`],
		/// [`Error::BoardNotAuthorised`], [`Error::HandedOn`], [`Error::AuthorityNotInStanding`],
		/// [`Error::EmptyPeriod`], [`Error::InvalidLimits`], [`Error::VerificationDueInPast`],
		/// [`Error::DueTooLate`], [`Error::TooManyLicences`].
		///
		/// ## Events
		/// [`Event::LicenceIssued`].
		///
		/// ## Weight
		/// Reads the holder's 32 licences when those that are over must make room.
		#[pallet::call_index(5)]
		#[allow(clippy::too_many_arguments)]
		pub fn issue_licence(
			origin: OriginFor<T>,
			board: OrganisationId,
			holder: Holder,
			class: LicenceClass,
			jurisdictions: Jurisdictions,
			valid: Period,
			limits: Limits,
			verification: Option<Verification>,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::ensure_administers(&signer, board)?;
			Self::ensure_not_own(&signer, &holder)?;
			let issue = Issue { holder, class, jurisdictions, valid, limits, verification };
			Self::do_issue_licence(board, issue, T::Time::now())?;
			Ok(())
		}

		/// Records a look at the primary source of a licence. A pending licence becomes active.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the responsible board, which could issue it today.
		///
		/// ## Parameters
		/// - `licence`: its number.
		/// - `verification`: a commitment to what was seen, and when to look again.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BoardNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`] if it is over, [`Error::VerificationDueInPast`],
		/// [`Error::DueTooLate`].
		///
		/// ## Events
		/// [`Event::LicenceVerified`], and [`Event::LicenceStateChanged`] if it was pending.
		///
		/// ## Weight
		/// Compares 16 jurisdictions with 64 authorities.
		#[pallet::call_index(6)]
		pub fn verify_licence(
			origin: OriginFor<T>,
			licence: LicenceId,
			verification: Verification,
		) -> DispatchResult {
			Self::do_verify_licence(&ensure_signed(origin)?, licence, verification)
		}

		/// Renews a licence.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the responsible board, which could issue it today.
		///
		/// ## Details
		/// Renewed before its end, it is valid without a gap. Renewed within 90 days after, it is
		/// valid from this block on. Then it has lapsed and is issued anew. A suspended licence is
		/// renewed and stays suspended.
		///
		/// ## Parameters
		/// - `licence`: its number.
		/// - `until`: its new end; none without end.
		/// - `verification`: what was seen at the primary source, and when to look again.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BoardNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::NotRenewable`], [`Error::PeriodNotLonger`], [`Error::VerificationDueInPast`],
		/// [`Error::DueTooLate`].
		///
		/// ## Events
		/// [`Event::LicenceRenewed`].
		///
		/// ## Weight
		/// Compares 16 jurisdictions with 64 authorities.
		#[pallet::call_index(7)]
		pub fn renew_licence(
			origin: OriginFor<T>,
			licence: LicenceId,
			until: Option<Moment>,
			verification: Option<Verification>,
		) -> DispatchResult {
			Self::do_renew_licence(&ensure_signed(origin)?, licence, until, verification)
		}

		/// Suspends, reinstates or revokes a licence, or marks it issued in error.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active responsible board; or the council, which suspends,
		/// and revokes where that board could not issue such a licence today, but does not reinstate.
		///
		/// ## Details
		/// Active ↔ Suspended; both → Revoked; both and Pending → IssuedInError. The last two are
		/// final, and still possible when the licence has lapsed; the others are not. Takes effect in
		/// this block. Reinstating needs the authority that issuing needs.
		///
		/// ## Parameters
		/// - `licence`: its number.
		/// - `state`: its new state.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidTransition`],
		/// [`Error::ConflictOfInterest`], [`Error::BoardNotAuthorised`],
		/// [`Error::AuthorityNotInStanding`], [`Error::BoardResponsible`].
		///
		/// ## Events
		/// [`Event::LicenceStateChanged`].
		///
		/// ## Weight
		/// Compares 16 jurisdictions with 64 authorities.
		#[pallet::call_index(8)]
		pub fn set_licence_state(
			origin: OriginFor<T>,
			licence: LicenceId,
			state: LicenceState,
		) -> DispatchResult {
			match T::CouncilOrigin::try_origin(origin) {
				Ok(_) => Self::do_set_licence_state(None, licence, state),
				Err(origin) => {
					Self::do_set_licence_state(Some(&ensure_signed(origin)?), licence, state)
				},
			}
		}

		/// Gives a licence back, for good; not while it is suspended: that would end the board's
		/// proceedings.
		///
		/// ## Dispatch origin
		/// Signed by the practitioner, or by an administrator of the active organisation, that holds
		/// it.
		///
		/// ## Parameters
		/// - `licence`: its number.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotHolder`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidTransition`] if it is over or suspended.
		///
		/// ## Events
		/// [`Event::LicenceStateChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(9)]
		pub fn surrender_licence(origin: OriginFor<T>, licence: LicenceId) -> DispatchResult {
			Self::do_surrender_licence(&ensure_signed(origin)?, licence)
		}

		/// Sets what a licence does not extend to.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active responsible board, which could issue it today
		/// unless the limits only become narrower.
		///
		/// ## Details
		/// Takes effect in this block.
		///
		/// ## Parameters
		/// - `licence`: its number.
		/// - `limits`: all its limits from now on; at most 8 sites.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BoardNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`] if it is over, [`Error::InvalidLimits`],
		/// [`Error::OrganisationUnknown`] for a site.
		///
		/// ## Events
		/// [`Event::LicenceLimitsSet`].
		///
		/// ## Weight
		/// Compares 16 jurisdictions with 64 authorities, and looks 8 sites up.
		#[pallet::call_index(10)]
		pub fn set_licence_limits(
			origin: OriginFor<T>,
			licence: LicenceId,
			limits: Limits,
		) -> DispatchResult {
			Self::do_set_licence_limits(&ensure_signed(origin)?, licence, limits)
		}

		/// Records a body's first decision on an organisation in a programme.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of an active body in standing that is authorised for the
		/// programme.
		///
		/// ## Parameters
		/// - `body`: the body.
		/// - `organisation`: who was surveyed, not of the body's group and without the signer on its
		///   staff; at most 8 accreditations that still count each.
		/// - `programme`: for what.
		/// - `state`: accredited, with follow-up, for a limited time, or preliminarily denied.
		/// - `valid`: when it is valid: begun, not over, and with an end if the time is limited.
		/// - `follow_up_due`: by when faults are to be mended: with follow-up always, for a limited
		///   time maybe, else never; at most 5 years ahead.
		/// - `evidence`: commitment to the survey's report.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BodyNotAuthorised`], [`Error::HandedOn`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`] for a state that is no first decision,
		/// [`Error::EmptyPeriod`], [`Error::EndMissing`], [`Error::InvalidFollowUp`],
		/// [`Error::DueTooLate`], [`Error::AlreadyExists`], [`Error::TooManyAccreditations`].
		///
		/// ## Events
		/// [`Event::AccreditationDecided`].
		///
		/// ## Weight
		/// Reads the organisation's 8 accreditations.
		#[pallet::call_index(11)]
		#[allow(clippy::too_many_arguments)]
		pub fn accredit(
			origin: OriginFor<T>,
			body: OrganisationId,
			organisation: OrganisationId,
			programme: Programme,
			state: AccreditationState,
			valid: Period,
			follow_up_due: Option<Moment>,
			evidence: Digest,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::ensure_administers(&signer, body)?;
			Self::ensure_not_staff(&signer, organisation)?;
			let decision = Decision { state, follow_up_due, evidence };
			Self::do_accredit(body, organisation, programme, valid, decision)?;
			Ok(())
		}

		/// Decides on an accreditation.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active responsible body, which could give it today unless
		/// it denies.
		///
		/// ## Details
		/// `docs/providers.md` draws what follows what. A preliminary denial becomes final when the
		/// organisation has appealed, or 30 days after it, also when the dates are over by then. Only
		/// what is in an organisation's favour is kept from its own group's body and its own staff.
		///
		/// ## Parameters
		/// - `accreditation`: its number.
		/// - `state`: its new state.
		/// - `follow_up_due`: as for [`Pallet::accredit`].
		/// - `evidence`: commitment to the decision.
		///
		/// ## Errors
		/// [`Error::AccreditationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BodyNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`], [`Error::AppealWindowOpen`], [`Error::InvalidFollowUp`],
		/// [`Error::DueTooLate`].
		///
		/// ## Events
		/// [`Event::AccreditationDecided`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(12)]
		pub fn decide_accreditation(
			origin: OriginFor<T>,
			accreditation: AccreditationId,
			state: AccreditationState,
			follow_up_due: Option<Moment>,
			evidence: Digest,
		) -> DispatchResult {
			let decision = Decision { state, follow_up_due, evidence };
			Self::do_decide_accreditation(&ensure_signed(origin)?, accreditation, decision)
		}

		/// Renews an accreditation, without a gap.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the responsible body, which could give it today.
		///
		/// ## Details
		/// One that has expired is given anew.
		///
		/// ## Parameters
		/// - `accreditation`: its number.
		/// - `until`: its new end; none without end.
		/// - `evidence`: commitment to the survey's report.
		///
		/// ## Errors
		/// [`Error::AccreditationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::BodyNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::NotRenewable`], [`Error::PeriodNotLonger`].
		///
		/// ## Events
		/// [`Event::AccreditationRenewed`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(13)]
		pub fn renew_accreditation(
			origin: OriginFor<T>,
			accreditation: AccreditationId,
			until: Option<Moment>,
			evidence: Digest,
		) -> DispatchResult {
			Self::do_renew_accreditation(&ensure_signed(origin)?, accreditation, until, evidence)
		}

		/// Appeals against a preliminary denial.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the organisation, which is active or suspended.
		///
		/// ## Parameters
		/// - `accreditation`: its number.
		/// - `grounds`: commitment to the grounds.
		///
		/// ## Errors
		/// [`Error::AccreditationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::NotAppealable`].
		///
		/// ## Events
		/// [`Event::DenialAppealed`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(14)]
		pub fn appeal_denial(
			origin: OriginFor<T>,
			accreditation: AccreditationId,
			grounds: Digest,
		) -> DispatchResult {
			Self::do_appeal_denial(&ensure_signed(origin)?, accreditation, grounds)
		}

		/// Withdraws the signer's organisation from an accreditation, for good.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Parameters
		/// - `accreditation`: its number.
		///
		/// ## Errors
		/// [`Error::AccreditationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidTransition`] if it is over.
		///
		/// ## Events
		/// [`Event::AccreditationDecided`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(15)]
		pub fn withdraw_accreditation(
			origin: OriginFor<T>,
			accreditation: AccreditationId,
		) -> DispatchResult {
			Self::do_withdraw_accreditation(&ensure_signed(origin)?, accreditation)
		}

		/// Records an inspection.
		///
		/// ## Dispatch origin
		/// Signed by an administrator or quality officer of an active authority in standing: a board
		/// authorised for the organisation's jurisdiction, or an accreditation body.
		///
		/// ## Parameters
		/// - `inspector`: the authority.
		/// - `organisation`: who was inspected, not of the inspector's group, and without the signer
		///   on its staff if nothing is asked for; at most 32 inspections to be followed up each, 8 by
		///   one inspector.
		/// - `outcome`: what it led to.
		/// - `conducted`: when it was done; not ahead.
		/// - `report`: commitment to the report.
		/// - `follow_up_due`: by when faults are to be mended: after official action always, after
		///   voluntary action maybe, else never; at most 5 years ahead.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::InspectorNotAuthorised`], [`Error::HandedOn`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InspectionInFuture`], [`Error::InvalidFollowUp`], [`Error::DueTooLate`],
		/// [`Error::TooManyFollowUps`].
		///
		/// ## Events
		/// [`Event::InspectionRecorded`].
		///
		/// ## Weight
		/// Reads all authorities of the inspector, and the 32 inspections to be followed up.
		#[pallet::call_index(16)]
		pub fn record_inspection(
			origin: OriginFor<T>,
			inspector: OrganisationId,
			organisation: OrganisationId,
			outcome: InspectionOutcome,
			conducted: Moment,
			report: Digest,
			follow_up_due: Option<Moment>,
		) -> DispatchResult {
			let finding = Finding { organisation, outcome, conducted, report, follow_up_due };
			Self::do_record_inspection(&ensure_signed(origin)?, inspector, finding)
		}

		/// Records that what an inspection asked for was mended.
		///
		/// ## Dispatch origin
		/// Signed by an administrator or quality officer of the active responsible authority, which
		/// could inspect there today; not on the staff of who was inspected.
		///
		/// ## Parameters
		/// - `inspection`: its number.
		/// - `evidence`: commitment to the proof.
		///
		/// ## Errors
		/// [`Error::InspectionUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::InspectorNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`] if nothing is due.
		///
		/// ## Events
		/// [`Event::InspectionStateChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(17)]
		pub fn close_follow_up(
			origin: OriginFor<T>,
			inspection: InspectionId,
			evidence: Digest,
		) -> DispatchResult {
			Self::do_close_follow_up(&ensure_signed(origin)?, inspection, evidence)
		}

		/// Marks an inspection entered in error. The entry stays.
		///
		/// ## Dispatch origin
		/// Signed by an administrator or quality officer of the active responsible authority, which
		/// could inspect there today; not on the staff of who was inspected.
		///
		/// ## Parameters
		/// - `inspection`: its number.
		///
		/// ## Errors
		/// [`Error::InspectionUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::ConflictOfInterest`],
		/// [`Error::InspectorNotAuthorised`], [`Error::AuthorityNotInStanding`],
		/// [`Error::InvalidTransition`] if it is so marked.
		///
		/// ## Events
		/// [`Event::InspectionStateChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(18)]
		pub fn mark_inspection_entered_in_error(
			origin: OriginFor<T>,
			inspection: InspectionId,
		) -> DispatchResult {
			Self::do_mark_inspection_entered_in_error(&ensure_signed(origin)?, inspection)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The licence.
		pub fn licence_of(licence: LicenceId) -> Option<LicenceView> {
			Self::licence_view(licence)
		}

		/// A holder's licences that can still count, and the last of those that are over, oldest
		/// first.
		pub fn licences(holder: Holder) -> Vec<LicenceView> {
			Self::licence_views(holder)
		}

		/// A page of the licences of a class that name this country or subdivision. Licences valid in
		/// all of a country are listed under the country alone.
		pub fn licences_in(
			place: Jurisdiction,
			class: LicenceClass,
			from: u32,
		) -> Page<LicenceView> {
			Self::licences_in_page(place, class, from)
		}

		/// A page of the licences that a board issued.
		pub fn licences_by(board: OrganisationId, from: u32) -> Page<LicenceView> {
			Self::licences_by_page(board, from)
		}

		/// An organisation's accreditations that can still count, and those after them, oldest first.
		pub fn accreditations(organisation: OrganisationId) -> Vec<AccreditationView> {
			Self::accreditation_views(organisation)
		}

		/// A page of an organisation's inspections.
		pub fn inspections(organisation: OrganisationId, from: u32) -> Page<InspectionView> {
			Self::inspections_page(organisation, from)
		}

		/// What organisations of a kind need in this very country or subdivision.
		pub fn requirements(kind: OrganisationKind, place: Jurisdiction) -> Option<Requirements> {
			RequirementsOf::<T>::get(kind, place)
		}

		/// What the council let an organisation decide.
		pub fn authority_of(organisation: OrganisationId) -> AuthorityView {
			Self::authority_view(organisation)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

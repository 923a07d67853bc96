//! # Providers
//!
//! Organisations, their staff and practitioners: who may act in which role for whom.
//!
//! ## Overview
//!
//! One question is asked of this pallet by every other: *may this account act in this role for this
//! organisation at this moment?* [`ProviderDirectory::standing`] answers it with all the reasons why
//! not. Licences, accreditations and inspections are `pallet-credentials`', which answers through
//! [`CredentialDirectory`]. Nothing is swept: expiry is read from dates, and suspending a licence
//! takes effect in the block that does it.
//!
//! ## Terminology
//!
//! - **Organisation**: a member of the consortium. A member sponsors its application, or the council
//!   admits it without one.
//! - **Staff**: accounts that act for an organisation in one or more roles. Its administrators
//!   manage them; there is always one.
//! - **Group**: organisations that belong together, with one of them at the head. They do not
//!   license, accredit or inspect each other.
//! - **Practitioner**: a person whom a board registered, with one account at a time.
//! - **Supervisor**: the practitioner under whom another, whose licence asks for it, works at an
//!   organisation.
//! - **Profile**: a practitioner's signed name and photograph, kept off chain; the chain holds its
//!   digest.
//! - **Encryption key**: the X25519 key to which an organisation's records, or an account's
//!   releases, are wrapped.
//!
//! ## Scenario
//!
//! A hospital sponsors a clinic's application and the council admits it. A board registers a dentist
//! and, in `pallet-credentials`, licenses her; the clinic's administrator puts her account on its
//! staff as a clinician. From then on she may act, until the board suspends the licence, its dates
//! end, the clinic loses its own licence or takes the role away, or the council suspends the clinic.
//!
//! ## Privacy
//!
//! All of this is public by nature: that an organisation exists, who works there in which role. It
//! holds no practitioner's name and nothing about patients.
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

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod errors;
mod events;
mod functions;
mod genesis;
mod impls;
#[cfg(test)]
mod mock;
mod practitioners;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
mod views;
pub mod weights;

pub use genesis::{GenesisOrganisation, GenesisPractitioner};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;

#[cfg(doc)]
use salus_primitives::directory::{CredentialDirectory, ProviderDirectory};

// Of the pallet, apart for their length.
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use crate::{
		functions::Entry, AdministratorsOf, Endpoint, GenesisOrganisation, GenesisPractitioner,
		Name, Offer, Organisation, Practitioner, Profile, StaffMember, WeightInfo,
	};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		check_digit::{Gln, Npi},
		codes::{DrugSchedule, Jurisdiction, OrganisationKind, OrganisationState, Role, Roles},
		directory::{ChartKeys, CredentialDirectory, Enrolment},
		ids::{AccountBytes, Digest, OrganisationId, PractitionerId},
		time::Moment,
		views::{
			EncryptionKey, OrganisationView, Page, PractitionerView, ProfileCommitment, StaffView,
			StandingView,
		},
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId: Into<AccountBytes>> {
		/// The keys of charts, which are on nobody's staff.
		type ChartKeys: ChartKeys<Self::AccountId>;

		/// Who speaks for the consortium: a majority of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Licences, accreditations and inspections.
		type Credentials: CredentialDirectory;

		/// The gate through which staff and practitioners enter the chain.
		type Enrolment: Enrolment<Self::AccountId>;

		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// How many organisations ever applied or were admitted; the number of the last.
	#[pallet::storage]
	pub type OrganisationCount<T> = StorageValue<_, OrganisationId, ValueQuery>;

	/// What every question of standing reads of an organisation: kept small, apart from
	/// [`Profiles`].
	///
	/// The chain counts the numbers, nobody chooses them: hashed with `twox_64`.
	#[pallet::storage]
	pub type Organisations<T> = StorageMap<_, Twox64Concat, OrganisationId, Organisation>;

	/// What only people read of an organisation.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Profiles<T> = StorageMap<_, Twox64Concat, OrganisationId, Profile>;

	/// The organisations in a country or subdivision, those in its subdivisions included, in order
	/// of their entry, from 0.
	///
	/// Places are chosen by those who sponsor: hashed with `blake2_128`. Counted numbers: `twox_64`.
	#[pallet::storage]
	pub type OrganisationsIn<T> =
		StorageDoubleMap<_, Blake2_128Concat, Jurisdiction, Twox64Concat, u32, OrganisationId>;

	/// How many organisations are in a country or subdivision.
	///
	/// Places are chosen by those who sponsor: hashed with `blake2_128`.
	#[pallet::storage]
	pub type OrganisationsInCount<T> =
		StorageMap<_, Blake2_128Concat, Jurisdiction, u32, ValueQuery>;

	/// Which member put an organisation forward; none of those the council admitted without.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Sponsors<T> = StorageMap<_, Twox64Concat, OrganisationId, OrganisationId>;

	/// How many applications that a member sponsors are open.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type OpenApplications<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// At whose group's head an organisation belongs; none for the head itself.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Heads<T> = StorageMap<_, Twox64Concat, OrganisationId, OrganisationId>;

	/// How many others belong to the group that an organisation heads.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type GroupSizes<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// Base URLs of organisations' vaults.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Endpoints<T> = StorageMap<_, Twox64Concat, OrganisationId, Endpoint>;

	/// Organisations' encryption keys, the newest only: an organisation keeps its old secrets.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type OrganisationKeys<T> = StorageMap<_, Twox64Concat, OrganisationId, EncryptionKey>;

	/// Whose Global Location Number it is. No two organisations share one.
	///
	/// Given by the one who is admitted: hashed with `blake2_128`.
	#[pallet::storage]
	pub type OrganisationOfGln<T> = StorageMap<_, Blake2_128Concat, Gln, OrganisationId>;

	/// Whose National Provider Identifier it is, of the organisations. No two share one, and none
	/// is a practitioner's.
	///
	/// Given by the one who is admitted: hashed with `blake2_128`.
	#[pallet::storage]
	pub type OrganisationOfNpi<T> = StorageMap<_, Blake2_128Concat, Npi, OrganisationId>;

	/// Staff accounts, with their roles.
	///
	/// Organisations' numbers are counted: `twox_64`. Accounts are chosen by those who make them:
	/// `blake2_128`.
	#[pallet::storage]
	pub type Staff<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		OrganisationId,
		Blake2_128Concat,
		T::AccountId,
		StaffMember,
	>;

	/// An organisation's staff in order of their joining, from 0, with gaps where someone left.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type StaffNumbers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, u32, T::AccountId>;

	/// How many accounts ever joined an organisation's staff.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type StaffCount<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// An organisation's administrators, so that the last is known without a search.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Administrators<T: Config> =
		StorageMap<_, Twox64Concat, OrganisationId, AdministratorsOf<T>, ValueQuery>;

	/// The open offer to take over the administration of an organisation.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type AdministrationOffers<T: Config> =
		StorageMap<_, Twox64Concat, OrganisationId, Offer<T::AccountId>>;

	/// How many practitioners were ever registered; the number of the last.
	#[pallet::storage]
	pub type PractitionerCount<T> = StorageValue<_, PractitionerId, ValueQuery>;

	/// Practitioners.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Practitioners<T: Config> =
		StorageMap<_, Twox64Concat, PractitionerId, Practitioner<T::AccountId>>;

	/// Whose account it is.
	///
	/// Accounts are chosen by those who make them: hashed with `blake2_128`.
	#[pallet::storage]
	pub type PractitionerOf<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, PractitionerId>;

	/// Whose account it was, of those that practitioners have changed, and until when: what one signed up to that
	/// moment stays theirs. Of more changes of one account, the last.
	///
	/// Accounts are chosen by those who make them: hashed with `blake2_128`.
	#[pallet::storage]
	pub type FormerAccounts<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, (PractitionerId, Moment)>;

	/// Whose National Provider Identifier it is, of the practitioners. No two share one, and none is
	/// an organisation's.
	///
	/// Given by the one who is registered: hashed with `blake2_128`.
	#[pallet::storage]
	pub type PractitionerOfNpi<T> = StorageMap<_, Blake2_128Concat, Npi, PractitionerId>;

	/// Practitioners' commitments to their newest profiles.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type ProfileCommitments<T> = StorageMap<_, Twox64Concat, PractitionerId, ProfileCommitment>;

	/// Under whom a practitioner works at an organisation.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Supervisors<T> = StorageDoubleMap<
		_,
		Twox64Concat,
		OrganisationId,
		Twox64Concat,
		PractitionerId,
		PractitionerId,
	>;

	/// Accounts' encryption keys, the newest only: an account's holder keeps the old secrets.
	///
	/// Accounts are chosen by those who make them: hashed with `blake2_128`.
	#[pallet::storage]
	pub type AccountKeys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, EncryptionKey>;

	/// Providers at genesis. What it names goes by the rules of the calls.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Organisations; their numbers follow from their order, from 1.
		pub organisations: Vec<GenesisOrganisation<T::AccountId>>,
		/// Practitioners; their numbers follow from their order, from 1.
		pub practitioners: Vec<GenesisPractitioner<T::AccountId>>,
		/// Encryption keys of accounts.
		pub account_keys: Vec<(T::AccountId, [u8; 32])>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			crate::genesis::build(self)
		}
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Admits an organisation that no member put forward.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// The organisation is active at once. Its administrator is enrolled.
		///
		/// ## Parameters
		/// - `kind`: what it is.
		/// - `name`: public display name, UTF-8, at most 64 bytes.
		/// - `jurisdiction`: where it is.
		/// - `gln`: its Global Location Number, if it has one.
		/// - `npi`: its National Provider Identifier, if it has one.
		/// - `administrator`: account of its first administrator.
		///
		/// ## Errors
		/// [`Error::InvalidName`], [`Error::InvalidJurisdiction`], [`Error::InvalidGln`],
		/// [`Error::InvalidNpi`], [`Error::AlreadyExists`] for a GLN or NPI that another has,
		/// [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::OrganisationAdmitted`] and [`Event::StaffSet`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(0)]
		pub fn admit_organisation(
			origin: OriginFor<T>,
			kind: OrganisationKind,
			name: Name,
			jurisdiction: Jurisdiction,
			gln: Option<Gln>,
			npi: Option<Npi>,
			administrator: T::AccountId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_enter(Entry { kind, name, jurisdiction, gln, npi, administrator }, None)?;
			Ok(())
		}

		/// Admits an organisation that applied, suspends one, lifts its suspension, or records that
		/// it has withdrawn.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// Applied → Active or Withdrawn; Active ↔ Suspended; either → Withdrawn, which is final.
		/// Nobody can act for an organisation that is not active, from this block on.
		///
		/// ## Parameters
		/// - `organisation`: its number.
		/// - `state`: its new standing.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::OrganisationStateChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(1)]
		pub fn set_organisation_state(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			state: OrganisationState,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_set_organisation_state(organisation, state)
		}

		// 2 and 3 were calls on boards, which are `pallet-credentials`' now.

		/// Puts an account on an organisation's staff, or changes its roles.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// Enrols the account. An offer to hand over ends when its maker loses the role, or when who
		/// was to take over gets it.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `account`: the account.
		/// - `roles`: all its roles from now on.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::RolesMissing`], [`Error::LastAdministrator`],
		/// [`Error::TooManyAdministrators`], [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::StaffSet`], and [`Event::AdministrationOfferWithdrawn`] if an offer ends.
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(4)]
		pub fn set_staff(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			account: T::AccountId,
			roles: Roles,
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_set_staff(organisation, account, roles)
		}

		/// Takes an account off an organisation's staff.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// The account stays enrolled. Its offer to hand over ends.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `account`: the account.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::StaffUnknown`], [`Error::LastAdministrator`].
		///
		/// ## Events
		/// [`Event::StaffRemoved`], and [`Event::AdministrationOfferWithdrawn`] if an offer ends.
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(5)]
		pub fn remove_staff(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			account: T::AccountId,
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_remove_staff(organisation, account)
		}

		/// Registers a practitioner.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of an active board that is authorised anywhere.
		///
		/// ## Details
		/// Enrols the account. Any authorised board can then issue licences to the practitioner.
		///
		/// ## Parameters
		/// - `board`: the board.
		/// - `account`: the practitioner's account.
		/// - `npi`: their National Provider Identifier, if they have one.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::BoardNotAuthorised`], [`Error::InvalidNpi`],
		/// [`Error::AlreadyExists`] for an account of another practitioner, or an NPI that another has,
		/// [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::PractitionerRegistered`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(6)]
		pub fn register_practitioner(
			origin: OriginFor<T>,
			board: OrganisationId,
			account: T::AccountId,
			npi: Option<Npi>,
		) -> DispatchResult {
			Self::ensure_administrator(origin, board)?;
			ensure!(T::Credentials::is_board(board), Error::<T>::BoardNotAuthorised);
			Self::do_register_practitioner(board, account, npi)?;
			Ok(())
		}

		// 7 and 8 were calls on licences, which are `pallet-credentials`' now.

		/// Publishes an organisation's encryption key.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// The key's version is one more than the last one's. New records are wrapped to it; the
		/// organisation keeps its old secrets for the records wrapped to them.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `key`: an X25519 public key.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidKey`].
		///
		/// ## Events
		/// [`Event::OrganisationKeyPublished`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(9)]
		pub fn publish_organisation_key(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			key: [u8; 32],
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_publish_organisation_key(organisation, key)
		}

		/// Says where an organisation's vault is.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `endpoint`: base URL, at most 128 bytes; empty when there is no vault.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidEndpoint`].
		///
		/// ## Events
		/// [`Event::EndpointSet`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(10)]
		pub fn set_endpoint(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			endpoint: Endpoint,
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_set_endpoint(organisation, endpoint)
		}

		/// Publishes the signer's encryption key.
		///
		/// ## Dispatch origin
		/// Signed by an enrolled account.
		///
		/// ## Details
		/// The key's version is one more than the last one's. Releases are wrapped to the newest.
		///
		/// ## Parameters
		/// - `key`: an X25519 public key.
		///
		/// ## Errors
		/// [`Error::NotEnrolled`], [`Error::InvalidKey`].
		///
		/// ## Events
		/// [`Event::AccountKeyPublished`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(11)]
		pub fn publish_account_key(origin: OriginFor<T>, key: [u8; 32]) -> DispatchResult {
			Self::do_publish_account_key(ensure_signed(origin)?, key)
		}

		/// Puts an organisation forward for admission.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation that sponsors it.
		///
		/// ## Details
		/// Until the council admits it, nobody can act for it; its administrator can withdraw the
		/// application. The administrator is enrolled.
		///
		/// ## Parameters
		/// - `sponsor`: the signer's organisation; at most 8 open applications each.
		/// - `kind`: what the applicant is.
		/// - `name`: public display name, UTF-8, at most 64 bytes.
		/// - `jurisdiction`: where it is.
		/// - `gln`: its Global Location Number, if it has one.
		/// - `npi`: its National Provider Identifier, if it has one.
		/// - `administrator`: account of its first administrator.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::TooManyApplications`],
		/// [`Error::InvalidName`], [`Error::InvalidJurisdiction`], [`Error::InvalidGln`],
		/// [`Error::InvalidNpi`], [`Error::AlreadyExists`] for a GLN or NPI that another has,
		/// [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::OrganisationApplied`] and [`Event::StaffSet`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(12)]
		#[allow(clippy::too_many_arguments)]
		pub fn apply(
			origin: OriginFor<T>,
			sponsor: OrganisationId,
			kind: OrganisationKind,
			name: Name,
			jurisdiction: Jurisdiction,
			gln: Option<Gln>,
			npi: Option<Npi>,
			administrator: T::AccountId,
		) -> DispatchResult {
			Self::ensure_administrator(origin, sponsor)?;
			let entry = Entry { kind, name, jurisdiction, gln, npi, administrator };
			Self::do_enter(entry, Some(sponsor))?;
			Ok(())
		}

		/// Withdraws an application.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the applicant.
		///
		/// ## Details
		/// Final: who wants in later applies anew. A member leaves by the council's decision, so that
		/// one stolen key cannot end a hospital's membership.
		///
		/// ## Parameters
		/// - `organisation`: the applicant.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::InvalidTransition`] if the council has decided.
		///
		/// ## Events
		/// [`Event::OrganisationStateChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(13)]
		pub fn withdraw_application(
			origin: OriginFor<T>,
			organisation: OrganisationId,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_withdraw_application(&signer, organisation)
		}

		/// Sets an organisation's name and identifiers.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Parameters
		/// - `organisation`: its number.
		/// - `name`: public display name, UTF-8, at most 64 bytes.
		/// - `gln`: its Global Location Number, if it has one.
		/// - `npi`: its National Provider Identifier, if it has one.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::InvalidName`], [`Error::InvalidGln`],
		/// [`Error::InvalidNpi`], [`Error::AlreadyExists`] for a GLN or NPI that another has.
		///
		/// ## Events
		/// [`Event::OrganisationProfileSet`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(14)]
		pub fn set_organisation_profile(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			name: Name,
			gln: Option<Gln>,
			npi: Option<Npi>,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_set_organisation_profile(organisation, name, gln, npi)
		}

		/// Offers to hand the signer's administration over to another account.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// Nothing changes until that account accepts, so that no organisation is handed to a key
		/// that nobody has. An earlier offer is replaced. The account is enrolled.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `to`: who is to take over.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::AlreadyExists`] if it is administrator,
		/// [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::AdministrationOffered`].
		///
		/// ## Weight
		/// Reads all administrators.
		#[pallet::call_index(15)]
		pub fn offer_administration(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			to: T::AccountId,
		) -> DispatchResult {
			let from = Self::ensure_administrator(origin, organisation)?;
			Self::do_offer_administration(organisation, from, to)
		}

		/// Takes an offer to hand over back.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::OfferUnknown`].
		///
		/// ## Events
		/// [`Event::AdministrationOfferWithdrawn`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(16)]
		pub fn withdraw_administration_offer(
			origin: OriginFor<T>,
			organisation: OrganisationId,
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_withdraw_administration_offer(organisation)
		}

		/// Takes an administration over.
		///
		/// ## Dispatch origin
		/// Signed by the account to which it is offered.
		///
		/// ## Details
		/// The signer becomes administrator, besides the roles it has; who offered is one no longer,
		/// and leaves the staff if that was the only role.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::OrganisationNotActive`],
		/// [`Error::OfferUnknown`].
		///
		/// ## Events
		/// [`Event::AdministrationTransferred`], [`Event::StaffSet`], and [`Event::StaffRemoved`] if
		/// who offered leaves.
		///
		/// ## Weight
		/// Reads and writes all administrators.
		#[pallet::call_index(17)]
		pub fn accept_administration(
			origin: OriginFor<T>,
			organisation: OrganisationId,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_accept_administration(organisation, signer)
		}

		/// Names the only administrator of an organisation whose administrators' keys are lost or
		/// stolen.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// All others lose the role, and leave the staff if that was their only one. An offer to hand
		/// over ends.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `account`: its administrator from now on.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::AdministratorsReplaced`], [`Event::StaffSet`] and [`Event::StaffRemoved`], and
		/// [`Event::AdministrationOfferWithdrawn`] if an offer ends.
		///
		/// ## Weight
		/// Reads and writes the staff entries of 16 administrators.
		#[pallet::call_index(18)]
		pub fn replace_administrators(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			account: T::AccountId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_replace_administrators(organisation, account)
		}

		/// Declares that an organisation belongs to a group.
		///
		/// ## Dispatch origin
		/// The council: who would like nobody of a group to inspect them does not say so alone.
		///
		/// ## Details
		/// Those of a group do not license, accredit or inspect each other.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `head`: the organisation at the head of the group.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::OwnHead`], [`Error::AlreadyExists`],
		/// [`Error::GroupsNested`].
		///
		/// ## Events
		/// [`Event::AffiliationDeclared`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(19)]
		pub fn declare_affiliation(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			head: OrganisationId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_declare_affiliation(organisation, head)
		}

		/// Records that an organisation has left its group.
		///
		/// ## Dispatch origin
		/// The council: who would like to be inspected by their own does not say so alone.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		///
		/// ## Errors
		/// [`Error::NotAffiliated`].
		///
		/// ## Events
		/// [`Event::AffiliationEnded`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(20)]
		pub fn end_affiliation(
			origin: OriginFor<T>,
			organisation: OrganisationId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_end_affiliation(organisation)
		}

		/// Gives a practitioner another account.
		///
		/// ## Dispatch origin
		/// Signed by the practitioner's account or, when its key is lost, by an administrator of the
		/// board that registered the practitioner, or of that board's successor.
		///
		/// ## Details
		/// Number, licences and profile stay. Roles do not follow: each organisation sets them for
		/// the new account. The account is enrolled; the old one stays enrolled and is
		/// nobody's. What it signed before stays the practitioner's; what it signs from then on does not
		/// count as theirs.
		///
		/// ## Parameters
		/// - `practitioner`: the practitioner.
		/// - `account`: their account from now on.
		///
		/// ## Errors
		/// [`Error::PractitionerUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::BoardNotAuthorised`],
		/// [`Error::AlreadyExists`] for an account of a practitioner, [`Error::AccountIsAChartsKey`].
		///
		/// ## Events
		/// [`Event::PractitionerAccountChanged`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(21)]
		pub fn change_practitioner_account(
			origin: OriginFor<T>,
			practitioner: PractitionerId,
			account: T::AccountId,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_change_practitioner_account(&signer, practitioner, account)
		}

		/// Commits to the signer's profile, which is kept off chain, or withdraws it.
		///
		/// ## Dispatch origin
		/// Signed by a practitioner.
		///
		/// ## Details
		/// The version is one more than the last one's.
		///
		/// ## Parameters
		/// - `digest`: blake2_256 over the profile as it was signed; none to withdraw it.
		///
		/// ## Errors
		/// [`Error::PractitionerUnknown`].
		///
		/// ## Events
		/// [`Event::ProfilePublished`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(22)]
		pub fn publish_profile(origin: OriginFor<T>, digest: Option<Digest>) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_publish_profile(&signer, digest)
		}

		/// Says under whom a practitioner works at an organisation.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// It counts only for licences that ask for a supervisor, and only while the supervisor is
		/// on the staff in the same role with a licence that asks for none.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `practitioner`: who is supervised.
		/// - `supervisor`: by whom; none to end it.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::PractitionerUnknown`],
		/// [`Error::OwnSupervisor`], [`Error::StaffUnknown`] if the supervisor is not on the staff,
		/// [`Error::NotSupervised`] if there is none to end.
		///
		/// ## Events
		/// [`Event::SupervisorAssigned`].
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(23)]
		pub fn assign_supervisor(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			practitioner: PractitionerId,
			supervisor: Option<PractitionerId>,
		) -> DispatchResult {
			Self::ensure_administrator(origin, organisation)?;
			Self::do_assign_supervisor(organisation, practitioner, supervisor)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The organisation.
		pub fn organisation(organisation: OrganisationId) -> Option<OrganisationView> {
			Self::organisation_view(organisation)
		}

		/// A page of all organisations from this number on, in order of their entry.
		pub fn organisations(from: OrganisationId) -> Page<OrganisationView> {
			Self::organisations_page(from)
		}

		/// A page of the organisations in a country or subdivision, from this place of the list on.
		pub fn organisations_in(place: Jurisdiction, from: u32) -> Page<OrganisationView> {
			Self::organisations_in_page(place, from)
		}

		/// A page of an organisation's staff, from this place of the list on.
		pub fn staff(organisation: OrganisationId, from: u32) -> Page<StaffView> {
			Self::staff_page(organisation, from)
		}

		/// The practitioner with their licences that can still count.
		pub fn practitioner(practitioner: PractitionerId) -> Option<PractitionerView> {
			Self::practitioner_view(practitioner)
		}

		/// A page of all practitioners from this number on, in order of registration.
		pub fn practitioners(from: PractitionerId) -> Page<PractitionerView> {
			Self::practitioners_page(from)
		}

		/// Whether an account may act in a role for an organisation at a moment, with all reasons
		/// why not and what should be known.
		pub fn standing_at(
			account: T::AccountId,
			organisation: OrganisationId,
			role: Role,
			schedule: Option<DrugSchedule>,
			at: Option<Moment>,
		) -> StandingView {
			Self::standing_view(&account, organisation, role, schedule, at)
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

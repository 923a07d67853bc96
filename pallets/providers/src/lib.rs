//! # Providers
//!
//! Organisations, their staff, practitioners and licences: who may act in which role for whom.
//!
//! ## Overview
//!
//! One question is asked of this pallet by every other: *may this account act in this role for this
//! organisation now?* [`ProviderDirectory::standing`] answers it with all the reasons why not.
//! Nothing is swept: expiry is read from dates, and suspending a licence takes effect in the block
//! that does it.
//!
//! ## Terminology
//!
//! - **Organisation**: a member of the consortium, admitted by the council.
//! - **Staff**: accounts that act for an organisation in one or more roles. Its administrators
//!   manage them; there is always one.
//! - **Board**: an organisation that the council authorised to license in a jurisdiction.
//! - **Practitioner**: a person whom a board registered, with one account.
//! - **Licence**: what a board lets a practitioner do, where and when.
//! - **Encryption key**: the X25519 key to which an organisation's records, or an account's
//!   releases, are wrapped.
//!
//! ## Scenario
//!
//! The council admits a hospital and a licensing board and authorises the board for California. The
//! board registers a surgeon and issues a licence; the hospital's administrator puts the surgeon's
//! account on its staff as a clinician. From then on the surgeon may act, until the board suspends
//! the licence, its dates end, the hospital takes the role away, or the council suspends the
//! hospital.
//!
//! ## Privacy
//!
//! All of this is public by nature: that an organisation exists, who works there in which role and
//! who is licensed. It holds no practitioner's name and nothing about patients.
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
mod functions;
mod genesis;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

pub use genesis::{GenesisLicence, GenesisOrganisation, GenesisPractitioner};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[cfg(doc)]
use salus_primitives::directory::ProviderDirectory;

#[frame_support::pallet]
pub mod pallet {
	use crate::{
		Authorities, Endpoint, GenesisOrganisation, GenesisPractitioner, Jurisdictions, Licence,
		LicenceIds, Name, Organisation, Practitioner, Profile, WeightInfo,
	};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		check_digit::{Gln, Npi},
		codes::{
			Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState, Roles,
		},
		directory::Enrolment,
		ids::{LicenceId, OrganisationId, PractitionerId},
		time::{Moment, Period},
		views::EncryptionKey,
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

		/// The gate through which staff and practitioners enter the chain.
		type Enrolment: Enrolment<Self::AccountId>;

		/// The block's time, in milliseconds.
		type Time: Time<Moment = Moment>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// How many organisations were ever admitted; the number of the last.
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

	/// Roles of staff accounts.
	///
	/// Organisations' numbers are counted: `twox_64`. Accounts are chosen by those who make them:
	/// `blake2_128`.
	#[pallet::storage]
	pub type Staff<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OrganisationId, Blake2_128Concat, T::AccountId, Roles>;

	/// How many administrators an organisation has, so that the last is known without a search.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type AdministratorCount<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

	/// Where a board may license.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type BoardAuthorities<T> =
		StorageMap<_, Twox64Concat, OrganisationId, Authorities, ValueQuery>;

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

	/// Whose National Provider Identifier it is. No two practitioners share one.
	///
	/// Given by the one who is registered: hashed with `blake2_128`.
	#[pallet::storage]
	pub type PractitionerOfNpi<T> = StorageMap<_, Blake2_128Concat, Npi, PractitionerId>;

	/// How many licences were ever issued; the number of the last.
	#[pallet::storage]
	pub type LicenceCount<T> = StorageValue<_, LicenceId, ValueQuery>;

	/// Licences.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type Licences<T> = StorageMap<_, Twox64Concat, LicenceId, Licence>;

	/// A practitioner's licences, oldest first.
	///
	/// Counted numbers: hashed with `twox_64`.
	#[pallet::storage]
	pub type LicencesOf<T> = StorageMap<_, Twox64Concat, PractitionerId, LicenceIds, ValueQuery>;

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

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The council admitted an organisation.
		OrganisationAdmitted {
			/// Its number.
			organisation: OrganisationId,
			/// Its first administrator.
			administrator: T::AccountId,
		},
		/// The council changed an organisation's standing.
		OrganisationStateChanged {
			/// The organisation.
			organisation: OrganisationId,
			/// Its standing from now on.
			state: OrganisationState,
		},
		/// The council named a board for a jurisdiction.
		BoardAuthorised {
			/// The board.
			organisation: OrganisationId,
			/// Where it may license.
			jurisdiction: Jurisdiction,
		},
		/// The council took a board's authority for a jurisdiction away.
		BoardAuthorityRevoked {
			/// The board.
			organisation: OrganisationId,
			/// Where it may license no longer.
			jurisdiction: Jurisdiction,
		},
		/// An account's roles for an organisation were set.
		StaffSet {
			/// The organisation.
			organisation: OrganisationId,
			/// The account.
			account: T::AccountId,
			/// All its roles from now on.
			roles: Roles,
		},
		/// An account left an organisation's staff.
		StaffRemoved {
			/// The organisation.
			organisation: OrganisationId,
			/// The account.
			account: T::AccountId,
		},
		/// A board registered a practitioner.
		PractitionerRegistered {
			/// Their number.
			practitioner: PractitionerId,
			/// Their account.
			account: T::AccountId,
		},
		/// A board issued a licence.
		LicenceIssued {
			/// Its number.
			licence: LicenceId,
			/// The board.
			board: OrganisationId,
			/// Its holder.
			practitioner: PractitionerId,
		},
		/// A board changed the state of a licence.
		LicenceStateChanged {
			/// The licence.
			licence: LicenceId,
			/// Its state from now on.
			state: LicenceState,
		},
		/// An organisation published an encryption key.
		OrganisationKeyPublished {
			/// The organisation.
			organisation: OrganisationId,
			/// The key's version.
			version: u32,
		},
		/// An organisation said where its vault is.
		EndpointSet {
			/// The organisation.
			organisation: OrganisationId,
		},
		/// An account published an encryption key.
		AccountKeyPublished {
			/// The account.
			account: T::AccountId,
			/// The key's version.
			version: u32,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// No organisation has this number. They count from 1 to `OrganisationCount`.
		OrganisationUnknown,
		/// The organisation is suspended or has withdrawn. The council can lift a suspension.
		OrganisationNotActive,
		/// The signer is no administrator of the organisation. Ask one of them.
		NotAdministrator,
		/// The account is not on the organisation's staff. Read `Staff` for those who are.
		StaffUnknown,
		/// Staff needs a role. To take the last one away, remove the account from the staff.
		RolesMissing,
		/// Without its last administrator nobody could act for the organisation. Name another first.
		LastAdministrator,
		/// The organisation is no licensing board. Only a board can license.
		NotABoard,
		/// The board has no authority for the jurisdiction. The council gives it.
		BoardNotAuthorised,
		/// The board can hold no more authorities. A country's covers its subdivisions.
		TooManyAuthorities,
		/// No practitioner has this number. A board registers the person first.
		PractitionerUnknown,
		/// The practitioner can hold no more licences.
		TooManyLicences,
		/// No licence has this number. They count from 1 to `LicenceCount`.
		LicenceUnknown,
		/// A licence must be valid somewhere. Name at least one jurisdiction.
		JurisdictionsMissing,
		/// No moment lies in the period. Its end must come after its start.
		EmptyPeriod,
		/// The state cannot follow the present one.
		InvalidTransition,
		/// It is there already: the authority, the account's practitioner, the GLN or the NPI.
		AlreadyExists,
		/// A name is UTF-8 without control characters and not empty.
		InvalidName,
		/// Not an ISO 3166 code such as `US-CA` or `DE`.
		InvalidJurisdiction,
		/// The check digit of the Global Location Number is wrong.
		InvalidGln,
		/// The check digit of the National Provider Identifier is wrong.
		InvalidNpi,
		/// An endpoint is an `http://` or `https://` URL in ASCII, or empty.
		InvalidEndpoint,
		/// Nothing can be wrapped to this key. Publish the public half of an X25519 key pair.
		InvalidKey,
		/// The account is not enrolled. An organisation or custodian enrols it first.
		NotEnrolled,
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Admits an organisation.
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
		/// - `administrator`: account of its first administrator.
		///
		/// ## Errors
		/// [`Error::InvalidName`], [`Error::InvalidJurisdiction`], [`Error::InvalidGln`],
		/// [`Error::AlreadyExists`] for a GLN that another organisation has.
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
			administrator: T::AccountId,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_admit_organisation(kind, name, jurisdiction, gln, administrator)?;
			Ok(())
		}

		/// Suspends an organisation, lifts its suspension, or records that it has withdrawn.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// Active ↔ Suspended; either → Withdrawn, which is final. Nobody can act for an
		/// organisation that is not active, from this block on.
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

		/// Lets a board license in a jurisdiction.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// A country's authority covers its subdivisions.
		///
		/// ## Parameters
		/// - `organisation`: an active licensing board.
		/// - `jurisdiction`: where it may license; at most 64 for a board.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotABoard`], [`Error::OrganisationNotActive`],
		/// [`Error::InvalidJurisdiction`], [`Error::AlreadyExists`], [`Error::TooManyAuthorities`].
		///
		/// ## Events
		/// [`Event::BoardAuthorised`].
		///
		/// ## Weight
		/// Reads and writes all authorities of the board.
		#[pallet::call_index(2)]
		pub fn authorise_board(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			jurisdiction: Jurisdiction,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_authorise_board(organisation, jurisdiction)
		}

		/// Takes a board's authority for a jurisdiction away.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// Licences already issued stay; their board can still suspend and revoke them, but not
		/// reinstate them.
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
		#[pallet::call_index(3)]
		pub fn revoke_board_authority(
			origin: OriginFor<T>,
			organisation: OrganisationId,
			jurisdiction: Jurisdiction,
		) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			Self::do_revoke_board_authority(organisation, jurisdiction)
		}

		/// Puts an account on an organisation's staff, or changes its roles.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active organisation.
		///
		/// ## Details
		/// Enrols the account.
		///
		/// ## Parameters
		/// - `organisation`: the organisation.
		/// - `account`: the account.
		/// - `roles`: all its roles from now on.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::RolesMissing`], [`Error::LastAdministrator`].
		///
		/// ## Events
		/// [`Event::StaffSet`].
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
		/// The account stays enrolled.
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
		/// [`Event::StaffRemoved`].
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
		/// [`Error::AlreadyExists`] for an account or NPI of another practitioner.
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
			ensure!(!BoardAuthorities::<T>::get(board).is_empty(), Error::<T>::BoardNotAuthorised);
			Self::do_register_practitioner(account, npi)?;
			Ok(())
		}

		/// Issues a licence.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of an active board that is authorised for every jurisdiction
		/// named.
		///
		/// ## Details
		/// The licence is active within its dates at once.
		///
		/// ## Parameters
		/// - `board`: the board.
		/// - `practitioner`: the holder; at most 32 licences each.
		/// - `class`: what it allows.
		/// - `jurisdictions`: where it is valid, 1 to 16.
		/// - `valid`: when it is valid, in milliseconds since 1970, half-open.
		///
		/// ## Errors
		/// [`Error::OrganisationUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::PractitionerUnknown`],
		/// [`Error::JurisdictionsMissing`], [`Error::InvalidJurisdiction`],
		/// [`Error::BoardNotAuthorised`], [`Error::EmptyPeriod`], [`Error::TooManyLicences`].
		///
		/// ## Events
		/// [`Event::LicenceIssued`].
		///
		/// ## Weight
		/// Compares 16 jurisdictions with 64 authorities.
		#[pallet::call_index(7)]
		pub fn issue_licence(
			origin: OriginFor<T>,
			board: OrganisationId,
			practitioner: PractitionerId,
			class: LicenceClass,
			jurisdictions: Jurisdictions,
			valid: Period,
		) -> DispatchResult {
			Self::ensure_administrator(origin, board)?;
			Self::do_issue_licence(board, practitioner, class, jurisdictions, valid)
		}

		/// Suspends, reinstates or revokes a licence.
		///
		/// ## Dispatch origin
		/// Signed by an administrator of the active board that issued it.
		///
		/// ## Details
		/// Active ↔ Suspended; either → Revoked, which is final. Takes effect in this block.
		/// Reinstating needs the authority that issuing needs.
		///
		/// ## Parameters
		/// - `licence`: its number.
		/// - `state`: its new state.
		///
		/// ## Errors
		/// [`Error::LicenceUnknown`], [`Error::NotAdministrator`],
		/// [`Error::OrganisationNotActive`], [`Error::InvalidTransition`],
		/// [`Error::BoardNotAuthorised`].
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
			let signer = ensure_signed(origin)?;
			Self::do_set_licence_state(&signer, licence, state)
		}

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
			let account = ensure_signed(origin)?;
			ensure!(T::Enrolment::is_enrolled(&account), Error::<T>::NotEnrolled);
			Self::do_publish_account_key(account, key)
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

//! # Consortium
//!
//! Who validates, and which accounts may transact.
//!
//! ## Overview
//!
//! Salus has no token. An account can transact because someone of the consortium enrolled it: it
//! then holds one of frame-system's `sufficients`, which is the gate that `CheckNonce` reads. This
//! pallet gives that reference and never takes it back, so an account is never reaped, its nonce
//! never starts anew and no old transaction of it can be replayed. Being stopped is a flag of
//! whoever admitted the account, never an account that goes away.
//!
//! The council names the validators; this pallet hands them to `pallet-session`.
//!
//! ## Terminology
//!
//! - **Enrolled account**: an account that may transact.
//! - **Operator**: an enrolled account that may register session keys, which needs one of
//!   frame-system's provider references.
//! - **Validator**: an operator whom the council put in the set that authors and finalises blocks.
//!
//! ## Scenario
//!
//! A fifth hospital joins. The council enrols its operator's account; the operator starts a node
//! and registers its session keys; the council adds the operator to the validators. At the next
//! end of a session the new set is planned, and it takes over one session later.
//!
//! ## Privacy
//!
//! Accounts of staff and operators are public; charts' keys are pseudonymous. Nothing here says to
//! whom an account belongs.
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
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use crate::WeightInfo;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::ValidatorRegistration};
	use frame_system::pallet_prelude::*;
	use salus_primitives::directory::Enrolment;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// Blocks in a session unless genesis says otherwise: ten minutes of one-second slots.
	pub const DEFAULT_SESSION_LENGTH: u32 = 600;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who speaks for the consortium: a majority of the council.
		type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who has registered session keys: `pallet-session`.
		type SessionKeys: ValidatorRegistration<Self::AccountId>;

		/// Most validators there can be. Aura and GRANDPA must allow as many.
		#[pallet::constant]
		type MaxValidators: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// The enrolled accounts.
	///
	/// Accounts are chosen by those who make them: hashed with `blake2_128`.
	#[pallet::storage]
	pub type Accounts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ()>;

	/// The validators the council named, in order of their addition.
	#[pallet::storage]
	pub type Validators<T: Config> =
		StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Whether [`Validators`] changed since a session was last planned. Without a change nothing is
	/// handed to the session pallet, since every hand-over is a change of GRANDPA's authorities
	/// that evidence of finality must carry for ever.
	#[pallet::storage]
	pub type ValidatorsChanged<T> = StorageValue<_, bool, ValueQuery>;

	/// Blocks in a session; set in genesis, never zero.
	#[pallet::storage]
	pub type SessionLength<T> =
		StorageValue<_, u32, ValueQuery, ConstU32<{ DEFAULT_SESSION_LENGTH }>>;

	/// The consortium at genesis.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Validators. Their session keys are `pallet-session`'s genesis, which is built before.
		pub validators: Vec<T::AccountId>,
		/// Other accounts that may transact: council members, operators to be.
		pub accounts: Vec<T::AccountId>,
		/// Blocks in a session.
		pub session_length: u32,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				validators: Vec::new(),
				accounts: Vec::new(),
				session_length: DEFAULT_SESSION_LENGTH,
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.session_length > 0, "session_length must be at least one block");
			SessionLength::<T>::put(self.session_length);
			for account in &self.accounts {
				<Pallet<T> as Enrolment<_>>::enrol(account);
			}
			for validator in &self.validators {
				assert!(
					T::SessionKeys::is_registered(validator),
					"genesis validators must have session keys"
				);
				Pallet::<T>::insert_validator(validator)
					.expect("genesis validators must be distinct and at most MaxValidators");
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account may transact from now on.
		AccountEnrolled {
			/// The account.
			account: T::AccountId,
		},
		/// An account may register session keys from now on.
		OperatorEnrolled {
			/// The account.
			operator: T::AccountId,
		},
		/// A validator joins with the session after next.
		ValidatorAdded {
			/// Its account.
			validator: T::AccountId,
		},
		/// A validator leaves with the session after next.
		ValidatorRemoved {
			/// Its account.
			validator: T::AccountId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account is already what the call would make it. Nothing is left to do.
		AlreadyExists,
		/// The account is no validator. Read `Validators` for those there are.
		NotFound,
		/// There are as many validators as can be. Remove one first.
		TooManyValidators,
		/// Without its last validator the chain would stop. Add another first.
		LastValidator,
		/// The account has no session keys. Its operator calls `session.setKeys` first, for which
		/// `enrol_operator` lets it in.
		SessionKeysMissing,
	}

	#[pallet::call(weight = T::WeightInfo)]
	impl<T: Config> Pallet<T> {
		/// Adds a validator.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// The account must have registered session keys. It authors and votes from the session
		/// after next.
		///
		/// ## Parameters
		/// - `who`: the operator's account.
		///
		/// ## Errors
		/// [`Error::AlreadyExists`], [`Error::TooManyValidators`], [`Error::SessionKeysMissing`].
		///
		/// ## Events
		/// [`Event::ValidatorAdded`].
		///
		/// ## Weight
		/// Reads and writes all `MaxValidators` validators.
		#[pallet::call_index(0)]
		pub fn add_validator(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			ensure!(T::SessionKeys::is_registered(&who), Error::<T>::SessionKeysMissing);
			Self::insert_validator(&who)?;
			Self::deposit_event(Event::ValidatorAdded { validator: who });
			Ok(())
		}

		/// Removes a validator.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// It authors and votes until the session after next. Its account stays enrolled.
		///
		/// ## Parameters
		/// - `who`: the validator's account.
		///
		/// ## Errors
		/// [`Error::NotFound`], [`Error::LastValidator`].
		///
		/// ## Events
		/// [`Event::ValidatorRemoved`].
		///
		/// ## Weight
		/// Reads and writes all `MaxValidators` validators.
		#[pallet::call_index(1)]
		pub fn remove_validator(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			let mut validators = Validators::<T>::get();
			ensure!(validators.contains(&who), Error::<T>::NotFound);
			ensure!(validators.len() > 1, Error::<T>::LastValidator);
			validators.retain(|validator| *validator != who);
			Validators::<T>::put(validators);
			ValidatorsChanged::<T>::put(true);
			Self::deposit_event(Event::ValidatorRemoved { validator: who });
			Ok(())
		}

		/// Lets an account transact and register session keys.
		///
		/// ## Dispatch origin
		/// The council.
		///
		/// ## Details
		/// The account may be enrolled already, as staff is.
		///
		/// ## Parameters
		/// - `who`: the account.
		///
		/// ## Errors
		/// [`Error::AlreadyExists`] if it can register session keys already.
		///
		/// ## Events
		/// [`Event::OperatorEnrolled`], and [`Event::AccountEnrolled`] if it is new.
		///
		/// ## Weight
		/// Constant.
		#[pallet::call_index(2)]
		pub fn enrol_operator(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			T::CouncilOrigin::ensure_origin(origin)?;
			ensure!(!Self::is_operator(&who), Error::<T>::AlreadyExists);
			Self::make_operator(&who);
			Self::deposit_event(Event::OperatorEnrolled { operator: who });
			Ok(())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxValidators::get() > 0, "there must be room for a validator");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// Whether the account may register session keys. No other part of the runtime gives
		/// provider references, but the session pallet's genesis to its validators, so one is
		/// enough to know.
		pub fn is_operator(who: &T::AccountId) -> bool {
			frame_system::Pallet::<T>::providers(who) > 0
				&& <Self as Enrolment<_>>::is_enrolled(who)
		}

		pub(crate) fn make_operator(who: &T::AccountId) {
			<Self as Enrolment<_>>::enrol(who);
			if frame_system::Pallet::<T>::providers(who) == 0 {
				frame_system::Pallet::<T>::inc_providers(who);
			}
		}

		pub(crate) fn insert_validator(who: &T::AccountId) -> DispatchResult {
			let mut validators = Validators::<T>::get();
			ensure!(!validators.contains(who), Error::<T>::AlreadyExists);
			validators.try_push(who.clone()).map_err(|_| Error::<T>::TooManyValidators)?;
			Self::make_operator(who);
			Validators::<T>::put(validators);
			ValidatorsChanged::<T>::put(true);
			Ok(())
		}
	}
}

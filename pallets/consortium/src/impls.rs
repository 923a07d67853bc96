//! What others ask of the consortium: the gate of enrolment, and the session pallet's validators.

use crate::{Accounts, Config, Event, Pallet, SessionLength, Validators, ValidatorsChanged};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{
	traits::{EstimateNextSessionRotation, Get, GetDefault},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::{historical, PeriodicSessions, SessionManager, ShouldEndSession};
use salus_primitives::directory::Enrolment;
use sp_runtime::Permill;
use sp_staking::SessionIndex;

impl<T: Config> Enrolment<T::AccountId> for Pallet<T> {
	fn enrol(account: &T::AccountId) {
		if !Accounts::<T>::contains_key(account) {
			frame_system::Pallet::<T>::inc_sufficients(account);
			Accounts::<T>::insert(account, ());
			Self::deposit_event(Event::AccountEnrolled { account: account.clone() });
		}
	}

	fn is_enrolled(account: &T::AccountId) -> bool {
		Accounts::<T>::contains_key(account)
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		ValidatorsChanged::<T>::take().then(|| Validators::<T>::get().into_inner())
	}

	/// Asked twice, for sessions 0 and 1. When the session pallet's genesis is built before this
	/// one's there are no validators yet: it then takes those of its own genesis, and the first
	/// planned session takes ours, since the change is still noted.
	fn new_session_genesis(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		ValidatorsChanged::<T>::kill();
		Some(Validators::<T>::get().into_inner()).filter(|validators| !validators.is_empty())
	}

	fn start_session(_: SessionIndex) {}

	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as SessionManager<_>>::new_session(index).map(identified)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as SessionManager<_>>::new_session_genesis(index).map(identified)
	}

	fn start_session(_: SessionIndex) {}

	fn end_session(_: SessionIndex) {}
}

/// A validator is its account; there is no stake that identifies it further.
fn identified<AccountId>(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
	validators.into_iter().map(|validator| (validator, ())).collect()
}

/// [`SessionLength`] as a block number.
struct Length<T>(PhantomData<T>);

impl<T: Config> Get<BlockNumberFor<T>> for Length<T> {
	fn get() -> BlockNumberFor<T> {
		SessionLength::<T>::get().max(1).into()
	}
}

/// A session ends with every [`SessionLength`]th block.
type Sessions<T> = PeriodicSessions<Length<T>, GetDefault>;

impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for Pallet<T> {
	fn should_end_session(now: BlockNumberFor<T>) -> bool {
		Sessions::<T>::should_end_session(now)
	}
}

impl<T: Config> EstimateNextSessionRotation<BlockNumberFor<T>> for Pallet<T> {
	fn average_session_length() -> BlockNumberFor<T> {
		Sessions::<T>::average_session_length()
	}

	fn estimate_current_session_progress(now: BlockNumberFor<T>) -> (Option<Permill>, Weight) {
		let (progress, _) = Sessions::<T>::estimate_current_session_progress(now);
		(progress, T::DbWeight::get().reads(1))
	}

	fn estimate_next_session_rotation(
		now: BlockNumberFor<T>,
	) -> (Option<BlockNumberFor<T>>, Weight) {
		let (next, _) = Sessions::<T>::estimate_next_session_rotation(now);
		(next, T::DbWeight::get().reads(1))
	}
}

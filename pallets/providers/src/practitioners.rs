//! What the calls on practitioners do, once their origin is known.

use crate::{
	functions::next, AccountKeys, Config, Error, Event, FormerAccounts, OrganisationOfNpi, Pallet,
	Practitioner, PractitionerCount, PractitionerOf, PractitionerOfNpi, Practitioners,
	ProfileCommitments, Staff, Supervisors,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	check_digit::Npi,
	directory::{CredentialDirectory, Enrolment},
	ids::{Digest, OrganisationId, PractitionerId},
	views::ProfileCommitment,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_practitioner(
		registrar: OrganisationId,
		account: T::AccountId,
		npi: Option<Npi>,
	) -> Result<PractitionerId, DispatchError> {
		ensure!(!PractitionerOf::<T>::contains_key(&account), Error::<T>::AlreadyExists);
		if let Some(npi) = npi {
			ensure!(npi.is_valid(), Error::<T>::InvalidNpi);
			ensure!(
				!PractitionerOfNpi::<T>::contains_key(npi)
					&& !OrganisationOfNpi::<T>::contains_key(npi),
				Error::<T>::AlreadyExists
			);
		}
		Self::ensure_no_chart_key(&account)?;
		let id = next(PractitionerCount::<T>::get())?;

		T::Enrolment::enrol(&account);
		PractitionerCount::<T>::put(id);
		PractitionerOf::<T>::insert(&account, id);
		if let Some(npi) = npi {
			PractitionerOfNpi::<T>::insert(npi, id);
		}
		Practitioners::<T>::insert(id, Practitioner { account: account.clone(), npi, registrar });
		Self::deposit_event(Event::PractitionerRegistered { practitioner: id, account });
		Ok(id)
	}

	pub(crate) fn do_change_practitioner_account(
		signer: &T::AccountId,
		id: PractitionerId,
		account: T::AccountId,
	) -> DispatchResult {
		let practitioner = Practitioners::<T>::get(id).ok_or(Error::<T>::PractitionerUnknown)?;
		if practitioner.account != *signer {
			let registrar = T::Credentials::authority(practitioner.registrar);
			Self::ensure_administers(signer, registrar)?;
			ensure!(T::Credentials::is_board(registrar), Error::<T>::BoardNotAuthorised);
		}
		ensure!(!PractitionerOf::<T>::contains_key(&account), Error::<T>::AlreadyExists);
		Self::ensure_no_chart_key(&account)?;

		T::Enrolment::enrol(&account);
		FormerAccounts::<T>::insert(&practitioner.account, (id, T::Time::now()));
		PractitionerOf::<T>::remove(&practitioner.account);
		PractitionerOf::<T>::insert(&account, id);
		let from = practitioner.account.clone();
		Practitioners::<T>::insert(id, Practitioner { account: account.clone(), ..practitioner });
		Self::deposit_event(Event::PractitionerAccountChanged {
			practitioner: id,
			from,
			to: account,
		});
		Ok(())
	}

	pub(crate) fn do_publish_profile(
		signer: &T::AccountId,
		digest: Option<Digest>,
	) -> DispatchResult {
		let id = PractitionerOf::<T>::get(signer).ok_or(Error::<T>::PractitionerUnknown)?;
		let last = ProfileCommitments::<T>::get(id).map_or(0, |last| last.version);
		let version = next(last)?;

		ProfileCommitments::<T>::insert(id, ProfileCommitment { version, digest });
		Self::deposit_event(Event::ProfilePublished { practitioner: id, version });
		Ok(())
	}

	pub(crate) fn do_assign_supervisor(
		organisation: OrganisationId,
		practitioner: PractitionerId,
		supervisor: Option<PractitionerId>,
	) -> DispatchResult {
		ensure!(Practitioners::<T>::contains_key(practitioner), Error::<T>::PractitionerUnknown);
		match supervisor {
			None => {
				ensure!(
					Supervisors::<T>::contains_key(organisation, practitioner),
					Error::<T>::NotSupervised
				);
				Supervisors::<T>::remove(organisation, practitioner);
			},
			Some(supervisor) => {
				ensure!(supervisor != practitioner, Error::<T>::OwnSupervisor);
				let found =
					Practitioners::<T>::get(supervisor).ok_or(Error::<T>::PractitionerUnknown)?;
				ensure!(
					Staff::<T>::contains_key(organisation, &found.account),
					Error::<T>::StaffUnknown
				);
				Supervisors::<T>::insert(organisation, practitioner, supervisor);
			},
		}
		Self::deposit_event(Event::SupervisorAssigned { organisation, practitioner, supervisor });
		Ok(())
	}

	pub(crate) fn do_publish_account_key(account: T::AccountId, key: [u8; 32]) -> DispatchResult {
		ensure!(T::Enrolment::is_enrolled(&account), Error::<T>::NotEnrolled);
		let key = Self::succeeding(AccountKeys::<T>::get(&account), key)?;

		AccountKeys::<T>::insert(&account, key);
		Self::deposit_event(Event::AccountKeyPublished { account, version: key.version });
		Ok(())
	}
}

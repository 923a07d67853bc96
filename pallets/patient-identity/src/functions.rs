use crate::*;
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
	codes::{ChartState, Role},
	directory::{Enrolment, ProviderDirectory},
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN, MAX_ENROLMENT_VALIDITY},
	ids::OrganisationId,
	time::Moment,
};
use sp_runtime::{
	traits::{Verify, Zero},
	AccountId32, MultiSignature,
};

/// Who may enrol charts.
pub(crate) const ENROLLING_ROLES: [Role; 2] = [Role::RecordsOfficer, Role::System];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_enrol_charts(
		who: T::AccountId,
		organisation: OrganisationId,
		entries: EnrolmentBatch,
	) -> DispatchResult {
		let now = T::Time::now();
		ensure!(
			T::Providers::may_act(&who, organisation, &ENROLLING_ROLES, now),
			Error::<T>::NotAuthorised
		);
		ensure!(T::Providers::intake(organisation, now).is_empty(), Error::<T>::TakesOnNothingNew);
		ensure!(!entries.is_empty(), Error::<T>::EmptyBatch);

		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		let (mut charts, mut keys) = (BTreeSet::new(), BTreeSet::new());
		for (statement, signature) in &entries {
			ensure!(genesis.as_ref() == statement.genesis.as_slice(), Error::<T>::WrongChain);
			Self::ensure_acceptable(statement, organisation, now)?;
			ensure!(charts.insert(statement.chart), Error::<T>::AlreadyExists);
			ensure!(keys.insert(statement.key), Error::<T>::KeyAlreadyEnrolled);
			ensure!(is_signed(statement, signature), Error::<T>::BadSignature);
		}

		for (EnrolmentStatement { chart, key, .. }, _) in entries {
			let account = AccountId32::new(key);
			T::Enrolment::enrol(&account);
			EnrolledKeys::<T>::insert(&account, chart);
			Charts::<T>::insert(
				chart,
				ChartDetails { custodian: organisation, key, state: ChartState::Active },
			);
			Self::deposit_event(Event::ChartEnrolled { custodian: organisation, chart });
		}
		Ok(())
	}

	/// Everything but chain and signature: the cheap checks come first.
	fn ensure_acceptable(
		statement: &EnrolmentStatement,
		organisation: OrganisationId,
		now: Moment,
	) -> DispatchResult {
		ensure!(statement.domain == ENROLMENT_DOMAIN, Error::<T>::WrongDomain);
		ensure!(statement.custodian == organisation, Error::<T>::WrongCustodian);
		ensure!(statement.expires > now, Error::<T>::StatementExpired);
		ensure!(
			statement.expires <= now.saturating_add(MAX_ENROLMENT_VALIDITY),
			Error::<T>::ValidityTooLong
		);
		ensure!(!Charts::<T>::contains_key(statement.chart), Error::<T>::AlreadyExists);
		let account = AccountId32::new(statement.key);
		ensure!(
			!EnrolledKeys::<T>::contains_key(&account) && !T::Enrolment::is_enrolled(&account),
			Error::<T>::KeyAlreadyEnrolled
		);
		Ok(())
	}
}

/// Whether the key that the statement names signed it, raw or wrapped.
fn is_signed(statement: &EnrolmentStatement, signature: &MultiSignature) -> bool {
	let signer = AccountId32::new(statement.key);
	statement
		.signable()
		.iter()
		.any(|bytes| signature.verify(bytes.as_slice(), &signer))
}

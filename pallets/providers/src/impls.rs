//! What others ask: standing, and what runtime APIs show.

use crate::{
	closeness, AccountKeys, Config, Endpoints, Licences, LicencesOf, OrganisationCount,
	OrganisationKeys, Organisations, Pallet, PractitionerOf, Practitioners, Profiles, Staff, PAGE,
};
use alloc::vec::Vec;
use salus_primitives::{
	codes::{Jurisdiction, LicenceClass, OrganisationState, Role, StandingReason, StandingReasons},
	directory::ProviderDirectory,
	ids::{AccountBytes, OrganisationId, PractitionerId},
	time::Moment,
	views::{EncryptionKey, LicenceView, OrganisationView, PractitionerView},
};

impl<T: Config> ProviderDirectory<T::AccountId> for Pallet<T> {
	fn standing(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
		at: Moment,
	) -> StandingReasons {
		let Some(house) = Organisations::<T>::get(organisation) else {
			return StandingReasons::of(&[StandingReason::OrganisationUnknown]);
		};
		let organisation_reason = match house.state {
			OrganisationState::Active => None,
			OrganisationState::Suspended => Some(StandingReason::OrganisationSuspended),
			OrganisationState::Withdrawn => Some(StandingReason::OrganisationWithdrawn),
		};
		let staff_reason = match Staff::<T>::get(organisation, account) {
			None => Some(StandingReason::NotStaff),
			Some(roles) if !roles.contains(role) => Some(StandingReason::RoleNotHeld),
			Some(_) => None,
		};
		organisation_reason
			.into_iter()
			.chain(staff_reason)
			.collect::<StandingReasons>()
			.union(Self::licence_reasons(account, role.licence_classes(), &house.jurisdiction, at))
	}

	fn practitioner(account: &T::AccountId) -> Option<PractitionerId> {
		PractitionerOf::<T>::get(account)
	}
}

impl<T: Config> Pallet<T> {
	/// Why the account's licences do not let it do what needs one of `classes`: what is wrong with
	/// those that come closest, so that the answer names the shortest way to a good one.
	fn licence_reasons(
		account: &T::AccountId,
		classes: &[LicenceClass],
		place: &Jurisdiction,
		at: Moment,
	) -> StandingReasons {
		if classes.is_empty() {
			return StandingReasons::EMPTY;
		}
		let Some(practitioner) = PractitionerOf::<T>::get(account) else {
			return StandingReasons::of(&[StandingReason::NotAPractitioner]);
		};
		let mut shortfalls = Vec::new();
		for id in LicencesOf::<T>::get(practitioner) {
			match Licences::<T>::get(id) {
				Some(licence) if classes.contains(&licence.class) => {
					match licence.shortfall(place, at) {
						None => return StandingReasons::EMPTY,
						Some(reason) => shortfalls.push(reason),
					}
				},
				_ => {},
			}
		}
		let Some(closest) = shortfalls.iter().copied().map(closeness).max() else {
			return StandingReasons::of(&[StandingReason::LicenceMissing]);
		};
		shortfalls.into_iter().filter(|reason| closeness(*reason) == closest).collect()
	}

	/// The organisation.
	pub fn organisation_view(id: OrganisationId) -> Option<OrganisationView> {
		let organisation = Organisations::<T>::get(id)?;
		let profile = Profiles::<T>::get(id)?;
		Some(OrganisationView {
			id,
			kind: organisation.kind,
			name: profile.name.into_inner(),
			jurisdiction: organisation.jurisdiction,
			gln: profile.gln,
			state: organisation.state,
			encryption_key: OrganisationKeys::<T>::get(id),
			endpoint: Endpoints::<T>::get(id).unwrap_or_default().into_inner(),
		})
	}

	/// Up to [`PAGE`] organisations from this number on, in order of admission.
	pub fn organisations_from(from: OrganisationId) -> Vec<OrganisationView> {
		let first = from.max(1);
		let end = first.saturating_add(PAGE).min(OrganisationCount::<T>::get().saturating_add(1));
		(first..end).filter_map(Self::organisation_view).collect()
	}

	/// The practitioner with their licences.
	pub fn practitioner_view(id: PractitionerId) -> Option<PractitionerView>
	where
		T::AccountId: Into<AccountBytes>,
	{
		let practitioner = Practitioners::<T>::get(id)?;
		let licences = LicencesOf::<T>::get(id)
			.into_iter()
			.filter_map(|id| {
				let licence = Licences::<T>::get(id)?;
				Some(LicenceView {
					id,
					board: licence.board,
					class: licence.class,
					jurisdictions: licence.jurisdictions.into_inner(),
					valid: licence.valid,
					state: licence.state,
				})
			})
			.collect();
		Some(PractitionerView {
			id,
			account: practitioner.account.into(),
			npi: practitioner.npi,
			licences,
		})
	}

	/// The key to which releases for this account are wrapped.
	pub fn account_key(account: &T::AccountId) -> Option<EncryptionKey> {
		AccountKeys::<T>::get(account)
	}
}

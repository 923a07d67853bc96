//! What runtime APIs and view functions show.

use crate::{
	AccountKeys, Administrators, Config, Endpoints, Heads, OrganisationCount, OrganisationKeys,
	Organisations, OrganisationsIn, OrganisationsInCount, Pallet, PractitionerCount,
	PractitionerOf, Practitioners, ProfileCommitments, Profiles, Sponsors, Staff, StaffCount,
	StaffNumbers, Supervisors,
};
use salus_primitives::{
	codes::Jurisdiction,
	directory::CredentialDirectory,
	ids::{OrganisationId, PractitionerId},
	views::{EncryptionKey, OrganisationView, Page, PractitionerView, StaffView},
};

impl<T: Config> Pallet<T> {
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
			npi: profile.npi,
			state: organisation.state,
			since: organisation.since,
			sponsor: Sponsors::<T>::get(id),
			head: Heads::<T>::get(id),
			administrators: Administrators::<T>::get(id).into_iter().map(Into::into).collect(),
			encryption_key: OrganisationKeys::<T>::get(id),
			endpoint: Endpoints::<T>::get(id).unwrap_or_default().into_inner(),
		})
	}

	/// A page of all organisations from this number on.
	pub fn organisations_page(from: OrganisationId) -> Page<OrganisationView> {
		Page::numbered(from, OrganisationCount::<T>::get(), Self::organisation_view)
	}

	/// A page of the organisations in a country or subdivision, from this place of the list on.
	pub fn organisations_in_page(place: Jurisdiction, from: u32) -> Page<OrganisationView> {
		Page::of(from, OrganisationsInCount::<T>::get(place), |number| {
			Self::organisation_view(OrganisationsIn::<T>::get(place, number)?)
		})
	}

	/// A page of an organisation's staff, from this place of the list on.
	pub fn staff_page(organisation: OrganisationId, from: u32) -> Page<StaffView> {
		Page::of(from, StaffCount::<T>::get(organisation), |number| {
			let account = StaffNumbers::<T>::get(organisation, number)?;
			let practitioner = PractitionerOf::<T>::get(&account);
			Some(StaffView {
				roles: Staff::<T>::get(organisation, &account)?.roles,
				supervisor: practitioner
					.and_then(|practitioner| Supervisors::<T>::get(organisation, practitioner)),
				practitioner,
				account: account.into(),
			})
		})
	}

	/// The practitioner with their licences that can still count.
	pub fn practitioner_view(id: PractitionerId) -> Option<PractitionerView> {
		let practitioner = Practitioners::<T>::get(id)?;
		Some(PractitionerView {
			id,
			account: practitioner.account.into(),
			npi: practitioner.npi,
			registrar: practitioner.registrar,
			profile: ProfileCommitments::<T>::get(id),
			licences: T::Credentials::licences_of(id),
		})
	}

	/// A page of all practitioners from this number on.
	pub fn practitioners_page(from: PractitionerId) -> Page<PractitionerView> {
		Page::numbered(from, PractitionerCount::<T>::get(), Self::practitioner_view)
	}

	/// The key to which releases for this account are wrapped.
	pub fn account_key(account: &T::AccountId) -> Option<EncryptionKey> {
		AccountKeys::<T>::get(account)
	}
}

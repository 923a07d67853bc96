//! What the calls on organisations and their staff do, once their origin is known.

use crate::{
	types::{is_endpoint, is_name, organisation_may_become},
	AdministrationOffers, Administrators, AdministratorsOf, Config, Endpoint, Endpoints, Error,
	Event, GroupSizes, Heads, Name, Offer, OpenApplications, Organisation, OrganisationCount,
	OrganisationKeys, OrganisationOfGln, OrganisationOfNpi, Organisations, OrganisationsIn,
	OrganisationsInCount, Pallet, PractitionerOf, PractitionerOfNpi, Profile, Profiles, Sponsors,
	Staff, StaffCount, StaffMember, StaffNumbers, Supervisors, MAX_OPEN_APPLICATIONS,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind, OrganisationState, Role, Roles, StandingReason},
	directory::{ChartKeys, Enrolment, ProviderDirectory},
	ids::OrganisationId,
	views::EncryptionKey,
};
use sp_runtime::{ArithmeticError, DispatchError};

/// What an organisation is when it enters.
pub(crate) struct Entry<T: Config> {
	pub(crate) kind: OrganisationKind,
	pub(crate) name: Name,
	pub(crate) jurisdiction: Jurisdiction,
	pub(crate) gln: Option<Gln>,
	pub(crate) npi: Option<Npi>,
	pub(crate) administrator: T::AccountId,
}

impl<T: Config> Pallet<T> {
	/// Only an administrator of an active organisation passes.
	pub(crate) fn ensure_administrator(
		origin: OriginFor<T>,
		organisation: OrganisationId,
	) -> Result<T::AccountId, DispatchError> {
		let signer = ensure_signed(origin)?;
		Self::ensure_administers(&signer, organisation)?;
		Ok(signer)
	}

	pub(crate) fn ensure_administers(
		signer: &T::AccountId,
		organisation: OrganisationId,
	) -> DispatchResult {
		let reasons = <Self as ProviderDirectory<T::AccountId>>::membership(
			signer,
			organisation,
			Role::Administrator,
		);
		ensure!(
			!reasons.contains(StandingReason::OrganisationUnknown),
			Error::<T>::OrganisationUnknown
		);
		ensure!(
			!reasons.contains(StandingReason::NotStaff)
				&& !reasons.contains(StandingReason::RoleNotHeld),
			Error::<T>::NotAdministrator
		);
		ensure!(reasons.is_empty(), Error::<T>::OrganisationNotActive);
		Ok(())
	}

	pub(crate) fn stored(organisation: OrganisationId) -> Result<Organisation, Error<T>> {
		Organisations::<T>::get(organisation).ok_or(Error::<T>::OrganisationUnknown)
	}

	/// Lets an organisation in: admitted at once, or put forward by `sponsor`.
	pub(crate) fn do_enter(
		entry: Entry<T>,
		sponsor: Option<OrganisationId>,
	) -> Result<OrganisationId, DispatchError> {
		let Entry { kind, name, jurisdiction, gln, npi, administrator } = entry;
		ensure!(is_name(&name), Error::<T>::InvalidName);
		ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
		Self::ensure_identifiers_free(gln, npi, None)?;
		let id = next(OrganisationCount::<T>::get())?;
		if let Some(sponsor) = sponsor {
			let open = OpenApplications::<T>::get(sponsor);
			ensure!(open < MAX_OPEN_APPLICATIONS, Error::<T>::TooManyApplications);
			OpenApplications::<T>::insert(sponsor, open.saturating_add(1));
			Sponsors::<T>::insert(id, sponsor);
		}

		OrganisationCount::<T>::put(id);
		let state = match sponsor {
			Some(_) => OrganisationState::Applied,
			None => OrganisationState::Active,
		};
		let since = T::Time::now();
		Organisations::<T>::insert(id, Organisation { kind, jurisdiction, state, since });
		for place in [Some(jurisdiction), jurisdiction.country()].into_iter().flatten() {
			let number = OrganisationsInCount::<T>::get(place);
			OrganisationsIn::<T>::insert(place, number, id);
			OrganisationsInCount::<T>::insert(place, next(number)?);
		}
		Self::index_identifiers(id, gln, npi);
		Profiles::<T>::insert(id, Profile { name, gln, npi });
		Self::deposit_event(match sponsor {
			Some(sponsor) => Event::OrganisationApplied {
				organisation: id,
				sponsor,
				administrator: administrator.clone(),
			},
			None => Event::OrganisationAdmitted {
				organisation: id,
				administrator: administrator.clone(),
			},
		});
		Self::do_set_staff(id, administrator, Roles::of(&[Role::Administrator]))?;
		Ok(id)
	}

	/// Whether the identifiers are valid and nobody else's than `own`.
	fn ensure_identifiers_free(
		gln: Option<Gln>,
		npi: Option<Npi>,
		own: Option<OrganisationId>,
	) -> DispatchResult {
		if let Some(gln) = gln {
			ensure!(gln.is_valid(), Error::<T>::InvalidGln);
			let holder = OrganisationOfGln::<T>::get(gln);
			ensure!(holder.is_none() || holder == own, Error::<T>::AlreadyExists);
		}
		if let Some(npi) = npi {
			ensure!(npi.is_valid(), Error::<T>::InvalidNpi);
			let holder = OrganisationOfNpi::<T>::get(npi);
			ensure!(holder.is_none() || holder == own, Error::<T>::AlreadyExists);
			ensure!(!PractitionerOfNpi::<T>::contains_key(npi), Error::<T>::AlreadyExists);
		}
		Ok(())
	}

	fn index_identifiers(organisation: OrganisationId, gln: Option<Gln>, npi: Option<Npi>) {
		if let Some(gln) = gln {
			OrganisationOfGln::<T>::insert(gln, organisation);
		}
		if let Some(npi) = npi {
			OrganisationOfNpi::<T>::insert(npi, organisation);
		}
	}

	pub(crate) fn do_set_organisation_state(
		organisation: OrganisationId,
		state: OrganisationState,
	) -> DispatchResult {
		let found = Self::stored(organisation)?;
		ensure!(organisation_may_become(found.state, state), Error::<T>::InvalidTransition);

		let since = match found.state {
			OrganisationState::Applied => {
				Self::close_application(organisation);
				if state == OrganisationState::Withdrawn {
					Self::release_identifiers(organisation);
				}
				T::Time::now()
			},
			_ => found.since,
		};
		Organisations::<T>::insert(organisation, Organisation { state, since, ..found });
		Self::deposit_event(Event::OrganisationStateChanged { organisation, state });
		Ok(())
	}

	/// Who was not admitted keeps no identifier from those whose it is, themselves included.
	fn release_identifiers(organisation: OrganisationId) {
		Profiles::<T>::mutate(organisation, |profile| {
			if let Some(profile) = profile {
				if let Some(gln) = profile.gln.take() {
					OrganisationOfGln::<T>::remove(gln);
				}
				if let Some(npi) = profile.npi.take() {
					OrganisationOfNpi::<T>::remove(npi);
				}
			}
		});
	}

	/// The sponsor may put another organisation forward.
	fn close_application(organisation: OrganisationId) {
		if let Some(sponsor) = Sponsors::<T>::get(organisation) {
			OpenApplications::<T>::mutate_exists(sponsor, |open| {
				*open = open.unwrap_or(0).checked_sub(1).filter(|left| *left > 0);
			});
		}
	}

	pub(crate) fn do_withdraw_application(
		signer: &T::AccountId,
		organisation: OrganisationId,
	) -> DispatchResult {
		let found = Self::stored(organisation)?;
		ensure!(
			Administrators::<T>::get(organisation).contains(signer),
			Error::<T>::NotAdministrator
		);
		ensure!(found.state == OrganisationState::Applied, Error::<T>::InvalidTransition);
		Self::do_set_organisation_state(organisation, OrganisationState::Withdrawn)
	}

	pub(crate) fn do_set_organisation_profile(
		organisation: OrganisationId,
		name: Name,
		gln: Option<Gln>,
		npi: Option<Npi>,
	) -> DispatchResult {
		let before = Profiles::<T>::get(organisation).ok_or(Error::<T>::OrganisationUnknown)?;
		ensure!(is_name(&name), Error::<T>::InvalidName);
		Self::ensure_identifiers_free(gln, npi, Some(organisation))?;

		if let Some(gln) = before.gln {
			OrganisationOfGln::<T>::remove(gln);
		}
		if let Some(npi) = before.npi {
			OrganisationOfNpi::<T>::remove(npi);
		}
		Self::index_identifiers(organisation, gln, npi);
		Profiles::<T>::insert(organisation, Profile { name, gln, npi });
		Self::deposit_event(Event::OrganisationProfileSet { organisation });
		Ok(())
	}

	pub(crate) fn do_set_staff(
		organisation: OrganisationId,
		account: T::AccountId,
		roles: Roles,
	) -> DispatchResult {
		ensure!(!roles.is_empty(), Error::<T>::RolesMissing);
		Self::ensure_no_chart_key(&account)?;
		let administrators = Self::administrators_after(organisation, &account, roles)?;
		let number = match Staff::<T>::get(organisation, &account) {
			Some(member) => member.number,
			None => {
				let number = StaffCount::<T>::get(organisation);
				StaffCount::<T>::insert(organisation, next(number)?);
				number
			},
		};

		T::Enrolment::enrol(&account);
		Self::put_administrators(organisation, administrators);
		StaffNumbers::<T>::insert(organisation, number, &account);
		Staff::<T>::insert(organisation, &account, StaffMember { roles, number });
		Self::deposit_event(Event::StaffSet { organisation, account, roles });
		Ok(())
	}

	pub(crate) fn do_remove_staff(
		organisation: OrganisationId,
		account: T::AccountId,
	) -> DispatchResult {
		let member = Staff::<T>::get(organisation, &account).ok_or(Error::<T>::StaffUnknown)?;
		let administrators = Self::administrators_after(organisation, &account, Roles::EMPTY)?;

		Self::put_administrators(organisation, administrators);
		Self::unlist(organisation, account, member);
		Ok(())
	}

	fn unlist(organisation: OrganisationId, account: T::AccountId, member: StaffMember) {
		StaffNumbers::<T>::remove(organisation, member.number);
		Staff::<T>::remove(organisation, &account);
		// Who comes back is supervised by whom the organisation then says.
		if let Some(practitioner) = PractitionerOf::<T>::get(&account) {
			Supervisors::<T>::remove(organisation, practitioner);
		}
		Self::deposit_event(Event::StaffRemoved { organisation, account });
	}

	/// That the account is no patient's: whoever names a chart's key here would tie a pseudonymous
	/// chart to their own list for everyone to see, without its word.
	pub(crate) fn ensure_no_chart_key(account: &T::AccountId) -> DispatchResult {
		ensure!(!T::ChartKeys::is_chart_key(account), Error::<T>::AccountIsAChartsKey);
		Ok(())
	}

	/// The administrators when one account's roles change so; never none.
	fn administrators_after(
		organisation: OrganisationId,
		account: &T::AccountId,
		after: Roles,
	) -> Result<AdministratorsOf<T>, DispatchError> {
		let mut administrators = Administrators::<T>::get(organisation);
		match (administrators.contains(account), after.contains(Role::Administrator)) {
			(false, true) => administrators
				.try_push(account.clone())
				.map_err(|_| Error::<T>::TooManyAdministrators)?,
			(true, false) => {
				ensure!(administrators.len() > 1, Error::<T>::LastAdministrator);
				administrators.retain(|administrator| administrator != account);
			},
			_ => {},
		}
		Ok(administrators)
	}

	/// An offer ends when who made it is no administrator any more, so that it does not come back
	/// with their role, and when nothing is left to take over.
	fn put_administrators(organisation: OrganisationId, administrators: AdministratorsOf<T>) {
		let is_over = |offer: Offer<T::AccountId>| {
			!administrators.contains(&offer.from) || administrators.contains(&offer.to)
		};
		if AdministrationOffers::<T>::get(organisation).is_some_and(is_over) {
			Self::end_offer(organisation);
		}
		Administrators::<T>::insert(organisation, administrators);
	}

	fn end_offer(organisation: OrganisationId) {
		AdministrationOffers::<T>::remove(organisation);
		Self::deposit_event(Event::AdministrationOfferWithdrawn { organisation });
	}

	pub(crate) fn do_offer_administration(
		organisation: OrganisationId,
		from: T::AccountId,
		to: T::AccountId,
	) -> DispatchResult {
		ensure!(!Administrators::<T>::get(organisation).contains(&to), Error::<T>::AlreadyExists);
		Self::ensure_no_chart_key(&to)?;

		// Only who can transact can accept.
		T::Enrolment::enrol(&to);
		let offer = Offer { from: from.clone(), to: to.clone() };
		AdministrationOffers::<T>::insert(organisation, offer);
		Self::deposit_event(Event::AdministrationOffered { organisation, from, to });
		Ok(())
	}

	pub(crate) fn do_withdraw_administration_offer(organisation: OrganisationId) -> DispatchResult {
		ensure!(AdministrationOffers::<T>::contains_key(organisation), Error::<T>::OfferUnknown);

		Self::end_offer(organisation);
		Ok(())
	}

	pub(crate) fn do_accept_administration(
		organisation: OrganisationId,
		signer: T::AccountId,
	) -> DispatchResult {
		let found = Self::stored(organisation)?;
		ensure!(found.state == OrganisationState::Active, Error::<T>::OrganisationNotActive);
		let Offer { from, to } =
			AdministrationOffers::<T>::get(organisation).ok_or(Error::<T>::OfferUnknown)?;
		ensure!(to == signer, Error::<T>::OfferUnknown);
		let mut administrators = Administrators::<T>::get(organisation);
		let place = administrators
			.iter_mut()
			.find(|administrator| **administrator == from)
			.ok_or(Error::<T>::OfferUnknown)?;
		*place = to.clone();
		let before = Staff::<T>::get(organisation, &to).map_or(Roles::EMPTY, |member| member.roles);
		ensure!(!before.contains(Role::Administrator), Error::<T>::OfferUnknown);
		let leaving = Staff::<T>::get(organisation, &from).ok_or(Error::<T>::OfferUnknown)?;

		AdministrationOffers::<T>::remove(organisation);
		Administrators::<T>::insert(organisation, administrators);
		Self::demote(organisation, from.clone(), leaving);
		// The list names the new administrator already, so that only the roles are left to set.
		Self::do_set_staff(organisation, to.clone(), before.with(Role::Administrator))?;
		Self::deposit_event(Event::AdministrationTransferred { organisation, from, to });
		Ok(())
	}

	/// Takes the role of administrator from a member whom the list no longer names.
	fn demote(organisation: OrganisationId, account: T::AccountId, member: StaffMember) {
		let roles = member.roles.without(Role::Administrator);
		if roles.is_empty() {
			Self::unlist(organisation, account, member);
		} else {
			Staff::<T>::insert(organisation, &account, StaffMember { roles, ..member });
			Self::deposit_event(Event::StaffSet { organisation, account, roles });
		}
	}

	pub(crate) fn do_replace_administrators(
		organisation: OrganisationId,
		account: T::AccountId,
	) -> DispatchResult {
		Self::stored(organisation)?;
		let before = Administrators::<T>::get(organisation);
		let mut only = AdministratorsOf::<T>::default();
		only.try_push(account.clone()).map_err(|_| Error::<T>::TooManyAdministrators)?;

		// Whoever has a stolen key may have made the offer.
		if AdministrationOffers::<T>::contains_key(organisation) {
			Self::end_offer(organisation);
		}
		Administrators::<T>::insert(organisation, only);
		for former in before.into_iter().filter(|former| *former != account) {
			if let Some(member) = Staff::<T>::get(organisation, &former) {
				Self::demote(organisation, former, member);
			}
		}
		let roles = Staff::<T>::get(organisation, &account).map_or(Roles::EMPTY, |it| it.roles);
		Self::do_set_staff(organisation, account.clone(), roles.with(Role::Administrator))?;
		Self::deposit_event(Event::AdministratorsReplaced { organisation, administrator: account });
		Ok(())
	}

	pub(crate) fn do_declare_affiliation(
		organisation: OrganisationId,
		head: OrganisationId,
	) -> DispatchResult {
		Self::stored(organisation)?;
		Self::stored(head)?;
		ensure!(organisation != head, Error::<T>::OwnHead);
		ensure!(!Heads::<T>::contains_key(organisation), Error::<T>::AlreadyExists);
		// One level: who heads a group heads all of it, and who belongs to one heads none.
		ensure!(
			!Heads::<T>::contains_key(head) && GroupSizes::<T>::get(organisation) == 0,
			Error::<T>::GroupsNested
		);
		let size = next(GroupSizes::<T>::get(head))?;

		Heads::<T>::insert(organisation, head);
		GroupSizes::<T>::insert(head, size);
		Self::deposit_event(Event::AffiliationDeclared { organisation, head });
		Ok(())
	}

	pub(crate) fn do_end_affiliation(organisation: OrganisationId) -> DispatchResult {
		let head = Heads::<T>::get(organisation).ok_or(Error::<T>::NotAffiliated)?;

		Heads::<T>::remove(organisation);
		GroupSizes::<T>::mutate_exists(head, |size| {
			*size = size.unwrap_or(0).checked_sub(1).filter(|left| *left > 0);
		});
		Self::deposit_event(Event::AffiliationEnded { organisation, head });
		Ok(())
	}

	pub(crate) fn do_publish_organisation_key(
		organisation: OrganisationId,
		key: [u8; 32],
	) -> DispatchResult {
		let key = Self::succeeding(OrganisationKeys::<T>::get(organisation), key)?;

		OrganisationKeys::<T>::insert(organisation, key);
		Self::deposit_event(Event::OrganisationKeyPublished { organisation, version: key.version });
		Ok(())
	}

	pub(crate) fn do_set_endpoint(
		organisation: OrganisationId,
		endpoint: Endpoint,
	) -> DispatchResult {
		ensure!(is_endpoint(&endpoint), Error::<T>::InvalidEndpoint);

		if endpoint.is_empty() {
			Endpoints::<T>::remove(organisation);
		} else {
			Endpoints::<T>::insert(organisation, endpoint);
		}
		Self::deposit_event(Event::EndpointSet { organisation });
		Ok(())
	}

	/// The key with the version after `last`. The all-zero point is refused: whatever is wrapped to
	/// it is wrapped to everyone.
	pub(crate) fn succeeding(
		last: Option<EncryptionKey>,
		key: [u8; 32],
	) -> Result<EncryptionKey, DispatchError> {
		ensure!(key != [0; 32], Error::<T>::InvalidKey);
		Ok(EncryptionKey { version: next(last.map_or(0, |last| last.version))?, key })
	}
}

/// The number after `count`.
pub(crate) fn next(count: u32) -> Result<u32, DispatchError> {
	count.checked_add(1).ok_or(ArithmeticError::Overflow.into())
}

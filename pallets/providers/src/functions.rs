//! What the calls do once their origin is known: checks first, writes last.

use crate::{
	licence_may_become, organisation_may_become, AccountKeys, AdministratorCount, BoardAuthorities,
	Config, Endpoint, Endpoints, Error, Event, Jurisdictions, Licence, LicenceCount, Licences,
	LicencesOf, Name, Organisation, OrganisationCount, OrganisationKeys, OrganisationOfGln,
	Organisations, Pallet, Practitioner, PractitionerCount, PractitionerOf, PractitionerOfNpi,
	Practitioners, Profile, Profiles, Staff,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState, Role, Roles,
		StandingReason,
	},
	directory::{Enrolment, ProviderDirectory},
	ids::{LicenceId, OrganisationId, PractitionerId},
	time::Period,
	views::EncryptionKey,
};
use sp_runtime::{ArithmeticError, DispatchError};

impl<T: Config> Pallet<T> {
	/// Only an administrator with good standing passes.
	pub(crate) fn ensure_administrator(
		origin: OriginFor<T>,
		organisation: OrganisationId,
	) -> DispatchResult {
		Self::ensure_administers(&ensure_signed(origin)?, organisation)
	}

	fn ensure_administers(signer: &T::AccountId, organisation: OrganisationId) -> DispatchResult {
		let reasons = Self::standing(signer, organisation, Role::Administrator, T::Time::now());
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

	fn organisation(organisation: OrganisationId) -> Result<Organisation, Error<T>> {
		Organisations::<T>::get(organisation).ok_or(Error::<T>::OrganisationUnknown)
	}

	pub(crate) fn do_admit_organisation(
		kind: OrganisationKind,
		name: Name,
		jurisdiction: Jurisdiction,
		gln: Option<Gln>,
		administrator: T::AccountId,
	) -> Result<OrganisationId, DispatchError> {
		ensure!(crate::types::is_name(&name), Error::<T>::InvalidName);
		ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
		if let Some(gln) = gln {
			ensure!(gln.is_valid(), Error::<T>::InvalidGln);
			ensure!(!OrganisationOfGln::<T>::contains_key(gln), Error::<T>::AlreadyExists);
		}
		let id = next(OrganisationCount::<T>::get())?;

		OrganisationCount::<T>::put(id);
		let state = OrganisationState::Active;
		Organisations::<T>::insert(id, Organisation { kind, jurisdiction, state });
		Profiles::<T>::insert(id, Profile { name, gln });
		if let Some(gln) = gln {
			OrganisationOfGln::<T>::insert(gln, id);
		}
		Self::deposit_event(Event::OrganisationAdmitted {
			organisation: id,
			administrator: administrator.clone(),
		});
		Self::do_set_staff(id, administrator, Roles::of(&[Role::Administrator]))?;
		Ok(id)
	}

	pub(crate) fn do_set_organisation_state(
		organisation: OrganisationId,
		state: OrganisationState,
	) -> DispatchResult {
		let found = Self::organisation(organisation)?;
		ensure!(organisation_may_become(found.state, state), Error::<T>::InvalidTransition);

		Organisations::<T>::insert(organisation, Organisation { state, ..found });
		Self::deposit_event(Event::OrganisationStateChanged { organisation, state });
		Ok(())
	}

	pub(crate) fn do_authorise_board(
		organisation: OrganisationId,
		jurisdiction: Jurisdiction,
	) -> DispatchResult {
		let board = Self::organisation(organisation)?;
		ensure!(board.kind == OrganisationKind::LicensingBoard, Error::<T>::NotABoard);
		ensure!(board.state == OrganisationState::Active, Error::<T>::OrganisationNotActive);
		ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
		let mut authorities = BoardAuthorities::<T>::get(organisation);
		ensure!(!authorities.contains(&jurisdiction), Error::<T>::AlreadyExists);
		authorities.try_push(jurisdiction).map_err(|_| Error::<T>::TooManyAuthorities)?;

		BoardAuthorities::<T>::insert(organisation, authorities);
		Self::deposit_event(Event::BoardAuthorised { organisation, jurisdiction });
		Ok(())
	}

	pub(crate) fn do_revoke_board_authority(
		organisation: OrganisationId,
		jurisdiction: Jurisdiction,
	) -> DispatchResult {
		let mut authorities = BoardAuthorities::<T>::get(organisation);
		ensure!(authorities.contains(&jurisdiction), Error::<T>::BoardNotAuthorised);
		authorities.retain(|authority| *authority != jurisdiction);

		if authorities.is_empty() {
			BoardAuthorities::<T>::remove(organisation);
		} else {
			BoardAuthorities::<T>::insert(organisation, authorities);
		}
		Self::deposit_event(Event::BoardAuthorityRevoked { organisation, jurisdiction });
		Ok(())
	}

	pub(crate) fn do_set_staff(
		organisation: OrganisationId,
		account: T::AccountId,
		roles: Roles,
	) -> DispatchResult {
		ensure!(!roles.is_empty(), Error::<T>::RolesMissing);
		let before = Staff::<T>::get(organisation, &account).unwrap_or_default();
		let administrators = Self::administrators_after(organisation, before, roles)?;

		T::Enrolment::enrol(&account);
		AdministratorCount::<T>::insert(organisation, administrators);
		Staff::<T>::insert(organisation, &account, roles);
		Self::deposit_event(Event::StaffSet { organisation, account, roles });
		Ok(())
	}

	pub(crate) fn do_remove_staff(
		organisation: OrganisationId,
		account: T::AccountId,
	) -> DispatchResult {
		let before = Staff::<T>::get(organisation, &account).ok_or(Error::<T>::StaffUnknown)?;
		let administrators = Self::administrators_after(organisation, before, Roles::EMPTY)?;

		AdministratorCount::<T>::insert(organisation, administrators);
		Staff::<T>::remove(organisation, &account);
		Self::deposit_event(Event::StaffRemoved { organisation, account });
		Ok(())
	}

	/// How many administrators remain when one account's roles change so; never none.
	fn administrators_after(
		organisation: OrganisationId,
		before: Roles,
		after: Roles,
	) -> Result<u32, DispatchError> {
		let count = AdministratorCount::<T>::get(organisation);
		match (before.contains(Role::Administrator), after.contains(Role::Administrator)) {
			(false, true) => next(count),
			(true, false) => {
				ensure!(count > 1, Error::<T>::LastAdministrator);
				Ok(count.saturating_sub(1))
			},
			_ => Ok(count),
		}
	}

	pub(crate) fn do_register_practitioner(
		account: T::AccountId,
		npi: Option<Npi>,
	) -> Result<PractitionerId, DispatchError> {
		ensure!(!PractitionerOf::<T>::contains_key(&account), Error::<T>::AlreadyExists);
		if let Some(npi) = npi {
			ensure!(npi.is_valid(), Error::<T>::InvalidNpi);
			ensure!(!PractitionerOfNpi::<T>::contains_key(npi), Error::<T>::AlreadyExists);
		}
		let id = next(PractitionerCount::<T>::get())?;

		T::Enrolment::enrol(&account);
		PractitionerCount::<T>::put(id);
		PractitionerOf::<T>::insert(&account, id);
		if let Some(npi) = npi {
			PractitionerOfNpi::<T>::insert(npi, id);
		}
		Practitioners::<T>::insert(id, Practitioner { account: account.clone(), npi });
		Self::deposit_event(Event::PractitionerRegistered { practitioner: id, account });
		Ok(id)
	}

	pub(crate) fn do_issue_licence(
		board: OrganisationId,
		practitioner: PractitionerId,
		class: LicenceClass,
		jurisdictions: Jurisdictions,
		valid: Period,
	) -> DispatchResult {
		ensure!(Practitioners::<T>::contains_key(practitioner), Error::<T>::PractitionerUnknown);
		ensure!(!jurisdictions.is_empty(), Error::<T>::JurisdictionsMissing);
		ensure!(jurisdictions.iter().all(Jurisdiction::is_valid), Error::<T>::InvalidJurisdiction);
		Self::ensure_authorised(board, &jurisdictions)?;
		ensure!(!valid.is_empty(), Error::<T>::EmptyPeriod);
		let id = next(LicenceCount::<T>::get())?;
		let mut licences = LicencesOf::<T>::get(practitioner);
		licences.try_push(id).map_err(|_| Error::<T>::TooManyLicences)?;

		LicenceCount::<T>::put(id);
		LicencesOf::<T>::insert(practitioner, licences);
		Licences::<T>::insert(
			id,
			Licence {
				practitioner,
				board,
				class,
				jurisdictions,
				valid,
				state: LicenceState::Active,
			},
		);
		Self::deposit_event(Event::LicenceIssued { licence: id, board, practitioner });
		Ok(())
	}

	pub(crate) fn do_set_licence_state(
		signer: &T::AccountId,
		id: LicenceId,
		state: LicenceState,
	) -> DispatchResult {
		let licence = Licences::<T>::get(id).ok_or(Error::<T>::LicenceUnknown)?;
		Self::ensure_administers(signer, licence.board)?;
		ensure!(licence_may_become(licence.state, state), Error::<T>::InvalidTransition);
		if state == LicenceState::Active {
			Self::ensure_authorised(licence.board, &licence.jurisdictions)?;
		}

		Licences::<T>::insert(id, Licence { state, ..licence });
		Self::deposit_event(Event::LicenceStateChanged { licence: id, state });
		Ok(())
	}

	/// Whether the board may license in all these places.
	fn ensure_authorised(board: OrganisationId, places: &[Jurisdiction]) -> DispatchResult {
		let authorities = BoardAuthorities::<T>::get(board);
		ensure!(
			places
				.iter()
				.all(|place| authorities.iter().any(|authority| authority.covers(place))),
			Error::<T>::BoardNotAuthorised
		);
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
		ensure!(crate::types::is_endpoint(&endpoint), Error::<T>::InvalidEndpoint);

		if endpoint.is_empty() {
			Endpoints::<T>::remove(organisation);
		} else {
			Endpoints::<T>::insert(organisation, endpoint);
		}
		Self::deposit_event(Event::EndpointSet { organisation });
		Ok(())
	}

	pub(crate) fn do_publish_account_key(account: T::AccountId, key: [u8; 32]) -> DispatchResult {
		let key = Self::succeeding(AccountKeys::<T>::get(&account), key)?;

		AccountKeys::<T>::insert(&account, key);
		Self::deposit_event(Event::AccountKeyPublished { account, version: key.version });
		Ok(())
	}

	/// The key with the version after `last`. The all-zero point is refused: whatever is wrapped to
	/// it is wrapped to everyone.
	fn succeeding(
		last: Option<EncryptionKey>,
		key: [u8; 32],
	) -> Result<EncryptionKey, DispatchError> {
		ensure!(key != [0; 32], Error::<T>::InvalidKey);
		Ok(EncryptionKey { version: next(last.map_or(0, |last| last.version))?, key })
	}
}

/// The number after `count`.
fn next(count: u32) -> Result<u32, DispatchError> {
	count.checked_add(1).ok_or(ArithmeticError::Overflow.into())
}

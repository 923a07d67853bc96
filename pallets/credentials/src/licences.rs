//! What the calls on licences do, once their origin is known.

use crate::{
	next, types::licence_may_become, Config, Error, Event, LicenceCount, LicenceIds, Licences,
	LicencesBy, LicencesByCount, LicencesIn, LicencesInCount, LicencesOf, Pallet,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{Jurisdiction, LicenceClass, LicenceState, OrganisationState},
	credential::{Holder, Jurisdictions, Licence, Limits, Verification},
	directory::{CredentialDirectory, OrganisationDirectory},
	ids::{LicenceId, OrganisationId},
	time::{Moment, Period},
};
use sp_runtime::DispatchError;

/// What a board issues.
pub(crate) struct Issue {
	pub(crate) holder: Holder,
	pub(crate) class: LicenceClass,
	pub(crate) jurisdictions: Jurisdictions,
	pub(crate) valid: Period,
	pub(crate) limits: Limits,
	pub(crate) verification: Option<Verification>,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn licence(id: LicenceId) -> Result<Licence, Error<T>> {
		Licences::<T>::get(id).ok_or(Error::<T>::LicenceUnknown)
	}

	/// The board responsible for the licence, whose administrator the signer must be.
	fn ensure_responsible(
		signer: &T::AccountId,
		licence: &Licence,
	) -> Result<OrganisationId, DispatchError> {
		let board = Self::authority(licence.board);
		Self::ensure_administers(signer, board)?;
		Ok(board)
	}

	/// As [`Self::ensure_responsible`], and the board may issue such a licence today.
	fn ensure_issues(signer: &T::AccountId, licence: &Licence) -> DispatchResult {
		let board = Self::ensure_responsible(signer, licence)?;
		Self::ensure_not_own(signer, &licence.holder)?;
		if let Holder::Organisation(holder) = licence.holder {
			Self::ensure_independent(board, holder)?;
		}
		Self::ensure_licenses(board, licence.class, &licence.jurisdictions)
	}

	/// Nobody licenses themselves, or the house whose staff they are, on behalf of a board.
	pub(crate) fn ensure_not_own(signer: &T::AccountId, holder: &Holder) -> DispatchResult {
		match holder {
			Holder::Practitioner(holder) => ensure!(
				T::Organisations::practitioner(signer) != Some(*holder),
				Error::<T>::ConflictOfInterest
			),
			Holder::Organisation(holder) => Self::ensure_not_staff(signer, *holder)?,
		}
		Ok(())
	}

	/// The council revokes only where the board that is responsible cannot.
	fn ensure_board_cannot(licence: &Licence) -> DispatchResult {
		let board = Self::authority(licence.board);
		let (_, state) = Self::house(board)?;
		let can_act = state == OrganisationState::Active
			&& Self::ensure_licenses(board, licence.class, &licence.jurisdictions).is_ok();
		ensure!(!can_act, Error::<T>::BoardResponsible);
		Ok(())
	}

	fn ensure_due_ahead(verification: &Option<Verification>, now: Moment) -> DispatchResult {
		ensure!(
			verification.is_none_or(|seen| seen.next_due > now),
			Error::<T>::VerificationDueInPast
		);
		Self::ensure_due_in_time(verification.map(|seen| seen.next_due), now)
	}

	fn ensure_limits(holder: &Holder, limits: &Limits) -> DispatchResult {
		if matches!(holder, Holder::Organisation(_)) {
			ensure!(!limits.supervised && limits.sites.is_empty(), Error::<T>::InvalidLimits);
		}
		for site in &limits.sites {
			Self::house(*site)?;
		}
		Ok(())
	}

	/// Checks and issues. `issued` is the block's time, but at genesis.
	pub(crate) fn do_issue_licence(
		board: OrganisationId,
		issue: Issue,
		issued: Moment,
	) -> Result<LicenceId, DispatchError> {
		let Issue { holder, class, jurisdictions, valid, limits, verification } = issue;
		match holder {
			Holder::Practitioner(practitioner) => {
				ensure!(T::Organisations::is_practitioner(practitioner), Error::<T>::HolderUnknown);
				ensure!(!class.is_for_organisations(), Error::<T>::WrongHolder);
			},
			Holder::Organisation(organisation) => {
				ensure!(
					T::Organisations::organisation(organisation).is_some(),
					Error::<T>::HolderUnknown
				);
				ensure!(class.is_for_organisations(), Error::<T>::WrongHolder);
				Self::ensure_independent(board, organisation)?;
			},
		}
		ensure!(!jurisdictions.is_empty(), Error::<T>::JurisdictionsMissing);
		ensure!(jurisdictions.iter().all(Jurisdiction::is_valid), Error::<T>::InvalidJurisdiction);
		Self::ensure_licenses(board, class, &jurisdictions)?;
		let places = Self::places(&jurisdictions, class)?;
		let now = T::Time::now();
		ensure!(!valid.is_empty() && !valid.has_ended(now), Error::<T>::EmptyPeriod);
		Self::ensure_limits(&holder, &limits)?;
		Self::ensure_due_ahead(&verification, now)?;
		let id = next(LicenceCount::<T>::get())?;
		let licences = Self::with_room(LicencesOf::<T>::get(holder), id, now)?;

		LicenceCount::<T>::put(id);
		LicencesOf::<T>::insert(holder, licences);
		for (place, number) in places {
			LicencesIn::<T>::insert((place, class, number), id);
			LicencesInCount::<T>::insert(place, class, next(number)?);
		}
		let number = LicencesByCount::<T>::get(board);
		LicencesBy::<T>::insert(board, number, id);
		LicencesByCount::<T>::insert(board, next(number)?);
		let state = match verification {
			Some(_) => LicenceState::Active,
			None => LicenceState::Pending,
		};
		Licences::<T>::insert(
			id,
			Licence {
				holder,
				board,
				class,
				jurisdictions,
				issued,
				valid,
				state,
				limits,
				verified: verification.map(|_| issued),
				verification,
			},
		);
		Self::deposit_event(Event::LicenceIssued { licence: id, board, holder, state });
		Ok(id)
	}

	/// Each place once, with the number that the next licence of the class gets there.
	fn places(
		jurisdictions: &Jurisdictions,
		class: LicenceClass,
	) -> Result<alloc::vec::Vec<(Jurisdiction, u32)>, DispatchError> {
		let mut places = alloc::vec::Vec::new();
		for place in jurisdictions {
			ensure!(places.iter().all(|(known, _)| known != place), Error::<T>::JurisdictionTwice);
			places.push((*place, LicencesInCount::<T>::get(place, class)));
		}
		Ok(places)
	}

	/// The holder's licences with one more; those that are over make room.
	fn with_room(
		mut licences: LicenceIds,
		id: LicenceId,
		now: Moment,
	) -> Result<LicenceIds, DispatchError> {
		if licences.is_full() {
			licences.retain(|held| Licences::<T>::get(held).is_some_and(|held| !held.is_over(now)));
		}
		licences.try_push(id).map_err(|_| Error::<T>::TooManyLicences)?;
		Ok(licences)
	}

	pub(crate) fn do_verify_licence(
		signer: &T::AccountId,
		id: LicenceId,
		verification: Verification,
	) -> DispatchResult {
		let licence = Self::licence(id)?;
		Self::ensure_issues(signer, &licence)?;
		let now = T::Time::now();
		ensure!(!licence.is_over(now), Error::<T>::InvalidTransition);
		Self::ensure_due_ahead(&Some(verification), now)?;

		let state = match licence.state {
			LicenceState::Pending => LicenceState::Active,
			other => other,
		};
		let was_pending = state != licence.state;
		Licences::<T>::insert(
			id,
			Licence { state, verified: Some(now), verification: Some(verification), ..licence },
		);
		Self::deposit_event(Event::LicenceVerified {
			licence: id,
			next_due: verification.next_due,
		});
		if was_pending {
			Self::deposit_event(Event::LicenceStateChanged { licence: id, state });
		}
		Ok(())
	}

	pub(crate) fn do_renew_licence(
		signer: &T::AccountId,
		id: LicenceId,
		until: Option<Moment>,
		verification: Option<Verification>,
	) -> DispatchResult {
		let mut licence = Self::licence(id)?;
		Self::ensure_issues(signer, &licence)?;
		let now = T::Time::now();
		ensure!(
			matches!(licence.state, LicenceState::Active | LicenceState::Suspended)
				&& !licence.is_over(now),
			Error::<T>::NotRenewable
		);
		let ends = licence.valid.until.ok_or(Error::<T>::NotRenewable)?;
		ensure!(until.is_none_or(|until| until > ends && until > now), Error::<T>::PeriodNotLonger);
		Self::ensure_due_ahead(&verification, now)?;

		// In time, no moment lies between; late, the gap stays one.
		if ends <= now {
			licence.valid.from = now;
		}
		licence.valid.until = until;
		if verification.is_some() {
			licence.verified = Some(now);
			licence.verification = verification;
		}
		let valid = licence.valid;
		Licences::<T>::insert(id, licence);
		Self::deposit_event(Event::LicenceRenewed { licence: id, valid });
		Ok(())
	}

	/// By the responsible board, or by the council (`None`), which only stops, and ends nothing that a
	/// board answers for.
	pub(crate) fn do_set_licence_state(
		signer: Option<&T::AccountId>,
		id: LicenceId,
		state: LicenceState,
	) -> DispatchResult {
		let licence = Self::licence(id)?;
		match signer {
			None if state == LicenceState::Suspended => {},
			None if state == LicenceState::Revoked => Self::ensure_board_cannot(&licence)?,
			None => return Err(Error::<T>::InvalidTransition.into()),
			Some(signer) if state == LicenceState::Active => Self::ensure_issues(signer, &licence)?,
			Some(signer) => {
				Self::ensure_responsible(signer, &licence)?;
			},
		}
		// What has lapsed never counts again; that it was wrong can still be said.
		let is_final = matches!(state, LicenceState::Revoked | LicenceState::IssuedInError);
		ensure!(
			licence_may_become(licence.state, state)
				&& (is_final || !licence.is_over(T::Time::now())),
			Error::<T>::InvalidTransition
		);

		Licences::<T>::insert(id, Licence { state, ..licence });
		Self::deposit_event(Event::LicenceStateChanged { licence: id, state });
		Ok(())
	}

	pub(crate) fn do_surrender_licence(signer: &T::AccountId, id: LicenceId) -> DispatchResult {
		let licence = Self::licence(id)?;
		match licence.holder {
			Holder::Practitioner(practitioner) => ensure!(
				T::Organisations::practitioner(signer) == Some(practitioner),
				Error::<T>::NotHolder
			),
			Holder::Organisation(organisation) => Self::ensure_administers(signer, organisation)?,
		}
		// To give it back while it is suspended would end the board's proceedings.
		ensure!(
			licence.state != LicenceState::Suspended && !licence.is_over(T::Time::now()),
			Error::<T>::InvalidTransition
		);

		let state = LicenceState::Surrendered;
		Licences::<T>::insert(id, Licence { state, ..licence });
		Self::deposit_event(Event::LicenceStateChanged { licence: id, state });
		Ok(())
	}

	pub(crate) fn do_set_licence_limits(
		signer: &T::AccountId,
		id: LicenceId,
		limits: Limits,
	) -> DispatchResult {
		let licence = Self::licence(id)?;
		// To widen a licence is to issue it; to narrow it, to stop it.
		if limits.are_within(&licence.limits) {
			Self::ensure_responsible(signer, &licence)?;
		} else {
			Self::ensure_issues(signer, &licence)?;
		}
		ensure!(!licence.is_over(T::Time::now()), Error::<T>::InvalidTransition);
		Self::ensure_limits(&licence.holder, &limits)?;

		Licences::<T>::insert(id, Licence { limits, ..licence });
		Self::deposit_event(Event::LicenceLimitsSet { licence: id });
		Ok(())
	}
}

//! Who may license, accredit and inspect, and what the council asks of organisations.

use crate::{
	AccreditationAskedSince, AccreditingBodies, AskedSince, Authority, BoardAuthorities, Config,
	Error, Event, Pallet, RequirementsOf, SuccessionDepths, Successors, MAX_SUCCESSIONS,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{
		Jurisdiction, LicenceClass, LicenceClasses, OrganisationKind, OrganisationState, Programme,
		Programmes, Role, StandingReason,
	},
	credential::{House, InForce, Requirement, Requirements, MAX_DUE},
	directory::{CredentialDirectory, OrganisationDirectory},
	ids::OrganisationId,
	time::Moment,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Only who holds one of these roles for the active organisation passes.
	pub(crate) fn ensure_acts_for(
		signer: &T::AccountId,
		organisation: OrganisationId,
		roles: &[Role],
	) -> DispatchResult {
		let mut error = Error::<T>::NotAdministrator;
		for role in roles {
			let reasons = T::Organisations::membership(signer, organisation, *role);
			if reasons.is_empty() {
				return Ok(());
			}
			if reasons.contains(StandingReason::OrganisationUnknown) {
				return Err(Error::<T>::OrganisationUnknown.into());
			}
			if !reasons.contains(StandingReason::NotStaff)
				&& !reasons.contains(StandingReason::RoleNotHeld)
			{
				error = Error::<T>::OrganisationNotActive;
			}
		}
		Err(error.into())
	}

	/// Only an administrator of the active organisation passes.
	pub(crate) fn ensure_administers(
		signer: &T::AccountId,
		organisation: OrganisationId,
	) -> DispatchResult {
		Self::ensure_acts_for(signer, organisation, &[Role::Administrator])
	}

	/// Nobody judges the house whose staff they are.
	pub(crate) fn ensure_not_staff(
		signer: &T::AccountId,
		judged: OrganisationId,
	) -> DispatchResult {
		let reasons = T::Organisations::membership(signer, judged, Role::Administrator);
		ensure!(
			reasons.contains(StandingReason::NotStaff)
				|| reasons.contains(StandingReason::OrganisationUnknown),
			Error::<T>::ConflictOfInterest
		);
		Ok(())
	}

	/// Nothing is due so far ahead that nobody would ever ask. At genesis there is no clock yet.
	pub(crate) fn ensure_due_in_time(due: Option<Moment>, now: Moment) -> DispatchResult {
		ensure!(
			now == 0 || due.is_none_or(|due| due <= now.saturating_add(MAX_DUE)),
			Error::<T>::DueTooLate
		);
		Ok(())
	}

	pub(crate) fn house(
		organisation: OrganisationId,
	) -> Result<(House, OrganisationState), Error<T>> {
		T::Organisations::organisation(organisation).ok_or(Error::<T>::OrganisationUnknown)
	}

	/// Whether an authority answers for what it issues and has what it needs itself: it issues
	/// nothing otherwise. What it issues is new, so that its own accreditation counts.
	pub(crate) fn ensure_in_standing(organisation: OrganisationId) -> DispatchResult {
		ensure!(!Successors::<T>::contains_key(organisation), Error::<T>::HandedOn);
		let (house, _) = Self::house(organisation)?;
		let authorisation =
			<Self as CredentialDirectory>::authorisation(&house, None, T::Time::now());
		ensure!(authorisation.intake.is_empty(), Error::<T>::AuthorityNotInStanding);
		Ok(())
	}

	/// Only a board in standing that may license this class in all these places passes.
	pub(crate) fn ensure_licenses(
		board: OrganisationId,
		class: LicenceClass,
		places: &[Jurisdiction],
	) -> DispatchResult {
		let authorities = BoardAuthorities::<T>::get(board);
		ensure!(
			places.iter().all(|place| {
				authorities.iter().any(|authority| {
					authority.classes.contains(class) && authority.jurisdiction.covers(place)
				})
			}),
			Error::<T>::BoardNotAuthorised
		);
		Self::ensure_in_standing(board)
	}

	/// Only a body in standing that may accredit for this programme passes.
	pub(crate) fn ensure_accredits(body: OrganisationId, programme: Programme) -> DispatchResult {
		ensure!(
			AccreditingBodies::<T>::get(body).contains(programme),
			Error::<T>::BodyNotAuthorised
		);
		Self::ensure_in_standing(body)
	}

	/// Only an authority in standing that may inspect there passes: an accreditation body, or a
	/// board with authority for that place.
	pub(crate) fn ensure_inspects(
		inspector: OrganisationId,
		place: &Jurisdiction,
	) -> DispatchResult {
		let licenses_there = || {
			BoardAuthorities::<T>::get(inspector)
				.iter()
				.any(|authority| authority.jurisdiction.covers(place))
		};
		ensure!(
			!AccreditingBodies::<T>::get(inspector).is_empty() || licenses_there(),
			Error::<T>::InspectorNotAuthorised
		);
		Self::ensure_in_standing(inspector)
	}

	/// Nobody judges themselves or their own group.
	pub(crate) fn ensure_independent(
		judge: OrganisationId,
		judged: OrganisationId,
	) -> DispatchResult {
		ensure!(!T::Organisations::are_affiliated(judge, judged), Error::<T>::ConflictOfInterest);
		Ok(())
	}

	pub(crate) fn do_authorise_board(
		organisation: OrganisationId,
		jurisdiction: Jurisdiction,
		classes: LicenceClasses,
	) -> DispatchResult {
		let (house, state) = Self::house(organisation)?;
		ensure!(house.kind.can_license(), Error::<T>::NotABoard);
		ensure!(state == OrganisationState::Active, Error::<T>::OrganisationNotActive);
		ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
		ensure!(!classes.is_empty(), Error::<T>::ClassesMissing);
		let mut authorities = BoardAuthorities::<T>::get(organisation);
		let authority = Authority { jurisdiction, classes };
		match authorities.iter_mut().find(|held| held.jurisdiction == jurisdiction) {
			Some(held) => {
				ensure!(held.classes != classes, Error::<T>::AlreadyExists);
				*held = authority;
			},
			None => authorities.try_push(authority).map_err(|_| Error::<T>::TooManyAuthorities)?,
		}

		BoardAuthorities::<T>::insert(organisation, authorities);
		Self::deposit_event(Event::BoardAuthorised { organisation, jurisdiction, classes });
		Ok(())
	}

	pub(crate) fn do_revoke_board_authority(
		organisation: OrganisationId,
		jurisdiction: Jurisdiction,
	) -> DispatchResult {
		let mut authorities = BoardAuthorities::<T>::get(organisation);
		let before = authorities.len();
		authorities.retain(|held| held.jurisdiction != jurisdiction);
		ensure!(authorities.len() < before, Error::<T>::BoardNotAuthorised);

		if authorities.is_empty() {
			BoardAuthorities::<T>::remove(organisation);
		} else {
			BoardAuthorities::<T>::insert(organisation, authorities);
		}
		Self::deposit_event(Event::BoardAuthorityRevoked { organisation, jurisdiction });
		Ok(())
	}

	pub(crate) fn do_authorise_body(
		organisation: OrganisationId,
		programmes: Programmes,
	) -> DispatchResult {
		let (house, state) = Self::house(organisation)?;
		ensure!(
			house.kind == OrganisationKind::AccreditationBody,
			Error::<T>::NotAnAccreditationBody
		);
		ensure!(
			programmes.is_empty() || state == OrganisationState::Active,
			Error::<T>::OrganisationNotActive
		);
		ensure!(AccreditingBodies::<T>::get(organisation) != programmes, Error::<T>::AlreadyExists);

		if programmes.is_empty() {
			AccreditingBodies::<T>::remove(organisation);
		} else {
			AccreditingBodies::<T>::insert(organisation, programmes);
		}
		Self::deposit_event(Event::BodyAuthorised { organisation, programmes });
		Ok(())
	}

	pub(crate) fn do_appoint_successor(
		authority: OrganisationId,
		successor: OrganisationId,
	) -> DispatchResult {
		let (former, _) = Self::house(authority)?;
		let (next, state) = Self::house(successor)?;
		let alike =
			former.kind == next.kind || former.kind.can_license() && next.kind.can_license();
		ensure!(alike && authority != successor, Error::<T>::SuccessorUnfit);
		ensure!(state == OrganisationState::Active, Error::<T>::OrganisationNotActive);
		ensure!(Successors::<T>::get(authority) != Some(successor), Error::<T>::AlreadyExists);
		// From here up to whoever is responsible in the end: never back to where it began.
		let mut above = successor;
		let mut depth = SuccessionDepths::<T>::get(authority).saturating_add(1);
		let mut raised = alloc::vec![(above, depth)];
		while let Some(next) = Successors::<T>::get(above) {
			ensure!(next != authority, Error::<T>::SuccessorUnfit);
			above = next;
			depth = depth.saturating_add(1);
			ensure!(depth <= MAX_SUCCESSIONS, Error::<T>::TooManySuccessions);
			raised.push((above, depth));
		}
		ensure!(depth <= MAX_SUCCESSIONS, Error::<T>::TooManySuccessions);

		Successors::<T>::insert(authority, successor);
		for (organisation, depth) in raised {
			SuccessionDepths::<T>::mutate(organisation, |held| *held = depth.max(*held));
		}
		Self::deposit_event(Event::SuccessorAppointed { authority, successor });
		Ok(())
	}

	pub(crate) fn do_set_requirement(
		kind: OrganisationKind,
		jurisdiction: Jurisdiction,
		requirement: Requirement,
	) -> DispatchResult {
		ensure!(jurisdiction.is_valid(), Error::<T>::InvalidJurisdiction);
		ensure!(
			requirement.licences.iter().all(|class| class.is_for_organisations()),
			Error::<T>::WrongHolder
		);
		let now = T::Time::now();
		ensure!(requirement.from >= now, Error::<T>::RequirementInPast);
		let before = RequirementsOf::<T>::get(kind, jurisdiction);
		let version = before
			.map_or(0, |before| before.version)
			.checked_add(1)
			.ok_or(DispatchError::from(sp_runtime::ArithmeticError::Overflow))?;
		let current = before.and_then(|before| before.at(now).copied());
		// Here or in the country: who is asked already gets no second grace.
		let in_force = Self::in_force(kind, jurisdiction, now);
		let both_ask = |asked: &InForce| {
			!asked.requirement.accreditation.is_empty() && !requirement.accreditation.is_empty()
		};
		let asked_since = AskedSince {
			current: in_force.map_or(requirement.from, |asked| asked.accreditation_asked_since),
			next: in_force
				.filter(both_ask)
				.map_or(requirement.from, |asked| asked.accreditation_asked_since),
		};

		AccreditationAskedSince::<T>::insert(kind, jurisdiction, asked_since);
		RequirementsOf::<T>::insert(
			kind,
			jurisdiction,
			Requirements { version, current, next: requirement },
		);
		Self::deposit_event(Event::RequirementSet { kind, jurisdiction, version, requirement });
		Ok(())
	}
}

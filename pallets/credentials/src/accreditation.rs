//! What the calls on accreditations and inspections do, once their origin is known.

use crate::{
	next,
	types::{accreditation_may_become, follow_up_after, follow_up_of},
	AccreditationCount, AccreditationIds, Accreditations, AccreditationsOf, Config, Error, Event,
	InspectionCount, Inspections, InspectionsOf, InspectionsOfCount, OpenFollowUps, Pallet,
	MAX_FOLLOW_UPS_BY_ONE,
};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{
		AccreditationState, InspectionOutcome, InspectionState, Programme, Role, StandingReason,
	},
	credential::{Accreditation, Appeal, Inspection, APPEAL_WINDOW},
	directory::{CredentialDirectory, OrganisationDirectory},
	ids::{AccreditationId, Digest, InspectionId, OrganisationId},
	time::{Moment, Period},
};
use sp_runtime::DispatchError;

/// Who inspects for an authority.
const INSPECTING_ROLES: [Role; 2] = [Role::Administrator, Role::QualityOfficer];

/// A decision on an accreditation.
#[derive(Clone, Copy)]
pub(crate) struct Decision {
	pub(crate) state: AccreditationState,
	pub(crate) follow_up_due: Option<Moment>,
	pub(crate) evidence: Digest,
}

/// What an inspector records.
pub(crate) struct Finding {
	pub(crate) organisation: OrganisationId,
	pub(crate) outcome: InspectionOutcome,
	pub(crate) conducted: Moment,
	pub(crate) report: Digest,
	pub(crate) follow_up_due: Option<Moment>,
}

impl<T: Config> Pallet<T> {
	fn accreditation(id: AccreditationId) -> Result<Accreditation, Error<T>> {
		Accreditations::<T>::get(id).ok_or(Error::<T>::AccreditationUnknown)
	}

	fn inspection(id: InspectionId) -> Result<Inspection, Error<T>> {
		Inspections::<T>::get(id).ok_or(Error::<T>::InspectionUnknown)
	}

	/// Checks and records a first decision.
	pub(crate) fn do_accredit(
		body: OrganisationId,
		organisation: OrganisationId,
		programme: Programme,
		valid: Period,
		decision: Decision,
	) -> Result<AccreditationId, DispatchError> {
		let Decision { state, follow_up_due, evidence } = decision;
		Self::house(organisation)?;
		Self::ensure_independent(body, organisation)?;
		Self::ensure_accredits(body, programme)?;
		let now = T::Time::now();
		ensure!(state.is_in_force(), Error::<T>::InvalidTransition);
		ensure!(!valid.is_empty() && !valid.has_ended(now), Error::<T>::EmptyPeriod);
		// In force when it is decided: a decision about the future is made then.
		ensure!(valid.from <= now || now == 0, Error::<T>::EmptyPeriod);
		ensure!(
			state != AccreditationState::LimitedTemporary || valid.until.is_some(),
			Error::<T>::EndMissing
		);
		ensure!(follow_up_of(state).admits(follow_up_due, now), Error::<T>::InvalidFollowUp);
		Self::ensure_due_in_time(follow_up_due, now)?;
		let held = AccreditationsOf::<T>::get(organisation);
		for other in held.iter().filter_map(Accreditations::<T>::get) {
			let is_alive = other.state_at(now).is_in_force();
			let is_same = Self::authority(other.body) == body && other.programme == programme;
			ensure!(!(is_alive && is_same), Error::<T>::AlreadyExists);
		}
		let id = next(AccreditationCount::<T>::get())?;
		let held = Self::with_room_for_accreditation(held, id, now)?;

		AccreditationCount::<T>::put(id);
		AccreditationsOf::<T>::insert(organisation, held);
		Accreditations::<T>::insert(
			id,
			Accreditation {
				organisation,
				body,
				programme,
				state,
				valid,
				decided: now,
				follow_up_due,
				granted: (state != AccreditationState::PreliminaryDenial).then_some(now),
				appeal: None,
				evidence,
			},
		);
		Self::deposit_event(Event::AccreditationDecided {
			accreditation: id,
			body,
			organisation,
			state,
		});
		Ok(id)
	}

	/// The organisation's accreditations with one more; only the one that ended first makes room, so
	/// that the last words stay.
	fn with_room_for_accreditation(
		mut held: AccreditationIds,
		id: AccreditationId,
		now: Moment,
	) -> Result<AccreditationIds, DispatchError> {
		if held.is_full() {
			let ended = |id| match Accreditations::<T>::get(id) {
				Some(held) => held.over_since(now),
				None => Some(0),
			};
			let first = held
				.iter()
				.enumerate()
				.filter_map(|(place, id)| Some((ended(id)?, place)))
				.min();
			let (_, place) = first.ok_or(Error::<T>::TooManyAccreditations)?;
			held.remove(place);
		}
		held.try_push(id).map_err(|_| Error::<T>::TooManyAccreditations)?;
		Ok(held)
	}

	pub(crate) fn do_decide_accreditation(
		signer: &T::AccountId,
		id: AccreditationId,
		decision: Decision,
	) -> DispatchResult {
		let Decision { state, follow_up_due, evidence } = decision;
		let found = Self::accreditation(id)?;
		let body = Self::authority(found.body);
		Self::ensure_administers(signer, body)?;
		// To deny is to stop: a body does so without authority, and nobody escapes it by joining the
		// body's group.
		if matches!(
			state,
			AccreditationState::Accredited | AccreditationState::AccreditedWithFollowUp
		) {
			Self::ensure_independent(body, found.organisation)?;
			Self::ensure_not_staff(signer, found.organisation)?;
			Self::ensure_accredits(body, found.programme)?;
		}
		let now = T::Time::now();
		// Nor by letting the dates run out before it is final.
		let from = match state {
			AccreditationState::Denied => found.state,
			_ => found.state_at(now),
		};
		ensure!(accreditation_may_become(from, state), Error::<T>::InvalidTransition);
		ensure!(
			state != AccreditationState::Denied
				|| found.appeal.is_some()
				|| found.decided.saturating_add(APPEAL_WINDOW) <= now,
			Error::<T>::AppealWindowOpen
		);
		ensure!(follow_up_of(state).admits(follow_up_due, now), Error::<T>::InvalidFollowUp);
		Self::ensure_due_in_time(follow_up_due, now)?;

		let granted = match state {
			AccreditationState::Accredited | AccreditationState::AccreditedWithFollowUp => {
				found.granted.or(Some(now))
			},
			_ => found.granted,
		};
		// An appeal is about the denial it was filed against.
		let appeal = found.appeal.filter(|_| state == AccreditationState::Denied);
		let organisation = found.organisation;
		Accreditations::<T>::insert(
			id,
			Accreditation {
				state,
				decided: now,
				follow_up_due,
				granted,
				appeal,
				evidence,
				..found
			},
		);
		Self::deposit_event(Event::AccreditationDecided {
			accreditation: id,
			body,
			organisation,
			state,
		});
		Ok(())
	}

	pub(crate) fn do_renew_accreditation(
		signer: &T::AccountId,
		id: AccreditationId,
		until: Option<Moment>,
		evidence: Digest,
	) -> DispatchResult {
		let found = Self::accreditation(id)?;
		let body = Self::authority(found.body);
		Self::ensure_administers(signer, body)?;
		Self::ensure_independent(body, found.organisation)?;
		Self::ensure_not_staff(signer, found.organisation)?;
		Self::ensure_accredits(body, found.programme)?;
		let now = T::Time::now();
		ensure!(
			matches!(
				found.state_at(now),
				AccreditationState::Accredited | AccreditationState::AccreditedWithFollowUp
			),
			Error::<T>::NotRenewable
		);
		let ends = found.valid.until.ok_or(Error::<T>::NotRenewable)?;
		ensure!(until.is_none_or(|until| until > ends), Error::<T>::PeriodNotLonger);

		let valid = Period { until, ..found.valid };
		Accreditations::<T>::insert(id, Accreditation { valid, evidence, ..found });
		Self::deposit_event(Event::AccreditationRenewed { accreditation: id, valid });
		Ok(())
	}

	pub(crate) fn do_appeal_denial(
		signer: &T::AccountId,
		id: AccreditationId,
		grounds: Digest,
	) -> DispatchResult {
		let found = Self::accreditation(id)?;
		// Whoever is suspended still defends itself: the time to appeal runs on.
		let reasons = T::Organisations::membership(signer, found.organisation, Role::Administrator)
			.without(StandingReason::OrganisationSuspended);
		if !reasons.is_empty() {
			Self::ensure_administers(signer, found.organisation)?;
		}
		let now = T::Time::now();
		ensure!(found.can_be_appealed(now), Error::<T>::NotAppealable);

		let appeal = Some(Appeal { filed: now, grounds });
		Accreditations::<T>::insert(id, Accreditation { appeal, ..found });
		Self::deposit_event(Event::DenialAppealed { accreditation: id });
		Ok(())
	}

	pub(crate) fn do_withdraw_accreditation(
		signer: &T::AccountId,
		id: AccreditationId,
	) -> DispatchResult {
		let found = Self::accreditation(id)?;
		Self::ensure_administers(signer, found.organisation)?;
		let now = T::Time::now();
		ensure!(found.state_at(now).is_in_force(), Error::<T>::InvalidTransition);

		let (body, organisation) = (Self::authority(found.body), found.organisation);
		let state = AccreditationState::Withdrawn;
		Accreditations::<T>::insert(
			id,
			Accreditation { state, decided: now, follow_up_due: None, ..found },
		);
		Self::deposit_event(Event::AccreditationDecided {
			accreditation: id,
			body,
			organisation,
			state,
		});
		Ok(())
	}

	pub(crate) fn do_record_inspection(
		signer: &T::AccountId,
		inspector: OrganisationId,
		finding: Finding,
	) -> DispatchResult {
		let Finding { organisation, outcome, conducted, report, follow_up_due } = finding;
		Self::ensure_acts_for(signer, inspector, &INSPECTING_ROLES)?;
		let (house, _) = Self::house(organisation)?;
		Self::ensure_independent(inspector, organisation)?;
		// That nothing is wrong is in its favour.
		if outcome == InspectionOutcome::NoAction {
			Self::ensure_not_staff(signer, organisation)?;
		}
		Self::ensure_inspects(inspector, &house.place)?;
		let now = T::Time::now();
		ensure!(conducted <= now, Error::<T>::InspectionInFuture);
		ensure!(follow_up_after(outcome).admits(follow_up_due, now), Error::<T>::InvalidFollowUp);
		Self::ensure_due_in_time(follow_up_due, now)?;
		let id = next(InspectionCount::<T>::get())?;
		let number = InspectionsOfCount::<T>::get(organisation);
		let state = match follow_up_due {
			Some(_) => InspectionState::FollowUpDue,
			None => InspectionState::Closed,
		};
		if state == InspectionState::FollowUpDue {
			let mut open = OpenFollowUps::<T>::get(organisation);
			let by_this = open
				.iter()
				.filter_map(Inspections::<T>::get)
				.filter(|other| other.inspector == inspector)
				.count();
			ensure!(by_this < MAX_FOLLOW_UPS_BY_ONE, Error::<T>::TooManyFollowUps);
			open.try_push(id).map_err(|_| Error::<T>::TooManyFollowUps)?;
			OpenFollowUps::<T>::insert(organisation, open);
		}

		InspectionCount::<T>::put(id);
		InspectionsOf::<T>::insert(organisation, number, id);
		InspectionsOfCount::<T>::insert(organisation, next(number)?);
		Inspections::<T>::insert(
			id,
			Inspection {
				organisation,
				inspector,
				outcome,
				conducted,
				report,
				state,
				follow_up_due,
				follow_up: None,
			},
		);
		Self::deposit_event(Event::InspectionRecorded {
			inspection: id,
			inspector,
			organisation,
			outcome,
		});
		Ok(())
	}

	/// Whoever is responsible for the inspection now, and could do it today: to clear is to favour.
	fn ensure_inspected(signer: &T::AccountId, inspection: &Inspection) -> DispatchResult {
		let inspector = Self::authority(inspection.inspector);
		Self::ensure_acts_for(signer, inspector, &INSPECTING_ROLES)?;
		let (house, _) = Self::house(inspection.organisation)?;
		Self::ensure_independent(inspector, house.id)?;
		Self::ensure_not_staff(signer, house.id)?;
		Self::ensure_inspects(inspector, &house.place)
	}

	pub(crate) fn do_close_follow_up(
		signer: &T::AccountId,
		id: InspectionId,
		evidence: Digest,
	) -> DispatchResult {
		let found = Self::inspection(id)?;
		Self::ensure_inspected(signer, &found)?;
		ensure!(found.state == InspectionState::FollowUpDue, Error::<T>::InvalidTransition);

		Self::forget_follow_up(found.organisation, id);
		let state = InspectionState::Closed;
		Inspections::<T>::insert(id, Inspection { state, follow_up: Some(evidence), ..found });
		Self::deposit_event(Event::InspectionStateChanged { inspection: id, state });
		Ok(())
	}

	pub(crate) fn do_mark_inspection_entered_in_error(
		signer: &T::AccountId,
		id: InspectionId,
	) -> DispatchResult {
		let found = Self::inspection(id)?;
		Self::ensure_inspected(signer, &found)?;
		ensure!(found.state != InspectionState::EnteredInError, Error::<T>::InvalidTransition);

		Self::forget_follow_up(found.organisation, id);
		let state = InspectionState::EnteredInError;
		Inspections::<T>::insert(id, Inspection { state, ..found });
		Self::deposit_event(Event::InspectionStateChanged { inspection: id, state });
		Ok(())
	}

	fn forget_follow_up(organisation: OrganisationId, id: InspectionId) {
		OpenFollowUps::<T>::mutate_exists(organisation, |open| {
			let mut left = open.take().unwrap_or_default();
			left.retain(|other| *other != id);
			*open = Some(left).filter(|left| !left.is_empty());
		});
	}
}

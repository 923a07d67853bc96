//! What holds at the end of every block.

use crate::{
	AccreditationAskedSince, AccreditationCount, Accreditations, AccreditationsOf,
	AccreditingBodies, BoardAuthorities, Config, InspectionCount, Inspections, InspectionsOf,
	InspectionsOfCount, LicenceCount, Licences, LicencesBy, LicencesByCount, LicencesIn,
	LicencesInCount, LicencesOf, OpenFollowUps, Pallet, RequirementsOf, SuccessionDepths,
	Successors, MAX_SUCCESSIONS,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	codes::{AccreditationState, InspectionState, Jurisdiction, LicenceState, OrganisationKind},
	credential::Holder,
	directory::OrganisationDirectory,
	ids::OrganisationId,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	/// 1. Only boards and regulators have authority to license: each place once, valid, with
	///    classes; only accreditation bodies have programmes, and never none.
	/// 2. Successions are of organisations that are alike, end, and are no longer than can be.
	/// 3. Requirements count from version 1, are of valid places, ask for classes that
	///    organisations hold, the one in force began before the one that follows, and accreditation is
	///    asked for no later than either begins.
	/// 4. Licences are numbered 1 to `LicenceCount`; each has a holder of its class and a board, a
	///    valid place, a period, a stored state, and is verified unless it was pending.
	/// 5. `LicencesOf` lists a holder's own licences in order; one that is not listed is over.
	/// 6. `LicencesIn` and `LicencesBy` list each licence where it is valid and by whom it was
	///    issued, once, without gaps.
	/// 7. Accreditations are numbered 1 to `AccreditationCount`; each has an organisation and a body
	///    apart from it, a stored state, a period, a due date just where one belongs, an appeal only
	///    against a denial, and was granted unless it was denied or taken back.
	/// 8. `AccreditationsOf` lists an organisation's own in order; one that is not listed is over.
	/// 9. Inspections are numbered 1 to `InspectionCount`, each with an organisation and an
	///    inspector, listed in `InspectionsOf` once, without gaps; `OpenFollowUps` lists just those
	///    that are due.
	pub fn do_try_state() -> Result<(), DispatchError> {
		Self::try_authorities()?;
		Self::try_successions()?;
		Self::try_requirements()?;
		Self::try_licences()?;
		Self::try_licence_lists()?;
		Self::try_accreditations()?;
		Self::try_inspections()
	}

	fn kind(organisation: OrganisationId) -> Option<OrganisationKind> {
		Some(T::Organisations::organisation(organisation)?.0.kind)
	}

	fn try_authorities() -> Result<(), DispatchError> {
		for (board, authorities) in BoardAuthorities::<T>::iter() {
			ensure!(
				Self::kind(board).is_some_and(OrganisationKind::can_license),
				"credentials 1: authority of no board"
			);
			let places: BTreeSet<_> = authorities.iter().map(|held| held.jurisdiction).collect();
			ensure!(
				!authorities.is_empty()
					&& places.len() == authorities.len()
					&& places.iter().all(Jurisdiction::is_valid)
					&& authorities.iter().all(|held| !held.classes.is_empty()),
				"credentials 1: authority without a place or class, or for a place twice"
			);
		}
		ensure!(
			AccreditingBodies::<T>::iter().all(|(body, programmes)| {
				Self::kind(body) == Some(OrganisationKind::AccreditationBody)
					&& !programmes.is_empty()
			}),
			"credentials 1: programmes of no body, or none"
		);
		Ok(())
	}

	fn try_successions() -> Result<(), DispatchError> {
		for (authority, successor) in Successors::<T>::iter() {
			let (former, next) = (Self::kind(authority), Self::kind(successor));
			ensure!(
				former.is_some()
					&& (former == next
						|| former.is_some_and(OrganisationKind::can_license)
							&& next.is_some_and(OrganisationKind::can_license)),
				"credentials 2: a succession of organisations that are not alike"
			);
			let mut steps = 1u32;
			let mut above = successor;
			while let Some(next) = Successors::<T>::get(above) {
				steps = steps.saturating_add(1);
				ensure!(steps <= MAX_SUCCESSIONS, "credentials 2: a succession without end");
				above = next;
			}
			ensure!(
				SuccessionDepths::<T>::get(above) >= steps,
				"credentials 2: a succession that is not counted"
			);
		}
		Ok(())
	}

	fn try_requirements() -> Result<(), DispatchError> {
		for (kind, place, requirements) in RequirementsOf::<T>::iter() {
			ensure!(
				place.is_valid() && requirements.version > 0,
				"credentials 3: a requirement of no place, or without version"
			);
			ensure!(
				requirements
					.current
					.iter()
					.chain([&requirements.next])
					.all(|asked| asked.licences.iter().all(|class| class.is_for_organisations())),
				"credentials 3: a class that organisations do not hold"
			);
			ensure!(
				requirements
					.current
					.is_none_or(|current| current.from <= requirements.next.from),
				"credentials 3: what follows began before what is in force"
			);
			ensure!(
				AccreditationAskedSince::<T>::get(kind, place).is_none_or(|since| {
					since.next <= requirements.next.from
						&& requirements.current.is_none_or(|current| since.current <= current.from)
				}),
				"credentials 3: an accreditation is asked for after the requirement began"
			);
		}
		ensure!(
			AccreditationAskedSince::<T>::iter_keys()
				.all(|(kind, place)| RequirementsOf::<T>::contains_key(kind, place)),
			"credentials 3: an accreditation is asked for by no requirement"
		);
		Ok(())
	}

	fn try_licences() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Licences::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=LicenceCount::<T>::get()),
			"credentials 4: licences are not numbered without gaps"
		);
		for licence in Licences::<T>::iter_values() {
			let fits = match licence.holder {
				Holder::Practitioner(practitioner) => {
					T::Organisations::is_practitioner(practitioner)
						&& !licence.class.is_for_organisations()
				},
				Holder::Organisation(organisation) => {
					Self::kind(organisation).is_some() && licence.class.is_for_organisations()
				},
			};
			ensure!(fits, "credentials 4: a licence of nobody, or of a class that is not theirs");
			ensure!(
				Self::kind(licence.board).is_some_and(OrganisationKind::can_license),
				"credentials 4: a licence of no board"
			);
			ensure!(
				!licence.jurisdictions.is_empty()
					&& licence.jurisdictions.iter().all(Jurisdiction::is_valid)
					&& !licence.valid.is_empty(),
				"credentials 4: a licence without a valid place or period"
			);
			ensure!(
				!matches!(licence.state, LicenceState::Expired | LicenceState::Lapsed),
				"credentials 4: a state that is read from dates is stored"
			);
			let never_seen = matches!(
				licence.state,
				LicenceState::Pending | LicenceState::Surrendered | LicenceState::IssuedInError
			);
			ensure!(
				licence.verified.is_some() == licence.verification.is_some()
					&& (licence.verified.is_some() || never_seen)
					&& (licence.verified.is_none() || licence.state != LicenceState::Pending),
				"credentials 4: a licence in force was never verified, or a pending one was"
			);
		}
		let now = T::Time::now();
		let mut listed = BTreeSet::new();
		for (holder, licences) in LicencesOf::<T>::iter() {
			ensure!(
				licences.is_sorted_by(|one, next| one < next),
				"credentials 5: licences out of order"
			);
			for id in licences {
				ensure!(
					Licences::<T>::get(id).is_some_and(|licence| licence.holder == holder),
					"credentials 5: a licence is listed with another holder"
				);
				listed.insert(id);
			}
		}
		ensure!(
			Licences::<T>::iter().all(|(id, licence)| listed.contains(&id) || licence.is_over(now)),
			"credentials 5: a licence that can count is not listed"
		);
		Ok(())
	}

	fn try_licence_lists() -> Result<(), DispatchError> {
		let mut places = BTreeMap::<_, u32>::new();
		let mut boards = BTreeMap::<_, u32>::new();
		let mut valid = 0usize;
		for licence in Licences::<T>::iter_values() {
			for place in &licence.jurisdictions {
				valid = valid.saturating_add(1);
				let count = places.entry((*place, licence.class)).or_default();
				*count = count.saturating_add(1);
			}
			let count = boards.entry(licence.board).or_default();
			*count = count.saturating_add(1);
		}
		let mut listed = BTreeSet::new();
		let right = LicencesIn::<T>::iter().all(|((place, class, number), id)| {
			number < LicencesInCount::<T>::get(place, class)
				&& Licences::<T>::get(id).is_some_and(|licence| {
					licence.class == class && licence.jurisdictions.contains(&place)
				}) && listed.insert((place, id))
		});
		let counted: BTreeMap<_, _> = LicencesInCount::<T>::iter()
			.map(|(place, class, count)| ((place, class), count))
			.collect();
		ensure!(
			right && listed.len() == valid && counted == places,
			"credentials 6: licences are not listed where they are valid"
		);
		let mut listed = BTreeSet::new();
		let right = LicencesBy::<T>::iter().all(|(board, number, id)| {
			number < LicencesByCount::<T>::get(board)
				&& Licences::<T>::get(id).is_some_and(|licence| licence.board == board)
				&& listed.insert(id)
		});
		let counted: BTreeMap<_, _> = LicencesByCount::<T>::iter().collect();
		ensure!(
			right && listed.len() == Licences::<T>::iter_keys().count() && counted == boards,
			"credentials 6: licences are not listed by whom they were issued"
		);
		Ok(())
	}

	fn try_accreditations() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Accreditations::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=AccreditationCount::<T>::get()),
			"credentials 7: accreditations are not numbered without gaps"
		);
		for held in Accreditations::<T>::iter_values() {
			ensure!(
				Self::kind(held.organisation).is_some()
					&& Self::kind(held.body) == Some(OrganisationKind::AccreditationBody)
					&& held.organisation != held.body,
				"credentials 7: an accreditation of nobody, by no body, or of oneself"
			);
			ensure!(
				held.state != AccreditationState::Expired && !held.valid.is_empty(),
				"credentials 7: a state that is read from dates is stored, or no period"
			);
			let due_fits = match held.state {
				AccreditationState::AccreditedWithFollowUp => held.follow_up_due.is_some(),
				AccreditationState::LimitedTemporary => true,
				_ => held.follow_up_due.is_none(),
			};
			ensure!(
				due_fits,
				"credentials 7: a due date where none belongs, or none where one does"
			);
			ensure!(
				held.granted.is_some()
					|| matches!(
						held.state,
						AccreditationState::PreliminaryDenial
							| AccreditationState::Denied
							| AccreditationState::Withdrawn
					),
				"credentials 7: accredited, yet never granted"
			);
			ensure!(
				held.appeal.is_none()
					|| matches!(
						held.state,
						AccreditationState::PreliminaryDenial
							| AccreditationState::Denied
							| AccreditationState::Withdrawn
					),
				"credentials 7: an appeal against no denial"
			);
		}
		let now = T::Time::now();
		let mut listed = BTreeSet::new();
		for (organisation, accreditations) in AccreditationsOf::<T>::iter() {
			ensure!(
				accreditations.is_sorted_by(|one, next| one < next)
					&& accreditations.iter().all(|id| {
						Accreditations::<T>::get(id)
							.is_some_and(|held| held.organisation == organisation)
					}),
				"credentials 8: accreditations out of order, or listed with another organisation"
			);
			listed.extend(accreditations);
		}
		ensure!(
			Accreditations::<T>::iter()
				.all(|(id, held)| listed.contains(&id) || !held.state_at(now).is_in_force()),
			"credentials 8: an accreditation that can count is not listed"
		);
		Ok(())
	}

	fn try_inspections() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Inspections::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=InspectionCount::<T>::get()),
			"credentials 9: inspections are not numbered without gaps"
		);
		let mut due = BTreeSet::new();
		for (id, inspection) in Inspections::<T>::iter() {
			ensure!(
				Self::kind(inspection.organisation).is_some()
					&& Self::kind(inspection.inspector).is_some()
					&& inspection.organisation != inspection.inspector,
				"credentials 9: an inspection of nobody, by nobody, or of oneself"
			);
			if inspection.state == InspectionState::FollowUpDue {
				ensure!(
					inspection.follow_up_due.is_some(),
					"credentials 9: something is due without a date"
				);
				due.insert((inspection.organisation, id));
			}
		}
		let mut listed = BTreeSet::new();
		for (organisation, number, id) in InspectionsOf::<T>::iter() {
			ensure!(
				number < InspectionsOfCount::<T>::get(organisation)
					&& Inspections::<T>::get(id)
						.is_some_and(|inspection| inspection.organisation == organisation)
					&& listed.insert(id),
				"credentials 9: an inspection is listed twice, past the count or elsewhere"
			);
		}
		let counted = InspectionsOfCount::<T>::iter_values().fold(0usize, |sum, count| {
			sum.saturating_add(usize::try_from(count).unwrap_or(usize::MAX))
		});
		ensure!(
			listed == ids && counted == ids.len(),
			"credentials 9: an inspection is not listed, or a list has a gap"
		);
		let open: BTreeSet<_> = OpenFollowUps::<T>::iter()
			.flat_map(|(organisation, open)| open.into_iter().map(move |id| (organisation, id)))
			.collect();
		ensure!(open == due, "credentials 9: what is due is not what is listed as open");
		Ok(())
	}
}

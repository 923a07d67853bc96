//! What organisations ask of credentials.

use crate::{
	AccreditationAskedSince, Accreditations, AccreditationsOf, AccreditingBodies, BoardAuthorities,
	Config, Inspections, Licences, LicencesOf, OpenFollowUps, Pallet, RequirementsOf, Successors,
	MAX_SUCCESSIONS,
};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
	codes::{DrugSchedule, Jurisdiction, LicenceClasses, OrganisationKind, StandingReasons},
	credential::{
		self, Accreditation, Authorisation, Holder, House, InForce, Inspection, Licence, Licensed,
		Need,
	},
	directory::CredentialDirectory,
	ids::{LicenceId, OrganisationId, PractitionerId},
	time::Moment,
	views::{AccreditationView, AuthorityView, InspectionView, LicenceView},
};

impl<T: Config> CredentialDirectory for Pallet<T> {
	fn practitioner_licensed(
		practitioner: PractitionerId,
		classes: LicenceClasses,
		need: &Need,
	) -> Result<Licensed, StandingReasons> {
		let licences = Self::held_by(Holder::Practitioner(practitioner));
		credential::practitioner_licensed(&licences, classes, need)
	}

	fn authorisation(house: &House, schedule: Option<DrugSchedule>, at: Moment) -> Authorisation {
		let asked = Self::in_force(house.kind, house.place, at);
		let licences = Self::held_by(Holder::Organisation(house.id));
		let accreditations: Vec<Accreditation> = AccreditationsOf::<T>::get(house.id)
			.iter()
			.filter_map(Accreditations::<T>::get)
			.collect();
		let inspections: Vec<Inspection> = OpenFollowUps::<T>::get(house.id)
			.iter()
			.filter_map(Inspections::<T>::get)
			.collect();
		credential::authorisation(
			house,
			asked.as_ref(),
			&licences,
			&accreditations,
			&inspections,
			schedule,
			at,
		)
	}

	fn is_board(organisation: OrganisationId) -> bool {
		!BoardAuthorities::<T>::get(organisation).is_empty()
			&& Self::ensure_in_standing(organisation).is_ok()
	}

	fn authority(organisation: OrganisationId) -> OrganisationId {
		let mut responsible = organisation;
		for _ in 0..MAX_SUCCESSIONS {
			match Successors::<T>::get(responsible) {
				Some(successor) => responsible = successor,
				None => break,
			}
		}
		responsible
	}

	fn licences_of(practitioner: PractitionerId) -> Vec<LicenceView> {
		Self::licence_views(Holder::Practitioner(practitioner))
	}
}

impl<T: Config> Pallet<T> {
	fn held_by(holder: Holder) -> Vec<Licence> {
		LicencesOf::<T>::get(holder).iter().filter_map(Licences::<T>::get).collect()
	}

	/// What the council asks of such a house: what it said of the place, or else of the country.
	pub(crate) fn in_force(
		kind: OrganisationKind,
		place: Jurisdiction,
		at: Moment,
	) -> Option<InForce> {
		[Some(place), place.country()].into_iter().flatten().find_map(|place| {
			let requirements = RequirementsOf::<T>::get(kind, place)?;
			let requirement = *requirements.at(at)?;
			let asked_since = AccreditationAskedSince::<T>::get(kind, place).map(|since| {
				match requirements.next.from <= at {
					true => since.next,
					false => since.current,
				}
			});
			let accreditation_asked_since = asked_since.unwrap_or(requirement.from);
			Some(InForce { requirement, accreditation_asked_since })
		})
	}

	/// The licence.
	pub fn licence_view(id: LicenceId) -> Option<LicenceView> {
		let licence = Licences::<T>::get(id)?;
		Some(LicenceView {
			id,
			standing: licence.state_at(T::Time::now()),
			authority: Self::authority(licence.board),
			licence,
		})
	}

	/// A holder's licences that can still count, and the last of those that are over, oldest first.
	pub fn licence_views(holder: Holder) -> Vec<LicenceView> {
		LicencesOf::<T>::get(holder)
			.into_iter()
			.filter_map(Self::licence_view)
			.collect()
	}

	/// An organisation's accreditations that can still count, and those after them, oldest first.
	pub fn accreditation_views(organisation: OrganisationId) -> Vec<AccreditationView> {
		let now = T::Time::now();
		AccreditationsOf::<T>::get(organisation)
			.into_iter()
			.filter_map(|id| {
				let accreditation = Accreditations::<T>::get(id)?;
				Some(AccreditationView {
					id,
					standing: accreditation.state_at(now),
					authority: Self::authority(accreditation.body),
					overdue: accreditation.follow_up_is_overdue(now),
					accreditation,
				})
			})
			.collect()
	}

	/// The inspection.
	pub fn inspection_view(id: u32) -> Option<InspectionView> {
		let inspection = Inspections::<T>::get(id)?;
		let overdue = inspection.follow_up_is_overdue(T::Time::now());
		Some(InspectionView { id, inspection, overdue })
	}

	/// What the council let the organisation decide.
	pub fn authority_view(organisation: OrganisationId) -> AuthorityView {
		AuthorityView {
			licensing: BoardAuthorities::<T>::get(organisation)
				.into_iter()
				.map(|held| (held.jurisdiction, held.classes))
				.collect(),
			programmes: AccreditingBodies::<T>::get(organisation),
			successor: Successors::<T>::get(organisation),
		}
	}
}

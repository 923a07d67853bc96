//! What organisations ask of credentials.

use crate::{
	Accreditations, AccreditationsOf, AccreditingBodies, BoardAuthorities, Config, Inspections,
	Licences, LicencesOf, OpenFollowUps, Pallet, RequirementsOf, Successors, MAX_SUCCESSIONS,
};
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
	codes::{DrugSchedule, LicenceClasses, StandingReasons},
	credential::{
		self, Accreditation, Authorisation, Holder, House, Inspection, Licence, Licensed, Need,
		Requirement,
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
		let requirement = Self::requirement(house, at);
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
			requirement.as_ref(),
			&licences,
			&accreditations,
			&inspections,
			schedule,
			at,
		)
	}

	fn is_board(organisation: OrganisationId) -> bool {
		!BoardAuthorities::<T>::get(organisation).is_empty()
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

	/// What the council asks of the house: what it said of its place, or else of the country.
	fn requirement(house: &House, at: Moment) -> Option<Requirement> {
		[Some(house.place), house.place.country()]
			.into_iter()
			.flatten()
			.find_map(|place| RequirementsOf::<T>::get(house.kind, place)?.at(at).copied())
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

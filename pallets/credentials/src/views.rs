//! Pages of lists that view functions and runtime APIs show.

use crate::{
	Config, InspectionsOf, InspectionsOfCount, LicencesBy, LicencesByCount, LicencesIn,
	LicencesInCount, Pallet,
};
use salus_primitives::{
	codes::{Jurisdiction, LicenceClass},
	ids::OrganisationId,
	views::{InspectionView, LicenceView, Page},
};

impl<T: Config> Pallet<T> {
	/// A page of the licences of a class that name this country or subdivision, from this place of
	/// the list on.
	pub fn licences_in_page(
		place: Jurisdiction,
		class: LicenceClass,
		from: u32,
	) -> Page<LicenceView> {
		Page::of(from, LicencesInCount::<T>::get(place, class), |number| {
			Self::licence_view(LicencesIn::<T>::get((place, class, number))?)
		})
	}

	/// A page of the licences that a board issued, from this place of the list on.
	pub fn licences_by_page(board: OrganisationId, from: u32) -> Page<LicenceView> {
		Page::of(from, LicencesByCount::<T>::get(board), |number| {
			Self::licence_view(LicencesBy::<T>::get(board, number)?)
		})
	}

	/// A page of an organisation's inspections, from this place of the list on.
	pub fn inspections_page(organisation: OrganisationId, from: u32) -> Page<InspectionView> {
		Page::of(from, InspectionsOfCount::<T>::get(organisation), |number| {
			Self::inspection_view(InspectionsOf::<T>::get(organisation, number)?)
		})
	}
}

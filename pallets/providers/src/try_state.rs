//! What holds at the end of every block.

use crate::{
	AccountKeys, AdministratorCount, BoardAuthorities, Config, Endpoints, LicenceCount, Licences,
	LicencesOf, OrganisationCount, OrganisationKeys, OrganisationOfGln, Organisations, Pallet,
	PractitionerCount, PractitionerOf, PractitionerOfNpi, Practitioners, Profiles, Staff,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{
	codes::{Jurisdiction, OrganisationKind, Role},
	directory::Enrolment,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	/// 1. Organisations are numbered 1 to `OrganisationCount`; each has a profile with a readable
	///    name and a valid jurisdiction; endpoints, keys, authorities and staff belong to one.
	/// 2. A Global Location Number is valid, in the index, and no two organisations share one.
	/// 3. Staff has at least one role and is enrolled.
	/// 4. Every organisation has an administrator and `AdministratorCount` counts them.
	/// 5. Only licensing boards have authorities: none empty, none twice, all valid.
	/// 6. Practitioners are numbered 1 to `PractitionerCount`, are enrolled, and no two share an
	///    account or a National Provider Identifier, which is valid.
	/// 7. Licences are numbered 1 to `LicenceCount`; each has a registered holder, lists in
	///    `LicencesOf` exactly once and in order, a board, a valid place and a period.
	/// 8. Keys count from version 1, none is zero, and accounts with keys are enrolled.
	pub fn do_try_state() -> Result<(), DispatchError> {
		Self::try_organisations()?;
		Self::try_staff()?;
		Self::try_boards()?;
		Self::try_practitioners()?;
		Self::try_licences()?;
		Self::try_keys()
	}

	fn try_organisations() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Organisations::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=OrganisationCount::<T>::get()),
			"providers 1: organisations are not numbered without gaps"
		);
		ensure!(
			Profiles::<T>::iter_keys().collect::<BTreeSet<_>>() == ids,
			"providers 1: organisations and profiles differ"
		);
		ensure!(
			Organisations::<T>::iter_values().all(|house| house.jurisdiction.is_valid())
				&& Profiles::<T>::iter_values().all(|profile| crate::types::is_name(&profile.name)),
			"providers 1: an organisation has an invalid jurisdiction or name"
		);
		ensure!(
			Endpoints::<T>::iter().all(|(id, url)| ids.contains(&id)
				&& !url.is_empty()
				&& crate::types::is_endpoint(&url))
				&& OrganisationKeys::<T>::iter_keys().all(|id| ids.contains(&id))
				&& BoardAuthorities::<T>::iter_keys().all(|id| ids.contains(&id))
				&& Staff::<T>::iter_keys().all(|(id, _)| ids.contains(&id)),
			"providers 1: something belongs to no organisation"
		);
		let indexed = Profiles::<T>::iter()
			.filter_map(|(id, profile)| profile.gln.map(|gln| (id, gln)))
			.filter(|(id, gln)| gln.is_valid() && OrganisationOfGln::<T>::get(gln) == Some(*id))
			.count();
		let with_gln = Profiles::<T>::iter_values().filter(|profile| profile.gln.is_some()).count();
		ensure!(
			indexed == with_gln && OrganisationOfGln::<T>::iter_keys().count() == with_gln,
			"providers 2: GLNs and their index differ"
		);
		Ok(())
	}

	fn try_staff() -> Result<(), DispatchError> {
		for (_, account, roles) in Staff::<T>::iter() {
			ensure!(!roles.is_empty(), "providers 3: staff without a role");
			ensure!(T::Enrolment::is_enrolled(&account), "providers 3: staff not enrolled");
		}
		for id in Organisations::<T>::iter_keys() {
			let administrators = Staff::<T>::iter_prefix_values(id)
				.filter(|roles| roles.contains(Role::Administrator))
				.count();
			ensure!(administrators > 0, "providers 4: an organisation without administrator");
			ensure!(
				usize::try_from(AdministratorCount::<T>::get(id)) == Ok(administrators),
				"providers 4: administrators are miscounted"
			);
		}
		ensure!(
			AdministratorCount::<T>::iter_keys().all(Organisations::<T>::contains_key),
			"providers 4: administrators of no organisation"
		);
		Ok(())
	}

	fn try_boards() -> Result<(), DispatchError> {
		for (id, authorities) in BoardAuthorities::<T>::iter() {
			ensure!(
				Organisations::<T>::get(id)
					.is_some_and(|house| house.kind == OrganisationKind::LicensingBoard),
				"providers 5: an authority of no board"
			);
			ensure!(
				!authorities.is_empty() && authorities.iter().all(Jurisdiction::is_valid),
				"providers 5: an empty or invalid authority"
			);
			ensure!(
				authorities.iter().collect::<BTreeSet<_>>().len() == authorities.len(),
				"providers 5: an authority twice"
			);
		}
		Ok(())
	}

	fn try_practitioners() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Practitioners::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=PractitionerCount::<T>::get()),
			"providers 6: practitioners are not numbered without gaps"
		);
		for (id, practitioner) in Practitioners::<T>::iter() {
			ensure!(
				T::Enrolment::is_enrolled(&practitioner.account),
				"providers 6: a practitioner not enrolled"
			);
			ensure!(
				PractitionerOf::<T>::get(&practitioner.account) == Some(id),
				"providers 6: two practitioners share an account, or the index differs"
			);
			ensure!(
				practitioner.npi.is_none_or(
					|npi| npi.is_valid() && PractitionerOfNpi::<T>::get(npi) == Some(id)
				),
				"providers 6: an NPI is invalid, shared, or not in the index"
			);
		}
		ensure!(
			PractitionerOf::<T>::iter_keys().count() == ids.len()
				&& PractitionerOfNpi::<T>::iter_keys().count()
					== Practitioners::<T>::iter_values()
						.filter(|found| found.npi.is_some())
						.count(),
			"providers 6: an index names what is not there"
		);
		Ok(())
	}

	fn try_licences() -> Result<(), DispatchError> {
		let ids: BTreeSet<u32> = Licences::<T>::iter_keys().collect();
		ensure!(
			ids.iter().copied().eq(1..=LicenceCount::<T>::get()),
			"providers 7: licences are not numbered without gaps"
		);
		for (id, licence) in Licences::<T>::iter() {
			ensure!(
				Practitioners::<T>::contains_key(licence.practitioner)
					&& LicencesOf::<T>::get(licence.practitioner).contains(&id),
				"providers 7: a licence without holder"
			);
			ensure!(
				Organisations::<T>::get(licence.board)
					.is_some_and(|house| house.kind == OrganisationKind::LicensingBoard),
				"providers 7: a licence of no board"
			);
			ensure!(
				!licence.jurisdictions.is_empty()
					&& licence.jurisdictions.iter().all(Jurisdiction::is_valid)
					&& !licence.valid.is_empty(),
				"providers 7: a licence without a valid place or period"
			);
		}
		let mut listed = 0usize;
		for (_, licences) in LicencesOf::<T>::iter() {
			ensure!(
				licences.is_sorted_by(|one, next| one < next),
				"providers 7: licences out of order"
			);
			listed = listed.saturating_add(licences.len());
		}
		ensure!(listed == ids.len(), "providers 7: a licence is listed twice or does not exist");
		Ok(())
	}

	fn try_keys() -> Result<(), DispatchError> {
		ensure!(
			OrganisationKeys::<T>::iter_values()
				.chain(AccountKeys::<T>::iter_values())
				.all(|key| key.version > 0 && key.key != [0; 32]),
			"providers 8: a key without version, or zero"
		);
		ensure!(
			AccountKeys::<T>::iter_keys().all(|account| T::Enrolment::is_enrolled(&account)),
			"providers 8: a key of an account that is not enrolled"
		);
		Ok(())
	}
}

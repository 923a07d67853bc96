//! What holds at the end of every block.

use crate::{
	AccountKeys, AdministrationOffers, Administrators, Config, Endpoints, FormerAccounts,
	GroupSizes, Heads, OpenApplications, OrganisationCount, OrganisationKeys, OrganisationOfGln,
	OrganisationOfNpi, Organisations, OrganisationsIn, OrganisationsInCount, Pallet,
	PractitionerCount, PractitionerOf, PractitionerOfNpi, Practitioners, ProfileCommitments,
	Profiles, Sponsors, Staff, StaffCount, StaffNumbers, Supervisors, MAX_OPEN_APPLICATIONS,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use salus_primitives::{
	codes::{OrganisationState, Role},
	directory::{ChartKeys, Enrolment},
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	/// 1. Organisations are numbered 1 to `OrganisationCount`; each has a profile with a readable
	///    name and a valid jurisdiction; what belongs to an organisation belongs to one of them.
	/// 2. Identifiers are valid, in their index, and no two share one: neither two organisations
	///    nor an organisation and a practitioner.
	/// 3. Staff has at least one role, is enrolled, no chart's key, and numbered: every number below `StaffCount` is
	///    of one member or of none any more.
	/// 4. Every organisation has an administrator, `Administrators` names exactly those, none
	///    twice; an offer comes from one and goes to someone enrolled who is none, and no chart's key.
	/// 5. Organisations are listed where they are, once in the place and once in its country, without
	///    gaps.
	/// 6. Practitioners are numbered 1 to `PractitionerCount`, are enrolled, none with a chart's key,
	///    and no two share an account; a registrar, profiles and supervisors are of those there are, and nobody
	///    supervises themselves.
	/// 7. Who applied has a sponsor, `OpenApplications` counts those who have not been decided on,
	///    and nobody sponsors more than can be.
	/// 8. Keys count from version 1, none is zero, and accounts with keys are enrolled.
	/// 9. A group has one level, `GroupSizes` counts its members, and no head is its own.
	pub fn do_try_state() -> Result<(), DispatchError> {
		Self::try_organisations()?;
		Self::try_identifiers()?;
		Self::try_staff()?;
		Self::try_places()?;
		Self::try_practitioners()?;
		Self::try_applications()?;
		Self::try_keys()?;
		Self::try_groups()
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
				&& Staff::<T>::iter_keys().all(|(id, _)| ids.contains(&id))
				&& StaffCount::<T>::iter_keys().all(|id| ids.contains(&id))
				&& Administrators::<T>::iter_keys().all(|id| ids.contains(&id))
				&& AdministrationOffers::<T>::iter_keys().all(|id| ids.contains(&id))
				&& Supervisors::<T>::iter_keys().all(|(id, _)| ids.contains(&id)),
			"providers 1: something belongs to no organisation"
		);
		Ok(())
	}

	fn try_identifiers() -> Result<(), DispatchError> {
		let mut glns = 0usize;
		let mut npis = 0usize;
		for (id, profile) in Profiles::<T>::iter() {
			if let Some(gln) = profile.gln {
				glns = glns.saturating_add(1);
				ensure!(
					gln.is_valid() && OrganisationOfGln::<T>::get(gln) == Some(id),
					"providers 2: a GLN is invalid, shared, or not in the index"
				);
			}
			if let Some(npi) = profile.npi {
				npis = npis.saturating_add(1);
				ensure!(
					npi.is_valid()
						&& OrganisationOfNpi::<T>::get(npi) == Some(id)
						&& !PractitionerOfNpi::<T>::contains_key(npi),
					"providers 2: an organisation's NPI is invalid, shared, or not in the index"
				);
			}
		}
		ensure!(
			OrganisationOfGln::<T>::iter_keys().count() == glns
				&& OrganisationOfNpi::<T>::iter_keys().count() == npis,
			"providers 2: an index names what is not there"
		);
		for (id, practitioner) in Practitioners::<T>::iter() {
			ensure!(
				practitioner.npi.is_none_or(
					|npi| npi.is_valid() && PractitionerOfNpi::<T>::get(npi) == Some(id)
				),
				"providers 2: a practitioner's NPI is invalid, shared, or not in the index"
			);
		}
		ensure!(
			PractitionerOfNpi::<T>::iter_keys().count()
				== Practitioners::<T>::iter_values().filter(|found| found.npi.is_some()).count(),
			"providers 2: an index names what is not there"
		);
		Ok(())
	}

	fn try_staff() -> Result<(), DispatchError> {
		let mut members = 0usize;
		for (id, account, member) in Staff::<T>::iter() {
			members = members.saturating_add(1);
			ensure!(!member.roles.is_empty(), "providers 3: staff without a role");
			ensure!(T::Enrolment::is_enrolled(&account), "providers 3: staff not enrolled");
			ensure!(!T::ChartKeys::is_chart_key(&account), "providers 3: staff is a chart's key");
			ensure!(
				member.number < StaffCount::<T>::get(id)
					&& StaffNumbers::<T>::get(id, member.number) == Some(account),
				"providers 3: staff is not numbered"
			);
		}
		ensure!(
			StaffNumbers::<T>::iter_keys().count() == members,
			"providers 3: a number is of nobody"
		);
		for id in Organisations::<T>::iter_keys() {
			let of_role: BTreeSet<_> = Staff::<T>::iter_prefix(id)
				.filter(|(_, member)| member.roles.contains(Role::Administrator))
				.map(|(account, _)| account)
				.collect();
			let named = Administrators::<T>::get(id);
			ensure!(!named.is_empty(), "providers 4: an organisation without administrator");
			ensure!(
				named.iter().cloned().collect::<BTreeSet<_>>() == of_role
					&& named.len() == of_role.len(),
				"providers 4: administrators are not those of the staff"
			);
		}
		for (id, offer) in AdministrationOffers::<T>::iter() {
			let named = Administrators::<T>::get(id);
			ensure!(
				named.contains(&offer.from),
				"providers 4: an offer from someone who is no administrator"
			);
			ensure!(
				T::Enrolment::is_enrolled(&offer.to) && !named.contains(&offer.to),
				"providers 4: an offer to someone who cannot accept"
			);
			ensure!(
				!T::ChartKeys::is_chart_key(&offer.to),
				"providers 4: an offer to a chart's key"
			);
		}
		Ok(())
	}

	fn try_places() -> Result<(), DispatchError> {
		let mut expected = BTreeSet::new();
		for (id, house) in Organisations::<T>::iter() {
			expected.insert((house.jurisdiction, id));
			if let Some(country) = house.jurisdiction.country() {
				expected.insert((country, id));
			}
		}
		let mut listed = BTreeMap::new();
		let mut counts = BTreeMap::<_, u32>::new();
		for (place, number, id) in OrganisationsIn::<T>::iter() {
			ensure!(
				number < OrganisationsInCount::<T>::get(place)
					&& listed.insert((place, id), number).is_none(),
				"providers 5: an organisation is listed twice, or past the count"
			);
			let count = counts.entry(place).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(
			listed.into_keys().collect::<BTreeSet<_>>() == expected,
			"providers 5: organisations are not listed where they are"
		);
		ensure!(
			OrganisationsInCount::<T>::iter().collect::<BTreeMap<_, _>>() == counts,
			"providers 5: organisations of a place are miscounted"
		);
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
				!T::ChartKeys::is_chart_key(&practitioner.account),
				"providers 6: a practitioner is a chart's key"
			);
			ensure!(
				PractitionerOf::<T>::get(&practitioner.account) == Some(id),
				"providers 6: two practitioners share an account, or the index differs"
			);
			ensure!(
				Organisations::<T>::contains_key(practitioner.registrar),
				"providers 6: a practitioner whom no organisation registered"
			);
		}
		ensure!(
			PractitionerOf::<T>::iter_keys().count() == ids.len(),
			"providers 6: an index names what is not there"
		);
		ensure!(
			FormerAccounts::<T>::iter().all(|(_, (id, _))| ids.contains(&id)),
			"providers 6: a former account of nobody"
		);
		ensure!(
			ProfileCommitments::<T>::iter()
				.all(|(id, profile)| ids.contains(&id) && profile.version > 0),
			"providers 6: a profile of nobody, or without version"
		);
		ensure!(
			Supervisors::<T>::iter().all(|(_, practitioner, supervisor)| {
				practitioner != supervisor
					&& ids.contains(&practitioner)
					&& ids.contains(&supervisor)
			}),
			"providers 6: a supervisor of or who is nobody, or supervises themselves"
		);
		Ok(())
	}

	fn try_applications() -> Result<(), DispatchError> {
		let mut open = BTreeMap::<u32, u32>::new();
		for (id, house) in Organisations::<T>::iter() {
			if house.state == OrganisationState::Applied {
				let sponsor = Sponsors::<T>::get(id)
					.ok_or("providers 7: an application that nobody sponsors")?;
				let count = open.entry(sponsor).or_default();
				*count = count.saturating_add(1);
			}
		}
		ensure!(
			open.values().all(|count| *count <= MAX_OPEN_APPLICATIONS),
			"providers 7: too many applications of one sponsor"
		);
		ensure!(
			OpenApplications::<T>::iter().collect::<BTreeMap<_, _>>() == open,
			"providers 7: open applications are miscounted"
		);
		ensure!(
			Sponsors::<T>::iter().all(|(id, sponsor)| {
				Organisations::<T>::contains_key(id) && Organisations::<T>::contains_key(sponsor)
			}),
			"providers 7: a sponsor of or who is no organisation"
		);
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

	fn try_groups() -> Result<(), DispatchError> {
		let mut sizes = BTreeMap::<u32, u32>::new();
		for (member, head) in Heads::<T>::iter() {
			ensure!(
				member != head
					&& !Heads::<T>::contains_key(head)
					&& Organisations::<T>::contains_key(member)
					&& Organisations::<T>::contains_key(head),
				"providers 9: a group with more than one level, or of no organisations"
			);
			let size = sizes.entry(head).or_default();
			*size = size.saturating_add(1);
		}
		ensure!(
			GroupSizes::<T>::iter().collect::<BTreeMap<_, _>>() == sizes,
			"providers 9: groups are miscounted"
		);
		Ok(())
	}
}

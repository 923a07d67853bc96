//! Benchmarks, at the worst case of each call.

use crate::{functions::Entry, *};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{traits::EnsureOrigin, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind, OrganisationState, Role, Roles},
	directory::{CredentialDirectory, Enrolment},
	ids::{Digest, OrganisationId, PractitionerId},
};

const ADMINISTRATOR: Roles = Roles::of(&[Role::Administrator]);

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// A subdivision, so that an organisation is listed twice.
fn place() -> Jurisdiction {
	Jurisdiction(*b"US-CA\0")
}

fn name() -> Name {
	BoundedVec::truncate_from(vec![b'n'; MAX_NAME as usize])
}

/// The `n`th of many valid numbers.
fn gln(n: u64) -> Option<Gln> {
	(0..10).map(|digit| Gln(1_234_500_000_000 + n * 10 + digit)).find(Gln::is_valid)
}

/// The `n`th of many valid numbers.
fn npi(n: u64) -> Option<Npi> {
	(0..10).map(|digit| Npi(1_234_500_000 + n * 10 + digit)).find(Npi::is_valid)
}

fn administrator<T: Config>(n: u32) -> T::AccountId {
	account("administrator", n, 0)
}

fn enter<T: Config>(
	sponsor: Option<OrganisationId>,
	identifiers: u64,
) -> Result<OrganisationId, BenchmarkError> {
	let entry = Entry {
		kind: OrganisationKind::Hospital,
		name: name(),
		jurisdiction: place(),
		gln: gln(identifiers),
		npi: npi(identifiers),
		administrator: administrator::<T>(0),
	};
	Ok(Pallet::<T>::do_enter(entry, sponsor)?)
}

/// A hospital, whose administrator is the 0th.
fn organisation<T: Config>() -> Result<OrganisationId, BenchmarkError> {
	enter::<T>(None, 0)
}

/// Fills up the administrators, bar `spare`.
fn administrators<T: Config>(id: OrganisationId, spare: u32) -> Result<(), BenchmarkError> {
	for n in 1..MAX_ADMINISTRATORS - spare {
		Pallet::<T>::do_set_staff(id, administrator::<T>(n), ADMINISTRATOR)?;
	}
	Ok(())
}

/// The 0th administrator's offer.
fn offer<T: Config>(id: OrganisationId, to: T::AccountId) -> Result<(), BenchmarkError> {
	Ok(Pallet::<T>::do_offer_administration(id, administrator::<T>(0), to)?)
}

fn practitioner<T: Config>(
	registrar: OrganisationId,
	n: u32,
) -> Result<(PractitionerId, T::AccountId), BenchmarkError> {
	let who: T::AccountId = account("practitioner", n, 0);
	let id = Pallet::<T>::do_register_practitioner(registrar, who.clone(), None)?;
	Ok((id, who))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn admit_organisation() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let before = OrganisationCount::<T>::get();

		#[extrinsic_call]
		_(
			origin as T::RuntimeOrigin,
			OrganisationKind::Hospital,
			name(),
			place(),
			gln(1),
			npi(1),
			administrator::<T>(0),
		);

		assert_eq!(OrganisationCount::<T>::get(), before + 1);
		Ok(())
	}

	/// The worst case is admitting, which closes an application.
	#[benchmark]
	fn set_organisation_state() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let sponsor = organisation::<T>()?;
		let id = enter::<T>(Some(sponsor), 1)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, OrganisationState::Active);

		assert_eq!(
			Organisations::<T>::get(id).map(|found| found.state),
			Some(OrganisationState::Active)
		);
		Ok(())
	}

	/// The worst case is a new administrator, to whom an offer is open.
	#[benchmark]
	fn set_staff() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		administrators::<T>(id, 1)?;
		let who: T::AccountId = account("staff", 0, 0);
		offer::<T>(id, who.clone())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, who.clone(), Roles::all());

		assert_eq!(Staff::<T>::get(id, &who).map(|member| member.roles), Some(Roles::all()));
		Ok(())
	}

	/// The worst case is an administrator whose offer is open.
	#[benchmark]
	fn remove_staff() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		administrators::<T>(id, 0)?;
		offer::<T>(id, account("staff", 0, 0))?;
		let who = administrator::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(1)), id, who.clone());

		assert_eq!(Staff::<T>::get(id, &who), None);
		Ok(())
	}

	/// What the call does, whoever is a board.
	#[benchmark]
	fn register_practitioner() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		let who: T::AccountId = account("practitioner", 0, 0);

		#[block]
		{
			Pallet::<T>::ensure_administers(&administrator::<T>(0), id)?;
			T::Credentials::is_board(id);
			Pallet::<T>::do_register_practitioner(id, who.clone(), npi(1))?;
		}

		assert!(PractitionerOf::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn publish_organisation_key() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		Pallet::<T>::do_publish_organisation_key(id, [1; 32])?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, [2; 32]);

		assert_eq!(OrganisationKeys::<T>::get(id).map(|key| key.version), Some(2));
		Ok(())
	}

	#[benchmark]
	fn set_endpoint() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		let mut url = b"https://".to_vec();
		url.resize(MAX_ENDPOINT as usize, b'e');
		let endpoint: Endpoint = BoundedVec::truncate_from(url);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, endpoint.clone());

		assert_eq!(Endpoints::<T>::get(id), Some(endpoint));
		Ok(())
	}

	#[benchmark]
	fn publish_account_key() -> Result<(), BenchmarkError> {
		let who: T::AccountId = account("staff", 0, 0);
		T::Enrolment::enrol(&who);
		Pallet::<T>::do_publish_account_key(who.clone(), [1; 32])?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), [2; 32]);

		assert_eq!(AccountKeys::<T>::get(&who).map(|key| key.version), Some(2));
		Ok(())
	}

	#[benchmark]
	fn apply() -> Result<(), BenchmarkError> {
		let sponsor = organisation::<T>()?;

		#[extrinsic_call]
		_(
			RawOrigin::Signed(administrator::<T>(0)),
			sponsor,
			OrganisationKind::Hospital,
			name(),
			place(),
			gln(1),
			npi(1),
			account("applicant", 0, 0),
		);

		assert_eq!(OpenApplications::<T>::get(sponsor), 1);
		Ok(())
	}

	#[benchmark]
	fn withdraw_application() -> Result<(), BenchmarkError> {
		let sponsor = organisation::<T>()?;
		let id = enter::<T>(Some(sponsor), 1)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id);

		assert_eq!(OpenApplications::<T>::get(sponsor), 0);
		Ok(())
	}

	#[benchmark]
	fn set_organisation_profile() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let id = organisation::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, name(), gln(1), npi(1));

		assert_eq!(Profiles::<T>::get(id).and_then(|found| found.npi), npi(1));
		Ok(())
	}

	#[benchmark]
	fn offer_administration() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		administrators::<T>(id, 0)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, account("staff", 0, 0));

		assert!(AdministrationOffers::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn withdraw_administration_offer() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		offer::<T>(id, account("staff", 0, 0))?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id);

		assert!(!AdministrationOffers::<T>::contains_key(id));
		Ok(())
	}

	/// The worst case is that who offered leaves and who accepts joins.
	#[benchmark]
	fn accept_administration() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		administrators::<T>(id, 0)?;
		let who: T::AccountId = account("staff", 0, 0);
		offer::<T>(id, who.clone())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), id);

		assert!(Administrators::<T>::get(id).contains(&who));
		Ok(())
	}

	/// The worst case is that all leave, and that an offer is open.
	#[benchmark]
	fn replace_administrators() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let id = organisation::<T>()?;
		administrators::<T>(id, 0)?;
		offer::<T>(id, account("staff", 0, 0))?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, account("staff", 1, 0));

		assert_eq!(Administrators::<T>::get(id).len(), 1);
		Ok(())
	}

	/// The worst case is an administrator, whose standing is read besides.
	#[benchmark]
	fn declare_affiliation() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		let head = enter::<T>(None, 1)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, head);

		assert_eq!(GroupSizes::<T>::get(head), 1);
		Ok(())
	}

	#[benchmark]
	fn end_affiliation() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let id = organisation::<T>()?;
		let head = enter::<T>(None, 1)?;
		Pallet::<T>::do_declare_affiliation(id, head)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert_eq!(GroupSizes::<T>::get(head), 0);
		Ok(())
	}

	/// The worst case is the board's administrator: what the call asks of the board and what it
	/// does, whoever is a board.
	#[benchmark]
	fn change_practitioner_account() -> Result<(), BenchmarkError> {
		let board = organisation::<T>()?;
		let (id, before) = practitioner::<T>(board, 0)?;
		let after: T::AccountId = account("practitioner", 1, 0);

		#[block]
		{
			let registrar = T::Credentials::authority(board);
			Pallet::<T>::ensure_administers(&administrator::<T>(0), registrar)?;
			T::Credentials::is_board(registrar);
			Pallet::<T>::do_change_practitioner_account(&before, id, after.clone())?;
		}

		assert_eq!(PractitionerOf::<T>::get(&after), Some(id));
		Ok(())
	}

	#[benchmark]
	fn publish_profile() -> Result<(), BenchmarkError> {
		let board = organisation::<T>()?;
		let (id, who) = practitioner::<T>(board, 0)?;
		Pallet::<T>::do_publish_profile(&who, Some(Digest([1; 32])))?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), Some(Digest([2; 32])));

		assert_eq!(ProfileCommitments::<T>::get(id).map(|profile| profile.version), Some(2));
		Ok(())
	}

	#[benchmark]
	fn assign_supervisor() -> Result<(), BenchmarkError> {
		let id = organisation::<T>()?;
		let (supervised, _) = practitioner::<T>(id, 0)?;
		let (supervisor, who) = practitioner::<T>(id, 1)?;
		Pallet::<T>::do_set_staff(id, who, Roles::of(&[Role::Clinician]))?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator::<T>(0)), id, supervised, Some(supervisor));

		assert_eq!(Supervisors::<T>::get(id, supervised), Some(supervisor));
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::new_test_ext(crate::mock::genesis()),
		crate::mock::Test
	);
}

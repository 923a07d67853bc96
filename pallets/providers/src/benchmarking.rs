//! Benchmarks, at the worst case of each call.

use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{traits::EnsureOrigin, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState, Role, Roles,
	},
	directory::Enrolment,
	ids::{OrganisationId, PractitionerId},
	time::Period,
};

const GLN: Gln = Gln(9_506_000_134_352);
const NPI: Npi = Npi(1_234_567_893);
const FOREVER: Period = Period { from: 0, until: None };

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// The `n`th of many valid places.
fn place(n: u32) -> Jurisdiction {
	let letter = |n: u32| b'A' + (n % 26) as u8;
	Jurisdiction([b'U', b'S', b'-', letter(n / 26), letter(n), 0])
}

fn organisation<T: Config>(
	kind: OrganisationKind,
) -> Result<(OrganisationId, T::AccountId), BenchmarkError> {
	let administrator: T::AccountId = account("administrator", 0, 0);
	let name = BoundedVec::truncate_from(vec![b'n'; MAX_NAME as usize]);
	let id = Pallet::<T>::do_admit_organisation(kind, name, place(0), None, administrator.clone())?;
	Ok((id, administrator))
}

/// A board with as many authorities as it can have, bar `spare`.
fn board<T: Config>(spare: u32) -> Result<(OrganisationId, T::AccountId), BenchmarkError> {
	let (id, administrator) = organisation::<T>(OrganisationKind::LicensingBoard)?;
	for n in 0..MAX_AUTHORITIES - spare {
		Pallet::<T>::do_authorise_board(id, place(n))?;
	}
	Ok((id, administrator))
}

/// A practitioner with as many licences of the board as there can be, bar `spare`.
fn practitioner<T: Config>(
	board: OrganisationId,
	spare: u32,
) -> Result<PractitionerId, BenchmarkError> {
	let id = Pallet::<T>::do_register_practitioner(account("practitioner", 0, 0), None)?;
	for _ in 0..MAX_LICENCES - spare {
		Pallet::<T>::do_issue_licence(board, id, LicenceClass::Physician, places(), FOREVER)?;
	}
	Ok(id)
}

/// As many places as a licence can have, the last that a full board is authorised for.
fn places() -> Jurisdictions {
	let last: Vec<_> = (MAX_AUTHORITIES - MAX_JURISDICTIONS..MAX_AUTHORITIES).map(place).collect();
	BoundedVec::truncate_from(last)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn admit_organisation() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let name = BoundedVec::truncate_from(vec![b'n'; MAX_NAME as usize]);
		let administrator: T::AccountId = account("administrator", 0, 0);
		let before = OrganisationCount::<T>::get();

		#[extrinsic_call]
		_(
			origin as T::RuntimeOrigin,
			OrganisationKind::Hospital,
			name,
			place(0),
			Some(GLN),
			administrator,
		);

		assert_eq!(OrganisationCount::<T>::get(), before + 1);
		Ok(())
	}

	#[benchmark]
	fn set_organisation_state() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let (id, _) = organisation::<T>(OrganisationKind::Hospital)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, OrganisationState::Suspended);

		assert_eq!(
			Organisations::<T>::get(id).map(|found| found.state),
			Some(OrganisationState::Suspended)
		);
		Ok(())
	}

	#[benchmark]
	fn authorise_board() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let (id, _) = board::<T>(1)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, place(MAX_AUTHORITIES));

		assert_eq!(BoardAuthorities::<T>::get(id).len() as u32, MAX_AUTHORITIES);
		Ok(())
	}

	#[benchmark]
	fn revoke_board_authority() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let (id, _) = board::<T>(0)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, place(0));

		assert_eq!(BoardAuthorities::<T>::get(id).len() as u32, MAX_AUTHORITIES - 1);
		Ok(())
	}

	#[benchmark]
	fn set_staff() -> Result<(), BenchmarkError> {
		let (id, administrator) = organisation::<T>(OrganisationKind::Hospital)?;
		let who: T::AccountId = account("staff", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, who.clone(), Roles::all());

		assert_eq!(Staff::<T>::get(id, &who), Some(Roles::all()));
		Ok(())
	}

	#[benchmark]
	fn remove_staff() -> Result<(), BenchmarkError> {
		let (id, administrator) = organisation::<T>(OrganisationKind::Hospital)?;
		let who: T::AccountId = account("staff", 0, 0);
		Pallet::<T>::do_set_staff(id, who.clone(), Roles::of(&[Role::Administrator]))?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, who.clone());

		assert_eq!(Staff::<T>::get(id, &who), None);
		Ok(())
	}

	#[benchmark]
	fn register_practitioner() -> Result<(), BenchmarkError> {
		let (id, administrator) = board::<T>(0)?;
		let who: T::AccountId = account("practitioner", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, who.clone(), Some(NPI));

		assert!(PractitionerOf::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn issue_licence() -> Result<(), BenchmarkError> {
		let (id, administrator) = board::<T>(0)?;
		let holder = practitioner::<T>(id, 1)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, holder, LicenceClass::Physician, places(), FOREVER);

		assert_eq!(LicencesOf::<T>::get(holder).len() as u32, MAX_LICENCES);
		Ok(())
	}

	/// The worst case is reinstating, which compares the licence's places with the authorities.
	#[benchmark]
	fn set_licence_state() -> Result<(), BenchmarkError> {
		let (id, administrator) = board::<T>(0)?;
		practitioner::<T>(id, MAX_LICENCES - 1)?;
		let licence = LicenceCount::<T>::get();
		Pallet::<T>::do_set_licence_state(&administrator, licence, LicenceState::Suspended)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), licence, LicenceState::Active);

		assert_eq!(
			Licences::<T>::get(licence).map(|found| found.state),
			Some(LicenceState::Active)
		);
		Ok(())
	}

	#[benchmark]
	fn publish_organisation_key() -> Result<(), BenchmarkError> {
		let (id, administrator) = organisation::<T>(OrganisationKind::Hospital)?;
		Pallet::<T>::do_publish_organisation_key(id, [1; 32])?;

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, [2; 32]);

		assert_eq!(OrganisationKeys::<T>::get(id).map(|key| key.version), Some(2));
		Ok(())
	}

	#[benchmark]
	fn set_endpoint() -> Result<(), BenchmarkError> {
		let (id, administrator) = organisation::<T>(OrganisationKind::Hospital)?;
		let mut url = b"https://".to_vec();
		url.resize(MAX_ENDPOINT as usize, b'e');
		let endpoint: Endpoint = BoundedVec::truncate_from(url);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, endpoint.clone());

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

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::new_test_ext(Default::default()),
		crate::mock::Test
	);
}

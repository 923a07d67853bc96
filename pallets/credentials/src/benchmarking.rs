//! Benchmarks of the calls, at the worst case of each: full lists, the last of every comparison, the
//! longest succession, and authorities that need as much themselves as can be asked.

use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Time},
	BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
	codes::{
		AccreditationState, InspectionOutcome, InspectionState, Jurisdiction, LicenceClass,
		LicenceClasses, LicenceState, OrganisationKind, Programme, Programmes,
	},
	credential::{
		Accreditation, Holder, Inspection, Jurisdictions, Licence, Limits, Requirement,
		Requirements, Verification, MAX_JURISDICTIONS, MAX_SITES,
	},
	ids::{Digest, OrganisationId, PractitionerId},
	time::{Moment, Period},
};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// A new active organisation of this kind in this place, of no group, with its administrator.
	fn organisation(kind: OrganisationKind, place: Jurisdiction) -> (AccountId, OrganisationId);
	/// A practitioner and their account, which administers no organisation of the above.
	fn practitioner() -> (AccountId, PractitionerId);
}

const EVIDENCE: Digest = Digest([1; 32]);
const FOREVER: Period = Period { from: 0, until: None };
const SEEN: Verification = Verification { evidence: EVIDENCE, next_due: Moment::MAX };

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// The `n`th of many valid places.
fn place(n: u32) -> Jurisdiction {
	let letter = |n: u32| b'A' + u8::try_from(n % 26).unwrap();
	Jurisdiction([b'U', b'S', b'-', letter(n / 26), letter(n), 0])
}

/// As many places as a licence can have, the last that a full board is authorised for.
fn places() -> Jurisdictions {
	let last: Vec<_> = (MAX_AUTHORITIES - MAX_JURISDICTIONS..MAX_AUTHORITIES).map(place).collect();
	BoundedVec::truncate_from(last)
}

fn ahead<T: Config>() -> Moment {
	T::Time::now().saturating_add(1)
}

/// What a board sees in a call, where what is due is not too far ahead.
fn seen<T: Config>() -> Verification {
	Verification { next_due: ahead::<T>(), ..SEEN }
}

fn until_ahead<T: Config>() -> Period {
	Period { from: 0, until: Some(ahead::<T>()) }
}

/// As narrow as limits can be.
fn sites(site: OrganisationId) -> Limits {
	Limits { sites: BoundedVec::truncate_from(vec![site; MAX_SITES as usize]), ..Limits::default() }
}

fn licence(holder: Holder, board: OrganisationId, class: LicenceClass) -> Licence {
	Licence {
		holder,
		board,
		class,
		jurisdictions: places(),
		issued: 0,
		valid: FOREVER,
		state: LicenceState::Active,
		limits: Limits::default(),
		verified: Some(0),
		verification: Some(SEEN),
	}
}

/// Gives the holder licences up to the bound, bar `spare`.
fn fill_licences<T: Config>(
	holder: Holder,
	board: OrganisationId,
	class: LicenceClass,
	spare: u32,
) {
	let mut held = LicencesOf::<T>::get(holder);
	while (held.len() as u32) < MAX_LICENCES - spare {
		let id = LicenceCount::<T>::get() + 1;
		LicenceCount::<T>::put(id);
		Licences::<T>::insert(id, licence(holder, board, class));
		held.force_push(id);
	}
	LicencesOf::<T>::insert(holder, held);
}

/// Gives the organisation accreditations of this body up to the bound, bar `spare`.
fn fill_accreditations<T: Config>(
	organisation: OrganisationId,
	body: OrganisationId,
	state: AccreditationState,
	spare: u32,
) {
	let mut held = AccreditationsOf::<T>::get(organisation);
	while (held.len() as u32) < MAX_ACCREDITATIONS - spare {
		let id = AccreditationCount::<T>::get() + 1;
		AccreditationCount::<T>::put(id);
		let accreditation = Accreditation {
			organisation,
			body,
			programme: Programme::Distribution,
			state,
			valid: until_ahead::<T>(),
			decided: T::Time::now(),
			follow_up_due: None,
			granted: Some(0),
			appeal: None,
			evidence: EVIDENCE,
		};
		Accreditations::<T>::insert(id, accreditation);
		held.force_push(id);
	}
	AccreditationsOf::<T>::insert(organisation, held);
}

/// Gives the organisation open inspections of this authority up to the bound, bar `spare`.
fn fill_follow_ups<T: Config>(organisation: OrganisationId, inspector: OrganisationId, spare: u32) {
	let mut open = OpenFollowUps::<T>::get(organisation);
	while (open.len() as u32) < MAX_FOLLOW_UPS - spare {
		let id = InspectionCount::<T>::get() + 1;
		InspectionCount::<T>::put(id);
		let inspection = Inspection {
			organisation,
			inspector,
			outcome: InspectionOutcome::OfficialAction,
			conducted: 0,
			report: EVIDENCE,
			state: InspectionState::FollowUpDue,
			follow_up_due: Some(ahead::<T>()),
			follow_up: None,
		};
		Inspections::<T>::insert(id, inspection);
		open.force_push(id);
	}
	OpenFollowUps::<T>::insert(organisation, open);
}

/// Asks of authorities of this kind a licence and an accreditation, and gives them to this one
/// behind as many others as it can hold. What holds is said of the country, which is read last.
fn burden<T: Config>(kind: OrganisationKind, authority: OrganisationId) {
	let asked = Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility]),
		accreditation: Programmes::of(&[Programme::Distribution]),
		grace: 0,
		from: 0,
	};
	let later = Requirement { from: ahead::<T>(), ..asked };
	let country = Jurisdiction(*b"US\0\0\0\0");
	RequirementsOf::<T>::insert(
		kind,
		place(0),
		Requirements { version: 1, current: None, next: later },
	);
	RequirementsOf::<T>::insert(
		kind,
		country,
		Requirements { version: 2, current: Some(asked), next: later },
	);
	let (_, other) = T::BenchmarkHelper::organisation(OrganisationKind::Regulator, place(0));
	let holder = Holder::Organisation(authority);
	fill_licences::<T>(holder, other, LicenceClass::Wholesaler, 1);
	fill_licences::<T>(holder, other, LicenceClass::Facility, 0);
	Licences::<T>::mutate(LicenceCount::<T>::get(), |last| {
		if let Some(last) = last {
			last.jurisdictions = BoundedVec::truncate_from(vec![country]);
		}
	});
	fill_accreditations::<T>(authority, other, AccreditationState::Accredited, 0);
	fill_follow_ups::<T>(authority, other, 0);
}

/// A board with as many authorities as there can be, bar `spare`.
fn board<T: Config>(spare: u32) -> (T::AccountId, OrganisationId) {
	let kind = OrganisationKind::LicensingBoard;
	let (administrator, id) = T::BenchmarkHelper::organisation(kind, place(0));
	burden::<T>(kind, id);
	for n in 0..MAX_AUTHORITIES - spare {
		Pallet::<T>::do_authorise_board(id, place(n), LicenceClasses::all()).unwrap();
	}
	(administrator, id)
}

/// A body for all programmes.
fn body<T: Config>() -> (T::AccountId, OrganisationId) {
	let kind = OrganisationKind::AccreditationBody;
	let (administrator, id) = T::BenchmarkHelper::organisation(kind, place(0));
	burden::<T>(kind, id);
	Pallet::<T>::do_authorise_body(id, Programmes::all()).unwrap();
	(administrator, id)
}

/// The first of a row that ends with this authority and is as long as can be, bar `spare`.
fn predecessor<T: Config>(
	kind: OrganisationKind,
	last: OrganisationId,
	spare: u32,
) -> OrganisationId {
	let mut first = last;
	for _ in 0..MAX_SUCCESSIONS - spare {
		let (_, former) = T::BenchmarkHelper::organisation(kind, place(0));
		Pallet::<T>::do_appoint_successor(former, first).unwrap();
		first = former;
	}
	first
}

fn hospital<T: Config>() -> (T::AccountId, OrganisationId) {
	T::BenchmarkHelper::organisation(OrganisationKind::Hospital, place(0))
}

/// A hospital's licence that a full board answers for at the end of a row of predecessors.
fn licence_of_predecessor<T: Config>() -> (T::AccountId, u32) {
	let (administrator, board) = board::<T>(0);
	let first = predecessor::<T>(OrganisationKind::LicensingBoard, board, 0);
	let (_, hospital) = hospital::<T>();
	let holder = Holder::Organisation(hospital);
	fill_licences::<T>(holder, first, LicenceClass::Facility, MAX_LICENCES - 1);
	let id = LicenceCount::<T>::get();
	Licences::<T>::mutate(id, |found| {
		if let Some(found) = found {
			found.valid = until_ahead::<T>();
		}
	});
	(administrator, id)
}

/// A hospital's accreditation that a body answers for at the end of a row of predecessors. With the
/// hospital's administrator and the body's.
fn accreditation_of_predecessor<T: Config>(
	state: AccreditationState,
) -> (T::AccountId, T::AccountId, u32) {
	let (by_body, body) = body::<T>();
	let first = predecessor::<T>(OrganisationKind::AccreditationBody, body, 0);
	let (by_hospital, hospital) = hospital::<T>();
	fill_accreditations::<T>(hospital, first, state, 0);
	(by_hospital, by_body, AccreditationCount::<T>::get())
}

/// The last of a hospital's open inspections, which a body answers for at the end of a row of
/// predecessors.
fn inspection_of_predecessor<T: Config>() -> (T::AccountId, u32) {
	let (administrator, body) = body::<T>();
	let first = predecessor::<T>(OrganisationKind::AccreditationBody, body, 0);
	let (_, hospital) = hospital::<T>();
	fill_follow_ups::<T>(hospital, first, 0);
	(administrator, InspectionCount::<T>::get())
}

fn licence_state<T: Config>(id: u32) -> Option<LicenceState> {
	Licences::<T>::get(id).map(|found| found.state)
}

fn accreditation_state<T: Config>(id: u32) -> Option<AccreditationState> {
	Accreditations::<T>::get(id).map(|found| found.state)
}

fn inspection_state<T: Config>(id: u32) -> Option<InspectionState> {
	Inspections::<T>::get(id).map(|found| found.state)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn authorise_board() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let (_, id) = board::<T>(1);
		let last = place(MAX_AUTHORITIES);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, last, LicenceClasses::all());

		assert_eq!(BoardAuthorities::<T>::get(id).len() as u32, MAX_AUTHORITIES);
		Ok(())
	}

	#[benchmark]
	fn revoke_board_authority() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let (_, id) = board::<T>(0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, place(0));

		assert_eq!(BoardAuthorities::<T>::get(id).len() as u32, MAX_AUTHORITIES - 1);
		Ok(())
	}

	#[benchmark]
	fn authorise_body() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let kind = OrganisationKind::AccreditationBody;
		let (_, id) = T::BenchmarkHelper::organisation(kind, place(0));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, Programmes::all());

		assert_eq!(AccreditingBodies::<T>::get(id), Programmes::all());
		Ok(())
	}

	/// The worst case: a row as long as can be follows the successor.
	#[benchmark]
	fn appoint_successor() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let kind = OrganisationKind::LicensingBoard;
		let (_, last) = T::BenchmarkHelper::organisation(kind, place(0));
		let successor = predecessor::<T>(kind, last, 1);
		let (_, authority) = T::BenchmarkHelper::organisation(kind, place(0));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, authority, successor);

		assert_eq!(SuccessionDepths::<T>::get(last), MAX_SUCCESSIONS);
		Ok(())
	}

	#[benchmark]
	fn set_requirement() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let asked = Requirement {
			licences: LicenceClasses::of(&[LicenceClass::Facility]),
			accreditation: Programmes::all(),
			grace: 0,
			from: T::Time::now(),
		};
		let kind = OrganisationKind::Hospital;
		Pallet::<T>::do_set_requirement(kind, place(0), asked)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, kind, place(0), asked);

		assert_eq!(RequirementsOf::<T>::get(kind, place(0)).map(|found| found.version), Some(2));
		Ok(())
	}

	/// The worst case: a full list, of which the last is over and makes room, and as many places as
	/// can be.
	#[benchmark]
	fn issue_licence() {
		let (administrator, board) = board::<T>(0);
		let (_, hospital) = hospital::<T>();
		let (_, practitioner) = T::BenchmarkHelper::practitioner();
		let holder = Holder::Practitioner(practitioner);
		fill_licences::<T>(holder, board, LicenceClass::Physician, 0);
		let over = LicenceCount::<T>::get();
		Licences::<T>::mutate(over, |last| {
			if let Some(last) = last {
				last.state = LicenceState::Revoked;
			}
		});

		#[extrinsic_call]
		_(
			RawOrigin::Signed(administrator),
			board,
			holder,
			LicenceClass::Physician,
			places(),
			FOREVER,
			sites(hospital),
			Some(seen::<T>()),
		);

		assert_eq!(LicencesOf::<T>::get(holder).last(), Some(&(over + 1)));
	}

	#[benchmark]
	fn verify_licence() {
		let (administrator, id) = licence_of_predecessor::<T>();
		Licences::<T>::mutate(id, |found| {
			if let Some(found) = found {
				found.state = LicenceState::Pending;
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, seen::<T>());

		assert_eq!(licence_state::<T>(id), Some(LicenceState::Active));
	}

	#[benchmark]
	fn renew_licence() {
		let (administrator, id) = licence_of_predecessor::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, None, Some(seen::<T>()));

		assert_eq!(Licences::<T>::get(id).map(|found| found.valid.until), Some(None));
	}

	/// The worst case is reinstating, which takes all that issuing takes.
	#[benchmark]
	fn set_licence_state() {
		let (administrator, id) = licence_of_predecessor::<T>();
		Licences::<T>::mutate(id, |found| {
			if let Some(found) = found {
				found.state = LicenceState::Suspended;
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, LicenceState::Active);

		assert_eq!(licence_state::<T>(id), Some(LicenceState::Active));
	}

	#[benchmark]
	fn surrender_licence() {
		let (administrator, hospital) = hospital::<T>();
		let holder = Holder::Organisation(hospital);
		fill_licences::<T>(holder, hospital, LicenceClass::Facility, MAX_LICENCES - 1);
		let id = LicenceCount::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id);

		assert_eq!(licence_state::<T>(id), Some(LicenceState::Surrendered));
	}

	/// The worst case is widening, which takes all that issuing takes, to as many sites as can be.
	#[benchmark]
	fn set_licence_limits() {
		let (administrator, board) = board::<T>(0);
		let first = predecessor::<T>(OrganisationKind::LicensingBoard, board, 0);
		let (_, hospital) = hospital::<T>();
		let (_, practitioner) = T::BenchmarkHelper::practitioner();
		let holder = Holder::Practitioner(practitioner);
		let id = LicenceCount::<T>::get() + 1;
		LicenceCount::<T>::put(id);
		let mut held = licence(holder, first, LicenceClass::Physician);
		held.limits.supervised = true;
		Licences::<T>::insert(id, held);
		let limits = sites(hospital);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, limits.clone());

		assert_eq!(Licences::<T>::get(id).map(|found| found.limits), Some(limits));
	}

	/// The worst case: a full list of others' at the end of a long row, of which the last is over.
	#[benchmark]
	fn accredit() {
		let (administrator, body) = body::<T>();
		let (_, other) =
			T::BenchmarkHelper::organisation(OrganisationKind::AccreditationBody, place(0));
		let first = predecessor::<T>(OrganisationKind::AccreditationBody, other, 0);
		let (_, hospital) = hospital::<T>();
		fill_accreditations::<T>(hospital, first, AccreditationState::Accredited, 1);
		fill_accreditations::<T>(hospital, first, AccreditationState::Withdrawn, 0);
		let before = AccreditationCount::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(administrator),
			body,
			hospital,
			Programme::Distribution,
			AccreditationState::AccreditedWithFollowUp,
			FOREVER,
			Some(ahead::<T>()),
			EVIDENCE,
		);

		assert_eq!(AccreditationsOf::<T>::get(hospital).last(), Some(&(before + 1)));
	}

	#[benchmark]
	fn decide_accreditation() {
		let state = AccreditationState::AccreditedWithFollowUp;
		let (_, administrator, id) =
			accreditation_of_predecessor::<T>(AccreditationState::PreliminaryDenial);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, state, Some(ahead::<T>()), EVIDENCE);

		assert_eq!(accreditation_state::<T>(id), Some(state));
	}

	#[benchmark]
	fn renew_accreditation() {
		let (_, administrator, id) =
			accreditation_of_predecessor::<T>(AccreditationState::Accredited);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, None, EVIDENCE);

		assert_eq!(Accreditations::<T>::get(id).map(|found| found.valid.until), Some(None));
	}

	#[benchmark]
	fn appeal_denial() {
		let (administrator, _, id) =
			accreditation_of_predecessor::<T>(AccreditationState::PreliminaryDenial);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, EVIDENCE);

		assert!(Accreditations::<T>::get(id).is_some_and(|found| found.appeal.is_some()));
	}

	#[benchmark]
	fn withdraw_accreditation() {
		let (administrator, _, id) =
			accreditation_of_predecessor::<T>(AccreditationState::Accredited);

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id);

		assert_eq!(accreditation_state::<T>(id), Some(AccreditationState::Withdrawn));
	}

	/// The worst case: a board, all of whose authorities are compared, and the last open follow-up.
	#[benchmark]
	fn record_inspection() {
		let (administrator, board) = board::<T>(0);
		let (_, hospital) = T::BenchmarkHelper::organisation(
			OrganisationKind::Hospital,
			place(MAX_AUTHORITIES - 1),
		);
		let (_, other) = T::BenchmarkHelper::organisation(OrganisationKind::Regulator, place(0));
		fill_follow_ups::<T>(hospital, other, 1);
		let id = InspectionCount::<T>::get() + 1;

		#[extrinsic_call]
		_(
			RawOrigin::Signed(administrator),
			board,
			hospital,
			InspectionOutcome::OfficialAction,
			T::Time::now(),
			EVIDENCE,
			Some(ahead::<T>()),
		);

		assert_eq!(inspection_state::<T>(id), Some(InspectionState::FollowUpDue));
	}

	#[benchmark]
	fn close_follow_up() {
		let (administrator, id) = inspection_of_predecessor::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id, EVIDENCE);

		assert_eq!(inspection_state::<T>(id), Some(InspectionState::Closed));
	}

	#[benchmark]
	fn mark_inspection_entered_in_error() {
		let (administrator, id) = inspection_of_predecessor::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), id);

		assert_eq!(inspection_state::<T>(id), Some(InspectionState::EnteredInError));
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::new_test_ext(Default::default()),
		crate::mock::Test
	);
}

//! Benchmarks of the calls.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Time};
use frame_system::RawOrigin;
use salus_primitives::{
	codes::{ChartState, Jurisdiction, PosthumousRule, Powers, Relation, Role},
	directory::Enrolment,
	enrolment::{
		EnrolmentStatement, KeyStatement, ENROLMENT_DOMAIN, MAX_ENROLMENT_VALIDITY,
		REKEYING_DOMAIN, ROTATION_DOMAIN,
	},
	guardian::{Guard, GuardianAct, GuardianStatement, GuardianTerms},
	ids::{AccountBytes, ChartId, GuardRoot, OrganisationId, Salt, Seal},
	seal::Opening,
};
use sp_runtime::{AccountId32, MultiSignature};

/// What the benchmarks need of other pallets and of the keystore.
pub trait BenchmarkHelper {
	/// An account with good standing in this role for the organisation returned with it.
	fn staff(role: Role) -> (AccountId32, OrganisationId);
	/// A fresh key, the `n`th.
	fn key(n: u32) -> AccountBytes;
	/// A signature of that key.
	fn sign(key: &AccountBytes, bytes: &[u8]) -> MultiSignature;
}

/// The chart of every benchmark but the first.
const CHART: ChartId = ChartId([1; 32]);

/// A chart of that organisation with the first key.
fn chart<T: Config>(custodian: OrganisationId) -> T::AccountId {
	let key = T::BenchmarkHelper::key(0);
	let account = AccountId32::new(key);
	T::Enrolment::enrol(&account);
	EnrolledKeys::<T>::insert(&account, CHART);
	Charts::<T>::insert(CHART, ChartDetails { custodian, key, state: ChartState::Active });
	account
}

/// The word of the second key to follow. The wrapped form is the worst case.
fn follow<T: Config>(domain: [u8; 16], custodian: OrganisationId) -> NewKeyOf {
	let key = T::BenchmarkHelper::key(1);
	let expires = T::Time::now().saturating_add(MAX_ENROLMENT_VALIDITY);
	let genesis = Pallet::<T>::genesis();
	let statement = KeyStatement { domain, genesis, custodian, chart: CHART, key, expires };
	let [_, wrapped] = statement.signable();
	NewKeyOf { key, expires, signature: T::BenchmarkHelper::sign(&key, &wrapped) }
}

fn state<T: Config>() -> Option<ChartState> {
	Charts::<T>::get(CHART).map(|chart| chart.state)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn enrol_charts(n: Linear<1, MAX_ENROLMENTS>) {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::System);
		let genesis = Pallet::<T>::genesis();
		let entries: Vec<_> = (0..n)
			.map(|n| {
				let key = T::BenchmarkHelper::key(n);
				let statement = EnrolmentStatement {
					domain: ENROLMENT_DOMAIN,
					genesis,
					custodian,
					chart: ChartId(key),
					key,
					expires: T::Time::now().saturating_add(MAX_ENROLMENT_VALIDITY),
					guard: Some(GuardRoot(key)),
				};
				// The wrapped form is the worst case: the raw one is tried first.
				let [_, wrapped] = statement.signable();
				let signature = T::BenchmarkHelper::sign(&key, &wrapped);
				(statement, signature)
			})
			.collect();
		let entries: EnrolmentBatch = entries.try_into().unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, entries);

		assert_eq!(Charts::<T>::iter().count(), n as usize);
	}

	#[benchmark]
	fn rotate_key() {
		let (_, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		let key = chart::<T>(custodian);
		let new = follow::<T>(ROTATION_DOMAIN, custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(key), CHART, new.clone());

		assert_eq!(Charts::<T>::get(CHART).map(|chart| chart.key), Some(new.key));
	}

	#[benchmark]
	fn set_guard() {
		let (_, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		let key = chart::<T>(custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(key), CHART, Some(GuardRoot([1; 32])));

		assert!(Guards::<T>::contains_key(CHART));
	}

	#[benchmark]
	fn start_rekeying() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		chart::<T>(custodian);
		let new = follow::<T>(REKEYING_DOMAIN, custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART, new);

		assert!(Rekeyings::<T>::contains_key(CHART));
	}

	#[benchmark]
	fn cancel_rekeying() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		chart::<T>(custodian);
		let new = follow::<T>(REKEYING_DOMAIN, custodian);
		Pallet::<T>::do_start_rekeying(who.clone(), CHART, new).unwrap();

		// Staff's standing takes more than the key's.
		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART);

		assert!(!Rekeyings::<T>::contains_key(CHART));
	}

	#[benchmark]
	fn complete_rekeying() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		chart::<T>(custodian);
		let new = follow::<T>(REKEYING_DOMAIN, custodian);
		RekeyingDelay::<T>::put(0);
		Pallet::<T>::do_start_rekeying(who.clone(), CHART, new).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART);

		assert!(!Rekeyings::<T>::contains_key(CHART));
	}

	#[benchmark]
	fn deactivate() {
		let (_, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		let key = chart::<T>(custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(key), CHART);

		assert_eq!(state::<T>(), Some(ChartState::Deactivated));
	}

	#[benchmark]
	fn reactivate() {
		let (_, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		let key = chart::<T>(custodian);
		Pallet::<T>::do_deactivate(key.clone(), CHART).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(key), CHART);

		assert_eq!(state::<T>(), Some(ChartState::Active));
	}

	#[benchmark]
	fn report_death() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		chart::<T>(custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART);

		assert_eq!(state::<T>(), Some(ChartState::Deceased));
	}

	#[benchmark]
	fn dispute_death() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		chart::<T>(custodian);
		Pallet::<T>::do_report_death(who.clone(), CHART).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART);

		assert_eq!(state::<T>(), Some(ChartState::Active));
	}

	#[benchmark]
	fn dispute_death_as_guardian() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		chart::<T>(custodian);
		let key = T::BenchmarkHelper::key(2);
		let terms = GuardianTerms {
			chart: CHART,
			key,
			relation: Relation::Parent,
			powers: Powers::all(),
			until: None,
		};
		let guardian = Opening { terms, salt: Salt([1; 32]) };
		let guard =
			Guard::new(core::slice::from_ref(&guardian), &core::array::from_fn(|_| Seal([2; 32])));
		let guard = guard.unwrap();
		Guards::<T>::insert(CHART, guard.root());
		Pallet::<T>::do_report_death(who.clone(), CHART).unwrap();
		let act = GuardianAct::DisputeDeath { reported: T::Time::now() };
		let expires = T::Time::now().saturating_add(MAX_ENROLMENT_VALIDITY);
		let statement = GuardianStatement::new(Pallet::<T>::genesis(), CHART, act, expires);
		let [_, wrapped] = statement.signable();
		let word = WordOf {
			terms,
			salt: guardian.salt,
			proof: guard.prove(&guardian).unwrap(),
			expires,
			signature: T::BenchmarkHelper::sign(&key, &wrapped),
		};

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHART, word);

		assert_eq!(state::<T>(), Some(ChartState::Active));
	}

	#[benchmark]
	fn set_posthumous_rule() -> Result<(), BenchmarkError> {
		let origin =
			T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let place = Jurisdiction(*b"US-CA\0");

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, place, Some(PosthumousRule::Nothing));

		assert_eq!(PosthumousRules::<T>::get(place), Some(PosthumousRule::Nothing));
		Ok(())
	}

	#[benchmark]
	fn uphold_rekeying() -> Result<(), BenchmarkError> {
		let origin =
			T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (who, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
		let key = chart::<T>(custodian);
		let new = follow::<T>(REKEYING_DOMAIN, custodian);
		Pallet::<T>::do_start_rekeying(who, CHART, new)?;
		Pallet::<T>::do_cancel_rekeying(key, CHART)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHART, true);

		assert!(Contests::<T>::get(CHART).is_some_and(|contest| contest.upheld));
		Ok(())
	}
}

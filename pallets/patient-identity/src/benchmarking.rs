//! Benchmarks of the calls.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
	codes::Role,
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN, MAX_ENROLMENT_VALIDITY},
	ids::{AccountBytes, ChartId, OrganisationId},
};
use sp_runtime::{traits::Zero, AccountId32, MultiSignature};

/// What the benchmarks need of other pallets and of the keystore.
pub trait BenchmarkHelper {
	/// An account with good standing in this role for the organisation returned with it.
	fn staff(role: Role) -> (AccountId32, OrganisationId);
	/// A fresh key, the `n`th.
	fn key(n: u32) -> AccountBytes;
	/// A signature of that key.
	fn sign(key: &AccountBytes, bytes: &[u8]) -> MultiSignature;
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn enrol_charts(n: Linear<1, MAX_ENROLMENTS>) {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::System);
		let mut genesis = [0; 32];
		genesis.copy_from_slice(
			frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref(),
		);
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
}

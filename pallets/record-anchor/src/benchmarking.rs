//! Benchmarks of the calls.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use salus_primitives::{
	codes::{ErrorReason, RecordState, Role},
	ids::{OrganisationId, RecordId, Seal},
};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// An account with good standing in this role for the organisation returned with it.
	fn staff(role: Role) -> (AccountId, OrganisationId);
}

fn batch(n: u32, generation: u8, replaces: Option<u8>) -> RecordBatch {
	let id = |n: u32, generation: u8| {
		let mut bytes = [generation; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		RecordId(bytes)
	};
	let records: Vec<_> = (0..n)
		.map(|n| NewRecord {
			id: id(n, generation),
			leaf: Seal([generation; 32]),
			replaces: replaces.map(|earlier| id(n, earlier)),
		})
		.collect();
	records.try_into().unwrap()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The worst case: each record replaces an earlier one, sent by a clinician.
	#[benchmark]
	fn anchor_records(n: Linear<1, MAX_RECORDS>) {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		let before = RecordCounts::<T>::get(custodian);
		Pallet::<T>::do_anchor_records(who.clone(), custodian, batch(n, 1, None)).unwrap();
		let records = batch(n, 2, Some(1));

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, records);

		assert_eq!(RecordCounts::<T>::get(custodian), before + 2 * n);
	}

	#[benchmark]
	fn mark_entered_in_error() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		let records = batch(1, 1, None);
		let record = records[0].id;
		Pallet::<T>::do_anchor_records(who.clone(), custodian, records).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, ErrorReason::WrongContent);

		let state = Records::<T>::get(record).map(|facts| facts.state);
		assert_eq!(state, Some(RecordState::EnteredInError));
	}
}

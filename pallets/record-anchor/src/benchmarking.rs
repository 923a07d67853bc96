//! Benchmarks of the calls.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use salus_primitives::{
	batch::{BatchTree, Inclusion, MAX_BATCH_LEAVES},
	codes::{ErrorReason, PetitionKind, PetitionState, RecordState, Role},
	directory::MAX_HANDOVERS,
	ids::{BatchId, OrganisationId, RecordId, Seal},
	petition::MAX_PETITIONS,
};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// An account with good standing in this role for the first organisation, whose number is returned.
	fn staff(role: Role) -> (AccountId, OrganisationId);
	/// The same at another organisation.
	fn receiver(role: Role) -> (AccountId, OrganisationId);
}

/// Whose records the benchmarks are about.
const STAFFED: OrganisationId = 1;

fn id(n: u32, generation: u8) -> RecordId {
	let mut bytes = [generation; 32];
	bytes[4..8].copy_from_slice(&n.to_le_bytes());
	RecordId(bytes).anchored_at(STAFFED)
}

fn batch(n: u32, generation: u8, replaces: Option<u8>) -> RecordBatch {
	let records: Vec<_> = (0..n)
		.map(|n| NewRecord {
			id: id(n, generation),
			leaf: Seal([generation; 32]),
			replaces: replaces.map(|earlier| id(n, earlier)),
		})
		.collect();
	records.try_into().unwrap()
}

/// So many records of the house, and an account that may do everything with them.
fn records<T: Config>(n: u32) -> (T::AccountId, OrganisationId) {
	let (who, custodian) = T::BenchmarkHelper::staff(Role::RecordsOfficer);
	Pallet::<T>::do_anchor_records(who.clone(), custodian, batch(n, 1, None)).unwrap();
	(who, custodian)
}

fn list(n: u32) -> RecordList {
	(0..n).map(|n| id(n, 1)).collect::<Vec<_>>().try_into().unwrap()
}

/// So many records that the house offers to the receiver.
fn offered<T: Config>(n: u32) -> (T::AccountId, OrganisationId) {
	let (who, custodian) = records::<T>(n);
	let (_, to) = T::BenchmarkHelper::receiver(Role::RecordsOfficer);
	Pallet::<T>::do_offer_custody(who.clone(), custodian, to, list(n)).unwrap();
	(who, custodian)
}

/// A record with as many petitions as it can have, the last of which is open.
fn petitioned<T: Config>() -> (T::AccountId, RecordId, u32) {
	let (who, _) = records::<T>(1);
	let record = id(0, 1);
	for number in 0..MAX_PETITIONS {
		let seal = Seal(id(number, 9).0);
		let (kind, who) = (PetitionKind::Erasure, who.clone());
		Pallet::<T>::do_file_petition(who.clone(), record, kind, seal).unwrap();
		if number + 1 < MAX_PETITIONS {
			Pallet::<T>::do_refuse_petition(who, record, number, seal).unwrap();
		}
	}
	(who, record, MAX_PETITIONS - 1)
}

fn state<T: Config>(record: RecordId) -> Option<RecordState> {
	Records::<T>::get(record).map(|details| details.state)
}

fn ended<T: Config>(record: RecordId, number: u32) -> PetitionState {
	Petitions::<T>::get(record)[number as usize].state
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
		let (who, _) = records::<T>(1);
		let record = id(0, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, ErrorReason::WrongContent);

		assert_eq!(state::<T>(record), Some(RecordState::EnteredInError));
	}

	#[benchmark]
	fn anchor_batch() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		let batch = BatchId([1; 32]);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, batch, [1; 32], MAX_BATCH_LEAVES);

		assert!(Batches::<T>::contains_key(batch));
	}

	/// The worst case but for the depth of the largest batch: its hashes are few beside the storage.
	#[benchmark]
	fn unfold_records(n: Linear<1, MAX_UNFOLDED>) {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Clinician);
		let leaves = (0..1_024).map(|n| (id(n, 3), Seal([3; 32])));
		let tree = BatchTree::new(leaves).unwrap();
		let batch = BatchId([1; 32]);
		let (root, leaves) = (tree.root(), tree.leaves());
		Pallet::<T>::do_anchor_batch(who.clone(), custodian, batch, root, leaves).unwrap();
		let records: Vec<_> = (0..n)
			.map(|n| Unfolded {
				record: id(n, 3),
				leaf: Seal([3; 32]),
				inclusion: Inclusion { batch, proof: tree.prove(n).unwrap() },
			})
			.collect();
		let records = records.try_into().unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, records);

		assert_eq!(state::<T>(id(n - 1, 3)), Some(RecordState::Current));
	}

	#[benchmark]
	fn place_hold() {
		let (who, _) = records::<T>(1);
		let record = id(0, 1);
		for matter in 1..MAX_HOLDS {
			let seal = Seal(id(matter, 9).0);
			Pallet::<T>::do_place_hold(who.clone(), record, seal).unwrap();
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, Seal([9; 32]));

		assert_eq!(Holds::<T>::get(record).len() as u32, MAX_HOLDS);
	}

	#[benchmark]
	fn release_hold() {
		let (who, _) = records::<T>(1);
		let record = id(0, 1);
		for matter in 0..MAX_HOLDS {
			let seal = Seal(id(matter, 9).0);
			Pallet::<T>::do_place_hold(who.clone(), record, seal).unwrap();
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, Seal(id(MAX_HOLDS - 1, 9).0));

		assert_eq!(Holds::<T>::get(record).len() as u32, MAX_HOLDS - 1);
	}

	#[benchmark]
	fn file_petition() {
		let (who, record, number) = petitioned::<T>();
		// The last one is what the call files.
		Petitions::<T>::mutate(record, |petitions| petitions.pop());

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, PetitionKind::Erasure, Seal([9; 32]));

		assert_eq!(ended::<T>(record, number), PetitionState::Open);
	}

	#[benchmark]
	fn withdraw_petition() {
		let (who, record, number) = petitioned::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, number);

		assert_eq!(ended::<T>(record, number), PetitionState::Withdrawn);
	}

	#[benchmark]
	fn refuse_petition() {
		let (who, record, number) = petitioned::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, number, Seal([9; 32]));

		assert_eq!(ended::<T>(record, number), PetitionState::Refused);
	}

	#[benchmark]
	fn grant_petition() {
		let (who, record, number) = petitioned::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), record, number, Seal([9; 32]));

		assert_eq!(state::<T>(record), Some(RecordState::Erased));
	}

	#[benchmark]
	fn offer_custody(n: Linear<1, MAX_RECORDS>) {
		let (who, custodian) = records::<T>(n);
		let (_, to) = T::BenchmarkHelper::receiver(Role::RecordsOfficer);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, to, list(n));

		assert!(Records::<T>::get(id(n - 1, 1))
			.is_some_and(|record| record.offered.is_some_and(|offer| offer.to == to)));
	}

	#[benchmark]
	fn withdraw_offer(n: Linear<1, MAX_RECORDS>) {
		let (who, custodian) = offered::<T>(n);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, list(n));

		assert!(Records::<T>::get(id(n - 1, 1)).is_some_and(|record| record.offered.is_none()));
	}

	#[benchmark]
	fn accept_custody(n: Linear<1, MAX_RECORDS>) {
		offered::<T>(n);
		let (who, to) = T::BenchmarkHelper::receiver(Role::RecordsOfficer);
		let taken: Vec<_> =
			(0..n).map(|n| Taken { record: id(n, 1), leaf: Seal([4; 32]) }).collect();
		let taken = taken.try_into().unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), to, taken);

		assert!(Records::<T>::get(id(n - 1, 1)).is_some_and(|record| record.custodian == to));
	}

	#[benchmark]
	fn offer_holding() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Administrator);
		let (_, to) = T::BenchmarkHelper::receiver(Role::Administrator);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian, to);

		assert_eq!(HoldingOffers::<T>::get(custodian), Some(to));
	}

	#[benchmark]
	fn withdraw_holding() {
		let (who, custodian) = T::BenchmarkHelper::staff(Role::Administrator);
		let (_, to) = T::BenchmarkHelper::receiver(Role::Administrator);
		Pallet::<T>::do_offer_holding(who.clone(), custodian, to).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), custodian);

		assert_eq!(HoldingOffers::<T>::get(custodian), None);
	}

	/// The worst case: the longest way so far ends at the giver.
	#[benchmark]
	fn accept_holding() {
		let (giver, from) = T::BenchmarkHelper::staff(Role::Administrator);
		let (who, to) = T::BenchmarkHelper::receiver(Role::Administrator);
		HandoverDepths::<T>::insert(from, MAX_HANDOVERS - 1);
		Pallet::<T>::do_offer_holding(giver, from, to).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), to, from);

		assert_eq!(Keepers::<T>::get(from), Some(to));
	}
}

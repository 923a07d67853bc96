//! Many records under one root, and single ones out of them.

use crate::*;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use functions::Draft;
use salus_primitives::{
	batch::{BatchFacts, MAX_BATCH_LEAVES},
	directory::HoldingDirectory,
	ids::{BatchId, OrganisationId},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_anchor_batch(
		who: T::AccountId,
		organisation: OrganisationId,
		batch: BatchId,
		root: [u8; 32],
		leaves: u32,
	) -> DispatchResult {
		Self::ensure_may_write(&who, organisation)?;
		ensure!((1..=MAX_BATCH_LEAVES).contains(&leaves), Error::<T>::InvalidLeafCount);
		if let Some(known) = Batches::<T>::get(batch) {
			let same = Self::keeper(known.custodian) == organisation
				&& (known.root, known.leaves) == (root, leaves);
			ensure!(same, Error::<T>::AlreadyExists);
			return Ok(());
		}
		let number = BatchCounts::<T>::get(organisation);
		let count = number.checked_add(1).ok_or(Error::<T>::TooManyRecords)?;

		let facts = BatchFacts { custodian: organisation, root, leaves, at: T::Time::now() };
		Batches::<T>::insert(batch, facts);
		BatchSequence::<T>::insert(organisation, number, batch);
		BatchCounts::<T>::insert(organisation, count);
		Self::deposit_event(Event::BatchAnchored { custodian: organisation, number, batch });
		Ok(())
	}

	pub(crate) fn do_unfold_records(
		who: T::AccountId,
		organisation: OrganisationId,
		records: UnfoldedBatch,
	) -> DispatchResult {
		Self::ensure_may_write(&who, organisation)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut draft = Draft::<T>::new(organisation);
		for Unfolded { record, leaf, inclusion } in records {
			let batch = Batches::<T>::get(inclusion.batch).ok_or(Error::<T>::BatchUnknown)?;
			ensure!(Self::keeper(batch.custodian) == organisation, Error::<T>::NotTheCustodian);
			ensure!(batch.holds(&inclusion.proof, &record, &leaf), Error::<T>::WrongProof);
			if !draft.is_known(&record, &leaf, None)? {
				draft.add(record, leaf, None, batch.custodian)?;
			}
		}
		draft.commit();
		Ok(())
	}
}

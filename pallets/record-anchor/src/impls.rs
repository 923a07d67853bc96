use crate::*;
use salus_primitives::{
	batch::{BatchFacts, Inclusion},
	codes::RecordState,
	decision::RecordFacts,
	directory::{HoldingDirectory, RecordDirectory, MAX_HANDOVERS},
	ids::{BatchId, OrganisationId, RecordId, Seal},
	time::Moment,
	views::{HoldingView, Page, PetitionView, RecordView},
};

impl<T: Config> RecordDirectory for Pallet<T> {
	fn record(record: &RecordId) -> Option<RecordFacts> {
		let details = Records::<T>::get(record)?;
		Some(details.facts(Self::keeper(details.custodian)))
	}

	fn batched(record: &RecordId, leaf: &Seal, inclusion: &Inclusion) -> Option<RecordFacts> {
		let batch = Batches::<T>::get(inclusion.batch)?;
		let holds =
			record.anchored_by() == batch.custodian && batch.holds(&inclusion.proof, record, leaf);
		holds.then(|| RecordFacts {
			custodian: Self::keeper(batch.custodian),
			leaf: *leaf,
			state: RecordState::Current,
			replaces: None,
		})
	}
}

impl<T: Config> HoldingDirectory for Pallet<T> {
	fn keeper(organisation: OrganisationId) -> OrganisationId {
		let mut keeper = organisation;
		for _ in 0..MAX_HANDOVERS {
			match Keepers::<T>::get(keeper) {
				Some(next) => keeper = next,
				None => break,
			}
		}
		keeper
	}
}

impl<T: Config> Pallet<T> {
	/// The record with what is asked of it and what binds it, at this moment.
	pub fn record_view(record: &RecordId, at: Moment) -> Option<RecordView> {
		let details = Records::<T>::get(record)?;
		let petitions = Petitions::<T>::get(record);
		let view =
			|(number, petition): (u32, &salus_primitives::petition::Petition)| PetitionView {
				number,
				petition: *petition,
				due: petition.due(),
				overdue: petition.is_overdue(at),
			};
		Some(RecordView {
			id: *record,
			number: details.number,
			facts: details.facts(Self::keeper(details.custodian)),
			offered: details.offered_by(Self::keeper(details.custodian)),
			holds: Holds::<T>::get(record).into_inner(),
			petitions: (0..).zip(&petitions).map(view).collect(),
		})
	}

	/// A page of the records that the organisation took in, from this number on. Records that moved on
	/// leave gaps.
	pub fn records_page(organisation: OrganisationId, from: u32, at: Moment) -> Page<RecordView> {
		Page::of(from, RecordCounts::<T>::get(organisation), |number| {
			Self::record_view(&RecordSequence::<T>::get(organisation, number)?, at)
		})
	}

	/// The batch, with who keeps it now.
	pub fn batch(batch: &BatchId) -> Option<BatchFacts> {
		let facts = Batches::<T>::get(batch)?;
		Some(BatchFacts { custodian: Self::keeper(facts.custodian), ..facts })
	}

	/// The organisation's charts and records as a whole.
	pub fn holding(organisation: OrganisationId) -> HoldingView {
		HoldingView {
			organisation,
			keeper: Self::keeper(organisation),
			given: Keepers::<T>::get(organisation),
			offered: HoldingOffers::<T>::get(organisation),
			records: RecordCounts::<T>::get(organisation),
			batches: BatchCounts::<T>::get(organisation),
		}
	}
}

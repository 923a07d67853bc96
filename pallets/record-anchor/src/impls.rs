use crate::*;
use salus_primitives::{decision::RecordFacts, directory::RecordDirectory, ids::RecordId};

impl<T: Config> RecordDirectory for Pallet<T> {
	fn record(record: &RecordId) -> Option<RecordFacts> {
		Records::<T>::get(record)
	}
}

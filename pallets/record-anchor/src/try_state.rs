use crate::*;
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::codes::RecordState;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the crate's documentation.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_numbers()?;
		Self::try_state_versions()
	}

	fn try_state_numbers() -> Result<(), TryRuntimeError> {
		for (organisation, count) in RecordCounts::<T>::iter() {
			ensure!(
				(0..count).all(|number| RecordSequence::<T>::contains_key(organisation, number)),
				"1: a custodian's numbers have a gap"
			);
		}
		let mut numbered = BTreeSet::new();
		for (organisation, number, record) in RecordSequence::<T>::iter() {
			ensure!(
				number < RecordCounts::<T>::get(organisation),
				"1: a number lies beyond its custodian's count"
			);
			ensure!(
				Records::<T>::get(record).is_some_and(|facts| facts.custodian == organisation),
				"2: a number names no record of its custodian"
			);
			ensure!(numbered.insert(record), "2: a record has two numbers");
		}
		ensure!(
			Records::<T>::iter_keys().all(|record| numbered.contains(&record)),
			"2: a record has no number"
		);
		Ok(())
	}

	fn try_state_versions() -> Result<(), TryRuntimeError> {
		let mut replaced = BTreeSet::new();
		for (_, facts) in Records::<T>::iter() {
			let Some(earlier) = facts.replaces else { continue };
			ensure!(
				Records::<T>::get(earlier).is_some_and(|earlier| {
					earlier.custodian == facts.custodian && earlier.state != RecordState::Current
				}),
				"3: a replaced record is unknown, another custodian's or still current"
			);
			ensure!(replaced.insert(earlier), "3: a record is replaced twice");
		}
		for (record, facts) in Records::<T>::iter() {
			ensure!(
				facts.state != RecordState::Superseded || replaced.contains(&record),
				"4: a superseded record is replaced by none"
			);
			ensure!(
				(facts.state == RecordState::EnteredInError)
					== ErrorReasons::<T>::contains_key(record),
				"5: reason and state of a record disagree"
			);
		}
		ensure!(
			ErrorReasons::<T>::iter_keys().all(Records::<T>::contains_key),
			"5: a reason is kept for no record"
		);
		Ok(())
	}
}

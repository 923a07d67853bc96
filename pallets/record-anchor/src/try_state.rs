use crate::*;
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{
	batch::MAX_BATCH_LEAVES,
	codes::{PetitionKind, PetitionState, RecordState},
	directory::{HoldingDirectory, MAX_HANDOVERS},
	petition::Petition,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the crate's documentation.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_numbers()?;
		Self::try_state_versions()?;
		Self::try_state_batches()?;
		Self::try_state_holds()?;
		Self::try_state_petitions()?;
		Self::try_state_offers()?;
		Self::try_state_holdings()
	}

	fn try_state_numbers() -> Result<(), TryRuntimeError> {
		for (organisation, number, record) in RecordSequence::<T>::iter() {
			ensure!(
				number < RecordCounts::<T>::get(organisation),
				"1: a number lies beyond its custodian's count"
			);
			ensure!(
				Records::<T>::get(record).is_some_and(|details| {
					(details.custodian, details.number) == (organisation, number)
				}),
				"2: a number names no record of this custodian and number"
			);
		}
		ensure!(
			Records::<T>::iter().all(|(record, details)| {
				RecordSequence::<T>::get(details.custodian, details.number) == Some(record)
			}),
			"2: a record has no number"
		);
		Ok(())
	}

	fn try_state_versions() -> Result<(), TryRuntimeError> {
		let mut replaced = BTreeSet::new();
		for (_, details) in Records::<T>::iter() {
			let Some(earlier) = details.replaces else { continue };
			ensure!(
				Records::<T>::get(earlier)
					.is_some_and(|earlier| earlier.state != RecordState::Current),
				"3: a replaced record is unknown or still current"
			);
			ensure!(replaced.insert(earlier), "3: a record is replaced twice");
		}
		for (record, details) in Records::<T>::iter() {
			ensure!(
				details.state != RecordState::Superseded || replaced.contains(&record),
				"4: a superseded record is replaced by none"
			);
			ensure!(
				details.state != RecordState::EnteredInError
					|| ErrorReasons::<T>::contains_key(record),
				"5: a record entered in error has no reason"
			);
		}
		let wrong = [RecordState::EnteredInError, RecordState::Erased];
		ensure!(
			ErrorReasons::<T>::iter_keys().all(|record| {
				Records::<T>::get(record).is_some_and(|details| wrong.contains(&details.state))
			}),
			"5: a reason is of no record entered in error or erased"
		);
		Ok(())
	}

	fn try_state_batches() -> Result<(), TryRuntimeError> {
		for (organisation, count) in BatchCounts::<T>::iter() {
			ensure!(
				(0..count).all(|number| BatchSequence::<T>::contains_key(organisation, number)),
				"6: a custodian's batches have a gap"
			);
		}
		let mut numbered = BTreeSet::new();
		for (organisation, number, batch) in BatchSequence::<T>::iter() {
			ensure!(
				number < BatchCounts::<T>::get(organisation),
				"6: a batch lies beyond its custodian's count"
			);
			ensure!(
				Batches::<T>::get(batch).is_some_and(|facts| facts.custodian == organisation),
				"6: a number names no batch of its custodian"
			);
			ensure!(numbered.insert(batch), "6: a batch has two numbers");
		}
		for (batch, facts) in Batches::<T>::iter() {
			ensure!(numbered.contains(&batch), "6: a batch has no number");
			ensure!(
				(1..=MAX_BATCH_LEAVES).contains(&facts.leaves),
				"6: a batch has an impossible number of leaves"
			);
		}
		Ok(())
	}

	fn try_state_holds() -> Result<(), TryRuntimeError> {
		for (record, holds) in Holds::<T>::iter() {
			ensure!(
				Records::<T>::get(record)
					.is_some_and(|details| details.state != RecordState::Erased),
				"7: a hold is on a record that is unknown or erased"
			);
			let seals: BTreeSet<_> = holds.iter().collect();
			ensure!(
				!holds.is_empty() && seals.len() == holds.len(),
				"7: holds are empty or the same twice"
			);
		}
		Ok(())
	}

	fn try_state_petitions() -> Result<(), TryRuntimeError> {
		let erased = |petition: &Petition| {
			petition.kind == PetitionKind::Erasure && petition.state == PetitionState::Granted
		};
		for (record, petitions) in Petitions::<T>::iter() {
			let details = Records::<T>::get(record);
			ensure!(
				details.is_some() && !petitions.is_empty(),
				"8: petitions are about no record, or empty"
			);
			for kind in PetitionKind::ALL {
				let open = petitions.iter().filter(|petition| {
					petition.kind == *kind && petition.state == PetitionState::Open
				});
				ensure!(open.count() <= 1, "8: two petitions of a kind are open");
			}
			for petition in &petitions {
				let answered =
					matches!(petition.state, PetitionState::Refused | PetitionState::Granted);
				ensure!(
					(petition.answer.is_some(), petition.answered.is_some())
						== (answered, answered),
					"8: answer and state of a petition disagree"
				);
			}
			ensure!(
				!petitions.iter().any(erased)
					|| details.is_some_and(|details| details.state == RecordState::Erased),
				"8: a granted erasure is of a record that is not erased"
			);
		}
		ensure!(
			Records::<T>::iter().all(|(record, details)| {
				details.state != RecordState::Erased
					|| Petitions::<T>::get(record).iter().any(erased)
			}),
			"8: a record is erased that nobody asked to erase"
		);
		Ok(())
	}

	fn try_state_offers() -> Result<(), TryRuntimeError> {
		ensure!(
			Records::<T>::iter_values().all(|details| {
				let keeper = Self::keeper(details.custodian);
				details
					.offered_by(keeper)
					.is_none_or(|to| details.state != RecordState::Erased && to != keeper)
			}),
			"9: a record is offered that is erased, or to its keeper"
		);
		Ok(())
	}

	fn try_state_holdings() -> Result<(), TryRuntimeError> {
		ensure!(
			HoldingOffers::<T>::iter_keys().all(|from| !Keepers::<T>::contains_key(from)),
			"10: a holding is offered that was given away"
		);
		for from in Keepers::<T>::iter_keys() {
			let (mut at, mut steps) = (from, 0u32);
			while let Some(next) = Keepers::<T>::get(at) {
				(at, steps) = (next, steps.saturating_add(1));
				ensure!(steps <= MAX_HANDOVERS, "10: a way to a keeper does not end");
				ensure!(
					steps <= HandoverDepths::<T>::get(at),
					"10: a way is longer than the depth says"
				);
			}
		}
		Ok(())
	}
}

//! What binds a record and what is asked of it: legal holds and petitions.

use crate::*;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{PetitionKind, PetitionState, RecordState},
	directory::HoldingDirectory,
	ids::{RecordId, Seal},
	petition::Petition,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_place_hold(who: T::AccountId, record: RecordId, seal: Seal) -> DispatchResult {
		let details = Self::record_on_duty(&who, &record)?;
		let mut holds = Holds::<T>::get(record);
		if holds.contains(&seal) {
			return Ok(());
		}
		ensure!(details.state != RecordState::Erased, Error::<T>::RecordErased);
		holds.try_push(seal).map_err(|_| Error::<T>::TooManyHolds)?;

		Holds::<T>::insert(record, holds);
		Self::deposit_event(Event::HoldPlaced { record, seal });
		Ok(())
	}

	pub(crate) fn do_release_hold(
		who: T::AccountId,
		record: RecordId,
		seal: Seal,
	) -> DispatchResult {
		Self::record_on_duty(&who, &record)?;
		let mut holds = Holds::<T>::get(record);
		ensure!(holds.contains(&seal), Error::<T>::HoldUnknown);

		holds.retain(|held| *held != seal);
		if holds.is_empty() {
			Holds::<T>::remove(record);
		} else {
			Holds::<T>::insert(record, holds);
		}
		Self::deposit_event(Event::HoldReleased { record, seal });
		Ok(())
	}

	pub(crate) fn do_file_petition(
		who: T::AccountId,
		record: RecordId,
		kind: PetitionKind,
		seal: Seal,
	) -> DispatchResult {
		let details = Self::record_on_duty(&who, &record)?;
		let mut petitions = Petitions::<T>::get(record);
		if petitions.iter().any(|petition| (petition.kind, petition.seal) == (kind, seal)) {
			return Ok(());
		}
		ensure!(details.state != RecordState::Erased, Error::<T>::RecordErased);
		let open =
			|petition: &Petition| petition.kind == kind && petition.state == PetitionState::Open;
		ensure!(!petitions.iter().any(open), Error::<T>::PetitionOpen);
		let number = len(&petitions);
		let petition = Petition {
			kind,
			seal,
			state: PetitionState::Open,
			filed: T::Time::now(),
			answer: None,
			answered: None,
		};
		petitions.try_push(petition).map_err(|_| Error::<T>::TooManyPetitions)?;

		Petitions::<T>::insert(record, petitions);
		Self::deposit_event(Event::PetitionFiled { record, number, kind });
		Ok(())
	}

	pub(crate) fn do_withdraw_petition(
		who: T::AccountId,
		record: RecordId,
		number: u32,
	) -> DispatchResult {
		Self::record_on_duty(&who, &record)?;
		if let Ending::Open(petition) =
			Self::ending(&record, number, None, PetitionState::Withdrawn)?
		{
			Self::end(record, number, Petition { state: PetitionState::Withdrawn, ..petition });
			Self::deposit_event(Event::PetitionWithdrawn { record, number });
		}
		Ok(())
	}

	pub(crate) fn do_refuse_petition(
		who: T::AccountId,
		record: RecordId,
		number: u32,
		answer: Seal,
	) -> DispatchResult {
		Self::record_on_duty(&who, &record)?;
		let state = PetitionState::Refused;
		if let Ending::Open(petition) = Self::ending(&record, number, Some(answer), state)? {
			Self::end(record, number, Self::answered(petition, state, answer));
			Self::deposit_event(Event::PetitionRefused { record, number });
		}
		Ok(())
	}

	pub(crate) fn do_grant_petition(
		who: T::AccountId,
		record: RecordId,
		number: u32,
		answer: Seal,
	) -> DispatchResult {
		let mut details = Self::record_on_duty(&who, &record)?;
		let state = PetitionState::Granted;
		let ending = Self::ending(&record, number, Some(answer), state)?;
		let Ending::Open(petition) = ending else { return Ok(()) };
		match petition.kind {
			PetitionKind::Erasure => {
				ensure!(details.state != RecordState::Erased, Error::<T>::RecordErased);
				ensure!(!Holds::<T>::contains_key(record), Error::<T>::RecordHeld);
				let offered = details.offered_by(Self::keeper(details.custodian));
				ensure!(offered.is_none(), Error::<T>::RecordOffered);
			},
			PetitionKind::Amendment => {
				ensure!(details.state != RecordState::Current, Error::<T>::StillCurrent);
			},
		}

		Self::end(record, number, Self::answered(petition, state, answer));
		Self::deposit_event(Event::PetitionGranted { record, number });
		if petition.kind == PetitionKind::Erasure {
			details.state = RecordState::Erased;
			Records::<T>::insert(record, details);
			Self::deposit_event(Event::RecordErased { record });
		}
		Ok(())
	}

	/// The petition that is to end so, if it has not ended exactly so before.
	fn ending(
		record: &RecordId,
		number: u32,
		answer: Option<Seal>,
		state: PetitionState,
	) -> Result<Ending, Error<T>> {
		let petition = usize::try_from(number)
			.ok()
			.and_then(|place| Petitions::<T>::get(record).get(place).copied())
			.ok_or(Error::<T>::PetitionUnknown)?;
		if (petition.state, petition.answer) == (state, answer) {
			return Ok(Ending::Ended);
		}
		ensure!(petition.state == PetitionState::Open, Error::<T>::PetitionNotOpen);
		Ok(Ending::Open(petition))
	}

	fn answered(petition: Petition, state: PetitionState, answer: Seal) -> Petition {
		let answered = Some(T::Time::now());
		Petition { state, answer: Some(answer), answered, ..petition }
	}

	fn end(record: RecordId, number: u32, ended: Petition) {
		Petitions::<T>::mutate(record, |petitions| {
			let place = usize::try_from(number).ok();
			if let Some(petition) = place.and_then(|place| petitions.get_mut(place)) {
				*petition = ended;
			}
		});
	}
}

/// What there is of a petition that is to end.
enum Ending {
	/// It is open.
	Open(Petition),
	/// It has ended so before: nothing is left to do.
	Ended,
}

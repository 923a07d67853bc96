//! From one custodian to another: record by record, or a whole holding at once.

use crate::*;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use functions::{Draft, WRITING_ROLES};
use salus_primitives::{
	codes::{OrganisationState, RecordState, Role},
	directory::{HoldingDirectory, OrganisationDirectory, ProviderDirectory, MAX_HANDOVERS},
	ids::OrganisationId,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer_custody(
		who: T::AccountId,
		organisation: OrganisationId,
		to: OrganisationId,
		records: RecordList,
	) -> DispatchResult {
		Self::ensure_on_duty(&who, organisation, &WRITING_ROLES)?;
		Self::ensure_keeps_its_own(organisation)?;
		Self::ensure_fit(organisation, to)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut draft = Draft::<T>::new(organisation);
		for record in records {
			let mut details = draft.get(&record).ok_or(Error::<T>::NotFound)?;
			let keeper = Self::keeper(details.custodian);
			// What was offered before, or has arrived.
			let offered = details.offered_by(keeper);
			if offered == Some(to) && keeper == organisation || keeper == to {
				continue;
			}
			ensure!(keeper == organisation, Error::<T>::NotTheCustodian);
			ensure!(details.state != RecordState::Erased, Error::<T>::RecordErased);
			ensure!(offered.is_none(), Error::<T>::RecordOffered);
			details.offered = Some(CustodyOffer { from: organisation, to });
			draft.change(record, details, Event::CustodyOffered { record, from: organisation, to });
		}
		draft.commit();
		Ok(())
	}

	pub(crate) fn do_withdraw_offer(
		who: T::AccountId,
		organisation: OrganisationId,
		records: RecordList,
	) -> DispatchResult {
		Self::ensure_on_duty(&who, organisation, &WRITING_ROLES)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut draft = Draft::<T>::new(organisation);
		for record in records {
			let mut details = draft.get(&record).ok_or(Error::<T>::NotFound)?;
			ensure!(draft.keeps(&details), Error::<T>::NotTheCustodian);
			if details.offered.take().is_some() {
				draft.change(record, details, Event::CustodyOfferWithdrawn { record });
			}
		}
		draft.commit();
		Ok(())
	}

	pub(crate) fn do_accept_custody(
		who: T::AccountId,
		organisation: OrganisationId,
		records: TakenBatch,
	) -> DispatchResult {
		Self::ensure_may_write(&who, organisation)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut draft = Draft::<T>::new(organisation);
		for Taken { record, leaf } in records {
			let details = draft.get(&record).ok_or(Error::<T>::NotFound)?;
			let from = Self::keeper(details.custodian);
			let offered = details.offered_by(from);
			let arrived = offered.is_none() && details.leaf == leaf && draft.keeps(&details);
			if arrived {
				continue;
			}
			// What its giver gave away since, with the whole holding, is not theirs to offer.
			ensure!(offered == Some(organisation), Error::<T>::NotOffered);
			draft.leave(&details);
			let number = draft.number(record)?;
			let custodian = organisation;
			let details = RecordDetails { custodian, number, leaf, offered: None, ..details };
			let to = organisation;
			draft.change(record, details, Event::CustodyAccepted { record, from, to, number });
		}
		draft.commit();
		Ok(())
	}

	pub(crate) fn do_offer_holding(
		who: T::AccountId,
		organisation: OrganisationId,
		to: OrganisationId,
	) -> DispatchResult {
		Self::ensure_on_duty(&who, organisation, &[Role::Administrator])?;
		Self::ensure_keeps_its_own(organisation)?;
		match HoldingOffers::<T>::get(organisation) {
			Some(offered) if offered == to => return Ok(()),
			Some(_) => return Err(Error::<T>::HoldingOffered.into()),
			None => {},
		}
		Self::ensure_fit(organisation, to)?;

		HoldingOffers::<T>::insert(organisation, to);
		Self::deposit_event(Event::HoldingOffered { from: organisation, to });
		Ok(())
	}

	pub(crate) fn do_withdraw_holding(
		who: T::AccountId,
		organisation: OrganisationId,
	) -> DispatchResult {
		Self::ensure_on_duty(&who, organisation, &[Role::Administrator])?;
		ensure!(HoldingOffers::<T>::contains_key(organisation), Error::<T>::HoldingNotOffered);

		HoldingOffers::<T>::remove(organisation);
		Self::deposit_event(Event::HoldingOfferWithdrawn { from: organisation });
		Ok(())
	}

	pub(crate) fn do_accept_holding(
		who: T::AccountId,
		organisation: OrganisationId,
		from: OrganisationId,
	) -> DispatchResult {
		let now = T::Time::now();
		ensure!(
			T::Providers::may_act(&who, organisation, &[Role::Administrator], now),
			Error::<T>::NotAuthorised
		);
		if Keepers::<T>::get(from) == Some(organisation) {
			return Ok(());
		}
		let offered = HoldingOffers::<T>::get(from);
		ensure!(offered == Some(organisation), Error::<T>::HoldingNotOffered);
		// Who has given away takes on nothing, so that no way leads back to where it began.
		Self::ensure_keeps_its_own(organisation)?;
		ensure!(T::Providers::intake(organisation, now).is_empty(), Error::<T>::TakesOnNothingNew);
		let depth = HandoverDepths::<T>::get(from).saturating_add(1);
		ensure!(depth <= MAX_HANDOVERS, Error::<T>::TooManyHandovers);

		HoldingOffers::<T>::remove(from);
		Keepers::<T>::insert(from, organisation);
		HandoverDepths::<T>::mutate(organisation, |held| *held = depth.max(*held));
		Self::deposit_event(Event::HoldingAccepted { from, to: organisation });
		Ok(())
	}

	/// That what one organisation keeps can be offered to the other. Whether it may keep it is asked when
	/// it accepts.
	fn ensure_fit(from: OrganisationId, to: OrganisationId) -> DispatchResult {
		let active = T::Organisations::organisation(to)
			.is_some_and(|(_, state)| state == OrganisationState::Active);
		let fit = from != to && active && !Keepers::<T>::contains_key(to);
		ensure!(fit, Error::<T>::ReceiverUnfit);
		Ok(())
	}
}

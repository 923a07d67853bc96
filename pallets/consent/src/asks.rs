//! Asks: what a patient asks of the custodian of a chart, and the custodian's answer.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	ask::{Ask, MAX_OPEN_ASKS},
	codes::{AskState, Role, StandingReason},
	directory::{ChartDirectory, ProviderDirectory},
	ids::{AskId, ChartId, Seal},
	views::AskView,
};
use sp_runtime::{AccountId32, DispatchError};

/// Who answers for a custodian: its vault does at a records officer's word.
const ANSWERING_ROLES: [Role; 2] = [Role::RecordsOfficer, Role::System];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_file_ask(
		who: T::AccountId,
		chart: ChartId,
		id: AskId,
		seal: Seal,
	) -> DispatchResult {
		Self::ensure_chart_key(&who, &chart)?;
		let mut asks = Asks::<T>::get(chart);
		if let Some(known) = asks.iter().find(|known| known.id == id) {
			ensure!(known.seal == seal, Error::<T>::AlreadyExists);
			return Ok(());
		}
		let open = asks.iter().filter(|ask| ask.is_open()).count();
		ensure!(open < MAX_OPEN_ASKS, Error::<T>::TooManyAsks);
		if asks.is_full() {
			// One has ended, for fewer than all can be open; the first in the list is the oldest.
			let oldest = asks.iter().position(|ask| !ask.is_open());
			asks.remove(oldest.ok_or(Error::<T>::TooManyAsks)?);
		}
		asks.try_push(Ask::filed(id, seal, T::Time::now()))
			.map_err(|_| Error::<T>::TooManyAsks)?;

		Asks::<T>::insert(chart, asks);
		Self::deposit_event(Event::AskFiled { chart, ask: id });
		Ok(())
	}

	pub(crate) fn do_withdraw_ask(who: T::AccountId, chart: ChartId, id: AskId) -> DispatchResult {
		Self::ensure_chart_key(&who, &chart)?;
		let ended = Self::end_ask(chart, id, AskState::Withdrawn, None)?;
		if ended {
			Self::deposit_event(Event::AskWithdrawn { chart, ask: id });
		}
		Ok(())
	}

	pub(crate) fn do_extend_ask(
		who: T::AccountId,
		chart: ChartId,
		id: AskId,
		reason: Seal,
	) -> DispatchResult {
		Self::ensure_answers_for(&who, &chart)?;
		let ask = Self::ask(chart, id)?;
		if ask.extension == Some(reason) {
			return Ok(());
		}
		ensure!(ask.is_open(), Error::<T>::AskNotOpen);
		ensure!(ask.extension.is_none(), Error::<T>::AlreadyExtended);
		ensure!(!ask.is_overdue(T::Time::now()), Error::<T>::ExtensionTooLate);

		Self::put_ask(chart, Ask { extension: Some(reason), ..ask });
		Self::deposit_event(Event::AskExtended { chart, ask: id });
		Ok(())
	}

	pub(crate) fn do_grant_ask(
		who: T::AccountId,
		chart: ChartId,
		id: AskId,
		answer: Seal,
	) -> DispatchResult {
		Self::ensure_answers_for(&who, &chart)?;
		if Self::end_ask(chart, id, AskState::Granted, Some(answer))? {
			Self::deposit_event(Event::AskGranted { chart, ask: id });
		}
		Ok(())
	}

	pub(crate) fn do_refuse_ask(
		who: T::AccountId,
		chart: ChartId,
		id: AskId,
		answer: Seal,
	) -> DispatchResult {
		Self::ensure_answers_for(&who, &chart)?;
		if Self::end_ask(chart, id, AskState::Refused, Some(answer))? {
			Self::deposit_event(Event::AskRefused { chart, ask: id });
		}
		Ok(())
	}

	/// Ends the ask so. Whether it was open; one that has ended exactly so is left as it is.
	fn end_ask(
		chart: ChartId,
		id: AskId,
		state: AskState,
		answer: Option<Seal>,
	) -> Result<bool, Error<T>> {
		let ask = Self::ask(chart, id)?;
		if (ask.state, ask.answer) == (state, answer) {
			return Ok(false);
		}
		ensure!(ask.is_open(), Error::<T>::AskNotOpen);

		let ended = Some(T::Time::now());
		Self::put_ask(chart, Ask { state, answer, ended, ..ask });
		Ok(true)
	}

	fn ask(chart: ChartId, id: AskId) -> Result<Ask, Error<T>> {
		Asks::<T>::get(chart)
			.into_iter()
			.find(|ask| ask.id == id)
			.ok_or(Error::<T>::NotFound)
	}

	/// Puts what became of an ask in its place.
	fn put_ask(chart: ChartId, changed: Ask) {
		Asks::<T>::mutate(chart, |asks| {
			if let Some(ask) = asks.iter_mut().find(|known| known.id == changed.id) {
				*ask = changed;
			}
		});
	}

	fn ensure_chart_key(who: &T::AccountId, chart: &ChartId) -> DispatchResult {
		let facts = T::Charts::chart(chart).ok_or(Error::<T>::ChartUnknown)?;
		ensure!(*who == AccountId32::new(facts.key), Error::<T>::NotTheChartsKey);
		Ok(())
	}

	/// That the account answers for whoever keeps the chart, which may be suspended or lack a licence: it
	/// still owes answers.
	fn ensure_answers_for(who: &T::AccountId, chart: &ChartId) -> Result<(), DispatchError> {
		let facts = T::Charts::chart(chart).ok_or(Error::<T>::ChartUnknown)?;
		let has = |role: &Role| {
			T::Providers::membership(who, facts.custodian, *role)
				.without(StandingReason::OrganisationSuspended)
				.is_empty()
		};
		ensure!(ANSWERING_ROLES.iter().any(has), Error::<T>::NotAuthorised);
		Ok(())
	}

	/// The chart's asks that the chain keeps, oldest first, at the block's time.
	pub fn asks(chart: ChartId) -> Vec<AskView> {
		let at = T::Time::now();
		Asks::<T>::get(chart)
			.into_iter()
			.map(|ask| AskView { chart, ask, due: ask.due(), overdue: ask.is_overdue(at) })
			.collect()
	}
}

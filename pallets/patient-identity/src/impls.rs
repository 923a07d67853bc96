use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use functions::is_signed;
use salus_primitives::{
	codes::{ChartState, PosthumousRule},
	decision::ChartFacts,
	directory::{
		ChartDirectory, ChartKeys, GuardianDirectory, OrderDirectory, OrganisationDirectory,
	},
	guardian::{ActingGuardian, GuardianAct, GuardianFault, GuardianStatement},
	ids::{AccountBytes, ChartId, GuardRoot, OrganisationId},
	order::{ChartOrder, OrderFault},
	views::ChartView,
};
use sp_runtime::{AccountId32, DispatchError, MultiSignature};

impl<T: Config> ChartDirectory for Pallet<T> {
	fn chart(chart: &ChartId) -> Option<ChartFacts> {
		let details = Charts::<T>::get(chart)?;
		let custodian = Self::custodian(&details);
		let ChartDetails { key, state, .. } = details;
		let posthumous = (state == ChartState::Deceased)
			.then(|| Self::posthumous_rule(custodian))
			.flatten();
		Some(ChartFacts {
			chart: *chart,
			custodian,
			key,
			state,
			posthumous,
			directives: Vec::new(),
		})
	}
}

impl<T: Config> ChartKeys<T::AccountId> for Pallet<T> {
	fn is_chart_key(account: &T::AccountId) -> bool {
		EnrolledKeys::<T>::contains_key(account)
	}
}

impl<T: Config> Pallet<T> {
	/// The chart with what befalls it, without its directives, which are another pallet's.
	pub fn chart_view(chart: &ChartId) -> Option<ChartView> {
		Some(ChartView {
			facts: <Self as ChartDirectory>::chart(chart)?,
			guard: Guards::<T>::get(chart),
			rekeying: Rekeyings::<T>::get(chart),
			contest: Contests::<T>::get(chart),
			death: DeathReports::<T>::get(chart),
		})
	}

	/// The chart for which this key was ever named.
	pub fn chart_of_key(key: AccountBytes) -> Option<ChartId> {
		EnrolledKeys::<T>::get(AccountId32::new(key))
	}

	/// What the custodian's subdivision lets open of the charts of the dead, or else its country; what
	/// directives say where neither decided. None if the chain does not know where the custodian is.
	pub fn posthumous_rule(custodian: OrganisationId) -> Option<PosthumousRule> {
		let (house, _) = T::Organisations::organisation(custodian)?;
		let country = || house.place.country().and_then(PosthumousRules::<T>::get);
		let rule = PosthumousRules::<T>::get(house.place).or_else(country);
		Some(rule.unwrap_or(PosthumousRule::AsDirected))
	}
}

impl<T: Config> GuardianDirectory for Pallet<T> {
	type Signature = MultiSignature;
	type Error = DispatchError;

	fn admit(
		chart: &ChartId,
		act: &GuardianAct,
		word: &WordOf,
	) -> Result<ActingGuardian, DispatchError> {
		let guard = Guards::<T>::get(chart);
		let guardian = word
			.admit(chart, guard.as_ref(), act, T::Time::now())
			.map_err(Error::<T>::from)?;
		let statement = GuardianStatement::new(Self::genesis(), *chart, *act, word.expires);
		ensure!(
			is_signed(&statement.signable(), word.terms.key, &word.signature),
			Error::<T>::BadSignature
		);
		Ok(guardian)
	}

	fn guard(chart: &ChartId) -> Option<GuardRoot> {
		Guards::<T>::get(chart)
	}
}

impl<T: Config> OrderDirectory for Pallet<T> {
	type Signature = MultiSignature;
	type Error = DispatchError;

	fn admit(order: &ChartOrder<MultiSignature>) -> Result<(), DispatchError> {
		let details = Charts::<T>::get(order.chart).ok_or(Error::<T>::ChartUnknown)?;
		order.ensure_in_time(T::Time::now()).map_err(|fault| match fault {
			OrderFault::Expired => Error::<T>::StatementExpired,
			OrderFault::ValidityTooLong => Error::<T>::ValidityTooLong,
		})?;
		let statement = order.statement(Self::genesis());
		ensure!(
			is_signed(&statement.signable(), details.key, &order.signature),
			Error::<T>::BadSignature
		);
		Ok(())
	}
}

impl<T> From<GuardianFault> for Error<T> {
	fn from(fault: GuardianFault) -> Self {
		match fault {
			GuardianFault::Expired => Self::StatementExpired,
			GuardianFault::ValidityTooLong => Self::ValidityTooLong,
			GuardianFault::NotAGuardian => Self::NotAGuardian,
			GuardianFault::Over => Self::GuardianshipOver,
			GuardianFault::PowerMissing => Self::PowerMissing,
			GuardianFault::EndNotRounded => Self::EndNotRounded,
		}
	}
}

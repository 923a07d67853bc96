use crate::*;
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{
	ask::{Ask, MAX_OPEN_ASKS},
	codes::AskState,
	directory::ChartDirectory,
};
use sp_runtime::TryRuntimeError;

/// Whether answer and end of one fit its state.
fn state_fits(ask: &Ask) -> bool {
	let answered = matches!(ask.state, AskState::Granted | AskState::Refused);
	ask.answer.is_some() == answered
		&& ask.ended.is_none() == ask.is_open()
		&& ask.ended.is_none_or(|ended| ask.filed <= ended)
}

impl<T: Config> Pallet<T> {
	pub(super) fn try_state_asks() -> Result<(), TryRuntimeError> {
		for (chart, asks) in Asks::<T>::iter() {
			ensure!(
				T::Charts::chart(&chart).is_some() && !asks.is_empty(),
				"14: asks are of an unknown chart, or none is stored"
			);
			let ids: BTreeSet<_> = asks.iter().map(|ask| ask.id).collect();
			ensure!(ids.len() == asks.len(), "14: two asks have one id");
			ensure!(asks.is_sorted_by_key(|ask| ask.filed), "14: asks are not in order of filing");
			let open = asks.iter().filter(|ask| ask.is_open()).count();
			ensure!(open <= MAX_OPEN_ASKS, "14: more asks are open than can be");
			ensure!(
				asks.iter().all(state_fits),
				"15: answer or end of an ask does not fit its state"
			);
		}
		Ok(())
	}
}

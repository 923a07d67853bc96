use crate::*;
use frame_support::ensure;
use salus_primitives::directory::Enrolment;
use sp_runtime::{AccountId32, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the crate's documentation.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (account, chart) in EnrolledKeys::<T>::iter() {
			ensure!(
				Charts::<T>::get(chart).is_some_and(|chart| AccountId32::new(chart.key) == account),
				"1: an enrolled key names no chart of its own"
			);
		}
		for (id, chart) in Charts::<T>::iter() {
			let account = AccountId32::new(chart.key);
			ensure!(
				EnrolledKeys::<T>::get(&account) == Some(id),
				"2: a chart's key is not enrolled for it"
			);
			ensure!(
				T::Enrolment::is_enrolled(&account),
				"3: a chart's key did not pass the enrolment gate"
			);
		}
		Ok(())
	}
}

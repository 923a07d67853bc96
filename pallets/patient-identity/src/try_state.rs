use crate::*;
use frame_support::ensure;
use salus_primitives::{codes::ChartState, directory::Enrolment};
use sp_runtime::{AccountId32, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the crate's documentation.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for chart in EnrolledKeys::<T>::iter_values() {
			ensure!(Charts::<T>::contains_key(chart), "1: an enrolled key names no chart");
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
			ensure!(
				(chart.state == ChartState::Deceased) == DeathReports::<T>::contains_key(id),
				"6: a chart is deceased without a report, or not with one"
			);
		}
		for (id, rekeying) in Rekeyings::<T>::iter() {
			let account = AccountId32::new(rekeying.key);
			ensure!(
				Charts::<T>::get(id).is_some_and(|chart| chart.key != rekeying.key)
					&& EnrolledKeys::<T>::get(&account) == Some(id),
				"4: a re-keying is of no chart, or to a key that does not wait for it"
			);
		}
		for (id, contest) in Contests::<T>::iter() {
			ensure!(
				Charts::<T>::contains_key(id) && contest.cancellations > 0,
				"7: a contest is of no chart, or over nothing"
			);
		}
		for id in Guards::<T>::iter_keys() {
			ensure!(Charts::<T>::contains_key(id), "5: a guard is of no chart");
		}
		for (id, report) in DeathReports::<T>::iter() {
			ensure!(
				Charts::<T>::contains_key(id) && report.before != ChartState::Deceased,
				"6: a report is of no chart, or of one that was deceased before"
			);
		}
		Ok(())
	}
}

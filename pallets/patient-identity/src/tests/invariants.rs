use super::*;
use salus_primitives::ids::ChartId;
use sp_core::Pair;

/// Enrols two charts, corrupts the state and expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce(AccountId32)) {
	new_test_ext().execute_with(|| {
		let origin = RuntimeOrigin::signed(RECORDS);
		assert_ok!(PatientIdentity::enrol_charts(origin, HOUSE, entries([1, 2])));
		assert_ok!(PatientIdentity::do_try_state());
		corrupt(AccountId32::new(key(1).public().0));
		assert_eq!(PatientIdentity::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

#[test]
fn finds_a_key_without_its_chart() {
	let finding = "1: an enrolled key names no chart of its own";
	finds(finding, |_| Charts::<Test>::remove(ChartId([1; 32])));
	finds(finding, |key| EnrolledKeys::<Test>::insert(key, ChartId([2; 32])));
}

#[test]
fn finds_a_chart_whose_key_is_not_enrolled() {
	let finding = "2: a chart's key is not enrolled for it";
	finds(finding, EnrolledKeys::<Test>::remove);
}

#[test]
fn finds_a_key_that_did_not_pass_the_gate() {
	let finding = "3: a chart's key did not pass the enrolment gate";
	finds(finding, |key| {
		System::dec_sufficients(&key);
	});
}

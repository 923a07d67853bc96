use super::*;
use salus_primitives::{
	ids::GuardRoot,
	views::{Contest, DeathReport, Rekeying},
};

/// Enrols three charts, of which one is being re-keyed and one deceased, corrupts the state and
/// expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce(AccountId32)) {
	new_test_ext().execute_with(|| {
		enrolled();
		let more = PatientIdentity::enrol_charts(signed_by(RECORDS), HOUSE, entries([4]));
		assert_ok!(more);
		assert_ok!(start_rekeying(3));
		let dead = PatientIdentity::report_death(signed_by(CLINICIAN), ChartId([4; 32]));
		assert_ok!(dead);
		assert_ok!(PatientIdentity::do_try_state());
		corrupt(account(1));
		assert_eq!(PatientIdentity::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

fn state(chart: ChartId, state: ChartState) {
	Charts::<Test>::mutate(chart, |details| details.as_mut().unwrap().state = state);
}

#[test]
fn finds_a_key_without_its_chart() {
	let finding = "1: an enrolled key names no chart";
	finds(finding, |key| EnrolledKeys::<Test>::insert(key, ChartId([9; 32])));
	finds(finding, |_| Charts::<Test>::remove(ChartId([2; 32])));
}

#[test]
fn finds_a_chart_whose_key_is_not_enrolled() {
	let finding = "2: a chart's key is not enrolled for it";
	finds(finding, EnrolledKeys::<Test>::remove);
	finds(finding, |key| EnrolledKeys::<Test>::insert(key, ChartId([2; 32])));
}

#[test]
fn finds_a_key_that_did_not_pass_the_gate() {
	let finding = "3: a chart's key did not pass the enrolment gate";
	finds(finding, |key| {
		System::dec_sufficients(&key);
	});
}

#[test]
fn finds_rekeyings_of_nothing() {
	let finding = "4: a re-keying is of no chart, or to a key that does not wait for it";
	let open = |key: AccountId32| Rekeying { key: key.into(), ready: NOW };
	finds(finding, |_| Rekeyings::<Test>::insert(ChartId([9; 32]), open(account(3))));
	finds(finding, |key| Rekeyings::<Test>::insert(CHART, open(key)));
	finds(finding, |_| Rekeyings::<Test>::insert(CHART, open(account(2))));
	finds(finding, |_| EnrolledKeys::<Test>::remove(account(3)));
}

#[test]
fn finds_guards_of_nothing() {
	let finding = "5: a guard is of no chart";
	finds(finding, |_| Guards::<Test>::insert(ChartId([9; 32]), GuardRoot([1; 32])));
}

#[test]
fn finds_deaths_without_reports_and_reports_without_deaths() {
	let finding = "6: a chart is deceased without a report, or not with one";
	finds(finding, |_| state(CHART, ChartState::Deceased));
	finds(finding, |_| state(ChartId([4; 32]), ChartState::Active));
	finds(finding, |_| DeathReports::<Test>::remove(ChartId([4; 32])));
	let finding = "6: a report is of no chart, or of one that was deceased before";
	let report = |before| DeathReport { practitioner: 1, at: NOW, before };
	finds(finding, |_| DeathReports::<Test>::insert(ChartId([9; 32]), report(ChartState::Active)));
	finds(finding, |_| {
		DeathReports::<Test>::insert(ChartId([4; 32]), report(ChartState::Deceased))
	});
}

#[test]
fn finds_contests_of_nothing() {
	let finding = "7: a contest is of no chart, or over nothing";
	let over = |cancellations| Contest { cancellations, upheld: false };
	finds(finding, |_| Contests::<Test>::insert(ChartId([9; 32]), over(1)));
	finds(finding, |_| Contests::<Test>::insert(CHART, over(0)));
}

//! Closing a chart and opening it again.

use super::*;

#[test]
fn works() {
	run(|| {
		enrolled();
		assert_ok!(PatientIdentity::deactivate(by(1), CHART));
		last_is(Event::ChartStateChanged { chart: CHART, state: ChartState::Deactivated });
		assert_eq!(state_of(CHART), ChartState::Deactivated);
		assert_eq!(PatientIdentity::chart(&CHART).unwrap().posthumous, None);
		assert_ok!(PatientIdentity::reactivate(by(1), CHART));
		last_is(Event::ChartStateChanged { chart: CHART, state: ChartState::Active });
		assert_eq!(state_of(CHART), ChartState::Active);
	});
}

#[test]
fn fails_when_nothing_is_to_change() {
	run(|| {
		enrolled();
		let nothing = DispatchError::from(Error::<Test>::NothingToChange);
		assert_noop!(PatientIdentity::reactivate(by(1), CHART), nothing);
		assert_ok!(PatientIdentity::deactivate(by(1), CHART));
		assert_noop!(PatientIdentity::deactivate(by(1), CHART), nothing);
	});
}

#[test]
fn fails_when_the_patient_is_reported_dead() {
	run(|| {
		enrolled();
		assert_ok!(report());
		assert_noop!(PatientIdentity::deactivate(by(1), CHART), Error::<Test>::Deceased);
		assert_noop!(PatientIdentity::reactivate(by(1), CHART), Error::<Test>::Deceased);
	});
}

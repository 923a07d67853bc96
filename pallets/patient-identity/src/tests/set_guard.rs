use super::*;
use salus_primitives::ids::GuardRoot;

#[test]
fn works() {
	run(|| {
		enrolled();
		let other = GuardRoot([5; 32]);
		assert_ok!(PatientIdentity::set_guard(by(1), CHART, Some(other)));
		last_is(Event::GuardSet { chart: CHART });
		assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().guard, Some(other));
		assert_ok!(PatientIdentity::set_guard(by(1), CHART, None));
		assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().guard, None);
	});
}

#[test]
fn fails_when_the_patient_is_reported_dead() {
	run(|| {
		enrolled();
		assert_ok!(report());
		assert_noop!(PatientIdentity::set_guard(by(1), CHART, None), Error::<Test>::Deceased);
	});
}

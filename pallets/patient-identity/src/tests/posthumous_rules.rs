use super::*;
use salus_primitives::codes::Jurisdiction;

fn set(jurisdiction: Jurisdiction, rule: Option<PosthumousRule>) -> DispatchResult {
	PatientIdentity::set_posthumous_rule(RuntimeOrigin::root(), jurisdiction, rule)
}

fn rule() -> Option<PosthumousRule> {
	PatientIdentity::chart(&CHART).unwrap().posthumous
}

#[test]
fn works() {
	use PosthumousRule::{AsDirected, Nothing};
	run(|| {
		enrolled();
		assert_ok!(set(UNITED_STATES, Some(Nothing)));
		last_is(Event::PosthumousRuleSet { jurisdiction: UNITED_STATES, rule: Some(Nothing) });
		assert_eq!(rule(), None);
		assert_ok!(report());
		assert_eq!(rule(), Some(Nothing));
		// A subdivision's goes before its country's.
		assert_ok!(set(CALIFORNIA, Some(AsDirected)));
		assert_eq!(rule(), Some(AsDirected));
		assert_ok!(set(CALIFORNIA, None));
		assert_eq!(rule(), Some(Nothing));
		assert_ok!(set(UNITED_STATES, None));
		assert_eq!(rule(), Some(AsDirected));
	});
}

#[test]
fn nothing_is_known_of_a_custodian_that_is_nowhere() {
	new_test_ext().execute_with(|| {
		assert_eq!(PatientIdentity::posthumous_rule(OTHER), None);
	});
}

#[test]
fn fails_when_jurisdiction_is_none() {
	run(|| {
		let nowhere = Jurisdiction(*b"XX\0\0\0\0");
		assert_noop!(set(nowhere, None), Error::<Test>::InvalidJurisdiction);
	});
}

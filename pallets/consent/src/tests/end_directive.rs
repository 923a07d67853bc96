//! Revoking, and marking as entered in error.

use super::*;

#[test]
fn revoke_works() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, None));
		assert_ok!(revoke(1));
		assert_eq!(state(1), Some(DirectiveState::Revoked));
		assert_eq!(active(), [2]);
		let revoked = Event::DirectiveRevoked { chart: CHART, directive: directive(1) };
		System::assert_last_event(revoked.into());
		assert_ok!(revoke(2));
		assert!(!ActiveDirectives::<Test>::contains_key(CHART));
	});
}

#[test]
fn mark_works() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(mark(1));
		assert_eq!(state(1), Some(DirectiveState::EnteredInError));
		assert!(active().is_empty());
		let marked = Event::DirectiveEnteredInError { chart: CHART, directive: directive(1) };
		System::assert_last_event(marked.into());
	});
}

#[test]
fn fails_when_directive_is_unknown() {
	run(|| {
		assert_noop!(revoke(1), Error::<Test>::NotFound);
		assert_noop!(mark(1), Error::<Test>::NotFound);
	});
}

#[test]
fn fails_when_key_is_anothers() {
	run(|| {
		assert_ok!(issue(1, None));
		let origin = RuntimeOrigin::signed(OTHER_PATIENT);
		assert_noop!(
			Consent::revoke_directive(origin.clone(), directive(1)),
			Error::<Test>::NotTheChartsKey
		);
		assert_noop!(
			Consent::mark_directive_entered_in_error(origin, directive(1)),
			Error::<Test>::NotTheChartsKey
		);
	});
}

#[test]
fn fails_when_not_active() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(revoke(1));
		assert_ok!(issue(2, None));
		assert_ok!(mark(2));
		assert_ok!(issue(3, None));
		assert_ok!(issue(4, Some(3)));
		for n in [1, 2, 3] {
			assert_noop!(revoke(n), Error::<Test>::NotActive);
			assert_noop!(mark(n), Error::<Test>::NotActive);
		}
	});
}

#[test]
fn fails_when_the_chart_is_gone() {
	new_test_ext().execute_with(|| {
		assert_ok!(issue(1, None));
		Directives::<Test>::mutate(directive(1), |details| {
			details.as_mut().unwrap().chart = ChartId([9; 32]);
		});
		assert_noop!(revoke(1), Error::<Test>::ChartUnknown);
		assert_noop!(mark(1), Error::<Test>::ChartUnknown);
	});
}

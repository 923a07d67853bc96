use super::*;
use salus_primitives::{
	codes::ChartState,
	decision::{ActiveDirective, MAX_ACTIVE_DIRECTIVES},
	views::DirectiveView,
};

#[test]
fn works() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, None));

		let issued =
			|number, n| Event::DirectiveIssued { chart: CHART, number, directive: directive(n) };
		assert_eq!(events(), [issued(0, 1), issued(1, 2)]);
		let view = DirectiveView {
			id: directive(1),
			chart: CHART,
			seal: seal(1),
			state: DirectiveState::Active,
			replaces: None,
			guardian: None,
			paper: None,
		};
		assert_eq!(Consent::directive_view(directive(1)), Some(view));
		assert_eq!(Consent::directive_view(directive(3)), None);
		let both = [1, 2]
			.map(|n| ActiveDirective {
				id: directive(n),
				seal: seal(n),
				guardian: None,
				paper: None,
			})
			.to_vec();
		assert_eq!(Consent::active_directives(&CHART), both);
		assert_eq!(Consent::chart(&CHART).unwrap().directives, both);
		assert_eq!(DirectiveCounts::<Test>::get(CHART), 2);
		assert_eq!(DirectiveSequence::<Test>::get(CHART, 1), Some(directive(2)));
	});
}

#[test]
fn supersedes_what_it_replaces() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, None));
		assert_ok!(issue(3, Some(1)));
		assert_eq!(state(1), Some(DirectiveState::Superseded));
		assert_eq!(active(), [2, 3]);
		let superseded =
			Event::DirectiveSuperseded { chart: CHART, directive: directive(1), by: directive(3) };
		System::assert_last_event(superseded.into());
	});
}

#[test]
fn changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, Some(1)));
		assert_ok!(revoke(2));
		let before = events();
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, Some(1)));
		assert_eq!(events(), before);
		assert_eq!(state(1), Some(DirectiveState::Superseded));
		assert_eq!(state(2), Some(DirectiveState::Revoked));
		assert_eq!(DirectiveCounts::<Test>::get(CHART), 2);
	});
}

#[test]
fn keeps_charts_apart() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue_as(OTHER_PATIENT, OTHER_CHART, 2, None));
		assert_eq!(active(), [1]);
		assert_eq!(DirectiveSequence::<Test>::get(OTHER_CHART, 0), Some(directive(2)));
	});
}

#[test]
fn holds_as_many_active_ones_as_it_can_and_no_more() {
	run(|| {
		let most = MAX_ACTIVE_DIRECTIVES as u8;
		for n in 0..most {
			assert_ok!(issue(n, None));
		}
		assert_noop!(issue(most, None), Error::<Test>::TooManyDirectives);
		assert_ok!(issue(most, Some(0)));
		assert_noop!(issue(most + 1, None), Error::<Test>::TooManyDirectives);
		assert_ok!(revoke(1));
		assert_ok!(issue(most + 1, None));
	});
}

#[test]
fn fails_when_chart_is_unknown() {
	run(|| {
		assert_noop!(issue_as(PATIENT, ChartId([9; 32]), 1, None), Error::<Test>::ChartUnknown);
	});
}

#[test]
fn fails_when_key_is_anothers() {
	run(|| {
		assert_noop!(issue_as(OTHER_PATIENT, CHART, 1, None), Error::<Test>::NotTheChartsKey);
	});
}

#[test]
fn fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, None));
		assert_noop!(issue(1, Some(2)), Error::<Test>::AlreadyExists);
		assert_noop!(issue_as(OTHER_PATIENT, OTHER_CHART, 1, None), Error::<Test>::AlreadyExists);
		let origin = RuntimeOrigin::signed(PATIENT);
		assert_noop!(
			Consent::issue_directive(origin, CHART, directive(1), seal(9), None),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn fails_when_replaced_is_not_active_on_the_chart() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, Some(1)));
		assert_ok!(issue(3, None));
		assert_ok!(revoke(3));
		assert_ok!(issue(4, None));
		assert_ok!(mark(4));
		assert_ok!(issue_as(OTHER_PATIENT, OTHER_CHART, 5, None));
		for replaced in [1, 3, 4, 5, 8, 9] {
			assert_noop!(issue(9, Some(replaced)), Error::<Test>::ReplacedNotActive);
		}
	});
}

#[test]
fn fails_when_numbers_run_out() {
	new_test_ext().execute_with(|| {
		DirectiveCounts::<Test>::insert(CHART, u32::MAX);
		assert_noop!(issue(1, None), Error::<Test>::SequenceFull);
	});
}

#[test]
fn fails_when_chart_is_closed_or_its_patient_dead() {
	run(|| {
		assert_ok!(issue(1, None));
		for state in [ChartState::Deactivated, ChartState::Deceased] {
			set_chart_state(state);
			assert_noop!(issue(2, None), Error::<Test>::ChartNotActive);
			assert_noop!(guard_issues(MOTHER, 2, None), Error::<Test>::ChartNotActive);
			// What was issued before can be said again, and ended.
			assert_ok!(issue(1, None));
		}
		assert_ok!(revoke(1));
		set_chart_state(ChartState::Active);
		assert_ok!(issue(2, None));
	});
}

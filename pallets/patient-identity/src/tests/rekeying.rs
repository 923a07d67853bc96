//! Starting, cancelling and completing a re-keying.

use super::*;
use salus_primitives::directory::Enrolment;

fn cancel(n: u8) -> DispatchResult {
	PatientIdentity::cancel_rekeying(by(n), CHART)
}

fn complete() -> DispatchResult {
	PatientIdentity::complete_rekeying(signed_by(RECORDS), CHART)
}

#[test]
fn works() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		let ready = NOW + DEFAULT_REKEYING_DELAY;
		last_is(Event::RekeyingStarted { chart: CHART, ready });
		let open = Rekeying { key: account(3).into(), ready };
		assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().rekeying, Some(open));
		// Until it is completed nothing has changed.
		assert_eq!(key_of(CHART), account(1));
		assert!(!Gate::is_enrolled(&account(3)));

		wait(DEFAULT_REKEYING_DELAY);
		assert_ok!(complete());
		last_is(Event::ChartRekeyed { chart: CHART });
		assert_eq!(key_of(CHART), account(3));
		assert!(Gate::is_enrolled(&account(3)));
		let view = PatientIdentity::chart_view(&CHART).unwrap();
		assert!(view.rekeying.is_none() && view.guard.is_some());
		assert_noop!(PatientIdentity::deactivate(by(1), CHART), Error::<Test>::NotTheChartsKey);
	});
}

#[test]
fn the_delay_is_genesis_to_say() {
	run(|| {
		RekeyingDelay::<Test>::put(5);
		enrolled();
		assert_ok!(start_rekeying(3));
		wait(4);
		assert_noop!(complete(), Error::<Test>::TooEarly);
		wait(1);
		assert_ok!(complete());
	});
}

#[test]
#[should_panic(expected = "rekeying_delay must leave time to cancel")]
fn the_delay_is_never_nothing() {
	use frame_support::traits::BuildGenesisConfig;
	let config = GenesisConfig::<Test> { rekeying_delay: 0, ..Default::default() };
	new_test_ext().execute_with(|| config.build());
}

#[test]
fn the_old_key_cancels_at_any_time() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		assert_ok!(cancel(1));
		last_is(Event::RekeyingCancelled { chart: CHART });
		assert_noop!(complete(), Error::<Test>::NoRekeying);
		assert_noop!(cancel(1), Error::<Test>::NoRekeying);

		assert_ok!(start_rekeying(4));
		wait(2 * DEFAULT_REKEYING_DELAY);
		assert_ok!(cancel(1));
		assert_noop!(complete(), Error::<Test>::NoRekeying);
		assert_eq!(key_of(CHART), account(1));
	});
}

#[test]
fn a_key_whose_rekeying_was_cancelled_is_used_up() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		assert_ok!(cancel(1));
		assert_noop!(start_rekeying(3), Error::<Test>::KeyAlreadyEnrolled);
		assert_ok!(start_rekeying(4));
	});
}

#[test]
fn a_former_key_does_not_cancel() {
	run(|| {
		enrolled();
		assert_ok!(PatientIdentity::rotate_key(by(1), CHART, rotation(4, 1)));
		assert_ok!(start_rekeying(3));
		assert_noop!(cancel(1), Error::<Test>::NotTheChartsKey);
		assert_ok!(cancel(4));
	});
}

#[test]
fn the_custodian_takes_back_what_it_started_for_an_impostor() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		wait(DEFAULT_REKEYING_DELAY);
		assert_ok!(PatientIdentity::cancel_rekeying(signed_by(RECORDS), CHART));
		last_is(Event::RekeyingCancelled { chart: CHART });
		// Nobody contests the chart, and the next waits its whole delay.
		assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().contest, None);
		assert_ok!(start_rekeying(4));
		assert_noop!(complete(), Error::<Test>::TooEarly);
		wait(DEFAULT_REKEYING_DELAY);
		assert_ok!(complete());
		assert_eq!(key_of(CHART), account(4));
	});
}

#[test]
fn whoever_has_the_key_changes_neither_it_nor_the_guard_meanwhile() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		let open = DispatchError::from(Error::<Test>::RekeyingOpen);
		assert_noop!(PatientIdentity::rotate_key(by(1), CHART, rotation(4, 1)), open);
		assert_noop!(PatientIdentity::set_guard(by(1), CHART, None), open);
		assert_ok!(cancel(1));
		assert_ok!(PatientIdentity::set_guard(by(1), CHART, None));
		assert_ok!(PatientIdentity::rotate_key(by(1), CHART, rotation(4, 1)));
	});
}

#[test]
fn works_in_every_state_and_changes_none() {
	for dead in [false, true] {
		run(|| {
			enrolled();
			assert_ok!(PatientIdentity::deactivate(by(1), CHART));
			if dead {
				assert_ok!(report());
			}
			let before = state_of(CHART);
			assert_ok!(start_rekeying(3));
			wait(DEFAULT_REKEYING_DELAY);
			assert_ok!(complete());
			assert_eq!(state_of(CHART), before);
			if dead {
				assert_ok!(PatientIdentity::dispute_death(by(3), CHART));
			}
		});
	}
}

#[test]
fn fails_when_one_is_open() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		assert_noop!(start_rekeying(4), Error::<Test>::RekeyingOpen);
	});
}

#[test]
fn fails_when_word_is_not_good() {
	run(|| {
		enrolled();
		let start = |new| PatientIdentity::start_rekeying(signed_by(RECORDS), CHART, new);
		assert_noop!(start(rotation(3, 1)), Error::<Test>::BadSignature);
		assert_noop!(start(rekeying(3, 2)), Error::<Test>::BadSignature);
		assert_noop!(start(rekeying(2, 1)), Error::<Test>::KeyAlreadyEnrolled);
		let expired = NewKeyOf { expires: NOW, ..rekeying(3, 1) };
		assert_noop!(start(expired), Error::<Test>::StatementExpired);
		let too_long = NewKeyOf { expires: u64::MAX, ..rekeying(3, 1) };
		assert_noop!(start(too_long), Error::<Test>::ValidityTooLong);
	});
}

#[test]
fn completes_though_the_key_was_let_in_in_between() {
	run(|| {
		enrolled();
		assert_ok!(start_rekeying(3));
		Gate::enrol(&account(3));
		wait(DEFAULT_REKEYING_DELAY);
		assert_ok!(complete());
		assert_eq!(key_of(CHART), account(3));
	});
}

#[test]
fn another_custodian_reaches_no_chart_of_this_one() {
	run(|| {
		enrolled();
		let others = || signed_by(OTHERS_RECORDS);
		let started = PatientIdentity::start_rekeying(others(), CHART, rekeying(3, 1));
		assert_eq!(started, Err(Error::<Test>::NotAuthorised.into()));
		assert_ok!(start_rekeying(3));
		wait(DEFAULT_REKEYING_DELAY);
		let completed = PatientIdentity::complete_rekeying(others(), CHART);
		assert_eq!(completed, Err(Error::<Test>::NotAuthorised.into()));
	});
}

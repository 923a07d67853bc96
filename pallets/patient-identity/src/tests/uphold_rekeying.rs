//! What the council does where key and custodian are at odds.

use super::*;
use salus_primitives::views::Contest;

fn uphold(upheld: bool) -> DispatchResult {
	PatientIdentity::uphold_rekeying(RuntimeOrigin::root(), CHART, upheld)
}

fn cancel() -> DispatchResult {
	PatientIdentity::cancel_rekeying(by(1), CHART)
}

fn complete() -> DispatchResult {
	PatientIdentity::complete_rekeying(signed_by(SYSTEM), CHART)
}

fn contest() -> Option<Contest> {
	PatientIdentity::chart_view(&CHART).unwrap().contest
}

/// The chart of which a re-keying was cancelled by its key.
fn contested() {
	enrolled();
	assert_ok!(start_rekeying(3));
	assert_ok!(cancel());
}

#[test]
fn works() {
	run(|| {
		contested();
		assert_eq!(contest(), Some(Contest { cancellations: 1, upheld: false }));
		assert_ok!(uphold(true));
		last_is(Event::RekeyingUpheld { chart: CHART, upheld: true });
		assert_eq!(contest(), Some(Contest { cancellations: 1, upheld: true }));
		// The next one goes its way, after its whole delay.
		assert_ok!(start_rekeying(4));
		assert_noop!(cancel(), Error::<Test>::RekeyingUpheld);
		assert_noop!(complete(), Error::<Test>::TooEarly);
		wait(DEFAULT_REKEYING_DELAY);
		assert_noop!(cancel(), Error::<Test>::RekeyingUpheld);
		assert_ok!(complete());
		assert_eq!((key_of(CHART), contest()), (account(4), None));
	});
}

#[test]
fn works_for_the_one_that_is_on_its_way() {
	run(|| {
		contested();
		assert_ok!(start_rekeying(4));
		assert_ok!(uphold(true));
		assert_noop!(cancel(), Error::<Test>::RekeyingUpheld);
	});
}

#[test]
fn the_key_that_follows_cancels_again() {
	run(|| {
		contested();
		assert_ok!(uphold(true));
		assert_ok!(start_rekeying(4));
		wait(DEFAULT_REKEYING_DELAY);
		assert_ok!(complete());
		assert_ok!(start_rekeying(5));
		assert_ok!(PatientIdentity::cancel_rekeying(by(4), CHART));
		assert_eq!(contest(), Some(Contest { cancellations: 1, upheld: false }));
	});
}

#[test]
fn the_custodian_still_cancels_and_the_council_takes_back() {
	run(|| {
		contested();
		assert_ok!(uphold(true));
		assert_ok!(start_rekeying(4));
		assert_ok!(PatientIdentity::cancel_rekeying(signed_by(RECORDS), CHART));
		assert_eq!(contest(), Some(Contest { cancellations: 1, upheld: true }));
		assert_ok!(start_rekeying(5));
		assert_ok!(uphold(false));
		assert_ok!(cancel());
		assert_eq!(contest(), Some(Contest { cancellations: 2, upheld: false }));
	});
}

#[test]
fn fails_when_nobody_contests() {
	run(|| {
		enrolled();
		assert_noop!(uphold(true), Error::<Test>::NotContested);
		assert_ok!(start_rekeying(3));
		// The key can always cancel the first.
		assert_noop!(uphold(true), Error::<Test>::NotContested);
		assert_ok!(PatientIdentity::cancel_rekeying(signed_by(RECORDS), CHART));
		assert_noop!(uphold(true), Error::<Test>::NotContested);
	});
}

#[test]
fn fails_when_nothing_is_to_change() {
	run(|| {
		contested();
		assert_noop!(uphold(false), Error::<Test>::NothingToChange);
		assert_ok!(uphold(true));
		assert_noop!(uphold(true), Error::<Test>::NothingToChange);
	});
}

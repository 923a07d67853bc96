//! Charts of a house that gave its holding away.

use super::*;

#[test]
fn whoever_keeps_a_chart_is_its_custodian() {
	run(|| {
		enrolled();
		give_holding(OTHER);
		assert_eq!(PatientIdentity::chart(&CHART).unwrap().custodian, OTHER);
		assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().facts.custodian, OTHER);
		// Nothing was rewritten.
		assert_eq!(Charts::<Test>::get(CHART).unwrap().custodian, HOUSE);
	});
}

#[test]
fn the_keepers_staff_rekeys_and_the_givers_does_not() {
	run(|| {
		enrolled();
		let for_the_giver = rekeying(3, 1);
		give_holding(OTHER);
		let start = |who, new| PatientIdentity::start_rekeying(signed_by(who), CHART, new);
		assert_noop!(start(RECORDS, rekeying(3, 1)), Error::<Test>::NotAuthorised);
		assert_noop!(report(), Error::<Test>::NotAuthorised);
		// A statement is for who keeps the chart when it is used.
		assert_noop!(start(OTHERS_RECORDS, for_the_giver), Error::<Test>::BadSignature);
		assert_ok!(start(OTHERS_RECORDS, rekeying(3, 1)));
		wait(DEFAULT_REKEYING_DELAY);
		let complete = |who| PatientIdentity::complete_rekeying(signed_by(who), CHART);
		assert_noop!(complete(RECORDS), Error::<Test>::NotAuthorised);
		assert_ok!(complete(OTHERS_RECORDS));
		assert_eq!(key_of(CHART), account(3));
	});
}

#[test]
fn the_patient_goes_on_as_before() {
	run(|| {
		enrolled();
		give_holding(OTHER);
		assert_ok!(PatientIdentity::rotate_key(by(1), CHART, rotation(3, 1)));
		assert_ok!(PatientIdentity::deactivate(by(3), CHART));
	});
}

#[test]
fn the_giver_enrols_nobody() {
	run(|| {
		give_holding(OTHER);
		assert_noop!(
			PatientIdentity::enrol_charts(signed_by(RECORDS), HOUSE, entries([1])),
			Error::<Test>::HoldingGivenAway
		);
	});
}

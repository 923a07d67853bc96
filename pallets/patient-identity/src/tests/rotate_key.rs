use super::*;
use salus_primitives::{directory::Enrolment, enrolment::MAX_ENROLMENT_VALIDITY};
use sp_core::Pair;

fn rotate(signer: u8, new: NewKeyOf) -> DispatchResult {
	PatientIdentity::rotate_key(by(signer), CHART, new)
}

#[test]
fn works() {
	run(|| {
		enrolled();
		assert_ok!(rotate(1, rotation(3, 1)));
		last_is(Event::KeyRotated { chart: CHART });
		assert_eq!(key_of(CHART), account(3));
		assert!(Gate::is_enrolled(&account(3)));
		assert!(PatientIdentity::chart_view(&CHART).unwrap().guard.is_some());
		// The old key acts no more, the new one does.
		assert_noop!(rotate(1, rotation(4, 1)), Error::<Test>::NotTheChartsKey);
		assert_ok!(rotate(3, rotation(4, 1)));
	});
}

#[test]
fn works_with_what_browser_wallets_sign() {
	run(|| {
		enrolled();
		let mut new = rotation(3, 1);
		let statement = salus_primitives::enrolment::KeyStatement {
			domain: salus_primitives::enrolment::ROTATION_DOMAIN,
			genesis: System::block_hash(0).0,
			custodian: HOUSE,
			chart: CHART,
			key: new.key,
			expires: new.expires,
		};
		let [_, wrapped] = statement.signable();
		new.signature = key(3).sign(&wrapped).into();
		assert_ok!(rotate(1, new));
	});
}

#[test]
fn works_while_closed_and_leaves_it_closed() {
	run(|| {
		enrolled();
		assert_ok!(PatientIdentity::deactivate(by(1), CHART));
		assert_ok!(rotate(1, rotation(3, 1)));
		assert_eq!(state_of(CHART), ChartState::Deactivated);
	});
}

#[test]
fn fails_when_the_patient_is_reported_dead() {
	run(|| {
		enrolled();
		assert_ok!(report());
		assert_noop!(rotate(1, rotation(3, 1)), Error::<Test>::Deceased);
	});
}

#[test]
fn fails_when_key_was_named_before_or_belongs_to_staff() {
	run(|| {
		enrolled();
		for known in [1, 2] {
			assert_noop!(rotate(1, rotation(known, 1)), Error::<Test>::KeyAlreadyEnrolled);
		}
		assert_ok!(rotate(1, rotation(3, 1)));
		// A former key never comes back, here or elsewhere.
		assert_noop!(rotate(3, rotation(1, 1)), Error::<Test>::KeyAlreadyEnrolled);
		let elsewhere = PatientIdentity::rotate_key(by(2), ChartId([2; 32]), rotation(1, 2));
		assert_eq!(elsewhere, Err(Error::<Test>::KeyAlreadyEnrolled.into()));
		let mut again = statement(1);
		again.chart = ChartId([5; 32]);
		let entries = vec![signed(1, again)].try_into().unwrap();
		assert_noop!(
			PatientIdentity::enrol_charts(signed_by(RECORDS), HOUSE, entries),
			Error::<Test>::KeyAlreadyEnrolled
		);
		Gate::enrol(&account(6));
		assert_noop!(rotate(3, rotation(6, 1)), Error::<Test>::KeyAlreadyEnrolled);
	});
}

#[test]
fn fails_when_word_is_for_something_else_or_anothers() {
	run(|| {
		enrolled();
		// For another chart, for a re-keying, of another key, for another time.
		let mut later = rotation(3, 1);
		later.expires -= 1;
		let forged = NewKeyOf { key: rotation(4, 1).key, ..rotation(3, 1) };
		for new in [rotation(3, 2), rekeying(3, 1), forged, later] {
			assert_noop!(rotate(1, new), Error::<Test>::BadSignature);
		}
	});
}

#[test]
fn fails_when_expired_or_valid_for_too_long() {
	run(|| {
		enrolled();
		let expiring = |expires| NewKeyOf { expires, ..rotation(3, 1) };
		assert_noop!(rotate(1, expiring(NOW)), Error::<Test>::StatementExpired);
		let over = NOW + MAX_ENROLMENT_VALIDITY + 1;
		assert_noop!(rotate(1, expiring(over)), Error::<Test>::ValidityTooLong);
	});
}

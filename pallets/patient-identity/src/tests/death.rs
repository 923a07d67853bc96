//! Reporting a death and disputing it.

use super::*;
use salus_primitives::{guardian::Guard, ids::Seal, views::DeathReport};

fn dispute(n: u8) -> DispatchResult {
	PatientIdentity::dispute_death(by(n), CHART)
}

fn guardian_disputes(word: WordOf) -> DispatchResult {
	PatientIdentity::dispute_death_as_guardian(signed_by(STRANGER), CHART, word)
}

/// The guardian's word against a report of that moment.
fn against(reported: Moment) -> WordOf {
	word(GuardianAct::DisputeDeath { reported })
}

#[test]
fn works() {
	run(|| {
		enrolled();
		assert_ok!(report());
		last_is(Event::DeathReported { chart: CHART, practitioner: THE_CLINICIAN });
		let view = PatientIdentity::chart_view(&CHART).unwrap();
		let known =
			DeathReport { practitioner: THE_CLINICIAN, at: NOW, before: ChartState::Active };
		assert_eq!((view.facts.state, view.death), (ChartState::Deceased, Some(known)));
		assert_eq!(view.facts.posthumous, Some(PosthumousRule::AsDirected));
	});
}

#[test]
fn a_dispute_brings_back_what_was() {
	for closed in [false, true] {
		run(|| {
			enrolled();
			if closed {
				assert_ok!(PatientIdentity::deactivate(by(1), CHART));
			}
			let before = state_of(CHART);
			assert_ok!(report());
			wait(1_000_000);
			assert_ok!(dispute(1));
			last_is(Event::DeathDisputed { chart: CHART });
			assert_eq!(state_of(CHART), before);
			assert_eq!(PatientIdentity::chart_view(&CHART).unwrap().death, None);
			// It can be reported again, by somebody who answers for it.
			assert_ok!(report());
		});
	}
}

#[test]
fn a_clinician_of_the_house_takes_back_a_report_on_the_wrong_chart() {
	run(|| {
		enrolled();
		assert_ok!(report());
		// Whoever sees the mistake need not be whoever made it, nor a practitioner.
		assert_ok!(PatientIdentity::dispute_death(signed_by(NURSE), CHART));
		last_is(Event::DeathDisputed { chart: CHART });
		assert_eq!(state_of(CHART), ChartState::Active);
	});
}

#[test]
fn a_guardian_disputes_without_an_account() {
	run(|| {
		enrolled();
		assert_ok!(report());
		assert_ok!(guardian_disputes(against(NOW)));
		last_is(Event::DeathDisputed { chart: CHART });
		assert_eq!(state_of(CHART), ChartState::Active);
	});
}

#[test]
fn a_guardians_word_is_good_against_reports_of_one_moment() {
	run(|| {
		enrolled();
		assert_ok!(report());
		let word = against(NOW);
		assert_ok!(guardian_disputes(word.clone()));
		assert_noop!(guardian_disputes(word.clone()), Error::<Test>::NotDeceased);
		// What is reported again in the same block was known to be disputed.
		assert_ok!(report());
		assert_ok!(guardian_disputes(word.clone()));
		wait(1);
		assert_ok!(report());
		assert_noop!(guardian_disputes(word), Error::<Test>::BadSignature);
		assert_ok!(guardian_disputes(against(NOW + 1)));
	});
}

#[test]
fn fails_when_the_word_is_not_good() {
	run(|| {
		enrolled();
		assert_ok!(report());
		assert_noop!(guardian_disputes(against(NOW - 1)), Error::<Test>::BadSignature);
		let mut another = against(NOW);
		another.terms.key = [9; 32];
		assert_noop!(guardian_disputes(another), Error::<Test>::NotAGuardian);
		let weak = word_of(201, consenter(), GuardianAct::DisputeDeath { reported: NOW });
		assert_noop!(guardian_disputes(weak), Error::<Test>::PowerMissing);
		let good = against(NOW);
		wait(1_000);
		assert_noop!(guardian_disputes(good.clone()), Error::<Test>::StatementExpired);
		let too_long = WordOf { expires: u64::MAX, ..good };
		assert_noop!(guardian_disputes(too_long), Error::<Test>::ValidityTooLong);
		Timestamp::set_timestamp(OF_AGE);
		assert_noop!(guardian_disputes(against(NOW)), Error::<Test>::GuardianshipOver);
	});
}

#[test]
fn fails_when_a_parents_end_would_tell_a_birthday() {
	run(|| {
		enrolled();
		// As a wallet of others might have set it.
		let mut born = guardian();
		born.terms.until = Some(OF_AGE + 1);
		let guard = Guard::new(&[born.clone()], &core::array::from_fn(|n| Seal([n as u8; 32])));
		let guard = guard.unwrap();
		assert_ok!(PatientIdentity::set_guard(by(1), CHART, Some(guard.root())));
		assert_ok!(report());
		let proof = guard.prove(&born).unwrap();
		let word = WordOf { terms: born.terms, proof, ..against(NOW) };
		assert_noop!(guardian_disputes(word), Error::<Test>::EndNotRounded);
	});
}

#[test]
fn fails_when_nobody_guards_the_chart_any_more() {
	run(|| {
		enrolled();
		assert_ok!(PatientIdentity::set_guard(by(1), CHART, None));
		assert_ok!(report());
		assert_noop!(guardian_disputes(against(NOW)), Error::<Test>::NotAGuardian);
	});
}

#[test]
fn fails_when_reported_before_or_not_at_all() {
	run(|| {
		enrolled();
		assert_noop!(dispute(1), Error::<Test>::NotDeceased);
		assert_noop!(guardian_disputes(against(NOW)), Error::<Test>::NotDeceased);
		assert_ok!(report());
		assert_noop!(report(), Error::<Test>::Deceased);
	});
}

#[test]
fn fails_when_clinician_is_no_practitioner() {
	run(|| {
		enrolled();
		assert_noop!(
			PatientIdentity::report_death(signed_by(NURSE), CHART),
			Error::<Test>::NotAuthorised
		);
	});
}

//! What guardians do by their word, which anyone submits. Whose word it is is tested in
//! `salus_primitives` and in patient identity.

use super::*;
use salus_primitives::codes::{ChartState, Relation};

#[test]
fn issue_works() {
	run(|| {
		assert_ok!(guard_issues(MOTHER, 1, None));
		let issued = Event::DirectiveIssued { chart: CHART, number: 0, directive: directive(1) };
		assert_eq!(events(), [issued]);
		let guardian = Consent::directive_view(directive(1)).unwrap().guardian.unwrap();
		assert_eq!(guardian.leaf, guardians()[MOTHER].seal());
		assert_eq!(guardian.key, guardians()[MOTHER].terms.key);
		assert_eq!((guardian.relation, guardian.until), (Relation::Parent, Some(OF_AGE)));
		assert_eq!(Consent::active_directives(&CHART)[0].guardian, Some(guardian));
	});
}

#[test]
fn a_word_that_is_submitted_twice_does_nothing_twice() {
	run(|| {
		assert_ok!(guard_issues(MOTHER, 1, None));
		let before = events();
		assert_ok!(guard_issues(MOTHER, 1, None));
		assert_eq!(events(), before);
		assert_ok!(guard_revokes(MOTHER, 1));
		// Nor does it bring back what was revoked.
		assert_ok!(guard_issues(MOTHER, 1, None));
		assert_eq!(state(1), Some(DirectiveState::Revoked));
		assert_noop!(guard_revokes(MOTHER, 1), Error::<Test>::NotActive);
	});
}

#[test]
fn an_id_is_of_whoever_issued_it() {
	run(|| {
		assert_ok!(guard_issues(MOTHER, 1, None));
		assert_noop!(guard_issues(FATHER, 1, None), Error::<Test>::AlreadyExists);
		assert_noop!(issue(1, None), Error::<Test>::AlreadyExists);
		assert_ok!(issue(2, None));
		assert_noop!(guard_issues(MOTHER, 2, None), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn guardians_end_what_they_issued_and_no_more() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(guard_issues(FATHER, 2, None));
		assert_ok!(guard_issues(MOTHER, 3, None));
		assert_ok!(guard_issues(MOTHER, 4, None));
		assert_ok!(guard_issues(MOTHER, 5, Some(3)));
		assert_ok!(guard_revokes(MOTHER, 5));
		assert_ok!(guard_marks(MOTHER, 4));
		assert_eq!(state(4), Some(DirectiveState::EnteredInError));
		let not_theirs = DispatchError::from(Error::<Test>::NotTheGuardiansToEnd);
		for another in [1, 2] {
			assert_noop!(guard_revokes(MOTHER, another), not_theirs);
			assert_noop!(guard_marks(MOTHER, another), not_theirs);
			assert_noop!(guard_issues(MOTHER, 9, Some(another)), not_theirs);
		}
		assert_eq!(active(), [1, 2]);
	});
}

#[test]
fn who_may_overrule_ends_what_others_issued() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(guard_issues(MOTHER, 2, None));
		assert_ok!(guard_issues(MOTHER, 3, None));
		assert_ok!(guard_revokes(ATTORNEY, 1));
		assert_ok!(guard_marks(ATTORNEY, 2));
		assert_ok!(guard_issues(ATTORNEY, 4, Some(3)));
		assert_eq!(active(), [4]);
	});
}

#[test]
fn the_charts_key_ends_everything() {
	run(|| {
		assert_ok!(guard_issues(MOTHER, 1, None));
		assert_ok!(guard_issues(FATHER, 2, None));
		assert_ok!(guard_issues(ATTORNEY, 3, None));
		assert_ok!(revoke(1));
		assert_ok!(mark(2));
		assert_ok!(issue(4, Some(3)));
		assert_eq!(active(), [4]);
	});
}

#[test]
fn a_change_of_the_guard_leaves_them_what_they_issued() {
	run(|| {
		let origin = || RuntimeOrigin::signed(STRANGER);
		assert_ok!(guard_issues(MOTHER, 1, None));
		assert_ok!(guard_issues(MOTHER, 2, None));
		renew_guard();
		assert_noop!(guard_revokes(MOTHER, 1), NOT_A_GUARDIAN);
		let revoke =
			|by| Consent::revoke_directive_as_guardian(origin(), directive(1), renewed_word(by));
		assert_noop!(revoke(FATHER), Error::<Test>::NotTheGuardiansToEnd);
		assert_ok!(revoke(MOTHER));
		// What they submit once more is known as theirs.
		let (id, seal, word) = (directive(2), seal(2), renewed_word(MOTHER));
		assert_ok!(Consent::issue_directive_as_guardian(origin(), CHART, id, seal, None, word));
		assert_eq!(active(), [2]);
	});
}

#[test]
fn nobody_overrules_the_dead() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(guard_issues(MOTHER, 2, None));
		assert_ok!(guard_issues(ATTORNEY, 3, None));
		set_chart_state(ChartState::Deceased);
		for another in [1, 2] {
			assert_noop!(guard_revokes(ATTORNEY, another), Error::<Test>::ChartNotActive);
			assert_noop!(guard_marks(ATTORNEY, another), Error::<Test>::ChartNotActive);
		}
		// What they issued themselves they still end.
		assert_ok!(guard_marks(MOTHER, 2));
		assert_ok!(guard_revokes(ATTORNEY, 3));
		set_chart_state(ChartState::Deactivated);
		assert_ok!(guard_revokes(ATTORNEY, 1));
	});
}

#[test]
fn no_guardian_fills_the_list() {
	run(|| {
		for n in 0..8 {
			assert_ok!(guard_issues(MOTHER, n, None));
		}
		assert_noop!(guard_issues(MOTHER, 8, None), Error::<Test>::TooManyOfGuardian);
		// A new card is no new share.
		renew_guard();
		let (origin, word) = (RuntimeOrigin::signed(STRANGER), renewed_word(MOTHER));
		assert_eq!(
			Consent::issue_directive_as_guardian(origin, CHART, directive(8), seal(8), None, word),
			Err(Error::<Test>::TooManyOfGuardian.into())
		);
		restore_guard();
		// To replace one of theirs, or to revoke it, makes room, and others have theirs.
		assert_ok!(guard_issues(MOTHER, 8, Some(0)));
		assert_ok!(guard_revokes(MOTHER, 8));
		assert_ok!(guard_issues(MOTHER, 9, None));
		assert_noop!(guard_issues(MOTHER, 10, None), Error::<Test>::TooManyOfGuardian);
		assert_ok!(guard_issues(FATHER, 10, None));
	});
}

#[test]
fn guardians_together_leave_the_patient_room() {
	run(|| {
		let six = [MOTHER, FATHER, PROXY, PROXY + 1, PROXY + 2, PROXY + 3];
		for n in 0..48 {
			assert_ok!(guard_issues(six[usize::from(n) / 8], n, None));
		}
		let full = DispatchError::from(Error::<Test>::TooManyOfGuardians);
		assert_noop!(guard_issues(ATTORNEY, 48, None), full);
		// Who may overrule takes another's place, but no place of the patient's.
		assert_ok!(guard_issues(ATTORNEY, 48, Some(0)));
		for n in 49..65 {
			assert_ok!(issue(n, None));
		}
		assert_noop!(issue(65, None), Error::<Test>::TooManyDirectives);
		assert_noop!(guard_issues(ATTORNEY, 65, Some(64)), full);
		assert_eq!(active().len(), 64);
	});
}

#[test]
fn a_minor_comes_of_age_by_date() {
	run(|| {
		assert_ok!(guard_issues(MOTHER, 1, None));
		Timestamp::set_timestamp(OF_AGE);
		assert_noop!(guard_issues(MOTHER, 2, None), GUARDIANSHIP_OVER);
		assert_noop!(guard_revokes(MOTHER, 1), GUARDIANSHIP_OVER);
		assert_noop!(guard_marks(MOTHER, 1), GUARDIANSHIP_OVER);
		assert_ok!(revoke(1));
	});
}

#[test]
fn fails_when_word_is_not_good() {
	run(|| {
		assert_ok!(issue(1, None));
		let origin = || RuntimeOrigin::signed(STRANGER);
		let issue = |chart, word| {
			Consent::issue_directive_as_guardian(origin(), chart, directive(2), seal(2), None, word)
		};
		assert_noop!(issue(CHART, word(READER)), POWER_MISSING);
		assert_noop!(issue(OTHER_CHART, word(MOTHER)), NOT_A_GUARDIAN);
		assert_noop!(issue(ChartId([9; 32]), word(MOTHER)), Error::<Test>::ChartUnknown);
		let forgery = || WordOf { signature: forged(), ..word(MOTHER) };
		assert_noop!(issue(CHART, forgery()), BAD_SIGNATURE);
		let revoke = Consent::revoke_directive_as_guardian(origin(), directive(1), forgery());
		assert_eq!(revoke, Err(BAD_SIGNATURE));
		assert_noop!(guard_revokes(MOTHER, 9), Error::<Test>::NotFound);
		assert_noop!(guard_marks(MOTHER, 9), Error::<Test>::NotFound);
		// To read is not to revoke.
		assert_noop!(guard_revokes(READER, 1), Error::<Test>::NotTheGuardiansToEnd);
	});
}

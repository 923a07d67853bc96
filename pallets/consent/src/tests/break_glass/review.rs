//! Reviews, and the privilege that they take.

use super::*;
use ReviewOutcome::{Inconclusive, Justified, Unjustified};

/// One that is closed and accounted for.
fn reviewable(n: u8) {
	assert_ok!(open(n));
	assert_ok!(close(n));
	assert_ok!(account(n));
}

fn pending() -> Vec<u8> {
	let page = Consent::break_glasses_pending(0);
	assert_eq!(page.next, None);
	page.entries.into_iter().map(|view| view.id.0[0]).collect()
}

#[test]
fn works() {
	run(|| {
		reviewable(1);
		assert_eq!(pending(), [1]);
		assert_ok!(review(1, Justified));
		let reviewed = Event::BreakGlassReviewed {
			break_glass: glass(1),
			organisation: THIRD,
			outcome: Justified,
		};
		assert_eq!(last(), reviewed);
		assert_eq!(glass_state(1), BreakGlassState::Justified);
		assert_eq!(stored(1).reviews[0].findings, seal(99));
		assert_eq!(pending(), [0u8; 0]);
		assert_eq!(privilege(), EmergencyPrivilege::Held);
		assert_noop!(review(1, Unjustified), Error::<Test>::ReviewerNotIndependent);
		let another = review_as(REVIEWER, 1, HOUSE, Unjustified);
		assert_noop!(another, Error::<Test>::NotUnderReview);
	});
}

#[test]
fn waits_until_the_clinician_was_heard_or_had_the_time() {
	run(|| {
		assert_noop!(review(1, Justified), Error::<Test>::NotFound);
		assert_ok!(open(1));
		assert_noop!(review(1, Justified), Error::<Test>::NotUnderReview);
		assert_ok!(close(1));
		assert_eq!(pending(), [0u8; 0]);
		pass(ACCOUNT_TERM - 1);
		assert_noop!(review(1, Justified), Error::<Test>::NotUnderReview);
		pass(1);
		assert_eq!((pending(), glass_state(1)), (vec![1], BreakGlassState::PendingReview));
		pass(REVIEW_TERM - ACCOUNT_TERM);
		assert_eq!((pending(), glass_state(1)), (vec![1], BreakGlassState::Escalated));
		assert_ok!(review(1, Justified));
	});
}

#[test]
fn fails_for_whoever_is_not_independent() {
	run(|| {
		assert_ok!(open(1));
		assert_ok!(confirm(CLINICIAN, 1, HOUSE));
		assert_ok!(close(1));
		assert_ok!(account(1));
		let dependent = DispatchError::from(Error::<Test>::ReviewerNotIndependent);
		// The clinician's own house, one that employs them, and the second clinician.
		assert_noop!(review_as(REVIEWER, 1, OTHER, Justified), dependent);
		assert_noop!(review_as(REVIEWER, 1, FOURTH, Justified), dependent);
		assert_noop!(review_as(CLINICIAN, 1, THIRD, Justified), dependent);
		for (who, house) in [(AUDITOR, HOUSE), (SYSTEM, HOUSE), (STRANGER, THIRD)] {
			let refused = review_as(who, 1, house, Justified);
			assert_noop!(refused, Error::<Test>::NotAuthorised);
		}
		assert_ok!(review_as(REVIEWER, 1, HOUSE, Justified));
	});
}

#[test]
fn an_inconclusive_one_is_reviewed_once_more_by_a_third_house() {
	run(|| {
		reviewable(1);
		assert_ok!(review(1, Inconclusive));
		assert_eq!((pending(), glass_state(1)), (vec![1], BreakGlassState::Inconclusive));
		assert_noop!(review(1, Justified), Error::<Test>::ReviewerNotIndependent);
		assert_ok!(review_as(REVIEWER, 1, HOUSE, Inconclusive));
		assert_eq!((pending(), glass_state(1)), (vec![], BreakGlassState::Inconclusive));
	});
}

#[test]
fn an_unjustified_one_takes_the_privilege_until_the_council_gives_it_back() {
	run(|| {
		reviewable(1);
		assert_ok!(open(2));
		assert_ok!(review(1, Unjustified));
		let withdrawn =
			Event::EmergencyPrivilegeWithdrawn { practitioner: THE_SURGEON, break_glass: glass(1) };
		assert_eq!(last(), withdrawn);
		let lost = EmergencyPrivilege::Withdrawn { break_glass: glass(1), at: NOW };
		assert_eq!(privilege(), lost);
		assert_noop!(open(3), Error::<Test>::PrivilegeWithdrawn);
		assert_noop!(widen(2), Error::<Test>::PrivilegeWithdrawn);
		assert_ok!(close(2));

		let restore = Consent::restore_emergency_privilege;
		let signed = RuntimeOrigin::signed(AUDITOR);
		assert_noop!(restore(signed, THE_SURGEON, glass(1)), DispatchError::BadOrigin);
		// What was voted on for one finding lifts no other.
		assert_noop!(
			restore(RuntimeOrigin::root(), THE_SURGEON, glass(2)),
			Error::<Test>::PrivilegeNotWithdrawn
		);
		assert_ok!(restore(RuntimeOrigin::root(), THE_SURGEON, glass(1)));
		assert_eq!(last(), Event::EmergencyPrivilegeRestored { practitioner: THE_SURGEON });
		assert_noop!(
			restore(RuntimeOrigin::root(), THE_SURGEON, glass(1)),
			Error::<Test>::PrivilegeNotWithdrawn
		);
		assert_ok!(open(3));
	});
}

#[test]
fn what_is_settled_gives_its_place_to_the_last() {
	run(|| {
		for n in 1..=4 {
			reviewable(n);
		}
		assert_ok!(review(2, Justified));
		assert_eq!(pending(), [1, 4, 3]);
		assert_ok!(review(3, Justified));
		assert_eq!(pending(), [1, 4]);
		assert_ok!(review(1, Justified));
		assert_ok!(review(4, Justified));
		assert_eq!(pending(), [0u8; 0]);
	});
}

#[test]
fn pages_leave_out_what_is_not_over() {
	run(|| {
		for n in 0..=100 {
			let who = if n % 2 == 0 { SURGEON } else { CLINICIAN };
			let (signed, house) =
				(RuntimeOrigin::signed(who.clone()), if n % 2 == 0 { OTHER } else { HOUSE });
			assert_ok!(open_as(who, n, house));
			assert_ok!(Consent::close_break_glass(signed.clone(), glass(n)));
			if n != 5 {
				assert_ok!(Consent::account_for_break_glass(signed, glass(n), seal(n)));
			}
		}
		let page = Consent::break_glasses_pending(0);
		assert_eq!((page.entries.len(), page.next), (99, Some(100)));
		let page = Consent::break_glasses_pending(100);
		assert_eq!((page.entries.len(), page.next), (1, None));
	});
}

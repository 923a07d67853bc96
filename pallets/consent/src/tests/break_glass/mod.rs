//! Break-glass: opening, going on, ending and accounting. Rules of states and of the decision are tested in
//! `salus_primitives`.

use super::*;
use salus_primitives::{
	break_glass::{
		BreakGlass, BreakGlassTerms, EmergencyPrivilege, ShownBreakGlass, ACCOUNT_TERM,
		MAX_RENEWALS, RATE_PERIOD, REVIEW_TERM, VALIDITY,
	},
	codes::{BreakGlassReason, BreakGlassScope, BreakGlassState, ReviewOutcome},
	ids::{BreakGlassId, OrganisationId, Salt},
	seal::Opening,
	time::Moment,
};

mod decide;
mod history;
mod invariants;
mod post;
mod review;

pub(super) const WHY: BreakGlassReason = BreakGlassReason::Emergency;

pub(super) fn glass(n: u8) -> BreakGlassId {
	BreakGlassId([n; 32])
}

pub(super) fn open_as(who: AccountId32, n: u8, organisation: OrganisationId) -> DispatchResult {
	Consent::open_break_glass(RuntimeOrigin::signed(who), glass(n), organisation, WHY, seal(n))
}

/// The surgeon breaks the glass.
pub(super) fn open(n: u8) -> DispatchResult {
	open_as(SURGEON, n, OTHER)
}

pub(super) fn widen(n: u8) -> DispatchResult {
	Consent::widen_break_glass(RuntimeOrigin::signed(SURGEON), glass(n))
}

pub(super) fn renew(n: u8) -> DispatchResult {
	Consent::renew_break_glass(RuntimeOrigin::signed(SURGEON), glass(n))
}

pub(super) fn close(n: u8) -> DispatchResult {
	Consent::close_break_glass(RuntimeOrigin::signed(SURGEON), glass(n))
}

pub(super) fn confirm(who: AccountId32, n: u8, organisation: OrganisationId) -> DispatchResult {
	Consent::confirm_break_glass(RuntimeOrigin::signed(who), glass(n), organisation)
}

pub(super) fn account(n: u8) -> DispatchResult {
	Consent::account_for_break_glass(RuntimeOrigin::signed(SURGEON), glass(n), seal(n))
}

pub(super) fn review_as(
	who: AccountId32,
	n: u8,
	organisation: OrganisationId,
	outcome: ReviewOutcome,
) -> DispatchResult {
	let origin = RuntimeOrigin::signed(who);
	Consent::review_break_glass(origin, glass(n), organisation, outcome, seal(99))
}

/// The quality officer of the third house reviews.
pub(super) fn review(n: u8, outcome: ReviewOutcome) -> DispatchResult {
	review_as(AUDITOR, n, THIRD, outcome)
}

pub(super) fn stored(n: u8) -> BreakGlass {
	BreakGlasses::<Test>::get(glass(n)).unwrap()
}

pub(super) fn glass_state(n: u8) -> BreakGlassState {
	Consent::break_glass_view(glass(n)).unwrap().state
}

pub(super) fn privilege() -> EmergencyPrivilege {
	Consent::emergency_privilege(THE_SURGEON)
}

pub(super) fn pass(time: Moment) {
	Timestamp::set_timestamp(Timestamp::get() + time);
}

/// The last event.
fn last() -> Event<Test> {
	events().pop().unwrap()
}

#[test]
fn open_works() {
	run(|| {
		assert_ok!(open(1));
		let opened = Event::BreakGlassOpened {
			break_glass: glass(1),
			practitioner: THE_SURGEON,
			organisation: OTHER,
			reason: WHY,
		};
		assert_eq!(events(), [opened]);
		let view = Consent::break_glass_view(glass(1)).unwrap();
		assert_eq!((view.id, view.state), (glass(1), BreakGlassState::Active));
		assert_eq!(view.glass.account, <[u8; 32]>::from(SURGEON));
		assert_eq!((view.glass.opened, view.glass.until), (NOW, NOW + VALIDITY));
		assert_eq!((view.glass.seal, view.glass.scope), (seal(1), BreakGlassScope::First));
		assert_eq!(view.account_due, NOW + VALIDITY + ACCOUNT_TERM);
		assert_eq!(view.review_due, NOW + VALIDITY + REVIEW_TERM);
		assert_eq!(Consent::break_glass_view(glass(2)), None);
		pass(VALIDITY);
		assert_eq!(glass_state(1), BreakGlassState::Expired);
	});
}

#[test]
fn open_changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(open(1));
		assert_ok!(close(1));
		assert_ok!(open(1));
		assert_eq!(events().len(), 2);
		assert_eq!(glass_state(1), BreakGlassState::Closed);
	});
}

#[test]
fn open_fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(open(1));
		let origin = RuntimeOrigin::signed(SURGEON);
		for (house, reason, seal) in [
			(FOURTH, WHY, seal(1)),
			(OTHER, BreakGlassReason::ProfessionalJudgment, seal(1)),
			(OTHER, WHY, seal(2)),
		] {
			let again = Consent::open_break_glass(origin.clone(), glass(1), house, reason, seal);
			assert_eq!(again, Err(Error::<Test>::AlreadyExists.into()));
		}
		assert_noop!(open_as(CLINICIAN, 1, HOUSE), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn open_fails_without_standing_or_number() {
	run(|| {
		assert_noop!(open_as(PHARMACIST, 1, HOUSE), Error::<Test>::NotAuthorised);
		assert_noop!(open_as(CLINICIAN, 1, SUSPENDED), Error::<Test>::NotAuthorised);
		assert_noop!(open_as(SURGEON, 1, HOUSE), Error::<Test>::NotAuthorised);
		assert_noop!(open_as(UNREGISTERED, 1, HOUSE), Error::<Test>::NotAPractitioner);
		strike(SURGEON);
		assert_noop!(open(1), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn open_fails_when_too_many_are_active() {
	run(|| {
		for n in 0..MAX_ACTIVE_BREAK_GLASSES as u8 {
			assert_ok!(open(n));
		}
		assert_noop!(open(99), Error::<Test>::TooManyBreakGlasses);
		assert_ok!(open_as(CLINICIAN, 98, HOUSE));
		assert_ok!(close(3));
		assert_ok!(open(99));
	});
}

#[test]
fn open_fails_when_too_many_are_unaccounted() {
	run(|| {
		for n in 0..MAX_UNACCOUNTED as u8 {
			assert_ok!(open(n));
			assert_ok!(close(n));
		}
		assert_noop!(open(99), Error::<Test>::TooManyUnaccounted);
		assert_ok!(account(7));
		assert_ok!(open(99));
	});
}

#[test]
fn the_third_within_a_day_asks_for_a_second_clinician() {
	run(|| {
		let asked = |n| {
			assert_ok!(open(n));
			assert_ok!(close(n));
			assert_ok!(account(n));
			stored(n).second_asked
		};
		assert!(!asked(1));
		pass(1);
		assert!(!asked(2));
		assert!(asked(3));
		let event =
			Event::SecondClinicianAsked { break_glass: glass(3), practitioner: THE_SURGEON };
		assert!(events().contains(&event));
		assert!(asked(4));
		assert!(!Consent::break_glass_view(glass(4)).unwrap().confirmation_overdue);
		pass(3_600_000);
		assert!(Consent::break_glass_view(glass(4)).unwrap().confirmation_overdue);
		pass(RATE_PERIOD - 3_600_000);
		assert!(!asked(5));
		assert!(!asked(6));
		pass(RATE_PERIOD - 1);
		assert!(asked(7));
	});
}

#[test]
fn widen_works() {
	run(|| {
		assert_ok!(open(1));
		assert_ok!(widen(1));
		assert_eq!(last(), Event::BreakGlassWidened { break_glass: glass(1) });
		assert_eq!(stored(1).scope, BreakGlassScope::Widened);
		assert_ok!(widen(1));
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn renew_works_until_the_bound() {
	run(|| {
		assert_ok!(open(1));
		for renewals in 1..=MAX_RENEWALS {
			pass(VALIDITY - 1);
			assert_ok!(renew(1));
			let until = Timestamp::get() + VALIDITY;
			assert_eq!(last(), Event::BreakGlassRenewed { break_glass: glass(1), until });
			assert_eq!((stored(1).until, stored(1).renewals), (until, renewals));
		}
		assert_noop!(renew(1), Error::<Test>::TooManyRenewals);
		pass(VALIDITY - 1);
		assert_eq!(glass_state(1), BreakGlassState::Active);
		pass(1);
		assert_eq!(glass_state(1), BreakGlassState::Expired);
	});
}

type Step = fn(u8) -> DispatchResult;

#[test]
fn going_on_takes_what_opening_takes() {
	for step in [widen as Step, renew] {
		run(|| {
			assert_noop!(step(1), Error::<Test>::NotFound);
			assert_ok!(open_as(CLINICIAN, 2, HOUSE));
			assert_noop!(step(2), Error::<Test>::NotTheOpener);
			assert_ok!(open(1));
			pass(VALIDITY);
			assert_noop!(step(1), Error::<Test>::BreakGlassOver);
			// An overdue account of one stops the other.
			pass(ACCOUNT_TERM - 1);
			assert_ok!(open(3));
			assert_ok!(step(3));
			pass(1);
			assert_noop!(step(3), Error::<Test>::AccountOverdue);
			assert_ok!(account(1));
			assert_ok!(step(3));
			WithdrawnPrivileges::<Test>::insert(THE_SURGEON, (glass(1), 0));
			assert_noop!(step(3), Error::<Test>::PrivilegeWithdrawn);
			WithdrawnPrivileges::<Test>::remove(THE_SURGEON);
			strike(SURGEON);
			assert_noop!(step(3), Error::<Test>::NotAuthorised);
			assert_ok!(close(3));
		});
	}
}

#[test]
fn close_works() {
	run(|| {
		assert_noop!(close(1), Error::<Test>::NotFound);
		assert_ok!(open(1));
		assert_ok!(open_as(CLINICIAN, 2, HOUSE));
		assert_noop!(close(2), Error::<Test>::NotTheOpener);
		pass(10);
		assert_ok!(close(1));
		assert_eq!(last(), Event::BreakGlassClosed { break_glass: glass(1) });
		assert_eq!(stored(1).closed, Some(NOW + 10));
		assert_eq!(glass_state(1), BreakGlassState::Closed);
		assert_noop!(close(1), Error::<Test>::BreakGlassOver);
		assert_noop!(renew(1), Error::<Test>::BreakGlassOver);
	});
}

#[test]
fn confirm_works() {
	run(|| {
		assert_noop!(confirm(CLINICIAN, 1, HOUSE), Error::<Test>::NotFound);
		assert_ok!(open(1));
		assert_ok!(confirm(CLINICIAN, 1, HOUSE));
		let confirmed = Event::BreakGlassConfirmed {
			break_glass: glass(1),
			practitioner: 1,
			organisation: HOUSE,
		};
		assert_eq!(last(), confirmed);
		assert_ok!(confirm(CLINICIAN, 1, HOUSE));
		assert_eq!(events().len(), 2);
		assert_noop!(confirm(doctors_account(), 1, OTHER), Error::<Test>::AlreadyConfirmed);
	});
}

#[test]
fn confirm_fails_for_the_opener_without_standing_and_when_it_is_over() {
	run(|| {
		assert_ok!(open(1));
		assert_noop!(confirm(SURGEON, 1, FOURTH), Error::<Test>::SamePractitioner);
		assert_noop!(confirm(PHARMACIST, 1, HOUSE), Error::<Test>::NotAuthorised);
		assert_noop!(confirm(UNREGISTERED, 1, HOUSE), Error::<Test>::NotAPractitioner);
		pass(VALIDITY);
		assert_noop!(confirm(CLINICIAN, 1, HOUSE), Error::<Test>::BreakGlassOver);
	});
}

#[test]
fn account_works() {
	run(|| {
		assert_noop!(account(1), Error::<Test>::NotFound);
		assert_ok!(open(1));
		assert_ok!(open_as(CLINICIAN, 2, HOUSE));
		assert_noop!(account(2), Error::<Test>::NotTheOpener);
		assert_noop!(account(1), Error::<Test>::StillOpen);
		pass(VALIDITY);
		// Also without standing.
		strike(SURGEON);
		assert_ok!(account(1));
		assert_eq!(last(), Event::BreakGlassAccounted { break_glass: glass(1) });
		assert_eq!(glass_state(1), BreakGlassState::PendingReview);
		assert!(!UnaccountedBreakGlasses::<Test>::contains_key(THE_SURGEON));
		let before = events().len();
		assert_ok!(account(1));
		assert_eq!(events().len(), before);
		let other = seal(7);
		let origin = RuntimeOrigin::signed(SURGEON);
		assert_noop!(
			Consent::account_for_break_glass(origin, glass(1), other),
			Error::<Test>::AlreadyAccounted
		);
	});
}

#[test]
fn an_overdue_account_takes_the_privilege_until_it_is_given() {
	run(|| {
		assert_ok!(open(1));
		pass(VALIDITY + ACCOUNT_TERM - 1);
		assert_eq!(privilege(), EmergencyPrivilege::Held);
		pass(1);
		let since = NOW + VALIDITY + ACCOUNT_TERM;
		let overdue = EmergencyPrivilege::AccountOverdue { break_glass: glass(1), since };
		assert_eq!(privilege(), overdue);
		assert_noop!(open(2), Error::<Test>::AccountOverdue);
		assert_ok!(account(1));
		assert_eq!(privilege(), EmergencyPrivilege::Held);
		assert_ok!(open(2));
	});
}

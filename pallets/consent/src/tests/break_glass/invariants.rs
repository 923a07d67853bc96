//! Each invariant of break-glass, broken.

use super::*;
use salus_primitives::break_glass::{Confirmation, OwnAccount, Review};

/// Has one that is open, one that is closed and confirmed, one that is accounted for, one justified, and
/// one unjustified; then corrupts the state and expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		for n in 1..=5 {
			assert_ok!(open(n));
		}
		assert_ok!(confirm(CLINICIAN, 2, HOUSE));
		pass(10);
		for n in 2..=5 {
			assert_ok!(close(n));
		}
		for n in 3..=5 {
			assert_ok!(account(n));
		}
		assert_ok!(review(4, ReviewOutcome::Justified));
		assert_ok!(review(5, ReviewOutcome::Unjustified));
		assert_ok!(Consent::do_try_state());
		corrupt();
		assert_eq!(Consent::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

fn change(n: u8, change: impl FnOnce(&mut BreakGlass)) {
	BreakGlasses::<Test>::mutate(glass(n), |found| change(found.as_mut().unwrap()));
}

fn owe(practitioner: u32, glasses: &[u8]) {
	let list: Vec<_> = glasses.iter().map(|n| glass(*n)).collect();
	UnaccountedBreakGlasses::<Test>::insert(practitioner, UnaccountedList::try_from(list).unwrap());
}

#[test]
fn finds_dates_that_do_not_fit() {
	let finding = "8: dates of a break-glass do not fit";
	let changes: [fn(&mut BreakGlass); 9] = [
		|glass| glass.opened = glass.until,
		|glass| glass.until += 1,
		|glass| glass.renewals = MAX_RENEWALS + 1,
		|glass| glass.closed = Some(glass.until),
		|glass| glass.closed = Some(glass.opened - 1),
		|glass| glass.posted = Some(glass.opened - 1),
		|glass| {
			let at = glass.until + 1;
			glass.confirmation = Some(Confirmation { practitioner: 1, organisation: HOUSE, at });
		},
		|glass| glass.own_account = Some(OwnAccount { seal: seal(1), at: glass.until - 1 }),
		|glass| {
			let (outcome, findings) = (ReviewOutcome::Justified, seal(1));
			let review = Review { organisation: HOUSE, outcome, findings, at: glass.opened };
			glass.reviews.try_push(review).unwrap();
		},
	];
	for changed in changes {
		finds(finding, || change(1, changed));
	}
}

#[test]
fn finds_reviews_that_do_not_fit() {
	let finding = "9: reviews of a break-glass do not fit";
	let again = |organisation: OrganisationId| {
		move |glass: &mut BreakGlass| {
			let review = Review { organisation, ..glass.reviews[0] };
			glass.reviews.try_push(review).unwrap();
		}
	};
	finds(finding, || change(4, again(HOUSE)));
	finds(finding, || {
		change(4, |glass| {
			glass.reviews[0].outcome = ReviewOutcome::Inconclusive;
			again(THIRD)(glass);
		})
	});
	finds(finding, || change(4, |glass| glass.reviews[0].organisation = OTHER));
	finds("9: a clinician is the second one of an own break-glass", || {
		change(2, |glass| glass.confirmation.as_mut().unwrap().practitioner = THE_SURGEON)
	});
}

#[test]
fn finds_places_that_are_wrong() {
	finds("10: a place is empty", || UnsettledBreakGlasses::<Test>::remove(1));
	finds("10: a place is empty", || UnsettledCount::<Test>::put(4));
	finds("10: a place is not known", || UnsettledPlaces::<Test>::remove(glass(1)));
	let settled = "10: a place names nothing unsettled";
	finds(settled, || {
		UnsettledBreakGlasses::<Test>::insert(0, glass(4));
		UnsettledPlaces::<Test>::insert(glass(4), 0);
	});
	let others = "10: places are not those of what is unsettled";
	finds(others, || UnsettledCount::<Test>::put(2));
	finds(others, || UnsettledPlaces::<Test>::insert(glass(4), 9));
}

#[test]
fn finds_lists_of_what_is_unaccounted_that_are_wrong() {
	finds("11: an empty list of what is unaccounted is stored", || owe(9, &[]));
	let wrong = "11: what is listed as unaccounted is not";
	finds(wrong, || owe(THE_SURGEON, &[1, 2, 3]));
	finds(wrong, || owe(9, &[1]));
	finds("11: one is listed twice as unaccounted", || owe(THE_SURGEON, &[1, 2, 1]));
	finds("11: one without own account is not listed", || owe(THE_SURGEON, &[1]));
	// Those that were posted are apart.
	let posted = |list: &[u8]| {
		let list: Vec<_> = list.iter().map(|n| glass(*n)).collect();
		UnaccountedPosted::<Test>::insert(THE_SURGEON, PostedList::try_from(list).unwrap());
	};
	finds("11: an empty list of what is unaccounted is stored", || posted(&[]));
	finds(wrong, || posted(&[1]));
	finds(wrong, || FurtherPosted::<Test>::insert(THE_SURGEON, glass(1), ()));
}

#[test]
fn finds_what_was_posted_and_waits_for_nothing() {
	finds("11: a posted one waits for a place that is free", || {
		let id = BreakGlassId([0xff; 32]);
		let found = BreakGlasses::<Test>::take(glass(1)).unwrap();
		UnaccountedBreakGlasses::<Test>::mutate(THE_SURGEON, |list| {
			list.retain(|listed| *listed != glass(1));
		});
		let place = UnsettledPlaces::<Test>::take(glass(1)).unwrap();
		UnsettledPlaces::<Test>::insert(id, place);
		UnsettledBreakGlasses::<Test>::insert(place, id);
		BreakGlasses::<Test>::insert(id, BreakGlass { posted: Some(found.opened), ..found });
		FurtherPosted::<Test>::insert(THE_SURGEON, id, ());
	});
}

#[test]
fn finds_privileges_withdrawn_for_nothing() {
	let finding = "12: a privilege is withdrawn without an unjustified break-glass";
	let at = NOW + 10;
	finds(finding, || WithdrawnPrivileges::<Test>::insert(THE_SURGEON, (glass(4), at)));
	finds(finding, || WithdrawnPrivileges::<Test>::insert(9, (glass(5), at)));
	finds(finding, || WithdrawnPrivileges::<Test>::insert(THE_SURGEON, (glass(5), 0)));
}

#[test]
fn finds_recent_openings_out_of_order() {
	let finding = "13: recent openings are empty or out of order";
	let list = |moments: Vec<Moment>| {
		frame_support::BoundedVec::<_, frame_support::traits::ConstU32<2>>::try_from(moments)
			.unwrap()
	};
	finds(finding, || RecentBreakGlasses::<Test>::insert(9, list(vec![])));
	finds(finding, || RecentBreakGlasses::<Test>::insert(THE_SURGEON, list(vec![2, 1])));
}

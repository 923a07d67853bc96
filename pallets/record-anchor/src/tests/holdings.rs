//! Custody of a whole holding: `offer_holding`, `withdraw_holding` and `accept_holding`.

use super::*;
use salus_primitives::directory::{RecordDirectory, MAX_HANDOVERS};

fn offer_to(to: OrganisationId) -> DispatchResult {
	RecordAnchor::offer_holding(signed(ADMINISTRATOR), HOUSE, to)
}

fn accept_all() -> DispatchResult {
	RecordAnchor::accept_holding(signed(OTHERS_ADMINISTRATOR), OTHER, HOUSE)
}

/// One of the organisations that [`BOARD`] administers gives its holding to another.
fn pass(from: OrganisationId, to: OrganisationId) -> DispatchResult {
	RecordAnchor::offer_holding(signed(BOARD), from, to)?;
	RecordAnchor::accept_holding(signed(BOARD), to, from)
}

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(anchor_tree(1, 3));
		assert_ok!(offer_to(OTHER));
		System::assert_last_event(Event::HoldingOffered { from: HOUSE, to: OTHER }.into());
		assert_eq!(RecordAnchor::holding(HOUSE).offered, Some(OTHER));
		assert_eq!(RecordAnchor::keeper(HOUSE), HOUSE);
		// It goes on until the other accepts.
		assert_ok!(anchor([record(2, Some(1))]));

		assert_ok!(accept_all());
		System::assert_last_event(Event::HoldingAccepted { from: HOUSE, to: OTHER }.into());
		assert_eq!(RecordAnchor::keeper(HOUSE), OTHER);
		assert_eq!(RecordAnchor::record(&id(2)).unwrap().custodian, OTHER);
		assert_eq!(RecordAnchor::batch(&batch_id(1)).unwrap().custodian, OTHER);
		let view = RecordAnchor::holding(HOUSE);
		assert_eq!((view.keeper, view.given, view.offered), (OTHER, Some(OTHER), None));
		assert_eq!((view.records, view.batches), (2, 1));
		// Nothing was rewritten.
		assert_eq!(details(1).custodian, HOUSE);
	});
}

#[test]
fn who_keeps_it_acts_and_who_gave_it_does_not() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None), record(3, None)]));
		hand_over();
		assert_noop!(anchor([record(9, None)]), Error::<Test>::HoldingGivenAway);
		let not = DispatchError::from(Error::<Test>::NotAuthorised);
		assert_noop!(mark(1, ErrorReason::Duplicate), not);
		assert_noop!(hold(1, 1), not);
		assert_noop!(file(1, PetitionKind::Erasure, 1), not);
		assert_noop!(offer([1]), Error::<Test>::HoldingGivenAway);
		assert_noop!(take_back([1]), Error::<Test>::NotTheCustodian);

		let by = || signed(OTHERS_SYSTEM);
		let next = batch([record(204, Some(1))]);
		assert_ok!(RecordAnchor::anchor_records(by(), OTHER, next));
		assert_eq!((details(204).custodian, details(204).number), (OTHER, 0));
		assert_eq!(state(1), Some(RecordState::Superseded));
		assert_ok!(RecordAnchor::place_hold(by(), id(2), seal(1)));
		let reason = ErrorReason::Duplicate;
		assert_ok!(RecordAnchor::mark_entered_in_error(by(), id(2), reason));
		assert_ok!(RecordAnchor::offer_custody(by(), OTHER, RESTRICTED, list([3])));
		let taken = vec![Taken { record: id(3), leaf: seal(9) }].try_into().unwrap();
		assert_ok!(RecordAnchor::accept_custody(signed(SYSTEM), RESTRICTED, taken));
		let accepted =
			Event::CustodyAccepted { record: id(3), from: OTHER, to: RESTRICTED, number: 0 };
		System::assert_last_event(accepted.into());
		assert_eq!(RecordSequence::<Test>::get(HOUSE, 2), None);
	});
}

#[test]
fn an_offer_of_a_record_ends_with_the_handing_over() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None)]));
		let restricted =
			|records| RecordAnchor::offer_custody(signed(SYSTEM), HOUSE, RESTRICTED, list(records));
		assert_ok!(restricted([1, 2]));
		hand_over();
		// Whoever keeps it now has offered nothing, and nothing binds the record.
		assert_eq!((offered_to(1), offered_to(2)), (None, None));
		let taken = vec![Taken { record: id(1), leaf: seal(4) }].try_into().unwrap();
		assert_noop!(
			RecordAnchor::accept_custody(signed(SYSTEM), RESTRICTED, taken),
			Error::<Test>::NotOffered
		);
		let by = || signed(OTHERS_SYSTEM);
		assert_ok!(RecordAnchor::mark_entered_in_error(by(), id(1), ErrorReason::Duplicate));
		// It offers anew, to whom it likes.
		assert_ok!(RecordAnchor::offer_custody(by(), OTHER, RESTRICTED, list([2])));
		assert_eq!(offered_to(2), Some(RESTRICTED));
	});
}

#[test]
fn each_step_can_be_repeated() {
	run(|| {
		assert_ok!(offer_to(OTHER));
		let before = events();
		assert_ok!(offer_to(OTHER));
		assert_eq!(events(), before);
		assert_ok!(accept_all());
		let before = events();
		assert_ok!(accept_all());
		assert_eq!(events(), before);
	});
}

#[test]
fn withdraw_works() {
	run(|| {
		let withdraw = || RecordAnchor::withdraw_holding(signed(ADMINISTRATOR), HOUSE);
		assert_noop!(withdraw(), Error::<Test>::HoldingNotOffered);
		assert_ok!(offer_to(OTHER));
		assert_ok!(withdraw());
		System::assert_last_event(Event::HoldingOfferWithdrawn { from: HOUSE }.into());
		assert_noop!(accept_all(), Error::<Test>::HoldingNotOffered);
		hand_over();
		assert_noop!(withdraw(), Error::<Test>::HoldingNotOffered);
	});
}

#[test]
fn offer_fails_when_receiver_is_unfit() {
	run(|| {
		for unfit in [HOUSE, SUSPENDED, LAST + 1] {
			assert_noop!(offer_to(unfit), Error::<Test>::ReceiverUnfit);
		}
		assert_ok!(pass(5, 6));
		assert_noop!(offer_to(5), Error::<Test>::ReceiverUnfit);
		assert_ok!(offer_to(6));
	});
}

#[test]
fn offer_fails_when_offered_to_another_or_given_away() {
	run(|| {
		assert_ok!(offer_to(6));
		assert_noop!(offer_to(OTHER), Error::<Test>::HoldingOffered);
		assert_ok!(RecordAnchor::withdraw_holding(signed(ADMINISTRATOR), HOUSE));
		hand_over();
		assert_noop!(offer_to(6), Error::<Test>::HoldingGivenAway);
	});
}

#[test]
fn accept_fails_when_not_offered_to_the_organisation() {
	run(|| {
		assert_noop!(accept_all(), Error::<Test>::HoldingNotOffered);
		assert_ok!(offer_to(6));
		assert_noop!(accept_all(), Error::<Test>::HoldingNotOffered);
	});
}

#[test]
fn accept_fails_when_receiver_takes_on_nothing_new() {
	run(|| {
		assert_ok!(offer_to(RESTRICTED));
		assert_noop!(
			RecordAnchor::accept_holding(signed(ADMINISTRATOR), RESTRICTED, HOUSE),
			Error::<Test>::TakesOnNothingNew
		);
	});
}

#[test]
fn no_way_leads_back() {
	run(|| {
		assert_ok!(RecordAnchor::offer_holding(signed(BOARD), 5, 6));
		assert_ok!(RecordAnchor::offer_holding(signed(BOARD), 6, 5));
		assert_ok!(RecordAnchor::accept_holding(signed(BOARD), 5, 6));
		assert_noop!(
			RecordAnchor::accept_holding(signed(BOARD), 6, 5),
			Error::<Test>::HoldingGivenAway
		);
	});
}

#[test]
fn ways_are_as_long_as_can_be_and_no_longer() {
	run(|| {
		// 5 to 6, to 7, and so on, eight times.
		let last = 5 + MAX_HANDOVERS;
		for from in 5..last {
			assert_ok!(pass(from, from + 1));
		}
		assert!((5..=last).all(|house| RecordAnchor::keeper(house) == last));
		assert_ok!(RecordAnchor::offer_holding(signed(BOARD), last, last + 1));
		assert_noop!(
			RecordAnchor::accept_holding(signed(BOARD), last + 1, last),
			Error::<Test>::TooManyHandovers
		);
		// A short way into the long one is none too long.
		assert_ok!(pass(last + 2, last));
		assert_eq!(RecordAnchor::keeper(last + 2), last);
	});
}

#[test]
fn a_house_that_gave_away_takes_over_no_records() {
	run(|| {
		let records = batch([record(201, None)]);
		assert_ok!(RecordAnchor::anchor_records(signed(OTHERS_SYSTEM), OTHER, records));
		let list = list([201]);
		assert_ok!(RecordAnchor::offer_custody(signed(OTHERS_SYSTEM), OTHER, HOUSE, list));
		assert_ok!(offer_to(6));
		assert_ok!(RecordAnchor::accept_holding(signed(BOARD), 6, HOUSE));
		let taken = vec![Taken { record: id(201), leaf: seal(1) }].try_into().unwrap();
		assert_noop!(
			RecordAnchor::accept_custody(signed(SYSTEM), HOUSE, taken),
			Error::<Test>::HoldingGivenAway
		);
	});
}

//! Custody of records: `offer_custody`, `withdraw_offer` and `accept_custody`.

use super::*;
use codec::{Decode, Encode};

#[test]
fn works() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None), record(3, None)]));
		let records = batch([record(204, None)]);
		assert_ok!(RecordAnchor::anchor_records(signed(OTHERS_SYSTEM), OTHER, records));
		assert_ok!(offer([3, 1]));
		let offered = |n| Event::CustodyOffered { record: id(n), from: HOUSE, to: OTHER };
		assert_eq!(events()[4..], [offered(3), offered(1)]);
		assert_eq!(offered_to(1), Some(OTHER));

		assert_ok!(accept([1, 3]));
		let accepted =
			|n, number| Event::CustodyAccepted { record: id(n), from: HOUSE, to: OTHER, number };
		assert_eq!(events()[6..], [accepted(1, 1), accepted(3, 2)]);
		let expected = RecordDetails {
			custodian: OTHER,
			number: 2,
			leaf: seal(53),
			state: RecordState::Current,
			replaces: None,
			offered: None,
		};
		assert_eq!(details(3), expected);
		// The giver's numbers are left empty, and given to nobody else.
		assert_eq!(RecordSequence::<Test>::get(HOUSE, 0), None);
		assert_eq!(RecordCounts::<Test>::get(HOUSE), 3);
		assert_ok!(anchor([record(5, None)]));
		assert_eq!(details(5).number, 3);
		assert_eq!(RecordSequence::<Test>::get(OTHER, 2), Some(id(3)));
	});
}

#[test]
fn an_offered_record_is_neither_replaced_nor_marked() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(offer([1]));
		assert_noop!(anchor([record(2, Some(1))]), Error::<Test>::RecordOffered);
		assert_noop!(mark(1, ErrorReason::Duplicate), Error::<Test>::RecordOffered);
		assert_ok!(take_back([1]));
		let withdrawn = Event::CustodyOfferWithdrawn { record: id(1) };
		System::assert_last_event(withdrawn.into());
		assert_ok!(anchor([record(2, Some(1))]));
	});
}

#[test]
fn versions_go_on_at_the_new_custodian() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1))]));
		assert_ok!(offer([2]));
		assert_ok!(accept([2]));
		assert_noop!(anchor([record(3, Some(2))]), Error::<Test>::ReplacedUnknown);
		let records = batch([record(203, Some(2))]);
		assert_ok!(RecordAnchor::anchor_records(signed(OTHERS_SYSTEM), OTHER, records));
		assert_eq!(state(2), Some(RecordState::Superseded));
		// The version that stayed behind is the giver's.
		assert_eq!(details(1).custodian, HOUSE);
		assert_ok!(mark(1, ErrorReason::WrongContent));
	});
}

#[test]
fn each_step_can_be_repeated() {
	run(|| {
		let unchanged = |step: &dyn Fn() -> DispatchResult| {
			assert_ok!(step());
			let before = events();
			assert_ok!(step());
			assert_eq!(events(), before);
		};
		assert_ok!(anchor([record(1, None), record(2, None)]));
		unchanged(&|| offer([1, 2, 1]));
		unchanged(&|| take_back([1, 2]));
		assert_ok!(offer([1]));
		unchanged(&|| accept([1, 1]));
		// What has arrived is offered no more when the offer is repeated; the rest is.
		unchanged(&|| offer([1, 2]));
		assert_eq!((offered_to(1), offered_to(2)), (None, Some(OTHER)));
		unchanged(&|| accept([1, 2]));
		assert_eq!(RecordCounts::<Test>::get(OTHER), 2);
	});
}

#[test]
fn a_record_can_come_back() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(offer([1]));
		assert_ok!(accept([1]));
		let back = RecordAnchor::offer_custody(signed(OTHERS_SYSTEM), OTHER, HOUSE, list([1]));
		assert_ok!(back);
		let taken = vec![Taken { record: id(1), leaf: seal(1) }].try_into().unwrap();
		assert_ok!(RecordAnchor::accept_custody(signed(SYSTEM), HOUSE, taken));
		assert_eq!((details(1).custodian, details(1).number), (HOUSE, 1));
		assert_ok!(anchor([record(1, None)]));
	});
}

#[test]
fn takes_a_full_batch_and_no_more() {
	run(|| {
		let most = MAX_RECORDS as u8;
		assert_ok!(anchor((0..most).map(|n| record(n, None))));
		assert_ok!(offer(0..most));
		assert_ok!(accept(0..most));
		let over: Vec<_> = (0..=most).map(id).collect();
		assert!(RecordList::decode(&mut &over.encode()[..]).is_err());
		let over: Vec<_> = (0..=most).map(|n| Taken { record: id(n), leaf: seal(n) }).collect();
		assert!(TakenBatch::decode(&mut &over.encode()[..]).is_err());
	});
}

#[test]
fn fails_when_batch_is_empty() {
	run(|| {
		for result in [offer([]), take_back([]), accept([])] {
			assert_eq!(result, Err(Error::<Test>::EmptyBatch.into()));
		}
	});
}

#[test]
fn fails_when_record_is_unknown() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_noop!(offer([1, 2]), Error::<Test>::NotFound);
		assert_noop!(take_back([2]), Error::<Test>::NotFound);
		assert_noop!(accept([2]), Error::<Test>::NotFound);
		assert_eq!(details(1).offered, None);
	});
}

#[test]
fn fails_when_record_is_anothers() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		let by = || signed(OTHERS_SYSTEM);
		let refused = DispatchError::from(Error::<Test>::NotTheCustodian);
		assert_noop!(RecordAnchor::offer_custody(by(), OTHER, RESTRICTED, list([1])), refused);
		assert_noop!(RecordAnchor::withdraw_offer(by(), OTHER, list([1])), refused);
		assert_ok!(offer([1]));
		assert_ok!(accept([1]));
		assert_noop!(take_back([1]), refused);
	});
}

#[test]
fn offer_fails_when_receiver_is_unfit() {
	run(|| {
		assert_ok!(anchor([record(1, None)]));
		let to = |to| RecordAnchor::offer_custody(signed(SYSTEM), HOUSE, to, list([1]));
		for unfit in [HOUSE, SUSPENDED, LAST + 1] {
			assert_noop!(to(unfit), Error::<Test>::ReceiverUnfit);
		}
		assert_ok!(to(RESTRICTED));
		assert_noop!(to(OTHER), Error::<Test>::RecordOffered);
	});
}

#[test]
fn accept_fails_when_it_is_not_offered_to_the_organisation() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, None)]));
		assert_noop!(accept([1]), Error::<Test>::NotOffered);
		let to = RecordAnchor::offer_custody(signed(SYSTEM), HOUSE, RESTRICTED, list([1]));
		assert_ok!(to);
		assert_noop!(accept([1]), Error::<Test>::NotOffered);
		assert_ok!(offer([2]));
		assert_noop!(accept([2, 1]), Error::<Test>::NotOffered);
		assert_ok!(accept([2]));
		// It has arrived with another leaf.
		let taken = vec![Taken { record: id(2), leaf: seal(2) }].try_into().unwrap();
		assert_noop!(
			RecordAnchor::accept_custody(signed(OTHERS_SYSTEM), OTHER, taken),
			Error::<Test>::NotOffered
		);
	});
}

#[test]
fn accept_fails_when_numbers_run_out() {
	new_test_ext().execute_with(|| {
		assert_ok!(anchor([record(1, None)]));
		assert_ok!(offer([1]));
		RecordCounts::<Test>::insert(OTHER, u32::MAX);
		assert_noop!(accept([1]), Error::<Test>::TooManyRecords);
	});
}

//! Orders of charts' keys, which anyone submits. Whose order it is is tested in patient identity.

use super::*;
use codec::{Decode, Encode};
use proptest::prelude::*;
use salus_primitives::order::MAX_ORDERS;

fn submit(orders: Vec<OrderOf>) -> DispatchResult {
	Consent::submit_orders(RuntimeOrigin::signed(STRANGER), orders.try_into().unwrap())
}

fn to_issue(n: u8, replaces: Option<u8>) -> OrderOf {
	let (id, replaces) = (directive(n), replaces.map(directive));
	order(ChartAct::IssueDirective { id, seal: seal(n), replaces })
}

fn to_revoke(n: u8) -> OrderOf {
	order(ChartAct::RevokeDirective { id: directive(n) })
}

fn to_mark(n: u8) -> OrderOf {
	order(ChartAct::EnterDirectiveInError { id: directive(n) })
}

/// An error as an event keeps it, without its words.
fn kept(error: impl Into<DispatchError>) -> DispatchError {
	DispatchError::decode(&mut error.into().encode().as_slice()).unwrap()
}

fn refused(n: u8, error: impl Into<DispatchError>) -> Event<Test> {
	Event::OrderRefused { chart: CHART, directive: directive(n), error: kept(error) }
}

#[test]
fn works() {
	run(|| {
		assert_ok!(submit(vec![to_issue(1, None), to_issue(2, Some(1)), to_issue(3, None)]));
		assert_eq!(active(), [2, 3]);
		assert_eq!(state(1), Some(DirectiveState::Superseded));
		assert_ok!(submit(vec![to_revoke(2), to_mark(3)]));
		assert_eq!(active(), [0u8; 0]);
		assert_eq!(state(2), Some(DirectiveState::Revoked));
		assert_eq!(state(3), Some(DirectiveState::EnteredInError));
		let (chart, issued) = (CHART, |number, n| Event::DirectiveIssued {
			chart: CHART,
			number,
			directive: directive(n),
		});
		let expected = [
			issued(0, 1),
			issued(1, 2),
			Event::DirectiveSuperseded { chart, directive: directive(1), by: directive(2) },
			issued(2, 3),
			Event::DirectiveRevoked { chart, directive: directive(2) },
			Event::DirectiveEnteredInError { chart, directive: directive(3) },
		];
		assert_eq!(events(), expected);
	});
}

#[test]
fn an_order_that_is_submitted_twice_does_nothing_twice() {
	run(|| {
		assert_ok!(submit(vec![to_issue(1, None), to_issue(1, None)]));
		let before = events();
		assert_ok!(submit(vec![to_issue(1, None)]));
		assert_eq!(events(), before);
		assert_ok!(submit(vec![to_revoke(1), to_issue(1, None)]));
		assert_eq!(state(1), Some(DirectiveState::Revoked));
		assert_ok!(submit(vec![to_revoke(1)]));
		assert_eq!(events().pop(), Some(refused(1, Error::<Test>::NotActive)));
	});
}

#[test]
fn what_is_refused_does_nothing_and_holds_up_nothing() {
	run(|| {
		let forgery = OrderOf { signature: forged(), ..to_issue(1, None) };
		let late = OrderOf { expires: NOW, ..to_issue(2, None) };
		let unknown = OrderOf { chart: ChartId([9; 32]), ..to_issue(3, None) };
		assert_ok!(submit(vec![
			forgery,
			late,
			unknown,
			to_issue(4, Some(9)),
			to_revoke(9),
			to_issue(5, None),
		]));
		assert_eq!(active(), [5]);
		for n in 1..5 {
			assert_eq!(state(n), None);
		}
		let unknown = Event::OrderRefused {
			chart: ChartId([9; 32]),
			directive: directive(3),
			error: kept(Error::<Test>::ChartUnknown),
		};
		let expected = [
			refused(1, BAD_SIGNATURE),
			refused(2, NOT_IN_TIME),
			unknown,
			refused(4, Error::<Test>::ReplacedNotActive),
			refused(9, Error::<Test>::NotFound),
		];
		assert_eq!(events()[..5], expected);
	});
}

#[test]
fn an_order_reaches_its_own_chart_alone() {
	run(|| {
		assert_ok!(issue_as(OTHER_PATIENT, OTHER_CHART, 1, None));
		assert_ok!(submit(vec![to_revoke(1), to_mark(1), to_issue(2, Some(1))]));
		assert_eq!(state(1), Some(DirectiveState::Active));
		let expected = [
			refused(1, Error::<Test>::NotTheChartsKey),
			refused(1, Error::<Test>::NotTheChartsKey),
			refused(2, Error::<Test>::ReplacedNotActive),
		];
		assert_eq!(events()[1..], expected);
	});
}

#[test]
fn a_full_batch_is_taken_and_one_more_is_not() {
	run(|| {
		let mut orders = vec![to_issue(0, None)];
		orders.extend((1..MAX_ORDERS).map(|n| to_issue(n as u8, Some(n as u8 - 1))));
		assert_ok!(submit(orders.clone()));
		assert_eq!(active(), [127]);
		orders.push(to_revoke(127));
		assert!(Orders::try_from(orders).is_err());
	});
}

proptest! {
	/// Orders in one batch leave the chain as the signed calls would, one by one.
	#[test]
	fn a_batch_does_what_its_calls_do(
		acts in prop::collection::vec((0..3u8, 0..12u8, prop::option::of(0..12u8)), 1..40),
	) {
		let by_orders = new_test_ext().execute_with(|| {
			let orders = acts.iter().map(|(kind, n, replaces)| match kind {
				0 => to_issue(*n, *replaces),
				1 => to_revoke(*n),
				_ => to_mark(*n),
			});
			submit(orders.collect()).unwrap();
			Consent::do_try_state().unwrap();
			(active(), (0..12).map(state).collect::<Vec<_>>())
		});
		let by_calls = new_test_ext().execute_with(|| {
			for (kind, n, replaces) in acts {
				let _ = match kind {
					0 => issue(n, replaces),
					1 => revoke(n),
					_ => mark(n),
				};
			}
			(active(), (0..12).map(state).collect::<Vec<_>>())
		});
		prop_assert_eq!(by_orders, by_calls);
	}
}

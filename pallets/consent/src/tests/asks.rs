//! What patients ask of the custodians of their charts, and the answers.

use super::*;
use proptest::prelude::*;
use salus_primitives::{
	ask::{Ask, ANSWER_TERM, MAX_ASKS, MAX_OPEN_ASKS},
	codes::{AskState, ChartState},
	ids::AskId,
};
use AskState::*;

fn id(n: u8) -> AskId {
	AskId([n; 32])
}

fn file_as(who: AccountId32, chart: ChartId, n: u8) -> DispatchResult {
	Consent::file_ask(RuntimeOrigin::signed(who), chart, id(n), seal(n))
}

fn file(n: u8) -> DispatchResult {
	file_as(PATIENT, CHART, n)
}

fn withdraw(n: u8) -> DispatchResult {
	Consent::withdraw_ask(RuntimeOrigin::signed(PATIENT), CHART, id(n))
}

fn extend(who: AccountId32, n: u8, reason: u8) -> DispatchResult {
	Consent::extend_ask(RuntimeOrigin::signed(who), CHART, id(n), seal(reason))
}

fn grant(who: AccountId32, n: u8, answer: u8) -> DispatchResult {
	Consent::grant_ask(RuntimeOrigin::signed(who), CHART, id(n), seal(answer))
}

fn refuse(who: AccountId32, n: u8, answer: u8) -> DispatchResult {
	Consent::refuse_ask(RuntimeOrigin::signed(who), CHART, id(n), seal(answer))
}

fn ask(n: u8) -> Ask {
	let found = Consent::asks(CHART).into_iter().map(|view| view.ask);
	found.into_iter().find(|ask| ask.id == id(n)).unwrap()
}

fn kept() -> Vec<u8> {
	Consent::asks(CHART).iter().map(|view| view.ask.id.0[0]).collect()
}

#[test]
fn file_works() {
	run(|| {
		assert_ok!(file(1));
		assert_eq!(events(), [Event::AskFiled { chart: CHART, ask: id(1) }]);
		let filed = Ask {
			id: id(1),
			seal: seal(1),
			state: Open,
			filed: NOW,
			extension: None,
			answer: None,
			ended: None,
		};
		assert_eq!(ask(1), filed);
		let due = NOW + ANSWER_TERM;
		let view = |at| {
			Timestamp::set_timestamp(at);
			Consent::asks(CHART)[0]
		};
		assert_eq!((view(due - 1).due, view(due - 1).overdue), (due, false));
		assert!(view(due).overdue);
		assert!(Consent::asks(OTHER_CHART).is_empty());
	});
}

#[test]
fn file_changes_nothing_when_repeated() {
	run(|| {
		assert_ok!(file(1));
		assert_ok!(withdraw(1));
		assert_ok!(file(1));
		assert_eq!(ask(1).state, Withdrawn);
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn file_works_whatever_has_become_of_the_chart() {
	for state in [ChartState::Deactivated, ChartState::Deceased] {
		run(|| {
			set_chart_state(state);
			assert_ok!(file(1));
		});
	}
}

#[test]
fn file_fails_when_the_chart_is_unknown_or_anothers() {
	run(|| {
		let unknown = file_as(PATIENT, ChartId([9; 32]), 1);
		assert_eq!(unknown, Err(Error::<Test>::ChartUnknown.into()));
		assert_noop!(file_as(OTHER_PATIENT, CHART, 1), Error::<Test>::NotTheChartsKey);
		assert_noop!(file_as(RECORDS, CHART, 1), Error::<Test>::NotTheChartsKey);
	});
}

#[test]
fn file_fails_when_id_stands_for_something_else() {
	run(|| {
		assert_ok!(file(1));
		let origin = RuntimeOrigin::signed(PATIENT);
		assert_noop!(
			Consent::file_ask(origin, CHART, id(1), seal(2)),
			Error::<Test>::AlreadyExists
		);
		// Ids are a chart's own.
		assert_ok!(file_as(OTHER_PATIENT, OTHER_CHART, 1));
	});
}

#[test]
fn file_fails_when_as_many_are_open_as_can_be() {
	run(|| {
		let most = MAX_OPEN_ASKS as u8;
		for n in 0..most {
			assert_ok!(file(n));
		}
		assert_noop!(file(most), Error::<Test>::TooManyAsks);
		assert_ok!(file(0));
		assert_ok!(grant(RECORDS, 3, 9));
		assert_ok!(file(most));
		assert_ok!(file_as(OTHER_PATIENT, OTHER_CHART, 1));
	});
}

#[test]
fn the_oldest_that_has_ended_makes_room() {
	run(|| {
		let most = MAX_ASKS as u8;
		assert_ok!(file(0));
		for n in 1..most {
			assert_ok!(file(n));
			assert_ok!(refuse(RECORDS, n, 100));
		}
		assert_eq!(kept(), (0..most).collect::<Vec<_>>());
		assert_ok!(file(most));
		let expected: Vec<_> = [0].into_iter().chain(2..=most).collect();
		assert_eq!(kept(), expected);
		assert_noop!(refuse(RECORDS, 1, 100), Error::<Test>::NotFound);
	});
}

#[test]
fn withdraw_works() {
	run(|| {
		assert_ok!(file(1));
		Timestamp::set_timestamp(NOW + 5);
		assert_ok!(withdraw(1));
		let withdrawn = Event::AskWithdrawn { chart: CHART, ask: id(1) };
		System::assert_last_event(withdrawn.into());
		assert_eq!((ask(1).state, ask(1).ended), (Withdrawn, Some(NOW + 5)));
		assert_ok!(withdraw(1));
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn withdraw_fails_when_unknown_anothers_or_answered() {
	run(|| {
		assert_noop!(withdraw(1), Error::<Test>::NotFound);
		assert_ok!(file(1));
		let other = RuntimeOrigin::signed(OTHER_PATIENT);
		assert_noop!(
			Consent::withdraw_ask(other.clone(), CHART, id(1)),
			Error::<Test>::NotTheChartsKey
		);
		assert_noop!(
			Consent::withdraw_ask(other.clone(), OTHER_CHART, id(1)),
			Error::<Test>::NotFound
		);
		assert_noop!(
			Consent::withdraw_ask(other, ChartId([9; 32]), id(1)),
			Error::<Test>::ChartUnknown
		);
		assert_ok!(grant(RECORDS, 1, 9));
		assert_noop!(withdraw(1), Error::<Test>::AskNotOpen);
	});
}

#[test]
fn extend_works_once() {
	run(|| {
		assert_ok!(file(1));
		Timestamp::set_timestamp(NOW + ANSWER_TERM - 1);
		assert_ok!(extend(RECORDS, 1, 7));
		let extended = Event::AskExtended { chart: CHART, ask: id(1) };
		System::assert_last_event(extended.into());
		assert_eq!(ask(1).due(), NOW + 2 * ANSWER_TERM);
		// By the house's machine and once more, it stays as it is.
		assert_ok!(extend(SYSTEM, 1, 7));
		assert_noop!(extend(RECORDS, 1, 8), Error::<Test>::AlreadyExtended);
		assert_ok!(refuse(RECORDS, 1, 9));
		assert_eq!(ask(1).extension, Some(seal(7)));
	});
}

#[test]
fn extend_fails_when_overdue_ended_or_unknown() {
	run(|| {
		assert_noop!(extend(RECORDS, 1, 7), Error::<Test>::NotFound);
		assert_ok!(file(1));
		assert_ok!(file(2));
		assert_ok!(withdraw(2));
		assert_noop!(extend(RECORDS, 2, 7), Error::<Test>::AskNotOpen);
		Timestamp::set_timestamp(NOW + ANSWER_TERM);
		assert_noop!(extend(RECORDS, 1, 7), Error::<Test>::ExtensionTooLate);
	});
}

#[test]
fn an_answer_works_also_when_overdue() {
	for (state, answer) in
		[(Granted, grant as fn(AccountId32, u8, u8) -> DispatchResult), (Refused, refuse)]
	{
		run(|| {
			assert_ok!(file(1));
			let at = NOW + ANSWER_TERM + 1;
			Timestamp::set_timestamp(at);
			assert_ok!(answer(RECORDS, 1, 9));
			let (chart, asked) = (CHART, id(1));
			let answered = match state {
				Granted => Event::AskGranted { chart, ask: asked },
				_ => Event::AskRefused { chart, ask: asked },
			};
			System::assert_last_event(answered.into());
			let found = ask(1);
			assert_eq!((found.state, found.answer, found.ended), (state, Some(seal(9)), Some(at)));
			assert!(!found.is_overdue(at));
			// Repeated it changes nothing; another answer is refused.
			assert_ok!(answer(SYSTEM, 1, 9));
			assert_eq!(events().len(), 2);
			assert_noop!(answer(RECORDS, 1, 8), Error::<Test>::AskNotOpen);
		});
	}
}

#[test]
fn an_answer_fails_when_withdrawn_or_unknown() {
	run(|| {
		assert_noop!(grant(RECORDS, 1, 9), Error::<Test>::NotFound);
		assert_noop!(refuse(RECORDS, 1, 9), Error::<Test>::NotFound);
		assert_ok!(file(1));
		assert_ok!(withdraw(1));
		assert_noop!(grant(RECORDS, 1, 9), Error::<Test>::AskNotOpen);
		assert_noop!(refuse(RECORDS, 1, 9), Error::<Test>::AskNotOpen);
		let officer = RuntimeOrigin::signed(RECORDS);
		assert_noop!(
			Consent::grant_ask(officer, ChartId([9; 32]), id(1), seal(9)),
			Error::<Test>::ChartUnknown
		);
	});
}

#[test]
fn each_call_by_each_origin() {
	let signed = RuntimeOrigin::signed;
	let accounts = [
		STRANGER,
		PATIENT,
		OTHER_PATIENT,
		SYSTEM,
		RECORDS,
		CLINICIAN,
		PHARMACIST,
		SURGEON,
		REVIEWER,
		MACHINE,
	];
	let origins: Vec<_> = [RuntimeOrigin::none(), RuntimeOrigin::root()]
		.into_iter()
		.chain(accounts.map(signed))
		.collect();
	let by_key = (DispatchError::from(Error::<Test>::NotTheChartsKey), vec![PATIENT]);
	let on_duty = (DispatchError::from(Error::<Test>::NotAuthorised), vec![SYSTEM, RECORDS]);
	let (chart, asked) = (CHART, id(1));
	let table: [(Call<Test>, Admission); 5] = [
		(Call::file_ask { chart, id: id(2), seal: seal(2) }, by_key.clone()),
		(Call::withdraw_ask { chart, id: asked }, by_key),
		(Call::extend_ask { chart, id: asked, reason: seal(2) }, on_duty.clone()),
		(Call::grant_ask { chart, id: asked, answer: seal(2) }, on_duty.clone()),
		(Call::refuse_ask { chart, id: asked, answer: seal(2) }, on_duty),
	];
	for (call, (error, admitted)) in table {
		for origin in &origins {
			run(|| {
				assert_ok!(file(1));
				let expected = match origin.clone().into_signer() {
					None => Err(DispatchError::BadOrigin),
					Some(who) if admitted.contains(&who) => Ok(()),
					Some(_) => Err(error),
				};
				let result = RuntimeCall::from(call.clone()).dispatch(origin.clone());
				let result = result.map(|_| ()).map_err(|error| error.error);
				assert_eq!(result, expected, "{call:?} by {origin:?}");
			});
		}
	}
}

/// Files two and withdraws one, then corrupts the state and expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce(&mut AskList)) {
	new_test_ext().execute_with(|| {
		assert_ok!(file(1));
		assert_ok!(file(2));
		assert_ok!(withdraw(2));
		assert_ok!(Consent::do_try_state());
		Asks::<Test>::mutate(CHART, corrupt);
		assert_eq!(Consent::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

#[test]
fn try_state_finds_lists_that_do_not_hold() {
	let unknown = "14: asks are of an unknown chart, or none is stored";
	finds(unknown, |list| *list = AskList::default());
	finds(unknown, |list| Asks::<Test>::insert(ChartId([9; 32]), list.clone()));
	finds("14: two asks have one id", |list| list[1].id = list[0].id);
	finds("14: asks are not in order of filing", |list| list[0].filed = NOW + 1);
	finds("14: more asks are open than can be", |list| {
		for n in 10..18 {
			list.try_push(Ask::filed(id(n), seal(n), NOW)).unwrap();
		}
	});
}

#[test]
fn try_state_finds_requests_that_do_not_fit_their_state() {
	let unfit = "15: answer or end of an ask does not fit its state";
	finds(unfit, |list| list[0].answer = Some(seal(9)));
	finds(unfit, |list| list[0].ended = Some(NOW));
	finds(unfit, |list| list[1].ended = None);
	finds(unfit, |list| list[1].ended = Some(NOW - 1));
	finds(unfit, |list| list[1].state = Granted);
}

proptest! {
	/// Whatever is asked and answered, each ask goes once from open to an end, and the chain keeps
	/// within its bounds.
	#[test]
	fn requests_end_once(steps in prop::collection::vec((0..5u8, 0..24u8), 1..120)) {
		run(|| {
			for (step, n) in steps {
				let before = Consent::asks(CHART).into_iter().map(|view| view.ask);
				let before: Vec<_> = before.collect();
				let _ = match step {
					0 => file(n),
					1 => withdraw(n),
					2 => extend(RECORDS, n, step),
					3 => grant(RECORDS, n, step),
					_ => refuse(SYSTEM, n, step),
				};
				let after = Consent::asks(CHART);
				assert!(after.len() <= MAX_ASKS as usize);
				for known in before {
					let now = after.iter().find(|view| view.ask.id == known.id);
					match now {
						Some(view) if !known.is_open() => assert_eq!(view.ask, known),
						Some(view) => assert_eq!(view.ask.seal, known.seal),
						None => assert!(!known.is_open()),
					}
				}
			}
		});
	}
}

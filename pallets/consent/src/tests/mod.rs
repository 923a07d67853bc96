use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, traits::OriginTrait};
use salus_primitives::{
	break_glass::{BreakGlassStatement, BREAK_GLASS_DOMAIN},
	codes::{BreakGlassReason, DirectiveState, RequestState, ReviewOutcome},
	ids::{BreakGlassId, ChartId, RequestId},
	order::ChartAct,
};
use sp_core::Pair;
use sp_runtime::{traits::Dispatchable, AccountId32, DispatchError};

mod asks;
mod break_glass;
mod decide;
mod end_directive;
mod guardians;
mod invariants;
mod issue_directive;
mod orders;
mod paper;
mod post_disclosure_root;
mod requests;
mod transitions;

/// The patient issues the `n`th directive, which replaces that one.
fn issue(n: u8, replaces: Option<u8>) -> DispatchResult {
	issue_as(PATIENT, CHART, n, replaces)
}

fn issue_as(who: AccountId32, chart: ChartId, n: u8, replaces: Option<u8>) -> DispatchResult {
	let origin = RuntimeOrigin::signed(who);
	Consent::issue_directive(origin, chart, directive(n), seal(n), replaces.map(directive))
}

fn revoke(n: u8) -> DispatchResult {
	Consent::revoke_directive(RuntimeOrigin::signed(PATIENT), directive(n))
}

fn mark(n: u8) -> DispatchResult {
	Consent::mark_directive_entered_in_error(RuntimeOrigin::signed(PATIENT), directive(n))
}

/// A guardian issues the `n`th directive, which replaces that one. Anyone submits it.
fn guard_issues(guardian: usize, n: u8, replaces: Option<u8>) -> DispatchResult {
	let (origin, replaces) = (RuntimeOrigin::signed(STRANGER), replaces.map(directive));
	let (id, seal) = (directive(n), seal(n));
	Consent::issue_directive_as_guardian(origin, CHART, id, seal, replaces, word(guardian))
}

fn guard_revokes(guardian: usize, n: u8) -> DispatchResult {
	let origin = RuntimeOrigin::signed(STRANGER);
	Consent::revoke_directive_as_guardian(origin, directive(n), word(guardian))
}

fn guard_marks(guardian: usize, n: u8) -> DispatchResult {
	let origin = RuntimeOrigin::signed(STRANGER);
	Consent::mark_directive_entered_in_error_as_guardian(origin, directive(n), word(guardian))
}

fn state(n: u8) -> Option<DirectiveState> {
	Consent::directive_view(directive(n)).map(|view| view.state)
}

/// Numbers of the chart's active directives.
fn active() -> Vec<u8> {
	Consent::active_directives(&CHART)
		.into_iter()
		.map(|directive| directive.id.0[0])
		.collect()
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::Consent(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

/// The error of whoever may not, and the accounts that may.
type Admission = (DispatchError, Vec<AccountId32>);

/// But those on paper, of which the signer is part of what the other one signed: they are in `paper`.
#[test]
fn each_call_by_each_origin() {
	let signed = RuntimeOrigin::signed;
	let origins = [
		RuntimeOrigin::none(),
		RuntimeOrigin::root(),
		signed(STRANGER),
		signed(PATIENT),
		signed(OTHER_PATIENT),
		signed(SYSTEM),
		signed(RECORDS),
		signed(CLINICIAN),
		signed(PHARMACIST),
		signed(SURGEON),
		signed(REVIEWER),
		signed(AUDITOR),
		signed(MACHINE),
		signed(doctors_account()),
	];
	let by_key = (DispatchError::from(Error::<Test>::NotTheChartsKey), vec![PATIENT]);
	let requester = (Error::<Test>::NotTheRequester.into(), vec![CLINICIAN]);
	let by_standing = |who| (Error::<Test>::NotAuthorised.into(), who);
	let (id, lapses) = (RequestId([1; 32]), NOW + 2);
	let everyone = origins.iter().filter_map(|origin| origin.clone().into_signer()).collect();
	// Whoever submits a guardian's word, it is the guardian's.
	let by_word = (DispatchError::BadOrigin, everyone);
	let word = new_test_ext().execute_with(|| word(ATTORNEY));
	let revoke = ChartAct::RevokeDirective { id: directive(1) };
	let orders = new_test_ext().execute_with(|| vec![order(revoke)].try_into().unwrap());
	let opener = (Error::<Test>::NotTheOpener.into(), vec![CLINICIAN]);
	let statement = new_test_ext().execute_with(|| BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: System::block_hash(0).0,
		number: 0,
		head: System::block_hash(0).0,
		account: doctors_account().into(),
		organisation: OTHER,
		reason: BreakGlassReason::Emergency,
		seal: seal(3),
		at: NOW,
	});
	let signature = doctor().sign(&statement.signable()[0]).into();
	let (opened, closed) = (BreakGlassId([1; 32]), BreakGlassId([2; 32]));
	let table: [(Call<Test>, Admission); 18] = [
		(
			Call::issue_directive { chart: CHART, id: directive(2), seal: seal(2), replaces: None },
			by_key.clone(),
		),
		(Call::revoke_directive { id: directive(1) }, by_key.clone()),
		(Call::mark_directive_entered_in_error { id: directive(1) }, by_key),
		(
			Call::request_access {
				organisation: HOUSE,
				id: RequestId([2; 32]),
				seal: seal(2),
				lapses,
			},
			by_standing(vec![CLINICIAN, PHARMACIST]),
		),
		(Call::withdraw_request { id }, requester),
		(
			Call::post_disclosure_root { organisation: HOUSE, root: [1; 32], leaves: 8 },
			by_standing(vec![SYSTEM]),
		),
		(
			Call::issue_directive_as_guardian {
				chart: CHART,
				id: directive(2),
				seal: seal(2),
				replaces: None,
				word: word.clone(),
			},
			by_word.clone(),
		),
		(
			Call::revoke_directive_as_guardian { id: directive(1), word: word.clone() },
			by_word.clone(),
		),
		(
			Call::mark_directive_entered_in_error_as_guardian { id: directive(1), word },
			by_word.clone(),
		),
		(Call::submit_orders { orders }, by_word),
		(
			Call::open_break_glass {
				id: BreakGlassId([4; 32]),
				organisation: HOUSE,
				reason: BreakGlassReason::Emergency,
				seal: seal(4),
			},
			by_standing(vec![CLINICIAN]),
		),
		(Call::widen_break_glass { id: opened }, opener.clone()),
		(Call::renew_break_glass { id: opened }, opener.clone()),
		(Call::close_break_glass { id: opened }, opener.clone()),
		(
			Call::confirm_break_glass { id: opened, organisation: OTHER },
			by_standing(vec![SURGEON, doctors_account()]),
		),
		(Call::account_for_break_glass { id: closed, seal: seal(5) }, opener),
		(
			Call::review_break_glass {
				id: BreakGlassId([5; 32]),
				organisation: OTHER,
				outcome: ReviewOutcome::Justified,
				findings: seal(6),
			},
			by_standing(vec![REVIEWER]),
		),
		(
			Call::post_break_glass { organisation: OTHER, statement, signature },
			by_standing(vec![MACHINE, doctors_account()]),
		),
	];
	for (call, (error, admitted)) in table {
		for origin in &origins {
			run(|| {
				assert_ok!(issue(1, None));
				let by = RuntimeOrigin::signed(CLINICIAN);
				assert_ok!(Consent::request_access(by.clone(), HOUSE, id, seal(1), lapses));
				let reason = BreakGlassReason::Emergency;
				for n in [1, 2, 5] {
					let glass = BreakGlassId([n; 32]);
					let by = by.clone();
					assert_ok!(Consent::open_break_glass(by, glass, HOUSE, reason, seal(n)));
				}
				for n in [2, 5] {
					assert_ok!(Consent::close_break_glass(by.clone(), BreakGlassId([n; 32])));
				}
				let glass = BreakGlassId([5; 32]);
				assert_ok!(Consent::account_for_break_glass(by, glass, seal(5)));

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

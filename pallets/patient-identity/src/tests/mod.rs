use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, traits::OriginTrait};
use salus_primitives::{
	codes::{ChartState, PosthumousRule},
	directory::ChartDirectory,
	guardian::GuardianAct,
	ids::ChartId,
	time::Moment,
	views::Rekeying,
};
use sp_runtime::{traits::Dispatchable, AccountId32, DispatchError};

mod death;
mod enrol_charts;
mod holdings;
mod invariants;
mod orders;
mod posthumous_rules;
mod rekeying;
mod rotate_key;
mod set_guard;
mod state;
mod transitions;
mod uphold_rekeying;

/// The chart of most tests, enrolled with the first key.
const CHART: ChartId = ChartId([1; 32]);

/// Enrols the first two charts, the first with its guard.
fn enrolled() {
	let mut first = statement(1);
	first.guard = Some(guard().root());
	let entries = vec![signed(1, first), signed(2, statement(2))].try_into().unwrap();
	assert_ok!(PatientIdentity::enrol_charts(RuntimeOrigin::signed(RECORDS), HOUSE, entries));
}

/// Signed by the `n`th key.
fn by(n: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(n))
}

fn signed_by(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn state_of(chart: ChartId) -> ChartState {
	PatientIdentity::chart(&chart).unwrap().state
}

fn key_of(chart: ChartId) -> AccountId32 {
	PatientIdentity::chart(&chart).unwrap().key.into()
}

/// The last event.
fn last_is(event: Event<Test>) {
	System::assert_last_event(event.into());
}

fn wait(time: Moment) {
	Timestamp::set_timestamp(Timestamp::get() + time);
}

fn start_rekeying(n: u8) -> DispatchResult {
	PatientIdentity::start_rekeying(signed_by(RECORDS), CHART, rekeying(n, 1))
}

fn report() -> DispatchResult {
	PatientIdentity::report_death(signed_by(CLINICIAN), CHART)
}

/// What is done before the call is tried.
type Before = fn();
/// The error of whoever may not, and the accounts that may.
type Admission = (DispatchError, Vec<AccountId32>);

#[test]
fn each_call_by_each_origin() {
	let origins = [
		RuntimeOrigin::none(),
		RuntimeOrigin::root(),
		signed_by(STRANGER),
		signed_by(ADMINISTRATOR),
		signed_by(CLINICIAN),
		signed_by(NURSE),
		signed_by(OTHERS_RECORDS),
		signed_by(RECORDS),
		signed_by(SYSTEM),
		by(1),
		by(2),
	];
	let everyone: Vec<_> = origins.iter().filter_map(|o| o.clone().into_signer()).collect();
	let staff = |who| (DispatchError::from(Error::<Test>::NotAuthorised), who);
	let key = (DispatchError::from(Error::<Test>::NotTheChartsKey), vec![account(1)]);
	let key_or = |who| (DispatchError::from(Error::<Test>::NotTheChartsKey), who);
	let chart = CHART;
	let (rotated, rekeyed, word, entries) = new_test_ext().execute_with(|| {
		let act = GuardianAct::DisputeDeath { reported: NOW };
		(rotation(3, 1), rekeying(3, 1), word(act), entries([4]))
	});
	let nothing: Before = || ();
	let table: [(Call<Test>, Before, Admission); 11] = [
		(
			Call::enrol_charts { organisation: HOUSE, entries },
			nothing,
			staff(vec![RECORDS, SYSTEM]),
		),
		(Call::rotate_key { chart, new: rotated }, nothing, key.clone()),
		(Call::set_guard { chart, guard: None }, nothing, key.clone()),
		(Call::start_rekeying { chart, new: rekeyed }, nothing, staff(vec![RECORDS])),
		(
			Call::cancel_rekeying { chart },
			|| start_rekeying(3).unwrap(),
			key_or(vec![account(1), RECORDS]),
		),
		(
			Call::complete_rekeying { chart },
			|| {
				assert_ok!(start_rekeying(3));
				wait(DEFAULT_REKEYING_DELAY);
			},
			staff(vec![RECORDS, SYSTEM]),
		),
		(Call::deactivate { chart }, nothing, key.clone()),
		(Call::reactivate { chart }, || PatientIdentity::deactivate(by(1), CHART).unwrap(), key),
		(Call::report_death { chart }, nothing, staff(vec![CLINICIAN])),
		(
			Call::dispute_death { chart },
			|| report().unwrap(),
			key_or(vec![account(1), CLINICIAN, NURSE]),
		),
		(
			Call::dispute_death_as_guardian { chart, word },
			|| report().unwrap(),
			(DispatchError::BadOrigin, everyone),
		),
	];
	for (call, before, (error, admitted)) in table {
		for origin in &origins {
			run(|| {
				enrolled();
				before();
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
	// The council alone.
	for origin in origins {
		run(|| {
			enrolled();
			assert_ok!(start_rekeying(3));
			assert_ok!(PatientIdentity::cancel_rekeying(by(1), CHART));
			let rule = Some(PosthumousRule::Nothing);
			let ruled = PatientIdentity::set_posthumous_rule(origin.clone(), CALIFORNIA, rule);
			let upheld = PatientIdentity::uphold_rekeying(origin.clone(), CHART, true);
			let is_root = frame_system::ensure_root(origin).is_ok();
			let expected = if is_root { Ok(()) } else { Err(DispatchError::BadOrigin) };
			assert_eq!([ruled, upheld], [expected; 2]);
		});
	}
}

/// Every call about a chart fails for one that nobody knows.
#[test]
fn nothing_is_done_to_unknown_charts() {
	run(|| {
		let chart = ChartId([9; 32]);
		let act = GuardianAct::DisputeDeath { reported: NOW };
		let calls: [(Call<Test>, RuntimeOrigin); 11] = [
			(Call::rotate_key { chart, new: rotation(3, 9) }, by(1)),
			(Call::set_guard { chart, guard: None }, by(1)),
			(Call::start_rekeying { chart, new: rekeying(3, 9) }, signed_by(RECORDS)),
			(Call::cancel_rekeying { chart }, by(1)),
			(Call::complete_rekeying { chart }, signed_by(RECORDS)),
			(Call::deactivate { chart }, by(1)),
			(Call::reactivate { chart }, by(1)),
			(Call::report_death { chart }, signed_by(CLINICIAN)),
			(Call::dispute_death { chart }, by(1)),
			(Call::dispute_death_as_guardian { chart, word: word(act) }, by(1)),
			(Call::uphold_rekeying { chart, upheld: true }, RuntimeOrigin::root()),
		];
		for (call, origin) in calls {
			let result = RuntimeCall::from(call).dispatch(origin);
			assert_eq!(result.unwrap_err().error, Error::<Test>::ChartUnknown.into());
		}
	});
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::directory::Enrolment;
use sp_runtime::{
	traits::{BadOrigin, Dispatchable},
	DispatchError,
};

mod add_validator;
mod enrol_operator;
mod enrolment;
mod genesis;
mod invariants;
mod remove_validator;
mod sessions;

fn council() -> RuntimeOrigin {
	RuntimeOrigin::signed(COUNCIL)
}

fn validators() -> Vec<u64> {
	Validators::<Test>::get().into_inner()
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::Consortium(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

#[test]
fn each_call_by_each_origin() {
	let bad_origin: DispatchResult = Err(DispatchError::BadOrigin);
	let table = [
		(RuntimeOrigin::none(), bad_origin),
		(RuntimeOrigin::root(), bad_origin),
		(RuntimeOrigin::signed(STRANGER), bad_origin),
		(RuntimeOrigin::signed(STAFF), bad_origin),
		(RuntimeOrigin::signed(FIRST), bad_origin),
		(council(), Ok(())),
	];
	for (origin, expected) in table {
		build_and_execute(|| {
			let calls = [
				Call::add_validator { who: THIRD },
				Call::remove_validator { who: FIRST },
				Call::enrol_operator { who: STAFF },
			];
			for call in calls {
				let result = RuntimeCall::from(call.clone()).dispatch(origin.clone());
				let result = result.map(|_| ()).map_err(|error| error.error);
				assert_eq!(result, expected, "{call:?} by {origin:?}");
			}
		});
	}
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::codes::{ErrorReason, RecordState};
use sp_runtime::{traits::Dispatchable, DispatchError};

mod anchor_records;
mod invariants;
mod mark_entered_in_error;
mod transitions;

fn anchor(records: impl IntoIterator<Item = NewRecord>) -> DispatchResult {
	RecordAnchor::anchor_records(RuntimeOrigin::signed(SYSTEM), HOUSE, batch(records))
}

fn mark(n: u8, reason: ErrorReason) -> DispatchResult {
	RecordAnchor::mark_entered_in_error(RuntimeOrigin::signed(SYSTEM), id(n), reason)
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::RecordAnchor(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

#[test]
fn each_call_by_each_origin() {
	let not_authorised: DispatchResult = Err(Error::<Test>::NotAuthorised.into());
	let bad_origin: DispatchResult = Err(DispatchError::BadOrigin);
	let table = [
		(RuntimeOrigin::none(), bad_origin),
		(RuntimeOrigin::root(), bad_origin),
		(RuntimeOrigin::signed(STRANGER), not_authorised),
		(RuntimeOrigin::signed(ADMINISTRATOR), not_authorised),
		(RuntimeOrigin::signed(PHARMACIST), not_authorised),
		(RuntimeOrigin::signed(OTHERS_SYSTEM), not_authorised),
		(RuntimeOrigin::signed(CLINICIAN), Ok(())),
		(RuntimeOrigin::signed(RECORDS), Ok(())),
		(RuntimeOrigin::signed(SYSTEM), Ok(())),
	];
	for (origin, expected) in table {
		run(|| {
			assert_ok!(anchor([record(1, None)]));
			let calls = [
				RuntimeCall::from(Call::anchor_records {
					organisation: HOUSE,
					records: batch([record(2, None)]),
				}),
				Call::mark_entered_in_error { record: id(1), reason: ErrorReason::Duplicate }
					.into(),
			];
			for call in calls {
				let result = call.clone().dispatch(origin.clone());
				let result = result.map(|_| ()).map_err(|error| error.error);
				assert_eq!(result, expected, "{call:?} by {origin:?}");
			}
		});
	}
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use sp_runtime::{AccountId32, DispatchError};

mod enrol_charts;
mod invariants;

#[test]
fn each_call_by_each_origin() {
	let not_authorised: DispatchResult = Err(Error::<Test>::NotAuthorised.into());
	let bad_origin: DispatchResult = Err(DispatchError::BadOrigin);
	let signed = |who: AccountId32| RuntimeOrigin::signed(who);
	let table = [
		(RuntimeOrigin::none(), bad_origin),
		(RuntimeOrigin::root(), bad_origin),
		(signed(STRANGER), not_authorised),
		(signed(ADMINISTRATOR), not_authorised),
		(signed(CLINICIAN), not_authorised),
		(signed(OTHERS_RECORDS), not_authorised),
		(signed(RECORDS), Ok(())),
		(signed(SYSTEM), Ok(())),
	];
	for (origin, expected) in table {
		run(|| {
			let result = PatientIdentity::enrol_charts(origin.clone(), HOUSE, entries([1]));
			assert_eq!(result, expected, "enrol_charts by {origin:?}");
		});
	}
}

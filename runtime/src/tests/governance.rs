//! Root is reached through the whitelist alone; the council's majority does what is privileged.

use super::chain::{council, events, run, send};
use crate::{
	genesis_presets::account, CouncilMembership, Runtime, RuntimeCall, RuntimeEvent, System,
};
use frame_support::assert_ok;
use sp_runtime::{
	traits::{BadOrigin, BlakeTwo256, Hash as _},
	DispatchError,
};

fn root_only() -> RuntimeCall {
	frame_system::Call::set_storage { items: vec![(b"key".to_vec(), b"value".to_vec())] }.into()
}

fn was_set() -> bool {
	sp_io::storage::get(b"key").is_some()
}

fn whitelist(call: &RuntimeCall) -> RuntimeCall {
	pallet_whitelist::Call::whitelist_call { call_hash: BlakeTwo256::hash_of(call) }.into()
}

fn dispatch(call: RuntimeCall) -> RuntimeCall {
	pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(call) }.into()
}

#[test]
fn root_is_reached_through_the_whitelist() {
	run(|| {
		assert_ok!(council(3, whitelist(&root_only())));
		assert_ok!(council(3, dispatch(root_only())));
		assert!(was_set());
	});
}

#[test]
fn root_is_not_reached_otherwise() {
	run(|| {
		let everyone = ["Council1", "Mercy", "BoardCA", "Validator1", "Mercy//Vault"];
		let attempts: [fn(RuntimeCall) -> RuntimeCall; 4] = [
			|call| call,
			dispatch,
			|call| whitelist(&call),
			|call| {
				let at = System::block_number() + 1;
				let call = Box::new(call);
				pallet_scheduler::Call::schedule {
					when: at,
					maybe_periodic: None,
					priority: 0,
					call,
				}
				.into()
			},
		];
		for name in everyone {
			for attempt in attempts {
				assert!(send(name, attempt(root_only())).is_err());
			}
		}
		// Not even the whole council, without the whitelist.
		assert_eq!(council(4, root_only()), Err(BadOrigin.into()));
		// Half of the council is neither a majority nor two thirds.
		assert_eq!(council(2, whitelist(&root_only())), Err(BadOrigin.into()));
		assert!(!was_set());
	});
}

#[test]
fn an_upgrade_needs_two_thirds() {
	run(|| {
		let call: RuntimeCall =
			frame_system::Call::authorize_upgrade { code_hash: [7; 32].into() }.into();
		assert_eq!(council(4, call.clone()), Err(BadOrigin.into()));
		assert_ok!(council(3, whitelist(&call)));
		assert_ok!(council(3, dispatch(call)));
		assert!(events().iter().any(|event| matches!(
			event,
			RuntimeEvent::System(frame_system::Event::UpgradeAuthorized { .. })
		)));
	});
}

#[test]
fn a_majority_is_more_than_half() {
	run(|| {
		let enrol =
			|name| pallet_consortium::Call::<Runtime>::enrol_operator { who: account(name) };
		assert_eq!(council(2, enrol("Fifth")), Err(BadOrigin.into()));
		assert_ok!(council(3, enrol("Fifth")));
		// The call now gets past its origin, to the account that is an operator already.
		let again = council(3, enrol("Fifth")).unwrap_err();
		assert!(matches!(again, DispatchError::Module(_)));
	});
}

#[test]
fn the_council_is_changed_by_two_thirds() {
	run(|| {
		let add = pallet_membership::Call::<Runtime, pallet_membership::Instance1>::add_member {
			who: account("Mercy").into(),
		};
		assert_eq!(council(2, add.clone()), Err(BadOrigin.into()));
		assert_ok!(council(3, add));
		assert!(CouncilMembership::members().contains(&account("Mercy")));
		assert_eq!(
			pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get().len(),
			5
		);
	});
}

//! Sessions and validators.

use super::chain::{config, council, next_block, pair, run_on, send};
use crate::{
	genesis_presets::{account, session_keys},
	Aura, Grandpa, Historical, Runtime, Session,
};
use codec::Encode;
use frame_support::{assert_ok, traits::KeyOwnerProofSystem};
use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator, Pair};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

const SESSION: u32 = 5;

/// Four validators, and sessions of a few blocks.
fn run(test: impl FnOnce()) {
	let mut config = config(LOCAL_TESTNET_RUNTIME_PRESET);
	config.consortium.session_length = SESSION;
	run_on(config, test);
}

fn next_session() {
	let before = Session::current_index();
	while Session::current_index() == before {
		next_block();
	}
	// The rotation fills its block.
	next_block();
}

/// Has `//operator` register the session keys of `//name`.
fn set_keys(operator: &str, name: &str) {
	// What `author_rotateKeysWithOwner` gives a validator: both keys sign its account.
	let owner = account(operator).encode();
	let mut grandpa = ed25519::Pair::from_string(&format!("//{name}"), None).unwrap();
	let proof = (
		pair(name).generate_proof_of_possession(&owner),
		grandpa.generate_proof_of_possession(&owner),
	)
		.encode();
	let keys = session_keys(name);
	assert_ok!(send(operator, pallet_session::Call::<Runtime>::set_keys { keys, proof }));
}

fn set_id() -> u64 {
	pallet_grandpa::CurrentSetId::<Runtime>::get()
}

#[test]
fn the_presets_validators_make_and_finalise_blocks() {
	run(|| {
		let keys: Vec<_> = (1..=4).map(|n| session_keys(&format!("Validator{n}"))).collect();
		let aura: Vec<_> = keys.iter().map(|keys| keys.aura.clone()).collect();
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().into_inner(), aura);
		let grandpa: Vec<_> = keys.iter().map(|keys| (keys.grandpa.clone(), 1)).collect();
		assert_eq!(Grandpa::grandpa_authorities(), grandpa);
		assert_eq!(Aura::slot_duration(), 1_000);
		assert_eq!(Session::current_index(), 0);
		next_session();
		assert_eq!(Session::current_index(), 1);
	});
}

#[test]
fn an_added_validator_joins_with_the_session_after_next() {
	run(|| {
		// What genesis planned is in force; from here on nothing changes by itself.
		(0..3).for_each(|_| next_session());
		let before = set_id();
		let enrol =
			pallet_consortium::Call::<Runtime>::enrol_operator { who: account("Validator5") };
		assert_ok!(council(3, enrol));

		let keys = session_keys("Validator5");
		set_keys("Validator5", "Validator5");
		let add = pallet_consortium::Call::<Runtime>::add_validator { who: account("Validator5") };
		assert_ok!(council(3, add));

		next_session();
		assert_eq!(Session::validators().len(), 4);
		next_session();
		assert_eq!(Session::validators().len(), 5);
		assert!(pallet_aura::Authorities::<Runtime>::get().contains(&keys.aura));
		assert!(Grandpa::grandpa_authorities().contains(&(keys.grandpa, 1)));
		assert_eq!(set_id(), before + 1);
	});
}

#[test]
fn finality_hands_over_only_when_the_validators_change() {
	run(|| {
		(0..3).for_each(|_| next_session());
		let before = set_id();
		(0..3).for_each(|_| next_session());
		assert_eq!(set_id(), before);

		let call =
			pallet_consortium::Call::<Runtime>::remove_validator { who: account("Validator4") };
		assert_ok!(council(3, call));
		(0..4).for_each(|_| next_session());
		assert_eq!(set_id(), before + 1);
		assert_eq!(Session::validators().len(), 3);
		assert_eq!(pallet_consortium::Validators::<Runtime>::get().len(), 3);
	});
}

#[test]
fn a_validators_key_is_proven_for_its_session() {
	run(|| {
		(0..3).for_each(|_| next_session());
		let key = (sp_consensus_grandpa::KEY_TYPE, session_keys("Validator2").grandpa);
		let proof = Historical::prove(key.clone()).unwrap();
		(0..2).for_each(|_| next_session());
		let (validator, ()) =
			<Historical as KeyOwnerProofSystem<_>>::check_proof(key, proof).unwrap();
		assert_eq!(validator, account("Validator2"));
	});
}

#[test]
fn a_validators_new_key_is_proven_for_its_session() {
	run(|| {
		(0..3).for_each(|_| next_session());
		let before = set_id();
		set_keys("Validator2", "Fresh");
		(0..2).for_each(|_| next_session());
		assert_eq!(set_id(), before + 1);
		for (validator, keys) in [("Validator1", "Validator1"), ("Validator2", "Fresh")] {
			let key = (sp_consensus_grandpa::KEY_TYPE, session_keys(keys).grandpa);
			let proof = Historical::prove(key.clone()).unwrap();
			next_session();
			let proven = <Historical as KeyOwnerProofSystem<_>>::check_proof(key, proof);
			assert_eq!(proven, Some((account(validator), ())));
		}
		assert_eq!(set_id(), before + 1);
	});
}

#[test]
fn a_validator_without_keys_is_left_out_until_it_sets_some() {
	run(|| {
		(0..3).for_each(|_| next_session());
		let fourth = (session_keys("Validator4").grandpa, 1);
		assert_ok!(send("Validator4", pallet_session::Call::<Runtime>::purge_keys {}));
		(0..2).for_each(|_| next_session());
		assert_eq!(Session::validators().len(), 3);
		assert!(!Grandpa::grandpa_authorities().contains(&fourth));

		set_keys("Validator4", "Validator4");
		(0..2).for_each(|_| next_session());
		assert_eq!(Session::validators().len(), 4);
		assert!(Grandpa::grandpa_authorities().contains(&fourth));
	});
}

#[test]
fn finality_goes_on_when_nobody_has_keys_left() {
	let mut config = config(DEV_RUNTIME_PRESET);
	config.consortium.session_length = SESSION;
	run_on(config, || {
		(0..3).for_each(|_| next_session());
		let voters = Grandpa::grandpa_authorities();
		assert_ok!(send("Validator1", pallet_session::Call::<Runtime>::purge_keys {}));
		(0..3).for_each(|_| next_session());
		assert_eq!(Grandpa::grandpa_authorities(), voters);

		set_keys("Validator1", "Fresh");
		(0..2).for_each(|_| next_session());
		assert_eq!(Grandpa::grandpa_authorities(), [(session_keys("Fresh").grandpa, 1)]);
		assert_eq!(Session::validators(), [account("Validator1")]);
	});
}

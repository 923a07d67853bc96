//! A validator needs two session keys in its keystore. Without them it would run, and silently do
//! nothing; so it is told before it starts.

use sp_core::crypto::{key_types, KeyTypeId};
use sp_keystore::KeystorePtr;

/// One of the keys a validator signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionKey {
	/// Its type in the keystore.
	pub id: KeyTypeId,
	/// Who uses it.
	pub user: &'static str,
	/// Its cryptography, as `key insert --scheme` names it.
	pub scheme: &'static str,
}

/// Every key a validator needs.
pub const SESSION_KEYS: [SessionKey; 2] = [
	SessionKey { id: key_types::AURA, user: "Aura", scheme: "sr25519" },
	SessionKey { id: key_types::GRANDPA, user: "GRANDPA", scheme: "ed25519" },
];

/// The keys of which the keystore holds none.
pub fn missing(keystore: &KeystorePtr) -> Result<Vec<SessionKey>, sp_keystore::Error> {
	let mut missing = Vec::new();
	for key in SESSION_KEYS {
		if keystore.keys(key.id)?.is_empty() {
			missing.push(key);
		}
	}
	Ok(missing)
}

/// One sentence that says which keys are missing and which commands make them.
pub fn explain(missing: &[SessionKey], keystore: &str, options: &str) -> String {
	let users = missing.iter().map(|key| key.user).collect::<Vec<_>>().join(" and no ");
	let commands = missing
		.iter()
		.map(|key| {
			let id = String::from_utf8_lossy(&key.id.0);
			format!("`salus-node key insert{options} --key-type {id} --scheme {}`", key.scheme)
		})
		.collect::<Vec<_>>()
		.join(" and ");
	format!(
		"this validator's keystore at {keystore} holds no {users} key: run {commands}, which asks \
		 for the secret phrase"
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_keystore::{testing::MemoryKeystore, Keystore};
	use std::sync::Arc;

	#[test]
	fn missing_keys_are_named_with_their_commands() {
		let keystore = Arc::new(MemoryKeystore::new());
		let pointer: KeystorePtr = keystore.clone();
		assert_eq!(missing(&pointer).unwrap(), SESSION_KEYS);

		keystore.sr25519_generate_new(key_types::AURA, Some("//Validator1")).unwrap();
		let missing_now = missing(&pointer).unwrap();
		assert_eq!(missing_now, SESSION_KEYS[1..]);
		let sentence = explain(&missing_now, "/data/keystore", " --base-path /data --chain local");
		assert!(sentence.contains("holds no GRANDPA key"));
		assert!(sentence.contains(
			"`salus-node key insert --base-path /data --chain local --key-type gran --scheme ed25519`"
		));

		keystore.ed25519_generate_new(key_types::GRANDPA, Some("//Validator1")).unwrap();
		assert!(missing(&pointer).unwrap().is_empty());
	}
}

//! Signing in, and the signatures of the interface.

use super::{hex_bytes, hex_scale};
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{hex_schema, AccountBytes, OrganisationId},
	time::Moment,
};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// Names the challenge and its version.
pub const CHALLENGE_DOMAIN: [u8; 16] = *b"salus/sign-in/1 ";

/// Asks for a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChallengeRequest {
	/// The account that wants to sign in.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
}

/// What an account signs to sign in, once.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
	/// [`CHALLENGE_DOMAIN`].
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<16>")]
	pub domain: [u8; 16],
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub genesis: [u8; 32],
	/// Whose vault it is.
	pub organisation: OrganisationId,
	/// Who signs in.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// Random, so that each challenge is another.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub nonce: [u8; 32],
	/// First moment at which it is worth nothing.
	pub expires: Moment,
}

impl Challenge {
	/// The two byte strings a wallet may sign: the encoded challenge, or what browser wallets sign,
	/// which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		let raw = self.encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}
}

/// A signature. Its SCALE encoding is that of the chain's `MultiSignature`, its JSON that encoding
/// in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Signature {
	/// By an sr25519 key, the only kind that key files and wallets hold.
	#[codec(index = 1)]
	Sr25519([u8; 64]),
}

impl Signature {
	/// Whether it is `account`'s over one of these messages.
	pub fn verify_any(&self, messages: &[Vec<u8>], account: &AccountBytes) -> bool {
		let Self::Sr25519(bytes) = self;
		let signature = subxt_signer::sr25519::Signature(*bytes);
		let key = subxt_signer::sr25519::PublicKey(*account);
		messages
			.iter()
			.any(|said| subxt_signer::sr25519::verify(&signature, said, &key))
	}
}

impl Serialize for Signature {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		hex_scale::serialize(self, to)
	}
}

impl<'de> Deserialize<'de> for Signature {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		hex_scale::deserialize(from)
	}
}

impl JsonSchema for Signature {
	fn schema_name() -> std::borrow::Cow<'static, str> {
		"Signature".into()
	}

	fn json_schema(_: &mut SchemaGenerator) -> Schema {
		json_schema!({
			"description": "An sr25519 signature, as the chain encodes its MultiSignature.",
			"type": "string",
			"pattern": "^0x01[0-9a-fA-F]{128}$"
		})
	}
}
/// What a guardian shows to read.
pub type GuardianReading = salus_primitives::guardian::GuardianReading<Signature>;

/// A signed challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignIn {
	/// As the vault gave it.
	pub challenge: Challenge,
	/// Over one of [`Challenge::signable`].
	pub signature: Signature,
}

/// A sign-in.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SignedIn {
	/// Goes into `authorization: Bearer …`.
	pub token: String,
	/// First moment at which it is worth nothing.
	pub expires: Moment,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;

	fn challenge(account: AccountBytes) -> Challenge {
		Challenge {
			domain: CHALLENGE_DOMAIN,
			genesis: [1; 32],
			organisation: 1,
			account,
			nonce: [2; 32],
			expires: 3,
		}
	}

	#[test]
	fn challenges_may_be_signed_as_browser_wallets_do() {
		let identity = KeyFile::from_dev_uri("//Mercy").unwrap().into_identity();
		let challenge = challenge(identity.account());
		let [raw, wrapped] = challenge.signable();
		assert_eq!(raw, challenge.encode());
		for message in [raw, wrapped] {
			let signature = identity.sign(&message);
			assert!(signature.verify_any(&challenge.signable(), &challenge.account));
			assert!(!signature.verify_any(&challenge.signable(), &[0; 32]));
		}
	}

	#[test]
	fn challenges_keep_their_shape() {
		let challenge = challenge([0xab; 32]);
		assert_eq!(challenge.encode().len(), 16 + 32 + 4 + 32 + 32 + 8);
		let json = serde_json::to_value(&challenge).unwrap();
		assert_eq!(json["account"], format!("0x{}", "ab".repeat(32)));
		assert_eq!(serde_json::from_value::<Challenge>(json).unwrap(), challenge);
	}

	#[test]
	fn signatures_are_the_chains_multi_signatures() {
		let signature = Signature::Sr25519([7; 64]);
		assert_eq!(signature.encode(), [&[1][..], &[7; 64]].concat());
		let json = serde_json::to_string(&signature).unwrap();
		assert_eq!(json, format!("\"0x01{}\"", "07".repeat(64)));
		assert_eq!(serde_json::from_str::<Signature>(&json).unwrap(), signature);
		for wrong in ["\"0x00\"", "\"0x01\"", "\"01\"", "\"0x0g\"", "7"] {
			assert!(serde_json::from_str::<Signature>(wrong).is_err(), "{wrong}");
		}
	}
}

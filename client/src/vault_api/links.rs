//! Links: what whoever has one asks a vault, without an account.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`RECORD_LINK`] | whoever has a link to the record | [`OpenLink`] → ciphertext, from `offset` on, header [`RELEASE_HEADER`](super::RELEASE_HEADER): [`Release`](super::Release) |

use super::{hex_bytes, Challenge, Signature};
use codec::Encode;
use salus_primitives::{
	codes::Purpose,
	ids::{hex_schema, RecordId},
	link::LinkKeys,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route by which a link opens its record.
pub const RECORD_LINK: &str = "/records/{record}/link";

/// How long a use of a link may go on, from when it began: 15 minutes.
pub const LINK_RESUMPTION: Moment = 15 * 60 * 1000;

/// Names what a link's key signs, and its version.
pub const LINK_DOMAIN: [u8; 16] = *b"salus/link/open1";

/// Opens a link. The link's code stays with who has it: its key signs a challenge for its account, and what
/// is wrapped is wrapped to its other key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenLink {
	/// The keys that follow from the code.
	pub keys: LinkKeys,
	/// A challenge of this vault, for the account among the keys.
	pub challenge: Challenge,
	/// The account's, over [`OpenLink::signable`].
	pub signature: Signature,
	/// What for, as the link says.
	pub purpose: Purpose,
	/// Random, chosen by the caller. A link is good for one use: who names the same again within
	/// [`LINK_RESUMPTION`] goes on with it.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub attempt: [u8; 32],
	/// The byte of the ciphertext from which on it is wanted.
	#[serde(default)]
	pub offset: u64,
}

impl OpenLink {
	/// What the link's key signs: the encoded domain, challenge, record, purpose, attempt and offset.
	pub fn signable(&self, record: &RecordId) -> Vec<u8> {
		let Self { challenge, purpose, attempt, offset, .. } = self;
		(LINK_DOMAIN, challenge, record, purpose, attempt, offset).encode()
	}
}

//! Rendezvous: an access request to a patient who has no chart at the requester's house, and scans a code there.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`RENDEZVOUS`] | the requester | [`PostedRequest`](super::PostedRequest) → 204 |
//! | POST [`RENDEZVOUS_OPENING`] | whoever has the code, the first one | [`OpenRendezvous`] → [`PostedRequest`](super::PostedRequest) |
//! | POST [`RENDEZVOUS_ANSWER`] | the same one | [`AnswerRendezvous`] → 204 |
//!
//! The request's terms have the rendezvous in the place of a chart: [`RendezvousCode::id`]. From it nobody gets
//! the code. The answer is read like any other, by [`REQUEST_ANSWER`](super::REQUEST_ANSWER).

use super::{hex_bytes, RequestAnswer};
use salus_primitives::{
	ids::{hex_schema, ChartId, Digest},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Route by which a requester brings a request for whoever has the code.
pub const RENDEZVOUS: &str = "/rendezvous";
/// Route of [`OpenRendezvous`].
pub const RENDEZVOUS_OPENING: &str = "/rendezvous/{rendezvous}";
/// Route of [`AnswerRendezvous`].
pub const RENDEZVOUS_ANSWER: &str = "/rendezvous/{rendezvous}/answer";

/// How long after its request lapsed a rendezvous is told apart from one that nobody made: a day.
pub const RENDEZVOUS_KNOWN_AFTER: Moment = 24 * 60 * 60 * 1000;

/// Separates rendezvous from other ids.
const DOMAIN: &[u8; 16] = b"salus/id/meeting";

/// The random code of a rendezvous: who has it first has the request. Wiped when dropped; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct RendezvousCode(#[serde(with = "hex_bytes")] pub(crate) [u8; 16]);

impl RendezvousCode {
	/// The rendezvous on the chain with this genesis: blake2_256(domain ‖ genesis ‖ code).
	pub fn id(&self, genesis: &[u8; 32]) -> ChartId {
		let mut bytes = Zeroizing::new([0; 64]);
		let parts = DOMAIN.iter().chain(genesis).chain(&self.0);
		bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = *part);
		ChartId(Digest::of(&*bytes).0)
	}
}

impl From<[u8; 16]> for RendezvousCode {
	fn from(code: [u8; 16]) -> Self {
		Self(code)
	}
}

impl core::fmt::Debug for RendezvousCode {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("RendezvousCode(…)")
	}
}

/// Who opens a rendezvous.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenRendezvous {
	/// The code.
	#[schemars(schema_with = "hex_schema::<16>")]
	pub code: RendezvousCode,
	/// Chosen by the caller, and known to nobody else. A rendezvous is good for one: who names the same again
	/// goes on with it.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub attempt: [u8; 32],
}

impl core::fmt::Debug for OpenRendezvous {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("OpenRendezvous(…)")
	}
}

/// The patient's answer by a rendezvous.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerRendezvous {
	/// Who answers, as they opened it.
	pub by: OpenRendezvous,
	/// What they answer.
	pub answer: RequestAnswer,
}

//! How a guardian reads. They have no key on chain to which content could be wrapped, so their word
//! names one. Vault and key service check it each for itself: neither can put a key of its own there.

use super::{in_time, GuardianFault, ShownGuardian};
use crate::{enrolment::signable, ids::ChartId, time::Moment};
use alloc::vec::Vec;
use codec::{Decode, Encode};

/// Names a guardian's word for reading and its version.
pub const GUARDIAN_READ_DOMAIN: [u8; 16] = *b"salus/guardread1";

/// What a guardian signs to read: to this key the content keys of this chart may be wrapped, until
/// then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReadStatement {
	/// [`GUARDIAN_READ_DOMAIN`].
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	pub genesis: [u8; 32],
	/// The chart.
	pub chart: ChartId,
	/// The guardian's X25519 key.
	pub encryption_key: [u8; 32],
	/// First moment at which the word is worth nothing.
	pub expires: Moment,
}

impl ReadStatement {
	/// The statement for this key.
	pub const fn new(
		genesis: [u8; 32],
		chart: ChartId,
		encryption_key: [u8; 32],
		expires: Moment,
	) -> Self {
		Self { domain: GUARDIAN_READ_DOMAIN, genesis, chart, encryption_key, expires }
	}

	/// The two byte strings a guardian may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// A guardian's word for the key with which they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadWord<Signature> {
	/// The guardian's X25519 key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub encryption_key: [u8; 32],
	/// First moment at which the word is worth nothing, at most
	/// [`MAX_WORD_VALIDITY`](super::MAX_WORD_VALIDITY) ahead.
	pub expires: Moment,
	/// The guardian's, over one of [`ReadStatement::signable`].
	pub signature: Signature,
}

impl<Signature> ReadWord<Signature> {
	/// What has to be signed, if the word is good at `at`. Whether it is signed is left to the caller.
	pub fn statement(
		&self,
		genesis: [u8; 32],
		chart: ChartId,
		at: Moment,
	) -> Result<ReadStatement, GuardianFault> {
		in_time(self.expires, at)?;
		Ok(ReadStatement::new(genesis, chart, self.encryption_key, self.expires))
	}
}

/// What a guardian shows to read: who they are, and their word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GuardianReading<Signature> {
	/// What shows that it is a guardian.
	pub guardian: ShownGuardian,
	/// Their word.
	pub word: ReadWord<Signature>,
}

//! How keys without funds or account enter the chain: a chart's first, and those that follow it.

use crate::{
	ids::{AccountBytes, ChartId, GuardRoot, OrganisationId},
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Names the statement and its version.
pub const ENROLMENT_DOMAIN: [u8; 16] = *b"salus/enrolment2";
/// Names the statement of a key that follows by the word of the one before it.
pub const ROTATION_DOMAIN: [u8; 16] = *b"salus/rotation/1";
/// Names the statement of a key that follows by the custodian's word, after a loss.
pub const REKEYING_DOMAIN: [u8; 16] = *b"salus/rekeying/1";

/// Longest a statement may be valid: 7 days, in milliseconds.
pub const MAX_ENROLMENT_VALIDITY: Moment = 7 * 24 * 60 * 60 * 1000;

/// What a chart's key signs so that a custodian can enrol it: this key, at this custodian, on this
/// chain, until then. The chart id makes each statement unique.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolmentStatement {
	/// [`ENROLMENT_DOMAIN`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<16>"))]
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub genesis: [u8; 32],
	/// The organisation that keeps the chart.
	pub custodian: OrganisationId,
	/// The chart to open.
	pub chart: ChartId,
	/// The chart's signing key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub key: AccountBytes,
	/// First moment at which the statement is worth nothing.
	pub expires: Moment,
	/// Who guards the chart from the start: the parents of a newborn.
	#[cfg_attr(feature = "serde", serde(default))]
	pub guard: Option<GuardRoot>,
}

impl EnrolmentStatement {
	/// The two byte strings a wallet may sign: the encoded statement, or what browser wallets sign,
	/// which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// What a key signs that is to follow another on a chart.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyStatement {
	/// [`ROTATION_DOMAIN`] or [`REKEYING_DOMAIN`].
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	pub genesis: [u8; 32],
	/// The organisation that keeps the chart.
	pub custodian: OrganisationId,
	/// The chart.
	pub chart: ChartId,
	/// The key.
	pub key: AccountBytes,
	/// First moment at which the statement is worth nothing.
	pub expires: Moment,
}

impl KeyStatement {
	/// The two byte strings a wallet may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// A key that is to follow, with its word that it is in somebody's hands.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewKey<Signature> {
	/// The key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub key: AccountBytes,
	/// First moment at which its word is worth nothing.
	pub expires: Moment,
	/// Its own, over one of [`KeyStatement::signable`].
	pub signature: Signature,
}

/// The encoded statement, and the same between `<Bytes>` and `</Bytes>`.
pub(crate) fn signable(statement: &impl Encode) -> [Vec<u8>; 2] {
	let raw = statement.encode();
	let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
	[raw, wrapped]
}

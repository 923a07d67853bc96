//! How a key without funds or account enters the chain.

use crate::{
	ids::{AccountBytes, ChartId, OrganisationId},
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Names the statement and its version.
pub const ENROLMENT_DOMAIN: [u8; 16] = *b"salus/enrolment1";

/// Longest a statement may be valid: 7 days, in milliseconds.
pub const MAX_ENROLMENT_VALIDITY: Moment = 7 * 24 * 60 * 60 * 1000;

/// What a chart's key signs so that a custodian can enrol it: this key, at this custodian, on this
/// chain, until then. The chart id makes each statement unique.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EnrolmentStatement {
	/// [`ENROLMENT_DOMAIN`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub genesis: [u8; 32],
	/// The organisation that keeps the chart.
	pub custodian: OrganisationId,
	/// The chart to open.
	pub chart: ChartId,
	/// The chart's signing key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: AccountBytes,
	/// First moment at which the statement is worth nothing.
	pub expires: Moment,
}

impl EnrolmentStatement {
	/// The two byte strings a wallet may sign: the encoded statement, or what browser wallets sign,
	/// which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		let raw = self.encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}
}

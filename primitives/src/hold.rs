//! Legal holds: the matter for whose sake a record is kept from erasure.
//!
//! The chain holds the seal; the custodian holds the opening.

use crate::{ids::RecordId, petition::Statement, seal::Sealable, time::Moment};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The sealed terms of a legal hold.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HoldTerms {
	/// The record.
	pub record: RecordId,
	/// When it was ordered, by the clock of whoever placed it.
	pub at: Moment,
	/// The matter, in the custodian's words: a court's reference, a claim.
	pub matter: Statement,
}

impl Sealable for HoldTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/hold/1    ";
}

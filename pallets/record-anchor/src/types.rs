use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::ids::{RecordId, Seal};
use scale_info::TypeInfo;

/// Most records that one call anchors.
pub const MAX_RECORDS: u32 = 128;

/// Records to anchor, in order.
pub type RecordBatch = BoundedVec<NewRecord, ConstU32<MAX_RECORDS>>;

/// A record to anchor.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct NewRecord {
	/// Its id.
	pub id: RecordId,
	/// The seal over its terms.
	pub leaf: Seal,
	/// The version it replaces.
	pub replaces: Option<RecordId>,
}

/// Number of records, for the weight.
pub(crate) fn batch_len(records: &RecordBatch) -> u32 {
	u32::try_from(records.len()).unwrap_or(MAX_RECORDS)
}

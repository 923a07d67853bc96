//! Time is `pallet-timestamp` milliseconds since 1970; periods are half-open.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Moment = u64;

/// The period `[from, until)`; without `until` it has no end.
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Period {
	/// First moment inside.
	pub from: Moment,
	/// First moment after.
	pub until: Option<Moment>,
}

impl Period {
	/// Whether `at` lies in the period.
	pub fn contains(&self, at: Moment) -> bool {
		self.from <= at && !self.has_ended(at)
	}

	/// Whether the period is over at `at`.
	pub fn has_ended(&self, at: Moment) -> bool {
		self.until.is_some_and(|until| until <= at)
	}

	/// Whether no moment lies in it.
	pub fn is_empty(&self) -> bool {
		self.until.is_some_and(|until| until <= self.from)
	}
}

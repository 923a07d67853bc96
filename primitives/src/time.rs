//! Time is `pallet-timestamp` milliseconds since 1970; periods are half-open.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Moment = u64;

/// A day in milliseconds.
const DAY: Moment = 24 * 60 * 60 * 1000;

/// The first moment of a calendar year, UTC; none before 1970 or after 9999.
pub const fn start_of_year(year: u32) -> Option<Moment> {
	/// Leap years up to and with this one.
	const fn leap_years(year: Moment) -> Moment {
		year / 4 - year / 100 + year / 400
	}
	let year = year as Moment;
	if year < 1970 || year > 9999 {
		return None;
	}
	Some((365 * (year - 1970) + leap_years(year - 1) - leap_years(1969)) * DAY)
}

/// Whether `at` is the first moment of a calendar year, UTC.
pub fn is_start_of_year(at: Moment) -> bool {
	/// Days in the 400 years after which the calendar repeats.
	const CYCLE: Moment = 146_097;
	// Right, or one too few where the leap days lie unevenly.
	let about = 1970u64.saturating_add((at / DAY).saturating_mul(400) / CYCLE);
	[about, about.saturating_add(1)]
		.into_iter()
		.filter_map(|year| start_of_year(u32::try_from(year).ok()?))
		.any(|start| start == at)
}

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
	/// Whether every moment of `other` lies in this period.
	pub fn is_at_least(&self, other: &Self) -> bool {
		let ends_later = match (self.until, other.until) {
			(None, _) => true,
			(Some(_), None) => false,
			(Some(one), Some(other)) => one >= other,
		};
		self.from <= other.from && ends_later
	}

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

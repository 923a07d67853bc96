//! Petitions: what a patient asks a custodian about one record, and the answer.
//!
//! The chain holds kind, state, moments and two seals. What is asked, why it is refused and what an
//! erasure did not reach is sealed; custodian and patient hold the openings.
//!
//! A patient asks in the vault, with the chart's signature, and the custodian files it: a petition signed
//! on chain by the chart's key would join chart and record for everyone.

use crate::{
	codes::{PetitionKind, PetitionState, RefusalReason},
	ids::{ChartId, OrganisationId, PractitionerId, RecordId, Seal},
	seal::Sealable,
	time::Moment,
};
use alloc::string::String;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most bytes of a statement.
pub const MAX_STATEMENT: u32 = 4096;

/// Most petitions about one record, whatever became of them.
pub const MAX_PETITIONS: u32 = 16;

/// Most entries of a receipt's list of what an erasure did not reach.
pub const MAX_NOT_REACHED: u32 = 64;

const DAY: Moment = 24 * 60 * 60 * 1000;

impl PetitionKind {
	/// How long a custodian has to answer, in milliseconds: for an erasure a month, taken as 30 days
	/// (GDPR Art. 12(3)); for an amendment 60 days (45 CFR 164.526(b)(2)).
	pub const fn term(self) -> Moment {
		match self {
			Self::Erasure => 30 * DAY,
			Self::Amendment => 60 * DAY,
		}
	}

	/// First moment at which the answer to a petition filed at `filed` is overdue.
	pub const fn due(self, filed: Moment) -> Moment {
		filed.saturating_add(self.term())
	}
}

/// A petition, as the chain keeps it.
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
pub struct Petition {
	/// What is asked.
	pub kind: PetitionKind,
	/// The seal over its [`PetitionTerms`].
	pub seal: Seal,
	/// Its state.
	pub state: PetitionState,
	/// When it was filed.
	pub filed: Moment,
	/// The seal over its [`AnswerTerms`], once it is refused or granted.
	pub answer: Option<Seal>,
	/// When it was refused or granted.
	pub answered: Option<Moment>,
}

impl Petition {
	/// First moment at which the answer is overdue.
	pub const fn due(&self) -> Moment {
		self.kind.due(self.filed)
	}

	/// Whether the answer is overdue at `at`.
	pub fn is_overdue(&self, at: Moment) -> bool {
		self.state == PetitionState::Open && self.due() <= at
	}
}

/// The sealed terms of a petition.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PetitionTerms {
	/// The chart whose patient asks.
	pub chart: ChartId,
	/// The record it is about.
	pub record: RecordId,
	/// What is asked.
	pub kind: PetitionKind,
	/// When the patient asked, by the wallet's clock.
	pub at: Moment,
	/// In the patient's words: what is wrong, or why it should go.
	pub statement: Statement,
}

impl Sealable for PetitionTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/petition/1";
}

/// The sealed terms of an answer.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswerTerms {
	/// The record.
	pub record: RecordId,
	/// Which of the record's petitions it answers, from 0.
	pub number: u32,
	/// Whether it is granted.
	pub granted: bool,
	/// Why not, if it is refused.
	pub reason: Option<RefusalReason>,
	/// First moment at which the reason holds no more, where that is known: the end of retention.
	pub until: Option<Moment>,
	/// In the custodian's words.
	pub statement: Statement,
	/// What was erased and what not, if an erasure is granted.
	pub receipt: Option<ErasureReceipt>,
}

impl Sealable for AnswerTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/answer/1  ";
}

/// What an erasure did.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErasureReceipt {
	/// When key, salt and ciphertext were destroyed.
	pub erased_at: Moment,
	/// Copies that it could not reach.
	#[cfg_attr(feature = "schema", schemars(with = "alloc::vec::Vec<NotReached>"))]
	pub not_reached: BoundedVec<NotReached, ConstU32<MAX_NOT_REACHED>>,
	/// Whether there are more than the list holds.
	pub more: bool,
}

/// A copy that an erasure could not reach.
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
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum NotReached {
	/// Somebody to whom it was released.
	#[codec(index = 0)]
	Recipient {
		/// For whom they acted.
		organisation: OrganisationId,
		/// Their practitioner number, if they have one.
		practitioner: Option<PractitionerId>,
		/// When.
		at: Moment,
	},
	/// The patient, to whom it was released.
	#[codec(index = 1)]
	Patient {
		/// When.
		at: Moment,
	},
	/// A backup, which is overwritten in time.
	#[codec(index = 2)]
	Backup {
		/// First moment at which it no longer is in one.
		until: Moment,
	},
	/// The custodian's own record system, where it was written.
	#[codec(index = 3)]
	SourceSystem,
}

/// A text of at most [`MAX_STATEMENT`] bytes in UTF-8.
#[derive(
	Clone, Debug, PartialEq, Eq, Default, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statement(
	#[cfg_attr(feature = "schema", schemars(with = "String"))]
	BoundedVec<u8, ConstU32<MAX_STATEMENT>>,
);

/// A statement that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementTooLong;

impl core::fmt::Display for StatementTooLong {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "the statement is longer than {MAX_STATEMENT} bytes: shorten it")
	}
}

impl core::error::Error for StatementTooLong {}

impl Statement {
	/// The text.
	pub fn as_str(&self) -> &str {
		// It came in as text, by whichever way.
		core::str::from_utf8(&self.0).unwrap_or_default()
	}
}

impl TryFrom<String> for Statement {
	type Error = StatementTooLong;
	fn try_from(text: String) -> Result<Self, StatementTooLong> {
		text.into_bytes().try_into().map(Self).map_err(|_| StatementTooLong)
	}
}

impl core::str::FromStr for Statement {
	type Err = StatementTooLong;
	fn from_str(text: &str) -> Result<Self, StatementTooLong> {
		String::from(text).try_into()
	}
}

impl core::fmt::Display for Statement {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.pad(self.as_str())
	}
}

impl Decode for Statement {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let bytes = BoundedVec::decode(input)?;
		core::str::from_utf8(&bytes).map_err(|_| "a statement that is not UTF-8")?;
		Ok(Self(bytes))
	}
}

#[cfg(feature = "serde")]
impl serde::Serialize for Statement {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.serialize_str(self.as_str())
	}
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Statement {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		String::deserialize(from)?.try_into().map_err(serde::de::Error::custom)
	}
}

//! Directives on paper: what a patient without a phone signed by hand, issued by two of the house's staff.
//!
//! One of them submits it, the other has signed the same off chain. They issue on charts of their own house
//! alone, and end nothing but what came on paper; the chart's key ends all of it.

use crate::{
	codes::{Interpreter, Role},
	enrolment::{signable, MAX_ENROLMENT_VALIDITY},
	ids::{AccountBytes, ChartId, DirectiveId, RecordId, Seal},
	seal::Sealable,
	time::Moment,
};
use alloc::{string::String, vec::Vec};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

/// Names what a second witness signs, and its version.
pub const PAPER_DOMAIN: [u8; 16] = *b"salus/paper-act1";

/// Longest that a second witness's word may be good: 7 days, in milliseconds.
pub const MAX_PAPER_VALIDITY: Moment = MAX_ENROLMENT_VALIDITY;

/// Who may stand for paper, and see what the vault keeps of it: whoever meets patients, keeps their records
/// or answers for the house.
pub const WITNESS_ROLES: [Role; 5] = [
	Role::Clinician,
	Role::Pharmacist,
	Role::RecordsOfficer,
	Role::QualityOfficer,
	Role::Administrator,
];

/// Most bytes of a language tag: enough for every one that RFC 5646 calls well-formed in practice
/// (section 4.4.1).
pub const MAX_LANGUAGE: u32 = 35;

/// A language tag of BCP 47, such as `es`, `zh-Hant` or `pt-BR`. Well-formed, not looked up.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Language(BoundedVec<u8, ConstU32<MAX_LANGUAGE>>);

/// A text that is no language tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALanguage;

impl fmt::Display for NotALanguage {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("no language tag of BCP 47: write one such as es, zh-Hant or pt-BR")
	}
}

impl core::error::Error for NotALanguage {}

/// Whether the text is a tag as RFC 5646 forms it, extensions and private use as one kind of subtag.
fn is_well_formed(text: &str) -> bool {
	let mut subtags = text.split('-');
	let is_subtag = |tag: &str| {
		(1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
	};
	let is_first = subtags.next().is_some_and(|first| {
		let is_private = first.eq_ignore_ascii_case("x") && text.len() > 2;
		let is_named =
			(2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
		is_private || is_named
	});
	// What one letter begins has to follow it.
	let ends_open = text.len() > 1 && text.rsplit('-').next().is_some_and(|last| last.len() == 1);
	is_first && subtags.all(is_subtag) && (!ends_open || text.starts_with(['x', 'X']))
}

impl FromStr for Language {
	type Err = NotALanguage;

	fn from_str(text: &str) -> Result<Self, NotALanguage> {
		if !is_well_formed(text) {
			return Err(NotALanguage);
		}
		text.as_bytes().to_vec().try_into().map(Self).map_err(|_| NotALanguage)
	}
}

impl fmt::Display for Language {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(core::str::from_utf8(&self.0).unwrap_or_default())
	}
}

impl Decode for Language {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let bytes = BoundedVec::<u8, ConstU32<MAX_LANGUAGE>>::decode(input)?;
		let text = core::str::from_utf8(&bytes).map_err(|_| "a language tag is not text")?;
		text.parse().map_err(|_| "not a language tag".into())
	}
}

#[cfg(feature = "serde")]
impl serde::Serialize for Language {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(self)
	}
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Language {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
	}
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Language {
	fn schema_name() -> alloc::borrow::Cow<'static, str> {
		"Language".into()
	}

	fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
		let pattern = "^([A-Za-z]{2,8}|[xX])(-[A-Za-z0-9]{1,8})*$";
		schemars::json_schema!({ "type": "string", "maxLength": MAX_LANGUAGE, "pattern": pattern })
	}
}

/// What the paper was, sealed: the patient and their house see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaperTerms {
	/// The language in which it was explained to the patient.
	pub language: Language,
	/// Who interpreted.
	pub interpreter: Interpreter,
	/// The first moment, UTC, of the day on which the patient signed.
	pub signed_on: Moment,
	/// The record that holds the scanned sheet, if it is stored.
	pub scan: Option<RecordId>,
}

impl Sealable for PaperTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/paper/1   ";
}

/// What shows of a directive that came on paper: enough to answer for it.
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
pub struct OnPaper {
	/// The account that submitted it.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub submitter: AccountBytes,
	/// The second one, which had signed the same.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub witness: AccountBytes,
	/// The seal over its [`PaperTerms`].
	pub seal: Seal,
}

/// A directive that came on paper, to be issued.
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
pub struct PaperDirective {
	/// The chart.
	pub chart: ChartId,
	/// The directive's id.
	pub id: DirectiveId,
	/// The seal over its terms.
	pub seal: Seal,
	/// The directive on paper that it replaces.
	pub replaces: Option<DirectiveId>,
	/// The seal over its [`PaperTerms`].
	pub paper: Seal,
}

/// What two of the staff do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum PaperAct {
	/// Issue a directive.
	#[codec(index = 0)]
	Issue(PaperDirective),
	/// Revoke one that came on paper.
	#[codec(index = 1)]
	Revoke {
		/// The chart it is on.
		chart: ChartId,
		/// Its id.
		id: DirectiveId,
	},
}

impl PaperAct {
	/// The chart that it is about.
	pub const fn chart(&self) -> ChartId {
		match self {
			Self::Issue(paper) => paper.chart,
			Self::Revoke { chart, .. } => *chart,
		}
	}
}

/// What the second witness signs. Each act names what it is about, which can be done once, so what is
/// submitted twice does nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PaperStatement {
	/// [`PAPER_DOMAIN`].
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	pub genesis: [u8; 32],
	/// What is to be done.
	pub act: PaperAct,
	/// The account that is to submit it.
	pub submitter: AccountBytes,
	/// The account that signs.
	pub witness: AccountBytes,
	/// First moment at which the signature is worth nothing.
	pub expires: Moment,
}

impl PaperStatement {
	/// The two byte strings the witness may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// The second witness's word.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PaperWord<Signature> {
	/// Who signed.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub witness: AccountBytes,
	/// First moment at which it is worth nothing.
	pub expires: Moment,
	/// Over one of [`PaperStatement::signable`].
	pub signature: Signature,
}

/// Why a second witness's word is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperFault {
	/// It has expired.
	Expired,
	/// It would be good for more than [`MAX_PAPER_VALIDITY`].
	ValidityTooLong,
}

impl<Signature> PaperWord<Signature> {
	/// Whether the word is good at `at`. The signature is not looked at.
	pub fn ensure_in_time(&self, at: Moment) -> Result<(), PaperFault> {
		if self.expires <= at {
			return Err(PaperFault::Expired);
		}
		if self.expires > at.saturating_add(MAX_PAPER_VALIDITY) {
			return Err(PaperFault::ValidityTooLong);
		}
		Ok(())
	}

	/// What must have been signed for this act of that submitter.
	pub const fn statement(
		&self,
		genesis: [u8; 32],
		act: PaperAct,
		submitter: AccountBytes,
	) -> PaperStatement {
		let (witness, expires) = (self.witness, self.expires);
		PaperStatement { domain: PAPER_DOMAIN, genesis, act, submitter, witness, expires }
	}
}

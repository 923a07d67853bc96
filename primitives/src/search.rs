//! Searches: finding an unconscious patient's chart by the code on their card, or by name and date of birth.
//!
//! A search is a break-glass like any other: opened on chain, answered for, reviewed. What differs is what its
//! seal hides, [`SearchTerms`] in place of [`BreakGlassTerms`](crate::break_glass::BreakGlassTerms). So it opens
//! no record, and a break-glass about a chart asks nothing: what is under the one seal does not open the other.
//! As the seal fixes what is asked, one search asks one question.

use crate::{
	ids::{BreakGlassId, Digest, Salt},
	seal::{Opening, Sealable},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes of a card's code.
pub const CODE: usize = 16;

/// Names the digest of a card's code, and its version.
const CODE_DOMAIN: &[u8; 16] = b"salus/find/code1";
/// Names the digest of a person's particulars, and its version.
const PERSON_DOMAIN: &[u8; 16] = b"salus/find/pers1";

/// The digest of a card's code: `blake2_256(domain ‖ code)`. It needs no salt, since the code is random.
pub fn code_digest(code: &[u8; CODE]) -> Digest {
	Digest::of(&[CODE_DOMAIN.as_slice(), code].concat())
}

/// What a search is for. Sealed; it names nobody even when it is opened.
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
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SearchTerms {
	/// The chart whose card has this code: [`code_digest`].
	#[codec(index = 0)]
	Code(Digest),
	/// The chart of this person: `blake2_256(domain ‖ salt ‖ SCALE(particulars))`, with the salt of the opening.
	/// Who has the opening and guesses the particulars can see that the guess is right.
	#[codec(index = 1)]
	Person(Digest),
}

impl SearchTerms {
	/// A search by the code on a card.
	pub fn code(code: &[u8; CODE]) -> Self {
		Self::Code(code_digest(code))
	}

	/// A search by a person's particulars, in the form in which they are compared. `salt` is the opening's.
	pub fn person(particulars: &impl Encode, salt: &Salt) -> Self {
		let mut bytes = PERSON_DOMAIN.to_vec();
		bytes.extend_from_slice(&salt.0);
		particulars.encode_to(&mut bytes);
		Self::Person(Digest::of(&bytes))
	}
}

impl Sealable for SearchTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/glass/find";
}

/// What shows that somebody opened a search.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownSearch {
	/// The break-glass that it is.
	pub id: BreakGlassId,
	/// What opens its seal.
	pub opening: Opening<SearchTerms>,
}

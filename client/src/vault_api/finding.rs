//! Finding a patient's chart in an emergency: by the code on a card, or by name and date of birth.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | PUT [`CHART_EMERGENCY_CARD`] | the chart's key | [`PutCard`] → 204; the code before ends |
//! | DELETE [`CHART_EMERGENCY_CARD`] | the chart's key | 204 |
//! | GET [`CHART_FINDABLE`] | the chart's key | [`Findable`] |
//! | PUT [`CHART_FINDABLE`] | the chart's key | [`SetFindable`] → [`Findable`] |
//! | PUT [`CHART_PARTICULARS`] | records officer | [`Particulars`] → 204 |
//! | DELETE [`CHART_PARTICULARS`] | records officer | 204 |
//! | POST [`SEARCHES`] | the clinician who opened the search | [`AskSearch`] → [`SearchAnswer`] |
//! | GET [`SEARCHES`] | quality officer | query `from` → [`SearchList`] |
//! | GET [`SEARCH_DISCLOSURES`] | who may [review](super::EMERGENCY_DISCLOSURES) it, with header [`SEARCH_HEADER`]: [`ShownInSearch`] | query [`ReviewQuery`](super::ReviewQuery) → [`DisclosurePage`](super::DisclosurePage) |

use super::hex_bytes;
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{
		hex_schema, AccountBytes, BreakGlassId, ChartId, Digest, OrganisationId, PractitionerId,
		Salt,
	},
	search::{SearchTerms, ShownSearch, CODE},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Route of the code by which a chart is found.
pub const CHART_EMERGENCY_CARD: &str = "/charts/{chart}/emergency-card";
/// Route of whether a chart can be found.
pub const CHART_FINDABLE: &str = "/charts/{chart}/findable";
/// Route of the particulars by which a chart is found.
pub const CHART_PARTICULARS: &str = "/charts/{chart}/particulars";
/// Route of searches.
pub const SEARCHES: &str = "/searches";
/// Route of the log's lines of one search, for a reviewer.
pub const SEARCH_DISCLOSURES: &str = "/searches/{emergency}/disclosures";

/// Header that carries a [`ShownInSearch`], see [`encode_header`](super::encode_header).
pub const SEARCH_HEADER: &str = "salus-search";

/// Most entries in a [`SearchList`].
pub const SEARCHES_PER_PAGE: u32 = 256;

/// The code of a new card, of which the vault learns the digest alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PutCard {
	/// [`code_digest`](salus_primitives::search::code_digest).
	pub code: Digest,
}

/// Whether and how a chart can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Findable {
	/// Whether there is a card.
	pub card: bool,
	/// Whether the custodian registered the particulars.
	pub registered: bool,
	/// Whether the patient has opted out: then neither is there.
	pub opted_out: bool,
}

/// Opts out of being found, or in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetFindable {
	/// Whether searches find the chart no more. What there is of card and particulars is removed.
	pub opted_out: bool,
}

/// Administrative gender, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gender {
	/// Male.
	#[codec(index = 0)]
	Male,
	/// Female.
	#[codec(index = 1)]
	Female,
	/// Other.
	#[codec(index = 2)]
	Other,
}

/// Who somebody is, in the form in which that is compared: see [`crate::finding`].
#[derive(
	Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema, Zeroize, ZeroizeOnDrop,
)]
pub struct Particulars {
	/// Family name.
	pub family: String,
	/// First given name.
	pub given: String,
	/// Date of birth, `YYYY-MM-DD`.
	pub birth_date: String,
	/// Gender, if it is known. It only tells people apart: one that is not known fits every one.
	#[serde(default)]
	#[zeroize(skip)]
	pub gender: Option<Gender>,
}

impl core::fmt::Debug for Particulars {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Particulars(…)")
	}
}

/// What a search asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
	/// Whose card this is.
	Code {
		/// The code on it.
		#[serde(with = "hex_bytes")]
		#[schemars(schema_with = "hex_schema::<16>")]
		code: [u8; CODE],
	},
	/// Where this person's chart is.
	Person {
		/// Who they are.
		particulars: Particulars,
	},
}

impl core::fmt::Debug for Question {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Question({:?})", self.kind())
	}
}

impl Question {
	/// Of what kind it is.
	pub const fn kind(&self) -> SearchKind {
		match self {
			Self::Code { .. } => SearchKind::Code,
			Self::Person { .. } => SearchKind::Person,
		}
	}

	/// What a search that asks this seals, with this salt.
	pub fn terms(&self, salt: &Salt) -> SearchTerms {
		match self {
			Self::Code { code } => SearchTerms::code(code),
			Self::Person { particulars } => SearchTerms::person(particulars, salt),
		}
	}
}

/// Asks by a search that is final on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskSearch {
	/// The search, and where the caller saw it.
	#[serde(flatten)]
	pub shown: ShownInSearch,
	/// What is asked. The search's seal must be over this.
	pub question: Question,
}

/// What shows that a search was opened, and where the caller saw that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownInSearch {
	/// Which search, and what opens its seal.
	#[serde(flatten)]
	pub shown: ShownSearch,
	/// Number of the finalised block at which the caller looked; see
	/// [`ShownInEmergency`](super::ShownInEmergency).
	#[serde(default)]
	pub head: u32,
}

/// What a search found. Whoever is not here, opted out, or not told apart from others is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchAnswer {
	/// The chart that is here.
	#[serde(default)]
	pub chart: Option<ChartId>,
}

/// What a search asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SearchKind {
	/// The code on a card.
	#[codec(index = 0)]
	Code,
	/// Name and date of birth.
	#[codec(index = 1)]
	Person,
}

impl SearchKind {
	/// In a word.
	pub const fn word(self) -> &'static str {
		match self {
			Self::Code => "code",
			Self::Person => "person",
		}
	}
}

/// A search that found nothing here. What it looked for is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissedSearch {
	/// The search, which is a break-glass on the chain.
	pub search: BreakGlassId,
	/// Who asked.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// Their practitioner number.
	pub practitioner: PractitionerId,
	/// For whom they acted.
	pub organisation: OrganisationId,
	/// By what.
	pub kind: SearchKind,
	/// When it was asked first, by the finalised head.
	pub first: Moment,
	/// When it was asked last.
	pub last: Moment,
	/// How often it was asked.
	pub times: u32,
}

/// A page of the searches that found nothing, the oldest first. The vault keeps a bounded number of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchList {
	/// The searches.
	pub searches: Vec<MissedSearch>,
	/// Where the next page begins, if there is one.
	#[serde(default)]
	pub next: Option<u32>,
}

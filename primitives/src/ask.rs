//! Asks: what a patient asks of the custodian of a chart, and the answer.
//!
//! 45 CFR 164.524: the patient has a right to see and to have what a custodian keeps, or to have it sent
//! to another; the custodian answers within 30 days, once 30 days more with a reason, and says why not.
//!
//! The chain holds chart, state, moments and seals. What is asked, why the answer takes longer and why it
//! is refused is sealed; custodian and patient hold the openings.

use crate::{
	codes::{AccessForm, AskState, DenialGround},
	directive::{Grantee, Scope},
	ids::{AskId, ChartId, DirectiveId, OrganisationId, Seal},
	petition::Statement,
	seal::Sealable,
	time::Moment,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// How long a custodian has to answer, and by how much it can put that off once: 30 days, in milliseconds
/// (45 CFR 164.524(b)(2)).
pub const ANSWER_TERM: Moment = 30 * 24 * 60 * 60 * 1000;

/// Most asks of one chart that are open at a time.
pub const MAX_OPEN_ASKS: usize = 8;

/// Most asks of one chart that the chain keeps. One more makes it forget the oldest that has
/// ended; custodian and patient keep theirs.
pub const MAX_ASKS: u32 = 16;

/// An ask, as the chain keeps it.
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
pub struct Ask {
	/// Its id, derived by the wallet.
	pub id: AskId,
	/// The seal over its [`AskTerms`].
	pub seal: Seal,
	/// Its state.
	pub state: AskState,
	/// When it was filed.
	pub filed: Moment,
	/// The seal over its [`AskExtensionTerms`], once the custodian put the answer off.
	pub extension: Option<Seal>,
	/// The seal over its [`AskAnswerTerms`], once it is granted or refused.
	pub answer: Option<Seal>,
	/// When it was granted, refused or withdrawn.
	pub ended: Option<Moment>,
}

impl Ask {
	/// One that is filed at `filed`.
	pub const fn filed(id: AskId, seal: Seal, filed: Moment) -> Self {
		let state = AskState::Open;
		Self { id, seal, state, filed, extension: None, answer: None, ended: None }
	}

	/// First moment at which the answer is overdue.
	pub const fn due(&self) -> Moment {
		let due = self.filed.saturating_add(ANSWER_TERM);
		match self.extension {
			Some(_) => due.saturating_add(ANSWER_TERM),
			None => due,
		}
	}

	/// Whether it waits for an answer.
	pub fn is_open(&self) -> bool {
		self.state == AskState::Open
	}

	/// Whether the answer is overdue at `at`.
	pub fn is_overdue(&self, at: Moment) -> bool {
		self.is_open() && self.due() <= at
	}
}

/// The sealed terms of an ask.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AskTerms {
	/// The chart whose patient asks.
	pub chart: ChartId,
	/// What is asked.
	pub wish: Wish,
	/// When the patient asked, by the wallet's clock.
	pub at: Moment,
	/// In the patient's words.
	pub statement: Statement,
}

impl Sealable for AskTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/ask/1     ";
}

/// What a patient asks of a custodian.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Wish {
	/// To have records of mine: 45 CFR 164.524(c)(2).
	#[codec(index = 0)]
	MakeAvailable {
		/// Which.
		scope: Scope,
		/// How.
		form: AccessForm,
	},
	/// To see to it that another can read them: 45 CFR 164.524(c)(3)(ii).
	#[codec(index = 1)]
	ShareWith {
		/// Who.
		grantee: Grantee,
		/// Which.
		scope: Scope,
		/// The directive that permits it.
		directive: DirectiveId,
	},
	/// To hand the records to another custodian.
	#[codec(index = 2)]
	Transfer {
		/// Which.
		to: OrganisationId,
	},
}

/// The sealed terms by which a custodian puts an answer off.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AskExtensionTerms {
	/// The chart.
	pub chart: ChartId,
	/// Its ask.
	pub ask: AskId,
	/// Why, in the custodian's words: 45 CFR 164.524(b)(2)(ii)(A).
	pub statement: Statement,
}

impl Sealable for AskExtensionTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/ask-ext/1 ";
}

/// The sealed terms of an answer.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AskAnswerTerms {
	/// The chart.
	pub chart: ChartId,
	/// The ask that it answers.
	pub ask: AskId,
	/// Whether it is granted.
	pub granted: bool,
	/// Why not, if it is refused.
	pub ground: Option<DenialGround>,
	/// In the custodian's words.
	pub statement: Statement,
}

impl Sealable for AskAnswerTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/ask-ans/1 ";
}

impl DenialGround {
	/// Whether the patient can have a licensed professional who had no part in the refusal review it: 45 CFR
	/// 164.524(a)(4).
	pub const fn is_reviewable(self) -> bool {
		matches!(self, Self::EndangersLife | Self::HarmsAnother | Self::HarmByRepresentative)
	}
}

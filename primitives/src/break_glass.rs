//! Break-glass: a clinician opens a chart in an emergency, says so on chain first, and answers for it
//! afterwards to a reviewer of another house.
//!
//! ```text
//! Active ──▶ Closed | Expired ──▶ PendingReview ──▶ Justified | Unjustified | Inconclusive
//!                                      └──▶ Escalated ──┘           (Inconclusive: once more)
//! ```
//!
//! Which chart it is about is sealed. The rules here are pure, so that the chain, vaults and wallets
//! read the same state from the same dates.

use crate::{
	codes::{
		Action, BreakGlassReason, BreakGlassScope, BreakGlassState, Categories, Category,
		Confidentiality, Purpose, ReviewOutcome, Role,
	},
	decision::Accessor,
	disclosure::DisclosureEntry,
	enrolment::signable,
	ids::{
		derive_id, AccountBytes, BreakGlassId, ChartId, IdDomain, OrganisationId, PractitionerId,
		Salt, Seal,
	},
	petition::Statement,
	record::RecordTerms,
	seal::{Opening, Sealable},
	time::Moment,
};
use alloc::{boxed::Box, vec::Vec};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

const HOUR: Moment = 60 * 60 * 1000;

/// How long a break-glass opens, from its opening and from each renewal: 3 h, about the stay in an
/// emergency department. Who needs longer says so on chain.
pub const VALIDITY: Moment = 3 * HOUR;

/// Most renewals: with [`VALIDITY`] a day at most. A patient who is in the house for longer has a
/// chart there, and somebody who can be asked.
pub const MAX_RENEWALS: u32 = 7;

/// How long the clinician has for an own account once it is over: 24 h, by the end of the next shift.
pub const ACCOUNT_TERM: Moment = 24 * HOUR;

/// How long until a review is overdue once it is over: 72 h, which spans a weekend.
pub const REVIEW_TERM: Moment = 72 * HOUR;

/// The break-glass within [`RATE_PERIOD`] from which on a second clinician is asked to look: the third.
/// Asking never blocks.
pub const SECOND_CLINICIAN_FROM: u32 = 3;

/// Over which time break-glass is counted for [`SECOND_CLINICIAN_FROM`]: 24 h.
pub const RATE_PERIOD: Moment = 24 * HOUR;

/// How long a second clinician has before it shows that none looked: 1 h from the opening.
pub const CONFIRMATION_TERM: Moment = HOUR;

/// How old the last finalised head may be on which a statement is made while finality stalls: 24 h.
/// Directives and standing may have changed since.
pub const MAX_STALE_HEAD: Moment = 24 * HOUR;

/// How far the time of the finalised head may trail a clock before finality counts as stalled: 10 s.
pub const STALLED_AFTER: Moment = 10 * 1000;

/// How far a statement's time may lie ahead of the clock of whoever is shown it: 1 min.
pub const MAX_CLOCK_SKEW: Moment = 60 * 1000;

/// How long a statement can be posted after it was made: 7 days, in which finality must have come back.
pub const MAX_POSTING: Moment = 7 * 24 * HOUR;

/// Most reviews of one break-glass: a first one, and another where that was inconclusive.
pub const MAX_REVIEWS: u32 = 2;

/// Names the statement of a clinician while finality stalls, and its version.
pub const BREAK_GLASS_DOMAIN: [u8; 16] = *b"salus/breakglas2";

/// The bit of an id's first byte that is set in ids of statements and in no others, so that nobody can take the id
/// of a statement for something else before it is posted.
const OF_STATEMENT: u8 = 0x80;

/// Whether the first scope covers this record: allergies, medications and problems without a label of
/// sensitivity and of no more than normal confidentiality.
///
/// Those three are what the International Patient Summary (LOINC 60591-5) has to hold. A summary that
/// was written as one document has the category of every other document, from which its terms do not
/// tell it, so it takes widening.
pub fn first_scope_covers(record: &RecordTerms) -> bool {
	const FIRST: Categories =
		Categories::of(&[Category::Allergy, Category::Medication, Category::Problem]);
	FIRST.contains(record.category)
		&& record.sensitivity.is_empty()
		&& record.confidentiality <= Confidentiality::Normal
}

impl BreakGlassScope {
	/// Whether it covers this record.
	pub fn covers(self, record: &RecordTerms) -> bool {
		match self {
			Self::First => first_scope_covers(record),
			Self::Widened => true,
		}
	}
}

impl BreakGlassId {
	/// The id of what this practitioner opens for this organisation, derived before it is sent.
	pub fn derive(
		genesis: &[u8; 32],
		organisation: OrganisationId,
		practitioner: PractitionerId,
		salt: &Salt,
	) -> Self {
		let id =
			Self(derive_id(IdDomain::BreakGlass, &(genesis, organisation, practitioner), salt));
		id.marked(false)
	}

	/// Whether it is the id of a statement, which is posted, or of what is opened on chain.
	pub const fn is_of_statement(&self) -> bool {
		self.0[0] & OF_STATEMENT != 0
	}

	const fn marked(mut self, of_statement: bool) -> Self {
		self.0[0] = if of_statement { self.0[0] | OF_STATEMENT } else { self.0[0] & !OF_STATEMENT };
		self
	}
}

/// What a break-glass is about. Sealed: on chain it names nobody.
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
pub struct BreakGlassTerms {
	/// The chart.
	pub chart: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
}

impl Sealable for BreakGlassTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/glass/1   ";
}

/// The clinician's own account of it, sealed.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountTerms {
	/// What it is an account of.
	pub break_glass: BreakGlassId,
	/// In the clinician's words.
	pub statement: Statement,
}

impl Sealable for AccountTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/glass/own1";
}

/// What a reviewer found, sealed.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingsTerms {
	/// What was reviewed.
	pub break_glass: BreakGlassId,
	/// What came of it.
	pub outcome: ReviewOutcome,
	/// In the reviewer's words.
	pub statement: Statement,
}

impl Sealable for FindingsTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/glass/rev1";
}

/// A break-glass, as the chain keeps it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BreakGlass {
	/// The account that opened it.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub account: AccountBytes,
	/// Its practitioner number.
	pub practitioner: PractitionerId,
	/// The organisation it acted for.
	pub organisation: OrganisationId,
	/// Why.
	pub reason: BreakGlassReason,
	/// The seal over its [`BreakGlassTerms`].
	pub seal: Seal,
	/// How far it reaches.
	pub scope: BreakGlassScope,
	/// When it was opened.
	pub opened: Moment,
	/// First moment at which it opens nothing any more.
	pub until: Moment,
	/// How often it was renewed.
	pub renewals: u32,
	/// When the clinician closed it.
	pub closed: Option<Moment>,
	/// When it was posted, if it was opened by a statement while finality stalled.
	pub posted: Option<Moment>,
	/// Whether a second clinician was asked to look.
	pub second_asked: bool,
	/// The second clinician who looked.
	pub confirmation: Option<Confirmation>,
	/// The clinician's own account.
	pub own_account: Option<OwnAccount>,
	/// Reviews, the first one first. One that is followed by another was inconclusive.
	pub reviews: Reviews,
}

/// Reviews of one break-glass.
pub type Reviews = BoundedVec<Review, ConstU32<MAX_REVIEWS>>;

/// That a second clinician looked.
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
pub struct Confirmation {
	/// Who.
	pub practitioner: PractitionerId,
	/// For whom they acted.
	pub organisation: OrganisationId,
	/// When.
	pub at: Moment,
}

/// The clinician's own account.
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
pub struct OwnAccount {
	/// The seal over its [`AccountTerms`].
	pub seal: Seal,
	/// When it was given.
	pub at: Moment,
}

/// A review.
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
pub struct Review {
	/// Whose quality officer reviewed.
	pub organisation: OrganisationId,
	/// What came of it.
	pub outcome: ReviewOutcome,
	/// The seal over its [`FindingsTerms`].
	pub findings: Seal,
	/// When.
	pub at: Moment,
}

impl BreakGlass {
	/// First moment at which it opens nothing any more, closing taken into account.
	pub fn end(&self) -> Moment {
		self.closed.map_or(self.until, |closed| closed.min(self.until))
	}

	/// Whether it opens anything at `at`.
	pub fn is_active(&self, at: Moment) -> bool {
		self.opened <= at && at < self.end()
	}

	/// Whether a log's line that names this break-glass can be due to it: the same account, house and
	/// practitioner saw something for emergency treatment, or [that a chart is there](crate::search), while it
	/// was active. `entry.at` is the time at which the chain was asked, so that closing it or letting it go on
	/// later changes nothing. What was posted explains what was decided at a head from before its statement,
	/// 24 h at most: while finality stalls there is no other.
	pub fn accounts_for(&self, entry: &DisclosureEntry) -> bool {
		let of = Accessor::Staff {
			account: self.account,
			organisation: self.organisation,
			role: Role::Clinician,
		};
		entry.accessor == of
			&& entry.practitioner == Some(self.practitioner)
			&& entry.action == Action::Access
			&& entry.purpose == Purpose::EmergencyTreatment
			&& match self.posted {
				None => self.is_active(entry.at),
				Some(_) => is_head_fresh(entry.at, self.opened),
			}
	}

	/// From when on account and review are awaited: its end, or its posting if that came later.
	fn answerable(&self) -> Moment {
		self.posted.unwrap_or_default().max(self.end())
	}

	/// First moment at which the clinician's own account is overdue.
	pub fn account_due(&self) -> Moment {
		self.answerable().saturating_add(ACCOUNT_TERM)
	}

	/// First moment at which the review is overdue.
	pub fn review_due(&self) -> Moment {
		self.answerable().saturating_add(REVIEW_TERM)
	}

	/// Whether the clinician's own account is overdue at `at`.
	pub fn is_account_overdue(&self, at: Moment) -> bool {
		self.own_account.is_none() && self.account_due() <= at
	}

	/// Whether a second clinician was asked, none looked, and the time for it is over at `at`.
	pub fn is_confirmation_overdue(&self, at: Moment) -> bool {
		self.second_asked
			&& self.confirmation.is_none()
			&& self.opened.saturating_add(CONFIRMATION_TERM) <= at
	}

	/// Its state at `at`.
	pub fn state(&self, at: Moment) -> BreakGlassState {
		if let Some(review) = self.reviews.last() {
			return match review.outcome {
				ReviewOutcome::Justified => BreakGlassState::Justified,
				ReviewOutcome::Unjustified => BreakGlassState::Unjustified,
				ReviewOutcome::Inconclusive => BreakGlassState::Inconclusive,
			};
		}
		if at < self.end() {
			BreakGlassState::Active
		} else if self.review_due() <= at {
			BreakGlassState::Escalated
		} else if self.own_account.is_some() || self.account_due() <= at {
			BreakGlassState::PendingReview
		} else if self.closed.is_some() {
			BreakGlassState::Closed
		} else {
			BreakGlassState::Expired
		}
	}

	/// Whether no further review can come.
	pub fn is_settled(&self) -> bool {
		self.reviews.is_full()
			|| self.reviews.iter().any(|review| review.outcome != ReviewOutcome::Inconclusive)
	}

	/// Whether it waits for a reviewer at `at`: the clinician was heard or had the time to be, and
	/// nothing is settled.
	pub fn is_reviewable(&self, at: Moment) -> bool {
		use BreakGlassState::{Escalated, Inconclusive, PendingReview};
		!self.is_settled() && matches!(self.state(at), PendingReview | Escalated | Inconclusive)
	}
}

/// Whether a practitioner may break the glass.
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
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "state"))]
pub enum EmergencyPrivilege {
	/// They may.
	#[codec(index = 0)]
	Held,
	/// A reviewer found one unjustified: only the council gives the privilege back.
	#[codec(index = 1)]
	Withdrawn {
		/// Which.
		break_glass: BreakGlassId,
		/// When.
		at: Moment,
	},
	/// An own account is overdue: the privilege is back once it is given.
	#[codec(index = 2)]
	AccountOverdue {
		/// Of which.
		break_glass: BreakGlassId,
		/// Since when.
		since: Moment,
	},
}

/// What shows that an accessor broke the glass.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownBreakGlass {
	/// Which.
	pub id: BreakGlassId,
	/// What opens its seal.
	pub opening: Opening<BreakGlassTerms>,
}

/// Whether a head that was finalised at `head` is recent enough for a statement made `at` then, and not after
/// it.
fn is_head_fresh(head: Moment, at: Moment) -> bool {
	head <= at && at <= head.saturating_add(MAX_STALE_HEAD)
}

/// Whether finality stalls, for whoever's clock says `now` and who sees a head finalised at `head` last.
pub const fn is_stalled(head: Moment, now: Moment) -> bool {
	now.saturating_sub(head) > STALLED_AFTER
}

/// What an accessor shows in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Emergency {
	/// A break-glass that the chain knows.
	#[codec(index = 0)]
	Glass(ShownBreakGlass),
	/// A statement, while finality stalls.
	#[codec(index = 1)]
	Statement(Box<ShownStatement>),
}

/// What an accessor shows while finality stalls, and what they see to whom they show it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShownStatement {
	/// The statement.
	pub statement: BreakGlassStatement,
	/// The sr25519 signature of its account over one of [`BreakGlassStatement::signable`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub signature: [u8; 64],
	/// What opens its seal.
	pub opening: Opening<BreakGlassTerms>,
	/// What is seen by whoever is to decide. Each decides by an own clock and head.
	pub seen: Seen,
}

/// What somebody sees who is shown a statement.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Seen {
	/// Their clock.
	pub now: Moment,
	/// The hash of the finalised head at which they ask.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub head: [u8; 32],
}

/// What a clinician signs while finality stalls, so that a vault may release the first scope alone and
/// somebody can post it later.
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
pub struct BreakGlassStatement {
	/// [`BREAK_GLASS_DOMAIN`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<16>"))]
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub genesis: [u8; 32],
	/// Number of the last finalised head that the clinician saw.
	pub number: u32,
	/// Hash of that head.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub head: [u8; 32],
	/// The clinician's account.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub account: AccountBytes,
	/// For whom they act.
	pub organisation: OrganisationId,
	/// Why.
	pub reason: BreakGlassReason,
	/// The seal over its [`BreakGlassTerms`].
	pub seal: Seal,
	/// When, by the clinician's clock.
	pub at: Moment,
}

impl BreakGlassStatement {
	/// The two byte strings a clinician may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}

	/// Whether it is meant for the chain with this genesis hash, by form and chain.
	pub fn is_for(&self, genesis: &[u8; 32]) -> bool {
		self.domain == BREAK_GLASS_DOMAIN && self.genesis == *genesis
	}

	/// The id of the break-glass that it opens: over all that it says, so that two statements never share one.
	pub fn id(&self) -> BreakGlassId {
		let salt = Salt(self.seal.0);
		BreakGlassId(derive_id(IdDomain::BreakGlassStatement, self, &salt)).marked(true)
	}

	/// Whether a head that was finalised at `head` is recent enough for it, and not after it: who saw finality
	/// go on since can break the glass on chain.
	pub fn is_fresh(&self, head: Moment) -> bool {
		is_head_fresh(head, self.at)
	}

	/// Whether it is of now, for whoever's clock says `now`: of the last 3 hours, as long as a break-glass opens,
	/// or at most [`MAX_CLOCK_SKEW`] ahead.
	pub fn is_current(&self, now: Moment) -> bool {
		self.at <= now.saturating_add(MAX_CLOCK_SKEW) && now < self.at.saturating_add(VALIDITY)
	}
}

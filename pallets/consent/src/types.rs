use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	ask::{Ask, MAX_ASKS},
	codes::DirectiveState,
	decision::MAX_ACTIVE_DIRECTIVES,
	guardian::{ActingGuardian, GuardianWord},
	ids::{BreakGlassId, ChartId, DirectiveId, OrganisationId, PractitionerId, Seal},
	order::{ChartOrder, MAX_ORDERS},
	paper::{OnPaper, PaperWord},
	time::Moment,
};
use scale_info::TypeInfo;
use sp_runtime::{AccountId32, MultiSignature};

/// A guardian's word, signed.
pub type WordOf = GuardianWord<MultiSignature>;

/// The word of the second one who stands for paper, signed.
pub type PaperWordOf = PaperWord<MultiSignature>;

/// An order, signed.
pub type OrderOf = ChartOrder<MultiSignature>;

/// Orders for one transaction.
pub type Orders = BoundedVec<OrderOf, ConstU32<MAX_ORDERS>>;

/// Longest that an access request stays open: 30 days, in milliseconds.
pub const MAX_REQUEST_VALIDITY: Moment = 30 * 24 * 60 * 60 * 1000;

/// Most directives of one guardian that can be active on a chart: with a share for each, none fills
/// the list so that another's deny finds no place.
pub const MAX_ACTIVE_OF_GUARDIAN: usize = 8;

/// Most directives of all guardians and on paper together that can be active on a chart: the patient
/// always has the rest.
pub const MAX_ACTIVE_OF_GUARDIANS: usize = 48;

/// Most directives on paper that can be active on a chart: guardians have at least the rest of what they
/// share.
pub const MAX_ACTIVE_ON_PAPER: usize = 16;

/// Most break-glasses of one practitioner that are active at a time: more patients than one clinician
/// treats at once.
pub const MAX_ACTIVE_BREAK_GLASSES: usize = 16;

/// Most break-glasses of one practitioner that were opened on chain and have no own account, active ones
/// included; and most posted ones without account beside which the clinician posts another.
pub const MAX_UNACCOUNTED: u32 = 32;

/// Most posted break-glasses of one practitioner without an own account that are asked for the privilege at
/// a time: what the clinician posts takes half of it at most, the rest is for what vaults post.
pub const MAX_POSTED_UNACCOUNTED: u32 = 64;

/// A practitioner's break-glasses without an own account that were opened on chain.
pub type UnaccountedList = BoundedVec<BreakGlassId, ConstU32<MAX_UNACCOUNTED>>;

/// The same of those that were posted.
pub type PostedList = BoundedVec<BreakGlassId, ConstU32<MAX_POSTED_UNACCOUNTED>>;

/// A chart's active directives.
pub type ActiveList = BoundedVec<DirectiveId, ConstU32<MAX_ACTIVE_DIRECTIVES>>;

/// What a chart's patient asks, oldest first.
pub type AskList = BoundedVec<Ask, ConstU32<MAX_ASKS>>;

/// A directive.
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
pub struct DirectiveDetails {
	/// The chart it is about.
	pub chart: ChartId,
	/// The seal over its terms.
	pub seal: Seal,
	/// Its state.
	pub state: DirectiveState,
	/// The directive it replaced.
	pub replaces: Option<DirectiveId>,
	/// The guardian who issued it; none if the chart's key did, or two witnesses.
	pub guardian: Option<ActingGuardian>,
	/// What shows of the paper, if two witnesses issued it.
	pub paper: Option<OnPaper>,
}

/// In whose right a directive is issued.
pub(crate) enum Issuer {
	/// The patient's.
	Key,
	/// A guardian's.
	Guardian(ActingGuardian),
	/// The patient's, by what they signed by hand.
	Paper(OnPaper),
}

impl Issuer {
	/// What is kept of them.
	pub(crate) const fn shown(&self) -> (Option<ActingGuardian>, Option<OnPaper>) {
		match self {
			Self::Key => (None, None),
			Self::Guardian(guardian) => (Some(*guardian), None),
			Self::Paper(paper) => (None, Some(*paper)),
		}
	}
}

/// Who ends a directive, or issues one.
pub(crate) enum Actor<'a> {
	/// Whoever signed the transaction, as the chart's key.
	Signer(&'a AccountId32),
	/// A guardian, whoever signed it.
	Guardian(&'a WordOf),
	/// The chart's key by its order, whoever signed it.
	Order(&'a OrderOf),
}

/// An access request.
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
pub struct RequestDetails<AccountId> {
	/// The account that asked.
	pub requester: AccountId,
	/// Its practitioner number when it asked.
	pub practitioner: PractitionerId,
	/// The organisation it acted for.
	pub organisation: OrganisationId,
	/// The seal over its terms.
	pub seal: Seal,
	/// First moment at which it is no longer open.
	pub lapses: Moment,
	/// Whether the requester took it back.
	pub withdrawn: bool,
}

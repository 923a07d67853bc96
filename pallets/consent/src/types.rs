use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	codes::DirectiveState,
	decision::MAX_ACTIVE_DIRECTIVES,
	ids::{ChartId, DirectiveId, OrganisationId, PractitionerId, Seal},
	time::Moment,
};
use scale_info::TypeInfo;

/// Longest that an access request stays open: 30 days, in milliseconds.
pub const MAX_REQUEST_VALIDITY: Moment = 30 * 24 * 60 * 60 * 1000;

/// A chart's active directives.
pub type ActiveList = BoundedVec<DirectiveId, ConstU32<MAX_ACTIVE_DIRECTIVES>>;

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

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	batch::Inclusion,
	codes::RecordState,
	decision::RecordFacts,
	ids::{OrganisationId, RecordId, Seal},
	petition::{Petition, MAX_PETITIONS},
};
use scale_info::TypeInfo;

/// Most records that one call anchors, offers or takes over.
pub const MAX_RECORDS: u32 = 128;

/// Most records of batches that one call makes records of their own.
pub const MAX_UNFOLDED: u32 = 32;

/// Most legal holds on one record.
pub const MAX_HOLDS: u32 = 8;

/// Records to anchor, in order.
pub type RecordBatch = BoundedVec<NewRecord, ConstU32<MAX_RECORDS>>;

/// Records of batches that are to be records of their own, in order.
pub type UnfoldedBatch = BoundedVec<Unfolded, ConstU32<MAX_UNFOLDED>>;

/// Records to offer, or no longer.
pub type RecordList = BoundedVec<RecordId, ConstU32<MAX_RECORDS>>;

/// Records to take over, in order.
pub type TakenBatch = BoundedVec<Taken, ConstU32<MAX_RECORDS>>;

/// The legal holds on a record, each the seal over a matter.
pub type HoldList = BoundedVec<Seal, ConstU32<MAX_HOLDS>>;

/// The petitions about a record; a petition's number is its place.
pub type PetitionList = BoundedVec<Petition, ConstU32<MAX_PETITIONS>>;

/// A record to anchor.
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
pub struct NewRecord {
	/// Its id.
	pub id: RecordId,
	/// The seal over its terms.
	pub leaf: Seal,
	/// The version it replaces.
	pub replaces: Option<RecordId>,
}

/// A record of a batch, proven.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Unfolded {
	/// Its id.
	pub record: RecordId,
	/// The seal over its terms.
	pub leaf: Seal,
	/// Where it lies.
	pub inclusion: Inclusion,
}

/// A record to take over.
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
pub struct Taken {
	/// Its id.
	pub record: RecordId,
	/// The seal over its terms in the person's chart at the new custodian.
	pub leaf: Seal,
}

/// A record.
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
pub struct RecordDetails {
	/// Who took it in; who keeps it is for [`HoldingDirectory`] to say.
	///
	/// [`HoldingDirectory`]: salus_primitives::directory::HoldingDirectory
	pub custodian: OrganisationId,
	/// Its number among that custodian's.
	pub number: u32,
	/// The seal over its terms.
	pub leaf: Seal,
	/// Its state.
	pub state: RecordState,
	/// The version it replaces.
	pub replaces: Option<RecordId>,
	/// Who offers its custody, and to whom.
	pub offered: Option<CustodyOffer>,
}

/// An offer of a record's custody. It is void once the record has another keeper.
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
pub struct CustodyOffer {
	/// Who offers.
	pub from: OrganisationId,
	/// To whom.
	pub to: OrganisationId,
}

impl RecordDetails {
	/// To whom its keeper offers it.
	pub(crate) fn offered_by(&self, keeper: OrganisationId) -> Option<OrganisationId> {
		self.offered.filter(|offer| offer.from == keeper).map(|offer| offer.to)
	}

	/// What a decision reads of it.
	pub(crate) fn facts(self, keeper: OrganisationId) -> RecordFacts {
		let Self { leaf, state, replaces, .. } = self;
		RecordFacts { custodian: keeper, leaf, state, replaces }
	}
}

/// Length of a bounded list, for the weight.
pub(crate) fn len<Item, const MOST: u32>(list: &BoundedVec<Item, ConstU32<MOST>>) -> u32 {
	u32::try_from(list.len()).unwrap_or(MOST)
}

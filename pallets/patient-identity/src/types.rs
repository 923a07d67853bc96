use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	codes::ChartState,
	enrolment::{EnrolmentStatement, NewKey},
	guardian::GuardianWord,
	ids::{AccountBytes, OrganisationId},
	time::Moment,
};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	MultiSignature,
};

/// What names the chain in statements: 32 bytes.
pub type GenesisHash = <BlakeTwo256 as Hash>::Output;

/// Most charts that one call enrols.
pub const MAX_ENROLMENTS: u32 = 64;

/// Statements with the signatures of the keys they name.
pub type EnrolmentBatch =
	BoundedVec<(EnrolmentStatement, MultiSignature), ConstU32<MAX_ENROLMENTS>>;

/// A key that is to follow another, with its signature.
pub type NewKeyOf = NewKey<MultiSignature>;

/// A guardian's word, signed.
pub type WordOf = GuardianWord<MultiSignature>;

/// How long a re-keying waits unless genesis says otherwise: 72 hours, in milliseconds.
pub const DEFAULT_REKEYING_DELAY: Moment = 72 * 60 * 60 * 1000;

/// A chart.
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
pub struct ChartDetails {
	/// Who enrolled it; who keeps it is for [`HoldingDirectory`] to say.
	///
	/// [`HoldingDirectory`]: salus_primitives::directory::HoldingDirectory
	pub custodian: OrganisationId,
	/// Its current signing key.
	pub key: AccountBytes,
	/// Its state.
	pub state: ChartState,
}

/// Number of entries, for the weight.
pub(crate) fn batch_len(entries: &EnrolmentBatch) -> u32 {
	u32::try_from(entries.len()).unwrap_or(MAX_ENROLMENTS)
}

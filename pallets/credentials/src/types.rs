//! What is stored, and the rules that need no storage.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	codes::{AccreditationState, InspectionOutcome, Jurisdiction, LicenceClasses, LicenceState},
	ids::{AccreditationId, InspectionId, LicenceId},
	time::Moment,
};
use scale_info::TypeInfo;

/// Most jurisdictions in which one board may license.
pub const MAX_AUTHORITIES: u32 = 64;
/// Most licences of one holder that can still count: what a question of standing reads at worst.
pub const MAX_LICENCES: u32 = 32;
/// Most accreditations of one organisation that can still count.
pub const MAX_ACCREDITATIONS: u32 = 8;
/// Most inspections of one organisation of which something is to be followed up.
pub const MAX_FOLLOW_UPS: u32 = 32;
/// Most of them by one inspector, so that none fills the list and keeps the others out.
pub const MAX_FOLLOW_UPS_BY_ONE: usize = 8;
/// Most times that what an authority issued is handed on.
pub const MAX_SUCCESSIONS: u32 = 8;

/// Where a board may license, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Authority {
	/// Where; a country's covers its subdivisions.
	pub jurisdiction: Jurisdiction,
	/// Which classes; never none.
	pub classes: LicenceClasses,
}

/// Since when a requirement asks for an accreditation, earlier versions included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AskedSince {
	/// Of the one in force.
	pub current: Moment,
	/// Of the one that follows.
	pub next: Moment,
}

/// All authorities of a board.
pub type Authorities = BoundedVec<Authority, ConstU32<MAX_AUTHORITIES>>;
/// A holder's licences.
pub type LicenceIds = BoundedVec<LicenceId, ConstU32<MAX_LICENCES>>;
/// An organisation's accreditations.
pub type AccreditationIds = BoundedVec<AccreditationId, ConstU32<MAX_ACCREDITATIONS>>;
/// An organisation's inspections of which something is to be followed up.
pub type InspectionIds = BoundedVec<InspectionId, ConstU32<MAX_FOLLOW_UPS>>;

/// Whether a board may change a licence's state so: Active ↔ Suspended, both → Revoked, both and
/// Pending → IssuedInError. A pending one becomes active by verification, and any that is neither over
/// nor suspended is surrendered by its holder.
pub(crate) const fn licence_may_become(from: LicenceState, to: LicenceState) -> bool {
	use LicenceState::*;
	matches!(
		(from, to),
		(Active, Suspended | Revoked | IssuedInError)
			| (Suspended, Active | Revoked | IssuedInError)
			| (Pending, IssuedInError)
	)
}

/// Whether a body may decide so on an accreditation. What it means to end, it denies preliminarily, so
/// that the organisation can appeal; only the organisation withdraws.
pub(crate) const fn accreditation_may_become(
	from: AccreditationState,
	to: AccreditationState,
) -> bool {
	use AccreditationState::*;
	matches!(
		(from, to),
		(Accredited, AccreditedWithFollowUp | PreliminaryDenial)
			| (AccreditedWithFollowUp, Accredited | AccreditedWithFollowUp | PreliminaryDenial)
			| (LimitedTemporary, Accredited | AccreditedWithFollowUp | PreliminaryDenial)
			| (PreliminaryDenial, Accredited | AccreditedWithFollowUp | Denied)
	)
}

/// Whether a decision takes a date by which faults are mended: always, never, or as the body likes.
pub(crate) const fn follow_up_of(decision: AccreditationState) -> FollowUp {
	match decision {
		AccreditationState::AccreditedWithFollowUp => FollowUp::Always,
		AccreditationState::LimitedTemporary => FollowUp::Maybe,
		_ => FollowUp::Never,
	}
}

/// Whether an inspection takes a date by which faults are mended.
pub(crate) const fn follow_up_after(outcome: InspectionOutcome) -> FollowUp {
	match outcome {
		InspectionOutcome::NoAction => FollowUp::Never,
		InspectionOutcome::VoluntaryAction => FollowUp::Maybe,
		InspectionOutcome::OfficialAction => FollowUp::Always,
	}
}

/// Whether something takes a date by which faults are mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FollowUp {
	Always,
	Maybe,
	Never,
}

impl FollowUp {
	/// Whether a due date, or none, goes with it. A date must be ahead.
	pub(crate) fn admits(self, due: Option<u64>, now: u64) -> bool {
		match (self, due) {
			(Self::Always | Self::Maybe, Some(due)) => due > now,
			(Self::Maybe | Self::Never, None) => true,
			(Self::Always, None) | (Self::Never, Some(_)) => false,
		}
	}
}

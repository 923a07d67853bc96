//! Value sets of break-glass.

use super::UnknownCode;
use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

codes! {
	/// Why a clinician breaks the glass: override reasons of HL7 v3-ActReason.
	BreakGlassReason {
		/// To give emergency treatment.
		Emergency = 0, "OVRER";
		/// The patient is not able to decide.
		Incompetency = 1, "OVRINCOMP";
		/// By professional judgment.
		ProfessionalJudgment = 2, "OVRPJ";
	}
}

codes! {
	/// How far a break-glass reaches.
	BreakGlassScope {
		/// What [`first_scope_covers`](crate::break_glass::first_scope_covers).
		First = 0, "first";
		/// Every record of the chart.
		Widened = 1, "widened";
	}
}

codes! {
	/// What a reviewer of another house found.
	ReviewOutcome {
		/// It was right to break the glass.
		Justified = 0, "justified";
		/// It was not.
		Unjustified = 1, "unjustified";
		/// It can not be told from what the reviewer has. Another house can review once more.
		Inconclusive = 2, "inconclusive";
	}
}

codes! {
	/// State of a break-glass at a moment. Never stored: dates and reviews tell it.
	BreakGlassState {
		/// Opens what its scope covers.
		Active = 0, "active";
		/// Closed by the clinician, whose own account is awaited.
		Closed = 1, "closed";
		/// Its time ran out; the clinician's own account is awaited.
		Expired = 2, "expired";
		/// The clinician's account is given or overdue: a reviewer is awaited.
		PendingReview = 3, "pending-review";
		/// The review is overdue.
		Escalated = 4, "escalated";
		/// Found right.
		Justified = 5, "justified";
		/// Found wrong.
		Unjustified = 6, "unjustified";
		/// Could not be told.
		Inconclusive = 7, "inconclusive";
	}
}

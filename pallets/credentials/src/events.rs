//! What the pallet tells.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The council said what a board may license in a jurisdiction.
		BoardAuthorised {
			/// The board.
			organisation: OrganisationId,
			/// Where.
			jurisdiction: Jurisdiction,
			/// All classes that it may license there from now on.
			classes: LicenceClasses,
		},
		/// The council took a board's authority for a jurisdiction away.
		BoardAuthorityRevoked {
			/// The board.
			organisation: OrganisationId,
			/// Where it may license no longer.
			jurisdiction: Jurisdiction,
		},
		/// The council said for what a body may accredit.
		BodyAuthorised {
			/// The body.
			organisation: OrganisationId,
			/// All programmes from now on; none when its authority was taken away.
			programmes: Programmes,
		},
		/// The council handed what an authority had issued to another.
		SuccessorAppointed {
			/// Who was responsible.
			authority: OrganisationId,
			/// Who is.
			successor: OrganisationId,
		},
		/// The council said what organisations of a kind need in a jurisdiction.
		RequirementSet {
			/// The kind.
			kind: OrganisationKind,
			/// Where.
			jurisdiction: Jurisdiction,
			/// Counts what was said of the two.
			version: u32,
			/// What was said.
			requirement: Requirement,
		},
		/// A board issued a licence.
		LicenceIssued {
			/// Its number.
			licence: LicenceId,
			/// The board.
			board: OrganisationId,
			/// Its holder.
			holder: Holder,
			/// Its state: pending until it is verified.
			state: LicenceState,
		},
		/// A board looked at the primary source of a licence.
		LicenceVerified {
			/// The licence.
			licence: LicenceId,
			/// When it is to be looked at again.
			next_due: Moment,
		},
		/// A board renewed a licence.
		LicenceRenewed {
			/// The licence.
			licence: LicenceId,
			/// When it is valid from now on.
			valid: Period,
		},
		/// The state of a licence changed.
		LicenceStateChanged {
			/// The licence.
			licence: LicenceId,
			/// Its state from now on.
			state: LicenceState,
		},
		/// A board set the limits of a licence.
		LicenceLimitsSet {
			/// The licence.
			licence: LicenceId,
		},
		/// A body decided on an accreditation, or the organisation withdrew from it.
		AccreditationDecided {
			/// Its number.
			accreditation: AccreditationId,
			/// The body.
			body: OrganisationId,
			/// Who is accredited.
			organisation: OrganisationId,
			/// Its state from now on.
			state: AccreditationState,
		},
		/// A body renewed an accreditation.
		AccreditationRenewed {
			/// The accreditation.
			accreditation: AccreditationId,
			/// When it is valid from now on.
			valid: Period,
		},
		/// An organisation appealed against a preliminary denial.
		DenialAppealed {
			/// The accreditation.
			accreditation: AccreditationId,
		},
		/// An authority recorded an inspection.
		InspectionRecorded {
			/// Its number.
			inspection: InspectionId,
			/// The authority.
			inspector: OrganisationId,
			/// Who was inspected.
			organisation: OrganisationId,
			/// What it led to.
			outcome: InspectionOutcome,
		},
		/// What an inspection asked for was mended, or the inspection was entered in error.
		InspectionStateChanged {
			/// The inspection.
			inspection: InspectionId,
			/// Its state from now on.
			state: InspectionState,
		},
	}
}

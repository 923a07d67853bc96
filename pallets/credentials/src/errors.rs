//! Why the pallet refuses.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// No organisation has this number. Read the directory for those there are.
		OrganisationUnknown,
		/// The organisation is not active. The council admits it, or lifts a suspension.
		OrganisationNotActive,
		/// The signer is no administrator of the organisation, and for an inspection no quality
		/// officer of it. Ask one of them.
		NotAdministrator,
		/// The organisation is no licensing board or regulator. Only those license.
		NotABoard,
		/// The organisation is no accreditation body. Only those accredit.
		NotAnAccreditationBody,
		/// The board has no authority for this class in every jurisdiction named. The council gives
		/// it.
		BoardNotAuthorised,
		/// The body has no authority for this programme. The council gives it.
		BodyNotAuthorised,
		/// Only a board with authority for the organisation's jurisdiction, or an accreditation
		/// body, inspects. The council gives authority.
		InspectorNotAuthorised,
		/// The authority lacks what its own kind needs, and issues nothing until it has it again.
		AuthorityNotInStanding,
		/// Nobody licenses, accredits or inspects themselves, an affiliate, or the house whose staff
		/// they are. Ask another authority, or another person of this one.
		ConflictOfInterest,
		/// The board can hold no more authorities. A country's covers its subdivisions.
		TooManyAuthorities,
		/// Authority to license is for at least one class. To end it, revoke it.
		ClassesMissing,
		/// A successor is another organisation of the same kind that has not handed on to this one.
		SuccessorUnfit,
		/// What was issued has been handed on as often as can be. Name the last successor directly.
		TooManySuccessions,
		/// A requirement holds from a moment that is not past: organisations must be able to meet it.
		RequirementInPast,
		/// Nobody has this number: no practitioner, or no organisation.
		HolderUnknown,
		/// The class is not held by such a holder: practitioners and organisations have classes of
		/// their own.
		WrongHolder,
		/// The signer does not hold the licence. Only its holder surrenders it.
		NotHolder,
		/// The holder can hold no more licences that still count. Surrender one first.
		TooManyLicences,
		/// No licence has this number. They count from 1 to `LicenceCount`.
		LicenceUnknown,
		/// A licence must be valid somewhere. Name at least one jurisdiction.
		JurisdictionsMissing,
		/// A jurisdiction is named twice. Name each once.
		JurisdictionTwice,
		/// Not an ISO 3166 code such as `US-CA` or `DE`. Write the country's two letters, alone or
		/// with a hyphen and its subdivision.
		InvalidJurisdiction,
		/// Organisations' licences are limited in schedules only: leave out supervision and sites.
		InvalidLimits,
		/// The next verification is due in the past. Name a moment ahead.
		VerificationDueInPast,
		/// No moment of the period lies ahead, or it begins ahead where it must have begun.
		EmptyPeriod,
		/// A temporary accreditation ends. Name its end.
		EndMissing,
		/// What is not in force or has no end is not renewed, and what has lapsed is issued anew.
		NotRenewable,
		/// A renewal ends later than what it renews, and ahead.
		PeriodNotLonger,
		/// The state cannot follow the present one, or not by this call. What is suspended is not
		/// surrendered: that would end the board's proceedings.
		InvalidTransition,
		/// It is there already: the authority, the successor, or an accreditation of this body in
		/// this programme, on which it can decide.
		AlreadyExists,
		/// No accreditation has this number. They count from 1 to `AccreditationCount`.
		AccreditationUnknown,
		/// The organisation can hold no more accreditations that still count. Withdraw from one.
		TooManyAccreditations,
		/// A due date ahead belongs to an accreditation with follow-up and to official action, can
		/// go with a temporary one and with voluntary action, and with nothing else.
		InvalidFollowUp,
		/// Only a preliminary denial is appealed, once, within 30 days.
		NotAppealable,
		/// The organisation can still appeal. Deny when it has, or when 30 days are over.
		AppealWindowOpen,
		/// No inspection has this number. They count from 1 to `InspectionCount`.
		InspectionUnknown,
		/// An inspection is recorded after it was done. Compare the date.
		InspectionInFuture,
		/// As much is to be followed up by the organisation as can be, or as one inspector can ask
		/// for. Close one first.
		TooManyFollowUps,
		/// The authority has handed on what it issued, and issues nothing more. Ask its successor.
		HandedOn,
		/// The board that is responsible can act: it revokes. The council suspends.
		BoardResponsible,
		/// Nothing is due more than 5 years ahead. Name an earlier moment.
		DueTooLate,
	}
}

//! Calls on licences, accreditations, inspections and those who give them.

use super::{Call, NewLicence};
use salus_primitives::{
	codes::{
		AccreditationState, InspectionOutcome, Jurisdiction, LicenceClasses, LicenceState,
		OrganisationKind, Programme, Programmes,
	},
	credential::{Limits, Requirement, Verification},
	ids::{AccreditationId, Digest, InspectionId, LicenceId, OrganisationId},
	time::{Moment, Period},
};

impl Call {
	/// Says what a board may license in a jurisdiction. An act of the council.
	pub fn authorise_board(
		board: OrganisationId,
		jurisdiction: Jurisdiction,
		classes: LicenceClasses,
	) -> Self {
		Self::new("Credentials", "authorise_board", (board, jurisdiction, classes))
	}

	/// Takes a board's authority for a jurisdiction away. An act of the council.
	pub fn revoke_board_authority(board: OrganisationId, jurisdiction: Jurisdiction) -> Self {
		Self::new("Credentials", "revoke_board_authority", (board, jurisdiction))
	}

	/// Says for what a body may accredit; for nothing when there are none. An act of the council.
	pub fn authorise_body(body: OrganisationId, programmes: Programmes) -> Self {
		Self::new("Credentials", "authorise_body", (body, programmes))
	}

	/// Hands what an authority issued to another. An act of the council.
	pub fn appoint_successor(authority: OrganisationId, successor: OrganisationId) -> Self {
		Self::new("Credentials", "appoint_successor", (authority, successor))
	}

	/// Says what organisations of a kind need in a jurisdiction. An act of the council.
	pub fn set_requirement(
		kind: OrganisationKind,
		jurisdiction: Jurisdiction,
		requirement: &Requirement,
	) -> Self {
		Self::new("Credentials", "set_requirement", (kind, jurisdiction, requirement))
	}

	/// Issues a licence. Signed by an administrator of the board.
	pub fn issue_licence(board: OrganisationId, licence: &NewLicence) -> Self {
		Self::new("Credentials", "issue_licence", (board, licence))
	}

	/// Records a look at the primary source of a licence. Signed by an administrator of the
	/// responsible board.
	pub fn verify_licence(licence: LicenceId, verification: Verification) -> Self {
		Self::new("Credentials", "verify_licence", (licence, verification))
	}

	/// Renews a licence; without a new end it has none. Signed by an administrator of the
	/// responsible board.
	pub fn renew_licence(
		licence: LicenceId,
		until: Option<Moment>,
		verification: Option<Verification>,
	) -> Self {
		Self::new("Credentials", "renew_licence", (licence, until, verification))
	}

	/// Suspends, reinstates or revokes a licence, or marks it issued in error. Signed by an
	/// administrator of the responsible board; or an act of the council, which does not reinstate.
	pub fn set_licence_state(licence: LicenceId, state: LicenceState) -> Self {
		Self::new("Credentials", "set_licence_state", (licence, state))
	}

	/// Gives a licence back. Signed by its holder, or by an administrator of its holder.
	pub fn surrender_licence(licence: LicenceId) -> Self {
		Self::new("Credentials", "surrender_licence", licence)
	}

	/// Sets what a licence does not extend to. Signed by an administrator of the responsible board.
	pub fn set_licence_limits(licence: LicenceId, limits: &Limits) -> Self {
		Self::new("Credentials", "set_licence_limits", (licence, limits))
	}

	/// Records a body's first decision on an organisation in a programme. Signed by an administrator
	/// of the body.
	pub fn accredit(
		body: OrganisationId,
		organisation: OrganisationId,
		programme: Programme,
		state: AccreditationState,
		valid: Period,
		follow_up_due: Option<Moment>,
		evidence: Digest,
	) -> Self {
		let arguments = (body, organisation, programme, state, valid, follow_up_due, evidence);
		Self::new("Credentials", "accredit", arguments)
	}

	/// Decides on an accreditation. Signed by an administrator of the responsible body.
	pub fn decide_accreditation(
		accreditation: AccreditationId,
		state: AccreditationState,
		follow_up_due: Option<Moment>,
		evidence: Digest,
	) -> Self {
		let arguments = (accreditation, state, follow_up_due, evidence);
		Self::new("Credentials", "decide_accreditation", arguments)
	}

	/// Renews an accreditation; without a new end it has none. Signed by an administrator of the
	/// responsible body.
	pub fn renew_accreditation(
		accreditation: AccreditationId,
		until: Option<Moment>,
		evidence: Digest,
	) -> Self {
		Self::new("Credentials", "renew_accreditation", (accreditation, until, evidence))
	}

	/// Appeals against a preliminary denial. Signed by an administrator of the organisation.
	pub fn appeal_denial(accreditation: AccreditationId, grounds: Digest) -> Self {
		Self::new("Credentials", "appeal_denial", (accreditation, grounds))
	}

	/// Withdraws an organisation from an accreditation. Signed by an administrator of the
	/// organisation.
	pub fn withdraw_accreditation(accreditation: AccreditationId) -> Self {
		Self::new("Credentials", "withdraw_accreditation", accreditation)
	}

	/// Records an inspection. Signed by an administrator or quality officer of the authority.
	pub fn record_inspection(
		inspector: OrganisationId,
		organisation: OrganisationId,
		outcome: InspectionOutcome,
		conducted: Moment,
		report: Digest,
		follow_up_due: Option<Moment>,
	) -> Self {
		let arguments = (inspector, organisation, outcome, conducted, report, follow_up_due);
		Self::new("Credentials", "record_inspection", arguments)
	}

	/// Records that what an inspection asked for was mended. Signed by an administrator or quality
	/// officer of the responsible authority.
	pub fn close_follow_up(inspection: InspectionId, evidence: Digest) -> Self {
		Self::new("Credentials", "close_follow_up", (inspection, evidence))
	}

	/// Marks an inspection entered in error. Signed by an administrator or quality officer of the
	/// responsible authority.
	pub fn mark_inspection_entered_in_error(inspection: InspectionId) -> Self {
		Self::new("Credentials", "mark_inspection_entered_in_error", inspection)
	}
}

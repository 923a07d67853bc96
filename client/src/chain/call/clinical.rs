//! Calls on charts, records and consent.

use super::{AnchorRecord, Call};
use crate::vault_api::Signature;
use salus_primitives::{
	codes::ErrorReason,
	enrolment::EnrolmentStatement,
	ids::{ChartId, DirectiveId, OrganisationId, RecordId, RequestId, Seal},
	time::Moment,
};

impl Call {
	/// Opens charts, each by its key's statement; at most 64, all or none. Signed by staff of the
	/// custodian.
	pub fn enrol_charts(
		organisation: OrganisationId,
		entries: &[(EnrolmentStatement, Signature)],
	) -> Self {
		Self::new("PatientIdentity", "enrol_charts", (organisation, entries))
	}

	/// Anchors records; at most 128, all or none. Signed by staff of the custodian.
	pub fn anchor_records(organisation: OrganisationId, records: &[AnchorRecord]) -> Self {
		Self::new("RecordAnchor", "anchor_records", (organisation, records))
	}

	/// Marks a record entered in error. Signed by staff of its custodian.
	pub fn mark_entered_in_error(record: RecordId, reason: ErrorReason) -> Self {
		Self::new("RecordAnchor", "mark_entered_in_error", (record, reason))
	}

	/// Issues a directive. Signed by the chart's key.
	pub fn issue_directive(
		chart: ChartId,
		id: DirectiveId,
		seal: Seal,
		replaces: Option<DirectiveId>,
	) -> Self {
		Self::new("Consent", "issue_directive", (chart, id, seal, replaces))
	}

	/// Revokes a directive. Signed by its chart's key.
	pub fn revoke_directive(id: DirectiveId) -> Self {
		Self::new("Consent", "revoke_directive", id)
	}

	/// Marks a directive entered in error. Signed by its chart's key.
	pub fn mark_directive_entered_in_error(id: DirectiveId) -> Self {
		Self::new("Consent", "mark_directive_entered_in_error", id)
	}

	/// Asks a patient for access. Signed by a clinician or pharmacist of the organisation.
	pub fn request_access(
		organisation: OrganisationId,
		id: RequestId,
		seal: Seal,
		lapses: Moment,
	) -> Self {
		Self::new("Consent", "request_access", (organisation, id, seal, lapses))
	}

	/// Takes a request back. Signed by its requester.
	pub fn withdraw_request(id: RequestId) -> Self {
		Self::new("Consent", "withdraw_request", id)
	}

	/// Posts the root over a custodian's disclosures. Signed by a system account of the custodian.
	pub fn post_disclosure_root(organisation: OrganisationId, root: [u8; 32], leaves: u32) -> Self {
		Self::new("Consent", "post_disclosure_root", (organisation, root, leaves))
	}
}

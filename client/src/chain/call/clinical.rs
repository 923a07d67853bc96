//! Calls on charts and consent.

use super::Call;
use crate::vault_api::Signature;
use salus_primitives::{
	break_glass::BreakGlassStatement,
	codes::{BreakGlassReason, Jurisdiction, PosthumousRule, ReviewOutcome},
	enrolment::{EnrolmentStatement, NewKey},
	guardian::GuardianWord,
	ids::{
		AskId, BreakGlassId, ChartId, DirectiveId, GuardRoot, OrganisationId, PractitionerId,
		RequestId, Seal,
	},
	order::ChartOrder,
	paper::{PaperDirective, PaperWord},
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

	/// Gives a chart another key. Signed by its key.
	pub fn rotate_key(chart: ChartId, new: &NewKey<Signature>) -> Self {
		Self::new("PatientIdentity", "rotate_key", (chart, new))
	}

	/// Sets who guards a chart. Signed by its key.
	pub fn set_guard(chart: ChartId, guard: Option<GuardRoot>) -> Self {
		Self::new("PatientIdentity", "set_guard", (chart, guard))
	}

	/// Starts to give another key to a chart whose own is lost. Signed by a records officer of its
	/// custodian.
	pub fn start_rekeying(chart: ChartId, new: &NewKey<Signature>) -> Self {
		Self::new("PatientIdentity", "start_rekeying", (chart, new))
	}

	/// Cancels a re-keying. Signed by the chart's key, or by a records officer of the custodian.
	pub fn cancel_rekeying(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "cancel_rekeying", chart)
	}

	/// Completes a re-keying whose delay is over. Signed by staff of the chart's custodian.
	pub fn complete_rekeying(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "complete_rekeying", chart)
	}

	/// Closes a chart. Signed by its key.
	pub fn deactivate(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "deactivate", chart)
	}

	/// Opens a closed chart again. Signed by its key.
	pub fn reactivate(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "reactivate", chart)
	}

	/// Reports that a patient is dead. Signed by a clinician of the chart's custodian.
	pub fn report_death(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "report_death", chart)
	}

	/// Disputes that a patient is dead. Signed by the chart's key.
	pub fn dispute_death(chart: ChartId) -> Self {
		Self::new("PatientIdentity", "dispute_death", chart)
	}

	/// The same by a guardian's word. Signed by anyone.
	pub fn dispute_death_as_guardian(chart: ChartId, word: &GuardianWord<Signature>) -> Self {
		Self::new("PatientIdentity", "dispute_death_as_guardian", (chart, word))
	}

	/// Says what a jurisdiction lets open of the charts of the dead. An act of the council.
	pub fn set_posthumous_rule(jurisdiction: Jurisdiction, rule: Option<PosthumousRule>) -> Self {
		Self::new("PatientIdentity", "set_posthumous_rule", (jurisdiction, rule))
	}

	/// Says whether a contested chart's key can not cancel its next re-keying. To be proposed to the
	/// council.
	pub fn uphold_rekeying(chart: ChartId, upheld: bool) -> Self {
		Self::new("PatientIdentity", "uphold_rekeying", (chart, upheld))
	}

	/// Issues a directive by a guardian's word. Signed by anyone.
	pub fn issue_directive_as_guardian(
		chart: ChartId,
		id: DirectiveId,
		seal: Seal,
		replaces: Option<DirectiveId>,
		word: &GuardianWord<Signature>,
	) -> Self {
		let arguments = (chart, id, seal, replaces, word);
		Self::new("Consent", "issue_directive_as_guardian", arguments)
	}

	/// Revokes a directive by a guardian's word. Signed by anyone.
	pub fn revoke_directive_as_guardian(id: DirectiveId, word: &GuardianWord<Signature>) -> Self {
		Self::new("Consent", "revoke_directive_as_guardian", (id, word))
	}

	/// Marks a directive entered in error by a guardian's word. Signed by anyone.
	pub fn mark_directive_entered_in_error_as_guardian(
		id: DirectiveId,
		word: &GuardianWord<Signature>,
	) -> Self {
		Self::new("Consent", "mark_directive_entered_in_error_as_guardian", (id, word))
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

	/// Submits orders of charts' keys; at most 128, each stands for itself. Signed by anyone.
	pub fn submit_orders(orders: &[ChartOrder<Signature>]) -> Self {
		Self::new("Consent", "submit_orders", orders)
	}

	/// Issues a directive that the patient signed on paper. Signed by staff of the chart's custodian, by the
	/// word of a second one.
	pub fn issue_directive_on_paper(paper: &PaperDirective, word: &PaperWord<Signature>) -> Self {
		Self::new("Consent", "issue_directive_on_paper", (paper, word))
	}

	/// Revokes a directive that came on paper. Signed by staff of the chart's custodian, by the word of a
	/// second one.
	pub fn end_directive_on_paper(id: DirectiveId, word: &PaperWord<Signature>) -> Self {
		Self::new("Consent", "end_directive_on_paper", (id, word))
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

	/// Breaks the glass. Signed by a clinician of the organisation.
	pub fn open_break_glass(
		id: BreakGlassId,
		organisation: OrganisationId,
		reason: BreakGlassReason,
		seal: Seal,
	) -> Self {
		Self::new("Consent", "open_break_glass", (id, organisation, reason, seal))
	}

	/// Widens a break-glass to the whole chart. Signed by the account that opened it.
	pub fn widen_break_glass(id: BreakGlassId) -> Self {
		Self::new("Consent", "widen_break_glass", id)
	}

	/// Lets a break-glass go on for 3 hours. Signed by the account that opened it.
	pub fn renew_break_glass(id: BreakGlassId) -> Self {
		Self::new("Consent", "renew_break_glass", id)
	}

	/// Closes a break-glass. Signed by the practitioner who opened it.
	pub fn close_break_glass(id: BreakGlassId) -> Self {
		Self::new("Consent", "close_break_glass", id)
	}

	/// Says that a second clinician looked. Signed by a clinician of the organisation who did not open it.
	pub fn confirm_break_glass(id: BreakGlassId, organisation: OrganisationId) -> Self {
		Self::new("Consent", "confirm_break_glass", (id, organisation))
	}

	/// Gives the own account of a break-glass that is over. Signed by the practitioner who opened it.
	pub fn account_for_break_glass(id: BreakGlassId, seal: Seal) -> Self {
		Self::new("Consent", "account_for_break_glass", (id, seal))
	}

	/// Reviews a break-glass. Signed by a quality officer of another organisation than the clinician's.
	pub fn review_break_glass(
		id: BreakGlassId,
		organisation: OrganisationId,
		outcome: ReviewOutcome,
		findings: Seal,
	) -> Self {
		Self::new("Consent", "review_break_glass", (id, organisation, outcome, findings))
	}

	/// Gives a practitioner the privilege back that a review took. To be proposed to the council.
	pub fn restore_emergency_privilege(
		practitioner: PractitionerId,
		break_glass: BreakGlassId,
	) -> Self {
		Self::new("Consent", "restore_emergency_privilege", (practitioner, break_glass))
	}

	/// Posts what a clinician signed while finality stalled. Signed by a system account of the
	/// organisation, or by the clinician for the statement's.
	pub fn post_break_glass(
		organisation: OrganisationId,
		statement: &BreakGlassStatement,
		signature: &Signature,
	) -> Self {
		Self::new("Consent", "post_break_glass", (organisation, statement, signature))
	}

	/// Asks something of the custodian of a chart. Signed by the chart's key.
	pub fn file_ask(chart: ChartId, id: AskId, seal: Seal) -> Self {
		Self::new("Consent", "file_ask", (chart, id, seal))
	}

	/// Takes an ask back. Signed by the chart's key.
	pub fn withdraw_ask(chart: ChartId, id: AskId) -> Self {
		Self::new("Consent", "withdraw_ask", (chart, id))
	}

	/// Puts the answer to an ask off by 30 days. Signed by a records officer or system account of
	/// whoever keeps the chart.
	pub fn extend_ask(chart: ChartId, id: AskId, reason: Seal) -> Self {
		Self::new("Consent", "extend_ask", (chart, id, reason))
	}

	/// Grants an ask. Signed by a records officer or system account of whoever keeps the chart.
	pub fn grant_ask(chart: ChartId, id: AskId, answer: Seal) -> Self {
		Self::new("Consent", "grant_ask", (chart, id, answer))
	}

	/// Refuses an ask. Signed by a records officer or system account of whoever keeps the chart.
	pub fn refuse_ask(chart: ChartId, id: AskId, answer: Seal) -> Self {
		Self::new("Consent", "refuse_ask", (chart, id, answer))
	}
}

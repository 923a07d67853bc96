//! What the pallet tells.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A directive was issued and counts.
		DirectiveIssued {
			/// The chart.
			chart: ChartId,
			/// Its number among the chart's directives.
			number: u32,
			/// The directive.
			directive: DirectiveId,
		},
		/// A directive was replaced and counts no more.
		DirectiveSuperseded {
			/// The chart.
			chart: ChartId,
			/// The replaced directive.
			directive: DirectiveId,
			/// The directive that counts.
			by: DirectiveId,
		},
		/// A directive was revoked and counts no more.
		DirectiveRevoked {
			/// The chart.
			chart: ChartId,
			/// The directive.
			directive: DirectiveId,
		},
		/// A directive was marked entered in error and counts no more.
		DirectiveEnteredInError {
			/// The chart.
			chart: ChartId,
			/// The directive.
			directive: DirectiveId,
		},
		/// A practitioner asked for access.
		AccessRequested {
			/// The request.
			request: RequestId,
			/// The organisation they act for.
			organisation: OrganisationId,
			/// The practitioner.
			practitioner: PractitionerId,
		},
		/// A requester took the request back.
		RequestWithdrawn {
			/// The request.
			request: RequestId,
		},
		/// A custodian posted a root over its disclosures.
		DisclosureRootPosted {
			/// The custodian.
			organisation: OrganisationId,
			/// The root's number among the custodian's.
			number: u32,
		},
		/// An order was refused and did nothing.
		OrderRefused {
			/// The chart that it names.
			chart: ChartId,
			/// The directive that it is about.
			directive: DirectiveId,
			/// Why.
			error: sp_runtime::DispatchError,
		},
		/// A clinician broke the glass.
		BreakGlassOpened {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// The clinician.
			practitioner: PractitionerId,
			/// The organisation they act for.
			organisation: OrganisationId,
			/// Why.
			reason: BreakGlassReason,
		},
		/// A clinician breaks the glass so often that a second one is asked to look.
		SecondClinicianAsked {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// The clinician.
			practitioner: PractitionerId,
		},
		/// A break-glass reaches the whole chart.
		BreakGlassWidened {
			/// The break-glass.
			break_glass: BreakGlassId,
		},
		/// A break-glass goes on.
		BreakGlassRenewed {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// First moment at which it opens nothing any more.
			until: Moment,
		},
		/// A clinician closed a break-glass.
		BreakGlassClosed {
			/// The break-glass.
			break_glass: BreakGlassId,
		},
		/// A second clinician looked.
		BreakGlassConfirmed {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// The second clinician.
			practitioner: PractitionerId,
			/// The organisation they act for.
			organisation: OrganisationId,
		},
		/// A clinician gave an own account.
		BreakGlassAccounted {
			/// The break-glass.
			break_glass: BreakGlassId,
		},
		/// Another house reviewed a break-glass.
		BreakGlassReviewed {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// The reviewer's organisation.
			organisation: OrganisationId,
			/// What came of it.
			outcome: ReviewOutcome,
		},
		/// A practitioner lost the privilege to break the glass.
		EmergencyPrivilegeWithdrawn {
			/// The practitioner.
			practitioner: PractitionerId,
			/// The unjustified break-glass.
			break_glass: BreakGlassId,
		},
		/// The council gave the privilege back.
		EmergencyPrivilegeRestored {
			/// The practitioner.
			practitioner: PractitionerId,
		},
		/// A break-glass of a time without finality was posted.
		BreakGlassPosted {
			/// The break-glass.
			break_glass: BreakGlassId,
			/// The clinician.
			practitioner: PractitionerId,
			/// The organisation they acted for.
			organisation: OrganisationId,
			/// Why.
			reason: BreakGlassReason,
			/// When, by the clinician's statement.
			opened: Moment,
		},
		/// A patient asked something of a chart's custodian.
		AskFiled {
			/// The chart.
			chart: ChartId,
			/// The ask.
			ask: AskId,
		},
		/// A patient took an ask back.
		AskWithdrawn {
			/// The chart.
			chart: ChartId,
			/// The ask.
			ask: AskId,
		},
		/// A custodian put its answer off.
		AskExtended {
			/// The chart.
			chart: ChartId,
			/// The ask.
			ask: AskId,
		},
		/// A custodian granted what a patient asked.
		AskGranted {
			/// The chart.
			chart: ChartId,
			/// The ask.
			ask: AskId,
		},
		/// A custodian refused what a patient asked.
		AskRefused {
			/// The chart.
			chart: ChartId,
			/// The ask.
			ask: AskId,
		},
		/// Two of the custodian's staff issued a directive that the patient signed on paper.
		DirectiveWitnessed {
			/// The chart.
			chart: ChartId,
			/// The directive.
			directive: DirectiveId,
			/// Who submitted it.
			submitter: AccountId32,
			/// Who had signed the same.
			witness: AccountId32,
		},
	}
}

//! Runtime APIs of Salus: what people read in polkadot.js apps, vaults decide by and `salus_` RPC
//! serves. Every answer is about the block it is asked at.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use salus_primitives::{
	batch::BatchFacts,
	break_glass::EmergencyPrivilege,
	codes::{DrugSchedule, Jurisdiction, LicenceClass, OrganisationKind, Role, StandingReasons},
	credential::{Holder, Requirements},
	decision::{AccessQuery, ChartFacts, RecordFacts},
	ids::{
		AccountBytes, BatchId, BreakGlassId, ChartId, DirectiveId, LicenceId, OrganisationId,
		PractitionerId, RecordId, RequestId,
	},
	time::Moment,
	views::{
		AccreditationView, AskView, AuthorityView, BreakGlassView, ChartView, Decided,
		DirectiveView, DisclosureRoot, EncryptionKey, HoldingView, InspectionView, LicenceView,
		MotionView, OrganisationView, Page, PractitionerView, RecordView, RequestView, StaffView,
		StandingView,
	},
};

sp_api::decl_runtime_apis! {
	/// Organisations, staff and practitioners.
	pub trait ProvidersApi {
		/// The organisation.
		fn organisation(organisation: OrganisationId) -> Option<OrganisationView>;
		/// A page of all organisations from this number on, in order of their entry.
		fn organisations(from: OrganisationId) -> Page<OrganisationView>;
		/// A page of the organisations in a country or subdivision, from this place of the list on.
		fn organisations_in(place: Jurisdiction, from: u32) -> Page<OrganisationView>;
		/// A page of an organisation's staff, from this place of the list on.
		fn staff(organisation: OrganisationId, from: u32) -> Page<StaffView>;
		/// The practitioner with their licences that can still count.
		fn practitioner(practitioner: PractitionerId) -> Option<PractitionerView>;
		/// A page of all practitioners from this number on, in order of registration.
		fn practitioners(from: PractitionerId) -> Page<PractitionerView>;
		/// Number of the practitioner whose account this is.
		fn practitioner_of(account: AccountBytes) -> Option<PractitionerId>;
		/// The key to which releases for this account are wrapped.
		fn account_key(account: AccountBytes) -> Option<EncryptionKey>;
		/// Why the account may not act in this role for this organisation now; empty when it may.
		fn standing(
			account: AccountBytes,
			organisation: OrganisationId,
			role: Role,
		) -> StandingReasons;
		/// The same with what should be known, asked of a moment that is not past, and of controlled
		/// drugs.
		fn standing_at(
			account: AccountBytes,
			organisation: OrganisationId,
			role: Role,
			schedule: Option<DrugSchedule>,
			at: Option<Moment>,
		) -> StandingView;
	}

	/// Licences, accreditations, inspections, and who may give them.
	pub trait CredentialsApi {
		/// The licence.
		fn licence(licence: LicenceId) -> Option<LicenceView>;
		/// A holder's licences that can still count, oldest first.
		fn licences(holder: Holder) -> Vec<LicenceView>;
		/// A page of the licences of a class that name this country or subdivision. Licences valid in
		/// all of a country are listed under the country alone.
		fn licences_in(place: Jurisdiction, class: LicenceClass, from: u32) -> Page<LicenceView>;
		/// A page of the licences that a board issued.
		fn licences_by(board: OrganisationId, from: u32) -> Page<LicenceView>;
		/// An organisation's accreditations that can still count, and those after them, oldest first.
		fn accreditations(organisation: OrganisationId) -> Vec<AccreditationView>;
		/// A page of an organisation's inspections.
		fn inspections(organisation: OrganisationId, from: u32) -> Page<InspectionView>;
		/// What organisations of a kind need in this very country or subdivision.
		fn requirements(kind: OrganisationKind, place: Jurisdiction) -> Option<Requirements>;
		/// What the council let an organisation decide.
		fn authority(organisation: OrganisationId) -> AuthorityView;
	}

	/// The council.
	pub trait GovernanceApi {
		/// The accounts of its members.
		fn council() -> Vec<AccountBytes>;
		/// The motions before it, in order of their proposal.
		fn motions() -> Vec<MotionView>;
	}

	/// Charts.
	pub trait ChartsApi {
		/// The chart with its active directives.
		fn chart(chart: ChartId) -> Option<ChartFacts>;
		/// The chart with its guard, a re-keying on its way and a report of a death.
		fn chart_view(chart: ChartId) -> Option<ChartView>;
		/// The chart for which this key was ever named: its key, a former one, or one that waits or
		/// waited for a re-keying.
		fn chart_of_key(key: AccountBytes) -> Option<ChartId>;
	}

	/// Records.
	pub trait RecordsApi {
		/// The record.
		fn record(record: RecordId) -> Option<RecordFacts>;
		/// The record with its number, the holds on it, the petitions about it and an offer of its custody.
		fn record_view(record: RecordId) -> Option<RecordView>;
		/// A page of the records that the organisation took in, from this number on; who keeps them now is in
		/// each.
		fn records(organisation: OrganisationId, from: u32) -> Page<RecordView>;
		/// The batch, with who keeps it now.
		fn batch(batch: BatchId) -> Option<BatchFacts>;
		/// The organisation's charts and records as a whole: who keeps them, and how many there are.
		fn holding(organisation: OrganisationId) -> HoldingView;
	}

	/// Consent.
	pub trait ConsentApi {
		/// Decides an access. Call it on a node of one's own: the query holds openings.
		fn decide(query: AccessQuery) -> Decided;
		/// The directive.
		fn directive(directive: DirectiveId) -> Option<DirectiveView>;
		/// The access request.
		fn request(request: RequestId) -> Option<RequestView>;
		/// What the patient asks of the custodian of this chart, oldest first.
		fn asks(chart: ChartId) -> Vec<AskView>;
		/// The custodian's disclosure root with this number, from 0.
		fn disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot>;
		/// How many disclosure roots the custodian has posted.
		fn disclosure_root_count(organisation: OrganisationId) -> u32;
		/// The break-glass, with its state at the block's time.
		fn break_glass(break_glass: BreakGlassId) -> Option<BreakGlassView>;
		/// A page of the break-glasses that wait for a reviewer, from this place of the list on.
		fn break_glasses_pending(from: u32) -> Page<BreakGlassView>;
		/// Whether neither the account nor the organisation that it reviews for had a part in the break-glass:
		/// not as the clinician or second clinician, nor by ties of staff or group to them.
		fn is_independent_reviewer(
			break_glass: BreakGlassId,
			account: AccountBytes,
			organisation: OrganisationId,
		) -> bool;
		/// Whether the practitioner may break the glass.
		fn emergency_privilege(practitioner: PractitionerId) -> EmergencyPrivilege;
	}
}

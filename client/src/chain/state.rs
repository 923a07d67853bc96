//! Reading the chain at one block by the runtime's own APIs.

use super::{
	hex_hash,
	read::{read_call, ReadCall},
	Chain, ChainError,
};
use crate::vault_api::Head;
use codec::{DecodeAll, Encode};
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

/// The chain as it is at one block.
#[derive(Clone)]
pub struct At {
	pub(super) chain: Chain,
	pub(super) head: Head,
}

/// Declares methods of [`At`] that ask a runtime API.
macro_rules! runtime_apis {
	($($api:literal { $($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)+ })+) => {
		impl At {
			$($(
				$(#[$doc])*
				pub async fn $name(&self, $($arg: $type),*) -> Result<$answer, ChainError> {
					self.ask(concat!($api, "_", stringify!($name)), ($($arg,)*)).await
				}
			)+)+
		}
	};
}

runtime_apis! {
	"ProvidersApi" {
		/// The organisation.
		organisation(organisation: OrganisationId) -> Option<OrganisationView>;
		/// A page of all organisations from this number on, in order of their entry.
		organisations(from: OrganisationId) -> Page<OrganisationView>;
		/// A page of the organisations in a country or subdivision, from this place of the list on.
		organisations_in(place: Jurisdiction, from: u32) -> Page<OrganisationView>;
		/// A page of an organisation's staff, from this place of the list on.
		staff(organisation: OrganisationId, from: u32) -> Page<StaffView>;
		/// The practitioner with their licences that can still count.
		practitioner(practitioner: PractitionerId) -> Option<PractitionerView>;
		/// A page of all practitioners from this number on, in order of registration.
		practitioners(from: PractitionerId) -> Page<PractitionerView>;
		/// Number of the practitioner whose account this is.
		practitioner_of(account: AccountBytes) -> Option<PractitionerId>;
		/// The key to which releases for this account are wrapped.
		account_key(account: AccountBytes) -> Option<EncryptionKey>;
		/// Why the account may not act in this role for this organisation; empty when it may.
		standing(account: AccountBytes, organisation: OrganisationId, role: Role) -> StandingReasons;
		/// The same with what should be known, asked of a moment that is not past, and of controlled
		/// drugs.
		standing_at(
			account: AccountBytes,
			organisation: OrganisationId,
			role: Role,
			schedule: Option<DrugSchedule>,
			at: Option<Moment>
		) -> StandingView;
	}
	"CredentialsApi" {
		/// The licence.
		licence(licence: LicenceId) -> Option<LicenceView>;
		/// A holder's licences that can still count, oldest first.
		licences(holder: Holder) -> Vec<LicenceView>;
		/// A page of the licences of a class that name this very country or subdivision.
		licences_in(place: Jurisdiction, class: LicenceClass, from: u32) -> Page<LicenceView>;
		/// A page of the licences that a board issued.
		licences_by(board: OrganisationId, from: u32) -> Page<LicenceView>;
		/// An organisation's accreditations that can still count, and those after them, oldest first.
		accreditations(organisation: OrganisationId) -> Vec<AccreditationView>;
		/// A page of an organisation's inspections.
		inspections(organisation: OrganisationId, from: u32) -> Page<InspectionView>;
		/// What organisations of a kind need in this very country or subdivision.
		requirements(kind: OrganisationKind, place: Jurisdiction) -> Option<Requirements>;
		/// What the council let an organisation decide.
		authority(organisation: OrganisationId) -> AuthorityView;
	}
	"GovernanceApi" {
		/// The accounts of the council's members.
		council() -> Vec<AccountBytes>;
		/// The motions before the council, in order of their proposal.
		motions() -> Vec<MotionView>;
	}
	"ChartsApi" {
		/// The chart with its active directives.
		chart(chart: ChartId) -> Option<ChartFacts>;
		/// The chart with its guard, a re-keying on its way and a report of a death.
		chart_view(chart: ChartId) -> Option<ChartView>;
	}
	"RecordsApi" {
		/// The record.
		record(record: RecordId) -> Option<RecordFacts>;
		/// The record with its number, the holds on it, the petitions about it and an offer of its custody.
		record_view(record: RecordId) -> Option<RecordView>;
		/// A page of the records that the organisation took in, from this number on; who keeps them now is in
		/// each.
		records(organisation: OrganisationId, from: u32) -> Page<RecordView>;
		/// The batch, with who keeps it now.
		batch(batch: BatchId) -> Option<BatchFacts>;
		/// The organisation's charts and records as a whole: who keeps them, and how many there are.
		holding(organisation: OrganisationId) -> HoldingView;
	}
	"ConsentApi" {
		/// Decides an access. Ask a node of one's own: the query holds openings.
		decide(query: &AccessQuery) -> Decided;
		/// The directive.
		directive(directive: DirectiveId) -> Option<DirectiveView>;
		/// The access request.
		request(request: RequestId) -> Option<RequestView>;
		/// What the patient asks of the custodian of this chart, oldest first.
		asks(chart: ChartId) -> Vec<AskView>;
		/// The custodian's disclosure root with this number, from 0.
		disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot>;
		/// How many disclosure roots the custodian has posted.
		disclosure_root_count(organisation: OrganisationId) -> u32;
		/// The break-glass, with its state at the block's time.
		break_glass(break_glass: BreakGlassId) -> Option<BreakGlassView>;
		/// A page of the break-glasses that wait for a reviewer, from this place of the list on.
		break_glasses_pending(from: u32) -> Page<BreakGlassView>;
		/// Whether neither the account nor the organisation that it reviews for had a part in the break-glass.
		is_independent_reviewer(
			break_glass: BreakGlassId,
			account: AccountBytes,
			organisation: OrganisationId
		) -> bool;
		/// Whether the practitioner may break the glass.
		emergency_privilege(practitioner: PractitionerId) -> EmergencyPrivilege;
	}
}

impl At {
	/// The block.
	pub const fn head(&self) -> Head {
		self.head
	}

	/// Whether the chain has let the account in.
	pub async fn is_enrolled(&self, account: AccountBytes) -> Result<bool, ChainError> {
		self.chain.is_enrolled_at(account, self.head.hash).await
	}

	/// What an encoded call says, by the metadata of this block's runtime.
	pub async fn read_call(&self, call: &[u8]) -> Result<ReadCall, ChainError> {
		let metadata = self.chain.metadata_at(self.head.hash).await?;
		read_call(call, &metadata).ok_or_else(|| {
			self.chain.bad_answer("a call that its own metadata does not know".into())
		})
	}

	async fn ask<T: DecodeAll>(
		&self,
		function: &'static str,
		arguments: impl Encode,
	) -> Result<T, ChainError> {
		let arguments = arguments.encode();
		let bytes = self
			.chain
			.read(|link| {
				let arguments = arguments.clone();
				async move {
					let at = Some(self.head.hash.into());
					link.rpc.state_call(function, Some(&arguments), at).await
				}
			})
			.await?;
		T::decode_all(&mut bytes.as_slice()).map_err(|fault| {
			let block = hex_hash(&self.head.hash);
			self.chain.bad_answer(format!("{function} at block {block}: {fault}"))
		})
	}
}

//! Runtime APIs of Salus: what people read in polkadot.js apps, vaults decide by and `salus_` RPC
//! serves. Every answer is about the block it is asked at.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use salus_primitives::{
	codes::{Role, StandingReasons},
	decision::{AccessQuery, ChartFacts, RecordFacts},
	ids::{
		AccountBytes, ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId, RequestId,
	},
	views::{
		Decided, DirectiveView, DisclosureRoot, EncryptionKey, OrganisationView, PractitionerView,
		RequestView,
	},
};

sp_api::decl_runtime_apis! {
	/// Organisations, staff, practitioners and licences.
	pub trait ProvidersApi {
		/// The organisation.
		fn organisation(organisation: OrganisationId) -> Option<OrganisationView>;
		/// Up to 100 organisations from this number on, in order of admission.
		fn organisations(from: OrganisationId) -> Vec<OrganisationView>;
		/// The practitioner with their licences.
		fn practitioner(practitioner: PractitionerId) -> Option<PractitionerView>;
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
	}

	/// Charts.
	pub trait ChartsApi {
		/// The chart with its active directives.
		fn chart(chart: ChartId) -> Option<ChartFacts>;
	}

	/// Records.
	pub trait RecordsApi {
		/// The record.
		fn record(record: RecordId) -> Option<RecordFacts>;
	}

	/// Consent.
	pub trait ConsentApi {
		/// Decides an access. Call it on a node of one's own: the query holds openings.
		fn decide(query: AccessQuery) -> Decided;
		/// The directive.
		fn directive(directive: DirectiveId) -> Option<DirectiveView>;
		/// The access request.
		fn request(request: RequestId) -> Option<RequestView>;
		/// The custodian's disclosure root with this number, from 0.
		fn disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot>;
		/// How many disclosure roots the custodian has posted.
		fn disclosure_root_count(organisation: OrganisationId) -> u32;
	}
}

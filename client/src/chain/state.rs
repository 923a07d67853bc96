//! Reading the chain at one block by the runtime's own APIs.

use super::{hex_hash, Chain, ChainError};
use crate::vault_api::Head;
use codec::{DecodeAll, Encode};
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
		/// Up to 100 organisations from this number on, in order of admission.
		organisations(from: OrganisationId) -> Vec<OrganisationView>;
		/// The practitioner with their licences.
		practitioner(practitioner: PractitionerId) -> Option<PractitionerView>;
		/// Number of the practitioner whose account this is.
		practitioner_of(account: AccountBytes) -> Option<PractitionerId>;
		/// The key to which releases for this account are wrapped.
		account_key(account: AccountBytes) -> Option<EncryptionKey>;
		/// Why the account may not act in this role for this organisation; empty when it may.
		standing(account: AccountBytes, organisation: OrganisationId, role: Role) -> StandingReasons;
	}
	"ChartsApi" {
		/// The chart with its active directives.
		chart(chart: ChartId) -> Option<ChartFacts>;
	}
	"RecordsApi" {
		/// The record.
		record(record: RecordId) -> Option<RecordFacts>;
	}
	"ConsentApi" {
		/// Decides an access. Ask a node of one's own: the query holds openings.
		decide(query: &AccessQuery) -> Decided;
		/// The directive.
		directive(directive: DirectiveId) -> Option<DirectiveView>;
		/// The access request.
		request(request: RequestId) -> Option<RequestView>;
		/// The custodian's disclosure root with this number, from 0.
		disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot>;
		/// How many disclosure roots the custodian has posted.
		disclosure_root_count(organisation: OrganisationId) -> u32;
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

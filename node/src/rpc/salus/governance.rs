//! What the council said, and what is before it.

use super::{
	super::types::{Account, At, Authority, Motion, Requirements},
	Salus,
};
use crate::service::Hash;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::{
	codes::{Jurisdiction, OrganisationKind},
	ids::OrganisationId,
};
use salus_runtime_api::{CredentialsApi, GovernanceApi};

/// The council.
#[rpc(server, namespace = "salus")]
pub(super) trait GovernanceRpc {
	/// What organisations of a kind need in this very country or subdivision.
	#[method(name = "requirements", blocking)]
	fn requirements(
		&self,
		kind: OrganisationKind,
		place: Jurisdiction,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Requirements>>>;

	/// What the council let an organisation decide.
	#[method(name = "authority", blocking)]
	fn authority(&self, organisation: OrganisationId, at: Option<Hash>)
		-> RpcResult<At<Authority>>;

	/// The council's members.
	#[method(name = "council", blocking)]
	fn council(&self, at: Option<Hash>) -> RpcResult<At<Vec<Account>>>;

	/// The motions before the council.
	#[method(name = "motions", blocking)]
	fn motions(&self, at: Option<Hash>) -> RpcResult<At<Vec<Motion>>>;
}

impl GovernanceRpcServer for Salus {
	fn requirements(
		&self,
		kind: OrganisationKind,
		place: Jurisdiction,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Requirements>>> {
		Ok(self.ask(at, |api, block| Ok(api.requirements(block, kind, place)?.map(Into::into)))?)
	}

	fn authority(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Authority>> {
		Ok(self.ask(at, |api, block| api.authority(block, organisation).map(Into::into))?)
	}

	fn council(&self, at: Option<Hash>) -> RpcResult<At<Vec<Account>>> {
		Ok(self.list(at, |api, block| api.council(block))?)
	}

	fn motions(&self, at: Option<Hash>) -> RpcResult<At<Vec<Motion>>> {
		Ok(self.list(at, |api, block| api.motions(block))?)
	}
}

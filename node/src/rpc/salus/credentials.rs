//! Licences, accreditations and inspections.

use super::{
	super::types::{Accreditation, At, Inspection, Licence, List, Page},
	Salus,
};
use crate::service::Hash;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::{
	codes::{Jurisdiction, LicenceClass},
	credential::Holder,
	ids::{LicenceId, OrganisationId},
};
use salus_runtime_api::CredentialsApi;

/// Licences, accreditations and inspections.
#[rpc(server, namespace = "salus")]
pub(super) trait CredentialsRpc {
	/// One licence.
	#[method(name = "licence", blocking)]
	fn licence(&self, licence: LicenceId, at: Option<Hash>) -> RpcResult<At<Option<Licence>>>;

	/// A holder's licences that can still count.
	#[method(name = "licences", blocking)]
	fn licences(&self, holder: Holder, at: Option<Hash>) -> RpcResult<At<Vec<Licence>>>;

	/// The licences of a class that name a country or subdivision.
	#[method(name = "licencesIn", blocking)]
	fn licences_in(
		&self,
		place: Jurisdiction,
		class: LicenceClass,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Licence>>>;

	/// The licences that a board issued.
	#[method(name = "licencesBy", blocking)]
	fn licences_by(
		&self,
		board: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Licence>>>;

	/// An organisation's accreditations.
	#[method(name = "accreditations", blocking)]
	fn accreditations(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Vec<Accreditation>>>;

	/// An organisation's inspections.
	#[method(name = "inspections", blocking)]
	fn inspections(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Inspection>>>;
}

impl CredentialsRpcServer for Salus {
	fn licence(&self, licence: LicenceId, at: Option<Hash>) -> RpcResult<At<Option<Licence>>> {
		Ok(self.ask(at, |api, block| Ok(api.licence(block, licence)?.map(Into::into)))?)
	}

	fn licences(&self, holder: Holder, at: Option<Hash>) -> RpcResult<At<Vec<Licence>>> {
		Ok(self.list(at, |api, block| api.licences(block, holder))?)
	}

	fn licences_in(
		&self,
		place: Jurisdiction,
		class: LicenceClass,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Licence>>> {
		Ok(self.page(List::LicencesIn(place, class), cursor, at, |api, block, from| {
			api.licences_in(block, place, class, from)
		})?)
	}

	fn licences_by(
		&self,
		board: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Licence>>> {
		Ok(self.page(List::LicencesBy(board), cursor, at, |api, block, from| {
			api.licences_by(block, board, from)
		})?)
	}

	fn accreditations(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Vec<Accreditation>>> {
		Ok(self.list(at, |api, block| api.accreditations(block, organisation))?)
	}

	fn inspections(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Inspection>>> {
		Ok(self.page(List::Inspections(organisation), cursor, at, |api, block, from| {
			api.inspections(block, organisation, from)
		})?)
	}
}

//! Charts, records, and consent.

use super::{
	super::types::{
		At, Batch, Chart, Directive, DisclosureRoot, Holding, List, Page, Record, Request,
	},
	Salus,
};
use crate::service::Hash;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::ids::{BatchId, ChartId, DirectiveId, OrganisationId, RecordId, RequestId};
use salus_runtime_api::{ChartsApi, ConsentApi, RecordsApi};

/// Charts, records, and consent.
#[rpc(server, namespace = "salus")]
pub(super) trait RecordsRpc {
	/// One chart with its active directives.
	#[method(name = "chart", blocking)]
	fn chart(&self, chart: ChartId, at: Option<Hash>) -> RpcResult<At<Option<Chart>>>;

	/// One record.
	#[method(name = "record", blocking)]
	fn record(&self, record: RecordId, at: Option<Hash>) -> RpcResult<At<Option<Record>>>;

	/// The records that an organisation took in, in order of their numbers.
	#[method(name = "records", blocking)]
	fn records(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Record>>>;

	/// One batch of records.
	#[method(name = "batch", blocking)]
	fn batch(&self, batch: BatchId, at: Option<Hash>) -> RpcResult<At<Option<Batch>>>;

	/// Who keeps the charts and records of an organisation.
	#[method(name = "holding", blocking)]
	fn holding(&self, organisation: OrganisationId, at: Option<Hash>) -> RpcResult<At<Holding>>;

	/// One consent directive.
	#[method(name = "directive", blocking)]
	fn directive(
		&self,
		directive: DirectiveId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Directive>>>;

	/// One access request.
	#[method(name = "request", blocking)]
	fn request(&self, request: RequestId, at: Option<Hash>) -> RpcResult<At<Option<Request>>>;

	/// One disclosure root of a custodian, the newest unless a number is given.
	#[method(name = "disclosureRoot", blocking)]
	fn disclosure_root(
		&self,
		organisation: OrganisationId,
		number: Option<u32>,
		at: Option<Hash>,
	) -> RpcResult<At<Option<DisclosureRoot>>>;
}

impl RecordsRpcServer for Salus {
	fn chart(&self, chart: ChartId, at: Option<Hash>) -> RpcResult<At<Option<Chart>>> {
		Ok(self.ask(at, |api, block| Ok(api.chart(block, chart)?.map(Into::into)))?)
	}

	fn record(&self, record: RecordId, at: Option<Hash>) -> RpcResult<At<Option<Record>>> {
		Ok(self.ask(at, |api, block| Ok(api.record_view(block, record)?.map(Into::into)))?)
	}

	fn records(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Record>>> {
		Ok(self.page(List::Records(organisation), cursor, at, |api, block, from| {
			api.records(block, organisation, from)
		})?)
	}

	fn batch(&self, batch: BatchId, at: Option<Hash>) -> RpcResult<At<Option<Batch>>> {
		Ok(self.ask(at, |api, block| {
			Ok(api.batch(block, batch)?.map(|facts| (batch, facts).into()))
		})?)
	}

	fn holding(&self, organisation: OrganisationId, at: Option<Hash>) -> RpcResult<At<Holding>> {
		Ok(self.ask(at, |api, block| Ok(api.holding(block, organisation)?.into()))?)
	}

	fn directive(
		&self,
		directive: DirectiveId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Directive>>> {
		Ok(self.ask(at, |api, block| Ok(api.directive(block, directive)?.map(Into::into)))?)
	}

	fn request(&self, request: RequestId, at: Option<Hash>) -> RpcResult<At<Option<Request>>> {
		Ok(self.ask(at, |api, block| Ok(api.request(block, request)?.map(Into::into)))?)
	}

	fn disclosure_root(
		&self,
		organisation: OrganisationId,
		number: Option<u32>,
		at: Option<Hash>,
	) -> RpcResult<At<Option<DisclosureRoot>>> {
		Ok(self.ask(at, |api, block| {
			let number = match number {
				Some(number) => Some(number),
				None => api.disclosure_root_count(block, organisation)?.checked_sub(1),
			};
			let Some(number) = number else { return Ok(None) };
			let root = api.disclosure_root(block, organisation, number)?;
			Ok(root.map(|root| (number, root).into()))
		})?)
	}
}

//! The `salus_` methods. Each answers at the finalised head unless told a block.

use super::{
	error::{Code, Error},
	types::{
		Account, At, BlockRef, Chart, Cursor, Directive, DisclosureRoot, Finality, Organisation,
		OrganisationPage, Practitioner, PractitionerRef, Record, Request, Standing,
	},
};
use crate::service::{Block, FullClient, Hash};
use codec::Decode;
use jsonrpsee::{
	core::{async_trait, RpcResult},
	proc_macros::rpc,
};
use salus_primitives::{
	codes::Role,
	ids::{ChartId, DirectiveId, OrganisationId, RecordId, RequestId},
	time::Moment,
};
use salus_runtime_api::{ChartsApi, ConsentApi, ProvidersApi, RecordsApi};
use sc_client_api::StorageProvider;
use sp_api::{ApiError, ApiRef, CallApiAt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_core::storage::StorageKey;
use sp_crypto_hashing::twox_128;
use std::sync::Arc;

/// How many organisations the runtime gives at once.
const PAGE: usize = 100;

type Api = <FullClient as ProvideRuntimeApi<Block>>::Api;

/// What Salus adds to the SDK's JSON-RPC.
#[rpc(server, namespace = "salus")]
pub trait SalusApi {
	/// Finalised head and best block.
	#[method(name = "finality", blocking)]
	fn finality(&self) -> RpcResult<Finality>;

	/// One organisation.
	#[method(name = "organisation", blocking)]
	fn organisation(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Organisation>>>;

	/// All organisations, up to 100 at a time.
	#[method(name = "organisations", blocking)]
	fn organisations(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<OrganisationPage>>;

	/// One practitioner with their licences.
	#[method(name = "practitioner", blocking)]
	fn practitioner(
		&self,
		practitioner: PractitionerRef,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Practitioner>>>;

	/// Whether an account may act in a role for an organisation, and every reason why not.
	#[method(name = "standing", blocking)]
	fn standing(
		&self,
		account: Account,
		organisation: OrganisationId,
		role: Role,
		at: Option<Hash>,
	) -> RpcResult<At<Standing>>;

	/// One chart with its active directives.
	#[method(name = "chart", blocking)]
	fn chart(&self, chart: ChartId, at: Option<Hash>) -> RpcResult<At<Option<Chart>>>;

	/// One record.
	#[method(name = "record", blocking)]
	fn record(&self, record: RecordId, at: Option<Hash>) -> RpcResult<At<Option<Record>>>;

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

/// Answers the `salus_` methods.
pub struct Salus {
	client: Arc<FullClient>,
}

impl Salus {
	/// Answers from this client.
	pub fn new(client: Arc<FullClient>) -> Self {
		Self { client }
	}

	/// The block that is asked about, whose state must be there.
	fn block(&self, at: Option<Hash>) -> Result<BlockRef, Error> {
		let hash = at.unwrap_or_else(|| self.client.info().finalized_hash);
		let number = self
			.client
			.number(hash)
			.map_err(|error| Error::because(Code::DatabaseFailed, error))?
			.ok_or(Code::UnknownBlock)?;
		self.client.state_at(hash).map_err(|_| Code::StatePruned)?;
		Ok(BlockRef { number, hash })
	}

	/// Asks the runtime at that block, or at the finalised head.
	fn ask<T>(
		&self,
		at: Option<Hash>,
		question: impl FnOnce(ApiRef<'_, Api>, Hash) -> Result<T, ApiError>,
	) -> Result<At<T>, Error> {
		let block = self.block(at)?;
		let value = question(self.client.runtime_api(), block.hash)
			.map_err(|error| Error::because(Code::RuntimeFailed, error))?;
		Ok(At { block, value })
	}

	/// The time that `pallet-timestamp` keeps at that block.
	fn time(&self, at: Hash) -> Result<Moment, Error> {
		let key = StorageKey([twox_128(b"Timestamp"), twox_128(b"Now")].concat());
		let stored = self
			.client
			.storage(at, &key)
			.map_err(|error| Error::because(Code::DatabaseFailed, error))?;
		Ok(stored.and_then(|time| Moment::decode(&mut &*time.0).ok()).unwrap_or_default())
	}
}

#[async_trait]
impl SalusApiServer for Salus {
	fn finality(&self) -> RpcResult<Finality> {
		let info = self.client.info();
		Ok(Finality {
			number: info.finalized_number,
			hash: info.finalized_hash,
			timestamp: self.time(info.finalized_hash)?,
			best: BlockRef { number: info.best_number, hash: info.best_hash },
		})
	}

	fn organisation(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Organisation>>> {
		Ok(self.ask(at, |api, block| Ok(api.organisation(block, organisation)?.map(Into::into)))?)
	}

	fn organisations(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<OrganisationPage>> {
		let (from, at) = match cursor {
			Some(cursor) => {
				let cursor: Cursor =
					cursor.parse().map_err(|_| Error::from(Code::InvalidCursor))?;
				(cursor.next, Some(cursor.block))
			},
			None => (1, at),
		};
		Ok(self.ask(at, |api, block| {
			let views = api.organisations(block, from)?;
			let next = views.last().and_then(|last| last.id.checked_add(1));
			let cursor = next
				.filter(|_| views.len() >= PAGE)
				.map(|next| Cursor { block, next }.to_string());
			let organisations = views.into_iter().map(Into::into).collect();
			Ok(OrganisationPage { organisations, cursor })
		})?)
	}

	fn practitioner(
		&self,
		practitioner: PractitionerRef,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Practitioner>>> {
		Ok(self.ask(at, |api, block| {
			let number = match practitioner {
				PractitionerRef::Number(number) => Some(number),
				PractitionerRef::Account(Account(account)) => {
					api.practitioner_of(block, account.into())?
				},
			};
			let Some(number) = number else { return Ok(None) };
			Ok(api.practitioner(block, number)?.map(Into::into))
		})?)
	}

	fn standing(
		&self,
		Account(account): Account,
		organisation: OrganisationId,
		role: Role,
		at: Option<Hash>,
	) -> RpcResult<At<Standing>> {
		Ok(self.ask(at, |api, block| {
			api.standing(block, account.into(), organisation, role).map(Into::into)
		})?)
	}

	fn chart(&self, chart: ChartId, at: Option<Hash>) -> RpcResult<At<Option<Chart>>> {
		Ok(self.ask(at, |api, block| Ok(api.chart(block, chart)?.map(Into::into)))?)
	}

	fn record(&self, record: RecordId, at: Option<Hash>) -> RpcResult<At<Option<Record>>> {
		Ok(self.ask(at, |api, block| {
			Ok(api.record(block, record)?.map(|facts| (record, facts).into()))
		})?)
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

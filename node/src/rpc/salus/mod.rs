//! The `salus_` methods. Each answers at the finalised head unless told a block.

mod break_glass;
mod chain;
mod credentials;
mod governance;
mod providers;
mod records;
#[cfg(test)]
mod tests;

use self::{
	break_glass::BreakGlassRpcServer, chain::ChainRpcServer, credentials::CredentialsRpcServer,
	governance::GovernanceRpcServer, providers::ProvidersRpcServer, records::RecordsRpcServer,
};
use super::{
	error::{Code, Error},
	types::{At, BlockRef, Cursor, List, Page},
};
use crate::service::{Block, FullClient, Hash};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use salus_primitives::views;
use sp_api::{ApiError, ApiRef, CallApiAt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use std::sync::Arc;

type Api = <FullClient as ProvideRuntimeApi<Block>>::Api;

/// Every `salus_` method, answered from this client.
pub fn module(client: Arc<FullClient>) -> Result<RpcModule<()>, RegisterMethodError> {
	let salus = Salus { client };
	let mut module = RpcModule::new(());
	module.merge(ChainRpcServer::into_rpc(salus.clone()))?;
	module.merge(ProvidersRpcServer::into_rpc(salus.clone()))?;
	module.merge(CredentialsRpcServer::into_rpc(salus.clone()))?;
	module.merge(GovernanceRpcServer::into_rpc(salus.clone()))?;
	module.merge(RecordsRpcServer::into_rpc(salus.clone()))?;
	module.merge(BreakGlassRpcServer::into_rpc(salus))?;
	Ok(module)
}

/// Answers the `salus_` methods.
#[derive(Clone)]
struct Salus {
	client: Arc<FullClient>,
}

impl Salus {
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

	/// Asks the runtime for a list that needs no pages.
	fn list<View, T: From<View>>(
		&self,
		at: Option<Hash>,
		question: impl FnOnce(ApiRef<'_, Api>, Hash) -> Result<Vec<View>, ApiError>,
	) -> Result<At<Vec<T>>, Error> {
		self.ask(at, |api, block| Ok(question(api, block)?.into_iter().map(Into::into).collect()))
	}

	/// Asks the runtime for the page that begins where the cursor says, at the cursor's block; for
	/// the first one without.
	fn page<View, T: From<View>>(
		&self,
		list: List,
		cursor: Option<String>,
		at: Option<Hash>,
		question: impl FnOnce(ApiRef<'_, Api>, Hash, u32) -> Result<views::Page<View>, ApiError>,
	) -> Result<At<Page<T>>, Error> {
		let (from, at) = match cursor {
			Some(text) => {
				let cursor = Cursor::of(list, &text).map_err(|_| Code::InvalidCursor)?;
				(cursor.next, Some(cursor.block))
			},
			None => (0, at),
		};
		self.ask(at, |api, block| Ok(Page::new(block, list, question(api, block, from)?)))
	}
}

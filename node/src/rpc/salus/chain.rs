//! How far the chain is.

use super::{
	super::{
		error::{Code, Error},
		types::{BlockRef, Finality},
	},
	Salus,
};
use crate::service::Hash;
use codec::Decode;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::time::Moment;
use sc_client_api::StorageProvider;
use sp_blockchain::HeaderBackend;
use sp_core::storage::StorageKey;
use sp_crypto_hashing::twox_128;

/// The chain.
#[rpc(server, namespace = "salus")]
pub(super) trait ChainRpc {
	/// Finalised head and best block.
	#[method(name = "finality", blocking)]
	fn finality(&self) -> RpcResult<Finality>;
}

impl ChainRpcServer for Salus {
	fn finality(&self) -> RpcResult<Finality> {
		let info = self.client.info();
		Ok(Finality {
			number: info.finalized_number,
			hash: info.finalized_hash,
			timestamp: self.time(info.finalized_hash)?,
			best: BlockRef { number: info.best_number, hash: info.best_hash },
		})
	}
}

impl Salus {
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

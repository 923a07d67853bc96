//! JSON-RPC beyond what the SDK's service brings (`system`, `chain`, `state`, `author`,
//! `chainHead_v1`, `chainSpec_v1`, `transaction_v1` and, on archives, `archive_v1`).
//!
//! `docs/json-rpc.md` describes it for those who call it.

pub mod error;
pub mod openrpc;
pub mod salus;
pub mod types;

use crate::service::{Block, FullBackend, FullClient, FullPool, Hash};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use salus_runtime::{AccountId, Nonce};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::GrandpaApiServer;
use sc_rpc::SubscriptionTaskExecutor;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What GRANDPA's methods report on.
pub struct Grandpa {
	/// Who votes.
	pub authority_set: SharedAuthoritySet<Hash, u32>,
	/// How the vote goes.
	pub voter_state: SharedVoterState,
	/// Justifications as they come.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finality.
	pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Every method of this module.
pub fn module(
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
	grandpa: &Grandpa,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, RegisterMethodError> {
	let mut module = RpcModule::new(());
	let system: System<_, _, Block> = System::new(client.clone(), pool);
	module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(system))?;
	module.merge(
		sc_consensus_grandpa_rpc::Grandpa::new(
			executor,
			grandpa.authority_set.clone(),
			grandpa.voter_state.clone(),
			grandpa.justifications.clone(),
			grandpa.proofs.clone(),
		)
		.into_rpc(),
	)?;
	let salus = salus::module(client)?;
	assert!(openrpc::describes(salus.method_names()), "the OpenRPC table is out of date");
	module.merge(salus)?;
	module.merge(openrpc::module()?)?;
	Ok(module)
}

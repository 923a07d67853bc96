//! The chain: submitting calls, reading runtime APIs, waiting for finality.
//!
//! One [`Chain`] is one node of one's choice. It reconnects by itself when the node was away, and
//! refuses to go on when the node then follows another chain. Everything is read at the finalised
//! head, unless a block is named:
//!
//! ```no_run
//! # async fn example() -> Result<(), salus_client::chain::ChainError> {
//! use salus_client::chain::{Call, Chain};
//!
//! let chain = Chain::connect("ws://127.0.0.1:9944").await?;
//! let now = chain.finalised().await?;
//! println!("block {} knows {:?}", now.head().number, now.organisation(1).await?);
//!
//! let administrator = subxt_signer::sr25519::Keypair::from_uri(&"//Mercy".parse().unwrap()).unwrap();
//! let call = Call::set_endpoint(1, "http://127.0.0.1:8081");
//! let done = chain.submit(&administrator, &call).await?;
//! println!("final in block {} after {} ms", done.block.number, done.finalised_ms);
//! # Ok(())
//! # }
//! ```

mod call;
mod error;
mod event;
mod read;
mod signed;
mod state;
mod submit;

#[cfg(test)]
mod tests;

pub use call::{
	Admission, AnchorRecord, Arguments, Call, Motion, NewLicence, TakeRecord, UnfoldRecord,
};
pub use error::ChainError;
pub use event::{Event, Fault, Receipt};
pub use read::{ReadCall, Said};
pub use signed::{Signed, Unsuitable};
pub use state::At;
pub use submit::{Stage, Submitted};

use crate::vault_api::Head;
use codec::Decode;
use salus_primitives::{ids::AccountBytes, time::Moment};
use std::{
	collections::HashMap,
	future::Future,
	sync::{Arc, Mutex},
	time::Duration,
};
use subxt::{
	backend::LegacyBackend,
	client::OnlineClient,
	config::{RpcConfigFor, SubstrateConfig},
	metadata::ArcMetadata,
	rpcs::{Error as RpcError, LegacyRpcMethods, RpcClient},
};

/// Where a node of one's own listens.
pub const DEFAULT_NODE: &str = "ws://127.0.0.1:9944";

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an answer to a question may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long [`Chain::submit`] waits for finality, unless told otherwise.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(60);

/// Storage key of `Timestamp.Now`.
const TIMESTAMP_NOW: &str = "f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb";
/// Prefix of `System.Account`, which goes on with blake2_128 of the account, and the account.
const SYSTEM_ACCOUNT: &str = "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9";

/// A node of the chain. Clones share one connection.
#[derive(Clone)]
pub struct Chain {
	inner: Arc<Inner>,
}

struct Inner {
	url: String,
	genesis: [u8; 32],
	finality_timeout: Duration,
	link: tokio::sync::Mutex<Option<Link>>,
	/// One lock per account, held from reading its nonce until the pool took the transaction.
	signers: Mutex<HashMap<AccountBytes, Arc<tokio::sync::Mutex<()>>>>,
}

/// A connection.
#[derive(Clone)]
struct Link {
	rpc: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
	client: OnlineClient<SubstrateConfig>,
}

impl Chain {
	/// Connects to the node at this WebSocket URL.
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		let link = open(url).await?;
		let inner = Inner {
			url: url.into(),
			genesis: link.client.genesis_hash().0,
			finality_timeout: FINALITY_TIMEOUT,
			link: tokio::sync::Mutex::new(Some(link)),
			signers: Mutex::default(),
		};
		Ok(Self { inner: Arc::new(inner) })
	}

	/// The same connection and chain, with another patience for finality.
	#[must_use]
	pub async fn with_finality_timeout(self, finality_timeout: Duration) -> Self {
		let link = tokio::sync::Mutex::new(self.inner.link.lock().await.clone());
		let inner = Inner {
			url: self.inner.url.clone(),
			genesis: self.inner.genesis,
			finality_timeout,
			link,
			signers: Mutex::default(),
		};
		Self { inner: Arc::new(inner) }
	}

	/// The node's URL.
	pub fn url(&self) -> &str {
		&self.inner.url
	}

	/// Genesis hash of the chain.
	pub fn genesis(&self) -> [u8; 32] {
		self.inner.genesis
	}

	/// The chain at its finalised head.
	pub async fn finalised(&self) -> Result<At, ChainError> {
		let head = self.read(|link| async move { link.rpc.chain_get_finalized_head().await });
		self.at(head.await?.0).await
	}

	/// The finalised head.
	pub async fn head(&self) -> Result<Head, ChainError> {
		Ok(self.finalised().await?.head())
	}

	/// The chain at this block, which the node must still have the state of.
	pub async fn at(&self, block: [u8; 32]) -> Result<At, ChainError> {
		let at = Some(block.into());
		// One after the other: the node's server holds back the second of two answers until the first
		// is acknowledged, which takes 40 ms.
		let header = self.read(|link| async move { link.rpc.chain_get_header(at).await }).await?;
		let time = self.storage(hex_key(TIMESTAMP_NOW), block).await?;
		let unknown = || self.bad_answer(format!("it knows no block {}", hex_hash(&block)));
		let number = u32::try_from(header.ok_or_else(unknown)?.number)
			.map_err(|_| self.bad_answer("a block number above 32 bits".into()))?;
		// The genesis block has no time.
		let time = match time {
			Some(bytes) => Moment::decode(&mut bytes.as_slice())
				.map_err(|fault| self.bad_answer(format!("Timestamp.Now: {fault}")))?,
			None => 0,
		};
		Ok(At { chain: self.clone(), head: Head { number, hash: block, at: time } })
	}

	/// Whether an account has a reference that lets it transact, which is what `CheckNonce` asks.
	async fn is_enrolled_at(
		&self,
		account: AccountBytes,
		block: [u8; 32],
	) -> Result<bool, ChainError> {
		use blake2::digest::{consts::U16, Digest};
		let mut key = hex_key(SYSTEM_ACCOUNT);
		key.extend_from_slice(&blake2::Blake2b::<U16>::digest(account));
		key.extend_from_slice(&account);
		let Some(bytes) = self.storage(key, block).await? else { return Ok(false) };
		let (_nonce, _consumers, providers, sufficients) =
			<(u32, u32, u32, u32)>::decode(&mut bytes.as_slice())
				.map_err(|fault| self.bad_answer(format!("System.Account: {fault}")))?;
		Ok(providers > 0 || sufficients > 0)
	}

	async fn storage(&self, key: Vec<u8>, block: [u8; 32]) -> Result<Option<Vec<u8>>, ChainError> {
		self.read(|link| {
			let key = key.clone();
			async move { link.rpc.state_get_storage(&key, Some(block.into())).await }
		})
		.await
	}

	/// The metadata of the runtime at this block.
	async fn metadata_at(&self, block: [u8; 32]) -> Result<ArcMetadata, ChainError> {
		let link = self.link().await?;
		let here = link.client.at_block(subxt::utils::H256(block)).await;
		here.map(|here| here.metadata())
			.map_err(|fault| self.bad_answer(innermost(&fault)))
	}

	/// Asks the node; once more over a new connection when the old one is gone.
	async fn read<T, F>(&self, ask: impl Fn(Link) -> F) -> Result<T, ChainError>
	where
		F: Future<Output = Result<T, RpcError>>,
	{
		let asked = |link| async {
			tokio::time::timeout(ANSWER_TIMEOUT, ask(link)).await.unwrap_or_else(|_| {
				Err(RpcError::Client(format!("no answer within {ANSWER_TIMEOUT:?}").into()))
			})
		};
		match asked(self.link().await?).await {
			Err(RpcError::Client(_) | RpcError::DisconnectedWillReconnect(_)) => {
				self.unlink().await;
				asked(self.link().await?).await.map_err(|fault| self.fault(fault))
			},
			other => other.map_err(|fault| self.fault(fault)),
		}
	}

	/// The connection; a new one if there is none.
	async fn link(&self) -> Result<Link, ChainError> {
		let mut slot = self.inner.link.lock().await;
		if let Some(link) = &*slot {
			return Ok(link.clone());
		}
		let link = open(&self.inner.url).await?;
		let found = link.client.genesis_hash().0;
		if found != self.inner.genesis {
			return Err(ChainError::OtherChain {
				url: self.inner.url.clone(),
				expected: hex_hash(&self.inner.genesis),
				found: hex_hash(&found),
			});
		}
		Ok(slot.insert(link).clone())
	}

	async fn unlink(&self) {
		*self.inner.link.lock().await = None;
	}

	fn fault(&self, fault: RpcError) -> ChainError {
		match fault {
			RpcError::Client(detail) => self.unreachable(plain(&detail.to_string())),
			RpcError::DisconnectedWillReconnect(detail) => self.unreachable(detail),
			RpcError::User(said) => self.bad_answer(match &said.data {
				Some(data) => format!("{}: {}", said.message, data.get().trim_matches('"')),
				None => said.message,
			}),
			other => self.bad_answer(other.to_string()),
		}
	}

	fn unreachable(&self, detail: String) -> ChainError {
		ChainError::NodeUnreachable { url: self.inner.url.clone(), detail }
	}

	fn bad_answer(&self, detail: String) -> ChainError {
		ChainError::NodeAnswer { url: self.inner.url.clone(), detail }
	}
}

impl core::fmt::Debug for Chain {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Chain({}, {})", self.inner.url, hex_hash(&self.inner.genesis))
	}
}

async fn open(url: &str) -> Result<Link, ChainError> {
	let unreachable = |detail| ChainError::NodeUnreachable { url: url.into(), detail };
	let connected = async {
		let rpc = RpcClient::from_insecure_url(url)
			.await
			.map_err(|fault| unreachable(innermost(&fault)))?;
		let backend = Arc::new(LegacyBackend::builder().build(rpc.clone()));
		let client = OnlineClient::from_backend_with_config(SubstrateConfig::new(), backend)
			.await
			.map_err(|fault| unreachable(innermost(&fault)))?;
		Ok(Link { rpc: LegacyRpcMethods::new(rpc), client })
	};
	tokio::time::timeout(CONNECT_TIMEOUT, connected)
		.await
		.unwrap_or_else(|_| Err(unreachable(format!("no answer within {CONNECT_TIMEOUT:?}"))))
}

/// What lies at the bottom of an error: the part that tells a person something.
fn innermost(fault: &(dyn std::error::Error + 'static)) -> String {
	let mut inner = fault;
	while let Some(source) = inner.source() {
		inner = source;
	}
	plain(&inner.to_string())
}

/// What the RPC library says, without its own name before it.
fn plain(detail: &str) -> String {
	let detail = detail.trim_start_matches("RPC error: client error: ");
	detail.strip_prefix("RPC error: ").unwrap_or(detail).into()
}

fn hex_key(digits: &str) -> Vec<u8> {
	hex::decode(digits).unwrap_or_default()
}

fn hex_hash(hash: &[u8; 32]) -> String {
	format!("0x{}", hex::encode(hash))
}

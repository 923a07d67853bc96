//! The vault's own node: what is decided is decided at its finalised head, if that is fresh.

use crate::{
	clock::{now, too_old},
	errors::{Error, Result},
};
use salus_client::chain::{At, Chain, ChainError};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{sync::OnceCell, time::Instant};

/// How long something that a caller saw final at its node may take to be final at ours.
pub(crate) const CATCH_UP: Duration = Duration::from_secs(5);
/// How often to look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A node, connected to when it is first needed. Reconnects by itself. Clones share the connection.
#[derive(Clone)]
pub(crate) struct Node {
	url: String,
	chain: Arc<OnceCell<Chain>>,
}

impl Node {
	pub(crate) fn new(url: &str) -> Self {
		Self { url: url.into(), chain: Arc::default() }
	}

	/// The connection.
	pub(crate) async fn chain(&self) -> Result<&Chain, ChainError> {
		self.chain.get_or_try_init(|| Chain::connect(&self.url)).await
	}

	/// The chain at its finalised head, however old.
	pub(crate) async fn finalised(&self) -> Result<At, ChainError> {
		self.chain().await?.finalised().await
	}

	/// The chain at its finalised head, which must be fresh enough to decide by.
	pub(crate) async fn fresh(&self) -> Result<At> {
		let at = self.finalised().await?;
		match too_old(&at.head(), now()) {
			Some(age) => Err(Error::HeadStale { seconds: age.div_ceil(1000) }),
			None => Ok(at),
		}
	}

	/// Looks at the fresh head until `look` finds something, for as long as our node may trail the
	/// caller's.
	pub(crate) async fn await_at_head<T, F>(&self, look: impl Fn(At) -> F) -> Result<Option<T>>
	where
		F: Future<Output = Result<Option<T>, ChainError>>,
	{
		let began = Instant::now();
		loop {
			let found = look(self.fresh().await?).await?;
			if found.is_some() || began.elapsed() > CATCH_UP {
				return Ok(found);
			}
			tokio::time::sleep(LOOK_AGAIN).await;
		}
	}
}

//! The vault's own node: what is decided is decided at its finalised head, if that is fresh.

use crate::{
	clock::{now, too_old},
	errors::{Error, Result},
};
use salus_client::chain::{At, Chain, ChainError};
use salus_primitives::{
	break_glass::{Emergency, Seen},
	decision::{AccessQuery, Basis, Decision},
	time::Moment,
	views::Decided,
};
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

	/// What a decision is asked by for whoever shows this. While finality stalls there is something to decide by
	/// for a statement alone.
	pub(crate) async fn sight(&self, emergency: Option<&Emergency>) -> Result<Sight> {
		let at = match emergency {
			Some(Emergency::Statement(_)) => self.finalised().await?,
			Some(Emergency::Glass(_)) | None => self.fresh().await?,
		};
		Ok(Sight { at, now: now() })
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

/// What one sees who decides: the finalised head, and an own clock.
pub(crate) struct Sight {
	at: At,
	now: Moment,
}

impl Sight {
	/// The head.
	pub(crate) const fn at(&self) -> &At {
		&self.at
	}

	/// Whether finality stalls, so that nothing is told or released but what a statement opens.
	pub(crate) fn is_stalled(&self) -> bool {
		too_old(&self.at.head(), self.now).is_some()
	}

	/// Decides. While finality stalls, only what a statement opens is permitted.
	pub(crate) async fn decide(&self, query: &AccessQuery) -> Result<Decided> {
		let seen = Seen { now: self.now, head: self.at.head().hash };
		let decided = self.at.decide(&query.clone().seen(seen)).await?;
		match (too_old(&self.at.head(), self.now), decided.decision) {
			(Some(age), Decision::Permit { basis, .. })
				if !is_by_statement(query.emergency.as_ref(), basis) =>
			{
				Err(Error::HeadStale { seconds: age.div_ceil(1000) })
			},
			_ => Ok(decided),
		}
	}
}

/// Whether what is permitted on this basis is so by the statement that is shown.
fn is_by_statement(emergency: Option<&Emergency>, basis: Basis) -> bool {
	match emergency {
		Some(Emergency::Statement(shown)) => basis == Basis::BreakGlass(shown.statement.id()),
		Some(Emergency::Glass(_)) | None => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		break_glass::{
			BreakGlassStatement, BreakGlassTerms, ShownBreakGlass, ShownStatement,
			BREAK_GLASS_DOMAIN,
		},
		codes::BreakGlassReason,
		ids::{BreakGlassId, ChartId, Salt, Seal},
		seal::Opening,
	};

	#[test]
	fn a_basis_is_a_statements_or_not() {
		let terms = BreakGlassTerms { chart: ChartId([1; 32]), custodian: 1 };
		let statement = BreakGlassStatement {
			domain: BREAK_GLASS_DOMAIN,
			genesis: [0; 32],
			number: 1,
			head: [1; 32],
			account: [2; 32],
			organisation: 2,
			reason: BreakGlassReason::Emergency,
			seal: Seal([3; 32]),
			at: 4,
		};
		let shown = ShownStatement {
			statement,
			signature: [0; 64],
			opening: Opening { terms, salt: Salt([5; 32]) },
			seen: Seen::default(),
		};
		let said = Emergency::Statement(Box::new(shown.clone()));
		assert!(is_by_statement(Some(&said), Basis::BreakGlass(statement.id())));
		for other in [Basis::Patient, Basis::Custodian, Basis::BreakGlass(BreakGlassId([7; 32]))] {
			assert!(!is_by_statement(Some(&said), other));
		}
		let id = statement.id();
		let glass = Emergency::Glass(ShownBreakGlass { id, opening: shown.opening });
		for other in [None, Some(&glass)] {
			assert!(!is_by_statement(other, Basis::BreakGlass(id)));
		}
	}
}

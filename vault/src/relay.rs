//! Orders of charts' keys: taken, hidden among those of others, submitted by the vault.
//!
//! The charts of this custodian form *cohorts*, in order of their first contact. When one of them
//! changes, each of the others changes in the same transaction, by an order that its wallet left here
//! as stock (see [`salus_client::cover`]). The vault can sign none of these itself.
//!
//! An order is on disk before it counts as taken, and so is every transaction before it is sent. A
//! vault that is killed sends it again, which does no harm, for the chain does the same order twice as
//! once. Per cohort one transaction is on its way at a time; what arrives meanwhile goes together.

pub mod compose;
mod orders;
mod restored;
mod stock;
#[cfg(test)]
mod tests;

pub(crate) use orders::order;
pub(crate) use restored::after_restore;
pub(crate) use stock::{put, state};

use crate::{
	charts::is_settled,
	clock::random,
	errors::Result,
	store::{RelayBatch, Rows, RELAYING, WAITING_ORDERS},
	vault::Vault,
};
use orders::Settled;
use salus_client::chain::{Call, ChainError, Receipt};
use salus_primitives::{
	codes::DirectiveState,
	ids::{ChartId, DirectiveId},
	order::{ChartAct, MAX_ORDERS},
};
use std::{
	collections::{HashMap, HashSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{sync::oneshot, time::sleep};
use tracing::Instrument;

/// How long more orders of a cohort are waited for before a transaction is made.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait before a transaction of unknown fate is sent again.
const RETRY: Duration = Duration::from_secs(2);
/// Most orders that wait.
const MOST_WAITING: usize = 4096;

/// An order by what it is about: its chart and its directive.
type Key = (ChartId, DirectiveId);

/// What the relay remembers while it runs.
#[derive(Default)]
pub(crate) struct Relay {
	/// Charts of a cohort at most.
	pub(crate) cohort: u32,
	state: Mutex<State>,
}

#[derive(Default)]
struct State {
	/// Cohorts that a task works on.
	working: HashSet<u32>,
	/// Who waits for an order's end.
	waiting: HashMap<Key, Vec<oneshot::Sender<Settled>>>,
}

impl Relay {
	/// A relay with cohorts of this size.
	pub(crate) fn new(cohort: u32) -> Self {
		Self { cohort, state: Mutex::default() }
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Hears of an order's end.
	fn wait_for(&self, key: Key) -> oneshot::Receiver<Settled> {
		let (tell, told) = oneshot::channel();
		self.state().waiting.entry(key).or_default().push(tell);
		told
	}

	/// Forgets those of them who wait no more.
	fn forget(&self, key: &Key) {
		let mut state = self.state();
		if let Some(waiting) = state.waiting.get_mut(key) {
			waiting.retain(|tell| !tell.is_closed());
			if waiting.is_empty() {
				state.waiting.remove(key);
			}
		}
	}

	fn tell(&self, key: &Key, settled: &Settled) {
		for waiting in self.state().waiting.remove(key).unwrap_or_default() {
			// A caller may have gone.
			let _ = waiting.send(settled.clone());
		}
	}
}

/// Goes on with what was taken before the vault last ended.
pub(crate) async fn resume(vault: &Arc<Vault>) -> Result<()> {
	let cohorts: HashSet<u32> = vault
		.stored(|store| {
			Ok(store.read(|rows| {
				let sent = rows.first(&RELAYING, MOST_WAITING)?.into_iter();
				let waiting = rows.first(&WAITING_ORDERS, MOST_WAITING)?.into_iter();
				Ok(sent
					.map(|(_, row)| row.cohort)
					.chain(waiting.map(|(_, row)| row.cohort))
					.collect())
			})?)
		})
		.await?;
	for cohort in cohorts {
		work(vault, cohort);
	}
	Ok(())
}

/// Sees to it that a task works on the cohort.
fn work(vault: &Arc<Vault>, cohort: u32) {
	if vault.relay.state().working.insert(cohort) {
		tokio::spawn(work_on(Arc::clone(vault), cohort).instrument(vault.span()));
	}
}

/// Submits what waits in the cohort until nothing does.
async fn work_on(vault: Arc<Vault>, cohort: u32) {
	sleep(GATHER).await;
	loop {
		match step(&vault, cohort).await {
			Ok(true) => {},
			Ok(false) => {
				vault.relay.state().working.remove(&cohort);
				// What came since was told that somebody works.
				match next(&vault, cohort).await {
					Ok(None) => return,
					_ if vault.relay.state().working.insert(cohort) => {},
					_ => return,
				}
			},
			Err(error) => {
				tracing::warn!(%error, "orders wait to be submitted");
				sleep(RETRY).await;
			},
		}
	}
}

/// The next transaction of the cohort: one that is on its way, or one composed of what waits.
async fn next(vault: &Arc<Vault>, cohort: u32) -> Result<Option<(u64, RelayBatch)>> {
	let at = vault.node.finalised().await?.head().at;
	vault
		.stored(move |store| {
			let sent = store.read(|rows| rows.first(&RELAYING, MOST_WAITING))?;
			if let Some(found) = sent.into_iter().find(|(_, row)| row.cohort == cohort) {
				return Ok(Some(found));
			}
			orders::form(store, cohort, MAX_ORDERS as usize, at, draw)
		})
		.await
}

/// A random number below this one.
fn draw(below: usize) -> Result<usize> {
	let [a, b, c, d, e, f, g, h, ..] = random()?;
	let below = u64::try_from(below).unwrap_or(u64::MAX);
	let drawn = u64::from_le_bytes([a, b, c, d, e, f, g, h]).checked_rem(below);
	Ok(usize::try_from(drawn.unwrap_or_default()).unwrap_or_default())
}

/// Brings the cohort's next transaction to its end. Whether there was one.
async fn step(vault: &Arc<Vault>, cohort: u32) -> Result<bool> {
	let Some((number, batch)) = next(vault, cohort).await? else { return Ok(false) };
	let call = Call::submit_orders(&batch.orders);
	let chain = vault.node.chain().await?;
	let sent = chain.submit_for_events(vault.system.keypair(), &call, |_| ()).await;
	let receipt = match sent {
		Ok(receipt) => receipt,
		Err(error) => {
			if is_settled(&error) {
				tracing::warn!(%error, "the chain does not take orders of this vault");
			}
			return Err(error.into());
		},
	};
	let refused = refused(vault, &batch, &receipt).await?;
	let settled = Settled {
		block: receipt.submitted.block,
		charts: u32::try_from(batch.orders.len()).unwrap_or(u32::MAX),
		refused: None,
	};
	let orders = batch.orders.clone();
	let dead = refused.keys().copied().collect();
	vault.stored(move |store| orders::settle(store, number, &batch, &dead)).await?;
	for order in orders {
		let key = (order.chart, order.act.directive());
		let refused = refused.get(&key).cloned();
		vault.relay.tell(&key, &Settled { refused, ..settled.clone() });
	}
	Ok(true)
}

/// The orders that did not take effect, with the reason. One that is refused now may have taken effect
/// before, in a transaction that the vault lost sight of.
async fn refused(
	vault: &Vault,
	batch: &RelayBatch,
	receipt: &Receipt,
) -> Result<HashMap<Key, String>, ChainError> {
	let mut refused = HashMap::new();
	let at = vault.node.finalised().await?;
	for event in receipt.events.iter().filter(|event| event.is("Consent", "OrderRefused")) {
		let (Some(chart), Some(directive)) = (event.bytes("chart"), event.bytes("directive"))
		else {
			continue;
		};
		let key = (ChartId(chart), DirectiveId(directive));
		let known = at.directive(key.1).await?;
		let order = batch.orders.iter().find(|order| (order.chart, order.act.directive()) == key);
		let done = match (order.map(|order| order.act), known) {
			(Some(ChartAct::IssueDirective { seal, replaces, .. }), Some(known)) => {
				// Of two orders of one directive for two places, one took effect.
				known.chart == key.0 && known.seal == seal && known.replaces == replaces
			},
			(Some(ChartAct::RevokeDirective { .. }), Some(known)) => {
				known.state == DirectiveState::Revoked
			},
			(Some(ChartAct::EnterDirectiveInError { .. }), Some(known)) => {
				known.state == DirectiveState::EnteredInError
			},
			_ => false,
		};
		if !done {
			let why = event.fault().map_or_else(String::new, |fault| fault.error.clone());
			refused.insert(key, why);
		}
	}
	Ok(refused)
}

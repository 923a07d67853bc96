//! All that an organisation keeps, on its way to a successor; `docs/custody.md` tells the whole.
//!
//! The chain says to whom a holding is offered and who took it over. The giver's vault follows that
//! (here), hands over chart by chart what the receiver's vault asks for (`hand`, `give`), and serves nobody
//! else during the last pass and afterwards. The receiver's vault copies (`copy`, `bring`, `check`) into
//! rows that nothing serves, until the chain says that its house keeps the holding (`activate`).

mod activate;
mod bring;
mod check;
mod copy;
mod give;
mod hand;
mod last;
mod pass;
#[cfg(test)]
mod tests;
mod told;

pub(crate) use copy::{copy_forever, receive};
pub(crate) use hand::{charts, close, content, leaves, nodes, rows, Successor};
pub(crate) use told::{arrives, list, record_arrives};

use crate::{
	errors::{Error, Result},
	store::{ClosedRow, Rows, StoreError, HOLDING_CLOSED},
	vault::Vault,
};
use axum::http::Method;
use salus_client::vault_api as api;
use salus_primitives::{ids::OrganisationId, time::Moment, views::HoldingView};
use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, PoisonError, RwLock,
	},
	time::Duration,
};
use tokio::{
	sync::{Notify, RwLockReadGuard},
	time::{sleep, Instant},
};

/// How often to look at the chain, or at the other vault.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// When whoever is turned away meanwhile is told to ask again, in seconds.
pub(crate) const ASK_AGAIN: u64 = 30;

/// Where the vault's own holding is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Own {
	/// Here.
	#[default]
	Kept,
	/// Offered to another organisation.
	Offered(OrganisationId),
	/// The receiver makes its last pass.
	Closed(ClosedRow),
	/// Another organisation has it.
	Moved {
		/// To whom it was given.
		to: OrganisationId,
		/// Who keeps it now, to whom it may have been given on.
		keeper: OrganisationId,
	},
}

/// When a route is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
	/// Always.
	Always,
	/// As long as the holding is here, and nobody makes a last pass.
	WhileKept,
	/// The same, and while it is not offered: it changes what moves.
	WhileNotOffered,
}

/// What is served in any case: what says how the vault is, what signs in, and what hands over.
const ALWAYS: [&str; 7] = [
	api::HEALTH,
	api::OPENAPI,
	api::CHALLENGE,
	api::SIGN_IN,
	api::BACKUPS,
	api::LATEST_BACKUP,
	api::HOLDINGS,
];

/// What is taken while the holding is offered although it is sent: it is part of the last pass, or moves
/// with no holding.
const GOES_ON: [&str; 10] = [
	api::RELEASE,
	api::CHART_KEY,
	api::CHART_DIRECTIVES,
	api::CHART_CALLS,
	api::CHART_ORDERS,
	api::CHART_COVER,
	api::CHART_REQUESTS,
	api::CHART_REQUEST_ANSWER,
	api::PRACTITIONER_PROFILE,
	api::TRANSFER_WITHDRAWAL,
];

/// When the route with this pattern is served. What is not named here and changes something is not, while
/// the holding is offered.
pub(crate) fn served(method: &Method, path: &str) -> Served {
	let hands_over = path.starts_with("/holdings/handed/");
	if hands_over || ALWAYS.contains(&path) {
		return Served::Always;
	}
	let reads = [Method::GET, Method::HEAD].contains(method) || path.starts_with(api::FHIR);
	// What was begun and is given up leaves nothing that would have to move.
	let gives_up = *method == Method::DELETE && (path == api::UPLOAD || path == api::BULK_IMPORT);
	if reads || gives_up || GOES_ON.contains(&path) {
		Served::WhileKept
	} else {
		Served::WhileNotOffered
	}
}

/// What the tasks of a vault share.
#[derive(Default)]
pub(crate) struct Holdings {
	own: RwLock<Own>,
	/// Held by whoever writes a line of a log; the other way round by whoever closes.
	lines: tokio::sync::RwLock<()>,
	/// Requests in progress that the last pass must not overtake.
	requests: Arc<AtomicU64>,
	/// Held while the state of the own holding changes.
	changing: tokio::sync::Mutex<()>,
	/// There is something to copy.
	to_copy: Notify,
	/// When a holding that is copied is looked at again.
	refresh: Mutex<HashMap<OrganisationId, Instant>>,
	/// How far the passes over the holdings of others are.
	passes: pass::Passes,
	/// Why a holding is not copied at present.
	faults: Mutex<HashMap<OrganisationId, String>>,
}

/// A request in progress, as long as this lives.
pub(crate) struct InProgress(Arc<AtomicU64>);

impl Drop for InProgress {
	fn drop(&mut self) {
		self.0.fetch_sub(1, Ordering::SeqCst);
	}
}

impl Holdings {
	/// Where the own holding is.
	pub(crate) fn own(&self) -> Own {
		*self.own.read().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether it is here and offered to nobody.
	pub(crate) fn is_kept(&self) -> bool {
		self.own() == Own::Kept
	}

	fn set(&self, own: Own) {
		*self.own.write().unwrap_or_else(PoisonError::into_inner) = own;
	}

	/// Lets a request in, or says why not.
	pub(crate) fn admit(&self, served: Served) -> Result<Option<InProgress>> {
		if served == Served::Always {
			return Ok(None);
		}
		// Counted before it is looked: who closes sets the state first and counts then.
		self.requests.fetch_add(1, Ordering::SeqCst);
		let request = InProgress(self.requests.clone());
		match self.own() {
			Own::Kept => Ok(Some(request)),
			Own::Offered(_) if served == Served::WhileKept => Ok(Some(request)),
			Own::Offered(to) => Err(Error::HoldingOffered(to)),
			Own::Closed(_) => Err(Error::HoldingClosed { seconds: ASK_AGAIN }),
			Own::Moved { keeper, .. } => Err(Error::HoldingMoved(keeper)),
		}
	}

	/// To be held while a line of a log is written. Nobody writes one in a closed vault.
	pub(crate) async fn logging(&self) -> Result<RwLockReadGuard<'_, ()>> {
		let guard = self.lines.read().await;
		match self.own() {
			Own::Kept | Own::Offered(_) => Ok(guard),
			Own::Closed(_) => Err(Error::HoldingClosed { seconds: ASK_AGAIN }),
			Own::Moved { keeper, .. } => Err(Error::HoldingMoved(keeper)),
		}
	}

	/// Requests that were let in and have not ended.
	fn in_progress(&self) -> u64 {
		self.requests.load(Ordering::SeqCst)
	}

	/// Whether it is time to look again at a holding that is copied.
	fn refresh_is_due(&self, from: OrganisationId) -> bool {
		let refresh = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
		refresh.get(&from).is_none_or(|at| *at <= Instant::now())
	}

	/// Has it looked at again after this pause.
	fn refresh_after(&self, from: OrganisationId, pause: Duration) {
		let mut refresh = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
		refresh.insert(from, Instant::now() + pause);
	}

	fn note(&self, from: OrganisationId, fault: Option<String>) {
		let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
		match fault {
			Some(fault) => drop(faults.insert(from, fault)),
			None => drop(faults.remove(&from)),
		}
	}

	fn fault(&self, from: OrganisationId) -> Option<String> {
		self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(&from).cloned()
	}
}

/// Where the holding is by the chain's word, at this moment of it; `closed` says that the vault was closed.
fn by_the_chain(view: &HoldingView, at: Moment, closed: Option<ClosedRow>) -> Own {
	match (view.given, view.offered) {
		(Some(to), _) => Own::Moved { to, keeper: view.keeper },
		(None, Some(to)) => {
			match closed.filter(|row| row.to == to && at <= row.until && !row.opened) {
				Some(row) => Own::Closed(row),
				None => Own::Offered(to),
			}
		},
		(None, None) => Own::Kept,
	}
}

/// Looks where the own holding is. Opens a vault that was closed, if the offer was withdrawn or the time is
/// over and the finalised chain says at a later moment that it was not accepted.
pub(crate) async fn look(vault: &Arc<Vault>) -> Result<()> {
	let _changing = vault.holdings.changing.lock().await;
	let at = vault.node.finalised().await?;
	let view = at.holding(vault.organisation).await?;
	let closed = vault
		.stored(|store| Ok(store.read(|rows| rows.get(&HOLDING_CLOSED, &()))?))
		.await?;
	let own = by_the_chain(&view, at.head().at, closed);
	if closed.is_some() && !matches!(own, Own::Closed(_)) {
		vault
			.stored(|store| {
				Ok(store.write::<_, StoreError>(|rows| rows.remove(&HOLDING_CLOSED, &()))?)
			})
			.await?;
	}
	let before = vault.holdings.own();
	if before != own {
		tracing::info!(was = before.name(), is = own.name(), "the holding");
		vault.holdings.set(own);
	}
	Ok(())
}

impl Own {
	/// For the log.
	const fn name(&self) -> &'static str {
		match self {
			Self::Kept => "kept",
			Self::Offered(_) => "offered",
			Self::Closed(_) => "closed",
			Self::Moved { .. } => "moved",
		}
	}
}

/// The task that follows the chain, until told to end.
pub(crate) async fn follow_forever(vault: Arc<Vault>) {
	loop {
		if let Err(error) = look(&vault).await {
			tracing::warn!(%error, "whether the holding is offered can not be seen");
		}
		tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			() = sleep(LOOK_AGAIN) => {},
		}
	}
}

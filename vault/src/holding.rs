//! All that an organisation keeps, on its way to a successor; `docs/custody.md` tells the whole.
//!
//! The chain says to whom a holding is offered and who took it over. The giver's vault follows that
//! (here), hands over chart by chart what the receiver's vault asks for (`hand`, `give`), and serves nobody
//! else during the last pass and afterwards. The receiver's vault copies (`copy`, `bring`, `check`) into
//! rows that nothing serves, until the chain says that its house keeps the holding (`activate`).

mod activate;
mod asked;
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
	store::{
		ClosedRow, MovedHolding, Rows, Store, StoreError, HANDED, HOLDING_CLOSED, HOLDING_MOVED,
	},
	vault::Vault,
};
use axum::http::Method;
use salus_client::vault_api::{self as api, Head};
use salus_primitives::{ids::OrganisationId, views::HoldingView};
use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU32, AtomicU64, Ordering},
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
/// For how long a vault that starts waits for a fresh head before it takes an older one's word.
const PATIENCE: Duration = Duration::from_secs(20);
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
const ALWAYS: [&str; 9] = [
	api::HEALTH,
	api::OPENAPI,
	api::CHALLENGE,
	api::SIGN_IN,
	api::BACKUPS,
	api::LATEST_BACKUP,
	api::HOLDINGS,
	// What this house takes over does not hang on what becomes of its own.
	api::HOLDING_RECEIPT,
	api::HOLDING_READINESS,
];

/// What is taken while the holding is offered although it is sent: it is part of the last pass, or moves
/// with no holding.
const GOES_ON: [&str; 20] = [
	api::RELEASE,
	api::CHART_KEY,
	api::CHART_DIRECTIVES,
	api::CHART_PAPERS,
	api::CHART_CALLS,
	api::CHART_ORDERS,
	api::CHART_COVER,
	api::CHART_REQUESTS,
	api::CHART_REQUEST_ANSWER,
	api::RENDEZVOUS,
	api::RENDEZVOUS_OPENING,
	api::RENDEZVOUS_ANSWER,
	api::PRACTITIONER_PROFILE,
	api::TRANSFER_WITHDRAWAL,
	api::CARD_OPENING,
	api::CARD_UNLOCKING,
	api::CHART_CARD,
	api::CHART_EMERGENCY_CARD,
	api::CHART_FINDABLE,
	api::SEARCHES,
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
	/// Number of the newest head at which it was looked at.
	newest: AtomicU32,
	/// What is kept between the receiver's questions.
	asked: asked::Asked,
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
		self.asked.changed();
	}

	/// Whether nobody has looked at a newer head than this.
	fn is_newest(&self, head: &Head) -> bool {
		self.newest.fetch_max(head.number, Ordering::SeqCst) <= head.number
	}

	/// Counts work that goes on when its caller hangs up. To be called while the caller's request is still
	/// in progress.
	pub(crate) fn work(&self) -> InProgress {
		self.requests.fetch_add(1, Ordering::SeqCst);
		InProgress(self.requests.clone())
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

/// Where the holding is by the chain's word at this head; `closed` says that the vault was closed, and
/// `moved` that a head before said that it was given away. There is no way back from that.
fn by_the_chain(
	view: &HoldingView,
	head: &Head,
	closed: Option<ClosedRow>,
	moved: Option<MovedHolding>,
) -> Own {
	let at = head.at;
	if let Some(moved) = moved.filter(|row| view.given.is_none() || head.number < row.block) {
		return Own::Moved { to: moved.to, keeper: moved.keeper };
	}
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

/// What the chain's word at this head makes of the holding, on disk before anybody is served by it. The
/// closing stays for as long as its offer does, also when its time is over; with the offer ends what was
/// noted of it.
fn note(store: &Store, view: &HoldingView, head: &Head) -> Result<Own> {
	let (closed, moved, handed) = store.read(|rows| {
		let closed = rows.get(&HOLDING_CLOSED, &())?;
		Ok((closed, rows.get(&HOLDING_MOVED, &())?, rows.count_map(&HANDED)? > 0))
	})?;
	let own = by_the_chain(view, head, closed, moved);
	match own {
		Own::Moved { to, keeper } => {
			if moved.is_none_or(|row| (row.to, row.keeper) != (to, keeper)) {
				let row = MovedHolding { to, keeper, block: head.number };
				store.write::<_, StoreError>(|rows| rows.put(&HOLDING_MOVED, &(), &row))?;
			}
		},
		Own::Kept if closed.is_some() || handed => store.write::<_, StoreError>(|rows| {
			rows.remove(&HOLDING_CLOSED, &())?;
			// The next offer is another one, and is told of in the logs again.
			rows.clear(&HANDED)
		})?,
		Own::Offered(to) => match closed {
			Some(row) if row.to != to => {
				store.write::<_, StoreError>(|rows| rows.remove(&HOLDING_CLOSED, &()))?;
			},
			// Before it serves: who closed it must not take this for the same closing.
			Some(row) if !row.opened => store.write::<_, StoreError>(|rows| {
				rows.put(&HOLDING_CLOSED, &(), &ClosedRow { opened: true, ..row })
			})?,
			_ => {},
		},
		Own::Kept | Own::Closed(_) => {},
	}
	Ok(own)
}

/// Looks where the own holding is. Opens a vault that was closed, if the offer was withdrawn or the time is
/// over and the finalised chain says at a later moment that it was not accepted.
pub(crate) async fn look(vault: &Arc<Vault>) -> Result<()> {
	let _changing = vault.holdings.changing.lock().await;
	let at = vault.node.finalised().await?;
	let head = at.head();
	if !vault.holdings.is_newest(&head) {
		// Another node answers, or one that begins anew.
		return Ok(());
	}
	let view = at.holding(vault.organisation).await?;
	let own = vault.stored(move |store| note(store, &view, &head)).await?;
	let before = vault.holdings.own();
	if before != own {
		tracing::info!(was = before.name(), is = own.name(), "the holding");
		vault.holdings.set(own);
		// What waited until it is this house's to give.
		vault.custody.to_offer.notify_one();
	}
	Ok(())
}

/// The first look, before anybody is served. Waits a while for a head that is fresh: an older one may not
/// say yet that the holding moved.
pub(crate) async fn first_look(vault: &Arc<Vault>) -> Result<()> {
	let began = Instant::now();
	while let Err(Error::HeadStale { .. }) = vault.node.fresh().await {
		if began.elapsed() >= PATIENCE {
			break;
		}
		sleep(LOOK_AGAIN).await;
	}
	look(vault).await
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

//! The giver's side: what is kept between the receiver's questions, and what there is in all once nothing is
//! on its way.

use super::give::{self, open_fault, open_transfers, waiting};
use crate::{
	errors::{Error, Result},
	vault::Vault,
};
use salus_client::vault_api::{HandedChart, HandedRow, HoldingTotals};
use salus_primitives::ids::{ChartId, OrganisationId};
use std::{
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, PoisonError,
	},
	time::{Duration, Instant},
};
use tracing::Instrument;

/// For how long the rows of the chart that was asked for last are kept for its next page.
const PAGES_WITHIN: Duration = Duration::from_secs(60);

/// What is kept between the receiver's questions, so that a long chart is not read for each of its pages,
/// nor the whole holding each time that is asked whether it is closed.
#[derive(Default)]
pub(super) struct Asked {
	/// How often something changed that is counted.
	changes: AtomicU64,
	/// What was counted last. Held by whoever counts: one at a time.
	counted: tokio::sync::Mutex<Option<Counted>>,
	/// The rows of the chart that was asked for last.
	chart: Mutex<Option<AskedChart>>,
}

/// What there is in all.
#[derive(Clone)]
pub(super) struct Counted {
	/// [`Asked::changes`] when it was counted.
	changes: u64,
	pub(super) totals: HoldingTotals,
	pub(super) unreadable: Vec<ChartId>,
}

/// The rows of a chart at one moment.
#[derive(Clone)]
pub(super) struct AskedChart {
	pub(super) chart: ChartId,
	pub(super) by: OrganisationId,
	pub(super) at: Instant,
	pub(super) of: HandedChart,
	pub(super) rows: Arc<Vec<HandedRow>>,
}

impl Asked {
	/// What was counted before does not count any more.
	pub(super) fn changed(&self) {
		self.changes.fetch_add(1, Ordering::SeqCst);
		self.keep(None);
	}

	/// Keeps them, or nothing after a chart's last page.
	pub(super) fn keep(&self, asked: Option<AskedChart>) {
		*self.chart.lock().unwrap_or_else(PoisonError::into_inner) = asked;
	}

	/// The rows of this chart, if its page before was asked for just now.
	pub(super) fn chart(&self, chart: ChartId, by: OrganisationId) -> Option<AskedChart> {
		let kept = self.chart.lock().unwrap_or_else(PoisonError::into_inner);
		let kept = kept.as_ref().filter(|kept| (kept.chart, kept.by) == (chart, by));
		kept.filter(|kept| kept.at.elapsed() < PAGES_WITHIN).cloned()
	}
}

/// Requests and work that are in progress, and what has to be done about them.
pub(super) async fn on_its_way(vault: &Arc<Vault>, moved: bool) -> Result<(u64, Option<String>)> {
	let requests = vault.holdings.in_progress();
	let (left, open) = vault
		.stored(move |store| {
			Ok(store.read(|rows| Ok((waiting(rows, moved)?, open_transfers(rows)?)))?)
		})
		.await?;
	Ok((left.saturating_add(requests), open_fault(open).filter(|_| !moved)))
}

/// Counts what there is, unless that was done and nothing changed since; none if something changes
/// meanwhile. One at a time, and to its end when whoever asks hangs up: the next one finds it done.
pub(super) async fn count(vault: &Arc<Vault>, moved: bool) -> Result<Option<Counted>> {
	let vault = Arc::clone(vault);
	let counting = async move {
		let asked = &vault.holdings.asked;
		let mut last = asked.counted.lock().await;
		let changes = asked.changes.load(Ordering::SeqCst);
		if let Some(known) = last.as_ref().filter(|known| known.changes == changes) {
			return Ok(Some(known.clone()));
		}
		let (totals, unreadable) = vault.stored(|store| Ok(give::totals(store)?)).await?;
		let (waiting, _) = on_its_way(&vault, moved).await?;
		if waiting > 0 || asked.changes.load(Ordering::SeqCst) != changes {
			return Ok(None);
		}
		let counted = Counted { changes, totals, unreadable };
		*last = Some(counted.clone());
		Ok(Some(counted))
	};
	tokio::spawn(counting.in_current_span())
		.await
		.map_err(|_| Error::Internal("counting the holding was broken off".into()))?
}

//! The receiver's side: going over the giver's charts, a page at a time, so that what the chain says
//! meanwhile is seen in between. What is wrong with one chart holds up none of the others.

use super::{
	activate::{fates, take_in},
	bring::{bring, Giver, LESS},
	check::Parties,
	copy::{held, set},
};
use crate::{
	custody::PullError,
	errors::{Error, Result},
	store::{ReceivingRow, Rows, HELD_CHARTS},
	vault::Vault,
};
use salus_client::{
	vault_api::{codes, HandedChart, HoldingFault},
	vault_client::VaultClient,
};
use salus_primitives::{
	ids::{ChartId, OrganisationId},
	views::HoldingView,
};
use std::{
	collections::{BTreeMap, HashMap, HashSet},
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::time::{sleep, Instant};

/// How long one turn takes at most, but for the chart that is being brought then.
const TURN: Duration = Duration::from_secs(5);
/// How far our node may trail the giver's.
const CATCH_UP: Duration = Duration::from_secs(5);

/// Why a chart that the giver has is not here.
const UNREADABLE: &str = "the giver's vault can not read it whole";

/// How far the passes over the holdings of others are. A new process begins each anew: what is here is
/// not asked for again.
#[derive(Default)]
pub(crate) struct Passes(Mutex<HashMap<OrganisationId, Pass>>);

/// A pass over one holding.
#[derive(Default)]
struct Pass {
	/// Whether it goes on behind the last page.
	begun: bool,
	/// When it began.
	since: Option<Instant>,
	/// Charts of the page that were looked at.
	seen: HashSet<ChartId>,
	/// Why charts are not here as they are there.
	faults: BTreeMap<ChartId, String>,
	/// Since when the giver can not be asked.
	away: Option<Instant>,
}

impl Passes {
	fn with<T>(&self, from: OrganisationId, work: impl FnOnce(&mut Pass) -> T) -> T {
		let mut passes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		work(passes.entry(from).or_default())
	}

	/// Begins a pass, unless one goes on. Whether it begins.
	fn begin(&self, from: OrganisationId) -> bool {
		self.with(from, |pass| {
			let begins = !pass.begun;
			if begins {
				pass.begun = true;
				pass.since = Some(Instant::now());
				pass.seen.clear();
				pass.faults.clear();
			}
			begins
		})
	}

	/// Whether a pass goes on.
	pub(super) fn goes_on(&self, from: OrganisationId) -> bool {
		self.with(from, |pass| pass.begun)
	}

	/// Gives a pass up, so that the next begins with the first chart.
	pub(super) fn end(&self, from: OrganisationId) {
		self.with(from, |pass| {
			pass.begun = false;
			pass.seen.clear();
		});
	}

	/// How long ago the last one began.
	pub(super) fn took(&self, from: OrganisationId) -> Duration {
		self.with(from, |pass| pass.since.map_or(Duration::ZERO, |since| since.elapsed()))
	}

	/// For how long the giver could not be asked by now.
	pub(super) fn away(&self, from: OrganisationId) -> Duration {
		self.with(from, |pass| pass.away.get_or_insert_with(Instant::now).elapsed())
	}

	/// That it was asked.
	pub(super) fn answered(&self, from: OrganisationId) {
		self.with(from, |pass| pass.away = None);
	}

	/// Notes what is wrong with a chart, or that nothing is.
	pub(super) fn note(&self, from: OrganisationId, chart: ChartId, fault: Option<String>) {
		self.with(from, |pass| match fault {
			Some(fault) => drop(pass.faults.insert(chart, fault)),
			None => drop(pass.faults.remove(&chart)),
		});
	}

	fn is_faulty(&self, from: OrganisationId, chart: &ChartId) -> bool {
		self.with(from, |pass| pass.faults.contains_key(chart))
	}

	/// What is wrong, and with how many charts.
	pub(super) fn faults(&self, from: OrganisationId) -> Vec<HoldingFault> {
		let mut counts: BTreeMap<String, u64> = BTreeMap::new();
		self.with(from, |pass| {
			for fault in pass.faults.values() {
				let count = counts.entry(fault.clone()).or_default();
				*count = count.saturating_add(1);
			}
		});
		let faults = counts.into_iter().map(|(fault, charts)| HoldingFault { fault, charts });
		faults.collect()
	}

	/// The same in a sentence, if there is something.
	pub(super) fn told(&self, from: OrganisationId) -> Option<String> {
		let faults = self.faults(from);
		let charts = faults.iter().fold(0u64, |sum, one| sum.saturating_add(one.charts));
		faults.first().map(|one| format!("{} (charts that wait: {charts})", one.fault))
	}
}

/// What a pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
	/// To have here what is there.
	Copy,
	/// The chain says that it is ours: each chart that is here as it is there goes into service at once.
	Service,
}

/// Whether only this chart is concerned, and the others may come all the same.
pub(super) fn is_of_chart(error: &PullError) -> bool {
	const OF_ALL: [&str; 9] = [
		codes::NOT_SIGNED_IN,
		codes::ACCOUNT_NOT_ENROLLED,
		codes::NOT_IN_STANDING,
		codes::HOLDING_NOT_OFFERED,
		codes::TOO_MANY_REQUESTS,
		codes::NODE_UNAVAILABLE,
		codes::HEAD_STALE,
		codes::HOLDING_OPENED,
		codes::ROUTE_UNKNOWN,
	];
	match error {
		PullError::Wrong(_) | PullError::Here(Error::StorageDamaged | Error::AlreadyExists(_)) => {
			true
		},
		PullError::There(salus_client::Error::Vault { status, code, .. }) => {
			*status >= 400 && !OF_ALL.contains(&code.as_str())
		},
		_ => false,
	}
}

/// Goes on with a pass over the giver's charts, by a page or for some seconds. Whether that was the last page.
pub(super) async fn go_on(
	vault: &Arc<Vault>,
	client: &VaultClient,
	(number, row): (u64, &ReceivingRow),
	view: &HoldingView,
	what: For,
) -> Result<bool, PullError> {
	let from = row.from;
	let parties =
		Parties { genesis: vault.genesis, from, keeper: view.keeper, here: vault.organisation };
	let passes = &vault.holdings.passes;
	let mut after = row.after.clone();
	if passes.begin(from) && what == For::Service {
		// What is not met on the way is taken for what the giver has no more.
		after = None;
	}
	let until = Instant::now() + TURN;
	let page = client.handed_charts(vault.organisation, after.as_deref()).await?;
	for chart in &page.unreadable {
		if what == For::Copy || !take(vault, from, *chart).await? {
			passes.note(from, *chart, Some(UNREADABLE.into()));
		}
	}
	let mut patient = true;
	for told in page.charts {
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping.into());
		}
		let chart = told.chart;
		if passes.with(from, |pass| pass.seen.contains(&chart)) {
			continue;
		}
		let fault = match one(vault, client, parties, (told, what), &mut patient).await {
			Ok(()) => None,
			Err(error) if is_of_chart(&error) => Some(error.to_string()),
			Err(error) => return Err(error),
		};
		passes.with(from, |pass| pass.seen.insert(chart));
		passes.note(from, chart, fault);
		if Instant::now() >= until {
			set(vault, number, move |row| row.after = after).await?;
			return Ok(false);
		}
	}
	if page.next.is_some() && page.next == after {
		return Err(PullError::Wrong("pages that do not advance"));
	}
	let (next, charts_of, records_of) = (page.next, page.charts_of, page.records_of);
	let last = next.is_none();
	set(vault, number, move |row| {
		row.after = next;
		(row.charts_of, row.records_of) = (charts_of, records_of);
	})
	.await?;
	passes.with(from, |pass| pass.seen.clear());
	if last {
		if what == For::Service {
			take_rest(vault, from).await?;
		}
		passes.end(from);
	}
	Ok(last)
}

/// One chart of a page.
async fn one(
	vault: &Arc<Vault>,
	client: &VaultClient,
	parties: Parties,
	(told, what): (HandedChart, For),
	patient: &mut bool,
) -> Result<(), PullError> {
	let brought = bring_patiently(vault, client, parties, told, patient).await;
	match (brought, what) {
		(Ok(_), For::Copy) => Ok(()),
		// What is here is more: it stays, and is what this house goes on with.
		(Ok(_) | Err(PullError::Wrong(LESS)), For::Service) => {
			take(vault, parties.from, told.chart).await.map(drop)
		},
		(Err(error), _) => Err(error),
	}
}

/// Brings a chart here. Looks once more where it does not fit the chain, for our node may trail the giver's;
/// that is waited for once in a turn.
async fn bring_patiently(
	vault: &Arc<Vault>,
	client: &VaultClient,
	parties: Parties,
	chart: HandedChart,
	patient: &mut bool,
) -> Result<bool, PullError> {
	loop {
		let at = vault.node.fresh().await?;
		match bring(vault, &Giver { client, at: &at, parties }, chart).await {
			Err(PullError::Wrong(wrong)) if *patient && wrong != LESS => *patient = false,
			brought => return brought,
		}
		sleep(CATCH_UP).await;
	}
}

/// Takes a chart that is held into service. Whether it was held.
pub(super) async fn take(
	vault: &Arc<Vault>,
	from: OrganisationId,
	chart: ChartId,
) -> Result<bool, PullError> {
	let known = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_CHARTS, &chart))?))
		.await?;
	let Some(held) = known.filter(|held| held.from == from) else { return Ok(false) };
	let at = vault.node.fresh().await?;
	let fates = fates(vault, &at, &held).await?;
	vault.stored(move |store| take_in(store, &held, &fates)).await?;
	Ok(true)
}

/// Takes into service what is held and was not met at the giver's, which has it no more; what is wrong
/// with a chart that was met stays so until the next pass.
pub(super) async fn take_rest(vault: &Arc<Vault>, from: OrganisationId) -> Result<(), PullError> {
	let passes = &vault.holdings.passes;
	let all = vault.stored(move |store| Ok(held(store, from)?)).await?;
	for HandedChart { chart, .. } in all {
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping.into());
		}
		if passes.is_faulty(from, &chart) {
			continue;
		}
		match take(vault, from, chart).await {
			Ok(_) => {},
			Err(error) if is_of_chart(&error) => {
				passes.note(from, chart, Some(error.to_string()));
			},
			Err(error) => return Err(error),
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn said(status: u16, code: &str) -> PullError {
		let (code, message) = (code.into(), String::new());
		PullError::There(salus_client::Error::Vault { status, code, message, reason: None })
	}

	#[test]
	fn what_is_wrong_with_one_chart_holds_up_none_of_the_others() {
		for (status, code) in [
			(500, codes::STORAGE_DAMAGED),
			(503, codes::KEY_SERVICE_UNAVAILABLE),
			(404, codes::BATCH_UNKNOWN),
		] {
			assert!(is_of_chart(&said(status, code)), "{code}");
		}
		assert!(is_of_chart(&PullError::Wrong("a log with a gap")));
		assert!(is_of_chart(&PullError::Here(Error::StorageDamaged)));
		assert!(is_of_chart(&PullError::Here(Error::AlreadyExists("here already"))));
		for (status, code) in [
			(401, codes::NOT_SIGNED_IN),
			(429, codes::TOO_MANY_REQUESTS),
			(503, codes::NODE_UNAVAILABLE),
			(409, codes::HOLDING_NOT_OFFERED),
		] {
			assert!(!is_of_chart(&said(status, code)), "{code}");
		}
		assert!(!is_of_chart(&PullError::Here(Error::Stopping)));
	}

	#[test]
	fn faults_are_told_by_what_is_wrong_until_the_next_pass() {
		let passes = Passes::default();
		assert!(passes.begin(1) && !passes.begin(1));
		for (n, fault) in [(1, "a log with a gap"), (2, "a log with a gap"), (3, "b")] {
			passes.note(1, ChartId([n; 32]), Some(fault.into()));
		}
		passes.note(2, ChartId([9; 32]), Some("of another".into()));
		let counts: Vec<_> = passes.faults(1).into_iter().map(|one| one.charts).collect();
		assert_eq!(counts, [2, 1]);
		assert!(passes.told(1).is_some_and(|told| told.contains("gap") && told.contains('3')));
		passes.note(1, ChartId([3; 32]), None);
		assert_eq!(passes.faults(1).len(), 1);
		passes.end(1);
		assert!(!passes.goes_on(1) && passes.told(1).is_some());
		assert!(passes.begin(1) && passes.told(1).is_none());
	}
}

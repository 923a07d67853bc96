//! Orders that are to be done now.

use super::{
	compose::{compose, Member, Pick},
	stock::{advance, kill, lead, too_many_places, Follow, MOST_PLACES},
	work, Key, MOST_WAITING,
};
use crate::{
	errors::{Error, Result},
	links,
	store::{
		CoverRow, RelayBatch, Rows, Store, StoreError, WaitingOrder, Writing, CHARTS,
		CHART_DIRECTIVES, COHORTS, COVER, DIRECTIVES, RELAYING, WAITING_ORDERS,
	},
	vault::Vault,
};
use salus_client::vault_api::{Head, OrderDone, PostedOrder, Signature};
use salus_primitives::{
	codes::DirectiveState,
	directive::DirectiveTerms,
	ids::{AccountBytes, ChartId, DirectiveId},
	order::{order_expiry, ChartAct, ChartOrder, COVER_SLOTS, MAX_STOCK, ORDER_PERIOD},
	seal::Opening,
	time::Moment,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tracing::Instrument;

/// How long a caller waits for finality.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of an order.
#[derive(Clone, Debug)]
pub(super) struct Settled {
	pub(super) block: Head,
	/// Orders in its transaction.
	pub(super) charts: u32,
	/// Why it was refused, if it was.
	pub(super) refused: Option<String>,
}

/// Takes an order of a chart's key, submits it among others, and answers when it is final. Asked
/// again, answers the same.
pub(crate) async fn order(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	posted: PostedOrder,
) -> Result<OrderDone> {
	vault.own_chart(chart, account).await?;
	let at = vault.node.fresh().await?;
	let order = posted.order;
	let directive = order.act.directive();
	if order.chart != chart {
		return Err(Error::NotTheChartsKey);
	}
	if !order.signature.verify_any(&order.statement(vault.genesis).signable(), &account) {
		return Err(Error::SignatureWrong);
	}
	if order.expires != order_expiry(at.head().at) {
		return Err(Error::Malformed("an order expires when all that is signed now does".into()));
	}
	match (&order.act, &posted.opening) {
		(ChartAct::IssueDirective { seal, .. }, Some(opening)) if opening.opens(seal) => {},
		(ChartAct::IssueDirective { .. }, _) => return Err(Error::SealMismatch),
		_ => {},
	}
	let follow = Follow { chart, account, genesis: vault.genesis };
	if posted.stock.len() > MAX_STOCK as usize {
		return Err(Error::Malformed(format!("a place takes at most {MAX_STOCK} orders")));
	}
	follow.check(&posted.stock, Some(directive), at.head().at)?;
	if let Some(known) = at.directive(directive).await? {
		let done = match order.act {
			ChartAct::IssueDirective { seal, .. } => known.chart == chart && known.seal == seal,
			ChartAct::RevokeDirective { .. } => known.state == DirectiveState::Revoked,
			ChartAct::EnterDirectiveInError { .. } => known.state == DirectiveState::EnteredInError,
		};
		if done {
			// It may have come in by another way, without its opening.
			if let Some(opening) = posted.opening {
				vault
					.stored(move |store| {
						store.write(|rows| keep_listed(rows, &chart, &directive, &opening))
					})
					.await?;
			}
			return Ok(OrderDone { directive, block: at.head(), charts: 1 });
		}
	}
	// Each takes stock of the whole cohort, which is not one patient's to use up.
	let limited = vault.ops.limits.change(chart);
	limited.inspect_err(|_| vault.ops.metrics.limited("changes"))?;
	let settled = submit(vault, chart, posted).await?;
	// It may have ended a directive.
	vault.recalls.hurry(chart);
	match settled.refused {
		None => Ok(OrderDone { directive, block: settled.block, charts: settled.charts }),
		Some(error) => Err(Error::ChainRefused(error)),
	}
}

/// Writes a good order down, sees to it that somebody works on it, and waits for its end. Goes on when
/// the caller hangs up, so that nothing that was written down lies there unseen.
pub(super) async fn submit(
	vault: &Arc<Vault>,
	chart: ChartId,
	posted: PostedOrder,
) -> Result<Settled> {
	let vault = Arc::clone(vault);
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let submitting = async move {
		let _working_on = working_on;
		let key = (chart, posted.order.act.directive());
		let told = vault.relay.wait_for(key);
		let waited = async {
			let cohort = vault.stored(move |store| take(store, chart, posted)).await?;
			work(&vault, cohort);
			match tokio::time::timeout(PATIENCE, told).await {
				Ok(Ok(settled)) => Ok(settled),
				_ => Err(Error::NotFinalInTime),
			}
		};
		let waited = waited.await;
		vault.relay.forget(&key);
		waited
	};
	tokio::spawn(submitting.in_current_span())
		.await
		.map_err(|_| Error::Internal("an order was broken off".into()))?
}

/// Whether it is this order, perhaps signed once more: signatures differ each time.
fn is_same(known: &ChartOrder<Signature>, order: &ChartOrder<Signature>) -> bool {
	known.chart == order.chart && known.act == order.act
}

/// Whether both issue the same directive.
fn is_double(known: &ChartOrder<Signature>, order: &ChartOrder<Signature>) -> bool {
	let issued = |act| match act {
		ChartAct::IssueDirective { id, .. } => Some(id),
		ChartAct::RevokeDirective { .. } | ChartAct::EnterDirectiveInError { .. } => None,
	};
	let id = issued(order.act);
	known.chart == order.chart && id.is_some() && issued(known.act) == id
}

/// How many places this chart's waiting orders are going to add.
pub(super) fn coming(waiting: &[(u64, WaitingOrder)], chart: &ChartId) -> usize {
	waiting
		.iter()
		.filter(|(_, row)| row.order.chart == *chart && adds_place(&row.order.act))
		.count()
}

const fn adds_place(act: &ChartAct) -> bool {
	matches!(act, ChartAct::IssueDirective { replaces: None, .. })
}

/// Writes the order down, if what it ends is what its place holds. Answers its cohort.
pub(super) fn take(store: &Store, chart: ChartId, posted: PostedOrder) -> Result<u32> {
	store.write(|rows| {
		let cover = rows.get(&COVER, &chart)?.ok_or(Error::PlaceMoved)?;
		let waiting = rows.first(&WAITING_ORDERS, MOST_WAITING)?;
		let sent = rows.first(&RELAYING, MOST_WAITING)?;
		// Asked again on its way, it has moved its place itself.
		let known: Vec<_> = waiting
			.iter()
			.map(|(_, row)| &row.order)
			.chain(sent.iter().flat_map(|(_, batch)| &batch.orders))
			.collect();
		if known.iter().any(|order| is_same(order, &posted.order)) {
			return Ok(cover.cohort);
		}
		// Of two for two places one would be refused, and its place lose what it holds.
		if known.iter().any(|order| is_double(order, &posted.order)) {
			return Err(Error::Busy);
		}
		let own = waiting.iter().filter(|(_, row)| row.order.chart == chart).count();
		if own >= COVER_SLOTS as usize || waiting.len() >= MOST_WAITING {
			return Err(Error::Busy);
		}
		let places = cover.places.len().saturating_add(coming(&waiting, &chart));
		if adds_place(&posted.order.act) && places >= MOST_PLACES {
			return Err(too_many_places());
		}
		if let Some(ended) = posted.order.act.ends() {
			if cover.place_of(&ended).is_none() {
				return Err(Error::PlaceMoved);
			}
			// One that waits for the same place goes first, and then there is nothing left to end.
			if waiting.iter().any(|(_, row)| row.order.act.ends() == Some(ended)) {
				return Err(Error::PlaceMoved);
			}
		}
		let PostedOrder { order, opening, stock } = posted;
		rows.push(&WAITING_ORDERS, &WaitingOrder { cohort: cover.cohort, order, opening, stock })?;
		Ok(cover.cohort)
	})
}

/// Makes a transaction of what waits in the cohort, with cover, and writes it down as on its way.
pub(super) fn form(
	store: &Store,
	cohort: u32,
	most: usize,
	at: Moment,
	mut draw: impl FnMut(usize) -> Result<usize>,
) -> Result<Option<(u64, RelayBatch)>> {
	store.write(|rows| {
		let waiting: Vec<_> = rows
			.first(&WAITING_ORDERS, MOST_WAITING)?
			.into_iter()
			.filter(|(_, row)| row.cohort == cohort)
			.collect();
		if waiting.is_empty() {
			return Ok(None);
		}
		let asked: Vec<_> = waiting.iter().map(|(_, row)| row.order.chart).collect();
		let ending: HashSet<_> =
			waiting.iter().filter_map(|(_, row)| row.order.act.ends()).collect();
		let mut members = Vec::new();
		for chart in rows.get(&COHORTS, &cohort)?.unwrap_or_default() {
			let row = rows.get(&COVER, &chart)?.ok_or(StoreError::Damaged)?;
			// A place that somebody waits to change stays as it is until then.
			let stocked = row.stocked(at, |current| !ending.contains(current));
			members.push(Member { chart, stocked });
		}
		// Without random numbers nothing is hidden.
		let mut fault = None;
		let picks = compose(&asked, &members, most, |below| {
			draw(below).unwrap_or_else(|error| {
				fault = Some(error);
				0
			})
		});
		if let Some(fault) = fault {
			return Err(fault);
		}
		let mut orders = Vec::new();
		for pick in picks {
			let order = match pick {
				Pick::Asked(at) => {
					let (number, row) = waiting.get(at).ok_or(StoreError::Damaged)?;
					rows.drop_at(&WAITING_ORDERS, *number)?;
					give(rows, row)?;
					row.order
				},
				Pick::Stock { member, place } => {
					let member = members.get(member).ok_or(StoreError::Damaged)?;
					advance(rows, &member.chart, place, at)?
				},
			};
			orders.push(order);
		}
		let batch = RelayBatch { cohort, orders };
		let number = rows.push(&RELAYING, &batch)?;
		Ok(Some((number, batch)))
	})
}

/// Lets an order take its place: its opening is kept, and its stock takes that of the place.
fn give(rows: &Writing<'_>, waiting: &WaitingOrder) -> Result<()> {
	let chart = waiting.order.chart;
	let mut row = rows.get(&COVER, &chart)?.ok_or(StoreError::Damaged)?;
	match waiting.order.act {
		ChartAct::IssueDirective { id, replaces, .. } => {
			let opening = waiting.opening.as_ref().ok_or(StoreError::Damaged)?;
			keep_listed(rows, &chart, &id, opening)?;
			let place = replaces.and_then(|ended| row.place_of(&ended));
			let listed = !opening.terms.is_cover();
			lead(rows, &chart, &mut row, place, (id, listed), &waiting.stock)?;
		},
		ChartAct::RevokeDirective { id } | ChartAct::EnterDirectiveInError { id } => {
			if let Some(place) = row.place_of(&id) {
				kill(rows, &chart, &mut row, place)?;
			}
		},
	}
	Ok(rows.put(&COVER, &chart, &row)?)
}

/// Keeps the opening of a directive that the patient asked for, among those that are listed.
fn keep_listed(
	rows: &Writing<'_>,
	chart: &ChartId,
	id: &DirectiveId,
	opening: &Opening<DirectiveTerms>,
) -> Result<()> {
	if rows.get(&DIRECTIVES, &(*chart, *id))?.is_some() {
		return Ok(());
	}
	rows.put(&DIRECTIVES, &(*chart, *id), opening)?;
	links::note(rows, chart, &opening.terms)?;
	if opening.terms.is_cover() {
		return Ok(());
	}
	let mut row = rows.get(&CHARTS, chart)?.ok_or(Error::ChartUnknown)?;
	rows.put(&CHART_DIRECTIVES, &(*chart, row.directives), id)?;
	row.directives = row.directives.saturating_add(1);
	Ok(rows.put(&CHARTS, chart, &row)?)
}

/// The transaction is final; the places of orders that were refused have no stock any more.
pub(super) fn settle(
	store: &Store,
	number: u64,
	batch: &RelayBatch,
	dead: &HashSet<Key>,
) -> Result<()> {
	store.write(|rows| {
		for order in &batch.orders {
			let key = (order.chart, order.act.directive());
			if !dead.contains(&key) {
				continue;
			}
			let Some(mut row) = rows.get(&COVER, &key.0)? else { continue };
			if let Some(place) = row.place_of(&key.1) {
				kill(rows, &key.0, &mut row, place)?;
				rows.put(&COVER, &key.0, &row)?;
			}
		}
		Ok(rows.drop_at(&RELAYING, number)?)
	})
}

impl CoverRow {
	/// The places for which there is stock to be used now, of those whose directive passes.
	pub(super) fn stocked(&self, at: Moment, passes: impl Fn(&DirectiveId) -> bool) -> Vec<u32> {
		let expires = order_expiry(at);
		let is_good = |of: Moment| of == expires || of.saturating_add(ORDER_PERIOD) == expires;
		(0..)
			.zip(&self.places)
			.filter(|(_, place)| {
				place.next < place.end && is_good(place.expires) && passes(&place.current)
			})
			.map(|(number, _)| number)
			.collect()
	}
}

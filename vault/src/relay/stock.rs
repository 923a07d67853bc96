//! What wallets leave here: for each place of a chart, orders of which each replaces the one before.

use super::{orders::coming, restored::forget, work, MOST_WAITING};
use crate::{
	errors::{Error, Result},
	store::{
		CoverRow, PlaceRow, RelayBatch, Rows, Store, StoreError, Writing, COHORTS, COHORT_COUNT,
		COVER, DIRECTIVES, RELAYING, STOCK, WAITING_ORDERS,
	},
	vault::Vault,
};
use salus_client::vault_api::{Cover, CoverPlace, CoverState, Signature, StockOrder};
use salus_primitives::{
	codes::DirectiveState,
	ids::{AccountBytes, ChartId, DirectiveId},
	order::{order_expiry, ChartAct, ChartOrder, MAX_STOCK},
	time::Moment,
};
use std::sync::Arc;
use tracing::Instrument;

/// Most places of a chart that have stock.
pub(super) const MOST_PLACES: usize = 16;

/// What is known of a chart's places, for its key. Those whose directive ended by another way are
/// forgotten first: an order in their place would be refused.
pub(crate) async fn state(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<CoverState> {
	vault.own_chart(chart, account).await?;
	let read = move |store: &Store| Ok(store.read(|rows| rows.get(&COVER, &chart))?);
	let Some(row) = vault.stored(read).await? else {
		return Ok(CoverState { places: Vec::new() });
	};
	let at = vault.node.fresh().await?;
	let mut ended = Vec::new();
	for place in &row.places {
		// One that the chain does not know is on its way.
		let known = at.directive(place.current).await?;
		if known.is_some_and(|known| known.state != DirectiveState::Active) {
			ended.push(place.current);
		}
	}
	let row = match ended.is_empty() {
		true => row,
		false => vault.stored(move |store| drop_ended(store, &chart, &ended)).await?,
	};
	Ok(row.state())
}

/// Forgets the places that still hold one of these directives, which have ended, and the openings that
/// nobody asks for any more.
pub(super) fn drop_ended(
	store: &Store,
	chart: &ChartId,
	ended: &[DirectiveId],
) -> Result<CoverRow> {
	store.write(|rows| {
		let mut row = rows.get(&COVER, chart)?.ok_or(StoreError::Damaged)?;
		for id in ended {
			if let Some(place) = row.place_of(id) {
				if let Some(known) = row.places.get(place) {
					forget(rows, chart, known)?;
				}
				kill(rows, chart, &mut row, place)?;
			}
		}
		rows.put(&COVER, chart, &row)?;
		Ok(row)
	})
}

/// Takes stock from the chart's key in place of what it left before. What a place begins with is
/// submitted at once.
pub(crate) async fn put(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	cover: Cover,
) -> Result<CoverState> {
	vault.own_chart(chart, account).await?;
	let at = vault.node.fresh().await?;
	let facts = at.chart(chart).await?.ok_or(Error::ChartUnknown)?;
	if cover.places.len() > MOST_PLACES
		|| cover
			.places
			.iter()
			.any(|stock| stock.is_empty() || stock.len() > MAX_STOCK as usize)
	{
		return Err(Error::Malformed(format!(
			"a chart has stock for at most {MOST_PLACES} places, each of 1 to {MAX_STOCK} orders"
		)));
	}
	let follow = Follow { chart, account, genesis: vault.genesis };
	for stock in &cover.places {
		let base = stock.first().and_then(|first| first.order.act.ends());
		follow.check(stock, base, at.head().at)?;
	}
	let active: Vec<_> = facts.directives.iter().map(|directive| directive.id).collect();
	leave(vault, chart, cover, active).await
}

/// Writes good stock down and sees to it that somebody works on what its places begin with. Goes on
/// when the caller hangs up.
pub(super) async fn leave(
	vault: &Arc<Vault>,
	chart: ChartId,
	cover: Cover,
	active: Vec<DirectiveId>,
) -> Result<CoverState> {
	let vault = Arc::clone(vault);
	// A last pass of the holding waits for it, too.
	let working_on = vault.holdings.work();
	let leaving = async move {
		let _working_on = working_on;
		let size = vault.relay.cohort;
		let (row, begins) =
			vault.stored(move |store| write_put(store, size, chart, cover, &active)).await?;
		if begins {
			work(&vault, row.cohort);
		}
		Ok(row.state())
	};
	tokio::spawn(leaving.in_current_span())
		.await
		.map_err(|_| Error::Internal("the taking of stock was broken off".into()))?
}

/// Why a chart gets no further place.
pub(super) fn too_many_places() -> Error {
	Error::Malformed(format!(
		"a chart has stock for at most {MOST_PLACES} places: replace what one of them holds"
	))
}

/// Whose stock is looked at.
pub(super) struct Follow {
	pub(super) chart: ChartId,
	pub(super) account: AccountBytes,
	pub(super) genesis: [u8; 32],
}

impl Follow {
	/// Whether each order is good, signed by the chart's key, and replaces the one before it.
	pub(super) fn check(
		&self,
		stock: &[StockOrder],
		base: Option<DirectiveId>,
		at: Moment,
	) -> Result<()> {
		let mut before = base;
		for stocked @ StockOrder { order, opening, .. } in stock {
			let ChartAct::IssueDirective { id, seal, replaces } = order.act else {
				return Err(Error::Malformed("stock issues directives, nothing else".into()));
			};
			if order.chart != self.chart || replaces != before {
				return Err(Error::Malformed("each order of stock replaces the one before".into()));
			}
			if order.expires != order_expiry(at) {
				return Err(Error::Malformed(
					"stock expires when all that is signed now does".into(),
				));
			}
			if !opening.opens(&seal) {
				return Err(Error::SealMismatch);
			}
			for order in [*order, stocked.later()] {
				let said = order.statement(self.genesis).signable();
				if !order.signature.verify_any(&said, &self.account) {
					return Err(Error::SignatureWrong);
				}
			}
			before = Some(id);
		}
		Ok(())
	}
}

/// Writes stock down; what its places begin with is on its way. Answers the row, and whether
/// something is.
pub(super) fn write_put(
	store: &Store,
	size: u32,
	chart: ChartId,
	cover: Cover,
	active: &[DirectiveId],
) -> Result<(CoverRow, bool)> {
	store.write(|rows| {
		let mut row = match rows.get(&COVER, &chart)? {
			Some(row) => row,
			None => CoverRow { cohort: join(rows, size, chart)?, serial: 0, places: Vec::new() },
		};
		let mut begins = Vec::new();
		let known = row.places.len();
		// Those on their way were promised a place.
		let coming = coming(&rows.first(&WAITING_ORDERS, MOST_WAITING)?, &chart);
		for mut stock in cover.places {
			let base = stock.first().and_then(|first| first.order.act.ends());
			let place = match base {
				Some(base) => match row.place_of(&base) {
					Some(place) => place,
					None if active.contains(&base) && !row.has_left(&base) => {
						row.places.push(PlaceRow::new(base, true));
						row.places.len().saturating_sub(1)
					},
					None => return Err(Error::PlaceMoved),
				},
				None => {
					let StockOrder { order, opening, .. } = stock.remove(0);
					let id = order.act.directive();
					rows.put(&DIRECTIVES, &(chart, id), &opening)?;
					begins.push(order);
					row.places.push(PlaceRow::new(id, false));
					row.places.len().saturating_sub(1)
				},
			};
			let places = row.places.len();
			if places > known && places.saturating_add(coming) > MOST_PLACES {
				return Err(too_many_places());
			}
			drop_stock(rows, &chart, &mut row, place)?;
			lay(rows, &chart, &mut row, place, &stock)?;
		}
		rows.put(&COVER, &chart, &row)?;
		let any = !begins.is_empty();
		if any {
			rows.push(&RELAYING, &RelayBatch { cohort: row.cohort, orders: begins })?;
		}
		Ok((row, any))
	})
}

/// Gives a chart its cohort: the newest that has room.
fn join(rows: &Writing<'_>, size: u32, chart: ChartId) -> Result<u32> {
	let count = rows.get(&COHORT_COUNT, &())?.unwrap_or(0);
	let newest = count.saturating_sub(1);
	let mut members = rows.get(&COHORTS, &newest)?.unwrap_or_default();
	let is_full = members.len() >= usize::try_from(size).unwrap_or(usize::MAX);
	let cohort = if count == 0 || is_full {
		members = Vec::new();
		rows.put(&COHORT_COUNT, &(), &count.saturating_add(1))?;
		count
	} else {
		newest
	};
	members.push(chart);
	rows.put(&COHORTS, &cohort, &members)?;
	Ok(cohort)
}

/// Takes the next order of a place's stock: its opening is kept from now on.
pub(super) fn advance(
	rows: &Writing<'_>,
	chart: &ChartId,
	place: u32,
	at: Moment,
) -> Result<ChartOrder<Signature>> {
	let mut row = rows.get(&COVER, chart)?.ok_or(StoreError::Damaged)?;
	let place = usize::try_from(place).ok().and_then(|place| row.places.get_mut(place));
	let place = place.ok_or(StoreError::Damaged)?;
	let key = (*chart, place.next);
	let stocked = rows.get(&STOCK, &key)?.ok_or(StoreError::Damaged)?;
	let order = stocked.at(at).ok_or(StoreError::Damaged)?;
	rows.remove(&STOCK, &key)?;
	let id = order.act.directive();
	rows.put(&DIRECTIVES, &(*chart, id), &stocked.opening)?;
	place.next = place.next.saturating_add(1);
	pass_on(rows, chart, place, id, false)?;
	rows.put(&COVER, chart, &row)?;
	Ok(order)
}

/// Another directive takes the place. The opening of the one before stays until the next, for somebody
/// may be deciding at a head that still has it; the one before that goes, unless it is listed.
fn pass_on(
	rows: &Writing<'_>,
	chart: &ChartId,
	place: &mut PlaceRow,
	id: DirectiveId,
	listed: bool,
) -> Result<()> {
	if let Some((gone, false)) = place.previous {
		rows.remove(&DIRECTIVES, &(*chart, gone))?;
	}
	place.previous = Some((place.current, place.listed));
	(place.current, place.listed) = (id, listed);
	Ok(())
}

/// A directive that was asked for takes its place, or a further one, with its stock.
pub(super) fn lead(
	rows: &Writing<'_>,
	chart: &ChartId,
	row: &mut CoverRow,
	place: Option<usize>,
	(id, listed): (DirectiveId, bool),
	stock: &[StockOrder],
) -> Result<()> {
	let place = match place {
		Some(place) => {
			drop_stock(rows, chart, row, place)?;
			let known = row.places.get_mut(place).ok_or(StoreError::Damaged)?;
			pass_on(rows, chart, known, id, listed)?;
			place
		},
		None => {
			row.places.push(PlaceRow::new(id, listed));
			row.places.len().saturating_sub(1)
		},
	};
	lay(rows, chart, row, place, stock)
}

/// Writes a place's stock down.
fn lay(
	rows: &Writing<'_>,
	chart: &ChartId,
	row: &mut CoverRow,
	place: usize,
	stock: &[StockOrder],
) -> Result<()> {
	let next = row.serial;
	for order in stock {
		rows.put(&STOCK, &(*chart, row.serial), order)?;
		row.serial = row.serial.checked_add(1).ok_or(StoreError::Damaged)?;
	}
	let place = row.places.get_mut(place).ok_or(StoreError::Damaged)?;
	(place.next, place.end) = (next, row.serial);
	place.expires = stock.first().map_or(0, |first| first.order.expires);
	Ok(())
}

fn drop_stock(rows: &Writing<'_>, chart: &ChartId, row: &mut CoverRow, place: usize) -> Result<()> {
	let place = row.places.get_mut(place).ok_or(StoreError::Damaged)?;
	for serial in place.next..place.end {
		rows.remove(&STOCK, &(*chart, serial))?;
	}
	place.next = place.end;
	Ok(())
}

/// Forgets a place, whose directive the chain has not, or has no more.
pub(super) fn kill(
	rows: &Writing<'_>,
	chart: &ChartId,
	row: &mut CoverRow,
	place: usize,
) -> Result<()> {
	drop_stock(rows, chart, row, place)?;
	row.places.remove(place);
	Ok(())
}

impl CoverRow {
	/// The place where this directive is.
	pub(super) fn place_of(&self, directive: &DirectiveId) -> Option<usize> {
		self.places.iter().position(|place| place.current == *directive)
	}

	/// Whether this directive was the last one at a place, and may still be active.
	fn has_left(&self, directive: &DirectiveId) -> bool {
		let mut left = self.places.iter().filter_map(|place| place.previous);
		left.any(|(previous, _)| previous == *directive)
	}

	/// For the wallet.
	fn state(&self) -> CoverState {
		let places = self.places.iter().map(|place| CoverPlace {
			current: place.current,
			previous: place.previous.map(|(previous, _)| previous),
			left: place.end.saturating_sub(place.next),
		});
		CoverState { places: places.collect() }
	}
}

//! The places of a wallet's charts: which of the directives on chain is which of the wallet's, and
//! what is left with vaults to hide them (see [`crate::cover`]).

use super::*;
use crate::{
	cover::{sign, PLACES, REFILL_BELOW, STOCK},
	vault_api::{Cover, CoverState, StockOrder},
};
use salus_primitives::order::{order_expiry, ChartAct, ChartOrder};

/// What a directive on chain is to the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
	/// It speaks: this one of the wallet's, or another with the same content.
	Issued(DirectiveId),
	/// It speaks of nothing.
	Cover,
	/// The wallet does not know it: it is a guardian's, or of a wallet that was lost.
	Unknown,
}

impl Wallet {
	/// What this directive of a chart is.
	pub fn holding(&self, chart: &ChartId, id: &DirectiveId) -> Result<Holding> {
		let genesis = self.chart(chart)?.genesis;
		if let Ok(issued) = self.directive(id) {
			let cover = issued.opening.terms.is_cover();
			return Ok(if cover { Holding::Cover } else { Holding::Issued(*id) });
		}
		let place = self.places(chart).rev().find(|place| place.contains(&genesis, id));
		Ok(match place {
			Some(Place { holds: Some(issued), .. }) => Holding::Issued(*issued),
			Some(_) => Holding::Cover,
			None => Holding::Unknown,
		})
	}

	/// Which of the chart's active directives is this one of the wallet's now.
	pub fn active_as(
		&self,
		directive: &IssuedDirective,
		active: &[DirectiveId],
	) -> Result<Option<DirectiveId>> {
		for id in active {
			if self.holding(&directive.chart, id)? == Holding::Issued(directive.id) {
				return Ok(Some(*id));
			}
		}
		Ok(None)
	}

	/// Every directive that has the content of this one, or could have it by orders that are signed:
	/// itself, then what is at its places and their stock, newest first.
	pub fn same_content(&self, directive: &IssuedDirective) -> Result<Vec<DirectiveId>> {
		let genesis = self.chart(&directive.chart)?.genesis;
		let mut ids = vec![directive.id];
		let places = self.places(&directive.chart).rev();
		for place in places.filter(|place| place.holds == Some(directive.id)) {
			let stock = place.chain(&genesis).map(|(id, _)| id);
			let new: Vec<_> =
				place.base.into_iter().chain(stock).filter(|id| !ids.contains(id)).collect();
			ids.extend(new);
		}
		Ok(ids)
	}

	/// Those of the chart's active directives that are cover.
	pub fn cover_among(&self, chart: &ChartId, active: &[DirectiveId]) -> Result<Vec<DirectiveId>> {
		let mut cover = Vec::new();
		for id in active {
			if self.holding(chart, id)? == Holding::Cover {
				cover.push(*id);
			}
		}
		Ok(cover)
	}

	/// Those of the chart's active directives that the wallet does not know.
	pub fn unknown_among(
		&self,
		chart: &ChartId,
		active: &[DirectiveId],
	) -> Result<Vec<DirectiveId>> {
		let mut unknown = Vec::new();
		for id in active {
			if self.holding(chart, id)? == Holding::Unknown {
				unknown.push(*id);
			}
		}
		Ok(unknown)
	}

	/// Signs an order for a chart.
	pub fn order(
		&self,
		chart: &ChartId,
		act: ChartAct,
		expires: Moment,
	) -> Result<ChartOrder<Signature>> {
		let known = self.chart(chart)?;
		Ok(sign(&self.identity(known)?, &known.genesis, *chart, act, expires))
	}

	/// Signs stock for what follows `base`, with the content of this directive of the wallet's, or
	/// without any. Kept before it is given away.
	pub fn stock(
		&mut self,
		chart: &ChartId,
		base: Option<DirectiveId>,
		holds: Option<DirectiveId>,
		at: Moment,
	) -> Result<Vec<StockOrder>> {
		let known = self.chart(chart)?.clone();
		let identity = self.identity(&known)?;
		let terms = match holds {
			Some(issued) => self.directive(&issued)?.opening.terms.clone(),
			None => DirectiveTerms::cover(),
		};
		let place = Place::new(*chart, base, holds, order_expiry(at), known.key)?;
		let stock = place.stock(&known.genesis, &identity, &terms);
		self.change(|contents| {
			contents.places.push(place);
			Ok(())
		})?;
		Ok(stock)
	}

	/// What to leave with the custodian's vault, which says this of the chart's places, when these
	/// directives are active on chain; none if what it has is enough.
	pub fn cover(
		&mut self,
		chart: &ChartId,
		state: &CoverState,
		active: &[DirectiveId],
		at: Moment,
	) -> Result<Option<Cover>> {
		let key = self.chart(chart)?.key;
		// Stock of the period before is good for this one. It is replaced all the same, early enough.
		let valid = self
			.places(chart)
			.next_back()
			.is_some_and(|place| place.expires == order_expiry(at) && place.key == key);
		let enough = |places: &[crate::vault_api::CoverPlace]| {
			places.len() >= PLACES as usize
				&& places.iter().all(|place| place.left >= REFILL_BELOW.min(STOCK))
		};
		if valid && enough(&state.places) {
			return Ok(None);
		}
		let mut bases: Vec<_> = state.places.iter().map(|place| place.current).collect();
		// What is active and at none of the places that the vault knows came there by another way.
		let left: Vec<_> = state.places.iter().filter_map(|place| place.previous).collect();
		let elsewhere = active.iter().filter(|id| !bases.contains(id) && !left.contains(id));
		let elsewhere: Vec<_> = elsewhere.copied().collect();
		bases.extend(elsewhere);
		let mut places = Vec::new();
		for base in bases {
			let holds = match self.holding(chart, &base)? {
				// What has ended must not go on, even where a vault says that it is there.
				Holding::Issued(id) if self.directive(&id).is_ok_and(|issued| issued.ended) => {
					continue;
				},
				Holding::Issued(id) => Some(id),
				Holding::Cover => None,
				// Its content is not ours to repeat.
				Holding::Unknown => continue,
			};
			places.push(self.stock(chart, Some(base), holds, at)?);
		}
		while places.len() < PLACES as usize {
			places.push(self.stock(chart, None, None, at)?);
		}
		Ok(Some(Cover { places }))
	}

	/// Forgets stock of a chart that can not become active any more, given all that is active, or about
	/// to be. What follows on stock that can is kept, however old: a vault may have it still.
	pub fn forget_places(&mut self, chart: &ChartId, active: &[DirectiveId]) -> Result<()> {
		let genesis = self.chart(chart)?.genesis;
		let newest: Vec<_> = self.places(chart).rev().take(2 * PLACES as usize).cloned().collect();
		let mut reached: Vec<_> = active.to_vec();
		// An order that issues these may have been given away.
		let issued = self.contents.directives.iter().filter(|issued| issued.chart == *chart);
		reached.extend(issued.filter(|issued| !issued.delivered).map(|issued| issued.id));
		let mut left: Vec<_> = self.places(chart).cloned().collect();
		let mut kept = newest.clone();
		loop {
			let (now, later): (Vec<_>, Vec<_>) = left
				.into_iter()
				.partition(|place| reached.iter().any(|id| place.contains(&genesis, id)));
			if now.is_empty() {
				break;
			}
			reached.clear();
			for place in &now {
				reached.extend(place.chain(&genesis).map(|(id, _)| id));
			}
			kept.extend(now);
			left = later;
		}
		self.change(|contents| {
			contents.places.retain(|place| place.chart != *chart || kept.contains(place));
			Ok(())
		})
	}

	/// Remembers what an active directive is, which the wallet did not know: another with the content
	/// of one that it knows, or cover. Tells whether it is news.
	pub(crate) fn adopt_place(
		&mut self,
		chart: &ChartId,
		active: DirectiveId,
		holds: Option<DirectiveId>,
	) -> Result<bool> {
		if self.holding(chart, &active)? != Holding::Unknown {
			return Ok(false);
		}
		let mut place = Place::new(*chart, Some(active), holds, 0, 0)?;
		place.count = 0;
		// Before the others: the newest is the one that tells how fresh the stock is.
		self.change(|contents| {
			contents.places.insert(0, place);
			Ok(true)
		})
	}

	/// Names another directive for one that is not on chain yet to replace.
	pub fn replace_instead(
		&mut self,
		id: &DirectiveId,
		replaces: Option<DirectiveId>,
	) -> Result<IssuedDirective> {
		self.change_directive(id, |issued| issued.replaces = replaces)
	}

	/// Remembers that the patient has ended a directive.
	pub fn mark_ended(&mut self, id: &DirectiveId) -> Result<IssuedDirective> {
		self.change_directive(id, |issued| issued.ended = true)
	}

	fn change_directive(
		&mut self,
		id: &DirectiveId,
		change: impl FnOnce(&mut IssuedDirective),
	) -> Result<IssuedDirective> {
		self.directive(id)?;
		self.change(|contents| {
			contents.directives.iter_mut().find(|issued| issued.id == *id).map(change);
			Ok(())
		})?;
		self.directive(id).cloned()
	}

	/// The chart's places, oldest stock first.
	fn places(&self, chart: &ChartId) -> impl DoubleEndedIterator<Item = &Place> {
		let chart = *chart;
		self.contents.places.iter().filter(move |place| place.chart == chart)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::vault_api::CoverPlace;
	use salus_primitives::{
		codes::{Action, Actions, Purpose, Purposes},
		order::ORDER_PERIOD,
	};

	const GENESIS: [u8; 32] = [3; 32];
	const AT: Moment = 1_800_000_000_000;

	fn wallet() -> (tempfile::TempDir, Wallet, ChartId) {
		let folder = tempfile::tempdir().unwrap();
		let passphrase = Passphrase::new("p".into()).unwrap();
		let mut wallet = Wallet::create(folder.path().join("wallet.json"), &passphrase).unwrap();
		let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
		(folder, wallet, chart)
	}

	fn issued_by(order: &StockOrder) -> DirectiveId {
		order.order.act.directive()
	}

	fn no_places() -> CoverState {
		CoverState { places: Vec::new() }
	}

	fn terms() -> DirectiveTerms {
		DirectiveTerms {
			actions: Actions::of(&[Action::Access]),
			purposes: Purposes::of(&[Purpose::Treatment]),
			..DirectiveTerms::cover()
		}
	}

	#[test]
	fn first_contact_begins_with_cover_everywhere() {
		let (_folder, mut wallet, chart) = wallet();
		let cover = wallet.cover(&chart, &no_places(), &[], AT).unwrap().unwrap();
		assert_eq!(cover.places.len(), PLACES as usize);
		for stock in &cover.places {
			assert_eq!(stock[0].order.act.ends(), None);
			assert_eq!(stock[0].order.expires, order_expiry(AT));
			for order in stock {
				assert!(order.opening.terms.is_cover());
				let id = issued_by(order);
				assert_eq!(wallet.holding(&chart, &id).unwrap(), Holding::Cover);
			}
		}
		let unknown = DirectiveId([9; 32]);
		assert_eq!(wallet.holding(&chart, &unknown).unwrap(), Holding::Unknown);
	}

	#[test]
	fn a_directive_stays_known_while_others_take_its_place() {
		let (_folder, mut wallet, chart) = wallet();
		let cover = wallet.cover(&chart, &no_places(), &[], AT).unwrap().unwrap();
		let replaced = issued_by(&cover.places[1][0]);
		let issued = wallet.issue(&chart, terms(), Some(replaced), None).unwrap();
		let stock = wallet.stock(&chart, Some(issued.id), Some(issued.id), AT).unwrap();
		assert!(stock.iter().all(|order| order.opening.terms == terms()));
		let later = issued_by(&stock[6]);
		let active = [issued_by(&cover.places[0][3]), later];
		assert_eq!(wallet.active_as(&issued, &active).unwrap(), Some(later));
		assert_eq!(wallet.active_as(&issued, &active[..1]).unwrap(), None);
		assert_eq!(wallet.cover_among(&chart, &active).unwrap(), active[..1]);

		// Stock that is refilled goes on with the same content.
		let places = [active[0], later]
			.map(|current| CoverPlace { current, previous: None, left: 1 })
			.to_vec();
		let cover = wallet.cover(&chart, &CoverState { places }, &active, AT).unwrap().unwrap();
		assert_eq!(cover.places.len(), PLACES as usize);
		assert_eq!(cover.places[1][0].order.act.ends(), Some(later));
		let latest = issued_by(&cover.places[1][2]);
		assert_eq!(wallet.active_as(&issued, &[latest]).unwrap(), Some(latest));
	}

	#[test]
	fn what_is_enough_is_left_alone_until_the_next_period() {
		let (_folder, mut wallet, chart) = wallet();
		let cover = wallet.cover(&chart, &no_places(), &[], AT).unwrap().unwrap();
		let state = |left| CoverState {
			places: cover
				.places
				.iter()
				.map(|stock| CoverPlace { current: issued_by(&stock[0]), previous: None, left })
				.collect(),
		};
		assert_eq!(wallet.cover(&chart, &state(STOCK - 1), &[], AT).unwrap(), None);
		assert!(wallet.cover(&chart, &state(1), &[], AT).unwrap().is_some());
		// In the next period it is still good, and signed anew by a wallet that comes along.
		let next = AT + ORDER_PERIOD;
		let first = &cover.places[0][0];
		assert_eq!(first.at(AT).unwrap().expires, order_expiry(AT));
		assert_eq!(first.at(next).unwrap().expires, order_expiry(next));
		assert_eq!(first.at(next + ORDER_PERIOD), None);
		let renewed = wallet.cover(&chart, &state(STOCK - 1), &[], next).unwrap().unwrap();
		assert_eq!(renewed.places[0][0].order.expires, order_expiry(next));
	}

	#[test]
	fn stock_that_can_still_become_active_is_not_forgotten() {
		let (_folder, mut wallet, chart) = wallet();
		let issued = wallet.issue(&chart, terms(), None, None).unwrap();
		let mut base = issued.id;
		// Each further stock is signed for what the vault says is at the place now.
		for _ in 0..4 * PLACES {
			let stock = wallet.stock(&chart, Some(base), Some(issued.id), AT).unwrap();
			base = issued_by(&stock[3]);
		}
		let all = wallet.same_content(&issued).unwrap();
		assert_eq!(all.len(), 1 + (4 * PLACES * STOCK) as usize);
		assert_eq!(all[0], issued.id);
		wallet.mark_delivered(&issued.id).unwrap();
		wallet.forget_places(&chart, &[issued.id]).unwrap();
		assert_eq!(wallet.same_content(&issued).unwrap(), all);
		// The place has moved on, and what was before can not come again.
		wallet.forget_places(&chart, &[base]).unwrap();
		assert_eq!(wallet.same_content(&issued).unwrap().len(), 2 + 8 * STOCK as usize);
		assert_eq!(wallet.holding(&chart, &base).unwrap(), Holding::Issued(issued.id));
	}

	#[test]
	fn what_has_ended_gets_no_new_stock() {
		let (_folder, mut wallet, chart) = wallet();
		let issued = wallet.issue(&chart, terms(), None, None).unwrap();
		let places = vec![CoverPlace { current: issued.id, previous: None, left: 0 }];
		let state = CoverState { places };
		let bases = |wallet: &mut Wallet| -> Vec<_> {
			let cover = wallet.cover(&chart, &state, &[issued.id], AT).unwrap().unwrap();
			cover.places.iter().map(|stock| stock[0].order.act.ends()).collect()
		};
		assert_eq!(bases(&mut wallet), [Some(issued.id), None, None, None]);
		wallet.mark_ended(&issued.id).unwrap();
		// Whatever the vault says of it.
		assert_eq!(bases(&mut wallet), [None; PLACES as usize]);
	}
}

//! Cover: directives that speak of nothing, so that one that speaks does not show.
//!
//! A chart has a few *places*, each with one active directive. What a place holds, a directive that
//! speaks or one that does not, is replaced again and again by another with the same content and new
//! salts: the wallet signs such orders beforehand, as *stock*, and its custodian's vault submits one
//! whenever another chart of its cohort changes. A change of one's own is an order like these.
//!
//! Ids and salts of a place's stock follow from a seed that the wallet keeps, so that it knows its
//! directives on chain without asking the vault.

use crate::{
	error::{Error, Result},
	keys::{derive_secret, Identity},
	sealed_file::random,
	vault_api::{Signature, StockOrder},
};
use codec::Encode;
use salus_primitives::{
	directive::DirectiveTerms,
	ids::{derive_id, ChartId, DirectiveId, IdDomain, Salt},
	order::{ChartAct, ChartOrder, OrderStatement, COVER_SLOTS, ORDER_PERIOD},
	seal::Opening,
	time::Moment,
};
use serde::{Deserialize, Serialize};

/// How many orders a wallet leaves with its vault for each place.
pub const STOCK: u32 = 16;

/// Fewer than so many left make the wallet leave new ones.
pub const REFILL_BELOW: u32 = STOCK / 2;

/// Places of a chart at first.
pub const PLACES: u32 = COVER_SLOTS;

/// A place, and the stock that was signed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
	/// The chart.
	pub chart: ChartId,
	/// From which ids and salts of the stock follow.
	pub seed: Salt,
	/// The directive that the first order replaces; none if the place begins with it.
	pub base: Option<DirectiveId>,
	/// The directive of the wallet's whose content the place has; none for cover.
	pub holds: Option<DirectiveId>,
	/// Orders in the stock.
	pub count: u32,
	/// When they expire, those for use in the period in which they were signed.
	pub expires: Moment,
	/// Which of the chart's keys signed them.
	#[serde(default)]
	pub key: u32,
}

impl Place {
	/// A place whose stock begins after `base`.
	pub fn new(
		chart: ChartId,
		base: Option<DirectiveId>,
		holds: Option<DirectiveId>,
		expires: Moment,
		key: u32,
	) -> Result<Self> {
		let mut seed = Salt::default();
		random(&mut seed.0)?;
		Ok(Self { chart, seed, base, holds, count: STOCK, expires, key })
	}

	/// The directives of the stock, each replacing the one before, with their salts.
	pub fn chain(&self, genesis: &[u8; 32]) -> impl Iterator<Item = (DirectiveId, Salt)> + '_ {
		let genesis = *genesis;
		(0..self.count).map(move |n| {
			let of = |domain| Salt(*derive_secret(&self.seed.0, domain, &n.encode()));
			let parties = (genesis, self.chart);
			let id = derive_id(IdDomain::Directive, &parties, &of(b"salus/cover/id  "));
			(id.into(), of(b"salus/cover/salt"))
		})
	}

	/// Whether this directive is of the place's stock, or what that follows.
	pub fn contains(&self, genesis: &[u8; 32], id: &DirectiveId) -> bool {
		self.base == Some(*id) || self.chain(genesis).any(|(of_stock, _)| of_stock == *id)
	}

	/// Signs the stock: each order replaces the one before by the same `terms`.
	pub fn stock(
		&self,
		genesis: &[u8; 32],
		identity: &Identity,
		terms: &DirectiveTerms,
	) -> Vec<StockOrder> {
		let mut replaces = self.base;
		self.chain(genesis)
			.map(|(id, salt)| {
				let opening = Opening { terms: terms.clone(), salt };
				let act = ChartAct::IssueDirective { id, seal: opening.seal(), replaces };
				replaces = Some(id);
				let order = sign(identity, genesis, self.chart, act, self.expires);
				let next = self.expires.saturating_add(ORDER_PERIOD);
				let later = sign(identity, genesis, self.chart, act, next).signature;
				StockOrder { order, later, opening }
			})
			.collect()
	}
}

/// Signs an order of a chart's.
pub fn sign(
	identity: &Identity,
	genesis: &[u8; 32],
	chart: ChartId,
	act: ChartAct,
	expires: Moment,
) -> ChartOrder<Signature> {
	let statement = OrderStatement::new(*genesis, chart, act, expires);
	ChartOrder { chart, act, expires, signature: identity.sign(&statement.encode()) }
}

/// One of several at random, each as likely as the others.
pub fn one_of<T>(mut several: Vec<T>) -> Result<Option<T>> {
	let Ok(count) = u64::try_from(several.len()) else { return Ok(None) };
	if count == 0 {
		return Ok(None);
	}
	let mut bytes = [0; 8];
	getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
	// Of 2^64 numbers the few that make some places likelier do not show.
	let place = usize::try_from(u64::from_le_bytes(bytes) % count).unwrap_or_default();
	Ok(Some(several.swap_remove(place)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;

	const GENESIS: [u8; 32] = [3; 32];

	#[test]
	fn stock_is_a_chain_that_the_place_knows_again() {
		let identity = KeyFile::from_dev_uri("//Alice").unwrap().into_identity();
		let (chart, base) = (ChartId([1; 32]), DirectiveId([2; 32]));
		let place = Place::new(chart, Some(base), None, 99, 0).unwrap();
		let stock = place.stock(&GENESIS, &identity, &DirectiveTerms::cover());
		assert_eq!(stock.len(), STOCK as usize);
		let mut before = base;
		for stocked @ StockOrder { order, opening, .. } in &stock {
			let later = stocked.later();
			let said = later.statement(GENESIS).signable();
			assert!(later.signature.verify_any(&said, &identity.account()));
			assert_eq!(later.expires, 99 + ORDER_PERIOD);
			let ChartAct::IssueDirective { id, seal, replaces } = order.act else { panic!() };
			assert_eq!((replaces, order.expires), (Some(before), 99));
			assert!(opening.opens(&seal) && opening.terms.is_cover());
			let said = order.statement(GENESIS).signable();
			assert!(order.signature.verify_any(&said, &identity.account()));
			assert!(place.contains(&GENESIS, &id));
			before = id;
		}
		assert!(place.contains(&GENESIS, &base));
		let other = Place::new(chart, Some(base), None, 99, 0).unwrap();
		assert!(!other.contains(&GENESIS, &before));
	}
}

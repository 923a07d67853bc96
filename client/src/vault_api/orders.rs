//! What charts' keys have a vault submit: calls, orders, and the stock that a vault keeps for cover.

use super::{hex_bytes, Head, Signature};
use codec::{Decode, Encode};
use salus_primitives::{
	directive::DirectiveTerms,
	ids::DirectiveId,
	order::{order_expiry, ChartOrder, ORDER_PERIOD},
	seal::Opening,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A transaction about a chart that its key signed, see [`Signed`](crate::chain::Signed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedCall {
	/// The transaction.
	#[serde(with = "hex_bytes")]
	#[schemars(with = "String")]
	pub transaction: Vec<u8>,
}

/// The transaction took effect on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallDone {
	/// The finalised block that holds it.
	pub block: Head,
}

/// An order with the opening of the directive that it issues, for the vault to submit when it is
/// wanted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct StockOrder {
	/// The order, for use in the period in which it is signed.
	pub order: ChartOrder<Signature>,
	/// The signature over the same with an expiry one period later, for use in the next one: so that
	/// every order that is used at one time expires at one time, whenever it was signed.
	pub later: Signature,
	/// Opens the seal of the directive that it issues.
	pub opening: Opening<DirectiveTerms>,
}

impl StockOrder {
	/// The order as it is used at this moment, if it can be.
	pub fn at(&self, now: Moment) -> Option<ChartOrder<Signature>> {
		let expires = order_expiry(now);
		if self.order.expires == expires {
			return Some(self.order);
		}
		let later = self.later();
		(later.expires == expires).then_some(later)
	}

	/// The same for use one period later.
	pub fn later(&self) -> ChartOrder<Signature> {
		let expires = self.order.expires.saturating_add(ORDER_PERIOD);
		ChartOrder { expires, signature: self.later, ..self.order }
	}
}

/// An order that is to be done now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedOrder {
	/// The order.
	pub order: ChartOrder<Signature>,
	/// Opens the seal of the directive that it issues; none if it ends one.
	#[serde(default)]
	pub opening: Option<Opening<DirectiveTerms>>,
	/// What follows at its place, each order replacing the one before, the first what `order` issues.
	#[serde(default)]
	pub stock: Vec<StockOrder>,
}

/// The order took effect on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderDone {
	/// The directive that it is about.
	pub directive: DirectiveId,
	/// The finalised block that holds it.
	pub block: Head,
	/// How many charts changed in that transaction, this one included.
	pub charts: u32,
}

/// All that a wallet leaves with its vault to be submitted when others of its cohort change; takes the
/// place of what it left before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cover {
	/// For each place of the chart its stock. The first order replaces what is active there, or
	/// nothing: then it is submitted at once.
	pub places: Vec<Vec<StockOrder>>,
}

/// What the vault knows of a chart's places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverState {
	/// The places; none before first contact.
	pub places: Vec<CoverPlace>,
}

/// A place of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverPlace {
	/// The directive that is active there, or about to be.
	pub current: DirectiveId,
	/// The one before, which may still be active.
	#[serde(default)]
	pub previous: Option<DirectiveId>,
	/// Orders that are left for it.
	pub left: u32,
}

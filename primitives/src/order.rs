//! Orders: what a chart's key signs so that somebody else's transaction carries it.
//!
//! An order is of no use to anybody but its chart, so it can lie with a custodian's vault until it is
//! wanted. Vaults submit many in one transaction: one that changes something and, for every other
//! chart of its cohort, one that only seems to (see [`DirectiveTerms::cover`]). That works only while
//! orders look alike, which is why their expiry is a date that many share ([`order_expiry`]).
//!
//! [`DirectiveTerms::cover`]: crate::directive::DirectiveTerms::cover

use crate::{
	enrolment::signable,
	ids::{ChartId, DirectiveId, Seal},
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Names an order and its version.
pub const ORDER_DOMAIN: [u8; 16] = *b"salus/chart-ord1";

/// Longest that an order may be good: 60 days, in milliseconds.
pub const MAX_ORDER_VALIDITY: Moment = 2 * ORDER_PERIOD;

/// Orders that are signed within one such period expire at the same moment: 30 days, in milliseconds.
pub const ORDER_PERIOD: Moment = 30 * 24 * 60 * 60 * 1000;

/// Most orders in one transaction, and so most charts in a cohort.
pub const MAX_ORDERS: u32 = 128;

/// Directives that each chart has from its first contact with its vault on, cover included.
pub const COVER_SLOTS: u32 = 4;

/// Most orders that a wallet leaves with its vault for one place of a chart.
pub const MAX_STOCK: u32 = 32;

/// When an order that is used at `at` expires: at the end of the period after this one, so that the date
/// tells nothing of when it was signed. Between 30 and 60 days ahead.
pub const fn order_expiry(at: Moment) -> Moment {
	(at / ORDER_PERIOD).saturating_add(2).saturating_mul(ORDER_PERIOD)
}

/// What an order does. Each names what it is about, which can be done once, so an order that is
/// submitted twice does nothing twice.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ChartAct {
	/// Issue a directive.
	#[codec(index = 0)]
	IssueDirective {
		/// Its id.
		id: DirectiveId,
		/// The seal over its terms.
		seal: Seal,
		/// The directive that it replaces.
		replaces: Option<DirectiveId>,
	},
	/// Revoke a directive.
	#[codec(index = 1)]
	RevokeDirective {
		/// Its id.
		id: DirectiveId,
	},
	/// Mark a directive entered in error.
	#[codec(index = 2)]
	EnterDirectiveInError {
		/// Its id.
		id: DirectiveId,
	},
}

impl ChartAct {
	/// The directive that it is about.
	pub const fn directive(&self) -> DirectiveId {
		match self {
			Self::IssueDirective { id, .. }
			| Self::RevokeDirective { id }
			| Self::EnterDirectiveInError { id } => *id,
		}
	}

	/// The directive that counts no more once it is done, if there is one.
	pub const fn ends(&self) -> Option<DirectiveId> {
		match self {
			Self::IssueDirective { replaces, .. } => *replaces,
			Self::RevokeDirective { id } | Self::EnterDirectiveInError { id } => Some(*id),
		}
	}
}

/// What a chart's key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OrderStatement {
	/// [`ORDER_DOMAIN`].
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	pub genesis: [u8; 32],
	/// The chart.
	pub chart: ChartId,
	/// What is to be done.
	pub act: ChartAct,
	/// First moment at which the order is worth nothing.
	pub expires: Moment,
}

impl OrderStatement {
	/// The statement for this act.
	pub const fn new(genesis: [u8; 32], chart: ChartId, act: ChartAct, expires: Moment) -> Self {
		Self { domain: ORDER_DOMAIN, genesis, chart, act, expires }
	}

	/// The two byte strings a wallet may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// An order with the signature of the chart's key.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChartOrder<Signature> {
	/// The chart.
	pub chart: ChartId,
	/// What is to be done.
	pub act: ChartAct,
	/// First moment at which the order is worth nothing.
	pub expires: Moment,
	/// Of the chart's key, over one of [`OrderStatement::signable`].
	pub signature: Signature,
}

/// Why an order is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderFault {
	/// It has expired.
	Expired,
	/// It would be good for more than [`MAX_ORDER_VALIDITY`].
	ValidityTooLong,
}

impl<Signature> ChartOrder<Signature> {
	/// Whether the order is good at `at`. The signature is not looked at.
	pub fn ensure_in_time(&self, at: Moment) -> Result<(), OrderFault> {
		if self.expires <= at {
			return Err(OrderFault::Expired);
		}
		if self.expires > at.saturating_add(MAX_ORDER_VALIDITY) {
			return Err(OrderFault::ValidityTooLong);
		}
		Ok(())
	}

	/// What must have been signed.
	pub const fn statement(&self, genesis: [u8; 32]) -> OrderStatement {
		OrderStatement::new(genesis, self.chart, self.act, self.expires)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn expiry_is_shared_and_within_bounds() {
		for at in [0, 1, ORDER_PERIOD - 1, ORDER_PERIOD, 1_800_000_000_000] {
			let expires = order_expiry(at);
			assert!(expires > at + ORDER_PERIOD && expires <= at + MAX_ORDER_VALIDITY, "{at}");
		}
		assert_eq!(order_expiry(5), order_expiry(ORDER_PERIOD - 1));
	}

	#[test]
	fn orders_are_good_for_their_time() {
		let act = ChartAct::RevokeDirective { id: DirectiveId([1; 32]) };
		let order = ChartOrder { chart: ChartId([1; 32]), act, expires: 100, signature: () };
		assert_eq!(order.ensure_in_time(99), Ok(()));
		assert_eq!(order.ensure_in_time(100), Err(OrderFault::Expired));
		let late = ChartOrder { expires: MAX_ORDER_VALIDITY + 1, ..order };
		assert_eq!(late.ensure_in_time(1), Ok(()));
		assert_eq!(late.ensure_in_time(0), Err(OrderFault::ValidityTooLong));
	}
}

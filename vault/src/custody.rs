//! Records on their way to another custodian, and from one; `docs/custody.md` tells the whole.
//!
//! The giver notes a transfer, offers its records on chain (`give`), hands openings, wraps and
//! ciphertexts to the receiver's vault, which the chain says may have them (`hand`), and removes what it
//! has of a record once the finalised chain names another custodian (`follow`). The receiver has a record
//! whole and checked on disk before it takes it over on chain (`take`, `pull`). So at every moment one of
//! the two has it, whichever is killed when.

mod ended;
mod follow;
mod give;
mod hand;
mod lines;
mod pull;
pub(crate) mod rows;
mod take;
#[cfg(test)]
mod tests;

pub(crate) use ended::drop_ended;
#[cfg(test)]
pub(crate) use ended::forget_ended;
pub(crate) use follow::{after_restore, follow_forever};
pub(crate) use give::{list, offer, offer_forever, withdraw};
pub(crate) use hand::{content, offers, page, Receiver};
pub(crate) use pull::{fetch, PullError};
#[cfg(test)]
pub(crate) use take::give_places;
pub(crate) use take::{receipts, receive, settle_left, take_forever};

use crate::{
	errors::{Error, Result},
	store::PendingRecord,
	vault::Vault,
};
use salus_client::{chain::At, vault_api::TransferWord};
use salus_primitives::{
	ids::{ChartId, OrganisationId},
	time::Moment,
};
use std::{
	collections::HashMap,
	sync::{Mutex, PoisonError},
	time::Duration,
};
use tokio::sync::Notify;

/// How often to look at the chain, or at the other vault, while something is on its way.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What the tasks of a vault share.
#[derive(Default)]
pub(crate) struct Custody {
	/// Held while records have places in their charts and are not settled on chain: whoever gives the
	/// next places must know the last ones.
	pub(crate) turn: tokio::sync::Mutex<()>,
	/// Held while offers are made or withdrawn on chain.
	giving: tokio::sync::Mutex<()>,
	/// There is something to offer.
	pub(crate) to_offer: Notify,
	/// There is something to follow.
	to_follow: Notify,
	/// There is something to take over.
	to_take: Notify,
	/// Why what one custodian offers is not taken over at present.
	faults: Mutex<HashMap<OrganisationId, String>>,
}

impl Custody {
	/// Has the receiver's task look again.
	pub(crate) fn to_take(&self) {
		self.to_take.notify_one();
	}

	/// Notes why it does not go on, or that it does.
	fn note(&self, from: OrganisationId, fault: Option<String>) {
		let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
		match fault {
			Some(fault) => drop(faults.insert(from, fault)),
			None => drop(faults.remove(&from)),
		}
	}

	/// Why it does not go on.
	fn fault(&self, from: OrganisationId) -> Option<String> {
		self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(&from).cloned()
	}
}

/// Looks whether a person's word holds: at this head, by the present keys of both charts.
async fn check_word(at: &At, genesis: &[u8; 32], word: &TransferWord, now: Moment) -> Result<()> {
	let said = &word.statement;
	let from = chart_key(at, said.from_chart, said.from).await?;
	let to = chart_key(at, said.to_chart, said.to).await?;
	word.verify(genesis, [&from, &to], now).map_err(Error::TransferWordRefused)
}

/// Who took the record over by itself, if another custodian did: the chain names that one, and another leaf.
/// When all of the organisation's holding was given away, leaves stay as they were.
pub(crate) async fn keeper_elsewhere(
	vault: &Vault,
	at: &At,
	record: &PendingRecord,
) -> Result<Option<OrganisationId>> {
	let facts = at.record(record.id).await?;
	let elsewhere = facts.filter(|facts| {
		facts.custodian != vault.organisation && !record.opening.opens(&facts.leaf)
	});
	Ok(elsewhere.map(|facts| facts.custodian))
}

/// The key of a chart that this organisation keeps.
async fn chart_key(
	at: &At,
	chart: ChartId,
	custodian: OrganisationId,
) -> Result<salus_primitives::ids::AccountBytes> {
	let facts = at.chart(chart).await?.filter(|facts| facts.custodian == custodian);
	facts.map(|facts| facts.key).ok_or(Error::ChartUnknown)
}

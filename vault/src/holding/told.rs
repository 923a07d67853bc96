//! What administrators are told of holdings on their way.

use super::{
	give::{open_fault, open_transfers, waiting},
	Own,
};
use crate::{
	errors::{Error, Result},
	petitions::OFF_DUTY,
	store::{ReceivingRow, Rows, HANDED, RECEIVING},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{HoldingList, HoldingState, OwnHolding, ReceivedHolding, ReceivingState},
};
use salus_primitives::{
	codes::Role,
	ids::{AccountBytes, ChartId, OrganisationId, RecordId},
};
use std::sync::Arc;

/// Whether the account is an administrator of this house, which may be suspended or lack a licence: that
/// is when a holding is given away. The chain has the same rule.
pub(super) async fn administrator(vault: &Vault, at: &At, account: AccountBytes) -> Result<()> {
	let reasons = at.standing(account, vault.organisation, Role::Administrator).await?;
	match reasons.iter().filter(|reason| OFF_DUTY.contains(reason)).max() {
		Some(reason) => Err(Error::NotInStanding(reason)),
		None => Ok(()),
	}
}

/// Where the own holding is, and how far those of others are, for administrators.
pub(crate) async fn list(vault: &Arc<Vault>, account: AccountBytes) -> Result<HoldingList> {
	let at = vault.node.fresh().await?;
	administrator(vault, &at, account).await?;
	let moved = matches!(vault.holdings.own(), Own::Moved { .. });
	let (waiting, handed, receiving, open) = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				Ok((
					waiting(rows, moved)?,
					rows.count_map(&HANDED)?,
					rows.first(&RECEIVING, usize::MAX)?,
					open_transfers(rows)?,
				))
			})?)
		})
		.await?;
	let (state, to, closed_until) = match vault.holdings.own() {
		Own::Kept => (HoldingState::Kept, None, None),
		Own::Offered(to) => (HoldingState::Offered, Some(to), None),
		Own::Closed(row) => (HoldingState::Closed, Some(row.to), Some(row.until)),
		Own::Moved { to, .. } => (HoldingState::Moved, Some(to), None),
	};
	let own = OwnHolding {
		organisation: vault.organisation,
		state,
		to,
		closed_until,
		waiting,
		charts_handed: handed,
		fault: match vault.holdings.own() {
			Own::Offered(_) | Own::Closed(_) => open_fault(open),
			Own::Kept | Own::Moved { .. } => None,
		},
	};
	let received = receiving.into_iter().map(|(_, row)| {
		let ReceivingRow { from, state, charts, records, charts_of, records_of, until, .. } = row;
		ReceivedHolding {
			from,
			state,
			ready_until: until.filter(|_| state == ReceivingState::Ready),
			charts,
			charts_of,
			records,
			records_of,
			fault: vault.holdings.fault(from),
			faults: vault.holdings.passes.faults(from),
			unasked: row.unasked,
		}
	});
	Ok(HoldingList { own, received: received.collect() })
}

/// Holdings that this house may keep by now, and does not serve yet.
async fn arriving(vault: &Arc<Vault>) -> Result<Vec<OrganisationId>> {
	let all = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&RECEIVING, usize::MAX))?))
		.await?;
	let arriving = all.into_iter().filter(|(_, row)| !row.is_over());
	Ok(arriving.map(|(_, row)| row.from).collect())
}

/// Whether a chart that is not served here will be: the chain says that this house keeps it.
pub(crate) async fn arrives(vault: &Arc<Vault>, chart: ChartId) -> Result<bool> {
	if arriving(vault).await?.is_empty() {
		return Ok(false);
	}
	let facts = vault.node.fresh().await?.chart(chart).await?;
	Ok(facts.is_some_and(|facts| facts.custodian == vault.organisation))
}

/// The same for a record. One of a batch has no entry; then it may be part of any holding that arrives.
pub(crate) async fn record_arrives(vault: &Arc<Vault>, record: RecordId) -> Result<bool> {
	let arriving = arriving(vault).await?;
	if arriving.is_empty() {
		return Ok(false);
	}
	let at = vault.node.fresh().await?;
	if let Some(facts) = at.record(record).await? {
		return Ok(facts.custodian == vault.organisation);
	}
	for from in arriving {
		if at.holding(from).await?.given == Some(vault.organisation) {
			return Ok(true);
		}
	}
	Ok(false)
}

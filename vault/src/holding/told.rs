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
	vault_api::{HoldingList, HoldingState, OwnHolding, ReceivedHolding},
};
use salus_primitives::{codes::Role, ids::AccountBytes};
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
		let ReceivingRow { from, state, charts, records, charts_of, records_of, .. } = row;
		ReceivedHolding {
			from,
			state,
			ready_until: row.ready_until,
			charts,
			charts_of,
			records,
			records_of,
			fault: vault.holdings.fault(from),
		}
	});
	Ok(HoldingList { own, received: received.collect() })
}

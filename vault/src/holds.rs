//! Legal holds: the chain holds the seal, the vault the matter.

use crate::{
	acts::undertake,
	errors::{Error, Result},
	petitions::{ensure_not_offered, on_duty, plain},
	store::{RecordAct, Rows, HOLDS},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{HoldDone, HoldList, ListedHold, PostedHold},
};
use salus_primitives::ids::{AccountBytes, RecordId, Seal};
use std::sync::Arc;

/// Places a hold, for records officers. Sent again, answers the same.
pub(crate) async fn place(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
	posted: PostedHold,
) -> Result<HoldDone> {
	on_duty(vault, &vault.node.fresh().await?, account).await?;
	let terms = &posted.opening.terms;
	if terms.record != record {
		return Err(Error::Malformed("the matter names another record".into()));
	}
	plain(&terms.matter)?;
	if terms.matter.as_str().trim().is_empty() {
		return Err(Error::Malformed("a hold names the matter for whose sake it is placed".into()));
	}
	vault.record(record).await?;
	ensure_not_offered(&vault.node.fresh().await?, record).await?;
	let seal = posted.opening.seal();
	let done = undertake(vault, RecordAct::Hold { posted, account }).await?;
	Ok(HoldDone { record, seal, block: done.block })
}

/// Releases a hold, for records officers.
pub(crate) async fn release(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
	seal: Seal,
) -> Result<HoldDone> {
	let at = vault.node.fresh().await?;
	on_duty(vault, &at, account).await?;
	vault.record(record).await?;
	if on_chain(&at, record).await?.contains(&seal) {
		let done = undertake(vault, RecordAct::Release { record, seal }).await?;
		return Ok(HoldDone { record, seal, block: done.block });
	}
	// Released before, if it ever was there.
	let known = known(vault, record).await?;
	if known.holds.iter().any(|hold| hold.seal == seal) {
		Ok(HoldDone { record, seal, block: at.head() })
	} else {
		Err(Error::HoldUnknown)
	}
}

/// The holds on a record, for records officers.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
) -> Result<HoldList> {
	let at = vault.node.fresh().await?;
	on_duty(vault, &at, account).await?;
	vault.record(record).await?;
	let on_chain = on_chain(&at, record).await?;
	let HoldList { holds: mut known } = known(vault, record).await?;
	let mut holds = Vec::with_capacity(known.len());
	for seal in on_chain {
		let opening = known
			.iter()
			.position(|hold| hold.seal == seal)
			.and_then(|place| known.remove(place).opening);
		holds.push(ListedHold { seal, opening, held: true });
	}
	holds.extend(known);
	Ok(HoldList { holds })
}

/// The holds on the chain; none on a record without an entry of its own.
async fn on_chain(at: &At, record: RecordId) -> Result<Vec<Seal>> {
	Ok(at.record_view(record).await?.map_or(Vec::new(), |view| view.holds))
}

/// The holds whose matters are here, whatever became of them.
async fn known(vault: &Arc<Vault>, record: RecordId) -> Result<HoldList> {
	let rows = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HOLDS, &record))?.unwrap_or_default()))
		.await?;
	let listed = |opening: salus_primitives::seal::Opening<_>| ListedHold {
		seal: opening.seal(),
		opening: Some(opening),
		held: false,
	};
	Ok(HoldList { holds: rows.into_iter().map(|row| listed(row.opening)).collect() })
}

//! Calls about a chart that its key signed as a transaction: handed to the vault's node, for wallets that
//! have none of their own.

use crate::{
	errors::{Error, Result},
	vault::Vault,
};
use salus_client::{
	chain::Signed,
	vault_api::{CallDone, PostedCall},
};
use salus_primitives::ids::{AccountBytes, ChartId};
use std::sync::Arc;

/// Submits the transaction and answers when it took effect in a finalised block. The vault signs nothing,
/// and the chain checks the signature.
pub(crate) async fn submit(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	posted: PostedCall,
) -> Result<CallDone> {
	vault.own_chart(chart, account).await?;
	let signed =
		Signed::read(posted.transaction).map_err(|fault| Error::Malformed(fault.to_string()))?;
	if signed.signer() != account || signed.chart() != chart {
		return Err(Error::NotTheChartsKey);
	}
	let submitted = vault.node.chain().await?.submit_signed(&signed).await?;
	// It may have ended a directive.
	vault.recalls.hurry(chart);
	Ok(CallDone { block: submitted.block })
}

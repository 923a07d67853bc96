//! What is removed at a quiet moment because its time is over: imports that stand still, transfers that ended
//! long ago, names of attempts, and rendezvous whose requests lapsed.

use crate::{attempts, bulk, clock::now, custody, errors::Result, rendezvous, vault::Vault};
use salus_primitives::time::Moment;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How often to look.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Removes what is over at this moment.
async fn tidy(vault: &Arc<Vault>, at: Moment) -> Result<()> {
	let imports = bulk::expire(vault, at).await?;
	let transfers = custody::drop_ended(vault, at).await?;
	let attempts = attempts::purge(vault, at).await?;
	let rendezvous = rendezvous::purge(vault, at).await?;
	if imports > 0 || transfers > 0 || attempts > 0 || rendezvous > 0 {
		tracing::info!(
			imports,
			transfers,
			attempts,
			rendezvous,
			"removed what stood still or ended long ago"
		);
	}
	Ok(())
}

/// The task that tidies up, until told to end.
pub(crate) async fn tidy_forever(vault: Arc<Vault>) {
	loop {
		if let Err(error) = tidy(&vault, now()).await {
			tracing::error!(%error, "what is over could not be removed");
		}
		tokio::select! {
			() = sleep(SWEEP) => {},
			() = vault.ops.farewell.closing() => return,
		}
	}
}

//! Whose vault a command goes to. A whole holding can go to a successor; from then on the finalised chain
//! names that one as keeper of the charts and records of the first. No vault's word counts for it.

use super::{now, vault, Context};
use salus_client::{
	chain::Chain, guardians::GuardianCard, keys::Identity, vault_client::VaultClient,
	wallet::Wallet, Error, Result,
};
use salus_primitives::ids::OrganisationId;
use std::path::Path;

/// Who keeps the charts and records that this organisation had.
pub(super) async fn keeper(chain: &Chain, id: OrganisationId) -> Result<OrganisationId> {
	Ok(chain.finalised().await?.holding(id).await?.keeper)
}

/// Signs in to the vault of who keeps its own charts and records. Of one that gave them away it says who
/// keeps them.
pub(super) async fn session(
	chain: &Chain,
	id: OrganisationId,
	identity: &Identity,
) -> Result<VaultClient> {
	let keeper = keeper(chain, id).await?;
	if keeper != id {
		return Err(Error::HoldingMoved { organisation: id, keeper });
	}
	session_at(chain, id, identity).await
}

/// Signs in to an organisation's own vault, whoever keeps what it had.
async fn session_at(chain: &Chain, id: OrganisationId, identity: &Identity) -> Result<VaultClient> {
	let mut vault = vault(chain, id).await?;
	vault.sign_in(identity, &chain.genesis(), id).await?;
	Ok(vault)
}

impl Context {
	/// Who keeps the charts and records that this organisation had.
	pub(super) async fn keeper(&self, id: OrganisationId) -> Result<OrganisationId> {
		keeper(self.chain().await?, id).await
	}

	/// The wallet, each of its charts with who keeps it and with the key that acts for it on chain:
	/// another copy of the wallet may have rotated that.
	pub(super) async fn current_wallet(&self, path: &Path) -> Result<Wallet> {
		let mut wallet = self.open_wallet(path)?;
		let genesis = self.chain().await?.genesis();
		let at = self.finalised().await?;
		for chart in wallet.charts().to_vec() {
			if chart.genesis != genesis {
				continue;
			}
			if let Some(facts) = at.chart(chart.chart).await? {
				wallet.follow_keeper(&chart.chart, facts.custodian)?;
				wallet.follow_key(&chart.chart, &facts.key)?;
			}
		}
		Ok(wallet)
	}

	/// Signs in to the vault of an organisation that keeps its own charts and records.
	pub(super) async fn session(
		&self,
		id: OrganisationId,
		identity: &Identity,
	) -> Result<VaultClient> {
		session(self.chain().await?, id, identity).await
	}

	/// Signs in to an organisation's own vault, whoever keeps what it had: for those who administer it.
	pub(super) async fn session_of_house(
		&self,
		id: OrganisationId,
		identity: &Identity,
	) -> Result<VaultClient> {
		session_at(self.chain().await?, id, identity).await
	}

	/// Signs in as the card's guardian to the vault of who keeps the chart.
	pub(super) async fn session_of_guardian(
		&self,
		card: &GuardianCard,
		identity: &Identity,
	) -> Result<VaultClient> {
		let at = self.finalised().await?.head().at;
		let mut vault = self.vault(card.custodian).await?;
		vault.sign_in_as_guardian(identity, card, at.max(now())).await?;
		Ok(vault)
	}
}

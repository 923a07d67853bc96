//! The cards with a PIN that a wallet made, see [`crate::card`].
//!
//! Both halves follow from the root secret and a label, so that the wallet can seal a card anew when another
//! guardian comes or goes. It keeps the labels, which are no secrets; a wallet that was made again from its
//! words alone knows of no cards.

use super::*;
use crate::card::Card;

/// A card that the wallet made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletCard {
	/// Random, and used once: both halves follow from it.
	pub label: Salt,
	/// First moment at which the card is good no more.
	pub until: Moment,
}

impl Wallet {
	/// A label for a new card. Nothing is kept yet.
	pub fn new_card(&self, until: Moment) -> Result<WalletCard> {
		let mut label = Salt::default();
		random(&mut label.0)?;
		Ok(WalletCard { label, until })
	}

	/// Both halves of a card of this chart.
	pub fn card(&self, chart: &WalletChart, card: &WalletCard) -> Card {
		let root = &self.contents.root.0;
		let parties = (chart.chart, card.label).encode();
		let code = derive_secret(root, b"salus/card/code ", &parties);
		let share = derive_secret(root, b"salus/card/share", &parties);
		Card::new(&chart.genesis, chart.custodian, card.until, code, share)
	}

	/// Keeps that a card was made.
	pub fn keep_card(&mut self, chart: &ChartId, card: WalletCard) -> Result<()> {
		self.change_chart(chart, |known| known.cards.push(card))
	}

	/// Forgets a card that is blocked, or was never made.
	pub fn forget_card(&mut self, chart: &ChartId, label: &Salt) -> Result<()> {
		self.change_chart(chart, |known| known.cards.retain(|card| card.label != *label))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn cards_follow_from_wallet_chart_and_label() {
		let folder = tempfile::tempdir().unwrap();
		let passphrase = Passphrase::new("p".into()).unwrap();
		let path = folder.path().join("wallet.json");
		let mut wallet = Wallet::create(&path, &passphrase).unwrap();
		let chart = wallet.make_chart([3; 32], 1).unwrap();
		let other = wallet.make_chart([3; 32], 2).unwrap();
		let one = wallet.new_card(9).unwrap();
		let two = wallet.new_card(9).unwrap();
		let account = |wallet: &Wallet, chart, card| wallet.card(chart, card).account().unwrap();
		let mut all = vec![
			account(&wallet, &chart, &one),
			account(&wallet, &chart, &two),
			account(&wallet, &other, &one),
		];
		all.sort_unstable();
		all.dedup();
		assert_eq!(all.len(), 3);
		// The code alone tells no more than the id, which is another for each.
		assert_ne!(wallet.card(&chart, &one).code().id(), wallet.card(&chart, &two).code().id());
		wallet.keep_card(&chart.chart, one).unwrap();
		wallet.keep_card(&chart.chart, two).unwrap();
		wallet.forget_card(&chart.chart, &two.label).unwrap();
		// Read again, and from a backup.
		let again = Wallet::open(&path, &passphrase).unwrap();
		assert_eq!(again.chart(&chart.chart).unwrap().cards, [one]);
		let backup = wallet.backup().unwrap();
		let mut restored =
			Wallet::restore(folder.path().join("b"), &passphrase, &wallet.phrase()).unwrap();
		restored.absorb(&backup).unwrap();
		let known = restored.chart(&chart.chart).unwrap().clone();
		assert_eq!(account(&restored, &known, &known.cards[0]), account(&wallet, &chart, &one));
	}
}

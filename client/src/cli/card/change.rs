//! Changing who guards a chart by one guardian, so that the others stay: each gets a new card, and the cards
//! with a PIN are sealed anew.

use crate::cli::{
	chart::{write_card, Own, Untold},
	relay::{self, Act, Carried, Way},
	usage, Context,
};
use salus_client::{
	guardians::{GuardianCard, WalletGuard},
	keys::Identity,
	vault_api::codes,
	vault_client::VaultClient,
	wallet::{Wallet, WalletCard, WalletChart},
	Result,
};
use salus_primitives::{
	guardian::GuardianTerms,
	ids::{AccountBytes, Digest, GuardRoot},
	time::Moment,
};
use std::path::{Path, PathBuf};

/// A chart of the patient, with who guards it.
pub(super) struct Guarded {
	pub(super) wallet: Wallet,
	pub(super) chart: WalletChart,
	pub(super) identity: Identity,
	/// The chain's time.
	pub(super) now: Moment,
	/// Those who guard it, but for whom it is over.
	pub(super) terms: Vec<GuardianTerms>,
	/// What the chain has.
	pub(super) on_chain: Option<GuardRoot>,
	/// Whether the wallet knows who that is; `terms` are theirs then.
	pub(super) is_known: bool,
}

/// What came of sealing cards anew.
pub(super) struct Sealed {
	/// How many were.
	pub(super) cards: usize,
	/// Those that the vault has not, and so were not.
	pub(super) lacking: Vec<Digest>,
}

impl Sealed {
	/// Says which are of no use any more.
	pub(super) fn note(&self) {
		for card in &self.lacking {
			eprintln!("note: the vault has no card {card}: block it, and make another");
		}
	}
}

/// A guard on the finalised chain.
pub(super) struct Changed {
	pub(super) guard: Option<GuardRoot>,
	/// The new cards of guardians with keys of their own.
	pub(super) files: Vec<PathBuf>,
	pub(super) submitted: Carried,
	/// Why cards could not be written or sealed anew; none if they were.
	pub(super) undelivered: Option<Untold>,
}

impl Guarded {
	/// Opens the wallet. The guard must be one that it knows, or nobody could be kept.
	pub(super) async fn open(own: &Own, context: &Context) -> Result<Self> {
		let guarded = Self::look(own, context).await?;
		if guarded.is_known {
			return Ok(guarded);
		}
		Err(usage(
			"the chain has other guardians than the wallet knows",
			"name all of them again with `salus chart guard set`, then go on",
		))
	}

	/// Opens the wallet, whoever guards the chart.
	pub(super) async fn look(own: &Own, context: &Context) -> Result<Self> {
		let (wallet, chart, identity) = own.open(context).await?;
		let at = context.finalised().await?;
		let now = at.head().at;
		let on_chain = at.chart_view(chart.chart).await?.and_then(|view| view.guard);
		let known = chart.guards.iter().find(|guard| guard.root().ok() == on_chain);
		let is_known = on_chain.is_none() || known.is_some();
		let terms = known
			.filter(|_| on_chain.is_some())
			.into_iter()
			.flat_map(|guard| &guard.guardians)
			.map(|guardian| guardian.terms)
			.filter(|terms| !terms.has_ended(now))
			.collect();
		Ok(Self { wallet, chart, identity, now, terms, on_chain, is_known })
	}

	/// The guardian's account of a card.
	pub(super) fn account(&self, card: &WalletCard) -> Result<AccountBytes> {
		self.wallet.card(&self.chart, card).account()
	}

	/// The accounts of all cards with a PIN.
	fn accounts(&self) -> Result<Vec<AccountBytes>> {
		self.wallet
			.chart(&self.chart.chart)?
			.cards
			.iter()
			.map(|card| self.account(card))
			.collect()
	}

	/// Keeps in the wallet who is to guard the chart. Without a folder for them no guardian with a key of
	/// their own may be among them, for each needs a new card.
	pub(super) fn plan(
		&mut self,
		terms: &[GuardianTerms],
		folder: Option<&Path>,
	) -> Result<Option<WalletGuard>> {
		let with_pin = self.accounts()?;
		let others = terms.iter().filter(|terms| !with_pin.contains(&terms.key)).count();
		if others > 0 && folder.is_none() {
			return Err(usage(
				format!(
					"{others} other guardians need new cards, for those they have end with this"
				),
				"name a folder for them with --cards",
			));
		}
		if terms.is_empty() {
			return Ok(None);
		}
		let guard = WalletGuard::new(terms)?;
		self.wallet.add_guard(&self.chart.chart, guard.clone())?;
		Ok(Some(guard))
	}

	/// The guardian's card of this account.
	pub(super) fn card_of(
		&self,
		guard: &WalletGuard,
		account: &AccountBytes,
	) -> Result<Option<GuardianCard>> {
		let cards = guard.cards(self.chart.genesis, self.chart.custodian)?;
		Ok(cards.into_iter().find(|card| card.guardian.terms.key == *account))
	}

	/// Sets the guard on chain, writes the new cards, and has those with a PIN sealed anew.
	pub(super) async fn carry(
		&mut self,
		guard: Option<&WalletGuard>,
		folder: Option<&Path>,
		way: Way,
		context: &Context,
	) -> Result<Changed> {
		let root = guard.map(WalletGuard::root).transpose()?;
		let act = Act::SetGuard(root);
		let submitted = relay::call(&self.chart, &self.identity, act, way, context).await?;
		// From here on it is on the chain: what fails is told, and done again by `salus card deliver`. Those
		// who guarded it until now are forgotten only here.
		let mut fault = self.wallet.settle_guard(&self.chart.chart, root.as_ref()).err();
		self.on_chain = root;
		let mut files = Vec::new();
		if let Some(guard) = guard {
			let written = self.write_cards(guard, folder.unwrap_or(Path::new(".")), &mut files);
			let delivering = self.deliver(guard, context);
			let delivered = context.wait("sealing the cards anew", delivering).await;
			let delivered = delivered.map(|sealed| sealed.note());
			fault = fault.or(written.err()).or(delivered.err());
		}
		let undelivered = fault.map(Untold::from);
		Ok(Changed { guard: root, files, submitted, undelivered })
	}

	/// Writes the cards of guardians with keys of their own, and adds where they are.
	pub(super) fn write_cards(
		&self,
		guard: &WalletGuard,
		folder: &Path,
		files: &mut Vec<PathBuf>,
	) -> Result<()> {
		let with_pin = self.accounts()?;
		let cards = guard.cards(self.chart.genesis, self.chart.custodian)?;
		for (place, card) in (1..).zip(&cards) {
			if !with_pin.contains(&card.guardian.terms.key) {
				files.push(write_card(folder, place, card)?);
			}
		}
		Ok(())
	}

	/// Signs in to the vault as the patient.
	pub(super) async fn session(&self, context: &Context) -> Result<VaultClient> {
		context.session(self.chart.custodian, &self.identity).await
	}

	/// Has all cards with a PIN that are in this guard sealed for it. One that the vault has not holds up
	/// none of the others.
	pub(super) async fn deliver(&self, guard: &WalletGuard, context: &Context) -> Result<Sealed> {
		let mut sealed = Sealed { cards: 0, lacking: Vec::new() };
		let mut session = None;
		for card in &self.wallet.chart(&self.chart.chart)?.cards {
			let both = self.wallet.card(&self.chart, card);
			let Some(of_guardian) = self.card_of(guard, &both.account()?)? else { continue };
			let vault = match session.take() {
				Some(vault) => vault,
				None => self.session(context).await?,
			};
			let (posted, id) = (both.posted(&of_guardian, None)?, both.code().id());
			match vault.put_card(&self.chart.chart, &id, &posted).await {
				Ok(()) => sealed.cards = sealed.cards.saturating_add(1),
				Err(fault) if fault.code() == codes::CARD_UNKNOWN => sealed.lacking.push(id),
				Err(fault) => return Err(fault),
			}
			session = Some(vault);
		}
		Ok(sealed)
	}
}

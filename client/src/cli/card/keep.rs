//! What the patient sees of cards, and blocking them.

use super::{
	change::{Changed, Guarded, Sealed},
	make::consequences,
};
use crate::cli::{
	chart::{Own, Untold},
	relay::Carried,
	render::{self, Fields, Report, Table},
	terms::meant,
	usage, Context,
};
use salus_client::{
	guardians::WalletGuard,
	vault_api::{CardEvent, CardTask, CardUse, ListedCard},
	Error, Result,
};
use salus_primitives::{
	codes::Powers,
	decision::ActiveDirective,
	ids::{AccountBytes, ChartId, Digest, DirectiveId, Salt},
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// A card that the wallet made.
struct Known {
	id: Digest,
	account: AccountBytes,
	label: Salt,
	until: Moment,
}

impl Guarded {
	fn known_cards(&self) -> Result<Vec<Known>> {
		self.wallet
			.chart(&self.chart.chart)?
			.cards
			.iter()
			.map(|card| {
				let both = self.wallet.card(&self.chart, card);
				let (id, account) = (both.code().id(), both.account()?);
				Ok(Known { id, account, label: card.label, until: card.until })
			})
			.collect()
	}

	/// The active directives that the guardian with this key issued.
	async fn issued_by(
		&self,
		account: &AccountBytes,
		context: &Context,
	) -> Result<Vec<DirectiveId>> {
		let facts = context.finalised().await?.chart(self.chart.chart).await?;
		let active = facts.map(|facts| facts.directives).unwrap_or_default();
		let is_theirs = |issued: &ActiveDirective| {
			issued.guardian.as_ref().is_some_and(|guardian| guardian.key == *account)
		};
		Ok(active
			.iter()
			.filter(|issued| is_theirs(issued))
			.map(|issued| issued.id)
			.collect())
	}

	/// What a guardian with this key may do, if there is one.
	fn powers_of(&self, account: &AccountBytes) -> Option<Powers> {
		self.terms.iter().find(|terms| terms.key == *account).map(|terms| terms.powers)
	}
}

pub(super) async fn list(own: &Own, context: &Context, out: &mut impl Write) -> Result<()> {
	let guarded = Guarded::open(own, context).await?;
	let chart = guarded.chart.chart;
	let known = guarded.known_cards()?;
	let mut there = guarded.session(context).await?.cards(&chart).await?;
	let mut cards = Vec::new();
	for Known { id, account, until, .. } in known {
		let place = there.iter().position(|listed| listed.card == id);
		let at_vault = place.map(|place| there.remove(place));
		let powers = guarded.powers_of(&account);
		let state = State::of(powers.is_some(), at_vault.as_ref(), until, guarded.now);
		let guardian = Some(render::hex(&account));
		cards.push(Listed { card: id, guardian, state, powers, until, at_vault });
	}
	// Made by another copy of the wallet: whether it is in the guard is not known here.
	cards.extend(there.into_iter().map(|listed| Listed {
		card: listed.card,
		guardian: None,
		state: State::NotOfThisWallet,
		powers: None,
		until: listed.until,
		at_vault: Some(listed),
	}));
	context.print(&List { chart, cards }, out)
}

pub(super) async fn uses(own: &Own, context: &Context, out: &mut impl Write) -> Result<()> {
	let (_, chart, identity) = own.open(context).await?;
	let vault = context.session(chart.custodian, &identity).await?;
	let uses = vault.card_uses(&chart.chart).await?;
	context.print(&Uses { chart: chart.chart, uses }, out)
}

pub(super) async fn deliver(
	own: &Own,
	folder: Option<&Path>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let guarded = Guarded::open(own, context).await?;
	let holds = |guard: &&WalletGuard| guard.root().ok() == guarded.on_chain;
	let guard = guarded.chart.guards.iter().find(holds).filter(|_| guarded.on_chain.is_some());
	let (mut files, mut sealed) = (Vec::new(), Sealed { cards: 0, lacking: Vec::new() });
	if let Some(guard) = guard {
		if let Some(folder) = folder {
			guarded.write_cards(guard, folder, &mut files)?;
		}
		sealed = guarded.deliver(guard, context).await?;
	}
	sealed.note();
	let Sealed { cards, lacking } = sealed;
	context.print(&Delivered { chart: guarded.chart.chart, cards, lacking, files }, out)
}

pub(super) async fn block(
	own: &Own,
	folder: Option<&Path>,
	said: &str,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let mut guarded = Guarded::look(own, context).await?;
	let chart = guarded.chart.chart;
	let is_meant = meant(said)?;
	let known = guarded.known_cards()?;
	let there = async { guarded.session(context).await?.cards(&chart).await };
	let there = there.await.unwrap_or_default();
	let ids = known.iter().map(|card| card.id).chain(there.iter().map(|listed| listed.card));
	let mut ids: Vec<_> = ids.filter(|id| is_meant(&id.to_string())).collect();
	ids.sort_unstable_by_key(|id| id.0);
	ids.dedup();
	let id = match ids.as_slice() {
		[id] => *id,
		[] => return Err(Error::NotFound { what: "card of this chart", id: said.into() }),
		_ => {
			return Err(usage(
				format!("several cards begin with {said}"),
				"give more of it; `salus card list` shows it",
			))
		},
	};
	let own_card = known.into_iter().find(|card| card.id == id);
	let mut left = guarded.terms.clone();
	left.retain(|terms| own_card.as_ref().is_none_or(|card| card.account != terms.key));
	let guards = left.len() < guarded.terms.len();
	// The vault first, for without its half the card does nothing, whatever comes of the guard.
	let forgotten = async { guarded.session(context).await?.remove_card(&chart, &id).await };
	let forgotten = forgotten.await;
	let changed = if guards {
		let guard = guarded.plan(&left, folder)?;
		Some(guarded.carry(guard.as_ref(), folder, own.way, context).await?)
	} else {
		None
	};
	let account = own_card.as_ref().map(|card| card.account);
	let directives = match account {
		Some(account) => guarded.issued_by(&account, context).await?,
		None => Vec::new(),
	};
	let may_guard =
		!guards && guarded.on_chain.is_some() && (account.is_none() || !guarded.is_known);
	let blocked =
		|change, forgotten| Blocked { card: id, chart, change, may_guard, forgotten, directives };
	// What neither guards the chart nor is at the vault can not be blocked; it is tried again.
	if changed.is_none() {
		forgotten?;
		if let Some(card) = own_card.filter(|_| !may_guard) {
			guarded.wallet.forget_card(&chart, &card.label)?;
		}
		return context.print(&blocked(None, None), out);
	}
	let forgotten = forgotten.err().map(Untold::from);
	if let (Some(card), None) = (own_card, &forgotten) {
		guarded.wallet.forget_card(&chart, &card.label)?;
	}
	let change = changed.map(|Changed { guard: _, files, submitted, undelivered }| Change {
		cards: files,
		submitted,
		vault: undelivered,
	});
	context.print(&blocked(change, forgotten), out)
}

/// How a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
	/// It can be used.
	Good,
	/// Wrong PINs locked it.
	Locked,
	/// Its time is over.
	Over,
	/// It guards the chart no more.
	NotInGuard,
	/// The vault has not its half.
	NotAtVault,
	/// Another copy of the wallet made it.
	NotOfThisWallet,
}

impl State {
	fn of(in_guard: bool, at_vault: Option<&ListedCard>, until: Moment, now: Moment) -> Self {
		match at_vault {
			_ if until <= now => Self::Over,
			_ if !in_guard => Self::NotInGuard,
			None => Self::NotAtVault,
			Some(listed) if listed.locked => Self::Locked,
			Some(_) => Self::Good,
		}
	}

	const fn words(self) -> &'static str {
		match self {
			Self::Good => "good",
			Self::Locked => "locked",
			Self::Over => "over",
			Self::NotInGuard => "not in the guard",
			Self::NotAtVault => "not at vault",
			Self::NotOfThisWallet => "not of this wallet",
		}
	}
}

#[derive(Serialize)]
struct List {
	chart: ChartId,
	cards: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
	card: Digest,
	/// The guardian's account.
	guardian: Option<String>,
	state: State,
	powers: Option<Powers>,
	until: Moment,
	/// What the vault says of it.
	at_vault: Option<ListedCard>,
}

impl Report for List {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["CARD", "STATE", "MAY", "UNTIL", "WRONG PINS", "LAST USED"]);
		for listed in &self.cards {
			let used = listed.at_vault.and_then(|there| there.used);
			table.row(vec![
				render::short(&listed.card),
				listed.state.words().into(),
				listed.powers.map_or("-".into(), |powers| render::codes(powers.iter())),
				render::moment(listed.until),
				listed.at_vault.map_or("-".into(), |there| there.wrong.to_string()),
				used.map_or("-".into(), render::moment),
			]);
		}
		table.write(out, "no cards: make one with `salus card make`")
	}
}

#[derive(Serialize)]
struct Uses {
	chart: ChartId,
	uses: Vec<CardUse>,
}

/// What happened, in words.
pub(super) const fn words(event: CardEvent) -> &'static str {
	match event {
		CardEvent::Made => "made",
		CardEvent::WrongPin => "WRONG PIN",
		CardEvent::Unlocked => "unlocked",
		CardEvent::Blocked => "blocked",
		CardEvent::Opened(CardTask::Permit) => "opened to permit",
		CardEvent::Opened(CardTask::Deny) => "opened to deny",
		CardEvent::Opened(CardTask::Revoke) => "opened to revoke",
		CardEvent::Opened(CardTask::Records) => "opened to list records",
		CardEvent::Opened(CardTask::Read) => "opened to read a record",
		CardEvent::Opened(CardTask::Log) => "opened to read the log",
	}
}

impl Report for Uses {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["WHEN", "CARD", "WHAT", "BY"]);
		for line in &self.uses {
			table.row(vec![
				render::moment(line.at),
				render::short(&line.card),
				words(line.event).into(),
				render::short(&render::hex(&line.account)),
			]);
		}
		table.write(out, "nothing was done with cards")
	}
}

#[derive(Serialize)]
struct Delivered {
	chart: ChartId,
	/// How many were sealed anew.
	cards: usize,
	/// Those that the vault has not.
	lacking: Vec<Digest>,
	/// Cards of guardians with keys of their own.
	files: Vec<PathBuf>,
}

impl Report for Delivered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields =
			Fields::default().add("chart", self.chart).add("cards sealed anew", self.cards);
		for card in &self.lacking {
			fields = fields.add("not at the vault", card);
		}
		for file in &self.files {
			fields = fields.add("guardian's card", file.display());
		}
		fields.write(out)
	}
}

#[derive(Serialize)]
struct Blocked {
	card: Digest,
	chart: ChartId,
	/// None where it did not guard the chart any more.
	change: Option<Change>,
	/// Whether its guardian may be in the guard still, which the wallet can not tell.
	may_guard: bool,
	/// Why the vault has its half still; none if it forgot that.
	forgotten: Option<Untold>,
	/// What it issued and nobody has ended, as far as the wallet knows the card.
	directives: Vec<DirectiveId>,
}

#[derive(Serialize)]
struct Change {
	/// New cards of the other guardians.
	cards: Vec<PathBuf>,
	submitted: Carried,
	/// Why the vault has not the others sealed anew; none if it has.
	vault: Option<Untold>,
}

impl Report for Blocked {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields = Fields::default().add("blocked", self.card).add(
			"at the vault",
			match &self.forgotten {
				None => "forgotten".to_owned(),
				still => format!("{}; block it again", Untold::line(still.as_ref(), "")),
			},
		);
		for directive in &self.directives {
			let end = format!("{directive}; end it with `salus directive revoke`");
			fields = fields.add("what it issued stays", end);
		}
		let Some(Change { cards, submitted, vault }) = &self.change else {
			let guard = if self.may_guard {
				"the wallet can not tell: name all guardians again with `salus chart guard set`"
			} else {
				"it was in none"
			};
			return fields.add("guard", guard).write(out);
		};
		consequences(fields, cards, submitted, vault.as_ref()).write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_card_stands_as_guard_vault_and_date_say() {
		let listed = |locked| ListedCard {
			card: Digest([1; 32]),
			made: 0,
			until: 10,
			wrong: 0,
			wrong_ever: 0,
			locked,
			unlockings: 0,
			used: None,
		};
		assert_eq!(State::of(true, Some(&listed(false)), 10, 9), State::Good);
		assert_eq!(State::of(true, Some(&listed(true)), 10, 9), State::Locked);
		assert_eq!(State::of(true, None, 10, 9), State::NotAtVault);
		assert_eq!(State::of(false, Some(&listed(true)), 10, 9), State::NotInGuard);
		assert_eq!(State::of(true, Some(&listed(false)), 10, 10), State::Over);
	}
}

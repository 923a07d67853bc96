//! Making cards, and naming proxies at the desk.

use super::{
	change::{Changed, Guarded},
	pin_text, Make, Proxy, CARD_DAYS, PROXY_DAYS,
};
use crate::cli::{
	chart::{Own, Untold},
	relay::Carried,
	render::{self, Fields, Report},
	usage, Context,
};
use salus_client::{
	card::{Card, Pin},
	sealed_file::write_new,
	vault_api::codes,
	Error, Result,
};
use salus_primitives::{
	codes::{Powers, Relation},
	guardian::GuardianTerms,
	ids::{AccountBytes, ChartId, Digest, GuardRoot, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

pub(super) async fn make(asked: Make, context: &Context, out: &mut impl Write) -> Result<()> {
	let Make { own, powers, end, pin_file, out: file, cards } = asked;
	let form = Form::of(&file)?;
	let pin = Pin::chosen(&pin_text(pin_file.as_deref())?)?;
	let mut guarded = Guarded::open(&own, context).await?;
	let until = end.at(guarded.now, CARD_DAYS)?;
	let label = guarded.wallet.new_card(until)?;
	let card = guarded.wallet.card(&guarded.chart, &label);
	let (key, id, chart) = (card.account()?, card.code().id(), guarded.chart.chart);
	let terms = GuardianTerms { chart, key, relation: Relation::Proxy, powers, until: Some(until) };
	let mut all = guarded.terms.clone();
	all.push(terms);
	guarded.wallet.keep_card(&chart, label)?;
	let mut written = false;
	let making = async {
		let guard = guarded.plan(&all, cards.as_deref())?;
		let of_guardian = match &guard {
			Some(guard) => guarded.card_of(guard, &key)?,
			None => None,
		};
		let of_guardian = of_guardian.ok_or(Error::BadCard("its guardian is not in the guard"))?;
		let posted = card.posted(&of_guardian, Some(&pin))?;
		// First the vault: until the chain has the guard, what it got is worth nothing.
		guarded.session(context).await?.put_card(&chart, &id, &posted).await?;
		write_new(&file, form.text(&card, powers).as_bytes())?;
		// The guard is sent from here on.
		written = true;
		guarded.carry(guard.as_ref(), cards.as_deref(), own.way, context).await
	};
	let changed = match making.await {
		Ok(changed) => changed,
		Err(fault) => {
			// Unless it may come to be on the chain, or is there, nothing is left of it.
			if written && may_be_there(fault.code()) {
				eprintln!(
					"note: the chain may still take the card {id}: `salus card list` shows it. Block it, \
					 or, once it is in the guard, go on with `salus card deliver`"
				);
			} else {
				if written {
					let _ = std::fs::remove_file(&file);
				}
				if let Ok(vault) = guarded.session(context).await {
					let _ = vault.remove_card(&chart, &id).await;
				}
				guarded.wallet.forget_card(&chart, &label.label)?;
			}
			return Err(fault);
		},
	};
	let Changed { guard, files, submitted, undelivered } = changed;
	let made = Made {
		card: id,
		guardian: render::hex(&key),
		chart,
		custodian: guarded.chart.custodian,
		powers,
		until,
		file,
		guard,
		cards: files,
		submitted,
		vault: undelivered,
	};
	context.print(&made, out)
}

/// Whether a guard that was sent may be on the chain, for all that this refusal says.
fn may_be_there(code: &str) -> bool {
	!matches!(code, codes::CHAIN_REFUSED | "pool-refused")
}

/// Form of a card's file.
#[derive(Clone, Copy)]
enum Form {
	Page,
	Text,
}

impl Form {
	/// As the file's name ends.
	fn of(file: &Path) -> Result<Self> {
		match file.extension().and_then(|ending| ending.to_str()) {
			Some("html" | "htm") => Ok(Self::Page),
			Some("txt") => Ok(Self::Text),
			_ => Err(usage(
				format!("{} names no form of a card", file.display()),
				"let it end in .html for a page to print, or .txt for the text",
			)),
		}
	}

	fn text(self, card: &Card, powers: Powers) -> Zeroizing<String> {
		let code = card.code();
		match self {
			Self::Page => code.page(&render::moment(code.until()), &render::codes(powers.iter())),
			Self::Text => code.text(),
		}
	}
}

pub(super) async fn proxy(asked: Proxy, context: &Context, out: &mut impl Write) -> Result<()> {
	let Proxy { own, account, powers, end, out: folder } = asked;
	let mut guarded = Guarded::open(&own, context).await?;
	let until = end.at(guarded.now, PROXY_DAYS)?;
	let chart = guarded.chart.chart;
	let mut all = guarded.terms.clone();
	// Named again, it has what is said now.
	all.retain(|terms| terms.key != account.0);
	let relation = Relation::Proxy;
	all.push(GuardianTerms { chart, key: account.0, relation, powers, until: Some(until) });
	let guard = guarded.plan(&all, Some(&folder))?;
	let changed = guarded.carry(guard.as_ref(), Some(&folder), own.way, context).await?;
	let Changed { guard, files, submitted, undelivered } = changed;
	let account = render::hex(&account.0);
	// The newest is the last in the guard, and so among the cards.
	let card = files.last().cloned();
	let named = Named {
		account,
		chart,
		powers,
		until,
		guard,
		card,
		cards: files,
		submitted,
		vault: undelivered,
	};
	context.print(&named, out)
}

pub(super) async fn end_proxy(
	own: &Own,
	account: AccountBytes,
	folder: Option<&Path>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let mut guarded = Guarded::open(own, context).await?;
	let mut left = guarded.terms.clone();
	left.retain(|terms| terms.key != account);
	if left.len() == guarded.terms.len() {
		return Err(Error::NotFound { what: "guardian of the chart", id: render::hex(&account) });
	}
	let guard = guarded.plan(&left, folder)?;
	let changed = guarded.carry(guard.as_ref(), folder, own.way, context).await?;
	let Changed { guard, files, submitted, undelivered } = changed;
	let (account, chart) = (render::hex(&account), guarded.chart.chart);
	let ended = Ended { account, chart, guard, cards: files, submitted, vault: undelivered };
	context.print(&ended, out)
}

/// What follows on every change of the guard.
pub(super) fn consequences(
	mut fields: Fields,
	cards: &[PathBuf],
	submitted: &Carried,
	vault: Option<&Untold>,
) -> Fields {
	for card in cards {
		fields = fields.add("guardian's card", card.display());
	}
	let other = match vault {
		None => "written and sealed anew".into(),
		Some(_) => {
			format!("{}; do it again with `salus card deliver`", Untold::line(vault, ""))
		},
	};
	fields
		.add("since", render::submitted(&submitted.submitted))
		.add("by", submitted.way())
		.add("other cards", other)
}

#[derive(Serialize)]
struct Made {
	card: Digest,
	/// The guardian's account.
	guardian: String,
	chart: ChartId,
	custodian: OrganisationId,
	powers: Powers,
	until: Moment,
	file: PathBuf,
	guard: Option<GuardRoot>,
	/// New cards of the other guardians.
	cards: Vec<PathBuf>,
	submitted: Carried,
	/// Why the vault has not all cards sealed anew; none if it has.
	vault: Option<Untold>,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default()
			.add("card", self.file.display())
			.add("called", self.card)
			.add("may", render::codes(self.powers.iter()))
			.add("at", format!("the desk of organisation {}", self.custodian))
			.add("until", render::moment(self.until));
		consequences(fields, &self.cards, &self.submitted, self.vault.as_ref()).write(out)?;
		writeln!(out, "Print it, then delete the file. The PIN stays apart from it.")
	}
}

#[derive(Serialize)]
struct Named {
	account: String,
	chart: ChartId,
	powers: Powers,
	until: Moment,
	guard: Option<GuardRoot>,
	/// Its guardian's card.
	card: Option<PathBuf>,
	/// All cards that were written.
	cards: Vec<PathBuf>,
	submitted: Carried,
	vault: Option<Untold>,
}

impl Report for Named {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default()
			.add("proxy", &self.account)
			.add("may", render::codes(self.powers.iter()))
			.add("until", render::moment(self.until));
		consequences(fields, &self.cards, &self.submitted, self.vault.as_ref()).write(out)?;
		writeln!(out, "With its card the desk acts by `salus chart guardian` and `salus record`.")
	}
}

#[derive(Serialize)]
struct Ended {
	account: String,
	chart: ChartId,
	guard: Option<GuardRoot>,
	cards: Vec<PathBuf>,
	submitted: Carried,
	vault: Option<Untold>,
}

impl Report for Ended {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default().add("no guardian any more", &self.account);
		consequences(fields, &self.cards, &self.submitted, self.vault.as_ref()).write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_may_be_on_the_chain_is_not_taken_back() {
		for code in ["not-final-in-time", "node-unreachable", "transaction-lost", "io"] {
			assert!(may_be_there(code), "{code}");
		}
		for code in ["chain-refused", "pool-refused"] {
			assert!(!may_be_there(code), "{code}");
		}
	}
}

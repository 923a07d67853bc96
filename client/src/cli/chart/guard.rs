//! `salus chart guard`: who may act for the patient.

use super::{write_json, Own};
use crate::cli::{
	relay::{self, Act, Carried},
	render,
	render::{Fields, Report, Table},
	terms::{date, Account},
	usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	guardians::{GuardianCard, WalletGuard},
	wallet::{Wallet, WalletChart},
	Result,
};
use salus_primitives::{
	codes::{Power, Powers, Relation},
	guardian::GuardianTerms,
	ids::{AccountBytes, ChartId, GuardRoot, Seal},
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
	str::FromStr,
};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Name all guardians anew; whoever is not named is none any more.
	Set {
		#[command(flatten)]
		own: Own,
		#[command(flatten)]
		guardians: Guardians,
		/// Nobody.
		#[arg(long, conflicts_with_all = ["guardian", "cards"])]
		nobody: bool,
	},
	/// Show the guardians that the wallet knows, and whether the chain has the same.
	Show(Own),
}

/// Guardians, and where their cards go.
#[derive(Debug, Args)]
pub(super) struct Guardians {
	/// A guardian: account, relation and powers, and until when, as `ACCOUNT,parent,consent+revoke`
	/// or `ACCOUNT,parent,consent+revoke,2040`; again for each. A parent's guardianship ends as a year
	/// begins, for its end can become public.
	#[arg(long, value_name = "GUARDIAN", requires = "cards")]
	guardian: Vec<Named>,
	/// Folder for the guardians' cards.
	#[arg(long, value_name = "FOLDER", requires = "guardian")]
	cards: Option<PathBuf>,
}

/// A guardian as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
	key: AccountBytes,
	relation: Relation,
	powers: Powers,
	until: Option<Moment>,
}

impl FromStr for Named {
	type Err = String;

	fn from_str(text: &str) -> std::result::Result<Self, String> {
		let mut parts = text.split(',');
		let mut part = |what| parts.next().ok_or(format!("{what} is missing"));
		let key = part("the account")?.parse::<Account>().map_err(|fault| fault.to_string())?;
		let relation: Relation =
			part("the relation")?.parse().map_err(|fault| format!("{fault}"))?;
		let powers: Vec<Power> = part("a power")?
			.split('+')
			.map(str::parse)
			.collect::<std::result::Result<_, _>>()
			.map_err(|fault| format!("{fault}"))?;
		let until = parts.next().map(date).transpose().map_err(|fault| fault.to_string())?;
		match parts.next() {
			Some(more) => Err(format!("'{more}' is too much")),
			None => Ok(Self { key: key.0, relation, powers: powers.into_iter().collect(), until }),
		}
	}
}

impl Guardians {
	/// Whether there are any.
	pub(super) fn are_named(&self) -> bool {
		!self.guardian.is_empty()
	}

	/// Keeps them in the wallet, beside those who guard the chart until the chain knows these.
	pub(super) fn keep(&self, wallet: &mut Wallet, chart: &WalletChart) -> Result<WalletGuard> {
		let terms: Vec<_> = self
			.guardian
			.iter()
			.map(|&Named { key, relation, powers, until }| GuardianTerms {
				chart: chart.chart,
				key,
				relation,
				powers,
				until,
			})
			.collect();
		let guard = WalletGuard::new(&terms)?;
		wallet.add_guard(&chart.chart, guard.clone())?;
		Ok(guard)
	}

	/// Writes their cards; returns where they are.
	pub(super) fn write_cards(
		&self,
		guard: &WalletGuard,
		chart: &WalletChart,
	) -> Result<Vec<PathBuf>> {
		let folder = self.cards.clone().unwrap_or_default();
		let cards = guard.cards(chart.genesis, chart.custodian)?;
		(1..)
			.zip(&cards)
			.map(|(place, card)| write_card(&folder, place, card))
			.collect()
	}
}

/// Writes a guardian's card into a folder, which is made; returns where it is.
pub(in crate::cli) fn write_card(
	folder: &Path,
	place: usize,
	card: &GuardianCard,
) -> Result<PathBuf> {
	std::fs::create_dir_all(folder).map_err(salus_client::Error::io(folder))?;
	let name = hex::encode(card.guardian.terms.key.get(..4).unwrap_or_default());
	let path = folder.join(format!("guardian-{place}-{name}.json"));
	write_json(&path, card)?;
	Ok(path)
}

/// Runs the command.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Set { own, guardians, nobody } => {
			if !guardians.are_named() && !nobody {
				return Err(usage("no guardian is named", "give --guardian, or --nobody"));
			}
			let (mut wallet, chart, identity) = own.open(context).await?;
			let guard = (!nobody).then(|| guardians.keep(&mut wallet, &chart)).transpose()?;
			let root = guard.as_ref().map(WalletGuard::root).transpose()?;
			let act = Act::SetGuard(root);
			let submitted = relay::call(&chart, &identity, act, own.way, context).await?;
			// Those who guarded it until now are forgotten only here, and a card is of use only now.
			wallet.settle_guard(&chart.chart, root.as_ref())?;
			let written = guard.map(|guard| guardians.write_cards(&guard, &chart)).transpose()?;
			let cards = written.unwrap_or_default();
			context.print(&Set { chart: chart.chart, guard: root, cards, submitted }, out)
		},
		Command::Show(own) => {
			let (_, chart, _) = own.open(context).await?;
			let view = context.finalised().await?.chart_view(chart.chart).await?;
			let on_chain = view.and_then(|view| view.guard);
			let holds = |guard: &&WalletGuard| guard.root().ok() == on_chain;
			let known = chart.guards.iter().find(holds);
			let guardians = known.or(chart.guards.last()).into_iter();
			let guardians = guardians
				.flat_map(|guard| &guard.guardians)
				.map(|opening| Shown { leaf: opening.seal(), terms: opening.terms })
				.collect();
			let same = known.is_some() || (on_chain.is_none() && chart.guards.is_empty());
			context.print(&Guard { chart: chart.chart, guard: on_chain, same, guardians }, out)
		},
	}
}

#[derive(Serialize)]
struct Set {
	chart: ChartId,
	guard: Option<GuardRoot>,
	cards: Vec<PathBuf>,
	submitted: Carried,
}

impl Report for Set {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields = Fields::default().add("chart", self.chart);
		fields = match self.guard {
			Some(guard) => fields.add("guard", guard),
			None => fields.add("guard", "nobody"),
		};
		for card in &self.cards {
			fields = fields.add("card", card.display());
		}
		fields
			.add("since", render::submitted(&self.submitted.submitted))
			.add("by", self.submitted.way())
			.write(out)
	}
}

#[derive(Serialize)]
struct Guard {
	chart: ChartId,
	/// What the chain has.
	guard: Option<GuardRoot>,
	/// Whether the wallet has the same.
	same: bool,
	guardians: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
	leaf: Seal,
	#[serde(flatten)]
	terms: GuardianTerms,
}

impl Report for Guard {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["ACCOUNT", "RELATION", "POWERS", "UNTIL", "LEAF"]);
		for Shown { leaf, terms } in &self.guardians {
			table.row(vec![
				render::short(&render::hex(&terms.key)),
				terms.relation.to_string(),
				render::codes(terms.powers.iter()),
				terms.until.map_or("-".into(), render::moment),
				render::short(leaf),
			]);
		}
		table
			.write(out, "the wallet knows no guardians: name some with `salus chart guard set`")?;
		if !self.same {
			writeln!(out, "the chain has others: set them again with `salus chart guard set`")?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ALICE: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

	#[test]
	fn guardians_are_named_on_one_line() {
		let named: Named = format!("{ALICE},parent,consent+revoke,2040").parse().unwrap();
		assert_eq!(named.relation, Relation::Parent);
		assert_eq!(named.powers, Powers::of(&[Power::Consent, Power::Revoke]));
		assert_eq!(named.until, date("2040-01-01").ok());
		assert_eq!(named.until, salus_primitives::time::start_of_year(2040));
		let named: Named = format!("{ALICE},power-of-attorney,overrule").parse().unwrap();
		assert_eq!(named.until, None);
		for wrong in ["", "x,parent,consent", ALICE] {
			assert!(wrong.parse::<Named>().is_err(), "{wrong}");
		}
		for wrong in [
			"uncle,consent",
			"parent",
			"parent,all",
			"parent,read,soon",
			"parent,read,2040-01-01,x",
		] {
			assert!(format!("{ALICE},{wrong}").parse::<Named>().is_err(), "{wrong}");
		}
	}
}

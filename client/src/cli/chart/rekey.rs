//! `salus chart rekey`: another key after a loss.

use super::{in_hours, life, read_json, write_json, OfStaff, Own, OwnOrStaff};
use crate::cli::{
	relay::{Act, Carried},
	render,
	render::Fields,
	render::Report,
	usage, Context,
};
use clap::{Args, Subcommand};
use life::Untold;
use salus_client::{chain::Call, vault_api::Signature, Error, Result};
use salus_primitives::{
	enrolment::NewKey,
	ids::{ChartId, DirectiveId, GuardRoot, OrganisationId},
	time::Moment,
	views::Rekeying,
};
use serde::{Deserialize, Serialize};
use std::{io::Write, path::PathBuf};

/// What the file of a key that is to follow is called.
const FORMAT: &str = "word of a new key";

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// The patient's new wallet gives a key's word to follow on the chart.
	Word {
		/// The wallet that is to have the chart.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// The organisation that keeps the chart.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// The chart, as the custodian knows it.
		#[arg(long, value_name = "ID")]
		chart: ChartId,
		/// Hours for which the word is good.
		#[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=168))]
		hours: u64,
		/// File for the word.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// The custodian's records officer, who has seen the patient, starts it.
	Start {
		/// Key file of the records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The new key's word.
		#[arg(long, value_name = "FILE")]
		word: PathBuf,
	},
	/// Whoever has the chart's key, and lost nothing, cancels it; or the custodian's records officer.
	Cancel(OwnOrStaff),
	/// The custodian completes it once the delay is over.
	Complete(OfStaff),
	/// The new wallet goes on with the chart, and tells the vault its encryption key.
	Finish(Own),
}

/// What the patient brings to the custodian.
#[derive(Serialize, Deserialize)]
struct Word {
	chart: ChartId,
	custodian: OrganisationId,
	new: NewKey<Signature>,
}

/// Runs the command.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Word { wallet, custodian, chart, hours, out: file } => {
			let custodian = context.keeper(custodian).await?;
			let known = context.finalised().await?.chart(chart).await?;
			if known.is_none_or(|facts| facts.custodian != custodian) {
				return Err(usage(
					format!("organisation {custodian} keeps no chart {chart}"),
					"ask the custodian for the chart's id",
				));
			}
			let genesis = context.chain().await?.genesis();
			let expires = in_hours(hours, context).await?;
			let mut wallet = context.open_wallet(&wallet)?;
			if wallet.chart(&chart).is_ok() {
				wallet.follow_keeper(&chart, custodian)?;
			}
			let new = wallet.rekeying(genesis, custodian, &chart, expires)?;
			let key = render::hex(&new.key);
			write_json(&file, &Word { chart, custodian, new })?;
			context.print(&Given { file, chart, key, expires }, out)
		},
		Command::Start { key, word } => {
			let Word { chart, new, .. } = read_json(&word, FORMAT)?;
			let identity = context.open_key(&key)?;
			let call = Call::start_rekeying(chart, &new);
			let submitted = context.submit(&identity, &call).await?;
			report(chart, Carried::direct(submitted), context, out).await
		},
		Command::Cancel(who) => {
			let (chart, submitted) = who.submit(Act::CancelRekeying, context).await?;
			report(chart, submitted, context, out).await
		},
		Command::Complete(OfStaff { key, chart }) => {
			let identity = context.open_key(&key)?;
			let submitted = context.submit(&identity, &Call::complete_rekeying(chart)).await?;
			report(chart, Carried::direct(submitted), context, out).await
		},
		Command::Finish(own) => {
			let (wallet, chart, identity) = own.open(context).await?;
			let told = life::tell_vault(&chart, &identity, context).await;
			let key = render::hex(&identity.account());
			let vault = told.err().map(Untold::from);
			// Whoever had the lost key may have left some of these.
			let view = context.finalised().await?.chart_view(chart.chart).await?;
			let view =
				view.ok_or(Error::NotFound { what: "chart", id: chart.chart.to_string() })?;
			let active = view.facts.directives.iter().map(|directive| directive.id);
			let inherited = Inherited {
				guard: view.guard,
				directives: active.filter(|id| wallet.directive(id).is_err()).collect(),
			};
			context.print(&Finished { chart: chart.chart, key, vault, inherited }, out)
		},
	}
}

/// Prints how things stand after a call.
async fn report(
	chart: ChartId,
	submitted: Carried,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let at = context.chain().await?.at(submitted.submitted.block.hash).await?;
	let view = at.chart_view(chart).await?;
	let view = view.ok_or(Error::NotFound { what: "chart", id: chart.to_string() })?;
	let key = render::hex(&view.facts.key);
	context.print(&Stands { chart, key, rekeying: view.rekeying, submitted }, out)
}

#[derive(Serialize)]
struct Given {
	file: PathBuf,
	chart: ChartId,
	key: String,
	expires: Moment,
}

impl Report for Given {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("word", self.file.display())
			.add("chart", self.chart)
			.add("new key", &self.key)
			.add("expires", render::moment(self.expires))
			.write(out)
	}
}

#[derive(Serialize)]
struct Stands {
	chart: ChartId,
	key: String,
	/// The re-keying on its way; none after it was cancelled or completed.
	rekeying: Option<Rekeying>,
	submitted: Carried,
}

impl Report for Stands {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("key", &self.key)
			.add(
				"re-keying",
				match &self.rekeying {
					Some(open) => format!(
						"to {}, can be completed from {} on",
						render::short(&render::hex(&open.key)),
						render::moment(open.ready)
					),
					None => "none on its way".into(),
				},
			)
			.add("since", render::submitted(&self.submitted.submitted))
			.add("by", self.submitted.way())
			.write(out)
	}
}

#[derive(Serialize)]
struct Finished {
	chart: ChartId,
	key: String,
	/// Why the vault was not told; none if it was.
	vault: Option<Untold>,
	inherited: Inherited,
}

/// What was on the chart before, and this wallet knows nothing of.
#[derive(Serialize)]
struct Inherited {
	guard: Option<GuardRoot>,
	directives: Vec<DirectiveId>,
}

impl Report for Finished {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("key", &self.key)
			.add("vault", Untold::line(self.vault.as_ref(), "told"))
			.write(out)?;
		let Inherited { guard, directives } = &self.inherited;
		if guard.is_some() {
			writeln!(
				out,
				"the guardians of before still act: name them anew with `salus chart guard set`, or end \
				 them with --nobody"
			)?;
		}
		if !directives.is_empty() {
			writeln!(out, "still active; end what is not yours with `salus directive revoke`:")?;
		}
		directives.iter().try_for_each(|id| writeln!(out, "  {id}"))
	}
}

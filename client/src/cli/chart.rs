//! `salus chart`.

mod enrol;
mod guard;
mod guardian;
mod life;
mod rekey;

use super::{
	now, render,
	render::{Fields, Report, Table},
	Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::Call,
	keys::Identity,
	vault_api::{EnrolChart, Head},
	wallet::{Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	enrolment::MAX_ENROLMENT_VALIDITY,
	ids::{ChartId, OrganisationId},
	time::Moment,
	views::{ChartView, DeathReport},
};
use serde::{de::DeserializeOwned, Serialize};
use std::{
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// The patient signs a statement with which a custodian can enrol a chart.
	Statement {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// The organisation that is to keep the chart.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// Hours for which the statement is valid.
		#[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=168))]
		hours: u64,
		/// File for the statement.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		#[command(flatten)]
		guardians: guard::Guardians,
	},
	/// The custodian's records officer has the chart enrolled.
	Enrol {
		/// Key file of the records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The organisation that keeps the chart.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// The patient's statement.
		#[arg(long, value_name = "FILE")]
		statement: PathBuf,
		/// Wait until the chart is enrolled, however long it is to the vault's next batch.
		#[arg(long)]
		wait: bool,
	},
	/// Show what the chain knows of a chart.
	Show {
		/// The chart.
		#[arg(required_unless_present = "wallet", conflicts_with = "wallet")]
		chart: Option<ChartId>,
		/// All charts of this wallet.
		#[arg(long, value_name = "FILE")]
		wallet: Option<PathBuf>,
	},
	/// Give the chart another key, when the one that acts for it may be known to others.
	RotateKey(Own),
	/// Who may act for the patient.
	Guard(guard::Options),
	/// What a guardian does, with the card that the patient gave them.
	Guardian(guardian::Options),
	/// Another key after a loss, by the custodian.
	Rekey(rekey::Options),
	/// Close the chart: nobody but its own house is permitted anything.
	Deactivate(Own),
	/// Open a closed chart again.
	Reactivate(Own),
	/// A clinician of the custodian reports that the patient is dead.
	ReportDeath(OfStaff),
	/// The patient disputes that they are dead.
	DisputeDeath(Own),
}

/// A chart of the one who acts.
#[derive(Debug, Args)]
struct Own {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// A chart that staff act on.
#[derive(Debug, Args)]
struct OfStaff {
	/// Key file of the member of staff.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
}

impl Own {
	/// The wallet, the chart, and the key that acts for it on chain.
	async fn open(&self, context: &Context) -> Result<(Wallet, WalletChart, Identity)> {
		let mut wallet = context.open_wallet(&self.wallet)?;
		let genesis = context.chain().await?.genesis();
		let chart = wallet.chart_at(&genesis, self.custodian)?.chart;
		let facts = context.finalised().await?.chart(chart).await?;
		let facts = facts.ok_or(Error::NotFound { what: "chart", id: chart.to_string() })?;
		if !wallet.follow_key(&chart, &facts.key)? {
			return Err(Error::KeyElsewhere(chart.to_string()));
		}
		let chart = wallet.chart(&chart)?.clone();
		let identity = wallet.identity(&chart)?;
		Ok((wallet, chart, identity))
	}
}

/// The moment, by chain and clock, at which what is signed now should expire.
async fn in_hours(hours: u64, context: &Context) -> Result<Moment> {
	let head = context.chain().await?.head().await?;
	let expires = head.at.max(now()).saturating_add(hours * 60 * 60 * 1000);
	Ok(expires.min(head.at.saturating_add(MAX_ENROLMENT_VALIDITY)))
}

/// Writes a file that another program or person reads.
fn write_json(path: &Path, content: &impl Serialize) -> Result<()> {
	let json = serde_json::to_vec_pretty(content).map_err(|fault| Error::io(path)(fault.into()))?;
	salus_client::sealed_file::replace(path, &json)
}

fn read_json<T: DeserializeOwned>(path: &Path, format: &'static str) -> Result<T> {
	let json = std::fs::read(path).map_err(Error::io(path))?;
	serde_json::from_slice(&json).map_err(|fault| Error::WrongFormat {
		path: path.into(),
		format,
		detail: fault.to_string(),
	})
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Statement { wallet, custodian, hours, out: file, guardians } => {
			context.organisation(custodian).await?;
			let expires = in_hours(hours, context).await?;
			let genesis = context.chain().await?.genesis();
			let mut wallet = context.open_wallet(&wallet)?;
			if guardians.are_named() {
				let chart = wallet.make_chart(genesis, custodian)?;
				guardians.keep(&mut wallet, &chart)?;
			}
			let statement = wallet.new_chart(genesis, custodian, expires)?;
			write_json(&file, &statement)?;
			context.print(&Stated { file, statement }, out)
		},
		Command::Enrol { key, custodian, statement, wait } => {
			enrol::run(&key, custodian, &statement, wait, context, out).await
		},
		Command::Show { chart, wallet } => {
			let at = context.finalised().await?;
			let genesis = context.chain().await?.genesis();
			let ids: Vec<_> = match wallet {
				Some(path) => super::terms::charts(&context.open_wallet(&path)?, &genesis, None)?
					.into_iter()
					.map(|chart| chart.chart)
					.collect(),
				None => chart.into_iter().collect(),
			};
			let mut charts = Vec::new();
			for id in ids {
				let facts = at.chart_view(id).await?;
				if facts.is_none() && chart.is_some() {
					return Err(Error::NotFound { what: "chart", id: id.to_string() });
				}
				charts.push(Known { chart: id, view: facts });
			}
			context.print(&Shown { head: at.head(), charts }, out)
		},
		Command::RotateKey(own) => life::rotate(&own, context, out).await,
		Command::Guard(options) => guard::run(options, context, out).await,
		Command::Guardian(options) => guardian::run(options, context, out).await,
		Command::Rekey(options) => rekey::run(options, context, out).await,
		Command::Deactivate(own) => life::by_key(&own, Call::deactivate, context, out).await,
		Command::Reactivate(own) => life::by_key(&own, Call::reactivate, context, out).await,
		Command::ReportDeath(of) => life::by_staff(&of, Call::report_death, context, out).await,
		Command::DisputeDeath(own) => life::by_key(&own, Call::dispute_death, context, out).await,
	}
}

#[derive(Serialize)]
struct Stated {
	file: PathBuf,
	#[serde(flatten)]
	statement: EnrolChart,
}

impl Report for Stated {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let statement = &self.statement.statement;
		Fields::default()
			.add("statement", self.file.display())
			.add("chart", statement.chart)
			.add("custodian", statement.custodian)
			.add("key", render::hex(&statement.key))
			.add("expires", render::moment(statement.expires))
			.write(out)
	}
}

#[derive(Serialize)]
struct Shown {
	head: Head,
	charts: Vec<Known>,
}

#[derive(Serialize)]
struct Known {
	chart: ChartId,
	/// None while the chart is not enrolled.
	#[serde(rename = "facts")]
	view: Option<ChartView>,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		if let [Known { view: Some(view), .. }] = self.charts.as_slice() {
			return one(view, &self.head, out);
		}
		let mut table = Table::new(&["CHART", "CUSTODIAN", "STATE", "DIRECTIVES"]);
		for Known { chart, view } in &self.charts {
			table.row(match view {
				Some(ChartView { facts, .. }) => vec![
					chart.to_string(),
					facts.custodian.to_string(),
					facts.state.to_string(),
					facts.directives.len().to_string(),
				],
				None => vec![chart.to_string(), "-".into(), "not enrolled".into(), "-".into()],
			});
		}
		table.write(out, "no charts: make one with `salus chart statement`")
	}
}

/// All that the chain knows of a chart.
fn one(view: &ChartView, head: &Head, out: &mut dyn Write) -> std::io::Result<()> {
	let ChartView { facts, guard, rekeying, death } = view;
	Fields::default()
		.add("chart", facts.chart)
		.add("custodian", facts.custodian)
		.add("key", render::hex(&facts.key))
		.add("state", facts.state)
		.maybe(
			"death",
			death.map(|report| {
				let DeathReport { practitioner, at, .. } = report;
				format!("reported by practitioner {practitioner}, {}", render::moment(at))
			}),
		)
		.maybe("then opens", facts.posthumous)
		.maybe("guard", *guard)
		.maybe(
			"re-keying",
			rekeying.map(|open| {
				format!(
					"to {} from {} on; cancel with `salus chart rekey cancel` if you lost nothing",
					render::short(&render::hex(&open.key)),
					render::moment(open.ready)
				)
			}),
		)
		.add("directives", facts.directives.len())
		.add("as of", format!("block {}", render::block(head)))
		.write(out)?;
	facts.directives.iter().try_for_each(|directive| match &directive.guardian {
		None => writeln!(out, "  {}", directive.id),
		Some(guardian) => writeln!(
			out,
			"  {} by a guardian ({} {})",
			directive.id,
			guardian.relation,
			render::short(&guardian.leaf)
		),
	})
}

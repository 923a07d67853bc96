//! `salus chart`.

mod enrol;
mod export;
mod guard;
mod guardian;
mod life;
mod rekey;
mod transfer_withdraw;
mod transfer_word;

pub(super) use guard::write_card;
pub(super) use guardian::carry_out;
pub(super) use life::Untold;

use super::{
	now,
	relay::{self, Act, Carried, Way},
	render,
	render::{Fields, Report, Table},
	usage, Context,
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
	views::{ChartView, Contest, DeathReport, Rekeying},
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
		/// Another chart than the one that the wallet has there, where that one is lost for good.
		#[arg(long)]
		another: bool,
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
	/// The patient's own copy: all records of the chart with their contents in one FHIR Bundle.
	Export {
		#[command(flatten)]
		own: Own,
		/// File for the Bundle.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// The patient says which chart of theirs at another custodian records may go to.
	TransferWord(transfer_word::Options),
	/// The patient withdraws what was not taken over of transfers from a chart.
	TransferWithdraw(transfer_withdraw::Options),
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
	/// The patient, or a clinician of the custodian, disputes that the patient is dead.
	DisputeDeath(OwnOrStaff),
}

/// A chart of the one who acts.
#[derive(Debug, Args)]
pub(super) struct Own {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// Which chart, where the wallet has several there [default: the newest].
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
	#[command(flatten)]
	pub(super) way: Way,
}

/// A chart that its patient or its custodian's staff act on.
#[derive(Debug, Args)]
struct OwnOrStaff {
	/// The patient's wallet.
	#[arg(long, value_name = "FILE", requires = "custodian", required_unless_present = "key")]
	wallet: Option<PathBuf>,
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N", conflicts_with = "key")]
	custodian: Option<OrganisationId>,
	/// Key file of a member of the custodian's staff.
	#[arg(long, value_name = "FILE", requires = "chart", conflicts_with = "wallet")]
	key: Option<PathBuf>,
	/// The chart [default: the patient's newest there].
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
	#[command(flatten)]
	way: Way,
}

impl OwnOrStaff {
	/// Has the call about the chart carried out: the patient's by the vault where it answers, that of
	/// staff, who have nothing to hide, as a transaction of their own.
	async fn submit(self, act: Act<'_>, context: &Context) -> Result<(ChartId, Carried)> {
		match self {
			Self { key: Some(key), chart: Some(chart), .. } => {
				let identity = context.open_key(&key)?;
				Ok((chart, Carried::direct(context.submit(&identity, &act.call(chart)).await?)))
			},
			Self { wallet: Some(wallet), custodian: Some(custodian), chart, way, .. } => {
				let own = Own { wallet, custodian, chart, way };
				let (_, chart, identity) = own.open(context).await?;
				let carried = relay::call(&chart, &identity, act, way, context).await?;
				Ok((chart.chart, carried))
			},
			_ => Err(usage(
				"who acts is missing",
				"give --wallet and --custodian, or --key and --chart",
			)),
		}
	}
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
	pub(super) async fn open(&self, context: &Context) -> Result<(Wallet, WalletChart, Identity)> {
		let mut wallet = context.current_wallet(&self.wallet).await?;
		let genesis = context.chain().await?.genesis();
		let chart = match self.chart {
			Some(chart) => wallet.chart(&chart)?.chart,
			None => wallet.chart_at(&genesis, self.custodian)?.chart,
		};
		let view = context.finalised().await?.chart_view(chart).await?;
		let view = view.ok_or(Error::NotFound { what: "chart", id: chart.to_string() })?;
		if !wallet.follow_key(&chart, &view.facts.key)? {
			return Err(Error::KeyElsewhere(chart.to_string()));
		}
		if let Some(open) = view.rekeying {
			eprintln!("note: {}", notice(&open));
		}
		let chart = wallet.chart(&chart)?.clone();
		let identity = wallet.identity(&chart)?;
		Ok((wallet, chart, identity))
	}
}

/// The moment, by chain and clock, at which what is signed now should expire.
pub(super) async fn in_hours(hours: u64, context: &Context) -> Result<Moment> {
	let head = context.chain().await?.head().await?;
	let expires = head.at.max(now()).saturating_add(hours * 60 * 60 * 1000);
	Ok(expires.min(head.at.saturating_add(MAX_ENROLMENT_VALIDITY)))
}

/// Writes a file that another program or person reads.
fn write_json(path: &Path, content: &impl Serialize) -> Result<()> {
	let json = serde_json::to_vec_pretty(content).map_err(|fault| Error::io(path)(fault.into()))?;
	salus_client::sealed_file::replace(path, &json)
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path, format: &'static str) -> Result<T> {
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
		Command::Statement { wallet, custodian, hours, out: file, another, guardians } => {
			context.organisation(custodian).await?;
			let keeper = context.keeper(custodian).await?;
			if keeper != custodian {
				return Err(Error::HoldingMoved { organisation: custodian, keeper });
			}
			let expires = in_hours(hours, context).await?;
			let genesis = context.chain().await?.genesis();
			let mut wallet = context.current_wallet(&wallet).await?;
			let kept: Vec<_> = wallet
				.charts_at(&genesis, custodian)
				.iter()
				.map(|chart| chart.origin())
				.collect();
			if let (false, false, Some(by)) = (another, kept.contains(&custodian), kept.first()) {
				return Err(usage(
					format!(
						"organisation {custodian} keeps a chart of yours already, which organisation {by} enrolled"
					),
					"use that one, or make one beside it with --another",
				));
			}
			let chart = if another {
				wallet.make_another_chart(genesis, custodian)?
			} else {
				wallet.make_chart(genesis, custodian)?
			};
			if guardians.are_named() {
				if context.finalised().await?.chart(chart.chart).await?.is_some() {
					return Err(usage(
						"the chart is enrolled already",
						"name its guardians with `salus chart guard set`",
					));
				}
				let guard = guardians.keep(&mut wallet, &chart)?;
				guardians.write_cards(&guard, &chart)?;
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
		Command::Export { own, out: file } => export::run(&own, file, context, out).await,
		Command::TransferWord(options) => transfer_word::run(options, context, out).await,
		Command::TransferWithdraw(options) => transfer_withdraw::run(options, context, out).await,
		Command::RotateKey(own) => life::rotate(&own, context, out).await,
		Command::Guard(options) => guard::run(options, context, out).await,
		Command::Guardian(options) => guardian::run(options, context, out).await,
		Command::Rekey(options) => rekey::run(options, context, out).await,
		Command::Deactivate(own) => life::by_key(&own, Act::Deactivate, context, out).await,
		Command::Reactivate(own) => life::by_key(&own, Act::Reactivate, context, out).await,
		Command::ReportDeath(of) => life::by_staff(&of, Call::report_death, context, out).await,
		Command::DisputeDeath(who) => life::dispute_death(who, context, out).await,
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
		table.write(out, "no charts: make one with `salus chart statement`")?;
		// A notice that does not show is none.
		for view in self.charts.iter().filter_map(|known| known.view.as_ref()) {
			let chart = render::short(&view.facts.chart);
			if let Some(open) = &view.rekeying {
				writeln!(out, "{chart}: {}", notice(open))?;
			}
			if let Some(report) = &view.death {
				writeln!(out, "{chart}: death {}", reported(report))?;
			}
		}
		Ok(())
	}
}

/// A re-keying in words.
fn notice(open: &Rekeying) -> String {
	format!(
		"re-keying to {} from {} on; cancel with `salus chart rekey cancel` if you lost nothing",
		render::short(&render::hex(&open.key)),
		render::moment(open.ready)
	)
}

/// A contest over the chart's key in words.
fn contested(contest: &Contest) -> String {
	let Contest { cancellations, upheld } = contest;
	let then = if *upheld { "; the council upholds the next" } else { "" };
	format!("re-keying cancelled {cancellations} times{then}")
}

/// A report of a death in words.
fn reported(report: &DeathReport) -> String {
	let DeathReport { practitioner, at, .. } = report;
	format!("reported by practitioner {practitioner}, {}", render::moment(*at))
}

/// All that the chain knows of a chart.
fn one(view: &ChartView, head: &Head, out: &mut dyn Write) -> std::io::Result<()> {
	let ChartView { facts, guard, rekeying, contest, death } = view;
	Fields::default()
		.add("chart", facts.chart)
		.add("custodian", facts.custodian)
		.add("key", render::hex(&facts.key))
		.add("state", facts.state)
		.maybe("death", death.as_ref().map(reported))
		.maybe("then opens", facts.posthumous)
		.maybe("guard", *guard)
		.maybe("notice", rekeying.as_ref().map(notice))
		.maybe("contested", contest.as_ref().map(contested))
		.add("directives", facts.directives.len())
		.add("as of", format!("block {}", render::block(head)))
		.write(out)?;
	facts.directives.iter().try_for_each(|directive| {
		match (&directive.guardian, &directive.paper) {
			(None, None) => writeln!(out, "  {}", directive.id),
			(None, Some(paper)) => writeln!(
				out,
				"  {} on paper, by {} and {}",
				directive.id,
				render::hex(&paper.submitter),
				render::hex(&paper.witness)
			),
			(Some(guardian), _) => writeln!(
				out,
				"  {} by a guardian ({} {})",
				directive.id,
				guardian.relation,
				render::short(&guardian.leaf)
			),
		}
	})
}

//! `salus chart`.

use super::{
	now, render,
	render::{Fields, Report, Table},
	usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	vault_api::{EnrolChart, Head},
	Error, Result,
};
use salus_primitives::{
	decision::ChartFacts,
	enrolment::MAX_ENROLMENT_VALIDITY,
	ids::{ChartId, OrganisationId},
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
	time::Instant,
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
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Statement { wallet, custodian, hours, out: file } => {
			context.organisation(custodian).await?;
			let head = context.chain().await?.head().await?;
			let expires = head.at.max(now()).saturating_add(hours * 60 * 60 * 1000);
			let expires = expires.min(head.at.saturating_add(MAX_ENROLMENT_VALIDITY));
			let genesis = context.chain().await?.genesis();
			let mut wallet = context.open_wallet(&wallet)?;
			let statement = wallet.new_chart(genesis, custodian, expires)?;
			let json = serde_json::to_vec_pretty(&statement)
				.map_err(|fault| Error::io(&file)(fault.into()))?;
			salus_client::sealed_file::replace(&file, &json)?;
			context.print(&Stated { file, statement }, out)
		},
		Command::Enrol { key, custodian, statement } => {
			let statement = read_statement(&statement)?;
			if statement.statement.custodian != custodian {
				return Err(usage(
					format!(
						"the statement is for organisation {}, not {custodian}",
						statement.statement.custodian
					),
					"let the patient sign one for this custodian",
				));
			}
			let identity = context.open_key(&key)?;
			let vault = context.session(custodian, &identity).await?;
			let began = Instant::now();
			let enrolled =
				context.wait("enrolling the chart", vault.enrol_chart(&statement)).await?;
			let ms = began.elapsed().as_millis();
			context.print(
				&Enrolled { chart: enrolled.chart, custodian, block: enrolled.block, ms },
				out,
			)
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
				let facts = at.chart(id).await?;
				if facts.is_none() && chart.is_some() {
					return Err(Error::NotFound { what: "chart", id: id.to_string() });
				}
				charts.push(Known { chart: id, facts });
			}
			context.print(&Shown { head: at.head(), charts }, out)
		},
	}
}

fn read_statement(path: &Path) -> Result<EnrolChart> {
	let json = std::fs::read(path).map_err(Error::io(path))?;
	serde_json::from_slice(&json).map_err(|fault| Error::WrongFormat {
		path: path.into(),
		format: "enrolment statement",
		detail: fault.to_string(),
	})
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
struct Enrolled {
	chart: ChartId,
	custodian: OrganisationId,
	block: Head,
	ms: u128,
}

impl Report for Enrolled {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("custodian", self.custodian)
			.add("enrolled", format!("final in block {} after {} ms", self.block.number, self.ms))
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
	facts: Option<ChartFacts>,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		if let [Known { facts: Some(facts), .. }] = self.charts.as_slice() {
			Fields::default()
				.add("chart", facts.chart)
				.add("custodian", facts.custodian)
				.add("key", render::hex(&facts.key))
				.add("state", facts.state)
				.add("directives", facts.directives.len())
				.add("as of", format!("block {}", render::block(&self.head)))
				.write(out)?;
			return facts.directives.iter().try_for_each(|(id, _)| writeln!(out, "  {id}"));
		}
		let mut table = Table::new(&["CHART", "CUSTODIAN", "STATE", "DIRECTIVES"]);
		for Known { chart, facts } in &self.charts {
			table.row(match facts {
				Some(facts) => vec![
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

//! `salus chart transfer-word`.

use super::write_json;
use crate::cli::{days, now, render, usage, Context};
use clap::Args;
use render::{Fields, Report};
use salus_client::{
	vault_api::{TransferId, TransferWord},
	Result,
};
use salus_primitives::{
	ids::{ChartId, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Options {
	/// The wallet, which has both charts.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that keeps the records.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// Which chart there, where the wallet has several [default: the newest].
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
	/// The organisation that is to keep them, where the patient has a chart too.
	#[arg(long, value_name = "N")]
	to: OrganisationId,
	/// Which chart there [default: the newest].
	#[arg(long, value_name = "ID")]
	to_chart: Option<ChartId>,
	/// Days for which the word is good.
	#[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=30))]
	days: u32,
	/// File for the word.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Signs with the keys of both charts that one may give its records to the other.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { wallet, custodian, chart, to, to_chart, days: for_days, out: file } = options;
	let wallet = context.current_wallet(&wallet).await?;
	let genesis = context.chain().await?.genesis();
	let find = |chart: Option<ChartId>, at| match chart {
		Some(chart) => wallet.chart(&chart),
		None => wallet.chart_at(&genesis, at),
	};
	let (from, to_chart) = (find(chart, custodian)?, find(to_chart, to)?);
	for (known, of) in [(from, custodian), (to_chart, to)] {
		if ![known.custodian, known.origin()].contains(&of) {
			return Err(usage(
				format!("chart {} is not at organisation {of}", known.chart),
				"name a chart of that organisation; `salus chart show --wallet` lists them",
			));
		}
	}
	let (custodian, to) = (from.custodian, to_chart.custodian);
	if custodian == to {
		return Err(usage(
			"the custodian is the same twice",
			"name with --to who is to keep the records",
		));
	}
	let head = context.chain().await?.head().await?;
	// The vaults count from the chain's time, which may trail the clock.
	let expires = head.at.min(now()).saturating_add(days(for_days));
	let keys = (wallet.identity(from)?, wallet.identity(to_chart)?);
	let charts = [(&keys.0, custodian, from.chart), (&keys.1, to, to_chart.chart)];
	let word = TransferWord::sign(genesis, charts, expires);
	write_json(&file, &word)?;
	let said = Said {
		file,
		transfer: word.statement.id(),
		from: custodian,
		from_chart: from.chart,
		to,
		to_chart: to_chart.chart,
		expires,
	};
	context.print(&said, out)
}

#[derive(Serialize)]
struct Said {
	file: PathBuf,
	transfer: TransferId,
	from: OrganisationId,
	from_chart: ChartId,
	to: OrganisationId,
	to_chart: ChartId,
	expires: Moment,
}

impl Report for Said {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("file", self.file.display())
			.add("transfer", self.transfer)
			.add("from", format!("{}, chart {}", self.from, self.from_chart))
			.add("to", format!("{}, chart {}", self.to, self.to_chart))
			.add("expires", render::moment(self.expires))
			.write(out)?;
		writeln!(out, "It joins the two charts: give it to the records officers of both alone.")
	}
}

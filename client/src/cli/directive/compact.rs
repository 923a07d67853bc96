//! `salus directive compact`.

use super::{
	super::{relay, render, terms::charts, Context},
	Carried, Way,
};
use clap::Args;
use render::{Report, Table};
use salus_client::Result;
use salus_primitives::{
	decision::MAX_ACTIVE_DIRECTIVES,
	directive::{dispensable, Dispensable},
	ids::{ChartId, DirectiveId, OrganisationId},
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Options {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Only on the chart at this organisation.
	#[arg(long, value_name = "N")]
	custodian: Option<OrganisationId>,
	/// Only say what would be ended.
	#[arg(long)]
	check: bool,
	#[command(flatten)]
	way: Way,
}

/// Ends what can go without a decision changing.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { wallet, custodian, check, way } = options;
	let mut wallet = context.current_wallet(&wallet).await?;
	let chain = context.chain().await?;
	let (genesis, now) = (chain.genesis(), chain.head().await?.at);
	let mut compacted = Vec::new();
	for chart in charts(&wallet, &genesis, custodian)? {
		let at = context.finalised().await?;
		let facts = at.chart(chart.chart).await?.map(|facts| facts.directives).unwrap_or_default();
		let active: Vec<_> = facts.into_iter().map(|active| active.id).collect();
		let mut own = Vec::new();
		for issued in wallet.directives() {
			if issued.chart == chart.chart
				&& issued.guardian.is_none()
				&& wallet.active_as(issued, &active)?.is_some()
			{
				own.push((issued.id, issued.opening.terms.clone()));
			}
		}
		let named: Vec<_> = own.iter().map(|(id, terms)| (*id, terms)).collect();
		let going = dispensable(&named, now);
		let mut ended = Vec::new();
		for (directive, why) in going {
			let submitted = if check {
				None
			} else {
				let ending = relay::end(&mut wallet, &chart, directive, way, context);
				Some(context.wait("ending a directive", ending).await?)
			};
			ended.push(Ended { directive, why, submitted });
		}
		compacted.push(Compacted {
			chart: chart.chart,
			custodian: chart.custodian,
			active: active.len(),
			most: MAX_ACTIVE_DIRECTIVES,
			ended,
		});
	}
	context.print(&Compaction { check, charts: compacted }, out)
}

#[derive(Serialize)]
struct Compaction {
	/// Whether nothing was done.
	check: bool,
	charts: Vec<Compacted>,
}

#[derive(Serialize)]
struct Compacted {
	chart: ChartId,
	custodian: OrganisationId,
	/// Active directives before.
	active: usize,
	/// As many as a chart can have.
	most: u32,
	ended: Vec<Ended>,
}

#[derive(Serialize)]
struct Ended {
	directive: DirectiveId,
	why: Dispensable,
	/// None where nothing was done.
	submitted: Option<Carried>,
}

impl Report for Compaction {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["DIRECTIVE", "AT", "WHY", "ENDED"]);
		for chart in &self.charts {
			for ended in &chart.ended {
				table.row(vec![
					render::short(&ended.directive),
					chart.custodian.to_string(),
					match &ended.why {
						Dispensable::Over => "its period is over".into(),
						Dispensable::SaidBy(by) => format!("{} says all of it", render::short(by)),
					},
					match &ended.submitted {
						Some(carried) => render::submitted(&carried.submitted),
						None => "would be".into(),
					},
				]);
			}
		}
		table.write(out, "every directive says something of its own")?;
		for Compacted { custodian, active, most, .. } in &self.charts {
			writeln!(
				out,
				"the chart at organisation {custodian} had {active} of {most} active directives"
			)?;
		}
		Ok(())
	}
}

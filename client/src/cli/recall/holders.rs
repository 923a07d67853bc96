//! `salus recall holders`.

use crate::cli::{
	disclosure::{Log, Whose},
	now,
	render::{self, Report, Table},
	Context,
};
use salus_client::{
	chain::At,
	recalls::{Compared, Holder, HolderState},
	vault_api::{PostedDirective, Recall},
	Error, Result,
};
use salus_primitives::{
	codes::{RecordState, Role},
	directive::DirectiveTerms,
	ids::{AccountBytes, ChartId, DirectiveId, OrganisationId, RecordId},
};
use serde::Serialize;
use std::{collections::HashSet, io::Write};

pub(super) async fn run(whose: Whose, context: &Context, out: &mut impl Write) -> Result<()> {
	let logs = whose.logs_with_recalls(context).await?;
	let genesis = context.chain().await?.genesis();
	let at = context.finalised().await?;
	let mut charts = Vec::with_capacity(logs.len());
	for (log, recalls, openings) in logs {
		charts.push(Of::chart(&at, genesis, &log, &recalls, &openings).await?);
	}
	let faults = charts.iter().map(|chart| chart.faults.len()).sum();
	context.print(&Holders { charts }, out)?;
	match faults {
		0 => Ok(()),
		faults => Err(Error::LogFaulty(faults)),
	}
}

#[derive(Serialize)]
struct Holders {
	charts: Vec<Of>,
}

#[derive(Serialize)]
struct Of {
	chart: ChartId,
	custodian: OrganisationId,
	holders: Vec<Line>,
	/// Where log, chain and what the custodian says do not agree.
	faults: Vec<String>,
}

#[derive(Serialize)]
struct Line {
	#[serde(flatten)]
	holder: Holder,
	/// For whom who answered spoke.
	answered_for: Option<Speaker>,
}

/// Who answered.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Speaker {
	/// The recipient.
	Recipient,
	/// An administrator or records officer of the recipient's house.
	House,
	/// An account that does not speak for the house now, and did when the custodian took the answer, by the
	/// custodian's word alone.
	NobodyNow,
}

impl Of {
	/// The holders of what left a chart.
	async fn chart(
		at: &At,
		genesis: [u8; 32],
		log: &Log,
		recalls: &[Recall],
		openings: &[PostedDirective],
	) -> Result<Self> {
		let (chart, custodian) = (log.chart, log.custodian);
		let active = active(at, chart, openings).await?;
		let compared = |erased: &HashSet<RecordId>| {
			let now = at.head().at.max(now());
			let active = &active;
			Compared { genesis, chart, custodian, active, recalls, erased, now }
				.holders(log.entries())
		};
		let (found, _) = compared(&HashSet::new());
		let erased = erased(at, &found).await?;
		let (found, wrong) = compared(&erased);
		let mut holders = Vec::with_capacity(found.len());
		for holder in found {
			let answered_for = match holder.answered_by {
				Some(account) => Some(speaker(at, account, &holder).await?),
				None => None,
			};
			holders.push(Line { holder, answered_for });
		}
		let faults = log.faults.iter().cloned().chain(wrong).collect();
		Ok(Self { chart, custodian, holders, faults })
	}
}

/// The chart's active directives, with the terms of those whose openings open them.
async fn active(
	at: &At,
	chart: ChartId,
	openings: &[PostedDirective],
) -> Result<Vec<(DirectiveId, Option<DirectiveTerms>)>> {
	let facts = at.chart(chart).await?;
	let active = facts.map_or(Vec::new(), |facts| facts.directives).into_iter();
	let with_terms = active.map(|active| {
		let opens =
			|known: &&PostedDirective| known.id == active.id && known.opening.opens(&active.seal);
		let terms = openings.iter().find(opens).map(|known| known.opening.terms.clone());
		(active.id, terms)
	});
	Ok(with_terms.collect())
}

/// Which records of those who were told nothing are erased: their receipts tell who has them.
async fn erased(at: &At, holders: &[Holder]) -> Result<HashSet<RecordId>> {
	let untold = holders.iter().filter(|holder| {
		matches!(holder.state, HolderState::NotTold | HolderState::MayBePermitted)
	});
	let records: HashSet<RecordId> =
		untold.flat_map(|holder| holder.records.iter().copied()).collect();
	let mut erased = HashSet::new();
	for record in records {
		if at.record(record).await?.is_some_and(|facts| facts.state == RecordState::Erased) {
			erased.insert(record);
		}
	}
	Ok(erased)
}

/// For whom the account speaks now that answered.
async fn speaker(at: &At, account: AccountBytes, holder: &Holder) -> Result<Speaker> {
	if account == holder.recipient.account {
		return Ok(Speaker::Recipient);
	}
	let house = holder.recipient.organisation;
	for role in [Role::Administrator, Role::RecordsOfficer] {
		if at.standing(account, house, role).await?.iter().next().is_none() {
			return Ok(Speaker::House);
		}
	}
	Ok(Speaker::NobodyNow)
}

impl Line {
	fn state(&self) -> String {
		let Holder { state, ground, .. } = &self.holder;
		let mut words = state.words().to_owned();
		if let Some(ground) = ground {
			words = format!("{words}: {}", ground.code());
		}
		match self.answered_for {
			Some(Speaker::House) => format!("{words} (by their house)"),
			Some(Speaker::NobodyNow) => {
				format!("{words} (by an account that does not speak for their house now)")
			},
			Some(Speaker::Recipient) | None => words,
		}
	}
}

impl Report for Holders {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		for (place, of) in self.charts.iter().enumerate() {
			if place > 0 {
				writeln!(out)?;
			}
			writeln!(out, "Chart {} at organisation {}", render::short(&of.chart), of.custodian)?;
			let mut table =
				Table::new(&["WHO", "FOR", "RECORDS", "LAST", "UNDER", "TOLD", "DUE", "STATE"]);
			for line in &of.holders {
				let holder = &line.holder;
				let moment = |at: Option<_>| at.map_or_else(|| "-".to_owned(), render::moment);
				table.row(vec![
					match holder.practitioner {
						Some(practitioner) => format!("practitioner {practitioner}"),
						None => render::short(&render::hex(&holder.recipient.account)),
					},
					holder.recipient.organisation.to_string(),
					holder.records.len().to_string(),
					render::moment(holder.last),
					render::short(&holder.directive),
					moment(holder.since),
					moment(holder.due),
					line.state(),
				]);
			}
			table.write(out, "nobody has what they may read no more")?;
			of.faults.iter().try_for_each(|fault| writeln!(out, "FAULT: {fault}"))?;
		}
		if self.charts.is_empty() {
			writeln!(out, "no charts")?;
		}
		Ok(())
	}
}

//! What the patient is told of break-glass.

use crate::cli::{
	disclosure::{Log, Whose},
	render::{self, Report},
	Context,
};
use salus_client::{chain::At, vault_api::EmergencyNotice, Error, Result};
use salus_primitives::{
	break_glass::{MAX_POSTING, MAX_STALE_HEAD},
	disclosure::{DisclosureEntry, Subject},
	ids::{BreakGlassId, ChartId, OrganisationId, RecordId},
	time::Moment,
	views::BreakGlassView,
};
use serde::Serialize;
use std::io::Write;

/// That the glass of a chart was broken.
#[derive(Serialize)]
pub(in crate::cli) struct Broken {
	/// The chart.
	pub(in crate::cli) chart: ChartId,
	/// Who keeps it.
	pub(in crate::cli) custodian: OrganisationId,
	/// How often.
	pub(in crate::cli) count: usize,
}

pub(super) async fn run(whose: Whose, context: &Context, out: &mut impl Write) -> Result<()> {
	let logs = whose.logs_with_notices(context).await?;
	let at = context.finalised().await?;
	let mut charts = Vec::with_capacity(logs.len());
	for (log, told) in logs {
		charts.push(Told::of(&at, log, &told).await?);
	}
	let faults = charts.iter().map(|chart| chart.faults.len()).sum();
	context.print(&Notices { charts }, out)?;
	match faults {
		0 => Ok(()),
		faults => Err(Error::LogFaulty(faults)),
	}
}

#[derive(Serialize)]
struct Notices {
	charts: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
	chart: ChartId,
	custodian: OrganisationId,
	emergencies: Vec<Emergency>,
	/// Where the vault's notices, its log and the chain do not agree.
	faults: Vec<String>,
}

#[derive(Serialize)]
struct Emergency {
	break_glass: BreakGlassId,
	/// As the chain has it.
	#[serde(skip_serializing_if = "Option::is_none")]
	known: Option<BreakGlassView>,
	/// The log's lines that are due to it.
	first: u32,
	last: u32,
	releases: u32,
	/// Whether it is a search, which found the chart and opened nothing.
	search: bool,
	/// The records that were released.
	records: Vec<RecordId>,
}

impl Told {
	/// What a chart's log has of break-glass, compared with the vault's notices and the chain.
	async fn of(at: &At, log: Log, told: &[EmergencyNotice]) -> Result<Self> {
		let mut faults = log.faults.clone();
		let mut emergencies: Vec<Emergency> = Vec::new();
		for entry in log.entries() {
			let Some(id) = entry.broken_glass() else { continue };
			let known = emergencies.iter().position(|known| known.break_glass == id);
			let place = match known {
				Some(place) => place,
				None => {
					emergencies.push(Emergency {
						break_glass: id,
						known: at.break_glass(id).await?,
						first: entry.sequence,
						last: entry.sequence,
						releases: 0,
						search: entry.subject == Subject::Presence,
						records: Vec::new(),
					});
					emergencies.len().saturating_sub(1)
				},
			};
			let Some(emergency) = emergencies.get_mut(place) else { continue };
			emergency.add(entry);
			// What is sealed is the one or the other.
			if emergency.search != (entry.subject == Subject::Presence) {
				let fault = "names a search that opened something, or a break-glass that searched";
				faults.push(format!("entry {} {fault}", entry.sequence));
			}
			let due = match &emergency.known {
				Some(known) => known.glass.accounts_for(entry),
				None => may_come(id, entry, at.head().at),
			};
			if !due {
				faults.push(format!(
					"entry {} names a break-glass that is not its own",
					entry.sequence
				));
			}
		}
		let length = log.entries().last().map_or(0, |entry| entry.sequence.saturating_add(1));
		faults.extend(compare(&emergencies, told, length));
		let Log { chart, custodian, .. } = log;
		Ok(Self { chart, custodian, emergencies, faults })
	}
}

/// Whether the statement that the entry names can still be posted at `now`.
fn may_come(id: BreakGlassId, entry: &DisclosureEntry, now: Moment) -> bool {
	let last = entry.at.saturating_add(MAX_STALE_HEAD).saturating_add(MAX_POSTING);
	id.is_of_statement() && now <= last
}

impl Emergency {
	fn add(&mut self, entry: &DisclosureEntry) {
		self.last = entry.sequence;
		self.releases = self.releases.saturating_add(1);
		if let Subject::Record(record) = entry.subject {
			if !self.records.contains(&record) {
				self.records.push(record);
			}
		}
	}
}

/// Where the vault's notices are not what its log says, which was read before them up to `length`.
fn compare(emergencies: &[Emergency], told: &[EmergencyNotice], length: u32) -> Vec<String> {
	let fault = |id: &BreakGlassId| {
		format!("the notice of break-glass {} is not what the log says", render::short(id))
	};
	let without = emergencies.iter().filter(|logged| {
		!told.iter().any(|told| {
			let since = told.last >= length && told.releases > logged.releases;
			let same = told.last == logged.last && told.releases == logged.releases;
			told.break_glass == logged.break_glass && told.first == logged.first && (same || since)
		})
	});
	let unknown = told.iter().filter(|told| {
		let logged = emergencies.iter().any(|logged| logged.break_glass == told.break_glass);
		!logged && told.first < length
	});
	let without = without.map(|logged| fault(&logged.break_glass));
	without.chain(unknown.map(|told| fault(&told.break_glass))).collect()
}

impl Report for Notices {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		for (place, told) in self.charts.iter().enumerate() {
			if place > 0 {
				writeln!(out)?;
			}
			let chart = render::short(&told.chart);
			writeln!(out, "Chart {chart} at organisation {}", told.custodian)?;
			if told.emergencies.is_empty() {
				writeln!(out, "nobody broke the glass")?;
			}
			for emergency in &told.emergencies {
				emergency.tell(out)?;
			}
			told.faults.iter().try_for_each(|fault| writeln!(out, "FAULT: {fault}"))?;
		}
		if self.charts.is_empty() {
			writeln!(out, "no charts")?;
		}
		Ok(())
	}
}

impl Emergency {
	fn tell(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = render::Fields::default().add("break-glass", self.break_glass);
		let fields = match &self.known {
			Some(BreakGlassView { glass, state, .. }) => fields
				.add(
					"by",
					format!(
						"practitioner {} at organisation {}",
						glass.practitioner, glass.organisation
					),
				)
				.add("when", render::moment(glass.opened))
				.add("reason", glass.reason)
				.add("scope", glass.scope)
				.add("state", state)
				.maybe(
					"reviewed by",
					glass
						.reviews
						.last()
						.map(|review| format!("organisation {}", review.organisation)),
				),
			None if self.break_glass.is_of_statement() => {
				fields.add("state", "stated while finality stalled, not posted yet")
			},
			None => fields.add("state", "NOT ON THE CHAIN"),
		};
		fields
			.add(
				"seen",
				match self.search {
					true => "a search: that the chart is here, and nothing else".into(),
					false => format!("{} records, {} releases", self.records.len(), self.releases),
				},
			)
			.add("in the log", format!("entries {} to {}", self.first, self.last))
			.write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		codes::{Action, Purpose},
		decision::{Accessor, Basis},
		disclosure::Outcome,
	};

	fn notice(id: u8, last: u32) -> EmergencyNotice {
		EmergencyNotice { break_glass: BreakGlassId([id; 32]), first: 1, last, releases: 2 }
	}

	fn logged(id: u8, last: u32) -> Emergency {
		Emergency {
			break_glass: BreakGlassId([id; 32]),
			known: None,
			first: 1,
			last,
			releases: 2,
			search: false,
			records: Vec::new(),
		}
	}

	#[test]
	fn a_notice_that_the_log_does_not_bear_out_is_a_fault() {
		assert!(compare(&[], &[], 9).is_empty());
		assert!(compare(&[logged(1, 4)], &[notice(1, 4)], 9).is_empty());
		for (logged, told) in [
			(vec![logged(1, 4)], vec![]),
			(vec![], vec![notice(1, 4)]),
			(vec![logged(1, 4)], vec![notice(1, 5)]),
		] {
			assert_eq!(compare(&logged, &told, 9).len(), 1);
		}
		assert_eq!(compare(&[logged(1, 4)], &[notice(2, 4)], 9).len(), 2);
	}

	#[test]
	fn a_statement_may_come_for_a_week() {
		let (of_statement, opened) = (BreakGlassId([0x80; 32]), BreakGlassId([1; 32]));
		let entry = DisclosureEntry {
			chart: ChartId([1; 32]),
			sequence: 0,
			previous: None,
			at: 1_000,
			head: [0; 32],
			accessor: Accessor::Patient { account: [1; 32] },
			practitioner: None,
			action: Action::Access,
			purpose: Purpose::EmergencyTreatment,
			subject: Subject::Listing,
			outcome: Outcome::Released(Basis::BreakGlass(of_statement)),
		};
		let last = 1_000 + MAX_STALE_HEAD + MAX_POSTING;
		assert!(may_come(of_statement, &entry, last) && !may_come(of_statement, &entry, last + 1));
		assert!(!may_come(opened, &entry, 1_000));
	}

	#[test]
	fn what_was_released_since_the_log_was_read_is_none() {
		let more = EmergencyNotice { releases: 3, ..notice(1, 9) };
		assert!(compare(&[logged(1, 4)], &[more], 9).is_empty());
		assert!(compare(&[], &[EmergencyNotice { first: 9, ..notice(1, 9) }], 9).is_empty());
	}
}

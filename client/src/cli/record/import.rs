//! `salus record import`.

use super::trusted_keys;
use crate::cli::{
	render::{Fields, Report},
	usage, Context,
};
use clap::Args;
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use salus_client::{
	bulk::{self, Charts, Imported, Job, Progress, Sources},
	transfer::Session,
	vault_api::{codes, PublishedKey},
	Error, Result,
};
use salus_primitives::ids::{ChartId, OrganisationId};
use serde::Serialize;
use std::{
	collections::HashMap,
	io::Write,
	path::{Path, PathBuf},
	sync::Mutex,
	time::{Duration, Instant},
};

/// Charts whose keys are asked for at once.
const AT_ONCE: usize = 8;
/// How often JSON tells how far it is.
const TELL: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(super) struct Options {
	/// Key file of the custodian's staff: records officer or system.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation that keeps the charts.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart to which all of it belongs.
	#[arg(long, value_name = "ID", required_unless_present = "charts")]
	chart: Option<ChartId>,
	/// Which patient has which chart: lines of a reference or identifier, as the resources have it, a
	/// comma and the chart.
	#[arg(long, value_name = "FILE", conflicts_with = "chart")]
	charts: Option<PathBuf>,
	/// Where it is noted how far the import is; the same call goes on from there [default: beside the
	/// first path].
	#[arg(long, value_name = "FILE")]
	journal: Option<PathBuf>,
	/// Where it is listed what was refused and why, in NDJSON [default: beside the first path].
	#[arg(long, value_name = "FILE")]
	report: Option<PathBuf>,
	/// Files and folders. A file of .ndjson or .jsonl has one resource per line, any other is one
	/// resource or DICOM file.
	#[arg(required = true, value_name = "PATH")]
	paths: Vec<PathBuf>,
}

/// Runs the command.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let began = Instant::now();
	let charts = match (&options.charts, options.chart) {
		(Some(file), _) => Charts::read(file)?,
		(None, Some(chart)) => Charts::one(chart),
		(None, None) => {
			return Err(usage(
				"no chart is named",
				"name it with --chart, or several with --charts",
			))
		},
	};
	let first = options.paths.first().map(PathBuf::as_path).unwrap_or(Path::new("."));
	let beside = |ending: &str| {
		let mut name = first.components().as_path().as_os_str().to_owned();
		name.push(ending);
		PathBuf::from(name)
	};
	let journal = options.journal.clone().unwrap_or_else(|| beside(".salus-import"));
	let report = options.report.clone().unwrap_or_else(|| beside(".salus-refused.ndjson"));
	let sources = Sources::of(&options.paths)?;
	let identity = context.open_key(&options.key)?;
	let vault = context.session(options.custodian, &identity).await?;
	let at = context.finalised().await?;
	let genesis = context.chain().await?.genesis();
	let published = context.organisation(options.custodian).await?.encryption_key;
	let published = published.map(PublishedKey::from);
	let asked = charts.ids().into_iter().map(|chart| {
		let (vault, at) = (&vault, &at);
		async move {
			match trusted_keys(vault, at, &genesis, published, &chart).await {
				Ok(keys) => Ok(Some((chart, keys))),
				// Its resources are refused one by one.
				Err(Error::Vault { code, .. }) if code == codes::CHART_UNKNOWN => Ok(None),
				Err(fault) => Err(fault),
			}
		}
	});
	let mut keys = HashMap::new();
	let mut asked = futures::stream::iter(asked.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
	while let Some(found) = asked.next().await {
		keys.extend(found?);
	}
	drop(asked);

	let bar = bar(context, sources.bytes());
	let told = Mutex::new(Instant::now());
	let json = context.global.json;
	let watch = |progress: Progress| {
		bar.set_position(progress.read);
		bar.set_message(describe(&progress));
		let mut told = told.lock().unwrap_or_else(|held| held.into_inner());
		if json && told.elapsed() >= TELL {
			*told = Instant::now();
			if let Ok(line) = serde_json::to_string(&progress) {
				eprintln!("{line}");
			}
		}
	};
	let session = Session { who: &identity, card: None, genesis, organisation: options.custodian };
	let job = Job { sources, charts, keys, journal, report };
	let done = bulk::import(&vault, &session, job, watch).await;
	bar.finish_and_clear();
	let imported = done?;
	let (refused, report) = (imported.refused, imported.report.clone());
	context.print(&Done { imported, ms: began.elapsed().as_millis() }, out)?;
	if refused > 0 {
		return Err(Error::ImportIncomplete { refused, report });
	}
	Ok(())
}

fn bar(context: &Context, bytes: u64) -> ProgressBar {
	let bar = context.transfer_bar(bytes);
	let template = "{bar:30} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} \
	                ({eta} left) {msg}";
	if let Ok(style) = ProgressStyle::with_template(template) {
		bar.set_style(style);
	}
	bar
}

fn describe(progress: &Progress) -> String {
	let Progress { records, refused, anchored, .. } = progress;
	let mut text = format!("{records} records");
	if *refused > 0 {
		text.push_str(&format!(", {refused} refused"));
	}
	if *anchored > 0 {
		text.push_str(&format!(", {anchored} on the chain"));
	}
	text
}

#[derive(Serialize)]
struct Done {
	#[serde(flatten)]
	imported: Imported,
	ms: u128,
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Imported { import, records, batches, refused, report } = &self.imported;
		let mut fields = Fields::default()
			.add("import", import)
			.add("records on chain", records)
			.add("in batches", batches)
			.add("refused", refused);
		if *refused > 0 {
			fields = fields.add("listed in", report.display());
		}
		fields.add("time", format!("{} s", self.ms / 1000)).write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn progress_is_told_in_words() {
		let mut progress = Progress { records: 3, ..Progress::default() };
		assert_eq!(describe(&progress), "3 records");
		(progress.refused, progress.anchored) = (1, 2);
		assert_eq!(describe(&progress), "3 records, 1 refused, 2 on the chain");
	}
}

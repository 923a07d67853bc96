//! A patient with records, and the people around them: what most tests begin with.

use crate::world::World;
use salus_client::wallet::WalletChart;
use salus_primitives::{
	disclosure::Outcome,
	ids::{ChartId, RecordId},
};
use salus_tests::{
	args, journey,
	people::{number, text},
	Failure, Patient, Result,
};
use serde_json::Value;
use std::{ffi::OsString, fs, path::PathBuf};

/// The surgeon, of Lakeside.
pub(crate) const SURGEON: &str = "//Lakeside//DrBrooks";
/// A physician of Mercy.
pub(crate) const DOCTOR: &str = "//Mercy//DrAdams";
/// Mercy's records officer.
pub(crate) const OFFICER: &str = "//Mercy//Records";

/// A laboratory result, an image and a document.
pub(crate) const LABORATORY: usize = 0;
pub(crate) const IMAGE: usize = 1;
pub(crate) const DOCUMENT: usize = 2;
/// How many records a case has.
pub(crate) const FILES_STORED: usize = FILES.len();
const FILES: [&str; 3] = ["Observation-f001.json", "CT_small.dcm", "Patient-f001.json"];

/// A patient of Mercy with three records there.
pub(crate) struct Case {
	pub(crate) patient: Patient,
	pub(crate) chart: String,
	pub(crate) records: Vec<String>,
	pub(crate) files: Vec<PathBuf>,
}

impl Case {
	/// Enrols a new patient and stores three records.
	pub(crate) fn new(world: &World, test: &str) -> Result<Self> {
		let patient = world.patient(test)?;
		let officer = world.devnet.people.key(OFFICER)?;
		let chart = text(&patient.enrol(1, &officer)?, "chart")?;
		let inputs = journey::inputs()?;
		let files: Vec<_> = FILES
			.iter()
			.filter_map(|name| inputs.iter().find(|file| file.ends_with(name)).cloned())
			.collect();
		let mut arguments = args![
			"record",
			"store",
			"--key",
			officer,
			"--custodian",
			"1",
			"--chart",
			chart,
			"--jobs",
			"3"
		]
		.to_vec();
		arguments.extend(files.iter().map(Into::into));
		let said = world.devnet.cli.run(arguments)?;
		let records = files
			.iter()
			.enumerate()
			.map(|(place, _)| text(&said, &format!("stored.{place}.record")))
			.collect::<Result<_>>()?;
		Ok(Self { patient, chart, records, files })
	}

	/// Issues a directive on the chart at Mercy and returns its id.
	pub(crate) fn issue(&self, world: &World, terms: &[&str]) -> Result<String> {
		let mut arguments =
			args!["directive", "issue", "--wallet", self.patient.wallet, "--custodian", "1"]
				.to_vec();
		arguments.extend(terms.iter().map(Into::into));
		text(&world.devnet.cli.run(arguments)?, "directive")
	}

	/// Permits the surgeon to read everything.
	pub(crate) fn permit(&self, world: &World) -> Result<String> {
		self.issue(world, &["--rule", "permit", "--practitioner", "2", "--organisation", "2"])
	}

	/// Where `reader` writes a record.
	pub(crate) fn copy(&self, record: usize, reader: &str) -> PathBuf {
		self.patient.folder.join(format!("{record}{}", reader.replace('/', "-")))
	}

	/// The command by which this account, whose organisation its name tells, reads a record.
	pub(crate) fn reading(
		&self,
		world: &World,
		record: usize,
		reader: &str,
	) -> Result<Vec<OsString>> {
		let key = world.devnet.people.key(reader)?;
		let organisation = match reader {
			reader if reader.starts_with("//Mercy") => "1",
			reader if reader.starts_with("//BrightSmile") => "3",
			_ => "2",
		};
		Ok(args![
			"record",
			"read",
			"--key",
			key,
			"--organisation",
			organisation,
			"--custodian",
			"1",
			"--out",
			self.copy(record, reader),
			self.records[record]
		]
		.to_vec())
	}

	/// The account reads a record and gets what was stored.
	pub(crate) fn reads(&self, world: &World, record: usize, reader: &str) -> Result<Value> {
		let copy = self.copy(record, reader);
		let said = world.devnet.cli.run(self.reading(world, record, reader)?)?;
		assert_eq!(fs::read(&copy)?, fs::read(&self.files[record])?, "not what was stored");
		fs::remove_file(copy)?;
		Ok(said)
	}

	/// The account does not get a record, and nothing is left of the attempt.
	pub(crate) fn fails(&self, world: &World, record: usize, reader: &str) -> Result<Failure> {
		let failure = world.devnet.cli.fail(self.reading(world, record, reader)?)?;
		assert!(!self.copy(record, reader).exists(), "something was written");
		assert!(!failure.message.is_empty() && !failure.help.is_empty(), "{failure:?}");
		Ok(failure)
	}

	/// The account is denied a record for this reason.
	pub(crate) fn denied(
		&self,
		world: &World,
		record: usize,
		reader: &str,
		reason: u64,
	) -> Result<()> {
		let failure = self.fails(world, record, reader)?;
		assert_eq!(
			(failure.code.as_str(), failure.reason),
			("access-denied", Some(reason)),
			"{failure}"
		);
		Ok(())
	}

	/// The chart's whole log at Mercy, every entry proven; the next one has this reading.
	pub(crate) fn whole_log(&self, world: &World) -> Result<Vec<Value>> {
		let said = world.devnet.cli.run(args![
			"disclosure",
			"list",
			"--wallet",
			self.patient.wallet,
			"--custodian",
			"1",
			"--wait",
			"90"
		])?;
		let log = &said["logs"][0];
		assert_eq!(log["faults"], serde_json::json!([]));
		let entries = log["entries"].as_array().ok_or("no log")?.clone();
		for (sequence, entry) in entries.iter().enumerate() {
			assert_eq!(number(entry, "sequence")?, sequence as u64, "a gap");
			assert_eq!(entry["status"], "verified", "{entry}");
		}
		Ok(entries)
	}

	/// The same without who read the log.
	pub(crate) fn log(&self, world: &World) -> Result<Vec<Value>> {
		let mut entries = self.whole_log(world)?;
		entries.retain(|entry| entry["subject"] != "log");
		Ok(entries)
	}

	/// What the log says was answered about a record, in order.
	pub(crate) fn outcomes(&self, world: &World, record: usize) -> Result<Vec<Outcome>> {
		self.log(world)?
			.iter()
			.filter(|entry| entry["subject"]["record"] == self.records[record].as_str())
			.map(|entry| Ok(serde_json::from_value(entry["outcome"].clone())?))
			.collect()
	}

	/// The chart's id.
	pub(crate) fn chart_id(&self) -> Result<ChartId> {
		self.chart.parse().map_err(|_| "no id".into())
	}

	/// A record's id.
	pub(crate) fn record_id(&self, record: usize) -> Result<RecordId> {
		self.records[record].parse().map_err(|_| "no id".into())
	}

	/// The chart as the wallet knows it.
	pub(crate) fn wallet_chart(&self, world: &World) -> Result<WalletChart> {
		Ok(world.wallet(&self.patient)?.chart(&self.chart_id()?)?.clone())
	}
}

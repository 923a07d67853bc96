//! The main journey: two hospitals know the same patient; a surgeon of the second needs what the first
//! keeps. Every step is a call of the `salus` command line, as the people in it would type it.

use crate::{
	cli::Failure,
	devnet::Devnet,
	people::{number, text, Patient},
	Result,
};
use salus_primitives::{decision::DenyReason, ids::Digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// Number of the hospital that keeps the records.
const KEEPER: &str = "1";
/// Number of the hospital where the surgeon works.
const ASKER: &str = "2";
/// How long before the approval the surgeon's computer begins to wait for it: in life it waits for
/// hours, here it must only have signed in.
const HEAD_START: Duration = Duration::from_millis(1500);
/// From one block to the next.
const SLOT: Duration = Duration::from_secs(1);

/// One step of the journey.
pub struct Step {
	/// Short and stable.
	pub name: &'static str,
	/// Who acts.
	pub who: &'static str,
	/// What happens.
	pub what: &'static str,
	play: fn(&mut Journey<'_>) -> Result<Told>,
}

/// The steps in order.
pub const STEPS: [Step; 13] = [
	Step {
		name: "wallet",
		who: "patient",
		what: "makes a wallet; no account, no funds",
		play: |journey| journey.make_wallet(),
	},
	Step {
		name: "surgeon-key",
		who: "surgeon (Lakeside)",
		what: "publishes the key to which records are released",
		play: |journey| journey.publish_key(),
	},
	Step {
		name: "enrol-mercy",
		who: "Mercy General Hospital",
		what: "enrols the patient by a signed statement",
		play: |journey| journey.enrol_at_keeper(),
	},
	Step {
		name: "enrol-lakeside",
		who: "Lakeside University Hospital",
		what: "enrols the same person; nothing on chain joins the two charts",
		play: |journey| journey.enrol_at_asker(),
	},
	Step {
		name: "store",
		who: "Mercy General Hospital",
		what: "encrypts, stores and anchors FHIR resources and a CT slice",
		play: |journey| journey.store(),
	},
	Step {
		name: "refused",
		who: "surgeon (Lakeside)",
		what: "asks for the report and is refused",
		play: |journey| journey.is_refused(),
	},
	Step {
		name: "request",
		who: "surgeon (Lakeside)",
		what: "sends an access request",
		play: |journey| journey.request(),
	},
	Step {
		name: "inbox",
		who: "patient",
		what: "finds the request in the inbox",
		play: |journey| journey.read_inbox(),
	},
	Step {
		name: "approve-and-read",
		who: "patient and surgeon",
		what: "one approval; the surgeon, who was waiting, reads",
		play: |journey| journey.approve_and_read(),
	},
	Step {
		name: "read-all",
		who: "surgeon (Lakeside)",
		what: "reads the rest; every byte as it was stored",
		play: |journey| journey.read_all(),
	},
	Step {
		name: "revoke",
		who: "patient",
		what: "revokes the permission",
		play: |journey| journey.revoke(),
	},
	Step {
		name: "refused-again",
		who: "surgeon (Lakeside)",
		what: "asks again and is refused again",
		play: |journey| journey.is_refused(),
	},
	Step {
		name: "disclosures",
		who: "patient",
		what: "lists who asked for what, each entry proven against the chain",
		play: |journey| journey.list_disclosures(),
	},
];

/// What a step says of itself.
#[derive(Default)]
struct Told {
	summary: String,
	finalised_ms: Option<u64>,
	details: Vec<String>,
}

/// A step that was played.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Played {
	/// Its name.
	pub name: String,
	/// Who acted.
	pub who: String,
	/// What happened.
	pub what: String,
	/// What came out.
	pub summary: String,
	/// How long it took, command line included.
	pub ms: u64,
	/// From submission to finality, where a transaction was waited for.
	pub finalised_ms: Option<u64>,
	/// More, line by line.
	pub details: Vec<String>,
}

/// A record of the journey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
	/// The file it was made of.
	pub file: PathBuf,
	/// Its id.
	pub record: String,
	/// Where the surgeon's copy lies once it was read.
	pub copy: PathBuf,
}

/// What came of a journey.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
	/// The steps.
	pub steps: Vec<Played>,
	/// The patient's wallet.
	pub wallet: PathBuf,
	/// The surgeon's key file.
	pub surgeon: PathBuf,
	/// The patient's chart at Mercy.
	pub chart_at_mercy: String,
	/// The patient's chart at Lakeside.
	pub chart_at_lakeside: String,
	/// The records.
	pub records: Vec<Stored>,
	/// The request.
	pub request: String,
	/// The directive that permitted.
	pub directive: String,
	/// From the patient's approval to the first plaintext in the surgeon's hands.
	pub approval: Approval,
	/// What `salus disclosure list` says of the chart at Mercy.
	pub log: Value,
}

/// From approval to plaintext, in milliseconds from the start of `salus request approve`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Approval {
	/// Of these, from the directive's submission to its finality.
	pub finality: u64,
	/// Until the patient's command had ended.
	pub approved: u64,
	/// Until the surgeon had the answer.
	pub answered: u64,
	/// Until the surgeon knew which records there are.
	pub listed: u64,
	/// Until the first plaintext lay on disk.
	pub plaintext: u64,
}

/// A journey being played.
pub struct Journey<'a> {
	devnet: &'a Devnet,
	inputs: Vec<PathBuf>,
	patient: Option<Patient>,
	folder: PathBuf,
	report: Report,
}

/// The real inputs that lie in the repository: the FHIR resources and the DICOM file.
pub fn inputs() -> Result<Vec<PathBuf>> {
	let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
	let mut files = Vec::new();
	for folder in ["fhir", "dicom"] {
		let folder = data.join(folder);
		let entries = fs::read_dir(&folder).map_err(|fault| {
			format!("the inputs in {} can not be read: {fault}", folder.display())
		})?;
		let mut found = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
		found.sort();
		files.append(&mut found);
	}
	Ok(files)
}

impl<'a> Journey<'a> {
	/// A journey of a new patient, whose files go into `folder`.
	pub fn new(devnet: &'a Devnet, folder: &Path) -> Result<Self> {
		fs::create_dir_all(folder)?;
		let surgeon = devnet.people.key("//Lakeside//DrBrooks")?;
		let report = Report { surgeon, ..Report::default() };
		Ok(Self { devnet, inputs: inputs()?, patient: None, folder: folder.into(), report })
	}

	/// Plays every step; `before` and `after` hear of each.
	pub fn play(mut self, before: &dyn Fn(&Step), after: &dyn Fn(&Played)) -> Result<Report> {
		for step in &STEPS {
			before(step);
			let began = Instant::now();
			let told = (step.play)(&mut self)
				.map_err(|fault| format!("{} ({}): {fault}", step.name, step.who))?;
			let played = Played {
				name: step.name.into(),
				who: step.who.into(),
				what: step.what.into(),
				summary: told.summary,
				ms: millis(began.elapsed()),
				finalised_ms: told.finalised_ms,
				details: told.details,
			};
			after(&played);
			self.report.steps.push(played);
		}
		Ok(self.report)
	}

	fn patient(&self) -> Result<&Patient> {
		self.patient.as_ref().ok_or_else(|| "the patient has no wallet yet".into())
	}

	fn make_wallet(&mut self) -> Result<Told> {
		let patient = Patient::new(&self.devnet.cli, &self.folder)?;
		let summary = format!("{}", patient.wallet.display());
		self.report.wallet = patient.wallet.clone();
		self.patient = Some(patient);
		Ok(Told { summary, ..Told::default() })
	}

	fn publish_key(&mut self) -> Result<Told> {
		let said = self.devnet.cli.run(args!["key", "publish", "--key", self.report.surgeon])?;
		Ok(Told {
			summary: format!("version {} of the key", number(&said, "version")?),
			finalised_ms: said["submitted"]["finalised_ms"].as_u64(),
			..Told::default()
		})
	}

	fn enrol(&self, custodian: u32, officer: &str) -> Result<(String, Told)> {
		let officer = self.devnet.people.key(officer)?;
		let said = self.patient()?.enrol(custodian, &officer)?;
		let chart = text(&said, "chart")?;
		let told = Told {
			summary: format!("chart {chart}, final in block {}", text(&said, "block.number")?),
			finalised_ms: Some(number(&said, "ms")?),
			..Told::default()
		};
		Ok((chart, told))
	}

	fn enrol_at_keeper(&mut self) -> Result<Told> {
		let (chart, told) = self.enrol(1, "//Mercy//Records")?;
		self.report.chart_at_mercy = chart;
		Ok(told)
	}

	fn enrol_at_asker(&mut self) -> Result<Told> {
		let (chart, told) = self.enrol(2, "//Lakeside//Records")?;
		self.report.chart_at_lakeside = chart;
		Ok(told)
	}

	fn store(&mut self) -> Result<Told> {
		let officer = self.devnet.people.key("//Mercy//Records")?;
		let chart = &self.report.chart_at_mercy;
		let mut arguments = args![
			"record",
			"store",
			"--key",
			officer,
			"--custodian",
			KEEPER,
			"--chart",
			chart,
			"--jobs",
			"8"
		]
		.to_vec();
		arguments.extend(self.inputs.iter().map(Into::into));
		let said = self.devnet.cli.run(arguments)?;
		let copies = self.folder.join("read-by-the-surgeon");
		fs::create_dir_all(&copies)?;
		let (mut details, mut slowest) = (Vec::new(), 0);
		for stored in said["stored"].as_array().ok_or("nothing was stored")? {
			let file = PathBuf::from(text(stored, "file")?);
			let name = file.file_name().unwrap_or_default().to_owned();
			let record = text(stored, "record")?;
			slowest = slowest.max(number(stored, "ms")?);
			details.push(format!(
				"{} ({}, {} bytes) is record {}, final in block {}",
				name.to_string_lossy(),
				text(stored, "kind")?,
				number(stored, "size")?,
				short(&record),
				text(stored, "block.number")?,
			));
			self.report.records.push(Stored { file, record, copy: copies.join(name) });
		}
		if self.report.records.len() != self.inputs.len() {
			return Err("not every file was stored".into());
		}
		Ok(Told {
			summary: format!("{} records, each final within {slowest} ms", self.inputs.len()),
			finalised_ms: Some(slowest),
			details,
		})
	}

	fn read_arguments(&self, stored: &Stored) -> Vec<std::ffi::OsString> {
		args![
			"record",
			"read",
			"--key",
			self.report.surgeon,
			"--organisation",
			ASKER,
			"--custodian",
			KEEPER,
			"--out",
			stored.copy,
			stored.record
		]
		.to_vec()
	}

	fn is_refused(&mut self) -> Result<Told> {
		// After the revocation the vault's own node must have seen it; it was final elsewhere.
		let Failure { code, message, reason, .. } =
			self.devnet.cli.fail(self.read_arguments(&self.report.records[0]))?;
		let expected = DenyReason::NothingPermits.code();
		if code != "access-denied" || reason != Some(expected.into()) {
			return Err(
				format!("refused otherwise than expected: {code}, {reason:?}, {message}").into()
			);
		}
		Ok(Told { summary: format!("{message} ({code}, reason {expected})"), ..Told::default() })
	}

	fn request(&mut self) -> Result<Told> {
		let (request, told) = send_request(self.devnet, &self.report)?;
		self.report.request = request;
		Ok(told)
	}

	fn read_inbox(&mut self) -> Result<Told> {
		let said =
			self.devnet.cli.run(args!["request", "inbox", "--wallet", self.report.wallet])?;
		let requests = said["requests"].as_array().ok_or("no inbox")?;
		let found = requests
			.iter()
			.find(|request| request["request"] == self.report.request.as_str())
			.ok_or("the request is not in the inbox")?;
		Ok(Told {
			summary: format!(
				"practitioner {} of organisation {} asks for records of organisation {} to {}",
				text(found, "terms.practitioner")?,
				text(found, "terms.organisation")?,
				text(found, "terms.custodian")?,
				text(found, "terms.purpose")?,
			),
			..Told::default()
		})
	}

	fn approve_and_read(&mut self) -> Result<Told> {
		let first = &self.report.records[0];
		let (approval, directive) = approve_and_read(
			self.devnet,
			&self.report,
			&self.report.request,
			first,
			Duration::ZERO,
		)?;
		self.report.approval = approval;
		self.report.directive = directive;
		check_copy(first)?;
		Ok(Told {
			summary: format!("{} ms from approval to plaintext", approval.plaintext),
			finalised_ms: Some(approval.finality),
			details: vec![
				format!("{} ms: the surgeon has the answer", approval.answered),
				format!("{} ms: the surgeon has the list of records", approval.listed),
				format!("{} ms: the first plaintext is on the surgeon's disk", approval.plaintext),
			],
		})
	}

	fn read_all(&mut self) -> Result<Told> {
		let mut bytes = 0;
		for stored in self.report.records.iter().skip(1) {
			self.devnet.cli.run(self.read_arguments(stored))?;
			check_copy(stored)?;
		}
		let mut details = Vec::new();
		for stored in &self.report.records {
			let content = fs::read(&stored.copy)?;
			bytes += content.len();
			let name = stored.copy.file_name().unwrap_or_default().to_string_lossy();
			details.push(format!(
				"{name}: identical, blake2_256 {}",
				short(&Digest::of(&content).to_string())
			));
		}
		let count = self.report.records.len();
		let summary = format!("{count} files, {bytes} bytes, all identical to the originals");
		Ok(Told { summary, details, ..Told::default() })
	}

	fn revoke(&mut self) -> Result<Told> {
		let finalised_ms = revoke(self.devnet, &self.report.wallet, &self.report.directive)?;
		Ok(Told {
			summary: format!("directive {} is revoked", self.report.directive),
			finalised_ms: Some(finalised_ms),
			..Told::default()
		})
	}

	fn list_disclosures(&mut self) -> Result<Told> {
		let said = self.devnet.cli.run(args![
			"disclosure",
			"list",
			"--wallet",
			self.report.wallet,
			"--custodian",
			KEEPER,
			"--wait",
			"90"
		])?;
		let log = said["logs"][0].clone();
		let entries = log["entries"].as_array().ok_or("no log")?;
		let (mut released, mut refused) = (0, 0);
		let mut details = Vec::new();
		for entry in entries {
			if entry["status"] != "verified" {
				return Err(format!("not proven: {entry}").into());
			}
			let answer = if let Some(code) = entry["outcome"]["refused"].as_u64() {
				refused += 1;
				format!("refused, reason {code}")
			} else {
				released += 1;
				"released".into()
			};
			let subject = match entry["subject"]["record"].as_str() {
				Some(record) => format!("record {}", short(record)),
				None if entry["subject"] == "log" => "this log".into(),
				None => "the list of records".into(),
			};
			let who = match entry["practitioner"].as_u64() {
				Some(practitioner) => format!("practitioner {practitioner}"),
				None => "the patient".into(),
			};
			details.push(format!(
				"#{} {who} asked for {subject} to {}: {answer}; proven under root {}",
				number(entry, "sequence")?,
				text(entry, "purpose")?,
				number(entry, "root")?,
			));
		}
		let summary = format!(
			"{} entries, {released} releases and {refused} refusals, every one proven, no gap",
			entries.len()
		);
		self.report.log = log;
		Ok(Told { summary, details, ..Told::default() })
	}
}

/// Sends the surgeon's request to the patient of a journey.
fn send_request(devnet: &Devnet, report: &Report) -> Result<(String, Told)> {
	let said = devnet.cli.run(args![
		"request",
		"send",
		"--key",
		report.surgeon,
		"--organisation",
		ASKER,
		"--chart",
		report.chart_at_lakeside,
		"--custodian",
		KEEPER,
		"--purpose",
		"TREAT",
		"--days",
		"7"
	])?;
	let request = text(&said, "request")?;
	let told = Told {
		summary: format!(
			"request {request}, final in block {}",
			text(&said, "submitted.block.number")?
		),
		finalised_ms: Some(number(&said, "submitted.finalised_ms")?),
		..Told::default()
	};
	Ok((request, told))
}

fn revoke(devnet: &Devnet, wallet: &Path, directive: &str) -> Result<u64> {
	let said = devnet.cli.run(args!["directive", "revoke", "--wallet", wallet, directive])?;
	number(&said, "submitted.finalised_ms")
}

/// The patient approves, so much `later`, while the surgeon waits; the surgeon reads `stored` at once.
fn approve_and_read(
	devnet: &Devnet,
	report: &Report,
	request: &str,
	stored: &Stored,
	later: Duration,
) -> Result<(Approval, String)> {
	let cli = &devnet.cli;
	let start = Instant::now() + HEAD_START + later;
	let since = || millis(Instant::now().saturating_duration_since(start));
	std::thread::scope(|scope| {
		let surgeon = scope.spawn(|| {
			let answer = cli.run(args![
				"request",
				"answer",
				"--key",
				report.surgeon,
				"--wait",
				"90",
				request
			])?;
			let answered = since();
			let chart = text(&answer, "answers.0.chart")?;
			let listed = cli.run(args![
				"record",
				"list",
				"--key",
				report.surgeon,
				"--organisation",
				ASKER,
				"--custodian",
				KEEPER,
				"--chart",
				chart
			])?;
			let known = listed["records"].as_array().is_some_and(|records| {
				records.iter().any(|record| record["id"] == stored.record.as_str())
			});
			if !known {
				return Err(format!("the list does not hold {}", stored.record).into());
			}
			let listed = since();
			cli.run(args![
				"record",
				"read",
				"--key",
				report.surgeon,
				"--organisation",
				ASKER,
				"--custodian",
				KEEPER,
				"--chart",
				chart,
				"--out",
				stored.copy,
				stored.record
			])?;
			Ok::<_, crate::Error>((answered, listed, since()))
		});
		std::thread::sleep(start.saturating_duration_since(Instant::now()));
		let approved = cli.run(args!["request", "approve", "--wallet", report.wallet, request]);
		let ended = since();
		let (answered, listed, plaintext) =
			surgeon.join().map_err(|_| "the surgeon's part panicked")??;
		let said = approved?;
		let approval = Approval {
			finality: number(&said, "directives.0.finalised_ms")?,
			approved: ended,
			answered,
			listed,
			plaintext,
		};
		Ok((approval, text(&said, "directives.0.directive")?))
	})
}

/// Plays request, approval, reading and revocation `rounds` times for the patient of a journey.
/// Returns from approval to plaintext of each.
pub fn measure(
	devnet: &Devnet,
	report: &Report,
	rounds: u32,
	after: &dyn Fn(u32, Approval),
) -> Result<Vec<Approval>> {
	let stored = report.records.first().ok_or("the journey stored no record")?;
	let mut all = Vec::new();
	for round in 1..=rounds {
		let (request, _) = send_request(devnet, report)?;
		// What comes before ends with a block, so that without this every approval would fall in the
		// same place between two blocks.
		let later = SLOT * (round.wrapping_mul(618) % 1000) / 1000;
		let (approval, directive) = approve_and_read(devnet, report, &request, stored, later)?;
		check_copy(stored)?;
		revoke(devnet, &report.wallet, &directive)?;
		after(round, approval);
		all.push(approval);
	}
	Ok(all)
}

/// The value below which this share of the sorted times lies, the nearest one that was measured.
pub fn percentile(times: &[u64], share: f64) -> Option<u64> {
	let mut sorted = times.to_vec();
	sorted.sort_unstable();
	let rank = (share * sorted.len() as f64).ceil() as usize;
	sorted.get(rank.saturating_sub(1)).copied()
}

/// The surgeon's copy is the original, byte for byte.
fn check_copy(stored: &Stored) -> Result<()> {
	if fs::read(&stored.file)? == fs::read(&stored.copy)? {
		return Ok(());
	}
	Err(format!("{} differs from {}", stored.copy.display(), stored.file.display()).into())
}

/// The beginning of an id.
fn short(id: &str) -> String {
	id.get(..10).map_or_else(|| id.into(), |begin| format!("{begin}…"))
}

fn millis(time: Duration) -> u64 {
	time.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
	use super::percentile;

	#[test]
	fn percentiles_are_measured_values() {
		let times = [5, 1, 4, 2, 3];
		assert_eq!(percentile(&times, 0.5), Some(3));
		assert_eq!(percentile(&times, 0.95), Some(5));
		assert_eq!(percentile(&times[..1], 0.5), Some(5));
		assert_eq!(percentile(&[], 0.5), None);
	}
}

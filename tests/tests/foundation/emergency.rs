//! An emergency physician breaks the glass on an unconscious patient; the patient is told; a review
//! follows.

use crate::{
	cases::{Case, DOCTOR, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::{
	codes::BreakGlassState,
	decision::{Basis, DenyReason},
	disclosure::Outcome,
};
use salus_tests::{
	args, journey,
	people::{number, text},
	until, Failure, Result,
};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	fs,
	path::{Path, PathBuf},
};

/// The dentist of Bright Smile, who treats nobody at Lakeside.
pub(crate) const OTHER: &str = "//BrightSmile//DrChen";
/// The administrator of Lakeside, the clinician's house.
const LAKESIDE: &str = "//Lakeside";
/// The administrator of Bright Smile, which has no ties to Lakeside.
pub(crate) const BRIGHT_SMILE: &str = "//BrightSmile";

/// A patient of Mercy whom nobody can ask, with an allergy on record beside the rest.
pub(crate) struct Emergency {
	pub(crate) case: Case,
	pub(crate) allergy: String,
}

impl Emergency {
	pub(crate) fn new(world: &World, test: &str) -> Result<Self> {
		let case = Case::new(world, test)?;
		let officer = world.devnet.people.key(OFFICER)?;
		let file = journey::inputs()?
			.into_iter()
			.find(|file| file.ends_with("Observation-f001.json"))
			.ok_or("no input")?;
		let said = world.devnet.cli.run(args![
			"record",
			"store",
			"--key",
			officer,
			"--custodian",
			"1",
			"--chart",
			case.chart,
			"--category",
			"allergy",
			file
		])?;
		let allergy = text(&said, "stored.0.record")?;
		Ok(Self { case, allergy })
	}

	pub(crate) fn file(&self, name: &str) -> PathBuf {
		self.case.patient.folder.join(name)
	}

	/// The command by which a clinician of Lakeside opens a chart at Mercy.
	pub(crate) fn opening(
		&self,
		world: &World,
		who: &str,
		chart: &str,
		file: &str,
	) -> Result<Vec<OsString>> {
		let key = world.devnet.people.key(who)?;
		Ok(args![
			"emergency",
			"open",
			"--key",
			key,
			"--organisation",
			"2",
			"--custodian",
			"1",
			"--chart",
			chart,
			"--reason",
			"OVRER",
			"--out",
			self.file(file)
		]
		.to_vec())
	}

	fn open(&self, world: &World, file: &str) -> Result<Value> {
		world.devnet.cli.run(self.opening(world, SURGEON, &self.case.chart, file)?)
	}

	/// A step of the one who broke the glass.
	fn act(&self, world: &World, step: &str, file: &str) -> Result<Value> {
		let key = world.devnet.people.key(SURGEON)?;
		world.devnet.cli.run(args!["emergency", step, "--key", key, self.file(file)])
	}

	/// Closes it, and gives the own account.
	fn end(&self, world: &World, file: &str) -> Result<()> {
		self.act(world, "close", file)?;
		self.account(world, file)
	}

	/// Gives the own account.
	pub(crate) fn account(&self, world: &World, file: &str) -> Result<()> {
		let words = self.file(&format!("{file}.txt"));
		fs::write(&words, "Found unconscious; allergies were needed before anaesthesia.")?;
		let key = world.devnet.people.key(SURGEON)?;
		let own = self.file(&format!("{file}.own"));
		let said = world.devnet.cli.run(args![
			"emergency",
			"account",
			"--key",
			key,
			"--text-file",
			words,
			"--out",
			own,
			self.file(file)
		])?;
		assert_eq!(said["state"], BreakGlassState::PendingReview.code());
		Ok(())
	}

	/// The command by which somebody of an organisation reads a record with this file.
	pub(crate) fn reading(
		&self,
		world: &World,
		who: &str,
		organisation: &str,
		record: &str,
		file: &str,
	) -> Result<Vec<OsString>> {
		let key = world.devnet.people.key(who)?;
		let copy = self.file("read");
		let _ = fs::remove_file(&copy);
		Ok(args![
			"record",
			"read",
			"--key",
			key,
			"--organisation",
			organisation,
			"--custodian",
			"1",
			"--emergency",
			self.file(file),
			"--out",
			copy,
			record
		]
		.to_vec())
	}

	pub(crate) fn reads(&self, world: &World, record: &str, file: &str) -> Result<Value> {
		let said = world.devnet.cli.run(self.reading(world, SURGEON, "2", record, file)?)?;
		assert!(said["basis"]["break-glass"].is_string(), "{said}");
		Ok(said)
	}

	pub(crate) fn denied(
		&self,
		world: &World,
		record: &str,
		file: &str,
		reason: DenyReason,
	) -> Result<()> {
		self.denied_to(world, SURGEON, "2", record, file, reason)
	}

	pub(crate) fn denied_to(
		&self,
		world: &World,
		who: &str,
		organisation: &str,
		record: &str,
		file: &str,
		reason: DenyReason,
	) -> Result<()> {
		let reading = self.reading(world, who, organisation, record, file)?;
		let failure = world.devnet.cli.fail(reading)?;
		because(&failure, reason);
		assert!(!self.file("read").exists(), "something was written");
		Ok(())
	}

	/// What the list shows with this file.
	pub(crate) fn list(&self, world: &World, file: &str) -> Result<Vec<String>> {
		let key = world.devnet.people.key(SURGEON)?;
		let said = world.devnet.cli.run(args![
			"record",
			"list",
			"--key",
			key,
			"--custodian",
			"1",
			"--emergency",
			self.file(file)
		])?;
		let records = said["records"].as_array().ok_or("no list")?;
		records.iter().map(|record| text(record, "id")).collect()
	}

	/// What the patient is told.
	pub(crate) fn notices(&self, world: &World) -> Result<Value> {
		let said = world.devnet.cli.run(args![
			"emergency",
			"notices",
			"--wallet",
			self.case.patient.wallet,
			"--custodian",
			"1",
			"--wait",
			"90"
		])?;
		assert_eq!(said["charts"][0]["faults"], json!([]), "{said}");
		Ok(said["charts"][0]["emergencies"].clone())
	}

	/// The commands by which a quality officer looks and reviews.
	pub(crate) fn review(
		&self,
		reviewer: &Path,
		organisation: &str,
		outcome: &str,
		file: &str,
	) -> Result<[Vec<OsString>; 2]> {
		let words = self.file("findings.txt");
		fs::write(&words, "The chart says why.")?;
		let findings = self.file(&format!("{file}-{organisation}.findings"));
		let _ = fs::remove_file(&findings);
		let look = args![
			"emergency",
			"lines",
			"--key",
			reviewer,
			"--organisation",
			organisation,
			self.file(file)
		];
		let review = args![
			"emergency",
			"review",
			"--key",
			reviewer,
			"--organisation",
			organisation,
			"--outcome",
			outcome,
			"--text-file",
			words,
			"--out",
			findings,
			self.file(file)
		];
		Ok([look.to_vec(), review.to_vec()])
	}
}

pub(crate) fn because(failure: &Failure, reason: DenyReason) {
	let expected = ("access-denied", Some(reason.code().into()));
	assert_eq!((failure.code.as_str(), failure.reason), expected, "{failure}");
}

/// A quality officer of the house, whom its administrator makes one.
pub(crate) fn quality_officer(
	world: &World,
	folder: &Path,
	administrator: &str,
	house: &str,
) -> Result<PathBuf> {
	let cli = &world.devnet.cli;
	let key = folder.join(format!("quality-{house}.key"));
	let made = cli.run(args!["key", "generate", "--key", key])?;
	let account = text(&made, "account")?;
	let administrator = world.devnet.people.key(administrator)?;
	cli.run(args![
		"provider",
		"staff",
		"set",
		"--key",
		administrator,
		"--organisation",
		house,
		"--account",
		account,
		"--role",
		"quality-officer"
	])?;
	Ok(key)
}

pub(crate) fn unconscious_patient(world: &mut World) -> Result<()> {
	let emergency = Emergency::new(world, "emergency")?;
	let case = &emergency.case;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	world.devnet.people.reader(OTHER)?;
	let laboratory = case.records[LABORATORY].clone();

	// Nobody asked the patient, so nothing is permitted.
	case.denied(world, LABORATORY, SURGEON, DenyReason::NothingPermits.code().into())?;
	assert_eq!(emergency.notices(world)?, json!([]));

	// The first scope opens at once, and the list shows that alone.
	let opened = emergency.open(world, "glass")?;
	let id = text(&opened, "id")?;
	assert_eq!((&opened["state"], &opened["scope"]), (&json!("active"), &json!("first")));
	assert_eq!(emergency.list(world, "glass")?, [emergency.allergy.as_str()]);
	let said = emergency.reads(world, &emergency.allergy, "glass")?;
	assert_eq!(said["basis"]["break-glass"], id);
	emergency.denied(world, &laboratory, "glass", DenyReason::BeyondFirstScope)?;

	// It is hers alone.
	let stolen = DenyReason::BreakGlassOfAnother;
	emergency.denied_to(world, OTHER, "3", &emergency.allergy, "glass", stolen)?;

	// Widened, it opens the rest.
	emergency.act(world, "widen", "glass")?;
	emergency.reads(world, &laboratory, "glass")?;

	// It is for this chart alone.
	let elsewhere = Emergency::new(world, "emergency-elsewhere")?;
	let glass = fs::read(emergency.file("glass"))?;
	fs::write(elsewhere.file("glass"), glass)?;
	let other_chart = DenyReason::BreakGlassOfOtherChart;
	elsewhere.denied(world, &elsewhere.allergy, "glass", other_chart)?;

	// Who has no licence breaks nothing.
	world.devnet.people.reader("//Lakeside//DrExpired")?;
	let unlicensed =
		emergency.opening(world, "//Lakeside//DrExpired", &case.chart, "unlicensed")?;
	let refused = world.devnet.cli.fail(unlicensed)?;
	assert!(refused.message.contains("NotAuthorised"), "{refused}");
	assert!(!emergency.file("unlicensed").exists(), "a file that shows nothing was left");

	// The patient is told while it goes on: who, why, how far, and what was seen.
	let told = emergency.notices(world)?;
	assert_eq!(told.as_array().map(Vec::len), Some(1));
	assert_eq!(told[0]["break_glass"], id);
	assert_eq!(number(&told[0], "known.practitioner")?, 2);
	assert_eq!(number(&told[0], "known.organisation")?, 2);
	assert_eq!(told[0]["known"]["reason"], "OVRER");
	assert_eq!(told[0]["known"]["scope"], "widened");
	assert_eq!(told[0]["known"]["state"], "active");
	assert_eq!(told[0]["records"], json!([emergency.allergy, laboratory]));
	assert_eq!(number(&told[0], "releases")?, 3);
	let wallet = &case.patient.wallet;
	let inbox = world.devnet.cli.run(args!["request", "inbox", "--wallet", wallet])?;
	assert_eq!(number(&inbox, "broken.0.count")?, 1);
	let glass = Outcome::Released(Basis::BreakGlass(id.parse().map_err(|_| "no id")?));
	assert_eq!(
		case.outcomes(world, LABORATORY)?,
		[
			Outcome::Refused(DenyReason::NothingPermits.code()),
			Outcome::Refused(DenyReason::BeyondFirstScope.code()),
			glass
		]
	);

	// Closed, it opens nothing any more, and waits for a reviewer once the account is given.
	emergency.end(world, "glass")?;
	emergency.denied(world, &emergency.allergy, "glass", DenyReason::BreakGlassOver)?;
	let pending = world.devnet.cli.run(args!["emergency", "pending"])?;
	assert!(pending.to_string().contains(&id), "{pending}");

	// The clinician's own house does not review.
	let folder = &case.patient.folder;
	let own = quality_officer(world, folder, LAKESIDE, "2")?;
	let [look, review] = emergency.review(&own, "2", "justified", "glass")?;
	let refused = until_let_in(world, look)?;
	assert_eq!(refused.code, "reviewer-not-independent");
	let refused = world.devnet.cli.fail(review)?;
	assert!(refused.message.contains("ReviewerNotIndependent"), "{refused}");

	// Another does, and sees what was released by it and nothing else.
	let reviewer = quality_officer(world, folder, BRIGHT_SMILE, "3")?;
	let [look, review] = emergency.review(&reviewer, "3", "justified", "glass")?;
	let lines = until("the vault knows the reviewer", || Ok(world.devnet.cli.run(&look).ok()))?;
	let lines = lines["lines"].as_array().ok_or("no lines")?;
	assert_eq!(lines.len(), 3);
	assert!(lines.iter().all(|line| line["outcome"] == json!(glass)), "{lines:?}");
	// The patient sees that they looked, and that is not due to the break-glass.
	let log = case.whole_log(world)?;
	let looked = log.iter().filter(|entry| {
		entry["subject"] == "log" && entry["accessor"]["staff"]["organisation"] == 3
	});
	let looked: Vec<_> = looked.collect();
	assert_eq!(looked.len(), 1, "{looked:?}");
	assert_eq!(looked[0]["outcome"], json!(glass));
	assert_eq!(number(&emergency.notices(world)?[0], "releases")?, 3);
	let reviewed = world.devnet.cli.run(review)?;
	assert_eq!(reviewed["state"], "justified");
	assert_eq!(emergency.notices(world)?[0]["known"]["state"], "justified");
	Ok(())
}

/// How the vault refuses somebody whom it knows to be of the staff.
fn until_let_in(world: &World, command: Vec<OsString>) -> Result<Failure> {
	until("the vault knows the officer", || {
		let failure = world.devnet.cli.fail(&command)?;
		Ok((failure.code != "not-in-standing").then_some(failure))
	})
}

pub(crate) fn dissent_wins(world: &mut World) -> Result<()> {
	let emergency = Emergency::new(world, "emergency-dissent")?;
	world.devnet.people.reader(SURGEON)?;
	let dissent = ["--rule", "deny", "--purpose", "ETREAT", "--category", "allergy"];
	let directive = emergency.case.issue(world, &dissent)?;
	emergency.open(world, "glass")?;
	emergency.denied(world, &emergency.allergy, "glass", DenyReason::EmergencyDenied)?;
	emergency.act(world, "widen", "glass")?;
	emergency.denied(world, &emergency.allergy, "glass", DenyReason::EmergencyDenied)?;
	emergency.reads(world, &emergency.case.records[LABORATORY], "glass")?;
	let wallet = &emergency.case.patient.wallet;
	world
		.devnet
		.cli
		.run(args!["directive", "revoke", "--wallet", wallet, directive])?;
	emergency.reads(world, &emergency.allergy, "glass")?;
	emergency.end(world, "glass")
}

pub(crate) fn unjustified(world: &mut World) -> Result<()> {
	let emergency = Emergency::new(world, "emergency-unjustified")?;
	world.devnet.people.reader(SURGEON)?;
	emergency.open(world, "glass")?;
	emergency.reads(world, &emergency.allergy, "glass")?;
	emergency.end(world, "glass")?;
	// Another one, which is open when the privilege goes.
	emergency.open(world, "open")?;
	let folder = &emergency.case.patient.folder;
	let reviewer = quality_officer(world, folder, BRIGHT_SMILE, "3")?;
	let [_, review] = emergency.review(&reviewer, "3", "unjustified", "glass")?;
	let reviewed = world.devnet.cli.run(review)?;
	assert_eq!(reviewed["state"], "unjustified");

	// The privilege is gone, also for what is open, and nothing more is opened.
	let privilege = world.devnet.cli.run(args!["emergency", "privilege", "2"])?;
	assert_eq!(privilege["state"], "withdrawn");
	emergency.denied(world, &emergency.allergy, "open", DenyReason::EmergencyPrivilegeLost)?;
	let again = emergency.opening(world, SURGEON, &emergency.case.chart, "again")?;
	let refused = world.devnet.cli.fail(again)?;
	assert!(refused.message.contains("PrivilegeWithdrawn"), "{refused}");

	// The patient's accounting has what was released by it.
	let accounting = world.devnet.cli.run(args![
		"disclosure",
		"accounting",
		"--wallet",
		emergency.case.patient.wallet,
		"--custodian",
		"1",
		"--wait",
		"90"
	])?;
	let lines = accounting["lines"].as_array().ok_or("no lines")?;
	let marked: Vec<_> = lines.iter().filter(|line| line["accounted"] == "in").collect();
	assert_eq!(marked.len(), 1, "{accounting}");
	assert!(marked[0]["outcome"]["released"]["break-glass"].is_string(), "{accounting}");
	emergency.end(world, "open")
}

//! Guardians, who have no account on the chain.

use crate::{
	cases::{Case, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::decision::DenyReason;
use salus_tests::{args, people::text, Patient, Result};
use serde_json::Value;
use std::{
	ffi::OsString,
	path::{Path, PathBuf},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A guardian with a fresh key, of which nobody on the chain knows.
struct Guardian {
	key: PathBuf,
	account: String,
}

impl Guardian {
	fn new(world: &World, folder: &Path, name: &str) -> Result<Self> {
		std::fs::create_dir_all(folder)?;
		let key = folder.join(format!("{name}.key"));
		let made = world.devnet.cli.run(args!["key", "generate", "--key", key])?;
		Ok(Self { key, account: text(&made, "account")? })
	}

	/// As `guard set` takes them.
	fn named(&self, rest: &str) -> String {
		format!("{},{rest}", self.account)
	}

	/// Signs an order with this card, and has Mercy's records officer submit it.
	fn orders(&self, world: &World, card: &str, command: &[&str]) -> Result<Value> {
		world.devnet.cli.run(self.order(world, card, command)?)
	}

	/// The same, as the command that submits what was signed.
	fn order(&self, world: &World, card: &str, command: &[&str]) -> Result<Vec<OsString>> {
		let order = self.key.with_extension("order.json");
		let mut arguments = args!["chart", "guardian"].to_vec();
		arguments.extend(command.iter().map(Into::into));
		arguments.extend(args!["--card", card, "--key", self.key, "--out", order]);
		world.devnet.cli.run(arguments)?;
		let officer = world.devnet.people.key(OFFICER)?;
		Ok(args!["chart", "guardian", "submit", "--key", officer, "--order", order].to_vec())
	}
}

/// What a guardian permits the surgeon.
const PERMIT: [&str; 7] =
	["issue-directive", "--rule", "permit", "--practitioner", "2", "--organisation", "2"];

/// The command that sets these guardians.
fn guarding(patient: &Patient, named: &[String]) -> Vec<OsString> {
	let cards = patient.folder.join("cards");
	let mut arguments = args![
		"chart",
		"guard",
		"set",
		"--wallet",
		patient.wallet,
		"--custodian",
		"1",
		"--cards",
		cards
	]
	.to_vec();
	for guardian in named {
		arguments.extend(args!["--guardian", guardian]);
	}
	arguments
}

/// Sets these guardians; returns their cards in order.
fn guard(world: &World, patient: &Patient, named: &[String]) -> Result<Vec<String>> {
	let said = world.devnet.cli.run(guarding(patient, named))?;
	(0..named.len()).map(|place| text(&said, &format!("cards.{place}"))).collect()
}

/// The directive that an order issued.
fn issued(said: &Value) -> Result<String> {
	assert_eq!(said["vault"], Value::Null, "the vault has no opening: {said}");
	text(said, "act.issue-directive.id")
}

pub(crate) fn consent_and_revoke(world: &mut World) -> Result<()> {
	let case = Case::new(world, "guardians")?;
	world.devnet.people.reader(SURGEON)?;
	let mother = Guardian::new(world, &case.patient.folder, "mother")?;
	let father = Guardian::new(world, &case.patient.folder, "father")?;
	let named = [mother.named("parent,consent+revoke"), father.named("proxy,consent+revoke")];
	let cards = guard(world, &case.patient, &named)?;
	let [of_mother, of_father] = cards.as_slice() else { return Err("two cards".into()) };
	let shown = world.devnet.cli.run(args![
		"chart",
		"guard",
		"show",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	assert_eq!(shown["same"], true);

	let nothing = DenyReason::NothingPermits.code().into();
	case.denied(world, LABORATORY, SURGEON, nothing)?;
	let permit = issued(&mother.orders(world, of_mother, &PERMIT)?)?;
	case.reads(world, LABORATORY, SURGEON)?;

	// They disagree: the deny wins, and who did not issue it does not end it.
	let deny = ["issue-directive", "--rule", "deny", "--category", "laboratory"];
	let deny = issued(&father.orders(world, of_father, &deny)?)?;
	case.denied(world, LABORATORY, SURGEON, DenyReason::DirectiveDenies.code().into())?;
	let refused = world.devnet.cli.fail(mother.order(world, of_mother, &["revoke", &deny])?)?;
	assert!(refused.message.contains("NotTheGuardiansToEnd"), "{refused}");
	father.orders(world, of_father, &["revoke", &deny])?;
	case.reads(world, LABORATORY, SURGEON)?;
	mother.orders(world, of_mother, &["revoke", &permit])?;
	case.denied(world, LABORATORY, SURGEON, nothing)?;

	// Who is no guardian any more can do nothing with the card.
	guard(world, &case.patient, &[father.named("proxy,consent+revoke")])?;
	let refused = world.devnet.cli.fail(mother.order(world, of_mother, &PERMIT)?)?;
	assert!(refused.message.contains("NotAGuardian"), "{refused}");
	Ok(())
}

pub(crate) fn read(world: &mut World) -> Result<()> {
	let case = Case::new(world, "guardian-reads")?;
	let mother = Guardian::new(world, &case.patient.folder, "mother")?;
	let uncle = Guardian::new(world, &case.patient.folder, "uncle")?;
	let named = [mother.named("parent,read,2040"), uncle.named("proxy,consent")];
	let cards = guard(world, &case.patient, &named)?;
	let [of_mother, of_uncle] = cards.as_slice() else { return Err("two cards".into()) };
	let out = case.patient.folder.join("read-by-mother");
	let reading = |guardian: &Guardian, card: &str, record: &str| {
		args!["record", "read", "--card", card, "--key", guardian.key, "--out", out, record]
	};
	let listing = |guardian: &Guardian, card: &str| {
		args!["record", "list", "--card", card, "--key", guardian.key, "--custodian", "1"]
	};
	let cli = &world.devnet.cli;

	// She has no account, lists and reads; a deny to everybody is not for her.
	case.issue(world, &["--rule", "deny"])?;
	let listed = cli.run(listing(&mother, of_mother))?;
	assert_eq!(listed["records"].as_array().map(Vec::len), Some(case.records.len()));
	assert_eq!(listed["missing"], serde_json::json!([]));
	for (place, record) in case.records.iter().enumerate() {
		let said = cli.run(reading(&mother, of_mother, record))?;
		assert_eq!(said["basis"], "guardian");
		assert_eq!(std::fs::read(&out)?, std::fs::read(&case.files[place])?);
		std::fs::remove_file(&out)?;
	}

	// Not with the card of another, nor without the power.
	let refused = cli.fail(listing(&uncle, of_mother))?;
	assert_eq!(refused.code, "not-the-guardians-key", "{refused}");
	let refused = cli.fail(listing(&uncle, of_uncle))?;
	assert_eq!(refused.reason, Some(DenyReason::GuardianPowerMissing.code().into()), "{refused}");

	// The log names the leaf, for the patient and for her.
	let leaf = text(
		&cli.run(args![
			"chart",
			"guard",
			"show",
			"--wallet",
			case.patient.wallet,
			"--custodian",
			"1"
		])?,
		"guardians.0.leaf",
	)?;
	let log = case.log(world)?;
	assert_eq!(log.len(), 1 + case.records.len());
	for entry in &log {
		assert_eq!(entry["accessor"], serde_json::json!({ "guardian": { "leaf": leaf } }));
		assert_eq!(entry["outcome"]["released"], "guardian");
		assert!(!entry.to_string().contains(&mother.account));
	}
	let said = cli.run(args!["disclosure", "list", "--card", of_mother, "--key", mother.key])?;
	// With them that the patient read the log. That she did is there from the next page on.
	let looks = |said: &serde_json::Value| -> Result<Vec<serde_json::Value>> {
		let entries = said["logs"][0]["entries"].as_array().ok_or("no log")?;
		assert_eq!(entries.iter().filter(|entry| entry["subject"] != "log").count(), log.len());
		Ok(entries.iter().filter(|entry| entry["subject"] == "log").cloned().collect())
	};
	let before = looks(&said)?;
	assert!(before.iter().all(|look| look["outcome"]["released"] == "patient"), "{before:?}");
	let said = cli.run(args!["disclosure", "list", "--card", of_mother, "--key", mother.key])?;
	let after = looks(&said)?;
	assert_eq!(after.len(), before.len() + 1);
	let look = after.last().ok_or("no look")?;
	assert_eq!(look["outcome"]["released"], "guardian");
	assert_eq!(look["accessor"], serde_json::json!({ "guardian": { "leaf": leaf } }));

	// Taken out of the guard, she reads nothing more.
	guard(world, &case.patient, &[uncle.named("proxy,read")])?;
	let refused = cli.fail(reading(&mother, of_mother, &case.records[LABORATORY]))?;
	assert_eq!(refused.reason, Some(DenyReason::NotAGuardian.code().into()), "{refused}");
	assert!(!out.exists());
	Ok(())
}

pub(crate) fn come_of_age(world: &mut World) -> Result<()> {
	let case = Case::new(world, "of-age")?;
	world.devnet.people.reader(SURGEON)?;
	let mother = Guardian::new(world, &case.patient.folder, "mother")?;
	let (until, left) = moment_in(Duration::from_secs(60))?;
	// As a proxy, for a parent's guardianship ends with a year only.
	let named = mother.named(&format!("parent,consent+revoke,{until}"));
	let refused = world.devnet.cli.fail(guarding(&case.patient, &[named]))?;
	assert_eq!(refused.code, "guardian-end-not-rounded", "{refused}");
	let cards =
		guard(world, &case.patient, &[mother.named(&format!("proxy,consent+revoke,{until}"))])?;
	let card = cards.first().ok_or("no card")?;
	mother.orders(world, card, &PERMIT)?;
	case.reads(world, LABORATORY, SURGEON)?;

	std::thread::sleep(left()? + Duration::from_secs(5));
	case.denied(world, LABORATORY, SURGEON, DenyReason::NothingPermits.code().into())?;
	let refused = world.devnet.cli.fail(mother.order(world, card, &PERMIT)?)?;
	assert!(refused.message.contains("GuardianshipOver"), "{refused}");
	Ok(())
}

/// A moment that is so far ahead, to the second as dates are written, and how long it is until then.
pub(crate) fn moment_in(ahead: Duration) -> Result<(String, impl Fn() -> Result<Duration>)> {
	let now = || SystemTime::now().duration_since(UNIX_EPOCH);
	let soon = now()? + ahead;
	let day = soon.as_secs() % 86_400;
	let date = civil(soon.as_secs());
	let until = format!("{date}T{:02}:{:02}:{:02}Z", day / 3600, day / 60 % 60, day % 60);
	Ok((until, move || Ok(soon.saturating_sub(now()?))))
}

/// The date of a second since 1970, in the Gregorian calendar.
fn civil(seconds: u64) -> String {
	let leap = |year: u64| {
		year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
	};
	let (mut days, mut year) = (seconds / 86_400, 1970);
	while days >= 365 + u64::from(leap(year)) {
		days -= 365 + u64::from(leap(year));
		year += 1;
	}
	let february = 28 + u64::from(leap(year));
	let mut month = 1;
	for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
		if days < length {
			break;
		}
		days -= length;
		month += 1;
	}
	format!("{year:04}-{month:02}-{:02}", days + 1)
}

pub(crate) fn newborn(world: &mut World) -> Result<()> {
	let patient = world.patient("newborn")?;
	let mother = Guardian::new(world, &patient.folder, "mother")?;
	let statement = patient.folder.join("statement.json");
	let cards = patient.folder.join("cards");
	world.devnet.cli.run(args![
		"chart",
		"statement",
		"--wallet",
		patient.wallet,
		"--custodian",
		"1",
		"--guardian",
		mother.named("parent,consent+revoke+dispute-death"),
		"--cards",
		cards,
		"--out",
		statement
	])?;
	let officer = world.devnet.people.key(OFFICER)?;
	let enrolled = world.devnet.cli.run(args![
		"chart",
		"enrol",
		"--key",
		officer,
		"--custodian",
		"1",
		"--statement",
		statement
	])?;
	let chart = text(&enrolled, "chart")?;
	let card = std::fs::read_dir(&cards)?.next().ok_or("no card")??.path();
	let card = card.to_str().ok_or("no path")?;

	// A death is reported in error; the mother disputes it.
	let doctor = world.devnet.people.key("//Mercy//DrAdams")?;
	world
		.devnet
		.cli
		.run(args!["chart", "report-death", "--key", doctor, "--chart", chart])?;
	mother.orders(world, card, &["dispute-death"])?;
	let shown = world.devnet.cli.run(args!["chart", "show", chart])?;
	assert_eq!(shown["charts"][0]["facts"]["state"], "active");
	Ok(())
}

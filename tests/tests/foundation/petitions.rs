//! What patients ask about records: erasure, refusal, legal holds, disputes.

use crate::{
	cases::{Case, DOCUMENT, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::codes::{PetitionState, RecordState};
use salus_tests::{
	args, block_on, journey,
	people::{number, text},
	until, Result,
};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	fs,
	path::{Path, PathBuf},
};

/// Runs `salus record petition …` for the patient of a case.
fn patient(world: &World, case: &Case, command: &str, rest: &[&str]) -> Result<Value> {
	let mut arguments =
		args!["record", "petition", command, "--wallet", case.patient.wallet].to_vec();
	arguments.extend(rest.iter().map(OsString::from));
	world.devnet.cli.run(arguments)
}

/// The arguments of `salus record …` for Mercy's records officer.
fn officer(world: &World, command: &[&str], rest: &[&str]) -> Result<Vec<OsString>> {
	let key = world.devnet.people.key(OFFICER)?;
	let mut arguments = args!["record"].to_vec();
	arguments.extend(command.iter().map(OsString::from));
	arguments.extend(args!["--key", key]);
	arguments.extend(rest.iter().map(OsString::from));
	Ok(arguments)
}

/// The patient's petitions, all as the chain has them.
fn petitions(world: &World, case: &Case) -> Result<Vec<Value>> {
	let said = patient(world, case, "list", &["--custodian", "1"])?;
	let listed = said["petitions"].as_array().ok_or("no list")?.clone();
	for petition in &listed {
		assert_eq!(petition["verified"], true, "{petition}");
	}
	Ok(listed)
}

fn state(world: &World, record: &str) -> Result<RecordState> {
	let id = record.parse().map_err(|_| "no id")?;
	Ok(block_on(world.now()?.record(id))?.ok_or("no record")?.state)
}

/// The patient's list of records.
fn listed(world: &World, case: &Case) -> Result<Value> {
	world.devnet.cli.run(args![
		"record",
		"list",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])
}

/// Files below a folder, with their sizes.
fn files(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
	let mut found = Vec::new();
	for entry in fs::read_dir(folder)? {
		let entry = entry?;
		if entry.path().is_dir() {
			found.extend(files(&entry.path())?);
		} else {
			found.push((entry.path(), entry.metadata()?.len()));
		}
	}
	Ok(found)
}

pub(crate) fn erased(world: &mut World) -> Result<()> {
	let case = Case::new(world, "erased")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	let record = case.records[LABORATORY].clone();
	let objects = world.devnet.custodian(1)?.vault_data().join("objects");
	let before = files(&objects)?.len();

	let asked = patient(world, &case, "erase", &["--statement", "please", &record])?;
	assert_eq!(asked["asked"][0]["number"], 0);
	// One of a kind is open at a time.
	let again =
		args!["record", "petition", "erase", "--wallet", case.patient.wallet, record].to_vec();
	assert_eq!(world.devnet.cli.fail(again.clone())?.code, "petition-open");
	let inbox = officer(world, &["petition", "inbox"], &["--custodian", "1"])?;
	let inbox = world.devnet.cli.run(inbox)?;
	let waiting = inbox["petitions"].as_array().ok_or("no inbox")?;
	let ours = waiting.iter().find(|petition| {
		petition["opening"]["terms"]["record"] == record.as_str() && petition["state"] == "open"
	});
	assert_eq!(ours.ok_or("not in the inbox")?["overdue"], false);

	// Nobody grants but the house's records officers.
	let foreign = world.devnet.people.key(SURGEON)?;
	let refused = world
		.devnet
		.cli
		.fail(args!["record", "petition", "grant", "--key", foreign, record])?;
	assert_eq!(refused.code, "not-in-standing", "{refused}");

	// This vault makes backups, so the receipt must tell until when they hold the record.
	let silent = officer(world, &["petition", "grant"], &[&record])?;
	assert_eq!(world.devnet.cli.fail(silent)?.code, "malformed");
	let told = ["--source-system", "--backups-until", "2027-01-31", &record];
	let granted = world.devnet.cli.run(officer(world, &["petition", "grant"], &told)?)?;
	let copies = granted["answer"]["terms"]["receipt"]["not_reached"].clone();
	let copies = copies.as_array().ok_or("no receipt")?;
	assert!(copies.contains(&json!("source-system")), "{copies:?}");
	let backups = copies.iter().find(|copy| copy["backup"].is_object());
	assert_eq!(
		number(backups.ok_or("no backups in the receipt")?, "backup.until")?,
		1_801_353_600_000
	);
	let to_surgeon = copies.iter().find(|copy| copy["recipient"]["organisation"] == 2);
	assert_eq!(
		to_surgeon.ok_or("the surgeon is not in the receipt")?["recipient"]["practitioner"],
		2
	);

	// Nobody reads it any more, the patient has the receipt, and nothing seems withheld.
	assert_eq!(state(world, &record)?, RecordState::Erased);
	let failure = case.fails(world, LABORATORY, SURGEON)?;
	assert_eq!((failure.code.as_str(), failure.reason), ("record-erased", Some(28)), "{failure}");
	let out = case.patient.folder.join("own");
	let own = args![
		"record",
		"read",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out,
		record
	];
	assert_eq!(world.devnet.cli.fail(own)?.code, "record-erased");
	assert!(!out.exists());
	let petitions = petitions(world, &case)?;
	assert_eq!(petitions[0]["state"], "granted");
	assert_eq!(petitions[0]["answer"], granted["answer"]);
	let said = listed(world, &case)?;
	assert_eq!(said["missing"], json!([]));
	assert_eq!(said["records"].as_array().map(Vec::len), Some(2));
	assert_eq!(said["erased"][0]["id"], record.as_str());
	assert_eq!(said["erased"][0]["petition"], 0);
	until("the ciphertext is gone", || Ok((files(&objects)?.len() < before).then_some(())))?;
	assert_eq!(world.devnet.cli.fail(again)?.code, "record-erased");

	// It stays so after a kill, and the others are read as before.
	let custodian = world.devnet.custodian(1)?;
	custodian.kill_vault()?;
	custodian.start_vault()?;
	assert_eq!(case.fails(world, LABORATORY, SURGEON)?.code, "record-erased");
	case.reads(world, DOCUMENT, SURGEON)?;
	Ok(())
}

pub(crate) fn refused(world: &mut World) -> Result<()> {
	let case = Case::new(world, "erasure-refused")?;
	let record = case.records[DOCUMENT].clone();
	patient(world, &case, "erase", &[&record])?;
	let refusal = officer(
		world,
		&["petition", "refuse"],
		&[
			"--reason",
			"retention-law",
			"--until",
			"2036-01-01",
			"--statement",
			"Kept for ten years, as the law has it.",
			&record,
		],
	)?;
	world.devnet.cli.run(refusal)?;
	let told = &petitions(world, &case)?[0];
	assert_eq!(told["state"], "refused");
	let answer = &told["answer"]["terms"];
	assert_eq!(answer["reason"], "retention-law");
	assert_eq!(number(answer, "until")?, 2_082_758_400_000);
	assert_eq!(text(answer, "statement")?, "Kept for ten years, as the law has it.");
	assert_eq!(state(world, &record)?, RecordState::Current);
	// Another may follow, and be taken back.
	patient(world, &case, "erase", &[&record])?;
	patient(world, &case, "withdraw", &[&record])?;
	let states: Vec<_> = petitions(world, &case)?
		.iter()
		.map(|petition| petition["state"].clone())
		.collect();
	assert_eq!(states, [json!("refused"), json!("withdrawn")]);
	let shown = world.devnet.cli.run(args!["record", "history", record])?;
	assert_eq!(shown["versions"][0]["petitions"].as_array().map(Vec::len), Some(2));
	Ok(())
}

pub(crate) fn held(world: &mut World) -> Result<()> {
	let case = Case::new(world, "held")?;
	let record = case.records[IMAGE].clone();
	let place = officer(world, &["hold", "place"], &["--matter", "Claim 7/2026", &record])?;
	let seal = text(&world.devnet.cli.run(place)?, "seal")?;
	let holds = || -> Result<Value> {
		world.devnet.cli.run(officer(world, &["hold", "list"], &[&record])?)
	};
	assert_eq!(holds()?["holds"][0]["opening"]["terms"]["matter"], "Claim 7/2026");
	patient(world, &case, "erase", &[&record])?;
	let grant =
		|| officer(world, &["petition", "grant"], &["--backups-until", "2027-01-31", &record]);
	let failure = world.devnet.cli.fail(grant()?)?;
	assert_eq!(failure.code, "record-held", "{failure}");
	assert_eq!(state(world, &record)?, RecordState::Current);
	let out = case.patient.folder.join("own");
	world.devnet.cli.run(args![
		"record",
		"read",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out,
		record
	])?;
	assert_eq!(fs::read(&out)?, fs::read(&case.files[IMAGE])?);

	world
		.devnet
		.cli
		.run(officer(world, &["hold", "release"], &["--seal", &seal, &record])?)?;
	assert_eq!(holds()?["holds"][0]["held"], false);
	world.devnet.cli.run(grant()?)?;
	assert_eq!(state(world, &record)?, RecordState::Erased);
	Ok(())
}

pub(crate) fn disputed(world: &mut World) -> Result<()> {
	let case = Case::new(world, "disputed")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	let record = case.records[LABORATORY].clone();
	let words = "I was never tested for this.";
	patient(world, &case, "amend", &["--statement", words, &record])?;
	let said_with = |world: &World| -> Result<Value> {
		let read = case.reads(world, LABORATORY, SURGEON)?;
		assert_eq!(read["withheld_statements"], json!([]));
		Ok(read["statements"].clone())
	};
	// It goes with the record from the first day on, and after a refusal.
	assert_eq!(said_with(world)?[0]["opening"]["terms"]["statement"], words);
	let grant = officer(world, &["petition", "grant"], &[&record])?;
	assert_eq!(world.devnet.cli.fail(grant.clone())?.code, "still-current");
	let refusal = ["--reason", "accurate-and-complete", &record];
	world.devnet.cli.run(officer(world, &["petition", "refuse"], &refusal)?)?;
	let said = said_with(world)?;
	assert_eq!(
		(&said[0]["state"], &said[0]["opening"]["terms"]["statement"]),
		(&json!("refused"), &json!(words))
	);
	let own = listed(world, &case)?;
	let disputed = own["records"]
		.as_array()
		.and_then(|all| all.iter().find(|listed| listed["id"] == record.as_str()));
	assert_eq!(disputed.ok_or("not listed")?["statements"][0]["number"], 0);

	// Asked again, the house amends it and grants: then there is no new dispute.
	patient(world, &case, "amend", &["--statement", "still wrong", &record])?;
	let inputs = journey::inputs()?;
	let newer = inputs.iter().find(|file| file.ends_with("Observation-f002.json"));
	let newer = newer.ok_or("input")?;
	let key = world.devnet.people.key(OFFICER)?;
	world.devnet.cli.run(args![
		"record",
		"amend",
		"--key",
		key,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		"--replaces",
		record,
		newer
	])?;
	world.devnet.cli.run(grant)?;
	let id = record.parse().map_err(|_| "no id")?;
	let view = block_on(world.now()?.record_view(id))?.ok_or("no record")?;
	let states: Vec<_> = view.petitions.iter().map(|found| found.petition.state).collect();
	assert_eq!(states, [PetitionState::Refused, PetitionState::Granted]);
	assert_eq!(said_with(world)?.as_array().map(Vec::len), Some(1));
	Ok(())
}

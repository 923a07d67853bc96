//! An emergency while finality stalls: a signed statement opens the first scope and nothing else, and comes to
//! the chain afterwards, once, whatever is killed.

use crate::{
	cases::{DOCTOR, LABORATORY, SURGEON},
	emergency::{quality_officer, Emergency, BRIGHT_SMILE, OTHER},
	world::World,
};
use salus_primitives::{
	codes::BreakGlassState,
	decision::{Basis, DenyReason},
	disclosure::Outcome,
};
use salus_tests::{
	args,
	people::{number, text},
	until, Failure, Result,
};
use serde_json::{json, Value};
use std::{ffi::OsString, fs};

/// Without these two of four there are blocks, but none is final.
const STOPPED: [usize; 2] = [2, 3];
/// Whose licence has expired.
const UNLICENSED: &str = "//Lakeside//DrExpired";

/// The command by which a clinician of Lakeside signs a statement.
fn stating(emergency: &Emergency, world: &World, who: &str, file: &str) -> Result<Vec<OsString>> {
	let mut command = emergency.opening(world, who, &emergency.case.chart, file)?;
	command.push("--stalled".into());
	Ok(command)
}

/// What the chain, or else the file, says.
fn show(emergency: &Emergency, world: &World, file: &str) -> Result<Value> {
	world.devnet.cli.run(args!["emergency", "show", emergency.file(file)])
}

/// What the patient gets for the list of their own records.
fn patients_list(emergency: &Emergency, world: &World) -> Result<Failure> {
	let wallet = &emergency.case.patient.wallet;
	world
		.devnet
		.cli
		.fail(args!["record", "list", "--wallet", wallet, "--custodian", "1"])
}

/// The statement opens the allergy to her who signed it, and nothing else to nobody else.
fn opens_the_first_scope_alone(emergency: &Emergency, world: &World) -> Result<()> {
	let laboratory = &emergency.case.records[LABORATORY];
	assert_eq!(emergency.list(world, "glass")?, [emergency.allergy.as_str()]);
	emergency.reads(world, &emergency.allergy, "glass")?;
	emergency.denied(world, laboratory, "glass", DenyReason::BeyondFirstScope)?;
	for (who, organisation) in [(OTHER, "3"), (DOCTOR, "1")] {
		let stolen = DenyReason::BreakGlassOfAnother;
		emergency.denied_to(world, who, organisation, &emergency.allergy, "glass", stolen)?;
	}

	// Altered, it is nobody's word.
	let mut altered: Value = serde_json::from_slice(&fs::read(emergency.file("glass"))?)?;
	let at = number(&altered, "statement.statement.at")?;
	altered["statement"]["statement"]["at"] = json!(at + 1);
	fs::write(emergency.file("altered"), altered.to_string())?;
	let reading = emergency.reading(world, SURGEON, "2", &emergency.allergy, "altered")?;
	assert_eq!(world.devnet.cli.fail(reading)?.code, "malformed");

	// Who has no licence signs what opens nothing.
	world.devnet.cli.run(stating(emergency, world, UNLICENSED, "unlicensed")?)?;
	let reading = emergency.reading(world, UNLICENSED, "2", &emergency.allergy, "unlicensed")?;
	let refused = world.devnet.cli.fail(reading)?;
	assert_eq!(refused.code, "access-denied", "{refused}");
	Ok(())
}

/// Once it is on chain, it is told, accounted for and reviewed like any other.
fn is_answered_for(emergency: &Emergency, world: &World, id: &str) -> Result<()> {
	let told = emergency.notices(world)?;
	assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
	assert_eq!(told[0]["break_glass"], id);
	assert_eq!(number(&told[0], "known.practitioner")?, 2);
	assert!(told[0]["known"]["posted"].is_u64(), "{told}");
	assert_eq!(told[0]["records"], json!([emergency.allergy]));
	assert_eq!(number(&told[0], "releases")?, 2);
	let glass = Outcome::Released(Basis::BreakGlass(id.parse().map_err(|_| "no id")?));

	emergency.account(world, "glass")?;
	let pending = world.devnet.cli.run(args!["emergency", "pending"])?;
	let pending = pending["pending"].as_array().ok_or("no list")?;
	assert_eq!(pending.iter().filter(|one| one["practitioner"] == 2).count(), 1, "{pending:?}");
	let reviewer = quality_officer(world, &emergency.case.patient.folder, BRIGHT_SMILE, "3")?;
	let [look, review] = emergency.review(&reviewer, "3", "justified", "glass")?;
	let lines = until("the vault knows the reviewer", || Ok(world.devnet.cli.run(&look).ok()))?;
	let lines = lines["lines"].as_array().ok_or("no lines")?;
	assert_eq!(lines.len(), 2);
	assert!(lines.iter().all(|line| line["outcome"] == json!(glass)), "{lines:?}");
	assert_eq!(world.devnet.cli.run(review)?["state"], "justified");
	Ok(())
}

pub(crate) fn emergency_while_finality_stalls(world: &mut World) -> Result<()> {
	let emergency = Emergency::new(world, "emergency-stalled")?;
	let dissenting = Emergency::new(world, "emergency-stalled-dissent")?;
	let dissent = ["--rule", "deny", "--purpose", "ETREAT", "--category", "allergy"];
	dissenting.case.issue(world, &dissent)?;
	// What is permitted is not asked either, once nobody knows whether it still is.
	emergency.case.permit(world)?;
	for who in [SURGEON, DOCTOR, OTHER, UNLICENSED] {
		world.devnet.people.reader(who)?;
	}
	emergency.case.reads(world, LABORATORY, SURGEON)?;

	// While the chain finalises, there is nothing to state.
	let refused = world.devnet.cli.fail(stating(&emergency, world, SURGEON, "early")?)?;
	assert!(refused.message.contains("finalises blocks"), "{refused}");

	for index in STOPPED {
		world.devnet.network.kill(index)?;
	}
	until("the vault finds its head too old", || {
		match world.devnet.cli.run(emergency.case.reading(world, LABORATORY, SURGEON)?) {
			Ok(_) => Ok(None),
			Err(fault) if fault.to_string().contains("head-stale") => Ok(Some(())),
			Err(fault) => Err(fault),
		}
	})?;
	assert_eq!(patients_list(&emergency, world)?.code, "head-stale");
	let plain = emergency.opening(world, SURGEON, &emergency.case.chart, "plain")?;
	let refused = world.devnet.cli.fail(plain)?;
	assert!(refused.help.contains("--stalled"), "{refused}");

	let said = world.devnet.cli.run(stating(&emergency, world, SURGEON, "glass")?)?;
	let id = text(&said, "id")?;
	assert_eq!(show(&emergency, world, "glass")?["posted"], json!(null));
	opens_the_first_scope_alone(&emergency, world)?;
	// It is for this chart alone, and what its patient denied for emergencies stays shut.
	fs::copy(emergency.file("glass"), dissenting.file("glass"))?;
	let elsewhere = DenyReason::BreakGlassOfOtherChart;
	dissenting.denied(world, &dissenting.allergy, "glass", elsewhere)?;
	world.devnet.cli.run(stating(&dissenting, world, SURGEON, "own")?)?;
	dissenting.denied(world, &dissenting.allergy, "own", DenyReason::EmergencyDenied)?;
	assert_eq!(patients_list(&emergency, world)?.code, "head-stale");

	// Killed before it can post: what it kept with the log's lines comes in all the same.
	world.devnet.custodian(1)?.kill_vault()?;
	for index in STOPPED {
		world.devnet.network.restart(index)?;
	}
	world.devnet.custodian(1)?.start_vault()?;
	let posted = until("the vault has posted the statement", || {
		let said = show(&emergency, world, "glass")?;
		Ok(said["posted"].is_u64().then_some(said))
	})?;
	assert_eq!(posted["state"], BreakGlassState::Closed.code());
	assert_eq!(posted["id"], id);
	// Posted once more by the clinician, and after another kill, it stays as it came in.
	world.devnet.custodian(1)?.kill_vault()?;
	let key = world.devnet.people.key(SURGEON)?;
	let again = args!["emergency", "post", "--key", key, emergency.file("glass")];
	assert_eq!(world.devnet.cli.run(again)?["posted"], posted["posted"]);
	world.devnet.custodian(1)?.start_vault()?;

	// It opens nothing any more.
	until("the vault decides again", || {
		let reading = emergency.reading(world, SURGEON, "2", &emergency.allergy, "glass")?;
		let failure = world.devnet.cli.fail(reading)?;
		Ok((failure.code != "head-stale").then_some(()))
	})?;
	emergency.denied(world, &emergency.allergy, "glass", DenyReason::FinalityIsBack)?;
	dissenting.denied(world, &dissenting.allergy, "own", DenyReason::FinalityIsBack)?;
	is_answered_for(&emergency, world, &id)
}

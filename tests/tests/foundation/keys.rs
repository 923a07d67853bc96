//! What befalls a chart: other keys, closing, and death.

use crate::{
	cases::{Case, DOCTOR, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::decision::DenyReason;
use salus_tests::{args, people::text, Patient, Result};
use serde_json::{json, Value};
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// What a wallet says of its chart at Mercy.
fn own(world: &World, command: &[&str], wallet: &Path) -> Result<Value> {
	let mut arguments = args!["chart"].to_vec();
	arguments.extend(command.iter().map(Into::into));
	arguments.extend(args!["--wallet", wallet, "--custodian", "1"]);
	world.devnet.cli.run(arguments)
}

/// The key of a chart on chain.
fn key(world: &World, chart: &str) -> Result<String> {
	let shown = world.devnet.cli.run(args!["chart", "show", chart])?;
	let key = &shown["charts"][0]["facts"]["key"];
	Ok(key.as_str().ok_or("no key")?.into())
}

pub(crate) fn rotated(world: &mut World) -> Result<()> {
	let case = Case::new(world, "rotated")?;
	world.devnet.people.reader(SURGEON)?;
	let permit = case.permit(world)?;
	let before = key(world, &case.chart)?;
	let copy = case.patient.folder.join("copy.wallet");
	std::fs::copy(&case.patient.wallet, &copy)?;

	let said = own(world, &["rotate-key"], &case.patient.wallet)?;
	assert_eq!(said["vault"], Value::Null, "the vault was not told: {said}");
	assert_eq!(text(&said, "key")?, key(world, &case.chart)?);
	assert_ne!(before, key(world, &case.chart)?);

	// Directives stay, records can be read and written, and the patient reads the log.
	case.reads(world, LABORATORY, SURGEON)?;
	let officer = world.devnet.people.key(OFFICER)?;
	world.devnet.cli.run(args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		case.files[LABORATORY]
	])?;
	assert!(!case.log(world)?.is_empty());
	// A copy of the wallet finds the key that follows; the one before does nothing any more.
	world
		.devnet
		.cli
		.run(args!["directive", "revoke", "--wallet", case.patient.wallet, permit])?;
	case.denied(world, LABORATORY, SURGEON, DenyReason::NothingPermits.code().into())?;
	let again = case.permit(world)?;
	world.devnet.cli.run(args!["directive", "revoke", "--wallet", copy, again])?;
	case.denied(world, LABORATORY, SURGEON, DenyReason::NothingPermits.code().into())?;
	own(world, &["deactivate"], &copy)?;
	own(world, &["reactivate"], &copy)?;
	Ok(())
}

/// Has a new wallet's word written and started; returns the word's file.
fn start(world: &World, case: &Case, patient: &Patient, name: &str) -> Result<Value> {
	let word = patient.folder.join(format!("{name}.json"));
	world.devnet.cli.run(args![
		"chart",
		"rekey",
		"word",
		"--wallet",
		patient.wallet,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		"--out",
		word
	])?;
	let officer = world.devnet.people.key(OFFICER)?;
	world
		.devnet
		.cli
		.run(args!["chart", "rekey", "start", "--key", officer, "--word", word])
}

pub(crate) fn rekeyed(world: &mut World) -> Result<()> {
	let case = Case::new(world, "rekeyed")?;
	world.devnet.people.reader(SURGEON)?;
	let permit = case.permit(world)?;
	let new = world.patient("rekeyed-new")?;
	let officer = world.devnet.people.key(OFFICER)?;
	let complete = args!["chart", "rekey", "complete", "--key", officer, "--chart", case.chart];

	// A custodian that re-keys a chart whose patient lost nothing is seen, and stopped.
	start(world, &case, &new, "first")?;
	let shown = world.devnet.cli.run(args!["chart", "show", case.chart])?;
	assert!(shown["charts"][0]["facts"]["rekeying"]["ready"].is_u64(), "no notice: {shown}");
	let early = world.devnet.cli.fail(&complete)?;
	assert!(early.message.contains("TooEarly"), "{early}");
	let cancelled = own(world, &["rekey", "cancel"], &case.patient.wallet)?;
	assert_eq!(cancelled["rekeying"], Value::Null);
	let refused = world.devnet.cli.fail(&complete)?;
	assert!(refused.message.contains("NoRekeying"), "{refused}");

	// The wallet is lost. Nobody cancels.
	let started = start(world, &case, &new, "second")?;
	let began = Instant::now();
	assert_eq!(text(&started, "key")?, key(world, &case.chart)?);
	loop {
		match world.devnet.cli.run(&complete) {
			Ok(_) => break,
			Err(fault) if !fault.to_string().contains("TooEarly") => return Err(fault),
			Err(fault) if began.elapsed() > Duration::from_secs(120) => return Err(fault),
			Err(_) => std::thread::sleep(Duration::from_secs(2)),
		}
	}
	let said = own(world, &["rekey", "finish"], &new.wallet)?;
	assert_eq!(said["vault"], Value::Null, "the vault was not told: {said}");
	assert_eq!(text(&said, "key")?, key(world, &case.chart)?);

	// The directives stayed; the old wallet does nothing, the new one ends them by their id.
	case.reads(world, LABORATORY, SURGEON)?;
	let old = world.devnet.cli.fail(args![
		"chart",
		"deactivate",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	assert_eq!(old.code, "key-elsewhere", "{old}");
	let listed = world.devnet.cli.run(args!["directive", "list", "--wallet", new.wallet])?;
	// Cover is unknown to it as well, until its vault says what that is.
	let unknown = listed["unknown"].as_array().ok_or("no list")?;
	assert!(unknown.contains(&json!(permit)), "{listed}");
	Ok(())
}

pub(crate) fn closed(world: &mut World) -> Result<()> {
	let case = Case::new(world, "closed")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	let said = own(world, &["deactivate"], &case.patient.wallet)?;
	assert_eq!(text(&said, "state")?, "deactivated");
	let reason = DenyReason::ChartDeactivated.code().into();
	case.denied(world, LABORATORY, SURGEON, reason)?;
	case.reads(world, LABORATORY, DOCTOR)?;
	let said = own(world, &["reactivate"], &case.patient.wallet)?;
	assert_eq!(text(&said, "state")?, "active");
	case.reads(world, LABORATORY, SURGEON)?;
	Ok(())
}

pub(crate) fn death(world: &mut World) -> Result<()> {
	let case = Case::new(world, "death")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	let report = |uri: &str| -> Result<_> {
		let key = world.devnet.people.key(uri)?;
		Ok(args!["chart", "report-death", "--key", key, "--chart", case.chart])
	};
	for uri in [SURGEON, OFFICER] {
		let refused = world.devnet.cli.fail(report(uri)?)?;
		assert!(refused.message.contains("NotAuthorised"), "{refused}");
	}
	let said = world.devnet.cli.run(report(DOCTOR)?)?;
	assert_eq!(text(&said, "state")?, "deceased");
	// Directives go on as they are where the jurisdiction says nothing else; no other is issued.
	case.reads(world, LABORATORY, SURGEON)?;
	let refused = world.devnet.cli.fail(args![
		"directive",
		"issue",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--rule",
		"permit"
	])?;
	assert!(refused.message.contains("ChartNotActive"), "{refused}");
	let said = own(world, &["dispute-death"], &case.patient.wallet)?;
	assert_eq!(text(&said, "state")?, "active");
	case.permit(world)?;
	Ok(())
}

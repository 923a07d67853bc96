//! Records that move from Mercy to Lakeside, as their patient wants, whatever is killed on the way.

use crate::{
	cases::{Case, FILES_STORED, IMAGE, LABORATORY, OFFICER},
	faults::files,
	world::World,
};
use salus_tests::{args, people::text, until, Result};
use serde_json::{json, Value};
use std::{fs, path::PathBuf};

/// Lakeside's records officer.
const RECEIVER: &str = "//Lakeside//Records";

/// A patient of both houses, and the word by which records may go from the one to the other.
struct Move {
	case: Case,
	word: PathBuf,
}

impl Move {
	fn new(world: &World, test: &str) -> Result<Self> {
		let case = Case::new(world, test)?;
		case.patient.enrol(2, &world.devnet.people.key(RECEIVER)?)?;
		let word = case.patient.folder.join("word.json");
		world.devnet.cli.run(args![
			"chart",
			"transfer-word",
			"--wallet",
			case.patient.wallet,
			"--custodian",
			"1",
			"--to",
			"2",
			"--out",
			word
		])?;
		Ok(Self { case, word })
	}

	fn offer(&self, world: &World, which: &str) -> Result<Value> {
		let officer = world.devnet.people.key(OFFICER)?;
		world.devnet.cli.run(args![
			"record",
			"transfer",
			"offer",
			"--key",
			officer,
			"--custodian",
			"1",
			"--word",
			self.word,
			which
		])
	}

	/// Where the records of the transfer are.
	fn states(&self, world: &World) -> Result<Vec<String>> {
		let officer = world.devnet.people.key(OFFICER)?;
		let said = world.devnet.cli.run(args![
			"record",
			"transfer",
			"status",
			"--key",
			officer,
			"--custodian",
			"1",
			"--chart",
			self.case.chart
		])?;
		let records = said["transfers"][0]["records"].as_array().ok_or("no transfer")?;
		records.iter().map(|record| text(record, "state")).collect()
	}

	/// Waits until all records of the transfer are in this state.
	fn all_are(&self, world: &World, state: &str) -> Result<usize> {
		until(state, || {
			let states = self.states(world)?;
			Ok(states.iter().all(|is| is == state).then_some(states.len()))
		})
	}

	/// What the patient sees at a custodian.
	fn list(&self, world: &World, custodian: &str) -> Result<Value> {
		world.devnet.cli.run(args![
			"record",
			"list",
			"--wallet",
			self.case.patient.wallet,
			"--custodian",
			custodian
		])
	}
}

fn receive(world: &World, wait: bool) -> Result<Value> {
	let officer = world.devnet.people.key(RECEIVER)?;
	let mut arguments =
		args!["record", "transfer", "receive", "--key", officer, "--custodian", "2", "--from", "1"]
			.to_vec();
	if wait {
		arguments.push("--wait".into());
	}
	world.devnet.cli.run(arguments)
}

pub(crate) fn records_move(world: &mut World) -> Result<()> {
	let moving = Move::new(world, "custody")?;
	let case = &moving.case;
	let officer = world.devnet.people.key(OFFICER)?;
	let amended = world.devnet.cli.run(args![
		"record",
		"amend",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		"--replaces",
		case.records[LABORATORY],
		case.files[LABORATORY]
	])?;
	let amended = text(&amended, "stored.0.record")?;

	// Lakeside's officer has no business at Mercy, and Mercy's none at Lakeside.
	let refused =
		args!["record", "transfer", "receive", "--key", officer, "--custodian", "2", "--from", "1"];
	assert_eq!(world.devnet.cli.fail(refused)?.code, "not-in-standing");

	// Offered, then withdrawn: the image stays, and is read as before.
	let offered = moving.offer(world, &case.records[IMAGE])?;
	let transfer = text(&offered, "transfers.0.id")?;
	moving.all_are(world, "offered")?;
	world.devnet.cli.run(args![
		"record",
		"transfer",
		"withdraw",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		transfer
	])?;
	moving.all_are(world, "stays")?;
	// The patient may withdraw, too.
	moving.offer(world, &case.records[IMAGE])?;
	let withdrawn = world.devnet.cli.run(args![
		"chart",
		"transfer-withdraw",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	assert_eq!(withdrawn["transfers"][0]["withdrawn"], true, "{withdrawn}");
	moving.all_are(world, "stays")?;
	assert_eq!(moving.list(world, "1")?["records"].as_array().map(Vec::len), Some(4));

	// All of it. Both vaults are killed in the middle, the giver before its offers are final.
	let here = world.devnet.custodian(1)?.vault_data().join("objects");
	let there = world.devnet.custodian(2)?.vault_data().join("objects");
	let (here_before, there_before) = (files(&here)?, files(&there)?);
	moving.offer(world, "--all")?;
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	receive(world, false)?;
	until("ciphertexts arrive", || Ok((files(&there)? > there_before).then_some(())))?;
	world.devnet.custodian(2)?.kill_vault()?;
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(2)?.start_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	let received = receive(world, true)?;
	assert_eq!(received["receipts"][0]["running"], false, "{received}");
	let all = FILES_STORED + 1;
	assert_eq!(moving.all_are(world, "moved")?, all);

	// Nothing was lost and nothing came twice.
	let list = moving.list(world, "2")?;
	let records = list["records"].as_array().ok_or("no list")?;
	assert_eq!((records.len(), &list["missing"]), (all, &json!([])));
	assert!(records.iter().any(|record| record["id"] == amended.as_str()), "{list}");
	for record in records {
		assert_eq!((&record["verified"], &record["from"]), (&json!(true), &json!(1)), "{record}");
	}
	let out = case.patient.folder.join("moved");
	for (record, file) in case.records.iter().zip(&case.files) {
		world.devnet.cli.run(args![
			"record",
			"read",
			"--wallet",
			case.patient.wallet,
			"--custodian",
			"2",
			"--out",
			out,
			record
		])?;
		assert_eq!(fs::read(&out)?, fs::read(file)?, "not what was stored");
		fs::remove_file(&out)?;
	}
	until("the receiver keeps no more than the records", || {
		Ok((files(&there)? == there_before + all).then_some(()))
	})?;

	// The giver has nothing of them, says where they are, and its log tells that they went.
	until("the giver has removed the ciphertexts", || {
		Ok((files(&here)? + all == here_before).then_some(()))
	})?;
	let left = moving.list(world, "1")?;
	assert_eq!((&left["records"], &left["missing"]), (&json!([]), &json!([])));
	assert_eq!(left["moved"].as_array().map(Vec::len), Some(all), "{left}");
	let disclosed = case.log(world)?.into_iter().filter(|entry| entry["action"] == "disclose");
	assert!(disclosed.count() >= all);

	// It is a chart like any other: Lakeside goes on from there, the line of versions too.
	let receiver = world.devnet.people.key(RECEIVER)?;
	let chart = text(&list, "chart")?;
	world.devnet.cli.run(args![
		"record",
		"amend",
		"--key",
		receiver,
		"--custodian",
		"2",
		"--chart",
		chart,
		"--replaces",
		amended,
		case.files[LABORATORY]
	])?;
	Ok(())
}

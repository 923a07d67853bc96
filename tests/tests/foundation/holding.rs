//! All that Mercy keeps goes to Lakeside, whatever is killed on the way, and its patients and whom they
//! permit go on as before.
//!
//! Mercy keeps nothing afterwards, so this is the last test of a network.

use crate::{
	cases::{Case, DOCUMENT, IMAGE, LABORATORY, OFFICER},
	world::{identity, World},
};
use salus_client::{vault_api::ReceivingState, vault_client::VaultClient, Error};
use salus_primitives::codes::{Purpose, RecordState};
use salus_tests::{
	args, block_on, journey,
	people::{number, text},
	until, Failure, Patient, Result,
};
use serde_json::{json, Value};
use std::{ffi::OsString, fs, path::PathBuf};

/// Administrators of the giver, of the receiver, and of a third house.
const GIVER: &str = "//Mercy";
const RECEIVER: &str = "//Lakeside";
const THIRD: &str = "//BrightSmile";
/// Lakeside's records officer.
const SUCCESSOR: &str = "//Lakeside//Records";
/// The dentist, of another house.
const DENTIST: &str = "//BrightSmile//DrChen";
/// What comes as an import.
const IMPORTED: usize = 5;

/// Runs `salus custody …` for an administrator.
fn custody(world: &World, who: &str, command: &str, rest: &[&str]) -> Result<Vec<OsString>> {
	let key = world.devnet.people.key(who)?;
	let mut arguments = args!["custody", command, "--key", key].to_vec();
	arguments.extend(rest.iter().map(OsString::from));
	Ok(arguments)
}

fn run(world: &World, who: &str, command: &str, rest: &[&str]) -> Result<Value> {
	world.devnet.cli.run(custody(world, who, command, rest)?)
}

fn fail(world: &World, who: &str, command: &str, rest: &[&str]) -> Result<Failure> {
	world.devnet.cli.fail(custody(world, who, command, rest)?)
}

/// Runs `salus record …` for a records officer.
fn officer(world: &World, who: &str, command: &[&str], rest: &[&str]) -> Result<Vec<OsString>> {
	let key = world.devnet.people.key(who)?;
	let mut arguments = args!["record"].to_vec();
	arguments.extend(command.iter().map(OsString::from));
	arguments.extend(args!["--key", key]);
	arguments.extend(rest.iter().map(OsString::from));
	Ok(arguments)
}

/// Runs `salus record petition …` for a patient.
fn petition(world: &World, patient: &Patient, command: &str, rest: &[&str]) -> Result<Value> {
	let mut arguments = args!["record", "petition", command, "--wallet", patient.wallet].to_vec();
	arguments.extend(rest.iter().map(OsString::from));
	world.devnet.cli.run(arguments)
}

/// What a patient sees, by the name of the custodian that they know.
fn list(world: &World, patient: &Patient, custodian: &str) -> Result<Value> {
	world.devnet.cli.run(args![
		"record",
		"list",
		"--wallet",
		patient.wallet,
		"--custodian",
		custodian
	])
}

/// The records of a list, all of them as the chain says, and none missing.
fn whole(list: &Value) -> Result<Vec<Value>> {
	assert_eq!(list["missing"], json!([]), "{list}");
	let records = list["records"].as_array().ok_or("no list")?.clone();
	for record in &records {
		assert_eq!(record["verified"], true, "{record}");
	}
	Ok(records)
}

/// What the vault of the receiver says of the holding.
fn receiving(world: &World) -> Result<Option<Value>> {
	let said = run(world, RECEIVER, "status", &["--custodian", "2"])?;
	let received = said["vault"]["says"]["received"].as_array().ok_or("the vault says nothing")?;
	Ok(received.iter().find(|received| received["from"] == 1).cloned())
}

/// Two patients of Mercy with records of every kind.
struct Patients {
	/// With an import, an amended, a disputed and a plain record, and a directive for the dentist.
	one: Case,
	amended: String,
	/// With a held, an erased and a plain record.
	other: Case,
	/// One of Lakeside, before and after.
	before: Patient,
	before_chart: String,
}

impl Patients {
	fn new(world: &World) -> Result<Self> {
		let one = Case::new(world, "holding")?;
		let other = Case::new(world, "holding-other")?;
		let inputs = journey::inputs()?;
		let newer = inputs.iter().find(|file| file.ends_with("Observation-f002.json"));
		let newer = newer.ok_or("no newer result among the inputs")?.display().to_string();
		let amend = ["--custodian", "1", "--chart", &one.chart, "--replaces"];
		let amend = [&amend[..], &[&one.records[LABORATORY], &newer]].concat();
		let amended = world.devnet.cli.run(officer(world, OFFICER, &["amend"], &amend)?)?;
		let amended = text(&amended, "stored.0.record")?;
		import(world, &one)?;
		petition(
			world,
			&one.patient,
			"amend",
			&["--statement", "Not my document.", &one.records[DOCUMENT]],
		)?;
		world.devnet.people.reader(DENTIST)?;
		one.issue(world, &["--rule", "permit", "--practitioner", "4", "--organisation", "3"])?;
		one.reads(world, IMAGE, DENTIST)?;

		let hold = ["--matter", "Claim 7/2026", &other.records[IMAGE]];
		world.devnet.cli.run(officer(world, OFFICER, &["hold", "place"], &hold)?)?;
		let erased = &other.records[LABORATORY];
		petition(world, &other.patient, "erase", &[erased])?;
		let grant = ["--backups-until", "2027-01-31", erased];
		world.devnet.cli.run(officer(world, OFFICER, &["petition", "grant"], &grant)?)?;

		let before = world.patient("holding-before")?;
		let key = world.devnet.people.key(SUCCESSOR)?;
		let before_chart = text(&before.enrol(2, &key)?, "chart")?;
		store(world, SUCCESSOR, "2", &before_chart)?;
		Ok(Self { one, amended, other, before, before_chart })
	}
}

/// The arguments to store a document.
fn storing(world: &World, who: &str, custodian: &str, chart: &str) -> Result<Vec<OsString>> {
	let inputs = journey::inputs()?;
	let file = inputs.iter().find(|file| file.ends_with("Observation-f003.json"));
	let file = file.ok_or("no result among the inputs")?.display().to_string();
	officer(world, who, &["store"], &["--custodian", custodian, "--chart", chart, &file])
}

fn store(world: &World, who: &str, custodian: &str, chart: &str) -> Result<Value> {
	world.devnet.cli.run(storing(world, who, custodian, chart)?)
}

fn import(world: &World, case: &Case) -> Result<()> {
	let folder = case.patient.folder.join("import");
	fs::create_dir_all(folder.join("in"))?;
	fs::write(folder.join("map.csv"), format!("Patient/1,{}\n", case.chart))?;
	let lines = (0..IMPORTED).map(|n| {
		json!({
			"resourceType": "Observation",
			"status": "final",
			"code": { "text": format!("result {n}") },
			"subject": { "reference": "Patient/1" },
			"effectiveDateTime": "2019-05-31",
		})
		.to_string()
	});
	fs::write(folder.join("in/results.ndjson"), lines.collect::<Vec<_>>().join("\n"))?;
	let path = |name: &str| folder.join(name).display().to_string();
	let (map, journal, report, from) =
		(path("map.csv"), path("journal"), path("refused.ndjson"), path("in"));
	let rest =
		["--custodian", "1", "--charts", &map, "--journal", &journal, "--report", &report, &from];
	world.devnet.cli.run(officer(world, OFFICER, &["import"], &rest)?)?;
	Ok(())
}

/// Why a vault does not list the patient's records, asked as no client of ours asks: whoever the chain names.
fn refused_at_vault(world: &World, case: &Case, organisation: u32) -> Result<Error> {
	let wallet = world.wallet(&case.patient)?;
	let identity = wallet.identity(wallet.chart(&case.chart_id()?)?)?;
	let (endpoint, genesis) = (world.endpoint(organisation)?, world.chain.genesis());
	let chart = case.chart_id()?;
	let listed = block_on(async {
		let mut vault = VaultClient::new(&endpoint)?;
		vault.sign_in(&identity, &genesis, organisation).await?;
		vault.records(&chart, None, Purpose::PatientRequested).await
	});
	match listed {
		Err(fault) => Ok(fault),
		Ok(_) => Err(format!("organisation {organisation} serves the chart").into()),
	}
}

pub(crate) fn moves(world: &mut World) -> Result<()> {
	let patients = Patients::new(world)?;
	let Patients { one, other, .. } = &patients;
	let seen = whole(&list(world, &one.patient, "1")?)?;
	let seen_of_other = list(world, &other.patient, "1")?;

	// Not every administrator's to give, nor to take.
	let foreign = fail(world, THIRD, "offer", &["--custodian", "1", "--to", "3"])?;
	assert_eq!(foreign.code, "chain-refused", "{foreign}");
	let early = fail(world, RECEIVER, "receive", &["--custodian", "2", "--from", "1"])?;
	assert_eq!(early.code, "usage", "{early}");

	withdrawn(world, &patients)?;
	copied_through_kills(world, &patients)?;

	// What the receiver has is served by the giver alone.
	let early = refused_at_vault(world, one, 2)?;
	assert_eq!(early.code(), "chart-unknown", "{early}");
	assert_eq!(whole(&list(world, &one.patient, "1")?)?.len(), seen.len());
	one.reads(world, IMAGE, DENTIST)?;

	ready_through_kills(world, one)?;
	let accepted = run(world, RECEIVER, "accept", &["--custodian", "2", "--from", "1"])?;
	assert_eq!(accepted["holding"]["keeper"], 2, "{accepted}");
	assert_eq!(accepted["received"]["state"], "kept", "{accepted}");
	// It goes on by itself from there, wherever it is killed.
	world.devnet.custodian(2)?.kill_vault()?;
	world.devnet.custodian(2)?.start_vault()?;

	patients_go_on(world, &patients, &seen, &seen_of_other)?;
	house_goes_on(world, &patients, &seen)?;
	giver_is_done(world, one)
}

/// An offer that is withdrawn: the giver writes again, the receiver keeps nothing of it.
fn withdrawn(world: &mut World, patients: &Patients) -> Result<()> {
	let Patients { one, other, .. } = patients;
	let offered = run(world, GIVER, "offer", &["--custodian", "1", "--to", "2"])?;
	assert_eq!(offered["holding"]["offered"], 2, "{offered}");
	until("the giver writes nothing new", || {
		let refused = world.devnet.cli.fail(storing(world, OFFICER, "1", &other.chart)?);
		Ok(refused.ok().filter(|refused| refused.code == "holding-offered"))
	})?;
	one.reads(world, IMAGE, DENTIST)?;
	let early = fail(world, RECEIVER, "accept", &["--custodian", "2", "--from", "1"])?;
	assert_eq!(early.code, "usage", "nothing was copied: {early}");
	run(world, RECEIVER, "receive", &["--custodian", "2", "--from", "1", "--wait"])?;
	run(world, GIVER, "withdraw", &["--custodian", "1"])?;
	until("the receiver has dropped what came", || {
		let received = receiving(world)?;
		Ok(received.is_none_or(|received| received["state"] == "withdrawn").then_some(()))
	})?;
	let late = fail(world, RECEIVER, "accept", &["--custodian", "2", "--from", "1"])?;
	assert_eq!(late.code, "usage", "{late}");
	until("the giver writes again", || Ok(store(world, OFFICER, "1", &other.chart).ok()))?;
	Ok(())
}

/// Offered again, and copied although both vaults are killed.
fn copied_through_kills(world: &mut World, patients: &Patients) -> Result<()> {
	run(world, GIVER, "offer", &["--custodian", "1", "--to", "2"])?;
	until("the receiver's vault sees the offer", || {
		Ok(run(world, RECEIVER, "receive", &["--custodian", "2", "--from", "1"]).ok())
	})?;
	world.devnet.custodian(2)?.kill_vault()?;
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	world.devnet.custodian(2)?.start_vault()?;
	let received = run(world, RECEIVER, "receive", &["--custodian", "2", "--from", "1", "--wait"])?;
	assert_eq!(received["received"]["state"], "copied", "{received}");
	// What the patient does meanwhile comes with the last pass.
	patients
		.other
		.issue(world, &["--rule", "permit", "--practitioner", "4", "--organisation", "3"])?;
	Ok(())
}

/// The last pass, although vaults are killed in it and once it is done.
fn ready_through_kills(world: &mut World, case: &Case) -> Result<()> {
	let vault = world.session(2, &identity(RECEIVER)?)?;
	let begun = block_on(vault.ready_holding(1))?;
	let begun = begun.received.iter().find(|received| received.from == 1).map(|one| one.state);
	assert_eq!(begun, Some(ReceivingState::Closing));
	world.devnet.custodian(2)?.kill_vault()?;
	world.devnet.custodian(2)?.start_vault()?;
	is_ready(world)?;
	let closed = refused_at_vault(world, case, 1)?;
	assert_eq!(closed.code(), "holding-closed", "{closed}");
	let early = refused_at_vault(world, case, 2)?;
	assert_eq!(early.code(), "chart-unknown", "{early}");

	for house in [2, 1] {
		world.devnet.custodian(house)?.kill_vault()?;
		world.devnet.custodian(house)?.start_vault()?;
	}
	is_ready(world)?;
	let closed = refused_at_vault(world, case, 1)?;
	assert_eq!(closed.code(), "holding-closed", "{closed}");
	Ok(())
}

fn is_ready(world: &World) -> Result<()> {
	until("the last pass is made", || {
		let received = receiving(world)?;
		Ok(received.filter(|received| received["state"] == "ready").map(drop))
	})
}

/// By the commands that the patients know, and for those whom they permitted.
fn patients_go_on(
	world: &World,
	patients: &Patients,
	seen: &[Value],
	seen_of_other: &Value,
) -> Result<()> {
	let Patients { one, other, before, .. } = patients;
	let now = list(world, &one.patient, "1")?;
	assert_eq!(now["custodian"], 2);
	let ids = |records: &[Value]| -> Result<Vec<_>> {
		records.iter().map(|record| text(record, "id")).collect()
	};
	let records = whole(&now)?;
	assert_eq!(ids(&records)?, ids(seen)?);
	assert_eq!(ids(&whole(&list(world, &one.patient, "2")?)?)?, ids(seen)?);
	let out: PathBuf = one.patient.folder.join("own");
	for record in &records {
		let id = text(record, "id")?;
		let by_patient = args!["record", "read", "--wallet", one.patient.wallet, "--out", out, id];
		world.devnet.cli.run(by_patient)?;
		if let Some(place) = one.records.iter().position(|known| *known == id) {
			assert_eq!(fs::read(&out)?, fs::read(&one.files[place])?, "not what was stored");
		}
		fs::remove_file(&out)?;
	}
	// One log, with the roots of both houses, and nothing left out.
	let log = one.log(world)?;
	for house in [1, 2] {
		assert!(log.iter().any(|entry| entry["posted_by"] == house), "none of house {house}");
	}
	// It went to the receiver once for each offer.
	let handed = log.iter().filter(|entry| entry["action"] == "disclose");
	assert!(handed.count() >= 2, "an offer that the log does not tell of");
	let entry = log.iter().position(|entry| entry["posted_by"] == 2).ok_or("no entry")?;
	assert!(log.iter().skip(entry).all(|entry| entry["posted_by"] == 2));

	// The dentist by the standing directives, one of them from the last days at the giver.
	one.reads(world, IMAGE, DENTIST)?;
	other.reads(world, DOCUMENT, DENTIST)?;
	let erased = list(world, &other.patient, "1")?;
	whole(&erased)?;
	assert_eq!(
		(erased["erased"].as_array().map(Vec::len), Some(1)),
		(seen_of_other["erased"].as_array().map(Vec::len), Some(1)),
		"{erased}"
	);
	// Who was there before sees what was there before.
	assert_eq!(whole(&list(world, before, "2")?)?.len(), 1);
	// A revocation goes by the new keeper's vault.
	let directive = text(
		&world
			.devnet
			.cli
			.run(args!["directive", "list", "--wallet", other.patient.wallet])?,
		"directives.0.directive",
	)?;
	world.devnet.cli.run(args![
		"directive",
		"revoke",
		"--wallet",
		other.patient.wallet,
		directive
	])?;
	until("the dentist reads no more", || {
		Ok(other
			.fails(world, DOCUMENT, DENTIST)
			.ok()
			.filter(|fault| fault.code == "access-denied"))
	})?;
	Ok(())
}

/// The receiver's staff go on where the giver's stopped.
fn house_goes_on(world: &World, patients: &Patients, seen: &[Value]) -> Result<()> {
	let Patients { one, amended, other, before, before_chart } = patients;
	let stored = store(world, SUCCESSOR, "2", &one.chart)?;
	assert_eq!(number(&stored, "stored.0.sequence")?, seen.len() as u64);
	assert_eq!(whole(&list(world, &one.patient, "1")?)?.len(), seen.len() + 1);
	let mark = ["--reason", "wrong-patient", amended];
	world.devnet.cli.run(officer(world, SUCCESSOR, &["enter-in-error"], &mark)?)?;
	let id = amended.parse().map_err(|_| "no id")?;
	let facts = block_on(world.now()?.record(id))?.ok_or("no record")?;
	assert_eq!((facts.state, facts.custodian), (RecordState::EnteredInError, 2));

	let disputed = &one.records[DOCUMENT];
	let inbox = officer(world, SUCCESSOR, &["petition", "inbox"], &["--custodian", "2"])?;
	let inbox = world.devnet.cli.run(inbox)?;
	let waiting = inbox["petitions"].as_array().ok_or("no inbox")?.iter();
	let ours = waiting.filter(|one| one["opening"]["terms"]["record"] == disputed.as_str());
	assert_eq!(ours.map(|one| &one["state"]).collect::<Vec<_>>(), ["open"]);
	let refusal = ["--reason", "accurate-and-complete", disputed];
	world
		.devnet
		.cli
		.run(officer(world, SUCCESSOR, &["petition", "refuse"], &refusal)?)?;
	let said = petition(world, &one.patient, "list", &["--custodian", "1"])?;
	assert_eq!(
		(&said["petitions"][0]["state"], &said["petitions"][0]["verified"]),
		(&json!("refused"), &json!(true))
	);
	let held = officer(world, SUCCESSOR, &["hold", "list"], &[&other.records[IMAGE]])?;
	let held = world.devnet.cli.run(held)?;
	assert_eq!(held["holds"][0]["opening"]["terms"]["matter"], "Claim 7/2026");

	store(world, SUCCESSOR, "2", before_chart)?;
	assert_eq!(whole(&list(world, before, "2")?)?.len(), 2);
	Ok(())
}

/// The giver serves nobody, and says who does.
fn giver_is_done(world: &World, case: &Case) -> Result<()> {
	let gone = refused_at_vault(world, case, 1)?;
	assert_eq!(gone.code(), "holding-moved", "{gone}");
	let staff = world.devnet.cli.fail(storing(world, OFFICER, "1", &case.chart)?)?;
	assert_eq!(staff.code, "holding-moved", "{staff}");
	assert!(staff.message.contains("organisation 2"), "{staff}");
	let said = world.devnet.cli.run(args!["custody", "status", "--custodian", "1"])?;
	assert_eq!((&said["holding"]["keeper"], &said["holding"]["given"]), (&json!(2), &json!(2)));
	Ok(())
}

//! A backlog: imported through kills, and single records of it used.

use crate::{
	cases::{DOCTOR, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::{codes::RecordState, ids::RecordId};
use salus_tests::{
	args, block_on,
	people::{number, text},
	process::program,
	until, Patient, Result,
};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	fs,
	path::PathBuf,
	process::{Command, Stdio},
};

/// Resources of each patient.
const EACH: usize = 1_000;
const PATIENTS: usize = 3;

fn observation(patient: usize, n: usize) -> Value {
	json!({
		"resourceType": "Observation",
		"status": "final",
		"code": { "text": format!("result {n} of {patient}") },
		"subject": { "reference": format!("Patient/{patient}") },
		"effectiveDateTime": "2019-05-31",
	})
}

struct Backlog {
	patients: Vec<Patient>,
	charts: Vec<String>,
	folder: PathBuf,
	officer: PathBuf,
}

impl Backlog {
	fn new(world: &World) -> Result<Self> {
		let (mut patients, mut charts) = (Vec::new(), Vec::new());
		let officer = world.devnet.people.key(OFFICER)?;
		for n in 0..PATIENTS {
			let patient = world.patient(&format!("backlog-{n}"))?;
			charts.push(text(&patient.enrol(1, &officer)?, "chart")?);
			patients.push(patient);
		}
		let folder = world.folder("backlog");
		fs::create_dir_all(folder.join("in"))?;
		let map = (0..PATIENTS).map(|n| format!("Patient/{n},{}\n", charts[n]));
		fs::write(folder.join("map.csv"), map.collect::<String>())?;
		let mut lines: Vec<_> = (0..EACH)
			.flat_map(|n| (0..PATIENTS).map(move |patient| observation(patient, n).to_string()))
			.collect();
		lines.insert(7, "no json".into());
		lines.insert(900, observation(99, 0).to_string());
		lines.push(json!({ "resourceType": "Observation", "status": "odd" }).to_string());
		fs::write(folder.join("in/results.ndjson"), lines.join("\n"))?;
		Ok(Self { patients, charts, folder, officer })
	}

	fn report(&self) -> PathBuf {
		self.folder.join("refused.ndjson")
	}

	fn import(&self) -> Vec<OsString> {
		args![
			"record",
			"import",
			"--key",
			self.officer,
			"--custodian",
			"1",
			"--charts",
			self.folder.join("map.csv"),
			"--journal",
			self.folder.join("journal"),
			"--report",
			self.report(),
			self.folder.join("in"),
		]
		.to_vec()
	}

	fn listed(&self, world: &World, patient: usize) -> Result<Vec<Value>> {
		let wallet = &self.patients[patient].wallet;
		let said = world.devnet.cli.run(args![
			"record",
			"list",
			"--wallet",
			wallet,
			"--custodian",
			"1"
		])?;
		assert_eq!(said["missing"], json!([]));
		Ok(said["records"].as_array().ok_or("no list")?.clone())
	}

	fn read(&self, reader: &str, organisation: &str, record: &str, world: &World) -> Result<Value> {
		let out = self.folder.join("read.json");
		let key = world.devnet.people.key(reader)?;
		world.devnet.cli.run(args![
			"record",
			"read",
			"--key",
			key,
			"--organisation",
			organisation,
			"--out",
			out,
			record
		])?;
		let content = serde_json::from_slice(&fs::read(&out)?)?;
		fs::remove_file(out)?;
		Ok(content)
	}
}

pub(crate) fn imported(world: &mut World) -> Result<()> {
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	let backlog = Backlog::new(world)?;

	// The client is killed once a page is noted, and the vault after it.
	let mut command = Command::new(program("salus")?);
	command
		.args(["--json", "--node", world.devnet.cli.node(), "--passphrase-file"])
		.arg(world.devnet.cli.passphrase())
		.args(backlog.import())
		.stdout(Stdio::null())
		.stderr(Stdio::null());
	let mut client = command.spawn()?;
	let journal = backlog.folder.join("journal");
	until("a page is noted", || {
		let noted = fs::read_to_string(&journal).unwrap_or_default().lines().count() > 1;
		let ended = client.try_wait()?.is_some();
		Ok((noted || ended).then_some(()))
	})?;
	client.kill()?;
	client.wait()?;
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;

	// The same call goes on, and tells what was refused.
	let failure = world.devnet.cli.fail(backlog.import())?;
	assert_eq!(failure.code, "import-incomplete", "{failure}");
	let report = fs::read_to_string(backlog.report())?;
	let refused = report.lines().map(|line| Ok(serde_json::from_str(line)?));
	let refused = refused.collect::<Result<Vec<Value>>>()?;
	let codes: Vec<_> = refused.iter().map(|line| text(line, "code")).collect::<Result<_>>()?;
	assert_eq!(codes, ["content-not-json", "import-unmapped", "content-not-fhir"]);
	assert_eq!(number(&refused[0], "line")?, 8);

	// Every chart is whole, and each record proven to lie in its batch.
	let mut firsts = Vec::new();
	for patient in 0..PATIENTS {
		let listed = backlog.listed(world, patient)?;
		assert_eq!(listed.len(), EACH);
		for (sequence, record) in listed.iter().enumerate() {
			assert_eq!(record["verified"], true, "{record}");
			assert_eq!(record["opening"]["terms"]["sequence"], sequence);
			assert!(record["inclusion"]["batch"].is_string());
		}
		firsts.push(text(&listed[0], "id")?);
	}
	let entry = |world: &World, record: &str| -> Result<_> {
		let id: RecordId = record.parse().map_err(|_| "no id")?;
		Ok(block_on(world.now()?.record(id))?)
	};
	assert_eq!(entry(world, &firsts[0])?, None, "it has no entry of its own");

	// Shared: another house reads one by its batch.
	world.devnet.cli.run(args![
		"directive",
		"issue",
		"--wallet",
		backlog.patients[0].wallet,
		"--custodian",
		"1",
		"--rule",
		"permit",
		"--practitioner",
		"2",
		"--organisation",
		"2"
	])?;
	assert_eq!(backlog.read(SURGEON, "2", &firsts[0], world)?, observation(0, 0));
	let denied = backlog.read(SURGEON, "2", &firsts[1], world).unwrap_err().to_string();
	assert!(denied.contains("access-denied"), "{denied}");

	// Superseded: it gets an entry of its own, and is read by that.
	let newer = backlog.folder.join("newer.json");
	fs::write(&newer, observation(0, EACH).to_string())?;
	let said = world.devnet.cli.run(args![
		"record",
		"amend",
		"--key",
		backlog.officer,
		"--custodian",
		"1",
		"--chart",
		backlog.charts[0],
		"--replaces",
		firsts[0],
		newer
	])?;
	assert_eq!(said["stored"][0]["version"], 2);
	assert_eq!(number(&said, "stored.0.sequence")?, EACH as u64);
	let facts = entry(world, &firsts[0])?.ok_or("no entry")?;
	assert_eq!(facts.state, RecordState::Superseded);
	assert_eq!(backlog.read(DOCTOR, "1", &firsts[0], world)?, observation(0, 0));
	let new = text(&said, "stored.0.record")?;
	assert_eq!(backlog.read(SURGEON, "2", &new, world)?, observation(0, EACH));

	// Entered in error: closed to others, kept for its house.
	world.devnet.cli.run(args![
		"record",
		"enter-in-error",
		"--key",
		backlog.officer,
		"--reason",
		"wrong-patient",
		firsts[1]
	])?;
	let facts = entry(world, &firsts[1])?.ok_or("no entry")?;
	assert_eq!(facts.state, RecordState::EnteredInError);
	assert_eq!(backlog.read(DOCTOR, "1", &firsts[1], world)?, observation(1, 0));
	let listed = backlog.listed(world, 1)?;
	assert_eq!((listed.len(), &listed[0]["state"]), (EACH, &json!("entered-in-error")));
	assert!(listed.iter().all(|record| record["verified"] == true));
	Ok(())
}

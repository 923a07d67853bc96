//! Imports a backlog of a million small resources on one development node, and tells how long it took
//! and how much memory it needed.

use clap::Parser;
use codec::Encode;
use futures::{StreamExt, TryStreamExt};
use salus_client::{
	chain::Chain,
	keys::KeyFile,
	vault_api::{ChartKey, EnrolChart},
	vault_client::VaultClient,
};
use salus_primitives::{
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN},
	ids::{derive_id, ChartId, IdDomain, Salt},
	time::Moment,
};
use salus_tests::{block_on, devnet, process::program, Devnet, Result};
use serde_json::{json, Value};
use std::{
	fs::{self, File},
	io::{BufWriter, Write},
	path::{Path, PathBuf},
	process::{Command, ExitCode, Stdio},
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Measures the import of a backlog: one validator, an archive node, the custodians' vaults, and the
/// command line, all on this machine.
#[derive(Debug, Parser)]
#[command(name = "salus-import-million", version)]
struct Options {
	/// Resources.
	#[arg(long, value_name = "N", default_value_t = 1_000_000)]
	resources: u64,
	/// Patients, among whom they are spread.
	#[arg(long, value_name = "N", default_value_t = 1_000)]
	patients: u64,
	/// Folder for everything; an older network there is deleted.
	#[arg(long, value_name = "DIR", default_value = ".salus-million")]
	data: PathBuf,
}

/// Who imports, and where.
const CUSTODIAN: u32 = 1;
const OFFICER: &str = "//Mercy//Records";
/// Enrolments on their way at once.
const ENROLLING: usize = 64;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
	match run(&Options::parse()) {
		Ok(report) => {
			println!("{report:#}");
			ExitCode::SUCCESS
		},
		Err(fault) => {
			eprintln!("error: {fault}");
			ExitCode::FAILURE
		},
	}
}

fn run(options: &Options) -> Result<Value> {
	devnet::reset(&options.data)?;
	let settings = devnet::Settings {
		folder: options.data.clone(),
		validators: Some(1),
		disclosure_interval: 60,
	};
	let mut devnet = Devnet::start(&settings, &|stage| eprintln!("{stage}"))?;
	let officer = devnet.people.key(OFFICER)?;
	eprintln!("enrolling {} charts", options.patients);
	let endpoint = devnet.custodian(CUSTODIAN)?.endpoint();
	let charts = block_on(enrol(devnet.cli.node(), &endpoint, options.patients))?;
	let (backlog, mapping) = (devnet.folder.join("backlog.ndjson"), devnet.folder.join("map.csv"));
	write_mapping(&mapping, &charts)?;
	eprintln!("writing {} resources", options.resources);
	write_backlog(&backlog, options.resources, options.patients)?;

	eprintln!("importing");
	let vault = devnet.custodian(CUSTODIAN)?.vault_id().ok_or("the vault does not run")?;
	let began = Instant::now();
	let mut command = Command::new(program("salus")?);
	command
		.args(["--json", "--node", devnet.cli.node(), "--passphrase-file"])
		.arg(devnet.cli.passphrase())
		.args(["record", "import", "--custodian", &CUSTODIAN.to_string(), "--key"])
		.arg(&officer)
		.arg("--charts")
		.arg(&mapping)
		.arg(&backlog)
		.stdout(Stdio::piped());
	let mut client = command.spawn()?;
	let (mut client_peak, mut vault_peak) = (0, 0);
	while client.try_wait()?.is_none() {
		client_peak = peak(client.id()).unwrap_or(client_peak);
		vault_peak = peak(vault).unwrap_or(vault_peak);
		std::thread::sleep(LOOK);
	}
	let output = client.wait_with_output()?;
	let seconds = began.elapsed().as_secs_f64();
	let said: Value = serde_json::from_slice(&output.stdout)
		.map_err(|fault| format!("the import printed no JSON: {fault}"))?;
	let bytes = fs::metadata(&backlog)?.len();
	let per_second = options.resources as f64 / seconds;
	devnet.stop()?;
	Ok(json!({
		"resources": options.resources,
		"patients": options.patients,
		"megabytes": bytes / 1_000_000,
		"records": said["records"],
		"refused": said["refused"],
		"batches": said["batches"],
		"seconds": seconds.round(),
		"per_second": per_second.round(),
		"client_peak_mib": client_peak / 1024,
		"vault_peak_mib": vault_peak / 1024,
	}))
}

/// The most memory that a process has had so far, in KiB.
fn peak(process: u32) -> Option<u64> {
	let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
	line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Has so many charts enrolled, each with a key of its own.
async fn enrol(node: &str, endpoint: &str, count: u64) -> Result<Vec<ChartId>> {
	let genesis = Chain::connect(node).await?.genesis();
	let officer = KeyFile::from_dev_uri(OFFICER)?.into_identity();
	let mut vault = VaultClient::new(endpoint)?;
	vault.sign_in(&officer, &genesis, CUSTODIAN).await?;
	let vault = &vault;
	futures::stream::iter(0..count)
		.map(|n| async move {
			let who = KeyFile::from_dev_uri(&format!("//Backlog//{n}"))?.into_identity();
			let key = who.account();
			let salt = Salt::default();
			let chart: ChartId =
				derive_id(IdDomain::Chart, &(genesis, CUSTODIAN, key), &salt).into();
			let statement = EnrolmentStatement {
				domain: ENROLMENT_DOMAIN,
				genesis,
				custodian: CUSTODIAN,
				chart,
				key,
				expires: now().saturating_add(60 * 60 * 1000),
				guard: None,
			};
			let encryption_key = who.encryption().public();
			let [word, _] = ChartKey::signable(&genesis, &chart, &encryption_key);
			let asked = EnrolChart {
				signature: who.sign(&statement.encode()),
				statement,
				encryption_key: ChartKey { key: encryption_key, signature: who.sign(&word) },
			};
			vault.enrol_chart(&asked).await?;
			Ok::<_, salus_tests::Error>(chart)
		})
		.buffered(ENROLLING)
		.try_collect()
		.await
}

fn now() -> Moment {
	let since = SystemTime::now().duration_since(UNIX_EPOCH);
	since.map_or(0, |since| since.as_millis().try_into().unwrap_or(Moment::MAX))
}

fn write_mapping(path: &Path, charts: &[ChartId]) -> Result<()> {
	let mut out = BufWriter::new(File::create(path)?);
	writeln!(out, "patient,chart")?;
	for (n, chart) in charts.iter().enumerate() {
		writeln!(out, "Patient/p{n},{chart}")?;
	}
	Ok(out.flush()?)
}

/// Writes small resources as hospitals have them by the million: mostly observations, then conditions,
/// immunizations and procedures.
fn write_backlog(path: &Path, resources: u64, patients: u64) -> Result<()> {
	let mut out = BufWriter::new(File::create(path)?);
	for n in 0..resources {
		serde_json::to_writer(&mut out, &resource(n, n % patients))?;
		out.write_all(b"\n")?;
	}
	Ok(out.flush()?)
}

fn resource(n: u64, patient: u64) -> Value {
	let subject = json!({ "reference": format!("Patient/p{patient}") });
	let day = format!("{}-{:02}-{:02}", 2004 + n / 50_000 % 20, n % 12 + 1, n % 28 + 1);
	let at = format!("{day}T{:02}:{:02}:00Z", n % 24, n % 60);
	match n % 10 {
		0..=6 => {
			let (code, display, unit, value) = match n % 4 {
				0 => ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 11.0),
				1 => ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 85.0),
				2 => ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.5),
				_ => ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.5),
			};
			json!({
				"resourceType": "Observation",
				"id": format!("o{n}"),
				"status": "final",
				"category": [{ "coding": [{
					"system": "http://terminology.hl7.org/CodeSystem/observation-category",
					"code": "laboratory",
				}] }],
				"code": { "coding": [{ "system": "http://loinc.org", "code": code, "display": display }] },
				"subject": subject,
				"effectiveDateTime": at,
				"issued": at,
				"valueQuantity": {
					"value": value + (n % 40) as f64 / 10.0,
					"unit": unit,
					"system": "http://unitsofmeasure.org",
					"code": unit,
				},
			})
		},
		7 => json!({
			"resourceType": "Condition",
			"id": format!("c{n}"),
			"clinicalStatus": { "coding": [{
				"system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
				"code": "active",
			}] },
			"code": { "coding": [{
				"system": "http://snomed.info/sct",
				"code": "38341003",
				"display": "Hypertensive disorder, systemic arterial (disorder)",
			}] },
			"subject": subject,
			"onsetDateTime": day,
			"recordedDate": day,
		}),
		8 => json!({
			"resourceType": "Immunization",
			"id": format!("i{n}"),
			"status": "completed",
			"vaccineCode": { "coding": [{
				"system": "http://hl7.org/fhir/sid/cvx",
				"code": "140",
				"display": "Influenza, seasonal, injectable, preservative free",
			}] },
			"patient": subject,
			"occurrenceDateTime": day,
			"lotNumber": format!("L{}", n % 9999),
		}),
		_ => json!({
			"resourceType": "Procedure",
			"id": format!("p{n}"),
			"status": "completed",
			"code": { "coding": [{
				"system": "http://snomed.info/sct",
				"code": "430193006",
				"display": "Medication reconciliation (procedure)",
			}] },
			"subject": subject,
			"performedPeriod": { "start": at, "end": at },
		}),
	}
}

//! Large records that are interrupted, and writes that wait for their batch.

use crate::{
	cases::{Case, IMAGE, OFFICER},
	charts::signed,
	world::{identity, World},
};
use salus_client::vault_api::{EnrolChart, Enrolment};
use salus_primitives::{
	disclosure::Outcome,
	enrolment::EnrolmentStatement,
	ids::{derive_id, ChartId, IdDomain, Salt},
};
use salus_tests::{
	args, block_on,
	people::text,
	process::{program, Process},
	until, Cli, Patient, Result,
};
use std::{
	ffi::OsString,
	fs,
	path::{Path, PathBuf},
	process::Command,
	thread::sleep,
	time::{Duration, Instant},
};

/// Bytes of the study.
const SIZE: usize = 100 * 1024 * 1024;
/// Its segments at the vault.
const SEGMENTS: usize = 13;
/// Data Set Trailing Padding, an element that may hold anything, with its length.
const PADDING: [u8; 8] = [0xfc, 0xff, 0xfc, 0xff, b'O', b'B', 0, 0];
/// Seconds between two batches of enrolments.
const INTERVAL: u32 = 12;

/// A study: a real image with a lot of padding.
fn study(image: &Path, file: &Path) -> Result<()> {
	let mut bytes = fs::read(image)?;
	let at = bytes.windows(PADDING.len()).position(|window| window == PADDING);
	let start = at.ok_or("the image has no padding to extend")? + PADDING.len() + 4;
	bytes.truncate(start);
	let length = SIZE - start;
	bytes[start - 4..].copy_from_slice(&u32::try_from(length)?.to_le_bytes());
	bytes.extend((0..length).map(|place| (place / 5 + place / 70_000) as u8));
	fs::write(file, bytes)?;
	Ok(())
}

/// How many files lie in this folder and below.
fn files(folder: &Path) -> Result<usize> {
	let mut count = 0;
	for entry in fs::read_dir(folder)? {
		let path = entry?.path();
		count += if path.is_dir() { files(&path)? } else { 1 };
	}
	Ok(count)
}

/// Starts the command line, to be killed.
fn start(cli: &Cli, arguments: &[OsString], log: &Path) -> Result<Process> {
	let mut command = Command::new(program("salus")?);
	command
		.args(["--json", "--node", cli.node(), "--passphrase-file"])
		.arg(cli.passphrase())
		.args(arguments);
	Process::start("salus", command, log)
}

/// Looks often, for what passes quickly.
fn soon(awaited: &str, mut look: impl FnMut() -> Result<bool>) -> Result<()> {
	let began = Instant::now();
	while began.elapsed() < Duration::from_secs(90) {
		if look()? {
			return Ok(());
		}
		sleep(Duration::from_millis(2));
	}
	Err(format!("waited in vain until {awaited}").into())
}

pub(crate) fn large_study_resumes_after_kills(world: &mut World) -> Result<()> {
	let case = Case::new(world, "large-study")?;
	let folder = case.patient.folder.clone();
	let file = folder.join("study.dcm");
	study(&case.files[IMAGE], &file)?;
	let objects = world.devnet.custodian(1)?.vault_data().join("objects");
	let before = files(&objects)?;
	let officer = world.devnet.people.key(OFFICER)?;
	let storing =
		args!["record", "store", "--key", officer, "--custodian", "1", "--chart", case.chart, file]
			.to_vec();
	let cli = world.devnet.cli.clone();

	// The client is killed in the middle ...
	let killed = start(&cli, &storing, &folder.join("store.log"))?;
	soon("segments arrive", || Ok(files(&objects)? >= before + 3))?;
	killed.kill()?;
	assert!(folder.join("study.dcm.salus-upload").exists(), "no journal");
	// ... and the next one goes on, through a kill of the vault.
	let (calling, arguments) = (cli.clone(), storing);
	let stored = std::thread::spawn(move || calling.run(arguments));
	soon("more segments arrive", || Ok(files(&objects)? >= before + 6))?;
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	let said = stored.join().map_err(|_| "storing panicked")??;
	let record = text(&said, "stored.0.record")?;
	assert!(!folder.join("study.dcm.salus-upload").exists(), "the journal is left");
	// A request that breaks off may leave a short segment; nothing was sent twice from the start.
	let segments = files(&objects)? - before;
	assert!((SEGMENTS..=SEGMENTS + 2).contains(&segments), "{segments} segments");

	// The patient reads, and is killed in the middle: what rests is ciphertext.
	let out = folder.join("copy.dcm");
	let reading = args![
		"record",
		"read",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out,
		record
	]
	.to_vec();
	let part = || -> Result<Option<PathBuf>> {
		for entry in fs::read_dir(&folder)? {
			let path = entry?.path();
			let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
			if name.starts_with("copy.dcm.") && path.metadata()?.len() > 1_000_000 {
				return Ok(Some(path));
			}
		}
		Ok(None)
	};
	let killed = start(&cli, &reading, &folder.join("read.log"))?;
	soon("ciphertext arrives", || Ok(part()?.is_some()))?;
	killed.kill()?;
	assert!(!out.exists(), "it was read before it could be killed");
	let rests = fs::read(part()?.ok_or("nothing rests")?)?;
	assert!(rests.starts_with(b"SALUS\0"), "no ciphertext");
	// It goes on, and what comes is what was stored.
	cli.run(reading)?;
	assert!(fs::read(&out)? == fs::read(&file)?, "not what was stored");
	assert!(part()?.is_none(), "ciphertext is left");
	// That was one reading, and the log says so.
	let case = Case { records: vec![record], ..case };
	let outcomes = case.outcomes(world, 0)?;
	assert!(matches!(outcomes.as_slice(), [Outcome::Released(_)]), "{outcomes:?}");
	Ok(())
}

fn restart_vault(world: &mut World, interval: u32) -> Result<()> {
	let custodian = world.devnet.custodian(1)?;
	custodian.settings.enrolment_interval = interval;
	custodian.kill_vault()?;
	custodian.start_vault()
}

pub(crate) fn batched_enrolments(world: &mut World) -> Result<()> {
	let officer = world.devnet.people.key(OFFICER)?;
	let cli = world.devnet.cli.clone();
	// Someone who is enrolled already, for a statement that the chain refuses.
	let known = world.patient("batched-enrolments-known")?;
	let chart: ChartId = text(&known.enrol(1, &officer)?, "chart")?.parse().map_err(|_| "no id")?;
	let wallet = world.wallet(&known)?;
	let key = wallet.identity(wallet.chart(&chart)?)?;
	let file = fs::read(known.folder.join("statement-1.json"))?;
	let known: EnrolChart = serde_json::from_slice(&file)?;
	let other: ChartId =
		derive_id(IdDomain::Chart, &(world.chain.genesis(), 1u32), &Salt([7; 32])).into();
	let refused = signed(&key, EnrolmentStatement { chart: other, ..known.statement.clone() });

	restart_vault(world, INTERVAL)?;
	let vault = world.session(1, &identity(OFFICER)?)?;
	assert!(matches!(block_on(vault.enrol_chart(&refused))?, Enrolment::Waiting { .. }));
	let enrol = |patient: &Patient, wait: bool| -> Result<Vec<OsString>> {
		let statement = patient.statement(1)?;
		let mut arguments =
			args!["chart", "enrol", "--key", officer, "--custodian", "1", "--statement", statement]
				.to_vec();
		arguments.extend(wait.then(|| OsString::from("--wait")));
		Ok(arguments)
	};
	let mut charts = Vec::new();
	for name in ["batched-enrolments-1", "batched-enrolments-2"] {
		let said = cli.run(enrol(&world.patient(name)?, false)?)?;
		assert!(said["waits_until"].is_u64(), "{said}");
		charts.push(text(&said, "chart")?.parse::<ChartId>().map_err(|_| "no id")?);
	}
	assert!(matches!(block_on(vault.enrolment(&charts[0]))?, Enrolment::Waiting { .. }));
	// They wait through a kill.
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	let said = cli.run(enrol(&world.patient("batched-enrolments-3")?, true)?)?;
	charts.push(text(&said, "chart")?.parse().map_err(|_| "no id")?);
	text(&said, "block.number")?;
	// The one that the chain refused did not hold up the others, who came soon after each other.
	let vault = world.session(1, &identity(OFFICER)?)?;
	until("all are enrolled", || {
		let at = world.now()?;
		for chart in &charts {
			if block_on(at.chart(*chart))?.is_none() {
				return Ok(None);
			}
		}
		Ok(Some(()))
	})?;
	until("the vault has settled them", || {
		for chart in &charts {
			if !matches!(block_on(vault.enrolment(chart))?, Enrolment::Enrolled(_)) {
				return Ok(None);
			}
		}
		match block_on(vault.enrolment(&other))? {
			Enrolment::Refused(why) => {
				assert_eq!(why.code, "chain-refused");
				Ok(Some(()))
			},
			_ => Ok(None),
		}
	})?;
	assert!(block_on(world.now()?.chart(other))?.is_none());
	restart_vault(world, 0)
}

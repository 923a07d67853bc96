//! A vault's backup, and a vault made anew from it.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, IMAGE, LABORATORY, OFFICER},
	world::World,
};
use salus_tests::{args, people::number, process::program, Result};
use std::{
	fs,
	path::{Path, PathBuf},
	process::{Command, Output},
};

fn restore(from: &Path, data: &Path) -> Result<Output> {
	let mut command = Command::new(program("salus-vault")?);
	command.arg("restore").arg("--from").arg(from).arg("--data").arg(data);
	Ok(command.output()?)
}

/// A file in this folder or below.
fn any_file(folder: &Path) -> Result<PathBuf> {
	let first = fs::read_dir(folder)?.next();
	let path = first.ok_or_else(|| format!("{} is empty", folder.display()))??.path();
	if path.is_dir() {
		any_file(&path)
	} else {
		Ok(path)
	}
}

pub(crate) fn backed_up_and_restored(world: &mut World) -> Result<()> {
	let case = Case::new(world, "backup")?;
	world.devnet.people.reader(DOCTOR)?;
	case.reads(world, LABORATORY, DOCTOR)?;
	// Proven, so that nothing is on its way to the chain.
	let log = case.log(world)?.len();

	let mercy = world.devnet.custodian(1)?;
	let (administrator, data, backup) =
		(mercy.key("administrator"), mercy.vault_data(), mercy.backup());
	let make = args!["vault", "backup", "--key", administrator, "--custodian", "1"];
	let officer = world.devnet.people.key(OFFICER)?;
	let refused = args!["vault", "backup", "--key", officer, "--custodian", "1"];
	assert_eq!(world.devnet.cli.fail(refused)?.code, "not-in-standing");
	let made = world.devnet.cli.run(make.clone())?;
	assert!(number(&made, "backup.new_objects")? >= 3, "{made}");
	let again = world.devnet.cli.run(make)?;
	assert_eq!(number(&again, "backup.number")?, number(&made, "backup.number")? + 1);
	assert_eq!(number(&again, "backup.new_objects")?, 0, "{again}");
	let shown = world.devnet.cli.run(args![
		"vault",
		"backup-status",
		"--key",
		administrator,
		"--custodian",
		"1"
	])?;
	assert_eq!(shown["latest"], again["backup"], "{shown}");

	// The machine is lost. A backup that was tampered with is not taken, and says where.
	world.devnet.custodian(1)?.kill_vault()?;
	fs::remove_dir_all(&data)?;
	let object = any_file(&backup.join("objects"))?;
	let whole = fs::read(&object)?;
	let mut altered = whole.clone();
	if let Some(byte) = altered.last_mut() {
		*byte ^= 1;
	}
	fs::write(&object, altered)?;
	let refused = restore(&backup, &data)?;
	let said = String::from_utf8_lossy(&refused.stderr).into_owned();
	let name = object.file_name().unwrap_or_default().to_string_lossy().into_owned();
	assert!(!refused.status.success() && said.contains(&name), "{said}");
	assert!(
		world.devnet.custodian(1)?.start_vault().is_err(),
		"a vault started on half of a restore"
	);
	fs::write(&object, whole)?;
	// It goes on where it stood.
	let done = restore(&backup, &data)?;
	assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
	let done = restore(&backup, &data)?;
	assert!(!done.status.success(), "a restore over a vault");

	world.devnet.custodian(1)?.start_vault()?;
	for record in [LABORATORY, IMAGE, DOCUMENT] {
		case.reads(world, record, DOCTOR)?;
	}
	// What it answers it answers after it asked.
	assert!(!data.join("restored.json").exists(), "the vault has not asked the chain");
	let list = world.devnet.cli.run(args![
		"record",
		"list",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	assert_eq!(list["records"].as_array().map(Vec::len), Some(3));
	assert_eq!(list["missing"], serde_json::json!([]));
	// The log has what it had, and goes on without a gap.
	assert!(case.log(world)?.len() >= log + 3);
	// And it stores on.
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
	Ok(())
}

//! A wallet is lost, and comes back.

use crate::{
	cases::{Case, LABORATORY, SURGEON},
	world::World,
};
use salus_tests::{args, people::text, Result};
use serde_json::json;
use std::{fs, path::PathBuf};

pub(crate) fn lost_wallet(world: &mut World) -> Result<()> {
	let mut case = Case::new(world, "lost-wallet")?;
	let cli = world.devnet.cli.clone();
	let officer = world.devnet.people.key("//Lakeside//Records")?;
	let second = text(&case.patient.enrol(2, &officer)?, "chart")?;
	world.devnet.people.reader(SURGEON)?;
	let permit = case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;

	// The patient gives three people a sheet each.
	let sheets = case.patient.folder.join("sheets");
	let shared = cli.run(args![
		"wallet",
		"share",
		"--wallet",
		case.patient.wallet,
		"--threshold",
		"2",
		"--shares",
		"3",
		"--out-dir",
		sheets
	])?;
	let fingerprint = text(&shared, "fingerprint")?;
	let sheet = |number: usize| -> Result<PathBuf> {
		Ok(text(&shared, &format!("sheets.{}.file", number - 1))?.into())
	};

	// The telephone is lost, and with it the file.
	fs::remove_file(&case.patient.wallet)?;
	let recovered = case.patient.folder.join("recovered.wallet");
	let refused =
		cli.fail(args!["wallet", "recover", "--wallet", recovered, "--share", sheet(2)?])?;
	assert_eq!(refused.code, "too-few-shares", "{refused}");
	assert!(!recovered.exists());
	let said = cli.run(args![
		"wallet",
		"recover",
		"--wallet",
		recovered,
		"--share",
		sheet(3)?,
		sheet(1)?
	])?;
	assert_eq!((text(&said, "fingerprint")?, &said["charts"]), (fingerprint, &json!([])));
	case.patient.wallet = recovered;

	// It finds both charts on the chain, and the permission's terms in Mercy's vault.
	let found = cli.run(args!["wallet", "find", "--wallet", case.patient.wallet])?;
	let charts = found["charts"].as_array().ok_or("no charts")?;
	let [at_mercy, at_lakeside] = charts.as_slice() else {
		return Err(format!("not two charts: {found}").into());
	};
	assert_eq!(
		(text(at_mercy, "chart")?, text(at_lakeside, "chart")?),
		(case.chart.clone(), second)
	);
	for chart in charts {
		assert_eq!((&chart["new"], &chart["key_is_current"]), (&json!(true), &json!(true)));
		assert_eq!((&chart["unopened"], &chart["skipped"]), (&json!([]), &json!(null)));
	}
	assert_eq!(at_mercy["directives"], json!([permit]));
	let again = cli.run(args!["wallet", "find", "--wallet", case.patient.wallet])?;
	assert_eq!(
		(&again["charts"][0]["new"], &again["charts"][0]["directives"]),
		(&json!(false), &json!([]))
	);

	// With it the patient lists and reads records, sees who looked, and ends the permission.
	let list =
		cli.run(args!["record", "list", "--wallet", case.patient.wallet, "--custodian", "1"])?;
	assert_eq!(list["records"].as_array().map(Vec::len), Some(case.records.len()));
	let own = case.patient.folder.join("own");
	let read = cli.run(args![
		"record",
		"read",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		own,
		case.records[LABORATORY]
	])?;
	assert_eq!(read["basis"], "patient");
	assert_eq!(fs::read(own)?, fs::read(&case.files[LABORATORY])?);
	assert!(!case.outcomes(world, LABORATORY)?.is_empty());
	let directives = cli.run(args!["directive", "list", "--wallet", case.patient.wallet])?;
	assert_eq!(directives["directives"][0]["directive"], json!(permit));
	assert_eq!(directives["unknown"], json!([]));
	cli.run(args!["directive", "revoke", "--wallet", case.patient.wallet, permit])?;
	case.denied(world, LABORATORY, SURGEON, 32)?;

	// A wallet that never asked the vaults ends a permission by its id alone.
	let permit = case.permit(world)?;
	let bare = case.patient.folder.join("bare.wallet");
	let backup = case.patient.folder.join("backup");
	let kit = case.patient.folder.join("kit.txt");
	cli.run(args!["wallet", "kit", "--wallet", case.patient.wallet, "--out", kit])?;
	cli.run(args!["wallet", "restore", "--wallet", bare, "--phrase-file", kit])?;
	let unknown = cli.fail(args!["directive", "revoke", "--wallet", bare, permit])?;
	assert_eq!(unknown.code, "not-found", "the wallet does not know the chart yet: {unknown}");
	for custodian in ["1", "2"] {
		let out = case.patient.folder.join("statement");
		cli.run(args![
			"chart",
			"statement",
			"--wallet",
			bare,
			"--custodian",
			custodian,
			"--out",
			out
		])?;
	}
	cli.run(args!["directive", "revoke", "--wallet", bare, permit])?;
	case.denied(world, LABORATORY, SURGEON, 32)?;

	// A backup brings back, without chain and vaults, what the wallet knew.
	cli.run(args!["wallet", "backup", "--wallet", case.patient.wallet, "--out", backup])?;
	let from_backup = case.patient.folder.join("from-backup.wallet");
	let said = cli.run(args![
		"wallet",
		"restore",
		"--wallet",
		from_backup,
		"--phrase-file",
		kit,
		"--backup",
		backup
	])?;
	assert_eq!(
		(said["charts"].as_array().map(Vec::len), &said["directives"]),
		(Some(2), &json!(2))
	);
	Ok(())
}

//! Two clinics in one vault process.

use crate::{
	vaults,
	world::{identity, World},
};
use codec::Encode;
use salus_client::{vault_api as api, vault_client::VaultClient, Error};
use salus_primitives::{codes::ErrorReason, ids::OrganisationId};
use salus_tests::{args, block_on, house::House, journey, people::text, Result};
use serde_json::json;
use std::{fs, path::Path};

/// A clinic with its records officer, a clinician and one record.
struct Clinic {
	number: OrganisationId,
	officer: &'static str,
	clinician: &'static str,
	chart: String,
	record: String,
}

const CLINICS: [(OrganisationId, &str, &str); 2] = [
	(2, "//Lakeside//Records", "//Lakeside//DrBrooks"),
	(3, "//BrightSmile//Records", "//BrightSmile//DrChen"),
];

fn publish(world: &mut World, number: OrganisationId, endpoint: String) -> Result<()> {
	let administrator = world.devnet.custodian(number)?.key("administrator");
	world.devnet.cli.run(args![
		"provider",
		"organisation",
		"set-endpoint",
		"--key",
		administrator,
		"--organisation",
		number.to_string(),
		endpoint
	])?;
	Ok(())
}

/// Names of the ciphertexts in this data folder.
fn objects(data: &Path) -> Result<Vec<String>> {
	let mut names = Vec::new();
	for folder in fs::read_dir(data.join("objects"))? {
		for file in fs::read_dir(folder?.path())? {
			names.push(file?.path().display().to_string());
		}
	}
	Ok(names)
}

pub(crate) fn two_clinics(world: &mut World) -> Result<()> {
	let node = world.devnet.network.nodes[0].url();
	for (number, ..) in CLINICS {
		world.devnet.custodian(number)?.halt()?;
	}
	let house = {
		let members: Vec<_> = world
			.devnet
			.custodians
			.iter()
			.filter(|one| CLINICS.iter().any(|(number, ..)| one.profile.organisation == *number))
			.collect();
		House::start(&world.devnet.folder.join("custodians/shared"), &node, &members)?
	};
	for (number, ..) in CLINICS {
		publish(world, number, house.endpoint(number))?;
	}

	let patient = world.patient("two-clinics")?;
	let file = journey::inputs()?
		.into_iter()
		.find(|file| file.ends_with("Observation-f001.json"))
		.ok_or("no laboratory result among the inputs")?;
	let mut clinics = Vec::new();
	for (number, officer, clinician) in CLINICS {
		let key = world.devnet.people.key(officer)?;
		world.devnet.people.reader(clinician)?;
		let data = world.devnet.custodian(number)?.vault_data();
		let before = objects(&data)?.len();
		let chart = text(&patient.enrol(number, &key)?, "chart")?;
		let stored = world.devnet.cli.run(store(number, &key, &chart, &file))?;
		let record = text(&stored, "stored.0.record")?;
		assert!(objects(&data)?.len() > before, "it lies in another's folder");
		clinics.push(Clinic { number, officer, clinician, chart, record });
	}

	for (one, other) in [(&clinics[0], &clinics[1]), (&clinics[1], &clinics[0])] {
		own_is_read(world, one, &file)?;
		others_is_not(world, one, other, &file)?;
		sign_in_is_ones_own(world, &house, one, other)?;
	}

	house.stop()?;
	for (number, ..) in CLINICS {
		let custodian = world.devnet.custodian(number)?;
		custodian.start_key_service()?;
		custodian.start_vault()?;
		let endpoint = custodian.endpoint();
		publish(world, number, endpoint)?;
	}
	// What was stored in the shared process is read in one of its own.
	for clinic in &clinics {
		own_is_read(world, clinic, &file)?;
	}
	Ok(())
}

fn store(
	number: OrganisationId,
	officer: &Path,
	chart: &str,
	file: &Path,
) -> [std::ffi::OsString; 9] {
	args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		number.to_string(),
		"--chart",
		chart,
		file
	]
}

/// How the clinician of `who` reads the record of `of` at the vault of `at`.
fn read(
	world: &World,
	who: &Clinic,
	of: &Clinic,
	at: OrganisationId,
) -> Result<Vec<std::ffi::OsString>> {
	let key = world.devnet.people.key(who.clinician)?;
	let out = world
		.folder("two-clinics")
		.join(format!("read-{}-{}-{at}", who.number, of.number));
	Ok(args![
		"record",
		"read",
		"--key",
		key,
		"--organisation",
		who.number.to_string(),
		"--custodian",
		at.to_string(),
		"--out",
		out,
		of.record
	]
	.to_vec())
}

fn own_is_read(world: &World, clinic: &Clinic, file: &Path) -> Result<()> {
	let number = clinic.number;
	world.devnet.cli.run(read(world, clinic, clinic, number)?)?;
	let out = world.folder("two-clinics").join(format!("read-{number}-{number}-{number}"));
	assert_eq!(fs::read(&out)?, fs::read(file)?, "not what was stored");
	fs::remove_file(out)?;
	Ok(())
}

fn others_is_not(world: &World, one: &Clinic, other: &Clinic, file: &Path) -> Result<()> {
	// The other's vault asks the chain, which says no.
	let failure = world.devnet.cli.fail(read(world, one, other, other.number)?)?;
	assert_eq!((failure.code.as_str(), failure.reason), ("access-denied", Some(32)), "{failure}");
	// Nor does an officer write into the other's charts, at either vault.
	let officer = world.devnet.people.key(one.officer)?;
	let failure = world.devnet.cli.fail(store(other.number, &officer, &other.chart, file))?;
	assert_eq!(failure.code, "not-in-standing", "{failure}");
	let failure = world.devnet.cli.fail(store(one.number, &officer, &other.chart, file))?;
	assert_eq!(failure.code, "chart-unknown", "{failure}");
	Ok(())
}

/// Signs in at the one, and shows the token at the other.
fn sign_in_is_ones_own(world: &World, house: &House, one: &Clinic, other: &Clinic) -> Result<()> {
	let who = identity(one.officer)?;
	let (own, others) = (house.endpoint(one.number), house.endpoint(other.number));
	let asked = json!({ "account": format!("0x{}", hex::encode(who.account())) });
	let challenge = || -> Result<api::SignIn> {
		let answer = vaults::post(&own, api::CHALLENGE, &asked, 200)?;
		let challenge: api::Challenge = serde_json::from_value(answer)?;
		assert_eq!(challenge.genesis, world.chain.genesis());
		let signature = who.sign(&challenge.encode());
		Ok(api::SignIn { challenge, signature })
	};
	let refused = vaults::post(&others, api::SIGN_IN, &challenge()?, 400)?;
	assert_eq!(refused["code"], "wrong-chain", "{refused}");
	let signed_in = vaults::post(&own, api::SIGN_IN, &challenge()?, 200)?;
	let token = text(&signed_in, "token")?;
	let keys = |clinic: &Clinic| api::CHART_KEYS.replace("{chart}", &clinic.chart);
	vaults::get(&own, &keys(one), &token, 200)?;
	// The own vault, in the same process, knows neither the other's record nor chart.
	let record = other.record.parse().map_err(|_| "no record's id")?;
	let refused = block_on(async {
		let mut vault = VaultClient::new(&own)?;
		vault.sign_in(&who, &world.chain.genesis(), one.number).await?;
		vault.mark_entered_in_error(&record, ErrorReason::ALL[0]).await
	});
	assert!(
		matches!(&refused, Err(Error::Vault { code, .. }) if code == "record-unknown"),
		"{refused:?}"
	);
	let refused = vaults::get(&own, &keys(other), &token, 404)?;
	assert_eq!(refused["code"], "chart-unknown", "{refused}");
	for clinic in [one, other] {
		let refused = vaults::get(&others, &keys(clinic), &token, 401)?;
		assert_eq!(refused["code"], "not-signed-in", "{refused}");
	}
	Ok(())
}

//! Records: their corrections, and what happens when someone lays hands on them.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, LABORATORY, OFFICER, SURGEON},
	world::{identity, World},
};
use salus_client::{
	content::inspect_file,
	envelope::WrapContext,
	records::{open, prepare, Place, Written},
	vault_api::{Release, ReleaseRequest, StaffCapacity},
	vault_client::no_progress,
};
use salus_primitives::{
	codes::{Action, Purpose, RecordState, Role},
	disclosure::{Outcome, NOT_HANDED_OUT},
	ids::Digest,
};
use salus_tests::{args, block_on, journey, people::text, Result};
use std::{
	fs,
	path::{Path, PathBuf},
};

pub(crate) fn corrections(world: &mut World) -> Result<()> {
	let mut case = Case::new(world, "corrections")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.permit(world)?;
	let officer = world.devnet.people.key(OFFICER)?;
	let cli = &world.devnet.cli;
	let inputs = journey::inputs()?;
	let newer = inputs
		.iter()
		.find(|file| file.ends_with("Observation-f002.json"))
		.ok_or("input")?;
	let amend = |replaces: &str| {
		args![
			"record",
			"amend",
			"--key",
			officer,
			"--custodian",
			"1",
			"--chart",
			case.chart,
			"--replaces",
			replaces,
			newer
		]
	};

	// A new version: the old one stays, superseded, and both can be read.
	let old = case.records[LABORATORY].clone();
	let said = cli.run(amend(&old))?;
	assert_eq!(said["stored"][0]["version"], 2);
	let new = text(&said, "stored.0.record")?;
	let state = |record: &str| -> Result<_> {
		let id = record.parse().map_err(|_| "no id")?;
		Ok(block_on(world.now()?.record(id))?.ok_or("no record")?)
	};
	assert_eq!(state(&old)?.state, RecordState::Superseded);
	assert_eq!(state(&new)?.state, RecordState::Current);
	assert_eq!(state(&new)?.replaces.map(|id| id.to_string()), Some(old.clone()));
	case.reads(world, LABORATORY, SURGEON)?;
	// Versions are a line: what was replaced can not be replaced again.
	let refused = cli.fail(amend(&old))?;
	assert_eq!(refused.code, "not-current", "{refused}");

	// Entered in error: kept for the house that wrote it, closed to others.
	let wrong = case.records[DOCUMENT].clone();
	let mark =
		args!["record", "enter-in-error", "--key", officer, "--reason", "wrong-patient", wrong];
	cli.run(mark.clone())?;
	assert_eq!(state(&wrong)?.state, RecordState::EnteredInError);
	case.denied(world, DOCUMENT, SURGEON, 23)?;
	case.reads(world, DOCUMENT, DOCTOR)?;
	// Asked again, it answers the same.
	cli.run(mark)?;

	// The patient sees all of it, and that nothing is withheld.
	let said =
		cli.run(args!["record", "list", "--wallet", case.patient.wallet, "--custodian", "1"])?;
	assert_eq!(said["missing"], serde_json::json!([]));
	let listed = said["records"].as_array().ok_or("no list")?;
	assert_eq!(listed.len(), 4);
	for (sequence, record) in listed.iter().enumerate() {
		assert_eq!(record["verified"], true, "{record}");
		assert_eq!(record["opening"]["terms"]["sequence"], sequence);
	}
	let states: Vec<_> = [&old, &new, &wrong]
		.iter()
		.filter_map(|id| listed.iter().find(|record| record["id"] == id.as_str()))
		.map(|record| record["state"].as_str().unwrap_or_default())
		.collect();
	assert_eq!(states, ["superseded", "current", "entered-in-error"]);

	// The new version reads as its own file.
	case.records[LABORATORY] = new;
	case.files[LABORATORY] = newer.clone();
	case.reads(world, LABORATORY, SURGEON)?;
	Ok(())
}

/// The stored file with this digest.
fn stored(folder: &Path, digest: &Digest) -> Result<Option<PathBuf>> {
	for entry in fs::read_dir(folder)? {
		let path = entry?.path();
		if path.is_dir() {
			if let Some(found) = stored(&path, digest)? {
				return Ok(Some(found));
			}
		} else if Digest::of(&fs::read(&path)?) == *digest {
			return Ok(Some(path));
		}
	}
	Ok(None)
}

pub(crate) fn tampered_ciphertext(world: &mut World) -> Result<()> {
	let case = Case::new(world, "tampered-ciphertext")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	let said = world.devnet.cli.run(args![
		"record",
		"list",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	let listed = said["records"]
		.as_array()
		.and_then(|all| all.iter().find(|record| record["id"] == case.records[LABORATORY].as_str()))
		.ok_or("not listed")?;
	let digest = text(listed, "opening.terms.ciphertext_digest")?
		.parse()
		.map_err(|_| "no digest")?;
	let folder = world.devnet.custodian(1)?.vault_data();
	let object = stored(&folder, &digest)?.ok_or("no such object")?;

	let whole = fs::read(&object)?;
	let mut flipped = whole.clone();
	let middle = flipped.len() / 2;
	flipped[middle] ^= 1;
	fs::write(&object, &flipped)?;
	let failure = case.fails(world, LABORATORY, SURGEON)?;
	assert_eq!(failure.code, "storage-damaged", "{failure}");
	fs::write(&object, &whole[..middle])?;
	assert_eq!(case.fails(world, LABORATORY, SURGEON)?.code, "storage-damaged");
	// The others are as they were, and so is this one once it is restored from a copy.
	case.reads(world, DOCUMENT, SURGEON)?;
	fs::write(&object, whole)?;
	case.reads(world, LABORATORY, SURGEON)?;

	let outcomes = case.outcomes(world, LABORATORY)?;
	let [first, second, third, last] = outcomes.as_slice() else {
		return Err(format!("logged: {outcomes:?}").into());
	};
	assert!(matches!((first, last), (Outcome::Released(_), Outcome::Released(_))));
	assert_eq!([*second, *third], [Outcome::Refused(NOT_HANDED_OUT); 2]);
	Ok(())
}

pub(crate) fn tampered_stored_wrap(world: &mut World) -> Result<()> {
	let case = Case::new(world, "tampered-stored-wrap")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	let officer = identity(OFFICER)?;
	let vault = world.session(1, &officer)?;
	let chart = case.chart_id()?;
	let keys = block_on(vault.chart_keys(&chart))?;
	let place = Place { genesis: world.chain.genesis(), custodian: 1, chart, replaces: None };
	let written = Written { author: None, encounter: None, clinical_date: 0 };
	let file = &case.files[LABORATORY];
	let info = inspect_file(file)?;
	let mut prepared = prepare(file, &info, &written, &place, &keys, &case.patient.folder)?;

	// For another custodian or chart: refused before anything is stored.
	let good = prepared.record.wraps.custodian.clone();
	prepared.record.wraps.custodian.context =
		WrapContext::Custodian { organisation: 2, key_version: 1 };
	let refused = block_on(vault.store(&chart, &prepared, |_, _| ())).expect_err("was stored");
	assert_eq!(refused.code(), "malformed");
	assert!(block_on(world.now()?.record(prepared.record.id))?.is_none());
	prepared.record.wraps.custodian = good;

	// Altered in itself: the vault can not see that, the key service can, and nothing is handed out.
	prepared.record.wraps.custodian.ciphertext[0] ^= 1;
	let record = prepared.record.id;
	block_on(vault.store(&chart, &prepared, |_, _| ()))?;
	let case = Case { records: vec![record.to_string()], ..case };
	let failure = case.fails(world, 0, SURGEON)?;
	assert_eq!(failure.code, "storage-damaged", "{failure}");
	let outcomes = case.outcomes(world, 0)?;
	assert_eq!(outcomes.last(), Some(&Outcome::Refused(NOT_HANDED_OUT)), "{outcomes:?}");
	// The patient's own wrap is whole, so the patient reads on.
	let out = case.patient.folder.join("own");
	world.devnet.cli.run(args![
		"record",
		"read",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out,
		record.to_string()
	])?;
	assert_eq!(fs::read(out)?, fs::read(&case.files[LABORATORY])?);
	Ok(())
}

pub(crate) fn tampered_or_stale_wrap(world: &mut World) -> Result<()> {
	let case = Case::new(world, "tampered-wrap")?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	let surgeon = identity(SURGEON)?;
	let vault = world.session(1, &surgeon)?;
	let record = case.record_id(LABORATORY)?;
	let asked = ReleaseRequest {
		capacity: Some(StaffCapacity { organisation: 2, role: Role::Clinician }),
		action: Action::Access,
		purpose: Purpose::Treatment,
		offset: 0,
	};
	let folder = &case.patient.folder;
	let (release, envelope) = block_on(vault.release(&record, &asked, folder, &no_progress))?;
	let WrapContext::Recipient { basis, key_version, expires } = release.wrap.context else {
		return Err(format!("not for a recipient: {:?}", release.wrap.context).into());
	};
	let out = folder.join("opened");
	let genesis = world.chain.genesis();
	let opened = |release: &Release, by: &str, now: u64| -> Result<String> {
		let secret = identity(by)?.encryption().clone();
		let done = open(record, release, envelope.path(), genesis, &secret, now, &out);
		assert_eq!(done.is_ok(), out.exists(), "half-written");
		Ok(done.map_or_else(|error| error.code().to_owned(), |()| "opened".into()))
	};
	let in_time = expires - 1;

	// Stale, and with its expiry moved.
	assert_eq!(opened(&release, SURGEON, expires)?, "wrap-expired");
	let altered = |change: &dyn Fn(&mut Release)| {
		let mut altered = release.clone();
		change(&mut altered);
		altered
	};
	let moved = altered(&|release| {
		release.wrap.context =
			WrapContext::Recipient { basis, key_version, expires: expires + 60_000 };
	});
	assert_eq!(opened(&moved, SURGEON, expires)?, "wrap-refused");
	// Tampered with, in each of its parts.
	for at in [0, 31, 47] {
		let flipped = altered(&|release| release.wrap.ciphertext[at] ^= 1);
		assert_eq!(opened(&flipped, SURGEON, in_time)?, "wrap-refused");
	}
	let flipped = altered(&|release| release.wrap.encapsulated_key[0] ^= 1);
	assert_eq!(opened(&flipped, SURGEON, in_time)?, "wrap-refused");
	let newer = altered(&|release| release.opening.terms.version += 1);
	assert_eq!(opened(&newer, SURGEON, in_time)?, "wrap-refused");
	// For nobody else.
	assert_eq!(opened(&release, DOCTOR, in_time)?, "wrap-refused");

	assert_eq!(opened(&release, SURGEON, in_time)?, "opened");
	assert_eq!(fs::read(&out)?, fs::read(&case.files[LABORATORY])?);
	Ok(())
}

//! Recalls: a revocation reaches those who have read.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::{identity, World},
};
use salus_client::vault_api::{Recall, RecallAnswer, RecallGround, RecallId, RecallWord};
use salus_tests::{
	args, block_on,
	people::{number, text},
	until, Result,
};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	time::{SystemTime, UNIX_EPOCH},
};

/// A dentist of Bright Smile.
const DENTIST: &str = "//BrightSmile//DrChen";
/// The administrator of the surgeon's house.
const ADMINISTRATOR: &str = "//Lakeside";

fn now() -> Result<u64> {
	Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().try_into()?)
}

/// What is recalled from this account of the chart, by Mercy; or from its whole house.
fn recalled(world: &World, case: &Case, who: &str, house: Option<&str>) -> Result<Vec<Value>> {
	let key = world.devnet.people.key(who)?;
	let mut arguments = args!["recall", "list", "--key", key, "--custodian", "1"].to_vec();
	if let Some(house) = house {
		arguments.extend(args!["--organisation", house, "--house"]);
	}
	let said = world.devnet.cli.run(arguments)?;
	assert_eq!(said["unread"], json!([]));
	let all = said["recalls"].as_array().ok_or("no recalls")?;
	Ok(all
		.iter()
		.filter(|recall| recall["chart"] == case.chart.as_str())
		.cloned()
		.collect())
}

/// The only recall of this account, once it is told.
fn told(world: &World, case: &Case, who: &str) -> Result<Value> {
	until("the recipient is told", || {
		let recalls = recalled(world, case, who, None)?;
		assert!(recalls.len() < 2, "told twice: {recalls:?}");
		Ok(recalls.into_iter().next())
	})
}

/// Who has what, as the patient sees it.
fn holders(world: &World, case: &Case) -> Result<Vec<Value>> {
	let arguments = args!["recall", "holders", "--wallet", case.patient.wallet];
	let said = world.devnet.cli.run(arguments)?;
	let chart = &said["charts"][0];
	assert_eq!(chart["faults"], json!([]), "{chart}");
	Ok(chart["holders"].as_array().ok_or("no holders")?.clone())
}

/// The patient's line about whoever acted for this organisation.
fn line(world: &World, case: &Case, organisation: u64) -> Result<Value> {
	let found = holders(world, case)?.into_iter();
	let mut lines = found.filter(|line| line["organisation"] == organisation);
	let line = lines.next().ok_or("no such holder")?;
	assert!(lines.next().is_none(), "two lines");
	Ok(line)
}

fn revoke(world: &World, case: &Case, directive: &str) -> Result<()> {
	let wallet = &case.patient.wallet;
	world
		.devnet
		.cli
		.run(args!["directive", "revoke", "--wallet", wallet, directive])?;
	Ok(())
}

/// The command by which this account answers.
fn answering(world: &World, who: &str, recall: &str, answer: &[&str]) -> Result<Vec<OsString>> {
	let key = world.devnet.people.key(who)?;
	let mut arguments = args!["recall"].to_vec();
	arguments.extend(answer.iter().map(Into::into));
	arguments.extend(args!["--key", key, "--custodian", "1", recall]);
	Ok(arguments)
}

const DELETED: &[&str] = &["attest-deletion"];
const KEPT: &[&str] = &["acknowledge", "--ground", "retention"];

pub(crate) fn revocation_reaches_readers(world: &mut World) -> Result<()> {
	let case = Case::new(world, "holders")?;
	for reader in [SURGEON, DENTIST, DOCTOR] {
		world.devnet.people.reader(reader)?;
	}
	let permission = case.issue(world, &["--rule", "permit"])?;
	for record in [LABORATORY, IMAGE, LABORATORY] {
		case.reads(world, record, SURGEON)?;
	}
	case.reads(world, DOCUMENT, DENTIST)?;
	case.reads(world, DOCUMENT, DOCTOR)?;
	assert!(holders(world, &case)?.is_empty(), "all may read");

	// The vault is down when the patient revokes, and is killed again before it can have told everybody.
	world.devnet.custodian(1)?.kill_vault()?;
	revoke(world, &case, &permission)?;
	for _ in 0..2 {
		world.devnet.custodian(1)?.start_vault()?;
		world.devnet.custodian(1)?.kill_vault()?;
	}
	world.devnet.custodian(1)?.start_vault()?;
	let [of_surgeon, of_dentist] = [told(world, &case, SURGEON)?, told(world, &case, DENTIST)?];
	world.devnet.custodian(1)?.kill_vault()?;
	world.devnet.custodian(1)?.start_vault()?;
	for (who, recall, records) in [(SURGEON, &of_surgeon, 2), (DENTIST, &of_dentist, 1)] {
		assert_eq!(&told(world, &case, who)?, recall);
		assert_eq!((&recall["state"], number(recall, "records")?), (&json!("notified"), records));
		assert_eq!(recall["directive"], permission.as_str());
		let due = number(recall, "due")? - number(recall, "since")?;
		assert_eq!(due, 14 * 24 * 60 * 60 * 1000);
	}
	// Neither the house's own staff nor who never read is told; nor is a house of others.
	for other in [DOCTOR, OFFICER, "//Lakeside//Records"] {
		assert!(recalled(world, &case, other, None)?.is_empty(), "{other}");
	}
	let [surgeons, dentists] = [text(&of_surgeon, "id")?, text(&of_dentist, "id")?];
	let key = world.devnet.people.key(SURGEON)?;
	let shown = args!["recall", "show", "--key", key, "--custodian", "1", surgeons];
	let shown = world.devnet.cli.run(shown)?;
	assert_eq!(shown["recalled"], json!([case.records[LABORATORY], case.records[IMAGE]]));
	// Asked everywhere, it is the same.
	let everywhere = world.devnet.cli.run(args!["recall", "list", "--key", key])?;
	let all = everywhere["recalls"].as_array().ok_or("no recalls")?;
	assert!(all.contains(&of_surgeon), "{everywhere}");
	assert_eq!(holders(world, &case)?.len(), 2);
	for organisation in [2, 3] {
		assert_eq!(line(world, &case, organisation)?["state"], "notified");
	}

	// Nobody answers for others.
	for who in [DENTIST, OFFICER, DOCTOR] {
		let refused = world.devnet.cli.fail(answering(world, who, &surgeons, DELETED)?)?;
		assert_eq!(refused.code, "not-the-recipient", "{who}: {refused}");
	}
	forged(world, &surgeons)?;
	assert_eq!(line(world, &case, 2)?["state"], "notified");

	// One keeps what was read, the other has deleted it, and does not take that back.
	let said = world.devnet.cli.run(answering(world, SURGEON, &surgeons, KEPT)?)?;
	assert_eq!(said["state"], "acknowledged");
	let said = world.devnet.cli.run(answering(world, DENTIST, &dentists, DELETED)?)?;
	assert_eq!(said["state"], "deletion-attested");
	let refused = world.devnet.cli.fail(answering(world, DENTIST, &dentists, KEPT)?)?;
	assert_eq!(refused.code, "deletion-attested", "{refused}");
	let seen = line(world, &case, 2)?;
	assert_eq!(
		(&seen["state"], &seen["ground"], &seen["answered_for"], &seen["releases"]),
		(&json!("acknowledged"), &json!("retention"), &json!("recipient"), &json!(3))
	);
	let seen = line(world, &case, 3)?;
	assert_eq!(seen["state"], "deletion-attested");
	assert_eq!(seen["records"], json!([case.records[DOCUMENT]]));

	// The surgeon's house answers for the surgeon, who does not speak for it.
	let house = recalled(world, &case, ADMINISTRATOR, Some("2"))?;
	assert_eq!(house.len(), 1);
	let asked =
		args!["recall", "list", "--key", key, "--custodian", "1", "--organisation", "2", "--house"];
	assert_eq!(world.devnet.cli.fail(asked)?.code, "not-in-standing");
	world.devnet.cli.run(answering(world, ADMINISTRATOR, &surgeons, DELETED)?)?;
	let seen = line(world, &case, 2)?;
	assert_eq!(
		(&seen["state"], &seen["answered_for"]),
		(&json!("deletion-attested"), &json!("house"))
	);

	permitted_again(world)
}

/// What nobody in good order sends is refused.
fn forged(world: &World, recall: &str) -> Result<()> {
	let (surgeon, dentist) = (identity(SURGEON)?, identity(DENTIST)?);
	let genesis = world.chain.genesis();
	let id: RecallId = recall.parse()?;
	let session = world.session(1, &surgeon)?;
	let known: Recall = block_on(session.recall(&id))?;
	let answer = RecallAnswer::Acknowledged(RecallGround::Legal);
	let good = RecallWord::sign(&surgeon, genesis, 1, &known, answer, now()?);
	let by_dentist = RecallWord::sign(&dentist, genesis, 1, &known, answer, now()?);
	let mut tampered = good;
	tampered.statement.answer = RecallAnswer::Deleted;
	let mut foreign = good;
	foreign.signature = by_dentist.signature;
	let elsewhere = RecallWord::sign(&surgeon, genesis, 2, &known, answer, now()?);
	let old = RecallWord::sign(&surgeon, genesis, 1, &known, answer, 1_000);
	let fewer = Recall { records: 1, ..known };
	let fewer = RecallWord::sign(&surgeon, genesis, 1, &fewer, answer, now()?);
	for (word, code) in [
		(tampered, "signature-wrong"),
		(foreign, "signature-wrong"),
		(by_dentist, "malformed"),
		(elsewhere, "wrong-chain"),
		(old, "malformed"),
		(fewer, "recall-grew"),
	] {
		let refused =
			block_on(session.answer_recall(&word)).map_err(|fault| fault.code().to_owned());
		assert_eq!(refused, Err(code.to_owned()), "{word:?}");
	}
	Ok(())
}

/// What is permitted again is owed no more, until that ends too.
fn permitted_again(world: &World) -> Result<()> {
	let case = Case::new(world, "holders-again")?;
	let first = case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	revoke(world, &case, &first)?;
	let recall = told(world, &case, SURGEON)?;
	assert_eq!(recall["state"], "notified");
	let second = case.permit(world)?;
	let again = told(world, &case, SURGEON)?;
	assert_eq!((&again["state"], &again["id"]), (&json!("permitted-again"), &recall["id"]));
	assert_eq!(line(world, &case, 2)?["state"], "permitted-again");
	revoke(world, &case, &second)?;
	until("it is owed again", || {
		let recall = told(world, &case, SURGEON)?;
		Ok((recall["state"] == "notified").then_some(()))
	})?;
	let last = told(world, &case, SURGEON)?;
	assert_eq!((&last["id"], &last["since"]), (&recall["id"], &recall["since"]));
	Ok(())
}

//! What patients ask of a custodian: shared with the dentist before oral surgery, refused with words,
//! put off once, withdrawn; and what a patient approves of a request, in part and at two custodians.

use crate::{
	cases::{Case, DOCTOR, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::World,
};
use salus_primitives::disclosure::Outcome;
use salus_tests::{
	args, block_on,
	people::{number, text},
	Failure, Result,
};
use serde_json::Value;
use std::ffi::OsString;

/// The dentist, of Bright Smile.
const DENTIST: &str = "//BrightSmile//DrChen";
/// Records officer of another house.
const OTHER_OFFICER: &str = "//Lakeside//Records";
/// What the patient says, which nobody else is to read.
const WORDS: &str = "my wisdom teeth come out on Friday";
/// 30 days in milliseconds.
const TERM: u64 = 30 * 24 * 60 * 60 * 1000;

/// The arguments of `salus ask …` for the patient of a case.
fn patient(case: &Case, command: &str, rest: &[&str]) -> Vec<OsString> {
	let mut arguments = args!["ask", command, "--wallet", case.patient.wallet].to_vec();
	arguments.extend(rest.iter().map(OsString::from));
	arguments
}

/// The arguments of `salus ask …` for a records officer at Mercy's vault.
fn office(world: &World, who: &str, command: &str, rest: &[&str]) -> Result<Vec<OsString>> {
	let key = world.devnet.people.key(who)?;
	let mut arguments = args!["ask", command, "--key", key, "--custodian", "1"].to_vec();
	arguments.extend(rest.iter().map(OsString::from));
	Ok(arguments)
}

/// What the patient is told of an ask, which is as the chain has it.
fn listed(world: &World, case: &Case, ask: &str) -> Result<Value> {
	let said = world.devnet.cli.run(patient(case, "list", &[]))?;
	let all = said["asks"].as_array().ok_or("no list")?;
	let found = all.iter().find(|listed| listed["ask"] == ask).ok_or("not listed")?.clone();
	assert_eq!(found["verified"], true, "{found}");
	Ok(found)
}

/// The office's inbox.
fn inbox(world: &World) -> Result<Vec<Value>> {
	let said = world.devnet.cli.run(office(world, OFFICER, "inbox", &[])?)?;
	Ok(said["asks"].as_array().ok_or("no inbox")?.clone())
}

fn refused(world: &World, arguments: Vec<OsString>) -> Result<Failure> {
	let failure = world.devnet.cli.fail(arguments)?;
	assert!(!failure.message.is_empty() && !failure.help.is_empty(), "{failure:?}");
	Ok(failure)
}

pub(crate) fn answered(world: &mut World) -> Result<()> {
	let case = Case::new(world, "asks")?;
	world.devnet.people.reader(DENTIST)?;
	world.devnet.people.reader(DOCTOR)?;
	let cli = world.devnet.cli.clone();

	// Before oral surgery the patient asks the clinic to share the laboratory results with the dentist.
	case.denied(world, LABORATORY, DENTIST, 32)?;
	let asked = cli.run(patient(
		&case,
		"share",
		&[
			"--custodian",
			"1",
			"--practitioner",
			"4",
			"--organisation",
			"3",
			"--category",
			"laboratory",
			"--days",
			"14",
			"--text",
			WORDS,
		],
	))?;
	let (ask, directive) = (text(&asked, "ask")?, text(&asked, "directive")?);
	let open = listed(world, &case, &ask)?;
	assert_eq!((&open["state"], &open["overdue"]), (&"open".into(), &false.into()));
	assert_eq!(number(&open, "due")?, number(&open, "filed")? + TERM);
	let wish = &open["opening"]["terms"]["wish"]["share-with"];
	assert_eq!(wish["directive"], directive.as_str(), "{open}");

	// The chain tells that this chart asked something, and not what.
	let views = block_on(world.now()?.asks(case.chart_id()?))?;
	assert_eq!(views.len(), 1);
	let public = serde_json::to_string(&views)?;
	assert!(public.contains(&ask) && !public.contains(WORDS) && !public.contains(&directive));

	// The office finds it; another house's officer, a doctor and a stranger to the chart do not.
	let waiting = inbox(world)?;
	let ours = waiting.iter().find(|listed| listed["ask"] == ask.as_str()).ok_or("no ask")?;
	assert_eq!((&ours["state"], &ours["verified"]), (&"open".into(), &true.into()));
	assert_eq!(ours["opening"]["terms"]["statement"], WORDS);
	for other in [OTHER_OFFICER, DOCTOR] {
		let failure = refused(world, office(world, other, "inbox", &[])?)?;
		assert_eq!(failure.code, "not-in-standing", "{other}: {failure}");
		let failure = refused(world, office(world, other, "grant", &[&ask])?)?;
		assert_eq!(failure.code, "not-in-standing", "{other}: {failure}");
	}
	let stranger = Case::new(world, "asks-stranger")?;
	let failure = refused(world, patient(&stranger, "withdraw", &[&ask]))?;
	assert_eq!(failure.code, "not-found", "another chart's key: {failure}");
	let theirs = cli.run(patient(&stranger, "list", &[]))?;
	assert_eq!(theirs["asks"], Value::Array(Vec::new()));
	let chart = stranger.wallet_chart(world)?;
	let key = world.wallet(&stranger.patient)?.identity(&chart)?;
	let session = world.session(1, &key)?;
	let denied = block_on(session.chart_asks(&case.chart_id()?)).err().ok_or("read another's")?;
	assert_eq!(denied.code(), "not-the-charts-key");

	// It takes longer: once, with a reason.
	let failure = refused(world, office(world, OFFICER, "extend", &[&ask])?)?;
	assert_eq!(failure.code, "malformed", "without a reason: {failure}");
	let longer = ["--text", "the archive is being moved", &ask];
	let extended = cli.run(office(world, OFFICER, "extend", &longer)?)?;
	assert_eq!(number(&extended, "due")?, number(&open, "filed")? + 2 * TERM);
	assert_eq!(
		number(&cli.run(office(world, OFFICER, "extend", &longer)?)?, "due")?,
		number(&extended, "due")?,
		"said again, it is the same"
	);
	let more = office(world, OFFICER, "extend", &["--text", "and longer", &ask])?;
	assert_eq!(refused(world, more)?.code, "already-extended");
	let put_off = listed(world, &case, &ask)?;
	assert_eq!(put_off["extended"], true);
	assert_eq!(put_off["extension"]["terms"]["statement"], longer[1]);

	// The office approves; the dentist reads what was permitted and nothing else.
	let granted = office(world, OFFICER, "grant", &["--text", "Dr Chen has been told", &ask])?;
	let said = cli.run(granted.clone())?;
	assert_eq!(said["answer"]["terms"]["granted"], true);
	assert_eq!(cli.run(granted)?["answer"], said["answer"], "said again, it is the same");
	case.reads(world, LABORATORY, DENTIST)?;
	case.denied(world, IMAGE, DENTIST, 32)?;
	let done = listed(world, &case, &ask)?;
	assert_eq!((&done["state"], &done["overdue"]), (&"granted".into(), &false.into()));
	assert_eq!(done["answer"]["terms"]["statement"], "Dr Chen has been told");
	let late = office(world, OFFICER, "refuse", &["--ground", "inmate", "--text", "no", &ask])?;
	assert_eq!(refused(world, late)?.code, "ask-not-open");
	assert_eq!(refused(world, patient(&case, "withdraw", &[&ask]))?.code, "ask-not-open");

	// The patient sees who read what.
	let outcomes = case.outcomes(world, LABORATORY)?;
	assert!(matches!(outcomes[..], [Outcome::Refused(32), Outcome::Released(_)]), "{outcomes:?}");

	// A refusal has a ground and words.
	let asked = cli.run(patient(&case, "available", &["--custodian", "1", "--form", "paper"]))?;
	let ask = text(&asked, "ask")?;
	let silent = office(world, OFFICER, "refuse", &["--ground", "endangers-life", &ask])?;
	assert_eq!(refused(world, silent)?.code, "malformed");
	let why = ["--ground", "endangers-life", "--text", "Dr Adams explains it to you", &ask];
	cli.run(office(world, OFFICER, "refuse", &why)?)?;
	let no = listed(world, &case, &ask)?;
	let said = &no["answer"]["terms"];
	assert_eq!((&no["state"], &said["granted"]), (&"refused".into(), &false.into()));
	assert_eq!((&said["ground"], &said["statement"]), (&why[1].into(), &why[3].into()));

	// What is withdrawn is answered no more.
	let asked = cli.run(patient(&case, "transfer", &["--custodian", "1", "--to", "2"]))?;
	let ask = text(&asked, "ask")?;
	cli.run(patient(&case, "withdraw", &[&ask]))?;
	assert_eq!(listed(world, &case, &ask)?["state"], "withdrawn");
	let late = office(world, OFFICER, "grant", &[&ask])?;
	assert_eq!(refused(world, late)?.code, "ask-not-open");
	let ended = inbox(world)?.into_iter().find(|listed| listed["ask"] == ask.as_str());
	assert_eq!(ended.ok_or("not in the inbox")?["state"], "withdrawn");
	Ok(())
}

/// The patient's directives that permit something, by custodian, which are all active.
fn permits(world: &World, case: &Case) -> Result<Vec<(u64, String)>> {
	let said = world
		.devnet
		.cli
		.run(args!["directive", "list", "--wallet", case.patient.wallet])?;
	let all = said["directives"].as_array().ok_or("no list")?;
	let mut found = Vec::new();
	for one in all {
		assert_eq!(one["state"], "active", "{one}");
		found.push((number(one, "custodian")?, text(one, "directive")?));
	}
	found.sort();
	Ok(found)
}

/// One approval of less than was asked, for two custodians, of which one's vault is away.
pub(crate) fn narrowed(world: &mut World) -> Result<()> {
	let case = Case::new(world, "narrowed")?;
	let surgeon = world.devnet.people.reader(SURGEON)?;
	let lakeside = world.devnet.people.key(OTHER_OFFICER)?;
	let mailbox = text(&case.patient.enrol(2, &lakeside)?, "chart")?;
	let cli = world.devnet.cli.clone();
	let sent = cli.run(args![
		"request",
		"send",
		"--key",
		surgeon,
		"--organisation",
		"2",
		"--chart",
		mailbox,
		"--days",
		"30"
	])?;
	let request = text(&sent, "request")?;
	let approve = args![
		"request",
		"approve",
		"--wallet",
		case.patient.wallet,
		"--category",
		"laboratory",
		"--days",
		"5",
		request
	];

	// The clinic's vault is away: the other custodian's is not held up, and what is missing is told.
	world.devnet.custodian(1)?.kill_vault()?;
	let failure = refused(world, approve.to_vec())?;
	assert_eq!(failure.code, "not-delivered", "{failure}");
	let begun = permits(world, &case)?;
	assert_eq!(begun.len(), 2, "{begun:?}");
	world.devnet.custodian(1)?.start_vault()?;

	// Once more, it goes on with what it issued.
	let approved = cli.run(approve.to_vec())?;
	let now = world.now()?.head().at;
	let until = number(&approved, "terms.period.until")?;
	assert!(until <= now + 5 * 24 * 60 * 60 * 1000, "{approved}");
	let done = permits(world, &case)?;
	assert_eq!(done.iter().map(|(custodian, _)| *custodian).collect::<Vec<_>>(), [1, 2]);
	assert_eq!(begun, done, "no second directive");
	let answer = cli.run(args!["request", "answer", "--key", surgeon, request])?;
	assert_eq!(answer["answers"].as_array().map(Vec::len), Some(2), "{answer}");

	// What was not granted is refused.
	case.reads(world, LABORATORY, SURGEON)?;
	case.denied(world, IMAGE, SURGEON, 32)?;
	Ok(())
}

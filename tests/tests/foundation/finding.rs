//! An unconscious patient is found by the card in their pocket, or by name; who is merely like them, or does not
//! want to be found, is not.

use crate::{
	cases::{Case, DOCUMENT, OFFICER, SURGEON},
	emergency::{because, quality_officer},
	world::World,
};
use salus_client::{chain::Chain, finding::CardCode};
use salus_primitives::{
	decision::{Basis, DenyReason},
	disclosure::{Outcome, Subject},
};
use salus_tests::{
	args, block_on,
	people::{number, text},
	until, Result,
};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};

/// The dentist of Bright Smile.
const OTHER: &str = "//BrightSmile//DrChen";
/// The administrators of Mercy and of Bright Smile.
const MERCY: &str = "//Mercy";
const BRIGHT_SMILE: &str = "//BrightSmile";

/// A patient of Mercy.
struct Sought {
	case: Case,
}

impl Sought {
	fn new(world: &World, test: &str) -> Result<Self> {
		Ok(Self { case: Case::new(world, test)? })
	}

	fn file(&self, name: &str) -> PathBuf {
		self.case.patient.folder.join(name)
	}

	/// A command of the patient about being found at Mercy.
	fn says(&self, world: &World, step: &str) -> Result<Value> {
		let wallet = &self.case.patient.wallet;
		world
			.devnet
			.cli
			.run(args!["emergency", step, "--wallet", wallet, "--custodian", "1"])
	}

	/// Makes a card; the file with the code that somebody typed from it.
	fn card(&self, world: &World, name: &str) -> Result<PathBuf> {
		let (page, svg) = (self.file(&format!("{name}.html")), self.file(&format!("{name}.svg")));
		let wallet = &self.case.patient.wallet;
		let said = world.devnet.cli.run(args![
			"emergency",
			"card",
			"--wallet",
			wallet,
			"--custodian",
			"1",
			"--out",
			page,
			"--svg",
			svg
		])?;
		for path in [&page, &svg] {
			assert_eq!(fs::metadata(path)?.permissions().mode() & 0o777, 0o600);
		}
		let written = fs::read_to_string(&page)?;
		let (_, code) = written.split_once("<code>").ok_or("no code")?;
		let (code, _) = code.split_once("</code>").ok_or("no code")?;
		assert!(!said.to_string().contains(code), "the code is told");
		assert!(!written.contains(&self.case.chart), "the card names the chart");
		let typed = self.file(name);
		fs::write(&typed, code.to_lowercase())?;
		Ok(typed)
	}

	/// Has Mercy register who the patient is.
	fn register(&self, world: &World, who: &Path) -> Result<Vec<OsString>> {
		let officer = world.devnet.people.key(OFFICER)?;
		let chart = &self.case.chart;
		Ok(args![
			"emergency",
			"register",
			"--key",
			officer,
			"--custodian",
			"1",
			"--chart",
			chart,
			"--patient",
			who
		]
		.to_vec())
	}

	/// Writes who somebody is.
	fn who(&self, name: &str, given: &str, born: &str, gender: &str) -> Result<PathBuf> {
		let path = self.file(name);
		let mut patient = json!({
			"resourceType": "Patient",
			"name": [{ "use": "official", "family": "Årström-Brown", "given": [given] }],
			"birthDate": born,
		});
		if !gender.is_empty() {
			patient["gender"] = gender.into();
		}
		fs::write(&path, patient.to_string())?;
		Ok(path)
	}

	/// The command by which a clinician searches.
	fn finding(
		&self,
		world: &World,
		who: &str,
		what: &[OsString],
		out: &str,
	) -> Result<Vec<OsString>> {
		let key = world.devnet.people.key(who)?;
		let organisation = if who.starts_with("//Mercy") { "1" } else { "2" };
		let mut command = args![
			"emergency",
			"find",
			"--key",
			key,
			"--organisation",
			organisation,
			"--reason",
			"OVRINCOMP",
			"--out",
			self.file(out)
		]
		.to_vec();
		command.extend(what.iter().cloned());
		Ok(command)
	}

	/// The surgeon searches.
	fn find(&self, world: &World, what: &[OsString], out: &str) -> Result<Value> {
		world.devnet.cli.run(self.finding(world, SURGEON, what, out)?)
	}

	/// The command by which a clinician asks by a search once more.
	fn again(
		&self,
		world: &World,
		who: &str,
		what: &[OsString],
		file: &str,
	) -> Result<Vec<OsString>> {
		let key = world.devnet.people.key(who)?;
		let mut command = args!["emergency", "find-again", "--key", key].to_vec();
		command.extend(what.iter().cloned());
		command.push(self.file(file).into());
		Ok(command)
	}

	fn found(&self) -> Value {
		json!([{ "custodian": 1, "chart": self.case.chart }])
	}

	/// What the log tells of searches.
	fn hits(&self, world: &World) -> Result<Vec<Outcome>> {
		self.case
			.log(world)?
			.iter()
			.filter(|entry| entry["subject"] == json!(Subject::Presence))
			.map(|entry| {
				assert_eq!(entry["purpose"], "ETREAT");
				Ok(serde_json::from_value(entry["outcome"].clone())?)
			})
			.collect()
	}
}

fn by_card(code: &Path) -> Vec<OsString> {
	args!["--code", code].to_vec()
}

fn by_name(who: &Path) -> Vec<OsString> {
	args!["--patient", who, "--custodian", "1"].to_vec()
}

fn nothing(said: &Value) {
	assert_eq!((&said["found"], &said["faults"]), (&json!([]), &json!([])), "{said}");
}

fn glass(said: &Value) -> Result<Outcome> {
	let id = text(said, "id")?;
	Ok(Outcome::Released(Basis::BreakGlass(id.parse().map_err(|_| "no id")?)))
}

pub(crate) fn by_a_card(world: &mut World) -> Result<()> {
	let cli = world.devnet.cli.clone();
	let sought = Sought::new(world, "finding-card")?;
	world.devnet.people.reader(SURGEON)?;
	let first = by_card(&sought.card(world, "first")?);

	// The card finds the chart, and nothing else. Asked again, it is told and logged once.
	let said = sought.find(world, &first, "search")?;
	assert_eq!(said["found"], sought.found(), "{said}");
	assert_eq!((&said["state"], &said["asked"]), (&json!("active"), &json!([1])));
	let again = sought.again(world, SURGEON, &first, "search")?;
	assert_eq!(cli.run(&again)?["found"], sought.found());
	assert_eq!(sought.hits(world)?, [glass(&said)?]);

	// The patient is told who searched, and that it opened nothing.
	let wallet = &sought.case.patient.wallet;
	let told = cli.run(args!["emergency", "notices", "--wallet", wallet, "--custodian", "1"])?;
	let told = &told["charts"][0];
	assert_eq!(told["faults"], json!([]), "{told}");
	let notice = &told["emergencies"][0];
	assert_eq!((&notice["break_glass"], &notice["search"]), (&said["id"], &json!(true)));
	assert_eq!(number(notice, "known.practitioner")?, 2);
	assert_eq!((number(notice, "releases")?, &notice["records"]), (1, &json!([])));

	// It is the clinician's who opened it, and opens no record.
	world.devnet.people.reader(OTHER)?;
	let stolen = sought.again(world, OTHER, &first, "search")?;
	because(&cli.fail(stolen)?, DenyReason::BreakGlassOfAnother);
	let mut forged: Value = serde_json::from_slice(&fs::read(sought.file("search"))?)?;
	forged["opening"]["terms"] = json!({ "chart": sought.case.chart, "custodian": 1 });
	fs::write(sought.file("forged"), forged.to_string())?;
	let mut reading = sought.case.reading(world, DOCUMENT, SURGEON)?;
	reading.extend(args!["--emergency", sought.file("forged")]);
	because(&cli.fail(reading)?, DenyReason::BreakGlassOpeningWrong);

	// Nor does a break-glass about the chart search.
	let surgeon = world.devnet.people.key(SURGEON)?;
	let chart = &sought.case.chart;
	cli.run(args![
		"emergency",
		"open",
		"--key",
		surgeon,
		"--organisation",
		"2",
		"--custodian",
		"1",
		"--chart",
		chart,
		"--reason",
		"OVRER",
		"--out",
		sought.file("glass")
	])?;
	let genesis = block_on(Chain::connect(cli.node()))?.genesis();
	let code = CardCode::parse(&fs::read_to_string(sought.file("first"))?, &genesis)?;
	let mut forged: Value = serde_json::from_slice(&fs::read(sought.file("glass"))?)?;
	forged["opening"]["terms"] = json!({ "code": code.digest() });
	forged["custodians"] = json!([1]);
	fs::write(sought.file("forged-search"), forged.to_string())?;
	let searching = sought.again(world, SURGEON, &first, "forged-search")?;
	because(&cli.fail(searching)?, DenyReason::BreakGlassOpeningWrong);

	// A new card ends the old one, and a search asks one question.
	let second = by_card(&sought.card(world, "second")?);
	nothing(&cli.run(&again)?);
	let other = sought.again(world, SURGEON, &second, "search")?;
	assert_eq!(cli.fail(other)?.code, "usage");
	let said = sought.find(world, &second, "second-search")?;
	assert_eq!(said["found"], sought.found());

	// One that was revoked finds nothing, and neither does one that nobody made: the house knows that somebody
	// looked, not for whom.
	cli.run(args!["emergency", "card", "--wallet", wallet, "--custodian", "1", "--revoke"])?;
	nothing(&cli.run(sought.again(world, SURGEON, &second, "second-search")?)?);
	let wrong = CardCode::new(1)?.text(&genesis);
	fs::write(sought.file("wrong"), wrong.as_bytes())?;
	let missed = sought.find(world, &by_card(&sought.file("wrong")), "wrong-search")?;
	nothing(&missed);
	let folder = &sought.case.patient.folder;
	let quality = quality_officer(world, folder, MERCY, "1")?;
	let look = args!["emergency", "searches", "--key", quality, "--custodian", "1"];
	let searches = until("the vault knows the officer", || Ok(cli.run(&look).ok()))?;
	let searches = searches["searches"].as_array().ok_or("no list")?;
	let miss = searches.iter().find(|miss| miss["search"] == missed["id"]).ok_or("no miss")?;
	assert_eq!((number(miss, "practitioner")?, &miss["kind"]), (2, &json!("code")));
	let refused = cli.fail(args!["emergency", "searches", "--key", surgeon, "--custodian", "1"])?;
	assert_eq!(refused.code, "not-in-standing");

	// Who is no clinician does not search, and who has no licence neither.
	let officer = sought.finding(world, OFFICER, &second, "officer-search")?;
	assert_eq!(cli.fail(officer)?.code, "usage");
	world.devnet.people.reader("//Lakeside//DrExpired")?;
	let unlicensed = sought.finding(world, "//Lakeside//DrExpired", &second, "unlicensed")?;
	let refused = cli.fail(unlicensed)?;
	assert!(refused.message.contains("NotAuthorised"), "{refused}");
	assert!(!sought.file("unlicensed").exists(), "a file that shows nothing was left");

	// Closed, it asks nothing any more; its reviewer sees what it found.
	let third = by_card(&sought.card(world, "third")?);
	cli.run(args!["emergency", "close", "--key", surgeon, sought.file("second-search")])?;
	let over = sought.again(world, SURGEON, &second, "second-search")?;
	because(&cli.fail(over)?, DenyReason::BreakGlassOver);
	let words = sought.file("words.txt");
	fs::write(&words, "Found unconscious in the street with a card.")?;
	let (own, file) = (sought.file("own"), sought.file("second-search"));
	cli.run(args![
		"emergency",
		"account",
		"--key",
		surgeon,
		"--text-file",
		words,
		"--out",
		own,
		file
	])?;
	let reviewer = quality_officer(world, folder, BRIGHT_SMILE, "3")?;
	let look = args!["emergency", "lines", "--key", reviewer, "--organisation", "3", file];
	let seen = until("the vault knows the reviewer", || Ok(cli.run(&look).ok()))?;
	let lines = seen["searched"][0]["lines"].as_array().ok_or("no lines")?;
	assert_eq!((lines.len(), &lines[0]["outcome"]), (1, &json!(glass(&said)?)), "{seen}");

	// Who opted out is not found by the card they still have.
	assert_eq!(sought.says(world, "opt-out")?["charts"][0]["card"], false);
	nothing(&sought.find(world, &third, "third-search")?);
	let svg = cli.fail(args![
		"emergency",
		"card",
		"--wallet",
		wallet,
		"--custodian",
		"1",
		"--out",
		sought.file("fourth.html")
	])?;
	assert_eq!(svg.code, "opted-out");
	assert!(!sought.file("fourth.html").exists(), "a card that finds nothing was left");
	assert_eq!(sought.hits(world)?.len(), 2);
	Ok(())
}

pub(crate) fn near_matches(world: &mut World) -> Result<()> {
	let cli = world.devnet.cli.clone();
	let sought = Sought::new(world, "finding-name")?;
	let alike = Sought::new(world, "finding-alike")?;
	world.devnet.people.reader(SURGEON)?;
	let who = sought.who("who.json", "Zoë", "1981-02-28", "female")?;
	cli.run(sought.register(world, &who)?)?;
	assert_eq!(sought.says(world, "findable")?["charts"][0]["registered"], true);

	// Written as the paramedic writes it, every custodian is asked and one of them finds the patient.
	let typed = sought.file("typed.json");
	let patient = json!({
		"resourceType": "Patient",
		"name": [{ "family": "ARSTROM BROWN", "given": ["zoe", "Anna"] }],
		"birthDate": "1981-02-28",
	});
	fs::write(&typed, patient.to_string())?;
	let everywhere = args!["--patient", typed].to_vec();
	let said = sought.find(world, &everywhere, "search")?;
	assert_eq!(said["found"], sought.found(), "{said}");
	let asked = said["asked"].as_array().ok_or("nobody was asked")?;
	assert!([1, 2, 3].iter().all(|house| asked.contains(&json!(house))), "{said}");
	assert_eq!(sought.hits(world)?, [glass(&said)?]);

	// Who is nearly the same is nobody.
	for (name, given, born, gender) in [
		("date", "Zoë", "1981-02-27", "female"),
		("given", "Zora", "1981-02-28", "female"),
		("gender", "Zoë", "1981-02-28", "male"),
	] {
		let near = sought.who(&format!("{name}.json"), given, born, gender)?;
		nothing(&sought.find(world, &by_name(&near), &format!("{name}-search"))?);
	}

	// Of two who are the same neither is told, until one of them is not there any more.
	cli.run(alike.register(world, &who)?)?;
	let again = sought.again(world, SURGEON, &by_name(&typed), "search")?;
	nothing(&cli.run(&again)?);
	assert_eq!(alike.says(world, "opt-out")?["charts"][0]["opted_out"], true);
	assert_eq!(cli.run(&again)?["found"], sought.found());

	// Who opted out is not registered, and the answer is the one of a miss.
	assert_eq!(cli.fail(alike.register(world, &who)?)?.code, "opted-out");
	assert_eq!(alike.says(world, "opt-in")?["charts"][0]["opted_out"], false);
	assert_eq!(sought.says(world, "opt-out")?["charts"][0]["registered"], false);
	nothing(&cli.run(&again)?);
	assert!(alike.hits(world)?.is_empty());
	assert_eq!(sought.hits(world)?.len(), 1);

	// A search that is over tells nothing either.
	let surgeon = world.devnet.people.key(SURGEON)?;
	cli.run(args!["emergency", "close", "--key", surgeon, sought.file("search")])?;
	because(&cli.fail(&again)?, DenyReason::BreakGlassOver);
	Ok(())
}

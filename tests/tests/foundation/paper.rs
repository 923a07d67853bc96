//! People without a phone: what they sign by hand, two of the house's staff stand for.

use crate::{
	cases::{Case, DOCTOR, LABORATORY, OFFICER, SURGEON},
	world::{identity, World},
};
use salus_primitives::decision::DenyReason;
use salus_tests::{args, people::text, Failure, Result};
use serde_json::Value;
use std::{
	ffi::OsString,
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};

/// The dentist, of the clinic.
const DENTIST: &str = "//BrightSmile//DrChen";
/// Somebody whom Mercy has on its staff for a while.
const CLERK: &str = "//Mercy//Clerk";
/// Where nobody answers: what a second one signs needs no chain.
const NO_NODE: &str = "ws://127.0.0.1:1";

/// The dentist may read laboratory results.
const PERMIT: [&str; 8] =
	["--rule", "permit", "--practitioner", "4", "--organisation", "3", "--category", "laboratory"];

/// The account behind a development key.
fn account(uri: &str) -> Result<String> {
	Ok(format!("0x{}", hex::encode(identity(uri)?.account())))
}

/// Paper about the patient of a case.
struct Desk<'a> {
	world: &'a World,
	case: &'a Case,
}

impl Desk<'_> {
	fn file(&self, name: &str) -> PathBuf {
		self.case.patient.folder.join(name)
	}

	/// The command by which one of Mercy's staff writes down what another is to sign.
	fn preparing(
		&self,
		command: &str,
		(by, second): (&str, &str),
		name: &str,
		more: &[&str],
	) -> Result<Vec<OsString>> {
		let key = self.world.devnet.people.key(by)?;
		let (second, out) = (account(second)?, self.file(name));
		let mut arguments = args![
			"paper",
			command,
			"--key",
			key,
			"--second",
			second,
			"--custodian",
			"1",
			"--chart",
			self.case.chart,
			"--out",
			out
		]
		.to_vec();
		arguments.extend(more.iter().map(Into::into));
		Ok(arguments)
	}

	fn prepare(&self, who: (&str, &str), name: &str, terms: &[&str]) -> Result<PathBuf> {
		let language = ["--language", "es", "--interpreter", "in-person"];
		let terms = [&language[..], terms].concat();
		self.world.devnet.cli.run(self.preparing("prepare", who, name, &terms)?)?;
		let file = self.file(name);
		assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
		Ok(file)
	}

	/// Signs as the second one, without a chain.
	fn witness(&self, by: &str, file: &Path) -> Result<Value> {
		let key = self.world.devnet.people.key(by)?;
		let offline = self.world.devnet.cli.against(NO_NODE);
		offline.run(args!["paper", "witness", "--key", key, "--read", file])
	}

	fn issuing(&self, by: &str, file: &Path) -> Result<Vec<OsString>> {
		let key = self.world.devnet.people.key(by)?;
		Ok(args!["paper", "issue", "--key", key, file].to_vec())
	}

	fn issue(&self, by: &str, file: &Path) -> Result<Value> {
		self.world.devnet.cli.run(self.issuing(by, file)?)
	}

	fn not_issued(&self, by: &str, file: &Path) -> Result<Failure> {
		self.world.devnet.cli.fail(self.issuing(by, file)?)
	}

	/// Prepared by one and signed by another, it is refused with these words of the chain.
	fn refused(&self, who: (&str, &str), name: &str, error: &str) -> Result<()> {
		let file = self.prepare(who, name, &PERMIT)?;
		self.witness(who.1, &file)?;
		let failure = self.not_issued(who.0, &file)?;
		assert!(failure.message.contains(error), "{name}: {failure}");
		Ok(())
	}
}

/// Puts the clerk on Mercy's staff, or takes them off it.
fn employ(world: &World, command: &str) -> Result<()> {
	let (key, clerk) = (world.devnet.people.key("//Mercy")?, account(CLERK)?);
	let mut arguments = args![
		"provider",
		"staff",
		command,
		"--key",
		key,
		"--organisation",
		"1",
		"--account",
		clerk
	]
	.to_vec();
	if command == "set" {
		arguments.extend(args!["--role", "records-officer"]);
	}
	world.devnet.cli.run(arguments).map(drop)
}

pub(crate) fn needs_two(world: &mut World) -> Result<()> {
	let case = Case::new(world, "paper")?;
	let desk = Desk { world, case: &case };
	let cli = &world.devnet.cli;
	world.devnet.people.reader(DENTIST)?;
	let nothing = DenyReason::NothingPermits.code().into();
	case.denied(world, LABORATORY, DENTIST, nothing)?;

	// The records officer writes down what the patient signed, and the physician reads all of it.
	let file = desk.prepare((OFFICER, DOCTOR), "dentist.json", &PERMIT)?;
	let alone = desk.not_issued(OFFICER, &file)?;
	assert_eq!(alone.code, "paper-not-witnessed", "{alone}");
	let key = world.devnet.people.key(OFFICER)?;
	let wrong = cli.fail(args!["paper", "witness", "--key", key, "--read", file])?;
	assert_eq!(wrong.code, "paper-of-another", "{wrong}");
	// Nobody signs what was not shown, and showing signs nothing.
	let unread = cli.fail(args!["paper", "witness", "--key", key, file])?;
	assert_eq!(unread.code, "usage", "{unread}");
	let shown = cli.against(NO_NODE).run(args!["paper", "show", file])?;
	assert_eq!(shown["paper"]["signature"], Value::Null, "{shown}");
	let shown = desk.witness(DOCTOR, &file)?;
	assert_eq!(shown["paper"]["openings"]["paper"]["terms"]["language"], "es");

	// What was changed after the signature is not what anybody signed.
	let tampered = desk.file("tampered.json");
	let mut changed: Value = serde_json::from_slice(&fs::read(&file)?)?;
	changed["openings"]["directive"]["terms"]["rule"] = "deny".into();
	fs::write(&tampered, changed.to_string())?;
	assert_eq!(desk.not_issued(OFFICER, &tampered)?.code, "paper-unfit");
	let mut changed: Value = serde_json::from_slice(&fs::read(&file)?)?;
	let expires = changed["expires"].as_u64().ok_or("no end")?;
	changed["expires"] = (expires - 1).into();
	fs::write(&tampered, changed.to_string())?;
	let forged = desk.not_issued(OFFICER, &tampered)?;
	assert!(forged.message.contains("Consent.InvalidSignature"), "{forged}");
	case.denied(world, LABORATORY, DENTIST, nothing)?;

	// Both stand for it, and the dentist reads, that category alone. Again is not twice.
	let issued = desk.issue(OFFICER, &file)?;
	let directive = text(&issued, "directive")?;
	assert_eq!(issued["vault"], Value::Null, "{issued}");
	case.reads(world, LABORATORY, DENTIST)?;
	case.denied(world, crate::cases::IMAGE, DENTIST, nothing)?;
	case.denied(world, LABORATORY, SURGEON, nothing)?;
	let again = desk.issue(OFFICER, &file)?;
	assert_eq!((&again["submitted"], &again["vault"]), (&Value::Null, &Value::Null));

	// One person, staff of another house, another house's chart, and who is not on the staff any more.
	let both = [&["--language", "es"][..], &PERMIT[..]].concat();
	let same = cli.fail(desk.preparing("prepare", (DOCTOR, DOCTOR), "one.json", &both)?)?;
	assert!(same.message.contains("both accounts are one"), "{same}");
	let other = "Consent.WitnessNotAuthorised";
	desk.refused((OFFICER, SURGEON), "surgeon.json", other)?;
	desk.refused((SURGEON, OFFICER), "submitter.json", "Consent.NotAuthorised")?;
	employ(world, "set")?;
	let before = desk.prepare((OFFICER, CLERK), "clerk.json", &PERMIT)?;
	desk.witness(CLERK, &before)?;
	employ(world, "remove")?;
	let gone = desk.not_issued(OFFICER, &before)?;
	assert!(gone.message.contains(other), "{gone}");
	let elsewhere = world.devnet.people.key("//Lakeside//Records")?;
	let list = |key: &Path| {
		args!["paper", "list", "--key", key, "--custodian", "1", "--chart", case.chart]
	};
	assert_eq!(cli.fail(list(&elsewhere))?.code, "not-in-standing");

	// Two whom an administrator can make up issue nothing.
	employ(world, "set")?;
	desk.refused((OFFICER, CLERK), "made-up.json", "Consent.NoneLicensed")?;
	employ(world, "remove")?;

	// The house sees what it stands for, and so does the patient.
	let listed = cli.run(list(&key))?;
	let paper = &listed["papers"][0];
	assert_eq!(text(paper, "directive")?, directive);
	assert_eq!(text(paper, "said.interpreter")?, "in-person");
	assert_eq!(text(paper, "paper.witness")?, account(DOCTOR)?);
	let wallet = &case.patient.wallet;
	let own = cli.run(args!["directive", "list", "--wallet", wallet])?;
	assert_eq!(own["papers"][0]["directive"], directive.as_str(), "{own}");
	assert_eq!(own["papers"][0]["terms"]["rule"], "permit", "{own}");
	assert_eq!(own["unknown"], serde_json::json!([]));

	// Paper ends nothing that the patient signed with their key, and a general deny of theirs outweighs it.
	let deny = case.issue(world, &["--rule", "deny", "--default"])?;
	case.denied(world, LABORATORY, DENTIST, DenyReason::DirectiveDenies.code().into())?;
	let end = |directive: &str, name: &str| -> Result<PathBuf> {
		cli.run(desk.preparing("revoke", (OFFICER, DOCTOR), name, &[directive])?)?;
		let file = desk.file(name);
		desk.witness(DOCTOR, &file)?;
		Ok(file)
	};
	let not_paper = desk.not_issued(OFFICER, &end(&deny, "deny.json")?)?;
	assert!(not_paper.message.contains("Consent.NotOnPaper"), "{not_paper}");
	cli.run(args!["directive", "revoke", "--wallet", wallet, deny])?;
	case.reads(world, LABORATORY, DENTIST)?;

	// The wallet ends it, by its id.
	cli.run(args!["directive", "revoke", "--wallet", wallet, directive])?;
	case.denied(world, LABORATORY, DENTIST, nothing)?;

	// The same by paper: issued once more, and taken back by two.
	let file = desk.prepare((DOCTOR, OFFICER), "again.json", &PERMIT)?;
	desk.witness(OFFICER, &file)?;
	let directive = text(&desk.issue(DOCTOR, &file)?, "directive")?;
	case.reads(world, LABORATORY, DENTIST)?;
	desk.issue(OFFICER, &end(&directive, "end.json")?)?;
	case.denied(world, LABORATORY, DENTIST, nothing)?;

	// That it was there, the patient sees all the same.
	let own = cli.run(args!["directive", "list", "--wallet", wallet])?;
	let papers = own["papers"].as_array().ok_or("no papers")?;
	let ended = papers.iter().find(|paper| paper["directive"] == directive.as_str());
	assert_eq!(ended.ok_or("not listed")?["state"], "revoked", "{own}");
	Ok(())
}

/// What the clinic knows of the patient.
const SUMMARY: [(&str, &str); 3] = [
	(
		"allergy.json",
		r#"{"resourceType":"AllergyIntolerance","code":{"text":"Penicillin"},"patient":{"reference":"Patient/1"},"criticality":"high"}"#,
	),
	(
		"medication.json",
		r#"{"resourceType":"MedicationStatement","status":"active","medicationCodeableConcept":{"text":"Metformin 500 mg"},"subject":{"reference":"Patient/1"}}"#,
	),
	(
		"problem.json",
		r#"{"resourceType":"Condition","code":{"text":"Type 2 diabetes"},"subject":{"reference":"Patient/1"}}"#,
	),
];

pub(crate) fn sheet_opens_once(world: &mut World) -> Result<()> {
	let case = Case::new(world, "sheet")?;
	let desk = Desk { world, case: &case };
	let cli = &world.devnet.cli;
	let offline = cli.against(NO_NODE);
	let kept = desk.file("desk.json");
	cli.run(args!["paper", "desk", "--custodian", "1", "--out", kept])?;
	let mut files = Vec::new();
	for (name, resource) in SUMMARY {
		let file = desk.file(name);
		fs::write(&file, resource)?;
		files.push(file);
	}

	// Without a connection: sheet and code are there before anything is stored.
	let (sheet, link) = (desk.file("sheet.html"), desk.file("sheet.link"));
	let mut arguments = desk.preparing("sheet", (OFFICER, DOCTOR), "queue.json", &[])?;
	arguments.extend(args![
		"--offline",
		kept,
		"--language",
		"es",
		"--interpreter",
		"relative",
		"--link-hours",
		"2",
		"--sheet",
		sheet,
		"--link",
		link,
		"--summary"
	]);
	arguments.extend(files.iter().map(Into::into));
	let made = offline.run(arguments)?;
	let queue = desk.file("queue.json");
	let html = fs::read_to_string(&sheet)?;
	for words in ["Penicillin", "Metformin 500 mg", "Type 2 diabetes", "<svg"] {
		assert!(html.contains(words), "{words} is not on the sheet");
	}
	for path in [&sheet, &link, &queue] {
		assert_eq!(fs::metadata(path)?.permissions().mode() & 0o777, 0o600);
	}
	let text_of_link = fs::read_to_string(&link)?;
	let (_, secret) = text_of_link.trim().split_once('#').ok_or("no link")?;
	assert!(!fs::read_to_string(&queue)?.contains(secret), "the code is queued");
	assert!(!made.to_string().contains(secret), "the code is told");

	// Until it is sent there is no such link, and nothing is sent that one alone stands for.
	let out = desk.file("opened.json");
	let open = || args!["link", "open", "--link", link, "--out", out];
	let refused = |reason: DenyReason| -> Result<()> {
		let failure = offline.fail(open())?;
		let expected = ("access-denied", Some(u64::from(reason.code())));
		assert_eq!((failure.code.as_str(), failure.reason), expected, "{failure}");
		Ok(())
	};
	refused(DenyReason::LinkUnknown)?;
	let key = world.devnet.people.key(OFFICER)?;
	let send = || args!["paper", "send", "--key", key, queue];
	assert_eq!(cli.fail(send())?.code, "paper-not-witnessed");
	refused(DenyReason::LinkUnknown)?;
	desk.witness(DOCTOR, &queue)?;

	// The second one signed for the document too.
	let signed = fs::read_to_string(&queue)?;
	fs::write(&queue, signed.replace("Penicillin", "Aspirin"))?;
	assert_eq!(cli.fail(send())?.code, "paper-unfit");
	fs::write(&queue, signed)?;

	// Sent, and sent again, it is there once.
	let sent = cli.run(send())?;
	assert_eq!(sent["vault"], Value::Null, "{sent}");
	let again = cli.run(send())?;
	assert_eq!(again["submitted"], Value::Null, "{again}");
	let opened = offline.run(open())?;
	assert_eq!(opened["record"], made["record"]);
	let document: Value = serde_json::from_slice(&fs::read(&out)?)?;
	assert_eq!(document["entry"].as_array().map(Vec::len), Some(3));
	assert_eq!(document["entry"][0]["resource"]["code"]["text"], "Penicillin");
	fs::remove_file(&out)?;
	refused(DenyReason::LinkUsed)?;

	// The patient's wallet lists the link, on paper.
	let own = cli.run(args!["directive", "list", "--wallet", case.patient.wallet])?;
	assert_eq!(own["papers"][0]["directive"], made["directive"], "{own}");
	assert_eq!(own["papers"][0]["said"]["interpreter"], "relative", "{own}");
	Ok(())
}

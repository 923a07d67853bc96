//! Journey 1: a board licenses a dentist, a hospital is inspected and accredited; anyone can see both,
//! and why someone may not practise. Every step is a call of the `salus` command line.

use crate::{cases::Case, world::World};
use salus_primitives::{codes::StandingReason, ids::Digest};
use salus_tests::{
	args, block_on,
	people::{number, text},
	until, Failure, Result,
};
use serde_json::Value;
use std::{
	ffi::OsString,
	fs,
	path::{Path, PathBuf},
};

const MERCY: &str = "1";
const BOARD: &str = "4";
const ACCREDITOR: &str = "6";
const BOARD_ADMIN: &str = "//BoardCA";
const OTHER_BOARD_ADMIN: &str = "//BoardNY";
const BODY_ADMIN: &str = "//Accreditor";
const INSPECTOR: &str = "//Accreditor//Inspector";
const MERCY_ADMIN: &str = "//Mercy";
const DOCTOR: &str = "//Mercy//DrAdams";
/// Number of Mercy's physician.
const ADAMS: &str = "1";
/// Numbers of the licences that the preset gives to Mercy and to its physician.
const MERCYS_LICENCE: &str = "5";
const DOCTORS_LICENCE: &str = "1";

/// Someone new, whose keys nobody else knows.
struct Newcomer {
	key: PathBuf,
	account: String,
}

impl Newcomer {
	fn new(world: &World, folder: &Path, name: &str) -> Result<Self> {
		fs::create_dir_all(folder)?;
		let key = folder.join(format!("{name}.key"));
		let made = world.devnet.cli.run(args!["key", "generate", "--key", key])?;
		Ok(Self { key, account: text(&made, "account")? })
	}
}

/// Arguments that begin with what a key signs for an organisation.
fn by(key: &Path, organisation: &str, command: &[&str], rest: &[&str]) -> Vec<OsString> {
	let mut arguments: Vec<OsString> = vec!["provider".into()];
	arguments.extend(command.iter().map(Into::into));
	arguments.extend(args!["--key", key, "--organisation", organisation]);
	arguments.extend(rest.iter().map(Into::into));
	arguments
}

impl World {
	/// Has the council carry out an act: one proposes and agrees, two more agree.
	fn council(&self, act: &[&str]) -> Result<()> {
		let mut arguments: Vec<OsString> = vec!["council".into(), "propose".into()];
		arguments.extend(act.iter().map(Into::into));
		arguments.extend(args!["--key", self.devnet.people.key("//Council1")?]);
		let motion = text(&self.devnet.cli.run(arguments)?, "motion")?;
		for (member, outcome) in [("//Council2", "open"), ("//Council3", "executed")] {
			let key = self.devnet.people.key(member)?;
			let said = self
				.devnet
				.cli
				.run(args!["council", "vote", "--key", key, "--motion", motion, "--aye"])?;
			assert_eq!(text(&said, "outcome")?, outcome, "{said}");
		}
		Ok(())
	}

	/// What speaks against an account acting as a clinician, and what should be known.
	fn standing(&self, account: &str, organisation: &str) -> Result<(Vec<String>, Vec<String>)> {
		let said = self.devnet.cli.run([
			"provider",
			"standing",
			"--account",
			account,
			"--organisation",
			organisation,
			"--role",
			"clinician",
		])?;
		let named = |list: &str, field: &str| -> Result<Vec<String>> {
			let list = said[list].as_array().ok_or("no list")?;
			list.iter().map(|entry| text(entry, field)).collect()
		};
		let (reasons, flags) = (named("reasons", "reason")?, named("flags", "flag")?);
		assert_eq!(text(&said, "may_act")?, reasons.is_empty().to_string());
		Ok((reasons, flags))
	}

	/// Signs for an organisation with a development key.
	fn act(&self, who: &str, organisation: &str, command: &[&str], rest: &[&str]) -> Result<Value> {
		let key = self.devnet.people.key(who)?;
		self.devnet.cli.run(by(&key, organisation, command, rest))
	}

	fn refused(
		&self,
		who: &str,
		organisation: &str,
		command: &[&str],
		rest: &[&str],
	) -> Result<Failure> {
		let key = self.devnet.people.key(who)?;
		self.devnet.cli.fail(by(&key, organisation, command, rest))
	}

	/// Changes a licence's state by its board.
	fn set_licence_state(&self, licence: &str, state: &str) -> Result<()> {
		let key = self.devnet.people.key(BOARD_ADMIN)?;
		self.devnet.cli.run(args![
			"provider",
			"licence",
			"set-state",
			"--key",
			key,
			"--licence",
			licence,
			"--state",
			state
		])?;
		Ok(())
	}

	fn list(&self, command: &[&str], list: &str) -> Result<Vec<Value>> {
		let mut arguments = vec!["provider"];
		arguments.extend(command);
		let said = self.devnet.cli.run(arguments)?;
		Ok(said[list].as_array().ok_or_else(|| format!("no {list} in {said}"))?.clone())
	}
}

/// The call failed because of this error, and the person is told what to do.
fn because(failure: &Failure, error: &str) {
	assert!(failure.message.contains(error), "{failure}");
	assert!(!failure.help.is_empty(), "{failure}");
}

pub(crate) fn licensed_and_accredited(world: &mut World) -> Result<()> {
	let folder = world.folder("providers");
	let administrator = Newcomer::new(world, &folder, "harbour")?;
	let dentist = Newcomer::new(world, &folder, "dentist")?;
	let report = folder.join("report.pdf");
	fs::write(&report, "What the inspector saw.")?;
	let report = report.to_str().ok_or("no UTF-8")?;

	// A member sponsors a hospital; until the council has voted, nobody acts for it.
	let applied = world.act(
		MERCY_ADMIN,
		MERCY,
		&["organisation", "apply"],
		&[
			"--kind",
			"hospital",
			"--name",
			"Harbour Hospital",
			"--in",
			"US-CA",
			"--gln",
			"9506000134352",
			"--administrator",
			&administrator.account,
		],
	)?;
	let hospital = text(&applied, "organisation")?;
	let (reasons, _) = world.standing(&dentist.account, &hospital)?;
	assert!(reasons.contains(&"organisation-not-admitted".into()), "{reasons:?}");
	world.council(&["set-organisation-state", "--organisation", &hospital, "--state", "active"])?;

	// The board registers the dentist, the hospital puts her on its staff: not enough, and the
	// answer says all that is missing.
	let registered = world.act(
		BOARD_ADMIN,
		BOARD,
		&["practitioner", "register"],
		&["--account", &dentist.account],
	)?;
	let practitioner = text(&registered, "practitioner")?;
	let cli = &world.devnet.cli;
	cli.run(by(
		&administrator.key,
		&hospital,
		&["staff", "set"],
		&["--account", &dentist.account, "--role", "clinician"],
	))?;
	let (reasons, _) = world.standing(&dentist.account, &hospital)?;
	assert_eq!(reasons, ["licence-missing", "authorisation-missing"]);

	// The board licenses both. The dentist's licence is pending until it is verified.
	let issued = world.act(
		BOARD_ADMIN,
		BOARD,
		&["licence", "issue"],
		&["--practitioner", &practitioner, "--class", "dentist", "--jurisdiction", "US-CA"],
	)?;
	let licence = text(&issued, "licence")?;
	world.act(
		BOARD_ADMIN,
		BOARD,
		&["licence", "issue"],
		&[
			"--to-organisation",
			&hospital,
			"--class",
			"facility",
			"--jurisdiction",
			"US-CA",
			"--until",
			"2033-01-01",
			"--evidence",
			report,
			"--next-due",
			"2030-01-01",
		],
	)?;
	let (reasons, _) = world.standing(&dentist.account, &hospital)?;
	assert_eq!(reasons, ["licence-pending"]);
	let board_key = world.devnet.people.key(BOARD_ADMIN)?;
	cli.run(args![
		"provider",
		"licence",
		"verify",
		"--key",
		board_key,
		"--licence",
		licence,
		"--evidence",
		report,
		"--next-due",
		"2030-01-01"
	])?;
	// She may practise; that the hospital is not accredited yet is flagged while the grace runs.
	let (reasons, flags) = world.standing(&dentist.account, &hospital)?;
	assert_eq!((reasons, flags), (vec![], vec!["accreditation-lapsed".into()]));

	// The hospital is inspected and accredited.
	world.act(
		INSPECTOR,
		ACCREDITOR,
		&["inspection", "record"],
		&["--inspected", &hospital, "--outcome", "VAI", "--evidence", report],
	)?;
	let given = world.act(
		BODY_ADMIN,
		ACCREDITOR,
		&["accreditation", "give"],
		&[
			"--to-organisation",
			&hospital,
			"--programme",
			"hospital",
			"--state",
			"accredited-with-follow-up",
			"--follow-up-due",
			"2030-01-01",
			"--until",
			"2033-01-01",
			"--evidence",
			report,
		],
	)?;
	let accreditation = text(&given, "accreditation")?;
	assert_eq!(world.standing(&dentist.account, &hospital)?, (vec![], vec![]));

	// Anyone sees both.
	let inspections = world.list(&["inspection", "list", &hospital], "inspections")?;
	assert_eq!(text(&inspections[0], "outcome")?, "VAI");
	let opening: Value = serde_json::from_slice(&fs::read(format!("{report}.opening.json"))?)?;
	let commitment = text(&opening, "commitment")?;
	assert_eq!(text(&inspections[0], "report")?, commitment, "not the commitment to the report");
	assert_ne!(commitment, Digest::of(&fs::read(report)?).to_string(), "it could be guessed");
	let verify = |commitment: &str| {
		args!["provider", "evidence", "verify", "--evidence", report, "--commitment", commitment]
	};
	let proven = cli.run(verify(&commitment))?;
	assert_eq!(text(&proven, "digest")?, text(&opening, "file")?);
	let failure = cli.fail(verify(&Digest([1; 32]).to_string()))?;
	assert_eq!(failure.code, "evidence-other-commitment", "{failure}");
	let accreditations = world.list(&["accreditation", "list", &hospital], "accreditations")?;
	assert_eq!(text(&accreditations[0], "id")?, accreditation);
	assert_eq!(text(&accreditations[0], "standing")?, "accredited-with-follow-up");
	let dentists =
		world.list(&["licence", "list", "--in", "US-CA", "--class", "dentist"], "licences")?;
	assert!(
		dentists.iter().any(|found| text(found, "id").is_ok_and(|id| id == licence)),
		"{dentists:?}"
	);
	let hospitals = world
		.list(&["organisation", "list", "--in", "US", "--kind", "hospital"], "organisations")?;
	assert!(hospitals.iter().any(|found| text(found, "id").is_ok_and(|id| id == hospital)));

	// And why someone may not practise, from the block that suspends the licence.
	world.set_licence_state(&licence, "suspended")?;
	assert_eq!(world.standing(&dentist.account, &hospital)?.0, ["licence-suspended"]);
	world.set_licence_state(&licence, "active")?;
	assert_eq!(world.standing(&dentist.account, &hospital)?.0, [""; 0]);

	// Of the past the head tells nothing, and does not pretend to.
	let past = cli.fail(args![
		"provider",
		"standing",
		"--account",
		dentist.account,
		"--organisation",
		hospital,
		"--role",
		"clinician",
		"--at",
		"2020-01-01"
	])?;
	assert!(past.help.contains("a node that keeps that block"), "{past}");

	// The administration is handed over; the last administrator is not removed.
	let next = Newcomer::new(world, &folder, "next")?;
	let failure = cli.fail(by(
		&administrator.key,
		&hospital,
		&["staff", "remove"],
		&["--account", &administrator.account],
	))?;
	because(&failure, "LastAdministrator");
	cli.run(by(
		&administrator.key,
		&hospital,
		&["staff", "offer-administration"],
		&["--to", &next.account],
	))?;
	cli.run(by(&next.key, &hospital, &["staff", "accept-administration"], &[]))?;
	let failure = cli.fail(by(
		&administrator.key,
		&hospital,
		&["staff", "remove"],
		&["--account", &dentist.account],
	))?;
	because(&failure, "NotAdministrator");
	Ok(())
}

/// Who may not decide, does not.
pub(crate) fn wrong_authorities(world: &mut World) -> Result<()> {
	let evidence = ["--evidence-digest", &Digest([1; 32]).to_string()].map(str::to_owned);
	let [flag, digest] = [evidence[0].as_str(), evidence[1].as_str()];

	// Another jurisdiction's board, and a body for oneself.
	let failure = world.refused(
		OTHER_BOARD_ADMIN,
		"5",
		&["licence", "issue"],
		&["--practitioner", "1", "--class", "physician", "--jurisdiction", "US-CA"],
	)?;
	because(&failure, "BoardNotAuthorised");
	let failure = world.refused(
		INSPECTOR,
		ACCREDITOR,
		&["inspection", "record"],
		&["--inspected", ACCREDITOR, "--outcome", "NAI", flag, digest],
	)?;
	because(&failure, "ConflictOfInterest");
	// Someone who does not sign for the body.
	let failure = world.refused(
		MERCY_ADMIN,
		ACCREDITOR,
		&["accreditation", "give"],
		&["--to-organisation", MERCY, "--programme", "hospital", flag, digest],
	)?;
	because(&failure, "NotAdministrator");
	// A minority of the council.
	let key = world.devnet.people.key("//Council1")?;
	let said = world.devnet.cli.run(args![
		"council",
		"propose",
		"set-organisation-state",
		"--organisation",
		MERCY,
		"--state",
		"withdrawn",
		"--key",
		key
	])?;
	let motion = text(&said, "motion")?;
	let failure = world
		.devnet
		.cli
		.fail(args!["council", "close", "--key", key, "--motion", motion])?;
	because(&failure, "TooEarly");
	let shown = world.devnet.cli.run(["council", "show"])?;
	assert_eq!(number(&shown, "motions.0.threshold")?, 3, "{shown}");
	// A member outside it.
	let outsider = world.devnet.people.key(MERCY_ADMIN)?;
	let failure = world
		.devnet
		.cli
		.fail(args!["council", "vote", "--key", outsider, "--motion", motion, "--aye"])?;
	because(&failure, "NotMember");
	for member in ["//Council2", "//Council3"] {
		let key = world.devnet.people.key(member)?;
		world
			.devnet
			.cli
			.run(args!["council", "vote", "--key", key, "--motion", motion, "--nay"])?;
	}
	let mercy = world.devnet.cli.run(["provider", "organisation", "show", MERCY])?;
	assert_eq!(text(&mercy, "state")?, "active");
	Ok(())
}

/// A practitioner's profile is believed while the chain says so, and taken back.
pub(crate) fn profiles_and_documents(world: &mut World) -> Result<()> {
	let folder = world.folder("profiles");
	fs::create_dir_all(&folder)?;
	let cli = &world.devnet.cli;
	let key = world.devnet.people.key(DOCTOR)?;
	let profile = |command: &[&str], rest: &[OsString]| -> Vec<OsString> {
		let begin = ["provider", "profile"].iter().chain(command).map(OsString::from);
		begin.chain(rest.iter().cloned()).collect()
	};
	let make = |name: &str, out: &Path| {
		profile(&["make"], &args!["--key", key, "--name", name, "--language", "en", "--out", out])
	};
	let publish =
		|file: &Path| profile(&["publish"], &args!["--key", key, "--organisation", MERCY, file]);
	let handed_out = profile(&["show", "--practitioner", ADAMS, "--organisation", MERCY], &[]);
	let show = |file: &Path| profile(&["show"], &args![file]);

	// Made, published into Mercy's vault, and shown to anybody.
	let first = folder.join("adams.profile");
	cli.run(make("Dr Ada Adams", &first))?;
	let failure = cli.fail(show(&first))?;
	assert_eq!(failure.code, "profile-not-published", "{failure}");
	let published = cli.run(publish(&first))?;
	let shown = cli.run(handed_out.clone())?;
	assert_eq!(text(&shown, "profile.name")?, "Dr Ada Adams", "{shown}");
	assert_eq!(text(&shown, "digest")?, text(&published, "digest")?);
	assert_eq!(text(&cli.run(show(&first))?, "digest")?, text(&published, "digest")?);

	// Another name under her signature is refused, by readers and by the vault.
	let tampered = folder.join("tampered.profile");
	fs::write(&tampered, fs::read_to_string(&first)?.replace("Dr Ada Adams", "Dr Eve Adams"))?;
	for command in [show(&tampered), publish(&tampered)] {
		let failure = cli.fail(command)?;
		assert_eq!(failure.code, "profile-signature-wrong", "{failure}");
	}

	// The documents carry the keys that the chain holds.
	let at = world.now()?;
	let house = block_on(at.organisation(1))?.ok_or("no organisation 1")?;
	let doctor = block_on(at.practitioner(1))?.ok_or("no practitioner 1")?;
	let document = cli.run(["provider", "did", "show", "--organisation", MERCY])?;
	assert_eq!(accounts(&document, "authentication")?, house.administrators);
	assert_eq!(accounts(&document, "capabilityInvocation")?, house.administrators);
	let encryption = house.encryption_key.ok_or("Mercy has no encryption key")?;
	let agreed = text(&document, "keyAgreement.0")?;
	assert!(agreed.ends_with(&format!("#encryption-{}", encryption.version)), "{agreed}");
	assert_eq!(text(&document, "service.0.serviceEndpoint")?, world.endpoint(1)?);
	let with_profile = ["provider", "did", "show", "--practitioner", ADAMS, "--profile-at", MERCY];
	let document = cli.run(with_profile)?;
	assert_eq!(accounts(&document, "authentication")?, [doctor.account]);
	let service = text(&document, "service.0.serviceEndpoint")?;
	assert_eq!(service, format!("{}/practitioners/{ADAMS}/profile", world.endpoint(1)?));
	// Found by its DID, it is the same subject.
	let id = text(&document, "id")?;
	let found = cli.run(["provider", "did", "show", &id])?;
	assert_eq!(found["verificationMethod"], document["verificationMethod"]);

	// Taken back, no copy is believed and the vault hands out nothing.
	cli.run(profile(&["withdraw"], &args!["--key", key]))?;
	let failure = cli.fail(show(&first))?;
	assert_eq!(failure.code, "profile-withdrawn", "{failure}");
	assert!(!failure.help.is_empty(), "{failure}");
	until("the vault knows of the withdrawal", || {
		let gone = cli.fail(handed_out.clone()).ok().filter(|told| told.code == "profile-gone");
		Ok(gone.map(drop))
	})?;
	cli.run(profile(&["remove"], &args!["--key", key, "--organisation", MERCY]))?;

	// She can show herself again, under the next version.
	let second = folder.join("adams-again.profile");
	let made = cli.run(make("Dr Ada Adams", &second))?;
	assert_eq!(number(&made, "version")?, 3, "{made}");
	cli.run(publish(&second))?;
	assert_eq!(number(&cli.run(handed_out.clone())?, "profile.version")?, 3);
	let failure = cli.fail(show(&first))?;
	assert_eq!(failure.code, "profile-outdated", "{failure}");
	Ok(())
}

/// The accounts that a relation of a document names.
fn accounts(document: &Value, relation: &str) -> Result<Vec<[u8; 32]>> {
	let keys = document[relation]
		.as_array()
		.ok_or_else(|| format!("no {relation}: {document}"))?;
	keys.iter()
		.map(|key| {
			let (_, account) = key
				.as_str()
				.and_then(|key| key.rsplit_once("#account-"))
				.ok_or_else(|| format!("no account: {key}"))?;
			let mut bytes = [0; 32];
			hex::decode_to_slice(account, &mut bytes)?;
			Ok(bytes)
		})
		.collect()
}

/// Nothing clinical works without the licence of the practitioner and that of the house.
pub(crate) fn nothing_clinical_without_licence(world: &mut World) -> Result<()> {
	let case = Case::new(world, "unlicensed-house")?;
	world.devnet.people.reader(DOCTOR)?;
	case.reads(world, 0, DOCTOR)?;
	for (licence, reason) in [
		(MERCYS_LICENCE, StandingReason::AuthorisationSuspended),
		(DOCTORS_LICENCE, StandingReason::LicenceSuspended),
	] {
		world.set_licence_state(licence, "suspended")?;
		let outcome = case.denied(world, 0, DOCTOR, reason.index().into());
		world.set_licence_state(licence, "active")?;
		outcome?;
		case.reads(world, 0, DOCTOR)?;
	}
	Ok(())
}

/// An accreditation that is taken back stops what is new and nothing else.
pub(crate) fn accreditation_stops_what_is_new(world: &mut World) -> Result<()> {
	let case = Case::new(world, "unaccredited-house")?;
	world.devnet.people.reader(DOCTOR)?;
	let held = world.list(&["accreditation", "list", MERCY], "accreditations")?;
	let in_force = held
		.iter()
		.find(|held| text(held, "standing").is_ok_and(|standing| standing == "accredited"))
		.ok_or("Mercy is not accredited")?;
	let accreditation = text(in_force, "id")?;
	let key = world.devnet.people.key(MERCY_ADMIN)?;
	world.devnet.cli.run(args![
		"provider",
		"accreditation",
		"withdraw",
		"--key",
		key,
		"--accreditation",
		accreditation
	])?;

	let newcomer = world.patient("unaccredited-house-newcomer")?;
	let officer = world.devnet.people.key(crate::cases::OFFICER)?;
	let statement = newcomer.statement(1)?;
	let enrolment =
		args!["chart", "enrol", "--key", officer, "--custodian", MERCY, "--statement", statement];
	let refused = world.devnet.cli.fail(enrolment.clone());
	let treated = case.reads(world, 0, DOCTOR);
	let doctor = text(
		&world
			.devnet
			.cli
			.run(args!["key", "show", "--key", world.devnet.people.key(DOCTOR)?])?,
		"account",
	)?;
	let standing = world.standing(&doctor, MERCY);

	world.act(
		BODY_ADMIN,
		ACCREDITOR,
		&["accreditation", "give"],
		&[
			"--to-organisation",
			MERCY,
			"--programme",
			"hospital",
			"--until",
			"2035-01-01",
			"--evidence-digest",
			&Digest([1; 32]).to_string(),
		],
	)?;
	because(&refused?, "TakesOnNothingNew");
	treated?;
	assert_eq!(standing?, (vec![], vec!["takes-on-nothing-new".into()]));
	// Accredited anew, it takes on new patients again.
	world.devnet.cli.run(enrolment)?;
	Ok(())
}

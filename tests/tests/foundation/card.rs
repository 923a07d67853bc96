//! People without a phone: a card with a PIN, and a proxy at the desk.

use crate::{
	cases::{Case, DOCTOR, IMAGE, LABORATORY, OFFICER},
	guardians::moment_in,
	world::{identity, World},
};
use salus_primitives::decision::DenyReason;
use salus_tests::{args, people::text, Failure, Result};
use serde_json::{json, Value};
use std::{
	ffi::OsString,
	fs,
	path::{Path, PathBuf},
	thread::sleep,
	time::Duration,
};

/// The dentist, of BrightSmile, and how a directive names her.
const DENTIST: &str = "//BrightSmile//DrChen";
const TO_DENTIST: [&str; 4] = ["--practitioner", "4", "--organisation", "3"];
const PIN: &str = "824613";

/// Files of a person without a phone, and the desk that they come to.
struct Desk<'a> {
	world: &'a World,
	folder: PathBuf,
	key: PathBuf,
	pin: PathBuf,
}

impl<'a> Desk<'a> {
	/// The desk of Mercy, where a physician sits.
	fn new(world: &'a World, case: &Case) -> Result<Self> {
		let folder = case.patient.folder.clone();
		let pin = folder.join("pin");
		fs::write(&pin, format!("{PIN}\n"))?;
		Ok(Self { world, folder, key: world.devnet.people.key(DOCTOR)?, pin })
	}

	/// The command by which the patient has a card made.
	fn making(&self, case: &Case, name: &str, rest: &[&str]) -> (PathBuf, Vec<OsString>) {
		let file = self.folder.join(name);
		let mut command = args!["card", "make"].to_vec();
		command.extend(wallet(case));
		command.extend(args!["--pin-file", self.pin, "--out", file]);
		command.extend(rest.iter().map(Into::into));
		(file, command)
	}

	/// Makes a card; returns its file and its id.
	fn make(&self, case: &Case, name: &str, rest: &[&str]) -> Result<(PathBuf, String)> {
		let (file, command) = self.making(case, name, rest);
		let made = self.world.devnet.cli.run(command)?;
		assert_eq!(made["vault"], Value::Null, "{made}");
		Ok((file, text(&made, "card")?))
	}

	/// A command at this desk.
	fn command(&self, card: &Path, what: &str, rest: &[&str]) -> Vec<OsString> {
		self.command_with(card, &self.pin, &self.key, what, rest)
	}

	fn command_with(
		&self,
		card: &Path,
		pin: &Path,
		key: &Path,
		what: &str,
		rest: &[&str],
	) -> Vec<OsString> {
		let mut command =
			args!["card", what, "--code", card, "--pin-file", pin, "--key", key].to_vec();
		if matches!(what, "permit" | "deny") {
			command.extend(args!["--order", self.folder.join("order.json")]);
		}
		command.extend(rest.iter().map(Into::into));
		command
	}

	fn run(&self, card: &Path, what: &str, rest: &[&str]) -> Result<Value> {
		self.world.devnet.cli.run(self.command(card, what, rest))
	}

	fn fail(&self, card: &Path, what: &str, rest: &[&str]) -> Result<Failure> {
		let failure = self.world.devnet.cli.fail(self.command(card, what, rest))?;
		assert!(!self.folder.join("order.json").exists(), "an order was left: {failure}");
		Ok(failure)
	}

	/// Issues a permit by a card; returns the directive.
	fn permit(&self, card: &Path) -> Result<String> {
		let said = self.run(card, "permit", &TO_DENTIST)?;
		assert_eq!(said["vault"], Value::Null, "the vault has no opening: {said}");
		assert!(!self.folder.join("order.json").exists());
		text(&said, "act.issue-directive.id")
	}

	/// What happened with the chart's cards, and by whom.
	fn uses(&self, case: &Case) -> Result<Vec<(Value, String)>> {
		let mut command = args!["card", "uses"].to_vec();
		command.extend(wallet(case));
		let said = self.world.devnet.cli.run(command)?;
		let uses = said["uses"].as_array().ok_or("no uses")?;
		uses.iter()
			.map(|line| Ok((line["event"].clone(), text(line, "account")?)))
			.collect()
	}

	/// The state of a card, as the patient's list has it.
	fn state(&self, case: &Case, card: &str) -> Result<String> {
		let mut command = args!["card", "list"].to_vec();
		command.extend(wallet(case));
		let said = self.world.devnet.cli.run(command)?;
		let cards = said["cards"].as_array().ok_or("no cards")?;
		let found = cards.iter().find(|listed| listed["card"] == card).ok_or("no such card")?;
		text(found, "state")
	}
}

/// The chart at Mercy in the patient's wallet.
fn wallet(case: &Case) -> Vec<OsString> {
	args!["--wallet", case.patient.wallet, "--custodian", "1"].to_vec()
}

fn account(uri: &str) -> Result<String> {
	Ok(format!("0x{}", hex::encode(identity(uri)?.account())))
}

/// The dentist is denied for want of a permit.
fn denied(world: &World, case: &Case) -> Result<()> {
	case.denied(world, LABORATORY, DENTIST, DenyReason::NothingPermits.code().into())
}

pub(crate) fn permits_at_the_desk(world: &mut World) -> Result<()> {
	let case = Case::new(world, "card")?;
	let world = &*world;
	let cli = &world.devnet.cli;
	world.devnet.people.reader(DENTIST)?;
	let desk = Desk::new(world, &case)?;

	// A PIN that is tried first is refused, and a card that would be good for too long.
	let (weak, weak_card) = (desk.folder.join("weak"), desk.folder.join("weak.html"));
	fs::write(&weak, "123456")?;
	let mut command = args!["card", "make"].to_vec();
	command.extend(wallet(&case));
	command.extend(args!["--pin-file", weak, "--out", weak_card, "--powers", "consent"]);
	command.extend(args!["--days", "7"]);
	let refused = cli.fail(command)?;
	assert_eq!(refused.code, "bad-pin", "{refused}");
	let (long, command) =
		desk.making(&case, "long.html", &["--powers", "consent", "--days", "731"]);
	assert_eq!(cli.fail(command)?.code, "usage");
	assert!(!weak_card.exists() && !long.exists());

	let (card, id) =
		desk.make(&case, "card.html", &["--powers", "consent+revoke", "--days", "365"])?;
	assert_eq!(desk.state(&case, &id)?, "good");

	// Five wrong PINs, whoever's: then the right one is refused too.
	let wrong = desk.folder.join("wrong");
	fs::write(&wrong, "824614")?;
	for _ in 0..5 {
		let command = desk.command_with(&card, &wrong, &desk.key, "permit", &TO_DENTIST);
		let refused = cli.fail(command)?;
		assert_eq!(refused.code, "pin-wrong", "{refused}");
	}
	let refused = desk.fail(&card, "permit", &TO_DENTIST)?;
	assert_eq!(refused.code, "card-locked", "{refused}");
	assert_eq!(desk.state(&case, &id)?, "locked");

	// The desk has not the role; a records officer, who sees the person, has it.
	let unlock = |key: &Path| args!["card", "unlock", "--key", key, "--code", card];
	let refused = cli.fail(unlock(&desk.key))?;
	assert_eq!(refused.code, "not-in-standing", "{refused}");
	let officer = world.devnet.people.key(OFFICER)?;
	cli.run(unlock(&officer))?;
	assert_eq!(desk.state(&case, &id)?, "good");

	// Neither the desk of another house, nor with a text that was altered.
	let other = world.devnet.people.key("//Lakeside//DrBrooks")?;
	let refused = cli.fail(desk.command_with(&card, &desk.pin, &other, "permit", &TO_DENTIST))?;
	assert_eq!(refused.code, "not-in-standing", "{refused}");
	let page = fs::read_to_string(&card)?;
	let altered = desk.folder.join("altered.html");
	fs::write(&altered, page.replacen("salus:card/1/1/", "salus:card/1/2/", 1))?;
	assert_eq!(desk.fail(&altered, "permit", &TO_DENTIST)?.code, "bad-card");

	// With card and PIN the patient permits, and the dentist reads.
	denied(world, &case)?;
	let permit = desk.permit(&card)?;
	case.reads(world, LABORATORY, DENTIST)?;
	// What the card was not made for is refused.
	let refused = desk.fail(&card, "records", &[])?;
	assert_eq!(refused.reason, Some(DenyReason::GuardianPowerMissing.code().into()), "{refused}");

	// Another card comes, and the first stays good.
	let (reads, second) =
		desk.make(&case, "second.txt", &["--powers", "read+revoke", "--days", "30"])?;
	let listed = desk.run(&reads, "records", &[])?;
	assert_eq!(listed["records"].as_array().map(Vec::len), Some(case.records.len()));
	let copy = desk.folder.join("printed");
	let out = copy.to_str().ok_or("no path")?;
	let said = desk.run(&reads, "read", &["--out", out, &case.records[IMAGE]])?;
	assert_eq!(said["basis"], "guardian");
	assert_eq!(fs::read(&copy)?, fs::read(&case.files[IMAGE])?);
	let refused = desk.fail(&reads, "permit", &TO_DENTIST)?;
	assert!(refused.message.contains("PowerMissing"), "{refused}");
	// It ends nothing that another issued; the first does.
	let refused = desk.fail(&reads, "revoke", &[&permit])?;
	assert!(refused.message.contains("NotTheGuardiansToEnd"), "{refused}");
	desk.run(&card, "revoke", &[&permit])?;
	denied(world, &case)?;

	// Log and uses tell the patient all of it.
	let said = desk.run(&reads, "log", &["--wait", "90"])?;
	let entries = said["logs"][0]["entries"].as_array().ok_or("no log")?;
	let released = |entry: &&Value| entry["outcome"]["released"] != Value::Null;
	assert!(entries.iter().filter(released).count() >= 3, "{said}");
	let accesses = entries.iter().filter(|entry| entry["subject"] != "log");
	assert_eq!(case.log(world)?.len(), accesses.count());
	let (patient, sat) = (desk.uses(&case)?[0].1.clone(), account(DOCTOR)?);
	let opened = |task: &str| (json!({ "opened": task }), sat.clone());
	let mut expected = vec![(json!("made"), patient.clone())];
	expected.extend(vec![(json!("wrong-pin"), sat.clone()); 5]);
	expected.push((json!("unlocked"), account(OFFICER)?));
	expected.extend([opened("permit"), opened("records"), (json!("made"), patient.clone())]);
	expected.extend(["records", "read", "permit", "revoke", "revoke", "log"].map(opened));
	assert_eq!(desk.uses(&case)?, expected);

	// Blocked, the first opens nothing any more; the second goes on.
	let mut command = args!["card", "block", &id[..12]].to_vec();
	command.extend(wallet(&case));
	let blocked = cli.run(command)?;
	assert_eq!((&blocked["card"], &blocked["forgotten"]), (&json!(id), &Value::Null));
	assert_eq!(desk.fail(&card, "permit", &TO_DENTIST)?.code, "card-unknown");
	assert_eq!(desk.uses(&case)?.last(), Some(&(json!("blocked"), patient)));
	desk.run(&reads, "records", &[])?;
	assert_eq!(desk.state(&case, &second)?, "good");

	// A card ends by its date.
	let (until, left) = moment_in(Duration::from_secs(40))?;
	let (short, short_id) =
		desk.make(&case, "short.html", &["--powers", "consent", "--until", &until])?;
	sleep(left()? + Duration::from_secs(5));
	assert_eq!(desk.fail(&short, "permit", &TO_DENTIST)?.code, "card-unknown");
	assert_eq!(desk.state(&case, &short_id)?, "over");
	Ok(())
}

pub(crate) fn proxy_at_the_desk(world: &mut World) -> Result<()> {
	let case = Case::new(world, "proxy")?;
	let world = &*world;
	let cli = &world.devnet.cli;
	world.devnet.people.reader(DENTIST)?;
	let desk = Desk::new(world, &case)?;
	let (card, _) =
		desk.make(&case, "card.html", &["--powers", "consent+revoke", "--days", "9"])?;
	let cards = desk.folder.join("cards");
	let named = account(DOCTOR)?;
	let naming = |end: &[&str]| {
		let mut command =
			args!["card", "proxy", "--account", named, "--powers", "consent"].to_vec();
		command.extend(wallet(&case));
		command.extend(args!["--out", cards]);
		command.extend(end.iter().map(Into::into));
		command
	};
	let order = desk.folder.join("proxy-order.json");
	let submit = args!["chart", "guardian", "submit", "--key", desk.key, "--order", order];
	let sign = |card: &str| {
		let mut command =
			args!["chart", "guardian", "issue-directive", "--rule", "permit"].to_vec();
		command.extend(args!["--card", card, "--key", desk.key, "--out", order]);
		command.extend(TO_DENTIST.iter().map(Into::into));
		command
	};

	// For days, and no more than thirty.
	assert_eq!(cli.fail(naming(&["--days", "31"]))?.code, "usage");
	let of_desk = text(&cli.run(naming(&["--days", "30"]))?, "card")?;
	let refused = cli.fail(args![
		"record",
		"list",
		"--card",
		of_desk,
		"--key",
		desk.key,
		"--custodian",
		"1"
	])?;
	assert_eq!(refused.reason, Some(DenyReason::GuardianPowerMissing.code().into()), "{refused}");
	denied(world, &case)?;
	let permitted = text(&cli.run(sign(&of_desk))?, "act.issue-directive.id")?;
	cli.run(&submit)?;
	case.reads(world, LABORATORY, DENTIST)?;

	// Taken out of the guard before its time, it does nothing more; the card stays, and so does what it
	// permitted, until the patient ends that.
	let mut command = args!["card", "end-proxy", "--account", named].to_vec();
	command.extend(wallet(&case));
	cli.run(command)?;
	cli.run(sign(&of_desk))?;
	let refused = cli.fail(&submit)?;
	assert!(refused.message.contains("NotAGuardian"), "{refused}");
	let by_card = desk.permit(&card)?;
	desk.run(&card, "revoke", &[&by_card])?;
	case.reads(world, LABORATORY, DENTIST)?;
	cli.run(args!["directive", "revoke", "--wallet", case.patient.wallet, permitted])?;
	denied(world, &case)?;

	// Named until a moment, it ends by itself, and with it what it permitted.
	let (until, left) = moment_in(Duration::from_secs(60))?;
	let of_desk = text(&cli.run(naming(&["--until", &until]))?, "card")?;
	cli.run(sign(&of_desk))?;
	cli.run(&submit)?;
	case.reads(world, LABORATORY, DENTIST)?;
	sleep(left()? + Duration::from_secs(5));
	denied(world, &case)?;
	cli.run(sign(&of_desk))?;
	let refused = cli.fail(&submit)?;
	assert!(refused.message.contains("GuardianshipOver"), "{refused}");
	Ok(())
}

pub(crate) fn never_had_a_phone(world: &mut World) -> Result<()> {
	// The desk makes the wallet, enrols the person, and prints.
	let mut case = Case::new(world, "no-phone")?;
	let world = &*world;
	let cli = &world.devnet.cli;
	world.devnet.people.reader(DENTIST)?;
	let desk = Desk::new(world, &case)?;
	let (card, id) =
		desk.make(&case, "card.html", &["--powers", "read+consent+revoke", "--days", "730"])?;
	let (kit, backup) = (desk.folder.join("kit.html"), desk.folder.join("wallet.backup"));
	cli.run(args!["wallet", "kit", "--wallet", case.patient.wallet, "--out", kit])?;
	cli.run(args!["wallet", "backup", "--wallet", case.patient.wallet, "--out", backup])?;
	fs::remove_file(&case.patient.wallet)?;

	// From then on there are a card and what the person knows.
	desk.permit(&card)?;
	case.reads(world, LABORATORY, DENTIST)?;
	let listed = desk.run(&card, "records", &[])?;
	assert_eq!(listed["missing"], json!([]));

	// The card is lost: with the kit and the backup it is blocked.
	case.patient.wallet = desk.folder.join("again.wallet");
	cli.run(args![
		"wallet",
		"restore",
		"--wallet",
		case.patient.wallet,
		"--phrase-file",
		kit,
		"--backup",
		backup
	])?;
	assert_eq!(desk.state(&case, &id)?, "good");
	let mut command = args!["card", "block", id].to_vec();
	command.extend(wallet(&case));
	cli.run(command)?;
	assert_eq!(desk.fail(&card, "records", &[])?.code, "card-unknown");
	Ok(())
}

//! Sheets and kits as a person or a script makes and uses them.

use super::{gather::type_shares, run};
use crate::cli::{tests::parse, Command, Context};
use salus_client::{
	recovery::{split, Scheme, SheetPassphrase},
	wallet::RootSecret,
	Error, Result,
};
use serde_json::Value;
use std::{collections::VecDeque, fs, path::PathBuf};
use zeroize::Zeroizing;

/// A folder with a passphrase file, from which commands are given.
struct Desk(tempfile::TempDir);

impl Desk {
	fn new() -> Self {
		let desk = Self(tempfile::tempdir().unwrap());
		fs::write(desk.path("pass"), "p\n").unwrap();
		desk
	}

	fn path(&self, name: &str) -> PathBuf {
		self.0.path().join(name)
	}

	/// Runs a command in which `@` stands for the folder, and gives what it prints.
	fn say(&self, line: &str, json: bool) -> Result<String> {
		let json = if json { "--json" } else { "" };
		let line = format!("salus --passphrase-file @/pass {json} wallet {line}");
		let cli = parse(&line.replace('@', &self.0.path().display().to_string())).unwrap();
		let Command::Wallet(options) = cli.command else { panic!("another command") };
		let mut out = Vec::new();
		let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
		runtime.block_on(run(options, &Context::new(cli.global), &mut out))?;
		Ok(String::from_utf8(out).unwrap())
	}

	fn json(&self, line: &str) -> Value {
		serde_json::from_str(&self.say(line, true).unwrap()).unwrap()
	}

	fn code(&self, line: &str) -> String {
		let fault = self.say(line, true).unwrap_err();
		assert!(!fault.to_string().is_empty() && !fault.help().is_empty());
		fault.code().into()
	}

	fn fingerprint(&self, wallet: &str) -> String {
		let shown = self.json(&format!("show --wallet @/{wallet}"));
		shown["fingerprint"].as_str().unwrap().into()
	}

	fn text(&self, name: &str) -> String {
		fs::read_to_string(self.path(name)).unwrap()
	}

	#[cfg(unix)]
	fn is_private(&self, name: &str) -> bool {
		use std::os::unix::fs::PermissionsExt;
		fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777 == 0o600
	}

	#[cfg(not(unix))]
	fn is_private(&self, _name: &str) -> bool {
		true
	}
}

#[test]
fn two_of_three_sheets_bring_a_wallet_back() {
	let desk = Desk::new();
	let created = desk.json("create --wallet @/w");
	assert!(created.get("phrase").is_none() && created["fingerprint"] == desk.fingerprint("w"));
	for format in ["html", "txt"] {
		let shared = desk.json(&format!(
			"share --wallet @/w --threshold 2 --shares 3 --out-dir @/{format} --format {format}"
		));
		assert_eq!(shared["sheets"].as_array().unwrap().len(), 3);
		assert_eq!(shared["fingerprint"], desk.fingerprint("w"));
		for number in 1..=3 {
			let name = format!("{format}/share-{number}-of-3.{format}");
			assert!(desk.is_private(&name));
			assert!(desk.text(&name).contains(&desk.fingerprint("w")));
		}
		let pair = format!("@/{format}/share-3-of-3.{format} @/{format}/share-1-of-3.{format}");
		let recovered = desk.json(&format!("recover --share {pair} --wallet @/{format}.wallet"));
		assert_eq!(recovered["fingerprint"], desk.fingerprint("w"));
		assert_eq!(desk.fingerprint(&format!("{format}.wallet")), desk.fingerprint("w"));
		let all = format!("{pair} @/{format}/share-2-of-3.{format} --wallet @/{format}.all");
		desk.json(&format!("recover --share {all}"));
	}
}

#[test]
fn wrong_sheets_are_told_apart() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	desk.json("create --wallet @/other");
	let share = "share --threshold 2 --shares 3 --format txt";
	desk.json(&format!("{share} --wallet @/w --out-dir @/a"));
	desk.json(&format!("{share} --wallet @/w --out-dir @/b"));
	desk.json(&format!("{share} --wallet @/other --out-dir @/c"));
	desk.json("kit --wallet @/w --out @/kit.txt");
	let code = |sheets: &str| desk.code(&format!("recover --wallet @/new --share {sheets}"));
	let (first, second) = ("@/a/share-1-of-3.txt", "@/a/share-2-of-3.txt");
	assert_eq!(code(first), "too-few-shares");
	assert_eq!(code(&format!("{first} {first}")), "share-twice");
	assert_eq!(code(&format!("{first} @/b/share-2-of-3.txt")), "share-of-another-set");
	assert_eq!(code(&format!("{first} @/c/share-2-of-3.txt")), "sheet-of-another-wallet");
	assert_eq!(code(&format!("{first} @/kit.txt")), "wrong-kind-of-sheet");
	assert_eq!(code(&format!("{first} @/none.txt")), "io");
	let other = desk.fingerprint("other");
	assert_eq!(code(&format!("{first} {second} --fingerprint {other}")), "sheet-of-another-wallet");

	// Sheets that do not name the wallet, as when their words were copied by hand.
	for number in 1..=2 {
		let text = desk.text(&format!("a/share-{number}-of-3.txt"));
		let words = text.split("words\n").nth(1).unwrap().split("END").next().unwrap();
		fs::write(desk.path(&format!("{number}.txt")), words).unwrap();
	}
	assert_eq!(code("@/1.txt @/2.txt"), "no-fingerprint");
	assert_eq!(code(&format!("@/1.txt @/2.txt --fingerprint {other}")), "other-wallet");
	assert!(!desk.path("new").exists());
	desk.json("recover --wallet @/unchecked --share @/1.txt @/2.txt --unchecked");
	assert_eq!(desk.fingerprint("unchecked"), desk.fingerprint("w"));

	let fault = {
		let text = desk.text("1.txt").replacen(" 3 ", " 3 x", 1);
		fs::write(desk.path("3.txt"), text).unwrap();
		desk.say("recover --wallet @/new --share @/3.txt", false).unwrap_err()
	};
	assert_eq!(fault.code(), "share-unknown-word");
	let told = fault.to_string();
	assert!(told.contains("3.txt: word 3 is") && told.contains("nearest"), "{told}");
	assert_eq!(desk.code("recover --wallet @/w --share @/none"), "file-exists");
}

#[test]
fn a_passphrase_of_the_sheets_is_needed() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	fs::write(desk.path("word"), "open sesame\n").unwrap();
	fs::write(desk.path("wrong"), "open barley\n").unwrap();
	fs::write(desk.path("accent"), "ouvre-toi, sésame").unwrap();
	let shared = desk.json(
		"share --wallet @/w --threshold 2 --shares 2 --out-dir @/s --format txt --sheet-passphrase-file @/word",
	);
	assert_eq!(shared["passphrase"], true);
	assert!(!desk.text("s/share-1-of-2.txt").contains("sesame"));
	let recover = "recover --wallet @/new --share @/s/share-1-of-2.txt @/s/share-2-of-2.txt";
	assert_eq!(desk.code(&format!("{recover} --sheet-passphrase-file @/wrong")), "other-wallet");
	assert_eq!(
		desk.code(&format!("{recover} --sheet-passphrase-file @/accent")),
		"bad-sheet-passphrase"
	);
	desk.json(&format!("{recover} --sheet-passphrase-file @/word"));
	assert_eq!(desk.fingerprint("new"), desk.fingerprint("w"));
}

#[test]
fn groups_have_sheets_of_their_own() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	let shared = desk.json(
		"share --wallet @/w --threshold 2 --group family:2-of-3 --group Notary:1-of-1 --out-dir @/s",
	);
	assert_eq!((&shared["groups_needed"], &shared["groups"]), (&2.into(), &2.into()));
	assert_eq!(shared["sheets"][3]["group_name"], "Notary");
	let recover = "recover --wallet @/new --share";
	let (family, notary) =
		("@/s/family-1-of-3.html @/s/family-3-of-3.html", "@/s/notary-1-of-1.html");
	assert_eq!(desk.code(&format!("{recover} {family}")), "too-few-shares");
	assert_eq!(desk.code(&format!("{recover} {notary} @/s/family-1-of-3.html")), "too-few-shares");
	desk.json(&format!("{recover} {family} {notary}"));
	assert_eq!(desk.fingerprint("new"), desk.fingerprint("w"));
	assert!(desk.text("s/notary-1-of-1.html").contains("Notary"));
	let same = "share --wallet @/w --threshold 1 --group a:2-of-3 --group A:2-of-2 --out-dir @/t";
	assert_eq!(desk.code(same), "usage");
	assert!(!desk.path("t").exists());
}

#[test]
fn schemes_that_make_no_sense_are_refused() {
	let desk = Desk::new();
	for (line, code) in [
		("--threshold 4 --shares 3", "bad-scheme"),
		("--threshold 0 --shares 3", "bad-scheme"),
		("--threshold 1 --shares 3", "bad-scheme"),
		("--threshold 2 --shares 17", "bad-scheme"),
		("--threshold 3 --group a:2-of-3 --group b:1-of-1", "bad-scheme"),
	] {
		// Before the wallet is even opened.
		assert_eq!(
			desk.code(&format!("share --wallet @/none --out-dir @/s {line}")),
			code,
			"{line}"
		);
	}
	for line in [
		"salus wallet share --wallet w --threshold 2 --out-dir s",
		"salus wallet share --wallet w --threshold 2 --shares 3 --group a:2-of-3 --out-dir s",
		"salus wallet share --wallet w --threshold 1 --group a:1-of-2 --out-dir s",
		"salus wallet share --wallet w --threshold 1 --group 2-of-3 --out-dir s",
		"salus wallet share --wallet w --threshold 1 --group ../a:2-of-3 --out-dir s",
		"salus wallet share --wallet w --threshold 2 --shares 3 --out-dir s --format pdf",
		"salus wallet recover --wallet w --fingerprint 12",
		"salus wallet recover --wallet w --unchecked --fingerprint 3F2A-9C01",
		"salus wallet recover --wallet w --sheet-passphrase --sheet-passphrase-file f",
		"salus wallet recover --share s",
		"salus wallet kit --wallet w",
		"salus wallet recover academic acid --wallet w",
	] {
		assert!(parse(line).is_err(), "{line}");
	}
}

#[test]
fn sheets_are_never_overwritten_nor_left_half() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	fs::create_dir(desk.path("s")).unwrap();
	fs::write(desk.path("s/share-3-of-3.txt"), "mine").unwrap();
	let share = "share --wallet @/w --threshold 2 --shares 3 --out-dir @/s --format txt";
	assert_eq!(desk.code(share), "file-exists");
	assert_eq!(desk.text("s/share-3-of-3.txt"), "mine");
	assert_eq!(fs::read_dir(desk.path("s")).unwrap().count(), 1);
	fs::write(desk.path("kit.txt"), "mine").unwrap();
	assert_eq!(desk.code("kit --wallet @/w --out @/kit.txt"), "file-exists");
	assert_eq!(desk.code("kit --wallet @/w --out @/kit.pdf"), "usage");
}

#[test]
fn a_kit_brings_a_wallet_back_alone() {
	let desk = Desk::new();
	let told = desk.say("create --wallet @/w", false).unwrap();
	let words = told.lines().find_map(|line| line.strip_prefix("words")).unwrap().trim();
	assert_eq!(words.split(' ').count(), 24);
	fs::write(desk.path("words"), words).unwrap();
	let mut restored = vec![desk.json("restore --wallet @/0 --phrase-file @/words")];
	for format in ["html", "txt"] {
		let written = desk.json(&format!("kit --wallet @/w --out @/kit.{format}"));
		assert_eq!(written["fingerprint"], desk.fingerprint("w"));
		assert!(desk.is_private(&format!("kit.{format}")));
		for word in words.split(' ') {
			assert!(desk.text(&format!("kit.{format}")).contains(word));
			assert!(!written.to_string().contains(&format!(" {word} ")));
		}
		restored
			.push(desk.json(&format!("restore --wallet @/{format} --phrase-file @/kit.{format}")));
	}
	for restored in restored {
		assert_eq!(restored["fingerprint"], desk.fingerprint("w"));
	}
	assert_eq!(desk.code("restore --wallet @/w --phrase-file @/words"), "file-exists");
	fs::write(desk.path("words"), words.replacen(' ', " abandon ", 1)).unwrap();
	assert_eq!(desk.code("restore --wallet @/bad --phrase-file @/words"), "bad-phrase");
}

#[test]
fn a_sheet_is_checked_alone() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	desk.json("share --wallet @/w --threshold 2 --shares 3 --out-dir @/s");
	desk.json("kit --wallet @/w --out @/kit.html");
	let checked = desk.json("verify --share @/s/share-2-of-3.html @/kit.html");
	let [share, kit] = checked["sheets"].as_array().unwrap().as_slice() else {
		panic!("{checked}")
	};
	assert_eq!((&share["kind"], &kit["kind"]), (&"share".into(), &"kit".into()));
	assert_eq!((&share["share"], &share["needed"]), (&2.into(), &2.into()));
	for sheet in [share, kit] {
		assert_eq!(sheet["fingerprint"], desk.fingerprint("w"));
		assert_eq!(sheet["passphrase"], false);
	}
	let told = desk.say("verify --share @/s/share-2-of-3.html", false).unwrap();
	assert!(told.contains("number 2, 2 of its group needed"), "{told}");
	let text = desk.text("s/share-1-of-3.html");
	let begin = text.find("\nwords ").unwrap();
	let (before, words) = text.split_at(begin + "\nwords ".len());
	let (right, others) = words.split_once(' ').unwrap();
	let wrong = if right == "zero" { "acid" } else { "zero" };
	for (first, code) in [("aciid", "share-unknown-word"), (wrong, "share-wrong-checksum")] {
		fs::write(desk.path("bad.html"), format!("{before}{first} {others}")).unwrap();
		assert_eq!(desk.code("verify --share @/bad.html"), code);
	}
	fs::write(desk.path("bad.html"), before).unwrap();
	assert_eq!(desk.code("verify --share @/bad.html"), "bad-sheet");
	fs::write(desk.path("bad.html"), [0xff, 0xfe]).unwrap();
	assert_eq!(desk.code("verify --share @/bad.html"), "io");
	let big = fs::File::create(desk.path("big")).unwrap();
	big.set_len(1 << 30).unwrap();
	assert_eq!(desk.code("verify --share @/big"), "bad-sheet");
}

#[test]
fn a_backup_is_taken_in() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	desk.json("create --wallet @/other");
	let kept = desk.json("backup --wallet @/w --out @/backup");
	assert_eq!((&kept["charts"], &kept["fingerprint"]), (&0.into(), &desk.fingerprint("w").into()));
	assert!(desk.is_private("backup"));
	desk.json("backup --wallet @/w --out @/backup");
	desk.json("kit --wallet @/w --out @/kit.txt");
	desk.json("kit --wallet @/other --out @/other.txt");
	desk.json("restore --wallet @/new --phrase-file @/kit.txt --backup @/backup");
	let other = "restore --wallet @/no --phrase-file @/other.txt --backup @/backup";
	assert_eq!(desk.code(other), "backup-refused");
	assert_eq!(
		desk.code("restore --wallet @/no --phrase-file @/kit.txt --backup @/w"),
		"bad-backup"
	);
	assert!(!desk.path("no").exists());
}

#[test]
fn nothing_is_asked_where_nobody_sits() {
	let desk = Desk::new();
	desk.json("create --wallet @/w");
	for line in [
		"recover --wallet @/new",
		"restore --wallet @/new",
		"verify",
		"share --wallet @/w --threshold 2 --shares 2 --out-dir @/s --sheet-passphrase",
	] {
		assert_eq!(desk.code(line), "usage", "{line}");
	}
}

/// Types these lines, and gives what was told meanwhile.
fn type_lines(lines: Vec<String>) -> (Result<salus_client::recovery::Collection>, Vec<String>) {
	let mut lines = VecDeque::from(lines);
	let mut told = Vec::new();
	let shares = type_shares(
		&mut |_| {
			let line = lines.pop_front().ok_or(Error::NotAnswered(0))?;
			Ok(Zeroizing::new(line))
		},
		&mut |said| told.push(said.to_owned()),
	);
	(shares, told)
}

#[test]
fn sheets_are_typed_word_by_word_or_at_once() {
	let root = RootSecret::generate().unwrap();
	let none = SheetPassphrase::none();
	let shares = split(&root, &Scheme::simple(2, 3).unwrap(), &none).unwrap().concat();
	let (first, second) = (shares[0].phrase().to_string(), shares[1].phrase().to_string());
	let words: Vec<_> = second.split(' ').collect();
	let mut lines = vec![first.clone(), String::new(), first.clone(), words[..10].join(" ")];
	// The eleventh word is typed wrongly, and again, with what follows it.
	lines.push(format!("{}q {}", words[10], words[11]));
	lines.push(words[10].to_uppercase());
	lines.extend(words[11..].iter().map(|word| word.chars().take(4).collect()));
	let (shares, told) = type_lines(lines);
	assert_eq!(told[0], "Right. 1 more share is missing: 1 of 2.");
	assert!(told[1].starts_with("share 1 of group 1 was given already: "), "{told:?}");
	assert!(told[2].starts_with("word 11 is '") && told[2].ends_with("Go on from word 11."));
	assert_eq!(told.len(), 3);
	let back = shares.unwrap().secret(&none, Some(root.fingerprint())).unwrap();
	assert_eq!(back.phrase(), root.phrase());

	let wrong = if words[32] == "zero" { "acid" } else { "zero" };
	let (shares, told) = type_lines(vec![words[..32].join(" "), wrong.into(), second.clone()]);
	assert_eq!(told[0], "the words do not fit their checksum: some are wrong, or in the wrong order: compare each word with the sheet again");
	assert_eq!(shares.unwrap_err().code(), "not-answered");
	let (shares, _) = type_lines(vec![String::new(), " ".into(), String::new()]);
	assert_eq!(shares.unwrap_err().code(), "usage");
	let (shares, _) = type_lines(vec![format!("{second} {first}")]);
	assert_eq!(shares.unwrap_err().code(), "share-wrong-length");
}

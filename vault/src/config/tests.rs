//! What the command line and the file are read as.

use super::*;
use crate::start::LogFormat;

const NEEDED: [&str; 11] = [
	"salus-vault",
	"--organisation",
	"1",
	"--data",
	"d",
	"--key",
	"k",
	"--passphrase-file",
	"p",
	"--key-service-token",
	"t",
];

fn parse(more: &[&str]) -> Result<VaultOptions, clap::Error> {
	VaultOptions::try_parse_from(NEEDED.into_iter().chain(more.iter().copied()))
}

fn from_file(text: &str) -> Result<Served, StartError> {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("vault.toml");
	std::fs::write(&path, text).unwrap();
	let path = path.to_str().unwrap();
	served(VaultOptions::try_parse_from(["salus-vault", "--config", path]).unwrap())
}

fn entry(number: u32, more: &str) -> String {
	format!(
		"[[organisation]]\nnumber = {number}\ndata = \"data/{number}\"\nkey = \"{number}.key\"\n\
		 key-service-token = \"{number}.token\"\n{more}\n"
	)
}

#[test]
fn defaults_stay_on_this_machine() {
	let options = parse(&[]).unwrap();
	assert!(options.listen.ip().is_loopback());
	let served = served(options).unwrap();
	assert!(!served.shared);
	let [one] = served.organisations.as_slice() else { panic!("{served:?}") };
	assert_eq!((one.disclosure_interval, one.backup_keep), (30, 7));
	assert_eq!((one.write_interval, one.enrolment_interval), (15, 900));
	assert_eq!(one.storage(), Location::Folder("d/objects".into()));
}

#[test]
fn disclosures_are_posted_within_a_minute() {
	for seconds in ["0", "61"] {
		assert!(parse(&["--disclosure-interval", seconds]).is_err());
	}
}

#[test]
fn batches_wait_no_longer_than_is_bearable() {
	for (option, most) in [("write-interval", 300), ("enrolment-interval", 3600)] {
		for (seconds, is_taken) in [(0, true), (most, true), (most + 1, false)] {
			let args = [format!("--{option}"), seconds.to_string()];
			assert_eq!(parse(&args.each_ref().map(String::as_str)).is_ok(), is_taken);
			let file = entry(2, &format!("{option} = {seconds}"));
			assert_eq!(from_file(&file).is_ok(), is_taken);
		}
	}
}

#[test]
fn a_cohort_has_1_to_128_charts() {
	for (charts, is_taken) in [(0, false), (1, true), (128, true), (129, false)] {
		assert_eq!(parse(&["--cohort", &charts.to_string()]).is_ok(), is_taken);
		assert_eq!(from_file(&entry(2, &format!("cohort = {charts}"))).is_ok(), is_taken);
	}
}

#[test]
fn one_organisation_or_a_file() {
	assert!(parse(&["--config", "c"]).is_err());
	assert!(VaultOptions::try_parse_from(["salus-vault"]).is_err());
	let half = VaultOptions::try_parse_from(["salus-vault", "--organisation", "1"]);
	assert!(half.is_err());
}

#[test]
fn restoring_needs_nothing_else() {
	let args = ["salus-vault", "restore", "--from", "b", "--data", "d"];
	let options = VaultOptions::try_parse_from(args).unwrap();
	assert!(matches!(options.command, Some(Command::Restore(_))));
	assert!(options.one.is_none());
}

#[test]
fn a_file_names_several_organisations() {
	let text = format!(
		"node = \"ws://127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n{}{}",
		entry(2, "storage = \"s3://b/2\"\nstorage-credentials = \"c\"\nbackup = \"/b/2\""),
		entry(3, "disclosure-interval = 5\npassphrase-file = \"/p\"")
	);
	let served = from_file(&text).unwrap();
	assert!(served.shared);
	assert_eq!(served.node, "ws://127.0.0.1:1");
	assert_eq!(served.listen.port(), 2);
	let [two, three] = served.organisations.as_slice() else { panic!("{served:?}") };
	// Relative paths are read from the file's folder on.
	assert!(two.data.is_absolute() && two.data.ends_with("data/2"));
	assert!(two.storage_credentials.as_ref().unwrap().is_absolute());
	assert_eq!(two.storage(), "s3://b/2".parse().unwrap());
	assert_eq!(three.storage(), Location::Folder(three.data.join("objects")));
	assert_eq!(three.passphrase_file, Some("/p".into()));
	assert_eq!((two.disclosure_interval, three.disclosure_interval), (30, 5));
	places_apart(&served.organisations).unwrap();
}

#[test]
fn a_file_that_can_not_be_meant_is_refused_in_one_line() {
	for (text, expected) in [
		(String::new(), "names no [[organisation]]"),
		("listen = 7".into(), "line 1"),
		(entry(2, "unheard-of = 1"), "unheard-of"),
		(entry(2, "") + &entry(2, ""), "twice"),
		(entry(2, "disclosure-interval = 61"), "organisation 2: disclosure-interval"),
		(entry(2, "backup-keep = 0"), "organisation 2: backup-keep"),
		(entry(2, "storage = \"ftp://h\""), "no place known"),
		(entry(2, "backup-credentials = \"f\""), "without backup"),
	] {
		let said = from_file(&text).unwrap_err().to_string();
		assert!(said.contains(expected), "{said}");
		assert!(!said.contains('\n'), "{said}");
	}
	let absent = VaultOptions::try_parse_from(["salus-vault", "--config", "/no/such"]).unwrap();
	assert!(served(absent).unwrap_err().to_string().contains("/no/such"));
}

#[test]
fn the_process_is_told_of_before_the_entries_and_each_has_its_limits() {
	let text = format!(
		"log-format = \"json\"\nmetrics = \"127.0.0.1:9\"\nfarewell = 3\n\
		 trusted-proxy = [\"127.0.0.2\"]\n{}{}",
		entry(2, "limit-account = 7\nlimit-refusals = 8"),
		entry(3, "")
	);
	let served = from_file(&text).unwrap();
	assert_eq!(served.running.log_format, LogFormat::Json);
	assert_eq!(served.running.metrics.map(|address| address.port()), Some(9));
	assert_eq!(served.running.patience(), Duration::from_secs(3));
	let [two, three] = served.organisations.as_slice() else { panic!("{served:?}") };
	assert_eq!((two.limits.limit_account.get(), two.limits.limit_refusals.get()), (7, 8));
	let default = LimitOptions::default();
	assert_eq!(two.limits.limit_address, default.limit_address);
	assert_eq!(three.limits.limit_account, default.limit_account);
	for entry in [two, three] {
		assert_eq!(entry.limits.trusted_proxy, [IpAddr::from([127, 0, 0, 2])]);
	}
	for (text, expected) in [
		("metrics = \"0.0.0.0:9\"\n".to_owned() + &entry(2, ""), "loopback"),
		("farewell = 601\n".to_owned() + &entry(2, ""), "farewell must be 0 to 600"),
		("limit-account = 7\n".to_owned() + &entry(2, ""), "limit-account"),
		(entry(2, "limit-account = 0"), "nonzero"),
		(entry(2, "farewell = 1"), "farewell"),
		(entry(2, "trusted-proxy = [\"127.0.0.2\"]"), "trusted-proxy"),
	] {
		let said = from_file(&text).unwrap_err().to_string();
		assert!(said.contains(expected), "{said}");
	}
}

#[test]
fn the_command_line_gives_limits_to_its_own_organisation_alone() {
	let given = parse(&["--limit-account", "7", "--trusted-proxy", "127.0.0.2"]).unwrap();
	let served = served(given).unwrap();
	assert_eq!(served.organisations[0].limits.limit_account.get(), 7);
	assert_eq!(served.organisations[0].limits.trusted_proxy.len(), 1);
	for limit in [
		"--limit-address",
		"--limit-account",
		"--limit-appends",
		"--limit-refusals",
		"--limit-changes",
	] {
		let both = ["salus-vault", "--config", "c", limit, "7"];
		assert!(VaultOptions::try_parse_from(both).is_err(), "{limit}");
	}
}

#[test]
fn organisations_share_no_place() {
	for (one, other) in [
		("", "storage = \"data/2/objects\""),
		("storage = \"s3://b/x\"", "storage = \"s3://b/x/y\""),
		("backup = \"s3://b\"", "storage = \"s3://b/y\""),
		("backup = \"b\"", "backup = \"b\""),
		("", "backup = \"data/3/backup\""),
	] {
		let served = from_file(&(entry(2, one) + &entry(3, other))).unwrap();
		let said = places_apart(&served.organisations).unwrap_err().to_string();
		assert!(said.starts_with("organisation 3: its "), "{said}");
	}
	for (own, apart) in [
		("storage = \"o\"\nbackup = \"o\"", false),
		("backup = \"data/2/backup\"", false),
		("storage = \"data/2/objects\"", true),
	] {
		let own = from_file(&entry(2, own)).unwrap();
		assert_eq!(places_apart(&own.organisations).is_ok(), apart);
	}
}

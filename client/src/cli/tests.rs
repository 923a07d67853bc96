use super::{
	render::{self, Fields, Table},
	*,
};
use clap::CommandFactory;
use salus_client::chain::ChainError;
use salus_primitives::{
	codes::{Action, Actions, Category, Confidentiality, GrantorBasis, Purpose, Rule, Strength},
	directive::{DirectiveTerms, Grantee, Scope},
	ids::ChartId,
	time::Period,
};

const ID: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";

pub(super) fn parse(line: &str) -> Result<Cli, clap::Error> {
	// Whole words: the name of a temporary folder may hold the two letters.
	let words = line.split_whitespace().map(|word| if word == "ID" { ID } else { word });
	Cli::try_parse_from(words)
}

#[test]
fn the_grammar_holds_together() {
	Cli::command().debug_assert();
}

/// Reference of every command, in Markdown.
fn reference(command: &mut clap::Command, path: &str, out: &mut String) {
	use std::fmt::Write;
	let about = command.get_about().map(ToString::to_string).unwrap_or_default();
	let is_leaf = command.get_subcommands().next().is_none();
	writeln!(out, "\n{} `{path}`\n\n{about}.", if is_leaf { "####" } else { "###" }).unwrap();
	if is_leaf {
		let usage = command.render_usage().to_string();
		let usage = usage.trim_start_matches("Usage:").split_whitespace().collect::<Vec<_>>();
		writeln!(out, "\n```text\n{}\n```\n", usage.join(" ")).unwrap();
		for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
			let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
			let values: Vec<_> = arg
				.get_possible_values()
				.iter()
				.filter(|_| arg.get_action().takes_values())
				.map(|value| value.get_name().to_owned())
				.collect();
			let default: Vec<_> =
				arg.get_default_values().iter().filter_map(|value| value.to_str()).collect();
			write!(out, "- `{arg}`: {help}.").unwrap();
			if !values.is_empty() {
				write!(out, " One of {}.", values.join(", ")).unwrap();
			}
			if !default.is_empty() && arg.get_action().takes_values() {
				write!(out, " Default {}.", default.join(" ")).unwrap();
			}
			writeln!(out).unwrap();
		}
		return;
	}
	for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
		let path = format!("{path} {}", inner.get_name());
		reference(inner, &path, out);
	}
}

/// The reference in `docs/cli.md` is made from the commands themselves. To write it anew, run this
/// test with `SALUS_WRITE_DOCS=1`.
#[test]
fn the_reference_is_up_to_date() {
	const MARK: &str =
		"<!-- Below is made from the commands: SALUS_WRITE_DOCS=1 scripts/test -->\n";
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
	let text = std::fs::read_to_string(path).unwrap();
	let (written, made) = text.split_once(MARK).unwrap();
	let mut expected = String::new();
	let mut command = Cli::command().disable_help_subcommand(true).disable_help_flag(true);
	command.build();
	for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
		let path = format!("salus {}", inner.get_name());
		reference(inner, &path, &mut expected);
	}
	if std::env::var_os("SALUS_WRITE_DOCS").is_some() {
		std::fs::write(path, format!("{written}{MARK}{expected}")).unwrap();
		return;
	}
	assert!(made == expected, "run this test with SALUS_WRITE_DOCS=1 and commit docs/cli.md");
}

#[test]
fn every_command_of_the_journey_parses() {
	for line in [
		"salus key generate --key k",
		"salus key import-dev //Mercy//Records --key k --passphrase-file p",
		"salus key show --key k --json",
		"salus --node ws://127.0.0.1:1 key publish --key k",
		"salus wallet create --wallet w",
		"salus wallet restore --wallet w --phrase-file f",
		"salus wallet show --wallet w",
		"salus wallet kit --wallet w --out kit.html",
		"salus wallet share --wallet w --threshold 2 --shares 3 --out-dir d",
		"salus wallet share --wallet w --threshold 2 --group a:2-of-3 --group b:1-of-1 --out-dir d --format txt",
		"salus wallet verify --share s",
		"salus wallet recover --share a b --wallet w --fingerprint 3F2A-9C01 --backup b",
		"salus wallet recover --wallet w",
		"salus wallet find --wallet w",
		"salus wallet backup --wallet w --out b",
		"salus chart statement --wallet w --custodian 1 --out s.json",
		"salus chart enrol --key k --custodian 1 --statement s.json",
		"salus chart enrol --key k --custodian 1 --statement s.json --wait",
		"salus paper desk --custodian 1 --out d",
		"salus paper prepare --key k --second 0x1111111111111111111111111111111111111111111111111111111111111111 --custodian 1 --chart 0x1111111111111111111111111111111111111111111111111111111111111111 --rule permit --practitioner 4 --organisation 3 --record 0x1111111111111111111111111111111111111111111111111111111111111111 --language zh-Hant --interpreter remote --signed-on 2026-11-25 --scan 0x1111111111111111111111111111111111111111111111111111111111111111 --replaces 0x1111111111111111111111111111111111111111111111111111111111111111 --hours 24 --offline d --out p",
		"salus paper revoke --key k --second 0x1111111111111111111111111111111111111111111111111111111111111111 --custodian 1 --chart 0x1111111111111111111111111111111111111111111111111111111111111111 --out p 0x1111111111111111111111111111111111111111111111111111111111111111",
		"salus paper show p",
		"salus paper witness --key k p",
		"salus paper witness --key k --read p",
		"salus paper issue --key k p",
		"salus paper sheet --key k --second 0x1111111111111111111111111111111111111111111111111111111111111111 --custodian 1 --chart 0x1111111111111111111111111111111111111111111111111111111111111111 --language es --link-hours 72 --sheet s --out q --summary a b --link l",
		"salus paper send --key k q",
		"salus paper list --key k --custodian 1 --chart 0x1111111111111111111111111111111111111111111111111111111111111111",
		"salus chart show ID",
		"salus chart show --wallet w",
		"salus record store --key k --custodian 1 --chart ID a.json b.dcm --category imaging",
		"salus record amend --key k --custodian 1 --chart ID --replaces ID a.json",
		"salus record enter-in-error --key k ID --reason duplicate",
		"salus record list --wallet w --custodian 1",
		"salus record list --key k --custodian 1 --chart ID --organisation 2 --role clinician --purpose TREAT",
		"salus record read --key k --custodian 1 --chart ID --organisation 2 --out f ID",
		"salus record read --wallet w --out f ID",
		"salus record list --key k --custodian 1 --emergency g.json",
		"salus record read --key k --out f --emergency g.json ID",
		"salus recall list --key k",
		"salus recall list --key k --organisation 2 --house --custodian 1",
		"salus recall show --key k --custodian 1 ID",
		"salus recall acknowledge --key k --custodian 1 --ground treatment-record ID",
		"salus recall attest-deletion --key k --custodian 1 ID",
		"salus recall holders --wallet w",
		"salus recall holders --card c --key k --custodian 1",
		"salus emergency open --key k --organisation 2 --custodian 1 --chart ID --reason OVRER --out g.json",
		"salus emergency open --key k --organisation 2 --custodian 1 --chart ID --reason OVRER --stalled --out g.json",
		"salus emergency post --key k g.json",
		"salus emergency widen --key k g.json",
		"salus emergency renew --key k ID",
		"salus emergency close --key k ID",
		"salus emergency confirm --key k --organisation 2 ID",
		"salus emergency account --key k --text-file t --out own.json g.json",
		"salus emergency review --key k --organisation 3 --outcome justified --text-file t --out f.json ID",
		"salus emergency show g.json",
		"salus emergency pending",
		"salus emergency privilege 2",
		"salus emergency notices --wallet w",
		"salus emergency lines --key k --organisation 3 g.json",
		"salus emergency find --key k --organisation 2 --code - --reason OVRER --out s.json",
		"salus emergency find --key k --organisation 2 --patient p.json --custodian 1 --custodian 3 --reason OVRINCOMP --out s.json",
		"salus emergency find-again --key k --patient p.json s.json",
		"salus emergency searches --key k --custodian 1",
		"salus emergency card --wallet w --custodian 1 --custodian 3 --out c.html",
		"salus emergency card --wallet w --custodian 1 --out c.html --svg c.svg",
		"salus emergency card --wallet w --custodian 1 --revoke",
		"salus emergency findable --wallet w",
		"salus emergency opt-out --wallet w --custodian 1",
		"salus emergency opt-in --wallet w --custodian 1",
		"salus emergency register --key k --custodian 1 --chart ID --patient p.json",
		"salus emergency unregister --key k --custodian 1 --chart ID",
		"salus request send --key k --organisation 2 --chart ID --custodian 1 --category laboratory,imaging --purpose TREAT --days 7",
		"salus request withdraw --key k ID",
		"salus request answer --key k ID --wait 30",
		"salus request inbox --wallet w",
		"salus request approve 0x11 --wallet w --category laboratory --days 1 --obligation NORDSCLCD",
		"salus request decline ID --wallet w",
		"salus directive issue --wallet w --custodian 1 --rule deny --category imaging",
		"salus directive issue --wallet w --custodian 1 --rule permit --practitioner 2 --organisation 2 --days 7 --purpose TREAT,ETREAT",
		"salus directive list --wallet w --custodian 1",
		"salus directive revoke ID --wallet w",
		"salus directive enter-in-error ID --wallet w",
		"salus directive compact --wallet w --custodian 1 --check",
		"salus directive deliver --wallet w",
		"salus disclosure list --wallet w --custodian 1 --wait 60",
		"salus disclosure accounting --wallet w --custodian 1 --since 2026-01-01 --until 2026-11-23 --only-in --out f",
		"salus link make --wallet w --custodian 1 --record ID --hours 720 --purpose TREAT --obligation NORDSCLCD --out f --qr q",
		"salus link list --wallet w --custodian 1",
		"salus link revoke --wallet w 0x11111111",
		"salus link open --link - --out f",
		"salus link open --link f --out g --on-chain",
		"salus chart export --wallet w --custodian 1 --out b.json",
		"salus fhir serve --key k --organisation 2 --token t",
		"salus fhir serve --wallet w --token t --listen [::1]:0 --custodian 1",
		"salus provider standing --account ID --organisation 1 --role clinician",
		"salus provider standing --key k --organisation 1 --role clinician --schedule CII --at 2030-01-01",
		"salus completion bash",
	] {
		if let Err(fault) = parse(line) {
			panic!("{line}\n{fault}");
		}
	}
}

#[test]
fn every_command_of_a_charts_life_parses() {
	let alice = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
	for line in [
		"salus chart rotate-key --wallet w --custodian 1",
		"salus chart guard set --wallet w --custodian 1 --guardian ALICE,parent,consent --cards c",
		"salus chart guard set --wallet w --custodian 1 --nobody",
		"salus chart guard show --wallet w --custodian 1",
		"salus chart guardian issue-directive --card c --key k --out o --rule deny",
		"salus chart guardian revoke --card c --key k --out o ID",
		"salus chart guardian enter-in-error --card c --key k --out o ID",
		"salus chart guardian dispute-death --card c --key k --out o --hours 168",
		"salus chart guardian submit --key k --order o",
		"salus chart rekey word --wallet w --custodian 1 --chart ID --out f",
		"salus chart rekey start --key k --word f",
		"salus chart rekey cancel --wallet w --custodian 1",
		"salus chart rekey complete --key k --chart ID",
		"salus chart rekey finish --wallet w --custodian 1",
		"salus chart deactivate --wallet w --custodian 1",
		"salus chart reactivate --wallet w --custodian 1",
		"salus chart report-death --key k --chart ID",
		"salus chart dispute-death --wallet w --custodian 1",
	] {
		let parsed = parse(&line.replace("ALICE", alice));
		assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
	}
}

#[test]
fn wrong_use_is_refused() {
	for line in [
		"salus chart guard set --wallet w --custodian 1 --cards c",
		"salus chart guard set --wallet w --custodian 1 --nobody --cards c",
		"salus chart guardian revoke --card c --key k --out o --hours 169 ID",
		"salus record list --custodian 1",
		"salus record list --key k --wallet w --custodian 1",
		"salus record list --wallet w --custodian 1 --organisation 2",
		"salus record store --key k --custodian 1 --chart ID",
		"salus record store --key k --custodian 1 --chart 0x12 a.json",
		"salus record enter-in-error --key k ID --reason none",
		"salus directive issue --wallet w --custodian 1",
		"salus directive issue --wallet w --custodian 1 --rule permit --days 1 --until 2027-01-01",
		"salus directive issue --wallet w --custodian 1 --rule permit --until yesterday",
		"salus request send --key k --organisation 2 --chart ID --open-days 31",
		"salus chart statement --wallet w --custodian 1 --out s --hours 169",
		"salus link make --wallet w --custodian 1 --record ID --hours 721 --out f",
		"salus link make --wallet w --custodian 1 --record ID --hours 0 --out f",
		"salus link make --wallet w --custodian 1 --record ID --hours 1",
		"salus link open --out f",
		"salus recall list --key k --house",
		"salus recall acknowledge --key k --custodian 1 ID",
		"salus recall acknowledge --key k --custodian 1 --ground habit ID",
		"salus chart show",
		"salus provider standing --organisation 1 --role clinician",
		"salus completion toaster",
	] {
		assert!(parse(line).is_err(), "{line}");
	}
}

#[test]
fn unknown_codes_are_told_with_the_known_ones() {
	let fault = parse("salus record enter-in-error --key k ID --reason none").unwrap_err();
	let fault = fault.to_string();
	assert!(fault.contains("wrong-patient") && fault.contains("duplicate"), "{fault}");
}

#[test]
fn completions_know_the_codes() {
	let Command::Completion(options) = parse("salus completion bash").unwrap().command else {
		panic!("another command");
	};
	let mut script = Vec::new();
	completion::run(options, &mut script).unwrap();
	let script = String::from_utf8(script).unwrap();
	assert!(script.contains("_salus") && script.contains("wrong-patient"));
}

#[test]
fn accounts_are_hexadecimal_or_ss58() {
	let alice = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
	let by_hex: terms::Account = alice.parse().unwrap();
	let by_address = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".parse().unwrap();
	assert_eq!(by_hex, by_address);
	assert!("Alice".parse::<terms::Account>().is_err());
}

#[test]
fn moments_read_like_dates() {
	for (moment, text) in [
		(0, "1970-01-01"),
		(951_782_400_000, "2000-02-29"),
		(951_868_799_999, "2000-02-29 23:59:59Z"),
		(1_735_689_600_000, "2025-01-01"),
		(1_795_449_900_000, "2026-11-23 16:05:00Z"),
		(4_102_444_800_000, "2100-01-01"),
	] {
		assert_eq!(render::moment(moment), text);
		assert_eq!(terms::date(&text.replace(' ', "T")), Ok(moment / 1000 * 1000));
	}
	let period = Period { from: 0, until: None };
	assert_eq!(render::period(&period), "from 1970-01-01");
	assert_eq!(
		render::period(&Period { until: Some(1_735_689_600_000), ..period }),
		"1970-01-01 until 2025-01-01"
	);
}

#[test]
fn ids_lose_their_middle_and_nothing_else_does() {
	assert_eq!(render::short(&ChartId([0xab; 32])), "0xabababab…abab");
	assert_eq!(render::short(&"0xabab"), "0xabab");
	assert_eq!(render::short(&"ümläütümläütümläüt"), "ümläütümläütümläüt");
}

#[test]
fn ids_are_meant_by_eight_digits_or_as_lists_show_them() {
	let id = ChartId([0xab; 32]).to_string();
	for said in [&id, "0xABABABAB", "0xabababab…", &*render::short(&id)] {
		assert!(terms::meant(said).unwrap()(&id), "{said}");
	}
	for said in ["0xabababac", "0xabababab…abac"] {
		assert!(!terms::meant(said).unwrap()(&id), "{said}");
	}
	for said in ["", "0x", "0xababab", "0x…abab"] {
		assert_eq!(terms::meant(said).err().unwrap().code(), "usage", "{said}");
	}
}

#[test]
fn columns_are_aligned() {
	let mut table = Table::new(&["A", "LONGER"]);
	table.row(vec!["wide…".into(), "x".into()]);
	table.row(vec!["y".into(), "z".into()]);
	let mut out = Vec::new();
	table.write(&mut out, "none").unwrap();
	assert_eq!(String::from_utf8(out).unwrap(), "A      LONGER\nwide…  x\ny      z\n");
	let mut out = Vec::new();
	Table::new(&["A"]).write(&mut out, "none").unwrap();
	assert_eq!(out, b"none\n");
	let mut out = Vec::new();
	Fields::default()
		.add("a", 1)
		.maybe("b", None::<u8>)
		.add("longer", 2)
		.write(&mut out)
		.unwrap();
	assert_eq!(String::from_utf8(out).unwrap(), "a       1\nlonger  2\n");
}

#[test]
fn what_others_wrote_does_not_steer_the_terminal() {
	let mut out = Vec::new();
	Fields::default().add("content", "a\u{1b}[2Jb\nc").write(&mut out).unwrap();
	assert_eq!(String::from_utf8(out).unwrap(), "content  a\u{fffd}[2Jb\u{fffd}c\n");
}

#[test]
fn sizes_have_the_unit_that_suits() {
	assert_eq!(render::size(0), "0 B");
	assert_eq!(render::size(1536), "1.5 KiB");
	assert_eq!(render::size(268_435_456), "256.0 MiB");
}

#[test]
fn directives_are_told_in_words() {
	let terms = DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(2, 3),
		scope: Scope {
			categories: Some([Category::Laboratory, Category::Imaging].into_iter().collect()),
			confidentiality_ceiling: Some(Confidentiality::Normal),
			..Scope::default()
		},
		actions: Actions::of(&[Action::Access]),
		purposes: [Purpose::Treatment].into_iter().collect(),
		period: Period { from: 0, until: None },
		obligations: Default::default(),
		basis: GrantorBasis::Own,
	};
	let mut out = Vec::new();
	render::terms(Fields::default(), &terms).write(&mut out).unwrap();
	assert_eq!(
		String::from_utf8(out).unwrap(),
		"rule         permit (specific)\n\
		 grantee      practitioner 2 at organisation 3\n\
		 scope        laboratory imaging, confidentiality up to N\n\
		 actions      access\n\
		 purposes     TREAT\n\
		 period       from 1970-01-01\n\
		 obligations  -\n"
	);
	assert_eq!(render::scope(&Scope::default()), "all records");
}

#[test]
fn errors_say_what_to_do() {
	let away = ChainError::NodeUnreachable { url: "ws://x".into(), detail: "refused".into() };
	assert_eq!(
		render::error(&away.clone().into(), false),
		"error: the node at ws://x can not be reached: refused\n\
		 help: check that the node runs, or name another with --node (SALUS_NODE)"
	);
	let json: serde_json::Value = serde_json::from_str(&render::error(&away.into(), true)).unwrap();
	assert_eq!(json["error"]["code"], "node-unreachable");
	assert!(json["error"]["help"].as_str().unwrap().contains("--node"));
	assert!(json["error"].get("reason").is_none());
	let denied = Error::Vault {
		status: 403,
		code: "access-denied".into(),
		message: "no".into(),
		reason: Some(32),
	};
	for (reason, said) in [(10, "provider standing"), (30, "directive deliver"), (32, "request")] {
		let (status, code, message) = (403, "access-denied".into(), "no".into());
		let denied = Error::Vault { status, code, message, reason: Some(reason) };
		assert!(denied.help().contains(said), "{reason}: {}", denied.help());
	}
	let json: serde_json::Value = serde_json::from_str(&render::error(&denied, true)).unwrap();
	assert_eq!(
		(&json["error"]["code"], &json["error"]["reason"]),
		(&"access-denied".into(), &32.into())
	);
}

fn directive(line: &str) -> Result<DirectiveTerms> {
	#[derive(Debug, clap::Parser)]
	struct Only {
		#[command(flatten)]
		terms: terms::Terms,
	}
	Only::try_parse_from(line.split_whitespace()).unwrap().terms.read(1_000)
}

#[test]
fn terms_are_what_was_said() {
	let terms = directive("issue --rule deny").unwrap();
	assert_eq!((terms.rule, terms.strength), (Rule::Deny, Strength::Specific));
	assert_eq!((terms.grantee, terms.scope), (Grantee::Anyone, Scope::default()));
	assert_eq!(terms.period, Period { from: 1_000, until: None });
	let terms = directive(
		"issue --rule permit --default --practitioner 2 --organisation 3 --category imaging --days 2 --obligation DEID",
	)
	.unwrap();
	assert_eq!(terms.strength, Strength::Default);
	assert_eq!(terms.grantee, Grantee::PractitionerAt(2, 3));
	assert_eq!(terms.period.until, Some(1_000 + 2 * 86_400_000));
	assert!(terms.scope.categories.unwrap().contains(Category::Imaging));
}

#[test]
fn terms_that_can_not_hold_are_refused() {
	for line in [
		"issue --rule deny --obligation DEID",
		"issue --rule permit --from 2026-01-02 --until 2026-01-01",
		"issue --rule permit --days 0",
	] {
		assert_eq!(directive(line).unwrap_err().code(), "usage", "{line}");
	}
}

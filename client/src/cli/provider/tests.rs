use super::*;
use crate::cli::{tests::parse, Command as Any};
use clap::Parser;
use salus_primitives::{
	bounded_collections::BoundedVec,
	codes::{
		DrugSchedules, LicenceClass, LicenceState, Role, StandingFlag, StandingFlags,
		StandingReason, StandingReasons,
	},
	credential::{Holder, Licence, Limits},
	time::Period,
	views::{LicenceView, StandingView},
};

#[test]
fn every_command_parses() {
	for line in [
		"standing --account ID --organisation 1 --role clinician",
		"standing --key k --organisation 1 --role clinician --schedule CII --at 2030-01-01",
		"organisation list",
		"organisation list --in US-CA --kind hospital --state active",
		"organisation show 1",
		"organisation apply --key k --organisation 1 --kind hospital --name Harbour --in US-CA --administrator ID",
		"organisation apply --key k --organisation 1 --kind clinic --name H --in DE --npi 1234567893 --administrator ID",
		"organisation withdraw-application --key k --organisation 7",
		"organisation set-endpoint --key k --organisation 1 http://127.0.0.1:8081",
		"organisation publish-key --key k --organisation 1 ID",
		"staff list 1",
		"staff set --key k --organisation 1 --account ID --role clinician,system",
		"staff remove --key k --organisation 1 --account ID",
		"staff supervise --key k --organisation 1 --practitioner 5 --supervisor 1",
		"staff supervise --key k --organisation 1 --practitioner 5 --end",
		"staff offer-administration --key k --organisation 1 --to ID",
		"staff withdraw-offer --key k --organisation 1",
		"staff accept-administration --key k --organisation 1",
		"practitioner list",
		"practitioner show 1",
		"practitioner show --account ID",
		"practitioner register --key k --organisation 4 --account ID --npi 1234567893",
		"practitioner change-account --key k --practitioner 1 --account ID",
		"licence list --practitioner 1",
		"licence list --organisation 1",
		"licence list --board 4 --class dentist",
		"licence list --in US-CA --class dentist",
		"licence show 1",
		"licence issue --key k --organisation 4 --practitioner 1 --class physician --jurisdiction US-CA,US-NY --from 2026-01-01 --until 2027-01-01",
		"licence issue --key k --organisation 4 --to-organisation 1 --class facility --jurisdiction US --evidence f --next-due 2027-01-01",
		"licence issue --key k --organisation 4 --practitioner 1 --class dentist --jurisdiction US-CA --schedule CII,CIII --supervised --site 1,3",
		"licence verify --key k --licence 1 --evidence f --next-due 2027-01-01",
		"licence verify --key k --licence 1 --evidence-digest ID --next-due 2027-01-01",
		"licence renew --key k --licence 1 --until 2030-01-01",
		"licence renew --key k --licence 1 --without-end --evidence f --next-due 2027-01-01",
		"licence set-state --key k --licence 1 --state suspended",
		"licence set-limits --key k --licence 1 --schedule CIV --site 1",
		"licence set-limits --key k --licence 1",
		"licence surrender --key k --licence 1",
		"accreditation list 1",
		"accreditation give --key k --organisation 6 --to-organisation 7 --programme hospital --until 2029-01-01 --evidence f",
		"accreditation give --key k --organisation 6 --to-organisation 7 --programme hospital --state accredited-with-follow-up --follow-up-due 2027-03-01 --evidence-digest ID",
		"accreditation decide --key k --accreditation 1 --state preliminary-denial --evidence f",
		"accreditation renew --key k --accreditation 1 --until 2030-01-01 --evidence f",
		"accreditation appeal --key k --accreditation 1 --evidence f",
		"accreditation withdraw --key k --accreditation 1",
		"inspection list 1",
		"inspection record --key k --organisation 6 --inspected 7 --outcome NAI --evidence f",
		"inspection record --key k --organisation 6 --inspected 7 --outcome OAI --conducted 2026-11-01 --follow-up-due 2027-01-01 --evidence f",
		"inspection close-follow-up --key k --inspection 1 --evidence f",
		"inspection mark-in-error --key k --inspection 1",
		"evidence verify --evidence f --commitment ID",
		"evidence verify --evidence f --opening o --commitment ID",
		"requirement show --kind hospital --in US-CA",
		"authority show 4",
	] {
		if let Err(fault) = parse(&format!("salus provider {line}")) {
			panic!("{line}\n{fault}");
		}
	}
}

#[test]
fn wrong_use_is_refused() {
	for line in [
		"standing --organisation 1 --role clinician",
		"standing --account ID --organisation 1 --role clinician --schedule VI",
		"organisation list --in US-",
		"organisation show",
		"organisation apply --key k --organisation 1 --kind hospital --name H --in XX --administrator ID",
		"organisation apply --key k --organisation 1 --kind clinic --name H --in DE --npi 1234567890 --administrator ID",
		"organisation apply --key k --organisation 1 --kind clinic --name H --in DE --gln 1 --administrator ID",
		"staff set --key k --organisation 1 --account ID",
		"staff supervise --key k --organisation 1 --practitioner 5",
		"staff supervise --key k --organisation 1 --practitioner 5 --supervisor 1 --end",
		"practitioner show",
		"practitioner show 1 --account ID",
		"licence list",
		"licence list --in US-CA",
		"licence list --practitioner 1 --board 4",
		"licence issue --key k --organisation 4 --class dentist --jurisdiction US-CA",
		"licence issue --key k --organisation 4 --practitioner 1 --to-organisation 1 --class dentist --jurisdiction US-CA",
		"licence issue --key k --organisation 4 --practitioner 1 --class dentist",
		"licence issue --key k --organisation 4 --practitioner 1 --class dentist --jurisdiction US-CA --evidence f",
		"licence verify --key k --licence 1 --evidence f --evidence-digest ID --next-due 2027-01-01",
		"licence renew --key k --licence 1",
		"licence renew --key k --licence 1 --until 2030-01-01 --without-end",
		"accreditation give --key k --organisation 6 --to-organisation 7 --programme hospital",
		"accreditation appeal --key k --accreditation 1 --evidence f --evidence-digest ID",
		"inspection record --key k --organisation 6 --inspected 7 --outcome bad --evidence f",
		"requirement show --kind hospital",
		"evidence verify --evidence f",
		"evidence verify --commitment ID",
		"licence set-state --key k --licence 1 --state expired",
		"licence set-state --key k --licence 1 --state pending",
		"licence set-state --key k --licence 1 --state surrendered",
	] {
		assert!(parse(&format!("salus provider {line}")).is_err(), "{line}");
	}
}

/// The commands of before have gone, and none is understood by chance.
#[test]
fn flat_commands_are_gone() {
	for line in ["set-staff", "issue-licence", "set-endpoint", "organisation 1"] {
		assert!(parse(&format!("salus provider {line}")).is_err(), "{line}");
	}
	assert!(matches!(
		parse("salus provider authority show 4").unwrap().command,
		Any::Provider(Options { command: Command::Authority(_) })
	));
}

#[derive(Parser)]
struct Look {
	#[command(flatten)]
	looked: Looked,
}

fn looked(line: &str) -> Looked {
	Look::try_parse_from(line.split_whitespace()).unwrap().looked
}

#[test]
fn evidence_is_committed_to_and_stays() {
	let folder = tempfile::tempdir().unwrap();
	let file = folder.path().join("diploma.pdf");
	std::fs::write(&file, b"a diploma").unwrap();
	let line = format!("verify --evidence {} --next-due 2027-01-01", file.display());
	let seen = looked(&line).verification().unwrap().unwrap();
	let commitment = seen.evidence;
	assert_ne!(commitment, Digest::of(b"a diploma"), "whoever guesses the file could prove it");
	salus_client::evidence::verify(&file, None, commitment).unwrap();
	assert_eq!(looked(&line).verification().unwrap().unwrap().evidence, commitment);
	assert_eq!(render::moment(seen.next_due), "2027-01-01");
	let digest = Digest([7; 32]);
	let line = format!("verify --evidence-digest {digest} --next-due 2027-01-01");
	assert_eq!(looked(&line).verification().unwrap().unwrap().evidence, digest);
	assert_eq!(looked("verify").verification().unwrap(), None);
	let unseen = looked("verify --next-due 2027-01-01").verification().unwrap_err();
	assert!(unseen.help().contains("--evidence"), "{}", unseen.help());
	let away = looked("verify --evidence /nowhere --next-due 2027-01-01").verification();
	assert_eq!(away.unwrap_err().code(), "io");
}

#[test]
fn check_digits_are_proven_before_anything_is_sent() {
	assert_eq!(npi("1234567893"), Ok(Npi(1_234_567_893)));
	assert!(npi("1234567890").unwrap_err().contains("check digit"));
	assert_eq!(gln("0614141000012"), Ok(Gln(614_141_000_012)));
	assert!(gln("0614141000013").unwrap_err().contains("GS1"));
	assert!(npi("one").is_err() && gln("").is_err());
	assert!(name(&"é".repeat(32)).is_ok() && name("").is_err());
	assert!(name(&"é".repeat(33)).unwrap_err().contains("66"));
}

fn human(report: &impl Report) -> String {
	let mut out = Vec::new();
	report.human(&mut out).unwrap();
	String::from_utf8(out).unwrap()
}

fn head() -> salus_client::vault_api::Head {
	salus_client::vault_api::Head { number: 9, hash: [0xab; 32], at: 1_795_449_900_000 }
}

#[test]
fn standing_tells_all_reasons_and_flags_in_sentences() {
	let view = StandingView {
		reasons: StandingReasons::of(&[
			StandingReason::LicenceExpired,
			StandingReason::AuthorisationMissing,
		]),
		flags: StandingFlags::of(&[StandingFlag::AccreditationLapsed]),
		at: 1_795_449_900_000,
	};
	let standing = standing::Standing::new("0xab".into(), 7, Role::Clinician, None, view, head());
	let text = human(&standing);
	assert!(text.contains("may act  no\nat       2026-11-23 16:05:00Z\n"), "{text}");
	for sentence in [
		StandingReason::LicenceExpired.sentence(),
		StandingReason::AuthorisationMissing.sentence(),
		StandingFlag::AccreditationLapsed.sentence(),
	] {
		assert!(text.contains(&format!("\n- {sentence}\n")), "{text}");
	}
	assert!(text.contains("\nto know:\n"), "{text}");
	let json = serde_json::to_value(&standing).unwrap();
	assert_eq!((&json["may_act"], &json["organisation"]), (&false.into(), &7.into()));
	assert_eq!(json["reasons"][0]["code"], 10);
	assert_eq!(json["flags"][0]["flag"], "accreditation-lapsed");
	let sound =
		StandingView { reasons: StandingReasons::EMPTY, flags: StandingFlags::EMPTY, ..view };
	let sound = standing::Standing::new("0xab".into(), 7, Role::Clinician, None, sound, head());
	assert!(human(&sound).contains("may act  yes") && !human(&sound).contains("to know"));
}

fn view() -> LicenceView {
	let licence = Licence {
		holder: Holder::Practitioner(5),
		board: 4,
		class: LicenceClass::Dentist,
		jurisdictions: BoundedVec::truncate_from(vec!["US-CA".parse().unwrap()]),
		issued: 1_735_689_600_000,
		valid: Period { from: 1_735_689_600_000, until: Some(1_795_449_600_000) },
		state: LicenceState::Active,
		limits: Limits {
			schedules: DrugSchedules::EMPTY,
			supervised: true,
			sites: BoundedVec::truncate_from(vec![7]),
		},
		verified: Some(1_735_689_600_000),
		verification: Some(Verification { evidence: Digest([1; 32]), next_due: 1_795_449_600_000 }),
	};
	LicenceView { id: 3, licence, standing: LicenceState::Expired, authority: 8 }
}

/// The state shown is the one at the block's time, not the one that is stored.
#[test]
fn licences_show_their_standing_and_who_is_responsible() {
	let shown = licence::Shown {
		licence: view(),
		at: head(),
		board: "4 (Board of California)".into(),
		authority: "8 (Board of Dentistry)".into(),
	};
	let text = human(&shown);
	for line in [
		"holder             practitioner 5",
		"issued by          4 (Board of California)",
		"handed on to       8 (Board of Dentistry)",
		"state              expired",
		"supervised         yes",
		"good for           organisations 7",
		"verified           2025-01-01",
		"next verification  by 2026-11-23 16:00:00Z",
	] {
		assert!(text.contains(&format!("{line}\n")), "{line} in\n{text}");
	}
	let json = serde_json::to_value(&shown).unwrap();
	assert_eq!(json["licence"]["id"], 3);
	assert_eq!(json["licence"]["standing"], "expired");
	assert_eq!(json["licence"]["holder"]["practitioner"], 5);
	let mut out = Vec::new();
	licence::table(&[view()]).write(&mut out, "none").unwrap();
	let rows = String::from_utf8(out).unwrap();
	assert!(rows.ends_with("expired\n") && rows.contains("practitioner 5"), "{rows}");
}

#[test]
fn numbers_that_the_chain_gave_are_told() {
	let submitted = Submitted { block: head(), in_block_ms: 1, finalised_ms: 2 };
	let numbers = [("licence", 7)].into_iter().collect();
	let done = Done { call: "Credentials.issue_licence".into(), numbers, submitted };
	assert!(human(&done).contains("licence  7\n"));
	assert_eq!(serde_json::to_value(&done).unwrap()["licence"], 7);
}

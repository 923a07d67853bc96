use super::*;
use crate::cli::tests::parse;
use salus_client::chain::Said;

#[test]
fn every_command_parses() {
	for line in [
		"show",
		"propose admit-organisation --key k --kind hospital --name Harbour --in US-CA --administrator ID",
		"propose set-organisation-state --organisation 7 --state active --key k",
		"propose set-organisation-profile --key k --organisation 7 --name Harbour --npi 1234567893",
		"propose replace-administrators --key k --organisation 7 --account ID",
		"propose declare-affiliation --key k --organisation 7 --head 1",
		"propose end-affiliation --key k --organisation 7",
		"propose authorise-board --key k --organisation 4 --in US-CA --class facility,dentist",
		"propose revoke-board-authority --key k --organisation 4 --in US-CA",
		"propose authorise-body --key k --organisation 6 --programme hospital,laboratory",
		"propose authorise-body --key k --organisation 6 --none",
		"propose appoint-successor --key k --organisation 4 --successor 5",
		"propose set-posthumous-rule --key k --in US-CA --rule nothing",
		"propose set-posthumous-rule --key k --in US",
		"propose uphold-rekeying --key k --chart ID",
		"propose set-requirement --key k --kind hospital --in US-CA --licence facility --accreditation hospital --grace-days 90 --from 2027-01-01",
		"propose set-licence-state --key k --licence 1 --state revoked",
		"propose enrol-operator --key k --account ID",
		"propose add-validator --key k --account ID",
		"propose remove-validator --key k --account ID",
		"vote --motion 1 --aye --key k",
		"vote --motion 1 --nay --key k --no-close",
		"close --motion 1 --key k",
	] {
		if let Err(fault) = parse(&format!("salus council {line}")) {
			panic!("{line}\n{fault}");
		}
	}
	for line in [
		"propose --key k",
		"propose end-affiliation --organisation 7",
		"propose authorise-board --key k --organisation 4 --in US-CA",
		"propose authorise-body --key k --organisation 6",
		"propose authorise-body --key k --organisation 6 --none --programme hospital",
		"propose set-requirement --key k --kind hospital --in US-CA --licence facility",
		"propose set-licence-state --key k --licence 1 --state active",
		"propose set-licence-state --key k --licence 1 --state issued-in-error",
		"vote --motion 1 --key k",
		"vote --motion 1 --aye --nay --key k",
		"close --key k",
	] {
		assert!(parse(&format!("salus council {line}")).is_err(), "{line}");
	}
}

#[test]
fn a_majority_is_more_than_half() {
	for (members, ayes) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (100, 51)] {
		assert_eq!(majority(members), ayes, "{members}");
	}
}

fn motion(ayes: usize, nays: usize) -> MotionView {
	MotionView {
		index: 2,
		hash: [2; 32],
		threshold: 3,
		ayes: vec![[1; 32]; ayes],
		nays: vec![[3; 32]; nays],
		end: 600,
		call: vec![0],
	}
}

#[test]
fn a_motion_is_decided_when_no_vote_can_turn_it() {
	for (ayes, nays, decided) in
		[(0, 0, false), (2, 1, false), (3, 0, true), (0, 2, true), (1, 1, false), (2, 2, true)]
	{
		assert_eq!(is_decided(&motion(ayes, nays), 4), decided, "{ayes} ayes, {nays} nays");
	}
}

fn head() -> Head {
	Head { number: 9, hash: [0xab; 32], at: 1 }
}

fn human(report: &impl Report) -> String {
	let mut out = Vec::new();
	report.human(&mut out).unwrap();
	String::from_utf8(out).unwrap()
}

#[test]
fn motions_are_shown_with_their_act_and_votes() {
	let act = ReadCall {
		call: "Providers.end_affiliation".into(),
		arguments: vec![("organisation".into(), Said::Number(7))],
	};
	let unread = ShownMotion::new(&motion(0, 0), None);
	let motions = vec![ShownMotion::new(&motion(1, 1), Some(act)), unread];
	let shown = Shown { members: vec!["0x01".into()], motions, at: head() };
	let text = human(&shown);
	for said in [
		"member  0x01\n",
		"act        Providers.end_affiliation\n           organisation: 7\n",
		"ayes       1 of 3 needed\n           0x0101",
		"nays       1\n           0x0303",
		"act        one that can not be read: 0x00\n",
	] {
		assert!(text.contains(said), "{said} in\n{text}");
	}
	let json = serde_json::to_value(&shown).unwrap();
	assert_eq!(json["motions"][0]["motion"], 2);
	assert_eq!(json["motions"][0]["act"]["call"], "Providers.end_affiliation");
	assert_eq!(json["motions"][0]["act"]["arguments"]["organisation"], 7);
	assert_eq!(json["motions"][0]["call"], "0x00");
	let none = Shown { members: Vec::new(), motions: Vec::new(), at: head() };
	assert!(human(&none).ends_with("no motions\n"));
}

#[test]
fn what_became_of_an_act_is_told_with_what_to_do() {
	let submitted = Submitted { block: head(), in_block_ms: 1, finalised_ms: 2 };
	let told = |outcome| Told {
		motion: Some(2),
		hash: "0x02".into(),
		threshold: 3,
		ayes: 3,
		nays: 0,
		outcome,
		act: None,
		organisation: None,
		submitted,
	};
	let fault = Fault { error: "Providers.OwnHead".into(), help: "Name another.".into() };
	let failed = told(Outcome::Failed(fault));
	let text = human(&failed);
	assert!(text.contains("carried, but the act failed: Providers.OwnHead"), "{text}");
	assert!(text.contains("what to do  Name another.\n"), "{text}");
	let json = serde_json::to_value(&failed).unwrap();
	assert_eq!((&json["outcome"], &json["error"]), (&"failed".into(), &"Providers.OwnHead".into()));
	let json = serde_json::to_value(told(Outcome::Executed)).unwrap();
	assert_eq!((&json["outcome"], &json["motion"]), (&"executed".into(), &2.into()));
	assert!(human(&told(Outcome::Rejected)).contains("not carried"));
}

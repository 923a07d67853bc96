use super::*;
use crate::cli::tests::parse;
use salus_client::card::Pin;

const ALICE: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

#[test]
fn every_command_parses() {
	for line in [
		"salus card make --wallet w --custodian 1 --powers read+consent+revoke --days 730 --pin-file f --out c.html",
		"salus card make --wallet w --custodian 1 --powers read --until 2027-01-01 --out c.txt --cards d",
		"salus card list --wallet w --custodian 1",
		"salus card uses --wallet w --custodian 1",
		"salus card block --wallet w --custodian 1 0x11111111",
		"salus card deliver --wallet w --custodian 1",
		"salus card deliver --wallet w --custodian 1 --cards d",
		"salus card proxy --wallet w --custodian 1 --account ALICE --powers consent --days 30 --out d",
		"salus card end-proxy --wallet w --custodian 1 --account ALICE --cards d",
		"salus card unlock --key k --code f",
		"salus card unlock --key k --card ID --custodian 1",
		"salus card permit --code f --pin-file - --key k --organisation 3 --days 7",
		"salus card deny --code - --pin-file f --key k --category laboratory --order o.json",
		"salus card revoke --code f --key k ID",
		"salus card records --code f --key k",
		"salus card read --code f --key k --out o ID",
		"salus card log --code f --key k --wait 9",
	] {
		let parsed = parse(&line.replace("ALICE", ALICE));
		assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
	}
}

#[test]
fn wrong_use_is_refused() {
	for line in [
		"salus card make --wallet w --custodian 1 --powers overrule --days 1 --out c.html",
		"salus card make --wallet w --custodian 1 --powers consent+dispute-death --days 1 --out c.html",
		"salus card make --wallet w --custodian 1 --powers consent --out c.html",
		"salus card make --wallet w --custodian 1 --powers consent --days 1 --until 2027-01-01 --out c.html",
		"salus card proxy --wallet w --custodian 1 --account ALICE --powers consent+overrule --days 1 --out d",
		"salus card unlock --key k",
		"salus card unlock --key k --card ID",
		"salus card permit --code f --key k --rule deny",
	] {
		assert!(parse(&line.replace("ALICE", ALICE)).is_err(), "{line}");
	}
}

#[test]
fn an_end_lies_ahead_and_not_too_far() {
	let of_days = |days| End { days: Some(days), until: None };
	let until = |until| End { days: None, until: Some(until) };
	assert_eq!(of_days(30).at(5, 30).unwrap(), 5 + days(30));
	assert_eq!(until(6).at(5, 30).unwrap(), 6);
	for wrong in [of_days(0), of_days(31), until(5), until(0), until(6 + days(30))] {
		assert_eq!(wrong.at(5, 30).unwrap_err().code(), "usage");
	}
}

#[test]
fn a_card_is_read_from_a_file_and_no_more_than_a_page() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("card");
	std::fs::write(&path, "salus:card/1/x").unwrap();
	assert_eq!(read_code(&path).unwrap_err().code(), "bad-card");
	assert_eq!(read_code(&folder.path().join("none")).unwrap_err().code(), "io");
	std::fs::write(&path, "824613\n").unwrap();
	assert!(Pin::new(&pin_text(Some(&path)).unwrap()).is_ok());
}

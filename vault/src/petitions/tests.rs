//! Lists of petitions, what goes with a record, and what an answer must say.

use super::*;
use crate::{
	acts::tests::{answer as answered, asked, file, noted, stored, CHART, RECORD},
	disclosures::{log, Access},
	routes::tests::{person, Harness},
};
use salus_client::vault_api::{self as api, Head};
use salus_primitives::{
	codes::{Action, Purpose, RefusalReason},
	decision::{Accessor, Basis},
	disclosure::{Outcome, Subject},
	petition::NotReached,
};
use serde_json::Value;

fn saying(granted: bool) -> AnswerPetition {
	AnswerPetition {
		granted,
		reason: (!granted).then_some(RefusalReason::RetentionLaw),
		until: None,
		statement: Statement::default(),
		backups_until: None,
		source_system: false,
	}
}

#[test]
fn an_answer_says_what_its_kind_must_say() {
	use PetitionKind::{Amendment, Erasure};
	let refused = |asked: AnswerPetition, kind, backups| check(&asked, kind, backups).is_err();
	assert!(check(&saying(true), Erasure, false).is_ok());
	assert!(check(&saying(true), Amendment, true).is_ok());
	assert!(check(&saying(false), Erasure, true).is_ok());
	assert!(refused(AnswerPetition { reason: None, ..saying(false) }, Erasure, false));
	let reason = Some(RefusalReason::LegalHold);
	assert!(refused(AnswerPetition { reason, ..saying(true) }, Erasure, false));
	assert!(refused(AnswerPetition { until: Some(1), ..saying(true) }, Erasure, false));
	// Backups that there are must be told of.
	assert!(refused(saying(true), Erasure, true));
	let told = AnswerPetition { backups_until: Some(1), ..saying(true) };
	assert!(check(&told, Erasure, true).is_ok());
	assert!(refused(told, Amendment, true));
	assert!(refused(AnswerPetition { source_system: true, ..saying(false) }, Erasure, false));
	let statement = "red \u{1b}[31m".parse().unwrap();
	assert!(refused(AnswerPetition { statement, ..saying(true) }, Erasure, false));
	assert!(plain(&"two\nlines".parse().unwrap()).is_ok());
}

#[test]
fn statements_go_with_a_record_while_it_is_disputed() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	let numbers = || {
		let found = store.read(|rows| statements(rows, &RECORD)).unwrap();
		found.iter().map(|said| (said.number, said.state)).collect::<Vec<_>>()
	};
	assert!(numbers().is_empty());
	let erasure = file(store, PetitionKind::Erasure, 0);
	assert!(numbers().is_empty(), "who wants it erased says nothing against it");
	let amendment = file(store, PetitionKind::Amendment, 1);
	assert_eq!(numbers(), [(1, PetitionState::Open)]);
	answered(store, &amendment, 1, false);
	assert_eq!(numbers(), [(1, PetitionState::Refused)]);
	let again = file(store, PetitionKind::Amendment, 2);
	answered(store, &again, 2, true);
	assert_eq!(numbers(), [(1, PetitionState::Refused)], "granted, it is no dispute");
	answered(store, &erasure, 0, false);
	assert_eq!(numbers(), [(1, PetitionState::Refused)]);
}

#[tokio::test]
async fn a_receipt_names_who_read_before_its_grant_and_nobody_reads_after_it() {
	let harness = Harness::new();
	let vault = &harness.vault;
	stored(&vault.store);
	file(&vault.store, PetitionKind::Erasure, 0);
	let access = Access {
		account: [3; 32],
		chart: CHART,
		accessor: Accessor::Staff { account: [3; 32], organisation: 7, role: Role::Clinician },
		practitioner: Some(4),
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Record(RECORD),
		head: Head { number: 1, hash: [6; 32], at: 7 },
	};
	let released = Outcome::Released(Basis::Custodian);
	log(vault, access, released).await.unwrap();
	let make =
		|rows: &Writing<'_>| compose(rows, 1, CHART, (RECORD, 0), saying(true), (8, Salt([1; 32])));
	let opening = vault.store.write(make).unwrap();
	let receipt = opening.terms.receipt.clone().unwrap();
	let reader = NotReached::Recipient { organisation: 7, practitioner: Some(4), at: 7 };
	assert_eq!(receipt.not_reached.to_vec(), [reader]);
	// Noted, and on its way to the chain.
	let number = noted(&vault.store, &RecordAct::Answer { opening: opening.clone() }).unwrap();
	let refused = log(vault, access, released).await.unwrap_err();
	assert_eq!(refused.status_and_code().1, "record-being-erased");
	log(vault, access, Outcome::Refused(32)).await.unwrap();
	let other = Access { subject: Subject::Record(RecordId([1; 32])), ..access };
	log(vault, other, released).await.unwrap();
	// Asked again, it is the same answer.
	assert_eq!(vault.store.write(make).unwrap(), opening);
	// The chain refused it: reading goes on.
	let drop = |rows: &Writing<'_>| rows.drop_at(&RECORD_ACTS, number);
	vault.store.write::<_, StoreError>(drop).unwrap();
	log(vault, access, released).await.unwrap();
}

#[tokio::test]
async fn a_patient_sees_the_petitions_of_their_chart() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	let posted = file(store, PetitionKind::Erasure, 0);
	answered(store, &posted, 0, false);
	let route = api::CHART_PETITIONS.replace("{chart}", &CHART.to_string());
	let token = harness.token("//Patient");
	let (status, list): (u16, Value) = harness.send("GET", &route, Some(&token), "").await;
	assert_eq!(status, 200);
	let listed = &list["petitions"][0];
	assert_eq!((&listed["number"], &listed["state"]), (&0.into(), &"refused".into()));
	assert_eq!(listed["answer"]["terms"]["reason"], "accurate-and-complete");
	assert_eq!(listed["opening"]["terms"]["statement"], "that was somebody else");
	let token = harness.token("//Mallory");
	let refused = harness.refusal("GET", &route, Some(&token), "").await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
}

#[tokio::test]
async fn nothing_is_noted_while_the_node_is_away() {
	let harness = Harness::new();
	stored(&harness.vault.store);
	let token = harness.token("//Patient");
	let route = api::CHART_PETITIONS.replace("{chart}", &CHART.to_string());
	let body = serde_json::to_string(&asked(PetitionKind::Erasure)).unwrap();
	let refused = harness.refusal("POST", &route, Some(&token), body).await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let noted = harness.vault.store.read(|rows| rows.first(&RECORD_ACTS, 9)).unwrap();
	assert!(noted.is_empty());
}

#[test]
fn a_signature_is_for_one_petition_on_one_chain() {
	let (patient, genesis) = (person("//Patient"), [2; 32]);
	let posted = asked(PetitionKind::Erasure);
	assert!(posted.is_signed_by(&genesis, &patient.account()));
	assert!(!posted.is_signed_by(&[3; 32], &patient.account()));
	assert!(!posted.is_signed_by(&genesis, &person("//Mallory").account()));
	let mut other = posted.clone();
	other.opening.terms.kind = PetitionKind::Amendment;
	assert!(!other.is_signed_by(&genesis, &patient.account()));
	other = posted;
	other.opening.salt = Salt([0; 32]);
	assert!(!other.is_signed_by(&genesis, &patient.account()));
}

#[test]
fn pages_lead_to_the_end() {
	let list: Vec<u32> = (0..70).collect();
	let (mut from, mut seen) = (0, Vec::new());
	loop {
		let (some, next) = page(&list, from);
		seen.extend_from_slice(some);
		match next {
			Some(next) => from = next,
			None => break,
		}
	}
	assert_eq!(seen, list);
	assert_eq!(page(&list, 1000), (&[][..], None));
}

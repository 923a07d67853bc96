//! What is kept of statements, and when they are posted, without a node.

use super::*;
use crate::{
	disclosures::Access,
	emergency::shown,
	routes::tests::Harness,
	store::{unvouched, ChartRow, NewChart, CHARTS, EMERGENCIES, OUTBOX},
};
use axum::http::HeaderMap;
use salus_client::{
	keys::{Identity, KeyFile},
	vault_api::{encode_header, Head, ShownInEmergency, BREAK_GLASS_HEADER},
};
use salus_primitives::{
	break_glass::{BreakGlassTerms, Emergency, ShownBreakGlass, BREAK_GLASS_DOMAIN},
	codes::{Action, BreakGlassReason, Purpose, Role},
	decision::Accessor,
	disclosure::Subject,
	ids::{ChartId, Salt},
	seal::Opening,
};

const CHART: ChartId = ChartId([0xc4; 32]);
const NOW: Moment = 1_000_000_000_000;

fn brooks() -> Identity {
	KeyFile::from_dev_uri("//Lakeside//DrBrooks").unwrap().into_identity()
}

fn opening(salt: u8) -> Opening<BreakGlassTerms> {
	let terms = BreakGlassTerms { chart: CHART, custodian: 1 };
	Opening { terms, salt: Salt([salt; 32]) }
}

fn said(salt: u8) -> SignedStatement {
	let by = brooks();
	let statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: [1; 32],
		number: 7,
		head: [2; 32],
		account: by.account(),
		organisation: 2,
		reason: BreakGlassReason::Emergency,
		seal: opening(salt).seal(),
		at: NOW,
	};
	SignedStatement { statement, signature: by.sign(&statement.signable()[0]) }
}

/// Whoever shows the statement.
fn header(said: &SignedStatement, id: BreakGlassId) -> HeaderMap {
	let shown = ShownBreakGlass { id, opening: opening(1) };
	let sent = ShownInEmergency { shown, head: 7, statement: Some(*said) };
	let mut headers = HeaderMap::new();
	headers.insert(BREAK_GLASS_HEADER, encode_header(&sent).unwrap().parse().unwrap());
	headers
}

fn access() -> Access {
	let account = brooks().account();
	Access {
		account,
		chart: CHART,
		accessor: Accessor::Staff { account, organisation: 2, role: Role::Clinician },
		practitioner: Some(2),
		action: Action::Access,
		purpose: Purpose::EmergencyTreatment,
		subject: Subject::Listing,
		head: Head { number: 7, hash: [2; 32], at: NOW },
	}
}

#[test]
fn a_statement_is_shown_under_its_own_id() {
	let said = said(1);
	let read = shown(&header(&said, said.statement.id())).unwrap().unwrap();
	let Emergency::Statement(asked) = read.asked() else { panic!("a statement was shown") };
	assert_eq!((asked.statement, asked.opening), (said.statement, opening(1)));
	// What is seen comes from no header.
	assert_eq!(asked.seen, Default::default());
	let by_it = Basis::BreakGlass(said.statement.id());
	assert_eq!(read.statement_of(by_it), Some(said));
	assert_eq!(read.statement_of(Basis::Custodian), None);
	let other = BreakGlassId([1; 32]);
	assert!(matches!(shown(&header(&said, other)), Err(Error::Malformed(_))));
}

#[tokio::test]
async fn it_is_kept_once_with_the_line_of_the_log() {
	let harness = Harness::new();
	let vault = &harness.vault;
	vault
		.store
		.write::<_, StoreError>(|rows| {
			let new = NewChart { chart: CHART, key: [9; 32], encryption_key: unvouched([9; 32]) };
			rows.put(&CHARTS, &CHART, &ChartRow::empty(new))
		})
		.unwrap();
	let said = said(1);
	let id = said.statement.id();
	let reader = |headers| {
		let shown = shown(&headers).unwrap();
		Reader::in_emergency(brooks().account(), shown)
	};
	let reader = reader(header(&said, id));
	// What is released on another basis needs no statement.
	log_released(vault, access(), Basis::Custodian, &reader).await.unwrap();
	let kept = || vault.store.read(|rows| rows.first(&STATEMENT_POSTS, 9)).unwrap();
	assert!(kept().is_empty());
	for _ in 0..2 {
		log_released(vault, access(), Basis::BreakGlass(id), &reader).await.unwrap();
	}
	assert_eq!(
		kept().into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
		[(id, brooks().account())]
	);
	let (stored, told, lines) = vault
		.store
		.read(|rows| {
			Ok((
				rows.get(&STATEMENTS, &id)?,
				rows.get(&EMERGENCIES, &CHART)?,
				rows.first(&OUTBOX, 9)?.len(),
			))
		})
		.unwrap();
	assert_eq!((stored, lines), (Some(said), 3));
	assert_eq!(told.unwrap().first().map(|row| (row.id, row.releases)), Some((id, 2)));
}

#[tokio::test]
async fn a_clinician_has_a_bounded_number_of_them() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let keep_one = |salt: u8| store.write(|rows| keep(rows, &said(salt)));
	for salt in 0..MAX_OF_CLINICIAN {
		keep_one(u8::try_from(salt).unwrap()).unwrap();
	}
	assert!(matches!(keep_one(200), Err(Error::Busy)));
	// One that is kept goes on.
	keep_one(0).unwrap();
	let nothing = store.read(|rows| rows.get(&STATEMENTS, &said(200).statement.id())).unwrap();
	assert!(nothing.is_none());
}

#[test]
fn it_is_posted_in_its_time_and_once() {
	let statement = said(1).statement;
	assert_eq!(next(&statement, true, NOW), Next::Done);
	assert_eq!(next(&statement, false, NOW - 1), Next::Wait);
	assert_eq!(next(&statement, false, NOW), Next::Post);
	assert_eq!(next(&statement, false, NOW + MAX_POSTING), Next::Post);
	assert_eq!(next(&statement, false, NOW + MAX_POSTING + 1), Next::TooLate);
	assert_eq!(next(&statement, true, NOW + MAX_POSTING + 1), Next::Done);
}

#[tokio::test]
async fn without_a_node_it_waits() {
	let harness = Harness::new();
	round(&harness.vault).await.unwrap();
	harness.vault.store.write(|rows| keep(rows, &said(1))).unwrap();
	assert!(round(&harness.vault).await.is_err());
	let waits = harness.vault.store.read(|rows| rows.first(&STATEMENT_POSTS, 1)).unwrap();
	assert_eq!(waits.len(), 1);
}

//! What is kept of asks, what an answer must say, and what can be answered without a node.

use super::*;
use crate::routes::tests::{Harness, CHART};
use salus_client::{
	asks::ask,
	vault_api::{self as api, PostedCall},
};
use salus_primitives::{
	ask::Wish,
	codes::{AskState, DenialGround},
	views::AskView,
};

const GENESIS: [u8; 32] = [2; 32];
/// The number of the head that is looked at.
const HEAD: u32 = 10;

fn asked(at: Moment) -> (AskId, Opening<AskTerms>) {
	let statement = "before oral surgery".parse().unwrap();
	ask(&GENESIS, AskTerms { chart: CHART, wish: Wish::Transfer { to: 2 }, at, statement }).unwrap()
}

fn coming(opening: &Opening<AskTerms>) -> AskRow {
	AskRow {
		opening: opening.clone(),
		known: None,
		extensions: Vec::new(),
		answers: Vec::new(),
		inbox: None,
	}
}

fn viewed(ask: Ask) -> AskView {
	AskView { chart: CHART, ask, due: ask.due(), overdue: false }
}

/// Keeps one that is filed on chain.
fn filed(harness: &Harness, at: Moment) -> Ask {
	let (id, opening) = asked(at);
	let ask = Ask::filed(id, opening.seal(), at);
	let store = &harness.vault.store;
	store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	change(harness, ask);
	ask
}

fn change(harness: &Harness, ask: Ask) {
	let store = &harness.vault.store;
	store
		.write::<_, StoreError>(|rows| {
			// The others are as they were.
			let mut views: Vec<_> = of(rows, CHART)?.into_iter().map(|(ask, _)| ask).collect();
			views.retain(|known| known.id != ask.id);
			views.push(ask);
			let views: Vec<_> = views.into_iter().map(viewed).collect();
			refresh(rows, CHART, &views, HEAD)
		})
		.unwrap();
}

fn answer_of(ask: &Ask, granted: bool, salt: u8) -> Opening<AskAnswerTerms> {
	let ground = (!granted).then_some(DenialGround::NotMaintained);
	let statement = "ask the clinic across the street".parse().unwrap();
	let terms = AskAnswerTerms { chart: CHART, ask: ask.id, granted, ground, statement };
	Opening { terms, salt: Salt([salt; 32]) }
}

#[test]
fn an_answer_says_what_it_must_say() {
	let saying = |granted, ground, words: &str| {
		let statement = words.parse().unwrap();
		check(&AnswerAsk { granted, ground, statement })
	};
	let ground = Some(DenialGround::EndangersLife);
	assert!(saying(true, None, "").is_ok());
	assert!(saying(true, None, "it is in your vault").is_ok());
	assert!(saying(false, ground, "a doctor of another house reviews it").is_ok());
	assert!(saying(true, ground, "").is_err());
	assert!(saying(false, None, "no").is_err());
	assert!(saying(false, ground, " \n").is_err(), "no words");
	assert!(saying(false, ground, "red \u{1b}[31m").is_err());
	assert!(said(&"  ".parse().unwrap(), "why").is_err());
}

#[test]
fn an_ask_is_listed_once_it_is_on_the_chain() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (id, opening) = asked(5);
	store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	let listed = || store.read(|rows| of(rows, CHART)).unwrap().len();
	assert_eq!(listed(), 0);
	// Sent again it is the same, and another by its id is not taken.
	store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	let (_, other) = asked(6);
	let refused = store.write(|rows| keep(rows, CHART, id, coming(&other)));
	assert!(matches!(refused, Err(Error::SealMismatch)));
	// The chain has another seal by that id: it is not this one.
	change(&harness, Ask::filed(id, other.seal(), 7));
	assert_eq!(listed(), 0);
	change(&harness, Ask::filed(id, opening.seal(), 7));
	assert_eq!(listed(), 1);
	assert_eq!(store.read(|rows| sorted(rows)).unwrap().len(), 1);
	// One that is there is not dropped; one that the chain refused is.
	store.write(|rows| drop_coming(rows, CHART, id)).unwrap();
	assert_eq!(listed(), 1);
	let (refused, opening) = asked(8);
	store.write(|rows| keep(rows, CHART, refused, coming(&opening))).unwrap();
	store.write(|rows| drop_coming(rows, CHART, refused)).unwrap();
	let list = store.read(|rows| rows.get(&CHART_ASKS, &CHART)).unwrap().unwrap();
	assert_eq!(list, [id]);
}

#[test]
fn an_ask_that_the_chain_has_forgotten_is_over() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (first, second) = (filed(&harness, 10), filed(&harness, 20));
	let look = |views: &[AskView], head| {
		store.write(|rows| refresh(rows, CHART, views, head)).unwrap();
		let all = store.read(|rows| of(rows, CHART)).unwrap();
		all.into_iter().map(|(ask, _)| ask).collect::<Vec<_>>()
	};
	// A head of before it was filed says nothing.
	assert_eq!(look(&[], HEAD - 1), [first, second]);
	let over = Ask { state: AskState::Withdrawn, ..first };
	assert_eq!(look(&[viewed(second)], HEAD + 1), [over, second]);
	let inbox = store.read(|rows| sorted(rows)).unwrap();
	let seen: Vec<_> = inbox.iter().map(|row| (row.ask, row.open)).collect();
	assert_eq!(seen, [(second.id, true), (first.id, false)]);
	// An older head does not undo what a newer one said.
	assert_eq!(look(&[viewed(first), viewed(second)], HEAD), [over, second]);
	let answered = Ask { state: AskState::Granted, ended: Some(30), ..second };
	assert_eq!(look(&[viewed(answered)], HEAD + 2), [over, answered]);
	// One that never came in is waited for.
	let (id, opening) = asked(40);
	store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	assert_eq!(look(&[], HEAD + 3), [over, answered]);
	assert!(store.read(|rows| rows.get(&ASKS, &(CHART, id))).unwrap().is_some());
}

#[test]
fn charts_with_an_ask_on_its_way_are_looked_at_until_it_came_in() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (id, opening) = asked(5);
	store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	let harness = harness.killed();
	let store = &harness.vault.store;
	let waits = || -> Vec<_> {
		let page = store.page(&ASKS_COMING, None, 9).unwrap();
		page.into_iter().map(|(_, chart)| chart).collect()
	};
	store.write(|rows| refresh(rows, CHART, &[], HEAD)).unwrap();
	assert_eq!(waits(), [CHART]);
	change(&harness, Ask::filed(id, opening.seal(), 7));
	assert!(waits().is_empty());
	assert_eq!(store.read(|rows| sorted(rows)).unwrap()[0].ask, id);
}

#[test]
fn what_the_pool_refuses_may_be_on_its_way() {
	let said = |said: &str| said.to_string();
	let pool = ChainError::PoolRefused {
		call: said("Consent.file_ask"),
		detail: said("already imported"),
		help: "",
	};
	assert!(!is_refused(&pool));
}

#[test]
fn the_answer_on_the_chain_is_the_one_that_is_told() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let ask = filed(&harness, 10);
	let (granted, refused) = (answer_of(&ask, true, 1), answer_of(&ask, false, 2));
	store
		.write::<_, Error>(|rows| {
			let mut row = rows.get(&ASKS, &(CHART, ask.id))?.unwrap();
			assert_eq!(draft(&mut row.answers, granted.clone())?, granted);
			assert_eq!(draft(&mut row.answers, refused.clone())?, refused);
			// The same words have one seal, however often they are sent.
			assert_eq!(draft(&mut row.answers, answer_of(&ask, true, 9))?, granted);
			assert_eq!(row.answer(), None);
			Ok(rows.put(&ASKS, &(CHART, ask.id), &row)?)
		})
		.unwrap();
	let (state, answer) = (AskState::Refused, Some(refused.seal()));
	change(&harness, Ask { state, answer, ended: Some(20), ..ask });
	let (known, row) = store.read(|rows| of(rows, CHART)).unwrap().remove(0);
	assert_eq!(row.answers, std::slice::from_ref(&refused));
	let listed = row.listed(known, 30);
	assert_eq!((listed.state, listed.answer), (state, Some(refused)));
	assert!(!listed.overdue);
}

#[test]
fn different_words_that_may_be_on_their_way_are_bounded() {
	let ask = Ask::filed(AskId([1; 32]), Seal([1; 32]), 1);
	let mut drafts = Vec::new();
	for n in 0..MOST_DRAFTS {
		let mut answer = answer_of(&ask, true, 1);
		answer.terms.statement = format!("{n}").parse().unwrap();
		draft(&mut drafts, answer).unwrap();
	}
	assert!(matches!(draft(&mut drafts, answer_of(&ask, true, 1)), Err(Error::Busy)));
}

#[test]
fn the_inbox_has_the_open_ones_first() {
	let harness = Harness::new();
	let [late, early, ended, newest] = [30, 10, 20, 40].map(|at| filed(&harness, at));
	for ask in [ended, newest] {
		change(&harness, Ask { state: AskState::Withdrawn, ended: Some(50), ..ask });
	}
	let ids = || -> Vec<_> {
		let all = harness.vault.store.read(|rows| sorted(rows)).unwrap();
		all.into_iter().map(|row| row.ask).collect()
	};
	assert_eq!(ids(), [early.id, late.id, newest.id, ended.id]);
	// Put off, it is due after the other.
	change(&harness, Ask { extension: Some(Seal([7; 32])), ..early });
	assert_eq!(ids(), [late.id, early.id, newest.id, ended.id]);
}

#[test]
fn a_chart_keeps_so_many_and_forgets_the_oldest_that_ended() {
	let harness = Harness::new();
	let open = filed(&harness, 1);
	let first = filed(&harness, 2);
	change(&harness, Ask { state: AskState::Withdrawn, ended: Some(3), ..first });
	for at in 2..MOST_KEPT as u64 {
		let ask = filed(&harness, at);
		change(&harness, Ask { state: AskState::Withdrawn, ended: Some(at), ..ask });
	}
	let store = &harness.vault.store;
	let list = || store.read(|rows| rows.get(&CHART_ASKS, &CHART)).unwrap().unwrap();
	assert_eq!(list().len(), MOST_KEPT);
	filed(&harness, 999);
	assert_eq!(list().len(), MOST_KEPT);
	assert!(list().contains(&open.id) && !list().contains(&first.id));
	assert_eq!(store.read(|rows| rows.get(&ASKS, &(CHART, first.id))).unwrap(), None);
	assert_eq!(store.read(|rows| sorted(rows)).unwrap().len(), MOST_KEPT);
	// What never came to the chain is bounded, too.
	for at in 0..20 {
		let (id, opening) = asked(at);
		store.write(|rows| keep(rows, CHART, id, coming(&opening))).unwrap();
	}
	let unseen = |id: &&AskId| {
		let row = store.read(|rows| rows.get(&ASKS, &(CHART, **id))).unwrap().unwrap();
		row.known.is_none()
	};
	assert_eq!(list().iter().filter(unseen).count(), MOST_COMING);
}

#[test]
fn one_that_comes_with_a_holding_is_kept_whole() {
	let folder = Harness::new();
	let ask = filed(&folder, 10);
	let answer = answer_of(&ask, true, 1);
	let (state, sealed) = (AskState::Granted, Some(answer.seal()));
	let known = Ask { state, answer: sealed, ended: Some(20), ..ask };
	let opening = folder.vault.store.read(|rows| of(rows, CHART)).unwrap().remove(0).1.opening;
	let here = Harness::new();
	here.vault
		.store
		.write(|rows| arrived(rows, CHART, known, opening.clone(), None, Some(answer.clone())))
		.unwrap();
	let (kept, row) = here.vault.store.read(|rows| of(rows, CHART)).unwrap().remove(0);
	assert_eq!((kept, &row.opening, row.answer()), (known, &opening, Some(answer)));
	assert_eq!(here.vault.store.read(|rows| sorted(rows)).unwrap()[0].ask, ask.id);
}

#[tokio::test]
async fn nothing_is_told_without_the_chain() {
	let harness = Harness::new();
	filed(&harness, 10);
	let away = (503, "node-unavailable".to_string());
	let token = harness.token("//Patient");
	let route = api::CHART_ASKS.replace("{chart}", &CHART.to_string());
	assert_eq!(harness.refusal("GET", &route, Some(&token), "").await, away);
	assert_eq!(harness.refusal("GET", api::ASKS, Some(&token), "").await, away);
	let (id, opening) = asked(5);
	let call = PostedCall { transaction: vec![1, 2, 3] };
	let posted = serde_json::to_string(&PostedAsk { id, opening, call }).unwrap();
	assert_eq!(harness.refusal("POST", &route, Some(&token), posted).await, away);
	let route = api::ASK_ANSWER
		.replace("{chart}", &CHART.to_string())
		.replace("{ask}", &id.to_string());
	let yes = serde_json::json!({ "granted": true }).to_string();
	assert_eq!(harness.refusal("POST", &route, Some(&token), yes).await, away);
	let wrong = serde_json::json!({ "granted": true, "ground": "inmate" }).to_string();
	let refused = harness.refusal("POST", &route, Some(&token), wrong).await;
	assert_eq!(refused, (400, "malformed".into()));
	assert_eq!(harness.refusal("GET", api::ASKS, None, "").await.0, 401);
}

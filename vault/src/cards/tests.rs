//! Tries and locks, and what is refused before the chain is asked.

use super::*;
use crate::routes::tests::{Harness, CHART};
use salus_client::vault_api::{CardTask, CARD_OPENING, CARD_UNLOCKING, CHART_CARD, CHART_CARDS};

const CARD: Digest = Digest([1; 32]);
const OTHER: Digest = Digest([2; 32]);
const PATIENT: AccountBytes = [3; 32];
const DESK_A: AccountBytes = [4; 32];
const DESK_B: AccountBytes = [5; 32];
const OFFICER: AccountBytes = [6; 32];
const RIGHT: [u8; 32] = [7; 32];
const UNTIL: Moment = 1_000;

fn posted(sealed: u8) -> PostedCard {
	let pin = CardPin { proof: Digest::of(&RIGHT), pinned: [9; 72] };
	PostedCard { sealed: vec![sealed; 9], pin: Some(pin), until: UNTIL }
}

fn asked(proof: [u8; 32]) -> OpenCard {
	OpenCard { proof, task: CardTask::Permit }
}

/// A vault with one card.
fn harness() -> Harness {
	let harness = Harness::new();
	keep(&harness.vault.store, PATIENT, CHART, CARD, posted(8), 1).unwrap();
	harness
}

/// What an attempt comes to: the code of a refusal, or nothing.
fn tried(harness: &Harness, account: AccountBytes, proof: [u8; 32], at: Moment) -> &'static str {
	match attempt(&harness.vault.store, account, CARD, &asked(proof), at) {
		Ok(opened) => {
			assert_eq!((opened.sealed, opened.pinned), (vec![8; 9], [9; 72]));
			"opened"
		},
		Err(error) => error.status_and_code().1,
	}
}

fn released(harness: &Harness, account: AccountBytes) -> &'static str {
	match release(&harness.vault.store, account, CARD, 9) {
		Ok(()) => "unlocked",
		Err(error) => error.status_and_code().1,
	}
}

fn row(harness: &Harness) -> ListedCard {
	listed(&harness.vault.store, CHART).unwrap().cards[0]
}

/// What happened, and by whom.
fn lines(harness: &Harness) -> Vec<(AccountBytes, CardEvent)> {
	let lines = page(&harness.vault.store, CHART, 0).unwrap().uses;
	lines.iter().map(|line| (line.account, line.event)).collect()
}

#[test]
fn five_wrong_tries_lock_a_card_and_are_kept() {
	let harness = harness();
	for try_ in 0..CARD_TRIES {
		assert!(!row(&harness).locked);
		let desk = if try_ % 2 == 0 { DESK_A } else { DESK_B };
		assert_eq!(tried(&harness, desk, [0; 32], 2), "pin-wrong");
		assert_eq!(row(&harness).wrong, try_ + 1);
	}
	// The right one comes too late, and a kill changes nothing.
	assert_eq!(tried(&harness, DESK_A, RIGHT, 2), "card-locked");
	let harness = harness.killed();
	assert_eq!(tried(&harness, DESK_A, RIGHT, 2), "card-locked");
	assert!(row(&harness).locked);
	let mut expected = vec![(PATIENT, CardEvent::Made)];
	expected
		.extend([DESK_A, DESK_B, DESK_A, DESK_B, DESK_A].map(|desk| (desk, CardEvent::WrongPin)));
	assert_eq!(lines(&harness), expected);
	// Who tried does not unlock; another does, once until the next lock.
	assert_eq!(released(&harness, DESK_B), "card-tried");
	assert_eq!(released(&harness, OFFICER), "unlocked");
	assert_eq!(released(&harness, OFFICER), "unlocked");
	assert_eq!(row(&harness).unlockings, 1);
	assert_eq!(tried(&harness, DESK_A, RIGHT, 3), "opened");
	assert_eq!((row(&harness).wrong, row(&harness).unlockings), (0, 0));
	assert_eq!(row(&harness).used, Some(3));
	let end = [(OFFICER, CardEvent::Unlocked), (DESK_A, CardEvent::Opened(CardTask::Permit))];
	assert_eq!(lines(&harness)[6..], end);
}

#[test]
fn a_right_pin_gives_all_tries_back() {
	let harness = harness();
	for _ in 0..3 {
		for _ in 1..CARD_TRIES {
			assert_eq!(tried(&harness, DESK_A, [0; 32], 2), "pin-wrong");
		}
		assert_eq!(tried(&harness, DESK_A, RIGHT, 2), "opened");
	}
	let left = attempt(&harness.vault.store, DESK_A, CARD, &asked([0; 32]), 2).unwrap_err();
	assert!(matches!(left, Error::PinWrong(4)));
}

#[test]
fn who_tries_before_each_visit_comes_to_an_end() {
	let harness = harness();
	let mut tries = 0;
	while tries < CARD_TRIES_EVER {
		for _ in 1..CARD_TRIES.min(CARD_TRIES_EVER + 1 - tries) {
			assert_eq!(tried(&harness, DESK_A, [0; 32], 2), "pin-wrong");
			tries += 1;
		}
		let expected = if tries < CARD_TRIES_EVER { "opened" } else { "card-locked" };
		assert_eq!(tried(&harness, DESK_B, RIGHT, 2), expected);
	}
	assert_eq!((row(&harness).wrong_ever, row(&harness).locked), (CARD_TRIES_EVER, true));
	assert_eq!(released(&harness, OFFICER), "card-locked");
	let error = attempt(&harness.vault.store, DESK_A, CARD, &asked(RIGHT), 2).unwrap_err();
	assert!(matches!(error, Error::CardLocked { for_good: true }));
}

#[test]
fn each_opening_tells_what_happened_since_the_one_before() {
	let harness = harness();
	let open = |at| attempt(&harness.vault.store, DESK_B, CARD, &asked(RIGHT), at).unwrap().before;
	assert_eq!(open(2), CardBefore::default());
	for _ in 0..CARD_TRIES {
		assert_eq!(tried(&harness, DESK_A, [0; 32], 3), "pin-wrong");
	}
	assert_eq!(released(&harness, OFFICER), "unlocked");
	assert_eq!(tried(&harness, DESK_A, [0; 32], 4), "pin-wrong");
	let opening = |at| Some(CardOpening { at, account: DESK_B, task: CardTask::Permit });
	assert_eq!(open(9), CardBefore { wrong: 6, unlockings: 1, opened: opening(2) });
	assert_eq!(open(10), CardBefore { wrong: 0, unlockings: 0, opened: opening(9) });
}

#[test]
fn a_card_is_unlocked_three_times_and_no_more() {
	let harness = harness();
	for unlocking in 0..=CARD_UNLOCKINGS {
		for _ in 0..CARD_TRIES {
			assert_eq!(tried(&harness, DESK_A, [0; 32], 2), "pin-wrong");
		}
		let last = unlocking == CARD_UNLOCKINGS;
		assert_eq!(released(&harness, OFFICER), if last { "card-locked" } else { "unlocked" });
	}
	let error = attempt(&harness.vault.store, DESK_A, CARD, &asked(RIGHT), 2).unwrap_err();
	assert!(matches!(error, Error::CardLocked { for_good: true }));
}

#[test]
fn a_card_that_is_over_or_blocked_opens_nothing() {
	let harness = harness();
	assert_eq!(tried(&harness, DESK_A, RIGHT, UNTIL - 1), "opened");
	assert_eq!(tried(&harness, DESK_A, RIGHT, UNTIL), "card-unknown");
	let store = &harness.vault.store;
	// Not by the key of another chart.
	forget(store, PATIENT, ChartId([9; 32]), CARD, 3).unwrap();
	assert_eq!(tried(&harness, DESK_A, RIGHT, 3), "opened");
	forget(store, PATIENT, CHART, CARD, 3).unwrap();
	forget(store, PATIENT, CHART, CARD, 3).unwrap();
	assert_eq!(tried(&harness, DESK_A, RIGHT, 3), "card-unknown");
	assert!(listed(store, CHART).unwrap().cards.is_empty());
	let blocked = lines(&harness).into_iter().filter(|(_, event)| *event == CardEvent::Blocked);
	assert_eq!(blocked.count(), 1);
}

#[test]
fn a_card_is_sealed_anew_and_stays_the_same() {
	let harness = harness();
	let store = &harness.vault.store;
	assert_eq!(tried(&harness, DESK_A, [0; 32], 2), "pin-wrong");
	keep(store, PATIENT, CHART, CARD, PostedCard { pin: None, ..posted(8) }, 2).unwrap();
	// Neither gives it another PIN, nor tries back; nor takes another's card over.
	assert_eq!(row(&harness).wrong, 1);
	let other = CardPin { proof: OTHER, pinned: [9; 72] };
	let other_pin = PostedCard { pin: Some(other), ..posted(8) };
	let codes = [
		keep(store, PATIENT, CHART, CARD, other_pin, 2),
		keep(store, PATIENT, ChartId([9; 32]), CARD, posted(8), 2),
		keep(store, PATIENT, CHART, OTHER, PostedCard { pin: None, ..posted(8) }, 2),
		keep(store, PATIENT, CHART, OTHER, PostedCard { until: 2, ..posted(8) }, 2),
		keep(store, PATIENT, CHART, OTHER, PostedCard { until: u64::MAX, ..posted(8) }, 2),
		keep(store, PATIENT, CHART, OTHER, PostedCard { sealed: vec![0; 4097], ..posted(8) }, 2),
	]
	.map(|kept| kept.unwrap_err().status_and_code().1);
	let malformed = "malformed";
	let expected =
		["already-exists", "already-exists", "card-unknown", malformed, malformed, malformed];
	assert_eq!(codes, expected);
	assert_eq!(lines(&harness).len(), 2);
}

#[test]
fn a_chart_has_so_many_cards_and_those_over_make_room() {
	let harness = harness();
	let store = &harness.vault.store;
	let card = |number: usize| Digest([u8::try_from(number + 100).unwrap(); 32]);
	for number in 1..MAX_CARDS {
		let posted = PostedCard { until: 2_000, ..posted(8) };
		keep(store, PATIENT, CHART, card(number), posted, 1).unwrap();
	}
	let next = || PostedCard { until: 2_000, ..posted(8) };
	let full = keep(store, PATIENT, CHART, card(MAX_CARDS), next(), 1).unwrap_err();
	assert!(matches!(full, Error::TooManyCards(MAX_CARDS)));
	keep(store, PATIENT, CHART, card(MAX_CARDS), next(), UNTIL).unwrap();
	let there = listed(store, CHART).unwrap().cards;
	assert_eq!(there.len(), MAX_CARDS);
	assert!(there.iter().all(|listed| listed.card != CARD));
}

#[test]
fn lines_come_in_pages() {
	let harness = harness();
	let store = &harness.vault.store;
	for _ in 0..CARD_USES_PER_PAGE {
		attempt(store, DESK_A, CARD, &asked(RIGHT), 2).unwrap();
	}
	let first = page(store, CHART, 0).unwrap();
	assert_eq!((first.uses.len(), first.next), (256, Some(256)));
	let last = page(store, CHART, 256).unwrap();
	assert_eq!((last.uses.len(), last.next), (1, None));
	assert!(page(store, CHART, u32::MAX).unwrap().uses.is_empty());
}

#[tokio::test]
async fn only_the_patient_sees_cards_and_desks_are_asked_for_their_standing() {
	let harness = harness();
	let of_chart = CHART_CARDS.replace("{chart}", &CHART.to_string());
	let patient = harness.token("//Patient");
	let (status, list): (_, CardList) = harness.send("GET", &of_chart, Some(&patient), "").await;
	assert_eq!((status, list.cards.len()), (200, 1));
	let uses = format!("/charts/{CHART}/card-uses");
	let (_, lines): (_, CardUsePage) = harness.send("GET", &uses, Some(&patient), "").await;
	assert_eq!(lines.uses.len(), 1);
	let desk = harness.token("//Mercy//DrAdams");
	for route in [&of_chart, &uses] {
		let refused = harness.refusal("GET", route, Some(&desk), "").await;
		assert_eq!(refused, (403, "not-the-charts-key".into()));
	}
	// Standing, and whose chart it is, are the chain's to say, and our node is away.
	let card = CARD.to_string();
	let one = CHART_CARD.replace("{chart}", &CHART.to_string()).replace("{card}", &card);
	let opening = CARD_OPENING.replace("{card}", &card);
	let body = serde_json::to_string(&asked(RIGHT)).unwrap();
	let json = serde_json::to_string(&posted(1)).unwrap();
	for (method, route, body) in [
		("POST", opening.as_str(), body.as_str()),
		("POST", &CARD_UNLOCKING.replace("{card}", &card), ""),
		("PUT", &one, &json),
		("DELETE", &one, ""),
	] {
		let refused = harness.refusal(method, route, Some(&desk), body.to_owned()).await;
		assert_eq!(refused, (503, "node-unavailable".into()), "{method} {route}");
		assert_eq!(harness.refusal(method, route, None, body.to_owned()).await.0, 401);
	}
}

//! One use, kept over kills and restores, and what is refused before the chain is asked.

use super::*;
use crate::routes::tests::{Harness, CHART};
use salus_client::vault_api::{Answer, RendezvousCode, RequestAnswer, RENDEZVOUS_OPENING};
use salus_primitives::{
	codes::{Action, Actions, Categories, Purpose},
	directive::RequestTerms,
	ids::Salt,
	seal::Opening,
	time::Period,
};

/// Of the harness' chain.
const GENESIS: [u8; 32] = [2; 32];
const REQUESTER: AccountBytes = [3; 32];
const REQUEST: RequestId = RequestId([4; 32]);
const LAPSES: Moment = 1_000;

fn code(n: u8) -> RendezvousCode {
	[n; 16].into()
}

fn posted(id: RequestId, chart: ChartId) -> PostedRequest {
	let terms = RequestTerms {
		chart,
		practitioner: 2,
		organisation: 1,
		custodian: None,
		categories: Categories::all(),
		actions: Actions::of(&[Action::Access]),
		purpose: Purpose::Treatment,
		period: Period { from: 0, until: None },
	};
	PostedRequest { id, opening: Opening { terms, salt: Salt([5; 32]) } }
}

/// A vault with one rendezvous, of this code.
fn harness(n: u8) -> Harness {
	let harness = Harness::new();
	kept(&harness, REQUEST, code(n).id(&GENESIS), LAPSES).unwrap();
	harness
}

fn kept(
	harness: &Harness,
	request: RequestId,
	id: ChartId,
	lapses: Moment,
) -> Result<(), &'static str> {
	keep(&harness.vault.store, REQUESTER, posted(request, id), lapses, 10)
		.map_err(|error| error.status_and_code().1)
}

/// What comes of a use of this name.
fn used(harness: &Harness, n: u8, name: u8) -> &'static str {
	let id = code(n).id(&GENESIS);
	let begun = harness.vault.store.write(|rows| begin(rows, id, Digest([name; 32])));
	match begun {
		Ok(row) => {
			assert_eq!((row.requester, row.opening.terms.chart), (REQUESTER, id));
			"opened"
		},
		Err(error) => error.status_and_code().1,
	}
}

#[test]
fn it_is_opened_once_and_a_kill_changes_nothing() {
	let harness = harness(1);
	assert_eq!(used(&harness, 1, 7), "opened");
	assert_eq!(used(&harness, 1, 8), "rendezvous-used");
	let harness = harness.killed();
	assert_eq!(used(&harness, 1, 8), "rendezvous-used");
	assert_eq!(used(&harness, 1, 7), "opened", "who has it goes on");
	// Brought again, it is the same and gives no second use.
	kept(&harness, REQUEST, code(1).id(&GENESIS), LAPSES).unwrap();
	assert_eq!(used(&harness, 1, 8), "rendezvous-used");
	assert_eq!(used(&harness, 2, 7), "rendezvous-unknown");
}

#[test]
fn after_a_restore_none_of_before_begins() {
	let harness = harness(1);
	kept(&harness, RequestId([6; 32]), code(2).id(&GENESIS), LAPSES).unwrap();
	assert_eq!(used(&harness, 1, 7), "opened");
	let since = |at| {
		harness
			.vault
			.store
			.write::<_, StoreError>(|rows| crate::links::after_restore(rows, at))
			.unwrap();
	};
	since(10);
	assert_eq!(used(&harness, 2, 7), "rendezvous-used");
	assert_eq!(used(&harness, 1, 7), "opened", "the backup has its use");
	since(9);
	assert_eq!(used(&harness, 2, 7), "opened");
}

#[test]
fn a_rendezvous_is_of_one_request_and_no_charts() {
	let harness = harness(1);
	let id = code(1).id(&GENESIS);
	assert_eq!(kept(&harness, RequestId([6; 32]), id, LAPSES), Err("already-exists"));
	assert_eq!(kept(&harness, RequestId([6; 32]), CHART, LAPSES), Err("already-exists"));
	let other = code(2).id(&GENESIS);
	assert_eq!(kept(&harness, REQUEST, other, LAPSES), Err("already-exists"));
	let read = harness.vault.store.read(|rows| rows.get(&RENDEZVOUS, &other)).unwrap();
	assert_eq!(read, None);
}

#[tokio::test]
async fn what_is_over_is_purged_and_answers_stay() {
	let harness = Harness::new();
	let answered = RequestId([9; 32]);
	for n in 0..3 {
		let id = code(n).id(&GENESIS);
		kept(&harness, RequestId([n; 32]), id, LAPSES + u64::from(n)).unwrap();
	}
	kept(&harness, answered, code(9).id(&GENESIS), LAPSES).unwrap();
	let store = &harness.vault.store;
	store
		.write::<_, StoreError>(|rows| {
			let row = rows.get(&REQUESTS, &answered)?.unwrap();
			rows.put(&REQUESTS, &answered, &RequestRow { answer: Some(vec![1]), ..row })
		})
		.unwrap();
	let over = LAPSES + RENDEZVOUS_KNOWN_AFTER;
	for (at, removed) in [(over - 1, 0), (over + 1, 2), (over + 1, 0), (over + 2, 2)] {
		assert_eq!(purge(&harness.vault, at).await.unwrap(), removed, "{at}");
	}
	store
		.read(|rows| {
			assert!(rows.first(&RENDEZVOUS_ENDS, 9)?.is_empty());
			for n in [0, 1, 2, 9] {
				assert_eq!(rows.get(&RENDEZVOUS, &code(n).id(&GENESIS))?, None);
				assert_eq!(rows.get(&REQUESTS, &RequestId([n; 32]))?.is_some(), n == 9);
			}
			Ok(())
		})
		.unwrap();
}

#[tokio::test]
async fn codes_that_nobody_made_are_refused_before_the_chain_is_asked() {
	let harness = Harness::new();
	let id = code(1).id(&GENESIS);
	kept(&harness, REQUEST, id, now()).unwrap();
	let ask = |id: ChartId, n: u8| {
		let route = RENDEZVOUS_OPENING.replace("{rendezvous}", &id.to_string());
		let body = OpenRendezvous { code: code(n), attempt: [7; 32] };
		let body = serde_json::to_string(&body).unwrap();
		let harness = &harness;
		async move { harness.refusal("POST", &route, None, body).await }
	};
	let unknown = (404, "rendezvous-unknown".to_owned());
	assert_eq!(ask(id, 2).await, unknown, "a wrong code");
	assert_eq!(ask(code(2).id(&GENESIS), 2).await, unknown, "one that nobody made");
	assert_eq!(ask(code(1).id(&[9; 32]), 1).await, unknown, "of another chain");
	// The right code asks the chain, so often and no more.
	let mut refused = ask(id, 1).await;
	assert_eq!(refused, (503, "node-unavailable".to_owned()));
	for _ in 0..100 {
		refused = ask(id, 1).await;
	}
	assert_eq!(refused, (429, "too-many-requests".to_owned()));
	// Nothing was used by it.
	assert_eq!(used(&harness, 1, 8), "opened");
}

#[tokio::test]
async fn an_answer_says_what_it_must_say() {
	let harness = harness(1);
	let answer = |declined, answers: Vec<Answer>| {
		let by = OpenRendezvous { code: code(2), attempt: [7; 32] };
		let asked = AnswerRendezvous { by, answer: RequestAnswer { answers, declined } };
		let harness = &harness;
		async move {
			let answered = answer(&harness.vault, code(1).id(&GENESIS), asked).await;
			answered.unwrap_err().status_and_code().1
		}
	};
	assert_eq!(answer(false, Vec::new()).await, "malformed");
	assert_eq!(answer(true, Vec::new()).await, "rendezvous-unknown", "a wrong code");
}

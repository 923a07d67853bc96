//! Where a holding is by the chain's word, who is served then, and what the receiver does next.

use super::*;
use crate::{
	custody::{rows::ArrivedRecord, PullError},
	holding::{
		by_the_chain,
		copy::{begin, next, Next, Tasks},
		hand::gives_to,
		last::{expired, is_away, note_closing, set_ready, word, Word},
		served, Own, Served,
	},
	routes::tests::Harness,
	store::{ClosedRow, WaitingRecord, ARRIVED},
};
use axum::http::Method;
use salus_client::vault_api::{self as api, ReceivingState};
use salus_primitives::views::HoldingView;

fn holding(offered: Option<u32>, given: Option<u32>) -> HoldingView {
	let keeper = given.unwrap_or(1);
	HoldingView { organisation: 1, keeper, given, offered, records: 0, batches: 0 }
}

const CLOSED: ClosedRow = ClosedRow { to: 2, until: 100, closing: [7; 32], opened: false };

#[test]
fn a_closed_vault_opens_by_itself_unless_it_was_accepted() {
	let of = |view: HoldingView, at, closed| by_the_chain(&view, at, closed);
	assert_eq!(of(holding(None, None), 1, None), Own::Kept);
	assert_eq!(of(holding(Some(2), None), 1, None), Own::Offered(2));
	assert_eq!(of(holding(Some(2), None), 100, Some(CLOSED)), Own::Closed(CLOSED));
	// Over, withdrawn, or offered to another since.
	assert_eq!(of(holding(Some(2), None), 101, Some(CLOSED)), Own::Offered(2));
	assert_eq!(of(holding(None, None), 1, Some(CLOSED)), Own::Kept);
	assert_eq!(of(holding(Some(3), None), 1, Some(CLOSED)), Own::Offered(3));
	// Accepted: also seen by a vault that was restored from a backup of before.
	for closed in [None, Some(CLOSED)] {
		let moved = Own::Moved { to: 2, keeper: 2 };
		assert_eq!(of(holding(None, Some(2)), 101, closed), moved);
	}
}

#[test]
fn it_goes_to_whom_it_is_offered_and_to_who_took_it_over() {
	assert!(gives_to(&holding(Some(2), None), 2) && gives_to(&holding(None, Some(2)), 2));
	for view in [holding(None, None), holding(Some(3), None), holding(None, Some(3))] {
		assert!(!gives_to(&view, 2));
	}
}

#[test]
fn what_changes_what_moves_is_not_taken_while_it_is_offered() {
	use Served::{Always, WhileKept, WhileNotOffered};
	let cases = [
		(Method::GET, api::HEALTH, Always),
		(Method::POST, api::SIGN_IN, Always),
		(Method::GET, api::HOLDINGS, Always),
		(Method::GET, api::HANDED_CHARTS, Always),
		(Method::POST, api::HOLDING_CLOSURE, Always),
		(Method::POST, api::RELEASE, WhileKept),
		(Method::GET, api::CHART_RECORDS, WhileKept),
		(Method::POST, api::CHART_DIRECTIVES, WhileKept),
		(Method::POST, api::CHART_REQUEST_ANSWER, WhileKept),
		(Method::DELETE, api::UPLOAD, WhileKept),
		(Method::GET, "/fhir/Binary/{id}", WhileKept),
		(Method::POST, api::CHARTS, WhileNotOffered),
		(Method::POST, api::CHART_RECORDS, WhileNotOffered),
		(Method::POST, api::UPLOADS, WhileNotOffered),
		(Method::PATCH, api::UPLOAD, WhileNotOffered),
		(Method::PUT, api::BULK_PAGE, WhileNotOffered),
		(Method::POST, api::ENTERED_IN_ERROR, WhileNotOffered),
		(Method::POST, api::CHART_PETITIONS, WhileNotOffered),
		(Method::POST, api::PETITION_ANSWER, WhileNotOffered),
		(Method::DELETE, api::PETITION, WhileNotOffered),
		(Method::POST, api::RECORD_HOLDS, WhileNotOffered),
		(Method::DELETE, api::RECORD_HOLD, WhileNotOffered),
		(Method::POST, api::CHART_TRANSFERS, WhileNotOffered),
		(Method::POST, api::RECEIPTS, WhileNotOffered),
		(Method::POST, api::HOLDING_RECEIPT, WhileNotOffered),
	];
	for (method, path, expected) in cases {
		assert_eq!(served(&method, path), expected, "{method} {path}");
	}
}

#[tokio::test]
async fn callers_hear_why_they_are_turned_away() {
	let harness = Harness::new();
	let holdings = &harness.vault.holdings;
	let token = harness.token("//Patient");
	let chart = ChartId([0xc4; 32]).to_string();
	let records = api::CHART_RECORDS.replace("{chart}", &chart);
	let log = api::CHART_DISCLOSURES.replace("{chart}", &chart);
	holdings.set(Own::Offered(7));
	let refused = harness.refusal("POST", &records, Some(&token), "bytes").await;
	assert_eq!(refused, (409, "holding-offered".into()));
	// Reads go on.
	let (status, _): (_, serde_json::Value) = harness.send("GET", &log, Some(&token), "").await;
	assert_eq!(status, 200);
	for (own, expected) in [
		(Own::Closed(CLOSED), (503, "holding-closed")),
		(Own::Moved { to: 7, keeper: 8 }, (410, "holding-moved")),
	] {
		holdings.set(own);
		for (method, route) in [("POST", &records), ("GET", &log)] {
			let (status, said): (_, api::ErrorBody) =
				harness.send(method, route, Some(&token), "").await;
			assert_eq!((status, &*said.code), expected, "{method} {route}");
			if expected.0 == 410 {
				assert!(said.message.contains("organisation 8"), "{}", said.message);
			}
		}
		// Nobody writes a line of a log there, whoever was let in before.
		assert!(holdings.logging().await.is_err());
		let (status, _): (_, api::Health) = harness.send("GET", api::HEALTH, None, "").await;
		assert_eq!(status, 200);
		let query = "?organisation=7&from=0";
		let pages = format!("{}{query}", api::HANDED_CHARTS);
		let refused = harness.refusal("GET", &pages, Some(&token), "").await;
		assert_eq!(refused, (503, "node-unavailable".into()));
	}
	assert_eq!(holdings.in_progress(), 0);
}

#[tokio::test]
async fn holdings_fail_closed_without_a_node() {
	let harness = Harness::new();
	let token = harness.token("//Mercy//Admin");
	let chart = CHART.to_string();
	let query = "?organisation=2&from=0";
	let receive = serde_json::to_string(&api::ReceiveHolding { from: 2 }).unwrap();
	for (method, route, query, body) in [
		("GET", api::HOLDINGS, "", String::new()),
		("POST", api::HOLDING_RECEIPT, "", receive.clone()),
		("POST", api::HOLDING_READINESS, "", receive),
		("GET", api::HANDED_CHARTS, query, String::new()),
		("GET", api::HANDED_CHART, query, String::new()),
		("GET", api::HANDED_DISCLOSURES, query, String::new()),
		("GET", api::HANDED_BATCH, query, String::new()),
		("GET", api::HANDED_CONTENT, query, String::new()),
		("POST", api::HOLDING_CLOSURE, query, String::new()),
	] {
		let path = format!("{route}{query}")
			.replace("{chart}", &chart)
			.replace("{number}", "0")
			.replace("{batch}", &TREE.to_string())
			.replace("{record}", &id(1).to_string());
		let refused = harness.refusal(method, &path, Some(&token), body).await;
		assert_eq!(refused, (503, "node-unavailable".into()), "{method} {route}");
	}
}

fn row(state: ReceivingState, until: Option<u64>) -> ReceivingRow {
	ReceivingRow { state, until, ..ReceivingRow::begun(1) }
}

#[test]
fn the_chain_says_what_the_receiver_does_next() {
	use ReceivingState as S;
	let offered = holding(Some(2), None);
	let ours = holding(None, Some(2));
	let of = |state, until, view: &HoldingView, at| next(&row(state, until), view, 2, at);
	assert_eq!(of(S::Copying, None, &offered, 1), Next::Copy);
	assert_eq!(of(S::Copied, None, &offered, 1), Next::Refresh);
	assert_eq!(of(S::Closing, None, &offered, 1), Next::Close);
	assert_eq!(of(S::Closing, Some(100), &offered, 100), Next::Close);
	// The giver is not kept closed for ever by a last pass that comes to no end.
	assert_eq!(of(S::Closing, Some(100), &offered, 101), Next::Expire);
	assert_eq!(of(S::Ready, Some(100), &offered, 100), Next::Wait);
	assert_eq!(of(S::Ready, Some(100), &offered, 101), Next::Expire);

	// Accepted: the giver is asked once more, in time or not.
	assert_eq!(of(S::Ready, Some(100), &ours, 100), Next::Confirm);
	assert_eq!(of(S::Ready, Some(100), &ours, 101), Next::Confirm);
	// Too early: it is copied and compared chart by chart.
	for state in [S::Copying, S::Copied, S::Closing, S::Activating] {
		assert_eq!(of(state, Some(100), &ours, 999), Next::Take, "{state:?}");
	}
	let confirmed = ReceivingRow { confirmed: true, ..row(S::Activating, None) };
	assert_eq!(next(&confirmed, &ours, 2, 999), Next::Activate);

	// Withdrawn, or given to another.
	for view in [holding(None, None), holding(Some(3), None), holding(None, Some(3))] {
		for state in [S::Copying, S::Copied, S::Closing, S::Ready] {
			assert_eq!(of(state, Some(100), &view, 1), Next::Remove, "{state:?}");
		}
	}
}

#[test]
fn the_last_pass_comes_after_the_first() {
	use ReceivingState as S;
	let folder = tempfile::tempdir().unwrap();
	let store = open(&folder, 2);
	begin(&store, 1, false).unwrap();
	assert_eq!(receiving(&store).state, S::Copying);
	assert!(matches!(begin(&store, 1, true), Err(Error::AlreadyExists(_))));
	let put = |state| {
		store
			.write::<_, StoreError>(|rows| rows.set(&RECEIVING, 0, &row(state, Some(100))))
			.unwrap();
	};
	for (was, last_pass, is) in [
		(S::Copied, true, S::Closing),
		(S::Copied, false, S::Copied),
		// What was compared before may have changed since: the giver is asked anew.
		(S::Ready, true, S::Closing),
		(S::Ready, false, S::Ready),
		(S::Kept, false, S::Kept),
		(S::Withdrawn, false, S::Copying),
	] {
		put(was);
		begin(&store, 1, last_pass).unwrap();
		let now = receiving(&store);
		assert_eq!(now.state, is, "{was:?}");
		// Only who asks for a last pass has the giver close once more.
		assert_eq!((now.again, now.until.is_none()), (is == S::Closing, is == S::Closing));
	}
	assert_eq!(store.read(|rows| rows.first(&RECEIVING, 9)).unwrap().len(), 1);
}

#[test]
fn the_first_word_of_how_long_the_giver_is_closed_counts() {
	let mut closing = ReceivingRow { again: true, ..row(ReceivingState::Closing, None) };
	note_closing(&mut closing, 100, [1; 32]);
	note_closing(&mut closing, 900, [2; 32]);
	assert_eq!((closing.until, closing.closing, closing.again), (Some(100), Some([1; 32]), false));
	// Over: another is asked for by an administrator alone.
	expired(&mut closing);
	assert_eq!(closing, row(ReceivingState::Copied, None));
}

/// A record that came from the giver by itself and is not taken over yet.
fn arrived() -> ArrivedRecord {
	let PendingRecord { id, opening, replaces, media_type, wraps, body } =
		pending(1, 0, Body::Segments(vec![segment(1)]));
	let terms = opening.terms;
	let new = api::NewRecord {
		id,
		replaces,
		version: terms.version,
		category: terms.category,
		confidentiality: terms.confidentiality,
		sensitivity: terms.sensitivity,
		author: terms.author,
		encounter: terms.encounter,
		clinical_date: terms.clinical_date,
		media_type,
		size: terms.size,
		content_digest: terms.content_digest,
		ciphertext_digest: terms.ciphertext_digest,
		wraps,
	};
	ArrivedRecord { from: 1, record: WaitingRecord { chart: CHART, new, body } }
}

#[test]
fn nothing_is_ready_while_records_come_one_by_one() {
	use ReceivingState as S;
	let folder = tempfile::tempdir().unwrap();
	let store = open(&folder, 2);
	let put = |state| {
		store
			.write::<_, StoreError>(|rows| rows.set(&RECEIVING, 0, &row(state, Some(100))))
			.unwrap();
	};
	begin(&store, 1, false).unwrap();
	put(S::Copied);
	let number = store.write::<_, StoreError>(|rows| rows.push(&ARRIVED, &arrived())).unwrap();
	assert!(matches!(begin(&store, 1, true), Err(Error::AlreadyExists(_))));
	assert_eq!(receiving(&store).state, S::Copied);
	// One that arrived just before.
	put(S::Closing);
	assert!(!set_ready(&store, 0).unwrap());
	assert_eq!(receiving(&store).state, S::Closing);
	// None of them gets a place in a chart meanwhile.
	for state in [S::Closing, S::Ready, S::Activating] {
		put(state);
		let placed = crate::custody::give_places(&store, vec![(number, arrived())]).unwrap();
		assert!(placed.is_empty(), "{state:?}");
		assert_eq!(store.read(|rows| rows.first(&ARRIVED, 9)).unwrap().len(), 1);
	}
	put(S::Closing);
	store.write::<_, StoreError>(|rows| rows.drop_at(&ARRIVED, number)).unwrap();
	assert!(set_ready(&store, 0).unwrap());
	assert_eq!(receiving(&store).state, S::Ready);
}

#[test]
fn after_the_acceptance_the_giver_is_asked_once_more() {
	let own = api::HoldingTotals { charts: 1, rows: 2, digest: Digest([1; 32]) };
	let ready = ReceivingRow { closing: Some([1; 32]), ..row(ReceivingState::Ready, Some(100)) };
	let said = api::HoldingClosed {
		until: None,
		closing: [1; 32],
		waiting: 0,
		fault: None,
		totals: Some(own),
		unreadable: Vec::new(),
	};
	assert_eq!(word(&ready, &said, &own), Word::Same);
	// Withdrawn and offered again meanwhile, or restored: it served in between.
	let opened = api::HoldingClosed { closing: [0; 32], ..said.clone() };
	assert_eq!(word(&ready, &opened, &own), Word::Other);
	let more = api::HoldingTotals { rows: 3, ..own };
	let grown = api::HoldingClosed { totals: Some(more), ..said.clone() };
	assert_eq!(word(&ready, &grown, &own), Word::Other);
	// Its node trails ours, or it has something on its way.
	let trails = api::HoldingClosed { until: Some(100), ..said.clone() };
	let busy = api::HoldingClosed { totals: None, waiting: 1, ..said };
	assert_eq!(word(&ready, &trails, &own), Word::Later);
	assert_eq!(word(&ready, &busy, &own), Word::Later);
}

#[test]
fn only_a_giver_that_can_not_be_asked_is_away() {
	let said = |status| {
		let (code, message) = (String::new(), String::new());
		PullError::There(salus_client::Error::Vault { status, code, message, reason: None })
	};
	assert!(is_away(&said(503)) && !is_away(&said(409)) && !is_away(&said(401)));
	assert!(!is_away(&PullError::Wrong("another digest")));
	assert!(!is_away(&PullError::Here(Error::NodeUnavailable(String::new()))));
}

#[tokio::test]
async fn no_holding_waits_for_another() {
	let mut tasks = Tasks::default();
	// One is copied for days.
	tasks.begin(1, std::future::pending());
	for _ in 0..3 {
		tasks.begin(1, async { panic!("worked on twice at once") });
		tasks.begin(2, async {});
		assert!(tasks.ended().await);
	}
}

#[tokio::test]
async fn what_is_on_its_way_here_is_not_unknown() {
	let harness = Harness::new();
	let unknown = ChartId([0x99; 32]);
	let token = harness.token("//Patient");
	let log = api::CHART_DISCLOSURES.replace("{chart}", &unknown.to_string());
	let refused = harness.refusal("GET", &log, Some(&token), "").await;
	assert_eq!(refused, (404, "chart-unknown".into()));
	let begun = ReceivingRow { state: ReceivingState::Activating, ..ReceivingRow::begun(9) };
	let store = &harness.vault.store;
	store.write::<_, StoreError>(|rows| rows.push(&RECEIVING, &begun)).unwrap();
	// Whether it is of the holding the chain says, which can not be asked here.
	let refused = harness.refusal("GET", &log, Some(&token), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let kept = ReceivingRow { state: ReceivingState::Kept, ..begun };
	store.write::<_, StoreError>(|rows| rows.set(&RECEIVING, 0, &kept)).unwrap();
	let refused = harness.refusal("GET", &log, Some(&token), "").await;
	assert_eq!(refused, (404, "chart-unknown".into()));
}

//! Where a holding is by the chain's word, who is served then, and what the receiver does next.

use super::*;
use crate::{
	holding::{
		by_the_chain,
		copy::{begin, next, Next},
		hand::gives_to,
		served, Own, Served,
	},
	routes::tests::Harness,
	store::ClosedRow,
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

fn row(state: ReceivingState, ready_until: Option<u64>) -> ReceivingRow {
	ReceivingRow { state, ready_until, ..ReceivingRow::begun(1) }
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
	assert_eq!(of(S::Ready, Some(100), &offered, 100), Next::Wait);
	assert_eq!(of(S::Ready, Some(100), &offered, 101), Next::Expire);

	// Accepted in time: what is here is all there is.
	assert_eq!(of(S::Ready, Some(100), &ours, 100), Next::Activate);
	// Accepted later, or too early: it is copied and compared first.
	assert_eq!(of(S::Ready, Some(100), &ours, 101), Next::Close);
	assert_eq!(of(S::Copying, None, &ours, 1), Next::Copy);
	assert_eq!(of(S::Copied, None, &ours, 1), Next::Close);
	assert_eq!(of(S::Closing, None, &ours, 1), Next::Close);
	assert_eq!(of(S::Activating, None, &ours, 999), Next::Activate);

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
			.write::<_, StoreError>(|rows| rows.set(&RECEIVING, 0, &row(state, None)))
			.unwrap();
	};
	for (was, last_pass, is) in [
		(S::Copied, true, S::Closing),
		(S::Copied, false, S::Copied),
		(S::Ready, true, S::Ready),
		(S::Kept, false, S::Kept),
		(S::Withdrawn, false, S::Copying),
	] {
		put(was);
		begin(&store, 1, last_pass).unwrap();
		assert_eq!(receiving(&store).state, is, "{was:?}");
	}
	assert_eq!(store.read(|rows| rows.first(&RECEIVING, 9)).unwrap().len(), 1);
}

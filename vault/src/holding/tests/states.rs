//! Where a holding is by the chain's word, who is served then, and what the receiver does next.

use super::*;
use crate::{
	custody::{rows::ArrivedRecord, PullError},
	holding::{
		asked::{count, Asked, AskedChart, Counted},
		by_the_chain,
		copy::{begin, next, Next, Tasks},
		give::open_fault,
		hand::{closing_of, gives_to, shut},
		last::{expired, is_away, note_closing, set_ready, word, Word},
		note, served, Holdings, Own, Served,
	},
	routes::tests::Harness,
	store::{ClosedRow, WaitingRecord, ARRIVED, HANDED, HOLDING_CLOSED},
};
use axum::http::Method;
use salus_client::vault_api::{self as api, ReceivingState};
use salus_primitives::views::HoldingView;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};

fn holding(offered: Option<u32>, given: Option<u32>) -> HoldingView {
	let keeper = given.unwrap_or(1);
	HoldingView { organisation: 1, keeper, given, offered, records: 0, batches: 0 }
}

const CLOSED: ClosedRow = ClosedRow { to: 2, until: 100, closing: [7; 32], opened: false };

#[test]
fn a_closed_vault_opens_by_itself_unless_it_was_accepted() {
	let of = |view: HoldingView, at, closed| by_the_chain(&view, &head(9, at), closed, None);
	assert_eq!(of(holding(None, None), 1, None), Own::Kept);
	assert_eq!(of(holding(Some(2), None), 1, None), Own::Offered(2));
	assert_eq!(of(holding(Some(2), None), 100, Some(CLOSED)), Own::Closed(CLOSED));
	// Over, withdrawn, or offered to another since; or it has opened before.
	let opened = ClosedRow { opened: true, ..CLOSED };
	assert_eq!(of(holding(Some(2), None), 100, Some(opened)), Own::Offered(2));
	assert_eq!(of(holding(Some(2), None), 101, Some(CLOSED)), Own::Offered(2));
	assert_eq!(of(holding(None, None), 1, Some(CLOSED)), Own::Kept);
	assert_eq!(of(holding(Some(3), None), 1, Some(CLOSED)), Own::Offered(3));
	// Accepted: also seen by a vault that was restored from a backup of before.
	for closed in [None, Some(CLOSED)] {
		let moved = Own::Moved { to: 2, keeper: 2 };
		assert_eq!(of(holding(None, Some(2)), 101, closed), moved);
	}
}

const fn head(number: u32, at: u64) -> Head {
	Head { number, hash: [0; 32], at }
}

fn closed_row(store: &Store) -> Option<ClosedRow> {
	store.read(|rows| rows.get(&HOLDING_CLOSED, &())).unwrap()
}

#[test]
fn once_its_time_ran_out_it_is_closed_again_only_when_asked_to() {
	let folder = tempfile::tempdir().unwrap();
	let mut store = open(&folder, 1);
	let offered = holding(Some(2), None);
	let first = shut(&store, 2, 10, false, [1; 32]).unwrap();
	assert_eq!(first.until, 10 + api::HOLDING_CLOSED_FOR);
	// Asked again it stays closed no longer, whoever asks and whatever name is drawn; over a kill, too.
	drop(store);
	store = open(&folder, 1);
	for again in [false, true] {
		assert_eq!(shut(&store, 2, first.until, again, [2; 32]).unwrap(), first);
	}
	assert_eq!(note(&store, &offered, &head(1, first.until)).unwrap(), Own::Closed(first));
	// It opens, and what says so stays.
	let over = first.until + 1;
	let refused = shut(&store, 2, over, false, [3; 32]);
	assert!(matches!(refused, Err(Error::HoldingOpened)));
	assert_eq!(note(&store, &offered, &head(2, over)).unwrap(), Own::Offered(2));
	let opened = ClosedRow { opened: true, ..first };
	assert_eq!(closed_row(&store), Some(opened));
	assert_eq!((closing_of(Some(first), 2), closing_of(Some(opened), 2)), ([1; 32], [0; 32]));
	// Also at an older moment, as another node may tell it.
	for now in [over, over + api::HOLDING_CLOSED_FOR, 20] {
		assert!(matches!(shut(&store, 2, now, false, [3; 32]), Err(Error::HoldingOpened)));
	}
	let second = shut(&store, 2, over, true, [3; 32]).unwrap();
	assert_eq!((second.closing, second.opened), ([3; 32], false));
	assert_eq!(note(&store, &offered, &head(3, over)).unwrap(), Own::Closed(second));
	// The next offer is another.
	assert_eq!(note(&store, &holding(None, None), &head(4, over)).unwrap(), Own::Kept);
	assert_eq!(closed_row(&store), None);
	assert!(shut(&store, 2, over, false, [4; 32]).is_ok());
	assert_eq!(note(&store, &holding(Some(3), None), &head(5, over)).unwrap(), Own::Offered(3));
	assert_eq!(closed_row(&store), None);
}

#[test]
fn what_moved_stays_moved_whatever_older_heads_say() {
	let folder = tempfile::tempdir().unwrap();
	let mut store = open(&folder, 1);
	let moved = Own::Moved { to: 2, keeper: 2 };
	assert_eq!(note(&store, &holding(None, Some(2)), &head(9, 9)).unwrap(), moved);
	drop(store);
	store = open(&folder, 1);
	for (number, view) in [(8, holding(Some(2), None)), (3, holding(None, None))] {
		assert_eq!(note(&store, &view, &head(number, 8)).unwrap(), moved);
	}
	assert_eq!(note(&store, &holding(None, None), &head(10, 10)).unwrap(), moved);
	// It was given on.
	let on = HoldingView { keeper: 4, ..holding(None, Some(2)) };
	let given_on = Own::Moved { to: 2, keeper: 4 };
	assert_eq!(note(&store, &on, &head(11, 11)).unwrap(), given_on);
	assert_eq!(note(&store, &holding(None, Some(2)), &head(9, 9)).unwrap(), given_on);

	let holdings = Holdings::default();
	assert!(holdings.is_newest(&head(4, 4)) && holdings.is_newest(&head(4, 4)));
	assert!(!holdings.is_newest(&head(3, 3)) && holdings.is_newest(&head(5, 5)));
}

#[test]
fn each_offer_is_told_of_in_the_logs() {
	let folder = tempfile::tempdir().unwrap();
	let store = open(&folder, 1);
	let handed = || store.read(|rows| rows.count_map(&HANDED)).unwrap();
	for number in 0u8..3 {
		store
			.write::<_, StoreError>(|rows| rows.put(&HANDED, &ChartId([number; 32]), &2))
			.unwrap();
	}
	for view in [holding(Some(2), None), holding(None, None)] {
		assert_eq!(handed(), 3);
		note(&store, &view, &head(1, 1)).unwrap();
	}
	assert_eq!(handed(), 0, "the next offer is another");
	// The table is there, and taken over it stays noted.
	store.write::<_, StoreError>(|rows| rows.put(&HANDED, &CHART, &2)).unwrap();
	note(&store, &holding(None, Some(2)), &head(2, 2)).unwrap();
	assert_eq!(handed(), 1);
}

#[test]
fn nothing_is_closed_while_single_records_are_being_transferred() {
	let folder = tempfile::tempdir().unwrap();
	let store = giver(&folder);
	let left = || store.read(|rows| super::super::give::waiting(rows, false)).unwrap();
	assert_eq!(left(), 0, "it has ended");
	let put = |state| {
		let mut row = transfer();
		row.records[0].state = state;
		store.write::<_, StoreError>(|rows| rows.set(&TRANSFERS, 0, &row)).unwrap();
	};
	for state in [MovingState::Noted, MovingState::Offered] {
		put(state);
		assert!(matches!(shut(&store, 2, 1, true, [1; 32]), Err(Error::TransfersOpen(1))));
		assert_eq!((closed_row(&store), left()), (None, 1));
		// Once the holding moved nothing becomes of them.
		assert_eq!(store.read(|rows| super::super::give::waiting(rows, true)).unwrap(), 0);
	}
	assert!(open_fault(1).unwrap().starts_with("1 transfers of single records are open"));
	put(MovingState::Stays);
	assert!(shut(&store, 2, 1, false, [1; 32]).is_ok());
	assert_eq!(open_fault(0), None);
}

#[test]
fn a_long_chart_is_read_once_for_all_its_pages() {
	let folder = tempfile::tempdir().unwrap();
	let rows = Arc::new(all_of(&giver(&folder)));
	let asked = Asked::default();
	let long_ago = Instant::now().checked_sub(Duration::from_secs(61));
	let keep = |at| {
		let of = handed(CHART, &rows);
		asked.keep(Some(AskedChart { chart: CHART, by: 2, at, of, rows: Arc::clone(&rows) }));
	};
	keep(Instant::now());
	assert!(Arc::ptr_eq(&asked.chart(CHART, 2).unwrap().rows, &rows));
	// Another's, another chart, or what may be as it was no more.
	assert!(asked.chart(CHART, 3).is_none() && asked.chart(ChartId([9; 32]), 2).is_none());
	asked.changed();
	assert!(asked.chart(CHART, 2).is_none());
	if let Some(long_ago) = long_ago {
		keep(long_ago);
		assert!(asked.chart(CHART, 2).is_none());
	}
}

#[tokio::test]
async fn the_holding_is_counted_once_while_nothing_changes() {
	let harness = Harness::new();
	let vault = &harness.vault;
	let counted = |found: Option<Counted>| found.unwrap().totals;
	let first = counted(count(vault, false).await.unwrap());
	let add = |n: u8| {
		let chart = ChartId([n; 32]);
		let new =
			NewChart { chart, key: [1; 32], encryption_key: crate::store::unvouched([1; 32]) };
		let row = ChartRow::empty(new);
		vault
			.store
			.write::<_, StoreError>(|rows| rows.put(&CHARTS, &chart, &row))
			.unwrap();
	};
	add(0xaa);
	assert_eq!(counted(count(vault, false).await.unwrap()), first, "it is not read again");
	vault.holdings.asked.changed();
	let second = counted(count(vault, false).await.unwrap());
	assert_eq!(second.charts, first.charts + 1);
	// A vault that opened and closed counts anew.
	add(0xbb);
	vault.holdings.set(Own::Closed(CLOSED));
	assert_eq!(counted(count(vault, false).await.unwrap()).charts, first.charts + 2);
	// What is on its way is not counted over, also where its caller has gone.
	vault.holdings.asked.changed();
	let work = vault.holdings.work();
	assert!(count(vault, false).await.unwrap().is_none());
	drop(work);
	assert!(count(vault, false).await.unwrap().is_some());
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
		(Method::POST, api::CHART_PAPERS, WhileKept),
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
		(Method::POST, api::HOLDING_RECEIPT, Always),
		(Method::POST, api::HOLDING_READINESS, Always),
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

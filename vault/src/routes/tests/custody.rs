//! Records that moved, and transfers while the node is away.

use super::*;
use crate::custody::rows::MovedRow;
use crate::store::MOVED;
use salus_client::vault_api::{OfferTransfer, ReceiveTransfers, TransferWord};

const RECORD: RecordId = RecordId([5; 32]);

#[tokio::test]
async fn what_moved_is_told_of_with_who_keeps_it() {
	let harness = Harness::new();
	let moved = MovedRow { chart: CHART, to: 7, block: 3 };
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| rows.put(&MOVED, &RECORD, &moved))
		.unwrap();
	let token = harness.token("//Patient");
	let asked = json!({ "action": "access", "purpose": "PATRQT" }).to_string();
	let (status, said): (_, ErrorBody) =
		harness.send("POST", &at_chart(api::RELEASE), Some(&token), asked).await;
	assert_eq!((status, said.code.as_str()), (410, "record-moved"));
	assert!(said.message.contains("organisation 7"), "{}", said.message);
}

#[tokio::test]
async fn transfers_fail_closed_without_a_node() {
	let harness = Harness::new();
	let token = harness.token("//Mercy//Records");
	let [here, there] = ["//Patient", "//Elsewhere"].map(person);
	let charts = [(&here, 1, CHART), (&there, 2, ChartId([9; 32]))];
	let word = TransferWord::sign([2; 32], charts, u64::MAX);
	let offer = serde_json::to_string(&OfferTransfer { word, records: Vec::new() }).unwrap();
	let receive = serde_json::to_string(&ReceiveTransfers { from: 2 }).unwrap();
	let query = "?organisation=2&from=0";
	let asked = [
		("POST", api::CHART_TRANSFERS, "", offer),
		("GET", api::CHART_TRANSFERS, "", String::new()),
		("POST", api::TRANSFER_WITHDRAWAL, "", String::new()),
		("GET", api::TRANSFERS, query, String::new()),
		("GET", api::TRANSFER_RECORDS, query, String::new()),
		("GET", api::TRANSFER_CONTENT, query, String::new()),
		("POST", api::RECEIPTS, "", receive),
		("GET", api::RECEIPTS, "", String::new()),
	];
	for (method, route, query, body) in asked {
		let path = format!("{}{query}", at_chart(route));
		let refused = harness.refusal(method, &path, Some(&token), body).await;
		assert_eq!(refused, (503, "node-unavailable".into()), "{method} {route}");
	}
}

#[tokio::test]
async fn unreadable_transfers_are_told() {
	let harness = Harness::new();
	let token = harness.token("//Mercy//Records");
	for (method, path) in [
		("POST", at_chart(api::CHART_TRANSFERS)),
		("POST", api::RECEIPTS.into()),
		("GET", api::TRANSFERS.into()),
		("GET", at_chart(api::TRANSFER_RECORDS)),
		("GET", format!("{}?organisation=two", at_chart(api::TRANSFER_CONTENT))),
		("GET", "/transfers/0x12/records?organisation=2".into()),
	] {
		let refused = harness.refusal(method, &path, Some(&token), "").await;
		assert_eq!(refused, (400, "malformed".into()), "{method} {path}");
	}
}

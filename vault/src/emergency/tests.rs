//! What is shown and noted, without a node.

use super::*;
use crate::routes::tests::Harness;
use axum::{
	body::{to_bytes, Body},
	http::Request,
};
use salus_client::vault_api::{encode_header, ErrorBody, CHART_EMERGENCIES, EMERGENCY_DISCLOSURES};
use tower::ServiceExt;

const CHART: ChartId = ChartId([0xc4; 32]);
const ID: BreakGlassId = BreakGlassId([1; 32]);

fn glass() -> ShownInEmergency {
	let terms = BreakGlassTerms { chart: CHART, custodian: 1 };
	let opening = Opening { terms, salt: Salt([3; 32]) };
	ShownInEmergency { shown: ShownBreakGlass { id: ID, opening }, head: 7, statement: None }
}

#[test]
fn what_is_shown_is_read_as_it_was_sent() {
	let mut headers = HeaderMap::new();
	assert!(shown(&headers).unwrap().is_none());
	headers.insert(BREAK_GLASS_HEADER, encode_header(&glass()).unwrap().parse().unwrap());
	let read = shown(&headers).unwrap().unwrap();
	assert_eq!((read.glass(), read.head), (glass().shown, 7));
	for wrong in ["?", "e30="] {
		headers.insert(BREAK_GLASS_HEADER, wrong.parse().unwrap());
		assert!(matches!(shown(&headers), Err(Error::Malformed(_))));
	}
}

#[tokio::test]
async fn the_patient_alone_is_told() {
	let harness = Harness::new();
	let route = CHART_EMERGENCIES.replace("{chart}", &CHART.to_string());
	for (id, sequence) in [(ID, 4), (BreakGlassId([2; 32]), 5), (ID, 9)] {
		let store = &harness.vault.store;
		store.write::<_, StoreError>(|rows| note(rows, &CHART, id, sequence)).unwrap();
	}
	let patient = harness.token("//Patient");
	let (status, told): (_, EmergencyList) = harness.send("GET", &route, Some(&patient), "").await;
	let notice =
		|break_glass, first, last, releases| EmergencyNotice { break_glass, first, last, releases };
	let expected = [notice(ID, 4, 9, 2), notice(BreakGlassId([2; 32]), 5, 5, 1)];
	assert_eq!((status, told.emergencies.as_slice()), (200, expected.as_slice()));
	let clinician = harness.token("//Lakeside//DrBrooks");
	let refused = harness.refusal("GET", &route, Some(&clinician), "").await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
}

#[tokio::test]
async fn a_reviewer_must_show_the_very_break_glass() {
	let harness = Harness::new();
	let token = harness.token("//Reviewer");
	let ask = |id: BreakGlassId, shown: Option<String>| {
		let route = EMERGENCY_DISCLOSURES.replace("{emergency}", &id.to_string());
		let mut request = Request::get(format!("{route}?organisation=3"))
			.header("authorization", format!("Bearer {token}"));
		if let Some(shown) = shown {
			request = request.header(BREAK_GLASS_HEADER, shown);
		}
		let router = crate::routes::router(harness.vault.clone());
		async move {
			let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
			let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
			serde_json::from_slice::<ErrorBody>(&body).unwrap().code
		}
	};
	let header = encode_header(&glass()).unwrap();
	assert_eq!(ask(ID, None).await, "malformed");
	assert_eq!(ask(BreakGlassId([2; 32]), Some(header.clone())).await, "malformed");
	// The rest is the chain's to say, and our node is away.
	assert_eq!(ask(ID, Some(header)).await, "node-unavailable");
}

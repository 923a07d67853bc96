//! That routes are under their limits.

use super::*;
use crate::disclosures::{log_refusal, Access};
use salus_client::vault_api::Head;
use salus_primitives::{
	codes::{Action, Purpose},
	decision::{Accessor, DenyReason},
	disclosure::Subject,
	ids::Seal,
};
use std::num::NonZeroU32;

const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

fn limits() -> LimitOptions {
	LimitOptions::default()
}

#[tokio::test]
async fn an_address_asks_so_often_without_a_sign_in() {
	let harness = Harness::limited(&LimitOptions { limit_address: TWO, ..limits() });
	let token = harness.token("//Patient");
	let profile = at_chart(api::PRACTITIONER_PROFILE);
	let refused = harness.refusal("GET", &profile, None, "").await;
	assert_eq!(refused, (404, "profile-unknown".into()));
	// Tokens can not be tried for nothing, and neither can addresses.
	let list = at_chart(api::CHART_DIRECTIVES);
	assert_eq!(harness.refusal("GET", &list, Some("00"), "").await.0, 401);
	for (method, route) in [("GET", &*profile), ("POST", api::CHALLENGE), ("GET", "/nowhere")] {
		let refused = harness.refusal(method, route, None, "").await;
		assert_eq!(refused, (429, "too-many-requests".into()), "{route}");
	}
	let refused = harness.refusal("GET", &list, Some("00"), "").await;
	assert_eq!(refused, (429, "too-many-requests".into()));
	// Who is signed in is under another limit, and health under none.
	let (status, _): (_, Value) = harness.send("GET", &list, Some(&token), "").await;
	assert_eq!(status, 200);
	let (status, _): (_, Value) = harness.send("GET", api::HEALTH, None, "").await;
	assert_eq!(status, 200);
}

#[tokio::test]
async fn an_account_asks_so_often() {
	let harness = Harness::limited(&LimitOptions { limit_account: TWO, ..limits() });
	let (patient, other) = (harness.token("//Patient"), harness.token("//Alice"));
	// Another token of the same account does not help.
	let again = harness.token("//Patient");
	let list = at_chart(api::CHART_DIRECTIVES);
	for token in [&patient, &again] {
		let (status, _): (_, Value) = harness.send("GET", &list, Some(token), "").await;
		assert_eq!(status, 200);
	}
	for token in [&patient, &again] {
		assert_eq!(harness.refusal("GET", &list, Some(token), "").await.0, 429);
	}
	assert_eq!(harness.refusal("GET", &list, Some(&other), "").await.0, 403);
}

#[tokio::test]
async fn what_appends_has_a_tighter_limit() {
	let harness = Harness::limited(&LimitOptions { limit_appends: TWO, ..limits() });
	let token = harness.token("//Patient");
	let (mailbox, list) = (at_chart(api::CHART_REQUESTS), at_chart(api::CHART_DIRECTIVES));
	for expected in [400, 400, 429] {
		let refused = harness.refusal("POST", &mailbox, Some(&token), "{}").await;
		assert_eq!(refused.0, expected);
	}
	let (status, _): (_, Value) = harness.send("GET", &list, Some(&token), "").await;
	assert_eq!(status, 200);
}

#[tokio::test]
async fn who_is_refused_again_and_again_does_not_fill_a_log() {
	let harness = Harness::limited(&LimitOptions { limit_refusals: TWO, ..limits() });
	let access = |account| Access {
		account,
		chart: CHART,
		accessor: Accessor::Patient { account },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Listing,
		head: Head { number: 1, hash: [1; 32], at: 1 },
	};
	for place in 0..2 {
		assert_eq!(log_refusal(&harness.vault, access([1; 32]), 24).await.unwrap(), Some(place));
	}
	for _ in 0..5 {
		let refused = log_refusal(&harness.vault, access([1; 32]), 24).await;
		assert!(matches!(refused, Err(Error::TooManyRequests { .. })));
	}
	// Others are logged all the same.
	assert_eq!(log_refusal(&harness.vault, access([2; 32]), 24).await.unwrap(), Some(2));
}

#[tokio::test]
async fn cards_that_somebody_makes_fill_no_log_and_free_nobody() {
	let harness = Harness::limited(&LimitOptions { limit_refusals: TWO, ..limits() });
	let refuse = async |salt: u8, reason: DenyReason| {
		let access = Access {
			account: [1; 32],
			chart: CHART,
			accessor: Accessor::Guardian { leaf: Seal([salt; 32]) },
			practitioner: None,
			action: Action::Access,
			purpose: Purpose::Treatment,
			subject: Subject::Listing,
			head: Head { number: 1, hash: [1; 32], at: 1 },
		};
		log_refusal(&harness.vault, access, reason.code()).await
	};
	assert_eq!(refuse(1, DenyReason::NotAGuardian).await.unwrap(), None);
	// One whom the chart's guard names is told of.
	assert_eq!(refuse(2, DenyReason::GuardianshipOver).await.unwrap(), Some(0));
	// Another card is the same account.
	for salt in 3..6 {
		for reason in [DenyReason::NotAGuardian, DenyReason::GuardianshipOver] {
			let refused = refuse(salt, reason).await;
			assert!(matches!(refused, Err(Error::TooManyRequests { .. })));
		}
	}
}

#[tokio::test]
async fn orders_and_stock_are_under_the_tighter_limit() {
	let harness = Harness::limited(&LimitOptions { limit_appends: TWO, ..limits() });
	let token = harness.token("//Patient");
	let (orders, cover) = (at_chart(api::CHART_ORDERS), at_chart(api::CHART_COVER));
	for (method, route, expected) in
		[("POST", &orders, 400), ("PUT", &cover, 400), ("POST", &orders, 429), ("PUT", &cover, 429)]
	{
		assert_eq!(harness.refusal(method, route, Some(&token), "{}").await.0, expected);
	}
}

#[tokio::test]
async fn head_is_no_disclosure() {
	let harness = Harness::limited(&LimitOptions { limit_appends: TWO, ..limits() });
	let token = harness.token("//Patient");
	for (route, expected) in [(api::CHART_RECORDS, 405), (api::CHART_DIRECTIVES, 200)] {
		let route = format!("{}?purpose=PATRQT", at_chart(route));
		let request = HttpRequest::head(route)
			.header("authorization", format!("Bearer {token}"))
			.body(HttpBody::empty())
			.unwrap();
		// Without the comparison: an answer to HEAD has no body.
		let answered = super::super::router(harness.vault.clone()).oneshot(request).await.unwrap();
		assert_eq!(answered.status().as_u16(), expected);
	}
}

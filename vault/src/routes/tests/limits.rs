//! That routes are under their limits.

use super::*;
use crate::disclosures::{log_refusal, Access};
use salus_client::vault_api::Head;
use salus_primitives::{
	codes::{Action, Purpose},
	decision::Accessor,
	disclosure::Subject,
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
		chart: CHART,
		accessor: Accessor::Patient { account },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Listing,
		head: Head { number: 1, hash: [1; 32], at: 1 },
	};
	for place in 0..2 {
		assert_eq!(log_refusal(&harness.vault, access([1; 32]), 24).await.unwrap(), place);
	}
	for _ in 0..5 {
		let refused = log_refusal(&harness.vault, access([1; 32]), 24).await;
		assert!(matches!(refused, Err(Error::TooManyRequests { .. })));
	}
	// Others are logged all the same.
	assert_eq!(log_refusal(&harness.vault, access([2; 32]), 24).await.unwrap(), 2);
}

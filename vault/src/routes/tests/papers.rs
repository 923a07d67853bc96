//! Directives on paper, as far as they are told without a node.

use super::*;
use crate::{directives, store::PAPERS};
use salus_primitives::{
	codes::Interpreter,
	directive::DirectiveTerms,
	ids::{DirectiveId, Salt},
	paper::PaperTerms,
	seal::Opening,
};

fn id(number: u32) -> DirectiveId {
	let mut bytes = [0; 32];
	bytes[..4].copy_from_slice(&number.to_be_bytes());
	DirectiveId(bytes)
}

#[tokio::test]
async fn what_came_on_paper_is_told_to_the_charts_key_by_pages() {
	let harness = Harness::new();
	let terms = PaperTerms {
		language: "es".parse().unwrap(),
		interpreter: Interpreter::InPerson,
		signed_on: 0,
		scan: None,
	};
	let paper = Opening { terms, salt: Salt([2; 32]) };
	let opening = Opening { terms: DirectiveTerms::cover(), salt: Salt([1; 32]) };
	let kept = harness.vault.store.write::<_, Error>(|rows| {
		for number in 0..api::PAPERS_PER_PAGE + 44 {
			directives::keep(rows, CHART, id(number), &opening)?;
			if number % 100 == 0 {
				rows.put(&PAPERS, &(CHART, id(number)), &paper)?;
			}
		}
		Ok(())
	});
	kept.unwrap();
	let patient = harness.token("//Patient");
	let at = |from: u32| format!("{}?from={from}", at_chart(api::CHART_PAPERS));
	let (status, list): (_, api::PaperList) = harness.send("GET", &at(0), Some(&patient), "").await;
	assert_eq!(status, 200);
	assert_eq!(list.next, Some(api::PAPERS_PER_PAGE));
	let ids: Vec<_> = list.papers.iter().map(|posted| posted.id).collect();
	assert_eq!(ids, [id(0), id(100), id(200)]);
	assert!(list
		.papers
		.iter()
		.all(|posted| posted.paper == paper && posted.opening == opening));
	for from in [api::PAPERS_PER_PAGE, 10_000, u32::MAX] {
		let (_, list): (_, api::PaperList) =
			harness.send("GET", &at(from), Some(&patient), "").await;
		assert_eq!((list.papers.len(), list.next), (0, None), "{from}");
	}
	// Whether somebody else is of the house's staff, only the chain says.
	let other = harness.token("//Mercy//DrAdams");
	let refused = harness.refusal("GET", &at(0), Some(&other), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let refused = harness.refusal("GET", &at(0), None, "").await;
	assert_eq!(refused.0, 401);
	// Nor is anything taken that the chain does not know.
	let posted = api::PostedPaper { id: id(9_000), opening, paper };
	let body = serde_json::to_string(&posted).unwrap();
	let refused = harness.refusal("POST", &at_chart(api::CHART_PAPERS), Some(&other), body).await;
	assert_eq!(refused, (503, "node-unavailable".into()));
}

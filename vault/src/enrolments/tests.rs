//! What waits for its batch, as far as no node is needed.

use super::*;
use crate::{
	routes::tests::{person, Harness},
	store::NewChart,
};
use codec::Encode;
use salus_primitives::enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN};

fn pending(chart: u8, by: &str) -> PendingChart {
	let (key, chart) = (person(by), ChartId([chart; 32]));
	let statement = EnrolmentStatement {
		domain: ENROLMENT_DOMAIN,
		genesis: [2; 32],
		custodian: 1,
		chart,
		key: key.account(),
		expires: 1,
		guard: None,
	};
	let signature = key.sign(&statement.encode());
	let new = NewChart {
		chart,
		key: key.account(),
		encryption_key: key.vouch(&statement.genesis, &chart),
	};
	PendingChart { new, statement, signature }
}

#[tokio::test]
async fn a_chart_waits_durably_and_once() {
	let harness = Harness::new();
	let one = pending(1, "//Patient");
	for _ in 0..2 {
		let answer = enqueue(&harness.vault, one.clone(), Preference::default()).await.unwrap();
		let Answer::Waits(batch) = answer else { panic!("it was enrolled without a node") };
		assert!(batch > crate::clock::now());
	}
	// Another chart waits beside it; the same one with other keys does not.
	enqueue(&harness.vault, pending(2, "//Alice"), Preference::default())
		.await
		.unwrap();
	let refused = enqueue(&harness.vault, pending(1, "//Bob"), Preference::default()).await;
	assert!(matches!(refused, Err(Error::AlreadyExists(_))));
	assert!(harness.vault.enrolments.fates.waits(&one.new.chart));
	let harness = harness.killed();
	let rows = waiting(&harness.vault).await;
	assert_eq!(rows.len(), 2);
	assert_eq!(rows[0].1, one);
}

#[tokio::test]
async fn whoever_waits_hears_what_became_of_it() {
	let harness = Harness::new();
	let (one, two) = (pending(1, "//Patient"), pending(2, "//Alice"));
	let preference = Preference { respond_async: false, wait: Some(Duration::from_secs(60)) };
	let wait = |pending: PendingChart| {
		let vault = harness.vault.clone();
		tokio::spawn(async move { enqueue(&vault, pending, preference).await })
	};
	let (first, second) = (wait(one.clone()), wait(two.clone()));
	let rows = loop {
		let rows = waiting(&harness.vault).await;
		if rows.len() == 2 {
			break rows;
		}
		tokio::task::yield_now().await;
	};
	// One is on the chain, the other was refused alone.
	let head = Head { number: 1, hash: [7; 32], at: 8 };
	for (number, pending) in &rows {
		if pending.new.chart == one.new.chart {
			settle(&harness.vault, *number, pending, head).await;
		} else {
			refuse(&harness.vault, *number, pending, || Error::ChainRefused("no".into())).await;
		}
	}
	let Answer::Done(enrolled) = first.await.unwrap().unwrap() else { panic!("it waits") };
	assert_eq!((enrolled.chart, enrolled.block), (one.new.chart, head));
	assert!(matches!(second.await.unwrap(), Err(Error::ChainRefused(_))));
	assert!(waiting(&harness.vault).await.is_empty());
	assert!(harness.vault.chart(one.new.chart).await.is_ok());
	let why = harness.vault.enrolments.fates.refusal(&two.new.chart).unwrap();
	assert_eq!(why.code, "chain-refused");
}

//! One line for each attempt, however often it is repeated, and none for what differs.

use super::*;
use crate::{
	routes::tests::{Harness, CHART},
	store::DISCLOSURES,
};
use proptest::prelude::*;
use salus_client::vault_api::Head;
use salus_primitives::{
	codes::{Action, Purpose, Role},
	decision::Accessor,
	ids::{AccountBytes, DirectiveId},
};

const RECORD: RecordId = RecordId([5; 32]);
const BASIS: Basis = Basis::Directive(DirectiveId([6; 32]));
const WHO: AccountBytes = [3; 32];

fn access(account: AccountBytes, at: Moment) -> Access {
	Access {
		account,
		chart: CHART,
		accessor: Accessor::Staff { account, organisation: 2, role: Role::Clinician },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Record(RECORD),
		head: Head { number: 1, hash: [7; 32], at },
	}
}

fn named_as(name: u8) -> Named {
	Named(Digest([name; 32]))
}

/// What the chart's log says was answered.
fn outcomes(harness: &Harness) -> Vec<Outcome> {
	let read = harness.vault.store.read(|rows| {
		let mut found = Vec::new();
		while let Some(row) =
			rows.get(&DISCLOSURES, &(CHART, u32::try_from(found.len()).unwrap()))?
		{
			found.push(row.opening.terms.outcome);
		}
		Ok(found)
	});
	read.unwrap()
}

async fn released(harness: &Harness, access: Access, basis: Basis, name: u8) -> Result<Line> {
	log(&harness.vault, access, RECORD, basis, named_as(name), |_| Ok(())).await
}

fn new(sequence: u32) -> Line {
	Line { sequence, is_new: true }
}

fn same(sequence: u32) -> Line {
	Line { sequence, is_new: false }
}

#[tokio::test]
async fn who_asks_again_by_the_same_name_has_one_line() {
	let harness = Harness::new();
	assert_eq!(released(&harness, access(WHO, 10), BASIS, 1).await.unwrap(), new(0));
	assert_eq!(released(&harness, access(WHO, 11), BASIS, 1).await.unwrap(), same(0));
	// A kill neither loses nor doubles it.
	let harness = harness.killed();
	assert_eq!(released(&harness, access(WHO, 12), BASIS, 1).await.unwrap(), same(0));
	// Another reading has its own.
	assert_eq!(released(&harness, access(WHO, 13), BASIS, 2).await.unwrap(), new(1));
	// A day later so has this one.
	let late = access(WHO, 10 + ATTEMPT_VALIDITY);
	assert_eq!(released(&harness, late, BASIS, 1).await.unwrap(), new(2));
	assert_eq!(outcomes(&harness), [Outcome::Released(BASIS); 3]);
}

#[tokio::test]
async fn a_name_is_good_for_the_same_only() {
	let harness = Harness::new();
	released(&harness, access(WHO, 10), BASIS, 1).await.unwrap();
	let first = access(WHO, 11);
	let account = [4; 32];
	let others = [
		access(account, 11),
		Access { accessor: Accessor::Patient { account: WHO }, ..first },
		Access { purpose: Purpose::Research, ..first },
		Access { action: Action::Disclose, ..first },
	];
	for other in others {
		let refused = released(&harness, other, BASIS, 1).await;
		assert!(matches!(refused, Err(Error::AlreadyExists(_))), "{other:?}");
	}
	let record = RecordId([8; 32]);
	let refused = log(&harness.vault, first, record, BASIS, named_as(1), |_| Ok(())).await;
	assert!(matches!(refused, Err(Error::AlreadyExists(_))));
	assert_eq!(outcomes(&harness), [Outcome::Released(BASIS)]);
	// In another right it is a reading of its own.
	assert_eq!(released(&harness, first, Basis::Custodian, 1).await.unwrap(), new(1));
	assert_eq!(released(&harness, first, Basis::Custodian, 1).await.unwrap(), same(1));
}

#[tokio::test]
async fn a_refusal_ends_what_could_be_gone_on_with() {
	let harness = Harness::new();
	released(&harness, access(WHO, 10), BASIS, 1).await.unwrap();
	// Who is refused something else, or is another, ends nothing.
	end(&harness.vault, access([4; 32], 11), RECORD, named_as(1)).await.unwrap();
	end(&harness.vault, access(WHO, 11), RecordId([8; 32]), named_as(1))
		.await
		.unwrap();
	assert_eq!(released(&harness, access(WHO, 12), BASIS, 1).await.unwrap(), same(0));
	end(&harness.vault, access(WHO, 13), RECORD, named_as(1)).await.unwrap();
	end(&harness.vault, access(WHO, 13), RECORD, named_as(2)).await.unwrap();
	assert_eq!(released(&harness, access(WHO, 14), BASIS, 1).await.unwrap(), new(1));
}

#[tokio::test]
async fn a_line_of_which_nothing_left_is_taken_back_once() {
	let harness = Harness::new();
	let (vault, access) = (&harness.vault, access(WHO, 10));
	let line = released(&harness, access, BASIS, 1).await.unwrap();
	log_failure(vault, access, NOT_HANDED_OUT, line, named_as(1)).await.unwrap();
	let line = released(&harness, access, BASIS, 1).await.unwrap();
	assert_eq!(line, new(2));
	// Another request went on with it, and may have got something.
	let other = released(&harness, access, BASIS, 1).await.unwrap();
	log_failure(vault, access, NOT_HANDED_OUT, line, named_as(1)).await.unwrap();
	let (gone, back) = (Outcome::Released(BASIS), Outcome::Refused(NOT_HANDED_OUT));
	assert_eq!(outcomes(&harness), [gone, back, gone]);
	// That the key service says no is an answer of its own.
	log_failure(vault, access, 32, other, named_as(1)).await.unwrap();
	assert_eq!(outcomes(&harness), [gone, back, gone, Outcome::Refused(32)]);
	assert_eq!(released(&harness, access, BASIS, 1).await.unwrap(), new(4));
}

#[tokio::test]
async fn names_are_removed_after_a_day() {
	let harness = Harness::new();
	for name in 0..3 {
		released(&harness, access(WHO, name.into()), BASIS, name).await.unwrap();
	}
	let known = |name: u8| {
		let name = named_as(name).0;
		harness.vault.store.read(|rows| rows.get(&ATTEMPTS, &name)).unwrap().is_some()
	};
	// The first one begins anew before it is removed.
	released(&harness, access(WHO, ATTEMPT_VALIDITY), BASIS, 0).await.unwrap();
	assert_eq!(purge(&harness.vault, ATTEMPT_VALIDITY + 1).await.unwrap(), 2);
	assert_eq!([known(0), known(1), known(2)], [true, false, true]);
	assert_eq!(purge(&harness.vault, ATTEMPT_VALIDITY + 1).await.unwrap(), 0);
	assert_eq!(purge(&harness.vault, 2 * ATTEMPT_VALIDITY).await.unwrap(), 2);
	assert_eq!([known(0), known(1), known(2)], [false; 3]);
}

#[test]
fn the_header_is_read_as_it_was_sent() {
	let mut headers = HeaderMap::new();
	assert_eq!(named(&headers).unwrap(), None);
	let attempt = Attempt::random().unwrap();
	headers.insert(ATTEMPT_HEADER, attempt.to_string().parse().unwrap());
	assert_eq!(named(&headers).unwrap(), Some(Named::by(&attempt)));
	for wrong in ["", "00", "zz"] {
		headers.insert(ATTEMPT_HEADER, wrong.parse().unwrap());
		assert!(matches!(named(&headers), Err(Error::Malformed(_))), "{wrong}");
	}
}

/// What happens to an attempt.
#[derive(Clone, Copy, Debug)]
enum Step {
	Release,
	Fail,
	Refuse,
	Kill,
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	/// Whatever happens, of two lines of one attempt that stand something lies in between that says why.
	#[test]
	fn no_two_lines_of_an_attempt_follow_each_other(
		steps in proptest::collection::vec(
			prop_oneof![
				Just(Step::Release),
				Just(Step::Release),
				Just(Step::Fail),
				Just(Step::Refuse),
				Just(Step::Kill),
			],
			1..12,
		),
	) {
		let runtime = tokio::runtime::Runtime::new().unwrap();
		let mut harness = Harness::new();
		let (access, mut line) = (access(WHO, 10), None);
		for step in steps {
			harness = runtime.block_on(async {
				match (step, line) {
					(Step::Release, _) => {
						line = Some(released(&harness, access, BASIS, 1).await.unwrap());
					},
					(Step::Fail, Some(last)) => {
						let vault = &harness.vault;
						log_failure(vault, access, NOT_HANDED_OUT, last, named_as(1)).await.unwrap();
						line = None;
					},
					(Step::Refuse, _) => {
						end(&harness.vault, access, RECORD, named_as(1)).await.unwrap();
						let refused = Outcome::Refused(32);
						disclosures::log(&harness.vault, access, refused).await.unwrap();
						line = None;
					},
					(Step::Fail, None) => {},
					(Step::Kill, _) => {
						line = None;
						return harness.killed();
					},
				}
				harness
			});
		}
		let lines = outcomes(&harness);
		let twice = lines.windows(2).any(|two| two == [Outcome::Released(BASIS); 2]);
		prop_assert!(!twice, "{lines:?}");
	}
}

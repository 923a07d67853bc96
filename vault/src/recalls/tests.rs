//! What is noted, told and answered, without a node, and killed in between.

use super::{
	answers::{check, keep, listed},
	follow::{has_ended, heir, to_tell, write, MayRead, Parties, Settled, Told},
	*,
};
use crate::{
	disclosures::{append, Access},
	errors::Error,
	routes::tests::{person, Harness, CHART},
	store::{RecalledRecord, RecallsOf, Store, DISCLOSURES, RECALLED, RECALLS},
};
use salus_client::vault_api::{
	Head, Recall, RecallAnswer, RecallGround, RecallId, RecallPage, RecallState, RecallWord,
	RecalledRecords, Recipient, CHART_RECALLS, RECALLED_RECORDS, RECALLS as RECALLS_ROUTE,
	RECALLS_PER_PAGE, RECALL_ANSWER, RECALL_DUE, RECALL_WORD_AGE, RECALL_WORD_AHEAD,
};
use salus_primitives::{
	codes::{Action, Obligations, Purpose, Role, Rule},
	decision::{ActiveDirective, Decision, DenyReason},
	directive::DirectiveTerms,
	ids::{AccountBytes, RecordId, Salt, Seal},
	seal::Opening,
	time::{Moment, Period},
};

const HERE: OrganisationId = 1;
const GENESIS: [u8; 32] = [2; 32];
const DIRECTIVE: DirectiveId = DirectiveId([7; 32]);
const OTHER: DirectiveId = DirectiveId([8; 32]);
const READER: &str = "//Lakeside//DrBrooks";
const NOW: Moment = 1_000;
const SALT: Salt = Salt([3; 32]);

fn account() -> AccountBytes {
	person(READER).account()
}

fn staff(account: AccountBytes, organisation: OrganisationId) -> Accessor {
	Accessor::Staff { account, organisation, role: Role::Clinician }
}

/// Writes a line into the log.
fn log(store: &Store, accessor: Accessor, subject: Subject, outcome: Outcome) {
	let access = Access {
		account: [3; 32],
		chart: CHART,
		accessor,
		practitioner: Some(2),
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject,
		head: Head { number: 1, hash: [6; 32], at: 7 },
	};
	append(store, HERE, &access, outcome).unwrap();
}

fn released(store: &Store, account: AccountBytes, organisation: OrganisationId, record: u8) {
	let subject = Subject::Record(RecordId([record; 32]));
	let outcome = Outcome::Released(Basis::Directive(DIRECTIVE));
	log(store, staff(account, organisation), subject, outcome);
}

fn watched(store: &Store) -> Vec<(DirectiveId, u32, u32)> {
	let known = store.read(|rows| rows.get(&WATCHED, &CHART)).unwrap();
	let known = known.map_or(Vec::new(), |known| known.directives);
	known
		.into_iter()
		.map(|known| (known.directive, known.from, known.end))
		.collect()
}

fn parties() -> Parties {
	Parties { genesis: GENESIS, custodian: HERE, chart: CHART, directive: DIRECTIVE }
}

fn told(account: AccountBytes, organisation: OrganisationId, record: u8) -> Told {
	let record = RecordId([record; 32]);
	let (role, action, purpose) = (Role::Clinician, Action::Access, Purpose::Treatment);
	Told {
		under: DIRECTIVE,
		recipient: Recipient { account, organisation },
		practitioner: Some(2),
		recalled: RecalledRecord { record, role, action, purpose },
	}
}

/// Who is told of these.
fn all(told: &[Told]) -> Settled {
	let mut settled = Settled::default();
	for told in told {
		settled.note(MayRead::No, *told, 0);
	}
	settled
}

fn id_of(account: AccountBytes, organisation: OrganisationId) -> RecallId {
	let recipient = Recipient { account, organisation };
	RecallId::of(&GENESIS, HERE, &CHART, &DIRECTIVE, &recipient)
}

/// A vault that recalls two records from the reader.
fn recalling() -> Harness {
	let harness = Harness::new();
	let store = &harness.vault.store;
	released(store, account(), 2, 1);
	released(store, account(), 2, 2);
	let both = [told(account(), 2, 1), told(account(), 2, 2)];
	assert_eq!(write(store, &parties(), (0, 2), &all(&both), NOW).unwrap(), 1);
	harness
}

fn word(answer: RecallAnswer, records: u32, at: Moment) -> RecallWord {
	let reader = person(READER);
	let recall = Recall {
		id: id_of(account(), 2),
		chart: CHART,
		directive: DIRECTIVE,
		recipient: Recipient { account: account(), organisation: 2 },
		practitioner: None,
		since: NOW,
		due: NOW + RECALL_DUE,
		records,
		permitted_again: false,
		answer: None,
	};
	RecallWord::sign(&reader, GENESIS, HERE, &recall, answer, at)
}

#[test]
fn only_records_that_left_under_a_directive_are_noted() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let record = Subject::Record(RecordId([1; 32]));
	let permitted = Outcome::Released(Basis::Directive(DIRECTIVE));
	for (accessor, subject, outcome) in [
		(staff([4; 32], HERE), record, permitted),
		(staff([4; 32], 2), Subject::Listing, permitted),
		(staff([4; 32], 2), record, Outcome::Refused(32)),
		(staff([4; 32], 2), record, Outcome::Released(Basis::Custodian)),
		(Accessor::Patient { account: [4; 32] }, record, Outcome::Released(Basis::Patient)),
		(Accessor::Bearer { link: Seal([4; 32]) }, record, permitted),
	] {
		log(store, accessor, subject, outcome);
		assert!(watched(store).is_empty(), "{accessor:?} {outcome:?}");
	}
	released(store, [4; 32], 2, 1);
	let other = Outcome::Released(Basis::Directive(OTHER));
	log(store, staff([5; 32], 3), record, other);
	released(store, [4; 32], 2, 1);
	assert_eq!(watched(store), [(DIRECTIVE, 0, 2), (OTHER, 0, 1)]);
	let harness = harness.killed();
	let sequence = harness.vault.store.read(|rows| rows.get(&UNDER, &(CHART, DIRECTIVE, 1)));
	assert_eq!(sequence.unwrap(), Some(8));
}

#[test]
fn a_directive_ends_when_it_is_not_active_or_its_period_is_over() {
	let active = |id| ActiveDirective { id, seal: Seal([0; 32]), guardian: None, paper: None };
	let until =
		|until| DirectiveTerms { period: Period { from: 0, until }, ..DirectiveTerms::cover() };
	assert!(has_ended(&[], DIRECTIVE, None, 5));
	assert!(has_ended(&[active(OTHER)], DIRECTIVE, Some(&until(None)), 5));
	assert!(!has_ended(&[active(OTHER), active(DIRECTIVE)], DIRECTIVE, None, 5));
	for (end, expected) in [(None, false), (Some(6), false), (Some(5), true), (Some(4), true)] {
		assert_eq!(has_ended(&[active(DIRECTIVE)], DIRECTIVE, Some(&until(end)), 5), expected);
	}
}

#[test]
fn a_missing_opening_is_waited_for_and_an_erased_record_is_not_told_of() {
	let denied = |reason| MayRead::from(Decision::Deny { reason });
	assert_eq!(denied(DenyReason::NothingPermits), MayRead::No);
	assert_eq!(denied(DenyReason::DirectiveDenies), MayRead::No);
	assert_eq!(denied(DenyReason::RecordErased), MayRead::Erased);
	assert_eq!(denied(DenyReason::DirectiveOpeningMissing), MayRead::NotSaid);
	assert_eq!(denied(DenyReason::DirectiveBasisWrong), MayRead::NotSaid);
}

#[test]
fn what_is_told_is_told_once_whenever_it_is_killed() {
	let mut harness = Harness::new();
	for (account, record) in [([4; 32], 1), ([4; 32], 2), ([5; 32], 1), ([4; 32], 1)] {
		released(&harness.vault.store, account, 2, record);
	}
	let first = [told([4; 32], 2, 1), told([4; 32], 2, 2)];
	let then = [told([5; 32], 2, 1), told([4; 32], 2, 1)];
	let store = &harness.vault.store;
	assert_eq!(write(store, &parties(), (0, 2), &all(&first), NOW).unwrap(), 1);
	harness = harness.killed();
	let store = &harness.vault.store;
	assert_eq!(watched(store), [(DIRECTIVE, 2, 4)]);
	// The same once more, as by a task that a kill kept from knowing: nothing comes of it.
	assert_eq!(write(store, &parties(), (0, 2), &all(&first), NOW + 9).unwrap(), 0);
	assert_eq!(write(store, &parties(), (2, 4), &all(&then), NOW + 9).unwrap(), 1);
	assert!(watched(store).is_empty());
	let (rows, next) = listed(store, RecallsOf::Chart(CHART), 0).unwrap();
	let seen: Vec<_> = rows.iter().map(|row| (row.id, row.records, row.since)).collect();
	assert_eq!(seen, [(id_of([4; 32], 2), 2, NOW), (id_of([5; 32], 2), 1, NOW + 9)]);
	assert_eq!(next, None);
	assert_eq!(listed(store, RecallsOf::House(2), 0).unwrap().0, rows);
	assert_eq!(listed(store, RecallsOf::Account([5; 32]), 0).unwrap().0, rows[1..]);
	assert!(listed(store, RecallsOf::House(3), 0).unwrap().0.is_empty());
	// One that was decided before the end and logged after it is found, too.
	released(store, [5; 32], 2, 3);
	assert_eq!(watched(store), [(DIRECTIVE, 0, 1)]);
	assert_eq!(
		write(store, &parties(), (0, 1), &all(&[told([5; 32], 2, 3)]), NOW + 20).unwrap(),
		0
	);
	let id = id_of([5; 32], 2);
	let row = store.read(|rows| rows.get(&RECALLS, &id)).unwrap().unwrap();
	assert_eq!((row.records, row.since), (2, NOW + 9));
	assert!(store.read(|rows| rows.get(&RECALLED, &(id, 1))).unwrap().is_some());
}

/// Settles all lines under the directive, each of which comes to the same.
fn settle(store: &Store, directive: DirectiveId, now: MayRead) -> u32 {
	let mut settled = Settled::default();
	let end = store
		.read::<_>(|rows| {
			let watched = rows.get(&WATCHED, &CHART)?.unwrap().directives;
			let known = watched.iter().find(|known| known.directive == directive).unwrap();
			for place in known.from..known.end {
				let sequence = rows.get(&UNDER, &(CHART, directive, place))?.unwrap();
				let line = rows.get(&DISCLOSURES, &(CHART, sequence))?.unwrap();
				settled.note(now, to_tell(HERE, &line.opening.terms).unwrap(), sequence);
			}
			Ok(known.end)
		})
		.unwrap();
	let parties = Parties { directive, ..parties() };
	write(store, &parties, (0, end), &settled, NOW).unwrap()
}

/// Permitted by this directive.
fn by(directive: DirectiveId) -> MayRead {
	let (basis, obligations) = (Basis::Directive(directive), Obligations::EMPTY);
	MayRead::from(Decision::Permit { basis, obligations })
}

#[test]
fn who_may_read_by_another_directive_is_told_when_that_ends() {
	let mut harness = Harness::new();
	let store = &harness.vault.store;
	// Twice the same record, and another.
	for record in [1, 1, 2] {
		released(store, account(), 2, record);
	}
	// A change of the cohort, say, or one that said the same beside it.
	assert_eq!(settle(store, DIRECTIVE, by(OTHER)), 0);
	assert_eq!(watched(store), [(OTHER, 0, 2)]);
	// Lines of its own are beside them.
	let own = Outcome::Released(Basis::Directive(OTHER));
	log(store, staff([5; 32], 3), Subject::Record(RecordId([1; 32])), own);
	harness = harness.killed();
	let store = &harness.vault.store;
	let last = DirectiveId([9; 32]);
	assert_eq!(settle(store, OTHER, by(last)), 0);
	assert_eq!(watched(store), [(last, 0, 3)]);
	assert!(listed(store, RecallsOf::Chart(CHART), 0).unwrap().0.is_empty());
	assert_eq!(settle(store, last, MayRead::No), 2);
	assert!(watched(store).is_empty());
	// Each is named by the directive in its own line, as in the patient's log.
	let (rows, _) = listed(store, RecallsOf::Chart(CHART), 0).unwrap();
	let seen: Vec<_> = rows.iter().map(|row| (row.id, row.directive, row.records)).collect();
	let recipient = Recipient { account: [5; 32], organisation: 3 };
	let other = RecallId::of(&GENESIS, HERE, &CHART, &OTHER, &recipient);
	assert_eq!(seen, [(id_of(account(), 2), DIRECTIVE, 2), (other, OTHER, 1)]);
}

#[test]
fn an_heir_says_the_same_and_nothing_may_deny_it() {
	let active = |id| ActiveDirective { id, seal: Seal([0; 32]), guardian: None, paper: None };
	let opens = |id, terms: &DirectiveTerms| (id, Opening { terms: terms.clone(), salt: SALT });
	let cover = DirectiveTerms::cover();
	let deny = DirectiveTerms { rule: Rule::Deny, ..DirectiveTerms::cover() };
	let terms =
		DirectiveTerms { period: Period { from: 0, until: Some(9) }, ..DirectiveTerms::cover() };
	let (last, of) = (DirectiveId([9; 32]), (DIRECTIVE, &terms));
	let both = [active(last), active(OTHER)];
	let held = [opens(DIRECTIVE, &terms), opens(OTHER, &terms)];
	assert_eq!(heir(&both[1..], &held, of, 5), Some(OTHER));
	assert_eq!(heir(&both[1..], &held, of, 9), None, "both are over");
	assert_eq!(heir(&[], &held, of, 5), None, "not active");
	assert_eq!(heir(&[active(DIRECTIVE)], &held, of, 5), None, "itself");
	assert_eq!(heir(&both, &held, of, 5), None, "one is not opened");
	let [first, second] = held;
	let held = |terms| [first.clone(), second.clone(), opens(last, terms)];
	assert_eq!(heir(&both, &held(&cover), of, 5), Some(OTHER));
	assert_eq!(heir(&both, &held(&deny), of, 5), None, "it may be denied");
}

#[test]
fn lists_have_pages() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	for reader in 0..40 {
		released(store, [reader; 32], 2, 1);
	}
	let each: Vec<_> = (0..40).map(|reader| told([reader; 32], 2, 1)).collect();
	assert_eq!(write(store, &parties(), (0, 40), &all(&each), NOW).unwrap(), 40);
	let (rows, next) = listed(store, RecallsOf::House(2), 0).unwrap();
	assert_eq!((rows.len(), next), (RECALLS_PER_PAGE as usize, Some(RECALLS_PER_PAGE)));
	let (rows, next) = listed(store, RecallsOf::House(2), RECALLS_PER_PAGE).unwrap();
	assert_eq!((rows.len(), next), (8, None));
	assert!(listed(store, RecallsOf::House(2), 99).unwrap().0.is_empty());
}

#[test]
fn an_acknowledgement_may_become_a_deletion_and_not_the_other_way() {
	let harness = recalling();
	let store = &harness.vault.store;
	let id = id_of(account(), 2);
	let kept = RecallAnswer::Acknowledged(RecallGround::Legal);
	let grew = keep(store, id, word(RecallAnswer::Deleted, 1, NOW));
	assert!(matches!(grew, Err(Error::RecallGrew(2))));
	for answer in [kept, RecallAnswer::Acknowledged(RecallGround::Retention)] {
		let row = keep(store, id, word(answer, 2, NOW)).unwrap();
		assert_eq!(row.answer.unwrap().statement.answer, answer);
	}
	let deleted = word(RecallAnswer::Deleted, 2, NOW);
	for _ in 0..2 {
		assert_eq!(keep(store, id, deleted).unwrap().answer, Some(deleted));
	}
	assert!(matches!(keep(store, id, word(kept, 2, NOW)), Err(Error::DeletionAttested)));
	let harness = harness.killed();
	let row = harness.vault.store.read(|rows| rows.get(&RECALLS, &id)).unwrap().unwrap();
	assert_eq!(row.answer, Some(deleted));
	let unknown = keep(&harness.vault.store, RecallId([9; 32]), deleted);
	assert!(matches!(unknown, Err(Error::RecallUnknown)));
}

#[test]
fn an_answer_must_be_the_callers_own_and_of_now() {
	let harness = recalling();
	let vault = &harness.vault;
	let (id, now) = (id_of(account(), 2), 2 * RECALL_WORD_AGE);
	let good = word(RecallAnswer::Deleted, 2, now);
	let look = |account, id, word: &RecallWord| check(vault, account, id, word, now);
	assert!(look(account(), id, &good).is_ok());
	assert!(matches!(look([9; 32], id, &good), Err(Error::Malformed(_))));
	assert!(matches!(look(account(), RecallId([9; 32]), &good), Err(Error::Malformed(_))));
	for at in [now - RECALL_WORD_AGE - 1, now + RECALL_WORD_AHEAD + 1] {
		let other = word(RecallAnswer::Deleted, 2, at);
		assert!(matches!(look(account(), id, &other), Err(Error::Malformed(_))));
	}
	let mut forged = good;
	forged.statement.answer = RecallAnswer::Acknowledged(RecallGround::Legal);
	assert!(matches!(look(account(), id, &forged), Err(Error::SignatureWrong)));
	let mut elsewhere = good;
	elsewhere.statement.custodian = 2;
	assert!(matches!(look(account(), id, &elsewhere), Err(Error::WrongChain)));
}

#[tokio::test]
async fn the_recipient_reads_and_answers_while_the_node_is_away() {
	let harness = recalling();
	let token = harness.token(READER);
	let (status, page): (_, RecallPage) =
		harness.send("GET", RECALLS_ROUTE, Some(&token), "").await;
	assert_eq!((status, page.recalls.len(), page.next), (200, 1, None));
	let recall = page.recalls[0];
	assert_eq!((recall.records, recall.due), (2, NOW + RECALL_DUE));
	let route = |route: &str| route.replace("{recall}", &recall.id.to_string());
	let (_, records): (_, RecalledRecords) =
		harness.send("GET", &route(RECALLED_RECORDS), Some(&token), "").await;
	assert_eq!(records.records, [RecordId([1; 32]), RecordId([2; 32])]);
	let said = word(RecallAnswer::Deleted, 2, crate::clock::now());
	let body = serde_json::to_string(&said).unwrap();
	let (status, answered): (_, Recall) =
		harness.send("POST", &route(RECALL_ANSWER), Some(&token), body.clone()).await;
	assert_eq!((status, answered.state(NOW)), (200, RecallState::DeletionAttested));
	// Nobody else sends it, whoever signed it; and whom a recall does not concern learns nothing of it
	// while the chain can not say for whom they speak.
	let other = harness.token("//Lakeside//DrOkafor");
	let refused = harness.refusal("POST", &route(RECALL_ANSWER), Some(&other), body).await;
	assert_eq!(refused, (400, "malformed".into()));
	let refused = harness.refusal("GET", &route(RECALLED_RECORDS), Some(&other), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let (_, none): (_, RecallPage) = harness.send("GET", RECALLS_ROUTE, Some(&other), "").await;
	assert!(none.recalls.is_empty());
	let house = format!("{RECALLS_ROUTE}?house=2");
	let refused = harness.refusal("GET", &house, Some(&token), "").await;
	assert_eq!(refused, (503, "node-unavailable".into()));
}

#[tokio::test]
async fn the_patient_alone_sees_those_of_the_chart() {
	let harness = recalling();
	let route = CHART_RECALLS.replace("{chart}", &CHART.to_string());
	let patient = harness.token("//Patient");
	let (status, page): (_, RecallPage) = harness.send("GET", &route, Some(&patient), "").await;
	assert_eq!((status, page.recalls.len()), (200, 1));
	let reader = harness.token(READER);
	let refused = harness.refusal("GET", &route, Some(&reader), "").await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
}

#[test]
fn charts_in_a_hurry_are_few() {
	let recalls = Recalls::default();
	for number in 0..5_000u32 {
		let mut chart = [0; 32];
		chart[..4].copy_from_slice(&number.to_be_bytes());
		recalls.hurry(ChartId(chart));
	}
	assert_eq!(recalls.take_hurried().len(), MAX_HURRIED);
	assert!(recalls.take_hurried().is_empty());
}

//! The comparison, over logs that are made up.

use super::*;
use crate::{
	keys::{Identity, KeyFile},
	vault_api::{RecallWord, RECALL_DUE},
};
use salus_primitives::{
	codes::{Actions, Purposes, Role},
	time::Period,
};

const GENESIS: [u8; 32] = [1; 32];
const CHART: ChartId = ChartId([2; 32]);
const ENDED: DirectiveId = DirectiveId([3; 32]);
const ACTIVE: DirectiveId = DirectiveId([4; 32]);
const NOW: Moment = 10_000;

fn reader() -> Identity {
	KeyFile::from_dev_uri("//Lakeside//DrBrooks").unwrap().into_identity()
}

fn recipient() -> Recipient {
	Recipient { account: reader().account(), organisation: 2 }
}

fn entry(who: Recipient, directive: DirectiveId, record: u8, at: Moment) -> DisclosureEntry {
	let Recipient { account, organisation } = who;
	DisclosureEntry {
		chart: CHART,
		sequence: 0,
		previous: None,
		at,
		head: [0; 32],
		accessor: Accessor::Staff { account, organisation, role: Role::Clinician },
		practitioner: Some(2),
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Record(RecordId([record; 32])),
		outcome: Outcome::Released(Basis::Directive(directive)),
	}
}

fn recall(who: Recipient) -> Recall {
	Recall {
		id: RecallId::of(&GENESIS, 1, &CHART, &ENDED, &who),
		chart: CHART,
		directive: ENDED,
		recipient: who,
		practitioner: Some(2),
		since: NOW,
		due: NOW + RECALL_DUE,
		records: 2,
		permitted_again: false,
		answer: None,
	}
}

fn compare(
	log: &[DisclosureEntry],
	active: &[(DirectiveId, Option<DirectiveTerms>)],
	recalls: &[Recall],
	now: Moment,
) -> (Vec<Holder>, Vec<String>) {
	let erased = HashSet::from([RecordId([9; 32])]);
	let compared = Compared {
		genesis: GENESIS,
		chart: CHART,
		custodian: 1,
		active,
		recalls,
		erased: &erased,
		now,
	};
	compared.holders(log.iter())
}

fn permit(grantee: Grantee) -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Permit,
		grantee,
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		..DirectiveTerms::cover()
	}
}

#[test]
fn whom_the_custodian_did_not_tell_shows() {
	let log = [
		entry(recipient(), ENDED, 1, 5),
		entry(recipient(), ENDED, 2, 6),
		entry(recipient(), ENDED, 1, 7),
	];
	let (holders, faults) = compare(&log, &[], &[], NOW);
	assert!(faults.is_empty());
	let [holder] = &holders[..] else { panic!("{holders:?}") };
	assert_eq!((holder.state, holder.releases, holder.last), (HolderState::NotTold, 3, 7));
	assert_eq!(holder.records, [RecordId([1; 32]), RecordId([2; 32])]);
	assert_eq!(holder.recall, recall(recipient()).id);
	assert!(holder.since.is_none());
}

#[test]
fn whoever_may_read_or_got_nothing_under_a_directive_is_no_holder() {
	let in_house = Recipient { account: [7; 32], organisation: 1 };
	let listing = DisclosureEntry { subject: Subject::Listing, ..entry(recipient(), ENDED, 1, 5) };
	let refused =
		DisclosureEntry { outcome: Outcome::Refused(32), ..entry(recipient(), ENDED, 1, 5) };
	let glass = Outcome::Released(Basis::BreakGlass(salus_primitives::ids::BreakGlassId([1; 32])));
	let log = [
		entry(recipient(), ACTIVE, 1, 5),
		entry(in_house, ENDED, 1, 5),
		listing,
		refused,
		DisclosureEntry { outcome: glass, ..entry(recipient(), ENDED, 1, 5) },
		// Its receipt tells who has it.
		entry(recipient(), ENDED, 9, 5),
	];
	let active = [(ACTIVE, Some(permit(Grantee::Organisation(7))))];
	assert_eq!(compare(&log, &active, &[], NOW), (vec![], vec![]));
	// Its period is over, though it stands on the chain.
	let period = Period { from: 0, until: Some(NOW) };
	let over = DirectiveTerms { period, ..permit(Grantee::Organisation(2)) };
	let (holders, _) = compare(&log, &[(ACTIVE, Some(over))], &[], NOW);
	assert_eq!(holders.len(), 1);
	assert_eq!(holders[0].state, HolderState::NotTold);
}

#[test]
fn another_directive_that_may_permit_it_is_told_apart() {
	let log = [entry(recipient(), ENDED, 1, 5)];
	let state =
		|terms: DirectiveTerms| compare(&log, &[(ACTIVE, Some(terms))], &[], NOW).0[0].state;
	for grantee in [
		Grantee::Anyone,
		Grantee::Organisation(2),
		Grantee::Practitioner(2),
		Grantee::PractitionerAt(2, 2),
	] {
		assert_eq!(state(permit(grantee)), HolderState::MayBePermitted, "{grantee:?}");
	}
	let anyone = || permit(Grantee::Anyone);
	let mut listed = anyone();
	listed.scope.records = Some(vec![RecordId([8; 32])].try_into().unwrap());
	for other in [
		permit(Grantee::Organisation(3)),
		permit(Grantee::PractitionerAt(2, 3)),
		DirectiveTerms { rule: Rule::Deny, ..anyone() },
		DirectiveTerms { purposes: Purposes::of(&[Purpose::Research]), ..anyone() },
		DirectiveTerms { period: Period { from: NOW + 1, until: None }, ..anyone() },
		listed,
	] {
		assert_eq!(state(other.clone()), HolderState::NotTold, "{other:?}");
	}
}

#[test]
fn answers_count_as_far_as_they_are_signed() {
	let log = [entry(recipient(), ENDED, 1, 5), entry(recipient(), ENDED, 2, 6)];
	let known = recall(recipient());
	let one = |recall: Recall, now| {
		let (mut holders, faults) = compare(&log, &[], &[recall], now);
		(holders.remove(0), faults)
	};
	assert_eq!(one(known, NOW).0.state, HolderState::Notified);
	assert_eq!(one(known, known.due).0.state, HolderState::Overdue);
	let kept = RecallAnswer::Acknowledged(RecallGround::Legal);
	let said = |answer| RecallWord::sign(&reader(), GENESIS, 1, &known, answer, 77);
	let (holder, faults) = one(Recall { answer: Some(said(kept)), ..known }, known.due);
	assert!(faults.is_empty());
	assert_eq!(
		(holder.state, holder.ground),
		(HolderState::Acknowledged, Some(RecallGround::Legal))
	);
	assert_eq!((holder.answered, holder.answered_by), (Some(77), Some(reader().account())));
	let deleted = said(RecallAnswer::Deleted);
	let (holder, _) = one(Recall { answer: Some(deleted), ..known }, known.due);
	assert_eq!((holder.state, holder.ground), (HolderState::DeletionAttested, None));
	// What the vault made of it itself.
	let mut forged = said(kept);
	forged.statement.answer = RecallAnswer::Deleted;
	let (holder, faults) = one(Recall { answer: Some(forged), ..known }, known.due);
	assert_eq!((holder.state, holder.answered_by, faults.len()), (HolderState::Overdue, None, 1));
}

#[test]
fn a_recall_of_nothing_is_a_fault() {
	let other = Recipient { account: [8; 32], organisation: 3 };
	let log = [entry(recipient(), ENDED, 1, 5)];
	let (holders, faults) = compare(&log, &[], &[recall(recipient()), recall(other)], NOW);
	assert_eq!((holders.len(), faults.len()), (1, 1));
	// One of a directive that is in force here: the vault's node may be ahead of ours.
	let active = [(ENDED, None)];
	let (holders, faults) = compare(&log, &active, &[recall(recipient())], NOW);
	assert_eq!((holders.len(), faults.len()), (0, 0));
}

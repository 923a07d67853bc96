//! Links: what they open, one rule at a time.

use super::*;
use crate::link::{LinkKeys, MAX_LINK_VALIDITY};

fn keys() -> LinkKeys {
	LinkKeys { account: [1; 32], encryption_key: [2; 32] }
}

/// A link to the record that is asked for.
fn link() -> DirectiveTerms {
	DirectiveTerms {
		grantee: Grantee::Bearer(keys().seal()),
		scope: Scope {
			records: Some(vec![RecordId([6; 32])].try_into().unwrap()),
			..Scope::default()
		},
		purposes: Purposes::of(&[Purpose::PatientRequested]),
		..directive(Rule::Permit, Strength::Specific)
	}
}

/// What is answered to whoever has the link.
fn answer(
	directives: &[DirectiveTerms],
	change: impl FnOnce(&mut Facts, &mut AccessQuery),
) -> Decision {
	let (mut facts, mut query) = case(directives);
	facts.practitioner = None;
	query.accessor = Accessor::Bearer { link: keys().seal() };
	query.purpose = Purpose::PatientRequested;
	change(&mut facts, &mut query);
	decide(&facts, &query)
}

fn of(change: impl FnOnce(&mut DirectiveTerms)) -> Decision {
	let mut terms = link();
	change(&mut terms);
	answer(&[terms], |_, _| ())
}

#[test]
fn a_link_opens_its_record() {
	assert_eq!(answer(&[link()], |_, _| ()), by_directive(0));
	let obliged = of(|terms| terms.obligations = Obligations::of(&[Obligation::NoRedisclosure]));
	let Decision::Permit { obligations, .. } = obliged else { panic!("{obliged:?}") };
	assert_eq!(obligations, Obligations::of(&[Obligation::NoRedisclosure]));
}

#[test]
fn every_byte_of_the_keys_counts() {
	let LinkKeys { account, encryption_key } = keys();
	let others = [
		LinkKeys { account: [3; 32], encryption_key },
		LinkKeys { account, encryption_key: [3; 32] },
		LinkKeys { account: encryption_key, encryption_key: account },
	];
	for other in others {
		assert_ne!(other.seal(), keys().seal());
		let asked = answer(&[link()], |_, query| {
			query.accessor = Accessor::Bearer { link: other.seal() };
		});
		assert_eq!(asked, denied(DenyReason::LinkUnknown));
	}
}

#[test]
fn a_link_is_over_from_its_end_on() {
	for (at, expected) in [
		(99, denied(DenyReason::LinkOver)),
		(100, by_directive(0)),
		(199, by_directive(0)),
		(200, denied(DenyReason::LinkOver)),
	] {
		assert_eq!(answer(&[link()], |facts, _| facts.at = at), expected, "{at}");
	}
}

#[test]
fn a_link_is_for_its_record_action_and_purpose() {
	let another = denied(DenyReason::LinkOfAnother);
	assert_eq!(answer(&[link()], |_, query| query.record = RecordId([7; 32])), another);
	assert_eq!(answer(&[link()], |_, query| query.action = Action::Disclose), another);
	assert_eq!(answer(&[link()], |_, query| query.purpose = Purpose::Research), another);
}

#[test]
fn a_link_that_says_more_is_unfit() {
	let unfit = denied(DenyReason::LinkUnfit);
	let at_most = Period { from: 100, until: Some(100 + MAX_LINK_VALIDITY) };
	assert_eq!(of(|terms| terms.period = at_most), by_directive(0));
	let longer = Period { from: 100, until: Some(101 + MAX_LINK_VALIDITY) };
	assert_eq!(of(|terms| terms.period = longer), unfit);
	assert_eq!(of(|terms| terms.period.until = None), unfit);
	assert_eq!(of(|terms| terms.scope.records = None), unfit);
	let two = vec![RecordId([6; 32]), RecordId([7; 32])].try_into().unwrap();
	assert_eq!(of(|terms| terms.scope.records = Some(two)), unfit);
	assert_eq!(of(|terms| terms.scope.records = Some(Vec::new().try_into().unwrap())), unfit);
	let more = Actions::of(&[Action::Access, Action::Disclose]);
	assert_eq!(of(|terms| terms.actions = more), unfit);
	assert_eq!(of(|terms| terms.strength = Strength::Default), unfit);
}

#[test]
fn only_the_patient_makes_links() {
	// Who is no guardian may not claim it.
	let claimed = of(|terms| terms.basis = GrantorBasis::Guardian);
	assert_eq!(claimed, denied(DenyReason::DirectiveBasisWrong));
	let by_proxy = DirectiveTerms { basis: Relation::Proxy.basis(), ..link() };
	let asked = answer(&[by_proxy], |facts, _| {
		facts.chart.as_mut().unwrap().directives[0].guardian =
			Some(crate::guardian::ActingGuardian {
				key: [3; 32],
				leaf: Seal([3; 32]),
				relation: Relation::Proxy,
				powers: Powers::all(),
				until: None,
			});
	});
	assert_eq!(asked, denied(DenyReason::LinkUnfit));
}

#[test]
fn a_specific_deny_to_anyone_beats_it() {
	let to_all = |strength, purpose| DirectiveTerms {
		grantee: Grantee::Anyone,
		purposes: Purposes::of(&[purpose]),
		..directive(Rule::Deny, strength)
	};
	let asked = |deny: DirectiveTerms| answer(&[link(), deny], |_, _| ());
	let denies = denied(DenyReason::DirectiveDenies);
	assert_eq!(asked(to_all(Strength::Specific, Purpose::PatientRequested)), denies);
	assert_eq!(asked(to_all(Strength::Default, Purpose::PatientRequested)), by_directive(0));
	assert_eq!(asked(to_all(Strength::Specific, Purpose::Treatment)), by_directive(0));
	// One that names this very link, too; another's says nothing of it.
	let to_link = |link| DirectiveTerms {
		grantee: Grantee::Bearer(link),
		..to_all(Strength::Specific, Purpose::PatientRequested)
	};
	assert_eq!(asked(to_link(keys().seal())), denies);
	assert_eq!(asked(to_link(Seal([0xef; 32]))), by_directive(0));
	// One that names somebody is not about who has the link.
	let of_a_house = DirectiveTerms {
		grantee: Grantee::Organisation(OTHER),
		..to_all(Strength::Specific, Purpose::PatientRequested)
	};
	assert_eq!(asked(of_a_house), by_directive(0));
}

#[test]
fn what_anyone_may_read_is_not_open_without_a_link() {
	let to_all = DirectiveTerms { grantee: Grantee::Anyone, ..link() };
	assert_eq!(answer(std::slice::from_ref(&to_all), |_, _| ()), denied(DenyReason::LinkUnknown));
	// And a link opens nothing to those whom the chain knows.
	let (facts, mut query) = case(&[link()]);
	query.purpose = Purpose::PatientRequested;
	assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
	// Nor does what is said to anyone make a link superfluous.
	assert!(!to_all.implies(&link()));
	assert!(!link().implies(&link()));
}

#[test]
fn what_closes_to_others_closes_to_links() {
	let asked = |change: fn(&mut Facts)| answer(&[link()], |facts, _| change(facts));
	let chart = |change: fn(&mut ChartFacts)| {
		answer(&[link()], |facts, _| change(facts.chart.as_mut().unwrap()))
	};
	let in_error =
		asked(|facts| facts.record.as_mut().unwrap().state = RecordState::EnteredInError);
	assert_eq!(in_error, denied(DenyReason::RecordEnteredInError));
	let erased = asked(|facts| facts.record.as_mut().unwrap().state = RecordState::Erased);
	assert_eq!(erased, denied(DenyReason::RecordErased));
	let shut = chart(|chart| chart.state = ChartState::Deactivated);
	assert_eq!(shut, denied(DenyReason::ChartDeactivated));
	let dead = chart(|chart| chart.state = ChartState::Deceased);
	assert_eq!(dead, denied(DenyReason::ChartDeceased));
	let as_directed = chart(|chart| {
		chart.state = ChartState::Deceased;
		chart.posthumous = Some(PosthumousRule::AsDirected);
	});
	assert_eq!(as_directed, by_directive(0));
	let unread = answer(&[link()], |_, query| query.directives.clear());
	assert_eq!(unread, denied(DenyReason::DirectiveOpeningMissing));
	let revoked = answer(&[link()], |facts, _| facts.chart.as_mut().unwrap().directives.clear());
	assert_eq!(revoked, denied(DenyReason::LinkUnknown));
}

#[test]
fn indices_stay() {
	let link = Seal([5; 32]);
	assert_eq!(Grantee::Bearer(link).encode()[0], 4);
	assert_eq!(Accessor::Bearer { link }.encode()[0], 3);
	// What logs name by the code alone is read by it.
	for reason in [
		DenyReason::LinkUnknown,
		DenyReason::LinkOver,
		DenyReason::LinkOfAnother,
		DenyReason::LinkUsed,
		DenyReason::LinkUnfit,
	] {
		assert_eq!(reason.encode(), [reason.code()]);
		assert_eq!(DenyReason::decode(&mut [reason.code()].as_slice()), Ok(reason));
	}
}

/// What patients make links for, beside what else they have said.
#[test]
fn scenarios() {
	let purposes = Purposes::of(&[Purpose::PatientRequested]);
	let general = |rule, strength| DirectiveTerms {
		grantee: Grantee::Anyone,
		purposes,
		period: Period { from: 0, until: None },
		..directive(rule, strength)
	};
	let sensitive = DirectiveTerms {
		scope: Scope {
			sensitivity: Some(Sensitivities::of(&[Sensitivity::Psychiatry])),
			..Scope::default()
		},
		..general(Rule::Deny, Strength::Specific)
	};
	let labelled = |facts: &mut Facts, query: &mut AccessQuery| {
		query.opening.terms.sensitivity = Sensitivities::of(&[Sensitivity::Psychiatry]);
		facts.record.as_mut().unwrap().leaf = query.opening.seal();
	};
	let opt_out = general(Rule::Deny, Strength::Default);
	// A letter for a physician abroad, of somebody who shares nothing else.
	assert_eq!(answer(&[opt_out.clone(), link()], |_, _| ()), by_directive(1));
	// The same where psychiatry is for nobody at all: the letter is none, or it is.
	let both = [sensitive, link()];
	assert_eq!(answer(&both, |_, _| ()), by_directive(1));
	assert_eq!(answer(&both, labelled), denied(DenyReason::DirectiveDenies));
	// One link for a relative, and one for a lawyer that may not be passed on.
	let lawyer = LinkKeys { account: [8; 32], encryption_key: [9; 32] }.seal();
	let bound = DirectiveTerms {
		grantee: Grantee::Bearer(lawyer),
		obligations: Obligations::of(&[Obligation::NoRedisclosure]),
		..link()
	};
	let two = [opt_out, link(), bound];
	assert_eq!(answer(&two, |_, _| ()), by_directive(1));
	let of_lawyer = answer(&two, |_, query| query.accessor = Accessor::Bearer { link: lawyer });
	let Decision::Permit { basis, obligations } = of_lawyer else { panic!("{of_lawyer:?}") };
	assert_eq!(basis, Basis::Directive(DirectiveId([2; 32])));
	assert!(obligations.contains(Obligation::NoRedisclosure));
}

//! Links in the model: who has one is let in by its directive alone.

use super::*;
use crate::link::{LinkKeys, MAX_LINK_VALIDITY};

/// The link numbered so.
pub(super) fn link(number: u8) -> Seal {
	LinkKeys { account: [number; 32], encryption_key: [0xee; 32] }.seal()
}

/// What should be answered to whoever has the link, of a record and a chart that are there.
pub(super) fn expected(case: &Case, number: u8) -> Decision {
	if case.state == RecordState::EnteredInError {
		return denied(DenyReason::RecordEnteredInError);
	}
	if let Some(reason) = unread(case) {
		return denied(reason);
	}
	let mut links = Vec::new();
	for (place, active) in case.directives.iter().enumerate() {
		if active.terms.rule == Rule::Permit
			&& active.terms.grantee == Grantee::Bearer(link(number))
		{
			links.push((place, active));
		}
	}
	if links.is_empty() {
		return denied(DenyReason::LinkUnknown);
	}
	for active in &case.directives {
		let terms = &active.terms;
		let to_all = terms.rule == Rule::Deny
			&& terms.strength == Strength::Specific
			&& terms.grantee == Grantee::Anyone;
		// Who has the link is nobody's practitioner, and of no house.
		if to_all && fits(terms, case, 0, None) {
			return denied(DenyReason::DirectiveDenies);
		}
	}
	if let Some(reason) = shut(case) {
		return denied(reason);
	}
	let mut reasons = Vec::new();
	let (mut opening, mut obligations) = (None, Obligations::EMPTY);
	for (place, active) in links {
		let terms = &active.terms;
		let one_record = match &terms.scope.records {
			Some(listed) => listed.iter().count() == 1,
			None => false,
		};
		let short = match terms.period.until {
			Some(until) => until <= terms.period.from + MAX_LINK_VALIDITY,
			None => false,
		};
		let only_access = terms.actions.iter().collect::<Vec<_>>() == [Action::Access];
		if !one_record
			|| !short || !only_access
			|| terms.strength != Strength::Specific
			|| ![GrantorBasis::Own, GrantorBasis::WitnessedPaper].contains(&terms.basis)
		{
			reasons.push(DenyReason::LinkUnfit);
			continue;
		}
		if AT < terms.period.from || terms.period.until.is_some_and(|until| AT >= until) {
			reasons.push(DenyReason::LinkOver);
			continue;
		}
		// As if it were said to anyone.
		let said = DirectiveTerms { grantee: Grantee::Anyone, ..terms.clone() };
		if !fits(&said, case, 0, None) {
			reasons.push(DenyReason::LinkOfAnother);
			continue;
		}
		// Staff stand for paper, and the patient's own word against all counts for more.
		let denied_by_key = case.directives.iter().any(|other| {
			other.terms.rule == Rule::Deny
				&& !other.on_paper
				&& other.terms.grantee == Grantee::Anyone
				&& fits(&other.terms, case, 0, None)
		});
		if active.on_paper && denied_by_key {
			reasons.push(DenyReason::DirectiveDenies);
			continue;
		}
		opening = opening.or(Some(place));
		for one in Obligation::ALL {
			if terms.obligations.contains(*one) {
				obligations = obligations.with(*one);
			}
		}
	}
	match opening {
		Some(place) => Decision::Permit {
			basis: Basis::Directive(DirectiveId([place as u8; 32])),
			obligations,
		},
		None => denied(reasons[0]),
	}
}

/// A directive about a link, mostly as it may be.
fn link_of() -> impl Strategy<Value = Active> {
	let mostly = || prop::bool::weighted(0.9);
	let fit = (mostly(), mostly(), mostly(), mostly(), mostly(), mostly());
	(directive_of(), 1u8..3, 6u8..8, fit, 0u64..3).prop_map(
		|(mut active, number, listed, (one, short, access, specific, own, plain), ends)| {
			let terms = &mut active.terms;
			terms.grantee = Grantee::Bearer(link(number));
			terms.rule = Rule::Permit;
			if one {
				terms.scope.records = Some(vec![RecordId([listed; 32])].try_into().unwrap());
			}
			if short {
				terms.period = Period { from: 0, until: Some(AT + ends) };
			} else if specific {
				terms.period = Period { from: 0, until: Some(MAX_LINK_VALIDITY + ends) };
			}
			if access {
				terms.actions = Actions::of(&[Action::Access]);
			}
			if specific {
				terms.strength = Strength::Specific;
			}
			if own {
				terms.basis = GrantorBasis::Own;
				active.issuer = None;
				active.on_paper = false;
			}
			if plain {
				let records = active.terms.scope.records.clone();
				active.terms.scope = Scope { records, ..Scope::default() };
			}
			active.given = if ends == 2 { active.given } else { Given::Right };
			active
		},
	)
}

/// A case in which somebody has a link.
pub(super) fn case_of_link() -> impl Strategy<Value = Case> {
	let links = proptest::collection::vec(link_of(), 0..3);
	let others = proptest::collection::vec(directive_of(), 0..2);
	(case_of(), links, others, 1u8..3).prop_map(|(case, links, mut others, number)| {
		for other in &mut others {
			other.given = Given::Right;
		}
		let directives = others.into_iter().chain(links).collect();
		Case { who: Who::Bearer { link: number }, directives, ..case }
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn what_a_link_opens_is_the_models(case in case_of_link()) {
		let (facts, query) = built(&case);
		prop_assert_eq!(decide(&facts, &query), super::expected(&case));
	}

	/// A deny more never opens what a link did not.
	#[test]
	fn a_deny_more_opens_no_link(case in case_of_link(), mut deny in directive_of()) {
		deny.terms.rule = Rule::Deny;
		let open = |case: &Case| {
			let (facts, query) = built(case);
			matches!(decide(&facts, &query), Decision::Permit { .. })
		};
		let mut more = case.clone();
		more.directives.push(deny);
		prop_assert!(open(&case) || !open(&more));
	}

	/// A link opens nothing for those who do not have it.
	#[test]
	fn a_link_is_nothing_to_others(case in case_of(), mut active in link_of()) {
		active.given = Given::Right;
		active.terms.basis = GrantorBasis::Own;
		active.issuer = None;
		active.on_paper = false;
		let decided = |case: &Case| {
			let (facts, query) = built(case);
			decide(&facts, &query)
		};
		let mut more = case.clone();
		more.directives.push(active);
		prop_assert_eq!(decided(&case), decided(&more));
	}
}

#[test]
fn the_models_links_reach_every_answer() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let mut seen = std::collections::BTreeSet::new();
	for _ in 0..20_000 {
		let case = case_of_link().new_tree(&mut runner).unwrap().current();
		seen.insert(match super::expected(&case) {
			Decision::Permit { .. } => 0,
			Decision::Deny { reason } => reason.code(),
		});
	}
	// 73 is a vault's to say.
	for code in [0, 20, 21, 22, 23, 26, 27, 28, 30, 31, 33, 70, 71, 72, 74] {
		assert!(seen.contains(&code), "{code} among {seen:?}");
	}
}

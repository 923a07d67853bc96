//! Directives that may end without a decision changing.

use super::{
	model::{built, case_of, directive_of, Active, Case, Given},
	*,
};
use crate::directive::{dispensable, Dispensable};

/// The terms with some of it narrowed.
fn narrowed() -> impl Strategy<Value = (DirectiveTerms, DirectiveTerms)> {
	(directive_of(), directive_of(), 0u32..512).prop_map(|(wide, other, which)| {
		let (wide, other) = (wide.terms, other.terms);
		let mut narrow = wide.clone();
		let takes = |bit: u32| which & 1 << bit != 0;
		if takes(0) && wide.grantee == Grantee::Anyone {
			narrow.grantee = other.grantee;
		}
		if takes(1) {
			narrow.scope = Scope {
				categories: wide.scope.categories.or(other.scope.categories),
				author: wide.scope.author.or(other.scope.author),
				records: wide.scope.records.clone().or(other.scope.records.clone()),
				..wide.scope.clone()
			};
		}
		if takes(2) {
			narrow.actions = Actions::of(&[Action::Access]);
		}
		if takes(3) {
			narrow.purposes = Purposes::of(&[Purpose::Treatment]);
		}
		if takes(4) {
			narrow.obligations = Obligations::EMPTY;
		}
		if takes(5) {
			narrow.period.until = wide.period.until.or(other.period.until);
		}
		if takes(6) {
			narrow.scope.sensitivity = wide.scope.sensitivity.or(other.scope.sensitivity);
		}
		// Some pairs that do not fit.
		if takes(7) && takes(8) {
			return (other, narrow);
		}
		(wide, narrow)
	})
}

/// Whether the case is let in, and how.
fn answer(case: &Case) -> Option<Obligations> {
	let (facts, query) = built(case);
	match decide(&facts, &query) {
		Decision::Permit { obligations, .. } => Some(obligations),
		Decision::Deny { .. } => None,
	}
}

fn right(terms: DirectiveTerms) -> Active {
	Active {
		terms: DirectiveTerms { basis: GrantorBasis::Own, ..terms },
		given: Given::Right,
		issuer: None,
		on_paper: false,
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn what_another_says_too_decides_nothing(case in case_of(), pair in narrowed()) {
		let (wide, narrow) = (right(pair.0), right(pair.1));
		// Most pairs do.
		if !wide.terms.implies(&narrow.terms) {
			return Ok(());
		}
		let mut both = case.clone();
		both.directives.extend([narrow, wide.clone()]);
		let mut one = case;
		one.directives.push(wide);
		prop_assert_eq!(answer(&both), answer(&one));
	}

	/// Ending all that are named at once changes nothing either.
	#[test]
	fn what_is_dispensable_decides_nothing(
		case in case_of(),
		pairs in proptest::collection::vec(narrowed(), 0..4),
	) {
		let own: Vec<_> = pairs.into_iter().flat_map(|(wide, narrow)| [right(narrow), right(wide)]).collect();
		let named: Vec<_> =
			own.iter().enumerate().map(|(n, one)| (DirectiveId([n as u8; 32]), &one.terms)).collect();
		let (at, _) = built(&case);
		let gone: Vec<_> = dispensable(&named, at.at).into_iter().map(|(id, _)| id).collect();
		let stays = named.iter().zip(&own).filter(|((id, _), _)| !gone.contains(id));
		let stays: Vec<_> = stays.map(|(_, one)| one.clone()).collect();
		let mut all = case.clone();
		all.directives.extend(own.clone());
		let mut fewer = case;
		fewer.directives.extend(stays);
		prop_assert_eq!(answer(&all), answer(&fewer));
	}
}

#[test]
fn reasons_are_told_and_one_of_two_equals_stays() {
	let all = DirectiveTerms {
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		..DirectiveTerms::cover()
	};
	let over = DirectiveTerms { period: Period { from: 0, until: Some(10) }, ..all.clone() };
	let coordination =
		DirectiveTerms { purposes: Purposes::of(&[Purpose::CoordinationOfCare]), ..all.clone() };
	let deny = DirectiveTerms { rule: Rule::Deny, ..all.clone() };
	let bound =
		DirectiveTerms { obligations: Obligations::of(&[Obligation::Encrypt]), ..all.clone() };
	let cover = DirectiveTerms::cover();
	let id = |n: u8| DirectiveId([n; 32]);
	let active = [
		(id(0), &all),
		(id(1), &all),
		(id(2), &over),
		(id(3), &coordination),
		(id(4), &deny),
		(id(5), &bound),
		(id(6), &cover),
		(id(7), &all),
	];
	let said = dispensable(&active, 10);
	// What binds more stays, and says what the others say: they may go.
	assert_eq!(
		said,
		[
			(id(0), Dispensable::SaidBy(id(5))),
			(id(1), Dispensable::SaidBy(id(5))),
			(id(2), Dispensable::Over),
			(id(3), Dispensable::SaidBy(id(5))),
			(id(7), Dispensable::SaidBy(id(5))),
		]
	);
	let said = dispensable(&active[..4], 9);
	assert_eq!(
		said,
		[
			(id(1), Dispensable::SaidBy(id(0))),
			(id(2), Dispensable::SaidBy(id(0))),
			(id(3), Dispensable::SaidBy(id(0))),
		]
	);
}

//! Guardians, and what becomes of a chart that is closed or whose patient is dead.

use super::*;
use crate::{
	guardian::*,
	time::{is_start_of_year, start_of_year},
};

fn terms(n: u8, relation: Relation, until: Option<u64>) -> Opening<GuardianTerms> {
	let powers = Powers::all().without(Power::Overrule);
	let terms = GuardianTerms { chart: ChartId([1; 32]), key: [n; 32], relation, powers, until };
	Opening { terms, salt: Salt([n; 32]) }
}

fn fillers() -> [Seal; GUARD_LEAVES as usize] {
	core::array::from_fn(|n| Seal([0x80 | n as u8; 32]))
}

fn word(guard: &Guard, guardian: &Opening<GuardianTerms>, expires: u64) -> GuardianWord<()> {
	GuardianWord {
		terms: guardian.terms,
		salt: guardian.salt,
		proof: guard.prove(guardian).unwrap(),
		expires,
		signature: (),
	}
}

const ISSUE: GuardianAct =
	GuardianAct::IssueDirective { id: DirectiveId([1; 32]), seal: Seal([2; 32]), replaces: None };
const REVOKE: GuardianAct = GuardianAct::RevokeDirective { id: DirectiveId([1; 32]) };

#[test]
fn a_guardian_is_admitted_from_guard_to_coming_of_age() {
	let of_age = start_of_year(2040).unwrap();
	let parent = terms(1, Relation::Parent, Some(of_age));
	let guard = Guard::new(&[parent.clone(), terms(2, Relation::Proxy, None)], &fillers()).unwrap();
	let (chart, root) = (parent.terms.chart, guard.root());
	let word = word(&guard, &parent, of_age + 1_000);
	let acting = word.admit(&chart, Some(&root), &ISSUE, of_age - 1).unwrap();
	assert_eq!((acting.leaf, acting.relation), (parent.seal(), Relation::Parent));
	assert_eq!(acting.key, parent.terms.key);
	assert_eq!(word.admit(&chart, Some(&root), &ISSUE, of_age), Err(GuardianFault::Over));
}

#[test]
fn a_parents_guardianship_ends_with_a_year() {
	const DAY: u64 = 24 * 60 * 60 * 1000;
	assert_eq!(start_of_year(1969), None);
	let mut start = 0;
	for year in 1970..4_000 {
		assert_eq!(start_of_year(year), Some(start), "{year}");
		assert!(is_start_of_year(start), "{year}");
		for other in [start + 1, start + DAY, start + 364 * DAY] {
			assert!(!is_start_of_year(other), "{year}: {other}");
		}
		let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		start += (365 + u64::from(leap)) * DAY;
	}
	assert!(!is_start_of_year(u64::MAX));

	let birthday = start_of_year(2040).unwrap() + 120 * DAY;
	for (relation, until, rounded) in [
		(Relation::Parent, None, true),
		(Relation::Parent, start_of_year(2040), true),
		(Relation::Parent, Some(birthday), false),
		(Relation::Proxy, Some(birthday), true),
		(Relation::PowerOfAttorney, Some(birthday), true),
	] {
		let guardian = terms(1, relation, until);
		assert_eq!(guardian.terms.has_rounded_end(), rounded);
		let guard = Guard::new(std::slice::from_ref(&guardian), &fillers()).unwrap();
		let (word, root) = (word(&guard, &guardian, 10), guard.root());
		let admitted = word.admit(&guardian.terms.chart, Some(&root), &ISSUE, 0);
		let expected = if rounded { None } else { Some(GuardianFault::EndNotRounded) };
		assert_eq!(admitted.err(), expected);
		// Reading shows the date to nobody.
		let shown = word.shown();
		assert!(shown.admit(&guardian.terms.chart, Some(&root), Some(Power::Read), 0).is_ok());
	}
}

#[test]
fn whoever_is_no_guardian_is_not_admitted() {
	let parent = terms(1, Relation::Parent, None);
	let guard = Guard::new(std::slice::from_ref(&parent), &fillers()).unwrap();
	let (chart, root, good) = (parent.terms.chart, guard.root(), word(&guard, &parent, 10));
	let not = Err(GuardianFault::NotAGuardian);
	assert!(good.admit(&chart, Some(&root), &ISSUE, 0).is_ok());
	assert_eq!(good.admit(&chart, None, &ISSUE, 0), not);
	assert_eq!(good.admit(&ChartId([2; 32]), Some(&root), &ISSUE, 0), not);
	assert_eq!(good.admit(&chart, Some(&GuardRoot([7; 32])), &ISSUE, 0), not);
	let changes: [fn(&mut GuardianWord<()>); 6] = [
		|word| word.terms.powers = Powers::all(),
		|word| word.terms.key = [9; 32],
		|word| word.salt = Salt([9; 32]),
		|word| word.proof.index ^= 1,
		|word| word.proof.index = GUARD_LEAVES as u8,
		|word| word.proof.siblings[3] = Seal([9; 32]),
	];
	for change in changes {
		let mut bad = good.clone();
		change(&mut bad);
		assert_eq!(bad.admit(&chart, Some(&root), &ISSUE, 0), not);
	}
}

#[test]
fn a_word_is_good_for_its_time_and_within_its_powers() {
	let mut proxy = terms(1, Relation::Proxy, None);
	proxy.terms.powers = Powers::of(&[Power::Revoke]);
	let guard = Guard::new(std::slice::from_ref(&proxy), &fillers()).unwrap();
	let (chart, root) = (proxy.terms.chart, guard.root());
	let at = |expires, act, at| word(&guard, &proxy, expires).admit(&chart, Some(&root), act, at);
	assert_eq!(at(10, &ISSUE, 0), Err(GuardianFault::PowerMissing));
	let dispute = GuardianAct::DisputeDeath { reported: 1 };
	assert_eq!(at(10, &dispute, 0), Err(GuardianFault::PowerMissing));
	assert!(at(10, &REVOKE, 9).is_ok());
	assert_eq!(at(10, &REVOKE, 10), Err(GuardianFault::Expired));
	assert!(at(MAX_WORD_VALIDITY, &REVOKE, 0).is_ok());
	assert_eq!(at(MAX_WORD_VALIDITY + 1, &REVOKE, 0), Err(GuardianFault::ValidityTooLong));
}

#[test]
fn only_who_may_overrule_ends_what_another_issued() {
	let acting = |n, powers| ActingGuardian {
		key: [n; 32],
		leaf: Seal([n; 32]),
		relation: Relation::Parent,
		powers,
		until: None,
	};
	let (one, other) = (acting(1, Powers::of(&[Power::Revoke])), acting(2, Powers::EMPTY));
	assert!(one.may_end(Some(&one)) && !one.may_end(Some(&other)) && !one.may_end(None));
	let over = acting(3, Powers::of(&[Power::Overrule]));
	assert!(over.may_end(Some(&one)) && over.may_end(None) && !over.may_end(Some(&over)));
	assert!(!other.may_end(Some(&other)));
	// A new card has another leaf, and other terms.
	let renewed = ActingGuardian { leaf: Seal([9; 32]), until: Some(7), ..one };
	assert!(renewed.may_end(Some(&one)) && one.may_end(Some(&renewed)));
	// Who takes another's leaf is not them.
	let leafed = ActingGuardian { leaf: one.leaf, ..acting(4, Powers::of(&[Power::Revoke])) };
	assert!(!leafed.may_end(Some(&one)));
}

#[test]
fn a_guard_holds_sixteen_and_no_more() {
	let most: Vec<_> = (0..16).map(|n| terms(n, Relation::Proxy, None)).collect();
	let guard = Guard::new(&most, &fillers()).unwrap();
	assert!(most.iter().all(|guardian| guard.prove(guardian).is_some()));
	let over: Vec<_> = (0..17).map(|n| terms(n, Relation::Proxy, None)).collect();
	assert_eq!(Guard::new(&over, &fillers()), None);
	let none = Guard::new(&[], &fillers()).unwrap();
	assert_eq!(none.prove(&most[0]), None);
	assert_ne!(none.root(), guard.root());
}

/// Facts and query under directives of which those with a guardian were issued by one.
fn guarded(directives: &[(DirectiveTerms, Option<ActingGuardian>)]) -> (Facts, AccessQuery) {
	let terms: Vec<_> = directives.iter().map(|(terms, _)| terms.clone()).collect();
	let (mut facts, query) = case(&terms);
	let known = &mut facts.chart.as_mut().unwrap().directives;
	for (directive, (_, guardian)) in known.iter_mut().zip(directives) {
		directive.guardian = *guardian;
	}
	(facts, query)
}

fn by(relation: Relation, until: Option<u64>) -> Option<ActingGuardian> {
	let (key, leaf, powers) = ([1; 32], Seal([1; 32]), Powers::all());
	Some(ActingGuardian { key, leaf, relation, powers, until })
}

fn of(rule: Rule, basis: GrantorBasis) -> DirectiveTerms {
	DirectiveTerms { basis, ..directive(rule, Strength::Specific) }
}

#[test]
fn a_directive_speaks_in_the_right_of_whoever_issued_it() {
	let issuers = [
		(None, GrantorBasis::Own),
		(by(Relation::Parent, None), GrantorBasis::Guardian),
		(by(Relation::Proxy, None), GrantorBasis::Guardian),
		(by(Relation::PowerOfAttorney, None), GrantorBasis::PowerOfAttorney),
	];
	for (issuer, right) in issuers {
		for basis in GrantorBasis::ALL {
			let (facts, query) = guarded(&[(of(Rule::Permit, *basis), issuer)]);
			let expected = if *basis == right {
				by_directive(0)
			} else {
				denied(DenyReason::DirectiveBasisWrong)
			};
			assert_eq!(decide(&facts, &query), expected, "{issuer:?} {basis}");
		}
	}
}

#[test]
fn a_deny_wins_when_guardians_disagree() {
	let permit = (of(Rule::Permit, GrantorBasis::Guardian), by(Relation::Parent, None));
	let deny = (of(Rule::Deny, GrantorBasis::PowerOfAttorney), by(Relation::PowerOfAttorney, None));
	for directives in [[permit.clone(), deny.clone()], [deny, permit]] {
		let (facts, query) = guarded(&directives);
		assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
	}
	let own = (of(Rule::Deny, GrantorBasis::Own), None);
	let permit = (of(Rule::Permit, GrantorBasis::Guardian), by(Relation::Parent, None));
	let (facts, query) = guarded(&[permit, own]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
}

#[test]
fn what_a_guardian_permitted_ends_when_the_patient_comes_of_age() {
	let case = |rule, until| {
		let directive = of(rule, GrantorBasis::Guardian);
		let (facts, query) = guarded(&[(directive, by(Relation::Parent, Some(until)))]);
		decide(&facts, &query)
	};
	assert_eq!(case(Rule::Permit, 151), by_directive(0));
	assert_eq!(case(Rule::Permit, 150), denied(DenyReason::NothingPermits));
	assert_eq!(case(Rule::Deny, 150), denied(DenyReason::DirectiveDenies));
}

#[test]
fn a_power_of_attorney_ends_with_who_gave_it() {
	let relations = [
		(Relation::PowerOfAttorney, GrantorBasis::PowerOfAttorney, false),
		(Relation::Parent, GrantorBasis::Guardian, true),
		(Relation::Proxy, GrantorBasis::Guardian, true),
	];
	for (relation, basis, goes_on) in relations {
		let case = |rule, state| {
			let (mut facts, query) = guarded(&[(of(rule, basis), by(relation, None))]);
			let chart = facts.chart.as_mut().unwrap();
			chart.state = state;
			chart.posthumous =
				(state == ChartState::Deceased).then_some(PosthumousRule::AsDirected);
			decide(&facts, &query)
		};
		assert_eq!(case(Rule::Permit, ChartState::Active), by_directive(0));
		let after = if goes_on { by_directive(0) } else { denied(DenyReason::NothingPermits) };
		assert_eq!(case(Rule::Permit, ChartState::Deceased), after, "{relation}");
		// What they denied stays.
		let denies = denied(DenyReason::DirectiveDenies);
		assert_eq!(case(Rule::Deny, ChartState::Deceased), denies, "{relation}");
	}
}

#[test]
fn a_closed_chart_permits_nobody_but_house_and_patient() {
	let closed = [
		(ChartState::Active, None, None),
		(ChartState::Deactivated, None, Some(DenyReason::ChartDeactivated)),
		(ChartState::Deceased, Some(PosthumousRule::AsDirected), None),
		(ChartState::Deceased, Some(PosthumousRule::Nothing), Some(DenyReason::ChartDeceased)),
		(ChartState::Deceased, None, Some(DenyReason::ChartDeceased)),
	];
	for (state, posthumous, expected) in closed {
		for strength in Strength::ALL {
			let (mut facts, mut query) = case(&[directive(Rule::Permit, *strength)]);
			let chart = facts.chart.as_mut().unwrap();
			(chart.state, chart.posthumous) = (state, posthumous);
			assert_eq!(
				decide(&facts, &query),
				expected.map_or(by_directive(0), denied),
				"{state} {posthumous:?}"
			);
			query.accessor =
				Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
			assert!(matches!(
				decide(&facts, &query),
				Decision::Permit { basis: Basis::Custodian, .. }
			));
			query.accessor = Accessor::Patient { account: PATIENT };
			assert!(matches!(decide(&facts, &query), Decision::Permit { .. }));
		}
		// Denies go on, for the house too.
		let mut deny = directive(Rule::Deny, Strength::Specific);
		deny.grantee = Grantee::Anyone;
		let (mut facts, mut query) = case(&[deny]);
		let chart = facts.chart.as_mut().unwrap();
		(chart.state, chart.posthumous) = (state, posthumous);
		assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
		query.accessor =
			Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
		assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
	}
}

proptest! {
	/// Closing a chart, a death, the end of a guardianship or another issuer never opens anything.
	#[test]
	fn nothing_that_befalls_a_chart_opens_it(
		rules in proptest::collection::vec((0usize..2, 0usize..2, 0usize..4), 0..6),
		state in proptest::sample::select(ChartState::ALL),
		posthumous in proptest::option::of(proptest::sample::select(PosthumousRule::ALL)),
		until in proptest::option::of(100u64..200),
	) {
		let directives: Vec<_> = rules
			.iter()
			.map(|(rule, strength, basis)| DirectiveTerms {
				basis: GrantorBasis::ALL[*basis],
				..directive(Rule::ALL[*rule], Strength::ALL[*strength])
			})
			.collect();
		let issued = |until| {
			directives
				.iter()
				.map(|terms| {
					let guardian = match terms.basis {
						GrantorBasis::Guardian => by(Relation::Parent, until),
						GrantorBasis::PowerOfAttorney => by(Relation::PowerOfAttorney, until),
						GrantorBasis::Own | GrantorBasis::WitnessedPaper => None,
					};
					(terms.clone(), guardian)
				})
				.collect::<Vec<_>>()
		};
		let (facts, query) = guarded(&issued(None));
		let before = decide(&facts, &query);
		let (mut facts, query) = guarded(&issued(until));
		let chart = facts.chart.as_mut().unwrap();
		(chart.state, chart.posthumous) = (state, posthumous);
		let after = decide(&facts, &query);
		if matches!(before, Decision::Deny { .. }) {
			prop_assert!(matches!(after, Decision::Deny { .. }), "{before:?} {after:?}");
		}
	}
}

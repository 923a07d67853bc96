//! Statements in the model: what is answered while finality stalls, and when it does not.

use super::*;

const DAY: u64 = 24 * 60 * 60 * 1000;
const STALE: u64 = 10 * 1000;

/// A statement that is shown, and when.
#[derive(Clone, Copy, Debug)]
struct Said {
	signed: bool,
	own_account: bool,
	own_house: bool,
	opening_fits: bool,
	right_chart: bool,
	right_custodian: bool,
	privileged: bool,
	/// Blocks by which its head lies behind the one that is seen, and whether it is an ancestor.
	behind: i64,
	right_hash: bool,
	/// Its time and the clock, after the head's time.
	made: i64,
	clock: u64,
}

/// What should be answered.
fn expected(case: &Case, said: Said) -> Decision {
	let without = ordinarily(case);
	let Who::Staff { organisation, role, practitioner } = case.who else { return without };
	if let Decision::Deny {
		reason:
			DenyReason::Standing(_)
			| DenyReason::RecordUnknown
			| DenyReason::RecordErased
			| DenyReason::RecordOpeningWrong
			| DenyReason::ChartUnknown,
	} = without
	{
		return without;
	}
	if said.clock <= STALE {
		return match without {
			Decision::Permit { .. } => without,
			Decision::Deny { .. } => denied(DenyReason::FinalityIsBack),
		};
	}
	// From here on what is permitted is not asked.
	if case.state == RecordState::EnteredInError {
		return denied(DenyReason::RecordEnteredInError);
	}
	if case.chart_state == ChartState::Deceased {
		return denied(DenyReason::ChartDeceased);
	}
	if role != Role::Clinician {
		return denied(DenyReason::NotAClinician);
	}
	if case.purpose != Purpose::EmergencyTreatment || case.action != Action::Access {
		return denied(DenyReason::NotEmergencyTreatment);
	}
	if !said.own_account || !said.own_house || practitioner.is_none() {
		return denied(DenyReason::BreakGlassOfAnother);
	}
	if !said.signed {
		return denied(DenyReason::StatementNotSigned);
	}
	if !said.opening_fits {
		return denied(DenyReason::BreakGlassOpeningWrong);
	}
	if !said.right_chart || !said.right_custodian {
		return denied(DenyReason::BreakGlassOfOtherChart);
	}
	let head = said.behind >= 0 && said.right_hash;
	let clock = i64::try_from(said.clock).unwrap();
	let day = i64::try_from(DAY).unwrap();
	let made_in_time = said.made >= 0 && said.made <= day;
	let made_of_now = said.made <= clock + 60_000 && clock - said.made < 3 * 3_600_000;
	if !head || !made_in_time || !made_of_now || clock > day {
		return denied(DenyReason::StatementNotOfNow);
	}
	if !said.privileged {
		return denied(DenyReason::EmergencyPrivilegeLost);
	}
	for active in &case.directives {
		let terms = &active.terms;
		let dissent = terms.rule == Rule::Deny
			&& terms.strength == Strength::Specific
			&& terms.purposes.contains(Purpose::EmergencyTreatment);
		let read = active.given == Given::Right;
		if read && dissent && fits(terms, case, organisation, practitioner) {
			return denied(DenyReason::EmergencyDenied);
		}
	}
	let first = [Category::Allergy, Category::Medication, Category::Problem];
	let labelled = Sensitivity::ALL.iter().any(|label| case.record.sensitivity.contains(*label));
	let restricted = [Confidentiality::Restricted, Confidentiality::VeryRestricted]
		.contains(&case.record.confidentiality);
	if !first.contains(&case.record.category) || labelled || restricted {
		return denied(DenyReason::BeyondFirstScope);
	}
	let basis = Basis::BreakGlass(statement(case, said).0.id());
	Decision::Permit { basis, obligations: Obligations::EMPTY }
}

/// The statement, and what opens its seal.
fn statement(case: &Case, said: Said) -> (BreakGlassStatement, Opening<BreakGlassTerms>) {
	let chart = if said.right_chart { case.record.chart } else { ChartId([0xcc; 32]) };
	let custodian = if said.right_custodian { OWN } else { OTHER };
	let terms = BreakGlassTerms { chart, custodian };
	let opening = Opening { terms, salt: Salt([7; 32]) };
	let organisation = match case.who {
		Who::Staff { organisation, .. } => organisation,
		_ => OTHER,
	};
	let statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: [1; 32],
		number: u32::try_from(100 - said.behind).unwrap(),
		head: [0x4e; 32],
		account: if said.own_account { [5; 32] } else { [6; 32] },
		organisation: if said.own_house { organisation } else { 99 },
		reason: BreakGlassReason::Emergency,
		seal: if said.opening_fits { opening.seal() } else { Seal([0xee; 32]) },
		at: AT.saturating_add_signed(said.made),
	};
	(statement, opening)
}

/// What the real decision is given.
fn built_with(case: &Case, said: Said) -> (Facts, AccessQuery) {
	let (mut facts, mut query) = built(case);
	let (statement, opening) = statement(case, said);
	let hash = if said.right_hash { statement.head } else { [0xee; 32] };
	facts.statement = Some(StatementFacts {
		signed: said.signed,
		number: 100,
		ancestor: (said.behind > 0).then_some(hash),
		privileged: said.privileged,
	});
	let seen = Seen { now: AT + said.clock, head: if said.behind == 0 { hash } else { [9; 32] } };
	let shown = ShownStatement { statement, signature: [0; 64], opening, seen };
	query.emergency = Some(Emergency::Statement(Box::new(shown)));
	(facts, query)
}

fn said_of() -> impl Strategy<Value = Said> {
	let mostly = || prop::bool::weighted(0.95);
	let day = i64::try_from(DAY).unwrap();
	let whose = (mostly(), mostly(), mostly(), mostly());
	let about = (mostly(), mostly(), mostly());
	let head = (prop_oneof![6 => Just(0i64), 3 => Just(1), 1 => Just(-1)], mostly());
	let clock = prop_oneof![
		1 => STALE..=STALE + 1,
		6 => STALE + 1..2 * 3_600_000,
		1 => DAY - 1..DAY + 2,
	];
	let made = prop_oneof![
		1 => -1i64..1,
		6 => 0i64..3_600_000,
		1 => day - 1..day + 2,
	];
	(whose, about, head, clock, made).prop_map(
		|(whose, about, (behind, right_hash), clock, made)| {
			let (signed, own_account, own_house, privileged) = whose;
			let (opening_fits, right_chart, right_custodian) = about;
			Said {
				signed,
				own_account,
				own_house,
				opening_fits,
				right_chart,
				right_custodian,
				privileged,
				behind,
				right_hash,
				made: made.max(-i64::try_from(AT).unwrap()),
				clock,
			}
		},
	)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn the_decision_by_a_statement_is_the_models(case in case_of(), said in said_of()) {
		let (facts, query) = built_with(&case, said);
		prop_assert_eq!(decide(&facts, &query), expected(&case, said));
	}

	/// A statement opens nothing beyond what a break-glass of the first scope would.
	#[test]
	fn a_statement_opens_no_more_than_a_glass(case in case_of(), said in said_of()) {
		let (facts, query) = built_with(&case, said);
		let answer = decide(&facts, &query);
		let of_statement = matches!(
			answer,
			Decision::Permit { basis: Basis::BreakGlass(id), .. } if id.is_of_statement()
		);
		if of_statement {
			let glass = Glass {
				known: true,
				own_account: true,
				own_house: true,
				own_number: true,
				opening_fits: true,
				right_chart: true,
				right_custodian: true,
				active: true,
				privileged: true,
				widened: false,
			};
			let (facts, query) = built(&Case { glass: Some(glass), ..case });
			let opens = matches!(decide(&facts, &query), Decision::Permit { .. });
			prop_assert!(opens);
		}
	}
}

#[test]
fn the_statements_cases_reach_every_answer() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let mut seen = std::collections::BTreeSet::new();
	for _ in 0..20_000 {
		let (case, said) = (case_of(), said_of()).new_tree(&mut runner).unwrap().current();
		seen.insert(match expected(&case, said) {
			Decision::Permit { basis: Basis::BreakGlass(_), .. } => 0,
			Decision::Permit { .. } => 1,
			Decision::Deny { reason } => reason.code(),
		});
	}
	let all = [0, 1, 20, 21, 22, 23, 27, 28, 62, 63, 64, 65, 66, 67, 68, 69, 75, 76, 77];
	assert!(all.iter().all(|answer| seen.contains(answer)), "{seen:?}");
}

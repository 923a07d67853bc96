//! Statements: what a clinician's signed word opens while finality stalls.

use super::*;
use crate::break_glass::*;

const HOUR: u64 = 3_600_000;
/// Time of the last finalised head, which directives of these tests reach.
const HEAD: u64 = 150;
/// The clock by which finality stalls.
const CLOCK: u64 = HEAD + STALLED_AFTER + 1;
const NUMBER: u32 = 1_000;
const HASH: [u8; 32] = [0x4e; 32];

/// Facts and query of a surgeon of another house in an emergency, of an allergy of that patient, who shows
/// a statement.
fn stalled(directives: &[DirectiveTerms]) -> (Facts, AccessQuery) {
	let (mut facts, mut query) = case(directives);
	let terms = BreakGlassTerms { chart: ChartId([1; 32]), custodian: HOUSE };
	let opening = Opening { terms, salt: Salt([7; 32]) };
	let statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: [1; 32],
		number: NUMBER,
		head: HASH,
		account: [5; 32],
		organisation: OTHER,
		reason: BreakGlassReason::Emergency,
		seal: opening.seal(),
		at: CLOCK,
	};
	facts.statement =
		Some(StatementFacts { signed: true, number: NUMBER, ancestor: None, privileged: true });
	let seen = Seen { now: CLOCK, head: HASH };
	let shown = ShownStatement { statement, signature: [0; 64], opening, seen };
	query.emergency = Some(Emergency::Statement(Box::new(shown)));
	query.purpose = Purpose::EmergencyTreatment;
	of(&mut facts, &mut query, |record| record.category = Category::Allergy);
	(facts, query)
}

/// Asks of a record that is changed like this.
fn of(facts: &mut Facts, query: &mut AccessQuery, change: impl FnOnce(&mut RecordTerms)) {
	change(&mut query.opening.terms);
	facts.record.as_mut().unwrap().leaf = query.opening.seal();
}

fn shown(query: &mut AccessQuery) -> &mut ShownStatement {
	match &mut query.emergency {
		Some(Emergency::Statement(shown)) => shown,
		_ => panic!("no statement is shown"),
	}
}

/// By the statement that is shown.
fn opened(query: &mut AccessQuery) -> Decision {
	let basis = Basis::BreakGlass(shown(query).statement.id());
	Decision::Permit { basis, obligations: Obligations::EMPTY }
}

fn deny(purposes: &[Purpose]) -> DirectiveTerms {
	DirectiveTerms {
		grantee: Grantee::Anyone,
		purposes: Purposes::of(purposes),
		..directive(Rule::Deny, Strength::Specific)
	}
}

#[test]
fn it_opens_the_first_scope_and_no_more() {
	let (mut facts, mut query) = stalled(&[]);
	assert_eq!(decide(&facts, &query), opened(&mut query));
	of(&mut facts, &mut query, |record| record.category = Category::Document);
	assert_eq!(decide(&facts, &query), denied(DenyReason::BeyondFirstScope));
	let (mut facts, mut query) = stalled(&[]);
	let hiv = Sensitivities::of(&[Sensitivity::Hiv]);
	of(&mut facts, &mut query, |record| record.sensitivity = hiv);
	assert_eq!(decide(&facts, &query), denied(DenyReason::BeyondFirstScope));
}

#[test]
fn while_finality_stalls_nothing_else_counts() {
	let mut permit = directive(Rule::Permit, Strength::Specific);
	permit.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	let (mut facts, mut query) = stalled(&[permit]);
	// The permit may have been taken back since.
	assert_eq!(decide(&facts, &query), opened(&mut query));
	of(&mut facts, &mut query, |record| record.category = Category::Document);
	assert_eq!(decide(&facts, &query), denied(DenyReason::BeyondFirstScope));
	// Nor may the house itself read by its own right.
	let (facts, mut query) = stalled(&[]);
	query.accessor =
		Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	assert_eq!(decide(&facts, &query), denied(DenyReason::BreakGlassOfAnother));
	shown(&mut query).statement.organisation = HOUSE;
	assert_eq!(decide(&facts, &query), opened(&mut query));
}

#[test]
fn while_finality_goes_on_it_opens_nothing() {
	let (facts, mut query) = stalled(&[]);
	shown(&mut query).seen.now = HEAD + STALLED_AFTER;
	assert_eq!(decide(&facts, &query), denied(DenyReason::FinalityIsBack));
	// What is permitted without it stays permitted.
	let mut permit = directive(Rule::Permit, Strength::Specific);
	permit.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	let (facts, mut query) = stalled(&[permit]);
	shown(&mut query).seen.now = HEAD;
	assert_eq!(decide(&facts, &query), by_directive(0));
}

#[test]
fn dissent_wins_and_ordinary_denies_do_not() {
	let (facts, query) = stalled(&[deny(&[Purpose::EmergencyTreatment])]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::EmergencyDenied));
	let (facts, mut query) = stalled(&[deny(&[Purpose::Treatment])]);
	assert_eq!(decide(&facts, &query), opened(&mut query));
	// What is not read holds up nothing of the first scope, here neither.
	query.directives.clear();
	assert_eq!(decide(&facts, &query), opened(&mut query));
}

#[test]
fn its_head_is_the_one_that_is_seen_or_an_ancestor() {
	let (mut facts, mut query) = stalled(&[]);
	let ahead = |facts: &mut Facts, number| facts.statement.as_mut().unwrap().number = number;
	ahead(&mut facts, NUMBER + 1);
	let stale = denied(DenyReason::StatementNotOfNow);
	// Nobody knows it any more, or never did.
	assert_eq!(decide(&facts, &query), stale);
	facts.statement.as_mut().unwrap().ancestor = Some([1; 32]);
	assert_eq!(decide(&facts, &query), stale);
	facts.statement.as_mut().unwrap().ancestor = Some(HASH);
	assert_eq!(decide(&facts, &query), opened(&mut query));
	ahead(&mut facts, NUMBER - 1);
	assert_eq!(decide(&facts, &query), stale);
	ahead(&mut facts, NUMBER);
	shown(&mut query).seen.head = [1; 32];
	assert_eq!(decide(&facts, &query), stale);
}

#[test]
fn its_time_is_bounded_by_head_and_clock() {
	// Time of the statement and of the clock, and whether it opens.
	let last = HEAD + MAX_STALE_HEAD;
	for (at, now, opens) in [
		(HEAD - 1, CLOCK, false),
		(HEAD, CLOCK, true),
		(CLOCK + MAX_CLOCK_SKEW, CLOCK, true),
		(CLOCK + MAX_CLOCK_SKEW + 1, CLOCK, false),
		(HEAD, HEAD + VALIDITY - 1, true),
		(HEAD, HEAD + VALIDITY, false),
		(last, last, true),
		(last - HOUR, last, true),
		(last - HOUR, last + 1, false),
		(last + 1, last, false),
	] {
		let (facts, mut query) = stalled(&[]);
		shown(&mut query).statement.at = at;
		let query = query.seen(Seen { now, head: HASH });
		let open = matches!(decide(&facts, &query), Decision::Permit { .. });
		assert_eq!(open, opens, "{at}, {now}");
	}
}

#[test]
fn what_is_not_right_about_it_is_told() {
	type Change = fn(&mut Facts, &mut AccessQuery);
	let table: [(DenyReason, Change); 19] = [
		(DenyReason::StatementNotSigned, |facts, _| facts.statement = None),
		(DenyReason::StatementNotSigned, |facts, _| {
			facts.statement.as_mut().unwrap().signed = false
		}),
		(DenyReason::BreakGlassOfAnother, |_, query| {
			shown(query).statement.account = [6; 32];
		}),
		(DenyReason::BreakGlassOfAnother, |_, query| {
			shown(query).statement.organisation = HOUSE;
		}),
		(DenyReason::BreakGlassOfAnother, |facts, _| facts.practitioner = None),
		(DenyReason::BreakGlassOpeningWrong, |_, query| {
			shown(query).opening.salt = Salt([1; 32]);
		}),
		(DenyReason::BreakGlassOfOtherChart, |_, query| {
			shown(query).opening.terms.chart = ChartId([2; 32]);
			shown(query).statement.seal = shown(query).opening.seal();
		}),
		(DenyReason::BreakGlassOfOtherChart, |_, query| {
			shown(query).opening.terms.custodian = OTHER;
			shown(query).statement.seal = shown(query).opening.seal();
		}),
		(DenyReason::EmergencyPrivilegeLost, |facts, _| {
			facts.statement.as_mut().unwrap().privileged = false
		}),
		(DenyReason::NotEmergencyTreatment, |_, query| query.purpose = Purpose::Treatment),
		(DenyReason::NotEmergencyTreatment, |_, query| query.action = Action::Disclose),
		(DenyReason::NotAClinician, |_, query| {
			let (account, organisation) = ([5; 32], OTHER);
			query.accessor = Accessor::Staff { account, organisation, role: Role::Pharmacist };
		}),
		(DenyReason::Standing(StandingReason::LicenceSuspended), |facts, _| {
			facts.standing = StandingReasons::of(&[StandingReason::LicenceSuspended])
		}),
		(DenyReason::NotTheChartsKey, |_, query| {
			query.accessor = Accessor::Patient { account: [5; 32] }
		}),
		(DenyReason::NotAGuardian, |_, query| {
			query.accessor = Accessor::Guardian { leaf: Seal([1; 32]) }
		}),
		(DenyReason::LinkUnknown, |_, query| {
			query.accessor = Accessor::Bearer { link: Seal([1; 32]) }
		}),
		(DenyReason::ChartDeceased, |facts, _| {
			facts.chart.as_mut().unwrap().state = ChartState::Deceased
		}),
		(DenyReason::RecordEnteredInError, |facts, _| {
			facts.record.as_mut().unwrap().state = RecordState::EnteredInError
		}),
		(DenyReason::RecordErased, |facts, _| {
			facts.record.as_mut().unwrap().state = RecordState::Erased
		}),
	];
	for (number, (reason, change)) in table.into_iter().enumerate() {
		let (mut facts, mut query) = stalled(&[]);
		change(&mut facts, &mut query);
		assert_eq!(decide(&facts, &query), denied(reason), "{number}");
	}
}

#[test]
fn its_id_is_over_all_that_it_says_and_of_its_kind() {
	let (_, mut query) = stalled(&[]);
	let said = shown(&mut query).statement;
	let id = said.id();
	assert_eq!(id, said.id());
	assert!(id.is_of_statement());
	for other in [
		BreakGlassStatement { genesis: [2; 32], ..said },
		BreakGlassStatement { number: 1, ..said },
		BreakGlassStatement { head: [2; 32], ..said },
		BreakGlassStatement { account: [2; 32], ..said },
		BreakGlassStatement { organisation: HOUSE, ..said },
		BreakGlassStatement { reason: BreakGlassReason::Incompetency, ..said },
		BreakGlassStatement { seal: Seal([2; 32]), ..said },
		BreakGlassStatement { at: 2, ..said },
	] {
		assert_ne!(other.id(), id, "{other:?}");
	}
}

#[test]
fn everybody_decides_by_an_own_view() {
	let (_, query) = stalled(&[]);
	let view = Seen { now: 7, head: [8; 32] };
	let mut asked = query.seen(view);
	assert_eq!(shown(&mut asked).seen, view);
	let (_, ordinary) = case(&[]);
	assert_eq!(ordinary.clone().seen(view), ordinary);
}

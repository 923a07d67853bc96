//! The decision once more, written apart from it: a plain account of who is let in, kept slow and obvious,
//! and compared with the real one over random cases.
//!
//! A case is described in words of the design (is the record known, is the opening there, does the key
//! fit), not in seals and proofs; what the real decision is given is built from the description.

mod links;
mod stalled;

use super::*;
use crate::{break_glass::*, guardian::*, paper::OnPaper};

const AT: u64 = 150;
const OWN: OrganisationId = HOUSE;

/// What the vault has of a directive's opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Given {
	Right,
	Missing,
	Wrong,
}

/// A guardian who issued a directive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issuer {
	relation: Relation,
	until: Option<u64>,
}

/// A directive that is active on the chart.
#[derive(Clone, Debug)]
pub(super) struct Active {
	pub(super) terms: DirectiveTerms,
	pub(super) given: Given,
	pub(super) issuer: Option<Issuer>,
	/// Whether two witnesses issued it; then no guardian did.
	pub(super) on_paper: bool,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
	Patient { right_key: bool },
	Guardian { shown: bool, named_by_guard: bool, until: Option<u64>, may_read: bool },
	Bearer { link: u8 },
	Staff { organisation: OrganisationId, role: Role, practitioner: Option<PractitionerId> },
}

/// A case.
#[derive(Clone, Debug)]
pub(super) struct Case {
	standing: Vec<StandingReason>,
	known: bool,
	state: RecordState,
	opening_fits: bool,
	chart_known: bool,
	chart_state: ChartState,
	posthumous: Option<PosthumousRule>,
	record: RecordTerms,
	id: RecordId,
	who: Who,
	action: Action,
	purpose: Purpose,
	pub(super) directives: Vec<Active>,
	glass: Option<Glass>,
}

/// A break-glass that is shown.
#[derive(Clone, Copy, Debug)]
struct Glass {
	known: bool,
	own_account: bool,
	own_house: bool,
	own_number: bool,
	opening_fits: bool,
	right_chart: bool,
	right_custodian: bool,
	active: bool,
	privileged: bool,
	widened: bool,
}

/// Whether the chart is one of which no permit opens anything, and the code for that.
fn shut(case: &Case) -> Option<DenyReason> {
	if case.chart_state == ChartState::Deactivated {
		return Some(DenyReason::ChartDeactivated);
	}
	if case.chart_state == ChartState::Deceased {
		if case.posthumous == Some(PosthumousRule::AsDirected) {
			return None;
		}
		return Some(DenyReason::ChartDeceased);
	}
	None
}

/// Whether the directive speaks of what is asked: every one of its terms has to fit.
fn fits(
	terms: &DirectiveTerms,
	case: &Case,
	organisation: OrganisationId,
	who: Option<u32>,
) -> bool {
	let begun = AT >= terms.period.from;
	let ended = match terms.period.until {
		Some(until) => AT >= until,
		None => false,
	};
	let named = match terms.grantee {
		Grantee::Anyone => true,
		Grantee::Organisation(house) => house == organisation,
		Grantee::Practitioner(one) => who == Some(one),
		Grantee::PractitionerAt(one, house) => who == Some(one) && house == organisation,
		Grantee::Bearer(_) => false,
	};
	let mut purposes: Vec<Purpose> = Vec::new();
	for purpose in Purpose::ALL {
		if terms.purposes.contains(*purpose) {
			purposes.push(*purpose);
			// The published table: who may treat may coordinate care.
			if *purpose == Purpose::Treatment {
				purposes.push(Purpose::CoordinationOfCare);
			}
		}
	}
	let record = &case.record;
	let mut filters = Vec::new();
	if let Some(categories) = terms.scope.categories {
		filters.push(categories.contains(record.category));
	}
	if let Some(labels) = terms.scope.sensitivity {
		let carried = Sensitivity::ALL
			.iter()
			.any(|label| labels.contains(*label) && record.sensitivity.contains(*label));
		filters.push(carried);
	}
	if let Some(most) = terms.scope.confidentiality_ceiling {
		filters.push(record.confidentiality.index() <= most.index());
	}
	if let Some(author) = terms.scope.author {
		filters.push(record.author == Some(author));
	}
	if let Some(encounter) = terms.scope.encounter {
		filters.push(record.encounter == Some(encounter));
	}
	if let Some(listed) = &terms.scope.records {
		filters.push(listed.contains(&case.id));
	}
	if let Some(period) = terms.scope.record_period {
		let date = record.clinical_date;
		filters.push(date >= period.from && period.until.is_none_or(|until| date < until));
	}
	begun
		&& !ended
		&& named
		&& terms.actions.contains(case.action)
		&& purposes.contains(&case.purpose)
		&& filters.iter().all(|filter| *filter)
}

/// Why not every active directive could be read as it was issued.
fn unread(case: &Case) -> Option<DenyReason> {
	for active in &case.directives {
		if active.given != Given::Right {
			return Some(DenyReason::DirectiveOpeningMissing);
		}
		let in_right_of = match active.issuer {
			None if active.on_paper => GrantorBasis::WitnessedPaper,
			None => GrantorBasis::Own,
			Some(issuer) => issuer.relation.basis(),
		};
		if active.terms.basis != in_right_of {
			return Some(DenyReason::DirectiveBasisWrong);
		}
	}
	None
}

/// What should be answered.
fn expected(case: &Case) -> Decision {
	let without = ordinarily(case);
	let Decision::Deny { reason } = without else { return without };
	let (Some(glass), Who::Staff { organisation, role, practitioner }) = (case.glass, case.who)
	else {
		return without;
	};
	// Some things no emergency mends.
	match reason {
		DenyReason::Standing(_)
		| DenyReason::RecordUnknown
		| DenyReason::RecordErased
		| DenyReason::RecordOpeningWrong
		| DenyReason::ChartUnknown => return without,
		_ => {},
	}
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
	if !glass.known {
		return denied(DenyReason::BreakGlassUnknown);
	}
	if !glass.own_account || !glass.own_house || !glass.own_number || practitioner.is_none() {
		return denied(DenyReason::BreakGlassOfAnother);
	}
	if !glass.opening_fits {
		return denied(DenyReason::BreakGlassOpeningWrong);
	}
	if !glass.right_chart || !glass.right_custodian {
		return denied(DenyReason::BreakGlassOfOtherChart);
	}
	if !glass.active {
		return denied(DenyReason::BreakGlassOver);
	}
	if !glass.privileged {
		return denied(DenyReason::EmergencyPrivilegeLost);
	}
	for active in &case.directives {
		let said = &active.terms;
		let for_emergencies = said.purposes.contains(Purpose::EmergencyTreatment);
		let deny = said.rule == Rule::Deny && said.strength == Strength::Specific;
		let read = active.given == Given::Right;
		if read && deny && for_emergencies && fits(said, case, organisation, practitioner) {
			return denied(DenyReason::EmergencyDenied);
		}
	}
	let unread = case.directives.iter().any(|active| active.given != Given::Right);
	if !glass.widened || unread {
		let first = [Category::Allergy, Category::Medication, Category::Problem];
		let labelled =
			Sensitivity::ALL.iter().any(|label| case.record.sensitivity.contains(*label));
		let restricted = [Confidentiality::Restricted, Confidentiality::VeryRestricted]
			.contains(&case.record.confidentiality);
		if !first.contains(&case.record.category) || labelled || restricted {
			return denied(if glass.widened {
				DenyReason::DirectiveOpeningMissing
			} else {
				DenyReason::BeyondFirstScope
			});
		}
	}
	let basis = Basis::BreakGlass(BreakGlassId([7; 32]));
	Decision::Permit { basis, obligations: Obligations::EMPTY }
}

/// What should be answered if nobody breaks the glass.
fn ordinarily(case: &Case) -> Decision {
	if let (Who::Staff { .. }, Some(reason)) = (case.who, case.standing.first()) {
		return denied(DenyReason::Standing(*reason));
	}
	if !case.known {
		return denied(DenyReason::RecordUnknown);
	}
	if case.state == RecordState::Erased {
		return denied(DenyReason::RecordErased);
	}
	if !case.opening_fits {
		return denied(DenyReason::RecordOpeningWrong);
	}
	if !case.chart_known {
		return denied(DenyReason::ChartUnknown);
	}
	let plain = |basis| Decision::Permit { basis, obligations: Obligations::EMPTY };
	let (organisation, role, practitioner) = match case.who {
		Who::Patient { right_key } => {
			if right_key && case.action == Action::Access {
				return plain(Basis::Patient);
			}
			return denied(DenyReason::NotTheChartsKey);
		},
		Who::Guardian { shown, named_by_guard, until, may_read } => {
			if !shown || !named_by_guard {
				return denied(DenyReason::NotAGuardian);
			}
			if until.is_some_and(|until| AT >= until) {
				return denied(DenyReason::GuardianshipOver);
			}
			if !may_read || case.action != Action::Access {
				return denied(DenyReason::GuardianPowerMissing);
			}
			return plain(Basis::Guardian);
		},
		Who::Bearer { link } => return links::expected(case, link),
		Who::Staff { organisation, role, practitioner } => (organisation, role, practitioner),
	};
	if case.state == RecordState::EnteredInError && organisation != OWN {
		return denied(DenyReason::RecordEnteredInError);
	}
	if let Some(reason) = unread(case) {
		return denied(reason);
	}
	let treats = [Purpose::Treatment, Purpose::EmergencyTreatment, Purpose::CoordinationOfCare];
	let may_treat = [Role::Clinician, Role::Pharmacist];
	if treats.contains(&case.purpose) && !may_treat.contains(&role) {
		return denied(DenyReason::RoleDoesNotTreat);
	}

	let mut speaking = Vec::new();
	for (number, active) in case.directives.iter().enumerate() {
		if !fits(&active.terms, case, organisation, practitioner) {
			continue;
		}
		let guardianship_over = match active.issuer {
			None => false,
			Some(issuer) => {
				let dead = case.chart_state == ChartState::Deceased;
				issuer.until.is_some_and(|until| AT >= until)
					|| dead && issuer.relation == Relation::PowerOfAttorney
			},
		};
		let silent = shut(case).is_some() || guardianship_over;
		if active.terms.rule == Rule::Permit && silent {
			continue;
		}
		speaking.push((number, &active.terms));
	}
	let on_paper = |number: usize| case.directives[number].on_paper;
	let denied_by_key = speaking
		.iter()
		.any(|(number, said)| said.rule == Rule::Deny && !on_paper(*number));
	if denied_by_key {
		speaking.retain(|(number, said)| said.rule == Rule::Deny || !on_paper(*number));
	}
	for strength in [Strength::Specific, Strength::Default] {
		let of_it: Vec<_> = speaking.iter().filter(|(_, said)| said.strength == strength).collect();
		if of_it.iter().any(|(_, said)| said.rule == Rule::Deny) {
			return denied(DenyReason::DirectiveDenies);
		}
		if let Some((first, _)) = of_it.first() {
			let mut obligations = Obligations::EMPTY;
			for (_, said) in &of_it {
				for one in Obligation::ALL {
					if said.obligations.contains(*one) {
						obligations = obligations.with(*one);
					}
				}
			}
			let basis = Basis::Directive(DirectiveId([*first as u8; 32]));
			return Decision::Permit { basis, obligations };
		}
		let care = [Purpose::Treatment, Purpose::CoordinationOfCare];
		if strength == Strength::Specific && organisation == OWN && care.contains(&case.purpose) {
			return plain(Basis::Custodian);
		}
	}
	denied(shut(case).unwrap_or(DenyReason::NothingPermits))
}

/// What the real decision is given.
pub(super) fn built(case: &Case) -> (Facts, AccessQuery) {
	let opening = Opening { terms: case.record.clone(), salt: Salt([4; 32]) };
	let leaf = if case.opening_fits { opening.seal() } else { Seal([0xee; 32]) };
	let mut directives = Vec::new();
	let mut active = Vec::new();
	for (number, directive) in case.directives.iter().enumerate() {
		let (id, salt) = (DirectiveId([number as u8; 32]), Salt([number as u8; 32]));
		let mut opening = Opening { terms: directive.terms.clone(), salt };
		let guardian = directive.issuer.map(|issuer| ActingGuardian {
			key: [3; 32],
			leaf: Seal([3; 32]),
			relation: issuer.relation,
			powers: Powers::all(),
			until: issuer.until,
		});
		let paper = directive.on_paper.then_some(OnPaper {
			submitter: [1; 32],
			witness: [2; 32],
			seal: Seal([5; 32]),
		});
		active.push(ActiveDirective { id, seal: opening.seal(), guardian, paper });
		match directive.given {
			Given::Right => {},
			Given::Missing => continue,
			Given::Wrong => opening.terms.rule = Rule::Permit,
		}
		if directive.given == Given::Wrong {
			opening.salt = Salt([0xdd; 32]);
		}
		directives.push((id, opening));
	}
	let mut facts = Facts {
		at: AT,
		standing: StandingReasons::EMPTY,
		practitioner: None,
		record: case.known.then_some(RecordFacts {
			custodian: OWN,
			leaf,
			state: case.state,
			replaces: None,
		}),
		chart: case.chart_known.then_some(ChartFacts {
			chart: case.record.chart,
			custodian: OWN,
			key: PATIENT,
			state: case.chart_state,
			posthumous: case.posthumous,
			directives: active,
		}),
		guard: None,
		break_glass: None,
		statement: None,
	};
	let emergency = case.glass.map(|glass| glass.built(case, &mut facts));
	let mut shown_guardian = None;
	let accessor = match case.who {
		Who::Patient { right_key } => {
			Accessor::Patient { account: if right_key { PATIENT } else { [8; 32] } }
		},
		Who::Guardian { shown, named_by_guard, until, may_read } => {
			let powers = if may_read { Powers::all() } else { Powers::all().without(Power::Read) };
			let (chart, relation) = (case.record.chart, Relation::Proxy);
			let terms = GuardianTerms { chart, key: [7; 32], relation, powers, until };
			let opening = Opening { terms, salt: Salt([8; 32]) };
			let fillers = core::array::from_fn(|n| Seal([0x80 | n as u8; 32]));
			let guard = Guard::new(std::slice::from_ref(&opening), &fillers).unwrap();
			facts.guard = named_by_guard.then(|| guard.root());
			let proof = guard.prove(&opening).unwrap();
			shown_guardian = shown.then_some(ShownGuardian { terms, salt: opening.salt, proof });
			Accessor::Guardian { leaf: opening.seal() }
		},
		Who::Bearer { link } => Accessor::Bearer { link: links::link(link) },
		Who::Staff { organisation, role, practitioner } => {
			facts.standing = StandingReasons::of(&case.standing);
			facts.practitioner = practitioner;
			Accessor::Staff { account: [5; 32], organisation, role }
		},
	};
	let query = AccessQuery {
		accessor,
		action: case.action,
		purpose: case.purpose,
		record: case.id,
		opening,
		directives,
		inclusion: None,
		guardian: shown_guardian,
		emergency,
	};
	(facts, query)
}

impl Glass {
	/// What is shown of it; the chain knows what it says of it.
	fn built(self, case: &Case, facts: &mut Facts) -> Emergency {
		let chart = if self.right_chart { case.record.chart } else { ChartId([0xcc; 32]) };
		let custodian = if self.right_custodian { OWN } else { OTHER };
		let terms = BreakGlassTerms { chart, custodian };
		let opening = Opening { terms, salt: Salt([7; 32]) };
		let seal = if self.opening_fits { opening.seal() } else { Seal([0xee; 32]) };
		let id = BreakGlassId([7; 32]);
		let (organisation, practitioner) = match case.who {
			Who::Staff { organisation, practitioner, .. } => (organisation, practitioner),
			_ => (OTHER, None),
		};
		facts.break_glass = self.known.then_some(BreakGlassFacts {
			id,
			account: if self.own_account { [5; 32] } else { [6; 32] },
			practitioner: practitioner.filter(|_| self.own_number).unwrap_or(99),
			organisation: if self.own_house { organisation } else { 99 },
			seal,
			scope: if self.widened { BreakGlassScope::Widened } else { BreakGlassScope::First },
			active: self.active,
			privileged: self.privileged,
		});
		Emergency::Glass(ShownBreakGlass { id, opening })
	}
}

/// One of a code's values.
fn one<Code: Copy + core::fmt::Debug + 'static>(
	all: &'static [Code],
) -> impl Strategy<Value = Code> {
	(0..all.len()).prop_map(|n| all[n])
}

/// A filter that is mostly not set.
fn rarely<Set: Strategy>(set: Set) -> impl Strategy<Value = Option<Set::Value>>
where
	Set::Value: Clone,
{
	prop_oneof![4 => Just(None), 1 => set.prop_map(Some)]
}

fn period() -> impl Strategy<Value = Period> {
	(prop_oneof![Just(0), Just(AT), Just(AT + 1)], rarely(AT - 1..AT + 2))
		.prop_map(|(from, until)| Period { from, until })
}

fn grantee() -> impl Strategy<Value = Grantee> {
	prop_oneof![
		2 => Just(Grantee::Anyone),
		1 => (OWN..=OTHER).prop_map(Grantee::Organisation),
		1 => (SURGEON..SURGEON + 2).prop_map(Grantee::Practitioner),
		1 => (SURGEON..SURGEON + 2, OWN..=OTHER)
			.prop_map(|(one, house)| Grantee::PractitionerAt(one, house)),
	]
}

fn scope() -> impl Strategy<Value = Scope> {
	let record_period = (499u64..502, rarely(500u64..502));
	(
		rarely(proptest::collection::vec(one(Category::ALL), 1..4)),
		rarely(proptest::collection::vec(one(Sensitivity::ALL), 1..4)),
		rarely(one(Confidentiality::ALL)),
		rarely(3u32..5),
		rarely(1u8..3),
		rarely(proptest::collection::vec(6u8..8, 0..3)),
		rarely(record_period),
	)
		.prop_map(|(categories, labels, ceiling, author, encounter, listed, dates)| Scope {
			categories: categories.map(|codes| Categories::of(&codes)),
			sensitivity: labels.map(|codes| Sensitivities::of(&codes)),
			confidentiality_ceiling: ceiling,
			author,
			encounter: encounter.map(|n| EncounterId([n; 32])),
			records: listed.map(|ids| {
				ids.into_iter()
					.map(|n| RecordId([n; 32]))
					.collect::<Vec<_>>()
					.try_into()
					.unwrap()
			}),
			record_period: dates.map(|(from, until)| Period { from, until }),
		})
}

/// Codes of which most cases have the first few.
fn some<Code: Copy + core::fmt::Debug + 'static>(
	all: &'static [Code],
) -> impl Strategy<Value = Vec<Code>> {
	proptest::collection::vec(one(all), 0..4)
}

pub(super) fn directive_of() -> impl Strategy<Value = Active> {
	let issuer = rarely(
		(one(Relation::ALL), rarely(AT - 1..AT + 2))
			.prop_map(|(relation, until)| Issuer { relation, until }),
	);
	let given = prop_oneof![
		12 => Just(Given::Right),
		1 => Just(Given::Missing),
		1 => Just(Given::Wrong),
	];
	let codes = (
		one(Rule::ALL),
		one(Strength::ALL),
		some(Action::ALL),
		some(Purpose::ALL),
		some(Obligation::ALL),
	);
	let paper = prop::bool::weighted(0.25);
	(grantee(), scope(), period(), codes, issuer, given, 0..20u8, paper).prop_map(
		|(grantee, scope, period, codes, issuer, given, wrong, paper)| {
			let (rule, strength, mut actions, mut purposes, obligations) = codes;
			// Else hardly any would speak.
			actions.push(Action::Access);
			purposes.push(Purpose::Treatment);
			let on_paper = paper && issuer.is_none();
			let own = if on_paper { GrantorBasis::WitnessedPaper } else { GrantorBasis::Own };
			let right = issuer.map_or(own, |issuer| issuer.relation.basis());
			let terms = DirectiveTerms {
				rule,
				strength,
				grantee,
				scope,
				actions: Actions::of(&actions),
				purposes: Purposes::of(&purposes),
				period,
				obligations: Obligations::of(&obligations),
				basis: if wrong == 0 { GrantorBasis::ALL[0] } else { right },
			};
			Active { terms, given, issuer, on_paper }
		},
	)
}

fn record_of() -> impl Strategy<Value = RecordTerms> {
	(
		one(Category::ALL),
		one(Confidentiality::ALL),
		some(Sensitivity::ALL),
		rarely(3u32..5),
		rarely(1u8..3),
		499u64..502,
	)
		.prop_map(|(category, confidentiality, labels, author, encounter, clinical_date)| {
			RecordTerms {
				category,
				confidentiality,
				sensitivity: Sensitivities::of(&labels),
				author,
				encounter: encounter.map(|n| EncounterId([n; 32])),
				clinical_date,
				..record().terms
			}
		})
}

fn who() -> impl Strategy<Value = Who> {
	let mostly = || prop::bool::weighted(0.8);
	prop_oneof![
		1 => mostly().prop_map(|right_key| Who::Patient { right_key }),
		1 => (mostly(), mostly(), rarely(AT - 1..AT + 2), mostly()).prop_map(
			|(shown, named_by_guard, until, may_read)| Who::Guardian {
				shown, named_by_guard, until, may_read
			}
		),
		8 => (
			OWN..=OTHER,
			prop_oneof![3 => Just(Role::Clinician), 1 => one(Role::ALL)],
			prop::option::weighted(0.8, SURGEON..SURGEON + 2),
		)
			.prop_map(|(organisation, role, practitioner)| Who::Staff {
				organisation, role, practitioner
			}),
	]
}

fn glass_of() -> impl Strategy<Value = Glass> {
	let mostly = || prop::bool::weighted(0.95);
	let whose = (mostly(), mostly(), mostly());
	let about = (mostly(), mostly(), mostly());
	(mostly(), whose, about, mostly(), mostly(), any::<bool>()).prop_map(
		|(known, whose, about, active, privileged, widened)| {
			let (own_account, own_house, own_number) = whose;
			let (opening_fits, right_chart, right_custodian) = about;
			Glass {
				known,
				own_account,
				own_house,
				own_number,
				opening_fits,
				right_chart,
				right_custodian,
				active,
				privileged,
				widened,
			}
		},
	)
}

pub(super) fn case_of() -> impl Strategy<Value = Case> {
	let mostly = || prop::bool::weighted(0.95);
	let state = prop_oneof![12 => Just(RecordState::Current), 1 => one(RecordState::ALL)];
	let chart_state = prop_oneof![8 => Just(ChartState::Active), 1 => one(ChartState::ALL)];
	let asked = (
		prop_oneof![4 => Just(Action::Access), 1 => one(Action::ALL)],
		prop_oneof![
			4 => Just(Purpose::Treatment),
			3 => Just(Purpose::EmergencyTreatment),
			2 => one(Purpose::ALL),
		],
	);
	let standing = prop_oneof![
		12 => Just(Vec::new()),
		1 => proptest::collection::vec(one(StandingReason::ALL), 1..3),
	];
	let chart = (mostly(), chart_state, rarely(one(PosthumousRule::ALL)));
	let found = (mostly(), state, mostly(), record_of(), 6u8..8);
	let directives = proptest::collection::vec(directive_of(), 0..6);
	let glass = prop::option::weighted(0.4, glass_of());
	(standing, found, chart, who(), asked, directives, glass).prop_map(
		|(mut standing, found, chart, who, (action, purpose), directives, glass)| {
			// The lowest code is told first.
			standing.sort_by_key(|reason| reason.index());
			let (known, state, opening_fits, record, id) = found;
			let (chart_known, chart_state, posthumous) = chart;
			Case {
				standing,
				known,
				state,
				opening_fits,
				chart_known,
				chart_state,
				posthumous,
				record,
				id: RecordId([id; 32]),
				who,
				action,
				purpose,
				directives,
				glass,
			}
		},
	)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn the_decision_is_the_models(case in case_of()) {
		let (facts, query) = built(&case);
		prop_assert_eq!(decide(&facts, &query), expected(&case));
	}

	/// The order of issue decides nothing but which of several permits is named.
	#[test]
	fn the_order_of_directives_opens_nothing(case in case_of()) {
		let mut turned = case.clone();
		turned.directives.reverse();
		let open = |case: &Case| {
			let (facts, query) = built(case);
			match decide(&facts, &query) {
				Decision::Permit { basis: Basis::Directive(_), obligations } => Some(obligations),
				Decision::Permit { obligations, .. } => Some(obligations),
				Decision::Deny { .. } => None,
			}
		};
		prop_assert_eq!(open(&case), open(&turned));
	}

	/// A deny more never opens what was shut, whatever it says.
	#[test]
	fn a_deny_more_never_opens(case in case_of(), mut deny in directive_of()) {
		deny.terms.rule = Rule::Deny;
		let open = |case: &Case| {
			let (facts, query) = built(case);
			matches!(decide(&facts, &query), Decision::Permit { .. })
		};
		let mut more = case.clone();
		more.directives.push(deny);
		prop_assert!(open(&case) || !open(&more));
	}
}

/// The cases that are drawn reach every answer, so that their agreement says something.
#[test]
fn the_models_cases_reach_every_answer() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let mut seen = std::collections::BTreeSet::new();
	for _ in 0..20_000 {
		let case = case_of().new_tree(&mut runner).unwrap().current();
		seen.insert(match expected(&case) {
			Decision::Permit { basis: Basis::Patient, .. } => "patient".to_string(),
			Decision::Permit { basis: Basis::Custodian, .. } => "custodian".into(),
			Decision::Permit { basis: Basis::Guardian, .. } => "guardian".into(),
			Decision::Permit { basis: Basis::BreakGlass(_), .. } => "break-glass".into(),
			Decision::Permit { basis: Basis::Directive(_), obligations } => {
				format!("directive, obliged {}", obligations != Obligations::EMPTY)
			},
			Decision::Deny { reason: DenyReason::Standing(_) } => "standing".into(),
			Decision::Deny { reason } => reason.code().to_string(),
		});
	}
	let denials = (20..=28).chain(30..=36).chain(60..=69).map(|code: u8| code.to_string());
	let permits = ["custodian", "directive, obliged false", "directive, obliged true"];
	let rest = ["break-glass", "guardian", "patient", "standing"];
	let all = denials.chain(permits.into_iter().chain(rest).map(String::from));
	assert_eq!(seen, all.collect());
}

/// What `docs/consent.md` says of codes is what the code says.
#[test]
fn the_codes_in_the_docs_are_these() {
	let docs = include_str!("../../../docs/consent.md");
	let reasons = [
		DenyReason::RecordUnknown,
		DenyReason::RecordOpeningWrong,
		DenyReason::ChartUnknown,
		DenyReason::RecordEnteredInError,
		DenyReason::NotTheChartsKey,
		DenyReason::RoleDoesNotTreat,
		DenyReason::ChartDeactivated,
		DenyReason::ChartDeceased,
		DenyReason::RecordErased,
		DenyReason::DirectiveOpeningMissing,
		DenyReason::DirectiveDenies,
		DenyReason::NothingPermits,
		DenyReason::DirectiveBasisWrong,
		DenyReason::NotAGuardian,
		DenyReason::GuardianshipOver,
		DenyReason::GuardianPowerMissing,
		DenyReason::BreakGlassUnknown,
		DenyReason::BreakGlassOver,
		DenyReason::BreakGlassOfAnother,
		DenyReason::BreakGlassOpeningWrong,
		DenyReason::BreakGlassOfOtherChart,
		DenyReason::BeyondFirstScope,
		DenyReason::EmergencyDenied,
		DenyReason::NotEmergencyTreatment,
		DenyReason::EmergencyPrivilegeLost,
		DenyReason::NotAClinician,
		DenyReason::LinkUnknown,
		DenyReason::LinkOver,
		DenyReason::LinkOfAnother,
		DenyReason::LinkUsed,
		DenyReason::LinkUnfit,
		DenyReason::FinalityIsBack,
		DenyReason::StatementNotSigned,
		DenyReason::StatementNotOfNow,
	];
	let standing = StandingReason::ALL.iter().map(|reason| DenyReason::Standing(*reason));
	let mut lines = 0;
	for reason in reasons.into_iter().chain(standing) {
		let name = match reason {
			DenyReason::Standing(reason) => format!("{reason:?}"),
			other => format!("{other:?}"),
		};
		let line = format!("| {} | `{name}` | {} |", reason.code(), reason.sentence());
		assert!(docs.contains(&line), "missing: {line}");
		lines += 1;
	}
	let rows = docs.lines().filter(|line| {
		line.strip_prefix("| ")
			.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
			&& line.contains("| `")
	});
	assert_eq!(rows.count(), lines);
}

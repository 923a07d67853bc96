//! What patients commonly ask for, in the grades of IHE Privacy Consent on FHIR (basic, intermediate,
//! advanced) and after the shape of the examples that FHIR R4 gives for `Consent`, each with what has to
//! come of it.

use super::*;
use crate::{
	break_glass::{
		BreakGlassStatement, BreakGlassTerms, Emergency, Seen, ShownBreakGlass, ShownStatement,
		BREAK_GLASS_DOMAIN, STALLED_AFTER,
	},
	paper::OnPaper,
};

const NURSE: PractitionerId = 8;
const AUTHOR: PractitionerId = 3;
const LISTED: RecordId = RecordId([6; 32]);

/// A deed in the table: who asks for what of which record, and whether they get it.
struct Ask {
	who: PractitionerId,
	house: OrganisationId,
	purpose: Purpose,
	change: fn(&mut RecordTerms),
	/// How far a break-glass reaches that is shown.
	glass: Option<BreakGlassScope>,
	/// Whether a statement is shown, while finality stalls.
	stated: bool,
	expect: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
	/// By the house's own right to treat.
	House,
	/// By a directive, under these obligations.
	Permit(Obligations),
	/// By breaking the glass.
	Broken,
	Deny(DenyReason),
}
use Answer::{Broken, Deny, House};

const PERMIT: Answer = Answer::Permit(Obligations::EMPTY);
const NOTHING: Answer = Deny(DenyReason::NothingPermits);
const DENIED: Answer = Deny(DenyReason::DirectiveDenies);

/// The surgeon of the other house asks to treat.
fn surgeon(expect: Answer) -> Ask {
	let (who, house, purpose) = (SURGEON, OTHER, Purpose::Treatment);
	Ask { who, house, purpose, change: |_| {}, glass: None, stated: false, expect }
}

/// A nurse of the patient's own house asks to treat.
fn own_nurse(expect: Answer) -> Ask {
	Ask { who: NURSE, house: HOUSE, ..surgeon(expect) }
}

impl Ask {
	fn by(self, who: PractitionerId) -> Self {
		Self { who, ..self }
	}

	fn for_purpose(self, purpose: Purpose) -> Self {
		Self { purpose, ..self }
	}

	/// In an emergency, with a break-glass that reaches so far.
	fn breaking(self, scope: BreakGlassScope) -> Self {
		Self { purpose: Purpose::EmergencyTreatment, glass: Some(scope), ..self }
	}

	/// In an emergency while finality stalls, with a signed statement.
	fn stating(self) -> Self {
		Self { purpose: Purpose::EmergencyTreatment, stated: true, ..self }
	}

	fn of(self, change: fn(&mut RecordTerms)) -> Self {
		Self { change, ..self }
	}
}

/// For anyone and treatment, without an end.
fn general(rule: Rule, strength: Strength) -> DirectiveTerms {
	let period = Period { from: 0, until: None };
	DirectiveTerms { grantee: Grantee::Anyone, period, ..directive(rule, strength) }
}

fn with(terms: DirectiveTerms, change: impl FnOnce(&mut DirectiveTerms)) -> DirectiveTerms {
	let mut terms = terms;
	change(&mut terms);
	terms
}

type Scenario = (&'static str, Vec<DirectiveTerms>, Vec<Ask>);

fn check(scenarios: Vec<Scenario>) {
	for (name, directives, asks) in scenarios {
		for (number, ask) in asks.into_iter().enumerate() {
			let (mut facts, mut query) = case(&directives);
			for (known, said) in
				facts.chart.as_mut().unwrap().directives.iter_mut().zip(&directives)
			{
				let paper = OnPaper { submitter: [1; 32], witness: [2; 32], seal: Seal([3; 32]) };
				known.paper = (said.basis == GrantorBasis::WitnessedPaper).then_some(paper);
			}
			(ask.change)(&mut query.opening.terms);
			facts.record.as_mut().unwrap().leaf = query.opening.seal();
			facts.practitioner = Some(ask.who);
			let (organisation, role) = (ask.house, Role::Clinician);
			query.accessor = Accessor::Staff { account: [5; 32], organisation, role };
			query.purpose = ask.purpose;
			if let Some(scope) = ask.glass {
				break_it(&mut facts, &mut query, &ask, scope);
			}
			if ask.stated {
				state_it(&mut facts, &mut query, &ask);
			}
			let answer = match decide(&facts, &query) {
				Decision::Permit { basis: Basis::Custodian, .. } => House,
				Decision::Permit { basis: Basis::BreakGlass(_), .. } => Broken,
				Decision::Permit { obligations, .. } => Answer::Permit(obligations),
				Decision::Deny { reason } => Deny(reason),
			};
			assert_eq!(answer, ask.expect, "{name}, {number}");
		}
	}
}

/// The asker opened one for this chart, and shows it.
fn break_it(facts: &mut Facts, query: &mut AccessQuery, ask: &Ask, scope: BreakGlassScope) {
	let terms = BreakGlassTerms { chart: query.opening.terms.chart, custodian: HOUSE };
	let opening = Opening { terms, salt: Salt([7; 32]) };
	let id = BreakGlassId([7; 32]);
	facts.break_glass = Some(BreakGlassFacts {
		id,
		account: [5; 32],
		practitioner: ask.who,
		organisation: ask.house,
		seal: opening.seal(),
		scope,
		active: true,
		privileged: true,
	});
	query.emergency = Some(Emergency::Glass(ShownBreakGlass { id, opening }));
}

/// Finality stalls, and the asker shows a statement for this chart.
fn state_it(facts: &mut Facts, query: &mut AccessQuery, ask: &Ask) {
	let terms = BreakGlassTerms { chart: query.opening.terms.chart, custodian: HOUSE };
	let opening = Opening { terms, salt: Salt([7; 32]) };
	let (head, now) = ([9; 32], facts.at + STALLED_AFTER + 1);
	facts.statement =
		Some(StatementFacts { signed: true, number: 9, ancestor: None, privileged: true });
	let statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: [1; 32],
		number: 9,
		head,
		account: [5; 32],
		organisation: ask.house,
		reason: BreakGlassReason::Emergency,
		seal: opening.seal(),
		at: now,
	};
	let shown = ShownStatement { statement, signature: [0; 64], opening, seen: Seen { now, head } };
	query.emergency = Some(Emergency::Statement(Box::new(shown)));
}

/// All or nothing, for a time.
#[test]
fn basic() {
	let opt_in = general(Rule::Permit, Strength::Default);
	let opt_out = general(Rule::Deny, Strength::Default);
	let ended = Period { from: 0, until: Some(150) };
	let to_come = Period { from: 151, until: None };
	check(vec![
		("nothing was said", vec![], vec![surgeon(NOTHING), own_nurse(House)]),
		("opt in", vec![opt_in.clone()], vec![surgeon(PERMIT), own_nurse(House)]),
		("opt out", vec![opt_out.clone()], vec![surgeon(DENIED), own_nurse(House)]),
		(
			"opt in, for treatment alone",
			vec![opt_in.clone()],
			vec![
				surgeon(PERMIT).for_purpose(Purpose::CoordinationOfCare),
				surgeon(NOTHING).for_purpose(Purpose::EmergencyTreatment),
				surgeon(NOTHING).for_purpose(Purpose::Research),
				surgeon(NOTHING).for_purpose(Purpose::Payment),
			],
		),
		(
			"opt in that has ended",
			vec![with(opt_in.clone(), |terms| terms.period = ended)],
			vec![surgeon(NOTHING)],
		),
		(
			"opt in to come",
			vec![with(opt_in.clone(), |terms| terms.period = to_come)],
			vec![surgeon(NOTHING)],
		),
		("opt in and out", vec![opt_in, opt_out], vec![surgeon(DENIED)]),
	]);
}

/// Named people, houses, purposes, records, authors, times.
#[test]
fn intermediate() {
	let opt_in = general(Rule::Permit, Strength::Default);
	let opt_out = general(Rule::Deny, Strength::Default);
	let but = |change: fn(&mut DirectiveTerms)| {
		vec![opt_in.clone(), with(general(Rule::Deny, Strength::Specific), change)]
	};
	let only = |change: fn(&mut DirectiveTerms)| {
		vec![opt_out.clone(), with(general(Rule::Permit, Strength::Specific), change)]
	};
	let early = |record: &mut RecordTerms| record.clinical_date = 499;
	let by_another = |record: &mut RecordTerms| record.author = Some(AUTHOR + 1);
	check(vec![
		(
			"all but one person",
			but(|terms| terms.grantee = Grantee::Practitioner(SURGEON)),
			vec![surgeon(DENIED), surgeon(PERMIT).by(NURSE)],
		),
		(
			"all but one house",
			but(|terms| terms.grantee = Grantee::Organisation(OTHER)),
			vec![surgeon(DENIED), surgeon(DENIED).by(NURSE), own_nurse(House)],
		),
		(
			"also not somebody of the own house",
			but(|terms| terms.grantee = Grantee::Practitioner(NURSE)),
			vec![own_nurse(DENIED), own_nurse(House).by(SURGEON)],
		),
		(
			"nothing that this author wrote",
			but(|terms| terms.scope.author = Some(AUTHOR)),
			vec![surgeon(DENIED), surgeon(PERMIT).of(by_another)],
		),
		(
			"not this record",
			but(|terms| terms.scope.records = Some(vec![LISTED].try_into().unwrap())),
			vec![surgeon(DENIED), own_nurse(DENIED)],
		),
		(
			"nothing of before",
			but(|terms| terms.scope.record_period = Some(Period { from: 0, until: Some(500) })),
			vec![surgeon(PERMIT), surgeon(DENIED).of(early)],
		),
		(
			"one person alone, at one house",
			only(|terms| terms.grantee = Grantee::PractitionerAt(SURGEON, OTHER)),
			vec![surgeon(PERMIT), surgeon(DENIED).by(NURSE), own_nurse(House)],
		),
		(
			"one record alone",
			only(|terms| terms.scope.records = Some(vec![RecordId([7; 32])].try_into().unwrap())),
			vec![surgeon(DENIED)],
		),
		(
			"laboratory alone",
			only(|terms| terms.scope.categories = Some(Categories::of(&[Category::Laboratory]))),
			vec![surgeon(PERMIT), surgeon(DENIED).of(|record| record.category = Category::Imaging)],
		),
		(
			"for an emergency alone",
			only(|terms| terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment])),
			vec![surgeon(DENIED), surgeon(PERMIT).for_purpose(Purpose::EmergencyTreatment)],
		),
		(
			"for research too",
			vec![
				opt_in.clone(),
				with(general(Rule::Permit, Strength::Specific), |terms| {
					terms.purposes = Purposes::of(&[Purpose::Research]);
					terms.obligations = Obligations::of(&[Obligation::Deidentify]);
				}),
			],
			vec![
				surgeon(PERMIT),
				surgeon(Answer::Permit(Obligations::of(&[Obligation::Deidentify])))
					.for_purpose(Purpose::Research),
			],
		),
	]);
}

/// What patients without a phone sign by hand, beside what else is there.
#[test]
fn on_paper() {
	let paper = |terms| with(terms, |terms| terms.basis = GrantorBasis::WitnessedPaper);
	let dentist = || {
		paper(with(general(Rule::Permit, Strength::Specific), |terms| {
			terms.grantee = Grantee::PractitionerAt(SURGEON, OTHER);
		}))
	};
	let mail = with(general(Rule::Deny, Strength::Default), |terms| {
		terms.purposes = Purposes::of(&[Purpose::Research]);
	});
	let emergencies = with(general(Rule::Deny, Strength::Specific), |terms| {
		terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	});
	check(vec![
		(
			"one dentist alone, by a sheet at the desk",
			vec![dentist()],
			vec![surgeon(PERMIT), surgeon(NOTHING).by(NURSE), own_nurse(House)],
		),
		(
			"nobody but this dentist, both by the same sheet",
			vec![paper(general(Rule::Deny, Strength::Default)), dentist()],
			vec![surgeon(PERMIT), surgeon(DENIED).by(NURSE), own_nurse(House)],
		),
		(
			"nobody at all, by the patient's phone, and a sheet for the dentist",
			vec![general(Rule::Deny, Strength::Default), dentist()],
			vec![surgeon(DENIED), own_nurse(House)],
		),
		(
			"no research, by the patient's phone, and a sheet for the dentist",
			vec![mail, dentist()],
			vec![surgeon(PERMIT), surgeon(DENIED).for_purpose(Purpose::Research)],
		),
		(
			"nothing in emergencies, by a sheet at the desk",
			vec![paper(emergencies)],
			vec![
				surgeon(Deny(DenyReason::EmergencyDenied)).breaking(BreakGlassScope::Widened),
				own_nurse(House),
			],
		),
	]);
}

/// Labels of confidentiality and sensitivity, and obligations.
#[test]
fn advanced() {
	let opt_in = general(Rule::Permit, Strength::Default);
	let psychiatry = Sensitivities::of(&[Sensitivity::Psychiatry]);
	let hiv = Sensitivities::of(&[Sensitivity::Hiv]);
	let labelled = |record: &mut RecordTerms| {
		record.sensitivity = Sensitivities::of(&[Sensitivity::Psychiatry, Sensitivity::Genetic]);
	};
	let restricted =
		|record: &mut RecordTerms| record.confidentiality = Confidentiality::Restricted;
	let deny_label = |labels| {
		with(general(Rule::Deny, Strength::Specific), |terms| {
			terms.scope.sensitivity = Some(labels);
		})
	};
	let normal = with(opt_in.clone(), |terms| {
		terms.scope.confidentiality_ceiling = Some(Confidentiality::Normal);
	});
	let to_one = with(general(Rule::Permit, Strength::Specific), |terms| {
		terms.grantee = Grantee::Practitioner(SURGEON);
		terms.scope.sensitivity = Some(psychiatry);
		terms.obligations = Obligations::of(&[Obligation::NoRedisclosure, Obligation::Encrypt]);
	});
	let duties =
		Answer::Permit(Obligations::of(&[Obligation::NoRedisclosure, Obligation::Encrypt]));
	check(vec![
		(
			"all but what is labelled psychiatry",
			vec![opt_in.clone(), deny_label(psychiatry)],
			vec![surgeon(PERMIT), surgeon(DENIED).of(labelled), own_nurse(DENIED).of(labelled)],
		),
		(
			"a label that the record has not",
			vec![opt_in.clone(), deny_label(hiv)],
			vec![surgeon(PERMIT).of(labelled)],
		),
		(
			"up to normal confidentiality",
			vec![normal.clone()],
			vec![surgeon(PERMIT), surgeon(NOTHING).of(restricted)],
		),
		(
			"and psychiatry to one, under obligations",
			vec![normal.clone(), to_one.clone()],
			vec![
				surgeon(PERMIT),
				surgeon(duties).of(labelled),
				surgeon(PERMIT).of(labelled).by(NURSE),
			],
		),
		(
			"what is specific to one does not outweigh a specific deny to all",
			vec![to_one, deny_label(psychiatry)],
			vec![surgeon(DENIED).of(labelled)],
		),
	]);
}

/// Emergencies in which nobody can ask the patient.
#[test]
fn emergencies() {
	use BreakGlassScope::{First, Widened};
	let medication = |record: &mut RecordTerms| record.category = Category::Medication;
	let psychiatric = |record: &mut RecordTerms| {
		record.category = Category::Medication;
		record.sensitivity = Sensitivities::of(&[Sensitivity::Psychiatry]);
	};
	let opt_out = general(Rule::Deny, Strength::Default);
	let treatment = general(Rule::Deny, Strength::Specific);
	let never = with(treatment.clone(), |terms| {
		terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	});
	let not_psychiatry = with(never.clone(), |terms| {
		terms.scope.sensitivity = Some(Sensitivities::of(&[Sensitivity::Psychiatry]));
	});
	let agreed = with(general(Rule::Permit, Strength::Default), |terms| {
		terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	});
	let dissent = Deny(DenyReason::EmergencyDenied);
	let beyond = Deny(DenyReason::BeyondFirstScope);
	check(vec![
		(
			"nothing was said",
			vec![],
			vec![
				surgeon(NOTHING).of(medication).for_purpose(Purpose::EmergencyTreatment),
				surgeon(Broken).of(medication).breaking(First),
				surgeon(beyond).breaking(First),
				surgeon(beyond).of(psychiatric).breaking(First),
				surgeon(Broken).of(psychiatric).breaking(Widened),
				own_nurse(Broken).of(medication).breaking(First),
			],
		),
		("opt out", vec![opt_out], vec![surgeon(Broken).of(medication).breaking(First)]),
		(
			"nobody treats by this, unless in an emergency",
			vec![treatment],
			vec![own_nurse(DENIED), own_nurse(Broken).of(medication).breaking(First)],
		),
		(
			"not even in an emergency",
			vec![never],
			vec![
				surgeon(dissent).of(medication).breaking(First),
				surgeon(dissent).of(medication).breaking(Widened),
				own_nurse(dissent).of(medication).breaking(First),
			],
		),
		(
			"not psychiatry, not even in an emergency",
			vec![not_psychiatry],
			vec![
				surgeon(Broken).of(medication).breaking(First),
				surgeon(dissent).of(psychiatric).breaking(Widened),
			],
		),
		(
			"emergencies were agreed to",
			vec![agreed],
			vec![surgeon(PERMIT).breaking(First), surgeon(PERMIT).breaking(Widened)],
		),
	]);
}

/// Emergencies while nothing becomes final, in which a clinician's signed word is all there is.
#[test]
fn emergencies_while_finality_stalls() {
	let medication = |record: &mut RecordTerms| record.category = Category::Medication;
	let psychiatric = |record: &mut RecordTerms| {
		record.category = Category::Medication;
		record.sensitivity = Sensitivities::of(&[Sensitivity::Psychiatry]);
	};
	let never = with(general(Rule::Deny, Strength::Specific), |terms| {
		terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	});
	let agreed = with(general(Rule::Permit, Strength::Specific), |terms| {
		terms.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	});
	let treatment = general(Rule::Deny, Strength::Specific);
	let beyond = Deny(DenyReason::BeyondFirstScope);
	check(vec![
		(
			"nothing was said",
			vec![],
			vec![
				surgeon(Broken).of(medication).stating(),
				surgeon(beyond).stating(),
				surgeon(beyond).of(psychiatric).stating(),
				own_nurse(Broken).of(medication).stating(),
				own_nurse(beyond).stating(),
			],
		),
		(
			"nobody treats by this, unless in an emergency",
			vec![treatment],
			vec![surgeon(Broken).of(medication).stating()],
		),
		(
			"not even in an emergency",
			vec![never],
			vec![surgeon(Deny(DenyReason::EmergencyDenied)).of(medication).stating()],
		),
		// Who permitted it may have taken it back since.
		(
			"emergencies were agreed to",
			vec![agreed],
			vec![surgeon(beyond).stating(), surgeon(Broken).of(medication).stating()],
		),
	]);
}

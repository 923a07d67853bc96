//! Consents as they are read and written: HL7's examples, what is refused, and every directive there and
//! back.

mod examples;
mod refusals;

use super::*;
use crate::{content::check_fhir, fhir::House};
use proptest::{collection::vec, option, prelude::*, sample::select};
use salus_primitives::{
	bounded_collections::BoundedVec,
	codes::{
		Action, Actions, Categories, Category, Confidentiality, GrantorBasis, Obligation,
		Obligations, Purpose, Purposes, Rule, Sensitivities, Sensitivity, Strength,
	},
	directive::{DirectiveTerms, Grantee, Scope},
	ids::{ChartId, DirectiveId, EncounterId, RecordId},
};
use serde_json::{json, Value};
use std::{collections::BTreeMap, fmt::Debug};

const CHART: ChartId = ChartId([0xc4; 32]);
const NETWORK: &str = "did:salus:01010101010101010101010101010101";

fn house() -> House {
	House { genesis: [1; 32], custodian: 7, base: String::new() }
}

fn reader() -> ConsentReader {
	ConsentReader {
		house: house(),
		chart: CHART,
		patient: None,
		custodian: None,
		actors: BTreeMap::new(),
	}
}

/// A permit of everything to everyone, for ever.
fn permit() -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::Anyone,
		scope: Scope::default(),
		actions: Actions::all(),
		purposes: Purposes::all(),
		period: ALWAYS,
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

fn written(terms: &DirectiveTerms) -> Value {
	consent(&house(), CHART, Some(&DirectiveId([0xd1; 32])), terms).unwrap()
}

fn read(resource: &Value) -> Result<Vec<DirectiveTerms>, ConsentError> {
	reader().read(resource.to_string().as_bytes())
}

/// What is wrong with the resource, which is FHIR R4 all the same.
fn fault(resource: &Value) -> String {
	if let Err(fault) = check_fhir(resource.to_string().as_bytes()) {
		panic!("{fault}\n{resource:#}");
	}
	match read(resource) {
		Ok(terms) => panic!("taken as {terms:?}\n{resource:#}"),
		Err(fault) => fault.to_string(),
	}
}

/// The resource with the value at this place.
fn with(mut resource: Value, place: &str, value: Value) -> Value {
	let (parent, name) = place.rsplit_once('/').unwrap();
	let parent = resource.pointer_mut(parent).unwrap();
	match (parent, name.parse::<usize>()) {
		(Value::Array(items), Ok(at)) if at < items.len() => items[at] = value,
		(Value::Array(items), _) => items.push(value),
		(parent, _) => parent[name] = value,
	}
	resource
}

fn subsets<Code: Copy + Debug + 'static, Set: FromIterator<Code> + Debug>(
	codes: &'static [Code],
) -> impl Strategy<Value = Set> {
	vec(select(codes), 1..=codes.len()).prop_map(|codes| codes.into_iter().collect())
}

/// Periods that hold a moment, of the years that FHIR knows.
fn periods() -> impl Strategy<Value = Period> {
	const LATEST: u64 = crate::fhir::LATEST;
	let edges = select(vec![0, 1, 999, 1000, 86_400_000, LATEST - 1, LATEST]);
	let moments = || prop_oneof![edges.clone(), 0..=LATEST];
	(moments(), option::of(1..=LATEST)).prop_map(|(from, length)| {
		let until = length.map(|length| (from + length).min(LATEST + 1));
		Period { from, until }
	})
}

fn grantees() -> impl Strategy<Value = Grantee> {
	prop_oneof![
		Just(Grantee::Anyone),
		(1..=u32::MAX).prop_map(Grantee::Organisation),
		(1..=u32::MAX).prop_map(Grantee::Practitioner),
		(1..=u32::MAX, 1..=u32::MAX).prop_map(|(who, at)| Grantee::PractitionerAt(who, at)),
	]
}

fn scopes() -> impl Strategy<Value = Scope> {
	let records = vec(any::<[u8; 32]>().prop_map(RecordId), 1..=64);
	(
		option::of(subsets::<_, Categories>(Category::ALL)),
		option::of(subsets::<_, Sensitivities>(Sensitivity::ALL)),
		option::of(select(Confidentiality::ALL)),
		option::of(1..=u32::MAX),
		option::of(any::<[u8; 32]>().prop_map(EncounterId)),
		option::of(records.prop_map(|records| BoundedVec::try_from(records).unwrap())),
		option::of(periods()),
	)
		.prop_map(
			|(categories, sensitivity, ceiling, author, encounter, records, record_period)| Scope {
				categories,
				sensitivity,
				confidentiality_ceiling: ceiling,
				author,
				encounter,
				records,
				record_period,
			},
		)
}

/// All terms that speak of something.
fn directives() -> impl Strategy<Value = DirectiveTerms> {
	let obligations =
		prop_oneof![Just(Obligations::EMPTY), subsets::<_, Obligations>(Obligation::ALL)];
	(
		(select(Rule::ALL), select(Strength::ALL), select(GrantorBasis::ALL)),
		(grantees(), scopes(), periods(), obligations),
		(subsets::<_, Actions>(Action::ALL), subsets::<_, Purposes>(Purpose::ALL)),
	)
		.prop_map(|(words, terms, sets)| {
			let ((rule, strength, basis), (grantee, scope, period, obligations)) = (words, terms);
			let (actions, purposes) = sets;
			let obligations = if rule == Rule::Permit { obligations } else { Obligations::EMPTY };
			DirectiveTerms {
				rule,
				strength,
				grantee,
				scope,
				actions,
				purposes,
				period,
				obligations,
				basis,
			}
		})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	/// What is written is FHIR R4 and is read as exactly what it was.
	#[test]
	fn every_directive_comes_back(terms in directives()) {
		let resource = written(&terms);
		prop_assert_eq!(read(&resource), Ok(vec![terms.clone()]), "{:#}", resource);
		// Without its id too, which says nothing.
		let nameless = consent(&house(), CHART, None, &terms).unwrap();
		prop_assert_eq!(read(&nameless), Ok(vec![terms]));
	}

	#[test]
	fn several_come_back_in_one_bundle(terms in vec(directives(), 1..6)) {
		let mut distinct: Vec<DirectiveTerms> = Vec::new();
		for one in &terms {
			if !distinct.contains(one) {
				distinct.push(one.clone());
			}
		}
		let bundle = consents(terms.iter().map(written).collect());
		prop_assert_eq!(read(&bundle), Ok(distinct));
	}

	/// Whatever stands there, nothing panics.
	#[test]
	fn nothing_panics(
		terms in directives(),
		place in select(vec![
			"/status", "/scope", "/patient", "/organization", "/policyRule", "/provision", "/contained",
			"/extension", "/provision/actor", "/provision/period", "/provision/data", "/provision/class",
		]),
		value in select(vec![
			json!(null), json!(1), json!("a"), json!([]), json!([null]), json!({}), json!([{}]),
			json!({ "coding": [{}] }), json!({ "start": "2016" }), json!([{ "reference": "#a" }]),
		]),
	) {
		let _ = read(&with(written(&terms), place, value));
	}
}

#[test]
fn sets_that_hold_everything_need_not_be_said() {
	let resource = written(&permit());
	let said = resource.pointer("/provision/provision/0").unwrap();
	assert_eq!(*said, json!({ "type": "permit" }));
	assert_eq!(resource.pointer("/policyRule/coding/0/code"), Some(&json!("as-otherwise")));
	let general = written(&DirectiveTerms { strength: Strength::Default, ..permit() });
	assert_eq!(general.get("provision"), None);
	assert_eq!(general.pointer("/policyRule/coding/0/code"), Some(&json!("OPTIN")));
}

#[test]
fn a_directive_says_whom_and_what_by_the_words_of_fhir() {
	let terms = DirectiveTerms {
		grantee: Grantee::PractitionerAt(12, 2),
		scope: Scope {
			categories: Some(Categories::of(&[Category::Laboratory])),
			sensitivity: Some(Sensitivities::of(&[Sensitivity::Psychiatry])),
			confidentiality_ceiling: Some(Confidentiality::Restricted),
			author: Some(3),
			encounter: Some(EncounterId([8; 32])),
			records: None,
			record_period: Some(Period { from: 0, until: Some(86_400_000) }),
		},
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		obligations: Obligations::of(&[Obligation::NoRedisclosure]),
		basis: GrantorBasis::Guardian,
		..permit()
	};
	let resource = written(&terms);
	let at = |place: &str| resource.pointer(place).cloned().unwrap_or_default();
	assert_eq!(at("/id"), "d1".repeat(32));
	assert_eq!(at("/patient/reference"), format!("Patient/{}", "c4".repeat(32)));
	assert_eq!(at("/organization/0/identifier/value"), format!("{NETWORK}:organisation:7"));
	assert_eq!(at("/extension/0/valueCode"), "guardian");
	let role = at("/contained/0");
	assert_eq!(role["resourceType"], "PractitionerRole");
	assert_eq!(role["practitioner"]["identifier"]["value"], format!("{NETWORK}:practitioner:12"));
	assert_eq!(role["organization"]["identifier"]["value"], format!("{NETWORK}:organisation:2"));
	let rule = at("/provision/provision/0");
	assert_eq!(rule["actor"][0]["role"]["coding"][0]["code"], "PRCP");
	assert_eq!(rule["actor"][0]["reference"]["reference"], "#grantee");
	assert_eq!(rule["actor"][1]["role"]["coding"][0]["code"], "AUT");
	assert_eq!(rule["action"][0]["coding"][0]["code"], "access");
	assert_eq!(rule["purpose"][0]["code"], "TREAT");
	assert_eq!(rule["securityLabel"][0]["code"], "R");
	assert_eq!(rule["securityLabel"][1]["code"], "PSY");
	assert_eq!(rule["class"][0]["code"], "laboratory");
	assert_eq!(rule["data"][0]["meaning"], "dependents");
	assert_eq!(rule["dataPeriod"], json!({ "end": "1970-01-01T23:59:59.999Z" }));
	assert_eq!(rule["modifierExtension"][0]["valueCoding"]["code"], "NORDSCLCD");
	assert_eq!(read(&resource), Ok(vec![terms]));
}

#[test]
fn what_no_consent_can_say_is_not_written() {
	let scope = |scope| DirectiveTerms { scope, ..permit() };
	let over = Period { from: 5, until: Some(5) };
	let nothing = "speaks of nothing";
	for (terms, said) in [
		(DirectiveTerms::cover(), nothing),
		(DirectiveTerms { purposes: Purposes::EMPTY, ..permit() }, nothing),
		(DirectiveTerms { period: over, ..permit() }, nothing),
		(scope(Scope { categories: Some(Categories::EMPTY), ..Scope::default() }), nothing),
		(scope(Scope { sensitivity: Some(Sensitivities::EMPTY), ..Scope::default() }), nothing),
		(scope(Scope { records: Some(BoundedVec::new()), ..Scope::default() }), nothing),
		(scope(Scope { record_period: Some(over), ..Scope::default() }), nothing),
		(
			DirectiveTerms {
				rule: Rule::Deny,
				obligations: Obligations::of(&[Obligation::Encrypt]),
				..permit()
			},
			"denies, and yet has obligations",
		),
		(
			DirectiveTerms { period: Period { from: u64::MAX, until: None }, ..permit() },
			"has a moment after the year 9999",
		),
		(
			DirectiveTerms { grantee: Grantee::Organisation(0), ..permit() },
			"names someone by the number 0",
		),
		(scope(Scope { author: Some(0), ..Scope::default() }), "names someone by the number 0"),
		(
			DirectiveTerms {
				grantee: Grantee::Bearer(salus_primitives::ids::Seal([7; 32])),
				..permit()
			},
			"is a link",
		),
	] {
		let fault = consent(&house(), CHART, None, &terms).unwrap_err();
		assert_eq!(fault.code(), "consent-unsayable");
		assert!(fault.to_string().contains(said), "{fault}");
	}
}

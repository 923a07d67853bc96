//! A directive as Consent.

use super::{period, ConsentError, ACT_CODE, AS_OTHERWISE, CONSENT_SCOPE, PARTICIPATION};
use crate::fhir::{
	audit::{CONSENT_ACTION, REASON},
	coding, concept,
	document::{CONFIDENTIALITY, LOINC, SENSITIVITY},
	id, names, present, reference, House,
};
use salus_primitives::{
	codes::{Actions, Categories, GrantorBasis, Purposes, Rule, Sensitivities, Strength},
	did::Subject,
	directive::{DirectiveTerms, Grantee},
	ids::{ChartId, DirectiveId},
};
use serde_json::{json, Value};

/// LOINC's code of a patient's consent.
const PATIENT_CONSENT: &str = "59284-0";
/// Id of the PractitionerRole that a Consent contains.
const GRANTEE: &str = "grantee";

/// The directive as a Consent of its own, which [`ConsentReader`](super::ConsentReader) reads as exactly
/// these terms.
///
/// A default directive is the Consent's policy, limited by the root provision; a specific one is nested in
/// a root that says nothing.
///
/// # Errors
///
/// [`ConsentError::Unsayable`] for terms that speak of nothing, denies with obligations, moments after the
/// year 9999 and the number 0.
pub fn consent(
	house: &House,
	chart: ChartId,
	directive: Option<&DirectiveId>,
	terms: &DirectiveTerms,
) -> Result<Value, ConsentError> {
	ensure_sayable(terms)?;
	let is_nested = terms.strength == Strength::Specific;
	let provision = provision(house, terms, is_nested);
	let (policy, provision) = match (terms.strength, terms.rule) {
		(Strength::Specific, _) => {
			(coding(names::POLICY, AS_OTHERWISE), json!({ "provision": [provision] }))
		},
		(Strength::Default, Rule::Permit) => (coding(ACT_CODE, "OPTIN"), provision),
		(Strength::Default, Rule::Deny) => (coding(ACT_CODE, "OPTOUT"), provision),
	};
	let basis = (terms.basis != GrantorBasis::Own)
		.then(|| json!([{ "url": names::GRANTOR_BASIS, "valueCode": terms.basis.code() }]));
	let contained = match terms.grantee {
		Grantee::PractitionerAt(practitioner, organisation) => Some(json!([{
			"resourceType": "PractitionerRole",
			"id": GRANTEE,
			"practitioner": house.named("Practitioner", Subject::Practitioner(practitioner)),
			"organization": house.organisation(organisation),
		}])),
		_ => None,
	};
	let identifier =
		directive.map(|id| json!([{ "system": names::DIRECTIVE, "value": id.to_string() }]));
	Ok(present(json!({
		"resourceType": "Consent",
		"id": directive.map(id),
		"contained": contained,
		"extension": basis,
		"identifier": identifier,
		"status": "active",
		"scope": concept(vec![coding(CONSENT_SCOPE, "patient-privacy")]),
		"category": [concept(vec![coding(LOINC, PATIENT_CONSENT)])],
		"patient": reference("Patient", chart),
		"organization": [house.organisation(house.custodian)],
		"policyRule": concept(vec![policy]),
		"provision": provision,
	})))
}

/// Consents in one Bundle, a collection.
pub fn consents(consents: Vec<Value>) -> Value {
	let entries: Vec<_> =
		consents.into_iter().map(|resource| json!({ "resource": resource })).collect();
	present(json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }))
}

fn ensure_sayable(terms: &DirectiveTerms) -> Result<(), ConsentError> {
	let scope = &terms.scope;
	let periods = || scope.record_period.iter().chain([&terms.period]);
	let speaks_of_nothing = terms.actions.is_empty()
		|| terms.purposes.is_empty()
		|| scope.categories.is_some_and(Categories::is_empty)
		|| scope.sensitivity.is_some_and(Sensitivities::is_empty)
		|| scope.records.as_ref().is_some_and(|records| records.is_empty())
		|| periods().any(|period| period.is_empty());
	let numbers = match terms.grantee {
		Grantee::Anyone | Grantee::Bearer(_) => [None; 2],
		Grantee::Organisation(number) | Grantee::Practitioner(number) => [Some(number), None],
		Grantee::PractitionerAt(practitioner, organisation) => {
			[Some(practitioner), Some(organisation)]
		},
	};
	let is_numbered_0 = numbers.into_iter().chain([scope.author]).any(|number| number == Some(0));
	let fault = if speaks_of_nothing {
		"speaks of nothing"
	} else if terms.link().is_some() {
		"is a link, whose holder is nobody that can be named"
	} else if terms.rule == Rule::Deny && !terms.obligations.is_empty() {
		"denies, and yet has obligations"
	} else if !periods().all(period::is_sayable) {
		"has a moment after the year 9999"
	} else if is_numbered_0 {
		"names someone by the number 0, which nobody has"
	} else {
		return Ok(());
	};
	Err(ConsentError::Unsayable(fault))
}

fn provision(house: &House, terms: &DirectiveTerms, is_nested: bool) -> Value {
	let scope = &terms.scope;
	let actions = terms
		.actions
		.iter()
		.map(|action| concept(vec![coding(CONSENT_ACTION, action.code())]));
	let purposes = terms.purposes.iter().map(|purpose| coding(REASON, purpose.code()));
	let ceiling = scope.confidentiality_ceiling.map(|most| coding(CONFIDENTIALITY, most.code()));
	let labels = scope.sensitivity.into_iter().flat_map(Sensitivities::iter);
	let labels = labels.map(|label| coding(SENSITIVITY, label.code()));
	let categories = scope.categories.into_iter().flat_map(Categories::iter);
	let obligations = terms.obligations.iter().map(
		|duty| json!({ "url": names::OBLIGATION, "valueCoding": coding(ACT_CODE, duty.code()) }),
	);
	let encounter = scope.encounter.map(|encounter| json!({ "value": encounter.to_string() }));
	let listed = scope.records.iter().flatten().map(
		|record| json!({ "meaning": "instance", "reference": reference("DocumentReference", record) }),
	);
	let mut data: Vec<_> = listed.collect();
	let mut modifiers: Vec<_> = obligations.collect();
	// Data adds up: beside listed records an encounter would add to them, not limit them.
	match encounter {
		Some(encounter) if data.is_empty() => data.push(json!({
			"meaning": "dependents",
			"reference": { "type": "Encounter", "identifier": encounter },
		})),
		Some(encounter) => {
			modifiers.push(json!({ "url": names::ENCOUNTER, "valueIdentifier": encounter }));
		},
		None => {},
	}
	json!({
		"modifierExtension": modifiers,
		"type": is_nested.then(|| terms.rule.code()),
		"period": period::write(&terms.period),
		"actor": actors(house, terms),
		"action": actions.filter(|_| terms.actions != Actions::all()).collect::<Vec<_>>(),
		"securityLabel": ceiling.into_iter().chain(labels).collect::<Vec<_>>(),
		"purpose": purposes.filter(|_| terms.purposes != Purposes::all()).collect::<Vec<_>>(),
		"class": categories.map(|one| coding(names::CATEGORY, one.code())).collect::<Vec<_>>(),
		"dataPeriod": scope.record_period.as_ref().map(period::write_anyway),
		"data": data,
	})
}

fn actors(house: &House, terms: &DirectiveTerms) -> Vec<Value> {
	let actor = |role: &str, who: Value| json!({ "role": concept(vec![coding(PARTICIPATION, role)]), "reference": who });
	let practitioner = |id| house.named("Practitioner", Subject::Practitioner(id));
	let grantee = match terms.grantee {
		// A link is not said as a Consent.
		Grantee::Anyone | Grantee::Bearer(_) => None,
		Grantee::Organisation(organisation) => Some(house.organisation(organisation)),
		Grantee::Practitioner(id) => Some(practitioner(id)),
		Grantee::PractitionerAt(..) => {
			Some(json!({ "reference": format!("#{GRANTEE}"), "type": "PractitionerRole" }))
		},
	};
	let author = terms.scope.author.map(practitioner);
	let grantee = grantee.map(|who| actor("PRCP", who));
	grantee.into_iter().chain(author.map(|who| actor("AUT", who))).collect()
}

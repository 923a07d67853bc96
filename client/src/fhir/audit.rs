//! A disclosure as AuditEvent: R4's resource, its codes as IHE's Basic Audit Log Patterns use them.

use super::{coding, concept, id, instant, named_by, names, present, reference, House};
use crate::{accounting::Accounted, vault_api::Disclosure};
use codec::Decode;
use salus_primitives::{
	codes::StandingReason,
	decision::{Accessor, Basis, DenyReason},
	did::{Fragment, Subject as Who},
	disclosure::{Outcome, Subject, NOT_HANDED_OUT},
	time::Moment,
};
use serde_json::{json, Value};

const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
pub(super) const CONSENT_ACTION: &str = "http://terminology.hl7.org/CodeSystem/consentaction";
pub(super) const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// The entry as AuditEvent. Its id is its leaf.
pub fn audit_event(house: &House, disclosure: &Disclosure) -> Value {
	let entry = &disclosure.opening.terms;
	let (interaction, action) = match entry.subject {
		Subject::Record(_) => ("read", "R"),
		// A search asked whether the chart is there, and was told that it is.
		Subject::Listing | Subject::Log | Subject::Presence => ("search-type", "E"),
	};
	let purpose = json!([concept(vec![coding(REASON, entry.purpose.code())])]);
	let (outcome, said, reason) = match entry.outcome {
		Outcome::Released(_) => ("0", "released".into(), None),
		Outcome::Refused(NOT_HANDED_OUT) => {
			("8", "permitted, but nothing was handed out".into(), Some(NOT_HANDED_OUT))
		},
		Outcome::Refused(code) => ("4", refusal(code), Some(code)),
	};
	present(json!({
		"resourceType": "AuditEvent",
		"id": id(disclosure.opening.seal()),
		"extension": [place(disclosure, reason)],
		"type": coding(EVENT_TYPE, "rest"),
		"subtype": [coding(INTERACTION, interaction), coding(CONSENT_ACTION, entry.action.code())],
		"action": action,
		"recorded": instant(entry.at),
		"outcome": outcome,
		"outcomeDesc": said,
		"purposeOfEvent": purpose,
		"agent": agents(house, disclosure),
		"source": {
			"observer": house.organisation(house.custodian),
			"type": [coding(SOURCE_TYPE, "4")],
		},
		"entity": entities(disclosure),
	}))
}

/// An accounting of disclosures as a Bundle of type `collection`: an AuditEvent for each line, tagged with whether it
/// must be accounted for.
pub fn accounting<'a>(
	lines: impl IntoIterator<Item = (&'a House, &'a Disclosure, Accounted)>,
	now: Moment,
) -> Value {
	let entries = lines.into_iter().map(|(house, disclosure, accounted)| {
		let mut event = audit_event(house, disclosure);
		let tag = json!({
			"system": names::ACCOUNTING,
			"code": accounted.code(),
			"display": accounted.words(),
		});
		// A full URL is absolute or not there.
		let url = (!house.base.is_empty())
			.then(|| house.url(&format!("AuditEvent/{}", id(disclosure.opening.seal()))));
		if let Some(event) = event.as_object_mut() {
			event.insert("meta".into(), json!({ "tag": [tag] }));
		}
		json!({ "fullUrl": url, "resource": event })
	});
	present(json!({
		"resourceType": "Bundle",
		"type": "collection",
		"timestamp": instant(now),
		"entry": entries.collect::<Vec<_>>(),
	}))
}

/// Who asked: first the person or account, then the organisation that they acted for.
fn agents(house: &House, disclosure: &Disclosure) -> Vec<Value> {
	let entry = &disclosure.opening.terms;
	match entry.accessor {
		Accessor::Patient { .. } => vec![json!({
			"who": house.named("Patient", Who::Chart(entry.chart)),
			"requestor": true,
		})],
		// The patient, who has the guard, knows whose leaf it is.
		Accessor::Guardian { leaf } => vec![json!({
			"who": {
				"type": "RelatedPerson",
				"identifier": { "system": names::GUARDIAN, "value": leaf.to_string() },
			},
			"requestor": true,
		})],
		// Nobody knows who had the link; the patient knows to whom it was given.
		Accessor::Bearer { link } => vec![json!({
			"who": { "identifier": { "system": names::LINK, "value": link.to_string() } },
			"requestor": true,
		})],
		Accessor::Staff { account, organisation, role } => {
			let who = match entry.practitioner {
				Some(practitioner) => house.named("Practitioner", Who::Practitioner(practitioner)),
				None => {
					let of = house.did(Who::Organisation(organisation));
					named_by("PractitionerRole", &of.url(Fragment::Account(account)).to_string())
				},
			};
			vec![
				json!({
					"role": [concept(vec![coding(names::ROLE, role.code())])],
					"who": who,
					"requestor": true,
				}),
				json!({ "who": house.organisation(organisation), "requestor": false }),
			]
		},
	}
}

/// Of what: the patient, the record, and the directive that permitted.
fn entities(disclosure: &Disclosure) -> Vec<Value> {
	let entry = &disclosure.opening.terms;
	let entity = |what: Value, kind: &str, role: &str| json!({ "what": what, "type": coding(ENTITY_TYPE, kind), "role": coding(OBJECT_ROLE, role) });
	let mut entities = vec![entity(reference("Patient", entry.chart), "1", "1")];
	if let Subject::Record(record) = entry.subject {
		entities.push(entity(reference("DocumentReference", record), "2", "3"));
	}
	if let Outcome::Released(Basis::Directive(directive)) = entry.outcome {
		let what = json!({
			"type": "Consent",
			"identifier": { "system": names::DIRECTIVE, "value": directive.to_string() },
		});
		entities.push(entity(what, "2", "13"));
	}
	entities
}

/// Where the entry stands: in the log, and on the chain once its root is final.
fn place(disclosure: &Disclosure, reason: Option<u8>) -> Value {
	let entry = &disclosure.opening.terms;
	let mut parts = vec![
		json!({ "url": "sequence", "valueUnsignedInt": entry.sequence }),
		json!({ "url": "head", "valueString": format!("0x{}", hex::encode(entry.head)) }),
	];
	if let Outcome::Released(basis) = entry.outcome {
		let basis = match basis {
			Basis::Patient => "patient",
			Basis::Custodian => "custodian",
			Basis::Directive(_) => "directive",
			Basis::Guardian => "guardian",
			Basis::BreakGlass(_) => "break-glass",
		};
		parts.push(json!({ "url": "basis", "valueCoding": coding(names::BASIS, basis) }));
	}
	if let Some(reason) = reason {
		let reason = coding(names::DENY_REASON, &reason.to_string());
		parts.push(json!({ "url": "reason", "valueCoding": reason }));
	}
	if let Some(proof) = &disclosure.proof {
		parts.extend([
			json!({ "url": "organisation", "valueUnsignedInt": proof.organisation }),
			json!({ "url": "root", "valueUnsignedInt": proof.number }),
			json!({ "url": "index", "valueUnsignedInt": proof.proof.index }),
			json!({ "url": "leaves", "valueUnsignedInt": proof.proof.leaves }),
		]);
	}
	json!({ "url": names::DISCLOSURE, "extension": parts })
}

/// What a deny reason's code says.
fn refusal(code: u8) -> String {
	let standing = StandingReason::ALL.iter().find(|reason| reason.index() == code);
	let sentence = match standing {
		Some(reason) => Some(reason.sentence()),
		None => DenyReason::decode(&mut [code].as_slice()).ok().map(DenyReason::sentence),
	};
	format!("refused: {}", sentence.unwrap_or("for a reason that this version does not know"))
}

//! A record as DocumentReference.

use super::{coding, concept, id, instant, media_type, named_by, names, present, reference, House};
use crate::vault_api::ListedRecord;
use salus_primitives::{
	codes::{Category, RecordState},
	did::Subject,
};
use serde_json::{json, Value};

pub(super) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
pub(super) const SENSITIVITY: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub(super) const LOINC: &str = "http://loinc.org";
/// Largest number in FHIR's `unsignedInt`.
const MAX_UNSIGNED: u64 = i32::MAX as u64;

/// The code of LOINC that stands for a category, where there is one: each of them leads to this category
/// by `docs/content.md`'s table too.
pub const fn loinc(category: Category) -> Option<&'static str> {
	Some(match category {
		Category::Laboratory => "26436-6",
		Category::Imaging => "18748-4",
		Category::Medication => "10160-0",
		Category::Encounter => "46240-8",
		Category::Procedure => "47519-4",
		Category::Immunisation => "11369-6",
		Category::Allergy => "48765-2",
		Category::Problem => "11450-4",
		Category::CarePlan => "18776-5",
		Category::VitalSigns => "8716-3",
		Category::Document => return None,
	})
}

/// `DocumentReference.status` of a record in this state.
const fn status(state: RecordState) -> &'static str {
	match state {
		RecordState::Current => "current",
		RecordState::Superseded => "superseded",
		RecordState::EnteredInError => "entered-in-error",
		// No list has one: nobody is permitted what is erased.
		RecordState::Erased => "superseded",
	}
}

/// The record as DocumentReference. Its content is at `Binary/{id}`, as an envelope: see
/// [`names::ENVELOPE_FORMAT`].
pub fn document_reference(house: &House, record: &ListedRecord) -> Value {
	let terms = &record.opening.terms;
	let mut category = vec![coding(names::CATEGORY, terms.category.code())];
	category.extend(loinc(terms.category).map(|code| coding(LOINC, code)));
	let mut labels = vec![concept(vec![coding(CONFIDENTIALITY, terms.confidentiality.code())])];
	let sensitivity = terms.sensitivity.iter();
	labels.extend(sensitivity.map(|label| concept(vec![coding(SENSITIVITY, label.code())])));
	let author = terms.author.map(|author| {
		named_by("Practitioner", &house.did(Subject::Practitioner(author)).to_string())
	});
	let encounter = terms.encounter.map(
		|encounter| json!([{ "type": "Encounter", "identifier": { "value": encounter.to_string() } }]),
	);
	let replaces = record.replaces.map(
		|replaced| json!([{ "code": "replaces", "target": reference("DocumentReference", replaced) }]),
	);
	let disputes: Vec<_> = record
		.statements
		.iter()
		.map(|said| format!("The patient disputes this: {}", said.opening.terms.statement))
		.collect();
	let description = (!disputes.is_empty()).then(|| disputes.join("\n\n"));
	// Of more the place tells nothing.
	let size = Some(terms.size).filter(|size| *size <= MAX_UNSIGNED);
	present(json!({
		"resourceType": "DocumentReference",
		"id": id(record.id),
		"masterIdentifier": { "value": record.id.to_string() },
		"status": status(record.state),
		"category": [concept(category)],
		"subject": reference("Patient", terms.chart),
		"date": instant(terms.clinical_date),
		"author": author.into_iter().collect::<Vec<_>>(),
		"custodian": house.organisation(house.custodian),
		"relatesTo": replaces,
		"description": description,
		"securityLabel": labels,
		"content": [{
			"attachment": {
				"extension": [{
					"url": names::CONTENT_DIGEST,
					"valueString": terms.content_digest.to_string(),
				}],
				"contentType": media_type(&record.media_type),
				"url": house.url(&format!("Binary/{}", id(record.id))),
				"size": size,
			},
			"format": coding(names::FORMAT, names::ENVELOPE_FORMAT),
		}],
		"context": {
			"encounter": encounter,
			"period": { "start": instant(terms.clinical_date) },
		},
	}))
}

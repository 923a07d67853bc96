//! Of which records a provision speaks, and under which obligations.

use super::{
	super::{
		place::{Place, Result},
		ACT_CODE,
	},
	is, unknown_extension,
};
use crate::fhir::{
	document::{CONFIDENTIALITY, LOINC, SENSITIVITY},
	loinc, names, parse_id,
};
use salus_primitives::{
	bounded_collections::BoundedVec,
	codes::{Categories, Category, Confidentiality, Obligation, Rule, Sensitivities},
	directive::{DirectiveTerms, Scope, MAX_LISTED_RECORDS},
	ids::{EncounterId, RecordId},
};

/// Listed records, or the encounter whose records are meant.
pub(super) fn data(place: &Place<'_>, scope: &mut Scope) -> Result<()> {
	let mut records = Vec::new();
	for data in place.items("data") {
		data.only(&["meaning", "reference"])?;
		let what = data.must("reference", "is missing: it says which record")?;
		what.only(&["reference", "type", "identifier", "display"])?;
		match (data.text("meaning"), what.text("type"), what.to("identifier")) {
			(Some("instance"), None | Some("DocumentReference"), None) => {
				records.push(record(&what)?);
			},
			(Some("dependents"), Some("Encounter"), Some(named)) if !what.has("reference") => {
				let encounter = encounter(&named)?;
				if scope.encounter.replace(encounter).is_some() {
					return data.refuse(
						"must be the only encounter: say the others in provisions of their own",
					);
				}
			},
			_ => {
				return data.refuse(
					"must be instance of a DocumentReference/{id}, or dependents of an Encounter with an identifier: directives list nothing else",
				);
			},
		}
		// The two would add to each other, and a directive's filters limit each other.
		if !records.is_empty() && scope.encounter.is_some() {
			return data.refuse(
				"must not list records beside an encounter: say the two in provisions of their own",
			);
		}
	}
	if records.is_empty() {
		return Ok(());
	}
	match BoundedVec::try_from(records) {
		Ok(records) => scope.records = Some(records),
		Err(_) => {
			return place.refuse_at(
				"data",
				format!(
					"lists more than {MAX_LISTED_RECORDS} records: say it in several provisions"
				),
			);
		},
	}
	Ok(())
}

/// Obligations, and the encounter of listed records.
pub(super) fn modifiers(place: &Place<'_>, terms: &mut DirectiveTerms) -> Result<()> {
	for extension in place.items("modifierExtension") {
		let duty = extension.to("valueCoding").filter(|_| is(&extension, names::OBLIGATION));
		let named = extension.to("valueIdentifier").filter(|_| is(&extension, names::ENCOUNTER));
		match (duty, named) {
			(Some(duty), _) => {
				extension.only(&["url", "valueCoding"])?;
				let duty: Obligation = duty.code(ACT_CODE)?;
				if terms.rule == Rule::Deny {
					return extension.refuse("must not be in a deny, which obliges nobody");
				}
				terms.obligations = terms.obligations.with(duty);
			},
			(None, Some(named)) => {
				extension.only(&["url", "valueIdentifier"])?;
				if terms.scope.encounter.replace(encounter(&named)?).is_some() {
					return extension.refuse("must be the only encounter");
				}
			},
			(None, None) => return unknown_extension(&extension),
		}
	}
	Ok(())
}

/// The ceiling of confidentiality, which is a high-water mark, and labels of sensitivity.
pub(super) fn labels(
	place: &Place<'_>,
) -> Result<(Option<Confidentiality>, Option<Sensitivities>)> {
	let (mut ceiling, mut labels) = (None, None);
	for label in place.items("securityLabel") {
		match label.system_and_code()? {
			(CONFIDENTIALITY, code) => {
				if ceiling.replace(label.parse_code("code", code)?).is_some() {
					return label.refuse("must be the only confidentiality: it says the highest");
				}
			},
			(SENSITIVITY, code) => {
				let label = label.parse_code("code", code)?;
				labels = Some(labels.unwrap_or(Sensitivities::EMPTY).with(label));
			},
			_ => {
				return label.refuse_at(
					"system",
					"must be v3-Confidentiality or v3-ActCode: records have no other labels",
				);
			},
		}
	}
	Ok((ceiling, labels))
}

/// Categories, by our own codes as classes or by LOINC's.
pub(super) fn categories(place: &Place<'_>) -> Result<Option<Categories>> {
	if place.has("class") && place.has("code") {
		return place.refuse_at(
			"code",
			"must not stand beside class: name the categories in one of the two",
		);
	}
	let classes = place.items("class");
	let classes = classes.iter().map(|class| class.code(names::CATEGORY));
	let codes = place.items("code");
	let codes = codes.iter().map(|code| {
		let coding = code.coding()?;
		let (system, code) = coding.system_and_code()?;
		let known = |category: &Category| system == LOINC && loinc(*category) == Some(code);
		match Category::ALL.iter().copied().find(known) {
			Some(category) => Ok(category),
			None => coding.refuse_at(
				"code",
				"stands for no category of records: name categories as class, or a code of the table in docs/fhir.md",
			),
		}
	});
	let categories: Categories = classes.chain(codes).collect::<Result<_>>()?;
	Ok(Some(categories).filter(|some| !some.is_empty()))
}

fn record(what: &Place<'_>) -> Result<RecordId> {
	let text = what.text("reference").and_then(|text| text.strip_prefix("DocumentReference/"));
	match text.and_then(parse_id) {
		Some(id) => Ok(RecordId(id)),
		None => what.refuse_at(
			"reference",
			"must be DocumentReference/ and the record's id, 64 hexadecimal digits in lower case",
		),
	}
}

fn encounter(named: &Place<'_>) -> Result<EncounterId> {
	named.only(&["value"])?;
	let value = named.must("value", "is missing: it must be the encounter's id")?;
	match value.as_text().parse::<EncounterId>() {
		Ok(id) => Ok(id),
		Err(fault) => value.refuse(fault.to_string()),
	}
}

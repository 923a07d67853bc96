//! Whether a resource is FHIR R4: elements, cardinalities, types, forms of primitives, required value
//! sets, types of reference targets.
//!
//! Not looked at: FHIRPath invariants other than those named below, profiles, value sets that are not
//! required or can not be listed (media types, units), and whether a reference leads anywhere.

use super::{
	definitions::{Element, Of, Shape, ValueSet, R4},
	json::Json,
};
use std::fmt;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
	pub(super) path: String,
	pub(super) what: String,
}

/// Way from the resource to an element, as FHIRPath writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
	parent: Option<&'a Path<'a>>,
	step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
	Name(&'a str),
	Index(usize),
}

impl<'a> Path<'a> {
	pub(super) fn root(name: &'a str) -> Self {
		Self { parent: None, step: Step::Name(name) }
	}

	pub(super) fn to(&'a self, name: &'a str) -> Self {
		Self { parent: Some(self), step: Step::Name(name) }
	}

	pub(super) fn at(&'a self, index: usize) -> Self {
		Self { parent: Some(self), step: Step::Index(index) }
	}

	pub(super) fn fault<T>(&self, what: impl Into<String>) -> Result<T, Fault> {
		Err(Fault { path: self.to_string(), what: what.into() })
	}
}

impl fmt::Display for Path<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(parent) = self.parent {
			parent.fmt(f)?;
		}
		match self.step {
			Step::Name(name) if self.parent.is_some() => write!(f, ".{}", shown(name)),
			Step::Name(name) => f.write_str(name),
			Step::Index(index) => write!(f, "[{index}]"),
		}
	}
}

/// A text from the file, short and on one line.
pub(crate) fn shown(text: &str) -> String {
	const LONGEST: usize = 60;
	let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
	if text.chars().nth(LONGEST).is_some() {
		shown.push('…');
	}
	shown
}

/// Checks a resource. The answer is its type.
pub(super) fn check<'a>(json: &'a Json<'_>) -> Result<&'a str, Fault> {
	let unnamed = Path::root("$this");
	let kind = kind(json, &unnamed)?;
	resource(json, &Path::root(kind), false)?;
	Ok(kind)
}

/// The type of a resource of R4.
fn kind<'a>(json: &'a Json<'_>, path: &Path<'_>) -> Result<&'a str, Fault> {
	if !matches!(json, Json::Object(_)) {
		return path.fault("must be a resource, an object");
	}
	let at = path.to("resourceType");
	match json.get("resourceType") {
		None => at.fault("is missing"),
		Some(Json::String(name)) if R4.resource(name).is_some() => Ok(name),
		Some(Json::String(name)) => {
			at.fault(format!("'{}' is no resource of FHIR R4", shown(name)))
		},
		Some(_) => at.fault("must name a resource of FHIR R4"),
	}
}

fn resource(json: &Json<'_>, path: &Path<'_>, contained: bool) -> Result<(), Fault> {
	let kind = kind(json, path)?;
	let Some(shape) = R4.resource(kind) else { return path.fault("must be a resource") };
	object(json, shape, path)?;
	if contained {
		// dom-2, dom-4, dom-5, and an id to be referred to by.
		if json.get("id").is_none() {
			return path.to("id").fault("is missing");
		}
		if json.get("contained").is_some() {
			return path.to("contained").fault("must not be in what is contained itself");
		}
		let meta = path.to("meta");
		for name in ["versionId", "lastUpdated", "security"] {
			if json.get("meta").is_some_and(|meta| meta.get(name).is_some()) {
				return meta.to(name).fault("must not be in what is contained");
			}
		}
	}
	if kind == "Bundle" {
		bundle(json, path)?;
	}
	Ok(())
}

/// bdl-11 and bdl-12: what a document and a message begin with.
fn bundle(json: &Json<'_>, path: &Path<'_>) -> Result<(), Fault> {
	let first = match json.text("type") {
		Some("document") => "Composition",
		Some("message") => "MessageHeader",
		_ => return Ok(()),
	};
	let entry = json.get("entry").and_then(|entries| entries.items().first());
	if entry.and_then(|entry| entry.get("resource")?.text("resourceType")) != Some(first) {
		let entries = path.to("entry");
		return entries.at(0).fault(format!("must be a {first}"));
	}
	Ok(())
}

/// What was found of one element: its value, and the sibling that carries a primitive's id and
/// extensions.
#[derive(Clone, Copy)]
struct Found<'a> {
	name: &'a str,
	kind: usize,
	value: Option<&'a Json<'a>>,
	sibling: Option<&'a Json<'a>>,
}

fn object(json: &Json<'_>, shape: &Shape, path: &Path<'_>) -> Result<(), Fault> {
	let Json::Object(members) = json else { return path.fault("must be an object") };
	let mut typed = false;
	let mut found = vec![None::<Found<'_>>; shape.elements.len()];
	for (name, value) in members {
		if shape.resource && name == "resourceType" {
			if std::mem::replace(&mut typed, true) {
				return path.to(name).fault("is there twice");
			}
			continue;
		}
		let (bare, is_sibling) = match name.strip_prefix('_') {
			Some(bare) => (bare, true),
			None => (name.as_ref(), false),
		};
		let unknown = || path.to(name).fault(format!("is no element of {}", shape.name));
		let Some((at, kind)) = shape.slot(bare) else { return unknown() };
		let (Some(element), Some(slot)) = (shape.elements.get(at), found.get_mut(at)) else {
			return unknown();
		};
		let of = element.kinds.get(kind).map(|kind| &kind.of);
		if is_sibling && !matches!(of, Some(Of::Primitive(_))) {
			return unknown();
		}
		let slot = slot.get_or_insert(Found { name: bare, kind, value: None, sibling: None });
		if slot.kind != kind {
			return path.to(name).fault(format!("must not stand beside {}", slot.name));
		}
		let side = if is_sibling { &mut slot.sibling } else { &mut slot.value };
		if side.replace(value).is_some() {
			return path.to(name).fault("is there twice");
		}
	}
	if members.len() == usize::from(typed) && !shape.resource {
		return path.fault("must not be empty");
	}
	for (element, found) in shape.elements.iter().zip(found) {
		match found {
			Some(found) => values(element, &found, &path.to(found.name))?,
			None if element.min > 0 && element.choice => {
				return path.fault(format!("{}[x] is missing", element.name));
			},
			None if element.min > 0 => return path.to(element.name).fault("is missing"),
			None => {},
		}
	}
	// ext-1
	if shape.name == "Extension" {
		let nested = json.get("extension").is_some();
		let valued = members
			.iter()
			.any(|(name, _)| name.trim_start_matches('_').starts_with("value"));
		if nested == valued {
			return path.fault("must have either a value or extensions");
		}
	}
	Ok(())
}

/// The values of one element.
fn values(element: &Element, found: &Found<'_>, path: &Path<'_>) -> Result<(), Fault> {
	let Some(kind) = element.kinds.get(found.kind) else { return path.fault("is no element") };
	if element.max == 0 {
		return path.fault("must not be there");
	}
	let sides = [found.value, found.sibling];
	if element.max == 1 {
		if sides.into_iter().flatten().any(|side| matches!(side, Json::List(_))) {
			return path.fault("must not be a list");
		}
		return value(element, &kind.of, found.value, found.sibling, path);
	}
	let list = |side: Option<&'_ Json<'_>>| match side {
		None => Ok(0),
		Some(Json::List(items)) if items.is_empty() => path.fault("must not be empty"),
		Some(Json::List(items)) => Ok(items.len()),
		Some(_) => path.fault("must be a list"),
	};
	let count = list(found.value)?.max(list(found.sibling)?);
	let allowed = element.min..=element.max;
	if !u32::try_from(count).is_ok_and(|count| allowed.contains(&count)) {
		return path.fault(match element.max {
			u32::MAX => format!("must have at least {} items", element.min),
			max => format!("must have {} to {max} items", element.min),
		});
	}
	for at in 0..count {
		let [of, sibling] = sides.map(|side| {
			// Where one of the two has nothing to say of an item, it says null.
			let item = side?.items().get(at)?;
			let silent = matches!((item, &kind.of), (Json::Null, Of::Primitive(_)));
			(!silent).then_some(item)
		});
		value(element, &kind.of, of, sibling, &path.at(at))?;
	}
	Ok(())
}

fn value(
	element: &Element,
	of: &Of,
	value: Option<&Json<'_>>,
	sibling: Option<&Json<'_>>,
	path: &Path<'_>,
) -> Result<(), Fault> {
	let set = element.set.and_then(|set| Some((set, R4.set(set)?)));
	match (of, value) {
		(Of::Primitive(primitive), value) => {
			if let Some(sibling) = sibling {
				let Some(shape) = R4.shape("Element") else { return path.fault("is no element") };
				object(sibling, shape, path)?;
				// ele-1
				if value.is_none() && sibling.get("extension").is_none() {
					return path.fault("must have a value or extensions");
				}
			}
			let Some(value) = value else {
				return match sibling {
					Some(_) => Ok(()),
					None => path.fault("must not be null"),
				};
			};
			if let Some(what) = primitive.fault(value) {
				return path.fault(what);
			}
			match (set, value.as_str()) {
				(Some((name, set)), Some(code)) if !set.has(code) => {
					path.fault(format!("'{}' is no code of {}", shown(code), known(name, set)))
				},
				_ => Ok(()),
			}
		},
		(_, None) => path.fault("must not be null"),
		(Of::Resource, Some(value)) => resource(value, path, element.name == "contained"),
		(Of::Reference(targets), Some(value)) => reference(value, targets, path),
		(Of::Shape(name), Some(value)) => {
			let Some(shape) = R4.shape(name) else { return path.fault("is no element") };
			object(value, shape, path)?;
			match set {
				Some((set_name, set)) => coded(value, name, set_name, set, path),
				None => Ok(()),
			}
		},
	}
}

fn known(name: &str, set: &ValueSet) -> String {
	let count: usize = set.systems.iter().map(|(_, codes)| codes.len()).sum();
	let more = if count > set.first.len() { " …" } else { "" };
	format!("{name}; known are {}{more}", set.first.join(" "))
}

/// A Coding, or a CodeableConcept of which one Coding is enough, of a required value set.
fn coded(
	value: &Json<'_>,
	kind: &str,
	name: &str,
	set: &ValueSet,
	path: &Path<'_>,
) -> Result<(), Fault> {
	let codings = match kind {
		"CodeableConcept" => value.get("coding").map(Json::items).unwrap_or_default(),
		"Coding" => std::slice::from_ref(value),
		_ => return Ok(()),
	};
	let good = codings.iter().any(|coding| {
		let (system, code) = (coding.text("system"), coding.text("code"));
		system.zip(code).is_some_and(|(system, code)| set.has_coding(system, code))
	});
	// An extension may say why there is no code.
	if good || codings.is_empty() && value.get("extension").is_some() {
		return Ok(());
	}
	path.fault(format!("must have a code and its system of {}", known(name, set)))
}

fn reference(value: &Json<'_>, targets: &[&str], path: &Path<'_>) -> Result<(), Fault> {
	let Some(shape) = R4.shape("Reference") else { return path.fault("is no element") };
	object(value, shape, path)?;
	let wrong = |name: &str| !targets.is_empty() && !targets.contains(&name);
	if let Some(kind) = value.text("reference").and_then(target).filter(|kind| wrong(kind)) {
		let what = format!("must be to {}, not to {kind}", targets.join(", "));
		return path.to("reference").fault(what);
	}
	Ok(())
}

/// The type of resource to which a literal reference leads, if it says so.
pub(super) fn target(reference: &str) -> Option<&str> {
	let (kind, _) = split(reference)?;
	Some(kind)
}

/// Type and id of a literal reference, if it says so.
pub(super) fn split(reference: &str) -> Option<(&str, &str)> {
	if reference.starts_with('#') || reference.starts_with("urn:") {
		return None;
	}
	let place = reference.split(['?', '#']).next()?;
	let place = place.split_once("/_history/").map_or(place, |(place, _)| place);
	let mut parts = place.rsplit('/');
	let (id, kind) = (parts.next()?, parts.next()?);
	R4.resource(kind).is_some().then_some((kind, id))
}

#[cfg(test)]
mod tests {
	use super::{super::json, *};

	fn fault(text: &str) -> String {
		let json = json::parse(text).unwrap();
		let fault = check(&json).map(str::to_owned).unwrap_err();
		format!("{}: {}", fault.path, fault.what)
	}

	fn good(text: &str) {
		assert_eq!(check(&json::parse(text).unwrap()).map(|_| ()), Ok(()), "{text}");
	}

	fn patient(members: &str) -> String {
		format!(r#"{{"resourceType":"Patient",{members}}}"#)
	}

	fn observation(members: &str) -> String {
		format!(
			r#"{{"resourceType":"Observation","status":"final","code":{{"text":"a"}},{members}}}"#
		)
	}

	#[test]
	fn types_are_known() {
		good(r#"{"resourceType":"Patient"}"#);
		assert_eq!(fault("[]"), "$this: must be a resource, an object");
		assert_eq!(fault("{}"), "$this.resourceType: is missing");
		assert_eq!(
			fault(r#"{"resourceType":1}"#),
			"$this.resourceType: must name a resource of FHIR R4"
		);
		for name in ["patient", "Person2", "DomainResource", "HumanName", "Patient.contact", ""] {
			assert_eq!(
				fault(&format!(r#"{{"resourceType":"{name}"}}"#)),
				format!("$this.resourceType: '{name}' is no resource of FHIR R4")
			);
		}
	}

	#[test]
	fn elements_are_known_and_there_once() {
		assert_eq!(fault(&patient(r#""colour":1"#)), "Patient.colour: is no element of Patient");
		assert_eq!(fault(&patient(r#""_name":[]"#)), "Patient._name: is no element of Patient");
		assert_eq!(
			fault(&patient(r#""contact":[{"gender":"male","x":1}]"#)),
			"Patient.contact[0].x: is no element of Patient.contact"
		);
		assert_eq!(
			fault(&patient(r#""birthDate":"1970","birthDate":"1971""#)),
			"Patient.birthDate: is there twice"
		);
		assert_eq!(
			fault(r#"{"resourceType":"Patient","resourceType":"Person"}"#),
			"Patient.resourceType: is there twice"
		);
		assert_eq!(
			fault(&patient(r#""deceasedBoolean":true,"deceasedDateTime":"2024""#)),
			"Patient.deceasedDateTime: must not stand beside deceasedBoolean"
		);
		assert_eq!(
			fault(&patient(r#""deceasedBoolean":true,"_deceasedDateTime":{"id":"a"}"#)),
			"Patient._deceasedDateTime: must not stand beside deceasedBoolean"
		);
		assert_eq!(
			fault(&patient(r#""deceased":true"#)),
			"Patient.deceased: is no element of Patient"
		);
	}

	#[test]
	fn cardinalities_hold() {
		assert_eq!(
			fault(r#"{"resourceType":"Observation","code":{"text":"a"}}"#),
			"Observation.status: is missing"
		);
		assert_eq!(fault(&patient(r#""name":{}"#)), "Patient.name: must be a list");
		assert_eq!(fault(&patient(r#""name":[]"#)), "Patient.name: must not be empty");
		assert_eq!(fault(&patient(r#""name":[{}]"#)), "Patient.name[0]: must not be empty");
		assert_eq!(fault(&patient(r#""name":null"#)), "Patient.name: must be a list");
		assert_eq!(fault(&patient(r#""name":[null]"#)), "Patient.name[0]: must be an object");
		assert_eq!(fault(&patient(r#""active":[true]"#)), "Patient.active: must not be a list");
		assert_eq!(
			fault(&patient(r#""link":[{"type":"refer"}]"#)),
			"Patient.link[0].other: is missing"
		);
		let choice = r#"{"resourceType":"MedicationRequest","status":"active","intent":"order",
			"subject":{"reference":"Patient/1"}}"#;
		assert_eq!(fault(choice), "MedicationRequest: medication[x] is missing");
	}

	#[test]
	fn primitives_have_their_form_and_their_siblings() {
		assert_eq!(fault(&patient(r#""active":"true""#)), "Patient.active: must be true or false");
		assert_eq!(fault(&patient(r#""active":null"#)), "Patient.active: must be true or false");
		assert_eq!(
			fault(&patient(r#""birthDate":"31.5.2024""#)),
			"Patient.birthDate: must be a date like 2024, 2024-05 or 2024-05-31"
		);
		let why = r#"{"extension":[{"url":"http://a","valueCode":"unknown"}]}"#;
		good(&patient(&format!(r#""_birthDate":{why}"#)));
		good(&patient(r#""birthDate":"2024","_birthDate":{"id":"a"}"#));
		assert_eq!(
			fault(&patient(r#""_birthDate":{"id":"a"}"#)),
			"Patient.birthDate: must have a value or extensions"
		);
		good(&patient(&format!(r#""name":[{{"given":["A",null],"_given":[null,{why}]}}]"#)));
		assert_eq!(
			fault(&patient(r#""name":[{"given":["A",null]}]"#)),
			"Patient.name[0].given[1]: must not be null"
		);
		// A missing status may be explained, as with any element that must be there.
		good(&format!(r#"{{"resourceType":"Observation","_status":{why},"code":{{"text":"a"}}}}"#));
	}

	#[test]
	fn codes_are_of_their_required_value_set() {
		assert_eq!(
			fault(&patient(r#""gender":"m""#)),
			"Patient.gender: 'm' is no code of administrative-gender; known are male female other unknown"
		);
		let status = |code: &str| {
			let system = "http://terminology.hl7.org/CodeSystem/condition-clinical";
			format!(
				r#"{{"resourceType":"Condition","subject":{{"reference":"Patient/1"}},
				"clinicalStatus":{{"coding":[{{"system":"{system}","code":"{code}"}}]}}}}"#
			)
		};
		good(&status("active"));
		assert!(fault(&status("well")).starts_with(
			"Condition.clinicalStatus: must have a code and its system of condition-clinical; known"
		));
		assert!(fault(&patient(r#""language":"en","gender":"a\nb""#)).contains(r"must be a code"));
		assert!(fault(&patient(&format!(r#""gender":"{}""#, "x".repeat(1000)))).len() < 200);
	}

	#[test]
	fn references_lead_to_what_they_may() {
		for to in
			["Patient/1", "http://a/Group/1/_history/2", "urn:uuid:1", "#a", "Patient?identifier=1"]
		{
			good(&observation(&format!(r#""subject":{{"reference":"{to}"}}"#)));
		}
		assert_eq!(
			fault(&observation(r#""subject":{"reference":"Practitioner/1"}"#)),
			"Observation.subject.reference: must be to Patient, Group, Device, Location, not to Practitioner"
		);
	}

	#[test]
	fn what_is_contained_or_an_entry_is_looked_at() {
		let bundle = |entry: &str| {
			format!(
				r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"urn:a"}},{entry}]}}"#
			)
		};
		good(&bundle(r#"{"resource":{"resourceType":"Patient"}}"#));
		assert!(fault(&bundle(
			r#"{"resource":{"resourceType":"Observation","status":"foo","code":{"text":"a"}}}"#
		))
		.starts_with(
			"Bundle.entry[1].resource.status: 'foo' is no code of observation-status; known"
		));
		assert_eq!(
			fault(&bundle(r#"{"resource":{}}"#)),
			"Bundle.entry[1].resource.resourceType: is missing"
		);
		let contained = |members: &str| {
			patient(&format!(r#""contained":[{{"resourceType":"Organization"{members}}}]"#))
		};
		good(&contained(r##","id":"a","name":"b""##));
		assert_eq!(fault(&contained("")), "Patient.contained[0].id: is missing");
		assert_eq!(
			fault(&contained(r#","id":"a","meta":{"security":[{"code":"R"}]}"#)),
			"Patient.contained[0].meta.security: must not be in what is contained"
		);
		assert_eq!(
			fault(&contained(r#","id":"a","contained":[{"resourceType":"Location","id":"b"}]"#)),
			"Patient.contained[0].contained: must not be in what is contained itself"
		);
		assert_eq!(
			fault(
				r#"{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Patient"}}]}"#
			),
			"Bundle.entry[0]: must be a Composition"
		);
	}

	#[test]
	fn extensions_have_a_value_or_extensions() {
		let extended =
			|extension: &str| patient(&format!(r#""extension":[{{"url":"http://a"{extension}}}]"#));
		good(&extended(r#","valueString":"a""#));
		good(&extended(r#","extension":[{"url":"b","valueBoolean":true}]"#));
		for wrong in ["", r#","valueString":"a","extension":[{"url":"b","valueBoolean":true}]"#] {
			assert_eq!(
				fault(&extended(wrong)),
				"Patient.extension[0]: must have either a value or extensions"
			);
		}
	}
}

//! What a valid resource says about itself, as [`super::table`] has it.

use super::{
	date,
	json::Json,
	table::{self, Standing},
	validate::{self, shown, Path},
	ContentError, ContentInfo, FHIR_JSON,
};
use salus_primitives::{
	codes::{Category, Confidentiality, Sensitivities},
	time::Moment,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Remarks on one file; a label that is unknown once is often unknown a thousand times.
const MAX_REMARKS: usize = 10;

/// Reads a resource that was found to be valid, of type `kind`.
pub(super) fn classify(json: &Json<'_>, kind: &str) -> Result<ContentInfo, ContentError> {
	let refused = |reason| Err(ContentError::NotAboutPatient { kind: kind.into(), reason });
	let standing = standing(kind);
	if kind != "Bundle" && !standing.is_stored() {
		return refused(format!("it is {}", standing.describe()));
	}
	let mut parts = Vec::new();
	gather(json, kind, &Path::root(kind), &mut parts);
	let mut people = People::new(&parts);
	if let Some(other) = parts.first().and_then(|part| people.other_subject(part)) {
		return refused(format!("its {} is {other}", subject_name(json)));
	}
	let mut labels = Labels::default();
	for part in &parts {
		labels.read(part);
		if !part.contained {
			people.read(part)?;
		}
	}
	let (category, date) = match kind {
		"Bundle" => match bundle(json, &parts, &people) {
			Some(found) => found,
			None => return refused("none of its entries is about a patient".into()),
		},
		_ => (category(json, kind), clinical_date(json)),
	};
	Ok(ContentInfo {
		media_type: FHIR_JSON,
		kind: kind.into(),
		category,
		confidentiality: labels.confidentiality(),
		sensitivity: labels.sensitivity,
		clinical_date: date,
		patients: names(&parts),
		remarks: labels.remarks,
	})
}

/// What names the patients of whom the resources tell.
fn names(parts: &[Part<'_>]) -> Vec<String> {
	let mut names = BTreeSet::new();
	let mut identified = |holder: &Json<'_>| {
		for identifier in holder.get("identifier").map(Json::items).unwrap_or_default() {
			let Some(value) = identifier.text("value") else { continue };
			if let Some(system) = identifier.text("system") {
				names.insert(format!("{system}|{value}"));
			}
			names.insert(value.to_owned());
		}
	};
	let mut references = Vec::new();
	for part in parts.iter().filter(|part| !part.contained) {
		if part.kind == "Patient" {
			identified(part.json);
			references.extend(part.json.text("id").map(|id| format!("Patient/{id}")));
			references.extend(part.full_url.map(str::to_owned));
		}
		for (_, subject) in subjects(part.json) {
			identified(subject);
			let Some(reference) = subject.text("reference") else { continue };
			if reference.starts_with('#') {
				continue;
			}
			let at = reference.find("Patient/").unwrap_or_default();
			let reference = reference.get(at..).unwrap_or(reference);
			let reference = reference.split("/_history/").next().unwrap_or(reference);
			references.push(reference.to_owned());
		}
	}
	names.extend(references);
	names.into_iter().collect()
}

/// A resource of the file, with its place.
struct Part<'a> {
	json: &'a Json<'a>,
	kind: &'a str,
	path: String,
	/// As a Bundle names it.
	full_url: Option<&'a str>,
	contained: bool,
}

/// All resources of a file, outer ones first.
fn gather<'a>(json: &'a Json<'a>, kind: &'a str, path: &Path<'_>, parts: &mut Vec<Part<'a>>) {
	let full_url = None;
	parts.push(Part { json, kind, path: path.to_string(), full_url, contained: false });
	let contained = path.to("contained");
	for (at, inner) in json.get("contained").map(Json::items).unwrap_or_default().iter().enumerate()
	{
		if let Some(kind) = inner.text("resourceType") {
			let path = contained.at(at).to_string();
			parts.push(Part { json: inner, kind, path, full_url, contained: true });
		}
	}
	match kind {
		"Bundle" => {
			let entries = path.to("entry");
			let list = json.get("entry").map(Json::items).unwrap_or_default();
			for (at, entry) in list.iter().enumerate() {
				let place = entries.at(at);
				nested(entry.get("resource"), &place.to("resource"), entry.text("fullUrl"), parts);
				let outcome = entry.get("response").and_then(|response| response.get("outcome"));
				let response = place.to("response");
				nested(outcome, &response.to("outcome"), None, parts);
			}
		},
		"Parameters" => parameters(json.get("parameter"), &path.to("parameter"), parts),
		_ => {},
	}
}

fn nested<'a>(
	json: Option<&'a Json<'a>>,
	path: &Path<'_>,
	full_url: Option<&'a str>,
	parts: &mut Vec<Part<'a>>,
) {
	let Some((json, kind)) = json.and_then(|json| Some((json, json.text("resourceType")?))) else {
		return;
	};
	let at = parts.len();
	gather(json, kind, path, parts);
	if let Some(part) = parts.get_mut(at) {
		part.full_url = full_url;
	}
}

fn parameters<'a>(list: Option<&'a Json<'a>>, path: &Path<'_>, parts: &mut Vec<Part<'a>>) {
	for (at, one) in list.map(Json::items).unwrap_or_default().iter().enumerate() {
		let place = path.at(at);
		nested(one.get("resource"), &place.to("resource"), None, parts);
		parameters(one.get("part"), &place.to("part"), parts);
	}
}

/// Category and date of a Bundle: those of the resources for whose sake it is, if there are any.
fn bundle(
	json: &Json<'_>,
	parts: &[Part<'_>],
	people: &People<'_>,
) -> Option<(Category, Option<Moment>)> {
	let entries = || {
		parts
			.iter()
			.filter(|part| !part.contained && part.kind != "Bundle")
			.filter(|part| people.other_subject(part).is_none())
			.map(|part| (part, standing(part.kind)))
	};
	let of = |wanted: Standing| entries().filter(move |(_, standing)| *standing == wanted);
	let deciding = [Standing::Patient, Standing::Context, Standing::Supporting]
		.into_iter()
		.find(|wanted| of(*wanted).next().is_some())?;
	// A document is what its Composition says it is.
	let document = (json.text("type") == Some("document"))
		.then(|| of(Standing::Patient).find(|(part, _)| part.kind == "Composition"))
		.flatten()
		.and_then(|(part, _)| coded_category(part.json, part.kind));
	let mut categories = of(deciding).map(|(part, _)| category(part.json, part.kind));
	let first = categories.next().unwrap_or(Category::Document);
	let common = if categories.all(|other| other == first) { first } else { Category::Document };
	let date = of(deciding)
		.chain(entries())
		.find_map(|(part, _)| clinical_date(part.json))
		// The Bundle's own time is when it was put together.
		.or_else(|| clinical_date(json));
	Some((document.unwrap_or(common), date))
}

fn row(kind: &str) -> Option<(Standing, Category)> {
	let (standing, category, _) =
		table::TYPES.iter().find(|(_, _, names)| names.contains(&kind))?;
	Some((*standing, *category))
}

fn standing(kind: &str) -> Standing {
	// What the table does not know is not stored.
	row(kind).map_or(Standing::Message, |(standing, _)| standing)
}

fn category(json: &Json<'_>, kind: &str) -> Category {
	if let Some(category) = coded_category(json, kind) {
		return category;
	}
	match row(kind) {
		// Many observations have no category: those of a laboratory have a code of LOINC or a specimen.
		Some((_, Category::Laboratory)) if kind == "Observation" => {
			let mut codings = codings(json, "code");
			let coded = codings.any(|(system, _)| system == table::LOINC);
			if coded || json.get("specimen").is_some() {
				Category::Laboratory
			} else {
				Category::Document
			}
		},
		Some((_, category)) => category,
		None => Category::Document,
	}
}

/// The category that the codes of a resource decide on.
fn coded_category(json: &Json<'_>, kind: &str) -> Option<Category> {
	let (_, elements) = table::DECIDING.iter().find(|(known, _)| *known == kind)?;
	elements
		.iter()
		.flat_map(|element| codings(json, element))
		.find_map(|(system, code)| {
			let row = table::CODES
				.iter()
				.find(|(known, _, codes)| *known == system && codes.contains(&code));
			row.map(|(_, category, _)| *category)
		})
}

/// System, by the name that the table has for it, and code of what an element is coded with.
fn codings<'a>(json: &'a Json<'_>, element: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
	let concepts = json.get(element).map(Json::items).unwrap_or_default();
	concepts
		.iter()
		.filter_map(|concept| concept.get("coding"))
		.flat_map(Json::items)
		.filter_map(coding)
}

fn coding<'a>(coding: &'a Json<'_>) -> Option<(&'a str, &'a str)> {
	Some((canonical(coding.text("system")?), coding.text("code")?))
}

fn canonical(system: &str) -> &str {
	let alias = table::ALIASES.iter().find(|(known, _)| *known == system);
	alias.map_or(system, |(_, canonical)| canonical)
}

/// What the security labels of a file come to.
#[derive(Default)]
struct Labels {
	stated: Option<Confidentiality>,
	sensitivity: Sensitivities,
	unread: bool,
	remarks: Vec<String>,
}

impl Labels {
	/// The highest that was stated. What is sensitive and has no level, and what can not be read, is
	/// restricted.
	fn confidentiality(&self) -> Confidentiality {
		let implied = match (self.stated, self.sensitivity.is_empty()) {
			(None, false) => Confidentiality::Restricted,
			(stated, _) => stated.unwrap_or(Confidentiality::Normal),
		};
		if self.unread {
			implied.max(Confidentiality::Restricted)
		} else {
			implied
		}
	}

	fn read(&mut self, part: &Part<'_>) {
		let meta = part.json.get("meta").and_then(|meta| meta.get("security"));
		for (at, label) in meta.map(Json::items).unwrap_or_default().iter().enumerate() {
			self.label(label, || format!("{}.meta.security[{at}]", part.path));
		}
		match part.kind {
			"Composition" => {
				if let Some(code) = part.json.text("confidentiality") {
					let place = || format!("{}.confidentiality", part.path);
					self.coded(Some(table::CONFIDENTIALITY), Some(code), place);
				}
			},
			"DocumentReference" => {
				let labels = part.json.get("securityLabel").map(Json::items).unwrap_or_default();
				for (at, concept) in labels.iter().enumerate() {
					let place = || format!("{}.securityLabel[{at}]", part.path);
					match concept.get("coding") {
						Some(codings) => {
							codings.items().iter().for_each(|coding| self.label(coding, place));
						},
						None => self.coded(None, None, place),
					}
				}
			},
			_ => {},
		}
		for (kind, label) in table::SPEAKING_TYPES {
			if *kind == part.kind {
				self.sensitivity = self.sensitivity.with(*label);
			}
		}
		for (system, code) in
			table::SPEAKING_IN.iter().flat_map(|element| codings(part.json, element))
		{
			for row in table::SPEAKING.iter().filter(|row| table::speaks(row, system, code)) {
				self.sensitivity = self.sensitivity.with(row.1);
			}
		}
	}

	fn label(&mut self, coding: &Json<'_>, place: impl FnOnce() -> String) {
		self.coded(coding.text("system").map(canonical), coding.text("code"), place);
	}

	fn coded(&mut self, system: Option<&str>, code: Option<&str>, place: impl FnOnce() -> String) {
		let known = table::LABELS.iter().find(|label| {
			Some(label.system) == system
				&& (label.codes.is_empty() || code.is_some_and(|code| label.codes.contains(&code)))
		});
		if let Some(label) = known {
			self.stated = self.stated.max(label.confidentiality);
			self.sensitivity = self.sensitivity.union(Sensitivities::of(label.sensitivity));
			return;
		}
		self.unread = true;
		// How secret it is meant to be is not known, only that it is meant.
		if system == Some(table::CONFIDENTIALITY) {
			self.stated = Some(Confidentiality::VeryRestricted);
		}
		if self.remarks.len() < MAX_REMARKS {
			let level = match system {
				Some(table::CONFIDENTIALITY) => Confidentiality::VeryRestricted,
				_ => Confidentiality::Restricted,
			};
			self.remarks.push(format!(
				"{}: the label '{}' of '{}' is not known here, so the record is at least {level}",
				place(),
				shown(code.unwrap_or_default()),
				shown(system.unwrap_or_default()),
			));
		}
	}
}

/// A patient as a reference names one: by an id, at a server if it says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Patient<'a> {
	server: &'a str,
	id: &'a str,
}

impl Patient<'_> {
	/// Whether the two can be the same.
	fn may_be(&self, other: &Self) -> bool {
		self.id == other.id
			&& (self.server == other.server || self.server.is_empty() || other.server.is_empty())
	}
}

/// Whom the resources of a file tell of. Patients contained in a resource have no name that two
/// resources share, so they are not compared.
struct People<'a> {
	/// Entries of a Bundle by their full URL: type, and the patient if it is one.
	entries: HashMap<&'a str, (&'a str, Option<Patient<'a>>)>,
	/// Pairs of which a Patient says that they are the same person.
	same: Vec<(Patient<'a>, Patient<'a>)>,
	first: Option<(Patient<'a>, String)>,
	/// Ids of those who are the same person as the first.
	linked: HashSet<&'a str>,
}

impl<'a> People<'a> {
	fn new(parts: &'a [Part<'a>]) -> Self {
		let mut people =
			Self { entries: HashMap::new(), same: Vec::new(), first: None, linked: HashSet::new() };
		for part in parts.iter().filter(|part| !part.contained) {
			if let Some(url) = part.full_url {
				people.entries.insert(url, (part.kind, patient(part)));
			}
		}
		for part in parts.iter().filter(|part| part.kind == "Patient" && !part.contained) {
			let links = part.json.get("link").map(Json::items).unwrap_or_default();
			for other in links.iter().filter_map(|link| link.get("other")?.text("reference")) {
				let pair = patient(part).zip(people.patient(other));
				people.same.extend(pair);
			}
		}
		people
	}

	/// Type of the resource to which a reference leads.
	fn kind<'b>(&self, reference: &'b str) -> Option<&'b str>
	where
		'a: 'b,
	{
		match self.entries.get(reference) {
			Some((kind, _)) => Some(kind),
			None => validate::target(reference),
		}
	}

	/// The patient to whom a reference leads.
	fn patient(&self, reference: &'a str) -> Option<Patient<'a>> {
		if let Some((_, patient)) = self.entries.get(reference) {
			return *patient;
		}
		let (kind, id) = validate::split(reference)?;
		let at = reference.find("Patient/")?;
		let server = reference.get(..at)?;
		(kind == "Patient" && !reference.contains('?')).then_some(Patient { server, id })
	}

	/// Takes note of whom a resource tells of; refuses a second one.
	fn read(&mut self, part: &'a Part<'a>) -> Result<(), ContentError> {
		let named = subjects(part.json)
			.filter_map(|(element, subject)| Some((element, subject.text("reference")?)))
			.chain(table::PEOPLE.iter().flat_map(|(list, element)| {
				let people = part.json.get(list).map(Json::items).unwrap_or_default();
				people
					.iter()
					.filter_map(|one| Some((*list, one.get(element)?.text("reference")?)))
			}))
			.filter_map(|(element, reference)| Some((element, self.patient(reference)?)));
		let own = (part.kind == "Patient").then(|| patient(part)).flatten();
		let mut all: Vec<_> = named.collect();
		all.extend(own.map(|own| ("id", own)));
		for (element, patient) in all {
			let place = || format!("{}.{element}", part.path);
			let Some((first, at)) = &self.first else {
				self.linked = self.linked_to(&patient);
				self.first = Some((patient, place()));
				continue;
			};
			if !first.may_be(&patient) && !self.linked.contains(patient.id) {
				return Err(ContentError::TwoPatients { first: at.clone(), second: place() });
			}
		}
		Ok(())
	}

	fn linked_to(&self, one: &Patient<'_>) -> HashSet<&'a str> {
		let pairs = self.same.iter().flat_map(|(a, b)| [(a, b), (b, a)]);
		pairs
			.filter(|(known, _)| known.may_be(one))
			.map(|(_, other)| other.id)
			.collect()
	}

	/// What a resource tells of, when it names something and that is no patient.
	fn other_subject(&self, part: &Part<'_>) -> Option<String> {
		if !matches!(standing(part.kind), Standing::Patient | Standing::Context) {
			return None;
		}
		let mut other = None;
		for (_, subject) in subjects(part.json) {
			let kind = match subject.text("reference").map(|text| (text, text.strip_prefix('#'))) {
				Some((_, Some(id))) => {
					let inner = part.json.get("contained").map(Json::items).unwrap_or_default();
					let found = inner.iter().find(|inner| inner.text("id") == Some(id));
					found.and_then(|found| found.text("resourceType"))
				},
				Some((text, None)) => self.kind(text),
				None => subject.text("type"),
			};
			match kind {
				// Without a type it is taken for the patient.
				Some("Patient") | None => return None,
				Some(kind) => other = other.or(Some(kind)),
			}
		}
		other.map(|kind| format!("a {kind}"))
	}
}

/// The patient that an entry is.
fn patient<'a>(part: &Part<'a>) -> Option<Patient<'a>> {
	if part.kind != "Patient" {
		return None;
	}
	let url = part.full_url.unwrap_or_default();
	let server = url.find("Patient/").and_then(|at| url.get(..at)).unwrap_or_default();
	// One without an id is who its full URL says.
	let id = part.json.text("id").or(part.full_url)?;
	Some(Patient { server, id })
}

fn subjects<'a>(json: &'a Json<'_>) -> impl Iterator<Item = (&'static str, &'a Json<'a>)> {
	table::SUBJECTS
		.iter()
		.filter_map(|name| Some((*name, json.get(name)?)))
		.flat_map(|(name, value)| value.items().iter().map(move |item| (name, item)))
}

fn subject_name(json: &Json<'_>) -> &'static str {
	subjects(json).next().map_or("subject", |(name, _)| name)
}

fn clinical_date(json: &Json<'_>) -> Option<Moment> {
	table::DATES.iter().find_map(|steps| {
		let value = steps.iter().try_fold(json, |at, step| at.get(step))?;
		date::parse(value.as_str()?)
	})
}

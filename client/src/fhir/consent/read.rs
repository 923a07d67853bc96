//! A Consent as directives.

mod filters;
mod people;

use super::{
	period,
	place::{Place, Result},
	ConsentError, ACT_CODE, ALWAYS, AS_OTHERWISE, CONSENT_SCOPE,
};
use crate::{
	content::{check_fhir, ContentError},
	fhir::{
		audit::{CONSENT_ACTION, REASON},
		names, House,
	},
};
use salus_primitives::{
	codes::{Actions, GrantorBasis, Obligations, Purposes, Rule, Strength},
	did::Subject,
	directive::{DirectiveTerms, Grantee, Scope},
	ids::ChartId,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Elements of a Consent that decide something.
const DECIDING: &[&str] = &[
	"status",
	"scope",
	"patient",
	"organization",
	"policyRule",
	"provision",
	"contained",
	"extension",
];
/// Elements of a Consent that tell of it and decide nothing, not kept.
const TELLING: &[&str] = &[
	"resourceType",
	"meta",
	"language",
	"text",
	"identifier",
	"category",
	"dateTime",
	"performer",
	"sourceAttachment",
	"sourceReference",
];
/// Elements of a provision.
const PROVISION: &[&str] = &[
	"modifierExtension",
	"type",
	"period",
	"actor",
	"action",
	"securityLabel",
	"purpose",
	"class",
	"code",
	"dataPeriod",
	"data",
	"provision",
];

/// Reads Consents as directives on one chart.
#[derive(Clone, Debug)]
pub struct ConsentReader {
	/// Whose records it is about; organisations and people are named by DIDs of its chain.
	pub house: House,
	/// The chart.
	pub chart: ChartId,
	/// Another reference, or DID, that means this chart's patient.
	pub patient: Option<String>,
	/// Another reference, or DID, that means the custodian where a Consent names who keeps the records.
	pub custodian: Option<String>,
	/// References that are no DIDs, and whom they mean.
	pub actors: BTreeMap<String, Subject>,
}

impl ConsentReader {
	/// The directives of a Consent, or of a Bundle of them, which is a collection: in order, each once.
	///
	/// # Errors
	///
	/// [`ConsentError::Content`] for what is not FHIR R4, [`ConsentError::Refused`] for the first thing in
	/// it that no directive says.
	pub fn read(&self, json: &[u8]) -> Result<Vec<DirectiveTerms>, ConsentError> {
		let kind = check_fhir(json)?;
		let resource: Value = serde_json::from_slice(json)
			.map_err(|fault| ContentError::NotJson(fault.to_string()))?;
		let root = Place::root(&kind, &resource);
		let mut directives = Vec::new();
		for consent in consents_of(&root, &kind)? {
			let roles = consent.items("contained");
			let used = vec![false; roles.len()];
			let found = Reading { reader: self, roles, used }.consent(&consent)?;
			let new: Vec<_> = found.into_iter().filter(|one| !directives.contains(one)).collect();
			directives.extend(new);
		}
		Ok(directives)
	}
}

fn consents_of<'a>(root: &Place<'a>, kind: &str) -> Result<Vec<Place<'a>>> {
	match kind {
		"Consent" => Ok(vec![root.clone()]),
		"Bundle" => {
			root.only(&["resourceType", "meta", "identifier", "type", "timestamp", "entry"])?;
			if root.text("type") != Some("collection") {
				return root
					.refuse_at("type", "must be collection: others tell more than Consents");
			}
			let entries = root.items("entry");
			if entries.is_empty() {
				return root.refuse_at("entry", "is missing: there is no Consent");
			}
			let consent = |entry: &Place<'a>| {
				entry.only(&["fullUrl", "resource"])?;
				let resource = entry.must("resource", "is missing: it has to be a Consent")?;
				match resource.text("resourceType") {
					Some("Consent") => Ok(resource),
					_ => {
						resource.refuse_at("resourceType", "must be Consent: nothing else is read")
					},
				}
			};
			entries.iter().map(consent).collect()
		},
		_ => root.refuse_at("resourceType", "must be Consent, or a Bundle of Consents"),
	}
}

/// What one provision says.
struct Provision {
	/// To whom; a directive for each.
	grantees: Vec<Grantee>,
	/// The rest.
	terms: DirectiveTerms,
}

impl Provision {
	fn directives(self) -> impl Iterator<Item = DirectiveTerms> {
		let Self { grantees, terms } = self;
		grantees
			.into_iter()
			.map(move |grantee| DirectiveTerms { grantee, ..terms.clone() })
	}
}

/// One Consent being read.
struct Reading<'a> {
	reader: &'a ConsentReader,
	/// The contained resources.
	roles: Vec<Place<'a>>,
	/// Which of them an actor refers to.
	used: Vec<bool>,
}

impl<'a> Reading<'a> {
	fn consent(&mut self, consent: &Place<'a>) -> Result<Vec<DirectiveTerms>> {
		let siblings: Vec<_> = TELLING.iter().map(|name| format!("_{name}")).collect();
		let siblings = siblings.iter().map(String::as_str);
		let known: Vec<_> = DECIDING.iter().chain(TELLING).copied().chain(siblings).collect();
		consent.only(&known)?;
		self.frame(consent)?;
		let basis = basis(consent)?;
		let directives = self.rules(consent, basis)?;
		for (role, used) in self.roles.iter().zip(&self.used) {
			if !used {
				return role.refuse("is referred to by no actor: take it out");
			}
		}
		Ok(directives)
	}

	/// What has to hold around the rules.
	fn frame(&self, consent: &Place<'a>) -> Result<()> {
		if consent.text("status") != Some("active") {
			return consent
				.refuse_at("status", "must be active: others give no right and take none");
		}
		if let Some(text) = consent.to("text") {
			if text.text("status") == Some("additional") {
				return text
					.refuse_at("status", "must not be additional: words decide nothing here");
			}
		}
		if let Some(meta) = consent.to("meta") {
			if meta.has("security") {
				return meta.refuse_at("security", "no directive says this: take it out");
			}
		}
		let scope = consent.must("scope", "is missing: it must be patient-privacy")?.coding()?;
		if scope.system_and_code()? != (CONSENT_SCOPE, "patient-privacy") {
			return scope.refuse_at(
				"code",
				"must be patient-privacy of consentscope: directives say no more",
			);
		}
		let patient = consent.must("patient", "is missing: it must be the chart's")?;
		self.ensure_patient(&patient)?;
		consent
			.items("organization")
			.iter()
			.try_for_each(|one| self.ensure_custodian(one))
	}

	fn rules(&mut self, consent: &Place<'a>, basis: GrantorBasis) -> Result<Vec<DirectiveTerms>> {
		let missing = "is missing: it must be OPTIN, OPTOUT or our own as-otherwise";
		let policy = consent.must("policyRule", missing)?.coding()?;
		let rule = match policy.system_and_code()? {
			(ACT_CODE, "OPTIN") => Some(Rule::Permit),
			(ACT_CODE, "OPTOUT") => Some(Rule::Deny),
			(names::POLICY, AS_OTHERWISE) => None,
			_ => {
				return policy.refuse_at("code", "no directive knows this policy: it must be OPTIN or OPTOUT of v3-ActCode, or our own as-otherwise");
			},
		};
		let root = consent.to("provision");
		let nested = root.as_ref().map(|root| root.items("provision")).unwrap_or_default();
		let general = match rule {
			None => {
				if nested.is_empty() {
					return consent
						.refuse_at("provision", "must hold provisions: the policy says nothing");
				}
				root.iter().try_for_each(|root| root.only(&["provision"]))?;
				None
			},
			Some(rule) => {
				if let Some(root) = root.as_ref().filter(|root| root.has("type")) {
					return root
						.refuse_at("type", "must not be in the root, whose rule is the policy");
				}
				Some(self.provision(root.as_ref(), rule, Strength::Default, basis)?)
			},
		};
		let mut specific = Vec::new();
		for place in &nested {
			if place.has("provision") {
				return place.refuse_at(
					"provision",
					"a rule within a rule within the root can not be said: among specific directives a deny wins",
				);
			}
			let said = place.must("type", "is missing: it must be permit or deny")?;
			let rule = place.parse_code("type", said.as_text())?;
			let found = self.provision(Some(place), rule, Strength::Specific, basis)?;
			if let (Some(root), Some(general), Rule::Permit) = (&root, &general, rule) {
				ensure_as_limited(root, general, place, &found)?;
			}
			specific.extend(found.directives());
		}
		Ok(general.into_iter().flat_map(Provision::directives).chain(specific).collect())
	}

	/// The conditions of a provision; without one there are none.
	fn provision(
		&mut self,
		place: Option<&Place<'a>>,
		rule: Rule,
		strength: Strength,
		basis: GrantorBasis,
	) -> Result<Provision> {
		let mut terms = DirectiveTerms {
			rule,
			strength,
			grantee: Grantee::Anyone,
			scope: Scope::default(),
			actions: Actions::all(),
			purposes: Purposes::all(),
			period: ALWAYS,
			obligations: Obligations::EMPTY,
			basis,
		};
		let Some(place) = place else {
			return Ok(Provision { grantees: vec![Grantee::Anyone], terms });
		};
		place.only(PROVISION)?;
		let (grantees, author) = self.actors(place)?;
		terms.scope.author = author;
		if let Some(said) = place.to("period") {
			terms.period = period::read(&said)?;
		}
		if let Some(said) = place.to("dataPeriod") {
			terms.scope.record_period = Some(period::read(&said)?);
		}
		if place.has("action") {
			let actions = place.items("action");
			let actions = actions.iter().map(|action| action.coding()?.code(CONSENT_ACTION));
			terms.actions = actions.collect::<Result<_>>()?;
		}
		if place.has("purpose") {
			let purposes = place.items("purpose");
			let purposes = purposes.iter().map(|purpose| purpose.code(REASON));
			terms.purposes = purposes.collect::<Result<_>>()?;
		}
		(terms.scope.confidentiality_ceiling, terms.scope.sensitivity) = filters::labels(place)?;
		terms.scope.categories = filters::categories(place)?;
		filters::data(place, &mut terms.scope)?;
		filters::modifiers(place, &mut terms)?;
		Ok(Provision { grantees, terms })
	}
}

/// In whose right the Consent is given.
fn basis(consent: &Place<'_>) -> Result<GrantorBasis> {
	let mut basis = None;
	for extension in consent.items("extension") {
		let code = extension.text("valueCode").filter(|_| is(&extension, names::GRANTOR_BASIS));
		let Some(code) = code else { return unknown_extension(&extension) };
		extension.only(&["url", "valueCode"])?;
		if basis.replace(extension.parse_code("valueCode", code)?).is_some() {
			return extension.refuse("is there twice");
		}
	}
	Ok(basis.unwrap_or(GrantorBasis::Own))
}

fn is(extension: &Place<'_>, url: &str) -> bool {
	extension.text("url") == Some(url)
}

fn unknown_extension<T>(extension: &Place<'_>) -> Result<T> {
	extension.refuse(
		"no directive knows this extension: take it out if it is not meant to limit anything",
	)
}

/// Refuses a nested permit that leaves out a limit of the root. Readers differ on whether it holds inside
/// it as well, so it has to be said.
fn ensure_as_limited(
	root: &Place<'_>,
	general: &Provision,
	place: &Place<'_>,
	nested: &Provision,
) -> Result<()> {
	let is_free = |place: &Place<'_>, said: &Provision| {
		let Scope { sensitivity, confidentiality_ceiling, author, encounter, records, .. } =
			&said.terms.scope;
		[
			("period", !place.has("period")),
			("actor", said.grantees == [Grantee::Anyone]),
			("actor", author.is_none()),
			("action", !place.has("action")),
			("securityLabel", confidentiality_ceiling.is_none()),
			("securityLabel", sensitivity.is_none()),
			("purpose", !place.has("purpose")),
			("class", !place.has("class") && !place.has("code")),
			("dataPeriod", !place.has("dataPeriod")),
			("data", encounter.is_none()),
			("data", records.is_none()),
			("modifierExtension", said.terms.obligations.is_empty()),
		]
	};
	let both = is_free(root, general).into_iter().zip(is_free(place, nested));
	for ((name, root_is_free), (_, is_free)) in both {
		if is_free && !root_is_free {
			return place.refuse_at(
				name,
				"is missing, and the root has one: a permit inside it must say whether it is limited so too",
			);
		}
	}
	Ok(())
}

//! Whom a Consent names.

use super::{
	super::{
		place::{Place, Result},
		PARTICIPATION,
	},
	Reading,
};
use crate::{
	content::shown,
	fhir::{id, URI},
};
use salus_primitives::{
	did::{Did, Network, Subject},
	directive::Grantee,
	ids::PractitionerId,
};

/// How a reference names someone.
enum Named<'a> {
	Did(Did),
	Text(&'a str),
}

impl<'a> Reading<'a> {
	/// To whom, and by whom what it is about was written.
	pub(super) fn actors(
		&mut self,
		place: &Place<'a>,
	) -> Result<(Vec<Grantee>, Option<PractitionerId>)> {
		let (mut grantees, mut author) = (Vec::new(), None);
		for actor in place.items("actor") {
			actor.only(&["role", "reference"])?;
			let role = actor.must("role", "is missing")?.coding()?;
			let who = actor.must("reference", "is missing: it says who")?;
			match role.system_and_code()? {
				(PARTICIPATION, "PRCP" | "IRCP") => {
					let grantee = self.grantee(&who)?;
					if !grantees.contains(&grantee) {
						grantees.push(grantee);
					}
				},
				(PARTICIPATION, "AUT") => {
					match self.subject(&who)? {
						Subject::Practitioner(id) if author.is_none() => author = Some(id),
						Subject::Practitioner(_) => {
							return actor.refuse("must be the only author: say the others in provisions of their own");
						},
						_ => {
							return who
								.refuse("must be a practitioner: directives know no other authors")
						},
					}
				},
				(PARTICIPATION, "CST") => self.ensure_custodian(&who)?,
				_ => {
					return role.refuse_at(
						"code",
						"no directive knows this role: known are PRCP IRCP AUT CST of v3-ParticipationType",
					);
				},
			}
		}
		if grantees.is_empty() {
			grantees.push(Grantee::Anyone);
		}
		Ok((grantees, author))
	}

	fn grantee(&mut self, who: &Place<'a>) -> Result<Grantee> {
		if let Some(role) = who.text("reference").and_then(|text| text.strip_prefix('#')) {
			who.only(&["reference", "type", "display"])?;
			self.ensure_type(who, "PractitionerRole")?;
			return self.role(who, role);
		}
		match self.subject(who)? {
			Subject::Organisation(id) => Ok(Grantee::Organisation(id)),
			Subject::Practitioner(id) => Ok(Grantee::Practitioner(id)),
			Subject::Chart(_) => who
				.refuse("must be an organisation or a practitioner: directives permit nobody else"),
		}
	}

	/// The practitioner at an organisation that is contained under this id.
	fn role(&mut self, who: &Place<'a>, id: &str) -> Result<Grantee> {
		let found = self.roles.iter().position(|role| role.text("id") == Some(id));
		let role = found.and_then(|at| Some((at, self.roles.get(at)?.clone())));
		let Some((at, role)) = role else {
			return who.refuse_at("reference", "leads to nothing that is contained");
		};
		if let Some(used) = self.used.get_mut(at) {
			*used = true;
		}
		if role.text("resourceType") != Some("PractitionerRole") {
			return role.refuse_at("resourceType", "must be PractitionerRole: name others by DID");
		}
		role.only(&["resourceType", "practitioner", "organization"])?;
		let missing = "is missing: name the other alone, by DID";
		let practitioner = role.must("practitioner", missing)?;
		let organisation = role.must("organization", missing)?;
		match (self.subject(&practitioner)?, self.subject(&organisation)?) {
			(Subject::Practitioner(practitioner), Subject::Organisation(organisation)) => {
				Ok(Grantee::PractitionerAt(practitioner, organisation))
			},
			(Subject::Practitioner(_), _) => organisation.refuse("must be an organisation"),
			_ => practitioner.refuse("must be a practitioner"),
		}
	}

	/// Whom a reference names.
	fn subject(&self, who: &Place<'a>) -> Result<Subject> {
		let subject = match self.named(who)? {
			Named::Did(did) => did.subject,
			Named::Text(text) => match self.reader.actors.get(text) {
				Some(subject) => *subject,
				None => {
					let text = shown(text);
					return who.refuse_at(
						"reference",
						format!("'{text}' is no DID: say whom it means with `--actor {text}=…`, or name a DID as identifier"),
					);
				},
			},
		};
		let kind = match subject {
			Subject::Organisation(_) => "Organization",
			Subject::Practitioner(_) => "Practitioner",
			Subject::Chart(_) => "Patient",
		};
		self.ensure_type(who, kind)?;
		Ok(subject)
	}

	fn ensure_type(&self, who: &Place<'a>, kind: &str) -> Result<()> {
		match who.text("type") {
			Some(said) if said != kind => {
				who.refuse_at("type", format!("must be {kind}, which the reference leads to"))
			},
			_ => Ok(()),
		}
	}

	/// How a reference names someone: by an identifier that is a DID of this chain, or by an address.
	fn named(&self, who: &Place<'a>) -> Result<Named<'a>> {
		who.only(&["reference", "type", "identifier", "display"])?;
		let identifier = match (who.text("reference"), who.to("identifier")) {
			(Some(text), None) => return Ok(Named::Text(text)),
			(None, Some(identifier)) => identifier,
			(Some(_), Some(identifier)) => {
				return identifier.refuse("stands beside a reference: keep the one that is meant");
			},
			(None, None) => {
				return who.refuse("names nobody: name a DID as identifier");
			},
		};
		identifier.only(&["use", "system", "value"])?;
		if identifier.text("system") != Some(URI) {
			return identifier.refuse_at("system", format!("must be {URI}, and the value a DID"));
		}
		let value = identifier.must("value", "is missing: it must be a DID")?;
		match value.as_text().parse::<Did>() {
			Err(fault) => value.refuse(fault.to_string()),
			Ok(did) if did.network != Network::of(&self.reader.house.genesis) => {
				value.refuse("is a DID of another chain: name who it is on this one")
			},
			Ok(did) => Ok(Named::Did(did)),
		}
	}

	pub(super) fn ensure_patient(&self, patient: &Place<'a>) -> Result<()> {
		let chart = self.reader.chart;
		let (said, is_own) = match self.named(patient)? {
			Named::Did(did) => (did.to_string(), did.subject == Subject::Chart(chart)),
			Named::Text(text) => (text.into(), text == format!("Patient/{}", id(chart))),
		};
		if is_own || self.reader.patient.as_ref() == Some(&said) {
			return self.ensure_type(patient, "Patient");
		}
		let said = shown(&said);
		patient.refuse(format!(
			"'{said}' is not this chart: if it is its patient, say so with `--patient {said}`"
		))
	}

	/// Refuses anyone but the custodian where the Consent says who keeps the records.
	pub(super) fn ensure_custodian(&self, who: &Place<'a>) -> Result<()> {
		let custodian = Subject::Organisation(self.reader.house.custodian);
		let (said, is_own) = match self.named(who)? {
			Named::Did(did) => (did.to_string(), did.subject == custodian),
			Named::Text(text) => (text.into(), self.reader.actors.get(text) == Some(&custodian)),
		};
		if is_own || self.reader.custodian.as_ref() == Some(&said) {
			return self.ensure_type(who, "Organization");
		}
		let said = shown(&said);
		who.refuse(format!(
			"'{said}' is not the custodian, whose records alone a directive is about: if it is, say so with `--custodian-as {said}`"
		))
	}
}

//! Licences, accreditations and inspections.

use salus_primitives::{
	codes::{
		AccreditationState, DrugSchedules, InspectionOutcome, InspectionState, Jurisdiction,
		LicenceClass, LicenceState, Programme,
	},
	credential::{self, Holder},
	ids::{AccreditationId, Digest, InspectionId, LicenceId, OrganisationId},
	time::Moment,
	views,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Licence {
	/// Its number.
	pub id: LicenceId,
	/// Its holder.
	#[schemars(schema_with = "holder")]
	pub holder: Holder,
	/// The board that issued it.
	pub board: OrganisationId,
	/// The board that is responsible for it now: the one that issued it, or its successor.
	pub authority: OrganisationId,
	/// What it allows.
	#[schemars(with = "String")]
	pub class: LicenceClass,
	/// Where it is valid, ISO 3166.
	#[schemars(with = "Vec<String>")]
	pub jurisdictions: Vec<Jurisdiction>,
	/// When it was issued.
	pub issued: Moment,
	/// First moment of its validity.
	pub from: Moment,
	/// First moment after its validity.
	pub until: Option<Moment>,
	/// As its board or holder set it: pending, active, suspended, revoked, surrendered or
	/// issued-in-error.
	#[schemars(with = "String")]
	pub state: LicenceState,
	/// Its state at the block's time, its dates taken into account: expired and lapsed, too.
	#[schemars(with = "String")]
	pub standing: LicenceState,
	/// What it does not extend to.
	pub limits: Limits,
	/// When its board last looked at the primary source.
	pub verified: Option<Moment>,
	/// What was seen then, and when to look again.
	pub verification: Option<Verification>,
}

/// What a licence does not extend to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Limits {
	/// The schedules of controlled drugs it extends to; none without any.
	#[schemars(with = "Vec<String>")]
	pub schedules: DrugSchedules,
	/// Whether its holder must work under a supervisor.
	pub supervised: bool,
	/// The only organisations for which it is good; all of them when empty.
	pub sites: Vec<OrganisationId>,
}

/// That a board looked at the primary source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
	/// Commitment to what was seen, which the board keeps.
	#[schemars(with = "String")]
	pub evidence: Digest,
	/// When it is to be looked at again.
	pub next_due: Moment,
}

/// An accreditation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accreditation {
	/// Its number.
	pub id: AccreditationId,
	/// Who is accredited.
	pub organisation: OrganisationId,
	/// By whom.
	pub body: OrganisationId,
	/// The body that is responsible for it now: the one that gave it, or its successor.
	pub authority: OrganisationId,
	/// For what.
	#[schemars(with = "String")]
	pub programme: Programme,
	/// First moment of its validity.
	pub from: Moment,
	/// First moment after its validity.
	pub until: Option<Moment>,
	/// As its body or the organisation set it: accredited, accredited-with-follow-up,
	/// limited-temporary, preliminary-denial, denied or withdrawn.
	#[schemars(with = "String")]
	pub state: AccreditationState,
	/// Its state at the block's time, its dates taken into account: expired, too.
	#[schemars(with = "String")]
	pub standing: AccreditationState,
	/// When the state was decided.
	pub decided: Moment,
	/// When the organisation was first accredited by it; null while it never was.
	pub granted: Option<Moment>,
	/// By when faults are to be mended.
	pub follow_up_due: Option<Moment>,
	/// Whether that is overdue at the block's time.
	pub overdue: bool,
	/// The organisation's appeal against the preliminary denial.
	pub appeal: Option<Appeal>,
	/// Commitment to the survey's report or the decision, which the body keeps.
	#[schemars(with = "String")]
	pub evidence: Digest,
}

/// An appeal against a preliminary denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Appeal {
	/// When it was filed.
	pub filed: Moment,
	/// Commitment to its grounds, which the organisation keeps.
	#[schemars(with = "String")]
	pub grounds: Digest,
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
	/// Its number.
	pub id: InspectionId,
	/// Who was inspected.
	pub organisation: OrganisationId,
	/// By whom.
	pub inspector: OrganisationId,
	/// What it led to: NAI, VAI or OAI.
	#[schemars(with = "String")]
	pub outcome: InspectionOutcome,
	/// When it was done.
	pub conducted: Moment,
	/// Commitment to the report, which the inspector keeps.
	#[schemars(with = "String")]
	pub report: Digest,
	/// What is left of it: closed, follow-up-due or entered-in-error.
	#[schemars(with = "String")]
	pub state: InspectionState,
	/// By when faults are to be mended.
	pub follow_up_due: Option<Moment>,
	/// Whether that is overdue at the block's time.
	pub overdue: bool,
	/// Commitment to the proof that they were.
	#[schemars(with = "Option<String>")]
	pub follow_up: Option<Digest>,
}

/// The schema of a licence's holder, `{"practitioner": 7}` or `{"organisation": 3}`.
pub fn holder(_: &mut SchemaGenerator) -> Schema {
	let number = serde_json::json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
	schemars::json_schema!({
		"type": "object",
		"properties": { "practitioner": number, "organisation": number },
		"minProperties": 1,
		"maxProperties": 1,
		"additionalProperties": false,
	})
}

impl From<views::LicenceView> for Licence {
	fn from(view: views::LicenceView) -> Self {
		let licence = view.licence;
		Self {
			id: view.id,
			holder: licence.holder,
			board: licence.board,
			authority: view.authority,
			class: licence.class,
			jurisdictions: licence.jurisdictions.into_inner(),
			issued: licence.issued,
			from: licence.valid.from,
			until: licence.valid.until,
			state: licence.state,
			standing: view.standing,
			limits: licence.limits.into(),
			verified: licence.verified,
			verification: licence.verification.map(Into::into),
		}
	}
}

impl From<credential::Limits> for Limits {
	fn from(limits: credential::Limits) -> Self {
		let credential::Limits { schedules, supervised, sites } = limits;
		Self { schedules, supervised, sites: sites.into_inner() }
	}
}

impl From<credential::Verification> for Verification {
	fn from(seen: credential::Verification) -> Self {
		let credential::Verification { evidence, next_due } = seen;
		Self { evidence, next_due }
	}
}

impl From<views::AccreditationView> for Accreditation {
	fn from(view: views::AccreditationView) -> Self {
		let held = view.accreditation;
		Self {
			id: view.id,
			organisation: held.organisation,
			body: held.body,
			authority: view.authority,
			programme: held.programme,
			from: held.valid.from,
			until: held.valid.until,
			state: held.state,
			standing: view.standing,
			decided: held.decided,
			granted: held.granted,
			follow_up_due: held.follow_up_due,
			overdue: view.overdue,
			appeal: held.appeal.map(Into::into),
			evidence: held.evidence,
		}
	}
}

impl From<credential::Appeal> for Appeal {
	fn from(credential::Appeal { filed, grounds }: credential::Appeal) -> Self {
		Self { filed, grounds }
	}
}

impl From<views::InspectionView> for Inspection {
	fn from(view: views::InspectionView) -> Self {
		let inspection = view.inspection;
		Self {
			id: view.id,
			organisation: inspection.organisation,
			inspector: inspection.inspector,
			outcome: inspection.outcome,
			conducted: inspection.conducted,
			report: inspection.report,
			state: inspection.state,
			follow_up_due: inspection.follow_up_due,
			overdue: view.overdue,
			follow_up: inspection.follow_up,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{codes::DrugSchedule, time::Period};
	use serde_json::json;

	fn hex(byte: &str) -> String {
		format!("0x{}", byte.repeat(32))
	}

	#[test]
	fn a_licence_reads_as_documented() {
		let view = views::LicenceView {
			id: 9,
			licence: credential::Licence {
				holder: Holder::Practitioner(3),
				board: 4,
				class: LicenceClass::Dentist,
				jurisdictions: vec!["US-CA".parse().unwrap()].try_into().unwrap(),
				issued: 1,
				valid: Period { from: 2, until: Some(30) },
				state: LicenceState::Active,
				limits: credential::Limits {
					schedules: DrugSchedules::of(&[DrugSchedule::III, DrugSchedule::IV]),
					supervised: true,
					sites: vec![2].try_into().unwrap(),
				},
				verified: Some(1),
				verification: Some(credential::Verification {
					evidence: Digest([5; 32]),
					next_due: 20,
				}),
			},
			standing: LicenceState::Expired,
			authority: 5,
		};
		assert_eq!(
			serde_json::to_value(Licence::from(view)).unwrap(),
			json!({
				"id": 9,
				"holder": { "practitioner": 3 },
				"board": 4,
				"authority": 5,
				"class": "dentist",
				"jurisdictions": ["US-CA"],
				"issued": 1,
				"from": 2,
				"until": 30,
				"state": "active",
				"standing": "expired",
				"limits": { "schedules": ["CIII", "CIV"], "supervised": true, "sites": [2] },
				"verified": 1,
				"verification": { "evidence": hex("05"), "nextDue": 20 },
			})
		);
	}

	#[test]
	fn an_accreditation_reads_as_documented() {
		let view = views::AccreditationView {
			id: 1,
			accreditation: credential::Accreditation {
				organisation: 1,
				body: 6,
				programme: Programme::Hospital,
				state: AccreditationState::PreliminaryDenial,
				valid: Period { from: 1, until: Some(30) },
				decided: 8,
				follow_up_due: Some(9),
				granted: Some(1),
				appeal: Some(credential::Appeal { filed: 10, grounds: Digest([5; 32]) }),
				evidence: Digest([6; 32]),
			},
			standing: AccreditationState::Expired,
			authority: 7,
			overdue: true,
		};
		assert_eq!(
			serde_json::to_value(Accreditation::from(view)).unwrap(),
			json!({
				"id": 1,
				"organisation": 1,
				"body": 6,
				"authority": 7,
				"programme": "hospital",
				"from": 1,
				"until": 30,
				"state": "preliminary-denial",
				"standing": "expired",
				"decided": 8,
				"granted": 1,
				"followUpDue": 9,
				"overdue": true,
				"appeal": { "filed": 10, "grounds": hex("05") },
				"evidence": hex("06"),
			})
		);
	}

	#[test]
	fn an_inspection_reads_as_documented() {
		let view = views::InspectionView {
			id: 2,
			inspection: credential::Inspection {
				organisation: 1,
				inspector: 6,
				outcome: InspectionOutcome::VoluntaryAction,
				conducted: 3,
				report: Digest([5; 32]),
				state: InspectionState::FollowUpDue,
				follow_up_due: Some(9),
				follow_up: None,
			},
			overdue: false,
		};
		assert_eq!(
			serde_json::to_value(Inspection::from(view)).unwrap(),
			json!({
				"id": 2,
				"organisation": 1,
				"inspector": 6,
				"outcome": "VAI",
				"conducted": 3,
				"report": hex("05"),
				"state": "follow-up-due",
				"followUpDue": 9,
				"overdue": false,
				"followUp": null,
			})
		);
	}

	#[test]
	fn holders_are_named_by_kind_and_number() {
		let read = |value| serde_json::from_value::<Holder>(value);
		assert_eq!(read(json!({ "practitioner": 7 })).unwrap(), Holder::Practitioner(7));
		assert_eq!(read(json!({ "organisation": 3 })).unwrap(), Holder::Organisation(3));
		for other in [json!(7), json!({}), json!({ "chart": 7 })] {
			assert!(read(other.clone()).is_err(), "{other}");
		}
		assert!(read(json!({ "practitioner": 7, "organisation": 3 })).is_err());
	}
}

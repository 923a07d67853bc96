//! What directives and access requests seal.

use crate::{
	codes::{
		Actions, Categories, Confidentiality, GrantorBasis, Obligations, Purpose, Purposes, Rule,
		Sensitivities, Strength,
	},
	ids::{ChartId, EncounterId, OrganisationId, PractitionerId, RecordId},
	record::RecordTerms,
	seal::Sealable,
	time::Period,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most records one directive can list.
pub const MAX_LISTED_RECORDS: u32 = 64;

/// To whom a directive speaks.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Grantee {
	/// Everyone.
	Anyone,
	/// Whoever acts for this organisation.
	Organisation(OrganisationId),
	/// This practitioner, wherever they work.
	Practitioner(PractitionerId),
	/// This practitioner while acting for this organisation.
	PractitionerAt(PractitionerId, OrganisationId),
}

/// Which records a directive speaks of: those that pass every filter that is set.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Scope {
	/// Only these categories.
	pub categories: Option<Categories>,
	/// Only records that carry one of these labels.
	pub sensitivity: Option<Sensitivities>,
	/// Only records at or below this confidentiality.
	pub confidentiality_ceiling: Option<Confidentiality>,
	/// Only what this practitioner wrote.
	pub author: Option<PractitionerId>,
	/// Only what was written in this encounter.
	pub encounter: Option<EncounterId>,
	/// Only these records; a new version of a listed record has another id.
	#[cfg_attr(feature = "schema", schemars(with = "Option<alloc::vec::Vec<RecordId>>"))]
	pub records: Option<BoundedVec<RecordId, ConstU32<MAX_LISTED_RECORDS>>>,
	/// Only records whose clinical date lies in this period.
	pub record_period: Option<Period>,
}

/// The sealed terms of a directive. Modelled on FHIR R4 `Consent.provision`.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DirectiveTerms {
	/// Permit or deny.
	pub rule: Rule,
	/// Default or specific: any specific directive outweighs every default one.
	pub strength: Strength,
	/// To whom.
	pub grantee: Grantee,
	/// Of what.
	pub scope: Scope,
	/// To do what.
	pub actions: Actions,
	/// What for.
	pub purposes: Purposes,
	/// When.
	pub period: Period,
	/// Under which obligations (permits only).
	pub obligations: Obligations,
	/// In whose right it was given.
	pub basis: GrantorBasis,
}

impl Sealable for DirectiveTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/directive1";
}

impl DirectiveTerms {
	/// Terms that speak of nothing, for a directive whose only use is that it looks like any other.
	pub const fn cover() -> Self {
		Self {
			rule: Rule::Permit,
			strength: Strength::Default,
			grantee: Grantee::Anyone,
			scope: Scope {
				categories: None,
				sensitivity: None,
				confidentiality_ceiling: None,
				author: None,
				encounter: None,
				records: None,
				record_period: None,
			},
			actions: Actions::EMPTY,
			purposes: Purposes::EMPTY,
			period: Period { from: 0, until: None },
			obligations: Obligations::EMPTY,
			basis: GrantorBasis::Own,
		}
	}

	/// Whether the directive speaks of nothing: whatever is decided, it names no action.
	pub const fn is_cover(&self) -> bool {
		self.actions.is_empty()
	}
}

/// The sealed terms of an access request.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestTerms {
	/// The patient's chart at the requester's own organisation, whose mailbox carries the request.
	pub chart: ChartId,
	/// Who asks.
	pub practitioner: PractitionerId,
	/// For whom they act.
	pub organisation: OrganisationId,
	/// Whose records; `None` asks every custodian the patient has.
	pub custodian: Option<OrganisationId>,
	/// Which categories.
	pub categories: Categories,
	/// To do what.
	pub actions: Actions,
	/// What for.
	pub purpose: Purpose,
	/// For how long access is asked.
	pub period: Period,
}

impl Sealable for RequestTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/request/1 ";
}

impl Scope {
	/// Whether the record `id` with these terms passes every filter.
	pub fn covers(&self, id: &RecordId, record: &RecordTerms) -> bool {
		self.categories.is_none_or(|set| set.contains(record.category))
			&& self.sensitivity.is_none_or(|set| set.intersects(record.sensitivity))
			&& self.confidentiality_ceiling.is_none_or(|most| record.confidentiality <= most)
			&& self.author.is_none_or(|author| record.author == Some(author))
			&& self.encounter.is_none_or(|encounter| record.encounter == Some(encounter))
			&& self.records.as_ref().is_none_or(|listed| listed.contains(id))
			&& self.record_period.is_none_or(|period| period.contains(record.clinical_date))
	}
}

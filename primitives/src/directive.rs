//! What directives and access requests seal.

use crate::{
	codes::{
		Actions, Categories, Confidentiality, GrantorBasis, Obligations, Purpose, Purposes, Rule,
		Sensitivities, Strength,
	},
	ids::{ChartId, DirectiveId, EncounterId, OrganisationId, PractitionerId, RecordId, Seal},
	record::RecordTerms,
	seal::Sealable,
	time::{Moment, Period},
};
use alloc::vec::Vec;
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
	/// Whoever has the link whose keys hash to this, see [`crate::link`]; nobody else.
	Bearer(Seal),
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

/// Why a directive may end without a decision changing, now or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Dispensable {
	/// Its period is over.
	Over,
	/// Another active directive says all that it says.
	SaidBy(DirectiveId),
}

/// Which of a chart's active directives may end without a decision changing, now or later, with the reason for each, in the
/// order given. `active` are all of the patient's own with their terms; a guardian's are left alone, and so is cover.
pub fn dispensable(
	active: &[(DirectiveId, &DirectiveTerms)],
	now: Moment,
) -> Vec<(DirectiveId, Dispensable)> {
	let mut found: Vec<(DirectiveId, Dispensable)> = Vec::new();
	for (place, (id, terms)) in active.iter().enumerate() {
		if terms.is_cover() {
			continue;
		}
		if terms.period.until.is_some_and(|until| until <= now) {
			found.push((*id, Dispensable::Over));
			continue;
		}
		// Of two that say the same the earlier stays; one that goes vouches for none.
		let by = active.iter().enumerate().find(|(other, (by, says))| {
			*other != place
				&& says.implies(terms)
				&& !(terms.implies(says) && place < *other)
				&& found.iter().all(|(gone, _)| gone != by)
		});
		if let Some((_, (by, _))) = by {
			found.push((*id, Dispensable::SaidBy(*by)));
		}
	}
	found
}

impl DirectiveTerms {
	/// Whether whatever `other` speaks of, this one speaks of, to the same effect: the other can end without a
	/// decision changing. Errs towards no.
	pub fn implies(&self, other: &Self) -> bool {
		self.rule == other.rule
			&& self.strength == other.strength
			&& self.basis == other.basis
			&& self.grantee.is_at_least(&other.grantee)
			&& self.scope.is_at_least(&other.scope)
			&& other.actions.iter().all(|action| self.actions.contains(action))
			&& other.purposes.iter().all(|purpose| self.purposes.cover(purpose))
			&& self.period.is_at_least(&other.period)
			&& other.obligations.iter().all(|obligation| self.obligations.contains(obligation))
	}
}

impl Grantee {
	/// Whether it speaks to everybody to whom `other` does.
	fn is_at_least(&self, other: &Self) -> bool {
		match (*self, *other) {
			// A permit to anyone opens nothing for a link, and of two directives of one link the wider one may
			// be unfit.
			(Self::Bearer(_), _) | (_, Self::Bearer(_)) => false,
			(Self::Anyone, _) => true,
			(Self::Organisation(one), Self::PractitionerAt(_, at)) => one == at,
			(Self::Practitioner(one), Self::PractitionerAt(named, _)) => one == named,
			(one, other) => one == other,
		}
	}
}

/// Whether a filter lets through whatever another one does; `is_wider` compares two that are set.
fn lets_through<T>(one: Option<T>, other: Option<T>, is_wider: impl Fn(T, T) -> bool) -> bool {
	match (one, other) {
		(None, _) => true,
		(Some(_), None) => false,
		(Some(one), Some(other)) => is_wider(one, other),
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

	/// Whether it covers every record that `other` covers.
	fn is_at_least(&self, other: &Self) -> bool {
		lets_through(self.categories, other.categories, |one, other| {
			other.iter().all(|category| one.contains(category))
		}) && lets_through(self.sensitivity, other.sensitivity, |one, other| {
			other.iter().all(|label| one.contains(label))
		}) && lets_through(
			self.confidentiality_ceiling,
			other.confidentiality_ceiling,
			|one, other| one >= other,
		) && lets_through(self.author, other.author, |one, other| one == other)
			&& lets_through(self.encounter, other.encounter, |one, other| one == other)
			&& lets_through(self.records.as_ref(), other.records.as_ref(), |one, other| {
				other.iter().all(|record| one.contains(record))
			}) && lets_through(self.record_period, other.record_period, |one, other| {
			one.is_at_least(&other)
		})
	}
}

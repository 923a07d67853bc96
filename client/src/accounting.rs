//! An accounting of disclosures (HIPAA, 45 CFR 164.528): which lines of a chart's log a custodian must account for, and
//! what leaves out the others.
//!
//! Each line stands for itself. One that takes an earlier one back is left out, the one taken back is not: that something
//! left before cannot be ruled out.

use salus_primitives::{
	codes::{Action, Purpose, Role},
	decision::{Accessor, Basis},
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::OrganisationId,
	time::Moment,
};
use serde::Serialize;

/// How far back an accounting must reach: six years, in milliseconds (164.528(a)(1)), leap days counted.
pub const ACCOUNTED: Moment = (6 * 365 + 2) * 24 * 60 * 60 * 1000;

/// Whether a line belongs in the accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accounted {
	/// It must be accounted for.
	In,
	/// It need not be, because it is one of these.
	Out(Exemption),
}

/// What need not be accounted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exemption {
	/// Nothing was disclosed: the line is a refusal.
	Refused,
	/// To the individual, or who stands in their place (164.528(a)(1)(ii), 164.502(g)), or to whom they had it sent
	/// (164.524(c)(3)(ii)).
	Individual,
	/// A use within the house that keeps the record, no disclosure (160.103).
	Use,
	/// For treatment, payment or health care operations (164.528(a)(1)(i)).
	Operations,
	/// Under the patient's own permission (164.528(a)(1)(iv)).
	Authorised,
}

impl Accounted {
	/// The code.
	pub const fn code(self) -> &'static str {
		match self {
			Self::In => "in",
			Self::Out(Exemption::Refused) => "out-refused",
			Self::Out(Exemption::Individual) => "out-individual",
			Self::Out(Exemption::Use) => "out-use",
			Self::Out(Exemption::Operations) => "out-operations",
			Self::Out(Exemption::Authorised) => "out-authorised",
		}
	}

	/// In words.
	pub const fn words(self) -> &'static str {
		match self {
			Self::In => "in",
			Self::Out(Exemption::Refused) => "out: nothing was disclosed",
			Self::Out(Exemption::Individual) => "out: to the patient, or at the patient's wish",
			Self::Out(Exemption::Use) => "out: a use within the house",
			Self::Out(Exemption::Operations) => "out: treatment, payment or operations",
			Self::Out(Exemption::Authorised) => "out: the patient permitted it",
		}
	}
}

/// To whom the whole chart was handed, with all of its custodian's holding, where the line tells that.
pub fn handed_to(entry: &DisclosureEntry) -> Option<OrganisationId> {
	let whole = (entry.action, entry.purpose, entry.subject)
		== (Action::Disclose, Purpose::Operations, Subject::Listing);
	match (entry.accessor, entry.outcome) {
		(
			Accessor::Staff { organisation, role: Role::System, .. },
			Outcome::Released(Basis::Custodian),
		) if whole => Some(organisation),
		_ => None,
	}
}

/// Whether this line of a chart at `custodian` must be accounted for. `given` is to whom the custodian gave
/// its holding: what was handed to another, or before it is accepted, is no transfer of the house (164.501,
/// health care operations (6)(iv)). `unjustified` says whether the break-glass under which it was released was found
/// unjustified: a disclosure that the rules do not permit is no treatment, whatever it called itself.
pub fn accounted(
	entry: &DisclosureEntry,
	custodian: OrganisationId,
	given: Option<OrganisationId>,
	unjustified: bool,
) -> Accounted {
	let Outcome::Released(basis) = entry.outcome else {
		return Accounted::Out(Exemption::Refused);
	};
	let organisation = match entry.accessor {
		// Who has a link is whom the patient had it sent to.
		Accessor::Patient { .. } | Accessor::Guardian { .. } | Accessor::Bearer { .. } => {
			return Accounted::Out(Exemption::Individual);
		},
		Accessor::Staff { organisation, .. } => organisation,
	};
	if organisation == custodian {
		return Accounted::Out(Exemption::Use);
	}
	if handed_to(entry).is_some_and(|to| given != Some(to))
		|| unjustified && matches!(basis, Basis::BreakGlass(_))
	{
		return Accounted::In;
	}
	match entry.purpose {
		Purpose::Treatment
		| Purpose::EmergencyTreatment
		| Purpose::CoordinationOfCare
		| Purpose::Payment
		| Purpose::Operations => return Accounted::Out(Exemption::Operations),
		Purpose::Research | Purpose::PatientRequested | Purpose::PublicHealth => {},
	}
	match basis {
		// The patient's own word to another custodian (docs/custody.md).
		Basis::Patient | Basis::Guardian => Accounted::Out(Exemption::Individual),
		Basis::Directive(_) => Accounted::Out(Exemption::Authorised),
		Basis::Custodian | Basis::BreakGlass(_) => Accounted::In,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		disclosure::NOT_HANDED_OUT,
		ids::{BreakGlassId, ChartId, DirectiveId},
	};

	const CUSTODIAN: OrganisationId = 1;

	fn entry(accessor: Accessor, purpose: Purpose, outcome: Outcome) -> DisclosureEntry {
		DisclosureEntry {
			chart: ChartId([1; 32]),
			sequence: 0,
			previous: None,
			at: 1,
			head: [0; 32],
			accessor,
			practitioner: None,
			action: Action::Access,
			purpose,
			subject: Subject::Listing,
			outcome,
		}
	}

	fn staff(organisation: OrganisationId) -> Accessor {
		Accessor::Staff { account: [3; 32], organisation, role: Role::Clinician }
	}

	#[test]
	fn each_line_is_in_or_out_for_its_reason() {
		let permitted = Basis::Directive(DirectiveId([5; 32]));
		let patient = Accessor::Patient { account: [2; 32] };
		let guardian = Accessor::Guardian { leaf: salus_primitives::ids::Seal([4; 32]) };
		let bearer = Accessor::Bearer { link: salus_primitives::ids::Seal([6; 32]) };
		let out = Accounted::Out;
		for (accessor, purpose, outcome, expected) in [
			(staff(2), Purpose::PublicHealth, Outcome::Released(Basis::Custodian), Accounted::In),
			(staff(2), Purpose::Research, Outcome::Released(Basis::Custodian), Accounted::In),
			(staff(2), Purpose::PublicHealth, Outcome::Refused(32), out(Exemption::Refused)),
			(
				staff(2),
				Purpose::Research,
				Outcome::Refused(NOT_HANDED_OUT),
				out(Exemption::Refused),
			),
			(
				patient,
				Purpose::PatientRequested,
				Outcome::Released(Basis::Patient),
				out(Exemption::Individual),
			),
			(
				guardian,
				Purpose::PatientRequested,
				Outcome::Released(Basis::Guardian),
				out(Exemption::Individual),
			),
			(
				bearer,
				Purpose::PatientRequested,
				Outcome::Released(permitted),
				out(Exemption::Individual),
			),
			(bearer, Purpose::Research, Outcome::Released(permitted), out(Exemption::Individual)),
			(bearer, Purpose::PatientRequested, Outcome::Refused(73), out(Exemption::Refused)),
			(
				staff(CUSTODIAN),
				Purpose::PublicHealth,
				Outcome::Released(Basis::Custodian),
				out(Exemption::Use),
			),
			(
				staff(2),
				Purpose::Treatment,
				Outcome::Released(permitted),
				out(Exemption::Operations),
			),
			(
				staff(2),
				Purpose::CoordinationOfCare,
				Outcome::Released(permitted),
				out(Exemption::Operations),
			),
			(staff(2), Purpose::Payment, Outcome::Released(permitted), out(Exemption::Operations)),
			(staff(2), Purpose::Research, Outcome::Released(permitted), out(Exemption::Authorised)),
			(
				staff(2),
				Purpose::PatientRequested,
				Outcome::Released(Basis::Patient),
				out(Exemption::Individual),
			),
		] {
			let entry = entry(accessor, purpose, outcome);
			assert_eq!(accounted(&entry, CUSTODIAN, None, false), expected, "{entry:?}");
		}
	}

	#[test]
	fn a_handing_of_the_holding_is_left_out_only_where_it_was_taken_over() {
		let system = Accessor::Staff { account: [3; 32], organisation: 2, role: Role::System };
		let released = Outcome::Released(Basis::Custodian);
		let handing = DisclosureEntry {
			action: Action::Disclose,
			..entry(system, Purpose::Operations, released)
		};
		assert_eq!(handed_to(&handing), Some(2));
		for given in [None, Some(3)] {
			assert_eq!(accounted(&handing, CUSTODIAN, given, false), Accounted::In);
		}
		let out = Accounted::Out(Exemption::Operations);
		assert_eq!(accounted(&handing, CUSTODIAN, Some(2), false), out);
		// Others are not such.
		let record = Subject::Record(salus_primitives::ids::RecordId([1; 32]));
		for other in [
			entry(system, Purpose::Operations, released),
			DisclosureEntry { accessor: staff(2), ..handing.clone() },
			DisclosureEntry { subject: record, ..handing.clone() },
		] {
			assert_eq!(handed_to(&other), None);
			assert_eq!(accounted(&other, CUSTODIAN, None, false), out);
		}
	}

	#[test]
	fn an_unjustified_break_glass_is_in() {
		let glass = Basis::BreakGlass(BreakGlassId([6; 32]));
		let entry = entry(staff(2), Purpose::EmergencyTreatment, Outcome::Released(glass));
		assert_eq!(
			accounted(&entry, CUSTODIAN, None, false),
			Accounted::Out(Exemption::Operations)
		);
		assert_eq!(accounted(&entry, CUSTODIAN, None, true), Accounted::In);
	}

	#[test]
	fn reading_the_log_is_out_for_who_may() {
		let looks = |accessor, purpose, basis| {
			let released = Outcome::Released(basis);
			let entry =
				DisclosureEntry { subject: Subject::Log, ..entry(accessor, purpose, released) };
			accounted(&entry, CUSTODIAN, None, false)
		};
		let patient = Accessor::Patient { account: [2; 32] };
		let guardian = Accessor::Guardian { leaf: salus_primitives::ids::Seal([4; 32]) };
		let reviewer =
			Accessor::Staff { account: [3; 32], organisation: 3, role: Role::QualityOfficer };
		let individual = Accounted::Out(Exemption::Individual);
		assert_eq!(looks(patient, Purpose::PatientRequested, Basis::Patient), individual);
		assert_eq!(looks(guardian, Purpose::PatientRequested, Basis::Guardian), individual);
		let glass = Basis::BreakGlass(BreakGlassId([6; 32]));
		let operations = Accounted::Out(Exemption::Operations);
		assert_eq!(looks(reviewer, Purpose::Operations, glass), operations);
	}

	#[test]
	fn nobody_is_left_out_by_a_purpose_alone_that_is_none_of_the_exempt() {
		let exempt = [
			Purpose::Treatment,
			Purpose::EmergencyTreatment,
			Purpose::CoordinationOfCare,
			Purpose::Payment,
			Purpose::Operations,
		];
		for purpose in Purpose::ALL {
			let entry = entry(staff(2), *purpose, Outcome::Released(Basis::Custodian));
			let is_in = accounted(&entry, CUSTODIAN, None, false) == Accounted::In;
			assert_eq!(is_in, !exempt.contains(purpose), "{purpose:?}");
		}
	}
}

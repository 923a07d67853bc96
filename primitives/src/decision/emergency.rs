use super::{speaks, AccessQuery, Accessor, ChartFacts, DenyReason, Facts, RecordFacts};
use crate::{
	break_glass::ShownBreakGlass,
	codes::{Action, ChartState, Purpose, RecordState, Role, Rule, Strength},
	ids::OrganisationId,
};

/// Whether the shown break-glass opens this record.
pub(super) fn by_breaking_glass(
	facts: &Facts,
	query: &AccessQuery,
	shown: &ShownBreakGlass,
	record: &RecordFacts,
	chart: &ChartFacts,
) -> Result<(), DenyReason> {
	let ensure = |holds: bool, reason| if holds { Ok(()) } else { Err(reason) };
	let Accessor::Staff { account, organisation, role } = query.accessor else {
		return Err(DenyReason::NotAClinician);
	};
	ensure(record.state != RecordState::EnteredInError, DenyReason::RecordEnteredInError)?;
	// Nobody treats the dead.
	ensure(chart.state != ChartState::Deceased, DenyReason::ChartDeceased)?;
	ensure(role == Role::Clinician, DenyReason::NotAClinician)?;
	let to_treat = query.purpose == Purpose::EmergencyTreatment && query.action == Action::Access;
	ensure(to_treat, DenyReason::NotEmergencyTreatment)?;
	let glass = facts
		.break_glass
		.filter(|glass| glass.id == shown.id)
		.ok_or(DenyReason::BreakGlassUnknown)?;
	let own = glass.account == account
		&& glass.organisation == organisation
		&& facts.practitioner == Some(glass.practitioner);
	ensure(own, DenyReason::BreakGlassOfAnother)?;
	ensure(shown.opening.opens(&glass.seal), DenyReason::BreakGlassOpeningWrong)?;
	let terms = &shown.opening.terms;
	let about = terms.chart == chart.chart && terms.custodian == record.custodian;
	ensure(about, DenyReason::BreakGlassOfOtherChart)?;
	ensure(glass.active, DenyReason::BreakGlassOver)?;
	ensure(glass.privileged, DenyReason::EmergencyPrivilegeLost)?;
	ensure(!dissents(facts, query, chart, organisation), DenyReason::EmergencyDenied)?;
	ensure(glass.scope.covers(&query.opening.terms), DenyReason::BeyondFirstScope)
}

/// Whether an opened directive denies this very access in an emergency: a specific deny whose purposes
/// name emergency treatment. One that is not opened can not be read, and does not hold up treatment.
fn dissents(
	facts: &Facts,
	query: &AccessQuery,
	chart: &ChartFacts,
	organisation: OrganisationId,
) -> bool {
	chart.directives.iter().any(|directive| {
		query.directives.iter().any(|(id, opening)| {
			*id == directive.id
				&& opening.opens(&directive.seal)
				&& opening.terms.rule == Rule::Deny
				&& opening.terms.strength == Strength::Specific
				&& opening.terms.purposes.contains(Purpose::EmergencyTreatment)
				&& speaks(&opening.terms, facts, query, organisation)
		})
	})
}

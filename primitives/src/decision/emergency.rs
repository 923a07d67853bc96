use super::{
	speaks, AccessQuery, Accessor, ActiveDirective, ChartFacts, DenyReason, Facts, RecordFacts,
};
use crate::{
	break_glass::ShownBreakGlass,
	codes::{Action, BreakGlassScope, ChartState, Purpose, RecordState, Role, Rule, Strength},
	directive::DirectiveTerms,
	ids::{DirectiveId, OrganisationId},
	seal::Opening,
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
	let record = &query.opening.terms;
	ensure(glass.scope.covers(record), DenyReason::BeyondFirstScope)?;
	// What is not opened may be a dissent: it does not hold up treatment, but nothing beyond that opens.
	let all_read = chart.directives.iter().all(|directive| opened(query, directive).is_some());
	ensure(all_read || BreakGlassScope::First.covers(record), DenyReason::DirectiveOpeningMissing)
}

/// What an active directive says, if its opening is there.
fn opened<'a>(query: &'a AccessQuery, directive: &ActiveDirective) -> Option<&'a DirectiveTerms> {
	let fits = |(id, opening): &&(DirectiveId, Opening<DirectiveTerms>)| {
		*id == directive.id && opening.opens(&directive.seal)
	};
	query.directives.iter().find(fits).map(|(_, opening)| &opening.terms)
}

/// Whether an opened directive denies this very access in an emergency: a specific deny whose purposes
/// name emergency treatment. One that is not opened
/// can not be read.
fn dissents(
	facts: &Facts,
	query: &AccessQuery,
	chart: &ChartFacts,
	organisation: OrganisationId,
) -> bool {
	chart.directives.iter().any(|directive| {
		opened(query, directive).is_some_and(|terms| {
			terms.rule == Rule::Deny
				&& terms.strength == Strength::Specific
				&& terms.purposes.contains(Purpose::EmergencyTreatment)
				&& speaks(terms, facts, query, organisation)
		})
	})
}

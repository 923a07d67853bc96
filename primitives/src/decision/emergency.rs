use super::{
	speaks, AccessQuery, Accessor, ActiveDirective, ChartFacts, DenyReason, Facts, RecordFacts,
};
use crate::{
	break_glass::{BreakGlassTerms, ShownBreakGlass, ShownStatement, MAX_STALE_HEAD},
	codes::{Action, BreakGlassScope, ChartState, Purpose, RecordState, Role, Rule, Strength},
	directive::DirectiveTerms,
	ids::{AccountBytes, DirectiveId, OrganisationId, Seal},
	seal::Opening,
};
use core::cmp::Ordering;

/// Whether the shown break-glass opens this record.
pub(super) fn by_breaking_glass(
	facts: &Facts,
	query: &AccessQuery,
	shown: &ShownBreakGlass,
	record: &RecordFacts,
	chart: &ChartFacts,
) -> Result<(), DenyReason> {
	let (account, organisation) = who_treats(query, record, chart)?;
	let glass = facts
		.break_glass
		.filter(|glass| glass.id == shown.id)
		.ok_or(DenyReason::BreakGlassUnknown)?;
	let own = glass.account == account
		&& glass.organisation == organisation
		&& facts.practitioner == Some(glass.practitioner);
	ensure(own, DenyReason::BreakGlassOfAnother)?;
	ensure_about(&shown.opening, &glass.seal, record, chart)?;
	ensure(glass.active, DenyReason::BreakGlassOver)?;
	ensure(glass.privileged, DenyReason::EmergencyPrivilegeLost)?;
	ensure(!dissents(facts, query, chart, organisation), DenyReason::EmergencyDenied)?;
	let record = &query.opening.terms;
	ensure(glass.scope.covers(record), DenyReason::BeyondFirstScope)?;
	// What is not opened may be a dissent: it does not hold up treatment, but nothing beyond that opens.
	let all_read = chart.directives.iter().all(|directive| opened(query, directive).is_some());
	ensure(all_read || BreakGlassScope::First.covers(record), DenyReason::DirectiveOpeningMissing)
}

/// Whether the shown statement opens this record, while finality stalls.
pub(super) fn by_statement(
	facts: &Facts,
	query: &AccessQuery,
	shown: &ShownStatement,
	record: &RecordFacts,
	chart: &ChartFacts,
) -> Result<(), DenyReason> {
	let ShownStatement { statement, seen, opening, .. } = shown;
	let (account, organisation) = who_treats(query, record, chart)?;
	let known = facts.statement.ok_or(DenyReason::StatementNotSigned)?;
	let own = statement.account == account
		&& statement.organisation == organisation
		&& facts.practitioner.is_some();
	ensure(own, DenyReason::BreakGlassOfAnother)?;
	ensure(known.signed, DenyReason::StatementNotSigned)?;
	ensure_about(opening, &statement.seal, record, chart)?;
	let head = match statement.number.cmp(&known.number) {
		Ordering::Less => known.ancestor,
		Ordering::Equal => Some(seen.head),
		Ordering::Greater => None,
	};
	let of_now = head == Some(statement.head)
		&& statement.is_fresh(facts.at)
		&& statement.is_current(seen.now)
		&& seen.now <= facts.at.saturating_add(MAX_STALE_HEAD);
	ensure(of_now, DenyReason::StatementNotOfNow)?;
	ensure(known.privileged, DenyReason::EmergencyPrivilegeLost)?;
	ensure(!dissents(facts, query, chart, organisation), DenyReason::EmergencyDenied)?;
	ensure(BreakGlassScope::First.covers(&query.opening.terms), DenyReason::BeyondFirstScope)
}

fn ensure(holds: bool, reason: DenyReason) -> Result<(), DenyReason> {
	if holds {
		Ok(())
	} else {
		Err(reason)
	}
}

/// The account that asks and its organisation, if it is a clinician's who treats in an emergency and there is
/// somebody to treat.
fn who_treats(
	query: &AccessQuery,
	record: &RecordFacts,
	chart: &ChartFacts,
) -> Result<(AccountBytes, OrganisationId), DenyReason> {
	let Accessor::Staff { account, organisation, role } = query.accessor else {
		return Err(DenyReason::NotAClinician);
	};
	ensure(record.state != RecordState::EnteredInError, DenyReason::RecordEnteredInError)?;
	// Nobody treats the dead.
	ensure(chart.state != ChartState::Deceased, DenyReason::ChartDeceased)?;
	ensure(role == Role::Clinician, DenyReason::NotAClinician)?;
	let to_treat = query.purpose == Purpose::EmergencyTreatment && query.action == Action::Access;
	ensure(to_treat, DenyReason::NotEmergencyTreatment)?;
	Ok((account, organisation))
}

/// That what is shown opens the seal, and is about this chart at this custodian.
fn ensure_about(
	opening: &Opening<BreakGlassTerms>,
	seal: &Seal,
	record: &RecordFacts,
	chart: &ChartFacts,
) -> Result<(), DenyReason> {
	ensure(opening.opens(seal), DenyReason::BreakGlassOpeningWrong)?;
	let BreakGlassTerms { chart: about, custodian } = opening.terms;
	let right = about == chart.chart && custodian == record.custodian;
	ensure(right, DenyReason::BreakGlassOfOtherChart)
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

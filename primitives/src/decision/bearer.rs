//! What a link opens for whoever has it.
//!
//! A link on paper gives way to every deny to anyone that is not on paper, a default one too.

use super::{
	closed, opened, AccessQuery, ActiveDirective, Basis, ChartFacts, DenyReason, Facts, RecordFacts,
};
use crate::{
	codes::{Obligations, RecordState, Rule, Strength},
	directive::{DirectiveTerms, Grantee},
	ids::Seal,
};

/// Decides for the holder of a link. That they hold it is shown elsewhere, by a signature. What is permitted
/// to anyone is not permitted to them: that means anyone whom the chain knows. What is denied to anyone is
/// denied to them too.
pub(super) fn permit(
	facts: &Facts,
	query: &AccessQuery,
	record: &RecordFacts,
	chart: &ChartFacts,
	link: Seal,
) -> Result<(Basis, Obligations), DenyReason> {
	if record.state == RecordState::EnteredInError {
		return Err(DenyReason::RecordEnteredInError);
	}
	let opened = opened(query, chart)?;
	let is_of_link = |terms: &DirectiveTerms| {
		terms.rule == Rule::Permit && terms.grantee == Grantee::Bearer(link)
	};
	let of_link = || opened.iter().filter(|(_, terms)| is_of_link(terms));
	if of_link().next().is_none() {
		return Err(DenyReason::LinkUnknown);
	}
	let denies = |strength: Strength, terms: &DirectiveTerms| {
		terms.rule == Rule::Deny
			&& terms.strength == strength
			&& (terms.grantee == Grantee::Anyone || terms.grantee == Grantee::Bearer(link))
			&& terms.period.contains(facts.at)
			&& is_about(terms, query)
	};
	if opened.iter().any(|(_, terms)| denies(Strength::Specific, terms)) {
		return Err(DenyReason::DirectiveDenies);
	}
	let no_paper = opened
		.iter()
		.any(|(by, terms)| by.paper.is_none() && denies(Strength::Default, terms));
	if let Some(reason) = closed(chart) {
		return Err(reason);
	}
	let (mut first, mut obligations, mut fault) = (None, Obligations::EMPTY, None);
	for (ActiveDirective { id, paper, .. }, terms) in of_link() {
		let outweighed = paper.is_some() && no_paper;
		match check(terms, facts, query) {
			Ok(()) if outweighed => fault = fault.or(Some(DenyReason::DirectiveDenies)),
			Ok(()) => {
				first.get_or_insert(*id);
				obligations = obligations.union(terms.obligations);
			},
			Err(reason) => fault = fault.or(Some(reason)),
		}
	}
	match first {
		Some(id) => Ok((Basis::Directive(id), obligations)),
		None => Err(fault.unwrap_or(DenyReason::LinkUnknown)),
	}
}

/// Whether these terms of a link permit what is asked.
fn check(terms: &DirectiveTerms, facts: &Facts, query: &AccessQuery) -> Result<(), DenyReason> {
	if !terms.is_fit_link() {
		return Err(DenyReason::LinkUnfit);
	}
	if !terms.period.contains(facts.at) {
		return Err(DenyReason::LinkOver);
	}
	if !is_about(terms, query) {
		return Err(DenyReason::LinkOfAnother);
	}
	Ok(())
}

/// Whether action, purpose and record are those of the terms.
fn is_about(terms: &DirectiveTerms, query: &AccessQuery) -> bool {
	terms.actions.contains(query.action)
		&& terms.purposes.cover(query.purpose)
		&& terms.scope.covers(&query.record, &query.opening.terms)
}

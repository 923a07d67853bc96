//! What goes with records beside their content: that they were erased, and what the patient says against
//! them. A vault's word for either is compared with the chain.

use super::missing;
use crate::cli::{render, Context};
use salus_client::{
	chain::At,
	petitions,
	vault_api::{DisputeStatement, ErasedRecord, ListedRecord, Release},
	Error, Result,
};
use salus_primitives::{
	codes::RecordState,
	ids::{OrganisationId, RecordId, Seal},
	record::RecordTerms,
	seal::Opening,
};
use std::{collections::BTreeSet, io::Write};

/// Whether what the vault says that the patient says against a record is what the chain has.
pub(super) async fn disputes_are_on_chain(at: &At, record: &ListedRecord) -> Result<bool> {
	if record.statements.is_empty() {
		return Ok(true);
	}
	let Some(view) = at.record_view(record.id).await? else { return Ok(false) };
	let chart = record.opening.terms.chart;
	Ok(record
		.statements
		.iter()
		.all(|statement| petitions::is_on_chain(statement, &chart, &view)))
}

/// Those that the chain says were erased at this custodian, with their leaves there.
pub(in crate::cli) async fn erased_on_chain(
	context: &Context,
	custodian: OrganisationId,
	listed: Vec<ErasedRecord>,
) -> Result<Vec<(ErasedRecord, Seal)>> {
	let mut erased = Vec::with_capacity(listed.len());
	if listed.is_empty() {
		return Ok(erased);
	}
	let at = context.finalised().await?;
	for record in listed {
		let facts = at.record(record.id).await?;
		let there = facts
			.filter(|facts| facts.state == RecordState::Erased && facts.custodian == custodian);
		erased.extend(there.map(|facts| (record, facts.leaf)));
	}
	Ok(erased)
}

/// [`missing`], where these were erased.
pub(in crate::cli) fn missing_beside<'a>(
	listed: impl Iterator<Item = &'a Opening<RecordTerms>> + Clone,
	erased: &[(ErasedRecord, Seal)],
) -> Vec<u32> {
	let places: BTreeSet<_> = erased.iter().map(|(record, _)| record.sequence).collect();
	// What follows an erased record names its leaf, which the chain still has.
	let known: BTreeSet<_> =
		erased.iter().map(|(record, leaf)| (record.sequence, leaf.0)).collect();
	let followed = |sequence: u32| {
		listed
			.clone()
			.find(|opening| opening.terms.sequence == sequence.saturating_add(1))
	};
	missing(listed.clone())
		.into_iter()
		.filter(|sequence| {
			let fits = followed(*sequence)
				.and_then(|opening| opening.terms.previous_leaf)
				.is_none_or(|leaf| known.contains(&(*sequence, leaf.0)));
			!(places.contains(sequence) && fits)
		})
		.collect()
}

/// Numbers of the petitions by which the patient disputes the record and whose statements did not come with
/// it. Those that came must be the chain's.
pub(super) async fn withheld_disputes(
	context: &Context,
	record: RecordId,
	release: &Release,
) -> Result<Vec<u32>> {
	let Some(view) = context.finalised().await?.record_view(record).await? else {
		return Ok(Vec::new());
	};
	let chart = release.opening.terms.chart;
	let on_chain = |said| petitions::is_on_chain(said, &chart, &view);
	if !release.statements.iter().all(on_chain) {
		return Err(Error::ReleaseMismatch(
			"what it says that the patient says against the record is not what the chain has"
				.into(),
		));
	}
	let came: BTreeSet<_> = release.statements.iter().map(|said| said.number).collect();
	Ok(petitions::disputes(&view).filter(|number| !came.contains(number)).collect())
}

/// What the patient says against a record, for people.
pub(super) fn write_disputes(
	record: &RecordId,
	statements: &[DisputeStatement],
	out: &mut dyn Write,
) -> std::io::Result<()> {
	for said in statements {
		let terms = &said.opening.terms;
		writeln!(
			out,
			"{}: the patient disputes it since {} ({}): {}",
			render::short(record),
			render::moment(terms.at),
			said.state,
			render::printable(&terms.statement)
		)?;
	}
	Ok(())
}

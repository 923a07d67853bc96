//! What goes with records beside their content: that they were erased, and what the patient says against
//! them. A vault's word for either is compared with the chain.

use super::{missing, CATCH_UP};
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
	views::RecordView,
};
use std::{
	collections::BTreeSet,
	io::Write,
	time::{Duration, Instant},
};

/// How often to look at the head meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Looks at the finalised head until `look` finds something, for as long as our node may trail the vault's.
pub(super) async fn await_at_head<T>(
	context: &Context,
	look: impl AsyncFn(At) -> Result<Option<T>>,
) -> Result<Option<T>> {
	let began = Instant::now();
	loop {
		let found = look(context.finalised().await?).await?;
		if found.is_some() || began.elapsed() > CATCH_UP {
			return Ok(found);
		}
		tokio::time::sleep(LOOK_AGAIN).await;
	}
}

/// Whether what the vault says that the patient says against a record is what the chain has.
pub(super) async fn disputes_are_on_chain(
	context: &Context,
	record: &ListedRecord,
) -> Result<bool> {
	if record.statements.is_empty() {
		return Ok(true);
	}
	let chart = record.opening.terms.chart;
	let fits = await_at_head(context, async |at| {
		let view = at.record_view(record.id).await?;
		let on_chain = |view: &RecordView| {
			record.statements.iter().all(|said| petitions::is_on_chain(said, &chart, view))
		};
		Ok(view.filter(on_chain).map(drop))
	});
	Ok(fits.await?.is_some())
}

/// Those that the chain says were erased at this custodian, with their leaves there.
pub(in crate::cli) async fn erased_on_chain(
	context: &Context,
	custodian: OrganisationId,
	listed: Vec<ErasedRecord>,
) -> Result<Vec<(ErasedRecord, Seal)>> {
	let mut erased: Vec<(ErasedRecord, Seal)> = Vec::with_capacity(listed.len());
	for record in listed {
		// One that was erased stands for one place.
		if erased.iter().any(|(known, _)| known.id == record.id) {
			continue;
		}
		let there = await_at_head(context, async |at| {
			let facts = at.record(record.id).await?;
			Ok(facts
				.filter(|facts| facts.state == RecordState::Erased && facts.custodian == custodian))
		});
		erased.extend(there.await?.map(|facts| (record, facts.leaf)));
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
	let chart = release.opening.terms.chart;
	let came: BTreeSet<_> = release.statements.iter().map(|said| said.number).collect();
	let withheld = await_at_head(context, async |at| {
		let Some(view) = at.record_view(record).await? else {
			// Without an entry of its own on chain nothing was asked about it.
			return Ok(came.is_empty().then(Vec::new));
		};
		let on_chain = |said| petitions::is_on_chain(said, &chart, &view);
		if !release.statements.iter().all(on_chain) {
			return Ok(None);
		}
		let untold = petitions::disputes(&view).filter(|number| !came.contains(number));
		Ok(Some(untold.collect()))
	});
	withheld.await?.ok_or_else(|| {
		Error::ReleaseMismatch(
			"what it says that the patient says against the record is not what the chain has"
				.into(),
		)
	})
}

/// What the patient says against a record, for people.
pub(in crate::cli) fn write_disputes(
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

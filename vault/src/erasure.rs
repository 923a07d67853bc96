//! Erasure: the receipt, and what is destroyed once the chain has the grant.
//!
//! Opening with salt, wraps and ciphertext go; a row stays that tells the patient which record it was and
//! which petition has the receipt.

use crate::{
	errors::Result,
	store::{
		bulk::BLANKING, Body, ErasedRow, RecordAct, Rows, StoreError, Writing, BATCH_POSTERS,
		CHARTS, DISCLOSURES, ERASED, ERASED_OBJECTS, HOLDS, RECORDS, RECORD_ACTS,
	},
	vault::Vault,
};
use salus_client::accounting::handed_to;
use salus_primitives::{
	bounded_collections::BoundedVec,
	decision::Accessor,
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::{ChartId, OrganisationId, RecordId},
	petition::{ErasureReceipt, NotReached, MAX_NOT_REACHED},
	time::Moment,
};
use std::{
	collections::{hash_map::Entry as Slot, HashMap},
	sync::Arc,
};

/// What the officer knows of copies that the vault does not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Elsewhere {
	/// First moment at which no backup holds it.
	pub(crate) backups_until: Option<Moment>,
	/// Whether the custodian's own record system keeps it.
	pub(crate) source_system: bool,
}

/// The receipt of an erasure at this moment: backups and the record system first, then to whom the chart's
/// log says that the record was released, each with the last time, and at last who kept the chart before
/// this organisation, `here`. A line of the chart's whole handing stands for all its records, also for one
/// that was written later: the log does not tell which there were. To be noted with the grant in one step:
/// from then on [`is_under_way`] keeps others from joining the list.
pub(crate) fn receipt(
	rows: &impl Rows,
	here: OrganisationId,
	chart: ChartId,
	record: RecordId,
	elsewhere: Elsewhere,
	at: Moment,
) -> Result<ErasureReceipt, StoreError> {
	let end = rows.get(&CHARTS, &chart)?.map_or(0, |row| row.disclosures.next);
	let (mut entries, mut before) = (Vec::new(), Keepers::default());
	for sequence in 0..end {
		let row = rows.get(&DISCLOSURES, &(chart, sequence))?.ok_or(StoreError::Damaged)?;
		let terms = row.opening.terms;
		if let Some((batch, _)) = row.batch {
			before.saw(rows, batch, terms.at)?;
		}
		let to_others = handed_to(&terms).is_some_and(|to| to != here);
		if to_others || terms.subject == Subject::Record(record) {
			entries.push(terms);
		}
	}
	let backup = elsewhere.backups_until.map(|until| NotReached::Backup { until });
	let source = elsewhere.source_system.then_some(NotReached::SourceSystem);
	let mut copies: Vec<_> = backup.into_iter().chain(source).collect();
	copies.extend(recipients(&entries));
	for copy in before.of(record, here) {
		match copies.iter_mut().find(|known| is_same(known, &copy)) {
			Some(known) => *known = copy,
			None => copies.push(copy),
		}
	}
	let most = usize::try_from(MAX_NOT_REACHED).unwrap_or(usize::MAX);
	let more = copies.len() > most;
	copies.truncate(most);
	Ok(ErasureReceipt { erased_at: at, not_reached: BoundedVec::truncate_from(copies), more })
}

/// Who kept a chart before and posted roots of its log, in their order, each with the time of the last line.
#[derive(Default)]
struct Keepers {
	/// By batch.
	posters: HashMap<u64, Option<OrganisationId>>,
	kept: Vec<(OrganisationId, Moment)>,
}

impl Keepers {
	/// Notes a line of this batch.
	fn saw(&mut self, rows: &impl Rows, batch: u64, at: Moment) -> Result<(), StoreError> {
		let poster = match self.posters.entry(batch) {
			Slot::Occupied(known) => *known.get(),
			Slot::Vacant(slot) => *slot.insert(rows.get(&BATCH_POSTERS, &batch)?),
		};
		let Some(poster) = poster else { return Ok(()) };
		match self.kept.iter_mut().find(|(known, _)| *known == poster) {
			Some((_, last)) => *last = at,
			None => self.kept.push((poster, at)),
		}
		Ok(())
	}

	/// Those who had the record: whoever anchored it, and who kept the chart after that.
	fn of(&self, record: RecordId, here: OrganisationId) -> impl Iterator<Item = NotReached> + '_ {
		let anchored = record.anchored_by();
		let first = self.kept.iter().position(|(known, _)| *known == anchored);
		let first = if anchored == here { self.kept.len() } else { first.unwrap_or(0) };
		let kept = self.kept.iter().skip(first).filter(move |(known, _)| *known != here);
		kept.map(|(organisation, at)| NotReached::Recipient {
			organisation: *organisation,
			practitioner: None,
			at: *at,
		})
	}
}

/// Whether a grant that erases the record is noted, whose receipt says who has it.
pub(crate) fn is_under_way(rows: &impl Rows, record: &RecordId) -> Result<bool, StoreError> {
	let erases = |act: &RecordAct| match act {
		RecordAct::Answer { opening } => {
			opening.terms.record == *record && opening.terms.receipt.is_some()
		},
		_ => false,
	};
	Ok(rows.first(&RECORD_ACTS, usize::MAX)?.iter().any(|(_, act)| erases(act)))
}

/// To whom these entries say that something was released. An entry that takes one back does not count:
/// that something left before cannot be ruled out.
fn recipients(entries: &[DisclosureEntry]) -> Vec<NotReached> {
	let mut found: Vec<NotReached> = Vec::new();
	for entry in entries {
		if !matches!(entry.outcome, Outcome::Released(_)) {
			continue;
		}
		let at = entry.at;
		let copy = match entry.accessor {
			Accessor::Staff { organisation, .. } => {
				NotReached::Recipient { organisation, practitioner: entry.practitioner, at }
			},
			// A guardian reads for the patient, and the log does not name them.
			// Who had a link had it from the patient, who knows to whom it went.
			Accessor::Patient { .. } | Accessor::Guardian { .. } | Accessor::Bearer { .. } => {
				NotReached::Patient { at }
			},
		};
		match found.iter_mut().find(|known| is_same(known, &copy)) {
			Some(known) => *known = copy,
			None => found.push(copy),
		}
	}
	found
}

fn is_same(one: &NotReached, other: &NotReached) -> bool {
	match (one, other) {
		(
			NotReached::Recipient { organisation, practitioner, .. },
			NotReached::Recipient { organisation: theirs, practitioner: them, .. },
		) => organisation == theirs && practitioner == them,
		(NotReached::Patient { .. }, NotReached::Patient { .. }) => true,
		_ => false,
	}
}

/// Removes all that opens a record, and notes its objects as ones that are to go. Whether there was
/// anything to remove.
pub(crate) fn erase(
	rows: &Writing<'_>,
	record: &RecordId,
	petition: Option<u32>,
) -> Result<bool, StoreError> {
	let Some(row) = rows.get(&RECORDS, record)? else { return Ok(false) };
	let terms = &row.record.opening.terms;
	let (chart, sequence) = (terms.chart, terms.sequence);
	rows.erase(&RECORDS, record)?;
	rows.erase(&HOLDS, record)?;
	rows.put(&ERASED, record, &ErasedRow { chart, sequence, petition })?;
	rows.push(&ERASED_OBJECTS, &row.record.body.objects())?;
	// As a restored vault finds it: it may lie among others again.
	if let Body::Packed(packed) = &row.record.body {
		rows.push(&BLANKING, &(packed.part.name, packed.offset, packed.part.size))?;
	}
	Ok(true)
}

/// Removes the ciphertexts of erased records. Does so as often as it is asked, until none is noted.
pub(crate) async fn discard(vault: &Arc<Vault>) -> Result<()> {
	let noted = vault
		.stored(|store| Ok(store.read(|rows| rows.first(&ERASED_OBJECTS, usize::MAX))?))
		.await?;
	for (number, names) in noted {
		for name in &names {
			vault.objects.discard(name).await?;
		}
		vault
			.stored(move |store| {
				Ok(store.write::<_, StoreError>(|rows| {
					// Another may have been here first, and the number be another's.
					if rows.at(&ERASED_OBJECTS, number)? == Some(names) {
						rows.drop_at(&ERASED_OBJECTS, number)?;
					}
					Ok(())
				})?)
			})
			.await?;
	}
	Ok(())
}

/// Has what was removed leave the database's file. A backup that is being made reads it as it was, so it is
/// waited for.
pub(crate) async fn scrub(vault: &Arc<Vault>) -> Result<()> {
	if vault.backups.is_running() {
		return Ok(());
	}
	let clean = vault.stored(|store| Ok(store.scrub()?)).await?;
	if !clean {
		tracing::info!("rows of erased records are still being read, and leave the database later");
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::store::{unvouched, ChartRow, DisclosureRow, Identity, NewChart, Store};
	use salus_primitives::{
		codes::{Action, Purpose, Role},
		decision::Basis,
		disclosure::NOT_HANDED_OUT,
		ids::{Salt, Seal},
		seal::Opening,
	};

	fn entry(accessor: Accessor, at: Moment, outcome: Outcome) -> DisclosureEntry {
		DisclosureEntry {
			chart: ChartId([1; 32]),
			sequence: 0,
			previous: None,
			at,
			head: [0; 32],
			accessor,
			practitioner: matches!(accessor, Accessor::Staff { .. }).then_some(7),
			action: Action::Access,
			purpose: Purpose::Treatment,
			subject: Subject::Record(RecordId([2; 32])),
			outcome,
		}
	}

	#[test]
	fn who_got_the_whole_chart_or_had_it_before_is_in_the_receipt() {
		const CHART: ChartId = ChartId([1; 32]);
		let handed = |organisation, at| DisclosureEntry {
			action: Action::Disclose,
			purpose: Purpose::Operations,
			practitioner: None,
			subject: Subject::Listing,
			..entry(
				Accessor::Staff { account: [3; 32], organisation, role: Role::System },
				at,
				Outcome::Released(Basis::Custodian),
			)
		};
		// Kept by 5, who offered it in vain to 6 and gave it to 7, who gave it to 8, all of which had lines.
		let lines = [
			(handed(6, 10), 1),
			(handed(7, 20), 1),
			(DisclosureEntry { at: 30, ..handed(8, 30) }, 2),
			(DisclosureEntry { action: Action::Access, ..handed(9, 40) }, 3),
		];
		let folder = tempfile::tempdir().unwrap();
		let key = salus_client::vault_api::DatabaseKey { key: [5; 32] };
		let path = folder.path().join("vault.redb");
		let store = Store::open(&path, &key, Identity::new([0; 32], 8)).unwrap();
		store
			.write::<_, StoreError>(|rows| {
				let encryption_key = unvouched([1; 32]);
				let new = NewChart { chart: CHART, key: [2; 32], encryption_key };
				let mut chart = ChartRow::empty(new);
				for (sequence, (terms, batch)) in (0u32..).zip(&lines) {
					let opening = Opening { terms: terms.clone(), salt: Salt([0; 32]) };
					chart.disclosures = chart.disclosures.after(opening.seal());
					let row = DisclosureRow { opening, batch: Some((*batch, 0)) };
					rows.put(&DISCLOSURES, &(CHART, sequence), &row)?;
				}
				rows.put(&BATCH_POSTERS, &1, &5)?;
				rows.put(&BATCH_POSTERS, &2, &7)?;
				rows.put(&CHARTS, &CHART, &chart)
			})
			.unwrap();
		let named = |record| {
			let found = store
				.read(|rows| receipt(rows, 8, CHART, record, Elsewhere::default(), 99))
				.unwrap();
			found
				.not_reached
				.iter()
				.map(|copy| match copy {
					NotReached::Recipient { organisation, at, .. } => (*organisation, *at),
					other => panic!("{other:?}"),
				})
				.collect::<Vec<_>>()
		};
		let anchored_by = |organisation| RecordId::derive(&[0; 32], organisation, &Salt([1; 32]));
		assert_eq!(named(anchored_by(5)), [(6, 10), (7, 30), (5, 20)]);
		assert_eq!(named(anchored_by(7)), [(6, 10), (7, 30)]);
		assert_eq!(
			named(anchored_by(8)),
			[(6, 10), (7, 20)],
			"lines of whole charts stand for all"
		);
	}

	#[test]
	fn recipients_are_told_once_with_the_last_time() {
		let staff = |organisation| Accessor::Staff {
			account: [3; 32],
			organisation,
			role: Role::Clinician,
		};
		let patient = Accessor::Patient { account: [4; 32] };
		let guardian = Accessor::Guardian { leaf: Seal([5; 32]) };
		let released = Outcome::Released(Basis::Custodian);
		let entries = [
			entry(staff(1), 1, released),
			entry(staff(2), 2, Outcome::Refused(32)),
			entry(patient, 3, Outcome::Released(Basis::Patient)),
			entry(staff(1), 4, released),
			entry(staff(1), 4, Outcome::Refused(NOT_HANDED_OUT)),
			entry(staff(3), 5, released),
			entry(guardian, 6, Outcome::Released(Basis::Guardian)),
		];
		let at =
			|organisation, at| NotReached::Recipient { organisation, practitioner: Some(7), at };
		assert_eq!(recipients(&entries), [at(1, 4), NotReached::Patient { at: 6 }, at(3, 5)]);
	}
}

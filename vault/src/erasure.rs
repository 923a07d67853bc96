//! Erasure: the receipt, and what is destroyed once the chain has the grant.
//!
//! Opening with salt, wraps and ciphertext go; a row stays that tells the patient which record it was and
//! which petition has the receipt.

use crate::{
	errors::Result,
	store::{
		bulk::BLANKING, Body, ErasedRow, RecordAct, Rows, StoreError, Writing, CHARTS, DISCLOSURES,
		ERASED, ERASED_OBJECTS, HOLDS, RECORDS, RECORD_ACTS,
	},
	vault::Vault,
};
use salus_primitives::{
	bounded_collections::BoundedVec,
	decision::Accessor,
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::{ChartId, RecordId},
	petition::{ErasureReceipt, NotReached, MAX_NOT_REACHED},
	time::Moment,
};
use std::sync::Arc;

/// What the officer knows of copies that the vault does not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Elsewhere {
	/// First moment at which no backup holds it.
	pub(crate) backups_until: Option<Moment>,
	/// Whether the custodian's own record system keeps it.
	pub(crate) source_system: bool,
}

/// The receipt of an erasure at this moment: backups and the record system first, then to whom the chart's
/// log says that the record was released, each with the last time. To be noted with the grant in one step:
/// from then on [`is_under_way`] keeps others from joining the list.
pub(crate) fn receipt(
	rows: &impl Rows,
	chart: ChartId,
	record: RecordId,
	elsewhere: Elsewhere,
	at: Moment,
) -> Result<ErasureReceipt, StoreError> {
	let end = rows.get(&CHARTS, &chart)?.map_or(0, |row| row.disclosures.next);
	let mut entries = Vec::new();
	for sequence in 0..end {
		let row = rows.get(&DISCLOSURES, &(chart, sequence))?.ok_or(StoreError::Damaged)?;
		if row.opening.terms.subject == Subject::Record(record) {
			entries.push(row.opening.terms);
		}
	}
	let backup = elsewhere.backups_until.map(|until| NotReached::Backup { until });
	let source = elsewhere.source_system.then_some(NotReached::SourceSystem);
	let mut copies: Vec<_> = backup.into_iter().chain(source).collect();
	copies.extend(recipients(&entries));
	let most = usize::try_from(MAX_NOT_REACHED).unwrap_or(usize::MAX);
	let more = copies.len() > most;
	copies.truncate(most);
	Ok(ErasureReceipt { erased_at: at, not_reached: BoundedVec::truncate_from(copies), more })
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
	use salus_primitives::{
		codes::{Action, Purpose, Role},
		decision::Basis,
		disclosure::NOT_HANDED_OUT,
		ids::Seal,
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

//! Attempts: a reader whose connection broke, or whose vault was killed, asks again under the same random name,
//! and the log tells of one reading.
//!
//! Only the line is saved, never the decision: each request is decided at the finalised head like any other. Where
//! it is permitted in the same right, to the same account and for the same record, action and purpose, the line of
//! before stands for it too. Any other answer is a line of its own, and ends what could be gone on with. Names are
//! kept as digests, for a day.

use crate::{
	disclosures::{self, append_to, Access},
	erasure,
	errors::{Error, Result},
	store::{AttemptName, AttemptRow, Rows, Store, Writing, ATTEMPTS, ATTEMPT_NAMES},
	vault::Vault,
};
use axum::http::HeaderMap;
use salus_client::vault_api::{Attempt, ATTEMPT_HEADER, ATTEMPT_VALIDITY};
use salus_primitives::{
	decision::Basis,
	disclosure::{Outcome, Subject, NOT_HANDED_OUT},
	ids::{Digest, OrganisationId, RecordId},
	time::Moment,
};
use std::sync::Arc;

/// Rows that are removed in one write.
const AT_ONCE: usize = 256;
/// Writes in a row; the next sweep goes on.
const STEPS: usize = 64;

/// The digest of an attempt's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named(Digest);

impl Named {
	/// By this name.
	pub(crate) fn by(attempt: &Attempt) -> Self {
		Self(Digest::of(attempt.as_bytes()))
	}
}

/// The attempt that the header names, if there is one.
pub(crate) fn named(headers: &HeaderMap) -> Result<Option<Named>> {
	let Some(header) = headers.get(ATTEMPT_HEADER) else { return Ok(None) };
	let attempt = header.to_str().ok().and_then(|text| text.parse::<Attempt>().ok());
	attempt.map(|attempt| Some(Named::by(&attempt))).ok_or_else(|| {
		Error::Malformed(format!("{ATTEMPT_HEADER}: send 16 random bytes as 32 hexadecimal digits"))
	})
}

/// What stands in the log for a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
	/// Its sequence.
	pub(crate) sequence: u32,
	/// Whether this request wrote it.
	pub(crate) is_new: bool,
}

impl AttemptRow {
	/// Whether it is of who asks for this, of the same and for the same.
	fn is_of(&self, access: &Access, record: &RecordId) -> bool {
		self.account == access.account
			&& self.accessor == access.accessor
			&& self.record == *record
			&& self.action == access.action
			&& self.purpose == access.purpose
	}
}

/// Logs a release within an attempt, unless it goes on with a line that is there, and does something else in
/// the same write.
pub(crate) async fn log(
	vault: &Arc<Vault>,
	access: Access,
	record: RecordId,
	basis: Basis,
	named: Named,
	also: impl FnOnce(&Writing<'_>) -> Result<()> + Send + 'static,
) -> Result<Line> {
	let here = vault.organisation;
	disclosures::log_by(vault, move |rows| {
		also(rows)?;
		let line = begin(rows, here, &access, record, basis, named)?;
		Ok((line, line.is_new.then_some(Outcome::Released(basis))))
	})
	.await
}

fn begin(
	rows: &Writing<'_>,
	here: OrganisationId,
	access: &Access,
	record: RecordId,
	basis: Basis,
	Named(name): Named,
) -> Result<Line> {
	let at = access.head.at;
	let known = rows.get(&ATTEMPTS, &name)?.filter(|row| at < row.until);
	if known.is_some_and(|row| !row.is_of(access, &record)) {
		return Err(Error::AlreadyExists(
			"an attempt of this name asked for something else, or was another's: choose a new random name",
		));
	}
	if let Some(row) = known.filter(|row| row.basis == Some(basis)) {
		// What counts for a line of its own counts for going on with one.
		if erasure::is_under_way(rows, &record)? {
			return Err(Error::RecordBeingErased);
		}
		rows.put(&ATTEMPTS, &name, &AttemptRow { went_on: true, ..row })?;
		return Ok(Line { sequence: row.sequence, is_new: false });
	}
	let access = Access { subject: Subject::Record(record), ..*access };
	let sequence = append_to(rows, here, &access, Outcome::Released(basis))?;
	let until = match known {
		// A name does not live on by being used.
		Some(row) => row.until,
		None => {
			let until = at.saturating_add(ATTEMPT_VALIDITY);
			rows.push(&ATTEMPT_NAMES, &AttemptName { name, until })?;
			until
		},
	};
	let row = AttemptRow {
		account: access.account,
		accessor: access.accessor,
		record,
		action: access.action,
		purpose: access.purpose,
		basis: Some(basis),
		sequence,
		went_on: false,
		until,
	};
	rows.put(&ATTEMPTS, &name, &row)?;
	Ok(Line { sequence, is_new: true })
}

/// The chain refused: what is released by this name from now on has a line of its own.
pub(crate) async fn end(
	vault: &Arc<Vault>,
	access: Access,
	record: RecordId,
	Named(name): Named,
) -> Result<()> {
	vault
		.stored(move |store| {
			let goes_on = |row: &AttemptRow| row.basis.is_some() && row.is_of(&access, &record);
			if !store.read(|rows| rows.get(&ATTEMPTS, &name))?.is_some_and(|row| goes_on(&row)) {
				return Ok(());
			}
			store.write(|rows| match rows.get(&ATTEMPTS, &name)? {
				Some(row) if goes_on(&row) => {
					Ok(rows.put(&ATTEMPTS, &name, &AttemptRow { basis: None, ..row })?)
				},
				_ => Ok(()),
			})
		})
		.await
}

/// Logs that nothing left by this request after all. Where another one goes on with the same line, which may
/// have got something, a fault that passes takes nothing back.
pub(crate) async fn log_failure(
	vault: &Arc<Vault>,
	access: Access,
	code: u8,
	line: Line,
	Named(name): Named,
) -> Result<()> {
	let here = vault.organisation;
	disclosures::log_by(vault, move |rows| {
		let row = rows.get(&ATTEMPTS, &name)?;
		let row = row.filter(|row| row.sequence == line.sequence && row.basis.is_some());
		match row {
			Some(row) if row.went_on && code == NOT_HANDED_OUT => return Ok(((), None)),
			Some(row) => rows.put(&ATTEMPTS, &name, &AttemptRow { basis: None, ..row })?,
			// Another one took it back.
			None if code == NOT_HANDED_OUT && !line.is_new => return Ok(((), None)),
			None => {},
		}
		let outcome = Outcome::Refused(code);
		append_to(rows, here, &access, outcome)?;
		Ok(((), Some(outcome)))
	})
	.await
}

/// Removes attempts whose names are nothing any more at this moment; a bounded number of them. Gives how many.
pub(crate) async fn purge(vault: &Arc<Vault>, at: Moment) -> Result<usize> {
	let mut removed = 0usize;
	for _ in 0..STEPS {
		let step = vault.stored(move |store| purge_step(store, at)).await?;
		removed = removed.saturating_add(step);
		if step < AT_ONCE {
			break;
		}
	}
	Ok(removed)
}

fn purge_step(store: &Store, at: Moment) -> Result<usize> {
	let over = |rows: Vec<(u64, AttemptName)>| -> Vec<(u64, AttemptName)> {
		rows.into_iter().take_while(|(_, row)| row.until <= at).collect()
	};
	if over(store.read(|rows| rows.first(&ATTEMPT_NAMES, 1))?).is_empty() {
		return Ok(0);
	}
	store.write(|rows| {
		let over = over(rows.first(&ATTEMPT_NAMES, AT_ONCE)?);
		for (number, AttemptName { name, .. }) in &over {
			// The name may have begun anew since.
			if rows.get(&ATTEMPTS, name)?.is_some_and(|row| row.until <= at) {
				rows.remove(&ATTEMPTS, name)?;
			}
			rows.drop_at(&ATTEMPT_NAMES, *number)?;
		}
		Ok(over.len())
	})
}

#[cfg(test)]
mod tests;

//! Recalls: who read something under a directive that has ended, and may read it no more, is told so, and
//! answers; `docs/recalls.md` tells the whole.
//!
//! The line of the log that tells of such a release is noted with its directive, in the same transaction
//! (`note`). A task looks which of those directives have ended at the finalised head, and makes recalls of
//! their lines, page by page, each page with the mark of how far it is in one transaction (`follow`). A line that
//! another directive permits goes under that one in the same transaction, and waits for its end. The
//! name of a recall follows from who is told what, so that nothing is told twice. Recipients and their houses
//! list and answer (`answers`); the patient reads all of a chart.

mod answers;
mod follow;
#[cfg(test)]
mod tests;

pub(crate) use answers::{answer, of_caller, of_chart, one, records};
pub(crate) use follow::follow_forever;

use crate::store::{Rows, StoreError, WatchedChart, WatchedDirective, Writing, UNDER, WATCHED};
use salus_primitives::{
	decision::{Accessor, Basis},
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::{ChartId, DirectiveId, OrganisationId},
};
use std::{
	collections::HashSet,
	sync::{Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Most charts that are remembered to be looked at first; more wait for their turn.
const MAX_HURRIED: usize = 4096;

/// What the task shares with those who know that something of a chart has changed.
#[derive(Default)]
pub(crate) struct Recalls {
	hurried: Mutex<HashSet<ChartId>>,
	wake: Notify,
}

impl Recalls {
	/// Has the task look at this chart at once: its directives have just changed on chain.
	pub(crate) fn hurry(&self, chart: ChartId) {
		let mut hurried = self.hurried.lock().unwrap_or_else(PoisonError::into_inner);
		if hurried.len() < MAX_HURRIED {
			hurried.insert(chart);
		}
		drop(hurried);
		self.wake.notify_one();
	}

	/// The charts to look at first, which are then forgotten.
	fn take_hurried(&self) -> HashSet<ChartId> {
		std::mem::take(&mut *self.hurried.lock().unwrap_or_else(PoisonError::into_inner))
	}
}

/// The directive under which this line tells that a record went to another house than `here`, which is
/// told when that directive ends. Patients, guardians, this house's own staff and those who have a link,
/// whom nobody can reach, are not.
fn left_under(entry: &DisclosureEntry, here: OrganisationId) -> Option<DirectiveId> {
	match (entry.accessor, entry.subject, entry.outcome) {
		(
			Accessor::Staff { organisation, .. },
			Subject::Record(_),
			Outcome::Released(Basis::Directive(directive)),
		) if organisation != here => Some(directive),
		_ => None,
	}
}

/// Notes a line of the log by its directive, to be written with the line itself.
pub(crate) fn note(
	rows: &Writing<'_>,
	here: OrganisationId,
	entry: &DisclosureEntry,
) -> Result<(), StoreError> {
	let Some(directive) = left_under(entry, here) else { return Ok(()) };
	let chart = entry.chart;
	let known = rows.get(&WATCHED, &chart)?;
	let mut watched = known.unwrap_or(WatchedChart { chart, directives: Vec::new() });
	put_under(rows, &mut watched, directive, entry.sequence)?;
	rows.put(&WATCHED, &chart, &watched)
}

/// Puts a line of the log behind those under the directive. The chart's row is for the caller to write.
fn put_under(
	rows: &Writing<'_>,
	watched: &mut WatchedChart,
	directive: DirectiveId,
	sequence: u32,
) -> Result<(), StoreError> {
	let found = watched.directives.iter_mut().find(|known| known.directive == directive);
	let place = match found {
		Some(known) => {
			let place = known.end;
			known.end = place.checked_add(1).ok_or(StoreError::Damaged)?;
			place
		},
		None => {
			watched.directives.push(WatchedDirective { directive, from: 0, end: 1 });
			0
		},
	};
	rows.put(&UNDER, &(watched.chart, directive, place), &sequence)
}

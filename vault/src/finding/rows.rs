//! What is kept so that charts are found, without the chain.

use crate::{
	errors::{Error, Result},
	store::{
		FindableRow, MissRow, PersonMark, Rows, StoreError, Writing, EMERGENCY_CARDS, FINDABLE,
		FINDABLE_SINCE, MISSES, MISS_PLACES, PERSONS, TAKEN_IN,
	},
};
use salus_client::vault_api::{Findable, Gender, Particulars, Question};
use salus_primitives::{
	ids::{ChartId, Digest},
	search::code_digest,
};

/// Most searches that found nothing and are remembered; of more the oldest go.
pub(super) const MAX_MISSES: usize = 4096;
/// Most codes of ended cards that are kept from others, for each chart; of more the oldest go.
pub(super) const MAX_ENDED: usize = 64;

/// How the chart can be found. What was said before a restore does not count, for more may have been said since
/// the backup; neither does what was said to another custodian. Such a chart can not be found until its patient
/// opts in.
pub(super) fn state(rows: &impl Rows, chart: ChartId) -> Result<FindableRow, StoreError> {
	let since = rows.get(&FINDABLE_SINCE, &())?;
	match rows.get(&FINDABLE, &chart)? {
		Some(row) if row.since == since => Ok(row),
		Some(row) => Ok(FindableRow { opted_out: true, ..row }),
		None => {
			let opted_out = since.is_some() || rows.get(&TAKEN_IN, &chart)?.is_some();
			Ok(FindableRow { opted_out, ..FindableRow::default() })
		},
	}
}

/// Writes how the chart can be found from now on.
fn keep(rows: &Writing<'_>, chart: ChartId, row: &mut FindableRow) -> Result<(), StoreError> {
	row.since = rows.get(&FINDABLE_SINCE, &())?;
	rows.put(&FINDABLE, &chart, row)
}

/// Notes that nobody had this chart before now, so that no restore hides what was said of it.
pub(super) fn begin(rows: &Writing<'_>, chart: ChartId) -> Result<(), StoreError> {
	let restored = rows.get(&FINDABLE_SINCE, &())?.is_some();
	if restored && rows.get(&FINDABLE, &chart)?.is_none() {
		keep(rows, chart, &mut FindableRow::default())?;
	}
	Ok(())
}

impl FindableRow {
	pub(super) const fn told(&self) -> Findable {
		Findable {
			card: self.card.is_some() && !self.opted_out,
			registered: self.person.is_some() && !self.opted_out,
			opted_out: self.opted_out,
		}
	}
}

/// Makes this the code of the chart's card; the one before ends.
pub(super) fn place_card(rows: &Writing<'_>, chart: ChartId, code: Digest) -> Result<()> {
	let mut row = state(rows, chart)?;
	if row.opted_out {
		return Err(Error::OptedOut);
	}
	// Who has somebody's card does not make it their own, nor one that ended.
	if rows.get(&EMERGENCY_CARDS, &code)?.is_some_and(|of| of != chart) {
		return Err(Error::AlreadyExists("this code is another card's: make a new card"));
	}
	end_card(rows, &mut row)?;
	row.ended.retain(|ended| *ended != code);
	rows.put(&EMERGENCY_CARDS, &code, &chart)?;
	row.card = Some(code);
	Ok(keep(rows, chart, &mut row)?)
}

/// Ends the chart's card, if there is one.
pub(super) fn revoke_card(rows: &Writing<'_>, chart: ChartId) -> Result<()> {
	let mut row = state(rows, chart)?;
	end_card(rows, &mut row)?;
	Ok(keep(rows, chart, &mut row)?)
}

/// The card finds the chart no more. Its code stays the chart's: old cards lie about, and must not lead to
/// somebody else's.
fn end_card(rows: &Writing<'_>, row: &mut FindableRow) -> Result<(), StoreError> {
	let Some(code) = row.card.take() else { return Ok(()) };
	row.ended.push(code);
	if row.ended.len() > MAX_ENDED {
		rows.remove(&EMERGENCY_CARDS, &row.ended.remove(0))?;
	}
	Ok(())
}

/// Makes these the particulars by which the chart is found.
pub(super) fn register(
	rows: &Writing<'_>,
	chart: ChartId,
	particulars: &Particulars,
) -> Result<()> {
	let mut row = state(rows, chart)?;
	if row.opted_out {
		return Err(Error::OptedOut);
	}
	drop_person(rows, chart, &mut row)?;
	let mark = PersonMark::of(rows, particulars);
	let mut alike = rows.get(&PERSONS, &mark)?.unwrap_or_default();
	alike.push(chart);
	rows.put(&PERSONS, &mark, &alike)?;
	row.person = Some(mark);
	Ok(keep(rows, chart, &mut row)?)
}

/// Forgets the particulars of the chart, if there are any.
pub(super) fn unregister(rows: &Writing<'_>, chart: ChartId) -> Result<()> {
	let mut row = state(rows, chart)?;
	drop_person(rows, chart, &mut row)?;
	Ok(keep(rows, chart, &mut row)?)
}

fn drop_person(
	rows: &Writing<'_>,
	chart: ChartId,
	row: &mut FindableRow,
) -> Result<(), StoreError> {
	let Some(mark) = row.person.take() else { return Ok(()) };
	let mut alike = rows.get(&PERSONS, &mark)?.unwrap_or_default();
	alike.retain(|known| *known != chart);
	if alike.is_empty() {
		rows.remove(&PERSONS, &mark)?;
		Ok(())
	} else {
		rows.put(&PERSONS, &mark, &alike)
	}
}

/// Opts the chart out, and removes by what it could be found; or in again, with neither card nor particulars.
pub(super) fn set_opted_out(
	rows: &Writing<'_>,
	chart: ChartId,
	opted_out: bool,
) -> Result<Findable> {
	let mut row = state(rows, chart)?;
	// What a backup brought goes, too.
	if opted_out || row.opted_out {
		end_card(rows, &mut row)?;
		drop_person(rows, chart, &mut row)?;
	}
	row.opted_out = opted_out;
	keep(rows, chart, &mut row)?;
	Ok(row.told())
}

/// The charts that answer this question. Whether they are in use is the chain's to say.
pub(super) fn fitting(rows: &impl Rows, question: &Question) -> Result<Vec<ChartId>, StoreError> {
	match question {
		Question::Code { code } => {
			let code = code_digest(code);
			let Some(chart) = rows.get(&EMERGENCY_CARDS, &code)? else { return Ok(Vec::new()) };
			let row = state(rows, chart)?;
			let counts = !row.opted_out && row.card == Some(code);
			Ok(counts.then_some(chart).into_iter().collect())
		},
		Question::Person { particulars } => person(rows, particulars),
	}
}

/// The charts of people with these particulars. All genders are looked up, whatever is asked.
fn person(rows: &impl Rows, asked: &Particulars) -> Result<Vec<ChartId>, StoreError> {
	let mut fitting = Vec::new();
	for gender in [None, Some(Gender::Male), Some(Gender::Female), Some(Gender::Other)] {
		let who = asked.with_gender(gender);
		let alike = rows.get(&PERSONS, &PersonMark::of(rows, &who))?.unwrap_or_default();
		let differs = gender.is_some() && asked.gender.is_some() && gender != asked.gender;
		if !differs {
			for chart in alike {
				// The rows of one that opted out are gone; this does not hang on that.
				if !state(rows, chart)?.opted_out {
					fitting.push(chart);
				}
			}
		}
	}
	Ok(fitting)
}

/// Remembers a search that found nothing; one that is asked again once.
pub(super) fn note_miss(rows: &Writing<'_>, miss: MissRow) -> Result<(), StoreError> {
	note_among(rows, miss, MAX_MISSES)
}

pub(super) fn note_among(rows: &Writing<'_>, miss: MissRow, most: usize) -> Result<(), StoreError> {
	if let Some(place) = rows.get(&MISS_PLACES, &miss.search)? {
		let mut known = rows.at(&MISSES, place)?.ok_or(StoreError::Damaged)?;
		known.last = miss.last;
		known.times = known.times.saturating_add(1);
		return rows.set(&MISSES, place, &known);
	}
	let place = rows.push(&MISSES, &miss)?;
	rows.put(&MISS_PLACES, &miss.search, &place)?;
	// Numbers run on, so the first tells how many there are.
	let oldest = rows.first(&MISSES, 1)?;
	if let [(first, row)] = oldest.as_slice() {
		let kept = u64::try_from(most).unwrap_or(u64::MAX);
		if place.saturating_sub(*first) >= kept {
			rows.drop_at(&MISSES, *first)?;
			rows.remove(&MISS_PLACES, &row.search)?;
		}
	}
	Ok(())
}

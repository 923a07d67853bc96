//! What is kept so that charts are found, without the chain.

use crate::{
	errors::{Error, Result},
	store::{
		FindableRow, MissRow, PersonMark, PersonRow, Rows, StoreError, Writing, EMERGENCY_CARDS,
		FINDABLE, FINDABLE_SINCE, MISSES, MISS_PLACES, PERSONS, TAKEN_IN,
	},
};
use salus_client::vault_api::{Findable, Gender, Particulars, Question};
use salus_primitives::{
	ids::{ChartId, Digest},
	search::code_digest,
	time::Moment,
};

/// Most searches that found nothing and are remembered; of more the oldest go.
pub(super) const MAX_MISSES: usize = 4096;

/// How the chart can be found. One that came with a holding can not until its patient says so: what they had
/// said to its custodian before did not come along.
pub(super) fn state(rows: &impl Rows, chart: ChartId) -> Result<FindableRow, StoreError> {
	match rows.get(&FINDABLE, &chart)? {
		Some(row) => Ok(row),
		None => {
			let opted_out = rows.get(&TAKEN_IN, &chart)?.is_some();
			Ok(FindableRow { opted_out, ..FindableRow::default() })
		},
	}
}

impl FindableRow {
	pub(super) const fn told(self) -> Findable {
		Findable {
			card: self.card.is_some(),
			registered: self.person.is_some(),
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
	// Who has somebody's card does not make it their own.
	if rows.get(&EMERGENCY_CARDS, &code)?.is_some_and(|of| of != chart) {
		return Err(Error::AlreadyExists("this code is another card's: make a new card"));
	}
	drop_card(rows, &mut row)?;
	rows.put(&EMERGENCY_CARDS, &code, &chart)?;
	row.card = Some(code);
	Ok(rows.put(&FINDABLE, &chart, &row)?)
}

/// Ends the chart's card, if there is one.
pub(super) fn revoke_card(rows: &Writing<'_>, chart: ChartId) -> Result<()> {
	let mut row = state(rows, chart)?;
	drop_card(rows, &mut row)?;
	Ok(rows.put(&FINDABLE, &chart, &row)?)
}

fn drop_card(rows: &Writing<'_>, row: &mut FindableRow) -> Result<(), StoreError> {
	if let Some(code) = row.card.take() {
		rows.remove(&EMERGENCY_CARDS, &code)?;
	}
	Ok(())
}

/// Makes these the particulars by which the chart is found, from `at` on.
pub(super) fn register(
	rows: &Writing<'_>,
	chart: ChartId,
	particulars: &Particulars,
	at: Moment,
) -> Result<()> {
	let mut row = state(rows, chart)?;
	if row.opted_out {
		return Err(Error::OptedOut);
	}
	drop_person(rows, chart, &mut row)?;
	let mark = PersonMark::of(rows, particulars);
	let mut alike = rows.get(&PERSONS, &mark)?.unwrap_or_default();
	alike.push(PersonRow { chart, at });
	rows.put(&PERSONS, &mark, &alike)?;
	row.person = Some(mark);
	Ok(rows.put(&FINDABLE, &chart, &row)?)
}

/// Forgets the particulars of the chart, if there are any.
pub(super) fn unregister(rows: &Writing<'_>, chart: ChartId) -> Result<()> {
	let mut row = state(rows, chart)?;
	drop_person(rows, chart, &mut row)?;
	Ok(rows.put(&FINDABLE, &chart, &row)?)
}

fn drop_person(
	rows: &Writing<'_>,
	chart: ChartId,
	row: &mut FindableRow,
) -> Result<(), StoreError> {
	let Some(mark) = row.person.take() else { return Ok(()) };
	let mut alike = rows.get(&PERSONS, &mark)?.unwrap_or_default();
	alike.retain(|known| known.chart != chart);
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
	if opted_out {
		drop_card(rows, &mut row)?;
		drop_person(rows, chart, &mut row)?;
	}
	row.opted_out = opted_out;
	rows.put(&FINDABLE, &chart, &row)?;
	Ok(row.told())
}

/// The one chart that answers this question, if exactly one does.
pub(super) fn found(rows: &impl Rows, question: &Question) -> Result<Option<ChartId>, StoreError> {
	let chart = match question {
		Question::Code { code } => rows.get(&EMERGENCY_CARDS, &code_digest(code))?,
		Question::Person { particulars } => person(rows, particulars)?,
	};
	match chart {
		// Its rows are gone if it opted out; this does not hang on that.
		Some(chart) => Ok((!state(rows, chart)?.opted_out).then_some(chart)),
		None => Ok(None),
	}
}

/// The one chart of somebody with these particulars. All genders are looked up, whatever is asked.
fn person(rows: &impl Rows, asked: &Particulars) -> Result<Option<ChartId>, StoreError> {
	let since = rows.get(&FINDABLE_SINCE, &())?;
	let mut fitting = Vec::new();
	for gender in [None, Some(Gender::Male), Some(Gender::Female), Some(Gender::Other)] {
		let who = asked.with_gender(gender);
		let alike = rows.get(&PERSONS, &PersonMark::of(rows, &who))?.unwrap_or_default();
		let differs = gender.is_some() && asked.gender.is_some() && gender != asked.gender;
		if !differs {
			let counts = |row: &PersonRow| since.is_none_or(|since| row.at > since);
			fitting.extend(alike.into_iter().filter(counts).map(|row| row.chart));
		}
	}
	match fitting.as_slice() {
		[one] => Ok(Some(*one)),
		_ => Ok(None),
	}
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

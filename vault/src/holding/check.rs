//! The receiver's side: whether what came of a chart is what the finalised chain says. Only what is sealed
//! on chain, or named by what is, is believed; what a seal does not hold any more (a hold that was released)
//! is taken as the giver tells it. And whether it is no less than what came before.

use super::bring::Wrong;
use crate::{
	records::MAX_MEDIA_TYPE,
	store::{HeldChart, Rows, StoreError, BATCHES, ERASED, HELD_BATCHES, HELD_ROWS, RECORDS},
};
use salus_client::{
	chain::At,
	envelope::{envelope_size, WrapContext},
	vault_api::{chart_digest, HandedChart, HandedEnd, HandedRow, MAX_CIPHERTEXT, MAX_PAGE},
};
use salus_primitives::{
	batch::{BatchFacts, BatchProof},
	codes::{PetitionKind, PetitionState, RecordState},
	decision::{ChartFacts, RecordFacts},
	ids::{AccountBytes, AskId, ChartId, DirectiveId, OrganisationId, RecordId, RequestId, Seal},
	petition::Petition,
	seal::Opening,
	views::{AskView, DirectiveView, PetitionView, RecordView, RequestView},
};
use std::collections::{HashMap, HashSet};

/// Who keeps what the giver had, and who we are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parties {
	pub(super) genesis: [u8; 32],
	/// Whose holding it is, or was.
	pub(super) from: OrganisationId,
	/// Whom the chain names for it now: the giver, or this house.
	pub(super) keeper: OrganisationId,
	pub(super) here: OrganisationId,
}

/// Whether the rows are the chart that was announced, whole and in one piece: every list goes from its
/// beginning to its end, and each item names its predecessor.
pub(super) fn shape(parties: Parties, of: &HandedChart, rows: &[HandedRow]) -> Result<(), Wrong> {
	if rows.len() as u64 != u64::from(of.rows) || chart_digest(rows) != of.digest {
		return Err("other rows than announced");
	}
	let Some(HandedRow::Chart { chart, key, encryption_key, records, disclosures }) = rows.first()
	else {
		return Err("a chart without its first row");
	};
	if *chart != of.chart || !encryption_key.is_vouched_for(&parties.genesis, chart, key) {
		return Err("a chart's key without the word of its signing key");
	}
	let mut log = HandedEnd { next: 0, last: None };
	let mut places: HashSet<u32> = HashSet::new();
	let mut named: HashSet<RecordId> = HashSet::new();
	let mut known: HashSet<RecordId> = HashSet::new();
	for row in rows.iter().skip(1) {
		let of_chart = match row {
			HandedRow::Chart { .. } => return Err("two charts in one"),
			// The chain says of which chart it is.
			HandedRow::Directive { .. } => true,
			HandedRow::Request { opening, answer, .. } => {
				let readable = |json: &String| {
					serde_json::from_str::<salus_client::vault_api::RequestAnswer>(json).is_ok()
				};
				if !answer.as_ref().is_none_or(readable) {
					return Err("an answer to a request that can not be read");
				}
				opening.terms.chart == *chart
			},
			HandedRow::Disclosure { opening, .. } => {
				let terms = &opening.terms;
				if terms.sequence != log.next || terms.previous != log.last {
					return Err("a log with a gap");
				}
				log = HandedEnd { next: log.next.saturating_add(1), last: Some(opening.seal()) };
				terms.chart == *chart
			},
			HandedRow::Record { record, opening, .. } => {
				known.insert(*record);
				let terms = &opening.terms;
				if terms.sequence >= records.next || !places.insert(terms.sequence) {
					return Err("a record without a place of its own in its chart");
				}
				if terms.sequence.checked_add(1) == Some(records.next)
					&& records.last != Some(opening.seal())
				{
					return Err("another end of the chart than its last record");
				}
				named.insert(*record) && terms.chart == *chart
			},
			HandedRow::Erased { record, sequence, .. } => {
				known.insert(*record);
				named.insert(*record) && *sequence < records.next && places.insert(*sequence)
			},
			HandedRow::Moved { record, sequence, .. } => {
				known.insert(*record);
				// One that came back and left again has left more than one place.
				named.insert(*record);
				*sequence < records.next && places.insert(*sequence)
			},
			HandedRow::Hold { record, opening, .. } => {
				known.contains(record) && opening.terms.record == *record
			},
			HandedRow::Petition { posted, .. } => posted.opening.terms.chart == *chart,
			HandedRow::Ask { known, opening, .. } => {
				opening.terms.chart == *chart && opening.opens(&known.seal)
			},
		};
		if !of_chart {
			return Err("a row that is not of its chart");
		}
	}
	if log != *disclosures {
		return Err("a log that ends elsewhere");
	}
	Ok(())
}

/// Whether the chain says of the chart what came.
pub(super) fn chart(parties: Parties, facts: Option<&ChartFacts>) -> Result<(), Wrong> {
	let kept = facts.is_some_and(|facts| facts.custodian == parties.keeper);
	kept.then_some(()).ok_or("a chart that is not of the holding")
}

/// What the chain says of the records that rows name, where they have entries of their own.
pub(super) type Views = HashMap<RecordId, RecordView>;

/// Whether each row is what the chain says, and what it says of the records. Those that are here are told
/// apart: see [`record`].
pub(super) async fn rows(
	parties: Parties,
	at: &At,
	rows: &[HandedRow],
) -> Result<Result<Views, Wrong>, crate::errors::Error> {
	let mut views = Views::new();
	let mut asked: HashSet<RecordId> = HashSet::new();
	let mut keepers: HashMap<OrganisationId, OrganisationId> = HashMap::new();
	for row in rows {
		let named = match row {
			HandedRow::Record { record, .. }
			| HandedRow::Erased { record, .. }
			| HandedRow::Moved { record, .. } => Some(*record),
			HandedRow::Petition { posted, .. } => Some(posted.opening.terms.record),
			_ => None,
		};
		if let Some(record) = named.filter(|record| asked.insert(*record)) {
			views.extend(at.record_view(record).await?.map(|view| (record, view)));
		}
		let view = named.and_then(|record| views.get(&record));
		let verdict = match row {
			HandedRow::Chart { chart: id, .. } => chart(parties, at.chart(*id).await?.as_ref()),
			HandedRow::Directive { .. } => directive(row, at, rows).await?,
			HandedRow::Request { id, .. } => request(row, at.request(*id).await?.as_ref()),
			// Its place in a batch is looked at where the batch is.
			HandedRow::Disclosure { .. } | HandedRow::Record { .. } => Ok(()),
			HandedRow::Erased { .. } => gone(parties, row, view, None),
			HandedRow::Moved { to, .. } => {
				if let std::collections::hash_map::Entry::Vacant(slot) = keepers.entry(*to) {
					slot.insert(at.holding(*to).await?.keeper);
				}
				gone(parties, row, view, keepers.get(to).copied())
			},
			// One that was released is on chain no more.
			HandedRow::Hold { .. } => Ok(()),
			HandedRow::Petition { .. } => petition(&parties.genesis, row, view),
			HandedRow::Ask { opening, .. } => ask(row, &at.asks(opening.terms.chart).await?),
		};
		if let Err(wrong) = verdict {
			return Ok(Err(wrong));
		}
	}
	Ok(accompanied(rows, &views).map(|()| views))
}

/// Whether what must not be lost with its record came: the matter of each hold that stands, and each
/// petition that is open or disputes what the record says. What ended stays with whom it ended at when a
/// record moves by itself, so that the giver may not have it.
pub(super) fn accompanied(rows: &[HandedRow], views: &Views) -> Result<(), Wrong> {
	let (mut matters, mut petitions) = (HashSet::new(), HashSet::new());
	for row in rows {
		match row {
			HandedRow::Hold { record, opening, .. } => {
				matters.insert((*record, opening.seal()));
			},
			HandedRow::Petition { number, posted, .. } => {
				petitions.insert((posted.opening.terms.record, *number));
			},
			_ => {},
		}
	}
	for row in rows {
		let (HandedRow::Record { record, .. } | HandedRow::Erased { record, .. }) = row else {
			continue;
		};
		let Some(view) = views.get(record) else { continue };
		if view.holds.iter().any(|seal| !matters.contains(&(*record, *seal))) {
			return Err("a legal hold without its matter");
		}
		let matters_still = |found: &&PetitionView| match found.petition.state {
			PetitionState::Open => true,
			PetitionState::Refused => found.petition.kind == PetitionKind::Amendment,
			_ => false,
		};
		let mut standing = view.petitions.iter().filter(matters_still);
		if standing.any(|found| !petitions.contains(&(*record, found.number))) {
			return Err("a petition on the chain that did not come");
		}
	}
	Ok(())
}

async fn directive(
	row: &HandedRow,
	at: &At,
	rows: &[HandedRow],
) -> Result<Result<(), Wrong>, crate::errors::Error> {
	let (HandedRow::Directive { id, .. }, Some(HandedRow::Chart { chart, .. })) =
		(row, rows.first())
	else {
		return Ok(Err("a directive of no chart"));
	};
	Ok(is_directive(*chart, row, at.directive(*id).await?.as_ref()))
}

pub(super) fn is_directive(
	chart: ChartId,
	row: &HandedRow,
	view: Option<&DirectiveView>,
) -> Result<(), Wrong> {
	let HandedRow::Directive { opening, listed, paper, .. } = row else { return Ok(()) };
	let is_its_paper = |view: &DirectiveView| match paper {
		Some(paper) => view.paper.is_some_and(|shown| paper.opens(&shown.seal)),
		None => true,
	};
	match view {
		Some(view) if !is_its_paper(view) => Err("what the paper was of another directive"),
		Some(view) if view.chart == chart && opening.opens(&view.seal) => Ok(()),
		// The next of a place may be on its way; without its seal on chain it permits nothing.
		None if !listed && paper.is_none() => Ok(()),
		_ => Err("an opening of another directive"),
	}
}

pub(super) fn request(row: &HandedRow, view: Option<&RequestView>) -> Result<(), Wrong> {
	let HandedRow::Request { requester, opening, .. } = row else { return Ok(()) };
	let fits = view.is_some_and(|view| view.requester == *requester && opening.opens(&view.seal));
	fits.then_some(()).ok_or("an opening of another request")
}

/// Of records that are not here any more. `keeper_there` keeps now what the organisation kept to which it is
/// said to have gone.
pub(super) fn gone(
	parties: Parties,
	row: &HandedRow,
	view: Option<&RecordView>,
	keeper_there: Option<OrganisationId>,
) -> Result<(), Wrong> {
	let fits = match row {
		HandedRow::Erased { .. } => {
			view.is_some_and(|view| view.facts.state == RecordState::Erased)
		},
		HandedRow::Moved { .. } => view.is_some_and(|view| {
			let custodian = view.facts.custodian;
			// What this house took over by itself before is here, and looked at where it is.
			custodian != parties.keeper
				|| custodian == parties.here && keeper_there == Some(parties.here)
		}),
		_ => true,
	};
	fits.then_some(())
		.ok_or("a note of a record that the chain does not say is gone")
}

/// Whether records that are said to have moved to this house are here, and not among those that it was to get
/// with the holding.
pub(super) fn came_before(
	rows: &impl Rows,
	parties: Parties,
	all: &[HandedRow],
	views: &Views,
) -> Result<Result<(), Wrong>, StoreError> {
	for row in all {
		let HandedRow::Moved { record, .. } = row else { continue };
		let ours = views.get(record).is_some_and(|view| view.facts.custodian == parties.here);
		let known = || -> Result<bool, StoreError> {
			let here = rows.get(&RECORDS, record)?.is_some();
			Ok(here || rows.get(&ERASED, record)?.is_some())
		};
		if ours && !known()? {
			return Ok(Err("a note of a record that the chain does not say is gone"));
		}
	}
	Ok(Ok(()))
}

/// Puts what the chain says in the place of what the giver knew: a record that was erased since, as a house
/// finds it that was restored from a backup, and who keeps one now that moved on.
pub(super) fn as_the_chain_says(parties: Parties, all: &mut [HandedRow], views: &Views) {
	for row in all {
		match row {
			HandedRow::Record { record, opening, .. } => {
				let view = views.get(record);
				let erased = view.filter(|view| {
					let RecordFacts { custodian, state, .. } = view.facts;
					custodian == parties.keeper && state == RecordState::Erased
				});
				if let Some(view) = erased {
					let (record, sequence) = (*record, opening.terms.sequence);
					let petition = granted(view);
					*row = HandedRow::Erased { record, sequence, petition };
				}
			},
			HandedRow::Moved { record, to, .. } => {
				if let Some(view) = views.get(record) {
					*to = view.facts.custodian;
				}
			},
			_ => {},
		}
	}
}

/// Number of the petition by which a record was erased.
pub(super) fn granted(view: &RecordView) -> Option<u32> {
	let granted = view.petitions.iter().find(|found| {
		let Petition { kind, state, .. } = found.petition;
		kind == PetitionKind::Erasure && state == PetitionState::Granted
	});
	granted.map(|found| found.number)
}

/// What a vault can have less of than it had: rows that only come, in their chart.
#[derive(Default)]
struct Kept {
	records: u32,
	log: HandedEnd,
	named: HashSet<RecordId>,
	/// Those of which the giver has no more than a note.
	gone: HashSet<RecordId>,
	directives: HashSet<DirectiveId>,
	requests: HashSet<RequestId>,
	answered: HashSet<RequestId>,
	petitions: HashSet<(RecordId, u32)>,
	matters: HashSet<(RecordId, Seal)>,
	asks: HashSet<AskId>,
	open_asks: HashSet<AskId>,
	lines: Vec<Seal>,
}

impl Kept {
	fn note(&mut self, row: &HandedRow) {
		match row {
			HandedRow::Chart { records, disclosures, .. } => {
				(self.records, self.log) = (records.next, *disclosures);
			},
			HandedRow::Directive { id, listed, .. } => {
				if *listed {
					self.directives.insert(*id);
				}
			},
			HandedRow::Request { id, answer, .. } => {
				self.requests.insert(*id);
				if answer.is_some() {
					self.answered.insert(*id);
				}
			},
			HandedRow::Disclosure { opening, .. } => self.lines.push(opening.seal()),
			HandedRow::Record { record, .. } => {
				self.named.insert(*record);
			},
			HandedRow::Erased { record, .. } => {
				self.named.insert(*record);
				self.gone.insert(*record);
			},
			HandedRow::Moved { record, .. } => {
				self.gone.insert(*record);
			},
			HandedRow::Hold { record, opening, .. } => {
				self.matters.insert((*record, opening.seal()));
			},
			HandedRow::Petition { number, posted, .. } => {
				self.petitions.insert((posted.opening.terms.record, *number));
			},
			HandedRow::Ask { known, .. } => {
				self.asks.insert(known.id);
				if known.is_open() {
					self.open_asks.insert(known.id);
				}
			},
		}
	}

	/// Whether it has all that `before` has.
	fn has(&self, before: &Self) -> bool {
		let last = before.lines.len().checked_sub(1);
		let has = |record: &RecordId| self.named.contains(record) || self.gone.contains(record);
		// Each line names its predecessor: one that is the same has the same ones before it.
		self.records >= before.records
			&& self.log.next >= before.log.next
			&& last.is_none_or(|last| self.lines.get(last) == before.lines.get(last))
			&& before.named.iter().all(has)
			&& before.directives.is_subset(&self.directives)
			&& before.requests.is_subset(&self.requests)
			&& before.answered.is_subset(&self.answered)
			// Those that ended are forgotten in time.
			&& before.open_asks.is_subset(&self.asks)
			// What ended goes with a record that moves by itself, or is erased.
			&& before.petitions.iter().all(|known| {
				self.petitions.contains(known) || self.gone.contains(&known.0)
			})
			&& before.matters.iter().all(|known| {
				self.matters.contains(known) || self.gone.contains(&known.0)
			})
	}
}

/// Whether the giver still has of a chart all that is here of it. One that was restored from a backup may
/// not; then what is here stays.
pub(super) fn has_less(
	rows: &impl Rows,
	known: &HeldChart,
	all: &[HandedRow],
) -> Result<bool, StoreError> {
	let (mut before, mut now) = (Kept::default(), Kept::default());
	for place in 0..known.of.rows {
		before.note(&rows.get(&HELD_ROWS, &(known.of.chart, place))?.ok_or(StoreError::Damaged)?);
	}
	for row in all {
		now.note(row);
	}
	Ok(!now.has(&before))
}

/// Whether an ask is what the chain has. One that the chain has forgotten is over, and believed.
pub(super) fn ask(row: &HandedRow, views: &[AskView]) -> Result<(), Wrong> {
	let HandedRow::Ask { known, extension, answer, .. } = row else { return Ok(()) };
	let fits = match views.iter().find(|view| view.ask.id == known.id) {
		Some(AskView { ask, .. }) => {
			let fit = |seal: Option<Seal>, said: Option<Seal>| said.is_none() || said == seal;
			ask.seal == known.seal
				&& ask.filed == known.filed
				&& fit(ask.extension, extension.as_ref().map(Opening::seal))
				&& fit(ask.answer, answer.as_ref().map(Opening::seal))
		},
		// Also if it was open when the giver last looked.
		None => true,
	};
	fits.then_some(()).ok_or("an ask that is another on the chain")
}

pub(super) fn petition(
	genesis: &[u8; 32],
	row: &HandedRow,
	view: Option<&RecordView>,
) -> Result<(), Wrong> {
	let HandedRow::Petition { number, posted, account, state, filed, due, answer } = row else {
		return Ok(());
	};
	let is_it = |found: &&PetitionView| found.number == *number;
	let found = view.and_then(|view| view.petitions.iter().find(is_it));
	let fits = found.is_some_and(|found| {
		let on_chain = &found.petition;
		let answered = match (answer, on_chain.answer) {
			(Some(answer), Some(seal)) => answer.opens(&seal),
			(Some(_), None) => false,
			(None, _) => true,
		};
		on_chain.seal == posted.opening.seal()
			&& on_chain.state == *state
			&& on_chain.filed == *filed
			&& found.due == *due
			&& answered
	});
	if !fits {
		return Err("a petition that is another on the chain");
	}
	let account: &AccountBytes = account;
	if posted.is_signed_by(genesis, account) {
		Ok(())
	} else {
		Err("a petition that nobody signed")
	}
}

/// The batch, if it is one of the holding with so many leaves.
pub(super) fn batch(
	parties: Parties,
	leaves: u32,
	facts: Option<BatchFacts>,
) -> Result<BatchFacts, Wrong> {
	let facts = facts.filter(|facts| facts.leaves == leaves);
	let facts = facts.ok_or("a batch that the chain does not know")?;
	if facts.custodian == parties.keeper {
		Ok(facts)
	} else {
		Err("a batch that is not of the holding")
	}
}

/// Whether the record is one of the holding: by its own entry on the chain, or by its batch where it has
/// none.
pub(super) fn record(
	parties: Parties,
	row: &HandedRow,
	view: Option<&RecordView>,
	batch: Option<(&BatchFacts, &BatchProof)>,
) -> Result<(), Wrong> {
	let HandedRow::Record { record, opening, replaces, media_type, wraps, place, .. } = row else {
		return Ok(());
	};
	if let Some((facts, proof)) = batch {
		if facts.custodian != parties.keeper || !facts.holds(proof, record, &opening.seal()) {
			return Err("a record that is not in its batch");
		}
	}
	match (view, batch) {
		(Some(view), _) => {
			if view.facts.custodian != parties.keeper {
				return Err("a record that is not of the holding");
			}
			if view.facts.state == RecordState::Erased {
				return Err("a record that was erased");
			}
			if !opening.opens(&view.facts.leaf) {
				return Err("an opening of another leaf");
			}
			if view.facts.replaces != *replaces {
				return Err("another predecessor");
			}
		},
		(None, Some(_)) => {
			if replaces.is_some() {
				return Err("another predecessor");
			}
		},
		(None, None) => return Err("a record that the chain does not know"),
	}
	let printable = media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
	if media_type.len() > MAX_MEDIA_TYPE || !printable {
		return Err("a media type that is none");
	}
	let size = envelope_size(opening.terms.size);
	if size > MAX_CIPHERTEXT || place.is_some() && size > MAX_PACKED {
		return Err("a record that is too large");
	}
	let ours = matches!(
		wraps.custodian.context,
		WrapContext::Custodian { organisation, .. } if organisation == parties.here
	);
	let theirs =
		matches!(wraps.chart.context, WrapContext::Chart { chart } if chart == opening.terms.chart);
	if !ours || !theirs {
		return Err("keys that are wrapped to others");
	}
	Ok(())
}

/// Largest ciphertext of a record of a batch: it lies in one object.
pub(super) const MAX_PACKED: u64 = MAX_PAGE as u64;

/// Whether each line of the log that says where its leaf lies lies there. The batches are here, and their
/// roots were looked at.
pub(super) fn places(
	rows: &impl Rows,
	from: OrganisationId,
	all: &[HandedRow],
) -> Result<Result<(), Wrong>, StoreError> {
	let mut batches: HashMap<u64, Vec<Seal>> = HashMap::new();
	for row in all {
		let HandedRow::Disclosure { opening, batch: Some(place) } = row else { continue };
		if let std::collections::hash_map::Entry::Vacant(slot) = batches.entry(place.batch) {
			let number =
				rows.get(&HELD_BATCHES, &(from, place.batch))?.ok_or(StoreError::Damaged)?;
			slot.insert(rows.get(&BATCHES, &number)?.ok_or(StoreError::Damaged)?.leaves);
		}
		let index = usize::try_from(place.index).unwrap_or(usize::MAX);
		let leaf = batches.get(&place.batch).and_then(|leaves| leaves.get(index));
		if leaf != Some(&opening.seal()) {
			return Ok(Err("a line of a log that is not in its batch"));
		}
	}
	Ok(Ok(()))
}

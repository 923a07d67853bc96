//! The receiver's side: whether what came of a chart is what the finalised chain says. Only what is sealed
//! on chain, or named by what is, is believed; what a seal does not hold any more (a hold that was released)
//! is taken as the giver tells it.

use super::bring::Wrong;
use crate::{
	records::MAX_MEDIA_TYPE,
	store::{Rows, StoreError, BATCHES, HELD_BATCHES},
};
use salus_client::{
	chain::At,
	envelope::{envelope_size, WrapContext},
	vault_api::{chart_digest, HandedChart, HandedEnd, HandedRow, MAX_CIPHERTEXT, MAX_PAGE},
};
use salus_primitives::{
	batch::{BatchFacts, BatchProof},
	codes::RecordState,
	decision::ChartFacts,
	ids::{AccountBytes, ChartId, OrganisationId, RecordId, Seal},
	views::{DirectiveView, PetitionView, RecordView, RequestView},
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

/// Whether each row is what the chain says. Records are told apart: see [`record`].
pub(super) async fn rows(
	parties: Parties,
	at: &At,
	rows: &[HandedRow],
) -> Result<Result<(), Wrong>, crate::errors::Error> {
	let mut views: HashMap<RecordId, Option<RecordView>> = HashMap::new();
	for row in rows {
		let verdict = match row {
			HandedRow::Chart { chart: id, .. } => chart(parties, at.chart(*id).await?.as_ref()),
			HandedRow::Directive { .. } => directive(row, at, rows).await?,
			HandedRow::Request { id, .. } => request(row, at.request(*id).await?.as_ref()),
			// Its place in a batch is looked at where the batch is.
			HandedRow::Disclosure { .. } | HandedRow::Record { .. } => Ok(()),
			HandedRow::Erased { record, .. } | HandedRow::Moved { record, .. } => {
				gone(parties, row, at.record_view(*record).await?.as_ref())
			},
			// One that was released is on chain no more.
			HandedRow::Hold { .. } => Ok(()),
			HandedRow::Petition { posted, .. } => {
				let record = posted.opening.terms.record;
				if let std::collections::hash_map::Entry::Vacant(slot) = views.entry(record) {
					slot.insert(at.record_view(record).await?);
				}
				let view = views.get(&record).and_then(Option::as_ref);
				petition(&parties.genesis, row, view)
			},
		};
		if let Err(wrong) = verdict {
			return Ok(Err(wrong));
		}
	}
	Ok(Ok(()))
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
	let HandedRow::Directive { opening, listed, .. } = row else { return Ok(()) };
	match view {
		Some(view) if view.chart == chart && opening.opens(&view.seal) => Ok(()),
		// The next of a place may be on its way; without its seal on chain it permits nothing.
		None if !listed => Ok(()),
		_ => Err("an opening of another directive"),
	}
}

pub(super) fn request(row: &HandedRow, view: Option<&RequestView>) -> Result<(), Wrong> {
	let HandedRow::Request { requester, opening, .. } = row else { return Ok(()) };
	let fits = view.is_some_and(|view| view.requester == *requester && opening.opens(&view.seal));
	fits.then_some(()).ok_or("an opening of another request")
}

/// Of records that are not here any more.
pub(super) fn gone(
	parties: Parties,
	row: &HandedRow,
	view: Option<&RecordView>,
) -> Result<(), Wrong> {
	let fits = match row {
		HandedRow::Erased { .. } => {
			view.is_some_and(|view| view.facts.state == RecordState::Erased)
		},
		HandedRow::Moved { .. } => view.is_some_and(|view| view.facts.custodian != parties.from),
		_ => true,
	};
	fits.then_some(())
		.ok_or("a note of a record that the chain does not say is gone")
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
		(None, Some((facts, proof))) => {
			if facts.custodian != parties.keeper || !facts.holds(proof, record, &opening.seal()) {
				return Err("a record that is not in its batch");
			}
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

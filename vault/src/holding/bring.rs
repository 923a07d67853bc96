//! The receiver's side: bringing one chart here whole, with its ciphertexts and the batches that its lines
//! and records lie in. What is here already is not asked for again.

use super::check::{self, Parties};
use crate::{
	bodies,
	clock::random,
	custody::{fetch, PullError},
	errors::{Error, Result},
	records::discard,
	store::{
		bulk::{BATCH_NODES, NODES},
		Batch, Body, HeldBody, HeldChart, HeldNodes, Rows, Segment, Store, StoreError, BATCHES,
		BATCH_COUNT, BATCH_POSTERS, HELD_BATCHES, HELD_BODIES, HELD_CHARTS, HELD_NODES, HELD_ROWS,
		INCOMING, RECEIVING,
	},
	vault::Vault,
};
use bytes::BytesMut;
use salus_client::{
	chain::At,
	envelope::{envelope_size, ContentHasher, Wrap},
	vault_api::{HandedChart, HandedLeaves, HandedRow, RecordPlace, WrapCheck, SEGMENT},
	vault_client::VaultClient,
};
use salus_primitives::{
	batch::{BatchFacts, BatchProof},
	disclosure,
	ids::{BatchId, OrganisationId, RecordId, Seal},
};
use std::{
	collections::{BTreeSet, HashMap, HashSet},
	sync::Arc,
};

/// How often a chart that changes while it is read is read again.
const TRIES: u32 = 3;
/// Most rows of a chart.
const MAX_ROWS: usize = 1 << 20;

/// What is wrong with what came.
pub(super) type Wrong = &'static str;

/// The giver's vault, as it is asked.
pub(super) struct Giver<'a> {
	pub(super) client: &'a VaultClient,
	pub(super) at: &'a At,
	pub(super) parties: Parties,
}

/// Brings a chart here as it is now, unless it is here so. Whether it came.
pub(super) async fn bring(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	told: HandedChart,
) -> Result<bool, PullError> {
	let chart = told.chart;
	let from = giver.parties.from;
	let known = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_CHARTS, &chart))?))
		.await?;
	if known.is_some_and(|known| known.from == from && known.of == told) {
		return Ok(false);
	}
	let (of, rows, new) = read_with_keys(vault, giver, told, known).await?;
	check::shape(giver.parties, &of, &rows).map_err(PullError::Wrong)?;
	check::rows(giver.parties, giver.at, &rows).await?.map_err(PullError::Wrong)?;
	let batches: BTreeSet<u64> = rows
		.iter()
		.filter_map(|row| match row {
			HandedRow::Disclosure { batch: Some(place), .. } => Some(place.batch),
			_ => None,
		})
		.collect();
	for batch in batches {
		leaves(vault, giver, batch).await?;
	}
	for row in &rows {
		record(vault, giver, row, &new).await?;
	}
	let placed = rows.clone();
	vault
		.stored(move |store| Ok(store.read(|rows| check::places(rows, from, &placed))?))
		.await?
		.map_err(PullError::Wrong)?;
	vault.stored(move |store| hold(store, from, of, &rows)).await?;
	Ok(true)
}

/// All rows of the chart with their keys, and the records whose keys are new here. What was here before has
/// its keys, which are not made anew.
async fn read_with_keys(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	told: HandedChart,
	known: Option<HeldChart>,
) -> Result<(HandedChart, Vec<HandedRow>, HashSet<RecordId>), PullError> {
	if let Some(known) = known.filter(|known| known.from == giver.parties.from) {
		let keys = vault.stored(move |store| keys_of(store, &known)).await?;
		let (of, mut rows) = read(vault, giver, told, true).await?;
		if put_keys(&mut rows, &keys) {
			return Ok((of, rows, HashSet::new()));
		}
	}
	let (of, rows) = read(vault, giver, told, false).await?;
	let new = rows.iter().filter_map(|row| match row {
		HandedRow::Record { record, .. } => Some(*record),
		_ => None,
	});
	let new = new.collect();
	Ok((of, rows, new))
}

/// The keys that are here of a chart, by their records and those records' leaves.
pub(super) fn keys_of(store: &Store, known: &HeldChart) -> Result<HashMap<(RecordId, Seal), Wrap>> {
	Ok(store.read(|rows| {
		let mut keys = HashMap::new();
		for place in 0..known.of.rows {
			let row = rows.get(&HELD_ROWS, &(known.of.chart, place))?;
			if let Some(HandedRow::Record { record, opening, wraps, .. }) = row {
				keys.insert((record, opening.seal()), wraps.custodian);
			}
		}
		Ok(keys)
	})?)
}

/// Puts the keys that are here into rows that came without. Whether that was all of them.
pub(super) fn put_keys(rows: &mut [HandedRow], keys: &HashMap<(RecordId, Seal), Wrap>) -> bool {
	for row in rows {
		let HandedRow::Record { record, opening, wraps, .. } = row else { continue };
		match keys.get(&(*record, opening.seal())) {
			Some(key) => wraps.custodian = key.clone(),
			None => return false,
		}
	}
	true
}

/// All rows of the chart, of one moment.
async fn read(
	vault: &Vault,
	giver: &Giver<'_>,
	told: HandedChart,
	keys_known: bool,
) -> Result<(HandedChart, Vec<HandedRow>), PullError> {
	let mut tries = 0u32;
	'again: loop {
		let (mut rows, mut place, mut of) = (Vec::new(), 0, None);
		loop {
			let here = vault.organisation;
			let page = giver.client.handed_rows(&told.chart, here, place, keys_known).await?;
			if *of.get_or_insert(page.of) != page.of {
				tries = tries.saturating_add(1);
				if tries >= TRIES {
					return Err(PullError::Wrong("a chart that changes all the time"));
				}
				continue 'again;
			}
			rows.extend(page.rows);
			match page.next {
				Some(next) if next > place && rows.len() <= MAX_ROWS => place = next,
				Some(_) => return Err(PullError::Wrong("pages that do not advance")),
				None => return Ok((page.of, rows)),
			}
		}
	}
}

/// Brings the leaves of a batch of disclosures here, unless they are: its root must be on chain.
async fn leaves(vault: &Arc<Vault>, giver: &Giver<'_>, batch: u64) -> Result<(), PullError> {
	let from = giver.parties.from;
	let known = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_BATCHES, &(from, batch)))?))
		.await?;
	if known.is_some() {
		return Ok(());
	}
	let came = giver.client.handed_leaves(batch, vault.organisation).await?;
	let on_chain = giver.at.disclosure_root(came.organisation, came.number).await?;
	if on_chain.is_none_or(|posted| posted.root != disclosure::root(&came.leaves)) {
		return Err(PullError::Wrong("a batch of disclosures whose root is not on the chain"));
	}
	vault.stored(move |store| keep_leaves(store, from, batch, came)).await?;
	Ok(())
}

/// Gives the batch a number of its own here, beside those of this house.
pub(super) fn keep_leaves(
	store: &Store,
	from: OrganisationId,
	batch: u64,
	came: HandedLeaves,
) -> Result<()> {
	store.write(|rows| {
		if rows.get(&HELD_BATCHES, &(from, batch))?.is_some() {
			return Ok(());
		}
		let number = rows.get(&BATCH_COUNT, &())?.unwrap_or(0);
		let HandedLeaves { organisation, number: root, leaves } = came;
		rows.put(&BATCHES, &number, &Batch { leaves, number: Some(root) })?;
		rows.put(&BATCH_POSTERS, &number, &organisation)?;
		rows.put(&BATCH_COUNT, &(), &number.saturating_add(1))?;
		Ok(rows.put(&HELD_BATCHES, &(from, batch), &number)?)
	})
}

/// Brings a record here: what the chain says of it, that its key opens where it is new, and its ciphertext.
async fn record(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	row: &HandedRow,
	new: &HashSet<RecordId>,
) -> Result<(), PullError> {
	let HandedRow::Record { record: id, opening, wraps, place, .. } = row else { return Ok(()) };
	let view = giver.at.record_view(*id).await?;
	let batch = match (&view, place) {
		(None, Some(place)) => Some(nodes(vault, giver, *place).await?),
		// Its entry is younger than the batch, whose nodes still go with what is read of it.
		(Some(_), Some(place)) => nodes(vault, giver, *place).await.map(|_| None)?,
		(_, None) => None,
	};
	let proven = batch.as_ref().map(|(facts, proof)| (facts, proof));
	check::record(giver.parties, row, view.as_ref(), proven).map_err(PullError::Wrong)?;
	// The giver will be gone: a wrap that we can not open loses the record.
	if new.contains(id) {
		let wrap = wraps.custodian.clone();
		let check = WrapCheck { record: *id, version: opening.terms.version, wrap };
		if !vault.key_service.opens(&check).await? {
			return Err(PullError::Wrong("a key that our key service can not open"));
		}
	}
	body(vault, giver, *id, row).await
}

/// Brings a ciphertext here, unless it is.
async fn body(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	id: RecordId,
	row: &HandedRow,
) -> Result<(), PullError> {
	let HandedRow::Record { opening, place, .. } = row else { return Ok(()) };
	let from = giver.parties.from;
	let known = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_BODIES, &id))?))
		.await?;
	if known.is_some() {
		return Ok(());
	}
	let size = envelope_size(opening.terms.size);
	// One more, for what has to lie in one object.
	let count = size.div_ceil(SEGMENT).saturating_add(1);
	let mut names = (0..count).map(|_| random()).collect::<Result<Vec<[u8; 32]>>>()?;
	let noted = names.clone();
	let incoming = vault
		.stored(move |store| Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &noted))?))
		.await?;
	let whole = names.pop().unwrap_or_default();
	let ask = |from| giver.client.handed_ciphertext(&id, vault.organisation, from, size);
	let fetched = fetch(vault, ask, (size, opening.terms.ciphertext_digest), &names).await;
	let kept = match fetched {
		Ok(Body::Segments(segments)) if place.is_some() && segments.len() > 1 => {
			join(vault, &segments, whole)
				.await
				.map(|one| vec![one])
				.map_err(PullError::from)
		},
		Ok(Body::Segments(segments)) => Ok(segments),
		Ok(Body::Packed(_)) => Err(PullError::Here(Error::StorageDamaged)),
		Err(error) => Err(error),
	};
	names.push(whole);
	match kept {
		Ok(segments) => {
			let used: Vec<_> = segments.iter().map(|segment| segment.name).collect();
			let left: Vec<_> = names.into_iter().filter(|name| !used.contains(name)).collect();
			let noted = left.clone();
			vault
				.stored(move |store| {
					Ok(store.write::<_, StoreError>(|rows| {
						rows.set(&INCOMING, incoming, &noted)?;
						rows.put(&HELD_BODIES, &id, &HeldBody { from, record: id, segments })
					})?)
				})
				.await?;
			discard(vault, incoming, &left).await?;
			Ok(())
		},
		Err(error) => {
			discard(vault, incoming, &names).await?;
			Err(error)
		},
	}
}

/// Puts segments into one object: what is read by its place in a batch lies in one.
async fn join(vault: &Vault, segments: &[Segment], name: [u8; 32]) -> Result<Segment> {
	let mut all = BytesMut::new();
	for segment in segments {
		all.extend_from_slice(&bodies::get(&vault.objects, segment).await?);
	}
	let bytes = all.freeze();
	let (_, digest) = bodies::hash(ContentHasher::default(), bytes.clone()).await?;
	bodies::put(&vault.objects, name, bytes, digest).await
}

/// Brings the tree of a batch of records here, unless it is, and gives the batch with the record's proof.
async fn nodes(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	place: RecordPlace,
) -> Result<(BatchFacts, BatchProof), PullError> {
	let RecordPlace { batch, leaves, index } = place;
	let facts = giver.at.batch(batch).await?.filter(|facts| facts.leaves == leaves);
	let facts = facts.ok_or(PullError::Wrong("a batch that the chain does not know"))?;
	loop {
		let known = vault
			.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_NODES, &batch))?))
			.await?;
		let known = known.unwrap_or(HeldNodes { runs: 0, whole: false });
		if known.whole {
			break;
		}
		let from = u64::from(known.runs);
		let came = giver.client.handed_nodes(&batch, vault.organisation, from).await?;
		let more = came.next.is_some();
		if came.runs.is_empty() && more {
			return Err(PullError::Wrong("pages that do not advance"));
		}
		let kept = vault
			.stored(move |store| keep_nodes(store, batch, leaves, known.runs, &came.runs))
			.await?;
		let HeldNodes { whole, .. } = kept.map_err(PullError::Wrong)?;
		if whole == more {
			return Err(PullError::Wrong("a tree of another height"));
		}
	}
	let proof = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				BatchProof::read(leaves, index, |row, place| {
					crate::bulk::node(rows, batch, row, place)
				})
			})?)
		})
		.await?;
	proof
		.map(|proof| (facts, proof))
		.ok_or(PullError::Wrong("a place beyond its batch"))
}

/// Writes runs of nodes in their places, from this one on.
pub(super) fn keep_nodes(
	store: &Store,
	batch: BatchId,
	leaves: u32,
	from: u32,
	came: &[Vec<Seal>],
) -> Result<Result<HeldNodes, Wrong>> {
	let most = usize::try_from(NODES).unwrap_or(usize::MAX);
	if came.iter().any(|run| run.is_empty() || run.len() > most) {
		return Ok(Err("nodes that are no run"));
	}
	store.write(|rows| {
		let skip = usize::try_from(from).unwrap_or(usize::MAX);
		let mut places = super::hand::runs(leaves).skip(skip);
		for nodes in came {
			let Some((row, run)) = places.next() else {
				return Ok(Err("more nodes than a tree has"));
			};
			rows.put(&BATCH_NODES, &(batch, row, run), nodes)?;
		}
		let count = u32::try_from(came.len()).unwrap_or(u32::MAX);
		let held = HeldNodes { runs: from.saturating_add(count), whole: places.next().is_none() };
		rows.put(&HELD_NODES, &batch, &held)?;
		Ok(Ok(held))
	})
}

/// Writes a chart down, in the place of what was here of it.
pub(super) fn hold(
	store: &Store,
	from: OrganisationId,
	of: HandedChart,
	all: &[HandedRow],
) -> Result<()> {
	let records = all.iter().filter(|row| matches!(row, HandedRow::Record { .. })).count();
	let records = u32::try_from(records).unwrap_or(u32::MAX);
	store.write(|rows| {
		let before = rows.get(&HELD_CHARTS, &of.chart)?;
		for place in 0..before.map_or(0, |held| held.of.rows) {
			rows.remove(&HELD_ROWS, &(of.chart, place))?;
		}
		for (place, row) in (0u32..).zip(all) {
			rows.put(&HELD_ROWS, &(of.chart, place), row)?;
		}
		rows.put(&HELD_CHARTS, &of.chart, &HeldChart { from, of, records })?;
		let receiving = rows.first(&RECEIVING, usize::MAX)?.into_iter();
		if let Some((number, mut row)) = receiving.into_iter().find(|(_, row)| row.from == from) {
			if before.is_none() {
				row.charts = row.charts.saturating_add(1);
			}
			let were = before.map_or(0, |held| held.records);
			row.records = row.records.saturating_sub(were.into()).saturating_add(records.into());
			rows.set(&RECEIVING, number, &row)?;
		}
		Ok(())
	})
}

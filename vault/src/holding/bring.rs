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
		Batch, Body, HeldBody, HeldChart, HeldNodes, Rows, Segment, Store, StoreError, Writing,
		BATCHES, BATCH_COUNT, BATCH_POSTERS, CHARTS, HELD_BATCHES, HELD_BODIES, HELD_CHARTS,
		HELD_NODES, HELD_ROWS, HELD_RUNS, INCOMING, POSTED_BATCHES, RECEIVING, TAKEN_IN,
	},
	vault::Vault,
};
use bytes::BytesMut;
use salus_client::{
	chain::At,
	envelope::{envelope_size, ContentHasher, Wrap},
	vault_api::{
		DisclosurePlace, HandedChart, HandedLeaves, HandedRow, RecordPlace, WrapCheck, SEGMENT,
	},
	vault_client::VaultClient,
};
use salus_primitives::{
	batch::{BatchFacts, BatchProof, BatchTree},
	disclosure,
	ids::{BatchId, ChartId, OrganisationId, RecordId, Seal},
};
use std::{
	borrow::Cow,
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

/// Brings a chart here as it is now, unless it is here so, or in service. Whether it came.
pub(super) async fn bring(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	told: HandedChart,
) -> Result<bool, PullError> {
	let chart = told.chart;
	let parties = giver.parties;
	let from = parties.from;
	let (known, taken, own) = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				Ok((
					rows.get(&HELD_CHARTS, &chart)?,
					rows.get(&TAKEN_IN, &chart)?,
					rows.get(&CHARTS, &chart)?.is_some(),
				))
			})?)
		})
		.await?;
	let same = known.is_some_and(|known| known.from == from && known.of == told);
	if same || taken.is_some_and(|taken| taken.from == from) {
		return Ok(false);
	}
	if own {
		return Err(PullError::Wrong("a chart that this house has already"));
	}
	let (of, mut rows, new) = read_with_keys(vault, giver, told, known).await?;
	check::shape(parties, &of, &rows).map_err(PullError::Wrong)?;
	let views = check::rows(parties, giver.at, &rows).await?.map_err(PullError::Wrong)?;
	check::as_the_chain_says(parties, &mut rows, &views);
	let batches: BTreeSet<u64> = rows
		.iter()
		.filter_map(|row| match row {
			HandedRow::Disclosure { batch: Some(place), .. } => Some(place.batch),
			_ => None,
		})
		.collect();
	for row in &rows {
		record(vault, giver, row, (&views, &new)).await?;
	}
	for batch in &batches {
		leaves(vault, giver, *batch, false).await?;
	}
	let placed = Arc::new(rows);
	let rows = Arc::clone(&placed);
	let lie = vault
		.stored(move |store| Ok(store.read(|of| check::places(of, from, &rows))?))
		.await?;
	if lie.is_err() {
		// A giver that was restored gives its numbers again, to other batches.
		for batch in &batches {
			leaves(vault, giver, *batch, true).await?;
		}
	}
	vault
		.stored(move |store| {
			let fits = store.read(|rows| {
				let lie = check::places(rows, from, &placed)?;
				let came = check::came_before(rows, parties, &placed, &views)?;
				Ok(lie.and(came))
			})?;
			match fits {
				Ok(()) => hold(store, from, of, &placed),
				wrong => Ok(wrong),
			}
		})
		.await?
		.map_err(PullError::Wrong)?;
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

/// Brings the leaves of a batch of disclosures here, unless they are, or `anew`: its root must be on chain.
async fn leaves(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	batch: u64,
	anew: bool,
) -> Result<(), PullError> {
	let from = giver.parties.from;
	let known = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&HELD_BATCHES, &(from, batch)))?))
		.await?;
	if known.is_some() && !anew {
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

/// Gives the batch a number of its own here, beside those of this house. By its root it is known again,
/// whoever hands it over under whatever number.
pub(super) fn keep_leaves(
	store: &Store,
	from: OrganisationId,
	batch: u64,
	came: HandedLeaves,
) -> Result<()> {
	let HandedLeaves { organisation, number: root, leaves } = came;
	store.write(|rows| {
		let number = match rows.get(&POSTED_BATCHES, &(organisation, root))? {
			Some(known) => known,
			None => {
				let number = rows.get(&BATCH_COUNT, &())?.unwrap_or(0);
				rows.put(&BATCHES, &number, &Batch { leaves, number: Some(root) })?;
				rows.put(&BATCH_POSTERS, &number, &organisation)?;
				rows.put(&BATCH_COUNT, &(), &number.saturating_add(1))?;
				rows.put(&POSTED_BATCHES, &(organisation, root), &number)?;
				number
			},
		};
		Ok(rows.put(&HELD_BATCHES, &(from, batch), &number)?)
	})
}

/// Brings a record here: what the chain says of it, that its key opens where it is new, and its ciphertext.
async fn record(
	vault: &Arc<Vault>,
	giver: &Giver<'_>,
	row: &HandedRow,
	(views, new): (&check::Views, &HashSet<RecordId>),
) -> Result<(), PullError> {
	let HandedRow::Record { record: id, opening, wraps, place, .. } = row else { return Ok(()) };
	// Its entry may be younger than the batch, whose nodes still go with what is read of it.
	let batch = match place {
		Some(place) => Some(nodes(vault, giver, *place).await?),
		None => None,
	};
	let proven = batch.as_ref().map(|(facts, proof)| (facts, proof));
	check::record(giver.parties, row, views.get(id), proven).map_err(PullError::Wrong)?;
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
	let facts = giver.at.batch(batch).await?;
	let facts = check::batch(giver.parties, leaves, facts).map_err(PullError::Wrong)?;
	let from = giver.parties.from;
	loop {
		let here = vault
			.stored(move |store| Ok(store.read(|rows| runs_here(rows, batch))?))
			.await?;
		let Some(runs) = here else { break };
		let came = giver.client.handed_nodes(&batch, vault.organisation, runs.into()).await?;
		let more = came.next.is_some();
		if came.runs.is_empty() && more {
			return Err(PullError::Wrong("pages that do not advance"));
		}
		let known = HeldNodes { from, batch, leaves, runs, whole: false };
		let kept = vault.stored(move |store| keep_nodes(store, known, &came.runs)).await?;
		let complete = kept.map_err(PullError::Wrong)?;
		if complete == more {
			vault.stored(move |store| drop_nodes(store, batch)).await?;
			return Err(PullError::Wrong("a tree of another height"));
		}
		if complete {
			let settled = vault.stored(move |store| settle_nodes(store, batch, &facts)).await?;
			settled.map_err(PullError::Wrong)?;
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

/// How many runs of a batch's nodes are here while they are being brought; none once its tree is where it is
/// read from, be it that it came or that this house made it. That is never written over.
pub(super) fn runs_here(rows: &impl Rows, batch: BatchId) -> Result<Option<u32>, StoreError> {
	if rows.get(&BATCH_NODES, &(batch, 0, 0))?.is_some() {
		return Ok(None);
	}
	Ok(Some(rows.get(&HELD_NODES, &batch)?.map_or(0, |held| held.runs)))
}

/// Writes runs of nodes down, apart from those that are read, behind those that are here. Whether all are.
pub(super) fn keep_nodes(
	store: &Store,
	known: HeldNodes,
	came: &[Vec<Seal>],
) -> Result<Result<bool, Wrong>> {
	let most = usize::try_from(NODES).unwrap_or(usize::MAX);
	if came.iter().any(|run| run.is_empty() || run.len() > most) {
		return Ok(Err("nodes that are no run"));
	}
	let HeldNodes { batch, leaves, runs: from, .. } = known;
	store.write(|rows| {
		let skip = usize::try_from(from).unwrap_or(usize::MAX);
		let mut places = super::hand::runs(leaves).skip(skip);
		for nodes in came {
			let Some((row, run)) = places.next() else {
				return Ok(Err("more nodes than a tree has"));
			};
			rows.put(&HELD_RUNS, &(batch, row, run), nodes)?;
		}
		let count = u32::try_from(came.len()).unwrap_or(u32::MAX);
		let runs = from.saturating_add(count);
		rows.put(&HELD_NODES, &batch, &HeldNodes { runs, ..known })?;
		Ok(Ok(places.next().is_none()))
	})
}

/// Puts the nodes that came where they are read from, if they are the tree of the batch's root. If not,
/// they are removed, and asked for anew when the giver may have mended them.
pub(super) fn settle_nodes(
	store: &Store,
	batch: BatchId,
	facts: &BatchFacts,
) -> Result<Result<(), Wrong>> {
	let hashed = store.read(|rows| {
		let mut hashed = Vec::new();
		for (row, run) in super::hand::runs(facts.leaves).take_while(|(row, _)| *row == 0) {
			let nodes = rows.get(&HELD_RUNS, &(batch, row, run))?.ok_or(StoreError::Damaged)?;
			hashed.extend(nodes.into_iter().map(|Seal(node)| node));
		}
		Ok(hashed)
	})?;
	// Each node above is made of the two below it, and not believed.
	let tree = BatchTree::over(hashed)
		.filter(|tree| tree.leaves() == facts.leaves && tree.root() == facts.root);
	let Some(tree) = tree else {
		drop_nodes(store, batch)?;
		return Ok(Err("nodes that are not the tree of their batch"));
	};
	let most = usize::try_from(NODES).unwrap_or(usize::MAX);
	store.write(|rows| {
		let Some(held) = rows.get(&HELD_NODES, &batch)? else { return Ok(Ok(())) };
		if rows.get(&BATCH_NODES, &(batch, 0, 0))?.is_none() {
			for (row, nodes) in (0u32..).zip(tree.rows()) {
				for (run, nodes) in (0u32..).zip(nodes.chunks(most)) {
					let nodes: Vec<Seal> = nodes.iter().copied().map(Seal).collect();
					rows.put(&BATCH_NODES, &(batch, row, run), &nodes)?;
				}
			}
		}
		remove_runs(rows, &held)?;
		Ok(Ok(rows.put(&HELD_NODES, &batch, &HeldNodes { whole: true, ..held })?))
	})
}

/// Removes nodes that came and are read nowhere.
pub(super) fn drop_nodes(store: &Store, batch: BatchId) -> Result<()> {
	store.write(|rows| {
		let Some(held) = rows.get(&HELD_NODES, &batch)?.filter(|held| !held.whole) else {
			return Ok(());
		};
		remove_runs(rows, &held)?;
		Ok(rows.remove(&HELD_NODES, &batch).map(drop)?)
	})
}

fn remove_runs(rows: &Writing<'_>, held: &HeldNodes) -> Result<(), StoreError> {
	let count = usize::try_from(held.runs).unwrap_or(usize::MAX);
	for (row, run) in super::hand::runs(held.leaves).take(count) {
		rows.remove(&HELD_RUNS, &(held.batch, row, run))?;
	}
	Ok(())
}

/// Removes the tree of a batch that came with a holding which is not offered any more, if nothing here is of
/// that batch: it came with the holding, and none of its records was taken in.
pub(super) fn forget_nodes(store: &Store, held: &HeldNodes) -> Result<()> {
	drop_nodes(store, held.batch)?;
	store.write(|rows| {
		for (row, run) in super::hand::runs(held.leaves).filter(|_| held.whole) {
			rows.remove(&BATCH_NODES, &(held.batch, row, run))?;
		}
		Ok(rows.remove(&HELD_NODES, &held.batch).map(drop)?)
	})
}

/// Writes a chart down, in the place of what was here of it, unless that is more. Lines lie in batches by
/// their numbers here from now on.
pub(super) fn hold(
	store: &Store,
	from: OrganisationId,
	of: HandedChart,
	all: &[HandedRow],
) -> Result<Result<(), Wrong>> {
	let records = all.iter().filter(|row| matches!(row, HandedRow::Record { .. })).count();
	let records = u32::try_from(records).unwrap_or(u32::MAX);
	store.write(|rows| {
		let before = rows.get(&HELD_CHARTS, &of.chart)?;
		if let Some(held) = before.filter(|held| held.from == from) {
			if check::has_less(rows, &held, all)? {
				return Ok(Err(LESS));
			}
		}
		for place in 0..before.map_or(0, |held| held.of.rows) {
			erase_row(rows, of.chart, place)?;
		}
		for (place, row) in (0u32..).zip(all) {
			let row = with_number(rows, from, row)?;
			rows.put(&HELD_ROWS, &(of.chart, place), &row)?;
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
		Ok(Ok(()))
	})
}

/// What is said of a giver that was restored from a backup.
pub(super) const LESS: Wrong = "the giver has less than it had";

/// Removes a row that is held. What opens a record goes from the free room of the file, too.
pub(super) fn erase_row(rows: &Writing<'_>, chart: ChartId, place: u32) -> Result<(), StoreError> {
	match rows.get(&HELD_ROWS, &(chart, place))? {
		Some(HandedRow::Record { .. }) => rows.erase(&HELD_ROWS, &(chart, place)).map(drop),
		_ => rows.remove(&HELD_ROWS, &(chart, place)).map(drop),
	}
}

/// The row with the number here of the batch in which it lies.
fn with_number<'a>(
	rows: &impl Rows,
	from: OrganisationId,
	row: &'a HandedRow,
) -> Result<Cow<'a, HandedRow>, StoreError> {
	let HandedRow::Disclosure { opening, batch: Some(place) } = row else {
		return Ok(Cow::Borrowed(row));
	};
	let batch = rows.get(&HELD_BATCHES, &(from, place.batch))?.ok_or(StoreError::Damaged)?;
	let batch = Some(DisclosurePlace { batch, ..*place });
	Ok(Cow::Owned(HandedRow::Disclosure { opening: opening.clone(), batch }))
}

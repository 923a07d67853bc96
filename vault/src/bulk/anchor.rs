//! Anchoring imports: sequences and leaves for as many pages as go into one batch, one transaction for
//! their root, then the rows that count.
//!
//! The salts follow from a random seed, so that the same batch is made again from its pages after a kill:
//! while it is noted as being anchored, nobody else gives a sequence. Its records are written page by
//! page, each in one step with the end of that page, and a kill between two pages goes on with the next.

use super::Work;
use crate::{
	clock::random,
	errors::{Error, Result},
	store::{
		bulk::{
			AnchoringBatch, StagedPage, StagedRecord, ANCHORING, BATCH_NODES, BLANKING, IMPORTS,
			NODES, SEALED_IMPORTS, STAGED,
		},
		mac, Body, End, Packed, PendingRecord, RecordRow, Rows, Segment, Store, StoreError,
		Writing, CHARTS, CHART_RECORDS, ERASED, INCOMING, MOVED, RECORDS,
	},
	vault::Vault,
};
use salus_client::{
	chain::{Call, ChainError},
	vault_api::{Head, ImportId},
};
use salus_primitives::{
	batch::{leaf_data, BatchLeaf, BatchTree},
	ids::{derive_id, BatchId, ChartId, Digest, IdDomain, OrganisationId, RecordId, Salt, Seal},
	record::RecordTerms,
	seal::Opening,
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::time::sleep;

/// Most pages of a batch: of 32,768 records, whose tree takes 2 MiB. Everyday writes wait for one batch.
const PAGES: u32 = 32;
/// How long to wait before a batch of unknown fate is looked at again.
const RETRY: Duration = Duration::from_secs(2);
/// How long to wait before a batch that the chain refused is tried again.
const REST: Duration = Duration::from_secs(60);
/// Domain of the salts.
const SALT_DOMAIN: &[u8; 16] = b"salus/bulk/salt ";

/// Anchors the next batch of the imports that are sealed, to its end. Whether there was one: another may
/// follow.
pub(crate) async fn anchor_next(vault: &Arc<Vault>) -> bool {
	if !vault.bulk.is_due() {
		return false;
	}
	// Nobody else gives places in charts before the batch has an end.
	let _turn = vault.custody.turn.lock().await;
	let (organisation, genesis) = (vault.organisation, vault.genesis);
	// Before it is looked, so that what is sealed meanwhile is not missed.
	vault.bulk.work().waits = false;
	let next = match vault.stored(move |store| next(store, &genesis, organisation)).await {
		Ok(Some(next)) => {
			vault.bulk.work().waits = true;
			next
		},
		Ok(None) => return false,
		Err(error) => {
			tracing::error!(%error, "a batch of an import can not be made");
			vault.bulk.work().waits = true;
			vault.bulk.rest(REST);
			return false;
		},
	};
	let block = match next.block {
		Some(block) => Head::from(block),
		None => match settle(vault, &next).await {
			Some(block) => block,
			None => return false,
		},
	};
	loop {
		if vault.ops.farewell.is_closing() {
			return false;
		}
		match vault.stored(move |store| commit_page(store, block)).await {
			Ok(true) => {},
			Ok(false) => break,
			Err(error) => {
				tracing::error!(%error, "records of an anchored batch can not be written");
				sleep(RETRY).await;
			},
		}
	}
	tracing::info!(records = next.leaves, "a batch of an import is anchored");
	let Work { faults, rests_until, .. } = &mut *vault.bulk.work();
	faults.remove(&next.import);
	*rests_until = None;
	true
}

/// Whether a batch has places in charts and no end yet.
pub(crate) async fn is_noted(vault: &Arc<Vault>) -> Result<bool> {
	let noted = vault.stored(|store| Ok(store.read(|rows| rows.get(&ANCHORING, &()))?));
	Ok(noted.await?.is_some())
}

/// Submits a batch until its fate is known: the block at which it was seen final. None when the chain
/// refused it, or the vault ends.
async fn settle(vault: &Arc<Vault>, next: &AnchoringBatch) -> Option<Head> {
	let call = Call::anchor_batch(vault.organisation, next.batch, next.root, next.leaves);
	loop {
		if vault.ops.farewell.is_closing() {
			return None;
		}
		let tried = async {
			if let Some(block) = is_anchored(vault, next).await? {
				return Ok(block);
			}
			match vault.submit(&call).await {
				Ok(done) => Ok(done.block),
				Err(refused @ ChainError::Refused { .. }) => {
					is_anchored(vault, next).await?.ok_or(refused)
				},
				Err(error) => Err(error),
			}
		};
		match tried.await {
			Ok(block) => return Some(block),
			Err(error @ ChainError::Refused { .. }) => {
				tracing::warn!(%error, "the chain refused a batch of an import");
				let body = Error::from(error).body();
				vault.bulk.work().faults.insert(next.import, body);
				while let Err(error) = vault.stored(withdraw).await {
					tracing::error!(%error, "a refused batch can not be withdrawn");
					sleep(RETRY).await;
				}
				vault.bulk.rest(REST);
				return None;
			},
			Err(error) => tracing::warn!(%error, "a batch of an import waits to be anchored"),
		}
		sleep(RETRY).await;
	}
}

/// The finalised head, if this very batch is anchored there.
async fn is_anchored(vault: &Vault, next: &AnchoringBatch) -> Result<Option<Head>, ChainError> {
	let at = vault.node.finalised().await?;
	let facts = at.batch(next.batch).await?;
	let same = facts.is_some_and(|facts| (facts.root, facts.leaves) == (next.root, next.leaves));
	Ok(same.then(|| at.head()))
}

/// The batch on its way, or the next one, noted as being on its way.
pub(super) fn next(
	store: &Store,
	genesis: &[u8; 32],
	organisation: OrganisationId,
) -> Result<Option<AnchoringBatch>> {
	store.write(|rows| {
		if let Some(left) = rows.get(&ANCHORING, &())? {
			return Ok(Some(left));
		}
		for (number, import) in rows.first(&SEALED_IMPORTS, usize::MAX)? {
			if let Some(next) = make(rows, import, genesis, organisation)? {
				rows.put(&ANCHORING, &(), &next)?;
				return Ok(Some(next));
			}
			// Nothing is left of it.
			rows.drop_at(&SEALED_IMPORTS, number)?;
		}
		Ok(None)
	})
}

/// Makes the next batch of an import; none when all its pages are anchored.
fn make(
	rows: &Writing<'_>,
	import: ImportId,
	genesis: &[u8; 32],
	organisation: OrganisationId,
) -> Result<Option<AnchoringBatch>> {
	let mut row = rows.get(&IMPORTS, &import)?.ok_or(StoreError::Damaged)?;
	let seed = random()?;
	let mut sequencer = Sequencer::new(seed);
	let (mut until, mut leaves) = (row.anchored_pages, Vec::<BatchLeaf>::new());
	while until < row.pages && until.saturating_sub(row.anchored_pages) < PAGES {
		let staged = rows.get(&STAGED, &(import, until))?.ok_or(StoreError::Damaged)?;
		let page = staged.records.len() as u64;
		let Placed { sequenced, .. } = sequencer.page(rows, staged.records, None)?;
		if sequenced.is_empty() && leaves.is_empty() {
			// All of it was there: nothing to anchor.
			rows.erase(&STAGED, &(import, until))?;
			rows.push(&INCOMING, &vec![staged.pack])?;
			row.anchored_pages = until.saturating_add(1);
			row.known = row.known.saturating_add(page);
			rows.put(&IMPORTS, &import, &row)?;
		}
		leaves.extend(sequenced.iter().map(|one| (one.staged.new.id, one.opening.seal())));
		until = until.saturating_add(1);
	}
	let Some(tree) = BatchTree::new(leaves) else { return Ok(None) };
	let batch = BatchId(derive_id(IdDomain::Batch, &(genesis, organisation), &Salt(random()?)));
	for (row, nodes) in (0u32..).zip(tree.rows()) {
		let nodes: Vec<Seal> = nodes.iter().copied().map(Seal).collect();
		for (chunk, nodes) in (0u32..).zip(nodes.chunks(NODES as usize)) {
			rows.put(&BATCH_NODES, &(batch, row, chunk), &nodes.to_vec())?;
		}
	}
	Ok(Some(AnchoringBatch {
		import,
		until,
		batch,
		seed,
		root: tree.root(),
		leaves: tree.leaves(),
		done: 0,
		block: None,
	}))
}

/// Takes back a batch that the chain refused: its pages wait again.
pub(super) fn withdraw(store: &Store) -> Result<()> {
	store.write(|rows| {
		let Some(AnchoringBatch { batch, leaves, .. }) = rows.get(&ANCHORING, &())? else {
			return Ok(());
		};
		let (mut row, mut length) = (0u32, leaves);
		loop {
			for chunk in 0..length.div_ceil(NODES) {
				rows.remove(&BATCH_NODES, &(batch, row, chunk))?;
			}
			if length <= 1 {
				break;
			}
			(row, length) = (row.saturating_add(1), length.div_ceil(2));
		}
		rows.remove(&ANCHORING, &())?;
		Ok(())
	})
}

/// Makes the next page of the anchored batch count. Whether another follows.
pub(super) fn commit_page(store: &Store, block: Head) -> Result<bool> {
	store.write(|rows| {
		let Some(mut batch) = rows.get(&ANCHORING, &())? else { return Ok(false) };
		batch.block = Some(block.into());
		let import = batch.import;
		let mut row = rows.get(&IMPORTS, &import)?.ok_or(StoreError::Damaged)?;
		let page = row.anchored_pages;
		if page < batch.until {
			let staged = rows.get(&STAGED, &(import, page))?.ok_or(StoreError::Damaged)?;
			let StagedPage { pack, records, .. } = staged;
			let came = records.len() as u64;
			let mut sequencer = Sequencer::new(batch.seed);
			let Placed { sequenced, passed } = sequencer.page(rows, records, Some(&batch))?;
			let count = sequenced.len() as u64;
			if count == 0 {
				rows.push(&INCOMING, &vec![pack])?;
			} else {
				// Nobody reads these here, and nothing else would remove them when theirs is erased.
				for StagedRecord { offset, size, .. } in &passed {
					rows.push(&BLANKING, &(pack, *offset, *size))?;
				}
			}
			let mut gone = false;
			for one in &passed {
				gone |= is_gone(rows, &one.new.id)?;
			}
			for one in sequenced {
				gone |= one.gone;
				count_record(rows, &batch, pack, one, block)?;
				batch.done = batch.done.saturating_add(1);
			}
			for (chart, end) in sequencer.ends {
				let mut chart_row = rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?;
				chart_row.records = end;
				rows.put(&CHARTS, &chart, &chart_row)?;
			}
			if gone {
				rows.erase(&STAGED, &(import, page))?;
			} else {
				rows.remove(&STAGED, &(import, page))?;
			}
			row.anchored_pages = page.saturating_add(1);
			row.anchored = row.anchored.saturating_add(count);
			row.known = row.known.saturating_add(came.saturating_sub(count));
		}
		let more = row.anchored_pages < batch.until;
		if more {
			rows.put(&ANCHORING, &(), &batch)?;
		} else {
			row.batches = row.batches.saturating_add(1);
			rows.remove(&ANCHORING, &())?;
		}
		rows.put(&IMPORTS, &import, &row)?;
		Ok(more)
	})
}

/// Writes a record of the batch, the next in its order.
fn count_record(
	rows: &Writing<'_>,
	batch: &AnchoringBatch,
	pack: [u8; 32],
	one: Sequenced,
	block: Head,
) -> Result<()> {
	let Sequenced { opening, staged: StagedRecord { chart, new, offset, size }, gone } = one;
	let (id, index) = (new.id, batch.done);
	// What is written must be what was anchored.
	let hashed = Digest::of(&leaf_data(&id, &opening.seal()));
	if node(rows, batch.batch, 0, index)? != hashed.0 {
		return Err(Error::StorageDamaged);
	}
	if gone {
		// Its leaf and place stay; nothing that opens it comes back.
		rows.push(&BLANKING, &(pack, offset, size))?;
		if let Some(mut erased) = rows.get(&ERASED, &id)? {
			erased.sequence = opening.terms.sequence;
			rows.put(&ERASED, &id, &erased)?;
			rows.put(&CHART_RECORDS, &(chart, erased.sequence), &id)?;
		}
		return Ok(());
	}
	let part = Segment { name: pack, size, digest: new.ciphertext_digest };
	let packed = Packed { part, offset, batch: batch.batch, leaves: batch.leaves, index };
	rows.put(&CHART_RECORDS, &(chart, opening.terms.sequence), &id)?;
	let record = PendingRecord {
		id,
		opening,
		replaces: None,
		media_type: new.media_type,
		body: Body::Packed(packed),
		wraps: new.wraps,
	};
	Ok(rows.put(&RECORDS, &id, &RecordRow { record, block: block.into() })?)
}

/// A node of a batch's tree.
pub(crate) fn node(
	rows: &impl Rows,
	batch: BatchId,
	row: u32,
	place: u32,
) -> Result<[u8; 32], StoreError> {
	let nodes = rows.get(&BATCH_NODES, &(batch, row, place / NODES))?;
	let place = usize::try_from(place % NODES).map_err(|_| StoreError::Damaged)?;
	let node = nodes.and_then(|nodes| nodes.get(place).copied());
	node.map(|Seal(bytes)| bytes).ok_or(StoreError::Damaged)
}

/// A record with its place in its chart.
struct Sequenced {
	opening: Opening<RecordTerms>,
	staged: StagedRecord,
	/// Whether it was erased, or another custodian took it over, since its batch was noted.
	gone: bool,
}

/// The records of a page.
struct Placed {
	/// Those that have a place.
	sequenced: Vec<Sequenced>,
	/// Those that get none: they are there already, or were.
	passed: Vec<StagedRecord>,
}

/// Whether a record was erased, or another custodian took it over.
fn is_gone(rows: &impl Rows, record: &RecordId) -> Result<bool, StoreError> {
	Ok(rows.get(&ERASED, record)?.is_some() || rows.get(&MOVED, record)?.is_some())
}

/// Gives sequences to records that come page by page.
struct Sequencer {
	seed: [u8; 32],
	ends: HashMap<ChartId, End>,
	seen: HashSet<RecordId>,
}

impl Sequencer {
	fn new(seed: [u8; 32]) -> Self {
		Self { seed, ends: HashMap::new(), seen: HashSet::new() }
	}

	/// The records of the next page that are not there yet, each in its place. Those that are gone have none
	/// in a new batch; in one that is `noted` they have theirs, if its next leaf is their own.
	fn page(
		&mut self,
		rows: &impl Rows,
		records: Vec<StagedRecord>,
		noted: Option<&AnchoringBatch>,
	) -> Result<Placed> {
		let mut sequenced = Vec::with_capacity(records.len());
		let mut passed = Vec::new();
		let mut index = noted.map_or(0, |batch| batch.done);
		for staged in records {
			let (chart, new) = (staged.chart, &staged.new);
			let gone = is_gone(rows, &new.id)?;
			// Those of an earlier page are either here or counted already.
			let here = rows.get(&RECORDS, &new.id)?.is_some();
			if here || (gone && noted.is_none()) || !self.seen.insert(new.id) {
				passed.push(staged);
				continue;
			}
			let end = match self.ends.get(&chart) {
				Some(end) => *end,
				None => rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?.records,
			};
			let terms = new.terms(chart, end.next, end.last);
			let salt = Salt(mac(&self.seed, &[SALT_DOMAIN, &new.id.0]));
			let opening = Opening { terms, salt };
			if let Some(batch) = noted.filter(|_| gone) {
				let leaf = Digest::of(&leaf_data(&new.id, &opening.seal()));
				let its_own = match node(rows, batch.batch, 0, index) {
					Ok(anchored) => anchored == leaf.0,
					// Behind the last leaf.
					Err(StoreError::Damaged) => false,
					Err(error) => return Err(error.into()),
				};
				// It came, was written and went before this page, which repeats it.
				if !its_own {
					passed.push(staged);
					continue;
				}
			}
			index = index.saturating_add(1);
			self.ends.insert(chart, end.after(opening.seal()));
			sequenced.push(Sequenced { opening, staged, gone });
		}
		Ok(Placed { sequenced, passed })
	}
}

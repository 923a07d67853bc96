//! What the vault keeps of imports and of batches of records.

use super::{Block, Map, Queue};
use codec::{Decode, Encode};
use salus_client::vault_api::{ImportId, NewRecord};
use salus_primitives::{
	ids::{AccountBytes, BatchId, ChartId, Digest, Seal},
	time::Moment,
};

/// Imports that were begun.
pub(crate) const IMPORTS: Map<ImportId, ImportRow> = Map::named("imports");
/// Those of them that are sealed and not anchored yet, in order.
pub(crate) const SEALED_IMPORTS: Queue<ImportId> = Queue::named("sealed-imports");
/// Those that are not sealed.
pub(crate) const OPEN_IMPORTS: Queue<OpenImport> = Queue::named("open-imports");
/// Pages that are here and not anchored yet.
pub(crate) const STAGED: Map<(ImportId, u32), StagedPage> = Map::named("staged");
/// The batch that is not known to be on chain, or whose records are being written.
pub(crate) const ANCHORING: Map<(), AnchoringBatch> = Map::named("anchoring");
/// Nodes of the batches' trees, by row from the hashed leaves up, [`NODES`] in one.
pub(crate) const BATCH_NODES: Map<(BatchId, u32, u32), Vec<Seal>> = Map::named("batch-nodes");
/// Parts of objects that are to be overwritten with zeros: name, where they begin, bytes.
pub(crate) const BLANKING: Queue<([u8; 32], u32, u32)> = Queue::named("blanking");

/// Nodes of a tree in one row.
pub(crate) const NODES: u32 = 64;

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ImportRow {
	/// Who began it.
	pub(crate) account: AccountBytes,
	/// Pages that came.
	pub(crate) pages: u32,
	/// Records in them.
	pub(crate) records: u64,
	/// Bytes of ciphertext in them.
	pub(crate) bytes: u64,
	/// Whether no page follows.
	pub(crate) sealed: bool,
	/// Pages whose records count.
	pub(crate) anchored_pages: u32,
	/// Records of them.
	pub(crate) anchored: u64,
	/// Records that were left out, for their ids were there.
	pub(crate) known: u64,
	/// Batches that are on chain.
	pub(crate) batches: u32,
}

impl ImportRow {
	/// One without pages.
	pub(crate) const fn begun(account: AccountBytes) -> Self {
		Self {
			account,
			pages: 0,
			records: 0,
			bytes: 0,
			sealed: false,
			anchored_pages: 0,
			anchored: 0,
			known: 0,
			batches: 0,
		}
	}
}

/// An import that is not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct OpenImport {
	pub(crate) import: ImportId,
	/// Who began it.
	pub(crate) account: AccountBytes,
	/// When something came of it last.
	pub(crate) touched: Moment,
}

/// A page that is here.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StagedPage {
	/// blake2_256 of it as it came.
	pub(crate) digest: Digest,
	/// Name of the object with its ciphertexts.
	pub(crate) pack: [u8; 32],
	/// In the order in which they came.
	pub(crate) records: Vec<StagedRecord>,
}

/// A record of a page.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StagedRecord {
	pub(crate) chart: ChartId,
	pub(crate) new: NewRecord,
	/// Where its ciphertext begins in the pack.
	pub(crate) offset: u32,
	/// Bytes of its ciphertext.
	pub(crate) size: u32,
}

/// A batch on its way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AnchoringBatch {
	pub(crate) import: ImportId,
	/// The first page after it; it begins where the import's anchored pages end.
	pub(crate) until: u32,
	pub(crate) batch: BatchId,
	/// The salts of its records follow from this.
	pub(crate) seed: [u8; 32],
	pub(crate) root: [u8; 32],
	pub(crate) leaves: u32,
	/// Leaves whose records count.
	pub(crate) done: u32,
	/// Where the vault saw it final; none before that.
	pub(crate) block: Option<Block>,
}

//! Many records under one root.
//!
//! A custodian that brings in a backlog anchors one root over up to 2^20 leaves. Each leaf stands for one
//! record, its id and the seal over its terms. A proof of at most 20 siblings shows, on chain and offline,
//! that a record is among them.

use crate::{
	disclosure::Blake2,
	ids::{BatchId, OrganisationId, RecordId, Seal},
	time::Moment,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use hash_db::Hasher;
use scale_info::TypeInfo;

/// Names a batch's leaves and their version. Leaves have 80 bytes and inner nodes 64, so that none is
/// taken for the other.
pub const BATCH_DOMAIN: [u8; 16] = *b"salus/batch/1   ";

/// Most leaves under one root: 2^20.
pub const MAX_BATCH_LEAVES: u32 = 1 << 20;

/// Most siblings on the way from a leaf to the root.
pub const MAX_BATCH_SIBLINGS: u32 = MAX_BATCH_LEAVES.ilog2();

/// What the tree is built over: one record with its leaf.
pub type BatchLeaf = (RecordId, Seal);

/// What the chain knows of a batch.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BatchFacts {
	/// Who keeps its records.
	pub custodian: OrganisationId,
	/// The root over its leaves.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub root: [u8; 32],
	/// Number of leaves.
	pub leaves: u32,
	/// When it was anchored.
	pub at: Moment,
}

/// The way from a leaf to the root.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchProof {
	/// Siblings from the leaf up; none where a row's last node had none.
	#[cfg_attr(feature = "schema", schemars(with = "Vec<Seal>"))]
	pub siblings: BoundedVec<Seal, ConstU32<MAX_BATCH_SIBLINGS>>,
	/// Place of the leaf, from 0.
	pub index: u32,
}

/// Where a record lies in a batch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inclusion {
	/// The batch.
	pub batch: BatchId,
	/// The way to its root.
	pub proof: BatchProof,
}

/// The bytes that stand for a record in the tree.
pub fn leaf_data(record: &RecordId, leaf: &Seal) -> [u8; 80] {
	let mut bytes = [0; 80];
	let (domain, rest) = bytes.split_at_mut(16);
	let (id, seal) = rest.split_at_mut(32);
	domain.copy_from_slice(&BATCH_DOMAIN);
	id.copy_from_slice(&record.0);
	seal.copy_from_slice(&leaf.0);
	bytes
}

/// The root over these records, in order. To prove them too, build a [`BatchTree`].
pub fn root(records: &[BatchLeaf]) -> [u8; 32] {
	let leaves = records.iter().map(|(record, leaf)| leaf_data(record, leaf));
	binary_merkle_tree::merkle_root::<Blake2, _>(leaves)
}

impl BatchProof {
	/// The proof for the leaf at `index` of a tree over so many leaves, whose nodes lie elsewhere: `node`
	/// reads the one in this row, counted from the hashed leaves, at this place. None without such a leaf.
	pub fn read<E>(
		leaves: u32,
		index: u32,
		mut node: impl FnMut(u32, u32) -> Result<[u8; 32], E>,
	) -> Result<Option<Self>, E> {
		if index >= leaves || leaves > MAX_BATCH_LEAVES {
			return Ok(None);
		}
		let (mut row, mut length, mut place) = (0u32, leaves, index);
		let mut siblings = Vec::new();
		while length > 1 {
			let sibling = place ^ 1;
			if sibling < length {
				siblings.push(Seal(node(row, sibling)?));
			}
			(row, length, place) = (row.saturating_add(1), length.div_ceil(2), place / 2);
		}
		Ok(siblings.try_into().ok().map(|siblings| Self { siblings, index }))
	}

	/// Whether the record with this leaf lies where this says, under a root over so many leaves.
	pub fn verify(&self, root: &[u8; 32], leaves: u32, record: &RecordId, leaf: &Seal) -> bool {
		let data = leaf_data(record, leaf);
		// Without leaves or beyond the last, the tree's own arithmetic is not asked.
		self.index < leaves
			&& binary_merkle_tree::verify_proof::<Blake2, _, _>(
				root,
				self.siblings.iter().map(|seal| seal.0),
				leaves,
				self.index,
				&data,
			)
	}
}

impl BatchFacts {
	/// Whether the record with this leaf is in the batch.
	pub fn holds(&self, proof: &BatchProof, record: &RecordId, leaf: &Seal) -> bool {
		proof.verify(&self.root, self.leaves, record, leaf)
	}
}

/// A batch's whole tree: one build, then a proof in as many steps as the tree is high. It keeps about 64
/// bytes a leaf, 64 MiB for the largest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchTree {
	/// Rows from the hashed leaves up to the root alone. None is empty.
	rows: Vec<Vec<[u8; 32]>>,
}

impl BatchTree {
	/// The tree over these records, in order; none for no records or more than [`MAX_BATCH_LEAVES`].
	pub fn new(records: impl IntoIterator<Item = BatchLeaf>) -> Option<Self> {
		let hashed = |(record, leaf)| Blake2::hash(&leaf_data(&record, &leaf));
		let most = usize::try_from(MAX_BATCH_LEAVES).ok()?;
		// One more than there may be is enough to see that there are too many.
		let row = records.into_iter().take(most.saturating_add(1)).map(hashed).collect();
		Self::over(row)
	}

	/// The tree over leaves that are hashed already, as [`Self::rows`] begins; none for none of them or more
	/// than [`MAX_BATCH_LEAVES`].
	pub fn over(hashed: Vec<[u8; 32]>) -> Option<Self> {
		let most = usize::try_from(MAX_BATCH_LEAVES).ok()?;
		let mut row = hashed;
		if row.is_empty() || row.len() > most {
			return None;
		}
		let mut rows = Vec::new();
		while row.len() > 1 {
			let above = row.chunks(2).map(|pair| match pair {
				[left, right] => {
					let mut both = [0; 64];
					both[..32].copy_from_slice(left);
					both[32..].copy_from_slice(right);
					Blake2::hash(&both)
				},
				// The last of an odd row moves up as it is.
				_ => pair.first().copied().unwrap_or_default(),
			});
			let above = above.collect();
			rows.push(core::mem::replace(&mut row, above));
		}
		rows.push(row);
		Some(Self { rows })
	}

	/// The root.
	pub fn root(&self) -> [u8; 32] {
		self.rows.last().and_then(|row| row.first()).copied().unwrap_or_default()
	}

	/// Number of leaves.
	pub fn leaves(&self) -> u32 {
		let leaves = self.rows.first().map_or(0, Vec::len);
		u32::try_from(leaves).unwrap_or(MAX_BATCH_LEAVES)
	}

	/// Rows of nodes, from the hashed leaves up to the root alone.
	pub fn rows(&self) -> &[Vec<[u8; 32]>] {
		&self.rows
	}

	/// The proof for the leaf at `index`, if there is one.
	pub fn prove(&self, index: u32) -> Option<BatchProof> {
		let node = |row: u32, place: u32| {
			let row = self.rows.get(usize::try_from(row).ok()?)?;
			row.get(usize::try_from(place).ok()?).copied()
		};
		BatchProof::read(self.leaves(), index, |row, place| node(row, place).ok_or(())).ok()?
	}
}

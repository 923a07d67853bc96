//! Batches: the tree that keeps every row against the SDK's own.

use super::*;
use crate::{
	batch::{leaf_data, root, BatchFacts, BatchLeaf, BatchTree, MAX_BATCH_LEAVES},
	disclosure::Blake2,
};

fn leaves(count: u32) -> Vec<BatchLeaf> {
	let bytes = |n: u32, tag: u8| {
		let mut bytes = [tag; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		bytes
	};
	(0..count).map(|n| (RecordId(bytes(n, 1)), Seal(bytes(n, 2)))).collect()
}

/// That root and these proofs are the SDK's, and that each holds for its own leaf alone.
fn agrees(count: u32, places: impl IntoIterator<Item = u32>) {
	let records = leaves(count);
	let data: Vec<_> = records.iter().map(|(record, leaf)| leaf_data(record, leaf)).collect();
	let tree = BatchTree::new(records.iter().copied()).unwrap();
	let expected = binary_merkle_tree::merkle_root::<Blake2, _>(&data);
	assert_eq!((tree.root(), root(&records)), (expected, expected), "{count}");
	assert_eq!(tree.leaves(), count);
	let facts = BatchFacts { custodian: HOUSE, root: expected, leaves: count, at: 0 };
	for place in places {
		let proof = tree.prove(place).unwrap();
		let sdk = binary_merkle_tree::merkle_proof::<Blake2, _, _>(data.iter(), place);
		let siblings: Vec<_> = proof.siblings.iter().map(|seal| seal.0).collect();
		assert_eq!(siblings, sdk.proof, "{place} of {count}");
		let (record, leaf) = &records[place as usize];
		assert!(facts.holds(&proof, record, leaf), "{place} of {count}");
		let (other, other_leaf) = &records[(place as usize + 1) % records.len()];
		if count > 1 {
			assert!(!facts.holds(&proof, other, other_leaf));
			assert!(!facts.holds(&proof, record, other_leaf));
		}
	}
	assert_eq!(tree.prove(count), None);
}

#[test]
fn the_tree_is_the_sdks_for_every_small_size() {
	for count in 1..=300 {
		// All places of the smallest, first, middle and last of the others.
		if count <= 33 {
			agrees(count, 0..count);
		} else {
			agrees(count, [0, 1, count / 2, count - 2, count - 1]);
		}
	}
}

#[test]
fn the_tree_is_the_sdks_for_some_large_sizes() {
	for count in [1_023, 1_025, 4_097, 30_001] {
		agrees(count, [0, count / 3, count - 1]);
	}
}

#[test]
fn a_batch_is_neither_empty_nor_too_large() {
	assert_eq!(BatchTree::new([]), None);
	let one = leaves(1)[0];
	let over = std::iter::repeat_n(one, MAX_BATCH_LEAVES as usize + 1);
	assert_eq!(BatchTree::new(over), None);
}

#[test]
fn the_largest_batch_has_twenty_siblings() {
	let one = leaves(1)[0];
	let full = std::iter::repeat_n(one, MAX_BATCH_LEAVES as usize);
	let tree = BatchTree::new(full).unwrap();
	let proof = tree.prove(MAX_BATCH_LEAVES - 1).unwrap();
	assert_eq!(proof.siblings.len(), 20);
	assert!(proof.verify(&tree.root(), MAX_BATCH_LEAVES, &one.0, &one.1));
}

#[test]
fn a_changed_proof_proves_nothing() {
	let records = leaves(13);
	let tree = BatchTree::new(records.iter().copied()).unwrap();
	let (record, leaf) = records[5];
	let good = tree.prove(5).unwrap();
	let verify = |proof: &crate::batch::BatchProof, leaves| {
		proof.verify(&tree.root(), leaves, &record, &leaf)
	};
	assert!(verify(&good, 13));
	for leaves in [0, 5] {
		assert!(!verify(&good, leaves));
	}
	for place in [4, 6, 13, u32::MAX] {
		assert!(!verify(&crate::batch::BatchProof { index: place, ..good.clone() }, 13));
	}
	let mut shorter = good.clone();
	shorter.siblings.pop();
	assert!(!verify(&shorter, 13));
	let mut other = good.clone();
	other.siblings[1] = Seal([9; 32]);
	assert!(!verify(&other, 13));
	let mut longer = good;
	longer.siblings.try_push(Seal([9; 32])).unwrap();
	assert!(!verify(&longer, 13));
}

proptest! {
	#[test]
	fn any_place_of_any_tree(count in 1u32..2_000, pick in any::<u32>()) {
		agrees(count, [pick % count]);
	}
}

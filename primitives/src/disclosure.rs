//! The log of who saw what: entries, their chain per chart, and the Merkle tree whose root goes on
//! chain.

use crate::{
	codes::{Action, Purpose},
	decision::{Accessor, Basis},
	ids::{BreakGlassId, ChartId, PractitionerId, RecordId, Seal},
	seal::{Opening, Sealable},
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most leaves under one root: 2^16. Rounds of a vault hold far fewer.
pub const MAX_DISCLOSURE_LEAVES: u32 = 1 << 16;

/// Code of [`Outcome::Refused`] when the decision was yes and nothing was handed out all the same: a
/// key was missing, or storage or key service failed. Where it follows [`Outcome::Released`] for the
/// same access, it takes that entry back. Codes of deny reasons end below 100.
pub const NOT_HANDED_OUT: u8 = 100;

/// What was asked for.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Subject {
	/// One record.
	#[codec(index = 0)]
	Record(RecordId),
	/// The list of the chart's records.
	#[codec(index = 1)]
	Listing,
	/// The log itself.
	#[codec(index = 2)]
	Log,
	/// That the chart is here, asked by a [search](crate::search).
	#[codec(index = 3)]
	Presence,
}

/// What was answered.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Outcome {
	/// Released.
	Released(Basis),
	/// Refused, with the code of the deny reason, or [`NOT_HANDED_OUT`].
	Refused(u8),
}

/// One line of a chart's log. The leaf is the seal over it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisclosureEntry {
	/// The chart.
	pub chart: ChartId,
	/// Place in the chart's log, from 0: a gap shows.
	pub sequence: u32,
	/// Leaf of the entry before it.
	pub previous: Option<Seal>,
	/// When, by the finalised head at which it was decided.
	pub at: Moment,
	/// Hash of that head.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub head: [u8; 32],
	/// Who.
	pub accessor: Accessor,
	/// Their practitioner number, if they have one.
	pub practitioner: Option<PractitionerId>,
	/// To do what.
	pub action: Action,
	/// What for.
	pub purpose: Purpose,
	/// Of what.
	pub subject: Subject,
	/// With which answer.
	pub outcome: Outcome,
}

impl DisclosureEntry {
	/// The break-glass to which something of the chart is due that was released. Who reviews one reads lines of
	/// the log, which is none of that.
	pub fn broken_glass(&self) -> Option<BreakGlassId> {
		match self.outcome {
			Outcome::Released(Basis::BreakGlass(id)) if self.subject != Subject::Log => Some(id),
			_ => None,
		}
	}
}

impl Sealable for DisclosureEntry {
	const DOMAIN: &'static [u8; 16] = b"salus/disclosed1";
}

/// Proof that a leaf lies under a root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeafProof {
	/// Siblings from the leaf up.
	pub siblings: Vec<Seal>,
	/// Place of the leaf, from 0.
	pub index: u32,
	/// Number of leaves.
	pub leaves: u32,
}

/// blake2_256 in the form that the SDK's Merkle tree takes.
pub(crate) struct Blake2;

impl hash_db::Hasher for Blake2 {
	type Out = [u8; 32];
	type StdHasher = FirstBytes;
	const LENGTH: usize = 32;
	fn hash(bytes: &[u8]) -> [u8; 32] {
		sp_crypto_hashing::blake2_256(bytes)
	}
}

/// Hasher of hash maps over digests, which are uniform already.
#[derive(Default)]
pub(crate) struct FirstBytes(u64);

impl core::hash::Hasher for FirstBytes {
	fn finish(&self) -> u64 {
		self.0
	}
	fn write(&mut self, bytes: &[u8]) {
		self.0 = bytes.iter().take(8).fold(self.0, |sum, byte| sum << 8 | u64::from(*byte));
	}
}

/// The root over these leaves, in order.
pub fn root(leaves: &[Seal]) -> [u8; 32] {
	binary_merkle_tree::merkle_root::<Blake2, _>(leaves)
}

/// The proof for the leaf at `index`, if there is one.
pub fn prove(leaves: &[Seal], index: u32) -> Option<LeafProof> {
	if index as usize >= leaves.len() {
		return None;
	}
	let proof = binary_merkle_tree::merkle_proof::<Blake2, _, _>(leaves.iter().copied(), index);
	Some(LeafProof {
		siblings: proof.proof.into_iter().map(Seal).collect(),
		index,
		leaves: proof.number_of_leaves,
	})
}

/// Whether `opening` lies under `root` where `proof` says.
pub fn verify(root: &[u8; 32], proof: &LeafProof, opening: &Opening<DisclosureEntry>) -> bool {
	let leaf = opening.seal();
	proof.index < proof.leaves
		&& binary_merkle_tree::verify_proof::<Blake2, _, _>(
			root,
			proof.siblings.iter().map(|seal| seal.0),
			proof.leaves,
			proof.index,
			&leaf.0,
		)
}

//! Calls of the council's members, and acts of the council that no other pallet's file holds.

use super::{Call, ChainError, METADATA};
use codec::{Compact, Decode};
use salus_primitives::ids::{AccountBytes, Digest};

/// A motion, as far as it takes to vote on it and to close it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion {
	/// Its number.
	pub index: u32,
	/// Hash of the call.
	pub hash: [u8; 32],
	/// Length of the call.
	pub length: u32,
}

impl Call {
	/// Admits a validator. An act of the council.
	pub fn add_validator(account: AccountBytes) -> Self {
		Self::new("Consortium", "add_validator", account)
	}

	/// Removes a validator. An act of the council.
	pub fn remove_validator(account: AccountBytes) -> Self {
		Self::new("Consortium", "remove_validator", account)
	}

	/// Enrols the account of a member's technical operator. An act of the council.
	pub fn enrol_operator(account: AccountBytes) -> Self {
		Self::new("Consortium", "enrol_operator", account)
	}

	/// Puts a call before the council, which takes this many ayes. Signed by a member.
	pub fn propose(threshold: u32, act: &Self) -> Result<Self, ChainError> {
		let call = act.encoded()?;
		let arguments = (Compact(threshold), Verbatim(&call), Compact(length(&call)));
		Ok(Self::new("Council", "propose", arguments))
	}

	/// Votes on a motion. Signed by a member.
	pub fn vote(motion: &Motion, aye: bool) -> Self {
		Self::new("Council", "vote", (motion.hash, Compact(motion.index), aye))
	}

	/// Closes a motion that is decided, and executes its call if it has the ayes. Signed by anyone.
	pub fn close(motion: &Motion) -> Result<Self, ChainError> {
		let (time, proof) = heaviest().ok_or(ChainError::UnknownCall {
			call: "Council.close with its greatest weight".into(),
		})?;
		let weight = (Compact(time), Compact(proof));
		// The length is asked of what is stored, as it is stored.
		let arguments = (motion.hash, Compact(motion.index), weight, Compact(motion.length));
		Ok(Self::new("Council", "close", arguments))
	}
}

impl Motion {
	/// The motion with this number and call.
	pub fn new(index: u32, call: &[u8]) -> Self {
		Self { index, hash: Digest::of(call).0, length: length(call) }
	}
}

fn length(call: &[u8]) -> u32 {
	call.len().try_into().unwrap_or(u32::MAX)
}

/// Bytes that are encoded already.
struct Verbatim<'a>(&'a [u8]);

impl codec::Encode for Verbatim<'_> {
	fn encode_to<T: codec::Output + ?Sized>(&self, to: &mut T) {
		to.write(self.0);
	}
}

/// What the heaviest call weighs that can be a motion: time and size of proof. What is not used is
/// given back to the block.
fn heaviest() -> Option<(u64, u64)> {
	// Nobody carries proofs here and their size is not limited, but a sum above 64 bits is refused: a
	// quarter leaves room for whatever else is in the block.
	const PROOF: u64 = u64::MAX / 4;
	let weight = METADATA
		.as_ref()?
		.pallet_by_name("Council")?
		.constant_by_name("MaxProposalWeight")?;
	let (Compact(time), Compact(proof)) =
		<(Compact<u64>, Compact<u64>)>::decode(&mut weight.value()).ok()?;
	Some((time, proof.min(PROOF)))
}

//! What people see of the council.

use crate::{AccountId, BlockNumber, Runtime};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use pallet_collective::{Instance1, Members, ProposalOf, Proposals, Voting};
use salus_primitives::{ids::AccountBytes, views::MotionView};

/// The votes on a motion, as the collective stores them: its own type keeps its fields to itself.
#[derive(Decode)]
struct Votes {
	index: u32,
	threshold: u32,
	ayes: Vec<AccountId>,
	nays: Vec<AccountId>,
	end: BlockNumber,
}

/// Accounts as the runtime API shows them.
fn bytes(accounts: Vec<AccountId>) -> Vec<AccountBytes> {
	accounts.into_iter().map(Into::into).collect()
}

/// The accounts of the council's members.
pub fn council() -> Vec<AccountBytes> {
	bytes(Members::<Runtime, Instance1>::get())
}

/// The motions before the council: at most 50, [`pallet_collective::Config::MaxProposals`].
pub fn motions() -> Vec<MotionView> {
	Proposals::<Runtime, Instance1>::get()
		.into_iter()
		.filter_map(|hash| {
			let votes = Voting::<Runtime, Instance1>::get(hash)?.encode();
			let Votes { index, threshold, ayes, nays, end } =
				Votes::decode(&mut votes.as_slice()).ok()?;
			Some(MotionView {
				index,
				hash: hash.into(),
				threshold,
				ayes: bytes(ayes),
				nays: bytes(nays),
				end,
				call: ProposalOf::<Runtime, Instance1>::get(hash)?.encode(),
			})
		})
		.collect()
}

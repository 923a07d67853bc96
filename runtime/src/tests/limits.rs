//! The limits of blocks hold what they must hold.

use crate::{
	constants::{BlockLength, BlockWeights, MAX_BLOCK_LENGTH},
	RuntimeCall, WASM_BINARY,
};
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
use frame_system::Call;

#[test]
fn an_upgrade_fits_a_block() {
	let code = vec![0; MAX_BLOCK_LENGTH as usize];
	let call = RuntimeCall::from(Call::apply_authorized_upgrade { code });
	let info = call.get_dispatch_info();
	assert_eq!(info.class, DispatchClass::Operational);
	let share = BlockWeights::get().get(DispatchClass::Operational).max_extrinsic.unwrap();
	assert!(info.call_weight.all_lte(share), "{} > {share}", info.call_weight);

	let Some(code) = WASM_BINARY else { return };
	let most = *BlockLength::get().max.get(DispatchClass::Operational) as usize;
	assert!(code.len() < most / 4 * 3, "{} of {most} bytes leave no room to grow", code.len());
}

//! The limits of blocks hold what they must hold.

use crate::{
	constants::{BlockLength, BlockWeights, MAX_BLOCK_LENGTH, NORMAL_BLOCK_LENGTH},
	Runtime, RuntimeCall, WASM_BINARY,
};
use codec::Encode;
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

#[test]
fn full_batches_fit_an_ordinary_transaction() {
	use pallet_patient_identity::MAX_ENROLMENTS;
	use pallet_record_anchor::{NewRecord, Taken, Unfolded, MAX_RECORDS, MAX_UNFOLDED};
	use salus_primitives::{
		batch::{BatchProof, Inclusion, MAX_BATCH_SIBLINGS},
		enrolment::EnrolmentStatement,
		ids::{BatchId, ChartId, GuardRoot, RecordId, Seal},
		order::{ChartAct, ChartOrder, MAX_ORDERS},
	};

	let record =
		NewRecord { id: [1; 32].into(), leaf: [2; 32].into(), replaces: Some([3; 32].into()) };
	let records = vec![record; MAX_RECORDS as usize].try_into().unwrap();
	let statement = EnrolmentStatement {
		domain: [0; 16],
		genesis: [0; 32],
		custodian: 1,
		chart: ChartId([1; 32]),
		key: [1; 32],
		expires: 0,
		guard: Some(GuardRoot([2; 32])),
	};
	let entry = (statement, sp_runtime::MultiSignature::Sr25519([0; 64].into()));
	let entries = vec![entry; MAX_ENROLMENTS as usize].try_into().unwrap();
	let order = ChartOrder {
		chart: ChartId([1; 32]),
		act: ChartAct::IssueDirective {
			id: [1; 32].into(),
			seal: [2; 32].into(),
			replaces: Some([3; 32].into()),
		},
		expires: 0,
		signature: sp_runtime::MultiSignature::Sr25519([0; 64].into()),
	};
	let orders = vec![order; MAX_ORDERS as usize].try_into().unwrap();
	let siblings = vec![Seal([1; 32]); MAX_BATCH_SIBLINGS as usize].try_into().unwrap();
	let proof = BatchProof { siblings, index: 0 };
	let (record, leaf) = (RecordId([1; 32]), Seal([2; 32]));
	let inclusion = Inclusion { batch: BatchId([3; 32]), proof };
	let unfolded = vec![Unfolded { record, leaf, inclusion }; MAX_UNFOLDED as usize];
	let listed = vec![record; MAX_RECORDS as usize].try_into().unwrap();
	let taken = vec![Taken { record, leaf }; MAX_RECORDS as usize].try_into().unwrap();
	use pallet_record_anchor::Call as Anchor;
	let calls: [RuntimeCall; 6] = [
		pallet_consent::Call::<Runtime>::submit_orders { orders }.into(),
		Anchor::<Runtime>::unfold_records {
			organisation: 1,
			records: unfolded.try_into().unwrap(),
		}
		.into(),
		Anchor::<Runtime>::offer_custody { organisation: 1, to: 2, records: listed }.into(),
		Anchor::<Runtime>::accept_custody { organisation: 1, records: taken }.into(),
		pallet_record_anchor::Call::<Runtime>::anchor_records { organisation: 1, records }.into(),
		pallet_patient_identity::Call::<Runtime>::enrol_charts { organisation: 1, entries }.into(),
	];
	let share = BlockWeights::get().get(DispatchClass::Normal).max_extrinsic.unwrap();
	for call in calls {
		let info = call.get_dispatch_info();
		assert_eq!(info.class, DispatchClass::Normal);
		assert!(info.call_weight.all_lte(share), "{} > {share}", info.call_weight);
		assert!(call.encoded_size() * 10 < NORMAL_BLOCK_LENGTH as usize);
	}
}

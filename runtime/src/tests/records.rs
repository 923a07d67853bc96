//! What befalls a record, on the whole runtime: batches, erasure, custody.

use super::{
	chain::{now, run, send},
	journey::{
		decide, decide_on, denied, enrolment, record, staff, store, Records, CHART, LAKESIDE,
		MERCY, RECORD,
	},
};
use crate::{genesis_presets::account, Runtime};
use frame_support::{assert_err, assert_ok};
use pallet_record_anchor::{Error, Taken, Unfolded};
use salus_primitives::{
	batch::{BatchTree, Inclusion},
	codes::{PetitionKind, PetitionState, RecordState},
	decision::{Accessor, Basis, Decision, DenyReason},
	ids::{BatchId, RecordId, Seal},
};
use salus_runtime_api::{
	runtime_decl_for_charts_api::ChartsApiV1, runtime_decl_for_records_api::RecordsApiV1,
};

fn basis(decision: Decision) -> Option<Basis> {
	match decision {
		Decision::Permit { basis, .. } => Some(basis),
		Decision::Deny { .. } => None,
	}
}

fn patient() -> Accessor {
	Accessor::Patient { account: account("Patient").into() }
}

#[test]
fn a_record_of_a_batch_is_read_by_its_proof_and_then_by_itself() {
	run(|| {
		store();
		let (batch, id) = (BatchId([0xb1; 32]), RecordId([0xd2; 32]).anchored_at(MERCY));
		let leaf = record().seal();
		let other = |n| (RecordId([n; 32]), Seal([n; 32]));
		let tree = BatchTree::new([other(1), (id, leaf), other(2)]).unwrap();
		let (root, leaves) = (tree.root(), tree.leaves());
		assert_ok!(send(
			"Mercy//Vault",
			Records::anchor_batch { organisation: MERCY, batch, root, leaves }
		));
		assert_eq!(Runtime::batch(batch).unwrap().root, root);

		let house = staff("Mercy//DrAdams", MERCY);
		let inclusion = Inclusion { batch, proof: tree.prove(1).unwrap() };
		assert_eq!(decide_on(house, id, &[], None), denied(DenyReason::RecordUnknown));
		let by_proof = |accessor| decide_on(accessor, id, &[], Some(inclusion.clone()));
		assert_eq!(basis(by_proof(house)), Some(Basis::Custodian));
		assert_eq!(basis(by_proof(patient())), Some(Basis::Patient));
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(by_proof(surgeon), denied(DenyReason::NothingPermits));

		let unfolded = Unfolded { record: id, leaf, inclusion: inclusion.clone() };
		let records = vec![unfolded].try_into().unwrap();
		assert_ok!(send("Mercy//Vault", Records::unfold_records { organisation: MERCY, records }));
		assert_eq!(basis(decide_on(house, id, &[], None)), Some(Basis::Custodian));

		// Once it is erased, no proof brings it back.
		let (kind, seal) = (PetitionKind::Erasure, Seal([7; 32]));
		assert_ok!(send("Mercy//Records", Records::file_petition { record: id, kind, seal }));
		let grant = Records::grant_petition { record: id, number: 0, answer: Seal([8; 32]) };
		assert_ok!(send("Mercy//Records", grant));
		for accessor in [house, patient(), surgeon] {
			assert_eq!(by_proof(accessor), denied(DenyReason::RecordErased));
		}
		let view = Runtime::record_view(id).unwrap();
		assert_eq!(view.facts.state, RecordState::Erased);
		assert_eq!(view.petitions[0].petition.state, PetitionState::Granted);
	});
}

#[test]
fn a_record_that_moved_is_of_a_chart_at_its_new_house() {
	run(|| {
		store();
		let offer = Records::offer_custody {
			organisation: MERCY,
			to: LAKESIDE,
			records: vec![RECORD].try_into().unwrap(),
		};
		assert_ok!(send("Mercy//Vault", offer));
		let taken = vec![Taken { record: RECORD, leaf: record().seal() }].try_into().unwrap();
		let accept = Records::accept_custody { organisation: LAKESIDE, records: taken };
		assert_err!(send("Lakeside//Unlicensed", accept.clone()), Error::<Runtime>::NotAuthorised);
		assert_ok!(send("Lakeside//Records", accept));
		// Lakeside kept the leaf of Mercy's chart, which is none of its own: nobody reads that.
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(decide(surgeon, &[]), denied(DenyReason::ChartUnknown));
		assert_eq!(decide(patient(), &[]), denied(DenyReason::ChartUnknown));
		let page = Runtime::records(LAKESIDE, 0);
		assert_eq!(page.entries[0].id, RECORD);
		assert!(Runtime::records(MERCY, 0).entries.is_empty());
	});
}

#[test]
fn a_holding_moves_with_every_chart_and_record() {
	run(|| {
		store();
		let (from, to) = (MERCY, LAKESIDE);
		let offer = Records::offer_holding { organisation: from, to };
		assert_err!(send("Mercy//Records", offer.clone()), Error::<Runtime>::NotAuthorised);
		assert_ok!(send("Mercy", offer));
		assert_ok!(send("Lakeside", Records::accept_holding { organisation: to, from }));

		assert_eq!(Runtime::holding(MERCY).keeper, LAKESIDE);
		assert_eq!(Runtime::chart(CHART).unwrap().custodian, LAKESIDE);
		assert_eq!(Runtime::record(RECORD).unwrap().custodian, LAKESIDE);
		let house = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(basis(decide(house, &[])), Some(Basis::Custodian));
		assert_eq!(basis(decide(patient(), &[])), Some(Basis::Patient));
		let former = staff("Mercy//DrAdams", MERCY);
		assert_eq!(decide(former, &[]), denied(DenyReason::NothingPermits));
		let refused = pallet_patient_identity::Error::<Runtime>::HoldingGivenAway;
		assert_err!(send("Mercy//Records", enrolment(now() + 60_000)), refused);
	});
}

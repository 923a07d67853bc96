use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
	batch::{BatchLeaf, BatchTree, Inclusion},
	codes::{ErrorReason, PetitionKind, PetitionState, RecordState},
	directory::HoldingDirectory,
	ids::{BatchId, OrganisationId, Seal},
	petition::Petition,
};
use sp_runtime::{traits::Dispatchable, DispatchError};

mod anchor_batch;
mod anchor_records;
mod custody;
mod holdings;
mod holds;
mod invariants;
mod mark_entered_in_error;
mod origins;
mod petitions;
mod transitions;
mod unfold_records;
mod views;

fn anchor(records: impl IntoIterator<Item = NewRecord>) -> DispatchResult {
	RecordAnchor::anchor_records(RuntimeOrigin::signed(SYSTEM), HOUSE, batch(records))
}

fn mark(n: u8, reason: ErrorReason) -> DispatchResult {
	RecordAnchor::mark_entered_in_error(RuntimeOrigin::signed(SYSTEM), id(n), reason)
}

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The `n`th seal over whatever a test seals.
fn seal(n: u8) -> Seal {
	Seal([n; 32])
}

/// The `n`th batch's id.
fn batch_id(n: u8) -> BatchId {
	BatchId([n; 32])
}

/// The records of the batches: 100, 101 and so on, with their usual leaves.
fn leaves(count: u8) -> Vec<BatchLeaf> {
	(100..100 + count).map(|n| (id(n), seal(n))).collect()
}

fn tree(count: u8) -> BatchTree {
	BatchTree::new(leaves(count)).unwrap()
}

/// The house anchors the `n`th batch, of so many records.
fn anchor_tree(n: u8, count: u8) -> DispatchResult {
	let root = tree(count).root();
	RecordAnchor::anchor_batch(signed(SYSTEM), HOUSE, batch_id(n), root, count.into())
}

/// The record at this place of the `n`th batch, of so many records, with its proof.
fn unfolded(n: u8, count: u8, place: u8) -> Unfolded {
	let (record, leaf) = leaves(count)[usize::from(place)];
	let proof = tree(count).prove(place.into()).unwrap();
	Unfolded { record, leaf, inclusion: Inclusion { batch: batch_id(n), proof } }
}

fn unfold(records: impl IntoIterator<Item = Unfolded>) -> DispatchResult {
	let records = records.into_iter().collect::<Vec<_>>().try_into().unwrap();
	RecordAnchor::unfold_records(signed(SYSTEM), HOUSE, records)
}

fn hold(n: u8, by: u8) -> DispatchResult {
	RecordAnchor::place_hold(signed(RECORDS), id(n), seal(by))
}

fn release(n: u8, by: u8) -> DispatchResult {
	RecordAnchor::release_hold(signed(RECORDS), id(n), seal(by))
}

fn file(n: u8, kind: PetitionKind, by: u8) -> DispatchResult {
	RecordAnchor::file_petition(signed(RECORDS), id(n), kind, seal(by))
}

fn withdraw(n: u8, number: u32) -> DispatchResult {
	RecordAnchor::withdraw_petition(signed(RECORDS), id(n), number)
}

fn refuse(n: u8, number: u32) -> DispatchResult {
	RecordAnchor::refuse_petition(signed(RECORDS), id(n), number, seal(90))
}

fn grant(n: u8, number: u32) -> DispatchResult {
	RecordAnchor::grant_petition(signed(RECORDS), id(n), number, seal(91))
}

/// Files and grants an erasure.
fn erase(n: u8) {
	assert_ok!(file(n, PetitionKind::Erasure, 99));
	let number = Petitions::<Test>::get(id(n)).len() as u32 - 1;
	assert_ok!(grant(n, number));
}

fn list(records: impl IntoIterator<Item = u8>) -> RecordList {
	records.into_iter().map(id).collect::<Vec<_>>().try_into().unwrap()
}

/// The house offers these records to the other.
fn offer(records: impl IntoIterator<Item = u8>) -> DispatchResult {
	RecordAnchor::offer_custody(signed(SYSTEM), HOUSE, OTHER, list(records))
}

fn take_back(records: impl IntoIterator<Item = u8>) -> DispatchResult {
	RecordAnchor::withdraw_offer(signed(SYSTEM), HOUSE, list(records))
}

/// The other takes these records over, each with the leaf of 50 more.
fn accept(records: impl IntoIterator<Item = u8>) -> DispatchResult {
	let records: Vec<_> = records
		.into_iter()
		.map(|n| Taken { record: id(n), leaf: seal(n + 50) })
		.collect();
	RecordAnchor::accept_custody(signed(OTHERS_SYSTEM), OTHER, records.try_into().unwrap())
}

/// The administrators of both hand all of the house's to the other.
fn hand_over() {
	assert_ok!(RecordAnchor::offer_holding(signed(ADMINISTRATOR), HOUSE, OTHER));
	assert_ok!(RecordAnchor::accept_holding(signed(OTHERS_ADMINISTRATOR), OTHER, HOUSE));
}

/// To whom the `n`th record is offered.
fn offered_to(n: u8) -> Option<OrganisationId> {
	RecordAnchor::record_view(&id(n), 0).unwrap().offered
}

fn details(n: u8) -> RecordDetails {
	Records::<Test>::get(id(n)).unwrap()
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::RecordAnchor(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

use super::*;

/// Two versions, a record in error, one erased, one held and petitioned about, one offered, a batch and a
/// holding given away: then corrupts the state and expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1)), record(3, None), record(4, None)]));
		assert_ok!(mark(4, ErrorReason::Duplicate));
		assert_ok!(anchor([record(5, None), record(6, None), record(7, None)]));
		erase(5);
		assert_ok!(hold(6, 1));
		assert_ok!(file(6, PetitionKind::Erasure, 1));
		assert_ok!(refuse(6, 0));
		assert_ok!(file(6, PetitionKind::Amendment, 2));
		assert_ok!(offer([7]));
		assert_ok!(anchor_tree(1, 3));
		assert_ok!(anchor_tree(2, 4));
		assert_ok!(RecordAnchor::offer_holding(signed(BOARD), 5, 6));
		assert_ok!(RecordAnchor::accept_holding(signed(BOARD), 6, 5));
		assert_ok!(RecordAnchor::do_try_state());
		corrupt();
		assert_eq!(RecordAnchor::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

fn change(n: u8, change: impl FnOnce(&mut RecordDetails)) {
	Records::<Test>::mutate(id(n), |details| change(details.as_mut().unwrap()));
}

fn change_petitions(n: u8, change: impl FnOnce(&mut PetitionList)) {
	Petitions::<Test>::mutate(id(n), change);
}

#[test]
fn finds_numbers_and_records_that_do_not_match() {
	finds("1: a number lies beyond its custodian's count", || {
		RecordCounts::<Test>::insert(HOUSE, 6)
	});
	let unnamed = "2: a number names no record of this custodian and number";
	finds(unnamed, || RecordSequence::<Test>::insert(HOUSE, 2, id(9)));
	finds(unnamed, || RecordSequence::<Test>::insert(HOUSE, 0, id(3)));
	finds(unnamed, || change(3, |details| details.custodian = OTHER));
	finds(unnamed, || change(3, |details| details.number = 0));
	let nameless = "2: a record has no number";
	finds(nameless, || RecordSequence::<Test>::remove(HOUSE, 2));
	finds(nameless, || Records::<Test>::insert(id(9), details(3)));
}

#[test]
fn finds_broken_versions() {
	let broken = "3: a replaced record is unknown or still current";
	finds(broken, || change(1, |details| details.state = RecordState::Current));
	finds(broken, || change(3, |details| details.replaces = Some(id(9))));
	finds("3: a record is replaced twice", || change(3, |details| details.replaces = Some(id(1))));
	finds("4: a superseded record is replaced by none", || {
		change(3, |details| details.state = RecordState::Superseded)
	});
}

#[test]
fn finds_reasons_that_do_not_match() {
	finds("5: a record entered in error has no reason", || ErrorReasons::<Test>::remove(id(4)));
	let stray = "5: a reason is of no record entered in error or erased";
	for n in [3, 9] {
		finds(stray, || ErrorReasons::<Test>::insert(id(n), ErrorReason::Duplicate));
	}
}

#[test]
fn finds_broken_batches() {
	let gap = "6: a custodian's batches have a gap";
	finds(gap, || BatchSequence::<Test>::remove(HOUSE, 0));
	finds(gap, || BatchCounts::<Test>::insert(HOUSE, 3));
	finds("6: a batch lies beyond its custodian's count", || BatchCounts::<Test>::insert(HOUSE, 1));
	let unnamed = "6: a number names no batch of its custodian";
	finds(unnamed, || BatchSequence::<Test>::insert(HOUSE, 0, batch_id(9)));
	let with = |n, change: fn(&mut salus_primitives::batch::BatchFacts)| {
		Batches::<Test>::mutate(batch_id(n), |facts| change(facts.as_mut().unwrap()))
	};
	finds(unnamed, || with(1, |facts| facts.custodian = OTHER));
	finds("6: a batch has two numbers", || BatchSequence::<Test>::insert(HOUSE, 0, batch_id(2)));
	finds("6: a batch has no number", || {
		Batches::<Test>::insert(batch_id(9), Batches::<Test>::get(batch_id(1)).unwrap())
	});
	let impossible = "6: a batch has an impossible number of leaves";
	finds(impossible, || with(1, |facts| facts.leaves = 0));
	finds(impossible, || with(1, |facts| facts.leaves = (1 << 20) + 1));
}

#[test]
fn finds_broken_holds() {
	let stray = "7: a hold is on a record that is unknown or erased";
	let holds = |seals: &[Seal]| HoldList::try_from(seals.to_vec()).unwrap();
	for n in [5, 9] {
		finds(stray, || Holds::<Test>::insert(id(n), holds(&[seal(1)])));
	}
	let broken = "7: holds are empty or the same twice";
	finds(broken, || Holds::<Test>::insert(id(6), holds(&[])));
	finds(broken, || Holds::<Test>::insert(id(6), holds(&[seal(1), seal(1)])));
}

#[test]
fn finds_broken_petitions() {
	let stray = "8: petitions are about no record, or empty";
	finds(stray, || Petitions::<Test>::insert(id(9), Petitions::<Test>::get(id(6))));
	finds(stray, || Petitions::<Test>::insert(id(3), PetitionList::default()));
	finds("8: two petitions of a kind are open", || {
		change_petitions(6, |petitions| {
			let open = petitions[1];
			petitions.try_push(open).unwrap();
		})
	});
	let disagree = "8: answer and state of a petition disagree";
	finds(disagree, || change_petitions(6, |petitions| petitions[0].answer = None));
	finds(disagree, || change_petitions(6, |petitions| petitions[0].answered = None));
	finds(disagree, || change_petitions(6, |petitions| petitions[1].answer = Some(seal(1))));
	finds("8: a granted erasure is of a record that is not erased", || {
		change_petitions(6, |petitions| petitions[0].state = PetitionState::Granted)
	});
	finds("8: a record is erased that nobody asked to erase", || {
		change(3, |details| details.state = RecordState::Erased)
	});
}

#[test]
fn finds_broken_offers() {
	let offer_to = |to| Some(CustodyOffer { from: HOUSE, to });
	let broken = "9: a record is offered that is erased, or to its keeper";
	finds(broken, || change(5, |details| details.offered = offer_to(OTHER)));
	finds(broken, || change(7, |details| details.offered = offer_to(HOUSE)));
}

#[test]
fn finds_broken_holdings() {
	finds("10: a holding is offered that was given away", || HoldingOffers::<Test>::insert(5, 7));
	let long = "10: a way is longer than the depth says";
	finds(long, || HandoverDepths::<Test>::remove(6));
	finds(long, || Keepers::<Test>::insert(6, 7));
	finds("10: a way to a keeper does not end", || {
		HandoverDepths::<Test>::insert(5, 9);
		HandoverDepths::<Test>::insert(6, 9);
		Keepers::<Test>::insert(6, 5);
	});
}

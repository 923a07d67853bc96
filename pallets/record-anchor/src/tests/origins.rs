use super::*;

/// Everything that the calls act on: a current record, one that is held and petitioned about, one offered
/// to this house, a batch, and offers of holdings.
fn prepare() {
	assert_ok!(anchor([record(1, None), record(2, None), record(3, None)]));
	assert_ok!(hold(2, 1));
	assert_ok!(file(2, PetitionKind::Amendment, 1));
	assert_ok!(mark(2, ErrorReason::WrongContent));
	assert_ok!(offer([3]));
	assert_ok!(anchor_tree(1, 3));
	let foreign = batch([record(204, None)]);
	assert_ok!(RecordAnchor::anchor_records(signed(OTHERS_SYSTEM), OTHER, foreign));
	let list = list([204]);
	assert_ok!(RecordAnchor::offer_custody(signed(OTHERS_SYSTEM), OTHER, HOUSE, list));
	assert_ok!(RecordAnchor::offer_holding(signed(OTHERS_ADMINISTRATOR), OTHER, HOUSE));
}

fn offered_holding() {
	prepare();
	assert_ok!(RecordAnchor::offer_holding(signed(ADMINISTRATOR), HOUSE, OTHER));
}

/// A call, who may make it, and what is there before.
type Line = (Call<Test>, &'static [u64], fn());

#[test]
fn each_call_by_each_origin() {
	const WRITERS: &[u64] = &[CLINICIAN, RECORDS, SYSTEM];
	const KEEPERS: &[u64] = &[RECORDS, SYSTEM];
	const ADMINISTRATORS: &[u64] = &[ADMINISTRATOR];
	let taken = Taken { record: id(204), leaf: seal(4) };
	let (record, number, answer) = (id(2), 0, seal(90));
	let root = tree(3).root();
	let table: [Line; 16] = [
		(
			Call::anchor_records { organisation: HOUSE, records: batch([super::record(9, None)]) },
			WRITERS,
			prepare,
		),
		(
			Call::mark_entered_in_error { record: id(1), reason: ErrorReason::Duplicate },
			WRITERS,
			prepare,
		),
		(
			Call::anchor_batch { organisation: HOUSE, batch: batch_id(2), root, leaves: 3 },
			WRITERS,
			prepare,
		),
		(
			Call::unfold_records {
				organisation: HOUSE,
				records: vec![unfolded(1, 3, 0)].try_into().unwrap(),
			},
			WRITERS,
			prepare,
		),
		(Call::place_hold { record, seal: seal(2) }, KEEPERS, prepare),
		(Call::release_hold { record, seal: seal(1) }, KEEPERS, prepare),
		(
			Call::file_petition { record, kind: PetitionKind::Erasure, seal: seal(2) },
			KEEPERS,
			prepare,
		),
		(Call::withdraw_petition { record, number }, KEEPERS, prepare),
		(Call::refuse_petition { record, number, answer }, KEEPERS, prepare),
		(Call::grant_petition { record, number, answer }, KEEPERS, prepare),
		(
			Call::offer_custody { organisation: HOUSE, to: OTHER, records: list([1]) },
			WRITERS,
			prepare,
		),
		(Call::withdraw_offer { organisation: HOUSE, records: list([3]) }, WRITERS, prepare),
		(
			Call::accept_custody { organisation: HOUSE, records: vec![taken].try_into().unwrap() },
			WRITERS,
			prepare,
		),
		(Call::offer_holding { organisation: HOUSE, to: OTHER }, ADMINISTRATORS, prepare),
		(Call::withdraw_holding { organisation: HOUSE }, ADMINISTRATORS, offered_holding),
		(Call::accept_holding { organisation: HOUSE, from: OTHER }, ADMINISTRATORS, prepare),
	];
	let everyone = [
		STRANGER,
		ADMINISTRATOR,
		PHARMACIST,
		OTHERS_SYSTEM,
		OTHERS_ADMINISTRATOR,
		CLINICIAN,
		RECORDS,
		SYSTEM,
	];
	for (call, admitted, prepare) in table {
		let by = |origin: RuntimeOrigin, expected: DispatchResult| {
			run(|| {
				prepare();
				let result = RuntimeCall::from(call.clone()).dispatch(origin.clone());
				let result = result.map(|_| ()).map_err(|error| error.error);
				assert_eq!(result, expected, "{call:?} by {origin:?}");
			});
		};
		by(RuntimeOrigin::none(), Err(DispatchError::BadOrigin));
		by(RuntimeOrigin::root(), Err(DispatchError::BadOrigin));
		for who in everyone {
			let refused = Err(Error::<Test>::NotAuthorised.into());
			by(signed(who), if admitted.contains(&who) { Ok(()) } else { refused });
		}
	}
}

/// What a custodian owes it owes also while it is suspended; it takes on nothing then.
#[test]
fn a_suspended_house_keeps_its_duties() {
	run(|| {
		// It anchored while it was active.
		let custodian = SUSPENDED;
		let details = RecordDetails {
			custodian,
			number: 0,
			leaf: seal(1),
			state: RecordState::Current,
			replaces: None,
			offered: None,
		};
		Records::<Test>::insert(id(1), details);
		RecordSequence::<Test>::insert(custodian, 0, id(1));
		RecordCounts::<Test>::insert(custodian, 1);

		let by = || signed(SYSTEM);
		assert_ok!(RecordAnchor::place_hold(by(), id(1), seal(1)));
		assert_ok!(RecordAnchor::release_hold(by(), id(1), seal(1)));
		let erasure = PetitionKind::Erasure;
		for number in 0..2 {
			let seal = seal(number + 1);
			assert_ok!(RecordAnchor::file_petition(by(), id(1), erasure, seal));
			assert_ok!(RecordAnchor::refuse_petition(by(), id(1), number.into(), seal));
		}
		assert_ok!(RecordAnchor::offer_custody(by(), SUSPENDED, OTHER, list([1])));
		assert_ok!(RecordAnchor::withdraw_offer(by(), SUSPENDED, list([1])));
		let administrator = || signed(ADMINISTRATOR);
		assert_ok!(RecordAnchor::offer_holding(administrator(), SUSPENDED, OTHER));
		assert_ok!(RecordAnchor::withdraw_holding(administrator(), SUSPENDED));

		let not = DispatchError::from(Error::<Test>::NotAuthorised);
		let reason = ErrorReason::Duplicate;
		assert_noop!(RecordAnchor::mark_entered_in_error(by(), id(1), reason), not);
		let root = tree(1).root();
		assert_noop!(RecordAnchor::anchor_batch(by(), SUSPENDED, batch_id(1), root, 1), not);
		let taken = vec![Taken { record: id(1), leaf: seal(1) }].try_into().unwrap();
		assert_noop!(RecordAnchor::accept_custody(by(), SUSPENDED, taken), not);
		assert_noop!(RecordAnchor::accept_holding(administrator(), SUSPENDED, HOUSE), not);
	});
}

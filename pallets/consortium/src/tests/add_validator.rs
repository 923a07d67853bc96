use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		ValidatorsChanged::<Test>::kill();

		assert_ok!(Consortium::add_validator(council(), THIRD));

		assert_eq!(validators(), [FIRST, SECOND, THIRD]);
		assert!(ValidatorsChanged::<Test>::get());
		assert!(Consortium::is_operator(&THIRD));
		assert_eq!(
			events(),
			[Event::AccountEnrolled { account: THIRD }, Event::ValidatorAdded { validator: THIRD }]
		);
	});
}

#[test]
fn gives_an_operator_no_second_reference() {
	build_and_execute(|| {
		assert_ok!(Consortium::enrol_operator(council(), THIRD));
		assert_ok!(Consortium::add_validator(council(), THIRD));

		assert_eq!((System::providers(&THIRD), System::sufficients(&THIRD)), (1, 1));
	});
}

#[test]
fn fails_when_it_is_a_validator_already() {
	build_and_execute(|| {
		assert_noop!(Consortium::add_validator(council(), FIRST), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_without_session_keys() {
	build_and_execute(|| {
		assert_noop!(
			Consortium::add_validator(council(), KEYLESS),
			Error::<Test>::SessionKeysMissing
		);
	});
}

#[test]
fn fails_when_there_is_no_room() {
	build_and_execute(|| {
		for who in 100..100 + u64::from(MAX_VALIDATORS) - 2 {
			assert_ok!(Consortium::add_validator(council(), who));
		}
		assert_noop!(Consortium::add_validator(council(), THIRD), Error::<Test>::TooManyValidators);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_noop!(Consortium::add_validator(RuntimeOrigin::signed(FIRST), THIRD), BadOrigin);
	});
}

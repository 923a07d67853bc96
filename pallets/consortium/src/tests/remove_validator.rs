use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		ValidatorsChanged::<Test>::kill();

		assert_ok!(Consortium::remove_validator(council(), FIRST));

		assert_eq!(validators(), [SECOND]);
		assert!(ValidatorsChanged::<Test>::get());
		assert_eq!(events(), [Event::ValidatorRemoved { validator: FIRST }]);
	});
}

#[test]
fn leaves_the_account_enrolled() {
	build_and_execute(|| {
		assert_ok!(Consortium::remove_validator(council(), FIRST));

		assert!(Consortium::is_operator(&FIRST));
		assert_ok!(Consortium::add_validator(council(), FIRST));
		assert_eq!(validators(), [SECOND, FIRST]);
	});
}

#[test]
fn fails_when_it_is_no_validator() {
	build_and_execute(|| {
		assert_noop!(Consortium::remove_validator(council(), THIRD), Error::<Test>::NotFound);
	});
}

#[test]
fn fails_when_it_is_the_last() {
	build_and_execute(|| {
		assert_ok!(Consortium::remove_validator(council(), FIRST));
		assert_noop!(Consortium::remove_validator(council(), SECOND), Error::<Test>::LastValidator);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_noop!(Consortium::remove_validator(RuntimeOrigin::signed(FIRST), SECOND), BadOrigin);
	});
}

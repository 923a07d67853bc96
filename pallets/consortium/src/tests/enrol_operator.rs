use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(Consortium::enrol_operator(council(), STRANGER));

		assert!(Consortium::is_operator(&STRANGER));
		assert_eq!((System::providers(&STRANGER), System::sufficients(&STRANGER)), (1, 1));
		assert!(System::can_inc_consumer(&STRANGER), "session.setKeys needs a consumer reference");
		assert_eq!(
			events(),
			[
				Event::AccountEnrolled { account: STRANGER },
				Event::OperatorEnrolled { operator: STRANGER }
			]
		);
	});
}

#[test]
fn works_for_an_account_enrolled_already() {
	build_and_execute(|| {
		assert_ok!(Consortium::enrol_operator(council(), STAFF));

		assert_eq!((System::providers(&STAFF), System::sufficients(&STAFF)), (1, 1));
		assert_eq!(events(), [Event::OperatorEnrolled { operator: STAFF }]);
	});
}

#[test]
fn fails_when_it_is_an_operator_already() {
	build_and_execute(|| {
		assert_noop!(Consortium::enrol_operator(council(), FIRST), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_noop!(Consortium::enrol_operator(RuntimeOrigin::root(), STRANGER), BadOrigin);
	});
}

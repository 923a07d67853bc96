use super::*;

#[test]
fn lets_an_account_transact_once() {
	build_and_execute(|| {
		assert!(!Consortium::is_enrolled(&STRANGER));
		Consortium::enrol(&STRANGER);
		Consortium::enrol(&STRANGER);

		assert!(Consortium::is_enrolled(&STRANGER));
		assert_eq!((System::providers(&STRANGER), System::sufficients(&STRANGER)), (0, 1));
		assert_eq!(events(), [Event::AccountEnrolled { account: STRANGER }]);
	});
}

#[test]
fn does_not_make_an_operator() {
	build_and_execute(|| {
		assert!(Consortium::is_enrolled(&STAFF));
		assert!(!Consortium::is_operator(&STAFF));
		assert!(!System::can_inc_consumer(&STAFF));
	});
}

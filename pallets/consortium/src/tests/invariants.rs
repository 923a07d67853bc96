use super::*;

/// Corrupts a sound state and expects this failure.
fn violated(corrupt: impl FnOnce(), expected: &'static str) {
	new_test_ext(genesis()).execute_with(|| {
		assert_ok!(Consortium::do_try_state());
		corrupt();
		assert_eq!(Consortium::do_try_state(), Err(expected.into()));
	});
}

#[test]
fn there_is_a_validator() {
	violated(Validators::<Test>::kill, "consortium 1: no validator");
}

#[test]
fn no_validator_is_named_twice() {
	violated(
		|| Validators::<Test>::mutate(|validators| validators.force_push(FIRST)),
		"consortium 2: a validator is named twice",
	);
}

#[test]
fn validators_are_operators() {
	violated(
		|| Validators::<Test>::mutate(|validators| validators.force_push(STAFF)),
		"consortium 3: a validator is no operator",
	);
}

#[test]
fn validators_are_enrolled() {
	violated(|| Accounts::<Test>::remove(FIRST), "consortium 3: a validator is no operator");
}

#[test]
fn enrolled_accounts_are_never_reaped() {
	violated(
		|| {
			System::dec_sufficients(&STAFF);
		},
		"consortium 4: an enrolled account can be reaped",
	);
}

#[test]
fn sessions_have_blocks() {
	violated(|| SessionLength::<Test>::put(0), "consortium 5: sessions without blocks");
}

#[test]
fn references_are_given_by_enrolment_only() {
	let expected = "consortium 6: an account holds a reference that no enrolment gave";
	for account in [STAFF, FIRST, STRANGER] {
		violated(
			|| {
				System::inc_sufficients(&account);
			},
			expected,
		);
	}
	violated(|| Accounts::<Test>::remove(STAFF), expected);
}

use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_eq!(validators(), [FIRST, SECOND]);
		assert_eq!(SessionLength::<Test>::get(), SESSION);
		for who in [FIRST, SECOND, STAFF] {
			assert_eq!(System::sufficients(&who), 1);
		}
		assert_eq!(System::providers(&FIRST), 1);
		assert_eq!(System::providers(&STAFF), 0);
	});
}

#[test]
fn takes_ten_minutes_for_a_session_unless_told() {
	assert_eq!(GenesisConfig::<Test>::default().session_length, 600);
}

#[test]
#[should_panic(expected = "session_length must be at least one block")]
fn fails_when_sessions_have_no_block() {
	new_test_ext(GenesisConfig { session_length: 0, ..genesis() });
}

#[test]
#[should_panic(expected = "genesis validators must be distinct")]
fn fails_when_a_validator_is_named_twice() {
	new_test_ext(GenesisConfig { validators: vec![FIRST, FIRST], ..genesis() });
}

#[test]
#[should_panic(expected = "genesis validators must have session keys")]
fn fails_when_a_validator_has_no_session_keys() {
	new_test_ext(GenesisConfig { validators: vec![FIRST, KEYLESS], ..genesis() });
}

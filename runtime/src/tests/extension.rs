//! What a transaction passes before it is dispatched.

use super::chain::{pair, run, send, signed, validate, GENESIS};
use crate::{genesis_presets::account, Executive, RuntimeCall, System};
use codec::{DecodeAll, Encode};
use salus_primitives::directory::Enrolment;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionSource, TransactionValidityError,
};

fn remark() -> RuntimeCall {
	frame_system::Call::remark { remark: b"hello".to_vec() }.into()
}

#[test]
fn an_unenrolled_account_is_refused() {
	run(|| {
		let stranger = pair("Stranger");
		let refused = TransactionValidityError::from(InvalidTransaction::Payment);
		assert_eq!(validate(&stranger, remark()), Err(refused));
		assert_eq!(Executive::apply_extrinsic(signed(&stranger, remark())), Err(refused));
		assert_eq!(System::account_nonce(account("Stranger")), 0);
	});
}

#[test]
fn an_enrolled_account_passes() {
	run(|| {
		assert!(!crate::Consortium::is_enrolled(&account("Stranger")));
		for name in ["Council1", "Mercy//Records", "Lakeside//DrBrooks", "Validator1", "BoardCA"] {
			assert!(crate::Consortium::is_enrolled(&account(name)), "{name}");
			validate(&pair(name), remark()).unwrap();
			send(name, remark()).unwrap();
			assert_eq!(System::account_nonce(account(name)), 1);
		}
	});
}

#[test]
fn a_transaction_is_taken_once() {
	run(|| {
		let transaction = signed(&pair("Mercy"), remark());
		Executive::apply_extrinsic(transaction.clone()).unwrap().unwrap();
		let stale = TransactionValidityError::from(InvalidTransaction::Stale);
		assert_eq!(Executive::apply_extrinsic(transaction), Err(stale));
	});
}

#[test]
fn a_changed_call_breaks_the_signature() {
	run(|| {
		let mut transaction = signed(&pair("Mercy"), remark());
		transaction.function = frame_system::Call::remark { remark: b"other".to_vec() }.into();
		let transaction = DecodeAll::decode_all(&mut &transaction.encode()[..]).unwrap();
		let validity =
			Executive::validate_transaction(TransactionSource::External, transaction, GENESIS);
		assert_eq!(validity, Err(InvalidTransaction::BadProof.into()));
	});
}

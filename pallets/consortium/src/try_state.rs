//! What holds at the end of every block.

use crate::{Accounts, Config, Pallet, SessionLength, Validators};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Checks the pallet's invariants:
	/// 1. There is at least one validator.
	/// 2. No validator is named twice.
	/// 3. Every validator is an operator: enrolled, with a provider reference.
	/// 4. Every enrolled account holds a sufficient reference: none is ever reaped.
	/// 5. A session has at least one block.
	/// 6. An enrolled account holds one sufficient reference, which its enrolment gave, and no other
	///    account holds any: nobody transacts without having been enrolled.
	pub fn do_try_state() -> Result<(), DispatchError> {
		let validators = Validators::<T>::get();
		ensure!(!validators.is_empty(), "consortium 1: no validator");
		ensure!(
			validators.iter().collect::<BTreeSet<_>>().len() == validators.len(),
			"consortium 2: a validator is named twice"
		);
		ensure!(
			validators.iter().all(Self::is_operator),
			"consortium 3: a validator is no operator"
		);
		ensure!(
			Accounts::<T>::iter_keys()
				.all(|account| frame_system::Pallet::<T>::sufficients(&account) > 0),
			"consortium 4: an enrolled account can be reaped"
		);
		ensure!(SessionLength::<T>::get() > 0, "consortium 5: sessions without blocks");
		ensure!(
			frame_system::Account::<T>::iter().all(|(account, info)| {
				info.sufficients <= u32::from(Accounts::<T>::contains_key(account))
			}),
			"consortium 6: an account holds a reference that no enrolment gave"
		);
		Ok(())
	}
}

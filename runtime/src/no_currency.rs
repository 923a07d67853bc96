//! A currency without units, for pallets of the SDK that insist on one.

use crate::{AccountId, RuntimeHoldReason};
use frame_support::traits::{
	fungible::{self, hold},
	tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
};
use sp_runtime::{DispatchError, DispatchResult};

/// Everyone has nothing, and nothing is all that is ever asked for.
pub struct NoCurrency;

impl fungible::Inspect<AccountId> for NoCurrency {
	type Balance = u128;

	fn total_issuance() -> u128 {
		0
	}

	fn minimum_balance() -> u128 {
		0
	}

	fn total_balance(_: &AccountId) -> u128 {
		0
	}

	fn balance(_: &AccountId) -> u128 {
		0
	}

	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u128 {
		0
	}

	fn can_deposit(_: &AccountId, _: u128, _: Provenance) -> DepositConsequence {
		DepositConsequence::Success
	}

	fn can_withdraw(_: &AccountId, _: u128) -> WithdrawConsequence<u128> {
		WithdrawConsequence::Success
	}
}

impl fungible::Unbalanced<AccountId> for NoCurrency {
	fn handle_dust(_: fungible::Dust<AccountId, Self>) {}

	fn write_balance(_: &AccountId, _: u128) -> Result<Option<u128>, DispatchError> {
		Ok(None)
	}

	fn set_total_issuance(_: u128) {}
}

impl fungible::Mutate<AccountId> for NoCurrency {}

impl hold::Inspect<AccountId> for NoCurrency {
	type Reason = RuntimeHoldReason;

	fn total_balance_on_hold(_: &AccountId) -> u128 {
		0
	}

	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u128 {
		0
	}
}

impl hold::Unbalanced<AccountId> for NoCurrency {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, _: u128) -> DispatchResult {
		Ok(())
	}
}

impl hold::Mutate<AccountId> for NoCurrency {}

//! Whose orders are taken.

use super::*;
use codec::Encode;
use salus_primitives::{
	directory::OrderDirectory,
	ids::DirectiveId,
	order::{ChartAct, ChartOrder, OrderStatement, MAX_ORDER_VALIDITY},
};
use sp_core::Pair;
use sp_runtime::MultiSignature;

const ACT: ChartAct = ChartAct::RevokeDirective { id: DirectiveId([3; 32]) };

/// An order for [`CHART`] by the `n`th key, in one of the two forms that wallets sign.
fn order(n: u8, expires: Moment, form: usize) -> ChartOrder<MultiSignature> {
	let statement = OrderStatement::new(PatientIdentity::genesis(), CHART, ACT, expires);
	let signature = key(n).sign(&statement.signable()[form]).into();
	ChartOrder { chart: CHART, act: ACT, expires, signature }
}

fn admit(order: &ChartOrder<MultiSignature>) -> DispatchResult {
	<PatientIdentity as OrderDirectory>::admit(order)
}

#[test]
fn works_raw_and_wrapped() {
	run(|| {
		enrolled();
		let now = Timestamp::get();
		for form in [0, 1] {
			assert_ok!(admit(&order(1, now + 1, form)));
			assert_ok!(admit(&order(1, now + MAX_ORDER_VALIDITY, form)));
		}
	});
}

#[test]
fn fails_when_it_is_not_the_charts() {
	run(|| {
		let now = Timestamp::get();
		assert_eq!(admit(&order(1, now + 1, 0)), Err(Error::<Test>::ChartUnknown.into()));
		enrolled();
		let good = order(1, now + 1, 0);
		let changed = [
			order(2, now + 1, 0),
			ChartOrder { chart: ChartId([2; 32]), ..good.clone() },
			ChartOrder { expires: now + 2, ..good.clone() },
			ChartOrder {
				act: ChartAct::RevokeDirective { id: DirectiveId([4; 32]) },
				..good.clone()
			},
			ChartOrder {
				act: ChartAct::EnterDirectiveInError { id: DirectiveId([3; 32]) },
				..good
			},
		];
		for order in changed {
			assert_eq!(admit(&order), Err(Error::<Test>::BadSignature.into()));
		}
		let mut statement = OrderStatement::new([9; 32], CHART, ACT, now + 1);
		let mut elsewhere = order(1, now + 1, 0);
		elsewhere.signature = key(1).sign(&statement.encode()).into();
		assert_eq!(admit(&elsewhere), Err(Error::<Test>::BadSignature.into()));
		statement.domain = [9; 16];
		statement.genesis = PatientIdentity::genesis();
		elsewhere.signature = key(1).sign(&statement.encode()).into();
		assert_eq!(admit(&elsewhere), Err(Error::<Test>::BadSignature.into()));
	});
}

#[test]
fn fails_when_it_is_not_in_time() {
	run(|| {
		enrolled();
		let now = Timestamp::get();
		let expired = Error::<Test>::StatementExpired;
		assert_eq!(admit(&order(1, now, 0)), Err(expired.into()));
		let too_long = Error::<Test>::ValidityTooLong;
		assert_eq!(admit(&order(1, now + MAX_ORDER_VALIDITY + 1, 0)), Err(too_long.into()));
	});
}

#[test]
fn fails_when_another_key_has_followed() {
	run(|| {
		enrolled();
		let before = order(1, Timestamp::get() + 1, 0);
		assert_ok!(PatientIdentity::rotate_key(by(1), CHART, rotation(5, 1)));
		assert_eq!(admit(&before), Err(Error::<Test>::BadSignature.into()));
		assert_ok!(admit(&order(5, Timestamp::get() + 1, 0)));
	});
}

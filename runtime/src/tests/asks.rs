//! What patients ask of the custodians of their charts, on the whole runtime.

use super::{
	chain::{now, pair, run, send, send_as},
	journey::{store, Consents, Records, CHART, LAKESIDE, MERCY},
};
use crate::Runtime;
use frame_support::{assert_err, assert_ok};
use pallet_consent::Error;
use salus_primitives::{
	ask::ANSWER_TERM,
	codes::AskState,
	ids::{AskId, Seal},
	views::AskView,
};
use salus_runtime_api::runtime_decl_for_consent_api::ConsentApiV1;

const ASK: AskId = AskId([0xa5; 32]);

fn file() -> Consents {
	Consents::file_ask { chart: CHART, id: ASK, seal: Seal([1; 32]) }
}

fn grant() -> Consents {
	Consents::grant_ask { chart: CHART, id: ASK, answer: Seal([2; 32]) }
}

fn view() -> AskView {
	Runtime::asks(CHART)[0]
}

#[test]
fn the_charts_key_asks_and_its_house_answers() {
	run(|| {
		store();
		for stranger in ["Mercy//DrAdams", "Lakeside//Records"] {
			assert_err!(send(stranger, file()), Error::<Runtime>::NotTheChartsKey);
		}
		assert_ok!(send_as(&pair("Patient"), file()));
		assert_eq!((view().due, view().overdue), (view().ask.filed + ANSWER_TERM, false));
		assert!(view().ask.filed <= now());
		for stranger in ["Mercy//DrAdams", "Lakeside//Records", "Lakeside//Vault", "Mercy"] {
			assert_err!(send(stranger, grant()), Error::<Runtime>::NotAuthorised);
		}
		let extend = Consents::extend_ask { chart: CHART, id: ASK, reason: Seal([3; 32]) };
		assert_ok!(send("Mercy//Records", extend));
		assert_eq!(view().due, view().ask.filed + 2 * ANSWER_TERM);
		assert_ok!(send("Mercy//Vault", grant()));
		assert_eq!(view().ask.state, AskState::Granted);
	});
}

#[test]
fn whoever_took_over_the_holding_answers() {
	run(|| {
		store();
		assert_ok!(send_as(&pair("Patient"), file()));
		assert_ok!(send("Mercy", Records::offer_holding { organisation: MERCY, to: LAKESIDE }));
		assert_ok!(send(
			"Lakeside",
			Records::accept_holding { organisation: LAKESIDE, from: MERCY }
		));
		assert_err!(send("Mercy//Records", grant()), Error::<Runtime>::NotAuthorised);
		assert_ok!(send("Lakeside//Records", grant()));
		assert_eq!(view().ask.state, AskState::Granted);
	});
}

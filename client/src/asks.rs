//! What a patient asks of a custodian, and whether what a vault says of it is what the chain has.

use crate::{error::Result, sealed_file::random, vault_api::ListedAsk};
use salus_primitives::{
	ask::AskTerms,
	codes::AskState,
	ids::{derive_id, AskId, ChartId, IdDomain, Salt},
	seal::Opening,
	views::AskView,
};

/// A new id and the terms, each under a fresh salt.
pub fn ask(genesis: &[u8; 32], terms: AskTerms) -> Result<(AskId, Opening<AskTerms>)> {
	let (mut id_salt, mut salt) = (Salt::default(), Salt::default());
	random(&mut id_salt.0)?;
	random(&mut salt.0)?;
	let id = AskId(derive_id(IdDomain::Ask, &(genesis, terms.chart), &id_salt));
	Ok((id, Opening { terms, salt }))
}

/// Whether an ask, as a vault lists it, is what the chain has: opening, state, dates, extension and answer.
/// Words that the chain has a seal over and the vault withholds are no match.
pub fn is_as_on_chain(listed: &ListedAsk, chart: &ChartId, view: &AskView) -> bool {
	let found = &view.ask;
	let extension_fits = match (&listed.extension, &found.extension) {
		(None, None) => true,
		(Some(opening), Some(seal)) => {
			let said = &opening.terms;
			opening.opens(seal) && said.chart == *chart && said.ask == found.id
		},
		_ => false,
	};
	let answer_fits = match (&listed.answer, &found.answer) {
		(None, None) => true,
		(Some(opening), Some(seal)) => {
			let said = &opening.terms;
			let granted = found.state == AskState::Granted;
			opening.opens(seal)
				&& said.chart == *chart
				&& said.ask == found.id
				&& said.granted == granted
				&& said.ground.is_none() == granted
		},
		_ => false,
	};
	extension_fits
		&& answer_fits
		&& view.chart == *chart
		&& listed.chart() == *chart
		&& listed.ask == found.id
		&& listed.opening.opens(&found.seal)
		&& listed.state == found.state
		&& listed.filed == found.filed
		&& listed.due == view.due
		&& listed.extended == found.extension.is_some()
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		ask::{Ask, AskAnswerTerms, AskExtensionTerms, Wish},
		codes::DenialGround,
		petition::Statement,
	};

	const CHART: ChartId = ChartId([1; 32]);

	fn refused() -> (ListedAsk, AskView) {
		let wish = Wish::Transfer { to: 2 };
		let statement = "I move away".parse().unwrap();
		let terms = AskTerms { chart: CHART, wish, at: 5, statement };
		let (id, opening) = ask(&[9; 32], terms).unwrap();
		let salt = Salt([3; 32]);
		let (chart, statement) = (CHART, Statement::default());
		let terms = AskExtensionTerms { chart, ask: id, statement: statement.clone() };
		let extension = Opening { terms, salt };
		let ground = Some(DenialGround::NotMaintained);
		let terms = AskAnswerTerms { chart, ask: id, granted: false, ground, statement };
		let answer = Opening { terms, salt };
		let found = Ask {
			state: AskState::Refused,
			extension: Some(extension.seal()),
			answer: Some(answer.seal()),
			ended: Some(20),
			..Ask::filed(id, opening.seal(), 10)
		};
		let view = AskView { chart, ask: found, due: found.due(), overdue: false };
		let listed = ListedAsk {
			ask: id,
			opening,
			state: AskState::Refused,
			filed: 10,
			due: found.due(),
			overdue: false,
			extended: true,
			extension: Some(extension),
			answer: Some(answer),
		};
		(listed, view)
	}

	#[test]
	fn what_the_vault_says_must_be_what_the_chain_has() {
		let (listed, view) = refused();
		assert!(is_as_on_chain(&listed, &CHART, &view));
		assert!(!is_as_on_chain(&listed, &ChartId([9; 32]), &view));
		let altered = |change: &dyn Fn(&mut ListedAsk)| {
			let mut altered = listed.clone();
			change(&mut altered);
			is_as_on_chain(&altered, &CHART, &view)
		};
		assert!(!altered(&|listed| listed.answer = None), "an answer withheld");
		assert!(!altered(&|listed| listed.extension = None), "a reason withheld");
		assert!(!altered(&|listed| listed.state = AskState::Open));
		assert!(!altered(&|listed| listed.ask = AskId([7; 32])));
		assert!(!altered(&|listed| listed.due += 1));
		assert!(!altered(&|listed| listed.opening.terms.statement = Statement::default()));
		assert!(!altered(&|listed| {
			if let Some(answer) = &mut listed.answer {
				answer.terms.ground = Some(DenialGround::Inmate);
			}
		}));
	}

	#[test]
	fn ids_and_seals_are_new_each_time() {
		let terms = |_| AskTerms {
			chart: CHART,
			wish: Wish::Transfer { to: 2 },
			at: 5,
			statement: Statement::default(),
		};
		let [one, other] = [0, 1].map(|n| ask(&[9; 32], terms(n)).unwrap());
		assert_ne!(one.0, other.0);
		assert_ne!(one.1.seal(), other.1.seal());
	}
}

//! Asks: their dates, grounds and terms.

use super::*;
use crate::ask::*;

fn ask() -> Ask {
	Ask::filed(AskId([1; 32]), Seal([2; 32]), 7)
}

#[test]
fn an_answer_is_due_in_thirty_days_and_sixty_once_put_off() {
	let filed = ask();
	assert_eq!(filed.due(), 7 + ANSWER_TERM);
	assert!(!filed.is_overdue(filed.due() - 1) && filed.is_overdue(filed.due()));
	let extended = Ask { extension: Some(Seal([3; 32])), ..filed };
	assert_eq!(extended.due(), 7 + 2 * ANSWER_TERM);
	assert!(!extended.is_overdue(filed.due()) && extended.is_overdue(extended.due()));
	for state in AskState::ALL.iter().filter(|state| **state != AskState::Open) {
		assert!(!Ask { state: *state, ..filed }.is_overdue(u64::MAX), "{state}");
	}
	assert_eq!(Ask { filed: u64::MAX, ..extended }.due(), u64::MAX);
}

#[test]
fn three_grounds_can_be_reviewed() {
	let reviewable: Vec<_> = DenialGround::ALL
		.iter()
		.filter(|ground| ground.is_reviewable())
		.map(|ground| ground.code())
		.collect();
	assert_eq!(reviewable, ["endangers-life", "harms-another", "harm-by-representative"]);
}

#[test]
fn terms_survive_codec_and_json_and_are_sealed_apart() {
	let chart = ChartId([1; 32]);
	let wishes = [
		Wish::MakeAvailable { scope: Scope::default(), form: AccessForm::Paper },
		Wish::ShareWith {
			grantee: Grantee::PractitionerAt(SURGEON, OTHER),
			scope: Scope::default(),
			directive: DirectiveId([4; 32]),
		},
		Wish::Transfer { to: OTHER },
	];
	for (index, wish) in (0u8..).zip(wishes) {
		assert_eq!(wish.encode()[0], index);
		let statement = "before oral surgery".parse().unwrap();
		let terms = AskTerms { chart, wish, at: 5, statement };
		assert_eq!(AskTerms::decode(&mut &terms.encode()[..]), Ok(terms.clone()));
		let json = serde_json::to_string(&terms).unwrap();
		assert_eq!(serde_json::from_str::<AskTerms>(&json).unwrap(), terms);
		let opening = Opening { terms, salt: Salt([1; 32]) };
		let mut other = opening.clone();
		other.terms.at = 6;
		assert!(opening.opens(&opening.seal()) && !other.opens(&opening.seal()));
	}
	let ask = AskId([2; 32]);
	let statement = crate::petition::Statement::default();
	let extension = AskExtensionTerms { chart, ask, statement: statement.clone() };
	let answer = AskAnswerTerms {
		chart,
		ask,
		granted: false,
		ground: Some(DenialGround::NotMaintained),
		statement,
	};
	let salt = Salt([1; 32]);
	assert_ne!(Opening { terms: extension, salt }.seal(), Opening { terms: answer, salt }.seal());
}

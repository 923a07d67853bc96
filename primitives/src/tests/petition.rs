//! Petitions: their terms, dates and statements.

use super::*;
use crate::petition::*;

const DAY: u64 = 86_400_000;

#[test]
fn an_answer_is_due_in_thirty_or_sixty_days() {
	let petition = |kind, state| Petition {
		kind,
		seal: Seal([1; 32]),
		state,
		filed: 7,
		answer: None,
		answered: None,
	};
	for (kind, days) in [(PetitionKind::Erasure, 30), (PetitionKind::Amendment, 60)] {
		let open = petition(kind, PetitionState::Open);
		let due = 7 + days * DAY;
		assert_eq!(open.due(), due);
		assert!(!open.is_overdue(due - 1) && open.is_overdue(due));
		assert!(!petition(kind, PetitionState::Refused).is_overdue(due));
		assert_eq!(kind.due(u64::MAX), u64::MAX);
	}
}

#[test]
fn a_statement_is_text_of_a_bounded_length() {
	let most = "é".repeat(MAX_STATEMENT as usize / 2);
	let statement: Statement = most.parse().unwrap();
	assert_eq!(statement.as_str(), most);
	assert_eq!(format!("{most}.").parse::<Statement>(), Err(StatementTooLong));
	assert_eq!(Statement::decode(&mut &statement.encode()[..]), Ok(statement.clone()));
	assert!(Statement::decode(&mut &vec![0xff_u8].encode()[..]).is_err());
	let json = serde_json::to_string(&statement).unwrap();
	assert_eq!(json, format!("\"{most}\""));
	assert_eq!(serde_json::from_str::<Statement>(&json).unwrap(), statement);
	assert!(serde_json::from_str::<Statement>(&format!("\"{most}.\"")).is_err());
}

#[test]
fn answers_survive_codec_and_json() {
	let not_reached = vec![
		NotReached::Recipient { organisation: OTHER, practitioner: Some(SURGEON), at: 5 },
		NotReached::Patient { at: 6 },
		NotReached::Backup { until: 7 },
		NotReached::SourceSystem,
	];
	let receipt =
		ErasureReceipt { erased_at: 4, not_reached: not_reached.try_into().unwrap(), more: false };
	let answer = AnswerTerms {
		record: RecordId([1; 32]),
		number: 2,
		granted: true,
		reason: Some(RefusalReason::RetentionLaw),
		until: Some(9),
		statement: "kept in the archive of the laboratory".parse().unwrap(),
		receipt: Some(receipt),
	};
	assert_eq!(AnswerTerms::decode(&mut &answer.encode()[..]), Ok(answer.clone()));
	let json = serde_json::to_string(&answer).unwrap();
	assert!(json.contains("\"retention-law\"") && json.contains("\"source-system\""), "{json}");
	assert_eq!(serde_json::from_str::<AnswerTerms>(&json).unwrap(), answer);

	let opening = Opening { terms: answer, salt: Salt([1; 32]) };
	let mut other = opening.clone();
	other.terms.granted = false;
	assert!(opening.opens(&opening.seal()) && !other.opens(&opening.seal()));
}

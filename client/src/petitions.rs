//! What a patient asks about a record, and whether what a vault says of it is what the chain has.

use crate::{
	error::Result,
	keys::Identity,
	sealed_file::random,
	vault_api::{DisputeStatement, ListedPetition, PostedHold, PostedPetition},
};
use salus_primitives::{
	codes::{PetitionKind, PetitionState},
	hold::HoldTerms,
	ids::{ChartId, RecordId, Salt},
	petition::{PetitionTerms, Statement},
	seal::Opening,
	time::Moment,
	views::RecordView,
};

/// A petition, sealed under a fresh salt and signed by `chart_key`, which must be the chart's.
pub fn petition(
	chart_key: &Identity,
	genesis: &[u8; 32],
	terms: PetitionTerms,
) -> Result<PostedPetition> {
	let opening = Opening { terms, salt: fresh_salt()? };
	let [raw, _] = PostedPetition::signable(genesis, &opening);
	Ok(PostedPetition { signature: chart_key.sign(&raw), opening })
}

/// A legal hold, its matter sealed under a fresh salt.
pub fn hold(record: RecordId, at: Moment, matter: Statement) -> Result<PostedHold> {
	let terms = HoldTerms { record, at, matter };
	Ok(PostedHold { opening: Opening { terms, salt: fresh_salt()? } })
}

fn fresh_salt() -> Result<Salt> {
	let mut salt = Salt::default();
	random(&mut salt.0)?;
	Ok(salt)
}

/// Whether a petition of this chart, as a vault lists it, is what the chain has: opening, state and answer;
/// and whether it is signed by the key that it names. An answer that the chain has and the vault withholds is no match, nor is one that does not go with the
/// state.
pub fn is_as_on_chain(
	listed: &ListedPetition,
	genesis: &[u8; 32],
	chart: &ChartId,
	view: &RecordView,
) -> bool {
	let terms = listed.terms();
	let found = view.petitions.iter().find(|found| found.number == listed.number);
	let Some(found) = found else { return false };
	let answer_fits = match (&listed.answer, &found.petition.answer) {
		(None, None) => true,
		(Some(opening), Some(seal)) => {
			let said = &opening.terms;
			let granted = found.petition.state == PetitionState::Granted;
			opening.opens(seal)
				&& said.record == view.id
				&& said.number == listed.number
				&& said.granted == granted
				&& said.reason.is_none() == granted
				&& said.receipt.is_some() == (granted && terms.kind == PetitionKind::Erasure)
		},
		_ => false,
	};
	answer_fits
		&& listed.posted.is_signed_by(genesis, &listed.account)
		&& terms.chart == *chart
		&& terms.record == view.id
		&& terms.kind == found.petition.kind
		&& listed.state == found.petition.state
		&& listed.posted.opening.opens(&found.petition.seal)
}

/// Whether a statement that goes with a record of this chart is the one that the chain has.
pub fn is_on_chain(statement: &DisputeStatement, chart: &ChartId, view: &RecordView) -> bool {
	let terms = &statement.opening.terms;
	terms.chart == *chart
		&& terms.record == view.id
		&& terms.kind == PetitionKind::Amendment
		&& view.petitions.iter().any(|found| {
			found.number == statement.number
				&& found.petition.kind == PetitionKind::Amendment
				&& statement.opening.opens(&found.petition.seal)
		})
}

/// Numbers of the petitions by which the patient disputes the record, as the chain has them: their
/// statements go with it.
pub fn disputes(view: &RecordView) -> impl Iterator<Item = u32> + '_ {
	let stands = |state| matches!(state, PetitionState::Open | PetitionState::Refused);
	view.petitions
		.iter()
		.filter(move |found| {
			found.petition.kind == PetitionKind::Amendment && stands(found.petition.state)
		})
		.map(|found| found.number)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;
	use salus_primitives::{
		codes::{RecordState, RefusalReason},
		decision::RecordFacts,
		ids::Seal,
		petition::{AnswerTerms, Petition},
		views::PetitionView,
	};

	const CHART: ChartId = ChartId([1; 32]);
	const RECORD: RecordId = RecordId([2; 32]);

	fn refused() -> (ListedPetition, RecordView) {
		let key = KeyFile::from_dev_uri("//Patient").unwrap().into_identity();
		let terms = PetitionTerms {
			chart: CHART,
			record: RECORD,
			kind: PetitionKind::Amendment,
			at: 5,
			statement: "I never had this".parse().unwrap(),
		};
		let posted = petition(&key, &[9; 32], terms).unwrap();
		assert!(posted.is_signed_by(&[9; 32], &key.account()));
		assert!(!posted.is_signed_by(&[8; 32], &key.account()));
		let terms = AnswerTerms {
			record: RECORD,
			number: 0,
			granted: false,
			reason: Some(RefusalReason::AccurateAndComplete),
			until: None,
			statement: Statement::default(),
			receipt: None,
		};
		let answer = Opening { terms, salt: Salt([3; 32]) };
		let on_chain = Petition {
			kind: PetitionKind::Amendment,
			seal: posted.opening.seal(),
			state: PetitionState::Refused,
			filed: 10,
			answer: Some(answer.seal()),
			answered: Some(20),
		};
		let view = RecordView {
			id: RECORD,
			number: 0,
			facts: RecordFacts {
				custodian: 1,
				leaf: Seal([4; 32]),
				state: RecordState::Current,
				replaces: None,
			},
			offered: None,
			holds: Vec::new(),
			petitions: vec![PetitionView {
				number: 0,
				petition: on_chain,
				due: on_chain.due(),
				overdue: false,
			}],
		};
		let listed = ListedPetition {
			number: 0,
			posted,
			account: key.account(),
			state: PetitionState::Refused,
			filed: 10,
			due: on_chain.due(),
			overdue: false,
			answer: Some(answer),
		};
		(listed, view)
	}

	#[test]
	fn what_the_vault_says_must_be_what_the_chain_has() {
		let (listed, view) = refused();
		assert!(is_as_on_chain(&listed, &[9; 32], &CHART, &view));
		assert!(!is_as_on_chain(&listed, &[9; 32], &ChartId([9; 32]), &view));
		let altered = |change: &dyn Fn(&mut ListedPetition)| {
			let mut altered = listed.clone();
			change(&mut altered);
			is_as_on_chain(&altered, &[9; 32], &CHART, &view)
		};
		assert!(!altered(&|listed| listed.answer = None), "an answer withheld");
		assert!(!altered(&|listed| listed.state = PetitionState::Open));
		assert!(!altered(&|listed| listed.number = 1));
		assert!(!altered(&|listed| listed.account = [5; 32]), "signed by another key");
		assert!(!altered(&|listed| {
			listed.posted.opening.terms.statement = Statement::default();
		}));
		assert!(!altered(&|listed| {
			if let Some(answer) = &mut listed.answer {
				answer.terms.until = Some(7);
			}
		}));
	}

	#[test]
	fn statements_are_those_of_the_chain() {
		let (listed, view) = refused();
		assert_eq!(disputes(&view).collect::<Vec<_>>(), [0]);
		let mut statement = DisputeStatement {
			number: 0,
			state: PetitionState::Refused,
			opening: listed.posted.opening,
		};
		assert!(is_on_chain(&statement, &CHART, &view));
		statement.opening.terms.statement = "all is well".parse().unwrap();
		assert!(!is_on_chain(&statement, &CHART, &view));
		let mut withdrawn = view;
		withdrawn.petitions[0].petition.state = PetitionState::Withdrawn;
		assert_eq!(disputes(&withdrawn).count(), 0);
	}
}

//! Records that were anchored in a batch: what the chain says of them, by the proof that a vault shows.

use crate::chain::{At, ChainError};
use salus_primitives::{
	batch::Inclusion, codes::RecordState, decision::RecordFacts, ids::RecordId,
	record::RecordTerms, seal::Opening,
};

/// What the chain says of a record: by its own entry, or by the batch in which this is proven to lie with
/// the leaf that `opening` opens. None where it has neither.
pub async fn facts(
	at: &At,
	record: RecordId,
	opening: &Opening<RecordTerms>,
	inclusion: Option<&Inclusion>,
) -> Result<Option<RecordFacts>, ChainError> {
	if let Some(facts) = at.record(record).await? {
		return Ok(Some(facts));
	}
	let Some(inclusion) = inclusion else { return Ok(None) };
	let leaf = opening.seal();
	let batch = at.batch(inclusion.batch).await?;
	let batch = batch.filter(|batch| batch.holds(&inclusion.proof, &record, &leaf));
	Ok(batch.map(|batch| RecordFacts {
		custodian: batch.custodian,
		leaf,
		state: RecordState::Current,
		replaces: None,
	}))
}

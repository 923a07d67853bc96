//! What the key service does when a whole holding goes to a successor. It looks for itself, at a
//! finalised head of its own, that the holding is offered to that organisation or was taken over by it,
//! and that each record is of the holding; it wraps to the key that the organisation published. The
//! chart's own wrap stays as it is.

use super::service::{Service, Shown};
use crate::{
	errors::{Error, Result},
	web::Body,
};
use axum::{Extension, Json};
use salus_client::{
	envelope::{EnvelopeError, RecordVersion, Wrap, WrapContext},
	vault_api::{HandOverHolding, HandOverRecord, HandedOverHolding, MAX_HANDED_OVER},
};
use salus_primitives::{
	batch::BatchFacts,
	codes::RecordState,
	decision::RecordFacts,
	ids::OrganisationId,
	views::{EncryptionKey, HoldingView},
};

pub(super) async fn hand_over_holding(
	Extension(service): Extension<Shown>,
	Body(asked): Body<HandOverHolding>,
) -> Result<Json<HandedOverHolding>> {
	let HandOverHolding { to, records } = asked;
	if records.len() > MAX_HANDED_OVER {
		return Err(Error::Malformed(format!("ask for at most {MAX_HANDED_OVER} records at once")));
	}
	let at = service.node.fresh().await?;
	let block = at.head().number;
	let no = || Ok(Json(HandedOverHolding { wraps: None, block }));
	let holding = at.holding(service.organisation).await?;
	if !service.gives_to(&holding, to) {
		return no();
	}
	let published = at.organisation(to).await?.and_then(|known| known.encryption_key);
	let published = published.ok_or(Error::RecipientKeyMissing)?;
	let mut wraps = Vec::with_capacity(records.len());
	for record in &records {
		let facts = at.record(record.record).await?;
		let batch = match (&facts, &record.inclusion) {
			(None, Some(inclusion)) => at.batch(inclusion.batch).await?,
			_ => None,
		};
		if !is_of_holding(&holding, record, facts.as_ref(), batch.as_ref()) {
			return no();
		}
		wraps.push(service.wrap_to_successor(record, to, published)?);
	}
	Ok(Json(HandedOverHolding { wraps: Some(wraps), block }))
}

/// Whether the record is one of the holding, and what is sent opens its leaf. Where the chain has an entry
/// of its own for it, that counts and no batch.
fn is_of_holding(
	holding: &HoldingView,
	asked: &HandOverRecord,
	facts: Option<&RecordFacts>,
	batch: Option<&BatchFacts>,
) -> bool {
	match (facts, &asked.inclusion, batch) {
		(Some(facts), _, _) => {
			facts.custodian == holding.keeper
				&& facts.state != RecordState::Erased
				&& asked.opening.opens(&facts.leaf)
		},
		(None, Some(inclusion), Some(batch)) => {
			batch.custodian == holding.keeper
				&& batch.holds(&inclusion.proof, &asked.record, &asked.opening.seal())
		},
		_ => false,
	}
}

impl Service {
	/// Whether this organisation's holding is offered to that one, or was taken over by it.
	fn gives_to(&self, holding: &HoldingView, to: OrganisationId) -> bool {
		holding.organisation == self.organisation
			&& to != self.organisation
			&& (holding.offered == Some(to) || holding.given == Some(to))
	}

	/// Opens the custodian's wrap and wraps the content key to the successor.
	fn wrap_to_successor(
		&self,
		asked: &HandOverRecord,
		to: OrganisationId,
		published: EncryptionKey,
	) -> Result<Wrap> {
		let of = RecordVersion {
			genesis: self.genesis,
			record: asked.record,
			version: asked.opening.terms.version,
		};
		let key = self.open_own(&asked.wrap, &of)?;
		let context = WrapContext::Custodian { organisation: to, key_version: published.version };
		Wrap::seal(&key, &of, context, &published.key).map_err(|error| match error {
			EnvelopeError::BadRecipientKey => Error::RecipientKeyMissing,
			error => Error::Internal(error.to_string()),
		})
	}
}

#[cfg(test)]
mod tests;

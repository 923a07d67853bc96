//! What the key service does when a record goes to another custodian. It looks for itself, at a finalised
//! head of its own, that the record is offered and that the person said so, and wraps to keys that the
//! chain and the person's word name.

use super::service::{Service, Shown};
use crate::{
	clock::now,
	errors::{Error, Result},
	web::Body,
};
use axum::{Extension, Json};
use salus_client::{
	chain::At,
	envelope::{ContentKey, EnvelopeError, RecordVersion, Wrap, WrapContext},
	vault_api::{HandOver, HandedOver, RecordWraps, WrapCheck, WrapChecked},
};
use salus_primitives::{
	ids::{AccountBytes, OrganisationId},
	time::Moment,
	views::{EncryptionKey, RecordView},
};

pub(super) async fn hand_over(
	Extension(service): Extension<Shown>,
	Body(asked): Body<HandOver>,
) -> Result<Json<HandedOver>> {
	let at = service.node.fresh().await?;
	let block = at.head().number;
	let said = asked.word.statement;
	let Some(view) = at.record_view(asked.record).await? else {
		return Ok(Json(HandedOver { wraps: None, block }));
	};
	let from = chart_key(&at, said.from_chart, said.from).await?;
	let to = chart_key(&at, said.to_chart, said.to).await?;
	let published = at.organisation(said.to).await?.and_then(|known| known.encryption_key);
	let (Some(from), Some(to)) = (from, to) else {
		return Ok(Json(HandedOver { wraps: None, block }));
	};
	if !service.may_hand_over(&asked, &view, [&from, &to], at.head().at) {
		return Ok(Json(HandedOver { wraps: None, block }));
	}
	let published = published.ok_or(Error::RecipientKeyMissing)?;
	let wraps = service.wrap_for_receiver(&asked, published)?;
	Ok(Json(HandedOver { wraps: Some(wraps), block }))
}

pub(super) async fn wrap_check(
	Extension(service): Extension<Shown>,
	Body(asked): Body<WrapCheck>,
) -> Json<WrapChecked> {
	Json(WrapChecked { opens: service.is_its_own(&asked) })
}

/// The chart's signing key, if this organisation keeps the chart.
async fn chart_key(
	at: &At,
	chart: salus_primitives::ids::ChartId,
	custodian: OrganisationId,
) -> Result<Option<AccountBytes>> {
	let facts = at.chart(chart).await?.filter(|facts| facts.custodian == custodian);
	Ok(facts.map(|facts| facts.key))
}

impl Service {
	/// Whether the record, of which the chain says this, may go to whom the word names: it is this
	/// organisation's, of the chart that the word names, and offered to that receiver; and both charts'
	/// keys signed the word.
	fn may_hand_over(
		&self,
		asked: &HandOver,
		view: &RecordView,
		keys: [&AccountBytes; 2],
		at: Moment,
	) -> bool {
		let said = &asked.word.statement;
		said.from == self.organisation
			&& view.id == asked.record
			&& view.facts.custodian == self.organisation
			&& view.offered == Some(said.to)
			&& asked.opening.opens(&view.facts.leaf)
			&& asked.opening.terms.chart == said.from_chart
			&& asked.word.verify(&self.genesis, keys, at).is_ok()
	}

	/// Opens the custodian's wrap and wraps the content key to the receiver and to the chart there.
	fn wrap_for_receiver(&self, asked: &HandOver, published: EncryptionKey) -> Result<RecordWraps> {
		let of = RecordVersion {
			genesis: self.genesis,
			record: asked.record,
			version: asked.opening.terms.version,
		};
		let said = &asked.word.statement;
		let key = self.open_own(&asked.wrap, &of)?;
		let custodian =
			WrapContext::Custodian { organisation: said.to, key_version: published.version };
		let chart = WrapContext::Chart { chart: said.to_chart };
		let seal = |context, recipient: &[u8; 32]| {
			Wrap::seal(&key, &of, context, recipient).map_err(|error| match error {
				EnvelopeError::BadRecipientKey => Error::RecipientKeyMissing,
				error => Error::Internal(error.to_string()),
			})
		};
		Ok(RecordWraps {
			custodian: seal(custodian, &published.key)?,
			chart: seal(chart, &said.to_key.key)?,
		})
	}

	/// Whether the wrap is one for this organisation, and opens.
	fn is_its_own(&self, asked: &WrapCheck) -> bool {
		let of =
			RecordVersion { genesis: self.genesis, record: asked.record, version: asked.version };
		self.open_own(&asked.wrap, &of).is_ok()
	}

	/// The content key in a wrap for this organisation.
	pub(super) fn open_own(&self, wrap: &Wrap, of: &RecordVersion) -> Result<ContentKey> {
		if !matches!(
			wrap.context,
			WrapContext::Custodian { organisation, .. } if organisation == self.organisation
		) {
			return Err(Error::StorageDamaged);
		}
		wrap.open(&self.secret, of, now()).map_err(|_| Error::StorageDamaged)
	}
}

#[cfg(test)]
mod tests;

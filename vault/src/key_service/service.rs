//! What the key service answers.

use super::{custody, holding};
use crate::{
	clock::now,
	errors::{Error, Result},
	farewell::Farewell,
	limits::Limit,
	node::Node,
	observe::{observe, Observed},
	store::mac,
	web::{bearer, Body, MAX_JSON},
};
use axum::{
	extract::{DefaultBodyLimit, Request, State},
	http::StatusCode,
	middleware::{self, Next},
	response::Response,
	routing::{get, post},
	Extension, Json, Router,
};
use codec::Encode;
use governor::Quota;
use salus_client::{
	envelope::{EncryptionSecret, EnvelopeError, RecordVersion, Wrap, WrapContext},
	guardians::is_guardians_word,
	vault_api::{
		DatabaseKey, DatabaseKeyRequest, Rewrap, Rewrapped, DATABASE_KEY, HAND_OVER,
		HAND_OVER_HOLDING, KEY_SERVICE_ALIVE, RELEASE_VALIDITY, REWRAP, WRAP_CHECK,
	},
};
use salus_primitives::{
	decision::{Accessor, Basis, Decision},
	ids::{OrganisationId, Seal},
	time::Moment,
	views::EncryptionKey,
};
use std::{num::NonZeroU32, sync::Arc};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Domain of the database key's derivation.
const DATABASE_DOMAIN: &[u8; 16] = b"salus/vault/db/1";

/// Wrong tokens per minute that are told what they are, whoever shows them: vaults alone call, and show
/// right ones, which are looked at first.
const WRONG_TOKENS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// A key service.
pub(super) struct Service {
	pub(super) organisation: OrganisationId,
	pub(super) genesis: [u8; 32],
	pub(super) node: Node,
	pub(super) secret: EncryptionSecret,
	pub(super) token: Zeroizing<String>,
}

/// The services of one process, one per organisation, and what they share.
#[derive(Clone)]
struct Services {
	each: Arc<[Arc<Service>]>,
	/// Wrong tokens: nobody knows whose they were to be.
	failures: Arc<Limit<()>>,
	farewell: Farewell,
}

/// The key service's routes, all of which ask for a token. It decides whose service answers.
pub(super) fn router(
	services: impl IntoIterator<Item = Arc<Service>>,
	observed: Observed,
) -> Router {
	let services = Services {
		each: services.into_iter().collect(),
		failures: Arc::new(Limit::new(Quota::per_minute(WRONG_TOKENS))),
		farewell: observed.farewell.clone(),
	};
	Router::new()
		.route(KEY_SERVICE_ALIVE, get(alive))
		.route(DATABASE_KEY, post(database_key))
		.route(REWRAP, post(rewrap))
		.route(HAND_OVER, post(custody::hand_over))
		.route(WRAP_CHECK, post(custody::wrap_check))
		.route(HAND_OVER_HOLDING, post(holding::hand_over_holding))
		.method_not_allowed_fallback(unknown)
		.fallback(unknown)
		.layer(DefaultBodyLimit::max(MAX_JSON))
		.layer(middleware::from_fn_with_state(services, authorised))
		.layer(middleware::from_fn_with_state(observed, observe))
}

async fn alive() -> StatusCode {
	StatusCode::NO_CONTENT
}

async fn unknown() -> Error {
	Error::RouteUnknown
}

async fn authorised(
	State(services): State<Services>,
	request: Request,
	next: Next,
) -> Result<Response> {
	if services.farewell.is_stopping() {
		return Err(Error::Stopping);
	}
	let (mut parts, body) = request.into_parts();
	let service = services.of_token(bearer(&parts).unwrap_or_default())?;
	parts.extensions.insert(service);
	Ok(next.run(Request::from_parts(parts, body)).await)
}

impl Services {
	/// The service to which the token belongs. Every token is compared, in constant time.
	fn of_token(&self, shown: &str) -> Result<Arc<Service>> {
		let mut found = None;
		for service in &*self.each {
			if bool::from(shown.as_bytes().ct_eq(service.token.as_bytes())) {
				found = Some(service);
			}
		}
		if let Some(service) = found {
			return Ok(service.clone());
		}
		self.failures.take(&())?;
		// After the limit, which bounds these lines too.
		tracing::warn!("a wrong token was shown");
		Err(Error::NotSignedIn)
	}
}

/// The service whose token was shown.
pub(super) type Shown = Arc<Service>;

async fn database_key(
	Extension(service): Extension<Shown>,
	Body(asked): Body<Option<DatabaseKeyRequest>>,
) -> Result<Json<DatabaseKey>> {
	if asked.is_some_and(|asked| asked.organisation != service.organisation) {
		return Err(Error::WrongChain);
	}
	Ok(Json(service.database_key()))
}

async fn rewrap(
	Extension(service): Extension<Shown>,
	Body(asked): Body<Rewrap>,
) -> Result<Json<Rewrapped>> {
	// By an own node and clock, also where finality stalls for the vault.
	let sight = service.node.sight(asked.query.emergency.as_ref()).await?;
	let (at, decided) = (sight.at(), sight.decide(&asked.query).await?);
	let recipient = match asked.query.accessor {
		Accessor::Staff { .. } => decided.recipient_key,
		Accessor::Guardian { .. } => service.guardians_key(&asked, at.head().at),
		Accessor::Bearer { link } => links_key(&asked, link),
		// The patient's wrap is stored.
		Accessor::Patient { .. } => None,
	};
	let wrap = match (decided.decision, recipient) {
		(Decision::Permit { basis, .. }, Some(recipient)) => {
			Some(service.wrap_to(&asked, basis, recipient)?)
		},
		_ => None,
	};
	Ok(Json(Rewrapped { wrap, decided, head: at.head() }))
}

/// The key to which content is wrapped for who has the link: the one that the patient's directive names with
/// its hash. So a vault can not have a key of its own wrapped to. Version 0: it is not published.
fn links_key(asked: &Rewrap, link: Seal) -> Option<EncryptionKey> {
	let keys = asked.link.filter(|keys| keys.seal() == link)?;
	Some(EncryptionKey { version: 0, key: keys.encryption_key })
}

impl Service {
	/// The key of the vault's database: the same as long as the organisation's secret is.
	fn database_key(&self) -> DatabaseKey {
		let key = mac(self.secret.expose(), &[DATABASE_DOMAIN, &self.organisation.encode()]);
		DatabaseKey { key }
	}

	/// The key that a guardian's word names, if the guardian whom the decision was about signed it and it
	/// is in time. So a vault can not have a key of its own wrapped to. Version 0: it is not published.
	fn guardians_key(&self, asked: &Rewrap, at: Moment) -> Option<EncryptionKey> {
		let (guardian, word) = (asked.query.guardian?, asked.word?);
		let holds = is_guardians_word(&guardian, &word, self.genesis, at);
		holds.then_some(EncryptionKey { version: 0, key: word.encryption_key })
	}

	/// Opens the custodian's wrap and wraps the content key to the recipient.
	fn wrap_to(&self, asked: &Rewrap, basis: Basis, recipient: EncryptionKey) -> Result<Wrap> {
		let of = RecordVersion {
			genesis: self.genesis,
			record: asked.query.record,
			version: asked.version,
		};
		let key = self.open_own(&asked.wrap, &of)?;
		let now = now();
		let context = WrapContext::Recipient {
			basis,
			key_version: recipient.version,
			expires: now.saturating_add(RELEASE_VALIDITY),
		};
		Wrap::seal(&key, &of, context, &recipient.key).map_err(|error| match error {
			EnvelopeError::BadRecipientKey => Error::RecipientKeyMissing,
			error => Error::Internal(error.to_string()),
		})
	}
}

#[cfg(test)]
mod tests;

//! What the key service answers.

use crate::{
	clock::now,
	errors::{Error, Result},
	node::Node,
	store::mac,
	web::{self, bearer, Body, MAX_JSON},
};
use axum::{
	extract::{DefaultBodyLimit, Request, State},
	middleware::{self, Next},
	response::Response,
	routing::post,
	Extension, Json, Router,
};
use codec::Encode;
use salus_client::{
	envelope::{EncryptionSecret, EnvelopeError, RecordVersion, Wrap, WrapContext},
	vault_api::{
		DatabaseKey, DatabaseKeyRequest, Rewrap, Rewrapped, DATABASE_KEY, RELEASE_VALIDITY, REWRAP,
	},
};
use salus_primitives::{
	decision::{Accessor, Basis, Decision},
	ids::OrganisationId,
	views::EncryptionKey,
};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Domain of the database key's derivation.
const DATABASE_DOMAIN: &[u8; 16] = b"salus/vault/db/1";

/// A key service.
pub(super) struct Service {
	pub(super) organisation: OrganisationId,
	pub(super) genesis: [u8; 32],
	pub(super) node: Node,
	pub(super) secret: EncryptionSecret,
	pub(super) token: Zeroizing<String>,
}

/// The services of one process, one per organisation.
type Services = Arc<[Arc<Service>]>;

/// The key service's routes, all of which ask for a token. It decides whose service answers.
pub(super) fn router(services: impl IntoIterator<Item = Arc<Service>>) -> Router {
	let services: Services = services.into_iter().collect();
	Router::new()
		.route(DATABASE_KEY, post(database_key))
		.route(REWRAP, post(rewrap))
		.method_not_allowed_fallback(unknown)
		.fallback(unknown)
		.layer(DefaultBodyLimit::max(MAX_JSON))
		.layer(middleware::from_fn_with_state(services, authorised))
		.layer(middleware::from_fn(web::log))
}

async fn unknown() -> Error {
	Error::RouteUnknown
}

async fn authorised(
	State(services): State<Services>,
	request: Request,
	next: Next,
) -> Result<Response> {
	let (mut parts, body) = request.into_parts();
	let service = of_token(&services, bearer(&parts)?)?;
	parts.extensions.insert(service);
	Ok(next.run(Request::from_parts(parts, body)).await)
}

/// The service to which the token belongs. Every token is compared, in constant time.
fn of_token(services: &[Arc<Service>], shown: &str) -> Result<Arc<Service>> {
	let mut found = None;
	for service in services {
		if bool::from(shown.as_bytes().ct_eq(service.token.as_bytes())) {
			found = Some(service);
		}
	}
	found.cloned().ok_or(Error::NotSignedIn)
}

/// The service whose token was shown.
type Shown = Extension<Arc<Service>>;

async fn database_key(
	Extension(service): Shown,
	Body(asked): Body<Option<DatabaseKeyRequest>>,
) -> Result<Json<DatabaseKey>> {
	if asked.is_some_and(|asked| asked.organisation != service.organisation) {
		return Err(Error::WrongChain);
	}
	Ok(Json(service.database_key()))
}

async fn rewrap(Extension(service): Shown, Body(asked): Body<Rewrap>) -> Result<Json<Rewrapped>> {
	let at = service.node.fresh().await?;
	let decided = at.decide(&asked.query).await?;
	let staff = matches!(asked.query.accessor, Accessor::Staff { .. });
	let wrap = match (decided.decision, decided.recipient_key) {
		(Decision::Permit { basis, .. }, Some(recipient)) if staff => {
			Some(service.wrap_to(&asked, basis, recipient)?)
		},
		_ => None,
	};
	Ok(Json(Rewrapped { wrap, decided, head: at.head() }))
}

impl Service {
	/// The key of the vault's database: the same as long as the organisation's secret is.
	fn database_key(&self) -> DatabaseKey {
		let key = mac(self.secret.expose(), &[DATABASE_DOMAIN, &self.organisation.encode()]);
		DatabaseKey { key }
	}

	/// Opens the custodian's wrap and wraps the content key to the recipient.
	fn wrap_to(&self, asked: &Rewrap, basis: Basis, recipient: EncryptionKey) -> Result<Wrap> {
		let of = RecordVersion {
			genesis: self.genesis,
			record: asked.query.record,
			version: asked.version,
		};
		if !matches!(
			asked.wrap.context,
			WrapContext::Custodian { organisation, .. } if organisation == self.organisation
		) {
			return Err(Error::StorageDamaged);
		}
		let now = now();
		let key = asked.wrap.open(&self.secret, &of, now).map_err(|_| Error::StorageDamaged)?;
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

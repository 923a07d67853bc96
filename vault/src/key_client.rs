//! The vault's side of its key service.

use crate::errors::{Error, Result};
use reqwest::StatusCode;
use salus_client::vault_api::{
	codes, DatabaseKey, DatabaseKeyRequest, ErrorBody, HandOver, HandOverHolding, HandedOver,
	HandedOverHolding, Rewrap, Rewrapped, WrapCheck, WrapChecked, DATABASE_KEY, HAND_OVER,
	HAND_OVER_HOLDING, KEY_SERVICE_ALIVE, REWRAP, WRAP_CHECK,
};
use salus_primitives::ids::OrganisationId;
use serde::{de::DeserializeOwned, Serialize};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A key service.
pub(crate) struct KeyService {
	http: reqwest::Client,
	url: String,
	token: Zeroizing<String>,
}

impl KeyService {
	pub(crate) fn new(url: &str, token: Zeroizing<String>) -> Result<Self> {
		// reqwest asks for a TLS provider even where only http is spoken; an error says that one is
		// installed.
		let _ = rustls::crypto::ring::default_provider().install_default();
		let http = reqwest::Client::builder()
			.timeout(PATIENCE)
			.no_proxy()
			.redirect(reqwest::redirect::Policy::none())
			.build()
			.map_err(|error| Error::Internal(error.to_string()))?;
		Ok(Self { http, url: url.trim_end_matches('/').into(), token })
	}

	/// The key of the vault's database. Refused when the token is another organisation's.
	pub(crate) async fn database_key(&self, organisation: OrganisationId) -> Result<DatabaseKey> {
		self.ask(DATABASE_KEY, &DatabaseKeyRequest { organisation }).await
	}

	/// Has the key service decide and, on its yes, wrap the content key to the recipient.
	pub(crate) async fn rewrap(&self, asked: &Rewrap) -> Result<Rewrapped> {
		self.ask(REWRAP, asked).await
	}

	/// Has the key service wrap a record's key to another custodian, if chain and person say so.
	pub(crate) async fn hand_over(&self, asked: &HandOver) -> Result<HandedOver> {
		self.ask(HAND_OVER, asked).await
	}

	/// Has the key service wrap keys of records to the successor, if the chain says so.
	pub(crate) async fn hand_over_holding(
		&self,
		asked: &HandOverHolding,
	) -> Result<HandedOverHolding> {
		self.ask(HAND_OVER_HOLDING, asked).await
	}

	/// Whether a wrap is one for this organisation, and opens.
	pub(crate) async fn opens(&self, asked: &WrapCheck) -> Result<bool> {
		let WrapChecked { opens } = self.ask(WRAP_CHECK, asked).await?;
		Ok(opens)
	}

	/// Whether it answers and takes the token.
	pub(crate) async fn is_alive(&self) -> bool {
		let url = format!("{}{KEY_SERVICE_ALIVE}", self.url);
		let sent = self.http.get(url).bearer_auth(self.token.as_str()).send();
		sent.await.is_ok_and(|response| response.status().is_success())
	}

	async fn ask<T: DeserializeOwned>(&self, route: &str, asked: &impl Serialize) -> Result<T> {
		let url = format!("{}{route}", self.url);
		let sent = self.http.post(url).bearer_auth(self.token.as_str()).json(asked).send();
		let response = sent.await.map_err(unavailable)?;
		let status = response.status();
		if status.is_success() {
			return response.json().await.map_err(unavailable);
		}
		if status == StatusCode::UNAUTHORIZED {
			return Err(Error::KeyServiceUnavailable(
				"it does not take the token: give both the same token file".into(),
			));
		}
		let said: Option<ErrorBody> = response.json().await.ok();
		Err(Error::KeyServiceUnavailable(match said {
			Some(said) if said.code == codes::STORAGE_DAMAGED => return Err(Error::StorageDamaged),
			// Its node's fault, not its own: told apart, for it passes.
			Some(said) if [codes::NODE_UNAVAILABLE, codes::HEAD_STALE].contains(&&*said.code) => {
				return Err(Error::NodeUnavailable(format!("the key service's: {}", said.message)));
			},
			Some(said) => format!("it answers {status}, {}: {}", said.code, said.message),
			None => format!("it answers {status}"),
		}))
	}
}

fn unavailable(error: reqwest::Error) -> Error {
	let error = error.without_url();
	let mut cause: &dyn std::error::Error = &error;
	while let Some(deeper) = cause.source() {
		cause = deeper;
	}
	Error::KeyServiceUnavailable(cause.to_string())
}

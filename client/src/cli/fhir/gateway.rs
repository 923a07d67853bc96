//! The local gateway: passes FHIR requests on to vaults under the reader's sign-in and capacity, and opens
//! with the reader's key what comes encrypted.
//!
//! Plaintext is made here, at the reader. A content is written to a temporary file and leaves it only once
//! its digest has been compared with the chain's record, so that no byte of a damaged one is served.

use super::super::{
	keeper::session,
	record::Reading,
	terms::{Asking, Unlocked},
};
use axum::{
	body::Body,
	extract::{Path, Query, Request, State},
	http::{
		header::{
			ACCEPT, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE,
			WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
		},
		HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
	},
	middleware::{self, Next},
	response::{IntoResponse, Response},
	routing::any,
	Router,
};
use salus_client::{
	chain::Chain,
	fhir::{binary, form, names, operation_outcome, parse_id, Form, FHIR_JSON, MAX_INLINE},
	records::Temporary,
	transfer::Known,
	vault_api::{codes, ErrorBody, ReleaseRequest, FHIR, SIGN_IN_VALIDITY},
	vault_client::{no_progress, VaultClient},
	Error,
};
use salus_primitives::{
	codes::{Action, Purpose, Role},
	ids::{AccountBytes, OrganisationId, RecordId},
};
use serde_json::Value;
use std::{
	collections::HashMap,
	sync::Arc,
	time::{Duration, Instant},
};
use subtle::ConstantTimeEq;
use tokio::{io::AsyncReadExt, sync::Mutex};
use zeroize::Zeroizing;

/// Names the custodian in the query, where the path does not.
const CUSTODIAN: &str = "custodian";
/// Bytes of a content that are read at once.
const PIECE: usize = 64 * 1024;
/// How long a sign-in is used: a little less than it is good for.
const SESSION: Duration = Duration::from_millis(SIGN_IN_VALIDITY / 10 * 9);

/// The gateway.
pub(super) struct Gateway {
	chain: Chain,
	who: Unlocked,
	token: Zeroizing<String>,
	/// Its own address.
	base: String,
	/// Who is asked where the address names nobody.
	custodian: Option<OrganisationId>,
	/// Vaults signed in to with which account, and when.
	sessions: Mutex<HashMap<(OrganisationId, AccountBytes), (VaultClient, Instant)>>,
}

type G = State<Arc<Gateway>>;

impl Gateway {
	pub(super) fn new(
		chain: Chain,
		who: Unlocked,
		token: Zeroizing<String>,
		base: String,
		custodian: Option<OrganisationId>,
	) -> Self {
		Self { chain, who, token, base, custodian, sessions: Mutex::default() }
	}

	pub(super) fn router(self) -> Router {
		let gateway = Arc::new(self);
		Router::new()
			.route("/custodians/{custodian}/fhir/{*route}", any(at_custodian))
			.route("/fhir/{*route}", any(at_any))
			.fallback(|| async { Refusal::of(404, codes::ROUTE_UNKNOWN, "no such route here") })
			.layer(middleware::from_fn_with_state(gateway.clone(), admit))
			.with_state(gateway)
	}

	/// A client of the vault of who keeps what is asked for, signed in.
	async fn session(&self, asking: &Asking) -> Result<VaultClient, Error> {
		let of = (asking.custodian, asking.identity.account());
		let mut sessions = self.sessions.lock().await;
		if let Some((vault, since)) = sessions.get(&of) {
			if since.elapsed() < SESSION {
				return Ok(vault.clone());
			}
		}
		let vault = session(&self.chain, asking.custodian, &asking.identity).await?;
		sessions.insert(of, (vault.clone(), Instant::now()));
		Ok(vault)
	}

	async fn forget(&self, asking: &Asking) {
		let of = (asking.custodian, asking.identity.account());
		self.sessions.lock().await.remove(&of);
	}
}

/// Lets in who sends the token, to read.
async fn admit(State(gateway): G, request: Request, next: Next) -> Response {
	let sent = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
	let sent = sent.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
	if !bool::from(sent.as_bytes().ct_eq(gateway.token.as_bytes())) {
		let said = "send the token from the gateway's file as `authorization: Bearer …`";
		return Refusal::of(401, codes::NOT_SIGNED_IN, said).into_response();
	}
	if request.method() != Method::GET {
		let said = "this gateway is read with GET alone: send a GET";
		return Refusal::of(405, codes::METHOD_NOT_ALLOWED, said).into_response();
	}
	next.run(request).await
}

type Pairs = Vec<(String, String)>;

async fn at_custodian(
	State(gateway): G,
	Path((custodian, route)): Path<(OrganisationId, String)>,
	Query(query): Query<Pairs>,
	headers: HeaderMap,
) -> Result<Response, Refusal> {
	answer(&gateway, custodian, &route, query, &headers).await
}

async fn at_any(
	State(gateway): G,
	Path(route): Path<String>,
	Query(mut query): Query<Pairs>,
	headers: HeaderMap,
) -> Result<Response, Refusal> {
	let named = take(&mut query, CUSTODIAN)?;
	let custodian = named.or(gateway.custodian).ok_or_else(|| {
		Refusal::of(400, codes::MALFORMED, "name the custodian: ask /custodians/<N>/fhir/…")
	})?;
	answer(&gateway, custodian, &route, query, &headers).await
}

/// Takes a parameter out of a query.
fn take<T: std::str::FromStr>(query: &mut Pairs, name: &str) -> Result<Option<T>, Refusal> {
	let Some(place) = query.iter().position(|(known, _)| known == name) else { return Ok(None) };
	let (_, value) = query.remove(place);
	let unreadable = |_| Refusal::of(400, codes::MALFORMED, &format!("{name} can not be read"));
	value.parse().map(Some).map_err(unreadable)
}

async fn answer(
	gateway: &Gateway,
	custodian: OrganisationId,
	route: &str,
	query: Pairs,
	headers: &HeaderMap,
) -> Result<Response, Refusal> {
	let asking = gateway.who.at(&gateway.chain, custodian, None).await?;
	match route.strip_prefix("Binary/") {
		Some(id) => read_binary(gateway, &asking, id, query, headers).await,
		None => pass_on(gateway, custodian, &asking, route, query, headers).await,
	}
}

/// Adds in which capacity the reader asks, where the vault wants it and the program did not say.
fn with_capacity(asking: &Asking, route: &str, query: &mut Pairs) {
	let takes = route.starts_with("DocumentReference") || route.ends_with("/$everything");
	if !takes {
		return;
	}
	let mut add = |name: &str, value: String| {
		if !query.iter().any(|(known, _)| known == name) {
			query.push((name.into(), value));
		}
	};
	add("purpose", asking.purpose.code().into());
	if let Some(capacity) = asking.capacity {
		add("organisation", capacity.organisation.to_string());
		add("role", capacity.role.code().into());
	}
}

async fn pass_on(
	gateway: &Gateway,
	custodian: OrganisationId,
	asking: &Asking,
	route: &str,
	mut query: Pairs,
	headers: &HeaderMap,
) -> Result<Response, Refusal> {
	let format: Option<String> = take(&mut query, "_format")?;
	// No media type is empty, so nothing but JSON is to be had.
	wanted(format.as_deref(), headers, Some(""))?;
	with_capacity(asking, route, &mut query);
	let mut vault = gateway.session(asking).await?;
	let mut answer = vault.fhir(route, &query).await?;
	if answer.status == 401 {
		// The sign-in has expired.
		gateway.forget(asking).await;
		vault = gateway.session(asking).await?;
		answer = vault.fhir(route, &query).await?;
	}
	let there = format!("{}{FHIR}/", vault.endpoint());
	let here = format!("{}/custodians/{custodian}{FHIR}/", gateway.base);
	let body = match serde_json::from_slice::<Value>(&answer.body) {
		Ok(resource) => moved(resource, &there, &here).to_string(),
		Err(fault) => {
			let endpoint = vault.endpoint().into();
			return Err(Error::VaultAnswer { endpoint, detail: fault.to_string() }.into());
		},
	};
	let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
	Ok(json(status, body))
}

/// The resource with every address at the vault moved to the gateway, and without what tells that a content
/// is encrypted, for here it is not.
fn moved(value: Value, there: &str, here: &str) -> Value {
	let is_envelope = |value: &Value| {
		value.get("code").is_some_and(|code| code == names::ENVELOPE_FORMAT)
			&& value.get("system").is_some_and(|system| system == names::FORMAT)
	};
	match value {
		Value::String(text) => match text.strip_prefix(there) {
			Some(route) => format!("{here}{route}").into(),
			// The service itself, as a CapabilityStatement names it.
			None if there.strip_suffix('/') == Some(text.as_str()) => {
				here.trim_end_matches('/').into()
			},
			None => text.into(),
		},
		Value::Array(items) => items.into_iter().map(|item| moved(item, there, here)).collect(),
		Value::Object(members) => members
			.into_iter()
			.filter(|(name, value)| name != "format" || !is_envelope(value))
			.map(|(name, value)| (name, moved(value, there, here)))
			.collect::<serde_json::Map<_, _>>()
			.into(),
		other => other,
	}
}

fn wanted(
	format: Option<&str>,
	headers: &HeaderMap,
	native: Option<&str>,
) -> Result<Form, Refusal> {
	let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
	let accept = accept.collect::<Vec<_>>().join(",");
	form(format, Some(&accept), native).ok_or_else(|| {
		let said =
			"the answer is not to be had in the form asked for: ask for application/fhir+json";
		Refusal::of(406, codes::NOT_ACCEPTABLE, said)
	})
}

/// Fetches a record, opens it, and serves its content in its own form or as a resource.
async fn read_binary(
	gateway: &Gateway,
	asking: &Asking,
	id: &str,
	mut query: Pairs,
	headers: &HeaderMap,
) -> Result<Response, Refusal> {
	let unknown = || Refusal::of(404, codes::RECORD_UNKNOWN, "no such record: check its id");
	let record = RecordId(parse_id(id).ok_or_else(unknown)?);
	let format: Option<String> = take(&mut query, "_format")?;
	let as_resource = wanted(format.as_deref(), headers, None)? == Form::Resource;
	let request = request(asking, &mut query)?;
	let custodian = asking.custodian;
	let at = gateway.chain.finalised().await.map_err(Error::from)?;
	let known = match at.record(record).await.map_err(Error::from)? {
		Some(facts) if facts.custodian != custodian => return Err(unknown()),
		Some(facts) => Known::Leaf(facts.leaf),
		None => Known::Batched(at, custodian),
	};
	let (content, _) = Temporary::beside(&std::env::temp_dir().join("salus-content"))?;
	// Signs in again by itself where the vault knows the sign-in no more.
	let reading = Reading {
		vault: &gateway.session(asking).await?,
		session: asking.reader(gateway.chain.genesis()),
		request,
		chart: asking.chart,
		resumable: false,
	};
	let release = reading.fetch(record, known, content.path(), Arc::new(no_progress)).await?;
	let size = release.opening.terms.size;
	if as_resource {
		if size > MAX_INLINE {
			let said =
				"the content has more than 16 MiB, too many for JSON: ask for it in its own form";
			return Err(Refusal::of(413, codes::TOO_LARGE, said));
		}
		let bytes = tokio::fs::read(content.path()).await.map_err(Error::io("content"))?;
		let resource = binary(record, &release.media_type, &bytes, None);
		return Ok(json(StatusCode::OK, resource.to_string()));
	}
	let file = tokio::fs::File::open(content.path()).await.map_err(Error::io("content"))?;
	// The file is deleted once it was read.
	let pieces = futures::stream::try_unfold((file, content), |(mut file, content)| async move {
		let mut piece = bytes::BytesMut::with_capacity(PIECE);
		let read = file.read_buf(&mut piece).await?;
		Ok::<_, std::io::Error>((read > 0).then_some((piece.freeze(), (file, content))))
	});
	let mut response = Body::from_stream(pieces).into_response();
	let own = HeaderValue::from_str(&release.media_type);
	let headers = response.headers_mut();
	headers
		.insert(CONTENT_TYPE, own.unwrap_or(HeaderValue::from_static("application/octet-stream")));
	headers.insert(CONTENT_LENGTH, size.into());
	headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
	// Whatever it holds, it is no page.
	headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
	Ok(response)
}

/// What is asked of the vault: the reader's capacity, changed by what the program says.
fn request(asking: &Asking, query: &mut Pairs) -> Result<ReleaseRequest, Refusal> {
	let purpose = take::<Purpose>(query, "purpose")?.unwrap_or(asking.purpose);
	let action = take::<Action>(query, "action")?.unwrap_or(Action::Access);
	let organisation = take::<OrganisationId>(query, "organisation")?;
	let role = take::<Role>(query, "role")?;
	let capacity = match asking.capacity {
		Some(mut capacity) => {
			capacity.organisation = organisation.unwrap_or(capacity.organisation);
			capacity.role = role.unwrap_or(capacity.role);
			Some(capacity)
		},
		None if organisation.is_some() || role.is_some() => {
			let said = "a patient acts for no organisation: leave out organisation and role";
			return Err(Refusal::of(400, codes::MALFORMED, said));
		},
		None => None,
	};
	if let Some((name, _)) = query.first() {
		let said = format!("'{}' is no parameter here", name.escape_debug());
		return Err(Refusal::of(400, codes::MALFORMED, &said));
	}
	Ok(ReleaseRequest { capacity, action, purpose, offset: 0 })
}

fn json(status: StatusCode, body: String) -> Response {
	let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, FHIR_JSON), (CACHE_CONTROL, "no-store")];
	(status, headers, body).into_response()
}

/// A refusal, by the gateway or passed on from the vault.
struct Refusal {
	status: u16,
	body: ErrorBody,
}

impl Refusal {
	fn of(status: u16, code: &str, message: &str) -> Self {
		Self {
			status,
			body: ErrorBody { code: code.into(), message: message.into(), reason: None },
		}
	}
}

impl From<Error> for Refusal {
	fn from(error: Error) -> Self {
		if let Error::Vault { status, code, message, reason } = error {
			return Self { status, body: ErrorBody { code, message, reason } };
		}
		let status = match &error {
			Error::NotFound { .. } => 404,
			Error::VaultTimedOut { .. } => 504,
			Error::VaultUnreachable { .. }
			| Error::VaultAnswer { .. }
			| Error::ReleaseMismatch(_)
			| Error::Envelope(_)
			| Error::Chain(_) => 502,
			Error::Usage { .. } => 400,
			_ => 500,
		};
		Self::of(status, error.code(), &format!("{error}: {}", error.help()))
	}
}

impl IntoResponse for Refusal {
	fn into_response(self) -> Response {
		let outcome = operation_outcome(self.status, &self.body).to_string();
		let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY);
		let mut response = json(status, outcome);
		let headers = response.headers_mut();
		if status == StatusCode::UNAUTHORIZED {
			headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
		}
		if status == StatusCode::METHOD_NOT_ALLOWED {
			headers.insert(ALLOW, HeaderValue::from_static("GET"));
		}
		response
	}
}

#[cfg(test)]
mod tests;

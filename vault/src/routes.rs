//! The HTTP interface: reads requests, asks the modules, writes answers. `salus_client::vault_api` has
//! the routes and their JSON.

mod transfers;

use crate::{
	batches::Preference,
	charts, clock, directives, disclosures,
	errors::{Error, Result},
	mailbox, profiles, records, release,
	vault::Vault,
	web::{self, bearer, Asked, Body, Named, Whole, MAX_JSON},
};
use axum::{
	extract::{DefaultBodyLimit, FromRequestParts, State},
	http::{
		header::{
			CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
			X_CONTENT_TYPE_OPTIONS,
		},
		request::Parts,
		HeaderMap, HeaderValue, StatusCode,
	},
	middleware,
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use salus_client::{
	profile::MAX_FILE,
	vault_api::{self as api, encode_header},
};
use salus_primitives::ids::{AccountBytes, ChartId, PractitionerId, RecordId, RequestId};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// Bytes of a refused body that are taken, so that a caller who is still sending hears why.
const DRAIN: usize = 1024 * 1024;
/// How long they are waited for.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// For how long a profile may be shown again without asking.
const PROFILE_CACHE: &str = "public, max-age=60";

/// The vault's routes.
pub(crate) fn router(vault: Arc<Vault>) -> Router {
	Router::new()
		.route(api::HEALTH, get(health))
		.route(api::CHALLENGE, post(challenge))
		.route(api::SIGN_IN, post(sign_in))
		.route(api::CHARTS, post(enrol_chart))
		.route(api::CHART_KEY, post(post_chart_key))
		.route(api::CHART_KEYS, get(chart_keys))
		.route(api::CHART_RECORDS, get(list_records).post(transfers::store_record))
		.merge(transfers::routes())
		.route(api::ENTERED_IN_ERROR, post(enter_in_error))
		.route(api::RELEASE, post(release_record))
		.route(api::CHART_DIRECTIVES, get(list_directives).post(post_directive))
		.route(api::CHART_DISCLOSURES, get(list_disclosures))
		.route(api::CHART_REQUESTS, get(list_requests).post(post_request))
		.route(api::CHART_REQUEST_ANSWER, post(answer_request))
		.route(api::REQUEST_ANSWER, get(read_answer))
		.route(
			api::PRACTITIONER_PROFILE,
			get(read_profile)
				.put(put_profile)
				.delete(remove_profile)
				.layer(DefaultBodyLimit::max(MAX_FILE)),
		)
		.method_not_allowed_fallback(unknown)
		.fallback(unknown)
		.layer(DefaultBodyLimit::max(MAX_JSON))
		.layer(middleware::from_fn(web::log))
		.with_state(vault)
}

/// The account that is signed in.
struct SignedIn(AccountBytes);

impl FromRequestParts<Arc<Vault>> for SignedIn {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, vault: &Arc<Vault>) -> Result<Self> {
		Ok(Self(vault.sign_ins.account(bearer(parts)?)?))
	}
}

type V = State<Arc<Vault>>;

async fn unknown() -> Error {
	Error::RouteUnknown
}

async fn health(State(vault): V) -> Json<api::Health> {
	let head = vault.node.finalised().await.ok().map(|at| at.head());
	let stale = head.is_none_or(|head| clock::too_old(&head, clock::now()).is_some());
	Json(api::Health { organisation: vault.organisation, genesis: vault.genesis, head, stale })
}

async fn challenge(
	State(vault): V,
	Body(asked): Body<api::ChallengeRequest>,
) -> Result<Json<api::Challenge>> {
	Ok(Json(vault.sign_ins.challenge(asked.account)?))
}

async fn sign_in(State(vault): V, Body(said): Body<api::SignIn>) -> Result<Json<api::SignedIn>> {
	vault.sign_ins.verify(&said)?;
	if !vault.node.finalised().await?.is_enrolled(said.challenge.account).await? {
		return Err(Error::AccountNotEnrolled);
	}
	Ok(Json(vault.sign_ins.sign_in(&said.challenge)?))
}

async fn enrol_chart(
	State(vault): V,
	SignedIn(account): SignedIn,
	headers: HeaderMap,
	Body(asked): Body<api::EnrolChart>,
) -> Result<Response> {
	let chart = asked.statement.chart;
	let answer = charts::enrol(&vault, account, asked, Preference::of(&headers)).await?;
	transfers::enrolment(chart, answer)
}

async fn post_chart_key(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(key): Body<api::ChartKey>,
) -> Result<StatusCode> {
	charts::vouch(&vault, account, chart, key).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn chart_keys(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::ChartKeys>> {
	charts::keys(&vault, account, chart).await.map(Json)
}

async fn drain(body: impl Stream<Item = Result<Bytes>>) {
	let mut pieces = std::pin::pin!(body);
	let drained = async {
		let mut taken = 0usize;
		while let Some(Ok(piece)) = pieces.next().await {
			taken = taken.saturating_add(piece.len());
			if taken > DRAIN {
				return;
			}
		}
	};
	// A caller who stopped sending hears it all the same.
	let _ = tokio::time::timeout(DRAIN_TIME, drained).await;
}

async fn enter_in_error(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
	Body(asked): Body<api::MarkEnteredInError>,
) -> Result<Json<api::MarkedEnteredInError>> {
	records::mark_entered_in_error(&vault, account, record, asked).await.map(Json)
}

/// A place in a list.
#[derive(Deserialize)]
struct From {
	#[serde(default)]
	from: u32,
}

async fn list_records(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(asked): Asked<api::ListQuery>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::RecordList>> {
	release::list(&vault, account, chart, asked, from).await.map(Json)
}

async fn release_record(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
	Body(asked): Body<api::ReleaseRequest>,
) -> Result<Response> {
	let (release, length, bytes) = release::release(&vault, account, record, asked).await?;
	let internal = |fault: &dyn std::error::Error| Error::Internal(fault.to_string());
	let header = encode_header(&release).map_err(|fault| internal(&fault))?;
	let header = HeaderValue::from_str(&header).map_err(|fault| internal(&fault))?;
	let mut response = axum::body::Body::from_stream(bytes).into_response();
	let headers = response.headers_mut();
	headers.insert(api::RELEASE_HEADER, header);
	// With it a reader tells a part from the whole.
	headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
	Ok(response)
}

async fn post_directive(
	State(vault): V,
	SignedIn(_): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedDirective>,
) -> Result<StatusCode> {
	directives::take(&vault, chart, posted).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn list_directives(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::DirectiveList>> {
	directives::list(&vault, account, chart).await.map(Json)
}

async fn list_disclosures(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(asked): Asked<api::DisclosureQuery>,
) -> Result<Json<api::DisclosurePage>> {
	disclosures::page(&vault, account, chart, asked.from).await.map(Json)
}

async fn post_request(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedRequest>,
) -> Result<StatusCode> {
	mailbox::take(&vault, account, chart, posted).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn list_requests(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::RequestList>> {
	mailbox::list(&vault, account, chart).await.map(Json)
}

async fn answer_request(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, request)): Named<(ChartId, RequestId)>,
	Body(answer): Body<api::RequestAnswer>,
) -> Result<StatusCode> {
	mailbox::answer(&vault, account, chart, request, answer).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn read_answer(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(request): Named<RequestId>,
) -> Result<Json<api::RequestAnswer>> {
	mailbox::read_answer(&vault, account, request).await.map(Json)
}

async fn put_profile(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(practitioner): Named<PractitionerId>,
	Whole(file): Whole,
) -> Result<StatusCode> {
	profiles::put(&vault, account, practitioner, &file).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn remove_profile(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(practitioner): Named<PractitionerId>,
) -> Result<StatusCode> {
	profiles::remove(&vault, account, practitioner).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn read_profile(
	State(vault): V,
	Named(practitioner): Named<PractitionerId>,
	headers: HeaderMap,
) -> Result<Response> {
	let (file, tag) = profiles::read(&vault, practitioner).await?;
	profile_response(file, &tag, &headers)
}

/// The file, or that the reader has it already.
fn profile_response(file: Vec<u8>, tag: &str, headers: &HeaderMap) -> Result<Response> {
	let known = headers
		.get_all(IF_NONE_MATCH)
		.iter()
		.filter_map(|value| value.to_str().ok())
		.flat_map(|value| value.split(','))
		.any(|value| matches!(value.trim(), "*") || value.trim().trim_start_matches("W/") == tag);
	let mut response =
		if known { StatusCode::NOT_MODIFIED.into_response() } else { file.into_response() };
	let tag = HeaderValue::from_str(tag).map_err(|fault| Error::Internal(fault.to_string()))?;
	let headers = response.headers_mut();
	headers.insert(ETAG, tag);
	headers.insert(CACHE_CONTROL, HeaderValue::from_static(PROFILE_CACHE));
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
	// Whatever it holds, it is no page.
	headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
	Ok(response)
}

#[cfg(test)]
pub(crate) mod tests;

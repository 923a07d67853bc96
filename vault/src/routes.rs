//! The HTTP interface: reads requests, asks the modules, writes answers. `salus_client::vault_api` has
//! the routes and their JSON.

use crate::{
	backup,
	batches::Preference,
	calls, charts, directives, disclosures,
	errors::{Error, Result},
	fhir,
	guardians::{self, Reader},
	limits::Class,
	mailbox,
	observe::{observe, Observed},
	openapi, ops, profiles, records, relay, release,
	sign_in::Session,
	vault::Vault,
	web::{bearer, Asked, Body, Named, Whole, MAX_JSON},
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
	Json, Router,
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use salus_client::{
	profile::MAX_FILE,
	vault_api::{self as api, encode_header},
};
use salus_primitives::ids::{AccountBytes, ChartId, PractitionerId, RecordId, RequestId};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
	sync::{Arc, LazyLock},
	time::Duration,
};
pub(crate) use table::table;

mod admission;
mod asks;
mod bulk;
mod cards;
mod custody;
mod emergency;
mod finding;
mod holding;
mod links;
mod papers;
mod petitions;
mod recalls;
mod rendezvous;
mod table;
mod transfers;

use admission::{admit as admit_request, Gate};

/// Bytes of a refused body that are taken, so that a caller who is still sending hears why.
const DRAIN: usize = 1024 * 1024;
/// How long they are waited for.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// For how long a profile may be shown again without asking.
const PROFILE_CACHE: &str = "public, max-age=60";

/// The OpenAPI document.
static OPENAPI: LazyLock<Bytes> =
	LazyLock::new(|| Bytes::from(openapi::document(&table()).to_string()));

/// The vault's routes, which [`table`] has.
pub(crate) fn router(vault: Arc<Vault>) -> Router {
	let observed = Observed::of(&vault);
	table()
		.into_iter()
		.fold(Router::new(), |router, route| router.route(route.path, route.handler))
		.nest(api::FHIR, fhir::router())
		.method_not_allowed_fallback(unknown)
		.fallback(unknown)
		.layer(DefaultBodyLimit::max(MAX_JSON))
		.layer(middleware::from_fn_with_state(Gate::new(&vault), admit_request))
		.layer(middleware::from_fn_with_state(observed, observe))
		.with_state(vault)
}

/// The account that is signed in.
pub(crate) struct SignedIn(pub(crate) AccountBytes);

impl FromRequestParts<Arc<Vault>> for SignedIn {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, vault: &Arc<Vault>) -> Result<Self> {
		Ok(Self(vault.sign_ins.account(bearer(parts)?)?))
	}
}

impl FromRequestParts<Arc<Vault>> for Session {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, vault: &Arc<Vault>) -> Result<Self> {
		vault.sign_ins.session(bearer(parts)?)
	}
}

pub(crate) type V = State<Arc<Vault>>;

async fn unknown() -> Error {
	Error::RouteUnknown
}

async fn health(State(vault): V) -> Result<Json<api::Health>> {
	ops::health(&vault).await.map(Json)
}

async fn openapi() -> Response {
	let json = HeaderValue::from_static("application/json");
	([(CONTENT_TYPE, json)], OPENAPI.clone()).into_response()
}

async fn challenge(
	State(vault): V,
	Body(asked): Body<api::ChallengeRequest>,
) -> Result<Json<api::Challenge>> {
	Ok(Json(vault.sign_ins.challenge(asked.account)?))
}

async fn sign_in(
	State(vault): V,
	headers: HeaderMap,
	Body(said): Body<api::SignIn>,
) -> Result<Json<api::SignedIn>> {
	vault.sign_ins.verify(&said)?;
	let account = said.challenge.account;
	if !vault.node.finalised().await?.is_enrolled(account).await? {
		guardians::sign_in(&vault, &account, &headers).await?;
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
#[derive(Deserialize, JsonSchema)]
struct From {
	#[serde(default)]
	from: u32,
}

/// The whole query of a list, for the document.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Listing {
	#[schemars(flatten)]
	asked: api::ListQuery,
	#[schemars(flatten)]
	from: From,
}

async fn list_records(
	State(vault): V,
	reader: Reader,
	Named(chart): Named<ChartId>,
	Asked(asked): Asked<api::ListQuery>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::RecordList>> {
	let window = release::Window::page(from);
	release::list(&vault, reader, chart, asked, window).await.map(Json)
}

async fn release_record(
	State(vault): V,
	reader: Reader,
	Named(record): Named<RecordId>,
	Body(asked): Body<api::ReleaseRequest>,
) -> Result<Response> {
	let (release, length, bytes) =
		release::release(&vault, reader, record, asked, u64::MAX).await?;
	let body = axum::body::Body::from_stream(bytes);
	with_release(&release, "application/octet-stream", length, body)
}

/// What is released, so many bytes of it, and in the header what goes with it.
pub(crate) fn with_release(
	release: &api::Release,
	content_type: &'static str,
	length: u64,
	body: axum::body::Body,
) -> Result<Response> {
	let internal = |fault: &dyn std::error::Error| Error::Internal(fault.to_string());
	let header = encode_header(release).map_err(|fault| internal(&fault))?;
	let header = HeaderValue::from_str(&header).map_err(|fault| internal(&fault))?;
	let mut response = body.into_response();
	let headers = response.headers_mut();
	headers.insert(api::RELEASE_HEADER, header);
	// With it a reader tells a part from the whole.
	headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
	headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
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

async fn post_call(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedCall>,
) -> Result<Json<api::CallDone>> {
	calls::submit(&vault, account, chart, posted).await.map(Json)
}

async fn post_order(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedOrder>,
) -> Result<Json<api::OrderDone>> {
	relay::order(&vault, account, chart, posted).await.map(Json)
}

async fn read_cover(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::CoverState>> {
	relay::state(&vault, account, chart).await.map(Json)
}

async fn put_cover(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(cover): Body<api::Cover>,
) -> Result<Json<api::CoverState>> {
	relay::put(&vault, account, chart, cover).await.map(Json)
}

async fn list_disclosures(
	State(vault): V,
	reader: Reader,
	Named(chart): Named<ChartId>,
	Asked(asked): Asked<api::DisclosureQuery>,
) -> Result<Json<api::DisclosurePage>> {
	disclosures::looks::page(&vault, reader, chart, asked.from).await.map(Json)
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

async fn begin_backup(
	State(vault): V,
	SignedIn(account): SignedIn,
) -> Result<(StatusCode, Json<api::BackupStatus>)> {
	Ok((StatusCode::ACCEPTED, Json(backup::begin(&vault, account).await?)))
}

async fn latest_backup(
	State(vault): V,
	SignedIn(account): SignedIn,
) -> Result<Json<api::BackupStatus>> {
	backup::status(&vault, account).await.map(Json)
}

#[cfg(test)]
pub(crate) mod tests;

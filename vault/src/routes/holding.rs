//! Routes of a whole holding on its way to a successor.

use super::{SignedIn, V};
use crate::{
	errors::Result,
	holding::{self, Successor},
	web::{Asked, Body, Named},
};
use axum::{
	extract::State,
	http::{
		header::{CONTENT_LENGTH, CONTENT_TYPE},
		HeaderValue, StatusCode,
	},
	response::{IntoResponse, Response},
	Json,
};
use salus_client::vault_api::{self as api, HoldingQuery};
use salus_primitives::ids::{BatchId, ChartId, RecordId};

pub(super) async fn list(
	State(vault): V,
	SignedIn(account): SignedIn,
) -> Result<Json<api::HoldingList>> {
	holding::list(&vault, account).await.map(Json)
}

pub(super) async fn receive(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(asked): Body<api::ReceiveHolding>,
) -> Result<(StatusCode, Json<api::HoldingList>)> {
	let list = holding::receive(&vault, account, asked, false).await?;
	Ok((StatusCode::ACCEPTED, Json(list)))
}

pub(super) async fn ready(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(asked): Body<api::ReceiveHolding>,
) -> Result<(StatusCode, Json<api::HoldingList>)> {
	let list = holding::receive(&vault, account, asked, true).await?;
	Ok((StatusCode::ACCEPTED, Json(list)))
}

pub(super) async fn charts(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(HoldingQuery { organisation, after, .. }): Asked<HoldingQuery>,
) -> Result<Json<api::HandedCharts>> {
	holding::charts(&vault, Successor { account, organisation }, after)
		.await
		.map(Json)
}

pub(super) async fn rows(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(HoldingQuery { organisation, from, keys_known, .. }): Asked<HoldingQuery>,
) -> Result<Json<api::HandedRows>> {
	let successor = Successor { account, organisation };
	holding::rows(&vault, successor, chart, (from, keys_known)).await.map(Json)
}

pub(super) async fn leaves(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(number): Named<u64>,
	Asked(HoldingQuery { organisation, .. }): Asked<HoldingQuery>,
) -> Result<Json<api::HandedLeaves>> {
	holding::leaves(&vault, Successor { account, organisation }, number)
		.await
		.map(Json)
}

pub(super) async fn nodes(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(batch): Named<BatchId>,
	Asked(HoldingQuery { organisation, from, .. }): Asked<HoldingQuery>,
) -> Result<Json<api::HandedNodes>> {
	holding::nodes(&vault, Successor { account, organisation }, batch, from)
		.await
		.map(Json)
}

pub(super) async fn content(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
	Asked(HoldingQuery { organisation, from, .. }): Asked<HoldingQuery>,
) -> Result<Response> {
	let successor = Successor { account, organisation };
	let (length, bytes) = holding::content(&vault, successor, record, from).await?;
	let mut response = axum::body::Body::from_stream(bytes).into_response();
	let headers = response.headers_mut();
	headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
	Ok(response)
}

pub(super) async fn close(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(HoldingQuery { organisation, again, .. }): Asked<HoldingQuery>,
) -> Result<Json<api::HoldingClosed>> {
	holding::close(&vault, Successor { account, organisation }, again)
		.await
		.map(Json)
}

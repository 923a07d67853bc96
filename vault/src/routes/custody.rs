//! Routes of records on their way between custodians.

use super::{SignedIn, V};
use crate::{
	custody::{self, Receiver},
	errors::Result,
	guardians::Reader,
	web::{Asked, Body, Named},
};
use axum::{
	extract::State,
	http::{
		header::{CONTENT_LENGTH, CONTENT_TYPE},
		HeaderValue,
	},
	response::{IntoResponse, Response},
	Json,
};
use salus_client::vault_api::{self as api, ReceiverQuery, TransferId};
use salus_primitives::ids::{ChartId, RecordId};

pub(super) async fn offer(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(asked): Body<api::OfferTransfer>,
) -> Result<Json<api::Transfer>> {
	custody::offer(&vault, account, chart, asked).await.map(Json)
}

pub(super) async fn list(
	State(vault): V,
	reader: Reader,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::TransferList>> {
	custody::list(&vault, reader, chart).await.map(Json)
}

pub(super) async fn withdraw(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, transfer)): Named<(ChartId, TransferId)>,
) -> Result<Json<api::Transfer>> {
	custody::withdraw(&vault, account, chart, transfer).await.map(Json)
}

pub(super) async fn offers(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(ReceiverQuery { organisation, .. }): Asked<ReceiverQuery>,
) -> Result<Json<api::Offers>> {
	custody::offers(&vault, Receiver { account, organisation }).await.map(Json)
}

pub(super) async fn page(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(transfer): Named<TransferId>,
	Asked(ReceiverQuery { organisation, from }): Asked<ReceiverQuery>,
) -> Result<Json<api::HandedPage>> {
	let receiver = Receiver { account, organisation };
	custody::page(&vault, receiver, transfer, from).await.map(Json)
}

pub(super) async fn content(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((transfer, record)): Named<(TransferId, RecordId)>,
	Asked(ReceiverQuery { organisation, from }): Asked<ReceiverQuery>,
) -> Result<Response> {
	let receiver = Receiver { account, organisation };
	let (length, bytes) = custody::content(&vault, receiver, transfer, record, from).await?;
	let mut response = axum::body::Body::from_stream(bytes).into_response();
	let headers = response.headers_mut();
	headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
	Ok(response)
}

pub(super) async fn receive(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(asked): Body<api::ReceiveTransfers>,
) -> Result<Json<api::ReceiptList>> {
	custody::receive(&vault, account, asked).await.map(Json)
}

pub(super) async fn receipts(
	State(vault): V,
	SignedIn(account): SignedIn,
) -> Result<Json<api::ReceiptList>> {
	custody::receipts(&vault, account).await.map(Json)
}

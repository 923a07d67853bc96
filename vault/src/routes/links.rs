//! The route by which a link opens its record.

use super::{with_release, V};
use crate::{
	errors::Result,
	links,
	web::{Body, Named},
};
use axum::{extract::State, response::Response};
use salus_client::vault_api as api;
use salus_primitives::ids::RecordId;

pub(super) async fn open(
	State(vault): V,
	Named(record): Named<RecordId>,
	Body(asked): Body<api::OpenLink>,
) -> Result<Response> {
	let (release, length, bytes) = links::open(&vault, record, asked).await?;
	let body = axum::body::Body::from_stream(bytes);
	with_release(&release, "application/octet-stream", length, body)
}

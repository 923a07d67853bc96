//! Requests by a rendezvous.

use super::{SignedIn, V};
use crate::{
	errors::Result,
	rendezvous,
	web::{Body, Named},
};
use axum::{extract::State, http::StatusCode, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::ChartId;

pub(super) async fn take(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(posted): Body<api::PostedRequest>,
) -> Result<StatusCode> {
	rendezvous::take(&vault, account, posted).await?;
	Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn open(
	State(vault): V,
	Named(id): Named<ChartId>,
	Body(shown): Body<api::OpenRendezvous>,
) -> Result<Json<api::PostedRequest>> {
	rendezvous::open(&vault, id, shown).await.map(Json)
}

pub(super) async fn answer(
	State(vault): V,
	Named(id): Named<ChartId>,
	Body(asked): Body<api::AnswerRendezvous>,
) -> Result<StatusCode> {
	rendezvous::answer(&vault, id, asked).await?;
	Ok(StatusCode::NO_CONTENT)
}

//! Cards with a PIN.

use super::{From, SignedIn, V};
use crate::{
	cards,
	errors::Result,
	web::{Asked, Body, Named},
};
use axum::{extract::State, http::StatusCode, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::{ChartId, Digest};

pub(super) async fn put(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, card)): Named<(ChartId, Digest)>,
	Body(posted): Body<api::PostedCard>,
) -> Result<StatusCode> {
	cards::put(&vault, account, chart, card, posted).await?;
	Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn block(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, card)): Named<(ChartId, Digest)>,
) -> Result<StatusCode> {
	cards::block(&vault, account, chart, card).await?;
	Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn list(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::CardList>> {
	cards::list(&vault, account, chart).await.map(Json)
}

pub(super) async fn uses(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::CardUsePage>> {
	cards::uses(&vault, account, chart, from).await.map(Json)
}

pub(super) async fn open(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(card): Named<Digest>,
	Body(asked): Body<api::OpenCard>,
) -> Result<Json<api::OpenedCard>> {
	cards::open(&vault, account, card, asked).await.map(Json)
}

pub(super) async fn unlock(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(card): Named<Digest>,
) -> Result<StatusCode> {
	cards::unlock(&vault, account, card).await?;
	Ok(StatusCode::NO_CONTENT)
}

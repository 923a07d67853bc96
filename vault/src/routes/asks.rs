//! Asks.

use super::{From, SignedIn, V};
use crate::{
	asks,
	errors::Result,
	web::{Asked, Body, Named},
};
use axum::{extract::State, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::{AskId, ChartId};

pub(super) async fn file(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedAsk>,
) -> Result<Json<api::AskDone>> {
	asks::file(&vault, account, chart, posted).await.map(Json)
}

pub(super) async fn of_chart(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::AskList>> {
	asks::of_chart(&vault, account, chart, from).await.map(Json)
}

pub(super) async fn inbox(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::AskList>> {
	asks::inbox(&vault, account, from).await.map(Json)
}

pub(super) async fn extend(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, ask)): Named<(ChartId, AskId)>,
	Body(asked): Body<api::ExtendAsk>,
) -> Result<Json<api::AskDone>> {
	asks::extend(&vault, account, chart, ask, asked).await.map(Json)
}

pub(super) async fn answer(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((chart, ask)): Named<(ChartId, AskId)>,
	Body(asked): Body<api::AnswerAsk>,
) -> Result<Json<api::AskAnswered>> {
	asks::answer(&vault, account, chart, ask, asked).await.map(Json)
}

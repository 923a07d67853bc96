//! Directives on paper.

use super::{From, SignedIn, V};
use crate::{
	errors::Result,
	papers,
	web::{Asked, Body, Named},
};
use axum::{extract::State, http::StatusCode, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::ChartId;

pub(super) async fn take(
	State(vault): V,
	SignedIn(_): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedPaper>,
) -> Result<StatusCode> {
	papers::take(&vault, chart, posted).await?;
	Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn list(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::PaperList>> {
	papers::list(&vault, account, chart, from).await.map(Json)
}

//! Recalls.

use super::{From, SignedIn, V};
use crate::{
	errors::Result,
	guardians::Reader,
	recalls,
	web::{Asked, Body, Named},
};
use axum::{extract::State, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::ChartId;

pub(super) async fn of_chart(
	State(vault): V,
	reader: Reader,
	Named(chart): Named<ChartId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::RecallPage>> {
	recalls::of_chart(&vault, reader, chart, from).await.map(Json)
}

pub(super) async fn list(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(asked): Asked<api::RecallQuery>,
) -> Result<Json<api::RecallPage>> {
	recalls::of_caller(&vault, account, asked).await.map(Json)
}

pub(super) async fn one(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(recall): Named<api::RecallId>,
) -> Result<Json<api::Recall>> {
	recalls::one(&vault, account, recall).await.map(Json)
}

pub(super) async fn records(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(recall): Named<api::RecallId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::RecalledRecords>> {
	recalls::records(&vault, account, recall, from).await.map(Json)
}

pub(super) async fn answer(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(recall): Named<api::RecallId>,
	Body(word): Body<api::RecallWord>,
) -> Result<Json<api::Recall>> {
	recalls::answer(&vault, account, recall, word).await.map(Json)
}

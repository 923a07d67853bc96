//! Petitions and legal holds.

use super::{From, SignedIn, V};
use crate::{
	errors::Result,
	holds, petitions,
	web::{Asked, Body, Named},
};
use axum::{extract::State, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::{ChartId, RecordId, Seal};

pub(super) async fn file(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(posted): Body<api::PostedPetition>,
) -> Result<Json<api::PetitionDone>> {
	petitions::file(&vault, account, chart, posted).await.map(Json)
}

pub(super) async fn of_chart(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::PetitionList>> {
	petitions::of_chart(&vault, account, chart, from).await.map(Json)
}

pub(super) async fn inbox(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::PetitionList>> {
	petitions::inbox(&vault, account, from).await.map(Json)
}

pub(super) async fn withdraw(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((record, number)): Named<(RecordId, u32)>,
) -> Result<Json<api::PetitionDone>> {
	petitions::withdraw(&vault, account, record, number).await.map(Json)
}

pub(super) async fn answer(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((record, number)): Named<(RecordId, u32)>,
	Body(asked): Body<api::AnswerPetition>,
) -> Result<Json<api::PetitionAnswered>> {
	petitions::answer(&vault, account, record, number, asked).await.map(Json)
}

pub(super) async fn place_hold(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
	Body(posted): Body<api::PostedHold>,
) -> Result<Json<api::HoldDone>> {
	holds::place(&vault, account, record, posted).await.map(Json)
}

pub(super) async fn release_hold(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((record, seal)): Named<(RecordId, Seal)>,
) -> Result<Json<api::HoldDone>> {
	holds::release(&vault, account, record, seal).await.map(Json)
}

pub(super) async fn list_holds(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
) -> Result<Json<api::HoldList>> {
	holds::list(&vault, account, record).await.map(Json)
}

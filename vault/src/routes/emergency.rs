//! Break-glass.

use super::V;
use crate::{
	emergency::{self, Shown},
	errors::Result,
	guardians::Reader,
	sign_in::Session,
	web::{Asked, Named},
};
use axum::{extract::State, Json};
use salus_client::vault_api as api;
use salus_primitives::ids::{BreakGlassId, ChartId};

pub(super) async fn list(
	State(vault): V,
	reader: Reader,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::EmergencyList>> {
	emergency::list(&vault, reader, chart).await.map(Json)
}

pub(super) async fn lines(
	State(vault): V,
	session: Session,
	Named(id): Named<BreakGlassId>,
	Asked(asked): Asked<api::ReviewQuery>,
	shown: Shown,
) -> Result<Json<api::DisclosurePage>> {
	emergency::lines(&vault, session, shown, id, asked).await.map(Json)
}

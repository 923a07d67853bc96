//! Routes of imports.

use super::{drain, SignedIn, V};
use crate::{
	bulk,
	errors::Result,
	web::{Body, Named},
	writes::pieces,
};
use axum::{
	extract::{Request, State},
	http::StatusCode,
	Json,
};
use salus_client::vault_api::{BeginImport, Import, ImportId, SealImport};

pub(super) async fn begin(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(asked): Body<BeginImport>,
) -> Result<Json<Import>> {
	bulk::begin(&vault, account, asked.import).await.map(Json)
}

pub(super) async fn look(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(import): Named<ImportId>,
) -> Result<Json<Import>> {
	bulk::look(&vault, account, import).await.map(Json)
}

pub(super) async fn put_page(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named((import, page)): Named<(ImportId, u32)>,
	request: Request,
) -> Result<Json<Import>> {
	let mut body = Box::pin(pieces(request.into_body()));
	match bulk::put_page(&vault, account, import, page, &mut body).await {
		Ok(import) => Ok(Json(import)),
		Err(error) => {
			drain(body).await;
			Err(error)
		},
	}
}

pub(super) async fn seal(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(import): Named<ImportId>,
	Body(asked): Body<SealImport>,
) -> Result<Json<Import>> {
	bulk::seal(&vault, account, import, asked.pages).await.map(Json)
}

pub(super) async fn abandon(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(import): Named<ImportId>,
) -> Result<StatusCode> {
	bulk::abandon(&vault, account, import).await?;
	Ok(StatusCode::NO_CONTENT)
}

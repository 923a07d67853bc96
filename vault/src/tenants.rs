//! Several organisations in one process: each under a path of its own, with nothing in common but the
//! node and the process.

use crate::{errors::Error, routes, vault::Vault, web};
use axum::{middleware, Router};
use std::sync::Arc;

/// The routes of these vaults: under `/organisations/N` each, or those of the only one at the root.
pub(crate) fn router(vaults: Vec<Arc<Vault>>, shared: bool) -> Router {
	let unknown = || async { Error::RouteUnknown };
	// Only what belongs to nobody comes here: each vault logs its own requests.
	let nobodys = Router::new().fallback(unknown).layer(middleware::from_fn(web::log));
	if !shared {
		return vaults.into_iter().map(routes::router).next().unwrap_or(nobodys);
	}
	vaults.into_iter().fold(nobodys, |router, vault| {
		let path = format!("/organisations/{}", vault.organisation);
		router.nest(&path, routes::router(vault))
	})
}

#[cfg(test)]
pub(crate) mod tests;

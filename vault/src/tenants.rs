//! Several organisations in one process: each under a path of its own, with nothing in common but the
//! node and the process.

use crate::{
	errors::Error,
	observe::{observe, Observed},
	ops::{self, Process},
	routes,
	vault::Vault,
};
use axum::{
	extract::MatchedPath,
	http::{header::LOCATION, HeaderValue},
	middleware,
	response::Response,
	routing::get,
	Json, Router,
};
use salus_client::vault_api::HEALTH;
use std::{future::ready, sync::Arc};

/// Under what the paths of a process with several organisations lie.
const ORGANISATIONS: &str = "/organisations/";

/// The routes of these vaults: under `/organisations/N` each, with the health of all at the root, or
/// those of the only one at the root.
pub(crate) fn router(vaults: Arc<[Arc<Vault>]>, shared: bool, process: &Process) -> Router {
	let unknown = || async { Error::RouteUnknown };
	// Each vault observes its own requests; what comes here belongs to none.
	let observed = Observed {
		requests: process.nobodys.clone(),
		farewell: process.farewell.clone(),
		organisation: None,
	};
	let all = vaults.clone();
	let health = move || async move { ops::shared_health(&all).await.map(Json) };
	let nobodys = Router::new()
		.route(HEALTH, get(health))
		.method_not_allowed_fallback(unknown)
		.fallback(unknown)
		.layer(middleware::from_fn_with_state(observed, observe));
	match &*vaults {
		[only] if !shared => routes::router(only.clone()),
		vaults => vaults.iter().fold(nobodys, |router, vault| {
			let path = format!("{ORGANISATIONS}{}", vault.organisation);
			let prefix = path.clone();
			let own = middleware::map_response(move |response| ready(placed(response, &prefix)));
			router.nest(&path, routes::router(vault.clone()).layer(own))
		}),
	}
}

/// Has a place that a vault tells of be the one that its caller can ask at.
fn placed(mut response: Response, prefix: &str) -> Response {
	let told = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
	let place = told.and_then(|place| HeaderValue::try_from(format!("{prefix}{place}")).ok());
	if let Some(place) = place {
		response.headers_mut().insert(LOCATION, place);
	}
	response
}

/// A route's pattern, without the part that says whose it is.
pub(crate) fn pattern(path: &MatchedPath) -> &str {
	let path = path.as_str();
	let own = path.strip_prefix(ORGANISATIONS).and_then(|rest| rest.get(rest.find('/')?..));
	own.unwrap_or(path)
}

#[cfg(test)]
pub(crate) mod tests;

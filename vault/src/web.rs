//! What both servers share: reading requests so that every refusal has our form, and serving until
//! told to stop.

use crate::{
	errors::{Error, Result},
	farewell::{Door, Farewell, Peer},
};
use axum::{
	extract::{FromRequest, FromRequestParts, Path, Query, Request},
	http::{request::Parts, HeaderMap, StatusCode},
	Router,
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::{future::IntoFuture, io::Write, net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, time::timeout};

/// Most bytes of a JSON body.
pub(crate) const MAX_JSON: usize = 1024 * 1024;
/// How long connections without a request may take to close.
const HANG_UP: Duration = Duration::from_secs(1);

/// A JSON body, whatever its content type.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
	type Rejection = Error;

	async fn from_request(request: Request, state: &S) -> Result<Self> {
		let Whole(bytes) = Whole::from_request(request, state).await?;
		serde_json::from_slice(&bytes)
			.map(Self)
			.map_err(|fault| Error::Malformed(fault.to_string()))
	}
}

/// A body as it is.
pub(crate) struct Whole(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
	type Rejection = Error;

	async fn from_request(request: Request, state: &S) -> Result<Self> {
		Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
			if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
				Error::TooLarge
			} else {
				Error::Malformed("the body broke off".into())
			}
		})
	}
}

/// Names in the route.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
		let found = Path::from_request_parts(parts, state).await;
		found.map(|Path(names)| Self(names)).map_err(|_| {
			Error::Malformed(
				"an id in the address is neither 0x and 64 hexadecimal digits nor a number, as this \
				 route has it"
					.into(),
			)
		})
	}
}

/// The query string.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
		Query::try_from_uri(&parts.uri)
			.map(|Query(asked)| Self(asked))
			.map_err(|fault| Error::Malformed(fault.body_text()))
	}
}

/// The token of an `authorization: Bearer …` header.
pub(crate) fn bearer(parts: &Parts) -> Result<&str> {
	bearer_of(&parts.headers)
}

/// As [`bearer`].
pub(crate) fn bearer_of(headers: &HeaderMap) -> Result<&str> {
	headers
		.get("authorization")
		.and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "))
		.ok_or(Error::NotSignedIn)
}

/// Serves until told to stop, and until the requests in progress have ended or `patience` has.
pub(crate) async fn serve(
	listener: TcpListener,
	router: Router,
	farewell: &Farewell,
	patience: Duration,
) -> std::io::Result<()> {
	farewell.heed_signals()?;
	announce(listener.local_addr()?)?;
	serve_quietly(listener, router, farewell, patience).await
}

/// As [`serve`], where nobody waits for a line or sends a signal.
pub(crate) async fn serve_quietly(
	listener: TcpListener,
	router: Router,
	farewell: &Farewell,
	patience: Duration,
) -> std::io::Result<()> {
	let ended = || {
		let farewell = farewell.clone();
		async move {
			farewell.stopping().await;
			// What is left after that is broken off.
			let _ = timeout(patience, farewell.idle()).await;
		}
	};
	let served = axum::serve(
		Door::new(listener, farewell)?,
		router.into_make_service_with_connect_info::<Peer>(),
	)
	.with_graceful_shutdown(ended());
	tokio::select! {
		served = served.into_future() => served,
		// A caller who is slow to hang up is not waited for.
		() = async { ended().await; tokio::time::sleep(HANG_UP).await } => Ok(()),
		() = farewell.at_once() => Ok(()),
	}
}

/// The one line that says that requests are served, and where.
fn announce(address: SocketAddr) -> std::io::Result<()> {
	let mut out = std::io::stdout().lock();
	writeln!(out, "listening on http://{address}")?;
	out.flush()
}

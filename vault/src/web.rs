//! What both servers share: reading requests so that every refusal has our form, logging without
//! names, serving until told to stop.

use crate::errors::{Error, Result};
use axum::{
	extract::{FromRequest, FromRequestParts, MatchedPath, Path, Query, Request},
	http::{request::Parts, StatusCode},
	middleware::Next,
	response::Response,
	serve::ListenerExt,
	Router,
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::{future::IntoFuture, io::Write, net::SocketAddr, time::Duration};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, SignalKind},
	sync::watch,
	time::Instant,
};

/// Most bytes of a JSON body.
pub(crate) const MAX_JSON: usize = 1024 * 1024;
/// How long requests in progress may take once the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

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
	parts
		.headers
		.get("authorization")
		.and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "))
		.ok_or(Error::NotSignedIn)
}

/// Logs the route's pattern, never an id.
pub(crate) async fn log(request: Request, next: Next) -> Response {
	let route = request
		.extensions()
		.get::<MatchedPath>()
		.map_or("-".into(), |path| path.as_str().to_owned());
	let method = request.method().clone();
	let began = Instant::now();
	let response = next.run(request).await;
	let ms = began.elapsed().as_millis();
	let status = response.status().as_u16();
	tracing::info!(%method, route, status, ms, "answered");
	response
}

/// Serves until SIGTERM or SIGINT; requests in progress get a little time.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
	let (told, stop) = watch::channel(false);
	let mut terminate = signal(SignalKind::terminate())?;
	let mut interrupt = signal(SignalKind::interrupt())?;
	tokio::spawn(async move {
		tokio::select! {
			_ = terminate.recv() => {},
			_ = interrupt.recv() => {},
		}
		tracing::info!("stopping");
		told.send_replace(true);
	});
	announce(listener.local_addr()?)?;
	let stopped = |mut stop: watch::Receiver<bool>| async move {
		let _ = stop.wait_for(|stopped| *stopped).await;
	};
	// Answers are small and come in several writes: they must not wait for the caller's acknowledgment.
	let listener = listener.tap_io(|stream| {
		if let Err(error) = stream.set_nodelay(true) {
			tracing::debug!(%error, "TCP_NODELAY is not to be had");
		}
	});
	let served = axum::serve(listener, router).with_graceful_shutdown(stopped(stop.clone()));
	tokio::select! {
		served = served.into_future() => served,
		_ = async { stopped(stop).await; tokio::time::sleep(FAREWELL).await } => Ok(()),
	}
}

/// The one line that says that requests are served, and where.
fn announce(address: SocketAddr) -> std::io::Result<()> {
	let mut out = std::io::stdout().lock();
	writeln!(out, "listening on http://{address}")?;
	out.flush()
}

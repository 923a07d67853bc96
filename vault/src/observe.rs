//! One line in the log and one count in the metrics for each request, with the route's pattern and a
//! random number, never with ids, accounts, addresses, names or query strings.

use crate::{
	farewell::{Farewell, InProgress},
	metrics::Requests,
	tenants,
	vault::Vault,
};
use axum::{
	body::{Body, HttpBody},
	extract::{MatchedPath, Request, State},
	http::{HeaderName, HeaderValue, Method},
	middleware::Next,
	response::Response,
};
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use salus_client::vault_api::REQUEST_ID_HEADER;
use salus_primitives::ids::OrganisationId;
use std::{
	pin::Pin,
	task::{Context, Poll},
};
use tokio::time::Instant;
use tracing::{Instrument, Span};

/// What a request whose route is unknown is counted under.
const UNKNOWN: &str = "-";

/// Where requests are counted.
#[derive(Clone)]
pub(crate) struct Observed {
	pub(crate) requests: Requests,
	pub(crate) farewell: Farewell,
	/// Whose requests they are, if that is known beforehand.
	pub(crate) organisation: Option<OrganisationId>,
}

impl Observed {
	/// Requests of this vault.
	pub(crate) fn of(vault: &Vault) -> Self {
		Self {
			requests: vault.ops.metrics.requests.clone(),
			farewell: vault.ops.farewell.clone(),
			organisation: Some(vault.organisation),
		}
	}
}

/// The methods that are told apart; any other is counted under one name.
fn method(method: &Method) -> &'static str {
	match *method {
		Method::GET => "GET",
		Method::HEAD => "HEAD",
		Method::POST => "POST",
		Method::PUT => "PUT",
		Method::PATCH => "PATCH",
		Method::DELETE => "DELETE",
		Method::OPTIONS => "OPTIONS",
		_ => UNKNOWN,
	}
}

/// Logs and counts a request once its answer has left or was given up.
pub(crate) async fn observe(
	State(observed): State<Observed>,
	request: Request,
	next: Next,
) -> Response {
	let mut bytes = [0; 8];
	// Without random bytes requests are only harder to find in the log.
	let _ = getrandom::fill(&mut bytes);
	let id = hex::encode(bytes);
	let organisation = observed.organisation;
	let span = tracing::info_span!("request", %id, organisation);
	let route = request
		.extensions()
		.get::<MatchedPath>()
		.map_or(UNKNOWN.into(), |path| tenants::pattern(path).to_owned());
	let mut line = Line {
		_in_progress: observed.farewell.request(),
		requests: observed.requests,
		method: method(request.method()),
		route,
		status: None,
		bytes: 0,
		began: Instant::now(),
		span: span.clone(),
	};
	let mut response = next.run(request).instrument(span).await;
	line.status = Some(response.status().as_u16());
	if let Ok(id) = HeaderValue::from_str(&id) {
		response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
	}
	response.map(|body| Body::new(Counted { body, line }))
}

/// A request; logged and counted when dropped.
struct Line {
	_in_progress: InProgress,
	requests: Requests,
	method: &'static str,
	route: String,
	/// None if the caller hung up before there was an answer.
	status: Option<u16>,
	/// Of the answer's body, as far as it left.
	bytes: u64,
	began: Instant,
	span: Span,
}

impl Drop for Line {
	fn drop(&mut self) {
		let took = self.began.elapsed();
		// As servers commonly count a caller who hung up.
		let status = self.status.unwrap_or(499);
		self.requests.count(self.method, &self.route, status, took);
		let _entered = self.span.enter();
		let (method, route, bytes) = (self.method, self.route.as_str(), self.bytes);
		let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
		tracing::info!(method, route, status, ms, bytes, "answered");
	}
}

/// A body whose bytes are counted on their way.
struct Counted {
	body: Body,
	line: Line,
}

impl HttpBody for Counted {
	type Data = Bytes;
	type Error = axum::Error;

	fn poll_frame(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
	) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
		let polled = Pin::new(&mut self.body).poll_frame(context);
		if let Poll::Ready(Some(Ok(frame))) = &polled {
			let left = frame.data_ref().map_or(0, |data| data.remaining() as u64);
			self.line.bytes = self.line.bytes.saturating_add(left);
		}
		polled
	}

	fn is_end_stream(&self) -> bool {
		self.body.is_end_stream()
	}

	fn size_hint(&self) -> SizeHint {
		self.body.size_hint()
	}
}

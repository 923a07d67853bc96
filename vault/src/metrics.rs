//! Numbers about a running program in Prometheus' text form. No label names a person, an account, a
//! chart or a record. `docs/vault.md` has the table of them.

use crate::start::{listen, StartError};
use axum::{
	http::{header::CONTENT_TYPE, StatusCode},
	response::{IntoResponse, Response},
	routing::get,
	Router,
};
use prometheus::{
	core::Collector, process_collector::ProcessCollector, Encoder, Gauge, HistogramOpts,
	HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use salus_primitives::{disclosure::Outcome, ids::OrganisationId};
use std::{collections::HashMap, future::Future, net::SocketAddr, time::Duration};

/// Bounds of durations, in seconds: from a look into the database to a wait for finality.
const DURATIONS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 120.0];

/// Labels that all series of a collector have.
type Labels = HashMap<String, String>;

/// Says whose numbers they are. An organisation's number is public.
fn of_organisation(organisation: Option<OrganisationId>) -> Labels {
	let number = organisation.map(|number| number.to_string());
	[("organisation".into(), number.unwrap_or_default())].into()
}

/// Where a program's numbers are registered.
#[derive(Clone)]
pub(crate) struct Numbers {
	registry: Registry,
}

impl Numbers {
	/// Those of the process itself.
	pub(crate) fn new() -> Result<Self, prometheus::Error> {
		let registry = Registry::new();
		registry.register(Box::new(ProcessCollector::for_self()))?;
		Ok(Self { registry })
	}

	fn with<C: Collector + Clone + 'static>(&self, collector: C) -> Result<C, prometheus::Error> {
		self.registry.register(Box::new(collector.clone()))?;
		Ok(collector)
	}

	/// All, as they are now.
	pub(crate) fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
		let mut text = Vec::new();
		TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
		Ok(text)
	}
}

/// Requests and their durations.
#[derive(Clone)]
pub(crate) struct Requests {
	count: IntCounterVec,
	duration: HistogramVec,
}

impl Requests {
	/// Of a vault, or of none of those in the process.
	pub(crate) fn of_vault(
		numbers: &Numbers,
		organisation: Option<OrganisationId>,
	) -> Result<Self, prometheus::Error> {
		Self::new(numbers, "salus_vault", of_organisation(organisation))
	}

	/// Under names that begin with `prefix`.
	fn new(numbers: &Numbers, prefix: &str, labels: Labels) -> Result<Self, prometheus::Error> {
		let count = Opts::new(format!("{prefix}_requests_total"), "Requests answered")
			.const_labels(labels.clone());
		let duration = HistogramOpts::new(
			format!("{prefix}_request_seconds"),
			"Time from a request to the end of its answer",
		);
		let duration = duration.buckets(DURATIONS.to_vec()).const_labels(labels);
		Ok(Self {
			count: numbers.with(IntCounterVec::new(count, &["method", "route", "status"])?)?,
			duration: numbers.with(HistogramVec::new(duration, &["method", "route"])?)?,
		})
	}

	/// Counts a request.
	pub(crate) fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
		self.count.with_label_values(&[method, route, &status.to_string()]).inc();
		self.duration.with_label_values(&[method, route]).observe(took.as_secs_f64());
	}
}

/// A vault's numbers.
pub(crate) struct Metrics {
	pub(crate) requests: Requests,
	disclosures: IntCounterVec,
	limited: IntCounterVec,
	key_service: IntCounterVec,
	searches: IntCounterVec,
	pub(crate) records_waiting: IntGauge,
	pub(crate) enrolments_waiting: IntGauge,
	pub(crate) outbox: IntGauge,
	pub(crate) uploads: IntGauge,
	pub(crate) uploads_open: IntGauge,
	pub(crate) downloads: IntGauge,
	pub(crate) head_age: Gauge,
}

impl Metrics {
	/// Those of the vault of this organisation, beside those that are there.
	pub(crate) fn new(
		numbers: &Numbers,
		organisation: OrganisationId,
	) -> Result<Self, prometheus::Error> {
		let requests = Requests::of_vault(numbers, Some(organisation))?;
		let named = |name: &str, help: &str| {
			Opts::new(format!("salus_vault_{name}"), help)
				.const_labels(of_organisation(Some(organisation)))
		};
		let counters = |name: &str, help: &str, labels: &[&str]| {
			numbers.with(IntCounterVec::new(named(name, help), labels)?)
		};
		let disclosures = counters(
			"disclosures_total",
			"Entries in the disclosure log, by outcome and reason code",
			&["outcome", "reason"],
		)?;
		let limited =
			counters("limited_total", "Requests refused by a limit, by limit", &["limit"])?;
		let key_service = counters(
			"key_service_answers_total",
			"What the key service was asked for, by its answer",
			&["answer"],
		)?;
		let searches = counters(
			"searches_total",
			"Searches for a chart, by what they ask and what came of them",
			&["kind", "outcome"],
		)?;
		let gauge = |name: &str, help: &str| numbers.with(IntGauge::with_opts(named(name, help))?);
		let records_waiting = gauge("records_waiting", "Records that wait to be anchored")?;
		let outbox = gauge("outbox_entries", "Disclosures that wait to be put under a root")?;
		let enrolments_waiting = gauge("enrolments_waiting", "Charts that wait to be enrolled")?;
		let uploads = gauge("uploads", "Requests in progress that bring ciphertext")?;
		let uploads_open = gauge("uploads_open", "Uploads in several requests that are open")?;
		let downloads = gauge("downloads", "Releases in progress")?;
		let head_age = numbers.with(Gauge::with_opts(named(
			"head_age_seconds",
			"By how much the finalised head trails the clock; infinite while the node is away",
		))?)?;
		Ok(Self {
			requests,
			disclosures,
			limited,
			key_service,
			searches,
			records_waiting,
			enrolments_waiting,
			outbox,
			uploads,
			uploads_open,
			downloads,
			head_age,
		})
	}

	/// Counts an entry of the disclosure log.
	pub(crate) fn disclosure(&self, outcome: &Outcome) {
		match outcome {
			Outcome::Released(_) => self.disclosures.with_label_values(&["released", ""]).inc(),
			Outcome::Refused(code) => {
				self.disclosures.with_label_values(&["refused", &code.to_string()]).inc();
			},
		}
	}

	/// Counts a request that a limit refused.
	pub(crate) fn limited(&self, limit: &str) {
		self.limited.with_label_values(&[limit]).inc();
	}

	/// Counts a search: what it asks, and what came of it.
	pub(crate) fn search(&self, kind: &str, outcome: &str) {
		self.searches.with_label_values(&[kind, outcome]).inc();
	}

	/// Counts an answer of the key service.
	pub(crate) fn key_service(&self, answered: bool) {
		let answer = if answered { "answered" } else { "failed" };
		self.key_service.with_label_values(&[answer]).inc();
	}
}

/// An address on this machine, for `--metrics`.
pub(crate) fn loopback(text: &str) -> Result<SocketAddr, String> {
	let address: SocketAddr =
		text.parse().map_err(|_| "expected an address with a port".to_owned())?;
	if address.ip().is_loopback() {
		Ok(address)
	} else {
		Err("metrics are told without a sign-in, so only on a loopback address: 127.0.0.1 or ::1"
			.into())
	}
}

/// Tells the numbers at `GET /metrics`, for as long as the process lives.
pub(crate) async fn serve<F>(
	address: SocketAddr,
	tell: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> Result<SocketAddr, StartError>
where
	F: Future<Output = Result<Vec<u8>, prometheus::Error>> + Send + 'static,
{
	let listener = listen(address).await?;
	let address = listener.local_addr().map_err(|error| StartError::Other(error.to_string()))?;
	let router = Router::new().route("/metrics", get(move || answer(tell())));
	tokio::spawn(async move {
		if let Err(error) = axum::serve(listener, router).await {
			tracing::error!(%error, "metrics are not told any more");
		}
	});
	tracing::info!(%address, "metrics are told");
	Ok(address)
}

async fn answer(told: impl Future<Output = Result<Vec<u8>, prometheus::Error>>) -> Response {
	match told.await {
		Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
		Err(error) => {
			tracing::error!(%error, "the metrics can not be told");
			StatusCode::INTERNAL_SERVER_ERROR.into_response()
		},
	}
}

/// A program's numbers about itself and its requests, for one without any others.
pub(crate) fn plain(prefix: &str) -> Result<(Numbers, Requests), prometheus::Error> {
	let numbers = Numbers::new()?;
	let requests = Requests::new(&numbers, prefix, Labels::new())?;
	Ok((numbers, requests))
}

#[cfg(test)]
mod tests;
